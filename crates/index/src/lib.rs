//! The verifiable index by vehicle: from a vehicle id to a label, and from a label to a value under one root.
//!
//! - [`vrf`]: the verifiable random function [c2sp.org/vrf-r255](https://c2sp.org/vrf-r255) that turns a vehicle id
//!   into a [`Label`]. Whoever holds the secret key can compute it, everybody can check it, and nobody, the key's
//!   holder included, can give one id two labels.
//! - [`Trie`]: a path-compressed binary trie over labels. Its root commits to every label and value at once; a
//!   [`TrieProof`] shows what it says about one label, also when it says nothing.
//!
//! The formats are fixed in `spec/index.md`.
//!
//! What it is not: it knows neither vehicles nor statements nor the log, and what a value stands for is the caller's
//! affair ([`LeafValue`]). It keeps one current trie and no older versions: the log is the history, and replaying it
//! gives any of them back.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod hash;
mod json;
mod label;
mod proof;
mod trie;
pub mod vrf;

pub use hash::empty_root;
pub use label::{Label, id_input};
pub use proof::{Answer, ProofError, TrieProof};
pub use trie::{LeafValue, Trie, TrieError};
