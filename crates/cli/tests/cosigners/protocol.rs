//! c2sp.org/tlog-witness, call `add-checkpoint`: each answer the specification names, from a real process.

use std::path::Path;

use tempfile::TempDir;
use test_servers::LogFolder;
use tlog::note::{KeyName, Note, SigningKey, Vkey};
use tlog::witness::{AddCheckpoint, parse_cosignatures_body};
use tlog::{Hash, TreeSize, cosignature};

use crate::made_log::{MadeLog, ORIGIN, log_key, signed};
use crate::process::{Answer, Service, ask, carnet, done};

/// A witness that knows the made log, and runs.
pub struct TestWitness {
    pub data: TempDir,
    pub vkey: Vkey,
    pub service: Service,
}

impl TestWitness {
    pub fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let vkey = set_up(data.path(), "witness.test/w1", &log_key().vkey().to_string());
        let service = Service::start(data.path(), &["witness", "--listen", "127.0.0.1:0"]);
        Self { data, vkey, service }
    }

    pub fn post(&self, body: &[u8]) -> Answer {
        ask(self.service.address(), "POST", "/add-checkpoint", body).expect("an answer")
    }

    /// The time of the cosignature in an answer, which must be this witness's over `note`.
    pub fn cosigned(&self, answer: &Answer, note: &Note) -> u64 {
        assert_eq!(answer.status, 200, "{answer:?}");
        let lines = parse_cosignatures_body(answer.body.as_bytes()).unwrap();
        assert_eq!(lines.len(), 1);
        cosignature::verify(&note.text, &lines[0], &self.vkey).unwrap()
    }

    pub fn memory(&self) -> std::path::PathBuf {
        let folder = std::fs::read_dir(self.data.path().join("memory")).unwrap();
        let mut files = folder.map(|entry| entry.unwrap().path());
        files
            .find(|path| path.extension().is_some_and(|e| e == "json"))
            .unwrap()
    }

    pub fn evidence(&self) -> Vec<std::path::PathBuf> {
        crate::audit::evidence(self.data.path())
    }
}

/// Makes a witness that knows one log.
pub fn set_up(data: &Path, name: &str, log: &str) -> Vkey {
    let made = done(data, &["--json", "witness", "init", "--name", name]);
    done(data, &["witness", "add", log]);
    Vkey::parse(made.json()["witness"].as_str().unwrap()).unwrap()
}

#[test]
fn a_log_that_grows_is_cosigned_each_time() {
    let witness = TestWitness::start();
    let log = MadeLog::of_leaves("a", 700);
    let mut old = 0;
    for size in [1, 2, 7, 256, 257, 700] {
        let answer = witness.post(&log.request(old, size));
        witness.cosigned(&answer, &log.checkpoint(size));
        old = size;
    }
}

#[test]
fn the_same_size_again_gets_a_newer_time() {
    let witness = TestWitness::start();
    let log = MadeLog::of_leaves("a", 9);
    let first = witness.cosigned(&witness.post(&log.request(0, 9)), &log.checkpoint(9));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let second = witness.cosigned(&witness.post(&log.request(9, 9)), &log.checkpoint(9));
    assert!(second > first, "{second} {first}");
}

#[test]
fn what_is_no_request_is_answered_400() {
    let witness = TestWitness::start();
    let log = MadeLog::of_leaves("a", 9);
    let good = String::from_utf8(log.request(0, 9)).unwrap();
    let many = format!(
        "old 0\n{}",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n".repeat(64)
    );
    for bad in [
        String::new(),
        "old 0\n".to_owned(),
        good.replacen("old 0", "old 00", 1),
        good.replacen("old 0", "new 0", 1),
        good.replacen("old 0\n", "old 0\nnonsense\n", 1),
        good.replacen("old 0\n", &many, 1),
        good.replacen("\n9\n", "\nnine\n", 1),
    ] {
        let answer = witness.post(bad.as_bytes());
        assert_eq!(answer.status, 400, "{bad:?}: {answer:?}");
    }
    // The old size is larger than the new one.
    assert_eq!(witness.post(&log.request(10, 9)).status, 400);
}

