//! Quotes: may it enter and what will it cost, for one car or a whole yard, in many markets side by side.

use std::collections::BTreeMap;

use border::{
    Car, Confidence, Currency, Fault, Given, Money, Outcome, Outlook, Question, Rates, RuleSet, Span, Status,
    Values, Verdict,
};
use jiff::civil::Date;
use rust_decimal::Decimal;

mod comparison;
mod facts;
mod rates;
mod sheet;
mod turns;
mod yard;

pub use comparison::{Change, Column, Part, column};
pub use facts::{Known, KnownFact, LeftOpen, Open};
pub use rates::{RateBook, is_inverse, parse as parse_rates, read as read_rates};
pub use sheet::{CheckSaid, Foreseen, Sheet, breaks, holds, holds_short, rates as rates_line, sheet};
pub use turns::Turn;
pub use yard::{History, Looked, Row, car_of, read as read_yard, set_fact, size as yard_size};

/// How far a quote looks ahead, in days.
pub const HORIZON_DAYS: u16 = 730;

/// What is asked about one car.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The car and its importer.
    pub car: &'a Car,
    /// Prices.
    pub values: &'a Values,
    /// Countries, or none for all.
    pub to: &'a [String],
    /// The day on which it leaves, as of which export control is judged; the day of arrival if it is not known.
    pub departure: Option<Date>,
    /// The day of arrival.
    pub arrival: Date,
    /// Exchange rates.
    pub rates: &'a Rates,
    /// What the car sells for in each market, by country.
    pub retail: &'a BTreeMap<String, Money>,
    /// Whether to look ahead.
    pub outlook: bool,
    /// Whether to spell formulas out.
    pub workings: bool,
}

/// One market's answer.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Quote<'p> {
    /// The verdict.
    #[serde(flatten)]
    pub verdict: Verdict<'p>,
    /// What would break it.
    pub outlook: Option<Outlook>,
    /// The checks that come out otherwise on the days of the outlook.
    pub turns: Vec<Turn<'p>>,
    /// What remains for the car of the retail price, after charges, freight and insurance, in the seller's currency.
    pub kept: Option<Span>,
}

impl Quote<'_> {
    /// The weakest confidence among the rules that the answer rests on: those of the charges, and the checks that say anything
    /// about this car.
    pub fn confidence(&self) -> Option<Confidence> {
        let checks = self
            .verdict
            .findings
            .iter()
            .filter(|finding| finding.outcome > Outcome::Passed)
            .map(|finding| finding.law().confidence);
        self.verdict.confidence().into_iter().chain(checks).min()
    }
}

