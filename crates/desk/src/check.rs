//! Verifying a dossier file, with nothing but the file and what the verifier trusts.

use std::path::Path;

use dossier::{Refusal, Report, Trust, VrfVerifierKey, verify};
use vehicle::VehicleId;

use crate::data_dir;
use crate::desk::read_policy;
use crate::error::DeskError;

/// Reads what a verifier trusts: a policy file and a VRF key, the latter as a file or as the key itself.
///
/// # Errors
/// A file is missing or malformed.
pub fn read_trust(policy: &Path, vrf_key: &str, max_age: u64) -> Result<Trust, DeskError> {
    let path = Path::new(vrf_key);
    let line = if path.is_file() {
        String::from_utf8_lossy(&data_dir::read(path)?).trim().to_owned()
    } else {
        vrf_key.to_owned()
    };
    let key: VrfVerifierKey =
        line.parse().map_err(|e| DeskError::value("VRF key", line.clone(), format!("{e}; give the log's vrf.txt")))?;
    Ok(Trust { policy: read_policy(policy)?, vrf_key: key, max_age })
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
    Ok(verify(&data_dir::read(file)?, trust, asked, now))
}

/// A vehicle as a person types it: a VIN, a frame number, or either with its prefix.
///
/// # Errors
/// Says which character is wrong, and what may have been meant.
pub fn parse_vehicle(text: &str) -> Result<VehicleId, DeskError> {
    crate::draft::parse_vehicle(text).map_err(|e| DeskError::value("vehicle", text, e))
}
