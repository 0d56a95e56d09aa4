//! What of a pack changes as days pass: the first and last days of its rules, and the ages at which its conditions turn.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::{Check, Law, Pack, Standing};
use crate::decimal::order;
use crate::fact::slot;
use crate::feel::{Bound, Expr, Op, Slot, Test, Value};

/// The names whose values are others on another day of arrival.
const PASSING: [usize; 7] = [
    slot::AGE,
    slot::AGE_REGISTERED,
    slot::AGE_CALENDAR,
    slot::AGE_CALENDAR_REGISTERED,
    slot::AGE_MODEL_YEAR,
    slot::AGE_ANY,
    slot::ARRIVAL,
];

/// A day on which a rule begins or ends to hold, or to hold surely, or with which it compares the arrival.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub(crate) day: Date,
    pub(crate) turn: Turn,
    at: At,
}

/// What a day has to do with a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// With its first day.
    Begins,
    /// With its last.
    Ends,
    /// With a day that its condition or table names.
    Named,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Step(usize),
    Rule(usize, usize),
    Check(usize),
}

/// How a pack looks at a name whose value passes.
#[derive(Clone, Debug, PartialEq)]
enum Look {
    /// It only compares it with these numbers.
    Compared(Vec<Decimal>),
    /// It only compares it with these days.
    ComparedByDay(Vec<Date>),
    /// Any other value may make a difference.
    AnyChange,
}

/// What a pack looks at that passes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passing {
    /// In the order of days; those of one day in the order of the pack.
    edges: Vec<Edge>,
    /// The days that it compares the arrival with, and those after, in the order of days.
    named: Vec<Edge>,
    /// The names that it looks at.
    looks: Vec<(usize, Look)>,
}

/// Where the values that pass lie on a day. On two days on which all of them lie alike, and between which no rule begins or
/// ends, a pack says the same of a car.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reading(Vec<(usize, usize, Option<Value<'static>>)>);

impl Passing {
    pub(crate) fn of(pack: &Pack) -> Passing {
        let named = named(pack);
        Passing {
            edges: edges(pack),
            looks: looks(pack, &named),
            named,
        }
    }

    /// The edges from after one day to another.
    pub(crate) fn edges(&self, after: Date, until: Date) -> &[Edge] {
        between(&self.edges, after, until)
    }

    /// The days from after one day to another that it compares the arrival with. Export control, too, names days of arrival.
    pub(crate) fn named(&self, after: Date, until: Date) -> &[Edge] {
        between(&self.named, after, until)
    }

    /// Adds where the values that the pack looks at lie.
    pub(crate) fn read(&self, names: &[Value<'_>], reading: &mut Reading) {
        for (name, look) in &self.looks {
            let value = names.get(*name).copied();
            let of = |numbers: &[Decimal], number: Decimal| {
                let below = numbers.partition_point(|edge| order(*edge, number).is_lt());
                let on = numbers
                    .get(below)
                    .is_some_and(|edge| order(*edge, number).is_eq());
                below * 2 + usize::from(on)
            };
            reading.0.push(match (look, value) {
                (Look::ComparedByDay(days), Some(Value::Date(day))) => {
                    let below = days.partition_point(|edge| *edge < day);
                    (below, usize::from(days.get(below) == Some(&day)), None)
                }
                (Look::Compared(numbers), Some(Value::Number(number))) => {
                    let span = number.span();
                    (of(numbers, span.low), of(numbers, span.high), None)
                }
                (_, Some(Value::Number(number))) => (0, 0, Some(Value::Number(number))),
                (_, Some(Value::Date(day))) => (0, 0, Some(Value::Date(day))),
                // Not known, and so on every other day.
                _ => (0, 0, None),
            });
        }
    }
}

impl Reading {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Edge {
    /// Whether it is a step's own and no rule's.
    pub(crate) fn is_of_step(&self) -> bool {
        matches!(self.at, At::Step(_))
    }

    /// The rule of which it is one, in the pack that it is of; the step whose own condition or formula names the day.
    pub(crate) fn rule<'a>(&self, pack: &'a Pack) -> &'a str {
        match self.at {
            At::Step(step) => pack.steps.get(step).map_or("", |step| &step.name),
            _ => self.law(pack).map_or("", |law| &law.id),
        }
    }

