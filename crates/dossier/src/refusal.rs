//! Why a dossier is refused: the step, the item, and the reason as a type.

use std::fmt;

use history::entry::EntryError;
use history::map::MapError;
use index::ProofError;
use index::vrf::VrfError;
use jiff::Timestamp;
use statement::vocabulary::RoleRefused;
use statement::{Digest, KeyId, ParseError, VerifyError};
use tlog::checkpoint::CheckpointError;
use tlog::merkle::MerkleError;
use tlog::note::NoteError;
use tlog::policy::PolicyError;
use vehicle::VehicleId;

use crate::erasure::NoticeError;
use crate::file::FileError;

/// The steps of verification, in their order (`spec/dossier.md`, "Verification").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// 0: the file can be read.
    File,
    /// 1: the log and a quorum have signed the checkpoint, lately.
    Checkpoint,
    /// 2: the index is the checkpoint's last entry.
    Index,
    /// 3: the label is the vehicle's.
    Label,
    /// 4: what the index says about the label.
    Trie,
    /// 5: the statements are those and no others.
    Statements,
}

impl Step {
    /// Its number in the specification.
    pub fn number(self) -> u8 {
        match self {
            Self::File => 0,
            Self::Checkpoint => 1,
            Self::Index => 2,
            Self::Label => 3,
            Self::Trie => 4,
            Self::Statements => 5,
        }
    }

    /// Its name in the specification.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Checkpoint => "checkpoint",
            Self::Index => "index",
            Self::Label => "label",
            Self::Trie => "trie",
            Self::Statements => "statements",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} ({})", self.number(), self.name())
    }
}

/// A dossier that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The step that failed.
    pub step: Step,
    /// What it failed at, such as `statement 3 of 7 at log index 41`. Empty where the step has only one item.
    pub item: String,
    /// What is wrong with it.
    pub reason: Reason,
}

impl Refusal {
    /// Whether everything holds but the age: nothing is forged, and a newer dossier is needed.
    pub fn is_stale_only(&self) -> bool {
        matches!(self.reason, Reason::Stale { .. })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.step)?;
        if !self.item.is_empty() {
            write!(f, ", {}", self.item)?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for Refusal {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.reason)
    }
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Step 0: the bytes are not a dossier.
    #[error(transparent)]
    File(FileError),

    /// Step 1: the checkpoint is not a signed note.
    #[error("the checkpoint is not a signed note: {0}")]
    Note(NoteError),
    /// Step 1: the note is not a checkpoint.
    #[error("the signed note is not a checkpoint: {0}")]
    CheckpointText(CheckpointError),
    /// Step 1: a checkpoint of a log that the policy does not name.
    #[error("the checkpoint is of the log {0:?}, which the policy does not name")]
    UnknownLog(String),
    /// Step 1: not signed by the log.
    #[error("not signed by the log {0:?}")]
    NotSignedByLog(String),
    /// Step 1: a signature by the log or by a known cosigner does not verify.
    #[error("{0}")]
    BadSignature(NoteError),
    /// Step 1: too few cosignatures.
    #[error("{0}")]
    Quorum(PolicyError),
    /// Step 1: the policy asks for no cosignature, so nothing says how old the checkpoint is.
    #[error("the policy asks for no cosignature, so nothing says how old the checkpoint is")]
    NoFreshness,
    /// Step 1: everything else holds, but T is too long ago.
    #[error("complete as of {as_of}, which is {} ago; at most {} are allowed", span(*.age), span(*.max_age))]
    Stale {
        /// T.
        as_of: Timestamp,
        /// How long ago that is, in seconds.
        age: u64,
        /// What the verifier allows, in seconds.
        max_age: u64,
    },
    /// Step 1: T has not come yet.
    #[error("cosigned {} in the future; a cosigner's clock or this one is wrong", span(*.ahead))]
    FromFuture {
        /// T − now, in seconds.
        ahead: u64,
    },

