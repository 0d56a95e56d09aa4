//! Whether the prices that were given can be so together.

use rust_decimal::Decimal;

use super::Question;
use crate::fact::Fault;
use crate::money::{Currency, Money};
use crate::pack::Pack;
use crate::verdict::Given;

/// How far two amounts in different currencies may lie apart, as a share: an invoice is converted at the rate of its own day.
const SLACK: Decimal = Decimal::from_parts(5, 0, 0, false, 2);

impl Question<'_> {
    /// What of `fob` and `cif` contradicts the price, or each other, in one of these markets. What no rate converts is not compared.
    pub(super) fn contradictions<'p>(&self, markets: impl Iterator<Item = &'p Pack>) -> Vec<Fault> {
        let given = &self.values.given;
        if !given.contains_key("fob") && !given.contains_key("cif") {
            return Vec::new();
        }
        let mut faults = Vec::new();
        // A plain number is an amount in the currency of the market.
        let mut local: Vec<Currency> = markets.map(|pack| pack.currency).collect();
        local.sort_unstable();
        local.dedup();
        for local in local {
            let named = |name: &str| {
                Some(match *given.get(name)? {
                    Given::Money(money) => money,
                    Given::Number(amount) => Money {
                        amount,
                        currency: local,
                    },
                })
            };
            let (price, fob, cif) = (self.values.price, named("fob"), named("cif"));
            if let (Some(price), Some(fob)) = (price, fob)
                && (self.is_less(price, fob) || self.is_less(fob, price))
            {
                let problem = format!(
                    "the price is {price}, and fob is that price, free on board; correct one of them or leave fob out"
                );
                faults.push(Fault::new("fob", fob, problem));
            }
            let parts = [("price", price), ("fob", fob)];
            let least = parts.into_iter().find_map(|(name, part)| {
                let (part, cif) = (part?, cif?);
                self.is_less(cif, part).then_some((name, part, cif))
            });
            if let Some((name, part, cif)) = least {
                let problem = format!(
                    "less than the {name} of {part}, and cif is that with freight and insurance; correct one of them or leave cif out"
                );
                faults.push(Fault::new("cif", cif, problem));
            }
            if !faults.is_empty() {
                break;
            }
        }
        faults
    }

    /// Whether one amount is surely less than another.
    fn is_less(&self, one: Money, other: Money) -> bool {
        if one.currency == other.currency {
            return one.amount < other.amount;
        }
        let rate = self.rates.rate(one.currency, other.currency);
        let converted = rate.and_then(|rate| one.amount.checked_mul(rate));
        let least = (Decimal::ONE - SLACK).checked_mul(other.amount);
        matches!((converted, least), (Some(converted), Some(least)) if converted < least)
    }
}
