//! The service over HTTP on the loopback interface: statements handed in one by one by many clients, dossiers read from one core
//! with and without a busy sequencer, and tiles beside nginx serving the same folder.
//!
//! `cargo run --release --bin serve [STATEMENTS]`; needs `taskset`, and `nginx` for the last part (skipped aloud without). The
//! service runs in a process of its own, which this program starts and ends; all of it on 127.0.0.1.
//!
//! `serve soak [MINUTES] [STATEMENTS A SECOND]` keeps it busy for long, says each minute what it takes of memory, files and disk, and
//! in the end looks for everything that was acknowledged in the log. Without a rate it measures for some seconds how many statements
//! a second the same clients can hand in at most, and takes half of that: what else the machine does is in both.
//!
//! `../scripts/with-postgres-and-s3 serve several` reads dossiers from one service and then from two behind the same PostgreSQL and
//! S3, each on a core of its own; clients and servers take what they need of both cores.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use desk::data_dir::{DataDir, Places};
use desk::issuer::Issuer;
use desk::{Desk, InitOptions};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use statement::vocabulary::{Role, StatementType};
use statement::{Claims, Confidence, IssuerSigningKey, SdJwt, issue};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long each reading part lasts.
const READING: Duration = Duration::from_secs(5);

/// Connections of each reading part: enough to keep one core busy.
const READERS: usize = 8;

/// Statements of each vehicle.
const PER_VEHICLE: usize = 20;

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let (Some("serve"), Some(data)) = (std::env::args().nth(1).as_deref(), std::env::args().nth(2)) {
        return runtime.block_on(serve(Path::new(&data)));
    }
    if std::env::args().nth(1).as_deref() == Some("soak") {
        let minutes: u64 = std::env::args().nth(2).map_or(Ok(10), |n| n.parse())?;
        let rate = std::env::args().nth(3).map(|n| n.parse()).transpose()?;
        return runtime.block_on(soak(minutes, rate));
    }
    if std::env::args().nth(1).as_deref() == Some("several") {
        return runtime.block_on(several());
    }
    let statements: usize = std::env::args().nth(1).map_or(Ok(10_000), |n| n.parse())?;
    println!("{statements} statements for each part, {PER_VEHICLE} per vehicle");
    runtime.block_on(all(statements))
}

/// The service, until its standard input ends.
async fn serve(data: &Path) -> Result<(), Failure> {
    let desk = Desk::open(DataDir::new(data).with(places()), None).await?;
    let mut options = web::Options::default();
    options.limits.rate = 10_000_000.try_into()?;
    options.limits.burst = 10_000_000.try_into()?;
    options.limits.tile_rate = 10_000_000.try_into()?;
    options.limits.tile_burst = 10_000_000.try_into()?;
    options.limits.connections_per_client = 1024;
    let service = web::Service::bind(desk, "127.0.0.1:0".parse()?, options).await?;
    println!("{}", service.address()?);
    service
        .run(async {
            let mut nothing = Vec::new();
            let _closed = tokio::io::stdin().read_to_end(&mut nothing).await;
        })
        .await?;
    Ok(())
}