#[test]
fn a_signature_by_nobody_who_is_trusted_is_answered_403() {
    let witness = TestWitness::start();
    let stranger = SigningKey::new(KeyName::new(ORIGIN).unwrap(), &[4; 32]);
    let mut note = MadeLog::of_leaves("a", 9).checkpoint(9);
    note.signatures = vec![stranger.sign(&note.text)];
    let request = AddCheckpoint {
        old: TreeSize(0),
        proof: Vec::new(),
        checkpoint: note,
    };
    assert_eq!(witness.post(&request.to_bytes()).status, 403);
}

#[test]
fn a_log_nobody_added_is_answered_404_until_somebody_adds_it() {
    let witness = TestWitness::start();
    let other = SigningKey::new(KeyName::new("other.test/log").unwrap(), &[5; 32]);
    let text = MadeLog::of_leaves("a", 9)
        .checkpoint(9)
        .text
        .replacen(ORIGIN, "other.test/log", 1);
    let mut note = Note::new(text).unwrap();
    note.signatures = vec![other.sign(&note.text)];
    let request = AddCheckpoint {
        old: TreeSize(0),
        proof: Vec::new(),
        checkpoint: note.clone(),
    };
    assert_eq!(witness.post(&request.to_bytes()).status, 404);

    done(
        witness.data.path(),
        &["witness", "add", &other.vkey().to_string()],
    );

    witness.cosigned(&witness.post(&request.to_bytes()), &note);
}

#[test]
fn another_old_size_is_answered_409_with_the_size_cosigned_last() {
    let witness = TestWitness::start();
    let log = MadeLog::of_leaves("a", 20);
    // Nothing cosigned yet counts as size zero.
    let answer = witness.post(&log.request(5, 9));
    assert_eq!((answer.status, answer.body.as_str()), (409, "0\n"));
    assert_eq!(witness.post(&log.request(0, 9)).status, 200);

    let answer = witness.post(&log.request(7, 20));

    assert_eq!(
        (answer.status, answer.content_type.as_str(), answer.body.as_str()),
        (409, "text/x.tlog.size", "9\n")
    );
}

#[test]
fn a_proof_that_does_not_verify_is_answered_422_and_kept() {
    let witness = TestWitness::start();
    let (log, other) = (MadeLog::of_leaves("a", 20), MadeLog::of_leaves("b", 20));
    // A proof where the old size is zero.
    let request = AddCheckpoint {
        old: TreeSize(0),
        proof: vec![Hash([0; 32])],
        checkpoint: log.checkpoint(9),
    };
    assert_eq!(witness.post(&request.to_bytes()).status, 422);
    assert_eq!(witness.post(&log.request(0, 9)).status, 200);

    // A fork at a larger size.
    assert_eq!(witness.post(&other.request(9, 20)).status, 422);

    let kinds: Vec<String> = witness
        .evidence()
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    assert!(kinds.iter().all(|kind| kind.contains("-unproven")), "{kinds:?}");
    assert_eq!(
        witness.post(&log.request(9, 20)).status,
        200,
        "the honest one goes on"
    );
}

#[test]
fn another_root_of_the_same_size_is_answered_422_and_proves_the_fork() {
    let witness = TestWitness::start();
    let (log, other) = (MadeLog::of_leaves("a", 9), MadeLog::of_leaves("b", 9));
    assert_eq!(witness.post(&log.request(0, 9)).status, 200);

    assert_eq!(witness.post(&other.request(9, 9)).status, 422);

    let [folder] = &witness.evidence()[..] else {
        panic!("one folder of evidence")
    };
    let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let (before, now) = (
        Note::parse(&read("checkpoint-before")).unwrap(),
        Note::parse(&read("checkpoint-now")).unwrap(),
    );
    for note in [&before, &now] {
        note.verify(&[log_key().vkey().clone()]).unwrap();
    }
    assert_eq!(before.text, log.checkpoint(9).text);
    assert_eq!(now.text, other.checkpoint(9).text);
    assert!(
        String::from_utf8(read("README.txt"))
            .unwrap()
            .contains("two different trees of 9 entries")
    );
}

