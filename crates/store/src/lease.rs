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
        // Looked at first without the lock: who finds the lease taken, as all but one process do all day, holds nobody up and
        // waits for nobody.
        Self::next_fence(&mut db.acquire().await?, holder, ttl).await?;
        // Taken under the lock over where the log stands: two who find it free must not both have it, and as long as somebody
        // holds that lock and has seen that the lease is his, nobody begins to stage what he would sweep away.
        let mut tx = db.begin(Lock::Log).await?;
        let (fence, now) = Self::next_fence(&mut tx, holder, ttl).await?;
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

    /// Under which number the lease can be taken, and the time, unless another holder's runs.
    async fn next_fence(db: &mut Connection, holder: &str, ttl: u64) -> Result<(u64, u64), StoreError> {
        let row = query("SELECT holder, fence, expires FROM lease WHERE id = 1")
            .fetch_optional(&mut *db)
            .await?;
        let now = clock(db).await?;
        let Some(row) = row else { return Ok((1, now)) };
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
        Ok((unsigned("lease", last)? + 1, now))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open::Store;
    use crate::test_store::{enrolment, options, params, statement};

    #[tokio::test]
    async fn who_finds_the_lease_taken_does_not_wait_for_the_one_who_writes() {
        let folder = tempfile::tempdir().unwrap();
        let options = || {
            let mut options = options(folder.path());
            options.lease = Duration::from_secs(10);
            options
        };
        let sealing = Store::create(options(), params()).await.unwrap();
        sealing.append(vec![enrolment()]).await.unwrap();
        let other = Store::open(options()).await.unwrap();
        other.submit(&[statement(1)]).await.unwrap();
        let writing = sealing.write_log().await.unwrap();

        let answer = tokio::time::timeout(Duration::from_secs(5), other.seal_batch()).await;

        assert!(matches!(answer, Ok(Err(StoreError::Busy { .. }))), "{answer:?}");
        sealing.end(writing).await.unwrap();
    }
}
