//! Organisations, the accounts of their people, and the token that sets up the first one.
//!
//! What a role may do, which names and passwords are allowed, and who decides is a matter of `desk`. Here a change and its
//! record in the trail are one transaction.

use crate::db::{Connection, Row, query, query_scalar};
use crate::error::StoreError;
use crate::open::Store;
use crate::trail::Deed;

/// An organisation: an exporter, a lab, the association that runs the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOrganisation {
    /// Its id.
    pub id: String,
    /// Its name, as people read it.
    pub name: String,
    /// The issuer id under which it signs statements, where it does.
    pub issuer: Option<String>,
    /// When it was added, in Unix seconds.
    pub created: i64,
}

/// An account.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredAccount {
    /// What is typed at login.
    pub name: String,
    /// The name people read.
    pub display_name: String,
    /// The id of its organisation.
    pub organisation: String,
    /// `operator`, `issuer`, `exporter` or `viewer`.
    pub role: String,
    /// The password's Argon2id hash in PHC form.
    pub password: String,
    /// When it was added, in Unix seconds.
    pub created: i64,
    /// Since when it may not be used; `None` while it may.
    pub disabled: Option<i64>,
}

impl std::fmt::Debug for StoredAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoredAccount({:?}, {})", self.name, self.role)
    }
}

/// What changes of an account; `None` leaves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// Another role.
    pub role: Option<String>,
    /// Since when it may not be used, or that it may again.
    pub disabled: Option<Option<i64>>,
    /// Another name for people to read.
    pub display_name: Option<String>,
}

