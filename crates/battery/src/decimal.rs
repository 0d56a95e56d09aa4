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
        Self::of_whole(value, places).or_else(|| Self::of_text(value, places))
    }

    /// The same by whole numbers, where rounding is not close: what is scaled errs by far less than `CLOSE` of a unit, so both ways round
    /// to the same whole number; and a division of two numbers that are exact gives what reading its text gives. `None` where it is close.
    fn of_whole(value: f64, places: u8) -> Option<Self> {
        const CLOSE: f64 = 1e-3;
        /// Up to here a half unit is exact and scaling errs by less than `CLOSE`.
        const MOST: f64 = 1e11;
        const UNITS: [f64; 10] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
        let units = UNITS.get(usize::from(places))?;
        let scaled = value * units;
        let whole = scaled.round();
        let clear = scaled.abs() < MOST && (scaled - whole).abs() < 0.5 - CLOSE;
        clear.then(|| Self {
            // There is one zero.
            value: if whole == 0.0 { 0.0 } else { whole / units },
            places,
        })
    }

    fn of_text(value: f64, places: u8) -> Option<Self> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whole_numbers_give_the_bits_that_text_gives(digits in -200_000_000_000_i64..200_000_000_000, by in 0_u8..12, places in 0_u8..11) {
            // Many of these lie on a half unit or next to one.
            let exact = digits as f64 / 10_f64.powi(i32::from(by));
            for value in [exact, exact.next_up(), exact.next_down(), exact * 1.000_001] {
                let text = Decimal::of_text(value, places.min(9));
                let found = Decimal::new(value, places);
                prop_assert_eq!(found.map(|d| (d.value.to_bits(), d.places)), text.map(|d| (d.value.to_bits(), d.places)));
            }
        }

        #[test]
        fn any_number_does(value in any::<f64>(), places in 0_u8..10) {
            let text = Decimal::of_text(value, places);
            let found = Decimal::new(value, places);
            prop_assert_eq!(found.map(|d| (d.value.to_bits(), d.places)), text.map(|d| (d.value.to_bits(), d.places)));
        }
    }
}
