//! A rule pack: one country's law about a used car at its border, as dated, sourced tables.
//!
//! `spec/rule-pack.md` describes the files. [`RuleSet::load`] is the only door: a pack that exists is well-formed.

mod check;
mod example;
mod law;
mod load;
mod names;
mod passing;
mod problem;
mod sieve;
mod table;
mod text;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::fact::{COMPUTED, FIRST_OWN, Fault, UNKNOWN, slot};
use crate::feel::{Expr, Slot, Test, Tri, Value};
use crate::money::Currency;
use crate::verdict::Given;

pub use check::Strictness;
pub use example::{Example, ExampleResult, Expectation, Outcome};
pub(crate) use law::Days;
pub(crate) use law::Ordinal;
pub use law::{Confidence, Force, Law, Standing};
pub(crate) use passing::{Edge, Passing, Reading, Turn};
pub use problem::{Problem, Severity};
pub(crate) use sieve::{Left, Sieve};

/// The files of one folder of a rule set, by name. Reading the disk is the caller's.
#[derive(Clone, Debug)]
pub struct PackSource {
    /// The folder's name: a country code in small letters, or the name of a shared part.
    pub name: String,
    /// File names with their contents.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// On which side of the border a pack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The country the car goes to.
    Import,
    /// The country it leaves: export control.
    Export,
}

/// What a step of the calculation is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A condition with a name, for use in other conditions. It has no amount and no line.
    Condition,
    /// An intermediate value: customs value, depreciation, an index.
    Value,
    /// Money the importer pays: part of the total.
    Charge,
    /// What a trade agreement would save with proof of origin. Never part of the total.
    Upside,
}

/// One step of the calculation, in the order of `country.toml`.
// What every question looks at lies together, before what is only shown.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Step {
    /// What it is for.
    pub kind: StepKind,
    pub(crate) round: u32,
    /// Whether it tells categories of vehicles apart; else what it says is of passenger cars.
    pub(crate) by_category: bool,
    /// Whether its value is a share, from 0 to 1.
    pub(crate) is_share: bool,
    pub(crate) slot: Slot,
    pub(crate) base_slot: Slot,
    /// The place of `when` among the pack's conditions.
    pub(crate) condition: Option<usize>,
    /// What is looked at of each rule before its rows are, close together.
    pub(crate) terms: Vec<Term>,
    /// The rules of the law about it.
    pub rules: Vec<Rule>,
    pub(crate) tests: Vec<(String, Expr)>,
    pub(crate) columns: Vec<(String, Slot)>,
    /// Which rows a value leaves over.
    pub(crate) sieve: Sieve,
    pub(crate) formula: Expr,
    pub(crate) base: Option<Expr>,
    pub(crate) otherwise: Option<Expr>,
    /// Earlier steps that its formulas and rows use, by their place.
    pub(crate) rests_on: Vec<usize>,
    /// Its name in formulas and on lines.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The base as text, if it has one.
    pub base_text: Option<String>,
    /// The formula as text.
    pub formula_text: String,
    pub(crate) when: Option<Expr>,
    /// The values that it is worked out from, directly or by way of other values and conditions, by their slot. Their rules are
    /// its rules too. Charges end the way: they show their own.
    pub(crate) basis: Vec<Slot>,
}

/// The value of a rule that is known to exist and whose value no source has.
pub(crate) const NOT_FOUND: &str = "not found";

/// One rule of the law about a step: when it holds, and its rows.
// What every question looks at lies together, before what is only shown.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Rule {
    /// Its dates, act, sources and confidence.
    pub law: Law,
    pub(crate) rows: Vec<Row>,
    pub(crate) when_text: String,
    pub(crate) value_text: String,
    pub(crate) when: Option<Expr>,
}

/// When a rule holds, on what condition, and which of the step's rows are its own.
#[derive(Clone, Debug)]
pub(crate) struct Term {
    pub(crate) days: Days,
    /// The place of its condition among the pack's.
    pub(crate) condition: Option<usize>,
    /// Whether the rule is undated or weak.
    pub(crate) doubtful: bool,
    pub(crate) standing: Standing,
    pub(crate) rows: std::ops::Range<usize>,
}

/// One row of a rule: cells that must pass, and the values that follow.
// What every question looks at lies together, before what is only shown.
#[derive(Clone, Debug)]
#[repr(C)]
pub(crate) struct Row {
    pub(crate) tests: Vec<Test>,
    /// In the order of the step's columns; an empty cell is a value that is not known.
    pub(crate) values: Vec<Option<Expr>>,
    pub(crate) file: String,
    pub(crate) line: u64,
    pub(crate) note: String,
    /// The row as one reads it.
    pub(crate) text: String,
}

