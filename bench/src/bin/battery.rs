//! The capacity method against naive coulomb counting and approximate weighted total least squares (AWTLS), on packs and on real
//! cells whose capacity is known; and its speed against merely reading the file.
//!
//! `cargo run --release --bin battery -- [DATA] [--out docs/method]` prints the tables of docs/method/soh.md, draws its pictures, and
//! ends with code 1 if a promise does not hold. DATA is a folder with the files of the public battery samples (default
//! `../shared/data/battery` beside the checkout). `battery -- speed FILE…` measures.
//!
//! Packs: synthetic telemetry with truth, read and assessed as a user would. **The constants of the method were set with these
//! same packs in view.** Cells: real charges of NASA B0005 and B0006, cut at random; what a vehicle adds (errors of its state of
//! charge and of its current sensor) is simulated, with the sizes below, so the cells show what real voltage and current curves do to
//! the method, and not how real management systems err.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail, ensure};
use battery::reliability::{Curve, LEVELS, picture};
use battery::{Assessor, Channel, Chemistry, Class, Facts, Pack, Samples, SocDefinition, Source};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::RowAccessor as _;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use telemetry::{Event, Log, Options};

const SEED: u64 = 20_261_125;
const SESSIONS: usize = 8;
const CARS: usize = 600;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut data = PathBuf::from("../../shared/data/battery");
    let mut out = None;
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "speed" => return arguments.try_for_each(|file| speed(Path::new(&file))),
            "--out" => out = arguments.next().map(PathBuf::from),
            folder => data = folder.into(),
        }
    }
    let mut promises = Vec::new();
    let packs = packs(&data)?;
    table("Packs (synthetic, 20 NMC and 12 LFP, 8 charges each)", &packs);
    promises.push(("packs: mean absolute error", packs[0].mae() <= 1.5));
    promises.push(("packs: coverage at 95 %", packs[0].coverage(2) >= 0.92));
    if let Some(folder) = &out {
        draw(
            folder,
            "reliability-packs.svg",
            "Packs: coverage of the intervals",
            &packs,
        )?;
    }
    let charges = Charges::read(&data.join("nasa_pcoe_charge_B0005_B0006.parquet"))?;
    let kinds = [
        ("honest BMS", false, Class::Field, SESSIONS),
        ("circular BMS", true, Class::Field, SESSIONS),
        ("honest BMS, four charges", false, Class::Field, 4),
        ("Guided, one charge", false, Class::Guided, 1),
    ];
    for (place, (name, circular, class, sessions)) in kinds.into_iter().enumerate() {
        let cells = cells(&charges, SEED + place as u64, circular, class, sessions);
        table(
            &format!("Real cells (NASA), {CARS} simulated cars, {name}"),
            &cells,
        );
        let ours = &cells[0];
        if place < 2 {
            promises.push(("cells: mean absolute error", ours.mae() <= 1.3));
            promises.push((
                "cells: coverage at 95 %",
                (0.92..=0.99).contains(&ours.coverage(2)),
            ));
            // Baselines that passed would make the method pointless.
            promises.push(("cells: AWTLS fails", cells[2].coverage(2) < 0.92));
            if circular {
                promises.push((
                    "cells: naive fails on a circular BMS",
                    cells[1].coverage(2) < 0.92,
                ));
            }
        }
        if let Some(folder) = &out
            && place < 2
        {
            let file = ["reliability-cells.svg", "reliability-cells-circular.svg"][place];
            draw(
                folder,
                file,
                &format!("Real cells, {name}: coverage of the intervals"),
                &cells,
            )?;
        }
    }
    let broken: Vec<&str> = promises
        .iter()
        .filter(|(_, held)| !held)
        .map(|(name, _)| *name)
        .collect();
    ensure!(broken.is_empty(), "not kept: {}", broken.join("; "));
    println!("\nAll {} promises hold.", promises.len());
    Ok(())
}

// ---------------------------------------------------------------------------------------------------------------------
// Accounts
// ---------------------------------------------------------------------------------------------------------------------

/// How one method did. Everything in percentage points of rated capacity.
struct Account {
    method: &'static str,
    refused: usize,
    /// Error, and half-widths at the three levels.
    cases: Vec<(f64, [f64; 3])>,
}

