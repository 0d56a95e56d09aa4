//! An assessment says its checks in English words: `36 mV`, `2.50 to 4.25 V, fails beyond by 150 mV`, `none`. Here those words
//! become quantities again, so that every language can write them its own way. Words that are no quantity stay words.

use crate::sheet::{CheckKind, Limit, Reading, Unit};

const UNITS: [(&str, Unit); 12] = [
    ("mV", Unit::Millivolt),
    ("V", Unit::Volt),
    ("K", Unit::Kelvin),
    ("°C", Unit::Celsius),
    ("Ω/V", Unit::OhmPerVolt),
    ("kΩ", Unit::Kiloohm),
    ("mV/day", Unit::MillivoltPerDay),
    ("%", Unit::Percent),
    ("pp", Unit::PercentagePoint),
    ("Ah", Unit::AmpHour),
    ("kWh", Unit::KilowattHour),
    ("km", Unit::Kilometre),
];

/// A quantity, or two of the same unit.
enum Quantity {
    One {
        value: f64,
        decimals: u8,
        unit: Unit,
    },
    Two {
        low: f64,
        high: f64,
        decimals: u8,
        unit: Unit,
    },
}

impl CheckKind {
    /// The kind that an assessment calls so, such as `cell_spread`.
    pub fn from_id(id: &str) -> Option<Self> {
        Some(match id {
            "cell_spread" => Self::CellSpread,
            "temperature_spread" => Self::TemperatureSpread,
            "temperature_highest" => Self::HighestTemperature,
            "isolation" => Self::Isolation,
            "self_discharge" => Self::SelfDischarge,
            "cell_limits" => Self::CellLimits,
            "hv_dtcs" => Self::HighVoltageFaults,
            "recalls" => Self::Recalls,
            "soc_definition" => Self::SocDefinition,
            "reported_soh" => Self::ReportedHealth,
            "battery_history" => Self::BatteryHistory,
            "tampering" => Self::Tampering,
            "second_meter" => Self::SecondMeter,
            "computation" => Self::Computation,
            _ => return None,
        })
    }
}

impl Reading {
    /// What an assessment found: a quantity, a range, `none`, or words that stay as they are.
    pub fn from_words(words: &str) -> Self {
        match quantity(words) {
            Some(Quantity::One {
                value,
                decimals,
                unit,
            }) => Self::Number {
                value,
                decimals,
                unit,
            },
            Some(Quantity::Two {
                low,
                high,
                decimals,
                unit,
            }) => Self::Range {
                low,
                high,
                decimals,
                unit,
            },
            None if words == "none" => Self::Count(0),
            None => Self::Text(words.to_owned()),
        }
    }
}

impl Limit {
    /// What an assessment held it against. Of `500 Ω/V, watched below …` the limit itself is kept; whether it is a least or a
    /// most follows from the kind of check.
    pub fn from_words(kind: CheckKind, words: &str) -> Self {
        let first = words.split([',', ';']).next().unwrap_or_default().trim();
        match quantity(first) {
            Some(Quantity::One {
                value,
                decimals,
                unit,
            }) if kind == CheckKind::Isolation => Self::AtLeast {
                value,
                decimals,
                unit,
            },
            Some(Quantity::One {
                value,
                decimals,
                unit,
            }) => Self::AtMost {
                value,
                decimals,
                unit,
            },
            Some(Quantity::Two {
                low,
                high,
                decimals,
                unit,
            }) => Self::Within {
                low,
                high,
                decimals,
                unit,
            },
            None if first.starts_with("none") && kind == CheckKind::ReportedHealth => Self::None,
            None if first.starts_with("none") => Self::Zero,
            None => Self::Text(words.to_owned()),
        }
    }
}

/// The three quantities of `97.0 % (ours 93.3 %, difference +3.7 pp)`: value, places, unit of each.
pub(crate) fn compared(words: &str) -> Option<[(f64, u8, Unit); 3]> {
    let (own, rest) = words.strip_suffix(')')?.split_once(" (ours ")?;
    let (ours, difference) = rest.split_once(", difference ")?;
    let one = |words| match quantity(words)? {
        Quantity::One {
            value,
            decimals,
            unit,
        } => Some((value, decimals, unit)),
        Quantity::Two { .. } => None,
    };
    Some([one(own)?, one(ours)?, one(difference)?])
}

/// `36 mV`, or `3.214 to 4.183 V`.
fn quantity(words: &str) -> Option<Quantity> {
    let (numbers, symbol) = words.rsplit_once(' ')?;
    let unit = UNITS
        .into_iter()
        .find(|(known, _)| *known == symbol)
        .map(|(_, unit)| unit)?;
    Some(match numbers.split_once(" to ") {
        None => {
            let (value, decimals) = number(numbers)?;
            Quantity::One {
                value,
                decimals,
                unit,
            }
        }
        Some((low, high)) => {
            let ((low, of_low), (high, of_high)) = (number(low)?, number(high)?);
            Quantity::Two {
                low,
                high,
                decimals: of_low.max(of_high),
                unit,
            }
        }
    })
}

/// A decimal number and how many places it is given to; at most three, as more than that is no measurement here.
fn number(text: &str) -> Option<(f64, u8)> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let decimal = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 9 || !decimal(whole) || !decimal(places) || places.len() > 3 {
        return None;
    }
    Some((text.parse().ok()?, u8::try_from(places.len()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_in_words_becomes_a_quantity() {
        let number = Reading::from_words("+1.8 %");
        assert_eq!(
            number,
            Reading::Number {
                value: 1.8,
                decimals: 1,
                unit: Unit::Percent
            }
        );
        let range = Reading::from_words("3.214 to 4.183 V");
        assert_eq!(
            range,
            Reading::Range {
                low: 3.214,
                high: 4.183,
                decimals: 3,
                unit: Unit::Volt
            }
        );
        assert_eq!(Reading::from_words("none"), Reading::Count(0));
    }

    #[test]
    fn words_that_are_no_quantity_stay_words() {
        for words in [
            "P0DE6, P1B77",
            "36",
            "36 apples",
            "",
            "1e9 mV",
            "NaN V",
            "0.1234 V",
            "1 to V",
            "٣ mV",
        ] {
            assert_eq!(Reading::from_words(words), Reading::Text(words.to_owned()));
        }
    }

    #[test]
    fn isolation_has_a_least_and_the_rest_a_most() {
        let words = "100 Ω/V, watched below 500 Ω/V";
        assert_eq!(
            Limit::from_words(CheckKind::Isolation, words),
            Limit::AtLeast {
                value: 100.0,
                decimals: 0,
                unit: Unit::OhmPerVolt
            }
        );
        assert_eq!(
            Limit::from_words(CheckKind::TemperatureSpread, "5 K"),
            Limit::AtMost {
                value: 5.0,
                decimals: 0,
                unit: Unit::Kelvin
            }
        );
        assert_eq!(
            Limit::from_words(CheckKind::Tampering, "none; one sign is often an innocent fault"),
            Limit::Zero
        );
        assert_eq!(
            Limit::from_words(
                CheckKind::ReportedHealth,
                "none; a difference above 5 pp is pointed out"
            ),
            Limit::None
        );
    }
}
