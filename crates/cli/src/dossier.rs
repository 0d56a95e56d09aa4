//! `carnet dossier`.

use std::path::PathBuf;
use std::process::ExitCode;

use desk::export::Disclose;
use serde_json::json;

use crate::args::{Dossier, Global};
use crate::failure::Failure;
use crate::{clock, output, show};

pub async fn run(global: &Global, options: &Dossier) -> Result<ExitCode, Failure> {
    let since = std::time::Instant::now();
    let vehicle = desk::check::parse_vehicle(&options.vehicle)?;
    let disclose = match (options.hide_personal, options.show.is_empty()) {
        (true, _) => Disclose::Nothing,
        (false, true) => Disclose::All,
        (false, false) => Disclose::Only(options.show.clone()),
    };
    let desk = output::open(global).await?;
    let bytes = desk.dossier(&vehicle, &disclose).await?;
    let waiting = desk.waiting_about(&vehicle).await?;
    // What we hand out is what we would accept: the same check a stranger runs, before the file exists.
    let now = clock::unsigned(clock::now());
    let report = dossier::verify(&bytes, &desk.trust(u64::MAX), Some(&vehicle), now)
        .map_err(|refusal| Failure::Value(format!("our own dossier does not verify: {refusal}")))?;
    desk.close().await?;
    let name = vehicle.to_string().replace(':', "-");
    let path = options
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{name}.carnet")));
    desk::data_dir::write(&path, &bytes, 0o644)?;
    let hidden: usize = report.statements.iter().map(|s| s.hidden).sum();
    if global.json {
        output::json(&json!({
            "file": path,
            "bytes": bytes.len(),
            "vehicle": vehicle,
            "statements": report.statements.len(),
            "erased": report.erased.len(),
            "hidden_fields": hidden,
            "waiting": waiting,
            "complete_as_of": report.as_of.to_string(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let what = if report.is_absent() {
        "proves that the log knows nothing of this car".to_owned()
    } else {
        let statements = output::count(report.statements.len() as u64, "statement");
        let fields = output::count(hidden as u64, "personal field");
        format!("{statements}, {} erased, {fields} withheld", report.erased.len())
    };
    output::say(format_args!(
        "Wrote {} ({} bytes, {})",
        path.display(),
        bytes.len(),
        clock::took(since)
    ))?;
    output::say(format_args!("  {what}"))?;
    if let Some(waiting) = show::not_sealed(waiting) {
        output::say(format_args!("  {waiting}"))?;
    }
    output::say(format_args!(
        "  complete as of {}; cosigned anew by `carnet seal`",
        report.as_of
    ))?;
    output::say(format_args!(
        "Check it anywhere: carnet verify {} {}",
        desk::shell::path(&path),
        output::trusting(&global.data_dir())
    ))?;
    Ok(ExitCode::SUCCESS)
}
