//! A car whose statements only wait: what is said of it, and that nothing is erased before they are sealed.

use std::path::Path;

use serde_json::Value;

use crate::program::carnet;
use crate::yard;

const CAR: &str = "KNARH81EBLA000009";
const FILE: &str = "samples/yard/sorento-2020-correction.jsonl";

fn done(at: &Path, arguments: &[&str]) -> String {
    let ran = carnet(at, arguments);
    assert_eq!(ran.code, 0, "{arguments:?}: {ran:?}");
    ran.out
}

/// A log with the 17 statements about one car, none of them sealed.
fn waiting() -> yard::Folder {
    let folder = yard::empty_folder();
    let at = folder.path();
    done(at, &["init", "--origin", "log.example.org/carnet"]);
    done(at, &["issuer", "enrol", "--file", "samples/yard/issuers.json"]);
    done(at, &["record", FILE]);
    folder
}

fn erase<'a>(asked_by: &'a str, reason: &'a str) -> Vec<&'a str> {
    vec!["erase", CAR, "--asked-by", asked_by, "--reason", reason, "--yes"]
}

/// The erasure is refused with these words, and the dry run of it says the same.
fn refused(at: &Path, arguments: &[&str], said: &[&str]) {
    let real = carnet(at, arguments);
    let dry = carnet(at, &[arguments, &["--dry-run"]].concat());
    assert_eq!((real.code, dry.code), (1, 1), "{real:?}\n{dry:?}");
    assert_eq!(real.err, dry.err);
    for part in said {
        assert!(real.err.contains(part), "{part}: {}", real.err);
    }
}

#[test]
fn what_waits_is_not_erased_and_is_said_to_wait() {
    let folder = waiting();
    refused(
        folder.path(),
        &erase("keeper", "request"),
        &[CAR, "17 statements about it wait", "carnet seal"],
    );
}

#[test]
fn history_and_dossier_say_how_many_statements_wait() {
    let folder = waiting();
    let at = folder.path();
    let said = "17 statements about this car wait and are not in it; `carnet seal` seals them";
    let history = done(at, &["history", CAR]);
    assert!(history.contains(said), "{history}");
    assert!(!history.contains("knows nothing"), "{history}");
    let dossier = done(at, &["dossier", CAR]);
    assert!(dossier.contains(said), "{dossier}");
    for command in ["history", "dossier"] {
        let answer: Value = serde_json::from_str(&done(at, &["--json", command, CAR])).unwrap();
        assert_eq!(answer["waiting"], 17, "{command}");
    }

    done(at, &["seal"]);
    assert!(!done(at, &["history", CAR]).contains("wait"));
}

#[test]
fn a_dry_run_refuses_a_notice_that_could_not_be_written() {
    let folder = yard::folder();
    let at = folder.path();
    refused(
        at,
        &erase("", "request"),
        &["asked by ", "who asked must have 1 to 500 bytes"],
    );
    refused(at, &erase("the\nkeeper", "request"), &["asked by", "one line"]);
    refused(
        at,
        &erase("keeper", " "),
        &["reason \" \"", "the reason must have 1 to 500 bytes"],
    );
}
