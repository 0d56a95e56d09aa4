//! The battery as its maker describes it, and what people found out about the vehicle outside the telemetry.

use serde::{Deserialize, Serialize};

use crate::transport::rules;

/// Cell chemistry, as far as the estimator treats cells differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Chemistry {
    /// Layered oxides with a sloping voltage: NMC, NCA, LCO, LMO blends.
    Nmc,
    /// Lithium iron phosphate: flat voltage.
    Lfp,
}

impl Chemistry {
    /// The name as printed and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nmc => "NMC",
            Self::Lfp => "LFP",
        }
    }

    /// Cell voltage at which constant-current charging ends, V, where the maker's is not given.
    pub fn end_voltage(self) -> f64 {
        match self {
            Self::Nmc => 4.20,
            Self::Lfp => 3.65,
        }
    }

    /// Cell voltages outside of which a cell is damaged or its reading wrong, V (docs/method/soh.md: our thresholds).
    pub fn cell_limits(self) -> (f64, f64) {
        match self {
            Self::Nmc => (2.5, 4.25),
            Self::Lfp => (2.0, 3.65),
        }
    }
}

/// Facts of the exact battery variant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// Cell chemistry.
    pub chemistry: Chemistry,
    /// Cells in series.
    pub n_series: u32,
    /// Rated capacity of the variant, Ah; without it no state of health is computed.
    pub rated_ah: Option<f64>,
    /// Rated energy of the variant, kWh.
    pub rated_kwh: Option<f64>,
    /// Where the rated values come from: data sheet, type approval, passport.
    pub rated_source: String,
    /// Cell voltage at which this variant's charging ends, V; the chemistry's where absent.
    pub end_voltage: Option<f64>,
}

impl Pack {
    /// Cell voltage at which constant-current charging ends, V.
    pub fn end_voltage(&self) -> f64 {
        self.end_voltage
            .filter(|v| (2.0..=5.0).contains(v))
            .unwrap_or_else(|| self.chemistry.end_voltage())
    }
}

/// Two ways to bring a battery to the test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Three or more charge sessions of ordinary use.
    #[default]
    Field,
    /// One or two charges under supervision, from 10 % or less to the taper at full.
    Guided,
}

/// What was found outside the telemetry. Absent means nobody looked, and the check says so.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// Open diagnostic trouble codes; `None` if they were not read.
    pub dtcs: Option<Vec<Dtc>>,
    /// Open recalls that concern the high-voltage battery; `None` if nobody asked.
    pub recalls: Option<Vec<String>>,
    /// Isolation resistance measured by hand, kΩ; where the vehicle reports another, the lower counts.
    pub isolation_kohm: Option<f64>,
    /// Whether the isolation value covers an AC circuit too, which has the stricter limit of UN R100.
    pub isolation_includes_ac: bool,
    /// State of health the vehicle reports, as a fraction.
    pub reported_soh: Option<f64>,
    /// Resets of the battery management system, replacements of the pack or of modules.
    pub battery_events: Vec<BatteryEvent>,
    /// Distance driven when tested, km; goes before what the telemetry says.
    pub odometer_km: Option<f64>,
    /// Whether the battery or vehicle is damaged or was recalled for safety (UN 3556 SP 376/667 then apply).
    pub damaged: Option<bool>,
    /// State of charge now, for transport, as a fraction; otherwise the last one in the telemetry.
    pub soc_now: Option<f64>,
    /// When that was read, in seconds since 1970-01-01 UTC; without it a certificate says that the day is not stated.
    pub soc_now_time_s: Option<i64>,
    /// The key of the carrier rule that applies, see [`crate::transport`].
    pub carrier: Option<String>,
}

/// A fact that no vehicle has.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("facts.{key} = {value}: {accepted}")]
pub struct WrongFact {
    /// Its key in the description.
    pub key: &'static str,
    /// As given.
    pub value: String,
    /// What is accepted.
    pub accepted: String,
}

