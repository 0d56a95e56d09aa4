#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! Reading condition records in the open layout, in marketplace codes, and as a table.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};
use statement::form82::{
    HighVoltageItem, ImportError, Imported, Item, Layout, MAX_BYTES, Mapping, MappingError, NoteKind, Side,
    State, import_csv, import_json, import_json_with,
};

fn sample(name: &str) -> Vec<u8> {
    fs::read(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
            .join("samples/yard")
            .join(name),
    )
    .unwrap()
}

fn imported(result: Result<Imported, ImportError>) -> Imported {
    match result {
        Ok(imported) => imported,
        Err(ImportError::Incomplete { errors, report }) => panic!("{errors:#?}\n{report:#?}"),
        Err(error) => panic!("{error}"),
    }
}

/// A record and its report as a person would read them.
fn story(imported: &Imported) -> String {
    let mut out = serde_json::to_string_pretty(&imported.record.to_body().unwrap()).unwrap();
    for unmapped in &imported.report.unmapped {
        write!(out, "\nunmapped {unmapped}").unwrap();
    }
    for note in &imported.report.notes {
        write!(out, "\nnote {:?}: {note}", note.kind).unwrap();
    }
    out
}

#[test]
fn the_sample_in_the_open_layout_with_korean_keys() {
    insta::assert_snapshot!(story(&imported(import_json(&sample("form82-k3.json")))));
}

#[test]
fn the_sample_in_marketplace_codes() {
    insta::assert_snapshot!(story(&imported(import_json(&sample(
        "form82-malibu.marketplace.json"
    )))));
}

#[test]
fn the_sample_as_a_table() {
    insta::assert_snapshot!(story(&imported(import_csv(&sample("form82-rexton.csv")))));
}

fn coded() -> Value {
    json!({
        "master": {"accdient": false, "simpleRepair": false, "detail": {"waterlog": false, "recall": false, "tuning": false}},
        "inners": [], "outers": [],
        "supplement": {"vin_state": "good", "fire": false,
            "odometer": {"value": 61_400, "unit": "km", "instrument_state": "working", "method": "seen"}},
    })
}

fn read(value: &Value) -> Imported {
    imported(import_json(value.to_string().as_bytes()))
}

fn note_kinds(imported: &Imported) -> Vec<NoteKind> {
    imported.report.notes.iter().map(|note| note.kind).collect()
}

fn item(code: &str, title: &str, state: &str, state_title: &str) -> Value {
    json!({"type": {"code": code, "title": title}, "statusType": {"code": state, "title": state_title}, "children": []})
}

#[test]
fn the_raw_record_is_kept_by_its_hash() {
    let bytes = coded().to_string();
    let import = imported(import_json(bytes.as_bytes())).record.import.unwrap();
    assert_eq!(import.layout, Layout::Marketplace);
    assert_eq!(import.mapping, "marketplace 1");
    let other = imported(import_json(format!("{bytes} ").as_bytes()))
        .record
        .import
        .unwrap();
    assert_ne!(
        import.raw_sha256, other.raw_sha256,
        "one byte more is another raw record"
    );
}

#[test]
fn unknown_codes_are_reported_by_name_and_kept_in_the_record() {
    let mut raw = coded();
    raw["inners"] = json!([{"type": {"code": "S09", "title": "기타"}, "children": [
        item("s999", "무엇인가", "1", "양호"), item("s003", "작동상태", "77", "이상한 상태")]}]);
    raw["outers"] = json!([{"type": {"code": "P999", "title": "?"}, "attributes": [], "statusTypes": [{"code": "X"}]},
        {"type": {"code": "P011"}, "attributes": ["RANK_Z"], "statusTypes": [{"code": "A"}, {"code": "Q"}]}]);
    raw["master"]["detail"]["newField"] = json!("surprise");
    let imported = read(&raw);
    let told: Vec<String> = imported.report.unmapped.iter().map(ToString::to_string).collect();
    for name in ["s999", "77", "P999", "RANK_Z", "\"Q\"", "newField"] {
        assert!(
            told.iter().any(|line| line.contains(name)),
            "{name} is not reported: {told:#?}"
        );
    }
    let kept = imported.record.import.unwrap().unmapped;
    assert_eq!(kept.len(), told.len());
    assert!(
        !kept.iter().any(|line| line.contains("surprise")),
        "a value nobody knows stays out of the record"
    );
    assert!(imported.record.items.is_empty());
    assert_eq!(
        imported.record.panels.len(),
        1,
        "the hood with its one known code"
    );
}

