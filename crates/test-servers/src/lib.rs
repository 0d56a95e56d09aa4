//! Where the logs of tests lie when the tests run past one machine: each in a schema and under a prefix of its own, on the
//! PostgreSQL and the S3 server that `scripts/with-postgres-and-s3` starts.
//!
//! A log is known by its data directory, in which its keys lie in either case. So a test says which directory it works in, and
//! runs unchanged on one machine, where the variables that the script sets are missing:
//! CARNET_TEST_DATABASE_URL (PostgreSQL), CARNET_TEST_OBJECTS_URL (a bucket), and CARNET_TEST_OBJECTS_FOLDER (the folder in which
//! the S3 server keeps that bucket's objects as files; tests that damage objects need it, the others run on servers without).
//!
//! For tests only: whatever goes wrong here panics.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use futures_util::TryStreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore as _, ObjectStoreExt as _};
use sha2::{Digest as _, Sha256};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use tempfile::TempDir;

struct Servers {
    database: String,
    objects: String,
    folder: Option<PathBuf>,
}

static SERVERS: LazyLock<Option<Servers>> = LazyLock::new(|| {
    Some(Servers {
        database: std::env::var("CARNET_TEST_DATABASE_URL").ok()?,
        objects: std::env::var("CARNET_TEST_OBJECTS_URL").unwrap(),
        folder: std::env::var_os("CARNET_TEST_OBJECTS_FOLDER").map(PathBuf::from),
    })
});

/// Whether the tests run on PostgreSQL and S3.
pub fn past_one_machine() -> bool {
    SERVERS.is_some()
}

/// For a test about the files of a log on one machine: whether it is left out here, which is said with its name.
#[must_use]
pub fn is_left_out(because: &str) -> bool {
    if past_one_machine() {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        println!("SKIPPED: on PostgreSQL and S3: {test}: {because}");
    }
    past_one_machine()
}

/// A log's schema and prefix on the servers.
#[derive(Clone, Debug)]
pub struct Place {
    name: String,
    servers: &'static Servers,
}

impl std::fmt::Debug for Servers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.database)
    }
}

impl Place {
    /// The place of the log whose data directory this is; `None` where the tests run on one machine.
    pub fn of(directory: &Path) -> Option<Self> {
        let hash = Sha256::digest(directory.to_string_lossy().as_bytes());
        Some(Self {
            name: format!("t{}", &hex::encode(hash)[..16]),
            servers: SERVERS.as_ref()?,
        })
    }

    /// The schema.
    pub fn schema(&self) -> &str {
        &self.name
    }

    /// The database as the program wants it named.
    pub fn database(&self) -> String {
        let url = &self.servers.database;
        let joint = if url.contains('?') { '&' } else { '?' };
        format!("{url}{joint}options[search_path]={}", self.name)
    }

    /// The public files as the program wants them named.
    pub fn objects(&self) -> String {
        let (bucket, parameters) = self.servers.objects.split_once('?').unwrap();
        format!("{bucket}/{}?{parameters}", self.name)
    }

    /// Where the S3 server keeps the public files, if they can be got at.
    pub fn folder(&self) -> Option<PathBuf> {
        Some(self.servers.folder.as_ref()?.join(&self.name))
    }

    /// The public files by way of the server.
    fn bucket(&self) -> PrefixStore<AmazonS3> {
        // rustls has no provider of its own; whoever came first may have installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (bucket, parameters) = self.servers.objects.split_once('?').unwrap();
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(bucket.strip_prefix("s3://").unwrap())
            .with_allow_http(true);
        for (name, value) in parameters.split('&').filter_map(|p| p.split_once('=')) {
            builder = match name {
                "endpoint" => builder.with_endpoint(value),
                "region" => builder.with_region(value),
                _ => builder,
            };
        }
        PrefixStore::new(builder.build().unwrap(), self.name.as_str())
    }

    /// Makes the schema, where it is not there yet.
    pub fn make(&self) {
        self.administer(format!("CREATE SCHEMA IF NOT EXISTS {}", self.name))
            .unwrap();
    }

    /// Takes the database away, and leaves an empty one.
    pub fn empty_database(&self) {
        let name = &self.name;
        self.administer(format!("DROP SCHEMA {name} CASCADE; CREATE SCHEMA {name}"))
            .unwrap();
    }

