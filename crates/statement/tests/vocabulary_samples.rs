#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
//! The sample yard and the real odometer readings obey the vocabulary, its roles and their own plausibility.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use statement::vocabulary::{EvidenceClass, Role, StatementType, check, check_header, check_role};
use vehicle::VehicleId;

fn samples(folder: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .join("samples")
        .join(folder)
}

fn issuers(folder: &Path) -> BTreeMap<String, Vec<Role>> {
    let text = fs::read_to_string(folder.join("issuers.json")).unwrap();
    let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
    rows.iter()
        .map(|row| {
            assert!(
                row["name"].as_str().unwrap().ends_with("(sample)"),
                "{row}: invented issuers say so"
            );
            let roles: Vec<Role> = serde_json::from_value(row["roles"].clone()).unwrap();
            assert!(!roles.is_empty());
            (row["id"].as_str().unwrap().to_owned(), roles)
        })
        .collect()
}

struct Draft {
    place: String,
    fields: Map<String, Value>,
}

impl Draft {
    fn text(&self, field: &str) -> &str {
        self.fields
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_else(|| panic!("{}: no {field}", self.place))
    }

    fn typ(&self) -> StatementType {
        self.text("typ")
            .parse()
            .unwrap_or_else(|e| panic!("{}: {e}", self.place))
    }

    fn instant(&self) -> Timestamp {
        self.text("event_time")
            .parse()
            .unwrap_or_else(|e| panic!("{}: {e}", self.place))
    }

    fn body(&self) -> &Map<String, Value> {
        self.fields["body"]
            .as_object()
            .unwrap_or_else(|| panic!("{}: body", self.place))
    }
}

fn files(folder: &Path) -> Vec<(String, Vec<Draft>)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let drafts = fs::read_to_string(path)
                .unwrap()
                .lines()
                .enumerate()
                .map(|(index, line)| {
                    let place = format!("{}:{}", path.display(), index + 1);
                    let fields = serde_json::from_str(line).unwrap_or_else(|e| panic!("{place}: {e}"));
                    Draft { place, fields }
                })
                .collect();
            (name, drafts)
        })
        .collect()
}

/// The vocabulary's rules, for every draft of a folder.
fn obey_the_vocabulary(folder: &str) -> Vec<(String, Vec<Draft>)> {
    let folder = samples(folder);
    let issuers = issuers(&folder);
    let files = files(&folder);
    for (_, drafts) in &files {
        let mut refs = BTreeSet::new();
        for draft in drafts {
            let place = &draft.place;
            let typ = draft.typ();
            if let Err(errors) = check(typ, draft.body()) {
                panic!(
                    "{place}: {}",
                    errors
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join("\n")
                );
            }
            let roles = issuers
                .get(draft.text("issuer"))
                .unwrap_or_else(|| panic!("{place}: unknown issuer"));
            check_role(typ, roles).unwrap_or_else(|e| panic!("{place}: {e}"));
            let best = roles.iter().map(|role| role.evidence_class()).min().unwrap();
            let claimed = draft.text("confidence");
            let claimed = [
                EvidenceClass::A,
                EvidenceClass::B,
                EvidenceClass::C,
                EvidenceClass::D,
            ]
            .into_iter()
            .find(|class| class.as_str() == claimed)
            .unwrap_or_else(|| panic!("{place}: confidence {claimed}"));
            assert!(
                claimed >= best,
                "{place}: claims {claimed}, its roles allow {best}"
            );
            if let Some(target) = draft.fields.get("supersedes") {
                let target = target.as_str().unwrap();
                assert!(
                    refs.contains(target),
                    "{place}: supersedes {target}, which no earlier line is"
                );
            }
            assert!(
                refs.insert(draft.text("ref").to_owned()),
                "{place}: a ref stands twice"
            );

            let mut claims = draft.fields.clone();
            let issuer = claims.remove("issuer").unwrap();
            claims.remove("ref");
            claims.insert("iss".to_owned(), issuer);
            claims.insert("iat".to_owned(), json!(1_764_000_000));
            if claims.contains_key("supersedes") {
                claims.insert("supersedes".to_owned(), json!("0".repeat(64)));
            }
            if claims["evidence"].as_array().unwrap().is_empty() {
                claims.remove("evidence");
            }
            if let Err(errors) = check_header(&claims) {
                panic!(
                    "{place}: {}",
                    errors
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join("\n")
                );
            }
        }
        let ids: BTreeSet<&str> = drafts.iter().map(|draft| draft.text("vid")).collect();
        assert_eq!(ids.len(), 1, "{}: one file, one vehicle", drafts[0].place);
        let id: VehicleId = drafts[0]
            .text("vid")
            .parse()
            .unwrap_or_else(|e| panic!("{}: {e}", drafts[0].place));
        assert_eq!(
            id.to_string(),
            drafts[0].text("vid"),
            "the id is in canonical form"
        );
        let times: Vec<Timestamp> = drafts.iter().map(Draft::instant).collect();
        assert!(
            times.is_sorted(),
            "{}: lines stand in order of time",
            drafts[0].place
        );
    }
    files
}

