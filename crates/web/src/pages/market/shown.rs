//! The answers: a picture, a table that compares, and each market with its checks, its charges and what would change them.

use border::{Finding, Line, Outcome, Rates, Status, Verdict};
use desk::quote::{self, Column, Quote};
use desk::words::Words as Terms;
use jiff::civil::Date;
use maud::{Markup, html};

use super::asked::Fields;
use super::form::country;
use super::picture::{self, COLOURS};
use super::questions;
use crate::pages::foreign::foreign;
use crate::pages::visit::Visit;

/// More markets than these are folded up.
const OPEN: usize = 3;

/// The sentence beside every quote. A line does not end within its day.
fn disclaimer(terms: &Terms, day: Date) -> Markup {
    let day = day.to_string();
    let sentence = terms.disclaimer(&day);
    match sentence.split_once(&day) {
        Some((before, after)) => html! { (before) span .day { (day) } (after) },
        None => html! { (sentence) },
    }
}

/// All answers.
pub fn answers(visit: &Visit, terms: &Terms, fields: &Fields, quotes: &[Quote<'_>], known: &Rates) -> Markup {
    let columns: Vec<Column<'_>> = quotes
        .iter()
        .map(|quote| quote::column(&quote.verdict, quote.outlook.as_ref()))
        .collect();
    let oldest = quotes.iter().map(|quote| quote.verdict.as_of).min();
    let rates = quote::rates_line(terms, quotes);
    html! {
        @if let Some(day) = oldest { p .notice { strong { (disclaimer(terms, day)) } } }
        (picture::picture(visit, terms, &columns))
        (comparison(visit, terms, quotes, &columns))
        @for (quote, column) in quotes.iter().zip(&columns) {
            (market(visit, terms, fields, quote, column, quotes.len() <= OPEN))
        }
        @if known.is_empty() {
            p .hint { (visit.say("market-no-rates")) }
        }
        @if !rates.is_empty() {
            p .hint { bdi { (rates) } }
        }
    }
}

fn badge(terms: &Terms, status: Status) -> Markup {
    let name = match status {
        Status::Admissible => "admissible",
        Status::Conditional => "conditional",
        Status::Unknown => "unknown",
        Status::NotAdmissible => "barred",
    };
    html! { span .badge.(name) { (terms.status(status)) } }
}

fn comparison(visit: &Visit, terms: &Terms, quotes: &[Quote<'_>], columns: &[Column<'_>]) -> Markup {
    let [market, status, total_of, landed_of, holds] = [
        "column-market",
        "column-status",
        "column-total",
        "column-landed",
        "column-holds",
    ]
    .map(|id| terms.say(id));
    html! {
        div .scroll role="group" tabindex="0" aria-label=(visit.say("market-compared")) {
            table .compare.directory {
                thead { tr {
                    @for heading in [&market, &status] { th scope="col" { (heading) } }
                    @for heading in [&total_of, &landed_of] { th scope="col" .n { (heading) } }
                    th scope="col" { (holds) }
                } }
                tbody {
                    @for (quote, column) in quotes.iter().zip(columns) {
                        @let verdict = &quote.verdict;
                        @let landed = if verdict.seller_total.is_some() { verdict.seller_landed } else { verdict.landed };
                        tr {
                            th scope="row" data-label=(market) { a href={ "#" (column.country) } { (country(visit, column.country)) } }
                            td data-label=(status) { (badge(terms, column.status)) }
                            td .n data-label=(total_of) { (amount(terms, column.total, column.currency)) }
                            td .n data-label=(landed_of) { (amount(terms, landed, column.currency)) }
                            td data-label=(holds) { @if let Some(day) = column.holds_until { span .day { (day) } } @else { (quote::holds_short(terms, quote)) } }
                        }
                    }
                }
            }
        }
    }
}

fn amount(terms: &Terms, span: Option<border::Span>, currency: border::Currency) -> Markup {
    match span {
        Some(span) => html! { bdi { (terms.span(span, 0)) " " (currency) } },
        None => html! { span { (terms.say("withheld")) } },
    }
}

fn market(
    visit: &Visit,
    terms: &Terms,
    fields: &Fields,
    quote: &Quote<'_>,
    column: &Column<'_>,
    open: bool,
) -> Markup {
    let verdict = &quote.verdict;
    html! {
        details .market id=(column.country) open[open] {
            summary { h2 { (country(visit, column.country)) " " (badge(terms, verdict.status)) } }
            h3 { (terms.say("sheet-admission")) }
            ul .checks {
                @for finding in verdict.findings.iter().filter(|finding| finding.outcome > Outcome::Passed) {
                    (check(visit, terms, finding))
                }
            }
            p { (quote::holds(terms, quote)) }
            p .hint { (terms.with("sheet-departure", &[("date", &verdict.departure.to_string())])) }
            h3 { (terms.say("sheet-cost")) }
            (costs(visit, terms, quote, column))
            (list(terms, "sheet-asks", verdict.asks.iter().map(|why| terms.why(why)).collect()))
            (questions::form(visit, terms, fields, verdict))
            (changes(visit, terms, quote))
            (list(terms, "sheet-cautions", verdict.cautions.iter().map(|caution| terms.caution(caution, verdict.arrival)).collect()))
            p .hint { (disclaimer(terms, verdict.as_of)) }
        }
    }
}

fn check(visit: &Visit, terms: &Terms, finding: &Finding<'_>) -> Markup {
    html! {
        li {
            strong { (terms.outcome(finding.outcome)) } ": "
            @if let Some(topic) = terms.check(finding.key()) { (topic) ". " }
            // A pack's own words stay as they were read: a translated rule would be another one.
            span lang="en" dir="ltr" { (foreign(visit.words, finding.reason(), 600)) }
            @for why in &finding.why { div .hint { (terms.why(why)) } }
            @if !finding.authority().is_empty() || !finding.law().act.is_empty() {
                " " span .hint lang="en" dir="ltr" { (finding.authority())
                    @if !finding.authority().is_empty() && !finding.law().act.is_empty() { "; " } (finding.law().act) }
            }
        }
    }
}

fn costs(visit: &Visit, terms: &Terms, quote: &Quote<'_>, column: &Column<'_>) -> Markup {
    let verdict = &quote.verdict;
    let (known, landed) = match verdict.seller_total {
        Some(_) => (None, verdict.seller_landed),
        None => (verdict.total.is_none().then_some(verdict.known), verdict.landed),
    };
    html! {
        div .scroll {
            table .stack {
                thead { tr {
                    th scope="col" { (terms.say("column-charge")) }
                    th scope="col" .n { (terms.say("column-amount")) " (" (column.currency) ")" }
                } }
                tbody {
                    @for (place, (part, line)) in column.stack.iter().zip(verdict.charges()).enumerate() {
                        tr {
                            td {
                                span .key.{ "s" (place % COLOURS) } aria-hidden="true" {}
                                (picture::name(terms, part))
                                @for act in acts(verdict, line) {
                                    span .hint lang="en" dir="ltr" { (foreign(visit.words, act, 160)) }
                                }
                                @for why in terms.line_why(line) { span .hint { (why) } }
                            }
                            td .n { (part.amount.map_or_else(|| terms.say("missing"), |amount| terms.span(amount, 2))) }
                        }
                    }
                    tr .sum {
                        @match (column.total, known) {
                            (Some(total), _) => { td { (terms.say("line-total")) } td .n { (terms.span(total, 2)) } }
                            (None, known) => {
                                td { (terms.say("line-known")) }
                                td .n { bdi { (known.map_or_else(String::new, |known| terms.span(known, 2))) " " (verdict.currency) } }
                            }
                        }
                    }
                    @if let Some(kept) = quote.kept {
                        tr .sum { td { (visit.say("market-kept")) } td .n { (terms.span(kept, 2)) } }
                    }
                    @if let Some(landed) = landed {
                        tr .sum { td { (terms.say("line-landed")) } td .n { (terms.span(landed, 2)) } }
                    }
                }
            }
        }
    }
}

/// The acts behind a charge, each once: of its own rules, and of those of the values it is worked out from.
fn acts<'v>(verdict: &'v Verdict<'_>, line: &'v Line<'_>) -> Vec<&'v str> {
    let mut acts: Vec<&str> = Vec::new();
    let behind = verdict.basis(line).map(|(_, used)| used);
    for used in line.rules.iter().chain(behind) {
        let act = used.law().act.as_str();
        if !act.is_empty() && !acts.contains(&act) {
            acts.push(act);
        }
    }
    acts
}

fn list(terms: &Terms, title: &str, items: Vec<String>) -> Markup {
    html! {
        @if !items.is_empty() {
            h3 { (terms.say(title)) }
            ul { @for item in items { li { (item) } } }
        }
    }
}

/// What would change the answer, in order of time.
fn changes(visit: &Visit, terms: &Terms, quote: &Quote<'_>) -> Markup {
    let breaks = quote::breaks(terms, quote);
    html! {
        h3 { (terms.say("sheet-breaks")) }
        @if breaks.is_empty() { p { (quote::holds(terms, quote)) } }
        ol .changes {
            @for foreseen in breaks {
                @let day = foreseen.day.to_string();
                li {
                    time dir="ltr" datetime=(day) { (day) } " "
                    @for check in &foreseen.checks {
                        strong { (check.said) } " "
                        span lang="en" dir="ltr" { (foreign(visit.words, check.reason, 600)) } "; "
                    }
                    (foreseen.rest)
                }
            }
        }
    }
}