impl Store {
    /// All organisations, by id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn organisations(&self) -> Result<Vec<StoredOrganisation>, StoreError> {
        let rows = query("SELECT id, name, issuer, created FROM organisation ORDER BY id")
            .fetch_all(&self.db)
            .await?;
        rows.iter().map(organisation_of).collect()
    }

    /// The organisation with this id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn organisation(&self, id: &str) -> Result<Option<StoredOrganisation>, StoreError> {
        let row = query("SELECT id, name, issuer, created FROM organisation WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.db)
            .await?;
        row.as_ref().map(organisation_of).transpose()
    }

    /// Adds an organisation; `false` where the id is taken, or another organisation has its issuer.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_organisation(
        &self,
        organisation: &StoredOrganisation,
        deed: &Deed,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        if !insert_organisation(&mut tx, organisation).await? {
            return Ok(false);
        }
        self.write_deed(&mut tx, deed).await?;
        self.commit("organisation", tx).await?;
        Ok(true)
    }

    /// Whether there is an account at all.
    ///
    /// # Errors
    /// The database failed.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        let one: Option<i64> = query_scalar("SELECT CAST(1 AS BIGINT) FROM account LIMIT 1")
            .fetch_optional(&self.db)
            .await?;
        Ok(one.is_some())
    }

    /// All accounts, by name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn accounts(&self) -> Result<Vec<StoredAccount>, StoreError> {
        let rows = query("SELECT * FROM account ORDER BY name")
            .fetch_all(&self.db)
            .await?;
        rows.iter().map(account_of).collect()
    }

    /// The account with this name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn account(&self, name: &str) -> Result<Option<StoredAccount>, StoreError> {
        let row = query("SELECT * FROM account WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.db)
            .await?;
        row.as_ref().map(account_of).transpose()
    }

    /// Adds an account to an organisation that exists; `false` where the name is taken.
    ///
    /// # Errors
    /// There is no such organisation, or the database failed.
    pub async fn add_account(&self, account: &StoredAccount, deed: &Deed) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        if !insert_account(&mut tx, account).await? {
            return Ok(false);
        }
        self.write_deed(&mut tx, deed).await?;
        self.commit("account", tx).await?;
        Ok(true)
    }

    /// Gives an account another password and ends its sessions, but for the one that asked. `false`, and nothing changed, where
    /// a session asks and the password was taken from the account meanwhile.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_password(
        &self,
        name: &str,
        password: &str,
        keep: Option<&[u8; 32]>,
        deed: &Deed,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let not = keep.map_or("", |_| NO_PASSWORD);
        let done = query("UPDATE account SET password = $1 WHERE name = $2 AND password <> $3")
            .bind(password)
            .bind(name)
            .bind(not)
            .execute(&mut *tx)
            .await?;
        if done.rows_affected() == 0 {
            self.end(tx).await?;
            return Ok(false);
        }
        end_sessions(&mut tx, name, keep).await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("password", tx).await?;
        Ok(true)
    }

    /// Gives an account that acts as no person of the certification body another password, and ends its sessions. `false`, and
    /// nothing changed, where it acts as one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn give_password(&self, name: &str, password: &str, deed: &Deed) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let done = query(
            "UPDATE account SET password = $1 WHERE name = $2
             AND NOT EXISTS (SELECT 1 FROM certification_account c WHERE c.account = $2)",
        )
        .bind(password)
        .bind(name)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            self.end(tx).await?;
            return Ok(false);
        }
        end_sessions(&mut tx, name, None).await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("password", tx).await?;
        Ok(true)
    }

    /// Changes an account and ends its sessions: none goes on with what the account may no longer do. `false`, and nothing
    /// changed, where the account is the last one of the role `needed` that may be used, and would not be any more: of two who
    /// change each other at once, the second is looked at when the first has changed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn change_account(
        &self,
        name: &str,
        change: &AccountChange,
        needed: &str,
        deed: &Deed,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let usable = "SELECT count(*) FROM account WHERE role = $1 AND disabled IS NULL";
        let before: i64 = query_scalar(usable).bind(needed).fetch_one(&mut *tx).await?;
        if let Some(role) = &change.role {
            query("UPDATE account SET role = $1 WHERE name = $2")
                .bind(role)
                .bind(name)
                .execute(&mut *tx)
                .await?;
            void_setup_token(&mut tx, role).await?;
        }
        if let Some(disabled) = change.disabled {
            query("UPDATE account SET disabled = $1 WHERE name = $2")
                .bind(disabled)
                .bind(name)
                .execute(&mut *tx)
                .await?;
        }
        if let Some(display_name) = &change.display_name {
            query("UPDATE account SET display_name = $1 WHERE name = $2")
                .bind(display_name)
                .bind(name)
                .execute(&mut *tx)
                .await?;
        }
        let after: i64 = query_scalar(usable).bind(needed).fetch_one(&mut *tx).await?;
        if after == 0 && before > 0 {
            self.end(tx).await?;
            return Ok(false);
        }
        if change.role.is_some() || change.disabled.is_some() {
            end_sessions(&mut tx, name, None).await?;
        }
        self.write_deed(&mut tx, deed).await?;
        self.commit("account", tx).await?;
        Ok(true)
    }

    /// Lets whoever has the secret with this hash set up an operator's account, until it `expires`. One before it is void; so
    /// is this one as soon as there is an operator more. `false`, and nothing changed, where it is for the `first` run and there
    /// is an account already.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_setup_token(
        &self,
        hash: &[u8; 32],
        expires: i64,
        first: bool,
        deed: &Deed,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        if first {
            let one: Option<i64> = query_scalar("SELECT CAST(1 AS BIGINT) FROM account LIMIT 1")
                .fetch_optional(&mut *tx)
                .await?;
            if one.is_some() {
                self.end(tx).await?;
                return Ok(false);
            }
        }
        query(
            "INSERT INTO setup_token (id, hash, expires) VALUES (1, $1, $2)
             ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, expires = excluded.expires",
        )
        .bind(hash.to_vec())
        .bind(expires)
        .execute(&mut *tx)
        .await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("setup token", tx).await?;
        Ok(true)
    }

    /// Whether a setup token with this hash may still be used. Looks only.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_setup_token(&self, hash: &[u8; 32], now: i64) -> Result<bool, StoreError> {
        let one: Option<i64> =
            query_scalar("SELECT CAST(1 AS BIGINT) FROM setup_token WHERE hash = $1 AND expires > $2")
                .bind(hash.to_vec())
                .bind(now)
                .fetch_optional(&self.db)
                .await?;
        Ok(one.is_some())
    }

    /// Uses a setup token up, and adds the account that it is for; its organisation too, where there is none of that id.
    ///
    /// # Errors
    /// The database failed; then the token can still be used.
    pub async fn use_setup_token(
        &self,
        hash: &[u8; 32],
        organisation: &StoredOrganisation,
        account: &StoredAccount,
        deed: &Deed,
    ) -> Result<SetUp, StoreError> {
        let mut tx = self.write().await?;
        let used = query("DELETE FROM setup_token WHERE hash = $1 AND expires > $2")
            .bind(hash.to_vec())
            .bind(deed.at)
            .execute(&mut *tx)
            .await?;
        if used.rows_affected() != 1 {
            return Ok(SetUp::NoSuchToken);
        }
        insert_organisation(&mut tx, organisation).await?;
        if !insert_account(&mut tx, account).await? {
            return Ok(SetUp::NameTaken);
        }
        self.write_deed(&mut tx, deed).await?;
        self.commit("setup", tx).await?;
        Ok(SetUp::Done)
    }
}

