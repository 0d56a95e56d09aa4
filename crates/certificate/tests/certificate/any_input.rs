//! Whatever bytes a stranger sends, the answer is a verdict.

use certificate::credential::did::DidDocument;
use certificate::credential::status_list::StatusList;
use certificate::credential::{Question, jcs, verify};
use proptest::prelude::*;
use serde_json::Value;

use crate::sample::{did_document, issued, signed};

fn ask(text: &[u8], lists: &[Vec<u8>]) -> certificate::credential::Verdict {
    verify(
        text,
        &Question {
            issuers: &[did_document()],
            status_lists: lists,
            now: issued(),
            odometer_km: Some(75_000),
        },
    )
}

/// Every leaf of a document, by its JSON pointer.
fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => object
            .iter()
            .for_each(|(name, inner)| leaves(inner, &format!("{path}/{}", name.replace('/', "~1")), found)),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .for_each(|(i, inner)| leaves(inner, &format!("{path}/{i}"), found)),
        _ => found.push(path.to_owned()),
    }
}

#[test]
fn a_change_of_any_single_value_is_refused() {
    let document = signed();
    assert!(ask(document.to_string().as_bytes(), &[]).proof.is_ok());
    let mut paths = Vec::new();
    leaves(&document, "", &mut paths);
    assert!(paths.len() > 100);
    for path in paths {
        let mut changed = document.clone();
        let leaf = changed.pointer_mut(&path).unwrap();
        *leaf = match &*leaf {
            Value::String(text) => Value::String(format!("{text}1")),
            Value::Bool(is) => Value::Bool(!*is),
            Value::Number(number) => Value::from(number.as_u64().unwrap() + 1),
            other => panic!("{path}: {other}"),
        };
        assert!(ask(changed.to_string().as_bytes(), &[]).proof.is_err(), "{path}");
    }
}

proptest! {
    #[test]
    fn any_bytes_get_a_verdict(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(ask(&bytes, std::slice::from_ref(&bytes)).proof.is_err());
        let _ = DidDocument::parse(&bytes);
        let _ = StatusList::decode(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_cut_or_overwritten_credential_gets_a_verdict(at in 0_usize..4000, byte in any::<u8>(), cut in any::<bool>()) {
        let text = signed().to_string().into_bytes();
        let at = at % text.len();
        let mut changed = text.clone();
        if cut { changed.truncate(at) } else { changed[at] = byte }
        let verdict = ask(&changed, &[text.clone(), changed.clone()]);
        // A change between two texts of one canonical form is no change.
        let same = jcs::read(&changed).is_ok_and(|c| jcs::canonical(&c) == jcs::canonical(&signed()));
        prop_assert_eq!(verdict.proof.is_ok(), same);
    }

    #[test]
    fn what_is_read_has_a_canonical_form_that_reads_back(text in r#"[\[\]{}",:0-9eE.+\- a-z\\u]{0,60}"#) {
        if let Ok(value) = jcs::read(text.as_bytes()) {
            let canonical = jcs::canonical(&value).unwrap();
            let again = jcs::canonical(&jcs::read(&canonical).unwrap()).unwrap();
            prop_assert_eq!(canonical, again);
        }
    }
}
