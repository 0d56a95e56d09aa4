//! The index by vehicle: how fast it takes entries and answers, how it grows, and how it stands beside two published
//! libraries for the same purpose, `jmt` (a sparse Merkle tree) and `akd` (a key directory with a VRF of its own).
//!
//! `cargo run --release --bin index` from `bench/`; a minute or two of CPU time and 3 GB. All times are CPU time of the
//! process, all memory is growth of its resident set. Results and machine: `docs/benchmarks.md`.

use std::collections::HashMap;
use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::Duration;

use akd::append_only_zks::AzksParallelismConfig;
use akd::directory::Directory;
use akd::ecvrf::HardCodedAkdVRF;
use akd::storage::StorageManager;
use akd::storage::memory::AsyncInMemoryDatabase;
use akd::{AkdLabel, AkdValue, WhatsAppV1Configuration};
use cpu_time::ProcessTime;
use index::vrf::SecretKey;
use index::{Answer, Label, LeafValue, Trie, TrieProof};
use jmt::storage::{LeafNode, Node, NodeKey, TreeReader, TreeUpdateBatch};
use jmt::{KeyHash, OwnedValue, RootHash, Sha256Jmt};
use sha2::{Digest, Sha256};

/// Where the comparison happens.
const VEHICLES: usize = 1_000_000;
/// `akd` spends two VRF evaluations on an update, so it is measured on a smaller directory, to its own advantage.
const AKD_LABELS: usize = 50_000;
/// How many new vehicles come between two roots while a trie grows.
const GROWTH_BATCH: usize = 10_000;
const UPDATE_BATCHES: [usize; 3] = [256, 1_000, 10_000];
const ROUNDS: usize = 3;

/// Each measurement runs in a process of its own, because memory that one has freed would hide what the next takes.
fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let figures = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => return report(),
        ["ours"] => measure_ours(),
        ["jmt"] => measure_jmt()?,
        ["akd"] => measure_akd()?,
        ["rebuilt", vehicles] => measure_rebuilt(vehicles.parse()?)?,
        _ => anyhow::bail!("the measurements are: ours, jmt, akd, rebuilt <vehicles>; none means all"),
    };
    println!("{}", figures.map(|figure| figure.to_string()).join(" "));
    Ok(())
}

fn in_own_process(arguments: &[&str]) -> anyhow::Result<Figures> {
    let output = Command::new(std::env::current_exe()?)
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()?;
    let figures: Vec<f64> = String::from_utf8(output.stdout)?
        .split_whitespace()
        .map(str::parse)
        .collect::<Result<_, _>>()?;
    figures
        .try_into()
        .map_err(|_| anyhow::anyhow!("{arguments:?} failed"))
}

fn report() -> anyhow::Result<()> {
    println!(
        "CPU: {}. Times are CPU time; updates, and the VRF, best of {ROUNDS} rounds.\n",
        cpu_model()
    );
    comparison()?;
    growth()?;
    vrf();
    Ok(())
}

/// Insertions/s (rebuilding: seconds), updates/s in the three sizes of batch, µs to prove and to verify, bytes per proof,
/// bytes of memory per entry.
type Figures = [f64; 8];

// ---- What is stored -------------------------------------------------------------------------------------------------

/// The same 40 bytes as the real leaf: length and head of a vehicle's chain of entries.
#[derive(Clone, Copy)]
struct Chain {
    count: u64,
    head: [u8; 32],
}

impl LeafValue for Chain {
    fn value(&self) -> [u8; 32] {
        let mut bytes = [0x13; 41];
        bytes[1..9].copy_from_slice(&self.count.to_be_bytes());
        bytes[9..].copy_from_slice(&self.head);
        Sha256::digest(bytes).into()
    }
}

impl Chain {
    fn new(count: u64) -> Self {
        Self {
            count,
            head: random(count ^ 0x5eed),
        }
    }

    fn to_vec(self) -> Vec<u8> {
        [&self.count.to_be_bytes()[..], &self.head].concat()
    }
}

