//! Receipts for everything that one batch sealed: one head, every tile read once, proofs made and checked in parallel.

use history::receipt;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use statement::{Digest, KeyId};
use store::{Head, StoreError};
use tlog::LeafIndex;
use tlog::note::Note;
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

    /// The receipts of statements that `head` covers, each checked as its submitter would check it; in order.
    ///
    /// # Errors
    /// A statement is not below the head, a tile is missing, or a receipt does not verify.
    pub async fn receipts(&self, head: &Head, sealed: Vec<Sealed>) -> Result<Vec<Vec<u8>>, DeskError> {
        let note = Note::parse(&head.note).map_err(|e| StoreError::Format(e.to_string()))?;
        let places: Vec<LeafIndex> = sealed.iter().map(|s| s.at).collect();
        let inclusions = self.store.inclusion_proofs(head.checkpoint.size, &places).await?;
        let policy = self.trust(u64::MAX).policy;
        checkers::aside(|| {
            self.checkers.install(|| {
                let parts: Vec<_> = sealed.into_iter().zip(inclusions).collect();
                parts
                    .into_par_iter()
                    .map(|(sealed, inclusion)| {
                        let vrf_proof = self.labels.prove(&sealed.vehicle);
                        let proof = receipt::make(sealed.at, inclusion, note.clone(), &vrf_proof);
                        receipt::verify(
                            &proof,
                            &policy,
                            &self.labels.public(),
                            &sealed.vehicle,
                            sealed.key_id,
                            sealed.digest,
                        )
                        .map_err(|e| DeskError::Dossier(format!("receipt: {e}")))?;
                        Ok(proof)
                    })
                    .collect()
            })
        })
    }
}
