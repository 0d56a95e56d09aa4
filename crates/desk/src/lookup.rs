//! The history of a vehicle as people read it: verified statements in order of time, and what they say together.
//!
//! The operator's own view takes the same road as a stranger's: a dossier is made and verified, and only what verified is
//! shown. So nobody at the desk ever sees something that a buyer could not check.

use dossier::{Report, VerifiedStatement, verify};
use history::findings::{self, Event};
use jiff::civil::Date;
use statement::Confidence;
use statement::vocabulary::EvidenceClass;
use vehicle::VehicleId;

use crate::desk::Desk;
use crate::error::DeskError;
use crate::export::Disclose;

/// A vehicle's history with its findings.
#[derive(Clone, Debug)]
pub struct History {
    /// What the dossier proves.
    pub report: Report,
    /// What the statements say together.
    pub findings: findings::Report,
}

impl Desk {
    /// The history of a vehicle, all fields disclosed.
    ///
    /// # Errors
    /// Nothing is published yet, storage failed, or our own dossier does not verify.
    pub async fn history(&self, vehicle: &VehicleId, now: u64, today: Date) -> Result<History, DeskError> {
        let bytes = self.dossier(vehicle, &Disclose::All).await?;
        let report = verify(&bytes, &self.trust(u64::MAX), Some(vehicle), now)
            .map_err(|refusal| DeskError::Dossier(format!("our own dossier does not verify: {refusal}")))?;
        Ok(History {
            findings: judge(&report, today),
            report,
        })
    }
}

/// What verified statements say together.
pub fn judge(report: &Report, today: Date) -> findings::Report {
    let events: Vec<Event> = report.statements.iter().map(event).collect();
    findings::judge(&events, today)
}

/// A verified statement as the findings see it: it weighs no more than its issuer's roles allow, whatever it claims.
fn event(statement: &VerifiedStatement) -> Event {
    let claims = &statement.claims;
    let claimed = match claims.confidence {
        Confidence::Authority => EvidenceClass::A,
        Confidence::Professional => EvidenceClass::B,
        Confidence::TradeParty => EvidenceClass::C,
        Confidence::Owner => EvidenceClass::D,
    };
    let allowed = statement
        .issuer
        .roles
        .iter()
        .map(|role| role.evidence_class())
        .min();
    Event {
        reference: statement.log_index.0,
        digest: Some(statement.digest.0),
        supersedes: claims.supersedes.map(|digest| digest.0),
        typ: claims.typ,
        issuer: statement.issuer.name.clone(),
        roles: statement.issuer.roles.clone(),
        class: allowed.unwrap_or(EvidenceClass::D).max(claimed),
        instant: claims.event_time.instant(),
        local: claims.event_time.local(),
        place: claims.place.as_ref().map(|place| place.as_str().to_owned()),
        body: claims.body.clone(),
        content_erased: false,
    }
}
