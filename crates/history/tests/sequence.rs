//! Sequencing is a pure step: the same entries give the same log however they are cut into batches, and an auditor who
//! replays them one by one arrives at the same roots.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use history::audit::{AuditError, Auditor};
use history::entry::{
    Entry, EpochRoot, IndexEntry, KeyEntry, MAP_VERSION, Params, StatementEntry, key_label,
};
use history::map::{ChainHead, Index, MapError, fold_key};
use history::sequence::{LogState, RestoreError, Sealed, SequenceError, sequence};
use index::{Label, LeafValue as _, Trie};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use statement::vocabulary::Role;
use statement::{Digest, KeyId};
use tlog::checkpoint::Checkpoint;
use tlog::tile::decode_bundle;
use tlog::tree::{RightEdge, TileSource as _};
use tlog::{Hash, LeafIndex, TreeSize, leaf_hash, node_hash};

const PARAMS: Params = Params {
    map_version: MAP_VERSION,
    vrf_epoch: 1,
    vrf_key: [0x56; 32],
};

fn key(n: u8) -> KeyId {
    KeyId::of(&[n; 32])
}

fn enrolled(n: u8) -> Entry {
    Entry::Key(KeyEntry::Enrolled {
        key_id: key(n),
        public_key: [n; 32],
        roles: vec![Role::Workshop],
        issuer: format!("workshop-{n}"),
        name: format!("Workshop {n}"),
    })
}

fn revoked(n: u8) -> Entry {
    Entry::Key(KeyEntry::Revoked {
        key_id: key(n),
        reason: "closed".to_owned(),
    })
}

fn car(n: u64) -> Label {
    Label(Sha256::digest(n.to_be_bytes()).into())
}

fn statement(by: u8, n: u64) -> Entry {
    Entry::Statement(StatementEntry {
        vrf_epoch: PARAMS.vrf_epoch,
        label: car(n % 11),
        key_id: key(by),
        digest: Digest(Sha256::digest(format!("statement {n}")).into()),
    })
}

/// A log of parameters, one key, and statements by it.
fn entries(count: u64) -> Vec<Entry> {
    [Entry::Params(PARAMS), enrolled(1)]
        .into_iter()
        .chain((0..count).map(|n| statement(1, n)))
        .collect()
}

/// RFC 6962 §2.1 from the definition.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => tlog::empty_root(),
        [leaf] => *leaf,
        _ => {
            let split = leaves.len().next_power_of_two() / 2;
            node_hash(&root(&leaves[..split]), &root(&leaves[split..]))
        }
    }
}

/// A log kept the slow way: all entries in a list, everything recomputed from it after each batch.
#[derive(Default)]
struct Naive {
    entries: Vec<Vec<u8>>,
}

impl Naive {
    fn append(&mut self, batch: &[Entry]) {
        self.entries
            .extend(batch.iter().map(|entry| entry.encode().unwrap()));
        let chains = self.chains();
        let mut trie =
            Trie::from_sorted(chains.into_iter().map(|(label, chain)| (Label(label), chain))).unwrap();
        let index = IndexEntry {
            tree_size: self.entries.len() as u64,
            epochs: vec![EpochRoot {
                epoch: PARAMS.vrf_epoch,
                vrf_key: PARAMS.vrf_key,
                keys: trie.len() as u64,
                root: trie.root(),
            }],
        };
        self.entries.push(Entry::Index(index).encode().unwrap());
    }

    /// The chain under each label, hashed from the specification.
    fn chains(&self) -> BTreeMap<[u8; 32], ChainHead> {
        let mut chains: BTreeMap<[u8; 32], ChainHead> = BTreeMap::new();
        for (at, bytes) in self.entries.iter().enumerate() {
            let label = match Entry::decode(bytes).unwrap() {
                Entry::Statement(statement) => statement.label,
                Entry::Key(key) => key_label(&key.key_id()),
                Entry::Params(_) | Entry::Index(_) => continue,
            };
            let chain = chains.entry(label.0).or_insert(ChainHead {
                count: 0,
                head: [0; 32],
            });
            chain.count += 1;
            let hashed = [
                &[0x14][..],
                &label.0,
                &chain.count.to_be_bytes(),
                &(at as u64).to_be_bytes(),
                &leaf_hash(bytes).0,
                &chain.head,
            ]
            .concat();
            chain.head = Sha256::digest(hashed).into();
        }
        chains
    }

