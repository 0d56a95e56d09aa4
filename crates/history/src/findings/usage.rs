//! Commercial use, and later records that do not state it. Rental and taxi cars drive more and are used harder, and the
//! Korean condition record has a field for exactly this.

use statement::vocabulary::StatementType;

use super::event::{Event, Timeline};
use super::finding::{Blind, Code, Finding, Level, Message, Settles};

/// The commercial use a statement states, in the vocabulary's word.
pub(super) fn commercial_use(event: &Event) -> Option<&str> {
    use StatementType as T;
    let commercial = |word: &&str| matches!(*word, "rental" | "lease" | "business" | "taxi");
    match event.typ {
        T::RegistrationFirst | T::RegistrationForeign => event.text("use").filter(commercial),
        T::RegistrationChanged => event
            .text("use")
            .filter(commercial)
            .or_else(|| event.text("old_use").filter(commercial)),
        T::InspectionCondition => event.words("use_change").find(commercial),
        _ => None,
    }
}

pub(super) fn findings(timeline: &Timeline<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for event in &timeline.live {
        let Some(word) = commercial_use(event) else {
            continue;
        };
        if event.typ == StatementType::InspectionCondition {
            continue;
        }
        let silent: Vec<&Event> = timeline
            .of(StatementType::InspectionCondition)
            // A lease is a way to finance, and the form asks for it only since it has a box of its own.
            .filter(|record| {
                word != "lease" && record.instant > event.instant && commercial_use(record).is_none()
            })
            .collect();
        let args = [
            ("use", word.to_owned()),
            ("day", event.date_or_day("date").to_string()),
            ("issuer", event.issuer.clone()),
        ];
        if let Some(record) = silent.first() {
            let mut args = args.to_vec();
            args.push(("record_day", record.day().to_string()));
            let explanation = Message::new(
                "use-change-not-stated",
                "{issuer} has the car in use as {use} on {day}; the condition record of {record_day} states no such use",
                args,
            );
            findings.push(
                Finding::new(
                    Code::UseChangeNotStated,
                    Level::Warn,
                    explanation,
                    silent
                        .iter()
                        .map(|record| record.reference)
                        .chain([event.reference]),
                )
                .settled_by([Settles::RegisterExtract, Settles::NewConditionRecord])
                .not_covering([Blind::OtherCountries]),
            );
        } else {
            let explanation = Message::new(
                "use-commercial",
                "{issuer} has the car in use as {use} on {day}",
                args,
            );
            findings.push(
                Finding::new(Code::UseCommercial, Level::Note, explanation, [event.reference])
                    .settled_by([Settles::RegisterExtract])
                    .not_covering([Blind::OtherCountries, Blind::NotEnrolled]),
            );
        }
    }
    findings
}
