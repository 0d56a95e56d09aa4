//! A client that keeps to what the load tool of [tessera](https://github.com/transparency-dev/tessera) (`internal/hammer`) expects of a
//! tiled log, and to nothing else we offer:
//!
//! - a leaf is the whole body of `POST …/add`, of no declared type; the first line of a 200 is the index in decimal;
//! - 429, 502, 503 and 504 mean: sleep for `Retry-After` in seconds, or for one, and ask the same again; anything else is an error;
//! - one leaf in ten is one that was sent before;
//! - the checkpoint is asked for twice a second, opened with the log's Ed25519 key, whose name is the origin, and each larger one is
//!   proven to continue the one before, from tiles as wide as the new size says;
//! - meanwhile readers fetch bundles of entries, at random and from the first to the last; where a partial tile or bundle is not found,
//!   the full one is asked for.
//!
//! The tool looks into no entry. This client does: each writer reads back what is at the index it was answered and proves that it is in the tree.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use history::entry::Entry;
use tlog::checkpoint::Checkpoint;
use tlog::merkle::{verify_consistency, verify_inclusion};
use tlog::note::{Note, Vkey};
use tlog::policy::Policy;
use tlog::tile::{BundleId, TileId, decode_bundle};
use tlog::tree::{consistency_proof, consistency_tiles, inclusion_proof, inclusion_tiles};
use tlog::{LeafIndex, TreeSize, leaf_hash};
use tokio::task::JoinSet;

use crate::client::{Answer, request};
use crate::running::{Running, options};

const WRITERS: u64 = 22;
const LEAVES: u64 = 15;

/// What the client knows of the log.
struct Log {
    address: SocketAddr,
    key: Vkey,
    latest: Mutex<Checkpoint>,
    /// Each leaf that was taken, with the index that was answered.
    taken: Mutex<HashMap<u64, u64>>,
    next: AtomicU64,
    sent: AtomicU64,
    pushed_back: AtomicU64,
    done: AtomicBool,
}

impl Log {
    async fn of(address: SocketAddr) -> Self {
        let policy = request(address, "GET", "/api/policy", &[], &[]).await.json();
        let policy = Policy::parse(policy["policy"].as_str().unwrap()).unwrap();
        let key = policy.logs()[0].vkey.clone();
        let answer = request(address, "GET", "/log/checkpoint", &[], &[]).await;
        let latest = Mutex::new(checkpoint(&answer, &key));
        let next = AtomicU64::new(latest.lock().unwrap().size.0);
        Self {
            address,
            key,
            latest,
            taken: Mutex::default(),
            next,
            sent: AtomicU64::new(0),
            pushed_back: AtomicU64::new(0),
            done: AtomicBool::new(false),
        }
    }

    fn latest(&self) -> Checkpoint {
        self.latest.lock().unwrap().clone()
    }

    /// The next leaf; each tenth time one that was sent before.
    fn leaf(&self) -> u64 {
        let sent = self.sent.fetch_add(1, Ordering::SeqCst);
        let next = self.next.load(Ordering::SeqCst);
        match sent % 10 {
            9 => anywhere(sent, next),
            _ => self.next.fetch_add(1, Ordering::SeqCst),
        }
    }

    /// Asks until it is not told to come back later.
    async fn ask(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        loop {
            let answer = request(self.address, method, path, &[], body).await;
            let (429 | 502 | 503 | 504) = answer.status else {
                return answer;
            };
            self.pushed_back.fetch_add(1, Ordering::SeqCst);
            let delay = answer
                .header("retry-after")
                .map_or(1, |text| text.parse().unwrap());
            tokio::time::sleep(Duration::from_secs(delay)).await;
        }
    }

