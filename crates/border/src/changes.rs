//! What changed in the law between two days, from the dates of the rules.

use jiff::civil::Date;
use serde::Serialize;

use crate::date::PartialDate;
use crate::pack::{Law, Pack, RuleSet, Standing};

/// What happened to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The day before was its last.
    Ends,
    /// It entered, or enters, into force.
    Begins,
}

/// One change.
#[derive(Clone, Debug, Serialize)]
pub struct Change<'p> {
    /// The first day of the new state; the earliest possible where the day was not read.
    pub date: Date,
    /// The date as it was read.
    pub read: PartialDate,
    /// The day on which its pack was read.
    pub as_of: Date,
    /// The country.
    pub country: &'p str,
    /// The step or check.
    pub about: &'p str,
    /// What it is, in words.
    pub text: String,
    /// What happened.
    pub kind: ChangeKind,
    /// The rule.
    #[serde(flatten)]
    pub law: &'p Law,
}

impl RuleSet {
    /// The changes from one day (exclusive) to another (inclusive), by date and country.
    pub fn changes(&self, after: Date, until: Date) -> Vec<Change<'_>> {
        let mut changes: Vec<Change<'_>> = self.packs().flat_map(|pack| pack.changes(after, until)).collect();
        changes.sort_by(|a, b| {
            (a.date, a.country, a.kind, &a.law.id).cmp(&(b.date, b.country, b.kind, &b.law.id))
        });
        changes
    }
}

impl Pack {
    /// The changes in one country from one day (exclusive) to another (inclusive).
    pub fn changes(&self, after: Date, until: Date) -> Vec<Change<'_>> {
        let mut changes = Vec::new();
        for (law, about, text) in self.subjects() {
            if law.standing == Standing::Superseded {
                continue;
            }
            let mut add = |date: Date, read: PartialDate, kind: ChangeKind| {
                if date > after && date <= until {
                    changes.push(Change {
                        date,
                        read,
                        as_of: self.as_of,
                        country: &self.country,
                        about,
                        text: text.clone(),
                        kind,
                        law,
                    });
                }
            };
            if let Some(from) = law.from {
                add(from.first(), from, ChangeKind::Begins);
            }
            if let Some(to) = law.to
                && let Ok(next) = to.last().tomorrow()
            {
                add(next, to, ChangeKind::Ends);
            }
        }
        changes
    }

    /// Every rule with what it is about.
    fn subjects(&self) -> impl Iterator<Item = (&Law, &str, String)> {
        let steps = self.steps.iter().flat_map(|step| {
            step.rules
                .iter()
                .map(move |rule| (&rule.law, step.name.as_str(), rule.in_words(step)))
        });
        let checks = self
            .checks
            .iter()
            .map(|check| (&check.law, check.key.as_str(), check.reason.clone()));
        let remarks = self
            .remarks
            .iter()
            .map(|remark| (&remark.law, remark.topic.as_str(), remark.text.clone()));
        steps.chain(checks).chain(remarks)
    }
}
