//! Signed statements about a vehicle.
//!
//! A statement is an SD-JWT ([RFC 9901]) signed with Ed25519 by an enrolled issuer. It says what happened to one
//! vehicle, when, where, and on what evidence. Personal fields of its body are disclosed one by one, by whoever
//! holds the statement, without breaking the signature.
//!
//! - [`Claims`] is what a statement says; [`issue`] signs it; [`SdJwt`] is the signed thing.
//! - [`vocabulary`] knows the statement types, their fields, and who may issue them.
//! - [`form82`] is the Korean performance-and-condition record.
//! - [`key_file`] writes and reads signing keys as bytes.
//!
//! This crate does no I/O, reads no clock, and does not decide whether an issuer may be believed: that a key is
//! enrolled and may issue a type is checked where the log's key entries are known.
//!
//! The format is specified in `spec/statement.md`, with test vectors in `spec/vectors/statement/`.
//!
//! [RFC 9901]: https://www.rfc-editor.org/rfc/rfc9901.html

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod claims;
pub mod form82;
mod hex32;
pub mod key;
pub mod key_file;
mod prepared_key;
pub mod sd_jwt;
pub mod vocabulary;

pub use claims::{Claims, ClaimsError, Confidence, EventTime, Evidence, Locode};
pub use hex32::NotHex32;
pub use key::{IssuerSigningKey, KeyId};
pub use prepared_key::PreparedKey;
pub use sd_jwt::{Digest, Disclosure, IssueError, ParseError, SdJwt, Verified, VerifyError, issue};
