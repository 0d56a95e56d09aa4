//! The published vectors in `spec/vectors/index/` and the worked example in `spec/index.md` are what this code computes.
//!
//! Run with `UPDATE_VECTORS=1` to write them anew after a deliberate change of format.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use index::vrf::{Proof, PublicKey, SecretKey};
use index::{Answer, Label, Trie, TrieProof, id_input};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

type Bytes = [u8; 32];

fn spec(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../spec")
        .join(path)
}

/// Compares with the committed file, or writes it when asked to.
fn check(path: &str, computed: &str) {
    let path = spec(path);
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, computed).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert_eq!(
        committed,
        computed,
        "{} is not what the code computes",
        path.display()
    );
}

fn json(vectors: &impl Serialize) -> String {
    serde_json::to_string_pretty(vectors).unwrap() + "\n"
}

fn h(parts: &[&[u8]]) -> Bytes {
    Sha256::digest(parts.concat()).into()
}

fn array<const N: usize>(digits: &str) -> [u8; N] {
    hex::decode(digits).unwrap().try_into().unwrap()
}

// ---- Trie -----------------------------------------------------------------------------------------------------------

#[derive(Serialize, Deserialize)]
struct TrieVectors {
    about: String,
    leaves: Vec<Leaf>,
    root: String,
    proofs: Vec<Accepted>,
    refused: Vec<Refused>,
}

#[derive(Serialize, Deserialize)]
struct Leaf {
    label: Label,
    value: String,
}

/// A proof that verifies for `label`: `value` is what is there, null where nothing is.
#[derive(Serialize, Deserialize)]
struct Accepted {
    label: Label,
    value: Option<String>,
    json: TrieProof,
    bytes: String,
}

/// An encoded proof that must not verify for `label`.
#[derive(Serialize, Deserialize)]
struct Refused {
    why: String,
    label: Label,
    bytes: String,
}

fn label(n: u8) -> Label {
    Label(h(&[b"label ", n.to_string().as_bytes()]))
}

fn value(n: u8) -> Bytes {
    h(&[b"value ", n.to_string().as_bytes()])
}

/// The label that differs in the last bit only.
fn neighbour(label: Label) -> Label {
    let mut bytes = label.0;
    bytes[31] ^= 1;
    Label(bytes)
}

fn trie_vectors(about: &str, leaves: &[(Label, Bytes)], asked: &[Label]) -> TrieVectors {
    let mut trie = Trie::new();
    for (label, value) in leaves {
        trie.set(*label, *value);
    }
    let root = trie.root();
    let proofs: Vec<Accepted> = asked
        .iter()
        .map(|label| {
            let proof = trie.prove(label);
            let value = match proof.verify(&root, label).unwrap() {
                Answer::Present(value) => Some(hex::encode(value)),
                Answer::Absent => None,
            };
            Accepted {
                label: *label,
                value,
                bytes: hex::encode(proof.to_bytes()),
                json: proof,
            }
        })
        .collect();
    let refused = proofs
        .first()
        .map(|good| spoiled(good.label, &good.json))
        .unwrap_or_default();
    TrieVectors {
        about: about.into(),
        leaves: leaves
            .iter()
            .map(|(label, value)| Leaf {
                label: *label,
                value: hex::encode(value),
            })
            .collect(),
        root: hex::encode(root),
        proofs,
        refused,
    }
}

/// One proof with one defect each.
fn spoiled(label: Label, good: &TrieProof) -> Vec<Refused> {
    let bytes = good.to_bytes();
    let end = bytes.len();
    let mut refused = Vec::new();
    let mut add = |why: &str, bytes: Vec<u8>| {
        refused.push(Refused {
            why: why.into(),
            label,
            bytes: hex::encode(bytes),
        });
    };
    let with = |position: usize, mask: u8| {
        let mut bytes = bytes.clone();
        bytes[position] ^= mask;
        bytes
    };
    add("empty", Vec::new());
    add("last byte missing", bytes[..end - 1].to_vec());
    add("one byte too many", [&bytes[..], &[0]].concat());
    add(
        "terminal flag 2",
        with(
            2 + 34 * good.steps().len(),
            if good.terminal().is_some() { 3 } else { 2 },
        ),
    );
    add(
        "one step more announced than there is",
        with(1, good.steps().len() as u8 ^ (good.steps().len() as u8 + 1)),
    );
    if good.terminal().is_some() {
        add("last bit of the value flipped", with(end - 1, 1));
        add("last bit of the terminal label flipped", with(end - 33, 1));
        add("steps and terminal left out", vec![0, 0, 0]);
    }
    if !good.steps().is_empty() {
        add("first bit of the first sibling flipped", with(4, 0x80));
        add("the first step decides at another bit", with(3, 1));
        add("the first step decides at bit 256 or later", with(2, 1));
        add("terminal left out", {
            let mut bytes = bytes[..2 + 34 * good.steps().len()].to_vec();
            bytes.push(0);
            bytes
        });
    }
    if good.steps().len() > 1 {
        let count = (good.steps().len() as u16 - 1).to_be_bytes();
        add("first step left out", [&count[..], &bytes[36..]].concat());
        add(
            "first two steps exchanged",
            [&bytes[..2], &bytes[36..70], &bytes[2..36], &bytes[70..]].concat(),
        );
        add("first step twice", {
            let count = (good.steps().len() as u16 + 1).to_be_bytes();
            [&count[..], &bytes[2..36], &bytes[2..]].concat()
        });
    }
    refused
}

