//! Whether the service works, what it is, and what it has counted.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use statement::Digest;
use utoipa::ToSchema;

use crate::standing::Head;
use crate::state::App;

/// A checkpoint older than this many renewals is worth saying.
const OLD: u32 = 5;

/// How the service is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`; `degraded` where it answers but something is missing; `unavailable` where it takes nothing new.
    pub status: &'static str,
    /// What is missing, in words; empty when all is well.
    pub reasons: Vec<String>,
    /// The published head, as last seen.
    pub head: Head,
    /// Seconds since the policy's quorum last cosigned.
    pub checkpoint_age: Option<u64>,
    /// Statements accepted and not sealed yet.
    pub waiting: u64,
}

/// Whether the service is alive and ready, with reasons.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "service",
    responses(
        (status = 200, description = "Ready, maybe degraded", body = Health),
        (status = 503, description = "Alive and not ready: stopping, or the database does not answer", body = Health),
    )
)]
pub async fn healthz(State(app): State<App>) -> Response {
    let mut reasons = Vec::new();
    let mut available = true;
    if app.standing.stopping() {
        available = false;
        reasons.push("the service is stopping".to_owned());
    }
    // The cheapest question that the database itself must answer.
    if let Err(error) = app.desk.store().find(&Digest([0; 32])).await {
        available = false;
        tracing::error!(error = %error, "the database does not answer");
        reasons.push("the database does not answer".to_owned());
    }
    if let Some(trouble) = app.standing.trouble() {
        reasons.push(trouble);
    }
    if let Some(times) = app.standing.overtaken_again_and_again() {
        reasons.push(format!(
            "another process sealed or took the lease in between, {times} times in a row; look which processes use this log"
        ));
    }
    for cosigner in app.standing.missing_cosigners() {
        reasons.push(format!("without a cosigner: {cosigner}"));
    }
    reasons.extend(app.rules.troubles());
    let age = app.standing.age();
    if age.is_some_and(|age| age > (app.options.renew * OLD).as_secs()) {
        reasons.push("the checkpoint has not been cosigned for long".to_owned());
    }
    let health = Health {
        status: match (available, reasons.is_empty()) {
            (false, _) => "unavailable",
            (true, true) => "ok",
            (true, false) => "degraded",
        },
        reasons,
        head: app.standing.head(),
        checkpoint_age: age,
        waiting: app.intake.waiting(),
    };
    if available {
        Json(health).into_response()
    } else {
        let retry = [(RETRY_AFTER, HeaderValue::from_static("5"))];
        (StatusCode::SERVICE_UNAVAILABLE, retry, Json(health)).into_response()
    }
}

/// What is running.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Version {
    /// The program.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// The log's name.
    pub origin: String,
}

/// Which program this is, and which log.
#[utoipa::path(get, path = "/version", tag = "service", responses((status = 200, body = Version)))]
pub async fn version(State(app): State<App>) -> Json<Version> {
    Json(Version {
        name: "carnet",
        version: env!("CARGO_PKG_VERSION"),
        origin: app.desk.store().origin().to_owned(),
    })
}

/// What was counted, for Prometheus.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "service",
    responses((status = 200, description = "OpenMetrics text", body = String, content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8"))
)]
pub async fn metrics(State(app): State<App>) -> Response {
    app.metrics.cosigners(app.desk.store().cosigners());
    let text = app.metrics.text(
        app.intake.waiting(),
        app.intake.waiters().len(),
        app.standing.age(),
    );
    let media_type = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    ([(CONTENT_TYPE, media_type)], text).into_response()
}
