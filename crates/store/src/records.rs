//! Statements: accepted into the waiting room, read back, erased.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use index::Label;
use statement::{Digest, KeyId};
use tlog::LeafIndex;

use crate::db::{BUSY, Connection, QueryBuilder, Row, query, query_scalar};
use crate::error::StoreError;
use crate::log_row::{bytes32, signed, unsigned};
use crate::open::Store;
use crate::room::{self, Foresight};
use crate::vault::{self, Secret};

/// Rows per SQL statement.
const ROWS: usize = 1000;

/// How many statements about a label wait for sealing.
const WAITING_ABOUT: &str = "SELECT count(*) FROM statement WHERE substr(label, 1, 8) = substr($1, 1, 8) AND label = $1 AND log_index IS NULL AND refused IS NULL";

/// How long an erasure waits for readers of the old state.
const SCRUBBING: Duration = Duration::from_secs(5);

/// A statement somebody up the stairs has verified.
#[derive(Clone, Debug)]
pub struct Submission {
    /// SHA-256 of the issuer-signed JWT without disclosures.
    pub digest: Digest,
    /// The vehicle's label.
    pub label: Label,
    /// The key that signed it.
    pub key_id: KeyId,
    /// The SD-JWT with all disclosures the submitter gave.
    pub content: String,
    /// The draft it was signed from on this machine, so that the same draft is known again.
    pub draft: Option<SignedFrom>,
}

/// A draft that a statement was signed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedFrom {
    /// Hash of what it says.
    pub hash: [u8; 32],
    /// Whether it is taken although the content of a statement that said the same was erased.
    pub after_erasure: bool,
}

/// A statement that says what a draft says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownDraft {
    /// Its digest.
    pub digest: Digest,
    /// Where it stands.
    pub standing: Submitted,
    /// Whether its content was erased.
    pub erased: bool,
}

/// What became of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// Accepted; durable, and sealed by the next [`Store::seal`].
    Accepted,
    /// The same statement is waiting already.
    Waiting,
    /// The same statement is in the log already, here. The first submission's receipt is the answer.
    Sealed(LeafIndex),
    /// The same statement was set aside: its key was revoked before it could be sealed.
    Refused,
    /// Not accepted: with it, the vehicle's statements would not fit into one dossier.
    NoRoom,
}

/// Content of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The SD-JWT as submitted.
    Present(String),
    /// Erased with the vehicle's key.
    Erased,
}

/// A sealed statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredStatement {
    /// Its place in the log.
    pub log_index: LeafIndex,
    /// Its digest.
    pub digest: Digest,
    /// The key that signed it.
    pub key_id: KeyId,
    /// Its content, if there still is one.
    pub content: Content,
}

/// That contents were erased, and the log's word for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Statements up to and including this log index have no content.
    pub through: LeafIndex,
    /// The signed notice.
    pub notice: Vec<u8>,
}

