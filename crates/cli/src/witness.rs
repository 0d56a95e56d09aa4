//! `carnet witness …`.

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use ::witness::cosign::Witness;
use ::witness::dir::{CosignerDir, Role};
use ::witness::http;
use clap::{Args as ClapArgs, Subcommand};
use serde_json::json;

use crate::args::Global;
use crate::failure::Failure;
use crate::output;
use crate::serve::stopped;

pub const EXAMPLES: &str = "\
A witness remembers the newest checkpoint of each log it knows, and cosigns a newer one only with a proof that nothing was changed
or removed. It needs no entries and hardly any disk, and should be run by somebody else than the log.

  carnet --data /srv/witness witness init --name witness.example.org/w1
  carnet --data /srv/witness witness add 'log.example.org/carnet+7b0f2a9c+AUx…'     the key from the log's policy.txt
  carnet --data /srv/witness witness --listen 127.0.0.1:7880                        behind a reverse proxy with TLS

Then tell the log's operator your URL and key (`witness list`); they run `carnet log witness add URL KEY`. Never restore the
folder memory/ from a backup: a witness that forgets can be made to cosign a fork (docs/witnesses.md).";

#[derive(Debug, ClapArgs)]
pub struct WitnessArgs {
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:7880")]
    pub listen: SocketAddr,
    #[command(subcommand)]
    pub command: Option<WitnessCommand>,
}

#[derive(Debug, Subcommand)]
pub enum WitnessCommand {
    /// Set up a witness in the data directory: its key, and an empty list of logs.
    Init(Named),
    /// Add a log, by the key after the word `log` in its policy.txt. A running witness knows it at once.
    Add {
        /// The log's verifier key; its name is the log's name.
        vkey: String,
    },
    /// Show the witness's key, the logs it knows, and what it cosigned last of each.
    List,
}

#[derive(Debug, ClapArgs)]
pub struct Named {
    /// Its name for ever: a host and path you control.
    #[arg(long, value_name = "NAME")]
    pub name: String,
    /// Seal the key file under a passphrase: CARNET_PASSPHRASE, --passphrase-file, or asked for.
    #[arg(long)]
    pub protect_keys: bool,
}

pub async fn run(global: &Global, options: &WitnessArgs) -> Result<ExitCode, Failure> {
    let dir = CosignerDir::new(&global.data);
    match &options.command {
        None => serve(global, dir, options.listen).await,
        Some(WitnessCommand::Init(named)) => {
            let vkey = init(global, &dir, Role::Witness, named)?;
            if global.json {
                output::json(&json!({"witness": vkey, "data": dir.root()}))?;
            } else {
                output::say(format_args!(
                    "Set up a witness in {}\n  key for others:  {vkey}\n  keep secret:     {}/keys",
                    dir.root().display(),
                    dir.root().display()
                ))?;
                output::say("Next: carnet witness add LOGKEY, carnet witness --listen ADDRESS")?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Some(WitnessCommand::Add { vkey }) => {
            dir.read_key(Role::Witness, &output::passphrase(global)?)?;
            let log = dir.add_log(vkey)?;
            let origin = log.vkey.name().as_str();
            if global.json {
                output::json(&json!({"log": origin, "vkey": log.vkey.to_string()}))?;
            } else {
                output::say(format_args!("This witness now knows the log {origin}"))?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Some(WitnessCommand::List) => list(global, &dir, Role::Witness).await,
    }
}

/// Makes the directory and the key, and says the key for others.
pub fn init(global: &Global, dir: &CosignerDir, role: Role, named: &Named) -> Result<String, Failure> {
    let passphrase = if named.protect_keys {
        Some(match output::passphrase(global)? {
            Some(given) => given,
            None => {
                let first = output::ask("New passphrase: ")?;
                if first != output::ask("Again: ")? || first.is_empty() {
                    let problem = "the passphrases differ or are empty; nothing was set up";
                    return Err(Failure::Value(problem.to_owned()));
                }
                first
            }
        })
    } else {
        None
    };
    Ok(dir.init(role, &named.name, &passphrase)?.to_string())
}

/// The key, and the logs with what was cosigned last.
pub async fn list(global: &Global, dir: &CosignerDir, role: Role) -> Result<ExitCode, Failure> {
    let key = dir.read_key(role, &output::passphrase(global)?)?;
    let mut logs = Vec::new();
    for log in dir.logs()? {
        let origin = log.vkey.name().as_str().to_owned();
        let remembered = dir.memory(&origin).peek().await?;
        let size = remembered.as_ref().map(|r| r.recorded.size.0);
        let time = remembered
            .filter(|r| r.time > 0)
            .and_then(|r| i64::try_from(r.time).ok())
            .and_then(|t| jiff::Timestamp::from_second(t).ok());
        logs.push((origin, log.vkey.to_string(), size, time));
    }
    if global.json {
        output::json(&json!({
            role.as_str(): key.vkey().to_string(),
            "logs": logs.iter().map(|(origin, vkey, size, time)| json!({
                "origin": origin, "vkey": vkey, "size": size, "cosigned": time.map(|t| t.to_string()),
            })).collect::<Vec<_>>(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    output::say(format_args!("{} {}", role.as_str(), key.vkey()))?;
    let mut table = output::table(&["log", "entries", "cosigned"]);
    for (origin, _, size, time) in logs {
        table.add_row([
            origin,
            size.map_or("-".to_owned(), |size| size.to_string()),
            time.map_or("never".to_owned(), |time| time.to_string()),
        ]);
    }
    output::show(table)?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(global: &Global, dir: CosignerDir, listen: SocketAddr) -> Result<ExitCode, Failure> {
    let stop = stopped()?;
    log_to_stderr(global);
    let key = dir.read_key(Role::Witness, &output::passphrase(global)?)?;
    let known = dir.logs()?.len();
    let (listener, bound) = http::listen(listen).await?;
    let witness = Arc::new(Witness::new(key, dir));
    announce(global, witness.vkey(), bound, known)?;
    http::serve(listener, witness, stop).await?;
    Ok(ExitCode::SUCCESS)
}

/// The first line a service prints: where it listens, also where port 0 was asked for.
pub fn announce(
    global: &Global,
    key: impl std::fmt::Display,
    bound: SocketAddr,
    logs: usize,
) -> Result<(), Failure> {
    if global.json {
        return output::say(
            json!({"listening": format!("http://{bound}"), "key": key.to_string(), "logs": logs}),
        );
    }
    output::say(format_args!("Listening on http://{bound} as {key}"))?;
    output::say(format_args!(
        "Knows {}; stop with Ctrl-C",
        output::count(logs as u64, "log")
    ))
}

/// Events of a service go to standard error, one line each; CARNET_LOG says how much (such as `debug`).
pub fn log_to_stderr(global: &Global) {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("CARNET_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // An error means that somebody has set up logging already.
    let _ = if global.json {
        builder.json().try_init()
    } else {
        builder.with_ansi(false).with_target(false).try_init()
    };
}
