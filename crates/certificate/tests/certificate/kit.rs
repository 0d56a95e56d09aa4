//! The test kit in `spec/vectors/credential/`: made anew and compared; `UPDATE_VECTORS=1` writes it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use certificate::credential::did::{DidDocument, did_key, multikey};
use certificate::credential::proof;
use certificate::credential::status_list::{Purpose, StatusList};
use certificate::credential::{Issuer, Question, verify};
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::sample::{
    DID, INDEX, did_document, issued, issuer, key, list, method, public, signed, time, unsigned,
};

/// Everything a case needs, by the names under which the kit stores it.
struct Case {
    name: &'static str,
    text: Vec<u8>,
    issuers: Vec<&'static str>,
    lists: Vec<&'static str>,
    now: &'static str,
    odometer_km: Option<u32>,
    /// `None`: the proof is good. Otherwise the step that fails.
    refused: Option<u8>,
    status: &'static str,
}

fn other_key() -> SigningKey {
    SigningKey::from_bytes(&[0x52; 32])
}

const OTHER: &str = "did:web:other.example";

fn other_method() -> String {
    format!("{OTHER}#{}", multikey(&public(&other_key())))
}

/// The issuers of the kit, by name.
fn issuers() -> BTreeMap<&'static str, Value> {
    let mut revoked = did_document();
    revoked.methods[0].ends = Some(time("2026-11-24T12:00:00Z"));
    let mut rotated = DidDocument::with_keys(DID, &[public(&other_key())]);
    rotated.methods.push(did_document().methods.remove(0));
    BTreeMap::from([
        ("usual", did_document().to_json()),
        ("key_revoked", revoked.to_json()),
        ("key_rotated", rotated.to_json()),
        (
            "other",
            DidDocument::with_keys(OTHER, &[public(&other_key())]).to_json(),
        ),
    ])
}

/// A list of another body that pretends to stand at our address.
fn list_of_another_issuer(purpose: Purpose) -> Value {
    let unsigned = StatusList::default()
        .unsigned(
            &issuer().list_url(purpose, 1),
            OTHER,
            purpose,
            issued(),
            time("2026-12-31T00:00:00Z"),
        )
        .unwrap();
    proof::sign(&unsigned, &other_method(), issued(), &other_key()).unwrap()
}

/// The status lists of the kit, by file name.
fn lists() -> BTreeMap<&'static str, Value> {
    use Purpose::{Revocation, Suspension};
    let made = issued();
    let later = time("2026-11-25T09:00:00Z");
    let mut bit_cleared = list(Revocation, &[INDEX], made);
    bit_cleared["credentialSubject"]["encodedList"] = json!(StatusList::default().encode().unwrap());
    let sign = |document: &Value| proof::sign(document, &method(), issued(), &key()).unwrap();
    let unproven = |purpose: Purpose| {
        let mut list = list(purpose, &[], made);
        list.as_object_mut().unwrap().remove("proof");
        list
    };
    let mut swapped = unproven(Revocation);
    swapped["credentialSubject"]["statusPurpose"] = json!("suspension");
    let mut wider = unproven(Revocation);
    wider["credentialSubject"]["statusSize"] = json!(2);
    let mut short = unproven(Revocation);
    short["credentialSubject"]["encodedList"] = json!("uH4sIAAAAAAAAA2NgYGAAAB0wBfgEAAAA");
    let mut context = unproven(Revocation);
    context["@context"]
        .as_array_mut()
        .unwrap()
        .push(json!("https://evil.example/context"));
    BTreeMap::from([
        ("revocation_clear", list(Revocation, &[], made)),
        ("suspension_clear", list(Suspension, &[], made)),
        ("revocation_set", list(Revocation, &[INDEX], made)),
        ("revocation_set_later", list(Revocation, &[INDEX], later)),
        (
            "revocation_of_neighbours",
            list(Revocation, &[INDEX - 1, INDEX + 1], made),
        ),
        ("suspension_set", list(Suspension, &[INDEX], made)),
        ("suspension_clear_later", list(Suspension, &[], later)),
        (
            "revocation_from_tomorrow",
            list(Revocation, &[], time("2026-11-27T00:00:00Z")),
        ),
        ("revocation_of_another_issuer", list_of_another_issuer(Revocation)),
        ("revocation_bit_cleared_after_signing", bit_cleared),
        ("revocation_for_suspension", sign(&swapped)),
        ("revocation_with_wider_entries", sign(&wider)),
        ("revocation_too_short", sign(&short)),
        ("revocation_with_unknown_context", sign(&context)),
        ("revocation_without_proof", unproven(Revocation)),
    ])
}

