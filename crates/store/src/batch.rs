//! The life of a batch, from top to bottom.
//!
//! ```text
//! 1  order      waiting statements, oldest first; those whose key was revoked meanwhile are set aside
//! 2  sequence   entries, chains, index, tiles: all in memory, nothing visible
//! 3  stage      ONE object with every file of the batch, named by size and content hash
//! 4  commit     one SQL transaction: compare-and-swap of the log row + statements, chains, keys   <- the commit point
//! 5  publish    tiles and bundles (Create)
//! 6  cosign     until the policy's quorum holds; those who are handed the files are asked beside 5
//! 7  show       overwrite `checkpoint`
//! 8  tidy       partial tiles that have become full; forget and drop the staging object
//! ```
//!
//! Before 4, a failure means that nothing happened: the batch is still waiting. From 4 on the batch is part of the log for
//! ever, and whoever opens the store next goes on at 5 with the same code. An error at 4 or 5 leaves open what is on the
//! disk, so the process stops using the store instead of guessing; a missing quorum at 6 leaves nothing in doubt.
//!
//! Where more wait than one batch takes, the next one goes through 1 to 3 while this one goes through 5 to 8: both wait for
//! the disk most of the time. Its commit comes after this one's end all the same, by the same compare-and-swap.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use bytes::Bytes;
use history::entry::{Entry, KeyEntry, StatementEntry};
use history::sequence::{Sealed, sequence};
use index::Label;
use statement::{Digest, KeyId};
use tlog::checkpoint::Checkpoint;
use tlog::cosignature;
use tlog::note::{Note, SignatureLine};
use tlog::tile::{BundleId, TileId};
use tlog::{LeafIndex, TreeSize};
use tokio::sync::{MutexGuard, watch};

use crate::db::{QueryBuilder, query, query_scalar};
use crate::error::StoreError;
use crate::lease::Lease;
use crate::log_row::{LogRow, bytes32, signed};
use crate::objects::{CHECKPOINT, Object, staging};
use crate::open::{Live, POLL, Store};
use crate::quorum::Gathered;

/// Rows per SQL statement: well below SQLite's limit of 32,766 bound values.
const ROWS: usize = 1000;

/// What one call of [`Store::seal`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sealing {
    /// Statements that are part of the log now, with their places.
    pub sealed: Vec<(Digest, LeafIndex)>,
    /// Statements that can never be sealed.
    pub refused: Vec<Refused>,
    /// Batches made.
    pub batches: usize,
    /// The log's size afterwards.
    pub size: u64,
    /// As of when the quorum vouches for the checkpoint on display, in POSIX seconds; `None` where the policy asks for no
    /// cosignature.
    pub as_of: Option<u64>,
    /// Whether that time is new.
    pub renewed: bool,
    /// Cosigners that failed, and what they said.
    pub missing_cosigners: Vec<String>,
}

/// What one call of [`Store::refresh`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refreshed {
    /// The log's size.
    pub size: u64,
    /// As of when the quorum vouched for the checkpoint before, in POSIX seconds; `None` where it never has.
    pub before: Option<u64>,
    /// As of when it does now.
    pub as_of: Option<u64>,
    /// Whether enough of the cosignatures are new.
    pub renewed: bool,
    /// Cosigners that failed, and what they said.
    pub missing_cosigners: Vec<String>,
}

/// A statement set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which statement.
    pub digest: Digest,
    /// Why.
    pub reason: String,
}

/// What step 7 showed.
struct Shown {
    /// As of when the quorum vouches for it.
    as_of: Option<u64>,
    /// Whether the quorum gave new cosignatures for it.
    anew: bool,
    /// Cosigners that failed although the quorum held, and what they said.
    missing: Vec<String>,
}

/// A batch after step 3: staged, and not committed. Dropping it drops nothing of the log, but the state in memory is one batch
/// ahead then.
pub(crate) struct Prepared {
    /// Under which lease it was staged: under a later one of others, the staging object may have been swept away.
    pub(crate) fence: u64,
    old: LogRow,
    new: LogRow,
    sealed: Sealed,
    entries: Vec<Entry>,
    waiting: Vec<Waiting>,
    objects: Vec<Object>,
}

impl Prepared {
    /// The path of its staging object.
    fn staging(&self) -> Option<&String> {
        self.new.staging.as_ref()
    }
}

/// What comes after a batch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// What waits, of which a whole batch can be staged ahead.
    Statements,
    /// Keys, which nothing must be staged before.
    Keys,
}

/// A statement on its way from the waiting room into the log.
struct Waiting {
    row: i64,
    entry: StatementEntry,
}

