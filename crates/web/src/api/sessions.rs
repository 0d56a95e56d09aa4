//! Getting in and out: setting up, logging in, who one is, another password.

use axum::Json as Answered;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse as _, Response};
use desk::access::{By, FirstAccount, Known};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use zeroize::Zeroizing;

use crate::access::{Caller, From, May, NO_SESSION, SameSite, act, session_cookie};
use crate::clock;
use crate::extract::Json;
use crate::problem::Problem;
use crate::state::App;

/// The first account, an operator's.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// The setup token, `cnx_…`.
    pub token: String,
    /// The id of the operator's organisation: 1 to 40 of a-z, 0-9, `-` and `.`.
    pub organisation: String,
    /// Its name; of an organisation that is there already it stays as it is.
    pub organisation_name: String,
    /// What is typed at login, such as an e-mail address.
    pub name: String,
    /// The name people read.
    pub display_name: String,
    /// At least 12 characters.
    #[schema(value_type = String)]
    pub password: Zeroizing<String>,
}

/// Makes an operator's account with a setup token, which is used up.
#[utoipa::path(post, path = "/api/setup", tag = "access",
    request_body = Setup,
    responses(
        (status = 204, description = "The account is made; log in with it"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "No such setup token, or another site sent this", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "There is an account of this name", body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn set_up(
    State(app): State<App>,
    _: SameSite,
    Json { value, room }: Json<Setup>,
) -> Result<StatusCode, Problem> {
    let first = FirstAccount {
        organisation: value.organisation,
        organisation_name: value.organisation_name,
        name: value.name,
        display_name: value.display_name,
    };
    app.desk
        .set_up(&value.token, &first, &value.password, clock::now())
        .await?;
    drop(room);
    Ok(StatusCode::NO_CONTENT)
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The account's name.
    pub name: String,
    /// Its password.
    #[schema(value_type = String)]
    pub password: Zeroizing<String>,
}

/// Whoever asks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    /// What is typed at login.
    pub name: String,
    /// The name people read.
    pub display_name: String,
    /// The id of the organisation.
    pub organisation: String,
    /// `viewer`, `exporter`, `issuer` or `operator`.
    pub role: String,
    /// In a session: what to send in the header `X-Carnet-Csrf` to change something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub csrf: Option<String>,
    /// In a session: when it ends at the latest, in Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_expires: Option<i64>,
    /// With a token: what it may be used for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<String>>,
}

impl Me {
    fn of(known: &Known) -> Self {
        let (csrf, session_expires, scopes) = match &known.by {
            By::Session { csrf, expires, .. } => (Some(csrf.clone()), Some(*expires), None),
            By::Token { scopes, .. } => {
                let scopes = scopes.iter().map(ToString::to_string).collect();
                (None, None, Some(scopes))
            }
        };
        Self {
            name: known.name.clone(),
            display_name: known.display_name.clone(),
            organisation: known.organisation.clone(),
            role: known.role.to_string(),
            csrf,
            session_expires,
            scopes,
        }
    }
}

/// Logs in: the answer sets the session's cookie. A session that the request brought ends.
#[utoipa::path(post, path = "/api/session", tag = "access",
    request_body = Login,
    responses(
        (status = 200, description = "Logged in, by a new session", body = Me),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "No account of this name has this password", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Another site sent this", body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many attempts at this name or from this client", body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn log_in(
    State(app): State<App>,
    _: SameSite,
    From(client): From,
    headers: HeaderMap,
    Json { value, room }: Json<Login>,
) -> Result<Response, Problem> {
    let now = clock::now();
    let session = app.desk.log_in(&value.name, &value.password, client, now).await?;
    drop(room);
    if let Some(before) = Caller::of_session(&app, &headers).await? {
        app.desk.log_out(&before, now).await?;
    }
    let me = session.actor.known().map(Me::of).ok_or_else(Problem::internal)?;
    let cookie = session_cookie(&session.secret, session.expires - now).ok_or_else(Problem::internal)?;
    Ok((AppendHeaders([(SET_COOKIE, cookie)]), Answered(me)).into_response())
}

/// Logs out. Without a session there is nothing to end, and the answer is the same.
#[utoipa::path(delete, path = "/api/session", tag = "access",
    responses(
        (status = 204, description = "The session is ended, the cookie taken away"),
        (status = 401, description = "The token that was sent is not valid", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Another site sent this", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn log_out(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    if let Ok(actor) = caller.actor() {
        app.desk.log_out(actor, clock::now()).await?;
    }
    let gone = AppendHeaders([(SET_COOKIE, NO_SESSION)]);
    Ok((StatusCode::NO_CONTENT, gone).into_response())
}

/// Who one is.
#[utoipa::path(get, path = "/api/me", tag = "access",
    security(("session" = []), ("token" = [])),
    responses(
        (status = 200, body = Me),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn me(May(actor, _): May<act::SeeSelf>) -> Result<Answered<Me>, Problem> {
    let me = actor.known().map(Me::of).ok_or_else(Problem::internal)?;
    Ok(Answered(me))
}

/// The old password and the new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The password as it is.
    #[schema(value_type = String)]
    pub old: Zeroizing<String>,
    /// The password as it shall be: at least 12 characters.
    #[schema(value_type = String)]
    pub new: Zeroizing<String>,
}

/// Changes one's own password. Every other session of the account ends. No token can do this.
#[utoipa::path(post, path = "/api/me/password", tag = "access",
    security(("session" = [])),
    request_body = NewPassword,
    responses(
        (status = 204, description = "Changed"),
        (status = 400, description = "The new one is not taken", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Not logged in, or the old one is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn password(
    State(app): State<App>,
    May(actor, _): May<act::ChangePassword>,
    Json { value, room }: Json<NewPassword>,
) -> Result<StatusCode, Problem> {
    app.desk
        .change_password(&actor, &value.old, &value.new, clock::now())
        .await?;
    drop(room);
    Ok(StatusCode::NO_CONTENT)
}