impl Step {
    /// Numbers the different conditions, so that each is tried once a case and not once a rule, and sorts the rows by what they
    /// look at. Equal conditions of several steps are one: names are worked out before they are used, and never twice.
    fn index(&mut self, conditions: &mut Vec<Expr>) {
        let shares = |rule: &Rule| {
            let values = rule.rows.iter().flat_map(|row| row.values.iter().flatten());
            let above_one =
                |value: &Expr| matches!(value, Expr::Number(number) if number.decimal() > Decimal::ONE);
            rule.law.unit == "fraction" && !values.into_iter().any(above_one)
        };
        self.is_share = self.kind == StepKind::Value
            && matches!(self.formula, Expr::Name(_))
            && !self.rules.is_empty()
            && self.rules.iter().all(shares);
        let mut number = |when: &Expr| {
            let known = conditions.iter().position(|known| known == when);
            known.unwrap_or_else(|| {
                conditions.push(when.clone());
                conditions.len() - 1
            })
        };
        self.condition = self.when.as_ref().map(&mut number);
        self.terms.clear();
        let mut before = 0;
        for rule in &self.rules {
            let condition = rule.when.as_ref().map(&mut number);
            let first = before;
            before += rule.rows.len();
            self.terms.push(Term {
                days: match rule.law.standing {
                    Standing::Superseded => Days::NEVER,
                    _ => rule.law.days,
                },
                condition,
                doubtful: rule.law.is_doubtful(),
                standing: rule.law.standing,
                rows: first..before,
            });
        }
        self.sieve = Sieve::of(self.tests.len(), &self.rules);
    }

    /// Every name that it looks at: in formulas, rows, tests and conditions.
    fn looks_at(&self) -> Vec<Slot> {
        let mut used = self.names();
        let rules = self.rules.iter().filter_map(|rule| rule.when.as_ref());
        let tests = self.tests.iter().map(|(_, expr)| expr);
        self.when
            .iter()
            .chain(rules)
            .chain(tests)
            .for_each(|expr| expr.names(&mut used));
        used
    }

    /// Every name that its formulas and rows use.
    fn names(&self) -> Vec<Slot> {
        let mut used = Vec::new();
        let rows = self.rules.iter().flat_map(|rule| &rule.rows);
        let cells = rows.flat_map(|row| &row.values).flatten();
        for expr in [Some(&self.formula), self.base.as_ref(), self.otherwise.as_ref()]
            .into_iter()
            .flatten()
            .chain(cells)
        {
            expr.names(&mut used);
        }
        used
    }
}

/// What a check does when its test says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The car may not enter if the test passes.
    Deny,
    /// The car may enter only if the test passes; where the fact is a document, it must be obtained.
    Require,
    /// As `require`, and every one of the words is needed.
    RequireAll,
    /// Barred without a permit of an authority, if the test passes.
    Permit,
    /// Held until evidence is shown, if the test passes.
    Hold,
    /// Nothing follows for the verdict, but somebody should know, if the test passes.
    Warn,
    /// Lifts denials with the same key while it holds and its test passes.
    Waive,
    /// A condition on the buyer or the use, if the test passes.
    Limit,
    /// It is known that there is no such limit.
    None,
}

/// One check of admissibility, or of export control.
// What every question looks at lies together, before what is only shown.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Check {
    /// Dates, act, sources and confidence.
    pub law: Law,
    /// What it does.
    pub effect: Effect,
    /// Whether it tells categories of vehicles apart; else what it says is of passenger cars.
    pub(crate) by_category: bool,
    /// The places of the waivers that may lift it.
    pub(crate) waivers: Vec<usize>,
    pub(crate) when: Option<Expr>,
    pub(crate) fact: Option<Expr>,
    pub(crate) test: Test,
    /// Documents that satisfy it.
    pub evidence: Vec<String>,
    /// What is looked at, as text.
    pub fact_text: String,
    /// What it is about; waivers name the same.
    pub key: String,
    /// The rule in words.
    pub reason: String,
    /// Who decides, where that is not the customs of the country.
    pub authority: String,
    /// When it applies, as text.
    pub when_text: String,
    /// What must be so of it.
    pub test_text: String,
}

impl Check {
    /// Every name that it looks at.
    fn looks_at(&self) -> Vec<Slot> {
        let mut used = Vec::new();
        self.when
            .iter()
            .chain(&self.fact)
            .for_each(|expr| expr.names(&mut used));
        used
    }
}

