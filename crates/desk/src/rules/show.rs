//! A pack as it stands on a day, and what differs between two days.

use border::{Change, Check, Confidence, Force, Law, Pack, Standing, StepKind};
use jiff::civil::Date;
use serde::Serialize;

/// A pack on a day.
#[derive(Debug, Serialize)]
pub struct Shown<'p> {
    /// The country's code.
    pub country: &'p str,
    /// Its name.
    pub name: &'p str,
    /// The day.
    pub on: Date,
    /// The day on which the research ended.
    pub as_of: Date,
    /// The state of the market in a sentence.
    pub headline: &'p str,
    /// Checks in force.
    pub checks: Vec<ShownCheck<'p>>,
    /// Steps, with the rules in force.
    pub steps: Vec<ShownStep<'p>>,
    /// What is not known.
    pub gaps: &'p [String],
}

/// A check in force.
#[derive(Debug, Serialize)]
pub struct ShownCheck<'p> {
    /// What it is about.
    pub key: &'p str,
    /// What it does.
    pub effect: border::Effect,
    /// The rule in words.
    pub reason: &'p str,
    /// When it applies.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub when: &'p str,
    /// The day lies in the month or year in which it begins or ends.
    pub perhaps: bool,
    /// Where it is from.
    #[serde(flatten)]
    pub law: &'p Law,
}

/// A step.
#[derive(Debug, Serialize)]
pub struct ShownStep<'p> {
    /// Its name.
    pub name: &'p str,
    /// Its title.
    pub title: &'p str,
    /// What it is for.
    pub kind: StepKind,
    /// Its formula.
    pub formula: &'p str,
    /// Its base.
    pub base: Option<&'p str>,
    /// The rules in force.
    pub rules: Vec<ShownRule<'p>>,
}

/// A rule in force.
#[derive(Debug, Serialize)]
pub struct ShownRule<'p> {
    /// When it applies.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub when: &'p str,
    /// Its rows, as one reads them.
    pub rows: Vec<ShownRow<'p>>,
    /// The day lies in the month or year in which it begins or ends.
    pub perhaps: bool,
    /// Where it is from.
    #[serde(flatten)]
    pub law: &'p Law,
}

/// A row of a table as one reads it.
pub type ShownRow<'p> = &'p str;

/// A pack as it stands on a day.
pub fn show(pack: &Pack, on: Date) -> Shown<'_> {
    let checks = pack
        .checks
        .iter()
        .filter_map(|check: &Check| match check.law.on(on) {
            Force::No => None,
            force => Some(ShownCheck {
                key: &check.key,
                effect: check.effect,
                reason: &check.reason,
                when: &check.when_text,
                perhaps: force == Force::Perhaps,
                law: &check.law,
            }),
        })
        .collect();
    let steps = pack
        .steps
        .iter()
        .map(|step| ShownStep {
            name: &step.name,
            title: &step.title,
            kind: step.kind,
            formula: &step.formula_text,
            base: step.base_text.as_deref(),
            rules: step
                .rules
                .iter()
                .filter_map(|rule| match rule.law.on(on) {
                    Force::No => None,
                    force => Some(ShownRule {
                        when: rule.condition(),
                        rows: rule.rows().collect(),
                        perhaps: force == Force::Perhaps,
                        law: &rule.law,
                    }),
                })
                .collect(),
        })
        .collect();
    Shown {
        country: &pack.country,
        name: &pack.name,
        on,
        as_of: pack.as_of,
        headline: &pack.headline,
        checks,
        steps,
        gaps: &pack.gaps,
    }
}

/// What differs between two days in a pack, in words, one change a line.
pub fn difference(change: &Change<'_>) -> String {
    use border::ChangeKind;
    let verb = match (change.kind, change.law.standing) {
        (ChangeKind::Begins, Standing::Proposed | Standing::Unverified) => "may begin (not confirmed)",
        (ChangeKind::Begins, _) => "begins",
        (ChangeKind::Ends, _) => "no longer holds",
    };
    let act = if change.law.act.is_empty() {
        String::new()
    } else {
        format!("; {}", change.law.act)
    };
    let basis = if change.law.basis.is_empty() {
        String::new()
    } else {
        format!(" ({})", change.law.basis)
    };
    let confidence = match change.law.confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    };
    format!(
        "{verb}{basis}: {} [{}{act}; {confidence} confidence]",
        change.text, change.law.id
    )
}
