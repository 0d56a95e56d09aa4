//! `/d/{vehicle}`: a vehicle's dossier as a buyer wants it. The page is made from the dossier that it carries, and its script
//! checks that dossier in the buyer's browser before anything is called checked.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use desk::access::Opened;
use desk::certify::check::certificates;
use desk::export::Disclose;
use desk::lookup::History;
use maud::{Markup, PreEscaped, html};
use vehicle::VehicleId;

use crate::clock;
use crate::pages::visit::Visit;
use crate::pages::{assets, certificates::address, find, foreign, report};
use crate::problem::Problem;
use crate::state::App;

/// A dossier to be shown.
struct Sight<'s> {
    vehicle: &'s VehicleId,
    bytes: &'s [u8],
    history: &'s History,
    /// The address of the file.
    download: String,
    /// For a link: who shows the car, and until when.
    shared: Option<&'s Opened>,
}

/// The page of a vehicle, for anybody who knows its number; personal fields are withheld.
pub async fn page(
    State(app): State<App>,
    visit: Visit,
    Path(typed): Path<String>,
) -> Result<Response, Problem> {
    let vehicle = match desk::check::parse_vehicle(&typed) {
        Ok(vehicle) => vehicle,
        Err(error) => return Ok(find::no_vehicle(&visit, &typed, &error.to_string()).into_response()),
    };
    let (bytes, history) = opened(&app, &vehicle, &Disclose::Nothing).await?;
    let sight = Sight {
        vehicle: &vehicle,
        bytes: &bytes,
        history: &history,
        download: format!("/api/vehicles/{vehicle}/dossier"),
        shared: None,
    };
    shown(&app, &visit, &sight).await
}

/// The page that a link opens, with the personal fields that its maker chose.
pub async fn shared(
    State(app): State<App>,
    visit: Visit,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let link = app.desk.open_share(&token, clock::moment()).await?;
    let (bytes, history) = opened(&app, &link.vehicle, &link.disclose).await?;
    let sight = Sight {
        vehicle: &link.vehicle,
        bytes: &bytes,
        history: &history,
        download: format!("/api/shared/{token}"),
        shared: Some(&link),
    };
    shown(&app, &visit, &sight).await
}

async fn opened(app: &App, vehicle: &VehicleId, disclose: &Disclose) -> Result<(Vec<u8>, History), Problem> {
    let _turn = app.reads.enter().await?;
    Ok(app
        .desk
        .dossier_and_history(vehicle, disclose, clock::unsigned(), clock::today())
        .await?)
}

/// The most certificates that are looked up for links; no car has more.
const CERTIFICATES: usize = 20;

/// Where the directory shows the certificates that the dossier names.
async fn directory(app: &App, visit: &Visit, history: &History) -> Result<report::Directory, Problem> {
    let report = &history.report;
    let mut directory = report::Directory::new();
    for named in certificates(report, report.as_of).iter().rev().take(CERTIFICATES) {
        if app.desk.lists(&named.certificate).await? {
            let address = visit.href(&address(&named.certificate));
            directory.insert(named.certificate.clone(), address);
        }
    }
    Ok(directory)
}

async fn shown(app: &App, visit: &Visit, sight: &Sight<'_>) -> Result<Response, Problem> {
    let words = visit.words;
    let report = &sight.history.report;
    let directory = directory(app, visit, sight.history).await?;
    let headline = report::headline(report);
    let as_of = report::moment(words, report.as_of);
    let body = html! {
        h1 { bdi { (&headline) } }
        p #number .vehicle { (foreign::code(words, report::number(sight.vehicle).as_str())) }
        p .as-of { (words.weave("report-complete", &[("time", &as_of)])) }
        @if let Some(link) = sight.shared {
            @let who = foreign::foreign(words, &link.organisation, 120);
            p .notice { (words.weave("share-note", &[("who", &who), ("date", &report::moment(words, link.expires))])) }
        }
        @if report.is_absent() { p .absent { strong { (words.say("verdict-absent")) } } }
        (report::outcome(words))
        p .buttons.screen {
            a .button href=(sight.download) download rel="nofollow" { (words.say("download")) }
            a .button href=(visit.href("/verify")) { (words.say("check-yourself")) }
        }
        (report::sections(words, sight.history, &directory))
        p .hint { (words.say(if sight.shared.is_some() { "download-hint-shared" } else { "download-hint" })) }
        (report::outcomes(words))
        (carried(app, sight.vehicle, sight.bytes))
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