/// A check that may stop a car, by its place among the pack's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Barring {
    pub(crate) at: usize,
    /// Whether it is known that it applies, whatever the car is.
    pub(crate) always: bool,
}

/// Something known that neither admits nor charges: penalties, procedures, statistics, codes.
#[derive(Clone, Debug)]
pub struct Remark {
    /// Dates, act, sources and confidence.
    pub law: Law,
    /// What it is about.
    pub topic: String,
    /// What is known.
    pub text: String,
}

/// A value that no register of facts has, asked for by name: a reference price, a price net of foreign tax.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name in formulas and on the command line.
    pub name: String,
    /// The question.
    pub ask: String,
    pub(crate) slot: Slot,
}

/// One country's rules.
// What every question looks at lies together, before what is only shown.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Pack {
    /// The side of the border.
    pub side: Side,
    /// The currency of its charges.
    pub currency: Currency,
    /// The day on which the research ended.
    pub as_of: Date,
    /// Whether it has to do with money, as all but those of export control have.
    pub(crate) prices: bool,
    /// The most tests that one of its steps has.
    pub(crate) widest: usize,
    /// The calculation, in order.
    pub steps: Vec<Step>,
    /// The checks.
    pub checks: Vec<Check>,
    /// The checks that are no waivers.
    pub(crate) barring: Vec<Barring>,
    /// Each different condition of its steps and rules.
    pub(crate) conditions: Vec<Expr>,
    /// The values of its own names before anything is worked out, and behind them as much room as the widest step has tests.
    pub(crate) blank: Vec<Value<'static>>,
    pub(crate) currencies: Vec<(Currency, Slot)>,
    /// Slots of what may be given, by name, the shortest first.
    pub(crate) given: Vec<(String, Slot)>,
    /// Values to be asked for.
    pub inputs: Vec<Input>,
    /// Parts with rules of their own; the first is assumed and named where nothing is said.
    pub regions: Vec<String>,
    pub(crate) names: Vec<String>,
    /// Two capital letters (ISO 3166).
    pub country: String,
    /// Its name.
    pub name: String,
    /// The state of the market in a sentence.
    pub headline: String,
    /// What is not known.
    pub gaps: Vec<String>,
    /// The state of the market in one word, such as `open-restricted`.
    pub verdict: String,
    /// The side of the steering wheel that fits the traffic.
    pub steering: String,
    /// Ports of entry.
    pub ports: Vec<String>,
    /// What a reader should know.
    pub notes: Vec<String>,
    /// Background.
    pub remarks: Vec<Remark>,
    /// Published results that the pack must reproduce.
    pub examples: Vec<Example>,
    /// The slots of facts and worked-out names that it looks at.
    looks_at: Vec<Slot>,
    /// What of it changes as days pass.
    pub(crate) passing: Passing,
}

impl Pack {
    /// Every dated rule with its act: of steps, checks and remarks.
    pub fn laws(&self) -> impl Iterator<Item = &Law> {
        let rules = self
            .steps
            .iter()
            .flat_map(|step| &step.rules)
            .map(|rule| &rule.law);
        let checks = self.checks.iter().map(|check| &check.law);
        let remarks = self.remarks.iter().map(|remark| &remark.law);
        rules.chain(checks).chain(remarks)
    }

    /// The slot of a value that a user may give: a price, an input or a step.
    pub(crate) fn place_of_given(&self, name: &str) -> Option<Slot> {
        let at = self
            .given
            .binary_search_by(|(known, _)| by_length(known, name))
            .ok()?;
        self.given.get(at).map(|(_, slot)| *slot)
    }

    /// What is wrong with a value that was given for a step whose value is a share.
    pub(crate) fn is_no_share(&self, name: &str, given: Given) -> Option<Fault> {
        self.steps
            .iter()
            .find(|step| step.is_share && step.name == name)?;
        let (shown, number) = match given {
            Given::Number(share) if share <= Decimal::ONE => return None,
            Given::Number(number) => (number.to_string(), Some(number)),
            Given::Money(money) => (money.to_string(), None),
        };
        let percent = number
            .filter(|percent| *percent <= Decimal::ONE_HUNDRED)
            .and_then(|percent| percent.checked_div(Decimal::ONE_HUNDRED));
        let problem = match percent {
            Some(share) => format!(
                "no share; one is between 0 and 1, so write {} for {shown} %",
                share.normalize()
            ),
            None => "no share; one is a number between 0 and 1, such as 0.65 for 65 %".to_owned(),
        };
        Some(Fault::new(name, shown, problem))
    }