impl Store {
    /// Accepts statements into the waiting room, all in one transaction. One answer each, in order; durable on return.
    ///
    /// # Errors
    /// [`StoreError::DraftKnown`] where another process has recorded one of the drafts meanwhile, or its content was erased; the
    /// database failed. Then none was accepted.
    pub async fn submit(&self, submissions: &[Submission]) -> Result<Vec<Submitted>, StoreError> {
        // Encrypted before the write lock is taken, so that others can write meanwhile.
        let labels: BTreeSet<Label> = submissions.iter().map(|s| s.label).collect();
        let mut keys = self.vehicle_keys(&mut self.db.acquire().await?, &labels).await?;
        let mut made = HashMap::new();
        for label in &labels {
            if !keys.contains_key(label) {
                let (key, wrapped) = self.vault.new_vehicle_key(label)?;
                keys.insert(*label, key.clone());
                made.insert(*label, (key, wrapped));
            }
        }
        let mut contents = Vec::with_capacity(submissions.len());
        for (at, submission) in submissions.iter().enumerate() {
            contents.push(Some(Sealed::under(&keys, submission)?));
            // A thousand contents take some milliseconds; whoever seals must not wait for them.
            if at % 64 == 63 {
                tokio::task::yield_now().await;
            }
        }

        let mut tx = self.write_submission().await?;
        let mut stored = self.vehicle_keys(&mut tx, &labels).await?;
        self.refuse_known_drafts(&mut tx, &stored, submissions).await?;
        let mut answers = Vec::with_capacity(submissions.len());
        for (chunk, contents) in submissions.chunks(ROWS).zip(contents.chunks_mut(ROWS)) {
            let known = known(&mut tx, chunk).await?;
            let mut fresh = Vec::with_capacity(chunk.len());
            let mut here = HashSet::new();
            for (submission, content) in chunk.iter().zip(contents) {
                answers.push(match known.get(&submission.digest.0) {
                    Some(answer) => *answer,
                    None if here.insert(submission.digest.0) => {
                        fresh.push((submission, content.take()));
                        Submitted::Accepted
                    }
                    None => Submitted::Waiting,
                });
            }
            let candidates: Vec<&Submission> = fresh.iter().map(|(submission, _)| *submission).collect();
            let full = room::without_room(&mut tx, &self.room, &Foresight::default(), &candidates).await?;
            if !full.is_empty() {
                let chunk_answers = answers.iter_mut().rev().take(chunk.len()).rev();
                for (answer, _) in chunk_answers
                    .zip(chunk)
                    .filter(|(_, s)| full.contains(&s.digest.0))
                {
                    *answer = Submitted::NoRoom;
                }
                fresh.retain(|(submission, _)| !full.contains(&submission.digest.0));
            }
            if fresh.is_empty() {
                continue;
            }
            self.keep_keys(
                &mut tx,
                &mut made,
                &mut stored,
                fresh.iter().map(|(s, _)| s.label),
            )
            .await?;
            // A key that somebody else made or destroyed meanwhile was used in vain.
            let rows = fresh
                .into_iter()
                .map(|(submission, content)| match content {
                    Some(content) if content.is_under(&stored, submission) => Ok((submission, content)),
                    _ => Ok((submission, Sealed::under(&stored, submission)?)),
                })
                .collect::<Result<_, StoreError>>()?;
            keep(&mut tx, rows).await?;
        }
        self.commit("submission", tx).await?;
        Ok(answers)
    }

    /// What [`Store::submit`] would answer; accepts nothing. What was foreseen as accepted before counts as if it were there.
    ///
    /// # Errors
    /// The database failed.
    pub async fn foresee(
        &self,
        submissions: &[Submission],
        foreseen: &mut Foresight,
    ) -> Result<Vec<Submitted>, StoreError> {
        let mut tx = self.db.read().await?;
        let mut answers = Vec::with_capacity(submissions.len());
        for chunk in submissions.chunks(ROWS) {
            let known = known(&mut tx, chunk).await?;
            let (mut fresh, mut here) = (Vec::with_capacity(chunk.len()), HashSet::new());
            let mut foreseeable = Vec::with_capacity(chunk.len());
            for submission in chunk {
                foreseeable.push(match known.get(&submission.digest.0) {
                    Some(answer) => *answer,
                    None if !foreseen.knows(submission) && here.insert(submission.digest.0) => {
                        fresh.push(submission);
                        Submitted::Accepted
                    }
                    None => Submitted::Waiting,
                });
            }
            let full = room::without_room(&mut tx, &self.room, foreseen, &fresh).await?;
            for (answer, submission) in foreseeable.iter_mut().zip(chunk) {
                if full.contains(&submission.digest.0) {
                    *answer = Submitted::NoRoom;
                }
            }
            for submission in fresh.iter().filter(|s| !full.contains(&s.digest.0)) {
                foreseen.add(submission);
            }
            answers.append(&mut foreseeable);
        }
        tx.rollback().await?;
        Ok(answers)
    }

