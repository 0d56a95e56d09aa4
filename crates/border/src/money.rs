//! Amounts with their currency, and dated exchange rates with their source.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::decimal::significant;
use crate::fact::shortened;

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// A text that is no currency code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no currency; write its ISO 4217 code of three capital letters, such as USD")]
pub struct CurrencyError(String);

/// What may not be a price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The currency is none.
    #[error(transparent)]
    Currency(#[from] CurrencyError),
    /// The number is none.
    #[error("{0:?} is no amount; write it as 12500 USD or 12500.50 USD, without separators of thousands")]
    Number(String),
    /// Nothing costs less than nothing.
    #[error("{0} is less than nothing; an amount is zero or more")]
    Negative(String),
    /// More than the arithmetic is exact for.
    #[error("{0} is more than any car costs; amounts go up to 1,000,000,000,000,000")]
    TooLarge(String),
}

/// The currencies of ISO 4217, then its metals, funds and units of account, then some that are gone but still stand in tables.
/// Among those are all that the European Central Bank's history has a column for.
const CURRENCIES: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP \
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS \
    INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU \
    MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK \
    SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF \
    XCD XCG XDR XOF XPF YER ZAR ZMW ZWG \
    BOV CHE CHW COU MXV USN UYI UYW XAG XAU XBA XBB XBC XBD XPD XPT XSU XUA \
    BYR CUC CYP EEK HRK LTL LVL MRO MTL ROL SIT SKK SLL STD TRL VEF ZWL";

/// The significant digits of a rate that follows from others. Seventeen are exact to the cent for any sum below a million
/// million, and fit a machine word.
const DERIVED_DIGITS: u32 = 17;

impl Currency {
    /// A number that differs in its last digits from those of most other currencies.
    fn scattered(self) -> usize {
        let [a, b, c] = self.0;
        // Knuth's multiplicative hash.
        (u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9E37_79B1) >> 20) as usize
    }

    /// Its three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        match text.as_bytes() {
            [a, b, c] if CURRENCIES.split_ascii_whitespace().any(|known| known == text) => {
                Ok(Currency([*a, *b, *c]))
            }
            _ => Err(CurrencyError(shortened(text))),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = CurrencyError;

    fn try_from(text: String) -> Result<Self, CurrencyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> String {
        currency.to_string()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount in a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// How much.
    pub amount: Decimal,
    /// Of what.
    pub currency: Currency,
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads `12500.50 USD`; the currency may also come first.
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let wrong = || MoneyError::Number(shortened(text));
        let (first, second) = text.trim().split_once([' ', '\u{a0}']).ok_or_else(wrong)?;
        let (first, second) = (first.trim(), second.trim());
        let (number, currency) = if first.bytes().all(|b| b.is_ascii_alphabetic()) {
            (second, first)
        } else {
            (first, second)
        };
        let currency = currency.parse()?;
        let amount = Decimal::from_str_exact(number).map_err(|_| {
            match number.split_once('.').unwrap_or((number, "")) {
                // More digits than numbers here have: an amount all the same.
                (whole, rest)
                    if whole.len() > 15 && whole.bytes().chain(rest.bytes()).all(|b| b.is_ascii_digit()) =>
                {
                    MoneyError::TooLarge(shortened(text))
                }
                _ => wrong(),
            }
        })?;
        Money::new(amount, currency)
    }
}

impl Money {
    /// The largest amount, and the largest plain number, that is taken from outside: 10^15.
    pub const MOST: Decimal = Decimal::from_parts(0xA4C6_8000, 0x0003_8D7E, 0, false, 0);

    /// An amount of at least zero that the arithmetic is exact for.
    ///
    /// # Errors
    /// It is negative or too large.
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let shown = || format!("{amount} {currency}");
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(MoneyError::Negative(shown()));
        }
        if amount > Self::MOST {
            return Err(MoneyError::TooLarge(shown()));
        }
        Ok(Money { amount, currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount, self.currency)
    }
}

/// Exchange rates of one day from one source. A rate that is not here, and does not follow from two that are, is missing:
/// none is invented.
#[derive(Clone, Debug, Serialize)]
pub struct Rates {
    /// The day they are of.
    pub date: Date,
    /// Who published them.
    pub source: String,
    #[serde(skip)]
    pairs: BTreeMap<(Currency, Currency), Decimal>,
    /// The rates that follow, each worked out when it is first asked for.
    #[serde(skip)]
    following: OnceLock<Following>,
}

/// The rates between all currencies known, as a square.
#[derive(Clone, Debug)]
struct Following {
    places: Places,
    square: Vec<OnceLock<Option<Decimal>>>,
}

/// The place of each currency in a square of them, found at once: each question looks for some.
#[derive(Clone, Debug)]
struct Places {
    many: usize,
    /// At least twice as many as there are currencies: each is at the first free one from where its letters lead.
    by_letters: Vec<Option<(Currency, usize)>>,
}

