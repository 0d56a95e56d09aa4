//! Tables as Apache Parquet, read column by column without arrow.
//!
//! The parquet crate refuses most damage with an error, but it is a large decoder of foreign bytes and does panic on some. A
//! panic in it says no more than that the file is damaged, and nothing of ours is in a half-made state then, because every call
//! hands over buffers that are cleared before the next: so panics are caught here, and only here.

mod pages;

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::data_type::{ByteArray, FixedLenByteArray, Int96};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use sha2::{Digest as _, Sha256};

use self::pages::{Careful, Translated};
use crate::block::{Block, Extremes, Faults, Layout, SessionNames, What};
use crate::clock::{self, DateOrder};
use crate::delimited::{Candidates, TimeRead, time_read};
use crate::error::TelemetryError;
use crate::mapping::{Header, Mapping};
use crate::number::{self, Cell};
use crate::text;

/// Rows that are decoded together: few enough that all their columns stay in a processor's own cache until they are handed on.
const BATCH: usize = 2048;

/// The largest footer that is read: a log's is some kilobytes, and each byte of it may become a hundred in memory.
const LARGEST_FOOTER: u64 = 16 << 20;

/// A Parquet table whose columns were recognised.
#[derive(Debug, Clone)]
pub struct Sniffed {
    /// Its columns.
    pub headers: Vec<Header>,
    /// The mapping that fits.
    pub mapping: Mapping,
    /// How time is read; `None` if day and month cannot be told apart.
    pub time: Option<Time>,
}

/// What the time column's type says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Time {
    /// A plain number.
    Number,
    /// A timestamp of so many seconds a tick, in UTC or in local time.
    Stamp {
        /// Seconds a tick.
        tick: f64,
        /// Whether it is UTC.
        utc: bool,
    },
    /// Text.
    Text(TimeRead),
}

