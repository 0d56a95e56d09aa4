//! The log's signed word that it erased content (`spec/dossier.md`, "Erasure notice").
//!
//! Without it a missing content would prove nothing, and whoever hands over a dossier could drop the statement they like
//! least.

use std::fmt;

use index::Label;
use jiff::Timestamp;
use tlog::LeafIndex;
use tlog::note::{Note, NoteError, SignatureType, SigningKey, Vkey};

/// The longest "who" and "why", in bytes.
pub const MAX_TEXT: usize = 500;

const SUFFIX: &str = "/erasure/v1";

/// What was erased, when, at whose request, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The log that erased.
    pub origin: String,
    /// The vehicle, by its label.
    pub label: Label,
    /// Contents of this label at this log index and before are gone.
    pub through: LeafIndex,
    /// When, in whole seconds.
    pub time: Timestamp,
    /// Who asked for it, better by role than by name.
    pub asked_by: String,
    /// Why: the legal ground.
    pub reason: String,
}

/// Why a notice is refused, or cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoticeError {
    /// Not a signed note, or not signed by the log.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Not exactly six lines.
    #[error("an erasure notice has six lines of text")]
    Lines,
    /// The first line is not `<origin>/erasure/v1` of this log.
    #[error("the first line is {found:?}, and an erasure notice of this log starts with {expected:?}")]
    FirstLine {
        /// `<origin>/erasure/v1`.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The second line is not 64 lower-case hex digits.
    #[error("the second line is not a label of 64 lower-case hex digits")]
    Label,
    /// The third line is not a log index.
    #[error("the third line is not a log index")]
    Through,
    /// The fourth line is not such a time.
    #[error("the fourth line is not a time in the form 2026-11-23T10:00:00Z")]
    Time,
    /// Who or why is empty, too long, or has control characters or outer spaces.
    #[error("{0} must have 1 to {MAX_TEXT} bytes, no control characters, and no white space at either end")]
    Text(&'static str),
    /// Signed by a key that does not bear the log's name.
    #[error("the key {key:?} cannot sign for the log {origin:?}")]
    OtherKey {
        /// The key's name.
        key: String,
        /// The log's.
        origin: String,
    },
}

impl Notice {
    /// The notice as a signed note.
    ///
    /// # Errors
    /// A part that cannot stand in a notice, or a key that is not the log's.
    pub fn sign(&self, key: &SigningKey) -> Result<String, NoticeError> {
        if key.name().as_str() != self.origin {
            return Err(NoticeError::OtherKey {
                key: key.name().to_string(),
                origin: self.origin.clone(),
            });
        }
        // A line break in a text would be found only as a line too many.
        for (what, text) in [("who asked", &self.asked_by), ("the reason", &self.reason)] {
            plain(text).ok_or(NoticeError::Text(what))?;
        }
        let text = self.to_string();
        Self::parse_text(&text, &self.origin)?;
        let signature = key.sign(&text);
        Ok(format!("{text}\n{signature}\n"))
    }

    /// Reads a signed notice of the log `origin` and verifies it with those of `keys` that sign notes.
    ///
    /// # Errors
    /// Not a notice of this log, or not signed by it.
    pub fn verify(signed: &[u8], origin: &str, keys: &[Vkey]) -> Result<Self, NoticeError> {
        let note = Note::parse(signed)?;
        let notice = Self::parse_text(&note.text, origin)?;
        let keys: Vec<Vkey> = keys
            .iter()
            .filter(|key| key.signature_type() == SignatureType::Ed25519 && key.name().as_str() == origin)
            .cloned()
            .collect();
        note.verify(&keys)?;
        Ok(notice)
    }

    /// Reads a signed notice of the log `origin` without looking at signatures, for the log's own use.
    ///
    /// # Errors
    /// Not a notice of this log.
    pub fn parse_unverified(signed: &[u8], origin: &str) -> Result<Self, NoticeError> {
        Self::parse_text(&Note::parse(signed)?.text, origin)
    }

    /// Whether it speaks of the statement at this log index of this label.
    pub fn covers(&self, label: &Label, at: LeafIndex) -> bool {
        self.label == *label && at <= self.through
    }

    fn parse_text(text: &str, origin: &str) -> Result<Self, NoticeError> {
        let mut lines = text.strip_suffix('\n').ok_or(NoticeError::Lines)?.split('\n');
        let mut line = || lines.next().ok_or(NoticeError::Lines);
        let (first, label, through, time, asked_by, reason) =
            (line()?, line()?, line()?, line()?, line()?, line()?);
        if lines.next().is_some() {
            return Err(NoticeError::Lines);
        }
        if first.strip_suffix(SUFFIX) != Some(origin) {
            return Err(NoticeError::FirstLine {
                expected: format!("{origin}{SUFFIX}"),
                found: first.to_owned(),
            });
        }
        Ok(Self {
            origin: origin.to_owned(),
            label: label_from_hex(label).ok_or(NoticeError::Label)?,
            through: log_index(through).ok_or(NoticeError::Through)?,
            time: time
                .parse::<Timestamp>()
                .ok()
                .filter(|parsed| parsed.subsec_nanosecond() == 0 && parsed.to_string() == time)
                .ok_or(NoticeError::Time)?,
            asked_by: plain(asked_by).ok_or(NoticeError::Text("who asked"))?,
            reason: plain(reason).ok_or(NoticeError::Text("the reason"))?,
        })
    }
}

impl fmt::Display for Notice {
    /// The text that is signed, with its final newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            origin,
            label,
            through,
            time,
            asked_by,
            reason,
        } = self;
        write!(
            f,
            "{origin}{SUFFIX}\n{label}\n{through}\n{time}\n{asked_by}\n{reason}\n"
        )
    }
}

