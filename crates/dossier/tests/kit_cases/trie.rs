//! Step 4: what the index says about the label.

use ::index::TrieProof;
use history::map::ChainHead;

use super::*;
use crate::small_log::{NEIGHBOUR, UNKNOWN, label};

const STEP: u8 = 4;

pub(super) fn cases(world: &mut Honest, cases: &mut Vec<Case>) {
    let Honest {
        log,
        earlier,
        erasure,
        ..
    } = world;
    let subject = log.dossier(&id(SUBJECT));
    let neighbour = log.dossier(&id(NEIGHBOUR));
    let unknown = log.dossier(&id(UNKNOWN));
    let mine = label(&id(SUBJECT));
    let mut push = |name: &str, comment: &str, dossier: &Dossier, reason: &str| {
        cases.push(refused(name, comment, dossier, (STEP, reason, "")));
    };

    let old = changed(&subject, |d| {
        d.trie_proof = earlier.prove(&mine).to_bytes();
        d.chain = Some(earlier.chain(&mine));
        d.statements.truncate(2);
    });
    push(
        "old_trie_root",
        "What an earlier index said, before the sale was recorded.",
        &old,
        "trie_proof",
    );
    let proof = TrieProof::from_bytes(&subject.trie_proof).unwrap();
    let steps = proof.steps().to_vec();
    assert!(steps.len() >= 3, "the cases below need a path of some length");
    push(
        "trie_proof_of_other_vehicle",
        "What the index says about another car.",
        &changed(&subject, |d| d.trie_proof.clone_from(&neighbour.trie_proof)),
        "trie_proof",
    );
    push(
        "trie_sibling_changed",
        "A bit of a sibling hash is flipped.",
        &changed(&subject, |d| d.trie_proof[10] ^= 1),
        "trie_proof",
    );
    push(
        "trie_proof_long",
        "The trie proof has a byte too many.",
        &changed(&subject, |d| d.trie_proof.push(0)),
        "trie_proof",
    );
    push(
        "trie_proof_short",
        "The trie proof lacks its last byte.",
        &changed(&subject, |d| {
            d.trie_proof.pop();
        }),
        "trie_proof",
    );
    push(
        "trie_proof_empty",
        "The trie proof has no bytes.",
        &changed(&subject, |d| d.trie_proof.clear()),
        "trie_proof",
    );
    let raw = |steps: &[(u16, [u8; 32])]| {
        let mut bytes = u16::try_from(steps.len()).unwrap().to_be_bytes().to_vec();
        for (bit, sibling) in steps {
            bytes.extend_from_slice(&bit.to_be_bytes());
            bytes.extend_from_slice(sibling);
        }
        let (label, value) = proof.terminal().unwrap();
        bytes.push(1);
        bytes.extend_from_slice(&label.0);
        bytes.extend_from_slice(value);
        bytes
    };
    assert_eq!(raw(&steps), subject.trie_proof);
    let mut swapped = steps.clone();
    swapped.swap(0, 1);
    push(
        "trie_bit_not_rising",
        "Two steps are swapped.",
        &changed(&subject, |d| d.trie_proof = raw(&swapped)),
        "trie_proof",
    );
    let mut twice = steps.clone();
    twice.insert(1, steps[0]);
    push(
        "trie_bit_twice",
        "A step stands there twice.",
        &changed(&subject, |d| d.trie_proof = raw(&twice)),
        "trie_proof",
    );
    let mut beyond = steps.clone();
    beyond.push((256, [0; 32]));
    push(
        "trie_bit_out_of_range",
        "A step decides at bit 256.",
        &changed(&subject, |d| d.trie_proof = raw(&beyond)),
        "trie_proof",
    );
    push(
        "trie_step_missing",
        "The last step is missing.",
        &changed(&subject, |d| d.trie_proof = raw(&steps[..steps.len() - 1])),
        "trie_proof",
    );
    let flag = subject.trie_proof.len() - 65;
    push(
        "trie_terminal_flag",
        "Where 0 or 1 says whether a leaf follows, there is 2.",
        &changed(&subject, |d| d.trie_proof[flag] = 2),
        "trie_proof",
    );
    push(
        "trie_empty_claimed",
        "The proof that an empty trie would have.",
        &changed(&unknown, |d| {
            d.trie_proof = vec![0, 0, 0];
            d.vehicle = id(SUBJECT);
            d.vrf_proof.clone_from(&subject.vrf_proof);
        }),
        "trie_proof",
    );
    push(
        "trie_value_changed",
        "A bit of the value at the end is flipped.",
        &changed(&subject, |d| *d.trie_proof.last_mut().unwrap() ^= 1),
        "trie_proof",
    );

    push(
        "hidden_vehicle",
        "The index knows the car, and the file says it does not.",
        &changed(&subject, |d| {
            d.chain = None;
            d.statements.clear();
            d.issuers.clear();
        }),
        "chain_missing",
    );
    push(
        "chain_missing",
        "The statements are there, count and head are not.",
        &changed(&subject, |d| d.chain = None),
        "chain_missing",
    );
    let chain = subject.chain.unwrap();
    push(
        "statement_left_out_and_count_lowered",
        "The last statement is left out, and count and head are those without it.",
        &changed(&old, |d| d.trie_proof.clone_from(&subject.trie_proof)),
        "chain_value",
    );
    push(
        "chain_count_changed",
        "The count is one larger.",
        &changed(&subject, |d| {
            d.chain = Some(ChainHead {
                count: chain.count + 1,
                ..chain
            })
        }),
        "chain_value",
    );
    push(
        "chain_count_zero",
        "The count is zero.",
        &changed(&subject, |d| d.chain = Some(ChainHead { count: 0, ..chain })),
        "chain_value",
    );
    let mut head = chain.head;
    head[31] ^= 1;
    push(
        "chain_head_changed",
        "A bit of the head is flipped.",
        &changed(&subject, |d| d.chain = Some(ChainHead { head, ..chain })),
        "chain_value",
    );

    let mut push_unknown = |name: &str, comment: &str, dossier: &Dossier| {
        let mut case = refused(name, comment, dossier, (STEP, "not_in_index", ""));
        case.asked = Some(UNKNOWN.to_owned());
        cases.push(case);
    };
    push_unknown(
        "absent_with_chain",
        "The index does not know the car, and the file has count and head.",
        &changed(&unknown, |d| d.chain = Some(chain)),
    );
    push_unknown(
        "absent_with_statements",
        "The index does not know the car, and the file has a statement about another.",
        &changed(&unknown, |d| d.statements.push(subject.statements[0].clone())),
    );
    push_unknown(
        "absent_with_issuer",
        "The index does not know the car, and the file has an issuer key.",
        &changed(&unknown, |d| d.issuers.push(subject.issuers[0].clone())),
    );
    push_unknown(
        "absent_with_erasure",
        "The index does not know the car, and the file has an erasure notice.",
        &changed(&unknown, |d| d.erasures.push(erasure.clone())),
    );

    let mut log = dishonest(|log, _| log.set_chain(mine, ChainHead::EMPTY));
    let empty = changed(&log.dossier(&id(SUBJECT)), |d| d.chain = Some(ChainHead::EMPTY));
    cases.push(refused(
        "chain_of_no_statements",
        "A dishonest log indexed the car with zero statements, to have it look clean rather than unknown.",
        &empty,
        (STEP, "chain_value", ""),
    ));
}
