//! Which codings of an answer a client takes. One that says it takes nothing at all is answered as one that says nothing, as
//! [RFC 9110] 12.5.3 allows: a refusal (406) beside headers for a year is what a cache on the way might keep for everybody.
//!
//! [RFC 9110]: https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3

use axum::http::header::ACCEPT_ENCODING;
use axum::http::{HeaderMap, HeaderValue};

/// Takes back what a client says against answers without a coding.
pub fn takes_plain(headers: &mut HeaderMap) {
    let said: Vec<String> = headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|list| list.to_str().ok())
        .map(str::to_owned)
        .collect();
    let kept: Vec<&str> = said
        .iter()
        .flat_map(|list| list.split(','))
        .filter(|one| !refuses_plain(one))
        .collect();
    if kept.len() == said.iter().flat_map(|list| list.split(',')).count() {
        return;
    }
    match HeaderValue::from_str(&kept.join(",")) {
        Ok(value) if !kept.is_empty() => {
            headers.insert(ACCEPT_ENCODING, value);
        }
        _ => {
            headers.remove(ACCEPT_ENCODING);
        }
    }
}

/// Whether one of the codings named is `identity` or `*`, with a weight of nought.
fn refuses_plain(one: &str) -> bool {
    let mut parts = one.split(';').map(str::trim);
    let coding = parts.next().unwrap_or_default();
    let is_plain = coding.eq_ignore_ascii_case("identity") || coding == "*";
    let is_nought = |weight: &str| {
        let digits = weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="));
        digits.is_some_and(|digits| {
            digits.starts_with('0') && !digits.bytes().any(|b| (b'1'..=b'9').contains(&b))
        })
    };
    is_plain && parts.any(is_nought)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left_of(said: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, said.parse().unwrap());
        takes_plain(&mut headers);
        headers
            .get(ACCEPT_ENCODING)
            .map(|left| left.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_refusal_of_plain_answers_is_taken_back_and_all_else_is_kept() {
        assert_eq!(left_of("identity;q=0"), None);
        assert_eq!(left_of("identity; q=0.000, *;q=0"), None);
        assert_eq!(left_of("gzip, Identity;Q=0").as_deref(), Some("gzip"));
        assert_eq!(left_of("*;q=0,br;q=1").as_deref(), Some("br;q=1"));
        for kept in ["gzip, identity;q=0.5", "*;q=0.01", "gzip;q=0", "", "identity"] {
            assert_eq!(left_of(kept).as_deref(), Some(kept));
        }
    }
}
