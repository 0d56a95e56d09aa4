//! The names that no pack owns, facts and what is worked out from them, each with its slot in every pack's table of names.

use super::{COMPUTED, FACTS};
use crate::feel::{Slot, Value};

/// The first slots are for what is to blame when no fact is: overlapping ranges, and numbers that are none.
pub(crate) const RESERVED: [&str; 2] = ["(ranges that overlap)", "(a number that cannot be worked out)"];

/// The first slot that belongs to the pack itself.
pub(crate) const FIRST_OWN: usize = RESERVED.len() + FACTS.len() + COMPUTED.len();

/// Every name that no pack owns, not known, and to blame for it itself.
pub(crate) const UNKNOWN: [Value<'static>; FIRST_OWN] = {
    let mut names = [Value::Unknown(0); FIRST_OWN];
    let mut at: Slot = 0;
    while (at as usize) < FIRST_OWN {
        names[at as usize] = Value::Unknown(at);
        at += 1;
    }
    names
};

/// The slot of a fact.
pub(super) fn slot_of_fact(index: usize) -> usize {
    RESERVED.len() + index
}

/// The slots of names that the calculation itself sets or reads, found when the program is compiled.
pub(crate) mod slot {
    use super::super::{COMPUTED, FACTS, is_same};
    use super::RESERVED;

    /// The slot of a fact or worked-out name; the program does not compile if there is none.
    const fn of(name: &str) -> usize {
        let mut at = 0;
        while at < FACTS.len() + COMPUTED.len() {
            let known = if at < FACTS.len() {
                FACTS[at].name
            } else {
                COMPUTED[at - FACTS.len()].0
            };
            if is_same(known, name) {
                return RESERVED.len() + at;
            }
            at += 1;
        }
        assert!(at == 0, "no such name");
        0
    }

    pub(crate) const CATEGORY: usize = of("category");
    pub(crate) const CC: usize = of("cc");
    pub(crate) const ENGINE_KW: usize = of("engine_kw");
    pub(crate) const ENGINE_FUEL: usize = of("engine_fuel");
    pub(crate) const MOTOR_KW: usize = of("motor_kw");
    pub(crate) const KW_30MIN: usize = of("kw_30min");
    pub(crate) const CLEARED_IN: usize = of("cleared_in");
    pub(crate) const REGION: usize = of("region");
    pub(crate) const MANUFACTURED: usize = of("manufactured");
    pub(crate) const FIRST_REGISTRATION: usize = of("first_registration");
    pub(crate) const MODEL_YEAR: usize = of("model_year");
    pub(crate) const AGE: usize = of("age");
    pub(crate) const AGE_REGISTERED: usize = of("age_registered");
    pub(crate) const AGE_CALENDAR: usize = of("age_calendar");
    pub(crate) const AGE_CALENDAR_REGISTERED: usize = of("age_calendar_registered");
    pub(crate) const AGE_MODEL_YEAR: usize = of("age_model_year");
    pub(crate) const AGE_ANY: usize = of("age_any");
    pub(crate) const MANUFACTURED_YEAR: usize = of("manufactured_year");
    pub(crate) const METRIC_HP: usize = of("metric_hp");
    pub(crate) const MECHANICAL_HP: usize = of("mechanical_hp");
    pub(crate) const ARRIVAL: usize = of("arrival");
    pub(crate) const DESTINATION: usize = of("destination");
    pub(crate) const PRICE: usize = of("price");
    pub(crate) const FREIGHT: usize = of("freight");
    pub(crate) const INSURANCE: usize = of("insurance");
    pub(crate) const FOB: usize = of("fob");
    pub(crate) const CIF: usize = of("cif");
    pub(crate) const ROUTE: usize = of("route");
    pub(crate) const ROUTE_NAMED: usize = of("route_named");
}
