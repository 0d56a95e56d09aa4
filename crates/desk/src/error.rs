//! What can go wrong at the desk, with the file, the value and the way out.

use std::path::{Path, PathBuf};

/// An error of an operation.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// Reading or writing a file failed.
    #[error("{path}: {problem}", path = path.display(), problem = plainly(source))]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is larger than the program reads.
    #[error("{path}: larger than the {limit} bytes that are read of such a file; {fix}", path = path.display())]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// The most that is read.
        limit: u64,
        /// The way out.
        fix: &'static str,
    },
    /// The data directory holds no log.
    #[error(
        "{path} holds no log; name the right directory with --data, or run `carnet --data {word} init --origin NAME` first",
        path = .0.display(), word = crate::shell::path(.0)
    )]
    NoLog(PathBuf),
    /// The data directory holds the keys of a log that has been published, and not its database.
    #[error(
        "{path}: the database is missing or empty, and without it nothing can be done with this log; put it back, or restore it from a \
         backup that is not older than the published checkpoint (docs/operations.md, \"Backup and restore\")",
        path = .0.display()
    )]
    NoDatabase(PathBuf),
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
    /// A PDF that carries no credential.
    #[error("{path}: {problem}", path = path.display())]
    NoCredential {
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
    /// A step that the scheme does not allow: not in this state, or not by this person.
    #[error("case {case:?}: {refusal}")]
    Step {
        /// The case.
        case: String,
        /// Why not.
        refusal: certificate::scheme::SchemeError,
    },
    /// A step for which a case is not ready, such as on data that is too old.
    #[error("case {case:?}: {problem}")]
    NotReady {
        /// The case.
        case: String,
        /// What is missing, and the fix.
        problem: String,
    },
    /// A case of which nothing is left.
    #[error("case {0:?}: its car was erased; nothing is left to read")]
    CaseErased(String),
    /// A case whose stored records are damaged, or contradict each other.
    #[error(
        "case {case:?}: what is stored of it cannot be read: {problem}; read \"Backup and restore\" in docs/operations.md before anything is restored"
    )]
    CaseUnreadable {
        /// The case.
        case: String,
        /// What is wrong.
        problem: String,
    },
    /// The body that certifies cannot sign here.
    #[error("issuer {issuer:?}: {problem}")]
    Certifier {
        /// The issuer whose key it signs with.
        issuer: String,
        /// Why not, and the fix.
        problem: String,
    },
    /// The issuer is not known here.
    #[error("no issuer {0:?} with an unrevoked key; `carnet issuer list` shows all that were ever enrolled")]
    NoIssuer(String),
    /// The issuer's signing key is not on this machine.
    #[error("issuer {0:?} has no signing key here; make one with `carnet issuer new {word}`", word = crate::shell::word(.0))]
    NoSigningKey(String),
    /// Somebody was not let in, or not let do it.
    #[error(transparent)]
    Access(#[from] crate::access::AccessError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// A dossier could not be put together.
    #[error("dossier: {0}")]
    Dossier(String),
    /// The operating system's random source failed.
    #[error("no random bytes: {0}")]
    Random(String),
    /// The operating system gave no threads.
    #[error("the threads that check statements could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

impl DeskError {
    /// A file error that names the file.
    pub fn file(path: impl AsRef<Path>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.as_ref().to_owned();
        move |source| Self::File { path, source }
    }

    pub(crate) fn value(
        what: &'static str,
        value: impl Into<String>,
        problem: impl std::fmt::Display,
    ) -> Self {
        Self::Value {
            what,
            value: value.into(),
            problem: problem.to_string(),
        }
    }

    pub(crate) fn malformed(path: &Path, problem: impl std::fmt::Display) -> Self {
        Self::Malformed {
            path: path.to_owned(),
            problem: problem.to_string(),
        }
    }
}

/// What the system said, in words and with a way out where there is one.
fn plainly(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder; check the path",
        ErrorKind::IsADirectory => "is a folder, and a file is needed",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "a file stands where a folder is needed; name another path"
        }
        ErrorKind::PermissionDenied => {
            "permission denied; change the owner or the mode, or name another path"
        }
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only; name another path",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "the disk is full; make room and run the command again"
        }
        _ => return error.to_string(),
    }
    .to_owned()
}
