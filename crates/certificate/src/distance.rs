//! Expiry by distance: a certificate ends where its car has run further than its limit.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A reading beyond a certificate's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overrun {
    /// What the odometer showed, in kilometres; what is no whole number is rounded up. Absent where it is not for whoever asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub odometer_km: Option<u32>,
    /// The day of the reading, in UTC; absent where it is what whoever asks has read, or not for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_on: Option<Date>,
    /// The certificate's limit, in kilometres.
    pub limit_km: u32,
}

impl Overrun {
    /// The earliest of some readings, each with its day and in kilometres, that lies beyond a limit.
    pub fn earliest(readings: impl IntoIterator<Item = (Date, f64)>, limit_km: u32) -> Option<Self> {
        readings
            .into_iter()
            .filter(|(_, km)| *km > f64::from(limit_km))
            .min_by_key(|(day, _)| *day)
            .map(|(day, km)| Self {
                odometer_km: Some(km.ceil() as u32),
                read_on: Some(day),
                limit_km,
            })
    }

    /// That there is such a reading, and nothing of it: from the reading and its day a car can be recognised.
    #[must_use]
    pub fn without_reading(self) -> Self {
        Self {
            odometer_km: None,
            read_on: None,
            ..self
        }
    }
}

impl fmt::Display for Overrun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(odometer_km) = self.odometer_km else {
            let limit = self.limit_km;
            return write!(
                f,
                "a recorded odometer reading lies beyond the limit of {limit} km"
            );
        };
        write!(f, "the odometer showed {odometer_km} km")?;
        if let Some(day) = self.read_on {
            write!(f, " on {day}")?;
        }
        write!(f, ", more than the limit of {} km", self.limit_km)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_earliest_reading_beyond_the_limit_ends_a_certificate() {
        let readings = [
            (date(2026, 9, 1), 90_000.0),
            (date(2026, 8, 1), 78_000.4),
            (date(2026, 7, 1), 78_000.0),
        ];
        let overrun = Overrun::earliest(readings, 78_000).unwrap();
        assert_eq!(
            overrun.to_string(),
            "the odometer showed 78001 km on 2026-08-01, more than the limit of 78000 km"
        );
        assert_eq!(
            overrun.without_reading().to_string(),
            "a recorded odometer reading lies beyond the limit of 78000 km"
        );
        assert_eq!(Overrun::earliest(readings, 90_000), None);
    }
}