/// Runs a step of the Parquet decoder; its error or panic becomes ours.
fn contained<T>(path: &Path, step: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, TelemetryError> {
    let problem = match catch_unwind(AssertUnwindSafe(step)) {
        Ok(Ok(value)) => return Ok(value),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "its decoder gave up".to_owned(),
    };
    Err(damaged(path, &problem))
}

fn damaged(path: &Path, problem: &str) -> TelemetryError {
    TelemetryError::File {
        path: path.to_owned(),
        problem: format!("the Parquet file is damaged: {problem}"),
        fix: "copy it again and compare its size with the original, or export it again".into(),
    }
}

/// Looks at the end of the file, where a Parquet file says what is in it.
fn check_footer(path: &Path) -> Result<(), TelemetryError> {
    let cannot = |source| TelemetryError::Read {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(cannot)?;
    let len = file.metadata().map_err(cannot)?.len();
    let mut tail = [0; 8];
    if len >= 12 {
        file.seek(SeekFrom::End(-8)).map_err(cannot)?;
        file.read_exact(&mut tail).map_err(cannot)?;
    }
    let [a, b, c, d, magic @ ..] = tail;
    if &magic == b"PARE" {
        return Err(TelemetryError::File {
            path: path.to_owned(),
            problem: "the Parquet file is encrypted".into(),
            fix: "export it without encryption".into(),
        });
    }
    if &magic != b"PAR1" {
        return Err(TelemetryError::File {
            path: path.to_owned(),
            problem: format!("the Parquet file is cut off: after {len} bytes its footer is missing"),
            fix: "copy it again, or wait until the logger has closed it".into(),
        });
    }
    let footer = u64::from(u32::from_le_bytes([a, b, c, d]));
    if footer > len - 8 || footer > LARGEST_FOOTER {
        return Err(damaged(path, &format!("its footer claims {footer} bytes")));
    }
    Ok(())
}

fn open(path: &Path) -> Result<SerializedFileReader<File>, TelemetryError> {
    check_footer(path)?;
    let file = File::open(path).map_err(|source| TelemetryError::Read {
        path: path.to_owned(),
        source,
    })?;
    contained(path, || SerializedFileReader::new(file))
}

/// Looks at a Parquet file.
pub fn sniff(
    path: &Path,
    mappings: &Candidates<'_>,
    order: Option<DateOrder>,
) -> Result<Sniffed, TelemetryError> {
    let reader = open(path)?;
    let headers: Vec<Header> = reader
        .metadata()
        .file_metadata()
        .schema_descr()
        .columns()
        .iter()
        .map(|column| Header::new(&column.path().parts().join(".")))
        .collect();
    let mapping = mappings
        .choose(&headers)
        .ok_or_else(|| mappings.unrecognised(path, &headers))?
        .clone();
    let layout = Layout::new(&mapping.resolve(&headers), &headers);
    drop(reader);
    let mut rows = Rows::open(path, &layout, Some(Time::Number))?;
    let time = match rows.time_type(&layout) {
        Some(time) => Some(time),
        None => {
            rows.batch(&layout, 200)?;
            let place = layout.ops.iter().position(|op| op.what == What::Time);
            let texts: Vec<&[u8]> = place
                .and_then(|place| rows.texts.get(place))
                .map(|texts| texts.iter().collect())
                .unwrap_or_default();
            time_read(&texts, false, order.or(mapping.date_order)).map(Time::Text)
        }
    };
    Ok(Sniffed {
        headers,
        mapping,
        time,
    })
}

/// A column being read.
struct Column {
    place: usize,
    max_def: i16,
    number: Number,
    time: Option<Time>,
    reader: Option<ColumnReader>,
    /// Whether `reader` hands out finished numbers.
    finished: bool,
    /// The texts that `reader` hands out the places of.
    dictionary: Option<Arc<OnceLock<Texts>>>,
}

/// What an integer of a column means.
#[derive(Debug, Clone, Copy)]
struct Number {
    /// What it is multiplied with: decimals are integers.
    scale: f64,
    unsigned: bool,
}

impl Number {
    fn int32(self, value: i32) -> f64 {
        if self.unsigned {
            f64::from(value as u32) * self.scale
        } else {
            f64::from(value) * self.scale
        }
    }

    fn int64(self, value: i64) -> f64 {
        if self.unsigned {
            value as u64 as f64 * self.scale
        } else {
            value as f64 * self.scale
        }
    }
}

/// Reads the rows of a Parquet table.
pub struct Rows {
    path: PathBuf,
    reader: SerializedFileReader<File>,
    columns: Vec<Column>,
    time: Time,
    group: usize,
    left_in_group: u64,
    scratch: Scratch,
    values: Vec<Vec<f64>>,
    texts: Vec<Texts>,
    at: usize,
    len: usize,
    record: u64,
    records: u64,
    sessions: SessionNames,
    vehicle: Vec<u8>,
    extremes: Vec<Extremes>,
    /// What could not be read.
    pub faults: Faults,
}

/// The texts of a column, one after another in one buffer.
#[derive(Debug, Clone, Default)]
struct Texts {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    /// Where the rows name texts of a dictionary instead.
    named: Option<Named>,
}

/// Per row the place of its text in a dictionary, -1 for none.
#[derive(Debug, Clone)]
struct Named {
    dictionary: Arc<OnceLock<Texts>>,
    places: Vec<i32>,
}

impl Texts {
    fn clear(&mut self) {
        self.bytes.clear();
        self.ends.clear();
        self.named = None;
    }

    fn len(&self) -> usize {
        match &self.named {
            Some(named) => named.places.len(),
            None => self.ends.len(),
        }
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn push(&mut self, text: &[u8]) {
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
    }

    fn get(&self, row: usize) -> Option<&[u8]> {
        if let Some(named) = &self.named {
            return match usize::try_from(*named.places.get(row)?) {
                Ok(place) => named.dictionary.get()?.get(place),
                Err(_) => Some(&[]),
            };
        }
        let start = match row.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)?,
        };
        self.bytes.get(start..*self.ends.get(row)?)
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.len()).filter_map(|row| self.get(row))
    }

    /// How many rows from `row` on have the very same place in a dictionary; at least the row itself.
    fn alike(&self, row: usize) -> usize {
        let places = self.named.as_ref().and_then(|named| named.places.get(row..));
        let Some((first, rest)) = places.and_then(<[i32]>::split_first) else {
            return 1;
        };
        1 + rest.iter().take_while(|place| *place == first).count()
    }

    /// Puts texts where the definition levels say there is one, and nothing elsewhere.
    fn spread<'a>(
        &mut self,
        def: &[i16],
        max_def: i16,
        records: usize,
        mut found: impl Iterator<Item = &'a [u8]>,
    ) {
        for row in 0..records {
            let there = max_def == 0 || def.get(row) == Some(&max_def);
            let text = if there { found.next() } else { None };
            self.push(text.unwrap_or_default());
        }
    }
}

