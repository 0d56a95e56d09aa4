//! Organisations, and the accounts of their people.

use serde::Serialize;
use store::{AccountChange, StoredAccount, StoredOrganisation};

use super::actor::{Actor, By, Known};
use super::error::AccessError;
use super::permission::{Act, Role};
use super::{moment, password, plain_text};
use crate::desk::Desk;
use crate::error::DeskError;

/// An organisation to be made.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    /// Its id.
    pub id: String,
    /// Its name, as people read it.
    pub name: String,
    /// The issuer id under which it signs statements, where it does.
    pub issuer: Option<String>,
}

/// An organisation as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct OrganisationView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The issuer id under which it signs statements, where it does.
    pub issuer: Option<String>,
    /// When it was made.
    pub created: String,
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// What is typed at login.
    pub name: String,
    /// The name people read.
    pub display_name: String,
    /// The id of its organisation.
    pub organisation: String,
    /// Its role.
    pub role: Role,
}

/// An account as it is listed.
#[derive(Clone, Debug, Serialize)]
pub struct AccountView {
    /// What is typed at login.
    pub name: String,
    /// The name people read.
    pub display_name: String,
    /// The id of its organisation.
    pub organisation: String,
    /// Its role.
    pub role: String,
    /// When it was made.
    pub created: String,
    /// Since when it may not be used.
    pub disabled: Option<String>,
}

/// What changes of an account; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    /// Another role.
    pub role: Option<Role>,
    /// Whether it may not be used.
    pub disabled: Option<bool>,
    /// Another name for people to read.
    pub display_name: Option<String>,
}

impl Desk {
    /// All organisations, by id.
    ///
    /// # Errors
    /// The role does not allow it, or the database failed.
    pub async fn organisations(&self, actor: &Actor) -> Result<Vec<OrganisationView>, DeskError> {
        actor.may(Act::ManageOrganisations)?;
        let all = self.store.organisations().await?;
        Ok(all.into_iter().map(organisation_view).collect())
    }

