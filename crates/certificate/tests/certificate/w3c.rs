//! The W3C's test vectors for `eddsa-jcs-2022`, byte for byte.

use std::fs;
use std::path::{Path, PathBuf};

use certificate::credential::{did, jcs, proof};
use ed25519_dalek::SigningKey;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The folder of the vectors; `None` where this machine has none.
pub fn vectors(inside: &str) -> Option<PathBuf> {
    let shared = std::env::var("CARNET_SHARED")
        .map(PathBuf::from)
        .unwrap_or_else(|_| Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join("../shared"));
    let folder = shared.join("data/battery/standards").join(inside);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: data/battery/standards/{inside} not found; set CARNET_SHARED");
    None
}

#[test]
fn the_w3c_vectors_are_reproduced_byte_for_byte() {
    let Some(folder) = vectors("w3c_eddsa_jcs_2022_vectors") else {
        return;
    };
    let text = |name: &str| {
        fs::read_to_string(folder.join(name))
            .unwrap()
            .trim_end()
            .to_owned()
    };
    let signed = jcs::read(text("signedJCS.json").as_bytes()).unwrap();
    let keys: Value = serde_json::from_str(&text("keyPair.json")).unwrap();

    let mut document = signed.as_object().unwrap().clone();
    let options = document.remove("proof").unwrap();
    let document = Value::Object(document);
    let canonical = jcs::canonical(&document).unwrap();
    assert_eq!(
        String::from_utf8(canonical.clone()).unwrap(),
        text("canonDocJCS.txt")
    );
    assert_eq!(hex::encode(Sha256::digest(&canonical)), text("docHashJCS.txt"));

    let mut config = options.as_object().unwrap().clone();
    let value = config.remove("proofValue").unwrap();
    assert_eq!(value, text("sigBTC58JCS.txt"));
    let config = jcs::canonical(&Value::Object(config)).unwrap();
    assert_eq!(
        String::from_utf8(config.clone()).unwrap(),
        text("proofCanonJCS.txt")
    );
    assert_eq!(hex::encode(Sha256::digest(&config)), text("proofHashJCS.txt"));
    assert_eq!(
        [Sha256::digest(&config), Sha256::digest(&canonical)]
            .map(hex::encode)
            .concat(),
        text("combinedHashJCS.txt")
    );

    // The secret key in Multikey: multicodec 0x1300 and 32 bytes.
    let secret = keys["privateKeyMultibase"]
        .as_str()
        .unwrap()
        .strip_prefix('z')
        .unwrap();
    let secret = bs58::decode(secret).into_vec().unwrap();
    let seed: [u8; 32] = secret.strip_prefix(&[0x80, 0x26]).unwrap().try_into().unwrap();
    let key = SigningKey::from_bytes(&seed);
    let public = key.verifying_key().to_bytes();
    assert_eq!(
        did::multikey(&public),
        keys["publicKeyMultibase"].as_str().unwrap()
    );

    let method = options["verificationMethod"].as_str().unwrap();
    let created = options["created"].as_str().unwrap().parse().unwrap();
    let ours = proof::sign(&document, method, created, &key).unwrap();
    assert_eq!(jcs::canonical(&ours).unwrap(), jcs::canonical(&signed).unwrap());
    proof::verify(&signed, &public).unwrap();

    let mut changed = signed;
    changed["credentialSubject"]["alumniOf"] = "Another School".into();
    assert_eq!(
        proof::verify(&changed, &public),
        Err(proof::ProofError::Signature)
    );
}

#[test]
fn the_times_of_a_proof_are_date_time_stamps_and_utc_where_they_have_no_offset() {
    let read = |field: &str, value: Value| {
        let mut signed = crate::sample::signed();
        signed["proof"][field] = value;
        proof::read(&signed)
    };
    let noon = Some(crate::sample::time("2026-01-31T12:00:00Z"));
    for text in [
        "2026-01-31T12:00:00Z",
        "2026-01-31T12:00:00.0Z",
        "2026-01-31T14:00:00+02:00",
        "2026-01-31T12:00:00",
    ] {
        assert_eq!(read("created", text.into()).unwrap().created, noon, "{text}");
        assert_eq!(read("expires", text.into()).unwrap().expires, noon, "{text}");
    }
    for text in [
        "soon",
        "2026-01-31",
        "2026-01-31T12:00Z",
        "2026-01-31 12:00:00Z",
        "2026-01-31T12:00:00z",
        "2026-01-31T12:00:00+00:00[UTC]",
        "2026-01-31T12:00:00+99:00",
    ] {
        assert!(read("created", text.into()).is_err(), "{text}");
        assert!(read("expires", text.into()).is_err(), "{text}");
    }
    assert!(read("created", Value::Null).is_err());
}

#[test]
fn a_proof_that_rests_on_another_is_refused() {
    let mut signed = crate::sample::signed();
    signed["proof"]["previousProof"] = "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544".into();
    assert!(matches!(
        proof::read(&signed),
        Err(proof::ProofError::Field {
            field: "previousProof",
            ..
        })
    ));
}

/// Section 3.3.2 lets a document have more contexts than its proof was made for; a verifier of credentials must notice.
#[test]
fn a_context_added_after_signing_verifies_and_a_context_put_in_front_does_not() {
    let key = crate::sample::key();
    let public = crate::sample::public(&key);
    let mut signed = crate::sample::signed();
    let contexts = signed["@context"].as_array_mut().unwrap();
    contexts.push("https://evil.example/context".into());
    proof::verify(&signed, &public).unwrap();
    let contexts = signed["@context"].as_array_mut().unwrap();
    contexts.rotate_right(1);
    assert_eq!(proof::verify(&signed, &public), Err(proof::ProofError::Context));
}
