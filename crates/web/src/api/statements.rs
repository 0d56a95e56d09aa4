//! Handing statements in, and coming back for receipts.

use std::time::Duration;

use axum::Json as Answered;
use axum::extract::State;
use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use desk::receipts::Sealed;
use serde::{Deserialize, Serialize};
use statement::{Digest, SdJwt};
use store::{Content, Submitted};
use tlog::LeafIndex;
use utoipa::ToSchema;

use crate::extract::{Json, Path};
use crate::intake::{Answer, Outcome};
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::ticket::Ticket;

/// Statements in one request.
const MOST: usize = 100;

/// When to come back with a ticket.
const COME_BACK: HeaderValue = HeaderValue::from_static("1");

/// RFC 7240.
const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// Statements handed in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// Signed statements (spec/statement.md) with all their disclosures, in compact form; 1 to 100. One may correct another.
    #[schema(min_items = 1, max_items = 100)]
    pub statements: Vec<String>,
}

/// What became of the statements.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Results {
    /// One for each statement, in the same order.
    pub results: Vec<StatementResult>,
}

/// What became of a statement.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct StatementResult {
    /// `sealed`: it is in the log. `waiting`: it is accepted for good, and will be. `refused`: it is not taken.
    pub outcome: &'static str,
    /// SHA-256 of its signed part, hex; absent where it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Its place in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_index: Option<u64>,
    /// The log's word for it (c2sp.org/tlog-proof), which `carnet verify` checks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// Where to come back for the receipt: `/api/tickets/` and this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Why it is not taken, with value and fix.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<String>,
}

impl StatementResult {
    fn refused(digest: Option<Digest>, faults: Vec<String>) -> Self {
        Self {
            outcome: "refused",
            digest: digest.map(|digest| digest.to_string()),
            faults: faults.into_iter().map(shortened).collect(),
            ..Self::default()
        }
    }

    fn sealed(digest: Digest, log_index: LeafIndex, receipt: &[u8]) -> Self {
        Self {
            outcome: "sealed",
            digest: Some(digest.to_string()),
            log_index: Some(log_index.0),
            receipt: Some(String::from_utf8_lossy(receipt).into_owned()),
            ..Self::default()
        }
    }

    fn waiting(ticket: &Ticket) -> Self {
        Self {
            outcome: "waiting",
            digest: Some(ticket.digest.to_string()),
            ticket: Some(ticket.to_string()),
            ..Self::default()
        }
    }
}

