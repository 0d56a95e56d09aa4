//! The steps of the certification body by accounts of its people, and complaints and appeals by anybody's.

use axum::Json as Answered;
use axum::extract::State;
use axum::http::StatusCode;
use desk::access::Actor;
use desk::certify::acting::{Dispute, Taking};
use desk::certify::applications::ApplicationView;
use desk::certify::issue::Issued;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Case, Refusals};
use crate::access::{May, act};
use crate::clock;
use crate::extract::{Json, Path};
use crate::problem::{Problem, kind_of};
use crate::state::App;

type After = Result<Answered<ApplicationView>, Problem>;

/// Takes a step; what the public may see of it is written where `carnet verify` on this machine looks.
pub async fn take(
    app: &App,
    actor: &Actor,
    case: &str,
    taking: Taking,
    seen: Option<u32>,
    dry_run: bool,
) -> Result<ApplicationView, Problem> {
    let changes_status = matches!(
        taking,
        Taking::Suspension { .. } | Taking::Reinstatement { .. } | Taking::Withdrawal { .. }
    );
    let view = app
        .desk
        .take_step(actor, case, taking, seen, clock::moment(), dry_run)
        .await?;
    if changes_status && !dry_run {
        publish(app).await;
    }
    Ok(view)
}

/// The step is taken whether or not this works; `carnet certify publish` does it again.
async fn publish(app: &App) {
    if let Err(error) = app.desk.publish_here(clock::moment()).await {
        tracing::warn!(
            kind = kind_of(&error),
            "status lists could not be written to the data directory"
        );
    }
}

/// Issues, and publishes.
pub async fn issued(
    app: &App,
    actor: &Actor,
    case: &str,
    seen: Option<u32>,
    dry_run: bool,
) -> Result<Issued, Problem> {
    let issued = app
        .desk
        .issue(actor, case, seen, clock::moment(), dry_run)
        .await?;
    if !dry_run {
        publish(app).await;
    }
    Ok(issued)
}

/// An evaluation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Evaluated {
    /// SHA-256 of an assessment that was handed in.
    pub assessment: String,
    /// What the odometer showed; otherwise what the telemetry says.
    pub odometer_km: Option<u32>,
    /// The number of the last record that was seen; where another one was added since, the step is refused with 409.
    pub seen: Option<u32>,
}

/// Records an evaluation from telemetry that was handed in (7.4).
#[utoipa::path(post, path = "/api/certification/applications/{case}/evaluation", tag = "certification", params(Case),
    security(("session" = [])), request_body = Evaluated,
    responses((status = 200, description = "The application after it", body = serde_json::Value), Refusals)
)]
pub async fn evaluation(
    State(app): State<App>,
    May(actor, _): May<act::Certify>,
    Path(case): Path<String>,
    Json { value, room }: Json<Evaluated>,
) -> After {
    let view = app
        .desk
        .evaluate(
            &actor,
            &case,
            &value.assessment,
            value.odometer_km,
            value.seen,
            clock::moment(),
        )
        .await?;
    drop(room);
    Ok(Answered(view))
}

/// A review.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Accept the application, or take the evaluation as it is; otherwise decline it, or have the car evaluated again.
    pub agrees: bool,
    /// What was looked at.
    pub remarks: String,
    /// The number of the last record that was seen; where another one was added since, the step is refused with 409.
    pub seen: Option<u32>,
}

/// Takes the review that is due: of the application (7.3), or of the evaluation (7.5).
#[utoipa::path(post, path = "/api/certification/applications/{case}/review", tag = "certification", params(Case),
    security(("session" = [])), request_body = Review,
    responses((status = 200, description = "The application after it", body = serde_json::Value), Refusals)
)]
pub async fn review(
    State(app): State<App>,
    May(actor, _): May<act::Certify>,
    Path(case): Path<String>,
    Json { value, room }: Json<Review>,
) -> After {
    let Review {
        agrees,
        remarks,
        seen,
    } = value;
    let view = take(
        &app,
        &actor,
        &case,
        Taking::Review { agrees, remarks },
        seen,
        false,
    )
    .await?;
    drop(room);
    Ok(Answered(view))
}

