//! `carnet log …`.

use std::process::ExitCode;

use indicatif::ProgressBar;
use serde_json::json;
use store::Severity;

use crate::args::Global;
use crate::failure::Failure;
use crate::{clock, log_witness, output};

pub async fn status(global: &Global) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let status = desk.store().status().await?;
    let note = desk.store().published_note().await?;
    let trust = desk.trust(u64::MAX);
    let as_of = trust
        .policy
        .evaluate(&note)
        .ok()
        .and_then(|accepted| accepted.as_of);
    let witnesses = desk.witnesses().await;
    desk.close().await?;
    let witnesses = witnesses?;
    let as_of = as_of
        .and_then(|t| i64::try_from(t).ok())
        .and_then(|t| jiff::Timestamp::from_second(t).ok());
    if global.json {
        output::json(&json!({
            "origin": status.origin,
            "size": status.size,
            "published": status.published,
            "root": status.root.to_base64(),
            "complete_as_of": as_of.map(|t| t.to_string()),
            "statements": status.statements,
            "waiting": status.waiting,
            "refused": status.refused,
            "labels": status.labels,
            "issuer_keys": status.keys,
            "witnesses": witnesses.iter().map(log_witness::as_json).collect::<Vec<_>>(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&[]);
    let mut row = |name: &str, value: String| {
        table.add_row([name.to_owned(), value]);
    };
    row("log", status.origin);
    row(
        "entries",
        format!("{} sealed, {} published", status.size, status.published),
    );
    row("root", status.root.to_base64());
    row(
        "complete as of",
        as_of.map_or("never cosigned by the policy's quorum".to_owned(), |t| {
            t.to_string()
        }),
    );
    for witness in &witnesses {
        row(
            "cosigned by",
            format!("{}: {}", witness.name, log_witness::cosigned(witness)),
        );
    }
    row(
        "statements",
        format!(
            "{} sealed, {} waiting, {} refused",
            status.statements, status.waiting, status.refused
        ),
    );
    row(
        "index",
        format!(
            "{} labels: vehicles, and {} issuer keys",
            status.labels, status.keys
        ),
    );
    output::show(table)?;
    Ok(ExitCode::SUCCESS)
}

pub async fn fsck(global: &Global) -> Result<ExitCode, Failure> {
    let since = std::time::Instant::now();
    let desk = output::inspect(global).await?;
    let bar = ProgressBar::new(0);
    let found = desk
        .fsck(|done, of| {
            bar.set_length(of);
            bar.set_position(done);
        })
        .await?;
    bar.finish_and_clear();
    desk.close().await?;
    let word = |severity| match severity {
        Severity::Damage => "damage",
        Severity::Warning => "warning",
        Severity::Litter => "litter",
    };
    if global.json {
        output::json(&json!({
            "sound": found.is_sound(),
            "entries": found.entries,
            "objects": found.objects,
            "statements": found.statements,
            "complaints": found.complaints.iter().map(|c| json!({
                "severity": word(c.severity), "what": c.what, "problem": c.problem,
            })).collect::<Vec<_>>(),
        }))?;
    } else {
        output::say(format_args!(
            "Replayed {} entries, read {} objects, compared {} statements; {}",
            found.entries,
            found.objects,
            found.statements,
            clock::took(since)
        ))?;
        for complaint in &found.complaints {
            output::say(format_args!("  {}: {complaint}", word(complaint.severity)))?;
        }
        output::say(if found.is_sound() {
            "The log is sound: every tile, bundle and row is what its entries give"
        } else {
            "The log is DAMAGED. Stop sealing, keep the files as they are, and restore what is named above"
        })?;
    }
    Ok(clock::code(found.is_sound()))
}
