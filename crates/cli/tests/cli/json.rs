//! `--json`: every command that prints a table prints JSON instead, and exit codes mean what the help says.

use std::path::Path;

use serde_json::Value;

use crate::program::carnet;
use crate::yard;

fn json(folder: &Path, arguments: &[&str], code: i32) -> Value {
    let ran = carnet(folder, &[&["--json"], arguments].concat());
    assert_eq!(ran.code, code, "{arguments:?}: {ran:?}");
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{arguments:?}: {e}: {}", ran.out))
}

#[test]
fn every_command_answers_in_json() {
    let folder = yard::folder();
    let at = folder.path();

    let made = json(
        at,
        &["--data", "new", "init", "--origin", "log.example.org/new"],
        0,
    );
    assert_eq!(made["origin"], "log.example.org/new");
    let key = json(at, &["--data", "new", "issuer", "new", "w"], 0);
    assert_eq!(key["public_key"].as_str().unwrap().len(), 64);
    let enrolled = json(
        at,
        &["--data", "new", "issuer", "enrol", "w", "--role", "workshop"],
        0,
    );
    assert_eq!(enrolled["size"], 4);
    let revoked = json(
        at,
        &["--data", "new", "issuer", "revoke", "w", "--reason", "lost"],
        0,
    );
    assert_eq!(revoked["size"], 6);
    assert_eq!(
        json(at, &["--data", "new", "issuer", "list"], 0)[0]["revocation_reason"],
        "lost"
    );

    let known = json(at, &["record", "samples/yard/service-invoices.csv"], 0);
    assert_eq!(known["report"]["duplicates"], 6, "recorded with the yard already");
    let draft = r#"{"issuer": "workshop-seoul", "typ": "service.performed", "vid": "KMHR381ABKU000001",
        "event_time": "2025-05-01T10:00:00+09:00", "body": {"reason": "maintenance", "jobs": [{"text": "oil"}],
        "odometer": {"value": 99600, "unit": "km", "instrument_state": "working", "method": "seen"}}, "confidence": "B"}"#;
    std::fs::write(at.join("one.json"), draft).unwrap();
    let recorded = json(at, &["record", "one.json"], 0);
    assert_eq!(recorded["report"]["accepted"], 1);
    let sealed = json(at, &["seal"], 0);
    assert_eq!(
        sealed["sealed"][0]["statement"],
        recorded["report"]["statements"][0]["digest"]
    );
    let history = json(at, &["history", "KNAPH81ABHK000003"], 0);
    assert_eq!(history["statements"].as_array().unwrap().len(), 19);
    assert_eq!(history["findings"].as_array().unwrap().len(), 1);
    let digest = history["statements"][0]["digest"].as_str().unwrap();
    assert!(json(at, &["receipt", digest], 0)["log_index"].is_u64());
    let dossier = json(at, &["dossier", "KNAPH81ABHK000003", "--out", "car.carnet"], 0);
    assert_eq!(dossier["statements"], 19);
    let verified = json(at, &["verify", "car.carnet"], 0);
    assert_eq!(verified["verified"], true);
    assert_eq!(
        verified["statements"], history["statements"],
        "a stranger reads what the desk reads"
    );
    assert_eq!(json(at, &["log", "status"], 0)["waiting"], 0);
    assert_eq!(json(at, &["log", "fsck"], 0)["sound"], true);
    let erase = [
        "erase",
        "KNAPH81ABHK000003",
        "--asked-by",
        "the keeper",
        "--reason",
        "asked",
        "--yes",
    ];
    assert_eq!(json(at, &erase, 0)["statements"], 19);
    assert_eq!(
        json(at, &["history", "KNAPH81ABHK000003"], 0)["erased"]
            .as_array()
            .unwrap()
            .len(),
        19
    );
}

#[test]
fn the_demo_says_that_it_has_no_json() {
    let folder = yard::empty_folder();
    let ran = carnet(folder.path(), &["--json", "demo"]);
    assert!(
        ran.code == 1 && ran.out.contains("\"error\"") && ran.err.contains("leave --json away"),
        "{ran:?}"
    );
    assert!(!folder.path().join("carnet-data").exists(), "nothing was begun");
}

