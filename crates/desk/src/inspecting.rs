//! What was understood of charging logs: columns, sessions, gaps, sampling, anchors, what is missing, and a picture.

pub mod trace;

use std::path::PathBuf;

use battery::assessment::{Anchor, Session};
use battery::{Assessment, Assessor, Channel, Chemistry, Class, Clock, Facts, Pack, Samples, Source};
use jiff::Timestamp;
use serde::Serialize;
use telemetry::{Event, FileReport, Log, Options, Progress, TelemetryError};

use crate::assessing::{Description, HOW_TO_DESCRIBE};
use trace::{Trace, short};

/// Vehicles that are looked at one by one; a fleet is for `battery validate`.
const MOST_VEHICLES: usize = 100;
/// What a cell can show, V; the estimate takes anything else as missing.
const CELL_V: std::ops::RangeInclusive<f64> = 0.5..=6.0;
/// Cell voltage up to which LFP charges between 40 and 80 %, V (docs/method/soh.md, as the estimate judges descriptions).
const LFP_AT_MOST: f64 = 3.46;
/// Time between samples beyond which the estimate leaves a session out, s.
pub const GAP_S: f64 = 60.0;

/// What was understood.
#[derive(Debug, Serialize)]
pub struct Inspection {
    /// Of each file, before it was read.
    pub files: Vec<FileReport>,
    /// Of each vehicle in them; none where something must be answered first.
    pub vehicles: Vec<Vehicle>,
}

impl Inspection {
    /// Whether something must be answered before anything is read.
    pub fn asks(&self) -> bool {
        self.files.iter().any(|file| file.blocking().next().is_some())
    }
}

/// What was seen of one vehicle.
#[derive(Debug, Serialize)]
pub struct Vehicle {
    /// As the rows name it.
    pub vehicle: Option<String>,
    /// Rows.
    pub rows: u64,
    /// The first moment, where the clock shows dates.
    pub first: Option<String>,
    /// The last one.
    pub last: Option<String>,
    /// Hours over which rows follow each other.
    pub logged_hours: f64,
    /// The time between two rows that half of them do not exceed, s.
    pub sampling_s: Option<f64>,
    /// How often more than [`GAP_S`] lie between two rows of a session.
    pub gaps: u64,
    /// The longest of these, s.
    pub longest_gap_s: f64,
    /// What was measured.
    pub channels: Vec<Seen>,
    /// What sessions were looked for with.
    pub supposed: Supposed,
    /// The sessions found.
    pub sessions: Vec<Session>,
    /// What was repaired, one sentence each.
    pub corrections: Vec<String>,
    /// What an estimate would lack, and how it is given.
    pub missing: Vec<String>,
    /// The picture.
    #[serde(skip)]
    pub trace: Trace,
}

impl Vehicle {
    /// What stands above the picture.
    pub fn title(&self) -> String {
        let rows = match self.rows {
            1 => "1 row".to_owned(),
            rows => format!("{rows} rows"),
        };
        format!(
            "{}: {rows}, {} h logged",
            self.vehicle.as_deref().unwrap_or("Vehicle not named"),
            short(self.logged_hours)
        )
    }
}

/// What a channel was seen to be.
#[derive(Debug, Serialize)]
pub struct Seen {
    /// Its name.
    pub channel: &'static str,
    /// Its unit; `fraction` for shares of one.
    pub unit: &'static str,
    /// The lowest value.
    pub from: f64,
    /// The highest.
    pub to: f64,
    /// Rows without it.
    pub missing_rows: u64,
}

/// What sessions and anchors were looked for with. The estimate takes none of it: it asks for the description of the battery.
#[derive(Debug, Serialize)]
pub struct Supposed {
    /// The chemistry.
    pub chemistry: Chemistry,
    /// Cells in series.
    pub cells_in_series: u32,
    /// Why these.
    pub by: String,
}

/// Counts rows as they pass.
#[derive(Debug, Default)]
struct Watch {
    rows: u64,
    first: Option<f64>,
    last: Option<(f64, i64)>,
    clock: Clock,
    logged_s: f64,
    /// How often so many tenths of a second lay between two rows.
    intervals: Vec<u32>,
    gaps: u64,
    longest_gap_s: f64,
    channels: Vec<(f64, f64, u64)>,
    cells: Vec<f64>,
    /// Sum and number of cell voltages while a charge passes from 40 to 80 %.
    middle: (f64, u64),
    corrections: Vec<String>,
    trace: Trace,
}

