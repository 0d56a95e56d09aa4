//! The public test kit `spec/vectors/statement/`: one small file for each thing an implementation must get right.
//! The name of a file is its assertion. `UPDATE_VECTORS=1` writes the kit anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use statement::{SdJwt, issue};

use crate::support::*;

fn kit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec/vectors/statement")
}

/// What this implementation says about a vector: `valid`, or the name of an error.
fn judge(compact: &str, public: &[u8; 32]) -> String {
    match SdJwt::parse(compact) {
        Err(error) => error.name().to_owned(),
        Ok(statement) => match statement.verify(public) {
            Err(error) => error.name().to_owned(),
            Ok(_) => "valid".to_owned(),
        },
    }
}

#[test]
fn the_kit_on_disk_is_what_the_cases_below_give() {
    let cases = cases();
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        let _ = std::fs::remove_dir_all(kit());
        std::fs::create_dir_all(kit()).unwrap();
        for (name, case) in &cases {
            let text = serde_json::to_string_pretty(case).unwrap() + "\n";
            std::fs::write(kit().join(format!("{name}.json")), text).unwrap();
        }
    }
    let on_disk: BTreeMap<String, Value> = std::fs::read_dir(kit())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (
                name,
                serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(),
            )
        })
        .collect();
    for (name, case) in &cases {
        assert_eq!(
            on_disk.get(name),
            Some(case),
            "{name}: set UPDATE_VECTORS=1 if the change is meant"
        );
    }
    assert_eq!(on_disk.len(), cases.len(), "a file in the kit belongs to no case");
}

#[test]
fn every_vector_gives_the_result_its_file_expects() {
    for (name, case) in cases() {
        let public = hex::decode(case["public_key"].as_str().unwrap())
            .unwrap()
            .try_into()
            .unwrap();
        let compact = case["sd_jwt"].as_str().unwrap();
        assert_eq!(judge(compact, &public), case["expect"], "{name}");
        if case["expect"] == "valid" {
            let statement = SdJwt::parse(compact).unwrap();
            assert_eq!(statement.digest().to_string(), case["digest"], "{name}");
            assert_eq!(statement.hidden(), case["hidden"], "{name}");
            assert_eq!(
                Value::Object(statement.claims_unverified().to_json()),
                case["claims"],
                "{name}"
            );
        }
    }
}

/// `spec/statement.md` shows this statement step by step.
#[test]
fn the_worked_example_of_the_specification_is_the_vector_of_that_name() {
    let page = std::fs::read_to_string(kit().join("../../statement.md")).unwrap();
    let shown = transfer().present(|path| path == "plate");
    let key = key();
    let (_, plate) = shown.disclosures().next().unwrap();
    let mut parts = shown.jwt().split('.');
    for part in [
        &hex::encode(key.seed()),
        &hex::encode(key.public()),
        &key.key_id().to_string(),
        parts.next().unwrap(),
        parts.next().unwrap(),
        parts.next().unwrap(),
        plate.encoded(),
        plate.digest(),
        &shown.digest().to_string(),
    ] {
        assert!(page.contains(part), "spec/statement.md lacks {part}");
    }
}

fn valid(about: &str, statement: &SdJwt) -> Value {
    json!({
        "about": about,
        "public_key": hex::encode(key().public()),
        "sd_jwt": statement.as_str(),
        "expect": "valid",
        "digest": statement.digest().to_string(),
        "hidden": statement.hidden(),
        "claims": statement.claims_unverified().to_json(),
    })
}

fn refused(expect: &str, about: &str, compact: impl Into<String>) -> Value {
    json!({
        "about": about,
        "public_key": hex::encode(key().public()),
        "sd_jwt": compact.into(),
        "expect": expect,
    })
}

