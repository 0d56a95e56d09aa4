//! Issuers: a key of their own, enrolment by the log's operator, revocation.

use std::path::PathBuf;

use history::entry::KeyEntry;
use history::map::KeyRecord;
use serde::{Deserialize, Serialize};
use statement::key_file::Purpose;
use statement::vocabulary::Role;
use statement::{IssuerSigningKey, KeyId};
use store::Sealing;

use crate::access::{Actor, KeyChange};
use crate::data_dir;
use crate::desk::{Desk, ed25519_key};
use crate::error::DeskError;

/// An issuer as an operator enrols it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// The value statements carry as `iss`.
    pub id: String,
    /// The name a person reads.
    pub name: String,
    /// What it may state.
    pub roles: Vec<Role>,
}

/// A key that was made for an issuer on this machine.
#[derive(Clone, Debug, Serialize)]
pub struct NewKey {
    /// The issuer.
    pub issuer: String,
    /// The key file.
    pub path: PathBuf,
    /// The key's id.
    pub key_id: String,
    /// The public key, hex, to be given to a log's operator.
    pub public_key: String,
}

impl Desk {
    /// Makes a signing key for an issuer that signs on this machine.
    ///
    /// # Errors
    /// The id cannot be a file name, or there is a key of that name already.
    pub fn new_issuer_key(&self, id: &str) -> Result<NewKey, DeskError> {
        let path = self.issuer_key_path(id)?;
        if path.exists() {
            let problem = format!(
                "issuer {id:?} has a key here already, which is never overwritten; enrol this one with `carnet issuer enrol {id}`, or \
                 name another issuer. To replace a key, revoke it with `carnet issuer revoke`, move the file away, and make a new one"
            );
            return Err(DeskError::Key { path, problem });
        }
        let key = ed25519_key(Purpose::Issuer, id.to_owned())?;
        data_dir::write_key(&path, &key, &self.passphrase)?;
        let public = key.public.unwrap_or_default();
        Ok(NewKey {
            issuer: id.to_owned(),
            path,
            key_id: KeyId::of(&public).to_string(),
            public_key: hex::encode(public),
        })
    }

    /// The signing key of an issuer that signs on this machine.
    ///
    /// # Errors
    /// There is none, or it cannot be opened.
    pub fn issuer_signing_key(&self, id: &str) -> Result<IssuerSigningKey, DeskError> {
        let path = self.issuer_key_path(id)?;
        if !path.exists() {
            return Err(DeskError::NoSigningKey(id.to_owned()));
        }
        let key = data_dir::read_key(&path, Purpose::Issuer, &self.passphrase)?;
        Ok(IssuerSigningKey::from_seed(&key.secret))
    }

    /// Whether an issuer's signing key is on this machine.
    pub fn has_issuer_key(&self, id: &str) -> bool {
        self.issuer_key_path(id).is_ok_and(|path| path.exists())
    }

    fn issuer_key_path(&self, id: &str) -> Result<PathBuf, DeskError> {
        let plain = id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if id.is_empty() || !plain || id.starts_with('.') {
            return Err(DeskError::value(
                "issuer id",
                id,
                "use letters, digits, - _ and . only",
            ));
        }
        Ok(self.dir.issuers().join(format!("{id}.key")))
    }

    /// Enrols issuers with their public keys, at the machine itself; takes effect for statements sealed afterwards.
    ///
    /// # Errors
    /// A key that is enrolled already or weak, an empty name or role list; then none is enrolled, and the trail says so. Or they
    /// are enrolled, and the quorum is missing that would publish it.
    pub async fn enrol(&self, issuers: &[(Issuer, [u8; 32])], now: i64) -> Result<Sealing, DeskError> {
        let mut done = Sealing::default();
        let mut begun = Vec::with_capacity(issuers.len());
        for (issuer, public_key) in issuers {
            begun.push(
                self.enrolling(&Actor::Machine, issuer, KeyId::of(public_key), now)
                    .await?,
            );
        }
        match self
            .with_record(begun, self.enrol_into(issuers, &mut done), |_| true)
            .await?
        {
            KeyChange::Published => Ok(done),
            KeyChange::Unpublished(missing) => Err(missing),
        }
    }

    /// Enrols issuers; `done` says what was sealed on the way also where an error came after that. The trail is the caller's.
    pub(crate) async fn enrol_into(
        &self,
        issuers: &[(Issuer, [u8; 32])],
        done: &mut Sealing,
    ) -> Result<(), DeskError> {
        let enrolled = self.store.issuer_keys().await?;
        let mut entries = Vec::with_capacity(issuers.len());
        for (issuer, public_key) in issuers {
            let key = ed25519_dalek::VerifyingKey::from_bytes(public_key).map_err(|_| {
                DeskError::value("public key", hex::encode(public_key), "is not an Ed25519 key")
            })?;
            if key.is_weak() {
                let problem = "is a weak Ed25519 key, for which signatures can be forged; make another";
                return Err(DeskError::value("public key", hex::encode(public_key), problem));
            }
            let key_id = KeyId::of(public_key);
            if enrolled.iter().any(|(known, _)| *known == key_id) {
                let problem =
                    format!("its key {key_id} is enrolled already; a revoked issuer needs a new key");
                return Err(DeskError::value("issuer", &issuer.id, problem));
            }
            let mut roles = issuer.roles.clone();
            roles.sort_by_key(|role| role.as_str());
            roles.dedup();
            entries.push(KeyEntry::Enrolled {
                key_id,
                public_key: *public_key,
                roles,
                issuer: issuer.id.clone(),
                name: issuer.name.clone(),
            });
        }
        Ok(self.store.append_into(&entries, done).await?)
    }

    /// Revokes a key; `done` says what was sealed on the way also where an error came after that. The trail is the caller's.
    pub(crate) async fn revoke_into(
        &self,
        key_id: KeyId,
        reason: &str,
        done: &mut Sealing,
    ) -> Result<(), DeskError> {
        let keys = self.store.issuer_keys().await?;
        let known = keys.iter().find(|(id, _)| *id == key_id);
        match known {
            None => return Err(DeskError::NoIssuer(key_id.to_string())),
            Some((
                _,
                KeyRecord {
                    revoked_at: Some((at, _)),
                    ..
                },
            )) => {
                let problem = format!("was revoked already, at log index {at}");
                return Err(DeskError::value("key", key_id.to_string(), problem));
            }
            Some(_) => {}
        }
        let entry = KeyEntry::Revoked {
            key_id,
            reason: reason.to_owned(),
        };
        Ok(self.store.append_into(&[entry], done).await?)
    }

    /// All keys of all issuers, in order of enrolment.
    ///
    /// # Errors
    /// The database failed.
    pub async fn issuers(&self) -> Result<Vec<(KeyId, KeyRecord)>, DeskError> {
        Ok(self.store.issuer_keys().await?)
    }

    /// The unrevoked keys of the issuer with this id, or the key with this id in hex.
    ///
    /// # Errors
    /// There is none.
    pub async fn find_issuer(&self, id_or_key: &str) -> Result<Vec<KeyId>, DeskError> {
        let found: Vec<KeyId> = self
            .issuers()
            .await?
            .into_iter()
            .filter(|(key_id, record)| {
                key_id.to_string() == id_or_key || (record.issuer == id_or_key && record.revoked_at.is_none())
            })
            .map(|(key_id, _)| key_id)
            .collect();
        if found.is_empty() {
            Err(DeskError::NoIssuer(id_or_key.to_owned()))
        } else {
            Ok(found)
        }
    }
}