/// Buffers the decoder writes to, one per physical type.
#[derive(Default)]
struct Scratch {
    def: Vec<i16>,
    bools: Vec<bool>,
    int32: Vec<i32>,
    int64: Vec<i64>,
    int96: Vec<Int96>,
    float: Vec<f32>,
    double: Vec<f64>,
    bytes: Vec<ByteArray>,
    fixed: Vec<FixedLenByteArray>,
}

impl Rows {
    /// Opens a table.
    pub fn open(path: &Path, layout: &Layout, time: Option<Time>) -> Result<Self, TelemetryError> {
        let reader = open(path)?;
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        let mut columns = Vec::new();
        for op in &layout.ops {
            let Some(descriptor) = schema.columns().get(op.field) else {
                return Err(damaged(path, "a column is gone"));
            };
            if descriptor.max_rep_level() > 0 {
                return Err(TelemetryError::File {
                    path: path.to_owned(),
                    problem: format!("column {:?} holds lists", op.header),
                    fix: "write one row per sample".into(),
                });
            }
            columns.push(Column::new(op.field, descriptor));
        }
        let records = reader
            .metadata()
            .row_groups()
            .iter()
            .map(|group| u64::try_from(group.num_rows()).unwrap_or(0))
            .fold(0, u64::saturating_add);
        Ok(Self {
            path: path.to_owned(),
            reader,
            values: vec![Vec::new(); columns.len()],
            texts: vec![Texts::default(); columns.len()],
            columns,
            time: time.unwrap_or(Time::Text(TimeRead::Text(Some(DateOrder::DayFirst)))),
            group: 0,
            left_in_group: 0,
            scratch: Scratch::default(),
            at: 0,
            len: 0,
            record: 0,
            records,
            sessions: SessionNames::default(),
            vehicle: Vec::new(),
            extremes: Vec::new(),
            faults: Faults {
                cells: vec![Default::default(); layout.ops.len()],
                ..Faults::default()
            },
        })
    }

    /// Records read so far and in all.
    pub fn progress(&self) -> (u64, u64) {
        (self.record, self.records)
    }

    /// What the type of the time column says; `None` if it is text.
    fn time_type(&self, layout: &Layout) -> Option<Time> {
        let place = layout.ops.iter().position(|op| op.what == What::Time)?;
        self.columns.get(place)?.time
    }

    /// Reads the next rows of every column; the buffers are empty at the end of the table.
    fn batch(&mut self, layout: &Layout, most: usize) -> Result<(), TelemetryError> {
        self.at = 0;
        self.len = 0;
        while self.left_in_group == 0 {
            if self.group >= self.reader.num_row_groups() {
                return Ok(());
            }
            self.begin_group()?;
        }
        let most = most.min(usize::try_from(self.left_in_group).unwrap_or(usize::MAX));
        for (((column, values), texts), op) in self
            .columns
            .iter_mut()
            .zip(&mut self.values)
            .zip(&mut self.texts)
            .zip(&layout.ops)
        {
            let scratch = &mut self.scratch;
            let read = contained(&self.path, || column.read(most, scratch, values, texts))?;
            if read != most {
                return Err(damaged(&self.path, &format!("column {:?} ends early", op.header)));
            }
        }
        self.len = most;
        self.left_in_group -= most as u64;
        Ok(())
    }

