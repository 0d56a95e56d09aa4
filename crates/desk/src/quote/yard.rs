//! A file of cars: CSV or JSON Lines, with one car a line. A bad line is named, the others are served.

mod fields;
mod line;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use border::{Car, Fault, Values};
use line::{Line, Lines};
use vehicle::VehicleId;

use super::facts::is_power;
use super::{Known, KnownFact, LeftOpen, set_value};
use crate::error::DeskError;

/// The longest row that is read, in bytes.
const MAX_ROW: usize = 64 << 10;

const TOO_LONG: &str = "longer than 65536 bytes, which no car is; put each car on a line of its own";

/// The most columns that a file of cars may have: more than there are facts and values of all packs.
const MAX_COLUMNS: usize = 500;

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
    /// What the log says of the car of this `vin`.
    pub history: Looked,
}

/// What came of looking a row's car up in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// The row names no car, or there is no log to look in.
    Not,
    /// The log knows nothing of this car; its facts are those of the file.
    Unknown {
        /// The car as the row names it.
        vin: String,
    },
    /// The log could not be asked, so the row is refused: quoted from the file it might contradict its history.
    Failed,
    /// The log knows it.
    Known {
        /// Facts that come from its history.
        facts: Vec<KnownFact>,
        /// What its history does not settle.
        left_open: Vec<LeftOpen>,
        /// Defaults that its history contradicts, and that were left out for it.
        overruled: Vec<Fault>,
    },
}

/// Looks a car up in the log.
pub type History<'h> = &'h mut dyn FnMut(&VehicleId) -> Result<Option<Known>, DeskError>;

/// A row's name, what the log says, and the car or what is wrong with it.
type Built = (String, Looked, Result<(Car, Values), Vec<Fault>>);

/// The size of a file, for progress.
///
/// # Errors
/// There is no such file.
pub fn size(file: &Path) -> Result<u64, DeskError> {
    Ok(std::fs::metadata(file).map_err(DeskError::file(file))?.len())
}

fn is_csv(file: &Path) -> bool {
    file.extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("csv"))
}

/// Reads the cars of a file, one by one. Where there is a log to look in, facts of a car that it knows by its `vin` come from
/// its history, and the file may add to them.
///
/// # Errors
/// The file cannot be read at all, or `take` failed. Faults of single rows are handed to `take`.
pub fn read(
    file: &Path,
    defaults: &(Car, Values),
    mut history: Option<History<'_>>,
    mut take: impl FnMut(Row) -> Result<(), DeskError>,
) -> Result<(), DeskError> {
    let seen = if is_csv(file) {
        table(file, defaults, &mut history, &mut take)?
    } else {
        lines(file, defaults, &mut history, &mut take)?
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
    history: &mut Option<History<'_>>,
    take: &mut impl FnMut(Row) -> Result<(), DeskError>,
) -> Result<bool, DeskError> {
    let mut lines = open(file)?;
    let mut header: Option<Vec<String>> = None;
    let mut seen = false;
    while let Some(Line { number, bytes, text }) = lines.next().map_err(DeskError::file(file))? {
        let cells = text.as_deref().map_or(Err(TOO_LONG.to_owned()), cells);
        match (&header, cells) {
            (_, Ok(None)) => {}
            (None, Ok(Some(cells))) => {
                check_header(file, number, &cells)?;
                header = Some(cells);
            }
            (None, Err(problem)) => {
                return Err(DeskError::malformed(file, format!("line {number}: {problem}")));
            }
            (Some(header), cells) => {
                seen = true;
                let (name, history, car) = match cells {
                    Ok(Some(cells)) if cells.len() == header.len() => look_up(
                        defaults,
                        &header
                            .iter()
                            .map(String::as_str)
                            .zip(cells.iter().map(String::as_str))
                            .collect::<Vec<_>>(),
                        history,
                    ),
                    Ok(cells) => refused(
                        &format!("{} cells", cells.map_or(0, |cells| cells.len())),
                        format!("the header has {}; quote cells that hold a comma", header.len()),
                    ),
                    Err(problem) => refused(&begin(text.as_deref()), problem),
                };
                take(Row {
                    file: file.to_owned(),
                    line: number,
                    bytes,
                    name,
                    car,
                    history,
                })?;
            }
        }
    }
    Ok(seen)
}

fn open(file: &Path) -> Result<Lines<BufReader<File>>, DeskError> {
    let opened = File::open(file).map_err(DeskError::file(file))?;
    Ok(Lines::new(BufReader::new(opened), MAX_ROW))
}

/// A row that is none.
fn refused(value: &str, problem: String) -> Built {
    (
        String::new(),
        Looked::Not,
        Err(vec![Fault::new("row", value, problem)]),
    )
}

/// How a line begins, for a message.
fn begin(text: Option<&[u8]>) -> String {
    String::from_utf8_lossy(text.unwrap_or_default())
        .chars()
        .take(30)
        .collect()
}

/// The cells of a line; none if it is blank. A row is one line: a quote that nobody closed must not swallow the rows behind it.
fn cells(line: &[u8]) -> Result<Option<Vec<String>>, String> {
    let text = std::str::from_utf8(line).map_err(|_| "not UTF-8; save the file as UTF-8".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Ok(None);
    }
    if ends_within_quotes(text) {
        return Err(
            "a quote that is not closed on this line; a row is one line, and a quote within a cell is written \"\""
                .to_owned(),
        );
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .buffer_capacity(text.len().max(16))
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    reader
        .read_record(&mut record)
        .map_err(|error| error.to_string())?;
    Ok(Some(record.iter().map(str::to_owned).collect()))
}

/// Whether a line ends before a quoted cell does.
fn ends_within_quotes(line: &str) -> bool {
    let (mut quoted, mut at_start) = (false, true);
    let mut bytes = line.bytes().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' if quoted && bytes.peek() == Some(&b'"') => {
                bytes.next();
            }
            b'"' if quoted || at_start => quoted = !quoted,
            _ => {}
        }
        at_start = byte == b',' && !quoted;
    }
    quoted
}

