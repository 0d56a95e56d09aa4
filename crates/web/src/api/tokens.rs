//! API tokens: for programs that act as an account. A person at a session makes and revokes them; no token does.

use std::collections::BTreeSet;

use axum::Json as Answered;
use axum::extract::State;
use axum::http::StatusCode;
use desk::DeskError;
use desk::access::{NewToken, Scope, TokenView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{May, act};
use crate::clock;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::App;

/// How long a token lasts where nothing is said, in days.
const DAYS: u32 = 90;

/// A token as it is listed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Token {
    /// Names it; opens nothing.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<String>,
    /// When it was made.
    pub created: String,
    /// When it ends.
    pub expires: String,
    /// When it was revoked.
    pub revoked: Option<String>,
    /// When it was used last, to within some minutes.
    pub last_used: Option<String>,
    /// `valid`, `expired` or `revoked`.
    pub standing: &'static str,
}

impl From<TokenView> for Token {
    fn from(view: TokenView) -> Self {
        Self {
            id: view.id,
            name: view.name,
            scopes: view.scopes,
            created: view.created,
            expires: view.expires,
            revoked: view.revoked,
            last_used: view.last_used,
            standing: view.standing,
        }
    }
}

/// One's own tokens.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// Newest first.
    pub tokens: Vec<Token>,
}

/// One's own tokens, those that have ended included.
#[utoipa::path(get, path = "/api/tokens", tag = "access",
    security(("session" = [])),
    responses(
        (status = 200, body = Tokens),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn tokens(
    State(app): State<App>,
    May(actor, _): May<act::ManageTokens>,
) -> Result<Answered<Tokens>, Problem> {
    let all = app.desk.tokens(&actor, None, clock::now()).await?;
    Ok(Answered(Tokens {
        tokens: all.into_iter().map(Token::from).collect(),
    }))
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenToMake {
    /// What to call it, such as the program that will have it.
    pub name: String,
    /// What it may be used for: `yard:read`, `yard:write`, `shares`, `disclose`, `accounts`, `trail`, `issuers`, `certification`. It never may
    /// more than the account.
    pub scopes: Vec<String>,
    /// How many days it lasts, 1 to 366; 90 where nothing is said.
    #[schema(minimum = 1, maximum = 366)]
    pub days: Option<u32>,
}

/// A token that was made.
#[derive(Serialize, ToSchema)]
pub struct TokenMade {
    /// The token as it is listed.
    pub token: Token,
    /// Its secret, which is shown this once: for `Authorization: Bearer`.
    pub secret: String,
}

/// Makes a token.
#[utoipa::path(post, path = "/api/tokens", tag = "access",
    security(("session" = [])),
    request_body = TokenToMake,
    responses(
        (status = 201, body = TokenMade),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The account has as many as it may have", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn make_token(
    State(app): State<App>,
    May(actor, _): May<act::ManageTokens>,
    Json { value, room }: Json<TokenToMake>,
) -> Result<(StatusCode, Answered<TokenMade>), Problem> {
    let parse = |text: &String| {
        text.parse::<Scope>().map_err(|error| DeskError::Value {
            what: "scope",
            value: text.chars().take(40).collect(),
            problem: error.to_string(),
        })
    };
    let scopes: BTreeSet<Scope> = value.scopes.iter().map(parse).collect::<Result<_, _>>()?;
    let new = NewToken {
        name: value.name,
        scopes,
        days: value.days.unwrap_or(DAYS),
    };
    let made = app.desk.make_token(&actor, None, &new, clock::now()).await?;
    drop(room);
    let answer = TokenMade {
        token: made.token.into(),
        secret: made.secret.reveal().to_owned(),
    };
    Ok((StatusCode::CREATED, Answered(answer)))
}

/// Revokes one of one's own tokens, at once and for good.
#[utoipa::path(delete, path = "/api/tokens/{id}", tag = "access",
    params(("id" = String, Path, description = "The token's id, from the list")),
    security(("session" = [])),
    responses(
        (status = 204, description = "Revoked"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such token that is not revoked", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn revoke_token(
    State(app): State<App>,
    May(actor, _): May<act::ManageTokens>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.desk.revoke_token(&actor, &id, clock::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
