//! `carnet erase`.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use jiff::Timestamp;

use crate::args::{Erase, Global};
use crate::failure::Failure;
use crate::output;

pub async fn run(global: &Global, options: &Erase) -> Result<ExitCode, Failure> {
    let vehicle = desk::check::parse_vehicle(&options.vehicle)?;
    let desk = output::open(global).await?;
    let now = Timestamp::now();
    let erase = async |dry_run| {
        desk.erase(&vehicle, &options.asked_by, &options.reason, now, dry_run)
            .await
    };
    let would = erase(true).await?;
    if would.statements > 0 && !options.dry_run && !options.yes && !confirmed(&vehicle, would.statements)? {
        return Err(Failure::Value("not confirmed; nothing was erased".to_owned()));
    }
    let erased = if options.dry_run {
        would
    } else {
        erase(false).await?
    };
    // Nobody can tell any more how far a certified car has run, and the directory is to say so.
    let outdated =
        erased.notice.is_some() && desk.has_published_here() && !desk.published_here_is_current(now).await?;
    let published = if outdated {
        desk.publish_here(now).await
    } else {
        Ok(())
    };
    desk.close().await?;
    let unpublished = match published {
        Ok(()) => None,
        Err(error) => Some(Failure::Incomplete {
            message: format!(
                "erased; the public directory of certificates could not be written anew: {error}"
            ),
            report: serde_json::to_value(&erased)?,
        }),
    };
    if global.json {
        return match unpublished {
            Some(failure) => Err(failure),
            None => {
                output::json(&serde_json::to_value(&erased)?)?;
                Ok(ExitCode::SUCCESS)
            }
        };
    }
    match &erased.notice {
        Some(notice) => {
            output::say(format_args!(
                "Erased the contents of {} about {vehicle}",
                output::count(erased.statements, "statement")
            ))?;
            output::say("The log's signed notice, which every dossier of this car will carry:")?;
            output::say(notice.trim_end())?;
        }
        None if erased.statements == 0 => {
            output::say(format_args!(
                "Nothing is left to erase: {} about {vehicle} erased before",
                output::count(erased.before, "statement")
            ))?;
        }
        None => {
            output::say(format_args!(
                "Dry run: would erase the contents of {} about {vehicle}; {} erased before",
                output::count(erased.statements, "statement"),
                erased.before
            ))?;
        }
    }
    unpublished.map_or(Ok(ExitCode::SUCCESS), Err)
}

/// Asks, where somebody is there to answer; elsewhere --yes is needed.
fn confirmed(vehicle: &vehicle::VehicleId, statements: u64) -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Value(format!(
            "this destroys the contents of {} about {vehicle} for ever; add --yes, or --dry-run to look",
            output::count(statements, "statement")
        )));
    }
    let statements = output::count(statements, "statement");
    print!("Destroy the contents of {statements} about {vehicle} for ever? Type yes: ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
