//! `carnet battery assess`, and what the other commands that assess share: the description of a battery, and the run itself.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use battery::Class;
use battery::assessment::{Anchor, Assessment, CheckResult, Estimate, Group, Session};
use desk::assessing::{self, Description, HOW_TO_DESCRIBE, Question};

use crate::args::{BatteryAssess, Global, Reading, SecondMeter};
use crate::failure::Failure;
use crate::{battery_reading, clock, output};

/// Reads a description.
pub fn described(path: &Path) -> Result<Description, Failure> {
    let wrong = |problem: String| Failure::Value(format!("{}: {problem}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| wrong(format!("{e}; {HOW_TO_DESCRIBE}")))?;
    Description::parse(&text).map_err(|e| wrong(e.to_string()))
}

/// The description beside the first log, if there is one: `car.csv` has `car.battery.toml`.
pub fn beside(files: &[PathBuf]) -> Option<PathBuf> {
    let beside = files.first()?.with_extension("battery.toml");
    beside.is_file().then_some(beside)
}

/// Reads the description named, or the one beside the first log: `car.csv` has `car.battery.toml`.
pub fn description_of(named: Option<&Path>, files: &[PathBuf]) -> Result<Description, Failure> {
    if let Some(path) = named {
        return described(path);
    }
    if let Some(beside) = beside(files) {
        return described(&beside);
    }
    let first = files.first().map_or(Path::new(""), PathBuf::as_path);
    // Of a log that is not there nobody can say what battery it is of.
    std::fs::metadata(first).map_err(desk::DeskError::file(first))?;
    let beside = first.with_extension("battery.toml");
    Err(Failure::Value(format!(
        "what battery is it? Describe it in {} or name a file with --battery; {HOW_TO_DESCRIBE}",
        beside.display()
    )))
}

pub fn run(global: &Global, options: &BatteryAssess) -> Result<ExitCode, Failure> {
    let description = description_of(options.battery.as_deref(), &options.files)?;
    let class = class(&options.class);
    let assessment = assess(
        &options.files,
        &options.reading,
        &options.meter,
        &description,
        class,
    )?;
    if let Some(path) = &options.out {
        std::fs::write(path, serde_json::to_vec(&assessment)?)
            .map_err(|e| Failure::Value(format!("{}: {e}", path.display())))?;
    }
    if global.json {
        output::json(&serde_json::to_value(&assessment)?)?;
    } else {
        print(&assessment)?;
        if let Some(path) = &options.out {
            output::say("")?;
            output::say(format_args!(
                "Written to {}; `carnet battery recompute` makes the same bytes from the same files",
                path.display()
            ))?;
        }
    }
    Ok(clock::code(assessment.refusals.is_empty()))
}

/// A class by its word on the command line.
pub fn class(word: &str) -> Class {
    assessing::class(word).unwrap_or(Class::Field)
}

/// Reads logs and assesses them, with a progress bar.
pub fn assess(
    files: &[PathBuf],
    reading: &Reading,
    second: &SecondMeter,
    description: &Description,
    class: Class,
) -> Result<Assessment, Failure> {
    assessing::each_log_once(files)?;
    let (reading, meter) = (battery_reading::words(reading), battery_reading::meter(second));
    battery_reading::watched(|progress| {
        let question = Question {
            files,
            answers: reading.answers(),
            reading: &reading,
            meter: meter.as_ref(),
            description,
            class,
            most_rows: None,
        };
        Ok(assessing::assess(question, progress)?)
    })
}

fn print(assessment: &Assessment) -> Result<(), Failure> {
    verdict(assessment)?;
    sessions(&assessment.sessions)?;
    if let Some(capacity) = &assessment.capacity {
        budget(capacity)?;
    }
    checks(assessment)?;
    transport(assessment)?;
    if !assessment.notices.is_empty() {
        output::say("\nTo know")?;
        for notice in &assessment.notices {
            output::say(format_args!("  {}", notice.text))?;
        }
    }
    Ok(())
}

fn verdict(assessment: &Assessment) -> Result<(), Failure> {
    match assessment.soh() {
        Some(soh) => {
            output::say(format_args!(
                "SoH (capacity, Carnet method): {} %, 95 % interval {} to {} %",
                soh.percent, soh.lower95, soh.upper95
            ))?;
            output::say(format_args!("  of {}", soh.reference))?;
        }
        None => {
            output::say("REFUSED: no state of health is issued")?;
            for refusal in &assessment.refusals {
                output::say(format_args!("  {}: {}", refusal.code.name(), refusal.text))?;
                output::say(format_args!("    {}", refusal.fix))?;
            }
        }
    }
    if let Some(capacity) = &assessment.capacity {
        output::say(format_args!(
            "  capacity {} ± {} Ah; {}",
            capacity.amount,
            capacity.half_width95,
            of_sessions(assessment)
        ))?;
    }
    if let Some(energy) = &assessment.energy {
        let share = energy.soh.as_ref().map_or(String::new(), |soh| {
            format!(", {} % of {}", soh.percent, soh.reference)
        });
        output::say(format_args!(
            "  energy {} ± {} kWh{share}",
            energy.amount, energy.half_width95
        ))?;
    }
    let class = match assessment.class {
        Class::Field => "Field",
        Class::Guided => "Guided",
    };
    output::say(format_args!(
        "  class {class}, method {}, {} rows of {}",
        assessment.method,
        assessment.evidence.rows,
        output::count(assessment.evidence.sources.len() as u64, "file")
    ))
}

fn of_sessions(assessment: &Assessment) -> String {
    let found = &assessment.diagnostics;
    let mut text = format!("{} anchored and {} echo sessions", found.n_anchored, found.n_echo);
    if found.bms_counts_coulombs {
        text.push_str("; the BMS counts coulombs, so echo sessions say nothing");
    }
    text
}

fn sessions(sessions: &[Session]) -> Result<(), Failure> {
    if sessions.is_empty() {
        return Ok(());
    }
    output::say("\nSessions")?;
    let mut table = output::table(&["", "start", "SoC %", "Ah", "°C", "Ah at 100 %", "weight %", ""]);
    for session in sessions {
        let start = match session.start_s {
            Some(start) => clock::day(start)?.to_string(),
            None => session
                .logger_id
                .map_or_else(String::new, |id| format!("session {id}")),
        };
        let anchor = |anchor: Anchor| match anchor {
            Anchor::Bms => "",
            Anchor::Full => " full",
            Anchor::Ocv => " rested",
        };
        let [first, last] = session.anchors;
        let why = match session.group {
            Some(Group::Anchored) => "anchored".to_owned(),
            Some(Group::Echo) => "echo".to_owned(),
            None => {
                let reasons: Vec<&str> = session.excluded.iter().map(|e| e.text.as_str()).collect();
                format!("left out: {}", reasons.join("; "))
            }
        };
        table.add_row([
            session.number.to_string(),
            start,
            session.soc_range([anchor(first), anchor(last)]),
            session.charge_ah.to_string(),
            session.temperature_c.map_or_else(String::new, |t| t.to_string()),
            session.capacity_ah.map_or_else(String::new, |c| c.to_string()),
            session.weight_pct.to_string(),
            why,
        ]);
    }
    output::show(table)
}

fn budget(capacity: &Estimate) -> Result<(), Failure> {
    output::say("\nUncertainty (standard, percentage points)")?;
    let mut table = output::table(&[]);
    for term in &capacity.budget {
        table.add_row([term.u_pp.to_string(), term.text.clone(), term.source.clone()]);
    }
    output::show(table)
}

fn checks(assessment: &Assessment) -> Result<(), Failure> {
    output::say("\nChecks")?;
    let mut table = output::table(&["", "", "found", "limit", "set by", "what to do"]);
    for check in &assessment.checks {
        let result = match check.result {
            CheckResult::Pass => "pass",
            CheckResult::Info => "stated",
            CheckResult::NotMeasured => "not measured",
            CheckResult::Warn => "WATCH",
            CheckResult::Fail => "FAIL",
        };
        table.add_row([
            result,
            &check.name,
            check.value.as_deref().unwrap_or(""),
            &check.limit,
            &check.limit_source,
            &check.advice,
        ]);
    }
    output::show(table)
}

fn transport(assessment: &Assessment) -> Result<(), Failure> {
    let transport = &assessment.transport;
    let ready = match transport.ready {
        Some(true) => "ready",
        Some(false) => "NOT ready",
        None => "not known",
    };
    output::say(format_args!(
        "\nSea transport as {}: {ready}",
        transport.un_number
    ))?;
    output::say(format_args!(
        "  rule: {} ({} to {} %)",
        transport.rule.name, transport.rule.min_soc_pct, transport.rule.max_soc_pct
    ))?;
    for reason in &transport.reasons {
        output::say(format_args!("  {reason}"))?;
    }
    Ok(())
}
