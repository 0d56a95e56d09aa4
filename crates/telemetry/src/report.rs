//! What was understood of a file, and by what right.

use std::path::PathBuf;

use battery::{Clock, SocDefinition};
use serde::Serialize;

/// Who says how a value is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SaidBy {
    /// An option of the command line.
    Option,
    /// The file itself: its header, its types.
    File,
    /// The mapping.
    Mapping,
    /// The values, in the only way they make sense.
    Evidence,
}

impl SaidBy {
    /// As in "by the mapping".
    pub fn name(self) -> &'static str {
        match self {
            Self::Option => "option",
            Self::File => "file",
            Self::Mapping => "mapping",
            Self::Evidence => "evidence",
        }
    }
}

/// One thing that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// What it is about: `current`, `clock`, a channel's name.
    pub about: String,
    /// What was understood, in a sentence.
    pub text: String,
    /// Who says so.
    pub by: SaidBy,
}

/// One thing that must be said by somebody who knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Question {
    /// What it is about.
    pub about: String,
    /// What is not known and why it matters, in a sentence.
    pub text: String,
    /// The option that answers it.
    pub flag: String,
    /// Whether nothing can be read before it is answered.
    pub blocks: bool,
}

/// A column that is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnReport {
    /// What it is called in the file; the first and last of a family, as `CP1 … CP96`.
    pub header: String,
    /// What it is: the name of a channel, or `time`, `session`, `vehicle`.
    pub is: String,
    /// The unit in the file.
    pub unit: String,
    /// Who says that this is the unit.
    pub unit_by: SaidBy,
}

/// How the bytes are arranged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Format {
    /// `csv` or `parquet`.
    pub container: String,
    /// Whether it is compressed as a whole (gzip).
    pub gzip: bool,
    /// The encoding of a text file.
    pub encoding: Option<String>,
    /// The delimiter of a text file.
    pub delimiter: Option<char>,
    /// Whether numbers have a decimal comma.
    pub decimal_comma: bool,
    /// The line of the header in a text file.
    pub header_line: u64,
}

/// What was understood of a file before it was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileReport {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// How its bytes are arranged.
    pub format: Format,
    /// The mapping's name.
    pub mapping: String,
    /// The mapping in words.
    pub mapping_title: String,
    /// Rows that were looked at.
    pub rows_surveyed: u64,
    /// Whether these are all its rows.
    pub surveyed_whole: bool,
    /// The columns that are read.
    pub columns: Vec<ColumnReport>,
    /// Columns that the mapping leaves out on purpose.
    pub left_out: Vec<String>,
    /// Columns that the mapping does not know.
    pub unknown: Vec<String>,
    /// What the clock shows.
    pub clock: Clock,
    /// What 100 % state of charge means.
    pub soc_definition: SocDefinition,
    /// What was understood, and who says so.
    pub statements: Vec<Statement>,
    /// What must be answered.
    pub questions: Vec<Question>,
    /// The vehicles seen, in the order of the rows; empty if the file names none.
    pub vehicles: Vec<String>,
    /// The first time seen, seconds; of 1970 UTC if the clock shows it.
    pub first_s: Option<f64>,
}

impl FileReport {
    /// The questions without whose answer nothing can be read.
    pub fn blocking(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(|q| q.blocks)
    }
}
