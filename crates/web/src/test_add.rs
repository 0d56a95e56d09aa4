//! `POST /add`, for load tools that were written for other tiled logs: an arbitrary body becomes an entry, the answer is its
//! index in decimal.
//!
//! Every entry of our log must be one of ours, or an auditor stops. The body therefore becomes the evidence of a signed
//! statement: an issuer of role `system`, whose class never raises a car's grade, says of an invented vehicle that a test
//! decoded its number, and names the body by its SHA-256. The log thus holds an `S` entry like any other. The flag that turns
//! this on enrols that issuer, for good: it is for logs that are thrown away.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use desk::issuer::Issuer;
use desk::{Desk, DeskError};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use statement::vocabulary::{Role, StatementType};
use statement::{Claims, Confidence, Evidence, IssuerSigningKey, SdJwt, issue};
use store::Submitted;

use crate::extract::Body;
use crate::intake::Outcome;
use crate::problem::{Kind, Problem};
use crate::state::App;

/// The issuer's id.
const ISSUER: &str = "test-add";

/// A moment that lies in the past for ever.
const EVENT_TIME: &str = "2026-01-01T00:00:00Z";

/// Who signs what `POST /add` takes.
pub struct TestIssuer(IssuerSigningKey);

impl TestIssuer {
    /// The test issuer of this log, made and enrolled where it is not yet.
    ///
    /// # Errors
    /// Its key cannot be read or written, or it cannot be enrolled.
    pub async fn of(desk: &Desk) -> Result<Self, DeskError> {
        if !desk.has_issuer_key(ISSUER) {
            desk.new_issuer_key(ISSUER)?;
        }
        let key = desk.issuer_signing_key(ISSUER)?;
        let enrolled = desk.issuers().await?.iter().any(|(id, _)| *id == key.key_id());
        if !enrolled {
            let issuer = Issuer {
                id: ISSUER.to_owned(),
                name: "Test only: POST /add".to_owned(),
                roles: vec![Role::System],
            };
            desk.enrol(&[(issuer, key.public())], jiff::Timestamp::now().as_second())
                .await?;
        }
        Ok(Self(key))
    }

    /// The statement that a body becomes. The same body gives the same statement.
    fn sign(&self, body: &[u8]) -> Result<SdJwt, String> {
        let hash = Sha256::digest(body);
        // A VIN needs 17 characters without I, O and Q; ten hex digits spread test entries over many vehicles.
        let serial: String = hex::encode_upper(hash).chars().take(10).collect();
        let vid = desk::check::parse_vehicle(&format!("vin:ZZZTEST{serial}")).map_err(|e| e.to_string())?;
        let fields = json!({"decoder": "POST /add", "version": "test", "result": {}});
        let event_time = EVENT_TIME.parse().map_err(|e| format!("{e:?}"))?;
        let claims = Claims {
            iss: ISSUER.to_owned(),
            iat: 1_767_225_600,
            typ: StatementType::IdentityDecoded,
            vid,
            event_time,
            recorded_at: None,
            place: None,
            body: match fields {
                Value::Object(fields) => fields,
                _ => Map::new(),
            },
            evidence: vec![Evidence {
                sha256: hash.into(),
                kind: "document".parse().map_err(|e| format!("{e:?}"))?,
                page: None,
            }],
            confidence: Confidence::Owner,
            supersedes: None,
        };
        issue(&claims, &self.0, &mut rand_core::UnwrapErr(getrandom::SysRng)).map_err(|e| e.to_string())
    }
}

/// Makes an entry of a body and answers its index.
pub async fn add(State(app): State<App>, Body { bytes, room }: Body) -> Result<Response, Problem> {
    let issuer = app.test_issuer.as_ref().ok_or_else(Problem::not_found)?;
    if app.standing.stopping() {
        return Err(Problem::shutting_down());
    }
    let statement = issuer.sign(&bytes).map_err(|error| {
        tracing::error!(error, "a test statement could not be signed");
        Problem::internal()
    })?;
    drop(bytes);
    let deadline = tokio::time::Instant::now() + app.options.answer_within;
    let wait = app.intake.waiters().wait(&statement);
    let answer = app.intake.submit(vec![statement]).await?.into_iter().next();
    drop(room);
    let index = match answer {
        Some(Ok(Submitted::Sealed(at))) => at.0,
        Some(Ok(Submitted::Accepted | Submitted::Waiting)) => match wait.outcome(deadline).await {
            Some(Outcome::Sealed { log_index, .. }) => log_index.0,
            _ => return Err(Problem::overloaded("the entry is not sealed yet")),
        },
        Some(Err(faults)) => {
            let problem = Problem::new(Kind::StatementsRefused, "the entry was refused", "see `errors`");
            return Err(problem.with_errors(faults));
        }
        _ => return Err(Problem::internal()),
    };
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok(([(CONTENT_TYPE, text)], index.to_string()).into_response())
}
