//! `carnet account …`. Whoever has the data directory may do all of this, with or without a service running.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use desk::access::{AccountView, Actor, Changed, NewAccount, NewOrganisation, Role, SetupToken};
use serde_json::json;
use zeroize::Zeroizing;

use crate::args::Global;
use crate::failure::Failure;
use crate::{clock, output};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Make an account, and its organisation where there is none yet.
    #[command(after_help = "\
Roles:
  viewer    looks at what its organisation has
  exporter  keeps a yard and makes links to dossiers
  issuer    works for an organisation that signs statements; may revoke its keys
  operator  runs the log: organisations, accounts, issuers, the whole trail

The password is asked for, or read from the first line of --password-file; at least 12 characters.

Examples:
  carnet account add kim@yard.example --role exporter --organisation yard-incheon --organisation-name 'Yard Incheon'
  carnet account add lee@lab.example --role issuer --organisation lab --organisation-name 'Battery Lab' \\
      --organisation-issuer lab-incheon --password-file /run/secrets/lee")]
    Add(Add),
    /// List all accounts.
    List,
    /// Give an account another password. Its sessions end. This is also the way back in for an operator who has lost it.
    #[command(after_help = "Example:\n  carnet account password kim@yard.example")]
    Password(Password),
    /// Let an account not be used any more. Its sessions end, its tokens stop working.
    #[command(after_help = "Example:\n  carnet account disable kim@yard.example")]
    Disable(Named),
    /// Let a disabled account be used again.
    Enable(Named),
    /// Make a setup token: whoever has it can make one operator's account over the network, once, within a day.
    #[command(
        after_help = "One made before is void, and so is this one as soon as an operator is made in any other way. `carnet serve` makes one by\nitself as long as nobody has an account.\n\nExample:\n  carnet account setup-token"
    )]
    SetupToken,
}

