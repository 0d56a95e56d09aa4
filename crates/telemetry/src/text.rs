//! Bytes of a text file as UTF-8, whatever it was written as: gzip, a byte order mark, UTF-16.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

/// What the first bytes of a file show it to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing in it.
    Empty,
    /// Apache Parquet.
    Parquet,
    /// A gzip stream.
    Gzip,
    /// An Excel workbook or another zip archive.
    Zip,
    /// Text, as far as one can tell.
    Text,
}

/// Looks at the first bytes of a file.
pub fn kind(path: &Path) -> io::Result<Kind> {
    let mut start = Vec::with_capacity(4);
    File::open(path)?.take(4).read_to_end(&mut start)?;
    Ok(match start.as_slice() {
        [] => Kind::Empty,
        b"PAR1" | b"PARE" => Kind::Parquet,
        [0x1f, 0x8b, ..] => Kind::Gzip,
        [b'P', b'K', 3, 4] => Kind::Zip,
        _ => Kind::Text,
    })
}

/// How far a file was read, and the digest of what was read of it.
#[derive(Debug, Clone, Default)]
pub struct Meter {
    bytes: Arc<AtomicU64>,
    hash: Option<Arc<Mutex<Sha256>>>,
}

impl Meter {
    /// Bytes of the file read so far, as they lie on the disk.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// SHA-256 of all bytes read, in hexadecimal; empty if none was kept. The whole file's once its end was reached.
    pub fn sha256(&self) -> String {
        let Some(hash) = &self.hash else {
            return String::new();
        };
        hash.lock()
            .map(|hash| hex(&hash.clone().finalize()))
            .unwrap_or_default()
    }
}

/// Counts and hashes what passes.
struct Metered {
    file: File,
    meter: Meter,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.file.read(buffer)?;
        self.meter.bytes.fetch_add(len as u64, Ordering::Relaxed);
        if let Some(hash) = &self.meter.hash
            && let Some(read) = buffer.get(..len)
            && let Ok(mut hash) = hash.lock()
        {
            hash.update(read);
        }
        Ok(len)
    }
}

/// A text file opened for reading.
pub struct Text {
    /// UTF-8, or bytes that some other program takes for text.
    pub reader: Box<dyn Read + Send>,
    /// How it was encoded.
    pub encoding: &'static str,
    /// How far it was read.
    pub meter: Meter,
}

impl Text {
    /// Opens a text file; `hash` keeps a SHA-256 of its bytes while they are read.
    pub fn open(path: &Path, gzip: bool, hash: bool) -> io::Result<Self> {
        let meter = Meter {
            bytes: Arc::default(),
            hash: hash.then(Arc::default),
        };
        let file = Metered {
            file: File::open(path)?,
            meter: meter.clone(),
        };
        let mut reader: Box<dyn Read + Send> = if gzip {
            Box::new(MultiGzDecoder::new(BufReader::with_capacity(1 << 16, file)))
        } else {
            Box::new(file)
        };
        let mut start = [0; 64];
        let len = fill(&mut reader, &mut start)?;
        let start = start.get(..len).unwrap_or_default();
        let (encoding, skip, wide) = recognise(start);
        let rest = io::Cursor::new(start.get(skip..).unwrap_or_default().to_vec()).chain(reader);
        let reader: Box<dyn Read + Send> = match wide {
            None => Box::new(rest),
            Some(big_endian) => Box::new(Utf16::new(rest, big_endian)),
        };
        Ok(Self {
            reader,
            encoding,
            meter,
        })
    }
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The encoding, how many bytes its mark has, and for UTF-16 whether the high byte comes first.
fn recognise(start: &[u8]) -> (&'static str, usize, Option<bool>) {
    match start {
        [0xef, 0xbb, 0xbf, ..] => ("UTF-8 with byte order mark", 3, None),
        [0xff, 0xfe, ..] => ("UTF-16, little-endian", 2, Some(false)),
        [0xfe, 0xff, ..] => ("UTF-16, big-endian", 2, Some(true)),
        _ => {
            // Without a mark: the header of a table is mostly ASCII, which in UTF-16 has a zero in every other byte.
            let zeros = |from: usize| start.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
            let half = start.len() / 2;
            if half > 2 && zeros(1) * 10 > half * 8 && zeros(0) == 0 {
                ("UTF-16, little-endian, without mark", 0, Some(false))
            } else if half > 2 && zeros(0) * 10 > half * 8 && zeros(1) == 0 {
                ("UTF-16, big-endian, without mark", 0, Some(true))
            } else {
                ("UTF-8", 0, None)
            }
        }
    }
}

/// Reads until the buffer is full or the input ends.
pub fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while let Some(rest) = buffer.get_mut(len..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

/// UTF-16 as UTF-8; what is no character becomes the replacement character.
struct Utf16<R> {
    inner: R,
    big_endian: bool,
    /// Bytes that wait for their second half, or units for theirs.
    input: Vec<u8>,
    output: Vec<u8>,
    at: usize,
    ended: bool,
}

impl<R: Read> Utf16<R> {
    fn new(inner: R, big_endian: bool) -> Self {
        Self {
            inner,
            big_endian,
            input: Vec::new(),
            output: Vec::new(),
            at: 0,
            ended: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        let kept = self.input.len();
        self.input.resize(kept + (1 << 16), 0);
        let read = match self.input.get_mut(kept..) {
            Some(rest) => fill(&mut self.inner, rest)?,
            None => 0,
        };
        self.input.truncate(kept + read);
        self.ended = read == 0;
        self.output.clear();
        self.at = 0;
        let units: Vec<u16> = self
            .input
            .chunks_exact(2)
            .map(|pair| match *pair {
                [a, b] if self.big_endian => u16::from_be_bytes([a, b]),
                [a, b] => u16::from_le_bytes([a, b]),
                _ => 0xfffd,
            })
            .collect();
        // A character's first half at the end waits for its second.
        let waits = usize::from(!self.ended && units.last().is_some_and(|u| (0xd800..0xdc00).contains(u)));
        let whole = units.len() - waits;
        for character in char::decode_utf16(units.into_iter().take(whole)) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            let mut bytes = [0; 4];
            self.output
                .extend_from_slice(character.encode_utf8(&mut bytes).as_bytes());
        }
        self.input.drain(..whole * 2);
        if self.ended {
            self.input.clear();
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at >= self.output.len() {
            if self.ended {
                return Ok(0);
            }
            self.refill()?;
        }
        let waiting = self.output.get(self.at..).unwrap_or_default();
        let len = waiting.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..len), waiting.get(..len)) {
            to.copy_from_slice(from);
        }
        self.at += len;
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn utf16_is_read_as_the_text_it_was(text in "\\PC{0,200}", big_endian in any::<bool>()) {
            let bytes: Vec<u8> = text
                .encode_utf16()
                .flat_map(|unit| if big_endian { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect();
            let mut read = String::new();
            Utf16::new(bytes.as_slice(), big_endian).read_to_string(&mut read).unwrap();
            prop_assert_eq!(read, text);
        }

        #[test]
        fn any_bytes_as_utf16_are_text(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut read = String::new();
            Utf16::new(bytes.as_slice(), true).read_to_string(&mut read).unwrap();
        }
    }
}
