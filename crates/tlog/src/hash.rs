//! The hashes of the tree and the two numbers that are easily confused: a leaf's index and a tree's size.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::encoding;

/// Domain separation of leaves, RFC 6962 section 2.1.
const LEAF_PREFIX: u8 = 0x00;
/// Domain separation of interior nodes, RFC 6962 section 2.1.
const NODE_PREFIX: u8 = 0x01;

/// A SHA-256 Merkle tree hash. Prints as lower-case hex; C2SP formats write it with [`Hash::to_base64`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; Self::LEN]);

impl Hash {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// The hash in `bytes`, if there are exactly 32 of them.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Standard padded base64, the form of checkpoints and proof lines.
    pub fn to_base64(&self) -> String {
        encoding::to_base64(&self.0)
    }

    /// Reads the standard padded base64 of exactly 32 bytes; any other spelling is refused.
    pub fn from_base64(text: &str) -> Option<Self> {
        encoding::from_base64(text).and_then(|bytes| Self::from_slice(&bytes))
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// Zero-based position of an entry in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LeafIndex(pub u64);

impl fmt::Display for LeafIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Number of entries in a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeSize(pub u64);

impl fmt::Display for TreeSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The hash of an entry as a leaf: SHA-256(0x00 ‖ entry), RFC 6962 section 2.1.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([LEAF_PREFIX])
            .chain_update(entry)
            .finalize()
            .into(),
    )
}

/// The hash of an interior node: SHA-256(0x01 ‖ left ‖ right), RFC 6962 section 2.1.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    // One contiguous input costs the compression function nothing extra; three small updates go through its buffer.
    let mut input = [NODE_PREFIX; 1 + 2 * Hash::LEN];
    let (_, children) = input.split_at_mut(1);
    let (l, r) = children.split_at_mut(Hash::LEN);
    l.copy_from_slice(&left.0);
    r.copy_from_slice(&right.0);
    Hash(Sha256::digest(input).into())
}

/// The root of the tree without leaves: SHA-256 of nothing, RFC 6962 section 2.1.
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}
