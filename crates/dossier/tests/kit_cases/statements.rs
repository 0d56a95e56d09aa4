//! Step 5: the statements are exactly those the index counts, each by whoever was entitled to make it.

use ::base64::Engine as _;
use ::base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dossier::assemble;
use dossier::file::Content;
use history::entry::{Entry, KeyEntry, StatementEntry};
use serde_json::json;
use statement::vocabulary::{Role, StatementType};
use statement::{Claims, KeyId, SdJwt};
use tlog::note::{KeyName, SigningKey};
use tlog::{Hash, LeafIndex};

use super::*;
use crate::small_log::{Author, EPOCH, ERASED, NEIGHBOUR, first_registration, label, notice, reading, sale};

const STEP: u8 = 5;

pub(super) fn cases(world: &mut Honest, cases: &mut Vec<Case>) {
    completeness(world, cases);
    entries(world, cases);
    contents(world, cases);
    issuer_keys(world, cases);
    erasures(world, cases);
    dishonest_logs(cases);
}

/// `statement 2 of 3 at log index 10`.
fn item(dossier: &Dossier, position: usize) -> String {
    let at = dossier.statements[position].log_index;
    format!(
        "statement {} of {} at log index {at}",
        position + 1,
        dossier.statements.len()
    )
}

fn text(content: &Content) -> String {
    match content {
        Content::Statement(text) => text.clone(),
        Content::Erased(_) => panic!("the statement is there"),
    }
}

/// The dossier with the content of one statement changed.
fn with_content(dossier: &Dossier, position: usize, change: impl FnOnce(String) -> String) -> Dossier {
    changed(dossier, |d| {
        let content = &mut d.statements[position].content;
        *content = Content::Statement(change(text(content)));
    })
}

fn completeness(world: &mut Honest, cases: &mut Vec<Case>) {
    let log = &mut world.log;
    let subject = log.dossier(&id(SUBJECT));
    let neighbour = log.dossier(&id(NEIGHBOUR));
    let last = log.size().0 - 1;

    let left_out = |position: usize| {
        changed(&subject, |d| {
            d.statements.remove(position);
        })
    };
    let mut push = |name: &str, comment: &str, dossier: Dossier, reason: &str, item: &str| {
        cases.push(refused(name, comment, &dossier, (STEP, reason, item)));
    };
    push(
        "statement_left_out",
        "The second of three statements is left out.",
        left_out(1),
        "count",
        "",
    );
    push(
        "last_statement_left_out",
        "The last statement is left out.",
        left_out(2),
        "count",
        "",
    );
    push(
        "all_statements_left_out",
        "The index counts three, and there are none.",
        changed(&subject, |d| {
            d.statements.clear();
            d.issuers.clear();
        }),
        "count",
        "",
    );
    let doubled = changed(&subject, |d| d.statements.insert(1, d.statements[0].clone()));
    push(
        "statement_added_twice",
        "A statement stands there twice, and so there are four.",
        doubled,
        "count",
        "",
    );
    let twice = changed(&subject, |d| d.statements[1] = d.statements[0].clone());
    push(
        "statement_twice",
        "The first statement stands in the place of the second.",
        twice.clone(),
        "not_rising",
        &item(&twice, 1),
    );
    let swapped = changed(&subject, |d| d.statements.swap(0, 1));
    push(
        "swapped_statements",
        "The first two statements are swapped.",
        swapped.clone(),
        "not_rising",
        &item(&swapped, 1),
    );
    let foreign = changed(&subject, |d| d.statements[1] = neighbour.statements[1].clone());
    push(
        "statement_of_other_car",
        "A statement about another car stands in the place of the second.",
        foreign.clone(),
        "entry_label",
        &item(&foreign, 1),
    );
    let after = changed(&subject, |d| {
        d.statements[2].log_index = LeafIndex(last);
        d.statements[2].entry.clone_from(&d.index.entry);
        d.statements[2].inclusion.clone_from(&d.index.inclusion);
    });
    push(
        "index_entry_as_statement",
        "The index entry itself stands in the place of the last statement.",
        after.clone(),
        "not_covered",
        &item(&after, 2),
    );
    let beyond = changed(&subject, |d| d.statements[2].log_index = LeafIndex((1 << 53) - 1));
    push(
        "log_index_beyond_log",
        "A statement at a log index that the log has not.",
        beyond.clone(),
        "not_covered",
        &item(&beyond, 2),
    );
}