fn all_trie_vectors() -> Vec<(&'static str, TrieVectors)> {
    let numbered: Vec<(Label, Bytes)> = (0..7).map(|n| (label(n), value(n))).collect();
    let prefixed: Vec<(Label, Bytes)> = (0..5u8)
        .map(|n| {
            let mut bytes = [0xab; 32];
            bytes[24..].copy_from_slice(&h(&[&[n]])[..8]);
            (Label(bytes), value(n))
        })
        .collect();
    let extremes = [(Label([0; 32]), value(0)), (Label([0xff; 32]), value(1))];
    let last_bit = [
        (label(0), value(0)),
        (neighbour(label(0)), value(1)),
        (label(1), value(2)),
    ];

    let mut foreign = trie_vectors(
        "seven leaves",
        &numbered,
        &[label(3), label(0), label(7), neighbour(label(3))],
    );
    let mut older = Trie::new();
    for (label, value) in &numbered[..6] {
        older.set(*label, *value);
    }
    let refuse = |why: &str, label: Label, proof: &TrieProof| Refused {
        why: why.into(),
        label,
        bytes: hex::encode(proof.to_bytes()),
    };
    foreign.refused.push(refuse(
        "proof from the trie before its last leaf came",
        label(3),
        &older.prove(&label(3)),
    ));
    foreign.refused.push(refuse(
        "proof of absence from before the leaf came",
        label(6),
        &older.prove(&label(6)),
    ));
    foreign.refused.push(refuse(
        "proof for another label",
        label(0),
        &foreign.proofs[0].json,
    ));

    vec![
        (
            "trie_empty",
            trie_vectors("no leaf", &[], &[label(0), Label([0; 32])]),
        ),
        (
            "trie_one_leaf",
            trie_vectors(
                "one leaf",
                &numbered[..1],
                &[label(0), label(1), neighbour(label(0))],
            ),
        ),
        (
            "trie_last_bit",
            trie_vectors(
                "two labels that differ in bit 255 only, and a third",
                &last_bit,
                &[
                    label(0),
                    neighbour(label(0)),
                    label(1),
                    label(2),
                    neighbour(label(1)),
                ],
            ),
        ),
        (
            "trie_extremes",
            trie_vectors(
                "the lowest and the highest label",
                &extremes,
                &[Label([0; 32]), Label([0xff; 32]), label(0)],
            ),
        ),
        (
            "trie_shared_prefix",
            trie_vectors(
                "five labels that share 192 bits",
                &prefixed,
                &[prefixed[2].0, neighbour(prefixed[2].0), label(0)],
            ),
        ),
        ("trie_seven", foreign),
        ("trie_one_label_on_both_sides", both_sides()),
    ]
}

/// No honest trie: the same label hangs on both sides of the root, so that an operator could try to answer in two ways.
fn both_sides() -> TrieVectors {
    let label = Label([0; 32]);
    let leaf = |value: &Bytes| h(&[&[0x11], &label.0, value]);
    let (left, right) = (leaf(&value(0)), leaf(&value(1)));
    let root = h(&[&[0x12], &[0, 0], &left, &right]);
    let good = TrieProof::new(vec![(0, right)], Some((label, value(0)))).unwrap();
    let bad = TrieProof::new(vec![(0, left)], Some((label, value(1)))).unwrap();
    TrieVectors {
        about: "an ill-formed trie, one label under both children of the root: the label's own bits decide"
            .into(),
        leaves: Vec::new(),
        root: hex::encode(root),
        proofs: vec![Accepted {
            label,
            value: Some(hex::encode(value(0))),
            bytes: hex::encode(good.to_bytes()),
            json: good,
        }],
        refused: vec![Refused {
            why: "the leaf on the side where the label's bits do not lead".into(),
            label,
            bytes: hex::encode(bad.to_bytes()),
        }],
    }
}

