//! The quick way through the rows of a charge or a rest that goes on: column by column instead of row by row.
//!
//! Most rows of a log are like the row before them: the same charge or rest, every signal known, the next second. Such stretches
//! are found first and then summed up in loops over columns. Every sum adds the same numbers in the same order as
//! [`ChargeFinder::row`] does, so that both give the same bits; a property test holds them to it.

mod charging;
mod resting;

use super::{
    CELL_STEP, CHARGING, ChargeFinder, GAP, Held, Level, Origin, RESTED, Rows, SET, SOC_STEP, STEADY, limits,
};
use crate::columns::{leading, leading_pairs, range, smallest_step};
use crate::sample::{Channel, Clock};

/// Rows taken in one go, so that what is computed between two loops stays in the nearest cache.
const MOST: usize = 256;

/// A stretch of rows, at least one: each column empty or as long as the times.
struct Stretch<'a> {
    time: &'a [f64],
    columns: [&'a [f64]; Channel::ALL.len()],
    /// Lowest and highest of each column of which somebody wants to know.
    ranges: [(f64, f64); Channel::ALL.len()],
}

impl<'a> Stretch<'a> {
    fn new(rows: &Rows<'a>, from: usize, end: usize) -> Self {
        const WANTED: [Channel; 7] = [
            Channel::PackVoltage,
            Channel::PackCurrent,
            Channel::CellMax,
            Channel::CellMin,
            Channel::CellMean,
            Channel::TempMin,
            Channel::TempMax,
        ];
        let columns = rows
            .columns
            .map(|column| column.get(from..end).unwrap_or_default());
        let mut ranges = [(f64::INFINITY, f64::NEG_INFINITY); Channel::ALL.len()];
        for channel in WANTED {
            ranges[channel as usize] = range(columns[channel as usize]);
        }
        Self {
            time: rows.time.get(from..end).unwrap_or_default(),
            columns,
            ranges,
        }
    }

    /// The lowest and the highest of a column.
    fn range(&self, channel: Channel) -> (f64, f64) {
        self.ranges[channel as usize]
    }

    /// The lowest of a column.
    fn lowest(&self, channel: Channel) -> f64 {
        self.range(channel).0
    }

    /// The highest of a column.
    fn highest(&self, channel: Channel) -> f64 {
        self.range(channel).1
    }

    fn of(&self, channel: Channel) -> &'a [f64] {
        self.columns[channel as usize]
    }

    /// The column, if the file has it.
    fn known(&self, channel: Channel) -> Option<&'a [f64]> {
        Some(self.of(channel)).filter(|column| !column.is_empty())
    }
}

impl ChargeFinder {
    /// Where the rows end that [`ChargeFinder::stretch`] may take from `from` on; `from` itself if there are none.
    pub(super) fn steady(&self, rows: &Rows<'_>, from: usize) -> usize {
        // The row before must have had a current, so that all intervals begin at the row before.
        if self.current_s != self.time {
            return from;
        }
        // What came before a hole is compared with the first row that shows enough.
        if self.left.is_some() {
            return from;
        }
        let mut end = rows.time.len().min(from + MOST);
        if !rows.session.is_empty() {
            let sessions = rows.session.get(from..end).unwrap_or_default();
            end = end.min(from + leading(sessions, |session| Some(session) == self.session));
        } else if self.session.is_some() {
            return from;
        }
        let follows = |before: f64, time: f64| (time - before > 0.0) & (time - before <= GAP);
        let within = |time: f64| time.abs() <= 1e11 && (self.clock != Clock::Utc || SET.contains(&time));
        let times = rows.time.get(from..end).unwrap_or_default();
        let Some(&first) = times.first().filter(|first| follows(self.time, **first)) else {
            return from;
        };
        end = end.min(from + 1 + leading_pairs(times, follows));
        // Times rise, so that all between are set if the first and the last are.
        let last = rows.time.get(end - 1).copied().unwrap_or(f64::NAN);
        if !within(first) || !within(last) {
            return from;
        }
        // An open charge goes on, or a rest where none is open.
        let (threshold, rested) = (CHARGING * self.rated, RESTED * self.rated);
        let sign = match &self.charge {
            Some(charge) if charge.reversed => -1.0,
            Some(_) => 1.0,
            None => 0.0,
        };
        let goes_on =
            |current: f64| (sign * current > threshold) | ((sign == 0.0) & (current.abs() <= rested));
        for channel in Channel::ALL {
            let (low, high) = limits(channel);
            let column = rows.columns[channel as usize];
            if column.is_empty() {
                // What another file part said of it must be forgotten by now.
                if !self.held[channel as usize].at(first).is_nan() {
                    return from;
                }
                if channel == Channel::PackCurrent {
                    return from;
                }
                continue;
            }
            let column = column.get(from..end).unwrap_or_default();
            let passed = if channel == Channel::PackCurrent {
                leading(column, |value: f64| {
                    (value >= low) & (value <= high) & goes_on(value)
                })
            } else {
                leading(column, |value: f64| (value >= low) & (value <= high))
            };
            end = end.min(from + passed);
            if end == from {
                return from;
            }
        }
        end
    }

