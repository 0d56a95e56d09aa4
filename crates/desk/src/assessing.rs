//! Assessing a battery from charging logs: how they are to be read, what battery it is, and the run itself.
//!
//! Shells hand in words as people write them; an assessment keeps them as options of the command line, so that it can be made again.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read as _;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, available_parallelism};

use battery::pack::WrongFact;
use battery::{Assessment, Assessor, Class, Clock, Facts, Pack, SocDefinition};
use certificate::application::{self, Application};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use telemetry::{
    Answers, Clocks, DateOrder, Event, FileReport, Lag, Log, Mapping, MeterLog, Options, Progress, Sign,
    TelemetryError, Unit,
};

/// The assessments of several vehicles, in their order, on all processors.
// The caller's thread takes its part: a pool that is woken up for so little begins when half of it could be done.
pub fn conclude_all(assessors: Vec<Assessor>) -> Vec<Assessment> {
    let threads = available_parallelism()
        .map_or(1, NonZero::get)
        .min(assessors.len());
    let waiting = Mutex::new(assessors.into_iter().enumerate());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    let conclude = || -> Vec<(usize, Assessment)> {
        std::iter::from_fn(next)
            .map(|(place, assessor)| (place, assessor.finish()))
            .collect()
    };
    let mut concluded = thread::scope(|scope| {
        // Where the system gives no thread, those there are do the work.
        let others: Vec<_> = (1..threads)
            .filter_map(|_| thread::Builder::new().spawn_scoped(scope, conclude).ok())
            .collect();
        let mut concluded = conclude();
        for other in others {
            match other.join() {
                Ok(more) => concluded.extend(more),
                Err(panic) => resume_unwind(panic),
            }
        }
        concluded
    });
    concluded.sort_unstable_by_key(|(place, _)| *place);
    concluded.into_iter().map(|(_, assessment)| assessment).collect()
}

/// Why there is no assessment.
#[derive(Debug, thiserror::Error)]
pub enum AssessError {
    /// A log cannot be read, or does not say what must be known.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// An answer is none of those there are.
    #[error("--{option} {value:?}: {fix}")]
    Answer {
        /// To which question, as an option of the command line without dashes.
        option: &'static str,
        /// The answer.
        value: String,
        /// What to write.
        fix: String,
    },
    /// A second meter cannot be laid beside a log without dates.
    #[error("{}: shows no dates, so no second meter can be laid beside it; log date and time", .0.display())]
    NoDates(PathBuf),
    /// The clock of a second meter is not the log's: their currents fit only with one of them moved.
    #[error(
        "{}: clocks differ: the currents fit with this meter's clock taken for {} {} the log's; set the clocks and test again, or say so with --meter-utc-offset, as in {} for a meter that shows UTC",
        .meter.display(), minutes(*.ahead_s), if *.ahead_s > 0.0 { "ahead of" } else { "behind" }, offset(*.ahead_s)
    )]
    ClocksDiffer {
        /// The meter's file.
        meter: PathBuf,
        /// By how many seconds it is ahead.
        ahead_s: f64,
    },
    /// A second meter measured other charges than the log has.
    #[error(
        "{}: no overlap: the log runs from {} to {} and this meter's from {} to {}, and current never flows in both at a time; give the \
         meter's log of the same charge, say with --meter-utc-offset which time zone its clock shows, or leave it out",
        .meter.display(), moment(.log.0), moment(.log.1), moment(.metered.0), moment(.metered.1)
    )]
    NoOverlap {
        /// The meter's file.
        meter: PathBuf,
        /// When the log begins and ends, in seconds since 1970.
        log: (f64, f64),
        /// When the meter's does.
        metered: (f64, f64),
    },
    /// The second meter is the log itself.
    #[error(
        "{}: the same bytes as a log that is assessed: a second meter is another instrument; give its own log, or leave --meter out", .0.display()
    )]
    MeterIsLog(PathBuf),
    /// Two logs have the same content.
    #[error("{}: the same bytes as {}, under another name; give each log once", .file.display(), .other.display())]
    SameLog {
        /// The later one.
        file: PathBuf,
        /// The one before.
        other: PathBuf,
    },
    /// The log's clock runs ahead of this machine's.
    #[error(
        "the log ends on {}, which is to come; set the logger's clock, or say with --utc-offset which time zone it shows",
        moment(*.0)
    )]
    ToCome(f64),
    /// A fact about the vehicle that no vehicle has.
    #[error(transparent)]
    Fact(#[from] WrongFact),
    /// An assessment that was kept says something that nobody could have answered.
    #[error("the assessment {0}")]
    Kept(String),
    /// The description of the battery cannot be read.
    #[error("{0}; {HOW_TO_DESCRIBE}")]
    Description(String),
}

