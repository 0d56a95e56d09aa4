//! The steps of a case by an account, over the network.
//!
//! What the person may do as whom the account acts is decided by the same code as at the machine, and refused a second time by the
//! same keys in the database.

use certificate::basis::Basis;
use certificate::scheme::{SchemeError, State, Step};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::applications::ApplicationView;
use super::issue::Issued;
use super::sheet::Language;
use super::steps::review;
use super::surveil::Surveillance;
use super::{Hand, assessment};
use crate::access::{AccessError, Act, Actor};
use crate::desk::Desk;
use crate::error::DeskError;

/// Complaints and appeals of one organisation on one case that are not decided yet.
const MOST_DISPUTES: usize = 5;

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

impl Desk {
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
        // Assessments are computed here, from the telemetry that was handed in; none comes in ready-made.
        let done = self
            .evaluate_by(&id, &by.id, &evaluation, Basis::Telemetry, now, hand)
            .await;
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
    /// The account does not belong to the body or acts as nobody there, or the certificates cannot be read.
    pub async fn run_surveillance(
        &self,
        actor: &Actor,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Surveillance, DeskError> {
        actor.may(Act::Certify)?;
        if let Some(known) = actor.known() {
            if !self.is_of_body(known).await? {
                return Err(AccessError::NotOfBody.into());
            }
            if self.acts_as(&known.name).await?.is_err() {
                return Err(AccessError::NoPerson(known.name.clone()).into());
            }
        }
        let mut deed = actor.deed("run surveillance", "", None, now.as_second());
        if !dry_run {
            self.store.record_deed(&deed).await?;
        }
        let done = self.surveil(now, dry_run).await;
        if !dry_run && !done.as_ref().is_ok_and(Surveillance::is_complete) {
            deed.done = false;
            self.store.record_deed(&deed).await?;
        }
        done
    }

    /// Whether certificates were published on this machine before.
    pub fn has_published_here(&self) -> bool {
        self.dir().certificates().join(super::publish::DIRECTORY).exists()
    }

    /// Writes what is public where `carnet verify` on this machine looks.
    ///
    /// # Errors
    /// The folder cannot be written, or the body's key is not here.
    pub async fn publish_here(&self, now: Timestamp) -> Result<(), DeskError> {
        self.publish_certificates(&self.dir().certificates(), now).await?;
        Ok(())
    }
}

/// What a step is called in the trail.
pub(super) fn deed_of(step: &Step) -> &'static str {
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
        Step::Complained { .. } => "complain",
        Step::Appealed { .. } => "appeal",
        Step::Applied { .. } | Step::Evaluated { .. } | Step::Issued { .. } => "take step",
    }
}
