//! The log itself, as [c2sp.org/tlog-tiles](https://c2sp.org/tlog-tiles) lays it out: `/log/checkpoint`, `/log/tile/<L>/<N>`,
//! `/log/tile/entries/<N>`, each also as `.p/<W>`.
//!
//! Only the one spelling of a tile's path is an address; whatever else stands there is not found, and never reaches the disk.
//! A partial tile that was tidied away is cut from the full one that replaced it. Full ones never change, so those asked for
//! most are kept in memory.

use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};
use store::Objects;
use tlog::tile::{BundleId, TileId, decode_bundle, encode_bundle};

use crate::problem::Problem;
use crate::state::App;

/// The addresses of tiles and bundles.
pub const TILES: &str = "/log/tile/{*path}";

/// For what never changes. A year is the longest that caches are asked to believe.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// For the checkpoint: it may be replaced every second.
const SHORT: HeaderValue = HeaderValue::from_static("public, max-age=1, must-revalidate");

/// For what is not there: it may be soon.
const NOT_YET: HeaderValue = HeaderValue::from_static("no-store");

/// Bytes of full tiles and bundles kept in memory: those of the newest million entries or so.
const KEPT: u64 = 64 << 20;

/// What a full bundle of statements comes to, about.
const TYPICAL: usize = 27 << 10;

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// A file with its entity tag.
#[derive(Clone)]
pub struct Found {
    bytes: Bytes,
    tag: HeaderValue,
}

impl Found {
    /// The file of these bytes.
    pub fn new(bytes: Bytes) -> Self {
        let tag = tag(&format!("\"{}\"", hash(&bytes)));
        Self { bytes, tag }
    }

    /// The same, which is told from others by what it says alone: bytes that differ otherwise are as good (RFC 9110, 8.8.1).
    pub fn saying(bytes: Bytes, what: &[u8]) -> Self {
        let tag = tag(&format!("W/\"{}\"", hash(what)));
        Self { bytes, tag }
    }
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes).get(..16).unwrap_or_default())
}

/// Quoted hex digits are a header value.
fn tag(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Full tiles and bundles that were asked for before, by path.
pub struct Kept(Cache<String, Found, ByBytes>);

impl Default for Kept {
    fn default() -> Self {
        let number = usize::try_from(KEPT).unwrap_or(usize::MAX) / TYPICAL;
        Self(Cache::with_weighter(number, KEPT, ByBytes))
    }
}

/// What a kept file weighs.
#[derive(Clone)]
struct ByBytes;

impl Weighter<String, Found> for ByBytes {
    fn weight(&self, path: &String, found: &Found) -> u64 {
        u64::try_from(path.len() + found.bytes.len()).unwrap_or(u64::MAX)
    }
}

/// The published checkpoint with its cosignatures.
#[utoipa::path(
    get,
    path = "/log/checkpoint",
    tag = "log",
    responses(
        (status = 200, description = "The checkpoint (c2sp.org/tlog-checkpoint) with its cosignatures", body = String, content_type = "text/plain; charset=utf-8"),
        (status = 304, description = "It is still the one named in If-None-Match"),
    )
)]
pub async fn checkpoint(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    let found = app.desk.store().objects().get("checkpoint").await?;
    let bytes = found.ok_or_else(Problem::not_found)?;
    Ok(answer(
        &headers,
        Found::new(bytes),
        HeaderValue::from_static("text/plain; charset=utf-8"),
        SHORT,
    ))
}

/// A tile or an entry bundle.
pub async fn tile(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    // The path as it was sent: decoding it would give one tile many addresses.
    let path = uri.path().strip_prefix("/log/").ok_or_else(Problem::not_found)?;
    if uri.query().is_some() {
        return Err(Problem::not_found());
    }
    let kept = app.tiles.0.get(path);
    let found = match kept {
        Some(found) => Some(found),
        None => read(&app, path).await?,
    };
    let Some(found) = found else {
        let mut response = Problem::not_found().into_response();
        open_to_all(response.headers_mut());
        response.headers_mut().insert(CACHE_CONTROL, NOT_YET);
        return Ok(response);
    };
    let binary = HeaderValue::from_static("application/octet-stream");
    Ok(answer(&headers, found, binary, FOR_EVER))
}

/// Reads a tile or a bundle, and keeps it where it is full.
async fn read(app: &App, path: &str) -> Result<Option<Found>, Problem> {
    let objects = app.desk.store().objects();
    let (bytes, full) = if let Ok(id) = TileId::parse(path) {
        (hashes(objects, id).await?, id.is_full())
    } else if let Ok(id) = BundleId::parse(path) {
        (entries(objects, id).await?, id.is_full())
    } else {
        (None, false)
    };
    let found = bytes.map(Found::new);
    if let Some(found) = found.as_ref().filter(|_| full) {
        app.tiles.0.insert(path.to_owned(), found.clone());
    }
    Ok(found)
}

async fn hashes(objects: &Objects, id: TileId) -> Result<Option<Bytes>, Problem> {
    if let Some(bytes) = objects.get(&id.path()).await? {
        return Ok(Some(bytes));
    }
    if id.is_full() {
        return Ok(None);
    }
    let full = objects.get(&id.full().path()).await?;
    Ok(full.map(|bytes| bytes.slice(..id.byte_len().min(bytes.len()))))
}

async fn entries(objects: &Objects, id: BundleId) -> Result<Option<Bytes>, Problem> {
    if let Some(bytes) = objects.get(&id.path()).await? {
        return Ok(Some(bytes));
    }
    if id.is_full() {
        return Ok(None);
    }
    let Some(full) = objects.get(&id.full().path()).await? else {
        return Ok(None);
    };
    let damaged = |_| {
        tracing::error!(object = id.full().path(), "an entry bundle is damaged");
        Problem::internal()
    };
    let entries = decode_bundle(&full).map_err(damaged)?;
    let first = entries.get(..usize::from(id.width)).unwrap_or(&entries);
    Ok(Some(Bytes::from(encode_bundle(first).map_err(damaged)?)))
}

/// Answers with a public file, or that it is still the one that was asked about.
pub fn answer(asked: &HeaderMap, found: Found, media_type: HeaderValue, cache: HeaderValue) -> Response {
    let Found { bytes, tag } = found;
    // The weak comparison (RFC 9110, 13.1.2).
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let current = tag.to_str().map(opaque).unwrap_or_default();
    let unchanged = asked
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(opaque)
        .any(|known| known == current || known == "*");
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        bytes.into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type);
    headers.insert(CACHE_CONTROL, cache);
    headers.insert(ETAG, tag);
    open_to_all(headers);
    response
}

/// The log is public: a verifier on anybody's page may read it.
pub fn open_to_all(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
}
