//! Packs whose capacity is known, read and assessed as a user would.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use battery::{Assessor, Chemistry, Class, Facts, Pack, Samples};
use telemetry::{Event, Log, Options};

use crate::account::{Account, accounts, judge};
use crate::baseline::pairs;

struct Truth {
    chemistry: Chemistry,
    n_series: u32,
    rated_ah: f64,
    true_ah: f64,
    soc_step: f64,
}

/// The development packs under all methods.
pub fn packs(data: &Path) -> Result<[Account; 3]> {
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
