//! From a file's numbers to the battery's: units, sign, clock, one row per moment. What is repaired is counted.

use std::path::Path;

use battery::columns::{leading_pairs, range};
use battery::{Channel, Clock, Samples};

use crate::block::{Block, Fault, Layout, TOLERATED, counted};
use crate::clock::NEVER_SET_S;
use crate::error::TelemetryError;
use crate::survey::Plan;
use crate::unit::plausible;

/// Rows taken and handed on at a time: few enough that all their columns stay in the cache until they have been assessed.
const RUN: usize = 2048;

/// Cells of a column without a value.
#[derive(Debug, Clone, Copy, Default)]
pub struct Missing {
    /// How many.
    pub count: u64,
    /// The row of the first.
    pub row: u64,
}

impl Missing {
    /// Counts those among some cells, whose rows are given.
    fn note(&mut self, values: &[f64], rows: &[u64]) {
        let count = values.iter().filter(|value| value.is_nan()).count();
        if count == 0 {
            return;
        }
        if self.count == 0 {
            let first = values.iter().position(|value| value.is_nan());
            self.row = first
                .and_then(|first| rows.get(first).copied())
                .unwrap_or_default();
        }
        self.count += count as u64;
    }
}

/// Whether a method needs the channel, so that it is said where many of its cells hold no value.
const fn needed(channel: Channel) -> bool {
    matches!(
        channel,
        Channel::PackCurrent
            | Channel::PackVoltage
            | Channel::Soc
            | Channel::CellMax
            | Channel::CellMin
            | Channel::CellMean
    )
}

/// What was repaired in the rows of a file.
#[derive(Debug, Clone, Default)]
pub struct Repairs {
    /// Rows handed on.
    pub rows: u64,
    /// Rows merged into the one before, because they have the same time.
    pub merged: u64,
    /// Rows left out because the clock was not set yet.
    pub unset: u64,
    /// Times a clock without a date began anew.
    pub restarts: u64,
    /// Rows earlier than the one before; they are handed on.
    pub backwards: Fault,
    /// Per slot: values that no battery has.
    pub implausible: Vec<Fault>,
    /// Per slot: cells without a value, those included that could not be read.
    pub missing: Vec<Missing>,
}

impl Repairs {
    /// Refuses a column that shows, in more than one of a hundred rows, what no battery has.
    pub fn check(&self, path: &Path, layout: &Layout) -> Result<(), TelemetryError> {
        let rows = self.rows + self.merged;
        for (fault, slot) in self.implausible.iter().zip(&layout.slots) {
            if fault.count > TOLERATED + rows / 100 {
                return Err(TelemetryError::Row {
                    path: path.to_owned(),
                    row: fault.row,
                    column: slot.header.as_str().into(),
                    value: fault.value.as_str().into(),
                    problem: format!("no battery has this, as in {} of {rows} rows", fault.count),
                    fix: "check its unit and sensor; if the column is of no use, export the table without it"
                        .into(),
                });
            }
        }
        Ok(())
    }

    /// In sentences.
    pub fn corrections(&self, layout: &Layout) -> Vec<String> {
        let mut said = Vec::new();
        if self.merged > 0 {
            said.push(format!(
                "{} with the time of the row before merged into it as their mean",
                counted(self.merged, "row")
            ));
        }
        if self.unset > 0 {
            said.push(format!(
                "{} left out, logged before the clock was set (dates of 1970 to 1980)",
                counted(self.unset, "row")
            ));
        }
        if self.restarts > 0 {
            said.push(format!(
                "the clock begins anew {}: each is a session of its own",
                counted(self.restarts, "time")
            ));
        }
        if self.backwards.count > 0 {
            said.push(format!(
                "{} earlier than the row before, the first is row {}; they are not used",
                counted(self.backwards.count, "row"),
                self.backwards.row
            ));
        }
        let rows = self.rows + self.merged;
        for (missing, slot) in self.missing.iter().zip(&layout.slots) {
            if needed(slot.channel) && missing.count > rows / 100 {
                said.push(format!(
                    "column {:?}: no value in {} of {rows} rows, the first is row {}",
                    slot.header, missing.count, missing.row
                ));
            }
        }
        for (fault, slot) in self.implausible.iter().zip(&layout.slots) {
            if fault.count > 0 {
                said.push(format!(
                    "column {:?}: {} that no battery has taken as missing, the first in row {}: {}",
                    slot.header,
                    counted(fault.count, "value"),
                    fault.row,
                    fault.value
                ));
            }
        }
        said
    }
}

