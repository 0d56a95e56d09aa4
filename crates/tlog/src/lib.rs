//! Transparency log formats, as the C2SP community specifications define them.
//!
//! What this crate is: the wire formats and the Merkle mathematics a verifiable log needs, each module from the one
//! specification it names, so that logs, witnesses, auditors and verifiers written by others interoperate.
//!
//! | module | specification |
//! |---|---|
//! | crate root, [`merkle`] | [RFC 6962] section 2.1, [RFC 9162] section 2.1 |
//! | [`note`] | [c2sp.org/signed-note](https://c2sp.org/signed-note) |
//! | [`checkpoint`] | [c2sp.org/tlog-checkpoint](https://c2sp.org/tlog-checkpoint) |
//! | [`cosignature`] | [c2sp.org/tlog-cosignature](https://c2sp.org/tlog-cosignature), Ed25519 |
//! | [`tile`], [`tree`] | [c2sp.org/tlog-tiles](https://c2sp.org/tlog-tiles) |
//! | [`policy`] | [c2sp.org/tlog-policy](https://c2sp.org/tlog-policy) |
//! | [`proof`] | [c2sp.org/tlog-proof](https://c2sp.org/tlog-proof) |
//! | [`witness`] | [c2sp.org/tlog-witness](https://c2sp.org/tlog-witness), `add-checkpoint` |
//!
//! What it is not: it performs no I/O, reads no clock, knows nothing of vehicles or of what an entry means, and does not
//! decide when to sign. Every parser takes bytes from strangers and returns an error rather than panic.
//! The choices made within the specifications are listed in `spec/tlog-profile.md`.
//!
//! [RFC 6962]: https://www.rfc-editor.org/rfc/rfc6962.html#section-2.1
//! [RFC 9162]: https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod checkpoint;
pub mod cosignature;
mod encoding;
mod hash;
pub mod merkle;
pub mod note;
pub mod policy;
pub mod proof;
pub mod tile;
pub mod tree;
pub mod witness;

pub use hash::{Hash, LeafIndex, TreeSize, empty_root, leaf_hash, node_hash};
