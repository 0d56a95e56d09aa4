//! Step 0: files that cannot be read.

use tlog::Hash;

use super::*;

pub(super) fn cases(world: &mut Honest, cases: &mut Vec<Case>) {
    let subject = world.log.dossier(&id(SUBJECT));
    let bytes = subject.to_bytes().unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let compact = serde_json::to_string(&subject).unwrap();
    // The first occurrence only, so that a case has one defect; and it must be there.
    let instead = |from: &str, to: &str| {
        assert!(compact.contains(from), "{from}");
        compact.replacen(from, to, 1)
    };
    let mut push = |name: &str, comment: &str, bytes: Bytes, reason: &str| {
        cases.push(refused(name, comment, bytes.0, (0, reason, "")));
    };

    push("empty_file", "No bytes at all.", Vec::new().into(), "file_empty");
    push(
        "truncated_file",
        "The second half is missing.",
        bytes[..bytes.len() / 2].to_vec().into(),
        "file_cut_off",
    );
    push(
        "last_brace_missing",
        "The closing brace is missing.",
        text.trim_end()[..text.trim_end().len() - 1].to_owned().into(),
        "file_cut_off",
    );
    let mut invalid = bytes.clone();
    let at = text.find("log.example").unwrap();
    invalid[at] = 0xff;
    push(
        "invalid_utf8",
        "A byte that UTF-8 never has, within a string.",
        invalid.into(),
        "file_not_utf8",
    );
    let mut marked = vec![0xef, 0xbb, 0xbf];
    marked.extend_from_slice(&bytes);
    push(
        "byte_order_mark",
        "A byte order mark in front.",
        marked.into(),
        "file_not_json",
    );
    push(
        "not_json",
        "A PDF, by its first bytes.",
        b"%PDF-1.7\n".to_vec().into(),
        "file_not_json",
    );
    push(
        "trailing_bytes",
        "A second, empty object after the first.",
        format!("{text}{{}}").into(),
        "file_not_json",
    );
    push(
        "json_comment",
        "A comment, which JSON has not.",
        text.replacen("{\n", "{ // dossier\n", 1).into(),
        "file_not_json",
    );
    push(
        "json_trailing_comma",
        "A comma before the closing brace.",
        format!("{},}}", compact.strip_suffix('}').unwrap()).into(),
        "file_not_json",
    );
    push(
        "raw_control_character",
        "A line break within a string that is not escaped.",
        instead("log.example/carnet\\n", "log.example/carnet\n").into(),
        "file_not_json",
    );
    push(
        "lone_surrogate",
        "Half of a surrogate pair in a string.",
        instead("\"vin:", "\"\\ud800vin:").into(),
        "file_not_json",
    );

    push(
        "top_level_array",
        "The object as an array of its values.",
        serde_json::to_string(&[&subject]).unwrap().into(),
        "file_form",
    );
    push(
        "other_version",
        "A version of the format that is not this one.",
        instead("dossier/v1", "dossier/v2").into(),
        "file_form",
    );
    push(
        "duplicate_json_key",
        "The field `vehicle` twice, with another vehicle first.",
        instead(
            "\"vehicle\":",
            "\"vehicle\":\"vin:KMHK281HGNU123456\",\"vehicle\":",
        )
        .into(),
        "file_form",
    );
    push(
        "duplicate_key_in_item",
        "The field `log_index` twice in an item.",
        instead("\"log_index\":", "\"log_index\":1,\"log_index\":").into(),
        "file_form",
    );
    push(
        "unknown_json_field",
        "A field nobody specified.",
        instead("\"vehicle\":", "\"note\":\"please hurry\",\"vehicle\":").into(),
        "file_form",
    );
    push(
        "unknown_field_in_item",
        "A field nobody specified, in an item.",
        instead("\"log_index\":", "\"weight\":1,\"log_index\":").into(),
        "file_form",
    );
    push(
        "missing_json_field",
        "The field `erasures` is missing.",
        instead(",\"erasures\":[]", "").into(),
        "file_form",
    );
    push(
        "missing_chain",
        "The field `chain` is missing rather than null.",
        without_chain(&compact).into(),
        "file_form",
    );
    push(
        "null_for_array",
        "null where an array must stand.",
        instead("\"erasures\":[]", "\"erasures\":null").into(),
        "file_form",
    );
    push(
        "deep_json",
        "Ten thousand brackets where a string must stand.",
        instead(
            "\"checkpoint\":\"",
            &format!("\"checkpoint\":{}\"", "[".repeat(10_000)),
        )
        .into(),
        "file_form",
    );
    push(
        "item_as_array",
        "An item as an array of its values.",
        item_as_array(&compact).into(),
        "file_form",
    );
    push(
        "vehicle_in_lower_case",
        "The vehicle id is not in its canonical form.",
        instead("vin:KMTG341ABLU064324", "vin:kmtg341ablu064324").into(),
        "file_form",
    );

    let log_index = format!("\"log_index\":{}", subject.statements[0].log_index);
    push(
        "log_index_negative",
        "A log index below zero.",
        instead(&log_index, "\"log_index\":-1").into(),
        "file_form",
    );
    push(
        "log_index_fraction",
        "A log index with a decimal point.",
        instead(&log_index, &format!("{log_index}.0")).into(),
        "file_form",
    );
    push(
        "log_index_exponent",
        "A log index with an exponent.",
        instead(&log_index, &format!("{log_index}e0")).into(),
        "file_form",
    );
    push(
        "log_index_text",
        "A log index as a string.",
        instead(&log_index, "\"log_index\":\"7\"").into(),
        "file_form",
    );
    push(
        "log_index_beyond_2_53",
        "A log index that some JSON readers would round.",
        instead(&log_index, "\"log_index\":9007199254740992").into(),
        "file_form",
    );
    push(
        "log_index_beyond_2_64",
        "A log index of twenty digits.",
        instead(&log_index, "\"log_index\":99999999999999999999").into(),
        "file_form",
    );

    let proof = compact
        .split("\"vrf_proof\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    push(
        "base64_without_padding",
        "The padding of a base64 string is missing.",
        instead(proof, proof.trim_end_matches('=')).into(),
        "file_form",
    );
    push(
        "base64_url_alphabet",
        "A base64 string in the alphabet for addresses.",
        instead(proof, &format!("-_{}", &proof[2..])).into(),
        "file_form",
    );
    push(
        "base64_white_space",
        "A line break within a base64 string.",
        instead(proof, &format!("{}\\n{}", &proof[..40], &proof[40..])).into(),
        "file_form",
    );
    let (stem, last) = proof.trim_end_matches('=').split_at(106);
    assert_eq!(
        proof.trim_end_matches('=').len(),
        107,
        "80 bytes take 107 characters, of the last of which two bits are unused"
    );
    let odd = char::from(last.as_bytes()[0] + 1);
    push(
        "base64_unused_bits",
        "A base64 string with a bit set that decoding would drop.",
        instead(proof, &format!("{stem}{odd}=")).into(),
        "file_form",
    );

    let hash = subject.index.inclusion[0].to_base64();
    push(
        "inclusion_hash_too_short",
        "A hash of 30 bytes.",
        instead(&hash, &short(&hash)).into(),
        "file_form",
    );
    let long = changed(&subject, |d| d.statements[0].inclusion = vec![Hash([1; 32]); 64]);
    push(
        "inclusion_too_long",
        "An inclusion proof of 64 hashes.",
        (&long).into(),
        "file_form",
    );
    push(
        "chain_head_too_short",
        "A head of 30 bytes.",
        short_head(&compact).into(),
        "file_form",
    );

    push(
        "content_both",
        "An item with a statement and erased at once.",
        instead("\"content\":{", "\"content\":{\"erased\":0,").into(),
        "file_form",
    );
    push(
        "content_neither",
        "An item with neither.",
        emptied_content(&compact).into(),
        "file_form",
    );
    push(
        "content_null",
        "An item whose statement is null.",
        null_content(&compact).into(),
        "file_form",
    );
    push(
        "content_unknown",
        "An item whose content is neither of the two.",
        instead("\"content\":{\"statement\"", "\"content\":{\"summary\"").into(),
        "file_form",
    );
}

