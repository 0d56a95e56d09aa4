//! Mirroring a log and replaying it, in one pass and in bounded memory, from where the last process stopped.
//!
//! What is held in memory is the state of the replay: the right edge of the tree, the index, and 16 bytes per statement. Entries
//! pass through, 256 at a time, a few such bundles ahead. Full bundles are kept in `mirror/`, so that they are fetched once.
//!
//! A log is not accused because of a file: before anything is called evidence, everything is fetched anew from the source and
//! replayed from the first entry, without mirror and snapshot.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::sync::Arc;
use std::time::Duration;

use desk::DeskError;
use futures_util::{StreamExt as _, stream};
use history::audit::{AuditError, Auditor};
use history::entry::Entry;
use history::snapshot::SnapshotError;
use tlog::checkpoint::Checkpoint;
use tlog::note::Note;
use tlog::tile::{BundleId, FULL_WIDTH};
use tlog::tree::RightEdge;
use tlog::{Hash, TreeSize, leaf_hash};
use tokio::sync::Mutex;

use crate::WitnessError;
use crate::dir::CosignerDir;
use crate::evidence::Caught;
use crate::source::{Source, SourceError, entries};

/// Bundles fetched ahead.
const AHEAD: usize = 16;

/// A snapshot is worth writing after this many entries, or a tenth of the log where that is more.
const SNAPSHOT_EVERY: u64 = 50_000;

/// Told how many entries of how many were replayed.
pub type Progress = Arc<dyn Fn(u64, u64) + Send + Sync>;

/// A mirror and replay of one log.
pub struct Replay {
    dir: CosignerDir,
    source: Source,
    progress: Progress,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    auditor: Auditor,
    /// The size of the snapshot on the disk.
    saved: u64,
}

/// What came of replaying up to a checkpoint.
#[derive(Debug)]
pub enum Outcome {
    /// All roots agree.
    Agrees,
    /// Replay has gone on to a larger size already.
    Past(u64),
    /// The log was caught.
    Caught(Box<Caught>),
}

/// How replay failed: at the files, or at what they say.
enum Failed {
    Source(SourceError),
    Disk(DeskError),
    Wrong(Box<Caught>),
}

impl From<SourceError> for Failed {
    fn from(error: SourceError) -> Self {
        Self::Source(error)
    }
}

impl Replay {
    /// Goes on from the snapshot, if there is one that can be used. A snapshot that cannot is no error: replay begins anew.
    pub fn open(dir: CosignerDir, source: Source, progress: Progress) -> Self {
        let state = match read_snapshot(&dir) {
            Ok(Some(auditor)) => {
                tracing::info!(size = auditor.size(), "resumed from the snapshot");
                State {
                    saved: auditor.size(),
                    auditor,
                }
            }
            Ok(None) => State::default(),
            Err(error) => {
                tracing::warn!("the snapshot cannot be used ({error}); replaying from the first entry");
                State::default()
            }
        };
        Self {
            dir,
            source,
            progress,
            state: Mutex::new(state),
        }
    }

    /// Where the entries come from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// How many entries were replayed.
    pub async fn size(&self) -> u64 {
        self.state.lock().await.auditor.size()
    }

    /// Replays up to `note`, a checkpoint the log signed. `recorded` is the tree cosigned before; the replay must pass through it.
    ///
    /// # Errors
    /// Files could not be had or written. Nothing is lost: the next call goes on.
    pub async fn reach(
        &self,
        note: &Note,
        checkpoint: &Checkpoint,
        recorded: Option<(TreeSize, Hash, Option<Note>)>,
    ) -> Result<Outcome, WitnessError> {
        let mut state = self.state.lock().await;
        if state.auditor.size() > checkpoint.size.0 {
            return Ok(Outcome::Past(state.auditor.size()));
        }
        let first = self
            .advance(&mut state.auditor, note, checkpoint, &recorded, true)
            .await;
        let failed = match first {
            Ok(()) => return self.agreed(&mut state).await,
            Err(Failed::Source(error)) => return Err(error.into()),
            Err(Failed::Disk(error)) => return Err(error.into()),
            Err(Failed::Wrong(caught)) => caught,
        };
        tracing::warn!(
            "{}; fetching and replaying everything anew before it is called evidence",
            failed.summary(&checkpoint.origin)
        );
        state.auditor = Auditor::default();
        let again = self
            .advance(&mut state.auditor, note, checkpoint, &recorded, false)
            .await;
        match again {
            Ok(()) => self.agreed(&mut state).await,
            Err(Failed::Source(error)) => {
                state.auditor = Auditor::default();
                Err(error.into())
            }
            Err(Failed::Disk(error)) => Err(error.into()),
            Err(Failed::Wrong(caught)) => {
                state.auditor = Auditor::default();
                Ok(Outcome::Caught(caught))
            }
        }
    }

