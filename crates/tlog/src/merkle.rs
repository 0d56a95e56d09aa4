//! Verification of Merkle proofs, and the root of a list of hashes.
//!
//! Specified by [RFC 6962 section 2.1](https://www.rfc-editor.org/rfc/rfc6962.html#section-2.1); the verification
//! algorithms are those of RFC 9162 sections
//! [2.1.3.2](https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1.3.2) (inclusion) and
//! [2.1.4.2](https://www.rfc-editor.org/rfc/rfc9162.html#section-2.1.4.2) (consistency), which check the length of a proof
//! by consuming the tree's shape: a proof too short or too long is refused like a wrong hash.

use thiserror::Error;

use crate::{Hash, LeafIndex, TreeSize, empty_root, node_hash};

/// Why a Merkle proof was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MerkleError {
    /// The index is not in the tree.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    IndexOutOfRange {
        /// The leaf asked for.
        index: LeafIndex,
        /// The tree's size.
        size: TreeSize,
    },
    /// The older tree is larger than the newer.
    #[error("the older tree has {old} leaves, more than the newer tree's {new}")]
    SizesReversed {
        /// Size claimed to be older.
        old: TreeSize,
        /// Size claimed to be newer.
        new: TreeSize,
    },
    /// The number of hashes does not fit the sizes.
    #[error("a proof of {0} hashes does not fit these sizes")]
    WrongLength(usize),
    /// The hashes do not lead to the root, or to the older root.
    #[error("the proof leads to another root")]
    RootMismatch,
}

/// The Merkle tree hash of a tree with these leaf hashes (or of any run of equally high, complete subtrees).
pub fn root(hashes: &[Hash]) -> Hash {
    let mut layer = hashes.to_vec();
    while layer.len() > 1 {
        layer = layer
            .chunks(2)
            .filter_map(|pair| match pair {
                [left, right] => Some(node_hash(left, right)),
                // RFC 6962 splits at the largest power of two, so a last odd node moves up unhashed.
                rest => rest.first().copied(),
            })
            .collect();
    }
    layer.first().copied().unwrap_or_else(empty_root)
}

/// Checks that `leaf` is the leaf hash at `index` in the tree of `size` leaves with this `root`.
///
/// `proof` runs from the leaf's sibling up to the child of the root.
pub fn verify_inclusion(
    index: LeafIndex,
    size: TreeSize,
    leaf: &Hash,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), MerkleError> {
    if index.0 >= size.0 {
        return Err(MerkleError::IndexOutOfRange { index, size });
    }
    let mut walk = Walk {
        node: index.0,
        last: size.0 - 1,
    };
    let mut hash = *leaf;
    for sibling in proof {
        hash = match walk.step().ok_or(MerkleError::WrongLength(proof.len()))? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    match (walk.at_root(), hash == *root) {
        (false, _) => Err(MerkleError::WrongLength(proof.len())),
        (true, false) => Err(MerkleError::RootMismatch),
        (true, true) => Ok(()),
    }
}

/// Checks that the tree of `new` leaves with `new_root` begins with the tree of `old` leaves with `old_root`.
///
/// The proof is empty when `old` is zero (then `old_root` must be [`empty_root`]) or equal to `new` (then the roots must be
/// equal).
pub fn verify_consistency(
    old: TreeSize,
    new: TreeSize,
    proof: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), MerkleError> {
    if old > new {
        return Err(MerkleError::SizesReversed { old, new });
    }
    if new.0 == 0 && *new_root != empty_root() {
        return Err(MerkleError::RootMismatch);
    }
    if old == new || old.0 == 0 {
        let expected = if old.0 == 0 { empty_root() } else { *new_root };
        return match (proof.is_empty(), *old_root == expected) {
            (false, _) => Err(MerkleError::WrongLength(proof.len())),
            (true, false) => Err(MerkleError::RootMismatch),
            (true, true) => Ok(()),
        };
    }

    let mut walk = Walk {
        node: old.0 - 1,
        last: new.0 - 1,
    };
    walk.climb_while_right_child();
    // A complete older tree is itself a node of the newer one; the prover leaves out what the verifier already has.
    let (start, rest) = if old.0.is_power_of_two() {
        (*old_root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(MerkleError::WrongLength(0))?;
        (*first, rest)
    };
    let (mut old_hash, mut new_hash) = (start, start);
    for sibling in rest {
        match walk.step().ok_or(MerkleError::WrongLength(proof.len()))? {
            Side::Left => {
                old_hash = node_hash(sibling, &old_hash);
                new_hash = node_hash(sibling, &new_hash);
            }
            Side::Right => new_hash = node_hash(&new_hash, sibling),
        }
    }
    if !walk.at_root() {
        return Err(MerkleError::WrongLength(proof.len()));
    }
    if old_hash != *old_root || new_hash != *new_root {
        return Err(MerkleError::RootMismatch);
    }
    Ok(())
}

/// On which side of the walk's node the next proof hash stands.
enum Side {
    Left,
    Right,
}

/// The climb from a node to the root, both RFC 9162 algorithms' shared part: `node` is the index of the node reached,
/// `last` the index of the last node at the same height.
struct Walk {
    node: u64,
    last: u64,
}

impl Walk {
    fn at_root(&self) -> bool {
        self.last == 0
    }

    fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    fn climb_while_right_child(&mut self) {
        while self.node & 1 == 1 {
            self.up();
        }
    }

    /// Climbs past the next sibling and says where it stood, or `None` at the root.
    fn step(&mut self) -> Option<Side> {
        if self.at_root() {
            return None;
        }
        let side = if self.node & 1 == 1 || self.node == self.last {
            // The last node of a height without a right sibling was promoted: pass the heights where it had none.
            while self.node & 1 == 0 && self.node != 0 {
                self.up();
            }
            Side::Left
        } else {
            Side::Right
        };
        self.up();
        Some(side)
    }
}