    fn begin_group(&mut self) -> Result<(), TelemetryError> {
        let group = self.group;
        self.group += 1;
        let (reader, columns) = (&self.reader, &mut self.columns);
        self.left_in_group = contained(&self.path, || {
            let group = reader.get_row_group(group)?;
            for column in columns.iter_mut() {
                let pages = Careful(group.get_column_page_reader(column.place)?);
                let chunk = group.metadata().column(column.place);
                column.reader = Some(match Translated::new(pages, chunk, column.number)? {
                    Ok((pages, descriptor, texts)) => {
                        column.finished = texts.is_none();
                        column.dictionary = texts;
                        get_column_reader(descriptor, Box::new(pages))
                    }
                    Err(pages) => {
                        column.finished = false;
                        column.dictionary = None;
                        get_column_reader(chunk.column_descr_ptr(), Box::new(pages))
                    }
                });
            }
            u64::try_from(group.metadata().num_rows())
                .map_err(|_| ParquetError::General("a negative number of rows".into()))
        })?;
        Ok(())
    }

    /// Fills a block with rows of one vehicle; false if there are none left.
    pub fn next(&mut self, layout: &Layout, block: &mut Block) -> Result<bool, TelemetryError> {
        block.begin(layout);
        self.extremes.resize(layout.families.len(), Extremes::default());
        while block.len() == 0 {
            if self.at == self.len {
                self.batch(layout, BATCH)?;
                if self.len == 0 {
                    break;
                }
            }
            let end = self.run(layout);
            self.take(layout, block, end);
            self.at = end;
        }
        self.faults.check(&self.path, layout)?;
        if !self.vehicle.is_empty() {
            block.vehicle = Some(String::from_utf8_lossy(&self.vehicle).into_owned());
        }
        Ok(block.len() > 0)
    }

    /// Where the rows of the next row's vehicle end in the batch; remembers the vehicle.
    fn run(&mut self, layout: &Layout) -> usize {
        let Some(place) = layout.ops.iter().position(|op| op.what == What::Vehicle) else {
            return self.len;
        };
        let name = |row: usize| -> Vec<u8> {
            match self.texts.get(place).filter(|texts| !texts.is_empty()) {
                Some(texts) => texts.get(row).unwrap_or_default().trim_ascii().to_vec(),
                None => match self.values.get(place).and_then(|values| values.get(row)) {
                    Some(value) if !value.is_nan() => value.to_string().into_bytes(),
                    _ => Vec::new(),
                },
            }
        };
        let same = |row: usize, vehicle: &[u8]| match self.texts.get(place).filter(|texts| !texts.is_empty())
        {
            Some(texts) => texts.get(row).is_none_or(|t| t.is_empty() || t == vehicle),
            None => {
                let name = name(row);
                name.is_empty() || name == vehicle
            }
        };
        let first = name(self.at);
        let vehicle = if first.is_empty() {
            self.vehicle.clone()
        } else {
            first
        };
        let mut end = self.at + 1;
        while end < self.len && same(end, &vehicle) {
            end += match self.texts.get(place) {
                Some(texts) => texts.alike(end),
                None => 1,
            };
        }
        self.vehicle = vehicle;
        end
    }