/// A decision.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// In favour, or against.
    pub grant: bool,
    /// Why.
    pub reasons: String,
    /// The number of the last record that was seen; where another one was added since, the step is refused with 409.
    pub seen: Option<u32>,
}

/// Decides on certification (7.6).
#[utoipa::path(post, path = "/api/certification/applications/{case}/decision", tag = "certification", params(Case),
    security(("session" = [])), request_body = Decided,
    responses((status = 200, description = "The application after it", body = serde_json::Value), Refusals)
)]
pub async fn decision(
    State(app): State<App>,
    May(actor, _): May<act::Certify>,
    Path(case): Path<String>,
    Json { value, room }: Json<Decided>,
) -> After {
    let Decided { grant, reasons, seen } = value;
    let view = take(
        &app,
        &actor,
        &case,
        Taking::Decision { grant, reasons },
        seen,
        false,
    )
    .await?;
    drop(room);
    Ok(Answered(view))
}

/// What was looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Watched {
    /// What was looked at and found.
    pub remarks: String,
    /// The number of the last record that was seen; where another one was added since, the step is refused with 409.
    pub seen: Option<u32>,
}

/// Records surveillance of a certificate (7.9).
#[utoipa::path(post, path = "/api/certification/applications/{case}/surveillance", tag = "certification", params(Case),
    security(("session" = [])), request_body = Watched,
    responses((status = 200, description = "The application after it", body = serde_json::Value), Refusals)
)]
pub async fn surveillance(
    State(app): State<App>,
    May(actor, _): May<act::Certify>,
    Path(case): Path<String>,
    Json { value, room }: Json<Watched>,
) -> After {
    let Watched { remarks, seen } = value;
    let view = take(&app, &actor, &case, Taking::Surveillance { remarks }, seen, false).await?;
    drop(room);
    Ok(Answered(view))
}

/// A change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Altered {
    /// What changed, and what follows for this certificate.
    pub what: String,
    /// The number of the last record that was seen; where another one was added since, the step is refused with 409.
    pub seen: Option<u32>,
}

/// Records a change that affects a certificate (7.10).
#[utoipa::path(post, path = "/api/certification/applications/{case}/change", tag = "certification", params(Case),
    security(("session" = [])), request_body = Altered,
    responses((status = 200, description = "The application after it", body = serde_json::Value), Refusals)
)]
pub async fn change(
    State(app): State<App>,
    May(actor, _): May<act::Certify>,
    Path(case): Path<String>,
    Json { value, room }: Json<Altered>,
) -> After {
    let Altered { what, seen } = value;
    let view = take(&app, &actor, &case, Taking::Change { what }, seen, false).await?;
    drop(room);
    Ok(Answered(view))
}

/// A step with its reason.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reasoned {
    /// Why; public, as the step is a statement in the log.
    pub reason: String,
    /// Whether to say only what would happen.
    #[serde(default)]
    pub dry_run: bool,
    /// The number of the last record that was seen; where another one was added since, the step is refused with 409.
    pub seen: Option<u32>,
}

/// Suspends a certificate (7.11). A statement in the log says so.
#[utoipa::path(post, path = "/api/certification/applications/{case}/suspension", tag = "certification", params(Case),
    security(("session" = [])), request_body = Reasoned,
    responses((status = 200, description = "The application after it", body = serde_json::Value), Refusals)
)]
pub async fn suspension(
    State(app): State<App>,
    May(actor, _): May<act::Certify>,
    Path(case): Path<String>,
    Json { value, room }: Json<Reasoned>,
) -> After {
    let Reasoned {
        reason,
        dry_run,
        seen,
    } = value;
    let view = take(&app, &actor, &case, Taking::Suspension { reason }, seen, dry_run).await?;
    drop(room);
    Ok(Answered(view))
}

/// Lifts a suspension (7.11).
#[utoipa::path(post, path = "/api/certification/applications/{case}/reinstatement", tag = "certification", params(Case),
    security(("session" = [])), request_body = Reasoned,
    responses((status = 200, description = "The application after it", body = serde_json::Value), Refusals)
)]
pub async fn reinstatement(
    State(app): State<App>,
    May(actor, _): May<act::Certify>,
    Path(case): Path<String>,
    Json { value, room }: Json<Reasoned>,
) -> After {
    let Reasoned {
        reason,
        dry_run,
        seen,
    } = value;
    let view = take(
        &app,
        &actor,
        &case,
        Taking::Reinstatement { reason },
        seen,
        dry_run,
    )
    .await?;
    drop(room);
    Ok(Answered(view))
}

