//! What is counted, in the form Prometheus reads. No label carries anything a client sent.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use store::CosignerState;

use crate::standing::Head;

/// Upper bounds in seconds: from a tile out of the page cache to a submission that waited for its receipt.
const SECONDS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Route {
    route: String,
}

/// A cosigner, by the name in the log's own configuration.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Cosigner {
    cosigner: String,
}

/// The service's counters.
pub struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    latency: Family<Route, Histogram, fn() -> Histogram>,
    connections: Gauge,
    connections_refused: Counter,
    statements_received: Counter,
    statements_accepted: Counter,
    record_seconds: Histogram,
    statements_waiting: Gauge,
    clients_waiting: Gauge,
    batches: Counter,
    statements_sealed: Counter,
    statements_set_aside: Counter,
    seal_seconds: Histogram,
    seal_failures: Counter,
    seals_overtaken: Counter,
    log_size: Gauge,
    as_of: Gauge<i64, AtomicI64>,
    checkpoint_age: Gauge<f64, AtomicU64>,
    cosigned_size: Family<Cosigner, Gauge>,
    cosigner_failures: Family<Cosigner, Gauge>,
}

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("carnet"),
            requests: Family::default(),
            latency: Family::new_with_constructor(seconds),
            connections: Gauge::default(),
            connections_refused: Counter::default(),
            statements_received: Counter::default(),
            statements_accepted: Counter::default(),
            record_seconds: seconds(),
            statements_waiting: Gauge::default(),
            clients_waiting: Gauge::default(),
            batches: Counter::default(),
            statements_sealed: Counter::default(),
            statements_set_aside: Counter::default(),
            seal_seconds: seconds(),
            seal_failures: Counter::default(),
            seals_overtaken: Counter::default(),
            log_size: Gauge::default(),
            as_of: Gauge::default(),
            checkpoint_age: Gauge::default(),
            cosigned_size: Family::default(),
            cosigner_failures: Family::default(),
        };
        let all = &mut metrics.registry;
        all.register("http_requests", "Requests answered", metrics.requests.clone());
        all.register(
            "http_request_seconds",
            "Time to the answer's head",
            metrics.latency.clone(),
        );
        all.register(
            "http_connections",
            "Connections open",
            metrics.connections.clone(),
        );
        all.register(
            "http_connections_refused",
            "Connections closed at once because there were too many",
            metrics.connections_refused.clone(),
        );
        all.register(
            "statements_received",
            "Statements handed in, whatever became of them",
            metrics.statements_received.clone(),
        );
        all.register(
            "statements_accepted",
            "Statements recorded for the first time",
            metrics.statements_accepted.clone(),
        );
        all.register(
            "record_seconds",
            "Time to check and record what came together",
            metrics.record_seconds.clone(),
        );
        all.register(
            "statements_waiting",
            "Statements recorded and not sealed yet, by this process's count",
            metrics.statements_waiting.clone(),
        );
        all.register(
            "clients_waiting",
            "Statements somebody waits for at this moment",
            metrics.clients_waiting.clone(),
        );
        all.register("batches", "Batches sealed", metrics.batches.clone());
        all.register(
            "statements_sealed",
            "Statements sealed",
            metrics.statements_sealed.clone(),
        );
        all.register(
            "statements_set_aside",
            "Statements that could not be sealed because their key was revoked",
            metrics.statements_set_aside.clone(),
        );
        all.register(
            "seal_seconds",
            "Time to seal and publish a batch",
            metrics.seal_seconds.clone(),
        );
        all.register(
            "seal_failures",
            "Attempts to seal that failed",
            metrics.seal_failures.clone(),
        );
        all.register(
            "seals_overtaken",
            "Batches that came to nothing because another process sealed or took the lease in between",
            metrics.seals_overtaken.clone(),
        );
        all.register(
            "log_size",
            "Entries under the published checkpoint",
            metrics.log_size.clone(),
        );
        all.register(
            "checkpoint_as_of_timestamp_seconds",
            "When the policy's quorum last cosigned",
            metrics.as_of.clone(),
        );
        all.register(
            "checkpoint_age_seconds",
            "Time since the policy's quorum last cosigned",
            metrics.checkpoint_age.clone(),
        );
        all.register(
            "cosigner_size",
            "Entries each cosigner vouched for when this process asked it last",
            metrics.cosigned_size.clone(),
        );
        all.register(
            "cosigner_failures",
            "How often in a row each cosigner has failed since it last answered this process",
            metrics.cosigner_failures.clone(),
        );
        metrics
    }
}

impl Metrics {
    /// A request was answered. `route` is the pattern of the address, never the address itself.
    pub fn answered(&self, method: &'static str, route: &str, status: u16, took: Duration) {
        let route = route.to_owned();
        self.latency
            .get_or_create(&Route { route: route.clone() })
            .observe(took.as_secs_f64());
        self.requests
            .get_or_create(&Answered {
                method,
                route,
                status,
            })
            .inc();
    }

    /// A connection was opened.
    pub fn connected(&self) {
        self.connections.inc();
    }

    /// A connection was closed.
    pub fn disconnected(&self) {
        self.connections.dec();
    }

    /// A connection was one too many.
    pub fn connection_refused(&self) {
        self.connections_refused.inc();
    }

    /// How the cosigners did when they were asked last.
    pub fn cosigners(&self, states: Vec<CosignerState>) {
        for state in states {
            let cosigner = Cosigner { cosigner: state.name };
            if let Some((size, _)) = state.cosigned {
                let size = i64::try_from(size).unwrap_or(i64::MAX);
                self.cosigned_size.get_or_create(&cosigner).set(size);
            }
            let failures = i64::try_from(state.failures).unwrap_or(i64::MAX);
            self.cosigner_failures.get_or_create(&cosigner).set(failures);
        }
    }

    /// Statements were checked and recorded.
    pub fn recorded(&self, received: usize, accepted: u64, took: Duration) {
        self.statements_received.inc_by(received as u64);
        self.statements_accepted.inc_by(accepted);
        self.record_seconds.observe(took.as_secs_f64());
    }

    /// Batches were sealed.
    pub fn sealed(&self, batches: usize, sealed: usize, set_aside: usize, took: Duration) {
        self.batches.inc_by(batches as u64);
        self.statements_sealed.inc_by(sealed as u64);
        self.statements_set_aside.inc_by(set_aside as u64);
        self.seal_seconds.observe(took.as_secs_f64());
    }

    /// Sealing failed.
    pub fn seal_failed(&self) {
        self.seal_failures.inc();
    }

    /// A batch came to nothing because of another process.
    pub fn overtaken(&self) {
        self.seals_overtaken.inc();
    }

    /// The published head.
    pub fn head(&self, head: &Head) {
        self.log_size.set(i64::try_from(head.size).unwrap_or(i64::MAX));
        if let Some(as_of) = head.as_of {
            self.as_of.set(i64::try_from(as_of).unwrap_or(i64::MAX));
        }
    }

    /// Everything as text, with what is only known when it is asked for.
    pub fn text(&self, waiting: u64, clients_waiting: usize, age: Option<u64>) -> String {
        self.statements_waiting
            .set(i64::try_from(waiting).unwrap_or(i64::MAX));
        self.clients_waiting
            .set(i64::try_from(clients_waiting).unwrap_or(i64::MAX));
        self.checkpoint_age.set(age.map_or(f64::NAN, |age| age as f64));
        let mut out = String::new();
        if text::encode(&mut out, &self.registry).is_err() {
            // A String takes whatever is written to it.
            let _unreachable = out.write_str("# EOF\n");
        }
        out
    }
}