/// The options of `carnet account add`.
#[derive(Debug, Args)]
pub struct Add {
    /// What is typed at login, such as an e-mail address.
    name: String,
    /// viewer, exporter, issuer or operator.
    #[arg(long)]
    role: String,
    /// The id of the organisation it belongs to.
    #[arg(long, value_name = "ID")]
    organisation: String,
    /// The organisation's name, where it is to be made.
    #[arg(long, value_name = "NAME")]
    organisation_name: Option<String>,
    /// Where the organisation is to be made: the issuer id under which it signs statements.
    #[arg(long, value_name = "ID", requires = "organisation_name")]
    organisation_issuer: Option<String>,
    /// The name people read; otherwise the name typed at login.
    #[arg(long, value_name = "NAME")]
    display_name: Option<String>,
    /// Read the password from the first line of this file.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// The options of `carnet account password`.
#[derive(Debug, Args)]
pub struct Password {
    /// The account's name.
    name: String,
    /// Read the password from the first line of this file.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

/// An account.
#[derive(Debug, Args)]
pub struct Named {
    /// The account's name.
    name: String,
}

pub async fn run(global: &Global, command: AccountCommand) -> Result<ExitCode, Failure> {
    match command {
        AccountCommand::Add(options) => add(global, options).await,
        AccountCommand::List => list(global).await,
        AccountCommand::Password(options) => password(global, options).await,
        AccountCommand::Disable(named) => set_disabled(global, &named.name, true).await,
        AccountCommand::Enable(named) => set_disabled(global, &named.name, false).await,
        AccountCommand::SetupToken => setup_token(global).await,
    }
}

async fn add(global: &Global, options: Add) -> Result<ExitCode, Failure> {
    let role: Role = options
        .role
        .parse()
        .map_err(|e| Failure::Value(format!("--role {:?} {e}", options.role)))?;
    let desk = output::open(global).await?;
    let there = desk.organisations(&Actor::Machine).await?;
    let known = there.iter().any(|found| found.id == options.organisation);
    if !known && options.organisation_name.is_none() {
        return Err(Failure::Value(format!(
            "--organisation {:?}: there is none of this id; add --organisation-name to make it",
            options.organisation
        )));
    }
    if let (true, Some(name)) = (known, &options.organisation_name)
        && there
            .iter()
            .any(|found| found.id == options.organisation && found.name != *name)
    {
        return Err(Failure::Value(format!(
            "--organisation-name {name:?}: {} is there under another name; leave the option out, or choose another id",
            options.organisation
        )));
    }
    let password = new_password(options.password_file.as_deref())?;
    let now = clock::now();
    if let (false, Some(name)) = (known, options.organisation_name) {
        let organisation = NewOrganisation {
            id: options.organisation.clone(),
            name,
            issuer: options.organisation_issuer,
        };
        desk.make_organisation(&Actor::Machine, &organisation, now)
            .await?;
    }
    let account = NewAccount {
        display_name: options.display_name.unwrap_or_else(|| options.name.clone()),
        name: options.name,
        organisation: options.organisation,
        role,
    };
    let made = desk
        .make_account(&Actor::Machine, &account, &password, now)
        .await?;
    desk.close().await?;
    report(global, &made, "Made the account")
}

async fn list(global: &Global) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let accounts = desk.accounts(&Actor::Machine).await?;
    desk.close().await?;
    if global.json {
        output::json(&json!(accounts))?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut table = output::table(&["account", "name", "organisation", "role", "since", "disabled"]);
    for account in accounts {
        table.add_row([
            account.name,
            account.display_name,
            account.organisation,
            account.role,
            account.created,
            account.disabled.unwrap_or_default(),
        ]);
    }
    output::show(table)?;
    Ok(ExitCode::SUCCESS)
}

async fn password(global: &Global, options: Password) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let password = new_password(options.password_file.as_deref())?;
    desk.reset_password(&Actor::Machine, &options.name, &password, clock::now())
        .await?;
    desk.close().await?;
    if global.json {
        output::json(&json!({"account": options.name, "changed": true}))?;
    } else {
        output::say(format_args!(
            "{} has a new password; its sessions have ended",
            options.name
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn set_disabled(global: &Global, name: &str, disabled: bool) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let change = Changed {
        disabled: Some(disabled),
        ..Changed::default()
    };
    let changed = desk
        .change_account(&Actor::Machine, name, &change, clock::now())
        .await?;
    desk.close().await?;
    report(global, &changed, if disabled { "Disabled" } else { "Enabled" })
}

async fn setup_token(global: &Global) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let setup = desk.make_setup_token(&Actor::Machine, clock::now()).await?;
    desk.close().await?;
    if global.json {
        output::json(&json!({
            "setup_token": setup.secret.reveal(),
            "setup_expires": clock::shown(setup.expires),
        }))?;
    } else {
        output::say("This token makes an operator's account, once:")?;
        say_setup(&setup, "<the service's address>")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A setup token, and what to do with it.
pub fn say_setup(setup: &SetupToken, service: &str) -> Result<(), Failure> {
    output::say(format_args!("  {}", setup.secret.reveal()))?;
    output::say(format_args!(
        "  open {service}/setup before {}, or make an account here: carnet account add --help",
        clock::shown(setup.expires)
    ))
}

fn report(global: &Global, account: &AccountView, what: &str) -> Result<ExitCode, Failure> {
    if global.json {
        output::json(&serde_json::to_value(account)?)?;
    } else {
        output::say(format_args!(
            "{what} {}: {} of {}",
            account.name, account.role, account.organisation
        ))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A new password: from a file, or asked for twice. Never from the command line, which others on the machine can read.
fn new_password(file: Option<&std::path::Path>) -> Result<Zeroizing<String>, Failure> {
    if let Some(file) = file {
        let bytes = Zeroizing::new(desk::data_dir::read(file)?);
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| Failure::Value(format!("{}: not UTF-8", file.display())))?;
        return Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()));
    }
    let ask = |prompt| {
        rpassword::prompt_password(prompt)
            .map(Zeroizing::new)
            .map_err(|_| {
                let fix = "put it into a file and name it with --password-file";
                Failure::Value(format!("there is no terminal to ask for the password on; {fix}"))
            })
    };
    let password = ask("New password: ")?;
    if *ask("The same again: ")? != *password {
        return Err(Failure::Value(
            "the two passwords are not the same; nothing was changed".to_owned(),
        ));
    }
    Ok(password)
}
