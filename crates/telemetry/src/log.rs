//! One or many files of one test: recognised first, then read in one pass.

use std::path::{Path, PathBuf};

use battery::{Clock, Samples, Source};

use crate::ahead::{self, Give};
use crate::block::{BLOCK_ROWS, Block, Layout};
use crate::columnar;
use crate::delimited::{self, Candidates, Given};
use crate::error::TelemetryError;
use crate::mapping::{Header, Mapping};
use crate::normal::Normaliser;
use crate::report::{ColumnReport, FileReport, Format, SaidBy};
use crate::survey::{Answers, Plan, Survey, TimeKind};
use crate::text::{self, Kind};

/// How files are to be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Options {
    /// The name of a shipped mapping, or a mapping file; recognised from the columns if absent.
    pub mapping: Option<String>,
    /// Answers to what the files do not say.
    pub answers: Answers,
    /// Whether a SHA-256 of each file is wanted.
    pub hash: bool,
    /// The most rows of one file; one with more is refused. For those who read what strangers send: a small file can unpack to
    /// any number.
    pub most_rows: Option<u64>,
}

/// How far reading is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bytes read, of all files.
    pub bytes: u64,
    /// Bytes in all files.
    pub of: u64,
    /// Rows handed on.
    pub rows: u64,
}

