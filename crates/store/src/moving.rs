//! A log carried from one database and object store to another, never in two places at once.
//!
//! ```text
//! 1  hold      the source's locks: nobody writes there until this is over
//! 2  objects   every public file but the checkpoint, then the checkpoint
//! 3  rows      all tables in one transaction, with a mark that the log is still arriving
//! 4  verify    everything recomputed at the target; the same checkpoint, byte for byte
//! 5  leave     the source is marked as left: whoever opens it, or has it open, is refused   <- from here the log is there
//! 6  arrive    the target's mark goes
//! ```
//!
//! Cut short before 5, the source is as it was. Between 5 and 6 nobody can go on anywhere, and the same move again does 6.

use futures_util::TryStreamExt as _;
use tlog::tile::{BundleId, TileId};

use crate::db::{Connection, Db, Dialect, Kind, Lock, QueryBuilder, query};
use crate::error::StoreError;
use crate::log_row::{LogRow, unsigned};
use crate::moved::Moved;
use crate::objects::{CHECKPOINT, Objects};
use crate::open::{Options, Store};
use crate::places::without_password;
use crate::watch::{Step, Watch};

/// Rows per SQL statement; the widest table has 14 columns, and SQLite takes 32,766 values.
const ROWS: usize = 1000;

/// Objects copied between two words about progress.
const OBJECTS: usize = 64;

/// A table that moves: its columns, and what its rows are read in the order of.
struct Table {
    name: &'static str,
    order: &'static str,
    columns: &'static [(&'static str, Kind)],
}

const fn table(name: &'static str, order: &'static str, columns: &'static [(&'static str, Kind)]) -> Table {
    Table { name, order, columns }
}

use Kind::{Bytes, Int, Text};