    /// Writes the snapshot, if replay stands where one can be written and has moved since.
    ///
    /// # Errors
    /// The disk refused.
    pub async fn save(&self) -> Result<(), WitnessError> {
        let mut state = self.state.lock().await;
        if state.auditor.after_index() && state.auditor.size() > state.saved {
            self.write_snapshot(&mut state).await?;
        }
        Ok(())
    }

    async fn agreed(&self, state: &mut State) -> Result<Outcome, WitnessError> {
        let moved = state.auditor.size().saturating_sub(state.saved);
        if moved >= SNAPSHOT_EVERY.max(state.saved / 10) {
            self.write_snapshot(state).await?;
        }
        Ok(Outcome::Agrees)
    }

    async fn write_snapshot(&self, state: &mut State) -> Result<(), WitnessError> {
        let path = self.dir.snapshot();
        let mut auditor = std::mem::take(&mut state.auditor);
        let work = tokio::task::spawn_blocking({
            let path = path.clone();
            move || {
                let written = write_snapshot(&path, &mut auditor);
                (auditor, written)
            }
        });
        let (auditor, written) = work.await.map_err(|e| lost(&path, &e.to_string()))?;
        state.auditor = auditor;
        written.map_err(|e| lost(&path, &e.to_string()))?;
        state.saved = state.auditor.size();
        Ok(())
    }

    /// Replays what lies between `auditor` and `checkpoint`.
    async fn advance(
        &self,
        auditor: &mut Auditor,
        note: &Note,
        checkpoint: &Checkpoint,
        recorded: &Option<(TreeSize, Hash, Option<Note>)>,
        mirrored: bool,
    ) -> Result<(), Failed> {
        let size = checkpoint.size.0;
        let begin = auditor.size();
        (self.progress)(begin, size);
        let ids =
            (begin / 256..size.div_ceil(256)).filter_map(|n| BundleId::containing(n * 256, checkpoint.size));
        let mut bundles = stream::iter(ids)
            .map(|id| async move { (id, self.bundle(&id, mirrored).await) })
            .buffered(AHEAD);
        // From an entry that replay refuses, only the tree goes on: it says whether that entry is the log's at all.
        let mut refused: Option<(Refused, RightEdge)> = None;
        while let Some((id, bundle)) = bundles.next().await {
            let bundle = bundle?;
            for (entry, at) in bundle.iter().zip(id.index * 256..) {
                if at < begin {
                    continue;
                }
                if let Some((_, edge)) = &mut refused {
                    edge.append_all(&[leaf_hash(entry)]);
                    continue;
                }
                passes_through(auditor, checkpoint, note, recorded)?;
                if let Err(error) = auditor.replay(entry) {
                    let edge = auditor.tree_with(&[leaf_hash(entry)]);
                    refused = Some((Refused::new(auditor, at, entry, &error), edge));
                }
            }
            (self.progress)(id.index * 256 + u64::from(id.width), size);
        }
        if let Some((refused, edge)) = refused {
            return Err(Failed::Wrong(Box::new(if edge.root() == checkpoint.root {
                refused.caught(note)
            } else {
                self.wrong_root(note, checkpoint, edge.root())
            })));
        }
        passes_through(auditor, checkpoint, note, recorded)?;
        auditor.agrees(checkpoint).map_err(|error| {
            let root = auditor.root();
            Failed::Wrong(Box::new(if root == checkpoint.root {
                let problem = error.to_string();
                Caught::WrongEntry {
                    checkpoint: note.clone(),
                    at: size.saturating_sub(1),
                    entry: Vec::new(),
                    problem,
                    roots: None,
                }
            } else {
                self.wrong_root(note, checkpoint, root)
            }))
        })
    }

    fn wrong_root(&self, note: &Note, checkpoint: &Checkpoint, replayed: Hash) -> Caught {
        Caught::WrongRoot {
            checkpoint: note.clone(),
            claimed: (checkpoint.size.0, checkpoint.root),
            replayed,
            place: self.source.place(),
        }
    }

