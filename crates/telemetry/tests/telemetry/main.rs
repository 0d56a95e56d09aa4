//! Logs as people bring them: read right, corrected and said so, or refused with the file, the row and the way out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod bad_input;
mod formats;
mod hostile;
mod parquet_file;
mod reading;
