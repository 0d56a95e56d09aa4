//! The scheme and the credential as other people meet them: published vectors, other people's verifiers, a kit of poisoned
//! files, and every way around the separation of duties.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod any_input;
mod interop;
mod kit;
mod passport;
mod sample;
mod scheme;
mod w3c;
