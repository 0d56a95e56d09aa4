//! A dossier from its parts, with the disclosures the holder chose.

use history::map::ChainHead;
use index::TrieProof;
use index::vrf;
use statement::SdJwt;
use tlog::note::Note;
use tlog::{Hash, LeafIndex};
use vehicle::VehicleId;

use crate::erasure::{Notice, NoticeError};
use crate::file::{Content, Dossier, IndexLeaf, IssuerKey, Item, KeyItem, MAX_ERASURES, Version1};

/// An entry of the log, where it stands, and its inclusion proof for the checkpoint's size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Where the entry stands.
    pub log_index: LeafIndex,
    /// The entry's bytes.
    pub entry: Vec<u8>,
    /// From the leaf's sibling to the child of the root.
    pub inclusion: Vec<Hash>,
}

/// One statement about the vehicle.
#[derive(Clone, Debug, PartialEq)]
pub struct StatementPart {
    /// Its `S` entry.
    pub logged: Logged,
    /// Its content with all disclosures, unless that was erased.
    pub content: Option<SdJwt>,
}

/// One issuer key.
#[derive(Clone, Debug, PartialEq)]
pub struct IssuerPart {
    /// All `K` entries of the key, in the order of the log.
    pub entries: Vec<Logged>,
    /// What the index says about the key's label.
    pub trie_proof: TrieProof,
}

/// Everything a dossier is made of, all for one checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Parts {
    /// The vehicle.
    pub vehicle: VehicleId,
    /// The checkpoint with its cosignatures, as published.
    pub checkpoint: Vec<u8>,
    /// The `I` entry that ends the checkpoint's log.
    pub index: Logged,
    /// The proof of the vehicle's label.
    pub vrf_proof: vrf::Proof,
    /// What that index says about the label.
    pub trie_proof: TrieProof,
    /// The chain under the label; [`ChainHead::EMPTY`] where the log knows nothing of the vehicle.
    pub chain: ChainHead,
    /// All statements of the chain, in its order.
    pub statements: Vec<StatementPart>,
    /// Each key that signed one of them, once.
    pub issuers: Vec<IssuerPart>,
    /// The erasure notices there are for this vehicle, signed; those not needed are left out.
    pub erasures: Vec<String>,
}

/// Why the parts make no dossier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssembleError {
    /// The checkpoint is not a signed note.
    #[error("the checkpoint is not a signed note: {0}")]
    Checkpoint(#[from] tlog::note::NoteError),
    /// An erasure notice is not one of this log.
    #[error("erasure notice {position}: {source}")]
    Notice {
        /// Which of the notices given, from 0.
        position: usize,
        /// What is wrong with it.
        source: NoticeError,
    },
    /// A statement has no content, and no notice covers it.
    #[error("the statement at log index {0} has no content, and no erasure notice covers it")]
    ContentMissing(LeafIndex),
}

/// Puts the parts together. Of each statement's disclosures, those stay for which `keep` says so, given the statement and
/// the disclosure's path in the body.
///
/// The parts are not verified: whoever exports verifies the result, as whoever receives it will.
///
/// # Errors
/// A missing content that no notice accounts for, or texts that are not the signed notes they should be.
pub fn assemble(parts: Parts, mut keep: impl FnMut(&SdJwt, &str) -> bool) -> Result<Dossier, AssembleError> {
    let note = Note::parse(&parts.checkpoint)?;
    let origin = note.text.lines().next().unwrap_or_default();
    let mut notices = Notices::read(parts.erasures, origin)?;

    let mut statements = Vec::with_capacity(parts.statements.len());
    for StatementPart { logged, content } in parts.statements {
        let content = match content {
            Some(statement) => Content::Statement(
                statement
                    .present(|path| keep(&statement, path))
                    .as_str()
                    .to_owned(),
            ),
            None => Content::Erased(
                notices
                    .covering(logged.log_index)
                    .ok_or(AssembleError::ContentMissing(logged.log_index))?,
            ),
        };
        let Logged {
            log_index,
            entry,
            inclusion,
        } = logged;
        statements.push(Item {
            log_index,
            entry,
            inclusion,
            content,
        });
    }

    let issuers = parts
        .issuers
        .into_iter()
        .map(|IssuerPart { entries, trie_proof }| IssuerKey {
            entries: entries
                .into_iter()
                .map(
                    |Logged {
                         log_index,
                         entry,
                         inclusion,
                     }| KeyItem {
                        log_index,
                        entry,
                        inclusion,
                    },
                )
                .collect(),
            trie_proof: trie_proof.to_bytes(),
        });

    Ok(Dossier {
        carnet: Version1,
        vehicle: parts.vehicle,
        checkpoint: String::from_utf8_lossy(&note.to_bytes()).into_owned(),
        index: IndexLeaf {
            entry: parts.index.entry,
            inclusion: parts.index.inclusion,
        },
        vrf_proof: parts.vrf_proof.to_bytes().to_vec(),
        trie_proof: parts.trie_proof.to_bytes(),
        chain: (parts.chain.count > 0).then_some(parts.chain),
        statements,
        issuers: issuers.collect(),
        erasures: notices.used,
    })
}

/// The notices given, and those the dossier needs.
struct Notices {
    given: Vec<(LeafIndex, String)>,
    used: Vec<String>,
}

impl Notices {
    fn read(signed: Vec<String>, origin: &str) -> Result<Self, AssembleError> {
        let mut given = Vec::with_capacity(signed.len());
        for (position, signed) in signed.into_iter().enumerate() {
            let notice = Notice::parse_unverified(signed.as_bytes(), origin)
                .map_err(|source| AssembleError::Notice { position, source })?;
            given.push((notice.through, signed));
        }
        // The first erasure that reached a content is the one that destroyed it.
        given.sort_by_key(|(through, _)| *through);
        // Where there are more than a file may hold, the oldest go: a later notice covers what they cover.
        given.drain(..given.len().saturating_sub(MAX_ERASURES));
        Ok(Self {
            given,
            used: Vec::new(),
        })
    }

    /// The position, in the dossier, of a notice that covers `at`.
    fn covering(&mut self, at: LeafIndex) -> Option<u64> {
        let (_, signed) = self.given.iter().find(|(through, _)| at <= *through)?;
        let position = match self.used.iter().position(|used| used == signed) {
            Some(position) => position,
            None => {
                self.used.push(signed.clone());
                self.used.len() - 1
            }
        };
        u64::try_from(position).ok()
    }
}