/// Every case by its name. One defect each.
fn cases() -> BTreeMap<String, Value> {
    let mut cases = BTreeMap::new();
    let mut add = |name: &str, case: Value| {
        assert!(cases.insert(name.to_owned(), case).is_none(), "{name} twice");
    };
    let full = transfer();
    let head = header().to_string();
    let body = json!({"date": "2024-05-17"});
    let payload = payload_with_body(body.clone());
    let parsed = |compact: &str| SdJwt::parse(compact).unwrap();
    let with_body =
        |body: Value, disclosures: &[&str]| sign(&head, &payload_with_body(body).to_string(), disclosures);
    let with_claim = |name: &str, value: Value| {
        let mut payload = payload.clone();
        payload[name] = value;
        sign(&head, &payload.to_string(), &[])
    };
    let without_claim = |name: &str| {
        let mut payload = payload.clone();
        payload.as_object_mut().unwrap().remove(name);
        sign(&head, &payload.to_string(), &[])
    };
    let with_header = |name: &str, value: Value| {
        let mut header = header();
        header[name] = value;
        sign(&header.to_string(), &payload.to_string(), &[])
    };
    let (plate, plate_digest) = disclosure('a', r#""plate","12가3456""#);
    let (other_plate, other_plate_digest) = disclosure('b', r#""plate","34나5678""#);
    let (element, element_digest) = disclosure('c', r#""first""#);

    // Statements that verify.
    add(
        "valid_all_disclosed",
        valid("as issued, every personal field disclosed", &full),
    );
    add(
        "valid_one_disclosed",
        valid(
            "only the plate is disclosed",
            &full.present(|path| path == "plate"),
        ),
    );
    add(
        "valid_none_disclosed",
        valid("no disclosure", &full.present(|_| false)),
    );
    let mut correction = transfer_json();
    correction["supersedes"] = json!(full.digest());
    correction["body"]["odometer"]["value"] = json!(84210);
    let correction = issue(&claims(&correction), &key(), &mut rng()).unwrap();
    add(
        "valid_correction",
        valid("corrects valid_all_disclosed", &correction),
    );
    let mut recorded = transfer_json();
    recorded["recorded_at"] = json!("2024-05-18T09:00:00+09:00");
    let recorded = issue(&claims(&recorded), &key(), &mut rng()).unwrap();
    add(
        "valid_recorded_later",
        valid("the issuer's records held the event a day later", &recorded),
    );
    add(
        "valid_no_hash_name",
        valid(
            "_sd_alg is absent and means sha-256",
            &parsed(&without_claim("_sd_alg")),
        ),
    );
    let decoy = json!({"date": "2024-05-17", "_sd": [base64url([9; 32])]});
    add(
        "valid_decoy",
        valid(
            "a digest that nobody can disclose",
            &parsed(&with_body(decoy, &[])),
        ),
    );
    let nested = disclosure('d', &format!(r#""owner",{{"_sd":["{plate_digest}"]}}"#));
    let recursive = with_body(json!({"_sd": [nested.1]}), &[&plate, &nested.0]);
    add(
        "valid_nested",
        valid(
            "a disclosure within a disclosure, given first",
            &parsed(&recursive),
        ),
    );
    let array = json!({"list": [{"...": element_digest}, "second", {"...": base64url([9; 32])}]});
    add(
        "valid_array_element",
        valid(
            "one array element disclosed, one withheld",
            &parsed(&with_body(array, &[&element])),
        ),
    );

    // The text.
    let text = full.to_string();
    add("not_compact_empty", refused("not_compact", "nothing at all", ""));
    add(
        "not_compact_jwt_only",
        refused("not_compact", "a JWT without the final ~", full.jwt()),
    );
    let (head_text, rest) = text.split_once('.').unwrap();
    add(
        "not_compact_four_parts",
        refused(
            "not_compact",
            "four parts before the first ~",
            format!("{head_text}.{head_text}.{rest}"),
        ),
    );
    add(
        "key_binding",
        refused(
            "key_binding",
            "a fourth JWT after the last ~",
            format!("{text}{}", full.jwt()),
        ),
    );
    add(
        "disclosure_empty",
        refused("json", "an empty disclosure", format!("{text}~")),
    );
    add(
        "base64_padding",
        refused("base64", "a padded header", text.replacen('.', "=.", 1)),
    );
    add(
        "base64_trailing_bits",
        refused(
            "base64",
            "the signature ends in bits that decoding drops",
            trailing_bits(&full),
        ),
    );
    add(
        "signature_short",
        refused(
            "signature_length",
            "63 bytes of signature",
            format!("{}~", shortened(full.jwt())),
        ),
    );

    // The signature.
    add(
        "bad_signature_payload_changed",
        refused(
            "bad_signature",
            "another date under the same signature",
            swapped(&full, &payload),
        ),
    );
    add(
        "bad_signature_order_added",
        refused(
            "bad_signature",
            "the group order was added to S",
            malleable(&full),
        ),
    );
    let mut wrong = refused(
        "wrong_key",
        "checked against a key the header does not name",
        text.clone(),
    );
    wrong["public_key"] = json!(hex::encode(
        statement::IssuerSigningKey::from_seed(&[8; 32]).public()
    ));
    add("wrong_key", wrong);

    // The header.
    add(
        "algorithm_none",
        refused("algorithm", "alg none", with_header("alg", json!("none"))),
    );
    add(
        "algorithm_es256",
        refused("algorithm", "alg ES256", with_header("alg", json!("ES256"))),
    );
    add(
        "type_jwt",
        refused("type", "typ JWT", with_header("typ", json!("JWT"))),
    );
    add(
        "key_id_upper_case",
        refused(
            "key_id",
            "kid in upper case",
            with_header("kid", json!(key().key_id().to_string().to_uppercase())),
        ),
    );
    add(
        "header_crit",
        refused(
            "header_member",
            "a critical extension",
            with_header("crit", json!(["b64"])),
        ),
    );
    add(
        "header_jwk",
        refused(
            "header_member",
            "a key carried along",
            with_header("jwk", json!({"kty": "OKP"})),
        ),
    );
    let twice = head.replacen('{', r#"{"alg":"EdDSA","#, 1);
    add(
        "header_member_twice",
        refused(
            "json_duplicate_member",
            "alg twice",
            sign(&twice, &payload.to_string(), &[]),
        ),
    );

    // The payload.
    add(
        "payload_not_json",
        refused("json", "the payload is not JSON", sign(&head, "{", &[])),
    );
    add(
        "payload_array",
        refused("not_object", "the payload is an array", sign(&head, "[]", &[])),
    );
    let twice = payload.to_string().replacen('{', r#"{"iss":"Someone else","#, 1);
    add(
        "payload_member_twice",
        refused("json_duplicate_member", "iss twice", sign(&head, &twice, &[])),
    );
    let deep = format!("{}{}", "[".repeat(33), "]".repeat(33));
    add(
        "payload_too_deep",
        refused("too_deep", "33 arrays in each other", sign(&head, &deep, &[])),
    );
    add(
        "hash_algorithm",
        refused(
            "hash_algorithm",
            "_sd_alg sha-512",
            with_claim("_sd_alg", json!("sha-512")),
        ),
    );
    add(
        "selective_outside_body",
        refused(
            "selective_outside_body",
            "a digest beside the claims",
            with_claim("_sd", json!([plate_digest])),
        ),
    );

    // Claims.
    for name in ["iss", "iat", "typ", "vid", "event_time", "body", "confidence"] {
        add(
            &format!("claim_missing_{name}"),
            refused("claim_missing", &format!("no {name}"), without_claim(name)),
        );
    }
    add(
        "claim_unknown",
        refused(
            "claim_unknown",
            "a claim nobody specified",
            with_claim("exp", json!(1_900_000_000)),
        ),
    );
    for (name, value) in [
        ("iss", json!("")),
        ("iat", json!(1.5)),
        ("typ", json!("registration.unheard_of")),
        ("vid", json!("KMHJ381ABMU123456")),
        ("event_time", json!("2024-05-17T10:20:00")),
        ("recorded_at", json!("2024-02-30T10:20:00Z")),
        ("place", json!("KR SEL")),
        ("body", json!([])),
        ("evidence", json!([])),
        ("confidence", json!("E")),
        ("supersedes", json!("AB".repeat(32))),
    ] {
        add(
            &format!("claim_invalid_{name}"),
            refused(
                "claim_invalid",
                &format!("{name} is {value}"),
                with_claim(name, value),
            ),
        );
    }

    // Disclosures.
    let digests = |digests: &[&str]| json!({"date": "2024-05-17", "_sd": digests});
    let plain_text = base64url(r#"["0123456789abcdefghijka"]"#);
    add(
        "disclosure_shape",
        refused(
            "disclosure_shape",
            "a salt and nothing else",
            with_body(body.clone(), &[&plain_text]),
        ),
    );
    let short_salt = base64url(r#"["0123456789","plate","12가3456"]"#);
    add(
        "weak_salt",
        refused(
            "weak_salt",
            "ten characters of salt",
            with_body(body.clone(), &[&short_salt]),
        ),
    );
    add(
        "unreferenced",
        refused(
            "unreferenced",
            "a disclosure of another statement",
            with_body(body.clone(), &[&plate]),
        ),
    );
    add(
        "disclosure_twice",
        refused(
            "disclosure_twice",
            "the same disclosure twice",
            with_body(digests(&[&plate_digest]), &[&plate, &plate]),
        ),
    );
    add(
        "disclosure_changed",
        refused(
            "unreferenced",
            "another plate",
            with_body(digests(&[&plate_digest]), &[&other_plate]),
        ),
    );
    add(
        "digest_twice",
        refused(
            "digest_twice",
            "one digest listed twice",
            with_body(digests(&[&plate_digest, &plate_digest]), &[&plate]),
        ),
    );
    add(
        "digest_shape",
        refused(
            "digest_shape",
            "_sd is not an array",
            with_body(json!({"_sd": plate_digest}), &[]),
        ),
    );
    add(
        "digest_shape_element",
        refused(
            "digest_shape",
            "a member beside ...",
            with_body(json!({"list": [{"...": element_digest, "x": 1}]}), &[]),
        ),
    );
    add(
        "disclosure_kind",
        refused(
            "disclosure_kind",
            "an array element in place of a property",
            with_body(digests(&[&element_digest]), &[&element]),
        ),
    );
    let collides = json!({"plate": "12가3456", "_sd": [plate_digest]});
    add(
        "name_collision",
        refused(
            "name_collision",
            "the plate is there in the clear",
            with_body(collides, &[&plate]),
        ),
    );
    add(
        "name_collision_disclosed",
        refused(
            "name_collision",
            "two disclosed plates",
            with_body(
                digests(&[&plate_digest, &other_plate_digest]),
                &[&plate, &other_plate],
            ),
        ),
    );
    let (named_sd, named_sd_digest) = disclosure('e', r#""_sd",[]"#);
    add(
        "reserved_name_disclosed",
        refused(
            "reserved_name",
            "a disclosed field called _sd",
            with_body(digests(&[&named_sd_digest]), &[&named_sd]),
        ),
    );
    add(
        "reserved_name",
        refused(
            "reserved_name",
            "a field called ...",
            with_body(json!({"...": 1}), &[]),
        ),
    );
    let (repeats, repeats_digest) = disclosure('f', r#""plate",{"a":1,"a":2}"#);
    add(
        "disclosure_member_twice",
        refused(
            "json_duplicate_member",
            "a member twice within a disclosure",
            with_body(digests(&[&repeats_digest]), &[&repeats]),
        ),
    );
    cases
}

/// The payload of another statement under the header and signature of this one.
fn swapped(statement: &SdJwt, payload: &Value) -> String {
    let parts: Vec<&str> = statement.jwt().split('.').collect();
    format!("{}.{}.{}~", parts[0], base64url(payload.to_string()), parts[2])
}

fn signature(statement: &SdJwt) -> Vec<u8> {
    use base64::Engine;
    let encoded = statement.jwt().rsplit('.').next().unwrap();
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(encoded)
        .unwrap()
}

/// The same signature with S + L in place of S, which a lax verifier accepts as well.
fn malleable(statement: &SdJwt) -> String {
    let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
    let mut signature = signature(statement);
    let mut carry = 0_u16;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    let (signed, _) = statement.jwt().rsplit_once('.').unwrap();
    format!("{signed}.{}~", base64url(signature))
}

/// 64 bytes leave four unused bits in the last character; this sets one.
fn trailing_bits(statement: &SdJwt) -> String {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (start, last) = statement.jwt().split_at(statement.jwt().len() - 1);
    let next = ALPHABET.chars().nth(ALPHABET.find(last).unwrap() + 1).unwrap();
    format!("{start}{next}~")
}

fn shortened(jwt: &str) -> String {
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    // 84 characters are exactly 63 bytes.
    format!("{signed}.{}", &signature[..84])
}
