//! Text in pieces that end with a line, and each piece's plain rows, read ahead by threads where the file is worth it.
//!
//! Threads take pieces in turn and put a place for each into a queue before they read it, so that pieces come out in the order of
//! the text whichever is done first. The queue is bounded and spent pieces are used again: memory does not grow with the file.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use crate::plain::{Plain, Reader};

/// Bytes in a piece, and so the longest header that is understood.
pub const PIECE: usize = 1 << 18;
/// Pieces that wait to be used, for each thread.
const WAITING: usize = 2;

/// A part of a text. It ends with a line, unless a line is longer than a piece or the text ends without.
#[derive(Debug, Default)]
pub struct Piece {
    bytes: Vec<u8>,
    len: usize,
    /// The rows it begins with that are plain.
    pub plain: Plain,
}

impl Piece {
    /// Its bytes.
    pub fn text(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Reads the plain rows that lie from `at` on.
    pub fn read_plain(&mut self, reader: &mut Reader, at: usize) {
        reader.read(
            self.bytes.get(..self.len).unwrap_or_default(),
            at,
            &mut self.plain,
        );
    }
}

/// A text that is cut into pieces.
struct Cutter {
    reader: Box<dyn Read + Send>,
    size: usize,
    /// What was read behind the last line of the piece before.
    rest: Vec<u8>,
    failure: Option<io::Error>,
    ended: bool,
}

impl Cutter {
    /// Fills a piece; false at the end of the text.
    fn next(&mut self, piece: &mut Piece) -> io::Result<bool> {
        piece.plain.clear();
        piece.bytes.resize(self.size, 0);
        piece.len = self.rest.len();
        if let Some(start) = piece.bytes.get_mut(..self.rest.len()) {
            start.copy_from_slice(&self.rest);
        }
        self.rest.clear();
        while let Some(free) = piece.bytes.get_mut(piece.len..).filter(|free| !free.is_empty())
            && self.failure.is_none()
            && !self.ended
        {
            match self.reader.read(free) {
                Ok(0) => self.ended = true,
                Ok(read) => piece.len += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // What was read before it comes first.
                Err(error) => self.failure = Some(error),
            }
        }
        if piece.len == 0 {
            return match self.failure.take() {
                Some(error) => {
                    self.ended = true;
                    Err(error)
                }
                None => Ok(false),
            };
        }
        if let Some(last) = memchr::memrchr(b'\n', piece.text())
            && !self.ended
        {
            self.rest
                .extend_from_slice(piece.text().get(last + 1..).unwrap_or_default());
            piece.len = last + 1;
        }
        Ok(true)
    }
}

/// The pieces of a text, in order.
pub struct Pieces(Way);

enum Way {
    Here(Cutter, Reader),
    Ahead(Ahead),
}

impl Pieces {
    /// Cuts a text into pieces of so many bytes and reads those rows of each that `reader` finds plain.
    pub fn new(text: Box<dyn Read + Send>, size: usize, reader: Reader) -> Self {
        let text = Cutter {
            reader: text,
            size,
            rest: Vec::new(),
            failure: None,
            ended: false,
        };
        Self(Way::Here(text, reader))
    }

    /// Goes on with so many threads, behind what was used of a piece.
    ///
    /// # Errors
    /// The system gives no thread.
    pub fn go_ahead(self, threads: usize, piece: &mut Piece, used: usize) -> io::Result<Self> {
        let Way::Here(mut text, reader) = self.0 else {
            return Ok(self);
        };
        let unused = piece.text().get(used..).unwrap_or_default();
        text.rest = [unused, &text.rest].concat();
        piece.len = 0;
        piece.plain.clear();
        Ok(Self(Way::Ahead(Ahead::new(text, &reader, threads)?)))
    }

    /// Puts the next piece in the place of one that was used; false at the end of the text, which is never asked for twice.
    pub fn next(&mut self, piece: &mut Piece) -> io::Result<bool> {
        match &mut self.0 {
            Way::Here(text, reader) => {
                let more = text.next(piece)?;
                piece.read_plain(reader, 0);
                Ok(more)
            }
            Way::Ahead(ahead) => ahead.next(piece),
        }
    }
}

/// A piece that a thread is reading; none at the end of the text.
type Promise = Receiver<io::Result<Option<Piece>>>;

/// Threads that read ahead.
struct Ahead {
    /// `None` only while it is dropped.
    promises: Option<Receiver<Promise>>,
    spent: Arc<Mutex<Vec<Piece>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Ahead {
    fn new(text: Cutter, reader: &Reader, threads: usize) -> io::Result<Self> {
        let text = Arc::new(Mutex::new(text));
        let (promise, promises) = sync_channel(WAITING * threads);
        let mut ahead = Self {
            promises: Some(promises),
            spent: Arc::default(),
            threads: Vec::new(),
        };
        for _ in 0..threads {
            let (text, spent) = (Arc::clone(&text), Arc::clone(&ahead.spent));
            let (promise, reader) = (promise.clone(), reader.clone());
            let thread = Builder::new().name("read ahead".to_owned());
            let thread = thread.spawn(move || work(&text, &spent, &promise, reader))?;
            ahead.threads.push(thread);
        }
        Ok(ahead)
    }

    fn next(&mut self, piece: &mut Piece) -> io::Result<bool> {
        let stopped = || io::Error::other("a thread that read ahead has stopped");
        let promise = self.promises.as_ref().and_then(|promises| promises.recv().ok());
        let kept = promise.ok_or_else(stopped)?.recv().map_err(|_| stopped())?;
        let Some(next) = kept? else {
            piece.len = 0;
            piece.plain.clear();
            return Ok(false);
        };
        let spent = std::mem::replace(piece, next);
        self.spent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(spent);
        Ok(true)
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        // Without somebody to take promises the threads stop.
        self.promises = None;
        for thread in self.threads.drain(..) {
            // A thread that panicked has broken its promise, and that was said.
            let _ = thread.join();
        }
    }
}

/// What each thread does.
fn work(text: &Mutex<Cutter>, spent: &Mutex<Vec<Piece>>, promises: &SyncSender<Promise>, mut reader: Reader) {
    loop {
        let used = spent.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut piece = used.unwrap_or_default();
        let (keep, promise) = sync_channel(1);
        let cut = {
            // Whoever panicked in here has left the text somewhere in the middle.
            let Ok(mut text) = text.lock() else { return };
            let cut = text.next(&mut piece);
            if promises.send(promise).is_err() {
                return;
            }
            cut
        };
        let last = !matches!(cut, Ok(true));
        let kept = cut.map(|more| {
            piece.read_plain(&mut reader, 0);
            more.then_some(piece)
        });
        if keep.send(kept).is_err() || last {
            return;
        }
    }
}
