//! Rows between the file and their normalisation: numbers as they stand in the file, column by column.

use std::path::Path;

use battery::Channel;

use crate::error::TelemetryError;
use crate::mapping::{Header, Reading, Resolved, Rule, Target};
use crate::report::SaidBy;
use crate::unit::Unit;

/// Rows in a block: some hundred kilobytes, so that memory does not grow with the file and a column stays in the cache.
pub const BLOCK_ROWS: usize = 8192;

/// Cells that may be unreadable before a column is not what the mapping says: so many, and one in a hundred rows.
pub(crate) const TOLERATED: u64 = 20;

/// A channel that a file fills, and in which unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot {
    /// The channel.
    pub channel: Channel,
    /// Its heading in the file.
    pub header: String,
    /// The unit said by the header or the mapping.
    pub unit: Option<(Unit, SaidBy)>,
}

/// What is done with a field of a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Op {
    /// The field, from 0.
    pub field: usize,
    /// Its heading.
    pub header: String,
    /// Where it goes.
    pub what: What,
    reading: Reading,
    scale: f64,
    missing: Vec<f64>,
}

/// Where a field goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// The time.
    Time,
    /// The vehicle.
    Vehicle,
    /// The session.
    Session,
    /// A slot.
    Slot(usize),
    /// One of a family whose extremes are taken.
    Family(usize),
}

/// Several columns of which the extremes and the mean are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Family {
    /// The slot of the highest.
    pub max: Option<usize>,
    /// The slot of the lowest.
    pub min: Option<usize>,
    /// The slot of the mean.
    pub mean: Option<usize>,
}

/// Which field of a row goes where.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    /// The fields that are read, in their order.
    pub ops: Vec<Op>,
    /// The channels that are filled.
    pub slots: Vec<Slot>,
    /// The families.
    pub families: Vec<Family>,
}

impl Layout {
    /// Arranges what a mapping found.
    pub fn new(resolved: &Resolved, headers: &[Header]) -> Self {
        let mut layout = Self::default();
        let direct = |channel: Channel| {
            resolved
                .columns
                .iter()
                .any(|f| f.target == Target::Channel(channel))
        };
        for found in &resolved.columns {
            let Some(&first) = found.fields.first() else {
                continue;
            };
            let unit = unit_of(headers.get(first), &found.rule);
            let heading = heading(headers, &found.fields);
            let what = match found.target {
                Target::Time => What::Time,
                Target::Vehicle => What::Vehicle,
                Target::Session => What::Session,
                Target::Channel(channel) => What::Slot(layout.slot(channel, &heading, unit)),
                Target::Cell => {
                    let mut one = |channel| (!direct(channel)).then(|| layout.slot(channel, &heading, unit));
                    let family = Family {
                        max: one(Channel::CellMax),
                        min: one(Channel::CellMin),
                        mean: one(Channel::CellMean),
                    };
                    layout.family(family)
                }
                Target::Temp => {
                    if direct(Channel::TempMax) && direct(Channel::TempMin) {
                        continue;
                    }
                    let mut one = |channel| (!direct(channel)).then(|| layout.slot(channel, &heading, unit));
                    let family = Family {
                        max: one(Channel::TempMax),
                        min: one(Channel::TempMin),
                        mean: None,
                    };
                    layout.family(family)
                }
            };
            for &field in &found.fields {
                layout.ops.push(Op {
                    field,
                    header: headers.get(field).map(|h| h.written.clone()).unwrap_or_default(),
                    what,
                    reading: found.rule.reading,
                    scale: found.rule.scale,
                    missing: found.rule.missing.clone(),
                });
            }
        }
        layout.ops.sort_by_key(|op| op.field);
        layout
    }

    fn slot(&mut self, channel: Channel, header: &str, unit: Option<(Unit, SaidBy)>) -> usize {
        if let Some(place) = self.place(channel) {
            return place;
        }
        self.slots.push(Slot {
            channel,
            header: header.to_owned(),
            unit,
        });
        self.slots.len() - 1
    }

    /// Families of one kind written in several ways share their slots, and so are one family.
    fn family(&mut self, family: Family) -> What {
        match self.families.iter().position(|known| *known == family) {
            Some(place) => What::Family(place),
            None => {
                self.families.push(family);
                What::Family(self.families.len() - 1)
            }
        }
    }

    /// The slot of a channel.
    pub fn place(&self, channel: Channel) -> Option<usize> {
        self.slots.iter().position(|slot| slot.channel == channel)
    }

    /// The field of the time.
    pub fn time(&self) -> Option<&Op> {
        self.ops.iter().find(|op| op.what == What::Time)
    }
}

