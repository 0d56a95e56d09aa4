//! `carnet battery inspect`: what was understood of charging logs, and what somebody has to say about them.

use std::path::PathBuf;
use std::process::ExitCode;

use battery::assessment::{Anchor, Session};
use battery::{Assessment, Assessor, Channel, Chemistry, Class, Clock, Facts, Pack, Samples, Source};
use desk::assessing::{Description, HOW_TO_DESCRIBE};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use telemetry::{Event, FileReport, Log};

use crate::args::{BatteryInspect, Global};
use crate::battery_assess::{beside, described};
use crate::battery_picture::{Trace, short};
use crate::failure::Failure;
use crate::{battery_reading, output};

/// Columns of the picture in the terminal.
const TERMINAL: usize = 64;
/// Vehicles that are looked at one by one; a fleet is for `battery validate`.
const MOST_VEHICLES: usize = 100;
/// What a cell can show, V; the estimate takes anything else as missing.
const CELL_V: std::ops::RangeInclusive<f64> = 0.5..=6.0;
/// Cell voltage up to which LFP charges between 40 and 80 %, V (docs/method/soh.md, as the estimate judges descriptions).
const LFP_AT_MOST: f64 = 3.46;
/// Time between samples beyond which the estimate leaves a session out.
const GAP_S: f64 = 60.0;

pub fn run(global: &Global, options: &BatteryInspect) -> Result<ExitCode, Failure> {
    let reading = battery_reading::options(&options.reading, false)?;
    let log = battery_reading::open(&options.files, &reading)?;
    let blocked = log.files().any(|file| file.blocking().next().is_some());
    let described = match &options.battery {
        Some(path) => Some(described(path)?),
        None => beside(&options.files).map(|path| described(&path)).transpose()?,
    };
    let vehicles = if blocked {
        Vec::new()
    } else {
        look(&log, described.as_ref())?
    };
    let pictures = match &options.picture {
        Some(path) => write_pictures(path, &vehicles)?,
        None => Vec::new(),
    };
    if global.json {
        let files: Vec<&FileReport> = log.files().collect();
        output::json(&json!({ "files": files, "vehicles": vehicles, "pictures": pictures }))?;
    } else {
        for file in log.files() {
            print_file(file)?;
        }
        for vehicle in &vehicles {
            print_vehicle(vehicle)?;
        }
        for path in &pictures {
            output::say(format_args!("Picture: {}", path.display()))?;
        }
        if blocked {
            output::say("Nothing was read: answer what is asked above, and inspect again.")?;
        }
    }
    Ok(crate::clock::code(!blocked))
}

/// What was seen of one vehicle.
#[derive(Debug, Serialize)]
struct Vehicle {
    vehicle: Option<String>,
    rows: u64,
    first: Option<String>,
    last: Option<String>,
    logged_hours: f64,
    sampling_s: Option<f64>,
    gaps: u64,
    longest_gap_s: f64,
    channels: Vec<Seen>,
    supposed: Supposed,
    sessions: Vec<Session>,
    corrections: Vec<String>,
    missing: Vec<String>,
    #[serde(skip)]
    trace: Trace,
}

/// What a channel was seen to be.
#[derive(Debug, Serialize)]
struct Seen {
    channel: &'static str,
    unit: &'static str,
    from: f64,
    to: f64,
    missing_rows: u64,
}

