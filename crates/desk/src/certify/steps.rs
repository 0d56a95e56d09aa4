//! The steps of a case that people take.

use std::collections::HashMap;

use certificate::application::Application;
use certificate::basis::Basis;
use certificate::evaluation::Evaluation;
use certificate::scheme::{Actor, Case, State, Step};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use statement::vocabulary::StatementType;
use store::{CaseWrite, StoredApplicant, StoredCase};

use super::acting::deed_of;
use super::expiry::Expired;
use super::surveil::Counted;
use super::{CaseView, Hand, Open, canonical, new_steps, refused, status_fields};
use crate::access::{self, AccessError};
use crate::desk::Desk;
use crate::error::DeskError;

impl Desk {
    /// Opens a case for an application.
    ///
    /// # Errors
    /// Something in the application cannot be, or no body is set up.
    pub async fn certify_apply(
        &self,
        application: &Application,
        now: Timestamp,
    ) -> Result<CaseView, DeskError> {
        let car = application.vehicle.vid.to_string();
        let hand = Hand::at_machine("apply for certification", &car, now);
        self.apply_by(application, None, hand, now).await
    }

    /// The same for whoever applies over the network.
    pub(crate) async fn apply_by(
        &self,
        application: &Application,
        applicant: Option<&StoredApplicant>,
        hand: Hand,
        now: Timestamp,
    ) -> Result<CaseView, DeskError> {
        let _turn = self.certifying.lock().await;
        self.body().await?;
        let today = now.to_zoned_datetime(TimeZone::UTC).date();
        application
            .check(today)
            .map_err(|e| DeskError::value("application", application.vehicle.vid.to_string(), e))?;
        let (text, hash) = canonical(application)?;
        let id = format!("C-{:06}", self.store.count_cases().await? + 1);
        let case = Case::open(&id, &application.client, &hex::encode(hash), whole(now))
            .map_err(|e| DeskError::value("application", &application.client, e))?;
        let stored = StoredCase {
            id,
            label: self.labels.label(&application.vehicle.vid),
            state: case.state().as_str().to_owned(),
        };
        let write = CaseWrite {
            state: case.state().as_str(),
            steps: new_steps(&case, 0)?,
            documents: vec![(hash, text)],
            deed: hand.deed,
            ..CaseWrite::default()
        };
        self.store
            .open_case(&stored, now.as_second(), applicant, &write)
            .await?;
        let open = Open {
            stored,
            case,
            application: application.clone(),
        };
        self.view(&open, now, false).await
    }

    /// Takes the review that is due: of the application, or of the evaluation.
    ///
    /// # Errors
    /// No review is due, or this person may not do it.
    pub async fn certify_review(
        &self,
        case: &str,
        by: &str,
        agrees: bool,
        remarks: &str,
        now: Timestamp,
    ) -> Result<CaseView, DeskError> {
        let open = self.open_case(case).await?;
        let step = review(open.case.state(), agrees, remarks.to_owned());
        self.certify_step(case, by, step, now, false).await
    }

    /// Records an evaluation, and what its figures rest on.
    ///
    /// # Errors
    /// Something in it cannot be or contradicts the application, no evaluation is due, or this person may not do it.
    pub async fn certify_evaluate(
        &self,
        case: &str,
        by: &str,
        evaluation: &Evaluation,
        basis: Basis,
        now: Timestamp,
    ) -> Result<CaseView, DeskError> {
        let (id, act) = (self.open_case(case).await?.stored.id, "evaluate battery");
        let hand = Hand::at_machine(act, &id, now);
        let done = self.evaluate_by(case, by, evaluation, basis, now, hand).await;
        self.with_refusal(&access::Actor::Machine, act, &id, now, false, done)
            .await
    }

    /// The same by somebody's hand.
    pub(crate) async fn evaluate_by(
        &self,
        case: &str,
        by: &str,
        evaluation: &Evaluation,
        basis: Basis,
        now: Timestamp,
        hand: Hand,
    ) -> Result<CaseView, DeskError> {
        let _turn = self.certifying.lock().await;
        let mut open = self.open_case(case).await?;
        hand.is_of_now(&open)?;
        evaluation
            .check()
            .and_then(|()| evaluation.fits(&open.application))
            .map_err(|e| DeskError::value("evaluation", case, e))?;
        let measured_from = evaluation.evidence.from;
        let mut evaluation = evaluation.clone();
        evaluation.rest_on(basis);
        evaluation.tell(&self.background(&open, measured_from).await?);
        let mut obstacles = evaluation.obstacles();
        for (found, _) in self.causes(&open, measured_from, Counted::All).await? {
            obstacles.push(format!("the history says: {} ({})", found.cause, found.said));
        }
        obstacles.extend(self.odometer_contradicted(&open, &evaluation).await?);
        obstacles.extend(self.ran_past(&open, &evaluation).await?);
        let (text, hash) = canonical(&evaluation)?;
        let step = Step::Evaluated {
            evaluation: hex::encode(hash),
            obstacles,
            basis: Some(basis),
        };
        let person = self.person(by).await?;
        let before = open.case.records().len();
        let chemistry = open.application.battery.chemistry;
        open.case
            .step(step, &person, chemistry, whole(now))
            .map_err(refused(case))?;
        let write = CaseWrite {
            documents: vec![(hash, text)],
            ..CaseWrite::default()
        };
        self.write(&open, before, write, now.as_second(), hand).await?;
        self.view(&open, now, false).await
    }

