//! One disclosure: a salted value whose hash was signed in its place (RFC 9901, section 4.2).

use rand_core::CryptoRng;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::base64url;
use super::error::{ParseError, Part};
use super::json;
use super::{MIN_SALT_CHARACTERS, SALT_BYTES};

/// A disclosure as it travels: the salt, the name (of an object's property; array elements have none) and the value.
#[derive(Clone, Debug, PartialEq)]
pub struct Disclosure {
    encoded: String,
    digest: String,
    name: Option<String>,
    value: Value,
}

impl Disclosure {
    /// Conceals a property's value under a fresh salt.
    pub(super) fn of_property(name: &str, value: Value, rng: &mut impl CryptoRng) -> Self {
        let mut salt = [0; SALT_BYTES];
        rng.fill_bytes(&mut salt);
        let json = json!([base64url::encode(salt), name, value]).to_string();
        let encoded = base64url::encode(json);
        Self {
            digest: digest(&encoded),
            encoded,
            name: Some(name.to_owned()),
            value,
        }
    }

    /// Reads the base64url text of the disclosure at `position` (counted from 0, for the error).
    pub fn parse(encoded: &str, position: usize) -> Result<Self, ParseError> {
        let part = Part::Disclosure(position);
        let bytes = base64url::decode(encoded).ok_or(ParseError::Base64(part))?;
        let Value::Array(items) = json::parse(&bytes).map_err(|fault| ParseError::Json(part, fault))? else {
            return Err(ParseError::DisclosureShape(position));
        };
        let mut items = items.into_iter();
        let (salt, name, value) = match (items.next(), items.next(), items.next(), items.next()) {
            (Some(Value::String(salt)), Some(Value::String(name)), Some(value), None) => {
                (salt, Some(name), value)
            }
            (Some(Value::String(salt)), Some(value), None, None) => (salt, None, value),
            _ => return Err(ParseError::DisclosureShape(position)),
        };
        if salt.len() < MIN_SALT_CHARACTERS {
            return Err(ParseError::WeakSalt(position));
        }
        Ok(Self {
            encoded: encoded.to_owned(),
            digest: digest(encoded),
            name,
            value,
        })
    }

    /// The base64url text.
    pub fn encoded(&self) -> &str {
        &self.encoded
    }

    /// The digest that stands in the signed payload: base64url of SHA-256 over the base64url text.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// The property's name; `None` for an array element.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The value, in which further digests may stand.
    pub fn value(&self) -> &Value {
        &self.value
    }
}

fn digest(encoded: &str) -> String {
    base64url::encode(Sha256::digest(encoded.as_bytes()))
}
