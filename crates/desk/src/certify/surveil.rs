//! Surveillance: what the history says of a certified car since, and the suspensions that follow by themselves.

use std::collections::HashSet;

use certificate::scheme::{Actor, State, Step};
use certificate::surveillance::{Trigger, trigger};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use statement::vocabulary::StatementType;
use statement::{Digest, SdJwt};
use store::{Content, StoredCertificate};

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
    pub cause: certificate::surveillance::Cause,
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
        let mut done = Surveillance::default();
        if self.store.certification_body().await?.is_none() {
            return Ok(done);
        }
        for (certificate, state) in self.store.certificates().await? {
            let over = now.as_second() > certificate.valid_until;
            if state != State::InForce.as_str() || over {
                continue;
            }
            let number = certificate.id.clone();
            match self.look_at(certificate, now, dry_run).await {
                Ok(found) => done.suspended.extend(found),
                Err(error) => done.failed.push(NotLookedAt {
                    certificate: number,
                    error,
                }),
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
        let until = self.last_evaluation(&open).await?.evidence.until;
        let causes = self
            .causes(&open, Some(until), Some(certificate.credential))
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

    /// What sealed statements give cause to suspend: events after the last day of the evaluation's data, and whatever was
    /// sealed after the certificate's own statement, however old the event. A statement that was judged before does not
    /// count again.
    pub(crate) async fn causes(
        &self,
        open: &Open,
        evaluated_until: Option<Date>,
        credential: Option<[u8; 32]>,
    ) -> Result<Vec<(Trigger, Digest)>, DeskError> {
        let judged: HashSet<&str> = open
            .case
            .records()
            .iter()
            .filter_map(|record| match &record.step {
                Step::Suspended {
                    statement: Some(digest),
                    ..
                } => Some(digest.as_str()),
                _ => None,
            })
            .collect();
        let own = credential.map(hex::encode);
        let mut since_issue = false;
        let mut causes = Vec::new();
        for stored in self.store.statements(&open.stored.label, i64::MAX as u64).await? {
            let Content::Present(text) = &stored.content else {
                continue;
            };
            let statement = SdJwt::parse(text)
                .map_err(|e| DeskError::value("statement", stored.digest.to_string(), e))?;
            let claims = statement.claims_unverified();
            if claims.typ == StatementType::CertificateIssued {
                let issued = claims
                    .body
                    .get("credential_sha256")
                    .and_then(serde_json::Value::as_str);
                since_issue |= own.is_some() && issued == own.as_deref();
                continue;
            }
            let happened = claims
                .event_time
                .instant()
                .to_zoned_datetime(TimeZone::UTC)
                .date();
            let newer = evaluated_until.is_some_and(|until| happened > until);
            if !(since_issue || newer) || judged.contains(stored.digest.to_string().as_str()) {
                continue;
            }
            causes.extend(trigger(claims.typ, &claims.body).map(|found| (found, stored.digest)));
        }
        Ok(causes)
    }
}
