//! `carnet log witness …` and `carnet log refresh`: the cosigners this log asks.

use std::process::ExitCode;

use desk::data_dir::DataDir;
use desk::witnesses;
use serde_json::json;

use crate::args::{Global, LogWitnessCommand};
use crate::failure::Failure;
use crate::{clock, output};

pub async fn refresh(global: &Global) -> Result<ExitCode, Failure> {
    let desk = output::open(global).await?;
    let done = desk.refresh().await;
    desk.close().await?;
    let done = done?;
    if global.json {
        output::json(&json!({
            "size": done.size,
            "complete_as_of": done.as_of.and_then(time).map(|t| t.to_string()),
            "renewed": done.renewed,
            "missing_cosigners": done.missing_cosigners,
        }))?;
    } else {
        output::say(freshness(done.size, done.as_of, done.renewed))?;
        for missing in &done.missing_cosigners {
            output::say(format_args!("  without {missing}"))?;
        }
    }
    Ok(clock::code(done.renewed || done.as_of.is_none()))
}

/// How fresh dossiers are after the checkpoint of `size` entries was to be cosigned anew.
pub fn freshness(size: u64, as_of: Option<u64>, renewed: bool) -> String {
    match as_of.and_then(time) {
        Some(as_of) if renewed => format!(
            "The checkpoint of {size} entries was cosigned anew: dossiers made now are complete as of {as_of}"
        ),
        Some(as_of) => {
            format!("The quorum did not answer: dossiers made now are complete as of {as_of}, as before")
        }
        None => "The policy asks for no cosignature: nothing says how fresh a dossier is".to_owned(),
    }
}

pub async fn run(global: &Global, command: &LogWitnessCommand) -> Result<ExitCode, Failure> {
    let dir = DataDir::new(&global.data);
    match command {
        LogWitnessCommand::Add(options) => {
            let desk = output::open(global).await?;
            let name = options.name.as_deref();
            let added = desk
                .add_witness(&options.url, &options.vkey, name, clock::now())
                .await;
            desk.close().await?;
            let added = added?;
            if global.json {
                output::json(
                    &json!({"name": added.name.to_string(), "vkey": added.vkey.to_string(), "url": added.url}),
                )?;
            } else {
                output::say(format_args!(
                    "The log asks {} from now on; see whether it answers with `carnet log refresh`.",
                    added.name
                ))?;
                output::say(format_args!(
                    "To need it, put this line into {} and its name into a group there, and hand the file out again:\n  \
                     witness {} {}",
                    dir.policy().display(),
                    added.name,
                    added.vkey
                ))?;
            }
        }
        LogWitnessCommand::Remove { name } => {
            let desk = output::inspect_asking_nobody(global).await?;
            let removed = desk.remove_witness(name, clock::now()).await;
            desk.close().await?;
            removed?;
            if global.json {
                output::json(&json!({"removed": name}))?;
            } else {
                output::say(format_args!("The log does not ask {name} any more"))?;
            }
        }
        LogWitnessCommand::List => {
            let desk = output::open(global).await?;
            let all = desk.witnesses().await;
            desk.close().await?;
            show(global, &all?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn show(global: &Global, all: &[witnesses::Listed]) -> Result<(), Failure> {
    if global.json {
        return output::json(&json!(all.iter().map(as_json).collect::<Vec<_>>()));
    }
    let mut table = output::table(&[
        "witness",
        "asked at",
        "counts",
        "cosigned the published checkpoint",
    ]);
    for witness in all {
        table.add_row([
            witness.name.clone(),
            witness.url.clone().unwrap_or("on this machine".to_owned()),
            if witness.in_policy { "yes" } else { "no" }.to_owned(),
            cosigned(witness),
        ]);
    }
    output::show(table)
}

/// One witness for programs.
pub fn as_json(witness: &witnesses::Listed) -> serde_json::Value {
    json!({
        "name": witness.name,
        "vkey": witness.vkey.to_string(),
        "url": witness.url,
        "in_policy": witness.in_policy,
        "cosigned": witness.cosigned.and_then(time).map(|t| t.to_string()),
    })
}

/// When it did, for people.
pub fn cosigned(witness: &witnesses::Listed) -> String {
    let time = witness.cosigned.and_then(time);
    time.map_or("NOT COSIGNED".to_owned(), |time| time.to_string())
}

/// POSIX seconds as people read them.
pub fn time(seconds: u64) -> Option<jiff::Timestamp> {
    let seconds = i64::try_from(seconds).ok()?;
    jiff::Timestamp::from_second(seconds).ok()
}