/// Hands statements in. The answer comes when they are sealed, each with its receipt; or with tickets, where that takes longer
/// than the service waits or the client says `Prefer: respond-async`. The same statement again gets the same place in the log.
#[utoipa::path(post, path = "/api/statements", tag = "statements",
    params(("prefer" = Option<String>, Header, description = "`respond-async`: answer with tickets at once; `wait=N`: after N seconds at most (RFC 7240)")),
    request_body = Submission,
    responses(
        (status = 200, description = "Every statement is sealed or refused, and not all are refused", body = Results),
        (status = 202, description = "Some are accepted for good and not sealed yet; come back with their tickets", body = Results),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 408, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Every statement is refused; `errors` says why", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Overloaded or stopping; send the same again later", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn submit(
    State(app): State<App>,
    headers: HeaderMap,
    Json { value, room }: Json<Submission>,
) -> Result<Response, Problem> {
    if app.standing.stopping() {
        return Err(Problem::shutting_down());
    }
    let number = value.statements.len();
    if number == 0 || number > MOST {
        let detail = format!("{number} statements; a request carries 1 to {MOST}");
        return Err(Problem::new(
            Kind::MalformedRequest,
            detail,
            match number {
                0 => "put signed statements into `statements`",
                _ => "hand them in with several requests",
            },
        ));
    }
    let patience = Patience::of(&headers, app.options.answer_within);
    let deadline = tokio::time::Instant::now() + patience.wait;
    let parsed: Vec<Result<SdJwt, String>> = value
        .statements
        .iter()
        .map(|text| SdJwt::parse(text).map_err(|e| e.to_string()))
        .collect();
    let readable: Vec<SdJwt> = parsed.iter().flatten().cloned().collect();
    let waits: Vec<_> = readable.iter().map(|s| app.intake.waiters().wait(s)).collect();
    let answers = if readable.is_empty() {
        Vec::new()
    } else {
        app.intake.submit(readable).await?
    };
    drop(room);

    let mut answers = answers.into_iter().zip(waits);
    let mut results = Vec::with_capacity(number);
    for statement in parsed {
        results.push(match statement {
            Err(fault) => StatementResult::refused(None, vec![fault]),
            Ok(statement) => match answers.next() {
                Some((answer, wait)) => settle(&app, &statement, answer, wait.outcome(deadline)).await?,
                None => return Err(Problem::internal()),
            },
        });
    }
    Ok(answer(results, patience.applied))
}

async fn settle(
    app: &App,
    statement: &SdJwt,
    answer: Answer,
    outcome: impl Future<Output = Option<Outcome>>,
) -> Result<StatementResult, Problem> {
    let digest = statement.digest();
    Ok(match answer {
        Err(faults) => StatementResult::refused(Some(digest), faults),
        Ok(Submitted::Refused) => StatementResult::refused(Some(digest), vec![
            "was accepted before and can no longer be sealed: its key was revoked; sign it with a new key".to_owned(),
        ]),
        Ok(Submitted::NoRoom) => StatementResult::refused(Some(digest), vec![
            "this vehicle has as many statements as one dossier can hold (64 MiB); nothing more is taken about it until \
             contents are erased"
                .to_owned(),
        ]),
        Ok(Submitted::Sealed(at)) => match receipt(app, statement, at).await {
            Ok(receipt) => StatementResult::sealed(digest, at, &receipt),
            // It is in the log all the same; the receipt comes with the next checkpoint.
            Err(problem) if problem.status == 503 => StatementResult::waiting(&Ticket::of(statement)),
            Err(problem) => return Err(problem),
        },
        Ok(Submitted::Accepted | Submitted::Waiting) => match outcome.await {
            Some(Outcome::Sealed { log_index, receipt }) => {
                StatementResult::sealed(digest, log_index, &receipt)
            }
            Some(Outcome::Refused(reason)) => StatementResult::refused(Some(digest), vec![reason]),
            None => StatementResult::waiting(&Ticket::of(statement)),
        },
    })
}

/// The receipt of a statement that is sealed.
async fn receipt(app: &App, statement: &SdJwt, at: LeafIndex) -> Result<Bytes, Problem> {
    let head = app.desk.head().await?;
    if at.0 >= head.checkpoint.size.0 {
        return Err(store::StoreError::NoQuorum(String::new()).into());
    }
    let sealed = Sealed {
        digest: statement.digest(),
        key_id: statement.key_id(),
        vehicle: statement.claims_unverified().vid.clone(),
        at,
    };
    let receipts = app.desk.receipts(&head, vec![sealed]).await?;
    receipts
        .into_iter()
        .next()
        .map(Bytes::from)
        .ok_or_else(Problem::internal)
}

fn answer(results: Vec<StatementResult>, applied: Option<HeaderValue>) -> Response {
    let refused = results.iter().filter(|r| r.outcome == "refused").count();
    if refused == results.len() {
        let errors = results.iter().enumerate().flat_map(|(at, result)| {
            result
                .faults
                .iter()
                .map(move |fault| format!("statements[{at}]: {fault}"))
        });
        let detail = if refused == 1 {
            "the statement was refused".to_owned()
        } else {
            format!("all {refused} statements were refused")
        };
        return Problem::new(
            Kind::StatementsRefused,
            detail,
            "correct what `errors` names and hand it in again",
        )
        .with_errors(errors.collect())
        .into_response();
    }
    let ticket = match results.as_slice() {
        [
            StatementResult {
                ticket: Some(ticket), ..
            },
        ] => Some(format!("/api/tickets/{ticket}")),
        _ => None,
    };
    let waiting = results.iter().any(|r| r.outcome == "waiting");
    let status = if waiting {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    let mut response = (status, Answered(Results { results })).into_response();
    let headers = response.headers_mut();
    if waiting {
        headers.insert(RETRY_AFTER, COME_BACK);
    }
    if let Some(location) = ticket.and_then(|ticket| HeaderValue::try_from(ticket).ok()) {
        headers.insert(LOCATION, location);
    }
    if let Some(applied) = applied {
        headers.insert(PREFERENCE_APPLIED, applied);
    }
    response
}

/// How long a client is ready to wait.
struct Patience {
    wait: Duration,
    applied: Option<HeaderValue>,
}

impl Patience {
    /// RFC 7240; what it does not know it ignores, as that says.
    fn of(headers: &HeaderMap, most: Duration) -> Self {
        let preferences = headers.get_all(PREFER).iter();
        let preferences = preferences
            .filter_map(|v| v.to_str().ok())
            .flat_map(|list| list.split(','));
        for preference in preferences {
            let preference = preference.trim();
            if preference.eq_ignore_ascii_case("respond-async") {
                return Self {
                    wait: Duration::ZERO,
                    applied: Some(HeaderValue::from_static("respond-async")),
                };
            }
            let seconds = preference
                .strip_prefix("wait=")
                .and_then(|n| n.parse::<u64>().ok());
            if let Some(wait) = seconds.map(Duration::from_secs).filter(|wait| *wait <= most) {
                return Self {
                    wait,
                    applied: HeaderValue::try_from(format!("wait={}", wait.as_secs())).ok(),
                };
            }
        }
        Self {
            wait: most,
            applied: None,
        }
    }
}

/// Comes back for the receipt of a statement that was waiting.
#[utoipa::path(get, path = "/api/tickets/{ticket}", tag = "statements",
    params(("ticket" = String, Path, description = "The ticket that came with the statement's acceptance", pattern = "^[0-9a-f]{64}[.][0-9a-f]{32}$")),
    responses(
        (status = 200, description = "It is sealed", body = StatementResult),
        (status = 202, description = "It still waits; come back after Retry-After", body = StatementResult),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "It can never be sealed, or its content was erased", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn ticket(State(app): State<App>, Path(text): Path<String>) -> Result<Response, Problem> {
    let unknown = || {
        Problem::new(
            Kind::UnknownTicket,
            "no statement of this log has this ticket",
            "use the ticket as it came with the acceptance, or hand the statement in again",
        )
    };
    let ticket: Ticket = text.parse().map_err(|e: crate::ticket::NotATicket| {
        let sent: String = text.chars().take(100).collect();
        let detail = format!("ticket {sent:?}: {e}");
        Problem::new(Kind::MalformedRequest, detail, "use the ticket as it came")
    })?;
    match app.desk.store().find(&ticket.digest).await? {
        None => Err(unknown()),
        Some(Submitted::Refused) => Err(Problem::new(
            Kind::Gone,
            "the statement can never be sealed: its issuer's key was revoked first",
            "sign it with a new key and hand it in again",
        )),
        Some(Submitted::Sealed(at)) => {
            let Some((_, sealed)) = app.desk.store().sealed(&ticket.digest).await? else {
                return Err(unknown());
            };
            let Content::Present(content) = sealed.content else {
                return Err(Problem::new(
                    Kind::Gone,
                    "the statement is in the log and its content was erased; which vehicle it was about is no longer known",
                    "ask the log's operator for the notice of erasure",
                ));
            };
            let statement = SdJwt::parse(&content).map_err(|error| {
                tracing::error!(error = %error, log_index = at.0, "a stored statement cannot be read");
                Problem::internal()
            })?;
            if Ticket::of(&statement) != ticket {
                return Err(unknown());
            }
            match receipt(&app, &statement, at).await {
                Ok(receipt) => {
                    Ok(Answered(StatementResult::sealed(ticket.digest, at, &receipt)).into_response())
                }
                Err(problem) if problem.status == 503 => Ok(come_back(&ticket)),
                Err(problem) => Err(problem),
            }
        }
        Some(_) => Ok(come_back(&ticket)),
    }
}

fn come_back(ticket: &Ticket) -> Response {
    (
        StatusCode::ACCEPTED,
        [(RETRY_AFTER, COME_BACK)],
        Answered(StatementResult::waiting(ticket)),
    )
        .into_response()
}

/// A fault that quotes a value of any length, at a length a person reads.
fn shortened(fault: String) -> String {
    match fault.char_indices().nth(600) {
        Some((at, _)) => format!("{}…", fault.get(..at).unwrap_or_default()),
        None => fault,
    }
}