fn unit_of(header: Option<&Header>, rule: &Rule) -> Option<(Unit, SaidBy)> {
    if matches!(rule.reading, Reading::IsZero | Reading::NotZero) {
        return Some((Unit::Flag, SaidBy::Mapping));
    }
    match (header.and_then(|h| h.unit), rule.unit) {
        // What the header says of this very file goes before what the mapping says of all files of the kind; but not where the
        // mapping converts the number first.
        (Some(unit), _) if rule.scale == 1.0 => Some((unit, SaidBy::File)),
        (_, Some(unit)) => Some((unit, SaidBy::Mapping)),
        (Some(unit), None) => Some((unit, SaidBy::File)),
        (None, None) => None,
    }
}

fn heading(headers: &[Header], fields: &[usize]) -> String {
    let name = |field: Option<&usize>| {
        field
            .and_then(|&f| headers.get(f))
            .map(|h| h.written.as_str())
            .unwrap_or_default()
    };
    match fields {
        [one] => name(Some(one)).to_owned(),
        [one, two] => format!("{}, {}", name(Some(one)), name(Some(two))),
        many => format!("{} … {} ({})", name(many.first()), name(many.last()), many.len()),
    }
}

impl Op {
    /// What a number in the field means.
    #[inline]
    pub fn value(&self, number: f64) -> f64 {
        if !self.missing.is_empty() && self.missing.contains(&number) {
            return f64::NAN;
        }
        match self.reading {
            Reading::Value => number * self.scale,
            Reading::Magnitude => (number * self.scale).abs(),
            Reading::NotZero if number.is_nan() => f64::NAN,
            Reading::NotZero => f64::from(u8::from(number != 0.0)),
            Reading::IsZero if number.is_nan() => f64::NAN,
            Reading::IsZero => f64::from(u8::from(number == 0.0)),
        }
    }

    /// What the numbers of a column mean.
    pub fn extend(&self, to: &mut Vec<f64>, numbers: &[f64]) {
        let before = to.len();
        to.extend_from_slice(numbers);
        self.apply(to.get_mut(before..).unwrap_or_default());
    }

    /// Puts in the place of numbers what they mean.
    pub fn apply(&self, numbers: &mut [f64]) {
        if self.reading != Reading::Value || self.scale != 1.0 || !self.missing.is_empty() {
            for number in numbers {
                *number = self.value(*number);
            }
        }
    }
}

/// Extremes and mean of a family in one row.
#[derive(Debug, Clone, Copy)]
pub struct Extremes {
    max: f64,
    min: f64,
    sum: f64,
    count: u32,
}

impl Default for Extremes {
    fn default() -> Self {
        Self {
            max: f64::NEG_INFINITY,
            min: f64::INFINITY,
            sum: 0.0,
            count: 0,
        }
    }
}

impl Extremes {
    /// Takes a value in; a missing one is passed over.
    #[inline]
    pub fn take(&mut self, value: f64) {
        if !value.is_nan() {
            self.max = self.max.max(value);
            self.min = self.min.min(value);
            self.sum += value;
            self.count += 1;
        }
    }

    /// Writes a row of the family's slots.
    pub fn put(&self, family: Family, columns: &mut [Vec<f64>]) {
        let known = self.count > 0;
        let values = [
            (family.max, self.max),
            (family.min, self.min),
            (family.mean, self.sum / f64::from(self.count.max(1))),
        ];
        for (slot, value) in values {
            if let Some(column) = slot.and_then(|slot| columns.get_mut(slot)) {
                column.push(if known { value } else { f64::NAN });
            }
        }
    }
}

/// Rows of one vehicle.
#[derive(Debug, Default)]
pub struct Block {
    /// The line or record of each row.
    pub rows: Vec<u64>,
    /// The time as it stands in the file: its number, or the seconds its text means.
    pub time: Vec<f64>,
    /// How many of the times said their offset from UTC.
    pub zoned: usize,
    /// The session; empty if the file has none.
    pub session: Vec<i64>,
    /// The vehicle all rows are from.
    pub vehicle: Option<String>,
    /// One column per slot.
    pub columns: Vec<Vec<f64>>,
}

impl Block {
    /// Empties it for a layout.
    pub fn begin(&mut self, layout: &Layout) {
        self.rows.clear();
        self.time.clear();
        self.zoned = 0;
        self.session.clear();
        self.vehicle = None;
        self.columns.resize_with(layout.slots.len(), Vec::new);
        self.columns.iter_mut().for_each(Vec::clear);
    }

    /// Rows in it.
    pub fn len(&self) -> usize {
        self.time.len()
    }
}

/// The logger's name or number of a session as a number.
#[derive(Debug, Default)]
pub struct SessionNames {
    last: Vec<u8>,
    number: i64,
}

