//! Recording: sign where the key is here, check everything, submit; and a report in which no line is missing.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use dossier::erasure::Notice;
use history::map::KeyRecord;
use index::Label;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use statement::vocabulary::StatementType;
use statement::{Claims, Confidence, Digest, IssuerSigningKey, KeyId, SdJwt, form82, issue, vocabulary};
use store::{Foresight, SignedFrom, StoreError, Submission, Submitted};
use vehicle::{CheckDigit, VehicleId, Vin};

use crate::checkers;
use crate::data_dir;
use crate::desk::Desk;
use crate::draft::{self, Draft};
use crate::error::DeskError;
use crate::input::{self, Files, Item, Line};
use crate::legible::legible;
use crate::prepared::ByKeyId;
use crate::refused::RefusedFiles;

/// Statements checked and submitted together. A multiple keeps both cores busy, and one transaction carries them all.
const CHUNK: usize = 1000;

/// Lines read ahead of checking.
const AHEAD_LINES: usize = 64;

/// The largest condition record that is read.
const MAX_FORM: u64 = 1 << 20;

/// The most text held between reading and submitting, in bytes.
const CHUNK_TEXT: usize = 8 << 20;

/// Refused lines kept in the report in full. All of them are counted, and written out where a file is named.
const KEPT: usize = 1000;

/// Statements listed one by one in a report, so that its size does not follow that of the files.
const LISTED: usize = 100_000;

/// How far an event or a signature may lie ahead of this machine's clock, in seconds: clocks and time zones differ.
const AHEAD: i64 = 26 * 3600;

/// The year 1886, when the first car was patented, in seconds of Unix time.
const FIRST_CAR: i64 = -2_650_752_000;

/// How to record.
#[derive(Clone, Debug, Default)]
pub struct RecordOptions {
    /// The mapping for CSV files; otherwise the file beside the CSV.
    pub mapping: Option<PathBuf>,
    /// Check everything and submit nothing.
    pub dry_run: bool,
    /// Where refused lines are written, to be mended and recorded again.
    pub refused: Option<PathBuf>,
    /// Take drafts although what they say was erased.
    pub again_after_erasure: bool,
}

/// What became of what was in the files.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RecordReport {
    /// Statements read.
    pub read: u64,
    /// Accepted; they wait for sealing. In a dry run: would be accepted.
    pub accepted: u64,
    /// Known already.
    pub duplicates: u64,
    /// Those that are here now, in the order read; the first 100,000.
    pub statements: Vec<RecordedLine>,
    /// Accepted, with something to look at again: one line for each vehicle; the first 1,000.
    pub doubtful: Vec<DoubtfulLine>,
    /// Refused, each with its place and its faults; the first 1,000.
    pub refused: Vec<RefusedLine>,
    /// How many were refused.
    pub refused_total: u64,
    /// The files that hold the refused lines.
    pub refused_files: Vec<PathBuf>,
    /// Those of them that are tables, with the mapping that each is recorded with.
    pub refused_mappings: BTreeMap<PathBuf, PathBuf>,
    /// What else lies in the folder and was not read: why, and how it is recorded.
    pub passed_over: Vec<(PathBuf, String)>,
    /// Files that could not be read, or not to their end, and why. What was read of them before is counted above.
    pub unusable: Vec<(PathBuf, String)>,
    /// Whether nothing was submitted on purpose.
    pub dry_run: bool,
}

/// A line that is here now, or was already.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedLine {
    /// The file.
    pub file: PathBuf,
    /// The line in it.
    pub line: u64,
    /// The statement's digest, by which `carnet receipt` finds it.
    pub digest: Digest,
    /// Its place in the log, if it was sealed before.
    pub log_index: Option<u64>,
}

/// A line that was recorded although a person should look at it again.
#[derive(Clone, Debug, Serialize)]
pub struct DoubtfulLine {
    /// The file.
    pub file: PathBuf,
    /// The line in it.
    pub line: u64,
    /// The doubt, with value and fix.
    pub doubt: String,
}

/// A line that was not recorded.
#[derive(Clone, Debug, Serialize)]
pub struct RefusedLine {
    /// The file.
    pub file: PathBuf,
    /// The line in it.
    pub line: u64,
    /// What is wrong, with value and fix.
    pub faults: Vec<String>,
}

