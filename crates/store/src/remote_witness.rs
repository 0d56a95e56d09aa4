//! A witness or auditor run by others, asked over HTTP ([c2sp.org/tlog-witness](https://c2sp.org/tlog-witness)).

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tlog::cosignature;
use tlog::note::{Note, SignatureLine, Vkey};
use tlog::witness::{AddCheckpoint, parse_cosignatures_body, parse_tree_size_body};
use tlog::{Hash, TreeSize};

use crate::cosigner::{Answer, Cosigner};
use crate::error::StoreError;
use crate::http::{HttpError, Remote};
use crate::objects::Objects;

/// The longest answer that is read: cosignature lines of a few keys, post-quantum ones included, fit many times.
const MAX_ANSWER: usize = 64 << 10;

/// How much of an explanation is repeated to the operator.
const MAX_EXPLANATION: usize = 200;

/// A cosigner reached over HTTP.
pub struct RemoteWitness {
    vkey: Vkey,
    remote: Remote,
    /// The size the witness cosigned last, as far as we know. Zero where we do not: then it tells us.
    recorded: AtomicU64,
}

impl RemoteWitness {
    /// The witness that signs with `vkey` and takes checkpoints below `url`. An answer later than `deadline` is none.
    ///
    /// # Errors
    /// Not a usable URL.
    pub fn new(vkey: Vkey, url: &str, deadline: Duration) -> Result<Self, HttpError> {
        Ok(Self {
            vkey,
            remote: Remote::new(url, deadline)?,
            recorded: AtomicU64::new(0),
        })
    }

    fn failed(&self, problem: impl std::fmt::Display) -> StoreError {
        StoreError::Cosigner {
            name: self.name().to_owned(),
            problem: format!("{}: {problem}", self.remote.url()),
        }
    }

    async fn ask(&self, request: &AddCheckpoint) -> Result<SignatureLine, StoreError> {
        let answer = self
            .remote
            .post("add-checkpoint", request.to_bytes(), MAX_ANSWER)
            .await
            .map_err(|e| self.failed(e))?;
        match answer.status {
            200 => self.line(&request.checkpoint, &answer.body),
            409 => match parse_tree_size_body(&answer.body) {
                Some(size) => {
                    self.recorded.store(size.0, Ordering::SeqCst);
                    Err(self.failed(format!("it has cosigned size {size} last")))
                }
                None => Err(self.failed("it answered 409 without the size it has cosigned last")),
            },
            422 => Err(self.failed(format!(
                "it does not find this log consistent with what it has cosigned (422: {}); if this log was restored \
                 from a backup, stop it: see \"When a witness refuses\" in docs/witnesses.md",
                said(&answer.body)
            ))),
            404 => Err(self.failed("it does not know this log (404); its operator must add this log's key")),
            403 => Err(self.failed("it does not accept this log's signature (403); its operator has another key of this log")),
            status => Err(self.failed(format!("status {status}: {}", said(&answer.body)))),
        }
    }

    /// The witness's own line, verified. SPEC: lines of unknown keys are ignored.
    fn line(&self, note: &Note, body: &[u8]) -> Result<SignatureLine, StoreError> {
        let lines = parse_cosignatures_body(body)
            .map_err(|e| self.failed(format!("its answer is no cosignature: {e}")))?;
        let own = lines
            .into_iter()
            .find(|line| self.vkey.made(line))
            .ok_or_else(|| self.failed("its answer has no line of the key it is known by"))?;
        cosignature::verify(&note.text, &own, &self.vkey)
            .map_err(|_| self.failed("its cosignature does not verify"))?;
        let size = note.text.lines().nth(1).and_then(|size| size.parse().ok());
        if let Some(size) = size {
            self.recorded.store(size, Ordering::SeqCst);
        }
        Ok(own)
    }
}

impl Cosigner for RemoteWitness {
    fn name(&self) -> &str {
        self.vkey.name().as_str()
    }

    fn recorded<'a>(&'a self, _origin: &'a str) -> Answer<'a, TreeSize> {
        Box::pin(async move { Ok(TreeSize(self.recorded.load(Ordering::SeqCst))) })
    }

    fn cosign<'a>(
        &'a self,
        old: TreeSize,
        proof: &'a [Hash],
        note: &'a Note,
        _log: &'a Objects,
    ) -> Answer<'a, SignatureLine> {
        Box::pin(async move {
            let request = AddCheckpoint {
                old,
                proof: proof.to_vec(),
                checkpoint: note.clone(),
            };
            self.ask(&request).await
        })
    }
}

/// The beginning of a witness's explanation, fit for a terminal.
fn said(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let line = text.lines().next().unwrap_or_default();
    let clean: String = line
        .chars()
        .filter(|c| !c.is_control())
        .take(MAX_EXPLANATION)
        .collect();
    if clean.is_empty() {
        "no explanation".to_owned()
    } else {
        clean
    }
}