/// 32 bytes that look random and are the same in every run (SplitMix64).
fn random(seed: u64) -> [u8; 32] {
    let mut state = seed.wrapping_mul(0xd134_2543_de82_ef95);
    let mut bytes = [0; 32];
    for chunk in bytes.chunks_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes());
    }
    bytes
}

fn labels(count: usize) -> impl Iterator<Item = Label> + Clone {
    (0..count as u64).map(|i| Label(random(i)))
}

/// Which of `among` labels the `i`-th update of a round concerns.
fn pick(round: usize, i: usize, among: usize) -> Label {
    let draw = random(((round as u64) << 40) + i as u64 + (1 << 50));
    let draw = u64::from_le_bytes(*draw.first_chunk().unwrap_or(&[0; 8]));
    Label(random(draw % among as u64))
}

// ---- Measuring ------------------------------------------------------------------------------------------------------

fn cpu<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = ProcessTime::now();
    let result = black_box(work());
    (start.elapsed(), result)
}

fn per_second(count: usize, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}

fn micros(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e6 / count as f64
}

fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm
        .split(' ')
        .nth(1)
        .and_then(|pages| pages.parse::<f64>().ok())
        .unwrap_or(0.0)
        * 4096.0
}

fn memory_since(before: f64, entries: usize) -> f64 {
    (resident() - before) / entries as f64
}

fn cpu_model() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .unwrap_or("unknown");
    model.trim_start_matches(['\t', ' ', ':']).to_owned()
}

// ---- Growth ---------------------------------------------------------------------------------------------------------

/// How many updates to time in batches of `batch`: enough to measure, few enough for a short run.
fn batches_of(batch: usize, updates: usize) -> usize {
    (updates / batch).max(2)
}

fn update_rate(trie: &mut Trie<Chain>, vehicles: usize, batch: usize) -> f64 {
    let batches = batches_of(batch, 50_000);
    let mut best = 0.0_f64;
    for round in 0..ROUNDS {
        let (time, ()) = cpu(|| {
            for b in 0..batches {
                for i in 0..batch {
                    trie.set(pick(round, b * batch + i, vehicles), Chain::new(i as u64));
                }
                black_box(trie.root());
            }
        });
        best = best.max(per_second(batches * batch, time));
    }
    best
}

/// Microseconds to prove and to verify, and bytes per proof.
fn answers(trie: &mut Trie<Chain>, vehicles: usize) -> [f64; 3] {
    let asked = 20_000;
    let root = trie.root();
    let keys: Vec<Label> = (0..asked).map(|i| pick(9, i, vehicles)).collect();
    let (proving, proofs) = cpu(|| keys.iter().map(|key| trie.prove(key)).collect::<Vec<TrieProof>>());
    let (verifying, right) = cpu(|| {
        let present =
            |(key, proof): &(&Label, &TrieProof)| matches!(proof.verify(&root, key), Ok(Answer::Present(_)));
        keys.iter().zip(&proofs).filter(present).count()
    });
    assert_eq!(right, asked, "every proof of a present vehicle verifies");
    let bytes: usize = proofs.iter().map(|proof| proof.to_bytes().len()).sum();
    [
        micros(proving, asked),
        micros(verifying, asked),
        (bytes / asked) as f64,
    ]
}

fn measure_rebuilt(vehicles: usize) -> anyhow::Result<Figures> {
    let mut rows: Vec<(Label, Chain)> = labels(vehicles).zip((0..).map(Chain::new)).collect();
    rows.sort_unstable_by_key(|(label, _)| *label);
    let before = resident();
    let (rebuilding, trie) = cpu(|| Trie::from_sorted(rows.iter().copied()));
    let mut trie = trie?;
    let bytes = memory_since(before, vehicles);
    drop(rows);
    let [a, b, c] = UPDATE_BATCHES.map(|batch| update_rate(&mut trie, vehicles, batch));
    let [prove, verify, proof] = answers(&mut trie, vehicles);
    Ok([rebuilding.as_secs_f64(), a, b, c, prove, verify, proof, bytes])
}