/// What a condition record does not say of itself.
#[derive(Clone, Debug)]
pub struct FormHeader {
    /// The inspector's issuer id.
    pub issuer: String,
    /// The car, as typed.
    pub vehicle: String,
    /// When it was inspected, with offset.
    pub event_time: String,
    /// Where, as UN/LOCODE.
    pub place: Option<String>,
    /// That the number written on the form is known to be another than the car's.
    pub vin_differs: bool,
}

/// How far recording has come.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Bytes read of all files.
    pub bytes: u64,
    /// Bytes there are.
    pub of: u64,
    /// Statements read.
    pub statements: u64,
}

/// A line that can be answered for.
enum Prepared {
    /// To be checked and submitted; with the hash of the draft where it was signed here.
    New(Box<SdJwt>, Option<[u8; 32]>),
    /// A draft that was signed and recorded before.
    Known(Digest, Submitted),
}

/// A line with what can be done with it, or what is wrong with it.
type PreparedLine = (Line, Result<Prepared, Vec<String>>);

/// The state of one recording.
struct Recorder<'d> {
    desk: &'d Desk,
    keys: HashMap<KeyId, KeyRecord>,
    signers: HashMap<String, Option<IssuerSigningKey>>,
    /// `ref`s of the file being read. Refs of another file are another file's.
    refs: HashMap<String, Digest>,
    /// Statements of this run, which a later line may correct although they are not submitted yet.
    here: HashSet<Digest>,
    /// Vehicles whose number was doubted already.
    doubted: HashSet<Vin>,
    /// Drafts signed in this run, by what they say.
    signed: HashMap<[u8; 32], Digest>,
    again_after_erasure: bool,
    chunk: Vec<PreparedLine>,
    chunk_text: usize,
    refused: Option<RefusedFiles>,
    /// What a dry run would have recorded by now.
    foreseen: Foresight,
    now: i64,
    report: RecordReport,
}

impl Desk {
    /// Records a file or a folder. Neither a refused line nor a file that cannot be read stops the others; they are in the
    /// report.
    ///
    /// # Errors
    /// A single file of which nothing can be read, a folder without a file to record, or the store failed. What was accepted
    /// before stays accepted.
    pub async fn record(
        &self,
        path: &Path,
        options: &RecordOptions,
        now: i64,
        mut progress: impl FnMut(Progress),
    ) -> Result<RecordReport, DeskError> {
        let Files {
            recorded: files,
            passed_over,
            unusable,
        } = input::files(path, options.mapping.as_deref())?;
        let size = |file: &PathBuf| std::fs::metadata(file).map_or(0, |m| m.len());
        let of = files.iter().map(|(file, _)| size(file)).sum();
        let mut recorder = Recorder::new(self, options, now).await?;
        recorder.refused = options
            .refused
            .as_deref()
            .map(|to| {
                let files = files.iter().map(|(file, _)| file.as_path());
                RefusedFiles::new(to, path, options.mapping.as_deref(), files)
            })
            .transpose()?;
        recorder.report.passed_over = passed_over;
        recorder.report.unusable = unusable
            .into_iter()
            .map(|(file, why)| (file, legible(&why)))
            .collect();
        let mut before = 0;
        for (file, mapping) in files {
            recorder.refs.clear();
            let mut lines = Vec::with_capacity(AHEAD_LINES);
            let (sender, mut receiver) = tokio::sync::mpsc::channel::<Line>(AHEAD_LINES);
            let reading = {
                let file = file.clone();
                tokio::task::spawn_blocking(move || {
                    input::read(&file, mapping.as_ref(), |line| {
                        // The other end is gone only when recording failed, which is reported there.
                        let _closed = sender.blocking_send(line);
                        Ok(())
                    })
                })
            };
            while receiver.recv_many(&mut lines, AHEAD_LINES).await > 0 {
                for line in lines.drain(..) {
                    progress(Progress {
                        bytes: before + line.bytes,
                        of,
                        statements: recorder.report.read + 1,
                    });
                    recorder.take(line).await?;
                }
            }
            let read = reading.await.map_err(|e| DeskError::malformed(&file, e))?;
            recorder.flush().await?;
            match read {
                Ok(()) => {}
                Err(problem) if file == path && recorder.report.read == 0 => return Err(problem),
                Err(problem) => recorder
                    .report
                    .unusable
                    .push((file.clone(), without_name(&file, &problem))),
            }
            before += size(&file);
        }
        recorder.finish()
    }

