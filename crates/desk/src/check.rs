//! Verifying a dossier file or a receipt, with nothing but the file and what the verifier trusts.

use std::path::Path;

use dossier::{Dossier, FileError, Reason, Refusal, Report, Step, Trust, VrfVerifierKey, verify};
use history::receipt::{self, ReceiptError};
use jiff::Timestamp;
use statement::{Digest, KeyId, SdJwt};
use tlog::LeafIndex;
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
    Ok(bytes_of(file)?.and_then(|bytes| verify(&bytes, trust, asked, now)))
}

/// The refusal of a file that cannot be a dossier, whomever its reader trusts; `None` where that is for [`verify_file`] to say.
///
/// # Errors
/// The file cannot be read.
pub fn refused_by_anybody(file: &Path) -> Result<Option<Refusal>, DeskError> {
    let read = bytes_of(file)?.and_then(|bytes| Dossier::from_bytes(&bytes).map_err(not_a_dossier));
    Ok(read.err())
}

/// What is in a file, as long as a dossier may be.
fn bytes_of(file: &Path) -> Result<Result<Vec<u8>, Refusal>, DeskError> {
    match data_dir::read_up_to(file, MAX_DOSSIER, "no dossier is") {
        Ok(bytes) => Ok(Ok(bytes)),
        // What a device holds cannot be counted; it is more than is read.
        Err(DeskError::TooLarge { .. }) => {
            let length = std::fs::metadata(file).map_or(0, |about| about.len());
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            Ok(Err(not_a_dossier(FileError::TooLong(
                length.max(dossier::file::MAX_BYTES + 1),
            ))))
        }
        Err(error) => Err(error),
    }
}

/// The refusal of a file that is no dossier, for what is found before its bytes are looked at: step 0.
pub fn not_a_dossier(problem: FileError) -> Refusal {
    Refusal {
        step: Step::File,
        item: String::new(),
        reason: Reason::File(problem),
    }
}

/// What a receipt shows that verified.
#[derive(Clone, Debug)]
pub struct VerifiedReceipt {
    /// The log that holds the statement.
    pub origin: String,
    /// The statement's place in it.
    pub log_index: LeafIndex,
    /// When the policy's quorum had cosigned a log that holds it; absent where the policy asks for nobody's word.
    pub as_of: Option<Timestamp>,
    /// The vehicle under whose label it is filed.
    pub vehicle: VehicleId,
    /// Identifies the statement.
    pub digest: Digest,
    /// The key that the entry names, which is the one the statement names.
    pub key_id: KeyId,
}

/// Whether the file is a receipt, by its first line.
///
/// # Errors
/// The file cannot be read.
pub fn is_receipt(file: &Path) -> Result<bool, DeskError> {
    data_dir::begins_with(file, b"c2sp.org/tlog-proof@")
}

/// Verifies the receipt of a signed statement (a file with the SD-JWT in compact form); `Ok(Err(_))` is the answer that the
/// receipt does not show that the log holds this statement. Whether its issuer was entitled to make it, a dossier shows.
///
/// # Errors
/// A file cannot be read, or there is no signed statement in the second.
pub fn verify_receipt(
    file: &Path,
    statement: &Path,
    trust: &Trust,
) -> Result<Result<VerifiedReceipt, ReceiptError>, DeskError> {
    let proof = data_dir::read(file)?;
    let text = data_dir::read(statement)?;
    let text = std::str::from_utf8(&text).map(str::trim);
    let text = text.map_err(|_| DeskError::malformed(statement, "not UTF-8"))?;
    let signed = SdJwt::parse(text).map_err(|e| {
        let fix = "give the signed statement that the receipt is about, alone in a file";
        DeskError::malformed(statement, format!("{e}; {fix}"))
    })?;
    let vehicle = signed.claims_unverified().vid.clone();
    let (key_id, digest) = (signed.key_id(), signed.digest());
    let verified = receipt::verify(
        &proof,
        &trust.policy,
        &trust.vrf_key.key,
        &vehicle,
        key_id,
        digest,
    );
    let held = match verified {
        Ok(held) => held,
        Err(refused) => return Ok(Err(refused)),
    };
    let pinned = trust.vrf_key.origin.as_str();
    if pinned != held.origin {
        let problem = format!("is that of another log; the receipt is of {:?}", held.origin);
        return Err(DeskError::value("VRF key", pinned, problem));
    }
    let as_of = held
        .as_of
        .and_then(|t| i64::try_from(t).ok())
        .and_then(|t| Timestamp::from_second(t).ok());
    Ok(Ok(VerifiedReceipt {
        origin: held.origin,
        log_index: held.at,
        as_of,
        vehicle,
        digest,
        key_id,
    }))
}

/// A vehicle as a person types it: a VIN, a frame number, or either with its prefix.
///
/// # Errors
/// Says which character is wrong, and what may have been meant.
pub fn parse_vehicle(text: &str) -> Result<VehicleId, DeskError> {
    crate::draft::parse_vehicle(text).map_err(|e| DeskError::value("vehicle", text, e))
}
