//! `carnet serve`: the log as a service.

use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use clap::Args;
use desk::access::Actor;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use web::{Options, Service};

use crate::args::Global;
use crate::failure::Failure;
use crate::{account, clock, output};

/// Printed below the options.
pub const AFTER_HELP: &str = "\
Addresses (docs/service.md tells all of it, /openapi.json describes it for programs):
  POST /api/statements                 hand signed statements in; the answer holds their receipts
  GET  /api/vehicles/VIN/history       what the log knows of a car, personal fields withheld
  GET  /api/vehicles/VIN/dossier       the same as a file that proves it offline
  POST /api/quotes                     may a car enter, and what will it cost, in all markets or some
  GET  /log/checkpoint, /log/tile/…    the log itself, as c2sp.org/tlog-tiles says
  GET  /.well-known/did.json, /status/…, /certificates/…, /directory.json    what a certificate names
  GET  /healthz, /metrics, /version

The service seals by itself; `carnet seal` is not needed beside it. SIGTERM or Ctrl-C ends it: what was begun is answered,
what was accepted is sealed. Its log is JSON on standard error and names no car, no client and nothing that was sent.

On a log where nobody has an account yet it prints a setup token, which makes an operator's account once, within a day
(`carnet account setup-token` makes another). Reading needs no account; docs/access.md says what does.

TLS is for a reverse proxy in front. Name the proxy with --trusted-proxy, or all clients share its limits.

Examples:
  carnet serve
  carnet serve --listen 127.0.0.1:8080 --trusted-proxy 127.0.0.1
  carnet serve --print-openapi > openapi.json";

/// The options of `carnet serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen: address and port; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7878", value_parser = address)]
    listen: SocketAddr,
    /// Allow --listen with an address that other machines reach. Without a proxy in front, what clients ask, car numbers
    /// included, then crosses the network unencrypted.
    #[arg(long)]
    open_to_network: bool,
    /// A reverse proxy whose X-Forwarded-For is believed; repeat for several.
    #[arg(long, value_name = "IP")]
    trusted_proxy: Vec<IpAddr>,
    /// Requests per second that one client may send, sustained.
    #[arg(long, value_name = "N", default_value = "50", value_parser = at_least_one::<NonZeroU32>)]
    rate: NonZeroU32,
    /// Requests that one client may send at once after a pause.
    #[arg(long, value_name = "N", default_value = "200", value_parser = at_least_one::<NonZeroU32>)]
    burst: NonZeroU32,
    /// Connections at a time.
    #[arg(long, value_name = "N", default_value = "1024", value_parser = at_least_one::<NonZeroUsize>)]
    max_connections: NonZeroUsize,
    /// Connections at a time from one client.
    #[arg(long, value_name = "N", default_value = "256", value_parser = at_least_one::<NonZeroUsize>)]
    max_connections_per_client: NonZeroUsize,
    /// A folder of rule packs to use instead of those in the program. It may change while the service runs: a pack that fails
    /// the check is refused, and the one in force stays.
    #[arg(long, env = "CARNET_RULES", value_name = "DIR")]
    rules: Option<PathBuf>,
    /// Exchange rates for quotes that bring none: a file of the European Central Bank, or date,from,to,rate,source. Repeatable;
    /// read again when it changes.
    #[arg(long, value_name = "FILE")]
    rates: Vec<PathBuf>,
    /// For load tests: make entries of arbitrary bodies at POST /add. Enrols an issuer `test-add` for good; use a log that is
    /// thrown away.
    #[arg(long)]
    test_add: bool,
    /// For test suites of W3C credentials: POST /credentials/issue and /credentials/verify, with a did:key that is made at the
    /// start and forgotten at the end. Has nothing to do with certificates.
    #[arg(long)]
    test_vc_api: bool,
    /// Print the OpenAPI description and exit; needs no log.
    #[arg(long)]
    print_openapi: bool,
}

impl Serve {
    fn options(&self) -> Options {
        let mut options = Options {
            trusted_proxies: self.trusted_proxy.clone(),
            test_add: self.test_add,
            test_vc_api: self.test_vc_api,
            rules: self.rules.clone(),
            rates: self.rates.clone(),
            ..Options::default()
        };
        options.limits.rate = self.rate;
        options.limits.burst = self.burst;
        options.limits.connections = self.max_connections.get();
        options.limits.connections_per_client = self.max_connections_per_client.get();
        options
    }
}

pub async fn run(global: &Global, serve: &Serve) -> Result<ExitCode, Failure> {
    if serve.print_openapi {
        output::json(&serde_json::to_value(web::description())?)?;
        return Ok(ExitCode::SUCCESS);
    }
    if !serve.listen.ip().is_loopback() {
        let fix = "listen on a loopback address, such as 127.0.0.1:7878";
        if serve.test_add {
            return Err(Failure::Value(format!(
                "--test-add lets anybody write into the log; {fix}"
            )));
        }
        if serve.test_vc_api {
            return Err(Failure::Value(format!(
                "--test-vc-api signs whatever it is sent; {fix}"
            )));
        }
        if !serve.open_to_network {
            return Err(Failure::Value(format!(
                "--listen {}: other machines reach this address, and the service speaks no TLS. Put a reverse proxy in \
                 front of 127.0.0.1:7878, or add --open-to-network if you mean it",
                serve.listen
            )));
        }
    }
    // Before anything is opened: whoever asks for an end early must be heard as well.
    let stop = stopped()?;
    let desk = output::open(global).await?;
    let origin = desk.store().origin().to_owned();
    let service = Service::bind(desk, serve.listen, serve.options()).await?;
    let address = service.address()?;
    web::logging::start(std::io::stderr);
    let setup = service
        .desk()
        .make_first_setup_token(&Actor::Machine, clock::now())
        .await?;
    if global.json {
        let mut said = json!({"origin": origin, "url": format!("http://{address}")});
        if let (Some(setup), Some(said)) = (&setup, said.as_object_mut()) {
            said.insert("setup_token".to_owned(), json!(setup.secret.reveal()));
            said.insert("setup_expires".to_owned(), json!(clock::shown(setup.expires)));
        }
        output::json(&said)?;
    } else {
        output::say(format_args!("Serving the log {origin} at http://{address}"))?;
        if let Some(setup) = &setup {
            output::say("Nobody has an account yet. This token makes an operator's, once:")?;
            account::say_setup(setup, &format!("http://{address}"))?;
        }
    }
    service.run(stop).await?;
    Ok(ExitCode::SUCCESS)
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let fix = "give an IP address and a port, such as 127.0.0.1:7878 or [::1]:7878; port 0 takes a free one";
    text.parse().map_err(|_| fix.to_owned())
}

fn at_least_one<N: FromStr>(text: &str) -> Result<N, String> {
    let fix = "give a whole number of 1 or more: with 0 nobody would be answered";
    text.parse().map_err(|_| fix.to_owned())
}

/// Done when the process is asked to end.
pub fn stopped() -> Result<impl Future<Output = ()>, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