    /// Records one Korean performance-and-condition record (Form 82), as JSON in either layout or as CSV. Says also what
    /// of the raw record has no place in the form.
    ///
    /// # Errors
    /// The file cannot be read, is not such a record, or has another car's number written on it; or the store failed.
    pub async fn record_form82(
        &self,
        file: &Path,
        header: FormHeader,
        options: &RecordOptions,
        now: i64,
    ) -> Result<(RecordReport, form82::Report), DeskError> {
        let bytes = data_dir::read_up_to(file, MAX_FORM, "a condition record is a page")?;
        let csv = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        let imported = if csv {
            form82::import_csv(&bytes)
        } else {
            form82::import_json(&bytes)
        };
        let imported = imported.map_err(|e| DeskError::malformed(file, e))?;
        let body = imported.record.to_body().map_err(|errors| {
            DeskError::malformed(
                file,
                errors
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join("; "),
            )
        })?;
        if !header.vin_differs {
            about_this_car(file, &body, &header.vehicle)?;
        }
        let draft = Draft {
            reference: None,
            issuer: header.issuer,
            typ: StatementType::InspectionCondition.to_string(),
            vid: header.vehicle,
            event_time: header.event_time,
            recorded_at: None,
            place: header.place,
            body,
            evidence: vec![json!({"kind": "document", "sha256": imported.report.raw_sha256})],
            confidence: Confidence::Professional.as_str().to_owned(),
            supersedes: None,
        };
        let mut recorder = Recorder::new(self, options, now).await?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let item = Ok(Item::Draft(Box::new(draft)));
        recorder
            .take(Line {
                file: file.to_owned(),
                line: 1,
                bytes: bytes.len() as u64,
                text,
                header: None,
                item,
            })
            .await?;
        recorder.flush().await?;
        Ok((recorder.finish()?, imported.report))
    }

    /// Records statements that are signed already, as a service gets them. One answer each, in order. A statement may
    /// correct another of the same call.
    ///
    /// # Errors
    /// The store failed.
    pub async fn submit(
        &self,
        statements: &[SdJwt],
        now: i64,
    ) -> Result<Vec<Result<Submitted, Vec<String>>>, DeskError> {
        let keys: HashMap<_, _> = self.issuers().await?.into_iter().collect();
        let mut here = statements.iter().map(SdJwt::digest).collect();
        self.submit_checked(statements, &[], &keys, now, &mut here, None)
            .await
    }

    /// Checks in parallel, then submits what passed in one transaction; in a dry run, foresees what would become of it. `drafts`
    /// goes with `statements` where they were signed here.
    async fn submit_checked(
        &self,
        statements: &[SdJwt],
        drafts: &[Option<SignedFrom>],
        keys: &HashMap<KeyId, KeyRecord>,
        now: i64,
        here: &mut HashSet<Digest>,
        dry_run: Option<&mut Foresight>,
    ) -> Result<Vec<Result<Submitted, Vec<String>>>, DeskError> {
        let prepared = self.prepared.of(statements, keys);
        let mut answers: Vec<Result<Submission, Vec<String>>> = checkers::aside(|| {
            self.checkers.install(|| {
                statements
                    .par_iter()
                    .map(|statement| self.check(statement, keys, &prepared, now))
                    .collect()
            })
        });
        for (answer, statement) in answers.iter_mut().zip(statements) {
            if let Some(target) = statement.claims_unverified().supersedes
                && answer.is_ok()
                && !here.contains(&target)
                && self.store.find(&target).await?.is_none()
            {
                let problem =
                    "neither is this statement in the log, nor was it accepted just now; record it first";
                *answer = Err(vec![format!("supersedes: \"{target}\": {problem}")]);
            }
            // What corrects a refused statement is refused as well: it would correct nothing.
            if answer.is_err() {
                here.remove(&statement.digest());
            }
        }
        for (answer, draft) in answers.iter_mut().zip(drafts) {
            if let Ok(submission) = answer {
                submission.draft = *draft;
            }
        }
        let passed: Vec<Submission> = answers.iter().flatten().cloned().collect();
        let submitted = match dry_run {
            Some(foreseen) => self.store.foresee(&passed, foreseen).await?,
            None => self.store.submit(&passed).await?,
        };
        let mut submitted = submitted.into_iter();
        Ok(answers
            .into_iter()
            .map(|answer| {
                answer.and_then(|_| submitted.next().ok_or_else(|| vec!["not answered".to_owned()]))
            })
            .collect())
    }

