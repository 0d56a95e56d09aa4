//! Blocks of rows read by a thread of their own, while those before them are used.

use std::sync::mpsc::{channel, sync_channel};
use std::thread::{Builder, available_parallelism, scope};

use crate::block::Block;

/// Bytes of a file from which on threads gain more than they cost.
const WORTHWHILE: u64 = 1 << 20;
/// The most threads that read one file, beside the one that uses its rows.
const MOST: usize = 4;
/// Blocks that wait to be used.
const WAITING: usize = 8;

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

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// Runs with and without a thread, in which everything must come to the same.
    fn both(test: impl Fn(bool)) {
        test(false);
        test(true);
    }

    fn no_thread(error: std::io::Error) -> String {
        error.to_string()
    }

    /// Gives so many blocks, numbered from 1, and says how many were given when it was told to stop, or at the end.
    fn numbered(blocks: u64, give: Give<'_>) -> u64 {
        let mut block = Block::default();
        for number in 1..=blocks {
            // What came back is a block that was used before, and never one that is still to be used.
            block.vehicle = Some(number.to_string());
            if !give(&mut block, number) {
                return number;
            }
        }
        blocks
    }

    #[test]
    fn blocks_are_taken_in_the_order_in_which_they_were_read() {
        both(|in_thread| {
            let mut taken = Vec::new();
            let mut take = |block: &Block, bytes: u64| {
                assert_eq!(block.vehicle, Some(bytes.to_string()));
                taken.push(bytes);
                Ok::<_, String>(())
            };
            let end = blocks(in_thread, |give| Ok(numbered(500, give)), &mut take, no_thread);
            assert_eq!(end, Ok(500));
            assert!(taken.iter().copied().eq(1..=500), "{in_thread}");
        });
    }

    #[test]
    fn nothing_to_read_is_no_error() {
        both(|in_thread| {
            let mut take = |_: &Block, _: u64| -> Result<(), String> { Err("there was none".to_owned()) };
            let end = blocks(in_thread, |_| Ok("end"), &mut take, no_thread);
            assert_eq!(end, Ok("end"));
        });
    }

    #[test]
    fn whoever_takes_no_more_stops_the_reader_and_its_error_is_told() {
        both(|in_thread| {
            let given = AtomicU64::new(0);
            let read = |give: Give<'_>| {
                given.store(numbered(u64::MAX, give), Ordering::SeqCst);
                Err::<(), _>("the reader's own".to_owned())
            };
            let mut take = |_: &Block, number: u64| match number {
                3 => Err("enough".to_owned()),
                _ => Ok(()),
            };
            assert_eq!(
                blocks(in_thread, read, &mut take, no_thread),
                Err("enough".to_owned())
            );
            // A thread is ahead by what waits and the one in its hands.
            let ahead = given.load(Ordering::SeqCst) - 3;
            assert!(ahead <= if in_thread { WAITING as u64 + 1 } else { 0 }, "{ahead}");
        });
    }

    #[test]
    fn an_error_of_the_reader_is_told_after_what_it_read_before() {
        both(|in_thread| {
            let mut taken = 0;
            let read = |give: Give<'_>| {
                numbered(5, give);
                Err::<(), _>("cut off".to_owned())
            };
            let mut take = |_: &Block, _: u64| {
                taken += 1;
                Ok(())
            };
            assert_eq!(
                blocks(in_thread, read, &mut take, no_thread),
                Err("cut off".to_owned())
            );
            assert_eq!(taken, 5);
        });
    }

    #[test]
    fn a_panic_of_the_reader_is_one_of_the_caller_and_of_no_thread_alone() {
        both(|in_thread| {
            let mut taken = 0;
            let mut take = |_: &Block, _: u64| {
                taken += 1;
                Ok::<_, String>(())
            };
            let read = |give: Give<'_>| -> Result<(), String> {
                numbered(4, give);
                panic!("a fault in the reader")
            };
            let ran = catch_unwind(AssertUnwindSafe(|| blocks(in_thread, read, &mut take, no_thread)));
            let said = ran.unwrap_err();
            assert_eq!(said.downcast_ref::<&str>(), Some(&"a fault in the reader"));
            assert_eq!(taken, 4);
        });
    }

    #[test]
    fn a_panic_of_the_taker_leaves_no_reader_waiting_for_ever() {
        both(|in_thread| {
            let read = |give: Give<'_>| Ok::<_, String>(numbered(u64::MAX, give));
            let mut take = |_: &Block, number: u64| -> Result<(), String> {
                assert!(number < 3, "a fault in the taker");
                Ok(())
            };
            let ran = catch_unwind(AssertUnwindSafe(|| blocks(in_thread, read, &mut take, no_thread)));
            assert!(ran.is_err());
        });
    }

    #[test]
    fn small_files_are_read_without_a_thread() {
        assert_eq!(threads(WORTHWHILE - 1), 0);
        assert!(threads(WORTHWHILE) <= MOST);
    }
}
