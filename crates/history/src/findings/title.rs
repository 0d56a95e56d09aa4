//! Marks on a foreign title that a later registration no longer carries ("title washing").

use statement::vocabulary::StatementType;

use super::event::{Event, Timeline};
use super::finding::{Blind, Code, Finding, Level, Message, Settles};

/// Marks that stay true of a car for ever: a later title without them lost them.
const LASTING: [&str; 8] = [
    "salvage",
    "rebuilt",
    "flood",
    "fire",
    "junk",
    "lemon",
    "odometer_not_actual",
    "theft_recovered",
];

pub(super) fn findings(timeline: &Timeline<'_>) -> Vec<Finding> {
    let titles: Vec<_> = timeline.of(StatementType::RegistrationForeign).collect();
    let mut findings = Vec::new();
    for (index, earlier) in titles.iter().enumerate() {
        for mark in earlier.words("brands").filter(|mark| LASTING.contains(mark)) {
            // A rebuilt title is what becomes of a salvage one.
            let carries = |later: &Event| {
                later
                    .words("brands")
                    .any(|word| word == mark || (mark == "salvage" && word == "rebuilt"))
            };
            // A title without any statement of brands says nothing about them.
            let dropped = titles.iter().skip(index + 1).find(|later| {
                (later.body.contains_key("brands") || later.text("title_state") == Some("clean"))
                    && !carries(later)
            });
            let Some(later) = dropped else { continue };
            let explanation = Message::new(
                "title-brand-dropped",
                "the title of {country} on {day} is marked {mark}; the title of {later_country} on {later_day} is not",
                [
                    ("country", earlier.text("country").unwrap_or("?").to_owned()),
                    ("day", earlier.date_or_day("date").to_string()),
                    ("mark", mark.to_owned()),
                    ("later_country", later.text("country").unwrap_or("?").to_owned()),
                    ("later_day", later.date_or_day("date").to_string()),
                ],
            );
            findings.push(
                Finding::new(
                    Code::TitleBrandDropped,
                    Level::Warn,
                    explanation,
                    [earlier.reference, later.reference],
                )
                .settled_by([Settles::ForeignTitleHistory, Settles::RegisterExtract])
                .not_covering([Blind::OtherCountries]),
            );
        }
    }
    findings
}
