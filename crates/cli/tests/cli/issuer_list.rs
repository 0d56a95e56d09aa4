//! Issuers enrolled from a list: a list may grow, and what is wrong with it is named with file, line, issuer and fix.

use std::path::Path;

use serde_json::Value;

use crate::program::carnet;
use crate::yard;

const WORKSHOP: &str = r#"{"id": "workshop-a", "name": "Workshop A", "roles": ["workshop"]}"#;
const INSURER: &str = r#"{"id": "insurer-b", "name": "Insurer B", "roles": ["insurer"]}"#;

fn empty_log() -> yard::Folder {
    let folder = yard::empty_folder();
    let ran = carnet(folder.path(), &["init", "--origin", "log.example.org/carnet"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    folder
}

/// Enrols these issuers, each on a line of its own from the second on.
fn enrol(at: &Path, listed: &[&str]) -> crate::program::Ran {
    std::fs::write(at.join("list.json"), format!("[\n{}\n]", listed.join(",\n"))).unwrap();
    carnet(at, &["--json", "issuer", "enrol", "--file", "list.json"])
}

#[test]
fn a_list_that_grew_enrols_who_is_new_and_names_who_was_there() {
    let folder = empty_log();
    assert_eq!(enrol(folder.path(), &[WORKSHOP]).code, 0);
    let ran = enrol(folder.path(), &[WORKSHOP, INSURER]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let answer: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(answer["enrolled"], serde_json::json!(["insurer-b"]));
    assert_eq!(answer["known"], serde_json::json!(["workshop-a"]));
}

#[test]
fn what_is_wrong_with_a_list_is_named_with_file_line_issuer_and_fix() {
    let folder = empty_log();
    for (listed, said) in [
        (
            &[WORKSHOP, INSURER, WORKSHOP][..],
            &["line 4", "\"workshop-a\"", "line 2 already", "leave one out"][..],
        ),
        (
            &[WORKSHOP, r#"{"id": "a b", "name": "A", "roles": ["maker"]}"#],
            &["line 3", "\"a b\"", "use letters, digits"],
        ),
        (
            &[r#"{"id": "a", "name": " ", "roles": ["maker"]}"#],
            &["line 2", "\"a\"", "write the name"],
        ),
        (
            &[WORKSHOP, r#"{"id": "a", "name": "A", "roles": []}"#],
            &["line 3", "\"a\"", "name at least one role, such as \"workshop\""],
        ),
        (
            &[
                WORKSHOP,
                r#"{"id": "a", "id": "b", "name": "A", "roles": ["maker"]}"#,
            ],
            &["line 3", "`id` twice"],
        ),
        (
            &[WORKSHOP, r#"{"id": "a", "name": "A", "roles": ["makr"]}"#],
            &["line 3", "makr"],
        ),
    ] {
        let ran = enrol(folder.path(), listed);
        assert_eq!(ran.code, 1, "{listed:?}: {ran:?}");
        for part in ["list.json"].iter().chain(said) {
            assert!(ran.err.contains(part), "{part}: {}", ran.err);
        }
    }
    let keys = std::fs::read_dir(folder.path().join("carnet-data/issuers")).map_or(0, Iterator::count);
    assert_eq!(keys, 0, "no key was made for a list that is refused");
}

#[test]
fn who_signs_elsewhere_is_not_given_a_second_key_by_a_list() {
    let folder = empty_log();
    let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let ran = carnet(
        folder.path(),
        &[
            "issuer",
            "enrol",
            "insurer-b",
            "--role",
            "insurer",
            "--public-key",
            key,
        ],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    let ran = enrol(folder.path(), &[WORKSHOP, INSURER]);
    for part in ["list.json: line 3: issuer \"insurer-b\"", "not on this machine"] {
        assert!(ran.code == 1 && ran.err.contains(part), "{part}: {ran:?}");
    }
}

#[test]
fn a_list_cannot_change_what_is_enrolled() {
    let folder = empty_log();
    assert_eq!(enrol(folder.path(), &[WORKSHOP]).code, 0);
    let other = WORKSHOP.replace("[\"workshop\"]", "[\"insurer\"]");
    let ran = enrol(folder.path(), &[INSURER, &other]);
    for part in [
        "list.json: line 3: issuer \"workshop-a\"",
        "as \"Workshop A\" for workshop",
        "carnet issuer revoke",
    ] {
        assert!(ran.code == 1 && ran.err.contains(part), "{part}: {ran:?}");
    }

    let revoked = carnet(
        folder.path(),
        &["issuer", "revoke", "workshop-a", "--reason", "closed"],
    );
    assert_eq!(revoked.code, 0);
    let ran = enrol(folder.path(), &[WORKSHOP]);
    for part in [
        "list.json: line 2: issuer \"workshop-a\"",
        "was revoked",
        "leave it out",
    ] {
        assert!(ran.code == 1 && ran.err.contains(part), "{part}: {ran:?}");
    }
}
