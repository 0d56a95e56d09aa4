//! What a trie says about one label, for somebody who holds only its root.

use crate::Label;
use crate::hash::{empty_root, leaf_hash, node_hash};

/// The path from the root to the only leaf that a label's bits lead to.
///
/// A path there is unique whatever the shape of the trie: the bits of the label alone decide at each node. So one root
/// gives one answer per label, even if whoever made the root built the trie wrongly.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TrieProof {
    steps: Vec<(u16, [u8; 32])>,
    terminal: Option<(Label, [u8; 32])>,
}

/// What a proof shows about a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The label is in the trie, with this value.
    Present([u8; 32]),
    /// The label is not in the trie.
    Absent,
}

/// Why a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// A label has 256 bits, numbered from 0.
    #[error("step {step} decides at bit {bit}, and a label has bits 0 to 255")]
    BitOutOfRange {
        /// Which step, from 0 at the root.
        step: usize,
        /// The bit it names.
        bit: u16,
    },
    /// From the root down, each node decides at a later bit than the one above.
    #[error("step {step} decides at a bit that is not later than the one above it")]
    BitsNotRising {
        /// Which step, from 0 at the root.
        step: usize,
    },
    /// Only the empty trie has no leaf to end at, and it has no nodes either.
    #[error("the proof has steps and no leaf at their end")]
    StepsWithoutTerminal,
    /// The proof is not about this trie and label, or was changed.
    #[error("the proof leads to another root")]
    RootMismatch,
    /// The encoding ends early.
    #[error("the encoded proof ends in the middle")]
    Truncated,
    /// The encoding goes on after its end.
    #[error("the encoded proof has {0} bytes too many")]
    TrailingBytes(usize),
    /// Neither 0 (no leaf) nor 1 (a leaf follows).
    #[error("the encoded proof has {0:#04x} where 0 or 1 says whether a leaf follows")]
    BadTerminalFlag(u8),
}

impl TrieProof {
    /// A proof from its parts: `(bit, sibling)` from the root down, and the leaf at the end with its label and value.
    ///
    /// # Errors
    /// Bits beyond 255 or not rising, or steps that end at no leaf.
    pub fn new(steps: Vec<(u16, [u8; 32])>, terminal: Option<(Label, [u8; 32])>) -> Result<Self, ProofError> {
        let mut above = None;
        for (step, &(bit, _)) in steps.iter().enumerate() {
            if bit > 255 {
                return Err(ProofError::BitOutOfRange { step, bit });
            }
            if above.is_some_and(|above| bit <= above) {
                return Err(ProofError::BitsNotRising { step });
            }
            above = Some(bit);
        }
        if terminal.is_none() && !steps.is_empty() {
            return Err(ProofError::StepsWithoutTerminal);
        }
        Ok(Self { steps, terminal })
    }

    /// A proof read off a trie, whose paths have the right shape by construction.
    pub(crate) fn from_trie(steps: Vec<(u16, [u8; 32])>, terminal: Option<(Label, [u8; 32])>) -> Self {
        Self { steps, terminal }
    }

    /// The bit each node on the path decides at and the hash of its other child, from the root down.
    #[must_use]
    pub fn steps(&self) -> &[(u16, [u8; 32])] {
        &self.steps
    }

    /// The leaf at the end of the path, as label and value; none only in the empty trie.
    #[must_use]
    pub fn terminal(&self) -> Option<&(Label, [u8; 32])> {
        self.terminal.as_ref()
    }

    /// What the trie with this root says about `key` (`spec/index.md`, "Proof").
    ///
    /// # Errors
    /// The proof does not lead to `root`.
    pub fn verify(&self, root: &[u8; 32], key: &Label) -> Result<Answer, ProofError> {
        let Some((label, value)) = &self.terminal else {
            return if *root == empty_root() {
                Ok(Answer::Absent)
            } else {
                Err(ProofError::RootMismatch)
            };
        };
        let mut hash = leaf_hash(label, value);
        for (bit, sibling) in self.steps.iter().rev() {
            // No bit is beyond 255: `new` refused it.
            let sides = if key.side(*bit as u8) == 0 {
                [&hash, sibling]
            } else {
                [sibling, &hash]
            };
            hash = node_hash(*bit, sides);
        }
        if hash != *root {
            return Err(ProofError::RootMismatch);
        }
        Ok(if label == key {
            Answer::Present(*value)
        } else {
            Answer::Absent
        })
    }

    /// The proof's one encoding: number of steps u16 ‖ that many (bit u16 ‖ sibling\[32\]) ‖ 0, or 1 ‖ label\[32\] ‖
    /// value\[32\].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 + 34 * self.steps.len() + 65);
        // At most 256 steps, because their bits rise within 0 to 255.
        bytes.extend_from_slice(&(self.steps.len() as u16).to_be_bytes());
        for (bit, sibling) in &self.steps {
            bytes.extend_from_slice(&bit.to_be_bytes());
            bytes.extend_from_slice(sibling);
        }
        match &self.terminal {
            None => bytes.push(0),
            Some((label, value)) => {
                bytes.push(1);
                bytes.extend_from_slice(&label.0);
                bytes.extend_from_slice(value);
            }
        }
        bytes
    }

    /// Reads what [`Self::to_bytes`] writes, and nothing else.
    ///
    /// # Errors
    /// Anything that is not the encoding of a proof that [`Self::new`] accepts. Memory is bounded by the input's
    /// length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        let mut rest = bytes;
        let count = u16::from_be_bytes(take(&mut rest)?);
        let mut steps = Vec::new();
        for _ in 0..count {
            let bit = u16::from_be_bytes(take(&mut rest)?);
            steps.push((bit, take(&mut rest)?));
        }
        let terminal = match take::<1>(&mut rest)? {
            [0] => None,
            [1] => Some((Label(take(&mut rest)?), take(&mut rest)?)),
            [other] => return Err(ProofError::BadTerminalFlag(other)),
        };
        if !rest.is_empty() {
            return Err(ProofError::TrailingBytes(rest.len()));
        }
        Self::new(steps, terminal)
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], ProofError> {
    let (head, tail) = rest.split_first_chunk::<N>().ok_or(ProofError::Truncated)?;
    *rest = tail;
    Ok(*head)
}
