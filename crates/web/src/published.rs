//! What a certification body publishes, at the addresses that its certificates name: DID document, status lists, directory, the
//! credentials without vehicle id, context and schema; `carnet certify publish` writes the same as files.
//!
//! Answered from the database, so that every process says what is so after the last step. Names are compared with those there are,
//! and never reach the disk.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::map_response;
use axum::response::Response;
use bytes::Bytes;
use certificate::credential::{context as contexts, schema as schemas};
use desk::certify::publish::{StatusBits, written};
use serde_json::Value;
use tokio::sync::Mutex;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::clock;
use crate::extract::Path;
use crate::problem::Problem;
use crate::state::App;
use crate::static_log::{Found, answer, open_to_all};

/// What follows the steps of the body: as long as a suspension may go unseen in a cache.
const SOON: HeaderValue = HeaderValue::from_static("public, max-age=60");

/// The DID document: a key that is revoked must be gone from it before long.
const KEYS: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// What changes with the program.
const WITH_THE_PROGRAM: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// The media type of a credential (W3C Verifiable Credentials Data Model v2.0, 7).
const CREDENTIAL: HeaderValue = HeaderValue::from_static("application/vc");

/// Lists are good for a week from when they were signed; so often they are signed anew where nothing changes.
const SIGN_AGAIN: Duration = Duration::from_secs(3600);

/// The status lists as they were signed last: a signature for each request would be work for strangers to ask for.
#[derive(Default)]
pub struct SignedLists(Mutex<Option<Lists>>);

struct Lists {
    signed: Instant,
    /// The address of the key that signed them.
    method: String,
    bits: StatusBits,
    by_name: HashMap<String, Found>,
}

/// The DID document of the body, where a `did:web` without a path has it.
#[utoipa::path(get, path = "/.well-known/did.json", tag = "certificates", responses(
    (status = 200, description = "The body's DID document", body = Value, content_type = "application/did+json"),
    (status = 304, description = "It is still the one named in If-None-Match"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "Nobody certifies with this log"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The body's key is not on this machine, or was revoked"),
))]
pub async fn did_document(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    body_certifies(&app).await?;
    let document = app.desk.did_document().await?;
    let media_type = HeaderValue::from_static("application/did+json");
    Ok(answer(&headers, found(&document)?, media_type, KEYS))
}

/// The same, where a `did:web` with a path has it: beside the rest.
#[utoipa::path(get, path = "/did.json", tag = "certificates", responses(
    (status = 200, description = "The body's DID document", body = Value, content_type = "application/did+json"),
    (status = 304, description = "It is still the one named in If-None-Match"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "Nobody certifies with this log"),
    (status = 409, body = Problem, content_type = "application/problem+json", description = "The body's key is not on this machine, or was revoked"),
))]
pub async fn did_document_beside(app: State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    did_document(app, headers).await
}

/// A status list: which certificates are revoked, or suspended.
#[utoipa::path(get, path = "/status/{list}", tag = "certificates",
    params(("list" = String, Path, description = "`revocation-1.json`, `suspension-1.json`, and so on")),
    responses(
        (status = 200, description = "spec/credential.md", body = Value, content_type = "application/vc"),
        (status = 304, description = "It is still the one named in If-None-Match"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, body = Problem, content_type = "application/problem+json", description = "The body's key is not on this machine, or was revoked"),
    )
)]
pub async fn status_list(
    State(app): State<App>,
    Path(list): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    body_certifies(&app).await?;
    // Held while the bits are read: of two answers the one with the older bits must not be signed later.
    let mut kept = app.status_lists.0.lock().await;
    let now = clock::moment();
    // Also where nothing changed: a list whose key was revoked meanwhile is not served on.
    let method = app.desk.signing_method().await?;
    let bits = app.desk.status_bits().await?;
    let current = kept.as_ref().is_some_and(|lists| {
        lists.method == method && lists.bits == bits && lists.signed.elapsed() < SIGN_AGAIN
    });
    if !current {
        let mut by_name = HashMap::new();
        for (name, list) in app.desk.signed_status_lists(&bits, now).await? {
            by_name.insert(name, found(&list)?);
        }
        *kept = Some(Lists {
            signed: Instant::now(),
            method,
            bits,
            by_name,
        });
    }
    let named = kept.as_ref().and_then(|lists| lists.by_name.get(&list)).cloned();
    drop(kept);
    let found = named.ok_or_else(Problem::not_found)?;
    Ok(answer(&headers, found, CREDENTIAL, SOON))
}

