//! The quick way through the rows of a charge that goes on: column by column instead of row by row.
//!
//! Most rows of a log are like the row before them: the same charge, every signal known, the next second. Such stretches are
//! found first and then summed up in loops over columns. Every sum adds the same numbers in the same order as
//! [`ChargeFinder::row`] does, so that both give the same bits; a property test holds them to it.

use super::{
    BREAK, CELL_STEP, CHARGING, ChargeFinder, GAP, Held, Level, Origin, Rows, SET, SMALL_CURRENT, SOC_STEP,
    STEADY, TAPER, limits,
};
use crate::sample::{Channel, Clock};

/// Rows taken in one go, so that what is computed between two loops stays in the nearest cache.
const MOST: usize = 256;
/// Columns are looked at by so many cells, each without a branch.
const LANES: usize = 8;

/// How many values from the first on pass.
#[inline]
fn leading<T: Copy>(values: &[T], passes: impl Fn(T) -> bool) -> usize {
    let mut passed = 0;
    for chunk in values.chunks(LANES) {
        if !chunk.iter().fold(true, |all, value| all & passes(*value)) {
            return passed + chunk.iter().take_while(|value| passes(**value)).count();
        }
        passed += chunk.len();
    }
    passed
}

/// All values but the first.
fn behind_first(values: &[f64]) -> &[f64] {
    values.get(1..).unwrap_or_default()
}

/// How many values from the second on pass together with the one before.
#[inline]
fn leading_pairs(values: &[f64], passes: impl Fn(f64, f64) -> bool) -> usize {
    let mut passed = 0;
    for (before, chunk) in values.chunks(LANES).zip(behind_first(values).chunks(LANES)) {
        let pairs = || before.iter().zip(chunk);
        if !pairs().fold(true, |all, (a, b)| all & passes(*a, *b)) {
            return passed + pairs().take_while(|(a, b)| passes(**a, **b)).count();
        }
        passed += chunk.len();
    }
    passed
}

/// The highest of known values; negative infinity if there is none.
#[inline]
fn highest(values: &[f64]) -> f64 {
    let mut lanes = [f64::NEG_INFINITY; LANES];
    for chunk in values.chunks(LANES) {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = if *value > *lane { *value } else { *lane };
        }
    }
    lanes.into_iter().fold(f64::NEG_INFINITY, f64::max)
}

/// The lowest of known values; infinity if there is none.
#[inline]
fn lowest(values: &[f64]) -> f64 {
    let mut lanes = [f64::INFINITY; LANES];
    for chunk in values.chunks(LANES) {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = if *value < *lane { *value } else { *lane };
        }
    }
    lanes.into_iter().fold(f64::INFINITY, f64::min)
}

/// The smallest difference of neighbours above a limit; infinity if there is none.
#[inline]
fn smallest_step(before: f64, values: &[f64], above: f64) -> f64 {
    let first = values.first().map_or(f64::NAN, |first| (first - before).abs());
    let mut least = if first > above { first } else { f64::INFINITY };
    for [a, b] in values.array_windows() {
        let step = (b - a).abs();
        let step = if step > above { step } else { f64::INFINITY };
        least = if step < least { step } else { least };
    }
    least
}

/// A stretch of rows: each column empty or as long as the times.
struct Stretch<'a> {
    time: &'a [f64],
    columns: [&'a [f64]; Channel::ALL.len()],
}

