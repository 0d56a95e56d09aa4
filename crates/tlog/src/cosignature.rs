//! Cosignatures: a witness or auditor says that, at a time, this was the largest consistent tree it had seen of the log.
//!
//! Specified by [c2sp.org/tlog-cosignature](https://c2sp.org/tlog-cosignature), the Ed25519 type (0x04).
//!
//! - SPEC: the signature of the note line is a big-endian u64 time in POSIX seconds, at most 2^63 − 1, and 64 bytes of Ed25519.
//! - SPEC: signed is the line `cosignature/v1`, the line `time <decimal seconds>`, and the whole text of the checkpoint with its
//!   extension lines.
//! - SPEC: the name is not signed, so one Ed25519 key serves one cosigner only. The type byte in the key ID keeps a
//!   cosigning key apart from a note key of the same name.

use std::fmt;

use ed25519_dalek::Signer as _;
use thiserror::Error;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{KeyName, Note, NoteError, SignatureLine, SignatureType, Vkey};

/// The latest time a cosignature can carry, in POSIX seconds.
pub const MAX_TIMESTAMP: u64 = i64::MAX as u64;

/// Why a cosigner does not sign.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CosignError {
    /// Only checkpoints are cosigned.
    #[error("not a checkpoint: {0}")]
    NotACheckpoint(#[from] CheckpointError),
    /// Later than [`MAX_TIMESTAMP`].
    #[error("time {0} is later than a cosignature can carry")]
    TimeOutOfRange(u64),
}

/// The key of a witness or auditor. The secret is erased from memory on drop.
pub struct CosigningKey {
    secret: ed25519_dalek::SigningKey,
    vkey: Vkey,
}

impl CosigningKey {
    /// The key with this name and this 32-byte RFC 8032 secret. Use a secret for one cosigner and nothing else.
    pub fn new(name: KeyName, secret: &[u8; 32]) -> Self {
        let secret = ed25519_dalek::SigningKey::from_bytes(secret);
        let vkey = Vkey::of(name, SignatureType::CosignatureV1, &secret);
        Self { secret, vkey }
    }

    /// The key others verify with.
    pub fn vkey(&self) -> &Vkey {
        &self.vkey
    }

    /// The key's name.
    pub fn name(&self) -> &KeyName {
        self.vkey.name()
    }

    /// Cosigns a checkpoint at `time` (POSIX seconds).
    ///
    /// The caller has verified the log's signature and consistency with what it cosigned before, and has stored that it now
    /// cosigns this: see [`crate::witness`].
    pub fn cosign(&self, note: &Note, time: u64) -> Result<SignatureLine, CosignError> {
        Checkpoint::from_note(note)?;
        if time > MAX_TIMESTAMP {
            return Err(CosignError::TimeOutOfRange(time));
        }
        let signature = self.secret.sign(message(&note.text, time).as_bytes());
        let mut timestamped = time.to_be_bytes().to_vec();
        timestamped.extend_from_slice(&signature.to_bytes());
        Ok(SignatureLine::by(&self.vkey, timestamped))
    }
}

impl fmt::Debug for CosigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CosigningKey({})", self.vkey)
    }
}

/// Verifies one cosignature over a checkpoint's text and returns its time in POSIX seconds.
///
/// A line of another key, or with a key of another signature type, does not verify.
pub fn verify(text: &str, line: &SignatureLine, vkey: &Vkey) -> Result<u64, NoteError> {
    let refused = || NoteError::BadSignature(vkey.name().clone());
    if vkey.signature_type() != SignatureType::CosignatureV1 || !vkey.made(line) {
        return Err(refused());
    }
    let (time, signature) = line.signature.split_first_chunk().ok_or_else(refused)?;
    let time = u64::from_be_bytes(*time);
    if time > MAX_TIMESTAMP {
        return Err(refused());
    }
    vkey.verify_strict(message(text, time).as_bytes(), signature)?;
    Ok(time)
}

fn message(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}
