//! The trail: every privileged act, by whom, on what, with what outcome. Written in the transaction of the act, so that neither is
//! there without the other; the schema refuses to change or delete a row.

use crate::db::{Connection, Row, query};
use crate::error::StoreError;
use crate::open::Store;

/// An act to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// When, in Unix seconds.
    pub at: i64,
    /// Whose account; `None` for whoever sits at the machine.
    pub account: Option<String>,
    /// The id of the API token it was done with.
    pub token: Option<String>,
    /// Whose matter it is.
    pub organisation: Option<String>,
    /// What was done.
    pub act: &'static str,
    /// To what.
    pub subject: String,
    /// Whether it was done, or refused.
    pub done: bool,
}

/// An act as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredDeed {
    /// Its place in the trail; rises.
    pub id: i64,
    /// When, in Unix seconds.
    pub at: i64,
    /// Whose account; `None` for whoever sat at the machine.
    pub account: Option<String>,
    /// The id of the API token it was done with.
    pub token: Option<String>,
    /// Whose matter it is.
    pub organisation: Option<String>,
    /// What was done.
    pub act: String,
    /// To what.
    pub subject: String,
    /// Whether it was done, or refused.
    pub done: bool,
}

impl Store {
    /// Records an act that changes nothing else, such as looking.
    ///
    /// # Errors
    /// The database failed.
    pub async fn record_deed(&self, deed: &Deed) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        self.write_deed(&mut tx, deed).await?;
        self.commit("trail", tx).await
    }

    pub(crate) async fn write_deed(&self, tx: &mut Connection, deed: &Deed) -> Result<(), StoreError> {
        query(
            "INSERT INTO trail (at, account, token, organisation, act, subject, outcome)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(deed.at)
        .bind(&deed.account)
        .bind(&deed.token)
        .bind(&deed.organisation)
        .bind(deed.act)
        .bind(
            self.vault
                .seal_private(&bound_to(deed.at, deed.act), &deed.subject)?,
        )
        .bind(if deed.done { "done" } else { "refused" })
        .execute(tx)
        .await?;
        Ok(())
    }

    /// The newest acts below `before`, newest first: all of them, or those in the matters of one organisation.
    ///
    /// # Errors
    /// The database failed, or is of another log.
    pub async fn trail(
        &self,
        organisation: Option<&str>,
        before: Option<i64>,
        most: u32,
    ) -> Result<Vec<StoredDeed>, StoreError> {
        let rows = query(
            "SELECT id, at, account, token, organisation, act, subject, outcome FROM trail
             WHERE ($1 = '' OR organisation = $1) AND id < $2 ORDER BY id DESC LIMIT $3",
        )
        .bind(organisation.unwrap_or_default())
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(most))
        .fetch_all(&self.db)
        .await?;
        rows.iter().map(|row| self.deed_of(row)).collect()
    }

    fn deed_of(&self, row: &Row) -> Result<StoredDeed, StoreError> {
        let (at, act): (i64, String) = (row.try_get("at")?, row.try_get("act")?);
        let sealed: Vec<u8> = row.try_get("subject")?;
        Ok(StoredDeed {
            id: row.try_get("id")?,
            subject: self.vault.open_private("trail", &bound_to(at, &act), &sealed)?,
            at,
            account: row.try_get("account")?,
            token: row.try_get("token")?,
            organisation: row.try_get("organisation")?,
            act,
            done: row.try_get::<String>("outcome")? == "done",
        })
    }
}

fn bound_to(at: i64, act: &str) -> String {
    format!("trail {at} {act}")
}
