//! Files that people record, read one statement at a time so that a file of any size needs little memory.
//!
//! | ending | content |
//! |---|---|
//! | `.jsonl` | a draft, or a signed statement with or without quotes, on each line |
//! | `.json` | one draft, or an array of drafts |
//! | `.csv` | rows, with a mapping file that says which column is which field |
//! | `.sdjwt` | a signed statement on each line |
//!
//! A folder stands for its files with these endings except `.json`, in order of name. Whatever else lies in it is listed with
//! the way to record it: nothing is left out unseen.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use statement::form82::{self, ImportError};
use statement::sd_jwt::{JsonError, JsonFault, read_json};

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

/// The longest first line of a table that is looked at to tell what the table is.
const MAX_HEADING: u64 = 4 << 10;

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
    /// The line in it, from 1, at which the statement begins.
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
    /// What else lies in a folder: why it is not read, and how it is recorded.
    pub passed_over: Vec<(PathBuf, String)>,
    /// Files of a folder that should be recorded and cannot: their mapping cannot be used.
    pub unusable: Vec<(PathBuf, String)>,
}

/// Finds the files a path stands for.
///
/// # Errors
/// The path does not exist; it is a file, and its ending is not read or its mapping is missing; or it is a folder in which
/// nothing can be recorded.
pub fn files(path: &Path, mapping: Option<&Path>) -> Result<Files, DeskError> {
    if path.is_dir() {
        folder(path, mapping)
    } else {
        let recorded = vec![named(path, mapping)?];
        Ok(Files {
            recorded,
            ..Files::default()
        })
    }
}

fn named(file: &Path, mapping: Option<&Path>) -> Result<(PathBuf, Option<Mapping>), DeskError> {
    match ending(file).as_str() {
        "jsonl" | "json" | "sdjwt" => Ok((file.to_owned(), None)),
        "csv" => {
            let path = mapping.map_or_else(|| beside(file), Path::to_owned);
            if !path.exists() && mapping.is_none() {
                if condition_table(file)? {
                    return Err(DeskError::malformed(file, AS_FORM82));
                }
                let fix = format!("no mapping; write {} or name one with --mapping", path.display());
                return Err(DeskError::malformed(file, fix));
            }
            Ok((file.to_owned(), Some(Mapping::read(&path)?)))
        }
        _ => {
            std::fs::metadata(file).map_err(DeskError::file(file))?;
            let fix = "cannot be recorded; endings are .jsonl, .json, .csv (with a mapping) and .sdjwt";
            Err(DeskError::malformed(file, fix))
        }
    }
}

/// Where the mapping of a table lies, if nobody names one.
pub(crate) fn beside(table: &Path) -> PathBuf {
    table.with_extension("mapping.toml")
}

fn folder(path: &Path, mapping: Option<&Path>) -> Result<Files, DeskError> {
    let common = mapping.map(Mapping::read).transpose()?;
    let mut within = Vec::new();
    for entry in std::fs::read_dir(path).map_err(DeskError::file(path))? {
        within.push(entry.map_err(DeskError::file(path))?.path());
    }
    within.sort();
    let mut files = Files::default();
    for file in within {
        let kind = ending(&file);
        let here = crate::shell::path(&file);
        let why = match kind.as_str() {
            _ if mapping.is_some_and(|mapping| mapping == file) => continue,
            _ if file.is_dir() => {
                format!("a folder within the folder; record it with `carnet record {here}`")
            }
            _ if !file.is_file() => "neither a file nor a folder, or a link that leads nowhere".to_owned(),
            "jsonl" | "sdjwt" => {
                files.recorded.push((file, None));
                continue;
            }
            "csv" => {
                let own = beside(&file);
                match (&common, own.exists()) {
                    (Some(common), _) => files.recorded.push((file, Some(common.clone()))),
                    (None, true) => match Mapping::read(&own) {
                        Ok(mapping) => files.recorded.push((file, Some(mapping))),
                        Err(problem) => files.unusable.push((file, problem.to_string())),
                    },
                    (None, false) => {
                        let fix = "a condition record is recorded by itself, with --form82";
                        let why = format!("no {} beside it; {fix}", own.display());
                        files.passed_over.push((file, why));
                    }
                }
                continue;
            }
            // A folder may describe its issuers, or hold condition records, beside its statements.
            "json" if issuers(&file).is_ok_and(|listed| !listed.is_empty()) => {
                format!("a list of issuers; enrol them with `carnet issuer enrol --file {here}`")
            }
            "json" => format!(
                ".json files are recorded one by one: `carnet record {here}`, with --form82 if it is a condition record"
            ),
            "ndjson" | "ldjson" => "lines of JSON; give it the ending .jsonl to record it".to_owned(),
            "toml" if mapping_of(&file).is_some_and(|table| table.is_file()) => continue,
            _ => "not a file of statements; endings are .jsonl, .json, .csv (with a mapping) and .sdjwt"
                .to_owned(),
        };
        files.passed_over.push((file, why));
    }
    if files.recorded.is_empty() && files.unusable.is_empty() {
        let mut problem = "holds no .jsonl, .csv or .sdjwt file that can be recorded".to_owned();
        for (file, why) in files.passed_over.iter().take(SHOWN) {
            problem.push_str(&format!("\n  not read: {}: {why}", file.display()));
        }
        if let Some(more) = files
            .passed_over
            .len()
            .checked_sub(SHOWN)
            .filter(|more| *more > 0)
        {
            problem.push_str(&format!("\n  … and {more} more"));
        }
        return Err(DeskError::malformed(path, problem));
    }
    Ok(files)
}