async fn all(statements: usize) -> Result<(), Failure> {
    let key = IssuerSigningKey::from_seed(&[1; 32]);
    let mut signed = signed(statements * 4, &key)?.into_iter();
    let mut take = || Arc::new(signed.by_ref().take(statements).collect::<Vec<_>>());

    let (folder, desk) = log(&key).await?;
    let alone = in_process(&desk, &take()).await?;
    desk.close().await?;
    drop(folder);
    println!("in process, 4 submitters of 1,000 at a time, without receipts: {alone:.0}/s");

    let (folder, desk) = log(&key).await?;
    desk.close().await?;
    let service = Running::start(folder.path(), None)?;
    for clients in [64, 512] {
        let (rate, latencies) = hand_in(&service.address, take(), clients).await?;
        println!(
            "over HTTP, {clients:>3} clients of 1 at a time, to receipt: {rate:.0}/s ({:.2} of in process), p50 {}, p99 {}",
            rate / alone,
            ms(&latencies, 50),
            ms(&latencies, 99)
        );
    }
    service.stop()?;

    let service = Running::start(folder.path(), Some(0))?;
    let dossiers: Vec<String> = (0..100)
        .map(|n| {
            format!(
                "/api/vehicles/KMHAA81EBLU{:06}/dossier",
                statements / PER_VEHICLE + n
            )
        })
        .collect();
    let (rate, latencies) = read(&service.address, &dossiers, READING).await?;
    println!(
        "dossiers of {PER_VEHICLE} statements on one core, sequencer idle: {rate:.0}/s, p50 {}, p99 {}",
        ms(&latencies, 50),
        ms(&latencies, 99)
    );
    let stop = Arc::new(AtomicBool::new(false));
    let busy = tokio::spawn(keep_busy(service.address.clone(), take(), stop.clone()));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (busy_rate, latencies) = read(&service.address, &dossiers, READING).await?;
    stop.store(true, Ordering::Relaxed);
    let sealed = busy.await??;
    println!(
        "dossiers on one core, sequencer busy ({sealed:.0} statements/s beside): {busy_rate:.0}/s ({:.2} of idle), p50 {}, p99 {}",
        busy_rate / rate,
        ms(&latencies, 50),
        ms(&latencies, 99)
    );

    let tiles: Vec<String> = (0..statements / 256)
        .flat_map(|n| [format!("tile/0/{n:03}"), format!("tile/entries/{n:03}")])
        .collect();
    let ours: Vec<String> = tiles.iter().map(|tile| format!("/log/{tile}")).collect();
    let (rate, latencies) = read(&service.address, &ours, READING).await?;
    println!(
        "full tiles and bundles on one core: {rate:.0}/s, p50 {}, p99 {}",
        ms(&latencies, 50),
        ms(&latencies, 99)
    );
    service.stop()?;
    match Nginx::start(&folder.path().join("log")) {
        Ok(nginx) => {
            let theirs: Vec<String> = tiles.iter().map(|tile| format!("/{tile}")).collect();
            let (nginx_rate, latencies) = read(&nginx.address, &theirs, READING).await?;
            println!(
                "the same from nginx on one core: {nginx_rate:.0}/s, p50 {}, p99 {}; ours / nginx {:.2}",
                ms(&latencies, 50),
                ms(&latencies, 99),
                rate / nginx_rate
            );
        }
        Err(why) => println!("SKIPPED: tiles from nginx: {why}"),
    }
    Ok(())
}

/// Where the log lies, as the program's own variables say.
fn places() -> Places {
    Places {
        database: std::env::var("CARNET_DATABASE_URL").ok(),
        objects: std::env::var("CARNET_OBJECTS_URL").ok(),
    }
}

/// Dossiers from one service and from two behind one database.
async fn several() -> Result<(), Failure> {
    const VEHICLES: usize = 200;
    let key = IssuerSigningKey::from_seed(&[1; 32]);
    let (folder, desk) = log(&key).await?;
    in_process(&desk, &signed(VEHICLES * PER_VEHICLE, &key)?).await?;
    desk.close().await?;
    let dossiers: Vec<String> = (0..VEHICLES)
        .map(|n| format!("/api/vehicles/KMHAA81EBLU{n:06}/dossier"))
        .collect();
    let first = Running::start(folder.path(), Some(0))?;
    let mut alone = Vec::new();
    let mut together = Vec::new();
    for round in 1..=3 {
        alone.push(read(&first.address, &dossiers, READING).await?.0);
        let second = Running::start(folder.path(), Some(1))?;
        let ((a, _), (b, _)) = tokio::try_join!(
            read(&first.address, &dossiers, READING),
            read(&second.address, &dossiers, READING)
        )?;
        together.push(a + b);
        second.stop()?;
        println!(
            "round {round}: dossiers of {PER_VEHICLE} statements from one service {:.0}/s, from two {a:.0} + {b:.0}/s, {:.2} times",
            alone[round - 1],
            together[round - 1] / alone[round - 1]
        );
    }
    first.stop()
}

