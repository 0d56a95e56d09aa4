//! Opening a log: create it, or find out where it stands and finish what was begun.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use history::entry::{Entry, KeyEntry, Params, key_label};
use history::map::{ChainHead, Index, KeyRecord, fold_key};
use history::sequence::{BUNDLE, LogState};
use index::Label;
use object_store::ObjectStore;
use statement::KeyId;
use tlog::checkpoint::Checkpoint;
use tlog::note::{Note, SigningKey};
use tlog::policy::Policy;
use tlog::tile::{BundleId, FULL_WIDTH, TileId};
use tlog::tree::RightEdge;
use tlog::{Hash, LeafIndex, TreeSize, leaf_hash};
use tokio::sync::Mutex;

use crate::batch::Prepared;
use crate::cosigner::Cosigner;
use crate::db::{Connection, Db, On, query};
use crate::error::StoreError;
use crate::lease::Lease;
use crate::log_row::{LogRow, bytes32, unsigned};
use crate::moved;
use crate::objects::{CHECKPOINT, Objects};
use crate::quorum::Asked;
use crate::room::Room;
use crate::vault::Vault;
use crate::watch::{Unwatched, Watch};
use crate::writing::Turns;

/// How long opening and reading wait for another process to publish its batch.
pub(crate) const OPENING: Duration = Duration::from_secs(1);

/// How often to look whether it has.
pub(crate) const POLL: Duration = Duration::from_millis(20);

/// Everything a store is opened with.
pub struct Options {
    /// `sqlite:` or `postgres:` URL of the database.
    pub database: String,
    /// Where tiles, bundles and the checkpoint live.
    pub objects: Arc<dyn ObjectStore>,
    /// The log's signing key; its name is the origin.
    pub signer: SigningKey,
    /// Who must cosign before a checkpoint is published.
    pub policy: Policy,
    /// Whom to ask.
    pub cosigners: Vec<Box<dyn Cosigner>>,
    /// The key that wraps the vehicles' content keys.
    pub vault: Vault,
    /// How many entries one batch takes at most, its `I` entry not counted.
    pub batch: usize,
    /// How much the statements about one vehicle may come to.
    pub room: Room,
    /// How long a sequencer may be silent before another takes over.
    pub lease: Duration,
    /// Sees every step; tests use it to break things.
    pub watch: Arc<dyn Watch>,
}

impl Options {
    /// Options with the usual batch size (1,000) and lease (10 s), and room without bounds.
    pub fn new(
        database: String,
        objects: Arc<dyn ObjectStore>,
        signer: SigningKey,
        policy: Policy,
        vault: Vault,
    ) -> Self {
        Self {
            database,
            objects,
            signer,
            policy,
            cosigners: Vec::new(),
            vault,
            batch: 1000,
            room: Room::UNBOUNDED,
            lease: Duration::from_secs(10),
            watch: Arc::new(Unwatched),
        }
    }
}

/// A log, opened.
pub struct Store {
    pub(crate) db: Db,
    pub(crate) objects: Objects,
    pub(crate) signer: SigningKey,
    pub(crate) policy: Policy,
    pub(crate) cosigners: Vec<Arc<Asked>>,
    pub(crate) vault: Vault,
    pub(crate) batch: usize,
    pub(crate) room: Room,
    pub(crate) lease_ttl: Duration,
    pub(crate) holder: String,
    pub(crate) watch: Arc<dyn Watch>,
    pub(crate) params: Params,
    /// One task at a time works on the log's state; the database decides between processes.
    pub(crate) live: Mutex<Live>,
    pub(crate) turns: Turns,
    /// The log as it was published last, for those who read.
    pub(crate) reading: Mutex<Option<LogState>>,
}

/// What only the holder of the lock may touch.
pub(crate) struct Live {
    /// `None` after an error that left it in doubt; it is loaded anew then.
    pub(crate) state: Option<LogState>,
    /// The next batch, where it was staged while the last one was published; `state` is ahead by it then.
    pub(crate) prepared: Option<Prepared>,
    pub(crate) lease: Option<Lease>,
    /// An error at or after a commit point: nothing may go on in this process.
    pub(crate) stopped: bool,
    /// Whether staging objects of batches that never committed were looked for.
    pub(crate) swept: bool,
}

impl Live {
    /// Drops what is ahead of the database: it is loaded anew, and what was staged without being committed is litter.
    pub(crate) fn forget(&mut self) {
        self.state = None;
        self.prepared = None;
        self.swept = false;
    }
}

