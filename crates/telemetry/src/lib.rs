//! Reading battery logs: CSV and Parquet of any logger for which there is a mapping file, in one pass and bounded memory.
//!
//! This is the one crate that knows file formats and loggers. Out come [`battery::Samples`] in one unit, one sign and one clock.
//! Units, signs, clocks and the meaning of the state of charge are taken from the file, its mapping or the values themselves, and
//! it is said from which; what none of them shows is a [`Question`] with the option that answers it. Nothing is assumed.
//!
//! - [`Mapping`]: which column is what, from `mappings/*.toml`.
//! - [`Log::open`] recognises files, [`Log::read`] reads them.
//! - [`FileReport`]: what was understood.
//! - [`MeterLog`]: the log of a second meter, laid beside.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod ahead;
mod block;
mod clock;
mod columnar;
mod delimited;
mod error;
mod log;
mod mapping;
mod meter;
mod normal;
mod number;
mod pieces;
mod plain;
mod report;
mod survey;
mod text;
mod unit;

pub use clock::{DateOrder, offset as utc_offset};
pub use error::TelemetryError;
pub use log::{Event, Log, Options, Progress};
pub use mapping::{Mapping, Sign};
pub use meter::{Clocks, Lag, MeterLog};
pub use report::{ColumnReport, FileReport, Format, Question, SaidBy, Statement};
pub use survey::Answers;
pub use unit::Unit;
