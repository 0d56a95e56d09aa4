//! Lines of a file, one by one and bounded: a line that is too long is passed over, and the next one is read all the same.

use std::io::{BufRead, Result};

/// After so many bytes without an end a line has none: a device or a disk image, which would be read for ever.
const ENDLESS: usize = 64 << 20;

/// Reads lines that end with LF, CR LF or CR.
pub(super) struct Lines<R> {
    reader: R,
    longest: usize,
    /// Whether the last line ended with CR, of which an LF is still part.
    after_cr: bool,
    number: u64,
    bytes: u64,
}

/// One line without its end.
pub(super) struct Line {
    /// From 1.
    pub(super) number: u64,
    /// Bytes of the file read so far.
    pub(super) bytes: u64,
    /// The text as bytes; none if it is longer than is read.
    pub(super) text: Option<Vec<u8>>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R, longest: usize) -> Self {
        Lines {
            reader,
            longest,
            after_cr: false,
            number: 0,
            bytes: 0,
        }
    }

    /// The next line; none at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<Line>> {
        let mut text = Vec::new();
        let mut run = 0_usize;
        let (mut any, mut too_long, mut ended) = (false, false, false);
        while !ended {
            let mut buffer = self.reader.fill_buf()?;
            if std::mem::take(&mut self.after_cr) && buffer.first() == Some(&b'\n') {
                self.reader.consume(1);
                self.bytes += 1;
                buffer = self.reader.fill_buf()?;
            }
            if buffer.is_empty() {
                break;
            }
            any = true;
            let end = buffer.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let part = buffer.get(..end.unwrap_or(buffer.len())).unwrap_or_default();
            if text.len() + part.len() > self.longest {
                too_long = true;
                text.clear();
            } else if !too_long {
                text.extend_from_slice(part);
            }
            ended = end.is_some();
            run = run.saturating_add(part.len());
            if run > ENDLESS {
                return Err(std::io::Error::other(
                    "a line of more than 64 MB without an end; is this a file of cars?",
                ));
            }
            self.after_cr = end.is_some_and(|end| buffer.get(end) == Some(&b'\r'));
            let used = part.len() + usize::from(ended);
            self.reader.consume(used);
            self.bytes += used as u64;
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(Line {
            number: self.number,
            bytes: self.bytes,
            text: (!too_long).then_some(text),
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::*;

    fn read(bytes: &[u8], room: usize) -> Vec<(u64, Option<String>)> {
        let mut lines = Lines::new(BufReader::with_capacity(room, bytes), 6);
        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            let text = line.text.map(|text| String::from_utf8_lossy(&text).into_owned());
            found.push((line.number, text));
        }
        assert_eq!(lines.bytes, bytes.len() as u64);
        found
    }

    #[test]
    fn a_line_that_is_too_long_costs_no_other_line() {
        let found = read(b"one\r\ntwo\rmuch too long\n\nfive", 4);
        let texts: Vec<_> = found.iter().map(|(_, text)| text.as_deref()).collect();
        assert_eq!(texts, [Some("one"), Some("two"), None, Some(""), Some("five")]);
    }

    #[test]
    fn a_file_without_any_end_of_line_is_given_up() {
        let mut lines = Lines::new(BufReader::new(std::io::repeat(0)), 6);
        assert!(lines.next().is_err());
    }

    proptest! {
        #[test]
        fn lines_are_those_of_the_text_however_it_arrives(text in "[ab\r\n]{0,40}", room in 1_usize..9) {
            let unified = text.replace("\r\n", "\n").replace('\r', "\n");
            let wanted: Vec<_> = unified
                .lines()
                .zip(1..)
                .map(|(line, number)| (number, (line.len() <= 6).then(|| line.to_owned())))
                .collect();
            prop_assert_eq!(read(text.as_bytes(), room), wanted);
        }
    }
}