    fn law<'a>(&self, pack: &'a Pack) -> Option<&'a Law> {
        match self.at {
            At::Step(_) => None,
            At::Rule(step, rule) => pack
                .steps
                .get(step)
                .and_then(|step| step.rules.get(rule))
                .map(|rule| &rule.law),
            At::Check(check) => pack.checks.get(check).map(|check| &check.law),
        }
    }

    /// Whether no act names the day: it is where our tables begin or end.
    pub(crate) fn is_assumed(&self, pack: &Pack) -> bool {
        self.law(pack).is_some_and(|law| match self.turn {
            Turn::Begins => law.assumes_start(),
            Turn::Ends => law.assumes_end(),
            Turn::Named => false,
        })
    }
}

fn between(edges: &[Edge], after: Date, until: Date) -> &[Edge] {
    let from = edges.partition_point(|edge| edge.day <= after);
    let to = edges.partition_point(|edge| edge.day <= until);
    edges.get(from..to).unwrap_or_default()
}

fn next(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

/// What steps, rules and checks compare the arrival with. The day after belongs to it: a bound may be the last day of a row.
fn named(pack: &Pack) -> Vec<Edge> {
    let mut named: Vec<Edge> = Vec::new();
    let mut add = |day: Date, at: At| {
        for day in [day, next(day)] {
            if !named.iter().any(|known| (known.day, known.at) == (day, at)) {
                named.push(Edge {
                    day,
                    turn: Turn::Named,
                    at,
                });
            }
        }
    };
    let mut of = |expr: &Expr, test: Option<&Test>, at: At| {
        let mut names = Vec::new();
        expr.names(&mut names);
        if !names.iter().any(|name| usize::from(*name) == slot::ARRIVAL) {
            return;
        }
        let mut days = Vec::new();
        expr.days(&mut days);
        let mut bounds = Vec::new();
        if let Some(test) = test {
            test.bounds(&mut bounds);
        }
        days.extend(bounds.iter().filter_map(|bound| match bound {
            Bound::Day(day) => Some(*day),
            Bound::Number(_) => None,
        }));
        days.into_iter().for_each(|day| add(day, at));
    };
    for (at, step) in pack.steps.iter().enumerate() {
        for expr in [&step.when, &step.base, &step.otherwise]
            .into_iter()
            .flatten()
            .chain([&step.formula])
        {
            of(expr, None, At::Step(at));
        }
        for (number, rule) in step.rules.iter().enumerate() {
            let values = rule.rows.iter().flat_map(|row| row.values.iter().flatten());
            for expr in rule.when.iter().chain(values) {
                of(expr, None, At::Rule(at, number));
            }
            for row in &rule.rows {
                for ((_, expr), test) in step.tests.iter().zip(&row.tests) {
                    of(expr, Some(test), At::Rule(at, number));
                }
            }
        }
    }
    for (at, check) in pack.checks.iter().enumerate() {
        if let Some(when) = &check.when {
            of(when, None, At::Check(at));
        }
        if let Some(fact) = &check.fact {
            of(fact, Some(&check.test), At::Check(at));
        }
    }
    named.sort_by_key(|edge| edge.day);
    named
}

fn edges(pack: &Pack) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut of = |law: &Law, at: At| {
        if law.standing == Standing::Superseded {
            return;
        }
        let mut add = |day: Date, turn: Turn| edges.push(Edge { day, turn, at });
        if let Some(from) = law.from {
            add(from.first(), Turn::Begins);
            if !from.is_exact() {
                add(next(from.last()), Turn::Begins);
            }
        }
        if let Some(to) = law.to {
            if !to.is_exact() {
                add(to.first(), Turn::Ends);
            }
            add(next(to.last()), Turn::Ends);
        }
    };
    for (step, rules) in pack.steps.iter().map(|step| &step.rules).enumerate() {
        for (rule, law) in rules.iter().map(|rule| &rule.law).enumerate() {
            of(law, At::Rule(step, rule));
        }
    }
    for (check, law) in pack.checks.iter().map(|check| &check.law).enumerate() {
        of(law, At::Check(check));
    }
    edges.sort_by_key(|edge| edge.day);
    edges
}

