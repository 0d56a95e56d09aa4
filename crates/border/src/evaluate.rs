//! The one calculation: a car, a market, a day, prices and rates go in; a verdict comes out.
//!
//! Three-valued throughout: what depends on an unknown fact is unknown, and every row that could apply counts. Dates of a
//! car known to the month or year are tried at both ends, and the cheapest and dearest case are kept.

use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::date::years;
use crate::fact::{COMPUTED, Car, FACTS, FactValue, Fault};
use crate::feel::{Expr, Slot, Span, Tri, Value, eval};
use crate::money::{Currency, Money, Rates};
use crate::pack::{
    Check, Confidence, Effect, FIRST_OWN, Force, Pack, Row, Rule, RuleSet, Standing, Step, StepKind,
    slot_of_computed, slot_of_fact,
};
use crate::verdict::{
    Caution, Finding, Given, Line, Outcome, RateUsed, RuleUse, Status, Values, Verdict, Why,
};

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The car, its importer and its way.
    pub car: &'a Car,
    /// The country it goes to.
    pub destination: &'a str,
    /// The day on which it arrives.
    pub arrival: Date,
    /// Prices.
    pub values: &'a Values,
    /// Exchange rates.
    pub rates: &'a Rates,
    /// Whether to spell out each formula with its numbers, which takes longer than the calculation itself.
    pub workings: bool,
}

impl RuleSet {
    /// The verdict for one car and one market.
    ///
    /// # Errors
    /// The country is not known, or the facts cannot be: each with its field, value and fix.
    pub fn evaluate<'a>(&'a self, question: &Question<'a>) -> Result<Verdict<'a>, Vec<Fault>> {
        let pack = self.market(question.destination)?;
        let faults = question.car.faults(question.arrival);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(self.judge(pack, question))
    }

    /// The pack of a country that cars go to.
    ///
    /// # Errors
    /// There is none; the fault names what may have been meant.
    pub fn market(&self, country: &str) -> Result<&Pack, Vec<Fault>> {
        self.pack(country)
            .filter(|pack| pack.side == crate::pack::Side::Import)
            .ok_or_else(|| {
                let known: Vec<&str> = self.destinations().map(|pack| pack.country.as_str()).collect();
                let upper = country.to_ascii_uppercase();
                let hint = if known.contains(&upper.as_str()) {
                    format!("did you mean {upper:?}?")
                } else {
                    format!("there are {}", known.join(", "))
                };
                vec![Fault::new(
                    "destination",
                    country,
                    format!("there is no pack for this country; {hint}"),
                )]
            })
    }

    /// The verdict when the facts are known to be possible.
    pub(crate) fn judge<'a>(&'a self, pack: &'a Pack, question: &Question<'a>) -> Verdict<'a> {
        let scenarios = Scenario::of(question.car, question.arrival);
        let mut cases: Vec<Case<'a>> = Vec::with_capacity(scenarios.len());
        for scenario in &scenarios {
            let mut findings = Vec::new();
            for export in self.exports() {
                let context = Context::new(export, question, scenario);
                let names = context.names();
                context.checks(&names, &mut findings);
            }
            let controls = findings.len();
            let context = Context::new(pack, question, scenario);
            let mut names = context.names();
            let lines = context.lines(&mut names);
            context.checks(&names, &mut findings);
            cases.push(Case {
                findings,
                controls,
                lines,
                rates: context.used.into_inner(),
            });
        }
        merge(pack, question, cases)
    }
}

/// What one pack's checks say, of the first scenario.
pub(crate) fn findings<'a>(pack: &'a Pack, question: &Question<'a>) -> Vec<Finding<'a>> {
    let mut found = Vec::new();
    if let Some(scenario) = Scenario::of(question.car, question.arrival).first() {
        let context = Context::new(pack, question, scenario);
        context.checks(&context.names(), &mut found);
    }
    found
}

/// Days on which the car may have been made and registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scenario {
    manufactured: Option<Date>,
    registered: Option<Date>,
}

impl Scenario {
    /// The ends of what is known. Bands of age are at least as wide as a year but for the first, which ends at the
    /// younger end; so the ends reach every band in between.
    fn of(car: &Car, arrival: Date) -> Vec<Scenario> {
        let ends = |name: &str| -> Vec<Option<Date>> {
            match car.date(name) {
                None => vec![None],
                Some(date) => {
                    let (first, last) = (date.first(), date.last().min(arrival));
                    if first == last {
                        vec![Some(first)]
                    } else {
                        vec![Some(first), Some(last)]
                    }
                }
            }
        };
        let mut found = Vec::new();
        for manufactured in ends("manufactured") {
            for registered in ends("first_registration") {
                if let (Some(made), Some(registered)) = (manufactured, registered)
                    && registered < made
                {
                    continue;
                }
                found.push(Scenario {
                    manufactured,
                    registered,
                });
            }
        }
        if found.is_empty() {
            // Both lie in one month: made at its beginning, registered at its end.
            found.push(Scenario {
                manufactured: car.date("manufactured").map(|d| d.first()),
                registered: car.date("first_registration").map(|d| d.last().min(arrival)),
            });
        }
        found
    }
}

