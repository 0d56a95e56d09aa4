//! What each market charges, as bars one below the other. The table beneath says the same in figures. Text in a picture grows and
//! shrinks with it, so there is one for phones and one for the desk; the stylesheet shows either.

use border::{Span, Status};
use desk::quote::{Column, Part};
use desk::words::Words as Terms;
use maud::{Markup, html};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::form::country;
use crate::pages::visit::Visit;

/// So many colours there are; parts beyond share them in turn.
pub const COLOURS: usize = 8;

const ROW: f64 = 46.0;
const BAR: f64 = 18.0;
const PADDING: f64 = 10.0;
const SIZES: [(&str, f64); 2] = [("narrow", 350.0), ("wide", 800.0)];

fn number(amount: Decimal) -> f64 {
    amount.to_f64().unwrap_or_default()
}

/// Half a unit is finer than any screen.
fn at(value: f64) -> String {
    format!("{value:.1}")
}

/// The bars of the columns that have a total in one currency; nothing if there is none.
pub fn picture(visit: &Visit, terms: &Terms, columns: &[Column<'_>]) -> Markup {
    let drawn = |currency| {
        let with = |column: &&Column<'_>| column.currency == currency && column.total.is_some();
        columns.iter().filter(with).count()
    };
    let totals = columns.iter().filter(|column| column.total.is_some());
    // Where rates are missing, some are in the currency of their market and cannot stand beside the others.
    let Some(currency) = totals
        .clone()
        .map(|column| column.currency)
        .max_by_key(|currency| drawn(*currency))
    else {
        return html! {};
    };
    let left_out = totals.filter(|column| column.currency != currency).count();
    let bars: Vec<(&Column<'_>, Span)> = columns
        .iter()
        .filter(|column| column.currency == currency)
        .filter_map(|column| Some((column, column.total?)))
        .collect();
    let most = bars
        .iter()
        .map(|(_, total)| number(total.high))
        .fold(1.0, f64::max);
    html! {
        figure .chart.costs {
            @for (name, width) in SIZES {
                svg .(name) viewBox={ (-PADDING) " 0 " (width + 2.0 * PADDING) " " (at(ROW.mul_add(bars.len() as f64, 4.0))) } role="img" direction="ltr"
                    aria-labelledby={ "costs-" (name) } {
                    title id={ "costs-" (name) } { (visit.say("market-picture")) " (" (currency) ")" }
                    @for (row, (column, total)) in bars.iter().enumerate() {
                        (bar(visit, terms, column, *total, ROW * row as f64, width / most, width))
                    }
                }
            }
            figcaption .hint {
                (visit.say("market-picture-hint"))
                @if left_out > 0 { " " (visit.say("market-picture-left-out")) }
            }
        }
    }
}

fn bar(
    visit: &Visit,
    terms: &Terms,
    column: &Column<'_>,
    total: Span,
    top: f64,
    unit: f64,
    width: f64,
) -> Markup {
    let class = match column.status {
        Status::NotAdmissible => "bar barred",
        _ => "bar",
    };
    let y = at(top + 22.0);
    let mut from = 0.0;
    let mut parts = Vec::new();
    for (place, part) in column.stack.iter().enumerate() {
        if let Some(amount) = part.amount {
            let wide = number(amount.low) * unit;
            parts.push((place % COLOURS, part, amount, from, wide));
            from += wide;
        }
    }
    html! {
        g class=(class) {
            text x="0" y=(at(top + 16.0)) { (country(visit, column.country)) }
            text .sum x=(at(width)) y=(at(top + 16.0)) text-anchor="end" { (terms.span(total, 0)) " " (column.currency) }
            @for (colour, part, amount, begin, wide) in parts {
                rect .{ "s" (colour) } x=(at(begin)) y=(y) width=(at(wide)) height=(BAR) {
                    title { (name(terms, part)) ": " (terms.span(amount, 0)) }
                }
            }
            @if total.high > total.low {
                rect .open x=(at(number(total.low) * unit)) y=(y)
                    width=(at(number(total.high.saturating_sub(total.low)) * unit)) height=(BAR) {}
            }
        }
    }
}

/// What a charge is called: in the reader's language where many countries have it, else in the pack's own words.
pub fn name(terms: &Terms, part: &Part<'_>) -> String {
    terms.charge(part.step).unwrap_or_else(|| part.title.to_owned())
}
