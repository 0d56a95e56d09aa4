//! The signed envelope as a stranger sees it: published examples, our own vectors, other people's software, and
//! every way we could think of to change a statement after it was signed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod envelope;
mod interop;
mod mutation;
mod rfc9901;
mod support;
mod vectors;
