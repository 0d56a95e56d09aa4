//! Checking a log and what its directory hands out.

use store::{Complaint, Fsck, Severity};
use tlog::note::Vkey;
use tlog::policy::{Policy, Witness};

use crate::data_dir;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::witnesses::{listed, same_key};

impl Desk {
    /// Recomputes the log from its public files ([`store::Store::fsck`]), compares the VRF key that verifiers get with the
    /// log's, and looks whether the policy that they get needs cosignatures, and only such as can come. Reads only. `progress` is
    /// told how many of how many entries have been replayed.
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
        for problem in self.of_policy()? {
            report.complaints.push(Complaint {
                severity: Severity::Warning,
                what: self.dir.policy().display().to_string(),
                problem,
            });
        }
        Ok(report)
    }

    /// What is to be said of the policy that verifiers get.
    fn of_policy(&self) -> Result<Vec<String>, DeskError> {
        let asked = listed(&self.dir)?;
        let mut keys = asked.iter().map(|one| &one.vkey).collect::<Vec<_>>();
        keys.extend(self.beside.iter().map(|(_, key)| key));
        let is_asked =
            |witness: &&Witness| witness.url.is_some() || keys.iter().any(|key| same_key(key, &witness.vkey));
        let mut problems: Vec<String> = needs_nobody(&self.policy, &self.beside).into_iter().collect();
        let witnesses = self.policy.witnesses().iter();
        let unasked = witnesses.filter(|witness| !is_asked(witness));
        problems.extend(unasked.map(|witness| never_asked(witness, &self.beside)));
        Ok(problems)
    }
}

/// What is to be said of a policy by which the log's word alone is enough.
fn needs_nobody(policy: &Policy, beside: &[(&str, Vkey); 2]) -> Option<String> {
    if policy.quorum().is_some() {
        return None;
    }
    let fix = match policy.last_member() {
        Some(name) => format!("name who must have cosigned in place of `none`, such as `quorum {name}`"),
        None => {
            let [(name, key), _] = beside;
            format!(
                "name who must have cosigned, such as this log's own witness: `witness {name} {key}` and `quorum {name}`"
            )
        }
    };
    Some(format!(
        "says `quorum none`: whoever verifies with it believes this log without any witness, and no answer says as of when it is \
         complete; {fix}"
    ))
}

/// What is to be said of a witness of the policy whose cosignature cannot come.
fn never_asked(witness: &Witness, beside: &[(&str, Vkey); 2]) -> String {
    let Witness { name, vkey, .. } = witness;
    let own = beside.iter().find(|(own, _)| own.as_bytes() == name.as_bytes());
    let fix = match own {
        Some((_, key)) => format!("this log's own {name} has the key {key}; write that in its place"),
        None => format!("`carnet log witness add URL {vkey}` says where, or take the line out"),
    };
    format!("nobody asks {name} ({vkey}), so its cosignature never comes; {fix}")
}
