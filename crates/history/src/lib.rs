//! What the log holds and what it means: entries, the map function, one batch as a pure step, replay, findings.
//!
//! Nothing here does I/O: the store performs what [`sequence::sequence`] returns, the auditor feeds [`audit::Auditor`]
//! with bytes it fetched, and [`findings`] judge statements that somebody else has opened. Formats:
//! `spec/log-entries.md`, `spec/index.md`.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod audit;
pub mod entry;
pub mod findings;
pub mod map;
pub mod receipt;
pub mod sequence;
pub mod snapshot;
