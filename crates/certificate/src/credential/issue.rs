//! From a granted case to the document that is signed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::status_list::Purpose;
use super::subject::{CertifiedVehicle, Decision, Subject};
use super::{context, jcs, schema};
use crate::application::Application;
use crate::evaluation::Evaluation;
use crate::grade::{Durability, Grade};

/// How long a certificate is valid, in hours: 90 days.
const VALID_HOURS: i64 = 90 * 24;

/// How far a car may run under a certificate, in kilometres.
pub const VALID_KM: u32 = 3_000;

/// The body that issues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Its DID.
    pub did: String,
    /// Its name.
    pub name: String,
    /// Where it publishes directory and status lists: an `https://` URL without slash at the end.
    pub base_url: String,
}

/// Names of those who took part, with the days.
pub type People = Decision;

/// Where a certificate's bit stands in both lists of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusEntry {
    /// The number of the pair of lists, from 1.
    pub list: u32,
    /// The bit.
    pub index: u32,
}

/// Everything a certificate is made of.
#[derive(Clone, Copy, Debug)]
pub struct Certificate<'c> {
    /// Its number in the directory.
    pub number: &'c str,
    /// Who issues.
    pub issuer: &'c Issuer,
    /// What was applied for.
    pub application: &'c Application,
    /// What was found.
    pub evaluation: &'c Evaluation,
    /// Who took part.
    pub people: &'c People,
    /// When it is issued.
    pub issued: Timestamp,
    /// Its bit in the status lists.
    pub status: StatusEntry,
}

/// Why no certificate can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// Something in the evaluation forbids it.
    #[error("no certificate can be issued: {}", .0.join("; "))]
    Obstacles(Vec<String>),
    /// The data is older than the scheme allows on the day of issue.
    #[error("no certificate can be issued: {0}")]
    OutOfDate(String),
    /// The time cannot be reckoned with.
    #[error("the time of issue {0} lies too far away")]
    Time(Timestamp),
    /// The document cannot be written.
    #[error("the credential cannot be written: {0}")]
    Unwritable(String),
}

impl Issuer {
    /// Where a status list is published.
    pub fn list_url(&self, purpose: Purpose, number: u32) -> String {
        format!("{}/status/{purpose}-{number}.json", self.base_url)
    }

    /// Where a certificate stands in the directory.
    pub fn certificate_url(&self, number: &str) -> String {
        format!("{}/certificates/{number}", self.base_url)
    }
}

/// The last moment of a certificate issued now.
///
/// # Errors
/// The time cannot be reckoned with.
pub fn valid_until(issued: Timestamp) -> Result<Timestamp, IssueError> {
    let whole = Timestamp::from_second(issued.as_second()).map_err(|_| IssueError::Time(issued))?;
    whole
        .checked_add(VALID_HOURS.hours())
        .map_err(|_| IssueError::Time(issued))
}

impl Certificate<'_> {
    /// What the certificate says.
    ///
    /// # Errors
    /// Something in the evaluation forbids a certificate, or its data is too old.
    pub fn subject(&self) -> Result<Subject, IssueError> {
        let today = self.issued.to_zoned_datetime(TimeZone::UTC).date();
        if let Some(why) = self.evaluation.out_of_date(today) {
            return Err(IssueError::OutOfDate(why));
        }
        let obstacles = self.evaluation.obstacles();
        let Some(soh) = self.evaluation.soh.clone().filter(|_| obstacles.is_empty()) else {
            return Err(IssueError::Obstacles(obstacles));
        };
        let vehicle = &self.application.vehicle;
        Ok(Subject {
            certificate: self.number.to_owned(),
            redacted: false,
            vehicle: CertifiedVehicle {
                vid: Some(vehicle.vid.clone()),
                make: vehicle.make.clone(),
                model: vehicle.model.clone(),
                variant: vehicle.variant.clone(),
                category: vehicle.category,
                first_registration: Some(vehicle.first_registration),
                first_registration_year: vehicle.first_registration.year(),
            },
            battery: self.application.battery.clone(),
            odometer_km: self.evaluation.odometer_km,
            odometer_limit_km: self.evaluation.odometer_km.saturating_add(VALID_KM),
            grade: Grade::of(soh.lower95_pct, vehicle.category),
            durability: Durability::of(
                soh.lower95_pct,
                vehicle.category,
                vehicle.first_registration,
                self.evaluation.evidence.until,
                self.evaluation.odometer_km,
            ),
            soh,
            checks: self.evaluation.checks.clone(),
            transport: self.evaluation.transport.clone(),
            evidence: self.evaluation.evidence.clone(),
            decision: self.people.clone(),
        })
    }
}

/// The credential of a certificate, to be signed; or of its twin without vehicle id. Both share the number and the bit in
/// the status lists, so whoever holds both can tell that they belong together, and nobody else.
///
/// # Errors
/// Something in the evaluation forbids a certificate, or the document cannot be written.
pub fn unsigned(certificate: &Certificate<'_>, redacted: bool) -> Result<Value, IssueError> {
    let unwritable = |e: &dyn std::fmt::Display| IssueError::Unwritable(e.to_string());
    let mut subject = certificate.subject()?;
    if redacted {
        subject = subject.redact();
    }
    let issuer = certificate.issuer;
    let url = issuer.certificate_url(certificate.number);
    let issued = Timestamp::from_second(certificate.issued.as_second())
        .map_err(|_| IssueError::Time(certificate.issued))?;
    let status: Vec<Value> = Purpose::ALL
        .into_iter()
        .map(|purpose| {
            let list = issuer.list_url(purpose, certificate.status.list);
            json!({
                "id": format!("{list}#{}", certificate.status.index),
                "type": "BitstringStatusListEntry",
                "statusPurpose": purpose,
                "statusListIndex": certificate.status.index.to_string(),
                "statusListCredential": list,
            })
        })
        .collect();
    Ok(json!({
        "@context": context::OF_CERTIFICATES,
        "id": if redacted { url } else { format!("{url}#full") },
        "type": ["VerifiableCredential", "CarnetBatteryCertificate"],
        "name": format!("Traction battery certificate {}", certificate.number),
        "issuer": {"id": issuer.did, "name": issuer.name},
        "validFrom": issued,
        "validUntil": valid_until(issued)?,
        "credentialSchema": {
            "id": schema::URL,
            "type": "JsonSchema",
            "digestSRI": format!("sha256-{}", STANDARD.encode(Sha256::digest(schema::CERTIFICATE))),
        },
        "credentialStatus": status,
        "credentialSubject": serde_json::to_value(subject).map_err(|e| unwritable(&e))?,
    }))
}

/// SHA-256 of a document's canonical form, hex: what the log and the QR code hold of a signed credential.
///
/// # Errors
/// The document has no canonical form.
pub fn digest(document: &Value) -> Result<String, IssueError> {
    let canonical = jcs::canonical(document).map_err(|e| IssueError::Unwritable(e.to_string()))?;
    Ok(hex::encode(Sha256::digest(canonical)))
}