fn minutes(seconds: f64) -> String {
    format!("{:.1} min", seconds.abs() / 60.0)
}

/// A moment to the minute.
fn moment(seconds: f64) -> String {
    match jiff::Timestamp::from_second(seconds as i64) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => format!("{seconds} s"),
    }
}

/// An offset as options take it, to the minute.
fn offset(seconds: f64) -> String {
    let sign = if seconds < 0.0 { '-' } else { '+' };
    format!("{sign}00:{:02.0}", seconds.abs() / 60.0)
}

/// How a description is written.
pub const HOW_TO_DESCRIBE: &str = "a description is a TOML file with a table [battery] that has chemistry (\"NMC\" or \"LFP\"), n_series, \
                                   rated_ah, rated_source and optionally rated_kwh, end_voltage; and optionally a table [facts]";

/// A battery as people describe it: a TOML file with the tables `battery` and `facts`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Facts of the variant.
    pub battery: Pack,
    /// What was found outside the telemetry.
    #[serde(default)]
    pub facts: Facts,
}

impl Description {
    /// Reads the text of a description.
    ///
    /// # Errors
    /// It is none; says where, and how one is written.
    pub fn parse(text: &str) -> Result<Self, AssessError> {
        let description: Self = toml::from_str(text)
            .map_err(|e| AssessError::Description(e.to_string().trim_end().to_owned()))?;
        description.facts.check()?;
        Ok(description)
    }

    /// The battery that an application is about, without facts.
    pub fn of(application: &Application) -> Self {
        Self::of_battery(&application.battery)
    }

    /// A battery as applications and credentials describe it, without facts.
    pub fn of_battery(battery: &application::Battery) -> Self {
        Self {
            battery: Pack {
                chemistry: match battery.chemistry {
                    application::Chemistry::NMC => battery::Chemistry::Nmc,
                    application::Chemistry::LFP => battery::Chemistry::Lfp,
                },
                n_series: u32::from(battery.n_series),
                rated_ah: Some(battery.rated_ah.to_f64()),
                rated_kwh: None,
                rated_source: battery.rated_source.clone(),
                end_voltage: None,
            },
            facts: Facts::default(),
        }
    }
}

/// How charging logs are to be read, where they do not say it themselves; in the words of the command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reading {
    /// A mapping by its name, or a mapping file; otherwise recognised from the columns.
    pub mapping: Option<String>,
    /// Which current is positive: `charge-positive` or `discharge-positive`.
    pub current_sign: Option<String>,
    /// Which state of charge the files have: `bms` or `display`.
    pub soc: Option<String>,
    /// The unit of the state of charge: `%` or `fraction`.
    pub soc_unit: Option<String>,
    /// How far the logger's clock was ahead of UTC, as `+09:00`.
    pub utc_offset: Option<String>,
    /// The unit of the current: `A` or `mA`.
    pub current_unit: Option<String>,
    /// The unit of cell voltages: `V` or `mV`.
    pub cell_unit: Option<String>,
    /// The unit of temperatures: `C`, `F` or `K`.
    pub temp_unit: Option<String>,
    /// The order of dates: `day-first` or `month-first`.
    pub date_order: Option<String>,
    /// The decimal sign: `point` or `comma`.
    pub decimal: Option<String>,
    /// Read the rows of this vehicle only.
    pub vehicle: Option<String>,
}

/// The questions, and the answers there are to each; any text where there is none.
pub const QUESTIONS: [(&str, &[&str]); 11] = [
    ("mapping", &[]),
    ("current-sign", &["charge-positive", "discharge-positive"]),
    ("soc", &["bms", "display"]),
    ("soc-unit", &["%", "fraction"]),
    ("utc-offset", &[]),
    ("current-unit", &["A", "mA"]),
    ("cell-unit", &["V", "mV"]),
    ("temp-unit", &["C", "F", "K"]),
    ("date-order", &["day-first", "month-first"]),
    ("decimal", &["point", "comma"]),
    ("vehicle", &[]),
];

