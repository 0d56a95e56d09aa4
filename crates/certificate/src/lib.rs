//! Certificates for traction batteries: the scheme that decides about them, and the credential that carries the decision.
//!
//! | module | what it owns |
//! |---|---|
//! | [`application`] | what a client asks to have certified |
//! | [`basis`] | what the figures of an evaluation rest on, and that a certificate says so |
//! | [`evaluation`] | what an evaluator found, and what of it stands in the way of a certificate |
//! | [`distance`] | expiry by distance: a reading beyond a certificate's limit |
//! | [`grade`] | grades and the durability curves of Euro 7 and UN GTR No. 22, on the lower bound of the interval |
//! | [`people`] | who may do what: mandates with competence and validity |
//! | [`scheme`] | the states of a case, its steps, its audit records, the separation of duties (ISO/IEC 17065, clause 7) |
//! | [`surveillance`] | which statements about a car suspend its certificate |
//! | [`credential`] | W3C Verifiable Credential: issue, prove, verify; status lists |
//! | [`passport`] | the part of a battery passport that a used-car test can honestly fill |
//!
//! It does no I/O and reads no clock: times, keys and documents come in as values. It does not estimate anything: the
//! numbers in an evaluation come from whoever measured.
//!
//! Formats: `spec/credential.md`. Scheme: `docs/scheme.md`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod application;
pub mod basis;
pub mod credential;
pub mod decimal;
pub mod distance;
pub mod evaluation;
pub mod grade;
pub mod passport;
pub mod people;
pub mod scheme;
pub mod surveillance;

pub use decimal::Decimal;
