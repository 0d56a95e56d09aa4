//! The same file recorded again: by two at once.

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
