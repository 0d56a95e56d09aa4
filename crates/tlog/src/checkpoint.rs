//! Checkpoints: the text a log signs to commit to its tree.
//!
//! Specified by [c2sp.org/tlog-checkpoint](https://c2sp.org/tlog-checkpoint).
//!
//! - SPEC: a checkpoint is a note whose text has at least three lines, none empty: the origin (which log), the tree size in
//!   decimal without leading zeros, and the root hash in base64.
//! - SPEC: further lines are extensions, opaque and not recommended, because monitors cannot audit them. They are carried so that
//!   signatures verify, and mean nothing here.
//! - SPEC: the log's key name should be the origin. [`crate::policy`] demands it.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::encoding::from_decimal;
use crate::note::Note;
use crate::{Hash, TreeSize};

/// A log's commitment to all its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: usually its address without the scheme. Not empty, one line.
    pub origin: String,
    /// Number of entries.
    pub size: TreeSize,
    /// Root hash of the tree of that size.
    pub root: Hash,
    /// Further signed lines without meaning, none empty.
    pub extensions: Vec<String>,
}

/// Why a text is not a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CheckpointError {
    /// Fewer than three lines, or the last is not ended by a newline.
    #[error("a checkpoint has at least three lines, each ended by a newline")]
    TooShort,
    /// An empty origin or extension line.
    #[error("line {0} of the checkpoint is empty")]
    EmptyLine(usize),
    /// Not a decimal number of at most 64 bits without leading zeros.
    #[error("{0:?} is not a tree size")]
    BadSize(String),
    /// Not the base64 of 32 bytes.
    #[error("{0:?} is not the base64 of a root hash")]
    BadRoot(String),
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    pub fn new(origin: impl Into<String>, size: TreeSize, root: Hash) -> Self {
        Self {
            origin: origin.into(),
            size,
            root,
            extensions: Vec::new(),
        }
    }

    /// Reads the text of a note. That says nothing about who signed it.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError::TooShort)?;
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(CheckpointError::TooShort);
        };
        if origin.is_empty() {
            return Err(CheckpointError::EmptyLine(1));
        }
        let size = from_decimal(size).ok_or_else(|| CheckpointError::BadSize(size.to_owned()))?;
        let root = Hash::from_base64(root).ok_or_else(|| CheckpointError::BadRoot(root.to_owned()))?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        match extensions.iter().position(String::is_empty) {
            Some(position) => Err(CheckpointError::EmptyLine(position + 4)),
            None => Ok(Self {
                origin: origin.to_owned(),
                size: TreeSize(size),
                root,
                extensions,
            }),
        }
    }

    /// Reads the text of a note, see [`Checkpoint::parse`].
    pub fn from_note(note: &Note) -> Result<Self, CheckpointError> {
        Self::parse(&note.text)
    }
}

impl fmt::Display for Checkpoint {
    /// The note text, with its final newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root.to_base64())?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        Self::parse(text)
    }
}
