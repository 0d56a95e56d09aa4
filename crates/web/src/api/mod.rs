//! The JSON interface, an area to a file.

pub mod issuers;
pub mod statements;
pub mod vehicles;
