//! Other implementations of the same specifications must agree: the crates `tlog_tiles`, `signed_note` and
//! `metamorphic-log`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod grown;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use grown::{Grown, entry_hash, spread};
use metamorphic_log as metamorphic;
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::CosigningKey;
use tlog::note::{KeyName, Note, SigningKey, Vkey};
use tlog::tile::{BundleId, TileId};
use tlog::tree::{self, RightEdge, TileSource};
use tlog::{Hash, LeafIndex, TreeSize, merkle};
use tlog_tiles::HashReader;

/// The hashes `tlog_tiles` stores for a growing log, in its own order.
struct Stored(Vec<tlog_tiles::Hash>);

impl Stored {
    fn append(&mut self, index: u64, leaf: Hash) {
        let new = tlog_tiles::stored_hashes_for_record_hash(index, theirs(leaf), self).unwrap();
        self.0.extend(new);
    }
}

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(indexes
            .iter()
            .map(|index| self.0[usize::try_from(*index).unwrap()])
            .collect())
    }
}

/// Our tiles as `tlog_tiles` asks for them.
struct OurTiles<'l>(&'l HashMap<TileId, Vec<u8>>);

impl tlog_tiles::TileReader for OurTiles<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[tlog_tiles::Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        Ok(tiles.iter().map(|tile| self.0[&our_id(tile)].clone()).collect())
    }

    fn save_tiles(&self, _tiles: &[tlog_tiles::Tile], _data: &[Vec<u8>]) {}
}

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

/// Their paths start with the tile height, which tlog-tiles fixes at 8 and leaves out.
fn our_id(tile: &tlog_tiles::Tile) -> TileId {
    TileId::parse(&tile.path().replacen("tile/8/", "tile/", 1)).unwrap()
}

fn bytes_of(hashes: &[Hash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.0.to_vec()).collect()
}

fn raw(hashes: &[Hash]) -> Vec<[u8; 32]> {
    hashes.iter().map(|hash| hash.0).collect()
}

/// Every log of 0 to 1,100 entries: roots, names and contents of all tiles, and what one append publishes.
#[test]
fn roots_and_tiles_agree_at_every_size() {
    let mut log = Grown::empty();
    let mut stored = Stored(Vec::new());
    for size in 0..=1_100_u64 {
        if size > 0 {
            let leaf = entry_hash(size - 1);
            stored.append(size - 1, leaf);
            let published: BTreeSet<TileId> = log.append(&[leaf]).into_iter().collect();
            let new: BTreeSet<TileId> = tlog_tiles::Tile::new_tiles(8, size - 1, size)
                .iter()
                .map(our_id)
                .collect();
            assert!(new.is_subset(&published), "size {size}");
            // What we publish besides is the unchanged partial tile of a higher level.
            let unchanged: BTreeSet<TileId> =
                RightEdge::tiles_needed(TreeSize(size - 1)).into_iter().collect();
            assert!(
                published.difference(&new).all(|id| unchanged.contains(id)),
                "size {size}"
            );
        }

        let root = log.edge.root();
        assert_eq!(
            root.0,
            tlog_tiles::tree_hash(size, &stored).unwrap().0,
            "size {size}"
        );
        assert_eq!(
            root.0,
            metamorphic::merkle::merkle_tree_hash(&raw(&log.leaves)),
            "size {size}"
        );
        assert_eq!(
            root,
            tree::root_from_tiles(TreeSize(size), &log.tiles).unwrap(),
            "size {size}"
        );
        assert_eq!(
            RightEdge::from_tiles(TreeSize(size), &log.tiles).unwrap(),
            log.edge,
            "size {size}"
        );

        let all = metamorphic::tile::tiles_for_size(size);
        for tile in &all {
            let id = TileId::parse(&tile.path()).unwrap();
            assert_eq!(
                (id.level, id.index, id.width),
                (tile.level(), tile.index(), tile.width())
            );
            let their_tile = tlog_tiles::Tile::new(8, id.level, id.index, u32::from(id.width), false);
            assert_eq!(our_id(&their_tile), id);
            assert_eq!(
                log.tiles[&id],
                their_tile.read_data(&stored).unwrap(),
                "{id} of size {size}"
            );
            if id.level == 0 {
                let bundle = BundleId {
                    index: id.index,
                    width: id.width,
                };
                assert_eq!(bundle.path(), tile.entries_path());
            }
        }
        let partial: Vec<TileId> = all
            .iter()
            .filter(|tile| tile.is_partial())
            .map(|tile| TileId::parse(&tile.path()).unwrap())
            .collect();
        assert_eq!(RightEdge::tiles_needed(TreeSize(size)), partial, "size {size}");
    }
}

