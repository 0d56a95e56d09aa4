//! Every address of the service, and what each request goes through on the way to its handler.

use std::any::Any;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate as _, SizeAbove};
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::openapi::{Described, Served};
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::{api, envelope, health, openapi, pages, published, static_log, test_add, upload, vc_api};

/// Answers shorter than this gain nothing from compression.
const WORTH_COMPRESSING: u64 = 512;

/// The described routes and their description.
fn described() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Described::openapi())
        .routes(routes!(api::statements::submit))
        .routes(routes!(api::statements::ticket))
        .routes(routes!(api::vehicles::label))
        .routes(routes!(api::vehicles::history))
        .routes(routes!(api::vehicles::dossier))
        .routes(routes!(api::issuers::issuers, api::issuers::enrol))
        .routes(routes!(api::issuers::revoke))
        .routes(routes!(api::issuers::policy))
        .routes(routes!(api::certificates::directory))
        .routes(routes!(api::certificates::credential))
        .merge(api::certification::routes())
        .routes(routes!(api::quotes::quotes))
        .routes(routes!(api::rules::markets))
        .routes(routes!(api::rules::market))
        .routes(routes!(api::rules::changes))
        .routes(routes!(api::rules::changes_feed))
        .routes(routes!(api::sessions::set_up))
        .routes(routes!(api::sessions::log_in, api::sessions::log_out))
        .routes(routes!(api::sessions::me))
        .routes(routes!(api::sessions::password))
        .routes(routes!(
            api::accounts::organisations,
            api::accounts::make_organisation
        ))
        .routes(routes!(api::accounts::accounts, api::accounts::make_account))
        .routes(routes!(api::accounts::change_account))
        .routes(routes!(api::accounts::give_password))
        .routes(routes!(api::tokens::tokens, api::tokens::make_token))
        .routes(routes!(api::tokens::revoke_token))
        .routes(routes!(api::yard::yard))
        .routes(routes!(api::yard::put, api::yard::remove))
        .routes(routes!(api::yard::confirm))
        .routes(routes!(api::shares::shares, api::shares::make_share))
        .routes(routes!(api::shares::withdraw_share))
        .routes(routes!(api::shares::shared))
        .routes(routes!(api::trail::trail))
        .routes(routes!(static_log::checkpoint))
        .merge(published::routes())
        .routes(routes!(health::healthz))
        .routes(routes!(health::version))
        .routes(routes!(health::metrics))
}

/// The description of the interface, without a log.
pub fn description() -> utoipa::openapi::OpenApi {
    openapi::with_rate_limit(described().into_openapi())
}

/// The whole service over a log.
///
/// # Errors
/// The description cannot be written.
pub fn router(app: App) -> Result<Router, serde_json::Error> {
    let (router, document) = described().split_for_parts();
    let document = Served::new(&openapi::with_rate_limit(document))?;
    let tiles = get(static_log::tile);
    let mut router = router
        .route(static_log::TILES, tiles)
        .route("/openapi.json", get(openapi::serve))
        .layer(Extension(document))
        .merge(pages::routes());
    if app.test_issuer.is_some() {
        router = router.route("/add", post(test_add::add));
    }
    if let Some(signer) = &app.test_vc_signer {
        router = router.merge(vc_api::router(signer.clone()));
    }
    // Hashes do not compress; entries and JSON do.
    let compression = CompressionLayer::new()
        .gzip(true)
        .compress_when(SizeAbove::new(WORTH_COMPRESSING).and(NotForContentType::const_new("image/")));
    let router = router
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async |method: Method| {
            let method: String = method.as_str().chars().take(20).collect();
            Problem::new(
                Kind::MethodNotAllowed,
                format!("this address is there, but not for the method {method}"),
                "use a method that the Allow header names",
            )
        })
        .layer(compression)
        .layer(from_fn_with_state(app.clone(), in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), envelope::around))
        // Every body but an upload's, which `in_time` bounds, is read through an extractor of ours, which has its own limit.
        .layer(DefaultBodyLimit::disable())
        .with_state(app);
    Ok(router)
}

/// Bounds an upload, and ends a request that takes too long, whether the client sends too slowly or the service is at fault.
async fn in_time(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>();
    let limits = &app.options.limits;
    let (request, most) = match route.map(MatchedPath::as_str) {
        Some(route) if upload::ADDRESSES.contains(&route) => {
            (upload::bounded(request, limits.upload), limits.upload_time)
        }
        _ => (request, limits.request),
    };
    match tokio::time::timeout(most, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            Kind::Timeout,
            format!(
                "the request was not complete and answered within {} s",
                most.as_secs()
            ),
            "send faster, or less at a time",
        )
        .into_response(),
    }
}

/// A panic is a fault of ours that must cost one request and no more. What it says may quote a request, so it is not logged.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Problem::internal().into_response()
}

/// Keeps the compiler's word that the service can be shared between threads.
const _: fn() = || {
    fn shared<T: Send + Sync>() {}
    shared::<Arc<crate::state::Shared>>();
};