impl Account {
    fn new(method: &'static str) -> Self {
        Self {
            method,
            refused: 0,
            cases: Vec::new(),
        }
    }

    fn n(&self) -> f64 {
        self.cases.len() as f64
    }

    fn mae(&self) -> f64 {
        self.cases.iter().map(|(error, _)| error.abs()).sum::<f64>() / self.n()
    }

    fn bias(&self) -> f64 {
        self.cases.iter().map(|(error, _)| error).sum::<f64>() / self.n()
    }

    fn half_width(&self) -> f64 {
        self.cases.iter().map(|(_, half)| half[2]).sum::<f64>() / self.n()
    }

    fn coverage(&self, level: usize) -> f64 {
        let inside = self
            .cases
            .iter()
            .filter(|(error, half)| error.abs() <= half[level]);
        inside.count() as f64 / self.n()
    }
}

fn table(title: &str, accounts: &[Account]) {
    println!("\n{title}\n");
    println!("| method | n | refused | MAE pp | mean error pp | half-width pp | 50 % | 80 % | 95 % |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for a in accounts {
        println!(
            "| {} | {} | {} | {:.2} | {:+.2} | {:.2} | {:.3} | {:.3} | {:.3} |",
            a.method,
            a.cases.len(),
            a.refused,
            a.mae(),
            a.bias(),
            a.half_width(),
            a.coverage(0),
            a.coverage(1),
            a.coverage(2)
        );
    }
}

fn draw(folder: &Path, file: &str, title: &str, accounts: &[Account]) -> Result<()> {
    let curves: Vec<Curve> = accounts
        .iter()
        .map(|a| Curve {
            name: a.method.to_owned(),
            coverages: [a.coverage(0), a.coverage(1), a.coverage(2)],
            n: a.cases.len(),
        })
        .collect();
    std::fs::create_dir_all(folder)?;
    let path = folder.join(file);
    std::fs::write(&path, picture(title, &curves)).with_context(|| path.display().to_string())
}

/// The three methods on one car, in the same order everywhere. `pairs` are charge in Ah and change of state of charge as the
/// vehicle says; baselines are given exactly the cars that the method does not refuse, so that all are judged on the same ones.
fn judge(
    accounts: &mut [Account; 3],
    assessment: &battery::Assessment,
    pairs: &[(f64, f64)],
    step: f64,
    truth: f64,
    rated: f64,
) {
    let Some(soh) = assessment.soh() else {
        accounts.iter_mut().for_each(|a| a.refused += 1);
        return;
    };
    let half = [soh.half_width50, soh.half_width80, soh.half_width95].map(battery::Decimal::value);
    accounts[0]
        .cases
        .push((soh.percent.value() - 100.0 * truth / rated, half));
    for (account, found) in accounts[1..]
        .iter_mut()
        .zip([naive(pairs), awtls(pairs, step, rated)])
    {
        match found {
            Some((q, half)) => account
                .cases
                .push((100.0 * (q - truth) / rated, half.map(|h| 100.0 * h / rated))),
            None => account.refused += 1,
        }
    }
}

fn accounts() -> [Account; 3] {
    [
        Account::new(battery::METHOD_VERSION),
        Account::new("naive coulomb counting"),
        Account::new("AWTLS"),
    ]
}

// ---------------------------------------------------------------------------------------------------------------------
// Baselines
// ---------------------------------------------------------------------------------------------------------------------