    /// A bundle from the mirror or the source; a full one from elsewhere is kept.
    async fn bundle(&self, id: &BundleId, mirrored: bool) -> Result<Vec<Vec<u8>>, Failed> {
        let kept = self.dir.mirror().join(id.full().path());
        let remote = matches!(self.source, Source::Remote(_));
        if mirrored
            && remote
            && let Ok(bytes) = tokio::fs::read(&kept).await
            && let Ok(entries) = entries(&bytes, FULL_WIDTH, id.width)
        {
            return Ok(entries);
        }
        let bundle = self.source.bundle(id).await?;
        if remote && id.is_full() {
            keep(&kept, &bundle)
                .await
                .map_err(|e| Failed::Disk(DeskError::file(&kept)(e)))?;
        }
        Ok(bundle)
    }
}

/// Where replay stands at the size that was cosigned before, its tree must be that one.
fn passes_through(
    auditor: &mut Auditor,
    checkpoint: &Checkpoint,
    note: &Note,
    recorded: &Option<(TreeSize, Hash, Option<Note>)>,
) -> Result<(), Failed> {
    let Some((size, root, before)) = recorded else {
        return Ok(());
    };
    if auditor.size() != size.0 || auditor.root() == *root {
        return Ok(());
    }
    let recorded = (size.0, *root);
    let now = note.clone();
    let before = before.clone();
    Err(Failed::Wrong(Box::new(if checkpoint.size == *size {
        Caught::Fork {
            before,
            recorded,
            now,
        }
    } else {
        Caught::Unproven {
            before,
            recorded,
            now,
            request: Vec::new(),
        }
    })))
}

/// An entry that replay does not accept.
struct Refused {
    at: u64,
    entry: Vec<u8>,
    problem: String,
    roots: Option<(String, String)>,
}

impl Refused {
    fn new(auditor: &mut Auditor, at: u64, entry: &[u8], error: &AuditError) -> Self {
        let roots = match (Entry::decode(entry), auditor.expected_index()) {
            (Ok(Entry::Index(claimed)), Ok(expected)) => {
                let show = |index: &history::entry::IndexEntry| {
                    let epochs = index.epochs.iter();
                    let epochs =
                        epochs.map(|epoch| format!("{} keys, root {}", epoch.keys, hex::encode(epoch.root)));
                    epochs.collect::<Vec<_>>().join("; ")
                };
                Some((show(&claimed), show(&expected)))
            }
            _ => None,
        };
        Self {
            at,
            entry: entry.to_vec(),
            problem: error.to_string(),
            roots,
        }
    }

    fn caught(self, note: &Note) -> Caught {
        Caught::WrongEntry {
            checkpoint: note.clone(),
            at: self.at,
            entry: self.entry,
            problem: self.problem,
            roots: self.roots,
        }
    }
}

/// Written beside and renamed. Not synced: a mirror can be fetched again, and what is in it is hashed before it is believed.
async fn keep(path: &std::path::Path, bundle: &[Vec<u8>]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let bytes = tlog::tile::encode_bundle(bundle).map_err(std::io::Error::other)?;
    let beside = path.with_extension("new");
    tokio::fs::write(&beside, bytes).await?;
    tokio::fs::rename(&beside, path).await
}

fn read_snapshot(dir: &CosignerDir) -> Result<Option<Auditor>, SnapshotError> {
    let file = match File::open(dir.snapshot()) {
        Ok(file) => file,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e.into()),
    };
    Auditor::read_snapshot(&mut BufReader::with_capacity(1 << 20, file)).map(Some)
}

/// Whole or not at all, durable on return.
fn write_snapshot(path: &std::path::Path, auditor: &mut Auditor) -> Result<(), SnapshotError> {
    let beside = path.with_extension("new");
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&beside)?);
    auditor.write_snapshot(&mut out)?;
    out.flush()?;
    out.get_ref().sync_all()?;
    std::fs::rename(&beside, path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn lost(path: &std::path::Path, problem: &str) -> WitnessError {
    WitnessError::Desk(DeskError::Malformed {
        path: path.to_owned(),
        problem: format!("the snapshot could not be written: {problem}"),
    })
}

/// How long a request may wait for a replay before it is told to come again.
pub const PATIENCE: Duration = Duration::from_secs(4);