/// The outcome for one scenario.
struct Case<'p> {
    findings: Vec<Finding<'p>>,
    /// How many of the findings are those of export control.
    controls: usize,
    lines: Vec<Line<'p>>,
    rates: Vec<RateUsed>,
}

struct Context<'a, 'q> {
    pack: &'a Pack,
    question: &'q Question<'a>,
    scenario: &'q Scenario,
    used: std::cell::RefCell<Vec<RateUsed>>,
}

fn slot(index: usize) -> Slot {
    Slot::try_from(index).unwrap_or(Slot::MAX)
}

impl<'a, 'q> Context<'a, 'q> {
    fn new(pack: &'a Pack, question: &'q Question<'a>, scenario: &'q Scenario) -> Self {
        Context {
            pack,
            question,
            scenario,
            used: std::cell::RefCell::default(),
        }
    }

    fn rate(&self, from: Currency, to: Currency) -> Option<Decimal> {
        let rate = self.question.rates.rate(from, to)?;
        if from != to {
            let used = RateUsed { from, to, rate };
            let mut all = self.used.borrow_mut();
            if !all.contains(&used) {
                all.push(used);
            }
        }
        Some(rate)
    }

    fn local(&self, money: Money) -> Option<Decimal> {
        money
            .amount
            .checked_mul(self.rate(money.currency, self.pack.currency)?)
    }

