//! Signed notes: text with signature lines by named keys.
//!
//! Specified by [c2sp.org/signed-note](https://c2sp.org/signed-note).
//!
//! - SPEC: a note is text that ends in a newline, an empty line, and one or more lines `— <key name> <base64>`; the text ends
//!   at the *last* empty line, so it may contain empty lines itself.
//! - SPEC: a note is UTF-8 without ASCII control characters other than newline.
//! - SPEC: key names are not empty and contain no Unicode space and no plus sign.
//! - SPEC: a signature line carries a four-byte key ID and the signature; name and ID together say which key made it.
//! - SPEC: lines of unknown keys are ignored, also when either the name or the ID (but not both) is a known one. Lines of
//!   known keys are all verified; if one fails, the note is refused; if there is none, it is refused too.
//! - SPEC: at least 16 signatures are accepted, and post-quantum ones are long. Here up to [`MAX_SIGNATURES`] in a note of up
//!   to [`MAX_NOTE_BYTES`].
//!
//! The specification does not say what two lines of one known key mean. Both are verified, as it demands of every such line;
//! they then count once, and for cosignatures the newer time counts.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::cosignature;
use crate::encoding::{from_base64, to_base64};

/// Signature lines accepted in a note.
pub const MAX_SIGNATURES: usize = 100;
/// Length of a note accepted, in bytes.
pub const MAX_NOTE_BYTES: usize = 1_000_000;

const SIGNATURE_PREFIX: &str = "— ";
const KEY_ID_LEN: usize = 4;
const PUBLIC_KEY_LEN: usize = 32;

/// The name of a key: not empty, without Unicode space, without `+`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// Checks a name.
    pub fn new(name: &str) -> Result<Self, NoteError> {
        // Control characters are excluded by the format of the note the name would stand in.
        let forbidden = |c: char| c.is_whitespace() || c == '+' || c < ' ';
        if name.is_empty() || name.contains(forbidden) {
            return Err(NoteError::BadKeyName(name.to_owned()));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for KeyName {
    type Err = NoteError;

    fn from_str(name: &str) -> Result<Self, NoteError> {
        Self::new(name)
    }
}

impl TryFrom<&str> for KeyName {
    type Error = NoteError;

    fn try_from(name: &str) -> Result<Self, NoteError> {
        Self::new(name)
    }
}

/// Why a note, a key, or a key name was refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Longer than [`MAX_NOTE_BYTES`].
    #[error("the note has {0} bytes, more than {MAX_NOTE_BYTES}")]
    TooLong(usize),
    /// Not UTF-8.
    #[error("the note is not UTF-8 (byte {0})")]
    NotUtf8(usize),
    /// A control character other than newline.
    #[error("the note has a control character (byte {0})")]
    ControlCharacter(usize),
    /// The text does not end in a newline.
    #[error("the note's text does not end in a newline")]
    UnterminatedText,
    /// No empty line followed by signature lines, or the last line is not ended by a newline.
    #[error("the note has no signature lines, or the last is not ended by a newline")]
    NoSignatures,
    /// More than [`MAX_SIGNATURES`] lines.
    #[error("the note has more than {MAX_SIGNATURES} signature lines")]
    TooManySignatures,
    /// Not `— <key name> <base64 of at least five bytes>`.
    #[error("malformed signature line {0:?}")]
    MalformedSignature(String),
    /// Empty, or with a space or a plus sign.
    #[error("{0:?} is not a key name: it must not be empty nor contain spaces or '+'")]
    BadKeyName(String),
    /// Not `<name>+<8 hex digits>+<base64>`.
    #[error("{0:?} is not a verifier key of the form <name>+<key ID>+<base64>")]
    MalformedVkey(String),
    /// A signature type other than 0x01 and 0x04.
    #[error("verifier key {name} has signature type {signature_type:#04x}; only 0x01 and 0x04 are supported")]
    UnsupportedSignatureType {
        /// Name of the key.
        name: KeyName,
        /// The type found.
        signature_type: u8,
    },
    /// Not a point of the curve, or one of small order that verifies nothing.
    #[error("verifier key {0} is not a usable Ed25519 public key")]
    BadPublicKey(KeyName),
    /// The key ID is not the one that follows from name, type and public key.
    #[error("verifier key {0} has a key ID that does not belong to it")]
    KeyIdMismatch(KeyName),
    /// Two different known keys share name and key ID.
    #[error("two different known keys are called {0} and share a key ID")]
    AmbiguousKey(KeyName),
    /// A known key's signature does not verify.
    #[error("the signature by {0} does not verify")]
    BadSignature(KeyName),
    /// None of the signatures is by a known key.
    #[error("the note is not signed by a known key")]
    NoKnownSignature,
}

/// Which signatures a key makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureType {
    /// 0x01: Ed25519 over the note's text.
    Ed25519,
    /// 0x04: timestamped Ed25519 cosignature of a checkpoint, [`crate::cosignature`].
    CosignatureV1,
}

