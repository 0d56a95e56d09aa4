//! `carnet battery inspect`: what was understood of charging logs, and what somebody has to say about them.

use std::path::PathBuf;
use std::process::ExitCode;

use battery::assessment::Anchor;
use desk::inspecting::trace::{Words, short};
use desk::inspecting::{GAP_S, Vehicle, inspect};
use jiff::Timestamp;
use serde_json::json;
use telemetry::FileReport;

use crate::args::{BatteryInspect, Global};
use crate::battery_assess::{beside, described};
use crate::failure::Failure;
use crate::{battery_reading, output};

/// Columns of the picture in the terminal.
const TERMINAL: usize = 64;

pub fn run(global: &Global, options: &BatteryInspect) -> Result<ExitCode, Failure> {
    let reading = battery_reading::options(&options.reading, false)?;
    let described = match &options.battery {
        Some(path) => Some(described(path)?),
        None => beside(&options.files).map(|path| described(&path)).transpose()?,
    };
    let found = battery_reading::watched(|progress| {
        Ok(inspect(&options.files, &reading, described.as_ref(), progress)?)
    })?;
    let blocked = found.asks();
    let pictures = match &options.picture {
        Some(path) => write_pictures(path, &found.vehicles)?,
        None => Vec::new(),
    };
    if global.json {
        output::json(&json!({ "files": found.files, "vehicles": found.vehicles, "pictures": pictures }))?;
    } else {
        for file in &found.files {
            print_file(file)?;
        }
        for vehicle in &found.vehicles {
            print_vehicle(vehicle)?;
        }
        for path in &pictures {
            output::say(format_args!("Picture: {}", path.display()))?;
        }
        if blocked {
            output::say("Nothing was read: answer what is asked above, and inspect again.")?;
        }
    }
    Ok(crate::clock::code(!blocked))
}

fn write_pictures(path: &std::path::Path, vehicles: &[Vehicle]) -> Result<Vec<PathBuf>, Failure> {
    let mut written = Vec::new();
    for (number, vehicle) in vehicles.iter().enumerate() {
        // One file per vehicle: log.svg, log-2.svg …
        let path = match number {
            0 => path.to_owned(),
            _ => {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                path.with_file_name(format!("{stem}-{}.svg", number + 1))
            }
        };
        std::fs::write(&path, vehicle.trace.svg(&vehicle.title(), &Words::default())).map_err(|e| {
            Failure::Value(format!(
                "{}: {e}; name a file in a folder that can be written",
                path.display()
            ))
        })?;
        written.push(path);
    }
    Ok(written)
}

fn print_file(file: &FileReport) -> Result<(), Failure> {
    let format = &file.format;
    let mut how = vec![format.container.to_uppercase()];
    if format.gzip {
        how.push("gzip".into());
    }
    if let Some(delimiter) = format.delimiter {
        how.push(match delimiter {
            '\t' => "tabs".into(),
            ';' => "semicolons".into(),
            ',' => "commas".into(),
            other => format!("{other:?} between fields"),
        });
    }
    if format.decimal_comma {
        how.push("decimal comma".into());
    }
    if let Some(encoding) = &format.encoding {
        how.push(encoding.clone());
    }
    if format.header_line > 1 {
        how.push(format!("header in line {}", format.header_line));
    }
    output::say(format_args!(
        "{} ({}), {} bytes: {}",
        file.path.display(),
        how.join(", "),
        file.bytes,
        file.mapping_title
    ))?;
    let mut table = output::table(&["column", "is", "unit", "said by"]);
    for column in &file.columns {
        let by = if column.unit.is_empty() {
            ""
        } else {
            column.unit_by.name()
        };
        table.add_row([column.header.as_str(), &column.is, &column.unit, by]);
    }
    output::show(table)?;
    for said in &file.statements {
        output::say(format_args!(
            "  {}: {} (by {})",
            said.about,
            said.text,
            said.by.name()
        ))?;
    }
    if !file.left_out.is_empty() {
        output::say(format_args!("  known and not needed: {}", listed(&file.left_out)))?;
    }
    if !file.unknown.is_empty() {
        output::say(format_args!("  not known: {}", listed(&file.unknown)))?;
    }
    for question in &file.questions {
        let must = if question.blocks { "ASKED" } else { "asked" };
        output::say(format_args!("  {must}: {} Give {}", question.text, question.flag))?;
    }
    output::say("")
}

