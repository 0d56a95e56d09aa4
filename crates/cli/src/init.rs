//! `carnet init`.

use std::process::ExitCode;

use desk::{Desk, InitOptions};
use serde_json::json;

use crate::args::{Global, Init};
use crate::failure::Failure;
use crate::output;

pub async fn run(global: &Global, options: &Init) -> Result<ExitCode, Failure> {
    let mut passphrase = output::passphrase(global)?;
    if options.protect_keys && passphrase.is_none() {
        let first = output::ask("New passphrase: ")?;
        let second = output::ask("Again: ")?;
        if first != second || first.is_empty() {
            return Err(Failure::Value(
                "the passphrases differ or are empty; nothing was set up".to_owned(),
            ));
        }
        passphrase = Some(first);
    } else if !options.protect_keys {
        passphrase = None;
    }
    let desk = Desk::init(
        global.data_dir(),
        InitOptions {
            origin: options.origin.clone(),
            passphrase,
        },
    )
    .await?;
    let dir = desk.dir().clone();
    desk.close().await?;
    if global.json {
        output::json(&json!({
            "origin": options.origin,
            "data": dir.root(),
            "policy": dir.policy(),
            "vrf_key": dir.vrf(),
        }))?;
    } else {
        output::say(format_args!(
            "Set up the log {} in {}",
            options.origin,
            dir.root().display()
        ))?;
        output::say(format_args!(
            "  for verifiers:    {} and {}",
            dir.policy().display(),
            dir.vrf().display()
        ))?;
        output::say(format_args!("  for web servers:  {}", dir.objects_shown()))?;
        output::say(format_args!("  keep secret:      {}/keys", dir.root().display()))?;
        output::say("Next: carnet issuer enrol, carnet record, carnet seal (each with --help)")?;
    }
    Ok(ExitCode::SUCCESS)
}
