//! A real process is killed with SIGKILL at every step of its work, and at 240 random moments.
//!
//! The parent starts this test binary again as the child. The child prints a line for each statement it acknowledges, so
//! that the parent knows what must not be lost.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use statement::Digest;
use store::{Step, Store, StoreError, Watch};

use crate::test_log::{TestLog, digests, past_one_machine, record, statements};

const DIRECTORY: &str = "CARNET_TEST_CHILD_DIRECTORY";
const FIRST: &str = "CARNET_TEST_CHILD_FIRST";
const MOMENT: &str = "CARNET_TEST_CHILD_MOMENT";

/// How many random moments. 200 are asked for; past one machine each takes several times as long.
fn random_kills() -> usize {
    if past_one_machine() { 60 } else { 240 }
}

/// Stops the process at one moment of its work, just before or just after a step, and waits there to be killed.
struct StopAt {
    moment: usize,
    seen: AtomicUsize,
}

impl StopAt {
    fn moment(&self, step: &Step, when: &str) {
        if self.seen.fetch_add(1, Ordering::SeqCst) == self.moment {
            say(&format!("STOPPED {when} {step}"));
            std::thread::sleep(Duration::from_secs(60));
        }
    }
}

impl Watch for StopAt {
    fn before(&self, step: &Step) -> Result<(), StoreError> {
        self.moment(step, "before");
        Ok(())
    }

    fn after(&self, step: &Step) -> Result<(), StoreError> {
        self.moment(step, "after");
        Ok(())
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").unwrap();
    out.flush().unwrap();
}

/// Hands in and seals two statements at a time until it is killed, or ten at once and then two where it is to stop at one
/// moment; in batches so small that one is staged while the one before it is published.
#[tokio::test]
#[ignore = "the child of the other tests here"]
async fn child() {
    let Ok(directory) = std::env::var(DIRECTORY) else {
        return;
    };
    let mut next: u64 = std::env::var(FIRST).unwrap().parse().unwrap();
    let moment = std::env::var(MOMENT).ok().map(|n| n.parse().unwrap());
    let log = TestLog::at(directory);
    let mut options = log.options();
    options.batch = if moment.is_some() { 4 } else { 1 };
    if let Some(moment) = moment {
        options.watch = Arc::new(StopAt {
            moment,
            seen: AtomicUsize::new(0),
        });
    }
    say("STARTED");
    let store = Store::open(options).await.unwrap();
    let batches: Vec<u64> = if moment.is_some() {
        vec![10, 2]
    } else {
        vec![2; 1000]
    };
    for count in batches {
        let submissions = statements(next..next + count);
        next += count;
        store.submit(&submissions).await.unwrap();
        for digest in digests(&submissions) {
            say(&format!("ACKNOWLEDGED {digest}"));
        }
        store.seal().await.unwrap();
    }
    say("FINISHED");
}

struct Killed {
    /// Digests the child acknowledged, in hexadecimal.
    acknowledged: Vec<String>,
    /// Where it stopped, if it was told to.
    stopped: Option<String>,
}

fn start(log: &TestLog, first: u64, moment: Option<usize>) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "sigkill::child", "--ignored", "--nocapture"]);
    command.env(DIRECTORY, log.dir()).env(FIRST, first.to_string());
    if let Some(moment) = moment {
        command.env(MOMENT, moment.to_string());
    }
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("STARTED") {
        line.clear();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "the child did not start");
    }
    (child, out)
}

/// What the child has said by the time it is dead.
fn last_words(mut child: Child, mut out: impl std::io::Read) -> Killed {
    child.kill().unwrap();
    let status = child.wait().unwrap();
    let mut said = String::new();
    out.read_to_string(&mut said).unwrap();
    let killed = std::os::unix::process::ExitStatusExt::signal(&status) == Some(9);
    assert!(
        killed || said.contains("FINISHED"),
        "the child failed by itself: {status}"
    );
    Killed {
        acknowledged: acknowledged(&said),
        stopped: None,
    }
}

