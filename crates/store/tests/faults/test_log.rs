//! A real log in a directory: an SQLite file, public files written with fsync, a witness and an auditor, two issuers.
//!
//! With CARNET_TEST_DATABASE_URL (PostgreSQL), CARNET_TEST_OBJECTS_URL (a bucket), and CARNET_TEST_OBJECTS_FOLDER (the folder
//! in which the S3 server keeps that bucket's objects as files) every log lies there, in a schema and a folder of its own, and
//! the same tests run. `scripts/with-postgres-and-s3` starts both and sets them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use history::entry::{Entry, KeyEntry, MAP_VERSION, Params};
use index::Label;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use statement::vocabulary::Role;
use statement::{Digest, IssuerSigningKey, KeyId};
use store::{LocalCosigner, Options, Secret, Store, Submission, Submitted, Vault};
use tempfile::TempDir;
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::CosigningKey;
use tlog::note::{KeyName, Note, SigningKey};
use tlog::policy::Policy;
use tlog::tile::decode_bundle;
use tlog::{Hash, leaf_hash, node_hash};

pub const ORIGIN: &str = "log.test/carnet";

/// Statements are about this many cars, in turn.
pub const CARS: u64 = 7;

/// Short, because tests that kill a sequencer wait for its lease to end. Safety does not rest on it.
const LEASE: Duration = Duration::from_millis(60);

pub struct TestLog {
    dir: PathBuf,
    temporary: Option<TempDir>,
}

/// Where logs lie that are not in a directory.
struct Elsewhere {
    database: String,
    objects: String,
    folder: PathBuf,
}

fn elsewhere() -> Option<&'static Elsewhere> {
    static ELSEWHERE: std::sync::LazyLock<Option<Elsewhere>> = std::sync::LazyLock::new(|| {
        Some(Elsewhere {
            database: std::env::var("CARNET_TEST_DATABASE_URL").ok()?,
            objects: std::env::var("CARNET_TEST_OBJECTS_URL").unwrap(),
            folder: std::env::var("CARNET_TEST_OBJECTS_FOLDER").unwrap().into(),
        })
    });
    ELSEWHERE.as_ref()
}

/// Whether the tests run on PostgreSQL and S3.
pub fn past_one_machine() -> bool {
    elsewhere().is_some()
}

/// The SQL of the database the tests run on.
pub fn dialect(sqlite: &'static str, postgres: &'static str) -> &'static str {
    if past_one_machine() { postgres } else { sqlite }
}

/// Runs SQL that is not of one log; from tests and from `Drop`, hence on a thread of its own.
fn administer(sql: String) {
    let Some(place) = elsewhere() else { return };
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut db = sqlx::PgConnection::connect(&place.database).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await.unwrap();
            db.close().await.unwrap();
        });
    });
    done.join().unwrap();
}

impl TestLog {
    /// A log with entry 0 and two enrolled issuers.
    pub async fn create() -> (Self, Store) {
        let log = Self::empty();
        let store = log.found().await;
        (log, store)
    }

    /// A directory without a log.
    pub fn empty() -> Self {
        // In memory where there is such a place: every write is still synced, which costs nothing there, and what a
        // killed process has written is the kernel's in either case.
        let memory = tempfile::tempdir_in("/dev/shm");
        let temporary = memory.or_else(|_| tempfile::tempdir()).unwrap();
        let log = Self {
            dir: temporary.path().to_owned(),
            temporary: Some(temporary),
        };
        administer(format!("CREATE SCHEMA {}", log.name()));
        log
    }