#[test]
fn every_car_of_the_yard_has_a_lawful_life_of_8_to_40_statements_by_several_issuers() {
    let yard = obey_the_vocabulary("yard");
    assert!(yard.len() >= 14, "{} vehicles", yard.len());
    let mut seen = BTreeSet::new();
    for (name, drafts) in &yard {
        assert!(
            (8..=40).contains(&drafts.len()),
            "{name}: {} statements",
            drafts.len()
        );
        let issuers: BTreeSet<&str> = drafts.iter().map(|draft| draft.text("issuer")).collect();
        assert!(issuers.len() >= 4, "{name}: {issuers:?}");
        assert!(
            seen.insert(drafts[0].text("vid").to_owned()),
            "{name}: two files for one vehicle"
        );
        let digits = drafts[0]
            .text("vid")
            .rsplit(['-', 'U', 'A', 'K', 'S', 'P', 'B'])
            .next()
            .unwrap();
        assert!(
            digits.starts_with("0000"),
            "{name}: the serial shows that the car is invented"
        );
    }
}

#[test]
fn the_yard_uses_most_of_the_vocabulary() {
    let used: BTreeSet<StatementType> = files(&samples("yard"))
        .iter()
        .flat_map(|(_, drafts)| drafts.iter().map(Draft::typ).collect::<Vec<_>>())
        .collect();
    // Certificates come out of the scheme, never out of a file of drafts.
    let unused: Vec<_> = StatementType::ALL
        .iter()
        .filter(|typ| !used.contains(typ) && !typ.as_str().starts_with("certificate."))
        .collect();
    assert!(unused.len() <= 4, "unused: {unused:?}");
}

#[test]
fn every_car_of_the_yard_is_described_in_its_readme() {
    let readme = fs::read_to_string(samples("yard/README.md")).unwrap();
    for (name, drafts) in files(&samples("yard")) {
        assert!(readme.contains(&format!("`{name}`")), "{name} is not described");
        assert!(
            readme.contains(drafts[0].text("vid").split_once(':').unwrap().1),
            "{name}: its id"
        );
    }
}

#[test]
fn the_80_real_readings_pass_and_carry_their_attribution() {
    let series = obey_the_vocabulary("odometer");
    assert_eq!(series.len(), 16);
    assert_eq!(series.iter().map(|(_, drafts)| drafts.len()).sum::<usize>(), 80);
    let readme = fs::read_to_string(samples("odometer/README.md")).unwrap();
    assert!(
        readme
            .contains("Contains public sector information licensed under the Open Government Licence v3.0.")
    );
}

#[test]
fn the_80_real_readings_are_those_of_the_source() {
    let shared = std::env::var("CARNET_SHARED")
        .map(PathBuf::from)
        .unwrap_or_else(|_| Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("../shared"));
    let Ok(source) = fs::read_to_string(shared.join("data/odometer/mot_readings.csv")) else {
        eprintln!("SKIPPED: mot_readings.csv not found; set CARNET_SHARED");
        return;
    };
    let ours: BTreeMap<String, Vec<Draft>> = files(&samples("odometer")).into_iter().collect();
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for row in source.lines().skip(1) {
        let cells: Vec<&str> = row.splitn(9, ',').collect();
        let series = cells[0].to_lowercase();
        let position = taken.entry(series.clone()).or_default();
        let draft = &ours[&series][*position];
        *position += 1;
        assert!(draft.text("event_time").starts_with(cells[4]), "{row}");
        let odometer = &draft.body()["odometer"];
        assert_eq!(odometer["value"].as_u64(), cells[6].parse().ok(), "{row}");
        assert_eq!(odometer["unit"], cells[7], "{row}");
    }
    assert_eq!(taken.values().sum::<usize>(), 80);
}
