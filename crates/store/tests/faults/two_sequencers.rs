//! Two processes seal the same log at once. The lease keeps them apart; where it cannot, because one of them slept or its
//! clock is wrong, the fencing number and the database's lock do.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use store::{Options, Step, Store, StoreError, Watch};
use tlog::TreeSize;

use crate::faulty::{Failure, FaultyFiles, FaultyStep};
use crate::test_log::{TestLog, accepted, dialect, digests, record, statement, statements};

const DIRECTORY: &str = "CARNET_TEST_SEQUENCER_DIRECTORY";
const FIRST: &str = "CARNET_TEST_SEQUENCER_FIRST";

/// Each sequencer hands in this many statements, one at a time.
const EACH: u64 = 15;

/// Falls asleep before the first step that begins so, until it is woken.
struct Sleeper {
    before: &'static str,
    asleep: Mutex<Option<mpsc::Sender<()>>>,
    wake: Mutex<mpsc::Receiver<()>>,
}

impl Sleeper {
    fn before(step: &'static str) -> (Arc<Self>, mpsc::Receiver<()>, mpsc::Sender<()>) {
        let (asleep, sleeps) = mpsc::channel();
        let (wake, woken) = mpsc::channel();
        (
            Arc::new(Self {
                before: step,
                asleep: Mutex::new(Some(asleep)),
                wake: Mutex::new(woken),
            }),
            sleeps,
            wake,
        )
    }
}

impl Watch for Sleeper {
    fn before(&self, step: &Step) -> Result<(), StoreError> {
        if step.to_string().starts_with(self.before)
            && let Some(asleep) = self.asleep.lock().unwrap().take()
        {
            asleep.send(()).unwrap();
            // The thread sleeps; what else it would have run, connections to the servers say, goes to another one.
            tokio::task::block_in_place(|| self.wake.lock().unwrap().recv().unwrap());
        }
        Ok(())
    }

    fn after(&self, _: &Step) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Seals until it succeeds, opening the log anew where the store asks for it.
async fn seal_patiently(log: &TestLog, mut store: Store) -> Store {
    loop {
        match store.seal().await {
            Ok(_) => return store,
            Err(StoreError::Busy { .. } | StoreError::Fenced) => {}
            Err(StoreError::Stopped) => {
                store.close().await.unwrap();
                store = log.open().await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

async fn hand_in_one_at_a_time(log: &TestLog, first: u64) {
    let mut store = log.open().await;
    for n in first..first + EACH {
        store.submit(&[statement(n)]).await.unwrap();
        store = seal_patiently(log, store).await;
    }
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_stores_that_seal_at_once_make_one_log() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();

    tokio::join!(hand_in_one_at_a_time(&log, 0), hand_in_one_at_a_time(&log, EACH));

    let sealed = log.assert_sound(&log.open().await, &[]).await;
    assert_eq!(sealed.len() as u64, 2 * EACH);
}

#[tokio::test]
#[ignore = "the child of the next test"]
async fn child() {
    let (Ok(directory), Ok(first)) = (std::env::var(DIRECTORY), std::env::var(FIRST)) else {
        return;
    };
    hand_in_one_at_a_time(&TestLog::at(directory), first.parse().unwrap()).await;
}

#[tokio::test]
async fn two_processes_that_seal_at_once_make_one_log() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let start = |first: u64| {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "two_sequencers::child", "--ignored", "--nocapture"])
            .env(DIRECTORY, log.dir())
            .env(FIRST, first.to_string())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };

    let children = [start(0), start(EACH)];

    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let sealed = log.assert_sound(&log.open().await, &[]).await;
    assert_eq!(sealed.len() as u64, 2 * EACH);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sequencer_that_slept_through_its_lease_cannot_commit() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let (watch, asleep, wake) = Sleeper::before("commit batch");
    let sleepy = Arc::new(
        Store::open(Options {
            watch,
            ..log.options()
        })
        .await
        .unwrap(),
    );
    sleepy.submit(&statements(0..3)).await.unwrap();
    let sleeping = tokio::spawn({
        let sleepy = sleepy.clone();
        async move { sleepy.seal().await }
    });
    asleep.recv().unwrap();
    // It holds the database's write lock there; SQLite lets nobody else write until it wakes.
    let other = log.open().await;
    let others = tokio::spawn(async move { seal_patiently(&log, other).await.close().await.map(|()| log) });
    tokio::time::sleep(Duration::from_millis(200)).await;
    wake.send(()).unwrap();

    let _ = sleeping.await.unwrap();
    let log = others.await.unwrap().unwrap();

    log.open().await.seal().await.unwrap();
    assert_eq!(
        log.assert_sound(&log.open().await, &[]).await,
        digests(&statements(0..3))
    );
}

/// Asleep between staging and commit, where it holds no lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_batch_staged_before_another_process_took_over_is_fenced() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let (watch, asleep, wake) = Sleeper::before("put staging/");
    let sleepy = Arc::new(
        Store::open(Options {
            watch,
            ..log.options()
        })
        .await
        .unwrap(),
    );
    sleepy.submit(&statements(0..3)).await.unwrap();
    let sleeping = tokio::spawn({
        let sleepy = sleepy.clone();
        async move { sleepy.seal().await }
    });
    asleep.recv().unwrap();
    let other = log.open().await;
    other.submit(&statements(3..4)).await.unwrap();
    assert_eq!(
        seal_patiently(&log, other)
            .await
            .status()
            .await
            .unwrap()
            .statements,
        4
    );
    let published = log.published().unwrap();
    wake.send(()).unwrap();

    assert!(matches!(sleeping.await.unwrap(), Err(StoreError::Fenced)));

    assert_eq!(log.published().unwrap(), published);
    sleepy.submit(&statements(4..5)).await.unwrap();
    sleepy
        .seal()
        .await
        .expect("a fenced sequencer goes on with the next batch");
    assert_eq!(
        log.assert_sound(&sleepy, &[published]).await,
        digests(&statements(0..5))
    );
}

/// Asleep while it loads the log's state, with what waits already read: another process seals just that. The parts of the
/// state do not fit together then, which is no damage.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_log_sealed_by_another_process_while_its_state_is_loaded_is_not_called_damaged() {
    let (log, store) = TestLog::create().await;
    store.submit(&statements(0..3)).await.unwrap();
    store.close().await.unwrap();
    let files = FaultyFiles::over(log.files());
    let sleepy = Arc::new(
        Store::open(Options {
            objects: files.clone(),
            ..log.options()
        })
        .await
        .unwrap(),
    );
    // The state is loaded after the waiting rows were read, and begins with the only tile there is.
    let (asleep, wake) = files.sleep_before_get("tile/0/000.p/5");
    let sleeping = tokio::spawn({
        let sleepy = sleepy.clone();
        async move { sleepy.seal().await }
    });
    asleep.await.unwrap();
    let other = seal_patiently(&log, log.open().await).await;
    assert_eq!(other.status().await.unwrap().statements, 3);
    other.close().await.unwrap();
    wake.send(()).unwrap();

