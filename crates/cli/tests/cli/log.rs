//! What the program says of the log itself: how fresh it is.

use std::path::Path;

use serde_json::Value;

use crate::program::{Ran, carnet};
use crate::yard;

fn ran(folder: &Path, command: &str, code: i32) -> Ran {
    let arguments: Vec<&str> = command.split(' ').collect();
    let ran = carnet(folder, &arguments);
    assert_eq!(ran.code, code, "{command}: {ran:?}");
    ran
}

fn json(folder: &Path, command: &str, code: i32) -> Value {
    let said = ran(folder, &format!("--json {command}"), code).out;
    serde_json::from_str(&said).unwrap_or_else(|e| panic!("{command}: {e}: {said}"))
}

#[test]
fn seal_claims_no_freshness_that_it_did_not_get() {
    let folder = yard::folder();
    let at = folder.path();
    let before = json(at, "log status", 0)["complete_as_of"].clone();
    std::fs::write(at.join("carnet-data/cosigners/auditor.json"), "{}").unwrap();

    let sealed = json(at, "seal", 1);
    let said = ran(at, "seal", 1).out;

    assert_eq!(sealed["complete_as_of"], before);
    assert_eq!(sealed["renewed"], false);
    assert!(
        said.contains("as before") && said.contains(before.as_str().unwrap()),
        "{said}"
    );
    assert!(
        !said.contains("the quorum holds") && said.contains("auditor"),
        "{said}"
    );
}

#[test]
fn seal_says_as_of_when_dossiers_are_complete() {
    let folder = yard::folder();
    let at = folder.path();

    let sealed = json(at, "seal", 0);

    assert_eq!(sealed["renewed"], true);
    assert_eq!(
        sealed["complete_as_of"],
        json(at, "log status", 0)["complete_as_of"]
    );
}
