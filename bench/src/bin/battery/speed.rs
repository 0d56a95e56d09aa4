//! How fast files are read and assessed.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use battery::{Assessor, Chemistry, Class, Facts, Pack};
use telemetry::{Event, Log, Options};

/// Time to read a file and drop its rows, and to read and assess it; three runs each, the fastest counts.
pub fn speed(path: &Path) -> Result<()> {
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
            let issued = desk::assessing::conclude_all(assessors.into_values().collect())
                .iter()
                .filter(|assessment| assessment.soh().is_some())
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