    /// Step 2: a log with no entry has no index.
    #[error("the log is empty")]
    EmptyLog,
    /// Step 2: the index covers another size than the checkpoint's less one.
    #[error(
        "the index covers {found} entries, and the checkpoint's last entry must cover {expected} (rule R1)"
    )]
    IndexSize {
        /// The checkpoint's size less one.
        expected: u64,
        /// What the entry says.
        found: u64,
    },
    /// Step 2: more than one epoch.
    #[error("the index has {0} VRF epochs, and map version 1 has one")]
    Epochs(usize),

    /// Step 3: the file is about another vehicle.
    #[error("this is the dossier of {named}, and {asked} was asked for")]
    OtherVehicle {
        /// What the verifier wants to know about.
        asked: VehicleId,
        /// What the file is about.
        named: VehicleId,
    },
    /// Step 3: the VRF key given belongs to another log.
    #[error("the VRF key given is that of the log {0:?}")]
    VrfKeyOfOtherLog(String),
    /// Step 3: the log's VRF key is not the one given.
    #[error("the log's index was made with another VRF key than the one given")]
    VrfKey,
    /// Step 3: the proof does not show the vehicle's label.
    #[error("{0}")]
    VrfProof(VrfError),

    /// Steps 4 and 5: the trie proof does not hold.
    #[error("trie proof: {0}")]
    TrieProof(ProofError),
    /// Step 4: the index knows the vehicle, but the file has no chain.
    #[error("the index knows this vehicle, and the file says it does not")]
    ChainMissing,
    /// Step 4: the index does not know the vehicle, but the file has a chain, statements, issuers or notices.
    #[error("the index knows nothing of this vehicle, and the file has statements about it")]
    NotInIndex,
    /// Step 4: count and head are not what the index holds.
    #[error("count and head of the chain are not those in the index")]
    ChainValue,

    /// Steps 2 and 5: the bytes are not a log entry.
    #[error("{0}")]
    Entry(EntryError),
    /// Steps 2 and 5: an entry of another kind.
    #[error("not an entry of type {0}")]
    EntryKind(char),
    /// Steps 2 and 5: the entry is not in the log at this place.
    #[error("not in the log at this place: {0}")]
    Inclusion(MerkleError),

    /// Step 5: log indices do not rise.
    #[error("its log index is not greater than {0}, that of the item before")]
    NotRising(u64),
    /// Step 5: the log index is not before the index entry.
    #[error("its log index is not less than {0}, that of the index entry")]
    NotCovered(u64),
    /// Step 5: the log holds one statement at two places.
    #[error("the statement {0} stands in the log before, and each may be sealed once")]
    DigestTwice(Digest),
    /// Step 5: a key's entries contradict each other.
    #[error("{0}")]
    KeyHistory(MapError),
    /// Step 5: an issuer key without any entry.
    #[error("no entry")]
    NoKeyEntry,
    /// Step 5: one key listed twice.
    #[error("the key {0} is listed twice")]
    KeyTwice(KeyId),
    /// Step 5: the entries are not all that the log has about the key.
    #[error("these are not all the entries the log has about the key {0}")]
    KeyIncomplete(KeyId),
    /// Step 5: a key that no statement needs.
    #[error("no statement is by the key {0}")]
    KeyUnused(KeyId),
    /// Step 5: not a notice of this log.
    #[error("{0}")]
    Notice(NoticeError),
    /// Step 5: a notice about another vehicle.
    #[error("the notice is about another vehicle")]
    NoticeOfOtherVehicle,
    /// Step 5: a notice about entries that the checkpoint does not have.
    #[error(
        "the notice covers log indices up to {through}, and the last before the index entry is {last}: nobody can \
         erase what was not stated yet"
    )]
    NoticeAhead {
        /// What the notice says.
        through: u64,
        /// The greatest log index a statement can have at this checkpoint.
        last: u64,
    },
    /// Step 5: a notice that no statement needs.
    #[error("no statement refers to it")]
    NoticeUnused,
    /// Step 5: more or fewer statements than the index counts.
    #[error("the index counts {expected} statements, the file has {found}")]
    Count {
        /// In the index.
        expected: u64,
        /// In the file.
        found: u64,
    },
    /// Step 5: the entry belongs to another VRF epoch.
    #[error("the entry is of VRF epoch {found}, the index of {expected}")]
    EntryEpoch {
        /// In the index.
        expected: u32,
        /// In the entry.
        found: u32,
    },
    /// Step 5: the entry is about another vehicle.
    #[error("the entry is about another vehicle")]
    EntryLabel,
    /// Step 5: the key that signed is not among the issuer keys.
    #[error("the key {0} is not among the issuer keys of the file")]
    KeyNotListed(KeyId),
    /// Step 5: the key was not enrolled yet, or revoked already.
    #[error("the key {0} was not valid at this log index")]
    KeyNotValid(KeyId),
    /// Step 5: the content is not a statement.
    #[error("not a statement: {0}")]
    Statement(ParseError),
    /// Step 5: not signed by the key that the entry names.
    #[error("{0}")]
    Signature(VerifyError),
    /// Step 5: another statement than the one in the log.
    #[error("its digest is {found}, and the log has {expected}")]
    Digest {
        /// In the log.
        expected: Digest,
        /// Of the statement in the file.
        found: Digest,
    },
    /// Step 5: the statement is about another vehicle.
    #[error("the statement is about {0}")]
    StatementOfOtherVehicle(VehicleId),
    /// Step 5: `iss` is not the issuer that the key was enrolled for.
    #[error("the statement is by {stated:?}, and its key is enrolled for {enrolled:?}")]
    Issuer {
        /// In the statement.
        stated: String,
        /// In the log.
        enrolled: String,
    },
    /// Step 5: none of the issuer's roles may state this.
    #[error("{0}")]
    Role(RoleRefused),
    /// Step 5: no content, and a notice that is not there.
    #[error("its content is said to be erased by notice {0}, which is not in the file")]
    NoticeMissing(u64),
    /// Step 5: no content, and a notice about earlier ones only.
    #[error("its content is missing, and the notice covers only log indices up to {0}")]
    NotErased(u64),
    /// Step 5: the statements are not the ones the index counted.
    #[error("the chain of these statements has another head than the index")]
    ChainHead,
}

