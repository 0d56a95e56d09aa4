//! The part of a battery passport that a test of a used car can honestly fill.
//!
//! The Battery Pass data model (`io.BatteryPass.Performance` 1.2.1, after DIN DKE SPEC 99100) requires 15 blocks of battery
//! condition and 20 technical properties. Most of them only the maker knows, and `stateOfCertifiedEnergy` needs a
//! certification that a capacity estimate is not. The export fills what was measured, in the model's own names and units,
//! states the capacity's uncertainty beside it, and lists every required field that it leaves out, and the energy's uncertainty. It is not
//! a passport.

use std::sync::LazyLock;

use jiff::civil::Date;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::Decimal;
use crate::credential::{schema, subject::Subject};
use crate::evaluation::{CheckResult, Quantity};

/// The schema of the export, as it stands in `spec/credential/passport-partial.schema.json`.
pub const SCHEMA: &str = include_str!("../../../spec/credential/passport-partial.schema.json");

/// Fields that the model requires under `batteryTechicalProperties`; the spelling is the model's.
pub const TECHNICAL: [&str; 20] = [
    "originalPowerCapability",
    "ratedMaximumPower",
    "powerCapabilityRatio",
    "ratedEnergy",
    "expectedNumberOfCycles",
    "initialSelfDischarge",
    "roundtripEfficiency",
    "ratedCapacity",
    "initialInternalResistance",
    "expectedLifetime",
    "nominalVoltage",
    "minimumVoltage",
    "maximumVoltage",
    "capacityThresholdForExhaustion",
    "lifetimeReferenceTest",
    "cRateLifeCycleTest",
    "temperatureRangeIdleState",
    "roundTripEfficiencyat50PerCentCycleLife",
    "roundTripEfficiencyFade",
    "powerFade",
];

/// Fields that the model requires under `batteryCondition`.
pub const CONDITION: [&str; 15] = [
    "energyThroughput",
    "capacityThroughput",
    "numberOfFullCycles",
    "stateOfCertifiedEnergy",
    "capacityFade",
    "remainingEnergy",
    "remainingCapacity",
    "negativeEvents",
    "temperatureInformation",
    "remainingPowerCapability",
    "evolutionOfSelfDischarge",
    "currentSelfDischargingRate",
    "internalResistanceIncrease",
    "remainingRoundTripEnergyEfficiency",
    "stateOfCharge",
];

/// What the export leaves out beside an energy: a certificate has the interval of the capacity only.
const ENERGY_UNCERTAINTY: &str = "uncertainty.remainingEnergy";

/// Checks that find something that happened to the battery: faults, heat, resets and replacements. A check to be watched for
/// another reason is a state, and no event.
const EVENTS: [&str; 3] = ["hv_dtcs", "temperature_highest", "battery_history"];

