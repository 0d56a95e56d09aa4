//! Asking all cosigners at once, and going on as soon as enough have answered.
//!
//! The policy says how many are enough. Whoever has not answered by then is still asked to the end, so that its memory
//! follows the log, and is only waited for a moment, and only if it answered the last time: one cosigner that is down or slow
//! does not delay the others' log. How each of them did last is kept for the operator.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex as StdMutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tlog::TreeSize;
use tlog::cosignature;
use tlog::note::{Note, SignatureLine, Vkey};
use tlog::policy::Policy;
use tlog::tree::{consistency_proof, consistency_tiles};
use tokio::sync::{Mutex, mpsc, watch};
use tokio::time::{Instant, timeout_at};

use crate::cosigner::Cosigner;
use crate::error::StoreError;
use crate::objects::Objects;
use crate::open::Store;
use crate::watch::{Step, Watch};

/// How long those who are not needed any more are waited for, so that their cosignature is published too.
const GRACE: Duration = Duration::from_millis(100);

/// How often a cosigner may say that it stands elsewhere than was thought before it is given up: once because we do not know,
/// once because another process asked it in between.
const ROUNDS: usize = 3;

/// How one cosigner did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CosignerState {
    /// The name its signature lines carry.
    pub name: String,
    /// Whether the policy counts its cosignature.
    pub in_policy: bool,
    /// The size it cosigned last for this process, and when (POSIX seconds).
    pub cosigned: Option<(u64, u64)>,
    /// How often in a row it has failed since.
    pub failures: u64,
    /// What went wrong last, if the last time went wrong.
    pub problem: Option<String>,
}

/// A cosigner with what is known of it.
pub(crate) struct Asked {
    cosigner: Box<dyn Cosigner>,
    in_policy: bool,
    /// One request at a time.
    turn: Mutex<()>,
    /// The newest size it was to be asked for; who waits for a turn with an older one gives up.
    newest: AtomicU64,
    state: StdMutex<CosignerState>,
}

/// What was gathered for one checkpoint.
pub(crate) struct Gathered {
    /// The lines, verified as far as the policy knows their keys.
    pub(crate) lines: Vec<SignatureLine>,
    /// What those said who failed so far.
    pub(crate) missing: Vec<String>,
}

impl Asked {
    pub(crate) fn all(cosigners: Vec<Box<dyn Cosigner>>, policy: &Policy) -> Vec<Arc<Self>> {
        let asked = cosigners.into_iter().map(|cosigner| {
            let name = cosigner.name().to_owned();
            let in_policy = policy
                .witnesses()
                .iter()
                .any(|member| member.vkey.name().as_str() == name);
            Arc::new(Self {
                cosigner,
                in_policy,
                turn: Mutex::new(()),
                newest: AtomicU64::new(0),
                state: StdMutex::new(CosignerState {
                    name,
                    in_policy,
                    cosigned: None,
                    failures: 0,
                    problem: None,
                }),
            })
        });
        asked.collect()
    }

    fn name(&self) -> &str {
        self.cosigner.name()
    }

    fn state(&self) -> CosignerState {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note_outcome(&self, size: TreeSize, outcome: &Result<SignatureLine, StoreError>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome {
            Ok(_) => {
                if state.failures > 0 {
                    tracing::info!(cosigner = state.name, size = size.0, "cosigner answers again");
                }
                state.cosigned = Some((size.0, now()));
                state.failures = 0;
                state.problem = None;
            }
            Err(error) => {
                state.failures += 1;
                state.problem = Some(error.to_string());
                tracing::warn!(
                    cosigner = state.name,
                    in_policy = self.in_policy,
                    failures = state.failures,
                    size = size.0,
                    "no cosignature: {error}"
                );
            }
        }
    }

    /// One cosigner's line for `note`, the checkpoint of `size`; asked again where it stands elsewhere than was thought.
    async fn ask(
        &self,
        origin: &str,
        size: TreeSize,
        note: &Note,
        objects: &Objects,
        known: &[Vkey],
    ) -> Result<SignatureLine, StoreError> {
        self.newest.fetch_max(size.0, Ordering::SeqCst);
        let _turn = self.turn.lock().await;
        if self.newest.load(Ordering::SeqCst) > size.0 {
            return Err(self.failed("was still busy when a newer checkpoint came"));
        }
        let mut old = self.cosigner.recorded(origin).await?;
        let mut last = self.failed("was not asked");
        for _ in 0..ROUNDS {
            let proof = if old.0 > 0 && old < size {
                let tiles = objects.tiles(consistency_tiles(old, size)).await?;
                consistency_proof(old, size, &tiles).map_err(StoreError::format)?
            } else {
                Vec::new()
            };
            match self.cosigner.cosign(old, &proof, note, objects).await {
                Ok(line) => return self.verified(note, line, known),
                Err(error) => last = error,
            }
            let stands = self.cosigner.recorded(origin).await?;
            if stands > size {
                return Err(self.failed(format!(
                    "has cosigned size {stands} of this log, which is larger than the {size} it is asked for: was this \
                     log restored from a backup?"
                )));
            }
            if stands == old {
                break;
            }
            old = stands;
        }
        Err(last)
    }

    /// A line by a key of the policy that does not verify would spoil the checkpoint for everybody who knows the key.
    fn verified(
        &self,
        note: &Note,
        line: SignatureLine,
        known: &[Vkey],
    ) -> Result<SignatureLine, StoreError> {
        for vkey in known.iter().filter(|vkey| vkey.made(&line)) {
            cosignature::verify(&note.text, &line, vkey)
                .map_err(|_| self.failed("its cosignature does not verify"))?;
        }
        Ok(line)
    }

    fn failed(&self, problem: impl std::fmt::Display) -> StoreError {
        StoreError::Cosigner {
            name: self.name().to_owned(),
            problem: problem.to_string(),
        }
    }
}

impl Store {
    /// How each cosigner did when this process asked it last.
    pub fn cosigners(&self) -> Vec<CosignerState> {
        self.cosigners.iter().map(|asked| asked.state()).collect()
    }

