//! A log in good health: what is submitted is sealed, published, provable, and laid out as tlog-tiles says.

use history::audit::Auditor;
use history::entry::Entry;
use history::entry::key_label;
use index::{Answer, LeafValue as _};
use store::{Content, Submitted};
use tlog::note::Note;
use tlog::{Hash, LeafIndex, TreeSize, leaf_hash, merkle};

use crate::test_log::{
    CARS, ORIGIN, TestLog, accepted, car, digests, key_id, params, record, root, statement, statements,
    tile_number,
};

#[tokio::test]
async fn a_new_log_holds_its_parameters_and_the_index_over_them() {
    let log = TestLog::empty();
    let store = store::Store::create(log.options(), params()).await.unwrap();

    assert_eq!(
        store.entry(TreeSize(2), LeafIndex(0)).await.unwrap(),
        Entry::Params(params())
    );
    let status = store.status().await.unwrap();
    assert_eq!(
        (status.origin.as_str(), status.size, status.published),
        (ORIGIN, 2, 2)
    );
    assert_eq!(
        (status.statements, status.waiting, status.labels, status.keys),
        (0, 0, 0, 0)
    );
    log.assert_sound(&store, &[]).await;
}

#[tokio::test]
async fn what_is_submitted_is_sealed_in_order_and_can_be_read_back() {
    let (log, store) = TestLog::create().await;
    let submitted = statements(0..10);

    assert_eq!(store.submit(&submitted).await.unwrap(), [Submitted::Accepted; 10]);
    assert_eq!(store.status().await.unwrap().waiting, 10);
    let sealing = store.seal().await.unwrap();

    // P I K K I are entries 0 to 4; the batch's own I entry is number 15.
    let places: Vec<_> = digests(&submitted)
        .into_iter()
        .zip((5..).map(LeafIndex))
        .collect();
    assert_eq!(sealing.sealed, places);
    assert_eq!((sealing.batches, sealing.size), (1, 16));
    assert_eq!(sealing.missing_cosigners, Vec::<String>::new());
    let status = store.status().await.unwrap();
    assert_eq!((status.statements, status.waiting, status.refused), (10, 0, 0));
    assert_eq!((status.labels, status.keys), (CARS + 2, 2));
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&submitted));

    let read = store.statements(&car(0), 16).await.unwrap();
    let found: Vec<_> = read
        .iter()
        .map(|s| (s.log_index.0, s.digest, s.content.clone()))
        .collect();
    let expected = |n| (5 + n, statement(n).digest, Content::Present(statement(n).content));
    assert_eq!(found, [expected(0), expected(7)]);
    assert_eq!(
        store.statements(&car(0), 12).await.unwrap().len(),
        1,
        "entry 12 is not in a log of 12"
    );
    assert_eq!(
        store.find(&statement(3).digest).await.unwrap(),
        Some(Submitted::Sealed(LeafIndex(8)))
    );
    assert_eq!(store.find(&statement(99).digest).await.unwrap(), None);
}

#[tokio::test]
async fn sealing_with_nothing_waiting_renews_the_cosignatures_and_adds_no_entry() {
    let (log, store) = TestLog::create().await;
    let before = store.status().await.unwrap();

    let sealing = store.seal().await.unwrap();

    assert_eq!((sealing.batches, sealing.size), (0, before.size));
    assert_eq!(store.status().await.unwrap(), before);
    log.assert_sound(&store, &[]).await;
}

/// Sizes pass 256, 512 and more, by batches of every width: one entry, a bundle less one, a bundle, more than two.
#[tokio::test]
async fn batches_of_any_size_leave_exactly_the_files_the_entries_imply() {
    let (log, store) = TestLog::create().await;
    let mut published = vec![log.published().unwrap()];
    let mut next = 0;
    for count in [1, 2, 100, 145, 1, 255, 256, 1, 700] {
        record(&store, &statements(next..next + count)).await;
        next += count;
        published.push(log.published().unwrap());
        log.assert_sound(&store, &published).await;
        assert_every_file_is_implied(&log);
    }
    assert_eq!(
        log.assert_sound(&store, &published).await,
        digests(&statements(0..next))
    );
}

