//! Text in pieces that end with a line, and each piece's plain rows, read ahead by threads where the file is worth it.
//!
//! Whoever reads a piece cuts it off the text and keeps a place for it in a queue in one go, so that pieces come out in the order
//! of the text whichever is done first. The thread that uses the pieces reads one itself while the next is not there yet: it never
//! waits for work that it could do, and with two processors there is one thread beside it. The queue is bounded and spent pieces are
//! used again: memory does not grow with the file.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};

use crate::plain::{Plain, Reader};

/// Bytes in a piece, and so the longest header that is understood.
pub const PIECE: usize = 1 << 18;
/// Pieces that are read or wait to be used, for each thread.
const WAITING: usize = 3;

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

    /// Goes on with so many threads beside the caller's, behind what was used of a piece.
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
        Ok(Self(Way::Ahead(Ahead::new(text, reader, threads)?)))
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

/// What comes of a place in the queue: a piece, or none at the end of the text.
type Kept = io::Result<Option<Piece>>;

/// Pieces on their way from those who read them to the one who uses them.
#[derive(Default)]
struct Queue {
    /// In the order of the text; `None` while somebody reads the piece.
    places: VecDeque<Option<Kept>>,
    /// How many places were used up before the first.
    used: usize,
    spent: Vec<Piece>,
    /// Nobody uses pieces any more.
    closed: bool,
    /// A thread has panicked, and a place may stay empty for good.
    broken: bool,
}

/// What the threads share.
struct Shared {
    text: Mutex<Cutter>,
    queue: Mutex<Queue>,
    /// The most places in the queue.
    most: usize,
    /// A place was filled.
    filled: Condvar,
    /// A place was used up.
    freed: Condvar,
}

impl Shared {
    /// The queue. Whoever panicked with it in hand has said so in it, or left it whole.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Cuts a piece off the text, reads it and puts it into its place; false where there are no more behind it.
    fn read_one(&self, mut piece: Piece, reader: &mut Reader) -> bool {
        let (cut, place) = {
            // Whoever panicked in here has left the text somewhere in the middle.
            let Ok(mut text) = self.text.lock() else {
                return false;
            };
            let place = {
                let mut queue = self.queue();
                queue.places.push_back(None);
                queue.used + queue.places.len() - 1
            };
            (text.next(&mut piece), place)
        };
        let last = !matches!(cut, Ok(true));
        let kept = cut.map(|more| {
            piece.read_plain(reader, 0);
            more.then_some(piece)
        });
        let mut queue = self.queue();
        let place = place - queue.used;
        if let Some(place) = queue.places.get_mut(place) {
            *place = Some(kept);
        }
        drop(queue);
        self.filled.notify_one();
        !last
    }

    /// A piece to be filled, once there is room for it; none when nobody wants more.
    fn room(&self) -> Option<Piece> {
        let queue = self.queue();
        let full = |queue: &mut Queue| !queue.closed && queue.places.len() >= self.most;
        let waited = self.freed.wait_while(queue, full);
        let mut queue = waited.unwrap_or_else(PoisonError::into_inner);
        (!queue.closed).then(|| queue.spent.pop().unwrap_or_default())
    }
}

/// Tells the one who uses pieces when the thread that holds it panics.
struct Alive<'s>(&'s Shared);

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.queue().broken = true;
            self.0.filled.notify_one();
        }
    }
}

/// Threads that read ahead, seen from the one who uses what they read.
struct Ahead {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// Reads pieces here while the next is not there yet.
    reader: Reader,
    /// Whether there may be text that nobody has cut yet.
    more: bool,
}

impl Ahead {
    fn new(text: Cutter, reader: Reader, threads: usize) -> io::Result<Self> {
        let shared = Arc::new(Shared {
            text: Mutex::new(text),
            queue: Mutex::default(),
            most: WAITING * (threads + 1),
            filled: Condvar::new(),
            freed: Condvar::new(),
        });
        let mut ahead = Self {
            shared,
            threads: Vec::new(),
            reader,
            more: true,
        };
        for _ in 0..threads {
            let (shared, mut reader) = (Arc::clone(&ahead.shared), ahead.reader.clone());
            let thread = Builder::new().name("read ahead".to_owned()).spawn(move || {
                let _alive = Alive(&shared);
                while let Some(piece) = shared.room()
                    && shared.read_one(piece, &mut reader)
                {}
            })?;
            ahead.threads.push(thread);
        }
        Ok(ahead)
    }

    fn next(&mut self, piece: &mut Piece) -> io::Result<bool> {
        let mut queue = self.shared.queue();
        let kept = loop {
            if let Some(kept) = queue.places.front_mut().and_then(Option::take) {
                break kept;
            }
            if queue.broken {
                return Err(io::Error::other("a thread that read ahead has stopped"));
            }
            if self.more && queue.places.len() < self.shared.most {
                let free = queue.spent.pop().unwrap_or_default();
                drop(queue);
                self.more = self.shared.read_one(free, &mut self.reader);
                queue = self.shared.queue();
            } else {
                let waited = self.shared.filled.wait(queue);
                queue = waited.unwrap_or_else(PoisonError::into_inner);
            }
        };
        queue.places.pop_front();
        queue.used += 1;
        let next = kept?;
        let more = next.is_some();
        match next {
            Some(next) => queue.spent.push(std::mem::replace(piece, next)),
            None => {
                piece.len = 0;
                piece.plain.clear();
            }
        }
        drop(queue);
        self.shared.freed.notify_one();
        Ok(more)
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.shared.queue().closed = true;
        self.shared.freed.notify_all();
        for thread in self.threads.drain(..) {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}
