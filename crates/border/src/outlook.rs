//! What would break a verdict: the next dates in the pack or in the car's life on which it changes.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use serde::Serialize;

use crate::date::LAST_YEAR;
use crate::evaluate::{Glance, Question};
use crate::fact::Fault;
use crate::feel::{Span, Value};
use crate::pack::{Edge, Pack, Reading, RuleSet, Step, StepKind, Turn};
use crate::verdict::{Line, Outcome, Status};

/// Why a day may change a verdict.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Cause {
    /// A rule enters into force.
    Begins {
        /// The rule.
        rule: String,
        /// Whether no act names the day, and it is only where our tables begin.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        assumed: bool,
    },
    /// The day before was the last of a rule.
    Ends {
        /// The rule.
        rule: String,
        /// Whether no act names the day, and it is only where our tables end.
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        assumed: bool,
    },
    /// A condition or a table names this day.
    Day {
        /// Whose it is: a rule, or a step where the condition is the step's own.
        about: String,
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
    /// Charges that are others from then on.
    pub lines: Vec<LineBreak>,
}

/// A charge before and after a day, in local currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineBreak {
    /// The name of its step.
    pub step: String,
    /// Its title.
    pub title: String,
    /// The day before; nothing if it is withheld, zero if it is not due.
    pub before: Option<Span>,
    /// From then on.
    pub after: Option<Span>,
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
        let question = &Question {
            workings: false,
            ..*question
        };
        let mut prepared = question.prepare()?;
        let way_named = prepared.way_named;
        let ahead = question.arrival.saturating_add(i64::from(days).days());
        // No car is taken to arrive later.
        let horizon = ahead.min(date(LAST_YEAR, 12, 31));
        let mut room = Vec::new();
        let voyage = question.departure.map(|departure| question.arrival - departure);
        let mut state = State::of(self.glance(pack, &prepared, &mut room));
        let (mut reading, mut last) = (Reading::default(), Reading::default());
        // Export control looks at the car as it arrives too; only its rules are taken as of the departure.
        let read = |names: &[Value<'_>], reading: &mut Reading| {
            reading.clear();
            pack.passing.read(names, reading);
            for (export, _) in self.controls(pack, way_named) {
                export.passing.read(names, reading);
            }
        };
        if let Some(names) = prepared.names() {
            read(names, &mut last);
        }
        let mut outlook = Outlook {
            horizon,
            admission_holds_until: None,
            total_holds_until: None,
            breaks: Vec::new(),
        };
        let marks = self.marks(pack, question, voyage, horizon, way_named);
        for marks in marks.chunk_by(|a, b| a.day == b.day) {
            let Some(day) = marks.first().map(|mark| mark.day) else {
                continue;
            };
            // The voyage takes as long on another day.
            prepared.on(voyage.map(|days| day.saturating_sub(days)), day);
            // Whether the car is past an age that the rules look at; unknown where its dates are not exact.
            let mut grows_older = None;
            if let Some(names) = prepared.names() {
                read(names, &mut reading);
                grows_older = Some(reading != last);
                let as_before = reading == last && marks.iter().all(|mark| !mark.changes_rules);
                std::mem::swap(&mut reading, &mut last);
                if as_before {
                    continue;
                }
            }
            let next = State::of(self.glance(pack, &prepared, &mut room));
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
            let causes = causes(marks, &state, &next, grows_older);
            let lines = turned(&state.lines, &next.lines)
                .filter(|(step, ..)| step.kind == StepKind::Charge)
                .map(|(step, before, after)| LineBreak {
                    step: step.name.clone(),
                    title: step.title.clone(),
                    before,
                    after,
                })
                .collect();
            outlook.breaks.push(Break {
                date: day,
                causes,
                status: next.status,
                total: next.total,
                findings,
                lines,
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
        way_named: bool,
    ) -> Vec<Mark<'a>> {
        let mut marks = Vec::with_capacity(32);
        let arrival = question.arrival;
        for export in self.exports() {
            let may_touch = self
                .controls(pack, way_named)
                .any(|(control, _)| std::ptr::eq(control, export));
            // Export control goes by the day of departure: what begins on it touches the car that arrives a voyage later.
            let leaves = |day: Date| voyage.map_or(day, |voyage| day.saturating_sub(voyage));
            let arrives = |day: Date| voyage.map_or(day, |voyage| day.saturating_add(voyage));
            for edge in export.passing.edges(leaves(arrival), leaves(horizon)) {
                marks.push(Mark::of_rule(edge, export, arrives(edge.day), may_touch));
            }
            for edge in export.passing.named(arrival, horizon) {
                marks.push(Mark::of_rule(edge, export, edge.day, may_touch));
            }
        }
        let passing = &pack.passing;
        for edge in (passing.edges(arrival, horizon).iter()).chain(passing.named(arrival, horizon)) {
            marks.push(Mark::of_rule(edge, pack, edge.day, true));
        }
        let mut add = |day: Date, event: Event<'a>| {
            if day > arrival && day <= horizon {
                marks.push(Mark {
                    day,
                    event,
                    changes_rules: false,
                });
            }
        };
        for year in arrival.year()..=horizon.year() {
            add(date(year, 1, 1), Event::NewYear);
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
                for day in half_birthdays(start, arrival).take_while(|day| *day <= horizon) {
                    add(day, Event::Birthday(fact));
                    // Bands of age begin on whole and half years, and on the day after.
                    add(day.tomorrow().unwrap_or(day), Event::Birthday(fact));
                }
            }
        }
        marks.sort_by_key(|mark| mark.day);
        marks
    }
}

