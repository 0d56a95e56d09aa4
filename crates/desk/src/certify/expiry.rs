//! What ends a certificate though nobody takes a step: its last day, and a later odometer reading beyond its limit.

use std::collections::HashMap;
use std::fmt;

use certificate::distance::Overrun;
use certificate::scheme::State;
use index::Label;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;
use statement::vocabulary::StatementType;
use store::{CertifiedHistory, StoredCertificate};

use super::applications::is_damage;
use super::surveil::happened;
use crate::desk::Desk;
use crate::error::DeskError;

/// What ended a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Expired {
    /// Its last day, in UTC, is over.
    Date {
        /// That day.
        last_day: Date,
    },
    /// The car has run further than the limit.
    Kilometres(Overrun),
}

impl fmt::Display for Expired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date { last_day } => write!(f, "expired by date: its last day was {last_day}"),
            Self::Kilometres(overrun) => write!(f, "expired by kilometres: {overrun}"),
        }
    }
}

/// A certificate in force that its car's recorded odometer has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExpiredByDistance {
    /// Its number.
    pub certificate: String,
    /// The reading.
    #[serde(flatten)]
    pub overrun: Overrun,
}

/// What was found of certificates before, by number, and of which history: it is read again only where that has changed.
pub(crate) type Found = HashMap<String, (CertifiedHistory, Option<Overrun>)>;

/// A reading in kilometres; anything that is not one is `None`.
pub(super) fn kilometres(odometer: &Value) -> Option<f64> {
    let value = odometer.get("value")?.as_f64()?;
    match odometer.get("unit")?.as_str()? {
        "mi" => Some(value * 1.609_344),
        _ => Some(value),
    }
}

/// The last day of a certificate, in UTC.
fn last_day(certificate: &StoredCertificate) -> Date {
    let until = Timestamp::from_second(certificate.valid_until).unwrap_or(Timestamp::MAX);
    until.to_zoned_datetime(TimeZone::UTC).date()
}

impl Desk {
    /// What ended each certificate that the scheme has in force, by number. One whose car's history is damaged is left out:
    /// surveillance names it, and fails.
    ///
    /// # Errors
    /// The database failed.
    pub(crate) async fn expired(
        &self,
        certificates: &[(StoredCertificate, String)],
        now: Timestamp,
    ) -> Result<HashMap<String, Expired>, DeskError> {
        let histories = self.store.certified_histories(now.as_second()).await?;
        let mut expired = HashMap::new();
        for (certificate, state) in certificates {
            if state != State::InForce.as_str() {
                continue;
            }
            let over = now.as_second() > certificate.valid_until;
            let found = match histories.get(&certificate.id) {
                _ if over => Some(Expired::Date {
                    last_day: last_day(certificate),
                }),
                Some(history) => self
                    .overrun_remembered(certificate, history)
                    .await?
                    .map(Expired::Kilometres),
                None => None,
            };
            expired.extend(found.map(|found| (certificate.id.clone(), found)));
        }
        Ok(expired)
    }

    /// What ended one certificate that the scheme has in force.
    ///
    /// # Errors
    /// The database failed.
    pub(crate) async fn expired_one(
        &self,
        certificate: &StoredCertificate,
        state: State,
        now: Timestamp,
    ) -> Result<Option<Expired>, DeskError> {
        let one = [(certificate.clone(), state.as_str().to_owned())];
        Ok(self.expired(&one, now).await?.remove(&certificate.id))
    }

    async fn overrun_remembered(
        &self,
        certificate: &StoredCertificate,
        history: &CertifiedHistory,
    ) -> Result<Option<Overrun>, DeskError> {
        if let Some((of, found)) = self.overruns().get(&certificate.id)
            && of == history
        {
            return Ok(*found);
        }
        let found = match self.overrun(certificate, &history.label).await {
            Ok(found) => found,
            // Not remembered: it may be mended.
            Err(error) if is_damage(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let known = (history.clone(), found);
        self.overruns().insert(certificate.id.clone(), known);
        Ok(found)
    }

    fn overruns(&self) -> std::sync::MutexGuard<'_, Found> {
        // What a panic left is whole: each entry is inserted at once.
        self.overruns
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The earliest reading beyond a certificate's limit among what was sealed after the certificate's own statement.
    async fn overrun(
        &self,
        certificate: &StoredCertificate,
        label: &Label,
    ) -> Result<Option<Overrun>, DeskError> {
        let own = hex::encode(certificate.credential);
        let recorded = self.recorded(label).await?;
        let issue = recorded.iter().position(|(_, claims)| {
            claims.typ == StatementType::CertificateIssued
                && claims.body.get("credential_sha256").and_then(Value::as_str) == Some(own.as_str())
        });
        let later = issue.map_or(&[][..], |at| &recorded[at + 1..]);
        let readings = later
            .iter()
            .filter_map(|(_, claims)| Some((happened(claims), kilometres(claims.body.get("odometer")?)?)));
        Ok(Overrun::earliest(readings, certificate.odometer_limit_km))
    }
}