impl Reading {
    /// Every question with the answer given to it, in the order of [`QUESTIONS`].
    fn given(&self) -> [Option<&String>; QUESTIONS.len()] {
        [
            self.mapping.as_ref(),
            self.current_sign.as_ref(),
            self.soc.as_ref(),
            self.soc_unit.as_ref(),
            self.utc_offset.as_ref(),
            self.current_unit.as_ref(),
            self.cell_unit.as_ref(),
            self.temp_unit.as_ref(),
            self.date_order.as_ref(),
            self.decimal.as_ref(),
            self.vehicle.as_ref(),
        ]
    }

    /// Takes an answer to one of [`QUESTIONS`]; `false` where it is none of them.
    pub fn answer(&mut self, question: &str, answer: String) -> bool {
        let place = match question {
            "mapping" => &mut self.mapping,
            "current-sign" => &mut self.current_sign,
            "soc" => &mut self.soc,
            "soc-unit" => &mut self.soc_unit,
            "utc-offset" => &mut self.utc_offset,
            "current-unit" => &mut self.current_unit,
            "cell-unit" => &mut self.cell_unit,
            "temp-unit" => &mut self.temp_unit,
            "date-order" => &mut self.date_order,
            "decimal" => &mut self.decimal,
            "vehicle" => &mut self.vehicle,
            _ => return false,
        };
        *place = Some(answer);
        true
    }

    /// The answers as options of the command line, to be given again.
    pub fn answers(&self) -> Vec<String> {
        let given = QUESTIONS.into_iter().zip(self.given());
        given
            .filter_map(|((question, _), answer)| Some(format!("--{question}={}", answer?)))
            .collect()
    }

    /// The answers that an assessment keeps, as [`Self::answers`] wrote them.
    ///
    /// # Errors
    /// One is none of these.
    pub fn from_answers(answers: &[String]) -> Result<Self, AssessError> {
        let mut reading = Self::default();
        for kept in answers {
            let answer = kept.strip_prefix("--").and_then(|kept| kept.split_once('='));
            if !answer.is_some_and(|(question, answer)| reading.answer(question, answer.to_owned())) {
                return Err(AssessError::Kept(format!(
                    "keeps the answer {kept:?}, which is to no question there is"
                )));
            }
        }
        Ok(reading)
    }

    /// What the answers say about the files. `hash` asks for a SHA-256 of each.
    ///
    /// # Errors
    /// An answer is none of those there are.
    pub fn options(&self, hash: bool) -> Result<Options, AssessError> {
        for ((option, known), answer) in QUESTIONS.into_iter().zip(self.given()) {
            if let Some(value) = answer
                && !known.is_empty()
                && !known.contains(&value.as_str())
            {
                return Err(AssessError::Answer {
                    option,
                    value: value.clone(),
                    fix: format!("write one of {}", known.join(", ")),
                });
            }
        }
        let utc_offset_s = match &self.utc_offset {
            None => None,
            Some(text) => Some(telemetry::utc_offset(text).ok_or_else(|| AssessError::Answer {
                option: "utc-offset",
                value: text.clone(),
                fix: "write the offset from UTC with its sign, such as +09:00".to_owned(),
            })?),
        };
        let unit = |text: &Option<String>| text.as_deref().and_then(Unit::parse);
        Ok(Options {
            mapping: self.mapping.clone(),
            answers: Answers {
                current: self.current_sign.as_deref().map(|text| match text {
                    "discharge-positive" => Sign::DischargePositive,
                    _ => Sign::ChargePositive,
                }),
                soc: self.soc.as_deref().map(|text| match text {
                    "display" => SocDefinition::Display,
                    _ => SocDefinition::Bms,
                }),
                utc_offset_s,
                current_unit: unit(&self.current_unit),
                cell_unit: unit(&self.cell_unit),
                temp_unit: unit(&self.temp_unit),
                soc_unit: unit(&self.soc_unit),
                date_order: self.date_order.as_deref().map(|text| match text {
                    "month-first" => DateOrder::MonthFirst,
                    _ => DateOrder::DayFirst,
                }),
                decimal_comma: self.decimal.as_deref().map(|text| text == "comma"),
                vehicle: self.vehicle.clone(),
            },
            hash,
            most_rows: None,
        })
    }
}

