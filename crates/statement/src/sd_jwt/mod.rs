//! The signed envelope: SD-JWT ([RFC 9901]) with Ed25519, in the profile of `spec/statement.md`.
//!
//! [`SdJwt::parse`] accepts only what the profile allows and puts the disclosed values in place, so an [`SdJwt`] in
//! hand is well-formed; [`SdJwt::verify`] then checks who signed it.
//!
//! [RFC 9901]: https://www.rfc-editor.org/rfc/rfc9901.html

mod base64url;
mod disclosure;
mod error;
mod issue;
mod json;
mod unpack;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

pub use disclosure::Disclosure;
pub use error::{HeaderValue, IssueError, ParseError, Part, VerifyError};
pub use issue::issue;
pub use json::{JsonError, JsonFault, MAX_DEPTH, read_json};
pub use unpack::{Placement, Unpacked, unpack_payload};

use crate::claims::Claims;
use crate::hex32::{self, NotHex32};
use crate::key::{self, KeyId};
use crate::prepared_key::PreparedKey;

/// Most bytes of a compact serialization, disclosures included.
pub const MAX_BYTES: usize = 256 * 1024;
/// Most disclosures of one statement.
pub const MAX_DISCLOSURES: usize = 256;
/// Fewest characters of a salt: 128 bits take 22 characters of base64url.
pub const MIN_SALT_CHARACTERS: usize = 22;
/// Random bytes in the salts of our own disclosures.
const SALT_BYTES: usize = 16;

const ALGORITHM: &str = "EdDSA";
const TYPE: &str = "carnet+sd-jwt";

/// Identifies a statement: SHA-256 of the issuer-signed JWT (`header.payload.signature`, ASCII), without disclosures,
/// so that it is the same whatever is disclosed. Written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex32::write(&self.0, f)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = NotHex32;

    fn from_str(text: &str) -> Result<Self, NotHex32> {
        hex32::parse(text).map(Self)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        hex32::deserialize(deserializer).map(Self)
    }
}

/// A well-formed statement with some or all of its disclosures. Well-formed is not verified: see [`SdJwt::verify`].
#[derive(Clone, PartialEq)]
pub struct SdJwt {
    /// The compact serialization, exactly as read.
    compact: String,
    /// Length of `header.payload.signature` within it.
    jwt_len: usize,
    /// Length of `header.payload` within it: what is signed.
    signed_len: usize,
    signature: [u8; 64],
    key_id: KeyId,
    claims: Claims,
    disclosures: Vec<Disclosure>,
    placed: Vec<Placement>,
    hidden: usize,
}

/// A statement whose signature is good, as far as it was disclosed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verified<'a> {
    /// What the statement says, with the disclosed fields in the body.
    pub claims: &'a Claims,
    /// How many fields are withheld. An upper bound: an issuer may add decoys, which look the same.
    pub hidden: usize,
}

impl SdJwt {
    /// Reads a compact serialization, `header.payload.signature~disclosure~…~`.
    ///
    /// Refuses whatever is not in the profile, before any signature is looked at. Memory is bounded by [`MAX_BYTES`]
    /// and [`MAX_DEPTH`].
    pub fn parse(compact: &str) -> Result<Self, ParseError> {
        if compact.len() > MAX_BYTES {
            return Err(ParseError::TooLarge(compact.len()));
        }
        let (jwt, rest) = compact.split_once('~').ok_or(ParseError::NotCompact)?;
        let (signed, signature) = jwt.rsplit_once('.').ok_or(ParseError::NotCompact)?;
        let (header, payload) = signed.split_once('.').ok_or(ParseError::NotCompact)?;
        if payload.contains('.') {
            return Err(ParseError::NotCompact);
        }

        let key_id = read_header(json_object(header, Part::Header)?)?;
        let mut payload = json_object(payload, Part::Payload)?;
        let signature = base64url::decode(signature).ok_or(ParseError::Base64(Part::Signature))?;
        let signature = signature.try_into().map_err(|_| ParseError::SignatureLength)?;
        let disclosures = read_disclosures(rest)?;

        unpack::take_hash_algorithm(&mut payload)?;
        if payload.contains_key(unpack::SD) || payload.contains_key(unpack::ELLIPSIS) {
            return Err(ParseError::SelectiveOutsideBody);
        }
        let (mut placed, mut hidden) = (Vec::new(), 0);
        if let Some(Value::Object(body)) = payload.get_mut("body") {
            let unpacked = unpack::unpack(std::mem::take(body), &disclosures)?;
            (*body, placed, hidden) = (unpacked.object, unpacked.placed, unpacked.hidden);
        }
        Ok(Self {
            jwt_len: jwt.len(),
            signed_len: signed.len(),
            compact: compact.to_owned(),
            signature,
            key_id,
            claims: Claims::from_json(payload)?,
            disclosures,
            placed,
            hidden,
        })
    }

    /// The compact serialization.
    pub fn as_str(&self) -> &str {
        &self.compact
    }

    /// The part that identifies the statement and is the same in every presentation: `header.payload.signature`.
    pub fn jwt(&self) -> &str {
        self.compact.get(..self.jwt_len).unwrap_or_default()
    }

