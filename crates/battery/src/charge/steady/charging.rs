//! A stretch of an open charge.

use fearless_simd::{Level, dispatch};

use super::{MOST, Stretch};
use crate::charge::{BREAK, CHARGING, Charge, ChargeFinder, GAP, SMALL_CURRENT, STEADY, TAPER};
use crate::columns::{highest_of_pairs, leading, leading_pairs};
use crate::sample::Channel;

/// A stretch with what sums over it need: the mean voltage of a cell by row, NaN at all rows or at none.
struct Charging<'a> {
    part: &'a Stretch<'a>,
    mean: &'a [f64],
    rated: f64,
    /// Turns the current so that charging is positive.
    sign: f64,
}

/// The row before a stretch.
struct Before {
    time: f64,
    current: f64,
    volt: f64,
}

impl ChargeFinder {
    /// As [`ChargeFinder::sum`] does it, interval by interval.
    pub(super) fn sum_stretch(&mut self, part: &Stretch<'_>, mean: &[f64], first_step: f64) {
        let Some(charge) = &mut self.charge else {
            return;
        };
        let before = Before {
            time: self.current_s,
            current: self.current,
            volt: self.current_volt,
        };
        let charging = Charging {
            part,
            mean,
            rated: self.rated,
            sign: if charge.reversed { -1.0 } else { 1.0 },
        };
        let n = part.time.len();
        let (mut passed, mut counted) = ([0.0; MOST], [0.0; MOST]);
        let (passed, counted) = (&mut passed[..n], &mut counted[..n]);
        // Sums are not added up in vectors, which would change their bits; what newer processors save is copies between registers.
        dispatch!(Level::new(), _simd => charging.intervals(charge, &before, passed, counted));
        debug_assert!(passed.iter().all(|passed| *passed > 0.0 && *passed <= BREAK));
        charging.flags(charge, passed);
        if let Some(soc) = part.known(Channel::Soc) {
            charging.state_of_charge(charge, soc, counted, first_step);
            if let Some((soc_before, at, coulombs)) = self.soc_at
                && part.time[0] - at <= 2.0 * GAP
            {
                let explained = (counted[0] - coulombs) / 3600.0 / self.rated;
                charge.jump = charge.jump.max((soc[0] - soc_before - explained).abs());
            }
            self.soc_at = Some((soc[n - 1], part.time[n - 1], counted[n - 1]));
        }
        charging.currents(charge);
    }

    /// As [`ChargeFinder::watch_idle`] does it, which most charges give nothing to do.
    pub(super) fn idle_stretch(&mut self, part: &Stretch<'_>) {
        let current = part.of(Channel::PackCurrent);
        let (least, most) = part.range(Channel::PackCurrent);
        let nothing = least >= SMALL_CURRENT * self.rated || most < 0.0;
        let Some(soc) = part.known(Channel::Soc).filter(|_| !nothing) else {
            self.idle_soc = None;
            return;
        };
        let (mut at, mut before) = (self.current_s, self.current);
        for ((time, current), soc) in part.time.iter().zip(current).zip(soc) {
            self.watch_idle(time - at, before, *current, *soc);
            (at, before) = (*time, *current);
        }
    }
}

