//! What would break a verdict: the next dates in the pack or in the car's life on which it changes.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde::Serialize;

use crate::evaluate::{Prepared, Question};
use crate::fact::Fault;
use crate::feel::Span;
use crate::pack::{Law, Pack, RuleSet, Side, Standing};
use crate::verdict::{Outcome, Status, Verdict};

/// Why a day may change a verdict.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// A rule enters into force.
    Begins {
        /// The rule.
        rule: String,
    },
    /// The day before was the last of a rule.
    Ends {
        /// The rule.
        rule: String,
    },
    /// The car grows older by the date of this fact.
    Birthday {
        /// `manufactured` or `first_registration`.
        fact: String,
    },
    /// The calendar year changes, and with it ages counted in calendar or model years.
    NewYear,
}

/// A day on which the verdict changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Break {
    /// The first day of the new state.
    pub date: Date,
    /// What happens on it.
    pub causes: Vec<Cause>,
    /// The status from then on.
    pub status: Status,
    /// The total from then on.
    pub total: Option<Span>,
    /// Checks that come out otherwise from then on: key and outcome.
    pub findings: Vec<(String, Outcome)>,
}

/// How long a verdict holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outlook {
    /// The last day that was looked at.
    pub horizon: Date,
    /// The last day of arrival with the same status and checks; none if that is beyond the horizon.
    pub admission_holds_until: Option<Date>,
    /// The last day of arrival with the same total as well; none if that is beyond the horizon.
    pub total_holds_until: Option<Date>,
    /// The days on which something changes, in order.
    pub breaks: Vec<Break>,
}

impl RuleSet {
    /// Looks ahead from the day of arrival over so many days.
    ///
    /// # Errors
    /// As [`RuleSet::evaluate`].
    pub fn outlook<'a>(&'a self, question: &Question<'a>, days: u16) -> Result<Outlook, Vec<Fault>> {
        let pack = self.market(question.destination)?;
        let prepared = question.prepare()?;
        let horizon = question.arrival.saturating_add(i64::from(days).days());
        let mut room = Vec::new();
        let voyage = question.departure.map(|departure| question.arrival - departure);
        let mut state = State::of(&self.judge(pack, &prepared, &mut room));
        let mut outlook = Outlook {
            horizon,
            admission_holds_until: None,
            total_holds_until: None,
            breaks: Vec::new(),
        };
        for (day, causes) in self.days(pack, question, voyage, horizon) {
            let later = Question {
                // The voyage takes as long on another day.
                departure: voyage.map(|days| day.saturating_sub(days)),
                arrival: day,
                workings: false,
                ..*question
            };
            let next = State::of(&self.judge(pack, &Prepared::of(&later), &mut room));
            if next == state {
                continue;
            }
            let before = day.yesterday().unwrap_or(day);
            if next.admission != state.admission || next.status != state.status {
                outlook.admission_holds_until.get_or_insert(before);
            }
            outlook.total_holds_until.get_or_insert(before);
            let findings = next
                .admission
                .iter()
                .filter(|(id, entry)| state.admission.get(*id) != Some(entry))
                .map(|(_, (key, outcome))| (key.clone(), *outcome))
                .collect();
            outlook.breaks.push(Break {
                date: day,
                causes,
                status: next.status,
                total: next.total,
                findings,
            });
            state = next;
        }
        Ok(outlook)
    }

    /// The days on which anything could change, with what happens on them.
    fn days(
        &self,
        pack: &Pack,
        question: &Question<'_>,
        voyage: Option<jiff::Span>,
        horizon: Date,
    ) -> BTreeMap<Date, Vec<Cause>> {
        let mut days: BTreeMap<Date, Vec<Cause>> = BTreeMap::new();
        let mut add = |day: Date, cause: Cause| {
            if day > question.arrival && day <= horizon {
                let causes = days.entry(day).or_default();
                if !causes.contains(&cause) {
                    causes.push(cause);
                }
            }
        };
        let next = |day: Date| day.tomorrow().unwrap_or(day);
        for pack in self.exports().chain([pack]) {
            // Export control goes by the day of departure: what begins on it touches the car that arrives a voyage later.
            let shift = |day: Date| match (pack.side, voyage) {
                (Side::Export, Some(voyage)) => day.saturating_add(voyage),
                _ => day,
            };
            let rules = pack
                .steps
                .iter()
                .flat_map(|step| &step.rules)
                .map(|rule| &rule.law);
            let laws = rules
                .chain(pack.checks.iter().map(|check| &check.law))
                .filter(|law: &&Law| law.standing != Standing::Superseded);
            for law in laws {
                let rule = || law.id.clone();
                if let Some(from) = law.from {
                    add(shift(from.first()), Cause::Begins { rule: rule() });
                    if !from.is_exact() {
                        add(shift(next(from.last())), Cause::Begins { rule: rule() });
                    }
                }
                if let Some(to) = law.to {
                    if !to.is_exact() {
                        add(shift(to.first()), Cause::Ends { rule: rule() });
                    }
                    add(shift(next(to.last())), Cause::Ends { rule: rule() });
                }
            }
        }
        for year in question.arrival.year()..=horizon.year() {
            add(date(year, 1, 1), Cause::NewYear);
        }
        for fact in ["manufactured", "first_registration"] {
            let Some(born) = question.car.date(fact) else {
                continue;
            };
            for start in [born.first(), born.last()] {
                // Bands of age begin on whole and half years, and on the day after.
                let months = (i32::from(question.arrival.year()) - i32::from(start.year())) * 12;
                let from = (months / 6 - 2).max(1);
                for half_year in from..from + 16 {
                    let day = start.saturating_add((half_year * 6).months());
                    let cause = || Cause::Birthday {
                        fact: fact.to_owned(),
                    };
                    add(day, cause());
                    add(next(day), cause());
                }
            }
        }
        days
    }
}

#[derive(PartialEq)]
struct State {
    status: Status,
    total: Option<Span>,
    known: Span,
    /// Checks that say anything, by rule.
    admission: BTreeMap<String, (String, Outcome)>,
}

impl State {
    fn of(verdict: &Verdict<'_>) -> Self {
        State {
            status: verdict.status,
            total: verdict.total,
            known: verdict.known,
            admission: verdict
                .findings
                .iter()
                .filter(|finding| finding.outcome > Outcome::NoLimit)
                .map(|finding| {
                    let id = format!("{}:{}", finding.country, finding.law.id);
                    (id, (finding.key.to_owned(), finding.outcome))
                })
                .collect(),
        }
    }
}
