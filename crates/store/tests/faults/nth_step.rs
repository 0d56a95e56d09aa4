//! The n-th step of an append fails, for every n: without having happened, and although it has happened.
//!
//! The append crosses entry 256, so that it has every kind of step there is: a partial tile becomes full, the tree grows
//! a level, and partial files are tidied away.

use std::collections::BTreeSet;
use std::sync::Arc;

use statement::Digest;
use store::{Options, Store, StoreError};

use crate::faulty::{BOTH, Failure, FaultyFiles, FaultyStep};
use crate::test_log::{TestLog, digests, enrolment, record, revocation, statements};

/// Statements the log has before anything fails.
const BEFORE: u64 = 244;

/// A closed log of 252 entries in a few batches, to make copies of.
async fn almost_full_tile() -> TestLog {
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..3)).await;
    record(&store, &statements(3..BEFORE)).await;
    store.close().await.unwrap();
    log
}

/// What the process under test does until something fails: two batches of statements, then a key comes and one goes.
async fn work(store: &Store, acknowledged: &mut Vec<Digest>) -> Result<(), StoreError> {
    for numbers in [BEFORE..BEFORE + 2, BEFORE + 2..BEFORE + 12] {
        let submissions = statements(numbers);
        store.submit(&submissions).await?;
        acknowledged.extend(digests(&submissions));
        store.seal().await?;
    }
    store.append(vec![enrolment(2), revocation(1)]).await?;
    Ok(())
}

/// After the fault: a new process opens the log, hands in everything again, and seals.
async fn assert_nothing_is_lost(log: &TestLog, acknowledged: &[Digest], published: &[Vec<u8>], fault: &str) {
    let files = FaultyFiles::over(log.files());
    let store = Store::open(Options {
        objects: files.clone(),
        ..log.options()
    })
    .await
    .unwrap_or_else(|e| panic!("{fault}: {e}"));
    store.seal().await.unwrap_or_else(|e| panic!("{fault}: {e}"));
    let sealed: BTreeSet<_> = log
        .assert_sound(&store, published)
        .await
        .iter()
        .map(|d| d.0)
        .collect();
    for digest in acknowledged {
        assert!(
            sealed.contains(&digest.0),
            "{fault}: {digest} was acknowledged and is lost"
        );
    }
    store.submit(&statements(0..BEFORE + 12)).await.unwrap();
    store.seal().await.unwrap();
    let published = [published, &files.checkpoints()[..]].concat();
    let all = log.assert_sound(&store, &published).await;
    assert_eq!(all.len() as u64, BEFORE + 12, "{fault}");
    store.close().await.unwrap();
}

/// One run in which something fails. Whether it has come to that; if not, `n` is beyond the last step.
async fn run(
    template: &TestLog,
    arm: impl FnOnce(&mut Options, &Arc<FaultyFiles>),
    failed: impl Fn(&FaultyFiles) -> Option<String>,
    again: bool,
) -> bool {
    let log = template.copy();
    let files = FaultyFiles::over(log.files());
    let mut published = vec![log.published().unwrap()];
    let mut options = Options {
        objects: files.clone(),
        ..log.options()
    };
    arm(&mut options, &files);
    let mut acknowledged = Vec::new();
    // An error while opening is one too.
    if let Ok(store) = Store::open(options).await {
        let result = work(&store, &mut acknowledged).await;
        if again && result.is_err() {
            // The same process tries once more, now that storage works again: it goes on or says that it must not.
            match store.seal().await {
                Ok(_) | Err(StoreError::Stopped) => {}
                Err(error) => panic!("{:?}: trying again: {error}", failed(&files)),
            }
        }
        store.close().await.unwrap();
    }
    published.extend(files.checkpoints());
    match failed(&files) {
        None => false,
        Some(fault) => {
            assert_nothing_is_lost(&log, &acknowledged, &published, &fault).await;
            true
        }
    }
}

/// Every how many steps one fails: `CARNET_TEST_EVERY`, or each of them. An odd number, so that what alternates goes on to.
fn stride() -> usize {
    std::env::var("CARNET_TEST_EVERY").map_or(1, |every| every.parse().unwrap())
}

/// The first step that fails; where not each does, another one for either way to fail.
fn first(how: Failure) -> usize {
    match how {
        Failure::DidNotHappen => 0,
        Failure::DidHappen => stride() / 2,
    }
}

async fn every_step(how: Failure, again: bool) {
    every_step_of_batches(1000, how, again).await;
}

/// The same with at most so many statements in a batch.
async fn every_step_of_batches(batch: usize, how: Failure, again: bool) {
    let template = almost_full_tile().await;
    let mut n = first(how);
    loop {
        let step = FaultyStep::new(n, how);
        if !run(
            &template,
            |options, _| {
                options.watch = step.clone();
                options.batch = batch;
            },
            |_| step.failed(),
            again,
        )
        .await
        {
            break;
        }
        n += stride();
    }
    assert!(n > 30, "only {n} steps were found");
}

#[tokio::test]
async fn a_step_that_fails_and_did_not_happen_loses_nothing() {
    every_step(Failure::DidNotHappen, false).await;
}

#[tokio::test]
async fn a_step_that_fails_and_did_happen_loses_nothing() {
    every_step(Failure::DidHappen, false).await;
}

#[tokio::test]
async fn a_process_that_goes_on_after_a_failed_step_loses_nothing() {
    for how in BOTH {
        every_step(how, true).await;
    }
}

/// Of ten statements in batches of four, the second four are staged while the first four are published.
#[tokio::test]
async fn a_step_that_fails_while_the_next_batch_is_staged_loses_nothing() {
    for how in BOTH {
        every_step_of_batches(4, how, true).await;
    }
}

#[tokio::test]
async fn an_object_store_call_that_fails_loses_nothing_be_it_a_read_a_list_or_a_write() {
    let template = almost_full_tile().await;
    for how in BOTH {
        let mut n = first(how);
        while run(
            &template,
            |_, files| files.fail(n, how),
            FaultyFiles::failed,
            n.is_multiple_of(2),
        )
        .await
        {
            n += stride();
        }
        assert!(n > 40, "only {n} calls were found");
    }
}
