//! The log as a service over HTTP: the static log, the JSON interface, and pages for people.
//!
//! | module | what it owns |
//! |---|---|
//! | `service` | starting, and stopping without losing anything |
//! | `server` | connections: how many, how slow |
//! | `lingering` | how connections end, so that who is refused hears why |
//! | `router` | every address, and what a request goes through |
//! | `envelope` | request ids, security headers, the log line, the count |
//! | `intake`, `sealer` | statements of many clients recorded together, sealed, and answered with receipts |
//! | `key_changes` | issuers' keys enrolled and revoked, to the end whoever goes away |
//! | `herald` | what follows a sealing: counted, shown, and those who wait are told |
//! | `api` | the JSON interface, an area to a file |
//! | `pages` | pages for people, in six languages |
//! | `upload` | telemetry on its way to disk, and its assessment |
//! | `surveillance` | certificates suspended when the history of their car gives cause |
//! | `static_log` | tiles, entries and checkpoint as tlog-tiles says |
//! | `published` | what a certification body publishes, at the addresses that its certificates name |
//! | `problem` | every error, as RFC 9457 says |
//! | `access` | who asks, and what may be shown to them |
//! | `health`, `standing`, `metrics` | how the service is |
//! | `vc_api` | the VC API of the W3C's test suites, behind a flag |
//! | `rate`, `gate`, `outgoing`, `options` | limits |
//!
//! It takes no decision about statements or vehicles: those are the desk's. No log line and no metric carries a vehicle, a
//! body, an address as it was sent, or where a request came from.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

mod access;
mod api;
mod clock;
mod encoding;
mod envelope;
mod extract;
mod gate;
mod health;
mod herald;
mod intake;
mod key_changes;
mod lingering;
pub mod logging;
mod metrics;
mod openapi;
mod options;
mod outgoing;
mod pages;
mod problem;
mod published;
mod rate;
mod router;
mod rulebook;
mod sealer;
mod server;
mod service;
mod standing;
mod state;
mod static_log;
mod surveillance;
mod test_add;
mod ticket;
mod upload;
pub mod vc_api;

pub use options::{Limits, Options};
pub use router::description;
pub use service::{ServeError, Service};
