//! The log of a second meter, a charger's for instance, laid beside a vehicle's: the only way to see the gain of a current sensor.

use std::path::{Path, PathBuf};

use battery::{Channel, Clock, Samples, Source};

use crate::error::TelemetryError;
use crate::log::{Event, Log, Options, Progress};

/// Rows kept; at one a second that is more than three weeks.
const MOST: usize = 2_000_000;
/// Rows closer together than this are one, s.
const CLOSE: f64 = 1.0;
/// Time between rows over which nothing is known, s.
const GAP: f64 = 60.0;
/// Current from which on something flows, A.
const FLOWS: f64 = 1.0;

/// What a second meter measured, as times (seconds since 1970 UTC, rising) and currents (A).
#[derive(Debug, Clone)]
pub struct MeterLog {
    time_s: Vec<f64>,
    current: Vec<f64>,
    source: Source,
}

impl MeterLog {
    /// Reads the log of a second meter: its column `meter_current`, or `pack_current`, is what it measured.
    ///
    /// # Errors
    /// The file cannot be read, has no dates or no current, or more rows than are kept.
    pub fn read(
        path: &Path,
        options: &Options,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Self, TelemetryError> {
        let wrong = |problem: String, fix: &str| TelemetryError::File {
            path: path.to_owned(),
            problem,
            fix: fix.to_owned(),
        };
        let log = Log::open(&[PathBuf::from(path)], options)?;
        let mut found = Self {
            time_s: Vec::new(),
            current: Vec::new(),
            source: Source::default(),
        };
        let mut too_many = false;
        log.read(
            &mut |event| match event {
                Event::Begin(source) => found.source = source.clone(),
                Event::Rows(samples) => too_many |= !found.take(samples),
                Event::End { sha256, corrections } => {
                    if !sha256.is_empty() {
                        found.source.sha256 = sha256;
                    }
                    found.source.corrections.extend(corrections);
                }
            },
            progress,
        )?;
        if found.source.clock != Clock::Utc {
            return Err(wrong(
                "shows no dates, so it cannot be laid beside the vehicle's log".to_owned(),
                "log date and time",
            ));
        }
        if too_many {
            return Err(wrong(
                format!("has more than {MOST} rows a second or more apart"),
                "cut it to the days of the test",
            ));
        }
        if found.time_s.is_empty() {
            return Err(wrong(
                "holds no current with a time".to_owned(),
                "give the log of a meter of direct current; energy alone cannot be compared",
            ));
        }
        Ok(found)
    }

    /// The file.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Keeps rows in rising time; says whether there was room.
    fn take(&mut self, samples: &Samples) -> bool {
        for (row, &time) in samples.time_s.iter().enumerate() {
            let metered = samples.at(Channel::MeterCurrent, row);
            let current = if metered.is_nan() {
                samples.at(Channel::PackCurrent, row)
            } else {
                metered
            };
            let next = self.time_s.last().is_none_or(|last| time - last >= CLOSE);
            if !time.is_finite() || !current.is_finite() || !next {
                continue;
            }
            if self.time_s.len() == MOST {
                return false;
            }
            self.time_s.push(time);
            self.current.push(current);
        }
        true
    }

    /// Writes the meter's current into rows of the vehicle, between its own rows by a straight line; nothing across gaps.
    pub fn lay(&self, samples: &mut Samples) {
        let mut near = 0;
        let beside: Vec<f64> = samples
            .time_s
            .iter()
            .map(|&time| self.at(time, &mut near))
            .collect();
        *samples.column_mut(Channel::MeterCurrent) = beside;
    }

    /// The current at a time; the row is looked for from `near` on, which is set to the row after the time.
    fn at(&self, time: f64, near: &mut usize) -> f64 {
        let after = self.after(time, *near);
        *near = after;
        let Some(&end) = self.time_s.get(after) else {
            return f64::NAN;
        };
        if end == time {
            return self.current[after];
        }
        let Some(before) = after.checked_sub(1) else {
            return f64::NAN;
        };
        let start = self.time_s[before];
        if end - start > GAP {
            return f64::NAN;
        }
        let part = (time - start) / (end - start);
        self.current[before] + part * (self.current[after] - self.current[before])
    }

    /// The first row that is not before a time. Rows of a vehicle follow each other, so it is looked for from the last one on, in
    /// strides that double.
    fn after(&self, time: f64, near: usize) -> usize {
        let before = |row: usize| self.time_s.get(row).is_some_and(|&t| t < time);
        if near > 0 && !before(near - 1) {
            let earlier = self.time_s.get(..near).unwrap_or(&self.time_s);
            return earlier.partition_point(|&t| t < time);
        }
        let mut stride = 1;
        while before(near + stride - 1) {
            stride *= 2;
        }
        let (low, high) = (near + stride / 2, (near + stride).min(self.time_s.len()));
        let between = self.time_s.get(low..high).unwrap_or_default();
        low + between.partition_point(|&t| t < time)
    }

    /// When it begins and ends, in seconds since 1970.
    pub fn period(&self) -> Option<(f64, f64)> {
        Some((*self.time_s.first()?, *self.time_s.last()?))
    }

    /// For how long current flowed, s.
    fn flowed_s(&self) -> f64 {
        let pairs = self.time_s.windows(2).zip(&self.current);
        pairs
            .filter(|(_, current)| current.abs() > FLOWS)
            .map(|(times, _)| times[1] - times[0])
            .filter(|seconds| *seconds <= GAP)
            .sum()
    }
}

/// How the clock of a second meter stands to the vehicle's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Clocks {
    /// It may be right. A minute does no harm.
    Agree,
    /// It is ahead by so many seconds: with that the currents fit, and not without.
    Ahead(f64),
    /// Neither meter shows current while the other one does, whichever way the clocks are turned within a quarter of an hour: not
    /// the same charges.
    Apart,
}

