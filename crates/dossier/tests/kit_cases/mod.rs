//! What is in the kit: one function a step.

mod checkpoint;
mod file;
mod index;
mod label;
mod sound;
mod statements;
mod trie;

use dossier::Dossier;
use tlog::note::{Note, SignatureLine};

use crate::small_log::{
    Cast, Honest, MAX_AGE, NOW, ORIGIN, SUBJECT, SmallLog, cast, cosigners, honest, id, log_key, policy_text,
    vrf_key,
};
use crate::{Case, Expected, Kit, NamedTrust};

/// The usual trust, by name.
const USUAL: &str = "usual";
/// Another VRF key.
const OTHER_VRF_KEY: &str = "other_vrf_key";
/// The VRF key of another log.
const OTHER_LOGS_VRF_KEY: &str = "other_logs_vrf_key";
/// A policy without quorum.
const NO_QUORUM: &str = "no_quorum";

pub(crate) fn kit() -> Kit {
    let mut world = honest();
    let mut cases = Vec::new();
    sound::cases(&mut world, &mut cases);
    file::cases(&mut world, &mut cases);
    checkpoint::cases(&mut world, &mut cases);
    index::cases(&mut world, &mut cases);
    label::cases(&mut world, &mut cases);
    trie::cases(&mut world, &mut cases);
    statements::cases(&mut world, &mut cases);
    let mut kit = Kit {
        about: "Dossiers and what a verifier must say of them; see README.md",
        trusts: trusts(),
        cases: Vec::new(),
    };
    // What a sound dossier says in detail is taken from the verifier here, and is held to by the comparison with the
    // committed file; that it is sound at all was said by the case.
    for case in &mut cases {
        let detailed = match &case.expected {
            Expected::Refused { .. } => continue,
            sound => (Expected::of(&kit.judge(case)), std::mem::discriminant(sound)),
        };
        if std::mem::discriminant(&detailed.0) == detailed.1 {
            case.expected = detailed.0;
        }
    }
    kit.cases = cases;
    kit
}

fn trusts() -> Vec<NamedTrust> {
    let usual = NamedTrust {
        name: USUAL,
        policy: policy_text(),
        vrf_key: vrf_key().to_string(),
    };
    let other = ::index::vrf::SecretKey::from_bytes(&[6; 32]).unwrap().public();
    let other = dossier::VrfVerifierKey {
        key: other,
        ..vrf_key()
    };
    vec![
        usual.clone(),
        NamedTrust {
            name: OTHER_VRF_KEY,
            vrf_key: other.to_string(),
            ..usual.clone()
        },
        NamedTrust {
            name: OTHER_LOGS_VRF_KEY,
            vrf_key: usual.vrf_key.replace(ORIGIN, "other.example/carnet"),
            ..usual.clone()
        },
        NamedTrust {
            name: NO_QUORUM,
            policy: format!("log {}\nquorum none\n", log_key().vkey()),
            ..usual
        },
    ]
}

/// A case about the subject, with the usual trust, to be refused.
fn refused(
    name: &str,
    comment: &str,
    bytes: impl Into<Bytes>,
    (step, reason, item): (u8, &str, &str),
) -> Case {
    Case {
        name: name.to_owned(),
        comment: comment.to_owned(),
        trust: USUAL.to_owned(),
        now: NOW,
        max_age: MAX_AGE,
        asked: Some(SUBJECT.to_owned()),
        expected: Expected::Refused {
            step,
            item: item.to_owned(),
            reason: reason.to_owned(),
        },
        bytes: bytes.into().0,
    }
}

/// A case to be verified.
fn verified(name: &str, comment: &str, asked: &str, bytes: impl Into<Bytes>) -> Case {
    let mut case = refused(name, comment, bytes, (0, "", ""));
    case.expected = Expected::Verified {
        as_of: String::new(),
        statements: Vec::new(),
        erased: Vec::new(),
    };
    case.asked = Some(asked.to_owned());
    case
}

/// The bytes of a file, or of a dossier written as one.
struct Bytes(Vec<u8>);

impl From<&Dossier> for Bytes {
    fn from(dossier: &Dossier) -> Self {
        Self(dossier.to_bytes().unwrap())
    }
}

impl From<String> for Bytes {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

/// The dossier with one thing changed.
fn changed(dossier: &Dossier, change: impl FnOnce(&mut Dossier)) -> Dossier {
    let mut dossier = dossier.clone();
    change(&mut dossier);
    dossier
}

/// The dossier with another note as its checkpoint.
fn with_note(dossier: &Dossier, note: &Note) -> Dossier {
    changed(dossier, |d| {
        d.checkpoint = String::from_utf8(note.to_bytes()).unwrap()
    })
}

/// What a dishonest log signed: the issuers enrolled, then what `build` adds, then sealed.
fn dishonest(build: impl FnOnce(&mut SmallLog, &Cast)) -> SmallLog {
    let cast = cast();
    let mut log = SmallLog::new();
    for author in [
        &cast.register,
        &cast.workshop,
        &cast.insurer,
        &cast.dealer,
        &cast.garage,
    ] {
        log.push(&author.enrolled());
    }
    build(&mut log, &cast);
    log.seal();
    log
}

/// Adds 2²⁵² + 27742317777372353535851937790883648493, little-endian: the same number to whoever reduces it.
fn add_order(number: &mut [u8]) {
    let mut order = [0u8; 32];
    order[..16].copy_from_slice(&27742317777372353535851937790883648493_u128.to_le_bytes());
    order[31] = 0x10;
    let mut carry = 0;
    for (digit, more) in number.iter_mut().zip(order) {
        let sum = u16::from(*digit) + u16::from(more) + carry;
        *digit = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
}
