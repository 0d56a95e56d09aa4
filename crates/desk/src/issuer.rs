//! Issuers: a key of their own, enrolment by the log's operator, revocation.

use std::path::{Path, PathBuf};

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
use crate::input;

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

/// What became of a list of issuers.
#[derive(Clone, Debug)]
pub struct EnrolledList {
    /// What was sealed.
    pub sealing: Sealing,
    /// The ids of those who were enrolled, in the order of the list.
    pub enrolled: Vec<String>,
    /// The ids of those who were enrolled before, with the same key, name and roles.
    pub known: Vec<String>,
}

/// What an id may consist of: it names a key file.
const ID_FIX: &str = "use letters, digits, - _ and . only";

/// Whether a key is enrolled for this very issuer.
fn same(record: &KeyRecord, issuer: &Issuer) -> bool {
    let sorted = |roles: &[Role]| {
        let mut roles: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    };
    record.issuer == issuer.id && record.name == issuer.name && sorted(&record.roles) == sorted(&issuer.roles)
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
            return Err(DeskError::value("issuer id", id, ID_FIX));
        }
        Ok(self.dir.issuers().join(format!("{id}.key")))
    }

    /// Enrols the issuers of a list who are not enrolled yet, at the machine itself, and makes keys for those who have none here.
    ///
    /// # Errors
    /// With the line and the issuer: it stands twice, its id, name or roles will not do, or it is enrolled already as something
    /// else. Then no key is made and none is enrolled. Otherwise as [`Desk::enrol`].
    pub async fn enrol_list(&self, file: &Path, now: i64) -> Result<EnrolledList, DeskError> {
        let listed = input::issuers(file)?;
        let keys = self.issuers().await?;
        let (mut new, mut known) = (Vec::new(), Vec::new());
        for (at, (line, issuer)) in listed.iter().enumerate() {
            let wrong = |problem: String| {
                DeskError::malformed(file, format!("line {line}: issuer {:?}: {problem}", issuer.id))
            };
            let before = listed.iter().take(at).find(|(_, other)| other.id == issuer.id);
            if let Some((first, _)) = before {
                return Err(wrong(format!("stands in line {first} already; leave one out")));
            }
            if self.issuer_key_path(&issuer.id).is_err() {
                return Err(wrong(ID_FIX.to_owned()));
            }
            if issuer.name.trim().is_empty() {
                return Err(wrong("has no name; write the name that people read".to_owned()));
            }
            if issuer.roles.is_empty() {
                let fix = "has no role; name at least one role, such as \"workshop\"";
                return Err(wrong(fix.to_owned()));
            }
            let key = match self.has_issuer_key(&issuer.id) {
                true => Some(KeyId::of(&self.issuer_signing_key(&issuer.id)?.public())),
                false => None,
            };
            let enrolled = keys.iter().find(|(id, _)| Some(*id) == key);
            match enrolled.map(|(_, record)| record) {
                Some(record) if record.revoked_at.is_some() => {
                    let fix = "leave it out, or move its key file away so that another is made";
                    return Err(wrong(format!("its key was revoked; {fix}")));
                }
                Some(record) if !same(record, issuer) => {
                    let roles: Vec<&str> = record.roles.iter().map(|role| role.as_str()).collect();
                    let fix = "list it so, or revoke its key with `carnet issuer revoke` and enrol another";
                    return Err(wrong(format!(
                        "its key is enrolled already, for {:?} as {:?} for {}, which does not change; {fix}",
                        record.issuer,
                        record.name,
                        roles.join(", ")
                    )));
                }
                Some(_) => known.push(issuer.id.clone()),
                // Whoever signs elsewhere is not given a second key because of a list.
                None if key.is_none()
                    && keys
                        .iter()
                        .any(|(_, record)| record.issuer == issuer.id && record.revoked_at.is_none()) =>
                {
                    let fix = "leave it out; `carnet issuer new` makes one for it here, if that is meant";
                    return Err(wrong(format!(
                        "is enrolled already, with a key that is not on this machine; {fix}"
                    )));
                }
                None => new.push(issuer),
            }
        }
        let mut enrolling = Vec::with_capacity(new.len());
        for issuer in new {
            if !self.has_issuer_key(&issuer.id) {
                self.new_issuer_key(&issuer.id)?;
            }
            enrolling.push((issuer.clone(), self.issuer_signing_key(&issuer.id)?.public()));
        }
        let sealing = self.enrol(&enrolling, now).await?;
        Ok(EnrolledList {
            sealing,
            enrolled: enrolling.into_iter().map(|(issuer, _)| issuer.id).collect(),
            known,
        })
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
