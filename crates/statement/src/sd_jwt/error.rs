//! Why a text is not a statement, and why a statement does not verify.

use serde_json::Value;

use super::json::{JsonFault, MAX_DEPTH};
use super::{MAX_BYTES, MAX_DISCLOSURES, MIN_SALT_CHARACTERS};
use crate::claims::ClaimsError;
use crate::key::KeyId;
use crate::vocabulary::FieldError;

/// A part of the compact serialization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The JOSE header.
    Header,
    /// The claims as signed.
    Payload,
    /// The Ed25519 signature.
    Signature,
    /// The disclosure with this position, counted from 0.
    Disclosure(usize),
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Header => f.write_str("the header"),
            Self::Payload => f.write_str("the payload"),
            Self::Signature => f.write_str("the signature"),
            Self::Disclosure(position) => write!(f, "disclosure {position}"),
        }
    }
}

/// What a member of the header holds, to be told: JSON cut to 40 characters, or that it is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderValue(String);

impl HeaderValue {
    pub(super) fn of(value: Option<Value>) -> Self {
        let Some(value) = value else {
            return Self("missing".to_owned());
        };
        let json = value.to_string();
        let mut shown: String = json.chars().take(40).collect();
        if shown.len() < json.len() {
            shown.push('…');
        }
        Self(shown)
    }
}

impl std::fmt::Display for HeaderValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not a well-formed statement. Nothing is said yet about its signature.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// The text is longer than any statement may be.
    #[error("{0} bytes; a statement has at most {MAX_BYTES}")]
    TooLarge(usize),
    /// The text is not `header.payload.signature~disclosure~…~`.
    #[error("not an SD-JWT: expected header.payload.signature~ and disclosures that each end in ~")]
    NotCompact,
    /// Something follows the last `~`: a key binding JWT, which statements do not have.
    #[error("text after the last ~: a statement has no key binding")]
    KeyBinding,
    /// More disclosures than a statement may have.
    #[error("more than {MAX_DISCLOSURES} disclosures")]
    TooManyDisclosures,
    /// A part is not base64url without padding, or has bits set that decoding would drop.
    #[error("{0} is not canonical base64url")]
    Base64(Part),
    /// The signature is not 64 bytes.
    #[error("the signature is not 64 bytes long")]
    SignatureLength,
    /// A part is not JSON that can be read in only one way.
    #[error("{0} {1}")]
    Json(Part, JsonFault),
    /// Header or payload is JSON but not an object.
    #[error("{0} is not a JSON object")]
    NotObject(Part),
    /// `alg` is absent or is not `EdDSA`.
    #[error("the header's alg must be \"EdDSA\", and is {0}; sign with Ed25519, nothing else is taken")]
    Algorithm(HeaderValue),
    /// The header's `typ` is absent or is not `carnet+sd-jwt`.
    #[error("the header's typ must be \"carnet+sd-jwt\", and is {0}; other tokens are no statements")]
    Type(HeaderValue),
    /// `kid` is absent or is not a key id.
    #[error("the header's kid must be a key id of 64 lower-case hex digits")]
    KeyId,
    /// The header has a member besides `alg`, `typ` and `kid`.
    #[error("the header's member `{0}` is not allowed")]
    HeaderMember(String),
    /// `_sd_alg` names a hash other than `sha-256`.
    #[error("_sd_alg must be sha-256")]
    HashAlgorithm,
    /// A claim outside `body` can be withheld. What a statement is about must not depend on who presents it.
    #[error("only fields of body may be selectively disclosable")]
    SelectiveOutsideBody,
    /// A disclosure is not `[salt, name, value]` or `[salt, value]`.
    #[error("disclosure {0} is not [salt, name, value] or [salt, value]")]
    DisclosureShape(usize),
    /// A salt is too short to keep a guessable value secret.
    #[error("the salt of disclosure {0} has fewer than {MIN_SALT_CHARACTERS} characters (128 bits)")]
    WeakSalt(usize),
    /// The same disclosure is there twice.
    #[error("disclosure {0} repeats an earlier one")]
    DisclosureTwice(usize),
    /// `_sd` is not an array of digests, or `...` does not hold one digest alone.
    #[error("malformed digests at {0}")]
    DigestShape(String),
    /// A digest occurs in more than one place.
    #[error("the digest {0} occurs twice")]
    DigestTwice(String),
    /// A property's digest was answered with an array element's disclosure, or the other way round.
    #[error("the disclosure at {0} is of the wrong kind (property or array element)")]
    DisclosureKind(String),
    /// A field has a name that the format needs for itself: `_sd`, `...` or `_sd_alg`.
    #[error("a field at {0} has a reserved name")]
    ReservedName(String),
    /// A disclosed field has the name of a field that is there already.
    #[error("the field {0} is there twice, once disclosed")]
    NameCollision(String),
    /// A disclosure belongs to nothing that was signed.
    #[error("disclosure {0} belongs to nothing in this statement")]
    Unreferenced(usize),
    /// The opened body is nested too deep.
    #[error("the disclosed body is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// A claim is missing, unknown, or not in its form.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
}

