//! Blocks of rows read by a thread of their own, while those before them are used.

use std::sync::mpsc::{channel, sync_channel};
use std::thread::{Builder, available_parallelism, scope};

use crate::block::Block;

/// Bytes of a file from which on threads gain more than they cost.
const WORTHWHILE: u64 = 1 << 20;
/// The most threads that read one file, beside the one that uses its rows.
const MOST: usize = 4;
/// Blocks that wait to be used.
const WAITING: usize = 2;

/// How many threads are to read a file beside the one that uses its rows; none where it is small or there is one processor.
pub fn threads(bytes: u64) -> usize {
    if bytes < WORTHWHILE {
        return 0;
    }
    available_parallelism().map_or(0, |processors| (processors.get() - 1).min(MOST))
}

/// Takes a block, with how many bytes of the file were read by then; says whether more are wanted.
pub type Give<'g> = &'g mut dyn FnMut(&mut Block, u64) -> bool;

/// Lets `read` give blocks, and `take` them in the same order; in a thread of its own if so wanted.
///
/// # Errors
/// That of `take`, else that of `read`; `failed` makes one where the system gives no thread.
pub fn blocks<T: Send, E: Send>(
    in_thread: bool,
    read: impl FnOnce(Give<'_>) -> Result<T, E> + Send,
    take: &mut dyn FnMut(&Block, u64) -> Result<(), E>,
    failed: impl FnOnce(std::io::Error) -> E,
) -> Result<T, E> {
    if !in_thread {
        let mut taken = Ok(());
        let read = read(&mut |block, bytes| {
            taken = take(block, bytes);
            taken.is_ok()
        });
        return taken.and(read);
    }
    scope(|scope| {
        let (give, blocks) = sync_channel(WAITING);
        let (give_back, spent) = channel();
        let reading = move || {
            read(&mut |block, bytes| {
                let given = std::mem::replace(block, spent.try_recv().unwrap_or_default());
                give.send((given, bytes)).is_ok()
            })
        };
        let reading = Builder::new().spawn_scoped(scope, reading).map_err(failed)?;
        for (block, bytes) in blocks {
            take(&block, bytes)?;
            // It is of no use to a reader that is done.
            let _ = give_back.send(block);
        }
        match reading.join() {
            Ok(read) => read,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
