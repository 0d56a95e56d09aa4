#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! The Korean condition record: its words, its rules, and its way into a statement's body and back.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use statement::form82::{
    Code, HighVoltageItem, Item, Layout, NoteKind, Panel, Part, Position, Rank, Record, Side, State,
    import_json, label, labels,
};
use statement::vocabulary::StatementType;

fn schema() -> Value {
    serde_json::from_str(StatementType::InspectionCondition.schema()).unwrap()
}

fn words(schema: &Value) -> Vec<&str> {
    schema["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect()
}

fn record(change: impl FnOnce(&mut Map<String, Value>)) -> Record {
    let body = json!({
        "vin_state": "good", "fuel": "diesel", "transmission": "automatic",
        "odometer": {"value": 92_110, "unit": "km", "instrument_state": "working", "method": "seen"},
        "tuning": "none", "flood": false, "fire": false, "accident": false, "simple_repair": false,
        "panels": [], "items": {"engine_idle": "good"},
    });
    let Value::Object(mut body) = body else { panic!() };
    change(&mut body);
    Record::from_body(&body).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn kinds(record: &Record) -> Vec<NoteKind> {
    record.notes().iter().map(|note| note.kind).collect()
}

#[test]
fn the_form_has_19_parts_with_the_ranks_it_prints() {
    let of = |rank: Rank| {
        Part::all()
            .filter(|part| part.rank() == rank)
            .map(Part::number)
            .collect::<Vec<_>>()
    };
    assert_eq!(of(Rank::Outer1), [1, 2, 3, 4, 5]);
    assert_eq!(of(Rank::Outer2), [6, 7, 8]);
    assert_eq!(of(Rank::FrameA), [9, 10, 11, 17, 18]);
    assert_eq!(of(Rank::FrameB), [12, 13, 14, 19]);
    assert_eq!(of(Rank::FrameC), [15, 16]);
    assert!(Part::new(0).is_err() && Part::new(20).is_err());
}

#[test]
fn every_part_code_rank_and_state_has_a_korean_and_an_english_label() {
    for part in Part::all() {
        assert!(
            !part.label_ko().is_empty() && !part.label_en().is_empty(),
            "{part:?}"
        );
    }
    for code in Code::ALL {
        assert!(
            !code.label_ko().is_empty() && !code.label_en().is_empty(),
            "{code:?}"
        );
    }
    for row in labels() {
        assert!(!row.ko.is_empty() && !row.en.is_empty(), "{row:?}");
    }
    assert_eq!(Part::new(1).unwrap().label_ko(), "후드");
    assert_eq!(Code::Replaced.label_ko(), "교환");
    assert_eq!(State::Seep.label_ko(), "미세누유");
}

#[test]
fn every_word_the_schema_allows_has_a_label() {
    fn walk(schema: &Value, name: &str) {
        if schema["enum"].is_array() {
            for word in words(schema) {
                let found = label(name, word).or_else(|| label("state", word));
                assert!(found.is_some(), "{name}: {word} has no label");
            }
        }
        if let Some(items) = schema.get("items") {
            walk(items, name);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            walk(property, name);
        }
    }
    walk(&schema(), "");
    let common: Value = serde_json::from_str(statement::vocabulary::COMMON_SCHEMA).unwrap();
    walk(&common["$defs"]["odometer"], "");
}

#[test]
fn the_items_and_their_states_are_those_of_the_schema() {
    let schema = schema();
    let of_schema = |object: &str| -> BTreeSet<(String, Vec<String>)> {
        let owned = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect();
        schema["properties"][object]["properties"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, item)| (name.clone(), owned(words(item))))
            .collect()
    };
    let states =
        |set: statement::form82::StateSet| set.states().iter().map(|s| s.as_str().to_owned()).collect();
    let items = Item::ALL
        .iter()
        .map(|item| (item.as_str().to_owned(), states(item.states())))
        .collect();
    assert_eq!(of_schema("items"), items);
    assert_eq!(Item::ALL.len(), 39);
    let high = HighVoltageItem::ALL
        .iter()
        .map(|item| (item.as_str().to_owned(), states(item.states())))
        .collect();
    assert_eq!(of_schema("high_voltage"), high);
    for item in Item::ALL {
        assert!(
            !item.label_ko().is_empty() && !item.label_en().is_empty(),
            "{item:?}"
        );
    }
    assert_eq!(
        HighVoltageItem::TractionBatteryIsolation.label_ko(),
        "고전원전기장치-구동축전지 격리 상태"
    );
}

#[test]
fn every_condition_record_of_the_yard_reads_and_writes_back_the_same() {
    let yard = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("samples/yard");
    let mut read = 0;
    for entry in fs::read_dir(yard).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        for line in fs::read_to_string(&path).unwrap().lines() {
            let draft: Value = serde_json::from_str(line).unwrap();
            if draft["typ"] != "inspection.condition" {
                continue;
            }
            let body = draft["body"].as_object().unwrap();
            let record = Record::from_body(body).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
            assert_eq!(
                Value::Object(record.to_body().unwrap()),
                Value::Object(body.clone()),
                "{}",
                path.display()
            );
            let contradictions: Vec<_> = record
                .notes()
                .into_iter()
                .filter(|note| note.kind.is_contradiction())
                .collect();
            assert!(
                contradictions.is_empty(),
                "{}: {contradictions:?}",
                path.display()
            );
            read += 1;
        }
    }
    assert!(read >= 15, "{read} records");
}

