//! What goes around every answer: an id, security headers, one line in the log, one count in the metrics.

use std::net::IpAddr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Version};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::encoding;
use crate::pages;
use crate::pages::visit::Visit;
use crate::problem::{Kind, Problem};
use crate::server::Peer;
use crate::state::App;
use crate::static_log;

/// The answer's id, as it stands in the log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// For answers that are not pages: nothing may be loaded, framed or submitted.
const NOTHING: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
);

/// The route of an address that has none.
const NO_ROUTE: &str = "(none)";

/// The client behind the peer.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub IpAddr);

/// Goes around every request.
pub async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let begin = Instant::now();
    let id = next_id();
    // What a client calls its request is not logged: it could carry anything.
    let method = known(request.method());
    // The pattern of the address; the address itself may name a vehicle.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or(NO_ROUTE.to_owned(), |path| path.as_str().to_owned());
    let peer = request.extensions().get::<Peer>().copied();
    let client = peer.map(|peer| client_of(peer, request.headers(), &app.options.trusted_proxies));
    if let Some(client) = client {
        request.extensions_mut().insert(client);
    }
    encoding::takes_plain(request.headers_mut());
    let visit =
        pages::problem::reads_pages(request.headers()).then(|| Visit::of(request.uri(), request.headers()));
    let taken = match (client, route.as_str()) {
        // Whoever watches the service must see it when it is overloaded.
        (None, _) | (_, "/healthz" | "/metrics") => Ok(()),
        (Some(Client(address)), static_log::TILES) => app.tile_rates.take(address),
        (Some(Client(address)), _) => app.rates.take(address),
    };
    let mut response = match taken {
        Ok(()) if !names_one_host(&request) => Problem::new(
            Kind::MalformedRequest,
            "the request names no host, or more than one",
            "send the field Host once",
        )
        .into_response(),
        Ok(()) => next.run(request).await,
        Err(wait) => Problem::new(
            Kind::RateLimited,
            "more requests came from this address than it may send",
            "send fewer, or hand several statements in together; try again after the time in Retry-After",
        )
        .retry_after(wait)
        .into_response(),
    };
    if let Some(visit) = visit {
        response = pages::problem::humane(visit, response);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    secure(response.headers_mut());
    let (status, took) = (response.status().as_u16(), begin.elapsed());
    app.metrics.answered(method, &route, status, took);
    tracing::info!(
        id = id.as_str(),
        method,
        route = route.as_str(),
        status,
        ms = took.as_secs_f64() * 1000.0,
        "answered"
    );
    response
}

/// Whether a request has the one `Host` that HTTP/1.1 demands (RFC 9112, 3.2); `Origin` is compared with it, so that two would
/// be one to choose from. HTTP/1.0 knows none, and some proxies and health checks speak it.
fn names_one_host(request: &Request) -> bool {
    match request.headers().get_all(HOST).iter().count() {
        0 => request.version() == Version::HTTP_10,
        hosts => hosts == 1,
    }
}

/// Sets what a handler has not set otherwise.
fn secure(headers: &mut HeaderMap) {
    let mut default = |name: HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    default(CONTENT_SECURITY_POLICY, NOTHING);
    default(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    default(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    default(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    default(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    default(RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
    default(
        PERMISSIONS_POLICY,
        HeaderValue::from_static("camera=(), geolocation=(), microphone=()"),
    );
    default(CACHE_CONTROL, HeaderValue::from_static("no-store"));
}

/// Who asks: the peer, or, where that is a proxy we trust, the last address before our proxies.
fn client_of(peer: Peer, headers: &HeaderMap, trusted: &[IpAddr]) -> Client {
    let mut client = peer.0.to_canonical();
    if !trusted.contains(&client) {
        return Client(client);
    }
    let lists = headers.get_all(FORWARDED_FOR).iter();
    let addresses: Vec<&str> = lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .collect();
    for address in addresses.iter().rev() {
        let Ok(address) = address.trim().parse::<IpAddr>() else {
            break;
        };
        client = address.to_canonical();
        if !trusted.contains(&client) {
            break;
        }
    }
    Client(client)
}

/// The method's name; anything invented by the client is not repeated.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Unique within a process, and with its random half among processes.
fn next_id() -> String {
    static PROCESS: LazyLock<u32> = LazyLock::new(|| {
        let mut bytes = [0; 4];
        // Without randomness the process number tells apart the processes of one machine.
        match getrandom::fill(&mut bytes) {
            Ok(()) => u32::from_be_bytes(bytes),
            Err(_) => std::process::id(),
        }
    });
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{:08x}-{:x}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(value).unwrap());
        }
        let trusted = ["127.0.0.1", "10.0.0.1"].map(|a| a.parse().unwrap());
        client_of(Peer(peer.parse().unwrap()), &headers, &trusted)
            .0
            .to_string()
    }

    #[test]
    fn a_stranger_cannot_claim_to_be_somebody_else() {
        assert_eq!(client("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
    }

    #[test]
    fn behind_our_proxies_the_last_address_before_them_is_the_client() {
        assert_eq!(
            client("127.0.0.1", &["203.0.113.9, 198.51.100.1, 10.0.0.1"]),
            "198.51.100.1"
        );
    }

    #[test]
    fn a_list_over_several_fields_is_one_list() {
        assert_eq!(
            client("127.0.0.1", &["203.0.113.9", "198.51.100.1"]),
            "198.51.100.1"
        );
    }

    #[test]
    fn what_is_no_address_ends_the_list() {
        assert_eq!(
            client("127.0.0.1", &["198.51.100.1, unknown, 10.0.0.1"]),
            "10.0.0.1"
        );
    }
}