/// The export of what a certificate says, as of the last day of its data; a state of charge as of its own day, and left out
/// where it has none. `full_cycles` is a counter's reading, where there was one.
pub fn partial(subject: &Subject, full_cycles: Option<u32>) -> Value {
    let soh = &subject.soh;
    let update = beginning(subject.evidence.until);
    let mut condition = Map::new();
    let mut put = |block: &str, number: f64, update: &str| {
        let mut value = Map::new();
        value.insert(format!("{block}Value"), json!(number));
        value.insert("lastUpdate".to_owned(), json!(update));
        condition.insert(block.to_owned(), Value::Object(value));
    };
    put("remainingCapacity", soh.capacity_ah.to_f64(), &update);
    if let Some(fade) = soh.value_pct.less_than_by(Decimal::whole(100)) {
        put("capacityFade", fade.to_f64(), &update);
    }
    if let Some(energy) = soh.energy_kwh {
        put("remainingEnergy", energy.to_f64(), &update);
    }
    let transport = &subject.transport;
    if let (Some(soc), Some(day)) = (transport.soc_pct, transport.soc_measured_on) {
        put("stateOfCharge", soc.to_f64(), &beginning(day));
    }
    if let Some(cycles) = full_cycles {
        put("numberOfFullCycles", f64::from(cycles), &update);
    }
    // An empty list would say that nothing happened to the battery, which a test cannot know.
    let events: Vec<Value> = subject
        .checks
        .iter()
        .filter(|check| EVENTS.contains(&check.id.as_str()))
        .filter(|check| [CheckResult::Watch, CheckResult::Fail].contains(&check.result))
        .map(|check| {
            let value = check.value.as_ref().map(Quantity::to_string);
            json!({
                "negativeEvent": format!("{}: {}", check.id, value.as_deref().unwrap_or("found")),
                "lastUpdate": update,
            })
        })
        .collect();
    if !events.is_empty() {
        condition.insert("negativeEvents".to_owned(), Value::Array(events));
    }
    let mut technical = Map::new();
    technical.insert(
        "ratedCapacity".to_owned(),
        json!(subject.battery.rated_ah.to_f64()),
    );

    let missing = |group: &str, required: &[&str], has: &Map<String, Value>| -> Vec<String> {
        required
            .iter()
            .filter(|field| !has.contains_key(**field))
            .map(|field| format!("{group}.{field}"))
            .collect()
    };
    let mut omitted = missing("batteryTechicalProperties", &TECHNICAL, &technical);
    omitted.extend(missing("batteryCondition", &CONDITION, &condition));
    if condition.contains_key("remainingEnergy") {
        omitted.push(ENERGY_UNCERTAINTY.to_owned());
    }

    // Capacity bounds follow from the percentages and the rated capacity, both of which the certificate states.
    let rated = subject.battery.rated_ah.to_f64();
    let bound = |percent: Decimal| (percent.to_f64() * rated).round() / 100.0;
    let mut export = json!({
        "profile": "https://carnet.invalid/passport/partial/v1",
        "model": "io.BatteryPass.Performance:1.2.1",
        "certificate": subject.certificate,
        "batteryTechicalProperties": technical,
        "batteryCondition": condition,
        "uncertainty": {
            "method": soh.method_version,
            "originator": "third party, used vehicle",
            "confidencePct": 95,
            "remainingCapacity": {"lower": bound(soh.lower95_pct), "upper": bound(soh.upper95_pct)},
        },
        "omitted": omitted,
    });
    let kr = [
        (
            "batteryIdentificationNumber",
            &subject.battery.kr_battery_identification_number,
        ),
        (
            "safetyCertificationNo",
            &subject.battery.kr_safety_certification_no,
        ),
    ];
    let kr: Map<String, Value> = kr
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?))))
        .collect();
    if let (false, Some(object)) = (kr.is_empty(), export.as_object_mut()) {
        object.insert("kr".to_owned(), Value::Object(kr));
    }
    export
}

/// The beginning of a day, UTC; of the day alone more is not known.
fn beginning(day: Date) -> String {
    format!("{day}T00:00:00Z")
}

/// Checks an export against its own published schema, and that it lists what it leaves out.
///
/// # Errors
/// The faults, at most ten.
pub fn check(export: &Value) -> Result<(), Vec<String>> {
    static VALIDATOR: LazyLock<Option<Validator>> = LazyLock::new(|| schema::compile(SCHEMA));
    schema::run(VALIDATOR.as_ref(), export)?;
    let listed = export.get("omitted").and_then(Value::as_array);
    let mut faults = Vec::new();
    for (group, required) in [
        ("batteryTechicalProperties", &TECHNICAL[..]),
        ("batteryCondition", &CONDITION[..]),
    ] {
        for field in required {
            let path = format!("{group}.{field}");
            let has = export.get(group).and_then(|g| g.get(field)).is_some();
            let says = listed.is_some_and(|listed| listed.iter().any(|item| *item == path));
            if has == says {
                faults.push(format!(
                    "/omitted: {path} must be listed exactly where it is left out"
                ));
            }
        }
    }
    let has_energy = export
        .get("batteryCondition")
        .is_some_and(|condition| condition.get("remainingEnergy").is_some());
    let says = listed.is_some_and(|listed| listed.iter().any(|item| item == ENERGY_UNCERTAINTY));
    if has_energy != says {
        faults.push(format!(
            "/omitted: {ENERGY_UNCERTAINTY} must be listed exactly where an energy is stated"
        ));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