#[test]
fn a_welded_frame_part_contradicts_no_accident() {
    let denied = record(|body| {
        body.insert(
            "panels".into(),
            json!([{"no": 12, "side": "left", "position": "front", "codes": ["W", "C"]}]),
        );
    });
    assert_eq!(kinds(&denied), [NoteKind::AccidentDenied]);
    let note = &denied.notes()[0];
    assert!(note.kind.is_contradiction());
    assert!(note.en.contains("side member (left, front)"), "{}", note.en);
    assert!(note.ko.contains("사이드 멤버 (좌, 앞)"), "{}", note.ko);
}

#[test]
fn corrosion_on_a_frame_part_is_no_accident() {
    let rusty = record(|body| {
        body.insert("panels".into(), json!([{"no": 16, "codes": ["C"]}]));
    });
    assert!(rusty.notes().is_empty());
}

#[test]
fn a_replaced_door_is_a_simple_repair_and_no_accident() {
    let door = json!([{"no": 3, "side": "right", "position": "rear", "codes": ["X"]}]);
    let said = record(|body| {
        body.insert("panels".into(), door.clone());
        body.insert("simple_repair".into(), json!(true));
    });
    assert!(said.notes().is_empty(), "{:?}", said.notes());
    let unsaid = record(|body| {
        body.insert("panels".into(), door);
    });
    assert_eq!(kinds(&unsaid), [NoteKind::SimpleRepairDenied]);
    assert!(!unsaid.notes()[0].kind.is_contradiction());
}

#[test]
fn a_fender_without_a_side_is_noted_as_lost() {
    let lost = record(|body| {
        body.insert("panels".into(), json!([{"no": 2, "codes": ["A"]}]));
    });
    assert_eq!(kinds(&lost), [NoteKind::PlaceMissing]);
}

#[test]
fn a_left_hood_and_a_hood_of_the_frame_contradict_the_form() {
    let odd = record(|body| {
        body.insert(
            "panels".into(),
            json!([{"no": 1, "side": "left", "rank": "frame_a", "codes": ["A"]}]),
        );
    });
    assert_eq!(kinds(&odd), [NoteKind::WrongRank, NoteKind::ImpossiblePlace]);
    assert!(odd.notes().iter().all(|note| note.kind.is_contradiction()));
}

#[test]
fn an_altered_marking_a_dead_odometer_and_an_open_recall_are_noted() {
    let doubtful = record(|body| {
        body.insert("vin_state".into(), json!("altered"));
        body.insert(
            "odometer".into(),
            json!({"unit": "km", "instrument_state": "not_working", "method": "seen"}),
        );
        body.insert("recall_applicable".into(), json!(true));
    });
    assert_eq!(
        kinds(&doubtful),
        [
            NoteKind::VinMarking,
            NoteKind::OdometerState,
            NoteKind::RecallOpen
        ]
    );
}

#[test]
fn an_electric_car_without_high_voltage_items_and_with_engine_items_is_noted() {
    let wrong = record(|body| {
        body.insert("fuel".into(), json!("electric"));
        body.insert("transmission".into(), json!("other"));
    });
    assert_eq!(
        kinds(&wrong),
        [NoteKind::HighVoltage, NoteKind::ItemsOfAnotherCar]
    );
}

#[test]
fn a_leak_state_on_an_item_that_is_good_or_bad_is_refused_when_written() {
    let mut odd = record(|_| {});
    odd.items.insert(Item::EngineIdle, State::Leak);
    let errors = odd.to_body().unwrap_err();
    assert_eq!(errors[0].path, "/items/engine_idle");
}

#[test]
fn a_panel_is_named_with_pillar_side_and_place() {
    let pillar: Panel =
        serde_json::from_value(json!({"no": 14, "side": "right", "pillar": "B", "codes": ["X"]})).unwrap();
    assert_eq!(pillar.name_en(), "pillar panel (pillar B, right)");
    let door = Panel {
        no: Part::new(3).unwrap(),
        side: Some(Side::Left),
        position: Some(Position::Rear),
        pillar: None,
        rank: None,
        codes: vec![Code::Uneven],
    };
    assert_eq!(door.name_ko(), "도어 (좌, 뒤)");
}

#[test]
fn the_layout_is_kept_with_the_record() {
    let json = br#"{"vin_state":"good","odometer":{"value":1,"unit":"km","instrument_state":"working","method":"seen"},
        "tuning":"none","flood":false,"fire":false,"accident":false,"simple_repair":false}"#;
    let import = import_json(json).unwrap().record.import.unwrap();
    assert_eq!(import.layout, Layout::Open);
    assert_eq!(import.raw_sha256.len(), 64);
}
