//! The history of a vehicle as people read it: verified statements in order of time, and what they say together.
//!
//! The operator's own view takes the same road as a stranger's: a dossier is made and verified, and only what verified is
//! shown. So nobody at the desk ever sees something that a buyer could not check.

use dossier::{Report, VerifiedStatement, verify};
use history::findings::{self, Event};
use index::Label;
use jiff::civil::Date;
use vehicle::VehicleId;

use crate::checkers;
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
        self.history_showing(vehicle, &Disclose::All, now, today).await
    }

    /// The history of a vehicle as somebody sees it who is shown only these personal fields.
    ///
    /// # Errors
    /// As [`Desk::history`]; also a field that no statement has.
    pub async fn history_showing(
        &self,
        vehicle: &VehicleId,
        disclose: &Disclose,
        now: u64,
        today: Date,
    ) -> Result<History, DeskError> {
        let (_, history) = self.dossier_and_history(vehicle, disclose, now, today).await?;
        Ok(history)
    }

    /// How many statements about a vehicle wait for sealing: they are in no dossier and no history yet.
    ///
    /// # Errors
    /// The database failed.
    pub async fn waiting_about(&self, vehicle: &VehicleId) -> Result<u64, DeskError> {
        Ok(self.store.waiting_about(&self.labels.label(vehicle)).await?)
    }

    /// A vehicle's dossier, as the bytes of a `.carnet` file, and the history that it proves.
    ///
    /// # Errors
    /// As [`Desk::history_showing`].
    pub async fn dossier_and_history(
        &self,
        vehicle: &VehicleId,
        disclose: &Disclose,
        now: u64,
        today: Date,
    ) -> Result<(Vec<u8>, History), DeskError> {
        let bytes = self.dossier(vehicle, disclose).await?;
        let report = checkers::aside(|| verify(&bytes, &self.trust(u64::MAX), Some(vehicle), now))
            .map_err(|refusal| DeskError::Dossier(format!("our own dossier does not verify: {refusal}")))?;
        let findings = judge(&report, today);
        Ok((bytes, History { report, findings }))
    }
}

/// A vehicle's label, and what convinces others that it is the one.
#[derive(Clone, Debug)]
pub struct LabelProof {
    /// The label: the VRF of the canonical id.
    pub label: Label,
    /// The epoch of the VRF key.
    pub epoch: u32,
    /// The VRF public key.
    pub key: [u8; 32],
    /// The VRF proof (RFC 9381 with the suite of c2sp.org/vrf-r255).
    pub proof: [u8; 80],
}

impl Desk {
    /// Under which label this log files a vehicle, known to it or not.
    pub fn label_proof(&self, vehicle: &VehicleId) -> LabelProof {
        LabelProof {
            label: self.labels.label(vehicle),
            epoch: self.store.params().vrf_epoch,
            key: self.labels.public().to_bytes(),
            proof: self.labels.prove(vehicle).to_bytes(),
        }
    }
}

/// What verified statements say together. Erased ones are named as such: nobody can judge what they said.
pub fn judge(report: &Report, today: Date) -> findings::Report {
    let events: Vec<Event> = report.statements.iter().map(event).collect();
    let mut judged = findings::judge(&events, today);
    judged.coverage.erased = report.erased.iter().map(|erased| erased.log_index.0).collect();
    judged
}

/// A verified statement as the findings see it.
fn event(statement: &VerifiedStatement) -> Event {
    let roles = statement.issuer.roles.clone();
    Event::from_claims(statement.log_index.0, statement.digest, roles, &statement.claims)
}
