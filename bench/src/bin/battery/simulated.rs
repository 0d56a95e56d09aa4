//! Cars that the method never saw: packs of a cell model with a vehicle around them, in any number.
//!
//! Nothing here was looked at while constants of the method were set. Sizes of errors are those that the budget of docs/method/soh.md
//! supposes, times a factor; everything else (ageing, rated capacity, cells in series, rates, windows, sampling, spread) is drawn
//! wider than in the development packs.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};
use battery::{Assessor, Channel, Chemistry, Class, Facts, Pack, Samples, SocDefinition, Source};

use crate::account::{Account, accounts, judge};
use crate::baseline::pairs;
use crate::cell_model::{Ageing, Cell};
use crate::dice::Dice;

const BEFORE_S: f64 = 330.0;
/// Rest before a charge where cells rest, s: the half hour that the instructions ask for, and some minutes.
const RESTED_S: f64 = 2400.0;
const AFTER_S: f64 = 1800.0;

/// What is different between runs.
#[derive(Clone, Copy)]
pub struct World {
    /// In tables.
    pub name: &'static str,
    /// Factor on the errors of state of charge and current sensor.
    pub errors: f64,
    /// Share of cars whose management system counts coulombs with a capacity of its own.
    pub circular: f64,
    /// Bias of the state of charge at the lower end only, one standard deviation: a definition that is stretched.
    pub stretch: f64,
    /// Correlation of reading errors from one session to the next.
    pub memory: f64,
    /// Widest window of a charge that does not go to full.
    pub widest: f64,
    /// Share of charges that go to full. All of a Guided test do, from 3 to 10 %.
    pub to_full: f64,
    /// Class of the test.
    pub class: Class,
    /// Charges of a car.
    pub sessions: usize,
    /// Whether cells rest before each charge for as long as a Guided test asks.
    pub rested: bool,
    /// Gain of the current sensor, one standard deviation.
    pub gain: f64,
    /// Charge between two states of charge per kelvin from 25 °C, one standard deviation, relative.
    pub per_kelvin: f64,
    /// Whether coverage is promised: errors are no larger than the budget supposes, and not half of it.
    pub judged: bool,
}

/// Errors as the budget supposes.
pub const AS_SUPPOSED: World = World {
    name: "errors as supposed",
    errors: 1.0,
    circular: 0.35,
    stretch: 0.0,
    memory: 0.0,
    widest: 0.93,
    to_full: 0.35,
    class: Class::Field,
    sessions: 8,
    rested: false,
    gain: 0.005,
    per_kelvin: 0.0,
    judged: true,
};

/// The same with gain and temperature as large as the budget supposes; in `AS_SUPPOSED` gain is a little smaller, and temperature
/// does nothing.
pub const IN_FULL: World = World {
    name: "errors as supposed, gain and temperature in full",
    gain: battery::fit::GAIN,
    per_kelvin: battery::fit::TEMPERATURE,
    ..AS_SUPPOSED
};

/// One car: its rows, and what it is.
pub struct Car {
    pub name: String,
    pub chemistry: Chemistry,
    pub n_series: u32,
    pub rated_ah: f64,
    pub true_ah: f64,
    pub soc_step: f64,
    pub samples: Samples,
}

impl Car {
    /// Draws a car.
    pub fn draw(dice: &mut Dice, chemistry: Chemistry, world: &World, number: usize) -> Self {
        let cell = loop {
            let ageing = Ageing {
                lli: dice.within(0.0, 0.22),
                lam_n: dice.within(0.0, 0.12),
                lam_p: dice.within(0.0, 0.12),
            };
            if let Some(cell) = Cell::new(chemistry, ageing).filter(|c| c.capacity > 0.6 * c.fresh) {
                break cell;
            }
        };
        let n_series = *dice.pick(match chemistry {
            Chemistry::Nmc => &[88, 90, 96, 98, 108, 180],
            Chemistry::Lfp => &[96, 104, 108, 126],
        });
        let rated_ah = (10.0 * dice.within(60.0, 240.0)).round() / 10.0;
        let true_ah = rated_ah * cell.capacity / cell.fresh;
        let mut car = Self {
            name: format!("{}{number:04}", chemistry.name()),
            chemistry,
            n_series,
            rated_ah,
            true_ah,
            soc_step: *dice.pick(&[0.005, 0.010]),
            samples: Samples::default(),
        };
        let e = world.errors;
        let vehicle = Vehicle {
            gain: 1.0 + dice.normal(world.gain * e),
            offset: dice.normal(0.001 * e * rated_ah),
            bias: dice.normal(0.006 * e),
            stretch: dice.normal(world.stretch),
            counts: (dice.uniform() < world.circular).then(|| true_ah * (1.0 + dice.normal(0.05 * e))),
            volt_step: *dice.pick(&[0.001, 0.005, 0.020]),
            spread: dice.normal(0.010).abs(),
            row_s: *dice.pick(&[10.0, 20.0, 30.0]),
            // No draw where there is none, so that the cars of other worlds stay the same.
            per_kelvin: if world.per_kelvin > 0.0 {
                dice.normal(world.per_kelvin * e)
            } else {
                0.0
            },
        };
        let mut reading = dice.normal(0.010 * e);
        for session in 0..world.sessions {
            car.charge(dice, &cell, &vehicle, world, session as i64, &mut reading);
        }
        car
    }

