//! A file of cars: CSV with one car a row, or JSON Lines with one car a line. A bad row is named, the others are served.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use border::{Car, Fault, Values};

use super::{Known, set_value};
use crate::error::DeskError;

/// The longest row that is read, in bytes.
const MAX_ROW: u64 = 64 << 10;

/// The largest CSV file that is read: its rows may hold line breaks, so they cannot be bounded one by one.
const MAX_CSV: u64 = 256 << 20;

/// One car as found.
#[derive(Clone, Debug)]
pub struct Row {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u64,
    /// Bytes read so far, for progress.
    pub bytes: u64,
    /// What the yard calls it: the columns `name` or `vin`.
    pub name: String,
    /// The car and its prices, or what is wrong.
    pub car: Result<(Car, Values), Vec<Fault>>,
}

/// The size of a file, for progress.
///
/// # Errors
/// There is no such file, or it is larger than the program reads.
pub fn size(file: &Path) -> Result<u64, DeskError> {
    let size = std::fs::metadata(file).map_err(DeskError::file(file))?.len();
    if is_csv(file) && size > MAX_CSV {
        return Err(DeskError::TooLarge {
            path: file.to_owned(),
            limit: MAX_CSV,
            fix: "split it, or write one car a line into a .jsonl file, which may be of any size",
        });
    }
    Ok(size)
}

fn is_csv(file: &Path) -> bool {
    file.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// Reads the cars of a file, one by one.
///
/// # Errors
/// The file cannot be read at all, or `take` failed. Faults of single rows are handed to `take`.
pub fn read(
    file: &Path,
    defaults: &(Car, Values),
    mut take: impl FnMut(Row) -> Result<(), DeskError>,
) -> Result<(), DeskError> {
    size(file)?;
    let seen = if is_csv(file) {
        table(file, defaults, &mut take)?
    } else {
        lines(file, defaults, &mut take)?
    };
    if seen {
        Ok(())
    } else {
        Err(DeskError::malformed(file, "holds no car"))
    }
}

fn table(
    file: &Path,
    defaults: &(Car, Values),
    take: &mut impl FnMut(Row) -> Result<(), DeskError>,
) -> Result<bool, DeskError> {
    let opened = File::open(file).map_err(DeskError::file(file))?.take(MAX_CSV);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(BufReader::new(opened));
    let header: Vec<String> = reader
        .headers()
        .map_err(|error| DeskError::malformed(file, format!("line 1: {error}")))?
        .iter()
        .map(|cell| cell.trim_start_matches('\u{feff}').to_owned())
        .collect();
    let mut probe = (Car::new(), Values::default());
    for name in &header {
        // A column that no car could fill is a mistake of the whole file.
        if let Err(fault) = set_cell(&mut probe, name, "1")
            && fault.problem.starts_with("no such fact")
        {
            return Err(DeskError::malformed(
                file,
                format!("line 1: column {name:?}: {}", fault.problem),
            ));
        }
    }
    let mut record = csv::StringRecord::new();
    let mut seen = false;
    loop {
        let line = reader.position().line();
        let row = match reader.read_record(&mut record) {
            Ok(false) => return Ok(seen),
            Ok(true) if record.len() != header.len() => Err(vec![Fault {
                field: "row".to_owned(),
                value: format!("{} cells", record.len()),
                problem: format!("the header has {}; quote cells that hold a comma", header.len()),
            }]),
            Ok(true) => Ok(()),
            Err(error) if matches!(error.kind(), csv::ErrorKind::Io(_)) => {
                return Err(DeskError::malformed(file, error));
            }
            Err(error) => Err(vec![Fault {
                field: "row".to_owned(),
                value: String::new(),
                problem: format!("{error}; save the file as UTF-8"),
            }]),
        };
        seen = true;
        let line = record.position().map_or(line, csv::Position::line);
        let cells = header.iter().map(String::as_str).zip(record.iter());
        let (name, car) = match row {
            Ok(()) => build(defaults, cells),
            Err(faults) => (String::new(), Err(faults)),
        };
        take(Row {
            file: file.to_owned(),
            line,
            bytes: reader.position().byte(),
            name,
            car,
        })?;
    }
}

fn lines(
    file: &Path,
    defaults: &(Car, Values),
    take: &mut impl FnMut(Row) -> Result<(), DeskError>,
) -> Result<bool, DeskError> {
    let mut reader = BufReader::new(File::open(file).map_err(DeskError::file(file))?);
    let (mut line, mut bytes, mut seen) = (0, 0, false);
    loop {
        let mut raw = Vec::new();
        let read = (&mut reader)
            .take(MAX_ROW)
            .read_until(b'\n', &mut raw)
            .map_err(DeskError::file(file))? as u64;
        if read == 0 {
            return Ok(seen);
        }
        line += 1;
        bytes += read;
        if read == MAX_ROW && raw.last() != Some(&b'\n') {
            return Err(DeskError::malformed(
                file,
                format!(
                    "line {line}: longer than {MAX_ROW} bytes, which no car is; put each car on a line of its own"
                ),
            ));
        }
        let text = String::from_utf8_lossy(&raw);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        seen = true;
        let (name, car) = match cells(text) {
            Ok(cells) => build(
                defaults,
                cells.iter().map(|(name, text)| (name.as_str(), text.as_str())),
            ),
            Err(problem) => {
                let begin: String = text.chars().take(30).collect();
                let fault = Fault {
                    field: "row".to_owned(),
                    value: begin,
                    problem,
                };
                (String::new(), Err(vec![fault]))
            }
        };
        take(Row {
            file: file.to_owned(),
            line,
            bytes,
            name,
            car,
        })?;
    }
}

/// The fields of a line that holds a JSON object, as texts.
fn cells(text: &str) -> Result<Vec<(String, String)>, String> {
    let object =
        serde_json::from_str(text).map_err(|error| format!("not a JSON object on one line: {error}"))?;
    texts(object)
}

/// The fields of a JSON object as texts.
fn texts(object: serde_json::Map<String, serde_json::Value>) -> Result<Vec<(String, String)>, String> {
    use serde_json::Value;
    object
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Bool(truth) => truth.to_string(),
                Value::Array(items) if items.is_empty() => "none".to_owned(),
                Value::Array(items) => items
                    .iter()
                    .map(|item| {
                        item.as_str()
                            .map(str::to_owned)
                            .ok_or_else(|| format!("{name}: a list holds texts only"))
                    })
                    .collect::<Result<Vec<_>, _>>()?
                    .join(", "),
                _ => {
                    return Err(format!(
                        "{name}: write a text, a number, true, false, or a list of texts"
                    ));
                }
            };
            Ok((name, text))
        })
        .collect()
}