/// Makes samples of blocks.
pub struct Normaliser<'a> {
    layout: &'a Layout,
    plan: &'a Plan,
    limits: Vec<(f64, f64)>,
    out: Samples,
    times: Vec<f64>,
    last: Option<(f64, i64)>,
    session: i64,
    merged_into_last: Vec<u32>,
    /// What was repaired.
    pub repairs: Repairs,
}

impl<'a> Normaliser<'a> {
    /// For a file.
    pub fn new(layout: &'a Layout, plan: &'a Plan) -> Self {
        Self {
            layout,
            plan,
            limits: layout.slots.iter().map(|slot| plausible(slot.channel)).collect(),
            out: Samples::default(),
            times: Vec::new(),
            last: None,
            session: 0,
            merged_into_last: vec![0; layout.slots.len()],
            repairs: Repairs {
                implausible: vec![Fault::default(); layout.slots.len()],
                missing: vec![Missing::default(); layout.slots.len()],
                ..Repairs::default()
            },
        }
    }

    /// Another vehicle's rows follow: hands on what waits.
    pub fn begin(&mut self, emit: &mut dyn FnMut(&Samples)) {
        self.hand_on(true, emit);
        self.last = None;
    }

    /// Takes a block in and hands on what is complete.
    pub fn take(&mut self, block: &Block, emit: &mut dyn FnMut(&Samples)) {
        self.times.clear();
        let (tick, ahead) = (self.plan.tick, self.plan.ahead_s);
        self.times
            .extend(block.time.iter().map(|time| time * tick - ahead));
        let numbered = !block.session.is_empty();
        let restarts = !numbered && self.plan.clock == Clock::Relative;
        let mut row = 0;
        while row < block.len() {
            let end = self.in_order(block, row);
            if end > row {
                self.run(block, row, end, restarts);
                row = end;
            } else {
                self.row(block, row, numbered, restarts);
                row += 1;
            }
            if self.out.len() >= RUN {
                self.hand_on(false, emit);
            }
        }
    }

    /// Where the rows end that follow each other in time, or begin another session; `from` itself if its own row does not.
    fn in_order(&self, block: &Block, from: usize) -> usize {
        let end = block.len().min(from + RUN);
        let times = self.times.get(..end).unwrap_or_default();
        let unset = if self.plan.drop_unset {
            NEVER_SET_S
        } else {
            f64::NEG_INFINITY
        };
        let mut row = from;
        let (mut before, mut session_before) = match self.last {
            Some((time, session)) => (time, Some(session)),
            None => (f64::NEG_INFINITY, None),
        };
        while let Some(&time) = times.get(row) {
            let session = block.session.get(row).copied();
            let another = session.is_some() && session != session_before;
            if !(time > before || another) || time < unset {
                break;
            }
            let later = leading_pairs(times.get(row..).unwrap_or_default(), |before, after| {
                after > before
            });
            row += 1 + later;
            before = times.get(row - 1).copied().unwrap_or(time);
            session_before = block.session.get(row - 1).copied();
        }
        row
    }

    /// Takes rows in order, column by column.
    fn run(&mut self, block: &Block, from: usize, end: usize, restarts: bool) {
        let Some(times) = self.times.get(from..end) else {
            return;
        };
        self.out.time_s.extend_from_slice(times);
        if let Some(sessions) = block.session.get(from..end) {
            self.out.session.extend_from_slice(sessions);
        } else if restarts {
            self.out.session.resize(self.out.time_s.len(), self.session);
        }
        for (place, slot) in self.layout.slots.iter().enumerate() {
            let (Some(values), Some(convert), Some(&(low, high))) = (
                block.columns.get(place).and_then(|column| column.get(from..end)),
                self.plan.convert.get(place),
                self.limits.get(place),
            ) else {
                continue;
            };
            if let Some(missing) = self.repairs.missing.get_mut(place) {
                missing.note(values, block.rows.get(from..end).unwrap_or_default());
            }
            let to = self.out.column_mut(slot.channel);
            let start = to.len();
            convert.extend(to, values);
            let to = to.get_mut(start..).unwrap_or_default();
            let (lowest, highest) = range(to);
            if lowest < low || highest > high {
                let outside = |value: f64| value < low || value > high;
                let rows = block.rows.get(from..end).unwrap_or_default();
                for (value, row) in to.iter_mut().zip(rows).filter(|(value, _)| outside(**value)) {
                    if let Some(fault) = self.repairs.implausible.get_mut(place) {
                        fault.note(*row, value.to_string().as_bytes());
                    }
                    *value = f64::NAN;
                }
            }
        }
        if let Some(time) = times.last() {
            let session = block.session.get(end - 1).copied().unwrap_or(self.session);
            self.last = Some((*time, session));
            self.count_last();
        }
    }

