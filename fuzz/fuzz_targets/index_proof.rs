//! Any bytes as a trie proof: refused, or its one encoding and proof of nothing; and any bytes as the labels of a trie,
//! whose own proofs must hold, for what is there and for what is one bit away.
#![no_main]

use index::{Answer, Label, Trie, TrieProof};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(proof) = TrieProof::from_bytes(input) {
        assert_eq!(proof.to_bytes(), input, "a proof has one encoding");
        let key = proof.terminal().map_or(Label([0; 32]), |(label, _)| *label);
        assert!(proof.verify(&[0; 32], &key).is_err(), "nothing hashes to zero");
    }

    let labels: Vec<[u8; 32]> = input
        .chunks_exact(32)
        .filter_map(|chunk| chunk.try_into().ok())
        .collect();
    let mut trie = Trie::new();
    for label in &labels {
        trie.set(Label(*label), *label);
    }
    let root = trie.root();
    for label in &labels {
        let proof = trie.prove(&Label(*label));
        assert_eq!(proof.verify(&root, &Label(*label)), Ok(Answer::Present(*label)));
        let mut near = *label;
        near[31] ^= 1;
        let truth = if labels.contains(&near) {
            Answer::Present(near)
        } else {
            Answer::Absent
        };
        assert_eq!(trie.prove(&Label(near)).verify(&root, &Label(near)), Ok(truth));
    }
});
