//! A log grown one batch at a time, with every tile it ever published, as its readers see it.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::HashMap;

use tlog::tile::TileId;
use tlog::tree::RightEdge;
use tlog::{Hash, leaf_hash};

pub struct Grown {
    pub edge: RightEdge,
    pub leaves: Vec<Hash>,
    pub tiles: HashMap<TileId, Vec<u8>>,
}

impl Grown {
    pub fn empty() -> Self {
        Self {
            edge: RightEdge::empty(),
            leaves: Vec::new(),
            tiles: HashMap::new(),
        }
    }

    /// A log of `size` entries, published after each of them.
    pub fn one_by_one(size: u64) -> Self {
        let mut log = Self::empty();
        for index in 0..size {
            log.append(&[entry_hash(index)]);
        }
        log
    }

    /// A log of `size` entries, published in one batch.
    pub fn at_once(size: u64) -> Self {
        let mut log = Self::empty();
        log.append(&(0..size).map(entry_hash).collect::<Vec<_>>());
        log
    }

    /// Appends a batch and returns the tiles to publish. No tile ever changes.
    pub fn append(&mut self, batch: &[Hash]) -> Vec<TileId> {
        let tiles = self.edge.append_all(batch);
        self.leaves.extend(batch);
        let ids = tiles.iter().map(|(id, _)| *id).collect();
        for (id, bytes) in tiles {
            assert_eq!(bytes.len(), id.byte_len(), "{id}");
            if let Some(earlier) = self.tiles.insert(id, bytes.clone()) {
                assert_eq!(earlier, bytes, "{id} was published before with other content");
            }
        }
        ids
    }
}

pub fn entry(index: u64) -> Vec<u8> {
    format!("entry {index}").into_bytes()
}

pub fn entry_hash(index: u64) -> Hash {
    leaf_hash(&entry(index))
}

/// All of a small range; of a larger one its ends, what surrounds the boundaries of tiles, and some in between.
pub fn spread(end: u64) -> Vec<u64> {
    if end <= 40 {
        return (0..end).collect();
    }
    let boundaries =
        (0..=end / 256).flat_map(|tile| [(tile * 256).saturating_sub(1), tile * 256, tile * 256 + 1]);
    let between = (1..6).map(|n| end * n / 6 + n);
    let mut all: Vec<u64> = boundaries
        .chain(between)
        .chain([end / 2, end - 2, end - 1])
        .filter(|n| *n < end)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}
