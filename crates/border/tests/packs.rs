//! The packs of this repository: every one passes the full check, and every example does what it must.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use border::{PackSource, RuleSet, Severity, Strictness};

fn sources() -> Vec<PackSource> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let files: BTreeMap<String, Vec<u8>> = fs::read_dir(&folder)
            .unwrap()
            .map(|file| file.unwrap().path())
            .map(|file| {
                (
                    file.file_name().unwrap().to_string_lossy().into_owned(),
                    fs::read(&file).unwrap(),
                )
            })
            .collect();
        found.push(PackSource {
            name: folder.file_name().unwrap().to_string_lossy().into_owned(),
            files,
        });
    }
    found
}

#[test]
fn every_pack_passes_the_full_check_with_its_examples() {
    let (set, problems) = RuleSet::read(&sources(), &Strictness::Full { today: None });
    for problem in problems.iter().filter(|p| p.severity == Severity::Warning) {
        println!("{problem}");
    }
    let errors: Vec<String> = problems
        .iter()
        .filter(|p| p.severity == Severity::Error)
        .map(ToString::to_string)
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert!(set.unwrap().packs().count() >= 5);
}
