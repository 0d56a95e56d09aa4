//! Proofs that an entry is in a log, as one file that is verified offline.
//!
//! Specified by [c2sp.org/tlog-proof](https://c2sp.org/tlog-proof).
//!
//! - SPEC: the line `c2sp.org/tlog-proof@v1`, an optional line `extra <base64>`, a line `index <decimal>`, the inclusion proof from
//!   the leaf's sibling upwards with one base64 hash a line, an empty line, the checkpoint verbatim.
//! - SPEC: extra data is opaque and authenticated by nothing; whoever uses it checks it by other means.

use thiserror::Error;

use crate::encoding::{from_base64, from_decimal, to_base64};
use crate::merkle::{self, MerkleError};
use crate::note::{Note, NoteError};
use crate::policy::{Accepted, Policy, PolicyError};
use crate::{Hash, LeafIndex};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// Hashes in the longest proof of a tree with 64-bit indices.
const MAX_HASHES: usize = 64;

/// An entry's proof of inclusion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Application data, not authenticated.
    pub extra: Option<Vec<u8>>,
    /// The entry's position.
    pub index: LeafIndex,
    /// Inclusion proof, from the leaf's sibling to the child of the root.
    pub hashes: Vec<Hash>,
    /// The checkpoint with all its signature lines.
    pub checkpoint: Note,
}

/// Why bytes are not a proof.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ProofError {
    /// Not UTF-8, or no empty line.
    #[error("not a proof: no text followed by an empty line and a checkpoint")]
    NotAProof,
    /// The first line is another one.
    #[error("the proof does not start with {HEADER}")]
    WrongHeader,
    /// The extra line is not base64.
    #[error("the extra line is not base64")]
    BadExtra,
    /// The index line is missing or is not a decimal number.
    #[error("the index line is missing or malformed")]
    BadIndex,
    /// A line that is not the base64 of 32 bytes.
    #[error("inclusion proof line {0} is not the base64 of a hash")]
    BadHash(usize),
    /// More hashes than any tree needs.
    #[error("the proof has {0} hashes, more than {MAX_HASHES}")]
    TooManyHashes(usize),
    /// The checkpoint is not a signed note.
    #[error(transparent)]
    Checkpoint(#[from] NoteError),
}

/// Why a proof does not prove the entry's inclusion.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// The policy does not accept the checkpoint.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The hashes do not lead from the entry to the checkpoint's root.
    #[error(transparent)]
    Inclusion(#[from] MerkleError),
}

impl TlogProof {
    /// Reads a proof.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ProofError::NotAProof)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofError::NotAProof)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(HEADER) {
            return Err(ProofError::WrongHeader);
        }
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.and_then(|line| line.strip_prefix("extra "));
        let extra = extra
            .map(|data| from_base64(data).ok_or(ProofError::BadExtra))
            .transpose()?;
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(from_decimal);
        let index = LeafIndex(index.ok_or(ProofError::BadIndex)?);
        let count = lines.clone().count();
        if count > MAX_HASHES {
            return Err(ProofError::TooManyHashes(count));
        }
        let hashes = (1..)
            .zip(lines)
            .map(|(n, line)| Hash::from_base64(line).ok_or(ProofError::BadHash(n)));
        let hashes = hashes.collect::<Result<_, _>>()?;
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint: Note::parse(checkpoint.as_bytes())?,
        })
    }

    /// The proof as it is stored and sent. What [`TlogProof::parse`] accepted comes back byte for byte.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("{HEADER}\n");
        if let Some(extra) = &self.extra {
            text.push_str(&format!("extra {}\n", to_base64(extra)));
        }
        text.push_str(&format!("index {}\n", self.index));
        for hash in &self.hashes {
            text.push_str(&hash.to_base64());
            text.push('\n');
        }
        text.push('\n');
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.checkpoint.to_bytes());
        bytes
    }

    /// Checks that the policy accepts the checkpoint and that `leaf` (see [`crate::leaf_hash`]) is in its tree at the index.
    ///
    /// How old the checkpoint may be is the caller's decision: see [`Accepted::as_of`].
    pub fn verify<'p>(&self, policy: &'p Policy, leaf: &Hash) -> Result<Accepted<'p>, VerifyError> {
        let accepted = policy.evaluate(&self.checkpoint)?;
        let Accepted { checkpoint, .. } = &accepted;
        merkle::verify_inclusion(self.index, checkpoint.size, leaf, &self.hashes, &checkpoint.root)?;
        Ok(accepted)
    }
}
