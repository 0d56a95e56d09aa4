//! A log of ten million statements about a million vehicles: restart, memory, disk, and dossiers of 30 statements.
//!
//! `cargo run --release --bin scale [STATEMENTS]`; one vehicle for every ten statements. The filling has short contents, so
//! that ten million statements need about 10 GB of disk below the current directory; the vehicles whose dossiers are timed
//! have real signed statements, spread over the whole log.

use std::sync::Arc;
use std::time::Instant;

use desk::data_dir::{DataDir, read_key};
use desk::export::Disclose;
use desk::issuer::Issuer;
use desk::{Desk, InitOptions};
use index::vrf;
use object_store::local::LocalFileSystem;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use statement::key_file::Purpose;
use statement::vocabulary::{Role, StatementType};
use statement::{Claims, Confidence, Digest, IssuerSigningKey, SdJwt, issue};
use store::{LocalCosigner, Options, Store, Submission, Vault};
use tlog::cosignature::CosigningKey;
use tlog::note::{KeyName, SigningKey};
use tlog::policy::Policy;
use vehicle::VehicleId;

/// Vehicles whose dossiers are timed, and how many statements each has.
const PROBES: usize = 200;
const STATEMENTS: usize = 30;
/// Larger than in operation, so that filling takes minutes: batch size changes no byte of the finished index.
const BATCH: usize = 20_000;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    // A process of its own opens the log, so that memory and time are those of a restart and nothing else.
    if let (Some("open"), Some(dir)) = (std::env::args().nth(1).as_deref(), std::env::args().nth(2)) {
        return tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?
            .block_on(restart(DataDir::new(dir)));
    }
    let most: u64 = std::env::args().nth(1).map_or(Ok(10_000_000), |n| n.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    println!(
        "{:>10} {:>9} {:>10} {:>12} {:>10} {:>10} {:>11} {:>11} {:>9} {:>9} {:>9}",
        "statements",
        "vehicles",
        "restart s",
        "B/vehicle",
        "SQL B/st",
        "log B/st",
        "export p50",
        "export p99",
        "bytes",
        "verify",
        "verify99"
    );
    let mut size = 10_000;
    while size <= most {
        runtime.block_on(at(size))?;
        size *= 10;
    }
    Ok(())
}

async fn at(statements: u64) -> Result<(), Failure> {
    let folder = tempfile::tempdir_in(".")?;
    let dir = DataDir::new(folder.path().join("data"));
    let desk = Desk::init(
        dir.clone(),
        InitOptions {
            origin: "bench.example/log".to_owned(),
            passphrase: None,
        },
    )
    .await?;
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let key = IssuerSigningKey::generate(&mut rng);
    let workshop = Issuer {
        id: "workshop".to_owned(),
        name: "Workshop".to_owned(),
        roles: vec![Role::Workshop],
    };
    desk.enrol(&[(workshop, key.public())], jiff::Timestamp::now().as_second())
        .await?;
    desk.close().await?;
    fill(&dir, statements, &key, &mut rng).await?;

    let child = std::process::Command::new(std::env::current_exe()?)
        .arg("open")
        .arg(dir.root())
        .output()?;
    let text = String::from_utf8(child.stdout)?;
    let mut numbers = text.split_whitespace().map(str::parse::<f64>);
    let (Some(restart), Some(memory)) = (numbers.next().transpose()?, numbers.next().transpose()?) else {
        return Err("the child process told nothing".into());
    };

    let desk = Desk::open(dir.clone(), None).await?;
    let trust = desk.trust(u64::MAX);
    let (mut export, mut verify, mut bytes) = (Vec::new(), Vec::new(), 0);
    for probe in 0..PROBES {
        let vehicle = probe_id(probe)?;
        let since = Instant::now();
        let dossier = desk.dossier(&vehicle, &Disclose::Nothing).await?;
        export.push(since.elapsed().as_secs_f64() * 1e3);
        let since = Instant::now();
        let report = dossier::verify(&dossier, &trust, Some(&vehicle), 4_000_000_000)?;
        verify.push(since.elapsed().as_secs_f64() * 1e3);
        assert_eq!(report.statements.len(), STATEMENTS);
        bytes += dossier.len();
    }
    let sql = std::fs::metadata(dir.database())?.len();
    let vehicles = statements / 10;
    println!(
        "{statements:>10} {vehicles:>9} {restart:>10.2} {:>12.0} {:>10.0} {:>10.0} {:>8.2} ms {:>8.2} ms {:>9} {:>6.2} ms {:>6.2} ms",
        memory / vehicles as f64,
        sql as f64 / statements as f64,
        disk(&dir.log())? as f64 / statements as f64,
        percentile(&mut export, 50),
        percentile(&mut export, 99),
        bytes / PROBES,
        percentile(&mut verify, 50),
        percentile(&mut verify, 99),
    );
    desk.close().await?;
    Ok(())
}

/// Opens the log until it can answer, and prints the seconds and the bytes of memory that took.
async fn restart(dir: DataDir) -> Result<(), Failure> {
    let before = resident()?;
    let since = Instant::now();
    let desk = Desk::open(dir, None).await?;
    desk.store().snapshot(&[]).await?;
    println!("{} {}", since.elapsed().as_secs_f64(), resident()? - before);
    desk.close().await?;
    Ok(())
}

