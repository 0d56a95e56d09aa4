//! The names of a pack: facts, worked-out names, currencies, inputs, steps and columns, each with a slot.

use crate::fact::{COMPUTED, FACTS, nearest};
use crate::feel::{Names, Slot, Value};
use crate::money::Currency;

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
pub(crate) fn slot_of_fact(index: usize) -> usize {
    RESERVED.len() + index
}

/// The slots of names that the calculation itself sets or reads, found when the program is compiled.
pub(crate) mod slot {
    use super::{COMPUTED, FACTS, RESERVED};
    use crate::fact::is_same;

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

/// The names known so far while a pack is read.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) names: Vec<String>,
    pub(crate) currencies: Vec<(Currency, Slot)>,
    /// Names that hold within one step only, with their slots.
    pub(crate) local: Vec<(String, Slot)>,
    /// Names that are never looked up: columns of steps already read.
    hidden: Vec<bool>,
}

impl Table {
    pub(crate) fn new() -> Self {
        let names: Vec<String> = RESERVED
            .iter()
            .copied()
            .chain(FACTS.iter().map(|fact| fact.name))
            .chain(COMPUTED.iter().map(|(name, ..)| *name))
            .map(str::to_owned)
            .collect();
        Table {
            hidden: vec![false; names.len()],
            names,
            currencies: Vec::new(),
            local: Vec::new(),
        }
    }

    /// Adds a name for the whole pack.
    pub(crate) fn add(&mut self, name: &str) -> Result<Slot, String> {
        if !is_name(name) {
            return Err(format!(
                "{name:?} is no name; names are small letters, digits and _, and begin with a letter"
            ));
        }
        if self.find(name).is_some() {
            return Err(format!("there is a {name:?} already; choose another name"));
        }
        self.push(name, false)
    }

    /// Adds a name for the step being read.
    pub(crate) fn add_local(&mut self, name: &str) -> Result<Slot, String> {
        if let Some((_, slot)) = self.local.iter().find(|(local, _)| local == name) {
            return Ok(*slot);
        }
        if !is_name(name) || (self.find(name).is_some() && name != "value" && name != "base") {
            return Err(format!(
                "{name:?} cannot name a column; take small letters, digits and _, and no fact or step"
            ));
        }
        let slot = self.push(name, true)?;
        self.local.push((name.to_owned(), slot));
        Ok(slot)
    }

    fn push(&mut self, name: &str, hidden: bool) -> Result<Slot, String> {
        let slot = Slot::try_from(self.names.len()).map_err(|_| "too many names in one pack".to_owned())?;
        self.names.push(name.to_owned());
        self.hidden.push(hidden);
        Ok(slot)
    }

    pub(crate) fn find(&self, name: &str) -> Option<Slot> {
        let at = self
            .names
            .iter()
            .zip(&self.hidden)
            .skip(RESERVED.len())
            .position(|(known, hidden)| known == name && !hidden)?;
        Slot::try_from(at + RESERVED.len()).ok()
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && name.len() <= 60
}

impl Names for Table {
    fn slot(&mut self, name: &str) -> Result<Slot, String> {
        if let Some((_, slot)) = self.local.iter().find(|(local, _)| local == name) {
            return Ok(*slot);
        }
        if let Some(slot) = self.find(name) {
            return Ok(slot);
        }
        if let Ok(currency) = name.parse::<Currency>() {
            let slot = self.push(name, false)?;
            self.currencies.push((currency, slot));
            return Ok(slot);
        }
        let known = self
            .names
            .iter()
            .zip(&self.hidden)
            .skip(RESERVED.len())
            .filter(|(_, hidden)| !**hidden)
            .map(|(known, _)| known.as_str());
        let local = self.local.iter().map(|(name, _)| name.as_str());
        Err(format!(
            "{name:?} is not known here (steps must come before they are used); {}",
            nearest(name, known.chain(local))
        ))
    }
}
