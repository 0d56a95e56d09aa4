//! The JSON interface, an area to a file.

pub mod accounts;
pub mod certificates;
pub mod certification;
pub mod issuers;
pub mod quotes;
pub mod rules;
pub mod sessions;
pub mod shares;
pub mod statements;
pub mod tokens;
pub mod trail;
pub mod vehicles;
pub mod yard;