impl Store {
    /// Seals everything that waits, batch after batch; with nothing waiting, renews the checkpoint's cosignatures, as
    /// [`Store::refresh`] does.
    ///
    /// # Errors
    /// Another process is sealing, a step failed, or the quorum is missing. Statements are never lost: those not sealed
    /// still wait, those committed are published by the next call or the next process.
    pub async fn seal(&self) -> Result<Sealing, StoreError> {
        let patience = self.patience();
        let mut live = self.ready(patience).await?;
        let mut done = Sealing::default();
        while self
            .next_batch(&mut live, &mut done, patience, Next::Statements)
            .await?
        {}
        if done.batches == 0 {
            let refreshed = self.renew(&mut live, patience).await?;
            done.size = refreshed.size;
            done.as_of = refreshed.as_of;
            done.renewed = refreshed.renewed;
            done.missing_cosigners = refreshed.missing_cosigners;
        }
        Ok(done)
    }

    /// Seals one batch of what waits, the oldest, and says which statements that were: for a service, which answers those at
    /// once and need not wait until nothing waits any more. With nothing waiting, does nothing. Where another process seals, says
    /// so at once: what waits will be sealed by that one.
    ///
    /// # Errors
    /// As [`Store::seal`].
    pub async fn seal_batch(&self) -> Result<Sealing, StoreError> {
        let mut done = Sealing::default();
        self.seal_batch_into(&mut done).await?;
        Ok(done)
    }

    /// The same for who keeps count: `done` says what became of statements also where an error came after that, such as a
    /// missing quorum after the commit.
    ///
    /// # Errors
    /// As [`Store::seal`].
    pub async fn seal_batch_into(&self, done: &mut Sealing) -> Result<(), StoreError> {
        let mut live = self.ready(Duration::ZERO).await?;
        self.next_batch(&mut live, done, Duration::ZERO, Next::Statements)
            .await?;
        Ok(())
    }

    /// Whether a statement waits to be sealed, whoever took it in.
    ///
    /// # Errors
    /// The database failed.
    pub async fn anything_waits(&self) -> Result<bool, StoreError> {
        let one = query("SELECT 1 AS one FROM statement WHERE log_index IS NULL AND refused IS NULL LIMIT 1");
        Ok(one.fetch_optional(&self.db).await?.is_some())
    }

    /// Seals key entries, in a batch of their own. Statements that waited when this was called and are signed with a key that
    /// is to be revoked are sealed before, with those older than they are; nothing else is waited for, however much comes in.
    ///
    /// # Errors
    /// As [`Store::seal`]; also a key entry that the log's rules do not allow, in which case none of them is sealed.
    pub async fn append(&self, keys: Vec<KeyEntry>) -> Result<Sealing, StoreError> {
        let mut done = Sealing::default();
        self.append_into(&keys, &mut done).await?;
        Ok(done)
    }

    /// The same for who keeps count: `done` says what became of statements also where an error came after that.
    ///
    /// # Errors
    /// As [`Store::append`].
    pub async fn append_into(&self, keys: &[KeyEntry], done: &mut Sealing) -> Result<(), StoreError> {
        if keys.is_empty() {
            done.size = LogRow::read(&self.db).await?.ok_or(StoreError::NoLog)?.size.0;
            return Ok(());
        }
        let (begin, patience) = (Instant::now(), self.patience());
        let before = self.last_to_go_before(keys).await?;
        // Between two attempts others may look whether the lease is free, and after what they wait for.
        loop {
            match self.try_append(keys, before, done).await {
                Err(StoreError::Busy { .. }) if begin.elapsed() < patience => tokio::time::sleep(POLL).await,
                result => return result,
            }
        }
    }

    async fn try_append(
        &self,
        keys: &[KeyEntry],
        before: Option<i64>,
        done: &mut Sealing,
    ) -> Result<(), StoreError> {
        let patience = Duration::ZERO;
        let mut live = self.ready(patience).await?;
        // What is staged already goes first: the state in memory is ahead by it.
        while live.prepared.is_some() || self.any_waits_up_to(before).await? {
            if !self.next_batch(&mut live, done, patience, Next::Keys).await? {
                break;
            }
        }
        let (fence, log) = self.settled(&mut live, patience).await?;
        let prepared = self
            .prepare_after(&mut live, fence, log, Vec::new(), keys.to_vec())
            .await?;
        self.one_batch(&mut live, prepared, done, Next::Keys).await
    }

    /// The last statement that waits and is signed with a key to be revoked: who took it in said that it will be sealed.
    async fn last_to_go_before(&self, keys: &[KeyEntry]) -> Result<Option<i64>, StoreError> {
        let mut last = None;
        for key in keys {
            let KeyEntry::Revoked { key_id, .. } = key else {
                continue;
            };
            let sql = "SELECT id FROM statement WHERE log_index IS NULL AND refused IS NULL AND key_id = $1
                       ORDER BY id DESC LIMIT 1";
            let id: Option<i64> = query_scalar(sql)
                .bind(key_id.0.to_vec())
                .fetch_optional(&self.db)
                .await?;
            last = last.max(id);
        }
        Ok(last)
    }