fn growth() -> anyhow::Result<()> {
    println!(
        "| vehicles | rebuild from sorted rows | memory | update, batches of 256 | of 1,000 | of 10,000 | prove | verify | proof |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    for vehicles in ["10000", "100000", "1000000", "10000000"] {
        let [rebuild, a, b, c, prove, verify, proof, bytes] = in_own_process(&["rebuilt", vehicles])?;
        println!(
            "| {vehicles} | {rebuild:.3} s | {bytes:.0} B each | {a:.0}/s | {b:.0}/s | {c:.0}/s | {prove:.1} µs | {verify:.1} µs | {proof:.0} B |"
        );
    }
    println!();
    Ok(())
}

// ---- Beside jmt and akd ---------------------------------------------------------------------------------------------

/// The smallest store `jmt` can work on: current nodes only.
#[derive(Default)]
struct JmtStore {
    nodes: HashMap<NodeKey, Node>,
    values: HashMap<KeyHash, OwnedValue>,
}

impl TreeReader for JmtStore {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        Ok(self.nodes.get(key).cloned())
    }

    fn get_value_option(&self, _: u64, key: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        Ok(self.values.get(&key).cloned())
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        anyhow::bail!("only needed to restore a tree")
    }
}

impl JmtStore {
    fn apply(&mut self, batch: &TreeUpdateBatch) {
        self.nodes.extend(
            batch
                .node_batch
                .nodes()
                .iter()
                .map(|(key, node)| (key.clone(), node.clone())),
        );
        for ((_, key), value) in batch.node_batch.values() {
            self.values.extend(value.clone().map(|value| (*key, value)));
        }
        for stale in &batch.stale_node_index_batch {
            self.nodes.remove(&stale.node_key);
        }
    }
}

struct Jmt {
    store: JmtStore,
    version: u64,
    root: RootHash,
}

impl Jmt {
    /// One batch, as a new version; only the tree's own work is timed, not the writing into its store.
    fn put(&mut self, batch: Vec<(KeyHash, OwnedValue)>) -> anyhow::Result<Duration> {
        let tree = Sha256Jmt::new(&self.store);
        let (time, result) = cpu(|| tree.batch_put_value_sets(vec![batch], None, self.version));
        let (roots, update) = result?;
        self.version += 1;
        self.root = roots.into_iter().next().unwrap_or(self.root);
        self.store.apply(&update);
        Ok(time)
    }
}

fn jmt_row(label: Label, count: u64) -> (KeyHash, OwnedValue) {
    (KeyHash(label.0), Chain::new(count).to_vec())
}

fn measure_jmt() -> anyhow::Result<Figures> {
    let before = resident();
    let mut jmt = Jmt {
        store: JmtStore::default(),
        version: 0,
        root: RootHash([0; 32]),
    };
    let mut inserting = Duration::ZERO;
    let mut rows = labels(VEHICLES).zip(0..);
    for _ in 0..VEHICLES / GROWTH_BATCH {
        let batch = rows
            .by_ref()
            .take(GROWTH_BATCH)
            .map(|(label, i)| jmt_row(label, i))
            .collect();
        inserting += jmt.put(batch)?;
    }
    let bytes = memory_since(before, VEHICLES);

    let mut updates = [0.0_f64; 3];
    for (rate, batch) in updates.iter_mut().zip(UPDATE_BATCHES) {
        let batches = batches_of(batch, 20_000);
        for round in 0..ROUNDS {
            let mut time = Duration::ZERO;
            for b in 0..batches {
                let keys = (0..batch).map(|i| (pick(round, b * batch + i, VEHICLES), i as u64));
                time += jmt.put(keys.map(|(label, i)| jmt_row(label, i)).collect())?;
            }
            *rate = rate.max(per_second(batches * batch, time));
        }
    }

    let asked = 5_000;
    let tree = Sha256Jmt::new(&jmt.store);
    let keys: Vec<KeyHash> = (0..asked).map(|i| KeyHash(pick(9, i, VEHICLES).0)).collect();
    let (proving, proofs) = cpu(|| {
        keys.iter()
            .map(|key| tree.get_with_proof(*key, jmt.version - 1))
            .collect::<Result<Vec<_>, _>>()
    });
    let proofs = proofs?;
    let (verifying, result) = cpu(|| {
        keys.iter()
            .zip(&proofs)
            .try_for_each(|(key, (value, proof))| proof.verify(jmt.root, *key, value.as_ref()))
    });
    result?;
    let [a, b, c] = updates;
    let insert = per_second(VEHICLES, inserting);
    Ok([
        insert,
        a,
        b,
        c,
        micros(proving, asked),
        micros(verifying, asked),
        f64::NAN,
        bytes,
    ])
}

