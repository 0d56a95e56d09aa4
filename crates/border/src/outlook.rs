//! What would break a verdict: the next dates in the pack or in the car's life on which it changes.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use serde::Serialize;

use crate::evaluate::{Glance, Prepared, Question};
use crate::fact::Fault;
use crate::feel::Span;
use crate::pack::{Law, Pack, RuleSet, Side, Standing};
use crate::verdict::{Outcome, Status};

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
        let mut state = State::of(self.glance(pack, &prepared, &mut room));
        let mut outlook = Outlook {
            horizon,
            admission_holds_until: None,
            total_holds_until: None,
            breaks: Vec::new(),
        };
        let marks = self.marks(pack, question, voyage, horizon);
        for marks in marks.chunk_by(|a, b| a.0 == b.0) {
            let Some((day, _)) = marks.first().copied() else {
                continue;
            };
            let later = Question {
                // The voyage takes as long on another day.
                departure: voyage.map(|days| day.saturating_sub(days)),
                arrival: day,
                workings: false,
                ..*question
            };
            let next = State::of(self.glance(pack, &Prepared::of(&later), &mut room));
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
                .filter(|said| !state.admission.contains(said))
                .map(|said| (said.key.to_owned(), said.outcome))
                .collect();
            let mut causes = Vec::with_capacity(marks.len());
            for (_, mark) in marks {
                let cause = mark.cause();
                if !causes.contains(&cause) {
                    causes.push(cause);
                }
            }
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

    /// What could change anything, by day.
    fn marks<'a>(
        &'a self,
        pack: &'a Pack,
        question: &Question<'_>,
        voyage: Option<jiff::Span>,
        horizon: Date,
    ) -> Vec<(Date, Mark<'a>)> {
        let mut marks = Vec::new();
        let mut add = |day: Date, mark: Mark<'a>| {
            if day > question.arrival && day <= horizon {
                marks.push((day, mark));
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
                let rule = law.id.as_str();
                if let Some(from) = law.from {
                    add(shift(from.first()), Mark::Begins(rule));
                    if !from.is_exact() {
                        add(shift(next(from.last())), Mark::Begins(rule));
                    }
                }
                if let Some(to) = law.to {
                    if !to.is_exact() {
                        add(shift(to.first()), Mark::Ends(rule));
                    }
                    add(shift(next(to.last())), Mark::Ends(rule));
                }
            }
        }
        for year in question.arrival.year()..=horizon.year() {
            add(date(year, 1, 1), Mark::NewYear);
        }
        for fact in ["manufactured", "first_registration"] {
            let Some(born) = question.car.date(fact) else {
                continue;
            };
            let (first, last) = (born.first(), born.last());
            for start in [Some(first), (last != first).then_some(last)]
                .into_iter()
                .flatten()
            {
                // Bands of age begin on whole and half years, and on the day after.
                let months = (i32::from(question.arrival.year()) - i32::from(start.year())) * 12;
                let from = (months / 6 - 2).max(1);
                for half_year in from..from + 16 {
                    let day = start.saturating_add((half_year * 6).months());
                    if day > horizon {
                        break;
                    }
                    add(day, Mark::Birthday(fact));
                    add(next(day), Mark::Birthday(fact));
                }
            }
        }
        marks.sort_by_key(|(day, _)| *day);
        marks
    }
}

/// A cause that borrows its words, until it is known that it changes something.
#[derive(Clone, Copy)]
enum Mark<'a> {
    Begins(&'a str),
    Ends(&'a str),
    Birthday(&'static str),
    NewYear,
}

impl Mark<'_> {
    fn cause(self) -> Cause {
        match self {
            Mark::Begins(rule) => Cause::Begins {
                rule: rule.to_owned(),
            },
            Mark::Ends(rule) => Cause::Ends {
                rule: rule.to_owned(),
            },
            Mark::Birthday(fact) => Cause::Birthday {
                fact: fact.to_owned(),
            },
            Mark::NewYear => Cause::NewYear,
        }
    }
}

#[derive(PartialEq)]
struct State<'a> {
    status: Status,
    total: Option<Span>,
    known: Span,
    /// Checks that say anything, by country and rule.
    admission: Vec<Said<'a>>,
}

/// What a check says.
#[derive(PartialEq)]
struct Said<'a> {
    country: &'a str,
    rule: &'a str,
    key: &'a str,
    outcome: Outcome,
}

impl<'a> State<'a> {
    fn of(glance: Glance<'a>) -> Self {
        let mut admission: Vec<Said<'a>> = glance
            .findings
            .iter()
            .filter(|finding| finding.outcome > Outcome::NoLimit)
            .map(|finding| Said {
                country: finding.country,
                rule: &finding.law.id,
                key: finding.key,
                outcome: finding.outcome,
            })
            .collect();
        admission.sort_by_key(|said| (said.country, said.rule));
        State {
            status: glance.status,
            total: glance.total,
            known: glance.known,
            admission,
        }
    }
}
