//! Keys are enrolled and revoked while statements wait, signed with them or with others.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use store::{Options, Store, Submitted};

use crate::test_log::{TestLog, digests, enrolment, key_id, revocation, statement, statement_by, statements};

/// A log that seals two statements at a time.
async fn two_at_a_time() -> (TestLog, Store) {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let options = Options {
        batch: 2,
        ..log.options()
    };
    let store = Store::open(options).await.unwrap();
    (log, store)
}

#[tokio::test]
async fn statements_whose_key_was_revoked_while_they_waited_are_set_aside_and_the_rest_is_sealed() {
    let (log, store) = TestLog::create().await;
    store.append(vec![revocation(1)]).await.unwrap();
    let late = [statement_by(1, 50), statement_by(1, 51)];
    store
        .submit(&[statement(0), late[0].clone(), statement(1), late[1].clone()])
        .await
        .unwrap();

    let sealing = store.seal().await.unwrap();

    let sealed: Vec<_> = sealing.sealed.iter().map(|(digest, _)| *digest).collect();
    assert_eq!(sealed, digests(&statements(0..2)));
    let refused: Vec<_> = sealing.refused.iter().map(|refused| refused.digest).collect();
    assert_eq!(refused, digests(&late));
    for refused in &sealing.refused {
        assert_eq!(
            refused.reason,
            format!("issuer key {} is not valid any more", key_id(1))
        );
    }
    assert_eq!(
        store.find(&late[0].digest).await.unwrap(),
        Some(Submitted::Refused)
    );
    assert_eq!(store.submit(&late).await.unwrap(), [Submitted::Refused; 2]);
    let status = store.status().await.unwrap();
    assert_eq!((status.statements, status.waiting, status.refused), (2, 0, 2));
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..2)));
}

#[tokio::test]
async fn statements_that_wait_when_their_key_is_revoked_are_sealed_before_the_revocation() {
    let (log, store) = TestLog::create().await;
    let in_time = [statement_by(1, 50)];
    store.submit(&in_time).await.unwrap();

    let sealing = store.append(vec![revocation(1)]).await.unwrap();

    assert_eq!(
        (sealing.sealed.len(), sealing.refused.len(), sealing.batches),
        (1, 0, 2)
    );
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&in_time));
    let (_, record) = store
        .issuer_keys()
        .await
        .unwrap()
        .into_iter()
        .find(|(id, _)| *id == key_id(1))
        .unwrap();
    assert!(record.revoked_at.is_some());
    assert_eq!(store.key_history(&key_id(1)).await.unwrap().len(), 2);
}

#[tokio::test]
async fn key_entries_the_rules_do_not_allow_seal_none_of_them_and_harm_nothing() {
    let (log, store) = TestLog::create().await;
    let size = store.status().await.unwrap().size;

    let error = store
        .append(vec![revocation(1), revocation(1)])
        .await
        .unwrap_err();

    assert!(error.to_string().contains("revoked twice"), "{error}");
    assert_eq!(store.status().await.unwrap().size, size);
    store.submit(&[statement_by(1, 0)]).await.unwrap();
    assert_eq!(
        store.seal().await.unwrap().sealed.len(),
        1,
        "the key is as valid as before"
    );
    log.assert_sound(&store, &[]).await;
}

#[tokio::test]
async fn a_new_key_does_not_wait_for_the_statements_of_others() {
    let (log, store) = two_at_a_time().await;
    store.submit(&statements(0..9)).await.unwrap();

    let sealing = store.append(vec![enrolment(2)]).await.unwrap();

    assert_eq!((sealing.batches, sealing.sealed.len()), (1, 0));
    assert_eq!(store.status().await.unwrap().waiting, 9);
    store.seal().await.unwrap();
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..9)));
}

#[tokio::test]
async fn a_revocation_waits_for_the_last_statement_of_its_own_key_and_not_for_those_after_it() {
    let (log, store) = two_at_a_time().await;
    let last = statement_by(1, 50);
    store.submit(&statements(0..3)).await.unwrap();
    store.submit(std::slice::from_ref(&last)).await.unwrap();
    store.submit(&statements(3..9)).await.unwrap();

    let sealing = store.append(vec![revocation(1)]).await.unwrap();

    assert_eq!((sealing.batches, sealing.sealed.len()), (3, 4));
    assert_eq!(sealing.sealed[3].0, last.digest);
    assert_eq!(store.status().await.unwrap().waiting, 6);
    store.seal().await.unwrap();
    log.assert_sound(&store, &[]).await;
}

/// Whoever has the key hands statements in faster than they are sealed.
#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_ends_although_statements_of_its_key_never_stop_coming() {
    let (_log, store) = two_at_a_time().await;
    let (store, stop) = (Arc::new(store), Arc::new(AtomicBool::new(false)));
    store.submit(&[statement_by(1, 0)]).await.unwrap();
    let flood = tokio::spawn({
        let (store, stop) = (store.clone(), stop.clone());
        async move {
            for n in 0.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let more: Vec<_> = (0..10).map(|k| statement_by(1, 10 * n + k)).collect();
                store.submit(&more).await.unwrap();
            }
        }
    });

    let revoked = tokio::time::timeout(Duration::from_secs(20), store.append(vec![revocation(1)])).await;

    stop.store(true, Ordering::Relaxed);
    flood.await.unwrap();
    assert!(revoked.is_ok_and(|revoked| revoked.is_ok()));
}
