#![no_main]
//! Any bytes as the files of a pack: it is read or refused, and a pack that is read answers.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use border::{PackSource, RuleSet, Strictness};
use libfuzzer_sys::fuzz_target;

fn export_control() -> &'static PackSource {
    static KOREA: OnceLock<PackSource> = OnceLock::new();
    KOREA.get_or_init(|| PackSource {
        name: "kr".to_owned(),
        files: BTreeMap::from([
            (
                "country.toml".to_owned(),
                include_bytes!("../../rules/kr/country.toml").to_vec(),
            ),
            (
                "checks.csv".to_owned(),
                include_bytes!("../../rules/kr/checks.csv").to_vec(),
            ),
        ]),
    })
}

fuzz_target!(|data: &[u8]| {
    // Files are parted by lines that begin with a NUL and name them.
    let mut files = BTreeMap::new();
    for part in data.split(|byte| *byte == 0).skip(1) {
        let at = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
        let name = String::from_utf8_lossy(&part[..at]).into_owned();
        files.insert(name, part.get(at + 1..).unwrap_or_default().to_vec());
    }
    let pack = PackSource {
        name: "jo".to_owned(),
        files,
    };
    let _ = RuleSet::read(
        &[export_control().clone(), pack],
        &Strictness::Full { today: None },
    );
});
