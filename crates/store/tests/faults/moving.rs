//! A log moves to another database and other files. It goes on there and nowhere else.

use std::path::Path;
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use store::{MoveReport, Moving, Options, Store, StoreError, Submitted};

use crate::faulty::{BOTH, FaultyStep};
use crate::test_log::{TestLog, digests, record, statement, statements};

/// A log with sealed, waiting and erased statements, closed; and an empty place to move to.
async fn log_and_place() -> (TestLog, TestLog) {
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..300)).await;
    let size = store.status().await.unwrap().size;
    let last = store.statements(&crate::test_log::car(3), size).await.unwrap();
    store
        .erase(
            &crate::test_log::car(3),
            last[last.len() - 1].log_index,
            b"notice",
            &[],
        )
        .await
        .unwrap();
    store.submit(&[statement(300)]).await.unwrap();
    store.close().await.unwrap();
    (log, TestLog::empty())
}

/// The new place has the same cosigners: their memory does not move.
fn target(log: &TestLog, place: &TestLog) -> Options {
    Options {
        database: place.database_url(),
        objects: place.files(),
        ..log.options()
    }
}

async fn move_to(log: &TestLog, options: Options, dry_run: bool) -> Result<MoveReport, StoreError> {
    let source = Store::inspect(log.options()).await?;
    let moved = source
        .move_to(options, &log.database_url(), false, dry_run, |_| {})
        .await;
    source.close().await.unwrap();
    moved
}

/// The log as it is at the new place, for checks that read its files.
async fn arrived(log: &TestLog, place: &TestLog) -> Store {
    Store::open(target(log, place)).await.unwrap()
}

#[tokio::test]
async fn a_moved_log_goes_on_at_its_new_place_and_is_refused_at_the_old_one() {
    let (log, place) = log_and_place().await;
    let open_still = log.open().await;
    open_still.close().await.unwrap();
    let running = log.open().await;
    let before = log.published().unwrap();

    let report = move_to(&log, target(&log, &place), false).await.unwrap();

    assert_eq!(report.size, 306);
    let store = arrived(&log, &place).await;
    assert_eq!(place.published().unwrap(), before, "the same checkpoint");
    assert_eq!(store.status().await.unwrap().waiting, 1);
    assert_eq!(store.erasures(&crate::test_log::car(3)).await.unwrap().len(), 1);
    record_waiting(&store).await;
    assert_eq!(
        place.assert_sound(&store, &[before]).await,
        digests(&statements(0..301))
    );
    // Whoever comes to the old place, and whoever had it open.
    assert!(matches!(
        Store::open(log.options()).await.err(),
        Some(StoreError::Moved(_))
    ));
    let refused = running.submit(&[statement(900)]).await;
    assert!(matches!(refused, Err(StoreError::Moved(_))), "{refused:?}");
    assert!(running.seal().await.is_err());
}

async fn record_waiting(store: &Store) {
    assert_eq!(store.seal().await.unwrap().sealed.len(), 1);
}

#[tokio::test]
async fn a_dry_run_counts_and_changes_nothing() {
    let (log, place) = log_and_place().await;

    let report = move_to(&log, target(&log, &place), true).await;

    // Where the new database would be a file, it is not even made.
    if let Ok(report) = report {
        assert!(report.rows > 500 && report.objects > 3, "{report:?}");
        assert_eq!(place.published(), None);
    }
    let store = log.open().await;
    assert_eq!(
        store.submit(&[statement(301)]).await.unwrap(),
        [Submitted::Accepted]
    );
}

#[tokio::test]
async fn a_log_that_somebody_is_sealing_is_not_moved() {
    let (log, place) = log_and_place().await;
    let store = Store::open(Options {
        lease: std::time::Duration::from_secs(60),
        ..log.options()
    })
    .await
    .unwrap();
    store.seal().await.unwrap();

    let refused = move_to(&log, target(&log, &place), false).await;

    assert!(matches!(refused, Err(StoreError::Busy { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_log_is_not_moved_over_another() {
    let (log, _) = log_and_place().await;
    let (other, store) = TestLog::create().await;
    store.close().await.unwrap();

    let refused = move_to(&log, target(&log, &other), false).await;

    assert!(matches!(refused, Err(StoreError::LogExists(_))), "{refused:?}");
    log.open().await;
}

/// Every step of the move fails, without having happened and although it has. Afterwards at most one place goes on; a move that
/// left the source is finished by asking again.
#[tokio::test]
async fn a_move_cut_short_at_any_step_leaves_one_log() {
    let (template, _) = log_and_place().await;
    for how in BOTH {
        let mut n = 0;
        loop {
            let (log, place) = (template.copy(), TestLog::empty());
            let step = FaultyStep::new(n, how);
            let watched = |options: Options| Options {
                watch: step.clone(),
                ..options
            };
            let source = Store::inspect(watched(log.options())).await.unwrap();
            let moved = source
                .move_to(
                    watched(target(&log, &place)),
                    &log.database_url(),
                    false,
                    false,
                    |_: Moving| {},
                )
                .await;
            source.close().await.unwrap();
            let Some(fault) = step.failed() else {
                moved.unwrap();
                break;
            };

            let (old, new) = (
                Store::open(log.options()).await,
                Store::open(target(&log, &place)).await,
            );
            assert!(!(old.is_ok() && new.is_ok()), "{fault}: the log is in two places");
            let left = matches!(old, Err(StoreError::Moved(_)));
            if let Ok(old) = old {
                record_waiting(&old).await;
                old.close().await.unwrap();
            }
            if left {
                if let Ok(new) = new {
                    new.close().await.unwrap();
                } else {
                    let again = move_to(&log, target(&log, &place), false).await;
                    assert!(again.is_ok_and(|report| report.resumed), "{fault}");
                }
                record_waiting(&arrived(&log, &place).await).await;
            }
            n += 1;
        }
        assert!(n > 8, "only {n} steps were found");
    }
}

/// From PostgreSQL and S3 into a directory and back, where the tests run on those; from one directory to another elsewhere.
#[tokio::test]
async fn a_log_moves_into_a_directory_and_back() {
    let (log, place) = log_and_place().await;
    let folder = tempfile::tempdir().unwrap();
    let in_folder = |log: &TestLog| Options {
        database: sqlite(folder.path()),
        objects: Arc::new(LocalFileSystem::new_with_prefix(folder.path()).unwrap()),
        ..log.options()
    };

    move_to(&log, in_folder(&log), false).await.unwrap();
    let source = Store::inspect(in_folder(&log)).await.unwrap();
    source
        .move_to(target(&log, &place), &sqlite(folder.path()), false, false, |_| {})
        .await
        .unwrap();
    source.close().await.unwrap();

    let store = arrived(&log, &place).await;
    record_waiting(&store).await;
    assert_eq!(
        place.assert_sound(&store, &[]).await,
        digests(&statements(0..301))
    );
}

fn sqlite(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("moved.sqlite").display())
}
