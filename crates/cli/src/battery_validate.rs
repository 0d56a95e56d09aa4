//! `carnet battery validate`: the method against vehicles whose capacity is known.

use std::collections::BTreeMap;
use std::process::ExitCode;

use battery::reliability::{Curve, LEVELS, Outcome, Reliability, picture};
use battery::{Assessor, Class, Facts};
use serde_json::json;
use telemetry::Event;

use crate::args::{BatteryValidate, Global};
use crate::failure::Failure;
use crate::truth::{self, Truth};
use crate::{battery_reading, output};

pub fn run(global: &Global, options: &BatteryValidate) -> Result<ExitCode, Failure> {
    let truths = truth::read(&options.truth)?;
    let files = std::slice::from_ref(&options.telemetry);
    let log = battery_reading::open(files, &battery_reading::options(&options.reading, false)?)?;
    let mut assessors: BTreeMap<String, Assessor> = BTreeMap::new();
    let mut unknown: Vec<String> = Vec::new();
    let mut current = None;
    battery_reading::stream(&log, &mut |event| match event {
        Event::Begin(source) => {
            let vehicle = source.vehicle.clone().unwrap_or_default();
            current = truths.get(&vehicle).map(|truth| {
                assessors
                    .entry(vehicle.clone())
                    .or_insert_with(|| Assessor::new(truth.pack(), Facts::default(), Class::Field))
                    .source(source.clone());
                vehicle.clone()
            });
            if current.is_none() && !unknown.contains(&vehicle) && unknown.len() < 1000 {
                unknown.push(vehicle);
            }
        }
        Event::Rows(samples) => {
            if let Some(assessor) = current.as_ref().and_then(|vehicle| assessors.get_mut(vehicle)) {
                assessor.push(samples);
            }
        }
        Event::End { .. } => {}
    })?;
    let silent: Vec<&String> = truths.keys().filter(|v| !assessors.contains_key(*v)).collect();
    let (vehicles, assessors): (Vec<String>, Vec<Assessor>) = assessors.into_iter().unzip();
    let outcomes: Vec<Outcome> = vehicles
        .iter()
        .zip(desk::assessing::conclude_all(assessors))
        .filter_map(|(vehicle, assessment)| {
            let truth = truths.get(vehicle)?;
            let percent = 100.0 * truth.true_ah / truth.rated_ah;
            Some(Outcome::new(vehicle, percent, &assessment))
        })
        .collect();
    if outcomes.is_empty() {
        return Err(Failure::Value(nothing_to_compare(options, &unknown, &truths)));
    }
    let found = Reliability::of(&outcomes);
    if let Some(path) = &options.picture {
        let curves: Vec<Curve> = Curve::of(battery::METHOD_VERSION, &found).into_iter().collect();
        std::fs::write(path, picture("Coverage of the intervals", &curves))
            .map_err(|e| Failure::Value(format!("{}: {e}", path.display())))?;
    }
    if global.json {
        let mut value = serde_json::to_value(&found)?;
        value["method"] = json!(battery::METHOD_VERSION);
        value["outcomes"] = serde_json::to_value(&outcomes)?;
        value["without_truth"] = json!(unknown);
        value["without_telemetry"] = json!(silent);
        output::json(&value)?;
    } else {
        print(&outcomes, &found)?;
        if !unknown.is_empty() {
            output::say(format_args!(
                "Without a truth, not counted: {}",
                unknown.join(", ")
            ))?;
        }
        if !silent.is_empty() {
            output::say(format_args!(
                "Without telemetry, not counted: {}",
                silent.iter().map(|v| v.as_str()).collect::<Vec<_>>().join(", ")
            ))?;
        }
        if let Some(path) = &options.picture {
            output::say(format_args!("Picture: {}", path.display()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Why no vehicle of the telemetry is one of the truth's, with the first names of either.
fn nothing_to_compare(
    options: &BatteryValidate,
    unknown: &[String],
    truths: &BTreeMap<String, Truth>,
) -> String {
    /// Names that show how the two files differ.
    const SHOWN: usize = 3;
    let named: Vec<String> = unknown
        .iter()
        .filter(|vehicle| !vehicle.is_empty())
        .take(SHOWN)
        .map(|vehicle| format!("{vehicle:?}"))
        .collect();
    let telemetry = match named.as_slice() {
        [] => "names no vehicle".to_owned(),
        named => format!("has {}", named.join(", ")),
    };
    let lines: Vec<String> = truths
        .iter()
        .take(SHOWN)
        .map(|(vehicle, truth)| format!("{vehicle:?} in line {}", truth.line))
        .collect();
    format!(
        "no vehicle is both in {telemetry_file} and in {truth_file}: {telemetry_file} {telemetry}, {truth_file} has {}; write \
         vehicle_id in {truth_file} as the telemetry names its vehicles, which needs a column for that",
        lines.join(", "),
        telemetry_file = options.telemetry.display(),
        truth_file = options.truth.display(),
    )
}

fn print(outcomes: &[Outcome], found: &Reliability) -> Result<(), Failure> {
    let mut table = output::table(&["vehicle", "true %", "found %", "error pp", "± pp (95 %)", ""]);
    for outcome in outcomes {
        match (outcome.estimate_pct, outcome.error_pp()) {
            (Some(estimate), Some(error)) => table.add_row([
                outcome.vehicle.clone(),
                format!("{:.1}", outcome.truth_pct),
                format!("{estimate:.1}"),
                format!("{error:+.2}"),
                format!("{:.2}", outcome.half_widths_pp[2]),
                if error.abs() <= outcome.half_widths_pp[2] {
                    ""
                } else {
                    "OUTSIDE"
                }
                .to_owned(),
            ]),
            _ => table.add_row([
                outcome.vehicle.clone(),
                format!("{:.1}", outcome.truth_pct),
                String::new(),
                String::new(),
                String::new(),
                format!(
                    "refused: {}",
                    outcome
                        .refusals
                        .iter()
                        .map(|r| r.code.name())
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
            ]),
        };
    }
    output::show(table)?;
    output::say(format_args!(
        "\n{} of {} estimated, {} refused",
        found.n,
        output::count(found.vehicles as u64, "vehicle"),
        found.refused.len()
    ))?;
    for (code, count) in &found.refusals_by_code {
        output::say(format_args!("  {count} × {code}"))?;
    }
    let (Some(mae), Some(bias), Some(half)) = (found.mae_pp, found.bias_pp, found.mean_half_width_pp) else {
        return Ok(());
    };
    output::say(format_args!(
        "mean absolute error {mae:.2} pp, mean error {bias:+.2} pp, mean half-width of the 95 % interval {half:.2} pp"
    ))?;
    output::say("\nReliability: found inside the interval, of what it claims")?;
    let coverages = [found.coverage50, found.coverage80, found.coverage95];
    for (level, coverage) in LEVELS.iter().zip(coverages) {
        let (claimed, coverage) = (level.probability(), coverage.unwrap_or(0.0));
        output::say(format_args!(
            "  {:>3.0} %  {}  {:.1} %",
            100.0 * claimed,
            bar(coverage, claimed),
            100.0 * coverage
        ))?;
    }
    Ok(())
}

/// A bar as long as the coverage found, with a mark at the one claimed.
fn bar(found: f64, claimed: f64) -> String {
    const WIDTH: usize = 50;
    let place = |p: f64| ((p * WIDTH as f64).round() as usize).min(WIDTH);
    (0..=WIDTH)
        .map(|column| match column {
            column if column == place(claimed) => '|',
            column if column < place(found) => '█',
            _ => '·',
        })
        .collect()
}
