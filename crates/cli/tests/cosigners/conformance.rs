//! Implementations by others accept what our services say: `metamorphic-log` as the client of a witness, and the verifiers
//! `tlog_tiles`, `signed_note`, `metamorphic-log` and, in Python, `aics-tlog` on what a running log serves.

use std::io::Write as _;
use std::process::Command;

use metamorphic_log as metamorphic;
use tlog::tile::{BundleId, TileId, decode_bundle};
use tlog::{LeafIndex, TreeSize};

use crate::log_asks::{Asking, BOTH};
use crate::made_log::{MadeLog, ORIGIN, log_key};
use crate::process::{Service, fetch};
use crate::protocol::TestWitness;

#[path = "../../../tlog/tests/aics_tool/mod.rs"]
mod aics_tool;

/// The specification's way for a client to read an answer: put it under the checkpoint, and verify the whole as a note.
#[test]
fn a_checkpoint_signed_by_another_implementation_is_cosigned_and_the_answer_verifies_there() {
    let witness = TestWitness::start();
    let log = MadeLog::of_leaves("a", 300);
    let mut old = 0_u64;
    for size in [100_u64, 257, 300] {
        let leaves: Vec<[u8; 32]> = log.entries.iter().map(|entry| tlog::leaf_hash(entry).0).collect();
        let text = log.checkpoint(size).text;
        let line = metamorphic::note::sign_ed25519(&text, ORIGIN, &[3; 32]).unwrap();
        let checkpoint = format!("{text}\n{}\n", line.marshal_line());
        let request = String::from_utf8(log.request(old, size)).unwrap();
        let (head, _) = request.split_once("\n\n").unwrap();
        // The proof we send is one that the other implementation accepts too.
        let proof: Vec<Vec<u8>> = head
            .lines()
            .skip(1)
            .map(|line| tlog::Hash::from_base64(line).unwrap().0.to_vec())
            .collect();
        let root = |size: u64| metamorphic::merkle::merkle_tree_hash(&leaves[..size as usize]);
        if old > 0 {
            metamorphic::proof::verify_consistency(old, size, &proof, &root(old), &root(size)).unwrap();
        }

        let answer = witness.post(format!("{head}\n\n{checkpoint}").as_bytes());

        assert_eq!(answer.status, 200, "{answer:?}");
        let keys = [log_key().vkey().to_string(), witness.vkey.to_string()]
            .map(|vkey| metamorphic::note::VerifierKey::parse(&vkey).unwrap());
        let note = metamorphic::note::SignedNote::parse(&format!("{checkpoint}{}", answer.body)).unwrap();
        assert_eq!(note.verify(&keys).unwrap().len(), 2);
        old = size;
    }
}

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
    let text = String::from_utf8(bytes.clone()).unwrap();
    let log = crate::log_asks::log_vkey(asking.log.path());
    let witnesses = asking.vkeys();

    let known =
        signed_note::VerifierList::new(vec![Box::new(signed_note::StandardVerifier::new(&log).unwrap())]);
    let note = signed_note::Note::from_bytes(&bytes).unwrap();
    assert_eq!(note.verify(&known).unwrap().0.len(), 1);
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    let keys: Vec<_> = std::iter::once(&log)
        .chain(&witnesses)
        .map(|vkey| metamorphic::note::VerifierKey::parse(vkey).unwrap())
        .collect();
    let verified = metamorphic::note::SignedNote::parse(&text)
        .unwrap()
        .verify(&keys)
        .unwrap();
    assert_eq!(verified.len(), 3, "the log and both witnesses");

    let size = TreeSize(checkpoint.size());
    let bundle = BundleId::containing(0, size).unwrap();
    let bundle = file(&bundle.path());
    let entries = decode_bundle(&bundle).unwrap();
    assert_eq!(entries.len() as u64, size.0);
    let tile = TileId::containing(0, 0, size).unwrap();
    let tiles = std::collections::HashMap::from([(tile, file(&tile.path()))]);
    for (index, entry) in (0..).zip(&entries) {
        let proof = tlog::tree::inclusion_proof(size, LeafIndex(index), &tiles).unwrap();
        let proof: Vec<Vec<u8>> = proof.iter().map(|hash| hash.0.to_vec()).collect();
        let (leaf, root) = (tlog::leaf_hash(entry).0, checkpoint.hash().0);
        metamorphic::proof::verify_inclusion(index, size.0, &leaf, &proof, &root).unwrap();
    }
    python_accepts(&format!("{}/log", service.url), &log, &witnesses, &entries);
}

/// `aics-tlog`, where there is a Python that runs it, checks the checkpoint's quorum and age and the inclusion of every entry.
fn python_accepts(place: &str, log: &str, witnesses: &[String], entries: &[&[u8]]) {
    let tool = match aics_tool::tool() {
        Ok(tool) => tool,
        Err(reason) => {
            // Not eprintln!, which the test harness swallows where a test passes.
            let package = aics_tool::PACKAGE;
            writeln!(
                std::io::stderr(),
                "SKIPPED: {package} did not check our log: {reason}"
            )
            .unwrap();
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
