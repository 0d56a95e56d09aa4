//! Several services behind one log, each a process with a directory of its own, as machines behind a balancer are. Whichever seals is
//! killed with SIGKILL while sixteen clients hand in. Another goes on, all others answer meanwhile, every receipt is of the one
//! log there is in the end, and nothing acknowledged is missing from it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, RwLock};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use history::entry::Entry;
use serde_json::Value;
use tempfile::TempDir;
use test_servers::{LogFolder, copy_all, past_one_machine};
use tlog::tile::{BundleId, decode_bundle};
use tlog::{Hash, TreeSize, leaf_hash, node_hash};

use crate::process::{Serving, ask, carnet, download, log, registration_of, submit};

const SERVICES: usize = 3;

const CLIENTS: usize = 16;

/// Statements are about this many cars, so that a dossier stays small.
const CARS: u64 = 200;

/// Each costs the ten seconds of a lease.
fn kills() -> usize {
    if past_one_machine() { 4 } else { 1 }
}

fn car(number: u64) -> String {
    format!("KMHXX00XXXX{:06}", number % CARS)
}

/// What clients were told.
#[derive(Default)]
struct Told {
    /// Places in the log by digest, from receipts.
    places: BTreeMap<String, u64>,
    /// What was accepted for good and is sealed later.
    tickets: BTreeSet<String>,
    /// Roots by size, from the checkpoints of receipts and from what was read beside.
    roots: BTreeMap<u64, BTreeSet<String>>,
}

impl Told {
    fn checkpoint(&mut self, note: &str) -> u64 {
        let mut lines = note
            .lines()
            .skip_while(|line| *line != "log.example/carnet")
            .skip(1);
        let size = lines.next().unwrap().parse().unwrap();
        let root = lines.next().unwrap().to_owned();
        self.roots.entry(size).or_default().insert(root);
        size
    }
}

/// A machine: where its keys are, and its service, unless it is dead.
struct Machine {
    keys: TempDir,
    address: RwLock<Option<String>>,
    serving: Mutex<Option<Serving>>,
}

impl Machine {
    /// Keys and policy, and nothing of what the local cosigners of another machine remember.
    fn new(log: &LogFolder) -> Self {
        let keys = TempDir::new().unwrap();
        for folder in ["keys", "issuers"] {
            copy_all(&log.path().join(folder), &keys.path().join(folder));
        }
        for file in ["policy.txt", "vrf.txt"] {
            std::fs::copy(log.path().join(file), keys.path().join(file)).unwrap();
        }
        let machine = Self {
            keys,
            address: RwLock::default(),
            serving: Mutex::default(),
        };
        machine.start(log);
        machine
    }

    fn start(&self, log: &LogFolder) {
        // On one machine they share its directory.
        let keys = match log.place() {
            Some(_) => self.keys.path(),
            None => log.path(),
        };
        let limits = ["--rate", "100000", "--burst", "100000"];
        let serving = Serving::with_keys(keys, log, &limits);
        *self.address.write().unwrap() = Some(serving.address.clone());
        *self.serving.lock().unwrap() = Some(serving);
    }

    fn address(&self) -> Option<String> {
        self.address.read().unwrap().clone()
    }

    fn kill(&self) {
        let serving = self.serving.lock().unwrap().take().unwrap();
        serving.kill();
        *self.address.write().unwrap() = None;
    }

    /// Batches it has sealed since it started; none where it is dead.
    fn batches(&self) -> u64 {
        let metrics = self
            .address()
            .and_then(|address| ask(&address, "GET", "/metrics", "", ""));
        let metrics = metrics.map_or_else(String::new, |(_, text)| text);
        let line = metrics
            .lines()
            .find_map(|line| line.strip_prefix("carnet_batches_total "));
        line.map_or(0, |number| number.parse().unwrap())
    }
}

/// Hands in one statement after another, each to whoever takes it.
fn client(first: usize, machines: &[Machine], next: &AtomicU64, stop: &AtomicBool, told: &Mutex<Told>) {
    let mut at = first;
    while !stop.load(Ordering::Relaxed) {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let statement = registration_of(&car(number), number);
        let digest = statement.digest().to_string();
        loop {
            let answer = machines[at % SERVICES]
                .address()
                .and_then(|address| submit(&address, &statement));
            match answer {
                Some((200, answer)) => {
                    let result = &answer["results"][0];
                    let mut told = told.lock().unwrap();
                    told.checkpoint(result["receipt"].as_str().unwrap());
                    let place = result["log_index"].as_u64().unwrap();
                    told.places.insert(digest, place);
                    break;
                }
                Some((202, _)) => {
                    told.lock().unwrap().tickets.insert(digest);
                    break;
                }
                // Dead, or it died over it: the next one is asked, as a balancer would.
                None | Some((503, _)) => {
                    at += 1;
                    std::thread::sleep(Duration::from_millis(20));
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                }
                Some((status, answer)) => panic!("{status}: {answer}"),
            }
        }
        at += 1;
    }
}

