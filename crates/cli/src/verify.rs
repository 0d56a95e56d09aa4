//! `carnet verify`: nothing but files, no log, no network.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use certificate::credential::{Standing, Verdict};
use desk::certify::check::{CredentialTrust, Handed, Verification, credential_in, verify_credential};
use desk::certify::sheet::{Pages, pages};
use desk::check::{is_receipt, not_a_dossier, read_trust, refused_by_anybody, verify_file, verify_receipt};
use desk::data_dir::DataDir;
use desk::{DeskError, legible};
use dossier::{FileError, Refusal, Trust};
use jiff::Timestamp;
use serde_json::json;

use crate::args::{Global, Verify};
use crate::failure::Failure;
use crate::{clock, output, show};

/// Proven that the log knows nothing of the car.
const ABSENT: u8 = 3;
/// Not to be believed.
const REFUSED: u8 = 4;
/// Genuine, and not in force.
const NOT_IN_FORCE: u8 = 6;
/// Everything holds but its age.
const STALE: u8 = 5;

pub fn run(global: &Global, options: &Verify) -> Result<ExitCode, Failure> {
    match credential_in(&options.file) {
        Ok(Some(handed)) => return credential(global, options, &handed),
        Ok(None) => {}
        Err(DeskError::NoCredential { path, problem }) => {
            // A certificate that is cut off or emptied is an answer too: not to be believed.
            if path
                .extension()
                .is_some_and(|end| end.eq_ignore_ascii_case("pdf"))
            {
                let unreadable = Verification {
                    verdict: Verdict::unreadable(problem),
                    directory_unused: None,
                };
                return answer(global, options, &unreadable, None);
            }
            // Neither a certificate nor JSON: whatever it was handed over as, it shows nothing.
            return refused(global, options, &not_a_dossier(FileError::NotJson(problem)));
        }
        Err(error) => return Err(error.into()),
    }
    let dir = DataDir::new(&global.data);
    let policy = options.policy.clone().unwrap_or_else(|| dir.policy());
    let vrf_key = options
        .vrf_key
        .clone()
        .unwrap_or_else(|| dir.vrf().display().to_string());
    let receipt_given = is_receipt(&options.file)?;
    // Whoever was handed an empty file, or a list, for a certificate has no log's policy at hand and needs none.
    let named = options.policy.is_some() || options.statement.is_some();
    if !named
        && !receipt_given
        && !policy.exists()
        && let Some(refusal) = refused_by_anybody(&options.file)?
    {
        return refused(global, options, &refusal);
    }
    let trust = read_trust(&policy, &vrf_key, clock::age(&options.max_age)?)?;
    match (&options.statement, receipt_given) {
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
        let mut value = history.to_json()?;
        value["verified"] = json!(true);
        output::json(&value)?;
    } else {
        output::say(if absent {
            "VERIFIED: the log knows nothing of this car"
        } else {
            "VERIFIED: complete and unaltered"
        })?;
        if !history.report.asked {
            output::say(
                "The file speaks of the car below. Compare it with the number on the car, or give --vehicle",
            )?;
        }
        output::say("")?;
        show::print(&history, 0)?;
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

/// A certificate's credential: its proof and its status are two answers, on two lines. In a PDF there is a third: whether
/// the pages say what the credential says.
fn credential(global: &Global, options: &Verify, handed: &Handed) -> Result<ExitCode, Failure> {
    let here = DataDir::new(&global.data).certificates();
    let or_here = |given: &[PathBuf], name: &str| {
        if given.is_empty() {
            vec![here.join(name)]
        } else {
            given.to_vec()
        }
    };
    let mut issuers = options.issuer.clone();
    if issuers.is_empty() {
        issuers.push(here.join("did.json").display().to_string());
    }
    let mut status_lists = or_here(&options.status_list, "status");
    status_lists.retain(|path| !options.status_list.is_empty() || path.exists());
    let directory = here.join("directory.json");
    let trust = CredentialTrust {
        issuers,
        status_lists,
        odometer_km: options.odometer,
        directory: options
            .directory
            .clone()
            .or(Some(directory).filter(|file| file.exists())),
    };
    let now = Timestamp::from_second(clock::at(options.now.as_deref())?)
        .map_err(|e| Failure::Value(format!("--now: {e}")))?;
    let found = verify_credential(&handed.credential, &trust, now)?;
    // Pages of a document that is not to be believed are worth no look.
    let printed = handed
        .pdf
        .as_ref()
        .filter(|_| found.verdict.proof.is_ok())
        .map(|pdf| pages(pdf, &handed.credential));
    answer(global, options, &found, printed.as_ref())
}

fn answer(
    global: &Global,
    options: &Verify,
    found: &Verification,
    printed: Option<&Pages>,
) -> Result<ExitCode, Failure> {
    let verdict = &found.verdict;
    if global.json {
        let mut value = verdict_json(verdict, printed);
        if let Some(why) = &found.directory_unused {
            value["directory"] = json!({"used": false, "reason": why});
        }
        output::json(&value)?;
    } else {
        print_verdict(options, verdict, printed)?;
        if let Some(why) = &found.directory_unused {
            output::say(format_args!(
                "  directory not used, so nothing of it says how far the car has run: {}",
                legible(why)
            ))?;
        }
    }
    Ok(match (&verdict.proof, &verdict.status) {
        (Err(_), _) => ExitCode::from(REFUSED),
        (Ok(_), _) if says_otherwise(printed) => ExitCode::from(REFUSED),
        (Ok(_), Standing::InForce { .. }) => ExitCode::SUCCESS,
        (Ok(_), Standing::Unknown(_)) => ExitCode::from(STALE),
        (Ok(_), _) => ExitCode::from(NOT_IN_FORCE),
    })
}

/// Whether there are pages, and they are not known to say what the credential says.
fn says_otherwise(printed: Option<&Pages>) -> bool {
    printed.is_some_and(|pages| *pages != Pages::Same)
}

fn verdict_json(verdict: &Verdict, printed: Option<&Pages>) -> serde_json::Value {
    let proof = match &verdict.proof {
        Ok(proven) => json!({
            "good": true,
            "issuer": proven.issuer,
            "verification_method": proven.verification_method,
            "credential_sha256": proven.digest,
            "valid_from": proven.valid_from,
            "valid_until": proven.valid_until,
            "subject": proven.subject,
        }),
        Err(refusal) => json!({
            "good": false,
            "step": refusal.step.number(),
            "step_name": refusal.step.name(),
            "reason": refusal.reason,
        }),
    };
    let mut value = json!({
        "proof": proof,
        "status": {"standing": verdict.status.word(), "in_words": verdict.status.to_string()},
        "may_be_relied_on": verdict.may_be_relied_on() && !says_otherwise(printed),
    });
    if let Some(printed) = printed {
        value["pages"] = match printed {
            Pages::Same => json!({"same_as_credential": true}),
            Pages::Differ => json!({"same_as_credential": false}),
            Pages::Unknown(reason) => json!({"same_as_credential": null, "reason": reason}),
        };
    }
    value
}

fn print_verdict(options: &Verify, verdict: &Verdict, printed: Option<&Pages>) -> Result<(), Failure> {
    let proven = match &verdict.proof {
        Ok(proven) => proven,
        Err(refusal) => {
            output::say(format_args!("proof   REFUSED: {refusal}"))?;
            output::say(format_args!("status  {}", verdict.status))?;
            return output::say(format_args!(
                "Do not believe {}. Ask the issuer named in the directory",
                options.file.display()
            ));
        }
    };
    let subject = &proven.subject;
    output::say(format_args!("proof   GOOD: signed by {}", proven.issuer))?;
    let standing = match &verdict.status {
        Standing::InForce { as_of, .. } => format!("IN FORCE as of {as_of}"),
        standing @ Standing::Unknown(_) => standing.to_string(),
        standing => format!("NOT IN FORCE: {standing}"),
    };
    output::say(format_args!("status  {standing}"))?;
    match printed {
        None => {}
        Some(Pages::Same) => output::say("pages   SAME: they say what the credential says, to the byte")?,
        Some(Pages::Differ) => output::say(
            "pages   DIFFER: printed again from the credential they are another file; believe the lines below, not the pages",
        )?,
        Some(Pages::Unknown(reason)) => output::say(format_args!(
            "pages   NOT COMPARED: {reason}; believe the lines below, not the pages"
        ))?,
    }
    let vid = subject.vehicle.vid.as_ref().map(|vid| format!(", {vid}"));
    output::say(format_args!(
        "\nCertificate {}: {} {}{}",
        subject.certificate,
        subject.vehicle.make,
        subject.vehicle.model,
        vid.unwrap_or_default()
    ))?;
    output::say(format_args!(
        "  {}: {} % of {} Ah, 95 % interval {} to {} %, grade {}",
        subject.soh.name,
        subject.soh.value_pct,
        subject.battery.rated_ah,
        subject.soh.lower95_pct,
        subject.soh.upper95_pct,
        subject.grade
    ))?;
    output::say(format_args!(
        "  valid until {} and up to {} km on the odometer",
        proven.valid_until, subject.odometer_limit_km
    ))?;
    if let Standing::InForce {
        odometer_compared: false,
        ..
    } = verdict.status
    {
        output::say("  Compare the odometer yourself, or give it with --odometer")?;
    }
    Ok(())
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
            "reason": legible(&refusal.reason.to_string()),
        }))?;
    } else if stale {
        output::say(format_args!("TOO OLD: {refusal}"))?;
        output::say("Nothing in it is forged. Ask for a newer one, or allow more with --max-age")?;
    } else {
        output::say(format_args!("REFUSED: {}", options.file.display()))?;
        output::say(format_args!("  {}", legible(&refusal.to_string())))?;
        output::say(
            "Do not believe this file. Ask the seller where it comes from, and the log for a new one",
        )?;
    }
    Ok(ExitCode::from(if stale { STALE } else { REFUSED }))
}
