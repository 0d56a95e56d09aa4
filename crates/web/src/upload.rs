//! Telemetry on its way in: to a folder on disk, a piece at a time, and from there into an assessment beside the threads that
//! answer. Few at a time, one of each organisation, and all of it gone when the answer is made.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Body;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use battery::pack::Dtc;
use battery::{Assessment, Class, Facts};
use bytes::Bytes;
use desk::assessing::{
    self, AssessError, Description, HOW_TO_DESCRIBE, Question, Reading, SecondMeter, without_folder,
};
use desk::inspecting::{self, Inspection};
use desk::recomputing::{self, Data, Given, Recomputed};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use telemetry::Options;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::{Kind, Problem};
use crate::state::App;

/// The address for programs.
pub const ROUTE: &str = "/api/certification/applications/{case}/telemetry";
/// The address for people.
pub const PAGE: &str = "/certification/{case}/telemetry";
/// Where programs ask what is understood of charging logs.
pub const INSPECT: &str = "/api/certification/inspection";
/// Where people do.
pub const INSPECT_PAGE: &str = "/certification/inspect";
/// Where programs have a certificate computed again.
pub const RECOMPUTE: &str = "/api/certification/recomputation";
/// Where people do.
pub const RECOMPUTE_PAGE: &str = "/certification/recompute";
/// All of them.
pub const ADDRESSES: [&str; 6] = [ROUTE, PAGE, INSPECT, INSPECT_PAGE, RECOMPUTE, RECOMPUTE_PAGE];

/// Files of one upload.
const FILES: usize = 20;
/// Bytes of an answer.
const ANSWER: usize = 1024;
/// Bytes of a mapping file or a description.
const WRITTEN: usize = 64 << 10;
/// Bytes of a certificate or an assessment; no more are kept of one that was handed in.
const CERTIFICATE: usize = 8 << 20;
/// How long what nobody takes is read.
const DISCARDED: Duration = Duration::from_secs(10);
/// Bytes of a file's name that are kept.
const NAME: usize = 200;
/// Bytes around the parts of a form: boundaries and names.
const AROUND: u64 = 1 << 20;
/// Bytes that each part of a form counts besides its own.
const PART: u64 = 1 << 10;
/// Bytes that may have come and not have been taken: what stands before the parts, and headers of more than [`PART`].
const AHEAD: u64 = 64 << 10;
/// Times that a form may ask for more while it takes nothing of that.
const ASKED: u32 = 64;
/// Bytes that are thrown away of a form that has too much around its parts.
const SPILT: u64 = 16 << 20;

/// How much of a form was taken; whoever reads the form counts, and whoever brings its bytes looks.
#[derive(Clone, Default)]
pub struct Tally(Arc<AtomicU64>);

