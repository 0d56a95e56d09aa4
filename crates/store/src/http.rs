//! Requests to witnesses and to logs elsewhere, with a bound on everything the other side decides.
//!
//! Nothing that comes back is believed: cosignatures and entries verify or do not. What is bounded here is what the other side
//! can cost us: time, memory, and requests to places nobody named (redirects are not followed).

use std::time::Duration;

use reqwest::{Client, StatusCode, Url, redirect};

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(3);

/// A place reached over HTTP, and how long a whole request to it may take.
#[derive(Clone, Debug)]
pub struct Remote {
    base: Url,
    client: Client,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why nothing useful came back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// Not the URL of such a place.
    #[error("{url:?} {problem}")]
    BadUrl {
        /// What was given.
        url: String,
        /// What is wrong, and the fix.
        problem: &'static str,
    },
    /// The system gives no TLS or no roots to check it with.
    #[error("no HTTP client: {0}")]
    NoClient(String),
    /// No connection, no answer in time, or an answer cut short.
    #[error("{0}")]
    NoAnswer(String),
    /// A body longer than such an answer can be.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

impl Remote {
    /// The place at `url`; requests that take longer than `deadline` are given up. HTTPS, or HTTP on this machine.
    ///
    /// # Errors
    /// Another kind of URL, or the system gives no TLS.
    pub fn new(url: &str, deadline: Duration) -> Result<Self, HttpError> {
        let bad = |problem| HttpError::BadUrl {
            url: url.to_owned(),
            problem,
        };
        let mut base = Url::parse(url).map_err(|_| bad("is not a URL; write it as https://host/path"))?;
        let local = match base.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => return Err(bad("names no host; write it as https://host/path")),
        };
        match base.scheme() {
            "https" => {}
            "http" if local => {}
            "http" => return Err(bad("is not protected; use https (http is for this machine only)")),
            _ => return Err(bad("is neither https nor http")),
        }
        if base.query().is_some() || base.fragment().is_some() || !base.username().is_empty() {
            return Err(bad(
                "has more than scheme, host, port and path; leave the rest out",
            ));
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        // One provider of primitives for the whole process; who comes second finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut client = Client::builder()
            .user_agent(concat!("carnet/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(deadline);
        if local {
            client = client.no_proxy();
        }
        let client = client.build().map_err(|e| HttpError::NoClient(deepest(&e)))?;
        Ok(Self { base, client })
    }

    /// The URL with a slash at its end.
    pub fn url(&self) -> &str {
        self.base.as_str()
    }

    /// Asks for what lies at `path` below the URL; at most `limit` bytes are read.
    ///
    /// # Errors
    /// No answer in time, or a longer one.
    pub async fn get(&self, path: &str, limit: usize) -> Result<Answer, HttpError> {
        let request = self.client.get(self.at(path)?);
        self.answer(request, limit).await
    }

    /// Sends `body` to `path` below the URL; at most `limit` bytes of the answer are read.
    ///
    /// # Errors
    /// No answer in time, or a longer one.
    pub async fn post(&self, path: &str, body: Vec<u8>, limit: usize) -> Result<Answer, HttpError> {
        let request = self.client.post(self.at(path)?).body(body);
        self.answer(request, limit).await
    }

    fn at(&self, path: &str) -> Result<Url, HttpError> {
        self.base.join(path).map_err(|_| HttpError::BadUrl {
            url: path.to_owned(),
            problem: "is not a path",
        })
    }

    async fn answer(&self, request: reqwest::RequestBuilder, limit: usize) -> Result<Answer, HttpError> {
        let failed = |e: reqwest::Error| HttpError::NoAnswer(deepest(&e));
        let mut response = request.send().await.map_err(failed)?;
        let status: StatusCode = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > limit {
                return Err(HttpError::TooLong(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: status.as_u16(),
            body,
        })
    }
}

/// The innermost reason: the layers above say only that a request failed, and repeat the URL.
fn deepest(error: &reqwest::Error) -> String {
    if error.is_timeout() && !error.is_connect() {
        return "no answer in time".to_owned();
    }
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        deepest = source;
    }
    deepest.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(300);

    #[test]
    fn only_https_and_http_on_this_machine_are_places() {
        for good in [
            "https://w.example.org/a",
            "http://127.0.0.1:80/x",
            "http://localhost:1",
            "http://[::1]:2/",
        ] {
            assert!(Remote::new(good, SOON).unwrap().url().ends_with('/'), "{good}");
        }
        for bad in [
            "w.example.org",
            "http://w.example.org/",
            "file:///etc/passwd",
            "https://a:b@w.example.org/",
            "https://w.example.org/?x",
        ] {
            assert!(
                matches!(Remote::new(bad, SOON), Err(HttpError::BadUrl { .. })),
                "{bad}"
            );
        }
    }

    #[tokio::test]
    async fn what_speaks_no_tls_is_an_error_and_no_panic() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        let _server = tokio::spawn(async move {
            use tokio::io::AsyncWriteExt as _;
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(b"this is no TLS\n").await;
            }
        });
        let got = Remote::new(&url, SOON).unwrap().get("checkpoint", 10).await;
        assert!(matches!(got, Err(HttpError::NoAnswer(_))), "{got:?}");
    }
}