const USUAL: [&str; 2] = ["revocation_clear", "suspension_clear"];
const NOW: &str = "2026-11-26T00:00:00Z";

fn pretty(value: &Value) -> Vec<u8> {
    let mut text = serde_json::to_vec_pretty(value).unwrap();
    text.push(b'\n');
    text
}

/// A case with usual issuer, lists, time and odometer.
fn case(name: &'static str, text: Vec<u8>) -> Case {
    Case {
        name,
        text,
        issuers: vec!["usual"],
        lists: USUAL.to_vec(),
        now: NOW,
        odometer_km: Some(75_000),
        refused: None,
        status: "in_force",
    }
}

fn refused(name: &'static str, text: Vec<u8>, step: u8) -> Case {
    Case {
        refused: Some(step),
        status: "unknown",
        ..case(name, text)
    }
}

/// A change made before signing: what only a dishonest issuer can do.
fn signed_after(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut document = unsigned(&issuer(), false);
    change(&mut document);
    pretty(&proof::sign(&document, &method(), issued(), &key()).unwrap())
}

/// A change made after signing.
fn changed(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut document = signed();
    change(&mut document);
    pretty(&document)
}

fn replaced(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(pretty(&signed())).unwrap();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1).into_bytes()
}

fn sound() -> Vec<Case> {
    let twin = proof::sign(&unsigned(&issuer(), true), &method(), issued(), &key()).unwrap();
    let escaped = replaced("\"Hyundai\"", "\"\\u0048yundai\"");
    vec![
        case("ok_in_force", pretty(&signed())),
        case("ok_redacted_twin", pretty(&twin)),
        case("ok_on_one_line", signed().to_string().into_bytes()),
        case("ok_escaped", escaped),
        case("ok_integer_with_fraction_zero", replaced("74748", "74748.0")),
        Case {
            odometer_km: None,
            ..case("ok_odometer_not_asked", pretty(&signed()))
        },
        Case {
            odometer_km: Some(77_748),
            now: "2027-02-22T09:00:00Z",
            lists: vec!["revocation_at_the_end", "suspension_at_the_end"],
            ..case("ok_last_moment_and_last_kilometre", pretty(&signed()))
        },
        Case {
            issuers: vec!["other", "key_rotated"],
            ..case("ok_issuer_with_two_keys", pretty(&signed()))
        },
        Case {
            lists: vec!["revocation_of_neighbours", "suspension_clear"],
            ..case("ok_neighbours_revoked", pretty(&signed()))
        },
        Case {
            lists: vec!["revocation_clear", "suspension_set", "suspension_clear_later"],
            ..case("ok_suspended_once_and_reinstated", pretty(&signed()))
        },
    ]
}

