//! The verifiable random function of [c2sp.org/vrf-r255](https://c2sp.org/vrf-r255): ECVRF of
//! [RFC 9381](https://www.rfc-editor.org/rfc/rfc9381) over the group ristretto255 with SHA-512.
//!
//! Keys are always validated (`validate_key` of RFC 9381): here the holder of the key is the very party that could gain
//! from a label that is not unique, so uniqueness must hold for hostile keys too.

use std::fmt;

use curve25519_dalek::ristretto::{CompressedRistretto, RistrettoPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity as _, VartimeMultiscalarMul as _};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha512};
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use crate::Label;

const SUITE: &[u8] = b"\xffc2sp.org/vrf-r255";
/// Domain separators: RFC 9381, sections 5.4.3 and 5.2, and vrf-r255, "Nonce generation" and "Encode to curve".
const CHALLENGE: &[u8] = &[0x02];
const PROOF_TO_HASH: &[u8] = &[0x03];
const NONCE: &[u8] = &[0x81];
const ENCODE_TO_CURVE: &[u8] = &[0x82];
const BACK: &[u8] = &[0x00];

/// Why a key or a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VrfError {
    /// The secret key is zero or not below the group's order.
    #[error("not a VRF secret key: the number must be from 1 to the group's order less one")]
    SecretKey,
    /// The public key is not the one encoding of a group element.
    #[error("not a VRF public key: the bytes do not encode a ristretto255 element")]
    PublicKeyEncoding,
    /// The public key is the identity, under which one input has many outputs.
    #[error("not a VRF public key: it is the identity element")]
    PublicKeyIdentity,
    /// A proof has 80 bytes.
    #[error("a VRF proof has 80 bytes, this one has {0}")]
    ProofLength(usize),
    /// The proof's element or number is not in its one encoding.
    #[error("not a VRF proof: its parts are not in canonical form")]
    ProofEncoding,
    /// The proof is about another key or input, or was changed.
    #[error("the VRF proof does not fit this key and input")]
    Mismatch,
}

/// Computes outputs, and proves that they are right. Wiped from memory when dropped.
#[derive(ZeroizeOnDrop)]
pub struct SecretKey {
    x: Scalar,
    #[zeroize(skip)]
    public: PublicKey,
}

impl SecretKey {
    /// A new key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        loop {
            let mut wide = Zeroizing::new([0; 64]);
            rng.fill_bytes(wide.as_mut());
            let x = Scalar::from_bytes_mod_order_wide(&wide);
            if let Ok(key) = Self::from_scalar(x) {
                return key;
            }
        }
    }

    /// The key from its encoding, a little-endian number.
    ///
    /// # Errors
    /// Zero, or a number not below the group's order.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, VrfError> {
        let x = Option::<Scalar>::from(Scalar::from_canonical_bytes(*bytes)).ok_or(VrfError::SecretKey)?;
        Self::from_scalar(x)
    }

    fn from_scalar(x: Scalar) -> Result<Self, VrfError> {
        let y = Element::of(RistrettoPoint::mul_base(&x));
        if y.is_identity() {
            return Err(VrfError::SecretKey);
        }
        Ok(Self {
            x,
            public: PublicKey(y),
        })
    }

    /// The key's encoding. The caller wipes it.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.x.to_bytes())
    }

    /// The key others verify with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// Proves the output for `alpha` (RFC 9381, section 5.1).
    #[must_use]
    pub fn prove(&self, alpha: &[u8]) -> Proof {
        let h = self.public.encode_to_curve(alpha);
        let h_string = h.compress();
        let gamma = Element::of(h * self.x);
        let mut k = self.nonce(&h_string);
        let u = RistrettoPoint::mul_base(&k).compress();
        let v = (h * k).compress();
        let c = challenge([&self.public.0.bytes, &h_string, &gamma.bytes, &u, &v]);
        let s = k + challenge_scalar(&c) * self.x;
        k.zeroize();
        Proof { gamma, c, s }
    }

    /// The output for `alpha` without the proof, at about half its cost: for the key's holder, who needs no proof.
    #[must_use]
    pub fn output(&self, alpha: &[u8]) -> Output {
        output_of(&Element::of(self.public.encode_to_curve(alpha) * self.x))
    }

    fn nonce(&self, h_string: &CompressedRistretto) -> Scalar {
        let mut hash = Sha512::new();
        hash.update(SUITE);
        hash.update(NONCE);
        hash.update(self.x.as_bytes());
        hash.update(h_string.as_bytes());
        let wide = Zeroizing::new(<[u8; 64]>::from(hash.finalize()));
        Scalar::from_bytes_mod_order_wide(&wide)
    }
}

/// Checks outputs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(Element);