impl SignatureType {
    /// The identifier byte in key IDs and verifier keys.
    pub fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::CosignatureV1 => 0x04,
        }
    }
}

/// A verifier key: name, signature type and public key. Written `<name>+<key ID>+<base64 of type and public key>`.
#[derive(Clone, PartialEq, Eq)]
pub struct Vkey {
    name: KeyName,
    signature_type: SignatureType,
    public_key: VerifyingKey,
}

impl Vkey {
    /// A key from its parts. Public keys no signature should be accepted from (not on the curve, small order) are refused.
    pub fn new(
        name: KeyName,
        signature_type: SignatureType,
        public_key: &[u8; PUBLIC_KEY_LEN],
    ) -> Result<Self, NoteError> {
        match VerifyingKey::from_bytes(public_key) {
            Ok(public_key) if !public_key.is_weak() => Ok(Self {
                name,
                signature_type,
                public_key,
            }),
            _ => Err(NoteError::BadPublicKey(name)),
        }
    }

    /// The verifier's side of a secret key. Its public key is never of small order: the scalar is a multiple of eight below
    /// the group's order.
    pub(crate) fn of(
        name: KeyName,
        signature_type: SignatureType,
        secret: &ed25519_dalek::SigningKey,
    ) -> Self {
        Self {
            name,
            signature_type,
            public_key: secret.verifying_key(),
        }
    }

    /// Reads the written form and checks that the key ID belongs to the key.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let malformed = || NoteError::MalformedVkey(text.to_owned());
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(key_id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed());
        };
        let name = KeyName::new(name)?;
        let hex = key_id.len() == 2 * KEY_ID_LEN && key_id.bytes().all(|byte| byte.is_ascii_hexdigit());
        let key_id = hex
            .then(|| u32::from_str_radix(key_id, 16).ok())
            .flatten()
            .ok_or_else(malformed)?;
        let key = from_base64(key).ok_or_else(malformed)?;
        let (signature_type, public_key) = key.split_first().ok_or_else(malformed)?;
        let signature_type = match signature_type {
            0x01 => SignatureType::Ed25519,
            0x04 => SignatureType::CosignatureV1,
            other => {
                return Err(NoteError::UnsupportedSignatureType {
                    name,
                    signature_type: *other,
                });
            }
        };
        let public_key = public_key.try_into().map_err(|_| malformed())?;
        let vkey = Self::new(name, signature_type, public_key)?;
        if vkey.key_id() != key_id.to_be_bytes() {
            return Err(NoteError::KeyIdMismatch(vkey.name));
        }
        Ok(vkey)
    }

    /// The key's name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Which signatures the key makes.
    pub fn signature_type(&self) -> SignatureType {
        self.signature_type
    }

    /// The Ed25519 public key.
    pub fn public_key(&self) -> &[u8; PUBLIC_KEY_LEN] {
        self.public_key.as_bytes()
    }

    /// The first four bytes of SHA-256(name ‖ newline ‖ type ‖ public key).
    pub fn key_id(&self) -> [u8; KEY_ID_LEN] {
        let digest: [u8; 32] = Sha256::new()
            .chain_update(self.name.as_str())
            .chain_update([b'\n', self.signature_type.byte()])
            .chain_update(self.public_key())
            .finalize()
            .into();
        let [a, b, c, d, ..] = digest;
        [a, b, c, d]
    }

    /// Whether this key is the one a signature line names.
    pub fn made(&self, line: &SignatureLine) -> bool {
        self.name == line.name && self.key_id() == line.key_id
    }

    /// RFC 8032 verification that also refuses what different implementations disagree on.
    pub(crate) fn verify_strict(&self, message: &[u8], signature: &[u8]) -> Result<(), NoteError> {
        Signature::from_slice(signature)
            .and_then(|signature| self.public_key.verify_strict(message, &signature))
            .map_err(|_| NoteError::BadSignature(self.name.clone()))
    }
}

