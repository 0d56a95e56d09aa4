//! The four kinds of log entry and their bytes (`spec/log-entries.md`).
//!
//! `carnet1` ‖ type byte ‖ body, at most [`MAX_ENTRY`] bytes, integers big-endian. The encoding is canonical: one value
//! has one byte string, and [`Entry::decode`] refuses everything else.

use index::Label;
use sha2::{Digest as _, Sha256};
use statement::vocabulary::Role;
use statement::{Digest, KeyId};

/// Every entry starts with these bytes, so that a foreign entry in the log is recognised as a violation.
pub const MAGIC: &[u8; 7] = b"carnet1";

/// The longest entry an entry bundle can carry (tlog-tiles: entries are prefixed by a 16-bit length).
pub const MAX_ENTRY: usize = 65_535;

/// The version of the map function this code applies, recorded in entry 0.
pub const MAP_VERSION: u16 = 1;

/// The number of the only VRF epoch that this version has.
pub const EPOCH: u32 = 1;

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// `P`: the parameters the log runs by; entry 0.
    Params(Params),
    /// `S`: a statement about a vehicle exists. The content is elsewhere, and may be erased.
    Statement(StatementEntry),
    /// `K`: an issuer's key was enrolled or revoked.
    Key(KeyEntry),
    /// `I`: the index over all entries before this one.
    Index(IndexEntry),
}

/// Body of a `P` entry: map version u16 ‖ VRF epoch u32 ‖ VRF public key\[32\].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Which map function turns entries into the index; [`MAP_VERSION`] is the only one there is.
    pub map_version: u16,
    /// The VRF epoch this key opens, counted from 1.
    pub vrf_epoch: u32,
    /// The VRF public key labels are checked with.
    pub vrf_key: [u8; 32],
}

/// Body of an `S` entry: VRF epoch u32 ‖ label\[32\] ‖ key id\[32\] ‖ digest\[32\].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementEntry {
    /// The VRF epoch the label belongs to.
    pub vrf_epoch: u32,
    /// The vehicle's label: the VRF of its canonical id.
    pub label: Label,
    /// The issuer key that signed the statement.
    pub key_id: KeyId,
    /// SHA-256 of the issuer-signed JWT without its disclosures.
    pub digest: Digest,
}

/// Body of a `K` entry. A key is valid for statements at log indices after its enrolment and before its revocation:
/// the entry's own position is the "valid from", so nobody can date a key's validity differently from what the log shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyEntry {
    /// Action 1: key id\[32\] ‖ public key\[32\] ‖ role count u8 ‖ roles ‖ issuer id ‖ name; text is u8 length ‖ UTF-8.
    Enrolled {
        /// Identifies the key everywhere else.
        key_id: KeyId,
        /// The Ed25519 public key; `key_id` is derived from it.
        public_key: [u8; 32],
        /// What the issuer may state, in ascending order of name, without repetition.
        roles: Vec<Role>,
        /// The value statements carry as `iss`.
        issuer: String,
        /// The name a person reads.
        name: String,
    },
    /// Action 2: key id\[32\] ‖ reason (u8 length ‖ UTF-8).
    Revoked {
        /// The key that is valid no longer.
        key_id: KeyId,
        /// Why, in the operator's words; public.
        reason: String,
    },
}

impl KeyEntry {
    /// The key this entry is about.
    pub fn key_id(&self) -> KeyId {
        match self {
            Self::Enrolled { key_id, .. } | Self::Revoked { key_id, .. } => *key_id,
        }
    }
}

/// Body of an `I` entry: tree size u64 ‖ n × (epoch u32 ‖ VRF key\[32\] ‖ keys u64 ‖ root\[32\]), n ≥ 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// How many entries the index covers; always the entry's own log index (rule R1).
    pub tree_size: u64,
    /// One root per VRF epoch, in rising order of epoch.
    pub epochs: Vec<EpochRoot>,
}

/// The index of one VRF epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EpochRoot {
    /// Which epoch.
    pub epoch: u32,
    /// Its VRF public key.
    pub vrf_key: [u8; 32],
    /// How many labels the trie holds.
    pub keys: u64,
    /// The trie's root.
    pub root: [u8; 32],
}

