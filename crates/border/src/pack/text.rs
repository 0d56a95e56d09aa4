//! CSV files of a pack, as records that remember their line.

use super::problem::Problems;

/// The largest file of a pack, in bytes.
const MAX_FILE: usize = 4 << 20;

/// A CSV file.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) columns: Vec<String>,
    pub(crate) records: Vec<Record>,
}

/// A line of it.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) line: u64,
    pub(crate) cells: Vec<String>,
}

impl Sheet {
    /// Reads a file; problems are reported, and what can be read is read.
    pub(crate) fn read(file: &str, bytes: &[u8], problems: &mut Problems) -> Option<Sheet> {
        if bytes.len() > MAX_FILE {
            problems.error(
                file,
                0,
                format!("larger than the {MAX_FILE} bytes that are read of a table"),
            );
            return None;
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        // A spreadsheet ends lines with CR and LF, after which the reader counts lines wrongly: it takes the LF for the next line's.
        let unix: Vec<u8>;
        let bytes = if bytes.windows(2).any(|pair| pair == b"\r\n") {
            unix = bytes
                .iter()
                .enumerate()
                .filter(|(at, byte)| **byte != b'\r' || bytes.get(at + 1) != Some(&b'\n'))
                .map(|(_, byte)| *byte)
                .collect();
            &unix
        } else {
            bytes
        };
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(bytes);
        let columns: Vec<String> = match reader.headers() {
            Ok(header) => header.iter().map(|cell| cell.trim().to_owned()).collect(),
            Err(error) => {
                problems.error(file, 1, format!("cannot be read: {error}"));
                return None;
            }
        };
        for (at, name) in columns.iter().enumerate() {
            if name.is_empty() {
                problems.error(file, 1, format!("column {} has no name", at + 1));
            } else if columns[..at].contains(name) {
                problems.error(file, 1, format!("there are two columns {name:?}"));
            }
        }
        let mut records = Vec::new();
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    if record.len() != columns.len() {
                        problems.error(
                            file,
                            line,
                            format!(
                                "{} cells where the header has {}; quote cells that hold a comma",
                                record.len(),
                                columns.len()
                            ),
                        );
                        continue;
                    }
                    let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
                    if cells.iter().any(|cell| !cell.is_empty()) {
                        records.push(Record { line, cells });
                    }
                }
                Err(error) => problems.error(file, 0, format!("cannot be read: {error}")),
            }
        }
        Some(Sheet { columns, records })
    }

    /// Refuses columns that are not among those given.
    pub(crate) fn only(&self, file: &str, known: &[&str], problems: &mut Problems) {
        for column in &self.columns {
            if !known.contains(&column.as_str()) && !column.is_empty() {
                let hint = crate::fact::nearest(column, known.iter().copied());
                problems.error(file, 1, format!("there is no column {column:?} here; {hint}"));
            }
        }
    }

    /// A cell by the name of its column; empty if there is no such column.
    pub(crate) fn cell<'a>(&self, record: &'a Record, column: &str) -> &'a str {
        self.columns
            .iter()
            .position(|name| name == column)
            .and_then(|at| record.cells.get(at))
            .map_or("", String::as_str)
    }
}
