//! What one market makes of a prepared question: prices in its currency, its regions, the values that were given for its steps.

use rust_decimal::Decimal;

use super::prepared::Prepared;
use super::push;
use crate::fact::{COMPUTED, FACTS, FIRST_OWN, RESERVED, slot};
use crate::feel::{Expr, Number, OVERLAP, Slot, Value};
use crate::money::{Currency, Money};
use crate::pack::{Law, Ordinal, Pack, Side};
use crate::verdict::{Given, RateUsed, Why};

/// The calculation of one case by one pack, while it runs.
pub(super) struct Context<'a, 'q> {
    pub(super) pack: &'a Pack,
    pub(super) prepared: &'q Prepared<'a>,
    /// The day as of which the pack's rules are taken.
    pub(super) day: Ordinal,
    /// The value of every name of the pack, by slot.
    pub(super) names: Vec<Value<'a>>,
    /// Values that were given, by the slot of what they stand for.
    given: Vec<(Slot, Value<'a>)>,
    used: Vec<RateUsed>,
    /// The rate that was used last, from this currency to the pack's: prices are mostly in one.
    last: Option<(Currency, Number)>,
    /// The rules used that are undated or weak.
    pub(super) doubtful: Vec<&'a Law>,
}

fn slot_of(index: usize) -> Slot {
    Slot::try_from(index).unwrap_or(Slot::MAX)
}

impl<'a, 'q> Context<'a, 'q> {
    /// `names` are those that no country changes; the pack's own are put behind them.
    pub(super) fn new(
        pack: &'a Pack,
        destination: &'a str,
        prepared: &'q Prepared<'a>,
        mut names: Vec<Value<'a>>,
    ) -> Self {
        names.extend_from_slice(&pack.blank);
        names[slot::DESTINATION] = Value::Text(destination);
        // A part that this country does not have is another country's, and must not lift what holds in its own.
        if let Some(first) = pack.regions.first()
            && pack.region_of(names[slot::REGION]).is_none()
        {
            names[slot::REGION] = Value::Text(first);
        }
        let mut context = Context {
            pack,
            prepared,
            day: Ordinal::of(match pack.side {
                Side::Import => prepared.question.arrival,
                Side::Export => prepared.departure,
            }),
            names,
            given: Vec::new(),
            last: None,
            doubtful: Vec::new(),
            used: if pack.prices {
                Vec::with_capacity(pack.currencies.len() + 2)
            } else {
                Vec::new()
            },
        };
        if pack.prices {
            context.take_given();
            context.prices();
            for (currency, at) in &pack.currencies {
                if let Some(rate) = context.rate(*currency, pack.currency) {
                    context.names[usize::from(*at)] = Value::number(rate);
                }
            }
        }
        context
    }

    /// The rates that were used, and the room of the names.
    pub(super) fn end(self) -> (Vec<RateUsed>, Vec<Value<'a>>) {
        (self.used, self.names)
    }

    fn rate(&mut self, from: Currency, to: Currency) -> Option<Decimal> {
        if from == to {
            return Some(Decimal::ONE);
        }
        if let Some(known) = self
            .used
            .iter()
            .find(|known| known.from == from && known.to == to)
        {
            return Some(known.rate);
        }
        let rate = self.prepared.question.rates.rate(from, to)?;
        self.used.push(RateUsed { from, to, rate });
        Some(rate)
    }

    fn local(&mut self, money: Money) -> Option<Number> {
        let amount = Number::from(money.amount);
        if money.currency == self.pack.currency {
            return Some(amount);
        }
        let rate = match self.last {
            Some((currency, rate)) if currency == money.currency => rate,
            _ => {
                let rate = Number::from(self.rate(money.currency, self.pack.currency)?);
                self.last = Some((money.currency, rate));
                rate
            }
        };
        amount.times(rate)
    }

    /// Finds what the values that were given stand for here; those of other packs stand for nothing.
    fn take_given(&mut self) {
        for (name, given) in &self.prepared.question.values.given {
            let Some(at) = self.pack.place_of_given(name) else {
                continue;
            };
            let value = match given {
                Given::Number(number) => Value::number(*number),
                Given::Money(money) => self.local(*money).map_or(Value::Unknown(at), Value::Number),
            };
            self.given.push((at, value));
        }
        for input in &self.pack.inputs {
            if let Some(value) = self.given(input.slot) {
                self.names[usize::from(input.slot)] = value;
            }
        }
    }

    /// The value that was given for a slot.
    pub(super) fn given(&self, at: Slot) -> Option<Value<'a>> {
        self.given
            .iter()
            .find(|(given, _)| *given == at)
            .map(|(_, value)| *value)
    }

