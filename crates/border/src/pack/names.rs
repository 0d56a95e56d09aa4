//! The names of a pack: facts, worked-out names, currencies, inputs, steps and columns, each with a slot.

use crate::fact::{COMPUTED, FACTS, RESERVED, nearest};
use crate::feel::{Names, Slot};
use crate::money::Currency;

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
