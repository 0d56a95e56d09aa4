//! Replay: recompute tree and index from the entries alone and compare with what the log claims.
//!
//! This is what an auditor does before it cosigns and what `log fsck` does with the local files. A buyer cannot see that
//! an event was left out of the index; a replay can, which is why the policy asks for an auditor's cosignature.

use std::collections::HashSet;

use statement::Digest;
use tlog::checkpoint::Checkpoint;
use tlog::tree::RightEdge;
use tlog::{Hash, LeafIndex, TreeSize, leaf_hash};

use crate::entry::{Entry, EntryError, IndexEntry};
use crate::map::{Index, MapError};

/// Leaves are hashed into the tree in runs of this many, which is one tile.
const RUN: usize = 256;

/// How much of a digest is remembered, in bytes. Two of 2^40 statements agree in as much by chance once in 2^49 logs, and
/// whoever searches for two that do needs 2^64 signatures.
pub(crate) const REMEMBERED: usize = 16;

/// A replay in progress.
pub struct Auditor {
    pub(crate) edge: RightEdge,
    pending: Vec<Hash>,
    pub(crate) index: Index,
    /// The statements seen, by the beginning of their digests: each may be sealed once.
    pub(crate) statements: HashSet<[u8; REMEMBERED]>,
    pub(crate) next: u64,
    last_was_index: bool,
}

/// What a replay found wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError {
    /// An entry that no honest log holds.
    #[error("entry {at}: {source}")]
    Entry {
        /// Its log index.
        at: u64,
        /// What is wrong.
        source: EntryError,
    },
    /// An entry that may not stand where it stands, or an `I` entry with another root than replay gives.
    #[error("entry {at}: {source}")]
    Map {
        /// Its log index.
        at: u64,
        /// What is wrong.
        source: MapError,
    },
    /// A statement that stands in the log already. One that was corrected must not come back by being sealed again.
    #[error("entry {at}: the statement {digest} is sealed a second time")]
    SealedTwice {
        /// The log index of the second time.
        at: u64,
        /// The statement.
        digest: Digest,
    },
    /// The checkpoint is about another number of entries.
    #[error("checkpoint has size {claimed}, replay has {replayed} entries")]
    Size {
        /// What the checkpoint says.
        claimed: u64,
        /// How many entries were replayed.
        replayed: u64,
    },
    /// Same size, other root.
    #[error("checkpoint of size {size} has root {claimed}, replay gives {replayed}")]
    Root {
        /// The size both speak of.
        size: u64,
        /// What the checkpoint says.
        claimed: Hash,
        /// What replay gives.
        replayed: Hash,
    },
    /// Rule R1 is broken: the last entry is not an `I` entry.
    #[error("the last entry of a log of {0} is not an index entry (rule R1)")]
    LastNotIndex(u64),
}

impl Default for Auditor {
    fn default() -> Self {
        Self {
            edge: RightEdge::empty(),
            pending: Vec::with_capacity(RUN),
            index: Index::default(),
            statements: HashSet::new(),
            next: 0,
            last_was_index: false,
        }
    }
}

impl Auditor {
    /// Takes the next entry, as its bytes stand in the bundle.
    ///
    /// # Errors
    /// What is wrong with it; the replay ends there.
    pub fn replay(&mut self, bytes: &[u8]) -> Result<Entry, AuditError> {
        let at = self.next;
        let entry = Entry::decode(bytes).map_err(|source| AuditError::Entry { at, source })?;
        if let Entry::Statement(statement) = &entry
            && !self.statements.insert(beginning(&statement.digest))
        {
            return Err(AuditError::SealedTwice {
                at,
                digest: statement.digest,
            });
        }
        let leaf = leaf_hash(bytes);
        self.index
            .apply(LeafIndex(at), &entry, &leaf)
            .map_err(|source| AuditError::Map { at, source })?;
        self.pending.push(leaf);
        if self.pending.len() == RUN {
            self.flush();
        }
        self.next += 1;
        self.last_was_index = matches!(entry, Entry::Index(_));
        Ok(entry)
    }

    /// Whether `checkpoint` says of the entries replayed so far what replay says.
    ///
    /// # Errors
    /// Size, root or rule R1 disagree.
    pub fn agrees(&mut self, checkpoint: &Checkpoint) -> Result<(), AuditError> {
        self.flush();
        if checkpoint.size != TreeSize(self.next) {
            return Err(AuditError::Size {
                claimed: checkpoint.size.0,
                replayed: self.next,
            });
        }
        let replayed = self.edge.root();
        if checkpoint.root != replayed {
            return Err(AuditError::Root {
                size: self.next,
                claimed: checkpoint.root,
                replayed,
            });
        }
        if self.next > 0 && !self.last_was_index {
            return Err(AuditError::LastNotIndex(self.next));
        }
        Ok(())
    }

    /// The root of the tree over the entries replayed so far.
    pub fn root(&mut self) -> Hash {
        self.flush();
        self.edge.root()
    }

    /// Size and root that the tree would have with further entries of these leaf hashes, which are not replayed: says whether
    /// entries that replay refuses are the ones a checkpoint commits to.
    pub fn tree_with(&mut self, leaves: &[Hash]) -> RightEdge {
        self.flush();
        let mut edge = self.edge.clone();
        edge.append_all(leaves);
        edge
    }

    /// The `I` entry that would be right next.
    ///
    /// # Errors
    /// No entry was replayed yet.
    pub fn expected_index(&mut self) -> Result<IndexEntry, MapError> {
        self.index.entry(self.next)
    }

    /// How many entries were replayed.
    pub fn size(&self) -> u64 {
        self.next
    }

    /// The index replay has built, to compare with saved rows.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The replay as it was after an `I` entry; `edge`, `index` and `statements` are over the first `edge.size()` entries.
    pub(crate) fn resumed(edge: RightEdge, index: Index, statements: HashSet<[u8; REMEMBERED]>) -> Self {
        Self {
            next: edge.size().0,
            edge,
            pending: Vec::with_capacity(RUN),
            index,
            statements,
            last_was_index: true,
        }
    }

    /// Whether replay stands behind an `I` entry: only there does the log say what replay can be compared with.
    pub fn after_index(&self) -> bool {
        self.last_was_index
    }

    pub(crate) fn flush(&mut self) {
        if !self.pending.is_empty() {
            self.edge.append_all(&self.pending);
            self.pending.clear();
        }
    }
}

fn beginning(digest: &Digest) -> [u8; REMEMBERED] {
    let mut beginning = [0; REMEMBERED];
    beginning.copy_from_slice(&digest.0[..REMEMBERED]);
    beginning
}