impl Facts {
    /// Refuses what no vehicle has, most often percent for a fraction.
    ///
    /// # Errors
    /// The first fact outside what is accepted.
    pub fn check(&self) -> Result<(), WrongFact> {
        /// Nobody drove farther (as certificates have it), and no tester shows more.
        const MOST_KM: f64 = 3e6;
        const MOST_KOHM: f64 = 1e9;
        for (key, value, most, accepted) in [
            (
                "soc_now",
                self.soc_now,
                1.0,
                "a fraction from 0 to 1; 34 % are 0.34",
            ),
            (
                "reported_soh",
                self.reported_soh,
                1.5,
                "a fraction from 0 to 1.5; 97 % are 0.97",
            ),
            (
                "isolation_kohm",
                self.isolation_kohm,
                MOST_KOHM,
                "kilo-ohms from 0 to 1000000000",
            ),
            (
                "odometer_km",
                self.odometer_km,
                MOST_KM,
                "kilometres from 0 to 3000000",
            ),
        ] {
            if let Some(value) = value.filter(|value| !(0.0..=most).contains(value)) {
                return Err(WrongFact {
                    key,
                    value: value.to_string(),
                    accepted: format!("give {accepted}"),
                });
            }
        }
        let known = rules();
        match &self.carrier {
            Some(carrier) if !known.iter().any(|rule| rule.key == *carrier) => {
                let keys: Vec<&str> = known.iter().map(|rule| rule.key.as_str()).collect();
                Err(WrongFact {
                    key: "carrier",
                    value: format!("{carrier:?}"),
                    accepted: format!("give one of {}", keys.join(", ")),
                })
            }
            _ => Ok(()),
        }
    }
}

/// An open diagnostic trouble code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dtc {
    /// The code, as `P0DE6`.
    pub code: String,
    /// What the tool says about it.
    #[serde(default)]
    pub text: String,
}

/// Something that breaks the history of a battery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatteryEvent {
    /// What happened.
    pub kind: BatteryEventKind,
    /// When, in seconds since 1970-01-01 UTC; unknown if absent.
    pub time_s: Option<i64>,
    /// Who says so.
    #[serde(default)]
    pub source: String,
}

/// Kinds of [`BatteryEvent`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatteryEventKind {
    /// The management system forgot what it had learnt, or was reprogrammed.
    BmsReset,
    /// The whole pack was replaced.
    PackSwap,
    /// A module or cell was replaced.
    ModuleSwap,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_that_no_vehicle_has_is_refused_with_what_is_accepted() {
        let facts = |change: fn(&mut Facts)| {
            let mut facts = Facts::default();
            change(&mut facts);
            facts.check().map_err(|wrong| wrong.to_string())
        };
        for (change, said) in [
            (
                (|f| f.soc_now = Some(34.0)) as fn(&mut Facts),
                "facts.soc_now = 34: give a fraction from 0 to 1; 34 % are 0.34",
            ),
            (
                |f| f.reported_soh = Some(97.0),
                "facts.reported_soh = 97: give a fraction from 0 to 1.5; 97 % are 0.97",
            ),
            (
                |f| f.isolation_kohm = Some(-1.0),
                "facts.isolation_kohm = -1: give kilo-ohms from 0 to 1000000000",
            ),
            (
                |f| f.odometer_km = Some(f64::NAN),
                "facts.odometer_km = NaN: give kilometres from 0 to 3000000",
            ),
            (
                |f| f.carrier = Some("xyz".into()),
                "facts.carrier = \"xyz\": give one of default, greece, strict",
            ),
        ] {
            assert_eq!(facts(change), Err(said.to_owned()));
        }
        let sound = |f: &mut Facts| {
            (f.soc_now, f.reported_soh, f.carrier) = (Some(1.0), Some(1.02), Some("greece".into()));
        };
        assert_eq!(facts(sound), Ok(()));
    }
}
