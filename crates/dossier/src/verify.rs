//! Verification, step by step (`spec/dossier.md`, "Verification"). Each function is one step and reads like its section.

use std::collections::btree_map;
use std::collections::{BTreeMap, BTreeSet};

use history::entry::{Entry, EpochRoot, KeyEntry, StatementEntry, key_label};
use history::map::{ChainHead, KeyRecord, fold_key};
use index::vrf::Proof as VrfProof;
use index::{Answer, Label, LeafValue as _, TrieProof, id_input};
use jiff::Timestamp;
use statement::vocabulary::{Role, check_role};
use statement::{Claims, Digest, KeyId, SdJwt};
use tlog::checkpoint::Checkpoint;
use tlog::merkle::verify_inclusion;
use tlog::note::{Note, Vkey};
use tlog::policy::PolicyError;
use tlog::{Hash, LeafIndex, leaf_hash};
use vehicle::VehicleId;

use crate::erasure::Notice;
use crate::file::{Content, Dossier, IssuerKey, Item};
use crate::refusal::{Reason, Refusal, Step};
use crate::report::{Cosigner, ErasedStatement, Issuer, Report, VerifiedStatement};
use crate::trust::{CLOCK_TOLERANCE, Trust};

/// Verifies the bytes of a dossier.
///
/// `asked` is the vehicle in question; without one, the answer is about the vehicle the file names. `now` is in POSIX
/// seconds.
///
/// # Errors
/// The first step that fails, with the item and the reason. Staleness comes last although it belongs to step 1: a file
/// that is forged and old is called forged.
pub fn verify(bytes: &[u8], trust: &Trust, asked: Option<&VehicleId>, now: u64) -> Result<Report, Refusal> {
    let dossier = Dossier::from_bytes(bytes).map_err(|e| refuse(Step::File, "", Reason::File(e)))?;
    let sealed = checkpoint(&dossier, trust, now).map_err(|r| refuse(Step::Checkpoint, "", r))?;
    let log = &sealed.checkpoint;
    let epoch = index(&dossier, log).map_err(|r| refuse(Step::Index, "", r))?;
    let vehicle = asked.unwrap_or(&dossier.vehicle);
    let label = label(&dossier, trust, log, &epoch, vehicle).map_err(|r| refuse(Step::Label, "", r))?;
    let chain = trie(&dossier, &epoch, &label).map_err(|r| refuse(Step::Trie, "", r))?;

    let mut report = Report {
        vehicle: vehicle.clone(),
        asked: asked.is_some(),
        origin: log.origin.clone(),
        size: log.size,
        as_of: sealed.as_of,
        cosigners: sealed.cosigners,
        label,
        statements: Vec::new(),
        erased: Vec::new(),
    };
    if let Some(chain) = chain {
        let last = log.size.0.saturating_sub(1);
        let scene = Scene {
            log,
            last,
            epoch: &epoch,
            label: &label,
            vehicle,
        };
        statements(&dossier, &scene, &sealed.log_key, &chain, &mut report)?;
    }

    if sealed.age > trust.max_age {
        let stale = Reason::Stale {
            as_of: sealed.as_of,
            age: sealed.age,
            max_age: trust.max_age,
        };
        return Err(refuse(Step::Checkpoint, "", stale));
    }
    Ok(report)
}

fn refuse(step: Step, item: impl Into<String>, reason: Reason) -> Refusal {
    Refusal {
        step,
        item: item.into(),
        reason,
    }
}

/// What step 1 establishes.
struct Sealed {
    checkpoint: Checkpoint,
    log_key: Vkey,
    cosigners: Vec<Cosigner>,
    as_of: Timestamp,
    /// now − T, in seconds; 0 where T is a little ahead.
    age: u64,
}

