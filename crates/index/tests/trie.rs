//! The trie against its definition, written once more as plainly as possible: recursively over a sorted set.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

use index::{Answer, Label, ProofError, Trie, TrieError, TrieProof, empty_root};
use proptest::collection::vec;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

type Bytes = [u8; 32];
type Model = BTreeMap<Bytes, Bytes>;
type Pair = (Bytes, Bytes);

// ---- The definition -------------------------------------------------------------------------------------------------

fn bit(label: &Bytes, position: u16) -> bool {
    label[usize::from(position) / 8] & (0x80 >> (position % 8)) != 0
}

fn leaf(label: &Bytes, value: &Bytes) -> Bytes {
    Sha256::new()
        .chain_update([0x11])
        .chain_update(label)
        .chain_update(value)
        .finalize()
        .into()
}

fn node(position: u16, left: &Bytes, right: &Bytes) -> Bytes {
    let position = position.to_be_bytes();
    Sha256::new()
        .chain_update([0x12])
        .chain_update(position)
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// The first bit in which not all labels agree, and the two halves that it makes of them.
fn split(sorted: &[Pair]) -> (u16, &[Pair], &[Pair]) {
    let position = (0..256)
        .find(|&p| bit(&sorted[0].0, p) != bit(&sorted[sorted.len() - 1].0, p))
        .unwrap();
    let (left, right) = sorted.split_at(sorted.partition_point(|(label, _)| !bit(label, position)));
    (position, left, right)
}

fn defined_root(sorted: &[Pair]) -> Bytes {
    match sorted {
        [] => Sha256::digest(b"\x10carnet/index/v1").into(),
        [(label, value)] => leaf(label, value),
        _ => {
            let (position, left, right) = split(sorted);
            node(position, &defined_root(left), &defined_root(right))
        }
    }
}

fn defined_steps(sorted: &[Pair], key: &Bytes, steps: &mut Vec<(u16, Bytes)>) {
    if sorted.len() > 1 {
        let (position, left, right) = split(sorted);
        let (mine, other) = if bit(key, position) {
            (right, left)
        } else {
            (left, right)
        };
        steps.push((position, defined_root(other)));
        defined_steps(mine, key, steps);
    }
}

fn sorted(model: &Model) -> Vec<Pair> {
    model.iter().map(|(label, value)| (*label, *value)).collect()
}

fn truth(model: &Model, key: &Bytes) -> Answer {
    model
        .get(key)
        .map_or(Answer::Absent, |value| Answer::Present(*value))
}

fn trie_of(model: &Model) -> Trie<Bytes> {
    let mut trie = Trie::new();
    for (label, value) in model {
        trie.set(Label(*label), *value);
    }
    trie
}

// ---- Labels that make trouble ---------------------------------------------------------------------------------------

fn flipped(mut label: Bytes, position: u8) -> Bytes {
    label[usize::from(position) / 8] ^= 0x80 >> (position % 8);
    label
}

/// A few dozen labels: random ones, ones that share a long prefix, ones that differ from another in a single bit (the
/// last one too), and the two extremes.
fn labels() -> impl Strategy<Value = Vec<Bytes>> {
    let random = vec(any::<Bytes>(), 0..24);
    let prefixed =
        (any::<Bytes>(), 0usize..32, vec(any::<Bytes>(), 0..24)).prop_map(|(base, shared, tails)| {
            tails
                .into_iter()
                .map(|mut tail| {
                    tail[..shared].copy_from_slice(&base[..shared]);
                    tail
                })
                .collect()
        });
    let near =
        (any::<Bytes>(), vec(prop_oneof![any::<u8>(), Just(255)], 0..24)).prop_map(|(base, positions)| {
            let mut labels = vec![base];
            labels.extend(positions.into_iter().map(|position| flipped(base, position)));
            labels
        });
    let extremes = proptest::sample::subsequence(vec![[0x00; 32], [0xff; 32]], 0..=2);
    (random, prefixed, near, extremes)
        .prop_map(|parts| {
            let parts: [Vec<Bytes>; 4] = parts.into();
            parts.concat()
        })
        .prop_shuffle()
}

fn models() -> impl Strategy<Value = Model> {
    labels().prop_flat_map(|labels| {
        vec(any::<Bytes>(), labels.len()).prop_map(move |values| labels.iter().copied().zip(values).collect())
    })
}

/// Keys to ask for: the model's own, and ones near them that it may lack.
fn keys_around(model: &Model, extra: &[Bytes]) -> Vec<Bytes> {
    let mut keys: Vec<Bytes> = model.keys().copied().chain(extra.iter().copied()).collect();
    keys.extend(model.keys().map(|key| flipped(*key, 255)).collect::<Vec<_>>());
    keys.extend(model.keys().map(|key| flipped(*key, 0)).collect::<Vec<_>>());
    keys
}

// ---- Agreement with the definition ----------------------------------------------------------------------------------

proptest! {
    #[test]
    fn the_root_is_the_one_the_definition_gives(model in models()) {
        let mut trie = trie_of(&model);
        prop_assert_eq!(trie.len(), model.len());
        prop_assert_eq!(trie.root(), defined_root(&sorted(&model)));
    }

    #[test]
    fn the_order_of_insertion_does_not_matter(
        (forth, back) in labels().prop_flat_map(|labels| (Just(labels.clone()), Just(labels).prop_shuffle())),
    ) {
        let [mut one, mut other] = [forth, back].map(|order| {
            let mut trie = Trie::new();
            for label in order {
                trie.set(Label(label), label);
            }
            trie
        });
        prop_assert_eq!(one.root(), other.root());
    }

    #[test]
    fn asking_for_the_root_between_changes_does_not_matter(
        changes in labels().prop_flat_map(|labels| {
            vec((proptest::sample::select(labels_or_zero(labels)), any::<Bytes>(), any::<bool>()), 0..120)
        }),
    ) {
        let mut trie = Trie::new();
        let mut model = Model::new();
        for (label, value, ask) in changes {
            trie.set(Label(label), value);
            model.insert(label, value);
            if ask {
                prop_assert_eq!(trie.root(), defined_root(&sorted(&model)));
            }
        }
        prop_assert_eq!(trie.root(), defined_root(&sorted(&model)));
    }

    #[test]
    fn built_from_sorted_leaves_it_is_the_same_trie(model in models(), later in models()) {
        let mut built = Trie::from_sorted(model.iter().map(|(label, value)| (Label(*label), *value))).unwrap();
        let mut grown = trie_of(&model);
        prop_assert_eq!(built.root(), grown.root());
        for (label, value) in later {
            built.set(Label(label), value);
            grown.set(Label(label), value);
        }
        prop_assert_eq!(built.root(), grown.root());
        prop_assert_eq!(built.len(), grown.len());
    }

    #[test]
    fn what_was_set_last_is_what_one_gets(model in models(), later in models(), extra: [Bytes; 4]) {
        let mut trie = trie_of(&model);
        let mut model = model;
        for (label, value) in later {
            trie.set(Label(label), value);
            model.insert(label, value);
        }
        for key in keys_around(&model, &extra) {
            prop_assert_eq!(trie.get(&Label(key)), model.get(&key));
        }
    }

    #[test]
    fn every_label_has_the_proof_the_definition_gives(model in models(), extra: [Bytes; 4]) {
        let mut trie = trie_of(&model);
        let root = trie.root();
        for key in keys_around(&model, &extra) {
            let proof = trie.prove(&Label(key));
            let mut steps = Vec::new();
            defined_steps(&sorted(&model), &key, &mut steps);
            prop_assert_eq!(proof.steps(), steps);
            prop_assert_eq!(proof.verify(&root, &Label(key)), Ok(truth(&model, &key)));
        }
    }
}

fn labels_or_zero(labels: Vec<Bytes>) -> Vec<Bytes> {
    if labels.is_empty() { vec![[0; 32]] } else { labels }
}

#[test]
fn the_deepest_possible_trie_is_proved_and_verified() {
    // One label, and for each of its bits another that differs there first: 256 nodes one below the other.
    let base = [0x5a; 32];
    let mut model: Model = (0..=255)
        .map(|position| (flipped(base, position), [position; 32]))
        .collect();
    model.insert(base, [1; 32]);
    let mut trie = trie_of(&model);
    let root = trie.root();
    assert_eq!(root, defined_root(&sorted(&model)));

    let proof = trie.prove(&Label(base));
    assert_eq!(proof.steps().len(), 256);
    assert_eq!(proof.verify(&root, &Label(base)), Ok(Answer::Present([1; 32])));
    assert_eq!(TrieProof::from_bytes(&proof.to_bytes()), Ok(proof));
}

#[test]
fn ten_thousand_labels_have_the_defined_root_built_grown_and_updated() {
    let mut model: Model = (0u32..10_000)
        .map(|i| (Sha256::digest(i.to_be_bytes()).into(), [i as u8; 32]))
        .collect();
    let mut grown = trie_of(&model);
    let mut built = Trie::from_sorted(model.iter().map(|(label, value)| (Label(*label), *value))).unwrap();
    assert_eq!(grown.root(), defined_root(&sorted(&model)));
    assert_eq!(built.root(), grown.root());

    for label in model.keys().copied().step_by(7).collect::<Vec<_>>() {
        grown.set(Label(label), [0xee; 32]);
        model.insert(label, [0xee; 32]);
    }
    assert_eq!(grown.root(), defined_root(&sorted(&model)));
}

#[test]
fn leaves_out_of_order_or_twice_are_refused_with_their_position() {
    let [a, b] = [Label([1; 32]), Label([2; 32])];
    let refused = |labels: &[Label]| Trie::from_sorted(labels.iter().map(|label| (*label, [0; 32]))).err();

    assert_eq!(
        refused(&[b, a]),
        Some(TrieError::NotAscending {
            position: 1,
            label: a
        })
    );
    assert_eq!(
        refused(&[a, b, b]),
        Some(TrieError::NotAscending {
            position: 2,
            label: b
        })
    );
    assert_eq!(refused(&[a, b]), None);
}

// ---- Absence at the edges -------------------------------------------------------------------------------------------

#[test]
fn the_empty_trie_proves_that_it_has_nothing() {
    let mut trie = Trie::<Bytes>::new();
    let key = Label([3; 32]);
    let proof = trie.prove(&key);

    assert_eq!(trie.root(), empty_root());
    assert_eq!((proof.steps().len(), proof.terminal()), (0, None));
    assert_eq!(proof.verify(&empty_root(), &key), Ok(Answer::Absent));
}

#[test]
fn the_empty_proof_says_nothing_about_any_other_trie() {
    let nothing = Trie::<Bytes>::new().prove(&Label([3; 32]));
    let mut trie = Trie::new();
    trie.set(Label([3; 32]), [4; 32]);

    assert_eq!(
        nothing.verify(&trie.root(), &Label([3; 32])),
        Err(ProofError::RootMismatch)
    );
}

#[test]
fn a_trie_of_one_leaf_proves_it_and_the_absence_of_all_else() {
    let (label, value) = (Label([3; 32]), [4; 32]);
    let mut trie = Trie::new();
    trie.set(label, value);
    let root = trie.root();

    assert_eq!(root, leaf(&label.0, &value));
    assert_eq!(
        trie.prove(&label).verify(&root, &label),
        Ok(Answer::Present(value))
    );
    for position in 0..=255 {
        let other = Label(flipped(label.0, position));
        assert_eq!(trie.prove(&other).verify(&root, &other), Ok(Answer::Absent));
    }
}

// ---- Lies -----------------------------------------------------------------------------------------------------------

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_proof_with_any_one_bit_flipped_is_refused(model in models(), pick: prop::sample::Index, other: Bytes) {
        let mut trie = trie_of(&model);
        let root = trie.root();
        for key in [other, *pick.get(&labels_or_zero(model.keys().copied().collect()))] {
            let good = trie.prove(&Label(key)).to_bytes();
            for bit in 0..good.len() * 8 {
                let mut bad = good.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                let verdict = TrieProof::from_bytes(&bad).and_then(|proof| proof.verify(&root, &Label(key)));
                prop_assert!(verdict.is_err(), "bit {} flipped, and the proof gave {:?}", bit, verdict);
            }
        }
    }

    #[test]
    fn a_proof_used_for_a_label_one_bit_away_is_refused_or_true(model in models(), pick: prop::sample::Index) {
        let mut trie = trie_of(&model);
        let root = trie.root();
        let key = *pick.get(&labels_or_zero(model.keys().copied().collect()));
        let proof = trie.prove(&Label(key));
        for position in 0..=255 {
            let near = flipped(key, position);
            match proof.verify(&root, &Label(near)) {
                Ok(answer) => prop_assert_eq!(answer, truth(&model, &near)),
                Err(refusal) => prop_assert_eq!(refusal, ProofError::RootMismatch),
            }
        }
    }

    #[test]
    fn a_proof_for_one_label_never_lies_about_another(model in models(), extra: [Bytes; 4]) {
        let mut trie = trie_of(&model);
        let root = trie.root();
        let keys = keys_around(&model, &extra);
        for key in keys.iter().step_by(5) {
            let proof = trie.prove(&Label(*key));
            for other in &keys {
                if let Ok(answer) = proof.verify(&root, &Label(*other)) {
                    prop_assert_eq!(answer, truth(&model, other));
                }
            }
        }
    }

    #[test]
    fn a_proof_from_another_trie_is_refused(model in models(), key: Bytes, value: Bytes, extra: [Bytes; 4]) {
        let mut theirs = trie_of(&model);
        let mut ours = trie_of(&model);
        prop_assume!(model.get(&key) != Some(&value));
        theirs.set(Label(key), value);
        let root = ours.root();
        for asked in keys_around(&model, &extra).into_iter().chain([key]) {
            prop_assert_eq!(theirs.prove(&Label(asked)).verify(&root, &Label(asked)), Err(ProofError::RootMismatch));
        }
    }

    #[test]
    fn a_root_with_any_one_bit_flipped_fits_no_proof(model in models(), key: Bytes) {
        let mut trie = trie_of(&model);
        let root = trie.root();
        let proof = trie.prove(&Label(key));
        for position in 0..=255 {
            let verdict = proof.verify(&flipped(root, position), &Label(key));
            prop_assert_eq!(verdict, Err(ProofError::RootMismatch));
        }
    }
}

