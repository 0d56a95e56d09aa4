//! The map function: which labels an entry touches, and how their chains and the trie change.
//!
//! Deterministic, so that an auditor who replays the log from entry 0 arrives at the same root (`spec/index.md`).

use std::collections::HashMap;

use index::{Label, LeafValue, Trie};
use sha2::{Digest as _, Sha256};
use statement::KeyId;
use statement::vocabulary::Role;
use tlog::{Hash, LeafIndex};

use crate::entry::{EPOCH, Entry, EpochRoot, IndexEntry, KeyEntry, MAP_VERSION, Params, key_label};

/// Length and head of the chain of entries under one label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainHead {
    /// How many entries there are.
    pub count: u64,
    /// H(0x14 ‖ label ‖ i ‖ log index ‖ leaf hash ‖ previous head), from 32 zero bytes.
    pub head: [u8; 32],
}

impl ChainHead {
    /// The chain before its first entry.
    pub const EMPTY: Self = Self {
        count: 0,
        head: [0; 32],
    };

    /// The chain with one more entry: the `i`-th, counted from 1, at `log_index` with RFC 6962 leaf hash `leaf`.
    #[must_use]
    pub fn extended(&self, label: &Label, log_index: LeafIndex, leaf: &Hash) -> Self {
        let count = self.count.saturating_add(1);
        let mut h = Sha256::new();
        h.update([0x14]);
        h.update(label.0);
        h.update(count.to_be_bytes());
        h.update(log_index.0.to_be_bytes());
        h.update(leaf.0);
        h.update(self.head);
        Self {
            count,
            head: h.finalize().into(),
        }
    }
}

impl LeafValue for ChainHead {
    /// H(0x13 ‖ count ‖ head).
    fn value(&self) -> [u8; 32] {
        let mut h = Sha256::new();
        h.update([0x13]);
        h.update(self.count.to_be_bytes());
        h.update(self.head);
        h.finalize().into()
    }
}

/// What the log says about one issuer key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRecord {
    /// The Ed25519 public key.
    pub public_key: [u8; 32],
    /// The value statements carry as `iss`.
    pub issuer: String,
    /// The name a person reads.
    pub name: String,
    /// What the issuer may state.
    pub roles: Vec<Role>,
    /// Where the key was enrolled.
    pub enrolled_at: LeafIndex,
    /// Where it was revoked, and why.
    pub revoked_at: Option<(LeafIndex, String)>,
}

impl KeyRecord {
    /// Whether a statement at `index` may rely on this key.
    pub fn valid_at(&self, index: LeafIndex) -> bool {
        self.enrolled_at < index
            && self
                .revoked_at
                .as_ref()
                .is_none_or(|(revoked, _)| index < *revoked)
    }
}

/// Folds one key's `K` entries, in log order, into what they say together.
///
/// # Errors
/// The first entry must enrol, at most one later entry may revoke, and all must be about the same key.
pub fn fold_key<'a>(
    entries: impl IntoIterator<Item = (LeafIndex, &'a KeyEntry)>,
) -> Result<Option<KeyRecord>, MapError> {
    let mut record = None;
    for (at, entry) in entries {
        apply_key(&mut record, at, entry)?;
    }
    Ok(record)
}

fn apply_key(record: &mut Option<KeyRecord>, at: LeafIndex, entry: &KeyEntry) -> Result<(), MapError> {
    match (entry, record.as_mut()) {
        (
            KeyEntry::Enrolled {
                public_key,
                roles,
                issuer,
                name,
                ..
            },
            None,
        ) => {
            *record = Some(KeyRecord {
                public_key: *public_key,
                issuer: issuer.clone(),
                name: name.clone(),
                roles: roles.clone(),
                enrolled_at: at,
                revoked_at: None,
            });
            Ok(())
        }
        (KeyEntry::Enrolled { key_id, .. }, Some(_)) => Err(MapError::KeyEnrolledTwice(*key_id)),
        (KeyEntry::Revoked { key_id, .. }, None) => Err(MapError::KeyUnknown(*key_id)),
        (KeyEntry::Revoked { key_id, reason }, Some(known)) => {
            if KeyId::of(&known.public_key) != *key_id {
                return Err(MapError::KeyUnknown(*key_id));
            }
            if known.revoked_at.is_some() {
                return Err(MapError::KeyRevokedTwice(*key_id));
            }
            known.revoked_at = Some((at, reason.clone()));
            Ok(())
        }
    }
}

/// Why an entry cannot follow the ones before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// Entry 0 must be `P`, and no other entry may be: a second VRF epoch is not supported by map version 1.
    #[error("entry {0}: the log's parameters must be entry 0 and nothing else")]
    ParamsMisplaced(u64),
    /// The map version is not one this code knows.
    #[error("map version {0} is not supported (this program applies version {MAP_VERSION})")]
    UnknownMapVersion(u16),
    /// Map version 1 has one VRF epoch, and its number is 1 (spec/log-entries.md).
    #[error("the log's parameters name VRF epoch {0}; map version {MAP_VERSION} has epoch {EPOCH} only")]
    UnknownEpoch(u32),
    /// A statement names another VRF epoch than the log's.
    #[error("statement of VRF epoch {found} in a log of epoch {expected}")]
    WrongEpoch {
        /// The log's epoch.
        expected: u32,
        /// The statement's.
        found: u32,
    },
    /// A second enrolment; a new key is needed instead.
    #[error("issuer key {0} is enrolled twice")]
    KeyEnrolledTwice(KeyId),
    /// Revoked or used, but never enrolled.
    #[error("issuer key {0} is not enrolled")]
    KeyUnknown(KeyId),
    /// Revoked a second time.
    #[error("issuer key {0} is revoked twice")]
    KeyRevokedTwice(KeyId),
    /// Used at an index where it is not valid.
    #[error("issuer key {key} is not valid at log index {at}")]
    KeyNotValid {
        /// Which key.
        key: KeyId,
        /// Where it was used.
        at: u64,
    },
    /// An `I` entry does not say what the entries before it amount to.
    #[error("index entry {at}: {problem}")]
    IndexWrong {
        /// The entry's log index.
        at: u64,
        /// What differs.
        problem: &'static str,
    },
}

