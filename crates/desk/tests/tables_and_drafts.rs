//! What two readers could take for two different things is refused, in tables with a mapping and in drafts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use desk::input::{self, Item, Line, Mapping};

const MAPPING: &str = r#"
version = 1
[constants]
issuer = "workshop-incheon"
typ = "service.performed"
event_time = "2025-05-01T10:00:00+09:00"
confidence = "B"
"body.odometer.unit" = "km"
[columns]
"vin" = { to = "vid", kind = "vehicle" }
"km" = { to = "body.odometer.value", kind = "integer", group = "," }
"paid" = { to = "body.paid", kind = "number", group = "," }
[ignore]
"note" = "says nothing"
"#;

/// Reads a file of this name and content, a table with this mapping.
fn read(name: &str, text: &str, mapping: &str) -> Result<Vec<Line>, String> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let file = write(name, text);
    let mapping = match Path::new(name).extension().unwrap().to_str() {
        Some("csv") => Some(Mapping::read(&write("rows.mapping.toml", mapping)).map_err(|e| e.to_string())?),
        _ => None,
    };
    let mut lines = Vec::new();
    let read = input::read(&file, mapping.as_ref(), |line| {
        lines.push(line);
        Ok(())
    });
    read.map_err(|e| e.to_string())?;
    Ok(lines)
}

/// The one cell of a table, read as the number in this field of the body.
fn number(column: &str, cell: &str) -> Result<serde_json::Value, String> {
    let table = format!("vin,km,paid\nKNAPH81ABHK000003,{}\n", {
        let quoted = format!("\"{cell}\"");
        if column == "km" {
            format!("{quoted},")
        } else {
            format!(",{quoted}")
        }
    });
    let line = read("rows.csv", &table, MAPPING)?.remove(0);
    match line.item.map_err(|faults| faults.join("; "))? {
        Item::Draft(draft) if column == "km" => Ok(draft.body["odometer"]["value"].clone()),
        Item::Draft(draft) => Ok(draft.body["paid"].clone()),
        Item::Signed(_) => panic!("a row is a draft"),
    }
}

fn refused(result: Result<impl std::fmt::Debug, String>, said: &[&str]) {
    let problem = result.expect_err("is refused");
    for part in said {
        assert!(problem.contains(part), "{part:?} is not said in: {problem}");
    }
}

#[test]
fn a_heading_that_the_mapping_uses_stands_once() {
    refused(
        read(
            "rows.csv",
            "vin,km,paid,km\nKNAPH81ABHK000003,61020,,64230\n",
            MAPPING,
        ),
        &["rows.csv", "line 1", "\"km\" stands twice", "2 and 4", "rename"],
    );
}

#[test]
fn a_heading_that_is_left_out_may_stand_twice() {
    let table = "vin,note,km,paid,note\nKNAPH81ABHK000003,a,61020,,b\n";
    assert!(read("rows.csv", table, MAPPING).unwrap()[0].item.is_ok());
}

#[test]
fn a_mapping_fills_no_field_twice() {
    for (added, said) in [
        (
            "\"odometer\" = { to = \"body.odometer.value\", kind = \"integer\" }\n[ignore]",
            ["column \"km\"", "column \"odometer\"", "body.odometer.value"],
        ),
        (
            "\"unit\" = { to = \"body.odometer.unit\", kind = \"text\" }\n[ignore]",
            [
                "constant \"body.odometer.unit\"",
                "column \"unit\"",
                "body.odometer.unit",
            ],
        ),
        (
            "\"whole\" = { to = \"body.odometer\", kind = \"text\" }\n[ignore]",
            ["column \"whole\"", "body.odometer.", "leave one out"],
        ),
    ] {
        let mapping = MAPPING.replace("[ignore]", added);
        refused(read("rows.csv", "vin,km\n", &mapping), &said);
        refused(read("rows.csv", "vin,km\n", &mapping), &["rows.mapping.toml"]);
    }
}

#[test]
fn separators_between_groups_of_three_digits_are_read_over() {
    assert_eq!(number("km", "61,020"), Ok(61_020.into()));
    assert_eq!(number("km", "1,161,020"), Ok(1_161_020.into()));
    assert_eq!(number("km", "61020"), Ok(61_020.into()));
    assert_eq!(number("paid", "1,161,020.5"), Ok(1_161_020.5.into()));
    assert_eq!(number("paid", "-61,020"), Ok((-61_020.0).into()));
}

#[test]
fn a_separator_anywhere_else_refuses_the_cell() {
    for cell in ["32,15", "6,1,0,2,0", ",,84110", "61,020,", "6102,000", "61,02a"] {
        refused(
            number("km", cell),
            &["\"km\"", &format!("{cell:?}"), "write digits alone", "61,020"],
        );
    }
    for cell in ["32,15", "61,020.5,0", "1,5", "61,02.0"] {
        refused(
            number("paid", cell),
            &["\"paid\"", &format!("{cell:?}"), "61020.5"],
        );
    }
}

const DRAFT: &str = r#"{"issuer": "w", "typ": "service.performed", "vid": "KNAPH81ABHK000003",
 "event_time": "2025-05-01T10:00:00+09:00", "confidence": "B",
 "body": {"odometer": {"value": 61020,
  "value": 16020, "unit": "km"}}}"#;

#[test]
fn a_draft_with_a_member_twice_is_refused_by_its_name() {
    let line = read("drafts.jsonl", &format!("\n{}\n", DRAFT.replace('\n', "")), "")
        .unwrap()
        .remove(0);
    assert_eq!(line.line, 2);
    refused(
        line.item.map_err(|faults| faults.join("; ")),
        &["the member `value` twice in one object", "leave out"],
    );
}

#[test]
fn an_array_of_drafts_with_a_member_twice_is_refused_with_the_line() {
    refused(
        read("drafts.json", &format!("[\n{DRAFT}\n]"), ""),
        &[
            "drafts.json",
            "line 5",
            "the member `value` twice in one object",
            "leave out",
        ],
    );
}
