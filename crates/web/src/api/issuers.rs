//! Whom the log takes statements from, and whom a verifier of the log trusts.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

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
