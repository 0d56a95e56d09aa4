//! `/market`: may a car enter, and what will it cost, markets side by side. One form that sends its fields in the address, so that
//! an answer can be kept, printed and passed on; no script takes part.

mod asked;
mod form;
mod picture;
mod questions;
mod shown;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use border::Fault;
use desk::quote::{self, Request};
use desk::words::Words as Terms;
use maud::{Markup, html};

use crate::clock;
use crate::pages::foreign::foreign;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use crate::state::App;
use asked::{Asked, Fields};

/// The page: the form, and below it the answers if a car was given.
pub async fn page(
    State(app): State<App>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let fields = Fields::of(query.as_deref().unwrap_or_default());
    let book = app.rules.book()?;
    if fields.is_empty() {
        let body = html! {
            (head(&visit))
            (form::form(&visit, &book, &fields, true))
        };
        return Ok(visit
            .page(visit.say("market-heading"), body)
            .public()
            .into_response());
    }
    let _turn = app.reads.enter().await?;
    let asked = Asked::read(&app, &book, &fields).await?;
    // Working quotes out is arithmetic: it is not for the threads that answer.
    let answered = tokio::task::spawn_blocking(move || answer(&visit, &book, &fields, asked)).await;
    let (page, status) = answered.map_err(|error| {
        tracing::error!(error = %error, "quotes could not be worked out");
        Problem::internal()
    })?;
    page.with_status(status).held(&app.answers)
}

fn head(visit: &Visit) -> Markup {
    html! {
        h1 { (visit.say("market-heading")) }
        p .lead { (visit.say("market-lead")) }
    }
}

fn answer(
    visit: &Visit,
    book: &desk::rules::Rulebook,
    fields: &Fields,
    asked: Result<Asked, Vec<Fault>>,
) -> (crate::pages::layout::Page, StatusCode) {
    let terms = Terms::of(visit.words.language);
    let quoted = asked.as_ref().map_err(Clone::clone).and_then(|asked| {
        quote::quotes(
            &book.set,
            &Request {
                car: &asked.car,
                values: &asked.values,
                to: &asked.to,
                departure: asked.departure,
                arrival: asked.arrival,
                rates: &asked.rates,
                retail: &asked.retail,
                outlook: true,
                workings: false,
            },
        )
    });
    let (answers, status) = match (&quoted, &asked) {
        (Ok(quotes), Ok(asked)) => (
            shown::answers(visit, &terms, fields, quotes, &asked.rates),
            StatusCode::OK,
        ),
        (Err(faults), _) | (_, Err(faults)) => {
            (wrong(visit, &terms, faults), StatusCode::UNPROCESSABLE_ENTITY)
        }
    };
    let known = asked.as_ref().ok().and_then(|asked| asked.known.as_ref());
    let body = html! {
        (head(visit))
        @if let Some(known) = known {
            p .notice {
                (visit.say("market-from-history")) " "
                @for (at, fact) in known.facts.iter().enumerate() {
                    @if at > 0 { ", " }
                    (form::fact(visit, &terms, &fact.name)) " "
                    (foreign(visit.words, &terms.fact_value(&fact.name, &fact.value), 60))
                }
            }
            @if !known.left_open.is_empty() {
                p .notice { (visit.say("market-left-open")) }
                ul { @for left in &known.left_open {
                    li { strong { (form::fact(visit, &terms, &left.name)) } ": " (terms.left_open(left)) }
                } }
            }
        }
        (answers)
        (form::form(visit, book, fields, quoted.is_err()))
    };
    (visit.page(visit.say("market-heading"), body), status)
}

/// What is wrong with the fields.
fn wrong(visit: &Visit, terms: &Terms, faults: &[Fault]) -> Markup {
    html! {
        div .problem role="alert" {
            p { strong { (visit.say("market-wrong")) } }
            ul {
                @for fault in faults.iter().take(20) {
                    li {
                        strong { (form::fact(visit, terms, &fault.field)) } ": "
                        span lang="en" dir="ltr" { (foreign(visit.words, &format!("{:?}: {}", fault.value, fault.problem), 300)) }
                    }
                }
            }
        }
    }
}

/// Today, which the form offers as the day of arrival.
fn today() -> jiff::civil::Date {
    clock::today()
}
