//! What must hold for every dossier and every change to one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod small_log;

use dossier::file::{Content, IssuerKey, Item, KeyItem};
use dossier::{Dossier, FileError, Reason, Refusal, Report, Step, assemble, verify};
use history::entry::{Entry, KeyEntry, StatementEntry};
use index::Label;
use proptest::prelude::*;
use statement::vocabulary::{Role, StatementType};
use statement::{Digest, KeyId};
use tlog::{Hash, LeafIndex};

use small_log::{
    Cast, ERASED, NOW, SUBJECT, SmallLog, TIMES, cast, cosigned, first_registration, honest, id, reading,
    sale, service, trust,
};

fn judged(bytes: &[u8]) -> Result<Report, Refusal> {
    verify(bytes, &trust(), Some(&id(SUBJECT)), NOW)
}

/// The subject's dossier, cosigned by exactly those the quorum needs.
fn sound() -> Vec<u8> {
    let mut log = honest().log;
    let [alpha, beta, _, auditor] = TIMES.map(Some);
    let note = cosigned(&log.checkpoint(), &[alpha, beta, None, auditor]);
    let mut dossier = log.dossier(&id(SUBJECT));
    dossier.checkpoint = String::from_utf8(note.to_bytes()).unwrap();
    dossier.to_bytes().unwrap()
}

/// The bytes that may change without a change of meaning: white space between tokens may become other white space.
/// Everything else in the file is bound by a hash or a signature, or is the spelling of something that is.
fn is_white_space_changed(from: u8, to: u8) -> bool {
    let white = |byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
    white(from) && white(to)
}

#[test]
fn no_changed_bit_says_anything_else() {
    let bytes = sound();
    let report = judged(&bytes).unwrap();
    // Every position would take minutes without optimisation; a stride that shares no factor with the line length visits
    // all kinds of place.
    let stride = (bytes.len() / 1000).max(1) | 1;
    let mut refused = 0;
    for at in (0..bytes.len()).step_by(stride) {
        for bit in [0, 2, 5] {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            match judged(&changed) {
                Err(_) => refused += 1,
                Ok(same) => {
                    assert_eq!(same, report, "byte {at}, bit {bit}");
                    assert!(
                        is_white_space_changed(bytes[at], changed[at]),
                        "byte {at}, bit {bit}: {:?} became {:?} and nobody minded",
                        char::from(bytes[at]),
                        char::from(changed[at])
                    );
                }
            }
        }
    }
    assert!(refused > 2000, "{refused}");
}

/// A line whose key name or key id is changed is a line by somebody unknown, which a note may carry. So with more
/// cosigners than the quorum needs, a change can lose one, and T may become earlier. It can gain nothing.
#[test]
fn a_changed_signature_line_can_only_lose_a_cosigner() {
    let bytes = honest().log.dossier(&id(SUBJECT)).to_bytes().unwrap();
    let report = judged(&bytes).unwrap();
    let text = std::str::from_utf8(&bytes).unwrap();
    let lines = text.find("— ").unwrap()..text.find("\"index\"").unwrap();
    let mut lost = 0;
    for at in lines {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            if let Ok(less) = judged(&changed) {
                assert!(less.as_of <= report.as_of);
                assert!(
                    less.cosigners
                        .iter()
                        .all(|cosigner| report.cosigners.contains(cosigner))
                );
                lost += usize::from(less.cosigners.len() < report.cosigners.len());
                let rest = Report {
                    as_of: report.as_of,
                    cosigners: report.cosigners.clone(),
                    ..less
                };
                assert_eq!(rest, report, "byte {at}, bit {bit}");
            }
        }
    }
    assert!(lost > 0);
}

#[test]
fn a_dossier_cut_anywhere_is_refused_as_cut() {
    let bytes = sound();
    let whole = bytes.len() - 1;
    for length in (1..whole).step_by(37) {
        let refusal = judged(&bytes[..length]).unwrap_err();
        assert_eq!(refusal.step, Step::File);
        assert!(
            matches!(refusal.reason, Reason::File(FileError::CutOff { .. })),
            "{length}: {refusal}"
        );
    }
}