fn poisoned() -> Vec<Case> {
    let attacker = SigningKey::from_bytes(&[0x66; 32]);
    let by_attacker = proof::sign(&unsigned(&issuer(), false), &method(), issued(), &attacker).unwrap();
    let attackers_did = did_key(&public(&attacker));
    let attackers_method = format!("{attackers_did}#{}", multikey(&public(&attacker)));
    let with_attackers_method = proof::sign(
        &unsigned(&issuer(), false),
        &attackers_method,
        issued(),
        &attacker,
    )
    .unwrap();
    let own = Issuer {
        did: attackers_did,
        ..issuer()
    };
    let by_own_did = proof::sign(&unsigned(&own, false), &attackers_method, issued(), &attacker).unwrap();
    let by_other_issuer = proof::sign(
        &unsigned(&issuer(), false),
        &other_method(),
        issued(),
        &other_key(),
    )
    .unwrap();
    let in_future = proof::sign(
        &unsigned(&issuer(), false),
        &method(),
        time("2026-11-26T01:00:00Z"),
        &key(),
    )
    .unwrap();
    let mut two_proofs = signed();
    two_proofs["proof"] = json!([two_proofs["proof"], two_proofs["proof"]]);
    let contexts =
        |value: &mut Value, change: fn(&mut Vec<Value>)| change(value["@context"].as_array_mut().unwrap());

    vec![
        refused("file_empty", Vec::new(), 0),
        refused("file_cut_off", pretty(&signed())[..900].to_vec(), 0),
        refused(
            "file_with_byte_order_mark",
            [&b"\xef\xbb\xbf"[..], &pretty(&signed())].concat(),
            0,
        ),
        refused(
            "file_with_name_twice",
            replaced("\"grade\": \"B\"", "\"grade\": \"A\", \"grade\": \"B\""),
            0,
        ),
        refused(
            "file_with_integer_beyond_2_53",
            replaced("74748", "9007199254740993"),
            0,
        ),
        refused(
            "file_nested_deep",
            [b"[".repeat(5000), b"]".repeat(5000)].concat(),
            0,
        ),
        refused("file_not_utf8", [&pretty(&signed())[..], b"\xff"].concat(), 0),
        refused(
            "context_added_after_signing",
            changed(|v| contexts(v, |c| c.push(json!("https://evil.example/c")))),
            1,
        ),
        refused(
            "context_added_before_signing",
            signed_after(|v| contexts(v, |c| c.push(json!("https://evil.example/c")))),
            1,
        ),
        refused(
            "context_of_another_version",
            changed(|v| contexts(v, |c| c[1] = json!("https://carnet.invalid/credentials/v2"))),
            1,
        ),
        refused(
            "context_inline",
            signed_after(|v| contexts(v, |c| c[1] = json!({"soh": "https://evil.example/soh"}))),
            1,
        ),
        refused(
            "context_missing",
            changed(|v| {
                v.as_object_mut().unwrap().remove("@context");
            }),
            1,
        ),
        refused(
            "form_of_another_type",
            signed_after(|v| v["type"] = json!(["VerifiableCredential"])),
            2,
        ),
        refused(
            "form_with_unknown_field",
            signed_after(|v| v["credentialSubject"]["soce"] = json!("99")),
            2,
        ),
        refused(
            "form_called_soce",
            signed_after(|v| v["credentialSubject"]["soh"]["name"] = json!("SOCE")),
            2,
        ),
        refused(
            "form_number_for_decimal",
            signed_after(|v| v["credentialSubject"]["soh"]["valuePct"] = json!(91.4)),
            2,
        ),
        refused(
            "form_with_failed_check",
            signed_after(|v| v["credentialSubject"]["checks"][0]["result"] = json!("fail")),
            2,
        ),
        refused(
            "form_redacted_with_vehicle_id",
            signed_after(|v| v["credentialSubject"]["redacted"] = json!(true)),
            2,
        ),
        refused(
            "form_without_status",
            signed_after(|v| {
                v.as_object_mut().unwrap().remove("credentialStatus");
            }),
            2,
        ),
        refused("form_without_proof", pretty(&unsigned(&issuer(), false)), 2),
        refused("form_two_proofs", pretty(&two_proofs), 2),
        refused(
            "form_of_another_cryptosuite",
            changed(|v| v["proof"]["cryptosuite"] = json!("eddsa-rdfc-2022")),
            2,
        ),
        refused(
            "form_for_authentication",
            changed(|v| v["proof"]["proofPurpose"] = json!("authentication")),
            2,
        ),
        refused("issuer_unknown", pretty(&by_own_did), 3),
        refused(
            "issuer_replaced",
            changed(|v| v["issuer"]["id"] = json!("did:web:evil.example")),
            3,
        ),
        refused("issuer_key_of_nobody", pretty(&with_attackers_method), 3),
        Case {
            issuers: vec!["usual", "other"],
            ..refused("issuer_key_of_another_issuer", pretty(&by_other_issuer), 3)
        },
        Case {
            issuers: vec!["key_revoked"],
            ..refused("issuer_key_revoked", pretty(&signed()), 3)
        },
        refused("proof_by_another_key", pretty(&by_attacker), 4),
        refused(
            "proof_of_other_soh",
            changed(|v| v["credentialSubject"]["soh"]["lower95Pct"] = json!("91.2")),
            4,
        ),
        refused(
            "proof_of_other_vehicle",
            changed(|v| v["credentialSubject"]["vehicle"]["vid"] = json!("vin:KMHKN81ABMU000006")),
            4,
        ),
        refused(
            "proof_of_other_dates",
            changed(|v| v["validUntil"] = json!("2028-02-22T09:00:00Z")),
            4,
        ),
        refused(
            "proof_of_other_list",
            changed(|v| v["credentialStatus"][0]["statusListIndex"] = json!("1")),
            4,
        ),
        refused(
            "proof_redated",
            changed(|v| v["proof"]["created"] = json!("2026-11-23T09:00:00Z")),
            4,
        ),
        refused("proof_from_the_future", pretty(&in_future), 4),
        refused(
            "proof_of_zeros",
            changed(|v| v["proof"]["proofValue"] = json!(format!("z{}", "1".repeat(64)))),
            4,
        ),
    ]
}

