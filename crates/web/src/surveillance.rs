//! Surveillance of certificates while the service runs: when something was sealed, the histories of certified cars are looked at, as
//! `carnet seal` does on the command line. At most so often: a busy log seals many times a second.

use std::sync::Arc;
use std::time::Duration;

use desk::Desk;

use crate::clock;
use crate::standing::Standing;

/// Looks whenever the log has grown, at most every `every`, until it is aborted.
pub async fn follow(desk: Arc<Desk>, standing: Arc<Standing>, every: Duration) {
    // What was sealed while no service ran is looked at first.
    let mut seen = 0;
    loop {
        tokio::time::sleep(every).await;
        let size = standing.head().size;
        // What a step owes the log is handed in also where nothing else is sealed.
        let owes = desk.owes_statements().await.unwrap_or(true);
        if size == seen && !owes {
            continue;
        }
        let now = clock::moment();
        let done = match desk.surveil(now, false).await {
            Ok(done) => done,
            Err(error) => {
                tracing::warn!(
                    kind = crate::problem::kind_of(&error),
                    "surveillance failed; it is tried again"
                );
                seen = 0;
                continue;
            }
        };
        for failed in &done.failed {
            tracing::warn!(
                certificate = failed.certificate,
                kind = crate::problem::kind_of(&failed.error),
                "a certificate could not be looked at; it is tried again"
            );
        }
        if let Some(error) = &done.owed {
            tracing::warn!(
                kind = crate::problem::kind_of(error),
                "the log does not take a statement of a certification step; it is handed in again"
            );
        }
        // What is due stays due: the next look, or `carnet certify surveil`, does it.
        seen = if done.is_complete() { size } else { 0 };
        if done.suspended.is_empty() {
            continue;
        }
        tracing::info!(certificates = done.suspended.len(), "suspended by rule");
        if let Err(error) = desk.publish_here(now).await {
            tracing::warn!(
                kind = crate::problem::kind_of(&error),
                "status lists could not be written"
            );
        }
    }
}
