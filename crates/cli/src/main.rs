//! `carnet`: the command line. It reads arguments, calls the desk, prints what came back, and knows no rule of its own.
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::panic))]

use std::process::ExitCode;

use clap::builder::Resettable;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};

mod account;
mod args;
mod audit;
mod battery_assess;
mod battery_inspect;
mod battery_reading;
mod battery_recompute;
mod battery_validate;
mod certify;
mod clock;
mod demo;
mod demo_battery;
mod dossier;
mod erase;
mod failure;
mod init;
mod issuer;
mod log;
mod log_witness;
mod moving;
mod output;
mod quote;
mod receipt;
mod record;
mod rules;
mod seal;
mod serve;
mod share;
mod show;
mod token;
mod trail;
mod truth;
mod verify;
mod witness;
mod yard;

use args::{Args, BatteryCommand, Command, IssuerCommand, LogCommand};
use failure::Failure;

fn main() -> ExitCode {
    let args = Args::try_parse().unwrap_or_else(|error| refused(&error));
    let json = args.global.json;
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("carnet: {error}");
            return ExitCode::from(1);
        }
    };
    match runtime.block_on(run(args)) {
        Ok(code) => code,
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("carnet: {}", desk::legible(&failure.to_string()));
            if json && let Err(error) = output::json(&failure.to_json()) {
                eprintln!("carnet: {error}");
            }
            ExitCode::from(1)
        }
    }
}

/// Ends with what is wrong with the command line. A place that the environment names counts for clap as an argument given, and an
/// argument given turns the help for whoever names no command into an error; so this is asked once more without the environment.
fn refused(error: &clap::Error) -> ! {
    if error.kind() == ErrorKind::MissingSubcommand
        && let Err(error) = Args::command()
            .mut_args(|argument| argument.env(Resettable::Reset))
            .try_get_matches()
    {
        error.exit()
    }
    error.exit()
}

async fn run(args: Args) -> Result<ExitCode, Failure> {
    let Args { command, global } = args;
    match command {
        Command::Init(options) => init::run(&global, &options).await,
        Command::Issuer {
            command: IssuerCommand::New(options),
        } => issuer::new(&global, &options).await,
        Command::Issuer {
            command: IssuerCommand::Enrol(options),
        } => issuer::enrol(&global, &options).await,
        Command::Issuer {
            command: IssuerCommand::Revoke(options),
        } => issuer::revoke(&global, &options).await,
        Command::Issuer {
            command: IssuerCommand::List,
        } => issuer::list(&global).await,
        Command::Record(options) => record::run(&global, &options).await,
        Command::Seal => seal::run(&global).await,
        Command::Receipt(options) => receipt::run(&global, &options).await,
        Command::History(options) => show::run(&global, &options).await,
        Command::Dossier(options) => dossier::run(&global, &options).await,
        Command::Verify(options) => verify::run(&global, &options),
        Command::Quote(options) => quote::run(&global, &options).await,
        Command::Rules { command } => rules::run(&global, &command).await,
        Command::Log {
            command: LogCommand::Status,
        } => log::status(&global).await,
        Command::Log {
            command: LogCommand::Fsck,
        } => log::fsck(&global).await,
        Command::Log {
            command: LogCommand::Refresh,
        } => log_witness::refresh(&global).await,
        Command::Log {
            command: LogCommand::Witness { command },
        } => log_witness::run(&global, &command).await,
        Command::Witness(options) => witness::run(&global, &options).await,
        Command::Audit(options) => audit::run(&global, &options).await,
        Command::Certify { command } => certify::run(&global, command).await,
        Command::Battery {
            command: BatteryCommand::Inspect(options),
        } => battery_inspect::run(&global, &options),
        Command::Battery {
            command: BatteryCommand::Assess(options),
        } => battery_assess::run(&global, &options),
        Command::Battery {
            command: BatteryCommand::Validate(options),
        } => battery_validate::run(&global, &options),
        Command::Battery {
            command: BatteryCommand::Recompute(options),
        } => battery_recompute::run(&global, &options),
        Command::Erase(options) => erase::run(&global, &options).await,
        Command::Move(options) => moving::run(&global, &options).await,
        Command::Account { command } => account::run(&global, command).await,
        Command::Token { command } => token::run(&global, command).await,
        Command::Yard { command } => yard::run(&global, command).await,
        Command::Share { command } => share::run(&global, command).await,
        Command::Trail(options) => trail::run(&global, &options).await,
        Command::Serve(options) => serve::run(&global, &options).await,
        Command::Demo => demo::run(&global).await,
    }
}