fn standing(name: &'static str, lists: &[&'static str], status: &'static str) -> Case {
    Case {
        lists: lists.to_vec(),
        status,
        ..case(name, pretty(&signed()))
    }
}

fn not_in_force() -> Vec<Case> {
    let twin = proof::sign(&unsigned(&issuer(), true), &method(), issued(), &key()).unwrap();
    vec![
        standing(
            "status_revoked",
            &["revocation_set", "suspension_clear"],
            "revoked",
        ),
        standing(
            "status_suspended",
            &["revocation_clear", "suspension_set"],
            "suspended",
        ),
        standing(
            "status_revoked_and_suspended",
            &["revocation_set", "suspension_set"],
            "revoked",
        ),
        standing("status_revoked_with_one_list", &["revocation_set"], "revoked"),
        standing(
            "status_revoked_since",
            &["revocation_clear", "revocation_set_later", "suspension_clear"],
            "revoked",
        ),
        Case {
            text: pretty(&twin),
            ..standing(
                "status_twin_revoked",
                &["revocation_set", "suspension_clear"],
                "revoked",
            )
        },
        Case {
            now: "2027-06-01T00:00:00Z",
            ..standing(
                "status_revoked_and_expired",
                &["revocation_set", "suspension_clear"],
                "revoked",
            )
        },
        Case {
            now: "2027-02-22T09:00:01Z",
            ..standing("status_expired_by_date", &USUAL, "expired")
        },
        Case {
            odometer_km: Some(77_749),
            ..standing("status_expired_by_kilometres", &USUAL, "expired")
        },
        Case {
            odometer_km: Some(74_747),
            ..standing("status_odometer_lower_than_evaluated", &USUAL, "unknown")
        },
        Case {
            text: signed_after(|v| v["validFrom"] = json!("2026-12-01T00:00:00Z")),
            ..standing("status_not_yet_valid", &USUAL, "not_yet_valid")
        },
        standing("status_without_lists", &[], "unknown"),
        standing("status_without_suspension_list", &["revocation_clear"], "unknown"),
        Case {
            now: "2026-12-01T09:00:01Z",
            ..standing("status_lists_out_of_date", &USUAL, "unknown")
        },
        Case {
            issuers: vec!["usual", "other"],
            ..standing(
                "status_list_of_another_issuer",
                &["revocation_of_another_issuer", "suspension_clear"],
                "unknown",
            )
        },
        standing(
            "status_list_from_the_future",
            &["revocation_from_tomorrow", "suspension_clear"],
            "unknown",
        ),
        standing(
            "status_list_bit_cleared",
            &["revocation_bit_cleared_after_signing", "suspension_clear"],
            "unknown",
        ),
        standing(
            "status_list_for_other_purpose",
            &["revocation_for_suspension", "suspension_clear"],
            "unknown",
        ),
        standing(
            "status_list_with_wider_entries",
            &["revocation_with_wider_entries", "suspension_clear"],
            "unknown",
        ),
        standing(
            "status_list_too_short",
            &["revocation_too_short", "suspension_clear"],
            "unknown",
        ),
        standing(
            "status_list_with_unknown_context",
            &["revocation_with_unknown_context", "suspension_clear"],
            "unknown",
        ),
        standing(
            "status_list_without_proof",
            &["revocation_without_proof", "suspension_clear"],
            "unknown",
        ),
    ]
}

