//! Surveillance: what the history says of a certified car since, and the suspensions that follow by themselves.

use std::collections::{HashMap, HashSet};

use certificate::evaluation::{Background, Evaluation};
use certificate::scheme::{Actor, State, Step};
use certificate::surveillance::{Cause, Trigger, recall_of_battery, trigger};
use index::Label;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use statement::vocabulary::{Role, StatementType};
use statement::{Claims, Digest, KeyId, SdJwt};
use store::{Content, StoredCertificate};

use super::expiry::{DistanceNotKnown, Expired, ExpiredByDistance, kilometres};
use super::steps::whole;
use super::{Hand, Open};
use crate::desk::Desk;
use crate::error::DeskError;

/// A certificate that was suspended by rule, or would be.
#[derive(Clone, Debug, Serialize)]
pub struct SuspendedByRule {
    /// Its number.
    pub certificate: String,
    /// Why.
    pub cause: Cause,
    /// What the statement says.
    pub said: String,
    /// The statement.
    pub statement: Digest,
}

/// A certificate whose car could not be looked at, or that could not be suspended.
#[derive(Debug)]
pub struct NotLookedAt {
    /// Its number.
    pub certificate: String,
    /// Why.
    pub error: DeskError,
}

/// What surveillance came to. One certificate that cannot be looked at keeps no other in force.
#[derive(Debug, Default)]
pub struct Surveillance {
    /// Those suspended.
    pub suspended: Vec<SuspendedByRule>,
    /// Those in force that a later odometer reading has ended, whether or not they were looked at. Nobody suspends them for it.
    pub expired: Vec<ExpiredByDistance>,
    /// Those in force of which nobody can tell whether one has, whether or not they were looked at.
    pub not_known: Vec<DistanceNotKnown>,
    /// Those that must be looked at again.
    pub failed: Vec<NotLookedAt>,
    /// Why the log has not taken all statements that steps owe it. They stay owed, and are handed in the next time.
    pub owed: Option<DeskError>,
}

impl Surveillance {
    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.owed.is_none()
    }
}

impl Desk {
    /// Looks at the history of every car with a certificate in force, and suspends where a sealed statement gives cause.
    ///
    /// Then it hands in what steps owe the log.
    ///
    /// # Errors
    /// The certificates there are cannot be read. What fails of a single one is in the answer.
    pub async fn surveil(&self, now: Timestamp, dry_run: bool) -> Result<Surveillance, DeskError> {
        self.surveil_those(now, dry_run, |_| true).await
    }

    /// The same, and looks only at the certificates whose numbers `which` takes.
    ///
    /// # Errors
    /// As [`Desk::surveil`].
    pub async fn surveil_those(
        &self,
        now: Timestamp,
        dry_run: bool,
        which: impl Fn(&str) -> bool,
    ) -> Result<Surveillance, DeskError> {
        let mut done = Surveillance::default();
        if self.store.certification_body().await?.is_none() {
            return Ok(done);
        }
        let certificates = self.store.certificates().await?;
        let expired = self.expired(&certificates, now).await?;
        for (certificate, state) in certificates {
            let over = now.as_second() > certificate.valid_until;
            if state != State::InForce.as_str() || over {
                continue;
            }
            let number = certificate.id.clone();
            if which(&number) {
                match self.look_at(certificate, now, dry_run).await {
                    Ok(Some(found)) => {
                        done.suspended.push(found);
                        continue;
                    }
                    Ok(None) => {}
                    Err(error) => done.failed.push(NotLookedAt {
                        certificate: number.clone(),
                        error,
                    }),
                }
            }
            match expired.get(&number) {
                Some(Expired::Kilometres(overrun)) => done.expired.push(ExpiredByDistance {
                    certificate: number,
                    overrun: *overrun,
                }),
                Some(Expired::NotKnown { why }) => done.not_known.push(DistanceNotKnown {
                    certificate: number,
                    why: *why,
                }),
                Some(Expired::Date { .. }) | None => {}
            }
        }
        if !dry_run {
            done.owed = self.submit_owed(now.as_second()).await.err();
        }
        Ok(done)
    }