async fn log(key: &IssuerSigningKey) -> Result<(tempfile::TempDir, Desk), Failure> {
    let folder = tempfile::tempdir_in(".")?;
    let options = InitOptions {
        origin: "bench.example/log".to_owned(),
        passphrase: None,
    };
    let desk = Desk::init(DataDir::new(folder.path()).with(places()), options).await?;
    let workshop = Issuer {
        id: "workshop".to_owned(),
        name: "Workshop".to_owned(),
        roles: vec![Role::Workshop],
    };
    desk.enrol(&[(workshop, key.public())], jiff::Timestamp::now().as_second())
        .await?;
    Ok((folder, desk))
}

fn signed(count: usize, key: &IssuerSigningKey) -> Result<Vec<SdJwt>, Failure> {
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    (0..count).map(|i| statement(i, key, &mut rng)).collect()
}

/// The i-th service statement, as a workshop signs it, one field of it personal.
fn statement(i: usize, key: &IssuerSigningKey, rng: &mut ChaCha20Rng) -> Result<SdJwt, Failure> {
    let body = serde_json::json!({
        "odometer": {"value": 1000 * (i % PER_VEHICLE) + i % 97, "unit": "km", "instrument_state": "working", "method": "seen"},
        "jobs": [{"text": "oil and filter"}, {"text": "brake pads, front"}],
        "reason": "maintenance",
        "total": {"minor": 189_000, "currency": "KRW"},
        "invoice_sha256": hex::encode([i as u8; 32]),
    });
    let claims = Claims {
        iss: "workshop".to_owned(),
        iat: 1_700_000_000,
        typ: StatementType::ServicePerformed,
        vid: format!("vin:KMHAA81EBLU{:06}", i / PER_VEHICLE).parse()?,
        event_time: format!("2023-{:02}-{:02}T10:00:00+09:00", 1 + i % 12, 1 + i % 28).parse()?,
        recorded_at: None,
        place: Some("KRINC".parse()?),
        body: body.as_object().cloned().unwrap_or_default(),
        evidence: Vec::new(),
        confidence: Confidence::Professional,
        supersedes: None,
    };
    Ok(issue(&claims, key, rng)?)
}

/// The figure to compare with: no HTTP, no receipts, a thousand statements a call.
async fn in_process(desk: &Desk, signed: &[SdJwt]) -> Result<f64, Failure> {
    let (next, left) = (AtomicUsize::new(0), AtomicUsize::new(signed.len()));
    let chunks: Vec<&[SdJwt]> = signed.chunks(1000).collect();
    let since = Instant::now();
    let submitting = futures_util::future::try_join_all((0..4).map(|_| async {
        while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
            for answer in desk.submit(chunk, 1_800_000_000).await? {
                answer.map_err(|faults| faults.join("; "))?;
            }
        }
        Ok::<_, Failure>(())
    }));
    let sealing = async {
        while left.load(Ordering::Relaxed) > 0 {
            let sealed = desk.store().seal_batch().await?.sealed.len();
            left.fetch_sub(sealed, Ordering::Relaxed);
            if sealed == 0 {
                tokio::task::yield_now().await;
            }
        }
        Ok::<_, Failure>(())
    };
    let (_, ()) = tokio::try_join!(submitting, sealing)?;
    Ok(signed.len() as f64 / since.elapsed().as_secs_f64())
}