/// Every table, in an order in which each row finds what it refers to. A mandate's early end comes after the steps: they
/// were taken while it still ran. The lease stays: it is about processes, not about the log.
const TABLES: &[Table] = &[
    table(
        "log",
        "id",
        &[
            ("id", Int),
            ("origin", Text),
            ("params", Bytes),
            ("size", Int),
            ("root", Bytes),
            ("checkpoint", Bytes),
            ("staging", Text),
        ],
    ),
    table(
        "chain",
        "label",
        &[("label", Bytes), ("count", Int), ("head", Bytes)],
    ),
    table(
        "issuer_key",
        "enrolled_at",
        &[
            ("key_id", Bytes),
            ("enrolled", Bytes),
            ("enrolled_at", Int),
            ("revoked", Bytes),
            ("revoked_at", Int),
        ],
    ),
    table(
        "statement",
        "id",
        &[
            ("id", Int),
            ("digest", Bytes),
            ("label", Bytes),
            ("key_id", Bytes),
            ("log_index", Int),
            ("refused", Text),
            ("draft", Bytes),
        ],
    ),
    table("content", "statement", &[("statement", Int), ("sealed", Bytes)]),
    table("vehicle_key", "label", &[("label", Bytes), ("wrapped", Bytes)]),
    table(
        "erasure",
        "label, through",
        &[("label", Bytes), ("through", Int), ("notice", Bytes)],
    ),
    table(
        "certification_body",
        "id",
        &[
            ("id", Int),
            ("did", Text),
            ("name", Text),
            ("issuer", Text),
            ("base_url", Text),
        ],
    ),
    table("certification_person", "id", &[("id", Text), ("name", Text)]),
    table(
        "certification_mandate",
        "id",
        &[
            ("id", Int),
            ("person", Text),
            ("activity", Text),
            ("competence", Text),
            ("chemistries", Text),
            ("first_day", Int),
            ("last_day", Int),
        ],
    ),
    table(
        "certification_case",
        "id",
        &[("id", Text), ("label", Bytes), ("opened", Int), ("state", Text)],
    ),
    table(
        "certification_duty",
        "case_id, person",
        &[("case_id", Text), ("person", Text), ("duty", Text)],
    ),
    table(
        "certification_step",
        "case_id, number",
        &[
            ("case_id", Text),
            ("number", Int),
            ("kind", Text),
            ("at", Int),
            ("person", Text),
            ("duty", Text),
            ("hash", Bytes),
            ("previous", Bytes),
            ("record", Bytes),
        ],
    ),
    table(
        "certification_mandate_end",
        "mandate",
        &[("mandate", Int), ("last_day", Int)],
    ),
    table(
        "certification_document",
        "case_id, hash",
        &[("case_id", Text), ("hash", Bytes), ("content", Bytes)],
    ),
    table(
        "certificate",
        "id",
        &[
            ("id", Text),
            ("case_id", Text),
            ("granted", Int),
            ("granted_how", Text),
            ("credential", Bytes),
            ("redacted", Bytes),
            ("issued", Int),
            ("valid_until", Int),
            ("odometer_limit_km", Int),
            ("grade", Text),
            ("make", Text),
            ("model", Text),
            ("list", Int),
            ("position", Int),
        ],
    ),
    table(
        "certification_statement",
        "digest",
        &[
            ("digest", Bytes),
            ("case_id", Text),
            ("number", Int),
            ("content", Bytes),
        ],
    ),
    table(
        "organisation",
        "id",
        &[("id", Text), ("name", Text), ("issuer", Text), ("created", Int)],
    ),
    table(
        "account",
        "name",
        &[
            ("name", Text),
            ("display_name", Text),
            ("organisation", Text),
            ("role", Text),
            ("password", Text),
            ("created", Int),
            ("disabled", Int),
        ],
    ),
    table(
        "certification_account",
        "account",
        &[("account", Text), ("person", Text), ("given", Int)],
    ),
    table(
        "certification_applicant",
        "case_id",
        &[("case_id", Text), ("organisation", Text), ("account", Text)],
    ),
    table(
        "certification_step_account",
        "case_id, number",
        &[
            ("case_id", Text),
            ("number", Int),
            ("account", Text),
            ("person", Text),
        ],
    ),
    table(
        "certification_assessment",
        "case_id, hash, account",
        &[
            ("case_id", Text),
            ("hash", Bytes),
            ("account", Text),
            ("at", Int),
            ("summary", Bytes),
        ],
    ),
    table(
        "session",
        "hash",
        &[
            ("hash", Bytes),
            ("account", Text),
            ("created", Int),
            ("last_used", Int),
            ("expires", Int),
        ],
    ),
    table(
        "api_token",
        "id",
        &[
            ("id", Text),
            ("hash", Bytes),
            ("name", Text),
            ("account", Text),
            ("scopes", Text),
            ("created", Int),
            ("expires", Int),
            ("revoked", Int),
            ("last_used", Int),
        ],
    ),
    table(
        "setup_token",
        "id",
        &[("id", Int), ("hash", Bytes), ("expires", Int)],
    ),
    table(
        "yard",
        "organisation, label",
        &[
            ("organisation", Text),
            ("label", Bytes),
            ("car", Bytes),
            ("note", Bytes),
            ("added", Int),
            ("confirmed", Int),
        ],
    ),
    table(
        "share_link",
        "id",
        &[
            ("id", Text),
            ("hash", Bytes),
            ("organisation", Text),
            ("label", Bytes),
            ("car", Bytes),
            ("fields", Text),
            ("created_by", Text),
            ("created", Int),
            ("expires", Int),
            ("withdrawn", Int),
        ],
    ),
    table(
        "trail",
        "id",
        &[
            ("id", Int),
            ("at", Int),
            ("account", Text),
            ("token", Text),
            ("organisation", Text),
            ("act", Text),
            ("subject", Bytes),
            ("outcome", Text),
        ],
    ),
];

