//! Connections: accepted, counted, timed, and let go without cutting anybody short. HTTP/1.1 only; a reverse proxy in front
//! adds TLS and HTTP/2.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, Shutdown, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use crate::lingering::{Lingering, Settled};
use crate::metrics::Metrics;
use crate::options::Options;
use crate::rate::network;

/// The most bytes of a request's head.
const HEAD: usize = 16 << 10;

/// The most fields of a request's head.
const FIELDS: usize = 64;

/// Connections that have been told that they are one too many, and are kept until what they send has come. Of more at once the
/// oldest go early.
const LEAVING: usize = 256;

/// How long each of them is kept.
const KEPT: Duration = Duration::from_millis(500);

/// What a connection too many hears.
const TOO_MANY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\n\
content-type: application/problem+json\r\n\
content-length: 187\r\n\
retry-after: 1\r\n\
connection: close\r\n\
x-content-type-options: nosniff\r\n\
\r\n\
{\"type\":\"urn:carnet:problem:overloaded\",\"title\":\"The service has more to do than it can hold\",\"status\":503,\
\"detail\":\"too many connections\",\"fix\":\"try again after the time in Retry-After\"}";

/// Where a request came from: the other end of its connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Serves until `stop` is done, then lets every request that was begun be answered, for as long as `drain` at most.
///
/// # Errors
/// The listening socket failed for good.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    options: &Options,
    metrics: Arc<Metrics>,
    stop: impl Future<Output = ()>,
    drain: Duration,
) -> io::Result<()> {
    let limits = &options.limits;
    let connections = Arc::new(Semaphore::new(limits.connections));
    let mut leaving = Leaving::default();
    let clients = Arc::new(Clients::default());
    let graceful = GracefulShutdown::new();
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD)
        .max_headers(FIELDS)
        .half_close(false);

    tokio::pin!(stop);
    loop {
        let due = leaving.due();
        let (stream, address) = tokio::select! {
            biased;
            () = &mut stop => break,
            () = tokio::time::sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                leaving.let_go_until(Instant::now());
                continue;
            }
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) if passes(&error) => {
                    tracing::warn!(error = %error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
                Err(error) => return Err(error),
            },
        };
        let client = network(address.ip());
        // Behind a proxy everybody comes from one address; whom its connections are for is not known before they speak.
        let most = match options.trusted_proxies.contains(&address.ip().to_canonical()) {
            true => limits.connections,
            false => limits.connections_per_client,
        };
        let places = connections.clone().try_acquire_owned().ok();
        let place = places.and_then(|permit| Some((permit, Clients::admit(&clients, client, most)?)));
        let Some(place) = place else {
            metrics.connection_refused();
            leaving.refuse(stream);
            continue;
        };
        // Small answers must not wait for the acknowledgement of the one before.
        let _only_slower = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(limits.stalled));
        let settled = Settled::default();
        let service = service_of(router.clone(), address, settled.clone());
        let stream = Lingering::new(stream, limits, settled);
        let connection = http.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        let metrics = metrics.clone();
        tokio::spawn(async move {
            metrics.connected();
            // What goes wrong on a connection is the client's doing, or its network's.
            let _ended = connection.await;
            metrics.disconnected();
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections were still open when the time to stop was over");
    }
    Ok(())
}

/// The router as hyper calls it, with the peer's address in each request.
fn service_of(
    router: Router,
    address: SocketAddr,
    settled: Settled,
) -> impl hyper::service::Service<
    Request<Incoming>,
    Response = axum::response::Response,
    Error = Infallible,
    Future: Send,
> {
    service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(address.ip()));
        let request = request.map(|body| Body::new(settled.by_end_of(body)));
        router.clone().oneshot(request)
    })
}

/// Whether accepting may work again: a client that went away, or descriptors that other connections will give back.
fn passes(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted, OutOfMemory, WouldBlock};
    let kind = matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted | WouldBlock | OutOfMemory
    );
    // EMFILE and ENFILE have no kind of their own.
    kind || matches!(error.raw_os_error(), Some(23 | 24))
}

/// Connections one too many, oldest first, each with the time until which it is kept. Each has its answer and is closed for
/// writing; closed altogether before its request has come, it would be answered with a reset, which may overtake the answer.
/// Refusing takes neither a task nor any waiting, so that there is an answer for everybody, however many come at once.
#[derive(Default)]
struct Leaving(VecDeque<(Instant, std::net::TcpStream)>);

impl Leaving {
    /// Says that there are too many.
    fn refuse(&mut self, stream: TcpStream) {
        let Ok(mut stream) = stream.into_std() else { return };
        // Does not wait: a new connection has room for some hundred bytes.
        let told = stream.write_all(TOO_MANY);
        if told.and_then(|()| stream.shutdown(Shutdown::Write)).is_err() {
            return;
        }
        if self.0.len() >= LEAVING
            && let Some((_, oldest)) = self.0.pop_front()
        {
            let_go(oldest);
        }
        self.0.push_back((Instant::now() + KEPT, stream));
    }

    /// When the oldest has had its time.
    fn due(&self) -> Option<Instant> {
        self.0.front().map(|(until, _)| *until)
    }

    /// Lets those go that have had their time by `now`.
    fn let_go_until(&mut self, now: Instant) {
        while self.due().is_some_and(|until| until <= now) {
            if let Some((_, stream)) = self.0.pop_front() {
                let_go(stream);
            }
        }
    }
}

/// Closes a connection that has its answer. What has come is read first, up to as much as a head may have, or closing would
/// be a reset.
fn let_go(mut stream: std::net::TcpStream) {
    let mut sent = [0; 1024];
    for _ in 0..HEAD / sent.len() {
        // Does not wait either: the socket is as tokio had it.
        match stream.read(&mut sent) {
            Ok(1..) => {}
            Ok(0) | Err(_) => break,
        }
    }
}

/// How many connections each client has.
#[derive(Default)]
struct Clients(Mutex<HashMap<IpAddr, usize>>);

/// A connection of a client; dropping it makes room for another.
struct Admitted {
    clients: Arc<Clients>,
    client: IpAddr,
}

impl Clients {
    fn admit(this: &Arc<Self>, client: IpAddr, most: usize) -> Option<Admitted> {
        let mut counts = this.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(client).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Admitted {
            clients: this.clone(),
            client,
        })
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut counts = self.clients.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_to_a_connection_too_many_is_as_long_as_it_says() {
        let text = std::str::from_utf8(TOO_MANY).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("content-length: {}\r\n", body.len())),
            "{}",
            body.len()
        );
    }
}
