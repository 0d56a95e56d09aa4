//! Getting in: the first account by a setup token, then by name and password; and knowing a session or a token again.

use std::collections::BTreeSet;
use std::net::IpAddr;

use store::{SetUp, StoredAccount, StoredOrganisation};

use super::accounts::{account_name, check_organisation};
use super::actor::{Actor, By, Known};
use super::error::AccessError;
use super::permission::{Act, Role};
use super::secret::{self, Purpose, Secret};
use super::{password, plain_text};
use crate::desk::Desk;
use crate::error::DeskError;

/// How long a setup token can be used, in seconds.
const SETUP: i64 = 86_400;

/// The longest session, in seconds: after a week everybody logs in again.
const SESSION: i64 = 7 * 86_400;

/// A session that is not used for so long has ended, in seconds.
const IDLE: i64 = 12 * 3600;

/// A setup token that waits to be used.
#[derive(Clone, Debug)]
pub struct SetupToken {
    /// The token, which is shown once.
    pub secret: Secret,
    /// Until when it can be used, in Unix seconds.
    pub expires: i64,
}

/// The account that a setup token makes: an operator's.
#[derive(Clone, Debug)]
pub struct FirstAccount {
    /// The organisation's id; it is made where there is none.
    pub organisation: String,
    /// The organisation's name.
    pub organisation_name: String,
    /// What is typed at login.
    pub name: String,
    /// The name people read.
    pub display_name: String,
}

/// A session that was begun.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// The session's secret, for the cookie.
    pub secret: Secret,
    /// Who is logged in.
    pub actor: Actor,
    /// When the session ends at the latest, in Unix seconds.
    pub expires: i64,
}

impl Desk {
    /// Makes a token that sets up an operator's account, once, within a day. One made before is void, and this one is as soon
    /// as an operator is made in any other way.
    ///
    /// # Errors
    /// Only whoever sits at the machine may; or the database failed.
    pub async fn make_setup_token(&self, actor: &Actor, now: i64) -> Result<SetupToken, DeskError> {
        let secret = Secret::new(Purpose::Setup)?;
        let token = self.let_set_up(actor, secret, false, now).await?;
        token.ok_or_else(|| AccessError::SetupToken.into())
    }

    /// The same for the first run; `None` where there is an account already.
    ///
    /// # Errors
    /// As [`Desk::make_setup_token`].
    pub async fn make_first_setup_token(
        &self,
        actor: &Actor,
        now: i64,
    ) -> Result<Option<SetupToken>, DeskError> {
        if self.store.has_accounts().await? {
            return Ok(None);
        }
        self.let_set_up(actor, Secret::new(Purpose::Setup)?, true, now)
            .await
    }

    async fn let_set_up(
        &self,
        actor: &Actor,
        secret: Secret,
        first: bool,
        now: i64,
    ) -> Result<Option<SetupToken>, DeskError> {
        if let Some(known) = actor.known() {
            return Err(AccessError::Forbidden {
                role: known.role,
                act: Act::ManageAccounts,
            }
            .into());
        }
        let expires = now + SETUP;
        let deed = actor.deed("make setup token", "", None, now);
        let hash = secret.hash();
        let set = self.store.set_setup_token(&hash, expires, first, &deed).await?;
        Ok(set.then_some(SetupToken { secret, expires }))
    }

    /// Uses a setup token: an operator's account, and its organisation where there is none of that id.
    ///
    /// # Errors
    /// There is no such token, the name is taken, or name or password are not ones that are taken; then the token can still
    /// be used.
    pub async fn set_up(
        &self,
        token: &str,
        first: &FirstAccount,
        password: &str,
        now: i64,
    ) -> Result<(), DeskError> {
        // Before the password is hashed: strangers must not be able to make the service do that.
        let hash = secret::hash(Purpose::Setup, token).ok_or(AccessError::SetupToken)?;
        if !self.store.is_setup_token(&hash, now).await? {
            return Err(AccessError::SetupToken.into());
        }
        let name = account_name(&first.name)?;
        check_organisation(&first.organisation)?;
        password::check(password, &name)?;
        let organisation = StoredOrganisation {
            id: first.organisation.clone(),
            name: plain_text("organisation name", &first.organisation_name, 1, 120)?,
            issuer: None,
            created: now,
        };
        let account = StoredAccount {
            display_name: plain_text("display name", &first.display_name, 1, 120)?,
            organisation: organisation.id.clone(),
            role: Role::Operator.as_str().to_owned(),
            password: self.doors.passwords.hash(password).await?,
            created: now,
            disabled: None,
            name: name.clone(),
        };
        let deed = Actor::Machine.deed("set up", &name, Some(&organisation.id), now);
        match self
            .store
            .use_setup_token(&hash, &organisation, &account, &deed)
            .await?
        {
            SetUp::Done => Ok(()),
            SetUp::NoSuchToken => Err(AccessError::SetupToken.into()),
            SetUp::NameTaken => Err(AccessError::Taken {
                what: "account",
                name,
            }
            .into()),
        }
    }