/// Tables whose `id` PostgreSQL counts up by itself.
const COUNTED: &[&str] = &["certification_mandate", "trail"];

/// How far a move is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving {
    /// Public files copied, of how many.
    Objects(u64, u64),
    /// Rows copied, of how many.
    Rows(u64, u64),
    /// Entries recomputed at the target, of how many.
    Verifying(u64, u64),
}

/// What was moved, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveReport {
    /// The log's name.
    pub origin: String,
    /// Its size.
    pub size: u64,
    /// Public files.
    pub objects: u64,
    /// Rows of all tables.
    pub rows: u64,
    /// Whether only the last step of an interrupted move was left.
    pub resumed: bool,
}

impl Store {
    /// Carries the log to the database and objects of `target`, verifies it there, and leaves this database marked so that
    /// it cannot go on. This store is opened with [`Store::inspect`], and `here` is its database's URL. A dry run looks
    /// whether all could be done, and counts.
    ///
    /// # Errors
    /// Somebody is sealing here, not all that is sealed is published, there is another log at the target, or storage failed:
    /// then nothing has changed here. What lies at the target by then is harmless.
    pub async fn move_to(
        &self,
        target: Options,
        here: &str,
        same_objects: bool,
        dry_run: bool,
        mut progress: impl FnMut(Moving),
    ) -> Result<MoveReport, StoreError> {
        let (here, there) = (without_password(here), without_password(&target.database));
        if here == there {
            return Err(StoreError::CannotMove(format!("it is in {here} already")));
        }
        let mut from = self.db.begin(Lock::Log).await?;
        hold_all(&mut from).await?;
        let row = LogRow::read(&mut from).await?.ok_or(StoreError::NoLog)?;
        let left = match Moved::read(&mut from).await? {
            None => false,
            Some(Moved::To(place)) if place == there => true,
            Some(Moved::To(place)) => return Err(StoreError::Moved(place)),
            Some(Moved::From(place)) => return Err(StoreError::Arriving(place)),
        };
        if !left {
            self.nobody_seals(&mut from).await?;
        }
        let checkpoint = self.all_published(&row).await?;

        let target_objects = Objects::new(target.objects.clone(), self.watch.clone());
        let there_db = if dry_run {
            Db::look(&target.database).await
        } else {
            Db::connect(&target.database, true).await.map(Some)
        };
        let there_db = there_db.map_err(|error| match error {
            StoreError::Sql(e) => {
                let fix = "check the URL, and that the server runs and lets this user in";
                StoreError::CannotMove(format!("the target {there} cannot be opened: {e}; {fix}"))
            }
            error => error,
        })?;
        if let Some(db) = &there_db {
            match (LogRow::read(db).await?, Moved::read(db).await?) {
                // 6 is all that is left to do.
                (Some(arrived), Some(Moved::From(place)))
                    if left && place == here && arrived.root == row.root =>
                {
                    if !dry_run {
                        arrive(db, self.watch.as_ref()).await?;
                    }
                    return Ok(MoveReport {
                        origin: row.origin,
                        size: row.size.0,
                        objects: 0,
                        rows: 0,
                        resumed: true,
                    });
                }
                (_, Some(Moved::From(place))) => return Err(StoreError::Arriving(place)),
                (_, Some(Moved::To(place))) => return Err(StoreError::Moved(place)),
                (Some(other), None) if !left => return Err(StoreError::LogExists(other.origin)),
                (_, None) => {}
            }
        }
        if left {
            return Err(StoreError::Moved(there));
        }
        if let Some(bytes) = target_objects.get(CHECKPOINT).await? {
            let published = self.read_checkpoint(&bytes)?;
            if published.size > row.size {
                return Err(StoreError::DatabaseBehind {
                    database: row.size.0,
                    published: published.size.0,
                });
            }
        }
        let paths: Vec<String> = if same_objects {
            Vec::new()
        } else {
            let all = self.objects.list("").await?;
            all.into_iter()
                .filter(|path| TileId::parse(path).is_ok() || BundleId::parse(path).is_ok())
                .collect()
        };
        let mut report = MoveReport {
            origin: row.origin.clone(),
            size: row.size.0,
            objects: paths.len() as u64 + u64::from(!same_objects),
            rows: count_rows(&mut from).await?,
            resumed: false,
        };
        let Some(there_db) = there_db.filter(|_| !dry_run) else {
            from.rollback().await?;
            return Ok(report);
        };
        let there_store = Self::assemble(target, there_db, row.params);

        // 2
        let mut copied = 0;
        for some in paths.chunks(OBJECTS) {
            self.objects.copy_to(&target_objects, some).await?;
            copied += some.len() as u64;
            progress(Moving::Objects(copied, report.objects));
        }
        if !same_objects {
            target_objects.put_checkpoint(checkpoint.clone()).await?;
            progress(Moving::Objects(report.objects, report.objects));
        }

        // 3
        let mut to = there_store.db.begin(Lock::Log).await?;
        hold_all(&mut to).await?;
        let mut done = 0;
        for table in TABLES {
            copy_table(table, &mut from, &mut to, |rows| {
                done += rows;
                progress(Moving::Rows(done, report.rows));
            })
            .await?;
        }
        report.rows = done;
        if to.dialect() == Dialect::Postgres {
            for table in COUNTED {
                let mut sql = QueryBuilder::new(Dialect::Postgres, "SELECT setval(pg_get_serial_sequence('");
                sql.push(table)
                    .push("', 'id'), coalesce(max(id), 0) + 1, false) FROM ")
                    .push(table);
                sql.build().execute(&mut to).await?;
            }
        }
        Moved::From(here.clone()).write(&mut to).await?;
        commit(to, "rows", self.watch.as_ref()).await?;

        // 4
        let found = there_store
            .fsck(|done, of| progress(Moving::Verifying(done, of)))
            .await?;
        if let Some(complaint) = found
            .complaints
            .iter()
            .find(|c| c.severity == crate::Severity::Damage)
        {
            let problem =
                format!("the copy is not sound ({complaint}); the log is still in {here}, empty {there}");
            return Err(StoreError::CannotMove(problem));
        }
        if target_objects.get(CHECKPOINT).await? != Some(checkpoint) {
            let problem = format!("the checkpoint at the target is another; the log is still in {here}");
            return Err(StoreError::CannotMove(problem));
        }

        // 5 and 6
        Moved::To(there).write(&mut from).await?;
        commit(from, "left", self.watch.as_ref()).await?;
        arrive(&there_store.db, self.watch.as_ref()).await?;
        there_store.db.close().await;
        Ok(report)
    }

