//! Every error as problem details ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457.html)): a stable type for programs, and
//! for people what is wrong and the way out.

use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use certificate::scheme::SchemeError;
use desk::DeskError;
use desk::access::{AccessError, Needs, ShareError};
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

/// The media type of an error.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// What every stable name begins with.
const PREFIX: &str = "urn:carnet:problem:";

/// The most characters of a detail: it may quote what was sent.
const DETAIL: usize = 1000;

/// What can go wrong, by the name that programs match on. The names never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is nothing at this address.
    NotFound,
    /// The address knows no such method.
    MethodNotAllowed,
    /// The request could not be understood.
    MalformedRequest,
    /// The body is not of a type this address takes.
    UnsupportedMediaType,
    /// The body is larger than this address takes.
    BodyTooLarge,
    /// No vehicle can have this number.
    InvalidVehicle,
    /// Every statement of a submission was refused.
    StatementsRefused,
    /// No car of the request can be quoted for.
    QuotesRefused,
    /// The telemetry cannot be read, or does not say what must be known.
    TelemetryRefused,
    /// The scheme of certification does not allow the step: not now, or not by this person.
    StepRefused,
    /// No statement answers to this ticket.
    UnknownTicket,
    /// What was here has been erased, or can never come.
    Gone,
    /// This is for those who are logged in, or have a token.
    Unauthenticated,
    /// No account of this name has this password.
    WrongLogin,
    /// What was asked for is not shown to this caller.
    Forbidden,
    /// It cannot be done as things are, such as a name that is taken.
    Conflict,
    /// This client asks too often.
    RateLimited,
    /// The service has as much to do as it can hold.
    Overloaded,
    /// The service is about to stop.
    ShuttingDown,
    /// The log is ahead of what its witnesses have cosigned.
    NotPublished,
    /// The request took too long.
    Timeout,
    /// The service failed.
    Internal,
}

impl Kind {
    fn parts(self) -> (&'static str, StatusCode, &'static str) {
        match self {
            Self::NotFound => (
                "urn:carnet:problem:not-found",
                StatusCode::NOT_FOUND,
                "There is nothing here",
            ),
            Self::MethodNotAllowed => (
                "urn:carnet:problem:method-not-allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                "This address knows no such method",
            ),
            Self::MalformedRequest => (
                "urn:carnet:problem:malformed-request",
                StatusCode::BAD_REQUEST,
                "The request cannot be understood",
            ),
            Self::UnsupportedMediaType => (
                "urn:carnet:problem:unsupported-media-type",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "The body is not of a type this address takes",
            ),
            Self::BodyTooLarge => (
                "urn:carnet:problem:body-too-large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "The body is too large",
            ),
            Self::InvalidVehicle => (
                "urn:carnet:problem:invalid-vehicle",
                StatusCode::UNPROCESSABLE_ENTITY,
                "No vehicle has this number",
            ),
            Self::StatementsRefused => (
                "urn:carnet:problem:statements-refused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "No statement was accepted",
            ),
            Self::QuotesRefused => (
                "urn:carnet:problem:quotes-refused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "No quote can be given",
            ),
            Self::TelemetryRefused => (
                "urn:carnet:problem:telemetry-refused",
                StatusCode::UNPROCESSABLE_ENTITY,
                "The telemetry cannot be read",
            ),
            Self::StepRefused => (
                "urn:carnet:problem:step-refused",
                StatusCode::CONFLICT,
                "The scheme does not allow this step",
            ),
            Self::UnknownTicket => (
                "urn:carnet:problem:unknown-ticket",
                StatusCode::NOT_FOUND,
                "No statement answers to this ticket",
            ),
            Self::Gone => (
                "urn:carnet:problem:gone",
                StatusCode::GONE,
                "What was here will not come back",
            ),
            Self::Unauthenticated => (
                "urn:carnet:problem:unauthenticated",
                StatusCode::UNAUTHORIZED,
                "Log in, or send a token",
            ),
            Self::WrongLogin => (
                "urn:carnet:problem:wrong-login",
                StatusCode::UNAUTHORIZED,
                "Name or password is wrong",
            ),
            Self::Conflict => (
                "urn:carnet:problem:conflict",
                StatusCode::CONFLICT,
                "It cannot be done as things are",
            ),
            Self::Forbidden => (
                "urn:carnet:problem:forbidden",
                StatusCode::FORBIDDEN,
                "This is not shown to you",
            ),
            Self::RateLimited => (
                "urn:carnet:problem:rate-limited",
                StatusCode::TOO_MANY_REQUESTS,
                "Too many requests",
            ),
            Self::Overloaded => (
                "urn:carnet:problem:overloaded",
                StatusCode::SERVICE_UNAVAILABLE,
                "The service has more to do than it can hold",
            ),
            Self::ShuttingDown => (
                "urn:carnet:problem:shutting-down",
                StatusCode::SERVICE_UNAVAILABLE,
                "The service is stopping",
            ),
            Self::NotPublished => (
                "urn:carnet:problem:not-published",
                StatusCode::SERVICE_UNAVAILABLE,
                "The newest entries are not cosigned yet",
            ),
            Self::Timeout => (
                "urn:carnet:problem:timeout",
                StatusCode::REQUEST_TIMEOUT,
                "The request took too long",
            ),
            Self::Internal => (
                "urn:carnet:problem:internal",
                StatusCode::INTERNAL_SERVER_ERROR,
                "The service failed",
            ),
        }
    }
}

