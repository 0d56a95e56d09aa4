//! No bytes make a parser panic, what parses prints back, and no changed proof is accepted.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod grown;

use std::collections::HashMap;

use grown::{Grown, entry, entry_hash};
use proptest::prelude::*;
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::CosigningKey;
use tlog::note::{KeyName, Note, NoteError, SignatureLine, SigningKey, Vkey};
use tlog::policy::Policy;
use tlog::proof::TlogProof;
use tlog::tile::{BundleId, TileId, decode_bundle, encode_bundle};
use tlog::tree::{self, RightEdge, TreeError};
use tlog::witness::AddCheckpoint;
use tlog::{Hash, LeafIndex, TreeSize, empty_root, merkle};

fn parse_with_everything(bytes: &[u8]) {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_bytes(), bytes);
        let _ = Checkpoint::from_note(&note);
    }
    if let Ok(proof) = TlogProof::parse(bytes) {
        assert_eq!(proof.to_bytes(), bytes);
    }
    if let Ok(request) = AddCheckpoint::parse(bytes) {
        assert_eq!(request.to_bytes(), bytes);
    }
    if let Ok(entries) = decode_bundle(bytes) {
        assert_eq!(encode_bundle(&entries).unwrap(), bytes);
    }
    let _ = Policy::parse(bytes);
    let _ = tlog::witness::parse_cosignatures_body(bytes);
    let _ = tlog::witness::parse_tree_size_body(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Ok(checkpoint) = Checkpoint::parse(text) {
            assert_eq!(checkpoint.to_string(), text);
        }
        if let Ok(line) = SignatureLine::parse(text) {
            assert_eq!(line.to_string(), text);
        }
        if let Ok(id) = TileId::parse(text) {
            assert_eq!(id.path(), text);
        }
        if let Ok(id) = BundleId::parse(text) {
            assert_eq!(id.path(), text);
        }
        if let Ok(vkey) = Vkey::parse(text) {
            assert_eq!(Vkey::parse(&vkey.to_string()).unwrap(), vkey);
        }
        if let Ok(name) = KeyName::new(text) {
            assert_eq!(name.as_str(), text);
        }
    }
}

fn log_key() -> SigningKey {
    SigningKey::new(KeyName::new("log.example/p").unwrap(), &[1; 32])
}

fn witness_key() -> CosigningKey {
    CosigningKey::new(KeyName::new("witness.example/p").unwrap(), &[2; 32])
}

fn signed(checkpoint: &Checkpoint) -> Note {
    let mut note = Note::new(checkpoint.to_string()).unwrap();
    note.signatures.push(log_key().sign(&note.text));
    note.signatures
        .push(witness_key().cosign(&note, 1_700_000_000).unwrap());
    note
}

