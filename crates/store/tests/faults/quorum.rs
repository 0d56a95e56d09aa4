//! Cosigners fail, refuse, or sign nonsense.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use store::{Cosigner, LocalCosigner, Objects, Options, Sealing, Store, StoreError, Submitted};
use tlog::note::{Note, SignatureLine};
use tlog::{Hash, LeafIndex, TreeSize};

use crate::test_log::{TestLog, accepted, car, digests, params, policy_with, statement, statements};

/// What somebody else's cosigner does to us.
#[derive(Default)]
struct Trouble {
    does_not_answer: AtomicBool,
    signs_nonsense: AtomicBool,
}

struct Troubled {
    cosigner: LocalCosigner,
    trouble: Arc<Trouble>,
}

type Answer<'a, T> = std::pin::Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

impl Cosigner for Troubled {
    fn name(&self) -> &str {
        self.cosigner.name()
    }

    fn recorded<'a>(&'a self, origin: &'a str) -> Answer<'a, TreeSize> {
        self.cosigner.recorded(origin)
    }

    fn cosign<'a>(
        &'a self,
        old: TreeSize,
        proof: &'a [Hash],
        note: &'a Note,
        log: &'a Objects,
    ) -> Answer<'a, SignatureLine> {
        Box::pin(async move {
            if self.trouble.does_not_answer.load(Ordering::SeqCst) {
                let name = self.name().to_owned();
                return Err(StoreError::Cosigner {
                    name,
                    problem: "connection refused".to_owned(),
                });
            }
            let mut line = self.cosigner.cosign(old, proof, note, log).await?;
            if self.trouble.signs_nonsense.load(Ordering::SeqCst) {
                *line.signature.last_mut().unwrap() ^= 1;
            }
            Ok(line)
        })
    }
}

/// Options in which the witness is in trouble as soon as `trouble` says so.
fn with_trouble(log: &TestLog, trouble: &Arc<Trouble>) -> Options {
    let mut options = log.options();
    let witness = Troubled {
        cosigner: log.witness(),
        trouble: trouble.clone(),
    };
    options.cosigners = vec![Box::new(witness), Box::new(log.auditor())];
    options
}

async fn open_with_trouble(log: &TestLog) -> (Store, Arc<Trouble>) {
    log.found().await.close().await.unwrap();
    let trouble = Arc::new(Trouble::default());
    (Store::open(with_trouble(log, &trouble)).await.unwrap(), trouble)
}

#[tokio::test]
async fn without_a_quorum_nothing_is_published_and_the_next_sealing_publishes() {
    let log = TestLog::empty();
    let (store, trouble) = open_with_trouble(&log).await;
    let published = log.published().unwrap();
    store.submit(&statements(0..3)).await.unwrap();
    trouble.does_not_answer.store(true, Ordering::SeqCst);

    let error = store.seal().await.unwrap_err();

    assert!(matches!(error, StoreError::NoQuorum(_)), "{error}");
    let said = error.to_string();
    assert!(
        said.contains("log.test/carnet/witness: connection refused"),
        "{said}"
    );
    assert_eq!(log.published().unwrap(), published);
    assert_eq!(
        store.find(&statement(0).digest).await.unwrap(),
        Some(Submitted::Sealed(LeafIndex(5)))
    );
    // Readers are answered as of what is published, also by a process that has not read before.
    assert_eq!(store.snapshot(&[]).await.unwrap().head.note, published);
    assert!(
        matches!(store.seal().await, Err(StoreError::NoQuorum(_))),
        "still"
    );

    trouble.does_not_answer.store(false, Ordering::SeqCst);
    store.submit(&statements(3..4)).await.unwrap();
    store.seal().await.unwrap();
    assert_eq!(
        log.assert_sound(&store, &[published]).await,
        digests(&statements(0..4))
    );
}

/// Whoever keeps count of what waits must hear of it: it does not wait any more.
#[tokio::test]
async fn what_was_sealed_is_told_although_the_quorum_is_missing() {
    let log = TestLog::empty();
    let (store, trouble) = open_with_trouble(&log).await;
    store.submit(&statements(0..3)).await.unwrap();
    trouble.does_not_answer.store(true, Ordering::SeqCst);

    let mut done = Sealing::default();
    let error = store.seal_batch_into(&mut done).await.unwrap_err();

    assert!(matches!(error, StoreError::NoQuorum(_)), "{error}");
    let sealed: Vec<_> = done.sealed.iter().map(|(digest, _)| *digest).collect();
    assert_eq!((done.batches, sealed), (1, digests(&statements(0..3))));
    assert_eq!(store.status().await.unwrap().waiting, 0);
}

#[tokio::test]
async fn a_log_without_its_quorum_can_be_opened_read_and_submitted_to() {
    let log = TestLog::empty();
    let (store, trouble) = open_with_trouble(&log).await;
    store.submit(&statements(0..3)).await.unwrap();
    trouble.does_not_answer.store(true, Ordering::SeqCst);
    store.seal().await.unwrap_err();
    store.close().await.unwrap();

    let store = Store::open(with_trouble(&log, &trouble)).await.unwrap();

    assert_eq!(store.statements(&car(0), 9).await.unwrap().len(), 1);
    assert_eq!(
        store.submit(&statements(3..4)).await.unwrap(),
        [Submitted::Accepted]
    );
    let status = store.status().await.unwrap();
    assert_eq!((status.size, status.published, status.waiting), (9, 5, 1));
    trouble.does_not_answer.store(false, Ordering::SeqCst);
    store.seal().await.unwrap();
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..4)));
}