/// Mean of charge over change of state of charge, with Student's interval of the mean.
fn naive(pairs: &[(f64, f64)]) -> Option<(f64, [f64; 3])> {
    let all: Vec<f64> = pairs.iter().map(|(y, x)| y / x).collect();
    if all.len() < 2 {
        return None;
    }
    let n = all.len() as f64;
    let mean = all.iter().sum::<f64>() / n;
    let variance = all.iter().map(|q| (q - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    Some((
        mean,
        LEVELS.map(|level| level.student(all.len() as u32 - 1) * error),
    ))
}

/// Approximate weighted total least squares (Plett, Journal of Power Sources 196 (2011), eq. for unequal variances): minimises
/// sum (y - Qx)² / (1 + Q²)² · (Q²/σy² + 1/σx²), after scaling y to equal mean variances. Interval from the curvature.
fn awtls(pairs: &[(f64, f64)], step: f64, rated: f64) -> Option<(f64, [f64; 3])> {
    let sx2 = 2.0 * (0.010_f64.powi(2) + step * step / 12.0);
    let sy2 = (0.001 * rated).powi(2);
    let k = (sx2 / sy2).sqrt();
    let cost = |q: f64| -> f64 {
        pairs
            .iter()
            .map(|&(y, x)| {
                // In scaled units y' = k y has the variance of x.
                let (y, q) = (k * y, k * q);
                (y - q * x).powi(2) / (1.0 + q * q).powi(2) * (q * q / sx2 + 1.0 / sx2)
            })
            .sum()
    };
    let (mut low, mut high) = (0.2 * rated, 2.0 * rated);
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    for _ in 0..120 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if cost(a) < cost(b) { high = b } else { low = a }
    }
    let q = 0.5 * (low + high);
    let h = 1e-4 * q;
    let curvature = (cost(q + h) - 2.0 * cost(q) + cost(q - h)) / (h * h);
    let sigma = (2.0 / curvature).sqrt();
    (sigma.is_finite() && !pairs.is_empty()).then(|| (q, LEVELS.map(|level| level.normal() * sigma)))
}

// ---------------------------------------------------------------------------------------------------------------------
// Packs
// ---------------------------------------------------------------------------------------------------------------------

struct Truth {
    chemistry: Chemistry,
    n_series: u32,
    rated_ah: f64,
    true_ah: f64,
    soc_step: f64,
}

fn packs(data: &Path) -> Result<[Account; 3]> {
    let mut found = accounts();
    for chemistry in ["nmc", "lfp"] {
        let truths = truths(&data.join(format!("synthetic_{chemistry}_dev_truth.csv")))?;
        let log = Log::open(
            &[data.join(format!("synthetic_{chemistry}_dev_telemetry.parquet"))],
            &Options::default(),
        )?;
        let mut assessors: BTreeMap<String, (Assessor, Vec<Samples>)> = BTreeMap::new();
        let mut current = String::new();
        log.read(
            &mut |event| match event {
                Event::Begin(source) => {
                    current = source.vehicle.clone().unwrap_or_default();
                    if let Some(truth) = truths.get(&current) {
                        let pack = Pack {
                            chemistry: truth.chemistry,
                            n_series: truth.n_series,
                            rated_ah: Some(truth.rated_ah),
                            rated_kwh: None,
                            rated_source: "truth".into(),
                            end_voltage: None,
                        };
                        let entry = assessors.entry(current.clone());
                        let assessor = Assessor::new(pack, Facts::default(), Class::Field);
                        entry.or_insert((assessor, Vec::new())).0.source(source.clone());
                    }
                }
                Event::Rows(samples) => {
                    if let Some((assessor, kept)) = assessors.get_mut(&current) {
                        assessor.push(samples);
                        kept.push(samples.clone());
                    }
                }
                Event::End { .. } => {}
            },
            &mut |_| {},
        )?;
        for (vehicle, (assessor, kept)) in assessors {
            let truth = &truths[&vehicle];
            let assessment = assessor.finish();
            judge(
                &mut found,
                &assessment,
                &pairs(&kept),
                truth.soc_step,
                truth.true_ah,
                truth.rated_ah,
            );
        }
    }
    Ok(found)
}

/// Charge and change of state of charge of each session as the vehicle says, with nothing corrected.
fn pairs(kept: &[Samples]) -> Vec<(f64, f64)> {
    /// Charge so far in Ah, first and last state of charge, and the row before: its time and current.
    type Open = (f64, f64, f64, Option<(f64, f64)>);
    let mut sessions: BTreeMap<i64, Open> = BTreeMap::new();
    for samples in kept {
        for row in 0..samples.len() {
            let (time, current) = (samples.time_s[row], samples.at(Channel::PackCurrent, row));
            let soc = samples.at(Channel::Soc, row);
            let entry = sessions
                .entry(samples.session[row])
                .or_insert((0.0, soc, soc, None));
            if let Some((before, last)) = entry.3 {
                entry.0 += 0.5 * (current + last) * (time - before) / 3600.0;
            }
            entry.2 = soc;
            entry.3 = Some((time, current));
        }
    }
    let all = sessions
        .into_values()
        .map(|(y, first, last, _)| (y, last - first));
    all.filter(|(_, x)| *x >= 0.10).collect()
}

fn truths(path: &Path) -> Result<BTreeMap<String, Truth>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().context("an empty truth")?.split(',').collect();
    let place = |name: &str| {
        header
            .iter()
            .position(|h| *h == name)
            .with_context(|| format!("no column {name}"))
    };
    let (id, chem, series, rated, ah, step) = (
        place("vehicle_id")?,
        place("chem")?,
        place("n_series")?,
        place("rated_ah")?,
        place("true_ah")?,
        place("soc_step")?,
    );
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            let truth = Truth {
                chemistry: if cells[chem] == "LFP" {
                    Chemistry::Lfp
                } else {
                    Chemistry::Nmc
                },
                n_series: cells[series].parse()?,
                rated_ah: cells[rated].parse()?,
                true_ah: cells[ah].parse()?,
                soc_step: cells[step].parse()?,
            };
            Ok((cells[id].to_owned(), truth))
        })
        .collect()
}

