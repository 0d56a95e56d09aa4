//! What can be wrong with a log, in words that name the file, the row, the column, the value and the way out.

use std::path::PathBuf;

use crate::report::Question;

/// Why a log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The file cannot be opened or read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No file was given.
    #[error("no file to read; name one or more CSV or Parquet files")]
    NoFile,
    /// The file has no content.
    #[error("{}: {problem}; {fix}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What helps.
        fix: String,
    },
    /// No mapping knows the columns.
    #[error(
        "{}: no mapping knows these columns: {}. {}Give --mapping FILE; docs/telemetry.md shows how to write one",
        path.display(), columns.join(", "), nearest
    )]
    Unrecognised {
        /// The file.
        path: PathBuf,
        /// Its columns as they are called in the file, shortened.
        columns: Vec<String>,
        /// The mapping that came closest and what it misses.
        nearest: String,
    },
    /// A cell or a row is not what it should be.
    #[error("{}: row {row}{}: {problem}; {fix}", path.display(), at(column, value))]
    Row {
        /// The file.
        path: PathBuf,
        /// The line in a text file, the record from 1 in a Parquet file.
        row: u64,
        /// The column, as it is called in the file; empty if the whole row is meant.
        column: Box<str>,
        /// What stands there, shortened.
        value: Box<str>,
        /// What is wrong with it.
        problem: String,
        /// What helps.
        fix: String,
    },
    /// A mapping file is not right.
    #[error("mapping {name}: {problem}")]
    Mapping {
        /// The mapping's file or name.
        name: String,
        /// What is wrong, with the place and the fix.
        problem: String,
    },
    /// Something must be known that the file does not say.
    #[error("{}", asked(path, questions))]
    Unanswered {
        /// The file.
        path: PathBuf,
        /// What to answer, and with which option.
        questions: Vec<Question>,
    },
}

/// `, column "soc", value "x"`, as far as there is something to say.
fn at(column: &str, value: &str) -> String {
    match (column.is_empty(), value.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!(", value {value:?}"),
        (false, true) => format!(", column {column:?}"),
        (false, false) => format!(", column {column:?}, value {value:?}"),
    }
}

fn asked(path: &std::path::Path, questions: &[Question]) -> String {
    let each: Vec<String> = questions
        .iter()
        .map(|q| format!("{} Give {}", q.text, q.flag))
        .collect();
    format!("{}: {}", path.display(), each.join(". "))
}