    let sealing = sleeping.await.unwrap();

    assert!(matches!(sealing, Err(StoreError::Fenced)), "{sealing:?}");
    // What it may have staged in vain goes with its next batch.
    record(&sleepy, &statements(3..4)).await;
    assert_eq!(log.assert_sound(&sleepy, &[]).await, digests(&statements(0..4)));
}

/// Asleep after its commit: another process publishes that batch and seals more. The checkpoint must not go back, and the
/// sleeper's statements are sealed, so it must not say that they are not.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sequencer_that_slept_after_its_commit_does_not_put_an_older_checkpoint_over_a_newer_one() {
    for step in [
        "put tile/0/",
        "cosign log.test/carnet/witness",
        "cosign log.test/carnet/auditor",
    ] {
        let (log, store) = TestLog::create().await;
        store.close().await.unwrap();
        let (watch, asleep, wake) = Sleeper::before(step);
        let sleepy = Arc::new(
            Store::open(Options {
                watch,
                ..log.options()
            })
            .await
            .unwrap(),
        );
        sleepy.submit(&statements(0..3)).await.unwrap();
        let sleeping = tokio::spawn({
            let sleepy = sleepy.clone();
            async move { sleepy.seal().await }
        });
        asleep.recv().unwrap();
        let other = seal_patiently(&log, log.open().await).await;
        record(&other, &statements(3..7)).await;
        let published = log.published().unwrap();
        wake.send(()).unwrap();

        let sealing = sleeping
            .await
            .unwrap()
            .unwrap_or_else(|e| panic!("asleep before {step}: {e}"));

        assert_eq!(sealing.sealed.len(), 3);
        assert_eq!(
            accepted(&log.published().unwrap()),
            accepted(&published),
            "asleep before {step}"
        );
        assert_eq!(
            log.assert_sound(&other, &[published]).await,
            digests(&statements(0..7))
        );
    }
}