/// Searches by how much two clocks differ, from the currents themselves: the shift with which they fit.
///
/// A row in a quarter of a minute is enough for that, so that the search costs less than reading the log.
#[derive(Debug, Clone)]
pub struct Lag {
    shifts: Vec<Shift>,
    taken_s: f64,
    flowed_s: f64,
    meter_s: f64,
    period: Option<(f64, f64)>,
}

/// What a shift makes of the currents.
#[derive(Debug, Clone, Copy)]
struct Shift {
    seconds: f64,
    /// How far apart they are in all, A s.
    apart: f64,
    /// How much flowed, A s.
    flowed: f64,
    /// For how long both were measured, s.
    compared_s: f64,
    /// For how long of that the vehicle's flowed, s.
    flowed_s: f64,
    near: usize,
}

impl Shift {
    fn misfit(&self) -> f64 {
        self.apart / self.flowed
    }
}

/// Between two shifts, and between two rows that are compared, s.
const STEP: f64 = 15.0;

impl Default for Lag {
    fn default() -> Self {
        /// Up to a quarter of an hour; a time zone shows otherwise.
        const STEPS: i32 = 60;
        let shift = |step| Shift {
            seconds: STEP * f64::from(step),
            apart: 0.0,
            flowed: 0.0,
            compared_s: 0.0,
            flowed_s: 0.0,
            near: 0,
        };
        Self {
            shifts: (-STEPS..=STEPS).map(shift).collect(),
            taken_s: f64::NEG_INFINITY,
            flowed_s: 0.0,
            meter_s: f64::NAN,
            period: None,
        }
    }
}

impl Lag {
    /// Looks at rows of the vehicle.
    pub fn take(&mut self, meter: &MeterLog, samples: &Samples) {
        if self.meter_s.is_nan() {
            self.meter_s = meter.flowed_s();
        }
        for (row, &time) in samples.time_s.iter().enumerate() {
            let passed = (time - self.taken_s).abs();
            let own = samples.at(Channel::PackCurrent, row).abs();
            if !own.is_finite() || !time.is_finite() || passed < STEP {
                continue;
            }
            self.taken_s = time;
            let (first, last) = self.period.unwrap_or((time, time));
            self.period = Some((first.min(time), last.max(time)));
            // A row stands for the time since the last one, where nothing was left out in between.
            let stands_s = if passed > GAP { STEP } else { passed };
            let flows = own > FLOWS;
            if flows {
                self.flowed_s += stands_s;
            }
            for shift in &mut self.shifts {
                let metered = meter.at(time + shift.seconds, &mut shift.near).abs();
                if metered.is_finite() {
                    shift.apart += stands_s * (own - metered).abs();
                    shift.flowed += stands_s * own.max(metered);
                    shift.compared_s += stands_s;
                    if flows {
                        shift.flowed_s += stands_s;
                    }
                }
            }
        }
    }

