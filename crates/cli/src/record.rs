//! `carnet record`.

use std::process::ExitCode;

use desk::record::{FormHeader, RecordOptions, RecordReport};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::args::{Global, Record};
use crate::failure::Failure;
use crate::{clock, output};

/// Refused lines printed in full; the rest is counted, and all of them are in --refused and --json.
const PRINTED: usize = 20;

pub async fn run(global: &Global, options: &Record) -> Result<ExitCode, Failure> {
    let since = std::time::Instant::now();
    let desk = output::open(global).await?;
    let (report, notes) = if options.form82 {
        let header = FormHeader {
            issuer: options.issuer.clone().unwrap_or_default(),
            vehicle: options.vehicle.clone().unwrap_or_default(),
            event_time: options.event_time.clone().unwrap_or_default(),
            place: options.place.clone(),
        };
        let (report, import) = desk.record_form82(&options.path, header, options.dry_run, clock::now()).await?;
        let unmapped = import.unmapped.iter().map(|u| format!("not in the form: {u}"));
        let notes = unmapped.chain(import.notes.iter().map(ToString::to_string)).collect();
        (report, notes)
    } else {
        let bar = progress_bar();
        let how = RecordOptions { mapping: options.mapping.clone(), dry_run: options.dry_run };
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
    if let Some(path) = &options.refused
        && !report.refused.is_empty()
    {
        let text: String = report.refused.iter().map(|line| format!("{}\n", line.text)).collect();
        desk::data_dir::write(path, text.as_bytes(), 0o600)?;
    }
    if global.json {
        output::json(&json!({ "report": report, "notes": notes }))?;
    } else {
        print(&report, &notes, options, since)?;
    }
    Ok(clock::code(report.refused.is_empty()))
}

fn print(
    report: &RecordReport,
    notes: &[String],
    options: &Record,
    since: std::time::Instant,
) -> Result<(), Failure> {
    let verb = if report.dry_run { "Dry run: would accept" } else { "Accepted" };
    output::say(format_args!(
        "{verb} {} of {} statements, {} known already, {} refused; {}",
        report.accepted,
        report.read,
        report.duplicates,
        report.refused.len(),
        clock::took(since)
    ))?;
    for (file, why) in &report.passed_over {
        output::say(format_args!("  not read: {}: {why}", file.display()))?;
    }
    for note in notes {
        output::say(format_args!("  note: {note}"))?;
    }
    for line in report.refused.iter().take(PRINTED) {
        for fault in &line.faults {
            output::say(format_args!("  {}:{}: {fault}", line.file.display(), line.line))?;
        }
    }
    if let Some(more) = report.refused.len().checked_sub(PRINTED).filter(|more| *more > 0) {
        output::say(format_args!("  … and {more} more; --json lists them all"))?;
    }
    match (&options.refused, report.refused.is_empty()) {
        (Some(path), false) => {
            output::say(format_args!("The refused lines are in {}; mend and record them again", path.display()))?;
        }
        (None, false) => output::say("Nothing else was lost: --refused FILE writes these lines out, to be mended")?,
        _ => {}
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
