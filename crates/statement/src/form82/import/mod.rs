//! Reading condition records from elsewhere. The layouts are described in `docs/condition-record.md`.

mod mapping;
mod marketplace;
mod open;
mod table;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::sd_jwt::{JsonFault, read_json};
use crate::vocabulary::FieldError;

use super::{Layout, Note, Record};

pub use mapping::{Mapping, MappingError};

/// A condition record is a page or two; anything larger is something else.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;

/// The schema keeps at most this many unmapped codes in a record; the [`Report`] has all of them.
const UNMAPPED_IN_RECORD: usize = 200;

/// A record that was read, and what the reader should know about the reading.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The record. Its `import` field says where it came from.
    pub record: Record,
    /// What happened on the way.
    pub report: Report,
}

/// What happened while a record was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// SHA-256 of the raw bytes, lower-case hexadecimal.
    pub raw_sha256: String,
    /// Layout recognised.
    pub layout: Layout,
    /// Name and version of the mapping table used.
    pub mapping: String,
    /// Everything in the raw record that has no place in the form or could not be understood. Nothing is dropped unseen.
    pub unmapped: Vec<Unmapped>,
    /// Doubts about the mapping, and what the record contradicts.
    pub notes: Vec<Note>,
    /// Pairs of places that give one field differently. A report with any is part of an error.
    conflicts: Vec<String>,
}

/// Something in the raw record that is not in the imported one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// Where it stands in the raw record.
    pub path: String,
    /// What stands there, cut at 120 characters.
    pub found: String,
    /// Why it has no place.
    pub why: String,
}

impl std::fmt::Display for Unmapped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} = {}: {}", self.path, self.found, self.why)
    }
}

/// Why a record could not be read.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ImportError {
    /// More than [`MAX_BYTES`].
    #[error("the file has {0} bytes; a condition record has at most {MAX_BYTES}")]
    TooLarge(usize),
    /// Not UTF-8.
    #[error("not UTF-8 from byte {0} on; save the file as UTF-8")]
    NotUtf8(usize),
    /// JSON within JSON, without end.
    #[error("nested deeper than any condition record is")]
    TooDeep,
    /// Not JSON.
    #[error("this is not JSON: {0}")]
    Json(String),
    /// A member name occurs twice in one object.
    #[error("line {line}: has the member `{name}` twice in one object; leave out the one that is not meant")]
    MemberTwice {
        /// The line of the second, from 1.
        line: usize,
        /// The name.
        name: String,
    },
    /// JSON, but not an object.
    #[error("a condition record is a JSON object, with fields by name")]
    NotAnObject,
    /// Not CSV.
    #[error("this is not a table of the layout kind,name,value: {0}")]
    Csv(String),
    /// Two places give the same field differently, and which of them is meant is not guessed.
    #[error("{}; leave out what is not meant", conflicts.join(" | "))]
    GivenTwice {
        /// Pair by pair.
        conflicts: Vec<String>,
        /// What else happened.
        report: Box<Report>,
    },
    /// The form requires what the raw record does not give, or gives in a way that is not understood.
    #[error("the record is incomplete: {}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))]
    Incomplete {
        /// Field by field.
        errors: Vec<FieldError>,
        /// What was found and not understood, which is often the same thing under another name.
        report: Box<Report>,
    },
    /// The record breaks a rule of the form itself; one of its two statements is wrong, and which one is for its issuer
    /// to say.
    #[error("the record contradicts the form: {}", notes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" | "))]
    Contradiction {
        /// The contradictions.
        notes: Vec<Note>,
        /// What else happened.
        report: Box<Report>,
    },
}

/// Reads a record in JSON, in the open layout or the marketplace-code layout, with the standard mapping table.
///
/// # Errors
/// See [`ImportError`]. Never a partial record: what the form requires is there, or the error says what to add.
pub fn import_json(bytes: &[u8]) -> Result<Imported, ImportError> {
    import_json_with(bytes, Mapping::standard())
}