    /// Takes rows that [`ChargeFinder::steady`] found.
    pub(super) fn stretch(&mut self, rows: &Rows<'_>, from: usize, end: usize) {
        let part = Stretch::new(rows, from, end);
        let (Some(&first), Some(&last), Some(&current)) = (
            part.time.first(),
            part.time.last(),
            part.of(Channel::PackCurrent).last(),
        ) else {
            return;
        };
        self.watch_stretch(&part, first, last);
        let mut mean = [f64::NAN; MOST];
        let mean = &mut mean[..part.time.len()];
        let origin = self.mean_cells(&part, mean);
        if self.charge.is_some() {
            let first_step = self.first_step(&part, mean, origin);
            self.sum_stretch(&part, mean, first_step);
            self.quiet_since = f64::NAN;
            self.rest = None;
            self.idle_stretch(&part);
        } else {
            self.rest_stretch(&part, mean);
        }
        self.last_level(&part, mean, origin);
        for (held, column) in self.held.iter_mut().zip(&part.columns) {
            if let Some(&value) = column.last() {
                *held = Held { value, time: last };
            }
        }
        self.time = last;
        self.current_s = last;
        self.current = current;
        self.current_volt = part.of(Channel::PackVoltage).last().copied().unwrap_or(f64::NAN);
    }

    /// What [`ChargeFinder::row`], `hold` and `flow` keep in the watch.
    fn watch_stretch(&mut self, part: &Stretch<'_>, first: f64, last: f64) {
        let watch = &mut self.watch;
        let count = part.time.len() as u64;
        watch.rows += count;
        watch.rows_with_current += count;
        watch.intervals_short += count;
        if self.charge.as_ref().is_some_and(|charge| charge.reversed) {
            watch.rows_discharging += count;
        }
        if self.clock == Clock::Utc {
            watch.from_s = watch.from_s.min(first);
            watch.to_s = watch.to_s.max(last);
        }
        if let Some(soc) = part.known(Channel::Soc) {
            let step = smallest_step(watch.soc_last, soc, SOC_STEP);
            if step.is_finite() {
                watch.soc_step = watch.soc_step.min(step);
            }
            watch.soc_last = soc.last().copied().unwrap_or(f64::NAN);
            watch.soc_last_s = last;
        }
        if part.known(Channel::PackVoltage).is_some() {
            watch.pack_highest = watch.pack_highest.max(part.highest(Channel::PackVoltage));
        }
        for channel in [Channel::CellMax, Channel::CellMin, Channel::CellMean] {
            if part.known(channel).is_some() {
                watch.cell_highest = watch.cell_highest.max(part.highest(channel));
                watch.cell_lowest = watch.cell_lowest.min(part.lowest(channel));
            }
        }
        if let Some(cells) = part.known(Channel::CellMin) {
            let step = smallest_step(self.last_cell, cells, CELL_STEP);
            if step.is_finite() {
                watch.cell_step = watch.cell_step.min(step);
            }
            self.last_cell = cells.last().copied().unwrap_or(f64::NAN);
        }
        for channel in [Channel::TempMin, Channel::TempMax] {
            if part.known(channel).is_some() {
                watch.temp_highest = watch.temp_highest.max(part.highest(channel));
                watch.temp_lowest = watch.temp_lowest.min(part.lowest(channel));
            }
        }
        let apart = |high, low| {
            part.of(high)
                .iter()
                .zip(part.of(low))
                .any(|(high, low)| high != low)
        };
        watch.cells_apart = watch.cells_apart || apart(Channel::CellMax, Channel::CellMin);
        watch.temps_apart = watch.temps_apart || apart(Channel::TempMax, Channel::TempMin);
        part.of(Channel::Odometer)
            .iter()
            .for_each(|km| watch.odometer(*km));
        part.of(Channel::Isolation)
            .iter()
            .for_each(|kiloohm| watch.isolation(*kiloohm));
        part.of(Channel::ReportedSoh)
            .iter()
            .for_each(|soh| watch.reported_soh(*soh));
    }

