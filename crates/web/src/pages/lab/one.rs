//! One application: where it stands, what is next for whoever looks, what was handed in and found, and its record.

use battery::Assessment;
use battery::assessment::CheckResult;
use certificate::scheme::{Actor as Taker, Step};
use desk::access::{Act, Actor};
use desk::assessing;
use desk::certify::RecordView;
use desk::certify::applications::{ApplicationView, HandedIn};
use desk::certify::expiry::Expired;
use jiff::Timestamp;
use maud::{Markup, html};

use super::csrf;
use super::forms::Form;
use super::list::state;
use super::picture::picture;
use crate::clock;
use crate::pages::certificates::past_its_distance;
use crate::pages::foreign::{code, foreign};
use crate::pages::layout::Page;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use crate::state::App;

/// The most characters of a name, and of a text, that are shown.
const NAME: usize = 120;
const TEXT: usize = 2000;
/// The assessments that are shown whole, newest first.
const SHOWN: usize = 4;

/// The page; `would` is the certificate that a dry run would have issued.
pub async fn page(
    app: &App,
    visit: &Visit,
    actor: &Actor,
    case: &str,
    would: Option<&str>,
) -> Result<Page, Problem> {
    let known = actor.known().ok_or_else(Problem::internal)?;
    let _turn = app.reads.enter().await?;
    let view = app.desk.application(actor, case, clock::moment()).await?;
    let mut found = Vec::new();
    for handed in view.assessments.iter().rev().take(SHOWN) {
        let assessment = app.desk.handed_in(actor, &view.case.case, &handed.sha256).await?;
        found.push((handed, assessment));
    }
    let mappings = assessing::mappings().map_err(|_| Problem::internal())?;
    let form = Form {
        visit,
        csrf: csrf(known),
        case: &view.case.case,
        seen: view.case.records.last().map(|one| one.record.number),
    };
    let may_hand_in = actor.may(Act::Apply).is_ok()
        && matches!(view.case.state.as_str(), "applied" | "accepted" | "evaluated");
    let words = visit.words;
    let vehicle = &view.case.application.vehicle;
    let number = code(words, &view.case.case);
    let body = html! {
        p { a href=(visit.href("/certification")) { (visit.say("lab-all")) } }
        h1 { (words.weave("lab-one", &[("number", &number)])) " " (state(visit, view.case.state.as_str(), view.case.expired.as_ref())) }
        @match &view.case.expired {
            Some(Expired::Kilometres(overrun)) => p .notice role="status" { (past_its_distance(words, overrun)) },
            Some(Expired::NotKnown { .. }) => p .notice role="status" { (visit.say("cert-not_known-why")) },
            Some(Expired::Date { .. }) => p .notice role="status" { (visit.say("cert-expired-why")) },
            None => {},
        }
        @if let Some(would) = would {
            p .notice role="status" { (words.weave("lab-would", &[("number", &code(words, would))])) }
        }
        @if view.case.owed { p .notice role="status" { (visit.say("lab-owed")) } }
        @else if view.case.awaits_log { p .notice role="status" { (visit.say("cert-awaits-log")) } }
        dl {
            (fact(visit, "lab-car", html! { (foreign(words, &format!("{} {}", vehicle.make, vehicle.model), NAME)) " " (code(words, vehicle.vid.to_string().trim_start_matches("vin:"))) }))
            (fact(visit, "lab-client", foreign(words, &view.case.client, NAME)))
            (fact(visit, "lab-the-battery", battery(visit, &view)))
            @if let Some(certificate) = &view.case.certificate { (fact(visit, "lab-certificate", links(visit, &view, certificate))) }
        }
        @if let Some(evaluation) = &view.evaluation {
            h2 { (visit.say("lab-evaluation")) }
            @if let Some(soh) = &evaluation.soh {
                p { strong { (words.weave("cert-interval", &[("value", &soh.value_pct.to_string()), ("low", &soh.lower95_pct.to_string()), ("high", &soh.upper95_pct.to_string())])) } }
            }
            @if view.case.obstacles.is_empty() { p { (visit.say("lab-no-obstacles")) } }
            @else {
                p { (visit.say("lab-obstacles")) }
                ul .obstacles lang="en" dir="ltr" { @for obstacle in &view.case.obstacles { li { (foreign(words, obstacle, TEXT)) } } }
            }
        }
        h2 { (visit.say("lab-next")) }
        @if view.next.is_empty() { p { (visit.say("lab-nothing-next")) } }
        (form.steps(&view))
        @if !found.is_empty() || may_hand_in { h2 { (visit.say("lab-telemetry")) } }
        @for (handed, assessment) in &found { (assessed(visit, &form, &view, handed, assessment)) }
        @if view.assessments.len() > SHOWN { p .hint { (visit.words.tell("lab-older-assessments", &[("count", (view.assessments.len() - SHOWN).into())])) } }
        @if may_hand_in { (form.telemetry(&mappings)) }
        h2 { (visit.say("lab-record")) }
        (records(visit, &view))
    };
    let title = words.tell("lab-one", &[("number", view.case.case.as_str().into())]);
    Ok(visit.page(title, body))
}

