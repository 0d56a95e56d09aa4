//! PostgreSQL and S3 against SQLite and files: the same statements recorded and sealed by the same code, and the time from
//! killing the process that seals to the next sealed batch by another.
//!
//! `CARNET_FSYNC=on TMPDIR=. ../scripts/with-postgres-and-s3 cargo run --release --bin bigger [STATEMENTS]`, which starts both
//! servers on this machine: they take their share of the same cores.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use history::entry::{KeyEntry, MAP_VERSION, Params};
use index::Label;
use sha2::{Digest as _, Sha256};
use statement::vocabulary::Role;
use statement::{Digest, IssuerSigningKey, KeyId};
use store::{LocalCosigner, Options, Secret, Store, StoreError, Submission, Vault};
use tlog::cosignature::CosigningKey;
use tlog::note::{KeyName, SigningKey};
use tlog::policy::Policy;

type Failure = Box<dyn std::error::Error + Send + Sync>;

const ORIGIN: &str = "bench.example/log";
const BATCH: usize = 1000;
const SUBMITTERS: usize = 4;
const KILLS: usize = 7;

/// What one statement of a workshop is like once it is signed.
const CONTENT: usize = 1000;

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let args: Vec<String> = std::env::args().collect();
    if let [_, server, place, folder, lease, first] = &args[..]
        && server == "server"
    {
        let place = if place == "sqlite" {
            Place::Embedded
        } else {
            Place::Servers(place.clone())
        };
        let lease = Duration::from_millis(lease.parse()?);
        return runtime.block_on(serve(&place, Path::new(folder), lease, first.parse()?));
    }
    let statements: usize = args.get(1).map_or(Ok(20_000), |n| n.parse())?;
    let name = format!("bench{}", std::process::id());
    runtime.block_on(async {
        let mut rates = Vec::new();
        for round in 0..3 {
            let servers = Place::servers(&format!("{name}r{round}")).await?;
            for place in [Place::Embedded, servers] {
                let folder = tempfile::tempdir_in(".")?;
                let rate = record_and_seal(&place, folder.path(), statements).await?;
                println!("record and seal, {:<16} {rate:>7.0}/s", place.label());
                rates.push(rate);
            }
        }
        let median = |which: usize| {
            let mut some: Vec<f64> = rates.iter().skip(which).step_by(2).copied().collect();
            some.sort_by(f64::total_cmp);
            some[some.len() / 2]
        };
        println!(
            "{statements} statements of {CONTENT} bytes, batches of {BATCH}, {SUBMITTERS} submitters, medians of 3: SQLite and files \
             {:.0}/s, PostgreSQL and S3 {:.0}/s, ratio {:.2}",
            median(0),
            median(1),
            median(1) / median(0)
        );
        for lease in [1_000, 10_000] {
            let place = Place::servers(&format!("{name}f{lease}")).await?;
            let mut waits = failover(&place, lease)?;
            waits.sort();
            println!(
                "{KILLS} sequencers killed, lease {lease} ms: next sealed batch after {:.0?} at the median, {:.0?} at most",
                waits[waits.len() / 2],
                waits[waits.len() - 1]
            );
        }
        Ok(())
    })
}

/// Where a log lies.
enum Place {
    /// In its folder.
    Embedded,
    /// In this schema and below this prefix.
    Servers(String),
}

impl Place {
    async fn servers(name: &str) -> Result<Self, Failure> {
        use sqlx::Connection as _;
        let mut db = sqlx::PgConnection::connect(&std::env::var("CARNET_TEST_DATABASE_URL")?).await?;
        sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}")))
            .execute(&mut db)
            .await?;
        Ok(Self::Servers(name.to_owned()))
    }

    fn label(&self) -> &'static str {
        match self {
            Self::Embedded => "SQLite, files",
            Self::Servers(_) => "PostgreSQL, S3",
        }
    }

    fn options(&self, folder: &Path) -> Result<Options, Failure> {
        let (database, objects) = match self {
            Self::Embedded => {
                let files = folder.join("log");
                std::fs::create_dir_all(&files)?;
                let files = std::fs::canonicalize(files)?;
                let database = format!("sqlite://{}", folder.join("carnet.sqlite").display());
                (database, format!("file://{}", files.display()))
            }
            Self::Servers(name) => {
                let objects = std::env::var("CARNET_TEST_OBJECTS_URL")?;
                let (bucket, parameters) = objects.split_once('?').ok_or("no parameters")?;
                let database = std::env::var("CARNET_TEST_DATABASE_URL")?;
                (
                    format!("{database}&options[search_path]={name}"),
                    format!("{bucket}/{name}?{parameters}"),
                )
            }
        };
        let key = |name: &str, seed: u8| CosigningKey::new(KeyName::new(name).unwrap(), &[seed; 32]);
        let log = SigningKey::new(KeyName::new(ORIGIN).unwrap(), &[1; 32]);
        let vkey = log.vkey().clone();
        let witness = key("bench.example/log/witness", 7);
        let auditor = key("bench.example/log/auditor", 8);
        let policy = format!(
            "log {vkey}\nwitness w {}\nwitness a {}\ngroup both all w a\nquorum both\n",
            witness.vkey(),
            auditor.vkey()
        );
        let mut options = Options::new(
            database,
            store::open_objects(&objects)?,
            log,
            Policy::parse(policy)?,
            Vault::new(Secret::new([9; 32])),
        );
        options.cosigners = vec![
            Box::new(LocalCosigner::witness(
                witness,
                vkey.clone(),
                folder.join("witness.json"),
            )),
            Box::new(LocalCosigner::auditor(auditor, vkey, folder.join("auditor.json"))),
        ];
        Ok(options)
    }

    async fn create(&self, folder: &Path) -> Result<Store, Failure> {
        let params = Params {
            map_version: MAP_VERSION,
            vrf_epoch: 1,
            vrf_key: [0x56; 32],
        };
        let store = Store::create(self.options(folder)?, params).await?;
        store
            .append(vec![KeyEntry::Enrolled {
                key_id: key_id(),
                public_key: issuer().public(),
                roles: vec![Role::Workshop],
                issuer: "workshop".to_owned(),
                name: "Workshop".to_owned(),
            }])
            .await?;
        Ok(store)
    }
}

