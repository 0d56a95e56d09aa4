//! What is due, step by step, by every rule that could apply.

use rust_decimal::Decimal;

use super::context::Context;
use super::push;
use crate::decimal::{Short, rounded};
use crate::fact::FIRST_OWN;
use crate::feel::{Expr, Number, Tri, Value, eval, looked_up, short};
use crate::pack::{Force, Left, Row, Rule, Standing, Step, StepKind, Term};
use crate::verdict::{Line, RuleUse, Why};

/// How many conditions of a pack are remembered; what has more is tried anew for each rule.
const REMEMBERED: usize = 32;

/// Which rows of a step's table what it looks at leaves over, and how the pack's conditions came out so far.
struct Tried {
    left: Left,
    conditions: [Option<Tri>; REMEMBERED],
}

impl<'a> Context<'a, '_> {
    /// The calculation step by step. Each step's value gets its name, for those that follow.
    pub(super) fn lines(&mut self) -> Vec<Line<'a>> {
        let mut lines = Vec::with_capacity(self.pack.steps.len());
        let mut tried = Tried {
            left: Left::default(),
            conditions: [None; REMEMBERED],
        };
        for step in &self.pack.steps {
            let value = if step.kind == StepKind::Condition {
                eval(&step.formula, &self.names)
            } else if let Some(given) = self.given(step.slot) {
                worked_out(&mut lines, step, |line| {
                    line.given = true;
                    line.amount = self.due_as_given(given, step, &mut line.why);
                })
            } else {
                match self.condition(step.condition, &mut tried) {
                    // It is not due in this case, and has no line.
                    Tri::No => Value::Number(Number::Short(Short::ZERO)),
                    when => worked_out(&mut lines, step, |line| self.step(step, when, &mut tried, line)),
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

    /// Works out what is due by a step whose condition says `when`.
    fn step(&mut self, step: &'a Step, when: Tri, tried: &mut Tried, line: &mut Line<'a>) {
        if let Some(base) = &step.base {
            let base = value(base, &self.names);
            if let Value::Number(number) = base {
                line.base = Some(number);
            }
            self.names[usize::from(step.base_slot)] = base;
        }
        if step.rules.is_empty() {
            match self.amount(&step.formula, step.round) {
                Ok(amount) => line.amount = Some(amount),
                Err(why) => line.why.push(why),
            }
            line.working = self.spell(step);
        } else if !self.by_the_only_row(step, tried, line) {
            self.by_rules(step, tried, line);
        }
        if let Some(Number::Long(span)) = line.amount
            && !span.is_exact()
        {
            self.rests_on(step, &mut line.why);
        }
        if let Tri::Unknown(at) = when {
            // It may not be due at all.
            self.whys(at, &step.when, &mut line.why);
            line.amount = line.amount.map(|number| number.hull(Decimal::ZERO.into()));
        }
    }

    /// As [`Self::by_rules`], for what most steps are: one rule of one row for all cars, which surely holds and gives a short
    /// number. Whether it is so.
    #[inline]
    fn by_the_only_row(&mut self, step: &'a Step, tried: &mut Tried, line: &mut Line<'a>) -> bool {
        let ([term], [rule]) = (step.terms.as_slice(), step.rules.as_slice()) else {
            return false;
        };
        let [row] = rule.rows.as_slice() else {
            return false;
        };
        let is_sure = step.tests.is_empty()
            && term.standing == Standing::InForce
            && term.days.on(self.day) == Force::Yes
            && self.condition(term.condition, tried) == Tri::Yes;
        if !is_sure {
            return false;
        }
        self.fill(step, row);
        let Some(amount) = short(&step.formula, &self.names) else {
            return false;
        };
        if amount.is_negative() {
            return false;
        }
        let amount = Some(Number::Short(amount.rounded(step.round)));
        if term.doubtful {
            self.doubtful.push(&rule.law);
        }
        line.rules.push(RuleUse {
            rule,
            used: row,
            amount,
            working: self.spell(step),
        });
        line.amount = amount;
        true
    }

    fn by_rules(&mut self, step: &'a Step, tried: &mut Tried, line: &mut Line<'a>) {
        let mut settled = false;
        let mut firm = false;
        let mut missing = false;
        let mut amount: Option<Number> = None;
        let mut used = 0;
        let cells = FIRST_OWN + self.pack.blank.len() - self.pack.widest;
        for (at, (_, expr)) in (cells..).zip(&step.tests) {
            self.names[at] = match looked_up(expr, &self.names) {
                Some(value) => *value,
                None => eval(expr, &self.names),
            };
        }
        let cells = cells..cells + step.tests.len();
        step.sieve.sieve(&self.names[cells.clone()], &mut tried.left);
        for (term, rule) in step.terms.iter().zip(&step.rules) {
            let force = term.days.on(self.day);
            if force == Force::No {
                continue;
            }
            let mut next = tried.left.first(term.rows.clone());
            if next.is_none() {
                continue;
            }
            let when = self.condition(term.condition, tried);
            if when == Tri::No {
                continue;
            }
            while let Some(row) = next.and_then(|at| rule.rows.get(at - term.rows.start)) {
                next = next.and_then(|at| tried.left.first(at + 1..term.rows.end));
                let fits = fit(row, when, &self.names[cells.clone()]);
                if fits == Tri::No {
                    continue;
                }
                if let Some(doubt) = term.doubt(force, fits) {
                    self.note(doubt, step, rule, line);
                }
                settled |= fits == Tri::Yes && force == Force::Yes;
                firm |= matches!(term.standing, Standing::InForce | Standing::Suspended);
                let one = match self.row(step, rule, row) {
                    Ok(one) => {
                        amount = Some(match amount {
                            Some(sofar) => sofar.hull(one),
                            None => one,
                        });
                        Some(one)
                    }
                    Err(why) => {
                        missing = true;
                        push(&mut line.why, why);
                        None
                    }
                };
                used += 1;
                if term.doubtful {
                    self.doubtful.push(&rule.law);
                }
                line.rules.push(RuleUse {
                    rule,
                    used: row,
                    amount: one,
                    working: self.spell(step),
                });
            }
        }
        // What is only proposed may also not be due; what is settled by no rule may be as the pack says otherwise.
        let proposed_only = used > 0 && !firm;
        if !settled || proposed_only {
            match &step.otherwise {
                Some(otherwise) => match self.amount(otherwise, step.round) {
                    Ok(other) => {
                        amount = Some(match amount {
                            Some(sofar) => sofar.hull(other),
                            None => other,
                        });
                    }
                    Err(why) => {
                        missing = true;
                        line.why.push(why);
                    }
                },
                None if used == 0 => {
                    missing = true;
                    line.why.push(Why::NoRule { step: &step.name });
                }
                None if proposed_only => {
                    amount = amount.map(|number| number.hull(Decimal::ZERO.into()));
                }
                None => {}
            }
        }
        if used > 1 {
            disagree(line);
        }
        if !missing {
            line.amount = amount;
        }
    }

    /// Whether a condition of the pack holds. Each is tried once.
    fn condition(&self, at: Option<usize>, tried: &mut Tried) -> Tri {
        let Some(at) = at else {
            return Tri::Yes;
        };
        if let Some(Some(tried)) = tried.conditions.get(at) {
            return *tried;
        }
        let holds = match self.pack.conditions.get(at) {
            Some(condition) => condition.holds(&self.names),
            None => Tri::Yes,
        };
        if let Some(tried) = tried.conditions.get_mut(at) {
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
    #[cold]
    fn note(&self, Doubt { force, fits }: Doubt, step: &Step, rule: &'a Rule, line: &mut Line<'a>) {
        let id = rule.law.id.as_str();
        if let Tri::Unknown(at) = fits {
            let compared = rule.when.iter().chain(step.tests.iter().map(|(_, expr)| expr));
            self.whys(at, compared, &mut line.why);
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

    /// Gives the step's columns the values of a row.
    #[inline]
    fn fill(&mut self, step: &Step, row: &'a Row) {
        for ((_, at), cell) in step.columns.iter().zip(&row.values) {
            self.names[usize::from(*at)] = match cell {
                Some(expr) => value(expr, &self.names),
                None => Value::Unknown(*at),
            };
        }
    }

    fn row(&mut self, step: &'a Step, rule: &'a Rule, row: &'a Row) -> Result<Number, Why<'a>> {
        self.fill(step, row);
        self.amount(&step.formula, step.round).map_err(|why| match why {
            // A column without a value is the rule's gap, not a question to the user.
            Why::NotGiven { name, .. } if step.columns.iter().any(|(column, _)| column == name) => {
                Why::NoValue { rule: &rule.law.id }
            }
            why => why,
        })
    }

    fn amount(&self, formula: &'a Expr, round: u32) -> Result<Number, Why<'a>> {
        match short(formula, &self.names) {
            Some(number) if !number.is_negative() => Ok(Number::Short(number.rounded(round))),
            _ => self.amount_of_any_kind(formula, round),
        }
    }

    #[inline(never)]
    fn amount_of_any_kind(&self, formula: &'a Expr, round: u32) -> Result<Number, Why<'a>> {
        match eval(formula, &self.names) {
            Value::Number(number) => due(number, round).ok_or(Why::BelowZero),
            Value::Unknown(at) => {
                let mut whys = Vec::new();
                self.whys(at, [formula], &mut whys);
                Err(whys.into_iter().next().unwrap_or(Why::Arithmetic))
            }
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

/// Adds a line, and gives the value that its step then has.
#[inline]
fn worked_out<'a>(
    lines: &mut Vec<Line<'a>>,
    step: &'a Step,
    work_out: impl FnOnce(&mut Line<'a>),
) -> Value<'a> {
    // It is made where it stays: a line is some three hundred bytes.
    lines.resize_with(lines.len() + 1, || Line::of(step));
    let amount = lines.last_mut().and_then(|line| {
        work_out(line);
        line.amount
    });
    amount.map_or(Value::Unknown(step.slot), Value::Number)
}

/// Whether a row is for this case, of which its rule's own condition says `when`.
fn fit(row: &Row, when: Tri, cells: &[Value<'_>]) -> Tri {
    let mut fits = when;
    for (test, cell) in row.tests.iter().zip(cells) {
        fits = fits.and(test.passes(cell));
        if fits == Tri::No {
            break;
        }
    }
    fits
}

/// The value of an expression, quick for short numbers.
#[inline]
fn value<'a>(expr: &'a Expr, names: &[Value<'a>]) -> Value<'a> {
    match short(expr, names) {
        Some(number) => Value::Number(Number::Short(number)),
        None => eval(expr, names),
    }
}

/// Why a row that may be for this case is less than certain.
struct Doubt {
    force: Force,
    fits: Tri,
}

impl Term {
    #[inline]
    fn doubt(&self, force: Force, fits: Tri) -> Option<Doubt> {
        let is_sure = force == Force::Yes
            && fits == Tri::Yes
            && !matches!(
                self.standing,
                Standing::Quota | Standing::Proposed | Standing::Unverified
            );
        (!is_sure).then_some(Doubt { force, fits })
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
fn due(number: Number, decimals: u32) -> Option<Number> {
    match number {
        Number::Short(short) if short.is_negative() => None,
        Number::Short(short) => Some(Number::Short(short.rounded(decimals))),
        Number::Long(_) if number.span().low < Decimal::ZERO => None,
        Number::Long(_) => Some(number.each(|number| rounded(number, decimals))),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Write as _;
    use std::path::Path;
    use std::sync::OnceLock;

    use jiff::ToSpan as _;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::evaluate::Question;
    use crate::fact::Car;
    use crate::money::Rates;
    use crate::pack::{Days, Pack, PackSource, RuleSet};
    use crate::verdict::{Values, Verdict};

    /// The rules of this repository.
    fn set() -> &'static RuleSet {
        static SET: OnceLock<RuleSet> = OnceLock::new();
        SET.get_or_init(|| {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
            let read = |folder: &Path| {
                let files = std::fs::read_dir(folder)
                    .unwrap()
                    .map(|file| file.unwrap().path());
                files
                    .map(|file| (file_name(&file), std::fs::read(&file).unwrap()))
                    .collect::<BTreeMap<_, _>>()
            };
            let folders = std::fs::read_dir(root)
                .unwrap()
                .map(|entry| entry.unwrap().path());
            let sources: Vec<PackSource> = folders
                .filter(|folder| folder.is_dir())
                .map(|folder| PackSource {
                    name: file_name(&folder),
                    files: read(&folder),
                })
                .collect();
            RuleSet::load(&sources).unwrap()
        })
    }

    fn file_name(path: &Path) -> String {
        path.file_name().unwrap().to_string_lossy().into_owned()
    }

    /// Whether a step may go the quick way.
    fn is_alone(step: &Step) -> bool {
        step.tests.is_empty() && matches!(step.rules.as_slice(), [rule] if rule.rows.len() == 1)
    }

    /// The pack with a rule that never holds beside each that is alone: none goes the quick way.
    fn the_long_way(pack: &Pack) -> Pack {
        let mut pack = pack.clone();
        for step in pack.steps.iter_mut().filter(|step| is_alone(step)) {
            let term = Term {
                days: Days::NEVER,
                ..step.terms[0].clone()
            };
            step.terms.push(term);
            step.rules.push(step.rules[0].clone());
        }
        pack
    }

    /// What a rule is made into: another value, standing, and whether it is known to hold on the day.
    type Change = (Option<Decimal>, Option<Standing>, Option<Days>);

    fn any_change() -> impl Strategy<Value = Change> {
        let value = prop_oneof![
            (-20_i64..2_000, 0_u32..4).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
            (any::<i64>(), 0_u32..20).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
        ];
        let standing = prop::sample::select(vec![
            Standing::InForce,
            Standing::Proposed,
            Standing::Quota,
            Standing::Suspended,
            Standing::Unverified,
        ]);
        let days = prop::sample::select(vec![
            Days::NEVER,
            Days::of(Some("2026".parse().unwrap()), None),
            Days::of(None, Some("2026-06-30".parse().unwrap())),
        ]);
        let seldom = |share| prop::option::weighted(share, Just(()));
        (value, seldom(0.5), standing, seldom(0.2), days, seldom(0.2)).prop_map(
            |(value, is_valued, standing, stands, days, is_dated)| {
                (
                    is_valued.map(|()| value),
                    stands.map(|()| standing),
                    is_dated.map(|()| days),
                )
            },
        )
    }

    fn change(pack: &mut Pack, changes: &[Change]) {
        let steps = pack.steps.iter_mut().filter(|step| is_alone(step));
        for (step, (value, standing, days)) in steps.zip(changes.iter().cycle()) {
            let (term, rule) = (&mut step.terms[0], &mut step.rules[0]);
            if let (Some(value), Some(cell)) = (value, rule.rows[0].values.first_mut()) {
                *cell = Some(Expr::Number(Number::from(*value)));
            }
            if let Some(standing) = standing {
                term.standing = *standing;
                rule.law.standing = *standing;
            }
            if let Some(days) = days {
                term.days = *days;
            }
        }
    }

    fn any_car() -> impl Strategy<Value = Car> {
        let fuel = prop::sample::select(vec!["petrol", "diesel", "hybrid", "electric"]);
        let known = prop::collection::vec(prop::bool::weighted(0.8), 5);
        (fuel, 600_u32..6_000, 30_u32..450, 0_i64..5_000, known).prop_map(|(fuel, cc, kw, age, known)| {
            let made = date(2026, 1, 10).saturating_sub(age.days());
            let mut car = Car::new();
            car.set("fuel", fuel).unwrap();
            let mut facts = vec![
                (0, "manufactured", made.to_string()),
                (1, "first_registration", made.to_string()),
                (2, "importer", "person".to_owned()),
                (2, "personal_use", "true".to_owned()),
                (3, "title", "none".to_owned()),
            ];
            if fuel != "electric" {
                facts.push((4, "cc", cc.to_string()));
                facts.push((4, "engine_kw", kw.to_string()));
            }
            for (at, name, text) in facts {
                if known[at] {
                    car.set(name, &text).unwrap();
                }
            }
            car
        })
    }

    /// All that a verdict says of its figures.
    fn said(verdict: &Verdict<'_>) -> String {
        let mut said = format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?}\n",
            verdict.status,
            verdict.total,
            verdict.known,
            verdict.seller_total,
            verdict.asks,
            verdict.cautions,
            verdict.rates
        );
        for line in &verdict.lines {
            let (name, why, working) = (line.name(), &line.why, &line.working);
            let _ = writeln!(
                said,
                "{name} {:?} {:?} {:?} {working:?} {why:?}",
                line.amount(),
                line.seller_amount(),
                line.base()
            );
            for used in &line.rules {
                let (id, row, working) = (&used.law().id, used.row(), &used.working);
                let _ = writeln!(said, "  {id} {row} {:?} {working:?}", used.amount());
            }
        }
        said
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn a_rule_that_is_alone_says_the_same_the_quick_way_and_the_long(
            market in any::<prop::sample::Index>(),
            changes in prop::collection::vec(any_change(), 1..6),
            is_changed in any::<bool>(),
            car in any_car(),
            price in prop::option::weighted(0.9, 0_u32..200_000),
            day in 0_i64..900,
        ) {
            let packs: Vec<&Pack> = set().destinations().collect();
            let mut pack = (*market.get::<&Pack>(&packs)).clone();
            if is_changed {
                change(&mut pack, &changes);
            }
            let arrival = date(2026, 1, 10).saturating_add(day.days());
            let mut rates = Rates::new(arrival, "test");
            let dollar = "USD".parse().unwrap();
            let others = pack.currencies.iter().map(|(currency, _)| *currency);
            for (at, currency) in (1_i64..).zip(others.chain([pack.currency])) {
                if currency != dollar && rates.rate(dollar, currency).is_none() {
                    rates.add(dollar, currency, Decimal::new(7 + 13 * at, 1)).unwrap();
                }
            }
            let money = |amount: u32| Some(format!("{amount} USD").parse().unwrap());
            let mut values = Values::default();
            if let Some(price) = price {
                (values.price, values.freight, values.insurance) = (money(price), money(1_500), money(60));
            }
            let question = Question {
                car: &car,
                destination: &pack.country,
                departure: None,
                arrival,
                values: &values,
                rates: &rates,
                workings: true,
            };
            let prepared = question.prepare().unwrap();
            let long = the_long_way(&pack);
            let quick = set().judge(&pack, &prepared, &mut Vec::new());
            prop_assert_eq!(said(&quick), said(&set().judge(&long, &prepared, &mut Vec::new())));
        }
    }

    #[test]
    fn in_most_packs_a_rule_is_alone() {
        let packs = || set().destinations();
        let with_one = packs().filter(|pack| pack.steps.iter().any(is_alone)).count();
        assert!(with_one * 2 > packs().count(), "{with_one}");
    }
}
