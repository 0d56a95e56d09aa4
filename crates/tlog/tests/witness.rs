//! What a witness answers to each request.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod grown;

use grown::Grown;
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::CosigningKey;
use tlog::note::{KeyName, Note, SigningKey, Vkey};
use tlog::tree::{consistency_proof, root_from_tiles};
use tlog::witness::{
    AddCheckpoint, Recorded, Refusal, add_checkpoint, cosignatures_body, parse_cosignatures_body,
    parse_tree_size_body, tree_size_body,
};
use tlog::{Hash, TreeSize, empty_root};

const ORIGIN: &str = "log.example/w";

fn key() -> SigningKey {
    SigningKey::new(KeyName::new(ORIGIN).unwrap(), &[3; 32])
}

fn trusted() -> Vec<Vkey> {
    vec![key().vkey().clone()]
}

fn checkpoint(size: u64, root: Hash) -> Note {
    let mut note = Note::new(Checkpoint::new(ORIGIN, TreeSize(size), root).to_string()).unwrap();
    note.signatures.push(key().sign(&note.text));
    note
}

struct Log(Grown);

impl Log {
    fn root(&self, size: u64) -> Hash {
        root_from_tiles(TreeSize(size), &self.0.tiles).unwrap()
    }

    fn recorded(&self, size: u64) -> Option<Recorded> {
        Some(Recorded {
            size: TreeSize(size),
            root: self.root(size),
        })
    }

    fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        let proof = consistency_proof(TreeSize(old), TreeSize(new), &self.0.tiles).unwrap();
        AddCheckpoint {
            old: TreeSize(old),
            proof,
            checkpoint: checkpoint(new, self.root(new)),
        }
    }
}

fn log() -> Log {
    Log(Grown::one_by_one(300))
}

fn status(request: &AddCheckpoint, recorded: Option<Recorded>) -> u16 {
    match add_checkpoint(request, Some(&trusted()), recorded) {
        Ok(_) => 200,
        Err(refusal) => refusal.status(),
    }
}

#[test]
fn a_first_checkpoint_is_recorded_and_the_next_continues_it() {
    let log = log();
    let first = add_checkpoint(&log.request(0, 100), Some(&trusted()), None).unwrap();
    assert_eq!(Some(first), log.recorded(100));
    let second = add_checkpoint(&log.request(100, 257), Some(&trusted()), Some(first)).unwrap();
    assert_eq!(Some(second), log.recorded(257));
}

#[test]
fn the_recorded_checkpoint_may_be_submitted_again_for_a_fresh_time() {
    let log = log();
    assert_eq!(status(&log.request(100, 100), log.recorded(100)), 200);
    let empty = AddCheckpoint {
        old: TreeSize(0),
        proof: vec![],
        checkpoint: checkpoint(0, empty_root()),
    };
    assert_eq!(status(&empty, None), 200);
}

#[test]
fn an_unknown_log_is_404() {
    let refusal = add_checkpoint(&log().request(0, 5), None, None).unwrap_err();
    assert_eq!(
        (refusal.status(), refusal),
        (404, Refusal::UnknownOrigin(ORIGIN.to_owned()))
    );
}

#[test]
fn a_checkpoint_without_a_valid_trusted_signature_is_403() {
    let mut request = log().request(0, 5);
    let stranger = SigningKey::new(KeyName::new("log.example/stranger").unwrap(), &[4; 32]);
    request.checkpoint.signatures = vec![stranger.sign(&request.checkpoint.text)];
    assert_eq!(status(&request, None), 403);
    let mut line = key().sign(&request.checkpoint.text);
    line.signature[5] ^= 1;
    request.checkpoint.signatures.push(line);
    assert_eq!(status(&request, None), 403);
}

#[test]
fn an_old_size_above_the_new_one_is_400() {
    let log = log();
    let request = AddCheckpoint {
        old: TreeSize(101),
        proof: vec![],
        checkpoint: checkpoint(100, log.root(100)),
    };
    assert_eq!(status(&request, log.recorded(101)), 400);
}

#[test]
fn text_that_is_no_checkpoint_is_400() {
    let mut note = Note::new("hello\n").unwrap();
    note.signatures.push(key().sign(&note.text));
    let request = AddCheckpoint {
        old: TreeSize(0),
        proof: vec![],
        checkpoint: note,
    };
    assert_eq!(status(&request, None), 400);
}

