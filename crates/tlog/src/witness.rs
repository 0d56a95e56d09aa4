//! What a witness decides when a log submits a checkpoint, and the request and answer it decides on.
//!
//! Specified by [c2sp.org/tlog-witness](https://c2sp.org/tlog-witness), call `add-checkpoint`, with the treatment of size zero and
//! of equal sizes of [C2SP pull request 280](https://github.com/C2SP/C2SP/pull/280) (July 2026).
//!
//! [`add_checkpoint`] is pure. SPEC: comparing with the recorded checkpoint, storing the new one durably, and only then answering
//! with a cosignature must be one atomic step; that is the caller's part.

use thiserror::Error;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::encoding::from_decimal;
use crate::merkle::{self, MerkleError};
use crate::note::{self, Note, NoteError, SignatureLine, Vkey};
use crate::{Hash, TreeSize, empty_root};

/// Content type of the answer to a request whose old size is not the recorded one.
pub const TREE_SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

/// Consistency proof lines a request may have.
pub const MAX_PROOF_LINES: usize = 63;

/// A log asks a witness to cosign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// Size of the checkpoint the log believes the witness cosigned last; zero for none.
    pub old: TreeSize,
    /// Consistency proof from the old size to the checkpoint's.
    pub proof: Vec<Hash>,
    /// The log's signed checkpoint.
    pub checkpoint: Note,
}

/// The tree a witness cosigned last for an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Number of leaves.
    pub size: TreeSize,
    /// Root hash.
    pub root: Hash,
}

/// Why bytes are not a request; answered with status 400.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RequestError {
    /// Not UTF-8, or no empty line.
    #[error("not a request: no text followed by an empty line and a checkpoint")]
    NotARequest,
    /// The first line is not `old <decimal>`.
    #[error("the old size line is malformed")]
    BadOldSize,
    /// A line that is not the base64 of 32 bytes.
    #[error("consistency proof line {0} is not the base64 of a hash")]
    BadHash(usize),
    /// More lines than allowed.
    #[error("the request has {0} proof lines, more than {MAX_PROOF_LINES}")]
    TooManyHashes(usize),
    /// The checkpoint is not a signed note.
    #[error(transparent)]
    Checkpoint(#[from] NoteError),
}

/// Why a witness does not cosign.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The note's text is not a checkpoint.
    #[error(transparent)]
    NotACheckpoint(#[from] CheckpointError),
    /// The witness does not know this log.
    #[error("unknown log {0:?}")]
    UnknownOrigin(String),
    /// No trusted key's signature, or one that does not verify.
    #[error("no valid signature by a trusted key: {0}")]
    NotSigned(#[from] NoteError),
    /// The old size is larger than the checkpoint's.
    #[error("the old size {old} is larger than the checkpoint's {new}")]
    OldSizeTooLarge {
        /// The request's old size.
        old: TreeSize,
        /// The checkpoint's size.
        new: TreeSize,
    },
    /// The old size is not the recorded one; the answer tells it.
    #[error("the old size is {old}, the checkpoint cosigned last has size {recorded}")]
    OldSizeMismatch {
        /// The request's old size.
        old: TreeSize,
        /// Size of the tree cosigned last.
        recorded: TreeSize,
    },
    /// The checkpoint does not continue the recorded tree.
    #[error("the checkpoint is inconsistent with the tree cosigned last: {0}")]
    Inconsistent(#[from] MerkleError),
}

impl Refusal {
    /// The HTTP status to answer with.
    pub fn status(&self) -> u16 {
        match self {
            Self::NotACheckpoint(_) | Self::OldSizeTooLarge { .. } => 400,
            Self::NotSigned(_) => 403,
            Self::UnknownOrigin(_) => 404,
            Self::OldSizeMismatch { .. } => 409,
            Self::Inconsistent(_) => 422,
        }
    }
}

impl AddCheckpoint {
    /// Reads a request's body.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let text = std::str::from_utf8(body).map_err(|_| RequestError::NotARequest)?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(RequestError::NotARequest)?;
        let mut lines = head.split('\n');
        let old = lines
            .next()
            .and_then(|line| line.strip_prefix("old "))
            .and_then(from_decimal);
        let old = TreeSize(old.ok_or(RequestError::BadOldSize)?);
        let count = lines.clone().count();
        if count > MAX_PROOF_LINES {
            return Err(RequestError::TooManyHashes(count));
        }
        let proof = (1..)
            .zip(lines)
            .map(|(n, line)| Hash::from_base64(line).ok_or(RequestError::BadHash(n)));
        let proof = proof.collect::<Result<_, _>>()?;
        Ok(Self {
            old,
            proof,
            checkpoint: Note::parse(checkpoint.as_bytes())?,
        })
    }

    /// The request's body.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.proof {
            text.push_str(&hash.to_base64());
            text.push('\n');
        }
        text.push('\n');
        let mut bytes = text.into_bytes();
        bytes.extend_from_slice(&self.checkpoint.to_bytes());
        bytes
    }
}

