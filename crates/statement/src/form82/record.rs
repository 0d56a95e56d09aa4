use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use crate::vocabulary::{FieldError, StatementType, check};

use super::{
    ColourClass, FormerUse, Fuel, HighVoltageItem, InstrumentState, Item, KeptItem, Layout, MainOption,
    MileageLevel, NeedsRepair, OdometerUnit, Panel, ReadingMethod, Repaint, State, Transmission, Tuning,
    TuningKind, VinState, Warranty,
};

/// A performance-and-condition record, field by field as Form 82 has it. Labels and sources of the fields stand in the
/// schema of `inspection.condition`. What the record leaves blank is `None` or empty.
#[expect(
    missing_docs,
    reason = "the fields are described once, in spec/vocabulary/inspection.condition.schema.json"
)]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspected_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model_year: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection_valid_from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspection_valid_to: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_registration: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vin_as_written: Option<String>,
    pub vin_state: VinState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transmission: Option<Transmission>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel: Option<Fuel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warranty: Option<Warranty>,
    pub odometer: Odometer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mileage_level: Option<MileageLevel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emissions: Option<Emissions>,
    pub tuning: Tuning,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tuning_kinds: BTreeSet<TuningKind>,
    pub flood: bool,
    pub fire: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_change: Option<BTreeSet<FormerUse>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub colour_class: Option<ColourClass>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repaint: Option<Repaint>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub options: BTreeSet<MainOption>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall_applicable: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall_done: Option<bool>,
    pub accident: bool,
    pub simple_repair: bool,
    #[serde(default)]
    pub panels: Vec<Panel>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub items: BTreeMap<Item, State>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub high_voltage: BTreeMap<HighVoltageItem, State>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub needs_repair: BTreeSet<NeedsRepair>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub kept_items: BTreeSet<KeptItem>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspector_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspector_business: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub import: Option<Provenance>,
}

/// The odometer as the inspector found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Odometer {
    /// The reading, in `unit`. Absent only when it could not be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<u32>,
    /// Kilometres or miles.
    pub unit: OdometerUnit,
    /// State of the instrument.
    pub instrument_state: InstrumentState,
    /// How the reading was taken.
    pub method: ReadingMethod,
}

/// Exhaust measurements, each number kept as it was written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Emissions {
    /// Carbon monoxide, % by volume.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub co_percent: Option<Number>,
    /// Hydrocarbons, ppm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hc_ppm: Option<Number>,
    /// Smoke, % opacity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smoke_percent: Option<Number>,
    /// Nitrogen oxides, ppm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nox_ppm: Option<Number>,
    /// Air ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lambda: Option<Number>,
}

/// Where an imported record came from, so that the raw one can always be asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// SHA-256 of the raw record's bytes, lower-case hexadecimal.
    pub raw_sha256: String,
    /// Its layout.
    pub layout: Layout,
    /// Name and version of the mapping table.
    pub mapping: String,
    /// Every code or field of the raw record that has no place in the form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmapped: Vec<String>,
}

impl Record {
    /// Reads the body of an `inspection.condition` statement. All fields must be disclosed that the schema requires.
    ///
    /// # Errors
    /// What in the body is not as the published schema has it.
    pub fn from_body(body: &Map<String, Value>) -> Result<Self, Vec<FieldError>> {
        check(StatementType::InspectionCondition, body)?;
        Self::deserialize(Value::Object(body.clone())).map_err(|error| vec![unexpected(&error)])
    }

    /// The body of an `inspection.condition` statement.
    ///
    /// # Errors
    /// A value that the schema does not allow, e.g. an empty text, a panel without a code, a leak state on an item that
    /// is good or bad.
    pub fn to_body(&self) -> Result<Map<String, Value>, Vec<FieldError>> {
        match serde_json::to_value(self) {
            Ok(Value::Object(body)) => check(StatementType::InspectionCondition, &body).map(|()| body),
            Ok(_) => Ok(Map::new()),
            Err(error) => Err(vec![unexpected(&error)]),
        }
    }
}

fn unexpected(error: &serde_json::Error) -> FieldError {
    FieldError {
        path: String::new(),
        value: String::new(),
        problem: error.to_string(),
        fix: "compare the record with spec/vocabulary/inspection.condition.schema.json".to_owned(),
    }
}