impl Places {
    fn of(currencies: Vec<Currency>) -> Self {
        let mut by_letters = vec![None; (currencies.len() * 2).next_power_of_two()];
        for (place, currency) in currencies.iter().enumerate() {
            let mut at = currency.scattered();
            let last = by_letters.len() - 1;
            while by_letters[at & last].is_some() {
                at += 1;
            }
            by_letters[at & last] = Some((*currency, place));
        }
        Places {
            many: currencies.len(),
            by_letters,
        }
    }

    fn get(&self, currency: Currency) -> Option<usize> {
        let last = self.by_letters.len() - 1;
        let mut at = currency.scattered();
        loop {
            // One is free.
            let (known, place) = (*self.by_letters.get(at & last)?)?;
            if known == currency {
                return Some(place);
            }
            at += 1;
        }
    }
}

/// A rate that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("1 {from} = {rate} {to}: a rate is more than zero and at most 1,000,000,000,000")]
pub struct RateError {
    from: Currency,
    to: Currency,
    rate: Decimal,
}

impl Rates {
    /// No rates yet.
    pub fn new(date: Date, source: impl Into<String>) -> Self {
        Rates {
            date,
            source: source.into(),
            pairs: BTreeMap::new(),
            following: OnceLock::new(),
        }
    }

    /// Adds `1 from = rate to`.
    ///
    /// # Errors
    /// The rate is not above zero, or too large.
    pub fn add(&mut self, from: Currency, to: Currency, rate: Decimal) -> Result<(), RateError> {
        if rate <= Decimal::ZERO || rate > Decimal::from(1_000_000_000_000_u64) {
            return Err(RateError { from, to, rate });
        }
        self.pairs.insert((from, to), rate);
        self.following = OnceLock::new();
        Ok(())
    }

    /// Whether no rate is known.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// What one `from` is in `to`: as published, or its inverse, or through one third currency.
    pub fn rate(&self, from: Currency, to: Currency) -> Option<Decimal> {
        if from == to {
            return Some(Decimal::ONE);
        }
        let following = self.following.get_or_init(|| {
            let places = Places::of(self.known().collect());
            Following {
                square: vec![OnceLock::new(); places.many * places.many],
                places,
            }
        });
        let at = following.places.get(from)? * following.places.many + following.places.get(to)?;
        *following.square.get(at)?.get_or_init(|| {
            self.direct(from, to).or_else(|| {
                self.known().find_map(|via| {
                    let first = self.direct(from, via)?;
                    let crossed = first.checked_mul(self.direct(via, to)?)?;
                    Some(significant(crossed, DERIVED_DIGITS))
                })
            })
        })
    }

    fn direct(&self, from: Currency, to: Currency) -> Option<Decimal> {
        self.pairs.get(&(from, to)).copied().or_else(|| {
            let inverse = self.pairs.get(&(to, from))?;
            Some(significant(Decimal::ONE.checked_div(*inverse)?, DERIVED_DIGITS))
        })
    }

    fn known(&self) -> impl Iterator<Item = Currency> + '_ {
        let mut seen = std::collections::BTreeSet::new();
        self.pairs
            .keys()
            .flat_map(|(a, b)| [*a, *b])
            .filter(move |currency| seen.insert(*currency))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn prices_are_read_with_the_currency_on_either_side_and_nothing_else() {
        let price: Money = "12500.50 USD".parse().unwrap();
        assert_eq!(price.to_string(), "12500.50 USD");
        assert_eq!("USD 12500.50".parse::<Money>().unwrap(), price);
        for code in ["XAU", "CHE", "SLL"] {
            assert_eq!(code.parse::<Currency>().unwrap().as_str(), code);
        }
        for wrong in [
            "12500",
            "12,500 USD",
            "-1 USD",
            "1 usd",
            "1 DOLLARS",
            "1 XQZ",
            "",
            "1e9 USD",
            "2000000000000000 USD",
        ] {
            assert!(wrong.parse::<Money>().is_err(), "{wrong}");
        }
        let long = "12345678901234567890123456789012 USD".parse::<Money>();
        assert!(matches!(long, Err(MoneyError::TooLarge(_))), "{long:?}");
    }

    #[test]
    fn a_rate_is_published_inverted_or_crossed_and_never_invented() {
        let [eur, usd, krw, gel] = ["EUR", "USD", "KRW", "GEL"].map(|c| c.parse().unwrap());
        let mut rates = Rates::new(date(2026, 3, 10), "test");
        rates.add(eur, usd, Decimal::new(125, 2)).unwrap();
        rates.add(eur, krw, Decimal::from(1500)).unwrap();
        assert_eq!(rates.rate(usd, eur), Some(Decimal::new(8, 1)));
        assert_eq!(rates.rate(usd, krw), Some(Decimal::from(1200)));
        assert_eq!(rates.rate(usd, gel), None);
        assert!(rates.add(usd, gel, Decimal::ZERO).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_money_or_refused(text in "\\PC{0,24}") {
            if let Ok(money) = text.parse::<Money>() {
                prop_assert!(money.amount >= Decimal::ZERO);
            }
        }
    }
}