#[test]
fn the_published_trie_vectors_are_current_and_their_defects_are_refused() {
    for (name, computed) in all_trie_vectors() {
        check(&format!("vectors/index/{name}.json"), &json(&computed));
        let text = fs::read_to_string(spec(&format!("vectors/index/{name}.json"))).unwrap();
        let vectors: TrieVectors = serde_json::from_str(&text).unwrap();
        let root = array(&vectors.root);
        for proof in vectors.proofs {
            let decoded = TrieProof::from_bytes(&hex::decode(&proof.bytes).unwrap()).unwrap();
            let expected = proof
                .value
                .map_or(Answer::Absent, |value| Answer::Present(array(&value)));
            assert_eq!(decoded, proof.json, "{name}");
            assert_eq!(decoded.verify(&root, &proof.label), Ok(expected), "{name}");
        }
        for refused in vectors.refused {
            let bytes = hex::decode(&refused.bytes).unwrap();
            let verdict = TrieProof::from_bytes(&bytes).and_then(|proof| proof.verify(&root, &refused.label));
            assert!(verdict.is_err(), "{name}: {} gave {verdict:?}", refused.why);
        }
    }
}

// ---- VRF ------------------------------------------------------------------------------------------------------------

#[derive(Serialize, Deserialize)]
struct VrfVectors {
    about: String,
    accepted: Vec<VrfVector>,
    refused_keys: Vec<RefusedKey>,
    refused_proofs: Vec<RefusedProof>,
}

#[derive(Serialize, Deserialize)]
struct VrfVector {
    secret_key: String,
    public_key: PublicKey,
    id: String,
    input: String,
    proof: Proof,
    output: String,
    label: Label,
}

#[derive(Serialize, Deserialize)]
struct RefusedKey {
    why: String,
    public_key: String,
}

#[derive(Serialize, Deserialize)]
struct RefusedProof {
    why: String,
    public_key: PublicKey,
    input: String,
    proof: String,
}

/// The secret key of the test vector in c2sp.org/vrf-r255.
const SECRET: &str = "3431c2b03533e280b23232e280b34e2c3132c2b03238e280b23131e280b34500";

fn secret() -> SecretKey {
    SecretKey::from_bytes(&array(SECRET)).unwrap()
}

fn vrf_vectors() -> VrfVectors {
    let secret = secret();
    let public = secret.public();
    let accepted: Vec<VrfVector> = [
        "vin:KMHJ3813MBU123456",
        "vin:KNAGT4L38A5000001",
        "frame:ZVW30-1234567",
    ]
    .into_iter()
    .map(|id| {
        let input = id_input(id);
        let proof = secret.prove(&input);
        let output = public.verify(&input, &proof).unwrap();
        VrfVector {
            secret_key: SECRET.into(),
            public_key: public,
            id: id.into(),
            input: hex::encode(input),
            proof,
            output: hex::encode(output.0),
            label: output.label(),
        }
    })
    .collect();

    let good = &accepted[0];
    let with = |position: usize, mask: u8| {
        let mut bytes = good.proof.to_bytes();
        bytes[position] ^= mask;
        hex::encode(bytes)
    };
    let refuse = |why: &str, input: &str, proof: String| RefusedProof {
        why: why.into(),
        public_key: public,
        input: input.into(),
        proof,
    };
    let whole = hex::encode(good.proof.to_bytes());
    let refused_proofs = vec![
        refuse("for another vehicle", &accepted[1].input, whole.clone()),
        refuse(
            "for the id without the prefix carnet/id/v1",
            &hex::encode(&good.id),
            whole.clone(),
        ),
        refuse(
            "lowest bit of the first part flipped, so no group element",
            &good.input,
            with(0, 1),
        ),
        refuse("a bit of the challenge flipped", &good.input, with(40, 0x10)),
        refuse("lowest bit of the response flipped", &good.input, with(48, 1)),
        refuse(
            "response not below the group's order",
            &good.input,
            with(79, 0x80),
        ),
        refuse("79 bytes", &good.input, whole[..158].into()),
        refuse("81 bytes", &good.input, whole.clone() + "00"),
    ];
    let refused_keys = [
        (
            "identity element",
            "0000000000000000000000000000000000000000000000000000000000000000",
        ),
        (
            "not reduced modulo the field's prime",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ),
        (
            "negative",
            "0100000000000000000000000000000000000000000000000000000000000000",
        ),
        (
            "no group element",
            "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
        ),
    ]
    .map(|(why, public_key)| RefusedKey {
        why: why.into(),
        public_key: public_key.into(),
    })
    .into();
    VrfVectors {
        about: "labels of vehicles under the secret key of the c2sp.org/vrf-r255 test vector".into(),
        accepted,
        refused_keys,
        refused_proofs,
    }
}

