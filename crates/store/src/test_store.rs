//! A small log for tests that look inside.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use history::entry::{KeyEntry, MAP_VERSION, Params};
use index::Label;
use object_store::local::LocalFileSystem;
use statement::vocabulary::Role;
use statement::{Digest, KeyId};
use tlog::note::{KeyName, SigningKey};
use tlog::policy::Policy;

use crate::open::Options;
use crate::records::Submission;
use crate::vault::{Secret, Vault};

const ISSUER: [u8; 32] = [7; 32];

/// A log without cosigners, whose lease ends at once.
pub(crate) fn options(folder: &Path) -> Options {
    let key = SigningKey::new(KeyName::new("log.test/carnet").unwrap(), &[1; 32]);
    let log = folder.join("log");
    std::fs::create_dir_all(&log).unwrap();
    let policy = Policy::parse(format!("log {}\nquorum none\n", key.vkey())).unwrap();
    let mut options = Options::new(
        format!("sqlite://{}", folder.join("carnet.sqlite").display()),
        Arc::new(LocalFileSystem::new_with_prefix(log).unwrap()),
        key,
        policy,
        Vault::new(Secret::new([9; 32])),
    );
    options.lease = Duration::from_millis(1);
    options
}

pub(crate) fn params() -> Params {
    Params {
        map_version: MAP_VERSION,
        vrf_epoch: 1,
        vrf_key: [0x56; 32],
    }
}

pub(crate) fn enrolment() -> KeyEntry {
    enrolment_of(ISSUER)
}

pub(crate) fn enrolment_of(public_key: [u8; 32]) -> KeyEntry {
    KeyEntry::Enrolled {
        key_id: KeyId::of(&public_key),
        public_key,
        roles: vec![Role::Workshop],
        issuer: "workshop".to_owned(),
        name: "Workshop".to_owned(),
    }
}

/// The n-th statement, about the n-th vehicle.
pub(crate) fn statement(n: u8) -> Submission {
    Submission {
        digest: Digest([n; 32]),
        label: Label([n; 32]),
        key_id: KeyId::of(&ISSUER),
        content: "as it was submitted".to_owned(),
        draft: None,
    }
}