/// Hands all statements in, each client one at a time and waiting for its receipt: statements per second, and how long each took.
async fn hand_in(
    address: &str,
    signed: Arc<Vec<SdJwt>>,
    clients: usize,
) -> Result<(f64, Vec<Duration>), Failure> {
    let next = Arc::new(AtomicUsize::new(0));
    let since = Instant::now();
    let clients: Vec<_> = (0..clients)
        .map(|_| {
            let (address, signed, next) = (address.to_owned(), signed.clone(), next.clone());
            tokio::spawn(async move {
                let mut connection = Connection::open(&address).await?;
                let mut latencies = Vec::new();
                while let Some(statement) = signed.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let began = Instant::now();
                    let answer = std::str::from_utf8(connection.ask(&submission(statement)).await?)?;
                    if !answer.contains("\"outcome\":\"sealed\"") || !answer.contains("\"receipt\":") {
                        return Err(format!("not sealed: {answer}").into());
                    }
                    latencies.push(began.elapsed());
                }
                Ok::<_, Failure>(latencies)
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for client in clients {
        latencies.extend(client.await??);
    }
    let rate = latencies.len() as f64 / since.elapsed().as_secs_f64();
    latencies.sort_unstable();
    Ok((rate, latencies))
}

/// Hands statements in until told to stop, or until none is left: statements per second.
async fn keep_busy(address: String, signed: Arc<Vec<SdJwt>>, stop: Arc<AtomicBool>) -> Result<f64, Failure> {
    let since = Instant::now();
    let mut clients = Vec::new();
    for share in 0..16 {
        let (address, signed, stop) = (address.clone(), signed.clone(), stop.clone());
        clients.push(tokio::spawn(async move {
            let mut connection = Connection::open(&address).await?;
            let mut count = 0;
            for statement in signed.iter().skip(share).step_by(16) {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                connection.ask(&submission(statement)).await?;
                count += 1;
            }
            Ok::<_, Failure>(count)
        }));
    }
    let mut count = 0;
    for client in clients {
        count += client.await??;
    }
    Ok(f64::from(count) / since.elapsed().as_secs_f64())
}

/// What became of what a client of the soak handed in.
#[derive(Default)]
struct HandedIn {
    /// What was answered with a receipt or a ticket.
    acknowledged: Vec<statement::Digest>,
    latencies: Vec<Duration>,
    tickets: usize,
    turned_away: usize,
    cut: usize,
}

/// One client of the soak: a statement at a time, at its turns, until the end.
async fn hand_in_at(
    address: String,
    key: Arc<IssuerSigningKey>,
    seed: u64,
    next: Arc<AtomicUsize>,
    pause: Duration,
    until: Instant,
) -> Result<HandedIn, Failure> {
    let mut connection = Connection::open(&address).await?;
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    let mut turns = tokio::time::interval(pause);
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut did = HandedIn::default();
    while Instant::now() < until {
        turns.tick().await;
        let statement = statement(next.fetch_add(1, Ordering::Relaxed), &key, &mut rng)?;
        let began = Instant::now();
        match connection.answer(&submission(&statement)).await {
            Ok((200 | 202, answer)) => {
                did.acknowledged.push(statement.digest());
                if !String::from_utf8_lossy(answer).contains("\"outcome\":\"sealed\"") {
                    did.tickets += 1;
                }
                did.latencies.push(began.elapsed());
            }
            Ok((429 | 503, _)) => did.turned_away += 1,
            Ok((status, answer)) => {
                return Err(format!("{status}: {}", String::from_utf8_lossy(answer)).into());
            }
            Err(_) => {
                did.cut += 1;
                connection = Connection::open(&address).await?;
            }
        }
    }
    Ok(did)
}

/// Reads a dossier and a bundle of entries ten times a second: how often, and how long the dossiers took.
async fn read_beside(
    address: String,
    next: Arc<AtomicUsize>,
    until: Instant,
) -> Result<Vec<Duration>, Failure> {
    let mut turns = tokio::time::interval(Duration::from_millis(100));
    turns.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    // Opened when there is something to read: the service closes connections on which nobody asks.
    let mut connection = None;
    let mut latencies = Vec::new();
    while Instant::now() < until {
        turns.tick().await;
        // Long sealed, whatever is on its way now.
        let sealed = next.load(Ordering::Relaxed).saturating_sub(5_000);
        if sealed < 256 {
            continue;
        }
        let connection = match &mut connection {
            Some(connection) => connection,
            none => none.insert(Connection::open(&address).await?),
        };
        let read = latencies.len();
        let vehicle = (read * 7919) % (sealed / PER_VEHICLE);
        let began = Instant::now();
        connection
            .ask(&format!(
                "GET /api/vehicles/KMHAA81EBLU{vehicle:06}/dossier HTTP/1.1\r\nhost: bench\r\n\r\n"
            ))
            .await?;
        latencies.push(began.elapsed());
        let bundle = (read % (sealed / 256)) % 1000;
        connection
            .ask(&format!(
                "GET /log/tile/entries/{bundle:03} HTTP/1.1\r\nhost: bench\r\n\r\n"
            ))
            .await?;
    }
    Ok(latencies)
}

/// Hands in so many statements a second for some minutes, reads dossiers and tiles beside, and watches the service.
async fn soak(minutes: u64, rate: Option<u32>) -> Result<(), Failure> {
    const CLIENTS: u32 = 512;
    let key = Arc::new(IssuerSigningKey::from_seed(&[1; 32]));
    let (folder, desk) = log(&key).await?;
    desk.close().await?;
    let service = Running::start(folder.path(), None)?;
    let next = Arc::new(AtomicUsize::new(0));
    let clients = |pause: Duration, until: Instant, seed: u64| {
        let clients = (0..CLIENTS).map(|client| {
            let (address, key, next) = (service.address.clone(), key.clone(), next.clone());
            let seed = seed + u64::from(client);
            tokio::spawn(hand_in_at(address, key, seed, next, pause, until))
        });
        clients.collect::<Vec<_>>()
    };
    let mut acknowledged = Vec::new();
    let rate = match rate {
        Some(rate) => rate,
        None => {
            let begin = Instant::now();
            for client in clients(Duration::from_micros(1), begin + 4 * READING, u64::from(CLIENTS)) {
                acknowledged.extend(client.await??.acknowledged);
            }
            let most = acknowledged.len() as f64 / begin.elapsed().as_secs_f64();
            println!(
                "{CLIENTS} clients hand in {most:.0} statements a second at most; from here on half of that"
            );
            ((most / 2.0) as u32).max(1)
        }
    };
    println!("{rate} statements a second for {minutes} minutes");
    let begin = Instant::now();
    let until = begin + Duration::from_secs(60 * minutes);
    let handing_in = clients(Duration::from_secs(1) * CLIENTS / rate, until, 0);
    let reading = tokio::spawn(read_beside(service.address.clone(), next.clone(), until));
    println!("| minute | statements | memory MiB | files open | disk MiB |\n|---:|---:|---:|---:|---:|");
    for minute in 0..=minutes {
        taken(&service, minute, next.load(Ordering::Relaxed), folder.path())?;
        if minute < minutes {
            tokio::time::sleep_until((begin + Duration::from_secs(60 * (minute + 1))).into()).await;
        }
    }
    let mut all = HandedIn::default();
    for client in handing_in {
        let did = client.await??;
        all.acknowledged.extend(did.acknowledged);
        all.latencies.extend(did.latencies);
        all.tickets += did.tickets;
        all.turned_away += did.turned_away;
        all.cut += did.cut;
    }
    let mut read = reading.await??;
    let rate = all.acknowledged.len() as f64 / begin.elapsed().as_secs_f64();
    all.latencies.sort_unstable();
    read.sort_unstable();
    println!(
        "{} statements acknowledged ({rate:.0}/s, p50 {}, p99 {}), {} of them with a ticket; {} turned away, {} connections cut",
        all.acknowledged.len(),
        ms(&all.latencies, 50),
        ms(&all.latencies, 99),
        all.tickets,
        all.turned_away,
        all.cut
    );
    println!(
        "{} dossiers and as many bundles read beside, dossiers p50 {}, p99 {}",
        read.len(),
        ms(&read, 50),
        ms(&read, 99)
    );
    // Clients hang up, then the last row is what the service keeps.
    tokio::time::sleep(Duration::from_secs(15)).await;
    taken(&service, minutes, next.load(Ordering::Relaxed), folder.path())?;
    service.stop()?;
    acknowledged.append(&mut all.acknowledged);
    check(folder.path(), &acknowledged).await
}

/// One row of what the service takes.
fn taken(service: &Running, minute: u64, statements: usize, folder: &Path) -> Result<(), Failure> {
    let process = format!("/proc/{}", service.child.id());
    let status = std::fs::read_to_string(format!("{process}/status"))?;
    let memory = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib: u64 = memory
        .and_then(|kib| kib.trim().strip_suffix(" kB"))
        .ok_or("no VmRSS")?
        .parse()?;
    let files = std::fs::read_dir(format!("{process}/fd"))?.count();
    println!(
        "| {minute} | {statements} | {} | {files} | {} |",
        kib >> 10,
        size_of_folder(folder)? >> 20
    );
    Ok(())
}

/// Everything acknowledged is in the log once, and the log is sound.
async fn check(folder: &Path, acknowledged: &[statement::Digest]) -> Result<(), Failure> {
    let desk = Desk::open(DataDir::new(folder), None).await?;
    let status = desk.store().status().await?;
    let complaints = desk.store().fsck(|_, _| {}).await?.complaints;
    desk.close().await?;
    if !complaints.is_empty() || status.waiting > 0 || status.published != status.size {
        return Err(format!("{complaints:?}, {status:?}").into());
    }
    let mut sealed = std::collections::HashSet::new();
    for first in (0..status.size).step_by(256) {
        let bundle =
            tlog::tile::BundleId::containing(first, tlog::TreeSize(status.size)).ok_or("no such bundle")?;
        let bytes = std::fs::read(folder.join("log").join(bundle.path()))?;
        for entry in tlog::tile::decode_bundle(&bytes)? {
            if let history::entry::Entry::Statement(statement) = history::entry::Entry::decode(entry)?
                && !sealed.insert(statement.digest)
            {
                return Err(format!("{} was sealed twice", statement.digest).into());
            }
        }
    }
    let lost = acknowledged
        .iter()
        .filter(|digest| !sealed.contains(digest))
        .count();
    println!(
        "{} acknowledged, {} sealed, {lost} lost; the log of {} entries is sound",
        acknowledged.len(),
        sealed.len(),
        status.size
    );
    if lost > 0 {
        return Err("statements were lost".into());
    }
    Ok(())
}

fn size_of_folder(folder: &Path) -> Result<u64, std::io::Error> {
    let mut size = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        size += match entry.metadata() {
            Ok(meta) if meta.is_dir() => size_of_folder(&entry.path())?,
            Ok(meta) => meta.len(),
            // Tidied away between listing and looking.
            Err(_) => 0,
        };
    }
    Ok(size)
}

fn submission(statement: &SdJwt) -> String {
    let body = serde_json::json!({"statements": [statement.as_str()]}).to_string();
    format!(
        "POST /api/statements HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Reads these addresses in turn over several connections for a while: answers per second, and how long each took.
async fn read(address: &str, paths: &[String], during: Duration) -> Result<(f64, Vec<Duration>), Failure> {
    let since = Instant::now();
    let readers: Vec<_> = (0..READERS)
        .map(|reader| {
            let (address, mut paths) = (address.to_owned(), paths.to_vec());
            let by = reader * paths.len() / READERS;
            paths.rotate_left(by);
            tokio::spawn(async move {
                let mut connection = Connection::open(&address).await?;
                let mut latencies = Vec::new();
                'reading: loop {
                    for path in &paths {
                        let began = Instant::now();
                        if since.elapsed() > during {
                            break 'reading;
                        }
                        connection
                            .ask(&format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n"))
                            .await?;
                        latencies.push(began.elapsed());
                    }
                }
                Ok::<_, Failure>(latencies)
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for reader in readers {
        latencies.extend(reader.await??);
    }
    let rate = latencies.len() as f64 / since.elapsed().as_secs_f64();
    latencies.sort_unstable();
    Ok((rate, latencies))
}

/// A connection that is kept.
struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            read: Vec::new(),
        })
    }

    /// Sends a request and reads the answer, which must be 200 and say how long it is.
    async fn ask(&mut self, request: &str) -> Result<&[u8], Failure> {
        match self.answer(request).await? {
            (200, answer) => Ok(answer),
            (status, answer) => {
                Err(format!("{status}: {}\n{request}", String::from_utf8_lossy(answer)).into())
            }
        }
    }

    /// The same, whatever it says: its status, and all of it.
    async fn answer(&mut self, request: &str) -> Result<(u16, &[u8]), Failure> {
        self.stream.write_all(request.as_bytes()).await?;
        self.read.clear();
        let (mut status, mut whole) = (0, None);
        while whole.is_none_or(|whole| self.read.len() < whole) {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err("the connection was closed".into());
            }
            if whole.is_none()
                && let Some(end) = self.read.windows(4).position(|w| w == b"\r\n\r\n")
            {
                let head = String::from_utf8_lossy(&self.read[..end]).to_lowercase();
                status = head.split(' ').nth(1).ok_or("no status")?.parse()?;
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "));
                whole = Some(end + 4 + length.ok_or("no content-length")?.trim().parse::<usize>()?);
            }
        }
        Ok((status, &self.read))
    }
}

fn ms(sorted: &[Duration], percent: usize) -> String {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    let value = sorted.get(at).copied().unwrap_or_default();
    format!("{:.1} ms", value.as_secs_f64() * 1e3)
}

/// The service in a process of its own.
struct Running {
    child: Child,
    address: String,
}

impl Running {
    /// `core` keeps it on that core.
    fn start(data: &Path, core: Option<usize>) -> Result<Self, Failure> {
        let this = std::env::current_exe()?;
        let mut command = match core {
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["-c", &core.to_string()]).arg(this);
                command
            }
            None => Command::new(this),
        };
        let mut child = command
            .arg("serve")
            .arg(data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        let out = child.stdout.take().ok_or("no output")?;
        BufReader::new(out).read_line(&mut address)?;
        Ok(Self {
            child,
            address: address.trim().to_owned(),
        })
    }

    fn stop(mut self) -> Result<(), Failure> {
        drop(self.child.stdin.take());
        let status = self.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("the service ended with {status}").into())
        }
    }
}

