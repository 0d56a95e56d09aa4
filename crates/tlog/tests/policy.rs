//! Quorums and the time as of which they hold.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use tlog::TreeSize;
use tlog::checkpoint::Checkpoint;
use tlog::cosignature::{CosignError, CosigningKey, MAX_TIMESTAMP};
use tlog::note::{KeyName, Note, NoteError, SigningKey};
use tlog::policy::{Policy, PolicyError, PolicyProblem};

fn log() -> SigningKey {
    SigningKey::new(KeyName::new("log.example/q").unwrap(), &[42; 32])
}

fn witness(number: u8) -> CosigningKey {
    CosigningKey::new(
        KeyName::new(&format!("w{number}.example")).unwrap(),
        &[number; 32],
    )
}

/// The checkpoint of an empty log, cosigned by witnesses at times.
fn cosigned(cosignatures: &[(u8, u64)]) -> Note {
    let checkpoint = Checkpoint::new("log.example/q", TreeSize(0), tlog::empty_root());
    let mut note = Note::new(checkpoint.to_string()).unwrap();
    note.signatures.push(log().sign(&note.text));
    for (number, time) in cosignatures {
        note.signatures
            .push(witness(*number).cosign(&note, *time).unwrap());
    }
    note
}

/// A policy with six witnesses and these further lines.
fn policy(lines: &str) -> Policy {
    let mut file = format!("log {}\n", log().vkey());
    for number in 1..=6 {
        file.push_str(&format!("witness {number} {}\n", witness(number).vkey()));
    }
    Policy::parse(file + lines).unwrap()
}

fn as_of(lines: &str, cosignatures: &[(u8, u64)]) -> Option<u64> {
    policy(lines).evaluate(&cosigned(cosignatures)).unwrap().as_of
}

fn not_met(lines: &str, cosignatures: &[(u8, u64)]) {
    let error = policy(lines).evaluate(&cosigned(cosignatures)).unwrap_err();
    assert!(matches!(error, PolicyError::QuorumNotMet { .. }), "{error}");
}

#[test]
fn a_threshold_of_k_holds_as_of_the_kth_newest_time() {
    let lines = "group g 2 1 2 3\nquorum g\n";
    assert_eq!(as_of(lines, &[(1, 100), (2, 300), (3, 200)]), Some(200));
    assert_eq!(as_of(lines, &[(1, 100), (2, 300)]), Some(100));
    not_met(lines, &[(1, 100)]);
    not_met(lines, &[(1, 100), (4, 300)]);
}

#[test]
fn any_holds_as_of_the_newest_time_and_all_as_of_the_oldest() {
    assert_eq!(
        as_of("group g any 1 2 3\nquorum g\n", &[(1, 100), (2, 300)]),
        Some(300)
    );
    assert_eq!(
        as_of("group g all 1 2\nquorum g\n", &[(1, 100), (2, 300)]),
        Some(100)
    );
    not_met("group g all 1 2 3\nquorum g\n", &[(1, 100), (2, 300)]);
}

#[test]
fn nested_groups_take_the_time_of_each_part() {
    let lines = "group x 2 1 2 3\ngroup y any 4 5 6\ngroup both all x y\nquorum both\n";
    assert_eq!(as_of(lines, &[(1, 100), (2, 300), (3, 200), (4, 150)]), Some(150));
    assert_eq!(
        as_of(lines, &[(1, 100), (2, 300), (3, 200), (4, 150), (6, 250)]),
        Some(200)
    );
    not_met(lines, &[(1, 100), (2, 300), (3, 200)]);
    not_met(lines, &[(1, 100), (4, 300), (5, 200)]);
}

#[test]
fn without_a_quorum_nothing_says_how_old_the_checkpoint_is() {
    assert_eq!(as_of("quorum none\n", &[(1, 100)]), None);
    assert_eq!(as_of("quorum none\n", &[]), None);
}

#[test]
fn the_newest_cosignature_of_a_witness_counts() {
    assert_eq!(as_of("quorum 1\n", &[(1, 100), (1, 300), (1, 200)]), Some(300));
}