    /// The values of all names that do not depend on the calculation.
    fn names(&self) -> Vec<Value<'a>> {
        let pack = self.pack;
        let mut names: Vec<Value<'a>> = (0..pack.names.len()).map(|at| Value::Unknown(slot(at))).collect();
        for index in 0..FACTS.len() {
            if let Some(value) = self.question.car.at(index) {
                names[slot_of_fact(index)] = match value {
                    FactValue::Number(number) => Value::number(*number),
                    FactValue::Text(text) => Value::Text(text),
                    FactValue::List(list) => Value::List(list),
                    FactValue::Flag(flag) => Value::Bool(*flag),
                    // Dates come from the scenario.
                    FactValue::Date(_) => continue,
                };
            }
        }
        let fact_slot = |name: &str| crate::fact::fact(name).map_or(0, slot_of_fact);
        let absent: &[&str] = match self.question.car.text("fuel") {
            Some("electric" | "hydrogen") => &["cc", "engine_kw", "engine_fuel"],
            Some("petrol" | "diesel" | "lpg" | "cng") => &["motor_kw", "kw_30min"],
            _ => &[],
        };
        for name in absent {
            names[fact_slot(name)] = Value::Null;
        }
        // A car that comes from outside the customs union was not cleared in it, unless somebody says so.
        let cleared = fact_slot("cleared_in");
        if let Value::Unknown(_) = names[cleared] {
            names[cleared] = Value::Text("none");
        }
        let region = fact_slot("region");
        if let (Value::Unknown(_), Some(first)) = (names[region], pack.regions.first()) {
            names[region] = Value::Text(first);
        }
        self.dates(&mut names, fact_slot);
        self.prices(&mut names);
        for (currency, at) in &pack.currencies {
            if let Some(rate) = self.rate(*currency, pack.currency) {
                names[usize::from(*at)] = Value::number(rate);
            }
        }
        for input in &pack.inputs {
            if let Some(value) = self.given(&input.name) {
                names[usize::from(input.slot)] = value;
            }
        }
        names
    }

    fn dates(&self, names: &mut [Value<'a>], fact_slot: impl Fn(&str) -> usize) {
        let arrival = self.question.arrival;
        let mut set = |name: &str, value: Value<'a>| names[slot_of_computed(name)] = value;
        let number = |n: i16| Value::number(Decimal::from(n));
        let mut any: Option<Span> = None;
        let mut widen = |age: Decimal| {
            let age = Span::exact(age);
            any = Some(any.map_or(age, |sofar| sofar.hull(age)));
        };
        let unknown = |name: &str| Value::Unknown(slot(fact_slot(name)));
        match self.scenario.manufactured {
            Some(made) => {
                let age = years(made, arrival);
                widen(age);
                set("age", Value::number(age));
                set("age_calendar", number(arrival.year() - made.year()));
                set("manufactured_year", number(made.year()));
            }
            None => ["age", "age_calendar", "manufactured_year"]
                .into_iter()
                .for_each(|name| set(name, unknown("manufactured"))),
        }
        match self.scenario.registered {
            Some(registered) => {
                let age = years(registered, arrival);
                widen(age);
                set("age_registered", Value::number(age));
                set(
                    "age_calendar_registered",
                    number(arrival.year() - registered.year()),
                );
            }
            None => ["age_registered", "age_calendar_registered"]
                .into_iter()
                .for_each(|name| set(name, unknown("first_registration"))),
        }
        match self.question.car.number("model_year") {
            Some(year) => {
                let age = Decimal::from(arrival.year()) - year;
                widen(age);
                set("age_model_year", Value::number(age));
            }
            None => set("age_model_year", unknown("model_year")),
        }
        set("age_any", any.map_or(unknown("manufactured"), Value::Number));
        set("arrival", Value::Date(arrival));
        set("destination", Value::Text(self.question.destination));
        match self.question.car.number("engine_kw") {
            Some(kw) => {
                let metric = Decimal::from_parts(73_549_875, 0, 0, false, 8);
                let mechanical = Decimal::from_parts(0x1B78_B84E, 0x0108_ED02, 0, false, 17);
                set("metric_hp", Value::number(kw / metric));
                set("mechanical_hp", Value::number(kw / mechanical));
            }
            None => {
                let electric = matches!(self.question.car.text("fuel"), Some("electric" | "hydrogen"));
                for name in ["metric_hp", "mechanical_hp"] {
                    set(
                        name,
                        if electric {
                            Value::Null
                        } else {
                            unknown("engine_kw")
                        },
                    );
                }
            }
        }
        for (name, date) in [
            ("manufactured", self.scenario.manufactured),
            ("first_registration", self.scenario.registered),
        ] {
            if let Some(date) = date {
                names[fact_slot(name)] = Value::Date(date);
            }
        }
    }

    fn prices(&self, names: &mut [Value<'a>]) {
        let values = self.question.values;
        let amount = |name: &str, money: Option<Money>| match self.given(name) {
            Some(value) => value,
            None => money
                .and_then(|money| self.local(money))
                .map_or(Value::Unknown(slot(slot_of_computed(name))), Value::number),
        };
        let price = amount("price", values.price);
        let freight = amount("freight", values.freight);
        let insurance = amount("insurance", values.insurance);
        let fob = self.given("fob").unwrap_or(price);
        let sum = |a: Value<'a>, b: Value<'a>| match (a, b) {
            (Value::Number(a), Value::Number(b)) => a.plus(b).map_or(Value::Unknown(1), Value::Number),
            (Value::Number(_), unknown) => unknown,
            (unknown, _) => unknown,
        };
        let cif = self
            .given("cif")
            .unwrap_or_else(|| sum(sum(fob, freight), insurance));
        for (name, value) in [
            ("price", price),
            ("freight", freight),
            ("insurance", insurance),
            ("fob", fob),
            ("cif", cif),
        ] {
            names[slot_of_computed(name)] = value;
        }
    }

    fn given(&self, name: &str) -> Option<Value<'a>> {
        match self.question.values.given.get(name)? {
            Given::Number(number) => Some(Value::number(*number)),
            Given::Money(money) => Some(match self.local(*money) {
                Some(amount) => Value::number(amount),
                None => Value::Unknown(slot(slot_of_computed("price"))),
            }),
        }
    }

    /// Why something that needs a slot is not known.
    fn why(&self, at: Slot) -> Why {
        let index = usize::from(at);
        if index < 2 {
            return Why::Arithmetic;
        }
        let name = self.pack.name_of(at);
        let values = self.question.values;
        let money = match name {
            "price" | "fob" | "cif" => values.price,
            "freight" => values.freight,
            "insurance" => values.insurance,
            _ => None,
        };
        if let Some(money) = money {
            return Why::NoRate {
                from: money.currency,
                to: self.pack.currency,
            };
        }
        if let Some(Given::Money(money)) = values.given.get(name) {
            return Why::NoRate {
                from: money.currency,
                to: self.pack.currency,
            };
        }
        if let Some((currency, _)) = self.pack.currencies.iter().find(|(_, slot)| *slot == at) {
            return Why::NoRate {
                from: *currency,
                to: self.pack.currency,
            };
        }
        if index >= FIRST_OWN && self.pack.steps.iter().any(|step| step.slot == at) {
            return Why::DependsOn {
                step: name.to_owned(),
            };
        }
        let ask = FACTS
            .iter()
            .find(|fact| fact.name == name)
            .map(|fact| fact.ask)
            .or_else(|| {
                COMPUTED
                    .iter()
                    .find(|(known, ..)| *known == name)
                    .map(|(.., ask)| *ask)
            })
            .or_else(|| {
                let input = self.pack.inputs.iter().find(|input| input.slot == at)?;
                Some(input.ask.as_str())
            });
        Why::NotGiven {
            name: name.to_owned(),
            ask: ask.unwrap_or_default().to_owned(),
        }
    }

    fn checks(&self, names: &[Value<'a>], findings: &mut Vec<Finding<'a>>) {
        let day = self.question.arrival;
        let start = findings.len();
        let applies = |check: &Check| match check.law.on(day) {
            Force::No => (Tri::No, false),
            force => (
                check.when.as_ref().map_or(Tri::Yes, |when| when.holds(names)),
                force == Force::Perhaps,
            ),
        };
        for check in &self.pack.checks {
            if check.effect == Effect::Waive {
                continue;
            }
            let (applies_now, perhaps) = applies(check);
            if applies_now == Tri::No {
                continue;
            }
            let trigger = applies_now.and(trigger(check, names));
            let mut why = Vec::new();
            if let Tri::Unknown(at) = trigger {
                why.push(self.why(at));
            }
            if perhaps && trigger != Tri::No {
                why.push(Why::DayNotRead {
                    rule: check.law.id.clone(),
                });
            }
            let mut outcome = outcome(check, trigger, perhaps, self.question.car);
            if matches!(outcome, Outcome::Denied | Outcome::Condition | Outcome::Doubtful) {
                let waivers = self
                    .pack
                    .checks
                    .iter()
                    .filter(|waiver| waiver.effect == Effect::Waive && waiver.key == check.key);
                for waiver in waivers {
                    let (applies_now, perhaps) = applies(waiver);
                    match applies_now.and(trigger_of_test(waiver, names)) {
                        Tri::Yes if !perhaps && waiver.law.standing == Standing::InForce => {
                            outcome = Outcome::Waived;
                            findings.push(Finding::new(self.pack, waiver, Outcome::NoLimit, Vec::new()));
                            break;
                        }
                        Tri::No => {}
                        Tri::Yes => {
                            outcome = Outcome::Condition;
                            why.push(Why::Proposed {
                                rule: waiver.law.id.clone(),
                            });
                        }
                        Tri::Unknown(at) => {
                            outcome = Outcome::Condition;
                            why.push(self.why(at));
                            findings.push(Finding::new(self.pack, waiver, Outcome::Warning, Vec::new()));
                        }
                    }
                }
            }
            findings.push(Finding::new(self.pack, check, outcome, why));
        }
        disputed(&mut findings[start..]);
    }

    fn lines(&self, names: &mut [Value<'a>]) -> Vec<Line<'a>> {
        let mut lines = Vec::with_capacity(self.pack.steps.len());
        for step in &self.pack.steps {
            if step.kind == StepKind::Condition {
                names[usize::from(step.slot)] = eval(&step.formula, names);
                continue;
            }
            if let Some(line) = self.step(step, names) {
                names[usize::from(step.slot)] = match line.amount {
                    Some(span) => Value::Number(span),
                    None => Value::Unknown(step.slot),
                };
                lines.push(line);
            } else {
                names[usize::from(step.slot)] = Value::number(Decimal::ZERO);
            }
        }
        lines
    }

    fn step(&self, step: &'a Step, names: &mut [Value<'a>]) -> Option<Line<'a>> {
        let mut line = Line {
            name: &step.name,
            title: &step.title,
            kind: step.kind,
            amount: None,
            seller_amount: None,
            base: None,
            base_text: step.base_text.as_deref(),
            formula: &step.formula_text,
            working: None,
            rules: Vec::new(),
            why: Vec::new(),
            given: false,
        };
        if let Some(value) = self.given(&step.name) {
            line.given = true;
            match value {
                Value::Number(span) => line.amount = rounded(span, step.round),
                Value::Unknown(at) => line.why.push(self.why(at)),
                _ => {}
            }
            return Some(line);
        }
        let when = step.when.as_ref().map_or(Tri::Yes, |when| when.holds(names));
        if when == Tri::No {
            return None;
        }
        if let Some(base) = &step.base {
            let base = eval(base, names);
            names[usize::from(step.base_slot)] = base;
            if let Value::Number(span) = base {
                line.base = Some(span);
            }
        }
        if step.rules.is_empty() {
            let (amount, why) = self.amount(&step.formula, step.round, names);
            line.amount = amount;
            line.why.extend(why);
            line.working = self.question.workings.then(|| self.spell(&step.formula, names));
        } else {
            self.by_rules(step, names, &mut line);
        }
        if line.amount.is_some_and(|span| span.low != span.high) {
            self.rests_on(step, names, &mut line.why);
        }
        if let Tri::Unknown(at) = when {
            // It may not be due at all.
            push(&mut line.why, self.why(at));
            line.amount = line.amount.map(|span| span.hull(Span::exact(Decimal::ZERO)));
        }
        Some(line)
    }

    fn by_rules(&self, step: &'a Step, names: &mut [Value<'a>], line: &mut Line<'a>) {
        let mut settled = false;
        let mut firm = false;
        let mut missing = false;
        let mut amount: Option<Span> = None;
        let tests: Vec<Value<'a>> = step.tests.iter().map(|(_, expr)| eval(expr, names)).collect();
        for rule in &step.rules {
            let force = rule.law.on(self.question.arrival);
            if force == Force::No {
                continue;
            }
            let when = rule.when.as_ref().map_or(Tri::Yes, |when| when.holds(names));
            if when == Tri::No {
                continue;
            }
            for row in &rule.rows {
                let fits = row
                    .tests
                    .iter()
                    .zip(&tests)
                    .fold(when, |sofar, (test, value)| match sofar {
                        Tri::No => Tri::No,
                        _ => sofar.and(test.passes(*value)),
                    });
                if fits == Tri::No {
                    continue;
                }
                self.note(rule, force, fits, line);
                settled |= fits == Tri::Yes && force == Force::Yes;
                firm |= matches!(rule.law.standing, Standing::InForce | Standing::Suspended);
                let (one, why) = self.row(step, rule, row, names);
                for why in why {
                    push(&mut line.why, why);
                }
                missing |= one.is_none();
                amount = match (amount, one) {
                    (Some(a), Some(b)) => Some(a.hull(b)),
                    (a, b) => a.or(b),
                };
                line.rules.push(RuleUse {
                    law: &rule.law,
                    undated: rule.law.is_undated(),
                    amount: one,
                    row: &row.text,
                    row_note: &row.note,
                    working: self.question.workings.then(|| self.spell(&step.formula, names)),
                });
            }
        }
        // What is only proposed may also not be due; what is settled by no rule may be as the pack says otherwise.
        let proposed_only = !line.rules.is_empty() && !firm;
        if !settled || proposed_only {
            match &step.otherwise {
                Some(otherwise) => {
                    let (other, why) = self.amount(otherwise, step.round, names);
                    line.why.extend(why);
                    missing |= other.is_none();
                    amount = match (amount, other) {
                        (Some(a), Some(b)) => Some(a.hull(b)),
                        (a, b) => a.or(b),
                    };
                }
                None if line.rules.is_empty() => {
                    missing = true;
                    line.why.push(Why::NoRule {
                        step: step.name.clone(),
                    });
                }
                None if proposed_only => {
                    amount = amount.map(|span| span.hull(Span::exact(Decimal::ZERO)));
                }
                None => {}
            }
        }
        line.amount = amount.filter(|_| !missing);
        let mut ids: Vec<&str> = Vec::new();
        for used in &line.rules {
            // A rule whose first day was not read disagrees all the same.
            if !matches!(used.law.standing, Standing::InForce) {
                continue;
            }
            if !ids.contains(&used.law.id.as_str()) {
                ids.push(&used.law.id);
            }
        }
        let differ = line.rules.windows(2).any(|pair| pair[0].amount != pair[1].amount);
        if ids.len() > 1 && differ && line.rules.iter().any(|used| !used.law.disputes.is_empty()) {
            let rules = ids.into_iter().map(str::to_owned).collect();
            push(&mut line.why, Why::Disagree { rules });
        }
    }

    /// Names the earlier steps that are ranges and so make this one a range.
    fn rests_on(&self, step: &Step, names: &[Value<'_>], why: &mut Vec<Why>) {
        let mut used = Vec::new();
        let rows = step
            .rules
            .iter()
            .flat_map(|rule| &rule.rows)
            .flat_map(|row| &row.values);
        for expr in [Some(&step.formula), step.base.as_ref(), step.otherwise.as_ref()]
            .into_iter()
            .flatten()
            .chain(rows.flatten())
        {
            expr.names(&mut used);
        }
        for earlier in self
            .pack
            .steps
            .iter()
            .filter(|earlier| used.contains(&earlier.slot))
        {
            if let Value::Number(span) = names[usize::from(earlier.slot)]
                && span.low != span.high
            {
                push(
                    why,
                    Why::DependsOn {
                        step: earlier.name.clone(),
                    },
                );
            }
        }
    }

    /// What makes a rule's row less than certain.
    fn note(&self, rule: &Rule, force: Force, fits: Tri, line: &mut Line<'a>) {
        let id = || rule.law.id.clone();
        if let Tri::Unknown(at) = fits {
            push(&mut line.why, self.why(at));
        }
        if force == Force::Perhaps {
            push(&mut line.why, Why::DayNotRead { rule: id() });
        }
        match rule.law.standing {
            Standing::Quota => push(&mut line.why, Why::Quota { rule: id() }),
            Standing::Proposed | Standing::Unverified => push(&mut line.why, Why::Proposed { rule: id() }),
            Standing::InForce | Standing::Suspended | Standing::Superseded => {}
        }
    }

    fn row(
        &self,
        step: &'a Step,
        rule: &Rule,
        row: &'a Row,
        names: &mut [Value<'a>],
    ) -> (Option<Span>, Vec<Why>) {
        for ((_, at), value) in step.columns.iter().zip(&row.values) {
            names[usize::from(*at)] = match value {
                Some(expr) => eval(expr, names),
                None => Value::Unknown(*at),
            };
        }
        let (amount, mut why) = self.amount(&step.formula, step.round, names);
        for why in &mut why {
            // A column without a value is the rule's gap, not a question to the user.
            if let Why::NotGiven { name, .. } = why
                && step.columns.iter().any(|(column, _)| column == name)
            {
                *why = Why::NoValue {
                    rule: rule.law.id.clone(),
                };
            }
        }
        (amount, why)
    }

    fn amount(&self, formula: &'a Expr, round: u32, names: &[Value<'a>]) -> (Option<Span>, Vec<Why>) {
        match eval(formula, names) {
            Value::Number(span) => match rounded(span, round) {
                Some(span) => (Some(span), Vec::new()),
                None => (None, vec![Why::Arithmetic]),
            },
            Value::Unknown(at) => (None, vec![self.why(at)]),
            Value::Null => (None, vec![Why::DoesNotApply]),
            _ => (None, vec![Why::Arithmetic]),
        }
    }

    /// A formula with its numbers: `0.15 × (176234.10 + 17623.41)`.
    fn spell(&self, formula: &Expr, names: &[Value<'_>]) -> String {
        crate::working::spell(formula, names, self.pack)
    }
}

/// A denial that another source disputes, and by which the car would pass, is a doubt.
fn disputed(findings: &mut [Finding<'_>]) {
    for at in 0..findings.len() {
        if findings[at].outcome != Outcome::Denied {
            continue;
        }
        let law = findings[at].law;
        let rival = findings.iter().find(|other| {
            other.outcome <= Outcome::NoLimit
                && (law.disputes.contains(&other.law.id) || other.law.disputes.contains(&law.id))
        });
        if let Some(rival) = rival {
            let rules = vec![law.id.clone(), rival.law.id.clone()];
            findings[at].outcome = Outcome::Doubtful;
            push(&mut findings[at].why, Why::Disagree { rules });
        }
    }
}

fn push(all: &mut Vec<Why>, why: Why) {
    if !all.contains(&why) {
        all.push(why);
    }
}

/// Half up to so many decimals. Amounts below zero do not exist: a formula that gives one says that nothing is due.
fn rounded(span: Span, decimals: u32) -> Option<Span> {
    span.map(|number| {
        Some(
            number
                .max(Decimal::ZERO)
                .round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero),
        )
    })
}

fn trigger_of_test(check: &Check, names: &[Value<'_>]) -> Tri {
    match &check.fact {
        Some(fact) => check.test.passes(eval(fact, names)),
        None => Tri::Yes,
    }
}

/// Whether the rule bites.
fn trigger(check: &Check, names: &[Value<'_>]) -> Tri {
    match check.effect {
        Effect::Require => trigger_of_test(check, names).not(),
        Effect::RequireAll => {
            let Some(fact) = &check.fact else {
                return Tri::No;
            };
            let mut words = Vec::new();
            check.test.words(&mut words);
            match eval(fact, names) {
                Value::List(list) => Tri::of(!words.iter().all(|word| list.iter().any(|item| item == word))),
                Value::Unknown(at) => Tri::Unknown(at),
                _ => Tri::Unknown(1),
            }
        }
        _ => trigger_of_test(check, names),
    }
}

fn outcome(check: &Check, trigger: Tri, perhaps: bool, car: &Car) -> Outcome {
    let firm = check.law.standing == Standing::InForce && check.law.confidence != Confidence::Low && !perhaps;
    let evidenced = || match car.get("documents") {
        Some(FactValue::List(documents)) if !check.evidence.is_empty() => {
            check.evidence.iter().all(|needed| documents.contains(needed))
        }
        _ => false,
    };
    match (check.effect, trigger) {
        (Effect::None, _) => Outcome::NoLimit,
        (_, Tri::No) => Outcome::Passed,
        (Effect::Warn, _) => Outcome::Warning,
        (_, _) if check.law.standing == Standing::Suspended => Outcome::Warning,
        (Effect::Permit | Effect::Hold, _) if evidenced() => Outcome::Passed,
        (Effect::Hold | Effect::Limit, _) => Outcome::Condition,
        // A document can still be obtained.
        (Effect::Require | Effect::RequireAll, _) if check.fact_text == "documents" => Outcome::Condition,
        (_, Tri::Yes) if firm => Outcome::Denied,
        (_, Tri::Yes) if perhaps && check.law.standing == Standing::InForce => Outcome::Condition,
        (_, Tri::Yes) => Outcome::Doubtful,
        (_, Tri::Unknown(_)) if firm => Outcome::Condition,
        (_, Tri::Unknown(_)) => Outcome::Warning,
    }
}

/// One verdict from the cases.
fn merge<'a>(pack: &'a Pack, question: &Question<'a>, mut cases: Vec<Case<'a>>) -> Verdict<'a> {
    let known_sum = |case: &Case<'_>, pick: fn(&Span) -> Decimal| -> Decimal {
        case.lines
            .iter()
            .filter(|line| line.kind == StepKind::Charge)
            .filter_map(|line| line.amount.as_ref().map(pick))
            .fold(Decimal::ZERO, |sum, next| {
                sum.checked_add(next).unwrap_or(Decimal::MAX)
            })
    };
    let lowest = |span: &Span| span.low;
    let highest = |span: &Span| span.high;
    let cheapest = (0..cases.len())
        .min_by_key(|at| known_sum(&cases[*at], lowest))
        .unwrap_or_default();
    let dearest = (0..cases.len())
        .max_by_key(|at| known_sum(&cases[*at], highest))
        .unwrap_or_default();
    let inexact: Vec<&str> = ["manufactured", "first_registration"]
        .into_iter()
        .filter(|name| question.car.date(name).is_some_and(|date| !date.is_exact()))
        .collect();
    let mut rates: Vec<RateUsed> = Vec::new();
    for case in &cases {
        for used in &case.rates {
            if !rates.contains(used) {
                rates.push(*used);
            }
        }
    }
    let (findings, controls) = merge_findings(&cases, &inexact);
    let lines = if cases.len() == 1 {
        cases.swap_remove(0).lines
    } else {
        merge_lines(&cases, cheapest, dearest, &inexact)
    };
    finish(pack, question, findings, controls, lines, rates)
}

fn merge_findings<'a>(cases: &[Case<'a>], inexact: &[&str]) -> (Vec<Finding<'a>>, usize) {
    let Some((first, rest)) = cases.split_first() else {
        return (Vec::new(), 0);
    };
    let mut findings = first.findings.clone();
    let mut controls = first.controls;
    for case in rest {
        for (at, other) in case.findings.iter().enumerate() {
            match findings.iter_mut().find(|mine| std::ptr::eq(mine.law, other.law)) {
                Some(mine) if mine.outcome != other.outcome => {
                    mine.outcome = Outcome::Condition;
                    for name in inexact {
                        push(
                            &mut mine.why,
                            Why::DateNotExact {
                                name: (*name).to_owned(),
                            },
                        );
                    }
                }
                Some(_) => {}
                None => {
                    let place = if at < case.controls {
                        controls
                    } else {
                        findings.len()
                    };
                    controls += usize::from(at < case.controls);
                    findings.insert(place, other.clone());
                }
            }
        }
    }
    (findings, controls)
}

