//! What follows a sealing, whoever asked for it: it is counted, it shows in how the service stands, and those who wait are told.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use desk::Desk;
use desk::receipts::Sealed;
use store::Sealing;

use crate::intake::{Intake, Outcome};
use crate::metrics::Metrics;
use crate::standing::Standing;

/// Tells everybody whom it concerns.
#[derive(Clone)]
pub struct Herald {
    /// The log.
    pub desk: Arc<Desk>,
    /// The door, behind which clients wait.
    pub intake: Arc<Intake>,
    /// What is told to those who ask how the service is.
    pub standing: Arc<Standing>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
}

impl Herald {
    /// Something was sealed and published.
    pub async fn sealed(&self, done: Sealing, took: Duration) {
        self.count(&done, took);
        if done.batches > 0 {
            self.standing.in_turn();
        }
        if done.missing_cosigners.is_empty() {
            self.standing.well();
        } else {
            self.standing.without(done.missing_cosigners);
        }
        self.standing.read_head(&self.desk, &self.metrics).await;
        let waited_for = self.intake.waiters().waited_for(&done.sealed);
        self.answer(waited_for).await;
    }

    /// Something was sealed, maybe, before an error: it does not wait for sealing any more. Its receipts wait until it is published.
    pub fn count(&self, done: &Sealing, took: Duration) {
        if done.batches > 0 {
            self.metrics
                .sealed(done.batches, done.sealed.len(), done.refused.len(), took);
        }
        self.intake.sealed(done.sealed.len() + done.refused.len());
        for refused in &done.refused {
            let outcome = Outcome::Refused(refused.reason.clone());
            self.intake.waiters().tell(&refused.digest, &outcome);
        }
    }

    /// Makes receipts and hands them out, beside the next batch.
    pub async fn answer(&self, sealed: Vec<Sealed>) {
        if sealed.is_empty() {
            return;
        }
        // Taken at once: later it would have to wait for the next batch.
        let head = match self.desk.head().await {
            Ok(head) => head,
            // They stay waiting, and are looked up.
            Err(_) => return,
        };
        let (desk, intake) = (self.desk.clone(), self.intake.clone());
        tokio::spawn(async move {
            let places: Vec<_> = sealed.iter().map(|s| (s.digest, s.at)).collect();
            match desk.receipts(&head, sealed).await {
                Ok(receipts) => {
                    for ((digest, log_index), receipt) in places.into_iter().zip(receipts) {
                        let receipt = Bytes::from(receipt);
                        intake
                            .waiters()
                            .tell(&digest, &Outcome::Sealed { log_index, receipt });
                    }
                }
                Err(error) => tracing::error!(error = %error, "receipts could not be made"),
            }
        });
    }
}
