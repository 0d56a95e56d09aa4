//! Verifying a credential file, with nothing but files; and the certificates that a verified dossier carries.

use std::path::{Path, PathBuf};

use certificate::credential::did::DidDocument;
use certificate::credential::{Proven, Question, Verdict, verify};
use certificate::distance::Overrun;
use dossier::Report;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use statement::vocabulary::StatementType;

use super::expiry::{Expired, kilometres};
use super::surveil::happened;
use crate::data_dir;
use crate::error::DeskError;

/// What a verifier of credentials brings along.
#[derive(Clone, Debug, Default)]
pub struct CredentialTrust {
    /// DID documents of trusted issuers, or `did:key` texts.
    pub issuers: Vec<String>,
    /// Status lists, as files or folders of files.
    pub status_lists: Vec<PathBuf>,
    /// What the odometer shows, in kilometres.
    pub odometer_km: Option<u32>,
    /// The issuer's directory, where it is at hand: it knows the readings that were recorded.
    pub directory: Option<PathBuf>,
}

/// The longest file that is looked at: a PDF with a credential inside.
const MAX_FILE: u64 = 2 << 20;

/// A credential as it was handed over: by itself, or in a certificate's PDF.
#[derive(Clone, Debug)]
pub struct Handed {
    /// The credential.
    pub credential: Vec<u8>,
    /// The PDF that carries it.
    pub pdf: Option<Vec<u8>>,
}

/// The credential in a file; `None` where the file is something else, such as a dossier.
///
/// # Errors
/// The file cannot be read; [`DeskError::NoCredential`] where it is a PDF that is empty or carries none.
pub fn credential_in(file: &Path) -> Result<Option<Handed>, DeskError> {
    let about = std::fs::metadata(file).map_err(DeskError::file(file))?;
    if !about.is_file() || about.len() > MAX_FILE {
        return Ok(None);
    }
    let bytes = data_dir::read(file)?;
    // Of nothing only the name says what it was; an empty dossier is refused as one.
    if bytes.is_empty() && file.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf")) {
        let problem = "is empty; use the file as it came from the issuer";
        return Err(DeskError::NoCredential {
            path: file.to_owned(),
            problem: problem.to_owned(),
        });
    }
    if bytes.starts_with(b"%PDF-") {
        let credential =
            certificate_pdf::embedded_credential(&bytes).map_err(|e| DeskError::NoCredential {
                path: file.to_owned(),
                problem: e.to_string(),
            })?;
        return Ok(Some(Handed {
            credential,
            pdf: Some(bytes),
        }));
    }
    let is_one = bytes.len() <= certificate::credential::jcs::MAX_BYTES
        && (is_credential(&bytes) || is_left_of_credential(&bytes));
    Ok(is_one.then_some(Handed {
        credential: bytes,
        pdf: None,
    }))
}

/// Whether bytes are a JSON document that calls itself a credential; a dossier calls itself otherwise.
fn is_credential(bytes: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Kind {
        #[serde(rename = "@context")]
        context: Option<serde::de::IgnoredAny>,
        #[serde(rename = "type")]
        typ: Option<Value>,
    }
    // A list would be taken for a struct's fields in their order.
    let is_object = bytes.trim_ascii_start().starts_with(b"{");
    is_object
        && serde_json::from_slice::<Kind>(bytes).is_ok_and(|kind| {
            kind.context.is_some()
                || kind
                    .typ
                    .is_some_and(|typ| typ.to_string().contains("VerifiableCredential"))
        })
}

/// Whether bytes are what is left of a credential: they name the W3C's context or type, as no dossier does, and are no longer a
/// document by themselves, or one wrapped in another. Such a file is refused as the certificate that it was handed over as.
fn is_left_of_credential(bytes: &[u8]) -> bool {
    let names = |mark: &str| bytes.windows(mark.len()).any(|part| part == mark.as_bytes());
    !names("dossier/v1")
        && (names("https://www.w3.org/ns/credentials") || names("\"VerifiableCredential\""))
        && !matches!(serde_json::from_slice(bytes), Ok(Value::Object(_)))
}

/// Verifies a credential.
///
/// # Errors
/// A file of a trusted issuer or a status list cannot be read.
pub fn verify_credential(
    bytes: &[u8],
    trust: &CredentialTrust,
    now: Timestamp,
) -> Result<Verdict, DeskError> {
    let mut issuers = Vec::new();
    for issuer in &trust.issuers {
        let document = if issuer.starts_with("did:key:") {
            DidDocument::of_key(issuer).map_err(|e| DeskError::value("issuer", issuer, e))?
        } else {
            let path = Path::new(issuer);
            let text = data_dir::read(path)?;
            DidDocument::parse(&text).map_err(|e| DeskError::malformed(path, e))?
        };
        issuers.push(document);
    }
    let mut status_lists = Vec::new();
    for path in &trust.status_lists {
        if path.is_dir() {
            let entries = std::fs::read_dir(path).map_err(DeskError::file(path))?;
            for entry in entries {
                let file = entry.map_err(DeskError::file(path))?.path();
                if file.extension().is_some_and(|e| e == "json") {
                    status_lists.push(data_dir::read(&file)?);
                }
            }
        } else {
            status_lists.push(data_dir::read(path)?);
        }
    }
    let verdict = verify(
        bytes,
        &Question {
            issuers: &issuers,
            status_lists: &status_lists,
            now,
            odometer_km: trust.odometer_km,
        },
    );
    let (Some(directory), Ok(proven)) = (&trust.directory, &verdict.proof) else {
        return Ok(verdict);
    };
    let overrun = overrun_in(directory, proven)?;
    Ok(match overrun {
        Some(overrun) => verdict.with_overrun(overrun),
        None => verdict,
    })
}

