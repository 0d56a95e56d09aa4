//! A whole yard: many cars, of which some may be refused.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use border::{Fault, Money, Status};
use desk::quote::{self, Looked, Quote as Answer, Request};
use desk::words::{Language, Words};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use serde_json::json;

use super::asked::Asked;
use super::table::{write_header, write_record};
use super::{Quote, not_known};
use crate::args::Global;
use crate::failure::Failure;
use crate::{clock, output};

/// How many cars are worked on at a time.
pub(super) const CHUNK: usize = 256;

/// How many lines of one sort are printed.
const PRINTED: usize = 20;

/// What there is to say of rows: the first lines, and how many more there are.
#[derive(Default)]
struct Said {
    lines: Vec<String>,
    more: u64,
}

impl Said {
    fn push(&mut self, line: impl FnOnce() -> String) {
        if self.lines.len() < PRINTED {
            self.lines.push(line());
        } else {
            self.more += 1;
        }
    }

    /// The lines, with one that counts those left out.
    fn lines(&self, of: &str) -> Vec<String> {
        let more = (self.more > 0).then(|| format!("and {} more {of}", self.more));
        self.lines.iter().cloned().chain(more).collect()
    }
}

/// A whole yard: quotes are written as they come, and counted.
pub(super) struct Yard<'a> {
    asked: &'a Asked,
    retail: &'a BTreeMap<String, Money>,
    json: bool,
    csv: Option<csv::Writer<std::io::Stdout>>,
    pub(super) cars: u64,
    refused: u64,
    faults: Said,
    /// Cars that the log does not know.
    unknown: Said,
    /// Defaults left out since a car's history contradicts them.
    overruled: Said,
    disclaimer: String,
    tally: BTreeMap<String, Tally>,
}

#[derive(Default)]
struct Tally {
    by_status: BTreeMap<Status, u64>,
    priced: u64,
}

/// What one car of a yard gave.
type Outcome<'a> = Result<Vec<Answer<'a>>, Vec<String>>;

impl<'a> Yard<'a> {
    pub(super) fn new(
        options: &Quote,
        global: &Global,
        asked: &'a Asked,
        retail: &'a BTreeMap<String, Money>,
    ) -> Result<Self, Failure> {
        let csv = if options.csv {
            let mut out = csv::Writer::from_writer(std::io::stdout());
            write_header(&mut out)?;
            Some(out)
        } else {
            None
        };
        let as_of = asked
            .to
            .iter()
            .filter_map(|country| asked.set.pack(country))
            .map(|pack| pack.as_of)
            .min();
        Ok(Yard {
            asked,
            retail,
            json: global.json,
            csv,
            cars: 0,
            refused: 0,
            faults: Said::default(),
            unknown: Said::default(),
            overruled: Said::default(),
            disclaimer: Words::of(Language::En)
                .disclaimer(&as_of.map_or(String::new(), |date| date.to_string())),
            tally: BTreeMap::new(),
        })
    }