/// Reads checkpoint and dossiers from all that live; the checkpoint never goes back.
fn reader(machines: &[Machine], stop: &AtomicBool, read: &AtomicU64, told: &Mutex<Told>) {
    let (mut turn, mut newest) = (0, 0);
    while !stop.load(Ordering::Relaxed) {
        turn += 1;
        std::thread::sleep(Duration::from_millis(20));
        let Some(address) = machines[turn % SERVICES].address() else {
            continue;
        };
        let path = format!("/api/vehicles/{}/dossier", car(turn as u64));
        let (Some(checkpoint), Some(dossier)) = (
            ask(&address, "GET", "/log/checkpoint", "", ""),
            ask(&address, "GET", &path, "", ""),
        ) else {
            continue;
        };
        assert_eq!((checkpoint.0, dossier.0), (200, 200), "{}", dossier.1);
        let size = told.lock().unwrap().checkpoint(&checkpoint.1);
        assert!(size >= newest, "the checkpoint went back from {newest} to {size}");
        newest = size;
        read.fetch_add(1, Ordering::Relaxed);
    }
}

/// Who seals at this moment; whoever it is has sealed a batch since the question.
fn who_seals(machines: &[Machine]) -> usize {
    let begin = Instant::now();
    let mut before: Vec<u64> = machines.iter().map(Machine::batches).collect();
    loop {
        std::thread::sleep(Duration::from_millis(50));
        let now: Vec<u64> = machines.iter().map(Machine::batches).collect();
        if let Some(sealing) = (0..SERVICES).find(|&at| now[at] > before[at]) {
            return sealing;
        }
        before = now;
        assert!(begin.elapsed() < Duration::from_secs(90), "nobody seals");
    }
}

/// The entries of the log, as a service gives them to anybody.
fn entries(address: &str, size: u64) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    for first in (0..size).step_by(256) {
        let bundle = BundleId::containing(first, TreeSize(size)).unwrap();
        let bytes = download(address, &format!("/log/{}", bundle.path()));
        entries.extend(decode_bundle(&bytes).unwrap().into_iter().map(<[u8]>::to_vec));
    }
    entries
}

fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node_hash(&root(left), &root(right))
        }
    }
}

#[test]
fn another_service_goes_on_when_the_one_that_seals_is_killed() {
    let data = LogFolder::new();
    log(&data);
    let machines: Vec<Machine> = (0..SERVICES).map(|_| Machine::new(&data)).collect();
    let (next, read) = (AtomicU64::new(0), AtomicU64::new(0));
    let (stop, told) = (AtomicBool::new(false), Mutex::new(Told::default()));
    let mut waits = Vec::new();
    std::thread::scope(|scope| {
        // Whatever goes wrong here, the others end too.
        struct Ends<'a>(&'a AtomicBool);
        impl Drop for Ends<'_> {
            fn drop(&mut self) {
                self.0.store(true, Ordering::Relaxed);
            }
        }
        let _ends = Ends(&stop);
        for first in 0..CLIENTS {
            let (machines, next, stop, told) = (&machines, &next, &stop, &told);
            scope.spawn(move || client(first, machines, next, stop, told));
        }
        scope.spawn(|| reader(&machines, &stop, &read, &told));
        for kill in 0..kills() {
            let sealing = who_seals(&machines);
            std::thread::sleep(Duration::from_millis(300 + 170 * kill as u64));
            machines[sealing].kill();
            let (killed, read_before) = (Instant::now(), read.load(Ordering::Relaxed));
            let other = who_seals(&machines);
            waits.push(killed.elapsed());
            assert_ne!(other, sealing, "it is dead");
            assert!(
                read.load(Ordering::Relaxed) > read_before,
                "the others answer while nobody seals"
            );
            machines[sealing].start(&data);
        }
        std::thread::sleep(Duration::from_secs(1));
    });
    for machine in machines {
        let serving = machine.serving.into_inner().unwrap().unwrap();
        serving.ask_to_end();
        let (ended, said) = serving.ended();
        assert!(ended.success(), "{said}");
    }

    let ran = carnet(&data, &["--json", "log", "status"]);
    let status: Value = serde_json::from_slice(&ran.stdout).unwrap();
    assert_eq!(status["waiting"], 0, "{status}");
    let ran = carnet(&data, &["log", "fsck"]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stdout));
    let again = Serving::start(&data, &[]);
    let entries = entries(&again.address, status["published"].as_u64().unwrap());
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let mut sealed = BTreeMap::new();
    for (at, entry) in entries.iter().enumerate() {
        if let Entry::Statement(statement) = Entry::decode(entry).unwrap() {
            let before = sealed.insert(statement.digest.to_string(), at as u64);
            assert_eq!(before, None, "{} was sealed twice", statement.digest);
        }
    }
    let told = told.into_inner().unwrap();
    for (digest, place) in &told.places {
        assert_eq!(sealed.get(digest), Some(place), "{digest} has a receipt");
    }
    for digest in &told.tickets {
        assert!(
            sealed.contains_key(digest),
            "{digest} was acknowledged and is lost"
        );
    }
    for (size, roots) in &told.roots {
        let of_this_log = STANDARD.encode(root(&leaves[..usize::try_from(*size).unwrap()]).0);
        assert_eq!(
            roots,
            &BTreeSet::from([of_this_log]),
            "the log of {size} entries was forked"
        );
    }
    assert!(
        told.places.len() > 40,
        "the test hands in enough to say something"
    );
    waits.sort();
    println!(
        "{} sequencers killed; {} receipts and {} tickets, all in the log; {} checkpoints of one tree; {} reads beside; the next \
         batch after {waits:.1?}",
        waits.len(),
        told.places.len(),
        told.tickets.len(),
        told.roots.len(),
        read.into_inner()
    );
}
