//! Real cells: charges of NASA B0005 and B0006, cut at random, with the errors of a vehicle added.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use battery::{Assessor, Channel, Chemistry, Class, Facts, Pack, Samples, SocDefinition, Source};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::RowAccessor as _;

use crate::account::{Account, accounts, judge};
use crate::baseline::pairs;
use crate::dice::Dice;

/// Charges of a simulated car.
pub const SESSIONS: usize = 8;
/// Simulated cars of a case.
pub const CARS: usize = 600;

/// Rated capacity of the cells, Ah.
const CELL_AH: f64 = 2.0;

/// One whole charge of a cell, from empty, with the capacity it gave back in the discharge after it.
struct Charge {
    /// Time s, voltage V, current A, temperature °C, charge taken so far Ah.
    rows: Vec<[f64; 5]>,
    capacity: f64,
}

/// Whole charges by cell, in order.
pub struct Charges(Vec<Vec<Charge>>);

impl Charges {
    pub fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        let reader = SerializedFileReader::new(file)?;
        let mut cells: BTreeMap<String, BTreeMap<i32, Charge>> = BTreeMap::new();
        for row in reader.get_row_iter(None)? {
            let row = row?;
            let cell = row.get_string(0)?.clone();
            let cycle = i32::from(row.get_short(1)?);
            let number = |column| row.get_float(column).map(f64::from);
            let charge = cells.entry(cell).or_default().entry(cycle).or_insert(Charge {
                rows: Vec::new(),
                capacity: number(7)?,
            });
            let (time, volt, current, celsius) = (number(2)?, number(3)?, number(4)?, number(5)?);
            let taken = charge.rows.last().map_or(0.0, |last| {
                last[4] + 0.5 * (current + last[2]) * (time - last[0]) / 3600.0
            });
            charge.rows.push([time, volt, current, celsius, taken]);
        }
        let whole = |charge: &Charge| {
            let taken = charge.rows.last().map_or(0.0, |last| last[4]);
            // A charge from empty takes about what the discharge after it gives; others began half full.
            (0.97..1.06).contains(&(taken / charge.capacity))
        };
        let cells: Vec<Vec<Charge>> = cells
            .into_values()
            .map(|charges| charges.into_values().filter(whole).collect())
            .collect();
        if cells.iter().any(|charges| charges.len() < 2 * SESSIONS) {
            bail!("{}: too few whole charges", path.display());
        }
        Ok(Self(cells))
    }
}

/// What a simulated vehicle adds (battery.md 2.1).
struct Vehicle {
    gain: f64,
    offset: f64,
    bias: f64,
    step: f64,
    /// Capacity it counts with, if it counts coulombs.
    believed: Option<f64>,
}

/// Simulated cars of these charges under all methods.
pub fn cells(charges: &Charges, seed: u64, circular: bool, class: Class, sessions: usize) -> [Account; 3] {
    let mut dice = Dice::new(seed);
    let mut found = accounts();
    for _ in 0..CARS {
        let cell = &charges.0[(dice.uniform() * charges.0.len() as f64) as usize];
        let first = (dice.uniform() * (cell.len() - sessions) as f64) as usize;
        let used = &cell[first..first + sessions];
        let truth = used.iter().map(|c| c.capacity).sum::<f64>() / sessions as f64;
        let vehicle = Vehicle {
            gain: 1.0 + dice.normal(0.005),
            offset: dice.normal(0.001 * CELL_AH),
            bias: dice.normal(0.006),
            step: if dice.uniform() < 0.5 { 0.005 } else { 0.010 },
            believed: circular.then(|| truth * (1.0 + dice.normal(0.05))),
        };
        let pack = Pack {
            chemistry: Chemistry::Nmc,
            n_series: 1,
            rated_ah: Some(CELL_AH),
            rated_kwh: None,
            rated_source: "NASA PCoE".into(),
            end_voltage: Some(4.20),
        };
        let mut assessor = Assessor::new(pack, Facts::default(), class);
        assessor.source(Source {
            name: "simulated".into(),
            soc_definition: SocDefinition::Bms,
            ..Source::default()
        });
        let windows: Vec<Samples> = used
            .iter()
            .enumerate()
            .map(|(place, charge)| window(&mut dice, charge, &vehicle, place as i64, class))
            .collect();
        windows.iter().for_each(|samples| assessor.push(samples));
        judge(
            &mut found,
            &assessor.finish(),
            &pairs(&windows),
            vehicle.step,
            truth,
            CELL_AH,
        );
    }
    found
}