/// The last look before the checkpoint is written and the writing are one step for everybody else.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nobody_can_publish_between_the_last_look_and_the_writing_of_the_checkpoint() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let (watch, asleep, wake) = Sleeper::before("put checkpoint");
    let sleepy = Arc::new(
        Store::open(Options {
            watch,
            ..log.options()
        })
        .await
        .unwrap(),
    );
    sleepy.submit(&statements(0..3)).await.unwrap();
    let sleeping = tokio::spawn({
        let sleepy = sleepy.clone();
        async move { sleepy.seal().await }
    });
    asleep.recv().unwrap();
    let log = Arc::new(log);
    let others = tokio::spawn({
        let log = log.clone();
        async move {
            let other = seal_patiently(&log, log.open().await).await;
            other.submit(&statements(3..7)).await.unwrap();
            seal_patiently(&log, other).await
        }
    });
    tokio::time::sleep(Duration::from_millis(400)).await;
    wake.send(()).unwrap();

    sleeping.await.unwrap().unwrap();
    let other = others.await.unwrap();

    assert_eq!(log.assert_sound(&other, &[]).await, digests(&statements(0..7)));
}

/// Tidying looks which staging objects are needed and then deletes the others. A batch staged in between is needed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_sequencer_that_slept_while_tidying_does_not_delete_anothers_batch() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let files = FaultyFiles::over(log.files());
    let (asleep, wake) = files.sleep_before_list("staging");
    let sleepy = Store::open(Options {
        objects: files.clone(),
        ..log.options()
    })
    .await
    .unwrap();
    let sleeping = tokio::spawn(async move { sleepy.seal().await.map(|_| ()) });
    asleep.await.unwrap();
    // The other process dies right after its commit: staging is all there is of its batch.
    let log = Arc::new(log);
    let others = tokio::spawn({
        let log = log.clone();
        async move {
            let watch = FaultyStep::at("commit batch", Failure::DidHappen);
            let other = Store::open(Options {
                watch,
                ..log.options()
            })
            .await
            .unwrap();
            // Past one machine the sleeper may seal what was handed in while it slept, so that more is needed for a batch.
            let mut n = 0;
            loop {
                other.submit(&statements(n..n + 1)).await.unwrap();
                n += 1;
                if matches!(other.seal().await, Err(StoreError::Injected(_))) {
                    break n;
                }
            }
        }
    });
    tokio::time::sleep(Duration::from_millis(400)).await;
    wake.send(()).unwrap();
    let _ = sleeping.await.unwrap();
    let number = others.await.unwrap();

    let store = log.open().await;
    store.seal().await.unwrap();
    assert_eq!(
        log.assert_sound(&store, &[]).await,
        digests(&statements(0..number))
    );
}

/// Between reading the database and reading the checkpoint, another process may publish.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_checkpoint_published_while_opening_is_not_taken_for_a_lost_database() {
    let (log, store) = TestLog::create().await;
    let files = FaultyFiles::over(log.files());
    let (asleep, wake) = files.sleep_before_get("checkpoint");
    let options = Options {
        objects: files.clone(),
        ..log.options()
    };
    let opening = tokio::spawn(Store::open(options));
    asleep.await.unwrap();
    record(&store, &statements(0..3)).await;
    wake.send(()).unwrap();

    let opened = opening.await.unwrap().unwrap();

    assert_eq!(opened.status().await.unwrap().published, 9);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_log_can_be_opened_and_read_while_another_process_seals() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let (watch, asleep, wake) = Sleeper::before("cosign");
    let sleepy = Store::open(Options {
        watch,
        lease: Duration::from_secs(600),
        ..log.options()
    })
    .await
    .unwrap();
    sleepy.submit(&statements(0..3)).await.unwrap();
    let sleeping = tokio::spawn(async move { sleepy.seal().await });
    asleep.recv().unwrap();

    // The same lease for both, or the reader would think the clock had gone back.
    let options = Options {
        lease: Duration::from_secs(600),
        ..log.options()
    };
    let reader = tokio::time::timeout(Duration::from_secs(20), Store::open(options)).await;

    let reader = reader.expect("opening does not wait for the sequencer").unwrap();
    assert_eq!(
        reader
            .entry(TreeSize(5), tlog::LeafIndex(0))
            .await
            .unwrap()
            .encode()
            .unwrap()[7],
        b'P'
    );
    wake.send(()).unwrap();
    sleeping.await.unwrap().unwrap();
}