/// Reads a record in JSON with a mapping table of one's own.
///
/// # Errors
/// As [`import_json`].
pub fn import_json_with(bytes: &[u8], mapping: &Mapping) -> Result<Imported, ImportError> {
    sized(bytes)?;
    let text = std::str::from_utf8(bytes).map_err(|error| ImportError::NotUtf8(error.valid_up_to()))?;
    let value = read_json(text.as_bytes()).map_err(|error| match error.fault {
        JsonFault::TooDeep => ImportError::TooDeep,
        JsonFault::DuplicateMember(name) => ImportError::MemberTwice {
            line: error.source.line(),
            name,
        },
        JsonFault::Malformed => ImportError::Json(error.source.to_string()),
    })?;
    let Value::Object(raw) = value else {
        return Err(ImportError::NotAnObject);
    };
    if ["inners", "outers", "master"]
        .iter()
        .any(|key| raw.contains_key(*key))
    {
        let mut report = Report::new(bytes, Layout::Marketplace, mapping.name());
        let fields = marketplace::read(&raw, mapping, &mut report);
        finish(fields, report)
    } else {
        let mut report = Report::new(bytes, Layout::Open, "open 1");
        let fields = open::read(&raw, &mut report);
        finish(fields, report)
    }
}

/// Reads a record as a table: one row a field, panel or item, with the columns
/// `kind,name,value,side,position,pillar`.
///
/// # Errors
/// As [`import_json`].
pub fn import_csv(bytes: &[u8]) -> Result<Imported, ImportError> {
    sized(bytes)?;
    let mut report = Report::new(bytes, Layout::Csv, "table 1");
    let fields = table::read(bytes, &mut report)?;
    finish(fields, report)
}

fn sized(bytes: &[u8]) -> Result<(), ImportError> {
    if bytes.len() > MAX_BYTES {
        Err(ImportError::TooLarge(bytes.len()))
    } else {
        Ok(())
    }
}

/// Adds the provenance, holds the result to the schema and to the form's own rules.
fn finish(mut body: Map<String, Value>, mut report: Report) -> Result<Imported, ImportError> {
    if !report.conflicts.is_empty() {
        return Err(ImportError::GivenTwice {
            conflicts: std::mem::take(&mut report.conflicts),
            report: Box::new(report),
        });
    }
    // Places and reasons, not values: what has no field of its own may be somebody's name.
    let unmapped: Vec<String> = report
        .unmapped
        .iter()
        .take(UNMAPPED_IN_RECORD)
        .map(|unmapped| {
            format!("{}: {}", unmapped.path, unmapped.why)
                .chars()
                .take(200)
                .collect()
        })
        .collect();
    let mut provenance = json!({"raw_sha256": report.raw_sha256, "layout": report.layout, "mapping": report.mapping.chars().take(60).collect::<String>()});
    if let (false, Some(fields)) = (unmapped.is_empty(), provenance.as_object_mut()) {
        fields.insert("unmapped".to_owned(), json!(unmapped));
    }
    body.insert("import".to_owned(), provenance);
    let record = match Record::from_body(&body) {
        Ok(record) => record,
        Err(errors) => {
            return Err(ImportError::Incomplete {
                errors,
                report: Box::new(report),
            });
        }
    };
    let (contradictions, notes): (Vec<Note>, Vec<Note>) = record
        .notes()
        .into_iter()
        .partition(|note| note.kind.is_contradiction());
    report.notes.extend(notes);
    if contradictions.is_empty() {
        Ok(Imported { record, report })
    } else {
        Err(ImportError::Contradiction {
            notes: contradictions,
            report: Box::new(report),
        })
    }
}

impl Report {
    fn new(bytes: &[u8], layout: Layout, mapping: &str) -> Self {
        Self {
            raw_sha256: hex::encode(Sha256::digest(bytes)),
            layout,
            mapping: mapping.to_owned(),
            unmapped: Vec::new(),
            notes: Vec::new(),
            conflicts: Vec::new(),
        }
    }

    /// Two places give the same field; `first` and `second` are those places and what stands there.
    fn twice(&mut self, field: &str, first: (&str, &Value), second: (&str, &Value)) {
        let (path, found) = second;
        if first.1 == found {
            self.unmapped(
                path,
                found,
                format!("says {field} once more, as {} does", first.0),
            );
        } else {
            let shown = |value: &Value| value.to_string().chars().take(120).collect::<String>();
            self.conflicts.push(format!(
                "{} and {path} contradict each other: {field} is {} and {}",
                first.0,
                shown(first.1),
                shown(found)
            ));
        }
    }

    fn unmapped(&mut self, path: &str, found: &Value, why: impl Into<String>) {
        let found = found.to_string().chars().take(120).collect();
        self.unmapped.push(Unmapped {
            path: path.to_owned(),
            found,
            why: why.into(),
        });
    }
}