/// A car from a JSON object, as a line of a yard file holds it: its name, and the car with its prices or what is wrong. Facts
/// add to those of its history where that is known.
pub fn car_of(
    object: serde_json::Map<String, serde_json::Value>,
    history: Option<Known>,
) -> (String, Result<(Car, Values), Vec<Fault>>) {
    let cells = match texts(object) {
        Ok(cells) => cells,
        Err(problem) => {
            let fault = Fault {
                field: "car".to_owned(),
                value: String::new(),
                problem,
            };
            return (String::new(), Err(vec![fault]));
        }
    };
    let mut all = cells.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let Some(mut known) = history else {
        return build(&(Car::new(), Values::default()), all);
    };
    // The names and prices are read as ever; what is left must not contradict the history.
    let is_price = |name: &str| {
        matches!(name, "name" | "vin" | "price" | "freight" | "insurance") || name.starts_with("value.")
    };
    let (name, made) = build(
        &(Car::new(), Values::default()),
        all.clone().filter(|(name, _)| is_price(name)),
    );
    let (values, mut faults) = match made {
        Ok((_, values)) => (values, Vec::new()),
        Err(faults) => (Values::default(), faults),
    };
    faults.extend(
        all.by_ref()
            .filter(|(name, text)| !is_price(name) && !text.trim().is_empty())
            .filter_map(|(name, text)| known.add(name, text).err()),
    );
    (
        name,
        if faults.is_empty() {
            Ok((known.car, values))
        } else {
            Err(faults)
        },
    )
}

/// A car from named texts; empty ones are not known.
fn build<'a>(
    defaults: &(Car, Values),
    cells: impl Iterator<Item = (&'a str, &'a str)>,
) -> (String, Result<(Car, Values), Vec<Fault>>) {
    let mut made = defaults.clone();
    let (mut name, mut vin) = (String::new(), String::new());
    let mut faults = Vec::new();
    for (column, text) in cells.filter(|(_, text)| !text.trim().is_empty()) {
        match column {
            "name" => name = text.to_owned(),
            "vin" => vin = text.to_owned(),
            _ => {
                if let Err(fault) = set_cell(&mut made, column, text) {
                    faults.push(fault);
                }
            }
        }
    }
    let name = if name.is_empty() { vin } else { name };
    (name, if faults.is_empty() { Ok(made) } else { Err(faults) })
}

fn set_cell(made: &mut (Car, Values), column: &str, text: &str) -> Result<(), Fault> {
    match column {
        "name" | "vin" => Ok(()),
        "price" | "freight" | "insurance" => set_value(&mut made.1, column, text),
        _ => match column.strip_prefix("value.") {
            Some(name) => set_value(&mut made.1, name, text),
            None => made.0.set(column, text),
        },
    }
}

/// Sets a fact, price or value of a car by the name of its column.
///
/// # Errors
/// There is no such column, or the text is no value of it.
pub fn set_fact(car: &mut Car, values: &mut Values, column: &str, text: &str) -> Result<(), Fault> {
    let mut made = (std::mem::take(car), std::mem::take(values));
    let set = set_cell(&mut made, column, text);
    (*car, *values) = made;
    set
}
