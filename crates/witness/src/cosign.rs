//! One request to cosign, from its bytes to the answer.
//!
//! ```text
//! 1  read      the request, and the keys of the log it names          400, 404, 403
//! 2  hold      the memory of this log: one request at a time, over all processes
//! 3  check     against what was cosigned last (tlog::witness)         400, 409, 422
//! 4  replay    an auditor only: every entry and the index             503 while it takes, 422 if the log was caught
//! 5  remember  durable on the disk                                    500, and nothing was signed that anybody has seen
//! 6  answer    with the cosignature                                   200
//! ```
//!
//! Killed anywhere before 5 is done, nothing has happened. Killed after it, the log is answered 409 the next time and asks again.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use store::{Held, Remembered, may_cosign};
use tlog::TreeSize;
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::CosigningKey;
use tlog::note::{Note, SignatureLine, Vkey};
use tlog::witness::{
    self, AddCheckpoint, Recorded, Refusal, TREE_SIZE_CONTENT_TYPE, cosignatures_body, tree_size_body,
};
use tokio::sync::watch;

use crate::WitnessError;
use crate::dir::{CosignerDir, Role};
use crate::evidence::{self, Caught, Evidence};
use crate::replay::{Outcome, PATIENCE, Replay};

/// How many unproven requests are kept. Anybody can make one, so they must not fill the disk.
const MAX_UNPROVEN: usize = 16;

const TEXT: &str = "text/plain; charset=utf-8";

/// A witness, or an auditor.
pub struct Witness {
    key: CosigningKey,
    dir: CosignerDir,
    replay: Option<Arc<Replay>>,
    caught: watch::Sender<Option<Evidence>>,
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body's type.
    pub content_type: &'static str,
    /// The body: cosignature lines, a size, or an explanation.
    pub body: String,
    /// After how many seconds it is worth asking again.
    pub retry_after: Option<u64>,
}

impl Reply {
    fn text(status: u16, body: impl std::fmt::Display) -> Self {
        Self {
            status,
            content_type: TEXT,
            body: format!("{body}\n"),
            retry_after: None,
        }
    }

    fn later(seconds: u64, body: impl std::fmt::Display) -> Self {
        Self {
            retry_after: Some(seconds),
            ..Self::text(503, body)
        }
    }
}

/// What an auditor did with the newest checkpoint a log shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Audited {
    /// All roots agree, and it was cosigned.
    Cosigned {
        /// The log's size.
        size: u64,
        /// The signature line.
        line: SignatureLine,
    },
    /// The log shows an older checkpoint than was cosigned before. A cache may be the reason.
    Older {
        /// What it shows.
        shown: u64,
        /// What was cosigned.
        cosigned: u64,
    },
}

impl Witness {
    /// A witness with this key.
    pub fn new(key: CosigningKey, dir: CosignerDir) -> Self {
        Self {
            key,
            dir,
            replay: None,
            caught: watch::channel(None).0,
        }
    }

    /// An auditor: cosigns only what `replay` agrees with.
    pub fn auditor(key: CosigningKey, dir: CosignerDir, replay: Arc<Replay>) -> Self {
        Self {
            replay: Some(replay),
            ..Self::new(key, dir)
        }
    }

    /// What it is.
    pub fn role(&self) -> Role {
        match self.replay {
            None => Role::Witness,
            Some(_) => Role::Auditor,
        }
    }

    /// The key others verify its cosignatures with.
    pub fn vkey(&self) -> &Vkey {
        self.key.vkey()
    }

    /// Its directory.
    pub fn dir(&self) -> &CosignerDir {
        &self.dir
    }