#[test]
fn a_file_beyond_the_limit_is_refused_before_it_is_read() {
    let bytes = vec![b' '; dossier::file::MAX_BYTES + 1];
    let refusal = judged(&bytes).unwrap_err();
    assert_eq!(refusal.reason, Reason::File(FileError::TooLong(bytes.len())));
}

/// Whoever admits statements counts with these, so that no car's dossier becomes too long to be read.
#[test]
fn what_a_statement_and_a_key_add_to_a_file_is_bounded() {
    let empty = Dossier::from_bytes(&sound()).unwrap();
    let empty = Dossier {
        statements: Vec::new(),
        issuers: Vec::new(),
        ..empty
    };
    let added = |fuller: &dyn Fn(&mut Dossier)| {
        // Of two more the second has no bracket and comma to make room for.
        let length = |times: usize| {
            let mut dossier = empty.clone();
            (0..times).for_each(|_| fuller(&mut dossier));
            dossier.to_bytes().unwrap().len() as u64
        };
        length(2) - length(1)
    };
    let text = "é".repeat(127);
    let mut roles = Role::ALL.to_vec();
    roles.sort_by_key(|role| role.as_str());
    assert!(roles.len() <= 32);
    let (at, inclusion) = (
        LeafIndex(dossier::file::MAX_NUMBER),
        vec![Hash([0xff; 32]); dossier::file::MAX_INCLUSION],
    );
    let key_id = KeyId([0xff; 32]);
    let statement = added(&|dossier| {
        let entry = Entry::Statement(StatementEntry {
            vrf_epoch: u32::MAX,
            label: Label([0xff; 32]),
            key_id,
            digest: Digest([0xff; 32]),
        });
        dossier.statements.push(Item {
            log_index: at,
            entry: entry.encode().unwrap(),
            inclusion: inclusion.clone(),
            content: Content::Statement(String::new()),
        });
    });
    assert!(
        statement <= dossier::file::STATEMENT_BYTES,
        "a statement adds {statement} bytes"
    );
    let key = added(&|dossier| {
        let entries = [
            Entry::Key(KeyEntry::Enrolled {
                key_id: KeyId::of(&[0xff; 32]),
                public_key: [0xff; 32],
                roles: roles.clone(),
                issuer: text.clone(),
                name: text.clone(),
            }),
            Entry::Key(KeyEntry::Revoked {
                key_id,
                reason: text.clone(),
            }),
        ];
        dossier.issuers.push(IssuerKey {
            entries: entries
                .iter()
                .map(|entry| KeyItem {
                    log_index: at,
                    entry: entry.encode().unwrap(),
                    inclusion: inclusion.clone(),
                })
                .collect(),
            trie_proof: vec![0xff; 8771],
        });
    });
    assert!(key <= dossier::file::KEY_BYTES, "a key adds {key} bytes");
}

/// A car erased more often than a file has room for notices: the newest cover what the oldest cover.
#[test]
fn a_dossier_never_has_more_erasure_notices_than_a_reader_takes() {
    let most = dossier::file::MAX_ERASURES;
    let (mut log, cast) = (SmallLog::new(), cast());
    log.push(&cast.workshop.enrolled());
    let vehicle = id(SUBJECT);
    let mut notices = Vec::new();
    for n in 0..=most {
        let statement = cast
            .workshop
            .states(&vehicle, StatementType::OdometerRead, 1, reading(n as u32));
        log.record(&statement);
        notices.push(log.erase(&vehicle));
    }
    log.seal();
    let dossier = assemble(log.parts(&vehicle, notices), |_, _| true).unwrap();
    assert_eq!(dossier.erasures.len(), most);
    let report = judged(&dossier.to_bytes().unwrap()).unwrap();
    assert_eq!(report.erased.len(), most + 1);
}

#[test]
fn a_refusal_reads_as_a_sentence_with_step_and_item() {
    let mut dossier = Dossier::from_bytes(&sound()).unwrap();
    dossier.statements[2].inclusion[0].0[0] ^= 1;
    let refusal = judged(&dossier.to_bytes().unwrap()).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        format!(
            "step 5 (statements), statement 3 of 3 at log index {}: not in the log at this place: the proof leads to \
             another root",
            dossier.statements[2].log_index
        )
    );
    assert!(!refusal.is_stale_only());
}

