//! What readers answer from: the log as it was published last, kept beside what the sequencer works on.
//!
//! Any process that shares the database and the public files answers: it reads the checkpoint, and where that has grown it
//! applies the entries sealed since, from the bundles, with the code that seals and audits. Nobody who reads waits for
//! whoever seals, and a published checkpoint is all that they need to agree on.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use history::entry::Entry;
use history::sequence::{LogState, sequence};
use tlog::checkpoint::Checkpoint;

use crate::error::StoreError;
use crate::log_row::LogRow;
use crate::objects::Objects;
use crate::open::Store;

/// Bundles fetched ahead.
const AHEAD: usize = 8;

/// Up to this many entries are always applied; more than that only where the index has more labels, which it would cost to
/// load them all again.
const NEAR: u64 = 10_000;

/// What a reader does while something is sealed and not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// Comes again: it is published in a moment.
    Wait,
    /// Reads what was published before it.
    Replay,
}

impl Store {
    /// The state at `checkpoint`, which is the published one. What is sealed and not published may hide it: a moment later it
    /// is published, or the quorum is missing and the state is made from the published entries alone, from the first on, which
    /// takes as long as an audit. Where that is broken off, the next call goes on.
    pub(crate) async fn follow<'r>(
        &self,
        reading: &'r mut Option<LogState>,
        checkpoint: &Checkpoint,
        hidden: Hidden,
    ) -> Result<&'r mut LogState, StoreError> {
        let near = |state: &LogState| {
            let behind = checkpoint.size.0.saturating_sub(state.size().0);
            behind <= NEAR.max(state.index.len())
        };
        if !reading.as_ref().is_some_and(near) {
            match self.load_published(checkpoint).await {
                Ok(state) => *reading = Some(state),
                Err(StoreError::NoQuorum(_)) if hidden == Hidden::Replay => {
                    reading.get_or_insert_with(LogState::empty);
                }
                Err(error) => return Err(error),
            }
        }
        let state = reading.get_or_insert_with(LogState::empty);
        if state.size() > checkpoint.size {
            // Loaded while another process is between its commit and its checkpoint; what was loaded serves in a moment.
            if hidden == Hidden::Wait {
                return Err(unpublished(state.size().0, checkpoint));
            }
            *state = LogState::empty();
        }
        let caught_up = match state.size() < checkpoint.size {
            true => self.catch_up(state, checkpoint).await,
            false => Ok(()),
        };
        let there = caught_up.and_then(|()| match state.root() == checkpoint.root {
            true => Ok(()),
            false => Err(StoreError::Forked(checkpoint.size.0)),
        });
        if let Err(error) = there {
            // After a file that could not be fetched the entries read so far are as good as before.
            if matches!(error, StoreError::Forked(_) | StoreError::Format(_)) {
                *reading = None;
            }
            return Err(error);
        }
        reading.as_mut().ok_or(StoreError::NoLog)
    }

    async fn load_published(&self, checkpoint: &Checkpoint) -> Result<LogState, StoreError> {
        let mut db = self.db.read().await?;
        let row = LogRow::read(&mut db).await?.ok_or(StoreError::NoLog)?;
        if row.staging.is_some() && row.size != checkpoint.size {
            return Err(unpublished(row.size.0, checkpoint));
        }
        let state = self.load(&row, &mut db).await;
        db.rollback().await?;
        state
    }

    /// Applies what was sealed between the state and the checkpoint, batch by batch.
    async fn catch_up(&self, state: &mut LogState, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        let from = state.size().0;
        let skip = usize::try_from(from / 256).map_err(StoreError::format)?;
        let bundles = Objects::bundles_of(checkpoint.size).skip(skip);
        let mut fetched = stream::iter(bundles)
            .map(|id| async move { Ok::<_, StoreError>((id, self.objects.bundle(&id).await?)) })
            .buffered(AHEAD)
            .boxed();
        let mut batch = Vec::new();
        while let Some((id, entries)) = fetched.try_next().await? {
            for (bytes, at) in entries.iter().zip(id.index * 256..) {
                if at < from {
                    continue;
                }
                match Entry::decode(bytes).map_err(StoreError::format)? {
                    // Made again by `sequence`; that it is the same is seen at the root.
                    Entry::Index(_) => {
                        sequence(state, &batch)?;
                        batch.clear();
                    }
                    entry => batch.push(entry),
                }
            }
        }
        Ok(())
    }
}

fn unpublished(sealed: u64, checkpoint: &Checkpoint) -> StoreError {
    StoreError::NoQuorum(format!(
        "size {sealed} is sealed, size {} is published",
        checkpoint.size.0
    ))
}