/// Fills the log through the store, as the desk would after its checks.
async fn fill(
    dir: &DataDir,
    statements: u64,
    key: &IssuerSigningKey,
    rng: &mut ChaCha20Rng,
) -> Result<(), Failure> {
    let store = open_store(dir).await?;
    let labels = vrf::SecretKey::from_bytes(&read_key(&dir.key("vrf"), Purpose::Vrf, &None)?.secret)?;
    let label = |vehicle: &VehicleId| labels.output(&index::id_input(&vehicle.to_string())).label();
    let mut probes = Vec::with_capacity(PROBES * STATEMENTS);
    for nth in 0..STATEMENTS {
        for probe in 0..PROBES {
            let vehicle = probe_id(probe)?;
            let statement = probe_statement(&vehicle, nth, key, rng)?;
            probes.push(Submission {
                digest: statement.digest(),
                label: label(&vehicle),
                key_id: key.key_id(),
                content: statement.as_str().to_owned(),
                draft: None,
            });
        }
    }
    // The other vehicles' labels are random, as VRF outputs are to whoever has no key.
    let others: Vec<index::Label> = (0..statements / 10)
        .map(|_| {
            let mut bytes = [0; 32];
            rng.fill_bytes(&mut bytes);
            index::Label(bytes)
        })
        .collect();
    let every = (statements / probes.len() as u64).max(1);
    let (mut probes, mut batch) = (probes.into_iter(), Vec::with_capacity(BATCH));
    for i in 0..statements {
        if i % every == 0
            && let Some(probe) = probes.next()
        {
            batch.push(probe);
        } else {
            let mut digest = [0; 32];
            rng.fill_bytes(&mut digest);
            let label = others[(i as usize * 7919) % others.len()];
            batch.push(Submission {
                digest: Digest(digest),
                label,
                key_id: key.key_id(),
                content: "x".repeat(64),
                draft: None,
            });
        }
        if batch.len() == BATCH || i + 1 == statements {
            store.submit(&batch).await?;
            store.seal().await?;
            batch.clear();
        }
    }
    batch.extend(probes);
    if !batch.is_empty() {
        store.submit(&batch).await?;
        store.seal().await?;
    }
    store.close().await?;
    Ok(())
}

async fn open_store(dir: &DataDir) -> Result<Store, Failure> {
    let log = read_key(&dir.key("log"), Purpose::Log, &None)?;
    let signer = SigningKey::new(KeyName::new(&log.name)?, &log.secret);
    let objects = LocalFileSystem::new_with_prefix(dir.log())?.with_fsync(true);
    let content = read_key(&dir.key("content"), Purpose::Content, &None)?.secret;
    let policy = Policy::parse(std::fs::read(dir.policy())?)?;
    let database = format!("sqlite://{}", dir.database().display());
    let vkey = signer.vkey().clone();
    let mut options = Options::new(database, Arc::new(objects), signer, policy, Vault::new(content));
    options.batch = BATCH;
    for (name, audits) in [("witness", false), ("auditor", true)] {
        let key = read_key(&dir.key(name), Purpose::Cosigner, &None)?;
        let key = CosigningKey::new(KeyName::new(&key.name)?, &key.secret);
        let make = if audits {
            LocalCosigner::auditor
        } else {
            LocalCosigner::witness
        };
        options
            .cosigners
            .push(Box::new(make(key, vkey.clone(), dir.cosigner(name))));
    }
    Ok(Store::open(options).await?)
}

fn probe_id(probe: usize) -> Result<VehicleId, Failure> {
    Ok(format!("vin:KMHAA81EBLU{probe:06}").parse()?)
}

fn probe_statement(
    vehicle: &VehicleId,
    nth: usize,
    key: &IssuerSigningKey,
    rng: &mut ChaCha20Rng,
) -> Result<SdJwt, Failure> {
    let body = serde_json::json!({
        "odometer": {"value": 5000 * nth, "unit": "km", "instrument_state": "working", "method": "seen"},
        "jobs": [{"text": "oil and filter"}, {"text": "brake pads, front"}],
        "reason": "maintenance",
        "total": {"minor": 189_000, "currency": "KRW"},
        "invoice_sha256": hex::encode([nth as u8; 32]),
    });
    let claims = Claims {
        iss: "workshop".to_owned(),
        iat: 1_790_000_000,
        typ: StatementType::ServicePerformed,
        vid: vehicle.clone(),
        event_time: format!("20{:02}-06-{:02}T10:00:00+09:00", 10 + nth / 3, 1 + nth % 28).parse()?,
        recorded_at: None,
        place: Some("KRINC".parse()?),
        body: body.as_object().cloned().unwrap_or_default(),
        evidence: Vec::new(),
        confidence: Confidence::Professional,
        supersedes: None,
    };
    Ok(issue(&claims, key, rng)?)
}

/// Resident memory of this process in bytes (`/proc/self/statm`, pages of 4 KiB).
fn resident() -> Result<u64, Failure> {
    let text = std::fs::read_to_string("/proc/self/statm")?;
    Ok(text.split_whitespace().nth(1).ok_or("statm")?.parse::<u64>()? * 4096)
}

/// Bytes of all files below a folder.
fn disk(folder: &std::path::Path) -> Result<u64, Failure> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        sum += if entry.file_type()?.is_dir() {
            disk(&entry.path())?
        } else {
            entry.metadata()?.len()
        };
    }
    Ok(sum)
}

fn percentile(values: &mut [f64], p: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() * p / 100).copied().unwrap_or(f64::NAN)
}
