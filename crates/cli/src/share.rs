//! `carnet share …`.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use desk::access::{Actor, NewShare};
use desk::export::Disclose;
use serde_json::json;

use crate::args::Global;
use crate::failure::Failure;
use crate::{clock, output};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum ShareCommand {
    /// Make a link to a car's dossier.
    #[command(after_help = "\
Whoever has the link sees the dossier, and the personal fields that are named here, until the link ends or is withdrawn. It is
shown once and not kept.

Examples:
  carnet share new KNAPH81ABHK000003 --organisation yard-incheon --days 14
  carnet share new KNAPH81ABHK000003 --organisation yard-incheon --show plate --show price")]
    New(New),
    /// List the links of an organisation.
    #[command(after_help = "Example:\n  carnet share list --organisation yard-incheon")]
    List {
        /// The organisation's id.
        #[arg(long, value_name = "ID")]
        organisation: String,
    },
    /// Withdraw a link, at once and for good.
    #[command(after_help = "Example:\n  carnet share withdraw 3fa1c09b77de --organisation yard-incheon")]
    Withdraw {
        /// The link's id, from the list.
        id: String,
        /// The id of the organisation that made it.
        #[arg(long, value_name = "ID")]
        organisation: String,
    },
}

/// The options of `carnet share new`.
#[derive(Debug, Args)]
pub struct New {
    /// A VIN or frame number.
    vehicle: String,
    /// The id of the organisation that shows it.
    #[arg(long, value_name = "ID")]
    organisation: String,
    /// Show this personal field; repeat for several, `all` for every one. Otherwise none is shown.
    #[arg(long, value_name = "FIELD")]
    show: Vec<String>,
    /// How many days it lasts, 1 to 366.
    #[arg(long, default_value = "30")]
    days: u32,
}

pub async fn run(global: &Global, command: ShareCommand) -> Result<ExitCode, Failure> {
    match command {
        ShareCommand::New(options) => new(global, options).await,
        ShareCommand::List { organisation } => list(global, &organisation).await,
        ShareCommand::Withdraw { id, organisation } => withdraw(global, &id, &organisation).await,
    }
}

async fn new(global: &Global, options: New) -> Result<ExitCode, Failure> {
    let show = match options.show.as_slice() {
        [] => Disclose::Nothing,
        [all] if all == "all" => Disclose::All,
        _ => Disclose::Only(options.show),
    };
    let share = NewShare {
        vehicle: desk::check::parse_vehicle(&options.vehicle)?,
        show,
        days: options.days,
    };
    let desk = output::open(global).await?;
    let made = desk
        .make_share(&Actor::Machine, Some(&options.organisation), share, clock::now())
        .await?;
    desk.close().await?;
    let path = format!("/d/share/{}", made.secret.reveal());
    if global.json {
        output::json(&json!({"share": made.share, "secret": made.secret.reveal(), "path": path}))?;
        return Ok(ExitCode::SUCCESS);
    }
    let share = made.share;
    let fields = match share.fields.as_slice() {
        [] => "no personal fields".to_owned(),
        fields => fields.join(", "),
    };
    output::say(format_args!(
        "Made link {} to the dossier of {}, with {fields}",
        share.id, share.vehicle
    ))?;
    output::say(format_args!("  {path}"))?;
    output::say(format_args!(
        "  below the service's address; shown this once; open until {}; carnet share withdraw {} --organisation {} ends it",
        share.expires, share.id, options.organisation
    ))?;
    Ok(ExitCode::SUCCESS)
}

async fn list(global: &Global, organisation: &str) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let shares = desk
        .shares(&Actor::Machine, Some(organisation), clock::now())
        .await?;
    desk.close().await?;
    if global.json {
        output::json(&json!(shares))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["link", "vehicle", "shows", "made by", "until", "standing"]);
    for share in shares {
        table.add_row([
            share.id,
            share.vehicle,
            share.fields.join(", "),
            share.created_by,
            share.expires,
            share.standing.to_owned(),
        ]);
    }
    output::show(table)?;
    Ok(ExitCode::SUCCESS)
}

async fn withdraw(global: &Global, id: &str, organisation: &str) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    desk.withdraw_share(&Actor::Machine, Some(organisation), id, clock::now())
        .await?;
    desk.close().await?;
    if global.json {
        output::json(&json!({"share": id, "withdrawn": true}))?;
    } else {
        output::say(format_args!("Withdrew link {id}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
