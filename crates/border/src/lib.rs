//! Borders as dated, sourced, honest rules: may this car enter, and what will it cost?
//!
//! [`RuleSet::load`] reads rule packs (`spec/rule-pack.md`), which are data that a customs broker edits.
//! [`RuleSet::evaluate`] answers one [`Question`] with a [`Verdict`]: admissible, not, conditional or unknown; charges line
//! by line in exact decimals; a total, or a range with the rules that disagree, or none where a value is missing.
//! [`RuleSet::outlook`] says what would break it, and until when it holds.
//!
//! **What it is not.** It is no legal advice. It guesses nothing: what depends on an unknown fact, an unread day or a
//! missing rate is unknown, and says so by name. And it knows no way round export control, which comes first in every
//! verdict and is part of every rule set.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod changes;
mod country;
mod date;
mod decimal;
mod evaluate;
mod fact;
mod feel;
mod money;
mod outlook;
mod pack;
mod shown;
mod uses;
mod verdict;
mod working;

pub use changes::{Change, ChangeKind};
pub use country::is_country;
pub use date::{DateError, PartialDate};
pub use evaluate::{Prepared, Question, arrival_fault};
pub use fact::{Car, FACTS, FUELS, Fact, FactValue, Fault, Kind, PowerUnit, TITLES, is_same_power};
pub use feel::Span;
pub use money::{Currency, CurrencyError, Money, MoneyError, RateError, Rates};
pub use outlook::{Break, Cause, LineBreak, Outlook};
pub use pack::{
    Check, Confidence, Effect, Example, ExampleResult, Expectation, Force, Input, Law, Outcome as Comparison,
    Pack, PackSource, Problem, Remark, Rule, RuleSet, Severity, Side, Standing, Step, StepKind, Strictness,
};
pub use uses::RuleUses;
pub use verdict::{Caution, Finding, Given, Line, Outcome, RateUsed, RuleUse, Status, Values, Verdict, Why};
