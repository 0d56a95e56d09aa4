//! Implementations by others accept what our services say: `metamorphic-log` as the client of a witness, and the verifiers
//! `tlog_tiles`, `signed_note`, `metamorphic-log` and, in Python, `aics-tlog` on what a running log serves.

use std::io::Write as _;
use std::process::Command;

use metamorphic_log as metamorphic;
use tlog::tile::{BundleId, TileId, decode_bundle};
use tlog::{LeafIndex, TreeSize};

use crate::made_log::{MadeLog, ORIGIN, log_key};
use crate::process::{Service, ask, done};
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
