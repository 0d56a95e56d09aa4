//! Who looks at a page: in which language, and at which address.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use desk::words::Language;
use maud::{Markup, html};
use url::form_urlencoded::{Serializer, parse};

use crate::pages::language::{Words, negotiated, words};
use crate::pages::layout::Page;

/// The parameter that chooses a language.
const LANG: &str = "lang";

/// A request for a page.
#[derive(Clone)]
pub struct Visit {
    /// The words of the page.
    pub words: &'static Words,
    /// Whether the language was chosen by `?lang=`; then links keep it.
    chosen: bool,
    path: String,
    query: Vec<(String, String)>,
}

impl Visit {
    /// The visit that a request is.
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let query: Vec<(String, String)> = parse(uri.query().unwrap_or_default().as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let chosen = query.iter().find(|(name, _)| name == LANG);
        let chosen = chosen.and_then(|(_, tag)| Language::of(tag));
        let accept = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let language = chosen.unwrap_or_else(|| negotiated(accept.unwrap_or_default()));
        Self {
            words: words(language),
            chosen: chosen.is_some(),
            path: uri.path().to_owned(),
            query,
        }
    }

    /// A message.
    pub fn say(&self, id: &str) -> String {
        self.words.say(id)
    }

    /// A link to an address of ours without a query; it keeps a chosen language.
    pub fn href(&self, path: &str) -> String {
        if self.chosen {
            format!("{path}?{LANG}={}", self.words.language.tag())
        } else {
            path.to_owned()
        }
    }

    /// A link to an address of ours with a query; it keeps a chosen language.
    pub fn href_with(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(parameters);
        if self.chosen {
            query.append_pair(LANG, self.words.language.tag());
        }
        format!("{path}?{}", query.finish())
    }

    /// The field with which a form sends a chosen language along.
    pub fn chosen_field(&self) -> Markup {
        html! { @if self.chosen { input type="hidden" name=(LANG) value=(self.words.language.tag()); } }
    }

    /// This same address in another language.
    pub fn in_language(&self, language: Language) -> String {
        let mut query = Serializer::new(String::new());
        for (name, value) in self.query.iter().filter(|(name, _)| name != LANG) {
            query.append_pair(name, value);
        }
        query.append_pair(LANG, language.tag());
        // What follows two slashes, of either kind, browsers take for the name of another server.
        format!(
            "/{}?{}",
            self.path.trim_start_matches(['/', '\\']),
            query.finish()
        )
    }

    /// The first value of a parameter of the query.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A page in the frame.
    pub fn page(&self, title: impl Into<String>, body: Markup) -> Page {
        Page::new(self.clone(), StatusCode::OK, title.into(), body)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, &parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn visit(uri: &str, accept: &'static str) -> Visit {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static(accept));
        Visit::of(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn a_chosen_language_goes_before_that_of_the_browser_and_stays_in_links() {
        let visit = visit("/d/X?lang=ru&show=a%26b", "ko");
        assert_eq!(visit.words.language, Language::Ru);
        assert_eq!(visit.href("/verify"), "/verify?lang=ru");
        assert_eq!(
            visit.href_with("/trail", &[("before", "7&8")]),
            "/trail?before=7%268&lang=ru"
        );
        assert_eq!(visit.in_language(Language::Ar), "/d/X?show=a%26b&lang=ar");
    }

    #[test]
    fn a_language_nobody_chose_leaves_addresses_as_they_are() {
        let visit = visit("/?lang=xx", "ko");
        assert_eq!(visit.words.language, Language::Ko);
        assert_eq!(visit.href("/verify"), "/verify");
    }

    #[test]
    fn the_switch_of_language_never_leads_to_another_server() {
        assert_eq!(
            visit("/\\evil.example/", "en").in_language(Language::Fr),
            "/evil.example/?lang=fr"
        );
        assert_eq!(
            visit("//evil.example/", "en").in_language(Language::Fr),
            "/evil.example/?lang=fr"
        );
    }

    proptest! {
        #[test]
        fn whatever_is_asked_the_switch_of_language_stays_here(path in "/[!-~]{0,40}", accept in "[ -~]{0,60}") {
            let Ok(uri) = path.parse::<Uri>() else { return Ok(()) };
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(&accept).unwrap());
            let address = Visit::of(&uri, &headers).in_language(Language::Ko);
            prop_assert!(address.starts_with('/') && !address.starts_with("//") && !address.starts_with("/\\"), "{}", address);
            prop_assert!(address.ends_with("lang=ko"));
        }
    }
}
