//! The table layout: `kind,name,value,side,position,pillar`, one row a field, panel or item.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::{Map, Value, json};

use super::{ImportError, Report, open};

/// Turns the table into the open layout and reads that.
pub(super) fn read(bytes: &[u8], report: &mut Report) -> Result<Map<String, Value>, ImportError> {
    // Spreadsheet programs put a byte-order mark before the first column's name.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
    let header = reader
        .headers()
        .map_err(|error| ImportError::Csv(error.to_string()))?;
    let names: Vec<String> = header.iter().map(|name| name.trim().to_lowercase()).collect();
    let column = |wanted: [&str; 2]| names.iter().position(|name| wanted.contains(&name.as_str()));
    let (Some(kind), Some(name), Some(value)) = (
        column(["kind", "구분"]),
        column(["name", "항목"]),
        column(["value", "값"]),
    ) else {
        return Err(ImportError::Csv(
            "the first line must name the columns kind, name and value".to_owned(),
        ));
    };
    let places = [
        ("side", column(["side", "좌우"])),
        ("position", column(["position", "앞뒤"])),
        ("pillar", column(["pillar", "필러"])),
    ];

    let mut fields = Map::new();
    let mut items = Map::new();
    let mut high_voltage = Map::new();
    let mut panels = Vec::new();
    // Kind of row and name → where it stood first, and with what value.
    let mut said: BTreeMap<(&str, String), (u64, String)> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| ImportError::Csv(error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let single = match cell(kind) {
            "field" | "기본" => {
                if let Err(whole) = set(&mut fields, cell(name), cell(value)) {
                    report.twice(
                        cell(name),
                        ("a row above", &whole),
                        (&format!("line {line}"), &json!(cell(value))),
                    );
                }
                Some("field")
            }
            "item" | "세부" => {
                items.insert(cell(name).to_owned(), json!(cell(value)));
                Some("item")
            }
            "high_voltage" | "고전원" => {
                high_voltage.insert(cell(name).to_owned(), json!(cell(value)));
                Some("high_voltage")
            }
            "panel" | "부위" => {
                let mut panel = Map::from_iter([
                    ("no".to_owned(), json!(cell(name))),
                    ("codes".to_owned(), json!(cell(value))),
                ]);
                for (place, at) in &places {
                    if let Some(text) = at.map(cell).filter(|text| !text.is_empty()) {
                        panel.insert((*place).to_owned(), json!(text));
                    }
                }
                panels.push(Value::Object(panel));
                None
            }
            other => {
                let found = json!(record.iter().collect::<Vec<_>>());
                report.unmapped(
                    &format!("line {line}"),
                    &found,
                    format!("{other:?} is no kind of row: field, panel, item, high_voltage"),
                );
                None
            }
        };
        let Some(single) = single else { continue };
        match said.entry((single, cell(name).to_owned())) {
            Entry::Vacant(first) => {
                first.insert((line, cell(value).to_owned()));
            }
            Entry::Occupied(first) => {
                let (before, earlier) = first.get();
                report.twice(
                    cell(name),
                    (&format!("line {before}"), &json!(earlier)),
                    (&format!("line {line}"), &json!(cell(value))),
                );
            }
        }
    }
    for (field, object) in [("items", items), ("high_voltage", high_voltage)] {
        if !object.is_empty() {
            fields.insert(field.to_owned(), Value::Object(object));
        }
    }
    if !panels.is_empty() {
        fields.insert("panels".to_owned(), Value::Array(panels));
    }
    Ok(open::read(&fields, report))
}

/// Sets a field, or one inside another when the name has a dot: `odometer.value`.
///
/// # Errors
/// What stands there: the outer field has a value of its own, or inner fields where it should have one.
fn set(fields: &mut Map<String, Value>, name: &str, value: &str) -> Result<(), Value> {
    match name.split_once('.') {
        None => match fields.insert(name.to_owned(), json!(value)) {
            Some(inner) if inner.is_object() => Err(inner),
            _ => Ok(()),
        },
        Some((outer, inner)) => {
            let slot = fields.entry(outer.to_owned()).or_insert_with(|| json!({}));
            match slot.as_object_mut() {
                Some(object) => {
                    object.insert(inner.to_owned(), json!(value));
                    Ok(())
                }
                None => Err(slot.clone()),
            }
        }
    }
}
