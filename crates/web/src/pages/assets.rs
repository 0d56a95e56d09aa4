//! Styles, scripts and pictures, embedded. Their names carry their hash, so that a browser may keep them for good.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use desk::words::Language;
use sha2::{Digest as _, Sha256};

use crate::problem::Problem;

/// The address of assets.
pub const ASSETS: &str = "/assets/{name}";

/// A file that pages load.
pub struct Asset {
    name: String,
    media_type: &'static str,
    text: String,
}

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, texts: &[&str]) -> Self {
        let text = texts.concat();
        let hash = hex::encode(&Sha256::digest(&text)[..8]);
        Self {
            name: format!("{stem}.{hash}.{extension}"),
            media_type,
            text,
        }
    }

    /// Where it is.
    pub fn address(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// The words of the page that checks files, one language each, in the order of [`Language::ALL`].
static WORDS: LazyLock<[Asset; 6]> = LazyLock::new(|| {
    Language::ALL.map(|language| {
        let text = match language {
            Language::En => include_str!("../../../../verifier/served/words/en.js"),
            Language::Ko => include_str!("../../../../verifier/served/words/ko.js"),
            Language::Ru => include_str!("../../../../verifier/served/words/ru.js"),
            Language::Ar => include_str!("../../../../verifier/served/words/ar.js"),
            Language::Es => include_str!("../../../../verifier/served/words/es.js"),
            Language::Fr => include_str!("../../../../verifier/served/words/fr.js"),
        };
        Asset::new(&format!("words-{}", language.tag()), "js", SCRIPT, &[text])
    })
});

/// Everything else there is.
static ALL: LazyLock<[Asset; 4]> = LazyLock::new(|| {
    [
        // What a report looks like is said once, for the service and for the page that is saved.
        Asset::new(
            "style",
            "css",
            CSS,
            &[
                include_str!("../../../../verifier/page/style.css"),
                include_str!("../../assets/style.css"),
            ],
        ),
        Asset::new("icon", "svg", SVG, &[include_str!("../../assets/icon.svg")]),
        // Made by verifier/build.js.
        Asset::new(
            "dossier",
            "js",
            SCRIPT,
            &[include_str!("../../../../verifier/served/dossier.js")],
        ),
        Asset::new(
            "verify",
            "js",
            SCRIPT,
            &[include_str!("../../../../verifier/served/verify.js")],
        ),
    ]
});

/// The stylesheet of all pages.
pub fn style() -> &'static Asset {
    &ALL[0]
}

/// The icon.
pub fn icon() -> &'static Asset {
    &ALL[1]
}

/// The script that checks the dossier a page carries.
pub fn dossier_script() -> &'static Asset {
    &ALL[2]
}

/// The script of the page that checks files. It looks for its words where [`verify_words`] puts them.
pub fn verify_script() -> &'static Asset {
    &ALL[3]
}

/// The words of that page in one language.
pub fn verify_words(language: Language) -> &'static Asset {
    let of = |(_, asset): (Language, &'static Asset)| asset;
    let mut all = Language::ALL.into_iter().zip(WORDS.iter());
    all.find(|(known, _)| *known == language).map_or(&WORDS[0], of)
}

/// An asset by its name.
pub async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let asset = ALL
        .iter()
        .chain(WORDS.iter())
        .find(|asset| asset.name == name)
        .ok_or_else(Problem::not_found)?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        // The name changes with the content.
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
    ];
    Ok((headers, asset.text.as_str()).into_response())
}
