//! `carnet yard …`.

use std::process::ExitCode;

use clap::Subcommand;
use desk::access::Actor;
use serde_json::json;

use crate::args::Global;
use crate::failure::Failure;
use crate::{clock, output};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum YardCommand {
    /// Put a car into an organisation's yard and confirm that it holds it: personal fields of the car are then shown to it.
    #[command(after_help = "\
An exporter can put any car into its yard, but that is its own word and shows it nothing personal. Confirm after you have seen a
paper, such as the certificate of deregistration.

Example:
  carnet yard confirm yard-incheon KNAPH81ABHK000003")]
    Confirm {
        /// The organisation's id.
        organisation: String,
        /// A VIN or frame number.
        vehicle: String,
    },
    /// Take a car out of an organisation's yard.
    Remove {
        /// The organisation's id.
        organisation: String,
        /// A VIN or frame number.
        vehicle: String,
    },
    /// List an organisation's yard.
    #[command(after_help = "Example:\n  carnet yard list yard-incheon")]
    List {
        /// The organisation's id.
        organisation: String,
    },
}

pub async fn run(global: &Global, command: YardCommand) -> Result<ExitCode, Failure> {
    match command {
        YardCommand::Confirm {
            organisation,
            vehicle,
        } => {
            let vehicle = desk::check::parse_vehicle(&vehicle)?;
            let desk = output::open(global).await?;
            desk.confirm_in_yard(&Actor::Machine, &organisation, &vehicle, clock::now())
                .await?;
            desk.close().await?;
            let said = format!("Confirmed that {organisation} holds {vehicle}");
            report(global, &organisation, &vehicle.to_string(), "confirmed", &said)
        }
        YardCommand::Remove {
            organisation,
            vehicle,
        } => {
            let vehicle = desk::check::parse_vehicle(&vehicle)?;
            let desk = output::open(global).await?;
            desk.remove_from_yard(&Actor::Machine, Some(&organisation), &vehicle, clock::now())
                .await?;
            desk.close().await?;
            let said = format!("Took {vehicle} out of the yard of {organisation}");
            report(global, &organisation, &vehicle.to_string(), "removed", &said)
        }
        YardCommand::List { organisation } => list(global, &organisation).await,
    }
}

fn report(
    global: &Global,
    organisation: &str,
    vehicle: &str,
    what: &str,
    said: &str,
) -> Result<ExitCode, Failure> {
    if global.json {
        output::json(&json!({"organisation": organisation, "vehicle": vehicle, what: true}))?;
    } else {
        output::say(said)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(global: &Global, organisation: &str) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let cars = desk.yard(&Actor::Machine, Some(organisation)).await?;
    desk.close().await?;
    if global.json {
        output::json(&json!(cars))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["vehicle", "lot", "note", "added", "confirmed"]);
    for car in cars {
        table.add_row([
            car.vehicle,
            car.lot,
            car.note,
            car.added,
            car.confirmed.unwrap_or_else(|| "no".to_owned()),
        ]);
    }
    output::show(table)?;
    Ok(ExitCode::SUCCESS)
}