/// One valid input of each format.
fn valid_inputs() -> Vec<Vec<u8>> {
    let log = Grown::at_once(300);
    let checkpoint = Checkpoint::new("log.example/p", log.edge.size(), log.edge.root());
    let note = signed(&checkpoint);
    let hashes = tree::inclusion_proof(log.edge.size(), LeafIndex(77), &log.tiles).unwrap();
    let proof = TlogProof {
        extra: Some(vec![1, 2]),
        index: LeafIndex(77),
        hashes,
        checkpoint: note.clone(),
    };
    let consistency = tree::consistency_proof(TreeSize(100), log.edge.size(), &log.tiles).unwrap();
    let request = AddCheckpoint {
        old: TreeSize(100),
        proof: consistency,
        checkpoint: note.clone(),
    };
    let (log_key, witness_key) = (log_key(), witness_key());
    let policy = format!(
        "log {} https://log.example/\nwitness w {}\ngroup g 1 w\nquorum g\n",
        log_key.vkey(),
        witness_key.vkey()
    );
    let entries: Vec<Vec<u8>> = (0..5).map(entry).collect();
    vec![
        note.to_bytes(),
        note.text.clone().into_bytes(),
        note.signatures[1].to_string().into_bytes(),
        log_key.vkey().to_string().into_bytes(),
        proof.to_bytes(),
        request.to_bytes(),
        policy.into_bytes(),
        encode_bundle(&entries).unwrap(),
        b"tile/1/x001/x234/067.p/17".to_vec(),
        b"tile/entries/x001/067".to_vec(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_a_parser_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        parse_with_everything(&bytes);
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in "[\n —+/=a0x.p\t#-]{0,80}") {
        parse_with_everything(text.as_bytes());
        parse_with_everything(format!("tile/{text}").as_bytes());
        parse_with_everything(format!("c2sp.org/tlog-proof@v1\n{text}").as_bytes());
        parse_with_everything(format!("old {text}").as_bytes());
    }

    #[test]
    fn a_damaged_input_makes_no_parser_panic(
        which in 0..10_usize,
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..6),
    ) {
        let mut bytes = valid_inputs().swap_remove(which);
        for (place, byte, kind) in edits {
            match (kind, bytes.len()) {
                (_, 0) => bytes.push(byte),
                (0, length) => bytes[place.index(length)] = byte,
                (1, length) => bytes.insert(place.index(length), byte),
                (_, length) => { bytes.remove(place.index(length)); }
            }
        }
        parse_with_everything(&bytes);
    }

    #[test]
    fn a_checkpoint_prints_and_parses_back(
        origin in "[^\n]{1,30}",
        size in any::<u64>(),
        root in any::<[u8; 32]>(),
        extensions in proptest::collection::vec("[^\n]{1,20}", 0..3),
    ) {
        let checkpoint = Checkpoint { origin, size: TreeSize(size), root: Hash(root), extensions };
        prop_assert_eq!(Checkpoint::parse(&checkpoint.to_string()).unwrap(), checkpoint);
    }

    #[test]
    fn a_path_prints_and_parses_back(level in 0..=63_u8, index in any::<u64>(), shift in 0..64_u32, width in 1..=256_u16) {
        let id = TileId { level, index: index >> shift, width };
        prop_assert_eq!(TileId::parse(&id.path()).unwrap(), id);
        let id = BundleId { index: index >> shift, width };
        prop_assert_eq!(BundleId::parse(&id.path()).unwrap(), id);
    }

    #[test]
    fn a_bundle_prints_and_parses_back(entries in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..50), 1..=256)) {
        let bytes = encode_bundle(&entries).unwrap();
        prop_assert_eq!(decode_bundle(&bytes).unwrap(), entries.iter().map(Vec::as_slice).collect::<Vec<_>>());
        prop_assert!(decode_bundle(&bytes[..bytes.len() - 1]).is_err());
    }

    #[test]
    fn no_claim_about_sizes_and_indices_makes_a_tree_function_panic(
        a in any::<u64>(), b in any::<u64>(), shift in 0..64_u32,
        bytes in proptest::collection::vec(any::<u8>(), 0..100),
        hashes in proptest::collection::vec(any::<[u8; 32]>().prop_map(Hash), 0..70),
    ) {
        let (a, b) = (a >> shift, b >> shift);
        let hash = Hash([9; 32]);
        let _ = merkle::verify_inclusion(LeafIndex(a), TreeSize(b), &hash, &hashes, &hash);
        let _ = merkle::verify_consistency(TreeSize(a), TreeSize(b), &hashes, &hash, &hash);
        let mut wrong = HashMap::new();
        for id in tree::inclusion_tiles(TreeSize(b), LeafIndex(a)).into_iter().chain(tree::consistency_tiles(TreeSize(a), TreeSize(b))).chain(RightEdge::tiles_needed(TreeSize(b))) {
            prop_assert!((1..=256).contains(&id.width));
            wrong.insert(id, bytes.clone());
        }
        for source in [wrong, HashMap::new()] {
            let _ = tree::inclusion_proof(TreeSize(b), LeafIndex(a), &source);
            let _ = tree::consistency_proof(TreeSize(a), TreeSize(b), &source);
            let _ = tree::root_from_tiles(TreeSize(b), &source);
        }
    }

    #[test]
    fn however_a_log_is_cut_into_batches_it_is_the_same_log(cuts in proptest::collection::vec(0..400_usize, 1..8)) {
        let total: usize = cuts.iter().sum();
        let leaves: Vec<Hash> = (0..total as u64).map(entry_hash).collect();
        let mut log = Grown::empty();
        let mut rest = leaves.as_slice();
        for cut in cuts {
            let (batch, after) = rest.split_at(cut);
            log.append(batch);
            rest = after;
            let again = RightEdge::from_tiles(log.edge.size(), &log.tiles).unwrap();
            prop_assert_eq!(&again, &log.edge);
        }
        prop_assert_eq!(log.edge.root(), merkle::root(&leaves));
    }

    /// Grease: logs may add lines nobody knows, and every client has to skip them.
    #[test]
    fn lines_of_unknown_keys_change_nothing(
        extra in proptest::collection::vec(("[a-zA-Z0-9./—\u{ac00}-]{1,20}", any::<[u8; 4]>(), proptest::collection::vec(any::<u8>(), 1..3500), 0..3_usize), 0..15),
    ) {
        let log = Grown::at_once(5);
        let mut note = signed(&Checkpoint::new("log.example/p", log.edge.size(), log.edge.root()));
        for (name, key_id, signature, place) in extra {
            let name = KeyName::new(&name).unwrap();
            note.signatures.insert(place.min(note.signatures.len()), SignatureLine { name, key_id, signature });
        }
        let (log_key, witness_key) = (log_key(), witness_key());
        let keys = [log_key.vkey().clone(), witness_key.vkey().clone()];
        let again = Note::parse(&note.to_bytes()).unwrap();
        prop_assert_eq!(&again, &note);
        let verified = again.verify(&keys).unwrap();
        prop_assert_eq!(verified.len(), 2);
        prop_assert_eq!(verified[1].timestamp, Some(1_700_000_000));
    }
}