/// A part of a charge as a vehicle logs it, with ten minutes of rest before and after.
fn window(dice: &mut Dice, charge: &Charge, vehicle: &Vehicle, session: i64, class: Class) -> Samples {
    const REST_ROWS: usize = 60;
    let (from, to_full) = match class {
        Class::Field => (0.05 + 0.45 * dice.uniform(), dice.uniform() < 0.35),
        Class::Guided => (0.03 + 0.07 * dice.uniform(), true),
    };
    let to = if to_full {
        2.0
    } else {
        from + 0.12 + (0.95 - from - 0.12) * dice.uniform()
    };
    let taken = charge.rows.last().map_or(0.0, |last| last[4]);
    // Counted down from full, in capacity that comes back.
    let true_soc = |row: &[f64; 5]| 1.0 - (taken - row[4]) / charge.capacity;
    let rows: Vec<&[f64; 5]> = charge
        .rows
        .iter()
        .filter(|row| (from..=to).contains(&true_soc(row)) && row[2] > 0.0)
        .collect();
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
        return Samples::default();
    };
    let jump = if dice.uniform() < 0.03 {
        0.04 + 0.06 * dice.uniform()
    } else {
        0.0
    };
    let start = true_soc(first) + vehicle.bias + dice.normal(0.010);
    let end = match vehicle.believed {
        // A counter reads what it counted; at full it is set right.
        Some(believed) => start + (last[4] - first[4]) * vehicle.gain / believed,
        None => true_soc(last) + vehicle.bias + dice.normal(0.010) + jump,
    };
    let shown = |soc: f64| ((soc / vehicle.step).round() * vehicle.step).clamp(0.0, 1.0);
    let end = if to_full { end.max(0.985) } else { end };
    let mut samples = Samples::default();
    let mut time = 0.0;
    let mut push = |dice: &mut Dice, volt: f64, current: f64, soc: f64, celsius: f64, step_s: f64| {
        time += step_s;
        samples.time_s.push(time);
        samples.session.push(session);
        for (channel, value) in [
            (Channel::PackVoltage, volt),
            (
                Channel::PackCurrent,
                vehicle.gain * current + vehicle.offset + dice.normal(0.002),
            ),
            (Channel::Soc, shown(soc)),
            (Channel::CellMax, volt),
            (Channel::CellMin, volt),
            (Channel::TempMin, celsius),
            (Channel::TempMax, celsius),
        ] {
            samples.column_mut(channel).push(value);
        }
    };
    // Voltages at rest are not in the data: those of the first and last row would claim too much, so they drift.
    for row in 0..REST_ROWS {
        push(
            dice,
            first[1] - 0.05 - 0.001 * row as f64,
            0.0,
            start,
            first[3],
            10.0,
        );
    }
    let mut before = first[0] - 10.0;
    for row in &rows {
        let part = (row[4] - first[4]) / (last[4] - first[4]);
        push(
            dice,
            row[1],
            row[2],
            start + part * (end - start),
            row[3],
            row[0] - before,
        );
        before = row[0];
    }
    for row in 0..REST_ROWS {
        push(
            dice,
            last[1] - 0.02 - 0.0001 * row as f64,
            0.0,
            end,
            last[3],
            10.0,
        );
    }
    samples
}