/// The countries meant: those named, in order and once, or all.
///
/// # Errors
/// A country has no pack.
pub fn markets(set: &RuleSet, to: &[String]) -> Result<Vec<String>, Vec<Fault>> {
    if to.is_empty() || to.iter().any(|country| country == "all") {
        return Ok(set.destinations().map(|pack| pack.country.clone()).collect());
    }
    let mut found: Vec<String> = Vec::new();
    let mut faults = Vec::new();
    for country in to {
        match set.market(country) {
            Ok(pack) if !found.contains(&pack.country) => found.push(pack.country.clone()),
            Ok(_) => {}
            Err(mut fault) => faults.append(&mut fault),
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// Quotes for one car in the markets named. Where a retail price is known, the market that leaves most for the car comes
/// first; markets without one follow in the order asked, and a car that is stopped or barred leaves nothing to rank.
///
/// # Errors
/// The facts cannot be, or a country has no pack: each fault with its field.
pub fn quotes<'a>(set: &'a RuleSet, request: &Request<'a>) -> Result<Vec<Quote<'a>>, Vec<Fault>> {
    let mut quotes = Vec::with_capacity(request.to.len());
    let packs = request
        .to
        .iter()
        .map(|country| set.market(country))
        .collect::<Result<Vec<_>, _>>()?;
    let asked = Question {
        car: request.car,
        destination: "",
        departure: request.departure,
        arrival: request.arrival,
        values: request.values,
        rates: request.rates,
        workings: request.workings,
    };
    asked.fits(packs.iter().copied())?;
    // What is known of the car is worked out once, not once a market.
    let prepared = asked.prepare()?;
    for (country, verdict) in request.to.iter().zip(set.answers(&prepared, packs)) {
        let question = Question {
            destination: country,
            ..asked
        };
        let (outlook, turns) = match request.outlook {
            true => {
                let outlook = set.outlook(&question, HORIZON_DAYS)?;
                let turns = turns::turns(set, &question, &verdict, &outlook)?;
                (Some(outlook), turns)
            }
            false => (None, Vec::new()),
        };
        let kept = request
            .retail
            .get(country)
            .and_then(|retail| kept(&verdict, request, *retail));
        quotes.push(Quote {
            verdict,
            outlook,
            turns,
            kept,
        });
    }
    // Sorting is stable: equals stay in the order asked.
    quotes.sort_by_key(|quote| std::cmp::Reverse(quote.kept.map(|kept| kept.low.min(kept.high))));
    Ok(quotes)
}

/// What remains of the retail price. A car that may not enter keeps nothing.
fn kept(verdict: &Verdict<'_>, request: &Request<'_>, retail: Money) -> Option<Span> {
    if verdict.status == Status::NotAdmissible {
        return None;
    }
    let to = verdict.seller_currency?;
    let convert = |money: Money| -> Option<Decimal> {
        let amount = money
            .amount
            .checked_mul(request.rates.rate(money.currency, to)?)?;
        Some(amount.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
    };
    let carriage = convert(request.values.freight?)?.checked_add(convert(request.values.insurance?)?)?;
    let before = convert(retail)?.checked_sub(carriage)?;
    let total = verdict.seller_total?;
    let one = before.checked_sub(total.low)?;
    let other = before.checked_sub(total.high)?;
    Some(Span {
        low: one.min(other),
        high: one.max(other),
    })
}

/// Sets a price or value from `NAME=AMOUNT CURRENCY`, or `NAME=NUMBER`.
///
/// # Errors
/// The text is none of these, or more than 10^15.
pub fn set_value(values: &mut Values, name: &str, text: &str) -> Result<(), Fault> {
    let fault = |problem: String| Fault::new(name, text, problem);
    let money = || text.parse::<Money>().map_err(|error| fault(error.to_string()));
    match name {
        "price" => values.price = Some(money()?),
        "freight" => values.freight = Some(money()?),
        "insurance" => values.insurance = Some(money()?),
        _ => {
            let given = match Decimal::from_str_exact(text.trim()) {
                Ok(number) if number > Money::MOST => return Err(Given::too_large(name, text)),
                Ok(number) if number >= Decimal::ZERO => Given::Number(number),
                Ok(_) => return Err(fault("less than nothing; a value is zero or more".to_owned())),
                // More digits than numbers here have.
                Err(_) if is_long_number(text.trim()) => return Err(Given::too_large(name, text)),
                Err(_) => Given::Money(money()?),
            };
            values.given.insert(name.to_owned(), given);
        }
    }
    Ok(())
}

/// Whether a text is a number, without currency, of more whole digits than [`Money::MOST`] has.
fn is_long_number(text: &str) -> bool {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    whole.len() > 16 && whole.bytes().chain(rest.bytes()).all(|b| b.is_ascii_digit())
}

/// How many wrong names are told at a time.
const FAULTS: usize = 20;

/// Refuses values that no pack of the markets has a name for.
///
/// # Errors
/// One fault a name.
pub fn check_values(set: &RuleSet, to: &[String], values: &Values) -> Result<(), Vec<Fault>> {
    let packs: Vec<_> = to.iter().filter_map(|country| set.pack(country)).collect();
    let faults: Vec<Fault> = values
        .given
        .keys()
        .filter(|name| {
            !matches!(name.as_str(), "cif" | "fob")
                && !packs.iter().any(|pack| {
                    pack.inputs.iter().any(|input| input.name == **name)
                        || pack.steps.iter().any(|step| step.name == **name)
                })
        })
        .take(FAULTS)
        .enumerate()
        .map(|(at, name)| {
            let mut known: Vec<&str> = packs.iter().flat_map(|pack| &pack.inputs).map(|input| input.name.as_str()).collect();
            known.sort_unstable();
            known.dedup();
            Fault {
                field: "value".to_owned(),
                value: name.clone(),
                // Once is enough to be told what there is.
                problem: if at > 0 {
                    "no pack of these markets has a value of this name".to_owned()
                } else {
                    format!(
                        "no pack of these markets has a value of this name; besides cif, fob and the steps of each pack there are {}",
                        if known.is_empty() { "none".to_owned() } else { known.join(", ") }
                    )
                },
            }
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The currency in which a quote is shown beside the local one.
pub fn seller_currency(values: &Values) -> Option<Currency> {
    values.price.map(|price| price.currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_number_has_the_limit_that_an_amount_has() {
        let mut values = Values::default();
        for most in ["1000000000000000", "1000000000000000 USD"] {
            set_value(&mut values, "quote_value", most).unwrap();
        }
        for more in [
            "1000000000000001",
            "1000000000000001 USD",
            "100000000000000000000000000000000000000000",
            "100000000000000000000000000000.5",
        ] {
            let fault = set_value(&mut values, "quote_value", more).unwrap_err();
            assert_eq!(fault.field, "quote_value");
            let told = fault.to_string();
            assert!(told.contains("1,000,000,000,000,000"), "{told}");
            assert!(told.contains(&more[..16]), "{told}");
        }
    }
}
