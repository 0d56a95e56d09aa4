//! What the log knows of a vehicle. Whoever knows its number may ask: with the number one already holds what the label hides.
//! Personal fields are withheld; showing them is for those who hold the car.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use desk::export::Disclose;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use vehicle::VehicleId;

use crate::access::Caller;
use crate::clock;
use crate::extract::{Query, Vehicle};
use crate::outgoing;
use crate::problem::{Kind, Problem};
use crate::state::App;

/// The media type of a dossier.
pub const DOSSIER: &str = "application/vnd.carnet.dossier+json";

/// The most field names in one request.
const FIELDS: usize = 64;

/// A vehicle's label and the proof of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Label {
    /// The vehicle in canonical form.
    pub vehicle: String,
    /// The label, hex.
    pub label: String,
    /// The epoch of the VRF key.
    pub vrf_epoch: u32,
    /// The VRF public key, hex.
    pub vrf_key: String,
    /// The VRF proof over `carnet/id/v1` and the canonical form (spec/index.md), hex.
    pub vrf_proof: String,
}

/// Under which label the log files a vehicle, and the VRF proof of it; the log need not know the vehicle.
#[utoipa::path(get, path = "/api/vehicles/{vehicle}/label", tag = "vehicles",
    params(("vehicle" = String, Path, description = "A VIN or frame number, with or without vin: or frame:", example = "KMHXX00XXXX000001")),
    responses(
        (status = 200, body = Label),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No vehicle has this number", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn label(State(app): State<App>, Vehicle(vehicle): Vehicle) -> Json<Label> {
    let proof = app.desk.label_proof(&vehicle);
    Json(Label {
        vehicle: vehicle.to_string(),
        label: hex::encode(proof.label.0),
        vrf_epoch: proof.epoch,
        vrf_key: hex::encode(proof.key),
        vrf_proof: hex::encode(proof.proof),
    })
}

/// Which personal fields are to be shown.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// Names of personal fields, comma-separated, such as `plate,price`; `all` for every one. Without it none is shown.
    pub show: Option<String>,
}

impl Shown {
    /// What is to be shown. Who asks for personal fields is asked who he is, and the trail remembers it.
    async fn disclose(&self, app: &App, caller: &Caller, vehicle: &VehicleId) -> Result<Disclose, Problem> {
        let Some(show) = &self.show else {
            return Ok(Disclose::Nothing);
        };
        let names: Vec<String> = show.split(',').map(|name| name.trim().to_owned()).collect();
        if names.len() > FIELDS || names.iter().any(String::is_empty) {
            let detail = format!("show: at most {FIELDS} names of fields, none of them empty");
            return Err(Problem::new(
                Kind::MalformedRequest,
                detail,
                "name fields, such as show=plate,price, or show=all",
            ));
        }
        app.desk
            .disclose(caller.actor_itself()?, vehicle, show, clock::now())
            .await?;
        Ok(if show == "all" {
            Disclose::All
        } else {
            Disclose::Only(names)
        })
    }
}

/// A vehicle's verified history with its findings, personal fields withheld.
#[utoipa::path(get, path = "/api/vehicles/{vehicle}/history", tag = "vehicles",
    params(
        ("vehicle" = String, Path, description = "A VIN or frame number, with or without vin: or frame:", example = "KMHXX00XXXX000001"),
        Shown,
    ),
    security((), ("session" = []), ("token" = [])),
    responses(
        (status = 200, description = "As `carnet history --json`; `absent` where the log knows nothing of the vehicle", body = serde_json::Value),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Personal fields are shown to those who are logged in, or the token is not valid", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Personal fields are not shown to this caller", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No vehicle has this number", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn history(
    State(app): State<App>,
    caller: Caller,
    Vehicle(vehicle): Vehicle,
    Query(shown): Query<Shown>,
) -> Result<Response, Problem> {
    let disclose = shown.disclose(&app, &caller, &vehicle).await?;
    let _turn = app.reads.enter().await?;
    let history = app
        .desk
        .history_showing(&vehicle, &disclose, clock::unsigned(), clock::today())
        .await?;
    let json = history.to_json().and_then(|json| serde_json::to_vec(&json));
    let bytes = json.map_err(|error| {
        tracing::error!(error = %error, "a history could not be written as JSON");
        Problem::internal()
    })?;
    let mut response = outgoing::held(bytes, &app.answers)?.into_response();
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

/// A vehicle's dossier: one file that proves its history offline, personal fields withheld.
#[utoipa::path(get, path = "/api/vehicles/{vehicle}/dossier", tag = "vehicles",
    params(
        ("vehicle" = String, Path, description = "A VIN or frame number, with or without vin: or frame:", example = "KMHXX00XXXX000001"),
        Shown,
    ),
    security((), ("session" = []), ("token" = [])),
    responses(
        (status = 200, description = "A dossier file (spec/dossier.md); of a vehicle the log does not know, the proof of that", body = serde_json::Value, content_type = "application/vnd.carnet.dossier+json"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "Personal fields are shown to those who are logged in, or the token is not valid", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "Personal fields are not shown to this caller", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No vehicle has this number", body = Problem, content_type = "application/problem+json"),
        (status = 429, body = Problem, content_type = "application/problem+json"),
        (status = 503, body = Problem, content_type = "application/problem+json"),
    )
)]
pub async fn dossier(
    State(app): State<App>,
    caller: Caller,
    Vehicle(vehicle): Vehicle,
    Query(shown): Query<Shown>,
) -> Result<Response, Problem> {
    let disclose = shown.disclose(&app, &caller, &vehicle).await?;
    send(&app, &vehicle, &disclose).await
}

/// Makes a dossier and sends it.
pub async fn send(app: &App, vehicle: &VehicleId, disclose: &Disclose) -> Result<Response, Problem> {
    let _turn = app.reads.enter().await?;
    let bytes = outgoing::held(app.desk.dossier(vehicle, disclose).await?, &app.answers)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(DOSSIER));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{}\"", file_name(vehicle))) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// A canonical id consists of letters, digits, `-` and one `:`.
fn file_name(vehicle: &VehicleId) -> String {
    format!("{}.carnet", vehicle.to_string().replace(':', "-"))
}
