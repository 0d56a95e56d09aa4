//! Whom the log takes statements from, and whom a verifier of the log trusts.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use desk::DeskError;
use desk::issuer::Issuer;
use serde::{Deserialize, Serialize};
use statement::vocabulary::Role;
use utoipa::ToSchema;

use crate::access::{May, act};
use crate::extract::{Json as Sent, Path};
use crate::key_changes::Asked;
use crate::problem::Problem;
use crate::state::App;

/// A key of an issuer, as the log enrolled it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct IssuerKey {
    /// The issuer id, which statements carry as `iss`.
    pub issuer: String,
    /// The name a person reads.
    pub name: String,
    /// What it may state.
    pub roles: Vec<String>,
    /// The key's id, hex.
    pub key_id: String,
    /// The Ed25519 public key, hex.
    pub public_key: String,
    /// The log index of its enrolment; statements after it are valid.
    pub enrolled_at: u64,
    /// The log index of its revocation; statements after it are not.
    pub revoked_at: Option<u64>,
    /// Why it was revoked.
    pub revoked_because: Option<String>,
}

/// Every key ever enrolled.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Issuers {
    /// In order of enrolment.
    pub issuers: Vec<IssuerKey>,
}

/// All keys of all issuers, in order of enrolment.
#[utoipa::path(get, path = "/api/issuers", tag = "trust", responses(
    (status = 200, body = Issuers),
    (status = 429, body = Problem, content_type = "application/problem+json"),
    (status = 503, body = Problem, content_type = "application/problem+json"),
))]
pub async fn issuers(State(app): State<App>) -> Result<Json<Issuers>, Problem> {
    let keys = app.desk.issuers().await?;
    let issuers = keys.into_iter().map(|(key_id, record)| {
        let (revoked_at, revoked_because) = record.revoked_at.unzip();
        IssuerKey {
            issuer: record.issuer,
            name: record.name,
            roles: record.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            key_id: key_id.to_string(),
            public_key: hex::encode(record.public_key),
            enrolled_at: record.enrolled_at.0,
            revoked_at: revoked_at.map(|at| at.0),
            revoked_because,
        }
    });
    Ok(Json(Issuers {
        issuers: issuers.collect(),
    }))
}

/// A key to be enrolled.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToEnrol {
    /// The issuer id, which statements carry as `iss`.
    pub issuer: String,
    /// The name a person reads.
    pub name: String,
    /// What it may state, such as `workshop`.
    pub roles: Vec<String>,
    /// Its Ed25519 public key, 64 hex digits.
    pub public_key: String,
}

/// Where the log stands after an act.
#[derive(Serialize, ToSchema)]
pub struct Grown {
    /// Entries in the log.
    pub size: u64,
}

/// Enrols an issuer's key; statements sealed afterwards are valid.
#[utoipa::path(post, path = "/api/issuers", tag = "trust",
    security(("session" = []), ("token" = [])),
    request_body = ToEnrol,
    responses(
        (status = 201, description = "Enrolled", body = Grown),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn enrol(
    State(app): State<App>,
    May(actor, _): May<act::ManageIssuers>,
    Sent { value, room }: Sent<ToEnrol>,
) -> Result<(StatusCode, Json<Grown>), Problem> {
    let wrong = |what, value: &str, problem: String| DeskError::Value {
        what,
        value: value.chars().take(80).collect(),
        problem,
    };
    let roles = value.roles.iter().map(|role| {
        let parsed = role.parse::<Role>();
        parsed.map_err(|error| wrong("role", role, error.to_string()))
    });
    let issuer = Issuer {
        id: value.issuer,
        name: value.name,
        roles: roles.collect::<Result<_, _>>()?,
    };
    if issuer.roles.is_empty() {
        let fix = "name at least one role, such as workshop".to_owned();
        return Err(wrong("roles", "", fix).into());
    }
    let mut key = [0; 32];
    hex::decode_to_slice(&value.public_key, &mut key).map_err(|error| {
        wrong(
            "public key",
            &value.public_key,
            format!("{error}; write 64 hex digits"),
        )
    })?;
    let asked = Asked::Enrol {
        issuer,
        public_key: key,
    };
    let size = app.key_changes.make(actor, asked).await??;
    drop(room);
    Ok((StatusCode::CREATED, Json(Grown { size })))
}

/// Why a key is revoked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// Why; public.
    pub reason: String,
}

/// Revokes every key of an issuer, or one key by its id. Statements sealed before stay valid. An account of role `issuer` revokes
/// those of its own organisation.
#[utoipa::path(post, path = "/api/issuers/{issuer}/revocation", tag = "trust",
    params(("issuer" = String, Path, description = "The issuer's id, or a key's id in hex")),
    security(("session" = []), ("token" = [])),
    request_body = Revocation,
    responses(
        (status = 204, description = "Revoked"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn revoke(
    State(app): State<App>,
    May(actor, _): May<act::RevokeOwnKey>,
    Path(issuer): Path<String>,
    Sent { value, room }: Sent<Revocation>,
) -> Result<StatusCode, Problem> {
    let asked = Asked::Revoke {
        issuer,
        reason: value.reason,
    };
    app.key_changes.make(actor, asked).await??;
    drop(room);
    Ok(StatusCode::NO_CONTENT)
}

/// What a verifier of this log needs. Take it from somebody you trust, and not from the log alone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Policy {
    /// The log's name.
    pub origin: String,
    /// The policy file (c2sp.org/tlog-policy).
    pub policy: String,
    /// The VRF key file, a line of the form `<origin>+vrf-r255+<base64>`.
    pub vrf_key: String,
}

/// Whom a verifier of this log trusts.
#[utoipa::path(get, path = "/api/policy", tag = "trust", responses(
    (status = 200, body = Policy),
    (status = 429, body = Problem, content_type = "application/problem+json"),
))]
pub async fn policy(State(app): State<App>) -> Json<Policy> {
    let trust = app.desk.trust(u64::MAX);
    Json(Policy {
        origin: app.desk.store().origin().to_owned(),
        policy: app.policy.clone(),
        vrf_key: trust.vrf_key.to_string(),
    })
}