/// The index over a prefix of the log: chains, trie and issuer keys.
pub struct Index {
    params: Option<Params>,
    trie: Trie<ChainHead>,
    keys: HashMap<KeyId, KeyRecord>,
}

impl Default for Index {
    fn default() -> Self {
        Self {
            params: None,
            trie: Trie::new(),
            keys: HashMap::new(),
        }
    }
}

impl Index {
    /// The index as it was when its rows were saved.
    ///
    /// `chains` must come in ascending order of label.
    ///
    /// # Errors
    /// Labels out of order.
    pub fn restore(
        params: Option<Params>,
        chains: impl IntoIterator<Item = (Label, ChainHead)>,
        keys: HashMap<KeyId, KeyRecord>,
    ) -> Result<Self, index::TrieError> {
        Ok(Self {
            params,
            trie: Trie::from_sorted(chains)?,
            keys,
        })
    }

    /// The log's parameters, once entry 0 was applied.
    pub fn params(&self) -> Option<Params> {
        self.params
    }

    /// The chain under `label`; empty where there is none.
    pub fn chain(&self, label: &Label) -> ChainHead {
        self.trie.get(label).copied().unwrap_or(ChainHead::EMPTY)
    }

    /// What the log says about a key.
    pub fn key(&self, id: &KeyId) -> Option<&KeyRecord> {
        self.keys.get(id)
    }

    /// All keys ever enrolled, in no particular order.
    pub fn keys(&self) -> impl Iterator<Item = (&KeyId, &KeyRecord)> {
        self.keys.iter()
    }

    /// All chains, in ascending order of label: what [`Index::restore`] takes.
    pub fn chains(&self) -> impl Iterator<Item = (&Label, &ChainHead)> {
        self.trie.iter()
    }

    /// How many labels the trie holds.
    pub fn len(&self) -> u64 {
        u64::try_from(self.trie.len()).unwrap_or(u64::MAX)
    }

    /// Whether the trie holds nothing.
    pub fn is_empty(&self) -> bool {
        self.trie.len() == 0
    }

    /// Proof of what the trie says about `label`.
    pub fn prove(&mut self, label: &Label) -> index::TrieProof {
        self.trie.prove(label)
    }

    /// The `I` entry that would cover everything applied so far, `tree_size` entries.
    ///
    /// # Errors
    /// There are no parameters yet.
    pub fn entry(&mut self, tree_size: u64) -> Result<IndexEntry, MapError> {
        let params = self.params.ok_or(MapError::ParamsMisplaced(tree_size))?;
        let keys = self.len();
        Ok(IndexEntry {
            tree_size,
            epochs: vec![EpochRoot {
                epoch: params.vrf_epoch,
                vrf_key: params.vrf_key,
                keys,
                root: self.trie.root(),
            }],
        })
    }

    /// Applies the entry at `at`, whose RFC 6962 leaf hash is `leaf`, and says which label's chain grew.
    ///
    /// # Errors
    /// An entry that the rules do not allow here; nothing has changed then.
    pub fn apply(
        &mut self,
        at: LeafIndex,
        entry: &Entry,
        leaf: &Hash,
    ) -> Result<Option<(Label, ChainHead)>, MapError> {
        let label = match entry {
            Entry::Params(params) => {
                if at.0 != 0 || self.params.is_some() {
                    return Err(MapError::ParamsMisplaced(at.0));
                }
                if params.map_version != MAP_VERSION {
                    return Err(MapError::UnknownMapVersion(params.map_version));
                }
                if params.vrf_epoch != EPOCH {
                    return Err(MapError::UnknownEpoch(params.vrf_epoch));
                }
                self.params = Some(*params);
                return Ok(None);
            }
            Entry::Statement(s) => {
                let params = self.params.ok_or(MapError::ParamsMisplaced(at.0))?;
                if s.vrf_epoch != params.vrf_epoch {
                    return Err(MapError::WrongEpoch {
                        expected: params.vrf_epoch,
                        found: s.vrf_epoch,
                    });
                }
                let key = self.keys.get(&s.key_id).ok_or(MapError::KeyUnknown(s.key_id))?;
                if !key.valid_at(at) {
                    return Err(MapError::KeyNotValid {
                        key: s.key_id,
                        at: at.0,
                    });
                }
                s.label
            }
            Entry::Key(k) => {
                if self.params.is_none() {
                    return Err(MapError::ParamsMisplaced(at.0));
                }
                let id = k.key_id();
                let mut record = self.keys.remove(&id);
                let applied = apply_key(&mut record, at, k);
                if let Some(record) = record {
                    self.keys.insert(id, record);
                }
                applied?;
                key_label(&id)
            }
            Entry::Index(found) => {
                if found.tree_size != at.0 {
                    return Err(MapError::IndexWrong {
                        at: at.0,
                        problem: "tree size is not its own position",
                    });
                }
                if self.entry(at.0)? != *found {
                    return Err(MapError::IndexWrong {
                        at: at.0,
                        problem: "root or key count is not what the entries before it amount to",
                    });
                }
                return Ok(None);
            }
        };
        let chain = self.chain(&label).extended(&label, at, leaf);
        self.trie.set(label, chain);
        Ok(Some((label, chain)))
    }
}
