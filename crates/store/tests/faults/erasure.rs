//! A vehicle's contents are erased; the log does not change, and nothing can bring the contents back.

use sqlx::Connection as _;
use store::{Content, Options, Secret, SignedFrom, Store, StoreError, Submission, Submitted, Vault};
use tlog::LeafIndex;

use crate::test_log::{CARS, TestLog, car, digests, past_one_machine, record, statement, statements};

/// Everything the database has on the disk: the file, its write-ahead log, and its shared memory.
fn raw(log: &TestLog) -> Vec<u8> {
    let mut bytes = Vec::new();
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut path = log.database().into_os_string();
        path.push(suffix);
        bytes.extend(std::fs::read(path).unwrap_or_default());
    }
    bytes
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

async fn ciphertexts(log: &TestLog, car: index::Label) -> Vec<Vec<u8>> {
    log.blobs(
        "SELECT sealed FROM content JOIN statement ON statement.id = content.statement WHERE label = $1",
        car,
    )
    .await
}

async fn wrapped_keys(log: &TestLog, car: index::Label) -> Vec<Vec<u8>> {
    log.blobs("SELECT wrapped FROM vehicle_key WHERE label = $1", car)
        .await
}

async fn erase_all(store: &Store, car: index::Label) -> u64 {
    let size = store.status().await.unwrap().size;
    let last = store
        .statements(&car, size)
        .await
        .unwrap()
        .pop()
        .unwrap()
        .log_index;
    store.erase(&car, last, b"the log says so", &[]).await.unwrap()
}

#[tokio::test]
async fn content_is_never_on_the_disk_in_plain() {
    if past_one_machine() {
        println!("SKIPPED: what PostgreSQL has on its disk is not ours to look at");
        return;
    }
    let (log, store) = TestLog::create().await;
    store.submit(&statements(0..20)).await.unwrap();
    assert!(
        !contains(&raw(&log), b" km, plate") && !contains(&raw(&log), b"plate 12-GA"),
        "while it waits"
    );
    store.seal().await.unwrap();
    assert!(
        !contains(&raw(&log), b" km, plate") && !contains(&raw(&log), b"plate 12-GA"),
        "when it is sealed"
    );
    for path in log.paths() {
        assert!(!contains(&log.read(&path), b" km, plate"), "{path}");
    }
    assert!(
        contains(&raw(&log), &statement(3).digest.0),
        "the search finds what is there"
    );
}

#[tokio::test]
async fn erased_content_cannot_be_read_and_everything_still_verifies() {
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..20)).await;
    let published = log.published().unwrap();
    let before = store.statements(&car(3), 26).await.unwrap();

    assert_eq!(erase_all(&store, car(3)).await, 3);

    let after = store.statements(&car(3), 26).await.unwrap();
    assert_eq!(after.len(), 3);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(
            (before.log_index, before.digest, before.key_id),
            (after.log_index, after.digest, after.key_id)
        );
        assert_eq!(after.content, Content::Erased);
    }
    let erasures = store.erasures(&car(3)).await.unwrap();
    assert_eq!(erasures.len(), 1);
    assert_eq!(
        (erasures[0].through, &erasures[0].notice[..]),
        (after[2].log_index, &b"the log says so"[..])
    );
    assert!(
        matches!(
            store.statements(&car(2), 26).await.unwrap()[0].content,
            Content::Present(_)
        ),
        "others stay"
    );
    assert_eq!(
        log.assert_sound(&store, &[published]).await,
        digests(&statements(0..20))
    );
}

