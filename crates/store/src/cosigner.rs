//! Cosigners that live beside the log: a witness that remembers, and an auditor that also replays.
//!
//! On one machine they keep the operator from forking the log by accident (a restored backup, a lost disk), because what
//! they signed is remembered apart from the database. They do not protect anybody from the operator, who holds their keys;
//! that takes cosigners run by others, and a policy that names them.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::{SystemTime, UNIX_EPOCH};

use history::audit::Auditor;
use serde::{Deserialize, Serialize};
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::CosigningKey;
use tlog::note::{Note, SignatureLine, Vkey};
use tlog::witness::{self, AddCheckpoint, Recorded};
use tlog::{Hash, TreeSize};
use tokio::sync::Mutex;

use crate::error::StoreError;
use crate::objects::Objects;

/// A future that the caller awaits.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Somebody who cosigns checkpoints.
pub trait Cosigner: Send + Sync {
    /// The name its signature lines carry.
    fn name(&self) -> &str;

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
    memory: PathBuf,
    replay: Option<Mutex<Auditor>>,
}

/// What the memory file holds.
#[derive(Serialize, Deserialize)]
struct Memory {
    origin: String,
    size: u64,
    root: String,
}

impl LocalCosigner {
    /// A witness: checks consistency and remembers in `memory`.
    pub fn witness(key: CosigningKey, log: Vkey, memory: PathBuf) -> Self {
        Self {
            key,
            log,
            memory,
            replay: None,
        }
    }

    /// An auditor: also replays every entry and the index before it cosigns.
    pub fn auditor(key: CosigningKey, log: Vkey, memory: PathBuf) -> Self {
        Self {
            key,
            log,
            memory,
            replay: Some(Mutex::new(Auditor::default())),
        }
    }

    async fn remembered(&self, origin: &str) -> Result<Option<Recorded>, StoreError> {
        let fail = |problem: String| StoreError::Cosigner {
            name: self.name().to_owned(),
            problem,
        };
        let bytes = match tokio::fs::read(&self.memory).await {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(StoreError::File {
                    path: self.memory.display().to_string(),
                    source,
                });
            }
        };
        let memory: Memory = serde_json::from_slice(&bytes).map_err(|e| {
            fail(format!(
                "its memory {} cannot be read: {e}",
                self.memory.display()
            ))
        })?;
        if memory.origin != origin {
            return Err(fail(format!("it remembers {}, not {origin}", memory.origin)));
        }
        let root =
            Hash::from_base64(&memory.root).ok_or_else(|| fail("its memory has no root".to_owned()))?;
        Ok(Some(Recorded {
            size: TreeSize(memory.size),
            root,
        }))
    }

    /// Waits until no other process works with this memory; ends when the file is dropped.
    async fn lock(&self) -> Result<std::fs::File, StoreError> {
        let path = self.memory.with_extension("lock");
        let shown = path.display().to_string();
        let locked = tokio::task::spawn_blocking(move || {
            let file = std::fs::File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)?;
            file.lock()?;
            Ok(file)
        });
        locked
            .await
            .map_err(StoreError::format)?
            .map_err(|source| StoreError::File { path: shown, source })
    }

    /// Durable before the signature leaves: written beside, synced, renamed, directory synced.
    async fn remember(&self, origin: &str, recorded: Recorded) -> Result<(), StoreError> {
        let memory = Memory {
            origin: origin.to_owned(),
            size: recorded.size.0,
            root: recorded.root.to_base64(),
        };
        let bytes = serde_json::to_vec_pretty(&memory).map_err(StoreError::format)?;
        let path = self.memory.clone();
        let written = tokio::task::spawn_blocking(move || write_durably(&path, &bytes)).await;
        written
            .map_err(StoreError::format)?
            .map_err(|source| StoreError::File {
                path: self.memory.display().to_string(),
                source,
            })
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

    fn recorded<'a>(&'a self, origin: &'a str) -> Answer<'a, TreeSize> {
        Box::pin(async move { Ok(self.remembered(origin).await?.map_or(TreeSize(0), |r| r.size)) })
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
            let _locked = self.lock().await?;
            let recorded = self.remembered(&checkpoint.origin).await?;
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
            self.remember(&checkpoint.origin, next).await?;
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default()
                .as_secs();
            self.key.cosign(note, now).map_err(|e| self.refuses(e))
        })
    }
}

fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let beside = path.with_extension("new");
    let mut file = std::fs::File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