    fn prices(&mut self) {
        let values = self.prepared.question.values;
        let mut amount = |at: usize, money: Option<Money>| {
            self.given(slot_of(at)).unwrap_or_else(|| {
                money
                    .and_then(|money| self.local(money))
                    .map_or(Value::Unknown(slot_of(at)), Value::Number)
            })
        };
        let price = amount(slot::PRICE, values.price);
        let freight = amount(slot::FREIGHT, values.freight);
        let insurance = amount(slot::INSURANCE, values.insurance);
        let fob = self.given(slot_of(slot::FOB)).unwrap_or(price);
        let sum = |a: Value<'a>, b: Value<'a>| match (a, b) {
            (Value::Number(a), Value::Number(b)) => a.plus(b).map_or(Value::Unknown(1), Value::Number),
            (Value::Number(_), unknown) => unknown,
            (unknown, _) => unknown,
        };
        let cif = self
            .given(slot_of(slot::CIF))
            .unwrap_or_else(|| sum(sum(fob, freight), insurance));
        for (at, value) in [
            (slot::PRICE, price),
            (slot::FREIGHT, freight),
            (slot::INSURANCE, insurance),
            (slot::FOB, fob),
            (slot::CIF, cif),
        ] {
            self.names[at] = value;
        }
    }

    /// Why it is not known whether something holds that compares these expressions. Where ranges overlap, the numbers that are ranges
    /// are to blame, which `at` does not name.
    #[cold]
    pub(super) fn whys<'e>(
        &self,
        at: Slot,
        compared: impl IntoIterator<Item = &'e Expr>,
        whys: &mut Vec<Why<'a>>,
    ) {
        if at != OVERLAP {
            return push(whys, self.why(at));
        }
        if !self.blame(compared, whys) {
            push(whys, Why::Arithmetic);
        }
    }

    /// Names the ranges that a comparison of these expressions looks at; whether there are any. Conditions of the pack have no line:
    /// what they look at is named.
    fn blame<'e>(&self, compared: impl IntoIterator<Item = &'e Expr>, whys: &mut Vec<Why<'a>>) -> bool {
        let mut any = false;
        let mut names = Vec::new();
        for expr in compared {
            expr.names(&mut names);
        }
        for at in names {
            let step = self.pack.steps.iter().find(|step| step.slot == at);
            match (self.names.get(usize::from(at)), step) {
                (Some(Value::Number(number)), Some(step)) if !number.is_exact() => {
                    any = true;
                    push(whys, Why::DependsOn { step: &step.name });
                }
                (Some(Value::Number(number)), None) if !number.is_exact() => {
                    any = true;
                    let name = self.pack.name_of(at);
                    push(whys, Why::Between { name });
                }
                // Formulas use earlier steps only, so this ends.
                (Some(Value::Unknown(OVERLAP)), Some(step)) => any |= self.blame([&step.formula], whys),
                _ => {}
            }
        }
        any
    }

    /// Why something that needs a slot is not known.
    #[cold]
    pub(super) fn why(&self, at: Slot) -> Why<'a> {
        let index = usize::from(at);
        if index < RESERVED.len() {
            return Why::Arithmetic;
        }
        let name = self.pack.name_of(at);
        let values = self.prepared.question.values;
        let to = self.pack.currency;
        if let Some(Given::Money(money)) = values.given.get(name) {
            return Why::NoRate {
                from: money.currency,
                to,
            };
        }
        let money = match index {
            slot::PRICE | slot::FOB | slot::CIF => values.price,
            slot::FREIGHT => values.freight,
            slot::INSURANCE => values.insurance,
            _ => None,
        };
        if let Some(money) = money {
            return Why::NoRate {
                from: money.currency,
                to,
            };
        }
        if let Some((currency, _)) = self.pack.currencies.iter().find(|(_, slot)| *slot == at) {
            return Why::NoRate { from: *currency, to };
        }
        if index >= FIRST_OWN
            && let Some(step) = self.pack.steps.iter().find(|step| step.slot == at)
        {
            return Why::DependsOn { step: &step.name };
        }
        let known = index - RESERVED.len();
        let ask = FACTS
            .get(known)
            .map(|fact| fact.ask)
            .or_else(|| {
                let computed = COMPUTED.get(known.checked_sub(FACTS.len())?);
                computed.map(|(.., ask)| *ask)
            })
            .or_else(|| {
                let input = self.pack.inputs.iter().find(|input| input.slot == at)?;
                Some(input.ask.as_str())
            });
        Why::NotGiven {
            name,
            ask: ask.unwrap_or_default(),
        }
    }
}
