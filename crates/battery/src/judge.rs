//! What a charge is worth: its ends, its group, or why it is left out.

use crate::assessment::{Anchor, Exclusion, ExclusionCode, Group, Session};
use crate::charge::{Charge, GAP, JUMP, TAPER};
use crate::decimal::Decimal;
use crate::fit::Observation;
use crate::ocv;
use crate::pack::{Chemistry, Pack};

/// Standard uncertainty of a state of charge that the management system reports.
const BMS: f64 = 0.010;
/// Standard uncertainty of full.
const FULL: f64 = 0.005;
/// Smallest change of state of charge worth fitting.
const LEAST: f64 = 0.10;
/// State of charge from which a taper is full.
const FULL_FROM: f64 = 0.97;
/// How far below the end voltage a cell may be at full, V.
const END_VOLTAGE: f64 = 0.030;
/// Temperatures at which sessions count, °C.
const TEMPERATURES: std::ops::RangeInclusive<f64> = 5.0..=45.0;
/// Highest temperature of any sensor in a session that counts, °C: beyond it the session tells of a fault, not of capacity.
const HOTTEST: f64 = 60.0;
/// Step of the mean cell voltage without a step of current that no battery makes, V.
const VOLT_JUMP: f64 = 0.060;

/// What is the same for all sessions of a battery.
pub(crate) struct Ground<'a> {
    pub pack: &'a Pack,
    /// Ah that scale the limits.
    pub rated: f64,
    /// Current at rest to take off, A.
    pub offset: f64,
    /// All charges have their sign turned.
    pub turned: bool,
    /// Resolution of the state of charge.
    pub soc_step: f64,
    /// Resolution of cell voltage, V.
    pub cell_step: f64,
}

/// A charge with its verdict.
pub(crate) struct Judged {
    pub session: Session,
    pub charge: Option<Observation>,
    pub energy: Option<Observation>,
    pub full: bool,
    /// Start of a session that a Guided test may rest on.
    pub soc_start: f64,
}

fn places(value: f64, places: u8) -> Decimal {
    Decimal::new(value, places).unwrap_or(Decimal::ZERO)
}

