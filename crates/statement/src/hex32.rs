//! 32 bytes as 64 lower-case hex digits: one spelling only, so that equal values are equal texts.

use std::fmt;

use serde::{Deserialize, Deserializer, de};

/// The text is not exactly 64 lower-case hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 64 lower-case hex digits")]
pub struct NotHex32;

pub(crate) fn write(bytes: &[u8; 32], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(&hex::encode(bytes))
}

pub(crate) fn parse(text: &str) -> Result<[u8; 32], NotHex32> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(NotHex32);
    }
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| NotHex32)?;
    Ok(bytes)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
    parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
}
