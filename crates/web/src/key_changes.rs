//! Issuers' keys enrolled and revoked for clients, one after another and each to its end, whether or not its client still waits:
//! the trail says that it was begun, and must not be wrong because a connection was cut.

use std::sync::Arc;
use std::time::Instant;

use desk::DeskError;
use desk::access::{Actor, KeyChange};
use desk::issuer::Issuer;
use store::Sealing;
use tokio::sync::{Notify, mpsc, oneshot};

use crate::clock;
use crate::herald::Herald;
use crate::problem::Problem;

/// Changes that wait for their turn.
const WAITING: usize = 64;

/// What is to be done.
pub enum Asked {
    /// A key is to be enrolled.
    Enrol {
        /// Whose.
        issuer: Issuer,
        /// The Ed25519 public key.
        public_key: [u8; 32],
    },
    /// Keys are to be revoked.
    Revoke {
        /// The issuer's id, or one key's in hex.
        issuer: String,
        /// Why.
        reason: String,
    },
}

struct Job {
    actor: Actor,
    asked: Asked,
    answer: oneshot::Sender<Result<u64, DeskError>>,
}

/// Where clients ask.
pub struct KeyChanges(mpsc::Sender<Job>);

/// Who does it.
pub struct KeyChanger {
    jobs: mpsc::Receiver<Job>,
    herald: Herald,
    wake: Arc<Notify>,
}

impl KeyChanges {
    /// Changes to the log that `herald` is of. `wake` is notified when the sealer should look what is the matter.
    pub fn new(herald: Herald, wake: Arc<Notify>) -> (Self, KeyChanger) {
        let (sender, jobs) = mpsc::channel(WAITING);
        (Self(sender), KeyChanger { jobs, herald, wake })
    }

    /// Has keys changed. Answers with the log's size afterwards, or with why the change is not allowed or failed.
    ///
    /// # Errors
    /// Too many wait, or the service is stopping.
    pub async fn make(&self, actor: Actor, asked: Asked) -> Result<Result<u64, DeskError>, Problem> {
        let (answer, answered) = oneshot::channel();
        let job = Job { actor, asked, answer };
        self.0.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                Problem::overloaded("as many changes of keys as this service holds are being made")
            }
            mpsc::error::TrySendError::Closed(_) => Problem::shutting_down(),
        })?;
        answered.await.map_err(|_| Problem::shutting_down())
    }
}

impl KeyChanger {
    /// Makes changes until `stop` says that nothing more may come and all that came is done.
    pub async fn run(mut self, stop: Arc<Notify>) {
        let mut stopping = false;
        loop {
            let job = tokio::select! {
                biased;
                job = self.jobs.recv() => job,
                () = stop.notified(), if !stopping => {
                    stopping = true;
                    self.jobs.close();
                    continue;
                }
            };
            let Some(Job { actor, asked, answer }) = job else {
                return;
            };
            let done = self.make(&actor, asked).await;
            // A client that is gone needs no answer.
            let _gone = answer.send(done);
        }
    }

    async fn make(&self, actor: &Actor, asked: Asked) -> Result<u64, DeskError> {
        let (desk, now) = (&self.herald.desk, clock::now());
        let (begin, mut done) = (Instant::now(), Sealing::default());
        let change = match asked {
            Asked::Enrol { issuer, public_key } => {
                desk.enrol_for(actor, &issuer, public_key, now, &mut done).await
            }
            Asked::Revoke { issuer, reason } => {
                desk.revoke_for(actor, &issuer, &reason, now, &mut done).await
            }
        };
        let size = done.size;
        match change {
            Ok(KeyChange::Published) => self.herald.sealed(done, begin.elapsed()).await,
            Ok(KeyChange::Unpublished(_)) | Err(_) => {
                self.herald.count(&done, begin.elapsed());
                // It finds what is wrong, and says so.
                self.wake.notify_one();
            }
        }
        change.map(|_| size)
    }
}
