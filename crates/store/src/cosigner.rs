//! Cosigners that live beside the log: a witness that remembers, and an auditor that also replays.
//!
//! On one machine they keep the operator from forking the log by accident (a restored backup, a lost disk), because what
//! they signed is remembered apart from the database. They do not protect anybody from the operator, who holds their keys;
//! that takes cosigners run by others, and a policy that names them.

use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;

use history::audit::Auditor;
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::CosigningKey;
use tlog::note::{Note, SignatureLine, Vkey};
use tlog::witness::{self, AddCheckpoint};
use tlog::{Hash, TreeSize};
use tokio::sync::Mutex;

use crate::error::StoreError;
use crate::memory::{Memory, Remembered, may_cosign};
use crate::objects::Objects;
use crate::quorum::now;

/// A future that the caller awaits.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Somebody who cosigns checkpoints.
pub trait Cosigner: Send + Sync {
    /// The name its signature lines carry.
    fn name(&self) -> &str;

    /// Whether the batch's files must be public before it is asked. One that is handed them can work while they are written.
    fn reads_public_files(&self) -> bool {
        true
    }

    /// The size of the newest checkpoint of `origin` it has cosigned; 0 for none.
    fn recorded<'a>(&'a self, origin: &'a str) -> Answer<'a, TreeSize>;

    /// Cosigns `note` if it is consistent with what was cosigned before. `proof` is the consistency proof from `old`.
    fn cosign<'a>(
        &'a self,
        old: TreeSize,
        proof: &'a [Hash],
        note: &'a Note,
        log: &'a Objects,
    ) -> Answer<'a, SignatureLine>;
}

/// A cosigner whose memory is one file per origin.
pub struct LocalCosigner {
    key: CosigningKey,
    log: Vkey,
    memory: Memory,
    replay: Option<Mutex<Auditor>>,
}

impl LocalCosigner {
    /// A witness: checks consistency and remembers in `memory`.
    pub fn witness(key: CosigningKey, log: Vkey, memory: PathBuf) -> Self {
        Self {
            key,
            log,
            memory: Memory::new(memory),
            replay: None,
        }
    }

    /// An auditor: also replays every entry and the index before it cosigns.
    pub fn auditor(key: CosigningKey, log: Vkey, memory: PathBuf) -> Self {
        Self {
            key,
            log,
            memory: Memory::new(memory),
            replay: Some(Mutex::new(Auditor::default())),
        }
    }

    fn of(&self, origin: &str, remembered: Option<Remembered>) -> Result<Option<Remembered>, StoreError> {
        match remembered {
            Some(other) if other.origin != origin => {
                Err(self.refuses(format!("it remembers {}, not {origin}", other.origin)))
            }
            remembered => Ok(remembered),
        }
    }

    async fn replay(
        &self,
        auditor: &Mutex<Auditor>,
        new: &Checkpoint,
        log: &Objects,
    ) -> Result<(), StoreError> {
        let mut auditor = auditor.lock().await;
        if auditor.size() > new.size.0 {
            *auditor = Auditor::default();
        }
        let done = auditor.size();
        for id in Objects::bundles_of(new.size).skip(usize::try_from(done / 256).unwrap_or(usize::MAX)) {
            let first = id.index * 256;
            for (entry, at) in log.bundle(&id).await?.iter().zip(first..) {
                if at < done {
                    continue;
                }
                if let Err(error) = auditor.replay(entry) {
                    *auditor = Auditor::default();
                    return Err(self.refuses(error));
                }
            }
        }
        auditor.agrees(new).map_err(|error| self.refuses(error))
    }

    fn refuses(&self, why: impl std::fmt::Display) -> StoreError {
        StoreError::Cosigner {
            name: self.name().to_owned(),
            problem: why.to_string(),
        }
    }
}

impl Cosigner for LocalCosigner {
    fn name(&self) -> &str {
        self.key.name().as_str()
    }

    fn reads_public_files(&self) -> bool {
        false
    }

    fn recorded<'a>(&'a self, origin: &'a str) -> Answer<'a, TreeSize> {
        Box::pin(async move {
            let remembered = self.of(origin, self.memory.peek().await?)?;
            Ok(remembered.map_or(TreeSize(0), |r| r.recorded.size))
        })
    }

    fn cosign<'a>(
        &'a self,
        old: TreeSize,
        proof: &'a [Hash],
        note: &'a Note,
        log: &'a Objects,
    ) -> Answer<'a, SignatureLine> {
        Box::pin(async move {
            let checkpoint = Checkpoint::from_note(note).map_err(|e| self.refuses(e))?;
            // Held until the answer is remembered: another process may ask the same cosigner at the same moment.
            let memory = self.memory.hold().await?;
            let remembered = self.of(&checkpoint.origin, memory.read().await?)?;
            let time = now();
            may_cosign(remembered.as_ref(), time).map_err(|behind| {
                self.refuses(format!(
                    "{behind}, or, if it was wrong then and is right now, write \"time\": 0 into {}",
                    self.memory.path().display()
                ))
            })?;
            let recorded = remembered.map(|r| r.recorded);
            let request = AddCheckpoint {
                old,
                proof: proof.to_vec(),
                checkpoint: note.clone(),
            };
            let next = witness::add_checkpoint(&request, Some(std::slice::from_ref(&self.log)), recorded)
                .map_err(|e| self.refuses(e))?;
            if let Some(auditor) = &self.replay {
                self.replay(auditor, &checkpoint, log).await?;
            }
            let new = Remembered {
                origin: checkpoint.origin,
                recorded: next,
                time,
                note: Some(note.clone()),
            };
            memory.write(&new).await?;
            self.key.cosign(note, time).map_err(|e| self.refuses(e))
        })
    }
}
