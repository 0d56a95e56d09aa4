//! Who may sequence: one row with a holder, an end and a fencing number that only rises.
//!
//! The lease keeps two sequencers from working for nothing; safety does not rest on it. A commit names the fencing number
//! it was made under, and one made under an older number changes no row.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::db::{Connection, Db, Lock, On, query, query_scalar};
use crate::error::StoreError;
use crate::log_row::{signed, unsigned};

/// A lease that was ours when we last looked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lease {
    pub(crate) fence: u64,
    expires: u64,
}

impl Lease {
    /// Takes the lease, or keeps it where it is ours already and not half over. Waits for a holder that may be dead.
    pub(crate) async fn take(
        db: &Db,
        holder: &str,
        ours: Option<Self>,
        ttl: Duration,
        patience: Duration,
    ) -> Result<Self, StoreError> {
        let ttl = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
        let now = now_ms();
        if let Some(lease) = ours
            && lease.expires > now.saturating_add(ttl / 2)
            && lease.expires <= now.saturating_add(ttl)
        {
            return Ok(lease);
        }
        let start = std::time::Instant::now();
        loop {
            match Self::try_take(db, holder, ttl).await {
                Err(StoreError::Busy { .. }) if start.elapsed() < patience => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                result => return result,
            }
        }
    }

    async fn try_take(db: &Db, holder: &str, ttl: u64) -> Result<Self, StoreError> {
        let mut tx = db.begin(Lock::Log).await?;
        let row = query("SELECT holder, fence, expires FROM lease WHERE id = 1")
            .fetch_optional(&mut tx)
            .await?;
        let now = clock(&mut tx).await?;
        let mut fence = 1;
        if let Some(row) = row {
            let (other, last): (String, i64) = (row.try_get("holder")?, row.try_get("fence")?);
            let expires = unsigned("lease", row.try_get("expires")?)?;
            // An end further away than any holder could have asked for means that the clock went back since.
            let running = expires > now && expires <= now.saturating_add(ttl);
            if other != holder && running {
                return Err(StoreError::Busy {
                    holder: other,
                    seconds: (expires - now).div_ceil(1000),
                });
            }
            fence = unsigned("lease", last)? + 1;
        }
        let expires = now.saturating_add(ttl);
        query(
            "INSERT INTO lease (id, holder, fence, expires) VALUES (1, $1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET holder = $1, fence = $2, expires = $3",
        )
        .bind(holder)
        .bind(signed(fence)?)
        .bind(signed(expires)?)
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        // Kept by our own clock: by it the lease is looked at before each batch.
        Ok(Self {
            fence,
            expires: now_ms().saturating_add(ttl),
        })
    }

    /// The fencing number of whoever took the lease last; 0 before anybody did.
    pub(crate) async fn newest<'e>(db: impl Into<On<'e>>) -> Result<u64, StoreError> {
        let fence: Option<i64> = query_scalar("SELECT fence FROM lease WHERE id = 1")
            .fetch_optional(db)
            .await?;
        unsigned("lease", fence.unwrap_or(0))
    }

    /// Lets the next sequencer start at once.
    pub(crate) async fn release(self, db: &Db) -> Result<(), StoreError> {
        query("UPDATE lease SET expires = 0 WHERE id = 1 AND fence = $1")
            .bind(signed(self.fence)?)
            .execute(db)
            .await?;
        Ok(())
    }
}

/// The clock that leases run by, in milliseconds. Machines that share a server go by the server's.
pub(crate) async fn clock(db: &mut Connection) -> Result<u64, StoreError> {
    match db {
        Connection::Sqlite(_) => Ok(now_ms()),
        Connection::Postgres(_) => {
            let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
            unsigned("lease", query_scalar::<i64>(sql).fetch_one(db).await?)
        }
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(0)
}
