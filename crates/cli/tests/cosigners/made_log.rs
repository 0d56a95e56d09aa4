//! Logs made by hand, honest and lying, with files as a static server has them.

use std::collections::HashMap;
use std::path::Path;

use history::entry::{Entry, IndexEntry, KeyEntry, MAP_VERSION, Params, StatementEntry};
use history::map::Index;
use index::Label;
use sha2::{Digest as _, Sha256};
use statement::vocabulary::Role;
use statement::{Digest, KeyId};
use tlog::checkpoint::Checkpoint;
use tlog::note::{KeyName, Note, SigningKey};
use tlog::tile::{BundleId, TileId, encode_bundle};
use tlog::tree::{self, RightEdge};
use tlog::witness::AddCheckpoint;
use tlog::{Hash, LeafIndex, TreeSize, leaf_hash};

pub const ORIGIN: &str = "log.test/made";

pub const LOG_SEED: [u8; 32] = [3; 32];

pub fn log_key() -> SigningKey {
    SigningKey::new(KeyName::new(ORIGIN).unwrap(), &LOG_SEED)
}

/// A log whose entries are known.
#[derive(Clone, Default)]
pub struct MadeLog {
    pub entries: Vec<Vec<u8>>,
}

impl MadeLog {
    /// Arbitrary leaves, for who does not look at entries.
    pub fn of_leaves(name: &str, count: u64) -> Self {
        Self {
            entries: (0..count).map(|n| format!("{name} {n}").into_bytes()).collect(),
        }
    }

    /// Parameters, one issuer, and an index entry.
    pub fn with_issuer() -> Self {
        let mut log = Self::default();
        log.seal(&[
            Entry::Params(Params {
                map_version: MAP_VERSION,
                vrf_epoch: 1,
                vrf_key: [0x56; 32],
            }),
            Entry::Key(KeyEntry::Enrolled {
                key_id: key_id(),
                public_key: ISSUER,
                roles: vec![Role::Workshop],
                issuer: "workshop".to_owned(),
                name: "Workshop".to_owned(),
            }),
        ]);
        log
    }

    /// Appends a batch and the index entry it deserves.
    pub fn seal(&mut self, batch: &[Entry]) {
        self.push(batch);
        let index = self.right_index(|_| true);
        self.push(&[Entry::Index(index)]);
    }

    /// Appends entries without an index entry.
    pub fn push(&mut self, batch: &[Entry]) {
        self.entries
            .extend(batch.iter().map(|entry| entry.encode().unwrap()));
    }

    /// The index entry over those entries that `counted` says, by their place.
    pub fn right_index(&self, counted: impl Fn(usize) -> bool) -> IndexEntry {
        let mut index = Index::default();
        for (at, bytes) in self.entries.iter().enumerate() {
            let entry = Entry::decode(bytes).unwrap();
            if counted(at) && !matches!(entry, Entry::Index(_)) {
                index
                    .apply(LeafIndex(at as u64), &entry, &leaf_hash(bytes))
                    .unwrap();
            }
        }
        index.entry(self.entries.len() as u64).unwrap()
    }

    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    fn grown(&self, size: u64) -> (RightEdge, HashMap<TileId, Vec<u8>>) {
        let leaves: Vec<Hash> = self.entries[..size as usize]
            .iter()
            .map(|entry| leaf_hash(entry))
            .collect();
        let mut edge = RightEdge::empty();
        let tiles = edge.append_all(&leaves).into_iter().collect();
        (edge, tiles)
    }

    /// The signed checkpoint of the first `size` entries.
    pub fn checkpoint(&self, size: u64) -> Note {
        signed(size, self.grown(size).0.root())
    }

    /// The request to cosign the first `size` entries after `old`.
    pub fn request(&self, old: u64, size: u64) -> Vec<u8> {
        let (_, tiles) = self.grown(size);
        AddCheckpoint {
            old: TreeSize(old),
            proof: tree::consistency_proof(TreeSize(old.min(size)), TreeSize(size), &tiles).unwrap(),
            checkpoint: self.checkpoint(size),
        }
        .to_bytes()
    }

    /// Writes bundles and the checkpoint of all entries below `folder`.
    pub fn publish(&self, folder: &Path) {
        let size = TreeSize(self.size());
        for (number, entries) in self.entries.chunks(256).enumerate() {
            let id = BundleId::containing(number as u64 * 256, size).unwrap();
            write(&folder.join(id.path()), &encode_bundle(entries).unwrap());
        }
        write(
            &folder.join("checkpoint"),
            &self.checkpoint(self.size()).to_bytes(),
        );
    }
}

/// A checkpoint with any root, signed by the log.
pub fn signed(size: u64, root: Hash) -> Note {
    let checkpoint = Checkpoint::new(ORIGIN, TreeSize(size), root);
    let mut note = Note::new(checkpoint.to_string()).unwrap();
    let line = log_key().sign(&note.text);
    note.signatures.push(line);
    note
}

const ISSUER: [u8; 32] = [7; 32];

fn key_id() -> KeyId {
    KeyId::of(&ISSUER)
}

/// The n-th statement, about one of eleven cars.
pub fn statement(n: u64) -> Entry {
    Entry::Statement(StatementEntry {
        vrf_epoch: 1,
        label: Label(Sha256::digest((n % 11).to_be_bytes()).into()),
        key_id: key_id(),
        digest: Digest(Sha256::digest(n.to_be_bytes()).into()),
    })
}

pub fn statements(numbers: std::ops::Range<u64>) -> Vec<Entry> {
    numbers.map(statement).collect()
}

pub fn write(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}