/// Decides on a request.
///
/// `trusted` are the keys of the log with the checkpoint's origin (`None` if the witness does not know it), `recorded` the tree
/// last cosigned for that origin (`None` if there is none yet). On success the caller records the returned tree durably, in
/// the same transaction that read `recorded`, and then cosigns. A request for the recorded tree itself succeeds too: that is how
/// a log gets a fresh time.
pub fn add_checkpoint(
    request: &AddCheckpoint,
    trusted: Option<&[Vkey]>,
    recorded: Option<Recorded>,
) -> Result<Recorded, Refusal> {
    let new = Checkpoint::from_note(&request.checkpoint)?;

    // SPEC: 404 if the origin is unknown, 403 if no signature verifies against a trusted key.
    let trusted = trusted.ok_or_else(|| Refusal::UnknownOrigin(new.origin.clone()))?;
    request.checkpoint.verify(trusted)?;

    // SPEC: 400 if the old size is larger than the checkpoint's.
    let old = request.old;
    if old > new.size {
        return Err(Refusal::OldSizeTooLarge { old, new: new.size });
    }

    // SPEC: 409 with the recorded size if the old size is another; zero if nothing was cosigned yet.
    let recorded = recorded.unwrap_or(Recorded {
        size: TreeSize(0),
        root: empty_root(),
    });
    if old != recorded.size {
        return Err(Refusal::OldSizeMismatch {
            old,
            recorded: recorded.size,
        });
    }

    // SPEC: 422 if the proof does not verify, is not empty at old size zero, if equal sizes have different roots, or if the
    // root at size zero is not that of the empty tree. Verification from the recorded root is all of these.
    merkle::verify_consistency(old, new.size, &request.proof, &recorded.root, &new.root)?;
    Ok(Recorded {
        size: new.size,
        root: new.root,
    })
}

/// The body of the answer to [`Refusal::OldSizeMismatch`], of type [`TREE_SIZE_CONTENT_TYPE`].
pub fn tree_size_body(recorded: TreeSize) -> String {
    format!("{recorded}\n")
}

/// Reads the answer a witness gives with status 409.
pub fn parse_tree_size_body(body: &[u8]) -> Option<TreeSize> {
    let line = std::str::from_utf8(body).ok()?.strip_suffix('\n')?;
    from_decimal(line).map(TreeSize)
}

/// The body of the answer to an accepted request: the witness's cosignature lines.
pub fn cosignatures_body(lines: &[SignatureLine]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

/// Reads the answer a witness gives with status 200. Verify the lines by adding them to the checkpoint's note.
pub fn parse_cosignatures_body(body: &[u8]) -> Result<Vec<SignatureLine>, NoteError> {
    if body.len() > note::MAX_NOTE_BYTES {
        return Err(NoteError::TooLong(body.len()));
    }
    let text = std::str::from_utf8(body).map_err(|error| NoteError::NotUtf8(error.valid_up_to()))?;
    note::parse_signatures(text.strip_suffix('\n').ok_or(NoteError::NoSignatures)?)
}