fn merge_lines<'a>(cases: &[Case<'a>], cheapest: usize, dearest: usize, inexact: &[&str]) -> Vec<Line<'a>> {
    let mut lines: Vec<Line<'a>> = Vec::new();
    for case in cases {
        for line in &case.lines {
            if !lines.iter().any(|known| std::ptr::eq(known.name, line.name)) {
                lines.push(line.clone());
            }
        }
    }
    for line in &mut lines {
        let name = line.name;
        let of = |case: &Case<'a>| -> Option<Line<'a>> {
            case.lines
                .iter()
                .find(|other| std::ptr::eq(other.name, name))
                .cloned()
        };
        let amount = |case: &Case<'a>| match of(case) {
            Some(line) => line.amount,
            None => Some(Span::exact(Decimal::ZERO)),
        };
        let amounts: Vec<Option<Span>> = cases.iter().map(amount).collect();
        let differ = amounts.windows(2).any(|pair| pair[0] != pair[1]);
        line.amount = match (amounts[cheapest], amounts[dearest]) {
            (Some(low), Some(high)) if amounts.iter().all(Option::is_some) => Some(Span {
                low: low.low,
                high: high.high,
            }),
            _ => None,
        };
        for case in cases {
            if let Some(other) = of(case) {
                for why in other.why {
                    push(&mut line.why, why);
                }
                for used in other.rules {
                    if !line
                        .rules
                        .iter()
                        .any(|mine| std::ptr::eq(mine.law, used.law) && mine.amount == used.amount)
                    {
                        line.rules.push(used);
                    }
                }
            }
        }
        if differ {
            for name in inexact {
                push(
                    &mut line.why,
                    Why::DateNotExact {
                        name: (*name).to_owned(),
                    },
                );
            }
        }
    }
    lines
}