#[test]
fn a_side_that_code_and_title_disagree_about_is_left_open() {
    let mut raw = coded();
    raw["outers"] = json!([{"type": {"code": "P021", "title": "프론트 휀더(우)"}, "attributes": ["RANK_ONE"],
        "statusTypes": [{"code": "A"}]}]);
    let imported = read(&raw);
    assert_eq!(imported.record.panels[0].side, None);
    assert_eq!(
        note_kinds(&imported),
        [NoteKind::UncertainMapping, NoteKind::PlaceMissing]
    );
}

#[test]
fn a_side_that_the_code_lost_is_taken_from_the_title_and_else_noted() {
    let own = Mapping::parse(
        b"kind,code,to,side,position,pillar,certain,note\ntable,mine,7\npanel,part_1lank_2,2,,,,yes,sides lost\n",
    )
    .unwrap();
    let mapping = Mapping::standard().extended_by(&own);
    let mut raw = coded();
    let panel = |title: &str| json!([{"type": {"code": "part_1lank_2", "title": title}, "statusTypes": [{"code": "A"}]}]);
    raw["outers"] = panel("프론트 휀더(동반석)");
    let titled = imported(import_json_with(raw.to_string().as_bytes(), &mapping));
    assert_eq!(titled.record.panels[0].side, Some(Side::Right));
    assert_eq!(titled.record.import.unwrap().mapping, "marketplace 1 + mine 7");
    raw["outers"] = panel("프론트 휀더");
    let lost = imported(import_json_with(raw.to_string().as_bytes(), &mapping));
    assert_eq!(lost.record.panels[0].side, None);
    assert_eq!(note_kinds(&lost), [NoteKind::PlaceMissing]);
}

#[test]
fn drive_shaft_insulation_is_read_as_traction_battery_isolation_and_said_so() {
    for (code, title) in [
        ("ress_isolationstatus", ""),
        ("driveShaftIsolationGbn", "구동축 절연"),
        ("s9xx", "구동축 절연"),
    ] {
        let mut raw = coded();
        raw["supplement"]["fuel"] = json!("electric");
        raw["inners"] = json!([item(code, title, "10", "불량")]);
        let imported = read(&raw);
        assert_eq!(
            imported.record.high_voltage[&HighVoltageItem::TractionBatteryIsolation],
            State::Bad,
            "{code}"
        );
        assert!(
            note_kinds(&imported).contains(&NoteKind::MislabelledIsolation),
            "{code}"
        );
    }
}

#[test]
fn the_right_name_of_the_isolation_is_read_without_a_note() {
    let mut raw = coded();
    raw["supplement"]["fuel"] = json!("electric");
    raw["inners"] = json!([item("", "구동축전지 격리 상태", "1", "양호")]);
    let imported = read(&raw);
    assert_eq!(
        imported.record.high_voltage[&HighVoltageItem::TractionBatteryIsolation],
        State::Good
    );
    assert!(imported.report.notes.is_empty(), "{:?}", imported.report.notes);
}

#[test]
fn none_means_no_for_a_yes_or_no_item() {
    let mut raw = coded();
    raw["inners"] = json!([
        item("s036", "연료누출", "3", "없음"),
        item("s028", "브레이크 오일 누유", "3", "없음")
    ]);
    let record = read(&raw).record;
    assert_eq!(record.items[&Item::FuelLeak], State::No);
    assert_eq!(record.items[&Item::BrakeOilLeak], State::NoLeak);
}

#[test]
fn a_guess_of_the_mapping_is_told() {
    let mut raw = coded();
    raw["outers"] = json!([{"type": {"code": "P142", "title": "필러 패널(중)(좌)"}, "attributes": ["RANK_B"],
        "statusTypes": [{"code": "A"}]}]);
    let imported = read(&raw);
    assert_eq!(note_kinds(&imported), [NoteKind::UncertainMapping]);
    assert!(imported.report.notes[0].en.contains("P142"));
}

