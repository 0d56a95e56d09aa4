//! The steps of a case by an account, over the network.
//!
//! An account that takes a step of the body acts as one person of the scheme, for ever ([why](../../../../docs/decisions/0045-an-account-acts-as-one-person.md)).
//! What the person may do is decided by the same code as at the machine, and refused a second time by the same keys in the database.
//! Who applied sees the case; so does the body; to everybody else there is none.

use battery::Assessment;
use certificate::application::{Application, Battery, Vehicle};
use certificate::evaluation::Evaluation;
use certificate::people::Person;
use certificate::scheme::{Actor as Who, SchemeError, State, Step};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use store::{StepAccount, StoredApplicant, StoredAssessment, StoredCase};

use super::issue::Issued;
use super::offers::{Asker, Offer, WhyNot, offers};
use super::people::MandateView;
use super::sheet::Language;
use super::steps::review;
use super::surveil::SuspendedByRule;
use super::{CaseView, Hand, Open, assessment, hash_of};
use crate::access::{AccessError, Act, Actor, Known, Role};
use crate::assessing::Description;
use crate::desk::Desk;
use crate::error::DeskError;

/// Assessments kept with one case.
const MOST_ASSESSMENTS: u32 = 50;

/// Bytes of one assessment: thousands of sessions.
const MOST_BYTES: usize = 4 << 20;

/// Complaints and appeals of one organisation on one case that are not decided yet.
const MOST_DISPUTES: usize = 5;

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

/// A step of the body, as it is asked for.
#[derive(Clone, Debug)]
pub enum Taking {
    /// The review that is due (7.3, 7.5).
    Review {
        /// Whether to accept the application, or take the evaluation as it is.
        agrees: bool,
        /// What was looked at.
        remarks: String,
    },
    /// The decision (7.6).
    Decision {
        /// In favour.
        grant: bool,
        /// Why.
        reasons: String,
    },
    /// Surveillance (7.9).
    Surveillance {
        /// What was looked at and found.
        remarks: String,
    },
    /// A change (7.10).
    Change {
        /// What, and what follows.
        what: String,
    },
    /// Suspension (7.11).
    Suspension {
        /// Why.
        reason: String,
    },
    /// Its end (7.11).
    Reinstatement {
        /// Why.
        reason: String,
    },
    /// Withdrawal (7.11).
    Withdrawal {
        /// Why.
        reason: String,
    },
    /// The decision of a complaint or appeal (7.13).
    Resolution {
        /// Its record.
        dispute: u32,
        /// Whether it was right.
        upheld: bool,
        /// Why, and what follows.
        text: String,
    },
}

impl Taking {
    fn step(self, state: State) -> Step {
        match self {
            Self::Review { agrees, remarks } => review(state, agrees, remarks),
            Self::Decision { grant: true, reasons } => Step::Granted { reasons },
            Self::Decision {
                grant: false,
                reasons,
            } => Step::Refused { reasons },
            Self::Surveillance { remarks } => Step::Surveilled { remarks },
            Self::Change { what } => Step::Changed { what },
            Self::Suspension { reason } => Step::Suspended {
                reason,
                cause: None,
                statement: None,
            },
            Self::Reinstatement { reason } => Step::Reinstated { reason },
            Self::Withdrawal { reason } => Step::Withdrawn { reason },
            Self::Resolution {
                dispute,
                upheld,
                text,
            } => Step::Resolved {
                dispute,
                upheld,
                text,
            },
        }
    }
}

/// A complaint or an appeal.
#[derive(Clone, Debug)]
pub enum Dispute {
    /// About the body or a certificate.
    Complaint {
        /// What about.
        text: String,
    },
    /// Against a decision.
    Appeal {
        /// Its record.
        against: u32,
        /// Why.
        text: String,
    },
}

/// A line of the list of applications.
#[derive(Clone, Debug, Serialize)]
pub struct ApplicationLine {
    /// Its case.
    pub case: String,
    /// Where it stands.
    pub state: String,
    /// What may be said of the car; absent where it was erased.
    pub car: Option<CarLine>,
    /// The certificate's number, where one was issued.
    pub certificate: Option<String>,
    /// The steps that whoever asks may take next.
    pub yours: Vec<&'static str>,
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
    /// State of health and the ends of its 95 % interval, in percent; absent where the method refused.
    pub soh_pct: Option<[battery::Decimal; 3]>,
    /// The codes of the method's reasons to refuse.
    pub refused: Vec<String>,
    /// The files: name and SHA-256.
    pub files: Vec<(String, String)>,
}

