//! Applications as an account sees them: those there are, what stands in one, applying, and handing telemetry in.

use battery::Assessment;
use certificate::application::{Application, Battery, Vehicle};
use certificate::evaluation::Evaluation;
use certificate::scheme::{Actor as Who, State, Step};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use store::{StoreError, StoredApplicant, StoredAssessment, StoredCase};

use super::expiry::Expired;
use super::offers::Offer;
use super::seat::Seat;
use super::sheet::Language;
use super::{CaseView, Hand, Open, assessment, hash_of, unreadable};
use crate::access::{AccessError, Act, Actor};
use crate::assessing::Description;
use crate::desk::Desk;
use crate::error::DeskError;

/// Assessments kept with one case.
const MOST_ASSESSMENTS: u32 = 50;

/// Bytes of one assessment: thousands of sessions.
const MOST_BYTES: usize = 4 << 20;

/// Cases in one answer.
const MOST_CASES: u32 = 200;

/// What is applied for; the client is whoever the account belongs to.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The car.
    pub vehicle: Vehicle,
    /// Its battery.
    pub battery: Battery,
    /// The client in whose name the body itself writes an application down; nobody else names one.
    pub client: Option<String>,
}

/// A line of the list of applications.
#[derive(Clone, Debug, Serialize)]
pub struct ApplicationLine {
    /// Its case.
    pub case: String,
    /// Where it stands.
    pub state: String,
    /// What ended its certificate though nobody took a step; the state is then still `in_force`.
    pub expired: Option<Expired>,
    /// What may be said of the car; absent where it was erased.
    pub car: Option<CarLine>,
    /// The certificate's number, where one was issued.
    pub certificate: Option<String>,
    /// The steps that whoever asks may take next.
    pub yours: Vec<&'static str>,
    /// What of it cannot be read, where something is damaged; no step is offered then.
    pub damaged: Option<String>,
}

/// The car of an application, in a list.
#[derive(Clone, Debug, Serialize)]
pub struct CarLine {
    /// Its id.
    pub vehicle: String,
    /// Maker.
    pub make: String,
    /// Model.
    pub model: String,
    /// Who applied.
    pub client: String,
    /// When.
    pub applied: Timestamp,
}

/// An application with its record, and what can come next.
#[derive(Clone, Debug, Serialize)]
pub struct ApplicationView {
    /// The case.
    #[serde(flatten)]
    pub case: CaseView,
    /// By which accounts steps were taken: number of the record and account. Only the body sees them.
    pub accounts: Vec<(u32, String)>,
    /// The person whom the account that asks acts as.
    pub you: Option<String>,
    /// Whether the account that asks belongs to the body.
    pub of_body: bool,
    /// What the state allows next.
    pub next: Vec<Offer>,
    /// Assessments of telemetry that was handed in, oldest first.
    pub assessments: Vec<HandedIn>,
    /// What the last evaluation found.
    pub evaluation: Option<Evaluation>,
}

/// An assessment that was handed in.
#[derive(Clone, Debug, Serialize)]
pub struct HandedIn {
    /// SHA-256 of its bytes, by which it is named.
    pub sha256: String,
    /// By which account; `None` for who asks from another organisation.
    pub account: Option<String>,
    /// When.
    pub at: Timestamp,
    /// What it found.
    #[serde(flatten)]
    pub summary: Summary,
}

/// What a list shows of an assessment; kept beside it, since an assessment may have thousands of sessions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// State of health and the ends of its 95 % interval, in percent; absent where the method refused.
    pub soh_pct: Option<[battery::Decimal; 3]>,
    /// The codes of the method's reasons to refuse.
    pub refused: Vec<String>,
    /// The files: name and SHA-256.
    pub files: Vec<(String, String)>,
}

