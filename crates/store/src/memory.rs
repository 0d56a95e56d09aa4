//! What a cosigner remembers of a log: the checkpoint it cosigned last, in a file of its own.
//!
//! A cosigner that forgets can be made to cosign a fork. So the memory is durable before a signature leaves, it lies apart
//! from the database, and only one task of one process works with it at a time. Never restore it from a backup.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tlog::note::Note;
use tlog::witness::Recorded;
use tlog::{Hash, TreeSize};

use crate::error::StoreError;

/// One cosigner's memory of one log.
#[derive(Clone, Debug)]
pub struct Memory {
    path: PathBuf,
}

/// What is remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The log's name.
    pub origin: String,
    /// The tree cosigned last.
    pub recorded: Recorded,
    /// When that was, in POSIX seconds; 0 in memories older than this field.
    pub time: u64,
    /// The checkpoint as the log signed it; `None` in memories older than this field.
    pub note: Option<Note>,
}

/// The clock shows an earlier time than that of the last cosignature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the clock went back: it shows {}, and the last cosignature was made at {}; set the clock",
    shown(*.now), shown(*.last)
)]
pub struct ClockBehind {
    /// What the clock shows, in POSIX seconds.
    pub now: u64,
    /// When the last cosignature was made, in POSIX seconds.
    pub last: u64,
}

impl ClockBehind {
    /// Seconds until the clock shows the time of the last cosignature.
    pub fn behind(&self) -> u64 {
        self.last.saturating_sub(self.now)
    }
}

/// Whether a cosignature may be made `now`, in POSIX seconds: its time says as of when a dossier is complete, and never goes
/// back.
///
/// # Errors
/// The last one was made later.
pub fn may_cosign(remembered: Option<&Remembered>, now: u64) -> Result<(), ClockBehind> {
    match remembered {
        Some(Remembered { time: last, .. }) if *last > now => Err(ClockBehind { now, last: *last }),
        _ => Ok(()),
    }
}

/// POSIX seconds as people read them.
fn shown(seconds: u64) -> String {
    let time = i64::try_from(seconds)
        .ok()
        .and_then(|s| jiff::Timestamp::from_second(s).ok());
    time.map_or_else(|| format!("second {seconds}"), |time| time.to_string())
}

/// The file's content.
#[derive(Serialize, Deserialize)]
struct Content {
    origin: String,
    size: u64,
    root: String,
    #[serde(default)]
    time: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
}

/// A memory nobody else works with until this is dropped.
pub struct Held {
    path: PathBuf,
    _lock: File,
}

impl Memory {
    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The memory in this file, which need not exist yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// What is remembered now; somebody else may be about to change it.
    ///
    /// # Errors
    /// The file cannot be read, or is not a memory.
    pub async fn peek(&self) -> Result<Option<Remembered>, StoreError> {
        read(&self.path).await
    }

    /// Waits until nobody else works with this memory.
    ///
    /// # Errors
    /// The lock file beside the memory cannot be made.
    pub async fn hold(&self) -> Result<Held, StoreError> {
        let path = self.path.with_extension("lock");
        let shown = path.display().to_string();
        let locked = tokio::task::spawn_blocking(move || {
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)?;
            file.lock()?;
            Ok(file)
        });
        let lock = locked
            .await
            .map_err(StoreError::format)?
            .map_err(|source| StoreError::File { path: shown, source })?;
        Ok(Held {
            path: self.path.clone(),
            _lock: lock,
        })
    }
}

impl Held {
    /// What is remembered.
    ///
    /// # Errors
    /// As [`Memory::peek`].
    pub async fn read(&self) -> Result<Option<Remembered>, StoreError> {
        read(&self.path).await
    }

    /// Remembers something newer; durable on return.
    ///
    /// # Errors
    /// The disk refused; then the older memory stands, and nothing may be signed.
    pub async fn write(&self, new: &Remembered) -> Result<(), StoreError> {
        let text = new.note.as_ref().map(|note| String::from_utf8(note.to_bytes()));
        let content = Content {
            origin: new.origin.clone(),
            size: new.recorded.size.0,
            root: new.recorded.root.to_base64(),
            time: new.time,
            note: text.transpose().map_err(StoreError::format)?,
        };
        let bytes = serde_json::to_vec_pretty(&content).map_err(StoreError::format)?;
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || write_durably(&path, &bytes)).await;
        written
            .map_err(StoreError::format)?
            .map_err(|source| StoreError::File {
                path: self.path.display().to_string(),
                source,
            })
    }
}

async fn read(path: &Path) -> Result<Option<Remembered>, StoreError> {
    let shown = path.display().to_string();
    let bytes = match tokio::fs::read(path).await {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StoreError::File { path: shown, source }),
    };
    let damaged = |problem: String| StoreError::Memory {
        path: shown.clone(),
        problem,
    };
    let content: Content = serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?;
    let root = Hash::from_base64(&content.root).ok_or_else(|| damaged("its root is no hash".to_owned()))?;
    let note = content.note.map(|text| Note::parse(text.as_bytes()));
    Ok(Some(Remembered {
        origin: content.origin,
        recorded: Recorded {
            size: TreeSize(content.size),
            root,
        },
        time: content.time,
        note: note.transpose().map_err(|e| damaged(e.to_string()))?,
    }))
}

/// Written beside, synced, renamed, directory synced.
fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