    /// The vehicles' content keys, as far as they exist.
    async fn vehicle_keys(
        &self,
        db: &mut Connection,
        labels: &BTreeSet<Label>,
    ) -> Result<VehicleKeys, StoreError> {
        let mut keys = VehicleKeys::with_capacity(labels.len());
        let labels: Vec<&Label> = labels.iter().collect();
        for labels in labels.chunks(ROWS) {
            let mut sql =
                QueryBuilder::new(db.dialect(), "SELECT label, wrapped FROM vehicle_key WHERE label");
            sql.push_in(labels.iter().map(|label| label.0.to_vec()));
            for row in sql.build().fetch_all(&mut *db).await? {
                let label = Label(bytes32("vehicle_key", row.try_get("label")?)?);
                let key = self
                    .vault
                    .unwrap(&label, row.try_get("wrapped")?)
                    .ok_or(StoreError::ContentKey("vehicle_key"))?;
                keys.insert(label, key);
            }
        }
        Ok(keys)
    }

    /// Makes sure that each of the vehicles has a key in the database: one that was made for it already, or another where
    /// the one it had has been destroyed meanwhile.
    async fn keep_keys(
        &self,
        tx: &mut Connection,
        made: &mut HashMap<Label, (Secret, Vec<u8>)>,
        stored: &mut VehicleKeys,
        labels: impl Iterator<Item = Label>,
    ) -> Result<(), StoreError> {
        let mut rows = Vec::new();
        for label in labels {
            if stored.contains_key(&label) {
                continue;
            }
            let (key, wrapped) = match made.remove(&label) {
                Some(made) => made,
                None => self.vault.new_vehicle_key(&label)?,
            };
            stored.insert(label, key);
            rows.push((label, wrapped));
        }
        if !rows.is_empty() {
            let mut sql = QueryBuilder::new(tx.dialect(), "INSERT INTO vehicle_key (label, wrapped) ");
            sql.push_values(rows, |row, (label, wrapped)| {
                row.push_bind(label.0.to_vec()).push_bind(wrapped);
            });
            sql.build().execute(tx).await?;
        }
        Ok(())
    }

