//! What issuers, holders and readers do with a statement.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use statement::sd_jwt::{MAX_BYTES, MAX_DISCLOSURES};
use statement::{Digest, IssueError, IssuerSigningKey, ParseError, SdJwt, VerifyError, issue};

use crate::support::*;

#[test]
fn a_statement_says_what_was_signed() {
    let transfer = transfer();
    let verified = transfer.verify(&key().public()).unwrap();
    assert_eq!(Value::Object(verified.claims.to_json()), transfer_json());
    assert_eq!(verified.hidden, 0);
}

#[test]
fn the_same_claims_key_and_random_bytes_give_the_same_statement() {
    assert_eq!(transfer().as_str(), transfer().as_str());
}

#[test]
fn every_personal_field_becomes_its_own_disclosure() {
    let statement = transfer();
    let paths: Vec<_> = statement.disclosures().map(|(path, _)| path).collect();
    assert_eq!(paths, ["from", "plate", "price", "to"]);
    let signed = decoded_payload(&statement).to_string();
    for secret in ["Hong Gildong", "12가3456", "23500000", "Example Motors"] {
        assert!(!signed.contains(secret), "{secret} is signed in the clear");
    }
}

#[test]
fn salts_have_128_bits_and_never_repeat() {
    let mut rng = rng();
    let mut salts = std::collections::HashSet::new();
    for _ in 0..50 {
        let statement = issue(&claims(&transfer_json()), &key(), &mut rng).unwrap();
        for (_, disclosure) in statement.disclosures() {
            let json: Value = serde_json::from_slice(&decode(disclosure.encoded())).unwrap();
            let salt = json[0].as_str().unwrap().to_owned();
            assert_eq!(decode(&salt).len(), 16);
            assert!(salts.insert(salt));
        }
    }
    assert_eq!(salts.len(), 200);
}

#[test]
fn a_holder_shows_one_field_and_keeps_three() {
    let shown = transfer().present(|path| path == "plate");
    let verified = shown.verify(&key().public()).unwrap();
    assert_eq!(verified.hidden, 3);
    assert_eq!(verified.claims.body.get("plate"), Some(&json!("12가3456")));
    assert!(
        ["from", "to", "price"]
            .iter()
            .all(|name| !verified.claims.body.contains_key(*name))
    );
}

#[test]
fn a_statement_keeps_its_digest_whatever_is_shown() {
    let statement = transfer();
    let bare = statement.present(|_| false);
    assert_eq!(bare.digest(), statement.digest());
    assert_eq!(bare.as_str(), format!("{}~", statement.jwt()));
    assert_eq!(statement.digest(), Digest(Sha256::digest(statement.jwt()).into()));
}

#[test]
fn what_was_withheld_cannot_be_shown_again_without_its_disclosure() {
    let bare = transfer().present(|_| false);
    assert_eq!(bare.present(|_| true).as_str(), bare.as_str());
}

#[test]
fn a_disclosure_of_another_statement_is_refused() {
    let mut rng = rng();
    let one = issue(&claims(&transfer_json()), &key(), &mut rng).unwrap();
    let other = issue(&claims(&transfer_json()), &key(), &mut rng).unwrap();
    let foreign = other.disclosures().next().unwrap().1.encoded();
    let mixed = format!("{one}{foreign}~");
    assert_eq!(SdJwt::parse(&mixed), Err(ParseError::Unreferenced(4)));
}

