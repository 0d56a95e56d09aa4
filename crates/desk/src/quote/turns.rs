//! The checks that come out otherwise on the days ahead: which limit it is that a car reaches, and how it stands then.

use border::{Fault, Finding, Outcome, Outlook, Question, RuleSet, Verdict};
use jiff::civil::Date;
use serde::Serialize;

/// A check that comes out otherwise from a day of arrival on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turn<'p> {
    /// The first day of the new outcome.
    pub date: Date,
    /// The country whose rule it is.
    pub country: &'p str,
    /// The rule.
    pub rule: &'p str,
    /// What it is about.
    pub key: &'p str,
    /// The rule in words.
    pub reason: &'p str,
    /// How it comes out from that day on.
    pub outcome: Outcome,
}

/// The checks that turn on each day on which a verdict changes. The outlook knows the days; what stands on each is asked anew,
/// with a voyage as long as the first one.
///
/// # Errors
/// As [`RuleSet::evaluate`].
pub(super) fn turns<'a>(
    set: &'a RuleSet,
    question: &Question<'a>,
    verdict: &Verdict<'a>,
    outlook: &Outlook,
) -> Result<Vec<Turn<'a>>, Vec<Fault>> {
    let voyage = question.departure.map(|departure| question.arrival - departure);
    let mut turns = Vec::new();
    let mut before = verdict.findings.clone();
    for broken in &outlook.breaks {
        let then = set.evaluate(&Question {
            arrival: broken.date,
            departure: voyage.map(|days| broken.date.saturating_sub(days)),
            workings: false,
            ..*question
        })?;
        for finding in &then.findings {
            if outcome_in(&before, finding) != finding.outcome {
                turns.push(Turn::of(broken.date, finding, finding.outcome));
            }
        }
        // A rule that ended, or that does not touch the car any more, is met.
        for gone in &before {
            if gone.outcome > Outcome::NoLimit && !then.findings.iter().any(|finding| same(finding, gone)) {
                turns.push(Turn::of(broken.date, gone, Outcome::Passed));
            }
        }
        before = then.findings;
    }
    Ok(turns)
}

fn same(a: &Finding<'_>, b: &Finding<'_>) -> bool {
    (a.country(), &a.law().id) == (b.country(), &b.law().id)
}

/// How a check came out. Where it says nothing, it is met; that there is no limit says no more than that.
fn outcome_in(findings: &[Finding<'_>], of: &Finding<'_>) -> Outcome {
    let said = findings.iter().find(|finding| same(finding, of));
    match said {
        Some(finding) => finding.outcome,
        None if of.outcome == Outcome::NoLimit => Outcome::NoLimit,
        None => Outcome::Passed,
    }
}

impl<'p> Turn<'p> {
    fn of(date: Date, finding: &Finding<'p>, outcome: Outcome) -> Self {
        Turn {
            date,
            country: finding.country(),
            rule: &finding.law().id,
            key: finding.key(),
            reason: finding.reason(),
            outcome,
        }
    }
}
