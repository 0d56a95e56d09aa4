//! The service over HTTP: [c2sp.org/tlog-witness](https://c2sp.org/tlog-witness), with one URL as submission and monitoring prefix.
//!
//! ```text
//! POST /add-checkpoint                            a log asks for a cosignature
//! GET  /<hex SHA-256 of the log's name>/checkpoint   the newest checkpoint cosigned, for monitors
//! GET  /healthz                                   ok
//! GET  /                                          who this is, for people
//! ```
//!
//! TLS belongs to a reverse proxy in front of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

use crate::WitnessError;
use crate::cosign::{Reply, Witness};

/// The longest request: 63 hashes and a checkpoint with the signatures of several post-quantum keys.
const MAX_REQUEST: usize = 256 << 10;

/// Requests worked on at once; the next are told to come again.
const MAX_AT_ONCE: usize = 128;

/// How long a request may take, its body included.
const MAX_TIME: Duration = Duration::from_secs(30);

/// How long a client may be silent in the middle of its body.
const MAX_SILENCE: Duration = Duration::from_secs(10);

struct Shared {
    witness: Arc<Witness>,
    places: Semaphore,
}

/// The routes.
pub fn router(witness: Arc<Witness>) -> Router {
    let shared = Arc::new(Shared {
        witness,
        places: Semaphore::new(MAX_AT_ONCE),
    });
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/{origin}/checkpoint", get(newest))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/", get(about))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .layer(RequestBodyTimeoutLayer::new(MAX_SILENCE))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            MAX_TIME,
        ))
        .with_state(shared)
}

/// Listens; port 0 takes a free one.
///
/// # Errors
/// The address is taken or not ours.
pub async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), WitnessError> {
    let failed = |source| WitnessError::Listen {
        address: address.to_string(),
        source,
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

/// Serves until `stop` resolves, then answers what has begun.
///
/// # Errors
/// The listener failed.
pub async fn serve(
    listener: TcpListener,
    witness: Arc<Witness>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(witness))
        .with_graceful_shutdown(stop)
        .await
}

async fn add_checkpoint(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let Ok(_place) = shared.places.try_acquire() else {
        return response(Reply {
            status: 503,
            content_type: "text/plain; charset=utf-8",
            body: "too many requests at once\n".to_owned(),
            retry_after: Some(1),
        });
    };
    response(shared.witness.add_checkpoint(&body).await)
}

async fn newest(State(shared): State<Arc<Shared>>, Path(origin): Path<String>) -> Response {
    match shared.witness.newest(&origin).await {
        Some(note) => (
            [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::CACHE_CONTROL, "max-age=5"),
            ],
            note.to_bytes(),
        )
            .into_response(),
        None => (StatusCode::NOT_FOUND, "nothing cosigned of such a log\n").into_response(),
    }
}

async fn about(State(shared): State<Arc<Shared>>) -> String {
    let witness = &shared.witness;
    format!(
        "{} {} of transparency logs (c2sp.org/tlog-witness)\n\n{}\n\nLogs it knows: {}\n",
        match witness.role() {
            crate::dir::Role::Witness => "A witness",
            crate::dir::Role::Auditor => "An auditor",
        },
        witness.vkey().name(),
        witness.vkey(),
        witness.dir().logs().map_or(0, |logs| logs.len()),
    )
}

fn response(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.content_type));
    if let Some(seconds) = reply.retry_after {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    (status, headers, reply.body).into_response()
}