impl Watch {
    fn push(&mut self, samples: &Samples) {
        const LONGEST_TENTHS: usize = 6000;
        self.channels
            .resize(Channel::ALL.len(), (f64::INFINITY, f64::NEG_INFINITY, 0));
        self.intervals.resize(LONGEST_TENTHS + 1, 0);
        self.rows += samples.len() as u64;
        self.trace.push(samples);
        for (seen, channel) in self.channels.iter_mut().zip(Channel::ALL) {
            let missing = |value: f64| value.is_nan() || (is_cell(channel) && !CELL_V.contains(&value));
            for value in samples.column(channel) {
                if missing(*value) {
                    seen.2 += 1;
                } else {
                    seen.0 = seen.0.min(*value);
                    seen.1 = seen.1.max(*value);
                }
            }
            if samples.column(channel).is_empty() {
                seen.2 += samples.len() as u64;
            }
        }
        for (row, &time) in samples.time_s.iter().enumerate() {
            let session = samples.session.get(row).copied().unwrap_or(0);
            self.first.get_or_insert(time);
            if let Some((before, last)) = self.last
                && session == last
                && time > before
            {
                let seconds = time - before;
                let tenths = ((seconds * 10.0).round() as usize).min(LONGEST_TENTHS);
                if let Some(count) = self.intervals.get_mut(tenths) {
                    *count = count.saturating_add(1);
                }
                if seconds <= GAP_S {
                    self.logged_s += seconds;
                } else {
                    self.gaps += 1;
                    self.longest_gap_s = self.longest_gap_s.max(seconds);
                }
            }
            self.last = Some((time, session));
            let (pack, cell) = (samples.at(Channel::PackVoltage, row), cell_voltage(samples, row));
            if samples.at(Channel::PackCurrent, row) > 0.0
                && (0.40..=0.80).contains(&samples.at(Channel::Soc, row))
                && CELL_V.contains(&cell)
            {
                self.middle.0 += cell;
                self.middle.1 += 1;
            }
            if pack > 0.0 && cell > 0.0 && self.cells.len() < 10_000 {
                self.cells.push(pack / cell);
            }
        }
    }

    /// The time between two rows that half of them do not exceed.
    fn sampling_s(&self) -> Option<f64> {
        let all: u64 = self.intervals.iter().map(|n| u64::from(*n)).sum();
        let mut seen = 0;
        let tenths = self.intervals.iter().position(|n| {
            seen += u64::from(*n);
            seen * 2 >= all && all > 0
        })?;
        Some(tenths as f64 / 10.0)
    }

    fn supposed(&self) -> Supposed {
        let mut cells = self.cells.clone();
        cells.sort_by(f64::total_cmp);
        let ratio = cells.get(cells.len() / 2).copied();
        let highest = self
            .channels
            .get(Channel::CellMax as usize)
            .map_or(f64::NAN, |seen| seen.1);
        // In mid range the two lie apart; at the end of a charge an LFP cell passes 3.7 V, too.
        let middle = self.middle.0 / self.middle.1 as f64;
        let (chemistry, why) = if middle.is_finite() {
            let chemistry = if middle > LFP_AT_MOST {
                Chemistry::Nmc
            } else {
                Chemistry::Lfp
            };
            (chemistry, format!("cells charge at {middle:.2} V in mid range"))
        } else if highest > 3.8 {
            (Chemistry::Nmc, format!("cells reach {highest:.2} V"))
        } else if highest.is_finite() {
            (Chemistry::Lfp, format!("cells stay at or below {highest:.2} V"))
        } else {
            (Chemistry::Nmc, "no cell voltage".to_owned())
        };
        Supposed {
            chemistry,
            cells_in_series: ratio.map_or(1, |ratio| ratio.round().clamp(1.0, 1000.0) as u32),
            by: match ratio {
                Some(ratio) => format!("{why}; pack voltage is {ratio:.1} times the cell voltage"),
                None => why,
            },
        }
    }

