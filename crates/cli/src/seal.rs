//! `carnet seal`.

use std::process::ExitCode;

use serde_json::{Value, json};
use store::Sealing;

use crate::args::Global;
use crate::failure::Failure;
use crate::{clock, output};

pub async fn run(global: &Global) -> Result<ExitCode, Failure> {
    let since = std::time::Instant::now();
    let desk = output::open(global).await?;
    let mut sealing = desk.store().seal().await?;
    // What was just sealed may concern a certificate; its suspension is sealed at once.
    let surveillance = desk.surveil(jiff::Timestamp::now(), false).await?;
    if !surveillance.suspended.is_empty() {
        let again = desk.store().seal().await?;
        sealing.size = again.size;
        sealing.batches += again.batches;
        sealing.sealed.extend(again.sealed);
        desk.publish_certificates(&desk.dir().certificates(), jiff::Timestamp::now())
            .await?;
    }
    desk.close().await?;
    if global.json {
        let mut value = as_json(&sealing);
        value["suspended_certificates"] = json!(surveillance.suspended);
        value["surveillance"] = crate::certify::undone(&surveillance);
        output::json(&value)?;
    } else if sealing.batches == 0 {
        output::say(format_args!(
            "Nothing waits. The checkpoint of {} entries was cosigned anew: dossiers made now are complete as of now",
            sealing.size
        ))?;
        warnings(&sealing)?;
    } else {
        output::say(format_args!(
            "Sealed {} in {}, {}; the log has {} entries",
            output::count(sealing.sealed.len() as u64, "statement"),
            output::count(sealing.batches as u64, "batch"),
            clock::took(since),
            sealing.size
        ))?;
        warnings(&sealing)?;
    }
    if !global.json {
        crate::certify::print_suspended(&surveillance.suspended, false)?;
    }
    crate::certify::all_done(&surveillance)?;
    Ok(clock::code(sealing.refused.is_empty()))
}

/// What a person must know beyond the count.
pub fn warnings(sealing: &Sealing) -> Result<(), Failure> {
    for refused in &sealing.refused {
        output::say(format_args!("  refused {}: {}", refused.digest, refused.reason))?;
    }
    for cosigner in &sealing.missing_cosigners {
        output::say(format_args!(
            "  without {cosigner}; the quorum holds all the same"
        ))?;
    }
    Ok(())
}

pub fn as_json(sealing: &Sealing) -> Value {
    json!({
        "size": sealing.size,
        "batches": sealing.batches,
        "sealed": sealing.sealed.iter().map(|(digest, at)| json!({"statement": digest, "log_index": at.0})).collect::<Vec<_>>(),
        "refused": sealing.refused.iter().map(|r| json!({"statement": r.digest, "reason": r.reason})).collect::<Vec<_>>(),
        "missing_cosigners": sealing.missing_cosigners,
    })
}
