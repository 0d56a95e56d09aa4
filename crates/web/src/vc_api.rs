//! `POST /credentials/issue` and `POST /credentials/verify` as the
//! [W3C CCG's VC API](https://w3c-ccg.github.io/vc-api/) says, for test suites of the cryptosuite `eddsa-jcs-2022`.
//!
//! Test only. The key is made when the service starts and forgotten when it ends; whatever is sent is signed by it, as a
//! `did:key` that no certificate of ours trusts. Certificates are issued by `carnet certify issue` and by nothing here.

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Extension, Json, Router};
use certificate::credential::did::{DidDocument, did_key, multikey};
use certificate::credential::{jcs, proof};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use serde_json::{Value, json};

/// The context a credential of the data model 2.0 must name first.
const CONTEXT: &str = "https://www.w3.org/ns/credentials/v2";

/// The same of the data model 1.1, of which the test suites have credentials too.
const CONTEXT_1_1: &str = "https://www.w3.org/2018/credentials/v1";

/// The context of the terms of a proof, which that of the data model 1.1 does not hold.
const CONTEXT_OF_PROOFS: &str = "https://w3id.org/security/data-integrity/v2";

/// Most bytes of a request.
const LONGEST: usize = 256 << 10;

/// Who signs.
#[derive(Clone)]
pub struct TestSigner {
    key: SigningKey,
    did: String,
    method: String,
}

impl TestSigner {
    /// A signer with this secret key.
    pub fn new(seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        let public = key.verifying_key().to_bytes();
        let did = did_key(&public);
        Self {
            key,
            method: format!("{did}#{}", multikey(&public)),
            did,
        }
    }

    /// The issuer's DID, a `did:key`.
    pub fn did(&self) -> &str {
        &self.did
    }

    /// Signs a credential. One without issuer becomes the signer's.
    fn issue(&self, mut credential: Value, now: Timestamp) -> Result<Value, String> {
        let fields = credential.as_object_mut().ok_or("credential must be an object")?;
        fields.entry("issuer").or_insert_with(|| json!(self.did));
        well_formed(&credential)?;
        let issuer = issuer(&credential).unwrap_or_default();
        if issuer != self.did {
            return Err(format!("issuer must be {}, not {issuer:?}", self.did));
        }
        let mut contexts = list(&credential, "@context");
        if contexts.first().and_then(Value::as_str) == Some(CONTEXT_1_1)
            && !contexts.contains(&json!(CONTEXT_OF_PROOFS))
        {
            contexts.push(json!(CONTEXT_OF_PROOFS));
            credential["@context"] = Value::Array(contexts);
        }
        proof::sign(&credential, &self.method, now, &self.key).map_err(|e| e.to_string())
    }
}

/// The routes. `signer` signs what is issued.
pub fn router<S: Clone + Send + Sync + 'static>(signer: TestSigner) -> Router<S> {
    Router::new()
        .route("/credentials/issue", post(issue))
        .route("/credentials/verify", post(verify))
        .layer(Extension(signer))
        .layer(DefaultBodyLimit::max(LONGEST))
}

async fn issue(Extension(signer): Extension<TestSigner>, body: Bytes) -> Response {
    let issued = read(&body)
        .and_then(|mut request| field(&mut request, "credential"))
        .and_then(|credential| signer.issue(credential, Timestamp::now()));
    match issued {
        Ok(signed) => (StatusCode::CREATED, Json(json!({"verifiableCredential": signed}))).into_response(),
        Err(problem) => refuse(&problem),
    }
}

async fn verify(body: Bytes) -> Response {
    let verified = read(&body).and_then(|mut request| {
        let credential = field(&mut request, "verifiableCredential")?;
        proven(&credential, Timestamp::now())?;
        let part = |of: &Value, name: &str| of.get(name).cloned().unwrap_or_default();
        as_expected(&part(&credential, "proof"), &part(&request, "options"))
    });
    match verified {
        Ok(()) => Json(json!({"verified": true, "problemDetails": []})).into_response(),
        Err(problem) => refuse(&problem),
    }
}