/// Recomputes every tile and bundle from the entries by definition, and expects no other file but partials of tiles
/// that are not full yet.
fn assert_every_file_is_implied(log: &TestLog) {
    let checkpoint = accepted(&log.published().unwrap());
    let leaves: Vec<Hash> = log
        .entries(checkpoint.size.0)
        .iter()
        .map(|entry| leaf_hash(entry))
        .collect();
    let mut hashes = leaves;
    let mut expected = vec!["checkpoint".to_owned()];
    for level in 0.. {
        for (index, tile) in hashes.chunks(256).enumerate() {
            let number = tile_number(index as u64);
            let suffix = if tile.len() == 256 {
                String::new()
            } else {
                format!(".p/{}", tile.len())
            };
            let bytes: Vec<u8> = tile.iter().flat_map(|hash| hash.0).collect();
            let path = format!("tile/{level}/{number}{suffix}");
            assert_eq!(log.read(&path), bytes, "{path}");
            expected.push(path);
            if level == 0 {
                expected.push(format!("tile/entries/{number}{suffix}"));
            }
        }
        if hashes.len() < 256 {
            break;
        }
        hashes = hashes.chunks_exact(256).map(root).collect();
    }
    for path in log.paths() {
        let unfinished = path
            .rsplit_once(".p/")
            .is_some_and(|(whole, _)| !log.object(whole).exists());
        assert!(
            expected.contains(&path) || unfinished,
            "{path} should have been tidied away"
        );
    }
}

#[tokio::test]
async fn a_batch_may_be_smaller_than_what_waits() {
    let log = TestLog::empty();
    log.found().await.close().await.unwrap();
    let mut options = log.options();
    options.batch = 4;
    let store = store::Store::open(options).await.unwrap();
    store.submit(&statements(0..10)).await.unwrap();

    let sealing = store.seal().await.unwrap();

    assert_eq!((sealing.batches, sealing.sealed.len()), (3, 10));
    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..10)));
}

#[tokio::test]
async fn a_replay_of_the_public_files_agrees_with_the_checkpoint() {
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..300)).await;
    let checkpoint = accepted(&log.published().unwrap());

    let mut auditor = Auditor::default();
    for entry in log.entries(checkpoint.size.0) {
        auditor.replay(&entry).unwrap();
    }
    auditor.agrees(&checkpoint).unwrap();
}

#[tokio::test]
async fn a_snapshot_proves_chains_absence_and_inclusion_under_the_published_checkpoint() {
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..300)).await;
    record(&store, &statements(300..303)).await;

    let snapshot = store
        .snapshot(&[car(2), key_label(&key_id(1)), car(CARS)])
        .await
        .unwrap();

    let checkpoint = &snapshot.head.checkpoint;
    assert_eq!(*checkpoint, accepted(&snapshot.head.note));
    assert_eq!(
        Note::parse(&snapshot.head.note).unwrap(),
        store.published_note().await.unwrap()
    );
    let last = LeafIndex(checkpoint.size.0 - 1);
    let index_entry = Entry::Index(snapshot.head.index_entry.clone());
    assert_eq!(
        store.entry(checkpoint.size, last).await.unwrap(),
        index_entry,
        "rule R1"
    );

    let trie_root = snapshot.head.index_entry.epochs[0].root;
    let [of_car, of_key, of_stranger] = &snapshot.chains[..] else {
        panic!("three were asked for")
    };
    let answer = of_car.proof.verify(&trie_root, &car(2)).unwrap();
    assert_eq!(answer, Answer::Present(of_car.chain.value()));
    assert_eq!(
        of_car.chain.count,
        (0..303).filter(|n| n % CARS == 2).count() as u64
    );
    let answer = of_key.proof.verify(&trie_root, &key_label(&key_id(1))).unwrap();
    assert_eq!(
        (answer, of_key.chain.count),
        (Answer::Present(of_key.chain.value()), 1)
    );
    let answer = of_stranger.proof.verify(&trie_root, &car(CARS)).unwrap();
    assert_eq!((answer, of_stranger.chain.count), (Answer::Absent, 0));

    let every: Vec<LeafIndex> = (0..checkpoint.size.0).map(LeafIndex).collect();
    let proofs = store.inclusion_proofs(checkpoint.size, &every).await.unwrap();
    for ((at, entry), proof) in every.iter().zip(log.entries(checkpoint.size.0)).zip(proofs) {
        let leaf = leaf_hash(&entry);
        merkle::verify_inclusion(*at, checkpoint.size, &leaf, &proof, &checkpoint.root).unwrap();
    }
}

#[tokio::test]
async fn opening_again_goes_on_where_the_log_stands() {
    let (log, store) = TestLog::create().await;
    record(&store, &statements(0..260)).await;
    store.close().await.unwrap();

    let store = log.open().await;
    record(&store, &statements(260..270)).await;

    assert_eq!(log.assert_sound(&store, &[]).await, digests(&statements(0..270)));
}
