//! Whatever is changed after signing is noticed, and no text at all makes the parsers panic.

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::json;
use statement::{SdJwt, issue, key_file};

use crate::support::*;

fn accepted(compact: &str) -> bool {
    SdJwt::parse(compact).is_ok_and(|statement| statement.verify(&key().public()).is_ok())
}

/// No exceptions: header, payload and signature are covered by the signature or are its only spelling, a disclosure
/// by its digest, and the tildes by the form.
#[test]
fn a_statement_with_any_one_character_replaced_is_refused() {
    let original = transfer()
        .present(|path| path == "plate" || path == "to")
        .to_string();
    assert!(accepted(&original));
    for at in 0..original.len() {
        // One neighbour in each alphabet that matters, and every separator.
        for replacement in ['A', 'B', '-', '_', '0', '.', '~', '=', ' ', 'é'] {
            if original[at..].starts_with(replacement) {
                continue;
            }
            let changed = format!("{}{replacement}{}", &original[..at], &original[at + 1..]);
            assert!(!accepted(&changed), "character {at} replaced by {replacement:?}");
        }
    }
}

#[test]
fn a_statement_with_any_one_character_left_out_or_doubled_is_refused() {
    let original = transfer().present(|path| path == "plate").to_string();
    for at in 0..original.len() {
        let without = format!("{}{}", &original[..at], &original[at + 1..]);
        let doubled = format!("{}{}", &original[..=at], &original[at..]);
        assert!(!accepted(&without), "character {at} left out");
        assert!(!accepted(&doubled), "character {at} doubled");
    }
}

#[test]
fn a_statement_cut_short_anywhere_is_refused_unless_the_cut_withholds_whole_disclosures() {
    let original = transfer().to_string();
    for end in 0..original.len() {
        let cut = &original[..end];
        assert_eq!(accepted(cut), cut.ends_with('~'), "cut at {end}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_subset_of_fields_can_be_shown(mask in 0_u8..16, seed: [u8; 32], odometer in 0..10_000_000_u32) {
        let mut json = transfer_json();
        json["body"]["odometer"]["value"] = json!(odometer);
        let full = issue(&claims(&json), &key(), &mut ChaCha20Rng::from_seed(seed)).unwrap();
        let names: Vec<String> = full.disclosures().map(|(path, _)| path.to_owned()).collect();
        let shown = |name: &str| names.iter().position(|other| other == name).is_some_and(|i| mask >> i & 1 == 1);

        let presented = SdJwt::parse(full.present(shown).as_str()).unwrap();
        let verified = presented.verify(&key().public()).unwrap();

        let mut expected = claims(&json);
        expected.body.retain(|name, _| !names.contains(name) || shown(name));
        prop_assert_eq!(verified.claims, &expected);
        prop_assert_eq!(verified.hidden, 4 - mask.count_ones() as usize);
        prop_assert_eq!(presented.digest(), full.digest());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}|[A-Za-z0-9_.~-]{0,400}") {
        let _ = SdJwt::parse(&text);
    }

    #[test]
    fn no_signed_json_makes_the_parser_panic(header in any_json(), payload in any_json(), body in any_json()) {
        let _ = SdJwt::parse(&sign(&header, &payload, &[]));
        let _ = SdJwt::parse(&sign(&self::header().to_string(), &payload, &[]));
        let payload = payload_with_body(serde_json::from_str(&body).unwrap_or_default());
        let (first, _) = disclosure('a', &format!(r#""a",{body}"#));
        let _ = SdJwt::parse(&sign(&self::header().to_string(), &payload.to_string(), &[&first]));
    }

    #[test]
    fn no_bytes_make_the_key_file_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), text in any_json()) {
        let _ = key_file::decode(&bytes, None);
        let _ = key_file::decode(text.as_bytes(), None);
    }
}

/// JSON in which the format's own keys and digests turn up often.
fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| json!(n).to_string()),
        "[a-z.]{0,5}".prop_map(|s| json!(s).to_string()),
        any::<[u8; 32]>().prop_map(|digest| json!(base64url(digest)).to_string()),
    ];
    leaf.prop_recursive(5, 40, 5, |inner| {
        let name = prop_oneof![
            Just("_sd"),
            Just("..."),
            Just("_sd_alg"),
            Just("a"),
            Just("body"),
            Just("alg"),
            Just("typ"),
            Just("kid")
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((name, inner), 0..5).prop_map(|members| {
                let members: Vec<_> = members
                    .iter()
                    .map(|(name, value)| format!("{name:?}:{value}"))
                    .collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}