fn entries(world: &mut Honest, cases: &mut Vec<Case>) {
    let log = &mut world.log;
    let subject = log.dossier(&id(SUBJECT));
    let neighbour = log.dossier(&id(NEIGHBOUR));
    let mut push = |name: &str,
                    comment: &str,
                    position: usize,
                    change: &dyn Fn(&mut dossier::file::Item),
                    reason: &str| {
        let dossier = changed(&subject, |d| change(&mut d.statements[position]));
        cases.push(refused(
            name,
            comment,
            &dossier,
            (STEP, reason, &item(&dossier, position)),
        ));
    };
    push(
        "log_index_wrong",
        "A log index is one larger.",
        0,
        &|i| i.log_index.0 += 1,
        "inclusion",
    );
    push(
        "inclusion_changed",
        "A bit of an inclusion proof is flipped.",
        1,
        &|i| i.inclusion[0].0[0] ^= 0x80,
        "inclusion",
    );
    push(
        "inclusion_short",
        "An inclusion proof lacks its last hash.",
        1,
        &|i| {
            i.inclusion.pop();
        },
        "inclusion",
    );
    push(
        "inclusion_long",
        "An inclusion proof has a hash too many.",
        1,
        &|i| i.inclusion.push(Hash([7; 32])),
        "inclusion",
    );
    push(
        "inclusion_missing",
        "An inclusion proof is empty.",
        1,
        &|i| i.inclusion.clear(),
        "inclusion",
    );
    push(
        "inclusion_of_other_statement",
        "The inclusion proof of another entry.",
        0,
        &|i| i.inclusion.clone_from(&neighbour.statements[0].inclusion),
        "inclusion",
    );
    push(
        "entry_digest_changed",
        "A bit of the digest in an entry is flipped.",
        2,
        &|i| *i.entry.last_mut().unwrap() ^= 1,
        "inclusion",
    );
    push(
        "entry_label_changed",
        "The label in an entry is replaced.",
        2,
        &|i| i.entry[12..44].fill(0),
        "inclusion",
    );
    push(
        "entry_empty",
        "An entry without bytes.",
        2,
        &|i| i.entry.clear(),
        "inclusion",
    );
    push(
        "merkle_node_as_entry",
        "An inner node of the tree is passed off as an entry, with the rest of the proof.",
        0,
        &|i| {
            i.entry = [[1; 32], [2; 32]].concat();
            i.inclusion.remove(0);
        },
        "inclusion",
    );
    let enrolment = world.log.issuer(&world.cast.dealer.key.key_id()).entries[0].clone();
    let key_entry = changed(&subject, |d| {
        d.statements[0].log_index = enrolment.log_index;
        d.statements[0].entry = enrolment.entry;
        d.statements[0].inclusion = enrolment.inclusion;
    });
    cases.push(refused(
        "key_entry_as_statement",
        "The enrolment of a key stands in the place of a statement.",
        &key_entry,
        (STEP, "entry_kind", &item(&key_entry, 0)),
    ));
}

