//! `carnet verify`: nothing but files, no log, no network.

use std::process::ExitCode;

use desk::check::{read_trust, verify_file};
use desk::data_dir::DataDir;
use dossier::Refusal;
use serde_json::json;

use crate::args::{Global, Verify};
use crate::failure::Failure;
use crate::{clock, output, show};

/// Proven that the log knows nothing of the car.
const ABSENT: u8 = 3;
/// Not to be believed.
const REFUSED: u8 = 4;
/// Everything holds but its age.
const STALE: u8 = 5;

pub fn run(global: &Global, options: &Verify) -> Result<ExitCode, Failure> {
    let dir = DataDir::new(&global.data);
    let policy = options.policy.clone().unwrap_or_else(|| dir.policy());
    let vrf_key = options
        .vrf_key
        .clone()
        .unwrap_or_else(|| dir.vrf().display().to_string());
    let trust = read_trust(&policy, &vrf_key, clock::age(&options.max_age)?)?;
    let asked = options
        .vehicle
        .as_deref()
        .map(desk::check::parse_vehicle)
        .transpose()?;
    let now = clock::at(options.now.as_deref())?;
    let report = match verify_file(&options.file, &trust, asked.as_ref(), clock::unsigned(now))? {
        Ok(report) => report,
        Err(refusal) => return refused(global, options, &refusal),
    };
    let absent = report.is_absent();
    let history = show::of(report, now)?;
    if global.json {
        let mut value = show::as_json(&history)?;
        value["verified"] = json!(true);
        output::json(&value)?;
    } else {
        output::say("VERIFIED: complete and unaltered")?;
        if !history.report.asked {
            output::say(
                "The file speaks of the car below. Compare it with the number on the car, or give --vehicle",
            )?;
        }
        output::say("")?;
        show::print(&history)?;
    }
    Ok(if absent {
        ExitCode::from(ABSENT)
    } else {
        ExitCode::SUCCESS
    })
}

fn refused(global: &Global, options: &Verify, refusal: &Refusal) -> Result<ExitCode, Failure> {
    let stale = refusal.is_stale_only();
    if global.json {
        output::json(&json!({
            "verified": false,
            "stale": stale,
            "step": refusal.step.number(),
            "step_name": refusal.step.name(),
            "item": refusal.item,
            "reason": refusal.reason.to_string(),
        }))?;
    } else if stale {
        output::say(format_args!("TOO OLD: {refusal}"))?;
        output::say("Nothing in it is forged. Ask for a newer one, or allow more with --max-age")?;
    } else {
        output::say(format_args!("REFUSED: {}", options.file.display()))?;
        output::say(format_args!("  {refusal}"))?;
        output::say(
            "Do not believe this file. Ask the seller where it comes from, and the log for a new one",
        )?;
    }
    Ok(ExitCode::from(if stale { STALE } else { REFUSED }))
}