#[test]
fn a_tuned_car_needs_to_say_whether_legally() {
    let mut raw = coded();
    raw["master"]["detail"]["tuning"] = json!(true);
    let Err(ImportError::Incomplete { errors, report }) = import_json(raw.to_string().as_bytes()) else {
        panic!("legality cannot be guessed")
    };
    assert_eq!(errors[0].path, "/tuning");
    assert!(report.unmapped[0].why.contains("whether legally"));
    raw["supplement"]["tuning"] = json!("적법");
    read(&raw);
}

#[test]
fn what_the_layout_does_not_carry_must_be_given_and_is_never_guessed() {
    let mut raw = coded();
    raw["supplement"] = json!({});
    let Err(ImportError::Incomplete { errors, .. }) = import_json(raw.to_string().as_bytes()) else {
        panic!()
    };
    let mut missing: Vec<&str> = errors.iter().map(|error| error.path.as_str()).collect();
    missing.sort_unstable();
    assert_eq!(missing, ["/fire", "/odometer", "/vin_state"]);
}

#[test]
fn a_record_that_contradicts_the_form_is_refused_with_the_panel_named() {
    let mut raw = coded();
    raw["outers"] = json!([{"type": {"code": "PB41", "title": "패키지 트레이"}, "attributes": ["RANK_B"],
        "statusTypes": [{"code": "W"}]}]);
    let Err(ImportError::Contradiction { notes, .. }) = import_json(raw.to_string().as_bytes()) else {
        panic!()
    };
    assert_eq!(notes[0].kind, NoteKind::AccidentDenied);
    assert!(notes[0].ko.contains("패키지 트레이"));
}

#[test]
fn every_item_panel_and_state_code_of_the_standard_table_leads_to_the_form() {
    let mut raw = coded();
    let nodes: Vec<Value> = (1..=39)
        .flat_map(|n| ["1", "2", "3"].map(|state| (format!("s{n:03}"), state)))
        .map(|(code, state)| item(&code, "", state, ""))
        .collect();
    raw["inners"] = json!(nodes);
    let record = read(&raw).record;
    assert_eq!(
        record.items.len(),
        39,
        "each item took the one of the three states that fits it"
    );
    for (item, state) in &record.items {
        assert_eq!(*state, item.states().states()[0], "{item:?}");
    }
}

#[test]
fn a_file_that_is_no_record_is_refused_with_the_reason() {
    assert!(matches!(import_json(b""), Err(ImportError::Json(_))));
    assert!(matches!(import_json(b"[]"), Err(ImportError::NotAnObject)));
    assert_eq!(import_json(b"{\"a\":\xff}"), Err(ImportError::NotUtf8(5)));
    let deep = "[".repeat(100_000);
    assert_eq!(import_json(deep.as_bytes()), Err(ImportError::TooDeep));
    assert!(matches!(
        import_json(&vec![b' '; MAX_BYTES + 1]),
        Err(ImportError::TooLarge(_))
    ));
    assert!(matches!(import_csv(b"a,b\n1,2\n"), Err(ImportError::Csv(_))));
}

#[test]
fn a_member_twice_is_refused_with_name_and_line() {
    let text = String::from_utf8(sample("form82-k3.json")).unwrap();
    let twice = text.replacen('{', "{\n\"사고이력\": \"있음\",", 1);
    let ImportError::MemberTwice { line, name } = import_json(twice.as_bytes()).unwrap_err() else {
        panic!("refused otherwise");
    };
    assert_eq!(name, "사고이력");
    assert!(line > 2, "the second is named, not the first: {line}");
}