/// Many vehicles, so that the tables' pages have split and moved rows about: copies of a row may lie in the gaps.
#[tokio::test]
async fn erased_ciphertexts_and_keys_are_not_in_the_raw_bytes_any_more() {
    if past_one_machine() {
        println!("SKIPPED: what PostgreSQL has on its disk is not ours to look at");
        return;
    }
    let (log, store) = TestLog::create().await;
    let many: Vec<Submission> = (0..3000)
        .map(|n| Submission {
            label: car(n / 2),
            ..statement(n)
        })
        .collect();
    for some in many.chunks(250) {
        record(&store, some).await;
    }
    for erased in (0..1500).step_by(60) {
        let ciphertexts = ciphertexts(&log, car(erased)).await;
        let keys = wrapped_keys(&log, car(erased)).await;
        assert_eq!((ciphertexts.len(), keys.len()), (2, 1));
        let before = raw(&log);
        assert!(
            contains(&before, &ciphertexts[0]) && contains(&before, &keys[0]),
            "the search finds what is there"
        );

        erase_all(&store, car(erased)).await;

        let after = raw(&log);
        for (what, secret) in ciphertexts
            .iter()
            .map(|c| ("ciphertext", c))
            .chain(keys.iter().map(|k| ("key", k)))
        {
            assert!(
                !contains(&after, secret),
                "a {what} of car {erased} is still on the disk"
            );
            // Not even a part of it.
            assert!(
                !contains(&after, &secret[secret.len() / 2..]),
                "half a {what} of car {erased} is still on the disk"
            );
        }
    }
    log.assert_sound(&store, &[]).await;
}

#[tokio::test]
async fn a_vehicle_can_get_new_statements_after_its_erasure() {
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..7)).await;
    erase_all(&store, car(3)).await;

    record(&store, &statements(7..14)).await;

    let read: Vec<_> = store
        .statements(&car(3), 1000)
        .await
        .unwrap()
        .into_iter()
        .map(|s| s.content)
        .collect();
    assert_eq!(read, [Content::Erased, Content::Present(statement(10).content)]);
    log.assert_sound(&store, &[]).await;
    assert_eq!(erase_all(&store, car(3)).await, 1, "and be erased again");
    assert_eq!(store.erasures(&car(3)).await.unwrap().len(), 2);
    log.assert_sound(&store, &[]).await;
}

/// The n-th statement, about car 3, signed from a draft with this hash.
fn signed_from(hash: [u8; 32], n: u64, after_erasure: bool) -> Submission {
    Submission {
        label: car(3),
        draft: Some(SignedFrom { hash, after_erasure }),
        ..statement(n)
    }
}

async fn erase_one(store: &Store, erased: &Submission) {
    let Some(Submitted::Sealed(at)) = store.find(&erased.digest).await.unwrap() else {
        panic!("it is not sealed");
    };
    let hash = erased.draft.unwrap().hash;
    store
        .erase(&car(3), at, b"notice", &[(erased.digest, hash)])
        .await
        .unwrap();
}

#[tokio::test]
async fn a_draft_whose_content_was_erased_is_known_and_taken_again_only_where_it_is_asked_for() {
    let (log, store) = TestLog::create().await;
    let draft = [1; 32];
    let first = signed_from(draft, 0, false);
    record(&store, std::slice::from_ref(&first)).await;
    erase_one(&store, &first).await;

    let known = store.find_draft(&car(3), &draft).await.unwrap().unwrap();
    let again = store.submit(&[signed_from(draft, 1, false)]).await;
    let forced = store.submit(&[signed_from(draft, 2, true)]).await.unwrap();

    assert_eq!((known.digest, known.erased), (first.digest, true));
    assert!(matches!(again, Err(StoreError::DraftKnown)), "{again:?}");
    assert_eq!(forced, [Submitted::Accepted]);
    store.seal().await.unwrap();
    let known = store.find_draft(&car(3), &draft).await.unwrap().unwrap();
    assert_eq!((known.digest, known.erased), (statement(2).digest, false));

    erase_one(&store, &signed_from(draft, 2, true)).await;

    let known = store.find_draft(&car(3), &draft).await.unwrap().unwrap();
    assert_eq!((known.digest, known.erased), (statement(2).digest, true));
    log.assert_sound(&store, &[]).await;
}