    /// Resolves when an auditor has caught a log: then it is time to stop.
    pub async fn caught(&self) -> Evidence {
        let mut caught = self.caught.subscribe();
        loop {
            if let Some(evidence) = caught.borrow_and_update().clone() {
                return evidence;
            }
            if caught.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// The newest checkpoint it cosigned of the log whose name has this hash, with its cosignature, for monitors.
    pub async fn newest(&self, origin_hash: &str) -> Option<Note> {
        let logs = self.dir.logs().ok()?;
        let origin = logs
            .iter()
            .map(|log| log.vkey.name().as_str())
            .find(|origin| crate::dir::origin_hash(origin) == origin_hash)?;
        self.dir.memory(origin).peek().await.ok()??.note
    }

    /// Answers a request.
    pub async fn add_checkpoint(&self, body: &[u8]) -> Reply {
        match self.decide(body).await {
            Ok(reply) => reply,
            Err(error) => {
                tracing::error!("{error}");
                Reply::text(
                    500,
                    "this cosigner has trouble of its own; its operator finds it in the log",
                )
            }
        }
    }

    async fn decide(&self, body: &[u8]) -> Result<Reply, WitnessError> {
        // 1
        let request = match AddCheckpoint::parse(body) {
            Ok(request) => request,
            Err(error) => return Ok(Reply::text(400, error)),
        };
        let checkpoint = match Checkpoint::from_note(&request.checkpoint) {
            Ok(checkpoint) => checkpoint,
            Err(error) => return Ok(Reply::text(400, error)),
        };
        let trusted = self.keys_of(&checkpoint.origin)?;
        // Strangers cause no file: whether the log is known and has signed is decided before its memory is touched.
        if trusted.is_empty() {
            return Ok(Reply::text(404, Refusal::UnknownOrigin(checkpoint.origin)));
        }
        if let Err(error) = request.checkpoint.verify(&trusted) {
            return Ok(Reply::text(403, Refusal::NotSigned(error)));
        }
        let note = only_by(&request.checkpoint, &trusted);

        // 2
        let memory = self.dir.memory(&checkpoint.origin).hold().await?;
        let remembered = memory.read().await?;
        let recorded = remembered.as_ref().map(|r| r.recorded);

        // 3
        let next = match witness::add_checkpoint(&request, Some(&trusted), recorded) {
            Ok(next) => next,
            Err(refusal) => {
                let reply = match &refusal {
                    Refusal::OldSizeMismatch { recorded, .. } => Reply {
                        status: refusal.status(),
                        content_type: TREE_SIZE_CONTENT_TYPE,
                        body: tree_size_body(*recorded),
                        retry_after: None,
                    },
                    _ => Reply::text(refusal.status(), &refusal),
                };
                if matches!(refusal, Refusal::Inconsistent(_)) {
                    self.refused(&checkpoint, note, remembered, body)?;
                }
                return Ok(reply);
            }
        };

        // 4
        if let Some(replay) = &self.replay {
            let reached = self.reach(replay.clone(), &note, &checkpoint, remembered.clone());
            match reached.await {
                Err(_) => {
                    let size = checkpoint.size;
                    return Ok(Reply::later(5, format_args!("replaying up to {size}; ask again")));
                }
                Ok(Err(WitnessError::Source(error))) => return Ok(Reply::later(5, error)),
                Ok(Err(error)) => return Err(error),
                Ok(Ok(Outcome::Past(size))) => {
                    return Ok(Reply::later(
                        5,
                        format_args!("replay has gone on to size {size}, ask for a newer checkpoint"),
                    ));
                }
                Ok(Ok(Outcome::Caught(caught))) => {
                    let evidence = self.keep(&caught, &checkpoint.origin)?;
                    return Ok(Reply::text(422, evidence.summary));
                }
                Ok(Ok(Outcome::Agrees)) => {}
            }
        }

        // 5 and 6
        self.sign(&memory, &checkpoint, next, note, remembered).await
    }

    /// Cosigns the newest checkpoint the log shows, after replaying up to it: what an auditor does that nobody asks.
    ///
    /// # Errors
    /// Its files cannot be had, its signature does not verify, or it was caught.
    pub async fn audit(&self, replay: &Arc<Replay>) -> Result<Audited, WitnessError> {
        let shown = replay.source().checkpoint().await?;
        let checkpoint =
            Checkpoint::from_note(&shown).map_err(|e| crate::source::SourceError::Unreadable {
                place: replay.source().place(),
                path: "checkpoint".to_owned(),
                problem: e.to_string(),
            })?;
        let trusted = self.keys_of(&checkpoint.origin)?;
        if trusted.is_empty() {
            return Err(WitnessError::Desk(desk::DeskError::Malformed {
                path: self.dir.log_list(),
                problem: format!(
                    "{} serves the log {:?}, which is not on this list; add its key with `carnet witness add`, or audit the \
                     log that is",
                    replay.source().place(),
                    checkpoint.origin
                ),
            }));
        }
        shown.verify(&trusted)?;
        let note = only_by(&shown, &trusted);
        let memory = self.dir.memory(&checkpoint.origin).hold().await?;
        let remembered = memory.read().await?;
        if let Some(cosigned) = remembered.as_ref().map(|r| r.recorded.size)
            && cosigned > checkpoint.size
        {
            return Ok(Audited::Older {
                shown: checkpoint.size.0,
                cosigned: cosigned.0,
            });
        }
        let before = remembered
            .clone()
            .map(|r| (r.recorded.size, r.recorded.root, r.note));
        match replay.reach(&note, &checkpoint, before).await? {
            Outcome::Agrees => {}
            Outcome::Past(size) => {
                return Ok(Audited::Older {
                    shown: checkpoint.size.0,
                    cosigned: size,
                });
            }
            Outcome::Caught(caught) => {
                return Err(WitnessError::Caught(self.keep(&caught, &checkpoint.origin)?));
            }
        }
        let next = Recorded {
            size: checkpoint.size,
            root: checkpoint.root,
        };
        let time = now();
        may_cosign(remembered.as_ref(), time)?;
        let line = self.cosign(&note, time)?;
        memory
            .write(&remembering(&checkpoint, next, note, &line, time))
            .await?;
        Ok(Audited::Cosigned {
            size: checkpoint.size.0,
            line,
        })
    }

    /// Waits for the replay for a while; it goes on when nobody waits any more.
    async fn reach(
        &self,
        replay: Arc<Replay>,
        note: &Note,
        checkpoint: &Checkpoint,
        remembered: Option<Remembered>,
    ) -> Result<Result<Outcome, WitnessError>, tokio::time::error::Elapsed> {
        let (note, checkpoint) = (note.clone(), checkpoint.clone());
        let before = remembered.map(|r| (r.recorded.size, r.recorded.root, r.note));
        let caught = self.caught.clone();
        let (evidence, name) = (self.dir.evidence(), self.key.name().as_str().to_owned());
        let task = tokio::spawn(async move {
            let outcome = replay.reach(&note, &checkpoint, before).await;
            // Whoever asked may be gone: what was caught is kept here, once.
            if let Ok(Outcome::Caught(found)) = &outcome {
                match found.keep(&evidence, &checkpoint.origin, &name) {
                    Ok(kept) => {
                        tracing::error!("{}; evidence in {}", kept.summary, kept.folder.display());
                        caught.send_replace(Some(kept));
                    }
                    Err(error) => tracing::error!("{}: {error}", found.summary(&checkpoint.origin)),
                }
            }
            outcome
        });
        let waited = tokio::time::timeout(PATIENCE, task).await?;
        Ok(waited.unwrap_or_else(|e| {
            Err(WitnessError::Desk(desk::DeskError::Malformed {
                path: self.dir.mirror(),
                problem: format!("the replay ended: {e}"),
            }))
        }))
    }

    async fn sign(
        &self,
        memory: &Held,
        checkpoint: &Checkpoint,
        next: Recorded,
        note: Note,
        remembered: Option<Remembered>,
    ) -> Result<Reply, WitnessError> {
        let time = now();
        if let Err(behind) = may_cosign(remembered.as_ref(), time) {
            tracing::error!("{behind}; until then {} is not cosigned", checkpoint.origin);
            return Ok(Reply::later(
                behind.behind().min(3600),
                "the clock of this cosigner went backwards",
            ));
        }
        let line = self.cosign(&note, time)?;
        memory
            .write(&remembering(checkpoint, next, note, &line, time))
            .await?;
        tracing::info!(origin = checkpoint.origin, size = checkpoint.size.0, "cosigned");
        Ok(Reply {
            status: 200,
            content_type: TEXT,
            body: cosignatures_body(&[line]),
            retry_after: None,
        })
    }

    fn cosign(&self, note: &Note, time: u64) -> Result<SignatureLine, WitnessError> {
        self.key.cosign(note, time).map_err(|e| {
            WitnessError::Desk(desk::DeskError::Malformed {
                path: self.dir.root().to_owned(),
                problem: e.to_string(),
            })
        })
    }

    fn keys_of(&self, origin: &str) -> Result<Vec<Vkey>, WitnessError> {
        let logs = self.dir.logs()?.into_iter().map(|log| log.vkey);
        Ok(logs.filter(|vkey| vkey.name().as_str() == origin).collect())
    }

    /// A known log has signed something that does not continue what it signed before.
    fn refused(
        &self,
        checkpoint: &Checkpoint,
        now: Note,
        remembered: Option<Remembered>,
        request: &[u8],
    ) -> Result<(), WitnessError> {
        let (recorded, before) = match remembered {
            Some(remembered) => (remembered.recorded, remembered.note),
            None => (
                Recorded {
                    size: TreeSize(0),
                    root: tlog::empty_root(),
                },
                None,
            ),
        };
        let tree = (recorded.size.0, recorded.root);
        let caught = if checkpoint.size == recorded.size {
            Caught::Fork {
                before,
                recorded: tree,
                now,
            }
        } else if evidence::count(&self.dir.evidence())? < MAX_UNPROVEN {
            Caught::Unproven {
                before,
                recorded: tree,
                now,
                request: request.to_vec(),
            }
        } else {
            tracing::warn!(
                origin = checkpoint.origin,
                "another request without a valid proof"
            );
            return Ok(());
        };
        let kept = caught.keep(&self.dir.evidence(), &checkpoint.origin, self.key.name().as_str())?;
        tracing::error!("{}; evidence in {}", kept.summary, kept.folder.display());
        // Both roots of one size, signed: that needs no second look. An unproven one may be anybody's.
        if self.replay.is_some() && matches!(caught, Caught::Fork { .. }) {
            self.caught.send_replace(Some(kept));
        }
        Ok(())
    }

    fn keep(&self, caught: &Caught, origin: &str) -> Result<Evidence, WitnessError> {
        if let Some(kept) = self.caught.borrow().clone() {
            return Ok(kept);
        }
        let kept = caught.keep(&self.dir.evidence(), origin, self.key.name().as_str())?;
        tracing::error!("{}; evidence in {}", kept.summary, kept.folder.display());
        self.caught.send_replace(Some(kept.clone()));
        Ok(kept)
    }
}

/// What is remembered of a checkpoint, with the cosignature under it.
fn remembering(
    checkpoint: &Checkpoint,
    recorded: Recorded,
    mut note: Note,
    line: &SignatureLine,
    time: u64,
) -> Remembered {
    note.signatures.push(line.clone());
    Remembered {
        origin: checkpoint.origin.clone(),
        recorded,
        time,
        note: Some(note),
    }
}

/// The note with the lines of these keys only: what others put under a checkpoint is not kept.
fn only_by(note: &Note, keys: &[Vkey]) -> Note {
    let mut note = note.clone();
    note.signatures
        .retain(|line| keys.iter().any(|key| key.made(line)));
    note
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO)
        .as_secs()
}