    /// Which of the pack's parts a value names.
    pub(crate) fn region_of(&self, value: Value<'_>) -> Option<&str> {
        let Value::Text(text) = value else {
            return None;
        };
        self.regions
            .iter()
            .map(String::as_str)
            .find(|region| *region == text)
    }

    /// Works out what every question would work out again.
    fn index(&mut self) {
        self.barring = (0..self.checks.len())
            .filter(|at| self.checks[*at].effect != Effect::Waive)
            .map(|at| Barring {
                at,
                always: self.checks[at].when.is_none(),
            })
            .collect();
        let waivers: Vec<(usize, String)> = (self.checks.iter().enumerate())
            .filter(|(_, check)| check.effect == Effect::Waive)
            .map(|(at, check)| (at, check.key.clone()))
            .collect();
        for check in &mut self.checks {
            check.waivers = waivers
                .iter()
                .filter(|(_, key)| *key == check.key)
                .map(|(at, _)| *at)
                .collect();
        }
        self.conditions.clear();
        for step in &mut self.steps {
            step.index(&mut self.conditions);
        }
        let mut used = Vec::new();
        for step in &self.steps {
            self.widest = self.widest.max(step.tests.len());
            used.extend(step.looks_at());
        }
        for check in &self.checks {
            used.extend(check.looks_at());
        }
        self.blank = (FIRST_OWN..self.names.len())
            .map(|at| Value::Unknown(Slot::try_from(at).unwrap_or(Slot::MAX)))
            .chain(std::iter::repeat_n(Value::Null, self.widest))
            .collect();
        self.foundations();
        self.passing = Passing::of(self);
        let money = [slot::PRICE, slot::FREIGHT, slot::INSURANCE, slot::FOB, slot::CIF];
        self.prices = !(self.steps.is_empty() && self.inputs.is_empty() && self.currencies.is_empty())
            || used.iter().any(|slot| money.contains(&usize::from(*slot)));
        used.retain(|slot| usize::from(*slot) < FIRST_OWN);
        used.sort_unstable();
        used.dedup();
        self.looks_at = used;
    }

    /// What each step is worked out from, and which steps and checks tell categories of vehicles apart.
    fn foundations(&mut self) {
        // Steps rest on earlier ones only, so those are complete when their turn comes.
        for at in 0..self.steps.len() {
            let looks_at = self.steps[at].looks_at();
            let mut basis: Vec<Slot> = Vec::new();
            let mut by_category = looks_at.iter().any(|slot| usize::from(*slot) == slot::CATEGORY);
            for earlier in self.steps[..at]
                .iter()
                .filter(|step| looks_at.contains(&step.slot))
            {
                match earlier.kind {
                    StepKind::Charge | StepKind::Upside => continue,
                    StepKind::Value => basis.push(earlier.slot),
                    StepKind::Condition => by_category |= earlier.by_category,
                }
                basis.extend(&earlier.basis);
            }
            basis.sort_unstable();
            basis.dedup();
            self.steps[at].basis = basis;
            self.steps[at].by_category = by_category;
        }
        let conditions: Vec<Slot> = self
            .steps
            .iter()
            .filter(|step| step.kind == StepKind::Condition && step.by_category)
            .map(|step| step.slot)
            .collect();
        let tells = |check: &Check| {
            let mut looks_at = check.looks_at().into_iter();
            looks_at.any(|slot| usize::from(slot) == slot::CATEGORY || conditions.contains(&slot))
        };
        // A row for trucks shows that the row beside it, of the same key, is not for them.
        let keys: Vec<String> = self
            .checks
            .iter()
            .filter(|check| tells(check))
            .map(|check| check.key.clone())
            .collect();
        for check in &mut self.checks {
            check.by_category = keys.contains(&check.key);
        }
    }

    /// The checks that may touch a car that goes to a country, whatever else is known of it but whether countries on its way
    /// were named.
    fn reaches(&self, destination: &str, way_named: bool) -> Vec<Barring> {
        let mut names = UNKNOWN.to_vec();
        names[slot::DESTINATION] = Value::Text(destination);
        if !way_named {
            names[slot::ROUTE_NAMED] = Value::List(&[]);
        }
        let applies = |check: &Check| {
            let when = check.when.as_ref();
            when.map_or(Tri::Yes, |when| when.holds(&names))
        };
        self.barring
            .iter()
            .filter_map(|barring| {
                let applies = applies(&self.checks[barring.at]);
                (applies != Tri::No).then_some(Barring {
                    at: barring.at,
                    // What is known with the destination alone stays so with more: three-valued logic is monotone.
                    always: applies == Tri::Yes,
                })
            })
            .collect()
    }