/// Refuses columns that no car could fill, and those that stand twice: mistakes of the whole file.
fn check_header(file: &Path, line: u64, header: &[String]) -> Result<(), DeskError> {
    let wrong = |problem: String| DeskError::malformed(file, format!("line {line}: {problem}"));
    if header.len() > MAX_COLUMNS {
        return Err(wrong(format!(
            "more than {MAX_COLUMNS} columns; is this a file of cars?"
        )));
    }
    let mut probe = (Car::new(), Values::default());
    for (at, name) in header.iter().enumerate() {
        if let Err(fault) = set_cell(&mut probe, name, "1")
            && fault.problem.starts_with("no such fact")
        {
            return Err(wrong(format!("column {:?}: {}", fault.field, fault.problem)));
        }
        if header[..at].contains(name) {
            return Err(wrong(format!("column {name:?} stands twice; keep one of them")));
        }
    }
    Ok(())
}

fn lines(
    file: &Path,
    defaults: &(Car, Values),
    history: &mut Option<History<'_>>,
    take: &mut impl FnMut(Row) -> Result<(), DeskError>,
) -> Result<bool, DeskError> {
    let mut lines = open(file)?;
    let mut seen = false;
    while let Some(Line { number, bytes, text }) = lines.next().map_err(DeskError::file(file))? {
        let (name, history, car) = match text.as_deref().map(std::str::from_utf8) {
            Some(Ok(line)) => {
                let line = line.trim_start_matches('\u{feff}').trim();
                if line.is_empty() {
                    continue;
                }
                match fields::of_line(line) {
                    Ok(cells) => look_up(
                        defaults,
                        &cells
                            .iter()
                            .map(|(name, text)| (name.as_str(), text.as_str()))
                            .collect::<Vec<_>>(),
                        history,
                    ),
                    Err(problem) => refused(&begin(Some(line.as_bytes())), problem),
                }
            }
            Some(Err(_)) => refused(
                &begin(text.as_deref()),
                "not UTF-8; save the file as UTF-8".to_owned(),
            ),
            None => refused("", TOO_LONG.to_owned()),
        };
        seen = true;
        take(Row {
            file: file.to_owned(),
            line: number,
            bytes,
            name,
            car,
            history,
        })?;
    }
    Ok(seen)
}