/// Every log of 0 to 1,100 entries: inclusion proofs made by each verify with the other, and are equal.
#[test]
fn inclusion_proofs_agree_at_every_size() {
    let log = Grown::one_by_one(1_100);
    let mut oracle = metamorphic::merkle::MerkleTree::new();
    for size in 1..=1_100_u64 {
        oracle.push_leaf_hash(log.leaves[usize::try_from(size - 1).unwrap()].0);
        let root = tree::root_from_tiles(TreeSize(size), &log.tiles).unwrap();
        let our_tiles = OurTiles(&log.tiles);
        let reader = tlog_tiles::TileHashReader::new(size, theirs(root), &our_tiles);
        for index in spread(size) {
            let leaf = log.leaves[usize::try_from(index).unwrap()];
            let proof = tree::inclusion_proof(TreeSize(size), LeafIndex(index), &log.tiles).unwrap();
            assert_eq!(
                raw(&proof),
                oracle.inclusion_proof(index, size),
                "{index} of {size}"
            );
            metamorphic::proof::verify_inclusion(index, size, &leaf.0, &bytes_of(&proof), &root.0).unwrap();
            merkle::verify_inclusion(LeafIndex(index), TreeSize(size), &leaf, &proof, &root).unwrap();
            tlog_tiles::check_record(
                &proof.iter().map(|hash| theirs(*hash)).collect(),
                size,
                theirs(root),
                index,
                theirs(leaf),
            )
            .unwrap();
            // Their prover authenticates every tile it reads, which takes long; ours does not trust its tiles either, but
            // leaves that to whoever verifies the proof.
            if size % 16 < 2 {
                let their_proof = tlog_tiles::prove_record(size, index, &reader).unwrap();
                assert_eq!(
                    raw(&proof),
                    their_proof.iter().map(|hash| hash.0).collect::<Vec<_>>()
                );
            }
        }
    }
}

/// Pairs of sizes up to 1,100: consistency proofs made by each verify with the other, and are equal.
#[test]
fn consistency_proofs_agree_between_sizes() {
    let log = Grown::one_by_one(1_100);
    let mut oracle = metamorphic::merkle::MerkleTree::new();
    let mut roots = vec![log_root(&log, 0)];
    for size in 1..=1_100_u64 {
        oracle.push_leaf_hash(log.leaves[usize::try_from(size - 1).unwrap()].0);
        let root = log_root(&log, size);
        roots.push(root);
        let our_tiles = OurTiles(&log.tiles);
        let reader = tlog_tiles::TileHashReader::new(size, theirs(root), &our_tiles);
        for old in spread(size + 1) {
            let old_root = roots[usize::try_from(old).unwrap()];
            let proof = tree::consistency_proof(TreeSize(old), TreeSize(size), &log.tiles).unwrap();
            merkle::verify_consistency(TreeSize(old), TreeSize(size), &proof, &old_root, &root).unwrap();
            if old == 0 {
                assert!(proof.is_empty());
                continue;
            }
            assert_eq!(
                raw(&proof),
                oracle.consistency_proof(old, size),
                "{old} to {size}"
            );
            metamorphic::proof::verify_consistency(old, size, &bytes_of(&proof), &old_root.0, &root.0)
                .unwrap();
            tlog_tiles::check_tree(
                &proof.iter().map(|hash| theirs(*hash)).collect(),
                size,
                theirs(root),
                old,
                theirs(old_root),
            )
            .unwrap();
            if size % 16 < 2 {
                let their_proof = tlog_tiles::prove_tree(size, old, &reader).unwrap();
                assert_eq!(
                    raw(&proof),
                    their_proof.iter().map(|hash| hash.0).collect::<Vec<_>>()
                );
            }
        }
    }
}