/// Step 1: the log and the quorum have signed, and when.
fn checkpoint(dossier: &Dossier, trust: &Trust, now: u64) -> Result<Sealed, Reason> {
    let note = Note::parse(dossier.checkpoint.as_bytes()).map_err(Reason::Note)?;
    let claimed = Checkpoint::from_note(&note).map_err(Reason::CheckpointText)?;
    if !trust
        .policy
        .logs()
        .iter()
        .any(|log| log.vkey.name().as_str() == claimed.origin)
    {
        return Err(Reason::UnknownLog(claimed.origin));
    }
    let accepted = trust.policy.evaluate(&note).map_err(|refused| match refused {
        PolicyError::Checkpoint(e) => Reason::CheckpointText(e),
        PolicyError::Note(tlog::note::NoteError::NoKnownSignature) | PolicyError::NotSignedByLog { .. } => {
            Reason::NotSignedByLog(claimed.origin)
        }
        PolicyError::Note(e) => Reason::BadSignature(e),
        quorum @ PolicyError::QuorumNotMet { .. } => Reason::Quorum(quorum),
    })?;
    let as_of = accepted.as_of.ok_or(Reason::NoFreshness)?;
    if as_of > now.saturating_add(CLOCK_TOLERANCE) {
        return Err(Reason::FromFuture { ahead: as_of - now });
    }
    Ok(Sealed {
        as_of: timestamp(as_of),
        age: now.saturating_sub(as_of),
        cosigners: accepted
            .cosignatures
            .iter()
            .map(|(witness, time)| Cosigner {
                name: witness.name.to_string(),
                time: timestamp(*time),
            })
            .collect(),
        log_key: accepted.log.vkey.clone(),
        checkpoint: accepted.checkpoint,
    })
}

/// A time beyond the year 9999 is shown as the last one there is; only a cosigner whose time does not matter can have it.
fn timestamp(posix_seconds: u64) -> Timestamp {
    i64::try_from(posix_seconds)
        .ok()
        .and_then(|s| Timestamp::from_second(s).ok())
        .unwrap_or(Timestamp::MAX)
}

/// Step 2: the checkpoint's last entry is the index over all others (rule R1).
fn index(dossier: &Dossier, log: &Checkpoint) -> Result<EpochRoot, Reason> {
    let last = log.size.0.checked_sub(1).ok_or(Reason::EmptyLog)?;
    let leaf = &dossier.index;
    let Entry::Index(entry) = Entry::decode(&leaf.entry).map_err(Reason::Entry)? else {
        return Err(Reason::EntryKind('I'));
    };
    if entry.tree_size != last {
        return Err(Reason::IndexSize {
            expected: last,
            found: entry.tree_size,
        });
    }
    included(log, LeafIndex(last), &leaf_hash(&leaf.entry), &leaf.inclusion)?;
    match entry.epochs.as_slice() {
        [epoch] => Ok(*epoch),
        epochs => Err(Reason::Epochs(epochs.len())),
    }
}

fn included(log: &Checkpoint, at: LeafIndex, leaf: &Hash, proof: &[Hash]) -> Result<(), Reason> {
    verify_inclusion(at, log.size, leaf, proof, &log.root).map_err(Reason::Inclusion)
}

/// Step 3: the label is that of the vehicle asked for.
fn label(
    dossier: &Dossier,
    trust: &Trust,
    log: &Checkpoint,
    epoch: &EpochRoot,
    vehicle: &VehicleId,
) -> Result<Label, Reason> {
    if *vehicle != dossier.vehicle {
        return Err(Reason::OtherVehicle {
            asked: vehicle.clone(),
            named: dossier.vehicle.clone(),
        });
    }
    let pinned = &trust.vrf_key;
    if pinned.origin.as_str() != log.origin {
        return Err(Reason::VrfKeyOfOtherLog(pinned.origin.to_string()));
    }
    if pinned.key.to_bytes() != epoch.vrf_key {
        return Err(Reason::VrfKey);
    }
    let proof = VrfProof::from_bytes(&dossier.vrf_proof).map_err(Reason::VrfProof)?;
    let output = pinned
        .key
        .verify(&id_input(&vehicle.to_string()), &proof)
        .map_err(Reason::VrfProof)?;
    Ok(output.label())
}

/// Step 4: what the index says about the label. None: nothing.
fn trie(dossier: &Dossier, epoch: &EpochRoot, label: &Label) -> Result<Option<ChainHead>, Reason> {
    match (looked_up(&dossier.trie_proof, epoch, label)?, dossier.chain) {
        (Answer::Present(_), None) => Err(Reason::ChainMissing),
        (Answer::Present(value), Some(chain)) if chain.count > 0 && chain.value() == value => Ok(Some(chain)),
        (Answer::Present(_), Some(_)) => Err(Reason::ChainValue),
        (Answer::Absent, None)
            if dossier.statements.is_empty() && dossier.issuers.is_empty() && dossier.erasures.is_empty() =>
        {
            Ok(None)
        }
        (Answer::Absent, _) => Err(Reason::NotInIndex),
    }
}