fn measure_akd() -> anyhow::Result<Figures> {
    type Config = WhatsAppV1Configuration;
    let akd_row =
        |label: Label, count: u64| (AkdLabel(label.0.to_vec()), AkdValue(Chain::new(count).to_vec()));
    let before = resident();
    tokio::runtime::Builder::new_current_thread()
        .build()?
        .block_on(async {
            let storage = StorageManager::new_no_cache(AsyncInMemoryDatabase::new());
            let akd = Directory::<Config, _, _>::new(
                storage,
                HardCodedAkdVRF {},
                AzksParallelismConfig::disabled(),
            )
            .await?;
            let mut rows = labels(AKD_LABELS).zip(0..);
            let start = ProcessTime::now();
            for _ in 0..AKD_LABELS / GROWTH_BATCH {
                let batch = rows
                    .by_ref()
                    .take(GROWTH_BATCH)
                    .map(|(label, i)| akd_row(label, i))
                    .collect();
                akd.publish(batch).await?;
            }
            let insert = per_second(AKD_LABELS, start.elapsed());
            let bytes = memory_since(before, AKD_LABELS);

            let mut updates = [0.0_f64; 3];
            for (rate, batch) in updates.iter_mut().zip(UPDATE_BATCHES) {
                for round in 0..ROUNDS.min(20_000 / batch) {
                    // A publish refuses a label that occurs twice.
                    let keys: HashMap<_, _> = (0..batch)
                        .map(|i| (pick(round, i, AKD_LABELS), (round * batch + i) as u64 + (1 << 32)))
                        .collect();
                    let rows: Vec<_> = keys.into_iter().map(|(label, i)| akd_row(label, i)).collect();
                    let count = rows.len();
                    let start = ProcessTime::now();
                    akd.publish(rows).await?;
                    *rate = rate.max(per_second(count, start.elapsed()));
                }
            }

            let asked = 300;
            let key = akd.get_public_key().await?;
            let (mut proving, mut verifying) = (Duration::ZERO, Duration::ZERO);
            for i in 0..asked {
                let label = AkdLabel(pick(9, i, AKD_LABELS).0.to_vec());
                let start = ProcessTime::now();
                let (proof, epoch) = akd.lookup(label.clone()).await?;
                proving += start.elapsed();
                let (time, result) = cpu(|| {
                    akd::client::lookup_verify::<Config>(
                        key.as_bytes(),
                        epoch.hash(),
                        epoch.epoch(),
                        label,
                        proof,
                    )
                });
                verifying += time;
                anyhow::ensure!(result.is_ok(), "a lookup proof did not verify");
            }
            let [a, b, c] = updates;
            Ok([
                insert,
                a,
                b,
                c,
                micros(proving, asked),
                micros(verifying, asked),
                f64::NAN,
                bytes,
            ])
        })
}

fn measure_ours() -> Figures {
    let before = resident();
    let mut trie = Trie::new();
    let (inserting, ()) = cpu(|| {
        for (i, label) in labels(VEHICLES).enumerate() {
            trie.set(label, Chain::new(i as u64));
            if (i + 1) % GROWTH_BATCH == 0 {
                black_box(trie.root());
            }
        }
    });
    let bytes = memory_since(before, VEHICLES);
    let [a, b, c] = UPDATE_BATCHES.map(|batch| update_rate(&mut trie, VEHICLES, batch));
    let [prove, verify, proof] = answers(&mut trie, VEHICLES);
    [
        per_second(VEHICLES, inserting),
        a,
        b,
        c,
        prove,
        verify,
        proof,
        bytes,
    ]
}

