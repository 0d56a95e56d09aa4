//! Data Integrity proofs with the cryptosuite `eddsa-jcs-2022`
//! ([Data Integrity EdDSA Cryptosuites 1.0](https://www.w3.org/TR/vc-di-eddsa/#eddsa-jcs-2022), section 3.3).

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::jcs::{self, JsonError};

/// The cryptosuite.
pub const CRYPTOSUITE: &str = "eddsa-jcs-2022";

/// What a proof says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The URL of the key.
    pub verification_method: String,
    /// When it was made, as its maker says.
    pub created: Option<Timestamp>,
    /// From when on it proves nothing any more. Whether that has come is for the caller to check, who knows the time.
    pub expires: Option<Timestamp>,
    signature: [u8; 64],
}

/// Why there is no proof, or not a good one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The document is no object.
    #[error("the document is not a JSON object")]
    NotObject,
    /// The document cannot be written canonically.
    #[error("the document {0}")]
    Json(#[from] JsonError),
    /// There is no proof, or more than one.
    #[error("the document must have exactly one proof, an object")]
    NotOne,
    /// A field of the proof is missing or is not what it must be.
    #[error("proof.{field} must be {expected}")]
    Field {
        /// Which.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// The proof was made for another list of contexts.
    #[error("the proof was made for other contexts than the document has")]
    Context,
    /// The signature is not the key's.
    #[error("the signature does not verify: the document was changed, or another key signed it")]
    Signature,
}

/// Signs a document that has no proof yet; the result has one.
///
/// # Errors
/// The document is no object, or has a proof already.
pub fn sign(
    document: &Value,
    verification_method: &str,
    created: Timestamp,
    key: &SigningKey,
) -> Result<Value, ProofError> {
    let document = document.as_object().ok_or(ProofError::NotObject)?;
    if document.contains_key("proof") {
        return Err(ProofError::NotOne);
    }
    let created = Timestamp::from_second(created.as_second()).unwrap_or(created);
    let mut proof = Map::new();
    let mut put = |name: &str, value: Value| proof.insert(name.to_owned(), value);
    if let Some(context) = document.get("@context") {
        put("@context", context.clone());
    }
    put("type", json!("DataIntegrityProof"));
    put("cryptosuite", json!(CRYPTOSUITE));
    put("created", json!(created));
    put("verificationMethod", json!(verification_method));
    put("proofPurpose", json!("assertionMethod"));
    let hash = hash_data(&proof, document)?;
    let signature = key.sign(&hash).to_bytes();
    let value = format!("z{}", bs58::encode(signature).into_string());
    proof.insert("proofValue".to_owned(), json!(value));
    let mut signed = document.clone();
    signed.insert("proof".to_owned(), Value::Object(proof));
    Ok(Value::Object(signed))
}

/// What is signed: the hash of the proof's options, and the hash of the document without its proof.
fn hash_data(options: &Map<String, Value>, document: &Map<String, Value>) -> Result<[u8; 64], ProofError> {
    let mut hash = [0; 64];
    let (of_options, of_document) = hash.split_at_mut(32);
    of_options.copy_from_slice(&Sha256::digest(jcs::canonical(&Value::Object(options.clone()))?));
    of_document.copy_from_slice(&Sha256::digest(jcs::canonical(&Value::Object(document.clone()))?));
    Ok(hash)
}

/// Reads the proof of a document, without verifying it.
///
/// # Errors
/// Not exactly one proof of this kind, made for assertions.
pub fn read(document: &Value) -> Result<Proof, ProofError> {
    let proof = document
        .as_object()
        .ok_or(ProofError::NotObject)?
        .get("proof")
        .and_then(Value::as_object)
        .ok_or(ProofError::NotOne)?;
    let text = |field: &'static str| proof.get(field).and_then(Value::as_str);
    let must = |field, expected| ProofError::Field { field, expected };
    for (field, expected) in [
        ("type", "DataIntegrityProof"),
        ("cryptosuite", CRYPTOSUITE),
        ("proofPurpose", "assertionMethod"),
    ] {
        if text(field) != Some(expected) {
            return Err(must(field, expected));
        }
    }
    let verification_method = text("verificationMethod")
        .ok_or_else(|| must("verificationMethod", "a URL"))?
        .to_owned();
    let time = |field: &'static str| match proof.get(field) {
        None => Ok(None),
        Some(value) => match value.as_str().and_then(date_time) {
            Some(time) => Ok(Some(time)),
            None => Err(must(field, "a time such as 2026-01-31T12:00:00Z")),
        },
    };
    let (created, expires) = (time("created")?, time("expires")?);
    // One proof has none before it, so a proof that rests on another rests on one that is missing (Data Integrity, 4.5).
    if proof.contains_key("previousProof") {
        return Err(must("previousProof", "absent: only single proofs are read"));
    }
    // 64 bytes have at most 88 base58 digits; longer texts are not decoded, which takes quadratic time.
    let signature = text("proofValue")
        .and_then(|text| text.strip_prefix('z'))
        .filter(|digits| digits.len() <= 88)
        .and_then(|digits| bs58::decode(digits).into_vec().ok())
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| must("proofValue", "z and 64 bytes in base58"))?;
    Ok(Proof {
        verification_method,
        created,
        expires,
        signature,
    })
}

/// A `dateTimeStamp` of XML Schema. The parser takes other forms of ISO 8601 too, which are none. A time without offset is read
/// as UTC, as Data Integrity (2.1) says.
fn date_time(text: &str) -> Option<Timestamp> {
    let at = |position: usize| text.as_bytes().get(position).copied();
    let formed = at(10) == Some(b'T') && at(13) == Some(b':') && at(16) == Some(b':');
    if !formed || text.contains(['[', 'z']) {
        return None;
    }
    text.parse::<Timestamp>()
        .or_else(|_| format!("{text}Z").parse())
        .ok()
}

/// Verifies the proof of a document with a public key, as the specification says. Whether the key may speak for the issuer,
/// and whether the document's contexts are known, is for the caller to check: the specification lets a document have more
/// contexts than its proof.
///
/// # Errors
/// No such proof, other contexts, or a signature that does not verify.
pub fn verify(document: &Value, public: &[u8; 32]) -> Result<Proof, ProofError> {
    let proof = read(document)?;
    let mut unsecured = document.as_object().ok_or(ProofError::NotObject)?.clone();
    let Some(Value::Object(mut options)) = unsecured.remove("proof") else {
        return Err(ProofError::NotOne);
    };
    options.remove("proofValue");
    if let Some(signed_for) = options.get("@context") {
        let list = |value: &Value| match value {
            Value::Array(items) => items.clone(),
            one => vec![one.clone()],
        };
        let has = unsecured.get("@context").map(list).unwrap_or_default();
        if !has.starts_with(&list(signed_for)) {
            return Err(ProofError::Context);
        }
        unsecured.insert("@context".to_owned(), signed_for.clone());
    }
    let hash = hash_data(&options, &unsecured)?;
    VerifyingKey::from_bytes(public)
        .and_then(|key| key.verify_strict(&hash, &Signature::from_bytes(&proof.signature)))
        .map_err(|_| ProofError::Signature)?;
    Ok(proof)
}
