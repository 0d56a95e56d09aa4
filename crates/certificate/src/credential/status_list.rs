//! Bitstring status lists ([W3C Recommendation]): one bit for each certificate, in two lists, `revocation` and `suspension`.
//!
//! [W3C Recommendation]: https://www.w3.org/TR/vc-bitstring-status-list/

use std::fmt;
use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::context;

/// Bits in each of our lists: the least the specification allows, so that one bit hides among many.
pub const BITS: usize = 131_072;

/// The most bytes a list may unpack to: 16 million certificates.
const MAX_BYTES: u64 = 2 << 20;

/// What a set bit means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Withdrawn for good.
    Revocation,
    /// Not in force for now.
    Suspension,
}

impl Purpose {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Revocation, Self::Suspension];

    /// The word in credentials.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with a status list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// A field is missing, or is not what it must be.
    #[error("the status list's {field} must be {expected}")]
    Field {
        /// Which.
        field: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// The bits cannot be unpacked.
    #[error(
        "the status list cannot be unpacked, or has fewer than {BITS} bits or more than {MAX_BYTES} bytes"
    )]
    Packed,
    /// Beyond the end.
    #[error("the status list has no bit {0}")]
    NoBit(u64),
}

/// A list's bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusList {
    bits: Vec<u8>,
}

impl Default for StatusList {
    fn default() -> Self {
        Self {
            bits: vec![0; BITS / 8],
        }
    }
}

impl StatusList {
    /// Whether the bit is set; bit 0 is the leftmost of the first byte.
    ///
    /// # Errors
    /// There is no such bit.
    pub fn get(&self, index: u64) -> Result<bool, ListError> {
        let byte = usize::try_from(index / 8).ok().and_then(|at| self.bits.get(at));
        let byte = byte.ok_or(ListError::NoBit(index))?;
        Ok(byte & (0x80 >> (index % 8)) != 0)
    }

    /// Sets a bit.
    ///
    /// # Errors
    /// There is no such bit.
    pub fn set(&mut self, index: u64) -> Result<(), ListError> {
        let byte = usize::try_from(index / 8)
            .ok()
            .and_then(|at| self.bits.get_mut(at));
        *byte.ok_or(ListError::NoBit(index))? |= 0x80 >> (index % 8);
        Ok(())
    }

    /// The list as `encodedList` holds it: gzip in multibase base64url.
    ///
    /// # Errors
    /// None that writing to memory can have.
    pub fn encode(&self) -> Result<String, ListError> {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(&self.bits).map_err(|_| ListError::Packed)?;
        let packed = packed.finish().map_err(|_| ListError::Packed)?;
        Ok(format!("u{}", URL_SAFE_NO_PAD.encode(packed)))
    }

    /// The list again. However small the text, no more than 2 MiB are unpacked.
    ///
    /// # Errors
    /// Not such a text, or of another size than lists have.
    pub fn decode(encoded: &str) -> Result<Self, ListError> {
        let packed = encoded
            .strip_prefix('u')
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .ok_or(ListError::Field {
                field: "encodedList",
                expected: "u and base64url",
            })?;
        let mut bits = Vec::new();
        GzDecoder::new(packed.as_slice())
            .take(MAX_BYTES + 1)
            .read_to_end(&mut bits)
            .map_err(|_| ListError::Packed)?;
        if bits.len() < BITS / 8 || bits.len() as u64 > MAX_BYTES {
            return Err(ListError::Packed);
        }
        Ok(Self { bits })
    }

    /// The credential that publishes the list, to be signed. A verifier asks for a newer one from `valid_until` on.
    ///
    /// # Errors
    /// None that writing to memory can have.
    pub fn unsigned(
        &self,
        url: &str,
        issuer: &str,
        purpose: Purpose,
        valid_from: Timestamp,
        valid_until: Timestamp,
    ) -> Result<Value, ListError> {
        Ok(json!({
            "@context": context::OF_STATUS_LISTS,
            "id": url,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "issuer": issuer,
            "validFrom": valid_from,
            "validUntil": valid_until,
            "credentialSubject": {
                "id": format!("{url}#list"),
                "type": "BitstringStatusList",
                "statusPurpose": purpose,
                "encodedList": self.encode()?,
            },
        }))
    }
}

