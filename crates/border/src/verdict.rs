//! What the rules say about one car on one day, with the act behind each figure.

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use crate::fact::{Fault, PowerUnit};
use crate::feel::{Number, Span};
use crate::money::{Currency, Money};
use crate::pack::{Check, Confidence, Effect, Law, Pack, Row, Rule, Step, StepKind};
use crate::uses::RuleUses;

/// Whether the car may enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No rule known bars it.
    Admissible,
    /// It may enter if what is named is so, or is obtained.
    Conditional,
    /// The sources do not settle it.
    Unknown,
    /// A rule bars it.
    NotAdmissible,
}

/// How one check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The rule is met, or does not touch this car.
    Passed,
    /// It is known that there is no such limit.
    NoLimit,
    /// The rule would bar the car, and is lifted for now.
    Waived,
    /// Nothing follows, but somebody should know.
    Warning,
    /// It depends on what is not known, or on what must be obtained.
    Condition,
    /// A weak or unconfirmed source would bar the car.
    Doubtful,
    /// The rule bars the car.
    Denied,
}

/// Why a figure is a range, or missing, or to be taken with care.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Why<'p> {
    /// A fact, price or value was not given.
    NotGiven {
        /// Its name.
        name: &'p str,
        /// The question.
        ask: &'p str,
    },
    /// The rates given do not connect two currencies.
    NoRate {
        /// From which.
        from: Currency,
        /// To which.
        to: Currency,
    },
    /// The rule is known, its value was not found.
    NoValue {
        /// The rule.
        rule: &'p str,
    },
    /// No rule is known for this case on this day.
    NoRule {
        /// The step.
        step: &'p str,
    },
    /// It rests on a line that is missing or a range itself.
    DependsOn {
        /// The step.
        step: &'p str,
    },
    /// Sources disagree.
    Disagree {
        /// The rules.
        rules: Vec<&'p str>,
    },
    /// The lower figure holds only while the quota lasts.
    Quota {
        /// The rule.
        rule: &'p str,
    },
    /// A rule is proposed or not verified, and may or may not be charged.
    Proposed {
        /// The rule.
        rule: &'p str,
    },
    /// The rule began or ended in this month or year; the day was not read.
    DayNotRead {
        /// The rule.
        rule: &'p str,
    },
    /// A date of the car is known to the month or year only.
    DateNotExact {
        /// The fact.
        name: &'static str,
    },
    /// The rule goes by something that this car does not have, as displacement of an electric car.
    DoesNotApply,
    /// The rule is one for passenger cars (M1), and this is none.
    PassengerCars,
    /// The formula gives, or may give, less than zero, and no amount is that.
    BelowZero,
    /// A number is known only to lie between two others, and so may lie on either side of a limit of the rule.
    Between {
        /// Its name.
        name: &'p str,
    },
    /// The numbers are beyond 28 digits, or a divisor is zero.
    Arithmetic,
}

/// A rule that was used, and what it alone would give.
#[derive(Clone, Debug)]
pub struct RuleUse<'p> {
    pub(crate) rule: &'p Rule,
    pub(crate) used: &'p Row,
    pub(crate) amount: Option<Number>,
    /// The formula with its numbers.
    pub working: Option<Box<str>>,
}

impl<'p> RuleUse<'p> {
    /// The amount by this rule, rounded; none if a value is missing.
    pub fn amount(&self) -> Option<Span> {
        self.amount.map(Number::span)
    }

    /// The rule.
    pub fn law(&self) -> &'p Law {
        &self.rule.law
    }

    /// No date of entry into force is known.
    pub fn undated(&self) -> bool {
        self.rule.law.is_undated()
    }

    /// The row that was used, as one reads it.
    pub fn row(&self) -> &'p str {
        &self.used.text
    }

    /// What the row of the table says besides.
    pub fn row_note(&self) -> &'p str {
        &self.used.note
    }
}