fn label_from_hex(text: &str) -> Option<Label> {
    let mut label = [0; 32];
    let lower_case = !text.bytes().any(|b| b.is_ascii_uppercase());
    (lower_case && hex::decode_to_slice(text, &mut label).is_ok()).then_some(Label(label))
}

fn log_index(text: &str) -> Option<LeafIndex> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(LeafIndex(number))
}

fn plain(text: &str) -> Option<String> {
    let plain = (1..=MAX_TEXT).contains(&text.len())
        && text.trim() == text
        && !text
            .chars()
            .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
    plain.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tlog::checkpoint::Checkpoint;
    use tlog::note::KeyName;

    const ORIGIN: &str = "log.example/carnet";

    fn key(name: &str, seed: u8) -> SigningKey {
        SigningKey::new(KeyName::new(name).unwrap(), &[seed; 32])
    }

    fn notice() -> Notice {
        Notice {
            origin: ORIGIN.to_owned(),
            label: Label([0xab; 32]),
            through: LeafIndex(41),
            time: "2026-11-23T10:00:00Z".parse().unwrap(),
            asked_by: "the keeper".to_owned(),
            reason: "erasure request under PIPA art. 36".to_owned(),
        }
    }

    fn refusal_of(text: &str) -> NoticeError {
        Notice::parse_text(text, ORIGIN).unwrap_err()
    }

    #[test]
    fn a_signed_notice_reads_back_and_covers_what_lies_before_it() {
        let key = key(ORIGIN, 1);
        let signed = notice().sign(&key).unwrap();
        let read = Notice::verify(signed.as_bytes(), ORIGIN, &[key.vkey().clone()]).unwrap();
        assert_eq!(read, notice());
        assert!(read.covers(&Label([0xab; 32]), LeafIndex(41)));
        assert!(!read.covers(&Label([0xab; 32]), LeafIndex(42)));
        assert!(!read.covers(&Label([0xac; 32]), LeafIndex(41)));
    }

    #[test]
    fn a_notice_signed_by_another_key_of_the_same_name_is_refused() {
        let signed = notice().sign(&key(ORIGIN, 2)).unwrap();
        let refused = Notice::verify(signed.as_bytes(), ORIGIN, &[key(ORIGIN, 1).vkey().clone()]);
        assert_eq!(refused, Err(NoticeError::Note(NoteError::NoKnownSignature)));
    }

    #[test]
    fn a_notice_of_another_log_is_refused_although_its_signature_is_good() {
        let other = key("other.example", 3);
        let signed = Notice {
            origin: "other.example".to_owned(),
            ..notice()
        }
        .sign(&other)
        .unwrap();
        let refused = Notice::verify(signed.as_bytes(), ORIGIN, &[other.vkey().clone()]);
        assert!(
            matches!(refused, Err(NoticeError::FirstLine { .. })),
            "{refused:?}"
        );
    }

    #[test]
    fn only_the_log_s_own_key_can_sign() {
        assert!(matches!(
            notice().sign(&key("else.example", 1)),
            Err(NoticeError::OtherKey { .. })
        ));
    }

    #[test]
    fn a_notice_is_not_a_checkpoint_and_a_checkpoint_not_a_notice() {
        assert!(Checkpoint::parse(&notice().to_string()).is_err());
        let checkpoint = Checkpoint::new(ORIGIN, tlog::TreeSize(3), tlog::empty_root()).to_string();
        assert_eq!(refusal_of(&checkpoint), NoticeError::Lines);
    }

    #[test]
    fn each_line_has_one_form() {
        let text = notice().to_string();
        for (from, to, expected) in [
            ("/erasure/v1", "/erasure/v2", None),
            ("abab", "ABAB", Some(NoticeError::Label)),
            ("\n41\n", "\n041\n", Some(NoticeError::Through)),
            ("\n41\n", "\n-1\n", Some(NoticeError::Through)),
            ("T10:00:00Z", "T10:00:00+00:00", Some(NoticeError::Time)),
            ("T10:00:00Z", "T10:00:00.5Z", Some(NoticeError::Time)),
            ("the keeper", " the keeper", Some(NoticeError::Text("who asked"))),
            ("the keeper", "", Some(NoticeError::Text("who asked"))),
            ("PIPA", "PI\u{85}PA", Some(NoticeError::Text("the reason"))),
            ("art. 36\n", "art. 36\nmore\n", Some(NoticeError::Lines)),
        ] {
            let refused = refusal_of(&text.replacen(from, to, 1));
            match expected {
                Some(expected) => assert_eq!(refused, expected, "{from:?} to {to:?}"),
                None => assert!(matches!(refused, NoticeError::FirstLine { .. }), "{refused:?}"),
            }
        }
    }
}