    /// The digest by which the log and corrections name the statement.
    pub fn digest(&self) -> Digest {
        Digest(Sha256::digest(self.jwt().as_bytes()).into())
    }

    /// The key the header names. Unverified.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// What the statement claims. Unverified: anybody can write this.
    pub fn claims_unverified(&self) -> &Claims {
        &self.claims
    }

    /// The disclosures, each with its path in the body (`owner_name`, `policy.holder`, `photos.2`).
    pub fn disclosures(&self) -> impl ExactSizeIterator<Item = (&str, &Disclosure)> {
        self.placed
            .iter()
            .zip(&self.disclosures)
            .map(|(placement, disclosure)| (placement.path.as_str(), disclosure))
    }

    /// How many fields are withheld. An upper bound: an issuer may add decoys, which look the same.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// Checks that the key with this public half signed the statement: the header names it, and the signature passes
    /// Ed25519 `verify_strict`. Whether the key was entitled to is for the caller to know.
    pub fn verify(&self, public: &[u8; 32]) -> Result<Verified<'_>, VerifyError> {
        self.verify_by(KeyId::of(public), |message, signature| {
            key::verify_strict(public, message, signature)
        })
    }

    /// As [`SdJwt::verify`], with a key made ready for many statements.
    pub fn verify_prepared(&self, key: &PreparedKey) -> Result<Verified<'_>, VerifyError> {
        self.verify_by(key.id(), |message, signature| {
            key.verify_strict(message, signature)
        })
    }

    fn verify_by(
        &self,
        given: KeyId,
        verify_strict: impl Fn(&[u8], &[u8; 64]) -> bool,
    ) -> Result<Verified<'_>, VerifyError> {
        if given != self.key_id {
            return Err(VerifyError::WrongKey {
                named: self.key_id,
                given,
            });
        }
        let signed = self.compact.get(..self.signed_len).unwrap_or_default();
        if !verify_strict(signed.as_bytes(), &self.signature) {
            return Err(VerifyError::BadSignature);
        }
        Ok(Verified {
            claims: &self.claims,
            hidden: self.hidden,
        })
    }

    /// The same statement with only those disclosures whose path `keep` accepts. A disclosure that lies within
    /// another is kept only together with it, since alone it would belong to nothing.
    pub fn present(&self, mut keep: impl FnMut(&str) -> bool) -> Self {
        let wanted: Vec<bool> = self
            .placed
            .iter()
            .map(|placement| keep(&placement.path))
            .collect();
        let is_kept = |position: usize| {
            std::iter::successors(Some(position), |&at| {
                self.placed.get(at).and_then(|placement| placement.parent)
            })
            .all(|at| wanted.get(at) == Some(&true))
        };
        let mut compact = format!("{}~", self.jwt());
        for (position, disclosure) in self.disclosures.iter().enumerate() {
            if is_kept(position) {
                compact.push_str(disclosure.encoded());
                compact.push('~');
            }
        }
        #[expect(
            clippy::expect_used,
            reason = "every rule of parse that holds with a disclosure holds without it"
        )]
        Self::parse(&compact).expect("a subset of acceptable disclosures is acceptable")
    }
}

impl fmt::Display for SdJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.compact)
    }
}

impl fmt::Debug for SdJwt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SdJwt({})", self.digest())
    }
}

impl FromStr for SdJwt {
    type Err = ParseError;

    fn from_str(compact: &str) -> Result<Self, ParseError> {
        Self::parse(compact)
    }
}

fn json_object(encoded: &str, part: Part) -> Result<Map<String, Value>, ParseError> {
    let bytes = base64url::decode(encoded).ok_or(ParseError::Base64(part))?;
    match json::parse(&bytes).map_err(|fault| ParseError::Json(part, fault))? {
        Value::Object(object) => Ok(object),
        _ => Err(ParseError::NotObject(part)),
    }
}

/// Exactly `alg`, `typ` and `kid`: a member we do not act on (`crit`, `jwk`, `b64`) might change the meaning for
/// a reader who does.
fn read_header(mut header: Map<String, Value>) -> Result<KeyId, ParseError> {
    let alg = header.remove("alg");
    if alg.as_ref().is_none_or(|alg| alg != ALGORITHM) {
        return Err(ParseError::Algorithm(HeaderValue::of(alg)));
    }
    let typ = header.remove("typ");
    if typ.as_ref().is_none_or(|typ| typ != TYPE) {
        return Err(ParseError::Type(HeaderValue::of(typ)));
    }
    let kid = header.remove("kid").ok_or(ParseError::KeyId)?;
    if let Some((name, _)) = header.into_iter().next() {
        return Err(ParseError::HeaderMember(name));
    }
    kid.as_str()
        .and_then(|text| text.parse().ok())
        .ok_or(ParseError::KeyId)
}

fn read_disclosures(rest: &str) -> Result<Vec<Disclosure>, ParseError> {
    if rest.is_empty() {
        return Ok(Vec::new());
    }
    let list = rest.strip_suffix('~').ok_or(ParseError::KeyBinding)?;
    if list.split('~').nth(MAX_DISCLOSURES).is_some() {
        return Err(ParseError::TooManyDisclosures);
    }
    list.split('~')
        .enumerate()
        .map(|(position, encoded)| Disclosure::parse(encoded, position))
        .collect()
}