    /// Whether this statement may enter the log, and under which label.
    fn check(
        &self,
        statement: &SdJwt,
        keys: &HashMap<KeyId, KeyRecord>,
        prepared: &ByKeyId,
        now: i64,
    ) -> Result<Submission, Vec<String>> {
        let key_id = statement.key_id();
        let key = keys.get(&key_id).ok_or_else(|| {
            vec![format!(
                "key {key_id} is not enrolled; the log's operator enrols it with `carnet issuer enrol`"
            )]
        })?;
        if let Some((at, reason)) = &key.revoked_at {
            return Err(vec![format!(
                "key {key_id} of {} was revoked at log index {at}: {reason}",
                key.name
            )]);
        }
        let verified = match prepared.get(&key_id) {
            Some(key) => statement.verify_prepared(key),
            None => statement.verify(&key.public_key),
        }
        .map_err(|e| {
            let fix = "sign again with that key, and hand in what was signed byte for byte";
            vec![format!(
                "{e} under key {key_id} of {}, which kid names; {fix}",
                key.name
            )]
        })?;
        let claims = verified.claims;
        let mut faults = Vec::new();
        if claims.iss != key.issuer {
            faults.push(format!(
                "iss: {:?}, but the key is enrolled for {:?}",
                claims.iss, key.issuer
            ));
        }
        if let Err(error) = vocabulary::check_role(claims.typ, &key.roles) {
            faults.push(format!("typ: issuer {:?}: {error}", claims.iss));
        }
        if verified.hidden > 0 {
            let fix = "hand it in with all disclosures; they stay private until you choose what to show";
            faults.push(format!("{} fields are withheld; {fix}", verified.hidden));
        } else if let Err(errors) = vocabulary::check(claims.typ, &claims.body) {
            faults.extend(errors.iter().map(|e| format!("body{e}")));
        }
        if claims.typ == StatementType::RecordCorrected && claims.supersedes.is_none() {
            let fix = "name the digest of the statement that it corrects, or in a file its ref";
            faults.push(format!(
                "supersedes: must be given with {}; {fix}",
                claims.typ.as_str()
            ));
        }
        if claims.iat > now.saturating_add(AHEAD) {
            let fix = "check the clock of the machine that signs, and sign again";
            faults.push(format!("iat: {} lies in the future; {fix}", claims.iat));
        }
        if claims.event_time.instant().as_second() < FIRST_CAR {
            faults.push(format!(
                "event_time: {} lies before 1886, when there was no car; was the year mistyped?",
                claims.event_time.as_str()
            ));
        }
        if claims.event_time.instant().as_second() > now.saturating_add(AHEAD) {
            faults.push(format!(
                "event_time: {} lies in the future; correct the date or the clock it comes from, and sign again",
                claims.event_time.as_str()
            ));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Submission {
            digest: statement.digest(),
            label: self.labels.label(&claims.vid),
            key_id,
            content: statement.as_str().to_owned(),
            draft: None,
        })
    }
}

/// What a draft says, without the moment and the salts of signing it. A statement that was signed from it has the same.
pub(crate) fn draft_hash(claims: &Claims, key_id: &KeyId) -> [u8; 32] {
    let mut said = claims.to_json();
    said.remove("iat");
    let mut h = Sha256::new();
    h.update(key_id.0);
    h.update(Value::Object(said).to_string());
    h.finalize().into()
}

impl<'d> Recorder<'d> {
    async fn new(desk: &'d Desk, options: &RecordOptions, now: i64) -> Result<Self, DeskError> {
        Ok(Self {
            desk,
            keys: desk.issuers().await?.into_iter().collect(),
            signers: HashMap::new(),
            refs: HashMap::new(),
            here: HashSet::new(),
            doubted: HashSet::new(),
            signed: HashMap::new(),
            again_after_erasure: options.again_after_erasure,
            chunk: Vec::with_capacity(CHUNK),
            chunk_text: 0,
            refused: None,
            foreseen: Foresight::default(),
            now,
            report: RecordReport {
                dry_run: options.dry_run,
                ..Default::default()
            },
        })
    }