/// Where the log stands, for people and scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The log's name.
    pub origin: String,
    /// Entries committed.
    pub size: u64,
    /// Entries covered by the published checkpoint.
    pub published: u64,
    /// The root over the committed entries.
    pub root: tlog::Hash,
    /// Statements sealed.
    pub statements: u64,
    /// Statements accepted and not sealed yet.
    pub waiting: u64,
    /// Statements whose key was revoked before they could be sealed.
    pub refused: u64,
    /// Labels in the index: vehicles and issuer keys.
    pub labels: u64,
    /// Issuer keys ever enrolled.
    pub keys: u64,
}

impl Store {
    /// Whether the database, which exists, holds a log already: one that was begun and never got its row is none.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn holds_log(database: &str) -> Result<bool, StoreError> {
        let db = Db::connect(database, false).await?;
        let row = LogRow::read(&db).await?;
        db.close().await;
        Ok(row.is_some())
    }

    /// Creates a log whose entry 0 is `params`, and seals it.
    ///
    /// # Errors
    /// There is a log in this database or object store already, or writing failed.
    pub async fn create(options: Options, params: Params) -> Result<Self, StoreError> {
        let db = Db::connect(&options.database, true).await?;
        moved::refuse(&db).await?;
        if let Some(row) = LogRow::read(&db).await? {
            return Err(StoreError::LogExists(row.origin));
        }
        let store = Self::assemble(options, db, params);
        if let Some(published) = store.published().await? {
            return Err(StoreError::DatabaseBehind {
                database: 0,
                published: published.size.0,
            });
        }
        query("INSERT INTO log (id, origin, params, size, root, checkpoint) VALUES (1, $1, $2, 0, $3, $4)")
            .bind(store.origin())
            .bind(Entry::Params(params).encode().map_err(StoreError::format)?)
            .bind(tlog::empty_root().0.to_vec())
            .bind(Vec::new())
            .execute(&store.db)
            .await?;
        store.found().await?;
        Ok(store)
    }

    /// Opens the log and finishes what an earlier process may have left: the database is the truth, and a batch that it
    /// has and the object store has not is published by the same code that publishes in normal operation. Where another
    /// process is publishing, or the quorum is missing, the log is open all the same, and the next [`Store::seal`] goes on.
    ///
    /// # Errors
    /// No log, a database older than the published checkpoint, or a damaged one.
    pub async fn open(options: Options) -> Result<Self, StoreError> {
        let db = Db::connect(&options.database, false).await?;
        moved::refuse(&db).await?;
        let row = LogRow::read(&db).await?.ok_or(StoreError::NoLog)?;
        let store = Self::assemble(options, db, row.params);
        // An erasure cut short may have left the old pages in the write-ahead log. Who reads now keeps them for now.
        store.scrub(Duration::ZERO).await?;
        {
            let mut live = store.live.lock().await;
            let recovered = store.recover(&mut live, OPENING).await;
            unless_unpublished(recovered)?;
        }
        if row.size == TreeSize(0) {
            unless_unpublished(store.found().await)?;
        }
        Ok(store)
    }

    /// Opens the log as it lies, to look for damage: finishes nothing, and asks nothing of the published files.
    ///
    /// # Errors
    /// No log in this database, or the database cannot be read.
    pub async fn inspect(options: Options) -> Result<Self, StoreError> {
        let db = Db::connect(&options.database, false).await?;
        let row = LogRow::read(&db).await?.ok_or(StoreError::NoLog)?;
        Ok(Self::assemble(options, db, row.params))
    }

    pub(crate) fn assemble(options: Options, db: Db, params: Params) -> Self {
        Self {
            db,
            objects: Objects::new(options.objects, options.watch.clone()),
            signer: options.signer,
            cosigners: Asked::all(options.cosigners, &options.policy),
            policy: options.policy,
            vault: options.vault,
            batch: options.batch.max(1),
            room: options.room,
            lease_ttl: options.lease,
            holder: holder(),
            watch: options.watch,
            params,
            live: Mutex::new(Live {
                state: None,
                prepared: None,
                lease: None,
                stopped: false,
                swept: false,
            }),
            turns: Turns::default(),
            reading: Mutex::new(None),
        }
    }

    /// The parameters of entry 0.
    pub fn params(&self) -> Params {
        self.params
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        self.signer.name().as_str()
    }

    /// The log's public files.
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// Lets the next process sequence at once. Not calling it costs that process a wait, nothing else.
    ///
    /// # Errors
    /// The database failed.
    pub async fn close(self) -> Result<(), StoreError> {
        let lease = self.live.lock().await.lease.take();
        if let Some(lease) = lease {
            lease.release(&self.db).await?;
        }
        self.db.close().await;
        Ok(())
    }

    /// The published checkpoint.
    pub(crate) async fn published(&self) -> Result<Option<Checkpoint>, StoreError> {
        let Some(bytes) = self.objects.get(CHECKPOINT).await? else {
            return Ok(None);
        };
        Ok(Some(self.read_checkpoint(&bytes)?))
    }

    pub(crate) fn read_checkpoint(&self, bytes: &Bytes) -> Result<Checkpoint, StoreError> {
        let damaged = |problem: String| StoreError::ObjectDamaged {
            path: CHECKPOINT.to_owned(),
            problem,
        };
        let note = Note::parse(bytes).map_err(|e| damaged(e.to_string()))?;
        note.verify(std::slice::from_ref(self.signer.vkey()))
            .map_err(|e| damaged(e.to_string()))?;
        let checkpoint = Checkpoint::from_note(&note).map_err(|e| damaged(e.to_string()))?;
        if checkpoint.origin != self.origin() {
            return Err(damaged(format!(
                "origin is {}, not {}",
                checkpoint.origin,
                self.origin()
            )));
        }
        Ok(checkpoint)
    }

    /// Refuses a database the published log has left behind; publishes what the database has and the log has not, unless
    /// another process is at it for longer than `patience`.
    pub(crate) async fn recover(&self, live: &mut Live, patience: Duration) -> Result<(), StoreError> {
        let begin = Instant::now();
        loop {
            // The checkpoint is read before the row: what others publish in between makes the row newer, never older.
            let published = self.published().await?;
            let row = LogRow::read(&self.db).await?.ok_or(StoreError::NoLog)?;
            if row.origin != self.origin() {
                let problem = format!("origin is {}, the key is {}'s", row.origin, self.origin());
                return Err(StoreError::row("log", problem));
            }
            let size = published.as_ref().map_or(TreeSize(0), |c| c.size);
            if size > row.size {
                return Err(StoreError::DatabaseBehind {
                    database: row.size.0,
                    published: size.0,
                });
            }
            if published.is_some_and(|c| c.size == row.size && c.root != row.root) {
                return Err(StoreError::Forked(row.size.0));
            }
            if row.staging.is_none() && size == row.size {
                return Ok(());
            }
            match self.take_lease(live, Duration::ZERO).await {
                Ok(_) => {
                    let row = LogRow::read(&self.db).await?.ok_or(StoreError::NoLog)?;
                    return self.finish(&row).await;
                }
                Err(StoreError::Busy { .. }) if begin.elapsed() < patience => tokio::time::sleep(POLL).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// How long to wait for a holder of the lease that may be dead.
    pub(crate) fn patience(&self) -> Duration {
        self.lease_ttl + Duration::from_millis(500)
    }

    pub(crate) async fn hold_lease(&self, live: &mut Live) -> Result<u64, StoreError> {
        self.take_lease(live, self.patience()).await
    }

    pub(crate) async fn take_lease(&self, live: &mut Live, patience: Duration) -> Result<u64, StoreError> {
        let lease = Lease::take(&self.db, &self.holder, live.lease, self.lease_ttl, patience).await?;
        live.lease = Some(lease);
        // Every taking counts one up, so nobody had it in between: what was staged before is still there.
        if let Some(prepared) = &mut live.prepared
            && prepared.fence.checked_add(1) == Some(lease.fence)
        {
            prepared.fence = lease.fence;
        }
        Ok(lease.fence)
    }

    /// The state over the committed entries, loaded where this process does not have it.
    pub(crate) async fn state<'l>(
        &self,
        live: &'l mut Live,
        row: &LogRow,
    ) -> Result<&'l mut LogState, StoreError> {
        let current = live
            .state
            .as_ref()
            .is_some_and(|s| s.size() == row.size && s.root() == row.root);
        if !current {
            live.state = None;
        }
        match live.state.take() {
            Some(state) => Ok(live.state.insert(state)),
            None => {
                // Rows of one moment: others may seal meanwhile.
                let mut db = self.db.read().await?;
                let now = LogRow::read(&mut db).await?.ok_or(StoreError::NoLog)?;
                if now.size != row.size {
                    return Err(StoreError::Fenced);
                }
                let state = self.load(row, &mut db).await?;
                db.rollback().await?;
                Ok(live.state.insert(state))
            }
        }
    }

    /// Right edge from tiles, tail from the last bundle, index from rows. Each is compared with what the committed root
    /// vouches for, because the next batch builds on all of them and what is sealed wrong stays wrong.
    pub(crate) async fn load(&self, row: &LogRow, db: &mut Connection) -> Result<LogState, StoreError> {
        let size = row.size.0;
        let tiles = self.objects.tiles(RightEdge::tiles_needed(row.size)).await?;
        let edge = RightEdge::from_tiles(row.size, &tiles).map_err(StoreError::format)?;
        if edge.root() != row.root {
            return Err(StoreError::ObjectDamaged {
                path: "tile/".to_owned(),
                problem: format!(
                    "the tiles of size {size} do not have the committed root; run `carnet log fsck`"
                ),
            });
        }
        let mut tail = Vec::new();
        if let Some(bundle) = size
            .checked_sub(1)
            .and_then(|last| BundleId::containing(last, row.size))
        {
            tail = self.objects.bundle(&bundle).await?;
            if bundle.is_full() {
                let last = TileId {
                    level: 0,
                    index: bundle.index,
                    width: FULL_WIDTH,
                };
                check_entries(&bundle, &tail, &self.objects.tile(&last).await?)?;
            } else {
                let last = TileId {
                    level: 0,
                    index: bundle.index,
                    width: bundle.width,
                };
                check_entries(&bundle, &tail, tiles.get(&last).map_or(&[], Vec::as_slice))?;
            }
        }
        let params = (size > 0).then_some(row.params);
        let mut index = Index::restore(params, chains(&mut *db).await?, keys(&mut *db).await?)
            .map_err(|e| StoreError::row("chain", e.to_string()))?;
        if let Some(last) = tail.last() {
            let sealed = Entry::decode(last).map_err(StoreError::format)?;
            if sealed != Entry::Index(index.entry(size - 1)?) {
                let problem = format!(
                    "the rows do not give the index that was sealed as entry {}",
                    size - 1
                );
                return Err(StoreError::row("chain", problem));
            }
        }
        for (id, entries) in key_entries(&mut *db, None).await? {
            let label = key_label(&id);
            let mut chain = ChainHead::EMPTY;
            for (at, entry) in entries {
                let bytes = Entry::Key(entry).encode().map_err(StoreError::format)?;
                chain = chain.extended(&label, at, &leaf_hash(&bytes));
            }
            if chain != index.chain(&label) {
                let problem = format!("the rows of key {id} are not what was sealed");
                return Err(StoreError::row("issuer_key", problem));
            }
        }
        if size.is_multiple_of(BUNDLE) {
            tail.clear();
        }
        Ok(LogState::restore(edge, tail, index)?)
    }

    /// The `K` entries of one key, or of all, in log order.
    pub(crate) async fn key_entries(
        &self,
        only: Option<KeyId>,
    ) -> Result<Vec<(KeyId, Vec<(LeafIndex, KeyEntry)>)>, StoreError> {
        key_entries(&self.db, only).await
    }

    /// All issuer keys and what the log says of them, by order of enrolment.
    ///
    /// # Errors
    /// The database failed or is damaged.
    pub async fn issuer_keys(&self) -> Result<Vec<(KeyId, KeyRecord)>, StoreError> {
        let mut keys: Vec<_> = keys(&self.db).await?.into_iter().collect();
        keys.sort_by_key(|(_, record)| record.enrolled_at);
        Ok(keys)
    }

    /// Where the log stands.
    ///
    /// # Errors
    /// The database or object store failed.
    pub async fn status(&self) -> Result<Status, StoreError> {
        let row = LogRow::read(&self.db).await?.ok_or(StoreError::NoLog)?;
        let counts = query(
            "SELECT (SELECT count(*) FROM statement WHERE log_index IS NOT NULL) AS statements,
                    (SELECT count(*) FROM statement WHERE log_index IS NULL AND refused IS NULL) AS waiting,
                    (SELECT count(*) FROM statement WHERE refused IS NOT NULL) AS refused,
                    (SELECT count(*) FROM chain) AS labels,
                    (SELECT count(*) FROM issuer_key) AS keys",
        )
        .fetch_one(&self.db)
        .await?;
        let count = |name: &str| unsigned("statement", counts.try_get(name)?);
        Ok(Status {
            origin: row.origin,
            size: row.size.0,
            published: self.published().await?.map_or(0, |c| c.size.0),
            root: row.root,
            statements: count("statements")?,
            waiting: count("waiting")?,
            refused: count("refused")?,
            labels: count("labels")?,
            keys: count("keys")?,
        })
    }
}

