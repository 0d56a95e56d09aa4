//! Markets side by side for one car, as a page draws them: a cost stack, a timeline, and what would break each verdict.

use border::{Cause, Currency, Outlook, Span, Status, StepKind, Verdict, Why};
use jiff::civil::Date;
use serde::Serialize;

/// One market.
#[derive(Clone, Debug, Serialize)]
pub struct Column<'p> {
    /// The country.
    pub country: &'p str,
    /// Its name.
    pub name: &'p str,
    /// Whether the car may enter.
    pub status: Status,
    /// The currency of the stack: the seller's where all parts convert, else the local one.
    pub currency: Currency,
    /// The charges from below to above. A part that is missing has no amount, and then there is no total.
    pub stack: Vec<Part<'p>>,
    /// The sum of the stack.
    pub total: Option<Span>,
    /// The days on which something changes, in order.
    pub timeline: Vec<Change>,
    /// The last day of arrival on which the car may enter as now; none if that is beyond the horizon or was not asked.
    pub holds_until: Option<Date>,
    /// What is asked for, with the question.
    pub asks: Vec<Why<'p>>,
    /// The day on which the pack's research ended.
    pub as_of: Date,
}

/// One charge.
#[derive(Clone, Debug, Serialize)]
pub struct Part<'p> {
    /// The name of its step.
    pub step: &'p str,
    /// Its title in the pack.
    pub title: &'p str,
    /// How much, in the currency of the stack.
    pub amount: Option<Span>,
}

/// A day on which the verdict changes.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// The first day of the new state.
    pub date: Date,
    /// What happens on it.
    pub causes: Vec<Cause>,
    /// The status from then on.
    pub status: Status,
    /// The total from then on, in local currency.
    pub total: Option<Span>,
    /// Whether the status differs from that of the day before.
    pub turns: bool,
}

/// One market's column.
pub fn column<'p>(verdict: &Verdict<'p>, outlook: Option<&Outlook>) -> Column<'p> {
    let seller = verdict
        .seller_currency
        .filter(|_| verdict.total.is_none() || verdict.seller_total.is_some());
    let stack = verdict
        .lines
        .iter()
        .filter(|line| line.kind() == StepKind::Charge)
        .map(|line| Part {
            step: line.name(),
            title: line.title(),
            amount: match seller {
                Some(_) => line.seller_amount(),
                None => line.amount(),
            },
        })
        .collect();
    let mut before = verdict.status;
    let mut timeline = Vec::new();
    for b in outlook.map_or(&[][..], |outlook| &outlook.breaks) {
        timeline.push(Change {
            date: b.date,
            causes: b.causes.clone(),
            status: b.status,
            total: b.total,
            turns: b.status != before,
        });
        before = b.status;
    }
    Column {
        country: verdict.country,
        name: verdict.name,
        status: verdict.status,
        currency: seller.unwrap_or(verdict.currency),
        stack,
        total: match seller {
            Some(_) => verdict.seller_total,
            None => verdict.total,
        },
        timeline,
        holds_until: outlook.and_then(|outlook| outlook.admission_holds_until),
        asks: verdict.asks.clone(),
        as_of: verdict.as_of,
    }
}
