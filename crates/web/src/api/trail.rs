//! What was done: operators see all of it, others what was done in the matters of their organisation.

use axum::Json as Answered;
use axum::extract::State;
use desk::access::DeedView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{May, act};
use crate::extract::Query;
use crate::problem::Problem;
use crate::state::App;

/// Acts in an answer where nothing is said.
const MOST: u32 = 100;

/// An act.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Deed {
    /// Its place in the trail; rises.
    pub id: i64,
    /// When.
    pub at: String,
    /// Whose account; absent for whoever sat at the log's machine.
    pub account: Option<String>,
    /// The id of the API token it was done with.
    pub token: Option<String>,
    /// Whose matter it is.
    pub organisation: Option<String>,
    /// What was done.
    pub act: String,
    /// To what.
    pub subject: String,
    /// `done` or `refused`.
    pub outcome: &'static str,
}

impl From<DeedView> for Deed {
    fn from(view: DeedView) -> Self {
        Self {
            id: view.id,
            at: view.at,
            account: view.account,
            token: view.token,
            organisation: view.organisation,
            act: view.act,
            subject: view.subject,
            outcome: view.outcome,
        }
    }
}

/// The trail, a page of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Trail {
    /// Newest first.
    pub acts: Vec<Deed>,
}

/// Which page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Only acts with a smaller id than this: the last one of the page before.
    pub before: Option<i64>,
    /// How many at most, 1 to 1000; 100 where nothing is said.
    #[param(minimum = 1, maximum = 1000)]
    pub most: Option<u32>,
}

/// What was done, newest first.
#[utoipa::path(get, path = "/api/trail", tag = "access",
    params(Page),
    security(("session" = []), ("token" = [])),
    responses(
        (status = 200, body = Trail),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn trail(
    State(app): State<App>,
    May(actor, _): May<act::SeeTrail>,
    Query(page): Query<Page>,
) -> Result<Answered<Trail>, Problem> {
    let most = page.most.unwrap_or(MOST);
    if !(1..=1000).contains(&most) {
        let detail = format!("most {most}: a page has 1 to 1000 acts");
        return Err(Problem::new(
            crate::problem::Kind::MalformedRequest,
            detail,
            "correct the value",
        ));
    }
    let acts = app.desk.trail(&actor, page.before, most).await?;
    Ok(Answered(Trail {
        acts: acts.into_iter().map(Deed::from).collect(),
    }))
}