/// An error as it is answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `urn:carnet:problem:` and a name that never changes; match on this.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The same in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this request.
    pub detail: String,
    /// What to do about it.
    pub fix: String,
    /// Where several things are wrong: each of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// In seconds.
    #[serde(skip)]
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem with what is wrong and the way out.
    pub fn new(kind: Kind, detail: impl Into<String>, fix: impl Into<String>) -> Self {
        let (kind, status, title) = kind.parts();
        Self {
            kind,
            title,
            status: status.as_u16(),
            detail: shortened(detail.into()),
            fix: fix.into(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    /// Asks the client to come again after this time; whole seconds, at least one.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait.as_secs_f64().ceil().max(1.0) as u32);
        self
    }

    /// With each single fault.
    #[must_use]
    pub fn with_errors(mut self, errors: Vec<String>) -> Self {
        self.errors = errors.into_iter().map(shortened).collect();
        self
    }

    /// The stable name without what all of them begin with.
    pub fn name(&self) -> &'static str {
        self.kind.strip_prefix(PREFIX).unwrap_or(self.kind)
    }

    /// There is nothing at this address.
    pub fn not_found() -> Self {
        Self::new(
            Kind::NotFound,
            "no resource has this address",
            "see /openapi.json for the addresses there are",
        )
    }

    /// The service has as much to do as it can hold.
    pub fn overloaded(what: &str) -> Self {
        let fix = "try again after the time in Retry-After";
        Self::new(Kind::Overloaded, what, fix).retry_after(Duration::from_secs(1))
    }

    /// The service is about to stop.
    pub fn shutting_down() -> Self {
        let fix = "send the same request again after the time in Retry-After; a statement that was accepted before is \
                   recognised and gets the same receipt";
        Self::new(Kind::ShuttingDown, "nothing more is taken by this process", fix)
            .retry_after(Duration::from_secs(5))
    }

    /// The service failed; the cause goes to its log and not to the client.
    pub fn internal() -> Self {
        Self::new(
            Kind::Internal,
            "the cause is in the service's log under this answer's x-request-id",
            "try again; if it stays, tell the operator the x-request-id",
        )
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"carnet\""),
            );
        }
        // Whoever reads with a browser is shown it as a page.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Value {
                what: "vehicle",
                value,
                problem,
            } => Self::new(
                Kind::InvalidVehicle,
                format!("vehicle {value:?}: {problem}"),
                "give a VIN of 17 characters or a frame number, as vin:… or frame:… where it could be both",
            ),
            DeskError::Value { what, value, problem } => Self::new(
                Kind::MalformedRequest,
                format!("{what} {value:?}: {problem}"),
                "correct the value",
            ),
            DeskError::Store(error) => error.into(),
            DeskError::Access(error) => error.into(),
            DeskError::Step {
                refusal: refusal @ SchemeError::Text { .. },
                ..
            } => Self::new(
                Kind::MalformedRequest,
                refusal.to_string(),
                "say why, in up to 2000 characters",
            ),
            error @ (DeskError::Step { .. } | DeskError::NotReady { .. }) => Self::new(
                Kind::StepRefused,
                error.to_string(),
                "see `next` of the application for the steps there are and who may take them",
            ),
            DeskError::CaseErased(case) => Self::new(
                Kind::Gone,
                format!("the car of application {case} was erased; nothing is left to read"),
                "ask who applied",
            ),
            DeskError::NoSigningKey(issuer) => Self::new(
                Kind::Conflict,
                format!("the signing key of issuer {issuer:?} is not in the data directory of this service"),
                "take this step on the machine that has the key, with `carnet certify`",
            ),
            DeskError::Certifier { issuer, problem } => Self::new(
                Kind::Conflict,
                format!("the certification body cannot sign: issuer {issuer:?}: {problem}"),
                "ask an operator of this log",
            ),
            DeskError::NoIssuer(issuer) => Self::new(
                Kind::NotFound,
                format!("there is no issuer {issuer:?} with an unrevoked key"),
                "see /api/issuers for those there are",
            ),
            error => {
                // Its text may name a vehicle, and logs hold no personal data.
                tracing::error!(kind = kind_of(&error), "operation failed");
                Self::internal()
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NoQuorum(_) => Self::new(
                Kind::NotPublished,
                "entries are sealed that the policy's quorum has not cosigned yet",
                "try again after the time in Retry-After",
            )
            .retry_after(Duration::from_secs(2)),
            StoreError::Busy { seconds, .. } => {
                Self::overloaded("another process is sealing").retry_after(Duration::from_secs(seconds))
            }
            StoreError::Sequence(error) => Self::new(
                Kind::MalformedRequest,
                format!("the log does not take this: {error}"),
                "correct the value",
            ),
            StoreError::Map(error) => Self::new(
                Kind::MalformedRequest,
                format!("the log does not take this: {error}"),
                "correct the value",
            ),
            error @ StoreError::CaseChanged(_) => Self::new(
                Kind::Conflict,
                error.to_string(),
                "read the application again, and take the step if it is still due",
            ),
            StoreError::Fenced => Self::overloaded("another process has sealed in the meantime"),
            error => {
                tracing::error!(error = %error, "store failed");
                Self::internal()
            }
        }
    }
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let detail = error.to_string();
        match error {
            AccessError::Anonymous => Self::new(
                Kind::Unauthenticated,
                detail,
                "log in at /login or with POST /api/session, or send `Authorization: Bearer` with an API token",
            ),
            AccessError::WrongLogin => Self::new(
                Kind::WrongLogin,
                detail,
                "check both; an operator of this log can give another password at /accounts, or on its machine with `carnet account password`",
            ),
            AccessError::Forbidden { .. } => Self::new(
                Kind::Forbidden,
                detail,
                "ask an operator of this log for an account that may",
            ),
            AccessError::BeyondRole { .. } => Self::new(
                Kind::Forbidden,
                detail,
                "leave the scope out, or have an operator change the account's role",
            ),
            AccessError::OutOfScope { act } => {
                let fix = match act.needs() {
                    Needs::Session => "log in at /login or with POST /api/session: no token does this",
                    Needs::Nothing | Needs::OneOf(_) => "make a token with the scope for it",
                };
                Self::new(Kind::Forbidden, detail, fix)
            }
            AccessError::NotOfBody => Self::new(
                Kind::Forbidden,
                detail,
                "ask the certification body to take this step",
            ),
            AccessError::NoPerson(_) => Self::new(
                Kind::Forbidden,
                detail,
                "ask an operator of this log to run `carnet certify account` on its machine",
            ),
            AccessError::NoBody => Self::new(
                Kind::Conflict,
                detail,
                "ask an operator of this log to run `carnet certify setup` on its machine",
            ),
            AccessError::NotHeld => Self::new(
                Kind::Forbidden,
                detail,
                "leave personal fields (`show`, or `fields` of a link) out, or ask an operator of this log to confirm that you hold the car",
            ),
            AccessError::SetupToken => Self::new(
                Kind::Forbidden,
                detail,
                "copy the whole token, from cnx_ on; it can be used once, within a day",
            ),
            AccessError::TooManyAttempts(seconds) => {
                let fix = "try again after the time in Retry-After";
                Self::new(Kind::RateLimited, detail, fix).retry_after(Duration::from_secs(seconds))
            }
            AccessError::Busy => Self::overloaded(&detail),
            AccessError::Hashing => {
                tracing::error!(error = detail, "a password could not be checked");
                Self::internal()
            }
            AccessError::Taken { .. }
            | AccessError::IssuerTaken(_)
            | AccessError::LastOperator(_)
            | AccessError::TooMany { .. } => Self::new(
                Kind::Conflict,
                detail,
                "see what there is, and ask for something else",
            ),
            AccessError::Meanwhile(_) => Self::new(
                Kind::Conflict,
                detail,
                "load the application again, and take the step if it is still the right one",
            ),
            AccessError::DoneAlready(_) => Self::new(
                Kind::Conflict,
                detail,
                "load the application again; if the step is meant once more, take it a second later",
            ),
            AccessError::OwnPassword => Self::new(Kind::Conflict, detail, "change it there"),
            AccessError::CertifiersPassword(_) => Self::new(
                Kind::Conflict,
                detail,
                "ask whoever runs the log's machine; its owner changes it with the old one at /me",
            ),
            // Without what would mend it at the log's own machine: whoever asks from afar is not there.
            AccessError::Unknown { what, name } => Self::new(
                Kind::NotFound,
                format!("there is no {what} {name:?}"),
                "see the list of those there are",
            ),
        }
    }
}

