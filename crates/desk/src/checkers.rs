//! The threads that check statements: as many as there are cores, behind everybody else.
//!
//! Checking is bulk work that nobody waits for alone. Whoever holds the database's write lock is waited for by all, and would
//! get a third of a core between two busy checkers of the same priority.

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use tokio::runtime::{Handle, RuntimeFlavor};

/// How much lower their priority is, in steps of `nice`.
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// A pool for checking.
pub(crate) fn pool() -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new()
        .thread_name(|at| format!("checker-{at}"))
        .start_handler(|_| step_back())
        .build()
}

/// On Linux a thread has a priority of its own.
#[cfg(target_os = "linux")]
fn step_back() {
    let this = Some(rustix::thread::gettid());
    // A system that does not allow it only loses speed.
    let _allowed = rustix::process::setpriority_process(this, NICE);
}

#[cfg(not(target_os = "linux"))]
fn step_back() {}

/// Waits for work done elsewhere without keeping this thread's other tasks waiting: the one that seals is among them.
pub(crate) fn aside<R>(work: impl FnOnce() -> R) -> R {
    match Handle::current().runtime_flavor() {
        RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        // A runtime of one thread has nobody to hand them to.
        _ => work(),
    }
}