fn issuer() -> IssuerSigningKey {
    IssuerSigningKey::from_seed(&[3; 32])
}

fn key_id() -> KeyId {
    issuer().key_id()
}

/// The n-th statement, 20 about each car.
fn submission(n: usize) -> Submission {
    let digest: [u8; 32] = Sha256::digest(format!("statement {n}")).into();
    Submission {
        digest: Digest(digest),
        label: Label(Sha256::digest(format!("car {}", n / 20)).into()),
        key_id: key_id(),
        content: hex::encode(digest).repeat(CONTENT.div_ceil(64)),
        draft: None,
    }
}

async fn record_and_seal(place: &Place, folder: &Path, statements: usize) -> Result<f64, Failure> {
    let store = Arc::new(place.create(folder).await?);
    let batches: Arc<Vec<Vec<Submission>>> = Arc::new(
        (0..statements)
            .collect::<Vec<_>>()
            .chunks(BATCH)
            .map(|some| some.iter().map(|n| submission(*n)).collect())
            .collect(),
    );
    let next = Arc::new(AtomicUsize::new(0));
    let accepted = Arc::new(AtomicUsize::new(0));
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let (announce, sealed) = tokio::sync::watch::channel(0);
    let since = Instant::now();
    // As in a service: each waits until its statements are sealed before it sends more.
    let submitters: Vec<_> = (0..SUBMITTERS)
        .map(|_| {
            let (store, next, batches, accepted) =
                (store.clone(), next.clone(), batches.clone(), accepted.clone());
            let (tell, mut sealed) = (tell.clone(), sealed.clone());
            tokio::spawn(async move {
                while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                    store.submit(batch).await?;
                    let until = accepted.fetch_add(batch.len(), Ordering::SeqCst) + batch.len();
                    tell.send(())?;
                    sealed.wait_for(|count| *count >= until).await?;
                }
                Ok::<_, Failure>(())
            })
        })
        .collect();
    drop(tell);
    let mut count = 0;
    while count < statements && told.recv().await.is_some() {
        count += store.seal_batch().await?.sealed.len();
        announce.send_replace(count);
    }
    for submitter in submitters {
        submitter.await??;
    }
    assert_eq!(count, statements);
    let rate = statements as f64 / since.elapsed().as_secs_f64();
    if let Ok(store) = Arc::try_unwrap(store) {
        store.close().await?;
    }
    Ok(rate)
}

/// One of several servers: takes in, and seals where it may.
async fn serve(place: &Place, folder: &Path, lease: Duration, first: usize) -> Result<(), Failure> {
    let store = Store::open(Options {
        lease,
        ..place.options(folder)?
    })
    .await?;
    for n in first.. {
        store.submit(&[submission(n)]).await?;
        match store.seal_batch().await {
            Ok(done) if done.batches > 0 => {
                let mut out = std::io::stdout().lock();
                writeln!(out, "SEALED")?;
                out.flush()?;
            }
            Ok(_) | Err(StoreError::Busy { .. } | StoreError::Fenced) => {}
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

fn failover(place: &Place, lease: u64) -> Result<Vec<Duration>, Failure> {
    let folder = tempfile::tempdir_in(".")?;
    tokio::task::block_in_place(|| {
        tokio::runtime::Handle::current().block_on(async {
            place.create(folder.path()).await?.close().await?;
            Ok::<_, Failure>(())
        })
    })?;
    let (say, said) = std::sync::mpsc::channel();
    let name = match place {
        Place::Embedded => "sqlite",
        Place::Servers(name) => name,
    };
    let start = |server: usize, first: usize| -> Result<Child, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["server", name])
            .arg(folder.path())
            .args([lease.to_string(), first.to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let out = child.stdout.take().ok_or("no output")?;
        let say = say.clone();
        std::thread::spawn(move || {
            for _ in BufReader::new(out).lines().map_while(Result::ok) {
                if say.send((server, Instant::now())).is_err() {
                    return;
                }
            }
        });
        Ok(child)
    };
    let mut servers = vec![start(0, 0)?, start(1, 1_000_000)?];
    let (mut sealing, _) = said.recv()?;
    let mut waits = Vec::new();
    for kill in 1..=KILLS {
        std::thread::sleep(Duration::from_millis(500));
        servers[sealing].kill()?;
        servers[sealing].wait()?;
        let killed = Instant::now();
        let next = loop {
            let (server, at) = said.recv()?;
            if server != sealing && at > killed {
                waits.push(at - killed);
                break server;
            }
        };
        servers[sealing] = start(sealing, sealing * 1_000_000 + kill * 10_000)?;
        sealing = next;
    }
    for server in &mut servers {
        server.kill()?;
        server.wait()?;
    }
    Ok(waits)
}
