//! `/verify`: a dossier file is checked here without leaving the browser. The page is the verifier's own, in the frame of the
//! service; a service worker keeps it in the language in which it was read, so that it works without a network once it was loaded.
//! Beside it the same page is offered as one file to save, which carries this log's policy and speaks every language.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, Render as _, html};

use crate::pages::assets;
use crate::pages::language::Words;
use crate::pages::layout::Page;
use crate::pages::visit::Visit;
use crate::state::App;

/// The address of the file to save.
pub const SAVED: &str = "/verify/carnet-verify.html";

/// The address of the service worker; it must not change, or browsers would keep the old one. `?lang=` says in which language
/// the page is kept: whoever reads it in another language later gets the worker of that one in its place.
pub const WORKER: &str = "/verify-offline.js";

/// The page in one file, with a place for what it carries.
const FILE: &str = include_str!("../../../../verifier/carnet-verify.html");

/// What stands in the file where nothing is carried.
const CARRIES_NOTHING: &str = "<script type=\"application/json\" id=\"trust\">null</script>";

/// The page's content, which the script fills with words.
const TEMPLATE: &str = include_str!("../../../../verifier/page/page.html");

/// The page.
pub async fn page(State(app): State<App>, visit: Visit) -> Page {
    let words = visit.words;
    let body = html! {
        (content(words))
        p .hint #offline role="status" hidden { (visit.say("verify-offline")) }
        p .hint { (visit.say("verify-save")) " " a href=(SAVED) download { (visit.say("verify-save-file")) } }
        script #trust type="application/json" { (PreEscaped(carried(&app))) }
    };
    visit
        .page(visit.say("title"), body)
        .with_script(assets::verify_words(words.language))
        .with_script(assets::verify_script())
        .public()
        .closed()
}

/// What stands in the verifier's page between the tags of `main`, with the words filled in for whoever runs no script.
fn content(words: &Words) -> Markup {
    let inner = TEMPLATE
        .split_once("<main>")
        .and_then(|(_, rest)| rest.split_once("</main>"));
    let (mut rest, _) = inner.unwrap_or_default();
    let mut filled = String::with_capacity(rest.len() * 2);
    while let Some((before, after)) = rest.split_once("data-message=\"") {
        let Some((id, tail)) = after.split_once("\">") else {
            break;
        };
        filled.push_str(before);
        filled.push_str("data-message=\"");
        filled.push_str(id);
        filled.push_str("\">");
        words.say(id).render_to(&mut filled);
        // A word that stands there already is for the saved page without scripts.
        rest = tail.find('<').and_then(|end| tail.get(end..)).unwrap_or_default();
    }
    filled.push_str(rest);
    let notice = html! { p .notice { (words.say("noscript")) } }.into_string();
    PreEscaped(filled.replace("%NOSCRIPT%", &notice))
}

/// This log's policy and key as the page carries them: JSON as it may stand in a script element.
fn carried(app: &App) -> String {
    let trust = serde_json::json!({ "policy": app.policy, "vrfKey": app.desk.trust(0).vrf_key.to_string() });
    trust.to_string().replace('<', "\\u003c")
}

/// The page in one file, with this log's policy and key in it; its script is the same as everybody's.
pub async fn saved(State(app): State<App>) -> Response {
    let trust = format!(
        "<script type=\"application/json\" id=\"trust\">{}</script>",
        carried(&app)
    );
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (
            CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"carnet-verify.html\""),
        ),
    ];
    (headers, FILE.replacen(CARRIES_NOTHING, &trust, 1)).into_response()
}

/// The service worker: it knows the names of what the page loads, in the language of who asks.
pub async fn worker(visit: Visit) -> Response {
    let language = visit.words.language;
    let page = format!("/verify?lang={}", language.tag());
    let assets = [
        assets::style(),
        assets::icon(),
        assets::verify_words(language),
        assets::verify_script(),
    ];
    let kept: Vec<String> = [page]
        .into_iter()
        .chain(assets.map(assets::Asset::address))
        .collect();
    let text = format!(
        "const KEPT = {};\n{}",
        serde_json::json!(kept),
        include_str!("../../assets/verify-offline.js")
    );
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/javascript; charset=utf-8"),
        ),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
        // A worker lives under a policy of its own.
        (
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; connect-src 'self'"),
        ),
    ];
    (headers, text).into_response()
}

#[cfg(test)]
mod tests {
    use desk::words::Language;

    use super::*;
    use crate::pages::language::words;

    #[test]
    fn the_content_speaks_without_scripts_and_has_nothing_left_to_fill() {
        for language in Language::ALL {
            let words = words(language);
            let content = content(words).into_string();
            assert!(content.contains(&words.say("lead")), "{}", language.tag());
            assert!(
                content.contains("id=\"dossier\"") && !content.contains('%'),
                "{content}"
            );
            assert!(!content.contains("data-message=\"title\"></"), "{content}");
        }
    }

    #[test]
    fn the_file_has_a_place_for_the_policy() {
        assert_eq!(FILE.matches(CARRIES_NOTHING).count(), 1);
    }
}
