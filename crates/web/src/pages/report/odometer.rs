//! The odometer over time: a drawing, and a table that says the same.

use std::collections::BTreeSet;

use desk::lookup::History;
use dossier::{Report, VerifiedStatement};
use history::findings::Level;
use jiff::Timestamp;
use maud::{Markup, html};
use statement::vocabulary::StatementType;
use vehicle::units::KM_PER_MILE;

use super::chart::{self, Drawn};
use super::fields::reading_of;
use super::written::{day, number};
use super::{issuer_name, table, titled, type_name};
use crate::pages::language::Words;

/// A reading that was stated.
pub struct Reading<'r> {
    /// The statement.
    pub statement: &'r VerifiedStatement,
    /// As read.
    pub value: u64,
    /// `km` or `mi`.
    pub unit: &'static str,
    /// In kilometres.
    pub km: f64,
    /// What it is about in time.
    pub at: Timestamp,
    /// Whether a finding that asks for something rests on it.
    pub doubted: bool,
}

impl Reading<'_> {
    /// Whether a correction took its place.
    pub fn superseded(&self) -> bool {
        !self.statement.superseded_by.is_empty()
    }
}

/// The reading of a statement, its value and unit.
pub fn reading(statement: &VerifiedStatement) -> Option<(u64, &'static str)> {
    reading_of(statement.claims.body.get("odometer")?.as_object()?)
}

/// Every reading, in order of time.
fn readings(history: &History) -> Vec<Reading<'_>> {
    let report = &history.report;
    let asking = history.findings.findings.iter().filter(|finding| {
        let name = finding.title.key;
        finding.level >= Level::Ask && name.starts_with("title-odometer")
    });
    let doubted: BTreeSet<u64> = asking
        .flat_map(|finding| finding.rests_on.iter().copied())
        .collect();
    let mut readings: Vec<Reading<'_>> = report
        .statements
        .iter()
        .filter_map(|statement| {
            let (value, unit) = reading(statement)?;
            let read = value as f64;
            Some(Reading {
                statement,
                value,
                unit,
                km: if unit == "mi" { read * KM_PER_MILE } else { read },
                at: time_of(report, statement)?,
                doubted: doubted.contains(&statement.log_index.0),
            })
        })
        .collect();
    readings.sort_by_key(|reading| (reading.at, reading.statement.log_index));
    readings
}

/// What a correction says of the odometer is about the time of the statement it corrects; nothing where it corrects none.
fn time_of(report: &Report, statement: &VerifiedStatement) -> Option<Timestamp> {
    if statement.claims.typ != StatementType::RecordCorrected {
        return Some(statement.claims.event_time.instant());
    }
    let corrected = report
        .statements
        .iter()
        .find(|other| other.superseded_by.contains(&statement.log_index));
    corrected.map(|other| other.claims.event_time.instant())
}

/// When the odometer was serviced or replaced, as far as stated: a lower reading after it is no contradiction.
fn services(report: &Report) -> Vec<Timestamp> {
    let mut times: Vec<Timestamp> = report
        .statements
        .iter()
        .filter(|s| s.claims.typ == StatementType::OdometerServiced && s.superseded_by.is_empty())
        .map(|s| s.claims.event_time.instant())
        .collect();
    times.sort();
    times
}

/// A reading as it was read.
pub fn as_read(words: &Words, value: u64, unit: &str) -> String {
    format!("{}\u{a0}{unit}", number(words, value))
}

/// The section.
pub fn section(words: &Words, history: &History) -> Markup {
    let readings = readings(history);
    let services = services(&history.report);
    let content = match (readings.first(), readings.last()) {
        (Some(first), Some(last)) => {
            let drawn = Drawn {
                words,
                readings: &readings,
                services: &services,
            };
            let label = words.weave(
                "chart-label",
                &[
                    ("count", &readings.len()),
                    ("first", &as_read(words, first.value, first.unit)),
                    ("last", &as_read(words, last.value, last.unit)),
                ],
            );
            html! {
                figure .chart {
                    (chart::drawing(&drawn, chart::NARROW))
                    (chart::drawing(&drawn, chart::WIDE))
                    figcaption { (label) (chart::key(&drawn)) }
                }
                (rows(words, &readings))
            }
        }
        _ => html! { p { (words.say("chart-none")) } },
    };
    titled(words, "odometer", "odometer", content)
}

fn rows(words: &Words, readings: &[Reading<'_>]) -> Markup {
    html! {
        details {
            summary { (words.say("readings-table")) }
            (table(words, "odometer", &["date-column", "reading", "issuer", "remark"], html! {
                @for reading in readings {
                    tr {
                        th scope="row" { (day(words, reading.statement.claims.event_time.local().date())) }
                        td .number { bdi { (as_read(words, reading.value, reading.unit)) } }
                        td { (issuer_name(words, &reading.statement.issuer)) ", " (type_name(words, reading.statement.claims.typ)) }
                        td {
                            @if reading.superseded() { (words.say("chart-superseded")) }
                            @if reading.superseded() && reading.doubted { ", " }
                            @if reading.doubted { (words.say("chart-doubted")) }
                        }
                    }
                }
            }))
        }
    }
}