/// The role of those who run the log, as it stands in the database.
const OPERATOR: &str = "operator";

/// In place of the hash of a password, where an account has none: nobody logs in with any.
pub const NO_PASSWORD: &str = "$argon2id$none";

/// What became of a setup token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetUp {
    /// The account is there, the token gone.
    Done,
    /// There is no such token, or it has expired.
    NoSuchToken,
    /// There is an account of that name; the token can still be used.
    NameTaken,
}

async fn insert_organisation(
    tx: &mut Connection,
    organisation: &StoredOrganisation,
) -> Result<bool, StoreError> {
    let done = query(
        "INSERT INTO organisation (id, name, issuer, created) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    )
    .bind(&organisation.id)
    .bind(&organisation.name)
    .bind(&organisation.issuer)
    .bind(organisation.created)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

async fn insert_account(tx: &mut Connection, account: &StoredAccount) -> Result<bool, StoreError> {
    let done = query(
        "INSERT INTO account (name, display_name, organisation, role, password, created, disabled)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO NOTHING",
    )
    .bind(&account.name)
    .bind(&account.display_name)
    .bind(&account.organisation)
    .bind(&account.role)
    .bind(&account.password)
    .bind(account.created)
    .bind(account.disabled)
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() != 1 {
        return Ok(false);
    }
    void_setup_token(tx, &account.role).await?;
    Ok(true)
}

/// Who can make operators is there now: a setup token that was printed before stands in some journal, and opens nothing more.
async fn void_setup_token(tx: &mut Connection, role: &str) -> Result<(), StoreError> {
    if role == OPERATOR {
        query("DELETE FROM setup_token").execute(tx).await?;
    }
    Ok(())
}

pub(crate) async fn end_sessions(
    tx: &mut Connection,
    account: &str,
    keep: Option<&[u8; 32]>,
) -> Result<(), StoreError> {
    query("DELETE FROM session WHERE account = $1 AND hash <> $2")
        .bind(account)
        .bind(keep.map_or_else(Vec::new, |hash| hash.to_vec()))
        .execute(tx)
        .await?;
    Ok(())
}

fn organisation_of(row: &Row) -> Result<StoredOrganisation, StoreError> {
    Ok(StoredOrganisation {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        issuer: row.try_get("issuer")?,
        created: row.try_get("created")?,
    })
}

pub(crate) fn account_of(row: &Row) -> Result<StoredAccount, StoreError> {
    Ok(StoredAccount {
        name: row.try_get("name")?,
        display_name: row.try_get("display_name")?,
        organisation: row.try_get("organisation")?,
        role: row.try_get("role")?,
        password: row.try_get("password")?,
        created: row.try_get("created")?,
        disabled: row.try_get("disabled")?,
    })
}
