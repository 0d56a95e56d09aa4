//! What the store promises, and that it keeps it when storage fails, processes die and disks lie.
//!
//! One file an idea; all use the log of `test_log`, which is a real one in a temporary directory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod accounts;
mod batches;
mod certification;
mod clock_back;
mod damage;
mod disk_full;
mod duplicates;
mod erasure;
mod failover;
mod faulty;
mod key_revoked;
mod moving;
mod nth_step;
mod quorum;
mod restored_backup;
mod room;
mod sigkill;
mod test_log;
mod two_sequencers;
mod upgrades;