/// Somebody who works for the body.
#[derive(Clone, Debug, Serialize)]
pub struct PersonView {
    /// The person's id.
    pub person: String,
    /// The accounts that act as this person.
    pub accounts: Vec<String>,
    /// Mandates.
    pub mandates: Vec<MandateView>,
}

/// Who asks about a case, and what the account is there.
struct Seat {
    known: Known,
    of_body: bool,
    person: Result<Person, WhyNot>,
    applicant: Option<StoredApplicant>,
    /// Whether the application was sent by this account, or by another one of the same person.
    applied: bool,
}

impl Desk {
    /// Has an account act as a person of the body, for ever. At the machine only: whoever says that two accounts are two people
    /// answers for it.
    ///
    /// # Errors
    /// Not at the machine; no such account or person; the account is not of the body's organisation and role `issuer` or
    /// `operator`; or it acts as somebody already.
    pub async fn give_person(
        &self,
        actor: &Actor,
        account: &str,
        person: &str,
        now: i64,
    ) -> Result<(), DeskError> {
        if let Some(known) = actor.known() {
            return Err(AccessError::Forbidden {
                role: known.role,
                act: Act::ManageAccounts,
            }
            .into());
        }
        let body = self.body().await?;
        self.person(person).await?;
        let found = self.store.account(account).await?;
        let Some(found) = found else {
            let fix = "there is no such account; `carnet account list` shows all";
            return Err(DeskError::value("account", account, fix));
        };
        let role: Result<Role, _> = found.role.parse();
        if !role.is_ok_and(|role| role.may(Act::Certify)) {
            let problem = format!(
                "has the role {}; one that certifies has issuer or operator",
                found.role
            );
            return Err(DeskError::value("account", account, problem));
        }
        let organisation = self.store.organisation(&found.organisation).await?;
        if organisation.and_then(|o| o.issuer).as_deref() != Some(body.issuer.as_str()) {
            let problem = format!(
                "belongs to {}, whose issuer is not the body's, {}; make the account in the organisation that has it",
                found.organisation, body.issuer
            );
            return Err(DeskError::value("account", account, problem));
        }
        let by = StepAccount {
            account: found.name.clone(),
            person: person.to_owned(),
        };
        let subject = format!("{} as {person}", found.name);
        let deed = actor.deed("let account certify", subject, Some(&found.organisation), now);
        if self.store.give_account(&by, now, &deed).await? {
            return Ok(());
        }
        let there = self.store.certification_accounts().await?;
        let acts_as = there.into_iter().find(|b| b.account == by.account);
        let problem = format!(
            "acts as {} already, and for ever; give another account to another person",
            acts_as.map(|b| b.person).unwrap_or_default()
        );
        Err(DeskError::value("account", account, problem))
    }