fn contents(world: &mut Honest, cases: &mut Vec<Case>) {
    let subject = world.log.dossier(&id(SUBJECT));
    let register = &world.cast.register;
    let mut push = |name: &str, comment: &str, position: usize, dossier: Dossier, reason: &str| {
        cases.push(refused(
            name,
            comment,
            &dossier,
            (STEP, reason, &item(&dossier, position)),
        ));
    };
    let contents_swapped = changed(&subject, |d| {
        let first = d.statements[0].content.clone();
        d.statements[0].content = std::mem::replace(&mut d.statements[1].content, first);
    });
    push(
        "contents_swapped",
        "The contents of two statements by different issuers are swapped.",
        0,
        contents_swapped,
        "signature",
    );
    let again = register.states(
        &id(SUBJECT),
        StatementType::RegistrationFirst,
        20,
        first_registration(),
    );
    push(
        "statement_reissued",
        "The issuer signed another statement since, and the log has not got it.",
        0,
        with_content(&subject, 0, |_| again.to_string()),
        "digest",
    );
    let forged = Author::new(66, &register.issuer, &register.name, &register.roles).states(
        &id(SUBJECT),
        StatementType::RegistrationFirst,
        1,
        first_registration(),
    );
    push(
        "statement_by_other_key",
        "The statement is signed by a key that is not the one in the log.",
        0,
        with_content(&subject, 0, |_| forged.to_string()),
        "signature",
    );
    push(
        "statement_payload_changed",
        "The odometer reading in the signed part is changed.",
        1,
        with_content(&subject, 1, |jwt| {
            replaced_payload(&jwt, |payload| payload.replace("41200", "11200"))
        }),
        "signature",
    );
    push(
        "signature_changed",
        "A bit of the issuer's signature is flipped.",
        1,
        with_content(&subject, 1, |jwt| changed_signature(&jwt, |s| s[3] ^= 1)),
        "signature",
    );
    push(
        "signature_not_reduced",
        "The group's order is added to the number in the signature, which lenient verifiers accept.",
        1,
        with_content(&subject, 1, |jwt| {
            changed_signature(&jwt, |s| add_order(&mut s[32..]))
        }),
        "signature",
    );

    let disclosures = |position: usize| -> (String, Vec<String>) {
        let text = text(&subject.statements[position].content);
        let mut parts = text.trim_end_matches('~').split('~').map(str::to_owned);
        (parts.next().unwrap(), parts.collect())
    };
    let (jwt, given) = disclosures(2);
    assert_eq!(given.len(), 2, "price and buyer");
    let (_, foreign) = disclosures(0);
    let joined = |disclosures: &[&str]| format!("{jwt}~{}~", disclosures.join("~"));
    push(
        "extra_disclosure",
        "A disclosure of another statement is added.",
        2,
        with_content(&subject, 2, |_| joined(&[&given[0], &given[1], &foreign[0]])),
        "statement",
    );
    push(
        "invented_disclosure",
        "A disclosure that nobody signed: no accident.",
        2,
        with_content(&subject, 2, |_| {
            joined(&[
                &given[0],
                &given[1],
                &URL_SAFE_NO_PAD.encode(r#"["lklxF5jMYlGTPUovMNIvCA","accident","none"]"#),
            ])
        }),
        "statement",
    );
    let dearer = given
        .iter()
        .map(|d| String::from_utf8(URL_SAFE_NO_PAD.decode(d).unwrap()).unwrap())
        .find(|d| d.contains("14500000"))
        .unwrap();
    let dearer = URL_SAFE_NO_PAD.encode(dearer.replace("14500000", "24500000"));
    push(
        "disclosure_changed",
        "The price in a disclosure is changed.",
        2,
        with_content(&subject, 2, |_| joined(&[&dearer])),
        "statement",
    );
    push(
        "disclosure_twice",
        "A disclosure stands there twice.",
        2,
        with_content(&subject, 2, |_| joined(&[&given[0], &given[0]])),
        "statement",
    );
    push(
        "key_binding",
        "A key binding JWT follows the last disclosure.",
        2,
        with_content(&subject, 2, |t| format!("{t}eyJhbGciOiJFZERTQSJ9.e30.AAAA")),
        "statement",
    );
    push(
        "last_tilde_missing",
        "The tilde at the end is missing.",
        2,
        with_content(&subject, 2, |t| t.trim_end_matches('~').to_owned()),
        "statement",
    );
    push(
        "statement_empty",
        "A content without characters.",
        0,
        with_content(&subject, 0, |_| String::new()),
        "statement",
    );
    push(
        "statement_is_prose",
        "A content that is no SD-JWT.",
        0,
        with_content(&subject, 0, |_| "one owner, never crashed".to_owned()),
        "statement",
    );
    push(
        "algorithm_none",
        "The header says that there is no signature to check.",
        0,
        with_content(&subject, 0, |t| {
            replaced_header(&t, |h| h.replace("EdDSA", "none"))
        }),
        "statement",
    );
}

fn issuer_keys(world: &mut Honest, cases: &mut Vec<Case>) {
    let Honest {
        log, cast, earlier, ..
    } = world;
    let subject = log.dossier(&id(SUBJECT));
    let count = subject.issuers.len();
    assert_eq!(count, 3);
    let of = |author: &Author| {
        let at = log.positions(&history::entry::key_label(&author.key.key_id()));
        subject
            .issuers
            .iter()
            .position(|key| key.entries[0].log_index == at[0])
            .unwrap()
    };
    let [register, dealer, garage] = [of(&cast.register), of(&cast.dealer), of(&cast.garage)];
    let key = |position: usize| format!("issuer key {} of {count}", position + 1);
    let entry = |position: usize, number: usize| {
        format!(
            "{}, entry at log index {}",
            key(position),
            subject.issuers[position].entries[number].log_index
        )
    };
    let mut push = |name: &str, comment: &str, dossier: Dossier, reason: &str, item: &str| {
        cases.push(refused(name, comment, &dossier, (STEP, reason, item)));
    };

    push(
        "revocation_left_out",
        "A key's revocation is left out.",
        changed(&subject, |d| {
            d.issuers[garage].entries.pop();
        }),
        "key_incomplete",
        &key(garage),
    );
    let garage_label = history::entry::key_label(&cast.garage.key.key_id());
    push(
        "revocation_left_out_with_old_proof",
        "A key's revocation is left out, with what an earlier index said of the key.",
        changed(&subject, |d| {
            d.issuers[garage].entries.pop();
            d.issuers[garage].trie_proof = earlier.prove(&garage_label).to_bytes();
        }),
        "trie_proof",
        &key(garage),
    );
    push(
        "enrolment_left_out",
        "A key's enrolment is left out.",
        changed(&subject, |d| {
            d.issuers[garage].entries.remove(0);
        }),
        "key_history",
        &key(garage),
    );
    let swapped = changed(&subject, |d| d.issuers[garage].entries.swap(0, 1));
    push(
        "key_entries_swapped",
        "A key's revocation stands before its enrolment.",
        swapped,
        "not_rising",
        &entry(garage, 0),
    );
    push(
        "key_entry_twice",
        "A key's enrolment stands there twice.",
        changed(&subject, |d| {
            let enrolment = d.issuers[register].entries[0].clone();
            d.issuers[register].entries.push(enrolment);
        }),
        "not_rising",
        &entry(register, 0),
    );
    push(
        "key_entries_of_two_keys",
        "Another key's revocation follows the enrolment.",
        changed(&subject, |d| {
            let revocation = d.issuers[garage].entries[1].clone();
            d.issuers[register].entries.push(revocation);
        }),
        "key_history",
        &key(register),
    );
    push(
        "key_without_entries",
        "An issuer key without any entry.",
        changed(&subject, |d| d.issuers[register].entries.clear()),
        "no_key_entry",
        &key(register),
    );
    push(
        "key_trie_proof_of_other_key",
        "What the index says about another key.",
        changed(&subject, |d| {
            d.issuers[register].trie_proof = d.issuers[dealer].trie_proof.clone();
        }),
        "trie_proof",
        &key(register),
    );
    push(
        "key_inclusion_changed",
        "A bit of the inclusion proof of a key's entry is flipped.",
        changed(&subject, |d| {
            d.issuers[register].entries[0].inclusion[1].0[1] ^= 1;
        }),
        "inclusion",
        &entry(register, 0),
    );
    push(
        "key_name_changed",
        "The issuer's name in the entry is changed.",
        changed(&subject, |d| {
            *d.issuers[register].entries[0].entry.last_mut().unwrap() ^= 1;
        }),
        "inclusion",
        &entry(register, 0),
    );
    let statement = subject.statements[0].clone();
    push(
        "statement_as_key_entry",
        "A statement's entry stands in the place of a key's.",
        changed(&subject, |d| {
            let entry = &mut d.issuers[register].entries[0];
            entry.log_index = statement.log_index;
            entry.entry.clone_from(&statement.entry);
            entry.inclusion.clone_from(&statement.inclusion);
        }),
        "entry_kind",
        &format!("{}, entry at log index {}", key(register), statement.log_index),
    );
    push(
        "key_entry_beyond_log",
        "A key's entry at the log index of the index entry.",
        changed(&subject, |d| {
            d.issuers[register].entries[0].log_index = LeafIndex(log.size().0 - 1);
        }),
        "not_covered",
        &format!("{}, entry at log index {}", key(register), log.size().0 - 1),
    );

    push(
        "issuer_key_missing",
        "The key of the first statement's issuer is left out.",
        changed(&subject, |d| {
            d.issuers.remove(register);
        }),
        "key_not_listed",
        &item(&subject, 0),
    );
    push(
        "issuer_key_twice",
        "A key is listed twice.",
        changed(&subject, |d| d.issuers.push(d.issuers[0].clone())),
        "key_twice",
        "issuer key 4 of 4",
    );
    let insurer = log.issuer(&cast.insurer.key.key_id());
    push(
        "issuer_key_unused",
        "A key that signed none of the statements is listed too.",
        changed(&subject, |d| {
            d.issuers.push(dossier::file::IssuerKey {
                entries: insurer
                    .entries
                    .iter()
                    .map(|e| dossier::file::KeyItem {
                        log_index: e.log_index,
                        entry: e.entry.clone(),
                        inclusion: e.inclusion.clone(),
                    })
                    .collect(),
                trie_proof: insurer.trie_proof.to_bytes(),
            });
        }),
        "key_unused",
        "issuer key 4 of 4",
    );
}

/// The size in the dossier's checkpoint.
fn log_size(dossier: &Dossier) -> u64 {
    dossier.checkpoint.lines().nth(1).unwrap().parse().unwrap()
}

fn erasures(world: &mut Honest, cases: &mut Vec<Case>) {
    let Honest { log, erasure, .. } = world;
    let subject = log.dossier(&id(SUBJECT));
    let erased = assemble(log.parts(&id(ERASED), vec![erasure.clone()]), |_, _| true).unwrap();
    let mine = label(&id(SUBJECT));
    let sale = subject.statements[2].log_index;
    let dropped = |notices: Vec<String>| {
        changed(&subject, |d| {
            d.statements[2].content = Content::Erased(0);
            d.erasures = notices;
        })
    };
    let third = item(&subject, 2);
    let first_notice = "erasure notice 1 of 1";
    let by = |name: &str, seed: u8| SigningKey::new(KeyName::new(name).unwrap(), &[seed; 32]);
    let mut push = |name: &str, comment: &str, dossier: Dossier, reason: &str, item: &str| {
        cases.push(refused(name, comment, &dossier, (STEP, reason, item)));
    };

    let fake = notice(mine, sale).sign(&by(ORIGIN, 77)).unwrap();
    push(
        "fake_erasure",
        "A content is dropped, with a notice that somebody else signed under the log's name.",
        dropped(vec![fake]),
        "notice",
        first_notice,
    );
    let mut note = Note::new(notice(mine, sale).to_string()).unwrap();
    note.signatures.push(by("holder.example", 77).sign(&note.text));
    push(
        "erasure_by_holder",
        "A content is dropped, with a notice that the holder signed.",
        dropped(vec![String::from_utf8(note.to_bytes()).unwrap()]),
        "notice",
        first_notice,
    );
    let genuine = notice(mine, sale).sign(&log_key()).unwrap();
    push(
        "erasure_redated",
        "The log index in a notice of the log is changed.",
        dropped(vec![genuine.replacen(
            &format!("\n{sale}\n"),
            &format!("\n{}\n", sale.0 + 1),
            1,
        )]),
        "notice",
        first_notice,
    );
    let other_log = dossier::erasure::Notice {
        origin: "other.example/carnet".to_owned(),
        ..notice(mine, sale)
    };
    push(
        "erasure_of_other_log",
        "A notice of another log.",
        dropped(vec![other_log.sign(&by("other.example/carnet", 77)).unwrap()]),
        "notice",
        first_notice,
    );
    push(
        "erasure_is_checkpoint",
        "The checkpoint stands where a notice should.",
        dropped(vec![subject.checkpoint.clone()]),
        "notice",
        first_notice,
    );
    push(
        "erasure_of_other_vehicle",
        "A genuine notice, about another car.",
        dropped(vec![erasure.clone()]),
        "notice_of_other_vehicle",
        first_notice,
    );
    push(
        "erasure_missing",
        "A content is dropped, with reference to a notice that is not there.",
        dropped(Vec::new()),
        "notice_missing",
        &third,
    );
    let short = notice(mine, LeafIndex(sale.0 - 1)).sign(&log_key()).unwrap();
    push(
        "erasure_does_not_reach",
        "A genuine notice about this car, which covers only what was recorded before.",
        dropped(vec![short]),
        "not_erased",
        &third,
    );
    let last = log_size(&subject) - 1;
    let ahead = notice(mine, LeafIndex(last)).sign(&log_key()).unwrap();
    push(
        "erasure_of_the_future",
        "A genuine notice about this car, which covers the place of the index entry: it was written for statements to come.",
        dropped(vec![ahead]),
        "notice_ahead",
        first_notice,
    );
    push(
        "erasure_unused",
        "A genuine notice about this car, and all contents are there.",
        changed(&subject, |d| d.erasures.push(genuine.clone())),
        "notice_unused",
        first_notice,
    );

    let later = changed(&erased, |d| d.statements[2].content = Content::Erased(0));
    let mut case = refused(
        "erasure_extended_to_later_statement",
        "The third statement was made after the erasure, and its content is dropped too.",
        &later,
        (STEP, "not_erased", &item(&later, 2)),
    );
    case.asked = Some(ERASED.to_owned());
    cases.push(case);
}

/// What no honest log signs, and what a dossier shows all the same.
fn dishonest_logs(cases: &mut Vec<Case>) {
    let subject = id(SUBJECT);
    // An auditor refuses this log; a verifier looks all the same, because the policy may name none.
    let mut log = dishonest(|log, cast| {
        let statement = cast
            .workshop
            .states(&subject, StatementType::OdometerRead, 1, reading(10));
        log.record(&statement);
        log.record(&statement);
    });
    let dossier = log.dossier(&subject);
    let last = dossier.statements.len() - 1;
    cases.push(refused(
        "statement_sealed_twice",
        "The log sealed one statement a second time, where a correction between the two would no longer count.",
        &dossier,
        (STEP, "digest_twice", &item(&dossier, last)),
    ));
    let mut push = |name: &str, comment: &str, mut log: SmallLog, reason: &str| {
        assert!(
            log.audited().is_err() || comment.starts_with("Honest log"),
            "{name}: an auditor would cosign this"
        );
        let dossier = log.dossier(&subject);
        let last = dossier.statements.len() - 1;
        cases.push(refused(
            name,
            comment,
            &dossier,
            (STEP, reason, &item(&dossier, last)),
        ));
    };

    push(
        "revoked_issuer_key",
        "The log took a statement by a key that it had revoked.",
        dishonest(|log, cast| {
            log.push(&cast.workshop.revoked("key lost"));
            log.record(
                &cast
                    .workshop
                    .states(&subject, StatementType::OdometerRead, 1, reading(10)),
            );
        }),
        "key_not_valid",
    );
    push(
        "key_enrolled_after_statement",
        "The log enrolled the key only after the statement.",
        dishonest(|log, _| {
            let late = Author::new(41, "https://late.example", "Late Ltd", &[Role::Workshop]);
            log.record(&late.states(&subject, StatementType::OdometerRead, 1, reading(10)));
            log.push(&late.enrolled());
        }),
        "key_not_valid",
    );
    push(
        "issuer_role_missing",
        "Honest log, which does not see contents: a workshop states an insurance claim.",
        dishonest(|log, cast| {
            let body = json!({"date": "2026-10-06", "side": "own", "status": "settled"});
            log.record(
                &cast
                    .workshop
                    .states(&subject, StatementType::ClaimDamage, 1, body),
            );
        }),
        "role",
    );
    push(
        "issuer_impersonated",
        "Honest log, which does not see contents: a workshop signs as the register.",
        dishonest(|log, cast| {
            let claims = cast
                .workshop
                .claims(&subject, StatementType::OdometerRead, 1, reading(10));
            log.record(&cast.workshop.signs(&Claims {
                iss: cast.register.issuer.clone(),
                ..claims
            }));
        }),
        "issuer",
    );
    push(
        "statement_filed_under_other_vehicle",
        "Honest log, which does not see contents: a statement about another car under this car's label.",
        dishonest(|log, cast| {
            let statement = cast
                .workshop
                .states(&id(NEIGHBOUR), StatementType::OdometerRead, 1, reading(10));
            log.record_under(&subject, &statement);
        }),
        "statement_of_other_vehicle",
    );
    push(
        "entry_of_other_epoch",
        "The log took an entry of a VRF epoch it does not have.",
        dishonest(|log, cast| {
            let statement = cast
                .workshop
                .states(&subject, StatementType::OdometerRead, 1, reading(10));
            log.record_as(
                &statement,
                StatementEntry {
                    vrf_epoch: EPOCH + 1,
                    label: label(&subject),
                    key_id: statement.key_id(),
                    digest: statement.digest(),
                },
            );
        }),
        "entry_epoch",
    );
    push(
        "small_order_issuer_key",
        "Honest log, which does not weigh keys: it enrolled one under which anybody can sign anything, for a verifier that is not strict.",
        {
            dishonest(|log, cast| {
                let (key, statement) = small_order(&cast.workshop.states(
                    &subject,
                    StatementType::OdometerRead,
                    1,
                    reading(10),
                ));
                log.push(&Entry::Key(KeyEntry::Enrolled {
                    key_id: KeyId::of(&key),
                    public_key: key,
                    roles: vec![Role::Workshop],
                    issuer: cast.workshop.issuer.clone(),
                    name: cast.workshop.name.clone(),
                }));
                log.record(&statement);
            })
        },
        "signature",
    );

    let mut key_push = |name: &str, comment: &str, mut log: SmallLog| {
        assert!(log.audited().is_err(), "{name}: an auditor would cosign this");
        cases.push(refused(
            name,
            comment,
            &log.dossier(&subject),
            (STEP, "key_history", "issuer key 1 of 1"),
        ));
    };
    key_push(
        "key_enrolled_twice",
        "The log enrolled one key twice.",
        dishonest(|log, cast| {
            log.push(&cast.workshop.enrolled());
            log.record(
                &cast
                    .workshop
                    .states(&subject, StatementType::OdometerRead, 1, reading(10)),
            );
        }),
    );
    key_push(
        "key_enrolled_again",
        "The log enrolled a key again after it had revoked it.",
        dishonest(|log, cast| {
            log.push(&cast.workshop.revoked("key lost"));
            log.push(&cast.workshop.enrolled());
            log.record(
                &cast
                    .workshop
                    .states(&subject, StatementType::OdometerRead, 1, reading(10)),
            );
        }),
    );
    key_push(
        "key_revoked_twice",
        "The log revoked a key twice.",
        dishonest(|log, cast| {
            log.record(
                &cast
                    .workshop
                    .states(&subject, StatementType::OdometerRead, 1, reading(10)),
            );
            log.push(&cast.workshop.revoked("key lost"));
            log.push(&cast.workshop.revoked("key found, and lost again"));
        }),
    );

    unindexed(cases);
}

/// The log holds two statements and indexed the worse one; the dossier shows the better one.
fn unindexed(cases: &mut Vec<Case>) {
    let subject = id(SUBJECT);
    let cast = cast();
    let better = cast
        .dealer
        .states(&subject, StatementType::SaleSold, 2, sale(40_000));
    let mut not_indexed = LeafIndex(0);
    let mut log = dishonest(|log, cast| {
        log.record(
            &cast
                .dealer
                .states(&subject, StatementType::SaleSold, 1, sale(240_000)),
        );
        let entry = StatementEntry {
            vrf_epoch: EPOCH,
            label: label(&subject),
            key_id: better.key_id(),
            digest: better.digest(),
        };
        not_indexed = log.push_indexed_as(&Entry::Statement(entry), None);
    });
    assert!(log.audited().is_err());
    let mut parts = log.parts(&subject, Vec::new());
    parts.statements.truncate(1);
    parts.statements[0].logged = log.logged(not_indexed);
    parts.statements[0].content = Some(better);
    let dossier = assemble(parts, |_, _| true).unwrap();
    cases.push(refused(
        "unindexed_statement",
        "In the log and about this car, but another than the one the index counts.",
        &dossier,
        (STEP, "chain_head", ""),
    ));
}

/// The statement as if signed by the identity element: R is the identity and S zero, which satisfies the equation of
/// RFC 8032 for any message.
fn small_order(statement: &SdJwt) -> ([u8; 32], SdJwt) {
    let mut identity = [0; 32];
    identity[0] = 1;
    let key_id = KeyId::of(&identity).to_string();
    let kid = statement.key_id().to_string();
    let text = replaced_header(statement.as_str(), |h| h.replace(&kid, &key_id));
    let text = changed_signature(&text, |s| {
        s.fill(0);
        s[0] = 1;
    });
    (identity, SdJwt::parse(&text).unwrap())
}

fn replaced_header(compact: &str, change: impl FnOnce(String) -> String) -> String {
    let (header, rest) = compact.split_once('.').unwrap();
    let header = String::from_utf8(URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(change(header)))
}

fn replaced_payload(compact: &str, change: impl FnOnce(String) -> String) -> String {
    let (header, rest) = compact.split_once('.').unwrap();
    let (payload, rest) = rest.split_once('.').unwrap();
    let payload = String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    let other = change(payload.clone());
    assert_ne!(payload, other);
    format!("{header}.{}.{rest}", URL_SAFE_NO_PAD.encode(other))
}

fn changed_signature(compact: &str, change: impl FnOnce(&mut [u8])) -> String {
    let (jwt, disclosures) = compact.split_once('~').unwrap();
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let mut signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    change(&mut signature);
    format!("{signed}.{}~{disclosures}", URL_SAFE_NO_PAD.encode(signature))
}
