//! How lines of a verdict are written: with the words of the step and the rule that they point to.

use serde::{Serialize, Serializer};

use crate::feel::Span;
use crate::pack::{Law, StepKind};
use crate::verdict::{Line, RuleUse, Why};

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
    why: &'s [Why<'s>],
    given: bool,
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

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = ShownLine {
            name: self.name(),
            title: self.title(),
            kind: self.kind(),
            amount: self.amount(),
            seller_amount: self.seller_amount(),
            base: self.base(),
            base_text: self.base_text(),
            formula: self.formula(),
            working: self.working.as_deref(),
            rules: &self.rules,
            why: &self.why,
            given: self.given,
        };
        shown.serialize(serializer)
    }
}
