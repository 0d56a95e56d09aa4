//! Recording and sealing real signed statements, with SQLite and fsync on, against the bound that signature checks alone
//! set on the same cores; and sequencing without signature checks.
//!
//! `cargo run --release --bin log [STATEMENTS] [record]`; with `record`, without the sequencing part; SUBMITTERS=4 in the
//! environment says how many submit at a time

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use desk::data_dir::DataDir;
use desk::issuer::Issuer;
use desk::{Desk, InitOptions};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use history::entry::{Entry, KeyEntry, MAP_VERSION, Params, StatementEntry};
use history::sequence::{LogState, sequence};
use index::Label;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use statement::vocabulary::{Role, StatementType};
use statement::{Claims, Confidence, Digest, IssuerSigningKey, KeyId, SdJwt, issue};

const BATCH: usize = 1000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let statements: usize = std::env::args().nth(1).map_or(Ok(60_000), |n| n.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let key = IssuerSigningKey::generate(&mut rng);
    let submitters: usize = std::env::var("SUBMITTERS").map_or(Ok(4), |n| n.parse())?;
    println!(
        "{statements} statements, batches of {BATCH}, {submitters} submitters, {} cores",
        rayon::current_num_threads()
    );

    for per_vehicle in [20, 1] {
        let signed = signed(statements, per_vehicle, &key, &mut rng)?;
        let bytes = signed.iter().map(|s| s.as_str().len()).sum::<usize>() / signed.len();
        // Before and after: on a shared machine the bound itself drifts while we measure.
        let before = bound(&signed, &key);
        let (wall, cpu) = runtime.block_on(record_and_seal(&signed, &key, submitters))?;
        let after = bound(&signed, &key);
        let bound = (before + after) / 2.0;
        let rate = statements as f64 / wall.as_secs_f64();
        println!(
            "record and seal, {per_vehicle:>2} per vehicle, {bytes} bytes each: {rate:>7.0}/s, {:>5.1} µs CPU each; \
             verify_strict alone {before:>7.0}/s before, {after:>7.0}/s after; share of their mean {:.2}",
            cpu.as_secs_f64() * 1e6 / statements as f64,
            rate / bound
        );
    }
    if std::env::args().nth(2).as_deref() == Some("record") {
        return Ok(());
    }
    for vehicles in [10_000, 100_000, 1_000_000] {
        let each = sequencing(vehicles)?;
        println!(
            "sequencing with index, no signature checks, {vehicles:>7} vehicles: {each:.1} µs CPU per statement"
        );
    }
    Ok(())
}

/// Service statements as a workshop signs them: the vocabulary's fields, one of them personal.
fn signed(
    count: usize,
    per_vehicle: usize,
    key: &IssuerSigningKey,
    rng: &mut ChaCha20Rng,
) -> Result<Vec<SdJwt>, Box<dyn std::error::Error>> {
    (0..count)
        .map(|i| {
            let body = serde_json::json!({
                "odometer": {"value": 1000 * (i % per_vehicle) + i % 97, "unit": "km", "instrument_state": "working", "method": "seen"},
                "jobs": [{"text": "oil and filter"}, {"text": "brake pads, front"}],
                "reason": "maintenance",
                "total": {"minor": 189_000, "currency": "KRW"},
                "invoice_sha256": hex::encode([i as u8; 32]),
            });
            let claims = Claims {
                iss: "workshop".to_owned(),
                iat: 1_790_000_000,
                typ: StatementType::ServicePerformed,
                vid: format!("vin:KMHAA81EBLU{:06}", i / per_vehicle).parse()?,
                event_time: format!("2025-{:02}-{:02}T10:00:00+09:00", 1 + i % 12, 1 + i % 28).parse()?,
                recorded_at: None,
                place: Some("KRINC".parse()?),
                body: body.as_object().cloned().unwrap_or_default(),
                evidence: Vec::new(),
                confidence: Confidence::Professional,
                supersedes: None,
            };
            Ok(issue(&claims, key, rng)?)
        })
        .collect()
}

/// Ed25519 `verify_strict` alone, of messages as long, on all cores: statements per second.
fn bound(signed: &[SdJwt], key: &IssuerSigningKey) -> f64 {
    let secret = SigningKey::from_bytes(key.seed());
    let public: VerifyingKey = secret.verifying_key();
    let pairs: Vec<(&[u8], Signature)> = signed
        .iter()
        .map(|s| {
            let message = s.jwt().rsplit_once('.').map_or(s.jwt(), |(m, _)| m).as_bytes();
            (message, secret.sign(message))
        })
        .collect();
    let since = Instant::now();
    let good = pairs
        .par_iter()
        .filter(|(m, s)| public.verify_strict(m, s).is_ok())
        .count();
    assert_eq!(good, signed.len());
    signed.len() as f64 / since.elapsed().as_secs_f64()
}

