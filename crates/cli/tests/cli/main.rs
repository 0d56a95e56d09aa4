//! The command line as its users meet it: the real program, real files, and what it prints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod battery;
mod bounded;
mod findings;
mod folders;
mod issuer_list;
mod json;
mod kit;
mod log;
mod program;
mod quote;
mod transcript;
mod twice;
mod unsealed;
mod wrong_input;
mod yard;