    /// Puts a copy of another log's database in the place of this one's, with everything that guards its tables.
    pub fn copy_database(&self, of: &Self) {
        let (to, from) = (&self.name, &of.name);
        self.administer(format!(
            "DROP SCHEMA IF EXISTS {to} CASCADE; CREATE SCHEMA {to};
             DO $$ DECLARE t text; c text; d text; BEGIN
                 FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '{from}' LOOP
                     EXECUTE format('CREATE TABLE {to}.%I (LIKE {from}.%I INCLUDING ALL)', t, t);
                     EXECUTE format('INSERT INTO {to}.%I SELECT * FROM {from}.%I', t, t);
                 END LOOP;
                 -- What LIKE leaves behind: where numbers go on, foreign keys, and triggers.
                 FOR t, c IN SELECT table_name, column_name FROM information_schema.columns
                     WHERE table_schema = '{to}' AND is_identity = 'YES' LOOP
                     EXECUTE format('SELECT setval(pg_get_serial_sequence(''{to}.%1$I'', %2$L), max(%2$I)) FROM {to}.%1$I', t, c);
                 END LOOP;
                 FOR t, c, d IN SELECT r.relname, k.conname, pg_get_constraintdef(k.oid) FROM pg_constraint k
                     JOIN pg_class r ON r.oid = k.conrelid WHERE k.contype = 'f' AND k.connamespace = '{from}'::regnamespace LOOP
                     EXECUTE format('ALTER TABLE {to}.%I ADD CONSTRAINT %I %s', t, c, replace(d, '{from}', '{to}'));
                 END LOOP;
                 FOR d IN SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = '{from}'::regnamespace LOOP
                     EXECUTE replace(d, '{from}', '{to}');
                 END LOOP;
                 FOR d IN SELECT pg_get_triggerdef(g.oid) FROM pg_trigger g JOIN pg_class r ON r.oid = g.tgrelid
                     WHERE NOT g.tgisinternal AND r.relnamespace = '{from}'::regnamespace LOOP
                     EXECUTE replace(d, '{from}', '{to}');
                 END LOOP;
             END $$"
        ))
        .unwrap();
    }

    /// A copy of another log, made in an empty place: its database and its public files.
    pub fn copy(&self, of: &Self) {
        self.copy_database(of);
        let (from, to) = (&of.bucket(), &self.bucket());
        on_a_thread(async || {
            from.list(None)
                .try_for_each_concurrent(8, |object| async move {
                    let bytes = from.get(&object.location).await?.bytes().await?;
                    to.put(&object.location, bytes.into()).await?;
                    Ok(())
                })
                .await
        })
        .unwrap();
    }

    /// Takes schema and files away. Whoever still uses them does so at the end of a test, and is not waited for long. Files that
    /// only the server can reach go with the server.
    pub fn remove(&self) {
        let sql = format!(
            "SET lock_timeout = '5s'; DROP SCHEMA IF EXISTS {} CASCADE",
            self.name
        );
        if let Err(error) = self.administer(sql) {
            println!("{self:?} stays: {error}");
        }
        if let Some(folder) = self.folder() {
            let _gone = std::fs::remove_dir_all(folder);
        }
    }

    /// All rows of all tables as XML, bytes in hex: what somebody finds who gets at the database.
    pub fn rows(&self) -> String {
        let sql = format!(
            "SET xmlbinary = 'hex'; SELECT schema_to_xml('{}', true, false, '')::text",
            self.name
        );
        self.administer(sql).unwrap()
    }

    /// Runs SQL beside the log, as somebody with a shell of the database would.
    pub fn run(&self, sql: &str) {
        self.administer(format!("SET search_path = {}; {sql}", self.name))
            .unwrap();
    }

    /// Runs SQL that is not of one log, and gives what the first row says, if it is a text.
    fn administer(&self, sql: String) -> Result<String, sqlx::Error> {
        let database = &self.servers.database;
        on_a_thread(async || {
            let mut db = sqlx::PgConnection::connect(database).await?;
            let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut db).await?;
            db.close().await?;
            let text: Option<String> = rows.first().map(|row| row.try_get(0)).transpose()?;
            Ok(text.unwrap_or_default())
        })
    }
}

/// Waits for something from tests, which may have a runtime already, and from `Drop`.
fn on_a_thread<T: Send>(work: impl AsyncFnOnce() -> T + Send) -> T {
    let run = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(work())
    };
    std::thread::scope(|scope| scope.spawn(run).join().unwrap())
}

/// A data directory of its own, and past one machine a place for its log. Gone with the value, unless its test fails.
#[derive(Debug)]
pub struct LogFolder {
    folder: TempDir,
}

impl LogFolder {
    /// An empty one.
    pub fn new() -> Self {
        let log = Self {
            folder: TempDir::new().unwrap(),
        };
        if let Some(place) = log.place() {
            place.make();
        }
        log
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where its log lies, if not in it.
    pub fn place(&self) -> Option<Place> {
        Place::of(self.path())
    }

    /// A copy of all of it; the log must be closed.
    pub fn copy(&self) -> Self {
        let copy = Self {
            folder: TempDir::new().unwrap(),
        };
        copy_all(self.path(), copy.path());
        if let (Some(to), Some(from)) = (copy.place(), self.place()) {
            to.copy(&from);
        }
        copy
    }

    /// Where objects lie on the disk, if they can be got at.
    pub fn objects(&self) -> Option<PathBuf> {
        match self.place() {
            Some(place) => place.folder(),
            None => Some(self.path().join("log")),
        }
    }
}

impl Default for LogFolder {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for LogFolder {
    fn drop(&mut self) {
        if !std::thread::panicking()
            && let Some(place) = self.place()
        {
            place.remove();
        }
    }
}

/// Copies a folder with all that is in it.
pub fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_all(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
