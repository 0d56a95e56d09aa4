//! Any bytes as a tlog-proof or a witness request: what parses prints back, and verifying it does not panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tlog::checkpoint::Checkpoint;
use tlog::merkle::{verify_consistency, verify_inclusion};
use tlog::proof::TlogProof;
use tlog::witness::AddCheckpoint;
use tlog::{TreeSize, leaf_hash};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(proof) = TlogProof::parse(bytes) {
        assert_eq!(proof.to_bytes(), bytes);
        if let Ok(checkpoint) = Checkpoint::from_note(&proof.checkpoint) {
            let leaf = leaf_hash(b"entry");
            let _ = verify_inclusion(
                proof.index,
                checkpoint.size,
                &leaf,
                &proof.hashes,
                &checkpoint.root,
            );
            let old = TreeSize(proof.index.0);
            let _ = verify_consistency(old, checkpoint.size, &proof.hashes, &leaf, &checkpoint.root);
        }
    }
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        assert_eq!(request.to_bytes(), bytes);
    }
});
