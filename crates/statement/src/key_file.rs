//! Key files: one 32-byte secret, its purpose, its name and its public key, as a small JSON text.
//!
//! The secret is either plain or sealed under a passphrase (Argon2id, RFC 9106, then XChaCha20-Poly1305). The same
//! format serves issuers, logs, witnesses and the index, so the purpose is part of what is sealed: a log's key cannot
//! be passed off as an issuer's by editing the file. Bytes in, bytes out: reading, writing and permissions of files
//! belong to the shell. Specified in `spec/statement.md`, section Key files.

use std::fmt;
use std::str::FromStr;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::hex32;

/// Largest key file accepted, in bytes.
pub const MAX_BYTES: usize = 8 * 1024;
/// Longest accepted name, in bytes.
pub const MAX_NAME_BYTES: usize = 256;

const FORMAT: u32 = 1;
const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20poly1305";
const ASSOCIATED_DATA_PREFIX: &[u8] = b"carnet/key/v1";

/// What sealing a new file costs: 64 MiB, three passes, one lane (the second recommended option of RFC 9106, section 4,
/// with one lane because one passphrase is tried at a time).
const COST: Cost = Cost {
    memory_kib: 64 * 1024,
    passes: 3,
    lanes: 1,
};
/// The most a file may ask for before we refuse to work on it.
const MAX_COST: Cost = Cost {
    memory_kib: 256 * 1024,
    passes: 10,
    lanes: 4,
};

/// What a key is for. A key is used for one purpose only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Signs statements (Ed25519).
    Issuer,
    /// Signs checkpoints (Ed25519).
    Log,
    /// Cosigns checkpoints (Ed25519).
    Cosigner,
    /// Computes labels of vehicles (VRF).
    Vrf,
    /// Encrypts statement contents at rest (symmetric).
    Content,
}

impl Purpose {
    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Log => "log",
            Self::Cosigner => "cosigner",
            Self::Vrf => "vrf",
            Self::Content => "content",
        }
    }

    fn is_ed25519(self) -> bool {
        matches!(self, Self::Issuer | Self::Log | Self::Cosigner)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// No such purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key's purpose is issuer, log, cosigner, vrf or content")]
pub struct UnknownPurpose;

impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(text: &str) -> Result<Self, UnknownPurpose> {
        [Self::Issuer, Self::Log, Self::Cosigner, Self::Vrf, Self::Content]
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
            .ok_or(UnknownPurpose)
    }
}

/// A key as a key file holds it. The secret is wiped from memory when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// What the key is for.
    pub purpose: Purpose,
    /// Whose it is: the issuer's name, the log's origin.
    pub name: String,
    /// The public half, absent for a symmetric key. For Ed25519 purposes it is checked against the secret; for `vrf` that
    /// is left to the crate that knows the curve.
    pub public: Option<[u8; 32]>,
    /// The secret: an Ed25519 seed, a VRF secret, or a symmetric key.
    pub secret: Zeroizing<[u8; 32]>,
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredKey({} {:?})", self.purpose, self.name)
    }
}

/// Why a key was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The name is empty, too long, or has control characters.
    #[error("a key's name is 1 to {MAX_NAME_BYTES} bytes of text without control characters")]
    Name,
    /// The public key is not the one that belongs to the secret, or is missing.
    #[error("the public key does not belong to the secret")]
    PublicKey,
    /// An empty passphrase protects nothing.
    #[error("the passphrase is empty")]
    EmptyPassphrase,
    /// Argon2 could not allocate its memory.
    #[error("deriving a key from the passphrase failed")]
    Derivation,
}

/// Why a key file was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The file is larger than any key file.
    #[error("{0} bytes; a key file has at most {MAX_BYTES}")]
    TooLarge(usize),
    /// Not JSON with the members of a key file.
    #[error("not a key file: {0}")]
    Format(String),
    /// A later version of the format.
    #[error("key file version {0} is not known; this program reads version {FORMAT}")]
    Version(u32),
    /// The name is empty, too long, or has control characters.
    #[error("a key's name is 1 to {MAX_NAME_BYTES} bytes of text without control characters")]
    Name,
    /// The secret is sealed and no passphrase was given.
    #[error("the key is protected by a passphrase")]
    PassphraseNeeded,
    /// The passphrase is wrong, or the sealed part or what it is bound to was changed. The two cannot be told apart.
    #[error("wrong passphrase, or the key file was changed")]
    WrongPassphrase,
    /// The file asks for more work than any file of ours.
    #[error("the key file asks for {memory_kib} KiB and {passes} passes, more than is allowed")]
    Cost {
        /// Memory asked for.
        memory_kib: u32,
        /// Passes asked for.
        passes: u32,
    },
    /// The public key in the file is not the one that belongs to the secret, or is missing.
    #[error("the public key in the file does not belong to its secret")]
    PublicKey,
    /// Argon2 could not allocate its memory.
    #[error("deriving a key from the passphrase failed")]
    Derivation,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    carnet_key: u32,
    purpose: Purpose,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    public: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sealed: Option<Sealed>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    kdf: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    cipher: String,
    nonce: String,
    ciphertext: String,
}