    /// Where a statement stands, if it is known.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find(&self, digest: &Digest) -> Result<Option<Submitted>, StoreError> {
        let row = query("SELECT log_index, refused FROM statement WHERE substr(digest, 1, 16) = substr($1, 1, 16) AND digest = $1")
            .bind(digest.0.to_vec())
            .fetch_optional(&self.db)
            .await?;
        row.map(|row| standing(&row)).transpose()
    }

    /// The statement that was signed from this draft about the vehicle, if there is one; otherwise one that said the same and
    /// whose content was erased.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_draft(
        &self,
        label: &Label,
        draft: &[u8; 32],
    ) -> Result<Option<KnownDraft>, StoreError> {
        let key = self.vehicle_key(label).await?;
        let tags = [
            (key.map(|key| vault::tag(&key, draft)), false),
            (Some(self.vault.erased_tag(label, draft)), true),
        ];
        for (tag, erased) in tags {
            let Some(tag) = tag else { continue };
            let row = query("SELECT digest, log_index, refused FROM statement WHERE draft = $1")
                .bind(tag.to_vec())
                .fetch_optional(&self.db)
                .await?;
            if let Some(row) = row {
                return Ok(Some(KnownDraft {
                    digest: digest_of(&row)?,
                    standing: standing(&row)?,
                    erased,
                }));
            }
        }
        Ok(None)
    }

    /// A draft is signed anew by every process that records it, with other salts and so another digest. Whoever looked for it
    /// before this transaction may have looked too early.
    async fn refuse_known_drafts(
        &self,
        tx: &mut Connection,
        keys: &VehicleKeys,
        submissions: &[Submission],
    ) -> Result<(), StoreError> {
        let mut tagged: Vec<([u8; 32], Digest)> = Vec::new();
        for submission in submissions {
            let Some(draft) = &submission.draft else { continue };
            if let Some(key) = keys.get(&submission.label) {
                tagged.push((vault::tag(key, &draft.hash), submission.digest));
            }
            if !draft.after_erasure {
                let tag = self.vault.erased_tag(&submission.label, &draft.hash);
                tagged.push((tag, submission.digest));
            }
        }
        for tagged in tagged.chunks(ROWS) {
            let mut sql = QueryBuilder::new(tx.dialect(), "SELECT digest, draft FROM statement WHERE draft");
            sql.push_in(tagged.iter().map(|(tag, _)| tag.to_vec()));
            let mut known = HashMap::new();
            for row in sql.build().fetch_all(&mut *tx).await? {
                known.insert(bytes32("statement", row.try_get("draft")?)?, digest_of(&row)?);
            }
            let other = |tag: &[u8; 32], digest: &Digest| known.get(tag).is_some_and(|first| first != digest);
            if tagged.iter().any(|(tag, digest)| other(tag, digest)) {
                return Err(StoreError::DraftKnown);
            }
        }
        Ok(())
    }

    /// The vehicle's content key, if it has one.
    async fn vehicle_key(&self, label: &Label) -> Result<Option<Secret>, StoreError> {
        let wrapped: Option<Vec<u8>> = query_scalar("SELECT wrapped FROM vehicle_key WHERE label = $1")
            .bind(label.0.to_vec())
            .fetch_optional(&self.db)
            .await?;
        let other = || StoreError::ContentKey("vehicle_key");
        wrapped
            .map(|wrapped| self.vault.unwrap(label, &wrapped).ok_or_else(other))
            .transpose()
    }

    /// A sealed statement by its digest, with its label.
    ///
    /// # Errors
    /// The database failed, or content cannot be decrypted.
    pub async fn sealed(&self, digest: &Digest) -> Result<Option<(Label, StoredStatement)>, StoreError> {
        let row =
            query("SELECT label, log_index FROM statement WHERE substr(digest, 1, 16) = substr($1, 1, 16) AND digest = $1 AND log_index IS NOT NULL")
                .bind(digest.0.to_vec())
                .fetch_optional(&self.db)
                .await?;
        let Some(row) = row else { return Ok(None) };
        let label = Label(bytes32("statement", row.try_get("label")?)?);
        let at = unsigned("statement", row.try_get("log_index")?)?;
        let mut statements = self.statements(&label, at + 1).await?;
        Ok(statements.pop().map(|statement| (label, statement)))
    }

    /// The sealed statements under `label` with an index below `size`, in log order.
    ///
    /// # Errors
    /// The database failed, or content cannot be decrypted.
    pub async fn statements(&self, label: &Label, size: u64) -> Result<Vec<StoredStatement>, StoreError> {
        let key = self.vehicle_key(label).await?;
        let mut rows = query(
            "SELECT s.log_index, s.digest, s.key_id, c.sealed
             FROM statement s LEFT JOIN content c ON c.statement = s.id
             WHERE substr(s.label, 1, 8) = substr($1, 1, 8) AND s.label = $1 AND s.log_index < $2 ORDER BY s.log_index",
        )
        .bind(label.0.to_vec())
        .bind(signed(size)?)
        .fetch(&self.db);
        let mut statements = Vec::new();
        while let Some(row) = rows.try_next().await? {
            let digest = Digest(bytes32("statement", row.try_get("digest")?)?);
            let content = match (row.try_get::<Option<Vec<u8>>>("sealed")?, &key) {
                (Some(sealed), Some(key)) => Content::Present(vault::open(key, &digest, &sealed)?),
                (Some(_), None) => return Err(StoreError::Sealed(digest)),
                (None, _) => Content::Erased,
            };
            statements.push(StoredStatement {
                log_index: LeafIndex(unsigned("statement", row.try_get("log_index")?)?),
                digest,
                key_id: KeyId(bytes32("statement", row.try_get("key_id")?)?),
                content,
            });
        }
        Ok(statements)
    }

    /// How many statements about a vehicle wait for sealing.
    ///
    /// # Errors
    /// The database failed.
    pub async fn waiting_about(&self, label: &Label) -> Result<u64, StoreError> {
        let waiting: i64 = query_scalar(WAITING_ABOUT)
            .bind(label.0.to_vec())
            .fetch_one(&self.db)
            .await?;
        unsigned("statement", waiting)
    }

    /// Destroys the vehicle's content key and contents, and keeps the log's notice of it. Irreversible; copies in backups
    /// stay readable to whoever has the content key, until they are rotated out. `drafts` has the hashes of what the statements
    /// say, by digest: they are kept under the content key, so that what was erased is known when it is recorded again.
    ///
    /// # Errors
    /// Statements about the vehicle still wait, one newer than `through` is sealed, somebody reads the old state for too
    /// long, or the database failed.
    pub async fn erase(
        &self,
        label: &Label,
        through: LeafIndex,
        notice: &[u8],
        drafts: &[(Digest, [u8; 32])],
    ) -> Result<u64, StoreError> {
        let mut tx = self.write().await?;
        let waiting: i64 = query_scalar(WAITING_ABOUT)
            .bind(label.0.to_vec())
            .fetch_one(&mut *tx)
            .await?;
        if waiting > 0 {
            return Err(StoreError::StillWaiting(unsigned("statement", waiting)?));
        }
        let last: Option<i64> = query_scalar("SELECT max(log_index) FROM statement WHERE substr(label, 1, 8) = substr($1, 1, 8) AND label = $1")
            .bind(label.0.to_vec())
            .fetch_one(&mut *tx)
            .await?;
        if let Some(last) = last
            && unsigned("statement", last)? > through.0
        {
            return Err(StoreError::NewerThanNotice(LeafIndex(unsigned(
                "statement",
                last,
            )?)));
        }
        self.keep_erased_drafts(&mut tx, label, drafts).await?;
        let erased =
            query("DELETE FROM content WHERE statement IN (SELECT id FROM statement WHERE substr(label, 1, 8) = substr($1, 1, 8) AND label = $1)")
                .bind(label.0.to_vec())
                .execute(&mut *tx)
                .await?
                .rows_affected();
        query("DELETE FROM vehicle_key WHERE label = $1")
            .bind(label.0.to_vec())
            .execute(&mut *tx)
            .await?;
        // A note may say whose the car was.
        query("UPDATE yard SET note = NULL WHERE label = $1")
            .bind(label.0.to_vec())
            .execute(&mut *tx)
            .await?;
        query(
            "INSERT INTO erasure (label, through, notice) VALUES ($1, $2, $3)
             ON CONFLICT (label, through) DO UPDATE SET notice = excluded.notice",
        )
        .bind(label.0.to_vec())
        .bind(signed(through.0)?)
        .bind(notice)
        .execute(&mut *tx)
        .await?;
        self.commit("erasure", tx).await?;
        self.finish_erasure().await?;
        Ok(erased)
    }

    /// Knows the drafts of contents that are about to be erased by the content key, no more by the vehicle's. What an earlier
    /// erasure kept stays, unless the same was recorded and is erased again.
    async fn keep_erased_drafts(
        &self,
        tx: &mut Connection,
        label: &Label,
        drafts: &[(Digest, [u8; 32])],
    ) -> Result<(), StoreError> {
        query(
            "UPDATE statement SET draft = NULL WHERE substr(label, 1, 8) = substr($1, 1, 8) AND label = $1
               AND id IN (SELECT statement FROM content)",
        )
        .bind(label.0.to_vec())
        .execute(&mut *tx)
        .await?;
        // Two statements may say the same, signed elsewhere: one of them is enough.
        let tags: BTreeMap<[u8; 32], Digest> = drafts
            .iter()
            .map(|(digest, draft)| (self.vault.erased_tag(label, draft), *digest))
            .collect();
        let tags: Vec<([u8; 32], Digest)> = tags.into_iter().collect();
        for tags in tags.chunks(ROWS) {
            let mut sql = QueryBuilder::new(tx.dialect(), "UPDATE statement SET draft = NULL WHERE draft");
            sql.push_in(tags.iter().map(|(tag, _)| tag.to_vec()));
            sql.build().execute(&mut *tx).await?;
            let mut sql = QueryBuilder::new(tx.dialect(), "UPDATE statement SET draft = v.column2 FROM (");
            sql.push_values(tags, |row, (tag, digest)| {
                row.push_bind(digest.0.to_vec()).push_bind(tag.to_vec());
            });
            sql.push(
                ") AS v WHERE substr(statement.digest, 1, 16) = substr(v.column1, 1, 16)
                   AND statement.digest = v.column1",
            );
            sql.build().execute(&mut *tx).await?;
        }
        Ok(())
    }

    /// The second half of an erasure, which a reader may have held up: cuts the write-ahead log, in which the encrypted bytes
    /// still stand. Does nothing where that is done.
    ///
    /// # Errors
    /// Somebody reads the old state for too long, or the database failed.
    pub async fn finish_erasure(&self) -> Result<(), StoreError> {
        if self.scrub(SCRUBBING).await? {
            Ok(())
        } else {
            Err(StoreError::NotScrubbed)
        }
    }

    /// Moves the write-ahead log, which still holds the pages as they were before a change, into the database and cuts
    /// it. `false` where a reader needs it for longer than `patience`.
    pub(crate) async fn scrub(&self, patience: Duration) -> Result<bool, StoreError> {
        let mut db = self.db.acquire().await?;
        if let Connection::Postgres(_) = db {
            // Destroyed keys make the contents unreadable; their rows go with the next vacuum, the server's log in its own time.
            query("VACUUM vehicle_key").execute(&mut db).await?;
            return Ok(true);
        }
        set_busy_timeout(&mut db, patience).await?;
        let result: Result<i64, _> = query_scalar("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut db)
            .await;
        set_busy_timeout(&mut db, BUSY).await?;
        Ok(result? == 0)
    }

    /// The erasures of a vehicle, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn erasures(&self, label: &Label) -> Result<Vec<Erasure>, StoreError> {
        let rows = query("SELECT through, notice FROM erasure WHERE label = $1 ORDER BY through")
            .bind(label.0.to_vec())
            .fetch_all(&self.db)
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(Erasure {
                    through: LeafIndex(unsigned("erasure", row.try_get("through")?)?),
                    notice: row.try_get("notice")?,
                })
            })
            .collect()
    }
}

