//! The task that seals: as soon as something waits, gathered for some milliseconds so that a batch carries many; and with
//! nothing waiting it renews the checkpoint's cosignatures, so that a dossier is never complete as of long ago.
//!
//! Of several processes over one log, one has the lease and seals what all of them take in; the others look up what became of
//! theirs, and the first to find the lease free goes on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use store::{Sealing, StoreError, Submitted};
use tokio::sync::Notify;

use crate::herald::Herald;
use crate::intake::Outcome;

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
    /// The log, and who is told of what was sealed.
    pub herald: Herald,
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
                    if self.herald.standing.trouble().is_some() || renewed.elapsed() >= self.renew {
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
        while self.herald.intake.waiting() < FULL && begin.elapsed() < self.window {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Seals batch after batch until nothing waits.
    async fn seal_all(&self) -> Result<(), SealerError> {
        loop {
            let (begin, mut done) = (Instant::now(), Sealing::default());
            match self.herald.desk.store().seal_batch_into(&mut done).await {
                Ok(()) if done.batches == 0 && done.refused.is_empty() => {
                    // Also what other processes took in or sealed, which nobody counted here.
                    self.herald.intake.nothing_waits();
                    self.herald.standing.in_turn();
                    return Ok(());
                }
                Ok(()) => self.herald.sealed(done, begin.elapsed()).await,
                Err(error) => {
                    self.herald.count(&done, begin.elapsed());
                    return self.failed(error).await;
                }
            }
        }
    }

    /// Seals what waits without having come through this process's door, or was left by whoever had the lease.
    async fn seal_for_others(&self) -> Result<(), SealerError> {
        match self.herald.desk.store().anything_waits().await {
            Ok(false) => {
                self.herald.intake.nothing_waits();
                self.herald.standing.in_turn();
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
        match self.herald.desk.store().refresh_unless_busy().await {
            Ok(done) => {
                let nothing_sealed = Sealing {
                    size: done.size,
                    as_of: done.as_of,
                    renewed: done.renewed,
                    missing_cosigners: done.missing_cosigners,
                    ..Sealing::default()
                };
                self.herald.sealed(nothing_sealed, begin.elapsed()).await;
                Ok(())
            }
            Err(error) => self.failed(error).await,
        }
    }

    async fn failed(&self, error: StoreError) -> Result<(), SealerError> {
        if matches!(error, StoreError::Stopped) {
            return Err(SealerError::Stopped(error));
        }
        if matches!(error, StoreError::Busy { .. } | StoreError::Fenced) {
            self.herald.intake.sealed_elsewhere();
            if matches!(error, StoreError::Busy { .. }) {
                self.herald.standing.in_turn();
                self.herald.standing.well();
            } else {
                let times = self.herald.standing.overtaken();
                tracing::warn!(times, "another process sealed or took the lease in between");
                self.herald.metrics.overtaken();
            }
            self.herald
                .standing
                .read_head(&self.herald.desk, &self.herald.metrics)
                .await;
            return Ok(());
        }
        // What the error advises is for the command line. Nothing need be run beside a service.
        let missing = match &error {
            StoreError::NoQuorum(said) => Some(format!(
                "sealed but not published, the policy's quorum is missing: {said}; nothing is lost, and the service asks again by \
                 itself: whoever runs the log looks after the witnesses named here"
            )),
            _ => None,
        };
        let why = missing.clone().unwrap_or_else(|| error.to_string());
        tracing::warn!(error = why, "sealing failed; it is tried again");
        // Anybody may ask how the service is; where its files lie is nobody's business.
        let failed = || "sealing failed and is tried again; the service's log says why".to_owned();
        self.herald.standing.ill(missing.unwrap_or_else(failed));
        self.herald.metrics.seal_failed();
        self.herald
            .standing
            .read_head(&self.herald.desk, &self.herald.metrics)
            .await;
        tokio::time::sleep(BACK_OFF).await;
        Ok(())
    }

    /// Finds statements somebody waits for that are in the log already: sealed by another process, or by a batch whose
    /// cosignatures came late.
    async fn look_up(&self) {
        let mut places = Vec::new();
        for digest in self.herald.intake.waiters().overdue(LOOK, LOOKED_UP) {
            match self.herald.desk.store().find(&digest).await {
                Ok(Some(Submitted::Sealed(at))) => places.push((digest, at)),
                Ok(Some(Submitted::Refused)) => {
                    let reason = "its issuer's key was revoked before it could be sealed".to_owned();
                    self.herald
                        .intake
                        .waiters()
                        .tell(&digest, &Outcome::Refused(reason));
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(error = %error, "a waiting statement could not be looked up");
                    return;
                }
            }
        }
        let sealed = self.herald.intake.waiters().waited_for(&places);
        self.herald.answer(sealed).await;
    }
}