    /// How the meter's clock stands to the vehicle's.
    pub fn clocks(&self) -> Clocks {
        if self.flowed_s == 0.0 {
            // The vehicle's log has no charge that anything could be laid beside.
            return Clocks::Agree;
        }
        const HARMLESS: f64 = 60.0;
        /// As parts of what flowed: a misfit that asks for an explanation.
        const MISFIT: f64 = 0.01;
        /// As parts of what flowed: what is left where the clocks were all there was. Sensors differ by less.
        const EXPLAINED: f64 = 0.1;
        /// The part of the shorter of two charges that a shift must bring together; of less, some always fits by chance.
        const TOGETHER: f64 = 0.5;
        let Some(as_they_are) = self.shifts.iter().find(|shift| shift.seconds == 0.0) else {
            return Clocks::Agree;
        };
        let misfit = as_they_are.misfit();
        let nothing_flowed = as_they_are.flowed_s == 0.0;
        // Nothing flowed at the same time: no number at all.
        if !nothing_flowed && misfit <= MISFIT {
            return Clocks::Agree;
        }
        let most = self
            .shifts
            .iter()
            .map(|shift| shift.compared_s)
            .fold(0.0, f64::max);
        let charge = self.flowed_s.min(self.meter_s);
        let best = self
            .shifts
            .iter()
            // A shift that leaves little to compare fits by chance.
            .filter(|shift| shift.flowed > 0.0 && shift.compared_s >= 0.9 * most)
            .filter(|shift| shift.flowed_s >= TOGETHER * charge)
            .min_by(|a, b| a.misfit().total_cmp(&b.misfit()));
        match best {
            Some(best)
                if best.seconds.abs() > HARMLESS
                    && best.misfit() <= EXPLAINED
                    && (nothing_flowed || best.misfit() < 0.5 * misfit) =>
            {
                Clocks::Ahead(best.seconds)
            }
            _ if nothing_flowed => Clocks::Apart,
            _ => Clocks::Agree,
        }
    }

