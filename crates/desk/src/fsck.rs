//! Checking a log and what its directory hands out.

use store::{Complaint, Fsck, Severity};

use crate::data_dir;
use crate::desk::Desk;
use crate::error::DeskError;

impl Desk {
    /// Recomputes the log from its public files ([`store::Store::fsck`]), and compares the VRF key that verifiers get with the
    /// log's. Reads only. `progress` is told how many of how many entries have been replayed.
    ///
    /// # Errors
    /// Storage failed. Damage is not an error but a complaint.
    pub async fn fsck(&self, progress: impl FnMut(u64, u64)) -> Result<Fsck, DeskError> {
        let mut report = self.store.fsck(progress).await?;
        let path = self.dir.vrf();
        let right = self.vrf_key.to_string();
        let problem = match data_dir::read(&path) {
            Ok(found) if found.trim_ascii() == right.as_bytes() => None,
            Ok(_) => {
                Some("is not this log's VRF key: whoever verifies with it refuses every dossier".to_owned())
            }
            Err(DeskError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Some("missing".to_owned())
            }
            Err(error) => Some(error.to_string()),
        };
        if let Some(problem) = problem {
            report.complaints.push(Complaint {
                severity: Severity::Damage,
                what: path.display().to_string(),
                problem: format!("{problem}; write this line into it: {right}"),
            });
        }
        Ok(report)
    }
}
