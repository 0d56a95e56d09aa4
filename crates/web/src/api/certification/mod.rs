//! Applications for certification over HTTP: the record, telemetry, and the steps of the scheme by accounts
//! ([why as they are](../../../../../docs/decisions/0045-an-account-acts-as-one-person.md)).
//!
//! | module | what it owns |
//! |---|---|
//! | this | lists, applications, certificates, people |
//! | `telemetry` | handing in charging logs and their assessments; looking at logs; computing a certificate again |
//! | `steps` | the steps of the body, and disputes |

pub mod steps;
pub mod telemetry;

use std::collections::BTreeMap;

use axum::Json as Answered;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use certificate::application::{Battery, Vehicle};
use desk::certify::applications::{ApplicationView, Wanted};
use desk::certify::seat::PersonView;
use desk::certify::sheet::Language;
use serde::{Deserialize, Serialize};
use utoipa::openapi::response::Response as Described;
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::access::{May, act};
use crate::clock;
use crate::extract::{Json, Path, Query};
use crate::outgoing;
use crate::problem::{Kind, MEDIA_TYPE, Problem};
use crate::state::App;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(applications, apply))
        .routes(routes!(application))
        .routes(routes!(telemetry::hand_in))
        .routes(routes!(telemetry::assessment))
        .routes(routes!(telemetry::inspect))
        .routes(routes!(telemetry::recompute))
        .routes(routes!(steps::evaluation))
        .routes(routes!(steps::review))
        .routes(routes!(steps::decision))
        .routes(routes!(steps::issue))
        .routes(routes!(steps::surveillance))
        .routes(routes!(steps::change))
        .routes(routes!(steps::suspension))
        .routes(routes!(steps::reinstatement))
        .routes(routes!(steps::withdrawal))
        .routes(routes!(steps::complaint))
        .routes(routes!(steps::appeal))
        .routes(routes!(steps::resolution))
        .routes(routes!(steps::run_surveillance))
        .routes(routes!(credential))
        .routes(routes!(pages))
        .routes(routes!(people))
}

/// What an address of this area is answered with besides what it is for.
pub struct Refusals;

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let problem = || Content::new(Some(Ref::from_schema_name("Problem")));
        let refusal = |(status, said): (&str, &str)| {
            let response = ResponseBuilder::new()
                .description(said)
                .content(MEDIA_TYPE, problem());
            (status.to_owned(), RefOr::T(response.build()))
        };
        [
            ("400", "It cannot be understood, or a value cannot be"),
            ("401", "For those who are logged in"),
            ("403", "Not for this role, scope or person"),
            (
                "404",
                "There is no such application, as far as this account may see",
            ),
            ("408", "It took too long"),
            ("409", "The scheme does not allow it, as things are"),
            ("410", "The car was erased"),
            ("413", "Too large"),
            ("415", "Not of the type this address takes"),
            ("422", "Values that cannot be, or telemetry that cannot be read"),
            ("429", "Too many requests"),
            ("503", "As much as this service can hold is being done"),
        ]
        .into_iter()
        .map(refusal)
        .collect()
    }
}

/// The case an address names.
#[derive(Deserialize, IntoParams)]
#[into_params(names("case"), parameter_in = Path)]
#[expect(dead_code, reason = "describes the address; `Path` reads it")]
pub struct Case(
    /// The case of the application, or the number of its certificate.
    #[param(example = "C-000001")]
    String,
);

/// Applications.
#[derive(Serialize, ToSchema)]
pub struct Applications {
    /// Newest first, at most 200: `case`, `state`, `car`, `certificate`, and in `yours` the steps that this account may take next.
    #[schema(value_type = Vec<Object>)]
    pub applications: Vec<desk::certify::applications::ApplicationLine>,
}

/// Where a list begins.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct From {
    /// The case before which to go on.
    pub before: Option<String>,
}

/// The applications of one's organisation; for accounts of the certification body, all of them.
#[utoipa::path(get, path = "/api/certification/applications", tag = "certification", params(From),
    security(("session" = []), ("token" = [])),
    responses((status = 200, body = Applications), Refusals)
)]
pub async fn applications(
    State(app): State<App>,
    May(actor, _): May<act::SeeApplications>,
    Query(from): Query<From>,
) -> Result<Answered<Applications>, Problem> {
    let _turn = app.reads.enter().await?;
    let before = from.before.as_deref();
    let applications = app.desk.applications(&actor, before, clock::moment()).await?;
    Ok(Answered(Applications { applications }))
}

/// What is applied for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToApply {
    /// The car: `vid`, `make`, `model`, `variant`, `category` (M1 or N1), `firstRegistration`.
    #[schema(value_type = Object, example = json!({"vid": "vin:KMHXX00XXXX000001", "make": "Hyundai", "model": "Ioniq 5",
        "category": "M1", "firstRegistration": "2021-06-08"}))]
    pub vehicle: Vehicle,
    /// Its battery: `chemistry` (NMC or LFP), `nSeries`, `ratedAh`, `ratedSource`, and `id` where it is known.
    #[schema(value_type = Object, example = json!({"chemistry": "NMC", "nSeries": 180, "ratedAh": "111.2", "ratedSource": "data sheet"}))]
    pub battery: Battery,
    /// Only for accounts of the certification body: the client who came to it. Everybody else applies for the organisation of
    /// the account.
    pub client: Option<String>,
}