#[test]
fn the_published_vrf_vectors_are_current_and_their_defects_are_refused() {
    check("vectors/index/vrf.json", &json(&vrf_vectors()));
    let vectors: VrfVectors =
        serde_json::from_str(&fs::read_to_string(spec("vectors/index/vrf.json")).unwrap()).unwrap();
    for vector in vectors.accepted {
        let output = vector
            .public_key
            .verify(&hex::decode(&vector.input).unwrap(), &vector.proof)
            .unwrap();
        assert_eq!(
            (hex::encode(output.0), output.label()),
            (vector.output, vector.label)
        );
    }
    for key in vectors.refused_keys {
        assert!(
            PublicKey::from_bytes(&array(&key.public_key)).is_err(),
            "{}",
            key.why
        );
    }
    for refused in vectors.refused_proofs {
        let input = hex::decode(&refused.input).unwrap();
        let verdict = Proof::from_bytes(&hex::decode(&refused.proof).unwrap())
            .and_then(|proof| refused.public_key.verify(&input, &proof));
        assert!(verdict.is_err(), "{} gave {verdict:?}", refused.why);
    }
}

// ---- The worked example ---------------------------------------------------------------------------------------------

/// Head and value of a chain, straight from the formulas in `spec/index.md`.
fn chain(label: &Label, entries: &[(u64, &str)]) -> (Vec<Bytes>, Bytes) {
    let mut heads = vec![[0; 32]];
    for (i, (log_index, entry)) in (1u64..).zip(entries) {
        let leaf = h(&[&[0x00], entry.as_bytes()]);
        let head = h(&[
            &[0x14],
            &label.0,
            &i.to_be_bytes(),
            &log_index.to_be_bytes(),
            &leaf,
            &heads[heads.len() - 1],
        ]);
        heads.push(head);
    }
    let count = entries.len() as u64;
    let value = h(&[&[0x13], &count.to_be_bytes(), &heads[heads.len() - 1]]);
    (heads, value)
}

fn worked_example() -> String {
    let secret = secret();
    let public = secret.public();
    let prove = |id: &str| {
        let input = id_input(id);
        let proof = secret.prove(&input);
        (
            hex::encode(&input),
            proof,
            public.verify(&input, &proof).unwrap().label(),
        )
    };
    let (input_a, proof_a, label_a) = prove("vin:KMHJ3813MBU123456");
    let (_, _, label_b) = prove("frame:ZVW30-1234567");
    let (_, _, label_c) = prove("vin:KNAGT4L38A5000001");
    let (heads_a, value_a) = chain(&label_a, &[(1, "first entry"), (3, "third entry")]);
    let (_, value_b) = chain(&label_b, &[(2, "second entry")]);

    let mut trie = Trie::new();
    trie.set(label_a, value_a);
    trie.set(label_b, value_b);
    let root = trie.root();
    let (present, absent) = (trie.prove(&label_a), trie.prove(&label_c));
    assert_eq!(present.verify(&root, &label_a), Ok(Answer::Present(value_a)));
    assert_eq!(absent.verify(&root, &label_c), Ok(Answer::Absent));

    let mut text = String::new();
    let mut line = |name: &str, what: &dyn std::fmt::Display| writeln!(text, "{name:<14} {what}").unwrap();
    line("secret key", &SECRET);
    line("public key", &hex::encode(public.to_bytes()));
    line("id A", &"vin:KMHJ3813MBU123456");
    line("VRF input A", &input_a);
    line("VRF proof A", &hex::encode(proof_a.to_bytes()));
    line("label A", &label_a);
    line("head₁ A", &hex::encode(heads_a[1]));
    line("head₂ A", &hex::encode(heads_a[2]));
    line("value A", &hex::encode(value_a));
    line("label B", &label_b);
    line("value B", &hex::encode(value_b));
    line("leaf A", &hex::encode(h(&[&[0x11], &label_a.0, &value_a])));
    line("leaf B", &hex::encode(h(&[&[0x11], &label_b.0, &value_b])));
    line("root", &hex::encode(root));
    line("proof A", &hex::encode(present.to_bytes()));
    line("proof A, JSON", &serde_json::to_string(&present).unwrap());
    line("label C", &label_c);
    line("proof C, JSON", &serde_json::to_string(&absent).unwrap());
    text
}

#[test]
fn the_worked_example_in_the_specification_is_what_the_code_computes() {
    let document = fs::read_to_string(spec("index.md")).unwrap();
    let (before, rest) = document
        .split_once("```text\nsecret key")
        .expect("spec/index.md has a worked example");
    let (_, after) = rest.split_once("```\n").expect("the worked example ends");
    check(
        "index.md",
        &format!("{before}```text\n{}```\n{after}", worked_example()),
    );
}