// ---------------------------------------------------------------------------------------------------------------------
// Cells
// ---------------------------------------------------------------------------------------------------------------------

/// Rated capacity of the cells, Ah.
const CELL_AH: f64 = 2.0;

/// One whole charge of a cell, from empty, with the capacity it gave back in the discharge after it.
struct Charge {
    /// Time s, voltage V, current A, temperature °C, charge taken so far Ah.
    rows: Vec<[f64; 5]>,
    capacity: f64,
}

/// Whole charges by cell, in order.
struct Charges(Vec<Vec<Charge>>);

impl Charges {
    fn read(path: &Path) -> Result<Self> {
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

struct Dice(ChaCha8Rng);

impl Dice {
    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn normal(&mut self, sigma: f64) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        sigma * radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

fn cells(charges: &Charges, seed: u64, circular: bool, class: Class, sessions: usize) -> [Account; 3] {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
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

// ---------------------------------------------------------------------------------------------------------------------
// Speed
// ---------------------------------------------------------------------------------------------------------------------

/// Time to read a file and drop its rows, and to read and assess it; three runs each, the fastest counts.
fn speed(path: &Path) -> Result<()> {
    let mut best = [f64::INFINITY; 2];
    let mut rows = 0;
    for _ in 0..3 {
        for (assessing, best) in best.iter_mut().enumerate() {
            let since = Instant::now();
            let log = Log::open(&[path.to_owned()], &Options::default())?;
            let mut assessors: BTreeMap<String, Assessor> = BTreeMap::new();
            let mut current = String::new();
            rows = 0;
            log.read(
                &mut |event| match event {
                    Event::Begin(source) if assessing == 1 => {
                        current = source.vehicle.clone().unwrap_or_default();
                        let pack = Pack {
                            chemistry: Chemistry::Nmc,
                            n_series: 96,
                            rated_ah: Some(154.6),
                            rated_kwh: None,
                            rated_source: "bench".into(),
                            end_voltage: None,
                        };
                        let fresh = || Assessor::new(pack, Facts::default(), Class::Field);
                        assessors
                            .entry(current.clone())
                            .or_insert_with(fresh)
                            .source(source.clone());
                    }
                    Event::Rows(samples) => {
                        rows += samples.len();
                        if let Some(assessor) = assessors.get_mut(&current) {
                            assessor.push(samples);
                        }
                    }
                    _ => {}
                },
                &mut |_| {},
            )?;
            let issued = assessors
                .into_values()
                .filter(|a| a.clone().finish().soh().is_some())
                .count();
            *best = best.min(since.elapsed().as_secs_f64());
            if assessing == 1 {
                println!("{}: {rows} rows, {issued} numbers issued", path.display());
            }
        }
    }
    println!(
        "{}: read {:.3} s, read and assess {:.3} s, ratio {:.2}, {:.1} M rows/s",
        path.display(),
        best[0],
        best[1],
        best[1] / best[0],
        rows as f64 / best[1] / 1e6
    );
    Ok(())
}
