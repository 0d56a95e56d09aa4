//! The service's own log: one JSON object to a line, on standard error.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// What is logged unless `CARNET_LOG` says otherwise. The database's own lines quote statements and are left out.
const USUAL: &str = "info,sqlx=error,hyper=warn,object_store=warn";

/// Starts logging to `writer`, at the levels of the environment variable `CARNET_LOG` (`tracing_subscriber::EnvFilter`).
/// A process logs to the first writer it names.
pub fn start<W>(writer: W)
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let filter = EnvFilter::try_from_env("CARNET_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    let subscriber = tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_env_filter(filter)
        .with_writer(writer)
        .finish();
    // Somebody who embeds the service may log already.
    let _already = tracing::subscriber::set_global_default(subscriber);
}
