//! A folder is recorded whole: one file that cannot be read costs no other, and nothing in it is left out unseen.

use std::path::Path;

use serde_json::{Value, json};

use crate::program::carnet;
use crate::yard;

/// A statement about a car that the yard does not have.
fn draft(day: u8) -> String {
    json!({
        "issuer": "workshop-incheon", "typ": "service.performed", "vid": "KNAPH81ABHK000077",
        "event_time": format!("2025-05-{day:02}T10:00:00+09:00"), "confidence": "B", "body": {
            "jobs": [{"text": "oil"}],
            "odometer": {"value": 99600, "unit": "km", "instrument_state": "working", "method": "seen"},
        },
    })
    .to_string()
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The pairs of a list in the report, as `file: why`.
fn told(report: &Value, list: &str) -> Vec<String> {
    let pairs = report[list].as_array().unwrap().iter();
    pairs
        .map(|pair| format!("{}: {}", pair[0].as_str().unwrap(), pair[1].as_str().unwrap()))
        .collect()
}

#[test]
fn a_file_that_cannot_be_read_costs_no_other() {
    let folder = yard::folder();
    let at = folder.path();
    let table = std::fs::read_to_string(yard::samples().join("yard/service-invoices.csv")).unwrap();
    let mapping =
        std::fs::read_to_string(yard::samples().join("yard/service-invoices.mapping.toml")).unwrap();
    write(at, "fo/a.jsonl", draft(1));
    write(at, "fo/b.csv", table.replace("연락처", "전화"));
    write(at, "fo/b.mapping.toml", &mapping);
    write(at, "fo/c.csv", &table);
    write(at, "fo/c.mapping.toml", "version = ");
    write(at, "fo/d.csv", b"\xff\xfe\n");
    write(at, "fo/d.mapping.toml", &mapping);
    write(at, "fo/m.jsonl", "");
    write(at, "fo/z.jsonl", draft(2));

    let ran = carnet(at, &["--json", "record", "fo"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    let report = &answer["report"];
    assert_eq!(report["accepted"], 2, "those before and those after: {report}");
    let unusable = told(report, "unusable");
    for said in [
        "fo/b.csv: column \"전화\" is neither",
        "fo/c.csv: fo/c.mapping.toml: TOML parse error",
        "fo/d.csv: line 1: not UTF-8",
        "fo/m.jsonl: holds no statement",
    ] {
        assert!(
            unusable.iter().any(|told| told.starts_with(said)),
            "{said}: {unusable:?}"
        );
    }
    assert_eq!(unusable.len(), 4, "{unusable:?}");

    let ran = carnet(at, &["record", "fo"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.starts_with("Accepted 0 of 2 statements, 2 known already")
            && ran.out.contains("0 refused, 4 files unusable; ")
            && ran
                .out
                .contains("  REFUSED as a file: fo/m.jsonl: holds no statement"),
        "{}",
        ran.out
    );
}

#[test]
fn what_a_table_held_before_it_broke_is_reported() {
    let folder = yard::folder();
    let at = folder.path();
    let table = std::fs::read_to_string(yard::samples().join("yard/service-invoices.csv")).unwrap();
    write(at, "broken.csv", format!("{table}\"{}", "x".repeat(300_000)));
    let ran = carnet(
        at,
        &[
            "record",
            "broken.csv",
            "--mapping",
            "samples/yard/service-invoices.mapping.toml",
        ],
    );
    assert_eq!(ran.code, 1);
    assert!(
        ran.out.contains("6 known already")
            && ran
                .out
                .contains("REFUSED as a file: broken.csv: line 8: a row of more than"),
        "{ran:?}"
    );
}

#[test]
fn everything_in_a_folder_is_read_or_named_with_the_way_to_record_it() {
    let folder = yard::folder();
    let at = folder.path();
    write(at, "nest/k3.jsonl", draft(3));
    write(at, "nest/one.json", draft(4));
    write(at, "nest/porter.ndjson", draft(5));
    write(at, "nest/left.mapping.toml", "");
    write(
        at,
        "nest/who.json",
        r#"[{"id": "w", "name": "W", "roles": ["workshop"]}]"#,
    );
    write(at, "nest/sub/palisade.jsonl", draft(6));
    let ran = carnet(at, &["--json", "record", "nest"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    let passed_over = told(&answer["report"], "passed_over");
    for said in [
        "nest/left.mapping.toml: not a file of statements",
        "nest/one.json: .json files are recorded one by one: `carnet record nest/one.json`",
        "nest/porter.ndjson: lines of JSON; give it the ending .jsonl",
        "nest/who.json: a list of issuers; enrol them with `carnet issuer enrol --file nest/who.json`",
        "nest/sub: a folder within the folder; record it with `carnet record nest/sub`",
    ] {
        assert!(
            passed_over.iter().any(|told| told.starts_with(said)),
            "{said}: {passed_over:?}"
        );
    }
    assert_eq!(passed_over.len(), 5, "{passed_over:?}");
}

#[test]
fn a_folder_of_json_files_says_how_they_are_recorded() {
    let folder = yard::folder();
    let at = folder.path();
    write(at, "forms/one.json", draft(7));
    let ran = carnet(at, &["record", "forms"]);
    assert!(
        ran.code == 1
            && ran
                .err
                .contains("not read: forms/one.json: .json files are recorded one by one"),
        "{ran:?}"
    );
}

#[test]
fn the_condition_records_of_the_yard_are_named() {
    let folder = yard::folder();
    let ran = carnet(folder.path(), &["record", "samples/yard", "--dry-run"]);
    for name in [
        "form82-k3.json",
        "form82-malibu.marketplace.json",
        "form82-rexton.csv",
        "issuers.json",
    ] {
        assert!(
            ran.out.contains(&format!("  not read: samples/yard/{name}: ")),
            "{name}: {}",
            ran.out
        );
    }
}
