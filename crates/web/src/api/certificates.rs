//! The public directory of battery certificates (ISO/IEC 17065, 7.8). It says nothing by which a car could be recognised, so the
//! credential it hands out is the twin without vehicle id.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use desk::DeskError;
use desk::certify::publish::DirectoryEntry;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::extract::Path;
use crate::problem::{Kind, Problem};
use crate::state::App;

/// A line of the directory.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Certificate {
    /// The certificate's number.
    pub certificate: String,
    /// `in_force`, `suspended`, `withdrawn`, `expired` or `not_known`.
    pub standing: &'static str,
    /// Where it is expired: `by` is `date`, with `last_day`, or `kilometres`, where a recorded reading lies beyond the limit (`limit_km`);
    /// `not_known`, where nobody can tell, with `why`: `erased` or `damaged`.
    #[schema(value_type = Option<Object>)]
    pub expired: Option<desk::certify::expiry::Expired>,
    /// Maker of the car.
    pub make: String,
    /// Its model.
    pub model: String,
    /// Grade.
    pub grade: String,
    /// When it was issued.
    pub issued: String,
    /// Its last moment.
    pub valid_until: String,
    /// It ends at this odometer reading, in kilometres.
    pub odometer_limit_km: u32,
    /// SHA-256 of the credential's canonical form, hex, as its QR code has it.
    pub credential_sha256: String,
    /// Whether the statement that issued it, or one that changed its status, does not stand in the log yet: until then no dossier
    /// shows it.
    pub awaits_log: bool,
}

impl From<DirectoryEntry> for Certificate {
    fn from(entry: DirectoryEntry) -> Self {
        Self {
            certificate: entry.certificate,
            standing: entry.standing,
            expired: entry.expired,
            make: entry.make,
            model: entry.model,
            grade: entry.grade,
            issued: entry.issued.to_string(),
            valid_until: entry.valid_until.to_string(),
            odometer_limit_km: entry.odometer_limit_km,
            credential_sha256: entry.credential_sha256,
            awaits_log: entry.awaits_log,
        }
    }
}

/// The directory.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Directory {
    /// Oldest first.
    pub certificates: Vec<Certificate>,
}

/// Every certificate ever issued, and whether it is in force.
#[utoipa::path(get, path = "/api/certificates", tag = "certificates", responses((status = 200, body = Directory)))]
pub async fn directory(State(app): State<App>) -> Result<Json<Directory>, Problem> {
    let entries = app.desk.directory(clock::moment()).await?;
    Ok(Json(Directory {
        certificates: entries.into_iter().map(Certificate::from).collect(),
    }))
}

/// A certificate as a signed W3C credential without vehicle id.
#[utoipa::path(get, path = "/api/certificates/{certificate}", tag = "certificates",
    params(("certificate" = String, Path, description = "The certificate's number")),
    responses(
        (status = 200, description = "spec/credential.md", body = serde_json::Value, content_type = "application/vc"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn credential(State(app): State<App>, Path(number): Path<String>) -> Result<Response, Problem> {
    let credential = app
        .desk
        .credential(&number, true)
        .await
        .map_err(|error| match error {
            DeskError::Value { .. } => {
                let detail = format!("there is no certificate {number:?}");
                Problem::new(
                    Kind::NotFound,
                    detail,
                    "see /api/certificates for those there are",
                )
            }
            error => error.into(),
        })?;
    let media_type = HeaderValue::from_static("application/vc");
    Ok(([(CONTENT_TYPE, media_type)], credential.to_string()).into_response())
}