    /// Who works for the body, with accounts and mandates.
    ///
    /// # Errors
    /// For the body and for operators only.
    pub async fn certifiers(&self, actor: &Actor) -> Result<Vec<PersonView>, DeskError> {
        actor.may(Act::SeeCertifiers)?;
        if let Some(known) = actor.known()
            && known.role != Role::Operator
            && !self.is_of_body(known).await?
        {
            return Err(AccessError::NotOfBody.into());
        }
        let accounts = self.store.certification_accounts().await?;
        let mut mandates = self.mandates().await?;
        let people = self.store.certification_people().await?;
        Ok(people
            .into_iter()
            .map(|(person, _)| PersonView {
                accounts: accounts
                    .iter()
                    .filter(|by| by.person == person)
                    .map(|by| by.account.clone())
                    .collect(),
                mandates: mandates.extract_if(.., |m| m.person == person).collect(),
                person,
            })
            .collect())
    }

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
        let mut lines = Vec::new();
        for stored in self.store.newest_cases(own, before, MOST_CASES).await? {
            let seat = self.seat(known, &stored.id).await?;
            let certificate = self.store.certificate(&stored.id).await?.map(|c| c.id);
            let (case, state) = (stored.id.clone(), stored.state.clone());
            let (car, yours) = match self.open_stored(stored).await {
                Ok(open) => {
                    let offers = self.offers_for(&seat, &open, &[], now).await?;
                    (
                        Some(car_line(&open)),
                        offers.iter().filter(|o| o.you_may).map(|o| o.step).collect(),
                    )
                }
                Err(DeskError::CaseErased(_)) => (None, Vec::new()),
                Err(error) => return Err(error),
            };
            lines.push(ApplicationLine {
                case,
                state,
                car,
                certificate,
                yours,
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
        for stored in self.store.assessments(&open.stored.id).await? {
            let sha256 = hex::encode(stored.hash);
            let found: Assessment = self.document(&open.stored, &sha256).await?;
            let mut handed = handed_in(&stored, &found);
            if !seat.of_body && stored.account != seat.known.name {
                let account = self.store.account(&stored.account).await?;
                let own = account.is_some_and(|account| account.organisation == seat.known.organisation);
                handed.account = handed.account.filter(|_| own);
            }
            assessments.push(handed);
        }
        let mut case = self.view(&open, false).await?;
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
        let stored = StoredAssessment {
            hash: Sha256::digest(&text).into(),
            account: seat.known.name.clone(),
            at: now.as_second(),
        };
        let view = handed_in(&stored, found);
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

    /// An assessment that was handed in.
    ///
    /// # Errors
    /// There is no such application or assessment.
    pub async fn handed_in(&self, actor: &Actor, case: &str, sha256: &str) -> Result<Assessment, DeskError> {
        let (_, open) = self.seen(actor, case).await?;
        self.assessment(&open.stored, sha256).await
    }

    async fn assessment(&self, stored: &StoredCase, sha256: &str) -> Result<Assessment, DeskError> {
        let unknown = || AccessError::Unknown {
            what: "assessment",
            name: sha256.chars().take(64).collect(),
        };
        let hash = hash_of(&stored.id, sha256).map_err(|_| unknown())?;
        let there = self.store.assessments(&stored.id).await?;
        if !there.iter().any(|one| one.hash == hash) {
            return Err(unknown().into());
        }
        self.document(stored, sha256).await
    }

    /// Records an evaluation (7.4) from an assessment that was handed in. `odometer_km` is what the evaluator read, where the
    /// telemetry does not say. `seen` is the last record that was there when it was asked for.
    ///
    /// # Errors
    /// The account acts as nobody, there is no such assessment, the scheme does not allow it, or something happened since `seen`.
    pub async fn evaluate(
        &self,
        actor: &Actor,
        case: &str,
        sha256: &str,
        odometer_km: Option<u32>,
        seen: Option<u32>,
        now: Timestamp,
    ) -> Result<ApplicationView, DeskError> {
        let (seat, open) = self.seen_by_body(actor, case).await?;
        let id = open.stored.id.clone();
        let act = "evaluate battery";
        let by = seat.takes(&open, "evaluated");
        let by = self.with_refusal(actor, act, &id, now, false, by).await?;
        let found = self.assessment(&open.stored, sha256).await?;
        let today = now.to_zoned_datetime(TimeZone::UTC).date();
        let evaluation = assessment::evaluation(&found, &open.application, odometer_km, today)
            .map_err(|problem| DeskError::value("assessment", sha256, problem))?;
        let hand = seat.hand(actor, &by, act, &id, seen, now);
        let done = self.evaluate_by(&id, &by.id, &evaluation, now, hand).await;
        self.with_refusal(actor, act, &id, now, false, done).await?;
        self.application(actor, &id, now).await
    }

    /// Takes a step of the body. `seen` is the last record that was there when it was asked for.
    ///
    /// # Errors
    /// The account acts as nobody, the scheme does not allow it, or something happened since `seen`.
    pub async fn take_step(
        &self,
        actor: &Actor,
        case: &str,
        taking: Taking,
        seen: Option<u32>,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<ApplicationView, DeskError> {
        let (seat, open) = self.seen_by_body(actor, case).await?;
        let id = open.stored.id.clone();
        let step = taking.step(open.case.state());
        let act = deed_of(&step);
        let by = seat.takes(&open, step.kind());
        let by = self.with_refusal(actor, act, &id, now, dry_run, by).await?;
        let hand = seat.hand(actor, &by, act, &id, seen, now);
        let done = self.step_by(&id, &by.id, step, now, dry_run, hand).await;
        let after = self.with_refusal(actor, act, &id, now, dry_run, done).await?;
        let mut view = self.application(actor, &id, now).await?;
        if dry_run {
            (view.case, view.next) = (after, Vec::new());
        }
        Ok(view)
    }

    /// Issues the certificate of a granted case (7.7). `seen` is the last record that was there when it was asked for.
    ///
    /// # Errors
    /// The account acts as nobody, the scheme does not allow it, the body's key is not here, or the pages cannot be printed.
    pub async fn issue(
        &self,
        actor: &Actor,
        case: &str,
        seen: Option<u32>,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Issued, DeskError> {
        let (seat, open) = self.seen_by_body(actor, case).await?;
        let id = open.stored.id.clone();
        let act = "issue certificate";
        let by = seat.takes(&open, "issued");
        let by = self.with_refusal(actor, act, &id, now, dry_run, by).await?;
        let may = self.offers_for(&seat, &open, &[], now).await?;
        let hand = seat.hand(actor, &by, act, &id, seen, now);
        let done = if may.iter().any(|offer| offer.step == "issued" && offer.you_may) {
            // Pages that cannot be printed must not be found out after the certificate exists.
            self.issue_by(&id, &by.id, Some(Language::English), now, dry_run, hand)
                .await
        } else {
            let step = Step::Issued {
                certificate: "-".to_owned(),
                credential: "-".to_owned(),
                redacted: "-".to_owned(),
            };
            let chemistry = open.application.battery.chemistry;
            let mut copy = open.case.clone();
            let refused = copy.step(step, &by, chemistry, now).map(|_| ()).err();
            let refusal = refused.unwrap_or(SchemeError::TooMany);
            Err(DeskError::Step {
                case: id.clone(),
                refusal,
            })
        };
        self.with_refusal(actor, act, &id, now, dry_run, done).await
    }

    /// A complaint or an appeal (7.13). About a certificate, by its number, any account may complain. `seen` is the last record
    /// that was there when it was written.
    ///
    /// # Errors
    /// The role does not allow it, there is nothing of this name, or nothing to appeal against; the organisation has as many
    /// disputes there as it may; or something happened since `seen`.
    pub async fn dispute(
        &self,
        actor: &Actor,
        case: &str,
        dispute: Dispute,
        from: Option<&str>,
        seen: Option<u32>,
        now: Timestamp,
    ) -> Result<u32, DeskError> {
        actor.may(Act::Apply)?;
        let known = actor.known().ok_or(AccessError::Anonymous)?;
        let of_body = self.is_of_body(known).await?;
        let id = match (self.store.certificate(case).await?, &dispute) {
            // Its number is public, and whoever has it may complain.
            (Some(certificate), Dispute::Complaint { .. }) if certificate.id == case => certificate.case,
            _ => self.seen(actor, case).await?.1.stored.id,
        };
        let (step, act) = match dispute {
            Dispute::Complaint { text } => (Step::Complained { text }, "complain"),
            Dispute::Appeal { against, text } => (Step::Appealed { against, text }, "appeal"),
        };
        let from = match from {
            // What came by letter is written down by the body in its sender's name.
            Some(from) if of_body => from.to_owned(),
            Some(from) => {
                let problem = "a complaint is in the name of your organisation; leave the name out";
                return Err(DeskError::value("from", from, problem));
            }
            None => {
                let organisation = self.store.organisation(&known.organisation).await?;
                organisation.map(|o| o.name).unwrap_or_default()
            }
        };
        let hand = Hand {
            account: None,
            deed: Some(actor.deed(act, id.as_str(), None, now.as_second())),
            seen,
            most_disputes: (!of_body).then_some(MOST_DISPUTES),
        };
        let view = self.dispute_by(&id, &from, step, now, hand).await?;
        Ok(view.records.last().map_or(0, |record| record.record.number))
    }

    /// Suspends what the history gives cause to suspend, as the sealing of a batch at the machine does.
    ///
    /// # Errors
    /// The account does not belong to the body or acts as nobody there, or its key is not here.
    pub async fn run_surveillance(
        &self,
        actor: &Actor,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Vec<SuspendedByRule>, DeskError> {
        actor.may(Act::Certify)?;
        let known = actor.known().ok_or(AccessError::Anonymous)?;
        if !self.is_of_body(known).await? {
            return Err(AccessError::NotOfBody.into());
        }
        if self.acts_as(&known.name).await?.is_err() {
            return Err(AccessError::NoPerson(known.name.clone()).into());
        }
        if !dry_run {
            let deed = actor.deed("run surveillance", "", None, now.as_second());
            self.store.record_deed(&deed).await?;
        }
        self.surveil(now, dry_run).await
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
    ) -> Result<Vec<u8>, DeskError> {
        let (_, open) = self.seen(actor, case).await?;
        self.certified(&open).await?;
        self.certificate_pages(&open.stored.id, false, language).await
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

    /// Writes what is public where `carnet verify` on this machine looks.
    ///
    /// # Errors
    /// The folder cannot be written, or the body's key is not here.
    pub async fn publish_here(&self, now: Timestamp) -> Result<(), DeskError> {
        self.publish_certificates(&self.dir().certificates(), now).await?;
        Ok(())
    }

    /// Whether an account belongs to the certification body, and the person it acts as there.
    ///
    /// # Errors
    /// Nobody in particular asks, or the database failed.
    pub async fn acting_as(&self, actor: &Actor) -> Result<(bool, Option<String>), DeskError> {
        let known = actor.known().ok_or(AccessError::Anonymous)?;
        let of_body = self.is_of_body(known).await?;
        let person = self.acts_as(&known.name).await?.ok().filter(|_| of_body);
        Ok((of_body, person.map(|person| person.name)))
    }

    async fn is_of_body(&self, known: &Known) -> Result<bool, DeskError> {
        let Some(body) = self.store.certification_body().await? else {
            return Ok(false);
        };
        let organisation = self.store.organisation(&known.organisation).await?;
        Ok(organisation.and_then(|o| o.issuer) == Some(body.issuer))
    }

    /// The person that an account acts as.
    async fn acts_as(&self, account: &str) -> Result<Result<Person, WhyNot>, DeskError> {
        let accounts = self.store.certification_accounts().await?;
        Ok(match accounts.into_iter().find(|by| by.account == account) {
            Some(by) => Ok(self.person(&by.person).await?),
            None => {
                let why = AccessError::NoPerson(account.to_owned());
                Err(WhyNot::other("no_person", why.to_string()))
            }
        })
    }

    async fn seat(&self, known: &Known, case: &str) -> Result<Seat, DeskError> {
        let of_body = self.is_of_body(known).await?;
        let person_of_seat = if !of_body {
            let why = AccessError::NotOfBody;
            Err(WhyNot::other("not_the_body", why.to_string()))
        } else if !known.role.may(Act::Certify) {
            let why = AccessError::Forbidden {
                role: known.role,
                act: Act::Certify,
            };
            Err(WhyNot::other("role", why.to_string()))
        } else {
            self.acts_as(&known.name).await?
        };
        let applicant = self.store.applicant(case).await?;
        let applied = match &applicant {
            Some(applicant) if applicant.account == known.name => true,
            // Under another account it is still the same person.
            Some(applicant) => {
                let there = self.store.certification_accounts().await?;
                let person = there.into_iter().find(|by| by.account == applicant.account);
                person.is_some_and(|by| person_of_seat.as_ref().is_ok_and(|own| own.id == by.person))
            }
            None => false,
        };
        Ok(Seat {
            known: known.clone(),
            of_body,
            person: person_of_seat,
            applicant,
            applied,
        })
    }

    /// A case that this account may see.
    async fn seen(&self, actor: &Actor, case: &str) -> Result<(Seat, Open), DeskError> {
        actor.may(Act::SeeApplications)?;
        let known = actor.known().ok_or(AccessError::Anonymous)?;
        // The same answer whether or not another organisation has it.
        let unknown = || AccessError::Unknown {
            what: "application",
            name: case.chars().take(64).collect(),
        };
        let id = match self.store.certificate(case).await? {
            Some(certificate) => certificate.case,
            None => case.to_owned(),
        };
        let stored = self.store.case(&id).await?.ok_or_else(unknown)?;
        let seat = self.seat(known, &id).await?;
        let own = |applicant: &StoredApplicant| applicant.organisation == known.organisation;
        if !seat.of_body && !seat.applicant.as_ref().is_some_and(own) {
            return Err(unknown().into());
        }
        let open = self.open_stored(stored).await?;
        Ok((seat, open))
    }

    /// A case of which this account takes a step of the body.
    async fn seen_by_body(&self, actor: &Actor, case: &str) -> Result<(Seat, Open), DeskError> {
        actor.may(Act::Certify)?;
        let (seat, open) = self.seen(actor, case).await?;
        if !seat.of_body {
            return Err(AccessError::NotOfBody.into());
        }
        Ok((seat, open))
    }

    async fn everybody(&self) -> Result<Vec<Person>, DeskError> {
        let mut people = Vec::new();
        for (id, _) in self.store.certification_people().await? {
            people.push(self.person(&id).await?);
        }
        Ok(people)
    }

    async fn offers_for(
        &self,
        seat: &Seat,
        open: &Open,
        people: &[Person],
        now: Timestamp,
    ) -> Result<Vec<Offer>, DeskError> {
        let applied = seat.applied;
        let person = match &seat.person {
            Ok(_) if applied => {
                let problem = "this account sent the application, and takes no step of the body on it";
                Err(WhyNot::other("client", problem))
            }
            Ok(person) => Ok(person),
            Err(why) => Err(why.clone()),
        };
        let asker = Asker {
            person,
            outside: seat.known.role.may(Act::Apply),
            people,
        };
        let chemistry = open.application.battery.chemistry;
        let mut offers = offers(&open.case, chemistry, &asker, now);
        for offer in offers.iter_mut().filter(|o| o.step == "granted" && o.you_may) {
            let today = now.to_zoned_datetime(TimeZone::UTC).date();
            if let Some(why) = self.last_evaluation(open).await?.out_of_date(today) {
                offer.you_may = false;
                offer.people.clear();
                offer.why_not = Some(WhyNot::other("too_old", why));
            }
        }
        Ok(offers)
    }

    /// Writes down that a step was refused, but for a dry run: who tries to take two duties should be seen trying.
    async fn with_refusal<T>(
        &self,
        actor: &Actor,
        act: &'static str,
        case: &str,
        now: Timestamp,
        dry_run: bool,
        done: Result<T, DeskError>,
    ) -> Result<T, DeskError> {
        if !dry_run && let Err(DeskError::Step { .. } | DeskError::NotReady { .. }) = &done {
            let mut deed = actor.deed(act, case, None, now.as_second());
            deed.done = false;
            self.store.record_deed(&deed).await?;
        }
        done
    }
}

impl Seat {
    /// The person who takes a step.
    fn takes(&self, open: &Open, kind: &'static str) -> Result<Person, DeskError> {
        let Ok(person) = &self.person else {
            return Err(AccessError::NoPerson(self.known.name.clone()).into());
        };
        if self.applied {
            return Err(DeskError::Step {
                case: open.stored.id.clone(),
                refusal: SchemeError::Client {
                    person: person.id.clone(),
                    kind,
                },
            });
        }
        Ok(person.clone())
    }

    fn hand(
        &self,
        actor: &Actor,
        person: &Person,
        act: &'static str,
        case: &str,
        seen: Option<u32>,
        now: Timestamp,
    ) -> Hand {
        Hand {
            account: Some(StepAccount {
                account: self.known.name.clone(),
                person: person.id.clone(),
            }),
            deed: Some(actor.deed(act, case, None, now.as_second())),
            seen,
            most_disputes: None,
        }
    }
}

/// Whether two names are one, however they are typed.
fn is_same(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.trim().to_lowercase()
}

/// Takes the names and words of those out who complained about a certificate of another organisation than `own`.
fn hide_others(case: &mut CaseView, own: &str) {
    let client = case.client.clone();
    for one in &mut case.records {
        let record = &mut one.record;
        let (Who::Outsider(from), Step::Complained { text }) = (&mut record.actor, &mut record.step) else {
            continue;
        };
        if *from != own && *from != client {
            "another organisation".clone_into(from);
            "(for the certification body only)".clone_into(text);
        }
    }
}

/// What a step is called in the trail.
fn deed_of(step: &Step) -> &'static str {
    match step {
        Step::ApplicationAccepted { .. } => "accept application",
        Step::ApplicationDeclined { .. } => "decline application",
        Step::Reviewed { .. } => "review evaluation",
        Step::Granted { .. } => "grant certificate",
        Step::Refused { .. } => "refuse certificate",
        Step::Surveilled { .. } => "record surveillance",
        Step::Changed { .. } => "record change",
        Step::Suspended { .. } => "suspend certificate",
        Step::Reinstated { .. } => "reinstate certificate",
        Step::Withdrawn { .. } => "withdraw certificate",
        Step::Resolved { .. } => "resolve dispute",
        Step::Applied { .. }
        | Step::Evaluated { .. }
        | Step::Issued { .. }
        | Step::Complained { .. }
        | Step::Appealed { .. } => "take step",
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

fn handed_in(stored: &StoredAssessment, found: &Assessment) -> HandedIn {
    HandedIn {
        sha256: hex::encode(stored.hash),
        account: Some(stored.account.clone()),
        at: Timestamp::from_second(stored.at).unwrap_or_default(),
        soh_pct: found.soh().map(|soh| [soh.percent, soh.lower95, soh.upper95]),
        refused: found.refusals.iter().map(|refusal| refusal.code.name()).collect(),
        files: found
            .evidence
            .sources
            .iter()
            .filter(|source| !source.sha256.is_empty())
            .map(|source| (source.name.clone(), source.sha256.clone()))
            .collect(),
    }
}
