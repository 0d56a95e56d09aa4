//! `carnet record`.

use std::process::ExitCode;

use desk::record::{FormHeader, RecordOptions, RecordReport};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::args::{Global, Record};
use crate::failure::Failure;
use crate::{clock, output};

/// Refused lines printed in full; the rest is counted, and all of them are in --refused.
const PRINTED: usize = 20;

/// Of so few statements the digests are printed; of more `carnet history --digests` lists them.
const DIGESTS: usize = 5;

pub async fn run(global: &Global, options: &Record) -> Result<ExitCode, Failure> {
    let since = std::time::Instant::now();
    let desk = output::open(global).await?;
    let how = RecordOptions {
        mapping: options.mapping.clone(),
        dry_run: options.dry_run,
        refused: options.refused.clone(),
        again_after_erasure: options.again_after_erasure,
    };
    let (report, notes) = if options.form82 {
        let header = FormHeader {
            issuer: options.issuer.clone().unwrap_or_default(),
            vehicle: options.vehicle.clone().unwrap_or_default(),
            event_time: options.event_time.clone().unwrap_or_default(),
            place: options.place.clone(),
            vin_differs: options.vin_differs,
        };
        let (report, import) = desk
            .record_form82(&options.path, header, &how, clock::now())
            .await?;
        let unmapped = import.unmapped.iter().map(|u| format!("not in the form: {u}"));
        let notes = unmapped
            .chain(import.notes.iter().map(ToString::to_string))
            .collect();
        (report, notes)
    } else {
        let bar = progress_bar();
        let report = desk
            .record(&options.path, &how, clock::now(), |progress| {
                bar.set_length(progress.of);
                bar.set_position(progress.bytes);
                bar.set_message(format!("{} statements", progress.statements));
            })
            .await?;
        bar.finish_and_clear();
        (report, Vec::new())
    };
    desk.close().await?;
    if global.json {
        output::json(&json!({ "report": report, "notes": notes }))?;
    } else {
        print(&report, &notes, options, since)?;
    }
    Ok(clock::code(
        report.refused_total == 0 && report.unusable.is_empty(),
    ))
}

fn print(
    report: &RecordReport,
    notes: &[String],
    options: &Record,
    since: std::time::Instant,
) -> Result<(), Failure> {
    let verb = if report.dry_run {
        "Dry run: would accept"
    } else {
        "Accepted"
    };
    let files = match report.unusable.len() {
        0 => String::new(),
        unusable => format!(", {} unusable", output::count(unusable as u64, "file")),
    };
    output::say(format_args!(
        "{verb} {} of {}, {} known already, {} refused{files}; {}",
        report.accepted,
        output::count(report.read, "statement"),
        report.duplicates,
        report.refused_total,
        clock::took(since)
    ))?;
    if !report.dry_run && report.statements.len() <= DIGESTS {
        for line in &report.statements {
            output::say(format_args!(
                "  {}:{}: statement {}",
                line.file.display(),
                line.line,
                line.digest
            ))?;
        }
    }
    for (file, why) in &report.unusable {
        output::say(format_args!("  REFUSED as a file: {}: {why}", file.display()))?;
    }
    for (file, why) in &report.passed_over {
        output::say(format_args!("  not read: {}: {why}", file.display()))?;
    }
    for line in report.doubtful.iter().take(PRINTED) {
        output::say(format_args!(
            "  note: {}:{}: {}",
            line.file.display(),
            line.line,
            line.doubt
        ))?;
    }
    if let Some(more) = report
        .doubtful
        .len()
        .checked_sub(PRINTED)
        .filter(|more| *more > 0)
    {
        output::say(format_args!("  … and {more} more notes; --json prints them all"))?;
    }
    for note in notes {
        output::say(format_args!("  note: {note}"))?;
    }
    for line in report.refused.iter().take(PRINTED) {
        for fault in &line.faults {
            output::say(format_args!("  {}:{}: {fault}", line.file.display(), line.line))?;
        }
    }
    if let Some(more) = report
        .refused_total
        .checked_sub(PRINTED as u64)
        .filter(|more| *more > 0)
    {
        output::say(format_args!(
            "  … and {more} more; --refused FILE writes them all out"
        ))?;
    }
    for file in &report.refused_files {
        let path = file.display();
        let with = match report.refused_mappings.get(file) {
            Some(mapping) => format!(" --mapping {}", mapping.display()),
            None => String::new(),
        };
        output::say(format_args!(
            "Refused lines are in {path}; mend them there, then: carnet record {path}{with}"
        ))?;
    }
    if report.refused_total > 0 && options.refused.is_none() && !options.form82 {
        output::say(
            "Run it again with --refused FILE to have the refused lines in a file, to be mended and recorded",
        )?;
    }
    if report.accepted > 0 && !report.dry_run {
        output::say("Next: carnet seal")?;
    }
    Ok(())
}

/// On standard error, and only where somebody watches.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes}  {msg}  {eta} left") {
        bar.set_style(style);
    }
    bar
}