    /// Current at which a single cell charges says more of its size than a car's does of a pack's.
    fn rated_ah(&self, supposed: &Supposed) -> Option<f64> {
        let highest = self.channels.get(Channel::PackCurrent as usize)?.1;
        (supposed.cells_in_series < 8 && highest.is_finite() && highest > 0.0).then_some(highest)
    }
}

fn is_cell(channel: Channel) -> bool {
    matches!(channel, Channel::CellMax | Channel::CellMin | Channel::CellMean)
}

fn cell_voltage(samples: &Samples, row: usize) -> f64 {
    let mean = samples.at(Channel::CellMean, row);
    if mean.is_nan() {
        let (max, min) = (
            samples.at(Channel::CellMax, row),
            samples.at(Channel::CellMin, row),
        );
        if min.is_nan() { max } else { (max + min) / 2.0 }
    } else {
        mean
    }
}

/// Looks at recognised files twice: what there is, and then the sessions in it. Nothing is read while a file asks what must be
/// answered first. `progress` hears of both passes as one.
///
/// # Errors
/// A file cannot be read.
pub fn inspect(
    files: &[PathBuf],
    options: &Options,
    described: Option<&Description>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Inspection, TelemetryError> {
    let log = Log::open(files, options)?;
    let mut found = Inspection {
        files: log.files().cloned().collect(),
        vehicles: Vec::new(),
    };
    if !found.asks() {
        found.vehicles = look(&log, described, progress)?;
    }
    Ok(found)
}

fn look(
    log: &Log,
    described: Option<&Description>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Vehicle>, TelemetryError> {
    let mut watches: Vec<(Option<String>, Watch)> = Vec::new();
    let mut at = None;
    pass(log, 0, progress, &mut |event| match event {
        Event::Begin(source) => {
            at = place(&mut watches, &source.vehicle);
            if let Some((_, watch)) = at.and_then(|at| watches.get_mut(at)) {
                watch.clock = source.clock;
            }
        }
        Event::Rows(samples) => {
            if let Some((_, watch)) = at.and_then(|at| watches.get_mut(at)) {
                watch.push(samples);
            }
        }
        Event::End { corrections, .. } => {
            if let Some((_, watch)) = at.and_then(|at| watches.get_mut(at)) {
                for correction in corrections {
                    if !watch.corrections.contains(&correction) {
                        watch.corrections.push(correction);
                    }
                }
            }
        }
    })?;
    let mut assessors: Vec<Option<Assessor>> = watches
        .iter()
        .map(|(_, watch)| {
            let pack = match described {
                Some(description) => description.battery.clone(),
                None => {
                    let supposed = watch.supposed();
                    Pack {
                        chemistry: supposed.chemistry,
                        n_series: supposed.cells_in_series,
                        rated_ah: watch.rated_ah(&supposed),
                        rated_kwh: None,
                        rated_source: String::new(),
                        end_voltage: None,
                    }
                }
            };
            Some(Assessor::new(pack, Facts::default(), Class::Field))
        })
        .collect();
    let names: Vec<Option<String>> = watches.iter().map(|(name, _)| name.clone()).collect();
    let mut at = None;
    pass(log, 1, progress, &mut |event| match event {
        Event::Begin(source) => {
            at = names.iter().position(|name| *name == source.vehicle);
            if let Some(Some(assessor)) = at.and_then(|at| assessors.get_mut(at)) {
                assessor.source(Source::clone(source));
            }
        }
        Event::Rows(samples) => {
            if let Some(Some(assessor)) = at.and_then(|at| assessors.get_mut(at)) {
                assessor.push(samples);
            }
        }
        Event::End { .. } => {}
    })?;
    Ok(watches
        .into_iter()
        .zip(assessors)
        .map(|((name, watch), assessor)| {
            let sessions = assessor.map(Assessor::finish);
            vehicle(name, watch, sessions, described)
        })
        .collect())
}

/// Reads everything once, as the first or second half of all there is to do.
fn pass(
    log: &Log,
    half: u64,
    progress: &mut dyn FnMut(Progress),
    sink: &mut dyn FnMut(Event<'_>),
) -> Result<(), TelemetryError> {
    log.read(sink, &mut |at| {
        progress(Progress {
            bytes: (half * at.of + at.bytes) / 2,
            ..at
        });
    })
}

fn place(watches: &mut Vec<(Option<String>, Watch)>, vehicle: &Option<String>) -> Option<usize> {
    if let Some(at) = watches.iter().position(|(name, _)| name == vehicle) {
        return Some(at);
    }
    (watches.len() < MOST_VEHICLES).then(|| {
        watches.push((vehicle.clone(), Watch::default()));
        watches.len() - 1
    })
}

fn vehicle(
    name: Option<String>,
    watch: Watch,
    assessment: Option<Assessment>,
    described: Option<&Description>,
) -> Vehicle {
    let dated = watch.clock == Clock::Utc;
    let moment = |seconds: Option<f64>| {
        seconds
            .filter(|_| dated)
            .and_then(|seconds| Timestamp::from_second(seconds as i64).ok())
            .map(|time| time.to_string())
    };
    let sessions = assessment
        .map(|assessment| assessment.sessions)
        .unwrap_or_default();
    let channels: Vec<Seen> = Channel::ALL
        .into_iter()
        .zip(&watch.channels)
        .filter(|(_, seen)| seen.2 < watch.rows)
        .map(|(channel, seen)| Seen {
            channel: channel.name(),
            unit: channel.unit(),
            from: seen.0,
            to: seen.1,
            missing_rows: seen.2,
        })
        .collect();
    Vehicle {
        missing: missing(
            &channels,
            &sessions,
            dated,
            watch.sampling_s(),
            described.is_some(),
        ),
        vehicle: name,
        rows: watch.rows,
        first: moment(watch.first),
        last: moment(watch.last.map(|(time, _)| time)),
        logged_hours: (watch.logged_s / 36.0).round() / 100.0,
        sampling_s: watch.sampling_s(),
        gaps: watch.gaps,
        longest_gap_s: watch.longest_gap_s,
        supposed: match described {
            Some(Description { battery, .. }) => Supposed {
                chemistry: battery.chemistry,
                cells_in_series: battery.n_series,
                by: "as described".to_owned(),
            },
            None => watch.supposed(),
        },
        channels,
        sessions,
        corrections: watch.corrections,
        trace: watch.trace,
    }
}

/// What an estimate would lack, and how it is given.
fn missing(
    channels: &[Seen],
    sessions: &[Session],
    dated: bool,
    sampling_s: Option<f64>,
    described: bool,
) -> Vec<String> {
    let has = |name: &str| channels.iter().any(|seen| seen.channel == name);
    let mut missing = Vec::new();
    if !has("soc") {
        missing.push("no state of charge: without it no capacity is estimated; log it, or name its column in a mapping".to_owned());
    }
    if !has("cell_max") {
        missing.push("no cell voltage: whether a charge ended at full is judged by the mean of the pack, and a weak cell does not show; log the highest and lowest cell".to_owned());
    }
    if !has("temp_min") && !has("temp_max") {
        missing.push(
            "no temperature: charges outside 5 to 45 °C cannot be told apart; log the battery's temperature"
                .to_owned(),
        );
    }
    if !dated {
        missing.push("no dates: the test period cannot be stated, nor how long ago the last full charge was; log with a set clock".to_owned());
    }
    if sampling_s.is_some_and(|seconds| seconds > GAP_S) {
        missing.push(format!(
            "a row every {} s: at most {GAP_S} s are accepted; log more often",
            short(sampling_s.unwrap_or_default())
        ));
    }
    if sessions.is_empty() {
        missing.push(
            "no charge session: at least 10 points of state of charge in one charge are needed".to_owned(),
        );
    } else if !sessions
        .iter()
        .any(|session| session.excluded.is_empty() && session.anchors.iter().any(|a| *a != Anchor::Bms))
    {
        missing.push(if described {
            "no anchor: charge once to full until the current falls, or begin below 12 % after a rest of half an hour"
                .to_owned()
        } else {
            format!(
                "anchors cannot be judged, for what battery it is was only supposed; describe it in a file beside the log or name one with --battery ({HOW_TO_DESCRIBE})"
            )
        });
    }
    missing
}
