//! The service over real sockets: what it answers, what it refuses, and what it survives.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod accounts;
mod answers;
mod certification;
mod certification_pages;
mod client;
mod dossier_page;
mod fenced;
mod fuzz;
mod hostile;
mod isolation;
mod issuer_keys;
mod limits;
mod load_tool;
mod logs;
mod market;
mod own_pages;
mod pages;
mod people;
mod published;
mod quorum;
mod quotes;
mod running;
mod stage;
mod static_log;
mod submit;
mod sufficient;
mod test_add;
mod vc_api;
mod vehicles;
mod yard_pages;
