//! The published examples of RFC 9901, run through the code that opens every statement.
//!
//! They are signed with ES256, which statements do not use, so the examples are taken at the step after the
//! signature (section 7.1, step 3). `rfc9901_examples.json` holds their payloads, disclosures and processed payloads.

use serde_json::{Map, Value, json};
use statement::ParseError;
use statement::sd_jwt::{Disclosure, Unpacked, unpack_payload};

use crate::support::base64url;

fn unpack(payload: &Value, disclosures: &[&str]) -> Result<Unpacked, ParseError> {
    let disclosures: Vec<_> = disclosures
        .iter()
        .enumerate()
        .map(|(i, text)| Disclosure::parse(text, i))
        .collect::<Result<_, _>>()?;
    unpack_payload(payload.as_object().unwrap().clone(), &disclosures)
}

fn examples() -> Vec<Value> {
    serde_json::from_str(include_str!("rfc9901_examples.json")).unwrap()
}

fn texts(value: &Value) -> Vec<&str> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect()
}

#[test]
fn every_example_opens_to_the_payload_the_rfc_prints() {
    let examples = examples();
    assert_eq!(examples.len(), 7);
    for example in examples {
        let section = &example["section"];
        let opened = unpack(&example["payload"], &texts(&example["disclosures"])).unwrap();
        assert_eq!(Value::Object(opened.object), example["processed"], "{section}");
        assert_eq!(opened.hidden, example["hidden"], "{section}");
        let paths: Vec<_> = opened
            .placed
            .iter()
            .map(|placement| placement.path.as_str())
            .collect();
        assert_eq!(paths, texts(&example["paths"]), "{section}");
    }
}

#[test]
fn an_example_without_any_disclosure_opens_to_its_visible_claims() {
    for example in examples() {
        let opened = unpack(&example["payload"], &[]).unwrap();
        let text = Value::Object(opened.object).to_string();
        assert!(
            opened.hidden > 0 && !text.contains("_sd") && !text.contains("..."),
            "{text}"
        );
    }
}

#[test]
fn an_example_with_one_letter_of_a_disclosure_changed_is_refused() {
    for example in examples() {
        let original = texts(&example["disclosures"]);
        for changed in 0..original.len() {
            let mut disclosures = original.clone();
            // The eighth character lies within the salt.
            let (head, tail) = original[changed].split_at(8);
            let other = format!(
                "{head}{}{}",
                if tail.starts_with('A') { 'B' } else { 'A' },
                &tail[1..]
            );
            disclosures[changed] = &other;
            assert!(
                unpack(&example["payload"], &disclosures).is_err(),
                "{}",
                example["section"]
            );
        }
    }
}

/// Section 4.2.1: four spellings of the same claim, each a valid disclosure.
#[test]
fn a_disclosure_may_be_spelt_in_any_json_and_keeps_its_spelling() {
    for encoded in [
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNXHUwMGY2Yml1cyJd",
        "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsImZhbWlseV9uYW1lIiwiTcO2Yml1cyJd",
        "WwoiXzI2YmM0TFQtYWM2cTJLSTZjQlc1ZXMiLAoiZmFtaWx5X25hbWUiLAoiTcO2Yml1cyIKXQ",
    ] {
        let disclosure = Disclosure::parse(encoded, 0).unwrap();
        assert_eq!(
            (disclosure.name(), disclosure.value()),
            (Some("family_name"), &json!("Möbius"))
        );
        assert_eq!(disclosure.encoded(), encoded);
    }
}

/// Sections 4.2.2 and 4.2.3, and the digest of the first spelling above.
#[test]
fn digests_are_taken_over_the_base64url_text() {
    let property = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0";
    let element = "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0";
    for (encoded, name, digest) in [
        (
            property,
            Some("family_name"),
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
        ),
        (element, None, "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"),
    ] {
        let disclosure = Disclosure::parse(encoded, 0).unwrap();
        assert_eq!((disclosure.name(), disclosure.digest()), (name, digest));
    }
}

