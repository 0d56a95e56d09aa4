//! `/d/{vehicle}`: a vehicle's dossier as a buyer wants it. The page is made from the dossier that it carries, and its script
//! checks that dossier in the buyer's browser before anything is called checked.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use desk::export::Disclose;
use desk::lookup::History;
use maud::{Markup, PreEscaped, html};
use vehicle::VehicleId;

use crate::clock;
use crate::pages::visit::Visit;
use crate::pages::{assets, find, foreign, report};
use crate::problem::Problem;
use crate::state::App;

/// The page.
pub async fn page(
    State(app): State<App>,
    visit: Visit,
    Path(typed): Path<String>,
) -> Result<Response, Problem> {
    let vehicle = match desk::check::parse_vehicle(&typed) {
        Ok(vehicle) => vehicle,
        Err(error) => return Ok(find::no_vehicle(&visit, &typed, &error.to_string()).into_response()),
    };
    let _turn = app.reads.enter().await?;
    let (bytes, history) = app
        .desk
        .dossier_and_history(&vehicle, &Disclose::Nothing, clock::unsigned(), clock::today())
        .await?;
    let download = format!("/api/vehicles/{vehicle}/dossier");
    shown(&app, &visit, &vehicle, &bytes, &history, &download)
}

/// A dossier as a page; `download` is the address of the file.
fn shown(
    app: &App,
    visit: &Visit,
    vehicle: &VehicleId,
    bytes: &[u8],
    history: &History,
    download: &str,
) -> Result<Response, Problem> {
    let words = visit.words;
    let report = &history.report;
    let headline = report::headline(report);
    let as_of = report::moment(words, report.as_of);
    let body = html! {
        h1 { bdi { (&headline) } }
        p #number .vehicle { (foreign::code(words, report::number(vehicle).as_str())) }
        p .as-of { (words.weave("report-complete", &[("time", &as_of)])) }
        @if report.is_absent() { p .absent { strong { (words.say("verdict-absent")) } } }
        (report::outcome(words))
        p .buttons.screen {
            a .button href=(download) download rel="nofollow" { (words.say("download")) }
            a .button href=(visit.href("/verify")) { (words.say("check-yourself")) }
        }
        (report::sections(words, history))
        p .hint { (words.say("download-hint")) }
        (report::outcomes(words))
        (carried(app, vehicle, bytes))
    };
    visit
        .page(headline, body)
        .with_script(assets::dossier_script())
        .held(&app.answers)
}

/// What the script checks, as data: the dossier, whom this log's policy trusts, and which vehicle was asked for.
fn carried(app: &App, vehicle: &VehicleId, bytes: &[u8]) -> Markup {
    let trust = serde_json::json!({
        "policy": app.policy,
        "vrfKey": app.desk.trust(0).vrf_key.to_string(),
        "vehicle": vehicle.to_string(),
    });
    html! {
        script #trust type="application/json" { (data(&trust.to_string())) }
        script #dossier type="application/json" { (data(&String::from_utf8_lossy(bytes))) }
    }
}

/// JSON as it may stand in a script element. `<` stands in JSON only within texts, where it may be written as an escape.
fn data(json: &str) -> Markup {
    PreEscaped(json.replace('<', "\\u003c"))
}
