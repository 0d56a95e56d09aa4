//! What a client asks to have certified (ISO/IEC 17065, 7.2).

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vehicle::VehicleId;

use crate::Decimal;

/// The vehicle category of Regulation (EU) 2018/858 that decides which durability curve applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Category {
    /// Passenger car.
    M1,
    /// Light goods vehicle.
    N1,
}

/// The chemistry of the cells, as far as estimator and limits tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Chemistry {
    /// Nickel manganese cobalt, and its relatives with a sloping voltage curve (NCA, NCMA).
    NMC,
    /// Lithium iron phosphate.
    LFP,
}

impl fmt::Display for Chemistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NMC => "NMC",
            Self::LFP => "LFP",
        })
    }
}

/// A word that names no chemistry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a chemistry that this scheme covers; write NMC or LFP")]
pub struct UnknownChemistry(pub String);

impl FromStr for Chemistry {
    type Err = UnknownChemistry;

    fn from_str(text: &str) -> Result<Self, UnknownChemistry> {
        match text {
            "NMC" => Ok(Self::NMC),
            "LFP" => Ok(Self::LFP),
            _ => Err(UnknownChemistry(text.chars().take(40).collect())),
        }
    }
}

/// The car.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Vehicle {
    /// Its canonical id: `vin:…` or `frame:…`.
    pub vid: VehicleId,
    /// Maker, such as `Hyundai`.
    pub make: String,
    /// Model, such as `Ioniq 5`.
    pub model: String,
    /// Variant that fixes the rated capacity, such as `Long Range 72.6 kWh`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Category.
    pub category: Category,
    /// First registration anywhere.
    pub first_registration: Date,
}

/// The battery as its papers describe it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Battery {
    /// Serial number of the pack, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Chemistry of the cells.
    pub chemistry: Chemistry,
    /// Cell groups in series.
    pub n_series: u16,
    /// Rated capacity of this variant, in ampere-hours.
    pub rated_ah: Decimal,
    /// Who says so.
    pub rated_source: String,
    /// Korean battery identification number, where the register has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kr_battery_identification_number: Option<String>,
    /// Number of the Korean battery safety certification, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kr_safety_certification_no: Option<String>,
}

/// An application for certification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Application {
    /// Who applies. Nobody of that name may evaluate, review or decide.
    pub client: String,
    /// The car.
    pub vehicle: Vehicle,
    /// Its battery.
    pub battery: Battery,
}

/// Something in an application or evaluation that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Implausible {
    /// The field, with dots.
    pub field: &'static str,
    /// The value, what is wrong with it, and the fix.
    pub problem: String,
}

/// A text of at most so many characters that a person can read on a line.
pub(crate) fn line(field: &'static str, text: &str, longest: usize) -> Result<(), Implausible> {
    let problem = if text.trim().is_empty() {
        "is empty; fill it in".to_owned()
    } else if text.chars().count() > longest {
        format!("has more than {longest} characters; shorten it")
    } else if text.chars().any(char::is_control) {
        "has a control character; write it on one line".to_owned()
    } else {
        return Ok(());
    };
    Err(Implausible { field, problem })
}

impl Application {
    /// Refuses what no application can say.
    ///
    /// # Errors
    /// The first field that is empty, too long or outside what a car can have.
    pub fn check(&self) -> Result<(), Implausible> {
        line("client", &self.client, 120)?;
        line("vehicle.make", &self.vehicle.make, 60)?;
        line("vehicle.model", &self.vehicle.model, 60)?;
        for (field, text) in [
            ("vehicle.variant", &self.vehicle.variant),
            ("battery.id", &self.battery.id),
            (
                "battery.krBatteryIdentificationNumber",
                &self.battery.kr_battery_identification_number,
            ),
            (
                "battery.krSafetyCertificationNo",
                &self.battery.kr_safety_certification_no,
            ),
        ] {
            if let Some(text) = text {
                line(field, text, 80)?;
            }
        }
        line("battery.ratedSource", &self.battery.rated_source, 200)?;
        if !(Decimal::whole(1)..=Decimal::whole(2000)).contains(&self.battery.rated_ah) {
            return Err(Implausible {
                field: "battery.ratedAh",
                problem: format!(
                    "{} is not the capacity of a traction battery in ampere-hours (1 to 2000)",
                    self.battery.rated_ah
                ),
            });
        }
        if !(8..=400).contains(&self.battery.n_series) {
            return Err(Implausible {
                field: "battery.nSeries",
                problem: format!(
                    "{} cell groups in series make no traction battery (8 to 400)",
                    self.battery.n_series
                ),
            });
        }
        Ok(())
    }
}
