//! What the trie is ordered by.

use std::fmt;

/// Stands in the index for one vehicle (or one issuer key) without telling which: 256 bits, taken most significant
/// first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(pub [u8; 32]);

impl Label {
    /// Bit `bit` of the label, as the side of a node it leads to: 0 is left, 1 is right.
    pub(crate) fn side(&self, bit: u8) -> usize {
        usize::from(self.0[usize::from(bit >> 3)] >> (7 - (bit & 7)) & 1)
    }

    /// The first bit in which two labels differ; none where they are equal.
    pub(crate) fn first_difference(&self, other: &Self) -> Option<u8> {
        (0u8..32)
            .zip(self.0.iter().zip(&other.0))
            .find_map(|(byte, (a, b))| {
                let zeros = (0u8..8).find(|bit| (a ^ b) & (0x80 >> bit) != 0)?;
                Some(byte * 8 + zeros)
            })
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Label({self})")
    }
}

/// The VRF input for a vehicle: `carnet/id/v1` followed by the canonical id, such as `vin:KMHJ3813MBU123456`
/// (`spec/index.md`, "Label").
#[must_use]
pub fn id_input(canonical_id: &str) -> Vec<u8> {
    [b"carnet/id/v1", canonical_id.as_bytes()].concat()
}
