//! The public test kit in `spec/vectors/dossier/`: files with one defect each, and what a verifier must say of them.
//!
//! The files are made here, from fixed keys, and compared with the committed ones; each is then verified and must be
//! judged for the intended reason. Run with `UPDATE_VECTORS=1` to write them anew after a deliberate change of format.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit_cases;
mod small_log;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dossier::{Refusal, Report, Trust, verify};
use serde::Serialize;
use tlog::policy::Policy;

/// One file and how to verify it. In `kit.json` the fields stand in this order.
#[derive(Serialize)]
struct Case {
    /// `<name>.carnet` is the file.
    name: String,
    /// What is wrong with it, or what is special and right.
    comment: String,
    /// A name in `trusts`.
    trust: String,
    /// POSIX seconds.
    now: u64,
    /// Seconds.
    max_age: u64,
    /// The vehicle asked for; null: the one the file names.
    asked: Option<String>,
    #[serde(flatten)]
    expected: Expected,
    #[serde(skip)]
    bytes: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "expected", rename_all = "lowercase")]
enum Expected {
    Verified {
        as_of: String,
        statements: Vec<Shown>,
        erased: Vec<ShownErased>,
    },
    Absent {
        as_of: String,
    },
    Refused {
        /// The step's number.
        step: u8,
        /// The item, in our words.
        item: String,
        /// The reason's name, in our words.
        reason: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Shown {
    log_index: u64,
    issuer: String,
    typ: String,
    hidden: usize,
    superseded_by: Vec<u64>,
    contested_by: Vec<u64>,
    key_revoked_at: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ShownErased {
    log_index: u64,
    issuer: String,
    asked_by: String,
}

impl Expected {
    fn of(result: &Result<Report, Refusal>) -> Self {
        match result {
            Err(refusal) => Self::Refused {
                step: refusal.step.number(),
                item: refusal.item.clone(),
                reason: refusal.reason.name().to_owned(),
            },
            Ok(report) if report.is_absent() => Self::Absent {
                as_of: report.as_of.to_string(),
            },
            Ok(report) => Self::Verified {
                as_of: report.as_of.to_string(),
                statements: report
                    .statements
                    .iter()
                    .map(|s| Shown {
                        log_index: s.log_index.0,
                        issuer: s.issuer.id.clone(),
                        typ: s.claims.typ.to_string(),
                        hidden: s.hidden,
                        superseded_by: s.superseded_by.iter().map(|at| at.0).collect(),
                        contested_by: s.contested_by.iter().map(|at| at.0).collect(),
                        key_revoked_at: s.issuer.revoked_at.as_ref().map(|(at, _)| at.0),
                    })
                    .collect(),
                erased: report
                    .erased
                    .iter()
                    .map(|e| ShownErased {
                        log_index: e.log_index.0,
                        issuer: e.issuer.id.clone(),
                        asked_by: e.notice.asked_by.clone(),
                    })
                    .collect(),
            },
        }
    }
}

/// `kit.json`.
#[derive(Serialize)]
struct Kit {
    about: &'static str,
    trusts: Vec<NamedTrust>,
    cases: Vec<Case>,
}

#[derive(Clone, Serialize)]
struct NamedTrust {
    name: &'static str,
    policy: String,
    vrf_key: String,
}

impl Kit {
    fn judge(&self, case: &Case) -> Result<Report, Refusal> {
        let named = self
            .trusts
            .iter()
            .find(|named| named.name == case.trust)
            .expect(&case.trust);
        let trust = Trust {
            policy: Policy::parse(&named.policy).unwrap(),
            vrf_key: named.vrf_key.parse().unwrap(),
            max_age: case.max_age,
        };
        let asked = case.asked.as_ref().map(|id| id.parse().unwrap());
        verify(&case.bytes, &trust, asked.as_ref(), case.now)
    }
}

static KIT: LazyLock<Kit> = LazyLock::new(kit_cases::kit);

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/dossier")
}

#[test]
fn every_file_is_judged_as_intended_and_for_the_intended_reason() {
    let kit = &*KIT;
    let mut wrong = Vec::new();
    for case in &kit.cases {
        let found = Expected::of(&kit.judge(case));
        if found != case.expected {
            wrong.push(format!(
                "{}:\n  expected {:?}\n  found    {found:?}",
                case.name, case.expected
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_published_files_are_the_ones_made_here() {
    let kit = &*KIT;
    let directory = directory();
    let listing = serde_json::to_string_pretty(kit).unwrap() + "\n";
    let usual = &kit.trusts[0];
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        fs::create_dir_all(&directory).unwrap();
        for old in files(&directory) {
            fs::remove_file(directory.join(format!("{old}.carnet"))).unwrap();
        }
        for case in &kit.cases {
            fs::write(directory.join(format!("{}.carnet", case.name)), &case.bytes).unwrap();
        }
        fs::write(directory.join("kit.json"), &listing).unwrap();
        fs::write(directory.join("policy.txt"), &usual.policy).unwrap();
        fs::write(directory.join("vrf_key.txt"), format!("{}\n", usual.vrf_key)).unwrap();
    }
    let committed = fs::read_to_string(directory.join("kit.json")).unwrap();
    assert!(committed == listing, "kit.json is not what is made here");
    assert_eq!(
        fs::read_to_string(directory.join("policy.txt")).unwrap(),
        usual.policy
    );
    assert_eq!(
        fs::read_to_string(directory.join("vrf_key.txt"))
            .unwrap()
            .trim_end(),
        usual.vrf_key
    );
    let names: BTreeSet<String> = kit.cases.iter().map(|case| case.name.clone()).collect();
    assert_eq!(names.len(), kit.cases.len(), "a name is used twice");
    assert_eq!(files(&directory), names);
    for case in &kit.cases {
        let committed = fs::read(directory.join(format!("{}.carnet", case.name))).unwrap();
        assert!(
            committed == case.bytes,
            "{}.carnet is not what is made here",
            case.name
        );
    }
}

fn files(directory: &Path) -> BTreeSet<String> {
    fs::read_dir(directory)
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            name.strip_suffix(".carnet").map(str::to_owned)
        })
        .collect()
}

#[test]
fn the_log_behind_the_kit_is_one_an_auditor_would_cosign() {
    assert_eq!(small_log::honest().log.audited(), Ok(()));
    assert_eq!(small_log::honest().earlier.audited(), Ok(()));
}

/// The kit is worth what it covers: every reason a dossier can be refused for has a file.
#[test]
fn every_reason_has_a_file() {
    let kit = &*KIT;
    let covered: BTreeSet<&str> = kit
        .cases
        .iter()
        .filter_map(|case| match &case.expected {
            Expected::Refused { reason, .. } => Some(reason.as_str()),
            _ => None,
        })
        .collect();
    // A file over 64 MiB is not for a kit; `tests/properties.rs` makes one.
    let missing: Vec<&str> = REASONS
        .iter()
        .copied()
        .filter(|reason| !covered.contains(reason))
        .collect();
    assert_eq!(missing, ["file_too_long"]);
    assert!(covered.iter().all(|reason| REASONS.contains(reason)));
}

const REASONS: [&str; 55] = [
    "file_empty",
    "file_too_long",
    "file_not_utf8",
    "file_cut_off",
    "file_not_json",
    "file_form",
    "note",
    "checkpoint_text",
    "unknown_log",
    "not_signed_by_log",
    "bad_signature",
    "quorum",
    "no_freshness",
    "stale",
    "from_future",
    "empty_log",
    "index_size",
    "epochs",
    "other_vehicle",
    "vrf_key_of_other_log",
    "vrf_key",
    "vrf_proof",
    "trie_proof",
    "chain_missing",
    "not_in_index",
    "chain_value",
    "entry",
    "entry_kind",
    "inclusion",
    "not_rising",
    "digest_twice",
    "not_covered",
    "key_history",
    "no_key_entry",
    "key_twice",
    "key_incomplete",
    "key_unused",
    "notice",
    "notice_of_other_vehicle",
    "notice_ahead",
    "notice_unused",
    "count",
    "entry_epoch",
    "entry_label",
    "key_not_listed",
    "key_not_valid",
    "statement",
    "signature",
    "digest",
    "statement_of_other_vehicle",
    "issuer",
    "role",
    "notice_missing",
    "not_erased",
    "chain_head",
];
