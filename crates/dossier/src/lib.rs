//! The dossier: one file that proves to a stranger, offline, what a log knows about a vehicle.
//!
//! - [`assemble`] makes a [`Dossier`] from parts that somebody else has looked up.
//! - [`verify`] checks the bytes of one against a [`Trust`], and says "complete as of T" or which step failed at which
//!   item and why.
//! - [`erasure`] is the log's signed word that content is gone.
//!
//! The format and the steps are specified in `spec/dossier.md`; `spec/vectors/dossier/` holds files, one defect each, that
//! every implementation must judge alike.
//!
//! What it is not: it does no I/O, reads no clock, trusts nothing it was not given, and judges no content. That a
//! statement is in the log, unaltered and by whom, is proved here; whether what it says fits the others is
//! `history`'s question.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod assemble;
pub mod erasure;
pub mod file;
mod json;
mod refusal;
mod report;
pub mod trust;
mod verify;

pub use assemble::{AssembleError, IssuerPart, Logged, Parts, StatementPart, assemble};
pub use file::{Dossier, FileError};
pub use refusal::{Reason, Refusal, Step};
pub use report::{Cosigner, ErasedStatement, Issuer, Report, VerifiedStatement};
pub use trust::{CLOCK_TOLERANCE, Trust, VrfVerifierKey};
pub use verify::verify;
