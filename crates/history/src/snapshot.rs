//! A replay put down and taken up again: the auditor's state in bytes (`spec/audit-snapshot.md`).
//!
//! Taking it up checks everything that can be checked without the entries: a hash over the whole, the order of the labels, and
//! that the index it holds is the one that the last entry in the tree commits to. A snapshot that fails is worth nothing but a new
//! replay; it is never evidence against a log.

use std::collections::{HashMap, HashSet};
use std::io::{Read, Write};

use index::Label;
use sha2::{Digest as _, Sha256};
use statement::KeyId;
use tlog::tree::{RightEdge, TreeError};
use tlog::{LeafIndex, TreeSize, leaf_hash};

use crate::audit::{Auditor, REMEMBERED};
use crate::entry::{Entry, EntryError, KeyEntry, MAX_ENTRY};
use crate::map::{ChainHead, Index, KeyRecord, MapError, fold_key};

const MAGIC: &[u8] = b"carnet-audit-snapshot/v1\n";

/// Why bytes are not a snapshot to go on from.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// Reading failed, or the bytes end too early.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Another kind of file, or a newer version of this one.
    #[error("not a snapshot of this version")]
    NotASnapshot,
    /// The bytes were changed after they were written.
    #[error("the hash at its end is not that of its content")]
    Changed,
    /// The parts do not belong together.
    #[error("{0}")]
    Inconsistent(String),
}

impl SnapshotError {
    fn parts(error: impl std::fmt::Display) -> Self {
        Self::Inconsistent(error.to_string())
    }
}

impl From<TreeError> for SnapshotError {
    fn from(error: TreeError) -> Self {
        Self::parts(error)
    }
}

impl From<EntryError> for SnapshotError {
    fn from(error: EntryError) -> Self {
        Self::parts(error)
    }
}

impl From<MapError> for SnapshotError {
    fn from(error: MapError) -> Self {
        Self::parts(error)
    }
}

impl Auditor {
    /// Writes the state. Call it behind an `I` entry ([`Auditor::after_index`]), best where a checkpoint has agreed.
    ///
    /// # Errors
    /// Writing failed, or replay does not stand behind an `I` entry.
    pub fn write_snapshot(&mut self, out: &mut impl Write) -> Result<(), SnapshotError> {
        let params = self.index.params().filter(|_| self.after_index());
        let params = params.ok_or(SnapshotError::Inconsistent(
            "replay does not stand behind an index entry".to_owned(),
        ))?;
        self.flush();
        let mut out = Hashing::new(out);
        out.put(MAGIC)?;
        out.put(&self.size().to_be_bytes())?;
        for (_, tile) in self.edge.partial_tiles() {
            out.put(&tile)?;
        }
        out.put_entry(&Entry::Params(params))?;
        let mut keys: Vec<(&KeyId, &KeyRecord)> = self.index.keys().collect();
        keys.sort_by_key(|(_, record)| record.enrolled_at);
        out.put(&(keys.len() as u64).to_be_bytes())?;
        for (id, record) in keys {
            out.put(&record.enrolled_at.0.to_be_bytes())?;
            out.put_entry(&Entry::Key(KeyEntry::Enrolled {
                key_id: *id,
                public_key: record.public_key,
                roles: record.roles.clone(),
                issuer: record.issuer.clone(),
                name: record.name.clone(),
            }))?;
            let revoked = record.revoked_at.as_ref();
            out.put(&[u8::from(revoked.is_some())])?;
            if let Some((at, reason)) = revoked {
                out.put(&at.0.to_be_bytes())?;
                out.put_entry(&Entry::Key(KeyEntry::Revoked {
                    key_id: *id,
                    reason: reason.clone(),
                }))?;
            }
        }
        out.put(&self.index.len().to_be_bytes())?;
        for (label, chain) in self.index.chains() {
            out.put(&label.0)?;
            out.put(&chain.count.to_be_bytes())?;
            out.put(&chain.head)?;
        }
        out.put(&(self.statements.len() as u64).to_be_bytes())?;
        for statement in &self.statements {
            out.put(statement)?;
        }
        let hash: [u8; 32] = out.sha.finalize().into();
        out.inner.write_all(&hash)?;
        Ok(())
    }

