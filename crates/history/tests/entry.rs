//! Log entries: one value has one byte string, and nothing else is read as an entry.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use history::entry::{
    Entry, EntryError, EpochRoot, IndexEntry, KeyEntry, MAX_ENTRY, Params, StatementEntry, key_label,
};
use index::Label;
use proptest::prelude::*;
use statement::vocabulary::Role;
use statement::{Digest, KeyId};

/// Text of an issuer id or name: anything without control characters, up to 255 bytes.
fn text() -> impl Strategy<Value = String> {
    "[^\\p{Cc}]{1,60}".prop_filter("at most 255 bytes", |text| text.len() <= 255)
}

fn roles() -> impl Strategy<Value = Vec<Role>> {
    proptest::sample::subsequence(Role::ALL.to_vec(), 1..=Role::ALL.len()).prop_map(|mut roles| {
        roles.sort_by_key(|role| role.as_str());
        roles
    })
}

fn key_entry() -> impl Strategy<Value = KeyEntry> {
    let enrolled =
        (any::<[u8; 32]>(), roles(), text(), text()).prop_map(|(public_key, roles, issuer, name)| {
            KeyEntry::Enrolled {
                key_id: KeyId::of(&public_key),
                public_key,
                roles,
                issuer,
                name,
            }
        });
    let revoked = (any::<[u8; 32]>(), text()).prop_map(|(key_id, reason)| KeyEntry::Revoked {
        key_id: KeyId(key_id),
        reason,
    });
    prop_oneof![enrolled, revoked]
}

