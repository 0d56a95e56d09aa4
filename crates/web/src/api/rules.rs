//! The import rules behind quotes, as they stand on a day.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use desk::rules;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::clock;
use crate::extract::{Path, Query};
use crate::problem::{Kind, Problem};
use crate::state::App;

/// A market there are rules for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Market {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Its name.
    pub name: String,
    /// The day on which the research ended.
    pub as_of: String,
    /// The state of the market in a sentence.
    pub headline: String,
}

/// The markets there are rules for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Markets {
    /// By country.
    pub markets: Vec<Market>,
}

/// The markets there are rules for. Rules are no legal advice.
#[utoipa::path(get, path = "/api/rules", tag = "rules", responses((status = 200, body = Markets)))]
pub async fn markets(State(app): State<App>) -> Result<Json<Markets>, Problem> {
    let today = clock::today();
    let book = app.rules.book()?;
    let markets = book.set.packs().map(|pack| {
        let shown = rules::show(pack, today);
        Market {
            country: shown.country.to_owned(),
            name: shown.name.to_owned(),
            as_of: shown.as_of.to_string(),
            headline: shown.headline.to_owned(),
        }
    });
    Ok(Json(Markets {
        markets: markets.collect(),
    }))
}

/// The day the rules are asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct On {
    /// A day, `YYYY-MM-DD`; otherwise today.
    #[param(format = Date)]
    pub on: Option<String>,
}

/// One market's checks and calculation on a day, each rule with its act and source.
#[utoipa::path(get, path = "/api/rules/{country}", tag = "rules",
    params(("country" = String, Path, description = "ISO 3166-1 alpha-2", pattern = "^[A-Za-z]{2}$", example = "JO"), On),
    responses(
        (status = 200, description = "As `carnet rules show --json`", body = serde_json::Value),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn market(
    State(app): State<App>,
    Path(country): Path<String>,
    Query(On { on }): Query<On>,
) -> Result<Response, Problem> {
    let on = match on {
        Some(text) => day("on", &text)?,
        None => clock::today(),
    };
    let book = app.rules.book()?;
    let pack = book.set.pack(&country.to_ascii_uppercase()).ok_or_else(|| {
        let detail = format!("there are no rules for {country:?}");
        Problem::new(Kind::NotFound, detail, "see /api/rules for the markets there are")
    })?;
    Ok(Json(rules::show(pack, on)).into_response())
}

/// Which changes are asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Since {
    /// Changes after this day, `YYYY-MM-DD`.
    #[param(format = Date)]
    pub since: String,
}

/// What changed in the law, or will, after a day.
#[utoipa::path(get, path = "/api/rules/changes", tag = "rules", params(Since), responses(
    (status = 200, description = "As `carnet rules changes --json`", body = serde_json::Value),
    (status = 400, body = Problem, content_type = "application/problem+json"),
))]
pub async fn changes(
    State(app): State<App>,
    Query(Since { since }): Query<Since>,
) -> Result<Response, Problem> {
    let since = day("since", &since)?;
    Ok(Json(app.rules.book()?.set.changes(since, Date::MAX)).into_response())
}

/// The same as an Atom feed.
#[utoipa::path(get, path = "/api/rules/changes.atom", tag = "rules", params(Since), responses(
    (status = 200, body = String, content_type = "application/atom+xml; charset=utf-8"),
    (status = 400, body = Problem, content_type = "application/problem+json"),
))]
pub async fn changes_feed(
    State(app): State<App>,
    Query(Since { since }): Query<Since>,
) -> Result<Response, Problem> {
    let since = day("since", &since)?;
    let feed = rules::atom(&app.rules.book()?.set.changes(since, Date::MAX), clock::today());
    let atom = HeaderValue::from_static("application/atom+xml; charset=utf-8");
    Ok(([(CONTENT_TYPE, atom)], feed).into_response())
}

pub(super) fn day(name: &str, text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| {
        let detail = format!("{name} {text:?}: not a day");
        Problem::new(
            Kind::MalformedRequest,
            detail,
            "write it as YYYY-MM-DD, such as 2026-02-01",
        )
    })
}