async fn set_busy_timeout(db: &mut Connection, patience: Duration) -> Result<(), StoreError> {
    let mut sql = QueryBuilder::new(db.dialect(), "PRAGMA busy_timeout = ");
    sql.push(&patience.as_millis().to_string());
    sql.build().execute(db).await?;
    Ok(())
}

/// Vehicles' content keys by label.
type VehicleKeys = HashMap<Label, Secret>;

/// What a statement says, encrypted, and the tag its draft is known by; with the key that was used.
struct Sealed {
    key: Secret,
    content: Vec<u8>,
    draft: Option<Vec<u8>>,
}

impl Sealed {
    fn under(keys: &VehicleKeys, submission: &Submission) -> Result<Self, StoreError> {
        let key = keys
            .get(&submission.label)
            .cloned()
            .ok_or_else(|| StoreError::row("vehicle_key", "a key is missing that was just made"))?;
        Ok(Self {
            content: vault::seal(&key, &submission.digest, &submission.content)?,
            draft: submission
                .draft
                .map(|draft| vault::tag(&key, &draft.hash).to_vec()),
            key,
        })
    }

    fn is_under(&self, keys: &VehicleKeys, submission: &Submission) -> bool {
        keys.get(&submission.label).is_some_and(|key| *key == self.key)
    }
}