#[test]
fn another_old_size_is_409_and_tells_the_recorded_one() {
    let log = log();
    for (request, recorded, told) in [
        (log.request(100, 200), log.recorded(150), 150),
        (log.request(100, 200), None, 0),
        (log.request(0, 200), log.recorded(100), 100),
        // Behind the recorded tree: also a conflict, not an inconsistency.
        (log.request(100, 120), log.recorded(200), 200),
    ] {
        let refusal = add_checkpoint(&request, Some(&trusted()), recorded).unwrap_err();
        assert_eq!(refusal.status(), 409);
        let Refusal::OldSizeMismatch { recorded, .. } = refusal else {
            panic!("{refusal}")
        };
        assert_eq!(recorded, TreeSize(told));
    }
}

#[test]
fn a_fork_is_422() {
    let log = log();
    let fork = Recorded {
        size: TreeSize(100),
        root: Hash([1; 32]),
    };
    assert_eq!(status(&log.request(100, 200), Some(fork)), 422);
    // Equal sizes, other root.
    assert_eq!(status(&log.request(100, 100), Some(fork)), 422);
}

#[test]
fn a_wrong_or_superfluous_proof_is_422() {
    let log = log();
    let mut request = log.request(100, 200);
    request.proof.pop();
    assert_eq!(status(&request, log.recorded(100)), 422);
    let mut request = log.request(0, 200);
    request.proof.push(Hash([1; 32]));
    assert_eq!(status(&request, None), 422);
    let mut request = log.request(100, 100);
    request.proof.push(Hash([1; 32]));
    assert_eq!(status(&request, log.recorded(100)), 422);
}

#[test]
fn an_empty_tree_with_another_root_is_422() {
    let request = AddCheckpoint {
        old: TreeSize(0),
        proof: vec![],
        checkpoint: checkpoint(0, Hash([1; 32])),
    };
    assert_eq!(status(&request, None), 422);
}

/// The example request of c2sp.org/tlog-witness.
#[test]
fn the_specifications_example_request_parses() {
    let body = "old 20852014\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\njrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=\n";
    let request = AddCheckpoint::parse(body.as_bytes()).unwrap();
    assert_eq!((request.old, request.proof.len()), (TreeSize(20_852_014), 4));
    assert_eq!(request.checkpoint.signatures.len(), 2);
    assert_eq!(request.to_bytes(), body.as_bytes());
}

#[test]
fn malformed_requests_are_told_apart() {
    let good = String::from_utf8(log().request(100, 200).to_bytes()).unwrap();
    for bad in [
        good.replacen("old 100", "old 0100", 1),
        good.replacen("old 100", "new 100", 1),
        good.replacen("old 100\n", "", 1),
        good.replacen("=\n", "\n", 1),
        good.replacen("\n\n", "\n", 1),
        format!(
            "old 1\n{}\n{}",
            format!("{}\n", Hash([0; 32]).to_base64()).repeat(64),
            good.split_once("\n\n").unwrap().1
        ),
        String::new(),
    ] {
        AddCheckpoint::parse(bad.as_bytes()).unwrap_err();
    }
}

#[test]
fn answers_print_and_parse_back() {
    let log = log();
    let witness = CosigningKey::new(KeyName::new("w.example").unwrap(), &[5; 32]);
    let mut note = log.request(0, 100).checkpoint;
    let line = witness.cosign(&note, 1_700_000_000).unwrap();
    let body = cosignatures_body(std::slice::from_ref(&line));
    assert_eq!(
        parse_cosignatures_body(body.as_bytes()).unwrap(),
        std::slice::from_ref(&line)
    );
    note.signatures.push(line);
    note.verify(std::slice::from_ref(witness.vkey())).unwrap();

    assert_eq!(tree_size_body(TreeSize(150)), "150\n");
    assert_eq!(parse_tree_size_body(b"150\n"), Some(TreeSize(150)));
    for bad in [&b"150"[..], b"0150\n", b"\n", b"", b"150\n\n", b"-1\n"] {
        assert_eq!(parse_tree_size_body(bad), None);
    }
}
