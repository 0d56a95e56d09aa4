//! Where an auditor gets a log's files from: a folder, or any server of static files.
//!
//! Nothing that comes from there is believed: the entries are hashed into the tree, and the tree's root is in a checkpoint that the
//! log signed. What is checked here is only that an answer has the form and the size that such a file can have.

use std::path::{Path, PathBuf};
use std::time::Duration;

use store::http::{HttpError, Remote};
use tlog::note::Note;
use tlog::tile::{BundleId, FULL_WIDTH, decode_bundle};

/// The longest bundle: 256 entries of 65,535 bytes, each after its length.
const MAX_BUNDLE: usize = 256 * (2 + 65_535);

/// The longest checkpoint that is read.
const MAX_CHECKPOINT: usize = tlog::note::MAX_NOTE_BYTES;

/// How long one file may take.
const DEADLINE: Duration = Duration::from_secs(30);

/// A place that has a log's files.
#[derive(Clone, Debug)]
pub enum Source {
    /// A folder, such as `carnet-data/log`.
    Folder(PathBuf),
    /// The URL below which a server has them.
    Remote(Remote),
}

/// Why a file could not be had. The log is not accused: it may be the network, or the log is busy.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The place cannot be one.
    #[error(transparent)]
    Place(#[from] HttpError),
    /// There is no such file.
    #[error(
        "{place} has no {path}; is this the folder or the URL of the log's files (such as carnet-data/log or https://host/log)?"
    )]
    Missing {
        /// Where.
        place: String,
        /// What.
        path: String,
    },
    /// The file could not be read.
    #[error("{place}, {path}: {problem}")]
    Unreadable {
        /// Where.
        place: String,
        /// What.
        path: String,
        /// Why.
        problem: String,
    },
}

impl Source {
    /// A URL, or else a folder. Of a data directory its `log` folder is meant.
    ///
    /// # Errors
    /// A URL that cannot be used.
    pub fn new(place: &str) -> Result<Self, SourceError> {
        if place.contains("://") {
            return Ok(Self::Remote(Remote::new(place, DEADLINE)?));
        }
        let folder = Path::new(place);
        let inside = folder.join("log");
        Ok(Self::Folder(if inside.join("checkpoint").exists() {
            inside
        } else {
            folder.to_owned()
        }))
    }

    /// Where it is, for people.
    pub fn place(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::Remote(remote) => remote.url().to_owned(),
        }
    }

    /// The newest checkpoint the log shows. Its signatures are not verified here.
    ///
    /// # Errors
    /// It cannot be had, or is no signed note.
    pub async fn checkpoint(&self) -> Result<Note, SourceError> {
        let bytes = self
            .get("checkpoint", MAX_CHECKPOINT)
            .await?
            .ok_or_else(|| self.missing("checkpoint"))?;
        Note::parse(&bytes).map_err(|e| self.unreadable("checkpoint", e))
    }

    /// The entries of a bundle, from the partial file or else the full one.
    ///
    /// # Errors
    /// It cannot be had, or does not hold that many entries.
    pub async fn bundle(&self, id: &BundleId) -> Result<Vec<Vec<u8>>, SourceError> {
        for (path, exact) in [(id.path(), id.width), (id.full().path(), FULL_WIDTH)] {
            let Some(bytes) = self.get(&path, MAX_BUNDLE).await? else {
                continue;
            };
            return entries(&bytes, exact, id.width).map_err(|problem| self.unreadable(&path, problem));
        }
        Err(self.missing(&id.path()))
    }

    async fn get(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, SourceError> {
        match self {
            Self::Remote(remote) => {
                let answer = remote
                    .get(path, limit)
                    .await
                    .map_err(|e| self.unreadable(path, e))?;
                match answer.status {
                    200 => Ok(Some(answer.body)),
                    404 => Ok(None),
                    status => Err(self.unreadable(path, format!("status {status}"))),
                }
            }
            Self::Folder(folder) => match tokio::fs::read(folder.join(path)).await {
                Ok(bytes) if bytes.len() > limit => {
                    Err(self.unreadable(path, format!("longer than {limit} bytes")))
                }
                Ok(bytes) => Ok(Some(bytes)),
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
                Err(e) => Err(self.unreadable(path, e)),
            },
        }
    }

    fn missing(&self, path: &str) -> SourceError {
        SourceError::Missing {
            place: self.place(),
            path: path.to_owned(),
        }
    }

    fn unreadable(&self, path: &str, problem: impl std::fmt::Display) -> SourceError {
        SourceError::Unreadable {
            place: self.place(),
            path: path.to_owned(),
            problem: problem.to_string(),
        }
    }
}

/// The first `wanted` entries of a bundle that must have `exact`.
pub(crate) fn entries(bytes: &[u8], exact: u16, wanted: u16) -> Result<Vec<Vec<u8>>, String> {
    let entries = decode_bundle(bytes).map_err(|e| e.to_string())?;
    if entries.len() != usize::from(exact) {
        return Err(format!("{} entries, must be {exact}", entries.len()));
    }
    let wanted = entries.into_iter().take(usize::from(wanted));
    Ok(wanted.map(<[u8]>::to_vec).collect())
}
