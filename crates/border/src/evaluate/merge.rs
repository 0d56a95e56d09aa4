//! One verdict from the cases of a car whose dates are not exact.

use rust_decimal::Decimal;

use super::{Case, Prepared, push, total};
use crate::feel::{Number, Span};
use crate::pack::{Law, Pack, StepKind};
use crate::verdict::{Finding, Line, Outcome, RateUsed, RuleUse, Verdict, Why};

/// One verdict from the cases.
pub(super) fn merge<'a>(pack: &'a Pack, prepared: &Prepared<'a>, cases: Vec<Case<'a>>) -> Verdict<'a> {
    let known_sum = |case: &Case<'_>, pick: fn(&Span) -> Decimal| -> Decimal {
        case.lines
            .iter()
            .filter(|line| line.kind() == StepKind::Charge)
            .filter_map(|line| line.amount().as_ref().map(pick))
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
    let inexact = prepared.inexact.as_slice();
    let mut rates: Vec<RateUsed> = Vec::new();
    for case in &cases {
        for used in &case.rates {
            if !rates.contains(used) {
                rates.push(*used);
            }
        }
    }
    let (findings, controls) = merge_findings(&cases, inexact);
    let lines = merge_lines(&cases, cheapest, dearest, inexact);
    let whole = Case {
        findings,
        controls,
        doubtful: doubtful(&lines),
        lines,
        rates,
    };
    total::total(pack, prepared, whole)
}

/// The rules of these lines that are undated or weak.
fn doubtful<'a>(lines: &[Line<'a>]) -> Vec<&'a Law> {
    let used = lines.iter().flat_map(|line| line.rules.iter().map(RuleUse::law));
    used.filter(|law| law.is_doubtful()).collect()
}

fn merge_findings<'a>(cases: &[Case<'a>], inexact: &[&'static str]) -> (Vec<Finding<'a>>, usize) {
    let Some((first, rest)) = cases.split_first() else {
        return (Vec::new(), 0);
    };
    let mut findings = first.findings.clone();
    let mut controls = first.controls;
    for case in rest {
        for (at, other) in case.findings.iter().enumerate() {
            if findings.iter().any(|mine| std::ptr::eq(mine.check, other.check)) {
                continue;
            }
            let place = if at < case.controls {
                controls
            } else {
                findings.len()
            };
            controls += usize::from(at < case.controls);
            findings.insert(place, other.clone());
        }
    }
    for finding in &mut findings {
        in_all_cases(finding, cases, inexact);
    }
    (findings, controls)
}

/// Makes what a check says in one case what it says in all. Where it does not apply it is met. Cases that differ are a condition
/// if it stops the car in one of them; what stops it in none does not stop it here.
fn in_all_cases<'a>(finding: &mut Finding<'a>, cases: &[Case<'a>], inexact: &[&'static str]) {
    let check = finding.check;
    let (mut least, mut gravest) = (finding.outcome, finding.outcome);
    for case in cases {
        let mut findings = case.findings.iter();
        let other = findings.find(|other| std::ptr::eq(other.check, check));
        let outcome = other.map_or(Outcome::Passed, |other| other.outcome);
        least = least.min(outcome);
        gravest = gravest.max(outcome);
        for why in other.into_iter().flat_map(|other| &other.why) {
            push(&mut finding.why, why.clone());
        }
    }
    if least == gravest {
        return;
    }
    finding.outcome = gravest.min(Outcome::Condition);
    if finding.outcome >= Outcome::Warning {
        for name in inexact {
            push(&mut finding.why, Why::DateNotExact { name });
        }
    }
}

fn merge_lines<'a>(
    cases: &[Case<'a>],
    cheapest: usize,
    dearest: usize,
    inexact: &[&'static str],
) -> Vec<Line<'a>> {
    let mut lines: Vec<Line<'a>> = Vec::new();
    for case in cases {
        for line in &case.lines {
            if !lines.iter().any(|known| std::ptr::eq(known.step, line.step)) {
                lines.push(line.clone());
            }
        }
    }
    for line in &mut lines {
        let step = line.step;
        let of = |case: &Case<'a>| -> Option<Line<'a>> {
            case.lines
                .iter()
                .find(|other| std::ptr::eq(other.step, step))
                .cloned()
        };
        let amount = |case: &Case<'a>| match of(case) {
            Some(line) => line.amount(),
            None => Some(Span::exact(Decimal::ZERO)),
        };
        let amounts: Vec<Option<Span>> = cases.iter().map(amount).collect();
        let differ = amounts.windows(2).any(|pair| pair[0] != pair[1]);
        line.amount = match (amounts[cheapest], amounts[dearest]) {
            (Some(low), Some(high)) if amounts.iter().all(Option::is_some) => Some(Number::from(Span {
                low: low.low,
                high: high.high,
            })),
            _ => None,
        };
        for case in cases {
            if let Some(other) = of(case) {
                for why in other.why {
                    push(&mut line.why, why);
                }
                for used in &other.rules {
                    if !line
                        .rules
                        .iter()
                        .any(|mine| std::ptr::eq(mine.rule, used.rule) && mine.amount() == used.amount())
                    {
                        line.rules.push(used.clone());
                    }
                }
            }
        }
        if differ {
            for name in inexact {
                push(&mut line.why, Why::DateNotExact { name });
            }
        }
    }
    lines
}
