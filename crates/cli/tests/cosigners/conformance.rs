//! A verifier by others, `aics-tlog` in Python, accepts what a running log with witnesses elsewhere serves.

use std::process::Command;

use tlog::checkpoint::Checkpoint;
use tlog::note::Note;
use tlog::tile::{BundleId, decode_bundle};

use crate::log_asks::{Asking, BOTH};
use crate::process::{Service, fetch};

#[path = "../../../tlog/tests/aics_tool/mod.rs"]
mod aics_tool;

/// Whoever reads what is served needs nothing of ours: the checkpoint with the cosignatures of two witnesses elsewhere, and every
/// entry's inclusion from the tiles.
#[test]
fn a_verifier_by_others_accepts_what_a_running_log_with_witnesses_serves() {
    let asking = Asking::with_policy(BOTH);
    for issuer in ["w-a", "w-b", "w-c"] {
        assert_eq!(asking.grow(issuer).code, 0);
    }
    let service = Service::start(asking.log.path(), &["serve", "--listen", "127.0.0.1:0"]);
    let file = |path: &str| fetch(service.address(), &format!("/log/{path}"));
    let bytes = file("checkpoint");
    let log = crate::log_asks::log_vkey(asking.log.path());
    let witnesses = asking.vkeys();

    let note = Note::parse(&bytes).unwrap();
    let size = Checkpoint::from_note(&note).unwrap().size;
    let bundle = file(&BundleId::containing(0, size).unwrap().path());
    let entries = decode_bundle(&bundle).unwrap();
    assert_eq!(entries.len() as u64, size.0);
    python_accepts(&format!("{}/log", service.url), &log, &witnesses, &entries);
}

/// `aics-tlog`, where there is a Python that runs it, checks the checkpoint's quorum and age and the inclusion of every entry.
fn python_accepts(place: &str, log: &str, witnesses: &[String], entries: &[&[u8]]) {
    let tool = match aics_tool::tool() {
        Ok(tool) => tool,
        Err(reason) => {
            // Not eprintln!, which the test harness swallows where a test passes.
            let package = aics_tool::PACKAGE;
            eprintln!("SKIPPED: {package} did not check our log: {reason}");
            return;
        }
    };
    let origin = log.split('+').next().unwrap();
    let call = |command: &str, more: &[&str]| {
        let mut call = Command::new(&tool);
        call.args([command, "--tiles", place, "--log-key", log, "--origin", origin]);
        for witness in witnesses {
            call.args(["--witness-key", witness]);
        }
        call.args(more).output().unwrap()
    };
    let accepted = call("verify-checkpoint", &["--quorum", "2", "--max-age", "600"]);
    assert!(
        accepted.status.success(),
        "{}",
        String::from_utf8_lossy(&accepted.stderr)
    );
    assert!(!call("verify-checkpoint", &["--quorum", "3"]).status.success());
    let leaf = tempfile::NamedTempFile::new().unwrap();
    for (index, entry) in entries.iter().enumerate() {
        std::fs::write(leaf.path(), entry).unwrap();
        let path = leaf.path().to_str().unwrap();
        let at = |index: usize| {
            call(
                "verify-inclusion",
                &["--quorum", "2", "--leaf", path, "--index", &index.to_string()],
            )
        };
        let accepted = at(index);
        assert!(
            accepted.status.success(),
            "{}",
            String::from_utf8_lossy(&accepted.stderr)
        );
        assert!(!at((index + 1) % entries.len()).status.success());
    }
}
