//! The yard of one's organisation. Nobody else sees it.

use axum::Json as Answered;
use axum::extract::State;
use axum::http::StatusCode;
use desk::access::{YardCar, YardNote};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::{May, act};
use crate::clock;
use crate::extract::{Json, Path, Vehicle};
use crate::problem::Problem;
use crate::state::App;

/// A car in the yard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Car {
    /// Its number in canonical form.
    pub vehicle: String,
    /// The lot number, or empty.
    pub lot: String,
    /// A note, or empty.
    pub note: String,
    /// When it was added.
    pub added: String,
    /// When it was confirmed that the organisation holds the car; until then personal fields are not shown to it.
    pub confirmed: Option<String>,
}

impl From<YardCar> for Car {
    fn from(car: YardCar) -> Self {
        Self {
            vehicle: car.vehicle,
            lot: car.lot,
            note: car.note,
            added: car.added,
            confirmed: car.confirmed,
        }
    }
}

/// The yard.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Yard {
    /// Oldest first.
    pub cars: Vec<Car>,
}

/// The cars in the yard of one's organisation.
#[utoipa::path(get, path = "/api/yard", tag = "yard",
    security(("session" = []), ("token" = [])),
    responses(
        (status = 200, body = Yard),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn yard(
    State(app): State<App>,
    May(actor, _): May<act::SeeYard>,
) -> Result<Answered<Yard>, Problem> {
    let cars = app.desk.yard(&actor, None).await?;
    Ok(Answered(Yard {
        cars: cars.into_iter().map(Car::from).collect(),
    }))
}

/// What to write beside a car.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// The lot number, up to 64 characters.
    #[serde(default)]
    pub lot: String,
    /// A note, up to 500 characters.
    #[serde(default)]
    pub note: String,
}

/// Puts a car into the yard, or writes another lot and note beside it.
#[utoipa::path(put, path = "/api/yard/{vehicle}", tag = "yard",
    params(("vehicle" = String, Path, description = "A VIN or frame number, with or without vin: or frame:", example = "KMHXX00XXXX000001")),
    security(("session" = []), ("token" = [])),
    request_body = Note,
    responses(
        (status = 200, body = Car),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json"),
        (status = 415, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The yard is full", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No vehicle has this number", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn put(
    State(app): State<App>,
    May(actor, _): May<act::ChangeYard>,
    Vehicle(vehicle): Vehicle,
    Json { value, room }: Json<Note>,
) -> Result<Answered<Car>, Problem> {
    let note = YardNote {
        lot: value.lot,
        note: value.note,
    };
    let car = app
        .desk
        .put_in_yard(&actor, None, &vehicle, &note, clock::now())
        .await?;
    drop(room);
    Ok(Answered(car.into()))
}

/// Takes a car out of the yard. Links to its dossier stay until they end or are withdrawn.
#[utoipa::path(delete, path = "/api/yard/{vehicle}", tag = "yard",
    params(("vehicle" = String, Path, description = "A VIN or frame number, with or without vin: or frame:", example = "KMHXX00XXXX000001")),
    security(("session" = []), ("token" = [])),
    responses(
        (status = 204, description = "Taken out"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "It is not in the yard", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No vehicle has this number", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn remove(
    State(app): State<App>,
    May(actor, _): May<act::ChangeYard>,
    Vehicle(vehicle): Vehicle,
) -> Result<StatusCode, Problem> {
    app.desk
        .remove_from_yard(&actor, None, &vehicle, clock::now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Puts a car into an organisation's yard and confirms that it holds it. The answer tells nothing of the yard.
#[utoipa::path(put, path = "/api/organisations/{organisation}/yard/{vehicle}", tag = "yard",
    params(("organisation" = String, Path, description = "The organisation's id"), ("vehicle" = String, Path, description = "A VIN or frame number, with or without vin: or frame:", example = "KMHXX00XXXX000001")),
    security(("session" = []), ("token" = [])),
    responses(
        (status = 204, description = "Confirmed"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, body = Problem, content_type = "application/problem+json"),
        (status = 403, body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such organisation", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The yard is full", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No vehicle has this number", body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn confirm(
    State(app): State<App>,
    May(actor, _): May<act::ConfirmYard>,
    Path((organisation, vehicle)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let vehicle = desk::check::parse_vehicle(&vehicle)?;
    app.desk
        .confirm_in_yard(&actor, &organisation, &vehicle, clock::now())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