fn finish<'a>(
    pack: &'a Pack,
    question: &Question<'a>,
    mut findings: Vec<Finding<'a>>,
    controls: usize,
    mut lines: Vec<Line<'a>>,
    mut rates: Vec<RateUsed>,
) -> Verdict<'a> {
    let zero = Span::exact(Decimal::ZERO);
    let status = status(pack, &findings);
    findings[controls..].sort_by_key(|finding| std::cmp::Reverse(finding.outcome));
    findings[..controls].sort_by_key(|finding| std::cmp::Reverse(finding.outcome));
    let seller_currency = question.values.price.map(|price| price.currency);
    let rate = seller_currency.and_then(|to| question.rates.rate(pack.currency, to));
    if let (Some(to), Some(rate)) = (seller_currency, rate)
        && to != pack.currency
        && !rates
            .iter()
            .any(|used| (used.from, used.to) == (to, pack.currency))
    {
        rates.push(RateUsed {
            from: pack.currency,
            to,
            rate,
        });
    }
    let (mut known, mut seller_known) = (zero, zero);
    let mut missing_lines = Vec::new();
    let mut overflow = false;
    for line in &mut lines {
        if line.kind != StepKind::Value {
            // The two ends may belong to different cases, so they are converted apart.
            line.seller_amount = line
                .amount
                .zip(rate)
                .and_then(|(span, rate)| converted(span, rate));
        }
        if line.kind != StepKind::Charge {
            continue;
        }
        match line.amount {
            Some(span) => match known.plus(span) {
                Some(sum) => known = sum,
                None => overflow = true,
            },
            None => missing_lines.push(line.name),
        }
        if let Some(span) = line.seller_amount {
            match seller_known.plus(span) {
                Some(sum) => seller_known = sum,
                None => overflow = true,
            }
        }
    }
    // A pack that knows of no charge does not know that there is none.
    let charged = pack.steps.iter().any(|step| step.kind == StepKind::Charge);
    let complete = charged && missing_lines.is_empty() && !overflow;
    let total = complete.then_some(known);
    let seller_total = total.and(rate).map(|_| seller_known);
    let paid = paid(question, pack.currency);
    let landed = total
        .zip(paid)
        .and_then(|(total, paid)| total.plus(Span::exact(paid)));
    let seller_landed = seller_total
        .zip(seller_currency.and_then(|to| self::paid(question, to)))
        .and_then(|(total, paid)| total.plus(Span::exact(paid)));
    let cautions = cautions(pack, question, &lines);
    let asks = asks(&findings, &lines);
    Verdict {
        country: &pack.country,
        name: &pack.name,
        arrival: question.arrival,
        status,
        findings,
        lines,
        currency: pack.currency,
        total,
        known,
        missing_lines,
        seller_currency,
        seller_total,
        landed,
        seller_landed,
        asks,
        cautions,
        rates,
        rates_date: question.rates.date,
        rates_source: &question.rates.source,
        as_of: pack.as_of,
        headline: &pack.headline,
        gaps: &pack.gaps,
    }
}