    pub(super) fn take(&mut self, rows: Vec<quote::Row>) -> Result<(), desk::DeskError> {
        let (asked, retail) = (self.asked, self.retail);
        // Rows are independent; their order is kept.
        let wanted = self.csv.is_some() || self.json;
        let done: Vec<Outcome<'_>> = rows
            .par_iter()
            .map(|row| {
                let (line, file) = (row.line, row.file.display());
                let place = |faults: &[Fault]| {
                    faults
                        .iter()
                        .map(|fault| format!("{file}:{line}: {fault}"))
                        .collect()
                };
                match &row.car {
                    Err(faults) => Err(place(faults)),
                    Ok((car, values)) => quote::check_values(&asked.set, &asked.to, values)
                        .and_then(|()| {
                            quote::quotes(
                                &asked.set,
                                &Request {
                                    car,
                                    values,
                                    to: &asked.to,
                                    departure: asked.departure,
                                    arrival: asked.arrival,
                                    rates: &asked.rates,
                                    retail,
                                    outlook: false,
                                    workings: false,
                                },
                            )
                        })
                        .map_err(|faults| place(&faults)),
                }
            })
            .collect();
        let failed = |error: &dyn std::fmt::Display| desk::DeskError::File {
            path: PathBuf::from("standard output"),
            source: std::io::Error::other(error.to_string()),
        };
        for (row, quotes) in rows.iter().zip(done) {
            let quote::Row {
                file,
                line,
                name,
                history,
                ..
            } = row;
            let line = *line;
            self.cars += 1;
            match history {
                Looked::Not | Looked::Failed => {}
                Looked::Unknown { vin } => self.unknown.push(|| not_known(&file.display(), line, vin)),
                Looked::Known { overruled, .. } => {
                    for fault in overruled {
                        self.overruled
                            .push(|| format!("{}:{line}: {fault}", file.display()));
                    }
                }
            }
            match quotes {
                Err(faults) => {
                    self.refused += 1;
                    for fault in faults {
                        self.faults.push(|| fault);
                    }
                }
                Ok(quotes) => {
                    for quote in &quotes {
                        let tally = self.tally.entry(quote.verdict.country.to_owned()).or_default();
                        *tally.by_status.entry(quote.verdict.status).or_default() += 1;
                        tally.priced += u64::from(quote.verdict.total.is_some());
                        if let Some(out) = &mut self.csv {
                            write_record(out, line, name, quote).map_err(|error| failed(&error))?;
                        }
                    }
                    if wanted && self.json {
                        let (known, left_open) = match history {
                            Looked::Known { facts, left_open, .. } => (Some(facts), Some(left_open)),
                            _ => (None, None),
                        };
                        let text = serde_json::to_string(&json!({
                            "line": line,
                            "name": name,
                            "from_history": known,
                            "left_open": left_open,
                            "quotes": quotes,
                            "disclaimer": self.disclaimer,
                        }))
                        .map_err(|error| failed(&error))?;
                        writeln!(std::io::stdout().lock(), "{text}").map_err(|error| failed(&error))?;
                    }
                }
            }
        }
        Ok(())
    }

    pub(super) fn finish(mut self, asked: &Asked) -> Result<ExitCode, Failure> {
        let disclaimer = std::mem::take(&mut self.disclaimer);
        let said = [
            self.faults.lines("faults of rows that are refused"),
            self.overruled.lines("defaults left out"),
            self.unknown.lines("cars that the log does not know"),
        ]
        .concat();
        if let Some(out) = &mut self.csv {
            out.flush()?;
        }
        if self.csv.is_some() || self.json {
            // Standard output holds the data; what people should know goes beside it.
            for line in &said {
                eprintln!("carnet: {line}");
            }
            if self.refused > 0 {
                eprintln!(
                    "carnet: {} of {} refused",
                    self.refused,
                    output::count(self.cars, "car")
                );
            }
            eprintln!("{disclaimer}");
            return Ok(clock::code(self.refused == 0));
        }
        output::say(format_args!(
            "{}, {} refused, in {}; arriving {}",
            output::count(self.cars, "car"),
            self.refused,
            output::count(u64::try_from(asked.to.len()).unwrap_or(u64::MAX), "market"),
            asked.arrival
        ))?;
        for line in &said {
            output::say(format_args!("  {line}"))?;
        }
        let mut table = output::table(&[
            "market",
            "admissible",
            "conditional",
            "unknown",
            "not",
            "with a total",
        ]);
        for (country, tally) in &self.tally {
            let count = |status: Status| tally.by_status.get(&status).copied().unwrap_or(0).to_string();
            table.add_row([
                country.clone(),
                count(Status::Admissible),
                count(Status::Conditional),
                count(Status::Unknown),
                count(Status::NotAdmissible),
                tally.priced.to_string(),
            ]);
        }
        output::show(table)?;
        output::say("\n--csv or --json writes every quote.")?;
        output::say(disclaimer)?;
        Ok(clock::code(self.refused == 0))
    }
}

/// On standard error, and only where somebody watches.
pub(super) fn progress_bar(size: u64) -> ProgressBar {
    let bar = ProgressBar::new(size);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {msg}  {eta} left") {
        bar.set_style(style);
    }
    bar
}