/// The directory as a file: every certificate ever issued, and whether it is in force.
#[utoipa::path(get, path = "/directory.json", tag = "certificates", responses(
    (status = 200, description = "The directory, as `carnet verify --directory` takes it", body = Value),
    (status = 304, description = "It is still the one named in If-None-Match"),
    (status = 404, body = Problem, content_type = "application/problem+json", description = "Nobody certifies with this log"),
))]
pub async fn directory(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    body_certifies(&app).await?;
    let document = app.desk.directory_document(clock::moment()).await?;
    let media_type = HeaderValue::from_static("application/json");
    // When it was asked for is in it too, and would make each answer another one.
    let says = written(&document["certificates"])?;
    let found = Found::saying(Bytes::from(written(&document)?), &says);
    Ok(answer(&headers, found, media_type, SOON))
}

/// A certificate as a signed W3C credential without vehicle id, at its address with `.json` at the end.
#[utoipa::path(get, path = "/certificates/{certificate}.json", tag = "certificates",
    params(("certificate" = String, Path, description = "The certificate's number")),
    responses(
        (status = 200, description = "spec/credential.md", body = Value, content_type = "application/vc"),
        (status = 304, description = "It is still the one named in If-None-Match"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json", description = "There is no such certificate, or its car was erased"),
    )
)]
pub async fn twin(
    State(app): State<App>,
    Path(number): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !app.desk.lists(&number).await? {
        return Err(Problem::not_found());
    }
    let twin = app.desk.kept_twin(&number).await?;
    let twin = twin.ok_or_else(Problem::not_found)?;
    Ok(answer(&headers, found(&twin)?, CREDENTIAL, SOON))
}

/// The JSON-LD context of certificates.
#[utoipa::path(get, path = "/contexts/carnet-v1.jsonld", tag = "certificates", responses(
    (status = 200, description = "What the names in a certificate mean", body = Value, content_type = "application/ld+json"),
    (status = 304, description = "It is still the one named in If-None-Match"),
))]
pub async fn context(headers: HeaderMap) -> Response {
    let found = Found::new(Bytes::from_static(contexts::CARNET.document));
    let media_type = HeaderValue::from_static("application/ld+json");
    answer(&headers, found, media_type, WITH_THE_PROGRAM)
}

/// The JSON Schema of certificates.
#[utoipa::path(get, path = "/certificate.schema.json", tag = "certificates", responses(
    (status = 200, description = "The form of a certificate", body = Value, content_type = "application/schema+json"),
    (status = 304, description = "It is still the one named in If-None-Match"),
))]
pub async fn schema(headers: HeaderMap) -> Response {
    let found = Found::new(Bytes::from_static(schemas::CERTIFICATE.as_bytes()));
    let media_type = HeaderValue::from_static("application/schema+json");
    answer(&headers, found, media_type, WITH_THE_PROGRAM)
}

fn found(document: &Value) -> Result<Found, Problem> {
    Ok(Found::new(Bytes::from(written(document)?)))
}

/// Where nobody certifies with this log, it publishes nothing.
async fn body_certifies(app: &App) -> Result<(), Problem> {
    match app.desk.certifies().await? {
        true => Ok(()),
        false => Err(Problem::not_found()),
    }
}

/// A program on anybody's page may also read why there is nothing; none of that is kept, for it may be there soon.
pub async fn readable_everywhere(mut response: Response) -> Response {
    open_to_all(response.headers_mut());
    if response.status().is_client_error() || response.status().is_server_error() {
        let never = HeaderValue::from_static("no-store");
        response.headers_mut().insert(CACHE_CONTROL, never);
    }
    response
}

/// The addresses of the body, but for the twins, which are routed with the pages of certificates.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(did_document))
        .routes(routes!(did_document_beside))
        .routes(routes!(status_list))
        .routes(routes!(directory))
        .routes(routes!(context))
        .routes(routes!(schema))
        .layer(map_response(readable_everywhere))
}