/// Why bytes are not a log entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Longer than a bundle can carry.
    #[error("entry of {0} bytes is longer than {MAX_ENTRY}")]
    TooLong(usize),
    /// Does not start with `carnet1`.
    #[error("entry does not start with `carnet1`")]
    NotCarnet,
    /// The type byte is none of P, S, K, I.
    #[error("unknown entry type 0x{0:02x}")]
    UnknownType(u8),
    /// The body ended early.
    #[error("{kind} entry ends inside its {field}")]
    Short {
        /// Which entry kind.
        kind: &'static str,
        /// The field being read.
        field: &'static str,
    },
    /// Bytes were left over.
    #[error("{kind} entry has {extra} bytes too many")]
    Trailing {
        /// Which entry kind.
        kind: &'static str,
        /// How many.
        extra: usize,
    },
    /// A value the specification does not allow.
    #[error("{kind} entry: {problem}")]
    Invalid {
        /// Which entry kind.
        kind: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
}

impl Entry {
    /// The canonical bytes.
    ///
    /// # Errors
    /// A text over 255 bytes, more than 255 roles or epochs out of order cannot be encoded.
    pub fn encode(&self) -> Result<Vec<u8>, EntryError> {
        let mut out = Vec::with_capacity(128);
        out.extend_from_slice(MAGIC);
        match self {
            Self::Params(p) => {
                out.push(b'P');
                out.extend_from_slice(&p.map_version.to_be_bytes());
                out.extend_from_slice(&p.vrf_epoch.to_be_bytes());
                out.extend_from_slice(&p.vrf_key);
            }
            Self::Statement(s) => {
                out.push(b'S');
                out.extend_from_slice(&s.vrf_epoch.to_be_bytes());
                out.extend_from_slice(&s.label.0);
                out.extend_from_slice(&s.key_id.0);
                out.extend_from_slice(&s.digest.0);
            }
            Self::Key(KeyEntry::Enrolled {
                key_id,
                public_key,
                roles,
                issuer,
                name,
            }) => {
                out.extend_from_slice(b"K\x01");
                out.extend_from_slice(&key_id.0);
                out.extend_from_slice(public_key);
                let count = u8::try_from(roles.len()).map_err(|_| EntryError::Invalid {
                    kind: "K",
                    problem: "more than 255 roles",
                })?;
                out.push(count);
                for role in roles {
                    put_text(&mut out, &role.to_string())?;
                }
                put_text(&mut out, issuer)?;
                put_text(&mut out, name)?;
            }
            Self::Key(KeyEntry::Revoked { key_id, reason }) => {
                out.extend_from_slice(b"K\x02");
                out.extend_from_slice(&key_id.0);
                put_text(&mut out, reason)?;
            }
            Self::Index(i) => {
                out.push(b'I');
                out.extend_from_slice(&i.tree_size.to_be_bytes());
                for e in &i.epochs {
                    out.extend_from_slice(&e.epoch.to_be_bytes());
                    out.extend_from_slice(&e.vrf_key);
                    out.extend_from_slice(&e.keys.to_be_bytes());
                    out.extend_from_slice(&e.root);
                }
            }
        }
        self.check()?;
        if out.len() > MAX_ENTRY {
            Err(EntryError::TooLong(out.len()))
        } else {
            Ok(out)
        }
    }

    /// Reads an entry back. Only canonical bytes are accepted.
    ///
    /// # Errors
    /// Says which kind of entry, which field, and what is wrong.
    pub fn decode(bytes: &[u8]) -> Result<Self, EntryError> {
        if bytes.len() > MAX_ENTRY {
            return Err(EntryError::TooLong(bytes.len()));
        }
        let rest = bytes.strip_prefix(MAGIC).ok_or(EntryError::NotCarnet)?;
        let (kind, body) = rest.split_first().ok_or(EntryError::NotCarnet)?;
        let entry = match kind {
            b'P' => {
                let mut r = Reader {
                    kind: "P",
                    rest: body,
                };
                let p = Params {
                    map_version: u16::from_be_bytes(r.take("map version")?),
                    vrf_epoch: u32::from_be_bytes(r.take("VRF epoch")?),
                    vrf_key: r.take("VRF key")?,
                };
                r.end()?;
                Self::Params(p)
            }
            b'S' => {
                let mut r = Reader {
                    kind: "S",
                    rest: body,
                };
                let s = StatementEntry {
                    vrf_epoch: u32::from_be_bytes(r.take("VRF epoch")?),
                    label: Label(r.take("label")?),
                    key_id: KeyId(r.take("key id")?),
                    digest: Digest(r.take("digest")?),
                };
                r.end()?;
                Self::Statement(s)
            }
            b'K' => {
                let mut r = Reader {
                    kind: "K",
                    rest: body,
                };
                let [action] = r.take("action")?;
                let key_id = KeyId(r.take("key id")?);
                let key = match action {
                    1 => {
                        let public_key = r.take("public key")?;
                        let [count] = r.take("role count")?;
                        let mut roles = Vec::with_capacity(usize::from(count));
                        for _ in 0..count {
                            let role = r.text("role")?.parse().map_err(|_| EntryError::Invalid {
                                kind: "K",
                                problem: "unknown role",
                            })?;
                            roles.push(role);
                        }
                        let (issuer, name) = (r.text("issuer id")?, r.text("name")?);
                        KeyEntry::Enrolled {
                            key_id,
                            public_key,
                            roles,
                            issuer,
                            name,
                        }
                    }
                    2 => KeyEntry::Revoked {
                        key_id,
                        reason: r.text("reason")?,
                    },
                    _ => {
                        return Err(EntryError::Invalid {
                            kind: "K",
                            problem: "unknown action",
                        });
                    }
                };
                r.end()?;
                Self::Key(key)
            }
            b'I' => {
                let mut r = Reader {
                    kind: "I",
                    rest: body,
                };
                let tree_size = u64::from_be_bytes(r.take("tree size")?);
                let mut epochs = Vec::new();
                while !r.rest.is_empty() {
                    epochs.push(EpochRoot {
                        epoch: u32::from_be_bytes(r.take("epoch")?),
                        vrf_key: r.take("VRF key")?,
                        keys: u64::from_be_bytes(r.take("key count")?),
                        root: r.take("root")?,
                    });
                }
                Self::Index(IndexEntry { tree_size, epochs })
            }
            other => return Err(EntryError::UnknownType(*other)),
        };
        entry.check()?;
        Ok(entry)
    }