    /// Looks at the history of one certificate's car.
    async fn look_at(
        &self,
        certificate: StoredCertificate,
        now: Timestamp,
        dry_run: bool,
    ) -> Result<Option<SuspendedByRule>, DeskError> {
        let _turn = self.certifying.lock().await;
        let Some(stored) = self.store.case(&certificate.case).await? else {
            return Ok(None);
        };
        let erased = self.store.case_records(&stored).await?.contains(&Content::Erased);
        if erased {
            return Ok(None);
        }
        let mut open = self.open_stored(stored).await?;
        let measured_from = self.last_evaluation(&open).await?.evidence.from;
        let number = certificate.id.as_str();
        let histories = self.store.certified_histories(now.as_second(), Some(number));
        let issued_at = histories.await?.remove(number).and_then(|of| of.issued_at);
        let causes = self
            .causes(&open, measured_from, Counted::Since { issued_at })
            .await?;
        let Some((found, statement)) = causes.into_iter().next() else {
            return Ok(None);
        };
        let step = Step::Suspended {
            reason: format!("{}: {}", found.cause, found.said),
            cause: Some(found.cause),
            statement: Some(statement.to_string()),
        };
        let before = open.case.records().len();
        open.case
            .step_from_outside(step, Actor::Rule, whole(now))
            .map_err(super::refused(&certificate.case))?;
        self.finish_step(open, before, now, dry_run, Hand::default())
            .await?;
        Ok(Some(SuspendedByRule {
            certificate: certificate.id,
            cause: found.cause,
            said: found.said,
            statement,
        }))
    }

    /// What recorded statements give cause to have no certificate: an open recall of the battery, whenever it was opened; any
    /// other event from the first day of the evaluation's data on, for it is inside what was measured or behind it; and what
    /// counts against a certificate that there is.
    pub(crate) async fn causes(
        &self,
        open: &Open,
        measured_from: Date,
        counted: Counted,
    ) -> Result<Vec<(Trigger, Digest)>, DeskError> {
        let (issued_at, records) = match counted {
            Counted::All => (None, &[][..]),
            Counted::Since { issued_at } => (issued_at, open.case.records()),
        };
        let judged: HashSet<&str> = records
            .iter()
            .filter_map(|record| match &record.step {
                Step::Suspended {
                    statement: Some(digest),
                    ..
                } => Some(digest.as_str()),
                _ => None,
            })
            .collect();
        let (recorded, _) = self.entries_about(&open.stored.label).await?;
        let mut causes = Vec::new();
        for Recorded {
            log_index,
            digest,
            claims,
        } in &recorded
        {
            let since_issue = issued_at.is_some_and(|issued| *log_index > issued);
            let counts = if claims.typ == StatementType::RecallOpened {
                is_open(claims, recorded.iter().map(|one| &one.claims))
                    && (since_issue || recall_of_battery(&claims.body))
            } else {
                since_issue || happened(claims) >= measured_from
            };
            if !counts || judged.contains(digest.to_string().as_str()) {
                continue;
            }
            let found = trigger(claims.typ, &claims.body, open.application.battery.highest_volt());
            causes.extend(found.map(|found| (found, *digest)));
        }
        Ok(causes)
    }

    /// What recorded statements say that an evaluation must not keep quiet about, though it is no cause: open recalls of other
    /// parts, and exchanges of the pack before the first day of its data.
    pub(crate) async fn background(&self, open: &Open, measured_from: Date) -> Result<Background, DeskError> {
        let recorded = self.recorded(&open.stored.label).await?;
        let mut background = Background::default();
        for (_, claims) in &recorded {
            let highest_volt = open.application.battery.highest_volt();
            let Some(found) = trigger(claims.typ, &claims.body, highest_volt) else {
                continue;
            };
            let day = happened(claims);
            if claims.typ == StatementType::RecallOpened {
                if is_open(claims, recorded.iter().map(|(_, claims)| claims))
                    && !recall_of_battery(&claims.body)
                {
                    background.open_recalls.push((found.said, day));
                }
            } else if found.cause == Cause::PackSwap && day < measured_from {
                background.exchanges.push((found.said, day));
            }
        }
        Ok(background)
    }

