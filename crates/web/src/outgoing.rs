//! Large answers, whose bytes count until the last of them is sent: who reads slowly must not make the service hold more and more.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::problem::Problem;

/// Bytes and the room they take among all answers.
struct Held {
    bytes: Vec<u8>,
    _room: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

/// These bytes, counted in `room` (in KiB) until they are dropped.
///
/// # Errors
/// Too much is being sent already.
pub fn held(bytes: Vec<u8>, room: &Arc<Semaphore>) -> Result<Bytes, Problem> {
    let kib = u32::try_from(bytes.len().div_ceil(1024)).unwrap_or(u32::MAX);
    let room = room
        .clone()
        .try_acquire_many_owned(kib)
        .map_err(|_| Problem::overloaded("as many large answers as this service holds are being sent"))?;
    Ok(Bytes::from_owner(Held { bytes, _room: room }))
}