/// Inserts statements and their contents.
async fn keep(tx: &mut Connection, rows: Vec<(&Submission, Sealed)>) -> Result<(), StoreError> {
    // Nobody else can take an id: the transaction holds the write lock.
    let last: i64 = query_scalar("SELECT coalesce(max(id), 0) FROM statement")
        .fetch_one(&mut *tx)
        .await?;
    let mut contents = Vec::with_capacity(rows.len());
    let mut sql = QueryBuilder::new(
        tx.dialect(),
        "INSERT INTO statement (id, digest, label, key_id, draft) ",
    );
    sql.push_values(
        rows.into_iter().zip(last + 1..),
        |row, ((submission, sealed), id)| {
            row.push_bind(id)
                .push_bind(submission.digest.0.to_vec())
                .push_bind(submission.label.0.to_vec())
                .push_bind(submission.key_id.0.to_vec())
                .push_bind(sealed.draft);
            contents.push((id, sealed.content));
        },
    );
    sql.build().execute(&mut *tx).await?;
    let mut sql = QueryBuilder::new(tx.dialect(), "INSERT INTO content (statement, sealed) ");
    sql.push_values(contents, |row, (id, content)| {
        row.push_bind(id).push_bind(content);
    });
    sql.build().execute(&mut *tx).await?;
    Ok(())
}