/// The names of the mappings that the program brings along.
///
/// # Errors
/// Never, as far as those can be read.
pub fn mappings() -> Result<Vec<String>, TelemetryError> {
    Ok(Mapping::shipped()?
        .iter()
        .map(|mapping| mapping.name.clone())
        .collect())
}

/// A class by its word.
pub fn class(word: &str) -> Option<Class> {
    match word {
        "field" => Some(Class::Field),
        "guided" => Some(Class::Guided),
        _ => None,
    }
}

/// The log of a second meter of direct current.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SecondMeter {
    /// Its file.
    pub file: PathBuf,
    /// Its mapping; otherwise recognised from the columns.
    pub mapping: Option<String>,
    /// How far its clock was ahead of UTC.
    pub utc_offset: Option<String>,
}

impl SecondMeter {
    fn read(&self, most_rows: Option<u64>) -> Result<MeterLog, AssessError> {
        let reading = Reading {
            mapping: self.mapping.clone(),
            utc_offset: self.utc_offset.clone(),
            // Neither matters here: the amount of the current is compared, and no state of charge is read.
            current_sign: Some("charge-positive".to_owned()),
            soc: Some("display".to_owned()),
            ..Reading::default()
        };
        let options = Options {
            most_rows,
            ..reading.options(true)?
        };
        Ok(MeterLog::read(&self.file, &options, &mut |_| {})?)
    }
}

/// What is assessed.
#[derive(Debug, Clone)]
pub struct Question<'q> {
    /// The logs.
    pub files: &'q [PathBuf],
    /// How to read them.
    pub reading: &'q Reading,
    /// What the assessment keeps of that; [`Reading::answers`], unless a file lies elsewhere than its owner knows.
    pub answers: Vec<String>,
    /// A second meter's log.
    pub meter: Option<&'q SecondMeter>,
    /// The battery.
    pub description: &'q Description,
    /// How it came to the test.
    pub class: Class,
    /// The most rows that are read of one file.
    pub most_rows: Option<u64>,
}

/// Refuses logs of which two are the same bytes, whatever their names.
///
/// # Errors
/// [`AssessError::SameLog`]. A file that cannot be read is left to whoever reads it.
pub fn each_log_once(files: &[PathBuf]) -> Result<(), AssessError> {
    let mut lengths: HashMap<u64, Vec<(&PathBuf, [u8; 32])>> = HashMap::new();
    let lengths_of = |file: &PathBuf| std::fs::metadata(file).ok().map(|about| about.len());
    let known: Vec<Option<u64>> = files.iter().map(lengths_of).collect();
    for (file, length) in files.iter().zip(&known) {
        let Some(length) = length else { continue };
        // Long logs are read a second time only where another one is as long.
        if known.iter().filter(|other| **other == Some(*length)).count() < 2 {
            continue;
        }
        let Ok(hash) = sha256(file) else { continue };
        let alike = lengths.entry(*length).or_default();
        if let Some((other, _)) = alike.iter().find(|(_, of_other)| *of_other == hash) {
            return Err(AssessError::SameLog {
                file: file.clone(),
                other: PathBuf::clone(other),
            });
        }
        alike.push((file, hash));
    }
    Ok(())
}

fn sha256(file: &Path) -> std::io::Result<[u8; 32]> {
    let mut file = File::open(file)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finalize().into()),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// Reads logs and assesses them. Memory does not grow with them.