    fn charge(
        &mut self,
        dice: &mut Dice,
        cell: &Cell,
        vehicle: &Vehicle,
        world: &World,
        session: i64,
        reading: &mut f64,
    ) {
        let (low, high) = match world.class {
            Class::Field => (0.05, 0.55),
            Class::Guided => (0.03, 0.10),
        };
        let from = dice.within(low, high);
        let rate = dice.pick(&[0.08, 0.125, 0.2, 0.5, 0.8]) * dice.within(0.9, 1.1);
        let full = dice.uniform() < world.to_full;
        let stop = (!full).then(|| dice.within(0.12, (world.widest - from).max(0.13)));
        // Slow charges are cut at the same part of rated capacity as fast ones.
        let (curve, rest) = cell.charge(from, rate, dice.within(0.03, 0.06), stop, AFTER_S, vehicle.row_s);
        let taken = curve.taken.last().copied().unwrap_or(0.0);
        let noise = 0.010 * world.errors;
        let mut read = |dice: &mut Dice| {
            *reading = world.memory * *reading + (1.0 - world.memory.powi(2)).sqrt() * dice.normal(noise);
            vehicle.bias + *reading
        };
        let low_end = |soc: f64| vehicle.stretch * (1.0 - soc);
        let start = from + read(dice) + low_end(from);
        let end = from + taken + read(dice) + low_end(from + taken);
        let jump = if dice.uniform() < 0.03 {
            dice.within(0.04, 0.10)
        } else {
            0.0
        };
        let jumps_at = dice.within(0.2, 0.9) * taken;
        let shown = |part: f64, ah: f64| {
            let soc = match vehicle.counts {
                Some(believed) => start + ah / believed,
                None => start + part * (end - start),
            };
            soc + if part * taken > jumps_at { jump } else { 0.0 }
        };
        let celsius = dice.within(-2.0, 42.0);
        let before_s = if world.rested { RESTED_S } else { BEFORE_S };
        let before = (before_s / vehicle.row_s) as usize;
        let mut row = Row {
            time: 0.0,
            session,
            celsius,
            from,
            taken,
        };
        for _ in 0..before {
            self.push(
                dice,
                cell,
                vehicle,
                &mut row,
                cell.open_circuit(from),
                0.0,
                0.0,
                start,
            );
        }
        let warmth = 1.0 + vehicle.per_kelvin * (celsius - 25.0);
        let mut counted = 0.0;
        let mut last = 0.0;
        for place in 0..curve.rate.len() {
            let amps = curve.rate[place] * self.rated_ah * warmth;
            counted += 0.5 * (amps + last) * vehicle.row_s / 3600.0 * vehicle.gain;
            last = amps;
            let part = curve.taken[place] / taken.max(1e-9);
            self.push(
                dice,
                cell,
                vehicle,
                &mut row,
                curve.volt[place],
                amps,
                part,
                shown(part, counted),
            );
        }
        let after = shown(1.0, counted);
        // At the end of the taper the management system sets itself right, about.
        let after = if full { after.max(0.985) } else { after };
        for volt in rest {
            self.push(dice, cell, vehicle, &mut row, volt, 0.0, 1.0, after);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn push(
        &mut self,
        dice: &mut Dice,
        cell: &Cell,
        vehicle: &Vehicle,
        row: &mut Row,
        volt: f64,
        amps: f64,
        part: f64,
        soc: f64,
    ) {
        let true_soc = row.from + part * row.taken;
        let slope = (cell.open_circuit((true_soc + 0.01).min(1.0))
            - cell.open_circuit((true_soc - 0.01).max(0.0)))
            / 0.02;
        let apart = vehicle.spread * slope.clamp(0.0, 3.0);
        let step = |value: f64, step: f64| (value / step).round() * step;
        row.time += vehicle.row_s;
        self.samples.time_s.push(row.time);
        self.samples.session.push(row.session);
        let warm = if amps > 0.4 * self.rated_ah { 4.0 } else { 2.0 };
        for (channel, value) in [
            (Channel::PackVoltage, step(volt * f64::from(self.n_series), 0.1)),
            (
                Channel::PackCurrent,
                step(amps * vehicle.gain + vehicle.offset + dice.normal(0.15), 0.1),
            ),
            (Channel::Soc, step(soc, self.soc_step).clamp(0.0, 1.0)),
            (Channel::CellMax, step(volt + apart, vehicle.volt_step)),
            (Channel::CellMin, step(volt - apart, vehicle.volt_step)),
            (Channel::TempMin, row.celsius.round()),
            (Channel::TempMax, (row.celsius + warm).round()),
        ] {
            self.samples.column_mut(channel).push(value);
        }
    }

    /// As the method sees it.
    pub fn assess(&self, class: Class) -> battery::Assessment {
        let pack = Pack {
            chemistry: self.chemistry,
            n_series: self.n_series,
            rated_ah: Some(self.rated_ah),
            rated_kwh: None,
            rated_source: "simulated".into(),
            end_voltage: None,
        };
        let mut assessor = Assessor::new(pack, Facts::default(), class);
        assessor.source(Source {
            name: "simulated".into(),
            soc_definition: SocDefinition::Bms,
            ..Source::default()
        });
        assessor.push(&self.samples);
        assessor.finish()
    }
}

/// What a vehicle adds to its cells.
struct Vehicle {
    gain: f64,
    offset: f64,
    bias: f64,
    stretch: f64,
    /// Capacity it counts with, if it counts coulombs.
    counts: Option<f64>,
    volt_step: f64,
    /// State of charge between the mean and the outermost cells.
    spread: f64,
    row_s: f64,
    /// Charge per kelvin from 25 °C, relative.
    per_kelvin: f64,
}

struct Row {
    time: f64,
    session: i64,
    celsius: f64,
    from: f64,
    taken: f64,
}

/// So many cars of a world under all methods, with how often each reason to refuse was given.
pub fn cars(
    seed: u64,
    chemistry: Chemistry,
    world: &World,
    count: usize,
) -> ([Account; 3], Vec<(String, usize)>) {
    let mut dice = Dice::new(seed);
    let mut found = accounts();
    let mut reasons: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for number in 0..count {
        let car = Car::draw(&mut dice, chemistry, world, number);
        let assessment = car.assess(world.class);
        for refusal in &assessment.refusals {
            *reasons.entry(refusal.code.name()).or_insert(0) += 1;
        }
        let pairs = pairs(std::slice::from_ref(&car.samples));
        judge(
            &mut found,
            &assessment,
            &pairs,
            car.soc_step,
            car.true_ah,
            car.rated_ah,
        );
    }
    (found, reasons.into_iter().collect())
}

/// Writes cars and their truth in the layout that `carnet battery validate` reads.
pub fn write(folder: &Path, seed: u64, chemistry: Chemistry, world: &World, count: usize) -> Result<()> {
    let mut dice = Dice::new(seed);
    let mut rows = String::from(
        "vehicle_id,session,t_s,pack_v,pack_i_a,soc_pct,vcell_max,vcell_min,temp_min_c,temp_max_c\n",
    );
    let mut truths = String::from("vehicle_id,chem,n_series,rated_ah,true_ah,true_soh,soc_step\n");
    for number in 0..count {
        let car = Car::draw(&mut dice, chemistry, world, number);
        writeln!(
            truths,
            "{},{},{},{},{:.6},{:.6},{}",
            car.name,
            car.chemistry.name(),
            car.n_series,
            car.rated_ah,
            car.true_ah,
            car.true_ah / car.rated_ah,
            car.soc_step
        )?;
        for row in 0..car.samples.len() {
            let at = |channel| car.samples.at(channel, row);
            writeln!(
                rows,
                "{},{},{},{:.1},{:.1},{:.1},{:.3},{:.3},{:.1},{:.1}",
                car.name,
                car.samples.session[row],
                car.samples.time_s[row],
                at(Channel::PackVoltage),
                at(Channel::PackCurrent),
                100.0 * at(Channel::Soc),
                at(Channel::CellMax),
                at(Channel::CellMin),
                at(Channel::TempMin),
                at(Channel::TempMax)
            )?;
        }
    }
    std::fs::create_dir_all(folder)?;
    let stem = format!("simulated_{}", chemistry.name().to_lowercase());
    for (end, text) in [("telemetry", rows), ("truth", truths)] {
        let path = folder.join(format!("{stem}_{end}.csv"));
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}