/// The definition in the module's documentation, tried out: T is a time, and no larger one will do.
#[test]
fn no_later_time_meets_the_quorum() {
    let lines = "group x 2 1 2 3\ngroup y 2 4 5 6\ngroup both any x y\nquorum both\n";
    let times = [(1, 7), (2, 3), (3, 5), (4, 9), (5, 4), (6, 1)];
    let policy = policy(lines);
    let holds_at = |time: u64| {
        let since: Vec<(u8, u64)> = times
            .into_iter()
            .filter(|(_, cosigned)| *cosigned >= time)
            .collect();
        policy.evaluate(&cosigned(&since)).is_ok()
    };
    let as_of = policy.evaluate(&cosigned(&times)).unwrap().as_of.unwrap();
    assert_eq!((0..20).filter(|time| holds_at(*time)).max(), Some(as_of));
}

#[test]
fn the_answer_lists_who_cosigned_and_when() {
    let policy = policy("quorum 2\n");
    let accepted = policy.evaluate(&cosigned(&[(5, 50), (2, 20)])).unwrap();
    let listed: Vec<(String, u64)> = accepted
        .cosignatures
        .iter()
        .map(|(witness, time)| (witness.name.to_string(), *time))
        .collect();
    assert_eq!(listed, [("2".to_owned(), 20), ("5".to_owned(), 50)]);
    assert_eq!(accepted.log.vkey, *log().vkey());
    assert_eq!(accepted.checkpoint.origin, "log.example/q");
}

#[test]
fn a_checkpoint_signed_by_nobody_known_is_refused() {
    let mut note = cosigned(&[(1, 100)]);
    note.signatures.remove(0);
    assert!(matches!(
        policy("quorum 1\n").evaluate(&note),
        Err(PolicyError::NotSignedByLog { .. })
    ));
    note.signatures.clear();
    assert_eq!(
        policy("quorum 1\n").evaluate(&note),
        Err(PolicyError::Note(NoteError::NoKnownSignature))
    );
    let unsigned_text = Note::new("not a checkpoint\n").unwrap();
    assert!(matches!(
        policy("quorum 1\n").evaluate(&unsigned_text),
        Err(PolicyError::Checkpoint(_))
    ));
}

#[test]
fn a_failing_line_of_a_witness_refuses_the_checkpoint_even_where_the_quorum_is_met() {
    let mut note = cosigned(&[(1, 100), (2, 100)]);
    *note.signatures[2].signature.last_mut().unwrap() ^= 1;
    let error = policy("quorum 1\n").evaluate(&note).unwrap_err();
    assert_eq!(
        error,
        PolicyError::Note(NoteError::BadSignature(witness(2).name().clone()))
    );
}

#[test]
fn a_syntax_error_names_the_line() {
    let error = Policy::parse("# one\n\nlog garbage\n").unwrap_err();
    assert_eq!(error.line, 3);
    assert!(matches!(
        error.problem,
        PolicyProblem::Key(NoteError::MalformedVkey(_))
    ));
    assert_eq!(
        Policy::parse("# one\n").unwrap_err().problem,
        PolicyProblem::NotOneQuorum
    );
    let message = Policy::parse(format!("witness w {}\ngroup g 3 w\n", witness(1).vkey()))
        .unwrap_err()
        .to_string();
    assert_eq!(
        message,
        "policy line 2: threshold 3 is not all, any, or a number from 1 to 1"
    );
}

#[test]
fn only_checkpoints_are_cosigned_and_only_at_times_the_format_can_carry() {
    let key = witness(1);
    let text = Note::new("a love letter\n").unwrap();
    assert!(matches!(
        key.cosign(&text, 1),
        Err(CosignError::NotACheckpoint(_))
    ));
    let checkpoint = cosigned(&[]);
    assert_eq!(
        key.cosign(&checkpoint, MAX_TIMESTAMP + 1),
        Err(CosignError::TimeOutOfRange(MAX_TIMESTAMP + 1))
    );
    key.cosign(&checkpoint, MAX_TIMESTAMP).unwrap();
}
