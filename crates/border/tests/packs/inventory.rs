//! What the packs hold, rule by rule. Whoever adds, changes or takes away a rule says so here too, so that none is lost unnoticed:
//! not an old one that no quote of today needs, nor its act, its source, its confidence or a gap.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::sources;

/// Of each table the lines, and of each rule what must not get lost.
fn held() -> String {
    let mut text = String::new();
    let mut packs = sources();
    packs.sort_by(|a, b| a.name.cmp(&b.name));
    for pack in packs {
        for (name, bytes) in &pack.files {
            let file = format!("{}/{name}", pack.name);
            if name.ends_with(".toml") {
                let table: toml::Table = toml::from_str(std::str::from_utf8(bytes).unwrap()).unwrap();
                let count = |key: &str| match table.get(key) {
                    Some(toml::Value::Array(list)) => list.len(),
                    Some(toml::Value::Table(table)) => table.len(),
                    _ => 0,
                };
                writeln!(
                    text,
                    "{file}: {} gaps, {} sources",
                    count("gaps"),
                    count("sources")
                )
                .unwrap();
                continue;
            }
            let mut reader = csv::Reader::from_reader(bytes.as_slice());
            let columns = reader.headers().unwrap().clone();
            let rows: Vec<BTreeMap<String, String>> = reader
                .records()
                .map(|row| {
                    let row = row.unwrap();
                    columns
                        .iter()
                        .zip(row.iter())
                        .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
                        .collect()
                })
                .collect();
            writeln!(text, "{file}: {} rows", rows.len()).unwrap();
            for row in rows.iter().filter(|row| row.contains_key("confidence")) {
                let cell = |name: &str| row.get(name).map_or("", String::as_str);
                let act = if cell("act").is_empty() { "no act" } else { "act" };
                writeln!(
                    text,
                    "  {} {}..{} {} {act} [{}] {}",
                    cell("id"),
                    cell("from"),
                    cell("to"),
                    cell("confidence"),
                    cell("source"),
                    cell("value"),
                )
                .unwrap();
            }
        }
    }
    text.lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

#[test]
fn no_rule_of_any_pack_gets_lost_unnoticed() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/packs/inventory.txt");
    let held = held();
    if std::env::var("SNAPSHOTS").is_ok_and(|what| what == "overwrite") {
        fs::write(&file, &held).unwrap();
    }
    let written = fs::read_to_string(&file).unwrap();
    let lost: Vec<&str> = written
        .lines()
        .filter(|line| !held.lines().any(|held| held == *line))
        .collect();
    let new: Vec<&str> = held
        .lines()
        .filter(|line| !written.lines().any(|known| known == *line))
        .collect();
    assert!(
        lost.is_empty() && new.is_empty(),
        "{} and the packs differ; if that is meant, run this test with SNAPSHOTS=overwrite\nno longer there: {lost:#?}\nnew: {new:#?}",
        file.display()
    );
}
