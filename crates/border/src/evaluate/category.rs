//! Vehicles that are no passenger cars, or may be none. What the sources say is of passenger cars (M1) unless a rule tells
//! categories apart; of another vehicle only such rules are sure.

use super::{Case, push};
use crate::fact::{Categories, FACTS, place};
use crate::pack::{Pack, StepKind};
use crate::verdict::{Outcome, Why};

/// The question for the category where it may be that of a passenger car and may be another.
pub(super) fn question<'a>(categories: Categories) -> Option<Why<'a>> {
    (categories.may_be_passenger_car() && !categories.is_passenger_car()).then_some(Why::NotGiven {
        name: FACTS[place::CATEGORY].name,
        ask: FACTS[place::CATEGORY].ask,
    })
}

/// Takes back what rules for passenger cars say of a vehicle that is none, or may be none: a bar becomes a doubt, and their
/// charges are withheld. What export control says stays.
pub(super) fn withhold<'a>(pack: &'a Pack, case: &mut Case<'a>) {
    for finding in &mut case.findings[case.controls..] {
        let by_category = pack
            .checks
            .iter()
            .any(|check| check.by_category && check.key == finding.check.key);
        if finding.outcome == Outcome::Denied && !by_category {
            finding.outcome = Outcome::Doubtful;
            push(&mut finding.why, Why::PassengerCars);
        }
    }
    for line in &mut case.lines {
        let due = matches!(line.step.kind, StepKind::Charge | StepKind::Upside);
        if due && !line.given && !line.step.by_category {
            line.amount = None;
            push(&mut line.why, Why::PassengerCars);
        }
    }
}