#[test]
fn a_trie_with_one_label_on_both_sides_still_gives_one_answer() {
    // A dishonest operator puts a leaf where its bits do not lead, to be able to answer in two ways.
    let label = Label([0; 32]);
    let (true_leaf, false_leaf) = (leaf(&label.0, &[1; 32]), leaf(&label.0, &[2; 32]));
    let root = node(0, &true_leaf, &false_leaf);
    let on_its_side = TrieProof::new(vec![(0, false_leaf)], Some((label, [1; 32]))).unwrap();
    let on_the_other = TrieProof::new(vec![(0, true_leaf)], Some((label, [2; 32]))).unwrap();

    assert_eq!(on_its_side.verify(&root, &label), Ok(Answer::Present([1; 32])));
    assert_eq!(on_the_other.verify(&root, &label), Err(ProofError::RootMismatch));
}

// ---- Shape and encoding ---------------------------------------------------------------------------------------------

#[test]
fn a_proof_of_impossible_shape_cannot_be_made() {
    let terminal = Some((Label([0; 32]), [0; 32]));
    let with_bits =
        |bits: &[u16]| TrieProof::new(bits.iter().map(|bit| (*bit, [0; 32])).collect(), terminal).err();

    assert_eq!(with_bits(&[0, 1, 255]), None);
    assert_eq!(
        with_bits(&[0, 256]),
        Some(ProofError::BitOutOfRange { step: 1, bit: 256 })
    );
    assert_eq!(with_bits(&[4, 4]), Some(ProofError::BitsNotRising { step: 1 }));
    assert_eq!(with_bits(&[4, 5, 3]), Some(ProofError::BitsNotRising { step: 2 }));
    assert_eq!(
        TrieProof::new(vec![(0, [0; 32])], None),
        Err(ProofError::StepsWithoutTerminal)
    );
}