/// Withdraws a certificate for good (7.11). A dry run says what it would do.
#[utoipa::path(post, path = "/api/certification/applications/{case}/withdrawal", tag = "certification", params(Case),
    security(("session" = [])), request_body = Reasoned,
    responses((status = 200, description = "The application after it", body = serde_json::Value), Refusals)
)]
pub async fn withdrawal(
    State(app): State<App>,
    May(actor, _): May<act::Certify>,
    Path(case): Path<String>,
    Json { value, room }: Json<Reasoned>,
) -> After {
    let Reasoned {
        reason,
        dry_run,
        seen,
    } = value;
    let view = take(&app, &actor, &case, Taking::Withdrawal { reason }, seen, dry_run).await?;
    drop(room);
    Ok(Answered(view))
}

/// How a dispute was decided.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Resolved {
    /// The number of the complaint's or appeal's record.
    pub dispute: u32,
    /// Whether it was right.
    pub upheld: bool,
    /// Why, and what follows.
    pub text: String,
    /// The number of the last record that was seen; where another one was added since, the step is refused with 409.
    pub seen: Option<u32>,
}

/// Decides a complaint or appeal (7.13); by somebody who took no step of the case.
#[utoipa::path(post, path = "/api/certification/applications/{case}/resolution", tag = "certification", params(Case),
    security(("session" = [])), request_body = Resolved,
    responses((status = 200, description = "The application after it", body = serde_json::Value), Refusals)
)]
pub async fn resolution(
    State(app): State<App>,
    May(actor, _): May<act::Certify>,
    Path(case): Path<String>,
    Json { value, room }: Json<Resolved>,
) -> After {
    let Resolved {
        dispute,
        upheld,
        text,
        seen,
    } = value;
    let view = take(
        &app,
        &actor,
        &case,
        Taking::Resolution {
            dispute,
            upheld,
            text,
        },
        seen,
        false,
    )
    .await?;
    drop(room);
    Ok(Answered(view))
}

/// How a certificate is issued.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToIssue {
    /// Whether to check everything and issue nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// The number of the last record that was seen; where another one was added since, the step is refused with 409.
    pub seen: Option<u32>,
}

/// Issues the certificate of a granted application (7.7): credential, twin without vehicle id, statement in the log. Signed with
/// the body's key, which must be in the service's data directory.
#[utoipa::path(post, path = "/api/certification/applications/{case}/certificate", tag = "certification", params(Case),
    security(("session" = [])), request_body = ToIssue,
    responses(
        (status = 201, description = "Issued, as `carnet certify issue --json`", body = serde_json::Value),
        (status = 200, description = "What a dry run would have issued", body = serde_json::Value),
        Refusals
    )
)]
pub async fn issue(
    State(app): State<App>,
    May(actor, _): May<act::Certify>,
    Path(case): Path<String>,
    Json { value, room }: Json<ToIssue>,
) -> Result<(StatusCode, Answered<Issued>), Problem> {
    let done = issued(&app, &actor, &case, value.seen, value.dry_run).await?;
    drop(room);
    let status = if done.dry_run {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Answered(done)))
}

/// A complaint.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Complaint {
    /// What about.
    pub text: String,
    /// Only for accounts of the certification body: who complained by letter. Everybody else complains in the name of the
    /// account's organisation.
    pub from: Option<String>,
    /// The number of the last record that was seen; where another one was added since, the step is refused with 409.
    pub seen: Option<u32>,
}

/// The record of a complaint or appeal.
#[derive(Serialize, ToSchema)]
pub struct Recorded {
    /// Its number in the application's record.
    pub record: u32,
}

/// Complains about the body or a certificate (7.13). About a certificate, by its number, every account that may apply can.
#[utoipa::path(post, path = "/api/certification/applications/{case}/complaints", tag = "certification", params(Case),
    security(("session" = []), ("token" = [])), request_body = Complaint,
    responses((status = 201, body = Recorded), Refusals)
)]
pub async fn complaint(
    State(app): State<App>,
    May(actor, _): May<act::Apply>,
    Path(case): Path<String>,
    Json { value, room }: Json<Complaint>,
) -> Result<(StatusCode, Answered<Recorded>), Problem> {
    let dispute = Dispute::Complaint { text: value.text };
    let from = value.from.as_deref();
    let record = app
        .desk
        .dispute(&actor, &case, dispute, from, value.seen, clock::moment())
        .await?;
    drop(room);
    Ok((StatusCode::CREATED, Answered(Recorded { record })))
}

