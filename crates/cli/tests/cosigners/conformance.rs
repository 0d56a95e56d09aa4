//! Implementations by others accept what our services say: `metamorphic-log` as the client of a witness, and the verifiers
//! `tlog_tiles`, `signed_note`, `metamorphic-log` and, in Python, `aics-tlog` on what a running log with witnesses elsewhere serves.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tlog::checkpoint::Checkpoint;
use tlog::note::Note;
use tlog::tile::{BundleId, TileId, decode_bundle};

use crate::log_asks::{Asking, BOTH};
use crate::made_log::{LOG_SEED, MadeLog, ORIGIN, log_key};
use crate::process::{Service, fetch};
use crate::protocol::TestWitness;

#[path = "../../../tlog/tests/aics_tool/mod.rs"]
mod aics_tool;

/// Whoever reads what is served needs nothing of ours: the checkpoint with the cosignatures of two witnesses elsewhere, and every
/// entry's inclusion from the tiles.
#[test]
fn verifiers_by_others_accept_what_a_running_log_with_witnesses_serves() {
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
    let tile = file(&TileId::containing(0, 0, size).unwrap().path());
    rust_accepts([&bytes, &tile, &bundle], &log, &witnesses, size.0);
    python_accepts(&format!("{}/log", service.url), &log, &witnesses, &entries);
}

/// The specification's way for a client to read an answer: put it under the checkpoint, and verify the whole as a note.
#[test]
fn a_checkpoint_signed_by_another_implementation_is_cosigned_and_the_answer_verifies_there() {
    let Some(others) = others() else { return };
    let witness = TestWitness::start();
    let log = MadeLog::of_leaves("a", 300);
    let seed = STANDARD.encode(LOG_SEED);
    let mut old = 0;
    for size in [100, 257, 300] {
        let text = log.checkpoint(size).text;
        let checkpoint = said(&others, &["sign", ORIGIN, &seed], &text);
        let request = String::from_utf8(log.request(old, size)).unwrap();
        let (head, _) = request.split_once("\n\n").unwrap();
        if old > 0 {
            // The proof we send is one that the other implementation accepts too.
            let (_, proof) = head.split_once('\n').unwrap();
            let root = |size| log.checkpoint(size).text.lines().nth(2).unwrap().to_owned();
            let sizes = [old.to_string(), size.to_string()];
            said(
                &others,
                &["consistent", &sizes[0], &sizes[1], &root(old), &root(size)],
                proof,
            );
        }

        let answer = witness.post(format!("{head}\n\n{checkpoint}").as_bytes());

        assert_eq!(answer.status, 200, "{answer:?}");
        let cosigned = format!("{checkpoint}{}", answer.body);
        let keys = [log_key().vkey().to_string(), witness.vkey.to_string()];
        assert_eq!(
            said(&others, &["note", &keys[0], &keys[1]], &cosigned).trim(),
            "2"
        );
        old = size;
    }
}

/// The three verifiers in Rust check every signature and the inclusion of every entry.
fn rust_accepts(files: [&[u8]; 3], log: &str, witnesses: &[String], size: u64) {
    let Some(others) = others() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in ["checkpoint", "tile", "entries"].iter().zip(files) {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let place = folder.path().to_str().unwrap();
    let witnesses = witnesses.iter().map(String::as_str);
    let args: Vec<&str> = ["served", place, log].into_iter().chain(witnesses).collect();
    assert_eq!(said(&others, &args, "").trim(), size.to_string());

    let mut tile = files[1].to_vec();
    tile[40] ^= 1;
    std::fs::write(folder.path().join("tile"), tile).unwrap();
    assert!(!ask_others(&others, &args, "").status.success(), "they do look");
}

/// `tlog`'s example of this name, which is built with all tests of the workspace and has the other implementations in it.
fn others() -> Option<PathBuf> {
    let this = std::env::current_exe().unwrap();
    let built = this
        .parent()
        .and_then(Path::parent)
        .unwrap()
        .join("examples/others");
    if !built.exists() {
        eprintln!(
            "SKIPPED: other implementations in Rust were not asked: build them with cargo build -p tlog --example others"
        );
        return None;
    }
    Some(built)
}

fn said(others: &Path, args: &[&str], input: &str) -> String {
    let output = ask_others(others, args, input);
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn ask_others(others: &Path, args: &[&str], input: &str) -> Output {
    let mut child = Command::new(others)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
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
