//! A real log in a directory: an SQLite file, public files written with fsync, a witness and an auditor, two issuers.
//!
//! Under `scripts/with-postgres-and-s3` every log lies in PostgreSQL and S3, in a schema and a folder of its own (`test-servers`),
//! and the same tests run.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use history::entry::{Entry, KeyEntry, MAP_VERSION, Params};
use index::Label;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use sha2::{Digest as _, Sha256};
use sqlx::{Connection as _, Row as _};
use statement::vocabulary::Role;
use statement::{Digest, IssuerSigningKey, KeyId};
use store::{LocalCosigner, Options, Secret, Store, Submission, Submitted, Vault};
use tempfile::TempDir;
pub use test_servers::past_one_machine;
use test_servers::{Place, copy_all};
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

/// The SQL of the database the tests run on.
pub fn dialect(sqlite: &'static str, postgres: &'static str) -> &'static str {
    if past_one_machine() { postgres } else { sqlite }
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
        log.make_place();
        log
    }

    /// A log somebody else made.
    pub fn at(dir: impl Into<PathBuf>) -> Self {
        let log = Self {
            dir: dir.into(),
            temporary: None,
        };
        log.make_place();
        log
    }

    /// Where the log lies, if not in its directory.
    fn place(&self) -> Option<Place> {
        Place::of(&self.dir)
    }

    fn make_place(&self) {
        if let Some(place) = self.place() {
            place.make();
        }
    }

    /// Puts another log's database in the place of this one's.
    pub fn restore_database(&self, backup: &Self) {
        match (self.place(), backup.place()) {
            (Some(to), Some(from)) => to.copy_database(&from),
            _ => {
                std::fs::copy(backup.database(), self.database()).unwrap();
            }
        }
    }

    /// Takes the database away.
    pub fn remove_database(&self) {
        match self.place() {
            Some(place) => place.empty_database(),
            None => std::fs::remove_file(self.database()).unwrap(),
        }
    }

    /// SQL that puts the rows of another log's table into the same table here.
    pub fn rows_of(&self, backup: &Self, table: &str) -> &'static str {
        let from = backup
            .place()
            .map_or_else(|| "old".to_owned(), |place| place.schema().to_owned());
        Box::leak(format!("INSERT INTO {table} SELECT * FROM {from}.{table}").into_boxed_str())
    }

    /// A copy of the whole directory; the log must be closed.
    pub fn copy(&self) -> Self {
        let copy = Self::empty();
        copy_all(&self.dir, &copy.dir);
        if let (Some(to), Some(from)) = (copy.place(), self.place()) {
            to.copy(&from);
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
        match self.place() {
            Some(place) => place.folder().expect("CARNET_TEST_OBJECTS_FOLDER").join(path),
            None => self.dir.join("log").join(path),
        }
    }

    pub fn files(&self) -> Arc<dyn ObjectStore> {
        if let Some(place) = self.place() {
            return store::open_objects(&place.objects()).unwrap();
        }
        std::fs::create_dir_all(self.object("")).unwrap();
        let files = LocalFileSystem::new_with_prefix(self.object("")).unwrap();
        Arc::new(files.with_fsync(true))
    }

    /// The database as the store wants it named.
    pub fn database_url(&self) -> String {
        self.place().map_or_else(
            || format!("sqlite://{}", self.database().display()),
            |place| place.database(),
        )
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
        if self.temporary.is_some()
            && !std::thread::panicking()
            && let Some(place) = self.place()
        {
            place.remove();
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
