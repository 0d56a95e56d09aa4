//! CSV rows as drafts: a TOML file says which column is which field, and what all rows have in common.
//!
//! A column that the mapping names neither as a field nor as left out on purpose refuses the file: nothing is dropped
//! unseen.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use jiff::civil::{Date, Time};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Item, Line, not_utf8};
use crate::data_dir;
use crate::error::DeskError;

/// A mapping file, read and checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    version: u32,
    #[serde(default)]
    file: Layout,
    /// Dotted field name → value, the same in every row.
    #[serde(default)]
    constants: BTreeMap<String, toml::Value>,
    columns: BTreeMap<String, Column>,
    /// Column → why it is left out.
    #[serde(default)]
    ignore: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layout {
    #[serde(default = "utf8")]
    encoding: String,
    #[serde(default = "comma")]
    delimiter: char,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            encoding: utf8(),
            delimiter: comma(),
        }
    }
}

fn utf8() -> String {
    "utf-8".to_owned()
}

fn comma() -> char {
    ','
}

#[derive(Clone, Debug, Deserialize)]
struct Column {
    to: String,
    #[serde(flatten)]
    kind: Kind,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Kind {
    /// A bare VIN or frame number, as typed.
    Vehicle,
    /// A date in `format` (strftime letters), completed by `time` and `offset` where the field wants a time.
    Date {
        format: String,
        time: Option<String>,
        offset: Option<String>,
    },
    /// Digits with the group separator given. `unit` is said for the reader.
    Integer {
        #[serde(default)]
        group: String,
        #[serde(default, rename = "unit")]
        _unit: Option<String>,
    },
    /// A number with a decimal point.
    Number {
        #[serde(default)]
        group: String,
        #[serde(default, rename = "unit")]
        _unit: Option<String>,
    },
    /// Taken as it stands.
    Text,
    /// One of the words given, as another.
    Choice { values: BTreeMap<String, toml::Value> },
    /// Split at `separator`; each part becomes an object with the one field `item`, or a text without `item`.
    List { separator: String, item: Option<String> },
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    /// Not TOML of this form, another version, or an encoding that is not read.
    pub fn read(path: &Path) -> Result<Self, DeskError> {
        let text = String::from_utf8(data_dir::read(path)?).map_err(|e| not_utf8(path, &e.utf8_error()))?;
        let mapping: Self =
            toml::from_str(&text).map_err(|e| DeskError::malformed(path, e.to_string().trim_end()))?;
        if mapping.version != 1 {
            return Err(DeskError::malformed(
                path,
                format!("version {}; version 1 is read", mapping.version),
            ));
        }
        if !mapping.file.encoding.eq_ignore_ascii_case("utf-8") {
            let fix = format!("encoding {:?}; save the CSV file as UTF-8", mapping.file.encoding);
            return Err(DeskError::malformed(path, fix));
        }
        if !mapping.file.delimiter.is_ascii() || matches!(mapping.file.delimiter, '"' | '\n' | '\r') {
            return Err(DeskError::malformed(
                path,
                "the delimiter must be one ASCII character, and neither a quotation mark nor the end of a line",
            ));
        }
        mapping
            .fills_no_field_twice()
            .map_err(|problem| DeskError::malformed(path, problem))?;
        Ok(mapping)
    }

    /// Two values for one field would leave it to chance which of them is signed.
    fn fills_no_field_twice(&self) -> Result<(), String> {
        let mut filled: Vec<(String, String)> = Vec::new();
        for (name, value) in &self.constants {
            leaves(name, value, &mut |field| {
                filled.push((field.to_owned(), format!("constant {field:?}")));
            });
        }
        for (header, column) in &self.columns {
            filled.push((column.to.clone(), format!("column {header:?}")));
        }
        filled.sort_by(|a, b| a.0.split('.').cmp(b.0.split('.')));
        for pair in filled.windows(2) {
            let [(first, one), (second, other)] = pair else {
                continue;
            };
            if first == second {
                return Err(format!("{one} and {other} both fill {first}; leave one out"));
            }
            if second
                .strip_prefix(first.as_str())
                .is_some_and(|rest| rest.starts_with('.'))
            {
                return Err(format!(
                    "{one} fills {first} as a whole and {other} fills {second} within it; leave one out"
                ));
            }
        }
        Ok(())
    }

    /// Refuses a heading that stands twice among those that are read: only one of the two columns could be meant.
    fn each_heading_once(&self, headers: &[String]) -> Result<(), String> {
        for (at, header) in headers.iter().enumerate() {
            let first = headers.iter().position(|other| other == header).unwrap_or(at);
            if first != at && self.columns.contains_key(header) {
                return Err(format!(
                    "line 1: the heading {header:?} stands twice, in columns {} and {}; rename the one that is not \
                     meant, and name it under [ignore] of the mapping",
                    first + 1,
                    at + 1
                ));
            }
        }
        Ok(())
    }

    pub(super) fn rows(
        &self,
        file: &Path,
        take: &mut impl FnMut(Line) -> Result<(), DeskError>,
    ) -> Result<(), DeskError> {
        let delimiter = u8::try_from(self.file.delimiter).unwrap_or(b',');
        let budget = Rc::new(Cell::new(MAX_ROW));
        let source = Bounded {
            file: File::open(file).map_err(DeskError::file(file))?,
            budget: Rc::clone(&budget),
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .from_reader(source);
        let csv_error = |e: csv::Error| DeskError::malformed(file, describe(&e, 1));
        let headers: Vec<String> = reader
            .headers()
            .map_err(csv_error)?
            .iter()
            .map(|h| {
                h.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}')
                    .to_owned()
            })
            .collect();
        if headers.iter().all(String::is_empty) {
            return Err(DeskError::malformed(file, "holds no row"));
        }
        let header: Arc<str> = row_text(headers.iter().map(String::as_str), delimiter).into();
        for header in &headers {
            if !self.columns.contains_key(header) && !self.ignore.contains_key(header) {
                let fix =
                    format!("column {header:?} is neither under [columns] nor under [ignore] of the mapping");
                return Err(DeskError::malformed(file, fix));
            }
        }
        self.each_heading_once(&headers)
            .map_err(|problem| DeskError::malformed(file, problem))?;
        for column in self.columns.keys() {
            if !headers.contains(column) {
                return Err(DeskError::malformed(
                    file,
                    format!("the mapping's column {column:?} is not in the file"),
                ));
            }
        }
        let (mut raw, mut seen) = (csv::ByteRecord::new(), false);
        loop {
            budget.set(MAX_ROW);
            let line = reader.position().line();
            if !reader
                .read_byte_record(&mut raw)
                .map_err(|e| DeskError::malformed(file, describe(&e, line)))?
            {
                break;
            }
            let line = raw.position().map_or(line, csv::Position::line);
            let row = csv::StringRecord::from_byte_record_lossy(raw.clone());
            let item = match raw
                .iter()
                .zip(1..)
                .find(|(cell, _)| std::str::from_utf8(cell).is_err())
            {
                Some((_, column)) => Err(vec![format!(
                    "field {column} is not UTF-8; save the file as UTF-8"
                )]),
                None => self.draft(&headers, &row),
            };
            seen = true;
            let text = row_text(row.iter(), delimiter);
            let (file, bytes, header) = (
                file.to_owned(),
                reader.position().byte(),
                Some(Arc::clone(&header)),
            );
            take(Line {
                file,
                line,
                bytes,
                text,
                header,
                item,
            })?;
        }
        if seen {
            Ok(())
        } else {
            Err(DeskError::malformed(file, "holds no row"))
        }
    }

    fn draft(&self, headers: &[String], row: &csv::StringRecord) -> Result<Item, Vec<String>> {
        let mut faults = Vec::new();
        if row.len() != headers.len() {
            let fix = if row.len() > headers.len() {
                "put a value that holds the separator between quotes (\"), as in \"61,020\""
            } else {
                "was the row cut off, or is a quote (\") not closed? An empty field needs its separator too"
            };
            return Err(vec![format!(
                "{} fields, the header has {}; {fix}",
                row.len(),
                headers.len()
            )]);
        }
        let mut draft = Map::new();
        for (field, value) in &self.constants {
            match serde_json::to_value(value) {
                Ok(value) => put(&mut draft, field, value),
                Err(e) => faults.push(format!("constant {field}: {e}")),
            }
        }
        for (header, cell) in headers.iter().zip(row) {
            let Some(column) = self.columns.get(header) else {
                continue;
            };
            let cell = cell.trim();
            if cell.is_empty() {
                continue;
            }
            match column.kind.value(cell) {
                Ok(value) => put(&mut draft, &column.to, value),
                Err(fault) => faults.push(format!("column {header:?}: {cell:?}: {fault}")),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        serde_json::from_value(Value::Object(draft))
            .map(|draft| Item::Draft(Box::new(draft)))
            .map_err(|e| vec![format!("not a statement: {e}")])
    }
}

impl Kind {
    fn value(&self, cell: &str) -> Result<Value, String> {
        match self {
            Self::Vehicle => crate::draft::parse_vehicle(cell).map(|id| json!(id.to_string())),
            Self::Text => Ok(json!(cell)),
            Self::Integer { group, .. } => {
                let number = ungrouped(cell, group).and_then(|digits| digits.parse::<i64>().ok());
                number.map(|n| json!(n)).ok_or_else(|| {
                    format!(
                        "is not a whole number; write digits alone, as 61020{}",
                        grouped(group)
                    )
                })
            }
            Self::Number { group, .. } => {
                let digits = match cell.split_once('.') {
                    Some((whole, decimals)) if group != "." => {
                        ungrouped(whole, group).map(|whole| format!("{whole}.{decimals}"))
                    }
                    _ => ungrouped(cell, group),
                };
                let number = digits
                    .and_then(|digits| digits.parse::<f64>().ok())
                    .filter(|n| n.is_finite());
                number.map(|n| json!(n)).ok_or_else(|| {
                    format!(
                        "is not a number; write it with a decimal point, as 61020.5{}",
                        grouped(group)
                    )
                })
            }
            Self::Choice { values } => {
                let known = || values.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                let value = values.get(cell).ok_or_else(|| {
                    format!(
                        "is none of {}; write one of them, or add it to the mapping",
                        known()
                    )
                })?;
                serde_json::to_value(value).map_err(|e| e.to_string())
            }
            Self::List { separator, item } => {
                let parts = cell
                    .split(separator.as_str())
                    .map(str::trim)
                    .filter(|part| !part.is_empty());
                Ok(parts
                    .map(|part| match item {
                        Some(field) => json!({ field.as_str(): part }),
                        None => json!(part),
                    })
                    .collect())
            }
            Self::Date { format, time, offset } => {
                let date = Date::strptime(format, cell)
                    .map_err(|_| format!("is not a date of the form {format}{}", example(format)))?;
                let Some(offset) = offset else {
                    return Ok(json!(date.to_string()));
                };
                let time: Time = time
                    .as_deref()
                    .unwrap_or("12:00:00")
                    .parse()
                    .map_err(|_| "has a time in the mapping that is not one".to_owned())?;
                Ok(json!(format!("{date}T{time}{offset}")))
            }
        }
    }
}

/// A whole number without its group separators. `None` where one stands anywhere but before three digits: "32,15" may be
/// 32.15 or a number that lost a digit, and taking the comma away would make a third one of it.
fn ungrouped(cell: &str, group: &str) -> Option<String> {
    if group.is_empty() || !cell.contains(group) {
        return Some(cell.to_owned());
    }
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let unsigned = cell.strip_prefix(['-', '+']).unwrap_or(cell);
    let mut parts = unsigned.split(group);
    let first = parts.next()?;
    let in_groups =
        (1..=3).contains(&first.len()) && digits(first) && parts.all(|part| part.len() == 3 && digits(part));
    in_groups.then(|| cell.replace(group, ""))
}

/// How a number may be grouped in this column.
fn grouped(group: &str) -> String {
    if group.is_empty() {
        String::new()
    } else {
        format!(" or 61{group}020")
    }
}

/// A day in this form, if the form can be written as well as read.
fn example(format: &str) -> String {
    let day = Date::constant(2025, 3, 18);
    let written = jiff::fmt::strtime::format(format, day);
    written.map_or_else(|_| String::new(), |written| format!("; write it as {written}"))
}

/// The most bytes a row may take from the file, what is read ahead included.
const MAX_ROW: usize = 256 << 10;

/// A file of which one row cannot fill the memory. Without this, a quote that is never closed makes one row of all that
/// follows.
struct Bounded {
    file: File,
    budget: Rc<Cell<usize>>,
}

impl std::io::Read for Bounded {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(into)?;
        let Some(left) = self.budget.get().checked_sub(read) else {
            let fix = "is a quote (\") not closed, or is this not a table?";
            return Err(std::io::Error::other(format!(
                "a row of more than {MAX_ROW} bytes begins here; {fix}"
            )));
        };
        self.budget.set(left);
        Ok(read)
    }
}

/// What is wrong with the table, with the line. Where the error names none, it came up after `line`.
fn describe(error: &csv::Error, line: u64) -> String {
    match error.kind() {
        csv::ErrorKind::Io(e) => format!("line {line}: {e}"),
        csv::ErrorKind::Utf8 { .. } => {
            let line = error.position().map_or(line, csv::Position::line);
            format!("line {line}: not UTF-8; save the file as UTF-8")
        }
        _ => format!("line {line}: {error}"),
    }
}

/// A row as it may stand in a file again.
fn row_text<'a>(cells: impl Iterator<Item = &'a str>, delimiter: u8) -> String {
    let separator = char::from(delimiter);
    let quoted = |cell: &str| {
        let plain = !cell.contains([separator, '"', '\n', '\r']);
        if plain {
            cell.to_owned()
        } else {
            format!("\"{}\"", cell.replace('"', "\"\""))
        }
    };
    cells.map(quoted).collect::<Vec<_>>().join(&separator.to_string())
}

/// The dotted names of what a constant fills, which may be a table of constants.
fn leaves(name: &str, value: &toml::Value, take: &mut impl FnMut(&str)) {
    match value {
        toml::Value::Table(table) if !table.is_empty() => {
            for (inner, value) in table {
                leaves(&format!("{name}.{inner}"), value, take);
            }
        }
        _ => take(name),
    }
}

/// Puts a value at a dotted name.
fn put(into: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        None => {
            into.insert(name.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = into.entry(first).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}
