//! A gate before work that costs much: few at a time, a bounded number before it, the others are sent away at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::problem::Problem;

/// The gate.
pub struct Gate {
    inside: Semaphore,
    before: AtomicUsize,
    most_before: usize,
}

/// Somebody standing before the gate.
struct Before<'g>(&'g Gate);

impl Drop for Before<'_> {
    fn drop(&mut self) {
        self.0.before.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Gate {
    /// A gate that lets `inside` work at a time and `before` wait.
    pub fn new(inside: usize, before: usize) -> Self {
        Self {
            inside: Semaphore::new(inside.max(1)),
            before: AtomicUsize::new(0),
            most_before: before,
        }
    }

    /// Waits for its turn. What is returned is to be kept until the work is done.
    ///
    /// # Errors
    /// Too many wait already.
    pub async fn enter(&self) -> Result<SemaphorePermit<'_>, Problem> {
        let overloaded = || {
            Problem::overloaded("as many dossiers and quotes as this service makes at a time are asked for")
        };
        if let Ok(permit) = self.inside.try_acquire() {
            return Ok(permit);
        }
        let before = self.before.fetch_add(1, Ordering::Relaxed);
        let _standing = Before(self);
        if before >= self.most_before {
            return Err(overloaded());
        }
        self.inside.acquire().await.map_err(|_| overloaded())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_comes_when_too_many_wait_is_sent_away() {
        let gate = Gate::new(1, 0);
        let inside = gate.enter().await.unwrap();
        assert_eq!(gate.enter().await.unwrap_err().status, 503);
        drop(inside);
        assert!(gate.enter().await.is_ok());
    }
}
