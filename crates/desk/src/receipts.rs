//! Receipts for everything that one batch sealed: one head, checked once, every tile read once, proofs made and checked in
//! parallel.

use history::entry::{Entry, StatementEntry};
use history::receipt;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use statement::{Digest, KeyId};
use store::{Head, StoreError};
use tlog::note::Note;
use tlog::{LeafIndex, leaf_hash, merkle};
use vehicle::VehicleId;

use crate::checkers;
use crate::desk::Desk;
use crate::error::DeskError;

/// A sealed statement whose submitter waits for its receipt.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Which statement.
    pub digest: Digest,
    /// The key that signed it.
    pub key_id: KeyId,
    /// The vehicle it is about.
    pub vehicle: VehicleId,
    /// Its place in the log.
    pub at: LeafIndex,
}

impl Desk {
    /// The published head, for [`Desk::receipts`].
    ///
    /// # Errors
    /// Nothing is published yet, or what is sealed is not published.
    pub async fn head(&self) -> Result<Head, DeskError> {
        Ok(self.store.snapshot(&[]).await?.head)
    }

    /// The receipts of statements that `head` covers, in order. What a submitter checks is checked here: the head's quorum, once for all,
    /// and that each statement stands at its place under the vehicle's label. The proof of the label is our own, and only made.
    ///
    /// # Errors
    /// A statement is not below the head or not what the log has there, a tile is missing, or the quorum is.
    pub async fn receipts(&self, head: &Head, sealed: Vec<Sealed>) -> Result<Vec<Vec<u8>>, DeskError> {
        let note = Note::parse(&head.note).map_err(|e| StoreError::Format(e.to_string()))?;
        let places: Vec<LeafIndex> = sealed.iter().map(|s| s.at).collect();
        let inclusions = self.store.inclusion_proofs(head.checkpoint.size, &places).await?;
        let policy = self.trust(u64::MAX).policy;
        let accepted = policy
            .evaluate(&note)
            .map_err(|e| DeskError::Dossier(format!("receipt: {e}")))?;
        let (size, root) = (accepted.checkpoint.size, accepted.checkpoint.root);
        let vrf_epoch = self.store.params().vrf_epoch;
        checkers::aside(|| {
            self.checkers.install(|| {
                let parts: Vec<_> = sealed.into_iter().zip(inclusions).collect();
                parts
                    .into_par_iter()
                    .map(|(sealed, inclusion)| {
                        let entry = Entry::Statement(StatementEntry {
                            vrf_epoch,
                            label: self.labels.label(&sealed.vehicle),
                            key_id: sealed.key_id,
                            digest: sealed.digest,
                        });
                        let leaf = leaf_hash(&entry.encode().map_err(|e| StoreError::Format(e.to_string()))?);
                        merkle::verify_inclusion(sealed.at, size, &leaf, &inclusion, &root)
                            .map_err(|e| DeskError::Dossier(format!("receipt: {e}")))?;
                        let vrf_proof = self.labels.prove(&sealed.vehicle);
                        Ok(receipt::make(sealed.at, inclusion, note.clone(), &vrf_proof))
                    })
                    .collect()
            })
        })
    }
}
