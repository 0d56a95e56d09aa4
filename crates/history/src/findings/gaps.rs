//! Silence. Long stretches without any statement, and periods without own-damage insurance.

use jiff::civil::Date;
use statement::vocabulary::StatementType as T;

use super::event::{Event, Timeline};
use super::finding::{Blind, Code, Finding, Level, Message, Settles};

/// In Korea a private car is inspected four years after first registration and every two years after that, so two and a
/// half years without a word is longer than any rule leaves room for once the first four are over.
const LONG_DAYS: i32 = 913;
/// The first inspection is due after four years.
const FIRST_LONG_DAYS: i32 = 4 * 365 + 183;

pub(super) fn findings(timeline: &Timeline<'_>, as_of: Date) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(silences(timeline, as_of));
    for period in timeline.of(T::ClaimUninsured) {
        let explanation = Message::new(
            "gap-uninsured",
            "{issuer} has no own-damage insurance for the car from {from} to {to}: damage in that time would not be in its \
             record",
            [
                ("issuer", period.issuer.clone()),
                ("from", period.text("from").unwrap_or("?").to_owned()),
                ("to", period.text("to").unwrap_or("?").to_owned()),
            ],
        );
        findings.push(
            Finding::new(Code::GapUninsured, Level::Note, explanation, [period.reference])
                .settled_by([Settles::PeriodDocuments, Settles::ServiceInvoices])
                .not_covering([Blind::CashRepairs, Blind::UninsuredPeriods]),
        );
    }
    findings
}

fn silences(timeline: &Timeline<'_>, as_of: Date) -> Vec<Finding> {
    // An erased statement still shows that the car was known to someone then.
    let mut all: Vec<&Event> = timeline
        .live
        .iter()
        .chain(&timeline.erased)
        .copied()
        .filter(|event| event.day() <= as_of)
        .collect();
    all.sort_by_key(|event| (event.day(), event.reference));
    let born = timeline
        .of(T::RegistrationFirst)
        .map(|event| event.date_or_day("date"))
        .min();
    let ended = timeline
        .live
        .iter()
        .find(|event| matches!(event.typ, T::EndoflifeScrapped | T::ExportArrived));
    let mut findings = Vec::new();
    for pair in all.windows(2) {
        let [before, after] = pair else { continue };
        findings.extend(silence(before, Some(after), after.day(), born));
    }
    if let (Some(last), None) = (all.last(), ended) {
        findings.extend(silence(last, None, as_of, born));
    }
    findings
}

fn silence(before: &Event, after: Option<&Event>, until: Date, born: Option<Date>) -> Option<Finding> {
    let days = days_between(before.day(), until);
    let young = born.is_some_and(|born| days_between(born, until) <= FIRST_LONG_DAYS);
    if days <= LONG_DAYS || young {
        return None;
    }
    let explanation = Message::new(
        "gap-silence",
        "no statement from {from} to {to} ({years} years)",
        [
            ("from", before.day().to_string()),
            ("to", until.to_string()),
            ("years", format!("{:.1}", f64::from(days) / 365.25)),
        ],
    );
    Some(
        Finding::new(
            Code::GapSilence,
            Level::Note,
            explanation,
            [Some(before), after]
                .into_iter()
                .flatten()
                .map(|event| event.reference),
        )
        .settled_by([
            Settles::PeriodDocuments,
            Settles::RegisterExtract,
            Settles::InsuranceHistory,
        ])
        .not_covering([Blind::NotEnrolled]),
    )
}

fn days_between(from: Date, to: Date) -> i32 {
    to.since(from).map_or(0, |span| span.get_days())
}