    async fn any_waits_up_to(&self, last: Option<i64>) -> Result<bool, StoreError> {
        let Some(last) = last else { return Ok(false) };
        let sql =
            "SELECT 1 AS one FROM statement WHERE log_index IS NULL AND refused IS NULL AND id <= $1 LIMIT 1";
        Ok(query(sql).bind(last).fetch_optional(&self.db).await?.is_some())
    }

    /// Has the newest checkpoint cosigned anew, without a new entry (rule R1): dossiers made from then on are complete as of
    /// now. What waits goes on waiting.
    ///
    /// # Errors
    /// Another process is sealing, or a step failed. A missing quorum is none where an older one stands on the checkpoint
    /// already: then [`Refreshed::renewed`] is false.
    pub async fn refresh(&self) -> Result<Refreshed, StoreError> {
        self.refresh_after(self.patience()).await
    }

    /// The same; where another process seals, says so at once.
    ///
    /// # Errors
    /// As [`Store::refresh`].
    pub async fn refresh_unless_busy(&self) -> Result<Refreshed, StoreError> {
        self.refresh_after(Duration::ZERO).await
    }

    async fn refresh_after(&self, patience: Duration) -> Result<Refreshed, StoreError> {
        let mut live = self.ready(patience).await?;
        self.renew(&mut live, patience).await
    }

    async fn renew(&self, live: &mut Live, patience: Duration) -> Result<Refreshed, StoreError> {
        let (_, row) = self.settled(live, patience).await?;
        let before = self.as_of().await?;
        let Shown {
            as_of,
            anew,
            missing: missing_cosigners,
        } = self.publish(&row, Vec::new()).await?;
        Ok(Refreshed {
            size: row.size.0,
            before,
            as_of,
            // Two renewals within one second have the same time; one new cosignature beside older ones can be enough.
            renewed: anew || as_of > before,
            missing_cosigners,
        })
    }

    /// As of when the policy's quorum vouches for the published checkpoint, in POSIX seconds.
    async fn as_of(&self) -> Result<Option<u64>, StoreError> {
        let note = self.published_note().await?;
        Ok(self
            .policy
            .evaluate(&note)
            .ok()
            .and_then(|accepted| accepted.as_of))
    }