#[test]
fn the_root_at_size_zero_must_be_that_of_the_empty_tree() {
    let witness = TestWitness::start();
    let request = |root| AddCheckpoint {
        old: TreeSize(0),
        proof: Vec::new(),
        checkpoint: signed(0, root),
    };
    assert_eq!(witness.post(&request(Hash([1; 32])).to_bytes()).status, 422);
    assert_eq!(witness.post(&request(tlog::empty_root()).to_bytes()).status, 200);
}

#[test]
fn monitors_get_the_newest_checkpoint_with_its_cosignature() {
    let witness = TestWitness::start();
    let log = MadeLog::of_leaves("a", 9);
    let path = format!(
        "/{}/checkpoint",
        hex::encode(<sha2::Sha256 as sha2::Digest>::digest(ORIGIN))
    );
    assert_eq!(
        ask(witness.service.address(), "GET", &path, b"").unwrap().status,
        404
    );
    witness.post(&log.request(0, 9));

    let shown = ask(witness.service.address(), "GET", &path, b"").unwrap();

    let note = Note::parse(shown.body.as_bytes()).unwrap();
    let known = [log_key().vkey().clone(), witness.vkey.clone()];
    assert_eq!(note.verify(&known).unwrap().len(), 2);
}

#[test]
fn of_requests_at_the_same_time_one_is_first_and_the_others_hear_of_it() {
    let witness = TestWitness::start();
    let log = MadeLog::of_leaves("a", 40);
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let threads: Vec<_> = (1..=24)
            .map(|size| {
                let (witness, log) = (&witness, &log);
                scope.spawn(move || witness.post(&log.request(0, size)))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let of = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!((of(200), of(409)), (1, 23), "{answers:?}");
}

#[test]
fn a_body_longer_than_requests_are_is_answered_413() {
    let witness = TestWitness::start();
    assert_eq!(witness.post(&vec![b'a'; 1 << 20]).status, 413);
    assert_eq!(
        witness.post(&MadeLog::of_leaves("a", 3).request(0, 3)).status,
        200
    );
}

#[test]
fn a_witness_whose_clock_went_backwards_does_not_sign() {
    let witness = TestWitness::start();
    let log = MadeLog::of_leaves("a", 9);
    witness.post(&log.request(0, 5));
    let memory = witness.memory();
    let mut content: serde_json::Value = serde_json::from_slice(&std::fs::read(&memory).unwrap()).unwrap();
    content["time"] = serde_json::json!(content["time"].as_u64().unwrap() + 3600);
    std::fs::write(&memory, content.to_string()).unwrap();

    let answer = witness.post(&log.request(5, 9));

    assert_eq!(answer.status, 503);
    assert!(answer.body.contains("clock"), "{answer:?}");
}

#[test]
fn a_witness_whose_memory_is_damaged_does_not_sign_as_if_it_had_none() {
    let witness = TestWitness::start();
    let log = MadeLog::of_leaves("a", 9);
    witness.post(&log.request(0, 5));
    std::fs::write(witness.memory(), b"{").unwrap();
    assert_eq!(witness.post(&log.request(0, 9)).status, 500);
}

#[test]
fn the_keys_of_a_logs_own_cosigners_do_not_serve_strangers() {
    let data = LogFolder::new();
    done(data.path(), &["init", "--origin", "log.test/own"]);
    for arguments in [
        &["witness", "--listen", "127.0.0.1:0"][..],
        &["witness", "init", "--name", "w.test/w"],
    ] {
        let ran = carnet(data.path(), arguments);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains("this is the directory of a log"), "{ran:?}");
    }
}