/// Every hash with one bit flipped, one at a time.
fn with_one_bit_flipped(hashes: &[Hash]) -> impl Iterator<Item = Vec<Hash>> {
    (0..hashes.len() * 256).map(|bit| {
        let mut changed = hashes.to_vec();
        changed[bit / 256].0[bit % 256 / 8] ^= 1 << (bit % 8);
        changed
    })
}

#[test]
fn an_inclusion_proof_with_one_bit_flipped_is_refused() {
    let log = Grown::one_by_one(260);
    for size in [1, 2, 3, 5, 8, 13, 255, 256, 257, 260] {
        let root = tree::root_from_tiles(TreeSize(size), &log.tiles).unwrap();
        for index in [0, 1, size / 2, size - 1] {
            if index >= size {
                continue;
            }
            let leaf = entry_hash(index);
            let proof = tree::inclusion_proof(TreeSize(size), LeafIndex(index), &log.tiles).unwrap();
            let verify = |index, size, leaf: &Hash, proof: &[Hash], root: &Hash| {
                merkle::verify_inclusion(LeafIndex(index), TreeSize(size), leaf, proof, root)
            };
            verify(index, size, &leaf, &proof, &root).unwrap();
            for changed in with_one_bit_flipped(&proof) {
                verify(index, size, &leaf, &changed, &root).unwrap_err();
            }
            for changed in with_one_bit_flipped(&[leaf, root]) {
                verify(index, size, &changed[0], &proof, &changed[1]).unwrap_err();
            }
            for other in (0..size).filter(|other| *other != index) {
                verify(other, size, &leaf, &proof, &root).unwrap_err();
            }
            let longer = [&proof[..], &[leaf]].concat();
            verify(index, size, &leaf, &longer, &root).unwrap_err();
            if let Some((_, shorter)) = proof.split_last() {
                verify(index, size, &leaf, shorter, &root).unwrap_err();
            }
        }
    }
}

#[test]
fn a_consistency_proof_with_one_bit_flipped_is_refused() {
    let log = Grown::one_by_one(260);
    let root = |size| tree::root_from_tiles(TreeSize(size), &log.tiles).unwrap();
    for (old, new) in [
        (1, 1),
        (1, 2),
        (2, 3),
        (3, 4),
        (4, 8),
        (6, 8),
        (7, 9),
        (13, 21),
        (255, 256),
        (256, 257),
        (200, 260),
    ] {
        let proof = tree::consistency_proof(TreeSize(old), TreeSize(new), &log.tiles).unwrap();
        let verify = |old, new, proof: &[Hash], old_root: &Hash, new_root: &Hash| {
            merkle::verify_consistency(TreeSize(old), TreeSize(new), proof, old_root, new_root)
        };
        let (old_root, new_root) = (root(old), root(new));
        verify(old, new, &proof, &old_root, &new_root).unwrap();
        for changed in with_one_bit_flipped(&proof) {
            verify(old, new, &changed, &old_root, &new_root).unwrap_err();
        }
        for changed in with_one_bit_flipped(&[old_root, new_root]) {
            verify(old, new, &proof, &changed[0], &changed[1]).unwrap_err();
        }
        verify(
            old,
            new,
            &[&proof[..], &[new_root]].concat(),
            &old_root,
            &new_root,
        )
        .unwrap_err();
        assert!(proof.is_empty() || verify(old, new, &proof[1..], &old_root, &new_root).is_err());
        for other in (1..new).filter(|other| *other != old) {
            verify(other, new, &proof, &old_root, &new_root).unwrap_err();
        }
    }
}

#[test]
fn consistency_with_the_empty_tree_needs_its_root_and_no_proof() {
    let (new_root, other) = (Hash([1; 32]), Hash([2; 32]));
    let verify = |new, proof: &[Hash], old_root: &Hash, new_root: &Hash| {
        merkle::verify_consistency(TreeSize(0), TreeSize(new), proof, old_root, new_root)
    };
    verify(5, &[], &empty_root(), &new_root).unwrap();
    verify(5, &[other], &empty_root(), &new_root).unwrap_err();
    verify(5, &[], &other, &new_root).unwrap_err();
    verify(0, &[], &empty_root(), &empty_root()).unwrap();
    verify(0, &[], &empty_root(), &other).unwrap_err();
    verify(0, &[], &other, &other).unwrap_err();
    merkle::verify_consistency(TreeSize(2), TreeSize(1), &[], &other, &other).unwrap_err();
}

