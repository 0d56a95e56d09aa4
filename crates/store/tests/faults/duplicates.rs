//! A statement is sealed once, however often it is handed in.

use store::{KnownDraft, SignedFrom, StoreError, Submission, Submitted};
use tlog::LeafIndex;

use crate::test_log::{TestLog, car, digests, statement, statements};

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

/// The n-th statement, signed from this draft about car 0.
fn signed_from(draft: [u8; 32], n: u64) -> Submission {
    let after_erasure = false;
    Submission {
        label: car(0),
        draft: Some(SignedFrom {
            hash: draft,
            after_erasure,
        }),
        ..statement(n)
    }
}

/// Both have looked for the draft and not found it. What else the second one hands in may correct what it signed in vain.
#[tokio::test]
async fn a_draft_that_two_have_signed_is_recorded_once_and_the_second_is_told() {
    let (log, store) = TestLog::create().await;
    let other = log.open().await;
    let draft = [1; 32];
    assert_eq!(store.find_draft(&car(0), &draft).await.unwrap(), None);
    assert_eq!(other.find_draft(&car(0), &draft).await.unwrap(), None);
    store.submit(&[signed_from(draft, 0)]).await.unwrap();

    let second = other
        .submit(&[statement(1), signed_from(draft, 2), statement(3)])
        .await;

    assert!(matches!(second, Err(StoreError::DraftKnown)), "{second:?}");
    assert_eq!(
        other.find_draft(&car(0), &draft).await.unwrap(),
        Some(KnownDraft {
            digest: statement(0).digest,
            standing: Submitted::Waiting,
            erased: false,
        })
    );
    assert_eq!(
        store.status().await.unwrap().waiting,
        1,
        "nothing of it was taken"
    );
    store.seal().await.unwrap();
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..1)));
}

#[tokio::test]
async fn a_draft_s_own_statement_handed_in_again_is_known() {
    let (_log, store) = TestLog::create().await;
    let one = [signed_from([1; 32], 0)];
    assert_eq!(store.submit(&one).await.unwrap(), [Submitted::Accepted]);
    assert_eq!(store.submit(&one).await.unwrap(), [Submitted::Waiting]);
}

#[tokio::test]
async fn handing_in_nothing_is_no_error() {
    let (_log, store) = TestLog::create().await;
    assert_eq!(store.submit(&[]).await.unwrap(), []);
}