async fn record_and_seal(
    signed: &[SdJwt],
    key: &IssuerSigningKey,
    submitters: usize,
) -> Result<(Duration, Duration), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir_in(".")?;
    let options = InitOptions {
        origin: "bench.example/log".to_owned(),
        passphrase: None,
    };
    let desk = Desk::init(DataDir::new(dir.path().join("data")), options).await?;
    let workshop = Issuer {
        id: "workshop".to_owned(),
        name: "Workshop".to_owned(),
        roles: vec![Role::Workshop],
    };
    desk.enrol(&[(workshop, key.public())], jiff::Timestamp::now().as_second())
        .await?;
    let desk = Arc::new(desk);
    let next = Arc::new(AtomicUsize::new(0));
    let batches: Arc<Vec<Vec<SdJwt>>> = Arc::new(signed.chunks(BATCH).map(<[SdJwt]>::to_vec).collect());
    let (since, cpu) = (Instant::now(), cpu_time::ProcessTime::now());
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let (announce, sealed) = tokio::sync::watch::channel(0);
    let accepted = Arc::new(AtomicUsize::new(0));
    // As in a service: several submit at a time, each waits until its statements are sealed before it sends more, and what
    // arrives is checked and recorded while what was recorded before is being sealed.
    let submitters: Vec<_> = (0..submitters)
        .map(|_| {
            let (desk, next, batches, accepted) =
                (desk.clone(), next.clone(), batches.clone(), accepted.clone());
            let (tell, mut sealed) = (tell.clone(), sealed.clone());
            tokio::spawn(async move {
                while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for answer in desk
                        .submit(batch, 1_800_000_000)
                        .await
                        .map_err(|e| e.to_string())?
                    {
                        answer.map_err(|faults| faults.join("; "))?;
                    }
                    // Sealed in the order accepted, so the count says enough.
                    let until = accepted.fetch_add(batch.len(), Ordering::SeqCst) + batch.len();
                    tell.send(()).map_err(|e| e.to_string())?;
                    sealed
                        .wait_for(|count| *count >= until)
                        .await
                        .map_err(|e| e.to_string())?;
                }
                Ok::<_, String>(())
            })
        })
        .collect();
    drop(tell);
    let mut count = 0;
    while count < signed.len() && told.recv().await.is_some() {
        count += desk.store().seal_batch().await?.sealed.len();
        announce.send_replace(count);
    }
    for submitter in submitters {
        submitter.await??;
    }
    assert_eq!(count, signed.len());
    let took = (since.elapsed(), cpu.elapsed());
    if let Ok(desk) = Arc::try_unwrap(desk) {
        desk.close().await?;
    }
    Ok(took)
}

/// The pure step alone: entries, chains, trie, tiles, over a log that already knows every vehicle.
fn sequencing(vehicles: usize) -> Result<f64, Box<dyn std::error::Error>> {
    let mut rng = ChaCha20Rng::from_seed([2; 32]);
    let public_key = IssuerSigningKey::generate(&mut rng).public();
    let key_id = KeyId::of(&public_key);
    let mut bytes = || {
        let mut b = [0; 32];
        rng.fill_bytes(&mut b);
        b
    };
    let labels: Vec<Label> = (0..vehicles).map(|_| Label(bytes())).collect();
    let mut state = LogState::empty();
    sequence(
        &mut state,
        &[
            Entry::Params(Params {
                map_version: MAP_VERSION,
                vrf_epoch: 1,
                vrf_key: [0; 32],
            }),
            Entry::Key(KeyEntry::Enrolled {
                key_id,
                public_key,
                roles: vec![Role::Workshop],
                issuer: "w".to_owned(),
                name: "w".to_owned(),
            }),
        ],
    )?;
    let mut entry = |label: Label| {
        Entry::Statement(StatementEntry {
            vrf_epoch: 1,
            label,
            key_id,
            digest: Digest(bytes()),
        })
    };
    for all in labels.chunks(100_000) {
        let batch: Vec<Entry> = all.iter().map(|label| entry(*label)).collect();
        sequence(&mut state, &batch)?;
    }
    let batches: Vec<Vec<Entry>> = (0..100)
        .map(|b| {
            (0..BATCH)
                .map(|i| entry(labels[(b * 7919 * BATCH + i * 104_729) % vehicles]))
                .collect()
        })
        .collect();
    let cpu = cpu_time::ProcessTime::now();
    for batch in &batches {
        sequence(&mut state, batch)?;
    }
    Ok(cpu.elapsed().as_secs_f64() * 1e6 / (batches.len() * BATCH) as f64)
}
