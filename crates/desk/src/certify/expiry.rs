//! What ends a certificate though nobody takes a step: its last day, and a later odometer reading beyond its limit.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::{Duration, Instant};

use certificate::credential::issue::VALID_KM;
use certificate::distance::Overrun;
use certificate::evaluation::Evaluation;
use certificate::scheme::State;
use history::findings::odometer::is_filler;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{CertifiedHistory, Content, RecordedSoFar, StoredCertificate};
use vehicle::units::KM_PER_MILE;

use super::applications::is_damage;
use super::surveil::happened;
use super::{Open, unreadable};
use crate::desk::Desk;
use crate::error::DeskError;

/// How long a history that cannot be read is not read again: it may be mended while nothing is sealed.
const DAMAGED_FOR: Duration = Duration::from_secs(60);

/// What ended a certificate, or keeps everybody from telling whether it has ended.
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
    /// Nobody can tell how far the car has run. It is not taken for good.
    NotKnown {
        /// Why.
        why: Unreadable,
    },
}

/// Why what was recorded of a car cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreadable {
    /// It was erased.
    Erased,
    /// It is damaged.
    Damaged,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Erased => "what was recorded of its car was erased",
            Self::Damaged => "what is recorded of its car cannot be read",
        })
    }
}

impl Expired {
    /// The certificate's standing: `expired`, or `not_known`.
    pub fn standing(&self) -> &'static str {
        match self {
            Self::Date { .. } | Self::Kilometres(_) => "expired",
            Self::NotKnown { .. } => "not_known",
        }
    }

    /// What everybody may see of it: not the reading, by which a car could be recognised.
    #[must_use]
    pub fn public(self) -> Self {
        match self {
            Self::Kilometres(overrun) => Self::Kilometres(overrun.without_reading()),
            other => other,
        }
    }
}

impl fmt::Display for Expired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date { last_day } => write!(f, "expired by date: its last day was {last_day}"),
            Self::Kilometres(overrun) => write!(f, "expired by kilometres: {overrun}"),
            Self::NotKnown { why } => write!(f, "not known whether within its kilometres: {why}"),
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

/// A certificate in force of which nobody can tell whether its car has run past its limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DistanceNotKnown {
    /// Its number.
    pub certificate: String,
    /// Why.
    pub why: Unreadable,
}

/// What was found of certificates before, by number: a car is read again only where its history has changed.
pub(crate) type Found = HashMap<String, Remembered>;

/// What was found of one certificate.
pub(crate) struct Remembered {
    /// Where nothing was recorded since, it holds without a look at the history.
    so_far: RecordedSoFar,
    history: CertifiedHistory,
    found: Option<Expired>,
    /// When it is read again in any case.
    again: Option<Instant>,
}

impl Remembered {
    fn is_due(&self, now: Instant) -> bool {
        self.again.is_some_and(|again| again <= now)
    }
}

/// A reading in kilometres; anything that is not one is `None`.
pub(super) fn kilometres(odometer: &Value) -> Option<f64> {
    let value = odometer.get("value")?.as_f64()?;
    match odometer.get("unit")?.as_str()? {
        "mi" => Some(value * KM_PER_MILE),
        _ => Some(value),
    }
}

/// The same of a reading that can end a certificate: a filler is a slip, and tells nothing of the car.
pub(super) fn distance_run(odometer: &Value) -> Option<f64> {
    let shown = odometer.get("value")?.as_f64()?;
    // A float that is too large or negative becomes the nearest number there is.
    if is_filler(shown.round() as u64) {
        return None;
    }
    kilometres(odometer)
}

/// The last day of a certificate, in UTC.
fn last_day(certificate: &StoredCertificate) -> Date {
    let until = Timestamp::from_second(certificate.valid_until).unwrap_or(Timestamp::MAX);
    until.to_zoned_datetime(TimeZone::UTC).date()
}

impl Desk {
    /// What ended each certificate that the scheme has in force, by number, or why nobody can tell.
    ///
    /// # Errors
    /// The database failed.
    pub(crate) async fn expired(
        &self,
        certificates: &[(StoredCertificate, String)],
        now: Timestamp,
    ) -> Result<HashMap<String, Expired>, DeskError> {
        let in_force: Vec<&StoredCertificate> = certificates
            .iter()
            .filter(|(_, state)| state == State::InForce.as_str())
            .map(|(certificate, _)| certificate)
            .collect();
        let known: HashSet<&str> = in_force.iter().map(|one| one.id.as_str()).collect();
        // What is no more in force is forgotten.
        self.overruns
            .lock()
            .await
            .retain(|id, _| known.contains(id.as_str()));
        self.expired_of(&in_force, None, now).await
    }

    /// What ended one certificate that the scheme has in force, or why nobody can tell. It costs a look at this one only.
    ///
    /// # Errors
    /// The database failed.
    pub(crate) async fn expired_one(
        &self,
        certificate: &StoredCertificate,
        state: State,
        now: Timestamp,
    ) -> Result<Option<Expired>, DeskError> {
        if state != State::InForce {
            return Ok(None);
        }
        let mut found = self
            .expired_of(&[certificate], Some(&certificate.id), now)
            .await?;
        Ok(found.remove(&certificate.id))
    }

