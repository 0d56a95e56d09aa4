//! Which sources contributed over which period, and what none of them can show. Printed beside every report: "nothing
//! found" without it would be a claim nobody can make.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;
use statement::vocabulary::{Role, StatementType};

use super::event::{Event, Timeline};
use super::finding::Message;

/// What the sources behind a report cover.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// One entry for each kind of source that contributed.
    pub sources: Vec<SourceCoverage>,
    /// Kinds of sources that matter and said nothing.
    pub silent: Vec<Message>,
    /// Statements whose content was erased: they exist, nothing more is known.
    pub erased: Vec<u64>,
}

/// What one kind of source contributed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceCoverage {
    /// The role of the issuers, in the vocabulary's word.
    pub role: &'static str,
    /// Their names.
    pub issuers: Vec<String>,
    /// How many statements.
    pub statements: usize,
    /// Day of the first.
    pub first: Date,
    /// Day of the last.
    pub last: Date,
    /// What this kind of source does not cover.
    pub not_covered: Message,
}

impl Coverage {
    pub(super) fn of(timeline: &Timeline<'_>) -> Self {
        let mut by_role: BTreeMap<Role, Vec<&Event>> = BTreeMap::new();
        for event in timeline.live.iter().chain(&timeline.erased) {
            // An issuer with several roles speaks here in the first that may sign the type.
            let speaking = event
                .typ
                .may_issue()
                .iter()
                .find(|role| event.roles.contains(role))
                .or(event.roles.first());
            if let Some(role) = speaking {
                by_role.entry(*role).or_default().push(event);
            }
        }
        let sources = by_role
            .iter()
            .filter_map(|(role, events)| source(*role, events))
            .collect();
        let silent = EXPECTED
            .iter()
            .filter(|(roles, types, ..)| {
                let spoke = roles.iter().any(|role| by_role.contains_key(role));
                // A register abroad, say, hands on what its own inspectors found.
                let handed_on = types.iter().any(|typ| timeline.of(*typ).next().is_some());
                !(spoke || handed_on)
            })
            .map(|(.., key, english)| Message::new(key, english, []))
            .collect();
        let mut erased: Vec<u64> = timeline.erased.iter().map(|event| event.reference).collect();
        erased.sort_unstable();
        Coverage {
            sources,
            silent,
            erased,
        }
    }
}

/// Roles and types of statement by which a kind of source would be heard, and what is unknown without it.
const EXPECTED: [(&[Role], &[StatementType], &str, &str); 4] = [
    (
        &[Role::Register],
        &[],
        "silent-register",
        "the register said nothing here: first registration, owners, use, liens and export status are unknown",
    ),
    (
        &[Role::Insurer],
        &[],
        "silent-insurer",
        "no insurer said anything here: nothing is known of insured damage, total losses or flood, which does not mean \
         there was none",
    ),
    (
        &[
            Role::Inspector,
            Role::InspectionStation,
            Role::SafetyAuthority,
            Role::PreshipmentInspector,
        ],
        &[
            StatementType::InspectionPeriodic,
            StatementType::InspectionCondition,
            StatementType::InspectionPreshipment,
            StatementType::InspectionRoadworthiness,
        ],
        "silent-inspection",
        "no inspection is on record here: condition and odometer rest on the word of the sources above",
    ),
    (
        &[Role::Police],
        &[],
        "silent-police",
        "the police said nothing here: whether the car is sought is unknown",
    ),
];

fn source(role: Role, events: &[&Event]) -> Option<SourceCoverage> {
    let mut issuers: Vec<String> = events.iter().map(|event| event.issuer.clone()).collect();
    issuers.sort();
    issuers.dedup();
    Some(SourceCoverage {
        role: role.as_str(),
        issuers,
        statements: events.len(),
        first: events.iter().map(|event| event.day()).min()?,
        last: events.iter().map(|event| event.day()).max()?,
        not_covered: not_covered(role),
    })
}

fn not_covered(role: Role) -> Message {
    let (key, english) = match role {
        Role::Insurer => (
            "coverage-insurer",
            "repairs paid in cash, periods without own-damage insurance, claims still undecided",
        ),
        Role::Register => (
            "coverage-register",
            "what was not reported to the register, other countries",
        ),
        Role::ForeignRegister => ("coverage-foreign-register", "every other country"),
        Role::Inspector => (
            "coverage-inspector",
            "what cannot be seen without opening sealed parts, any other day",
        ),
        Role::InspectionStation | Role::SafetyAuthority | Role::PreshipmentInspector => (
            "coverage-inspection",
            "the time between inspections, damage that does not affect safety",
        ),
        Role::Workshop | Role::BatteryAssessor => (
            "coverage-workshop",
            "work done elsewhere or by workshops that are not enrolled",
        ),
        Role::Police => ("coverage-police", "thefts not reported, other countries"),
        Role::Customs | Role::Carrier | Role::Yard | Role::Exporter => {
            ("coverage-export", "the car's life before it came to the port")
        }
        Role::Dealer | Role::Auction => (
            "coverage-trade",
            "anything the seller did not look at; sellers have an interest",
        ),
        Role::Maker | Role::System => (
            "coverage-maker",
            "the car's life after the factory, apart from recalls",
        ),
        Role::Dismantler => ("coverage-dismantler", "the car's life before it was handed in"),
        Role::DisputePanel => ("coverage-dispute-panel", "anything not brought before it"),
        Role::CertificationBody => (
            "coverage-certification-body",
            "a certificate speaks of the battery on the day it was evaluated, not since",
        ),
        Role::Owner => ("coverage-owner", "the owner's word is not checked by anyone"),
    };
    Message::new(key, english, [])
}