impl Tally {
    fn add(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The body of a form, which comes as fast as it is taken. The form itself holds in memory what stands before its first part and
/// the headers of each, however long; here they end.
struct Paced {
    body: Body,
    came: u64,
    tally: Tally,
    taken: u64,
    asked: u32,
    spilt: u64,
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = &mut *self;
        let taken = this.tally.0.load(Ordering::Relaxed);
        if taken != this.taken {
            (this.taken, this.asked) = (taken, 0);
        }
        // What parts count besides their own bytes is no credit for later ones.
        this.came = this.came.max(taken);
        if this.came - taken > AHEAD {
            // A form reads on for as long as bytes come before it looks at any of them; without more it looks.
            if this.asked < ASKED {
                this.asked += 1;
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            // Read on for a while and thrown away, as in `discard`.
            while this.spilt < SPILT {
                match ready!(Pin::new(&mut this.body).poll_frame(context)) {
                    Some(Ok(frame)) => {
                        this.spilt += frame.data_ref().map_or(1, |data| data.len() as u64 + 1);
                    }
                    Some(Err(_)) | None => break,
                }
            }
            let problem = "what stands around the parts of the form is too long";
            return Poll::Ready(Some(Err(problem.into())));
        }
        let polled = Pin::new(&mut this.body).poll_frame(context);
        polled.map(|frame| {
            frame.map(|frame| {
                let frame = frame?;
                this.came += frame.data_ref().map_or(0, |data| data.len() as u64);
                Ok(frame)
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Bounds an upload: all of it, and what a form holds in memory of it.
pub fn bounded(request: Request, most: u64) -> Request {
    let tally = Tally::default();
    let mut request = request.map(|body| {
        Body::new(Paced {
            body,
            came: 0,
            tally: tally.clone(),
            taken: 0,
            asked: 0,
            spilt: 0,
        })
    });
    request.extensions_mut().insert(tally);
    let most = usize::try_from(most.saturating_add(AROUND)).unwrap_or(usize::MAX);
    DefaultBodyLimit::max(most).apply(&mut request);
    request
}

/// The way in.
pub struct Uploads {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    sending: Arc<Mutex<BTreeSet<String>>>,
}

/// A place among the uploads, for one organisation; free again when it is dropped.
pub struct Place {
    _place: OwnedSemaphorePermit,
    organisation: String,
    sending: Arc<Mutex<BTreeSet<String>>>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        sending.remove(&self.organisation);
    }
}

impl Uploads {
    /// For so many uploads at a time, of which so many are assessed.
    pub fn new(uploads: usize, assessments: usize) -> Self {
        Self {
            places: Arc::new(Semaphore::new(uploads.max(1))),
            turns: Arc::new(Semaphore::new(assessments.max(1))),
            sending: Arc::default(),
        }
    }

    /// A place for an upload of this organisation.
    ///
    /// # Errors
    /// It is sending one already, or all places are taken.
    pub fn enter(&self, organisation: &str) -> Result<Place, Problem> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| {
            Problem::overloaded("as much telemetry as this service takes in at a time is being handed in")
                .retry_after(Duration::from_secs(10))
        })?;
        let mut sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner);
        if !sending.insert(organisation.to_owned()) {
            return Err(Problem::new(
                Kind::RateLimited,
                "telemetry of your organisation is being handed in already",
                "wait for its answer; try again after the time in Retry-After",
            )
            .retry_after(Duration::from_secs(10)));
        }
        Ok(Place {
            _place: place,
            organisation: organisation.to_owned(),
            sending: self.sending.clone(),
        })
    }
}

/// What a form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To have an application's battery assessed.
    HandIn,
    /// To see what is understood.
    Inspect,
    /// To have a certificate computed again.
    Recompute,
}

impl Purpose {
    /// Whether a form for this has a field of this name. Of what would be read and not used, nobody should think that it counts.
    fn asks(self, name: &str) -> bool {
        match name {
            "csrf" | "telemetry" | "mapping-file" | "battery" => true,
            "certificate" => self == Self::Recompute,
            "class" | "dry-run" => self == Self::HandIn,
            "picture" => self == Self::Inspect,
            _ if FACTS.contains(&name) || name.starts_with("meter") => self != Self::Inspect,
            // A question, or nothing that any form asks.
            _ => true,
        }
    }
}

/// What no log shows.
const FACTS: [&str; 7] = [
    "dtcs",
    "recalls",
    "isolation-kohm",
    "reported-soh",
    "soc-now",
    "soc-now-on",
    "damaged",
];

/// What came: files in a folder that goes with this, and the answers of a form.
pub struct Received {
    purpose: Purpose,
    folder: TempDir,
    files: Vec<PathBuf>,
    meter: SecondMeter,
    mapping_file: Option<PathBuf>,
    certificate: Option<PathBuf>,
    reading: Reading,
    description: Option<String>,
    facts: Facts,
    class: Class,
    /// Whether to look only.
    pub dry_run: bool,
    /// Whether a program wants the picture.
    pub picture: bool,
    /// The word of a session's page.
    pub csrf: String,
    bytes: u64,
    tally: Tally,
}

impl Received {
    /// Takes a form in. `enough` is asked when the first file comes, with what came before it: a page's word stands first in its
    /// forms, and nothing of another site is written to disk.
    ///
    /// # Errors
    /// Too much, not a form, an answer to no question, or the disk failed.
    pub async fn of(
        app: &App,
        (form, tally): (&mut Multipart, &Tally),
        purpose: Purpose,
        enough: impl Fn(&Self) -> Result<(), Problem>,
    ) -> Result<Self, Problem> {
        let folder = TempDir::new().map_err(|e| disk(&e))?;
        let mut received = Self {
            purpose,
            folder,
            files: Vec::new(),
            meter: SecondMeter::default(),
            mapping_file: None,
            certificate: None,
            reading: Reading::default(),
            description: None,
            facts: Facts::default(),
            class: Class::Field,
            dry_run: false,
            picture: false,
            csrf: String::new(),
            bytes: 0,
            tally: tally.clone(),
        };
        let most = app.options.limits.upload;
        let mut asked = false;
        while let Some(field) = form.next_field().await.map_err(|e| broken(&e, most))? {
            // A part without a byte in it is work too.
            received.count(PART, most)?;
            let name = field.name().unwrap_or_default().replace('_', "-");
            if matches!(
                name.as_str(),
                "telemetry" | "meter" | "mapping-file" | "certificate"
            ) && !asked
            {
                enough(&received)?;
                asked = true;
            }
            received.take(&name, field, most).await?;
        }
        enough(&received)?;
        if received.files.is_empty() {
            return Err(Problem::new(
                Kind::MalformedRequest,
                "the form brings no file of telemetry",
                "send one or more CSV or Parquet files in fields named telemetry",
            ));
        }
        if purpose == Purpose::Recompute && received.certificate.is_none() {
            return Err(Problem::new(
                Kind::MalformedRequest,
                "the form brings no certificate",
                HOW_TO_SEND_ONE,
            ));
        }
        Ok(received)
    }

    async fn take(&mut self, name: &str, field: Field<'_>, most: u64) -> Result<(), Problem> {
        if !self.purpose.asks(name) {
            return Err(no_field(name));
        }
        match name {
            "telemetry" => {
                if let Some(path) = self.file(field, most, None).await? {
                    self.files.push(path);
                }
            }
            "meter" => {
                if !self.meter.file.as_os_str().is_empty() {
                    return Err(twice("meter"));
                }
                if let Some(path) = self.file(field, most, None).await? {
                    self.meter.file = path;
                }
            }
            "certificate" => {
                if self.certificate.is_some() {
                    return Err(twice("certificate"));
                }
                self.certificate = self.file(field, most, Some(CERTIFICATE)).await?;
            }
            "mapping-file" => {
                if self.mapping_file.is_some() {
                    return Err(twice("mapping_file"));
                }
                let called = called(field.file_name().unwrap_or("mapping.toml"));
                let text = self.text(field, WRITTEN, most).await?;
                if !text.trim().is_empty() {
                    let path = self.path(&called);
                    tokio::fs::write(&path, text).await.map_err(|e| disk(&e))?;
                    self.mapping_file = Some(path);
                }
            }
            "battery" => {
                let text = self.text(field, WRITTEN, most).await?;
                self.description = (!text.trim().is_empty()).then_some(text);
            }
            _ => {
                let text = self.text(field, ANSWER, most).await?;
                let text = text.trim();
                if !text.is_empty() {
                    self.answer(name, text)?;
                }
            }
        }
        Ok(())
    }

    fn answer(&mut self, name: &str, text: &str) -> Result<(), Problem> {
        let wrong = |problem: &str| {
            let detail = format!("{name} {text:?}: {problem}");
            Problem::new(Kind::MalformedRequest, detail, "correct the field")
        };
        match name {
            "csrf" => text.clone_into(&mut self.csrf),
            "class" => {
                self.class = assessing::class(text).ok_or_else(|| wrong("write field or guided"))?;
            }
            "dry-run" => self.dry_run = matches!(text, "true" | "on"),
            "picture" => self.picture = matches!(text, "true" | "on"),
            "meter-mapping" => self.meter.mapping = Some(text.to_owned()),
            "meter-utc-offset" => self.meter.utc_offset = Some(text.to_owned()),
            "dtcs" => {
                let code = |code: String| Dtc {
                    code,
                    text: String::new(),
                };
                self.facts.dtcs = Some(listed(text, &[',', ';', ' ']).into_iter().map(code).collect());
            }
            "recalls" => self.facts.recalls = Some(listed(text, &[',', ';'])),
            "isolation-kohm" => {
                self.facts.isolation_kohm = Some(amount(text, 1e9).ok_or_else(|| wrong(NUMBER))?)
            }
            "reported-soh" => {
                self.facts.reported_soh = Some(percent(text, 150.0).ok_or_else(|| wrong(PERCENT))? / 100.0);
            }
            "soc-now" => {
                self.facts.soc_now = Some(percent(text, 100.0).ok_or_else(|| wrong(PERCENT))? / 100.0);
            }
            "soc-now-on" => {
                let day = || wrong("write a day as 2026-11-26");
                let read: jiff::civil::Date = text.parse().map_err(|_| day())?;
                let start = jiff::tz::Offset::UTC.to_timestamp(read.at(0, 0, 0, 0));
                let start = start.map_err(|_| day())?;
                self.facts.soc_now_time_s = Some(start.as_second());
            }
            "damaged" => {
                self.facts.damaged = match text {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => return Err(wrong("write yes or no")),
                };
            }
            _ if self.reading.answer(name, text.to_owned()) => {}
            _ => return Err(no_field(name)),
        }
        Ok(())
    }

    /// Writes a file as it comes; `None` for the empty one that browsers send where none was chosen.
    async fn file(
        &mut self,
        mut field: Field<'_>,
        most: u64,
        longest: Option<usize>,
    ) -> Result<Option<PathBuf>, Problem> {
        if self.files.len() >= FILES {
            let detail = format!("more than {FILES} files of telemetry");
            return Err(Problem::new(
                Kind::MalformedRequest,
                detail,
                "put the charges of one car into fewer files",
            ));
        }
        let given = field.file_name().unwrap_or_default().to_owned();
        let path = self.path(&called(&given));
        let mut file = tokio::fs::File::create(&path).await.map_err(|e| disk(&e))?;
        let before = self.bytes;
        while let Some(piece) = field.chunk().await.map_err(|e| broken(&e, most))? {
            self.count(piece.len() as u64, most)?;
            if let Some(longest) = longest.filter(|longest| self.bytes - before > *longest as u64) {
                let detail = format!("{} has more than {longest} bytes", called(&given));
                return Err(Problem::new(
                    Kind::BodyTooLarge,
                    detail,
                    "send the certificate itself",
                ));
            }
            file.write_all(&piece).await.map_err(|e| disk(&e))?;
        }
        file.flush().await.map_err(|e| disk(&e))?;
        Ok((self.bytes > before || !given.is_empty()).then_some(path))
    }

    async fn text(&mut self, mut field: Field<'_>, longest: usize, most: u64) -> Result<String, Problem> {
        let name = field.name().unwrap_or_default().to_owned();
        let mut bytes = Vec::new();
        while let Some(piece) = field.chunk().await.map_err(|e| broken(&e, most))? {
            self.count(piece.len() as u64, most)?;
            bytes.extend_from_slice(&piece);
            if bytes.len() > longest {
                let detail = format!("field {name:?} has more than {longest} bytes");
                return Err(Problem::new(Kind::BodyTooLarge, detail, "write less there"));
            }
        }
        String::from_utf8(bytes).map_err(|_| {
            let detail = format!("field {name:?} is no text in UTF-8");
            Problem::new(Kind::MalformedRequest, detail, "save it as UTF-8")
        })
    }

    fn count(&mut self, more: u64, most: u64) -> Result<(), Problem> {
        self.tally.add(more);
        self.bytes += more;
        if self.bytes > most {
            return Err(too_large(most));
        }
        Ok(())
    }

    /// A place in the folder under this name, or one that is free.
    fn path(&self, called: &str) -> PathBuf {
        let folder = self.folder.path();
        let mut path = folder.join(called);
        let mut number = 1;
        while path.exists() {
            number += 1;
            path = folder.join(format!("{number}-{called}"));
        }
        path
    }

    /// Assesses what came, of the battery of an application where it brings no description of its own.
    ///
    /// # Errors
    /// It cannot be read, or does not say what must be known.
    pub async fn assessed(
        self,
        app: &App,
        battery: Description,
        place: Place,
    ) -> Result<Assessment, Problem> {
        self.worked_on(app, place, move |this, most_rows| this.assess(battery, most_rows))
            .await
    }

    /// What is understood of what came.
    ///
    /// # Errors
    /// It cannot be read. That something must be answered first is no error.
    pub async fn inspected(self, app: &App, place: Place) -> Result<Inspection, Problem> {
        self.worked_on(app, place, Self::inspect).await
    }

    /// Computes the certificate that came again from the logs that came.
    ///
    /// # Errors
    /// One of them cannot be read, or they do not say what must be known. That they differ is no error.
    pub async fn recomputed(self, app: &App, place: Place) -> Result<Recomputed, Problem> {
        self.worked_on(app, place, Self::recompute).await
    }

    /// Works beside the threads that answer, when it is this one's turn; told are the most rows of one file.
    async fn worked_on<T: Send + 'static>(
        self,
        app: &App,
        place: Place,
        work: impl FnOnce(Self, u64) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        // There are no more before the gate than there are places.
        let turn = app.uploads.turns.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Problem::shutting_down())?;
        let most_rows = app.options.limits.upload_rows;
        let run = tokio::task::spawn_blocking(move || {
            // Kept until it is done, whoever still waits for it.
            let _held = (turn, place);
            work(self, most_rows)
        });
        run.await.map_err(|error| {
            tracing::error!(error = %error, "telemetry could not be worked on");
            Problem::internal()
        })?
    }

    fn assess(mut self, battery: Description, most_rows: u64) -> Result<Assessment, Problem> {
        let description = self.described(Some(battery))?;
        let description = description.ok_or_else(Problem::internal)?;
        let answers = self.named_mappings()?;
        assessing::each_log_once(&self.files).map_err(|e| self.refused(&e))?;
        let question = Question {
            files: &self.files,
            reading: &self.reading,
            answers,
            meter: self.has_meter().then_some(&self.meter),
            description: &description,
            class: self.class,
            most_rows: Some(most_rows),
        };
        assessing::assess(question, &mut |_| {}).map_err(|e| self.refused(&e))
    }

    fn inspect(mut self, most_rows: u64) -> Result<Inspection, Problem> {
        let description = self.described(None)?;
        self.named_mappings()?;
        let options = self.reading.options(false).map_err(|e| self.refused(&e))?;
        let options = Options {
            most_rows: Some(most_rows),
            ..options
        };
        let found = inspecting::inspect(&self.files, &options, description.as_ref(), &mut |_| {});
        let mut found = found.map_err(|e| self.refused(&e.into()))?;
        for file in &mut found.files {
            file.path = file.path.file_name().map(PathBuf::from).unwrap_or_default();
        }
        Ok(found)
    }

    fn recompute(mut self, most_rows: u64) -> Result<Recomputed, Problem> {
        let path = self.certificate.clone().ok_or_else(Problem::internal)?;
        let given = Given::read(&path).map_err(|error| {
            let detail = without_folder(&error.to_string(), self.folder.path());
            Problem::new(Kind::MalformedRequest, detail, HOW_TO_SEND_ONE)
        })?;
        if let Some(kept) = given.kept_reading().map_err(|e| self.refused(&e))? {
            if kept.mapping.is_none() {
                self.mapping_file = None;
            }
            self.reading = kept;
        }
        let description = self.described(given.described())?;
        let description = description.ok_or_else(|| {
            let detail = "the certificate does not say what battery it is about";
            Problem::new(
                Kind::MalformedRequest,
                detail,
                format!("send battery: {HOW_TO_DESCRIBE}"),
            )
        })?;
        let answers = self.named_mappings()?;
        let data = Data {
            files: &self.files,
            reading: &self.reading,
            answers,
            meter: self.has_meter().then_some(&self.meter),
            description: &description,
            most_rows: Some(most_rows),
        };
        recomputing::recompute(&given, data, &mut |_| {}).map_err(|e| self.refused(&e))
    }

    fn has_meter(&self) -> bool {
        !self.meter.file.as_os_str().is_empty()
    }

    fn refused(&self, error: &AssessError) -> Problem {
        refused(error, self.folder.path())
    }

    /// The description that came, or else another one, with the facts of the form.
    fn described(&self, otherwise: Option<Description>) -> Result<Option<Description>, Problem> {
        let description = match &self.description {
            Some(text) => Some(Description::parse(text).map_err(|e| self.refused(&e))?),
            None => otherwise,
        };
        let Some(mut description) = description else {
            return Ok(None);
        };
        // What is typed into the form goes before a file that was written some time ago.
        let (typed, facts) = (self.facts.clone(), &mut description.facts);
        facts.dtcs = typed.dtcs.or(facts.dtcs.take());
        facts.recalls = typed.recalls.or(facts.recalls.take());
        facts.isolation_kohm = typed.isolation_kohm.or(facts.isolation_kohm);
        facts.reported_soh = typed.reported_soh.or(facts.reported_soh);
        if typed.soc_now.is_some() {
            (facts.soc_now, facts.soc_now_time_s) = (typed.soc_now, None);
        }
        facts.soc_now_time_s = typed.soc_now_time_s.or(facts.soc_now_time_s);
        facts.damaged = typed.damaged.or(facts.damaged);
        Ok(Some(description))
    }

    /// Sees to it that every mapping is one of the program's own or came with the form, and never a place on this machine. Says
    /// what an assessment keeps of the answers.
    fn named_mappings(&mut self) -> Result<Vec<String>, Problem> {
        let mut answers = self.reading.answers();
        if let Some(path) = &self.mapping_file {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            answers.retain(|answer| !answer.starts_with("--mapping="));
            answers.insert(0, format!("--mapping={}", name.unwrap_or_default()));
        }
        let known = assessing::mappings().map_err(|e| self.refused(&e.into()))?;
        let own = self
            .reading
            .mapping
            .as_ref()
            .filter(|_| self.mapping_file.is_none());
        for mapping in own.into_iter().chain(&self.meter.mapping) {
            if !known.contains(mapping) {
                let detail = format!("mapping {mapping:?}: there is none of that name");
                let fix = format!(
                    "send a mapping file as mapping_file, or name one of {}",
                    known.join(", ")
                );
                return Err(Problem::new(Kind::TelemetryRefused, detail, fix));
            }
        }
        if let Some(path) = &self.mapping_file {
            self.reading.mapping = Some(path.display().to_string());
        }
        Ok(answers)
    }
}

/// What is said to who sends no certificate, or something else.
const HOW_TO_SEND_ONE: &str =
    "send the credential, the PDF with it inside, or the assessment in a field named certificate";

fn no_field(name: &str) -> Problem {
    let detail = format!("{name}: is no field of this form");
    Problem::new(Kind::MalformedRequest, detail, "correct the field")
}

/// What is wrong with a number.
const NUMBER: &str = "write a number that can be, with a point";

/// What is wrong with percent.
const PERCENT: &str = "write percent, as 34 for 34 %; a description has the same as a fraction, 0.34";

/// As [`amount`], but for what is more likely a fraction: less than one percent, and not none.
fn percent(text: &str, most: f64) -> Option<f64> {
    amount(text, most).filter(|number| *number == 0.0 || *number >= 1.0)
}

fn amount(text: &str, most: f64) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    (0.0..=most).contains(&number).then_some(number)
}

