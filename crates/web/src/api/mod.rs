//! The JSON interface, an area to a file.

pub mod certificates;
pub mod issuers;
pub mod quotes;
pub mod rules;
pub mod statements;
pub mod vehicles;