/// Both ends in another currency, to its second decimal.
fn converted(span: Span, rate: Decimal) -> Option<Span> {
    let one = |amount: Decimal| {
        let converted = amount.checked_mul(rate)?;
        Some(converted.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))
    };
    Some(Span {
        low: one(span.low)?,
        high: one(span.high)?,
    })
}

/// Price, freight and insurance in a currency, if all are known.
fn paid(question: &Question<'_>, to: Currency) -> Option<Decimal> {
    let values = question.values;
    let mut sum = Decimal::ZERO;
    for money in [values.price?, values.freight?, values.insurance?] {
        let amount = money
            .amount
            .checked_mul(question.rates.rate(money.currency, to)?)?;
        sum = sum.checked_add(amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero))?;
    }
    Some(sum)
}

fn status(pack: &Pack, findings: &[Finding<'_>]) -> Status {
    let worst = findings.iter().map(|finding| finding.outcome).max();
    match worst {
        Some(Outcome::Denied) => Status::NotAdmissible,
        Some(Outcome::Doubtful) => Status::Unknown,
        // Warnings alone say nothing about admission.
        _ if !findings
            .iter()
            .any(|finding| finding.country == pack.country && finding.effect != Effect::Warn) =>
        {
            Status::Unknown
        }
        Some(Outcome::Condition) => Status::Conditional,
        _ => Status::Admissible,
    }
}

fn cautions(pack: &Pack, question: &Question<'_>, lines: &[Line<'_>]) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if let Some(from) = question.car.power_from() {
        cautions.push(Caution::PowerConverted { from });
    }
    if let (None, Some(region)) = (question.car.text("region"), pack.regions.first()) {
        cautions.push(Caution::RegionAssumed {
            region: region.clone(),
        });
    }
    let rules_that = |test: fn(&RuleUse<'_>) -> bool| {
        let mut ids: Vec<String> = Vec::new();
        for used in lines
            .iter()
            .flat_map(|line| &line.rules)
            .filter(|used| test(used))
        {
            if !ids.contains(&used.law.id) {
                ids.push(used.law.id.clone());
            }
        }
        ids
    };
    let undated = rules_that(|used| used.undated);
    if !undated.is_empty() {
        cautions.push(Caution::Undated { rules: undated });
    }
    let weak = rules_that(|used| used.law.confidence == Confidence::Low);
    if !weak.is_empty() {
        cautions.push(Caution::Weak { rules: weak });
    }
    cautions
}

fn asks(findings: &[Finding<'_>], lines: &[Line<'_>]) -> Vec<Why> {
    let mut asks = Vec::new();
    for why in findings
        .iter()
        .filter(|finding| finding.outcome >= Outcome::Condition)
        .flat_map(|finding| &finding.why)
    {
        ask(why, lines, &mut asks);
    }
    for why in lines
        .iter()
        .filter(|line| line.kind == StepKind::Charge)
        .flat_map(|line| &line.why)
    {
        ask(why, lines, &mut asks);
    }
    asks
}

/// Adds what a user could answer; of a line that rests on others, what they need.
fn ask(why: &Why, lines: &[Line<'_>], asks: &mut Vec<Why>) {
    match why {
        Why::NotGiven { .. } | Why::NoRate { .. } | Why::DateNotExact { .. } => push(asks, why.clone()),
        Why::DependsOn { step } => {
            // Steps rest on earlier ones only, so this ends.
            let before = lines
                .iter()
                .position(|line| line.name == step)
                .unwrap_or_default();
            if let Some(line) = lines.get(before) {
                for why in &line.why {
                    ask(why, &lines[..before], asks);
                }
            }
        }
        _ => {}
    }
}