/// The reading beyond its limit that an issuer's directory has of a certificate. Nobody signed a directory, so what it says counts
/// against a certificate only.
fn overrun_in(path: &Path, proven: &Proven) -> Result<Option<Overrun>, DeskError> {
    #[derive(serde::Deserialize)]
    struct Directory {
        issuer: String,
        certificates: Vec<Line>,
    }
    #[derive(serde::Deserialize)]
    struct Line {
        certificate: String,
        expired: Option<Value>,
    }
    let text = data_dir::read(path)?;
    let directory: Directory = serde_json::from_slice(&text).map_err(|e| DeskError::malformed(path, e))?;
    let certificate = &proven.subject.certificate;
    let line = directory
        .certificates
        .into_iter()
        .find(|line| directory.issuer == proven.issuer && line.certificate == *certificate);
    let expired = line.and_then(|line| line.expired);
    match expired.filter(|expired| expired["by"] == "kilometres") {
        Some(expired) => serde_json::from_value(expired)
            .map(Some)
            .map_err(|e| DeskError::malformed(path, e)),
        None => Ok(None),
    }
}

/// A certificate in a verified dossier. The dossier shows all statements about the car, so it shows also that none which
/// would end the certificate was left out: that is its status, as of the dossier's T.
#[derive(Clone, Debug, Serialize)]
pub struct CertificateInDossier {
    /// Its number.
    pub certificate: String,
    /// The statement that issued it.
    pub log_index: u64,
    /// Whether the credential is in the dossier, and its digest is the statement's.
    pub credential: Option<&'static str>,
    /// `in_force`, `suspended`, `revoked` or `expired`.
    pub standing: &'static str,
    /// Where it is expired: by its last day, or by which odometer reading beyond its limit.
    pub expired: Option<Expired>,
    /// The log index of the statement that says so last.
    pub said_at: u64,
    /// Grade.
    pub grade: String,
    /// Last day.
    pub valid_until: String,
    /// It ends at this odometer reading, in kilometres.
    pub odometer_limit_km: u64,
}

/// The certificates that a verified dossier carries, oldest first.
pub fn certificates(report: &Report, now: Timestamp) -> Vec<CertificateInDossier> {
    let mut certificates = Vec::new();
    for issued in &report.statements {
        if issued.claims.typ != StatementType::CertificateIssued {
            continue;
        }
        let body = &issued.claims.body;
        let text = |name: &str| {
            body.get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let number = |name: &str| body.get(name).and_then(Value::as_u64).unwrap_or_default();
        let digest = text("credential_sha256");
        let credential = body.get("credential").and_then(Value::as_str).map(|credential| {
            let same = serde_json::from_str::<Value>(credential)
                .ok()
                .and_then(|value| certificate::credential::issue::digest(&value).ok())
                .is_some_and(|computed| computed == digest);
            if same { "matches" } else { "differs" }
        });
        let (mut standing, mut said_at) = ("in_force", issued.log_index.0);
        for later in &report.statements {
            let of_this = later.log_index > issued.log_index
                && later.issuer.id == issued.issuer.id
                && later.claims.body.get("credential_sha256").and_then(Value::as_str)
                    == Some(digest.as_str());
            let says = match later.claims.typ {
                StatementType::CertificateSuspended => "suspended",
                StatementType::CertificateReinstated => "in_force",
                StatementType::CertificateWithdrawn => "revoked",
                _ => continue,
            };
            // Withdrawal is final, whatever follows.
            if of_this && standing != "revoked" {
                (standing, said_at) = (says, later.log_index.0);
            }
        }
        let valid_until = text("valid_until");
        let limit = number("odometer_limit_km");
        let last_day = valid_until.parse::<jiff::civil::Date>().ok();
        let today = now.to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
        let later = report
            .statements
            .iter()
            .filter(|later| later.log_index > issued.log_index && later.superseded_by.is_empty());
        let readings = later.filter_map(|later| {
            let km = kilometres(later.claims.body.get("odometer")?)?;
            Some((happened(&later.claims), km))
        });
        let overrun = Overrun::earliest(readings, u32::try_from(limit).unwrap_or(u32::MAX));
        let expired = match last_day {
            Some(last_day) if today > last_day => Some(Expired::Date { last_day }),
            _ => overrun.map(Expired::Kilometres),
        };
        let expired = expired.filter(|_| standing == "in_force");
        if expired.is_some() || (standing == "in_force" && last_day.is_none()) {
            standing = "expired";
        }
        certificates.push(CertificateInDossier {
            certificate: text("certificate"),
            log_index: issued.log_index.0,
            credential,
            standing,
            expired,
            said_at,
            grade: text("grade"),
            valid_until,
            odometer_limit_km: limit,
        });
    }
    certificates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_of_a_credential_is_refused_as_one_and_not_as_a_dossier() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("certificate.json");
        let whole = r#"{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"id":"x"}"#;
        for left in [whole.to_owned(), whole[..60].to_owned(), format!("[{whole}]")] {
            std::fs::write(&file, &left).unwrap();
            let handed = credential_in(&file).unwrap().unwrap_or_else(|| panic!("{left}"));
            let verdict =
                verify_credential(&handed.credential, &CredentialTrust::default(), Timestamp::now());
            assert!(verdict.unwrap().proof.is_err(), "{left}");
        }
        for other in [r#"{"format":"dossier/v1"}"#, "{}", "[1, 2]"] {
            std::fs::write(&file, other).unwrap();
            assert!(credential_in(&file).unwrap().is_none(), "{other}");
        }
    }
}