fn log_root(log: &Grown, size: u64) -> Hash {
    tree::root_from_tiles(TreeSize(size), &log.tiles).unwrap()
}

/// Real logs around 2^16 entries, where a third level appears.
#[test]
fn logs_around_two_to_the_sixteenth_agree() {
    let mut log = Grown::at_once(65_000);
    for step in [300, 235, 1, 1, 254, 1, 1, 300] {
        let first = log.edge.size().0;
        log.append(&(first..first + step).map(entry_hash).collect::<Vec<_>>());
        let size = log.edge.size();
        let leaves = raw(&log.leaves);
        let root = log.edge.root();
        assert_eq!(
            root.0,
            metamorphic::merkle::merkle_tree_hash(&leaves),
            "size {size}"
        );
        for tile in metamorphic::tile::tiles_for_size(size.0).iter().rev().take(5) {
            assert_eq!(
                log.tiles[&TileId::parse(&tile.path()).unwrap()].len(),
                tile.byte_len()
            );
        }
        for index in [0, 255, 256, 32_767, 65_279, 65_534, size.0 - 1] {
            if index >= size.0 {
                continue;
            }
            let leaf = log.leaves[usize::try_from(index).unwrap()].0;
            let proof = tree::inclusion_proof(size, LeafIndex(index), &log.tiles).unwrap();
            metamorphic::proof::verify_inclusion(index, size.0, &leaf, &bytes_of(&proof), &root.0).unwrap();
        }
        for old in [1, 255, 256, 65_000] {
            let proof = tree::consistency_proof(TreeSize(old), size, &log.tiles).unwrap();
            let old_root = metamorphic::merkle::merkle_tree_hash(&leaves[..usize::try_from(old).unwrap()]);
            metamorphic::proof::verify_consistency(old, size.0, &bytes_of(&proof), &old_root, &root.0)
                .unwrap();
        }
    }
}

/// A log whose first `base` entries are all the same, so that every subtree of a height has one hash, and whose later entries
/// differ. It has the shape of a log of 16 million entries at the cost of a small one.
struct Uniform {
    base: u64,
    /// By height: the hash of a complete subtree of equal entries.
    subtree: Vec<Hash>,
    tiles: HashMap<TileId, Vec<u8>>,
    filler: BTreeMap<TileId, Vec<u8>>,
    stored: HashMap<u64, tlog_tiles::Hash>,
}

impl Uniform {
    fn new(base: u64) -> Self {
        let mut subtree = vec![tlog::leaf_hash(b"the same")];
        for height in 0..40 {
            subtree.push(tlog::node_hash(&subtree[height], &subtree[height]));
        }
        let mut filler = BTreeMap::new();
        for level in 0..4_u8 {
            let full = TileId {
                level,
                index: 0,
                width: 256,
            };
            filler.insert(full, subtree[usize::from(level) * 8].0.repeat(256));
        }
        Self {
            base,
            subtree,
            tiles: HashMap::new(),
            filler,
            stored: HashMap::new(),
        }
    }

    /// Their hash storage beyond the uniform part.
    fn store(&mut self, index: u64, leaf: Hash) {
        let first = tlog_tiles::stored_hash_index(0, index);
        let new = tlog_tiles::stored_hashes_for_record_hash(index, theirs(leaf), &*self).unwrap();
        self.stored.extend((first..).zip(new));
    }
}

