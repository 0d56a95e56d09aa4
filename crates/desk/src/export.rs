//! Dossiers and receipts out of the log.

use dossier::{IssuerPart, Logged, Parts, StatementPart, assemble};
use history::entry::{Entry, StatementEntry, key_label};
use history::receipt;
use serde::Serialize;
use statement::{Digest, KeyId, SdJwt};
use store::{Content, StoreError, Submitted};
use tlog::{LeafIndex, TreeSize};
use vehicle::VehicleId;

use crate::desk::Desk;
use crate::error::DeskError;

/// Which personal fields a dossier shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Disclose {
    /// All of them.
    All,
    /// None of them.
    Nothing,
    /// Those whose dotted path ends in one of these names, such as `plate` or `claim.paid`.
    Only(Vec<String>),
}

impl Disclose {
    fn shows(&self, path: &str) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Only(names) => names.iter().any(|name| {
                path.strip_suffix(name.as_str()).is_some_and(|before| before.is_empty() || before.ends_with(['.', '/']))
            }),
        }
    }
}

impl Desk {
    /// The dossier of a vehicle at the published checkpoint, as the bytes of a `.carnet` file.
    ///
    /// # Errors
    /// Nothing is published yet, or storage failed.
    pub async fn dossier(&self, vehicle: &VehicleId, disclose: &Disclose) -> Result<Vec<u8>, DeskError> {
        let label = self.labels.label(vehicle);
        // Statements may be sealed while this runs; those above the snapshot's size are left to the next dossier.
        let keys = self.issuer_key_ids(&label).await?;
        let mut labels = vec![label];
        labels.extend(keys.iter().map(key_label));
        let snapshot = self.store.snapshot(&labels).await?;
        let size = snapshot.head.checkpoint.size;
        let mut stored = self.store.statements(&label, size.0).await?;
        let mut chains = snapshot.chains.into_iter();
        let Some(chain) = chains.next() else {
            return Err(DeskError::Dossier("the index gave no answer".to_owned()));
        };
        stored.truncate(usize::try_from(chain.chain.count).unwrap_or(usize::MAX));

        let mut histories = Vec::with_capacity(keys.len());
        for (key, chain) in keys.iter().zip(chains) {
            let entries = self.store.key_history(key).await?;
            let within = entries.into_iter().filter(|(at, _)| at.0 < size.0).collect::<Vec<_>>();
            histories.push((within, chain));
        }

        // Every inclusion proof in one go, so that each tile is read once.
        let last = LeafIndex(size.0.saturating_sub(1));
        let mut places = vec![last];
        places.extend(stored.iter().map(|s| s.log_index));
        places.extend(histories.iter().flat_map(|(entries, _)| entries.iter().map(|(at, _)| *at)));
        let mut proofs = self.store.inclusion_proofs(size, &places).await?.into_iter();
        let mut logged = |log_index: LeafIndex, entry: Entry| {
            Ok::<_, DeskError>(Logged {
                log_index,
                entry: entry.encode().map_err(|e| DeskError::Dossier(e.to_string()))?,
                inclusion: proofs.next().unwrap_or_default(),
            })
        };

        let index = logged(last, Entry::Index(snapshot.head.index_entry))?;
        let vrf_epoch = self.store.params().vrf_epoch;
        let mut statements = Vec::with_capacity(stored.len());
        for statement in stored {
            let entry =
                StatementEntry { vrf_epoch, label, key_id: statement.key_id, digest: statement.digest };
            let content = match statement.content {
                Content::Present(text) => Some(SdJwt::parse(&text).map_err(|e| {
                    DeskError::Dossier(format!("the content at log index {}: {e}", statement.log_index))
                })?),
                Content::Erased => None,
            };
            statements.push(StatementPart { logged: logged(statement.log_index, Entry::Statement(entry))?, content });
        }
        let mut issuers = Vec::with_capacity(histories.len());
        for (entries, chain) in histories {
            let entries = entries.into_iter().map(|(at, entry)| logged(at, Entry::Key(entry))).collect::<Result<_, _>>()?;
            issuers.push(IssuerPart { entries, trie_proof: chain.proof });
        }
        let erasures = self.store.erasures(&label).await?;
        let parts = Parts {
            vehicle: vehicle.clone(),
            checkpoint: snapshot.head.note,
            index,
            vrf_proof: self.labels.prove(vehicle),
            trie_proof: chain.proof,
            chain: chain.chain,
            statements,
            issuers,
            erasures: erasures.into_iter().map(|e| String::from_utf8_lossy(&e.notice).into_owned()).collect(),
        };
        let dossier = assemble(parts, |_, path| disclose.shows(path)).map_err(|e| DeskError::Dossier(e.to_string()))?;
        dossier.to_bytes().map_err(|e| DeskError::Dossier(e.to_string()))
    }

    /// The issuer keys that statements about a vehicle rely on, each once, in order of first use.
    async fn issuer_key_ids(&self, label: &index::Label) -> Result<Vec<KeyId>, DeskError> {
        let mut keys: Vec<KeyId> = Vec::new();
        for statement in self.store.statements(label, i64::MAX as u64).await? {
            if !keys.contains(&statement.key_id) {
                keys.push(statement.key_id);
            }
        }
        Ok(keys)
    }

    /// The receipt of a sealed statement, checked as its submitter would check it.
    ///
    /// # Errors
    /// The statement is not sealed, or the receipt does not verify.
    pub async fn receipt(&self, vehicle: &VehicleId, key_id: KeyId, digest: Digest) -> Result<Vec<u8>, DeskError> {
        let Some(Submitted::Sealed(at)) = self.store.find(&digest).await? else {
            return Err(DeskError::value("statement", digest.to_string(), "is not sealed in this log"));
        };
        let snapshot = self.store.snapshot(&[]).await?;
        let size: TreeSize = snapshot.head.checkpoint.size;
        let note = tlog::note::Note::parse(&snapshot.head.note).map_err(|e| StoreError::Format(e.to_string()))?;
        let inclusion = self.store.inclusion_proofs(size, &[at]).await?.into_iter().next().unwrap_or_default();
        let receipt = receipt::make(at, inclusion, note, &self.labels.prove(vehicle));
        let policy = self.trust(u64::MAX).policy;
        receipt::verify(&receipt, &policy, &self.labels.public(), vehicle, key_id, digest)
            .map_err(|e| DeskError::Dossier(format!("receipt: {e}")))?;
        Ok(receipt)
    }
}