    async fn nobody_seals(&self, db: &mut Connection) -> Result<(), StoreError> {
        let now = crate::lease::clock(db).await?;
        let lease = query("SELECT holder, expires FROM lease WHERE id = 1")
            .fetch_optional(db)
            .await?;
        let Some(lease) = lease else { return Ok(()) };
        let expires = unsigned("lease", lease.try_get("expires")?)?;
        if expires <= now {
            return Ok(());
        }
        Err(StoreError::Busy {
            holder: lease.try_get("holder")?,
            seconds: (expires - now).div_ceil(1000),
        })
    }

    /// The published checkpoint, if it shows all that is sealed.
    async fn all_published(&self, row: &LogRow) -> Result<bytes::Bytes, StoreError> {
        let bytes = self
            .objects
            .get(CHECKPOINT)
            .await?
            .ok_or_else(|| StoreError::ObjectMissing(CHECKPOINT.to_owned()))?;
        let published = self.read_checkpoint(&bytes)?;
        if published.size > row.size {
            return Err(StoreError::DatabaseBehind {
                database: row.size.0,
                published: published.size.0,
            });
        }
        if row.staging.is_some() || published.size != row.size {
            let problem = "not all that is sealed is published; run `carnet seal` first".to_owned();
            return Err(StoreError::CannotMove(problem));
        }
        if published.root != row.root {
            return Err(StoreError::Forked(row.size.0));
        }
        Ok(bytes)
    }
}

