//! What the public may see: the directory, the status lists, the DID document, the twins without vehicle id (7.8).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use certificate::credential::status_list::{Purpose, StatusList};
use certificate::credential::{context, proof, schema};
use certificate::scheme::State;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;
use serde_json::{Value, json};

use super::expiry::Expired;
use super::steps::whole;
use crate::data_dir;
use crate::desk::Desk;
use crate::error::DeskError;

/// How long a status list is good for, in hours: who relies on a certificate asks for a newer one after a week.
const LIST_HOURS: i64 = 7 * 24;

/// The file of the directory.
pub(super) const DIRECTORY: &str = "directory.json";

/// A line of the directory.
#[derive(Clone, Debug, Serialize)]
pub struct DirectoryEntry {
    /// The certificate's number.
    pub certificate: String,
    /// `in_force`, `suspended`, `withdrawn`, `expired`, or `not_known` where nobody can tell whether its car ran past its limit.
    pub standing: &'static str,
    /// Where it is expired: by its last day, or by an odometer reading beyond its limit; or why nobody can tell.
    pub expired: Option<Expired>,
    /// Maker of the car.
    pub make: String,
    /// Its model.
    pub model: String,
    /// Grade.
    pub grade: String,
    /// When it was issued.
    pub issued: Timestamp,
    /// Its last moment.
    pub valid_until: Timestamp,
    /// It ends at this odometer reading, in kilometres.
    pub odometer_limit_km: u32,
    /// SHA-256 of the credential's canonical form, hex, as its QR code has it.
    pub credential_sha256: String,
    /// Whether the statement that issued it, or one that changed its status, does not stand in the log yet: until then no dossier
    /// shows it.
    pub awaits_log: bool,
}

/// The bits of all status lists, by number and purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusBits(BTreeMap<(u32, Purpose), StatusList>);

/// A document as it is published.
///
/// # Errors
/// It cannot be written as JSON.
pub fn written(document: &Value) -> Result<Vec<u8>, DeskError> {
    let mut text = serde_json::to_vec_pretty(document).map_err(|e| DeskError::value("file", "", e))?;
    text.push(b'\n');
    Ok(text)
}

/// The file of a twin in the folder that is published.
fn twin_file(certificate: &str) -> String {
    format!("certificates/{certificate}.json")
}

/// Removes a file that may be there.
fn remove(path: &Path) -> Result<(), DeskError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(DeskError::file(path)(error)),
        _ => Ok(()),
    }
}

impl Desk {
    /// The directory of certificates, oldest first. It says nothing by which a car could be recognised.
    ///
    /// # Errors
    /// The database failed.
    pub async fn directory(&self, now: Timestamp) -> Result<Vec<DirectoryEntry>, DeskError> {
        let mut entries = self.directory_of_body(now).await?;
        for entry in &mut entries {
            entry.expired = entry.expired.map(Expired::public);
        }
        Ok(entries)
    }

