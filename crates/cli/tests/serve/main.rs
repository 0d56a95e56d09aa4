//! `carnet serve` as a process of its own: what it says, what it survives, and what it keeps to itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod behind_nginx;
mod failover;
mod process;
mod refused_uploads;
mod schemathesis;
mod stopping;
mod what_is_logged;
