//! What can go wrong at the desk, with the file, the value and the way out.

use std::path::{Path, PathBuf};

/// An error of an operation.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Reading or writing a file failed.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is larger than the program reads.
    #[error("{path}: {size} bytes; files of up to {limit} bytes are read. Split it", path = path.display())]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// Its size.
        size: u64,
        /// The most that is read.
        limit: u64,
    },
    /// The data directory holds no log.
    #[error("{path} holds no log; run `carnet --data {path} init` first", path = .0.display())]
    NoLog(PathBuf),
    /// The data directory holds a log already.
    #[error("{path} holds a log already; name another directory with --data", path = .0.display())]
    LogExists(PathBuf),
    /// A key file cannot be used.
    #[error("{path}: {problem}", path = path.display())]
    Key {
        /// Which file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// A policy, VRF key or similar file is malformed.
    #[error("{path}: {problem}", path = path.display())]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// A value given by a person is not what it should be.
    #[error("{what} {value:?}: {problem}")]
    Value {
        /// What was asked for.
        what: &'static str,
        /// What was given.
        value: String,
        /// What is wrong, and the fix.
        problem: String,
    },
    /// The issuer is not known here.
    #[error("no issuer {0:?}; `carnet issuer list` shows those that are enrolled")]
    NoIssuer(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// A dossier could not be put together.
    #[error("dossier: {0}")]
    Dossier(String),
    /// The operating system's random source failed.
    #[error("no random bytes: {0}")]
    Random(String),
}

impl DeskError {
    /// A file error that names the file.
    pub fn file(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::File { path, source }
    }

    pub(crate) fn value(what: &'static str, value: impl Into<String>, problem: impl std::fmt::Display) -> Self {
        Self::Value { what, value: value.into(), problem: problem.to_string() }
    }

    pub(crate) fn malformed(path: &Path, problem: impl std::fmt::Display) -> Self {
        Self::Malformed { path: path.to_owned(), problem: problem.to_string() }
    }
}