    /// A log somebody else made.
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        let log = Self {
            dir: dir.into(),
            temporary: None,
        };
        administer(format!("CREATE SCHEMA IF NOT EXISTS {}", log.name()));
        log
    }

    /// The log's schema and folder, where it is not in its directory.
    fn name(&self) -> String {
        let hash = Sha256::digest(self.dir.to_string_lossy().as_bytes());
        format!("t{}", &hex::encode(hash)[..16])
    }

    /// Puts another log's database in the place of this one's.
    pub fn restore_database(&self, backup: &Self) {
        if !past_one_machine() {
            std::fs::copy(backup.database(), self.database()).unwrap();
            return;
        }
        let (to, from) = (self.name(), backup.name());
        administer(format!(
            "DROP SCHEMA {to} CASCADE; CREATE SCHEMA {to};
             DO $$ DECLARE t text; BEGIN
                 FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '{from}' LOOP
                     EXECUTE format('CREATE TABLE {to}.%I (LIKE {from}.%I INCLUDING ALL)', t, t);
                     EXECUTE format('INSERT INTO {to}.%I SELECT * FROM {from}.%I', t, t);
                 END LOOP;
             END $$"
        ));
    }

    /// Takes the database away.
    pub fn remove_database(&self) {
        if past_one_machine() {
            let name = self.name();
            administer(format!("DROP SCHEMA {name} CASCADE; CREATE SCHEMA {name}"));
        } else {
            std::fs::remove_file(self.database()).unwrap();
        }
    }

    /// SQL that puts the rows of another log's table into the same table here.
    pub fn rows_of(&self, backup: &Self, table: &str) -> &'static str {
        let from = if past_one_machine() {
            backup.name()
        } else {
            "old".to_owned()
        };
        Box::leak(format!("INSERT INTO {table} SELECT * FROM {from}.{table}").into_boxed_str())
    }

    /// A copy of the whole directory; the log must be closed.
    pub fn copy(&self) -> Self {
        let copy = Self::empty();
        copy_all(&self.dir, &copy.dir);
        if past_one_machine() {
            copy.restore_database(self);
            std::fs::create_dir_all(copy.object("")).unwrap();
            copy_all(&self.object(""), &copy.object(""));
        }
        copy
    }

    /// Makes the log in this directory, which is empty.
    pub async fn found(&self) -> Store {
        let store = Store::create(self.options(), params()).await.unwrap();
        store.append(vec![enrolment(0), enrolment(1)]).await.unwrap();
        store
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn database(&self) -> PathBuf {
        self.dir.join("carnet.sqlite")
    }

    /// Where an object lies on the disk.
    pub fn object(&self, path: &str) -> PathBuf {
        match elsewhere() {
            Some(place) => place.folder.join(self.name()).join(path),
            None => self.dir.join("log").join(path),
        }
    }

    pub fn files(&self) -> Arc<dyn ObjectStore> {
        if let Some(place) = elsewhere() {
            let (bucket, parameters) = place.objects.split_once('?').unwrap();
            return store::open_objects(&format!("{bucket}/{}?{parameters}", self.name())).unwrap();
        }
        std::fs::create_dir_all(self.object("")).unwrap();
        let files = LocalFileSystem::new_with_prefix(self.object("")).unwrap();
        Arc::new(files.with_fsync(true))
    }

    /// The database as the store wants it named.
    pub fn database_url(&self) -> String {
        match elsewhere() {
            Some(place) => {
                let joint = if place.database.contains('?') { '&' } else { '?' };
                format!("{}{joint}options[search_path]={}", place.database, self.name())
            }
            None => format!("sqlite://{}", self.database().display()),
        }
    }

    pub fn options(&self) -> Options {
        let vault = Vault::new(Secret::new([9; 32]));
        let mut options = Options::new(self.database_url(), self.files(), log_key(), policy(), vault);
        options.lease = LEASE;
        options.cosigners = vec![Box::new(self.witness()), Box::new(self.auditor())];
        options
    }

    pub fn witness(&self) -> LocalCosigner {
        LocalCosigner::witness(
            cosigning_key("witness"),
            log_key().vkey().clone(),
            self.dir.join("witness.json"),
        )
    }

    pub fn auditor(&self) -> LocalCosigner {
        LocalCosigner::auditor(
            cosigning_key("auditor"),
            log_key().vkey().clone(),
            self.dir.join("auditor.json"),
        )
    }

    pub async fn open(&self) -> Store {
        Store::open(self.options()).await.unwrap()
    }

    /// Runs SQL beside the store, as somebody with an SQLite shell would.
    pub async fn sql(&self, statement: &'static str) -> u64 {
        self.sql_all(&[statement]).await
    }

    /// Several statements over one connection; the rows that the last one changed.
    pub async fn sql_all(&self, statements: &[&'static str]) -> u64 {
        self.try_sql_all(statements).await.unwrap()
    }

    /// The same, where the database may refuse.
    pub async fn try_sql_all(&self, statements: &[&'static str]) -> Result<u64, sqlx::Error> {
        let mut changed = 0;
        if past_one_machine() {
            let mut db = sqlx::PgConnection::connect(&self.database_url()).await?;
            for statement in statements {
                changed = sqlx::query(*statement).execute(&mut db).await?.rows_affected();
            }
            db.close().await?;
        } else {
            let mut db = sqlx::SqliteConnection::connect(&self.database_url()).await?;
            for statement in statements {
                changed = sqlx::query(*statement).execute(&mut db).await?.rows_affected();
            }
            db.close().await?;
        }
        Ok(changed)
    }

    /// The values of the first column, for a statement about one car.
    pub async fn blobs(&self, sql: &'static str, car: Label) -> Vec<Vec<u8>> {
        let car = car.0.to_vec();
        if past_one_machine() {
            let mut db = sqlx::PgConnection::connect(&self.database_url()).await.unwrap();
            let rows = sqlx::query(sql).bind(car).fetch_all(&mut db).await.unwrap();
            db.close().await.unwrap();
            return rows.iter().map(|row| row.get(0)).collect();
        }
        let mut db = sqlx::SqliteConnection::connect(&self.database_url())
            .await
            .unwrap();
        let rows = sqlx::query(sql).bind(car).fetch_all(&mut db).await.unwrap();
        db.close().await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    pub fn read(&self, path: &str) -> Vec<u8> {
        std::fs::read(self.object(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    /// The published checkpoint, if there is one.
    pub fn published(&self) -> Option<Vec<u8>> {
        std::fs::read(self.object("checkpoint")).ok()
    }

    /// All objects, by path, without what the file system keeps for itself.
    pub fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        walk(&self.object(""), &self.object(""), &mut paths);
        paths.sort();
        paths
    }

    /// All entries of a log of `size`, read from the bundles, full or partial.
    pub fn entries(&self, size: u64) -> Vec<Vec<u8>> {
        let mut entries = Vec::new();
        for index in 0..size.div_ceil(256) {
            let width = (size - index * 256).min(256);
            let full = self.object(&format!("tile/entries/{}", tile_number(index)));
            let partial = self.object(&format!("tile/entries/{}.p/{width}", tile_number(index)));
            let bytes = std::fs::read(full).or_else(|_| std::fs::read(partial)).unwrap();
            let bundle = decode_bundle(&bytes).unwrap();
            entries.extend(bundle.into_iter().take(width as usize).map(<[u8]>::to_vec));
        }
        entries
    }

    /// Everything the outside world relies on: the files are exactly what the entries imply, every checkpoint in
    /// `published` is one of this log's past, and no statement is in it twice. Returns the digests in log order.
    pub async fn assert_sound(&self, store: &Store, published: &[Vec<u8>]) -> Vec<Digest> {
        let report = store.fsck(|_, _| {}).await.unwrap();
        assert_eq!(report.complaints, [], "fsck of {}", self.dir.display());

        let newest = self.published().expect("a checkpoint is published");
        let newest = accepted(&newest);
        let status = store.status().await.unwrap();
        assert_eq!(
            (status.size, status.root),
            (newest.size.0, newest.root),
            "all that is sealed is published"
        );
        let entries = self.entries(newest.size.0);
        let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        let mut before = 0;
        for note in published {
            let then = accepted(note);
            assert!(
                then.size.0 >= before,
                "the checkpoint went back from {before} to {}",
                then.size.0
            );
            before = then.size.0;
            assert_eq!(
                root(&leaves[..before as usize]),
                then.root,
                "the log of {before} entries was forked"
            );
        }
        assert_eq!(root(&leaves), newest.root);

        let digests: Vec<Digest> = entries.iter().filter_map(|entry| digest_of(entry)).collect();
        let mut unique: Vec<[u8; 32]> = digests.iter().map(|d| d.0).collect();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), digests.len(), "a statement was sealed twice");
        digests
    }
}

impl Drop for TestLog {
    fn drop(&mut self) {
        if self.temporary.is_some() && past_one_machine() && !std::thread::panicking() {
            administer(format!("DROP SCHEMA {} CASCADE", self.name()));
            let _ = std::fs::remove_dir_all(self.object(""));
        }
    }
}

/// The digest an entry's bytes carry, if it is a statement.
fn digest_of(entry: &[u8]) -> Option<Digest> {
    match Entry::decode(entry).unwrap() {
        Entry::Statement(statement) => Some(statement.digest),
        _ => None,
    }
}

pub fn params() -> Params {
    Params {
        map_version: MAP_VERSION,
        vrf_epoch: 1,
        vrf_key: [0x56; 32],
    }
}

pub fn log_key() -> SigningKey {
    SigningKey::new(KeyName::new(ORIGIN).unwrap(), &seed("log"))
}

pub fn cosigning_key(name: &str) -> CosigningKey {
    CosigningKey::new(KeyName::new(&format!("{ORIGIN}/{name}")).unwrap(), &seed(name))
}

/// Both the witness and the auditor must have cosigned.
pub fn policy() -> Policy {
    policy_with("group both all witness auditor\nquorum both\n")
}

/// A policy over the test log's key and cosigners, with other rules.
pub fn policy_with(rules: &str) -> Policy {
    let (log, witness, auditor) = (log_key(), cosigning_key("witness"), cosigning_key("auditor"));
    let keys = format!(
        "log {}\nwitness witness {}\nwitness auditor {}\n",
        log.vkey(),
        witness.vkey(),
        auditor.vkey()
    );
    Policy::parse(keys + rules).unwrap()
}

pub fn issuer(n: u64) -> IssuerSigningKey {
    IssuerSigningKey::from_seed(&seed(&format!("issuer {n}")))
}

pub fn key_id(n: u64) -> KeyId {
    issuer(n).key_id()
}

pub fn enrolment(n: u64) -> KeyEntry {
    KeyEntry::Enrolled {
        key_id: key_id(n),
        public_key: issuer(n).public(),
        roles: vec![Role::Workshop],
        issuer: format!("workshop-{n}"),
        name: format!("Workshop {n}"),
    }
}

pub fn revocation(n: u64) -> KeyEntry {
    KeyEntry::Revoked {
        key_id: key_id(n),
        reason: "closed down".to_owned(),
    }
}

pub fn car(n: u64) -> Label {
    Label(Sha256::digest(format!("car {n}")).into())
}

/// The n-th statement: about car n mod [`CARS`], signed by issuer 0. At this floor any text is a content.
pub fn statement(n: u64) -> Submission {
    statement_by(0, n)
}

pub fn statement_by(issuer: u64, n: u64) -> Submission {
    let content = format!(
        "by {issuer}: statement {n}, odometer {} km, plate 12-GA-{n:04}",
        1000 + n
    );
    Submission {
        digest: Digest(Sha256::digest(&content).into()),
        label: car(n % CARS),
        key_id: key_id(issuer),
        content,
        draft: None,
    }
}

pub fn statements(numbers: std::ops::Range<u64>) -> Vec<Submission> {
    numbers.map(statement).collect()
}

pub fn digests(submissions: &[Submission]) -> Vec<Digest> {
    submissions.iter().map(|submission| submission.digest).collect()
}

/// Submits and seals, and expects every statement to be new.
pub async fn record(store: &Store, submissions: &[Submission]) {
    let answers = store.submit(submissions).await.unwrap();
    assert!(
        answers.iter().all(|answer| *answer == Submitted::Accepted),
        "{answers:?}"
    );
    assert_eq!(store.seal().await.unwrap().sealed.len(), submissions.len());
}

/// The checkpoint in `note`, which the policy must accept.
pub fn accepted(note: &[u8]) -> Checkpoint {
    policy().evaluate(&Note::parse(note).unwrap()).unwrap().checkpoint
}

/// RFC 6962 §2.1, MTH(D[n]), straight from the definition.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => tlog::empty_root(),
        [leaf] => *leaf,
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            node_hash(&root(&leaves[..split]), &root(&leaves[split..]))
        }
    }
}

/// tlog-tiles: three digits a path element, all but the last with an `x` before them.
pub fn tile_number(index: u64) -> String {
    if index < 1000 {
        format!("{index:03}")
    } else {
        format!("x{:03}/{:03}", index / 1000, index % 1000)
    }
}

fn seed(name: &str) -> [u8; 32] {
    Sha256::digest(name).into()
}

fn walk(root: &Path, dir: &Path, out: &mut Vec<String>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(root, &path, out);
        } else if !path.to_string_lossy().contains('#') {
            out.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
        }
    }
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_all(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}
