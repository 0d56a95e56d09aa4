//! The `.carnet` file: its parts as types, written and read without a second meaning (`spec/dossier.md`, "The file").
//!
//! Reading checks the form and nothing else. Whether the parts fit together is [`crate::verify`]'s question.

use history::map::ChainHead;
use serde::{Deserialize, Serialize};
use tlog::{Hash, LeafIndex};
use vehicle::VehicleId;

use crate::json;
use crate::json::Object;

/// The longest file a reader looks at: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;

/// The most that one statement adds to a file besides its content, in bytes: its entry and an inclusion proof of
/// [`MAX_INCLUSION`] hashes, in base64 and on lines of their own.
pub const STATEMENT_BYTES: u64 = 4 << 10;

/// The most that one issuer key adds to a file, in bytes: two entries of five short texts and up to 32 roles, their inclusion
/// proofs, and a trie proof of 8,771 bytes.
pub const KEY_BYTES: u64 = 32 << 10;

/// What a file has room for besides statements and keys, in bytes: checkpoint, index entry and its proofs, and
/// [`MAX_ERASURES`] erasure notices.
pub const FRAME_BYTES: u64 = 8 << 20;

/// The longest inclusion proof: one hash for each level of a tree of 2⁶³ entries.
pub const MAX_INCLUSION: usize = 63;

/// The largest number in the file, 2⁵³ − 1, so that every JSON reader carries it exactly.
pub const MAX_NUMBER: u64 = (1 << 53) - 1;

/// The most erasure notices in a file. Each erasure of a vehicle makes one.
pub const MAX_ERASURES: usize = 1000;

/// Marks a file as a dossier of version 1; written as `"carnet": "dossier/v1"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version1;

/// Everything a `.carnet` file says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dossier {
    /// `carnet`: the format.
    #[serde(with = "json::version")]
    pub carnet: Version1,
    /// The vehicle it is about.
    pub vehicle: VehicleId,
    /// The checkpoint: a signed note with all its signature lines.
    pub checkpoint: String,
    /// The `I` entry, which stands at size − 1.
    #[serde(with = "json::object")]
    pub index: IndexLeaf,
    /// Shows that the label is this vehicle's: a VRF proof of 80 bytes.
    #[serde(with = "json::bytes")]
    pub vrf_proof: Vec<u8>,
    /// Shows what the index says about the label: the encoding of an [`index::TrieProof`].
    #[serde(with = "json::bytes")]
    pub trie_proof: Vec<u8>,
    /// What that is: how many statements, and the head of their chain. None where the log knows nothing of the vehicle.
    #[serde(with = "json::chain")]
    pub chain: Option<ChainHead>,
    /// All statements about the vehicle, in the order of the log.
    #[serde(with = "json::objects")]
    pub statements: Vec<Item>,
    /// Each key that signed one of them, with all the log says about the key.
    #[serde(with = "json::objects")]
    pub issuers: Vec<IssuerKey>,
    /// Erasure notices, as signed notes ([`crate::erasure`]).
    #[serde(with = "json::notices")]
    pub erasures: Vec<String>,
}

/// The `I` entry and the proof that it is in the log. Its place follows from the checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndexLeaf {
    /// The entry's bytes.
    #[serde(with = "json::bytes")]
    pub entry: Vec<u8>,
    /// From the leaf's sibling to the child of the root.
    #[serde(with = "json::inclusion")]
    pub inclusion: Vec<Hash>,
}

/// One statement: its entry, the proof that the entry is in the log, and its content or word of the content's erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Where the entry stands.
    #[serde(with = "json::log_index")]
    pub log_index: LeafIndex,
    /// The `S` entry's bytes.
    #[serde(with = "json::bytes")]
    pub entry: Vec<u8>,
    /// From the leaf's sibling to the child of the root.
    #[serde(with = "json::inclusion")]
    pub inclusion: Vec<Hash>,
    /// What was stated.
    #[serde(with = "json::content")]
    pub content: Content,
}

/// What stands where a statement's content belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// The SD-JWT in compact form, with the disclosures the holder chose.
    Statement(String),
    /// The content was erased: which of the dossier's erasure notices says so, counted from 0.
    Erased(u64),
}

/// One issuer key: all its entries, and the proof that they are all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerKey {
    /// Its `K` entries, in the order of the log.
    #[serde(with = "json::objects")]
    pub entries: Vec<KeyItem>,
    /// Shows what the index says about the key: the encoding of an [`index::TrieProof`].
    #[serde(with = "json::bytes")]
    pub trie_proof: Vec<u8>,
}

/// One `K` entry and the proof that it is in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyItem {
    /// Where the entry stands.
    #[serde(with = "json::log_index")]
    pub log_index: LeafIndex,
    /// The entry's bytes.
    #[serde(with = "json::bytes")]
    pub entry: Vec<u8>,
    /// From the leaf's sibling to the child of the root.
    #[serde(with = "json::inclusion")]
    pub inclusion: Vec<Hash>,
}

/// Why bytes are not a dossier file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Longer than [`MAX_BYTES`].
    #[error("the file has {0} bytes, more than {MAX_BYTES}")]
    TooLong(usize),
    /// Not UTF-8.
    #[error("the file is not UTF-8 (at byte {0})")]
    NotUtf8(usize),
    /// The JSON ends early: the file was cut off.
    #[error("the file ends early, at line {line} column {column}")]
    CutOff {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// Not JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// JSON, but not a dossier: an unknown, missing or repeated field, or a value of another form.
    #[error("not a dossier/v1: {0}")]
    Form(String),
}

impl Dossier {
    /// Reads a file.
    ///
    /// # Errors
    /// The bytes are not one well-formed dossier. Memory is bounded by a small multiple of the file's length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FileError> {
        if bytes.is_empty() {
            return Err(FileError::Empty);
        }
        if bytes.len() > MAX_BYTES {
            return Err(FileError::TooLong(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|e| FileError::NotUtf8(e.valid_up_to()))?;
        let Object(dossier) = serde_json::from_str(text).map_err(|e| match e.classify() {
            serde_json::error::Category::Eof => FileError::CutOff {
                line: e.line(),
                column: e.column(),
            },
            serde_json::error::Category::Data => FileError::Form(e.to_string()),
            _ => FileError::NotJson(e.to_string()),
        })?;
        Ok(dossier)
    }

    /// The file, one field or list element a line so that a person can look into it.
    ///
    /// # Errors
    /// A log index beyond [`MAX_NUMBER`], which no real log has. That the file is not longer than [`MAX_BYTES`] is for
    /// whoever admits statements to see to.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut bytes = Vec::new();
        let format = serde_json::ser::PrettyFormatter::with_indent(b" ");
        self.serialize(&mut serde_json::Serializer::with_formatter(&mut bytes, format))?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}
