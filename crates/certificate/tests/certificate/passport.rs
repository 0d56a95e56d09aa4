//! The partial battery passport against its own schema, and against the published data model.

use certificate::credential::Subject;
use certificate::passport::{self, CONDITION, TECHNICAL};
use serde_json::Value;

use crate::sample::signed;
use crate::w3c::vectors;

fn subject() -> Subject {
    serde_json::from_value(signed()["credentialSubject"].clone()).unwrap()
}

#[test]
fn the_export_fits_its_schema_and_lists_what_it_omits() {
    let export = passport::partial(&subject(), Some(312));
    passport::check(&export).unwrap();
    let omitted: Vec<&str> = export["omitted"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o.as_str().unwrap())
        .collect();
    assert!(omitted.contains(&"batteryCondition.stateOfCertifiedEnergy"));
    assert!(!omitted.contains(&"batteryCondition.remainingCapacity"));
    // 20 + 15 required; filled: ratedCapacity, capacity, fade, energy, SOC, cycles. The energy's uncertainty is none of the model's.
    assert_eq!(omitted.len(), 35 - 6 + 1);
    assert_eq!(
        export["batteryCondition"]["capacityFade"]["capacityFadeValue"],
        8.6
    );
    assert_eq!(export["kr"]["batteryIdentificationNumber"], "SAMPLE-KR-0005");
}

#[test]
fn an_energy_without_its_uncertainty_says_that_it_is_left_out() {
    let mut subject = subject();
    let says = |export: &Value| {
        let omitted = export["omitted"].as_array().unwrap();
        omitted.iter().any(|field| field == "uncertainty.remainingEnergy")
    };
    let mut export = passport::partial(&subject, None);
    assert!(says(&export));
    let omitted = export["omitted"].as_array_mut().unwrap();
    omitted.retain(|field| field != "uncertainty.remainingEnergy");
    assert!(passport::check(&export).unwrap_err()[0].contains("uncertainty.remainingEnergy"));
    subject.soh.energy_kwh = None;
    let export = passport::partial(&subject, None);
    passport::check(&export).unwrap();
    assert!(!says(&export), "no energy is stated");
}

#[test]
fn a_value_is_as_old_as_what_was_measured_and_not_as_the_certificate() {
    let mut subject = subject();
    let condition = |subject: &Subject| passport::partial(subject, None)["batteryCondition"].clone();
    let capacity = &condition(&subject)["remainingCapacity"];
    assert_eq!(capacity["lastUpdate"], "2026-11-23T00:00:00Z");
    subject.transport.soc_measured_on = None;
    assert_eq!(condition(&subject)["stateOfCharge"], Value::Null);
}

#[test]
fn only_what_happened_to_the_battery_is_a_negative_event() {
    let mut subject = subject();
    let events = |subject: &Subject| {
        let export = passport::partial(subject, None);
        passport::check(&export).unwrap();
        export["batteryCondition"]["negativeEvents"].clone()
    };
    // A spread of temperatures to be watched is no event.
    assert_eq!(events(&subject), Value::Null);
    let swap = serde_json::json!({
        "id": "battery_history", "result": "watch", "limitSource": "Carnet",
        "value": {"text": "Battery system replaced (2021-11-12)"},
    });
    subject.checks.push(serde_json::from_value(swap).unwrap());
    assert_eq!(
        events(&subject)[0]["negativeEvent"],
        "battery_history: Battery system replaced (2021-11-12)"
    );
}

#[test]
fn a_filled_in_fiction_and_a_hidden_omission_are_refused() {
    let export = passport::partial(&subject(), None);
    let mut fiction = export.clone();
    fiction["batteryCondition"]["stateOfCertifiedEnergy"] =
        serde_json::json!({"stateOfCertifiedEnergyValue": 91.4});
    passport::check(&fiction).unwrap_err();
    let mut hidden = export;
    hidden["omitted"].as_array_mut().unwrap().pop();
    assert!(passport::check(&hidden).unwrap_err()[0].contains("must be listed"));
}

/// Turns the model's schema, which is draft 4 with `components`, into one for a single block.
fn block(model: &Value, group: &str, field: &str) -> jsonschema::Validator {
    let pointer = model["components"]["schemas"][group]["properties"][field]["$ref"]
        .as_str()
        .unwrap();
    let schema = serde_json::json!({"$ref": pointer, "components": model["components"]});
    jsonschema::draft4::new(&schema).unwrap()
}

#[test]
fn every_block_fits_the_published_model_and_our_lists_are_its_lists() {
    let Some(folder) = vectors("battery_passport_model_1.2") else {
        return;
    };
    let text = std::fs::read(folder.join("PerformanceAndDurability-1.2.1.schema.json")).unwrap();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let model: Value = serde_json::from_slice(text).unwrap();
    let required = |group: &str| -> Vec<String> {
        serde_json::from_value(model["components"]["schemas"][group]["required"].clone()).unwrap()
    };
    assert_eq!(required("BatteryTechnicalPropertiesEntity"), TECHNICAL);
    assert_eq!(required("BatteryConditionEntity"), CONDITION);

    let export = passport::partial(&subject(), Some(312));
    for (name, group) in [
        ("batteryTechicalProperties", "BatteryTechnicalPropertiesEntity"),
        ("batteryCondition", "BatteryConditionEntity"),
    ] {
        for (field, value) in export[name].as_object().unwrap() {
            let validator = block(&model, group, field);
            let faults: Vec<String> = validator.iter_errors(value).map(|e| e.to_string()).collect();
            assert!(faults.is_empty(), "{name}.{field}: {faults:?}");
        }
    }
    // The whole is not a passport, and does not pass for one.
    let whole = jsonschema::draft4::new(&model).unwrap();
    assert!(!whole.is_valid(&export));
}
