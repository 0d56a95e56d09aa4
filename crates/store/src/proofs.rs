//! What a dossier or a receipt needs from the tiles and the trie, all at one published checkpoint.

use std::collections::BTreeSet;
use std::time::Instant;

use history::entry::{Entry, IndexEntry, KeyEntry};
use history::map::ChainHead;
use index::{Label, TrieProof};
use statement::KeyId;
use tlog::checkpoint::Checkpoint;
use tlog::note::Note;
use tlog::tree::{inclusion_proof, inclusion_tiles};
use tlog::{Hash, LeafIndex, TreeSize};

use crate::error::StoreError;
use crate::following::Hidden;
use crate::objects::CHECKPOINT;
use crate::open::{OPENING, POLL, Store};

/// The published head of the log.
#[derive(Clone, Debug)]
pub struct Head {
    /// The checkpoint with all its signature lines.
    pub note: Vec<u8>,
    /// The same, read.
    pub checkpoint: Checkpoint,
    /// The `I` entry at the end.
    pub index_entry: IndexEntry,
}

/// What the trie says about one label.
#[derive(Clone, Debug)]
pub struct ChainProof {
    /// Length and head of the chain; empty where the label is absent.
    pub chain: ChainHead,
    /// The proof of it.
    pub proof: TrieProof,
}

/// Head, chain proofs and inclusion proofs that belong together.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The head all proofs speak of.
    pub head: Head,
    /// One per label asked for, in the order asked.
    pub chains: Vec<ChainProof>,
}

impl Store {
    /// The published head and what its index says about `labels`, taken at one moment.
    ///
    /// # Errors
    /// Nothing is published yet, or storage failed.
    pub async fn snapshot(&self, labels: &[Label]) -> Result<Snapshot, StoreError> {
        let begin = Instant::now();
        loop {
            let hidden = match begin.elapsed() < OPENING {
                true => Hidden::Wait,
                false => Hidden::Replay,
            };
            match self.snapshot_now(labels, hidden).await {
                // Another process is between its commit and its checkpoint, or has sealed while the state was loaded.
                Err(StoreError::NoQuorum(_) | StoreError::Fenced) if hidden == Hidden::Wait => {
                    tokio::time::sleep(POLL).await;
                }
                taken => return taken,
            }
        }
    }

    async fn snapshot_now(&self, labels: &[Label], hidden: Hidden) -> Result<Snapshot, StoreError> {
        let mut reading = self.reading.lock().await;
        let bytes = self
            .objects
            .get(CHECKPOINT)
            .await?
            .ok_or_else(|| StoreError::ObjectMissing(CHECKPOINT.to_owned()))?;
        let checkpoint = self.read_checkpoint(&bytes)?;
        let state = self.follow(&mut reading, &checkpoint, hidden).await?;
        let chains = labels
            .iter()
            .map(|label| ChainProof {
                chain: state.index.chain(label),
                proof: state.index.prove(label),
            })
            .collect();
        let index_entry = state.index.entry(checkpoint.size.0.saturating_sub(1))?;
        Ok(Snapshot {
            head: Head {
                note: bytes.to_vec(),
                checkpoint,
                index_entry,
            },
            chains,
        })
    }

    /// Inclusion proofs for several entries at once, each tile fetched once.
    ///
    /// # Errors
    /// An index outside the tree, or a tile missing or damaged.
    pub async fn inclusion_proofs(
        &self,
        size: TreeSize,
        indices: &[LeafIndex],
    ) -> Result<Vec<Vec<Hash>>, StoreError> {
        let ids: BTreeSet<_> = indices.iter().flat_map(|at| inclusion_tiles(size, *at)).collect();
        let tiles = self.objects.tiles(ids).await?;
        indices
            .iter()
            .map(|at| inclusion_proof(size, *at, &tiles).map_err(StoreError::format))
            .collect()
    }

    /// The `K` entries of a key, in log order.
    ///
    /// # Errors
    /// The database failed or is damaged.
    pub async fn key_history(&self, id: &KeyId) -> Result<Vec<(LeafIndex, KeyEntry)>, StoreError> {
        Ok(self
            .key_entries(Some(*id))
            .await?
            .into_iter()
            .flat_map(|(_, entries)| entries)
            .collect())
    }

    /// Reads one entry from its bundle.
    ///
    /// # Errors
    /// Outside the log, or the bundle is missing or damaged.
    pub async fn entry(&self, size: TreeSize, at: LeafIndex) -> Result<Entry, StoreError> {
        let id = tlog::tile::BundleId::containing(at.0, size)
            .ok_or_else(|| StoreError::Format(format!("no entry {} in a log of {}", at.0, size.0)))?;
        let entries = self.objects.bundle(&id).await?;
        let bytes = usize::try_from(at.0 % 256).ok().and_then(|at| entries.get(at));
        let bytes = bytes.ok_or_else(|| StoreError::ObjectMissing(id.path()))?;
        Entry::decode(bytes).map_err(StoreError::format)
    }

    /// The published checkpoint as a note, with its cosignatures.
    ///
    /// # Errors
    /// Nothing is published yet, or it is damaged.
    pub async fn published_note(&self) -> Result<Note, StoreError> {
        let bytes = self
            .objects
            .get(CHECKPOINT)
            .await?
            .ok_or_else(|| StoreError::ObjectMissing(CHECKPOINT.to_owned()))?;
        Note::parse(&bytes).map_err(StoreError::format)
    }
}
