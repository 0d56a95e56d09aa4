//! The public test kit in `spec/vectors/tlog`: the name of each file says what must happen to it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod grown;

use std::fs;
use std::path::{Path, PathBuf};

use grown::Grown;
use serde_json::Value;
use tlog::note::{Note, Vkey};
use tlog::policy::Policy;
use tlog::proof::TlogProof;
use tlog::tile::{BundleId, TileId};
use tlog::tree::{consistency_proof, inclusion_proof};
use tlog::{Hash, LeafIndex, TreeSize, leaf_hash, merkle};

fn kit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/tlog")
}

/// Names (without extension) and contents of the files of a folder with this extension; at least `expected` of them.
fn files(folder: &str, extension: &str, expected: usize) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for file in fs::read_dir(kit().join(folder)).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|found| found == extension) {
            files.push((
                path.file_stem().unwrap().to_str().unwrap().to_owned(),
                fs::read(&path).unwrap(),
            ));
        }
    }
    assert!(files.len() >= expected, "{folder} has {} files", files.len());
    files
}

fn json(name: &str) -> Value {
    serde_json::from_slice(&fs::read(kit().join(name)).unwrap()).unwrap()
}

fn rows<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().unwrap()
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap()
}

fn bytes(hex: &Value) -> Vec<u8> {
    let hex = hex.as_str().unwrap();
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn hash(hex: &Value) -> Hash {
    Hash::from_slice(&bytes(hex)).unwrap()
}

fn hashes(list: &Value) -> Vec<Hash> {
    list.as_array().unwrap().iter().map(hash).collect()
}

#[test]
fn the_test_tree_gives_its_roots_and_proofs() {
    let vectors = json("rfc6962.json");
    let leaves: Vec<Hash> = rows(&vectors, "leaves")
        .iter()
        .map(|leaf| leaf_hash(&bytes(leaf)))
        .collect();
    assert_eq!(leaves, hashes(&vectors["leaf_hashes"]));
    let roots = hashes(&vectors["roots"]);
    let mut log = Grown::empty();
    assert_eq!(log.edge.root(), roots[0]);
    for (leaf, root) in leaves.iter().zip(&roots[1..]) {
        log.append(&[*leaf]);
        assert_eq!(log.edge.root(), *root);
    }

    let inclusion = rows(&vectors, "inclusion");
    assert_eq!(inclusion.len(), 36);
    for row in inclusion {
        let (index, size, proof) = (number(&row["index"]), number(&row["size"]), hashes(&row["proof"]));
        let (leaf, root) = (
            leaves[usize::try_from(index).unwrap()],
            roots[usize::try_from(size).unwrap()],
        );
        let (index, size) = (LeafIndex(index), TreeSize(size));
        assert_eq!(inclusion_proof(size, index, &log.tiles).unwrap(), proof);
        merkle::verify_inclusion(index, size, &leaf, &proof, &root).unwrap();
    }

    let consistency = rows(&vectors, "consistency");
    assert_eq!(consistency.len(), 36);
    for row in consistency {
        let (old, new, proof) = (number(&row["old"]), number(&row["new"]), hashes(&row["proof"]));
        let root = |size: u64| roots[usize::try_from(size).unwrap()];
        assert_eq!(
            consistency_proof(TreeSize(old), TreeSize(new), &log.tiles).unwrap(),
            proof
        );
        merkle::verify_consistency(TreeSize(old), TreeSize(new), &proof, &root(old), &root(new)).unwrap();
    }
}

#[test]
fn each_path_names_its_tile_or_bundle_or_nothing() {
    let vectors = json("paths.json");
    for row in rows(&vectors, "tiles") {
        let path = row["path"].as_str().unwrap();
        let level = u8::try_from(number(&row["level"])).unwrap();
        let width = u16::try_from(number(&row["width"])).unwrap();
        let id = TileId {
            level,
            index: number(&row["index"]),
            width,
        };
        assert_eq!((TileId::parse(path), id.path().as_str()), (Ok(id), path));
        BundleId::parse(path).unwrap_err();
    }
    for row in rows(&vectors, "bundles") {
        let path = row["path"].as_str().unwrap();
        let id = BundleId {
            index: number(&row["index"]),
            width: u16::try_from(number(&row["width"])).unwrap(),
        };
        assert_eq!((BundleId::parse(path), id.path().as_str()), (Ok(id), path));
        TileId::parse(path).unwrap_err();
    }
    let refused = rows(&vectors, "refused");
    assert!(refused.len() > 30);
    for path in refused {
        let path = path.as_str().unwrap();
        assert!(
            TileId::parse(path).is_err() && BundleId::parse(path).is_err(),
            "{path:?}"
        );
    }
}

#[test]
fn each_note_is_accepted_or_refused_as_its_name_says() {
    let known = fs::read_to_string(kit().join("note/known.vkeys")).unwrap();
    let known: Vec<Vkey> = known.lines().map(|line| Vkey::parse(line).unwrap()).collect();
    for (name, bytes) in files("note", "note", 40) {
        let note = Note::parse(&bytes);
        match name.split_once('_').unwrap().0 {
            "ok" => {
                let note = note.unwrap_or_else(|error| panic!("{name}: {error}"));
                note.verify(&known)
                    .unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(note.to_bytes(), bytes, "{name}");
            }
            "refused" => {
                let note = note.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert!(note.verify(&known).is_err(), "{name}");
            }
            "malformed" => assert!(note.is_err(), "{name}"),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn each_policy_is_accepted_or_refused_as_its_name_says() {
    for (name, bytes) in files("policy", "policy", 45) {
        let policy = Policy::parse(&bytes);
        match name.split_once('_').unwrap().0 {
            "ok" => assert!(policy.is_ok(), "{name}: {policy:?}"),
            "bad" => assert!(policy.is_err(), "{name}"),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn each_proof_is_accepted_or_refused_as_its_name_says() {
    let policy = Policy::parse(fs::read(kit().join("proof/trust.policy")).unwrap()).unwrap();
    let leaf = leaf_hash(&fs::read(kit().join("proof/entry.bin")).unwrap());
    for (name, bytes) in files("proof", "tlog-proof", 25) {
        let proof = TlogProof::parse(&bytes);
        match name.split_once('_').unwrap().0 {
            "ok" => {
                let proof = proof.unwrap_or_else(|error| panic!("{name}: {error}"));
                let accepted = proof
                    .verify(&policy, &leaf)
                    .unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(proof.to_bytes(), bytes, "{name}");
                let as_of = name.rsplit_once("_as_of_").map(|(_, time)| time.parse().unwrap());
                assert_eq!(accepted.as_of, as_of, "{name}");
                assert!(
                    proof.verify(&policy, &leaf_hash(b"another entry")).is_err(),
                    "{name}"
                );
            }
            "refused" => {
                let proof = proof.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert!(proof.verify(&policy, &leaf).is_err(), "{name}");
            }
            "malformed" => assert!(proof.is_err(), "{name}"),
            other => panic!("{other}"),
        }
    }
}