/// The days on which whole and half years since a day are complete, from about a year before another day on, for eight years.
fn half_birthdays(born: Date, around: Date) -> impl Iterator<Item = Date> {
    let years = i32::from(around.year()) - i32::from(born.year());
    let from = (years * 2 - 2).max(1);
    (from..from + 16).filter_map(move |half_years| {
        let months = i32::from(born.month()) - 1 + half_years * 6;
        let year = i16::try_from(i32::from(born.year()) + months / 12).ok()?;
        let first = Date::new(year, i8::try_from(months % 12 + 1).ok()?, 1).ok()?;
        // A shorter month is complete on its last day.
        Date::new(year, first.month(), born.day().min(first.days_in_month())).ok()
    })
}

/// A day on which a verdict may change.
struct Mark<'a> {
    day: Date,
    event: Event<'a>,
    /// Whether a rule that may touch the car begins or ends.
    changes_rules: bool,
}

impl<'a> Mark<'a> {
    fn of_rule(edge: &Edge, pack: &'a Pack, day: Date, changes_rules: bool) -> Self {
        let rule = edge.rule(pack);
        Mark {
            day,
            event: match (edge.turn, edge.is_of_step()) {
                (Turn::Begins, _) => Event::Begins(rule, edge.is_assumed(pack)),
                (Turn::Ends, _) => Event::Ends(rule, edge.is_assumed(pack)),
                (Turn::Named, false) => Event::Day(rule),
                (Turn::Named, true) => Event::DayOfStep(rule),
            },
            changes_rules,
        }
    }
}

/// A cause that borrows its words, until it is known that it changes something.
#[derive(Clone, Copy)]
enum Event<'a> {
    /// A rule, and whether its first day is assumed.
    Begins(&'a str, bool),
    /// A rule, and whether its last day is assumed.
    Ends(&'a str, bool),
    Day(&'a str),
    DayOfStep(&'a str),
    Birthday(&'static str),
    NewYear,
}

impl Event<'_> {
    fn cause(self) -> Cause {
        match self {
            Event::Begins(rule, assumed) => Cause::Begins {
                rule: rule.to_owned(),
                assumed,
            },
            Event::Ends(rule, assumed) => Cause::Ends {
                rule: rule.to_owned(),
                assumed,
            },
            Event::Day(about) | Event::DayOfStep(about) => Cause::Day {
                about: about.to_owned(),
            },
            Event::Birthday(fact) => Cause::Birthday {
                fact: fact.to_owned(),
            },
            Event::NewYear => Cause::NewYear,
        }
    }
}

struct State<'a> {
    status: Status,
    total: Option<Span>,
    known: Span,
    /// Checks that say anything, by country and rule.
    admission: Vec<Said<'a>>,
    /// What the sums are made of: looked at where something changes, not to see whether it does.
    lines: Vec<Line<'a>>,
}

impl PartialEq for State<'_> {
    fn eq(&self, other: &Self) -> bool {
        let of = |state: &Self| (state.status, state.total, state.known);
        of(self) == of(other) && self.admission == other.admission
    }
}

impl State<'_> {
    /// Whether a rule is behind any of it.
    fn rests_on(&self, rule: &str) -> bool {
        self.admission.iter().any(|said| said.rule == rule)
            || self
                .lines
                .iter()
                .flat_map(|line| &line.rules)
                .any(|used| used.law().id == rule)
    }
}

/// The steps whose amounts differ, with both. What is not due has no line, and costs nothing.
fn turned<'s, 'a>(
    before: &'s [Line<'a>],
    after: &'s [Line<'a>],
) -> impl Iterator<Item = (&'a Step, Option<Span>, Option<Span>)> {
    let of = |lines: &'s [Line<'a>], step: &'a Step| {
        let line = lines.iter().find(|line| std::ptr::eq(line.step, step));
        line.map_or(Some(Span::exact(Decimal::ZERO)), Line::amount)
    };
    let gone = before
        .iter()
        .filter(move |line| !after.iter().any(|other| std::ptr::eq(other.step, line.step)));
    after
        .iter()
        .chain(gone)
        .map(move |line| (line.step, of(before, line.step), of(after, line.step)))
        .filter(|(_, before, after)| before != after)
}

/// What of a day's events changes the verdict: of the rules that begin or end those that it rests on, and the car's age if it
/// is past one that the rules look at. All of them if it cannot be told.
fn causes(
    marks: &[Mark<'_>],
    before: &State<'_>,
    after: &State<'_>,
    grows_older: Option<bool>,
) -> Vec<Cause> {
    let mut all = Vec::with_capacity(marks.len());
    let mut found = Vec::new();
    for event in marks.iter().map(|mark| mark.event) {
        let cause = event.cause();
        if all.contains(&cause) {
            continue;
        }
        let matters = match event {
            Event::Begins(rule, _) => after.rests_on(rule),
            Event::Ends(rule, _) => before.rests_on(rule),
            Event::Day(rule) => before.rests_on(rule) || after.rests_on(rule),
            Event::DayOfStep(_) => true,
            Event::Birthday(_) | Event::NewYear => grows_older != Some(false),
        };
        if matters {
            found.push(cause.clone());
        }
        all.push(cause);
    }
    if found.is_empty() { all } else { found }
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
                country: finding.country(),
                rule: &finding.law().id,
                key: finding.key(),
                outcome: finding.outcome,
            })
            .collect();
        admission.sort_by_key(|said| (said.country, said.rule));
        State {
            status: glance.status,
            total: glance.total,
            known: glance.known,
            admission,
            lines: glance.lines,
        }
    }
}