/// nginx over a folder, one worker, on one core.
struct Nginx {
    child: Child,
    address: String,
    _scratch: tempfile::TempDir,
}

impl Nginx {
    fn start(folder: &Path) -> Result<Self, Failure> {
        let scratch = tempfile::tempdir_in(".")?;
        let free = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let (root, home) = (folder.canonicalize()?, scratch.path().canonicalize()?);
        let config = format!(
            "worker_processes 1; daemon off; master_process off; pid {home}/pid; error_log {home}/error;\n\
             events {{ worker_connections 512; }}\n\
             http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=1000;\n\
             client_body_temp_path {home}; proxy_temp_path {home}; fastcgi_temp_path {home}; uwsgi_temp_path {home}; scgi_temp_path {home};\n\
             server {{ listen {free}; root {root}; }} }}\n",
            home = home.display(),
            root = root.display(),
        );
        let path = home.join("nginx.conf");
        std::fs::write(&path, config)?;
        let child = Command::new("taskset")
            .args(["-c", "0", "nginx", "-c"])
            .arg(&path)
            .spawn()?;
        let nginx = Self {
            child,
            address: free.to_string(),
            _scratch: scratch,
        };
        for _ in 0..50 {
            if std::net::TcpStream::connect(free).is_ok() {
                return Ok(nginx);
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("nginx does not answer; is it installed?".into())
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}
