//! Whether the car may enter: each check of a pack, with the waivers that lift it.

use super::context::Context;
use super::push;
use crate::fact::{Car, FactValue, place};
use crate::feel::{Tri, Value, eval, looked_up};
use crate::pack::{Barring, Check, Confidence, Effect, Force, Standing};
use crate::verdict::{Finding, Outcome, Why};

impl<'a> Context<'a, '_> {
    /// Adds what each of these checks of the pack says of the car.
    pub(super) fn checks(&self, which: &[Barring], findings: &mut Vec<Finding<'a>>) {
        let day = self.day;
        let names = self.names.as_slice();
        let start = findings.len();
        let finding = |check: &'a Check, outcome: Outcome, why: Vec<Why<'a>>| Finding {
            pack: self.pack,
            check,
            outcome,
            why,
        };
        let applies = |check: &Check, always: bool| match (check.law.on_ordinal(day), &check.when) {
            (Force::No, _) => (Tri::No, false),
            (force, Some(when)) if !always => (when.holds(names), force == Force::Perhaps),
            (force, _) => (Tri::Yes, force == Force::Perhaps),
        };
        for barring in which {
            let Some(check) = self.pack.checks.get(barring.at) else {
                continue;
            };
            let (applies_now, perhaps) = applies(check, barring.always);
            if applies_now == Tri::No {
                continue;
            }
            let trigger = applies_now.and(trigger(check, names));
            let mut why = Vec::new();
            if let Tri::Unknown(at) = trigger {
                self.whys(at, check.when.iter().chain(&check.fact), &mut why);
            }
            if perhaps && trigger != Tri::No {
                why.push(Why::DayNotRead { rule: &check.law.id });
            }
            let mut outcome = outcome(check, trigger, perhaps, self.prepared.question.car);
            if matches!(outcome, Outcome::Denied | Outcome::Condition | Outcome::Doubtful) {
                for waiver in check.waivers.iter().filter_map(|at| self.pack.checks.get(*at)) {
                    let (applies_now, perhaps) = applies(waiver, false);
                    match applies_now.and(trigger_of_test(waiver, names)) {
                        Tri::Yes if !perhaps && waiver.law.standing == Standing::InForce => {
                            outcome = Outcome::Waived;
                            findings.push(finding(waiver, Outcome::NoLimit, Vec::new()));
                            break;
                        }
                        Tri::No => {}
                        Tri::Yes => {
                            outcome = Outcome::Condition;
                            why.push(Why::Proposed { rule: &waiver.law.id });
                        }
                        Tri::Unknown(at) => {
                            outcome = Outcome::Condition;
                            self.whys(at, waiver.when.iter().chain(&waiver.fact), &mut why);
                            findings.push(finding(waiver, Outcome::Warning, Vec::new()));
                        }
                    }
                }
            }
            findings.push(finding(check, outcome, why));
        }
        disputed(&mut findings[start..]);
    }
}

/// A denial that another source disputes, and by which the car would pass, is a doubt.
fn disputed(findings: &mut [Finding<'_>]) {
    for at in 0..findings.len() {
        if findings[at].outcome != Outcome::Denied {
            continue;
        }
        let law = findings[at].law();
        let rival = findings.iter().find(|other| {
            other.outcome <= Outcome::NoLimit
                && (law.disputes.contains(&other.law().id) || other.law().disputes.contains(&law.id))
        });
        if let Some(rival) = rival {
            let rules = vec![law.id.as_str(), rival.law().id.as_str()];
            findings[at].outcome = Outcome::Doubtful;
            push(&mut findings[at].why, Why::Disagree { rules });
        }
    }
}

fn trigger_of_test(check: &Check, names: &[Value<'_>]) -> Tri {
    match &check.fact {
        Some(fact) => match looked_up(fact, names) {
            Some(value) => check.test.passes(value),
            None => check.test.passes(&eval(fact, names)),
        },
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
            match eval(fact, names) {
                Value::List(list) => Tri::of(
                    !check
                        .test
                        .every_word(&|word| list.iter().any(|item| item == word)),
                ),
                Value::Unknown(at) => Tri::Unknown(at),
                _ => Tri::Unknown(1),
            }
        }
        _ => trigger_of_test(check, names),
    }
}

fn outcome(check: &Check, trigger: Tri, perhaps: bool, car: &Car) -> Outcome {
    let law = &check.law;
    let weak = law.confidence == Confidence::Low
        || matches!(law.standing, Standing::Proposed | Standing::Unverified);
    let firm = law.standing == Standing::InForce && !weak && !perhaps;
    let evidenced = || match car.at(place::DOCUMENTS) {
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
        // Two doubts, of the law and of the car, hold nobody back.
        (_, Tri::Unknown(_)) if weak => Outcome::Warning,
        (_, Tri::Unknown(_)) => Outcome::Condition,
    }
}