impl<'a> Stretch<'a> {
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
        let Some(charge) = &self.charge else {
            return from;
        };
        // The row before must have had a current, so that all intervals begin at the row before.
        if self.current_s != self.time {
            return from;
        }
        let mut end = rows.time.len().min(from + MOST);
        if !rows.session.is_empty() {
            let sessions = rows.session.get(from..end).unwrap_or_default();
            end = end.min(from + leading(sessions, |session| Some(session) == self.session));
        } else if self.session.is_some() {
            return from;
        }
        let follows = |before: f64, time: f64| {
            let dated = SET.contains(&time);
            (time - before > 0.0)
                & (time - before <= GAP)
                & (time.abs() <= 1e11)
                & (dated | (self.clock != Clock::Utc))
        };
        let times = rows.time.get(from..end).unwrap_or_default();
        let Some(&first) = times.first().filter(|first| follows(self.time, **first)) else {
            return from;
        };
        end = end.min(from + 1 + leading_pairs(times, follows));
        let threshold = CHARGING * self.rated;
        let sign = if charge.reversed { -1.0 } else { 1.0 };
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
                    (value >= low) & (value <= high) & (sign * value > threshold)
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
        let part = Stretch {
            time: rows.time.get(from..end).unwrap_or_default(),
            columns: rows
                .columns
                .map(|column| column.get(from..end).unwrap_or_default()),
        };
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
        let first_step = self.first_step(&part, mean, origin);
        self.sum_stretch(&part, mean, first_step);
        self.last_level(&part, mean, origin);
        self.quiet_since = f64::NAN;
        self.rest = None;
        self.idle_stretch(&part);
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
        if let Some(pack) = part.known(Channel::PackVoltage) {
            watch.pack_highest = watch.pack_highest.max(highest(pack));
        }
        for channel in [Channel::CellMax, Channel::CellMin, Channel::CellMean] {
            if let Some(cells) = part.known(channel) {
                watch.cell_highest = watch.cell_highest.max(highest(cells));
                watch.cell_lowest = watch.cell_lowest.min(lowest(cells));
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
            if let Some(celsius) = part.known(channel) {
                watch.temp_highest = watch.temp_highest.max(highest(celsius));
                watch.temp_lowest = watch.temp_lowest.min(lowest(celsius));
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
                level.low = level.low.min(lowest(currents));
                level.high = level.high.max(highest(currents));
            }
            (None, None) => {}
        }
    }