fn looks(pack: &Pack, named: &[Edge]) -> Vec<(usize, Look)> {
    let mut looks: Vec<(usize, Look)> = PASSING
        .iter()
        .map(|name| match *name {
            slot::ARRIVAL => Look::ComparedByDay(named.iter().map(|edge| edge.day).collect()),
            _ => Look::Compared(Vec::new()),
        })
        .zip(PASSING)
        .map(|(look, name)| (name, look))
        .collect();
    let mut used = Vec::new();
    for step in &pack.steps {
        let rows = || step.rules.iter().flat_map(|rule| &rule.rows);
        let formulas = [&step.when, &step.base, &step.otherwise]
            .into_iter()
            .flatten()
            .chain([&step.formula])
            .chain(step.rules.iter().filter_map(|rule| rule.when.as_ref()))
            .chain(rows().flat_map(|row| row.values.iter().flatten()));
        for formula in formulas {
            used.push(formula);
            looked_at(formula, &mut looks);
        }
        for (column, (_, expr)) in step.tests.iter().enumerate() {
            used.push(expr);
            tested(expr, rows().filter_map(|row| row.tests.get(column)), &mut looks);
        }
    }
    for Check { when, fact, test, .. } in &pack.checks {
        if let Some(when) = when {
            used.push(when);
            looked_at(when, &mut looks);
        }
        if let Some(fact) = fact {
            used.push(fact);
            tested(fact, [test].into_iter(), &mut looks);
        }
    }
    let mut names = Vec::new();
    used.iter().for_each(|expr| expr.names(&mut names));
    looks.retain(|(name, _)| names.iter().any(|used| usize::from(*used) == *name));
    for (_, look) in &mut looks {
        match look {
            Look::Compared(numbers) => {
                numbers.sort_unstable();
                numbers.dedup();
            }
            Look::ComparedByDay(days) => {
                days.sort_unstable();
                days.dedup();
            }
            Look::AnyChange => {}
        }
    }
    looks
}

/// Notes the numbers with which a table compares what it looks at.
fn tested<'a>(expr: &Expr, tests: impl Iterator<Item = &'a Test>, looks: &mut [(usize, Look)]) {
    let Expr::Name(name) = expr else {
        looked_at(expr, looks);
        return;
    };
    let mut bounds = Vec::new();
    tests.for_each(|test| test.bounds(&mut bounds));
    for bound in bounds {
        match bound {
            Bound::Number(number) => compared(*name, number.decimal(), looks),
            // Of the arrival all days are known; nothing else that passes is a day.
            Bound::Day(_) => {}
        }
    }
}

/// Notes how a formula looks at what passes.
fn looked_at(expr: &Expr, looks: &mut [(usize, Look)]) {
    match expr {
        Expr::Name(name) => any_change(*name, looks),
        Expr::Binary(op, both) => match (compares(*op), &**both) {
            (true, [Expr::Name(name), Expr::Number(number)] | [Expr::Number(number), Expr::Name(name)]) => {
                compared(*name, number.decimal(), looks);
            }
            // Of the arrival all days are known; nothing else that passes is a day.
            (true, [Expr::Name(_), Expr::Date(_)] | [Expr::Date(_), Expr::Name(_)]) => {}
            _ => both.iter().for_each(|e| looked_at(e, looks)),
        },
        Expr::Negative(inner) => looked_at(inner, looks),
        Expr::If(three) => three.iter().for_each(|e| looked_at(e, looks)),
        Expr::In(one, of) => {
            looked_at(one, looks);
            of.iter().for_each(|e| looked_at(e, looks));
        }
        Expr::Call(_, arguments) => arguments.iter().for_each(|e| looked_at(e, looks)),
        Expr::Number(_) | Expr::Text(_) | Expr::Bool(_) | Expr::Date(_) => {}
    }
}

fn compares(op: Op) -> bool {
    match op {
        Op::Below | Op::AtMost | Op::Above | Op::AtLeast | Op::Equals | Op::Differs => true,
        Op::Plus | Op::Minus | Op::Times | Op::Over | Op::And | Op::Or => false,
    }
}

fn compared(name: Slot, number: Decimal, looks: &mut [(usize, Look)]) {
    for (passing, look) in looks {
        if *passing == usize::from(name)
            && let Look::Compared(numbers) = look
        {
            numbers.push(number);
        }
    }
}

fn any_change(name: Slot, looks: &mut [(usize, Look)]) {
    for (passing, look) in looks {
        if *passing == usize::from(name) {
            *look = Look::AnyChange;
        }
    }
}