#[test]
fn a_full_tile_serves_where_its_partial_tile_is_gone() {
    let log = Grown::one_by_one(600);
    let only_full: HashMap<TileId, Vec<u8>> = log
        .tiles
        .iter()
        .filter(|(id, _)| id.is_full())
        .map(|(id, bytes)| (*id, bytes.clone()))
        .collect();
    let level_1 = TileId {
        level: 1,
        index: 0,
        width: 1,
    };
    let with_level_1 = {
        let mut tiles = only_full.clone();
        tiles.insert(level_1, log.tiles[&level_1].clone());
        tiles
    };
    let size = TreeSize(300);
    let expected = tree::root_from_tiles(size, &log.tiles).unwrap();
    assert_eq!(tree::root_from_tiles(size, &with_level_1).unwrap(), expected);
    let proof = tree::inclusion_proof(size, LeafIndex(280), &with_level_1).unwrap();
    merkle::verify_inclusion(LeafIndex(280), size, &entry_hash(280), &proof, &expected).unwrap();
    assert_eq!(
        tree::root_from_tiles(size, &only_full),
        Err(TreeError::MissingTile(level_1))
    );
}

#[test]
fn a_torn_tile_is_named() {
    let log = Grown::one_by_one(300);
    let id = TileId {
        level: 0,
        index: 1,
        width: 44,
    };
    for length in [0, 31, 32, 43 * 32, 44 * 32 - 1, 44 * 32 + 1, 257 * 32] {
        let mut tiles = log.tiles.clone();
        tiles.insert(id, vec![0; length]);
        let error = tree::root_from_tiles(TreeSize(300), &tiles).unwrap_err();
        assert_eq!(error, TreeError::WrongTileLength { id, length });
    }
}

#[test]
fn bundles_hold_one_to_256_entries_of_at_most_65535_bytes() {
    encode_bundle::<&[u8]>(&[]).unwrap_err();
    encode_bundle(&vec![b""; 257]).unwrap_err();
    encode_bundle(&[vec![0; 65_536]]).unwrap_err();
    let longest = [vec![7; 65_535]];
    assert_eq!(
        decode_bundle(&encode_bundle(&longest).unwrap()).unwrap(),
        [&longest[0][..]]
    );
    decode_bundle(&[]).unwrap_err();
    decode_bundle(&[0]).unwrap_err();
    decode_bundle(&[0, 2, 1]).unwrap_err();
    decode_bundle(&[0; 2 * 257]).unwrap_err();
}

#[test]
fn notes_have_room_for_a_hundred_signatures_and_a_million_bytes() {
    let key = log_key();
    let mut note = Note::new("text\n").unwrap();
    note.signatures.push(key.sign(&note.text));
    let grease = SignatureLine {
        name: KeyName::new("pq").unwrap(),
        key_id: [0; 4],
        signature: vec![0; 5_000],
    };
    note.signatures.extend(vec![grease; 99]);
    let parsed = Note::parse(&note.to_bytes()).unwrap();
    parsed.verify(std::slice::from_ref(key.vkey())).unwrap();

    note.signatures.push(key.sign(&note.text));
    assert_eq!(Note::parse(&note.to_bytes()), Err(NoteError::TooManySignatures));
    let huge = vec![b'a'; 1_000_001];
    assert_eq!(Note::parse(&huge), Err(NoteError::TooLong(1_000_001)));
}

#[test]
fn a_known_key_listed_twice_counts_once() {
    let key = log_key();
    let note = signed(&Checkpoint::new("log.example/p", TreeSize(0), empty_root()));
    let twice = [key.vkey().clone(), key.vkey().clone()];
    assert_eq!(note.verify(&twice).unwrap().len(), 1);
}

/// Key IDs have 32 bits, so two keys with the same one are found quickly; these were.
#[test]
fn two_known_keys_with_one_name_and_key_id_refuse_every_note() {
    let [one, other] = [43_041_u32, 51_100].map(|number| {
        let mut secret = [0; 32];
        secret[..4].copy_from_slice(&number.to_le_bytes());
        SigningKey::new(KeyName::new("log.example/p").unwrap(), &secret)
    });
    assert_eq!(one.vkey().key_id(), other.vkey().key_id());
    let mut note = Note::new("text\n").unwrap();
    note.signatures.push(one.sign(&note.text));
    note.verify(std::slice::from_ref(one.vkey())).unwrap();
    let both = [one.vkey().clone(), other.vkey().clone()];
    assert_eq!(
        note.verify(&both),
        Err(NoteError::AmbiguousKey(one.name().clone()))
    );
    // Alone, the other key is a known key whose signature fails.
    let refused = note.verify(std::slice::from_ref(other.vkey()));
    assert_eq!(refused, Err(NoteError::BadSignature(other.name().clone())));
}
