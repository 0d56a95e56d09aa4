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
}
