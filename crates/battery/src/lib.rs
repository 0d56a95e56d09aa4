//! Health of a traction battery from charging telemetry: an estimate with an interval that holds, or a refusal that says why.
//!
//! Pure: columns in ([`Samples`]), an [`Assessment`] out. It reads no file, no clock and no random number, so the same input and
//! [`METHOD_VERSION`] give the same bytes. The method is written down in `docs/method/soh.md`.
//!
//! The path of a row: [`sample`] → `charge` (charges summed up) → `judge` (what each is worth) → [`fit`] (capacity and interval)
//! → [`assess`] (the order of it all; every refusal in `assess/refusals.rs`), with `checks` and [`transport`] beside.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

pub mod assess;
pub mod assessment;
mod charge;
mod checks;
pub mod columns;
pub mod decimal;
pub mod fit;
mod judge;
pub mod ocv;
mod offset;
pub mod pack;
pub mod quantile;
pub mod reliability;
pub mod sample;
pub mod transport;

pub use assess::Assessor;
pub use assessment::{Assessment, RefusalCode};
pub use decimal::Decimal;
pub use pack::{Chemistry, Class, Facts, Pack};
pub use sample::{Channel, Clock, Samples, SocDefinition, Source};

/// Name and version of the method. Any change of a number that it gives changes the version.
pub const METHOD_VERSION: &str = "carnet-soh/6";
