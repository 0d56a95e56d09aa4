//! Verifying a dossier file, with nothing but the file and what the verifier trusts.

use std::path::Path;

use dossier::{Refusal, Report, Trust, VrfVerifierKey, verify};
use vehicle::VehicleId;

use crate::data_dir;
use crate::desk::read_policy;
use crate::error::DeskError;

/// The largest dossier that is read: some ten thousand statements.
const MAX_DOSSIER: u64 = dossier::file::MAX_BYTES as u64;

/// Reads what a verifier trusts: a policy file and a VRF key, the latter as a file or as the key itself.
///
/// # Errors
/// A file is missing or malformed.
pub fn read_trust(policy: &Path, vrf_key: &str, max_age: u64) -> Result<Trust, DeskError> {
    let policy = read_policy(policy)?;
    let path = Path::new(vrf_key);
    let key: VrfVerifierKey = if path.is_file() {
        let text = data_dir::read(path)?;
        let problem =
            "is not a log's VRF key, a line of the form <origin>+vrf-r255+<base64>; give the log's vrf.txt";
        let line = std::str::from_utf8(&text).ok().map(str::trim);
        line.and_then(|line| line.parse().ok())
            .ok_or_else(|| DeskError::malformed(path, problem))?
    } else {
        let problem =
            "is neither a file nor a key of the form <origin>+vrf-r255+<base64>; give the log's vrf.txt";
        vrf_key
            .parse()
            .map_err(|_| DeskError::value("VRF key", vrf_key, problem))?
    };
    Ok(Trust {
        policy,
        vrf_key: key,
        max_age,
    })
}

/// Verifies a file; `Ok(Err(_))` is the answer that it must not be believed.
///
/// # Errors
/// The file cannot be read.
pub fn verify_file(
    file: &Path,
    trust: &Trust,
    asked: Option<&VehicleId>,
    now: u64,
) -> Result<Result<Report, Refusal>, DeskError> {
    Ok(verify(
        &data_dir::read_up_to(file, MAX_DOSSIER, "no dossier is")?,
        trust,
        asked,
        now,
    ))
}

/// A vehicle as a person types it: a VIN, a frame number, or either with its prefix.
///
/// # Errors
/// Says which character is wrong, and what may have been meant.
pub fn parse_vehicle(text: &str) -> Result<VehicleId, DeskError> {
    crate::draft::parse_vehicle(text).map_err(|e| DeskError::value("vehicle", text, e))
}