/// Between its commit and its checkpoint a log is ahead of what it shows. A reader waits for that moment to pass.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_proof_taken_while_another_process_publishes_is_of_what_is_published() {
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..3)).await;
    store.close().await.unwrap();
    let (watch, asleep, wake) = Sleeper::before("cosign");
    let sleepy = Store::open(Options {
        watch,
        ..log.options()
    })
    .await
    .unwrap();
    let reader = log.open().await;
    sleepy.submit(&statements(3..6)).await.unwrap();
    let sleeping = tokio::spawn(async move { sleepy.seal().await });
    asleep.recv().unwrap();
    let reading = tokio::spawn(async move { reader.snapshot(&[]).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    wake.send(()).unwrap();

    sleeping.await.unwrap().unwrap();

    let size = reading.await.unwrap().unwrap().head.checkpoint.size;
    assert_eq!(size, TreeSize(13));
}

/// The names of the batches that were staged.
#[derive(Default)]
struct Staged(Mutex<Vec<String>>);

impl Watch for Staged {
    fn before(&self, step: &Step) -> Result<(), StoreError> {
        if let Step::Put(path) = step
            && path.starts_with("staging/")
        {
            self.0.lock().unwrap().push(path.clone());
        }
        Ok(())
    }

    fn after(&self, _: &Step) -> Result<(), StoreError> {
        Ok(())
    }
}

/// Two processes have staged the same batch; one is done with it and tidies up while the other one looks.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_another_process_staged_and_removed_is_staged_again() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let (copy, staged) = (log.copy(), Arc::new(Staged::default()));
    let other = Store::open(Options {
        watch: staged.clone(),
        ..copy.options()
    })
    .await
    .unwrap();
    record(&other, &statements(0..1)).await;
    record(&other, &statements(1..2)).await;
    let second = staged.0.lock().unwrap()[1].clone();

    let files = FaultyFiles::over(log.files());
    let store = Store::open(Options {
        objects: files.clone(),
        ..log.options()
    })
    .await
    .unwrap();
    record(&store, &statements(0..1)).await;
    std::fs::create_dir_all(log.object("staging")).unwrap();
    std::fs::write(log.object(&second), "by the other process").unwrap();
    let (asleep, wake) = files.sleep_before_get(&second);
    let sealing = tokio::spawn(async move {
        record(&store, &statements(1..2)).await;
        store
    });
    asleep.await.unwrap();
    std::fs::remove_file(log.object(&second)).unwrap();
    wake.send(()).unwrap();

    let store = sealing.await.unwrap();
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..2)));
}

#[tokio::test]
async fn a_sequencer_waits_for_a_living_one_and_then_says_who_it_is() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let patient = Options {
        lease: Duration::from_secs(1),
        ..log.options()
    };
    let store = Store::open(patient).await.unwrap();
    // Somebody who renews their lease again and again.
    let keep = async {
        loop {
            log.sql(dialect(
                "UPDATE lease SET holder = 'another process', fence = fence + 1,
                 expires = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + 800",
                "UPDATE lease SET holder = 'another process', fence = fence + 1,
                 expires = CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) + 800",
            ))
            .await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        () = keep => {}
        result = async { tokio::time::sleep(Duration::from_millis(100)).await; store.seal().await } => {
            let error = result.unwrap_err();
            assert!(error.to_string().contains("another process"), "{error}");
            assert!(matches!(error, StoreError::Busy { .. }), "{error}");
        }
    }
}

/// The holder took its lease when the clock was an hour ahead, and died. Nobody waits an hour.
#[tokio::test]
async fn a_lease_from_before_the_clock_went_back_is_not_waited_for() {
    let (log, store) = TestLog::create().await;
    store.submit(&statements(0..3)).await.unwrap();
    store.close().await.unwrap();
    log.sql(dialect(
        "UPDATE lease SET holder = 'a dead process',
         expires = CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + 3600000",
        "UPDATE lease SET holder = 'a dead process',
         expires = CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) + 3600000",
    ))
    .await;

    let store = log.open().await;
    let begin = std::time::Instant::now();
    store.seal().await.unwrap();

    assert!(begin.elapsed() < Duration::from_secs(30));
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..3)));
}

/// The process's own clock goes back while it holds the lease: it takes the lease anew under a higher number.
#[tokio::test]
async fn a_sequencer_goes_on_when_its_own_lease_ends_in_the_far_future() {
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..3)).await;
    log.sql("UPDATE lease SET expires = expires + 3600000").await;

    record(&store, &statements(3..6)).await;

    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..6)));
}

#[tokio::test]
async fn a_log_created_twice_at_once_is_created_once() {
    let log = TestLog::empty();
    let (a, b) = tokio::join!(
        Store::create(log.options(), crate::test_log::params()),
        Store::create(log.options(), crate::test_log::params())
    );

    let created: Vec<Store> = [a, b].into_iter().filter_map(Result::ok).collect();
    assert_eq!(created.len(), 1);
    log.assert_sound(&created[0], &[]).await;
    let paths: BTreeSet<String> = log.paths().into_iter().collect();
    assert_eq!(paths.len(), 3, "{paths:?}");
}