/// `"chain":{…},` taken out.
fn without_chain(compact: &str) -> String {
    let (before, rest) = compact.split_once("\"chain\":").unwrap();
    let (_, after) = rest.split_once("},").unwrap();
    format!("{before}{after}")
}

/// The first item, with its values in the order of the fields.
fn item_as_array(compact: &str) -> String {
    let (before, rest) = compact.split_once("\"statements\":[{").unwrap();
    let (item, after) = rest.split_once("}}").unwrap();
    let item = item
        .replace("\"log_index\":", "")
        .replace("\"entry\":", "")
        .replace("\"inclusion\":", "")
        .replace("\"content\":", "");
    format!("{before}\"statements\":[[{item}}}]{after}")
}

/// The content of the first item without its field.
fn emptied_content(compact: &str) -> String {
    let (before, rest) = compact.split_once("\"content\":{").unwrap();
    let (_, after) = rest.split_once('}').unwrap();
    format!("{before}\"content\":{{}}{after}")
}

/// The content of the first item with null in the place of the statement.
fn null_content(compact: &str) -> String {
    emptied_content(compact).replacen("\"content\":{}", "\"content\":{\"statement\":null}", 1)
}

fn short_head(compact: &str) -> String {
    let (before, rest) = compact.split_once("\"head\":\"").unwrap();
    let (head, after) = rest.split_once('"').unwrap();
    format!("{before}\"head\":\"{}\"{after}", short(head))
}

/// The base64 of the first 30 bytes of what `base64` encodes: 40 characters, no padding needed.
fn short(base64: &str) -> String {
    base64[..40].to_owned()
}
