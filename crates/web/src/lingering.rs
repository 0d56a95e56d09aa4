//! A connection's last seconds. A request can be answered before its body was read: too large by its declared length, or from
//! somebody who is not logged in. Closed there and then, with bytes unread, the connection would be reset by TCP, and the reset
//! overtakes the answer: a client that still sends would hear "broken pipe" and never why. So the writing side is closed alone,
//! and what still comes is thrown away until the client ends, as nginx does it (`lingering_close`).

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::options::Limits;

/// How long a client may be silent that has its answer and has not ended its request; nginx's default.
const SILENT: Duration = Duration::from_secs(5);

/// What a client that has its answer may still send, in uploads of the largest size: somebody who is refused the largest one, or
/// one that is somewhat larger, is to hear so.
const UPLOADS: u64 = 2;

/// Whether everything that came on a connection belongs to requests that were read to their end.
#[derive(Clone, Debug)]
pub(crate) struct Settled(Arc<AtomicBool>);

impl Default for Settled {
    /// Nothing came yet, and maybe never will: browsers open connections ahead of need.
    fn default() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl Settled {
    /// The body of a request on this connection, which settles it when it has been read to its end.
    pub(crate) fn by_end_of(&self, body: Incoming) -> ReadToEnd {
        let body = ReadToEnd {
            body,
            settled: self.clone(),
        };
        body.look();
        body
    }

    fn set(&self, settled: bool) {
        self.0.store(settled, Ordering::Release);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A request's body that says when it has been read to its end.
pub(crate) struct ReadToEnd {
    body: Incoming,
    settled: Settled,
}

impl ReadToEnd {
    fn look(&self) {
        if self.body.is_end_stream() {
            self.settled.set(true);
        }
    }
}

impl Body for ReadToEnd {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match frame {
            None => self.settled.set(true),
            Some(_) => self.look(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A connection that is not closed before its client has ended, where a request was not read to its end; for a time and a
/// number of bytes at most.
pub(crate) struct Lingering<S> {
    stream: Pin<Box<S>>,
    settled: Settled,
    /// The longest altogether.
    longest: Duration,
    /// The most bytes thrown away.
    most: u64,
    ending: Option<Ending>,
}

/// A connection whose writing side is closed.
struct Ending {
    /// When it is cut at the latest.
    deadline: Instant,
    /// When it is cut if nothing more comes.
    silent: Pin<Box<Sleep>>,
    /// How many more bytes are thrown away.
    left: u64,
}

impl<S> Lingering<S> {
    pub(crate) fn new(stream: S, limits: &Limits, settled: Settled) -> Self {
        Self {
            stream: Box::pin(stream),
            settled,
            longest: limits.stalled,
            most: limits.upload.saturating_mul(UPLOADS),
            ending: None,
        }
    }
}

impl<S: AsyncRead> AsyncRead for Lingering<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = to.filled().len();
        ready!(self.stream.as_mut().poll_read(cx, to))?;
        if to.filled().len() > before {
            self.settled.set(false);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite> AsyncWrite for Lingering<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(cx)
    }

    /// Closes the writing side, and is ready when the connection may be dropped.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let ending = match &mut this.ending {
            Some(ending) => ending,
            None => {
                ready!(this.stream.as_mut().poll_shutdown(cx))?;
                let now = Instant::now();
                let deadline = now + this.longest;
                this.ending.insert(Ending {
                    deadline,
                    silent: Box::pin(sleep_until(deadline.min(now + SILENT))),
                    left: this.most,
                })
            }
        };
        // What has come is read in any case: closing would be a reset.
        let mut thrown_away = [0; 16 << 10];
        loop {
            let mut part = ReadBuf::new(&mut thrown_away);
            match this.stream.as_mut().poll_read(cx, &mut part) {
                Poll::Pending => break,
                Poll::Ready(Ok(())) if !part.filled().is_empty() => {
                    let now = Instant::now();
                    ending.left = ending.left.saturating_sub(part.filled().len() as u64);
                    if ending.left == 0 || now >= ending.deadline {
                        return Poll::Ready(Ok(()));
                    }
                    let silent = ending.deadline.min(now + SILENT);
                    ending.silent.as_mut().reset(silent);
                }
                // The client has ended, or is gone.
                Poll::Ready(_) => return Poll::Ready(Ok(())),
            }
        }
        if this.settled.get() {
            return Poll::Ready(Ok(()));
        }
        ending.silent.as_mut().poll(cx).map(Ok)
    }
}