async fn chains<'e>(db: impl Into<On<'e>>) -> Result<Vec<(Label, ChainHead)>, StoreError> {
    let mut rows = query("SELECT label, count, head FROM chain ORDER BY label").fetch(db);
    let mut chains = Vec::new();
    while let Some(row) = rows.try_next().await? {
        let label = Label(bytes32("chain", row.try_get("label")?)?);
        let count = unsigned("chain", row.try_get("count")?)?;
        chains.push((
            label,
            ChainHead {
                count,
                head: bytes32("chain", row.try_get("head")?)?,
            },
        ));
    }
    Ok(chains)
}

async fn keys<'e>(db: impl Into<On<'e>>) -> Result<HashMap<KeyId, KeyRecord>, StoreError> {
    let mut keys = HashMap::new();
    for (id, entries) in key_entries(db, None).await? {
        let entries = entries.iter().map(|(at, entry)| (*at, entry));
        if let Some(record) = fold_key(entries).map_err(|e| StoreError::row("issuer_key", e.to_string()))? {
            keys.insert(id, record);
        }
    }
    Ok(keys)
}

/// The `K` entries of one key, or of all, in log order.
async fn key_entries<'e>(
    db: impl Into<On<'e>>,
    only: Option<KeyId>,
) -> Result<Vec<(KeyId, Vec<(LeafIndex, KeyEntry)>)>, StoreError> {
    let rows = query(
        "SELECT key_id, enrolled, enrolled_at, revoked, revoked_at FROM issuer_key
         WHERE $1 IS NULL OR key_id = $1 ORDER BY enrolled_at",
    )
    .bind(only.map(|id| id.0.to_vec()))
    .fetch_all(db)
    .await?;
    let read = |bytes: &[u8]| match Entry::decode(bytes) {
        Ok(Entry::Key(entry)) => Ok(entry),
        other => Err(StoreError::row("issuer_key", format!("not a K entry: {other:?}"))),
    };
    let mut keys = Vec::with_capacity(rows.len());
    for row in rows {
        let id = KeyId(bytes32("issuer_key", row.try_get("key_id")?)?);
        let at = LeafIndex(unsigned("issuer_key", row.try_get("enrolled_at")?)?);
        let mut entries = vec![(at, read(row.try_get("enrolled")?)?)];
        if let Some(revoked) = row.try_get::<Option<Vec<u8>>>("revoked")? {
            entries.push((
                LeafIndex(unsigned("issuer_key", row.try_get("revoked_at")?)?),
                read(&revoked)?,
            ));
        }
        keys.push((id, entries));
    }
    Ok(keys)
}