#[test]
fn a_nested_disclosure_goes_with_the_one_around_it() {
    let (inner, inner_digest) = disclosure('a', r#""name","Hong Gildong""#);
    let (outer, outer_digest) = disclosure(
        'b',
        &format!(r#""owner",{{"_sd":["{inner_digest}"],"kind":"person"}}"#),
    );
    let body = json!({"date": "2024-05-17", "_sd": [outer_digest]});
    let compact = sign(
        &header().to_string(),
        &payload_with_body(body).to_string(),
        &[&inner, &outer],
    );
    let statement = SdJwt::parse(&compact).unwrap();

    let paths: Vec<_> = statement.disclosures().map(|(path, _)| path).collect();
    assert_eq!(paths, ["owner.name", "owner"]);
    let body = |statement: &SdJwt| statement.claims_unverified().body.get("owner").cloned();
    assert_eq!(
        body(&statement),
        Some(json!({"kind": "person", "name": "Hong Gildong"}))
    );
    assert_eq!(
        body(&statement.present(|path| path == "owner")),
        Some(json!({"kind": "person"}))
    );
    assert_eq!(body(&statement.present(|path| path == "owner.name")), None);
}

#[test]
fn elements_of_arrays_can_be_withheld_and_keep_their_places() {
    let (first, first_digest) = disclosure('a', r#"{"photo":1}"#);
    let (third, third_digest) = disclosure('c', r#"{"photo":3}"#);
    let body = json!({"photos": [{"...": first_digest}, {"photo": 2}, {"...": third_digest}]});
    let compact = sign(
        &header().to_string(),
        &payload_with_body(body).to_string(),
        &[&first, &third],
    );
    let statement = SdJwt::parse(&compact).unwrap();
    assert_eq!(
        statement.claims_unverified().body["photos"],
        json!([{"photo": 1}, {"photo": 2}, {"photo": 3}])
    );

    let shown = statement.present(|path| path == "photos.2");
    assert_eq!(
        shown.claims_unverified().body["photos"],
        json!([{"photo": 2}, {"photo": 3}])
    );
    assert_eq!(
        shown.disclosures().map(|(path, _)| path).collect::<Vec<_>>(),
        ["photos.2"]
    );
    assert_eq!(shown.hidden(), 1);
}

#[test]
fn decoys_look_like_withheld_fields() {
    let decoy = base64url([9; 32]);
    let body = json!({"date": "2024-05-17", "_sd": [decoy], "list": [{"...": base64url([8; 32])}]});
    let compact = sign(&header().to_string(), &payload_with_body(body).to_string(), &[]);
    let statement = SdJwt::parse(&compact).unwrap();
    let verified = statement.verify(&key().public()).unwrap();
    assert_eq!(verified.hidden, 2);
    assert_eq!(
        Value::Object(verified.claims.body.clone()),
        json!({"date": "2024-05-17", "list": []})
    );
}

#[test]
fn a_statement_checked_against_another_key_names_both() {
    let other = IssuerSigningKey::from_seed(&[8; 32]);
    assert_eq!(
        transfer().verify(&other.public()),
        Err(VerifyError::WrongKey {
            named: key().key_id(),
            given: other.key_id()
        })
    );
}

#[test]
fn a_statement_that_names_a_key_which_did_not_sign_it_is_refused() {
    let other = IssuerSigningKey::from_seed(&[8; 32]);
    let mut header = header();
    header["kid"] = json!(other.key_id());
    let payload = payload_with_body(json!({"date": "2024-05-17"}));
    let statement = SdJwt::parse(&sign(&header.to_string(), &payload.to_string(), &[])).unwrap();
    assert_eq!(statement.verify(&other.public()), Err(VerifyError::BadSignature));
}

#[test]
fn a_correction_names_the_statement_it_supersedes_and_both_remain() {
    let wrong = transfer();
    let mut corrected = transfer_json();
    corrected["body"]["odometer"]["value"] = json!(84210);
    corrected["supersedes"] = json!(wrong.digest());
    let correction = issue(&claims(&corrected), &key(), &mut rng()).unwrap();
    assert_eq!(correction.claims_unverified().supersedes, Some(wrong.digest()));
    assert!(wrong.verify(&key().public()).is_ok() && correction.verify(&key().public()).is_ok());
}

#[test]
fn a_body_that_does_not_fit_its_type_is_not_signed() {
    let mut json = transfer_json();
    json["body"].as_object_mut().unwrap().remove("date");
    let error = issue(&claims(&json), &key(), &mut rng()).unwrap_err();
    assert!(
        matches!(&error, IssueError::Body(errors) if errors[0].path == "/date"),
        "{error:?}"
    );
}

#[test]
fn claims_without_an_issuer_are_not_signed() {
    let mut claims = claims(&transfer_json());
    claims.iss.clear();
    let error = issue(&claims, &key(), &mut rng()).unwrap_err();
    assert!(
        matches!(&error, IssueError::Header(errors) if errors[0].path == "/iss"),
        "{error:?}"
    );
}

#[test]
fn a_body_with_a_name_the_format_needs_is_not_signed() {
    for name in ["_sd", "...", "_sd_alg"] {
        let mut json = transfer_json();
        json["body"][name] = json!([]);
        assert!(issue(&claims(&json), &key(), &mut rng()).is_err(), "{name}");
    }
}

#[test]
fn every_optional_claim_is_signed_and_read_back() {
    let mut json = transfer_json();
    json["recorded_at"] = json!("2024-05-18T09:00:00+09:00");
    json["supersedes"] = json!("ab".repeat(32));
    let statement = issue(&claims(&json), &key(), &mut rng()).unwrap();
    assert_eq!(Value::Object(statement.claims_unverified().to_json()), json);
}

#[test]
fn a_large_text_is_refused_before_it_is_read() {
    let text = "a".repeat(100 * 1024 * 1024);
    assert_eq!(SdJwt::parse(&text), Err(ParseError::TooLarge(text.len())));
    let limit = "~".repeat(MAX_BYTES);
    assert!(matches!(SdJwt::parse(&limit), Err(ParseError::NotCompact)));
}

#[test]
fn the_number_of_disclosures_has_a_limit() {
    let field = |i: usize| disclosure('x', &format!(r#""f{i}",{i}"#));
    let with = |count: usize| {
        let (disclosures, digests): (Vec<_>, Vec<_>) = (0..count).map(field).unzip();
        let payload = payload_with_body(json!({"_sd": digests})).to_string();
        let disclosures: Vec<_> = disclosures.iter().map(String::as_str).collect();
        SdJwt::parse(&sign(&header().to_string(), &payload, &disclosures))
    };
    assert!(with(MAX_DISCLOSURES).is_ok());
    assert_eq!(with(MAX_DISCLOSURES + 1), Err(ParseError::TooManyDisclosures));
}

fn decode(text: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(text)
        .unwrap()
}

fn decoded_payload(statement: &SdJwt) -> Value {
    serde_json::from_slice(&decode(statement.jwt().split('.').nth(1).unwrap())).unwrap()
}