    /// The slow way: rows that repeat or run back.
    fn row(&mut self, block: &Block, row: usize, numbered: bool, restarts: bool) {
        let Some(&time) = self.times.get(row) else { return };
        if self.plan.drop_unset && time < NEVER_SET_S {
            self.repairs.unset += 1;
            return;
        }
        let mut session = match block.session.get(row) {
            Some(session) => *session,
            None => self.session,
        };
        let mut merge = false;
        if let Some((before, last_session)) = self.last
            && session == last_session
        {
            if time == before {
                merge = true;
            } else if time < before {
                // A clock that starts again starts near zero; anything else is a row out of order.
                if restarts && time < (before * 0.1).max(60.0) {
                    self.session += 1;
                    session = self.session;
                    self.repairs.restarts += 1;
                } else {
                    let number = block.rows.get(row).copied().unwrap_or_default();
                    self.repairs.backwards.note(number, &[]);
                }
            }
        }
        if merge {
            self.repairs.merged += 1;
        } else {
            self.out.time_s.push(time);
            if numbered || restarts {
                self.out.session.push(session);
            }
        }
        for (place, slot) in self.layout.slots.iter().enumerate() {
            let (Some(raw), Some(convert), Some(&(low, high)), Some(merged)) = (
                block.columns.get(place).and_then(|column| column.get(row)),
                self.plan.convert.get(place),
                self.limits.get(place),
                self.merged_into_last.get_mut(place),
            ) else {
                continue;
            };
            if let (Some(missing), Some(number)) = (self.repairs.missing.get_mut(place), block.rows.get(row))
            {
                missing.note(&[*raw], &[*number]);
            }
            let mut value = convert.apply(*raw);
            if value < low || value > high {
                let number = block.rows.get(row).copied().unwrap_or_default();
                if let Some(fault) = self.repairs.implausible.get_mut(place) {
                    fault.note(number, value.to_string().as_bytes());
                }
                value = f64::NAN;
            }
            let known = !value.is_nan();
            let column = self.out.column_mut(slot.channel);
            match column.last_mut().filter(|_| merge) {
                None => {
                    column.push(value);
                    *merged = u32::from(known);
                }
                Some(mean) if known => {
                    *mean = if *merged == 0 {
                        value
                    } else {
                        (*mean * f64::from(*merged) + value) / f64::from(*merged + 1)
                    };
                    *merged = merged.saturating_add(1);
                }
                Some(_) => {}
            }
        }
        self.last = Some((time, session));
    }

    /// Counts what the last row is the mean of, after rows were taken in one go.
    fn count_last(&mut self) {
        for (merged, slot) in self.merged_into_last.iter_mut().zip(&self.layout.slots) {
            *merged = u32::from(self.out.column(slot.channel).last().is_some_and(|v| !v.is_nan()));
        }
    }

    /// Hands on what waits; the last row only if nothing can be merged into it any more.
    fn hand_on(&mut self, all: bool, emit: &mut dyn FnMut(&Samples)) {
        let mut kept: Option<(f64, Option<i64>, Vec<f64>)> = None;
        if !all && let Some(time) = self.out.time_s.pop() {
            let values = self
                .layout
                .slots
                .iter()
                .map(|slot| self.out.column_mut(slot.channel).pop().unwrap_or(f64::NAN))
                .collect();
            kept = Some((time, self.out.session.pop(), values));
        }
        if self.plan.single_cell {
            let voltage = self.out.column(Channel::PackVoltage).to_vec();
            for channel in [Channel::CellMax, Channel::CellMin, Channel::CellMean] {
                self.out.column_mut(channel).clone_from(&voltage);
            }
        }
        if !self.out.is_empty() {
            self.repairs.rows += self.out.len() as u64;
            emit(&self.out);
        }
        self.out.clear();
        if let Some((time, session, values)) = kept {
            self.out.time_s.push(time);
            self.out.session.extend(session);
            for (slot, value) in self.layout.slots.iter().zip(values) {
                self.out.column_mut(slot.channel).push(value);
            }
        }
    }
}
