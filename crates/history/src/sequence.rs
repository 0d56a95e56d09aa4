//! One batch, as a pure step: entries in, everything that must be written out. No disk, no clock, no key.

use std::collections::BTreeMap;

use index::Label;
use tlog::tile::{BundleError, BundleId, TileId, encode_bundle};
use tlog::tree::RightEdge;
use tlog::{Hash, LeafIndex, TreeSize, leaf_hash};

use crate::entry::{Entry, EntryError};
use crate::map::{ChainHead, Index, MapError};

/// How many entries a full bundle, and how many hashes a full tile, holds (tlog-tiles).
pub const BUNDLE: u64 = 256;

/// Everything the sequencer needs to remember between batches.
pub struct LogState {
    edge: RightEdge,
    /// The entries of the bundle that is not full yet, oldest first.
    tail: Vec<Vec<u8>>,
    /// The index over all sealed entries.
    pub index: Index,
}

/// What one batch makes of the log: the new tree, and the bytes to publish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Where the batch's first entry stands.
    pub first: LeafIndex,
    /// The log's size after the batch, its `I` entry included.
    pub size: TreeSize,
    /// The log's root after the batch.
    pub root: Hash,
    /// Every full tile the batch completed, and the partial ones of the new size.
    pub tiles: Vec<(TileId, Vec<u8>)>,
    /// The same for entry bundles.
    pub bundles: Vec<(BundleId, Vec<u8>)>,
    /// The chains that grew, with their new heads, each label once, in ascending order.
    pub chains: Vec<(Label, ChainHead)>,
}

/// Why a batch cannot be sealed. The state is spoiled then and must be loaded again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SequenceError {
    /// There is nothing to seal: an empty batch makes no new entry (rule R1).
    #[error("nothing to seal")]
    Empty,
    /// An entry cannot be encoded.
    #[error("entry {position} of the batch: {source}")]
    Entry {
        /// Its place in the batch, from 0.
        position: usize,
        /// What is wrong.
        source: EntryError,
    },
    /// An entry is not allowed where it would stand.
    #[error("entry {position} of the batch: {source}")]
    Map {
        /// Its place in the batch, from 0.
        position: usize,
        /// What is wrong.
        source: MapError,
    },
    /// The entries do not fit into a bundle.
    #[error("bundle: {0}")]
    Bundle(BundleError),
    /// A caller tried to submit what only the sequencer writes.
    #[error("entry {position} of the batch is an index entry, which only sealing writes")]
    IndexSubmitted {
        /// Its place in the batch, from 0.
        position: usize,
    },
}

/// Why saved parts are not the state of a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RestoreError {
    /// The tail must hold exactly the entries of the unfinished bundle.
    #[error("{found} entries in the unfinished bundle of a log of {size}")]
    Tail {
        /// How many were given.
        found: usize,
        /// The log's size.
        size: u64,
    },
}

impl LogState {
    /// A log with nothing in it.
    pub fn empty() -> Self {
        Self {
            edge: RightEdge::empty(),
            tail: Vec::new(),
            index: Index::default(),
        }
    }

    /// The state saved earlier: right edge from tiles, tail from the partial bundle, index from rows.
    ///
    /// # Errors
    /// The tail does not fit the edge's size.
    pub fn restore(edge: RightEdge, tail: Vec<Vec<u8>>, index: Index) -> Result<Self, RestoreError> {
        let size = edge.size().0;
        if u64::try_from(tail.len()).ok() != Some(size % BUNDLE) {
            return Err(RestoreError::Tail {
                found: tail.len(),
                size,
            });
        }
        Ok(Self { edge, tail, index })
    }

    /// How many entries are sealed.
    pub fn size(&self) -> TreeSize {
        self.edge.size()
    }

    /// The root over them.
    pub fn root(&self) -> Hash {
        self.edge.root()
    }
}

/// Appends `batch` and the `I` entry that covers it (rule R1), and says what must be written.
///
/// # Errors
/// The batch is refused as a whole; the state may have taken part of it and must be loaded anew, because checking first
/// and applying afterwards would do all the hashing twice for a case that the checks at submission have excluded.
pub fn sequence(state: &mut LogState, batch: &[Entry]) -> Result<Sealed, SequenceError> {
    if batch.is_empty() {
        return Err(SequenceError::Empty);
    }
    let first = LeafIndex(state.size().0);
    let mut next = first.0;
    let mut leaves = Vec::with_capacity(batch.len() + 1);
    let mut chains = BTreeMap::new();
    let mut bundles = Vec::new();

    for (position, entry) in batch.iter().enumerate() {
        if matches!(entry, Entry::Index(_)) {
            return Err(SequenceError::IndexSubmitted { position });
        }
        let bytes = entry
            .encode()
            .map_err(|source| SequenceError::Entry { position, source })?;
        let leaf = leaf_hash(&bytes);
        let grown = state
            .index
            .apply(LeafIndex(next), entry, &leaf)
            .map_err(|source| SequenceError::Map { position, source })?;
        if let Some((label, chain)) = grown {
            chains.insert(label.0, (label, chain));
        }
        push(&mut state.tail, &mut bundles, next, bytes).map_err(SequenceError::Bundle)?;
        leaves.push(leaf);
        next += 1;
    }

    let position = batch.len();
    let covering = state
        .index
        .entry(next)
        .map_err(|source| SequenceError::Map { position, source })?;
    let bytes = Entry::Index(covering)
        .encode()
        .map_err(|source| SequenceError::Entry { position, source })?;
    leaves.push(leaf_hash(&bytes));
    push(&mut state.tail, &mut bundles, next, bytes).map_err(SequenceError::Bundle)?;

    if !state.tail.is_empty() {
        let index = (next + 1) / BUNDLE;
        bundles.push(bundle(index, &state.tail).map_err(SequenceError::Bundle)?);
    }
    let tiles = state.edge.append_all(&leaves);
    Ok(Sealed {
        first,
        size: state.edge.size(),
        root: state.edge.root(),
        tiles,
        bundles,
        chains: chains.into_values().collect(),
    })
}

/// Adds one entry to the unfinished bundle and cuts the bundle when it is full.
fn push(
    tail: &mut Vec<Vec<u8>>,
    bundles: &mut Vec<(BundleId, Vec<u8>)>,
    at: u64,
    bytes: Vec<u8>,
) -> Result<(), BundleError> {
    tail.push(bytes);
    if (at + 1).is_multiple_of(BUNDLE) {
        bundles.push(bundle(at / BUNDLE, tail)?);
        tail.clear();
    }
    Ok(())
}

fn bundle(index: u64, entries: &[Vec<u8>]) -> Result<(BundleId, Vec<u8>), BundleError> {
    let width = u16::try_from(entries.len()).unwrap_or(u16::MAX);
    Ok((BundleId { index, width }, encode_bundle(entries)?))
}