/// Judges one charge.
pub(crate) fn judge(number: usize, charge: &Charge, ground: &Ground) -> Judged {
    let pack = ground.pack;
    let sign = if charge.reversed { -1.0 } else { 1.0 };
    let offset = sign * ground.offset;
    let hours = charge.seconds / 3600.0;
    let amp_hours = charge.coulombs / 3600.0 - offset * hours;
    let voltage_known = charge.seconds_without_voltage <= 0.05 * charge.seconds && charge.joules > 0.0;
    let kwh = (charge.joules - offset * charge.volt_seconds) / 3.6e6;
    let temperature = if charge.coulombs_with_temperature >= 0.5 * charge.coulombs {
        charge.kelvin_coulombs / charge.coulombs_with_temperature
    } else {
        f64::NAN
    };
    let full = is_full(charge, pack, ground.rated);
    let bms = BMS * BMS + ground.soc_step * ground.soc_step / 12.0;
    let warm = temperature.is_nan() || temperature > 10.0;
    let rested = |volt: f64| {
        warm.then(|| ocv::anchor(pack.chemistry, volt, ground.cell_step))
            .flatten()
    };

    let (mut start, mut start_variance, mut start_anchor) = (charge.soc_start, bms, Anchor::Bms);
    if let Some(reading) = rested(charge.rest_before) {
        (start, start_variance) = combined(start, bms, &reading);
        start_anchor = Anchor::Ocv;
    }
    let (mut end, mut end_variance, mut end_anchor) = (charge.soc_end, bms, Anchor::Bms);
    if full {
        let left = taper_hours(pack.chemistry) * charge.current_last / ground.rated;
        (end, end_variance, end_anchor) = (1.0 - left, FULL * FULL, Anchor::Full);
    } else if let Some(reading) = rested(charge.rest_after) {
        (end, end_variance) = combined(end, bms, &reading);
        end_anchor = Anchor::Ocv;
    }
    let anchored = full || (start_anchor == Anchor::Ocv && end_anchor == Anchor::Ocv);
    let x = end - start;
    let excluded = exclusions(charge, ground, x, full, temperature, amp_hours);
    let kelvin = temperature - 25.0;
    let observation = Observation {
        y: amp_hours,
        x,
        x_variance: start_variance + end_variance,
        per_ampere: hours,
        kelvin,
    };
    // Energy per state of charge is higher at the top; the fresh curve carries it over to the whole range.
    let shape = ocv::mean_voltage(pack.chemistry, 0.0, 1.0) / ocv::mean_voltage(pack.chemistry, start, end);
    let energy = Observation {
        y: kwh * shape,
        per_ampere: charge.volt_seconds / 3.6e6 * shape,
        ..observation
    };
    let used = excluded.is_empty();
    let session = Session {
        number: u32::try_from(number).unwrap_or(u32::MAX),
        logger_id: charge.logger_id,
        start_s: charge.date_s.map(|s| s as i64),
        duration_s: places(charge.seconds, 0),
        soc_start_pct: Decimal::new(100.0 * start, 2),
        soc_end_pct: Decimal::new(100.0 * end, 2),
        anchors: [start_anchor, end_anchor],
        charge_ah: places(amp_hours, 3),
        energy_kwh: voltage_known.then(|| places(kwh, 3)),
        temperature_c: Decimal::new(temperature, 1),
        current_max_a: places(charge.current_max, 1),
        group: used.then_some(if anchored { Group::Anchored } else { Group::Echo }),
        capacity_ah: Decimal::new(amp_hours / x, 2),
        weight_pct: Decimal::ZERO,
        excluded,
    };
    Judged {
        session,
        charge: used.then_some(observation),
        energy: (used && voltage_known).then_some(energy),
        full,
        soc_start: start,
    }
}

/// A state of charge from what the management system says and what rested cells show, which err independently: weighted by
/// their variances while they agree, the cells' where they do not.
fn combined(soc: f64, variance: f64, reading: &ocv::Reading) -> (f64, f64) {
    let total = variance + reading.variance;
    if soc.is_nan() || (soc - reading.soc).powi(2) > 9.0 * total {
        return (reading.soc, reading.variance);
    }
    (
        (soc * reading.variance + reading.soc * variance) / total,
        variance * reading.variance / total,
    )
}

/// Whether a charge ended at full: the current fell below 0.08 C while the highest cell was at the end voltage.
fn is_full(charge: &Charge, pack: &Pack, rated: f64) -> bool {
    let mean = charge.coulombs / charge.seconds.max(1.0);
    // A slow charger never exceeds 0.08 C, and a flat LFP cell has no taper to speak of: at its end voltage it is full.
    let fell = charge.current_last < 0.93 * mean || pack.chemistry == Chemistry::Lfp;
    charge.soc_max >= FULL_FROM
        && charge.current_last < TAPER * rated
        && fell
        && charge.taper_volt >= pack.end_voltage() - END_VOLTAGE
}

/// What is left to charge at a taper current, per ampere: the decay time of the taper, h. From voltages rested for 30 min after
/// a taper to 0.04 C (NMC: 4.178 V, 98.8 %) and 0.06 C (LFP: 3.582 V, 99.9 %) on the fresh curve; see docs/method/soh.md.
fn taper_hours(chemistry: Chemistry) -> f64 {
    match chemistry {
        Chemistry::Nmc => 0.25,
        Chemistry::Lfp => 0.02,
    }
}

