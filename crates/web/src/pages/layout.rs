//! The frame around every page: head, header with the languages, footer, and the policy the browser holds it to.

use std::sync::Arc;

use axum::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use tokio::sync::Semaphore;

use crate::outgoing;
use crate::pages::assets::{self, Asset};
use crate::pages::language::{LANGUAGES, words};
use crate::pages::visit::Visit;
use crate::problem::Problem;

/// What a page may do: load scripts, styles and pictures from here, ask here, send forms here, and nothing else. Nothing is
/// inline, so that markup in a statement could not run even if it came through.
pub const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; worker-src 'self'; \
     manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
     trusted-types carnet",
);

/// What a page may do into which somebody puts a file that is to stay in the browser: besides, it asks nothing and sends no form, not even
/// here.
const CLOSED: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'none'; worker-src 'self'; \
     form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types carnet",
);

/// A page, ready to be answered.
pub struct Page {
    visit: Visit,
    status: StatusCode,
    title: String,
    body: Markup,
    scripts: Vec<&'static Asset>,
    indexed: bool,
    cache: HeaderValue,
    policy: HeaderValue,
}

impl Page {
    /// A page in the frame; handlers call [`Visit::page`].
    pub fn new(visit: Visit, status: StatusCode, title: String, body: Markup) -> Self {
        Self {
            visit,
            status,
            title,
            body,
            scripts: Vec::new(),
            indexed: false,
            cache: HeaderValue::from_static("no-store"),
            policy: POLICY,
        }
    }

    /// What is put into it cannot leave the browser.
    #[must_use]
    pub fn closed(mut self) -> Self {
        self.policy = CLOSED;
        self
    }

    /// With another status than 200.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// With a script of ours. A page must say what it has to say without it.
    #[must_use]
    pub fn with_script(mut self, script: &'static Asset) -> Self {
        self.scripts.push(script);
        self
    }

    /// For everybody: search engines may list it, and browsers may keep it if they ask whether it changed.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.indexed = true;
        self.cache = HeaderValue::from_static("no-cache");
        self
    }

    fn markup(&self) -> Markup {
        let visit = &self.visit;
        let language = visit.words.language;
        html! {
            (DOCTYPE)
            html lang=(language.tag()) dir=(language.direction()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    // No car's number should end up in a search engine.
                    @if !self.indexed { meta name="robots" content="noindex"; }
                    title { (self.title) " · Carnet" }
                    link rel="stylesheet" href=(assets::style().address());
                    link rel="icon" type="image/svg+xml" href=(assets::icon().address());
                    @for script in &self.scripts { script type="module" src=(script.address()) {} }
                }
                body {
                    a .skip href="#content" { (visit.say("frame-skip")) }
                    (header(visit))
                    main #content tabindex="-1" { (self.body) }
                    (footer(visit))
                }
            }
        }
    }
}

fn header(visit: &Visit) -> Markup {
    let places = [
        ("/verify", visit.say("nav-verify")),
        ("/certificates", visit.say("nav-certificates")),
        ("/market", visit.say("nav-market")),
    ];
    html! {
        header .top {
            a .brand href=(visit.href("/")) { "Carnet" }
            nav aria-label=(visit.say("nav-label")) {
                ul { @for (path, name) in places { li { a href=(visit.href(path)) { (name) } } } }
            }
            details .language {
                summary { span .globe aria-hidden="true" { "文" } (visit.say("choose-language")) }
                ul {
                    @for language in LANGUAGES {
                        @let current = (language == visit.words.language).then_some("true");
                        li {
                            a href=(visit.in_language(language)) hreflang=(language.tag()) lang=(language.tag())
                                dir=(language.direction()) rel="alternate" aria-current=[current] { (words(language).say("language")) }
                        }
                    }
                }
            }
        }
    }
}

fn footer(visit: &Visit) -> Markup {
    html! {
        footer .bottom {
            p { (visit.say("footer-log")) }
            ul {
                li { a href=(visit.href("/yard")) { (visit.say("nav-yard")) } }
                li { a href=(visit.href("/certification")) { (visit.say("nav-certification")) } }
                li { a href="/log/checkpoint" { (visit.say("footer-checkpoint")) } }
                li { a href="/api/policy" { (visit.say("footer-policy")) } }
                li { a href=(visit.href("/issuers")) { (visit.say("footer-issuers")) } }
                li { a href="/openapi.json" { (visit.say("footer-interface")) } }
            }
        }
    }
}

impl Page {
    /// The answer, whose bytes count in `room` until they are sent: for pages that may be as large as a dossier.
    ///
    /// # Errors
    /// Too much is being sent already.
    pub fn held(self, room: &Arc<Semaphore>) -> Result<Response, Problem> {
        let bytes = outgoing::held(self.markup().into_string().into_bytes(), room)?;
        Ok(self.answered(bytes))
    }

    fn answered(self, body: impl IntoResponse) -> Response {
        let language = HeaderValue::from_static(self.visit.words.language.tag());
        let html = HeaderValue::from_static("text/html; charset=utf-8");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, html);
        headers.insert(CONTENT_LANGUAGE, language);
        headers.insert(CONTENT_SECURITY_POLICY, self.policy);
        headers.insert(CACHE_CONTROL, self.cache);
        headers.insert(VARY, HeaderValue::from_static("accept-language"));
        response
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let markup = self.markup().into_string();
        self.answered(markup)
    }
}