fn refuse(problem: &str) -> Response {
    let details = json!([{
        "type": "https://www.w3.org/TR/vc-data-model#CRYPTOGRAPHIC_SECURITY_ERROR",
        "title": "The credential is refused",
        "detail": problem,
    }]);
    let body = json!({"verified": false, "errors": [problem], "problemDetails": details});
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

/// A request. Names that occur twice are refused, which `serde_json` alone would not do.
fn read(body: &[u8]) -> Result<Value, String> {
    jcs::read(body).map_err(|e| format!("the request {e}"))
}

/// A field of a request.
fn field(request: &mut Value, name: &str) -> Result<Value, String> {
    request
        .get_mut(name)
        .map(Value::take)
        .ok_or_else(|| format!("the request must have {name}"))
}

fn issuer(credential: &Value) -> Option<&str> {
    let issuer = credential.get("issuer")?;
    issuer.as_str().or_else(|| issuer.get("id")?.as_str())
}

/// The values of a field that holds one or a list of them.
fn list(credential: &Value, name: &str) -> Vec<Value> {
    match credential.get(name) {
        Some(Value::Array(items)) => items.clone(),
        Some(one) => vec![one.clone()],
        None => Vec::new(),
    }
}

/// What the data model asks of every credential (VC Data Model 2.0, section 4).
fn well_formed(credential: &Value) -> Result<(), String> {
    let contexts = list(credential, "@context");
    if ![CONTEXT, CONTEXT_1_1]
        .map(Some)
        .contains(&contexts.first().and_then(Value::as_str))
    {
        return Err(format!("@context must begin with {CONTEXT} or {CONTEXT_1_1}"));
    }
    if !list(credential, "type")
        .iter()
        .any(|t| t.as_str() == Some("VerifiableCredential"))
    {
        return Err("type must hold VerifiableCredential".to_owned());
    }
    if issuer(credential).is_none_or(|issuer| !issuer.contains(':')) {
        return Err("issuer must be a URL, or an object whose id is one".to_owned());
    }
    let subjects = list(credential, "credentialSubject");
    let claims = |subject: &Value| subject.as_object().is_some_and(|s| !s.is_empty());
    if subjects.is_empty() || !subjects.iter().all(claims) {
        return Err("credentialSubject must be an object with a claim, or a list of such".to_owned());
    }
    Ok(())
}

/// Whether the proof is the issuer's own, the document well-formed, and now within its validity.
fn proven(credential: &Value, now: Timestamp) -> Result<(), String> {
    well_formed(credential)?;
    let read = proof::read(credential).map_err(|e| e.to_string())?;
    let issuer = issuer(credential).unwrap_or_default();
    let document = DidDocument::of_key(issuer).map_err(|e| e.to_string())?;
    let method = document
        .method(&read.verification_method)
        .ok_or_else(|| format!("{} is no key of the issuer {issuer}", read.verification_method))?;
    proof::verify(credential, &method.public).map_err(|e| e.to_string())?;
    if let Some(expires) = read.expires.filter(|expires| now >= *expires) {
        return Err(format!("proof.expires is {expires}, and now is {now}"));
    }
    for (name, passed) in [
        ("validFrom", false),
        ("issuanceDate", false),
        ("validUntil", true),
        ("expirationDate", true),
    ] {
        let Some(value) = credential.get(name) else {
            continue;
        };
        let time: Timestamp = value
            .as_str()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| format!("{name} must be a time with Z or an offset"))?;
        if (passed && time < now) || (!passed && time > now) {
            return Err(format!("{name} is {time}, and now is {now}"));
        }
    }
    Ok(())
}

/// Whether the proof is for what the request expects (Data Integrity 1.0, section 4.4, steps for `expectedProofPurpose`, `domain`
/// and `challenge`). One string and a list of it are the same; an expectation of null is none.
fn as_expected(proof: &Value, options: &Value) -> Result<(), String> {
    let strings = |value: &Value| -> BTreeSet<String> {
        match value {
            Value::Array(items) => items.iter().map(Value::to_string).collect(),
            one => BTreeSet::from([one.to_string()]),
        }
    };
    for (option, field) in [
        ("expectedProofPurpose", "proofPurpose"),
        ("domain", "domain"),
        ("challenge", "challenge"),
    ] {
        let Some(expected) = options.get(option).filter(|expected| !expected.is_null()) else {
            continue;
        };
        if proof.get(field).map(strings) != Some(strings(expected)) {
            return Err(format!(
                "proof.{field} must be {expected}, which options.{option} asks for"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credential() -> Value {
        json!({"@context": [CONTEXT], "type": ["VerifiableCredential"], "credentialSubject": {"name": "a test"}})
    }

    #[test]
    fn what_is_issued_verifies_and_what_is_changed_does_not() {
        let signer = TestSigner::new(&[7; 32]);
        let now = Timestamp::now();
        let mut signed = signer.issue(credential(), now).unwrap();
        assert_eq!(proven(&signed, now), Ok(()));
        signed["credentialSubject"]["name"] = json!("another");
        assert!(proven(&signed, now).unwrap_err().contains("signature"));
    }

    #[test]
    fn a_proof_for_another_purpose_domain_or_challenge_than_expected_is_refused() {
        let proof = json!({"proofPurpose": "assertionMethod", "domain": ["a.example"]});
        for met in [
            json!({}),
            json!({"expectedProofPurpose": "assertionMethod"}),
            json!({"domain": "a.example", "challenge": null}),
        ] {
            assert_eq!(as_expected(&proof, &met), Ok(()), "{met}");
        }
        for unmet in [
            json!({"expectedProofPurpose": "authentication"}),
            json!({"domain": "b.example"}),
            json!({"domain": ["a.example", "b.example"]}),
            json!({"challenge": "1235abcd6789"}),
        ] {
            assert!(as_expected(&proof, &unmet).is_err(), "{unmet}");
        }
    }

    #[test]
    fn nothing_is_signed_in_the_name_of_another() {
        let signer = TestSigner::new(&[7; 32]);
        let mut foreign = credential();
        foreign["issuer"] = json!(TestSigner::new(&[8; 32]).did());
        assert!(
            signer
                .issue(foreign, Timestamp::now())
                .unwrap_err()
                .starts_with("issuer must be")
        );
    }
}