/// The words of a list; none where somebody looked and found none.
fn listed(text: &str, between: &[char]) -> Vec<String> {
    let words = text.split(between).map(str::trim).filter(|word| !word.is_empty());
    words
        .filter(|word| !matches!(*word, "none" | "-" | "0"))
        .map(str::to_owned)
        .collect()
}

/// The last part of a name, of characters that a file's name can have anywhere.
fn called(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ' | '(' | ')'))
        .collect();
    // File systems count bytes.
    let plain = plain.get(..plain.floor_char_boundary(NAME)).unwrap_or_default();
    let plain = plain.trim().trim_start_matches('.');
    if plain.is_empty() {
        "telemetry".to_owned()
    } else {
        plain.to_owned()
    }
}

/// Why telemetry cannot be read, with the names of files as their owner knows them.
fn refused(error: &AssessError, folder: &Path) -> Problem {
    let detail = without_folder(&error.to_string(), folder);
    let fix =
        "correct the file, or answer what is asked in a field named as the option, such as current_sign";
    let problem = Problem::new(Kind::TelemetryRefused, detail, fix);
    match error {
        AssessError::Telemetry(telemetry::TelemetryError::Unanswered { questions, .. }) => problem
            .with_errors(
                questions
                    .iter()
                    .map(|question| format!("{} Give {}", question.text, question.flag))
                    .collect(),
            ),
        _ => problem,
    }
}

