//! What a vehicle is called, and the units its life is measured in.
//!
//! - [`Vin`]: a 17-character vehicle identification number (ISO 3779). Its parser is the only door in.
//! - [`FrameNumber`]: a Japanese frame number (model code, hyphen, serial).
//! - [`VehicleId`]: either of them, in the one canonical text every signed statement carries
//!   (`vin:KMHXX00XXXX000000`, `frame:ZVW30-1234567`).
//! - [`wmi`]: who the maker behind a VIN is, from our own sourced table.
//! - [`trouble_code`]: which diagnostic codes are of the high-voltage system.
//! - [`units`]: kilometres and miles as read, Ah, kWh, cc, kW.
//!
//! **What it is not.** It decodes no equipment, body or engine from a VIN, and never infers displacement: those come
//! from the registration certificate. It never repairs an identifier in silence; it says what is wrong, where, and what
//! the writer may have meant.
//!
//! # One car, one id
//! A canonical id is upper-case ASCII without spaces, and parsing accepts no second spelling of it. Leading zeros of a
//! frame serial are part of the number as stamped and stay. Only [`VehicleId::parse_loose`] accepts what people type:
//! it ignores white space and letter case, nothing else.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod check_digit;
mod frame;
mod id;
mod model_year;
mod near_miss;
pub mod trouble_code;
pub mod units;
mod vin;
pub mod wmi;

pub use check_digit::{CheckDigit, CheckDigitDuty, Market, StrayCheckDigit};
pub use frame::{FrameError, FrameNumber};
pub use id::{VehicleId, VehicleIdError};
pub use near_miss::{Change, Suggestion};
pub use units::{
    AmpHours, CubicCentimetres, Distance, DistanceUnit, Kilometres, KilowattHours, Kilowatts, Miles,
    UnitError,
};
pub use vin::{Vin, VinError};
