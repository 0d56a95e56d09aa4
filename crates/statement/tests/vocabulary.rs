#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! The vocabulary as published in `spec/vocabulary/`, and what `check` says of bodies.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use statement::vocabulary::{
    COMMON_SCHEMA, EvidenceClass, HEADER_SCHEMA, Role, StatementType, check, check_header, check_role,
    header_fields,
};

fn body(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other} is not an object"),
    }
}

fn reading(value: u32) -> Value {
    json!({"value": value, "unit": "km", "instrument_state": "working", "method": "seen"})
}

fn parse(schema: &str) -> Value {
    serde_json::from_str(schema).unwrap()
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

#[test]
fn the_numbers_run_from_1_to_34_in_the_order_of_the_types() {
    let numbers: Vec<u8> = StatementType::ALL.iter().map(|typ| typ.number()).collect();
    assert!(numbers.is_sorted());
    let distinct: BTreeSet<u8> = numbers.into_iter().collect();
    assert_eq!(
        distinct.into_iter().collect::<Vec<_>>(),
        (1..=34).collect::<Vec<_>>()
    );
}

#[test]
fn every_name_reads_back_and_is_the_name_in_its_schema() {
    for &typ in StatementType::ALL {
        assert_eq!(typ.as_str().parse::<StatementType>().unwrap(), typ);
        let json = serde_json::to_string(&typ).unwrap();
        assert_eq!(json, format!("{:?}", typ.as_str()));
        assert_eq!(serde_json::from_str::<StatementType>(&json).unwrap(), typ);
        assert_eq!(parse(typ.schema())["x-type"], typ.as_str());
        assert!(!typ.label_ko().is_empty() && !typ.label_en().is_empty());
    }
}

#[test]
fn a_misspelt_type_is_refused_with_the_one_meant() {
    let error = "inspection.conditon".parse::<StatementType>().unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"inspection.conditon\" is not a statement type; did you mean inspection.condition?"
    );
}

#[test]
fn every_role_reads_back_and_may_issue_something() {
    for role in Role::ALL {
        assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
        assert!(
            StatementType::ALL
                .iter()
                .any(|typ| check_role(*typ, &[role]).is_ok())
        );
    }
    assert_eq!(Role::Owner.evidence_class(), EvidenceClass::D);
    assert_eq!(Role::Register.evidence_class(), EvidenceClass::A);
    assert!(
        "dealr"
            .parse::<Role>()
            .unwrap_err()
            .to_string()
            .contains("dealer")
    );
}

#[test]
fn every_issuer_named_in_a_schema_is_a_role() {
    for &typ in StatementType::ALL {
        let schema = parse(typ.schema());
        let named = strings(&schema["x-issuers"]);
        let roles: Vec<&str> = typ.may_issue().iter().map(|role| role.as_str()).collect();
        if named == ["any"] {
            assert_eq!(roles.len(), Role::ALL.len(), "{typ}");
        } else {
            assert_eq!(roles, named, "{typ}");
        }
    }
}

#[test]
fn a_dealer_may_not_issue_a_total_loss() {
    let refused = check_role(StatementType::ClaimTotalLoss, &[Role::Dealer]).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "dealer may not issue claim.total_loss; it is for insurer"
    );
    check_role(StatementType::ClaimTotalLoss, &[Role::Dealer, Role::Insurer]).unwrap();
}

/// Walks a schema the way a stranger would, without the crate's own reader.
fn each_field(schema: &Value, common: &Value, path: &str, visit: &mut impl FnMut(&str, &Value)) {
    if let Some(target) = schema["$ref"].as_str() {
        let pointer = target.split_once('#').unwrap().1;
        each_field(common.pointer(pointer).unwrap(), common, path, visit);
    }
    if let Some(items) = schema.get("items") {
        each_field(items, common, &format!("{path}/*"), visit);
    }
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{path}/{name}");
        visit(&path, field);
        each_field(field, common, &path, visit);
    }
}

#[test]
fn every_field_of_every_schema_has_both_labels_a_source_and_where_numeric_a_unit() {
    let common = parse(COMMON_SCHEMA);
    let types = StatementType::ALL
        .iter()
        .map(|typ| (typ.as_str(), parse(typ.schema())));
    for (name, schema) in types.chain([("header", parse(HEADER_SCHEMA))]) {
        each_field(&schema, &common, "", &mut |path, field| {
            for keyword in ["x-label-ko", "x-label-en", "x-source"] {
                let text = field[keyword]
                    .as_str()
                    .unwrap_or_else(|| panic!("{name}{path} has no {keyword}"));
                assert!(!text.trim().is_empty(), "{name}{path}: empty {keyword}");
            }
            let is = |wanted: &str| match &field["type"] {
                Value::String(one) => one == wanted,
                Value::Array(several) => several.iter().any(|one| one == wanted),
                _ => false,
            };
            assert_eq!(
                is("integer") || is("number"),
                field["x-unit"].is_string(),
                "{name}{path}: a unit belongs to a number, and every number has one"
            );
        });
    }
}