    /// The rules that hold for a value in either direction.
    fn check(&self) -> Result<(), EntryError> {
        let invalid = |kind, problem| Err(EntryError::Invalid { kind, problem });
        match self {
            Self::Key(KeyEntry::Enrolled {
                key_id,
                public_key,
                roles,
                issuer,
                name,
            }) => {
                if KeyId::of(public_key) != *key_id {
                    return invalid("K", "key id is not that of the public key");
                }
                if roles.is_empty() {
                    return invalid("K", "no role");
                }
                if !roles
                    .windows(2)
                    .all(|w| matches!(w, [a, b] if a.as_str() < b.as_str()))
                {
                    return invalid("K", "roles are not in ascending order of name");
                }
                if issuer.is_empty() || name.is_empty() {
                    return invalid("K", "issuer id or name is empty");
                }
                if issuer.chars().chain(name.chars()).any(char::is_control) {
                    return invalid("K", "control character in issuer id or name");
                }
                Ok(())
            }
            Self::Key(KeyEntry::Revoked { reason, .. }) if reason.chars().any(char::is_control) => {
                invalid("K", "control character in reason")
            }
            Self::Index(i) if i.epochs.is_empty() => invalid("I", "no epoch"),
            Self::Index(i)
                if !i
                    .epochs
                    .windows(2)
                    .all(|w| matches!(w, [a, b] if a.epoch < b.epoch)) =>
            {
                invalid("I", "epochs are not in rising order")
            }
            _ => Ok(()),
        }
    }
}

/// The label under which an issuer key's own history is indexed: H(0x15 ‖ key id). Its tag keeps it apart from every
/// vehicle label, which is a VRF output nobody can steer.
pub fn key_label(key_id: &KeyId) -> Label {
    let mut h = Sha256::new();
    h.update([0x15]);
    h.update(key_id.0);
    Label(h.finalize().into())
}

fn put_text(out: &mut Vec<u8>, text: &str) -> Result<(), EntryError> {
    let len = u8::try_from(text.len()).map_err(|_| EntryError::Invalid {
        kind: "K",
        problem: "text longer than 255 bytes",
    })?;
    out.push(len);
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

struct Reader<'a> {
    kind: &'static str,
    rest: &'a [u8],
}

impl Reader<'_> {
    fn take<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], EntryError> {
        let (head, tail) = self.rest.split_first_chunk::<N>().ok_or(EntryError::Short {
            kind: self.kind,
            field,
        })?;
        self.rest = tail;
        Ok(*head)
    }

    fn text(&mut self, field: &'static str) -> Result<String, EntryError> {
        let [len] = self.take(field)?;
        let (head, tail) = self
            .rest
            .split_at_checked(usize::from(len))
            .ok_or(EntryError::Short {
                kind: self.kind,
                field,
            })?;
        let text = std::str::from_utf8(head).map_err(|_| EntryError::Invalid {
            kind: self.kind,
            problem: "text is not UTF-8",
        })?;
        self.rest = tail;
        Ok(text.to_owned())
    }

    fn end(&self) -> Result<(), EntryError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(EntryError::Trailing {
                kind: self.kind,
                extra: self.rest.len(),
            })
        }
    }
}