    /// The name that stands for a slot.
    pub(crate) fn name_of(&self, slot: Slot) -> &str {
        self.names.get(usize::from(slot)).map_or("", String::as_str)
    }
}

/// All packs together.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// By country.
    packs: Vec<Pack>,
    /// The countries of the packs, close together: every question looks for one.
    countries: Vec<[u8; 2]>,
    /// The places of those of export control.
    exports: Vec<usize>,
    /// For each pack, the export control that may touch a car that goes there: first
    /// where no country on the way was named, which is nearly always, then where one was.
    controls: Vec<[Touching; 2]>,
}

/// Packs of export control by their place, each with those of its checks that may touch a car.
type Touching = Vec<(usize, Vec<Barring>)>;

impl RuleSet {
    fn of(packs: BTreeMap<String, Pack>) -> Self {
        let mut packs: Vec<Pack> = packs.into_values().collect();
        packs.iter_mut().for_each(Pack::index);
        let exports: Vec<usize> = (0..packs.len())
            .filter(|at| packs[*at].side == Side::Export)
            .collect();
        let controls = packs
            .iter()
            .map(|to| {
                [false, true].map(|way_named| {
                    exports
                        .iter()
                        .map(|at| (*at, packs[*at].reaches(&to.country, way_named)))
                        .filter(|(_, checks)| !checks.is_empty())
                        .collect()
                })
            })
            .collect();
        RuleSet {
            countries: packs.iter().filter_map(|pack| code(&pack.country)).collect(),
            exports,
            controls,
            packs,
        }
    }

    /// The packs of countries that cars go to, by country code.
    pub fn destinations(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter().filter(|pack| pack.side == Side::Import)
    }

    /// The packs of export control. There is at least one in every rule set.
    pub fn exports(&self) -> impl Iterator<Item = &Pack> {
        self.exports.iter().filter_map(|at| self.packs.get(*at))
    }

    /// The packs of export control that may touch a car to a country, with the checks that may.
    pub(crate) fn controls(&self, to: &Pack, way_named: bool) -> impl Iterator<Item = (&Pack, &[Barring])> {
        let at = self.place(&to.country);
        at.and_then(|at| self.controls.get(at)?.get(usize::from(way_named)))
            .into_iter()
            .flatten()
            .filter_map(|(at, checks)| Some((self.packs.get(*at)?, checks.as_slice())))
    }

    /// Whether any pack looks at a fact, or at what is worked out from it; or whether the vehicle's category is.
    pub fn asks_for(&self, fact: &str) -> bool {
        if matches!(fact, "category" | "body" | "seats" | "mass_kg" | "payload_kg") {
            return true;
        }
        let names: Vec<&str> = COMPUTED
            .iter()
            .filter(|(_, from, _)| *from == fact)
            .map(|(name, ..)| *name)
            .chain([fact])
            .collect();
        self.packs.iter().any(|pack| {
            pack.looks_at
                .iter()
                .any(|slot| names.contains(&pack.name_of(*slot)))
        })
    }

    /// Every pack.
    pub fn packs(&self) -> impl Iterator<Item = &Pack> {
        self.packs.iter()
    }

    /// The pack of a country.
    pub fn pack(&self, country: &str) -> Option<&Pack> {
        self.packs.get(self.place(country)?)
    }

    fn place(&self, country: &str) -> Option<usize> {
        self.countries.binary_search(&code(country)?).ok()
    }
}

/// An order of names that nearly always needs no look at their letters.
pub(crate) fn by_length(a: &str, b: &str) -> std::cmp::Ordering {
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// The two letters of a country; packs of others are not loaded.
fn code(country: &str) -> Option<[u8; 2]> {
    country.as_bytes().try_into().ok()
}

impl Rule {
    /// The condition under which it applies, as text.
    pub fn condition(&self) -> &str {
        &self.when_text
    }

    /// Its value as text; empty if it has a table.
    pub fn value_text(&self) -> &str {
        &self.value_text
    }

    /// Whether nothing at all is said of its value, not even that it was not found.
    pub(crate) fn is_empty(&self) -> bool {
        self.value_text.is_empty() && self.rows.iter().all(|row| row.file == self.law.file)
    }

    /// Whether a value of it was not found.
    pub fn lacks_a_value(&self) -> bool {
        self.rows.iter().any(|row| row.values.iter().all(Option::is_none))
    }

    /// Its rows, as one reads them.
    pub fn rows(&self) -> impl Iterator<Item = &str> {
        self.rows.iter().map(|row| row.text.as_str())
    }
}
