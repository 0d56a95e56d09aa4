//! Write transactions, one at a time.
//!
//! SQLite lets one connection write; another one that wants to polls, sleeping up to 100 ms between looks. Within a process
//! writers therefore queue here, and the next one starts the moment the last one is done. Between processes the polling stays.
//!
//! The sequencer is never behind more than one submission: submissions queue among themselves first. Otherwise the many who
//! submit would hold up the one who seals for all of them.

use std::ops::{Deref, DerefMut};

use sqlx::{Sqlite, SqliteConnection, Transaction};
use tokio::sync::{Mutex, MutexGuard};

use crate::error::StoreError;
use crate::open::Store;
use crate::watch::Step;

/// Who waits to write.
#[derive(Default)]
pub(crate) struct Turns {
    submission: Mutex<()>,
    any: Mutex<()>,
}

/// A transaction that holds the database's write lock. Dropped without [`Store::commit`], it has done nothing.
pub(crate) struct Writing<'s> {
    // Before the turn: the lock must be free when the next writer is woken.
    tx: Transaction<'static, Sqlite>,
    _turn: MutexGuard<'s, ()>,
    _submission: Option<MutexGuard<'s, ()>>,
}

impl Deref for Writing<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.tx
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.tx
    }
}

impl Store {
    /// Waits for its turn, then takes the write lock.
    pub(crate) async fn write(&self) -> Result<Writing<'_>, StoreError> {
        self.write_after(None).await
    }

    /// The same for a submission.
    pub(crate) async fn write_submission(&self) -> Result<Writing<'_>, StoreError> {
        let submission = self.turns.submission.lock().await;
        self.write_after(Some(submission)).await
    }

    async fn write_after<'s>(
        &'s self,
        submission: Option<MutexGuard<'s, ()>>,
    ) -> Result<Writing<'s>, StoreError> {
        let turn = self.turns.any.lock().await;
        let tx = self.db.begin_with("BEGIN IMMEDIATE").await?;
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
