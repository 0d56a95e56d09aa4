//! Marks on a foreign title: a later registration no longer carries them ("title washing"), or the car is offered as if they
//! had never been.

use statement::vocabulary::StatementType;

use super::damage::calls_accident_free;
use super::event::{Event, Timeline};
use super::finding::{Blind, Code, Finding, Innocent, Level, Message, Outcome, Settles};

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

/// Marks that a title gets for damage. Water, fire or theft can be behind them, so they do not prove an accident; but
/// whoever calls the car accident-free without a word about them leaves out what the buyer most needs to know.
const DAMAGE: [&str; 5] = ["salvage", "rebuilt", "flood", "fire", "junk"];

pub(super) fn findings(timeline: &Timeline<'_>) -> Vec<Finding> {
    let mut findings = dropped(timeline);
    findings.extend(then_accident_free(timeline));
    findings
}

fn then_accident_free(timeline: &Timeline<'_>) -> Option<Finding> {
    let marked = |title: &Event| title.words("brands").any(|mark| DAMAGE.contains(&mark));
    let title = timeline
        .of(StatementType::RegistrationForeign)
        .find(|title| marked(title))?;
    let day = title.date_or_day("date");
    let marks: Vec<&str> = title
        .words("brands")
        .filter(|mark| DAMAGE.contains(mark))
        .collect();
    let free: Vec<&Event> = timeline
        .live
        .iter()
        .copied()
        .filter(|event| event.day() > day && calls_accident_free(event))
        .collect();
    let first = free.first()?;
    // Salvage, rebuilt and junk leave open what happened; flood and fire alone say that it was something else.
    let open = marks
        .iter()
        .any(|mark| matches!(*mark, "salvage" | "rebuilt" | "junk"));
    let explanation = Message::new(
        "title-brand-then-accident-free",
        "the title of {country} on {day} is marked {marks}; {issuer} calls the car accident-free on {free_day}. Water, fire \
         or theft can put a mark on a title without any accident",
        [
            (
                "country",
                title.text("country").unwrap_or("(not stated)").to_owned(),
            ),
            ("day", day.to_string()),
            ("marks", marks.join(", ")),
            ("issuer", first.issuer.clone()),
            ("free_day", first.day().to_string()),
        ],
    );
    let rests_on = free.iter().map(|event| event.reference).chain([title.reference]);
    Some(
        Finding::new(
            Code::TitleBrandThenAccidentFree,
            if open { Level::Warn } else { Level::Ask },
            explanation,
            rests_on,
        )
        .settled_by([
            Settles::ForeignTitleHistory,
            Settles::RepairInvoices,
            Settles::NewConditionRecord,
        ])
        .not_covering([Blind::OtherCountries, Blind::VisualOnly])
        .trying([(Innocent::MarkedWithoutAccident, Outcome::Possible)]),
    )
}

fn dropped(timeline: &Timeline<'_>) -> Vec<Finding> {
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