    fn root(&self) -> Hash {
        let leaves: Vec<Hash> = self.entries.iter().map(|entry| leaf_hash(entry)).collect();
        root(&leaves)
    }
}

/// The files a static server would have after these batches.
#[derive(Default)]
struct Files {
    tiles: BTreeMap<tlog::tile::TileId, Vec<u8>>,
    bundles: BTreeMap<u64, Vec<Vec<u8>>>,
}

impl Files {
    fn publish(&mut self, sealed: &Sealed) {
        self.tiles.extend(sealed.tiles.iter().cloned());
        for (id, bytes) in &sealed.bundles {
            let bundle = decode_bundle(bytes).unwrap();
            assert_eq!(bundle.len(), usize::from(id.width));
            self.bundles
                .insert(id.index, bundle.into_iter().map(<[u8]>::to_vec).collect());
        }
    }

    fn entries(&self) -> Vec<Vec<u8>> {
        self.bundles.values().flatten().cloned().collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn batches_of_any_size_give_what_the_slow_way_gives_and_what_replay_gives(
        sizes in proptest::collection::vec(prop_oneof![1_usize..6, 1_usize..300, Just(255), Just(256)], 1..6),
        restart in any::<bool>(),
    ) {
        let all = entries(sizes.iter().sum::<usize>() as u64);
        let mut rest = &all[..];
        let (mut state, mut naive, mut files) = (LogState::empty(), Naive::default(), Files::default());
        for size in sizes {
            let (batch, later) = rest.split_at(size);
            rest = later;
            let sealed = sequence(&mut state, batch).unwrap();
            naive.append(batch);
            files.publish(&sealed);

            prop_assert_eq!(sealed.first.0 + batch.len() as u64 + 1, sealed.size.0);
            prop_assert_eq!(sealed.root, naive.root());
            prop_assert_eq!(files.entries(), naive.entries.clone());
            prop_assert_eq!(tlog::tree::root_from_tiles(sealed.size, &files.tiles).unwrap(), sealed.root);
            let chains = naive.chains();
            for (label, chain) in &sealed.chains {
                prop_assert_eq!(chains.get(&label.0), Some(chain));
            }
            prop_assert!(sealed.chains.windows(2).all(|pair| pair[0].0.0 < pair[1].0.0), "ascending, each once");

            if restart {
                state = restored(&state, &files, &chains);
            }
            prop_assert_eq!((state.size(), state.root()), (sealed.size, sealed.root));
        }

        let mut auditor = Auditor::default();
        for entry in &naive.entries {
            auditor.replay(entry).unwrap();
        }
        auditor.agrees(&Checkpoint::new("log.test", state.size(), state.root())).unwrap();
        for (label, chain) in naive.chains() {
            prop_assert_eq!(auditor.index().chain(&Label(label)), chain);
        }
    }

    /// An auditor that looks in at every checkpoint sees the same as one that comes at the end.
    #[test]
    fn an_auditor_may_compare_at_any_checkpoint(sizes in proptest::collection::vec(1_usize..200, 1..5)) {
        let all = entries(sizes.iter().sum::<usize>() as u64);
        let mut rest = &all[..];
        let (mut state, mut auditor) = (LogState::empty(), Auditor::default());
        let mut files = Files::default();
        for size in sizes {
            let (batch, later) = rest.split_at(size);
            rest = later;
            let sealed = sequence(&mut state, batch).unwrap();
            files.publish(&sealed);
            for entry in files.entries().iter().skip(sealed.first.0 as usize) {
                auditor.replay(entry).unwrap();
            }
            auditor.agrees(&Checkpoint::new("log.test", sealed.size, sealed.root)).unwrap();
        }
    }
}

/// The state as a new process finds it.
fn restored(state: &LogState, files: &Files, chains: &BTreeMap<[u8; 32], ChainHead>) -> LogState {
    let size = state.size();
    for id in RightEdge::tiles_needed(size) {
        assert!(files.tiles.tile(&id).is_some(), "{} was published", id.path());
    }
    let edge = RightEdge::from_tiles(size, &files.tiles).unwrap();
    let entries = files.entries();
    let tail = entries[entries.len() - entries.len() % 256..].to_vec();
    // Where the key stands depends on how the first batches were cut; it may not have come yet.
    let at = entries
        .iter()
        .position(|entry| *entry == enrolled(1).encode().unwrap());
    let Entry::Key(enrolment) = enrolled(1) else {
        panic!("a key entry")
    };
    let record = fold_key(at.map(|at| (LeafIndex(at as u64), &enrolment))).unwrap();
    let keys = record.map(|record| (key(1), record));
    let chains = chains.iter().map(|(label, chain)| (Label(*label), *chain));
    let index = Index::restore(Some(PARAMS), chains, keys.into_iter().collect()).unwrap();
    LogState::restore(edge, tail, index).unwrap()
}

#[test]
fn an_empty_batch_makes_no_entry() {
    assert_eq!(sequence(&mut LogState::empty(), &[]), Err(SequenceError::Empty));
}

#[test]
fn only_sealing_writes_index_entries() {
    let mut state = LogState::empty();
    sequence(&mut state, &entries(1)).unwrap();
    let index = Entry::Index(state.index.entry(4).unwrap());
    assert_eq!(
        sequence(&mut state, &[statement(1, 5), index]),
        Err(SequenceError::IndexSubmitted { position: 1 })
    );
}

#[test]
fn a_batch_is_refused_with_the_place_of_the_entry_and_the_rule() {
    let refused = |batch: &[Entry]| {
        let mut state = LogState::empty();
        sequence(&mut state, &entries(1)).unwrap();
        match sequence(&mut state, batch) {
            Err(SequenceError::Map { position, source }) => (position, source),
            other => panic!("{other:?}"),
        }
    };
    let another_epoch = Entry::Statement(StatementEntry {
        vrf_epoch: 4,
        label: car(1),
        key_id: key(1),
        digest: Digest([0; 32]),
    });

    // P K S I are entries 0 to 3, so the batch begins at 4.
    assert_eq!(
        refused(&[Entry::Params(PARAMS)]),
        (0, MapError::ParamsMisplaced(4))
    );
    assert_eq!(refused(&[statement(2, 9)]), (0, MapError::KeyUnknown(key(2))));
    assert_eq!(
        refused(&[statement(1, 9), another_epoch]),
        (
            1,
            MapError::WrongEpoch {
                expected: 1,
                found: 4
            }
        )
    );
    assert_eq!(refused(&[enrolled(1)]), (0, MapError::KeyEnrolledTwice(key(1))));
    assert_eq!(refused(&[revoked(2)]), (0, MapError::KeyUnknown(key(2))));
    assert_eq!(
        refused(&[revoked(1), revoked(1)]),
        (1, MapError::KeyRevokedTwice(key(1)))
    );
    assert_eq!(
        refused(&[revoked(1), enrolled(1)]),
        (1, MapError::KeyEnrolledTwice(key(1)))
    );
    assert_eq!(
        refused(&[revoked(1), statement(1, 9)]),
        (1, MapError::KeyNotValid { key: key(1), at: 5 })
    );
}

#[test]
fn a_log_begins_with_its_parameters_and_knows_their_version() {
    let first = |entry: Entry| match sequence(&mut LogState::empty(), &[entry]) {
        Err(SequenceError::Map { source, .. }) => source,
        other => panic!("{other:?}"),
    };
    assert_eq!(first(enrolled(1)), MapError::ParamsMisplaced(0));
    assert_eq!(first(statement(1, 0)), MapError::ParamsMisplaced(0));
    let newer = Params {
        map_version: MAP_VERSION + 1,
        ..PARAMS
    };
    assert_eq!(
        first(Entry::Params(newer)),
        MapError::UnknownMapVersion(MAP_VERSION + 1)
    );
    for vrf_epoch in [0, 2, u32::MAX] {
        let other = Params { vrf_epoch, ..PARAMS };
        assert_eq!(first(Entry::Params(other)), MapError::UnknownEpoch(vrf_epoch));
    }
}

/// Valid strictly after the enrolment and strictly before the revocation, at the positions the log itself shows.
#[test]
fn a_key_is_valid_between_its_two_entries() {
    let (Entry::Key(enrolment), Entry::Key(revocation)) = (enrolled(1), revoked(1)) else {
        panic!("key entries")
    };
    let both = fold_key([(LeafIndex(5), &enrolment), (LeafIndex(9), &revocation)])
        .unwrap()
        .unwrap();
    let valid: Vec<u64> = (0..12).filter(|at| both.valid_at(LeafIndex(*at))).collect();
    assert_eq!(valid, [6, 7, 8]);
    let only = fold_key([(LeafIndex(5), &enrolment)]).unwrap().unwrap();
    assert!(
        !only.valid_at(LeafIndex(5)) && only.valid_at(LeafIndex(6)) && only.valid_at(LeafIndex(u64::MAX))
    );
    assert_eq!(fold_key([]).unwrap(), None);
}

#[test]
fn a_key_history_out_of_order_or_of_two_keys_is_refused() {
    let (Entry::Key(enrolment), Entry::Key(revocation)) = (enrolled(1), revoked(1)) else {
        panic!("key entries")
    };
    let Entry::Key(anothers) = revoked(2) else {
        panic!("a key entry")
    };
    assert_eq!(
        fold_key([(LeafIndex(5), &revocation)]),
        Err(MapError::KeyUnknown(key(1)))
    );
    let twice = [(LeafIndex(5), &enrolment), (LeafIndex(6), &enrolment)];
    assert_eq!(fold_key(twice), Err(MapError::KeyEnrolledTwice(key(1))));
    let mixed = [(LeafIndex(5), &enrolment), (LeafIndex(6), &anothers)];
    assert_eq!(fold_key(mixed), Err(MapError::KeyUnknown(key(2))));
}

#[test]
fn a_state_is_not_restored_with_another_tail_than_the_size_asks_for() {
    let mut state = LogState::empty();
    let mut files = Files::default();
    files.publish(&sequence(&mut state, &entries(1)).unwrap());
    let edge = RightEdge::from_tiles(TreeSize(4), &files.tiles).unwrap();
    let restored = LogState::restore(edge, files.entries()[..3].to_vec(), Index::default());
    assert_eq!(restored.err(), Some(RestoreError::Tail { found: 3, size: 4 }));
}

#[test]
fn a_value_is_the_hash_of_count_and_head() {
    let chain = ChainHead {
        count: 2,
        head: [9; 32],
    };
    let expected: [u8; 32] = Sha256::digest([&[0x13][..], &2_u64.to_be_bytes(), &[9; 32]].concat()).into();
    assert_eq!(chain.value(), expected);
}

/// A sealed log's entries, for an auditor to find fault with.
fn sealed_log() -> (Vec<Vec<u8>>, Checkpoint) {
    let mut state = LogState::empty();
    let mut files = Files::default();
    for batch in [&entries(3)[..], &[statement(1, 3), statement(1, 4)]] {
        files.publish(&sequence(&mut state, batch).unwrap());
    }
    (
        files.entries(),
        Checkpoint::new("log.test", state.size(), state.root()),
    )
}

fn audited(entries: &[Vec<u8>], checkpoint: &Checkpoint) -> Result<(), AuditError> {
    let mut auditor = Auditor::default();
    for entry in entries {
        auditor.replay(entry)?;
    }
    auditor.agrees(checkpoint)
}

#[test]
fn an_auditor_agrees_with_an_honest_log() {
    let (entries, checkpoint) = sealed_log();
    audited(&entries, &checkpoint).unwrap();
}

#[test]
fn an_auditor_finds_a_statement_exchanged_for_another() {
    let (mut entries, checkpoint) = sealed_log();
    entries[3] = statement(1, 77).encode().unwrap();
    assert!(matches!(
        audited(&entries, &checkpoint),
        Err(AuditError::Map {
            at: 5,
            source: MapError::IndexWrong { .. }
        })
    ));
}

#[test]
fn an_auditor_finds_an_entry_left_out_and_an_entry_too_many() {
    let (entries, checkpoint) = sealed_log();
    let mut fewer = entries.clone();
    fewer.remove(3);
    assert!(matches!(
        audited(&fewer, &checkpoint),
        Err(AuditError::Map {
            source: MapError::IndexWrong { .. },
            ..
        })
    ));
    let cut = &entries[..6];
    assert_eq!(
        audited(cut, &checkpoint),
        Err(AuditError::Size {
            claimed: 9,
            replayed: 6
        })
    );
}

/// The dishonest operator: signs a tree in which an event is missing from the index.
/// A verifier refuses the dossier of such a car, so an auditor must not cosign such a log.
#[test]
fn an_auditor_finds_a_statement_sealed_twice() {
    let many: Vec<Entry> = (3..303).map(|n| statement(1, n)).collect();
    let again = [statement(1, 1)];
    let Entry::Statement(StatementEntry { digest, .. }) = again[0] else {
        panic!("a statement");
    };
    for (batches, at) in [
        (vec![[&entries(3)[..], &again].concat()], 5),
        (vec![entries(3), many, again.to_vec()], 307),
    ] {
        let (mut state, mut files) = (LogState::empty(), Files::default());
        for batch in &batches {
            files.publish(&sequence(&mut state, batch).unwrap());
        }
        let checkpoint = Checkpoint::new("log.test", state.size(), state.root());
        assert_eq!(
            audited(&files.entries(), &checkpoint),
            Err(AuditError::SealedTwice { at, digest })
        );
    }
}

#[test]
fn an_auditor_finds_an_index_that_hides_an_event() {
    let (mut entries, _) = sealed_log();
    let Entry::Index(mut index) = Entry::decode(&entries[8]).unwrap() else {
        panic!("the last is an index entry")
    };
    let Entry::Index(older) = Entry::decode(&entries[5]).unwrap() else {
        panic!("an index entry")
    };
    index.epochs[0].root = older.epochs[0].root;
    entries[8] = Entry::Index(index).encode().unwrap();
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let signed = Checkpoint::new("log.test", TreeSize(9), root(&leaves));
    assert!(matches!(
        audited(&entries, &signed),
        Err(AuditError::Map {
            at: 8,
            source: MapError::IndexWrong { .. }
        })
    ));
}

#[test]
fn an_auditor_finds_a_checkpoint_that_does_not_end_with_an_index_entry() {
    let (entries, _) = sealed_log();
    let leaves: Vec<Hash> = entries[..8].iter().map(|entry| leaf_hash(entry)).collect();
    let signed = Checkpoint::new("log.test", TreeSize(8), root(&leaves));
    assert_eq!(audited(&entries[..8], &signed), Err(AuditError::LastNotIndex(8)));
}

#[test]
fn an_auditor_finds_another_root_at_the_same_size() {
    let (entries, mut checkpoint) = sealed_log();
    checkpoint.root.0[0] ^= 1;
    assert!(matches!(
        audited(&entries, &checkpoint),
        Err(AuditError::Root { size: 9, .. })
    ));
}

#[test]
fn an_auditor_finds_bytes_that_are_no_entry() {
    let (mut entries, checkpoint) = sealed_log();
    entries[4] = b"not carnet".to_vec();
    assert!(matches!(
        audited(&entries, &checkpoint),
        Err(AuditError::Entry { at: 4, .. })
    ));
}