#[tokio::test]
async fn a_log_created_without_its_quorum_is_founded_and_published_later() {
    let log = TestLog::empty();
    let trouble = Arc::new(Trouble::default());
    trouble.does_not_answer.store(true, Ordering::SeqCst);
    let created = Store::create(with_trouble(&log, &trouble), params()).await;
    assert!(matches!(created, Err(StoreError::NoQuorum(_))));
    assert_eq!(log.published(), None);

    let store = log.open().await;

    assert_eq!(accepted(&log.published().unwrap()).size, TreeSize(2));
    log.assert_sound(&store, &[]).await;
}

#[tokio::test]
async fn a_cosigner_that_fails_although_the_quorum_holds_is_reported() {
    let log = TestLog::empty();
    let (store, trouble) = open_with_trouble(&log).await;
    store.close().await.unwrap();
    let one_is_enough = Options {
        policy: policy_with("group one any witness auditor\nquorum one\n"),
        ..with_trouble(&log, &trouble)
    };
    let store = Store::open(one_is_enough).await.unwrap();
    store.submit(&statements(0..3)).await.unwrap();
    trouble.does_not_answer.store(true, Ordering::SeqCst);

    let sealing = store.seal().await.unwrap();

    assert_eq!(sealing.sealed.len(), 3);
    assert_eq!(
        sealing.missing_cosigners,
        ["cosigner log.test/carnet/witness: connection refused"]
    );
    assert_eq!(store.status().await.unwrap().published, 9);
}

/// A line that does not verify would make the whole checkpoint unacceptable to every verifier.
#[tokio::test]
async fn a_cosigner_that_signs_nonsense_is_left_out_and_reported() {
    let log = TestLog::empty();
    let (store, trouble) = open_with_trouble(&log).await;
    store.close().await.unwrap();
    let one_is_enough = Options {
        policy: policy_with("group one any witness auditor\nquorum one\n"),
        ..with_trouble(&log, &trouble)
    };
    let store = Store::open(one_is_enough).await.unwrap();
    store.submit(&statements(0..3)).await.unwrap();
    trouble.signs_nonsense.store(true, Ordering::SeqCst);

    let sealing = store.seal().await.unwrap();

    assert_eq!(
        sealing.missing_cosigners,
        ["cosigner log.test/carnet/witness: its cosignature does not verify"]
    );
    assert_eq!(
        store.published_note().await.unwrap().signatures.len(),
        2,
        "the log's and the auditor's"
    );
}

/// The witness's memory is the only thing that still knows of the newer log when database and files are both put back.
#[tokio::test]
async fn a_witness_does_not_cosign_a_log_that_was_put_back_whole() {
    let (log, store) = TestLog::create().await;
    store.close().await.unwrap();
    let backup = log.copy();
    let store = log.open().await;
    store.submit(&statements(0..3)).await.unwrap();
    store.seal().await.unwrap();
    store.close().await.unwrap();
    copy(&log, &backup, "witness.json");

    let store = backup.open().await;
    store.submit(&statements(10..12)).await.unwrap();
    let error = store.seal().await.unwrap_err();

    assert!(matches!(error, StoreError::NoQuorum(_)), "{error}");
    assert!(error.to_string().contains("log.test/carnet/witness"), "{error}");
}

fn copy(from: &TestLog, to: &TestLog, file: impl AsRef<Path>) {
    std::fs::copy(from.dir().join(&file), to.dir().join(&file)).unwrap();
}

/// Two processes may ask the same cosigner at the same moment; its memory must not be torn or go back.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_local_cosigner_asked_by_two_at_once_keeps_the_newest_in_mind() {
    let (log, store) = TestLog::create().await;
    let mut notes = vec![store.published_note().await.unwrap()];
    for n in 0..8 {
        store.submit(&[statement(n)]).await.unwrap();
        store.seal().await.unwrap();
        notes.push(store.published_note().await.unwrap());
    }
    let newest = accepted(&log.published().unwrap());
    for _ in 0..10 {
        std::fs::remove_file(log.dir().join("witness.json")).unwrap();
        let asked = notes.iter().map(|note| {
            let (witness, note, objects) = (log.witness(), note.clone(), store.objects().clone());
            tokio::spawn(async move { witness.cosign(TreeSize(0), &[], &note, &objects).await.is_ok() })
        });
        let answers = futures_util::future::join_all(asked).await;
        // The first that comes is cosigned from nothing; to the others the witness says that it knows a tree already.
        assert_eq!(
            answers
                .into_iter()
                .filter(|signed| *signed.as_ref().unwrap())
                .count(),
            1
        );
        let recorded = log.witness().recorded(&newest.origin).await.unwrap();
        assert!(recorded > TreeSize(0));
    }
}