impl fmt::Display for Vkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![self.signature_type.byte()];
        key.extend_from_slice(self.public_key());
        write!(
            f,
            "{}+{:08x}+{}",
            self.name,
            u32::from_be_bytes(self.key_id()),
            to_base64(&key)
        )
    }
}

impl fmt::Debug for Vkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vkey({self})")
    }
}

impl FromStr for Vkey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        Self::parse(text)
    }
}

/// A named Ed25519 key that signs notes (type 0x01), such as a log's key. The secret is erased from memory on drop.
pub struct SigningKey {
    secret: ed25519_dalek::SigningKey,
    vkey: Vkey,
}

impl SigningKey {
    /// The key with this name and this 32-byte RFC 8032 secret.
    pub fn new(name: KeyName, secret: &[u8; 32]) -> Self {
        let secret = ed25519_dalek::SigningKey::from_bytes(secret);
        let vkey = Vkey::of(name, SignatureType::Ed25519, &secret);
        Self { secret, vkey }
    }

    /// The key others verify with.
    pub fn vkey(&self) -> &Vkey {
        &self.vkey
    }

    /// The key's name.
    pub fn name(&self) -> &KeyName {
        &self.vkey.name
    }

    /// Signs a note's text (with its final newline).
    pub fn sign(&self, text: &str) -> SignatureLine {
        let signature = self.secret.sign(text.as_bytes());
        SignatureLine::by(&self.vkey, signature.to_bytes().to_vec())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.vkey)
    }
}

/// One signature of a note, by a known or an unknown key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureLine {
    /// Name of the key.
    pub name: KeyName,
    /// Key ID, big-endian.
    pub key_id: [u8; KEY_ID_LEN],
    /// The signature in its type's format, at least one byte.
    pub signature: Vec<u8>,
}

impl SignatureLine {
    pub(crate) fn by(vkey: &Vkey, signature: Vec<u8>) -> Self {
        Self {
            name: vkey.name.clone(),
            key_id: vkey.key_id(),
            signature,
        }
    }

    /// Reads one line, without its newline.
    pub fn parse(line: &str) -> Result<Self, NoteError> {
        let malformed = || NoteError::MalformedSignature(line.to_owned());
        let (name, encoded) = line
            .strip_prefix(SIGNATURE_PREFIX)
            .and_then(|rest| rest.split_once(' '))
            .ok_or_else(malformed)?;
        let name = KeyName::new(name).map_err(|_| malformed())?;
        let bytes = from_base64(encoded).ok_or_else(malformed)?;
        let (key_id, signature) = bytes.split_first_chunk().ok_or_else(malformed)?;
        if signature.is_empty() {
            return Err(malformed());
        }
        Ok(Self {
            name,
            key_id: *key_id,
            signature: signature.to_vec(),
        })
    }
}

