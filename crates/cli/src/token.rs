//! `carnet token …`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use desk::access::{Actor, NewToken, Scope};
use serde_json::json;

use crate::args::Global;
use crate::failure::Failure;
use crate::{clock, output};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token for an account.
    #[command(after_help = "\
Scopes: yard:read, yard:write, shares, disclose, accounts, trail, issuers, certification. A token never may more than its account. It is shown
once and not kept; send it as `Authorization: Bearer cnt_…`.

Examples:
  carnet token new kim@yard.example --name stock-system --scope yard:write --days 90
  curl -H \"Authorization: Bearer $TOKEN\" http://127.0.0.1:7878/api/yard")]
    New(New),
    /// List the tokens of an account, or all.
    List {
        /// Only those of this account.
        account: Option<String>,
    },
    /// Revoke a token, at once and for good.
    #[command(after_help = "Example:\n  carnet token revoke 3fa1c09b77de")]
    Revoke {
        /// The token's id, from the list.
        id: String,
    },
}

/// The options of `carnet token new`.
#[derive(Debug, Args)]
pub struct New {
    /// The account that it acts as.
    account: String,
    /// What to call it, such as the program that will have it.
    #[arg(long)]
    name: String,
    /// What it may be used for; repeat for several.
    #[arg(long = "scope", required = true, value_name = "SCOPE")]
    scopes: Vec<String>,
    /// How many days it lasts, 1 to 366.
    #[arg(long, default_value = "90")]
    days: u32,
}

pub async fn run(global: &Global, command: TokenCommand) -> Result<ExitCode, Failure> {
    match command {
        TokenCommand::New(options) => new(global, options).await,
        TokenCommand::List { account } => list(global, account.as_deref()).await,
        TokenCommand::Revoke { id } => revoke(global, &id).await,
    }
}

async fn new(global: &Global, options: New) -> Result<ExitCode, Failure> {
    let parse = |text: &String| {
        text.parse::<Scope>()
            .map_err(|e| Failure::Value(format!("--scope {text:?} {e}")))
    };
    let scopes: BTreeSet<Scope> = options.scopes.iter().map(parse).collect::<Result<_, _>>()?;
    let desk = output::open(global).await?;
    let token = NewToken {
        name: options.name,
        scopes,
        days: options.days,
    };
    let made = desk
        .make_token(&Actor::Machine, Some(&options.account), &token, clock::now())
        .await?;
    desk.close().await?;
    if global.json {
        output::json(&json!({"token": made.token, "secret": made.secret.reveal()}))?;
        return Ok(ExitCode::SUCCESS);
    }
    let token = made.token;
    output::say(format_args!(
        "Made token {} for {}: {}",
        token.id,
        token.account,
        token.scopes.join(", ")
    ))?;
    output::say(format_args!("  {}", made.secret.reveal()))?;
    output::say(format_args!(
        "  shown this once; valid until {}; carnet token revoke {} ends it",
        token.expires, token.id
    ))?;
    Ok(ExitCode::SUCCESS)
}

async fn list(global: &Global, account: Option<&str>) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let tokens = desk.tokens(&Actor::Machine, account, clock::now()).await?;
    desk.close().await?;
    if global.json {
        output::json(&json!(tokens))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&[
        "token",
        "account",
        "name",
        "scopes",
        "until",
        "last used",
        "standing",
    ]);
    for token in tokens {
        table.add_row([
            token.id,
            token.account,
            token.name,
            token.scopes.join(", "),
            token.expires,
            token.last_used.unwrap_or_default(),
            token.standing.to_owned(),
        ]);
    }
    output::show(table)?;
    Ok(ExitCode::SUCCESS)
}

async fn revoke(global: &Global, id: &str) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    desk.revoke_token(&Actor::Machine, id, clock::now()).await?;
    desk.close().await?;
    if global.json {
        output::json(&json!({"token": id, "revoked": true}))?;
    } else {
        output::say(format_args!("Revoked token {id}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