/// Whoever has the database and a suspicion of what was erased must not be able to test it.
#[tokio::test]
async fn an_erased_draft_is_not_recognised_without_the_content_key() {
    let (log, store) = TestLog::create().await;
    let draft = [1; 32];
    let first = signed_from(draft, 0, false);
    record(&store, std::slice::from_ref(&first)).await;
    let tags = "SELECT draft FROM statement WHERE label = $1 AND draft IS NOT NULL";
    let before = log.blobs(tags, car(3)).await;
    erase_one(&store, &first).await;
    let after = log.blobs(tags, car(3)).await;
    store.close().await.unwrap();

    let other_key = Options {
        vault: Vault::new(Secret::new([8; 32])),
        ..log.options()
    };
    let stranger = Store::open(other_key).await.unwrap();

    assert_eq!((before.len(), after.len()), (1, 1));
    assert_ne!(before, after);
    assert_ne!(after[0], draft);
    assert_eq!(stranger.find_draft(&car(3), &draft).await.unwrap(), None);
}

#[tokio::test]
async fn a_vehicle_with_waiting_statements_is_not_erased() {
    let (_log, store) = TestLog::create().await;
    record(&store, &statements(0..7)).await;
    store.submit(&[statement(3 + CARS)]).await.unwrap();

    let error = store
        .erase(&car(3), LeafIndex(8), b"notice", &[])
        .await
        .unwrap_err();

    assert!(matches!(error, StoreError::StillWaiting(1)), "{error}");
    assert!(matches!(
        store.statements(&car(3), 1000).await.unwrap()[0].content,
        Content::Present(_)
    ));
}

/// The notice says up to where contents are gone; a statement sealed while it was written must not go with them.
#[tokio::test]
async fn a_vehicle_with_statements_newer_than_the_notice_is_not_erased() {
    let (_log, store) = TestLog::create().await;
    record(&store, &statements(0..14)).await;
    let read = store.statements(&car(3), 1000).await.unwrap();

    let error = store
        .erase(&car(3), read[0].log_index, b"notice", &[])
        .await
        .unwrap_err();

    assert!(
        matches!(error, StoreError::NewerThanNotice(at) if at == read[1].log_index),
        "{error}"
    );
    assert_eq!(store.statements(&car(3), 1000).await.unwrap(), read);
    assert_eq!(store.erasures(&car(3)).await.unwrap(), []);
}

/// Somebody reads the database through another connection; the write-ahead log cannot be cut while they do.
#[tokio::test]
async fn an_erasure_that_could_not_reach_the_disk_is_not_called_done() {
    if past_one_machine() {
        println!("SKIPPED: what PostgreSQL has on its disk is not ours to look at");
        return;
    }
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..7)).await;
    let secret = ciphertexts(&log, car(3)).await.remove(0);
    let url = format!("sqlite://{}", log.database().display());
    let mut reader = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("BEGIN").execute(&mut reader).await.unwrap();
    sqlx::query("SELECT count(*) FROM statement")
        .execute(&mut reader)
        .await
        .unwrap();
    let last = store
        .statements(&car(3), 1000)
        .await
        .unwrap()
        .pop()
        .unwrap()
        .log_index;

    let error = store.erase(&car(3), last, b"notice", &[]).await.unwrap_err();

    assert!(matches!(error, StoreError::NotScrubbed), "{error}");
    assert!(
        matches!(store.finish_erasure().await, Err(StoreError::NotScrubbed)),
        "while somebody still reads"
    );
    sqlx::query("COMMIT").execute(&mut reader).await.unwrap();
    store.finish_erasure().await.unwrap();
    assert!(!contains(&raw(&log), &secret), "without erasing again");
    assert_eq!(
        store.erase(&car(3), last, b"notice", &[]).await.unwrap(),
        0,
        "again, as the error says"
    );
    assert!(!contains(&raw(&log), &secret));
    reader.close().await.unwrap();
}