    /// What only one task may touch, with everything done that an earlier process may have left. `patience` is for another process
    /// that seals.
    async fn ready(&self, patience: Duration) -> Result<MutexGuard<'_, Live>, StoreError> {
        let mut live = self.live.lock().await;
        if live.stopped {
            return Err(StoreError::Stopped);
        }
        self.recover(&mut live, patience).await?;
        self.sweep(&mut live, patience).await?;
        Ok(live)
    }

    /// 1 to 8 for the oldest that wait, if any do.
    async fn next_batch(
        &self,
        live: &mut Live,
        done: &mut Sealing,
        patience: Duration,
        next: Next,
    ) -> Result<bool, StoreError> {
        let (fence, log) = self.settled(live, patience).await?;
        let prepared = match live.prepared.take() {
            Some(prepared) if prepared.fence == fence => prepared,
            stale => {
                if stale.is_some() {
                    live.forget();
                }
                let waiting = self.waiting(live, &log, &mut done.refused).await?;
                if waiting.is_empty() {
                    return Ok(false);
                }
                self.prepare_after(live, fence, log, waiting, Vec::new()).await?
            }
        };
        self.one_batch(live, prepared, done, next).await?;
        Ok(true)
    }

    /// The lease, and where the log stands with everything published. Whoever had the lease before may have committed a batch
    /// while we waited for it, and be dead, or slow with the files that the next batch builds on.
    async fn settled(&self, live: &mut Live, patience: Duration) -> Result<(u64, LogRow), StoreError> {
        let fence = self.take_lease(live, patience).await?;
        let row = LogRow::read(&self.db).await?.ok_or(StoreError::NoLog)?;
        if row.staging.is_none() {
            return Ok((fence, row));
        }
        self.finish(&row).await?;
        let row = LogRow::read(&self.db).await?.ok_or(StoreError::NoLog)?;
        Ok((fence, row))
    }

    /// 1 to 3 for what waits when `log` is committed, where that is a whole batch: with less, more may come until its turn.
    /// What goes wrong here goes wrong again, and is told, when its turn has come.
    async fn prepare_ahead(&self, live: &mut Live, log: &LogRow, refused: &mut Vec<Refused>) {
        let ahead = async {
            let fence = self.take_lease(live, Duration::ZERO).await?;
            let waiting = self.waiting(live, log, refused).await?;
            if waiting.len() < self.batch {
                return Ok(None);
            }
            self.prepare_after(live, fence, log.clone(), waiting, Vec::new())
                .await
                .map(Some)
        };
        match ahead.await {
            Ok(prepared) => live.prepared = prepared,
            Err(error) => {
                live.forget();
                tracing::debug!("the next batch is not prepared: {error}");
            }
        }
    }

    /// Removes staging objects that no row names. While the database's write lock is held and the lease is ours, nobody
    /// can take the lease and stage; what was staged under an older lease cannot be committed any more.
    async fn sweep(&self, live: &mut Live, patience: Duration) -> Result<(), StoreError> {
        if live.swept {
            return Ok(());
        }
        let fence = self.take_lease(live, patience).await?;
        let mut tx = self.write_log().await?;
        let row = LogRow::read(&mut *tx).await?.ok_or(StoreError::NoLog)?;
        if Lease::newest(&mut *tx).await? != fence {
            live.lease = None;
            return Err(StoreError::Fenced);
        }
        for path in self.objects.list("staging").await? {
            let prepared = live.prepared.as_ref().and_then(Prepared::staging);
            if row.staging.as_ref() != Some(&path) && prepared != Some(&path) {
                self.objects.delete(&path).await?;
            }
        }
        self.end(tx).await?;
        live.swept = true;
        Ok(())
    }

    /// Seals entry 0, for a log that has a row but no entry yet.
    pub(crate) async fn found(&self) -> Result<(), StoreError> {
        let mut live = self.live.lock().await;
        self.hold_lease(&mut live).await?;
        let row = LogRow::read(&self.db).await?.ok_or(StoreError::NoLog)?;
        if row.size > TreeSize(0) {
            return Ok(());
        }
        let prepared = self.prepare(&mut live, Vec::new(), Vec::new()).await?;
        self.one_batch(&mut live, prepared, &mut Sealing::default(), Next::Statements)
            .await
    }

    /// 1: the next batch of statements after what `log` holds, oldest first.
    async fn waiting(
        &self,
        live: &mut Live,
        log: &LogRow,
        refused: &mut Vec<Refused>,
    ) -> Result<Vec<Waiting>, StoreError> {
        loop {
            let rows = query(
                "SELECT id, digest, label, key_id FROM statement
                 WHERE log_index IS NULL AND refused IS NULL ORDER BY id LIMIT $1",
            )
            .bind(signed(self.batch as u64)?)
            .fetch_all(&self.db)
            .await?;
            let next = LeafIndex(log.size.0);
            let state = self.state(live, log).await?;
            let (mut waiting, mut revoked) = (Vec::with_capacity(rows.len()), Vec::new());
            for row in rows {
                let digest = Digest(bytes32("statement", row.try_get("digest")?)?);
                let key_id = KeyId(bytes32("statement", row.try_get("key_id")?)?);
                let label = Label(bytes32("statement", row.try_get("label")?)?);
                if state.index.key(&key_id).is_some_and(|key| key.valid_at(next)) {
                    let entry = StatementEntry {
                        vrf_epoch: self.params.vrf_epoch,
                        label,
                        key_id,
                        digest,
                    };
                    waiting.push(Waiting {
                        row: row.try_get("id")?,
                        entry,
                    });
                } else {
                    revoked.push(Refused {
                        digest,
                        reason: format!("issuer key {key_id} is not valid any more"),
                    });
                }
            }
            if revoked.is_empty() {
                return Ok(waiting);
            }
            self.set_aside(&revoked).await?;
            refused.append(&mut revoked);
        }
    }

    async fn set_aside(&self, revoked: &[Refused]) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        for refused in revoked {
            query("UPDATE statement SET refused = $1 WHERE substr(digest, 1, 16) = substr($2, 1, 16) AND digest = $2 AND log_index IS NULL")
                .bind(&refused.reason)
                .bind(refused.digest.0.to_vec())
                .execute(&mut *tx)
                .await?;
        }
        self.commit("refused statements", tx).await
    }

    /// 2 and 3 for one batch, after everything that is committed.
    async fn prepare(
        &self,
        live: &mut Live,
        waiting: Vec<Waiting>,
        keys: Vec<KeyEntry>,
    ) -> Result<Prepared, StoreError> {
        let (fence, old) = self.settled(live, self.patience()).await?;
        self.prepare_after(live, fence, old, waiting, keys).await
    }

    /// 2 and 3 for one batch, after what `old` holds.
    async fn prepare_after(
        &self,
        live: &mut Live,
        fence: u64,
        old: LogRow,
        waiting: Vec<Waiting>,
        keys: Vec<KeyEntry>,
    ) -> Result<Prepared, StoreError> {
        let state = self.state(live, &old).await?;

        // 2: sequence. From here on the state in memory is ahead of the disk; any error drops it.
        let mut entries: Vec<Entry> = Vec::with_capacity(waiting.len() + keys.len() + 1);
        if old.size == TreeSize(0) {
            entries.push(Entry::Params(self.params));
        }
        entries.extend(waiting.iter().map(|w| Entry::Statement(w.entry)));
        entries.extend(keys.into_iter().map(Entry::Key));
        let sealed = match sequence(state, &entries) {
            Ok(sealed) => sealed,
            Err(error) => {
                live.state = None;
                return Err(error.into());
            }
        };

        // 3: stage. Nothing is visible; a staging object without a row that names it is litter.
        let objects = files(&sealed);
        let (name, bytes) = staging::pack(sealed.size, &objects);
        if let Err(error) = self.objects.put_immutable(&name, bytes).await {
            live.forget();
            return Err(error);
        }
        let checkpoint = Checkpoint::new(self.origin(), sealed.size, sealed.root);
        let mut note = Note::new(checkpoint.to_string()).map_err(StoreError::format)?;
        let line = self.signer.sign(&note.text);
        note.signatures.push(line);
        let new = LogRow {
            size: sealed.size,
            root: sealed.root,
            checkpoint: note.to_bytes(),
            staging: Some(name),
            ..old.clone()
        };
        Ok(Prepared {
            fence,
            old,
            new,
            sealed,
            entries,
            waiting,
            objects,
        })
    }

    /// 4 to 8 for one batch, and 1 to 3 for the one after it.
    async fn one_batch(
        &self,
        live: &mut Live,
        prepared: Prepared,
        done: &mut Sealing,
        next: Next,
    ) -> Result<(), StoreError> {
        // 4: commit.
        if let Err(error) = self.commit_batch(&prepared).await {
            live.forget();
            // Only a fenced batch is known not to have happened; any other error may hide a commit that did.
            if matches!(error, StoreError::Fenced) {
                live.lease = None;
            } else {
                live.stopped = true;
            }
            return Err(error);
        }
        let Prepared {
            new,
            sealed,
            waiting,
            objects,
            ..
        } = prepared;
        let places = waiting
            .iter()
            .zip(sealed.first.0..)
            .map(|(w, at)| (w.entry.digest, LeafIndex(at)));
        done.sealed.extend(places);
        done.batches += 1;
        done.size = sealed.size.0;

        // 5 to 8.
        let ahead = async {
            if next == Next::Statements {
                self.prepare_ahead(live, &new, &mut done.refused).await;
            }
        };
        let (published, ()) = tokio::join!(self.publish(&new, objects), ahead);
        match published {
            Ok(shown) => {
                done.as_of = shown.as_of;
                done.renewed = shown.as_of.is_some();
                done.missing_cosigners = shown.missing;
                Ok(())
            }
            Err(error) => {
                live.stopped = !matches!(error, StoreError::NoQuorum(_));
                Err(error)
            }
        }
    }

    /// 4: everything the batch changes in SQL, if the log is still where the batch began and the lease still ours.
    async fn commit_batch(&self, prepared: &Prepared) -> Result<(), StoreError> {
        let Prepared {
            fence,
            old,
            new,
            sealed,
            entries,
            waiting,
            ..
        } = prepared;
        let mut tx = self.write_log().await?;
        let swapped = query(
            "UPDATE log SET size = $1, root = $2, checkpoint = $3, staging = $4
             WHERE id = 1 AND size = $5 AND root = $6 AND staging IS NULL
               AND EXISTS (SELECT 1 FROM lease WHERE lease.id = 1 AND lease.fence = $7)",
        )
        .bind(signed(new.size.0)?)
        .bind(new.root.0.to_vec())
        .bind(&new.checkpoint)
        .bind(&new.staging)
        .bind(signed(old.size.0)?)
        .bind(old.root.0.to_vec())
        .bind(signed(*fence)?)
        .execute(&mut *tx)
        .await?;
        if swapped.rows_affected() != 1 {
            return Err(StoreError::Fenced);
        }
        let mut at = sealed.first.0 + u64::from(old.size == TreeSize(0));
        for rows in waiting.chunks(ROWS) {
            let mut sql =
                QueryBuilder::new(tx.dialect(), "UPDATE statement SET log_index = v.column2 FROM (");
            let places: Vec<(i64, i64)> = rows
                .iter()
                .zip(at..)
                .map(|(w, at)| Ok((w.row, signed(at)?)))
                .collect::<Result<_, StoreError>>()?;
            sql.push_values(places, |row, (id, place)| {
                row.push_bind(id).push_bind(place);
            });
            // Only what still waits: another process may have sealed or set aside what this one has read.
            sql.push(
                ") AS v WHERE statement.id = v.column1
                   AND statement.log_index IS NULL AND statement.refused IS NULL",
            );
            if sql.build().execute(&mut *tx).await?.rows_affected() != rows.len() as u64 {
                return Err(StoreError::Fenced);
            }
            at += rows.len() as u64;
        }
        for rows in sealed.chains.chunks(ROWS) {
            let mut sql = QueryBuilder::new(tx.dialect(), "INSERT INTO chain (label, count, head) ");
            let counts: Vec<i64> = rows
                .iter()
                .map(|(_, chain)| signed(chain.count))
                .collect::<Result<_, StoreError>>()?;
            sql.push_values(rows.iter().zip(counts), |row, ((label, chain), count)| {
                row.push_bind(label.0.to_vec())
                    .push_bind(count)
                    .push_bind(chain.head.to_vec());
            });
            sql.push(" ON CONFLICT (label) DO UPDATE SET count = excluded.count, head = excluded.head");
            sql.build().execute(&mut *tx).await?;
        }
        for (entry, at) in entries.iter().zip(sealed.first.0..) {
            let Entry::Key(key) = entry else { continue };
            let bytes = entry.encode().map_err(StoreError::format)?;
            let sql = match key {
                KeyEntry::Enrolled { .. } => {
                    "INSERT INTO issuer_key (enrolled, enrolled_at, key_id) VALUES ($1, $2, $3)"
                }
                KeyEntry::Revoked { .. } => {
                    "UPDATE issuer_key SET revoked = $1, revoked_at = $2 WHERE key_id = $3"
                }
            };
            query(sql)
                .bind(bytes)
                .bind(signed(at)?)
                .bind(key.key_id().0.to_vec())
                .execute(&mut *tx)
                .await?;
        }
        self.commit("batch", tx).await
    }

    /// What an earlier process committed and did not finish: the staging object has its files.
    pub(crate) async fn finish(&self, row: &LogRow) -> Result<(), StoreError> {
        let objects = match &row.staging {
            Some(name) => {
                let bytes = self
                    .objects
                    .get(name)
                    .await?
                    .ok_or_else(|| StoreError::ObjectMissing(name.clone()))?;
                staging::unpack(name, &bytes)?
            }
            None => Vec::new(),
        };
        self.publish(row, objects).await.map(|_| ())
    }

    /// 5 to 8, the same in normal operation and after a crash.
    async fn publish(&self, row: &LogRow, objects: Vec<Object>) -> Result<Shown, StoreError> {
        let complete: Vec<String> = objects.iter().filter_map(|(path, _)| partials_of(path)).collect();
        // Whoever is handed the files looks at them while they are written: both wait for the disk, and the waits need not add
        // up. A cosignature under a checkpoint that is not shown yet binds nobody but the log, which has committed to it.
        let coming = self.objects.with(&objects);
        let (public, written) = watch::channel(false);
        let put = async {
            self.objects.put_all(objects).await?;
            public.send_replace(true);
            Ok(())
        };
        let note = Note::parse(&row.checkpoint).map_err(StoreError::format)?;
        let ((), gathered) = tokio::try_join!(put, self.gather(row.size, &note, &coming, written))?;
        self.show(row, note, gathered, &complete).await
    }

    /// 7 and 8: the checkpoint with its cosignatures, and what it makes superfluous: partial tiles in the folders `complete`,
    /// and the staging object.
    async fn show(
        &self,
        row: &LogRow,
        mut note: Note,
        gathered: Gathered,
        complete: &[String],
    ) -> Result<Shown, StoreError> {
        let Gathered { lines, missing } = gathered;
        note.signatures.extend(lines);
        // From this look until the checkpoint is written, the database's write lock keeps everybody else from sealing:
        // a process that slept through its lease must not put an older checkpoint over a newer one.
        let mut tx = self.write_log().await?;
        let now = LogRow::read(&mut *tx).await?.ok_or(StoreError::NoLog)?;
        if now.size != row.size {
            // Nobody commits before what was committed last is published: somebody has done this already.
            let as_of = self.as_of().await?;
            return Ok(Shown {
                as_of,
                anew: as_of.is_some(),
                missing: Vec::new(),
            });
        }
        let anew = self.policy.evaluate(&note).is_ok_and(|new| new.as_of.is_some());
        self.keep_cosignatures(&mut note).await?;
        let as_of = match self.policy.evaluate(&note) {
            Ok(accepted) => accepted.as_of,
            Err(problem) => {
                let said: Vec<String> = std::iter::once(problem.to_string()).chain(missing).collect();
                return Err(StoreError::NoQuorum(said.join("; ")));
            }
        };
        self.objects.put_checkpoint(Bytes::from(note.to_bytes())).await?;
        // 8: only now may partial tiles go, because only now no checkpoint on display implies them.
        for folder in complete {
            for partial in self.objects.list(folder).await? {
                self.objects.delete(&partial).await?;
            }
        }
        let Some(staging) = &row.staging else {
            self.end(tx).await?;
            return Ok(Shown { as_of, anew, missing });
        };
        query("UPDATE log SET staging = NULL WHERE id = 1 AND staging = $1")
            .bind(staging)
            .execute(&mut *tx)
            .await?;
        self.commit("published", tx).await?;
        self.objects.delete(staging).await?;
        Ok(Shown { as_of, anew, missing })
    }

    /// Takes over the cosignatures that the published checkpoint has and `note`, of the same tree, has not: when cosignatures
    /// are renewed while somebody is down, its older one stays, and nobody's time goes back.
    async fn keep_cosignatures(&self, note: &mut Note) -> Result<(), StoreError> {
        let Some(bytes) = self.objects.get(CHECKPOINT).await? else {
            return Ok(());
        };
        // Unreadable is replaced: what was published before has no say in what is published now.
        let Ok(published) = Note::parse(&bytes) else {
            return Ok(());
        };
        if published.text != note.text {
            return Ok(());
        }
        for member in self.policy.witnesses() {
            let time = |line: &SignatureLine| cosignature::verify(&note.text, line, &member.vkey).ok();
            let newest = |lines: &[SignatureLine]| lines.iter().filter_map(time).max();
            if newest(&published.signatures) <= newest(&note.signatures) {
                continue;
            }
            let kept = published.signatures.iter().filter(|line| time(line).is_some());
            let kept = kept.max_by_key(|line| time(line)).cloned();
            note.signatures.retain(|line| !member.vkey.made(line));
            note.signatures.extend(kept);
        }
        Ok(())
    }
}