#[test]
fn an_encoding_cut_short_or_gone_on_is_refused() {
    let mut trie = Trie::new();
    for first in 0..9 {
        trie.set(Label([first; 32]), [first; 32]);
    }
    let bytes = trie.prove(&Label([4; 32])).to_bytes();

    for length in 0..bytes.len() {
        assert_eq!(
            TrieProof::from_bytes(&bytes[..length]),
            Err(ProofError::Truncated)
        );
    }
    assert_eq!(
        TrieProof::from_bytes(&[&bytes[..], &[0]].concat()),
        Err(ProofError::TrailingBytes(1))
    );
    assert_eq!(
        TrieProof::from_bytes(&[0, 0, 2]),
        Err(ProofError::BadTerminalFlag(2))
    );
}

/// Bytes that look like a proof for a while: a step count, rising bits, a flag.
fn nearly_proofs() -> impl Strategy<Value = Vec<u8>> {
    let steps = vec((1u16..40, any::<Bytes>()), 0..12);
    (steps, 0u8..3, vec(any::<u8>(), 0..70), any::<bool>()).prop_map(|(steps, flag, tail, exact)| {
        let mut bytes = (steps.len() as u16).to_be_bytes().to_vec();
        let mut position = 0;
        for (gap, sibling) in steps {
            position += gap;
            bytes.extend(position.to_be_bytes());
            bytes.extend(sibling);
        }
        bytes.push(flag);
        let length = if exact {
            64 * usize::from(flag == 1)
        } else {
            tail.len()
        };
        bytes.extend(tail.into_iter().chain([0; 64]).take(length));
        bytes
    })
}