async fn commit(tx: Connection, name: &'static str, watch: &dyn Watch) -> Result<(), StoreError> {
    watch.before(&Step::Commit(name))?;
    tx.commit().await?;
    watch.after(&Step::Commit(name))
}

/// 6: the log is in this database now.
async fn arrive(db: &Db, watch: &dyn Watch) -> Result<(), StoreError> {
    let mut tx = db.begin(Lock::Log).await?;
    query("DELETE FROM moved WHERE id = 1").execute(&mut tx).await?;
    commit(tx, "arrived", watch).await
}

/// Both locks of PostgreSQL, for as long as it takes.
async fn hold_all(db: &mut Connection) -> Result<(), StoreError> {
    if db.dialect() == Dialect::Postgres {
        for sql in [
            "SET LOCAL idle_in_transaction_session_timeout = 0",
            "SELECT pg_advisory_xact_lock('statement'::regclass::oid::bigint)",
        ] {
            query(sql).execute(&mut *db).await?;
        }
    }
    Ok(())
}

async fn count_rows(db: &mut Connection) -> Result<u64, StoreError> {
    let mut sum = 0;
    for table in TABLES {
        let mut sql = QueryBuilder::new(db.dialect(), "SELECT count(*) AS rows FROM ");
        sql.push(table.name);
        let row = sql.build().fetch_one(&mut *db).await?;
        sum += unsigned(table.name, row.try_get("rows")?)?;
    }
    Ok(sum)
}

async fn copy_table(
    table: &Table,
    from: &mut Connection,
    to: &mut Connection,
    mut copied: impl FnMut(u64),
) -> Result<(), StoreError> {
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    let names = names.join(", ");
    let mut sql = QueryBuilder::new(from.dialect(), "SELECT ");
    sql.push(&names)
        .push(" FROM ")
        .push(table.name)
        .push(" ORDER BY ")
        .push(table.order);
    let mut rows = sql.build().fetch(from).try_chunks(ROWS);
    loop {
        let chunk = match rows.try_next().await {
            Ok(Some(chunk)) => chunk,
            Ok(None) => return Ok(()),
            Err(error) => return Err(error.1.into()),
        };
        let values = chunk
            .iter()
            .map(|row| {
                let read = |(name, kind): &(&str, Kind)| row.value(name, *kind);
                table.columns.iter().map(read).collect::<Result<Vec<_>, _>>()
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut sql = QueryBuilder::new(to.dialect(), "INSERT INTO ");
        sql.push(table.name).push(" (").push(&names).push(") ");
        sql.push_values(values, |row, values| {
            for value in values {
                row.push_bind(value);
            }
        });
        sql.build().execute(&mut *to).await?;
        copied(chunk.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever adds a table or a column decides here whether it moves.
    #[tokio::test]
    async fn every_table_moves_with_all_its_columns() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("carnet.sqlite").display());
        let db = Db::connect(&url, true).await.unwrap();
        let rows = query(
            "SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT IN ('_sqlx_migrations', 'lease', 'moved')",
        )
        .fetch_all(&db)
        .await
        .unwrap();
        let mut there: Vec<(String, String)> = rows
            .iter()
            .map(|row| (row.try_get("t").unwrap(), row.try_get("c").unwrap()))
            .collect();
        let mut here: Vec<(String, String)> = TABLES
            .iter()
            .flat_map(|t| {
                t.columns
                    .iter()
                    .map(|(c, _)| (t.name.to_owned(), (*c).to_owned()))
            })
            .collect();
        there.sort();
        here.sort();

        assert_eq!(here, there);
    }
}
