//! The two stores of a log: SQL for what is private or changes, objects for what is public and never does.
//!
//! | module | what it owns |
//! |---|---|
//! | [`Store`] | opening, recovery, the lease |
//! | `db` | one way of speaking SQL to SQLite and PostgreSQL |
//! | `batch` | the life of a batch, read top to bottom |
//! | `records` | statements: submitted, read, erased |
//! | `room` | how much one vehicle's statements may come to |
//! | `certification` | people, cases and their audit records, certificates |
//! | `accounts`, `sessions`, `yards`, `trail` | who may do what, what belongs to whom, and what was done |
//! | `proofs` | what a dossier or receipt needs from tiles and trie |
//! | `cosigner` | witnesses and auditors that live beside the log |
//! | `remote_witness` | those run by others, asked over HTTP |
//! | `quorum` | asking all of them at once, until enough have answered |
//! | `memory` | what a cosigner must never forget |
//! | `following` | the published state that readers answer from |
//! | `moving` | a log carried from one database and object store to another |
//! | `places` | where objects lie, by URL |
//! | `fsck` | everything recomputed from the public files and compared |
//!
//! What it is not: it takes no decision about vehicles or issuers. Who may submit, what a statement must look like and
//! who may erase is decided one floor up, in `desk`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod accounts;
mod batch;
mod certification;
mod cosigner;
mod db;
mod error;
mod following;
mod fsck;
pub mod http;
mod lease;
mod log_row;
mod memory;
mod migrations;
mod moved;
mod moving;
mod objects;
mod open;
mod packing;
mod places;
mod proofs;
mod quorum;
mod records;
mod remote_witness;
mod room;
mod sessions;
#[cfg(test)]
mod test_store;
mod trail;
mod vault;
mod watch;
mod writing;
mod yards;

pub use accounts::{AccountChange, NO_PASSWORD, SetUp, StoredAccount, StoredOrganisation};
pub use batch::{Refreshed, Refused, Sealing};
pub use certification::{
    CaseWrite, CertificationBody, CertifiedHistory, NewStep, RecordedSoFar, StepAccount, StoredApplicant,
    StoredAssessment, StoredCase, StoredCertificate, StoredMandate,
};
pub use cosigner::{Cosigner, LocalCosigner};
pub use error::StoreError;
pub use fsck::{Complaint, Fsck, Severity};
pub use memory::{ClockBehind, Held, Memory, Remembered, may_cosign};
pub use moving::{MoveReport, Moving};
pub use objects::Objects;
pub use open::{Options, Status, Store};
pub use places::{open_objects, without_password};
pub use proofs::{ChainProof, Head, Snapshot};
pub use quorum::CosignerState;
pub use records::{Content, Erasure, KnownDraft, SignedFrom, StoredStatement, Submission, Submitted};
pub use remote_witness::RemoteWitness;
pub use room::{Foresight, Room};
pub use sessions::{StoredSession, StoredToken};
pub use trail::{Deed, StoredDeed};
pub use vault::{Secret, Vault};
pub use watch::{Step, Unwatched, Watch};
pub use yards::{StoredShare, StoredYardCar};