#[test]
fn only_age_makes_a_dossier_merely_stale() {
    let stale = verify(&sound(), &trust(), None, NOW + 30 * small_log::DAY).unwrap_err();
    assert!(stale.is_stale_only(), "{stale}");
    assert_eq!(stale.step, Step::Checkpoint);
}

#[test]
fn a_missing_content_without_notice_makes_no_dossier() {
    let mut world = honest();
    let parts = world.log.parts(&id(ERASED), Vec::new());
    let first = parts.statements[0].logged.log_index;
    assert_eq!(
        assemble(parts, |_, _| true),
        Err(dossier::AssembleError::ContentMissing(first))
    );
}

#[test]
fn what_was_written_reads_back() {
    let dossier = honest().log.dossier(&id(SUBJECT));
    assert_eq!(Dossier::from_bytes(&dossier.to_bytes().unwrap()), Ok(dossier));
}

/// One statement of the kind `choice` picks.
fn stated(log: &mut SmallLog, cast: &Cast, choice: u8, day: u8) {
    let subject = id(SUBJECT);
    let km = 1000 * u32::from(day);
    let statement = match choice % 4 {
        0 => cast.register.states(
            &subject,
            StatementType::RegistrationFirst,
            day,
            first_registration(),
        ),
        1 => cast
            .workshop
            .states(&subject, StatementType::ServicePerformed, day, service(km)),
        2 => cast
            .dealer
            .states(&subject, StatementType::SaleSold, day, sale(km)),
        _ => cast
            .garage
            .states(&subject, StatementType::OdometerRead, day, reading(km)),
    };
    log.record(&statement);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_history_with_any_disclosures_verifies_and_shows_what_was_chosen(
        choices in prop::collection::vec((any::<u8>(), any::<bool>()), 1..20),
        shown in prop::collection::vec(any::<bool>(), 64),
    ) {
        let cast = cast();
        let mut log = SmallLog::new();
        for author in [&cast.register, &cast.workshop, &cast.dealer, &cast.garage] {
            log.push(&author.enrolled());
        }
        for (day, (choice, seal)) in (1u8..).zip(&choices) {
            stated(&mut log, &cast, *choice, day);
            if *seal {
                log.seal();
            }
        }
        log.seal();
        let parts = log.parts(&id(SUBJECT), Vec::new());
        let total: usize = parts.statements.iter().flat_map(|s| &s.content).map(|c| c.disclosures().len()).sum();
        let mut coin = shown.iter().copied().cycle();
        let mut kept = 0;
        let dossier = assemble(parts, |_, _| {
            let keep = coin.next().unwrap();
            kept += usize::from(keep);
            keep
        }).unwrap();
        let report = judged(&dossier.to_bytes().unwrap()).unwrap();
        prop_assert_eq!(report.statements.len(), choices.len());
        let hidden: usize = report.statements.iter().map(|s| s.hidden).sum();
        prop_assert_eq!(hidden, total - kept);
    }

    #[test]
    fn leaving_out_any_statement_is_noticed(count in 1usize..8, left_out in any::<prop::sample::Index>()) {
        let cast = cast();
        let mut log = SmallLog::new();
        for author in [&cast.register, &cast.workshop, &cast.dealer, &cast.garage] {
            log.push(&author.enrolled());
        }
        for day in 1..=u8::try_from(count).unwrap() {
            stated(&mut log, &cast, 1, day);
        }
        log.seal();
        let mut dossier = log.dossier(&id(SUBJECT));
        dossier.statements.remove(left_out.index(count));
        let refusal = judged(&dossier.to_bytes().unwrap()).unwrap_err();
        prop_assert_eq!(refusal.step, Step::Statements);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(judged(&bytes).is_err());
    }

    #[test]
    fn no_patch_of_a_sound_file_makes_it_panic(
        at in any::<prop::sample::Index>(),
        length in 0usize..200,
        patch in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let bytes = SOUND.with(Clone::clone);
        let at = at.index(bytes.len());
        let end = (at + length).min(bytes.len());
        let patched = [&bytes[..at], &patch, &bytes[end..]].concat();
        if patched != bytes {
            let _ = judged(&patched);
        }
    }
}

thread_local! {
    static SOUND: Vec<u8> = sound();
}