    /// Sends a leaf until it is taken.
    async fn write(&self, leaf: u64) -> u64 {
        let body = format!("{} {leaf}", "00".repeat(16));
        let answer = self.ask("POST", "/add", body.as_bytes()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.text().split('\n').next().unwrap().parse().unwrap()
    }

    /// A file of the log, or the full one in place of a partial one.
    async fn fetch(&self, path: &str, full: &str) -> Vec<u8> {
        for path in [path, full] {
            let answer = self.ask("GET", &format!("/log/{path}"), &[]).await;
            match answer.status {
                200 => return answer.body,
                404 if path != full => {}
                _ => panic!("{path}: {answer:?}"),
            }
        }
        panic!("{path} is not there")
    }

    async fn tiles(&self, ids: Vec<TileId>) -> HashMap<TileId, Vec<u8>> {
        let mut tiles = HashMap::new();
        for id in ids {
            tiles.insert(id, self.fetch(&id.path(), &id.full().path()).await);
        }
        tiles
    }

    /// The entry at an index, as the tree of `size` holds it.
    async fn entry(&self, index: u64, size: TreeSize) -> Vec<u8> {
        let id = BundleId::containing(index, size).unwrap();
        let bundle = self.fetch(&id.path(), &id.full().path()).await;
        let at = usize::try_from(index % 256).unwrap();
        decode_bundle(&bundle).unwrap()[at].to_vec()
    }

    /// Asks for the newest checkpoint, and proves that it continues the one before.
    async fn update(&self) {
        let answer = self.ask("GET", "/log/checkpoint", &[]).await;
        let (old, new) = (self.latest(), checkpoint(&answer, &self.key));
        if new.size <= old.size {
            return;
        }
        let tiles = self.tiles(consistency_tiles(old.size, new.size)).await;
        let proof = consistency_proof(old.size, new.size, &tiles).unwrap();
        verify_consistency(old.size, new.size, &proof, &old.root, &new.root).unwrap();
        *self.latest.lock().unwrap() = new;
    }

    /// Waits until the checkpoint covers an index, and proves that the entry there is in its tree.
    async fn is_in_the_tree(&self, index: u64) -> Vec<u8> {
        let head = loop {
            let head = self.latest();
            if head.size.0 > index {
                break head;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        };
        let entry = self.entry(index, head.size).await;
        let tiles = self.tiles(inclusion_tiles(head.size, LeafIndex(index))).await;
        let proof = inclusion_proof(head.size, LeafIndex(index), &tiles).unwrap();
        verify_inclusion(
            LeafIndex(index),
            head.size,
            &leaf_hash(&entry),
            &proof,
            &head.root,
        )
        .unwrap();
        entry
    }

    async fn writer(self: Arc<Self>) {
        let mut written = Vec::new();
        for _ in 0..LEAVES {
            let leaf = self.leaf();
            let index = self.write(leaf).await;
            let before = self.taken.lock().unwrap().insert(leaf, index);
            assert!(
                before.is_none_or(|before| before == index),
                "leaf {leaf}: {before:?}, {index}"
            );
            written.push(index);
        }
        for index in written {
            let entry = self.is_in_the_tree(index).await;
            assert!(
                matches!(Entry::decode(&entry), Ok(Entry::Statement(_))),
                "{index}"
            );
        }
    }

    async fn reader(self: Arc<Self>, at_random: bool) {
        let (mut next, mut read) = (0, 0);
        while !self.done.load(Ordering::SeqCst) {
            let size = self.latest().size;
            let index = if at_random { anywhere(read, size.0) } else { next };
            if index < size.0 {
                self.entry(index, size).await;
                next += 1;
            }
            read += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn tracker(self: Arc<Self>) {
        while !self.done.load(Ordering::SeqCst) {
            self.update().await;
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// A number below `end`, another one each time.
fn anywhere(time: u64, end: u64) -> u64 {
    time.wrapping_mul(0x9e37_79b9_7f4a_7c15) % end
}

fn checkpoint(answer: &Answer, key: &Vkey) -> Checkpoint {
    let note = Note::parse(&answer.body).unwrap();
    note.verify(std::slice::from_ref(key)).unwrap();
    let checkpoint = Checkpoint::from_note(&note).unwrap();
    assert_eq!(checkpoint.origin, key.name().as_str());
    checkpoint
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_tool_for_tiled_logs_writes_reads_and_proves() {
    let mut options = options();
    options.test_add = true;
    // Fewer than they send on a machine that is not too busy.
    options.limits.rate = 150.try_into().unwrap();
    options.limits.burst = 20.try_into().unwrap();
    let service = Running::with(options).await;
    let log = Arc::new(Log::of(service.address).await);
    let mut writers = JoinSet::new();
    for _ in 0..WRITERS {
        writers.spawn(log.clone().writer());
    }
    let mut others = JoinSet::new();
    others.spawn(log.clone().tracker());
    for n in 0..8 {
        others.spawn(log.clone().reader(n % 2 == 0));
    }
    // Writers wait for what the tracker proves: where it or a reader fails, the test ends.
    loop {
        tokio::select! {
            written = writers.join_next() => match written {
                Some(written) => written.unwrap(),
                None => break,
            },
            Some(other) = others.join_next() => other.unwrap(),
        }
    }
    log.done.store(true, Ordering::SeqCst);
    while let Some(done) = others.join_next().await {
        done.unwrap();
    }

    let taken = log.taken.lock().unwrap();
    let mut indexes: Vec<u64> = taken.values().copied().collect();
    indexes.sort_unstable();
    indexes.dedup();
    assert_eq!(indexes.len(), taken.len(), "two leaves at one index");
    assert!(taken.len() as u64 > WRITERS * LEAVES / 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_load_tool_that_sends_too_fast_is_told_in_seconds_when_to_send_the_same_leaf_again() {
    let mut options = options();
    options.test_add = true;
    options.limits.rate = std::num::NonZeroU32::MIN;
    options.limits.burst = 2.try_into().unwrap();
    let service = Running::with(options).await;
    let log = Log::of(service.address).await;
    // Each is sent until it is taken.
    let mut leaves = 0;
    while log.pushed_back.load(Ordering::SeqCst) == 0 && leaves < 20 {
        log.write(leaves).await;
        leaves += 1;
    }
    assert!(leaves < 20, "nobody was pushed back");
}