impl From<ShareError> for Problem {
    fn from(error: ShareError) -> Self {
        let (kind, detail) = match error {
            ShareError::Desk(error) => return error.into(),
            ShareError::NotFound => (Kind::NotFound, "no dossier answers to this link"),
            ShareError::Expired => (Kind::Gone, "this link has expired"),
            ShareError::Withdrawn => (Kind::Gone, "this link was withdrawn by whoever made it"),
        };
        Self::new(kind, detail, "ask whoever sent the link for a new one")
    }
}

/// The name of an error without the values in it.
pub fn kind_of(error: &DeskError) -> &'static str {
    match error {
        DeskError::File { .. } => "file",
        DeskError::TooLarge { .. } => "file too large",
        DeskError::NoLog(_) => "no log",
        DeskError::NoDatabase(_) => "no database",
        DeskError::LogExists(_) => "log exists",
        DeskError::Key { .. } => "key file",
        DeskError::Malformed { .. } | DeskError::NoCredential { .. } => "malformed file",
        DeskError::Value { .. } => "value",
        DeskError::Step { .. } | DeskError::NotReady { .. } => "step",
        DeskError::CaseErased(_) => "case erased",
        DeskError::CaseUnreadable { .. } => "case unreadable",
        DeskError::Certifier { .. } => "certifier",
        DeskError::NoIssuer(_) => "no issuer",
        DeskError::NoSigningKey(_) => "no signing key",
        DeskError::Store(_) => "store",
        DeskError::Access(_) => "access",
        DeskError::Dossier(_) => "dossier",
        DeskError::Random(_) => "randomness",
        DeskError::Threads(_) => "threads",
    }
}

