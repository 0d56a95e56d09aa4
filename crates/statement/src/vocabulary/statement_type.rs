use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Role;
use super::nearest::nearest;
use super::schema::{Field, meta};

macro_rules! statement_types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What a statement is about. The order is that of the vocabulary's numbers.
        ///
        /// Thirty-four numbered types; a number whose row names more than one event has one variant an event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum StatementType {
            $($(#[$doc])* $variant,)*
        }

        impl StatementType {
            /// Every type, in the order of the vocabulary.
            pub const ALL: &'static [StatementType] = &[$(StatementType::$variant,)*];

            /// The name written in statements, e.g. `inspection.condition`.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The JSON Schema (draft 2020-12) of the body, as published in `spec/vocabulary/`.
            pub fn schema(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../../../../spec/vocabulary/", $name, ".schema.json")),)*
                }
            }
        }
    };
}

statement_types! {
    /// 1: the car was built.
    IdentityManufactured = "identity.manufactured",
    /// 2: a program decoded the identifier.
    IdentityDecoded = "identity.decoded",
    /// 3: someone read the identifier on the car.
    IdentityVinObserved = "identity.vin_observed",
    /// 4: an authority stamped another identifier.
    IdentityVinRestamped = "identity.vin_restamped",
    /// 5: first registration.
    RegistrationFirst = "registration.first",
    /// 6: change of owner.
    RegistrationTransferred = "registration.transferred",
    /// 7: change of plate, use, base, engine type or colour.
    RegistrationChanged = "registration.changed",
    /// 8: struck off the register.
    RegistrationDeregistered = "registration.deregistered",
    /// 9: the register was told whether the export took place.
    RegistrationExportReported = "registration.export_reported",
    /// 10: registered or titled in another country.
    RegistrationForeign = "registration.foreign",
    /// 11: mortgage, seizure or lease entered.
    LienRecorded = "lien.recorded",
    /// 12: mortgage, seizure or lease released.
    LienReleased = "lien.released",
    /// 13: odometer read.
    OdometerRead = "odometer.read",
    /// 14: odometer repaired or replaced.
    OdometerServiced = "odometer.serviced",
    /// 15: periodic inspection.
    InspectionPeriodic = "inspection.periodic",
    /// 16: Korean performance-and-condition record, Form 82.
    InspectionCondition = "inspection.condition",
    /// 17: inspection before shipment.
    InspectionPreshipment = "inspection.preshipment",
    /// 18: roadworthiness certificate.
    InspectionRoadworthiness = "inspection.roadworthiness",
    /// 19: maintenance or repair.
    ServicePerformed = "service.performed",
    /// 20: state of the traction battery.
    BatteryHealth = "battery.health",
    /// 21: a recall applies.
    RecallOpened = "recall.opened",
    /// 22: a recall was remedied.
    RecallClosed = "recall.closed",
    /// 23: insured damage.
    ClaimDamage = "claim.damage",
    /// 23: a period without own-damage insurance, which the same report prints.
    ClaimUninsured = "claim.uninsured",
    /// 24: total loss.
    ClaimTotalLoss = "claim.total_loss",
    /// 25: flood.
    HazardFlood = "hazard.flood",
    /// 25: fire.
    HazardFire = "hazard.fire",
    /// 26: reported stolen.
    TheftReported = "theft.reported",
    /// 26: found again.
    TheftRecovered = "theft.recovered",
    /// 27: modified.
    Modification = "modification",
    /// 28: offered for sale.
    SaleListed = "sale.listed",
    /// 28: sold.
    SaleSold = "sale.sold",
    /// 29: handed from one keeper to another.
    CustodyMoved = "custody.moved",
    /// 30: export declaration accepted.
    ExportCleared = "export.cleared",
    /// 30: loaded on a ship, truck or train.
    ExportLoaded = "export.loaded",
    /// 30: arrived abroad.
    ExportArrived = "export.arrived",
    /// 31: scrapped.
    EndoflifeScrapped = "endoflife.scrapped",
    /// 32: an earlier statement was wrong.
    RecordCorrected = "record.corrected",
    /// 33: a battery certificate was issued.
    CertificateIssued = "certificate.issued",
    /// 34: a battery certificate was suspended.
    CertificateSuspended = "certificate.suspended",
    /// 34: a suspended battery certificate is in force again.
    CertificateReinstated = "certificate.reinstated",
    /// 34: a battery certificate was withdrawn.
    CertificateWithdrawn = "certificate.withdrawn",
}

/// A word that names no statement type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not a statement type{}", suggestion.map_or_else(others, |s| format!("; did you mean {s}?")))]
pub struct UnknownStatementType {
    /// The word that was given.
    pub given: String,
    /// The nearest type's name, where one is near.
    pub suggestion: Option<&'static str>,
}

/// What is said to a word that is near no type.
fn others() -> String {
    "; write one of the vocabulary (spec/vocabulary/), such as odometer.read, service.performed or inspection.condition".to_owned()
}

impl StatementType {
    /// Number in the vocabulary, 1 to 34.
    pub fn number(self) -> u8 {
        meta(self).number
    }

    /// Korean label.
    pub fn label_ko(self) -> &'static str {
        meta(self).label_ko
    }

    /// English label.
    pub fn label_en(self) -> &'static str {
        meta(self).label_en
    }

    /// The roles that may sign this type. Whether an issuer *holds* the role is proved by the log, not here.
    pub fn may_issue(self) -> &'static [Role] {
        &meta(self).issuers
    }

    /// The body's top-level fields that an issuer makes disclosable one by one: names, plates, money, case numbers.
    pub fn personal_fields(self) -> &'static [&'static str] {
        &meta(self).personal
    }

    /// Every field of the body, nested ones too.
    pub fn fields(self) -> &'static [Field] {
        &meta(self).fields
    }
}

impl fmt::Display for StatementType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for StatementType {
    type Err = UnknownStatementType;

    fn from_str(s: &str) -> Result<Self, UnknownStatementType> {
        StatementType::ALL
            .iter()
            .copied()
            .find(|typ| typ.as_str() == s)
            .ok_or_else(|| UnknownStatementType {
                given: s.chars().take(80).collect(),
                suggestion: nearest(s, StatementType::ALL.iter().map(|typ| typ.as_str())),
            })
    }
}

impl Serialize for StatementType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for StatementType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        word.parse().map_err(serde::de::Error::custom)
    }
}
