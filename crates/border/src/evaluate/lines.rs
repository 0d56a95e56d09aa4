//! What is due, step by step, by every rule that could apply.

use rust_decimal::Decimal;

use super::context::Context;
use super::push;
use crate::decimal::{Short, rounded};
use crate::feel::{Expr, Number, Tri, Value, eval};
use crate::pack::{Force, Left, Row, Rule, Standing, Step, StepKind, Term};
use crate::verdict::{Line, RuleUse, Why};

/// What a step's table looks at, which of its rows that leaves over, and how its conditions came out so far.
struct Cells<'a> {
    values: Vec<Value<'a>>,
    left: Left,
    conditions: Vec<Option<Tri>>,
}

impl Cells<'_> {
    /// Whether a row is for this case, of which its rule's own condition says `when`.
    fn fit(&self, row: &Row, when: Tri) -> Tri {
        let mut fits = when;
        for (test, value) in row.tests.iter().zip(&self.values) {
            fits = fits.and(test.passes(*value));
            if fits == Tri::No {
                break;
            }
        }
        fits
    }
}

impl<'a> Context<'a, '_> {
    /// The calculation step by step. Each step's value gets its name, for those that follow.
    pub(super) fn lines(&mut self) -> Vec<Line<'a>> {
        let mut lines = Vec::with_capacity(self.pack.steps.len());
        let mut cells = Cells {
            values: Vec::with_capacity(self.pack.widest),
            left: Left::default(),
            conditions: vec![None; self.pack.conditions.len()],
        };
        for step in &self.pack.steps {
            let value = if step.kind == StepKind::Condition {
                eval(&step.formula, &self.names)
            } else if let Some(given) = self.given(step.slot) {
                let line = lines.push_mut(Line::of(step));
                line.given = true;
                line.amount = self.due_as_given(given, step, &mut line.why);
                line.amount.map_or(Value::Unknown(step.slot), Value::Number)
            } else {
                match self.condition(step.condition, &mut cells) {
                    // It is not due in this case, and has no line.
                    Tri::No => Value::Number(Number::Short(Short::ZERO)),
                    when => {
                        // Worked out where it stays: a line is some three hundred bytes.
                        let line = lines.push_mut(Line::of(step));
                        line.amount = self.step(step, when, &mut cells, line);
                        line.amount.map_or(Value::Unknown(step.slot), Value::Number)
                    }
                }
            };
            self.names[usize::from(step.slot)] = value;
        }
        lines
    }

    /// What somebody gave for a step; none if it could not be made an amount.
    fn due_as_given(&self, given: Value<'a>, step: &Step, why: &mut Vec<Why<'a>>) -> Option<Number> {
        match given {
            Value::Number(number) => {
                let due = due(number, step.round);
                if due.is_none() {
                    why.push(Why::BelowZero);
                }
                due
            }
            Value::Unknown(at) => {
                why.push(self.why(at));
                None
            }
            _ => None,
        }
    }

    /// What is due by a step whose condition says `when`; none if it is not known.
    fn step(
        &mut self,
        step: &'a Step,
        when: Tri,
        cells: &mut Cells<'a>,
        line: &mut Line<'a>,
    ) -> Option<Number> {
        if let Some(base) = &step.base {
            let base = eval(base, &self.names);
            self.names[usize::from(step.base_slot)] = base;
            if let Value::Number(number) = base {
                line.base = Some(number);
            }
        }
        let mut amount = if step.rules.is_empty() {
            let amount = match self.amount(&step.formula, step.round) {
                Ok(amount) => Some(amount),
                Err(why) => {
                    line.why.push(why);
                    None
                }
            };
            line.working = self.spell(step);
            amount
        } else {
            self.by_rules(step, cells, line)
        };
        if amount.is_some_and(|number| !number.is_exact()) {
            self.rests_on(step, &mut line.why);
        }
        if let Tri::Unknown(at) = when {
            // It may not be due at all.
            push(&mut line.why, self.why(at));
            amount = amount.map(|number| number.hull(Decimal::ZERO.into()));
        }
        amount
    }

    fn by_rules(&mut self, step: &'a Step, cells: &mut Cells<'a>, line: &mut Line<'a>) -> Option<Number> {
        let mut settled = false;
        let mut firm = false;
        let mut missing = false;
        let mut amount: Option<Number> = None;
        let mut include = |one: Option<Number>| {
            missing |= one.is_none();
            amount = match (amount, one) {
                (Some(a), Some(b)) => Some(a.hull(b)),
                (a, b) => a.or(b),
            };
        };
        cells.values.clear();
        cells
            .values
            .extend(step.tests.iter().map(|(_, expr)| eval(expr, &self.names)));
        step.sieve.sieve(&cells.values, &mut cells.left);
        for (at, term) in step.terms.iter().enumerate() {
            let force = term.days.on(self.day);
            if force == Force::No {
                continue;
            }
            let Term { rows, .. } = term;
            let mut next = cells.left.first(rows.clone());
            if next.is_none() {
                continue;
            }
            let when = self.condition(term.condition, cells);
            if when == Tri::No {
                continue;
            }
            let Some(rule) = step.rules.get(at) else {
                continue;
            };
            while let Some(row) = next.and_then(|at| rule.rows.get(at - rows.start)) {
                next = next.and_then(|at| cells.left.first(at + 1..rows.end));
                let fits = cells.fit(row, when);
                if fits == Tri::No {
                    continue;
                }
                self.note(rule, force, fits, line);
                settled |= fits == Tri::Yes && force == Force::Yes;
                firm |= matches!(rule.law.standing, Standing::InForce | Standing::Suspended);
                let one = match self.row(step, rule, row) {
                    Ok(one) => Some(one),
                    Err(why) => {
                        push(&mut line.why, why);
                        None
                    }
                };
                include(one);
                line.rules.push(RuleUse {
                    rule,
                    used: row,
                    doubtful: term.doubtful,
                    amount: one,
                    working: self.spell(step),
                });
            }
        }
        // What is only proposed may also not be due; what is settled by no rule may be as the pack says otherwise.
        let proposed_only = !line.rules.is_empty() && !firm;
        if !settled || proposed_only {
            match &step.otherwise {
                Some(otherwise) => match self.amount(otherwise, step.round) {
                    Ok(other) => include(Some(other)),
                    Err(why) => {
                        line.why.push(why);
                        include(None);
                    }
                },
                None if line.rules.is_empty() => {
                    include(None);
                    line.why.push(Why::NoRule { step: &step.name });
                }
                None if proposed_only => {
                    amount = amount.map(|number| number.hull(Decimal::ZERO.into()));
                }
                None => {}
            }
        }
        if line.rules.len() > 1 {
            disagree(line);
        }
        amount.filter(|_| !missing)
    }

    /// Whether a condition of the pack holds. Each is tried once.
    fn condition(&self, at: Option<usize>, cells: &mut Cells<'_>) -> Tri {
        let Some(at) = at else {
            return Tri::Yes;
        };
        if let Some(Some(tried)) = cells.conditions.get(at) {
            return *tried;
        }
        let holds = match self.pack.conditions.get(at) {
            Some(condition) => condition.holds(&self.names),
            None => Tri::Yes,
        };
        if let Some(tried) = cells.conditions.get_mut(at) {
            *tried = Some(holds);
        }
        holds
    }

    /// Names the earlier steps that are ranges and so make this one a range.
    fn rests_on(&self, step: &'a Step, why: &mut Vec<Why<'a>>) {
        for earlier in step.rests_on.iter().filter_map(|at| self.pack.steps.get(*at)) {
            if let Value::Number(number) = self.names[usize::from(earlier.slot)]
                && !number.is_exact()
            {
                push(why, Why::DependsOn { step: &earlier.name });
            }
        }
    }

    /// What makes a rule's row less than certain.
    fn note(&self, rule: &'a Rule, force: Force, fits: Tri, line: &mut Line<'a>) {
        let id = rule.law.id.as_str();
        if let Tri::Unknown(at) = fits {
            push(&mut line.why, self.why(at));
        }
        if force == Force::Perhaps {
            push(&mut line.why, Why::DayNotRead { rule: id });
        }
        match rule.law.standing {
            Standing::Quota => push(&mut line.why, Why::Quota { rule: id }),
            Standing::Proposed | Standing::Unverified => push(&mut line.why, Why::Proposed { rule: id }),
            Standing::InForce | Standing::Suspended | Standing::Superseded => {}
        }
    }

    fn row(&mut self, step: &'a Step, rule: &'a Rule, row: &'a Row) -> Result<Number, Why<'a>> {
        for ((_, at), value) in step.columns.iter().zip(&row.values) {
            self.names[usize::from(*at)] = match value {
                Some(expr) => eval(expr, &self.names),
                None => Value::Unknown(*at),
            };
        }
        self.amount(&step.formula, step.round).map_err(|why| match why {
            // A column without a value is the rule's gap, not a question to the user.
            Why::NotGiven { name, .. } if step.columns.iter().any(|(column, _)| column == name) => {
                Why::NoValue { rule: &rule.law.id }
            }
            why => why,
        })
    }

    fn amount(&self, formula: &'a Expr, round: u32) -> Result<Number, Why<'a>> {
        match eval(formula, &self.names) {
            Value::Number(number) => due(number, round).ok_or(Why::BelowZero),
            Value::Unknown(at) => Err(self.why(at)),
            Value::Null => Err(Why::DoesNotApply),
            _ => Err(Why::Arithmetic),
        }
    }

    /// A step's formula with its numbers, if they are asked for: `0.15 × (176234.10 + 17623.41)`.
    fn spell(&self, step: &Step) -> Option<Box<str>> {
        self.prepared.question.workings.then(|| self.spelled(step))
    }

    #[cold]
    fn spelled(&self, step: &Step) -> Box<str> {
        crate::working::spell(&step.formula, &self.names, self.pack).into_boxed_str()
    }
}

/// Says so if rules that are in force give different amounts.
fn disagree(line: &mut Line<'_>) {
    let mut ids: Vec<&str> = Vec::new();
    for used in &line.rules {
        // A rule whose first day was not read disagrees all the same.
        if matches!(used.rule.law.standing, Standing::InForce) && !ids.contains(&used.rule.law.id.as_str()) {
            ids.push(&used.rule.law.id);
        }
    }
    let differ = line
        .rules
        .windows(2)
        .any(|pair| pair[0].amount() != pair[1].amount());
    if ids.len() > 1 && differ && line.rules.iter().any(|used| !used.rule.law.disputes.is_empty()) {
        push(&mut line.why, Why::Disagree { rules: ids });
    }
}

/// An amount to so many decimals. None exists below zero: a formula that gives one is wrong, or was given what is, and that
/// nothing is due would be a guess. Where the law stops at zero, the formula says `max(0, …)`.
#[inline]
fn due(number: Number, decimals: u32) -> Option<Number> {
    match number {
        Number::Short(short) if short.is_negative() => None,
        Number::Short(short) => Some(Number::Short(short.rounded(decimals))),
        Number::Long(_) if number.span().low < Decimal::ZERO => None,
        Number::Long(_) => Some(number.each(|number| rounded(number, decimals))),
    }
}