impl Desk {
    /// The newest applications before one, newest first, at most 200: those of the account's organisation, or all where that is
    /// the body.
    ///
    /// # Errors
    /// The role does not allow it, or the database failed.
    pub async fn applications(
        &self,
        actor: &Actor,
        before: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<ApplicationLine>, DeskError> {
        actor.may(Act::SeeApplications)?;
        let known = actor.known().ok_or(AccessError::Anonymous)?;
        let own = match self.is_of_body(known).await? {
            true => None,
            false => Some(known.organisation.as_str()),
        };
        let mut expired = self.expired(&self.store.certificates().await?, now).await?;
        let mut lines = Vec::new();
        for stored in self.store.newest_cases(own, before, MOST_CASES).await? {
            let seat = self.seat(known, &stored.id).await?;
            let certificate = self.store.certificate(&stored.id).await?.map(|c| c.id);
            let (case, state) = (stored.id.clone(), stored.state.clone());
            let (car, yours, damaged) = match self.open_stored(stored).await {
                Ok(open) => match self.offers_for(&seat, &open, &[], now).await {
                    Ok(offers) => {
                        let yours = offers.iter().filter(|o| o.you_may).map(|o| o.step);
                        (Some(car_line(&open)), yours.collect(), None)
                    }
                    Err(error) if is_damage(&error) => {
                        (Some(car_line(&open)), Vec::new(), Some(error.to_string()))
                    }
                    Err(error) => return Err(error),
                },
                Err(DeskError::CaseErased(_)) => (None, Vec::new(), None),
                // One that cannot be read hides no other.
                Err(error) if is_damage(&error) => (None, Vec::new(), Some(error.to_string())),
                Err(error) => return Err(error),
            };
            lines.push(ApplicationLine {
                case,
                state,
                expired: certificate.as_ref().and_then(|number| expired.remove(number)),
                car,
                certificate,
                yours,
                damaged,
            });
        }
        Ok(lines)
    }

    /// An application by the id of its case or the number of its certificate.
    ///
    /// # Errors
    /// There is none that this account may see, or its car was erased.
    pub async fn application(
        &self,
        actor: &Actor,
        case: &str,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let (seat, open) = self.seen(actor, case).await?;
        self.application_view(&seat, open, now).await
    }

    async fn application_view(
        &self,
        seat: &Seat,
        open: Open,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let people = if seat.of_body {
            self.everybody().await?
        } else {
            Vec::new()
        };
        let next = self.offers_for(seat, &open, &people, now).await?;
        let accounts = if seat.of_body {
            self.store.step_accounts(&open.stored.id).await?
        } else {
            Vec::new()
        };
        let evaluation = match open.case.last(&["evaluated"]) {
            Some(_) => Some(self.last_evaluation(&open).await?),
            None => None,
        };
        let mut assessments = Vec::new();
        for stored in self.store.assessments(&open.stored).await? {
            let summary = match &stored.summary {
                Some(text) => serde_json::from_str(text).map_err(|e| unreadable(&open.stored.id, e))?,
                // It was handed in before summaries were kept.
                None => {
                    let sha256 = hex::encode(stored.hash);
                    Summary::of(&self.document(&open.stored, &sha256).await?)
                }
            };
            let mut handed = handed_in(&stored, summary);
            if !seat.of_body && stored.account != seat.known.name {
                let account = self.store.account(&stored.account).await?;
                let own = account.is_some_and(|account| account.organisation == seat.known.organisation);
                handed.account = handed.account.filter(|_| own);
            }
            assessments.push(handed);
        }
        let mut case = self.view(&open, now, false).await?;
        if !seat.of_body {
            let organisation = self.store.organisation(&seat.known.organisation).await?;
            let own = organisation.map(|o| o.name).unwrap_or_default();
            hide_others(&mut case, &own);
        }
        Ok(ApplicationView {
            case,
            accounts,
            you: seat.person.as_ref().ok().map(|person| person.id.clone()),
            of_body: seat.of_body,
            next,
            assessments,
            evaluation,
        })
    }

    /// Opens a case for an application of the account's organisation, or of a client that came to the body.
    ///
    /// # Errors
    /// The role does not allow it, something in the application cannot be, or no body is set up.
    pub async fn apply(
        &self,
        actor: &Actor,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        actor.may(Act::Apply)?;
        let known = actor.known().ok_or(AccessError::Anonymous)?;
        if self.store.certification_body().await?.is_none() {
            return Err(AccessError::NoBody.into());
        }
        let organisation = self.store.organisation(&known.organisation).await?;
        let own = organisation.map(|o| o.name).unwrap_or_default();
        let of_body = self.is_of_body(known).await?;
        let body = self.store.certification_body().await?.map(|body| body.name);
        let body = body.unwrap_or_default();
        let client = match wanted.client {
            Some(client) if of_body && !is_same(&client, &own) && !is_same(&client, &body) => client,
            Some(client) if of_body => {
                let problem = "is the certification body, which certifies nothing of its own";
                return Err(DeskError::value("client", client, problem));
            }
            None if of_body => {
                let fix = "name the client; the certification body does not apply to itself";
                return Err(DeskError::value("client", "", fix));
            }
            Some(client) if is_same(&client, &own) => own,
            Some(client) => {
                let problem = format!("is not your organisation, {own:?}; leave the client out");
                return Err(DeskError::value("client", client, problem));
            }
            None => own,
        };
        let application = Application {
            client,
            vehicle: wanted.vehicle,
            battery: wanted.battery,
        };
        let applicant = StoredApplicant {
            organisation: known.organisation.clone(),
            account: known.name.clone(),
        };
        let subject = application.vehicle.vid.to_string();
        let hand = Hand {
            deed: Some(actor.deed("apply for certification", subject, None, now.as_second())),
            ..Hand::default()
        };
        let opened = self.apply_by(&application, Some(&applicant), hand, now).await?;
        self.application(actor, &opened.case, now).await
    }

    /// The battery of an application for which this account may hand telemetry in.
    ///
    /// # Errors
    /// There is no such application, or none is awaited.
    pub async fn awaits_telemetry(&self, actor: &Actor, case: &str) -> Result<Description, DeskError> {
        actor.may(Act::Apply)?;
        let (_, open) = self.seen(actor, case).await?;
        awaits(&open)?;
        Ok(Description::of(&open.application))
    }

    /// Keeps the assessment of telemetry that was handed in. A dry run only looks whether it fits the application.
    ///
    /// # Errors
    /// There is no such application, none is awaited, or the assessment is of another car or battery.
    pub async fn hand_in(
        &self,
        actor: &Actor,
        case: &str,
        found: &Assessment,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<HandedIn, DeskError> {
        actor.may(Act::Apply)?;
        let (seat, open) = self.seen(actor, case).await?;
        awaits(&open)?;
        let id = &open.stored.id;
        assessment::same_battery(found, &open.application)
            .map_err(|problem| DeskError::value("assessment", id, problem))?;
        let text = serde_json::to_string(found).map_err(|e| DeskError::value("assessment", id, e))?;
        if text.len() > MOST_BYTES {
            let problem = "finds more sessions than are kept; hand in the telemetry of fewer months";
            return Err(DeskError::value("assessment", id, problem));
        }
        let summary = Summary::of(found);
        let kept = serde_json::to_string(&summary).map_err(|e| DeskError::value("assessment", id, e))?;
        let stored = StoredAssessment {
            hash: Sha256::digest(&text).into(),
            account: seat.known.name.clone(),
            at: now.as_second(),
            summary: Some(kept),
        };
        self.not_handed_in_before(&open.stored, &stored, &summary, found)
            .await?;
        let view = handed_in(&stored, summary);
        if !dry_run {
            let subject = format!("{id}: {}", view.sha256);
            let deed = actor.deed("hand telemetry in", subject, None, now.as_second());
            let kept = self
                .store
                .hand_in(&open.stored, &stored, &text, MOST_ASSESSMENTS, &deed)
                .await?;
            if !kept {
                return Err(AccessError::TooMany {
                    what: "assessments of this application",
                    most: MOST_ASSESSMENTS.into(),
                }
                .into());
            }
        }
        Ok(view)
    }

    /// Refuses what an account has handed in before under another name: logs of the same bytes, read alike, for the same facts. The
    /// same logs with another answer are another assessment; from another account they are a computation repeated.
    async fn not_handed_in_before(
        &self,
        case: &StoredCase,
        stored: &StoredAssessment,
        summary: &Summary,
        found: &Assessment,
    ) -> Result<(), DeskError> {
        let hashes = |summary: &Summary| {
            let mut hashes: Vec<String> = summary.files.iter().map(|(_, sha256)| sha256.clone()).collect();
            hashes.sort();
            hashes
        };
        for before in self.store.assessments(case).await? {
            if before.hash == stored.hash || before.account != stored.account {
                continue;
            }
            let sha256 = hex::encode(before.hash);
            if let Some(text) = &before.summary {
                let kept: Summary = serde_json::from_str(text).map_err(|e| unreadable(&case.id, e))?;
                if hashes(&kept) != hashes(summary) {
                    continue;
                }
            }
            let kept: Assessment = self.document(case, &sha256).await?;
            let alike = hashes(&Summary::of(&kept)) == hashes(summary)
                && kept.method == found.method
                && kept.class == found.class
                && kept.pack == found.pack
                && kept.facts == found.facts
                && kept.evidence.answers == found.evidence.answers
                && kept.evidence.meters == found.evidence.meters;
            if alike && !summary.files.is_empty() {
                let names = |summary: &Summary| {
                    let names: Vec<&str> = summary.files.iter().map(|(name, _)| name.as_str()).collect();
                    names.join(", ")
                };
                return Err(DeskError::NotReady {
                    case: case.id.clone(),
                    problem: format!(
                        "has this telemetry already: {} has the same bytes as {}, handed in as assessment {sha256}; name that one to \
                         evaluate, or hand in other charges",
                        names(summary),
                        names(&Summary::of(&kept))
                    ),
                });
            }
        }
        Ok(())
    }

    /// An assessment that was handed in.
    ///
    /// # Errors
    /// There is no such application or assessment.
    pub async fn handed_in(&self, actor: &Actor, case: &str, sha256: &str) -> Result<Assessment, DeskError> {
        let (_, open) = self.seen(actor, case).await?;
        self.assessment(&open.stored, sha256).await
    }

    pub(super) async fn assessment(
        &self,
        stored: &StoredCase,
        sha256: &str,
    ) -> Result<Assessment, DeskError> {
        let unknown = || AccessError::Unknown {
            what: "assessment",
            name: sha256.chars().take(64).collect(),
        };
        let hash = hash_of(&stored.id, sha256).map_err(|_| unknown())?;
        if !self.store.was_handed_in(&stored.id, &hash).await? {
            return Err(unknown().into());
        }
        self.document(stored, sha256).await
    }

    /// The credential of an application's certificate, with the vehicle's id in it.
    ///
    /// # Errors
    /// There is no such application, or no certificate was issued.
    pub async fn own_credential(&self, actor: &Actor, case: &str) -> Result<Value, DeskError> {
        let (_, open) = self.seen(actor, case).await?;
        self.certified(&open).await?;
        self.credential(&open.stored.id, false).await
    }

    /// The pages of an application's certificate, while it is in force.
    ///
    /// # Errors
    /// There is no such application, no certificate was issued, or it is not in force.
    pub async fn own_pages(
        &self,
        actor: &Actor,
        case: &str,
        language: Language,
        now: Timestamp,
    ) -> Result<Vec<u8>, DeskError> {
        let (_, open) = self.seen(actor, case).await?;
        self.certified(&open).await?;
        self.certificate_pages(&open.stored.id, false, language, now)
            .await
    }

    async fn certified(&self, open: &Open) -> Result<(), DeskError> {
        match self.store.certificate(&open.stored.id).await? {
            Some(_) => Ok(()),
            None => Err(AccessError::Unknown {
                what: "certificate of application",
                name: open.stored.id.clone(),
            }
            .into()),
        }
    }
}

/// Whether two names are one, however they are typed.
fn is_same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// Takes the names and words of those out who complained about a certificate and are neither `own` nor its client, and what their
/// complaints came to.
fn hide_others(case: &mut CaseView, own: &str) {
    const HIDDEN: &str = "(for the certification body only)";
    let client = case.client.clone();
    let mut hidden = Vec::new();
    for one in &mut case.records {
        let record = &mut one.record;
        match (&mut record.actor, &mut record.step) {
            (Who::Outsider(from), Step::Complained { text }) if *from != own && *from != client => {
                "another organisation".clone_into(from);
                HIDDEN.clone_into(text);
                hidden.push(record.number);
            }
            (_, Step::Resolved { dispute, text, .. }) if hidden.contains(dispute) => HIDDEN.clone_into(text),
            _ => {}
        }
    }
}

/// Whether an error is one of what is stored of a single case or car, and not of the database as a whole.
pub(super) fn is_damage(error: &DeskError) -> bool {
    match error {
        DeskError::CaseUnreadable { .. }
        | DeskError::Value {
            what: "statement", ..
        } => true,
        DeskError::Store(error) => matches!(
            error,
            StoreError::Sealed(_) | StoreError::Row { .. } | StoreError::ContentKey(_)
        ),
        _ => false,
    }
}

/// Telemetry is looked at until the evaluation is, and again by whoever reviews it.
fn awaits(open: &Open) -> Result<(), DeskError> {
    match open.case.state() {
        State::Applied | State::Accepted | State::Evaluated => Ok(()),
        state => Err(DeskError::NotReady {
            case: open.stored.id.clone(),
            problem: format!("is {state}; telemetry is handed in before the evaluation is reviewed"),
        }),
    }
}

fn car_line(open: &Open) -> CarLine {
    let vehicle = &open.application.vehicle;
    CarLine {
        vehicle: vehicle.vid.to_string(),
        make: vehicle.make.clone(),
        model: vehicle.model.clone(),
        client: open.case.client().to_owned(),
        applied: open
            .case
            .records()
            .first()
            .map_or(Timestamp::UNIX_EPOCH, |record| record.at),
    }
}

fn handed_in(stored: &StoredAssessment, summary: Summary) -> HandedIn {
    HandedIn {
        sha256: hex::encode(stored.hash),
        account: Some(stored.account.clone()),
        at: Timestamp::from_second(stored.at).unwrap_or_default(),
        summary,
    }
}

impl Summary {
    fn of(found: &Assessment) -> Self {
        let sources = found.evidence.sources.iter();
        Self {
            soh_pct: found.soh().map(|soh| [soh.percent, soh.lower95, soh.upper95]),
            refused: found.refusals.iter().map(|refusal| refusal.code.name()).collect(),
            files: sources
                .filter(|source| !source.sha256.is_empty())
                .map(|source| (source.name.clone(), source.sha256.clone()))
                .collect(),
        }
    }
}