    /// Asks everybody to cosign `note`, the signed checkpoint of `size`. Returns once their answers meet the policy's quorum, or
    /// everybody has answered. All read `log`; who asks for public files is asked once `written` says that they are.
    ///
    /// # Errors
    /// Only what a test injects: a cosigner that fails is missing, and nothing more.
    pub(crate) async fn gather(
        &self,
        size: TreeSize,
        note: &Note,
        log: &Objects,
        written: watch::Receiver<bool>,
    ) -> Result<Gathered, StoreError> {
        let known: Arc<Vec<Vkey>> =
            Arc::new(self.policy.witnesses().iter().map(|w| w.vkey.clone()).collect());
        let (send, mut answers) = mpsc::unbounded_channel();
        // Who has not answered yet, and whether it is worth a moment's wait.
        let mut open: Vec<Option<bool>> = Vec::with_capacity(self.cosigners.len());
        for (position, asked) in self.cosigners.iter().enumerate() {
            open.push(Some(asked.state().failures == 0));
            let (asked, send, known) = (asked.clone(), send.clone(), known.clone());
            let (origin, note) = (self.origin().to_owned(), note.clone());
            let (objects, watch): (Objects, Arc<dyn Watch>) = (log.clone(), self.watch.clone());
            let mut written = written.clone();
            // A task of its own, because it goes on when nobody waits for it any more.
            tokio::spawn(async move {
                let step = Step::Cosign(asked.name().to_owned());
                // Without the files, nobody waits for the answer any more.
                if asked.cosigner.reads_public_files() && written.wait_for(|all| *all).await.is_err() {
                    return;
                }
                let answer = async {
                    watch.before(&step)?;
                    let answer = asked.ask(&origin, size, &note, &objects, &known).await;
                    asked.note_outcome(size, &answer);
                    watch.after(&step)?;
                    Ok::<_, StoreError>(answer)
                };
                // Nobody receives where the quorum was complete without it.
                let _ = send.send((position, answer.await));
            });
        }
        drop(send);

        let mut gathered = Gathered {
            lines: Vec::new(),
            missing: Vec::new(),
        };
        let mut until = None;
        loop {
            if until.is_none() && self.quorum_holds(note, &gathered.lines) {
                until = Some(Instant::now() + GRACE);
            }
            let next = match until {
                None => answers.recv().await,
                Some(until) if open.contains(&Some(true)) => {
                    timeout_at(until, answers.recv()).await.unwrap_or(None)
                }
                Some(_) => None,
            };
            let Some((position, answer)) = next else { break };
            if let Some(open) = open.get_mut(position) {
                *open = None;
            }
            match answer? {
                Ok(line) => gathered.lines.push(line),
                Err(error) => gathered.missing.push(error.to_string()),
            }
        }
        for (asked, open) in self.cosigners.iter().zip(open) {
            if open.is_some() {
                gathered
                    .missing
                    .push(asked.failed("has not answered yet").to_string());
            }
        }
        Ok(gathered)
    }

    fn quorum_holds(&self, note: &Note, lines: &[SignatureLine]) -> bool {
        let mut note = note.clone();
        note.signatures.extend_from_slice(lines);
        self.policy.evaluate(&note).is_ok()
    }
}

/// POSIX seconds.
pub(crate) fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}