impl TileSource for Uniform {
    fn tile(&self, id: &TileId) -> Option<&[u8]> {
        if let Some(tile) = self.tiles.get(id).or_else(|| self.tiles.get(&id.full())) {
            return Some(tile);
        }
        let uniform = (id.index * 256 + u64::from(id.width)) << (8 * id.level) <= self.base;
        uniform.then(|| {
            self.filler[&TileId {
                index: 0,
                ..id.full()
            }]
                .as_slice()
        })
    }
}

impl HashReader for Uniform {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let hash = |index: &u64| {
            let (height, position) = tlog_tiles::split_stored_hash_index(*index);
            let uniform = (position + 1) << height <= self.base;
            if uniform {
                theirs(self.subtree[usize::from(height)])
            } else {
                self.stored[index]
            }
        };
        Ok(indexes.iter().map(hash).collect())
    }
}

/// Logs around 2^24 entries, where a fourth level appears.
#[test]
fn logs_around_two_to_the_twenty_fourth_agree() {
    let middle = 1_u64 << 24;
    let base = middle - 700;
    let mut log = Uniform::new(base);
    let mut edge = RightEdge::from_tiles(TreeSize(base), &log).unwrap();
    let mut roots = BTreeMap::from([(base, edge.root())]);
    assert_eq!(edge.root().0, tlog_tiles::tree_hash(base, &log).unwrap().0);
    let mut leaves = HashMap::new();

    for step in [188, 255, 1, 1, 254, 1, 1, 255, 300] {
        let first = edge.size().0;
        let batch: Vec<Hash> = (first..first + step).map(entry_hash).collect();
        log.tiles.extend(edge.append_all(&batch));
        for (index, leaf) in (first..).zip(batch) {
            log.store(index, leaf);
            leaves.insert(index, leaf);
        }
        let size = edge.size();
        let root = edge.root();
        roots.insert(size.0, root);
        assert_eq!(
            root.0,
            tlog_tiles::tree_hash(size.0, &log).unwrap().0,
            "size {size}"
        );
        assert_eq!(tree::root_from_tiles(size, &log).unwrap(), root);
        assert_eq!(RightEdge::from_tiles(size, &log).unwrap(), edge);
        let needed = RightEdge::tiles_needed(size);
        for id in &needed {
            assert_eq!(metamorphic::tile::partial_width(id.level, size.0), id.width);
            assert_eq!(
                metamorphic::tile::Tile::parse_path(&id.path()).unwrap().index(),
                id.index
            );
        }

        for index in [
            0,
            255,
            1 << 16,
            base - 1,
            base,
            base + 1,
            base + 187,
            middle - 1,
            middle,
            size.0 - 1,
        ] {
            if index >= size.0 {
                continue;
            }
            let leaf = leaves.get(&index).copied().unwrap_or(log.subtree[0]);
            let proof = tree::inclusion_proof(size, LeafIndex(index), &log).unwrap();
            let their_proof = tlog_tiles::prove_record(size.0, index, &log).unwrap();
            assert_eq!(
                raw(&proof),
                their_proof.iter().map(|hash| hash.0).collect::<Vec<_>>(),
                "{index} of {size}"
            );
            merkle::verify_inclusion(LeafIndex(index), size, &leaf, &proof, &root).unwrap();
            let tiles = tree::inclusion_tiles(size, LeafIndex(index));
            let only: BTreeMap<TileId, Vec<u8>> = tiles
                .into_iter()
                .map(|id| (id, log.tile(&id).unwrap().to_vec()))
                .collect();
            assert_eq!(
                tree::inclusion_proof(size, LeafIndex(index), &only).unwrap(),
                proof
            );
        }
        for (old, old_root) in &roots {
            let proof = tree::consistency_proof(TreeSize(*old), size, &log).unwrap();
            let their_proof = tlog_tiles::prove_tree(size.0, *old, &log).unwrap();
            assert_eq!(
                raw(&proof),
                their_proof.iter().map(|hash| hash.0).collect::<Vec<_>>(),
                "{old} to {size}"
            );
            merkle::verify_consistency(TreeSize(*old), size, &proof, old_root, &root).unwrap();
        }
    }
}