    /// Makes an organisation.
    ///
    /// # Errors
    /// The role does not allow it, the id is taken or none, there is no such issuer or another organisation has it, or the
    /// database failed.
    pub async fn make_organisation(
        &self,
        actor: &Actor,
        new: &NewOrganisation,
        now: i64,
    ) -> Result<OrganisationView, DeskError> {
        actor.may(Act::ManageOrganisations)?;
        check_organisation(&new.id)?;
        if let Some(issuer) = &new.issuer {
            let keys = self.store.issuer_keys().await?;
            if !keys.iter().any(|(_, record)| record.issuer == *issuer) {
                return Err(DeskError::NoIssuer(issuer.clone()));
            }
        }
        let organisation = StoredOrganisation {
            id: new.id.clone(),
            name: plain_text("organisation name", &new.name, 1, 120)?,
            issuer: new.issuer.clone(),
            created: now,
        };
        let deed = actor.deed("make organisation", &new.name, Some(&new.id), now);
        if !self.store.add_organisation(&organisation, &deed).await? {
            if let (Some(issuer), None) = (new.issuer.clone(), self.store.organisation(&new.id).await?) {
                return Err(AccessError::IssuerTaken(issuer).into());
            }
            return Err(AccessError::Taken {
                what: "organisation",
                name: new.id.clone(),
            }
            .into());
        }
        Ok(organisation_view(organisation))
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// The role does not allow it, or the database failed.
    pub async fn accounts(&self, actor: &Actor) -> Result<Vec<AccountView>, DeskError> {
        actor.may(Act::SeeAccounts)?;
        let all = self.store.accounts().await?;
        Ok(all.into_iter().map(account_view).collect())
    }

    /// Makes an account.
    ///
    /// # Errors
    /// The role does not allow it, the name is taken, there is no such organisation, or a value is not one that is taken.
    pub async fn make_account(
        &self,
        actor: &Actor,
        new: &NewAccount,
        password: &str,
        now: i64,
    ) -> Result<AccountView, DeskError> {
        actor.may(Act::ManageAccounts)?;
        let name = account_name(&new.name)?;
        let organisation = self.existing_organisation(&new.organisation).await?;
        password::check(password, &name)?;
        let account = StoredAccount {
            display_name: plain_text("display name", &new.display_name, 1, 120)?,
            organisation,
            role: new.role.as_str().to_owned(),
            password: self.doors.passwords.hash(password).await?,
            created: now,
            disabled: None,
            name,
        };
        let subject = format!("{} as {}", account.name, account.role);
        let deed = actor.deed("make account", subject, Some(&account.organisation), now);
        if !self.store.add_account(&account, &deed).await? {
            return Err(AccessError::Taken {
                what: "account",
                name: account.name,
            }
            .into());
        }
        Ok(account_view(account))
    }

    /// Changes an account's role or name, disables it or lets it be used again. Its sessions end where it may do less or
    /// other than before; its tokens stay, within the new role.
    ///
    /// # Errors
    /// The role does not allow it, there is no such account, or it is the last operator that can log in.
    pub async fn change_account(
        &self,
        actor: &Actor,
        name: &str,
        change: &Changed,
        now: i64,
    ) -> Result<AccountView, DeskError> {
        actor.may(Act::ManageAccounts)?;
        let account = self.existing_account(name).await?;
        let display_name = change
            .display_name
            .as_deref()
            .map(|name| plain_text("display name", name, 1, 120))
            .transpose()?;
        let mut said = Vec::new();
        said.extend(change.role.map(|role| format!("role {role}")));
        said.extend(
            change
                .disabled
                .map(|disabled| if disabled { "disabled" } else { "enabled" }.to_owned()),
        );
        said.extend(display_name.iter().map(|name| format!("named {name}")));
        let subject = format!("{}: {}", account.name, said.join(", "));
        let deed = actor.deed("change account", subject, Some(&account.organisation), now);
        let stored = AccountChange {
            role: change.role.map(|role| role.as_str().to_owned()),
            disabled: change.disabled.map(|disabled| disabled.then_some(now)),
            display_name,
        };
        let needed = Role::Operator.as_str();
        if !self
            .store
            .change_account(&account.name, &stored, needed, &deed)
            .await?
        {
            return Err(AccessError::LastOperator(account.name).into());
        }
        Ok(account_view(self.existing_account(name).await?))
    }

    /// Changes one's own password, with the old one. Every other session of the account ends.
    ///
    /// # Errors
    /// The old one is wrong, too many attempts, or the new one is not one that is taken.
    pub async fn change_password(
        &self,
        actor: &Actor,
        old: &str,
        new: &str,
        now: i64,
    ) -> Result<(), DeskError> {
        actor.may(Act::ChangePassword)?;
        let Some(Known {
            name,
            organisation,
            by: By::Session { hash, .. },
            ..
        }) = actor.known()
        else {
            return Err(AccessError::Anonymous.into());
        };
        password::check(new, name)?;
        self.doors
            .attempts
            .take(name, None, now)
            .map_err(AccessError::TooManyAttempts)?;
        let looked = self.has_password(name, old).await;
        if looked.is_err() {
            self.doors.attempts.give_back(name, None);
        }
        if !looked? {
            return Err(AccessError::WrongLogin.into());
        }
        self.doors.attempts.succeeded(name, None);
        let phc = self.doors.passwords.hash(new).await?;
        let deed = actor.deed("change password", name, Some(organisation), now);
        match self.store.set_password(name, &phc, Some(hash), &deed).await? {
            true => Ok(()),
            // Taken from the account between the look at the old one and now.
            false => Err(AccessError::WrongLogin.into()),
        }
    }

    async fn has_password(&self, name: &str, password: &str) -> Result<bool, DeskError> {
        let account = self.existing_account(name).await?;
        self.doors
            .passwords
            .verify(password, Some(&account.password))
            .await
    }

    /// Gives an account another password without the old one: at the machine any, an operator those of others. Every session
    /// of the account ends ([why](../../../../docs/decisions/0043-operators-give-others-another-password.md)).
    ///
    /// # Errors
    /// The role does not allow it, it is one's own, the account acts as a person of the certification body, no such account, or
    /// the password is not one that is taken.
    pub async fn reset_password(
        &self,
        actor: &Actor,
        name: &str,
        new: &str,
        now: i64,
    ) -> Result<(), DeskError> {
        actor.may(Act::ManageAccounts)?;
        let account = self.existing_account(name).await?;
        if let Some(known) = actor.known() {
            if known.name == account.name {
                return Err(AccessError::OwnPassword.into());
            }
            // Whoever gives somebody a password can log in as that person, and take the step that needs another one.
            let acting = self.store.certification_accounts().await?;
            if acting.iter().any(|acting| acting.account == account.name) {
                return Err(AccessError::CertifiersPassword(account.name).into());
            }
        }
        password::check(new, &account.name)?;
        let phc = self.doors.passwords.hash(new).await?;
        let deed = actor.deed("reset password", &account.name, Some(&account.organisation), now);
        // Asked again with the change: the account may have been bound to a person while the password was hashed.
        let given = match actor.known() {
            Some(_) => self.store.give_password(&account.name, &phc, &deed).await?,
            None => self.store.set_password(&account.name, &phc, None, &deed).await?,
        };
        match given {
            true => Ok(()),
            false => Err(AccessError::CertifiersPassword(account.name).into()),
        }
    }

    pub(super) async fn existing_account(&self, name: &str) -> Result<StoredAccount, DeskError> {
        let unknown = || AccessError::Unknown {
            what: "account",
            name: name.chars().take(64).collect(),
        };
        let found = self.store.account(name).await?;
        Ok(found.ok_or_else(unknown)?)
    }

    pub(super) async fn existing_organisation(&self, id: &str) -> Result<String, DeskError> {
        let unknown = || AccessError::Unknown {
            what: "organisation",
            name: id.chars().take(64).collect(),
        };
        let found = self.store.organisation(id).await?;
        Ok(found.ok_or_else(unknown)?.id)
    }

    /// Whose matters an actor acts in: its own organisation, or at the machine the one that is named, which must be there.
    pub(super) async fn known_organisation(
        &self,
        actor: &Actor,
        named: Option<&str>,
    ) -> Result<String, DeskError> {
        let id = actor.organisation(named)?;
        match actor {
            Actor::Machine => self.existing_organisation(&id).await,
            Actor::Account(_) => Ok(id),
        }
    }

    /// One's own account, or at the machine the one that is named.
    pub(super) async fn own_or_named(
        &self,
        actor: &Actor,
        named: Option<&str>,
    ) -> Result<StoredAccount, DeskError> {
        let name = match (actor.known(), named) {
            (Some(known), _) => &known.name,
            (None, Some(named)) => named,
            (None, None) => {
                let fix = "name one; `carnet account list` shows them";
                return Err(DeskError::value("account", "", fix));
            }
        };
        self.existing_account(name).await
    }
}

/// A name as it is typed at login: an e-mail address, or a short word. Capitals are not told apart.
pub(super) fn account_name(name: &str) -> Result<String, DeskError> {
    let lower = name.trim().to_ascii_lowercase();
    let plain = lower
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-._@+".contains(&b));
    if plain && (1..=64).contains(&lower.len()) {
        return Ok(lower);
    }
    let shown: String = name.chars().take(64).collect();
    Err(DeskError::value(
        "account name",
        shown,
        "use 1 to 64 of a-z, 0-9, '-', '.', '_', '+' and '@', such as an e-mail address",
    ))
}

pub(super) fn check_organisation(id: &str) -> Result<(), DeskError> {
    crate::certify::people::plain_id("organisation", id)
}

fn organisation_view(organisation: StoredOrganisation) -> OrganisationView {
    OrganisationView {
        id: organisation.id,
        name: organisation.name,
        issuer: organisation.issuer,
        created: moment(organisation.created),
    }
}

fn account_view(account: StoredAccount) -> AccountView {
    AccountView {
        name: account.name,
        display_name: account.display_name,
        organisation: account.organisation,
        role: account.role,
        created: moment(account.created),
        disabled: account.disabled.map(moment),
    }
}