    /// Why an odometer reading cannot be, beside what was recorded: it is lower than the last reading, or than one that another
    /// bears out. One that stands alone above all others may be a slip of the pen. After the last day of its data a car is driven on.
    pub(crate) async fn odometer_contradicted(
        &self,
        open: &Open,
        evaluation: &Evaluation,
    ) -> Result<Option<String>, DeskError> {
        let odometer_km = evaluation.odometer_km;
        let recorded = self.recorded(&open.stored.label).await?;
        let mut readings: Vec<(Date, f64)> = recorded
            .iter()
            .filter_map(|(_, claims)| Some((happened(claims), kilometres(claims.body.get("odometer")?)?)))
            .filter(|(day, _)| *day <= evaluation.evidence.until)
            .collect();
        readings.sort_by_key(|(day, _)| *day);
        let last = readings.last().copied();
        readings.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let borne_out = readings.get(1).copied();
        let most = last
            .into_iter()
            .chain(borne_out)
            .max_by(|(_, a), (_, b)| a.total_cmp(b));
        Ok(most
            .filter(|(_, km)| km - f64::from(odometer_km) > 1.0)
            .map(|(day, km)| {
                format!(
                    "the history says: {km:.0} km on {day}, more than the {odometer_km} km of the evaluation"
                )
            }))
    }

    /// The statements about a car that can be read, oldest first, without those that were corrected later: by who made them,
    /// or by a dispute panel (spec/statement.md, "Corrections").
    pub(super) async fn recorded(&self, label: &Label) -> Result<Vec<(Digest, Claims)>, DeskError> {
        let (recorded, _) = self.entries_about(label).await?;
        Ok(recorded.into_iter().map(|one| (one.digest, one.claims)).collect())
    }

    /// The same with their places in the log, and the place of the last statement that was erased.
    pub(super) async fn entries_about(
        &self,
        label: &Label,
    ) -> Result<(Vec<Recorded>, Option<u64>), DeskError> {
        let mut recorded = Vec::new();
        let mut last_erased = None;
        for stored in self.store.statements(label, i64::MAX as u64).await? {
            let Content::Present(text) = &stored.content else {
                last_erased = Some(stored.log_index.0);
                continue;
            };
            let statement = SdJwt::parse(text)
                .map_err(|e| DeskError::value("statement", stored.digest.to_string(), e))?;
            recorded.push((stored, statement.claims_unverified().clone()));
        }
        let keys: HashMap<KeyId, _> = self.issuers().await?.into_iter().collect();
        let is_panel = |key: &KeyId| {
            keys.get(key)
                .is_some_and(|key| key.roles.contains(&Role::DisputePanel))
        };
        let corrected = |at: usize| {
            let (target, made) = &recorded[at];
            recorded[at + 1..].iter().any(|(by, claims)| {
                claims.supersedes == Some(target.digest) && (claims.iss == made.iss || is_panel(&by.key_id))
            })
        };
        let stands: Vec<bool> = (0..recorded.len()).map(|at| !corrected(at)).collect();
        let standing = recorded
            .into_iter()
            .zip(stands)
            .filter(|(_, stands)| *stands)
            .map(|((stored, claims), _)| Recorded {
                log_index: stored.log_index.0,
                digest: stored.digest,
                claims,
            })
            .collect();
        Ok((standing, last_erased))
    }
}

/// Which statements count against a certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Counted {
    /// Whatever a certificate must not be in force with: asked before it comes, or comes back, into force.
    All,
    /// What suspends one that is: also whatever was sealed after its own statement, at `issued_at` in the log, however old the
    /// event; and no statement that suspended it before.
    Since {
        /// Where its own statement stands, once it is sealed.
        issued_at: Option<u64>,
    },
}

/// A statement about a car that stands.
pub(super) struct Recorded {
    pub(super) log_index: u64,
    pub(super) digest: Digest,
    pub(super) claims: Claims,
}

/// Whether no statement says that a recall was remedied.
fn is_open<'c>(recall: &Claims, mut recorded: impl Iterator<Item = &'c Claims>) -> bool {
    let campaign = |claims: &Claims| claims.body.get("campaign_number").cloned();
    let this = campaign(recall);
    !recorded
        .any(|other| other.typ == StatementType::RecallClosed && this.is_some() && campaign(other) == this)
}

/// The day of an event, in UTC as the days of an evaluation's data are.
pub(super) fn happened(claims: &Claims) -> Date {
    let event = claims.event_time.instant();
    event.to_zoned_datetime(TimeZone::UTC).date()
}