#[derive(Clone, Copy)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    fn is_within(self, most: Self) -> bool {
        self.memory_kib <= most.memory_kib && self.passes <= most.passes && self.lanes <= most.lanes
    }
}

/// Writes a key with its secret in the clear. The file itself must then be kept from other readers.
pub fn encode_plain(key: &StoredKey) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    let secret = Zeroizing::new(hex::encode(*key.secret));
    to_json(&File {
        secret: Some(secret),
        ..describe(key)?
    })
}

/// Writes a key with its secret sealed under a passphrase.
pub fn encode_encrypted(
    key: &StoredKey,
    passphrase: &str,
    rng: &mut impl CryptoRng,
) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    if passphrase.is_empty() {
        return Err(EncodeError::EmptyPassphrase);
    }
    let file = describe(key)?;
    let (mut salt, mut nonce) = ([0; 16], [0; 24]);
    rng.fill_bytes(&mut salt);
    rng.fill_bytes(&mut nonce);
    let cipher = cipher(passphrase, &salt, COST).ok_or(EncodeError::Derivation)?;
    let sealed = Payload {
        msg: &*key.secret,
        aad: &associated_data(key.purpose, &key.name, key.public),
    };
    let ciphertext = cipher
        .encrypt(&XNonce::from(nonce), sealed)
        .map_err(|_| EncodeError::Derivation)?;
    let sealed = Sealed {
        kdf: KDF.to_owned(),
        memory_kib: COST.memory_kib,
        passes: COST.passes,
        lanes: COST.lanes,
        salt: hex::encode(salt),
        cipher: CIPHER.to_owned(),
        nonce: hex::encode(nonce),
        ciphertext: hex::encode(ciphertext),
    };
    to_json(&File {
        sealed: Some(sealed),
        ..file
    })
}

/// Reads a key file. The passphrase is only looked at when the secret is sealed.
pub fn decode(bytes: &[u8], passphrase: Option<&str>) -> Result<StoredKey, DecodeError> {
    if bytes.len() > MAX_BYTES {
        return Err(DecodeError::TooLarge(bytes.len()));
    }
    let file: File = serde_json::from_slice(bytes).map_err(|error| DecodeError::Format(error.to_string()))?;
    if file.carnet_key != FORMAT {
        return Err(DecodeError::Version(file.carnet_key));
    }
    if !is_name(&file.name) {
        return Err(DecodeError::Name);
    }
    let public = file
        .public
        .as_deref()
        .map(|text| hex32::parse(text).map_err(|error| malformed("public", error)))
        .transpose()?;
    let secret = match (&file.secret, &file.sealed) {
        (Some(secret), None) => {
            Zeroizing::new(hex32::parse(secret).map_err(|error| malformed("secret", error))?)
        }
        (None, Some(sealed)) => {
            let bound_to = associated_data(file.purpose, &file.name, public);
            unseal(
                sealed,
                passphrase.ok_or(DecodeError::PassphraseNeeded)?,
                &bound_to,
            )?
        }
        _ => return Err(DecodeError::Format("expected either secret or sealed".to_owned())),
    };
    let key = StoredKey {
        purpose: file.purpose,
        name: file.name,
        public,
        secret,
    };
    if public_fits(&key) {
        Ok(key)
    } else {
        Err(DecodeError::PublicKey)
    }
}

/// Everything but the secret.
fn describe(key: &StoredKey) -> Result<File, EncodeError> {
    if !is_name(&key.name) {
        return Err(EncodeError::Name);
    }
    if !public_fits(key) {
        return Err(EncodeError::PublicKey);
    }
    Ok(File {
        carnet_key: FORMAT,
        purpose: key.purpose,
        name: key.name.clone(),
        public: key.public.map(hex::encode),
        secret: None,
        sealed: None,
    })
}

fn to_json(file: &File) -> Result<Zeroizing<Vec<u8>>, EncodeError> {
    // Reserved beforehand, because growing would leave copies of the secret behind.
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_BYTES));
    serde_json::to_writer_pretty(&mut *text, file).map_err(|_| EncodeError::Name)?;
    text.push(b'\n');
    Ok(text)
}