impl PublicKey {
    /// The key from its encoding.
    ///
    /// # Errors
    /// Bytes that are not the canonical encoding of a group element, or that encode the identity.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, VrfError> {
        let y = Element::from_bytes(*bytes).ok_or(VrfError::PublicKeyEncoding)?;
        if y.is_identity() {
            return Err(VrfError::PublicKeyIdentity);
        }
        Ok(Self(y))
    }

    /// The key's encoding.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 32] {
        self.0.bytes.to_bytes()
    }

    /// The output that `proof` shows for `alpha` (RFC 9381, section 5.3). All values are public, so time may vary.
    ///
    /// # Errors
    /// The proof is not for this key and input.
    pub fn verify(&self, alpha: &[u8], proof: &Proof) -> Result<Output, VrfError> {
        let h = self.encode_to_curve(alpha);
        let c = challenge_scalar(&proof.c);
        let u = RistrettoPoint::vartime_double_scalar_mul_basepoint(&-c, &self.0.point, &proof.s);
        let v = RistrettoPoint::vartime_multiscalar_mul([proof.s, -c], [h, proof.gamma.point]);
        let expected = challenge([
            &self.0.bytes,
            &h.compress(),
            &proof.gamma.bytes,
            &u.compress(),
            &v.compress(),
        ]);
        if proof.c == expected {
            Ok(proof.output())
        } else {
            Err(VrfError::Mismatch)
        }
    }

    /// vrf-r255, "Encode to curve", with the public key as salt.
    fn encode_to_curve(&self, alpha: &[u8]) -> RistrettoPoint {
        let mut hash = Sha512::new();
        hash.update(SUITE);
        hash.update(ENCODE_TO_CURVE);
        hash.update(self.0.bytes.as_bytes());
        hash.update(alpha);
        RistrettoPoint::from_uniform_bytes(&hash.finalize().into())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", hex::encode(self.to_bytes()))
    }
}

/// Shows that an output is the right one for a key and an input. 80 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    gamma: Element,
    c: [u8; 16],
    s: Scalar,
}

impl Proof {
    /// The proof from its encoding, 32 bytes of group element, 16 of challenge, 32 of response (RFC 9381, section
    /// 5.4.4).
    ///
    /// # Errors
    /// Another length, or parts that are not canonical.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, VrfError> {
        let wrong_length = VrfError::ProofLength(bytes.len());
        let (gamma, rest) = bytes.split_first_chunk::<32>().ok_or(wrong_length)?;
        let (c, s) = rest.split_first_chunk::<16>().ok_or(wrong_length)?;
        let s = <[u8; 32]>::try_from(s).map_err(|_| wrong_length)?;
        let gamma = Element::from_bytes(*gamma).ok_or(VrfError::ProofEncoding)?;
        let s = Option::<Scalar>::from(Scalar::from_canonical_bytes(s)).ok_or(VrfError::ProofEncoding)?;
        Ok(Self { gamma, c: *c, s })
    }

    /// The proof's one encoding.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 80] {
        let mut bytes = [0; 80];
        bytes[..32].copy_from_slice(self.gamma.bytes.as_bytes());
        bytes[32..48].copy_from_slice(&self.c);
        bytes[48..].copy_from_slice(self.s.as_bytes());
        bytes
    }

    /// RFC 9381, section 5.2. Not public: only a verified proof has an output worth the name.
    fn output(&self) -> Output {
        output_of(&self.gamma)
    }
}

fn output_of(gamma: &Element) -> Output {
    let mut hash = Sha512::new();
    hash.update(SUITE);
    hash.update(PROOF_TO_HASH);
    hash.update(gamma.bytes.as_bytes());
    hash.update(BACK);
    Output(hash.finalize().into())
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proof({})", hex::encode(self.to_bytes()))
    }
}

/// The 64 bytes that a key makes of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output(pub [u8; 64]);

impl Output {
    /// The first 32 bytes, which is what the index is ordered by.
    #[must_use]
    pub fn label(&self) -> Label {
        let mut label = [0; 32];
        label.copy_from_slice(&self.0[..32]);
        Label(label)
    }
}

/// A group element beside its encoding, because the hashes want the one and the arithmetic the other.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Element {
    point: RistrettoPoint,
    bytes: CompressedRistretto,
}

impl Element {
    fn of(point: RistrettoPoint) -> Self {
        Self {
            point,
            bytes: point.compress(),
        }
    }

    /// None where the bytes are not the canonical encoding of an element.
    fn from_bytes(bytes: [u8; 32]) -> Option<Self> {
        let bytes = CompressedRistretto(bytes);
        Some(Self {
            point: bytes.decompress()?,
            bytes,
        })
    }

    fn is_identity(&self) -> bool {
        self.bytes == CompressedRistretto::identity()
    }
}

/// RFC 9381, section 5.4.3, over Y, H, Gamma, U and V.
fn challenge(elements: [&CompressedRistretto; 5]) -> [u8; 16] {
    let mut hash = Sha512::new();
    hash.update(SUITE);
    hash.update(CHALLENGE);
    for element in elements {
        hash.update(element.as_bytes());
    }
    hash.update(BACK);
    let mut c = [0; 16];
    c.copy_from_slice(&hash.finalize()[..16]);
    c
}

/// The challenge as a number, little-endian (vrf-r255, `string_to_int`).
fn challenge_scalar(c: &[u8; 16]) -> Scalar {
    Scalar::from(u128::from_le_bytes(*c))
}