impl fmt::Display for SignatureLine {
    /// The line without its newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.key_id.to_vec();
        bytes.extend_from_slice(&self.signature);
        write!(f, "{SIGNATURE_PREFIX}{} {}", self.name, to_base64(&bytes))
    }
}

/// A signature of a note that verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<'k> {
    /// The known key that made it.
    pub key: &'k Vkey,
    /// For cosignatures, the time it was made (POSIX seconds); the newest if the key cosigned several times.
    pub timestamp: Option<u64>,
}

/// A text and its signatures. Nothing in it is to be believed before [`Note::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The signed text, with its final newline.
    pub text: String,
    /// The signature lines, in order.
    pub signatures: Vec<SignatureLine>,
}

impl Note {
    /// A note yet to be signed. The text must end in a newline and have no other control characters.
    pub fn new(text: impl Into<String>) -> Result<Self, NoteError> {
        let text = text.into();
        check_characters(&text)?;
        if !text.ends_with('\n') {
            return Err(NoteError::UnterminatedText);
        }
        Ok(Self {
            text,
            signatures: Vec::new(),
        })
    }

    /// Reads a signed note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong(bytes.len()));
        }
        let note = std::str::from_utf8(bytes).map_err(|error| NoteError::NotUtf8(error.valid_up_to()))?;
        check_characters(note)?;
        let (before, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::NoSignatures)?;
        let signatures = signatures.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        let signatures = parse_signatures(signatures)?;
        Ok(Self {
            text: format!("{before}\n"),
            signatures,
        })
    }

    /// The note as it is stored and sent. What [`Note::parse`] accepted comes back byte for byte.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut note = format!("{}\n", self.text);
        for line in &self.signatures {
            note.push_str(&line.to_string());
            note.push('\n');
        }
        note.into_bytes()
    }

    /// Verifies the lines of these keys and ignores all others. The result has one item per key that signed, in the order of
    /// `known`; it is never empty.
    pub fn verify<'k>(&self, known: &'k [Vkey]) -> Result<Vec<Verified<'k>>, NoteError> {
        let mut verified = Vec::new();
        for (position, key) in known.iter().enumerate() {
            let earlier = known.iter().take(position);
            let mut namesakes =
                earlier.filter(|other| other.name == key.name && other.key_id() == key.key_id());
            match namesakes.next() {
                Some(same) if same == key => continue,
                Some(_) => return Err(NoteError::AmbiguousKey(key.name.clone())),
                None => {}
            }
            let key_id = key.key_id();
            let mut newest: Option<Verified<'k>> = None;
            for line in self
                .signatures
                .iter()
                .filter(|line| line.name == key.name && line.key_id == key_id)
            {
                let timestamp = match key.signature_type {
                    SignatureType::Ed25519 => {
                        key.verify_strict(self.text.as_bytes(), &line.signature)?;
                        None
                    }
                    SignatureType::CosignatureV1 => Some(cosignature::verify(&self.text, line, key)?),
                };
                let timestamp = timestamp.max(newest.and_then(|earlier| earlier.timestamp));
                newest = Some(Verified { key, timestamp });
            }
            verified.extend(newest);
        }
        if verified.is_empty() {
            return Err(NoteError::NoKnownSignature);
        }
        Ok(verified)
    }
}

/// Reads signature lines separated by newlines, such as a witness's answer without its final newline.
pub(crate) fn parse_signatures(lines: &str) -> Result<Vec<SignatureLine>, NoteError> {
    if lines.split('\n').count() > MAX_SIGNATURES {
        return Err(NoteError::TooManySignatures);
    }
    lines.split('\n').map(SignatureLine::parse).collect()
}

fn check_characters(text: &str) -> Result<(), NoteError> {
    match text.bytes().position(|byte| byte < b' ' && byte != b'\n') {
        Some(at) => Err(NoteError::ControlCharacter(at)),
        None => Ok(()),
    }
}