/// Entries of a folder named in an error.
const SHOWN: usize = 20;

/// The table that a mapping file lies beside.
fn mapping_of(file: &Path) -> Option<PathBuf> {
    let name = file.file_name()?.to_str()?.strip_suffix(".mapping.toml")?;
    let wanted = format!("{name}.csv");
    // Endings are read in either case.
    let within = std::fs::read_dir(file.parent()?).ok()?;
    within
        .filter_map(Result::ok)
        .find(|entry| entry.file_name().to_string_lossy().eq_ignore_ascii_case(&wanted))
        .map(|entry| entry.path())
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
        Some(b'{') => {
            let draft = read_json(text.as_bytes()).map_err(|e| vec![strictly(&e)])?;
            let record = condition_record(&draft, text);
            match serde_json::from_value(draft) {
                Err(_) if record => {
                    return Err(vec![format!("{AS_FORM82}; write it into a file of its own")]);
                }
                read => read.map(|draft| Item::Draft(Box::new(draft))),
            }
        }
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

/// How a condition record is recorded. It says neither who signs it nor when it was made.
const AS_FORM82: &str = "is a condition record (Form 82), which is recorded by itself, with `carnet record FILE --form82 --issuer ID \
                         --vehicle VIN --event-time TIME`";

/// Whether this is a condition record and no draft of a statement.
fn condition_record(value: &serde_json::Value, text: &str) -> bool {
    let has = |names: &[&str]| names.iter().any(|name| value.get(name).is_some());
    // The odometer, the state of the VIN and fire at least, in whatever words. To read every wrong line of a large file as a record
    // would take too long.
    let enough = value.as_object().is_some_and(|members| members.len() >= 3);
    !has(&["typ", "vid", "body"])
        && (has(&["inners", "outers"])
            || enough
                && matches!(
                    form82::import_json(text.as_bytes()),
                    Ok(_) | Err(ImportError::GivenTwice { .. } | ImportError::Contradiction { .. })
                ))
}

/// Whether the first line of a table names the columns of a condition record.
fn condition_table(file: &Path) -> Result<bool, DeskError> {
    let mut first = Vec::new();
    std::fs::File::open(file)
        .map(BufReader::new)
        .and_then(|reader| reader.take(MAX_HEADING).read_until(b'\n', &mut first))
        .map_err(DeskError::file(file))?;
    Ok(!matches!(form82::import_csv(&first), Err(ImportError::Csv(_))))
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

/// What makes JSON unreadable, without the line.
fn strictly(error: &JsonError) -> String {
    match &error.fault {
        JsonFault::DuplicateMember(_) => format!("{}; leave out the one that is not meant", error.fault),
        JsonFault::TooDeep => "nested deeper than any statement is".to_owned(),
        JsonFault::Malformed => describe(&error.source),
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

/// Reads a list of issuers to enrol: a JSON array of `{"id", "name", "roles"}`. Each comes with the line it begins on.
///
/// # Errors
/// The file cannot be read, or is not such a list.
pub fn issuers(file: &Path) -> Result<Vec<(u64, Issuer)>, DeskError> {
    let text = String::from_utf8(data_dir::read(file)?).map_err(|e| not_utf8(file, &e.utf8_error()))?;
    let text = unmarked(&text, 1);
    let wrong = |problem: String| {
        let fix = "write an array of {\"id\", \"name\", \"roles\"} objects";
        DeskError::malformed(file, format!("{problem}; {fix}"))
    };
    let list = read_json(text.as_bytes())
        .map_err(|e| wrong(format!("line {}: {}", e.source.line(), strictly(&e))))?;
    let serde_json::Value::Array(list) = list else {
        return Err(wrong("not a list of issuers".to_owned()));
    };
    let places = elements_begin(text).into_iter().chain(std::iter::repeat(1));
    let issuer = |(line, value): (u64, serde_json::Value)| {
        let id = value
            .get("id")
            .map_or(String::new(), |id| format!("issuer {id}: "));
        let issuer = serde_json::from_value(value);
        issuer
            .map(|issuer| (line, issuer))
            .map_err(|e| wrong(format!("line {line}: {id}{e}")))
    };
    places.zip(list).map(issuer).collect()
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
    let value = read_json(text.as_bytes())
        .map_err(|e| DeskError::malformed(file, format!("line {}: {}", e.source.line(), strictly(&e))))?;
    let values = match value {
        serde_json::Value::Array(values) => values,
        one if condition_record(&one, text) => return Err(DeskError::malformed(file, AS_FORM82)),
        one => vec![one],
    };
    if values.is_empty() {
        return Err(DeskError::malformed(file, "holds no statement"));
    }
    let lines = elements_begin(text);
    for (at, value) in values.into_iter().enumerate() {
        let line = lines.get(at).copied().unwrap_or(1);
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

#[cfg(test)]
mod tests {
    use super::elements_begin;

    #[test]
    fn each_element_of_an_array_is_known_by_the_line_it_begins_on() {
        for (text, lines) in [
            ("[{}, {}]", vec![1, 1]),
            ("[\n{\n \"a\": \"],[{\\\"\"\n},\n\n  [1,\n2],\n5]", vec![2, 6, 8]),
            ("\n{\"a\": [1,\n2]}\n", vec![2]),
            ("5", vec![1]),
            ("[]", vec![]),
        ] {
            assert_eq!(elements_begin(text), lines, "{text}");
        }
    }
}