impl ParseError {
    /// A stable name for test vectors and for programs (`spec/statement.md`, section Errors).
    pub fn name(&self) -> &'static str {
        match self {
            Self::TooLarge(_) => "too_large",
            Self::NotCompact => "not_compact",
            Self::KeyBinding => "key_binding",
            Self::TooManyDisclosures => "too_many_disclosures",
            Self::Base64(_) => "base64",
            Self::SignatureLength => "signature_length",
            Self::Json(_, JsonFault::Malformed) => "json",
            Self::Json(_, JsonFault::DuplicateMember(_)) => "json_duplicate_member",
            Self::Json(_, JsonFault::TooDeep) | Self::TooDeep => "too_deep",
            Self::NotObject(_) => "not_object",
            Self::Algorithm(_) => "algorithm",
            Self::Type(_) => "type",
            Self::KeyId => "key_id",
            Self::HeaderMember(_) => "header_member",
            Self::HashAlgorithm => "hash_algorithm",
            Self::SelectiveOutsideBody => "selective_outside_body",
            Self::DisclosureShape(_) => "disclosure_shape",
            Self::WeakSalt(_) => "weak_salt",
            Self::DisclosureTwice(_) => "disclosure_twice",
            Self::DigestShape(_) => "digest_shape",
            Self::DigestTwice(_) => "digest_twice",
            Self::DisclosureKind(_) => "disclosure_kind",
            Self::ReservedName(_) => "reserved_name",
            Self::NameCollision(_) => "name_collision",
            Self::Unreferenced(_) => "unreferenced",
            Self::Claims(ClaimsError::Missing(_)) => "claim_missing",
            Self::Claims(ClaimsError::Unknown(_)) => "claim_unknown",
            Self::Claims(ClaimsError::Invalid { .. }) => "claim_invalid",
        }
    }
}

/// A well-formed statement is not signed by the key it was checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The header names another key.
    #[error("the statement names the key {named}, not {given}")]
    WrongKey {
        /// The key id in the header.
        named: KeyId,
        /// The id of the key given.
        given: KeyId,
    },
    /// The signature does not verify under Ed25519 with the strict rules.
    #[error("the signature is not valid")]
    BadSignature,
}

impl VerifyError {
    /// A stable name for test vectors and for programs (`spec/statement.md`, section Errors).
    pub fn name(&self) -> &'static str {
        match self {
            Self::WrongKey { .. } => "wrong_key",
            Self::BadSignature => "bad_signature",
        }
    }
}

/// Claims were not signed, because the result would not be an acceptable statement.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum IssueError {
    /// Fields of the body do not fit the statement type.
    #[error("the body does not fit the statement type: {} problem(s)", .0.len())]
    Body(Vec<FieldError>),
    /// Claims around the body do not fit the header schema.
    #[error("the claims do not fit the statement format: {} problem(s)", .0.len())]
    Header(Vec<FieldError>),
    /// The statement would not be accepted by a reader.
    #[error(transparent)]
    Unacceptable(#[from] ParseError),
}