    /// As [`ChargeFinder::sum`] does it, interval by interval.
    fn sum_stretch(&mut self, part: &Stretch<'_>, mean: &[f64], first_step: f64) {
        let Some(charge) = &mut self.charge else {
            return;
        };
        let n = part.time.len();
        let rated = self.rated;
        let sign = if charge.reversed { -1.0 } else { 1.0 };
        let current = part.of(Channel::PackCurrent);
        let (mut passed, mut each, mut counted) = ([0.0; MOST], [0.0; MOST], [0.0; MOST]);
        let (passed, each, counted) = (&mut passed[..n], &mut each[..n], &mut counted[..n]);
        charge.rows += n as u64;

        // Sums are kept in variables while a loop runs: through the charge itself each addition would wait for memory.
        let (mut at, mut before) = (self.current_s, self.current);
        let (mut usual, mut bucket) = (f64::NAN, 0);
        let (mut coulombs, mut seconds, mut unsteady) = (charge.coulombs, charge.seconds, 0);
        for ((((time, current), passed), each), counted) in part
            .time
            .iter()
            .zip(current)
            .zip(passed.iter_mut())
            .zip(each.iter_mut())
            .zip(counted.iter_mut())
        {
            *passed = time - at;
            *each = 0.5 * (before + current) * sign * *passed;
            coulombs += *each;
            *counted = coulombs;
            seconds += *passed;
            if *passed != usual {
                usual = *passed;
                bucket = (usual.round() as usize).min(60);
            }
            charge.intervals[bucket] += 1;
            unsteady += u64::from((current - before).abs() > 0.1 * rated);
            (at, before) = (*time, *current);
        }
        (charge.coulombs, charge.seconds) = (coulombs, seconds);
        charge.unsteady += unsteady;
        debug_assert!(passed.iter().all(|passed| *passed > 0.0 && *passed <= BREAK));
        let (passed, each, counted) = (&*passed, &*each, &*counted);

        match part.known(Channel::PackVoltage) {
            Some(volts) => {
                let (mut i, mut v) = (self.current, self.current_volt);
                let (mut joules, mut volt_seconds) = (charge.joules, charge.volt_seconds);
                for ((volt, current), passed) in volts.iter().zip(current).zip(passed) {
                    let before = if v.is_nan() { *volt } else { v };
                    joules += 0.5 * (i * before + current * volt) * sign * passed;
                    volt_seconds += 0.5 * (before + volt) * passed;
                    (i, v) = (*current, *volt);
                }
                (charge.joules, charge.volt_seconds) = (joules, volt_seconds);
            }
            None => passed.iter().for_each(|p| charge.seconds_without_voltage += p),
        }
        let (mut kelvin_coulombs, mut covered) = (charge.kelvin_coulombs, charge.coulombs_with_temperature);
        match (part.known(Channel::TempMin), part.known(Channel::TempMax)) {
            (Some(cold), Some(hot)) => {
                for ((cold, hot), each) in cold.iter().zip(hot).zip(each) {
                    kelvin_coulombs += 0.5 * (cold + hot) * each;
                    covered += each;
                }
                charge.temp_max = charge.temp_max.max(highest(hot)).max(highest(cold));
            }
            (Some(one), None) | (None, Some(one)) => {
                for (celsius, each) in one.iter().zip(each) {
                    kelvin_coulombs += celsius * each;
                    covered += each;
                }
                charge.temp_max = charge.temp_max.max(highest(one));
            }
            (None, None) => {}
        }
        (charge.kelvin_coulombs, charge.coulombs_with_temperature) = (kelvin_coulombs, covered);
        for ((meter, current), passed) in part.of(Channel::MeterCurrent).iter().zip(current).zip(passed) {
            if meter.abs() > CHARGING * rated {
                charge.meter_coulombs += meter.abs() * passed;
                charge.metered_coulombs += sign * current * passed;
            }
        }
        for (plugged, passed) in part.of(Channel::Plugged).iter().zip(passed) {
            charge.seconds_unplugged += if *plugged == 0.0 { *passed } else { 0.0 };
        }
        for (parked, passed) in part.of(Channel::Parked).iter().zip(passed) {
            charge.seconds_moving += if *parked == 0.0 { *passed } else { 0.0 };
        }

        let (low, high) = (part.known(Channel::CellMin), part.known(Channel::CellMax));
        if let Some(high) = high {
            charge.cell_highest = charge.cell_highest.max(highest(high));
        }
        if let Some(low) = low {
            charge.cell_lowest = charge.cell_lowest.min(lowest(low));
        }
        if let (Some(low), Some(high), Some(volts)) = (low, high, part.known(Channel::PackVoltage)) {
            charge.cells_rows += n as u64;
            let mut sums = [charge.cell_min_sum, charge.cell_max_sum, charge.pack_sum];
            for ((low, high), volt) in low.iter().zip(high).zip(volts) {
                sums[0] += low;
                sums[1] += high;
                sums[2] += volt;
            }
            [charge.cell_min_sum, charge.cell_max_sum, charge.pack_sum] = sums;
        }

        if let Some(soc) = part.known(Channel::Soc) {
            let (mut i, mut m) = (self.current, f64::NAN);
            let (mut jump, mut middle, mut middle_rows) = (charge.volt_jump, charge.middle_sum, 0);
            let starts_inside = soc.first().is_some_and(|soc| (0.15..0.90).contains(soc));
            if starts_inside && first_step > jump {
                jump = first_step;
            }
            for ((soc, current), mean) in soc.iter().zip(current).zip(mean) {
                let level = (mean - m).abs();
                if (level > jump) & ((current - i).abs() < STEADY * rated) & (*soc >= 0.15) & (*soc < 0.90) {
                    jump = level;
                }
                if (*soc >= 0.40) & (*soc <= 0.80) & !mean.is_nan() {
                    middle += mean;
                    middle_rows += 1;
                }
                (i, m) = (*current, *mean);
            }
            (charge.volt_jump, charge.middle_sum) = (jump, middle);
            charge.middle_rows += middle_rows;
            let first = soc.first().copied().unwrap_or(f64::NAN);
            if charge.soc_start.is_nan() {
                charge.soc_start = first;
            }
            let mut top = charge.soc_max.max(first);
            let mut fell = charge.soc_fell.max(charge.soc_max - first);
            for soc in soc {
                fell = if top - soc > fell { top - soc } else { fell };
                top = if *soc > top { *soc } else { top };
            }
            (charge.soc_max, charge.soc_fell) = (top, fell);
            if charge.coulombs_at_top.is_nan()
                && let Some(place) = soc.iter().position(|soc| *soc >= 0.995)
            {
                charge.coulombs_at_top = counted[place];
            }
            if let Some((before, at, coulombs)) = self.soc_at
                && part.time[0] - at <= 2.0 * GAP
            {
                let explained = (counted[0] - coulombs) / 3600.0 / rated;
                charge.jump = charge.jump.max((first - before - explained).abs());
            }
            let mut lanes = [0.0_f64; LANES];
            let (soc_after, counted_after) = (behind_first(soc), behind_first(counted));
            for (((a, b), c), d) in soc
                .chunks(LANES)
                .zip(soc_after.chunks(LANES))
                .zip(counted.chunks(LANES))
                .zip(counted_after.chunks(LANES))
            {
                for ((((lane, a), b), c), d) in lanes.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                    let explained = (d - c) / 3600.0 / rated;
                    let jump = (b - a - explained).abs();
                    *lane = if jump > *lane { jump } else { *lane };
                }
            }
            charge.jump = lanes.into_iter().fold(charge.jump, f64::max);
            if let (Some(soc), Some(time), Some(counted)) = (soc.last(), part.time.last(), counted.last()) {
                self.soc_at = Some((*soc, *time, *counted));
                charge.soc_end = *soc;
            }
        }