proptest! {
    #[test]
    fn any_bytes_are_refused_or_are_the_one_encoding_of_a_proof(
        bytes in prop_oneof![vec(any::<u8>(), 0..400), nearly_proofs()],
        root: Bytes,
        key: Bytes,
    ) {
        if let Ok(proof) = TrieProof::from_bytes(&bytes) {
            prop_assert_eq!(proof.to_bytes(), bytes);
            prop_assert_eq!(proof.verify(&root, &Label(key)), Err(ProofError::RootMismatch));
        }
    }

    #[test]
    fn a_proof_comes_back_from_its_bytes_and_from_its_json(model in models(), key: Bytes) {
        let proof = trie_of(&model).prove(&Label(key));
        prop_assert_eq!(TrieProof::from_bytes(&proof.to_bytes()), Ok(proof.clone()));
        let json = serde_json::to_string(&proof).unwrap();
        prop_assert_eq!(serde_json::from_str::<TrieProof>(&json).unwrap(), proof);
    }
}

#[test]
fn a_proof_in_json_has_exactly_one_form() {
    let digits = "ab".repeat(32);
    let read = |json: String| serde_json::from_str::<TrieProof>(&json);
    let good =
        format!(r#"{{"steps":[[7,"{digits}"]],"terminal":{{"label":"{digits}","value":"{digits}"}}}}"#);
    assert_eq!(serde_json::to_string(&read(good.clone()).unwrap()).unwrap(), good);
    assert_eq!(
        read(r#"{"steps":[],"terminal":null}"#.into()).unwrap(),
        Trie::<Bytes>::new().prove(&Label([0; 32]))
    );

    for (bad, why) in [
        (good.replace("ab", "AB"), "upper-case digits"),
        (good.replacen("ab", "", 1), "a hash of 31 bytes"),
        (good.replace("[7,", "[256,"), "a bit beyond the label"),
        (
            good.replace("\"steps\"", "\"more\":1,\"steps\""),
            "an unknown field",
        ),
        (r#"{"steps":[]}"#.into(), "a missing terminal"),
        (
            format!(r#"{{"steps":[[7,"{digits}"]],"terminal":null}}"#),
            "steps that end nowhere",
        ),
    ] {
        assert!(read(bad).is_err(), "a proof with {why} was taken");
    }
}
