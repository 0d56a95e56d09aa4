//! The way in: submissions of many clients are checked and recorded together, because one transaction costs the disk as much
//! as a thousand; and whoever waits is told when the log has sealed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use desk::Desk;
use desk::receipts::Sealed;
use statement::{Digest, KeyId, SdJwt};
use store::Submitted;
use tlog::LeafIndex;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use vehicle::VehicleId;

use crate::clock;
use crate::metrics::Metrics;
use crate::problem::Problem;

/// Statements recorded in one transaction at most, give or take those of one request.
const TOGETHER: usize = 1000;

/// What became of a statement that waited.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It is in the log.
    Sealed {
        /// Its place.
        log_index: LeafIndex,
        /// The C2SP tlog-proof.
        receipt: Bytes,
    },
    /// It can never be sealed.
    Refused(String),
}

/// The answer to one statement of a submission, at the time it is recorded.
pub type Answer = Result<Submitted, Vec<String>>;

/// One client's submission on its way.
struct Job {
    statements: Vec<SdJwt>,
    answer: oneshot::Sender<Result<Vec<Answer>, Problem>>,
    _room: OwnedSemaphorePermit,
}

/// The door to the log.
pub struct Intake {
    jobs: mpsc::Sender<Job>,
    room: Arc<Semaphore>,
    waiters: Waiters,
    waiting: Arc<AtomicI64>,
    most_waiting: u64,
}

/// The other side of the door.
pub struct Recorder {
    jobs: mpsc::Receiver<Job>,
    waiting: Arc<AtomicI64>,
    wake: Arc<Notify>,
}

impl Intake {
    /// A door through which `queue` statements fit at a time, for a log of which `waiting` are not sealed yet. `wake` is
    /// notified when something is there to be sealed.
    pub fn new(queue: usize, most_waiting: u64, waiting: u64, wake: Arc<Notify>) -> (Self, Recorder) {
        let (sender, jobs) = mpsc::channel(queue.max(1));
        let waiting = Arc::new(AtomicI64::new(i64::try_from(waiting).unwrap_or(i64::MAX)));
        let intake = Self {
            jobs: sender,
            room: Arc::new(Semaphore::new(queue)),
            waiters: Waiters::default(),
            waiting: waiting.clone(),
            most_waiting,
        };
        (intake, Recorder { jobs, waiting, wake })
    }

    /// Who waits for which statement.
    pub fn waiters(&self) -> &Waiters {
        &self.waiters
    }

    /// Statements accepted by this process's count and not sealed yet.
    pub fn waiting(&self) -> u64 {
        // A batch may take a statement away before it is counted in.
        u64::try_from(self.waiting.load(Ordering::Relaxed)).unwrap_or_default()
    }

    /// Takes off the count what a batch took away.
    pub fn sealed(&self, number: usize) {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        self.waiting.fetch_sub(number, Ordering::Relaxed);
    }

    /// The database has nothing that waits.
    pub fn nothing_waits(&self) {
        self.waiting.store(0, Ordering::Relaxed);
    }

    /// Another process seals what this one records, so only those who wait here are counted.
    pub fn sealed_elsewhere(&self) {
        let waiting = i64::try_from(self.waiters.len()).unwrap_or(i64::MAX);
        self.waiting.store(waiting, Ordering::Relaxed);
    }

    /// Hands statements in. Durable on return where they were accepted.
    ///
    /// # Errors
    /// No room, the service is stopping, or the store failed; then the client may send the same again.
    pub async fn submit(&self, statements: Vec<SdJwt>) -> Result<Vec<Answer>, Problem> {
        if self.waiting() >= self.most_waiting {
            let detail = "more statements wait for sealing than this service holds";
            return Err(Problem::overloaded(detail).retry_after(Duration::from_secs(5)));
        }
        let permits = u32::try_from(statements.len()).unwrap_or(u32::MAX);
        let room = self.room.clone().try_acquire_many_owned(permits).map_err(|_| {
            Problem::overloaded("as many statements as this service holds are being recorded")
        })?;
        let (answer, answered) = oneshot::channel();
        let job = Job {
            statements,
            answer,
            _room: room,
        };
        self.jobs.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                Problem::overloaded("as many submissions as this service holds are being recorded")
            }
            mpsc::error::TrySendError::Closed(_) => Problem::shutting_down(),
        })?;
        answered.await.map_err(|_| Problem::shutting_down())?
    }
}

impl Recorder {
    /// Records what comes through the door until `stop` says that nothing more may come and all that came is recorded.
    pub async fn run(mut self, desk: Arc<Desk>, metrics: Arc<Metrics>, stop: Arc<Notify>) {
        let mut stopping = false;
        loop {
            let first = tokio::select! {
                biased;
                job = self.jobs.recv() => job,
                () = stop.notified(), if !stopping => {
                    stopping = true;
                    self.jobs.close();
                    continue;
                }
            };
            let Some(first) = first else { return };
            let mut number = first.statements.len();
            let mut together = vec![first];
            while number < TOGETHER
                && let Ok(job) = self.jobs.try_recv()
            {
                number += job.statements.len();
                together.push(job);
            }
            self.record(&desk, &metrics, together).await;
        }
    }

