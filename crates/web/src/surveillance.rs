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
        if size == seen {
            continue;
        }
        seen = size;
        let now = clock::moment();
        match desk.surveil(now, false).await {
            Ok(suspended) if suspended.is_empty() => {}
            Ok(suspended) => {
                tracing::info!(certificates = suspended.len(), "suspended by rule");
                if let Err(error) = desk.publish_here(now).await {
                    tracing::warn!(
                        kind = crate::problem::kind_of(&error),
                        "status lists could not be written"
                    );
                }
            }
            // What is due stays due: the next look, or `carnet certify surveil`, does it.
            Err(error) => {
                tracing::warn!(
                    kind = crate::problem::kind_of(&error),
                    "surveillance failed; it is tried again"
                );
                // Those that could be looked at may have been suspended.
                if let Err(error) = desk.publish_here(now).await {
                    tracing::warn!(
                        kind = crate::problem::kind_of(&error),
                        "status lists could not be written"
                    );
                }
                seen = 0;
            }
        }
    }
}