/// Whether a bundle's entries are those whose hashes stand in the tile.
fn check_entries(bundle: &BundleId, entries: &[Vec<u8>], hashes: &[u8]) -> Result<(), StoreError> {
    for (entry, (hash, at)) in entries
        .iter()
        .zip(hashes.chunks(Hash::LEN).zip(bundle.index * BUNDLE..))
    {
        if leaf_hash(entry).0 != *hash {
            let problem = format!(
                "entry {at} is not the one in the tree; run `carnet log fsck` and restore the object"
            );
            return Err(StoreError::ObjectDamaged {
                path: bundle.path(),
                problem,
            });
        }
    }
    Ok(())
}

/// Submitting and reading take neither the lease nor a quorum.
fn unless_unpublished(result: Result<(), StoreError>) -> Result<(), StoreError> {
    match result {
        Err(StoreError::NoQuorum(_) | StoreError::Busy { .. }) => Ok(()),
        result => result,
    }
}

/// Names this process for the lease: unique on one machine and, with random bits, across machines.
fn holder() -> String {
    let mut salt = [0; 8];
    // Without randomness the process number alone must do: it only has to differ between living processes.
    let salt = if crate::vault::random(&mut salt).is_ok() {
        u64::from_be_bytes(salt)
    } else {
        0
    };
    format!("process {} ({salt:016x})", std::process::id())
}
