//! Dossiers and receipts out of the log.

use std::collections::BTreeSet;

use dossier::{IssuerPart, Logged, Parts, StatementPart, assemble};
use history::entry::{Entry, StatementEntry, key_label};
use history::receipt;
use serde::Serialize;
use statement::{Digest, KeyId, SdJwt};
use store::{Content, StoreError};
use tlog::note::Note;
use tlog::{LeafIndex, TreeSize};
use vehicle::VehicleId;

use crate::desk::Desk;
use crate::error::DeskError;

/// The log's word that it holds a statement, under the right vehicle.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// The statement's place in the log.
    pub log_index: u64,
    /// A C2SP tlog-proof whose extra data is the VRF proof of the vehicle's label.
    pub proof: Vec<u8>,
    /// The signed statement it is about, with all disclosures; whoever checks the receipt needs it.
    pub statement: String,
}

/// Which personal fields a dossier shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Disclose {
    /// All of them.
    All,
    /// None of them.
    Nothing,
    /// Those whose dotted path ends in one of these names, such as `plate` or `claim.paid`.
    Only(Vec<String>),
    /// The same, where a name that shows nothing is no mistake: what is erased meanwhile is no longer there to be shown.
    IfThere(Vec<String>),
}

impl Disclose {
    fn shows(&self, path: &str) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::Only(names) | Self::IfThere(names) => names.iter().any(|name| {
                path.strip_suffix(name.as_str())
                    .is_some_and(|before| before.is_empty() || before.ends_with(['.', '/']))
            }),
        }
    }
}

impl Disclose {
    /// Refuses a name that shows nothing: it is more likely mistyped than meant.
    fn misses_none_of(&self, personal: &BTreeSet<String>, open: &BTreeSet<String>) -> Result<(), DeskError> {
        let Self::Only(names) = self else { return Ok(()) };
        for name in names {
            let this = Self::Only(vec![name.clone()]);
            if !open.contains(name) && !personal.iter().any(|field| this.shows(field)) {
                let known = personal.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                let has = if known.is_empty() {
                    "none".to_owned()
                } else {
                    known
                };
                let problem =
                    format!("no statement about this car has such a field; its personal fields are: {has}");
                return Err(DeskError::value("field", name, problem));
            }
        }
        Ok(())
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
            let within = entries
                .into_iter()
                .filter(|(at, _)| at.0 < size.0)
                .collect::<Vec<_>>();
            histories.push((within, chain));
        }

        // Every inclusion proof in one go, so that each tile is read once.
        let last = LeafIndex(size.0.saturating_sub(1));
        let mut places = vec![last];
        places.extend(stored.iter().map(|s| s.log_index));
        places.extend(
            histories
                .iter()
                .flat_map(|(entries, _)| entries.iter().map(|(at, _)| *at)),
        );
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
        // Fields that are shown to everybody in any case.
        let mut open: BTreeSet<String> = BTreeSet::new();
        for statement in stored {
            let entry = StatementEntry {
                vrf_epoch,
                label,
                key_id: statement.key_id,
                digest: statement.digest,
            };
            let content = match statement.content {
                Content::Present(text) => Some(SdJwt::parse(&text).map_err(|e| {
                    DeskError::Dossier(format!("the content at log index {}: {e}", statement.log_index))
                })?),
                Content::Erased => None,
            };
            open.extend(
                content
                    .iter()
                    .flat_map(|c| c.claims_unverified().body.keys().cloned()),
            );
            statements.push(StatementPart {
                logged: logged(statement.log_index, Entry::Statement(entry))?,
                content,
            });
        }
        let mut issuers = Vec::with_capacity(histories.len());
        for (entries, chain) in histories {
            let entries = entries
                .into_iter()
                .map(|(at, entry)| logged(at, Entry::Key(entry)))
                .collect::<Result<_, _>>()?;
            issuers.push(IssuerPart {
                entries,
                trie_proof: chain.proof,
            });
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
            erasures: erasures
                .into_iter()
                .map(|e| String::from_utf8_lossy(&e.notice).into_owned())
                .collect(),
        };
        let mut personal: BTreeSet<String> = BTreeSet::new();
        let keep = |_: &SdJwt, path: &str| {
            personal.insert(path.to_owned());
            disclose.shows(path)
        };
        let dossier = assemble(parts, keep).map_err(|e| DeskError::Dossier(e.to_string()))?;
        disclose.misses_none_of(&personal, &open)?;
        let bytes = dossier
            .to_bytes()
            .map_err(|e| DeskError::Dossier(e.to_string()))?;
        if bytes.len() > dossier::file::MAX_BYTES {
            // Cannot happen to what was admitted here; a database may come from elsewhere.
            let problem = dossier::FileError::TooLong(bytes.len());
            return Err(DeskError::Dossier(format!("{problem}, and nobody could read it")));
        }
        Ok(bytes)
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
    /// The statement is not sealed or its content was erased, or the receipt does not verify.
    pub async fn receipt(&self, digest: &Digest) -> Result<Receipt, DeskError> {
        let wrong = |problem: &str| DeskError::value("statement", digest.to_string(), problem);
        let Some((_, statement)) = self.store.sealed(digest).await? else {
            return Err(wrong("is not sealed in this log; `carnet seal` seals what waits"));
        };
        let Content::Present(content) = &statement.content else {
            return Err(wrong("was erased; which vehicle it was about is no longer known"));
        };
        let vehicle = SdJwt::parse(content)
            .map_err(|e| wrong(&e.to_string()))?
            .claims_unverified()
            .vid
            .clone();
        let at = statement.log_index;
        let snapshot = self.store.snapshot(&[]).await?;
        let size: TreeSize = snapshot.head.checkpoint.size;
        let note = Note::parse(&snapshot.head.note).map_err(|e| StoreError::Format(e.to_string()))?;
        let inclusion = self
            .store
            .inclusion_proofs(size, &[at])
            .await?
            .into_iter()
            .next()
            .unwrap_or_default();
        let proof = receipt::make(at, inclusion, note, &self.labels.prove(&vehicle));
        let policy = self.trust(u64::MAX).policy;
        receipt::verify(
            &proof,
            &policy,
            &self.labels.public(),
            &vehicle,
            statement.key_id,
            *digest,
        )
        .map_err(|e| DeskError::Dossier(format!("receipt: {e}")))?;
        Ok(Receipt {
            vehicle,
            log_index: at.0,
            proof,
            statement: content.clone(),
        })
    }
}
