//! The one row that says what the log is.

use history::entry::Params;
use tlog::{Hash, TreeSize};

use crate::db::{On, query};
use crate::error::StoreError;

/// The `log` row.
#[derive(Clone, Debug)]
pub(crate) struct LogRow {
    pub(crate) origin: String,
    pub(crate) params: Params,
    pub(crate) size: TreeSize,
    pub(crate) root: Hash,
    pub(crate) checkpoint: Vec<u8>,
    pub(crate) staging: Option<String>,
}

impl LogRow {
    /// Reads it, if the log was created.
    pub(crate) async fn read<'e>(db: impl Into<On<'e>>) -> Result<Option<Self>, StoreError> {
        let row = query("SELECT origin, params, size, root, checkpoint, staging FROM log WHERE id = 1")
            .fetch_optional(db)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let params: Vec<u8> = row.try_get("params")?;
        let params = match history::entry::Entry::decode(&params) {
            Ok(history::entry::Entry::Params(params)) => params,
            other => {
                return Err(StoreError::row(
                    "log",
                    format!("params is not a P entry: {other:?}"),
                ));
            }
        };
        Ok(Some(Self {
            origin: row.try_get("origin")?,
            params,
            size: TreeSize(unsigned("log", row.try_get("size")?)?),
            root: Hash(bytes32("log", row.try_get("root")?)?),
            checkpoint: row.try_get("checkpoint")?,
            staging: row.try_get("staging")?,
        }))
    }
}

/// SQL has signed integers only; sizes and indices are never negative.
pub(crate) fn unsigned(table: &'static str, value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| StoreError::row(table, format!("negative number {value}")))
}

/// The other direction; a log of 2^63 entries does not exist.
pub(crate) fn signed(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| StoreError::Format(format!("{value} does not fit into the database")))
}

/// A hash or key column.
pub(crate) fn bytes32(table: &'static str, value: &[u8]) -> Result<[u8; 32], StoreError> {
    value
        .try_into()
        .map_err(|_| StoreError::row(table, format!("{} bytes where 32 belong", value.len())))
}