fn index_entry() -> impl Strategy<Value = IndexEntry> {
    let roots = proptest::collection::btree_map(
        any::<u32>(),
        (any::<[u8; 32]>(), any::<u64>(), any::<[u8; 32]>()),
        1..5,
    );
    (any::<u64>(), roots).prop_map(|(tree_size, roots)| {
        let epochs = roots
            .into_iter()
            .map(|(epoch, (vrf_key, keys, root))| EpochRoot {
                epoch,
                vrf_key,
                keys,
                root,
            })
            .collect();
        IndexEntry { tree_size, epochs }
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let params =
        (any::<u16>(), any::<u32>(), any::<[u8; 32]>()).prop_map(|(map_version, vrf_epoch, vrf_key)| {
            Params {
                map_version,
                vrf_epoch,
                vrf_key,
            }
        });
    let statement = (
        any::<u32>(),
        any::<[u8; 32]>(),
        any::<[u8; 32]>(),
        any::<[u8; 32]>(),
    )
        .prop_map(|(vrf_epoch, label, key_id, digest)| StatementEntry {
            vrf_epoch,
            label: Label(label),
            key_id: KeyId(key_id),
            digest: Digest(digest),
        });
    prop_oneof![
        params.prop_map(Entry::Params),
        statement.prop_map(Entry::Statement),
        key_entry().prop_map(Entry::Key),
        index_entry().prop_map(Entry::Index),
    ]
}

proptest! {
    #[test]
    fn an_entry_read_back_is_the_entry_written(entry in entry()) {
        let bytes = entry.encode().unwrap();
        prop_assert!(bytes.len() <= MAX_ENTRY);
        prop_assert_eq!(Entry::decode(&bytes).unwrap(), entry);
    }

    /// Whatever is accepted is what would have been written: there is no second spelling of any entry.
    #[test]
    fn a_changed_byte_gives_another_entry_or_none(entry in entry(), at in any::<prop::sample::Index>(), change in 1_u8..) {
        let mut bytes = entry.encode().unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= change;
        if let Ok(other) = Entry::decode(&bytes) {
            prop_assert_ne!(&other, &entry);
            prop_assert_eq!(other.encode().unwrap(), bytes);
        }
    }

    #[test]
    fn an_entry_cut_short_or_with_bytes_to_spare_is_refused(entry in entry(), cut in any::<prop::sample::Index>(), more in 1_usize..76) {
        let bytes = entry.encode().unwrap();
        let cut = &bytes[..cut.index(bytes.len())];
        // An index entry cut between two epochs is a shorter index entry; everything else is refused.
        match Entry::decode(cut) {
            Ok(shorter) => prop_assert!(matches!((&shorter, &entry), (Entry::Index(_), Entry::Index(_)))),
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
        let longer = [bytes, vec![0; more]].concat();
        prop_assert!(Entry::decode(&longer).is_err());
    }

    #[test]
    fn any_bytes_are_an_entry_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Entry::decode(&bytes).is_err());
        let looks_like_one = [&b"carnet1"[..], &bytes].concat();
        if let Ok(entry) = Entry::decode(&looks_like_one) {
            prop_assert_eq!(entry.encode().unwrap(), looks_like_one);
        }
    }

    /// The same after the type byte, so that the fields are reached.
    #[test]
    fn any_body_is_an_entry_or_an_error(kind in proptest::sample::select(b"PSKI".to_vec()), body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let bytes = [&b"carnet1"[..], &[kind], &body].concat();
        if let Ok(entry) = Entry::decode(&bytes) {
            prop_assert_eq!(entry.encode().unwrap(), bytes);
        }
    }
}

fn enrolment() -> KeyEntry {
    let public_key = [7; 32];
    KeyEntry::Enrolled {
        key_id: KeyId::of(&public_key),
        public_key,
        roles: vec![Role::Workshop],
        issuer: "workshop-1".to_owned(),
        name: "Workshop 1".to_owned(),
    }
}

/// The enrolment with one field made wrong.
fn spoilt(spoil: impl FnOnce(&mut KeyId, &mut Vec<Role>, &mut String, &mut String)) -> String {
    let mut entry = enrolment();
    if let KeyEntry::Enrolled {
        key_id,
        roles,
        issuer,
        name,
        ..
    } = &mut entry
    {
        spoil(key_id, roles, issuer, name);
    }
    Entry::Key(entry).encode().unwrap_err().to_string()
}

#[test]
fn an_enrolment_the_specification_does_not_allow_cannot_be_written() {
    Entry::Key(enrolment()).encode().unwrap();
    assert!(spoilt(|key_id, _, _, _| key_id.0[0] ^= 1).contains("key id is not that of the public key"));
    assert!(spoilt(|_, roles, _, _| roles.clear()).contains("no role"));
    assert!(spoilt(|_, roles, _, _| roles.push(Role::Workshop)).contains("ascending order"));
    assert!(spoilt(|_, _, issuer, _| issuer.clear()).contains("empty"));
    assert!(spoilt(|_, _, _, name| name.clear()).contains("empty"));
    assert!(spoilt(|_, _, _, name| name.push('\u{7}')).contains("control character"));
    assert!(spoilt(|_, _, issuer, _| *issuer = "x".repeat(256)).contains("longer than 255 bytes"));
}

#[test]
fn an_index_entry_needs_epochs_in_rising_order() {
    let epoch = |epoch| EpochRoot {
        epoch,
        vrf_key: [1; 32],
        keys: 1,
        root: [2; 32],
    };
    for (epochs, problem) in [
        (vec![], "no epoch"),
        (vec![epoch(1), epoch(1)], "rising order"),
        (vec![epoch(2), epoch(1)], "rising order"),
    ] {
        let error = Entry::Index(IndexEntry { tree_size: 9, epochs })
            .encode()
            .unwrap_err();
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[test]
fn an_entry_longer_than_a_bundle_can_carry_is_refused_in_both_directions() {
    let epochs: Vec<_> = (0..863)
        .map(|epoch| EpochRoot {
            epoch,
            vrf_key: [0; 32],
            keys: 0,
            root: [0; 32],
        })
        .collect();
    let fits = Entry::Index(IndexEntry {
        tree_size: 0,
        epochs: epochs[..862].to_vec(),
    })
    .encode()
    .unwrap();
    assert_eq!(fits.len(), 8 + 8 + 862 * 76);
    let too_long = Entry::Index(IndexEntry { tree_size: 0, epochs }).encode();
    assert_eq!(too_long, Err(EntryError::TooLong(8 + 8 + 863 * 76)));
    assert_eq!(
        Entry::decode(&[0; MAX_ENTRY + 1]),
        Err(EntryError::TooLong(MAX_ENTRY + 1))
    );
}

#[test]
fn a_foreign_entry_and_an_unknown_type_are_told_apart() {
    assert_eq!(Entry::decode(b""), Err(EntryError::NotCarnet));
    assert_eq!(Entry::decode(b"carnet1"), Err(EntryError::NotCarnet));
    assert_eq!(Entry::decode(b"carnet2P"), Err(EntryError::NotCarnet));
    assert_eq!(Entry::decode(b"carnet1X"), Err(EntryError::UnknownType(b'X')));
}

/// A key's label must not be one that some vehicle or other key could have.
#[test]
fn keys_have_labels_of_their_own() {
    assert_ne!(key_label(&KeyId([1; 32])), key_label(&KeyId([2; 32])));
    assert_ne!(key_label(&KeyId([1; 32])).0, [1; 32]);
}
