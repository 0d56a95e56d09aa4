//! The operations users name: set up a log, enrol an issuer, record, seal, look up, export a dossier, verify, erase.
//!
//! | module | operation |
//! |---|---|
//! | [`data_dir`] | what lies where in a data directory, and how secrets are written |
//! | [`desk`](Desk) | set up and open |
//! | [`issuer`] | issuers: new key, enrol, revoke, list |
//! | [`input`] | files that people record: JSON, JSON Lines, CSV with a mapping, Form 82, signed statements |
//! | [`record`] | sign where the key is here, check, submit; what is refused and why |
//! | [`lookup`] | the history of a vehicle, with findings |
//! | [`export`] | a dossier, with the holder's choice of disclosures; a receipt |
//! | [`receipts`] | the receipts of a whole batch, for a service that answers many submitters at once |
//! | [`check`] | verify a dossier file offline |
//! | [`assessing`] | a battery assessed from charging logs |
//! | [`inspecting`] | what was understood of charging logs |
//! | [`recomputing`] | an assessment or certificate computed again from its files |
//! | [`certify`] | certificates for traction batteries: the scheme's steps, the directory, verification of a credential |
//! | [`access`] | accounts, sessions, tokens, yards, links to dossiers, and the trail |
//! | [`erase`] | destroy a vehicle's contents |
//! | `fsck` | recompute the log, and compare what verifiers are given with it |
//! | [`moving`] | a log carried to another database and object store |
//! | [`rules`] | rule packs: load, check, show, what changed, coverage |
//! | [`quote`] | may it enter and what will it cost: one car or a yard, many markets |
//!
//! It knows neither HTTP nor the terminal: operations take values and return values, and progress is a callback.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod access;
pub mod assessing;
pub mod certify;
pub mod check;
mod checkers;
pub mod data_dir;
mod desk;
mod draft;
pub mod erase;
mod error;
pub mod export;
mod fsck;
mod history_json;
pub mod input;
pub mod inspecting;
pub mod issuer;
mod label;
mod legible;
pub mod lookup;
pub mod moving;
mod prepared;
pub mod quote;
pub mod receipts;
pub mod recomputing;
pub mod record;
mod refused;
pub mod rules;
pub mod shell;
pub mod witnesses;
pub mod words;

pub use desk::{Desk, InitOptions, ed25519_key};
pub use draft::Draft;
pub use error::DeskError;
pub use legible::legible;