        let (least, most) = if charge.reversed {
            (-highest(current), -lowest(current))
        } else {
            (lowest(current), highest(current))
        };
        if least < TAPER * rated {
            for (current, volt) in current.iter().zip(high.unwrap_or(mean)) {
                if sign * current < TAPER * rated {
                    charge.taper_volt = charge.taper_volt.max(*volt);
                }
            }
        }
        charge.current_max = charge.current_max.max(most);
        charge.current_last = sign * current.last().copied().unwrap_or(f64::NAN);
        charge.last_s = part.time.last().copied().unwrap_or(charge.last_s);
        charge.coulombs_at_last = charge.coulombs;
        let last = |column: Option<&[f64]>| column.and_then(|c| c.last().copied()).unwrap_or(f64::NAN);
        charge.spread_last = last(high) - last(low);
    }

    /// As [`ChargeFinder::watch_idle`] does it, which most charges give nothing to do.
    fn idle_stretch(&mut self, part: &Stretch<'_>) {
        let current = part.of(Channel::PackCurrent);
        let Some(soc) = part.known(Channel::Soc) else {
            self.idle_soc = None;
            return;
        };
        if lowest(current) >= SMALL_CURRENT * self.rated || highest(current) < 0.0 {
            self.idle_soc = None;
            return;
        }
        let (mut at, mut before) = (self.current_s, self.current);
        for ((time, current), soc) in part.time.iter().zip(current).zip(soc) {
            self.watch_idle(time - at, before, *current, *soc);
            (at, before) = (*time, *current);
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
                        Channel::CellMin => cell - 0.008,
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

    #[test]
    fn a_plain_charge_is_taken_in_stretches() {
        let charging = Scene {
            rows: 600,
            current: 45.0,
            noise: 0.3,
            interval: 1.0,
            slope: 1e-4,
            spoilt: None,
            new_session: false,
        };
        let samples = log(&[charging], &[true; Channel::ALL.len()], 0.0, true);
        let columns = std::array::from_fn(|c| samples.column(Channel::ALL[c]));
        let rows = Rows {
            time: &samples.time_s,
            session: &samples.session,
            columns,
        };
        let mut finder = finder(Clock::Relative);
        finder.push_row(&rows, 0);
        assert_eq!(finder.steady(&rows, 1), 1 + MOST);
    }
}
