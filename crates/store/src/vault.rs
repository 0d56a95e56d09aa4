//! Contents, encrypted per vehicle with a key that can be destroyed.
//!
//! Each vehicle has its own random key, kept wrapped under the data directory's content key. Erasing a vehicle deletes its
//! key and its ciphertexts; the log keeps digests only, so everything still verifies.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use index::Label;
use sha2::{Digest as _, Sha256};
use statement::Digest;
use zeroize::Zeroizing;

use crate::error::StoreError;
use crate::packing;

const NONCE: usize = 24;

/// The bytes by which encryption says that nothing was changed.
const TAG: usize = 16;

/// A 32-byte secret.
pub type Secret = Zeroizing<[u8; 32]>;

/// The key that wraps all vehicle keys.
pub struct Vault {
    content_key: Secret,
}

impl Vault {
    /// A vault under `content_key`.
    pub fn new(content_key: Secret) -> Self {
        Self { content_key }
    }

    /// A fresh vehicle key, and its wrapped form for the database.
    pub(crate) fn new_vehicle_key(&self, label: &Label) -> Result<(Secret, Vec<u8>), StoreError> {
        let mut key = Secret::default();
        random(key.as_mut())?;
        let wrapped = encrypt(&self.content_key, &label.0, key.as_ref())?;
        Ok((key, wrapped))
    }

    /// The vehicle key again.
    pub(crate) fn unwrap(&self, label: &Label, wrapped: &[u8]) -> Option<Secret> {
        let plain = Zeroizing::new(decrypt(&self.content_key, &label.0, wrapped)?);
        Some(Zeroizing::new(<[u8; 32]>::try_from(plain.as_slice()).ok()?))
    }

    /// A private text that belongs to no one vehicle's contents, bound to the row it stands in.
    pub(crate) fn seal_private(&self, row: &str, text: &str) -> Result<Vec<u8>, StoreError> {
        encrypt(&self.private_key(), row.as_bytes(), text.as_bytes())
    }

    /// The text again.
    pub(crate) fn open_private(
        &self,
        table: &'static str,
        row: &str,
        sealed: &[u8],
    ) -> Result<String, StoreError> {
        decrypt(&self.private_key(), row.as_bytes(), sealed)
            .and_then(|plain| String::from_utf8(plain).ok())
            .ok_or(StoreError::ContentKey(table))
    }

    /// The hash of a draft whose content was erased, as it goes into the database. The vehicle's key is destroyed, so nobody
    /// without the content key can tell what it is of.
    pub(crate) fn erased_tag(&self, label: &Label, draft: &[u8; 32]) -> [u8; 32] {
        Sha256::new()
            .chain_update(b"carnet/erased-draft/v1")
            .chain_update(*self.content_key)
            .chain_update(label.0)
            .chain_update(draft)
            .finalize()
            .into()
    }

    /// Apart from the key that wraps: what is bound to a label there can never be taken for a row's text here.
    fn private_key(&self) -> Secret {
        let hash = Sha256::new()
            .chain_update(b"carnet/private/v1")
            .chain_update(*self.content_key)
            .finalize();
        Zeroizing::new(hash.into())
    }
}

/// Content as it goes into the database, bound to its statement.
pub(crate) fn seal(key: &Secret, digest: &Digest, content: &str) -> Result<Vec<u8>, StoreError> {
    encrypt(key, &digest.0, &packing::pack(content))
}

/// How many bytes [`seal`] makes of it.
pub(crate) fn sealed_length(content: &str) -> u64 {
    u64::try_from(packing::pack(content).len() + NONCE + TAG).unwrap_or(u64::MAX)
}

/// Content as it was submitted.
pub(crate) fn open(key: &Secret, digest: &Digest, sealed: &[u8]) -> Result<String, StoreError> {
    let plain = decrypt(key, &digest.0, sealed).ok_or(StoreError::Sealed(*digest))?;
    packing::unpack(plain).ok_or(StoreError::Sealed(*digest))
}

/// A draft's hash as it goes into the database: nobody without the vehicle's key can tell what it is of.
pub(crate) fn tag(key: &Secret, draft: &[u8; 32]) -> [u8; 32] {
    Sha256::new()
        .chain_update(**key)
        .chain_update(draft)
        .finalize()
        .into()
}

fn encrypt(key: &Secret, bound_to: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreError> {
    let mut nonce = [0; NONCE];
    random(&mut nonce)?;
    let cipher = XChaCha20Poly1305::new((&**key).into());
    let sealed = cipher
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plain,
                aad: bound_to,
            },
        )
        .map_err(|_| StoreError::Format("content is too long to encrypt".to_owned()))?;
    Ok([&nonce[..], &sealed].concat())
}

fn decrypt(key: &Secret, bound_to: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new((&**key).into());
    cipher
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: sealed,
                aad: bound_to,
            },
        )
        .ok()
}

pub(crate) fn random(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes).map_err(|e| StoreError::Random(e.to_string()))
}
