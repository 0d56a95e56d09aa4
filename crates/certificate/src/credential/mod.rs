//! The credential: a W3C Verifiable Credential 2.0 with a Data Integrity proof `eddsa-jcs-2022`.
//!
//! - [`issue`] makes a certificate's credential and its twin without vehicle id, and [`status_list`] the lists that tell
//!   whether they are still in force.
//! - [`verify`] is what a stranger does: proof and status are two answers, never one.
//! - [`proof`], [`jcs`], [`did`] and [`context`] follow the published specifications and know nothing of cars.
//!
//! The format is written down in `spec/credential.md`, with a test kit in `spec/vectors/credential/`.

pub mod context;
pub mod did;
pub mod issue;
pub mod jcs;
pub mod proof;
pub mod schema;
pub mod status_list;
pub mod subject;
pub mod verify;

pub use issue::{Certificate, Issuer, People, StatusEntry, unsigned};
pub use subject::Subject;
pub use verify::{Proven, Question, Refusal, Standing, Step, Verdict, verify};