/// An appeal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Appeal {
    /// The number of the record that is appealed against.
    pub against: u32,
    /// Why.
    pub text: String,
    /// Only for accounts of the certification body: who appealed by letter.
    pub from: Option<String>,
    /// The number of the last record that was seen; where another one was added since, the step is refused with 409.
    pub seen: Option<u32>,
}

/// Appeals against a decision (7.13).
#[utoipa::path(post, path = "/api/certification/applications/{case}/appeals", tag = "certification", params(Case),
    security(("session" = []), ("token" = [])), request_body = Appeal,
    responses((status = 201, body = Recorded), Refusals)
)]
pub async fn appeal(
    State(app): State<App>,
    May(actor, _): May<act::Apply>,
    Path(case): Path<String>,
    Json { value, room }: Json<Appeal>,
) -> Result<(StatusCode, Answered<Recorded>), Problem> {
    let dispute = Dispute::Appeal {
        against: value.against,
        text: value.text,
    };
    let from = value.from.as_deref();
    let record = app
        .desk
        .dispute(&actor, &case, dispute, from, value.seen, clock::moment())
        .await?;
    drop(room);
    Ok((StatusCode::CREATED, Answered(Recorded { record })))
}

/// Certificates that surveillance suspended.
#[derive(Serialize, ToSchema)]
pub struct Suspended {
    /// `certificate`, `cause`, what the statement says, and its digest.
    #[schema(value_type = Vec<Object>)]
    pub suspended: Vec<desk::certify::surveil::SuspendedByRule>,
    /// Certificates in force that a later odometer reading has ended: `certificate`, `odometer_km`, `read_on`, `limit_km`.
    #[schema(value_type = Vec<Object>)]
    pub expired: Vec<desk::certify::expiry::ExpiredByDistance>,
    /// Certificates in force of which nobody can tell whether a later reading has ended them: `certificate`, and `why`: `erased` or
    /// `damaged`.
    #[schema(value_type = Vec<Object>)]
    pub not_known: Vec<desk::certify::expiry::DistanceNotKnown>,
    /// Certificates in force that could not be looked at, or not be suspended. The service tries them again.
    pub failed: Vec<NotLookedAt>,
    /// Why the log has not taken every statement that a step owes it. They are handed in again.
    pub owed: Option<String>,
    /// Whether nothing was suspended on purpose.
    pub dry_run: bool,
}

/// A certificate that could not be looked at.
#[derive(Serialize, ToSchema)]
pub struct NotLookedAt {
    /// Its number.
    pub certificate: String,
    /// Why.
    pub problem: String,
}

/// Suspends what the history of certified cars gives cause to suspend (7.9, 7.11), as `carnet certify surveil` does.
#[utoipa::path(post, path = "/api/certification/surveillance", tag = "certification",
    security(("session" = [])), request_body = ToIssue,
    responses((status = 200, body = Suspended), Refusals)
)]
pub async fn run_surveillance(
    State(app): State<App>,
    May(actor, _): May<act::Certify>,
    Json { value, room }: Json<ToIssue>,
) -> Result<Answered<Suspended>, Problem> {
    let _turn = app.reads.enter().await?;
    let dry_run = value.dry_run;
    let done = app
        .desk
        .run_surveillance(&actor, clock::moment(), dry_run)
        .await?;
    drop(room);
    if !dry_run && !done.suspended.is_empty() {
        publish(&app).await;
    }
    let failed = done.failed.into_iter().map(|one| NotLookedAt {
        certificate: one.certificate,
        problem: Problem::from(one.error).detail,
    });
    Ok(Answered(Suspended {
        suspended: done.suspended,
        expired: done.expired,
        not_known: done.not_known,
        failed: failed.collect(),
        owed: done.owed.map(|error| Problem::from(error).detail),
        dry_run,
    }))
}