#[test]
fn the_rust_side_reads_exactly_the_fields_of_the_schemas() {
    let common = parse(COMMON_SCHEMA);
    for &typ in StatementType::ALL {
        let mut paths = BTreeSet::new();
        each_field(&parse(typ.schema()), &common, "", &mut |path, _| {
            paths.insert(path.to_owned());
        });
        let read: BTreeSet<String> = typ.fields().iter().map(|field| field.path.clone()).collect();
        assert_eq!(read, paths, "{typ}");
    }
    assert!(
        header_fields()
            .iter()
            .any(|field| field.path == "/evidence/*/sha256")
    );
}

#[test]
fn personal_fields_stand_at_the_top_of_the_body_and_are_never_required() {
    for &typ in StatementType::ALL {
        for field in typ.fields().iter().filter(|field| field.personal) {
            assert_eq!(field.path.matches('/').count(), 1, "{typ}{}", field.path);
            assert!(
                !field.required,
                "{typ}{}: a hidden field would break the body",
                field.path
            );
        }
    }
    assert!(
        StatementType::RegistrationFirst
            .personal_fields()
            .contains(&"plate")
    );
    assert!(StatementType::ClaimDamage.personal_fields().contains(&"paid"));
    assert!(
        StatementType::TheftReported
            .personal_fields()
            .contains(&"police_number")
    );
    assert!(StatementType::SaleSold.personal_fields().contains(&"price"));
    assert!(StatementType::InspectionPeriodic.personal_fields().is_empty());
}

#[test]
fn every_object_in_every_schema_is_closed() {
    fn closed(name: &str, schema: &Value) {
        match schema {
            Value::Object(map) => {
                if map.contains_key("properties") && map.get("type").is_some() {
                    assert_eq!(
                        map.get("additionalProperties"),
                        Some(&json!(false)),
                        "{name}: {schema}"
                    );
                }
                map.values().for_each(|inner| closed(name, inner));
            }
            Value::Array(list) => list.iter().for_each(|inner| closed(name, inner)),
            _ => {}
        }
    }
    for &typ in StatementType::ALL {
        closed(typ.as_str(), &parse(typ.schema()));
    }
    closed("common", &parse(COMMON_SCHEMA));
}

#[test]
fn every_odometer_is_the_shared_shape() {
    for &typ in StatementType::ALL {
        if let Some(odometer) = parse(typ.schema())["properties"].get("odometer") {
            assert_eq!(odometer["$ref"], "common.schema.json#/$defs/odometer", "{typ}");
        }
    }
}

#[test]
fn the_table_in_the_readme_says_what_the_schemas_say() {
    let readme = include_str!("../../../spec/vocabulary/README.md");
    let cells = |line: &str| {
        line.trim_matches('|')
            .split('|')
            .map(|c| c.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let mut rows = readme
        .lines()
        .skip_while(|line| !line.starts_with("| # | type"))
        .skip(2)
        .map(cells);
    for &typ in StatementType::ALL {
        let schema = parse(typ.schema());
        let row = rows.next().unwrap_or_else(|| panic!("no row for {typ}"));
        let [number, name, label, fields, issuers, reuse] = row.as_slice() else {
            panic!("{typ}: a row has six cells, not {row:?}")
        };
        assert_eq!(*number, typ.number().to_string());
        assert_eq!(*name, format!("`{typ}`"));
        assert_eq!(*label, format!("{} · {}", typ.label_en(), typ.label_ko()));
        let listed: BTreeSet<&str> = fields.split(", ").collect();
        let of_schema: Vec<String> = typ
            .fields()
            .iter()
            .filter(|field| field.path.matches('/').count() == 1)
            .map(|field| {
                let name = field.path.trim_start_matches('/');
                let required = if field.required { "*" } else { "" };
                let personal = if field.personal { "†" } else { "" };
                format!("{name}{required}{personal}")
            })
            .collect();
        assert_eq!(listed, of_schema.iter().map(String::as_str).collect(), "{typ}");
        assert_eq!(*issuers, strings(&schema["x-issuers"]).join(", "), "{typ}");
        assert_eq!(*reuse, schema["x-reuse"].as_str().unwrap(), "{typ}");
    }
    for role in Role::ALL {
        let row = readme
            .lines()
            .find(|line| line.starts_with("| `") && line.contains(&format!("`{role}`")))
            .unwrap_or_else(|| panic!("{role} is not in the table of roles"));
        assert!(row.contains(&format!("| {} |", role.evidence_class())), "{row}");
    }
}

#[test]
fn a_reading_in_kilometres_passes() {
    check(
        StatementType::OdometerRead,
        &body(json!({"odometer": reading(48_210), "context": "service"})),
    )
    .unwrap();
}

#[test]
fn a_reading_that_could_not_be_taken_has_no_value() {
    let mut odometer = json!({"unit": "mi", "instrument_state": "unreadable", "method": "seen"});
    check(StatementType::OdometerRead, &body(json!({"odometer": odometer}))).unwrap();
    odometer["instrument_state"] = json!("working");
    let errors = check(StatementType::OdometerRead, &body(json!({"odometer": odometer}))).unwrap_err();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].path, "/odometer/value");
    assert_eq!(errors[0].problem, "the field is missing");
    assert!(
        errors[0].fix.contains("주행거리 값 / Reading, in km or mi"),
        "{}",
        errors[0].fix
    );
}