/// The batch's files, by path.
fn files(sealed: &Sealed) -> Vec<Object> {
    let tiles = sealed
        .tiles
        .iter()
        .map(|(id, bytes)| (id.path(), Bytes::from(bytes.clone())));
    let bundles = sealed
        .bundles
        .iter()
        .map(|(id, bytes)| (id.path(), Bytes::from(bytes.clone())));
    let mut seen = HashSet::new();
    tiles
        .chain(bundles)
        .filter(|(path, _)| seen.insert(path.clone()))
        .collect()
}

/// The folder of partial objects that a full tile or bundle makes superfluous.
fn partials_of(path: &str) -> Option<String> {
    let full = TileId::parse(path).is_ok_and(|id| id.is_full())
        || BundleId::parse(path).is_ok_and(|id| id.is_full());
    full.then(|| format!("{path}.p"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Submission;
    use crate::test_store::{enrolment, enrolment_of, options, params, statement};

    /// A sequencer asleep between reading what waits and making the batch. The lease it takes then is its own, the log row it
    /// compares with is the newest; only the rows it has read are stale.
    #[tokio::test]
    async fn what_another_process_sealed_after_it_was_read_is_not_sealed_again() {
        let folder = tempfile::tempdir().unwrap();
        let sleepy = Store::create(options(folder.path()), params()).await.unwrap();
        sleepy.append(vec![enrolment()]).await.unwrap();
        sleepy.submit(&[statement(1), statement(2)]).await.unwrap();
        let mut live = sleepy.live.lock().await;
        let log = LogRow::read(&sleepy.db).await.unwrap().unwrap();
        let waiting = sleepy.waiting(&mut live, &log, &mut Vec::new()).await.unwrap();
        assert_eq!(waiting.len(), 2);

        let other = Store::open(options(folder.path())).await.unwrap();
        assert_eq!(other.seal().await.unwrap().sealed.len(), 2);
        other.close().await.unwrap();
        let prepared = sleepy.prepare(&mut live, waiting, Vec::new()).await.unwrap();
        let again = sleepy
            .one_batch(&mut live, prepared, &mut Sealing::default(), Next::Statements)
            .await;

        assert!(matches!(again, Err(StoreError::Fenced)), "{again:?}");
        drop(live);
        sleepy.submit(&[statement(3)]).await.unwrap();
        assert_eq!(sleepy.seal().await.unwrap().sealed.len(), 1, "and it goes on");
        assert_eq!(sleepy.fsck(|_, _| {}).await.unwrap().complaints, []);
    }

    /// The other process had the lease, committed, and is dead or slow before its files are written.
    #[tokio::test]
    async fn what_another_process_committed_while_we_waited_for_the_lease_is_published_first() {
        let folder = tempfile::tempdir().unwrap();
        let slow = Store::create(options(folder.path()), params()).await.unwrap();
        slow.append(vec![enrolment()]).await.unwrap();
        slow.submit(&[statement(1)]).await.unwrap();
        let next = Store::open(options(folder.path())).await.unwrap();
        let mut live = next.ready(next.patience()).await.unwrap();

        let mut slow_live = slow.ready(slow.patience()).await.unwrap();
        let log = LogRow::read(&slow.db).await.unwrap().unwrap();
        let waiting = slow.waiting(&mut slow_live, &log, &mut Vec::new()).await.unwrap();
        let prepared = slow.prepare(&mut slow_live, waiting, Vec::new()).await.unwrap();
        slow.commit_batch(&prepared).await.unwrap();
        slow.submit(&[statement(2)]).await.unwrap();
        tokio::time::sleep(Duration::from_millis(5)).await;
        let mut done = Sealing::default();
        next.next_batch(&mut live, &mut done, next.patience(), Next::Statements)
            .await
            .unwrap();

        assert_eq!(done.sealed, [(Digest([2; 32]), LeafIndex(6))]);
        assert_eq!(next.fsck(|_, _| {}).await.unwrap().complaints, []);
    }

    /// A log with an issuer and five statements that wait, sealed two at a time.
    async fn five_waiting(folder: &std::path::Path) -> Store {
        let mut options = options(folder);
        options.batch = 2;
        let store = Store::create(options, params()).await.unwrap();
        store.append(vec![enrolment()]).await.unwrap();
        let statements: Vec<Submission> = (1..=5).map(statement).collect();
        store.submit(&statements).await.unwrap();
        store
    }

    #[tokio::test]
    async fn a_full_batch_is_staged_while_the_one_before_it_is_published() {
        let folder = tempfile::tempdir().unwrap();
        let store = five_waiting(folder.path()).await;

        let first = store.seal_batch().await.unwrap();
        let ahead = store.live.lock().await.prepared.as_ref().map(|p| p.waiting.len());
        let second = store.seal_batch().await.unwrap();
        let fifth = store.live.lock().await.prepared.is_some();

        assert_eq!((first.sealed.len(), ahead, second.sealed.len()), (2, Some(2), 2));
        assert!(!fifth, "one more may come until its turn");
        assert_eq!(store.seal().await.unwrap().sealed.len(), 1);
        assert_eq!(store.fsck(|_, _| {}).await.unwrap().complaints, []);
    }

    /// The lease of these logs ends at once, so each batch takes it anew; what was staged under the last one stays good.
    #[tokio::test]
    async fn a_batch_staged_ahead_outlives_the_renewal_of_the_lease() {
        let folder = tempfile::tempdir().unwrap();
        let store = five_waiting(folder.path()).await;
        store.seal_batch().await.unwrap();
        let staged = store.live.lock().await.prepared.as_ref().map(|p| p.fence);

        tokio::time::sleep(Duration::from_millis(5)).await;
        let mut live = store.live.lock().await;
        let fence = store.hold_lease(&mut live).await.unwrap();

        assert!(staged < Some(fence));
        assert_eq!(live.prepared.as_ref().map(|p| p.fence), Some(fence));
    }

    #[tokio::test]
    async fn a_batch_staged_ahead_is_dropped_when_another_process_has_sealed_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let store = five_waiting(folder.path()).await;
        store.seal_batch().await.unwrap();
        assert!(store.live.lock().await.prepared.is_some());
        tokio::time::sleep(Duration::from_millis(5)).await;

        let other = Store::open(options(folder.path())).await.unwrap();
        assert_eq!(other.seal().await.unwrap().sealed.len(), 3);
        other.close().await.unwrap();
        store.submit(&[statement(6)]).await.unwrap();

        assert_eq!(
            store.seal().await.unwrap().sealed,
            [(Digest([6; 32]), LeafIndex(11))]
        );
        assert_eq!(store.fsck(|_, _| {}).await.unwrap().complaints, []);
    }

    #[tokio::test]
    async fn a_key_waits_for_the_batch_that_is_staged_and_for_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let store = five_waiting(folder.path()).await;
        store.seal_batch().await.unwrap();
        assert!(store.live.lock().await.prepared.is_some());

        let sealing = store.append(vec![enrolment_of([8; 32])]).await.unwrap();

        assert_eq!((sealing.batches, sealing.sealed.len()), (2, 2));
        assert_eq!(store.status().await.unwrap().waiting, 1);
        assert_eq!(store.seal().await.unwrap().sealed.len(), 1);
        assert_eq!(store.fsck(|_, _| {}).await.unwrap().complaints, []);
    }
}
