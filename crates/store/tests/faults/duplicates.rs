//! A statement is sealed once, however often it is handed in.

use store::Submitted;
use tlog::LeafIndex;

use crate::test_log::{TestLog, digests, statement, statements};

#[tokio::test]
async fn a_statement_handed_in_again_is_answered_waiting_and_then_with_its_first_place() {
    let (log, store) = TestLog::create().await;
    let one = [statement(0)];

    assert_eq!(store.submit(&one).await.unwrap(), [Submitted::Accepted]);
    assert_eq!(store.submit(&one).await.unwrap(), [Submitted::Waiting]);
    store.seal().await.unwrap();
    assert_eq!(
        store.submit(&one).await.unwrap(),
        [Submitted::Sealed(LeafIndex(5))]
    );
    store.seal().await.unwrap();

    assert_eq!(
        store.submit(&one).await.unwrap(),
        [Submitted::Sealed(LeafIndex(5))]
    );
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&one));
}

#[tokio::test]
async fn a_statement_twice_in_one_call_is_accepted_once() {
    let (log, store) = TestLog::create().await;

    let answers = store
        .submit(&[statement(0), statement(1), statement(0)])
        .await
        .unwrap();
    store.seal().await.unwrap();

    assert_eq!(
        answers,
        [Submitted::Accepted, Submitted::Accepted, Submitted::Waiting]
    );
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..2)));
}

/// 2,500 statements are more than one SQL statement takes, so the second half meets the first in another one.
#[tokio::test]
async fn a_statement_twice_in_one_long_call_is_accepted_once() {
    let (log, store) = TestLog::create().await;
    let twice: Vec<_> = statements(0..1250)
        .into_iter()
        .chain(statements(0..1250))
        .collect();

    let answers = store.submit(&twice).await.unwrap();
    store.seal().await.unwrap();

    assert!(
        answers[..1250]
            .iter()
            .all(|answer| *answer == Submitted::Accepted)
    );
    assert!(answers[1250..].iter().all(|answer| *answer == Submitted::Waiting));
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..1250)));
}

#[tokio::test]
async fn handing_in_nothing_is_no_error() {
    let (_log, store) = TestLog::create().await;
    assert_eq!(store.submit(&[]).await.unwrap(), []);
}