///
/// # Errors
/// A log cannot be read, or does not say what must be known.
pub fn assess(question: Question<'_>, progress: &mut dyn FnMut(Progress)) -> Result<Assessment, AssessError> {
    let options = Options {
        most_rows: question.most_rows,
        ..question.reading.options(true)?
    };
    let log = Log::open(question.files, &options)?;
    let Description { battery, facts } = question.description.clone();
    facts.check()?;
    let mut assessor = Assessor::new(battery, facts, question.class);
    assessor.answers(question.answers);
    let meter = question
        .meter
        .map(|meter| meter.read(question.most_rows))
        .transpose()?;
    if let Some(meter) = &meter {
        let dateless = |file: &&FileReport| file.clock != Clock::Utc;
        if let Some(file) = log.files().find(dateless) {
            return Err(AssessError::NoDates(file.path.clone()));
        }
        assessor.meter(meter.source().clone());
    }
    let mut lag = Lag::default();
    let mut same = false;
    let mut sink = |event: Event<'_>| match event {
        Event::Begin(source) => assessor.source(source.clone()),
        Event::Rows(samples) => match &meter {
            Some(meter) => {
                lag.take(meter, samples);
                let mut beside = samples.clone();
                meter.lay(&mut beside);
                assessor.push(&beside);
            }
            None => assessor.push(samples),
        },
        Event::End { sha256, corrections } => {
            let metered = meter.as_ref().map(|meter| &meter.source().sha256);
            same |= !sha256.is_empty() && metered == Some(&sha256);
            assessor.end_source(sha256, corrections);
        }
    };
    log.read(&mut sink, progress)?;
    if let Some(given) = question.meter.filter(|_| same) {
        return Err(AssessError::MeterIsLog(given.file.clone()));
    }
    if let (Some(given), Some(meter)) = (question.meter, &meter) {
        match lag.clocks() {
            Clocks::Agree => {}
            Clocks::Ahead(ahead_s) => {
                return Err(AssessError::ClocksDiffer {
                    meter: given.file.clone(),
                    ahead_s,
                });
            }
            Clocks::Apart => {
                return Err(AssessError::NoOverlap {
                    meter: given.file.clone(),
                    log: lag.period().unwrap_or_default(),
                    metered: meter.period().unwrap_or_default(),
                });
            }
        }
    }
    let assessment = assessor.finish();
    /// A clock that is a time zone off is asked about elsewhere, s.
    const ZONES: i64 = 86_400;
    let now = jiff::Timestamp::now().as_second();
    match assessment.evidence.to_s {
        Some(to) if to > now + ZONES => Err(AssessError::ToCome(to as f64)),
        _ => Ok(assessment),
    }
}

/// What is said about files in a folder that only the program knows, without the folder.
pub fn without_folder(said: &str, folder: &Path) -> String {
    said.replace(&format!("{}/", folder.display()), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_logs_of_the_same_bytes_are_refused_whatever_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let files = ["a.csv", "b.csv", "copy.csv"].map(|name| folder.path().join(name));
        for (file, text) in files.iter().zip(["t,i\n1,2\n", "t,i\n1,3\n", "t,i\n1,2\n"]) {
            std::fs::write(file, text).unwrap();
        }
        each_log_once(&files[..2]).unwrap();
        let refused = each_log_once(&files).unwrap_err().to_string();
        assert!(refused.contains("copy.csv: the same bytes as"), "{refused}");
        assert!(
            refused.contains("a.csv") && refused.contains("give each log once"),
            "{refused}"
        );
    }

    #[test]
    fn every_question_takes_an_answer_and_gives_it_back_as_an_option() {
        let mut reading = Reading::default();
        for (question, answers) in QUESTIONS {
            let answer = answers.last().unwrap_or(&"+09:00");
            assert!(reading.answer(question, (*answer).to_owned()), "{question}");
        }
        assert!(!reading.answer("colour", "red".to_owned()));
        let answers = reading.answers();
        assert_eq!(answers.len(), QUESTIONS.len());
        assert!(answers.contains(&"--current-sign=discharge-positive".to_owned()));
        assert_eq!(Reading::from_answers(&answers).unwrap(), reading);
        for wrong in ["--colour=red", "soc=bms", "--soc"] {
            let refused = Reading::from_answers(&[wrong.to_owned()])
                .unwrap_err()
                .to_string();
            assert!(refused.contains(wrong), "{refused}");
        }
        let options = reading.options(true).unwrap();
        assert_eq!(options.answers.current, Some(Sign::DischargePositive));
        assert_eq!(options.answers.utc_offset_s, Some(9 * 3600));
    }

    #[test]
    fn an_answer_that_is_none_is_refused_with_those_there_are() {
        let reading = Reading {
            soc: Some("dashboard".to_owned()),
            ..Reading::default()
        };
        let refused = reading.options(false).unwrap_err().to_string();
        assert_eq!(refused, "--soc \"dashboard\": write one of bms, display");
    }

    #[test]
    fn a_folder_that_only_the_program_knows_is_not_told() {
        let said = without_folder("/tmp/x1/charge.csv: row 7", Path::new("/tmp/x1"));
        assert_eq!(said, "charge.csv: row 7");
    }
}