fn acknowledged(said: &str) -> Vec<String> {
    said.lines()
        .filter_map(|line| line.strip_prefix("ACKNOWLEDGED "))
        .map(str::to_owned)
        .collect()
}

/// Waits until the child stands at its moment, and kills it there; `None` if it has finished without coming to it.
fn kill_at(log: &TestLog, first: u64, moment: usize) -> Option<Killed> {
    let (child, mut out) = start(log, first, Some(moment));
    let mut said = String::new();
    loop {
        let mut line = String::new();
        assert_ne!(
            out.read_line(&mut line).unwrap(),
            0,
            "the child failed by itself after {said}"
        );
        if let Some(stopped) = line.trim_end().strip_prefix("STOPPED ") {
            let rest = last_words(child, out);
            let mut acknowledged = acknowledged(&said);
            acknowledged.extend(rest.acknowledged);
            return Some(Killed {
                acknowledged,
                stopped: Some(stopped.to_owned()),
            });
        }
        if line.starts_with("FINISHED") {
            last_words(child, out);
            return None;
        }
        said.push_str(&line);
    }
}

/// A new process opens and seals. Every acknowledged statement is there, and `published` is this log's past.
async fn assert_recovers(
    log: &TestLog,
    acknowledged: &[String],
    published: &mut Vec<Vec<u8>>,
) -> BTreeSet<String> {
    published.extend(log.published());
    let store = log.open().await;
    store.seal().await.unwrap();
    // Earlier ones were compared before, and again at the end.
    let newest = published.len().saturating_sub(3);
    let sealed = log.assert_sound(&store, &published[newest..]).await;
    let sealed: BTreeSet<String> = sealed.iter().map(Digest::to_string).collect();
    for digest in acknowledged {
        assert!(sealed.contains(digest), "{digest} was acknowledged and is lost");
    }
    store.close().await.unwrap();
    published.extend(log.published());
    sealed
}

#[tokio::test]
async fn a_process_killed_at_any_step_loses_nothing() {
    let (template, store) = TestLog::create().await;
    record(&store, &statements(0..3)).await;
    record(&store, &statements(3..244)).await;
    store.close().await.unwrap();

    let mut moments = Vec::new();
    loop {
        let log = template.copy();
        let mut published = vec![log.published().unwrap()];
        let Some(killed) = kill_at(&log, 244, moments.len()) else {
            break;
        };
        let sealed = assert_recovers(&log, &killed.acknowledged, &mut published).await;
        assert!(sealed.len() >= 244);
        moments.push(killed.stopped.unwrap());
    }

    assert!(moments.len() > 50, "{moments:#?}");
    for step in [
        "put staging/",
        "commit batch",
        "put tile/",
        "cosign",
        "put checkpoint",
        "delete tile/0/000.p/",
    ] {
        for when in ["before", "after"] {
            let found = moments
                .iter()
                .any(|moment| moment.starts_with(&format!("{when} {step}")));
            assert!(found, "never killed {when} {step}");
        }
    }
}

/// All kills hit one and the same log, so that damage would add up.
#[tokio::test]
async fn a_process_killed_at_random_moments_loses_nothing() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let mut published = Vec::new();
    let mut acknowledged = Vec::new();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let begin = Instant::now();
    let kills = random_kills();
    // As long as a few batches take.
    let longest = if past_one_machine() { 400_000 } else { 150_000 };
    for kill in 0..kills {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let (child, out) = start(&log, kill as u64 * 10_000, None);
        std::thread::sleep(Duration::from_micros(random % longest));
        let killed = last_words(child, out);
        acknowledged.extend(killed.acknowledged);
        let sealed = assert_recovers(&log, &acknowledged, &mut published).await;
        assert!(sealed.len() >= acknowledged.len(), "kill {kill}");
    }
    log.assert_sound(&log.open().await, &published).await;
    println!(
        "{kills} kills in {:.1?}, {} statements acknowledged, none lost, {} checkpoints, no fork",
        begin.elapsed(),
        acknowledged.len(),
        published.len()
    );
    assert!(
        acknowledged.len() > kills,
        "the children were killed before they did any work"
    );
}
