//! Links to dossiers: whoever has one sees one car's dossier, with the personal fields that its maker chose, until it ends.

use axum::Json as Answered;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use desk::access::{NewShare, ShareView};
use desk::export::Disclose;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::vehicles;
use crate::access::{May, act};
use crate::clock;
use crate::extract::{Json, Path};
use crate::problem::Problem;
use crate::state::App;

/// How long a link lasts where nothing is said, in days.
const DAYS: u32 = 30;

/// A link as it is listed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Share {
    /// Names it; opens nothing.
    pub id: String,
    /// The car in canonical form.
    pub vehicle: String,
    /// The personal fields it shows; `all`, or none.
    pub fields: Vec<String>,
    /// The account that made it.
    pub created_by: String,
    /// When.
    pub created: String,
    /// When it ends.
    pub expires: String,
    /// When it was withdrawn.
    pub withdrawn: Option<String>,
    /// `open`, `expired` or `withdrawn`.
    pub standing: &'static str,
}

impl From<ShareView> for Share {
    fn from(view: ShareView) -> Self {
        Self {
            id: view.id,
            vehicle: view.vehicle,
            fields: view.fields,
            created_by: view.created_by,
            created: view.created,
            expires: view.expires,
            withdrawn: view.withdrawn,
            standing: view.standing,
        }
    }
}

/// The links of one's organisation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Shares {
    /// Newest first.
    pub shares: Vec<Share>,
}

/// The links of one's organisation, those that have ended included.
#[utoipa::path(get, path = "/api/shares", tag = "yard",
    security(("session" = []), ("token" = [])),
    responses(
        (status = 200, body = Shares),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn shares(
    State(app): State<App>,
    May(actor, _): May<act::SeeShares>,
) -> Result<Answered<Shares>, Problem> {
    let all = app.desk.shares(&actor, None, clock::now()).await?;
    Ok(Answered(Shares {
        shares: all.into_iter().map(Share::from).collect(),
    }))
}

/// A link to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareToMake {
    /// A car in the yard.
    pub vehicle: String,
    /// Personal fields to show, such as `plate`, or `all` alone; none where nothing is said. They are for cars that the
    /// organisation is confirmed as holding.
    #[serde(default)]
    pub fields: Vec<String>,
    /// How many days it lasts, 1 to 366; 30 where nothing is said.
    #[schema(minimum = 1, maximum = 366)]
    pub days: Option<u32>,
}

/// A link that was made.
#[derive(Serialize, ToSchema)]
pub struct ShareMade {
    /// The link as it is listed.
    pub share: Share,
    /// Its secret, which is shown this once.
    pub secret: String,
    /// The path to send to whoever shall see it, below this service's address.
    pub path: String,
}

/// Makes a link to the dossier of a car in the yard.
#[utoipa::path(post, path = "/api/shares", tag = "yard",
    security(("session" = []), ("token" = [])),
    request_body = ShareToMake,
    responses(
        (status = 201, body = ShareMade),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "The car is not in the yard", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "There are as many links as there may be", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No vehicle has this number", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn make_share(
    State(app): State<App>,
    May(actor, _): May<act::Share>,
    Json { value, room }: Json<ShareToMake>,
) -> Result<(StatusCode, Answered<ShareMade>), Problem> {
    let show = match value.fields.as_slice() {
        [] => Disclose::Nothing,
        [all] if all == "all" => Disclose::All,
        _ => Disclose::Only(value.fields),
    };
    let new = NewShare {
        vehicle: desk::check::parse_vehicle(&value.vehicle)?,
        show,
        days: value.days.unwrap_or(DAYS),
    };
    let _turn = app.reads.enter().await?;
    let made = app.desk.make_share(&actor, None, new, clock::now()).await?;
    drop(room);
    let secret = made.secret.reveal().to_owned();
    let answer = ShareMade {
        path: format!("/d/share/{secret}"),
        share: made.share.into(),
        secret,
    };
    Ok((StatusCode::CREATED, Answered(answer)))
}

/// Withdraws a link, at once and for good.
#[utoipa::path(delete, path = "/api/shares/{id}", tag = "yard",
    params(("id" = String, Path, description = "The link's id, from the list")),
    security(("session" = []), ("token" = [])),
    responses(
        (status = 204, description = "Withdrawn"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such link that is not withdrawn", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn withdraw_share(
    State(app): State<App>,
    May(actor, _): May<act::Share>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    app.desk.withdraw_share(&actor, None, &id, clock::now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The dossier that a link opens.
#[utoipa::path(get, path = "/api/shared/{token}", tag = "vehicles",
    params(("token" = String, Path, description = "The link's secret, `cnd_…`")),
    responses(
        (status = 200, description = "A dossier file (spec/dossier.md)", body = serde_json::Value, content_type = "application/vnd.carnet.dossier+json"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No dossier answers to this link", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "The link has expired or was withdrawn", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn shared(State(app): State<App>, Path(token): Path<String>) -> Result<Response, Problem> {
    let opened = app.desk.open_share(&token, clock::moment()).await?;
    vehicles::send(&app, &opened.vehicle, &opened.disclose).await
}
