//! Issuers' keys over the network: operators enrol and revoke them, an organisation revokes its own. What is recorded is that it was
//! begun, before it is done: there must be no key in the log of which the trail knows nothing.

use history::map::KeyRecord;
use statement::KeyId;
use store::{Deed, Sealing, StoreError};

use super::actor::Actor;
use super::permission::Act;
use super::plain_text;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::issuer::Issuer;

/// What became of keys that are in the log now.
#[derive(Debug)]
pub enum KeyChange {
    /// The published log has them.
    Published,
    /// They are in force, and will be published with what is sealed: the quorum is missing at the moment, or the store stopped.
    Unpublished(DeskError),
}

impl Desk {
    /// Enrols an issuer with its public key; takes effect for statements sealed afterwards. To be run to its end: left in the
    /// middle, the trail would tell of what may not be so. `done` says what was sealed on the way, also after an error.
    ///
    /// # Errors
    /// The role does not allow it, or the key cannot be enrolled; the trail then says so.
    pub async fn enrol_for(
        &self,
        actor: &Actor,
        issuer: &Issuer,
        public_key: [u8; 32],
        now: i64,
        done: &mut Sealing,
    ) -> Result<KeyChange, DeskError> {
        actor.may(Act::ManageIssuers)?;
        plain_text("issuer id", &issuer.id, 1, 100)?;
        plain_text("issuer name", &issuer.name, 1, 120)?;
        let begun = self.enrolling(actor, issuer, KeyId::of(&public_key), now).await?;
        let issuers = [(issuer.clone(), public_key)];
        let doing = self.enrol_into(&issuers, done);
        self.with_record(vec![begun], doing, |_| true).await
    }

    /// What the trail says of an enrolment.
    pub(crate) async fn enrolling(
        &self,
        actor: &Actor,
        issuer: &Issuer,
        key: KeyId,
        now: i64,
    ) -> Result<(Deed, KeyId), DeskError> {
        let concerned = self.signing_as(actor, &issuer.id).await?;
        let subject = format!("{} {key}", issuer.id);
        Ok((
            actor.deed("enrol issuer", subject, concerned.as_deref(), now),
            key,
        ))
    }

    /// Revokes every key of an issuer, or the key with this id in hex; statements sealed before stay valid. An account that
    /// does not run the log revokes those of its own organisation's issuer only. To be run to its end, as [`Desk::enrol_for`].
    ///
    /// # Errors
    /// The role does not allow it, there is no such key that is not revoked, or the log failed.
    pub async fn revoke_for(
        &self,
        actor: &Actor,
        issuer: &str,
        reason: &str,
        now: i64,
        done: &mut Sealing,
    ) -> Result<KeyChange, DeskError> {
        actor.may(Act::RevokeOwnKey)?;
        let reason = plain_text("reason", reason, 1, 200)?;
        let found = self.find_issuer(issuer).await?;
        let all = self.store.issuer_keys().await?;
        let keys = all.into_iter().filter(|(key, _)| found.contains(key));
        let keys: Vec<(KeyId, KeyRecord)> = keys.collect();
        if let (Err(refused), Some(_)) = (actor.may(Act::ManageIssuers), actor.known()) {
            let own = self.issuer_of(actor).await?;
            if !keys
                .iter()
                .all(|(_, record)| Some(&record.issuer) == own.as_ref())
            {
                return Err(refused.into());
            }
        }
        let mut change = KeyChange::Published;
        for (key, record) in keys {
            let subject = format!("{issuer} {key}: {reason}");
            let concerned = self.signing_as(actor, &record.issuer).await?;
            let deed = actor.deed("revoke issuer", subject, concerned.as_deref(), now);
            let doing = self.revoke_into(key, &reason, done);
            let this = self
                .with_record(vec![(deed, key)], doing, |record| record.revoked_at.is_some())
                .await?;
            if let KeyChange::Unpublished(_) = this {
                change = this;
            }
        }
        Ok(change)
    }

    /// The issuer id under which an account's organisation signs statements, where it does.
    ///
    /// # Errors
    /// The role does not allow it, or the database failed.
    pub async fn issuer_of(&self, actor: &Actor) -> Result<Option<String>, DeskError> {
        actor.may(Act::RevokeOwnKey)?;
        let Some(known) = actor.known() else {
            return Ok(None);
        };
        let own = self.store.organisation(&known.organisation).await?;
        Ok(own.and_then(|own| own.issuer))
    }

    /// Whose matter a key of this issuer is: the organisation's that signs under its id; of several, the actor's own.
    async fn signing_as(&self, actor: &Actor, issuer: &str) -> Result<Option<String>, DeskError> {
        let all = self.store.organisations().await?;
        let signing = all
            .into_iter()
            .filter(|organisation| organisation.issuer.as_deref() == Some(issuer))
            .map(|organisation| organisation.id);
        let own = actor.known().map(|known| known.organisation.as_str());
        Ok(signing.min_by_key(|id| Some(id.as_str()) != own))
    }

    /// Does what is done to keys at once, or not at all. `happened` says of a key's record whether the act is in the log.
    pub(crate) async fn with_record(
        &self,
        deeds: Vec<(Deed, KeyId)>,
        doing: impl Future<Output = Result<(), DeskError>>,
        happened: impl Fn(&KeyRecord) -> bool,
    ) -> Result<KeyChange, DeskError> {
        for (deed, _) in &deeds {
            self.store.record_deed(deed).await?;
        }
        let Err(error) = doing.await else {
            return Ok(KeyChange::Published);
        };
        // What is committed is in the log, whatever failed afterwards; only the log itself can say whether it is.
        let in_doubt = match &error {
            DeskError::Store(StoreError::Sequence(_) | StoreError::Map(_)) => false,
            DeskError::Store(_) => true,
            _ => false,
        };
        if in_doubt {
            let keys = self.store.issuer_keys().await?;
            let is_in_log = |key: &KeyId| keys.iter().any(|(id, record)| id == key && happened(record));
            if deeds.iter().all(|(_, key)| is_in_log(key)) {
                return Ok(KeyChange::Unpublished(error));
            }
        }
        for (mut deed, _) in deeds {
            deed.done = false;
            self.store.record_deed(&deed).await?;
        }
        Err(error)
    }
}
