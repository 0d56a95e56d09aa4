//! Issuer keys: the Ed25519 key a statement is signed with, and the identifier other formats name it by.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use rand_core::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::hex32::{self, NotHex32};

/// Domain separation for key identifiers, so that no other hash of the project can equal one.
const KEY_ID_TAG: u8 = 0x16;

/// Identifies an Ed25519 public key: `SHA-256(0x16 ‖ public key)`. Written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 32]);

impl KeyId {
    /// The identifier of an Ed25519 public key (32 bytes, RFC 8032 encoding).
    pub fn of(public: &[u8; 32]) -> Self {
        Self(
            Sha256::new()
                .chain_update([KEY_ID_TAG])
                .chain_update(public)
                .finalize()
                .into(),
        )
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex32::write(&self.0, f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = NotHex32;

    fn from_str(text: &str) -> Result<Self, NotHex32> {
        hex32::parse(text).map(Self)
    }
}

impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        hex32::deserialize(deserializer).map(Self)
    }
}

/// The key an issuer signs statements with. Its seed is wiped from memory when it is dropped.
pub struct IssuerSigningKey(SigningKey);

impl IssuerSigningKey {
    /// The key with this seed (the 32-byte private key of RFC 8032).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// A new random key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        let mut seed = zeroize::Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *seed);
        Self::from_seed(&seed)
    }

    /// The seed, for writing the key to a key file.
    pub fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public key (32 bytes, RFC 8032 encoding).
    pub fn public(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    /// The identifier of the public key.
    pub fn key_id(&self) -> KeyId {
        KeyId::of(&self.public())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for IssuerSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuerSigningKey({})", self.key_id())
    }
}

/// Checks a signature with `verify_strict`: no small-order keys, no malleable encodings.
pub(crate) fn verify_strict(public: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(public)
        .and_then(|key| key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes<const N: usize>(hex_digits: &str) -> [u8; N] {
        hex::decode(hex_digits).unwrap().try_into().unwrap()
    }

    #[test]
    fn a_key_id_is_the_tagged_hash_of_the_public_key() {
        let mut preimage = vec![0x16];
        preimage.extend([7; 32]);
        let expected: [u8; 32] = Sha256::digest(&preimage).into();
        assert_eq!(KeyId::of(&[7; 32]).0, expected);
    }

    #[test]
    fn a_key_id_survives_being_written_and_read() {
        let id = KeyId::of(&[7; 32]);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn an_upper_case_key_id_is_refused() {
        let text = KeyId::of(&[7; 32]).to_string().to_uppercase();
        assert!(text.parse::<KeyId>().is_err());
    }

    /// RFC 8037 appendix A.1 (key), A.4 (signing input and signature).
    #[test]
    fn the_signature_of_rfc_8037_is_reproduced() {
        let key = IssuerSigningKey::from_seed(&bytes(
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        ));
        assert_eq!(
            key.public(),
            bytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
        );
        let signature = key.sign(b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
        assert_eq!(
            signature,
            bytes(concat!(
                "860c98d2297f3060a33f42739672d61b53cf3adefed3d3c672f320dc021b411e",
                "9d59b8628dc351e248b88b29468e0e41855b0fb7d83bb15be902bfccb8cd0a02"
            ))
        );
    }

    #[test]
    fn a_small_order_public_key_verifies_nothing() {
        let identity = bytes("0100000000000000000000000000000000000000000000000000000000000000");
        let mut signature = [0; 64];
        signature[0] = 1;
        assert!(!verify_strict(&identity, b"anything", &signature));
    }

    #[test]
    fn the_seed_is_not_printed() {
        let key = IssuerSigningKey::from_seed(&[0xab; 32]);
        assert!(!format!("{key:?}").contains("abab"));
    }
}