async fn known(
    tx: &mut Connection,
    submissions: &[Submission],
) -> Result<HashMap<[u8; 32], Submitted>, StoreError> {
    let mut sql = QueryBuilder::new(
        tx.dialect(),
        "SELECT digest, log_index, refused FROM statement WHERE substr(digest, 1, 16)",
    );
    let start = |submission: &Submission| submission.digest.0.iter().take(16).copied().collect::<Vec<u8>>();
    sql.push_in(submissions.iter().map(start));
    let rows = sql.build().fetch_all(&mut *tx).await?;
    rows.iter()
        .map(|row| Ok((bytes32("statement", row.try_get("digest")?)?, standing(row)?)))
        .collect()
}

fn digest_of(row: &Row) -> Result<Digest, StoreError> {
    Ok(Digest(bytes32("statement", row.try_get("digest")?)?))
}

fn standing(row: &Row) -> Result<Submitted, StoreError> {
    if let Some(at) = row.try_get::<Option<i64>>("log_index")? {
        return Ok(Submitted::Sealed(LeafIndex(unsigned("statement", at)?)));
    }
    Ok(match row.try_get::<Option<String>>("refused")? {
        Some(_) => Submitted::Refused,
        None => Submitted::Waiting,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::test_store::{enrolment, options, params, statement};

    /// A submission waits for its turn to write, its content encrypted already, while the vehicle's key is destroyed.
    #[tokio::test]
    async fn a_content_is_encrypted_anew_where_its_key_was_destroyed_before_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::create(options(folder.path()), params()).await.unwrap());
        store.append(vec![enrolment()]).await.unwrap();
        store.submit(&[statement(1)]).await.unwrap();
        let first = store.seal().await.unwrap().sealed[0].1;
        let later = Submission {
            digest: Digest([2; 32]),
            content: "handed in later".to_owned(),
            ..statement(1)
        };
        let turn = store.turns.submission.lock().await;
        let submitting = tokio::spawn({
            let store = store.clone();
            async move { store.submit(&[later]).await }
        });
        tokio::time::sleep(Duration::from_millis(200)).await;

        store
            .erase(&statement(1).label, first, b"notice", &[])
            .await
            .unwrap();
        drop(turn);

        assert_eq!(submitting.await.unwrap().unwrap(), [Submitted::Accepted]);
        store.seal().await.unwrap();
        let contents: Vec<Content> = store
            .statements(&statement(1).label, 100)
            .await
            .unwrap()
            .into_iter()
            .map(|stored| stored.content)
            .collect();
        assert_eq!(
            contents,
            [Content::Erased, Content::Present("handed in later".to_owned())]
        );
    }
}
