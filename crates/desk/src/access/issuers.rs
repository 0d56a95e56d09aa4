//! Issuers' keys over the network: operators enrol and revoke them, an organisation revokes its own. What is recorded is that it was
//! begun, before it is done: there must be no key in the log of which the trail knows nothing.

use statement::KeyId;
use store::Sealing;

use super::actor::Actor;
use super::permission::Act;
use super::plain_text;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::issuer::Issuer;

impl Desk {
    /// Enrols an issuer with its public key; takes effect for statements sealed afterwards.
    ///
    /// # Errors
    /// The role does not allow it, or the key cannot be enrolled; the trail then says so.
    pub async fn enrol_for(
        &self,
        actor: &Actor,
        issuer: &Issuer,
        public_key: [u8; 32],
        now: i64,
    ) -> Result<Sealing, DeskError> {
        actor.may(Act::ManageIssuers)?;
        plain_text("issuer id", &issuer.id, 1, 100)?;
        plain_text("issuer name", &issuer.name, 1, 120)?;
        let subject = format!("{} {}", issuer.id, KeyId::of(&public_key));
        let done = async || self.enrol(&[(issuer.clone(), public_key)]).await;
        self.with_record(actor, "enrol issuer", subject, now, done).await
    }

    /// Revokes every key of an issuer, or the key with this id in hex; statements sealed before stay valid. An account that
    /// does not run the log revokes those of its own organisation's issuer only.
    ///
    /// # Errors
    /// The role does not allow it, there is no such key that is not revoked, or the log failed.
    pub async fn revoke_for(
        &self,
        actor: &Actor,
        issuer: &str,
        reason: &str,
        now: i64,
    ) -> Result<(), DeskError> {
        actor.may(Act::RevokeOwnKey)?;
        let reason = plain_text("reason", reason, 1, 200)?;
        let keys = self.find_issuer(issuer).await?;
        if let (Err(refused), Some(_)) = (actor.may(Act::ManageIssuers), actor.known()) {
            let own = self.issuer_of(actor).await?;
            let all = self.store.issuer_keys().await?;
            let is_own = |key: &KeyId| {
                all.iter()
                    .any(|(id, record)| id == key && Some(&record.issuer) == own.as_ref())
            };
            if !keys.iter().all(is_own) {
                return Err(refused.into());
            }
        }
        for key in keys {
            let subject = format!("{issuer} {key}: {reason}");
            let done = async || self.revoke(key, &reason).await;
            self.with_record(actor, "revoke issuer", subject, now, done)
                .await?;
        }
        Ok(())
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

    async fn with_record(
        &self,
        actor: &Actor,
        act: &'static str,
        subject: String,
        now: i64,
        doing: impl AsyncFnOnce() -> Result<Sealing, DeskError>,
    ) -> Result<Sealing, DeskError> {
        let mut deed = actor.deed(act, subject, None, now);
        self.store.record_deed(&deed).await?;
        let done = doing().await;
        if done.is_err() {
            deed.done = false;
            self.store.record_deed(&deed).await?;
        }
        done
    }
}