    /// Takes rows of the batch into the block.
    fn take(&mut self, layout: &Layout, block: &mut Block, end: usize) {
        let first_record = self.record + 1;
        self.record += (end - self.at) as u64;
        self.faults.rows += (end - self.at) as u64;
        let Some(time_place) = layout.ops.iter().position(|op| op.what == What::Time) else {
            return;
        };
        let numbers = self
            .values
            .get(time_place)
            .and_then(|values| values.get(self.at..end));
        if let Some(numbers) = numbers.filter(|numbers| {
            self.time == Time::Number && !numbers.iter().fold(false, |any, time| any | time.is_nan())
        }) {
            block.rows.extend(first_record..=self.record);
            block.time.extend_from_slice(numbers);
            return self.take_columns(layout, block, end, None, first_record);
        }
        let mut kept: Vec<usize> = Vec::new();
        for row in self.at..end {
            let record = first_record + (row - self.at) as u64;
            let text = self
                .texts
                .get(time_place)
                .and_then(|texts| texts.get(row))
                .unwrap_or_default();
            let number = self
                .values
                .get(time_place)
                .and_then(|values| values.get(row))
                .copied()
                .unwrap_or(f64::NAN);
            let time = match self.time {
                Time::Number => number,
                Time::Stamp { tick, utc } => {
                    block.zoned += usize::from(utc);
                    number * tick
                }
                Time::Text(TimeRead::Number) => match number::cell(text, false) {
                    Cell::Number(value) => value,
                    _ => f64::NAN,
                },
                Time::Text(TimeRead::Text(order)) => match clock::civil(text, order) {
                    Ok(civil) => {
                        block.zoned += usize::from(civil.zoned);
                        civil.seconds
                    }
                    Err(_) => f64::NAN,
                },
            };
            if time.is_nan() {
                self.faults.no_time.note(record, text);
            } else {
                block.rows.push(record);
                block.time.push(time);
                kept.push(row);
            }
        }
        let some = (kept.len() < end - self.at).then_some(kept.as_slice());
        self.take_columns(layout, block, end, some, first_record);
    }

