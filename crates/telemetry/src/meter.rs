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
        let beside: Vec<f64> = samples.time_s.iter().map(|&time| self.at(time)).collect();
        *samples.column_mut(Channel::MeterCurrent) = beside;
    }

    fn at(&self, time: f64) -> f64 {
        let after = self.time_s.partition_point(|&t| t < time);
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
}

/// Searches by how much two clocks differ, from the currents themselves: the shift with which they fit.
#[derive(Debug, Clone)]
pub struct Lag {
    shifts: Vec<Shift>,
}

/// What a shift makes of the currents: how far apart they are in all, and how much flowed.
#[derive(Debug, Clone, Copy)]
struct Shift {
    seconds: f64,
    apart: f64,
    flowed: f64,
    rows: u64,
}

impl Shift {
    fn misfit(&self) -> f64 {
        self.apart / self.flowed
    }
}

impl Default for Lag {
    fn default() -> Self {
        /// Up to a quarter of an hour in steps of a quarter of a minute; a time zone shows otherwise.
        const STEP: f64 = 15.0;
        const STEPS: i32 = 60;
        let shift = |step| Shift {
            seconds: STEP * f64::from(step),
            apart: 0.0,
            flowed: 0.0,
            rows: 0,
        };
        Self {
            shifts: (-STEPS..=STEPS).map(shift).collect(),
        }
    }
}

impl Lag {
    /// Looks at rows of the vehicle.
    pub fn take(&mut self, meter: &MeterLog, samples: &Samples) {
        for (row, &time) in samples.time_s.iter().enumerate() {
            let own = samples.at(Channel::PackCurrent, row).abs();
            if !own.is_finite() {
                continue;
            }
            for shift in &mut self.shifts {
                let metered = meter.at(time + shift.seconds).abs();
                if metered.is_finite() {
                    shift.apart += (own - metered).abs();
                    shift.flowed += own.max(metered);
                    shift.rows += 1;
                }
            }
        }
    }

    /// By how many seconds the meter's clock is ahead of the vehicle's; `None` where it may be right. A minute does no harm.
    pub fn seconds(&self) -> Option<f64> {
        const HARMLESS: f64 = 60.0;
        /// As parts of what flowed: a misfit that asks for an explanation.
        const MISFIT: f64 = 0.01;
        let as_they_are = self.shifts.iter().find(|shift| shift.seconds == 0.0)?;
        let most = self.shifts.iter().map(|shift| shift.rows).max()?;
        let best = self
            .shifts
            .iter()
            // A shift that leaves little to compare fits by chance.
            .filter(|shift| shift.flowed > 0.0 && shift.rows * 10 >= most * 9)
            .min_by(|a, b| a.misfit().total_cmp(&b.misfit()))?;
        let misfit = as_they_are.misfit();
        // Nothing flowed at the same time: no number at all.
        let asks = misfit.is_nan() || misfit > MISFIT;
        let explains = misfit.is_nan() || best.misfit() < 0.5 * misfit;
        (best.seconds.abs() > HARMLESS && asks && explains).then_some(best.seconds)
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
            lag.seconds()
        };
        assert_eq!(lag(1.0, 600.0), Some(600.0));
        assert_eq!(lag(0.98, -300.0), Some(-300.0));
        assert_eq!(lag(1.0, 0.0), None);
        assert_eq!(lag(0.94, 0.0), None);
        assert_eq!(lag(1.0, 30.0), None);
    }
}
