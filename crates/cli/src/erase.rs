//! `carnet erase`.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use desk::{Desk, DeskError};
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
    // It is erased: whatever fails from here on is told together with that.
    let published = match erased.notice {
        Some(_) => published(&desk, now).await,
        None => Ok(()),
    };
    let closed = desk.close().await;
    let problem = match (published, closed) {
        (Err(error), _) => Some(format!("erased; {}: {error}", crate::certify::NOT_PUBLISHED)),
        (Ok(()), Err(error)) => Some(format!("erased; {error}")),
        (Ok(()), Ok(())) => None,
    };
    let incomplete = problem
        .map(|message| {
            let report = serde_json::to_value(&erased)?;
            Ok::<_, Failure>(Failure::Incomplete { message, report })
        })
        .transpose()?;
    if global.json {
        return match incomplete {
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
    incomplete.map_or(Ok(ExitCode::SUCCESS), Err)
}

/// Writes what is public of certificates anew, where it tells of a car that was erased: nobody knows any more how far that has
/// run, and its certificate's twin is to go.
async fn published(desk: &Desk, now: Timestamp) -> Result<(), DeskError> {
    let outdated = desk.has_published_here()
        && (desk.published_here_is_of_erased().await? || !desk.published_here_is_current(now).await?);
    if outdated {
        desk.publish_here(now).await?;
    }
    Ok(())
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
