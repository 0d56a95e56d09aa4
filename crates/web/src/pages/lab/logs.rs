//! Charging logs without an application: what is understood of them, and whether a certificate follows from them. Nothing is kept.

use axum::Extension;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Response};
use battery::assessment::{Anchor, Session};
use desk::access::{Act, Actor};
use desk::assessing;
use desk::inspecting::trace::{Words, short};
use desk::inspecting::{Inspection, Vehicle};
use desk::recomputing::Recomputed;
use jiff::Timestamp;
use maud::{Markup, PreEscaped, html};
use telemetry::FileReport;

use super::forms::Form;
use super::{csrf, own};
use crate::api::certification::telemetry::{Coming, PICTURES, inspected, recomputed};
use crate::pages::foreign::{code, foreign};
use crate::pages::posted::LoggedIn;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use crate::state::App;
use crate::upload::Tally;

/// The most characters of a name, and of a text, that are shown.
const NAME: usize = 120;
const TEXT: usize = 2000;
/// Columns, charges and differences that are shown; programs get all.
const ROWS: usize = 200;

/// The form to look at logs.
pub async fn page(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Response, Response> {
    let actor = allowed(&app, &headers, &visit).await?;
    let answered = looked(&app, &visit, &actor, None);
    answered.map_err(Problem::into_response)
}

/// What is understood of logs that were sent.
pub async fn inspect(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Extension(tally): Extension<Tally>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Response> {
    let visit = Visit::of(&uri, &headers);
    let actor = allowed(&app, &headers, &visit).await?;
    let coming: Coming<'_> = (form, &tally);
    let answered = async {
        crate::access::from_here(&headers)?;
        let (found, _) = inspected(&app, &actor, &headers, coming, own(&actor)).await?;
        looked(&app, &visit, &actor, Some(&found))
    };
    answered.await.map_err(Problem::into_response)
}

/// The form to have a certificate computed again.
pub async fn proof(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Response, Response> {
    let actor = allowed(&app, &headers, &visit).await?;
    let answered = computed(&app, &visit, &actor, None);
    answered.map_err(Problem::into_response)
}

/// What came of computing one again.
pub async fn prove(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Extension(tally): Extension<Tally>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Response> {
    let visit = Visit::of(&uri, &headers);
    let actor = allowed(&app, &headers, &visit).await?;
    let coming: Coming<'_> = (form, &tally);
    let answered = async {
        crate::access::from_here(&headers)?;
        let done = recomputed(&app, &actor, &headers, coming, own(&actor)).await?;
        computed(&app, &visit, &actor, Some(&done))
    };
    answered.await.map_err(Problem::into_response)
}

/// Who may hand telemetry in.
async fn allowed(app: &App, headers: &HeaderMap, visit: &Visit) -> Result<Actor, Response> {
    let LoggedIn(actor) = LoggedIn::of(app, headers, visit).await?;
    match actor.may(Act::Apply) {
        Ok(()) => Ok(actor),
        Err(error) => Err(Problem::from(error).into_response()),
    }
}

fn looked(app: &App, visit: &Visit, actor: &Actor, found: Option<&Inspection>) -> Result<Response, Problem> {
    let mappings = assessing::mappings().map_err(|_| Problem::internal())?;
    let title = visit.say("lab-look");
    let form = form(visit, actor)?;
    let body = html! {
        p { a href=(visit.href("/certification")) { (visit.say("lab-all")) } }
        h1 { (title) }
        @if let Some(found) = found {
            @if found.asks() { p .notice role="status" { (visit.say("lab-look-asks")) } }
            @for file in &found.files { (understood(visit, file)) }
            @for (at, vehicle) in found.vehicles.iter().enumerate() { (seen(visit, vehicle, at < PICTURES)) }
        }
        (form.inspect(&mappings))
    };
    visit.page(title, body).held(&app.answers)
}

fn computed(app: &App, visit: &Visit, actor: &Actor, done: Option<&Recomputed>) -> Result<Response, Problem> {
    let mappings = assessing::mappings().map_err(|_| Problem::internal())?;
    let title = visit.say("lab-again");
    let form = form(visit, actor)?;
    let body = html! {
        p { a href=(visit.href("/certification")) { (visit.say("lab-all")) } }
        h1 { (title) }
        @if let Some(done) = done { (outcome(visit, done)) }
        (form.again(&mappings))
    };
    visit.page(title, body).held(&app.answers)
}

fn form<'v>(visit: &'v Visit, actor: &'v Actor) -> Result<Form<'v>, Problem> {
    Ok(Form {
        visit,
        csrf: csrf(actor.known().ok_or_else(Problem::internal)?),
        case: "",
        seen: None,
    })
}

fn outcome(visit: &Visit, done: &Recomputed) -> Markup {
    let words = visit.words;
    let (tone, said) = match done.equal {
        true => ("verified", "lab-again-equal"),
        false => ("refused", "lab-again-different"),
    };
    let then = done.method.then.as_deref().unwrap_or("–");
    html! {
        div class=(format!("verdict {tone}")) role="status" { div { h2 { (visit.say(said)) } } }
        dl {
            div { dt { (visit.say("lab-hash")) } dd { (code(words, &done.assessment_sha256)) } }
            div { dt { (visit.say("lab-again-method")) } dd { (code(words, then)) " → " (code(words, done.method.now)) } }
        }
        @if !done.differences.is_empty() {
            ul .obstacles lang="en" dir="ltr" { @for one in done.differences.iter().take(ROWS) { li { (foreign(words, one, TEXT)) } } }
            (more(visit, done.differences.len()))
        }
    }
}

/// What was understood of a file before it was read.
fn understood(visit: &Visit, file: &FileReport) -> Markup {
    let words = visit.words;
    let name = file.path.to_string_lossy();
    html! {
        section .car {
            h2 { (foreign(words, &name, NAME)) }
            p .hint lang="en" dir="ltr" { (file.format.container.to_uppercase()) " · " (foreign(words, &file.mapping_title, NAME)) }
            @if !file.questions.is_empty() {
                ul .obstacles {
                    @for question in &file.questions {
                        li { p lang="en" dir="ltr" { (foreign(words, &question.text, TEXT)) " " (code(words, &question.flag)) } }
                    }
                }
            }
            details {
                summary { (visit.say("lab-look-columns")) }
                table .directory {
                    thead { tr { @for id in ["column", "is", "unit", "by"] { th scope="col" { (visit.say(&format!("lab-look-{id}"))) } } } }
                    tbody lang="en" {
                        @for column in file.columns.iter().take(ROWS) {
                            tr {
                                th scope="row" data-label=(visit.say("lab-look-column")) { (foreign(words, &column.header, NAME)) }
                                td data-label=(visit.say("lab-look-is")) { (column.is) }
                                td data-label=(visit.say("lab-look-unit")) { (column.unit) }
                                td data-label=(visit.say("lab-look-by")) { @if !column.unit.is_empty() { (column.unit_by.name()) } }
                            }
                        }
                    }
                }
                (more(visit, file.columns.len()))
                ul lang="en" dir="ltr" { @for said in &file.statements { li { (said.about) ": " (foreign(words, &said.text, TEXT)) " (" (said.by.name()) ")" } } }
                @if !file.unknown.is_empty() {
                    p { (visit.say("lab-look-unknown")) " " (foreign(words, &file.unknown.join(", "), TEXT)) }
                }
            }
        }
    }
}

/// What was seen of a vehicle.
fn seen(visit: &Visit, vehicle: &Vehicle, drawn: bool) -> Markup {
    let words = visit.words;
    let name = match &vehicle.vehicle {
        Some(name) => foreign(words, name, NAME),
        None => html! { (visit.say("lab-look-unnamed")) },
    };
    let supposed = format!(
        "{}, {}s: {}",
        vehicle.supposed.chemistry.name(),
        vehicle.supposed.cells_in_series,
        vehicle.supposed.by
    );
    html! {
        section .car {
            h2 { (name) }
            dl {
                (fact(visit, "lab-look-rows", &vehicle.rows.to_string()))
                @if let (Some(first), Some(last)) = (&vehicle.first, &vehicle.last) { (fact(visit, "lab-look-period", &format!("{first} – {last}"))) }
                (fact(visit, "lab-look-hours", &short(vehicle.logged_hours)))
                @if let Some(seconds) = vehicle.sampling_s { (fact(visit, "lab-look-sampling", &short(seconds))) }
                (fact(visit, "lab-look-gaps", &vehicle.gaps.to_string()))
                (fact(visit, "lab-look-supposed", &supposed))
            }
            @if drawn { figure .chart { (picture(visit, vehicle)) } }
            @if !vehicle.missing.is_empty() {
                h3 { (visit.say("lab-look-missing")) }
                ul .obstacles lang="en" dir="ltr" { @for missing in &vehicle.missing { li { (foreign(words, missing, TEXT)) } } }
            }
            @if !vehicle.corrections.is_empty() {
                h3 { (visit.say("lab-look-corrections")) }
                ul lang="en" dir="ltr" { @for correction in &vehicle.corrections { li { (foreign(words, correction, TEXT)) } } }
            }
            (channels(visit, vehicle))
            (sessions(visit, &vehicle.sessions))
        }
    }
}

fn picture(visit: &Visit, vehicle: &Vehicle) -> Markup {
    let said = Words {
        quantities: ["voltage", "current", "soc"].map(|id| visit.say(&format!("lab-look-{id}"))),
        not_measured: visit.say("lab-not-measured"),
        dashed: visit.say("lab-look-dashed"),
    };
    // Its texts are escaped where it is drawn; the page says the name above it.
    PreEscaped(vehicle.trace.svg("", &said))
}

fn channels(visit: &Visit, vehicle: &Vehicle) -> Markup {
    html! {
        details {
            summary { (visit.say("lab-look-channels")) }
            table .directory {
                thead { tr { @for id in ["channel", "from", "to", "unit", "without"] { th scope="col" { (visit.say(&format!("lab-look-{id}"))) } } } }
                tbody lang="en" {
                    @for seen in &vehicle.channels {
                        tr {
                            th scope="row" data-label=(visit.say("lab-look-channel")) { (seen.channel) }
                            td data-label=(visit.say("lab-look-from")) { (short(seen.from)) }
                            td data-label=(visit.say("lab-look-to")) { (short(seen.to)) }
                            td data-label=(visit.say("lab-look-unit")) { (seen.unit) }
                            td data-label=(visit.say("lab-look-without")) { (seen.missing_rows) }
                        }
                    }
                }
            }
        }
    }
}

fn sessions(visit: &Visit, sessions: &[Session]) -> Markup {
    let words = visit.words;
    let anchor = |anchor: Anchor| match anchor {
        Anchor::Bms => "BMS",
        Anchor::Full => "full",
        Anchor::Ocv => "rested cells",
    };
    html! {
        details open {
            summary { (visit.say("lab-look-sessions")) " " bdi { (sessions.len()) } }
            @if !sessions.is_empty() {
                table .directory {
                    thead { tr { @for id in ["start", "lasted", "percent", "anchors", "charge", "left-out"] { th scope="col" { (visit.say(&format!("lab-look-{id}"))) } } } }
                    tbody lang="en" {
                        @for session in sessions.iter().take(ROWS) {
                            @let start = session.start_s.and_then(|s| Timestamp::from_second(s).ok());
                            tr {
                                th scope="row" data-label=(visit.say("lab-look-start")) { (code(words, &start.map_or_else(|| format!("{}", session.number), |time| time.to_string()))) }
                                td data-label=(visit.say("lab-look-lasted")) { (short(session.duration_s.value() / 3600.0)) }
                                td data-label=(visit.say("lab-look-percent")) { bdi dir="ltr" { (session.soc_range(["", ""])) } }
                                td data-label=(visit.say("lab-look-anchors")) { (anchor(session.anchors[0])) " – " (anchor(session.anchors[1])) }
                                td data-label=(visit.say("lab-look-charge")) { (session.charge_ah.to_string()) }
                                td data-label=(visit.say("lab-look-left-out")) { @if let Some(why) = session.excluded.first() { (foreign(words, &why.text, NAME)) } }
                            }
                        }
                    }
                }
                (more(visit, sessions.len()))
            }
        }
    }
}

fn fact(visit: &Visit, id: &str, value: &str) -> Markup {
    html! { div { dt { (visit.say(id)) } dd lang="en" { (foreign(visit.words, value, TEXT)) } } }
}

/// How many are not shown.
fn more(visit: &Visit, of: usize) -> Markup {
    let hidden = of.saturating_sub(ROWS);
    html! { @if hidden > 0 { p .hint { (visit.words.tell("lab-look-more", &[("count", hidden.into())])) } } }
}
