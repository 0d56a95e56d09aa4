//! The three hashes of the trie (`spec/index.md`, "Trie"). Their first byte keeps them apart from each other and from
//! the log's own 0x00 and 0x01 (RFC 6962, section 2.1).

use sha2::{Digest as _, Sha256};

use crate::Label;

/// The root of a trie that holds nothing: H(0x10 ‖ `carnet/index/v1`).
#[must_use]
pub fn empty_root() -> [u8; 32] {
    Sha256::digest(b"\x10carnet/index/v1").into()
}

/// H(0x11 ‖ label ‖ value).
pub(crate) fn leaf_hash(label: &Label, value: &[u8; 32]) -> [u8; 32] {
    let mut input = [0x11; 65];
    input[1..33].copy_from_slice(&label.0);
    input[33..].copy_from_slice(value);
    Sha256::digest(input).into()
}

/// H(0x12 ‖ bit u16 ‖ left ‖ right), where the children stand in the order of `sides`.
pub(crate) fn node_hash(bit: u16, sides: [&[u8; 32]; 2]) -> [u8; 32] {
    let mut input = [0x12; 67];
    input[1..3].copy_from_slice(&bit.to_be_bytes());
    input[3..35].copy_from_slice(sides[0]);
    input[35..].copy_from_slice(sides[1]);
    Sha256::digest(input).into()
}
