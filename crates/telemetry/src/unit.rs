//! Units in which loggers write, and what makes of them the unit of the channel.

use battery::Channel;
use serde::{Deserialize, Deserializer};

use crate::mapping::Target;

/// A unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// V.
    Volt,
    /// mV.
    Millivolt,
    /// A.
    Ampere,
    /// mA.
    Milliampere,
    /// Percent.
    Percent,
    /// A fraction, 0 to 1.
    Fraction,
    /// °C.
    Celsius,
    /// °F.
    Fahrenheit,
    /// K.
    Kelvin,
    /// km.
    Kilometre,
    /// Statute miles.
    Mile,
    /// kΩ.
    Kiloohm,
    /// MΩ.
    Megaohm,
    /// Ω.
    Ohm,
    /// Seconds.
    Second,
    /// Milliseconds.
    Millisecond,
    /// 0 or 1.
    Flag,
}

impl Unit {
    /// Reads a unit as headers and mappings write it; `None` if it is none of these.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.to_lowercase().as_str() {
            "v" | "volt" | "volts" => Self::Volt,
            "mv" => Self::Millivolt,
            "a" | "amp" | "amps" | "ampere" => Self::Ampere,
            "ma" => Self::Milliampere,
            "%" | "percent" => Self::Percent,
            "fraction" | "1" => Self::Fraction,
            "c" | "°c" | "degc" | "deg c" | "celsius" | "ºc" => Self::Celsius,
            "f" | "°f" | "degf" | "fahrenheit" | "ºf" => Self::Fahrenheit,
            "k" | "kelvin" => Self::Kelvin,
            "km" => Self::Kilometre,
            "mi" | "mile" | "miles" => Self::Mile,
            "kohm" | "kω" | "kilo ohm" => Self::Kiloohm,
            "mohm" | "mω" => Self::Megaohm,
            "ohm" | "ω" => Self::Ohm,
            "s" | "sec" | "second" => Self::Second,
            "ms" => Self::Millisecond,
            "0/1" | "flag" => Self::Flag,
            _ => return None,
        })
    }

    /// As written in mappings and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Volt => "V",
            Self::Millivolt => "mV",
            Self::Ampere => "A",
            Self::Milliampere => "mA",
            Self::Percent => "%",
            Self::Fraction => "fraction",
            Self::Celsius => "°C",
            Self::Fahrenheit => "°F",
            Self::Kelvin => "K",
            Self::Kilometre => "km",
            Self::Mile => "mi",
            Self::Kiloohm => "kohm",
            Self::Megaohm => "Mohm",
            Self::Ohm => "ohm",
            Self::Second => "s",
            Self::Millisecond => "ms",
            Self::Flag => "0/1",
        }
    }

    /// What makes of a number in this unit one in the unit of the channel.
    pub fn conversion(self) -> Conversion {
        let (factor, divisor, offset) = match self {
            Self::Volt
            | Self::Ampere
            | Self::Fraction
            | Self::Celsius
            | Self::Kilometre
            | Self::Kiloohm
            | Self::Second
            | Self::Flag => (1.0, 1.0, 0.0),
            Self::Millivolt | Self::Milliampere | Self::Ohm | Self::Millisecond => (1.0, 1000.0, 0.0),
            Self::Percent => (1.0, 100.0, 0.0),
            Self::Fahrenheit => (5.0, 9.0, -160.0 / 9.0),
            Self::Kelvin => (1.0, 1.0, -273.15),
            Self::Mile => (1.609_344, 1.0, 0.0),
            Self::Megaohm => (1000.0, 1.0, 0.0),
        };
        Conversion {
            factor,
            divisor,
            offset,
        }
    }

    /// Whether a quantity can be in this unit.
    pub fn fits(self, target: Target) -> bool {
        let units: &[Self] = match target {
            Target::Vehicle | Target::Session => &[],
            Target::Time => &[Self::Second, Self::Millisecond],
            Target::Cell => &[Self::Volt, Self::Millivolt],
            Target::Temp => &[Self::Celsius, Self::Fahrenheit, Self::Kelvin],
            Target::Channel(channel) => match channel {
                Channel::PackVoltage | Channel::CellMax | Channel::CellMin | Channel::CellMean => {
                    &[Self::Volt, Self::Millivolt]
                }
                Channel::PackCurrent | Channel::MeterCurrent => &[Self::Ampere, Self::Milliampere],
                Channel::Soc | Channel::ReportedSoh => &[Self::Percent, Self::Fraction],
                Channel::TempMin | Channel::TempMax => &[Self::Celsius, Self::Fahrenheit, Self::Kelvin],
                Channel::Plugged | Channel::Parked => &[Self::Flag],
                Channel::Odometer => &[Self::Kilometre, Self::Mile],
                Channel::Isolation => &[Self::Kiloohm, Self::Megaohm, Self::Ohm],
            },
        };
        units.contains(&self)
    }
}

/// `value · factor / divisor + offset`. Dividing by 100 or 1000 gives the decimal that was written; multiplying by 0.01 need not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conversion {
    /// Multiplied with first; negative where the sign is turned round.
    pub factor: f64,
    /// Divided by.
    pub divisor: f64,
    /// Added.
    pub offset: f64,
}

impl Conversion {
    /// Makes every value a missing one: for a column whose unit nobody knows.
    pub const UNKNOWN: Self = Self {
        factor: f64::NAN,
        divisor: 1.0,
        offset: 0.0,
    };

    /// Converts a value.
    #[inline]
    pub fn apply(self, value: f64) -> f64 {
        value * self.factor / self.divisor + self.offset
    }

    /// Converts many values, to the same bits as one by one.
    pub fn extend(self, to: &mut Vec<f64>, from: &[f64]) {
        // A division by one changes nothing, and is what a loop over most columns would spend its time on.
        if self.divisor == 1.0 {
            to.extend(from.iter().map(|value| value * self.factor + self.offset));
        } else {
            to.extend(from.iter().map(|value| self.apply(*value)));
        }
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!(
                "unit {text:?}: there are V, mV, A, mA, %, fraction, C, F, K, km, mi, kohm, Mohm, ohm, s, ms, 0/1"
            ))
        })
    }
}

/// The smallest and largest value of a channel, in its unit, that is not plainly a fault of the logger.
///
/// Wide on purpose: what is unhealthy is for the assessment to say; these are numbers no battery in a road vehicle has.
pub fn plausible(channel: Channel) -> (f64, f64) {
    match channel {
        Channel::PackVoltage => (0.0, 2000.0),
        Channel::PackCurrent | Channel::MeterCurrent => (-5000.0, 5000.0),
        Channel::Soc => (-0.05, 1.10),
        Channel::CellMax | Channel::CellMin | Channel::CellMean => (0.1, 6.0),
        Channel::TempMin | Channel::TempMax => (-60.0, 150.0),
        Channel::Plugged | Channel::Parked => (0.0, 1.0),
        Channel::Odometer => (0.0, 5e6),
        Channel::Isolation => (0.0, 1e7),
        Channel::ReportedSoh => (0.0, 1.5),
    }
}