impl Charging<'_> {
    /// Adds every interval; puts down what each took and the charge counted at its end.
    ///
    /// All sums go on together, because each waits for its own last addition: alone in a loop, that is what the loop's time would
    /// be. A column that the file does not have is read as zeros, and what comes of it is not kept.
    // Into its only caller, so that it is compiled for what that one is compiled for.
    #[inline(always)]
    fn intervals(&self, charge: &mut Charge, before: &Before, passed: &mut [f64], counted: &mut [f64]) {
        let (part, rated, sign) = (self.part, self.rated, self.sign);
        let n = part.time.len();
        let zeros = [0.0; MOST];
        let or_zeros = |column: Option<_>| -> &[f64] { &column.unwrap_or(zeros.as_slice())[..n] };
        let (time, current) = (part.time, &part.of(Channel::PackCurrent)[..n]);
        let voltage = part.known(Channel::PackVoltage);
        let (low, high) = (part.known(Channel::CellMin), part.known(Channel::CellMax));
        let (cold, hot) = (part.known(Channel::TempMin), part.known(Channel::TempMax));
        // One temperature is the mean of itself and itself.
        let celsius = cold.or(hot).zip(hot.or(cold));
        let cells = low.zip(high).filter(|_| voltage.is_some());

        let volts = or_zeros(voltage);
        let (low, high) = (or_zeros(low), or_zeros(high));
        let (cold, hot) = (or_zeros(celsius.map(|t| t.0)), or_zeros(celsius.map(|t| t.1)));
        let (soc, mean) = (or_zeros(part.known(Channel::Soc)), &self.mean[..n]);
        let (passed, counted) = (&mut passed[..n], &mut counted[..n]);
        let (mut at, mut i, mut v) = (before.time, before.current, before.volt);
        if v.is_nan() {
            v = volts[0];
        }
        let (mut usual, mut bucket, mut times) = (f64::NAN, 0, 0);
        let (mut coulombs, mut seconds, mut unsteady) = (charge.coulombs, charge.seconds, charge.unsteady);
        let (mut joules, mut volt_seconds) = (charge.joules, charge.volt_seconds);
        let (mut kelvin, mut covered) = (charge.kelvin_coulombs, charge.coulombs_with_temperature);
        let mut cell_sums = [charge.cell_min_sum, charge.cell_max_sum, charge.pack_sum];
        let (mut middle, mut middle_rows) = (charge.middle_sum, charge.middle_rows);
        for row in 0..n {
            let (current, volt) = (current[row], volts[row]);
            let dt = time[row] - at;
            let each = 0.5 * (i + current) * sign * dt;
            coulombs += each;
            seconds += dt;
            (passed[row], counted[row]) = (dt, coulombs);
            if dt != usual {
                charge.intervals[bucket] += times;
                (usual, bucket, times) = (dt, (dt.round() as usize).min(60), 0);
            }
            times += 1;
            unsteady += u64::from((current - i).abs() > 0.1 * rated);
            joules += 0.5 * (i * v + current * volt) * sign * dt;
            volt_seconds += 0.5 * (v + volt) * dt;
            kelvin += 0.5 * (cold[row] + hot[row]) * each;
            covered += each;
            cell_sums[0] += low[row];
            cell_sums[1] += high[row];
            cell_sums[2] += volt;
            // Adding nothing changes no sum that began at zero.
            let in_the_middle = (soc[row] >= 0.40) & (soc[row] <= 0.80);
            middle += if in_the_middle { mean[row] } else { 0.0 };
            middle_rows += u64::from(in_the_middle);
            (at, i, v) = (time[row], current, volt);
        }
        charge.intervals[bucket] += times;
        charge.rows += n as u64;
        (charge.coulombs, charge.seconds, charge.unsteady) = (coulombs, seconds, unsteady);
        if voltage.is_some() {
            (charge.joules, charge.volt_seconds) = (joules, volt_seconds);
        } else {
            passed
                .iter()
                .for_each(|passed| charge.seconds_without_voltage += passed);
        }
        if celsius.is_some() {
            (charge.kelvin_coulombs, charge.coulombs_with_temperature) = (kelvin, covered);
        }
        if cells.is_some() {
            charge.cells_rows += n as u64;
            [charge.cell_min_sum, charge.cell_max_sum, charge.pack_sum] = cell_sums;
        }
        if !mean[0].is_nan() {
            (charge.middle_sum, charge.middle_rows) = (middle, middle_rows);
        }
    }

    /// What a second meter counted, and how long the vehicle was unplugged or moved.
    fn flags(&self, charge: &mut Charge, passed: &[f64]) {
        let current = self.part.of(Channel::PackCurrent);
        let meter = self.part.of(Channel::MeterCurrent).iter();
        for ((meter, current), passed) in meter.zip(current).zip(passed) {
            if meter.abs() > CHARGING * self.rated {
                charge.meter_coulombs += meter.abs() * passed;
                charge.metered_coulombs += self.sign * current * passed;
            }
        }
        for (plugged, passed) in self.part.of(Channel::Plugged).iter().zip(passed) {
            charge.seconds_unplugged += if *plugged == 0.0 { *passed } else { 0.0 };
        }
        for (parked, passed) in self.part.of(Channel::Parked).iter().zip(passed) {
            charge.seconds_moving += if *parked == 0.0 { *passed } else { 0.0 };
        }
    }

    /// Jumps of the voltage and of the state of charge, how high it came, and where it fell.
    fn state_of_charge(&self, charge: &mut Charge, soc: &[f64], counted: &[f64], first_step: f64) {
        let (rated, n) = (self.rated, soc.len());
        let current = self.part.of(Channel::PackCurrent);
        if (0.15..0.90).contains(&soc[0]) && first_step > charge.volt_jump {
            charge.volt_jump = first_step;
        }
        charge.volt_jump = highest_of_pairs(
            charge.volt_jump,
            [soc, current, self.mean],
            |[_, i, volt_before], [soc, current, volt]| {
                let steady = (current - i).abs() < STEADY * rated;
                #[expect(clippy::manual_range_contains, reason = "a range is asked with a branch")]
                let inside = (soc >= 0.15) & (soc < 0.90);
                match steady & inside {
                    true => (volt - volt_before).abs(),
                    false => 0.0,
                }
            },
        );
        charge.jump = highest_of_pairs(charge.jump, [soc, counted], |[before, c], [soc, d]| {
            let explained = (d - c) / 3600.0 / rated;
            (soc - before - explained).abs()
        });
        if charge.soc_start.is_nan() {
            charge.soc_start = soc[0];
        }
        let mut top = charge.soc_max.max(soc[0]);
        let mut fell = charge.soc_fell.max(charge.soc_max - soc[0]);
        // Most never fall.
        if leading_pairs(soc, |before, soc| soc >= before) + 1 < n {
            for soc in soc {
                fell = if top - soc > fell { top - soc } else { fell };
                top = if *soc > top { *soc } else { top };
            }
        }
        (charge.soc_max, charge.soc_fell) = (top.max(soc[n - 1]), fell);
        charge.soc_end = soc[n - 1];
        if charge.coulombs_at_top.is_nan()
            && let Some(counted) = counted.get(leading(soc, |soc| soc < 0.995))
        {
            charge.coulombs_at_top = *counted;
        }
    }

    /// The highest of temperature, cells and current, and what the last row says.
    fn currents(&self, charge: &mut Charge) {
        let (part, rated, sign) = (self.part, self.rated, self.sign);
        let current = part.of(Channel::PackCurrent);
        let (low, high) = (part.known(Channel::CellMin), part.known(Channel::CellMax));
        for channel in [Channel::TempMin, Channel::TempMax] {
            if part.known(channel).is_some() {
                charge.temp_max = charge.temp_max.max(part.highest(channel));
            }
        }
        if high.is_some() {
            charge.cell_highest = charge.cell_highest.max(part.highest(Channel::CellMax));
        }
        if low.is_some() {
            charge.cell_lowest = charge.cell_lowest.min(part.lowest(Channel::CellMin));
        }
        let (lowest, highest) = part.range(Channel::PackCurrent);
        let (least, most) = match charge.reversed {
            true => (-highest, -lowest),
            false => (lowest, highest),
        };
        if least < TAPER * rated {
            const NONE: f64 = f64::NEG_INFINITY;
            let volt = high.unwrap_or(self.mean);
            let tapering = |[current, volt]: [f64; 2]| match sign * current < TAPER * rated {
                true => volt,
                false => NONE,
            };
            let first = tapering([current[0], volt[0]]).max(NONE);
            let highest = highest_of_pairs(first, [current, volt], |_, row| tapering(row));
            if highest > NONE {
                charge.taper_volt = charge.taper_volt.max(highest);
            }
        }
        let last = |column: Option<&[f64]>| column.and_then(|c| c.last().copied()).unwrap_or(f64::NAN);
        charge.current_max = charge.current_max.max(most);
        charge.current_last = sign * last(Some(current));
        charge.last_s = last(Some(part.time));
        charge.coulombs_at_last = charge.coulombs;
        charge.spread_last = last(high) - last(low);
    }
}
