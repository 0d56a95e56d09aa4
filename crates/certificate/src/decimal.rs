//! Decimal numbers that are written as strings, so that no reader's floating point changes what was signed.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most digits after the point.
const MAX_DECIMALS: u8 = 6;

/// Largest number of units in the last place, either way: with it, every decimal is exact in 15 digits.
const MAX_UNITS: i64 = 999_999_999_999_999;

/// An exact decimal such as `87.3`, in JSON a string. Two decimals are equal when they are written alike; they compare by
/// what they are worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i64,
    decimals: u8,
}

/// Which way a measured number goes to its last printed digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Towards minus infinity: for a lower bound, which must not be flattered.
    Down,
    /// To the nearest.
    Nearest,
    /// Towards infinity: for an upper bound.
    Up,
}

/// A text that is no decimal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{given:?} is not a decimal number such as \"87.3\", with at most 15 digits, 6 of them after the point"
)]
pub struct NotDecimal {
    /// The text, shortened.
    pub given: String,
}

impl Decimal {
    /// `units` · 10^−`decimals`. More than six decimals, or more than 15 digits, are not written.
    pub const fn new(units: i64, decimals: u8) -> Option<Self> {
        if decimals > MAX_DECIMALS || units > MAX_UNITS || units < -MAX_UNITS {
            return None;
        }
        Some(Self { units, decimals })
    }

    /// A whole number.
    pub const fn whole(value: i32) -> Self {
        Self {
            units: value as i64,
            decimals: 0,
        }
    }

    /// A measured number with so many decimals. `None` for what is not finite or too large.
    pub fn measured(value: f64, decimals: u8, rounding: Rounding) -> Option<Self> {
        let scaled = value * 10_f64.powi(i32::from(decimals));
        // What a binary fraction adds to a decimal that was exact (87.3 · 10) is no reason to round a digit away.
        let close = scaled.round();
        let rounded = if (scaled - close).abs() < 1e-6 {
            close
        } else {
            match rounding {
                Rounding::Down => scaled.floor(),
                Rounding::Nearest => close,
                Rounding::Up => scaled.ceil(),
            }
        };
        if !rounded.is_finite() || rounded.abs() > MAX_UNITS as f64 {
            return None;
        }
        Self::new(rounded as i64, decimals)
    }

    /// The nearest floating-point number.
    pub fn to_f64(self) -> f64 {
        self.units as f64 / 10_f64.powi(i32::from(self.decimals))
    }

    /// What the last written digit is worth: 0.1 for `87.3`.
    pub fn last_place(self) -> f64 {
        10_f64.powi(-i32::from(self.decimals))
    }

    /// How much less than `from` this is, exactly.
    pub fn less_than_by(self, from: Self) -> Option<Self> {
        let decimals = self.decimals.max(from.decimals);
        let units = from.scaled(decimals)? - self.scaled(decimals)?;
        Self::new(i64::try_from(units).ok()?, decimals)
    }

    fn scaled(self, decimals: u8) -> Option<i128> {
        let by = decimals.checked_sub(self.decimals)?;
        Some(i128::from(self.units) * 10_i128.pow(u32::from(by)))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        let decimals = self.decimals.max(other.decimals);
        Some(self.scaled(decimals)?.cmp(&other.scaled(decimals)?))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let places = usize::from(self.decimals);
        let digits = format!("{:0width$}", self.units.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        if places == 0 {
            write!(f, "{sign}{whole}")
        } else {
            write!(f, "{sign}{whole}.{fraction}")
        }
    }
}

impl FromStr for Decimal {
    type Err = NotDecimal;

    fn from_str(text: &str) -> Result<Self, NotDecimal> {
        let parse = || {
            let bare = text.strip_prefix('-').unwrap_or(text);
            let (whole, fraction) = match bare.split_once('.') {
                Some((_, "")) => return None,
                Some((whole, fraction)) => (whole, fraction),
                None => (bare, ""),
            };
            let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
            let leading_zero = whole.len() > 1 && whole.starts_with('0');
            if whole.is_empty() || leading_zero || !digits(whole) || !digits(fraction) {
                return None;
            }
            if whole.len() + fraction.len() > 15 {
                return None;
            }
            let units: i64 = format!("{whole}{fraction}").parse().ok()?;
            let negative = bare.len() != text.len();
            if negative && units == 0 {
                return None;
            }
            Self::new(
                if negative { -units } else { units },
                u8::try_from(fraction.len()).ok()?,
            )
        };
        parse().ok_or_else(|| NotDecimal {
            given: text.chars().take(40).collect(),
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
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_decimal_is_written_as_it_was_read() {
        for text in ["0", "87.3", "-0.5", "100", "0.000001", "999999999999999"] {
            assert_eq!(decimal(text).to_string(), text);
        }
    }

    #[test]
    fn what_has_two_spellings_or_none_is_refused() {
        for text in [
            "",
            "-",
            "087",
            "1.",
            ".5",
            "-0",
            "-0.0",
            "1e3",
            "+1",
            "1,5",
            "NaN",
            "0.0000001",
            "1 ",
        ] {
            assert!(text.parse::<Decimal>().is_err(), "{text}");
        }
    }

    #[test]
    fn bounds_are_rounded_away_from_the_value() {
        let rounded = |value, rounding| Decimal::measured(value, 1, rounding).unwrap().to_string();
        assert_eq!(rounded(84.19, Rounding::Down), "84.1");
        assert_eq!(rounded(89.11, Rounding::Up), "89.2");
        assert_eq!(rounded(86.65, Rounding::Nearest), "86.7");
        assert_eq!(rounded(87.3, Rounding::Down), "87.3");
        assert_eq!(rounded(87.3, Rounding::Up), "87.3");
        assert_eq!(rounded(-0.04, Rounding::Nearest), "0.0");
    }

    #[test]
    fn decimals_compare_by_worth() {
        assert!(decimal("80") <= decimal("80.0"));
        assert!(decimal("79.99") < decimal("80"));
        assert!(decimal("-1") < decimal("0.5"));
        assert_eq!(
            decimal("87.3").less_than_by(Decimal::whole(100)),
            Some(decimal("12.7"))
        );
    }

    #[test]
    fn what_is_not_finite_is_no_decimal() {
        for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300] {
            assert_eq!(Decimal::measured(value, 1, Rounding::Down), None);
        }
    }
}
