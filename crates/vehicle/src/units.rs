//! Units as types, so that miles are never added to kilometres nor metric horsepower taken for mechanical.
//!
//! Every quantity is a finite number of at least zero; the constructors refuse anything else.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A number that is no quantity.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{value} is no quantity in {unit}: it must be a finite number of at least zero")]
pub struct UnitError {
    value: f64,
    unit: &'static str,
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $symbol:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(try_from = "f64", into = "f64")]
        pub struct $name(f64);

        impl $name {
            /// Refuses negative numbers, infinities and NaN.
            pub fn new(value: f64) -> Result<Self, UnitError> {
                if value.is_finite() && value >= 0.0 {
                    Ok($name(value))
                } else {
                    Err(UnitError { value, unit: $symbol })
                }
            }

            /// The number in this unit.
            pub fn get(self) -> f64 {
                self.0
            }
        }

        impl TryFrom<f64> for $name {
            type Error = UnitError;

            fn try_from(value: f64) -> Result<Self, UnitError> {
                Self::new(value)
            }
        }

        impl From<$name> for f64 {
            fn from(quantity: $name) -> f64 {
                quantity.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)?;
                f.write_str(concat!(" ", $symbol))
            }
        }
    };
}

quantity!(
    /// Kilometres.
    Kilometres,
    "km"
);
quantity!(
    /// International miles of 1.609344 km.
    Miles,
    "mi"
);
quantity!(
    /// Ampere-hours: charge of a battery. Not energy: at what voltage is another question.
    AmpHours,
    "Ah"
);
quantity!(
    /// Kilowatt-hours: energy.
    KilowattHours,
    "kWh"
);
quantity!(
    /// Cubic centimetres of displacement, from the registration certificate; never inferred from a VIN.
    CubicCentimetres,
    "cc"
);
quantity!(
    /// Kilowatts of power.
    ///
    /// **The horsepower trap.** Korean, Japanese and European papers mean metric horsepower (PS, 735.49875 W exactly);
    /// American ones mechanical horsepower (550 ft·lbf/s, 745.69987 W), and both write "hp". The difference is 1.4 %,
    /// enough to cross a tax band: convert with the constructor that names the one you have.
    Kilowatts,
    "kW"
);

/// Kilometres in an international mile, exactly (agreement of 1959).
pub const KM_PER_MILE: f64 = 1.609_344;
const KW_PER_METRIC_HP: f64 = 0.735_498_75;
const KW_PER_MECHANICAL_HP: f64 = 0.745_699_871_582_270_2;

impl From<Miles> for Kilometres {
    fn from(miles: Miles) -> Self {
        Kilometres(miles.0 * KM_PER_MILE)
    }
}

impl From<Kilometres> for Miles {
    fn from(kilometres: Kilometres) -> Self {
        Miles(kilometres.0 / KM_PER_MILE)
    }
}

impl Kilowatts {
    /// From metric horsepower (PS, 마력, CV): 75 kgf·m/s.
    pub fn from_metric_hp(hp: f64) -> Result<Self, UnitError> {
        Self::new(hp * KW_PER_METRIC_HP)
    }

    /// From mechanical (imperial, SAE) horsepower: 550 ft·lbf/s.
    pub fn from_mechanical_hp(hp: f64) -> Result<Self, UnitError> {
        Self::new(hp * KW_PER_MECHANICAL_HP)
    }
}

/// The unit an odometer counts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DistanceUnit {
    /// Kilometres.
    #[serde(rename = "km")]
    Kilometres,
    /// Miles.
    #[serde(rename = "mi")]
    Miles,
}

/// A distance exactly as an instrument showed it. The unit is kept: a reading in miles stays in miles, and is only
/// converted to be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Distance {
    /// The whole number shown.
    pub value: u32,
    /// What it counts.
    pub unit: DistanceUnit,
}

impl Distance {
    /// The distance in kilometres, for comparison.
    pub fn km(&self) -> Kilometres {
        let value = f64::from(self.value);
        match self.unit {
            DistanceUnit::Kilometres => Kilometres(value),
            DistanceUnit::Miles => Miles(value).into(),
        }
    }
}

impl fmt::Display for Distance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.unit)
    }
}

impl fmt::Display for DistanceUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DistanceUnit::Kilometres => "km",
            DistanceUnit::Miles => "mi",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_horsepowers_differ_by_one_and_a_half_percent() {
        let metric = Kilowatts::from_metric_hp(200.0).unwrap().get();
        let mechanical = Kilowatts::from_mechanical_hp(200.0).unwrap().get();
        assert!((metric - 147.09975).abs() < 1e-9);
        assert!((mechanical - 149.139_974_316).abs() < 1e-6);
    }

    #[test]
    fn miles_stay_miles_until_they_are_compared() {
        let read = Distance {
            value: 62_931,
            unit: DistanceUnit::Miles,
        };
        assert_eq!(read.to_string(), "62931 mi");
        assert!((read.km().get() - 101_277.627).abs() < 0.001);
    }

    #[test]
    fn what_is_no_quantity_is_refused_also_from_json() {
        for value in [f64::NAN, f64::INFINITY, -1.0] {
            assert!(AmpHours::new(value).is_err());
        }
        assert!(serde_json::from_str::<KilowattHours>("-3.5").is_err());
        assert_eq!(
            serde_json::from_str::<KilowattHours>("77.4").unwrap().to_string(),
            "77.4 kWh"
        );
    }
}