    /// Refuses a certificate that what was recorded of the car would suspend, or contradicts.
    pub(crate) async fn history_allows(&self, open: &Open, evaluation: &Evaluation) -> Result<(), DeskError> {
        match self.history_forbids(open, evaluation).await? {
            Some((why, fix)) => Err(not_ready(open, format!("{why}{fix}"))),
            None => Ok(()),
        }
    }

    /// Refuses to bring a certificate back into force that would be refused now. How old its data is does not matter: it has its
    /// last day.
    pub(crate) async fn history_allows_again(
        &self,
        open: &Open,
        evaluation: &Evaluation,
    ) -> Result<(), DeskError> {
        let fix = "no certificate is granted with that, and none reinstated: close the recall, have what is wrong corrected by \
                   who stated it, or withdraw this one and measure again";
        match self.history_forbids(open, evaluation).await? {
            Some((why, _)) => Err(not_ready(open, format!("{why}; {fix}"))),
            None => Ok(()),
        }
    }

    /// Why a case can have no certificate in force, and what to do about it.
    async fn history_forbids(
        &self,
        open: &Open,
        evaluation: &Evaluation,
    ) -> Result<Option<(String, &'static str)>, DeskError> {
        let measured_from = evaluation.evidence.from;
        let causes = self.causes(open, measured_from, Counted::All).await?;
        Ok(if let Some((found, _)) = causes.first() {
            Some((
                format!("the history says: {} ({})", found.cause, found.said),
                "; evaluate again with data from after it, or decide against",
            ))
        } else if let Some(untold) = evaluation.untold(&self.background(open, measured_from).await?) {
            Some((
                format!("the history says, and the evaluation does not: {untold}"),
                "; evaluate again",
            ))
        } else if let Some(why) = self.odometer_contradicted(open, evaluation).await? {
            Some((why, "; read the car again, and evaluate again"))
        } else if let Some(why) = self.ran_past(open, evaluation).await? {
            Some((why, ""))
        } else if let Err(contradiction) = evaluation.fits(&open.application) {
            let why = format!("has an evaluation that contradicts its application: {contradiction}");
            Some((why, ""))
        } else {
            None
        })
    }

    /// The last evaluation of an open case.
    pub(crate) async fn last_evaluation(&self, open: &Open) -> Result<Evaluation, DeskError> {
        match open.case.last(&["evaluated"]).map(|record| &record.step) {
            Some(Step::Evaluated { evaluation, .. }) => self.document(&open.stored, evaluation).await,
            _ => Err(DeskError::NotReady {
                case: open.stored.id.clone(),
                problem: "was not evaluated yet".to_owned(),
            }),
        }
    }

