//! Who said what: every issuer with its roles, how much it stated and when, and how its key stands.

use std::collections::{BTreeMap, BTreeSet};

use dossier::{Issuer, Report};
use jiff::civil::Date;
use maud::{Markup, html};

use super::written::{day, number};
use super::{issuer_name, role_names, table, titled};
use crate::pages::foreign::{USUAL, foreign};
use crate::pages::language::Words;

/// One issuer's part.
struct Speaker<'r> {
    issuer: &'r Issuer,
    roles: BTreeSet<&'static str>,
    statements: usize,
    days: Vec<Date>,
    revoked: BTreeSet<&'r str>,
}

/// The section.
pub fn section(words: &Words, report: &Report) -> Markup {
    let speakers = speakers(report);
    let rows = html! {
        @for speaker in speakers.values() {
            tr {
                th scope="row" { (issuer_name(words, speaker.issuer)) }
                td { (role_names(words, speaker.roles.iter().copied())) }
                td .number { (number(words, speaker.statements)) }
                td {
                    @match (speaker.days.iter().min(), speaker.days.iter().max()) {
                        (Some(first), Some(last)) if first != last => {
                            bdi { (day(words, *first)) } " – " bdi { (day(words, *last)) }
                        }
                        (Some(only), _) => bdi { (day(words, *only)) },
                        _ => "—",
                    }
                }
                td {
                    @if speaker.revoked.is_empty() { (words.say("key-valid")) }
                    @else {
                        (words.say("key-revoked-later"))
                        @for reason in &speaker.revoked { ": " (foreign(words, reason, USUAL)) }
                    }
                }
            }
        }
    };
    titled(
        words,
        "who",
        "who",
        table(
            words,
            "who",
            &["issuer", "roles", "statements", "period", "key"],
            rows,
        ),
    )
}

fn speakers(report: &Report) -> BTreeMap<&str, Speaker<'_>> {
    let mut speakers: BTreeMap<&str, Speaker<'_>> = BTreeMap::new();
    let stated = report
        .statements
        .iter()
        .map(|s| (&s.issuer, Some(s.claims.event_time.local().date())));
    for (issuer, day) in stated.chain(report.erased.iter().map(|e| (&e.issuer, None))) {
        let speaker = speakers.entry(&issuer.id).or_insert_with(|| Speaker {
            issuer,
            roles: BTreeSet::new(),
            statements: 0,
            days: Vec::new(),
            revoked: BTreeSet::new(),
        });
        speaker
            .roles
            .extend(issuer.roles.iter().map(|role| role.as_str()));
        speaker.statements += 1;
        speaker.days.extend(day);
        speaker
            .revoked
            .extend(issuer.revoked_at.iter().map(|(_, reason)| reason.as_str()));
    }
    speakers
}