fn looked_up(proof: &[u8], epoch: &EpochRoot, label: &Label) -> Result<Answer, Reason> {
    TrieProof::from_bytes(proof)
        .and_then(|proof| proof.verify(&epoch.root, label))
        .map_err(Reason::TrieProof)
}

/// What steps 1 to 4 have established, which every item of step 5 is held against.
struct Scene<'a> {
    log: &'a Checkpoint,
    /// Where the index entry stands; every item stands before it.
    last: u64,
    epoch: &'a EpochRoot,
    label: &'a Label,
    vehicle: &'a VehicleId,
}

impl Scene<'_> {
    /// Whether an entry may stand at `at`, given where the one before it stands.
    fn in_order(&self, before: Option<LeafIndex>, at: LeafIndex) -> Result<(), Reason> {
        match before {
            Some(before) if at <= before => Err(Reason::NotRising(before.0)),
            _ if at.0 >= self.last => Err(Reason::NotCovered(self.last)),
            _ => Ok(()),
        }
    }
}

/// An issuer key whose complete history is known.
struct KnownKey {
    position: usize,
    record: KeyRecord,
    used: bool,
}

/// Step 5: the statements are exactly those the index counts, each signed by whoever was entitled to.
fn statements(
    dossier: &Dossier,
    scene: &Scene<'_>,
    log_key: &Vkey,
    chain: &ChainHead,
    report: &mut Report,
) -> Result<(), Refusal> {
    let at = |item: String| move |reason| refuse(Step::Statements, item, reason);
    let key_item = |position: usize| format!("issuer key {} of {}", position + 1, dossier.issuers.len());
    let notice_item =
        |position: usize| format!("erasure notice {} of {}", position + 1, dossier.erasures.len());

    let mut keys: BTreeMap<KeyId, KnownKey> = BTreeMap::new();
    for (position, key) in dossier.issuers.iter().enumerate() {
        let (key_id, record) = issuer_key(key, scene)
            .map_err(|(entry, reason)| at(format!("{}{entry}", key_item(position)))(reason))?;
        match keys.entry(key_id) {
            btree_map::Entry::Occupied(_) => return Err(at(key_item(position))(Reason::KeyTwice(key_id))),
            btree_map::Entry::Vacant(free) => free.insert(KnownKey {
                position,
                record,
                used: false,
            }),
        };
    }

    let mut notices: Vec<(Notice, bool)> = Vec::with_capacity(dossier.erasures.len());
    for (position, signed) in dossier.erasures.iter().enumerate() {
        let notice = notice(signed, scene, log_key).map_err(at(notice_item(position)))?;
        notices.push((notice, false));
    }

    let found = count(&dossier.statements);
    if found != chain.count {
        return Err(at(String::new())(Reason::Count {
            expected: chain.count,
            found,
        }));
    }

    let mut recomputed = ChainHead::EMPTY;
    let mut before = None;
    let mut digests = BTreeSet::new();
    for (position, item) in dossier.statements.iter().enumerate() {
        let name = || {
            format!(
                "statement {} of {found} at log index {}",
                position + 1,
                item.log_index
            )
        };
        let (leaf, entry) = entry(item, before, scene).map_err(|r| at(name())(r))?;
        // A statement that was corrected must not come back by being sealed again after its correction.
        if !digests.insert(entry.digest) {
            return Err(at(name())(Reason::DigestTwice(entry.digest)));
        }
        let issuer = entitled(&mut keys, &entry.key_id, item.log_index).map_err(|r| at(name())(r))?;
        match &item.content {
            Content::Statement(compact) => {
                let (claims, hidden) = content(compact, &entry, issuer, scene).map_err(|r| at(name())(r))?;
                report.statements.push(VerifiedStatement {
                    log_index: item.log_index,
                    digest: entry.digest,
                    issuer: shown(entry.key_id, issuer),
                    claims,
                    hidden,
                    superseded_by: Vec::new(),
                    contested_by: Vec::new(),
                });
            }
            Content::Erased(notice) => {
                let notice = erased(&mut notices, *notice, item, scene).map_err(|r| at(name())(r))?;
                report.erased.push(ErasedStatement {
                    log_index: item.log_index,
                    digest: entry.digest,
                    issuer: shown(entry.key_id, issuer),
                    notice,
                    superseded_by: Vec::new(),
                    contested_by: Vec::new(),
                });
            }
        }
        recomputed = recomputed.extended(scene.label, item.log_index, &leaf);
        before = Some(item.log_index);
    }
    if recomputed != *chain {
        return Err(at(String::new())(Reason::ChainHead));
    }

    if let Some((key_id, unused)) = keys.iter().find(|(_, key)| !key.used) {
        return Err(at(key_item(unused.position))(Reason::KeyUnused(*key_id)));
    }
    if let Some(unused) = notices.iter().position(|(_, used)| !used) {
        return Err(at(notice_item(unused))(Reason::NoticeUnused));
    }
    link_superseded(report);
    Ok(())
}

