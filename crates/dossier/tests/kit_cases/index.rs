//! Step 2: the index is the checkpoint's last entry (rule R1).

use history::entry::{Entry, EpochRoot, IndexEntry};
use statement::vocabulary::StatementType;
use tlog::{Hash, LeafIndex};

use super::*;
use crate::small_log::{EPOCH, first_registration, vrf_secret};

const STEP: u8 = 2;

pub(super) fn cases(world: &mut Honest, cases: &mut Vec<Case>) {
    let Honest { log, earlier, .. } = world;
    let subject = log.dossier(&id(SUBJECT));
    let earlier_index = LeafIndex(earlier.size().0 - 1);
    let last = LeafIndex(log.size().0 - 1);
    let mut push = |name: &str, comment: &str, dossier: &Dossier, reason: &str| {
        cases.push(refused(name, comment, dossier, (STEP, reason, "")));
    };

    let old = changed(&subject, |d| {
        d.index.entry = log.logged(earlier_index).entry;
        d.index.inclusion = log.inclusion(earlier_index);
    });
    push(
        "index_leaf_not_last",
        "The index of an earlier batch, with its own inclusion proof.",
        &old,
        "index_size",
    );
    let old_in_new_place = changed(&old, |d| d.index.inclusion = log.inclusion(last));
    push(
        "old_index_in_last_place",
        "The index of an earlier batch, with the inclusion proof of the last.",
        &old_in_new_place,
        "index_size",
    );
    let redated = changed(&subject, |d| {
        let Entry::Index(entry) = Entry::decode(&log.logged(earlier_index).entry).unwrap() else {
            panic!()
        };
        d.index.entry = Entry::Index(IndexEntry {
            tree_size: last.0,
            ..entry
        })
        .encode()
        .unwrap();
    });
    push(
        "old_index_with_new_size",
        "The root of an earlier index, claimed to cover the whole log.",
        &redated,
        "inclusion",
    );
    push(
        "index_root_changed",
        "A bit of the index root is flipped.",
        &changed(&subject, |d| *d.index.entry.last_mut().unwrap() ^= 1),
        "inclusion",
    );
    push(
        "index_inclusion_changed",
        "A bit of the inclusion proof is flipped.",
        &changed(&subject, |d| d.index.inclusion[2].0[9] ^= 0x10),
        "inclusion",
    );
    push(
        "index_inclusion_short",
        "The inclusion proof lacks its last hash.",
        &changed(&subject, |d| {
            d.index.inclusion.pop();
        }),
        "inclusion",
    );
    push(
        "index_inclusion_long",
        "The inclusion proof has a hash too many.",
        &changed(&subject, |d| d.index.inclusion.push(Hash([0; 32]))),
        "inclusion",
    );
    push(
        "index_entry_truncated",
        "The entry lacks its last byte.",
        &changed(&subject, |d| {
            d.index.entry.pop();
        }),
        "entry",
    );
    push(
        "index_entry_empty",
        "The entry has no bytes.",
        &changed(&subject, |d| d.index.entry.clear()),
        "entry",
    );
    push(
        "index_entry_of_other_magic",
        "The entry does not start with `carnet1`.",
        &changed(&subject, |d| d.index.entry[6] = b'2'),
        "entry",
    );
    push(
        "index_entry_of_unknown_type",
        "The entry has a type nobody specified.",
        &changed(&subject, |d| d.index.entry[7] = b'X'),
        "entry",
    );

    let registration = |log: &mut SmallLog, cast: &Cast| {
        log.record(&cast.register.states(
            &id(SUBJECT),
            StatementType::RegistrationFirst,
            1,
            first_registration(),
        ))
    };
    let mut log = dishonest(|log, cast| {
        registration(log, cast);
    });
    let before = log.dossier(&id(SUBJECT));
    let cast = cast();
    let at = log.record(&cast.register.states(
        &id(SUBJECT),
        StatementType::RegistrationFirst,
        2,
        first_registration(),
    ));
    let unsealed = changed(&with_note(&before, &log.note()), |d| {
        d.index.entry = log.logged(at).entry;
        d.index.inclusion = log.inclusion(at);
    });
    push(
        "last_entry_not_index",
        "The log signed a checkpoint whose last entry is a statement.",
        &unsealed,
        "entry_kind",
    );

    let ends_in = |change: &dyn Fn(&mut IndexEntry)| {
        let mut log = SmallLog::new();
        log.push(&cast.register.enrolled());
        registration(&mut log, &cast);
        let mut entry = log.index_entry();
        change(&mut entry);
        log.push(&Entry::Index(entry));
        log.dossier(&id(SUBJECT))
    };
    push(
        "index_covers_less",
        "The log's last entry is an index that covers one entry less.",
        &ends_in(&|i| i.tree_size -= 1),
        "index_size",
    );
    push(
        "index_covers_itself",
        "The log's last entry is an index that claims to cover itself.",
        &ends_in(&|i| i.tree_size += 1),
        "index_size",
    );
    let second = EpochRoot {
        epoch: EPOCH + 1,
        vrf_key: vrf_secret().public().to_bytes(),
        keys: 0,
        root: ::index::empty_root(),
    };
    push(
        "index_of_two_epochs",
        "The log opened a second VRF epoch, which map version 1 has not.",
        &ends_in(&|i| i.epochs.push(second)),
        "epochs",
    );
}
