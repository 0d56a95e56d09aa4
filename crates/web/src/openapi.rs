//! The interface described by itself: made from the handlers' own declarations.

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi::OpenApi as Document;

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
    tags(
        (name = "statements", description = "Handing statements in"),
        (name = "vehicles", description = "What the log knows of a vehicle"),
        (name = "trust", description = "Issuers, and whom a verifier trusts"),
        (name = "certificates", description = "Battery certificates"),
        (name = "quotes", description = "May it enter, and what will it cost"),
        (name = "rules", description = "Import rules behind quotes"),
        (name = "log", description = "The log itself"),
        (name = "service", description = "How the service is"),
    ),
)]
pub struct Described;

/// The description.
#[derive(Clone)]
pub struct Served(pub Document);

/// The OpenAPI description of everything this service answers.
pub async fn serve(axum::Extension(Served(document)): axum::Extension<Served>) -> Json<Document> {
    Json(document)
}