#[test]
fn the_digest_of_a_statement_is_told_without_json() {
    let folder = yard::folder();
    let history = carnet(folder.path(), &["history", "KNAPH81ABHK000003", "--digests"]).out;
    let (_, digests) = history.split_once("\nDigests:\n").unwrap();
    let digest = digests.lines().next().unwrap().rsplit(' ').next().unwrap();
    let ran = carnet(folder.path(), &["receipt", digest]);
    assert!(
        ran.code == 0 && ran.out.starts_with("c2sp.org/tlog-proof@"),
        "{ran:?}"
    );
}

#[test]
fn every_example_of_the_help_names_a_car_of_the_yard() {
    let folder = yard::folder();
    for command in [
        "seal",
        "demo",
        "log status",
        "log fsck",
        "log refresh",
        "issuer list",
        "history",
        "dossier",
    ] {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = carnet(folder.path(), &arguments).out;
        assert!(help.contains("Example"), "{command}: {help}");
    }
    let digits = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let ran = carnet(
        folder.path(),
        &[
            "issuer",
            "enrol",
            "insurer-x",
            "--role",
            "insurer",
            "--public-key",
            digits,
        ],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        carnet(
            folder.path(),
            &["dossier", "KNAPH81ABHK000003", "--out", "car.carnet"]
        )
        .code,
        0
    );
    let ran = carnet(
        folder.path(),
        &[
            "verify",
            "car.carnet",
            "--policy",
            "carnet-data/policy.txt",
            "--vrf-key",
            "carnet-data/vrf.txt",
        ],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
}

#[test]
fn a_report_names_every_refused_line() {
    let folder = yard::folder();
    std::fs::write(folder.path().join("lines.jsonl"), "{}\n[]\n\nhello\n\"hello\"\n").unwrap();
    let report = &json(folder.path(), &["record", "lines.jsonl"], 1)["report"];
    let lines: Vec<_> = report["refused"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["line"].as_u64().unwrap())
        .collect();
    assert_eq!(
        (report["read"].as_u64(), report["refused_total"].as_u64()),
        (Some(4), Some(4))
    );
    assert_eq!(lines, [1, 2, 4, 5]);
}

#[test]
fn each_exit_code_means_what_the_help_says() {
    let folder = yard::folder();
    let at = folder.path();
    assert_eq!(
        carnet(at, &["dossier", "KMHR381ABKU000001", "--out", "car.carnet"]).code,
        0
    );
    assert_eq!(
        carnet(at, &["dossier", "KNAPH81ABHK999999", "--out", "absent.carnet"]).code,
        0
    );
    let honest: Value = serde_json::from_slice(&std::fs::read(at.join("car.carnet")).unwrap()).unwrap();
    let mut less = honest.clone();
    less["statements"].as_array_mut().unwrap().remove(3);
    std::fs::write(at.join("less.carnet"), less.to_string()).unwrap();
    let mut swapped = honest;
    swapped["statements"].as_array_mut().unwrap().swap(3, 4);
    std::fs::write(at.join("swapped.carnet"), swapped.to_string()).unwrap();

    assert_eq!(carnet(at, &["verify", "car.carnet"]).code, 0);
    assert_eq!(carnet(at, &["verify", "nowhere.carnet"]).code, 1);
    assert_eq!(carnet(at, &["verify"]).code, 2);
    let absent = json(at, &["verify", "absent.carnet"], 3);
    assert_eq!(
        (&absent["verified"], &absent["absent"]),
        (&Value::Bool(true), &Value::Bool(true))
    );
    let said = carnet(at, &["verify", "absent.carnet"]).out;
    assert!(
        said.starts_with("VERIFIED: the log knows nothing of this car\n")
            && !said.contains("complete and unaltered"),
        "{said}"
    );
    for file in ["less.carnet", "swapped.carnet"] {
        let refused = json(at, &["verify", file], 4);
        assert_eq!(
            (&refused["verified"], refused["step"].as_u64()),
            (&Value::Bool(false), Some(5)),
            "{refused}"
        );
    }
    let stale = json(at, &["verify", "car.carnet", "--now", "2099-01-01T00:00:00Z"], 5);
    assert_eq!(
        (&stale["verified"], &stale["stale"]),
        (&Value::Bool(false), &Value::Bool(true))
    );
}

#[test]
fn output_that_nobody_reads_on_is_no_error() {
    let folder = yard::folder();
    let output = crate::program::command(folder.path(), "sh")
        .args(["-c", "{ carnet history KNAPH81ABHK000003; echo $? >&2; } | true"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "0\n");
}