/// One line of the calculation.
#[derive(Clone, Debug)]
pub struct Line<'p> {
    pub(crate) step: &'p Step,
    pub(crate) amount: Option<Number>,
    pub(crate) seller_amount: Option<Number>,
    pub(crate) base: Option<Number>,
    /// The formula with its numbers, for lines that need no rule.
    pub working: Option<Box<str>>,
    /// The rules that gave it; several if sources disagree or a fact is missing.
    pub rules: RuleUses<'p>,
    /// Why it is a range, or missing.
    pub why: Vec<Why<'p>>,
    /// It was given, not worked out.
    pub given: bool,
}

impl<'p> Line<'p> {
    /// Nothing worked out yet.
    pub(crate) fn of(step: &'p Step) -> Self {
        Line {
            step,
            amount: None,
            seller_amount: None,
            base: None,
            working: None,
            rules: RuleUses::default(),
            why: Vec::new(),
            given: false,
        }
    }

    /// The amount in local currency (a value may be a plain number); none if it is missing. Where the day of manufacture
    /// is not exact, `low` belongs to the cheapest case and `high` to the dearest, so that lines add up to totals.
    pub fn amount(&self) -> Option<Span> {
        self.amount.map(Number::span)
    }

    /// The amount in the seller's currency, if a rate is known.
    pub fn seller_amount(&self) -> Option<Span> {
        self.seller_amount.map(Number::span)
    }

    /// What the rate is of, if the line has a base.
    pub fn base(&self) -> Option<Span> {
        self.base.map(Number::span)
    }

    /// Its name.
    pub fn name(&self) -> &'p str {
        &self.step.name
    }

    /// Its title.
    pub fn title(&self) -> &'p str {
        &self.step.title
    }

    /// What it is for.
    pub fn kind(&self) -> StepKind {
        self.step.kind
    }

    /// The base in words.
    pub fn base_text(&self) -> Option<&'p str> {
        self.step.base_text.as_deref()
    }

    /// The formula in words.
    pub fn formula(&self) -> &'p str {
        &self.step.formula_text
    }
}

/// One check that touches the car.
#[derive(Clone, Debug)]
pub struct Finding<'p> {
    pub(crate) pack: &'p Pack,
    pub(crate) check: &'p Check,
    /// How it came out.
    pub outcome: Outcome,
    /// What is not known.
    pub why: Vec<Why<'p>>,
}

impl<'p> Finding<'p> {
    /// The country whose rule it is.
    pub fn country(&self) -> &'p str {
        &self.pack.country
    }

    /// What it is about.
    pub fn key(&self) -> &'p str {
        &self.check.key
    }

    /// What the rule does.
    pub fn effect(&self) -> Effect {
        self.check.effect
    }

    /// The rule in words.
    pub fn reason(&self) -> &'p str {
        &self.check.reason
    }

    /// Who decides.
    pub fn authority(&self) -> &'p str {
        &self.check.authority
    }

    /// What would satisfy it.
    pub fn evidence(&self) -> &'p [String] {
        &self.check.evidence
    }

    /// Where it is from.
    pub fn law(&self) -> &'p Law {
        &self.check.law
    }

    /// No date of entry into force is known.
    pub fn undated(&self) -> bool {
        self.check.law.is_undated()
    }
}

/// Something to know about the figures as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "caution", rename_all = "snake_case")]
pub enum Caution<'p> {
    /// The engine's power was given in horsepower and converted; tax bands are in kW.
    PowerConverted {
        /// From which horsepower.
        from: PowerUnit,
    },
    /// The country has parts with rules of their own, and this one was assumed.
    RegionAssumed {
        /// Which part.
        region: &'p str,
    },
    /// What the country asks of passenger cars (M1) is known, of this category only what says so.
    PassengerCars {
        /// Which category; none if body, seats and masses leave several open, and it is asked.
        category: Option<&'p str>,
    },
    /// Rates of a day far from that of arrival were used: three calendar months or more before it, or after it.
    RatesFar {
        /// Their day.
        date: Date,
    },
    /// A rule without a known date was used.
    Undated {
        /// The rules.
        rules: Vec<&'p str>,
    },
    /// A rule of low confidence was used.
    Weak {
        /// The rules.
        rules: Vec<&'p str>,
    },
}

/// A rate that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RateUsed {
    /// One of this…
    pub from: Currency,
    /// …is so many of that.
    pub to: Currency,
    /// How many.
    pub rate: Decimal,
}