    /// Begins a session. An unknown name costs as much time as a wrong password, and is answered the same.
    ///
    /// # Errors
    /// Wrong, disabled, or too many attempts at this name or from this client.
    pub async fn log_in(
        &self,
        name: &str,
        password: &str,
        client: Option<IpAddr>,
        now: i64,
    ) -> Result<LoggedIn, DeskError> {
        // What cannot be a name is one name here, so that what is remembered of attempts stays small.
        let name = account_name(name).unwrap_or_default();
        self.doors
            .attempts
            .take(&name, client, now)
            .map_err(AccessError::TooManyAttempts)?;
        let looked = self.account_with(&name, password).await;
        if looked.is_err() {
            self.doors.attempts.give_back(&name, client);
        }
        let account = looked?.ok_or(AccessError::WrongLogin)?;
        let refused = self.doors.attempts.succeeded(&name, client);

        let secret = Secret::new(Purpose::Session)?;
        let expires = now + SESSION;
        let by = By::Session {
            hash: secret.hash(),
            csrf: secret::csrf_token(secret.reveal()),
            expires,
        };
        let actor = Actor::Account(Box::new(Known::of(account.clone(), by)?));
        let subject = match refused {
            0 => String::new(),
            refused => format!("after {refused} refused"),
        };
        let deed = actor.deed("log in", subject, None, now);
        // Hashing takes its time: the password may be another by now, or the account disabled.
        if !self
            .store
            .begin_session(&secret.hash(), &account, expires, &deed)
            .await?
        {
            return Err(AccessError::WrongLogin.into());
        }
        Ok(LoggedIn {
            secret,
            actor,
            expires,
        })
    }

    /// The account of this name, where it may be used and has this password.
    async fn account_with(&self, name: &str, password: &str) -> Result<Option<StoredAccount>, DeskError> {
        let account = self.store.account(name).await?;
        let usable = account.filter(|account| account.disabled.is_none());
        let phc = usable.as_ref().map(|account| account.password.as_str());
        let right = self.doors.passwords.verify(password, phc).await?;
        Ok(usable.filter(|_| right))
    }

    /// Ends the session by which somebody is known.
    ///
    /// # Errors
    /// The database failed.
    pub async fn log_out(&self, actor: &Actor, now: i64) -> Result<(), DeskError> {
        let Some(Known {
            by: By::Session { hash, .. },
            ..
        }) = actor.known()
        else {
            return Ok(());
        };
        let deed = actor.deed("log out", "", None, now);
        Ok(self.store.end_session(hash, &deed).await?)
    }

    /// Who has this session; `None` where it has ended, or never was.
    ///
    /// # Errors
    /// The database failed.
    pub async fn actor_of_session(&self, secret: &str, now: i64) -> Result<Option<Actor>, DeskError> {
        let Some(hash) = secret::hash(Purpose::Session, secret) else {
            return Ok(None);
        };
        let Some(session) = self.store.session(&hash, now, IDLE).await? else {
            return Ok(None);
        };
        let by = By::Session {
            hash,
            csrf: secret::csrf_token(secret),
            expires: session.expires,
        };
        Ok(Some(Actor::Account(Box::new(Known::of(session.account, by)?))))
    }

    /// Whose program has this token; `None` where it has ended or was revoked, or never was.
    ///
    /// # Errors
    /// The database failed.
    pub async fn actor_of_token(&self, secret: &str, now: i64) -> Result<Option<Actor>, DeskError> {
        let Some(hash) = secret::hash(Purpose::Token, secret) else {
            return Ok(None);
        };
        let Some((token, account)) = self.store.token(&hash, now).await? else {
            return Ok(None);
        };
        // A scope that this version does not know gives nothing.
        let scopes: BTreeSet<_> = token.scopes.split(',').filter_map(|s| s.parse().ok()).collect();
        let by = By::Token { id: token.id, scopes };
        Ok(Some(Actor::Account(Box::new(Known::of(account, by)?))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_dir::DataDir;
    use crate::desk::InitOptions;

    #[tokio::test]
    async fn who_is_sent_away_because_too_many_log_in_has_spent_no_attempt() {
        let folder = tempfile::tempdir().unwrap();
        let options = InitOptions {
            origin: "log.test/carnet".to_owned(),
            passphrase: None,
        };
        let desk = Desk::init(DataDir::new(folder.path()), options).await.unwrap();
        let turns = desk.doors.passwords.take_all_turns();
        for _ in 0..100 {
            let refused = desk.log_in("kim", "blue-heron-ferry-41", None, 0).await;
            assert!(
                matches!(refused, Err(DeskError::Access(AccessError::Busy))),
                "{refused:?}"
            );
        }
        drop(turns);
        let wrong = desk.log_in("kim", "blue-heron-ferry-41", None, 0).await;
        assert!(
            matches!(wrong, Err(DeskError::Access(AccessError::WrongLogin))),
            "{wrong:?}"
        );
    }
}
