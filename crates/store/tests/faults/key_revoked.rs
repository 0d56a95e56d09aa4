//! A key is revoked while statements it signed are waiting.

use store::Submitted;

use crate::test_log::{TestLog, digests, key_id, revocation, statement, statement_by, statements};

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