/// Names, shortened where there are many.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 12;
    let mut text = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

fn print_vehicle(vehicle: &Vehicle) -> Result<(), Failure> {
    let name = vehicle.vehicle.as_deref().unwrap_or("Vehicle not named");
    let period = match (&vehicle.first, &vehicle.last) {
        (Some(first), Some(last)) => format!(", {first} to {last}"),
        _ => ", no dates".to_owned(),
    };
    output::say(format_args!(
        "{name}: {}{period}, {} h logged",
        output::count(vehicle.rows, "row"),
        short(vehicle.logged_hours)
    ))?;
    if let Some(seconds) = vehicle.sampling_s {
        let gaps = match vehicle.gaps {
            0 => "no gap".to_owned(),
            n => format!(
                "{}, the longest {} min",
                output::count(n, "gap"),
                short(vehicle.longest_gap_s / 60.0)
            ),
        };
        output::say(format_args!(
            "  a row every {} seconds, {gaps} above {GAP_S} seconds within a session",
            short(seconds)
        ))?;
    }
    for correction in &vehicle.corrections {
        output::say(format_args!("  noted: {correction}"))?;
    }
    let mut table = output::table(&["  channel", "from", "to", "unit", "missing"]);
    for seen in &vehicle.channels {
        let factor = if seen.unit == "fraction" { 100.0 } else { 1.0 };
        let unit = if seen.unit == "fraction" { "%" } else { seen.unit };
        table.add_row([
            format!("  {}", seen.channel),
            short_or_exact(seen.from * factor, unit),
            short_or_exact(seen.to * factor, unit),
            unit.to_owned(),
            match seen.missing_rows {
                0 => String::new(),
                n => output::count(n, "row"),
            },
        ]);
    }
    output::show(table)?;
    for line in vehicle.trace.lines(TERMINAL) {
        output::say(format_args!("  {line}"))?;
    }
    output::say(format_args!(
        "  Sessions, looked for as {} in series of {} ({}):",
        vehicle.supposed.chemistry.name(),
        vehicle.supposed.cells_in_series,
        vehicle.supposed.by
    ))?;
    let mut table = output::table(&[
        "  #", "start", "hours", "SOC %", "from", "to", "Ah", "°C", "left out",
    ]);
    let has_soc = vehicle.channels.iter().any(|seen| seen.channel == "soc");
    for session in &vehicle.sessions {
        let anchor = |anchor: Anchor| match anchor {
            Anchor::Bms if !has_soc => "–",
            Anchor::Bms => "BMS",
            Anchor::Full => "full",
            Anchor::Ocv => "rested cells",
        };
        table.add_row([
            format!("  {}", session.number),
            session
                .start_s
                .and_then(|s| Timestamp::from_second(s).ok())
                .map_or_else(|| "-".to_owned(), |time| time.to_string()),
            short(session.duration_s.value() / 3600.0),
            session.soc_range(["", ""]),
            anchor(session.anchors[0]).to_owned(),
            anchor(session.anchors[1]).to_owned(),
            session.charge_ah.to_string(),
            session
                .temperature_c
                .as_ref()
                .map_or_else(|| "-".to_owned(), ToString::to_string),
            session
                .excluded
                .first()
                .map_or_else(String::new, |exclusion| exclusion.text.clone()),
        ]);
    }
    if vehicle.sessions.is_empty() {
        output::say("  none")?;
    } else {
        output::show(table)?;
    }
    for missing in &vehicle.missing {
        output::say(format_args!("  missing: {missing}"))?;
    }
    output::say("")
}

/// Cell voltages need their millivolts.
fn short_or_exact(value: f64, unit: &str) -> String {
    if unit == "V" && value.abs() < 10.0 {
        format!("{value:.3}")
    } else {
        short(value)
    }
}