    /// As [`ChargeFinder::reading`] has it; `None` where no column tells.
    fn mean_cells(&self, part: &Stretch<'_>, to: &mut [f64]) -> Option<Origin> {
        if let Some(mean) = part.known(Channel::CellMean) {
            to.copy_from_slice(mean);
            return Some(Origin::Mean);
        }
        if let Some(pack) = part.known(Channel::PackVoltage) {
            for (to, pack) in to.iter_mut().zip(pack) {
                *to = pack / self.n_series;
            }
            return Some(Origin::Pack);
        }
        let (high, low) = (part.known(Channel::CellMax)?, part.known(Channel::CellMin)?);
        for ((to, high), low) in to.iter_mut().zip(high).zip(low) {
            *to = 0.5 * (high + low);
        }
        Some(Origin::Ends)
    }

    /// As [`ChargeFinder::voltage_step`] finds it at the first row; from there on every row reads its own voltage.
    fn first_step(&self, part: &Stretch<'_>, mean: &[f64], origin: Option<Origin>) -> f64 {
        let (Some(before), Some(&time), Some(&current), Some(&volt)) = (
            self.level,
            part.time.first(),
            part.of(Channel::PackCurrent).first(),
            mean.first(),
        ) else {
            return f64::NAN;
        };
        let steady = before.high.max(current) - before.low.min(current) < STEADY * self.rated;
        if origin == Some(before.origin) && time - before.time <= GAP && steady {
            (volt - before.volt).abs()
        } else {
            f64::NAN
        }
    }

