//! Numbers as they are printed, signed and compared: rounded once, written as decimal text.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A finite number with a fixed count of decimals. In JSON it is a string, so that no reader's floating point changes what was
/// signed (RFC 8785 canonicalises numbers as ECMAScript does).
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Decimal {
    value: f64,
    places: u8,
}

/// A text that is no plain decimal number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no plain decimal number of at most 15 digits")]
pub struct NoDecimal(String);

impl Decimal {
    /// Nought.
    pub const ZERO: Self = Self {
        value: 0.0,
        places: 0,
    };

    /// Rounds a value to a count of decimals (at most 9). `None` if it is not finite or needs more than 15 digits.
    pub fn new(value: f64, places: u8) -> Option<Self> {
        let places = places.min(9);
        let text = format!("{value:.*}", usize::from(places));
        text.parse().ok()
    }

    /// The rounded value.
    pub fn value(self) -> f64 {
        self.value
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:.*}", usize::from(self.places), self.value);
        f.pad(&text)
    }
}

impl std::str::FromStr for Decimal {
    type Err = NoDecimal;

    fn from_str(text: &str) -> Result<Self, NoDecimal> {
        let refuse = || NoDecimal(text.chars().take(40).collect());
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let sound = !whole.is_empty()
            && plain(whole)
            && plain(fraction)
            && whole.len() + fraction.len() <= 15
            && fraction.len() <= 9
            && digits.contains('.') != fraction.is_empty();
        if !sound {
            return Err(refuse());
        }
        let value: f64 = text.parse().map_err(|_| refuse())?;
        Ok(Self {
            // There is one zero.
            value: if value == 0.0 { 0.0 } else { value },
            places: u8::try_from(fraction.len()).map_err(|_| refuse())?,
        })
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}