/// A car from a JSON object, as a line of a yard file holds it: its name, and the car with its prices or what is wrong. Facts
/// add to those of its history where that is known.
pub fn car_of(
    object: serde_json::Map<String, serde_json::Value>,
    history: Option<Known>,
) -> (String, Result<(Car, Values), Vec<Fault>>) {
    let cells = match fields::texts(object) {
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
    let all = cells.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let nothing = (Car::new(), Values::default());
    match history {
        None => build(&nothing, all),
        Some(known) => add(&nothing.1, all, known),
    }
}

/// A car from the cells of a row, with what the log knows of it.
fn look_up(defaults: &(Car, Values), cells: &[(&str, &str)], history: &mut Option<History<'_>>) -> Built {
    let from_file = || build(defaults, cells.iter().copied());
    let vin = cells
        .iter()
        .find(|(column, text)| *column == "vin" && !text.trim().is_empty());
    let (Some((_, vin)), Some(history)) = (vin, history) else {
        let (name, car) = from_file();
        return (name, Looked::Not, car);
    };
    // What is no number of a car is nothing the log could know; yards write their own there.
    let known = match VehicleId::parse_loose(vin.trim()) {
        Ok(id) => history(&id),
        Err(_) => Ok(None),
    };
    match known {
        Err(error) => {
            let problem = format!(
                "its history could not be read, so it is not quoted: {error}; mend that, or leave vin out to quote from the file"
            );
            let (name, _) = from_file();
            (
                name,
                Looked::Failed,
                Err(vec![Fault::new("vin", vin.trim(), problem)]),
            )
        }
        Ok(None) => {
            let (name, car) = from_file();
            let vin = vin.trim().chars().take(LONGEST_VIN).collect();
            (name, Looked::Unknown { vin }, car)
        }
        Ok(Some(mut known)) => {
            let overruled = overruled(defaults, &mut known);
            let (facts, left_open) = (known.facts.clone(), known.left_open.clone());
            let (name, car) = add(&defaults.1, cells.iter().copied(), known);
            let looked = Looked::Known {
                facts,
                left_open,
                overruled,
            };
            (name, looked, car)
        }
    }
}

/// Adds the defaults to what is known of a car. A default is for cars of which nothing better is known: the history prevails,
/// and what it contradicts is handed back.
fn overruled(defaults: &(Car, Values), known: &mut Known) -> Vec<Fault> {
    let mut overruled = Vec::new();
    for (fact, value) in defaults.0.known() {
        if let Err(fault) = known.add(fact.name, &value.to_string()) {
            let said = known.said(fact.name).unwrap_or(fault.problem);
            let problem = format!(
                "this default is left out: {said}, which prevails; if it is wrong, have the statement corrected"
            );
            overruled.push(Fault {
                problem,
                field: fault.field,
                value: fault.value,
            });
        }
    }
    overruled
}

/// How much of a car's number is repeated, in characters.
const LONGEST_VIN: usize = 40;

/// A car from its history and named texts, which may add to the history and not contradict it.
fn add<'a>(
    values: &Values,
    cells: impl Iterator<Item = (&'a str, &'a str)>,
    mut known: Known,
) -> (String, Result<(Car, Values), Vec<Fault>>) {
    let (mut name, mut vin) = (String::new(), String::new());
    let mut values = values.clone();
    let mut faults = Vec::new();
    let mut power: Option<&str> = None;
    for (column, text) in cells.filter(|(_, text)| !text.trim().is_empty()) {
        match column {
            "name" => name = text.to_owned(),
            "vin" => vin = text.to_owned(),
            "price" | "freight" | "insurance" => faults.extend(set_value(&mut values, column, text).err()),
            _ => faults.extend(match column.strip_prefix("value.") {
                Some(value) => set_value(&mut values, value, text).err(),
                None => second_power(&mut power, column, text).or_else(|| known.add(column, text).err()),
            }),
        }
    }
    let name = if name.is_empty() { vin } else { name };
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
    let mut power: Option<&str> = None;
    for (column, text) in cells.filter(|(_, text)| !text.trim().is_empty()) {
        if let Some(fault) = second_power(&mut power, column, text) {
            faults.push(fault);
            continue;
        }
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

/// What is wrong with a power where the car has one already, under the same name or another.
fn second_power<'a>(power: &mut Option<&'a str>, column: &'a str, text: &str) -> Option<Fault> {
    if !is_power(column) {
        return None;
    }
    let other = power.replace(column)?;
    let problem = format!("the power is given as {other} already; keep what the papers say, best in kW");
    Some(Fault::new(column, text, problem))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_of_a_row_add_to_the_history_of_its_vin_and_never_contradict_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("yard.csv");
        std::fs::write(
            &file,
            "name,vin,cc,engine_kw\nA1,KMHDG41CBFU000007,,90\nA2,KMHDG41CBFU000007,2199,90\nA3,KMHDG41CBFU000008,2199,90\nA4,,1000,90\n",
        )
        .unwrap();
        let mut log = |id: &VehicleId| -> Result<Option<Known>, DeskError> {
            let mut car = Car::new();
            car.set("cc", "1998").unwrap();
            let facts = vec![KnownFact {
                name: "cc".to_owned(),
                value: "1998".to_owned(),
                log_index: 3,
                statement: "registration.first".to_owned(),
            }];
            Ok(id.to_string().ends_with("7").then_some(Known {
                car,
                facts,
                left_open: Vec::new(),
            }))
        };
        let mut rows = Vec::new();
        read(&file, &(Car::new(), Values::default()), Some(&mut log), |row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
        let cc = |at: usize| rows[at].car.as_ref().unwrap().0.get("cc").unwrap().to_string();
        assert_eq!(cc(0), "1998");
        assert!(matches!(&rows[0].history, Looked::Known { facts, .. } if facts[0].log_index == 3));
        let faults = rows[1].car.as_ref().unwrap_err();
        assert!(faults[0].problem.contains("history says 1998"), "{}", faults[0]);
        assert_eq!(cc(2), "2199");
        assert!(matches!(&rows[2].history, Looked::Unknown { vin } if vin.ends_with('8')));
        assert_eq!(rows[3].history, Looked::Not);
    }

    /// The rows of a yard of three: cc 1998 by the history of the first, a second that the log does not know, a third at
    /// which it fails.
    fn yard_of_three(defaults: &[(&str, &str)]) -> Vec<Row> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("yard.csv");
        std::fs::write(
            &file,
            "name,vin\nA1,KMHDG41CBFU000007\nA2,KMHDG41CBFU000008\nA3,KMHDG41CBFU000009\n",
        )
        .unwrap();
        let mut car = Car::new();
        for (name, text) in defaults {
            car.set(name, text).unwrap();
        }
        let mut log = |id: &VehicleId| match id.to_string().chars().last() {
            Some('7') => {
                let mut car = Car::new();
                car.set("cc", "1998").unwrap();
                let facts = vec![KnownFact {
                    name: "cc".to_owned(),
                    value: "1998".to_owned(),
                    log_index: 3,
                    statement: "registration.first".to_owned(),
                }];
                Ok(Some(Known {
                    car,
                    facts,
                    left_open: Vec::new(),
                }))
            }
            Some('8') => Ok(None),
            _ => Err(DeskError::Dossier("the disk is gone".to_owned())),
        };
        let mut rows = Vec::new();
        read(&file, &(car, Values::default()), Some(&mut log), |row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
        rows
    }

    #[test]
    fn a_default_that_a_history_contradicts_is_left_out_for_that_car_and_said() {
        let rows = yard_of_three(&[("cc", "2199"), ("fuel", "diesel")]);
        let fact = |at: usize, name: &str| {
            let (car, _) = rows[at].car.as_ref().unwrap();
            car.get(name).unwrap().to_string()
        };
        assert_eq!(
            (fact(0, "cc"), fact(0, "fuel")),
            ("1998".to_owned(), "diesel".to_owned())
        );
        assert_eq!(fact(1, "cc"), "2199");
        let Looked::Known { overruled, .. } = &rows[0].history else {
            panic!("{:?}", rows[0].history);
        };
        assert_eq!(
            overruled[0].to_string(),
            "cc \"2199\": this default is left out: the car's history says 1998 (registration.first, entry 3), which prevails; \
             if it is wrong, have the statement corrected"
        );
    }

    #[test]
    fn a_lookup_that_fails_refuses_its_row_and_no_other() {
        let rows = yard_of_three(&[]);
        assert_eq!(rows.len(), 3);
        assert!(rows[0].car.is_ok() && rows[1].car.is_ok());
        assert_eq!((rows[2].name.as_str(), &rows[2].history), ("A3", &Looked::Failed));
        let fault = &rows[2].car.as_ref().unwrap_err()[0];
        assert_eq!(fault.field, "vin");
        assert!(fault.problem.contains("the disk is gone"), "{fault}");
    }

    #[test]
    fn the_power_of_a_car_with_a_history_is_given_once() {
        let object = serde_json::json!({ "name": "A1", "engine_kw": 110, "engine_ps": 200 });
        let history = Known {
            car: Car::new(),
            facts: Vec::new(),
            left_open: Vec::new(),
        };
        let (_, made) = car_of(object.as_object().unwrap().clone(), Some(history));
        let faults = made.unwrap_err();
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].field, "engine_ps");
    }
}
