//! The interface described by itself: made from the handlers' own declarations.

use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use bytes::Bytes;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, Content, OpenApi as Document, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};

use crate::problem::MEDIA_TYPE;

/// What the description says besides the routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Carnet",
        description = "A public transparency log of vehicle histories. The log itself is served below `/log/` as \
                       https://c2sp.org/tlog-tiles says: `checkpoint`, `tile/<L>/<N>`, `tile/entries/<N>`, each also as \
                       `.p/<W>`; tiles are not described here because their addresses have a varying number of parts. \
                       Every error is `application/problem+json` (RFC 9457) with a stable `type`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    modifiers(&Keys),
    // Routed with the page of the certificate, from which only its ending tells it.
    paths(crate::published::twin),
    tags(
        (name = "statements", description = "Handing statements in"),
        (name = "vehicles", description = "What the log knows of a vehicle"),
        (name = "trust", description = "Issuers, and whom a verifier trusts"),
        (name = "certificates", description = "Battery certificates"),
        (name = "certification", description = "Applying for a certificate, and the steps of the body that decides"),
        (name = "quotes", description = "May it enter, and what will it cost"),
        (name = "access", description = "Accounts, sessions, tokens, the trail"),
        (name = "yard", description = "An organisation's cars, and links to their dossiers"),
        (name = "rules", description = "Import rules behind quotes"),
        (name = "log", description = "The log itself"),
        (name = "service", description = "How the service is"),
    ),
)]
pub struct Described;

/// How a caller is known.
struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_with(Components::default);
        let cookie = ApiKeyValue::with_description(
            "__Host-carnet",
            "A session, from POST /api/session. To change something also send `csrf` from GET /api/me in X-Carnet-Csrf.",
        );
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An API token, from POST /api/tokens: `cnt_…`."))
            .build();
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// Adds what every address may answer but those that whoever watches the service must be able to ask at any time.
pub fn with_rate_limit(mut document: Document) -> Document {
    for (path, item) in &mut document.paths.paths {
        if matches!(path.as_str(), "/healthz" | "/metrics") {
            continue;
        }
        let operations = [
            &mut item.get,
            &mut item.post,
            &mut item.put,
            &mut item.delete,
            &mut item.patch,
        ];
        for operation in operations.into_iter().flatten() {
            operation
                .responses
                .responses
                .entry("429".to_owned())
                .or_insert_with(|| {
                    let problem = Content::new(Some(Ref::from_schema_name("Problem")));
                    let response = ResponseBuilder::new()
                        .description("More requests than this client may send; with `Retry-After`")
                        .content(MEDIA_TYPE, problem);
                    response.build().into()
                });
        }
    }
    document
}

/// The description as it is sent. Every request carries it along, so it is written once.
#[derive(Clone)]
pub struct Served(Bytes);

impl Served {
    /// Writes the description.
    ///
    /// # Errors
    /// Never, as far as its parts can be written.
    pub fn new(document: &Document) -> Result<Self, serde_json::Error> {
        Ok(Self(Bytes::from(serde_json::to_vec(document)?)))
    }
}

/// The OpenAPI description of everything this service answers.
pub async fn serve(axum::Extension(Served(document)): axum::Extension<Served>) -> impl IntoResponse {
    (
        [(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        document,
    )
}
