//! How the service stands: what `/healthz` says and what the metrics show of the log's head.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use desk::Desk;
use serde::Serialize;
use utoipa::ToSchema;

use crate::clock;
use crate::metrics::Metrics;

/// The published head, as last seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Head {
    /// Entries it covers.
    pub size: u64,
    /// The root over them, hex.
    pub root: String,
    /// When the policy's quorum had cosigned it, in seconds since 1970; absent where the policy asks for nobody's word.
    pub as_of: Option<u64>,
}

/// How the service stands.
#[derive(Default)]
pub struct Standing {
    stopping: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    head: Head,
    trouble: Option<String>,
    without: Vec<String>,
    overtaken: u32,
}

/// One process takes over from another now and then. More often than this in a row, the lease keeps no order.
const NOW_AND_THEN: u32 = 2;

impl Standing {
    /// The last sealing or renewal went well, and every cosigner answered.
    pub fn well(&self) {
        let mut inner = self.lock();
        inner.trouble = None;
        inner.without.clear();
    }

    /// The last sealing went well without some of the cosigners.
    pub fn without(&self, cosigners: Vec<String>) {
        let mut inner = self.lock();
        inner.trouble = None;
        inner.without = cosigners;
    }

    /// The last sealing or renewal failed.
    pub fn ill(&self, trouble: String) {
        self.lock().trouble = Some(trouble);
    }

    /// A batch came to nothing because another process had sealed, or taken the lease, since it was begun. How often in a row.
    pub fn overtaken(&self) -> u32 {
        let mut inner = self.lock();
        inner.overtaken = inner.overtaken.saturating_add(1);
        inner.overtaken
    }

    /// The lease keeps order: this process sealed, another one does, or nothing waits.
    pub fn in_turn(&self) {
        self.lock().overtaken = 0;
    }

    /// How often in a row this process was overtaken, where that is more often than it should be.
    pub fn overtaken_again_and_again(&self) -> Option<u32> {
        Some(self.lock().overtaken).filter(|times| *times > NOW_AND_THEN)
    }

    /// Why sealing does not work at the moment.
    pub fn trouble(&self) -> Option<String> {
        self.lock().trouble.clone()
    }

    /// Cosigners that did not answer although the quorum held, and what they said.
    pub fn missing_cosigners(&self) -> Vec<String> {
        self.lock().without.clone()
    }

    /// From now on nothing new is taken.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Whether nothing new is taken.
    pub fn stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// The published head, as last seen.
    pub fn head(&self) -> Head {
        self.lock().head.clone()
    }

    /// Looks at the published checkpoint.
    pub async fn read_head(&self, desk: &Desk, metrics: &Metrics) {
        let note = match desk.store().published_note().await {
            Ok(note) => note,
            Err(error) => {
                tracing::warn!(error = %error, "the published checkpoint cannot be read");
                return;
            }
        };
        let policy = desk.trust(u64::MAX).policy;
        match policy.evaluate(&note) {
            Ok(accepted) => {
                let head = Head {
                    size: accepted.checkpoint.size.0,
                    root: hex::encode(accepted.checkpoint.root.0),
                    as_of: accepted.as_of,
                };
                metrics.head(&head);
                self.lock().head = head;
            }
            Err(error) => {
                tracing::warn!(error = %error, "the published checkpoint does not satisfy the policy")
            }
        }
    }

    /// Seconds since the quorum last cosigned.
    pub fn age(&self) -> Option<u64> {
        let as_of = self.lock().head.as_of?;
        Some(clock::unsigned().saturating_sub(as_of))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere leaves it whole: every change is a single assignment.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