fn exclusions(
    charge: &Charge,
    ground: &Ground,
    x: f64,
    full: bool,
    temperature: f64,
    amp_hours: f64,
) -> Vec<Exclusion> {
    use ExclusionCode as Code;
    let mut found = Vec::new();
    let mut say = |code, text: String| found.push(Exclusion { code, text });
    if charge.reversed != ground.turned {
        say(
            Code::CurrentSign,
            "the current flows against the sign of the other sessions".into(),
        );
    }
    if !x.is_finite() {
        say(Code::SocMissing, "no state of charge at an end".into());
    } else if x < LEAST {
        let text = format!(
            "state of charge rose by {:.1} pp; at least 10 pp are needed",
            100.0 * x
        );
        say(Code::TooShort, text);
    }
    if charge.gap_longest > GAP {
        let text = format!(
            "{:.0} s without a sample; at most 60 s are bridged",
            charge.gap_longest
        );
        say(Code::Gap, text);
    } else if charge.seconds_missing() > 0.05 * charge.seconds {
        let part = 100.0 * charge.seconds_missing() / charge.seconds;
        let text = format!("{part:.0} % of the session is missing; at most 5 % may be");
        say(Code::Gap, text);
    }
    if charge.time_wrong as f64 > 0.05 * charge.rows as f64 {
        let text = format!("time is wrong in {} of {} rows", charge.time_wrong, charge.rows);
        say(Code::Time, text);
    }
    if !temperature.is_nan() && !TEMPERATURES.contains(&temperature) {
        let text = format!("mean temperature {temperature:.1} °C; 5 to 45 °C are accepted");
        say(Code::Temperature, text);
    } else if charge.temp_max > HOTTEST {
        let text = format!(
            "{:.0} °C at a sensor; at most {HOTTEST:.0} °C are accepted",
            charge.temp_max
        );
        say(Code::Temperature, text);
    }
    // At full the management system may set its state of charge right; the session does not rest on that value.
    let jump = if full {
        charge.jump
    } else {
        charge.jump.max(charge.jump_after)
    };
    if jump > JUMP {
        let text = format!(
            "state of charge jumped by {:.1} pp beyond the charge",
            100.0 * jump
        );
        say(Code::SocJump, text);
    } else if charge.soc_fell > 0.02 {
        let text = format!(
            "state of charge fell by {:.1} pp while charging",
            100.0 * charge.soc_fell
        );
        say(Code::SocAgainstCharge, text);
    } else if amp_hours <= 0.0 {
        say(
            Code::SocAgainstCharge,
            "state of charge rose without charge".into(),
        );
    }
    if charge.volt_jump > VOLT_JUMP {
        let text = format!(
            "cell voltage jumped by {:.0} mV at a steady current",
            1000.0 * charge.volt_jump
        );
        say(Code::VoltageJump, text);
    }
    if charge.cells_rows > 0 {
        let n = charge.cells_rows as f64;
        let mean = charge.pack_sum / n / f64::from(ground.pack.n_series.max(1));
        let (low, high) = (charge.cell_min_sum / n, charge.cell_max_sum / n);
        // Rounding of two readings that are the same.
        if low > high + 0.0005 {
            let text = format!(
                "the lowest cell is at {low:.3} V and the highest at {high:.3} V: their columns are exchanged"
            );
            say(Code::VoltageMismatch, text);
        } else if mean < 0.99 * low || mean > 1.01 * high {
            let text = format!(
                "pack voltage over {} cells is {mean:.3} V, but the cells are at {low:.3} to {high:.3} V",
                ground.pack.n_series
            );
            say(Code::VoltageMismatch, text);
        }
    }
    if charge.cells_absurd as f64 > 0.05 * charge.rows as f64 {
        say(
            Code::CellVoltage,
            "cell voltages are no cell voltages in volt (0.5 to 6)".into(),
        );
    }
    if charge.seconds_unplugged > 0.05 * charge.seconds || charge.seconds_moving > 0.05 * charge.seconds {
        say(Code::NotCharging, "not plugged in, or the vehicle moved".into());
    }
    if charge.unsteady as f64 > 0.20 * charge.rows as f64 {
        let text = format!(
            "the current stepped by more than 0.1 C in {} of {} rows",
            charge.unsteady, charge.rows
        );
        say(Code::Unsteady, text);
    }
    found
}
