//! Sessions of people and tokens of programs, both found by the SHA-256 of their secret.

use crate::accounts::{StoredAccount, account_of};
use crate::db::{Row, query};
use crate::error::StoreError;
use crate::open::Store;
use crate::trail::Deed;

/// A session that may be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// Whose.
    pub account: StoredAccount,
    /// When it was begun, in Unix seconds.
    pub created: i64,
    /// When it was used last, to within some minutes.
    pub last_used: i64,
    /// When it ends.
    pub expires: i64,
}

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredToken {
    /// Names it in lists; no secret.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Whose.
    pub account: String,
    /// What it may be used for, separated by commas.
    pub scopes: String,
    /// When it was made, in Unix seconds.
    pub created: i64,
    /// When it ends.
    pub expires: i64,
    /// When it was revoked.
    pub revoked: Option<i64>,
    /// When it was used last, to within some minutes.
    pub last_used: Option<i64>,
}

/// When a session or a token was used is written down at most this often, in seconds.
const USED: i64 = 300;

impl Store {
    /// Begins a session, and tidies away those that have ended. `false`, and nothing begun, where the account has another password than
    /// was read of it, or is disabled.
    ///
    /// # Errors
    /// The database failed.
    pub async fn begin_session(
        &self,
        hash: &[u8; 32],
        account: &StoredAccount,
        expires: i64,
        deed: &Deed,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let same =
            query("SELECT 1 AS one FROM account WHERE name = $1 AND password = $2 AND disabled IS NULL")
                .bind(&account.name)
                .bind(&account.password)
                .fetch_optional(&mut *tx)
                .await?;
        if same.is_none() {
            self.end(tx).await?;
            return Ok(false);
        }
        query("DELETE FROM session WHERE expires <= $1")
            .bind(deed.at)
            .execute(&mut *tx)
            .await?;
        query("INSERT INTO session (hash, account, created, last_used, expires) VALUES ($1, $2, $3, $3, $4)")
            .bind(hash.to_vec())
            .bind(&account.name)
            .bind(deed.at)
            .bind(expires)
            .execute(&mut *tx)
            .await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("session", tx).await?;
        Ok(true)
    }

    /// The session with this hash, of an account that may be used: not ended, and used within `idle` seconds.
    ///
    /// # Errors
    /// The database failed.
    pub async fn session(
        &self,
        hash: &[u8; 32],
        now: i64,
        idle: i64,
    ) -> Result<Option<StoredSession>, StoreError> {
        let row = query(
            "SELECT a.*, s.created AS begun, s.last_used, s.expires
             FROM session s JOIN account a ON a.name = s.account
             WHERE s.hash = $1 AND s.expires > $2 AND s.last_used > $3 AND a.disabled IS NULL",
        )
        .bind(hash.to_vec())
        .bind(now)
        .bind(now - idle)
        .fetch_optional(&self.db)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let session = StoredSession {
            account: account_of(&row)?,
            created: row.try_get("begun")?,
            last_used: row.try_get("last_used")?,
            expires: row.try_get("expires")?,
        };
        if session.last_used + USED <= now {
            let mut tx = self.write().await?;
            query("UPDATE session SET last_used = $1 WHERE hash = $2")
                .bind(now)
                .bind(hash.to_vec())
                .execute(&mut *tx)
                .await?;
            self.commit("session", tx).await?;
        }
        Ok(Some(session))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database failed.
    pub async fn end_session(&self, hash: &[u8; 32], deed: &Deed) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        query("DELETE FROM session WHERE hash = $1")
            .bind(hash.to_vec())
            .execute(&mut *tx)
            .await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("session", tx).await
    }

    /// Adds an API token.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_token(
        &self,
        token: &StoredToken,
        hash: &[u8; 32],
        deed: &Deed,
    ) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        query(
            "INSERT INTO api_token (id, hash, name, account, scopes, created, expires)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&token.id)
        .bind(hash.to_vec())
        .bind(&token.name)
        .bind(&token.account)
        .bind(&token.scopes)
        .bind(token.created)
        .bind(token.expires)
        .execute(&mut *tx)
        .await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("token", tx).await
    }

    /// The token with this hash and its account, if both may be used.
    ///
    /// # Errors
    /// The database failed.
    pub async fn token(
        &self,
        hash: &[u8; 32],
        now: i64,
    ) -> Result<Option<(StoredToken, StoredAccount)>, StoreError> {
        let row = query(
            "SELECT a.*, t.id, t.name AS called, t.scopes, t.created AS made, t.expires, t.revoked, t.last_used
             FROM api_token t JOIN account a ON a.name = t.account
             WHERE t.hash = $1 AND t.expires > $2 AND t.revoked IS NULL AND a.disabled IS NULL",
        )
        .bind(hash.to_vec())
        .bind(now)
        .fetch_optional(&self.db)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let account = account_of(&row)?;
        let token = StoredToken {
            id: row.try_get("id")?,
            name: row.try_get("called")?,
            account: account.name.clone(),
            scopes: row.try_get("scopes")?,
            created: row.try_get("made")?,
            expires: row.try_get("expires")?,
            revoked: row.try_get("revoked")?,
            last_used: row.try_get("last_used")?,
        };
        if token.last_used.is_none_or(|used| used + USED <= now) {
            let mut tx = self.write().await?;
            query("UPDATE api_token SET last_used = $1 WHERE id = $2")
                .bind(now)
                .bind(&token.id)
                .execute(&mut *tx)
                .await?;
            self.commit("token", tx).await?;
        }
        Ok(Some((token, account)))
    }

    /// All tokens of an account, or of everybody; newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn tokens(&self, account: Option<&str>) -> Result<Vec<StoredToken>, StoreError> {
        let rows = query(
            "SELECT id, name, account, scopes, created, expires, revoked, last_used FROM api_token
             WHERE $1 = '' OR account = $1 ORDER BY created DESC, id",
        )
        .bind(account.unwrap_or_default())
        .fetch_all(&self.db)
        .await?;
        rows.iter().map(token_of).collect()
    }

    /// Revokes a token that is not revoked yet: one of this account, or anybody's. `false` where there is none.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revoke_token(
        &self,
        id: &str,
        account: Option<&str>,
        deed: &Deed,
    ) -> Result<bool, StoreError> {
        let mut tx = self.write().await?;
        let done = query(
            "UPDATE api_token SET revoked = $1 WHERE id = $2 AND revoked IS NULL AND ($3 = '' OR account = $3)",
        )
        .bind(deed.at)
        .bind(id)
        .bind(account.unwrap_or_default())
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.write_deed(&mut tx, deed).await?;
        self.commit("token", tx).await?;
        Ok(true)
    }
}

fn token_of(row: &Row) -> Result<StoredToken, StoreError> {
    Ok(StoredToken {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        account: row.try_get("account")?,
        scopes: row.try_get("scopes")?,
        created: row.try_get("created")?,
        expires: row.try_get("expires")?,
        revoked: row.try_get("revoked")?,
        last_used: row.try_get("last_used")?,
    })
}