    /// What [`ChargeFinder::voltage_step`] leaves behind at the last row.
    fn last_level(&mut self, part: &Stretch<'_>, mean: &[f64], origin: Option<Origin>) {
        let currents = part.of(Channel::PackCurrent);
        let (Some(&time), Some(&current), Some(&volt)) = (part.time.last(), currents.last(), mean.last())
        else {
            return;
        };
        match (origin, &mut self.level) {
            (Some(origin), level) => {
                *level = Some(Level {
                    volt,
                    time,
                    origin,
                    low: current,
                    high: current,
                });
            }
            (None, Some(level)) => {
                level.low = level.low.min(part.lowest(Channel::PackCurrent));
                level.high = level.high.max(part.highest(Channel::PackCurrent));
            }
            (None, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sample::Samples;

    /// A few minutes of a log: which signals it has, what flows, and what goes wrong in it.
    #[derive(Debug, Clone)]
    struct Scene {
        rows: usize,
        current: f64,
        noise: f64,
        interval: f64,
        slope: f64,
        /// A row in so many is spoilt, and how.
        spoilt: Option<(usize, usize)>,
        new_session: bool,
    }

    fn scene() -> impl Strategy<Value = Scene> {
        (
            1_usize..700,
            prop_oneof![
                Just(0.0),
                Just(0.4),
                Just(4.0),
                Just(45.0),
                Just(-45.0),
                -3.0..3.0_f64
            ],
            prop_oneof![Just(0.0), Just(0.3), Just(12.0)],
            prop_oneof![
                Just(1.0),
                Just(10.0),
                Just(0.2),
                Just(59.6),
                Just(61.0),
                Just(700.0)
            ],
            prop_oneof![Just(0.0), Just(1e-4), Just(-1e-4), Just(2e-3)],
            prop::option::of((2_usize..90, 0_usize..9)),
            any::<bool>(),
        )
            .prop_map(
                |(rows, current, noise, interval, slope, spoilt, new_session)| Scene {
                    rows,
                    current,
                    noise,
                    interval,
                    slope,
                    spoilt,
                    new_session,
                },
            )
    }

    fn log(scenes: &[Scene], channels: &[bool], start: f64, numbered: bool) -> Samples {
        let mut samples = Samples::default();
        let (mut time, mut soc, mut session, mut dice) = (start, 0.3, 1, 7_u32);
        for scene in scenes {
            session += i64::from(scene.new_session);
            for row in 0..scene.rows {
                dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = f64::from(dice >> 16) / 65_536.0 - 0.5;
                let spoil = scene
                    .spoilt
                    .and_then(|(every, how)| (row % every == every - 1).then_some(how));
                time += match spoil {
                    Some(0) => 0.0,
                    Some(1) => -5.0,
                    Some(2) => f64::NAN,
                    _ => scene.interval,
                };
                samples.time_s.push(time);
                if time.is_nan() {
                    time = *samples.time_s.iter().rfind(|t| !t.is_nan()).unwrap_or(&start);
                }
                if numbered {
                    samples.session.push(session);
                }
                soc = (soc + scene.slope).clamp(0.01, 1.0);
                let current = scene.current + scene.noise * noise;
                let cell = 3.4 + 0.7 * soc + 0.001 * (noise * 8.0).round();
                for (channel, known) in Channel::ALL.into_iter().zip(channels) {
                    if !known {
                        continue;
                    }
                    let value = match channel {
                        Channel::PackVoltage => 96.0 * cell + noise,
                        Channel::PackCurrent => current,
                        Channel::Soc => (soc * 200.0).round() / 200.0,
                        Channel::CellMax | Channel::CellMean => cell,
                        Channel::CellMin => cell - 0.008 - 0.002 * noise,
                        Channel::TempMin => 20.0 + noise,
                        Channel::TempMax => 24.0 + 9.0 * soc,
                        Channel::Plugged | Channel::Parked => f64::from(u8::from(noise < 0.45)),
                        Channel::Odometer => 50_000.0 + f64::from(u8::from(row > 300)),
                        Channel::Isolation => 900.0 + noise,
                        Channel::ReportedSoh => 0.9,
                        Channel::MeterCurrent => current * 1.01,
                    };
                    let value = match spoil {
                        Some(3) if channel == Channel::PackCurrent => f64::NAN,
                        Some(4) if channel == Channel::Soc => f64::NAN,
                        Some(5) if channel == Channel::CellMin => 3400.0,
                        Some(6) if channel == Channel::PackCurrent => -value,
                        Some(7) if channel == Channel::TempMin => 0.0,
                        Some(8) => f64::NAN,
                        _ => value,
                    };
                    samples.column_mut(channel).push(value);
                }
            }
        }
        samples
    }

    fn part(samples: &Samples, from: usize, to: usize) -> Samples {
        let mut part = Samples::default();
        part.time_s.extend_from_slice(&samples.time_s[from..to]);
        part.session
            .extend(samples.session.iter().skip(from).take(to - from));
        for channel in Channel::ALL {
            let column = samples.column(channel).iter().skip(from).take(to - from);
            part.column_mut(channel).extend(column);
        }
        part
    }

    fn finder(clock: Clock) -> ChargeFinder {
        let mut finder = ChargeFinder::new(150.0, 96);
        finder.begin(clock);
        finder
    }

    proptest! {
        #[test]
        fn stretches_give_the_bits_that_rows_give(
            scenes in prop::collection::vec(scene(), 1..8),
            channels in prop::collection::vec(prop::bool::weighted(0.8), Channel::ALL.len()),
            dated in any::<bool>(),
            numbered in any::<bool>(),
            run in 1_usize..900,
        ) {
            let (start, clock) = if dated { (1.7e9, Clock::Utc) } else { (0.0, Clock::Relative) };
            let samples = log(&scenes, &channels, start, numbered);
            let (mut quick, mut row_by_row) = (finder(clock), finder(clock));
            let mut from = 0;
            while from < samples.len() {
                let to = samples.len().min(from + run);
                quick.push(&part(&samples, from, to));
                from = to;
            }
            let columns = std::array::from_fn(|c| samples.column(Channel::ALL[c]));
            let rows = Rows { time: &samples.time_s, session: &samples.session, columns };
            (0..samples.len()).for_each(|place| row_by_row.push_row(&rows, place));
            quick.cut();
            row_by_row.cut();
            prop_assert_eq!(format!("{quick:?}"), format!("{row_by_row:?}"));
        }
    }

    /// How many rows behind the first are taken in one go, where all are alike and that much of them flows, A.
    fn taken_together(current: f64) -> usize {
        let alike = Scene {
            rows: 600,
            current,
            noise: 0.3,
            interval: 1.0,
            slope: 1e-4,
            spoilt: None,
            new_session: false,
        };
        let samples = log(&[alike], &[true; Channel::ALL.len()], 0.0, true);
        let columns = std::array::from_fn(|c| samples.column(Channel::ALL[c]));
        let rows = Rows {
            time: &samples.time_s,
            session: &samples.session,
            columns,
        };
        let mut finder = finder(Clock::Relative);
        finder.push_row(&rows, 0);
        finder.steady(&rows, 1) - 1
    }

    #[test]
    fn charges_and_rests_are_taken_in_stretches() {
        assert_eq!([45.0, -45.0, 0.4].map(taken_together), [MOST; 3]);
        // A drive, or what hangs on the battery, is neither.
        assert_eq!(taken_together(2.0), 0);
    }
}