/// Reads on for a while and throws away: whoever is answered in the middle of sending would see a broken connection instead.
pub async fn discard(mut form: Multipart, tally: &Tally, most: u64) {
    let rest = async {
        let mut left = most;
        while let Ok(Some(mut field)) = form.next_field().await {
            left = left.saturating_sub(PART);
            tally.add(PART);
            while left > 0
                && let Ok(Some(piece)) = field.chunk().await
            {
                left = left.saturating_sub(piece.len() as u64);
                tally.add(piece.len() as u64);
            }
            if left == 0 {
                return;
            }
        }
    };
    let _ended_or_not = tokio::time::timeout(DISCARDED, rest).await;
}

/// More than is taken at once.
pub fn too_large(most: u64) -> Problem {
    Problem::new(
        Kind::BodyTooLarge,
        format!("the telemetry has more than {most} bytes"),
        "send fewer months, or the same as Parquet or gzip",
    )
}

fn twice(field: &str) -> Problem {
    Problem::new(
        Kind::MalformedRequest,
        format!("the form brings {field} more than once"),
        "send one",
    )
}

fn broken(error: &MultipartError, most: u64) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large(most);
    }
    let detail = format!("the form cannot be read: {}", error.body_text());
    Problem::new(
        Kind::MalformedRequest,
        detail,
        "send all of it, as multipart/form-data",
    )
}