    async fn take(&mut self, line: Line) -> Result<(), DeskError> {
        self.report.read += 1;
        let prepared = match &line.item {
            Err(faults) => Err(faults.clone()),
            Ok(Item::Signed(text)) => match SdJwt::parse(text) {
                Ok(statement) => Ok(Prepared::New(Box::new(statement), None)),
                Err(e) => Err(vec![e.to_string()]),
            },
            Ok(Item::Draft(draft)) => self.sign((**draft).clone()).await?,
        };
        if let Ok(Prepared::New(statement, _)) = &prepared {
            self.here.insert(statement.digest());
        }
        self.chunk_text += line.text.len();
        self.chunk.push((line, prepared));
        if self.chunk.len() >= CHUNK || self.chunk_text >= CHUNK_TEXT {
            self.flush().await
        } else {
            Ok(())
        }
    }

    /// Signs a draft with the issuer's key, which must be on this machine; unless the same was signed before: recording a
    /// file again, after an interruption say, must not double a car's history.
    async fn sign(&mut self, draft: Draft) -> Result<Result<Prepared, Vec<String>>, DeskError> {
        let (issuer, reference) = (draft.issuer.clone(), draft.reference.clone());
        if !self.signers.contains_key(&issuer) {
            let key = if self.desk.has_issuer_key(&issuer) {
                Some(self.desk.issuer_signing_key(&issuer)?)
            } else {
                None
            };
            self.signers.insert(issuer.clone(), key);
        }
        let Some(Some(key)) = self.signers.get(&issuer) else {
            let word = crate::shell::word(&issuer);
            let fix = format!("make one with `carnet issuer new {word}`, or record a signed statement");
            return Ok(Err(vec![format!(
                "issuer: {issuer:?} has no signing key here; {fix}"
            )]));
        };
        if let Some(reference) = &reference
            && self.refs.contains_key(reference)
        {
            let fix = "names an earlier line of this file already; give each line a name of its own";
            return Ok(Err(vec![format!("ref: {reference:?} {fix}")]));
        }
        let claims = match draft.claims(self.now, |name| self.refs.get(name).copied()) {
            Ok(claims) => claims,
            Err(faults) => return Ok(Err(faults)),
        };
        let hash = draft_hash(&claims, &key.key_id());
        let label = self.desk.labels.label(&claims.vid);
        let known = match self.signed.get(&hash) {
            Some(digest) => Some((*digest, Submitted::Waiting)),
            None => match self.desk.store.find_draft(&label, &hash).await? {
                Some(known) if known.erased && !self.again_after_erasure => {
                    // A line that corrects this one said so of the statement that was erased: it is known by that, too.
                    if let Some(reference) = reference {
                        self.refs.insert(reference, known.digest);
                    }
                    return Ok(Err(vec![erased(self.desk, &label, known.standing).await?]));
                }
                Some(known) if !known.erased => Some((known.digest, known.standing)),
                _ => None,
            },
        };
        let prepared = match known {
            Some((digest, standing)) => Ok(Prepared::Known(digest, standing)),
            None => issue(&claims, key, &mut data_dir::rng())
                .map(|statement| Prepared::New(Box::new(statement), Some(hash)))
                .map_err(|e| vec![e.to_string()]),
        };
        let digest = match &prepared {
            Ok(Prepared::Known(digest, _)) => *digest,
            Ok(Prepared::New(statement, _)) => statement.digest(),
            Err(_) => return Ok(prepared),
        };
        self.signed.insert(hash, digest);
        if let Some(reference) = reference {
            self.refs.insert(reference, digest);
        }
        Ok(prepared)
    }