    /// From when to when the vehicle's current was seen, in seconds since 1970.
    pub fn period(&self) -> Option<(f64, f64)> {
        self.period
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currents_lie_on_the_line_between_rows_and_nowhere_across_a_gap() {
        let meter = MeterLog {
            time_s: vec![0.0, 10.0, 200.0],
            current: vec![100.0, 110.0, 50.0],
            source: Source::default(),
        };
        let mut samples = Samples::default();
        samples.time_s.extend([-1.0, 0.0, 5.0, 10.0, 100.0, 201.0]);
        meter.lay(&mut samples);
        let beside = samples.column(Channel::MeterCurrent);
        assert_eq!(beside[1..4], [100.0, 105.0, 110.0]);
        assert!(beside[0].is_nan() && beside[4].is_nan() && beside[5].is_nan());
    }

    #[test]
    fn a_clock_that_is_ten_minutes_ahead_is_told_from_a_gain() {
        // Three charges of an hour, with an hour between them.
        let current = |time: f64| {
            if (time / 3600.0).rem_euclid(2.0) < 1.0 {
                45.0
            } else {
                0.0
            }
        };
        let times: Vec<f64> = (0..2160).map(|row| 10.0 * f64::from(row)).collect();
        let lag = |gain: f64, ahead: f64| {
            let meter = MeterLog {
                time_s: times.iter().map(|time| time + ahead).collect(),
                current: times.iter().map(|time| gain * current(*time)).collect(),
                source: Source::default(),
            };
            let mut samples = Samples::default();
            samples.time_s.extend(&times);
            let column = samples.column_mut(Channel::PackCurrent);
            column.extend(times.iter().map(|time| current(*time)));
            let mut lag = Lag::default();
            lag.take(&meter, &samples);
            lag.clocks()
        };
        assert_eq!(lag(1.0, 600.0), Clocks::Ahead(600.0));
        assert_eq!(lag(0.98, -300.0), Clocks::Ahead(-300.0));
        assert_eq!(lag(1.0, 0.0), Clocks::Agree);
        assert_eq!(lag(0.94, 0.0), Clocks::Agree);
        assert_eq!(lag(1.0, 30.0), Clocks::Agree);
        // A time zone or another day.
        assert_eq!(lag(1.0, 9.0 * 3600.0 + 3600.0), Clocks::Apart);
    }

    /// Rows of the vehicle and of the meter: from, to (s), and the current (A) throughout.
    fn clocks(own: &[(f64, f64, f64)], metered: &[(f64, f64, f64)]) -> Clocks {
        let rows = |parts: &[(f64, f64, f64)], every: f64| -> Vec<(f64, f64)> {
            let row = |&(from, to, current): &(f64, f64, f64)| {
                let times = (0..)
                    .map(move |n| from + every * f64::from(n))
                    .take_while(move |t| *t < to);
                times.map(move |time| (time, current))
            };
            parts.iter().flat_map(row).collect()
        };
        let (time_s, current) = rows(metered, 5.0).into_iter().unzip();
        let meter = MeterLog {
            time_s,
            current,
            source: Source::default(),
        };
        let mut samples = Samples::default();
        for (time, current) in rows(own, 1.0) {
            samples.time_s.push(time);
            samples.column_mut(Channel::PackCurrent).push(current);
        }
        let mut lag = Lag::default();
        lag.take(&meter, &samples);
        lag.clocks()
    }

    #[test]
    fn a_meter_of_another_hour_is_apart_and_its_clock_is_not_called_wrong() {
        let charge = [(0.0, 3600.0, 45.0)];
        // It begins some minutes later: turning its clock brings the ends together, and their currents are no likeness.
        assert_eq!(clocks(&charge, &[(4000.0, 7600.0, 100.0)]), Clocks::Apart);
        // Even at the same current: eight minutes of an hour are no likeness.
        assert_eq!(clocks(&charge, &[(4000.0, 7600.0, 45.0)]), Clocks::Apart);
        assert_eq!(clocks(&charge, &[(90_000.0, 93_600.0, 45.0)]), Clocks::Apart);
        // The car is logged on while it stands, and so is the meter before it begins.
        let stands = [(0.0, 3600.0, 45.0), (3600.0, 9000.0, 0.4)];
        let later = [(3600.0, 7200.0, 0.0), (7200.0, 9000.0, 80.0)];
        assert_eq!(clocks(&stands, &later), Clocks::Apart);
    }

    #[test]
    fn one_charge_of_many_that_was_metered_is_enough_to_tell() {
        let charge = |start: f64| {
            [
                (start, start + 1800.0, 43.0),
                (start + 1800.0, start + 3600.0, 20.0),
            ]
        };
        let days: Vec<_> = (0..10)
            .flat_map(|day| charge(86_400.0 * f64::from(day)))
            .collect();
        let metered = charge(86_400.0 * 3.0 + 300.0);
        assert_eq!(clocks(&days, &metered), Clocks::Ahead(300.0));
    }

    #[test]
    fn rows_are_found_from_wherever_the_search_begins() {
        let meter = MeterLog {
            time_s: (0..100).map(|n| f64::from(n) * 2.0).collect(),
            current: vec![0.0; 100],
            source: Source::default(),
        };
        for near in 0..=100 {
            for time in [-5.0, 0.0, 0.5, 2.0, 99.0, 100.0, 197.9, 198.0, 198.5, 1e9] {
                let known = meter.time_s.partition_point(|&t| t < time);
                assert_eq!(meter.after(time, near), known, "{time} from {near}");
            }
        }
    }
}