/// What comes out of reading, in order.
#[derive(Debug)]
pub enum Event<'a> {
    /// Rows of a file, or of another vehicle in the same file, follow. Its digest and corrections come at the end.
    Begin(&'a Source),
    /// Rows.
    Rows(&'a Samples),
    /// The file, or the vehicle's part of it, is at its end.
    End {
        /// SHA-256 of the whole file; empty if not wanted, or if the file goes on with another vehicle.
        sha256: String,
        /// What was repaired in it, one sentence each; empty if the file goes on with another vehicle.
        corrections: Vec<String>,
    },
}

/// Files that were recognised.
pub struct Log {
    files: Vec<Recognised>,
    options: Options,
}

struct Recognised {
    report: FileReport,
    layout: Layout,
    plan: Plan,
    table: Table,
}

enum Table {
    Text(delimited::Sniffed),
    Parquet(columnar::Sniffed),
}

/// The rows of a table of either kind.
enum Rows {
    Text(Box<delimited::Rows>),
    Parquet(Box<columnar::Rows>),
}

impl Rows {
    /// Opens a table, to be read by so many threads beside the caller's where its format can be.
    fn open(
        path: &Path,
        table: &Table,
        layout: &Layout,
        hash: bool,
        threads: usize,
    ) -> Result<Self, TelemetryError> {
        Ok(match table {
            Table::Text(sniffed) => Self::Text(Box::new(delimited::Rows::open(
                path, sniffed, layout, hash, threads,
            )?)),
            Table::Parquet(sniffed) => {
                Self::Parquet(Box::new(columnar::Rows::open(path, layout, sniffed.time)?))
            }
        })
    }

    fn next(&mut self, layout: &Layout, block: &mut Block) -> Result<bool, TelemetryError> {
        match self {
            Self::Text(rows) => rows.next(layout, block),
            Self::Parquet(rows) => rows.next(layout, block),
        }
    }

    /// Bytes read of a file of so many.
    fn bytes(&self, of: u64) -> u64 {
        match self {
            Self::Text(rows) => rows.bytes(),
            Self::Parquet(rows) => {
                let (read, all) = rows.progress();
                u64::try_from(u128::from(of) * u128::from(read) / u128::from(all.max(1))).unwrap_or(of)
            }
        }
    }

    fn corrections(&self, layout: &Layout) -> Vec<String> {
        match self {
            Self::Text(rows) => rows.faults.corrections(layout),
            Self::Parquet(rows) => rows.faults.corrections(layout),
        }
    }
}

/// What is known of a file once it was read.
#[derive(Default)]
struct End {
    /// What could not be read.
    corrections: Vec<String>,
    /// Empty if it is not wanted.
    sha256: String,
}

impl Log {
    /// Recognises files: their format, mapping, units, sign and clock, by looking at the beginning of each.
    ///
    /// Files with dates are put in the order of their times; others stay in the order given. What is not known is in
    /// [`FileReport::questions`]; only what cannot be read at all is an error here.
    pub fn open(paths: &[PathBuf], options: &Options) -> Result<Self, TelemetryError> {
        if paths.is_empty() {
            return Err(TelemetryError::NoFile);
        }
        let named: Vec<Mapping> = options
            .mapping
            .iter()
            .map(|named| named_mapping(named))
            .collect::<Result<_, _>>()?;
        let candidates = Candidates {
            mappings: match named.as_slice() {
                [] => Mapping::shipped()?,
                named => named,
            },
            named: options.mapping.is_some(),
        };
        let mut files = Vec::new();
        let mut seen: Vec<PathBuf> = Vec::new();
        for path in paths {
            let whole = path.canonicalize().unwrap_or_else(|_| path.clone());
            if seen.contains(&whole) {
                return Err(TelemetryError::File {
                    path: path.clone(),
                    problem: "given twice".into(),
                    fix: "name each file once".into(),
                });
            }
            seen.push(whole);
            files.push(recognise(path, &candidates, &options.answers)?);
        }
        if files.iter().all(|file| file.report.clock == Clock::Utc) {
            files.sort_by(|a, b| {
                let first = |file: &Recognised| file.report.first_s.unwrap_or(f64::INFINITY);
                first(a).total_cmp(&first(b))
            });
        }
        Ok(Self {
            files,
            options: options.clone(),
        })
    }

    /// What was understood of each file, in the order in which they are read.
    pub fn files(&self) -> impl Iterator<Item = &FileReport> {
        self.files.iter().map(|file| &file.report)
    }

    /// Reads everything in one pass, in bounded memory.
    pub fn read(
        &self,
        sink: &mut dyn FnMut(Event<'_>),
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), TelemetryError> {
        for file in &self.files {
            if file.report.blocking().next().is_some() {
                return Err(TelemetryError::Unanswered {
                    path: file.report.path.clone(),
                    questions: file.report.blocking().cloned().collect(),
                });
            }
        }
        let mut at = Progress {
            of: self.files.iter().map(|file| file.report.bytes).sum(),
            ..Progress::default()
        };
        let mut before = 0;
        for file in &self.files {
            self.read_file(file, sink, &mut |bytes, rows| {
                at.bytes = before + bytes;
                at.rows += rows;
                progress(at);
            })?;
            before += file.report.bytes;
        }
        let Some(wanted) = &self.options.answers.vehicle else {
            return Ok(());
        };
        if at.rows == 0
            && let Some(file) = self.files.first()
        {
            let mut known: Vec<&str> = self
                .files
                .iter()
                .flat_map(|file| file.report.vehicles.iter().map(String::as_str))
                .collect();
            known.truncate(20);
            return Err(TelemetryError::File {
                path: file.report.path.clone(),
                problem: format!("no row is from vehicle {wanted:?}"),
                fix: if known.is_empty() {
                    "the files name no vehicle; leave --vehicle out".into()
                } else {
                    format!("give --vehicle one of: {}", known.join(", "))
                },
            });
        }
        Ok(())
    }

    fn read_file(
        &self,
        file: &Recognised,
        sink: &mut dyn FnMut(Event<'_>),
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(), TelemetryError> {
        let path = &file.report.path;
        let mut normaliser = Normaliser::new(&file.layout, &file.plan);
        let mut begun: Option<Option<String>> = None;
        let name = path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        );
        let mut read = 0;
        let mut take = |block: &Block, bytes: u64| {
            read += block.len() as u64;
            if let Some(most) = self.options.most_rows.filter(|most| read > *most) {
                return Err(TelemetryError::File {
                    path: path.clone(),
                    problem: format!("more than {most} rows"),
                    fix: "split it, or log less often than ten times a second".into(),
                });
            }
            if let Some(wanted) = &self.options.answers.vehicle
                && block.vehicle.as_ref() != Some(wanted)
            {
                progress(bytes, 0);
                return Ok(());
            }
            if begun.as_ref() != Some(&block.vehicle) {
                if begun.is_some() {
                    normaliser.begin(&mut |samples| sink(Event::Rows(samples)));
                    sink(Event::End {
                        sha256: String::new(),
                        corrections: Vec::new(),
                    });
                }
                begun = Some(block.vehicle.clone());
                sink(Event::Begin(&Source {
                    name: name.clone(),
                    sha256: String::new(),
                    vehicle: block.vehicle.clone(),
                    clock: file.plan.clock,
                    soc_definition: file.plan.soc_definition,
                    corrections: Vec::new(),
                }));
            }
            normaliser.take(block, &mut |samples| sink(Event::Rows(samples)));
            progress(bytes, block.len() as u64);
            Ok(())
        };
        let threads = ahead::threads(file.report.bytes);
        // The rows of a text are read ahead piece by piece; the thread that reads pieces must be the one that assesses.
        let in_thread = threads > 0 && matches!(file.table, Table::Parquet(_));
        let end = ahead::blocks(
            in_thread,
            |give| self.blocks(file, threads, give),
            &mut take,
            |source| TelemetryError::Read {
                path: path.clone(),
                source,
            },
        )?;
        normaliser.begin(&mut |samples| sink(Event::Rows(samples)));
        normaliser.repairs.check(path, &file.layout)?;
        if begun.is_some() {
            let mut corrections = file.report.corrections();
            corrections.extend(end.corrections);
            corrections.extend(normaliser.repairs.corrections(&file.layout));
            sink(Event::End {
                sha256: end.sha256,
                corrections,
            });
        }
        Ok(())
    }

    /// Reads the rows of a file as they stand in it.
    fn blocks(&self, file: &Recognised, threads: usize, give: Give<'_>) -> Result<End, TelemetryError> {
        let (path, hash) = (&file.report.path, self.options.hash);
        let mut rows = Rows::open(path, &file.table, &file.layout, hash, threads)?;
        let mut block = Block::default();
        while rows.next(&file.layout, &mut block)? {
            if !give(&mut block, rows.bytes(file.report.bytes)) {
                return Ok(End::default());
            }
        }
        Ok(End {
            corrections: rows.corrections(&file.layout),
            sha256: match &rows {
                _ if !hash => String::new(),
                Rows::Text(rows) => rows.sha256(),
                Rows::Parquet(_) => columnar::sha256(path)?,
            },
        })
    }
}

impl FileReport {
    /// What was understood otherwise than the mapping has it, in sentences.
    fn corrections(&self) -> Vec<String> {
        let mut corrections = Vec::new();
        if let Some(encoding) = self.format.encoding.as_ref().filter(|e| !e.starts_with("UTF-8")) {
            corrections.push(format!("text: written in {encoding}"));
        }
        if self.format.decimal_comma {
            corrections.push("numbers: written with decimal commas".to_owned());
        }
        corrections.extend(
            self.statements
                .iter()
                .filter(|said| matches!(said.by, SaidBy::Evidence | SaidBy::Option))
                .map(|said| format!("{}: {} (by {})", said.about, said.text, said.by.name())),
        );
        corrections
    }
}

/// A shipped mapping by its name, or a file.
fn named_mapping(named: &str) -> Result<Mapping, TelemetryError> {
    let shipped = Mapping::shipped()?;
    if let Some(mapping) = shipped.iter().find(|mapping| mapping.name == named) {
        return Ok(mapping.clone());
    }
    let path = Path::new(named);
    if path.exists() {
        return Mapping::load(path);
    }
    let names: Vec<&str> = shipped.iter().map(|mapping| mapping.name.as_str()).collect();
    Err(TelemetryError::Mapping {
        name: named.to_owned(),
        problem: format!(
            "no such file, and no mapping of that name; there are {}",
            names.join(", ")
        ),
    })
}

fn recognise(
    path: &Path,
    candidates: &Candidates<'_>,
    answers: &Answers,
) -> Result<Recognised, TelemetryError> {
    let cannot = |source| TelemetryError::Read {
        path: path.to_owned(),
        source,
    };
    let bytes = std::fs::metadata(path).map_err(cannot)?.len();
    let kind = text::kind(path).map_err(cannot)?;
    let file = |problem: &str, fix: &str| TelemetryError::File {
        path: path.to_owned(),
        problem: problem.to_owned(),
        fix: fix.to_owned(),
    };
    let table = match kind {
        Kind::Empty => {
            return Err(file(
                "empty (0 bytes)",
                "the export or the copy did not finish; export the log again",
            ));
        }
        Kind::Zip => {
            return Err(file(
                "an Excel workbook or a zip archive",
                "save the sheet as CSV UTF-8, or unpack the archive",
            ));
        }
        Kind::Parquet => Table::Parquet(columnar::sniff(path, candidates, answers.date_order)?),
        Kind::Gzip | Kind::Text => Table::Text(delimited::sniff(
            path,
            kind == Kind::Gzip,
            candidates,
            Given {
                decimal_comma: answers.decimal_comma,
                date_order: answers.date_order,
            },
        )?),
    };
    let (headers, mapping, time): (&[Header], &Mapping, TimeKind) = match &table {
        Table::Text(sniffed) => (&sniffed.headers, &sniffed.mapping, TimeKind::of(sniffed.time)),
        Table::Parquet(sniffed) => {
            let kind = match sniffed.time {
                None => TimeKind::Ambiguous,
                Some(columnar::Time::Number) => TimeKind::Number,
                Some(columnar::Time::Stamp { .. }) => TimeKind::Calendar,
                Some(columnar::Time::Text(read)) => TimeKind::of(Some(read)),
            };
            (&sniffed.headers, &sniffed.mapping, kind)
        }
    };
    let resolved = mapping.resolve(headers);
    let layout = Layout::new(&resolved, headers);
    let mut rows = Rows::open(path, &table, &layout, false, 0)?;
    let mut survey = Survey::default();
    let mut block = Block::default();
    let mut whole = true;
    let mut asked = 0;
    while rows.next(&layout, &mut block)? {
        survey.take(&layout, &block);
        // Asked as often whatever a format's blocks are, so that as much is looked at.
        if survey.rows - asked >= BLOCK_ROWS as u64 {
            asked = survey.rows;
            if survey.enough(mapping, answers) {
                whole = false;
                break;
            }
        }
    }
    let mut understood = survey.understand(&layout, mapping, answers, time);
    let format = match &table {
        Table::Text(sniffed) => {
            if sniffed.decimal_comma.is_none() {
                understood.ask_decimal();
            }
            Format {
                container: "csv".into(),
                gzip: sniffed.gzip,
                encoding: Some(sniffed.encoding.to_owned()),
                delimiter: Some(char::from(sniffed.delimiter)),
                decimal_comma: sniffed.decimal_comma.unwrap_or(false),
                header_line: sniffed.header_line,
            }
        }
        Table::Parquet(_) => Format {
            container: "parquet".into(),
            gzip: false,
            encoding: None,
            delimiter: None,
            decimal_comma: false,
            header_line: 0,
        },
    };
    let twice = layout
        .slots
        .iter()
        .find(|slot| resolved.unknown.contains(&slot.header));
    if let Some(slot) = twice {
        return Err(TelemetryError::File {
            path: path.to_owned(),
            problem: format!("two columns are called {:?}", slot.header),
            fix: "remove the one that is not meant, or give it another name".into(),
        });
    }
    let report = FileReport {
        path: path.to_owned(),
        bytes,
        format,
        mapping: mapping.name.clone(),
        mapping_title: mapping.title.clone(),
        rows_surveyed: survey.rows,
        surveyed_whole: whole,
        columns: columns(&layout, &understood.units, headers),
        left_out: resolved.left_out,
        unknown: resolved.unknown,
        clock: understood.plan.clock,
        soc_definition: understood.plan.soc_definition,
        statements: understood.statements,
        questions: understood.questions,
        vehicles: survey.vehicles,
        first_s: understood.first_s,
    };
    Ok(Recognised {
        report,
        layout,
        plan: understood.plan,
        table,
    })
}

fn columns(layout: &Layout, units: &[(crate::unit::Unit, SaidBy)], headers: &[Header]) -> Vec<ColumnReport> {
    use crate::block::What;
    let mut columns = Vec::new();
    for op in &layout.ops {
        let is = match op.what {
            What::Time => "time",
            What::Vehicle => "vehicle",
            What::Session => "session",
            What::Slot(_) | What::Family(_) => continue,
        };
        let unit = match (op.what, headers.get(op.field).and_then(|header| header.unit)) {
            (What::Time, Some(unit)) => unit.name().to_owned(),
            _ => String::new(),
        };
        columns.push(ColumnReport {
            header: op.header.clone(),
            is: is.to_owned(),
            unit,
            unit_by: SaidBy::File,
        });
    }
    for (slot, (unit, by)) in layout.slots.iter().zip(units) {
        columns.push(ColumnReport {
            header: slot.header.clone(),
            is: slot.channel.name().to_owned(),
            unit: unit.name().to_owned(),
            unit_by: *by,
        });
    }
    columns
}
