//! Write transactions, one at a time.
//!
//! SQLite lets one connection write; another one that wants to polls, sleeping up to 100 ms between looks. Within a process
//! writers therefore queue here, and the next one starts the moment the last one is done. Between processes the polling stays.
//!
//! The sequencer is never behind more than one submission: submissions queue among themselves first. Otherwise the many who
//! submit would hold up the one who seals for all of them.
//!
//! PostgreSQL lets many write. There two locks keep order, between processes too: one over where the log stands, one over what is
//! known of vehicles ([`Lock`]); whoever changes the one does not wait for the other.

use std::ops::{Deref, DerefMut};

use tokio::sync::{Mutex, MutexGuard};

use crate::db::{Connection, Dialect, Lock};
use crate::error::StoreError;
use crate::moved;
use crate::open::Store;
use crate::watch::Step;

/// Who waits to write.
#[derive(Default)]
pub(crate) struct Turns {
    pub(crate) submission: Mutex<()>,
    any: Mutex<()>,
    log: Mutex<()>,
}

/// A transaction that holds the database's write lock. Dropped without [`Store::commit`], it has done nothing.
pub(crate) struct Writing<'s> {
    // Before the turn: the lock must be free when the next writer is woken.
    tx: Connection,
    _turn: MutexGuard<'s, ()>,
    _submission: Option<MutexGuard<'s, ()>>,
}

impl Deref for Writing<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.tx
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Connection {
        &mut self.tx
    }
}

impl Store {
    /// Waits for its turn, then takes the lock over what is known of vehicles.
    pub(crate) async fn write(&self) -> Result<Writing<'_>, StoreError> {
        self.write_after(None, Lock::Contents).await
    }

    /// Waits for its turn, then takes the lock over where the log stands.
    pub(crate) async fn write_log(&self) -> Result<Writing<'_>, StoreError> {
        self.write_after(None, Lock::Log).await
    }

    /// The same for a submission.
    pub(crate) async fn write_submission(&self) -> Result<Writing<'_>, StoreError> {
        let submission = self.turns.submission.lock().await;
        self.write_after(Some(submission), Lock::Contents).await
    }

    async fn write_after<'s>(
        &'s self,
        submission: Option<MutexGuard<'s, ()>>,
        lock: Lock,
    ) -> Result<Writing<'s>, StoreError> {
        let turn = match (self.db.dialect(), lock) {
            (Dialect::Postgres, Lock::Log) => self.turns.log.lock().await,
            _ => self.turns.any.lock().await,
        };
        let mut tx = self.db.begin(lock).await?;
        moved::refuse(&mut tx).await?;
        Ok(Writing {
            tx,
            _turn: turn,
            _submission: submission,
        })
    }

    /// Commits a transaction under the watch.
    pub(crate) async fn commit(&self, name: &'static str, writing: Writing<'_>) -> Result<(), StoreError> {
        self.watch.before(&Step::Commit(name))?;
        writing.tx.commit().await?;
        self.watch.after(&Step::Commit(name))
    }

    /// Ends a transaction that was only to keep others from writing.
    pub(crate) async fn end(&self, writing: Writing<'_>) -> Result<(), StoreError> {
        Ok(writing.tx.rollback().await?)
    }
}