fn checkpoint_note() -> (Note, SigningKey, CosigningKey) {
    let log = SigningKey::new(KeyName::new("log.example/diff").unwrap(), &[7; 32]);
    let witness = CosigningKey::new(KeyName::new("witness.example/diff").unwrap(), &[8; 32]);
    let grown = Grown::at_once(1_000);
    let checkpoint = Checkpoint::new("log.example/diff", grown.edge.size(), grown.edge.root());
    let mut note = Note::new(checkpoint.to_string()).unwrap();
    note.signatures.push(log.sign(&note.text));
    note.signatures
        .push(witness.cosign(&note, 1_700_000_000).unwrap());
    (note, log, witness)
}

#[test]
fn our_notes_and_checkpoints_verify_with_the_others() {
    let (note, log, witness) = checkpoint_note();
    let bytes = note.to_bytes();
    let text = std::str::from_utf8(&bytes).unwrap();

    let their_key = signed_note::StandardVerifier::new(&log.vkey().to_string()).unwrap();
    let their_note = signed_note::Note::from_bytes(&bytes).unwrap();
    let known = signed_note::VerifierList::new(vec![Box::new(their_key)]);
    let (verified, unknown) = their_note.verify(&known).unwrap();
    assert_eq!((verified.len(), unknown.len()), (1, 1));
    let their_checkpoint = tlog_tiles::Checkpoint::from_bytes(their_note.text()).unwrap();
    let ours = Checkpoint::from_note(&note).unwrap();
    assert_eq!(
        (their_checkpoint.origin(), their_checkpoint.size()),
        (ours.origin.as_str(), ours.size.0)
    );
    assert_eq!(their_checkpoint.hash().0, ours.root.0);

    let keys = [log.vkey().to_string(), witness.vkey().to_string()]
        .map(|vkey| metamorphic::note::VerifierKey::parse(&vkey).unwrap());
    assert_eq!(
        metamorphic::note::SignedNote::parse(text)
            .unwrap()
            .verify(&keys)
            .unwrap()
            .len(),
        2
    );
    let theirs = metamorphic::checkpoint::Checkpoint::from_signed_note(text, &keys).unwrap();
    assert_eq!(
        (theirs.origin(), theirs.size(), *theirs.root_hash()),
        (ours.origin.as_str(), ours.size.0, ours.root.0)
    );
    assert_eq!(theirs.marshal(), note.text);
}

#[test]
fn signatures_and_cosignatures_are_byte_for_byte_those_of_the_others() {
    let (note, log, witness) = checkpoint_note();
    let signed = metamorphic::note::sign_ed25519(&note.text, log.name().as_str(), &[7; 32]).unwrap();
    assert_eq!(signed.marshal_line(), note.signatures[0].to_string());
    let cosigned = metamorphic::note::sign_cosignature_ed25519(
        &note.text,
        witness.name().as_str(),
        &[8; 32],
        1_700_000_000,
    )
    .unwrap();
    assert_eq!(cosigned.marshal_line(), note.signatures[1].to_string());

    let mut theirs = Note::new(note.text.clone()).unwrap();
    for line in [signed.marshal_line(), cosigned.marshal_line()] {
        theirs
            .signatures
            .push(tlog::note::SignatureLine::parse(&line).unwrap());
    }
    let keys: [Vkey; 2] = [log.vkey().clone(), witness.vkey().clone()];
    let verified = theirs.verify(&keys).unwrap();
    assert_eq!(verified[1].timestamp, Some(1_700_000_000));
}