fn fact(visit: &Visit, id: &str, value: Markup) -> Markup {
    html! { div { dt { (visit.say(id)) } dd { (value) } } }
}

fn battery(visit: &Visit, view: &ApplicationView) -> Markup {
    let battery = &view.case.application.battery;
    let said = format!(
        "{} · {}s · {} Ah",
        battery.chemistry, battery.n_series, battery.rated_ah
    );
    html! { bdi dir="ltr" { (said) } " (" (foreign(visit.words, &battery.rated_source, NAME)) ")" }
}

fn links(visit: &Visit, view: &ApplicationView, certificate: &str) -> Markup {
    let api = format!("/api/certification/applications/{}", view.case.case);
    html! {
        a href=(visit.href(&format!("/certificates/{certificate}"))) { (code(visit.words, certificate)) }
        @if view.case.state.as_str() == "in_force" {
            " · " a href=(format!("{api}/certificate.pdf?language={}", visit.words.language.tag())) { "PDF" }
        }
        " · " a href=(format!("{api}/credential")) { (visit.say("lab-credential")) }
    }
}

fn assessed(
    visit: &Visit,
    form: &Form<'_>,
    view: &ApplicationView,
    handed: &HandedIn,
    found: &Assessment,
) -> Markup {
    let words = visit.words;
    let short = handed.sha256.get(..12).unwrap_or_default();
    let may_evaluate = view.next.iter().any(|o| o.step == "evaluated" && o.you_may);
    let again = view
        .assessments
        .iter()
        .filter(|other| other.sha256 == handed.sha256);
    let used = view
        .evaluation
        .as_ref()
        .is_some_and(|evaluation| evaluation.evidence.assessment_sha256 == handed.sha256);
    html! {
        section .car id=(format!("a-{short}")) {
            h3 { (words.weave("lab-handed-in", &[("account", &foreign(words, handed.account.as_deref().unwrap_or("–"), 64)), ("when", &moment(handed.at))])) }
            @if used { p .hint { (visit.say("lab-used")) } }
            @if again.count() > 1 { p .hint { (visit.say("lab-same-bytes")) } }
            @match found.soh() {
                Some(soh) => {
                    p { strong { (words.weave("cert-interval", &[("value", &soh.percent.to_string()), ("low", &soh.lower95.to_string()), ("high", &soh.upper95.to_string())])) } }
                }
                None => { p .problem { (visit.say("lab-refuses")) } }
            }
            @if !found.refusals.is_empty() {
                ul .obstacles {
                    @for refusal in &found.refusals {
                        li {
                            (code(words, &refusal.code.name()))
                            p lang="en" dir="ltr" { (foreign(words, &refusal.text, TEXT)) " " (foreign(words, &refusal.fix, TEXT)) }
                        }
                    }
                }
            }
            (picture(visit, found, &format!("p-{short}")))
            details {
                summary { (visit.say("lab-details")) }
                table .directory {
                    thead { tr { @for id in ["check", "found", "limit", "result"] { th scope="col" { (visit.say(&format!("lab-{id}"))) } } } }
                    tbody lang="en" {
                        @for check in &found.checks {
                            tr {
                                th scope="row" data-label=(visit.say("lab-check")) { (foreign(words, &check.name, NAME)) }
                                td data-label=(visit.say("lab-found")) { (foreign(words, check.value.as_deref().unwrap_or("–"), NAME)) }
                                td data-label=(visit.say("lab-limit")) { (foreign(words, &check.limit, NAME)) }
                                td data-label=(visit.say("lab-result")) { (visit.say(result(check.result))) }
                            }
                        }
                    }
                }
                dl {
                    @for (name, sha256) in &handed.summary.files {
                        div { dt { (foreign(words, name, NAME)) } dd { (code(words, sha256)) } }
                    }
                    (fact(visit, "lab-hash", code(words, &handed.sha256)))
                }
                p { a href=(format!("/api/certification/applications/{}/assessments/{}", view.case.case, handed.sha256)) { (visit.say("lab-assessment-json")) } }
            }
            @if may_evaluate { (form.evaluate(handed)) }
        }
    }
}