impl Reason {
    /// A stable name for programs and test files.
    pub fn name(&self) -> &'static str {
        match self {
            Self::File(FileError::Empty) => "file_empty",
            Self::File(FileError::TooLong(_)) => "file_too_long",
            Self::File(FileError::NotUtf8(_)) => "file_not_utf8",
            Self::File(FileError::CutOff { .. }) => "file_cut_off",
            Self::File(FileError::NotJson(_)) => "file_not_json",
            Self::File(FileError::Form(_)) => "file_form",
            Self::Note(_) => "note",
            Self::CheckpointText(_) => "checkpoint_text",
            Self::UnknownLog(_) => "unknown_log",
            Self::NotSignedByLog(_) => "not_signed_by_log",
            Self::BadSignature(_) => "bad_signature",
            Self::Quorum(_) => "quorum",
            Self::NoFreshness => "no_freshness",
            Self::Stale { .. } => "stale",
            Self::FromFuture { .. } => "from_future",
            Self::EmptyLog => "empty_log",
            Self::IndexSize { .. } => "index_size",
            Self::Epochs(_) => "epochs",
            Self::OtherVehicle { .. } => "other_vehicle",
            Self::VrfKeyOfOtherLog(_) => "vrf_key_of_other_log",
            Self::VrfKey => "vrf_key",
            Self::VrfProof(_) => "vrf_proof",
            Self::TrieProof(_) => "trie_proof",
            Self::ChainMissing => "chain_missing",
            Self::NotInIndex => "not_in_index",
            Self::ChainValue => "chain_value",
            Self::Entry(_) => "entry",
            Self::EntryKind(_) => "entry_kind",
            Self::Inclusion(_) => "inclusion",
            Self::NotRising(_) => "not_rising",
            Self::NotCovered(_) => "not_covered",
            Self::DigestTwice(_) => "digest_twice",
            Self::KeyHistory(_) => "key_history",
            Self::NoKeyEntry => "no_key_entry",
            Self::KeyTwice(_) => "key_twice",
            Self::KeyIncomplete(_) => "key_incomplete",
            Self::KeyUnused(_) => "key_unused",
            Self::Notice(_) => "notice",
            Self::NoticeOfOtherVehicle => "notice_of_other_vehicle",
            Self::NoticeAhead { .. } => "notice_ahead",
            Self::NoticeUnused => "notice_unused",
            Self::Count { .. } => "count",
            Self::EntryEpoch { .. } => "entry_epoch",
            Self::EntryLabel => "entry_label",
            Self::KeyNotListed(_) => "key_not_listed",
            Self::KeyNotValid(_) => "key_not_valid",
            Self::Statement(_) => "statement",
            Self::Signature(_) => "signature",
            Self::Digest { .. } => "digest",
            Self::StatementOfOtherVehicle(_) => "statement_of_other_vehicle",
            Self::Issuer { .. } => "issuer",
            Self::Role(_) => "role",
            Self::NoticeMissing(_) => "notice_missing",
            Self::NotErased(_) => "not_erased",
            Self::ChainHead => "chain_head",
        }
    }
}

/// A length of time as people read it: its two largest units.
fn span(seconds: u64) -> String {
    const UNITS: [(u64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];
    let mut rest = seconds;
    let counted = UNITS.map(|(length, unit)| {
        let count = rest / length;
        rest %= length;
        (count, unit)
    });
    let first = counted.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    let said = counted
        .iter()
        .skip(first)
        .take(2)
        .filter(|(count, unit)| *count > 0 || (seconds == 0 && *unit == "second"))
        .map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }));
    said.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn a_length_of_time_is_said_in_its_two_largest_units() {
        for (seconds, said) in [
            (0, "0 seconds"),
            (1, "1 second"),
            (61, "1 minute 1 second"),
            (3_600, "1 hour"),
            (7_265, "2 hours 1 minute"),
            (86_400 + 59, "1 day"),
            (30 * 86_400, "30 days"),
            (3 * 86_400 + 4 * 3_600 + 59, "3 days 4 hours"),
            (u64::MAX, "213503982334601 days 7 hours"),
        ] {
            assert_eq!(span(seconds), said, "{seconds}");
        }
    }
}
