//! Vehicles that are no passenger cars. What the sources say is of passenger cars (M1) unless a rule tells categories apart; of
//! another vehicle only such rules are sure.

use super::{Case, push};
use crate::fact::{Car, place};
use crate::feel::Value;
use crate::pack::{Pack, StepKind, slot};
use crate::verdict::{Outcome, Why};

/// A car that does not say what it is counts as a passenger car, as in all papers about cars; not so where its body speaks
/// against it.
pub(super) fn assume<'a>(car: &Car, names: &mut [Value<'a>]) {
    if let (Value::Unknown(_), false) = (
        names[slot::CATEGORY],
        matches!(
            car.text_at(place::BODY),
            Some("van" | "minibus" | "pickup" | "truck" | "bus")
        ),
    ) {
        names[slot::CATEGORY] = Value::Text("M1");
    }
}

/// Whether it is a vehicle that rules for passenger cars are not about.
pub(super) fn is_other(car: &Car) -> bool {
    match car.text_at(place::CATEGORY) {
        Some(category) => category != "M1",
        None => matches!(car.text_at(place::BODY), Some("pickup" | "truck" | "bus")),
    }
}

/// Takes back what rules for passenger cars say of another vehicle: a bar becomes a doubt, and their charges are withheld. What
/// export control says stays.
pub(super) fn withhold<'a>(pack: &'a Pack, case: &mut Case<'a>) {
    for finding in &mut case.findings[case.controls..] {
        let by_category = pack
            .checks
            .iter()
            .any(|check| check.by_category && check.key == finding.key);
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
