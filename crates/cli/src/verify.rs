//! `carnet verify`: nothing but files, no log, no network.

use std::path::Path;
use std::process::ExitCode;

use desk::check::{is_receipt, read_trust, verify_file, verify_receipt};
use desk::data_dir::DataDir;
use dossier::{Refusal, Trust};
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
    match (&options.statement, is_receipt(&options.file)?) {
        (Some(statement), true) => return receipt(global, options, statement, &trust),
        (None, false) => {}
        (None, true) => {
            return Err(Failure::Value(format!(
                "{}: is a receipt; name the signed statement it is about with --statement FILE",
                options.file.display()
            )));
        }
        (Some(_), false) => {
            return Err(Failure::Value(format!(
                "{}: is not a receipt; --statement is for the tlog-proof that `carnet receipt` writes",
                options.file.display()
            )));
        }
    }
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

/// A receipt says that the log took the statement, and where; not that the car's history is complete.
fn receipt(global: &Global, options: &Verify, statement: &Path, trust: &Trust) -> Result<ExitCode, Failure> {
    let asked = options
        .vehicle
        .as_deref()
        .map(desk::check::parse_vehicle)
        .transpose()?;
    let found = verify_receipt(&options.file, statement, trust)?;
    let problem = match (&found, &asked) {
        (Err(refused), _) => Some(refused.to_string()),
        (Ok(held), Some(asked)) if held.vehicle != *asked => Some(format!(
            "the statement is about {}, and {asked} was asked for",
            held.vehicle
        )),
        _ => None,
    };
    let held = match (found, problem) {
        (Ok(held), None) => held,
        (_, problem) => {
            let reason = problem.unwrap_or_default();
            if global.json {
                output::json(&json!({ "verified": false, "receipt": true, "reason": reason }))?;
            } else {
                output::say(format_args!("REFUSED: {}", options.file.display()))?;
                output::say(format_args!("  {reason}"))?;
                output::say(
                    "It does not show that the log holds this statement. Ask the log for the receipt again",
                )?;
            }
            return Ok(ExitCode::from(REFUSED));
        }
    };
    let as_of = held.as_of.map(|t| t.to_string());
    if global.json {
        output::json(&json!({
            "verified": true,
            "receipt": true,
            "log": held.origin,
            "log_index": held.log_index.0,
            "as_of": as_of,
            "vehicle": held.vehicle,
            "statement": held.digest,
            "key_id": held.key_id,
        }))?;
    } else {
        output::say("VERIFIED: the log holds this statement, under this car")?;
        output::say(format_args!(
            "  log        {}, entry {}",
            held.origin, held.log_index
        ))?;
        output::say(format_args!(
            "  cosigned   {}",
            as_of.as_deref().unwrap_or("by nobody")
        ))?;
        output::say(format_args!("  car        {}", held.vehicle))?;
        output::say(format_args!("  statement  {}", held.digest))?;
        output::say(format_args!("  signed by  {}", held.key_id))?;
        output::say("Whether its issuer might make it, and what else is known of the car, a dossier shows")?;
    }
    Ok(ExitCode::SUCCESS)
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