    /// Takes the columns beside the time into the block: of all rows up to `end`, or of some.
    fn take_columns(
        &mut self,
        layout: &Layout,
        block: &mut Block,
        end: usize,
        some: Option<&[usize]>,
        first_record: u64,
    ) {
        let all = self.at..end;
        let kept = || -> Box<dyn Iterator<Item = usize> + '_> {
            match some {
                Some(rows) => Box::new(rows.iter().copied()),
                None => Box::new(all.clone()),
            }
        };
        let count = some.map_or(all.len(), <[usize]>::len);
        let mut families = vec![Vec::new(); layout.families.len()];
        for (((op, values), texts), fault) in layout
            .ops
            .iter()
            .zip(&mut self.values)
            .zip(&self.texts)
            .zip(&mut self.faults.cells)
        {
            match op.what {
                What::Time | What::Vehicle => {}
                What::Session => {
                    if texts.is_empty() && some.is_none() {
                        let run = values.get(all.clone()).unwrap_or_default();
                        block.session.extend(run.iter().map(|value| *value as i64));
                    } else {
                        for row in kept() {
                            block.session.push(match texts.get(row) {
                                Some(text) => self.sessions.number(text),
                                None => values.get(row).map_or(0, |value| *value as i64),
                            });
                        }
                    }
                }
                What::Slot(_) | What::Family(_) => {
                    // Numbers written as text are read once for all vehicles in the batch.
                    if values.is_empty() {
                        for (row, text) in texts.iter().enumerate() {
                            values.push(match number::cell(text, false) {
                                Cell::Number(value) => value,
                                Cell::Missing => f64::NAN,
                                Cell::Unreadable => {
                                    fault.note(first_record + row.saturating_sub(self.at) as u64, text);
                                    f64::NAN
                                }
                            });
                        }
                    }
                    match op.what {
                        What::Slot(slot) => {
                            let Some(column) = block.columns.get_mut(slot) else {
                                continue;
                            };
                            match some {
                                None => op.extend(column, values.get(all.clone()).unwrap_or_default()),
                                Some(rows) => column.extend(
                                    rows.iter()
                                        .map(|row| op.value(values.get(*row).copied().unwrap_or(f64::NAN))),
                                ),
                            }
                        }
                        What::Family(family) => {
                            let Some(rows) = families.get_mut(family) else {
                                continue;
                            };
                            rows.resize(count, Extremes::default());
                            for (extremes, row) in rows.iter_mut().zip(kept()) {
                                extremes.take(op.value(values.get(row).copied().unwrap_or(f64::NAN)));
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        for (rows, family) in families.iter().zip(&layout.families) {
            for extremes in rows {
                extremes.put(*family, &mut block.columns);
            }
        }
    }
}

impl Column {
    fn new(place: usize, descriptor: &ColumnDescriptor) -> Self {
        use parquet::basic::Type;
        let mut column = Self {
            place,
            max_def: descriptor.max_def_level(),
            number: Number {
                scale: 1.0,
                unsigned: false,
            },
            time: Some(Time::Number),
            reader: None,
            finished: false,
            dictionary: None,
        };
        match descriptor.physical_type() {
            Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY => column.time = None,
            // What older tools write for timestamps; they do not say in which zone.
            Type::INT96 => {
                column.time = Some(Time::Stamp {
                    tick: 1.0,
                    utc: false,
                })
            }
            _ => {}
        }
        match descriptor.logical_type_ref() {
            Some(LogicalType::Timestamp(stamp)) => {
                let tick = match stamp.unit {
                    TimeUnit::MILLIS => 1e-3,
                    TimeUnit::MICROS => 1e-6,
                    TimeUnit::NANOS => 1e-9,
                };
                column.time = Some(Time::Stamp {
                    tick,
                    utc: stamp.is_adjusted_to_u_t_c,
                });
            }
            Some(LogicalType::Decimal(decimal)) => {
                column.number.scale = 10_f64.powi(-decimal.scale.clamp(0, 38))
            }
            Some(LogicalType::Integer(integer)) => column.number.unsigned = !integer.is_signed,
            _ => match descriptor.converted_type() {
                ConvertedType::TIMESTAMP_MILLIS => {
                    column.time = Some(Time::Stamp {
                        tick: 1e-3,
                        utc: true,
                    })
                }
                ConvertedType::TIMESTAMP_MICROS => {
                    column.time = Some(Time::Stamp {
                        tick: 1e-6,
                        utc: true,
                    })
                }
                _ => {}
            },
        }
        column
    }

    /// Reads rows: numbers into `values`, texts into `texts`; the other is left empty. Says how many rows there were.
    fn read(
        &mut self,
        most: usize,
        scratch: &mut Scratch,
        values: &mut Vec<f64>,
        texts: &mut Texts,
    ) -> Result<usize, ParquetError> {
        values.clear();
        texts.clear();
        scratch.def.clear();
        let (max_def, number) = (self.max_def, self.number);
        let def = &mut scratch.def;
        macro_rules! numbers {
            ($reader:expr, $buffer:expr, $number:expr) => {{
                $buffer.clear();
                let (records, found, _) = $reader.read_records(most, Some(def), None, $buffer)?;
                if found == records {
                    values.extend($buffer.iter().map($number));
                } else {
                    spread(def, max_def, records, $buffer.iter().map($number), values);
                }
                records
            }};
        }
        let Some(reader) = &mut self.reader else {
            return Ok(0);
        };
        Ok(match reader {
            ColumnReader::DoubleColumnReader(r) if self.finished => {
                let (records, found, _) = r.read_records(most, Some(def), None, values)?;
                if found < records {
                    scratch.double.clear();
                    scratch.double.append(values);
                    spread(def, max_def, records, scratch.double.iter().copied(), values);
                }
                records
            }
            ColumnReader::Int32ColumnReader(r) if let Some(dictionary) = &self.dictionary => {
                let mut places = Vec::with_capacity(most);
                let (records, found, _) = r.read_records(most, Some(def), None, &mut places)?;
                if found < records {
                    let mut found = places.into_iter();
                    let place = |level: &i16| match *level == max_def {
                        true => found.next().unwrap_or(-1),
                        false => -1,
                    };
                    places = def.iter().take(records).map(place).collect();
                }
                texts.named = Some(Named {
                    dictionary: dictionary.clone(),
                    places,
                });
                records
            }
            ColumnReader::BoolColumnReader(r) => {
                numbers!(r, &mut scratch.bools, |v: &bool| f64::from(u8::from(*v)))
            }
            ColumnReader::Int32ColumnReader(r) => {
                numbers!(r, &mut scratch.int32, |v: &i32| number.int32(*v))
            }
            ColumnReader::Int64ColumnReader(r) => {
                numbers!(r, &mut scratch.int64, |v: &i64| number.int64(*v))
            }
            ColumnReader::Int96ColumnReader(r) => {
                numbers!(r, &mut scratch.int96, |v: &Int96| v.to_nanos() as f64 * 1e-9)
            }
            ColumnReader::FloatColumnReader(r) => {
                numbers!(r, &mut scratch.float, |v: &f32| single(*v))
            }
            ColumnReader::DoubleColumnReader(r) => {
                numbers!(r, &mut scratch.double, |v: &f64| double(*v))
            }
            ColumnReader::ByteArrayColumnReader(r) => {
                scratch.bytes.clear();
                let (records, _, _) = r.read_records(most, Some(def), None, &mut scratch.bytes)?;
                texts.spread(
                    def,
                    max_def,
                    records,
                    scratch.bytes.iter().map(|bytes| bytes.data()),
                );
                records
            }
            ColumnReader::FixedLenByteArrayColumnReader(r) => {
                scratch.fixed.clear();
                let (records, _, _) = r.read_records(most, Some(def), None, &mut scratch.fixed)?;
                texts.spread(
                    def,
                    max_def,
                    records,
                    scratch.fixed.iter().map(|bytes| bytes.data()),
                );
                records
            }
        })
    }
}

/// A finite number, or none.
fn double(value: f64) -> f64 {
    if value.is_finite() { value } else { f64::NAN }
}

/// Single precision as the decimal that was meant: 360.6 and not 360.6000061035156, as a text file would have it.
///
/// Loggers write a handful of digits; where such a number has the same single-precision value, it is the one that was measured,
/// and the same log as CSV and as Parquet then gives the same assessment.
fn single(value: f32) -> f64 {
    if !value.is_finite() {
        return f64::NAN;
    }
    let wide = f64::from(value);
    let rounded = (wide * 1e4).round() / 1e4;
    if rounded as f32 == value { rounded } else { wide }
}

/// Puts numbers where the definition levels say there is one, and NaN elsewhere.
fn spread(
    def: &[i16],
    max_def: i16,
    records: usize,
    mut found: impl Iterator<Item = f64>,
    to: &mut Vec<f64>,
) {
    if max_def == 0 {
        to.extend(found.take(records));
        return;
    }
    to.reserve(records);
    for level in def.iter().take(records) {
        to.push(match *level == max_def {
            true => found.next().unwrap_or(f64::NAN),
            false => f64::NAN,
        });
    }
}

/// SHA-256 of a file, in hexadecimal.
pub fn sha256(path: &Path) -> Result<String, TelemetryError> {
    let cannot = |source| TelemetryError::Read {
        path: path.to_owned(),
        source,
    };
    let mut file = File::open(path).map_err(cannot)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    loop {
        let len = text::fill(&mut file, &mut buffer).map_err(cannot)?;
        if len == 0 {
            return Ok(text::hex(&hash.finalize()));
        }
        hash.update(buffer.get(..len).unwrap_or_default());
    }
}