    /// The same for the body itself, with the readings that ended certificates.
    ///
    /// # Errors
    /// The database failed.
    pub async fn directory_of_body(&self, now: Timestamp) -> Result<Vec<DirectoryEntry>, DeskError> {
        let time = |seconds| Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX);
        let certificates = self.store.certificates().await?;
        let mut expired = self.expired(&certificates, now).await?;
        let awaiting = self.store.cases_awaiting_log().await?;
        Ok(certificates
            .into_iter()
            .map(|(certificate, state)| DirectoryEntry {
                awaits_log: awaiting.contains(&certificate.case),
                standing: if state == State::Withdrawn.as_str() {
                    "withdrawn"
                } else if state == State::Suspended.as_str() {
                    "suspended"
                } else {
                    expired.get(&certificate.id).map_or("in_force", Expired::standing)
                },
                expired: expired.remove(&certificate.id),
                certificate: certificate.id,
                make: certificate.make,
                model: certificate.model,
                grade: certificate.grade,
                issued: time(certificate.issued),
                valid_until: time(certificate.valid_until),
                odometer_limit_km: certificate.odometer_limit_km,
                credential_sha256: hex::encode(certificate.credential),
            })
            .collect())
    }

    /// Whether the directory has a certificate of this number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn lists(&self, number: &str) -> Result<bool, DeskError> {
        // The store finds it by its case too.
        let found = self.store.certificate(number).await?;
        Ok(found.is_some_and(|certificate| certificate.id == number))
    }

    /// Whether a body is set up that certifies with this log.
    ///
    /// # Errors
    /// The database failed.
    pub async fn certifies(&self) -> Result<bool, DeskError> {
        Ok(self.store.certification_body().await?.is_some())
    }

    /// The status lists as of now, by their number and purpose, not signed yet. There is always a first pair.
    ///
    /// # Errors
    /// The database failed.
    pub async fn status_bits(&self) -> Result<StatusBits, DeskError> {
        let wrong = |e: &dyn std::fmt::Display| DeskError::value("status list", "", e);
        let mut lists: BTreeMap<(u32, Purpose), StatusList> = BTreeMap::new();
        let certificates = self.store.certificates().await?;
        let newest = certificates.iter().map(|(certificate, _)| certificate.list).max();
        for number in 1..=newest.unwrap_or(1) {
            for purpose in Purpose::ALL {
                lists.insert((number, purpose), StatusList::default());
            }
        }
        for (certificate, state) in &certificates {
            let purpose = match state.as_str() {
                state if state == State::Withdrawn.as_str() => Purpose::Revocation,
                state if state == State::Suspended.as_str() => Purpose::Suspension,
                _ => continue,
            };
            if let Some(list) = lists.get_mut(&(certificate.list, purpose)) {
                list.set(u64::from(certificate.position)).map_err(|e| wrong(&e))?;
            }
        }
        Ok(StatusBits(lists))
    }

    /// The address of the key that signs status lists now.
    ///
    /// # Errors
    /// As for [`Self::signed_status_lists`].
    pub async fn signing_method(&self) -> Result<String, DeskError> {
        Ok(self.certifier().await?.method())
    }

    /// Signs the status lists, as of now, and names each as it is published.
    ///
    /// # Errors
    /// No body is set up, or its key is not here, not enrolled, or revoked.
    pub async fn signed_status_lists(
        &self,
        bits: &StatusBits,
        now: Timestamp,
    ) -> Result<Vec<(String, Value)>, DeskError> {
        let certifier = self.certifier().await?;
        let wrong = |e: &dyn std::fmt::Display| DeskError::value("status list", &certifier.body.did, e);
        let now = whole(now);
        let until = now.checked_add(LIST_HOURS.hours()).map_err(|e| wrong(&e))?;
        let (issuer, method, key) = (certifier.issuer(), certifier.method(), certifier.proof_key());
        bits.0
            .iter()
            .map(|((number, purpose), list)| {
                let url = issuer.list_url(*purpose, *number);
                let document = list
                    .unsigned(&url, &issuer.did, *purpose, now, until)
                    .map_err(|e| wrong(&e))?;
                let signed = proof::sign(&document, &method, now, &key).map_err(|e| wrong(&e))?;
                Ok((format!("{purpose}-{number}.json"), signed))
            })
            .collect()
    }

    /// The directory as it is published.
    ///
    /// # Errors
    /// No body is set up, or the database failed.
    pub async fn directory_document(&self, now: Timestamp) -> Result<Value, DeskError> {
        let directory = self.directory(now).await?;
        Ok(json!({"issuer": self.body().await?.did, "as_of": whole(now), "certificates": directory}))
    }

    /// Whether what was published on this machine says of every certificate what is so now. A correction can bring one back into
    /// force, and no step of the scheme is taken for it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn published_here_is_current(&self, now: Timestamp) -> Result<bool, DeskError> {
        let path = self.dir().certificates().join(DIRECTORY);
        // What cannot be read says nothing that is so, and is written anew.
        let published = data_dir::read(&path).ok();
        let published = published.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        let current = serde_json::to_value(self.directory(now).await?)
            .map_err(|e| DeskError::value("file", DIRECTORY, e))?;
        Ok(published.is_some_and(|published| published["certificates"] == current))
    }

    /// Whether a twin of an erased car is still among what was published on this machine.
    ///
    /// # Errors
    /// The database failed.
    pub async fn published_here_is_of_erased(&self) -> Result<bool, DeskError> {
        for (certificate, _) in self.store.certificates().await? {
            let file = self.dir().certificates().join(twin_file(&certificate.id));
            if file.exists() && matches!(self.kept_twin(&certificate.id).await, Ok(None)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Writes everything public into a folder, laid out as it is to be served at the body's address, and removes the twins of
    /// erased cars from it. Returns the files.
    ///
    /// # Errors
    /// The folder cannot be written, or the body's key is not enrolled or was revoked.
    pub async fn publish_certificates(
        &self,
        folder: &Path,
        now: Timestamp,
    ) -> Result<Vec<PathBuf>, DeskError> {
        let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
        let mut add = |name: String, value: &Value| {
            let text = written(value)?;
            files.push((PathBuf::from(name), text));
            Ok::<_, DeskError>(())
        };
        // First, so that what was erased is gone also where nothing can be signed.
        for entry in self.directory(now).await? {
            let name = twin_file(&entry.certificate);
            match self.kept_twin(&entry.certificate).await {
                Ok(Some(twin)) => add(name, &twin)?,
                // Its line stays, so that nobody takes the number for free.
                Ok(None) => remove(&folder.join(name))?,
                // One that cannot be read holds no other back; what was published of it stays.
                Err(_) => {}
            }
        }
        add("did.json".to_owned(), &self.did_document().await?)?;
        for (name, list) in self.signed_status_lists(&self.status_bits().await?, now).await? {
            add(format!("status/{name}"), &list)?;
        }
        add(DIRECTORY.to_owned(), &self.directory_document(now).await?)?;
        files.push((
            PathBuf::from("contexts/carnet-v1.jsonld"),
            context::CARNET.document.to_vec(),
        ));
        files.push((
            PathBuf::from("certificate.schema.json"),
            schema::CERTIFICATE.as_bytes().to_vec(),
        ));
        for (name, bytes) in &files {
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent).map_err(DeskError::file(parent))?;
            }
            data_dir::write(&path, bytes, 0o644)?;
        }
        Ok(files.into_iter().map(|(name, _)| folder.join(name)).collect())
    }
}
