//! What `samples/yard/README.md` says should be found, car by car, against what `carnet history` finds.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::program::carnet;
use crate::yard;

/// A file of the yard, what asks something of the buyer, and the notes that must be there.
type Car = (&'static str, &'static [&'static str], &'static [&'static str]);

const CARS: [Car; 22] = [
    ("palisade-2019-diesel", &[], &[]),
    (
        "k5-2018-lpg-rental",
        &["use_change_not_stated", "damage_claim_then_accident_free"],
        &["use_commercial"],
    ),
    (
        "sportage-2017-diesel-lower-readings",
        &["odometer_rollback_suspected"],
        &[],
    ),
    ("porter2-2016-typing-error", &[], &["odometer_recording_error"]),
    ("ioniq5-2021-recall-open", &["recall_open"], &[]),
    ("kona-ev-2018-recall-closed", &[], &[]),
    (
        "avante-2015-flood",
        &["damage_total_loss", "hazard_flood", "hazard_flood_not_stated"],
        &[],
    ),
    ("starex-2014-cluster-replaced", &[], &["odometer_replaced"]),
    ("sorento-2020-correction", &[], &["correction_made"]),
    ("carnival-2016-unit-mix", &[], &["odometer_unit_mix"]),
    (
        "tucson-2018-two-places",
        &["identity_two_places", "identity_colour_differs"],
        &[],
    ),
    (
        "grandeur-hg-2013-vin-altered",
        &[
            "identity_mark_state",
            "identity_marks_disagree",
            "theft_recovered",
        ],
        &[],
    ),
    (
        "grandeur-ig-2017-total-loss",
        &["damage_total_loss_then_clean", "damage_claim_then_accident_free"],
        &[],
    ),
    ("bongo3-2015-gap", &[], &["gap_silence", "gap_uninsured"]),
    ("sm6-2017-gasoline", &[], &[]),
    ("prius-zvw30-2013", &[], &[]),
    (
        "genesis-g70-2018-brand-dropped",
        &[
            "damage_total_loss",
            "hazard_flood",
            "title_brand_dropped",
            "title_brand_then_accident_free",
        ],
        &[],
    ),
    ("qm6-2019-lpg-scrapped", &["damage_total_loss"], &[]),
    ("santafe-2021-hybrid", &[], &[]),
    ("k3-2016-gasoline", &[], &[]),
    ("malibu-2018-gasoline", &[], &[]),
    ("rexton-2018-diesel", &[], &[]),
];

/// What is found of the car whose statements are in this file: what asks something, and the notes.
fn found(folder: &std::path::Path, file: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let statements = std::fs::read_to_string(yard::samples().join(file)).expect("the sample is there");
    let first: Value = serde_json::from_str(statements.lines().next().unwrap()).unwrap();
    let ran = carnet(folder, &["--json", "history", first["vid"].as_str().unwrap()]);
    assert_eq!(ran.code, 0, "{file}: {}", ran.err);
    let history: Value = serde_json::from_str(&ran.out).unwrap();
    let (mut asking, mut notes) = (BTreeSet::new(), BTreeSet::new());
    for finding in history["findings"].as_array().unwrap() {
        let kind = if finding["level"] == "note" {
            &mut notes
        } else {
            &mut asking
        };
        kind.insert(finding["code"].as_str().unwrap().to_owned());
    }
    (asking, notes)
}

#[test]
fn every_car_of_the_yard_is_found_to_be_what_it_is() {
    let folder = yard::folder();
    let mut wrong = Vec::new();
    for (car, expected, expected_notes) in CARS {
        let (asking, notes) = found(folder.path(), &format!("yard/{car}.jsonl"));
        let expected: BTreeSet<String> = expected.iter().map(ToString::to_string).collect();
        if asking != expected || !expected_notes.iter().all(|note| notes.contains(*note)) {
            wrong.push(format!(
                "{car}: {asking:?}, notes {notes:?}; expected {expected:?}, notes {expected_notes:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What was tried for the finding with this code, by what came of it.
fn tried(folder: &std::path::Path, car: &str, code: &str) -> BTreeMap<String, Vec<String>> {
    let ran = carnet(folder, &["--json", "history", car]);
    let history: Value = serde_json::from_str(&ran.out).unwrap();
    let findings = history["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["code"] == code).unwrap();
    let mut outcomes = BTreeMap::<String, Vec<String>>::new();
    for tried in finding["tried"].as_array().unwrap() {
        let word = |of: &str| tried[of].as_str().unwrap().to_owned();
        outcomes
            .entry(word("outcome"))
            .or_default()
            .push(word("explanation"));
    }
    outcomes
}

#[test]
fn a_slip_is_explained_by_what_happened_and_every_other_kind_was_tried() {
    let folder = yard::folder();
    for (car, code, happened) in [
        ("KMFZSS7JBGU000004", "odometer_recording_error", "transposition"),
        ("KNAMB81ABGS000010", "odometer_unit_mix", "unit_mix"),
    ] {
        let tried = tried(folder.path(), car, code);
        assert_eq!(tried["explains"], [happened], "{car}: {tried:?}");
        assert_eq!(tried.values().map(Vec::len).sum::<usize>(), 6, "{car}: {tried:?}");
    }
}

#[test]
fn a_unit_mix_is_no_explanation_where_other_readings_would_have_to_be_wrong_too() {
    let folder = yard::folder();
    let tried = tried(folder.path(), "KNAPH81ABHK000003", "odometer_rollback_suspected");
    assert!(
        tried["does_not_fit"].contains(&"unit_mix".to_owned()),
        "{tried:?}"
    );
}

#[test]
fn every_car_of_the_yard_is_in_the_table() {
    let files = std::fs::read_dir(yard::samples().join("yard")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let cars: BTreeSet<String> = names
        .filter_map(|n| n.strip_suffix(".jsonl").map(str::to_owned))
        .collect();
    assert_eq!(cars, CARS.iter().map(|(car, ..)| (*car).to_owned()).collect());
}
