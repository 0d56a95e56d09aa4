//! The applications that whoever looks may see, what is next for them, and the form to apply.

use desk::access::{Act, Actor};
use desk::certify::applications::ApplicationLine;
use desk::certify::expiry::Expired;
use maud::{Markup, html};

use super::forms::{Form, field, select};
use super::{address, csrf};
use crate::clock;
use crate::pages::foreign::{code, foreign};
use crate::pages::layout::Page;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use crate::state::App;
use crate::upload::{INSPECT_PAGE, RECOMPUTE_PAGE};

/// The most characters of a name that are shown.
const NAME: usize = 80;

pub async fn page(app: &App, visit: &Visit, actor: &Actor) -> Result<Page, Problem> {
    let known = actor.known().ok_or_else(Problem::internal)?;
    let before = visit.parameter("before");
    let lines = {
        let _turn = app.reads.enter().await?;
        app.desk.applications(actor, before, clock::moment()).await?
    };
    let (of_body, person) = app.desk.acting_as(actor).await?;
    let form = Form {
        visit,
        csrf: csrf(known),
        case: "",
        seen: None,
    };
    let title = visit.say("lab-title");
    let name = foreign(visit.words, &known.display_name, 60);
    let organisation = foreign(visit.words, &known.organisation, 60);
    let body = html! {
        h1 { (title) }
        p .lead {
            @match (of_body, &person) {
                (true, Some(person)) => {
                    (visit.words.weave("lab-lead-person", &[("person", &foreign(visit.words, person, 60))]))
                }
                (true, None) => { (visit.words.weave("lab-lead-nobody", &[("account", &name)])) }
                _ => { (visit.words.weave("lab-lead-client", &[("organisation", &organisation)])) }
            }
        }
        @if lines.is_empty() { p .notice { (visit.say("lab-empty")) } }
        @else {
            table .directory {
                thead { tr {
                    @for id in ["application", "car", "client", "state", "yours"] {
                        th scope="col" { (visit.say(&format!("lab-{id}"))) }
                    }
                } }
                tbody { @for one in &lines { (line(visit, one)) } }
            }
        }
        @if lines.len() >= 200 && let Some(last) = lines.last() {
            form method="get" action="/certification" {
                (visit.chosen_field())
                input type="hidden" name="before" value=(last.case);
                button .button type="submit" { (visit.say("lab-older")) }
            }
        }
        @if actor.may(Act::Apply).is_ok() {
            (apply(&form, of_body))
            ul {
                li { a href=(visit.href(INSPECT_PAGE)) { (visit.say("lab-look")) } }
                li { a href=(visit.href(RECOMPUTE_PAGE)) { (visit.say("lab-again")) } }
            }
        }
    };
    Ok(visit.page(title, body))
}

fn line(visit: &Visit, one: &ApplicationLine) -> Markup {
    let words = visit.words;
    let cell = |id: &str| visit.say(&format!("lab-{id}"));
    // Everybody may complain at any time; that is no step that waits.
    let yours: Vec<&str> = one
        .yours
        .iter()
        .copied()
        .filter(|step| {
            !matches!(
                *step,
                "complained" | "appealed" | "surveilled" | "changed" | "suspended" | "withdrawn"
            )
        })
        .collect();
    html! {
        tr {
            th scope="row" data-label=(cell("application")) {
                a href=(visit.href(&address(&one.case))) { (code(words, &one.case)) }
            }
            @match &one.car {
                Some(car) => {
                    td data-label=(cell("car")) {
                        span { (foreign(words, &format!("{} {}", car.make, car.model), NAME)) " "
                            span .hint { (code(words, car.vehicle.trim_start_matches("vin:"))) } }
                    }
                    td data-label=(cell("client")) { (foreign(words, &car.client, NAME)) }
                }
                None => {
                    td data-label=(cell("car")) { @if one.damaged.is_none() { (visit.say("lab-erased")) } @else { "–" } }
                    td data-label=(cell("client")) { "–" }
                }
            }
            td data-label=(cell("state")) {
                (state(visit, &one.state, one.expired.as_ref()))
                @if let Some(damaged) = &one.damaged {
                    p .problem { (visit.say("lab-damaged")) }
                    p .hint lang="en" dir="ltr" { (foreign(words, damaged, 400)) }
                }
            }
            td data-label=(cell("yours")) {
                @if yours.is_empty() { span { "–" } }
                @else { span { strong { @for (at, step) in yours.iter().enumerate() {
                    @if at > 0 { " · " } (visit.say(&format!("lab-do-{step}")))
                } } } }
            }
        }
    }
}

/// Where a case stands, in words and colour.
pub fn state(visit: &Visit, state: &str, expired: Option<&Expired>) -> Markup {
    if let Some(expired) = expired {
        return html! { span .standing.expired { (visit.say(&format!("cert-{}", expired.standing()))) } };
    }
    let tone = match state {
        "in_force" => "in_force",
        "declined" | "refused" | "withdrawn" | "suspended" => "withdrawn",
        _ => "expired",
    };
    html! { span class=(format!("standing {tone}")) { (visit.say(&format!("lab-state-{state}"))) } }
}

fn apply(form: &Form<'_>, of_body: bool) -> Markup {
    let visit = form.visit;
    let word = |id: &str| visit.say(&format!("lab-{id}"));
    html! {
        details .market-form open[false] {
            summary { h2 { (word("apply")) } }
            form method="post" action=(visit.href("/certification")) {
                (form.own())
                fieldset {
                    legend { (word("the-car")) }
                    div .fields {
                        @if of_body { (field("client", &word("client"), html! { input #client type="text" name="client" required maxlength="120"; })) }
                        (field("vehicle", &visit.say("home-vehicle"), html! { input #vehicle .code type="text" name="vehicle" dir="ltr" required maxlength="60" autocomplete="off" autocapitalize="characters" spellcheck="false"; }))
                        (field("make", &word("make"), html! { input #make type="text" name="make" required maxlength="60"; }))
                        (field("model", &word("model"), html! { input #model type="text" name="model" required maxlength="60"; }))
                        (field("variant", &word("variant"), html! { input #variant type="text" name="variant" maxlength="120"; }))
                        (select("category", &word("category"), &[("M1", word("category-m1")), ("N1", word("category-n1"))]))
                        (field("registered", &word("registered"), html! { input #registered type="date" name="registered" required; }))
                    }
                }
                fieldset {
                    legend { (word("the-battery")) }
                    div .fields {
                        (select("chemistry", &word("chemistry"), &[("NMC", "NMC".to_owned()), ("LFP", "LFP".to_owned())]))
                        (field("series", &word("series"), html! { input #series type="number" name="series" min="1" max="1000" required; }))
                        (field("rated", &word("rated"), html! { input #rated type="text" name="rated" dir="ltr" inputmode="decimal" required maxlength="12"; }))
                        (field("source", &word("source"), html! { input #source type="text" name="source" required maxlength="200"; }))
                        (field("pack", &word("pack"), html! { input #pack .code type="text" name="pack" dir="ltr" maxlength="60"; }))
                    }
                }
                button .button.primary type="submit" { (word("apply-send")) }
            }
        }
    }
}