#[test]
fn an_unknown_field_is_named_with_the_one_meant() {
    let errors = check(
        StatementType::OdometerRead,
        &body(json!({"odometer": reading(1), "contxt": "sale"})),
    )
    .unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        "/contxt: odometer.read has no such field (found \"sale\"); did you mean context?"
    );
}

#[test]
fn a_value_outside_the_list_is_refused_with_the_list_and_the_one_meant() {
    let mut odometer = reading(1);
    odometer["unit"] = json!("KM");
    let errors = check(StatementType::OdometerRead, &body(json!({"odometer": odometer}))).unwrap_err();
    assert_eq!(errors[0].path, "/odometer/unit");
    assert!(
        errors[0].fix.starts_with("write one of km, mi"),
        "{}",
        errors[0].fix
    );

    let misspelt = json!({"date": "2025-02-30", "reason": "exprot"});
    let errors = check(StatementType::RegistrationDeregistered, &body(misspelt)).unwrap_err();
    let fixes: Vec<&str> = errors.iter().map(|e| e.fix.as_str()).collect();
    assert!(
        fixes.iter().any(|fix| fix.contains("did you mean export?")),
        "{fixes:?}"
    );
    assert!(
        fixes.iter().any(|fix| fix.contains("YYYY-MM-DD")),
        "30 February is no date: {fixes:?}"
    );
}

#[test]
fn a_number_in_quotes_is_refused_with_the_way_to_write_it() {
    let mut odometer = reading(1);
    odometer["value"] = json!("48,210");
    let errors = check(StatementType::OdometerRead, &body(json!({"odometer": odometer}))).unwrap_err();
    assert!(
        errors
            .iter()
            .any(|e| e.path == "/odometer/value" && e.fix.contains("without quotes")),
        "{errors:?}"
    );
}

#[test]
fn claims_with_a_supersedes_that_is_no_digest_are_refused() {
    let mut claims = body(json!({
        "iss": "seoul-register", "iat": 1_700_000_000, "typ": "odometer.read", "vid": "vin:KMHL14JA5MA000001",
        "event_time": "2023-11-14T12:00:00+09:00", "place": "KRSEL", "body": {}, "confidence": "A",
        "evidence": [{"sha256": "0".repeat(64), "kind": "photo"}],
    }));
    check_header(&claims).unwrap();
    claims.insert("supersedes".to_owned(), json!("first"));
    let errors = check_header(&claims).unwrap_err();
    assert_eq!(errors[0].path, "/supersedes");
    assert!(
        errors[0].fix.contains("64 lower-case hexadecimal"),
        "{}",
        errors[0].fix
    );
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!("km")),
    ];
    let known = prop::sample::select(vec!["odometer", "unit", "panels", "items", "codes", "date"]);
    let key = prop_oneof!["[a-z~/]{0,8}", known.prop_map(str::to_owned)];
    leaf.prop_recursive(4, 32, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn check_answers_every_body_without_a_panic(which in 0..StatementType::ALL.len(), value in any_json()) {
        if let Value::Object(map) = value {
            if let Err(errors) = check(StatementType::ALL[which], &map) {
                prop_assert!(!errors.is_empty() && errors.len() <= 50);
            }
            let _ = check_header(&map);
        }
    }
}
