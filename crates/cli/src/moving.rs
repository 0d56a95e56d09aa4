//! `carnet move`.

use std::process::ExitCode;

use desk::data_dir::{DataDir, Places};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use store::Moving;

use crate::args::{Global, Move};
use crate::failure::Failure;
use crate::{clock, output};

pub async fn run(global: &Global, options: &Move) -> Result<ExitCode, Failure> {
    let since = std::time::Instant::now();
    let root = options.from.as_ref().unwrap_or(&global.data);
    let from = DataDir::new(root).with(Places {
        database: options.from_database.clone(),
        objects: options.from_objects.clone(),
    });
    let to = DataDir::new(root).with(Places {
        database: options.to_database.clone(),
        objects: options.to_objects.clone(),
    });
    let passphrase = output::passphrase(global)?;
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg:10} {wide_bar} {pos}/{len}") {
        bar.set_style(style);
    }
    let moved = desk::moving::move_log(&from, &to, &passphrase, options.dry_run, |step| {
        let (what, done, of) = match step {
            Moving::Objects(done, of) => ("files", done, of),
            Moving::Rows(done, of) => ("rows", done, of),
            Moving::Verifying(done, of) => ("verifying", done, of),
        };
        bar.set_message(what);
        bar.set_length(of);
        bar.set_position(done);
    })
    .await;
    bar.finish_and_clear();
    let moved = moved?;
    let (here, there) = (to.database_shown(), to.objects_shown());
    if global.json {
        output::json(&json!({
            "dry_run": options.dry_run,
            "origin": moved.origin,
            "size": moved.size,
            "objects": moved.objects,
            "rows": moved.rows,
            "resumed": moved.resumed,
            "database": here,
            "public_files": there,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let what = format!(
        "{} of size {}: {}, {}",
        moved.origin,
        moved.size,
        output::count(moved.rows, "row"),
        output::count(moved.objects, "public file")
    );
    if options.dry_run {
        output::say(format_args!("Would move {what}"))?;
        output::say(format_args!("  to {here}"))?;
        output::say(format_args!("  and {there}"))?;
        return Ok(ExitCode::SUCCESS);
    }
    if moved.resumed {
        output::say("Finished a move that was interrupted after all had been copied and verified")?;
    } else {
        output::say(format_args!("Moved {what}; {}", clock::took(since)))?;
        output::say(
            "  verified: everything recomputed from the copied files, and the checkpoint is the same",
        )?;
    }
    output::say(format_args!("  the log is in {here}"))?;
    output::say(format_args!("  its public files are in {there}"))?;
    output::say(format_args!(
        "  {} is marked as left and refuses to go on",
        from.database_shown()
    ))?;
    if options.to_database.is_some() || options.to_objects.is_some() {
        output::say(
            "Next: set CARNET_DATABASE_URL and CARNET_OBJECTS_URL to the new places, wherever carnet runs",
        )?;
    } else {
        output::say("Next: unset CARNET_DATABASE_URL and CARNET_OBJECTS_URL, wherever carnet runs")?;
    }
    Ok(ExitCode::SUCCESS)
}