/// Applies for the certification of a battery (ISO/IEC 17065, 7.2).
#[utoipa::path(post, path = "/api/certification/applications", tag = "certification", request_body = ToApply,
    security(("session" = []), ("token" = [])),
    responses((status = 201, description = "The application, as its address has it", body = serde_json::Value), Refusals)
)]
pub async fn apply(
    State(app): State<App>,
    May(actor, _): May<act::Apply>,
    Json { value, room }: Json<ToApply>,
) -> Result<(StatusCode, Answered<ApplicationView>), Problem> {
    let wanted = Wanted {
        vehicle: value.vehicle,
        battery: value.battery,
        client: value.client,
    };
    let view = app.desk.apply(&actor, wanted, clock::moment()).await?;
    drop(room);
    Ok((StatusCode::CREATED, Answered(view)))
}

/// An application with its audit records, what comes next and who may do it, what was handed in, and what was found.
#[utoipa::path(get, path = "/api/certification/applications/{case}", tag = "certification", params(Case),
    security(("session" = []), ("token" = [])),
    responses((status = 200, description = "As `carnet certify status --json`, and `next`, `assessments`, `evaluation`",
        body = serde_json::Value), Refusals)
)]
pub async fn application(
    State(app): State<App>,
    May(actor, _): May<act::SeeApplications>,
    Path(case): Path<String>,
) -> Result<Answered<ApplicationView>, Problem> {
    let _turn = app.reads.enter().await?;
    Ok(Answered(
        app.desk.application(&actor, &case, clock::moment()).await?,
    ))
}

/// The certificate of an application as a signed W3C credential, with the vehicle's number in it.
#[utoipa::path(get, path = "/api/certification/applications/{case}/credential", tag = "certification", params(Case),
    security(("session" = []), ("token" = [])),
    responses((status = 200, description = "spec/credential.md", body = serde_json::Value, content_type = "application/vc"), Refusals)
)]
pub async fn credential(
    State(app): State<App>,
    May(actor, _): May<act::SeeApplications>,
    Path(case): Path<String>,
) -> Result<Response, Problem> {
    let credential = app.desk.own_credential(&actor, &case).await?;
    let media_type = HeaderValue::from_static("application/vc");
    Ok(([(CONTENT_TYPE, media_type)], credential.to_string()).into_response())
}

/// How pages are printed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Printed {
    /// `ko`, `en`, `ru`, `ar`, `es` or `fr`.
    #[param(example = "en")]
    pub language: Option<String>,
}

/// The pages of a certificate in force, with the credential inside.
#[utoipa::path(get, path = "/api/certification/applications/{case}/certificate.pdf", tag = "certification", params(Case, Printed),
    security(("session" = []), ("token" = [])),
    responses((status = 200, description = "PDF/A-3", body = Vec<u8>, content_type = "application/pdf"), Refusals)
)]
pub async fn pages(
    State(app): State<App>,
    May(actor, _): May<act::SeeApplications>,
    Path(case): Path<String>,
    Query(printed): Query<Printed>,
) -> Result<Response, Problem> {
    let tag = printed.language.as_deref().unwrap_or("en");
    let Some(language) = Language::from_tag(tag) else {
        let known: Vec<&str> = Language::ALL.into_iter().map(Language::tag).collect();
        return Err(Problem::new(
            Kind::MalformedRequest,
            format!("language {tag:?}: no pages are printed in it"),
            format!("ask for one of {}", known.join(", ")),
        ));
    };
    let _turn = app.reads.enter().await?;
    let pdf = app
        .desk
        .own_pages(&actor, &case, language, clock::moment())
        .await?;
    let mut response = outgoing::held(pdf, &app.answers)?.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    headers.insert(
        CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"certificate.pdf\""),
    );
    Ok(response)
}

/// Who works for the body.
#[derive(Serialize, ToSchema)]
pub struct People {
    /// By id: `person`, the `accounts` that act as this person, and `mandates`.
    #[schema(value_type = Vec<Object>)]
    pub people: Vec<PersonView>,
}

/// Who works for the certification body, with accounts and mandates: for the body and for operators.
#[utoipa::path(get, path = "/api/certification/people", tag = "certification",
    security(("session" = []), ("token" = [])),
    responses((status = 200, body = People), Refusals)
)]
pub async fn people(
    State(app): State<App>,
    May(actor, _): May<act::SeeCertifiers>,
) -> Result<Answered<People>, Problem> {
    let people = app.desk.certifiers(&actor).await?;
    Ok(Answered(People { people }))
}
