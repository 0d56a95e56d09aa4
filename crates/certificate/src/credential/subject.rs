//! What a certificate says: the `credentialSubject`, written and read by one type.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use vehicle::VehicleId;

use crate::application::{Battery, Category};
use crate::evaluation::{Check, Evidence, Soh, Transport};
use crate::grade::{Durability, Grade};

/// The car on a certificate. The twin without vehicle id has neither `vid` nor the day of first registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CertifiedVehicle {
    /// Canonical vehicle id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vid: Option<VehicleId>,
    /// Maker.
    pub make: String,
    /// Model.
    pub model: String,
    /// Variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Category.
    pub category: Category,
    /// Day of first registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_registration: Option<Date>,
    /// Year of first registration.
    pub first_registration_year: i16,
}

/// Somebody who took part, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Took {
    /// The person's name.
    pub name: String,
    /// The day.
    pub on: Date,
}

/// Who evaluated, reviewed and decided: three people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Who evaluated.
    pub evaluated: Took,
    /// Who reviewed.
    pub reviewed: Took,
    /// Who decided.
    pub decided: Took,
}

/// The `credentialSubject` of a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subject {
    /// The certificate's number in the directory.
    pub certificate: String,
    /// Whether this is the twin without vehicle id.
    pub redacted: bool,
    /// The car.
    pub vehicle: CertifiedVehicle,
    /// Its battery.
    pub battery: Battery,
    /// The odometer when the car was evaluated, in kilometres.
    pub odometer_km: u32,
    /// The certificate ends at this reading, in kilometres.
    pub odometer_limit_km: u32,
    /// State of health.
    pub soh: Soh,
    /// Grade, bound to the lower end of the interval.
    pub grade: Grade,
    /// How the lower end stands to the durability curves.
    pub durability: Vec<Durability>,
    /// The checks.
    pub checks: Vec<Check>,
    /// Readiness for transport.
    pub transport: Transport,
    /// What it rests on.
    pub evidence: Evidence,
    /// Who took part.
    pub decision: Decision,
}

impl Subject {
    /// The twin: without vehicle id, pack number, Korean identification number and day of first registration.
    pub fn redact(mut self) -> Self {
        self.redacted = true;
        self.vehicle.vid = None;
        self.vehicle.first_registration = None;
        self.battery.id = None;
        self.battery.kr_battery_identification_number = None;
        self
    }
}
