//! The same file recorded again: by two at once, and after what it says was erased.

use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::program::{self, carnet};
use crate::yard;

fn json(folder: &Path, command: &str, code: i32) -> Value {
    let arguments: Vec<&str> = command.split(' ').collect();
    let ran = carnet(folder, &[&["--json"], &arguments[..]].concat());
    assert_eq!(ran.code, code, "{command}: {ran:?}");
    serde_json::from_str(&ran.out).unwrap_or_else(|e| panic!("{command}: {e}: {}", ran.out))
}

/// The digests a report names, in order of the file's lines.
fn digests(report: &Value) -> Vec<&str> {
    let statements = report["report"]["statements"].as_array().unwrap();
    statements.iter().map(|s| s["digest"].as_str().unwrap()).collect()
}

/// The first file has a line that corrects another one of the same file.
#[test]
fn a_file_recorded_by_two_at_once_is_recorded_once() {
    let folder = yard::empty_folder();
    let at = folder.path();
    json(at, "init --origin log.example.org/carnet", 0);
    json(at, "issuer enrol --file samples/yard/issuers.json", 0);
    let mut lines = 0;
    for (file, of) in [
        ("sorento-2020-correction", 17),
        ("palisade-2019-diesel", 19),
        ("k5-2018-lpg-rental", 21),
        ("avante-2015-flood", 19),
    ] {
        let file = format!("samples/yard/{file}.jsonl");
        let both = [(); 2].map(|()| {
            let mut command = program::command(at, "carnet");
            command.args(["--json", "record", &file]);
            command.stdout(Stdio::piped()).spawn().unwrap()
        });
        let reports = both.map(|child| {
            let output = child.wait_with_output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{file}");
            serde_json::from_slice::<Value>(&output.stdout).unwrap()
        });

        let count = |what: &str| -> u64 { reports.iter().map(|r| r["report"][what].as_u64().unwrap()).sum() };
        assert_eq!((count("accepted"), count("duplicates")), (of, of), "{file}");
        assert_eq!(digests(&reports[0]), digests(&reports[1]), "{file}");
        lines += of;
    }

    assert_eq!(
        json(at, "seal", 0)["sealed"].as_array().unwrap().len() as u64,
        lines
    );
}

/// Otherwise a folder that still lies about would undo what a court or a keeper asked for.
#[test]
fn what_was_erased_is_not_recorded_again_unless_it_is_asked_for() {
    let folder = yard::folder();
    let at = folder.path();
    json(
        at,
        "erase KNARH81EBLA000009 --asked-by keeper --reason request --yes",
        0,
    );

    for dry_run in [" --dry-run", ""] {
        let again = json(at, &format!("record samples/yard{dry_run}"), 1);
        let report = &again["report"];
        assert_eq!(
            (&report["accepted"], &report["refused_total"]),
            (&0.into(), &17.into())
        );
        for refused in report["refused"].as_array().unwrap() {
            let fault = refused["faults"][0].as_str().unwrap();
            assert!(
                fault.contains("was erased on 20") && fault.contains("--again-after-erasure"),
                "{fault}"
            );
        }
    }
    assert_eq!(json(at, "log status", 0)["waiting"], 0);

    let forced = "record samples/yard --again-after-erasure";
    assert_eq!(
        json(at, &format!("{forced} --dry-run"), 0)["report"]["accepted"],
        17
    );
    assert_eq!(json(at, forced, 0)["report"]["accepted"], 17);
    assert_eq!(json(at, forced, 0)["report"]["accepted"], 0, "once");
    assert_eq!(
        json(at, "record samples/yard", 0)["report"]["refused_total"],
        0,
        "it is there again"
    );
    json(at, "seal", 0);
    assert_eq!(json(at, "log fsck", 0)["sound"], true);

    json(
        at,
        "erase KNARH81EBLA000009 --asked-by keeper --reason request --yes",
        0,
    );
    let third = json(at, "record samples/yard", 1);
    assert_eq!(third["report"]["refused_total"], 17, "and erased again");
}

/// Whatever a draft has: personal fields, evidence, a correction, a frame number, a row of a table.
#[test]
fn every_line_of_the_yard_is_known_after_its_erasure() {
    let folder = yard::folder();
    let at = folder.path();
    let recorded = json(at, "record samples/yard", 0);
    let mut cars = std::collections::BTreeSet::new();
    for line in recorded["report"]["statements"].as_array().unwrap() {
        let file = std::fs::read_to_string(at.join(line["file"].as_str().unwrap())).unwrap();
        if let Ok(draft) = serde_json::from_str::<Value>(file.lines().next().unwrap()) {
            cars.insert(draft["vid"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(cars.len(), 22);
    for car in cars {
        json(
            at,
            &format!("erase {car} --asked-by keeper --reason request --yes"),
            0,
        );
    }

    let again = json(at, "record samples/yard --dry-run", 1);

    assert_eq!(again["report"]["read"], 339);
    assert_eq!(again["report"]["refused_total"], 339);
}
