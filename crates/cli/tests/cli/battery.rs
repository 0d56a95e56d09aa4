//! Assessing batteries from files: the promises of the method on packs whose capacity is known, poisoned files, and the same
//! bytes again.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::program::carnet;
use crate::yard;

/// The packs with truth; they are not ours to copy into the repository at their size.
fn packs() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("CARNET_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let folder = shared.join("data/battery");
    if folder.join("synthetic_nmc_dev_telemetry.parquet").exists() {
        return Some(folder);
    }
    println!(
        "SKIPPED: no {} (set CARNET_SHARED to the folder that holds data/)",
        folder.display()
    );
    None
}

fn json(folder: &yard::Folder, arguments: &[&str]) -> Value {
    let ran = carnet(folder.path(), arguments);
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {} {}", ran.out, ran.err))
}

fn sample(name: &str) -> String {
    yard::samples().join("battery").join(name).display().to_string()
}

#[test]
fn on_packs_with_known_capacity_the_error_is_small_and_the_intervals_hold() {
    let Some(packs) = packs() else { return };
    let folder = yard::empty_folder();
    for (chemistry, vehicles) in [("nmc", 20), ("lfp", 12)] {
        let file = |end: &str| {
            packs
                .join(format!("synthetic_{chemistry}_dev_{end}"))
                .display()
                .to_string()
        };
        let found = json(
            &folder,
            &[
                "--json",
                "battery",
                "validate",
                &file("telemetry.parquet"),
                &file("truth.csv"),
                "--picture",
                "reliability.svg",
            ],
        );
        let number = |key: &str| found[key].as_f64().unwrap_or_else(|| panic!("{key} in {found}"));
        let refused = found["refused"].as_array().unwrap();
        assert_eq!(number("n") as usize + refused.len(), vehicles);
        assert!(number("n") >= 0.7 * vehicles as f64);
        assert!(
            refused
                .iter()
                .all(|r| !r["reasons"].as_array().unwrap().is_empty())
        );
        assert!(number("mae_pp") <= 1.5, "{}", number("mae_pp"));
        assert!(number("coverage95") >= 0.92);
        assert!(number("coverage50") < number("coverage80") && number("coverage80") <= number("coverage95"));
        assert!(number("mean_half_width_pp") < 4.0);
        let picture = std::fs::read_to_string(folder.path().join("reliability.svg")).unwrap();
        assert!(picture.starts_with("<svg "));
    }
}

#[test]
fn an_assessment_is_computed_again_to_the_same_bytes_and_tells_an_altered_file() {
    let folder = yard::empty_folder();
    let log = sample("ioniq5-2021.csv");
    let ran = carnet(folder.path(), &["battery", "assess", &log, "--out", "a.json"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(
        ran.out.starts_with("SoH (capacity, Carnet method): "),
        "{}",
        ran.out
    );
    let again = carnet(folder.path(), &["battery", "recompute", "a.json", &log]);
    assert_eq!(again.code, 0, "{}{}", again.out, again.err);
    assert!(again.out.starts_with("EQUAL: carnet-soh/6"), "{}", again.out);
    let altered = std::fs::read_to_string(&log)
        .unwrap()
        .replacen(",35.0,", ",36.0,", 1);
    std::fs::write(folder.path().join("ioniq5-2021.csv"), altered).unwrap();
    let ran = carnet(
        folder.path(),
        &["battery", "recompute", "a.json", "ioniq5-2021.csv"],
    );
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("evidence.sources[0].sha256"), "{}", ran.out);
}

#[test]
fn a_second_meter_of_another_year_is_no_overlap_and_no_wrong_clock() {
    let folder = yard::empty_folder();
    let log = sample("ioniq5-2021.csv");
    let text = std::fs::read_to_string(&log).unwrap();
    let path = folder.path().join("charger.csv");
    std::fs::write(&path, text.replace("2025-", "2024-")).unwrap();
    let ran = carnet(
        folder.path(),
        &["battery", "assess", &log, "--meter", "charger.csv"],
    );
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(
        ran.err
            .contains("charger.csv: no overlap: the log runs from 2025-"),
        "{}",
        ran.err
    );
    std::fs::write(&path, text.replace("+09:00", "+08:50")).unwrap();
    let ran = carnet(
        folder.path(),
        &["battery", "assess", &log, "--meter", "charger.csv"],
    );
    assert!(
        ran.err.contains("clocks differ") && ran.err.contains("10.0 min ahead"),
        "{}",
        ran.err
    );
    // The log itself is no other instrument.
    std::fs::write(&path, &text).unwrap();
    let ran = carnet(
        folder.path(),
        &["battery", "assess", &log, "--meter", "charger.csv"],
    );
    assert!(
        ran.code == 1 && ran.err.contains("the same bytes as a log"),
        "{}",
        ran.err
    );
    std::fs::write(&path, text.replace(",74318\n", ",74319\n")).unwrap();
    let ran = carnet(
        folder.path(),
        &["battery", "assess", &log, "--meter", "charger.csv"],
    );
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
}

#[test]
fn a_credential_is_held_to_the_hash_of_its_assessment() {
    let folder = yard::empty_folder();
    let log = sample("ioniq5-2021.csv");
    carnet(folder.path(), &["battery", "assess", &log, "--out", "a.json"]);
    let assessed = json(&folder, &["--json", "battery", "recompute", "a.json", &log]);
    let assessment: Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("a.json")).unwrap()).unwrap();
    let credential = serde_json::json!({ "credentialSubject": {
        "soh": { "methodVersion": "carnet-soh/6", "class": "field" },
        "evidence": {
            "assessmentSha256": assessed["assessment_sha256"],
            "rawSha256": [assessment["evidence"]["sources"][0]["sha256"]],
        },
    }});
    let path = folder.path().join("certificate.json");
    std::fs::write(&path, credential.to_string()).unwrap();
    let arguments = ["--json", "battery", "recompute", "certificate.json", &log];
    assert_eq!(json(&folder, &arguments)["equal"], true);
    // The same bytes under another name are another assessment: that is said, and not only that two hashes differ.
    std::fs::copy(&log, folder.path().join("renamed.csv")).unwrap();
    let described = log.replace(".csv", ".battery.toml");
    let renamed = json(
        &folder,
        &[
            "--json",
            "battery",
            "recompute",
            "certificate.json",
            "renamed.csv",
            "--battery",
            &described,
        ],
    );
    assert_eq!(renamed["equal"], false);
    assert!(
        renamed["differences"][1]
            .as_str()
            .unwrap()
            .contains("names they had"),
        "{renamed}"
    );
    std::fs::write(
        &path,
        credential
            .to_string()
            .replace("carnet-soh/6", "carnet-soh/1")
            .replace("assessmentSha256\":\"", "assessmentSha256\":\"0"),
    )
    .unwrap();
    let differ = json(&folder, &arguments);
    assert_eq!(differ["equal"], false);
    assert!(
        differ["differences"].to_string().contains("carnet-soh/1 then"),
        "{differ}"
    );
}

