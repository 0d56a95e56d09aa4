//! `carnet battery recompute`: the proof that an assessment follows from its files.

use std::path::PathBuf;
use std::process::ExitCode;

use desk::assessing::{Description, Reading};
use desk::recomputing::{Data, Given, Recomputed, recompute};

use crate::args::{BatteryRecompute, Global, SecondMeter};
use crate::battery_assess::description_of;
use crate::failure::Failure;
use crate::{battery_reading, clock, output};

/// Differences printed; the first ones show where to look.
const PRINTED: usize = 12;

pub fn run(global: &Global, options: &BatteryRecompute) -> Result<ExitCode, Failure> {
    let given = Given::read(&options.certificate)?;
    let (reading, description) = match (given.kept_reading()?, given.described()) {
        (Some(kept), Some(own)) => (kept, own),
        // What a credential says of its battery leaves out what no log shows; the description beside the logs has it.
        _ => (
            battery_reading::words(&options.reading),
            description_of(options.battery.as_deref(), &options.files)?,
        ),
    };
    let done = again(&given, &options.files, &options.meter, &reading, &description)?;
    if global.json {
        output::json(&serde_json::to_value(&done)?)?;
    } else if done.equal {
        output::say(format_args!(
            "EQUAL: {} gives the same bytes again (SHA-256 {})",
            done.method.now, done.assessment_sha256
        ))?;
    } else {
        output::say("DIFFERENT")?;
        for difference in done.differences.iter().take(PRINTED) {
            output::say(format_args!("  {difference}"))?;
        }
        let more = done.differences.len().checked_sub(PRINTED);
        if let Some(more) = more.filter(|more| *more > 0) {
            output::say(format_args!("  … and {more} more; --json prints them all"))?;
        }
    }
    Ok(clock::code(done.equal))
}

/// Computes what is given again from its logs, with a progress bar.
pub fn again(
    given: &Given,
    files: &[PathBuf],
    second: &SecondMeter,
    reading: &Reading,
    description: &Description,
) -> Result<Recomputed, Failure> {
    let meter = battery_reading::meter(second);
    battery_reading::watched(|progress| {
        let data = Data {
            files,
            reading,
            answers: reading.answers(),
            meter: meter.as_ref(),
            description,
            most_rows: None,
        };
        Ok(recompute(given, data, progress)?)
    })
}