    /// Goes on from what [`Auditor::write_snapshot`] wrote. Compare [`Auditor::root`] with the checkpoint of that size.
    ///
    /// # Errors
    /// Reading failed, the bytes were changed, or their parts do not belong together.
    pub fn read_snapshot(input: &mut impl Read) -> Result<Self, SnapshotError> {
        let mut input = Hashing::new(input);
        if input.take::<{ MAGIC.len() }>()? != MAGIC {
            return Err(SnapshotError::NotASnapshot);
        }
        let size = TreeSize(input.number()?);
        let mut tiles = HashMap::new();
        for id in RightEdge::tiles_needed(size) {
            let mut tile = vec![0; id.byte_len()];
            input.fill(&mut tile)?;
            tiles.insert(id, tile);
        }
        let edge = RightEdge::from_tiles(size, &tiles)?;
        let Entry::Params(params) = input.entry()? else {
            return Err(SnapshotError::parts("no parameters"));
        };
        let mut keys = HashMap::new();
        for _ in 0..input.number()? {
            let mut entries = vec![(LeafIndex(input.number()?), input.key_entry()?)];
            if input.take::<1>()? == [1] {
                entries.push((LeafIndex(input.number()?), input.key_entry()?));
            }
            let record = fold_key(entries.iter().map(|(at, entry)| (*at, entry)))?;
            keys.extend(record.map(|record| (KeyId::of(&record.public_key), record)));
        }
        let chains = input.number()?;
        let mut failed = None;
        let chains = (0..chains).map_while(|_| match input.chain() {
            Ok(chain) => Some(chain),
            Err(error) => {
                failed = Some(error);
                None
            }
        });
        // The number is not believed before the hash is: no memory is reserved for it.
        let index = Index::restore(Some(params), chains, keys);
        if let Some(error) = failed {
            return Err(error);
        }
        let mut index = index.map_err(SnapshotError::parts)?;
        let mut statements = HashSet::new();
        for _ in 0..input.number()? {
            statements.insert(input.take::<REMEMBERED>()?);
        }
        let found: [u8; 32] = input.sha.finalize().into();
        let mut hash = [0; 32];
        input.inner.read_exact(&mut hash)?;
        if hash != found {
            return Err(SnapshotError::Changed);
        }

        let last = size
            .0
            .checked_sub(1)
            .ok_or_else(|| SnapshotError::parts("no entries"))?;
        let sealed = Entry::Index(index.entry(last)?).encode()?;
        let lowest = tiles.iter().find(|(id, _)| id.level == 0);
        // Where the last tile is full its hashes are not in the snapshot any more, and only their root is compared, by the caller.
        if lowest.is_some_and(|(_, hashes)| hashes.last_chunk() != Some(&leaf_hash(&sealed).0)) {
            return Err(SnapshotError::parts(
                "its index is not the one that the last entry of its tree commits to",
            ));
        }
        Ok(Self::resumed(edge, index, statements))
    }
}

/// Passes bytes on, in either direction, and hashes them.
struct Hashing<'i, T> {
    inner: &'i mut T,
    sha: Sha256,
}

impl<'i, T> Hashing<'i, T> {
    fn new(inner: &'i mut T) -> Self {
        Self {
            inner,
            sha: Sha256::new(),
        }
    }
}

impl<W: Write> Hashing<'_, W> {
    fn put(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        self.sha.update(bytes);
        Ok(self.inner.write_all(bytes)?)
    }

    fn put_entry(&mut self, entry: &Entry) -> Result<(), SnapshotError> {
        let bytes = entry.encode()?;
        self.put(&(bytes.len() as u64).to_be_bytes())?;
        self.put(&bytes)
    }
}