/// What sessions and anchors were looked for with. The estimate takes none of it: it asks for the description of the battery.
#[derive(Debug, Serialize)]
struct Supposed {
    chemistry: Chemistry,
    cells_in_series: u32,
    by: String,
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

/// Reads everything twice: what there is, and then the sessions in it.
fn look(log: &Log, described: Option<&Description>) -> Result<Vec<Vehicle>, Failure> {
    let mut watches: Vec<(Option<String>, Watch)> = Vec::new();
    let mut at = None;
    battery_reading::stream(log, &mut |event| match event {
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
    battery_reading::stream(log, &mut |event| match event {
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
        missing.push("no cell voltage: a full charge cannot be seen, so that no session is anchored; log the highest and lowest cell".to_owned());
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

fn write_pictures(path: &std::path::Path, vehicles: &[Vehicle]) -> Result<Vec<PathBuf>, Failure> {
    let mut written = Vec::new();
    for (number, vehicle) in vehicles.iter().enumerate() {
        // One file per vehicle: log.svg, log-2.svg …
        let path = match number {
            0 => path.to_owned(),
            _ => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                path.with_file_name(format!("{stem}-{}.svg", number + 1))
            }
        };
        let title = format!(
            "{}: {}, {} h logged",
            vehicle.vehicle.as_deref().unwrap_or("Vehicle not named"),
            output::count(vehicle.rows, "row"),
            short(vehicle.logged_hours)
        );
        std::fs::write(&path, vehicle.trace.svg(&title)).map_err(|e| {
            Failure::Value(format!(
                "{}: {e}; name a file in a folder that can be written",
                path.display()
            ))
        })?;
        written.push(path);
    }
    Ok(written)
}

fn print_file(file: &FileReport) -> Result<(), Failure> {
    let format = &file.format;
    let mut how = vec![format.container.to_uppercase()];
    if format.gzip {
        how.push("gzip".into());
    }
    if let Some(delimiter) = format.delimiter {
        how.push(match delimiter {
            '\t' => "tabs".into(),
            ';' => "semicolons".into(),
            ',' => "commas".into(),
            other => format!("{other:?} between fields"),
        });
    }
    if format.decimal_comma {
        how.push("decimal comma".into());
    }
    if let Some(encoding) = &format.encoding {
        how.push(encoding.clone());
    }
    if format.header_line > 1 {
        how.push(format!("header in line {}", format.header_line));
    }
    output::say(format_args!(
        "{} ({}), {} bytes: {}",
        file.path.display(),
        how.join(", "),
        file.bytes,
        file.mapping_title
    ))?;
    let mut table = output::table(&["column", "is", "unit", "said by"]);
    for column in &file.columns {
        let by = if column.unit.is_empty() {
            ""
        } else {
            column.unit_by.name()
        };
        table.add_row([column.header.as_str(), &column.is, &column.unit, by]);
    }
    output::show(table)?;
    for said in &file.statements {
        output::say(format_args!(
            "  {}: {} (by {})",
            said.about,
            said.text,
            said.by.name()
        ))?;
    }
    if !file.left_out.is_empty() {
        output::say(format_args!("  known and not needed: {}", listed(&file.left_out)))?;
    }
    if !file.unknown.is_empty() {
        output::say(format_args!("  not known: {}", listed(&file.unknown)))?;
    }
    for question in &file.questions {
        let must = if question.blocks { "ASKED" } else { "asked" };
        output::say(format_args!("  {must}: {} Give {}", question.text, question.flag))?;
    }
    output::say("")
}

/// Names, shortened where there are many.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

fn print_vehicle(vehicle: &Vehicle) -> Result<(), Failure> {
    let name = vehicle.vehicle.as_deref().unwrap_or("Vehicle not named");
    let period = match (&vehicle.first, &vehicle.last) {
        (Some(first), Some(last)) => format!(", {first} to {last}"),
        _ => ", no dates".to_owned(),
    };
    output::say(format_args!(
        "{name}: {}{period}, {} h logged",
        output::count(vehicle.rows, "row"),
        short(vehicle.logged_hours)
    ))?;
    if let Some(seconds) = vehicle.sampling_s {
        let gaps = match vehicle.gaps {
            0 => "no gap".to_owned(),
            n => format!(
                "{}, the longest {} min",
                output::count(n, "gap"),
                short(vehicle.longest_gap_s / 60.0)
            ),
        };
        output::say(format_args!(
            "  a row every {} seconds, {gaps} above {GAP_S} seconds within a session",
            short(seconds)
        ))?;
    }
    for correction in &vehicle.corrections {
        output::say(format_args!("  noted: {correction}"))?;
    }
    let mut table = output::table(&["  channel", "from", "to", "unit", "missing"]);
    for seen in &vehicle.channels {
        let factor = if seen.unit == "fraction" { 100.0 } else { 1.0 };
        let unit = if seen.unit == "fraction" { "%" } else { seen.unit };
        table.add_row([
            format!("  {}", seen.channel),
            short_or_exact(seen.from * factor, unit),
            short_or_exact(seen.to * factor, unit),
            unit.to_owned(),
            match seen.missing_rows {
                0 => String::new(),
                n => output::count(n, "row"),
            },
        ]);
    }
    output::show(table)?;
    for line in vehicle.trace.lines(TERMINAL) {
        output::say(format_args!("  {line}"))?;
    }
    output::say(format_args!(
        "  Sessions, looked for as {} in series of {} ({}):",
        vehicle.supposed.chemistry.name(),
        vehicle.supposed.cells_in_series,
        vehicle.supposed.by
    ))?;
    let mut table = output::table(&[
        "  #", "start", "hours", "SOC %", "from", "to", "Ah", "°C", "left out",
    ]);
    let has_soc = vehicle.channels.iter().any(|seen| seen.channel == "soc");
    for session in &vehicle.sessions {
        let anchor = |anchor: Anchor| match anchor {
            Anchor::Bms if !has_soc => "–",
            Anchor::Bms => "BMS",
            Anchor::Full => "full",
            Anchor::Ocv => "rested cells",
        };
        table.add_row([
            format!("  {}", session.number),
            session
                .start_s
                .and_then(|s| Timestamp::from_second(s).ok())
                .map_or_else(|| "-".to_owned(), |time| time.to_string()),
            short(session.duration_s.value() / 3600.0),
            if has_soc {
                format!("{} to {}", session.soc_start_pct, session.soc_end_pct)
            } else {
                "–".to_owned()
            },
            anchor(session.anchors[0]).to_owned(),
            anchor(session.anchors[1]).to_owned(),
            session.charge_ah.to_string(),
            session
                .temperature_c
                .as_ref()
                .map_or_else(|| "-".to_owned(), ToString::to_string),
            session
                .excluded
                .first()
                .map_or_else(String::new, |exclusion| exclusion.text.clone()),
        ]);
    }
    if vehicle.sessions.is_empty() {
        output::say("  none")?;
    } else {
        output::show(table)?;
    }
    for missing in &vehicle.missing {
        output::say(format_args!("  missing: {missing}"))?;
    }
    output::say("")
}

/// Cell voltages need their millivolts.
fn short_or_exact(value: f64, unit: &str) -> String {
    if unit == "V" && value.abs() < 10.0 {
        format!("{value:.3}")
    } else {
        short(value)
    }
}
