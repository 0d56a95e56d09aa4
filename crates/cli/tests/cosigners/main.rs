//! Witnesses and auditors as their operators meet them: real processes that talk HTTP, are killed, and deal with logs that lie.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod audit;
mod conformance;
mod killed;
mod log_asks;
mod made_log;
mod process;
mod protocol;
