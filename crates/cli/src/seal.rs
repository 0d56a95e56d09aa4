//! `carnet seal`.

use std::process::ExitCode;

use desk::{Desk, DeskError};
use serde_json::{Value, json};
use store::Sealing;

use crate::args::Global;
use crate::failure::Failure;
use crate::{clock, log_witness, output};

pub async fn run(global: &Global) -> Result<ExitCode, Failure> {
    let since = std::time::Instant::now();
    let desk = output::open(global).await?;
    let mut sealing = desk.store().seal().await?;
    // What was just sealed may concern a certificate; its suspension is sealed at once, and what an earlier step still owed.
    let surveillance = desk.surveil(jiff::Timestamp::now(), false).await?;
    let more = desk.store().anything_waits().await?;
    if more {
        let again = desk.store().seal().await?;
        sealing.size = again.size;
        sealing.batches += again.batches;
        sealing.sealed.extend(again.sealed);
        sealing.refused.extend(again.refused);
        sealing.as_of = again.as_of;
        sealing.renewed = again.renewed;
        sealing.missing_cosigners = again.missing_cosigners;
    }
    let ended = !surveillance.expired.is_empty() || !surveillance.not_known.is_empty();
    // It is sealed: whatever fails from here on is told together with that.
    let published = published(&desk, more || ended).await;
    let closed = desk.close().await;
    let mut problems: Vec<String> = crate::certify::not_done(&surveillance).into_iter().collect();
    if let Err(error) = published {
        problems.push(format!("sealed; {}: {error}", crate::certify::NOT_PUBLISHED));
    }
    problems.extend(closed.err().map(|error| format!("sealed; {error}")));
    if global.json {
        let mut value = as_json(&sealing);
        value["suspended_certificates"] = json!(surveillance.suspended);
        value["surveillance"] = crate::certify::undone(&surveillance);
        if problems.is_empty() {
            output::json(&value)?;
        } else {
            return Err(incomplete(&problems, value));
        }
    } else if sealing.batches == 0 {
        let fresh = log_witness::freshness(sealing.size, sealing.as_of, sealing.renewed);
        output::say(format_args!("Nothing waits. {fresh}"))?;
        warnings(&sealing)?;
    } else {
        output::say(format_args!(
            "Sealed {} in {}, {}; the log has {} entries",
            output::count(sealing.sealed.len() as u64, "statement"),
            output::count(sealing.batches as u64, "batch"),
            clock::took(since),
            sealing.size
        ))?;
        if let Some(as_of) = sealing.as_of.and_then(log_witness::time) {
            output::say(format_args!("  dossiers made now are complete as of {as_of}"))?;
        }
        warnings(&sealing)?;
    }
    if !global.json {
        crate::certify::print_suspended(&surveillance.suspended, false)?;
        if !problems.is_empty() {
            return Err(incomplete(&problems, Value::Null));
        }
    }
    let fresh = sealing.renewed || sealing.as_of.is_none();
    Ok(clock::code(sealing.refused.is_empty() && fresh))
}

fn incomplete(problems: &[String], report: Value) -> Failure {
    let message = problems.join("\n        ");
    Failure::Incomplete { message, report }
}

/// Writes what is public of certificates anew, where it says what is no longer so.
async fn published(desk: &Desk, changed: bool) -> Result<(), DeskError> {
    let now = jiff::Timestamp::now();
    let outdated = changed || (desk.has_published_here() && !desk.published_here_is_current(now).await?);
    if outdated {
        desk.publish_here(now).await?;
    }
    Ok(())
}

/// What a person must know beyond the count.
pub fn warnings(sealing: &Sealing) -> Result<(), Failure> {
    for refused in &sealing.refused {
        output::say(format_args!("  refused {}: {}", refused.digest, refused.reason))?;
    }
    for cosigner in &sealing.missing_cosigners {
        let quorum = if sealing.renewed {
            "; the quorum holds all the same"
        } else {
            ""
        };
        output::say(format_args!("  without {cosigner}{quorum}"))?;
    }
    Ok(())
}

pub fn as_json(sealing: &Sealing) -> Value {
    json!({
        "size": sealing.size,
        "batches": sealing.batches,
        "complete_as_of": sealing.as_of.and_then(log_witness::time).map(|t| t.to_string()),
        "renewed": sealing.renewed,
        "sealed": sealing.sealed.iter().map(|(digest, at)| json!({"statement": digest, "log_index": at.0})).collect::<Vec<_>>(),
        "refused": sealing.refused.iter().map(|r| json!({"statement": r.digest, "reason": r.reason})).collect::<Vec<_>>(),
        "missing_cosigners": sealing.missing_cosigners,
    })
}