impl SessionNames {
    /// The number that was given out last.
    pub fn current(&self) -> i64 {
        self.number
    }

    /// The number of a session: its own where it is an integer, else counted up at every change of name.
    pub fn number(&mut self, name: &[u8]) -> i64 {
        let name = name.trim_ascii();
        if name == self.last {
            return self.number;
        }
        self.last.clear();
        self.last
            .extend_from_slice(name.get(..name.len().min(256)).unwrap_or_default());
        let own = str::from_utf8(name)
            .ok()
            .and_then(|text| text.parse::<f64>().ok())
            .filter(|n| n.fract() == 0.0 && n.abs() < 1e15);
        self.number = own.map_or(self.number + 1, |n| n as i64);
        self.number
    }
}

/// What could not be read, counted, with the first of each kind.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    /// Rows seen.
    pub rows: u64,
    /// Per field that is read: cells that are neither number nor missing.
    pub cells: Vec<Fault>,
    /// Rows without a time.
    pub no_time: Fault,
    /// Rows that end early.
    pub short: Fault,
    /// Headings in the middle of the file.
    pub repeated_header: u64,
}

/// One kind of fault.
#[derive(Debug, Clone, Default)]
pub struct Fault {
    /// How often.
    pub count: u64,
    /// The row of the first.
    pub row: u64,
    /// What stood there, shortened.
    pub value: String,
}

impl Fault {
    /// Counts one.
    #[cold]
    pub fn note(&mut self, row: u64, value: &[u8]) {
        if self.count == 0 {
            self.row = row;
            self.value = shortened(&String::from_utf8_lossy(value));
        }
        self.count += 1;
    }
}

/// A value as it fits a message.
pub fn shortened(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.chars().count() <= LONGEST {
        text.to_owned()
    } else {
        text.chars().take(LONGEST).chain(['…']).collect()
    }
}

impl Faults {
    /// Refuses a column that is mostly something else than the mapping says.
    pub fn check(&self, path: &Path, layout: &Layout) -> Result<(), TelemetryError> {
        let limit = TOLERATED + self.rows / 100;
        for (fault, op) in self.cells.iter().zip(&layout.ops) {
            if fault.count > limit {
                return Err(TelemetryError::Row {
                    path: path.to_owned(),
                    row: fault.row,
                    column: op.header.as_str().into(),
                    value: fault.value.as_str().into(),
                    problem: format!("not a number, as in {} of {} rows", fault.count, self.rows),
                    fix: "export the column as plain numbers, or name another column in a mapping of your own (--mapping FILE)"
                        .into(),
                });
            }
        }
        if self.no_time.count > limit {
            return Err(TelemetryError::Row {
                path: path.to_owned(),
                row: self.no_time.row,
                column: layout
                    .time()
                    .map(|op| op.header.as_str().into())
                    .unwrap_or_default(),
                value: self.no_time.value.as_str().into(),
                problem: format!(
                    "not a time in any form known, as in {} of {} rows",
                    self.no_time.count, self.rows
                ),
                fix: "write 2026-05-16T11:44:36+09:00, seconds since 1970, or seconds since the start".into(),
            });
        }
        if self.short.count > limit {
            return Err(TelemetryError::Row {
                path: path.to_owned(),
                row: self.short.row,
                column: "".into(),
                value: self.short.value.as_str().into(),
                problem: format!(
                    "fewer fields than the header, as in {} of {} rows",
                    self.short.count, self.rows
                ),
                fix: "export the table again with one row a line and every column in it".into(),
            });
        }
        Ok(())
    }

    /// What was passed over, in sentences.
    pub fn corrections(&self, layout: &Layout) -> Vec<String> {
        let mut said = Vec::new();
        for (fault, op) in self.cells.iter().zip(&layout.ops) {
            if fault.count > 0 {
                said.push(format!(
                    "column {:?}: {} taken as missing, the first in row {}: {:?}",
                    op.header,
                    counted(fault.count, "unreadable value"),
                    fault.row,
                    fault.value
                ));
            }
        }
        if self.no_time.count > 0 {
            said.push(format!(
                "{} without a time left out, the first is row {}",
                counted(self.no_time.count, "row"),
                self.no_time.row
            ));
        }
        if self.short.count > 0 {
            said.push(format!(
                "{} left out that end early, the first is row {}: the copy or the logging was interrupted",
                counted(self.short.count, "row"),
                self.short.row
            ));
        }
        if self.repeated_header > 0 {
            said.push(format!(
                "the header repeated {} in the file; passed over",
                counted(self.repeated_header, "time")
            ));
        }
        said
    }
}

/// A number with its noun.
pub fn counted(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
