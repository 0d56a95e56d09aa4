//! Several processes behind one log, as several servers are: all take statements in, all answer reads, one of them seals. It is
//! killed with SIGKILL again and again; another goes on, nothing acknowledged is lost, and the log does not fork.
//!
//! The parent starts this test binary again as the servers, which print a line for all that they do.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use statement::Digest;
use store::{Options, Store, StoreError};

use crate::test_log::{TestLog, car, digests, statements};

const DIRECTORY: &str = "CARNET_TEST_SERVER_DIRECTORY";
const FIRST: &str = "CARNET_TEST_SERVER_FIRST";

const SERVERS: u64 = 3;
const KILLS: u64 = 8;

/// Long enough that a server which only has to wait for a processor keeps it.
const LEASE: Duration = Duration::from_millis(700);

fn options(log: &TestLog) -> Options {
    Options {
        lease: LEASE,
        ..log.options()
    }
}

/// Takes in, seals where it may, and reads, until it is killed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the server of the test here"]
async fn server() {
    let Ok(directory) = std::env::var(DIRECTORY) else {
        return;
    };
    let mut next: u64 = std::env::var(FIRST).unwrap().parse().unwrap();
    let log = TestLog::at(directory);
    let store = Store::open(options(&log)).await.unwrap();
    let (mut read, mut entries) = (0, 0);
    loop {
        let submissions = statements(next..next + 2);
        next += 2;
        store.submit(&submissions).await.unwrap();
        for digest in digests(&submissions) {
            say(&format!("ACKNOWLEDGED {digest}"));
        }
        match store.seal_batch().await {
            Ok(done) if done.batches > 0 => say(&format!("SEALED {}", done.size)),
            Ok(_) | Err(StoreError::Busy { .. } | StoreError::Fenced) => {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            Err(error) => panic!("{error}"),
        }
        match store.snapshot(&[car(next % 7)]).await {
            Ok(snapshot) => {
                let size = snapshot.head.checkpoint.size.0;
                assert!(size >= read, "what was read went back from {read} to {size}");
                entries += size - read;
                read = size;
                say(&format!("READ {size} {entries}"));
            }
            // Another server is between its commit and its checkpoint, or died there.
            Err(StoreError::NoQuorum(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

struct Said {
    server: u64,
    line: String,
    at: Instant,
}

fn start(log: &TestLog, server: u64, first: u64, said: Sender<Said>) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "failover::server", "--ignored", "--nocapture"])
        .env(DIRECTORY, log.dir())
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || {
        for line in out.lines() {
            let (Ok(line), at) = (line, Instant::now()) else {
                return;
            };
            if said.send(Said { server, line, at }).is_err() {
                return;
            }
        }
    });
    child
}

/// Waits for a batch sealed by another server than `dead` after `since`; keeps what is acknowledged meanwhile.
fn sealed_by_another(
    said: &Receiver<Said>,
    dead: Option<u64>,
    since: Instant,
    acknowledged: &mut Vec<String>,
    readers: &mut BTreeSet<u64>,
) -> Said {
    loop {
        let next = said
            .recv_timeout(Duration::from_secs(60))
            .expect("some server goes on sealing");
        if let Some(digest) = next.line.strip_prefix("ACKNOWLEDGED ") {
            acknowledged.push(digest.to_owned());
        } else if next.line.starts_with("READ ") {
            readers.insert(next.server);
        } else if next.line.starts_with("SEALED ") && Some(next.server) != dead && next.at > since {
            return next;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_goes_on_when_the_one_that_seals_is_killed() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let (say, said) = channel();
    let mut servers: Vec<Child> = (0..SERVERS)
        .map(|n| start(&log, n, n * 1_000_000, say.clone()))
        .collect();
    let mut published = Vec::new();
    let (mut acknowledged, mut readers) = (Vec::new(), BTreeSet::new());
    let mut waits = Vec::new();
    let mut sealing = sealed_by_another(&said, None, Instant::now(), &mut acknowledged, &mut readers).server;
    for kill in 1..=KILLS {
        std::thread::sleep(Duration::from_millis(50 + 37 * kill));
        let dead = usize::try_from(sealing).unwrap();
        servers[dead].kill().unwrap();
        let status = servers[dead].wait().unwrap();
        let killed = Instant::now();
        assert_eq!(
            std::os::unix::process::ExitStatusExt::signal(&status),
            Some(9),
            "it died by itself"
        );
        published.extend(log.published());
        let next = sealed_by_another(&said, Some(sealing), killed, &mut acknowledged, &mut readers);
        waits.push(next.at - killed);
        published.extend(log.published());
        servers[dead] = start(&log, sealing, sealing * 1_000_000 + kill * 10_000, say.clone());
        sealing = next.server;
    }
    for server in &mut servers {
        server.kill().unwrap();
        server.wait().unwrap();
    }
    drop(say);
    for Said { line, .. } in said.iter() {
        acknowledged.extend(line.strip_prefix("ACKNOWLEDGED ").map(str::to_owned));
    }

    let store = Store::open(options(&log)).await.unwrap();
    store.seal().await.unwrap();
    published.extend(log.published());
    let sealed: BTreeSet<String> = log
        .assert_sound(&store, &published)
        .await
        .iter()
        .map(Digest::to_string)
        .collect();
    for digest in &acknowledged {
        assert!(sealed.contains(digest), "{digest} was acknowledged and is lost");
    }
    assert_eq!(readers.len() as u64, SERVERS, "every server answered reads");
    waits.sort();
    println!(
        "{KILLS} sequencers killed, {} statements acknowledged, none lost; the next batch after {:.1?} at the median, {:.1?} at most \
         (lease {LEASE:.1?})",
        acknowledged.len(),
        waits[waits.len() / 2],
        waits[waits.len() - 1]
    );
}