    /// Signs the drafts of a chunk anew, because another process has recorded one of them, or erased what it says, since it was
    /// looked for. That one is known now, and a line that corrects it must name the statement that was recorded, not the one that
    /// was not.
    async fn sign_again(&mut self, chunk: &mut [PreparedLine]) -> Result<(), DeskError> {
        let mut ours = HashSet::new();
        for (line, prepared) in chunk.iter() {
            let digest = match prepared {
                Ok(Prepared::New(statement, Some(draft))) => {
                    self.signed.remove(draft);
                    ours.insert(statement.digest());
                    statement.digest()
                }
                // The same line once more in this file.
                Ok(Prepared::Known(digest, _)) if ours.contains(digest) => *digest,
                _ => continue,
            };
            self.here.remove(&digest);
            if let Ok(Item::Draft(draft)) = &line.item
                && let Some(reference) = &draft.reference
            {
                self.refs.remove(reference);
            }
        }
        for (line, prepared) in chunk {
            let was_ours = match prepared {
                Ok(Prepared::New(statement, _)) => ours.contains(&statement.digest()),
                Ok(Prepared::Known(digest, _)) => ours.contains(digest),
                Err(_) => false,
            };
            let Ok(Item::Draft(draft)) = &line.item else {
                continue;
            };
            if was_ours {
                *prepared = self.sign((**draft).clone()).await?;
                if let Ok(Prepared::New(statement, _)) = prepared {
                    self.here.insert(statement.digest());
                }
            }
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), DeskError> {
        let mut chunk = std::mem::take(&mut self.chunk);
        self.chunk_text = 0;
        // Each further round finds drafts that another process has recorded since the one before.
        let mut answers = loop {
            let (mut statements, mut drafts) =
                (Vec::with_capacity(chunk.len()), Vec::with_capacity(chunk.len()));
            for (_, prepared) in &chunk {
                if let Ok(Prepared::New(statement, draft)) = prepared {
                    statements.push((**statement).clone());
                    drafts.push(draft.map(|hash| SignedFrom {
                        hash,
                        after_erasure: self.again_after_erasure,
                    }));
                }
            }
            let submitted = self
                .desk
                .submit_checked(
                    &statements,
                    &drafts,
                    &self.keys,
                    self.now,
                    &mut self.here,
                    self.report.dry_run.then_some(&mut self.foreseen),
                )
                .await;
            match submitted {
                Err(DeskError::Store(StoreError::DraftKnown)) => self.sign_again(&mut chunk).await?,
                submitted => break submitted?.into_iter(),
            }
        };
        for (line, prepared) in chunk {
            let vin = match &prepared {
                Ok(Prepared::New(statement, _)) => match &statement.claims_unverified().vid {
                    VehicleId::Vin(vin) => Some(*vin),
                    VehicleId::Frame(_) => None,
                },
                _ => None,
            };
            let (digest, draft, answer) = match prepared {
                Ok(Prepared::New(statement, draft)) => {
                    let answer = answers.next();
                    let answer = answer.unwrap_or_else(|| Err(vec!["not answered".to_owned()]));
                    (Some(statement.digest()), draft, answer)
                }
                Ok(Prepared::Known(digest, standing)) => (Some(digest), None, Ok(standing)),
                Err(faults) => (None, None, Err(faults)),
            };
            if let (Err(_) | Ok(Submitted::NoRoom), Some(draft)) = (&answer, draft) {
                self.signed.remove(&draft);
            }
            if let (Some(digest), Ok(standing)) = (digest, &answer)
                && !matches!(standing, Submitted::Refused | Submitted::NoRoom)
                && self.report.statements.len() < LISTED
            {
                let log_index = match standing {
                    Submitted::Sealed(at) => Some(at.0),
                    _ => None,
                };
                let (file, line) = (line.file.clone(), line.line);
                self.report.statements.push(RecordedLine {
                    file,
                    line,
                    digest,
                    log_index,
                });
            }
            match answer {
                Ok(Submitted::Accepted) => {
                    self.report.accepted += 1;
                    if let Some(vin) = vin {
                        self.doubt(&line, vin);
                    }
                }
                Ok(Submitted::Waiting | Submitted::Sealed(_)) => self.report.duplicates += 1,
                Ok(Submitted::Refused) => {
                    let fault = "was accepted before and can no longer be sealed: its key was revoked; sign it with a new key";
                    self.refuse(line, vec![fault.to_owned()]).await?;
                }
                Ok(Submitted::NoRoom) => {
                    let fault = "this car has as many statements as one dossier can hold (64 MiB); nothing more is taken about \
                                 it until contents are erased";
                    self.refuse(line, vec![fault.to_owned()]).await?;
                }
                Err(faults) => self.refuse(line, faults).await?,
            }
        }
        Ok(())
    }

    /// Says once of each vehicle that its check digit is wrong. It is recorded all the same: a plate can truly be stamped so,
    /// and more often a character was misread.
    fn doubt(&mut self, line: &Line, vin: Vin) {
        let CheckDigit::Invalid { expected, found } = vin.check_digit() else {
            return;
        };
        if self.report.doubtful.len() >= KEPT || !self.doubted.insert(vin) {
            return;
        }
        self.report.doubtful.push(DoubtfulLine {
            file: line.file.clone(),
            line: line.line,
            doubt: format!(
                "vid: vin:{vin}: position 9 is {found:?} but the other characters ask for {expected:?}; recorded as written, and \
                 found only as vin:{vin}. Compare it with the car; if it was misread, record a statement of the right number"
            ),
        });
    }

    async fn refuse(&mut self, line: Line, faults: Vec<String>) -> Result<(), DeskError> {
        self.report.refused_total += 1;
        if let Some(refused) = &mut self.refused {
            let text = mendable(self.desk, &self.refs, &line).await?;
            refused.add(&line, text.as_deref().unwrap_or(&line.text))?;
        }
        if self.report.refused.len() < KEPT {
            let faults = faults.iter().map(|fault| legible(fault)).collect();
            self.report.refused.push(RefusedLine {
                file: line.file,
                line: line.line,
                faults,
            });
        }
        Ok(())
    }

    fn finish(mut self) -> Result<RecordReport, DeskError> {
        if let Some(refused) = self.refused {
            (self.report.refused_files, self.report.refused_mappings) = refused.finish()?;
        }
        Ok(self.report)
    }
}

/// Whether a condition record has the number of this car written on it, or none. A number that is none of a car is refused later.
fn about_this_car(file: &Path, body: &Map<String, Value>, typed: &str) -> Result<(), DeskError> {
    let written = body.get("vin_as_written").and_then(Value::as_str);
    let (Some(written), Ok(vehicle)) = (written, draft::parse_vehicle(typed)) else {
        return Ok(());
    };
    if vehicle.differences(written) == Some(0) {
        return Ok(());
    }
    let fix = "record it under the car it is about; if the form has it wrong, add --vin-differs, and the difference is shown as a \
               finding";
    Err(DeskError::malformed(
        file,
        format!("the form has the VIN (차대번호) {written:?}, and --vehicle is {vehicle}; {fix}"),
    ))
}

/// What is wrong with a file, where its name stands beside it.
fn without_name(file: &Path, problem: &DeskError) -> String {
    let said = problem.to_string();
    let name = format!("{}: ", file.display());
    legible(said.strip_prefix(&name).unwrap_or(&said))
}

/// Why a draft is not recorded that says what was erased, with whose word for it there is.
async fn erased(desk: &Desk, label: &Label, standing: Submitted) -> Result<String, DeskError> {
    let fix = "to bring it back all the same, record it with --again-after-erasure";
    let Submitted::Sealed(at) = standing else {
        return Ok(format!("the log has erased what this line says; {fix}"));
    };
    let erasures = desk.store.erasures(label).await?;
    let notice = erasures
        .iter()
        .filter_map(|erasure| Notice::parse_unverified(&erasure.notice, desk.store.origin()).ok())
        .find(|notice| notice.covers(label, at));
    Ok(match notice {
        Some(notice) => format!(
            "what this line says was erased on {}, asked for by {} ({}); {fix}",
            notice.time.strftime("%Y-%m-%d"),
            notice.asked_by,
            notice.reason
        ),
        None => format!("what this line says was erased; {fix}"),
    })
}

/// A refused draft that corrects an accepted line, with that statement's digest in place of its `ref`: in the file that is
/// mended, the `ref` names nothing.
async fn mendable(
    desk: &Desk,
    refs: &HashMap<String, Digest>,
    line: &Line,
) -> Result<Option<String>, DeskError> {
    let Ok(Item::Draft(draft)) = &line.item else {
        return Ok(None);
    };
    let Some(target) = draft.supersedes.as_ref().and_then(|name| refs.get(name)) else {
        return Ok(None);
    };
    if line.header.is_some() || desk.store.find(target).await?.is_none() {
        return Ok(None);
    }
    let Ok(mut value) = serde_json::from_str::<Value>(&line.text) else {
        return Ok(None);
    };
    if let Some(supersedes) = value.get_mut("supersedes") {
        *supersedes = json!(target);
    }
    Ok(Some(value.to_string()))
}