/// The verdict for one car, one market, one day of arrival.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict<'p> {
    /// The market.
    pub country: &'p str,
    /// Its name.
    pub name: &'p str,
    /// The day as of which export control was judged.
    pub departure: Date,
    /// The day of arrival.
    pub arrival: Date,
    /// Whether the car may enter.
    pub status: Status,
    /// The checks: export control first, then the rest, the gravest first.
    pub findings: Vec<Finding<'p>>,
    /// The calculation in order: values, charges, upsides.
    #[serde(serialize_with = "crate::shown::lines")]
    pub lines: Vec<Line<'p>>,
    /// The currency of the amounts.
    pub currency: Currency,
    /// The sum of all charges; none if one of them is missing.
    pub total: Option<Span>,
    /// The sum of the charges that are known.
    pub known: Span,
    /// The names of the charges that are missing.
    pub missing_lines: Vec<&'p str>,
    /// The seller's currency, if a price was given.
    pub seller_currency: Option<Currency>,
    /// The total in the seller's currency: the sum of its lines as converted.
    pub seller_total: Option<Span>,
    /// Price, freight, insurance and total, in local currency.
    pub landed: Option<Span>,
    /// The same in the seller's currency.
    pub seller_landed: Option<Span>,
    /// Everything that is asked for, with the question.
    pub asks: Vec<Why<'p>>,
    /// What to know about the figures.
    pub cautions: Vec<Caution<'p>>,
    /// Rates used.
    pub rates: Vec<RateUsed>,
    /// The day of the rates.
    pub rates_date: Date,
    /// The source of the rates.
    pub rates_source: &'p str,
    /// The day on which the pack's research ended.
    pub as_of: Date,
    /// The state of the market in a sentence.
    pub headline: &'p str,
    /// What the pack does not know.
    pub gaps: &'p [String],
}

impl<'p> Verdict<'p> {
    /// The line of a step.
    pub fn line(&self, name: &str) -> Option<&Line<'p>> {
        self.lines.iter().find(|line| line.name() == name)
    }

    /// The rules behind the values that a line is worked out from, each with the line that it gave. Without them a product of
    /// values would name no act.
    pub fn basis<'s>(&'s self, line: &'s Line<'p>) -> impl Iterator<Item = (&'s Line<'p>, &'s RuleUse<'p>)> {
        basis(&self.lines, line)
    }

    /// The charges.
    pub fn charges(&self) -> impl Iterator<Item = &Line<'p>> {
        self.lines.iter().filter(|line| line.kind() == StepKind::Charge)
    }

    /// The weakest confidence among the rules of the charges.
    pub fn confidence(&self) -> Option<Confidence> {
        self.charges()
            .flat_map(|line| &line.rules)
            .map(|used| used.law().confidence)
            .min()
    }
}

/// The rules of the lines that a line rests on. What was given rests on nothing.
pub(crate) fn basis<'s, 'p>(
    lines: &'s [Line<'p>],
    line: &'s Line<'p>,
) -> impl Iterator<Item = (&'s Line<'p>, &'s RuleUse<'p>)> {
    lines
        .iter()
        .filter(|earlier| !line.given && line.step.basis.contains(&earlier.step.slot))
        .flat_map(|earlier| earlier.rules.iter().map(move |used| (earlier, used)))
}

/// Prices of the car and its carriage, and values that only the user knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// The price of the car, free on board.
    pub price: Option<Money>,
    /// Freight.
    pub freight: Option<Money>,
    /// Insurance of the carriage.
    pub insurance: Option<Money>,
    /// Values by name: `cif`, `fob`, a pack's inputs, or any step that customs have fixed.
    pub given: std::collections::BTreeMap<String, Given>,
}

/// A value that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// An amount.
    Money(Money),
    /// A plain number: a share, an index.
    Number(Decimal),
}

impl Given {
    /// That a plain number is beyond [`Money::MOST`].
    pub fn too_large(name: &str, number: impl std::fmt::Display) -> Fault {
        Fault::new(
            name,
            number,
            "more than any value is; numbers go up to 1,000,000,000,000,000",
        )
    }
}
