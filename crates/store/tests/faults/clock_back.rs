//! The machine's clock goes back between two batches: nobody signs an earlier time after a later one, and nothing is lost.

use store::{StoreError, Submitted};
use tlog::LeafIndex;

use crate::test_log::{TestLog, digests, record, statement, statements};

/// The clock is not the test's to turn. What was done before it went back is dated an hour later instead, wherever a time is
/// kept.
async fn set_clock_back(log: &TestLog) {
    move_memories(log, 3600);
    log.sql("UPDATE lease SET expires = expires + 3600000").await;
}

fn set_clock_right(log: &TestLog) {
    move_memories(log, -3600);
}

fn move_memories(log: &TestLog, seconds: i64) {
    for cosigner in ["witness.json", "auditor.json"] {
        let path = log.dir().join(cosigner);
        let mut memory: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        memory["time"] = (memory["time"].as_i64().unwrap() + seconds).into();
        std::fs::write(&path, memory.to_string()).unwrap();
    }
}

#[tokio::test]
async fn a_batch_sealed_across_a_clock_set_back_is_published_when_the_clock_is_right_again() {
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..3)).await;
    let published = log.published().unwrap();
    set_clock_back(&log).await;

    assert_eq!(
        store.submit(&statements(3..6)).await.unwrap(),
        [Submitted::Accepted; 3]
    );
    let error = store.seal().await.unwrap_err();

    assert!(matches!(error, StoreError::NoQuorum(_)), "{error}");
    let said = error.to_string();
    assert!(said.contains("clock") && said.contains("witness.json"), "{said}");
    assert_eq!(log.published().unwrap(), published);
    assert_eq!(
        store.find(&statement(3).digest).await.unwrap(),
        Some(Submitted::Sealed(LeafIndex(9)))
    );
    store.close().await.unwrap();
    let store = log.open().await;
    assert!(
        matches!(store.seal().await, Err(StoreError::NoQuorum(_))),
        "still"
    );
    set_clock_right(&log);

    store.seal().await.unwrap();

    assert_eq!(
        log.assert_sound(&store, &[published]).await,
        digests(&statements(0..6))
    );
}

/// With nothing new to seal the older checkpoint stays on display, and its time with it.
#[tokio::test]
async fn a_checkpoint_is_not_renewed_with_an_earlier_time() {
    let (log, store) = TestLog::create().await;
    set_clock_back(&log).await;

    let refreshed = store.refresh().await.unwrap();

    assert!(!refreshed.renewed, "{refreshed:?}");
    assert_eq!(refreshed.missing_cosigners.len(), 2);
    assert!(refreshed.as_of.is_some());
    assert_eq!(refreshed.as_of, refreshed.before);
}