/// A text that may quote what was sent, at a length a person reads.
fn shortened(text: String) -> String {
    match text.char_indices().nth(DETAIL) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Kind; 22] = [
        Kind::NotFound,
        Kind::MethodNotAllowed,
        Kind::MalformedRequest,
        Kind::UnsupportedMediaType,
        Kind::BodyTooLarge,
        Kind::InvalidVehicle,
        Kind::StatementsRefused,
        Kind::QuotesRefused,
        Kind::TelemetryRefused,
        Kind::StepRefused,
        Kind::UnknownTicket,
        Kind::Gone,
        Kind::Unauthenticated,
        Kind::WrongLogin,
        Kind::Forbidden,
        Kind::Conflict,
        Kind::RateLimited,
        Kind::Overloaded,
        Kind::ShuttingDown,
        Kind::NotPublished,
        Kind::Timeout,
        Kind::Internal,
    ];

    #[test]
    fn every_kind_has_words_for_people() {
        let english = crate::pages::language::words(desk::words::Language::En);
        for kind in ALL {
            let name = Problem::new(kind, "", "").name();
            assert!(english.has(&format!("problem-{name}")), "{name}");
            assert!(english.has(&format!("problem-{name}-fix")), "{name}");
        }
    }

    #[test]
    fn the_page_about_the_service_names_every_kind_with_its_status() {
        let page = include_str!("../../../docs/service.md");
        for kind in ALL {
            let (kind, status, _) = kind.parts();
            let name = kind.strip_prefix("urn:carnet:problem:").unwrap();
            let row = format!("| `{name}` | {} |", status.as_u16());
            assert!(page.contains(&row), "docs/service.md has no row {row:?}");
        }
    }
}