fn count<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

/// One issuer key: all its entries, and no others. The error says at which entry, where it is about one.
fn issuer_key(key: &IssuerKey, scene: &Scene<'_>) -> Result<(KeyId, KeyRecord), (String, Reason)> {
    let mut entries: Vec<(LeafIndex, KeyEntry)> = Vec::with_capacity(key.entries.len());
    let mut leaves = Vec::with_capacity(key.entries.len());
    for item in &key.entries {
        let refused = |reason| (format!(", entry at log index {}", item.log_index), reason);
        scene
            .in_order(entries.last().map(|(at, _)| *at), item.log_index)
            .map_err(refused)?;
        let leaf = leaf_hash(&item.entry);
        included(scene.log, item.log_index, &leaf, &item.inclusion).map_err(refused)?;
        let Entry::Key(entry) = Entry::decode(&item.entry).map_err(|e| refused(Reason::Entry(e)))? else {
            return Err(refused(Reason::EntryKind('K')));
        };
        entries.push((item.log_index, entry));
        leaves.push(leaf);
    }
    let whole = |reason| (String::new(), reason);
    let record = fold_key(entries.iter().map(|(at, entry)| (*at, entry)))
        .map_err(|e| whole(Reason::KeyHistory(e)))?
        .ok_or(whole(Reason::NoKeyEntry))?;
    let key_id = KeyId::of(&record.public_key);
    let label = key_label(&key_id);
    let chain = entries
        .iter()
        .zip(&leaves)
        .fold(ChainHead::EMPTY, |chain, ((at, _), leaf)| {
            chain.extended(&label, *at, leaf)
        });
    match looked_up(&key.trie_proof, scene.epoch, &label).map_err(whole)? {
        Answer::Present(value) if value == chain.value() => Ok((key_id, record)),
        _ => Err(whole(Reason::KeyIncomplete(key_id))),
    }
}

fn notice(signed: &str, scene: &Scene<'_>, log_key: &Vkey) -> Result<Notice, Reason> {
    let keys = std::slice::from_ref(log_key);
    let notice = Notice::verify(signed.as_bytes(), &scene.log.origin, keys).map_err(Reason::Notice)?;
    if notice.label != *scene.label {
        return Err(Reason::NoticeOfOtherVehicle);
    }
    // Else one notice, signed once, could stand for every statement there will ever be.
    if notice.through.0 >= scene.last {
        return Err(Reason::NoticeAhead {
            through: notice.through.0,
            last: scene.last.saturating_sub(1),
        });
    }
    Ok(notice)
}

/// The item's entry: in order, in the log, and about this vehicle.
fn entry(
    item: &Item,
    before: Option<LeafIndex>,
    scene: &Scene<'_>,
) -> Result<(Hash, StatementEntry), Reason> {
    scene.in_order(before, item.log_index)?;
    let leaf = leaf_hash(&item.entry);
    included(scene.log, item.log_index, &leaf, &item.inclusion)?;
    let Entry::Statement(entry) = Entry::decode(&item.entry).map_err(Reason::Entry)? else {
        return Err(Reason::EntryKind('S'));
    };
    if entry.vrf_epoch != scene.epoch.epoch {
        return Err(Reason::EntryEpoch {
            expected: scene.epoch.epoch,
            found: entry.vrf_epoch,
        });
    }
    if entry.label != *scene.label {
        return Err(Reason::EntryLabel);
    }
    Ok((leaf, entry))
}