/// The rules of section 7.1, step 3, and of 4.1, each broken once.
#[test]
fn each_rule_of_processing_refuses_what_breaks_it() {
    let salted = |rest: Value| {
        let mut array = vec![json!("0123456789abcdefghijkl")];
        array.extend(rest.as_array().unwrap().clone());
        base64url(Value::Array(array).to_string())
    };
    let digest = |encoded: &str| Disclosure::parse(encoded, 0).unwrap().digest().to_owned();
    let property = salted(json!(["a", 1]));
    let element = salted(json!([1]));
    let (of_property, of_element) = (digest(&property), digest(&element));
    let outer = salted(json!(["b", {"_sd": [of_property]}]));
    let named_sd = salted(json!(["_sd", []]));
    let named_dots = salted(json!(["...", 1]));
    let named_alg = salted(json!(["_sd_alg", 1]));
    let holds_dots = salted(json!(["c", {"...": 1}]));

    let cases: Vec<(&str, Value, Vec<&str>)> = vec![
        ("unreferenced", json!({}), vec![&property]),
        ("unreferenced", json!({"_sd": [digest(&outer)]}), vec![&property]),
        (
            "disclosure_twice",
            json!({"_sd": [of_property]}),
            vec![&property, &property],
        ),
        ("digest_twice", json!({"_sd": [of_property, of_property]}), vec![]),
        (
            "digest_twice",
            json!({"_sd": [of_property], "x": {"_sd": [of_property]}}),
            vec![&property],
        ),
        (
            "digest_twice",
            json!({"_sd": [of_property], "x": [{"...": of_property}]}),
            vec![],
        ),
        (
            "digest_twice",
            json!({"_sd": [of_property, digest(&outer)]}),
            vec![&property, &outer],
        ),
        ("disclosure_kind", json!({"_sd": [of_element]}), vec![&element]),
        (
            "disclosure_kind",
            json!({"x": [{"...": of_property}]}),
            vec![&property],
        ),
        (
            "reserved_name",
            json!({"_sd": [digest(&named_sd)]}),
            vec![&named_sd],
        ),
        (
            "reserved_name",
            json!({"_sd": [digest(&named_dots)]}),
            vec![&named_dots],
        ),
        (
            "reserved_name",
            json!({"_sd": [digest(&named_alg)]}),
            vec![&named_alg],
        ),
        (
            "reserved_name",
            json!({"_sd": [digest(&holds_dots)]}),
            vec![&holds_dots],
        ),
        ("reserved_name", json!({"x": {"...": of_element}}), vec![]),
        ("reserved_name", json!({"x": {"_sd_alg": "sha-256"}}), vec![]),
        (
            "name_collision",
            json!({"_sd": [of_property], "a": 2}),
            vec![&property],
        ),
        ("digest_shape", json!({"_sd": of_property}), vec![]),
        ("digest_shape", json!({"_sd": [1]}), vec![]),
        ("digest_shape", json!({"_sd": ["short"]}), vec![]),
        (
            "digest_shape",
            json!({"x": [{"...": of_element, "y": 1}]}),
            vec![],
        ),
        ("digest_shape", json!({"x": [{"...": 1}]}), vec![]),
        ("hash_algorithm", json!({"_sd_alg": "sha-512"}), vec![]),
        ("hash_algorithm", json!({"_sd_alg": 1}), vec![]),
    ];
    for (expected, payload, disclosures) in cases {
        let error = unpack(&payload, &disclosures).unwrap_err();
        assert_eq!(error.name(), expected, "{payload}");
    }
}

#[test]
fn a_name_disclosed_twice_at_one_level_is_refused() {
    let one = base64url(r#"["0123456789abcdefghijkl","a",1]"#);
    let two = base64url(r#"["0123456789abcdefghijkm","a",2]"#);
    let digests = [&one, &two].map(|text| Disclosure::parse(text, 0).unwrap().digest().to_owned());
    let error = unpack(&json!({"_sd": digests}), &[&one, &two]).unwrap_err();
    assert_eq!(error.name(), "name_collision");
}

#[test]
fn disclosures_nested_in_disclosures_have_a_depth_limit() {
    let mut inner = base64url(r#"["0123456789abcdefghijkl","a",1]"#);
    let mut all = vec![inner.clone()];
    for level in 0..40 {
        let digest = Disclosure::parse(&inner, 0).unwrap().digest().to_owned();
        inner =
            base64url(json!([format!("0123456789abcdefghij{level:02}"), "a", {"_sd": [digest]}]).to_string());
        all.push(inner.clone());
        let digest = Disclosure::parse(&inner, 0).unwrap().digest().to_owned();
        let payload = json!({"_sd": [digest]});
        let result = unpack(&payload, &all.iter().map(String::as_str).collect::<Vec<_>>());
        // The object at the top is level 1, and each further disclosure adds one.
        match level + 2 > statement::sd_jwt::MAX_DEPTH {
            true => assert_eq!(result.unwrap_err().name(), "too_deep", "{level}"),
            false => assert!(result.is_ok(), "{level}"),
        }
    }
}

#[test]
fn an_absent_hash_name_means_sha_256() {
    assert_eq!(unpack(&json!({}), &[]).unwrap().object, Map::new());
}