fn disk(error: &std::io::Error) -> Problem {
    tracing::error!(error = %error, "telemetry could not be written to disk");
    Problem::internal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_but_into_the_folder() {
        assert_eq!(called("C:\\logs\\charge 1.csv"), "charge 1.csv");
        assert_eq!(called("../../etc/passwd"), "passwd");
        assert_eq!(called(".."), "telemetry");
        assert_eq!(called("충전.parquet"), "충전.parquet");
        assert_eq!(called("a\u{202e}b\0.csv"), "ab.csv");
        assert_eq!(called(&"충".repeat(100)), "충".repeat(66));
    }

    #[test]
    fn to_have_found_none_is_not_the_same_as_not_to_have_looked() {
        assert_eq!(listed("none", &[',']), Vec::<String>::new());
        assert_eq!(listed("P0DE6, P0AA6", &[',', ' ']), ["P0DE6", "P0AA6"]);
        assert_eq!(amount("2150.5", 1e9), Some(2150.5));
        for wrong in ["NaN", "-1", "inf", "1e99", "12,5", ""] {
            assert_eq!(amount(wrong, 1e9), None, "{wrong}");
        }
    }

    #[test]
    fn an_organisation_hands_in_once_at_a_time_and_all_together_not_more_than_there_are_places() {
        let uploads = Uploads::new(2, 1);
        let first = uploads.enter("a").unwrap();
        assert_eq!(uploads.enter("a").map(|_| ()).unwrap_err().status, 429);
        let _second = uploads.enter("b").unwrap();
        assert_eq!(uploads.enter("c").map(|_| ()).unwrap_err().status, 503);
        drop(first);
        assert!(uploads.enter("a").is_ok());
    }
}
