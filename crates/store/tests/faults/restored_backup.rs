//! Somebody puts an old database back. Going on from it would fork the log.

use store::{Store, StoreError};

use crate::test_log::{TestLog, dialect, params, record, statements};

/// A closed log, and its whole directory as it was some statements earlier.
async fn log_and_backup() -> (TestLog, TestLog) {
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..3)).await;
    store.close().await.unwrap();
    let backup = log.copy();
    let store = log.open().await;
    record(&store, &statements(3..6)).await;
    store.close().await.unwrap();
    (log, backup)
}

async fn refusal(log: &TestLog) -> StoreError {
    match Store::open(log.options()).await {
        Ok(_) => panic!("opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_database_older_than_the_published_checkpoint_is_refused_with_advice() {
    let (log, backup) = log_and_backup().await;
    log.restore_database(&backup);

    let error = refusal(&log).await;

    assert!(
        matches!(
            error,
            StoreError::DatabaseBehind {
                database: 9,
                published: 13
            }
        ),
        "{error}"
    );
    let advice = error.to_string();
    assert!(advice.contains("Put back the newer database"), "{advice}");
    assert!(advice.contains("do not delete the checkpoint"), "{advice}");
}

/// Told to run `carnet seal`, somebody might look for what keeps it from sealing, and find the checkpoint.
#[tokio::test]
async fn fsck_says_of_an_older_database_what_opening_it_says() {
    let (log, backup) = log_and_backup().await;
    log.restore_database(&backup);

    let store = Store::inspect(log.options()).await.unwrap();
    let report = store.fsck(|_, _| {}).await.unwrap();

    let said: Vec<String> = report.complaints.iter().map(ToString::to_string).collect();
    let behind = StoreError::DatabaseBehind {
        database: 9,
        published: 13,
    };
    assert_eq!(said, [format!("checkpoint: {behind}")]);
}

#[tokio::test]
async fn a_database_put_back_under_a_running_store_is_noticed_at_the_next_sealing() {
    let (log, backup) = log_and_backup().await;
    let store = log.open().await;
    // What a restore does, without pulling the file away under SQLite's feet.
    let attach: &'static str =
        Box::leak(format!("ATTACH '{}' AS old", backup.database().display()).into_boxed_str());
    log.sql_all(&[
        dialect(attach, "SELECT 1"),
        dialect("BEGIN IMMEDIATE", "BEGIN"),
        "DELETE FROM log",
        log.rows_of(&backup, "log"),
        "DELETE FROM statement",
        log.rows_of(&backup, "statement"),
        "DELETE FROM chain",
        log.rows_of(&backup, "chain"),
        "COMMIT",
    ])
    .await;

    let error = store.seal().await.unwrap_err();

    assert!(matches!(error, StoreError::DatabaseBehind { .. }), "{error}");
}

#[tokio::test]
async fn two_databases_that_sealed_different_things_at_the_same_size_are_a_fork() {
    let (log, backup) = log_and_backup().await;
    let fork = backup.open().await;
    record(&fork, &statements(10..13)).await;
    fork.close().await.unwrap();
    log.restore_database(&backup);

    let error = refusal(&log).await;

    assert!(matches!(error, StoreError::Forked(13)), "{error}");
    assert!(error.to_string().contains("keep both as evidence"), "{error}");
}

#[tokio::test]
async fn a_new_database_beside_a_published_log_is_refused() {
    let (log, _) = log_and_backup().await;
    log.remove_database();

    let error = Store::create(log.options(), params()).await.err().unwrap();

    assert!(
        matches!(
            error,
            StoreError::DatabaseBehind {
                database: 0,
                published: 13
            }
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_log_is_not_created_over_another() {
    let (log, _) = log_and_backup().await;
    let error = Store::create(log.options(), params()).await.err().unwrap();
    assert!(matches!(error, StoreError::LogExists(_)), "{error}");
}

#[tokio::test]
async fn a_database_newer_than_the_files_publishes_what_they_lack() {
    let (log, backup) = log_and_backup().await;
    // The files of the newer log, but the checkpoint of the older one, as after a crash before step 7.
    std::fs::copy(backup.object("checkpoint"), log.object("checkpoint")).unwrap();

    let store = log.open().await;

    assert_eq!(store.status().await.unwrap().published, 13);
    log.assert_sound(&store, &[]).await;
}
