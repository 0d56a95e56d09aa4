//! Step 1: who signed the checkpoint, and when.

use tlog::checkpoint::Checkpoint;
use tlog::cosignature::CosigningKey;
use tlog::note::{KeyName, SigningKey};
use tlog::{TreeSize, empty_root};

use super::*;
use crate::small_log::{DAY, TIMES, cosigned};

const STEP: u8 = 1;

pub(super) fn cases(world: &mut Honest, cases: &mut Vec<Case>) {
    let Honest { log, earlier, .. } = world;
    let subject = log.dossier(&id(SUBJECT));
    let checkpoint = log.checkpoint();
    let all = TIMES.map(Some);
    let sound = cosigned(&checkpoint, &all);
    let text = |d: &Dossier| d.checkpoint.clone();
    let mut push = |name: &str, comment: &str, dossier: Dossier, reason: &str| {
        cases.push(refused(name, comment, &dossier, (STEP, reason, "")));
    };

    let mut with_text = |name: &str, comment: &str, checkpoint: String, reason: &str| {
        push(
            name,
            comment,
            changed(&subject, |d| d.checkpoint = checkpoint),
            reason,
        );
    };
    with_text(
        "checkpoint_without_signatures",
        "The text alone.",
        sound.text.clone(),
        "note",
    );
    with_text("checkpoint_empty", "No checkpoint at all.", String::new(), "note");
    with_text(
        "checkpoint_signature_line_cut",
        "The last signature line has lost its line break.",
        text(&subject).trim_end().to_owned(),
        "note",
    );
    with_text(
        "checkpoint_with_tab",
        "A control character in a key name.",
        text(&subject).replacen("alpha.example", "alpha\texample", 1),
        "note",
    );
    with_text(
        "checkpoint_size_changed",
        "The size is one larger than what was signed.",
        text(&subject).replacen(
            &format!("\n{}\n", checkpoint.size),
            &format!("\n{}\n", checkpoint.size.0 + 1),
            1,
        ),
        "bad_signature",
    );
    let leading_zero = Note::new(sound.text.replacen(
        &format!("\n{}\n", checkpoint.size),
        &format!("\n0{}\n", checkpoint.size),
        1,
    ))
    .unwrap();
    let leading_zero = signed_by_log(leading_zero);
    with_text(
        "checkpoint_size_with_leading_zero",
        "A size with a leading zero, signed by the log.",
        leading_zero,
        "checkpoint_text",
    );
    let letter = signed_by_log(Note::new("Dear buyer,\nall is well.\n").unwrap());
    with_text(
        "checkpoint_is_a_letter",
        "A note by the log that is no checkpoint.",
        letter,
        "checkpoint_text",
    );

    let other = SigningKey::new(KeyName::new("other.example/carnet").unwrap(), &[1; 32]);
    let mut note = Note::new(
        Checkpoint {
            origin: "other.example/carnet".to_owned(),
            ..checkpoint.clone()
        }
        .to_string(),
    )
    .unwrap();
    note.signatures.push(other.sign(&note.text));
    push(
        "unknown_log",
        "The checkpoint is of a log that the policy does not name.",
        with_note(&subject, &note),
        "unknown_log",
    );

    let without = |skip: &str| {
        let mut note = sound.clone();
        note.signatures.retain(|line| line.name.as_str() != skip);
        with_note(&subject, &note)
    };
    push(
        "log_signature_missing",
        "Cosigned by all, and not signed by the log.",
        without(ORIGIN),
        "not_signed_by_log",
    );
    let impostor = SigningKey::new(KeyName::new(ORIGIN).unwrap(), &[99; 32]);
    let mut note = sound.clone();
    note.signatures[0] = impostor.sign(&note.text);
    push(
        "log_key_of_same_name",
        "Signed by another key under the log's name.",
        with_note(&subject, &note),
        "not_signed_by_log",
    );
    let mut note = sound.clone();
    note.signatures.truncate(1);
    note.signatures[0] = impostor.sign(&note.text);
    push(
        "only_unknown_signatures",
        "Signed by nobody the policy knows.",
        with_note(&subject, &note),
        "not_signed_by_log",
    );

    let corrupted = |line: usize| {
        let mut note = sound.clone();
        *note.signatures[line].signature.last_mut().unwrap() ^= 0x01;
        with_note(&subject, &note)
    };
    push(
        "log_signature_corrupted",
        "A bit of the log's signature is flipped.",
        corrupted(0),
        "bad_signature",
    );
    push(
        "cosignature_corrupted",
        "A bit of a witness's cosignature is flipped; the others would do.",
        corrupted(1),
        "bad_signature",
    );
    let mut note = sound.clone();
    note.signatures[2].signature[7] ^= 0x01;
    push(
        "cosignature_redated",
        "The time of a cosignature is changed.",
        with_note(&subject, &note),
        "bad_signature",
    );
    let before = cosigned(&earlier.checkpoint(), &all);
    let mut note = sound.clone();
    note.signatures.truncate(1);
    note.signatures.extend_from_slice(&before.signatures[1..]);
    push(
        "cosignature_of_other_size",
        "The cosignatures are those of an earlier checkpoint.",
        with_note(&subject, &note),
        "bad_signature",
    );
    let mut note = before.clone();
    note.signatures[0] = sound.signatures[0].clone();
    push(
        "log_signature_of_other_size",
        "The log's signature is that of a later checkpoint.",
        with_note(&subject, &note),
        "bad_signature",
    );

    let with_times = |times: [Option<u64>; 4]| with_note(&subject, &cosigned(&checkpoint, &times));
    let [alpha, beta, _, auditor] = all;
    push(
        "quorum_missing_auditor",
        "Three witnesses, and no auditor: nobody has replayed the index.",
        with_times([alpha, beta, all[2], None]),
        "quorum",
    );
    push(
        "quorum_missing_witness",
        "One witness of the two that the policy asks for, and the auditor.",
        with_times([alpha, None, None, auditor]),
        "quorum",
    );
    push(
        "quorum_missing_all",
        "Signed by the log alone.",
        with_times([None; 4]),
        "quorum",
    );
    let mut note = cosigned(&checkpoint, &[alpha, None, None, auditor]);
    let again = cosigners()[0].cosign(&note, NOW - 30).unwrap();
    note.signatures.push(again);
    push(
        "one_witness_twice",
        "One witness has cosigned twice, which counts once.",
        with_note(&subject, &note),
        "quorum",
    );
    let mut note = cosigned(&checkpoint, &[alpha, None, None, auditor]);
    let impostor = CosigningKey::new(KeyName::new("beta.example").unwrap(), &[98; 32])
        .cosign(&note, NOW)
        .unwrap();
    note.signatures.push(impostor);
    push(
        "witness_key_of_same_name",
        "The second witness's line is by another key under its name.",
        with_note(&subject, &note),
        "quorum",
    );
    let mut note = cosigned(&checkpoint, &[alpha, None, None, auditor]);
    let plain = SigningKey::new(KeyName::new("beta.example").unwrap(), &[12; 32]).sign(&note.text);
    note.signatures.push(plain);
    push(
        "witness_signs_without_time",
        "The second witness signed with the right key, but as a plain note.",
        with_note(&subject, &note),
        "quorum",
    );

    let dated = |times: [u64; 4]| with_times(times.map(Some));
    let old = NOW - MAX_AGE - 1;
    push(
        "stale_cosignatures",
        "Everybody last looked a second longer ago than is allowed.",
        dated([old; 4]),
        "stale",
    );
    push(
        "stale_auditor",
        "The witnesses looked today, the auditor a month ago.",
        dated([NOW, NOW, NOW, NOW - 30 * DAY]),
        "stale",
    );
    push(
        "stale_second_witness",
        "The policy asks for two witnesses, and only one looked lately.",
        dated([NOW, old, old - DAY, NOW]),
        "stale",
    );
    push(
        "future_timestamp",
        "Everybody looks 301 seconds from now.",
        dated([NOW + 301; 4]),
        "from_future",
    );
    push(
        "far_future_timestamp",
        "Everybody looks at the last second a cosignature can carry.",
        dated([i64::MAX as u64; 4]),
        "from_future",
    );

    let mut case = refused(
        "policy_without_quorum",
        "The verifier's policy asks for no cosignature, so nothing says how old the checkpoint is.",
        &subject,
        (STEP, "no_freshness", ""),
    );
    case.trust = NO_QUORUM.to_owned();
    cases.push(case);

    let empty = Checkpoint::new(ORIGIN, TreeSize(0), empty_root());
    cases.push(refused(
        "empty_log",
        "A checkpoint of a log without entries.",
        &with_note(&subject, &cosigned(&empty, &all)),
        (2, "empty_log", ""),
    ));
    let stale_and_forged = changed(&dated([old; 4]), |d| {
        d.statements.pop();
    });
    cases.push(refused(
        "stale_and_forged",
        "Too old, and a statement is left out. The forgery is what is reported.",
        &stale_and_forged,
        (5, "count", ""),
    ));
}

fn signed_by_log(mut note: Note) -> String {
    note.signatures.push(log_key().sign(&note.text));
    String::from_utf8(note.to_bytes()).unwrap()
}