#[test]
fn rows_of_a_table_that_contradict_each_other_are_refused_with_both() {
    let text = String::from_utf8(sample("form82-rexton.csv")).unwrap();
    let rows = text.lines().count();
    let row = text
        .lines()
        .position(|row| row.starts_with("item,engine_idle,"))
        .unwrap();
    let twice = format!("{}\nitem,engine_idle,불량\n", text.trim_end());
    let error = import_csv(twice.as_bytes()).unwrap_err();
    let said = error.to_string();
    for part in [
        &format!("line {} and line {}", row + 1, rows + 1)[..],
        "engine_idle",
        "\"양호\"",
        "\"불량\"",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_row_that_repeats_another_is_noted() {
    let text = String::from_utf8(sample("form82-rexton.csv")).unwrap();
    let row = text
        .lines()
        .find(|row| row.starts_with("item,engine_idle,"))
        .unwrap();
    let read = imported(import_csv(format!("{}\n{row}\n", text.trim_end()).as_bytes()));
    assert!(
        read.report.unmapped[0].why.contains("as line 21 does"),
        "{:?}",
        read.report
    );
}

#[test]
fn items_by_code_that_contradict_each_other_are_refused_with_both() {
    let mut raw = coded();
    raw["inners"] = json!([
        item("s001", "원동기(작동상태)", "1", "양호"),
        item("s001", "원동기(작동상태)", "10", "불량")
    ]);
    let said = import_json(raw.to_string().as_bytes()).unwrap_err().to_string();
    for part in ["/inners/0", "/inners/1", "contradict each other"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn two_names_of_one_field_that_contradict_each_other_are_refused() {
    let text = String::from_utf8(sample("form82-k3.json")).unwrap();
    let mut raw: Value = serde_json::from_str(&text).unwrap();
    raw["simple_repair"] = json!(false);
    let error = import_json(raw.to_string().as_bytes()).unwrap_err();
    let said = error.to_string();
    assert!(matches!(error, ImportError::GivenTwice { .. }), "{said}");
    assert!(
        said.contains("/simple_repair") && said.contains("/단순수리"),
        "{said}"
    );
}

#[test]
fn a_mapping_table_says_which_line_is_wrong() {
    let unnamed = Mapping::parse(b"kind,code,to\npanel,P011,1\n").unwrap_err();
    assert_eq!(unnamed, MappingError::Unnamed);
    // What it tells to write is what helps.
    let said = unnamed.to_string();
    let row = said.split_once("such as ").unwrap().1;
    let named = Mapping::parse(format!("kind,code,to\n{row}\npanel,P011,1\n").as_bytes());
    assert_eq!(named.unwrap().name(), "my-marketplace 2026-11");
    let error = Mapping::parse(b"kind,code,to\ntable,mine,1\npanle,P011,1\n").unwrap_err();
    assert_eq!(
        error,
        MappingError::Kind {
            line: 3,
            kind: "panle".to_owned()
        }
    );
    let error = Mapping::parse(b"kind,code,to\ntable,mine,1\npanel,P011,\n").unwrap_err();
    assert_eq!(error, MappingError::Empty { line: 3 });
}

/// JSON made of the words the importers look for, so that the inner paths are reached.
fn plausible() -> impl Strategy<Value = Value> {
    let word = prop::sample::select(vec![
        "s001",
        "s036",
        "P021",
        "P142",
        "X",
        "W",
        "1",
        "3",
        "11",
        "RANK_A",
        "양호",
        "없음",
        "프론트 휀더(우)",
        "구동축 절연",
        "3",
        "good",
        "2024.03.09",
        "20240230",
        "92,110 km",
        "-1",
        "1e400",
        "",
    ]);
    let key = prop::sample::select(vec![
        "master",
        "inners",
        "outers",
        "supplement",
        "type",
        "statusType",
        "statusTypes",
        "attributes",
        "children",
        "code",
        "title",
        "detail",
        "accdient",
        "odometer",
        "value",
        "panels",
        "no",
        "codes",
        "items",
        "engine_idle",
        "특별이력",
        "계기상태",
        "주행거리",
        "사고이력",
        "import",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        word.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..8)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_bytes_make_the_importers_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = import_json(&bytes);
        let _ = import_csv(&bytes);
        let _ = Mapping::parse(&bytes);
    }

    #[test]
    fn no_json_makes_the_importer_panic(value in plausible()) {
        let _ = import_json(value.to_string().as_bytes());
    }

    #[test]
    fn no_table_makes_the_importer_panic(rows in prop::collection::vec(("(field|item|panel|부위|x)?", "[a-z0-9.가-힣]{0,6}", ".{0,8}"), 0..12)) {
        let mut table = "kind,name,value,side\n".to_owned();
        for (kind, name, value) in rows {
            writeln!(table, "{kind},{name},\"{}\",좌", value.replace('"', "")).unwrap();
        }
        let _ = import_csv(table.as_bytes());
    }
}
