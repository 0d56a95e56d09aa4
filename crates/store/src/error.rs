//! What can go wrong, said so that the person at the keyboard knows what to do.

use history::map::MapError;
use history::sequence::{RestoreError, SequenceError};
use tlog::LeafIndex;

/// What follows when there is no room for what is written.
const DISK_FULL: &str = "; free some room and run the command again: what was acknowledged is kept, and what is recorded twice counts once";

/// Whether the database has no room to write in: SQLITE_FULL, or disk_full of PostgreSQL.
fn is_full(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|e| e.code());
    matches!(code.as_deref(), Some("13" | "53100"))
}

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database answered with an error.
    #[error("database: {0}{fix}", fix = if is_full(.0) { DISK_FULL } else { "" })]
    Sql(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("database schema: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The object store answered with an error.
    #[error("object {path}: {source}")]
    Object {
        /// The object's path below the log's root.
        path: String,
        /// What the object store said.
        source: object_store::Error,
    },
    /// A place for public files that cannot be used.
    #[error(
        "{url}: {problem}; write it like file:///srv/log or s3://bucket/prefix?endpoint=https://s3.example.org&region=garage"
    )]
    ObjectsUrl {
        /// The URL, without password.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A place for the database that is none.
    #[error(
        "{0}: a database is written postgres://user@host/name, or sqlite:///path for a file; no other kind is spoken"
    )]
    DatabaseUrl(String),
    /// An object that must be there is not.
    #[error("object {0} is missing; run `carnet log fsck`")]
    ObjectMissing(String),
    /// An immutable object exists with other bytes than the log's state demands.
    #[error(
        "object {0} exists with other content than this log committed; run `carnet log fsck` and restore the object"
    )]
    ObjectDiffers(String),
    /// An object's bytes are not what they must be.
    #[error("object {path}: {problem}")]
    ObjectDamaged {
        /// The object's path.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A row does not hold what the schema promises.
    #[error(
        "database table {table}: {problem}; restore the database from a backup that is not older than the published checkpoint"
    )]
    Row {
        /// Which table.
        table: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// What is encrypted in a table does not open.
    #[error(
        "database table {0}: what is encrypted there does not open with the content key. If keys/content.key in the data \
         directory is not this log's, put it back from your copy of the keys; `carnet log fsck` says whether it is"
    )]
    ContentKey(&'static str),
    /// The published checkpoint is ahead of the database: continuing would fork the log.
    #[error(
        "the database is older than the published log: database has size {database}, checkpoint has size {published}. \
         A restored backup would fork the log. Put back the newer database, or, if it is lost, start a new log under a \
         new origin and publish why; do not delete the checkpoint"
    )]
    DatabaseBehind {
        /// Size in the database.
        database: u64,
        /// Size in the published checkpoint.
        published: u64,
    },
    /// Same size, other root: two databases have written to one object store.
    #[error(
        "the published checkpoint of size {0} has another root than the database: the log has forked. \
         Stop, keep both as evidence, and tell everybody who relies on this log"
    )]
    Forked(u64),
    /// The log was never created here.
    #[error("there is no log in this database; run `carnet init` first")]
    NoLog,
    /// The log exists already.
    #[error("there is a log in this database already (origin {0}); use another --data directory")]
    LogExists(String),
    /// The log is somewhere else now.
    #[error(
        "this log has moved to {0} and must not go on here, or it would fork; set CARNET_DATABASE_URL and CARNET_OBJECTS_URL to \
         where it is, and keep this copy only as a backup"
    )]
    Moved(String),
    /// The log is being copied here and not here yet.
    #[error(
        "this database holds a copy of {0} that `carnet move` has not finished; run the same move again, or empty this database"
    )]
    Arriving(String),
    /// A log cannot be moved as things are; nothing was changed.
    #[error("the log cannot be moved: {0}")]
    CannotMove(String),
    /// Somebody else is sequencing.
    #[error("another process ({holder}) is sealing; try again in {seconds} s")]
    Busy {
        /// Who holds the lease.
        holder: String,
        /// When it can be tried again.
        seconds: u64,
    },
    /// Somebody else took a step in between.
    #[error(
        "another step was taken in case {0} in the meantime; nothing was recorded, look at the case again"
    )]
    CaseChanged(String),
    /// Somebody else sequenced in between; this process must start again from the database.
    #[error(
        "another process has sealed in the meantime; nothing of this batch was sealed, run the command again"
    )]
    Fenced,
    /// An earlier error left memory and disk in an unknown relation.
    #[error("the store stopped after an earlier error and must be opened again")]
    Stopped,
    /// The policy's quorum did not cosign, so nothing was published. What was sealed is safe and is published later.
    #[error(
        "sealed but not published, the policy's quorum is missing: {0}; run `carnet seal` again when the witnesses answer"
    )]
    NoQuorum(String),
    /// A cosigner refused or failed.
    #[error("cosigner {name}: {problem}")]
    Cosigner {
        /// Which one.
        name: String,
        /// What it said.
        problem: String,
    },
    /// What a cosigner remembers cannot be read. It must not sign as if it remembered nothing.
    #[error(
        "{path}: {problem}; this is what keeps a cosigner from signing a fork. If it is lost, retire the key and set up a \
         new cosigner under a new key"
    )]
    Memory {
        /// Which file.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A batch was refused as a whole.
    #[error(transparent)]
    Sequence(#[from] SequenceError),
    /// Saved parts do not make a state.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// A key entry is not allowed.
    #[error(transparent)]
    Map(#[from] MapError),
    /// Content could not be decrypted.
    #[error(
        "the content of statement {0} cannot be decrypted: the content key is not the one it was written with"
    )]
    Sealed(statement::Digest),
    /// The operating system's random source failed.
    #[error("no random bytes: {0}")]
    Random(String),
    /// Another process has recorded one of the drafts in the meantime, or erased what it says.
    #[error(
        "another process has recorded or erased one of these drafts in the meantime; nothing of this was recorded, record it again"
    )]
    DraftKnown,
    /// Something still waits that must be sealed first.
    #[error("{0} statements about this vehicle wait for sealing; run `carnet seal` first")]
    StillWaiting(u64),
    /// A statement was sealed while the notice of erasure was written.
    #[error(
        "entry {0} about this vehicle is newer than the notice of erasure; nothing was erased, try again"
    )]
    NewerThanNotice(LeafIndex),
    /// The contents are erased, but the file that held the last changes to the database could not be cut.
    #[error(
        "the contents are erased, but their encrypted bytes are still in the database's write-ahead log because somebody \
         is reading; run the same command again when nobody is"
    )]
    NotScrubbed,
    /// Reading or writing a local file failed.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A test's injected fault.
    #[error("injected fault at {0}")]
    Injected(String),
    /// A log format could not be read.
    #[error("{0}")]
    Format(String),
}

impl StoreError {
    /// Whether the disk of the database is full.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, StoreError::Sql(e) if is_full(e))
    }

    pub(crate) fn row(table: &'static str, problem: impl Into<String>) -> Self {
        Self::Row {
            table,
            problem: problem.into(),
        }
    }

    pub(crate) fn format(error: impl std::fmt::Display) -> Self {
        Self::Format(error.to_string())
    }
}