    async fn record(&self, desk: &Desk, metrics: &Metrics, mut together: Vec<Job>) {
        let counts: Vec<usize> = together.iter().map(|job| job.statements.len()).collect();
        let statements: Vec<SdJwt> = together
            .iter_mut()
            .flat_map(|job| std::mem::take(&mut job.statements))
            .collect();
        let begin = Instant::now();
        match desk.submit(&statements, clock::now()).await {
            Ok(answers) => {
                let accepted = answers
                    .iter()
                    .filter(|answer| matches!(answer, Ok(Submitted::Accepted)))
                    .count() as u64;
                metrics.recorded(statements.len(), accepted, begin.elapsed());
                self.waiting
                    .fetch_add(i64::try_from(accepted).unwrap_or_default(), Ordering::Relaxed);
                if accepted > 0 {
                    self.wake.notify_one();
                }
                let mut answers = answers.into_iter();
                for (job, count) in together.into_iter().zip(counts) {
                    // A client that is gone needs no answer.
                    let _gone = job.answer.send(Ok(answers.by_ref().take(count).collect()));
                }
            }
            Err(error) => {
                let problem = Problem::from(error);
                for job in together {
                    let _gone = job.answer.send(Err(problem.clone()));
                }
            }
        }
    }
}

/// Who waits for which statement to be sealed.
#[derive(Default)]
pub struct Waiters {
    next: AtomicU64,
    by_digest: Mutex<HashMap<Digest, Vec<Waiter>>>,
}

struct Waiter {
    number: u64,
    since: Instant,
    key_id: KeyId,
    vehicle: VehicleId,
    tell: oneshot::Sender<Outcome>,
}

/// A wait for one statement; dropping it gives up.
pub struct Waiting<'w> {
    waiters: &'w Waiters,
    digest: Digest,
    number: u64,
    told: oneshot::Receiver<Outcome>,
}

impl Waiters {
    /// Begins to wait. To be called before the statement is handed in, or its sealing could be missed.
    pub fn wait(&self, statement: &SdJwt) -> Waiting<'_> {
        let (tell, told) = oneshot::channel();
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let digest = statement.digest();
        let waiter = Waiter {
            number,
            since: Instant::now(),
            key_id: statement.key_id(),
            vehicle: statement.claims_unverified().vid.clone(),
            tell,
        };
        self.lock().entry(digest).or_default().push(waiter);
        Waiting {
            waiters: self,
            digest,
            number,
            told,
        }
    }

    /// Those of these places that somebody waits for.
    pub fn waited_for(&self, places: &[(Digest, LeafIndex)]) -> Vec<Sealed> {
        let waiting = self.lock();
        places
            .iter()
            .filter_map(|(digest, at)| {
                let first = waiting.get(digest)?.first()?;
                Some(Sealed {
                    digest: *digest,
                    key_id: first.key_id,
                    vehicle: first.vehicle.clone(),
                    at: *at,
                })
            })
            .collect()
    }

    /// Statements that somebody has waited for longer than `patience`, a few at a time, longest first: they are sealed in order.
    pub fn overdue(&self, patience: Duration, at_most: usize) -> Vec<Digest> {
        let waiting = self.lock();
        let mut overdue: Vec<(Instant, Digest)> = waiting
            .iter()
            .filter_map(|(digest, waiters)| Some((waiters.first()?.since, *digest)))
            .filter(|(since, _)| since.elapsed() > patience)
            .collect();
        drop(waiting);
        overdue.sort_unstable_by_key(|(since, _)| *since);
        overdue
            .into_iter()
            .take(at_most)
            .map(|(_, digest)| digest)
            .collect()
    }

    /// Tells everybody who waits for this statement.
    pub fn tell(&self, digest: &Digest, outcome: &Outcome) {
        let waiters = self.lock().remove(digest);
        for waiter in waiters.into_iter().flatten() {
            let _gone = waiter.tell.send(outcome.clone());
        }
    }

    /// Ends all waiting: those who wait are answered with a ticket.
    pub fn give_up(&self) {
        self.lock().clear();
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, Vec<Waiter>>> {
        // A panic elsewhere leaves the map whole: every change to it is a single call.
        self.by_digest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting<'_> {
    /// What became of the statement, or `None` where that is not known by `deadline`.
    pub async fn outcome(mut self, deadline: tokio::time::Instant) -> Option<Outcome> {
        tokio::time::timeout_at(deadline, &mut self.told).await.ok()?.ok()
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut waiting = self.waiters.lock();
        if let Some(waiters) = waiting.get_mut(&self.digest) {
            waiters.retain(|w| w.number != self.number);
            if waiters.is_empty() {
                waiting.remove(&self.digest);
            }
        }
    }
}