/// A published list, read from its credential; its proof is not this module's matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Where it is published.
    pub url: String,
    /// What a set bit means.
    pub purpose: Purpose,
    /// From when.
    pub valid_from: Timestamp,
    /// Until when.
    pub valid_until: Timestamp,
    /// The bits.
    pub list: StatusList,
}

impl Published {
    /// Reads a list's credential.
    ///
    /// # Errors
    /// It is none.
    pub fn read(credential: &Value) -> Result<Self, ListError> {
        let must = |field, expected| ListError::Field { field, expected };
        let types = credential.get("type").and_then(Value::as_array);
        let is = |wanted| types.is_some_and(|types| types.iter().any(|t| t == wanted));
        if !is("VerifiableCredential") || !is("BitstringStatusListCredential") {
            return Err(must(
                "type",
                "VerifiableCredential and BitstringStatusListCredential",
            ));
        }
        let subject = credential
            .get("credentialSubject")
            .and_then(Value::as_object)
            .ok_or_else(|| must("credentialSubject", "an object"))?;
        if subject.get("type").and_then(Value::as_str) != Some("BitstringStatusList") {
            return Err(must("credentialSubject.type", "BitstringStatusList"));
        }
        // Only lists of single bits are read: with wider entries the same index means another certificate.
        if subject.get("statusSize").is_some_and(|size| *size != json!(1)) {
            return Err(must("credentialSubject.statusSize", "1"));
        }
        let purpose = match subject.get("statusPurpose").and_then(Value::as_str) {
            Some("revocation") => Purpose::Revocation,
            Some("suspension") => Purpose::Suspension,
            _ => {
                return Err(must(
                    "credentialSubject.statusPurpose",
                    "revocation or suspension",
                ));
            }
        };
        let time = |field: &'static str| {
            let text = credential.get(field).and_then(Value::as_str);
            text.and_then(|text| text.parse().ok())
                .ok_or_else(|| must(field, "a time"))
        };
        let encoded = subject
            .get("encodedList")
            .and_then(Value::as_str)
            .ok_or_else(|| must("credentialSubject.encodedList", "a text"))?;
        Ok(Self {
            url: credential
                .get("id")
                .and_then(Value::as_str)
                .ok_or_else(|| must("id", "a URL"))?
                .to_owned(),
            purpose,
            valid_from: time("validFrom")?,
            valid_until: time("validUntil")?,
            list: StatusList::decode(encoded)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bit_set_is_the_bit_read_and_no_other() {
        let mut list = StatusList::default();
        list.set(0).unwrap();
        list.set(94_567).unwrap();
        let read = StatusList::decode(&list.encode().unwrap()).unwrap();
        let set: Vec<u64> = (0..BITS as u64).filter(|i| read.get(*i).unwrap()).collect();
        assert_eq!(set, [0, 94_567]);
        assert_eq!(read.get(BITS as u64), Err(ListError::NoBit(BITS as u64)));
    }

    /// From the Recommendation, example 4 and 5: 131,072 zeros.
    #[test]
    fn the_empty_list_of_the_recommendation_unpacks() {
        let published = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA";
        assert_eq!(StatusList::decode(published), Ok(StatusList::default()));
    }

    #[test]
    fn a_list_that_unpacks_to_gigabytes_is_refused() {
        let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
        let zeros = vec![0; 1 << 20];
        for _ in 0..64 {
            bomb.write_all(&zeros).unwrap();
        }
        let text = format!("u{}", URL_SAFE_NO_PAD.encode(bomb.finish().unwrap()));
        assert!(text.len() < 100_000);
        assert_eq!(StatusList::decode(&text), Err(ListError::Packed));
        assert_eq!(StatusList::decode("uH4sI"), Err(ListError::Packed));
        assert!(StatusList::decode("zabc").is_err());
    }
}
