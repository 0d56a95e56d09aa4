//! Signing a statement, with the vocabulary's personal fields concealed one by one.

use rand_core::CryptoRng;
use serde_json::{Map, Value, json};

use super::disclosure::Disclosure;
use super::error::{IssueError, ParseError};
use super::{ALGORITHM, SdJwt, TYPE, base64url, unpack};
use crate::claims::Claims;
use crate::key::IssuerSigningKey;
use crate::vocabulary;

/// Signs `claims`. Each personal field of the vocabulary that is present in the body becomes a disclosure; the result
/// carries all of them. The same claims, key and random bytes give the same statement.
pub fn issue(claims: &Claims, key: &IssuerSigningKey, rng: &mut impl CryptoRng) -> Result<SdJwt, IssueError> {
    vocabulary::check(claims.typ, &claims.body).map_err(IssueError::Body)?;
    let mut payload = claims.to_json();
    vocabulary::check_header(&payload).map_err(IssueError::Header)?;
    let mut disclosures = Vec::new();
    if let Some(body) = payload.get_mut("body") {
        // Otherwise a field named `_sd` would be signed as if it were a list of withheld fields.
        if unpack::has_reserved_name(body) {
            return Err(ParseError::ReservedName("body".to_owned()).into());
        }
        disclosures = conceal(body, claims.typ.personal_fields(), rng);
    }
    payload.insert(unpack::SD_ALG.to_owned(), json!("sha-256"));

    let header = json!({"alg": ALGORITHM, "kid": key.key_id(), "typ": TYPE});
    let signed = format!(
        "{}.{}",
        base64url::encode(header.to_string()),
        base64url::encode(Value::Object(payload).to_string())
    );
    let signature = base64url::encode(key.sign(signed.as_bytes()));
    let mut compact = format!("{signed}.{signature}~");
    for disclosure in &disclosures {
        compact.push_str(disclosure.encoded());
        compact.push('~');
    }
    // A reader's own check is the last word on what may be issued.
    Ok(SdJwt::parse(&compact)?)
}

/// Replaces the fields at `paths` by digests, in the order outer before inner.
fn conceal(body: &mut Value, paths: &[&str], rng: &mut impl CryptoRng) -> Vec<Disclosure> {
    let mut paths: Vec<Vec<&str>> = paths.iter().map(|path| path.split('.').collect()).collect();
    // An inner field must already be a digest when the field around it is put into a disclosure.
    paths.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| b.cmp(a)));
    paths.dedup();
    let mut disclosures = Vec::new();
    for path in paths {
        conceal_path(body, &path, rng, &mut disclosures);
    }
    disclosures.reverse();
    disclosures
}

/// A path that meets an array goes on in each of its elements.
fn conceal_path(
    value: &mut Value,
    path: &[&str],
    rng: &mut impl CryptoRng,
    disclosures: &mut Vec<Disclosure>,
) {
    match (value, path) {
        (Value::Array(elements), path) => {
            for element in elements {
                conceal_path(element, path, rng, disclosures);
            }
        }
        (Value::Object(object), [name]) => {
            if let Some(value) = object.remove(*name) {
                let disclosure = Disclosure::of_property(name, value, rng);
                list_digest(object, disclosure.digest());
                disclosures.push(disclosure);
            }
        }
        (Value::Object(object), [name, rest @ ..]) => {
            if let Some(value) = object.get_mut(*name) {
                conceal_path(value, rest, rng, disclosures);
            }
        }
        _ => {}
    }
}

/// Digests stand in alphabetical order, which says nothing about the fields (RFC 9901, section 4.2.4.1).
fn list_digest(object: &mut Map<String, Value>, digest: &str) {
    let list = object
        .entry(unpack::SD)
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(digests) = list {
        let at = digests.partition_point(|other| other.as_str() < Some(digest));
        digests.insert(at, json!(digest));
    }
}