fn unseal(sealed: &Sealed, passphrase: &str, bound_to: &[u8]) -> Result<Zeroizing<[u8; 32]>, DecodeError> {
    if sealed.kdf != KDF || sealed.cipher != CIPHER {
        return Err(DecodeError::Format(format!(
            "expected kdf {KDF} and cipher {CIPHER}"
        )));
    }
    let &Sealed {
        memory_kib,
        passes,
        lanes,
        ..
    } = sealed;
    let cost = Cost {
        memory_kib,
        passes,
        lanes,
    };
    if !cost.is_within(MAX_COST) {
        return Err(DecodeError::Cost { memory_kib, passes });
    }
    let mut salt = [0; 16];
    let mut nonce = [0; 24];
    let mut ciphertext = [0; 48];
    lower_hex("salt", &sealed.salt, &mut salt)?;
    lower_hex("nonce", &sealed.nonce, &mut nonce)?;
    lower_hex("ciphertext", &sealed.ciphertext, &mut ciphertext)?;
    let cipher = cipher(passphrase, &salt, cost).ok_or(DecodeError::Derivation)?;
    let plain = cipher
        .decrypt(
            &XNonce::from(nonce),
            Payload {
                msg: &ciphertext,
                aad: bound_to,
            },
        )
        .map(Zeroizing::new)
        .map_err(|_| DecodeError::WrongPassphrase)?;
    let mut secret = Zeroizing::new([0; 32]);
    secret.copy_from_slice(plain.get(..32).ok_or(DecodeError::WrongPassphrase)?);
    Ok(secret)
}

/// Hex has one spelling in all our formats, lower case (spec/statement.md).
fn lower_hex(member: &str, text: &str, bytes: &mut [u8]) -> Result<(), DecodeError> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(malformed(member, "expected lower-case hex digits"));
    }
    hex::decode_to_slice(text, bytes).map_err(|error| malformed(member, error))
}

fn malformed(member: &str, error: impl fmt::Display) -> DecodeError {
    DecodeError::Format(format!("{member}: {error}"))
}

fn cipher(passphrase: &str, salt: &[u8; 16], cost: Cost) -> Option<XChaCha20Poly1305> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).ok()?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, &mut *key)
        .ok()?;
    XChaCha20Poly1305::new_from_slice(&*key).ok()
}