#[test]
fn rows_and_cells_that_were_taken_out_are_said_in_the_assessment() {
    let folder = yard::empty_folder();
    let log = std::fs::read_to_string(sample("ioniq5-2021.csv")).unwrap();
    let described = sample("ioniq5-2021.battery.toml");
    let assessed = |rows: String| {
        std::fs::write(folder.path().join("car.csv"), rows).unwrap();
        json(
            &folder,
            &["--json", "battery", "assess", "car.csv", "--battery", &described],
        )
    };
    let notices = |found: &Value| found["notices"].to_string();
    let tampering = |found: &Value| {
        let checks = found["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["id"] == "tampering").unwrap();
        (
            check["result"].as_str().unwrap().to_owned(),
            check["value"].to_string(),
        )
    };
    // A row is every 30 s: 24 of them leave a hole of more than ten minutes in the logger's session 2.
    let hole = log.lines().enumerate();
    let hole = hole.filter(|(number, _)| !(400..424).contains(number));
    let found = assessed(hole.map(|(_, line)| format!("{line}\n")).collect());
    let (result, value) = tampering(&found);
    assert_eq!(result, "warn");
    assert!(
        value.contains("samples missing for 12 min inside a charge"),
        "{value}"
    );
    assert!(
        notices(&found).contains("of the logger's session 2"),
        "{}",
        found["notices"]
    );
    // The current of every fifth row.
    let blank = log.lines().enumerate().map(|(number, line)| {
        let mut fields: Vec<&str> = line.split(',').collect();
        if number % 5 == 1 {
            fields[4] = "NaN";
        }
        fields.join(",") + "\n"
    });
    let found = assessed(blank.collect());
    assert!(
        notices(&found).contains("no value in 412 of 2057 rows, the first is row 2"),
        "{}",
        found["notices"]
    );
    assert_eq!(tampering(&assessed(log)).0, "pass");
}

#[test]
fn a_history_without_full_is_refused_with_its_reason() {
    let folder = yard::empty_folder();
    let ran = carnet(folder.path(), &["battery", "assess", &sample("kona-ev-2018.csv")]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.out
            .starts_with("REFUSED: no state of health is issued\n  NO_ANCHOR: "),
        "{}",
        ran.out
    );
}

#[test]
fn a_battery_nobody_described_is_asked_for() {
    let folder = yard::empty_folder();
    std::fs::copy(sample("ioniq5-2021.csv"), folder.path().join("car.csv")).unwrap();
    let ran = carnet(folder.path(), &["battery", "assess", "car.csv"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("car.battery.toml") && ran.err.contains("--battery"),
        "{}",
        ran.err
    );
    std::fs::write(
        folder.path().join("car.battery.toml"),
        "[battery]\nchemistry = \"NMC\"\ncells = 180\n",
    )
    .unwrap();
    let ran = carnet(folder.path(), &["battery", "assess", "car.csv"]);
    assert!(
        ran.err.contains("car.battery.toml") && ran.err.contains("cells"),
        "{}",
        ran.err
    );
}

#[test]
fn percent_given_for_a_fraction_is_refused_with_file_value_and_fix() {
    let folder = yard::empty_folder();
    std::fs::copy(sample("ioniq5-2021.csv"), folder.path().join("car.csv")).unwrap();
    let described = std::fs::read_to_string(sample("ioniq5-2021.battery.toml")).unwrap();
    let percent = described.replace("soc_now = 0.34", "soc_now = 34");
    std::fs::write(folder.path().join("car.battery.toml"), percent).unwrap();
    let ran = carnet(folder.path(), &["battery", "assess", "car.csv"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    assert_eq!(
        ran.err,
        "carnet: car.battery.toml: facts.soc_now = 34: give a fraction from 0 to 1; 34 % are 0.34\n"
    );
}

#[test]
fn a_refusal_is_an_object_for_programs_too() {
    let folder = yard::empty_folder();
    // Nothing says which current is positive.
    let log = "time,voltage,current,soc\n2025-01-01T00:00:00Z,360,10,50\n2025-01-01T00:00:10Z,360,10,50\n";
    std::fs::write(folder.path().join("car.csv"), log).unwrap();
    std::fs::copy(
        sample("ioniq5-2021.battery.toml"),
        folder.path().join("car.battery.toml"),
    )
    .unwrap();
    let ran = carnet(folder.path(), &["--json", "battery", "assess", "car.csv"]);
    assert_eq!(ran.code, 1);
    let said: Value = serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{e}: {}", ran.out));
    let questions = said["error"]["questions"].as_array().unwrap();
    assert!(questions.iter().any(|q| q["blocks"] == true), "{said}");
    let ran = carnet(folder.path(), &["--json", "certify", "status", "C-000009"]);
    let said: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(!said["error"]["message"].as_str().unwrap().is_empty(), "{said}");
}

#[test]
fn an_inspection_shows_no_state_of_charge_and_no_cell_voltage_that_is_not_there() {
    let Some(packs) = packs() else { return };
    let folder = yard::empty_folder();
    // A cell without a management system; in one row its voltage is 8.39 V.
    let log = packs.join("nasa_pcoe_charge_B0005_B0006.parquet");
    let ran = carnet(folder.path(), &["battery", "inspect", &log.display().to_string()]);
    assert!(
        ran.out
            .contains("looked for as NMC in series of 1 (cells reach 4."),
        "{}",
        ran.out
    );
    for absent in ["0.00 to 0.00", "BMS"] {
        assert!(!ran.out.contains(absent), "{absent}: {}", ran.out);
    }
}

#[test]
fn an_inspection_looks_for_anchors_only_where_the_battery_is_described() {
    let folder = yard::empty_folder();
    std::fs::copy(sample("kona-ev-2018.csv"), folder.path().join("car.csv")).unwrap();
    let ran = carnet(folder.path(), &["battery", "inspect", "car.csv"]);
    assert!(
        ran.out.contains("looked for as NMC") && ran.out.contains("anchors cannot be judged"),
        "{}",
        ran.out
    );
    let described = sample("kona-ev-2018.battery.toml");
    let ran = carnet(
        folder.path(),
        &["battery", "inspect", "car.csv", "--battery", &described],
    );
    assert!(
        ran.out.contains("in series of 98 (as described)")
            && ran.out.contains("missing: no anchor: charge once"),
        "{}",
        ran.out
    );
}

#[test]
fn an_inspection_knows_lfp_by_its_mid_range() {
    let Some(packs) = packs() else { return };
    let folder = yard::empty_folder();
    let log = packs.join("synthetic_lfp_dev_telemetry.parquet");
    let found = json(
        &folder,
        &["--json", "battery", "inspect", &log.display().to_string()],
    );
    let vehicles = found["vehicles"].as_array().unwrap();
    assert_eq!(vehicles.len(), 12);
    for vehicle in vehicles {
        assert_eq!(vehicle["supposed"]["chemistry"], "LFP", "{}", vehicle["supposed"]);
    }
}

#[test]
fn a_log_that_is_not_there_is_named_with_what_to_do() {
    let folder = yard::empty_folder();
    let battery = sample("ioniq5-2021.battery.toml");
    for arguments in [
        vec!["battery", "inspect", "typo.csv"],
        vec!["battery", "assess", "typo.csv"],
        vec!["battery", "assess", "typo.csv", "--battery", &battery],
    ] {
        let ran = carnet(folder.path(), &arguments);
        let said = "carnet: typo.csv: there is no such file or folder; check the path\n";
        assert_eq!((ran.code, ran.err.as_str()), (1, said), "{arguments:?}");
    }
}
