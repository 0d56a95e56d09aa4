//! How lines and findings of a verdict are written: with the words of the step, the rule and the check that they point to.

use serde::{Serialize, Serializer};

use crate::feel::Span;
use crate::pack::{Effect, Law, StepKind};
use crate::verdict::{Finding, Line, Outcome, RuleUse, Why, basis};

#[derive(Serialize)]
struct ShownRule<'s> {
    #[serde(flatten)]
    law: &'s Law,
    undated: bool,
    amount: Option<Span>,
    row: &'s str,
    #[serde(skip_serializing_if = "str::is_empty")]
    row_note: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    working: Option<&'s str>,
}

#[derive(Serialize)]
struct ShownLine<'s> {
    name: &'s str,
    title: &'s str,
    kind: StepKind,
    amount: Option<Span>,
    seller_amount: Option<Span>,
    base: Option<Span>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_text: Option<&'s str>,
    formula: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    working: Option<&'s str>,
    rules: &'s [RuleUse<'s>],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    basis: Vec<ShownBasis<'s>>,
    why: &'s [Why<'s>],
    given: bool,
}

#[derive(Serialize)]
struct ShownFinding<'s> {
    country: &'s str,
    key: &'s str,
    effect: Effect,
    outcome: Outcome,
    reason: &'s str,
    #[serde(skip_serializing_if = "str::is_empty")]
    authority: &'s str,
    evidence: &'s [String],
    #[serde(flatten)]
    law: &'s Law,
    undated: bool,
    why: &'s [Why<'s>],
}

impl Serialize for Finding<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = ShownFinding {
            country: self.country(),
            key: self.key(),
            effect: self.effect(),
            outcome: self.outcome,
            reason: self.reason(),
            authority: self.authority(),
            evidence: self.evidence(),
            law: self.law(),
            undated: self.undated(),
            why: &self.why,
        };
        shown.serialize(serializer)
    }
}

impl Serialize for RuleUse<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = ShownRule {
            law: self.law(),
            undated: self.undated(),
            amount: self.amount(),
            row: self.row(),
            row_note: self.row_note(),
            working: self.working.as_deref(),
        };
        shown.serialize(serializer)
    }
}

/// A rule that a line rests on by way of another.
#[derive(Serialize)]
struct ShownBasis<'s> {
    /// The line that it gave.
    of: &'s str,
    id: &'s str,
    #[serde(skip_serializing_if = "str::is_empty")]
    act: &'s str,
    amount: Option<Span>,
}

/// Lines, each with the rules of those that it rests on.
pub(crate) fn lines<S: Serializer>(lines: &[Line<'_>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(lines.iter().map(|line| {
        ShownLine {
            name: line.name(),
            title: line.title(),
            kind: line.kind(),
            amount: line.amount(),
            seller_amount: line.seller_amount(),
            base: line.base(),
            base_text: line.base_text(),
            formula: line.formula(),
            working: line.working.as_deref(),
            rules: &line.rules,
            basis: basis(lines, line)
                .map(|(of, used)| ShownBasis {
                    of: of.name(),
                    id: &used.law().id,
                    act: &used.law().act,
                    amount: used.amount(),
                })
                .collect(),
            why: &line.why,
            given: line.given,
        }
    }))
}
