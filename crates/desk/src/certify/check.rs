//! Verifying a credential file, with nothing but files; and the certificates that a verified dossier carries.

use std::path::{Path, PathBuf};

use certificate::credential::did::DidDocument;
use certificate::credential::{Proven, Question, Verdict, verify};
use certificate::distance::Overrun;
use dossier::Report;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use statement::vocabulary::StatementType;

use super::expiry::{Expired, Unreadable, distance_run, measured_until};
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

/// What came of verifying a credential.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The two answers.
    pub verdict: Verdict,
    /// Why the directory at hand was not used, and what to do about it.
    pub directory_unused: Option<String>,
}

/// Verifies a credential.
///
/// # Errors
/// A file of a trusted issuer or a status list cannot be read.
pub fn verify_credential(
    bytes: &[u8],
    trust: &CredentialTrust,
    now: Timestamp,
) -> Result<Verification, DeskError> {
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
    let mut verification = Verification {
        verdict,
        directory_unused: None,
    };
    let (Some(directory), Ok(proven)) = (&trust.directory, &verification.verdict.proof) else {
        return Ok(verification);
    };
    match told_by(directory, proven)? {
        Told::Nothing => {}
        Told::Overrun(overrun) => verification.verdict = verification.verdict.with_overrun(overrun),
        Told::NotKnown(why) => verification.verdict = verification.verdict.with_distance_unknown(&why),
        Told::Unused(why) => {
            verification.directory_unused = Some(format!("{} {why}", directory.display()));
        }
    }
    Ok(verification)
}

/// What an issuer's directory tells of the kilometres of a certificate.
enum Told {
    /// Nothing against it.
    Nothing,
    /// That a recorded reading lies beyond its limit.
    Overrun(Overrun),
    /// That nobody can tell, and why.
    NotKnown(String),
    /// Nothing, since it is not a directory of this certificate, and why not.
    Unused(String),
}

/// What an issuer's directory tells. Nobody signed it, so what it says counts against a certificate only, and by the limit that the
/// certificate itself has.
fn told_by(path: &Path, proven: &Proven) -> Result<Told, DeskError> {
    #[derive(serde::Deserialize)]
    struct Directory {
        issuer: Option<String>,
        certificates: Vec<Line>,
    }
    #[derive(serde::Deserialize)]
    struct Line {
        certificate: String,
        expired: Option<Value>,
    }
    #[derive(serde::Deserialize)]
    struct WhyNot {
        why: Unreadable,
    }
    let unused = |why: String| {
        Told::Unused(format!(
            "{why}; the issuer writes a new one with `carnet certify publish`"
        ))
    };
    let text = data_dir::read(path)?;
    let malformed = |e: serde_json::Error| DeskError::malformed(path, e);
    let directory: Directory = serde_json::from_slice(&text).map_err(malformed)?;
    let Some(issuer) = directory.issuer else {
        return Ok(unused("names no issuer: an older program wrote it".to_owned()));
    };
    let shown = |text: &str| text.chars().take(120).collect::<String>();
    if issuer != proven.issuer {
        let why = format!(
            "is of {:?}, and the certificate of {}; give the directory of that issuer",
            shown(&issuer),
            proven.issuer
        );
        return Ok(Told::Unused(why));
    }
    let certificate = &proven.subject.certificate;
    let mut lines = directory.certificates.into_iter();
    let Some(line) = lines.find(|line| line.certificate == *certificate) else {
        let why =
            format!("does not list certificate {certificate}: it was written before, or of another log");
        return Ok(unused(why));
    };
    let Some(expired) = line.expired else {
        return Ok(Told::Nothing);
    };
    let limit_km = proven.subject.odometer_limit_km;
    match expired["by"].as_str() {
        Some("kilometres") => {
            let said: Overrun = serde_json::from_value(expired).map_err(malformed)?;
            match said.odometer_km {
                Some(km) if km <= limit_km => Ok(unused(format!(
                    "has a reading of {km} km beyond the limit of certificate {certificate}, which is {limit_km} km"
                ))),
                None if said.limit_km != limit_km => Ok(unused(format!(
                    "says that certificate {certificate} counts up to {} km, and it counts up to {limit_km} km",
                    said.limit_km
                ))),
                _ => Ok(Told::Overrun(Overrun { limit_km, ..said })),
            }
        }
        Some("not_known") => {
            let why: WhyNot = serde_json::from_value(expired).map_err(malformed)?;
            Ok(Told::NotKnown(why.why.to_string()))
        }
        _ => Ok(Told::Nothing),
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
        let carried = body.get("credential").and_then(Value::as_str);
        let document = carried.and_then(|text| serde_json::from_str::<Value>(text).ok());
        let same = document
            .as_ref()
            .and_then(|value| certificate::credential::issue::digest(value).ok())
            .is_some_and(|computed| computed == digest);
        let credential = carried.map(|_| if same { "matches" } else { "differs" });
        let measured_until = document.as_ref().filter(|_| same).and_then(measured_until);
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
        let readings: Vec<(Date, f64, u64)> = report
            .statements
            .iter()
            .filter(|other| other.superseded_by.is_empty())
            .filter(|other| {
                other.log_index > issued.log_index
                    || measured_until.is_some_and(|until| happened(&other.claims) > until)
            })
            .filter_map(|other| {
                let km = distance_run(other.claims.body.get("odometer")?)?;
                Some((happened(&other.claims), km, other.log_index.0))
            })
            .collect();
        let limit_km = u32::try_from(limit).unwrap_or(u32::MAX);
        let overrun = Overrun::earliest(readings.iter().map(|(day, km, _)| (*day, *km)), limit_km);
        let expired = match last_day {
            Some(last_day) if today > last_day => Some(Expired::Date { last_day }),
            _ => overrun.map(Expired::Kilometres),
        };
        let expired = expired.filter(|_| standing == "in_force");
        if let Some(Expired::Kilometres(overrun)) = &expired {
            let says_so =
                |(day, km, _): &&(Date, f64, u64)| Some(*day) == overrun.read_on && *km > f64::from(limit_km);
            said_at = readings.iter().find(says_so).map_or(said_at, |(_, _, at)| *at);
        }
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
            assert!(verdict.unwrap().verdict.proof.is_err(), "{left}");
        }
        for other in [r#"{"format":"dossier/v1"}"#, "{}", "[1, 2]"] {
            std::fs::write(&file, other).unwrap();
            assert!(credential_in(&file).unwrap().is_none(), "{other}");
        }
    }
}