fn comparison() -> anyhow::Result<()> {
    let (ours, jmt, akd) = (
        in_own_process(&["ours"])?,
        in_own_process(&["jmt"])?,
        in_own_process(&["akd"])?,
    );
    println!("| | ours, {VEHICLES} | jmt, {VEHICLES} | akd, {AKD_LABELS} | ours / jmt | ours / akd |");
    println!("|---|---:|---:|---:|---:|---:|");
    for (row, what) in [
        "insert, batches of 10000",
        "update, batches of 256",
        "of 1000",
        "of 10000",
    ]
    .iter()
    .enumerate()
    {
        let [a, b, c] = [ours[row], jmt[row], akd[row]];
        println!(
            "| {what} | {a:.0}/s | {b:.0}/s | {c:.0}/s | {:.1} | {:.1} |",
            a / b,
            a / c
        );
    }
    println!("| | | | | **jmt / ours** | **akd / ours** |");
    for (row, what, unit) in [
        (4, "prove one (akd: with VRF)", "µs"),
        (5, "verify one (akd: with VRF)", "µs"),
        (7, "memory per entry", "B"),
    ] {
        let [a, b, c] = [ours[row], jmt[row], akd[row]];
        println!(
            "| {what} | {a:.1} {unit} | {b:.1} {unit} | {c:.1} {unit} | {:.1} | {:.1} |",
            b / a,
            c / a
        );
    }
    println!();
    Ok(())
}

// ---- The VRF --------------------------------------------------------------------------------------------------------

fn vrf() {
    let mut bytes = random(1);
    bytes[31] &= 0x0f;
    let Ok(ours) = SecretKey::from_bytes(&bytes) else {
        return println!("not a secret key");
    };
    let Some(theirs) = Option::<vrf_r255::SecretKey>::from(vrf_r255::SecretKey::from_bytes(bytes)) else {
        return println!("not a secret key");
    };
    let their_public = vrf_r255::PublicKey::from(theirs);
    let inputs: Vec<Vec<u8>> = (0..2_000)
        .map(|i| index::id_input(&format!("vin:KMHJ3813MBU{i:06}")))
        .collect();

    let proofs: Vec<_> = inputs.iter().map(|input| ours.prove(input)).collect();
    let their_proofs: Vec<_> = inputs.iter().map(|input| theirs.prove(input)).collect();
    let best = |work: &dyn Fn() -> usize| {
        (0..ROUNDS)
            .map(|_| cpu(work))
            .map(|(time, right)| {
                assert_eq!(right, inputs.len(), "every proof is made and verifies");
                time
            })
            .min()
            .unwrap_or_default()
    };
    let prove = best(&|| {
        inputs
            .iter()
            .inspect(|input| {
                black_box(ours.prove(input));
            })
            .count()
    });
    let their_prove = best(&|| {
        inputs
            .iter()
            .inspect(|input| {
                black_box(theirs.prove(input));
            })
            .count()
    });
    let verify = best(&|| {
        inputs
            .iter()
            .zip(&proofs)
            .filter(|(input, proof)| ours.public().verify(input, proof).is_ok())
            .count()
    });
    let their_verify = best(&|| {
        let verified = |(input, proof): &(&Vec<u8>, &vrf_r255::Proof)| {
            bool::from(their_public.verify(input, proof).is_some())
        };
        inputs.iter().zip(&their_proofs).filter(verified).count()
    });
    println!("| VRF | ours | crate vrf-r255 | ratio |\n|---|---:|---:|---:|");
    for (what, a, b) in [("prove", prove, their_prove), ("verify", verify, their_verify)] {
        let (a, b) = (micros(a, inputs.len()), micros(b, inputs.len()));
        println!("| {what} | {a:.0} µs | {b:.0} µs | {:.2} |", b / a);
    }
}