    /// Takes a step by a person with a mandate. A step that changes a certificate's status is a statement in the log too.
    ///
    /// # Errors
    /// Not in this state, not by this person; or the body's key is not enrolled.
    pub async fn certify_step(
        &self,
        case: &str,
        by: &str,
        step: Step,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<CaseView, DeskError> {
        let (id, act) = (self.open_case(case).await?.stored.id, deed_of(&step));
        let hand = Hand::at_machine(act, &id, now);
        let done = self.step_by(case, by, step, now, dry_run, hand).await;
        self.with_refusal(&access::Actor::Machine, act, &id, now, dry_run, done)
            .await
    }

    /// The same by somebody's hand.
    pub(crate) async fn step_by(
        &self,
        case: &str,
        by: &str,
        step: Step,
        now: Timestamp,
        dry_run: bool,
        hand: Hand,
    ) -> Result<CaseView, DeskError> {
        let _turn = self.certifying.lock().await;
        let mut open = self.open_case(case).await?;
        hand.is_of_now(&open)?;
        let person = self.person(by).await?;
        let before = open.case.records().len();
        let chemistry = open.application.battery.chemistry;
        let granting = matches!(step, Step::Granted { .. });
        let reinstating = matches!(step, Step::Reinstated { .. });
        open.case
            .step(step, &person, chemistry, whole(now))
            .map_err(refused(case))?;
        if granting {
            let today = now.to_zoned_datetime(TimeZone::UTC).date();
            let evaluation = self.last_evaluation(&open).await?;
            if let Some(why) = evaluation.out_of_date(today) {
                return Err(DeskError::NotReady {
                    case: case.to_owned(),
                    problem: why,
                });
            }
            self.history_allows(&open, &evaluation).await?;
        } else if reinstating {
            let evaluation = self.last_evaluation(&open).await?;
            self.history_allows_again(&open, &evaluation).await?;
        }
        self.finish_step(open, before, now, dry_run, hand).await
    }

    /// A complaint or an appeal, by anybody.
    ///
    /// # Errors
    /// There is nothing to appeal against, or no text.
    pub async fn certify_dispute(
        &self,
        case: &str,
        from: &str,
        step: Step,
        now: Timestamp,
    ) -> Result<CaseView, DeskError> {
        let id = self.open_case(case).await?.stored.id;
        let hand = Hand::at_machine(deed_of(&step), &id, now);
        self.dispute_by(case, from, step, now, hand).await
    }

    /// The same by somebody's hand.
    pub(crate) async fn dispute_by(
        &self,
        case: &str,
        from: &str,
        step: Step,
        now: Timestamp,
        hand: Hand,
    ) -> Result<CaseView, DeskError> {
        let _turn = self.certifying.lock().await;
        let mut open = self.open_case(case).await?;
        hand.is_of_now(&open)?;
        let before = open.case.records().len();
        let actor = Actor::Outsider(from.chars().take(120).collect());
        if let Some(most) = hand.most_disputes {
            let disputes: Vec<u32> = open.case.open_disputes().collect();
            let records = open.case.records().iter();
            let theirs = records.filter(|record| record.actor == actor && disputes.contains(&record.number));
            if theirs.count() >= most {
                return Err(AccessError::TooMany {
                    what: "undecided complaints and appeals of this sender on the application",
                    most: most as u64,
                }
                .into());
            }
        }
        open.case
            .step_from_outside(step, actor, whole(now))
            .map_err(refused(case))?;
        self.finish_step(open, before, now, false, hand).await
    }

    /// Writes the last step of a case, with the statement that it is to the log where it changes a certificate's status.
    pub(crate) async fn finish_step(
        &self,
        open: Open,
        before: usize,
        now: Timestamp,
        dry_run: bool,
        hand: Hand,
    ) -> Result<CaseView, DeskError> {
        let Some(last) = open.case.records().last() else {
            return Err(DeskError::value("case", &open.stored.id, "has no records"));
        };
        let said = match &last.step {
            Step::Suspended {
                reason,
                cause,
                statement,
            } => {
                let mut fields = vec![("cause", cause.map_or("other", |cause| cause.as_str()).to_owned())];
                fields.extend(statement.clone().map(|digest| ("statement_sha256", digest)));
                Some((StatementType::CertificateSuspended, reason, fields))
            }
            Step::Reinstated { reason } => Some((StatementType::CertificateReinstated, reason, vec![])),
            Step::Withdrawn { reason } => Some((StatementType::CertificateWithdrawn, reason, vec![])),
            _ => None,
        };
        let mut write = CaseWrite::default();
        if let Some((typ, reason, more)) = said {
            let earlier = open.case.records().iter().take(before);
            if earlier
                .into_iter()
                .any(|one| one.step == last.step && one.at == last.at)
            {
                return Err(AccessError::DoneAlready(open.stored.id.clone()).into());
            }
            let Some(certificate) = self.store.certificate(&open.stored.id).await? else {
                return Err(DeskError::value("case", &open.stored.id, "has no certificate"));
            };
            let mut body = status_fields(&certificate, reason);
            body.extend(
                more.into_iter()
                    .map(|(name, value)| (name.to_owned(), value.into())),
            );
            let certifier = self.certifier().await?;
            let (digest, text) = self.certificate_statement(&certifier, &open, typ, body, now)?;
            write.statement = Some((digest, last.number, text));
        }
        if !dry_run {
            self.write(&open, before, write, now.as_second(), hand).await?;
        }
        self.view(&open, now, dry_run).await
    }

    /// A case with all its records.
    ///
    /// # Errors
    /// There is none, or its records do not follow from one another.
    pub async fn certify_case(&self, case: &str, now: Timestamp) -> Result<CaseView, DeskError> {
        let open = self.open_case(case).await?;
        self.view(&open, now, false).await
    }

    /// All cases: id, state, and what ended the certificate though nobody took a step; oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn certify_cases(
        &self,
        now: Timestamp,
    ) -> Result<Vec<(String, String, Option<Expired>)>, DeskError> {
        let certificates = self.store.certificates().await?;
        let expired = self.expired(&certificates, now).await?;
        let ended: HashMap<&str, Expired> = certificates
            .iter()
            .filter_map(|(one, _)| Some((one.case.as_str(), *expired.get(&one.id)?)))
            .collect();
        let cases = self.store.cases().await?.into_iter();
        Ok(cases
            .map(|case| {
                let expired = ended.get(case.id.as_str()).copied();
                (case.id, case.state, expired)
            })
            .collect())
    }
}

fn not_ready(open: &Open, problem: String) -> DeskError {
    DeskError::NotReady {
        case: open.stored.id.clone(),
        problem,
    }
}

/// The step that a review is: of the application, or of the evaluation.
pub(crate) fn review(state: State, agrees: bool, remarks: String) -> Step {
    match (state, agrees) {
        (State::Applied, true) => Step::ApplicationAccepted { remarks },
        (State::Applied, false) => Step::ApplicationDeclined { reasons: remarks },
        _ => Step::Reviewed { agrees, remarks },
    }
}

/// Audit records have whole seconds, as statements do.
pub(crate) fn whole(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