impl<R: Read> Hashing<'_, R> {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), SnapshotError> {
        self.inner.read_exact(bytes)?;
        self.sha.update(bytes);
        Ok(())
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], SnapshotError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn number(&mut self) -> Result<u64, SnapshotError> {
        Ok(u64::from_be_bytes(self.take()?))
    }

    fn entry(&mut self) -> Result<Entry, SnapshotError> {
        let length = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        if length > MAX_ENTRY {
            return Err(SnapshotError::parts("an entry longer than entries can be"));
        }
        let mut bytes = vec![0; length];
        self.fill(&mut bytes)?;
        Ok(Entry::decode(&bytes)?)
    }

    fn key_entry(&mut self) -> Result<KeyEntry, SnapshotError> {
        match self.entry()? {
            Entry::Key(key) => Ok(key),
            _ => Err(SnapshotError::parts("no key entry where one belongs")),
        }
    }

    fn chain(&mut self) -> Result<(Label, ChainHead), SnapshotError> {
        let label = Label(self.take()?);
        let count = self.number()?;
        let head = self.take()?;
        Ok((label, ChainHead { count, head }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{MAP_VERSION, Params, StatementEntry};
    use crate::sequence::{LogState, sequence};
    use proptest::prelude::*;
    use statement::Digest;
    use statement::vocabulary::Role;

    const ISSUER: [u8; 32] = [7; 32];

    /// The entries of a log with one issuer and this many statements, a batch each hundred.
    fn entries(statements: u32) -> Vec<Vec<u8>> {
        let mut state = LogState::empty();
        let mut out: Vec<Vec<u8>> = Vec::new();
        let mut seal = |entries: Vec<Entry>| {
            sequence(&mut state, &entries).unwrap();
            out.extend(entries.iter().map(|entry| entry.encode().unwrap()));
            let at = out.len() as u64;
            out.push(Entry::Index(state.index.entry(at).unwrap()).encode().unwrap());
        };
        let params = Params {
            map_version: MAP_VERSION,
            vrf_epoch: 1,
            vrf_key: [0x56; 32],
        };
        let key_id = KeyId::of(&ISSUER);
        seal(vec![
            Entry::Params(params),
            Entry::Key(KeyEntry::Enrolled {
                key_id,
                public_key: ISSUER,
                roles: vec![Role::Workshop],
                issuer: "workshop".to_owned(),
                name: "Workshop".to_owned(),
            }),
        ]);
        let all: Vec<u32> = (0..statements).collect();
        for batch in all.chunks(100) {
            let made = batch.iter().map(|n| {
                Entry::Statement(StatementEntry {
                    vrf_epoch: 1,
                    label: Label(Sha256::digest((n % 37).to_be_bytes()).into()),
                    key_id,
                    digest: Digest(Sha256::digest(n.to_be_bytes()).into()),
                })
            });
            seal(made.collect());
        }
        let reason = "closed down".to_owned();
        seal(vec![Entry::Key(KeyEntry::Revoked { key_id, reason })]);
        out
    }

    fn replayed(entries: &[Vec<u8>]) -> Auditor {
        let mut auditor = Auditor::default();
        for entry in entries {
            auditor.replay(entry).unwrap();
        }
        auditor
    }

    fn snapshot(auditor: &mut Auditor) -> Vec<u8> {
        let mut bytes = Vec::new();
        auditor.write_snapshot(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_replay_taken_up_again_goes_on_as_if_it_had_not_been_put_down() {
        let entries = entries(250);
        let cut = 3 + 101;
        let mut first = replayed(&entries[..cut]);
        let mut resumed = Auditor::read_snapshot(&mut snapshot(&mut first).as_slice()).unwrap();

        assert_eq!(resumed.size(), cut as u64);
        assert_eq!(resumed.root(), first.root());
        for entry in &entries[cut..] {
            resumed.replay(entry).unwrap();
        }

        let mut whole = replayed(&entries);
        assert_eq!(resumed.root(), whole.root());
        assert!(
            resumed
                .index()
                .key(&KeyId::of(&ISSUER))
                .unwrap()
                .revoked_at
                .is_some()
        );
    }

    #[test]
    fn a_statement_sealed_before_the_snapshot_is_known_after_it() {
        let entries = entries(50);
        let mut all = replayed(&entries[..entries.len() - 2]);
        let mut resumed = Auditor::read_snapshot(&mut snapshot(&mut all).as_slice()).unwrap();
        assert!(resumed.replay(&entries[5]).is_err());
    }

    #[test]
    fn between_index_entries_there_is_no_snapshot() {
        let entries = entries(50);
        let mut auditor = replayed(&entries[..10]);
        assert!(auditor.write_snapshot(&mut Vec::new()).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_changed_or_cut_snapshot_is_refused(at in any::<prop::sample::Index>(), bit in 0..8_u8, cut in any::<bool>()) {
            let mut bytes = snapshot(&mut replayed(&entries(40)));
            let at = at.index(bytes.len());
            if cut { bytes.truncate(at) } else { bytes[at] ^= 1 << bit }
            prop_assert!(Auditor::read_snapshot(&mut bytes.as_slice()).is_err());
        }
    }
}
