//! Files that people record, read one statement at a time so that a file of any size needs little memory.
//!
//! | ending | content |
//! |---|---|
//! | `.jsonl` | a draft, or a signed statement with or without quotes, on each line |
//! | `.json` | one draft, or an array of drafts |
//! | `.csv` | rows, with a mapping file that says which column is which field |
//! | `.sdjwt` | a signed statement on each line |
//!
//! A folder stands for its files with these endings, in order of name.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::data_dir;
use crate::draft::Draft;
use crate::error::DeskError;
use crate::issuer::Issuer;

mod mapping;

pub use mapping::Mapping;

/// The longest line that is read: an SD-JWT is no longer, and a draft is shorter than what it is signed into.
const MAX_LINE: u64 = 256 << 10;

/// The largest `.json` file that is read. It has to be in memory as a whole, which takes many times its size.
const MAX_ARRAY: u64 = 8 << 20;

/// One statement as found.
#[derive(Clone, Debug)]
pub enum Item {
    /// To be signed here.
    Draft(Box<Draft>),
    /// Signed already, as compact SD-JWT.
    Signed(String),
}

/// Where a statement was found, and what it is or why it cannot be read.
#[derive(Clone, Debug)]
pub struct Line {
    /// The file.
    pub file: PathBuf,
    /// The line in it, from 1; the position in a `.json` array.
    pub line: u64,
    /// The bytes read so far of this file, for progress.
    pub bytes: u64,
    /// The text, so that a refused line can be written out again. Empty if the line is longer than any statement.
    pub text: String,
    /// The header of a `.csv` file, without which its rows say nothing.
    pub header: Option<Arc<str>>,
    /// The statement, or the faults.
    pub item: Result<Item, Vec<String>>,
}

/// What a path stands for.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// The files to record, in order, with their mappings.
    pub recorded: Vec<(PathBuf, Option<Mapping>)>,
    /// Files of a folder that cannot be recorded as they are, and why.
    pub passed_over: Vec<(PathBuf, String)>,
}

/// Finds the files a path stands for.
///
/// # Errors
/// The path does not exist; or it is a file, and its ending is not read or its mapping is missing.
pub fn files(path: &Path, mapping: Option<&Path>) -> Result<Files, DeskError> {
    let found = if path.is_dir() {
        folder(path)?
    } else {
        vec![path.to_owned()]
    };
    let named = !path.is_dir();
    let Files {
        recorded: mut files,
        mut passed_over,
    } = Files::default();
    for file in found {
        let kind = ending(&file);
        match kind.as_str() {
            "jsonl" | "json" | "sdjwt" => files.push((file, None)),
            "csv" => {
                let beside = file.with_extension("mapping.toml");
                let path = mapping.map_or(beside, Path::to_owned);
                if !path.exists() && !named {
                    passed_over.push((file, format!("no {} beside it", path.display())));
                    continue;
                }
                if !path.exists() && mapping.is_none() {
                    let fix = format!("no mapping; write {} or name one with --mapping", path.display());
                    return Err(DeskError::malformed(&file, fix));
                }
                files.push((file, Some(Mapping::read(&path)?)));
            }
            _ if named => {
                std::fs::metadata(&file).map_err(DeskError::file(&file))?;
                let fix = "cannot be recorded; endings are .jsonl, .json, .csv (with a mapping) and .sdjwt";
                return Err(DeskError::malformed(&file, fix));
            }
            _ => {}
        }
    }
    Ok(Files {
        recorded: files,
        passed_over,
    })
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, DeskError> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(DeskError::file(path))? {
        let file = entry.map_err(DeskError::file(path))?.path();
        // A folder may describe its issuers beside its statements; single `.json` files are recorded by naming them.
        let recorded = matches!(ending(&file).as_str(), "jsonl" | "csv" | "sdjwt");
        if file.is_file() && recorded {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn ending(path: &Path) -> String {
    path.extension()
        .map(|e| e.to_string_lossy().to_ascii_lowercase())
        .unwrap_or_default()
}

/// Reads one file, statement by statement.
///
/// # Errors
/// The file cannot be read at all, or `take` failed. Faults of single lines are handed to `take`.
pub fn read(
    file: &Path,
    mapping: Option<&Mapping>,
    mut take: impl FnMut(Line) -> Result<(), DeskError>,
) -> Result<(), DeskError> {
    match (ending(file).as_str(), mapping) {
        ("csv", Some(mapping)) => mapping.rows(file, &mut take),
        ("json", _) => array(file, &mut take),
        ("sdjwt", _) => lines(file, |text| Ok(Item::Signed(text.to_owned())), &mut take),
        _ => lines(file, json_line, &mut take),
    }
}

/// How every signed statement begins: the base64url of `{"`.
const SIGNED: &str = "eyJ";

fn json_line(text: &str) -> Result<Item, Vec<String>> {
    let read = match text.as_bytes().first() {
        Some(b'{') => serde_json::from_str(text).map(|draft| Item::Draft(Box::new(draft))),
        Some(b'"') => serde_json::from_str(text).map(Item::Signed),
        _ if text.starts_with(SIGNED) => Ok(Item::Signed(text.to_owned())),
        _ => {
            let begin: String = text.chars().take(20).collect();
            let fix = "write a draft as one JSON object, or a signed statement";
            return Err(vec![format!("a statement does not begin with {begin:?}; {fix}")]);
        }
    };
    read.map_err(|e| vec![describe(&e)])
}

/// What serde says, without its own line count: the file's line is named beside it.
fn describe(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    match error.classify() {
        serde_json::error::Category::Data => format!("not a statement: {what}"),
        serde_json::error::Category::Eof => "not JSON: the text ends too early; was it cut off?".to_owned(),
        _ if what.starts_with("recursion limit") => "nested deeper than any statement is".to_owned(),
        _ => format!("not JSON at column {}: {what}", error.column()),
    }
}

fn lines(
    file: &Path,
    parse: impl Fn(&str) -> Result<Item, Vec<String>>,
    take: &mut impl FnMut(Line) -> Result<(), DeskError>,
) -> Result<(), DeskError> {
    let mut reader = BufReader::new(std::fs::File::open(file).map_err(DeskError::file(file))?);
    let (mut line, mut bytes, mut seen) = (0, 0_u64, false);
    loop {
        let mut raw = Vec::new();
        let read = (&mut reader)
            .take(MAX_LINE)
            .read_until(b'\n', &mut raw)
            .map_err(DeskError::file(file))? as u64;
        if read == 0 {
            break;
        }
        line += 1;
        bytes += read;
        let cut = read == MAX_LINE && raw.last() != Some(&b'\n');
        if cut {
            bytes += skip_line(&mut reader).map_err(DeskError::file(file))?;
        }
        let (text, item) = match String::from_utf8(raw) {
            _ if cut => (
                String::new(),
                Err(vec![format!(
                    "longer than {MAX_LINE} bytes, which no statement is; put each statement on a line of its own"
                )]),
            ),
            Err(e) => {
                let at = e.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(e.as_bytes()).trim().to_owned();
                (
                    text,
                    Err(vec![format!(
                        "not UTF-8 from byte {at} of the line on; save the file as UTF-8"
                    )]),
                )
            }
            Ok(text) if unmarked(&text, line).trim().is_empty() => continue,
            Ok(text) => {
                let text = unmarked(&text, line).trim().to_owned();
                let item = parse(&text);
                (text, item)
            }
        };
        seen = true;
        take(Line {
            file: file.to_owned(),
            line,
            bytes,
            text,
            header: None,
            item,
        })?;
    }
    if seen {
        Ok(())
    } else {
        Err(DeskError::malformed(file, "holds no statement"))
    }
}

/// A line without the byte order mark that some programs put before the first.
fn unmarked(text: &str, line: u64) -> &str {
    if line == 1 {
        text.trim_start_matches('\u{feff}')
    } else {
        text
    }
}

/// Reads over the rest of a line that is too long, a piece at a time.
fn skip_line(reader: &mut impl std::io::BufRead) -> std::io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(skipped);
        }
        let end = buffer.iter().position(|b| *b == b'\n');
        let used = end.map_or(buffer.len(), |at| at + 1);
        reader.consume(used);
        skipped += used as u64;
        if end.is_some() {
            return Ok(skipped);
        }
    }
}

