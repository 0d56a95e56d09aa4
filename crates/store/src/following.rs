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

impl Store {
    /// The state at `checkpoint`, which is the published one.
    pub(crate) async fn follow<'r>(
        &self,
        reading: &'r mut Option<LogState>,
        checkpoint: &Checkpoint,
    ) -> Result<&'r mut LogState, StoreError> {
        let near = |state: &LogState| {
            let behind = checkpoint.size.0.saturating_sub(state.size().0);
            behind <= NEAR.max(state.index.len())
        };
        let mut state = match reading.take().filter(near) {
            Some(state) => state,
            None => self.load_published(checkpoint).await?,
        };
        if state.size() > checkpoint.size {
            // Loaded while another process is between its commit and its checkpoint; what was loaded serves in a moment.
            let sealed = state.size().0;
            *reading = Some(state);
            return Err(unpublished(sealed, checkpoint));
        }
        if state.size() < checkpoint.size {
            self.catch_up(&mut state, checkpoint).await?;
        }
        if state.root() != checkpoint.root {
            return Err(StoreError::Forked(checkpoint.size.0));
        }
        Ok(reading.insert(state))
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
