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

/// A day on which a rule begins or ends to hold, or to hold surely.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    pub(crate) day: Date,
    /// Whether it has to do with the first day of the rule; else with the last.
    pub(crate) begins: bool,
    at: At,
}

#[derive(Clone, Copy, Debug)]
enum At {
    Rule(usize, usize),
    Check(usize),
}

/// How a pack looks at a name whose value passes.
#[derive(Clone, Debug, PartialEq)]
enum Look {
    /// It only compares it with these numbers.
    Compared(Vec<Decimal>),
    /// Any other value may make a difference.
    AnyChange,
}

/// What a pack looks at that passes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Passing {
    /// In the order of days; those of one day in the order of the pack.
    edges: Vec<Edge>,
    /// The names that it looks at.
    looks: Vec<(usize, Look)>,
}

/// Where the values that pass lie on a day. On two days on which all of them lie alike, and between which no rule begins or
/// ends, a pack says the same of a car.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Reading(Vec<(usize, usize, Option<Value<'static>>)>);

impl Passing {
    pub(crate) fn of(pack: &Pack) -> Passing {
        Passing {
            edges: edges(pack),
            looks: looks(pack),
        }
    }

    /// The edges from after one day to another.
    pub(crate) fn edges(&self, after: Date, until: Date) -> &[Edge] {
        let from = self.edges.partition_point(|edge| edge.day <= after);
        let to = self.edges.partition_point(|edge| edge.day <= until);
        self.edges.get(from..to).unwrap_or_default()
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
    /// The rule of which it is one, in the pack that it is of.
    pub(crate) fn rule<'a>(&self, pack: &'a Pack) -> &'a str {
        let law = match self.at {
            At::Rule(step, rule) => pack
                .steps
                .get(step)
                .and_then(|step| step.rules.get(rule))
                .map(|rule| &rule.law),
            At::Check(check) => pack.checks.get(check).map(|check| &check.law),
        };
        law.map_or("", |law| &law.id)
    }
}

fn edges(pack: &Pack) -> Vec<Edge> {
    let mut edges = Vec::new();
    let next = |day: Date| day.tomorrow().unwrap_or(day);
    let mut of = |law: &Law, at: At| {
        if law.standing == Standing::Superseded {
            return;
        }
        let mut add = |day: Date, begins: bool| edges.push(Edge { day, begins, at });
        if let Some(from) = law.from {
            add(from.first(), true);
            if !from.is_exact() {
                add(next(from.last()), true);
            }
        }
        if let Some(to) = law.to {
            if !to.is_exact() {
                add(to.first(), false);
            }
            add(next(to.last()), false);
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

fn looks(pack: &Pack) -> Vec<(usize, Look)> {
    let mut looks: Vec<(usize, Look)> = PASSING
        .iter()
        .map(|name| (*name, Look::Compared(Vec::new())))
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
        if let Look::Compared(numbers) = look {
            numbers.sort_unstable();
            numbers.dedup();
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
            Bound::Number(number) => compared(*name, number, looks),
            Bound::Day(_) => any_change(*name, looks),
        }
    }
}

/// Notes how a formula looks at what passes.
fn looked_at(expr: &Expr, looks: &mut [(usize, Look)]) {
    match expr {
        Expr::Name(name) => any_change(*name, looks),
        Expr::Binary(op, both) => match (compares(*op), &**both) {
            (true, [Expr::Name(name), Expr::Number(number)] | [Expr::Number(number), Expr::Name(name)]) => {
                compared(*name, *number, looks);
            }
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
