//! A log that has moved to another database must not go on in the one it left: two that go on are a fork.
//!
//! One row in the table `moved` says that this database is not the log, either because the log has left it or because it is
//! still arriving. Every transaction that writes looks at it, so that a process which had the log open stops too.

use crate::db::{On, query};
use crate::error::StoreError;

/// Which way, and where the other one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// The log has left for there.
    To(String),
    /// The log is being copied here from there, and is not here before all is verified.
    From(String),
}

impl Moved {
    pub(crate) async fn read<'e>(db: impl Into<On<'e>>) -> Result<Option<Self>, StoreError> {
        let Some(row) = query("SELECT direction, place FROM moved WHERE id = 1")
            .fetch_optional(db)
            .await?
        else {
            return Ok(None);
        };
        let (direction, place): (String, String) = (row.try_get("direction")?, row.try_get("place")?);
        match direction.as_str() {
            "to" => Ok(Some(Self::To(place))),
            "from" => Ok(Some(Self::From(place))),
            _ => Err(StoreError::row("moved", format!("direction {direction:?}"))),
        }
    }

    pub(crate) async fn write<'e>(&self, db: impl Into<On<'e>>) -> Result<(), StoreError> {
        let (direction, place) = match self {
            Self::To(place) => ("to", place),
            Self::From(place) => ("from", place),
        };
        query(
            "INSERT INTO moved (id, direction, place) VALUES (1, $1, $2)
             ON CONFLICT (id) DO UPDATE SET direction = excluded.direction, place = excluded.place",
        )
        .bind(direction)
        .bind(place)
        .execute(db)
        .await?;
        Ok(())
    }
}

/// An error where the log is not in this database.
pub(crate) async fn refuse<'e>(db: impl Into<On<'e>>) -> Result<(), StoreError> {
    match Moved::read(db).await? {
        None => Ok(()),
        Some(Moved::To(place)) => Err(StoreError::Moved(place)),
        Some(Moved::From(place)) => Err(StoreError::Arriving(place)),
    }
}
