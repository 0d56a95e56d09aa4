//! What a service is run with. The defaults suit one machine behind a reverse proxy.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Options {
    /// What bounds memory and time.
    pub limits: Limits,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Whether `POST /add` makes test entries of arbitrary bodies. Never on a log that anybody relies on.
    pub test_add: bool,
    /// Whether the VC API of test suites is served, with a key of its own that is forgotten at the end.
    pub test_vc_api: bool,
    /// A folder of rule packs in place of those in the program.
    pub rules: Option<PathBuf>,
    /// Files of exchange rates for quotes that bring none of their own.
    pub rates: Vec<PathBuf>,
    /// How often that folder and those files are looked at for changes.
    pub rules_every: Duration,
    /// How long the sealer gathers after the first statement that waits.
    pub window: Duration,
    /// How long a submission waits for its receipt before it is answered with a ticket.
    pub answer_within: Duration,
    /// How often the checkpoint of a log at rest is cosigned anew.
    pub renew: Duration,
    /// How often at most the histories of certified cars are looked at, when something was sealed.
    pub surveil_every: Duration,
    /// How long a stopping service may take to answer what it has begun.
    pub drain: Duration,
}

/// What bounds memory and time.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Connections at a time; those beyond are answered 503 and closed.
    pub connections: usize,
    /// Connections at a time from one address.
    pub connections_per_client: usize,
    /// How long a client may take for the head of a request, and how long a connection may idle.
    pub head: Duration,
    /// How long a whole request may take, its body included.
    pub request: Duration,
    /// How long a client may stop reading its answer.
    pub stalled: Duration,
    /// Requests per second and client, sustained.
    pub rate: NonZeroU32,
    /// Requests a client may send at once after a pause.
    pub burst: NonZeroU32,
    /// Tiles and bundles per second and client, sustained: mirrors read the whole log, and a tile costs little.
    pub tile_rate: NonZeroU32,
    /// Tiles and bundles a client may ask for at once after a pause.
    pub tile_burst: NonZeroU32,
    /// Bytes of a submission's body.
    pub body: usize,
    /// Bytes of all bodies that are being worked on.
    pub bodies: usize,
    /// Bytes of all dossiers and histories that are being sent.
    pub answers: usize,
    /// Statements handed in and not yet answered.
    pub queue: usize,
    /// Statements accepted and not yet sealed beyond which no more are taken.
    pub waiting: u64,
    /// Dossiers, histories and requests for quotes worked on at a time.
    pub reads: usize,
    /// The same, asked for and not begun.
    pub reads_waiting: usize,
    /// Bytes of telemetry handed in at once, on disk while it is assessed.
    pub upload: u64,
    /// Uploads of telemetry at a time, those being assessed included.
    pub uploads: usize,
    /// Batteries assessed at a time.
    pub assessments: usize,
    /// How long an upload with its assessment may take.
    pub upload_time: Duration,
    /// Rows of one file of telemetry: a small file can unpack to any number.
    pub upload_rows: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            trusted_proxies: Vec::new(),
            test_add: false,
            test_vc_api: false,
            rules: None,
            rates: Vec::new(),
            rules_every: Duration::from_secs(5),
            window: Duration::from_millis(20),
            answer_within: Duration::from_secs(10),
            renew: Duration::from_secs(60),
            surveil_every: Duration::from_secs(30),
            drain: Duration::from_secs(30),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let number = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        Self {
            connections: 1024,
            connections_per_client: 256,
            head: Duration::from_secs(10),
            request: Duration::from_secs(30),
            stalled: Duration::from_secs(30),
            rate: number(50),
            burst: number(200),
            tile_rate: number(1000),
            tile_burst: number(5000),
            body: 2 << 20,
            bodies: 64 << 20,
            answers: 256 << 20,
            queue: 4096,
            waiting: 100_000,
            reads: 8,
            reads_waiting: 256,
            upload: 256 << 20,
            uploads: 4,
            assessments: 2,
            upload_time: Duration::from_secs(600),
            upload_rows: 20_000_000,
        }
    }
}
