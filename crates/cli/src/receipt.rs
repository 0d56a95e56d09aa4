//! `carnet receipt`.

use std::process::ExitCode;

use serde_json::json;
use statement::Digest;

use crate::args::{Global, Receipt};
use crate::failure::Failure;
use crate::output;

pub async fn run(global: &Global, options: &Receipt) -> Result<ExitCode, Failure> {
    let digest: Digest = options.statement.parse().map_err(|e| {
        Failure::Value(format!(
            "statement {:?}: {e}; `carnet history --json` tells the digests",
            options.statement
        ))
    })?;
    let desk = output::open(global).await?;
    let receipt = desk.receipt(&digest).await?;
    desk.close().await?;
    let text = String::from_utf8_lossy(&receipt.proof);
    if let Some(path) = &options.out {
        desk::data_dir::write(path, &receipt.proof, 0o644)?;
    }
    if let Some(path) = &options.signed {
        desk::data_dir::write(path, format!("{}\n", receipt.statement).as_bytes(), 0o600)?;
    }
    match (global.json, &options.out) {
        (true, _) => output::json(&json!({
            "statement": digest,
            "vehicle": receipt.vehicle,
            "log_index": receipt.log_index,
            "tlog_proof": text,
        }))?,
        (false, Some(path)) => {
            output::say(format_args!(
                "Wrote {}: the statement is entry {} of the log, about {}",
                path.display(),
                receipt.log_index,
                receipt.vehicle
            ))?;
            let signed = options
                .signed
                .as_ref()
                .map_or("SIGNED.sdjwt".into(), |path| desk::shell::path(path));
            output::say(format_args!(
                "Check it anywhere: carnet verify {} --statement {signed} {}",
                desk::shell::path(path),
                output::trusting(&global.data_dir())
            ))?;
        }
        (false, None) => output::say(text.trim_end())?,
    }
    Ok(ExitCode::SUCCESS)
}