fn kit() -> BTreeMap<String, Vec<u8>> {
    let mut all_lists = lists();
    let end = time("2027-02-20T09:00:00Z");
    all_lists.insert("revocation_at_the_end", list(Purpose::Revocation, &[], end));
    all_lists.insert("suspension_at_the_end", list(Purpose::Suspension, &[], end));
    let issuers = issuers();
    let mut files = BTreeMap::new();
    let mut cases = Vec::new();
    for case in [sound(), poisoned(), not_in_force()].into_iter().flatten() {
        cases.push(json!({
            "name": case.name, "issuers": case.issuers, "status_lists": case.lists, "now": case.now,
            "odometer_km": case.odometer_km,
            "proof": match case.refused { None => json!("good"), Some(step) => json!({"refused_at_step": step}) },
            "status": case.status,
        }));
        let before = files.insert(format!("{}.json", case.name), case.text);
        assert!(before.is_none(), "{} stands twice", case.name);
    }
    for (name, list) in &all_lists {
        files.insert(format!("lists/{name}.json"), pretty(list));
    }
    files.insert(
        "kit.json".to_owned(),
        pretty(&json!({
            "about": "Credentials and what a verifier must say of them; see README.md",
            "issuers": issuers,
            "cases": cases,
        })),
    );
    files
}

fn folder() -> PathBuf {
    Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../spec/vectors/credential"
    ))
    .to_owned()
}

#[test]
fn the_kit_is_what_this_code_makes() {
    let folder = folder();
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        fs::create_dir_all(folder.join("lists")).unwrap();
        for (name, bytes) in kit() {
            fs::write(folder.join(name), bytes).unwrap();
        }
    }
    for (name, bytes) in kit() {
        let there = fs::read(folder.join(&name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(there == bytes, "{name} differs; UPDATE_VECTORS=1 writes it anew");
    }
}

/// Reads the kit as a stranger would: nothing but its files.
#[test]
fn every_case_of_the_kit_gets_its_verdict() {
    let folder = folder();
    let kit: Value = serde_json::from_slice(&fs::read(folder.join("kit.json")).unwrap()).unwrap();
    let names = |list: &Value| -> Vec<String> { serde_json::from_value(list.clone()).unwrap() };
    let mut wrong = Vec::new();
    for case in kit["cases"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let issuers: Vec<DidDocument> = names(&case["issuers"])
            .iter()
            .map(|name| DidDocument::parse(kit["issuers"][name].to_string().as_bytes()).unwrap())
            .collect();
        let lists: Vec<Vec<u8>> = names(&case["status_lists"])
            .iter()
            .map(|name| fs::read(folder.join(format!("lists/{name}.json"))).unwrap())
            .collect();
        let text = fs::read(folder.join(format!("{name}.json"))).unwrap();
        let question = Question {
            issuers: &issuers,
            status_lists: &lists,
            now: case["now"].as_str().unwrap().parse::<Timestamp>().unwrap(),
            odometer_km: serde_json::from_value(case["odometer_km"].clone()).unwrap(),
        };
        let verdict = verify(&text, &question);
        let proof = match &verdict.proof {
            Ok(_) => json!("good"),
            Err(refusal) => json!({"refused_at_step": refusal.step.number()}),
        };
        if proof != case["proof"] || verdict.status.word() != case["status"] {
            wrong.push(format!("{name}: {verdict:?}"));
        }
        assert_eq!(
            verdict.may_be_relied_on(),
            case["proof"] == "good" && case["status"] == "in_force",
            "{name}"
        );
        assert_eq!(name.starts_with("ok_"), verdict.may_be_relied_on(), "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn contexts_are_shipped_as_pinned_and_name_every_word() {
    use certificate::credential::context::{CARNET, CREDENTIALS};
    use sha2::{Digest as _, Sha256};
    for pinned in [CREDENTIALS, CARNET] {
        assert_eq!(
            hex::encode(Sha256::digest(pinned.document)),
            pinned.sha256,
            "{}",
            pinned.url
        );
    }
    let context: Value = serde_json::from_slice(CARNET.document).unwrap();
    let terms = context["@context"]["CarnetBatteryCertificate"]["@context"]
        .as_object()
        .unwrap();
    fn words<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(object) => object.iter().for_each(|(name, inner)| {
                found.push(name);
                words(inner, found);
            }),
            Value::Array(items) => items.iter().for_each(|inner| words(inner, found)),
            _ => {}
        }
    }
    let document = signed();
    let mut found = Vec::new();
    words(&document["credentialSubject"], &mut found);
    for word in found {
        // `name` is the W3C context's.
        assert!(terms.contains_key(word) || word == "name", "{word} has no term");
    }
}
