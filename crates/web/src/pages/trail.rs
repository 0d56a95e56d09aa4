//! `/trail`: what was done. Operators see all of it, others what was done in the matters of their organisation.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use desk::access::{DeedView, Known, Role};
use jiff::Timestamp;
use maud::{Markup, html};

use crate::pages::foreign::{code, foreign};
use crate::pages::layout::Page;
use crate::pages::places::places;
use crate::pages::posted::LoggedIn;
use crate::pages::report;
use crate::pages::visit::Visit;
use crate::problem::{Kind, Problem};
use crate::state::App;

/// The page.
const TRAIL: &str = "/trail";

/// Acts on a page.
const MOST: u32 = 100;

/// The most characters of what an act was done to.
const SUBJECT: usize = 300;

/// The newest acts, or those before one.
pub async fn page(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Response, Response> {
    let logged_in = LoggedIn::of(&app, &headers, &visit).await?;
    let page = trail(&app, &visit, &logged_in).await;
    page.map(Page::into_response).map_err(Problem::into_response)
}

async fn trail(app: &App, visit: &Visit, who: &LoggedIn) -> Result<Page, Problem> {
    let LoggedIn(actor) = who;
    let known = who.known()?;
    let before = visit.parameter("before").map(str::parse::<i64>).transpose();
    let before = before.map_err(|_| {
        let detail = "before: the id of an act is a number";
        Problem::new(Kind::MalformedRequest, detail, "leave it out for the newest")
    })?;
    // One more than is shown tells whether there are older ones.
    let mut deeds = app.desk.trail(actor, before, MOST + 1).await?;
    let more = deeds.len() > MOST as usize;
    deeds.truncate(MOST as usize);
    let last = deeds.last().map(|deed| deed.id.to_string());
    let title = visit.say("trail-title");
    let lead = if known.role == Role::Operator {
        visit.say("trail-lead-all")
    } else {
        visit.say("trail-lead-own")
    };
    let body = html! {
        h1 { (title) }
        (places(visit, actor, known, TRAIL))
        p .lead { (lead) }
        @if deeds.is_empty() { p { (visit.say("trail-empty")) } }
        @else { (table(visit, known, &deeds)) }
        p .buttons {
            @if before.is_some() { a .button href=(visit.href(TRAIL)) { (visit.say("trail-newest")) } }
            @if let (true, Some(last)) = (more, &last) {
                a .button rel="next" href=(visit.href_with(TRAIL, &[("before", last)])) { (visit.say("trail-older")) }
            }
        }
    };
    Ok(visit.page(title, body))
}

fn table(visit: &Visit, known: &Known, deeds: &[DeedView]) -> Markup {
    let words = visit.words;
    let sees_all = known.role == Role::Operator;
    let [when, who, whose, act, subject] =
        ["when", "who", "whose", "act", "subject"].map(|column| visit.say(&format!("trail-{column}")));
    html! {
        table .directory.trail {
            thead { tr {
                th scope="col" { (when) }
                th scope="col" { (act) }
                th scope="col" { (subject) }
                th scope="col" { (who) }
                @if sees_all { th scope="col" { (whose) } }
            } }
            tbody { @for deed in deeds { tr {
                th scope="row" data-label=(when) { (at(visit, &deed.at)) }
                td data-label=(act) {
                    span {
                        (act_name(visit, &deed.act))
                        @if deed.outcome != "done" { " " span .standing.refused { (visit.say("trail-refused")) } }
                    }
                }
                td data-label=(subject) {
                    @if deed.subject.is_empty() { "–" } @else { (foreign(words, &deed.subject, SUBJECT)) }
                }
                td data-label=(who) {
                    span {
                        @match &deed.account {
                            Some(account) => (code(words, account)),
                            None => (visit.say("trail-machine")),
                        }
                        @if let Some(token) = &deed.token {
                            " " (words.weave("trail-token", &[("token", &code(words, token))]))
                        }
                    }
                }
                @if sees_all {
                    td data-label=(whose) { (code(words, deed.organisation.as_deref().unwrap_or("–"))) }
                }
            } } }
        }
    }
}

/// What an act is called; one that has no name here keeps the one it is recorded under.
fn act_name(visit: &Visit, act: &str) -> Markup {
    let id = format!("act-{}", act.replace(' ', "-"));
    html! {
        @if visit.words.has(&id) { (visit.say(&id)) }
        @else { span lang="en" dir="ltr" { (foreign(visit.words, act, 60)) } }
    }
}

/// A moment as the trail records it.
pub fn at(visit: &Visit, moment: &str) -> Markup {
    match moment.parse::<Timestamp>() {
        Ok(time) => report::moment(visit.words, time),
        Err(_) => code(visit.words, moment),
    }
}