/// Why a text is refused, and from where on.
fn not_utf8(file: &Path, error: &std::str::Utf8Error) -> DeskError {
    let at = error.valid_up_to();
    DeskError::malformed(
        file,
        format!("not UTF-8 from byte {at} on; save the file as UTF-8"),
    )
}

/// Reads a list of issuers to enrol: a JSON array of `{"id", "name", "roles"}`.
///
/// # Errors
/// The file cannot be read, or is not such a list.
pub fn issuers(file: &Path) -> Result<Vec<Issuer>, DeskError> {
    let text = String::from_utf8(data_dir::read(file)?).map_err(|e| not_utf8(file, &e.utf8_error()))?;
    serde_json::from_str(unmarked(&text, 1)).map_err(|e| {
        let what = e.to_string();
        let problem = match e.classify() {
            serde_json::error::Category::Data => what,
            _ => format!("line {}: {}", e.line(), describe(&e)),
        };
        DeskError::malformed(
            file,
            format!("{problem}; write an array of {{\"id\", \"name\", \"roles\"}} objects"),
        )
    })
}

/// The lines at which the elements of a JSON array begin, or one value that is none. The text is known to be JSON.
fn elements_begin(text: &str) -> Vec<u64> {
    let (mut lines, mut line, mut depth) = (Vec::new(), 1, 0_u32);
    let (mut in_string, mut escaped, mut expected) = (false, false, true);
    let inside = u32::from(text.trim_start().starts_with('['));
    for byte in text.bytes() {
        if byte == b'\n' {
            line += 1;
        }
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        if depth == inside && expected && !byte.is_ascii_whitespace() && byte != b']' {
            lines.push(line);
            expected = false;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == inside => expected = true,
            _ => {}
        }
    }
    lines
}

fn array(file: &Path, take: &mut impl FnMut(Line) -> Result<(), DeskError>) -> Result<(), DeskError> {
    let raw = data_dir::read_up_to(
        file,
        MAX_ARRAY,
        "write one statement a line into a .jsonl file, which may be of any size",
    )?;
    let bytes = raw.len() as u64;
    let text = String::from_utf8(raw).map_err(|e| not_utf8(file, &e.utf8_error()))?;
    let text = unmarked(&text, 1);
    if text.trim().is_empty() {
        return Err(DeskError::malformed(file, "holds no statement"));
    }
    let value: serde_json::Value = serde_json::from_str(text)
        .map_err(|e| DeskError::malformed(file, format!("line {}: {}", e.line(), describe(&e))))?;
    let values = match value {
        serde_json::Value::Array(values) => values,
        one => vec![one],
    };
    if values.is_empty() {
        return Err(DeskError::malformed(file, "holds no statement"));
    }
    for (value, line) in values.into_iter().zip(1..) {
        let text = value.to_string();
        let item = json_line(&text);
        take(Line {
            file: file.to_owned(),
            line,
            bytes,
            text,
            header: None,
            item,
        })?;
    }
    Ok(())
}
