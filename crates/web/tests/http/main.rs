//! The service over real sockets: what it answers, what it refuses, and what it survives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod answers;
mod client;
mod fuzz;
mod hostile;
mod limits;
mod pages;
mod quorum;
mod running;
mod static_log;
mod submit;
mod test_add;
mod vehicles;