/// Binds the sealed secret to what the file says about it: prefix, then purpose, name and public key, each with its
/// length as one big-endian u16 before it. An absent public key has length 0.
fn associated_data(purpose: Purpose, name: &str, public: Option<[u8; 32]>) -> Vec<u8> {
    let mut data = ASSOCIATED_DATA_PREFIX.to_vec();
    let public = public.as_ref().map_or(&[][..], |public| &public[..]);
    for part in [purpose.as_str().as_bytes(), name.as_bytes(), public] {
        // Names are at most MAX_NAME_BYTES long, so nothing is cut.
        data.extend_from_slice(&u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
        data.extend_from_slice(part);
    }
    data
}

fn is_name(name: &str) -> bool {
    (1..=MAX_NAME_BYTES).contains(&name.len()) && !name.chars().any(char::is_control)
}

fn public_fits(key: &StoredKey) -> bool {
    if key.purpose.is_ed25519() {
        return key.public == Some(SigningKey::from_bytes(&key.secret).verifying_key().to_bytes());
    }
    key.public.is_some() == (key.purpose != Purpose::Content)
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    fn issuer() -> StoredKey {
        let secret = Zeroizing::new([7; 32]);
        let public = Some(SigningKey::from_bytes(&secret).verifying_key().to_bytes());
        StoredKey {
            purpose: Purpose::Issuer,
            name: "Hanbit Inspection".to_owned(),
            public,
            secret,
        }
    }

    fn sealed() -> Vec<u8> {
        encode_encrypted(&issuer(), "correct horse", &mut ChaCha20Rng::from_seed([1; 32]))
            .unwrap()
            .to_vec()
    }

    fn edited(file: &[u8], from: &str, to: &str) -> Vec<u8> {
        let text = std::str::from_utf8(file).unwrap();
        assert!(text.contains(from), "{text}");
        text.replace(from, to).into_bytes()
    }

    #[test]
    fn a_plain_key_survives_being_written_and_read() {
        let file = encode_plain(&issuer()).unwrap();
        assert_eq!(decode(&file, None), Ok(issuer()));
        assert_eq!(decode(&file, Some("not needed")), Ok(issuer()));
    }

    #[test]
    fn a_sealed_key_opens_with_its_passphrase_only() {
        let file = sealed();
        assert_eq!(decode(&file, Some("correct horse")), Ok(issuer()));
        assert_eq!(
            decode(&file, Some("Correct horse")),
            Err(DecodeError::WrongPassphrase)
        );
        assert_eq!(decode(&file, None), Err(DecodeError::PassphraseNeeded));
    }

    #[test]
    fn a_sealed_file_does_not_contain_the_secret() {
        assert!(
            !String::from_utf8(sealed())
                .unwrap()
                .contains(&hex::encode([7; 4]))
        );
    }

    #[test]
    fn a_sealed_key_is_bound_to_its_purpose_and_name() {
        for (from, to) in [("\"issuer\"", "\"log\""), ("Hanbit", "Hanbat")] {
            let file = edited(&sealed(), from, to);
            assert_eq!(
                decode(&file, Some("correct horse")),
                Err(DecodeError::WrongPassphrase)
            );
        }
    }

    #[test]
    fn a_public_key_that_does_not_fit_is_refused() {
        let mut key = issuer();
        key.public = Some([9; 32]);
        assert_eq!(encode_plain(&key), Err(EncodeError::PublicKey));
        let file = encode_plain(&issuer()).unwrap();
        let public = hex::encode(issuer().public.unwrap());
        let file = edited(&file, &public, &hex::encode([9; 32]));
        assert_eq!(decode(&file, None), Err(DecodeError::PublicKey));
    }

    #[test]
    fn a_content_key_has_no_public_half() {
        let mut key = StoredKey {
            purpose: Purpose::Content,
            public: None,
            ..issuer()
        };
        let file = encode_plain(&key).unwrap();
        assert_eq!(decode(&file, None), Ok(key.clone()));
        key.public = Some([9; 32]);
        assert_eq!(encode_plain(&key), Err(EncodeError::PublicKey));
    }

    #[test]
    fn a_file_that_asks_for_too_much_work_is_refused_before_any_is_done() {
        let file = edited(&sealed(), "65536", "4294967295");
        assert!(matches!(
            decode(&file, Some("correct horse")),
            Err(DecodeError::Cost { .. })
        ));
    }

    #[test]
    fn other_versions_unknown_members_and_both_secrets_at_once_are_refused() {
        let plain = encode_plain(&issuer()).unwrap();
        let file = edited(&plain, "\"carnet_key\": 1", "\"carnet_key\": 2");
        assert_eq!(decode(&file, None), Err(DecodeError::Version(2)));
        let file = edited(&plain, "\"name\"", "\"note\": \"\", \"name\"");
        assert!(matches!(decode(&file, None), Err(DecodeError::Format(_))));
        let file = edited(
            &sealed(),
            "\"sealed\"",
            &format!("\"secret\": \"{}\", \"sealed\"", hex::encode([7; 32])),
        );
        assert!(matches!(
            decode(&file, Some("correct horse")),
            Err(DecodeError::Format(_))
        ));
    }

    #[test]
    fn hex_in_capitals_is_refused_in_every_member() {
        // A key whose digits have letters among them.
        let secret = Zeroizing::new([0xab; 32]);
        let key = StoredKey {
            public: Some(SigningKey::from_bytes(&secret).verifying_key().to_bytes()),
            secret,
            ..issuer()
        };
        let (plain, sealed) = (encode_plain(&key).unwrap().to_vec(), sealed());
        for (file, members) in [
            (&plain, &["public", "secret"][..]),
            (&sealed, &["public", "salt", "nonce", "ciphertext"]),
        ] {
            for member in members {
                let mut value: serde_json::Value = serde_json::from_slice(file).unwrap();
                let holder = match value.get(member) {
                    Some(_) => &mut value,
                    None => &mut value["sealed"],
                };
                let capitals = holder[member].as_str().unwrap().to_uppercase();
                holder[member] = capitals.into();
                let read = decode(value.to_string().as_bytes(), Some("correct horse"));
                let said = format!("{read:?}");
                assert!(matches!(read, Err(DecodeError::Format(_))), "{member}: {said}");
                assert!(said.contains(member) && said.contains("lower-case"), "{said}");
            }
        }
    }

    #[test]
    fn a_large_file_is_refused_unread() {
        assert_eq!(
            decode(&vec![b' '; MAX_BYTES + 1], None),
            Err(DecodeError::TooLarge(MAX_BYTES + 1))
        );
    }

    #[test]
    fn an_empty_passphrase_is_refused() {
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        assert_eq!(
            encode_encrypted(&issuer(), "", &mut rng),
            Err(EncodeError::EmptyPassphrase)
        );
    }

    #[test]
    fn the_secret_is_not_printed() {
        assert_eq!(
            format!("{:?}", issuer()),
            r#"StoredKey(issuer "Hanbit Inspection")"#
        );
    }
}