fn result(found: CheckResult) -> &'static str {
    match found {
        CheckResult::Pass => "lab-pass",
        CheckResult::Info => "lab-stated",
        CheckResult::NotMeasured => "lab-not-measured",
        CheckResult::Warn => "lab-watch",
        CheckResult::Fail => "lab-fail",
    }
}

fn records(visit: &Visit, view: &ApplicationView) -> Markup {
    html! {
        ol .timeline {
            @for record in &view.case.records { (line(visit, view, record)) }
        }
    }
}

fn line(visit: &Visit, view: &ApplicationView, one: &RecordView) -> Markup {
    let words = visit.words;
    let record = &one.record;
    let who = match &record.actor {
        Taker::Person(person) => foreign(words, person, NAME),
        Taker::Outsider(name) => foreign(words, name, NAME),
        Taker::Rule => html! { (visit.say("lab-rule")) },
    };
    let account = view.accounts.iter().find(|(number, _)| *number == record.number);
    html! {
        li {
            p .when { (moment(record.at)) }
            h3 { (visit.say(&format!("lab-was-{}", record.step.kind()))) }
            p .hint {
                (who)
                @if let Some((_, account)) = account { " (" (code(words, account)) ")" }
                " · " bdi dir="ltr" { "ISO/IEC 17065, " (one.clause) }
            }
            @if let Some(text) = said(&record.step) { p { (foreign(words, text, TEXT)) } }
        }
    }
}

/// What somebody wrote with a step.
fn said(step: &Step) -> Option<&str> {
    match step {
        Step::ApplicationAccepted { remarks: text }
        | Step::ApplicationDeclined { reasons: text }
        | Step::Reviewed { remarks: text, .. }
        | Step::Granted { reasons: text }
        | Step::Refused { reasons: text }
        | Step::Surveilled { remarks: text }
        | Step::Changed { what: text }
        | Step::Suspended { reason: text, .. }
        | Step::Reinstated { reason: text }
        | Step::Withdrawn { reason: text }
        | Step::Complained { text }
        | Step::Appealed { text, .. }
        | Step::Resolved { text, .. } => Some(text),
        Step::Issued { certificate, .. } => Some(certificate),
        Step::Applied { .. } | Step::Evaluated { .. } => None,
    }
}

/// A moment, the same in every language.
fn moment(time: Timestamp) -> Markup {
    let text = time.strftime("%Y-%m-%d %H:%M UTC").to_string();
    html! { time .code dir="ltr" datetime=(time.to_string()) { (text) } }
}
