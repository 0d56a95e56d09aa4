//! `carnet trail`.

use std::process::ExitCode;

use clap::Args;
use desk::access::Actor;
use serde_json::json;

use crate::args::Global;
use crate::failure::Failure;
use crate::output;

/// Printed below the options.
pub const EXAMPLES: &str = "\
Recorded are logging in and out, every change to accounts, tokens, yards, links, issuers and witnesses, every step of certification
and every erasure, over the network or with these commands, and every look at personal fields, also those that were refused. The database refuses to change or
delete a record.

Examples:
  carnet trail
  carnet trail --most 1000 --json
  carnet trail --before 512        the page before";

/// The options.
#[derive(Debug, Args)]
pub struct Trail {
    /// How many acts, 1 to 1000, newest first.
    #[arg(long, default_value = "50", value_parser = clap::value_parser!(u32).range(1..=1000))]
    most: u32,
    /// Only acts with a smaller number than this.
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
}

pub async fn run(global: &Global, options: &Trail) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let acts = desk.trail(&Actor::Machine, options.before, options.most).await?;
    desk.close().await?;
    if global.json {
        output::json(&json!(acts))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&[
        "number",
        "when",
        "who",
        "organisation",
        "act",
        "to what",
        "outcome",
    ]);
    for act in acts {
        let who = match (act.account, act.token) {
            (Some(account), Some(token)) => format!("{account}, token {token}"),
            (Some(account), None) => account,
            (None, _) => "(at the machine)".to_owned(),
        };
        table.add_row([
            act.id.to_string(),
            act.at,
            who,
            act.organisation.unwrap_or_default(),
            act.act,
            act.subject,
            act.outcome.to_owned(),
        ]);
    }
    output::show(table)?;
    Ok(ExitCode::SUCCESS)
}