/// The key, if it was valid at this log index.
fn entitled<'k>(
    keys: &'k mut BTreeMap<KeyId, KnownKey>,
    key_id: &KeyId,
    at: LeafIndex,
) -> Result<&'k KeyRecord, Reason> {
    let key = keys.get_mut(key_id).ok_or(Reason::KeyNotListed(*key_id))?;
    key.used = true;
    if !key.record.valid_at(at) {
        return Err(Reason::KeyNotValid(*key_id));
    }
    Ok(&key.record)
}

/// The content: signed by that key, the one the entry commits to, and within the issuer's role.
fn content(
    compact: &str,
    entry: &StatementEntry,
    issuer: &KeyRecord,
    scene: &Scene<'_>,
) -> Result<(Claims, usize), Reason> {
    let statement = SdJwt::parse(compact).map_err(Reason::Statement)?;
    let verified = statement.verify(&issuer.public_key).map_err(Reason::Signature)?;
    let digest = statement.digest();
    if digest != entry.digest {
        return Err(Reason::Digest {
            expected: entry.digest,
            found: digest,
        });
    }
    let claims = verified.claims;
    if claims.vid != *scene.vehicle {
        return Err(Reason::StatementOfOtherVehicle(claims.vid.clone()));
    }
    if claims.iss != issuer.issuer {
        return Err(Reason::Issuer {
            stated: claims.iss.clone(),
            enrolled: issuer.issuer.clone(),
        });
    }
    check_role(claims.typ, &issuer.roles).map_err(Reason::Role)?;
    Ok((claims.clone(), verified.hidden))
}

/// The notice that accounts for a missing content.
fn erased(
    notices: &mut [(Notice, bool)],
    position: u64,
    item: &Item,
    scene: &Scene<'_>,
) -> Result<Notice, Reason> {
    let (notice, used) = usize::try_from(position)
        .ok()
        .and_then(|position| notices.get_mut(position))
        .ok_or(Reason::NoticeMissing(position))?;
    *used = true;
    if !notice.covers(scene.label, item.log_index) {
        return Err(Reason::NotErased(notice.through.0));
    }
    Ok(notice.clone())
}

fn shown(key_id: KeyId, record: &KeyRecord) -> Issuer {
    Issuer {
        id: record.issuer.clone(),
        name: record.name.clone(),
        roles: record.roles.clone(),
        key_id,
        revoked_at: record.revoked_at.clone(),
    }
}

/// A statement that says which one it supersedes.
struct Correction {
    superseded: Digest,
    at: LeafIndex,
    issuer: String,
    /// Whether the issuer decides disputes, and so may correct what others stated.
    panel: bool,
}

/// Tells each statement which later ones correct it, and which say so without being entitled to.
fn link_superseded(report: &mut Report) {
    let corrections: Vec<Correction> = report
        .statements
        .iter()
        .filter_map(|statement| {
            Some(Correction {
                superseded: statement.claims.supersedes?,
                at: statement.log_index,
                issuer: statement.issuer.id.clone(),
                panel: statement.issuer.roles.contains(&Role::DisputePanel),
            })
        })
        .collect();
    let later = |digest: &Digest, at: LeafIndex, issuer: &str| -> (Vec<LeafIndex>, Vec<LeafIndex>) {
        let of_this = corrections
            .iter()
            .filter(|c| c.superseded == *digest && at < c.at);
        let (entitled, others): (Vec<_>, Vec<_>) = of_this.partition(|c| c.panel || c.issuer == issuer);
        (
            entitled.iter().map(|c| c.at).collect(),
            others.iter().map(|c| c.at).collect(),
        )
    };
    for s in &mut report.statements {
        (s.superseded_by, s.contested_by) = later(&s.digest, s.log_index, &s.issuer.id);
    }
    for s in &mut report.erased {
        (s.superseded_by, s.contested_by) = later(&s.digest, s.log_index, &s.issuer.id);
    }
}
