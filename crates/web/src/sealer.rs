//! The task that seals: as soon as something waits, gathered for some milliseconds so that a batch carries many; and with
//! nothing waiting it renews the checkpoint's cosignatures, so that a dossier is never complete as of long ago.
//!
//! Of several processes over one log, one has the lease and seals what all of them take in; the others look up what became of
//! theirs, and the first to find the lease free goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use desk::Desk;
use desk::receipts::Sealed;
use store::{Sealing, StoreError, Submitted};
use tokio::sync::Notify;

use crate::intake::{Intake, Outcome};
use crate::metrics::Metrics;
use crate::standing::Standing;

/// Statements that make gathering longer pointless: a full batch.
const FULL: u64 = 1000;

/// How often to look whether another process has sealed what is waited for here, and whether it has taken in what nobody seals.
const LOOK: Duration = Duration::from_millis(250);

/// Statements looked up at a time.
const LOOKED_UP: usize = 200;

/// How long to leave a store alone that could not seal.
const BACK_OFF: Duration = Duration::from_millis(500);

/// Seals.
pub struct Sealer {
    /// The log.
    pub desk: Arc<Desk>,
    /// The door, behind which clients wait.
    pub intake: Arc<Intake>,
    /// What is told to those who ask how the service is.
    pub standing: Arc<Standing>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Notified when something waits.
    pub wake: Arc<Notify>,
    /// How long to gather.
    pub window: Duration,
    /// How often to renew.
    pub renew: Duration,
}

/// Why sealing ended.
#[derive(Debug, thiserror::Error)]
pub enum SealerError {
    /// The store can no longer be used by this process; the next one continues from the database.
    #[error("the log can no longer be sealed by this process: {0}; start it again")]
    Stopped(StoreError),
}

impl Sealer {
    /// Seals until `stop` is notified, and then what waits at that moment.
    ///
    /// # Errors
    /// The store stopped: the process must be started again.
    pub async fn run(self, stop: Arc<Notify>) -> Result<(), SealerError> {
        let mut renewed = Instant::now();
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        // What an earlier process left is sealed first, and the checkpoint is fresh from the start.
        self.renew().await?;
        loop {
            tokio::select! {
                biased;
                () = stop.notified() => return self.seal_all().await,
                // Before the next batch: where statements never stop coming, those who wait for another's batch are told all the same.
                _ = look.tick() => {
                    self.look_up().await;
                    self.seal_for_others().await?;
                    if self.standing.trouble().is_some() || renewed.elapsed() >= self.renew {
                        self.renew().await?;
                        renewed = Instant::now();
                    }
                }
                () = self.wake.notified() => {
                    self.gather().await;
                    self.seal_all().await?;
                }
            }
        }
    }

    /// Waits for others who are about to come.
    async fn gather(&self) {
        let begin = Instant::now();
        while self.intake.waiting() < FULL && begin.elapsed() < self.window {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Seals batch after batch until nothing waits.
    async fn seal_all(&self) -> Result<(), SealerError> {
        loop {
            let (begin, mut done) = (Instant::now(), Sealing::default());
            match self.desk.store().seal_batch_into(&mut done).await {
                Ok(()) if done.batches == 0 && done.refused.is_empty() => {
                    // Also what other processes took in or sealed, which nobody counted here.
                    self.intake.nothing_waits();
                    return Ok(());
                }
                Ok(()) => self.sealed(done, begin.elapsed()).await,
                Err(error) => {
                    self.count(&done, begin.elapsed());
                    return self.failed(error).await;
                }
            }
        }
    }

    /// Seals what waits without having come through this process's door, or was left by whoever had the lease.
    async fn seal_for_others(&self) -> Result<(), SealerError> {
        match self.desk.store().anything_waits().await {
            Ok(false) => {
                self.intake.nothing_waits();
                Ok(())
            }
            Ok(true) => self.seal_all().await,
            Err(error) => self.failed(error).await,
        }
    }

    /// Seals what waits, and asks the cosigners for a newer time.
    async fn renew(&self) -> Result<(), SealerError> {
        self.seal_all().await?;
        let begin = Instant::now();
        match self.desk.store().refresh_unless_busy().await {
            Ok(done) => {
                let nothing_sealed = Sealing {
                    size: done.size,
                    missing_cosigners: done.missing_cosigners,
                    ..Sealing::default()
                };
                self.sealed(nothing_sealed, begin.elapsed()).await;
                Ok(())
            }
            Err(error) => self.failed(error).await,
        }
    }

    /// Something was sealed, maybe, before an error: it does not wait for sealing any more. Its receipts wait until it is published.
    fn count(&self, done: &Sealing, took: Duration) {
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

    async fn sealed(&self, done: Sealing, took: Duration) {
        self.count(&done, took);
        if done.missing_cosigners.is_empty() {
            self.standing.well();
        } else {
            self.standing.without(done.missing_cosigners);
        }
        self.standing.read_head(&self.desk, &self.metrics).await;
        let waited_for = self.intake.waiters().waited_for(&done.sealed);
        self.answer(waited_for).await;
    }

    /// Makes receipts and hands them out, beside the next batch.
    async fn answer(&self, sealed: Vec<Sealed>) {
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

    async fn failed(&self, error: StoreError) -> Result<(), SealerError> {
        if matches!(error, StoreError::Stopped) {
            return Err(SealerError::Stopped(error));
        }
        if matches!(error, StoreError::Busy { .. } | StoreError::Fenced) {
            self.intake.sealed_elsewhere();
            if matches!(error, StoreError::Busy { .. }) {
                self.standing.well();
            }
            self.standing.read_head(&self.desk, &self.metrics).await;
            return Ok(());
        }
        tracing::warn!(error = %error, "sealing failed; it is tried again");
        // Anybody may ask how the service is; where its files lie is nobody's business.
        self.standing.ill(match error {
            StoreError::NoQuorum(_) => error.to_string(),
            _ => "sealing failed and is tried again; the service's log says why".to_owned(),
        });
        self.metrics.seal_failed();
        self.standing.read_head(&self.desk, &self.metrics).await;
        tokio::time::sleep(BACK_OFF).await;
        Ok(())
    }

    /// Finds statements somebody waits for that are in the log already: sealed by another process, or by a batch whose
    /// cosignatures came late.
    async fn look_up(&self) {
        let mut places = Vec::new();
        for digest in self.intake.waiters().overdue(LOOK, LOOKED_UP) {
            match self.desk.store().find(&digest).await {
                Ok(Some(Submitted::Sealed(at))) => places.push((digest, at)),
                Ok(Some(Submitted::Refused)) => {
                    let reason = "its issuer's key was revoked before it could be sealed".to_owned();
                    self.intake.waiters().tell(&digest, &Outcome::Refused(reason));
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = %error, "a waiting statement could not be looked up");
                    return;
                }
            }
        }
        let sealed = self.intake.waiters().waited_for(&places);
        self.answer(sealed).await;
    }
}
