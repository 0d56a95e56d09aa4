//! What an auditor does per entry, on one core: replay of tree and index, beside SHA-256 over the same bytes and beside the
//! sequencer that made the log, all in memory; and its snapshot.
//!
//! `cargo run --release --bin audit [STATEMENTS]`

use std::time::Duration;

use cpu_time::ProcessTime;
use history::audit::Auditor;
use history::entry::{Entry, KeyEntry, MAP_VERSION, Params, StatementEntry};
use history::sequence::{LogState, sequence};
use index::Label;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};
use statement::vocabulary::Role;
use statement::{Digest, IssuerSigningKey, KeyId};
use tlog::checkpoint::Checkpoint;
use tlog::leaf_hash;

const BATCH: usize = 1000;

fn main() -> anyhow::Result<()> {
    let statements: usize = std::env::args().nth(1).map_or(Ok(1_000_000), |n| n.parse())?;
    for vehicles in [statements / 100, statements / 20, statements] {
        let log = Made::log(statements, vehicles)?;
        let bytes: usize = log.entries.iter().map(Vec::len).sum();
        let entries = log.entries.len();
        let rate = |took: Duration| entries as f64 / took.as_secs_f64();

        let cpu = ProcessTime::now();
        let mut sha = Sha256::new();
        for entry in &log.entries {
            sha.update(entry);
        }
        std::hint::black_box(sha.finalize());
        let bulk = cpu.elapsed();

        let cpu = ProcessTime::now();
        for entry in &log.entries {
            std::hint::black_box(leaf_hash(entry));
        }
        let leaves = cpu.elapsed();

        let cpu = ProcessTime::now();
        let mut auditor = Auditor::default();
        for entry in &log.entries {
            auditor.replay(entry)?;
        }
        auditor.agrees(&log.checkpoint)?;
        let replay = cpu.elapsed();

        let cpu = ProcessTime::now();
        let mut snapshot = Vec::new();
        auditor.write_snapshot(&mut snapshot)?;
        let written = cpu.elapsed();
        let cpu = ProcessTime::now();
        let mut resumed = Auditor::read_snapshot(&mut snapshot.as_slice())?;
        let read = cpu.elapsed();
        anyhow::ensure!(resumed.root() == log.checkpoint.root);

        println!(
            "{entries} entries of {} bytes, {vehicles} vehicles: replay {:>8.0}/s; leaf hashes alone {:>8.0}/s (share {:.2}); \
             SHA-256 of the bytes in one piece {:>9.0}/s (share {:.2}); sequencer in memory {:>8.0}/s (share {:.2}); snapshot {} MB, \
             written in {:.2} s, read in {:.2} s, {:.1} times as fast as replay",
            bytes / entries,
            rate(replay),
            rate(leaves),
            rate(replay) / rate(leaves),
            rate(bulk),
            rate(replay) / rate(bulk),
            rate(log.sequenced),
            rate(replay) / rate(log.sequenced),
            snapshot.len() >> 20,
            written.as_secs_f64(),
            read.as_secs_f64(),
            replay.as_secs_f64() / read.as_secs_f64(),
        );
    }
    Ok(())
}

/// A log in memory, with the time that sequencing it took.
struct Made {
    entries: Vec<Vec<u8>>,
    checkpoint: Checkpoint,
    sequenced: Duration,
}

impl Made {
    /// Statements about vehicles in turn, in batches of [`BATCH`].
    fn log(statements: usize, vehicles: usize) -> anyhow::Result<Self> {
        let mut rng = ChaCha20Rng::from_seed([5; 32]);
        let public_key = IssuerSigningKey::generate(&mut rng).public();
        let key_id = KeyId::of(&public_key);
        let mut bytes = || {
            let mut b = [0; 32];
            rng.fill_bytes(&mut b);
            b
        };
        let labels: Vec<Label> = (0..vehicles.max(1)).map(|_| Label(bytes())).collect();
        let mut batches = vec![vec![
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
        ]];
        let all: Vec<usize> = (0..statements).collect();
        for batch in all.chunks(BATCH) {
            let made = batch.iter().map(|n| {
                Entry::Statement(StatementEntry {
                    vrf_epoch: 1,
                    label: labels[n * 104_729 % labels.len()],
                    key_id,
                    digest: Digest(bytes()),
                })
            });
            batches.push(made.collect());
        }
        let mut state = LogState::empty();
        let mut entries: Vec<Vec<u8>> = Vec::with_capacity(statements + batches.len() + 2);
        let mut sequenced = Duration::ZERO;
        for batch in &batches {
            let cpu = ProcessTime::now();
            sequence(&mut state, batch)?;
            sequenced += cpu.elapsed();
            for entry in batch {
                entries.push(entry.encode()?);
            }
            let index = state.index.entry(entries.len() as u64)?;
            entries.push(Entry::Index(index).encode()?);
        }
        Ok(Self {
            checkpoint: Checkpoint::new("log.test/bench", state.size(), state.root()),
            entries,
            sequenced,
        })
    }
}