    async fn expired_of(
        &self,
        in_force: &[&StoredCertificate],
        only: Option<&str>,
        now: Timestamp,
    ) -> Result<HashMap<String, Expired>, DeskError> {
        let mut expired = HashMap::new();
        let mut open = Vec::new();
        for certificate in in_force {
            if now.as_second() > certificate.valid_until {
                let last_day = last_day(certificate);
                expired.insert(certificate.id.clone(), Expired::Date { last_day });
            } else {
                open.push(*certificate);
            }
        }
        // Whoever asks meanwhile waits, and finds the answer.
        let mut known = self.overruns.lock().await;
        let (so_far, tick) = (self.store.recorded_so_far().await?, Instant::now());
        let holds = |one: &Remembered| one.so_far == so_far && !one.is_due(tick);
        let stale = open.iter().any(|one| !known.get(&one.id).is_some_and(holds));
        if stale {
            let histories = self.store.certified_histories(now.as_second(), only).await?;
            for certificate in &open {
                // Of a car of which nothing is sealed yet there is no reading.
                let Some(history) = histories.get(&certificate.id) else {
                    known.remove(&certificate.id);
                    continue;
                };
                if let Some(before) = known.get_mut(&certificate.id)
                    && before.history == *history
                    && !before.is_due(tick)
                {
                    before.so_far = so_far;
                    continue;
                }
                let found = match self.ended_by_distance(certificate, history).await {
                    Err(error) if is_damage(&error) => Some(Expired::NotKnown {
                        why: Unreadable::Damaged,
                    }),
                    found => found?,
                };
                let damaged = matches!(
                    found,
                    Some(Expired::NotKnown {
                        why: Unreadable::Damaged
                    })
                );
                let remembered = Remembered {
                    so_far,
                    history: history.clone(),
                    found,
                    again: damaged.then(|| tick + DAMAGED_FOR),
                };
                known.insert(certificate.id.clone(), remembered);
            }
        }
        for certificate in open {
            let found = known.get(&certificate.id).and_then(|one| one.found);
            expired.extend(found.map(|found| (certificate.id.clone(), found)));
        }
        Ok(expired)
    }

    /// The earliest reading beyond a certificate's limit among what was sealed after the certificate's own statement, and what
    /// happened after the last day of its data, whenever it was sealed. Where some of that is erased, nobody can tell. Which
    /// statement issued it the database knows: that one can be erased and corrected as any other.
    async fn ended_by_distance(
        &self,
        certificate: &StoredCertificate,
        history: &CertifiedHistory,
    ) -> Result<Option<Expired>, DeskError> {
        let measured_until = self.measured_until(certificate).await?;
        let (recorded, last_erased) = self.entries_about(&history.label).await?;
        let readings = recorded
            .iter()
            .filter(|one| {
                history.issued_at.is_some_and(|issued| one.log_index > issued)
                    || measured_until.is_some_and(|until| happened(&one.claims) > until)
            })
            .filter_map(|one| {
                let km = distance_run(one.claims.body.get("odometer")?)?;
                Some((happened(&one.claims), km))
            });
        let overrun = Overrun::earliest(readings, certificate.odometer_limit_km);
        let erased = measured_until.is_none()
            || last_erased.is_some_and(|last| history.issued_at.is_some_and(|at| last >= at));
        let not_known = || Expired::NotKnown {
            why: Unreadable::Erased,
        };
        Ok(overrun
            .map(Expired::Kilometres)
            .or_else(|| erased.then(not_known)))
    }

    /// The last day of the data that a certificate rests on; `None` where its car was erased.
    async fn measured_until(&self, certificate: &StoredCertificate) -> Result<Option<Date>, DeskError> {
        let id = &certificate.case;
        let missing = || unreadable(id, "the certificate is missing or has no last day of its data");
        let stored = self.store.case(id).await?.ok_or_else(missing)?;
        let text = match self.store.case_document(&stored, certificate.credential).await? {
            Some(Content::Present(text)) => text,
            Some(Content::Erased) => return Ok(None),
            None => return Err(missing()),
        };
        let credential: Value = serde_json::from_str(&text).map_err(|e| unreadable(id, e))?;
        measured_until(&credential).map(Some).ok_or_else(missing)
    }

    /// Why a car has run too far for a certificate of this evaluation: what it would count up to is passed already.
    pub(crate) async fn ran_past(
        &self,
        open: &Open,
        evaluation: &Evaluation,
    ) -> Result<Option<String>, DeskError> {
        let limit = evaluation.odometer_km.saturating_add(VALID_KM);
        let recorded = self.recorded(&open.stored.label).await?;
        let readings = recorded
            .iter()
            .filter(|(_, claims)| happened(claims) > evaluation.evidence.until)
            .filter_map(|(_, claims)| Some((happened(claims), distance_run(claims.body.get("odometer")?)?)));
        Ok(Overrun::earliest(readings, limit).map(|overrun| {
            format!(
                "the history says: {overrun} up to which its certificate would count; evaluate again with data from after it, or have \
                 its issuer correct the reading"
            )
        }))
    }
}

/// The last day of the data of a credential.
pub(super) fn measured_until(credential: &Value) -> Option<Date> {
    let until = credential.pointer("/credentialSubject/evidence/until")?;
    until.as_str()?.parse().ok()
}
