//! `carnet history`, and how a verified history is printed.

use std::process::ExitCode;

use desk::certify::check::certificates;
use desk::lookup::{History, judge};
use dossier::{Report, VerifiedStatement};
use history::findings::{self, Level};
use serde_json::Value;

use crate::args::{self, Global};
use crate::failure::Failure;
use crate::{clock, output};

pub async fn run(global: &Global, options: &args::History) -> Result<ExitCode, Failure> {
    let vehicle = desk::check::parse_vehicle(&options.vehicle)?;
    let desk = output::open(global).await?;
    let now = clock::now();
    let history = desk
        .history(&vehicle, clock::unsigned(now), clock::day(now)?)
        .await?;
    let waiting = desk.waiting_about(&vehicle).await?;
    desk.close().await?;
    if global.json {
        let mut answer = history.to_json()?;
        answer["waiting"] = waiting.into();
        output::json(&answer)?;
    } else {
        print(&history, waiting)?;
        if options.digests {
            digests(&history)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The digest of each statement, in the order of the log.
fn digests(history: &History) -> Result<(), Failure> {
    output::say("\nDigests:")?;
    for statement in &history.report.statements {
        output::say(format_args!(
            "  entry {}  {}",
            statement.log_index, statement.digest
        ))?;
    }
    Ok(())
}

/// The history a report proves, with its findings.
pub fn of(report: Report, now: i64) -> Result<History, Failure> {
    Ok(History {
        findings: judge(&report, clock::day(now)?),
        report,
    })
}

/// What is said where statements about the car wait for sealing.
pub fn not_sealed(waiting: u64) -> Option<String> {
    match waiting {
        0 => None,
        1 => Some("1 statement about this car waits and is not in it; `carnet seal` seals it".to_owned()),
        _ => Some(format!(
            "{waiting} statements about this car wait and are not in it; `carnet seal` seals them"
        )),
    }
}

/// Prints a history beside which so many statements wait for sealing.
pub fn print(history: &History, waiting: u64) -> Result<(), Failure> {
    let report = &history.report;
    output::say(format_args!("{}", report.vehicle))?;
    let cosigners: Vec<&str> = report.cosigners.iter().map(|c| c.name.as_str()).collect();
    output::say(format_args!(
        "complete as of {}, log {} with {} entries, cosigned by {}",
        report.as_of,
        report.origin,
        report.size,
        cosigners.join(" and ")
    ))?;
    match (report.is_absent(), not_sealed(waiting)) {
        (true, Some(waiting)) => {
            output::say(format_args!(
                "\nNo statement about this car is sealed yet: {waiting}"
            ))?;
            return Ok(());
        }
        (true, None) => {
            output::say("\nThis log knows nothing of this car. That says nothing about the car.")?;
            return Ok(());
        }
        (false, Some(waiting)) => output::say(waiting)?,
        (false, None) => {}
    }
    output::say("")?;
    let mut statements: Vec<&VerifiedStatement> = report.statements.iter().collect();
    statements.sort_by_key(|s| (s.claims.event_time.instant(), s.log_index));
    let mut table = output::table(&["day", "what", "place", "odometer", "who", "entry"]);
    for statement in statements {
        table.add_row([
            statement.claims.event_time.local().date().to_string(),
            what(statement),
            statement
                .claims
                .place
                .as_ref()
                .map_or(String::new(), |p| p.as_str().to_owned()),
            odometer(statement),
            statement.issuer.name.clone(),
            statement.log_index.to_string(),
        ]);
    }
    if !report.statements.is_empty() {
        output::show(table)?;
    }
    for erased in &report.erased {
        output::say(format_args!(
            "entry {}: content erased by {} on {} ({}); a statement by {} existed",
            erased.log_index,
            erased.notice.asked_by,
            erased.notice.time,
            erased.notice.reason,
            erased.issuer.name
        ))?;
    }
    for certificate in certificates(report, report.as_of) {
        output::say(format_args!(
            "\nbattery certificate {} (entry {}): {} as of {} (entry {}), grade {}, valid until {} and {} km{}{}",
            certificate.certificate,
            certificate.log_index,
            certificate.standing.replace('_', " "),
            report.as_of,
            certificate.said_at,
            certificate.grade,
            certificate.valid_until,
            certificate.odometer_limit_km,
            match certificate.credential {
                Some("matches") => "; its credential is in the file",
                Some(_) => "; ITS CREDENTIAL IS NOT THE ONE THAT WAS ISSUED",
                None => "; its credential is withheld",
            },
            certificate
                .expired
                .map(|expired| format!("; {expired}"))
                .unwrap_or_default()
        ))?;
    }
    print_findings(&history.findings)
}

fn what(statement: &VerifiedStatement) -> String {
    let mut what = statement.claims.typ.label_en().to_owned();
    if !statement.superseded_by.is_empty() {
        let by: Vec<_> = statement.superseded_by.iter().map(ToString::to_string).collect();
        what.push_str(&format!(" (corrected by entry {})", by.join(", ")));
    }
    if !statement.contested_by.is_empty() {
        let by: Vec<_> = statement.contested_by.iter().map(ToString::to_string).collect();
        what.push_str(&format!(
            " (disputed by entry {}, whose issuer may not correct it)",
            by.join(", ")
        ));
    }
    if statement.hidden > 0 {
        what.push_str(&format!(
            " ({} withheld)",
            output::count(statement.hidden as u64, "field")
        ));
    }
    if statement.issuer.revoked_at.is_some() {
        what.push_str(" (key revoked since)");
    }
    what
}

fn odometer(statement: &VerifiedStatement) -> String {
    let Some(reading) = statement.claims.body.get("odometer") else {
        return String::new();
    };
    match (
        reading.get("value").and_then(Value::as_u64),
        reading.get("unit").and_then(Value::as_str),
    ) {
        (Some(value), Some(unit)) => format!("{value} {unit}"),
        _ => "not readable".to_owned(),
    }
}

fn print_findings(report: &findings::Report) -> Result<(), Failure> {
    output::say("")?;
    if report.findings.is_empty() && report.coverage.sources.is_empty() {
        output::say("Nothing to judge: no statement about this car can be read any more.")?;
        return Ok(());
    }
    if report.findings.is_empty() {
        output::say("No finding. What the sources below do not cover stays open.")?;
    }
    for finding in &report.findings {
        let level = match finding.level {
            Level::Stop => "STOP",
            Level::Warn => "WARN",
            Level::Ask => "ASK",
            Level::Note => "note",
        };
        let rests_on: Vec<_> = finding.rests_on.iter().map(ToString::to_string).collect();
        output::say(format_args!("{level:<5} {}", finding.title.english))?;
        output::say(format_args!("      {}", finding.explanation.english))?;
        output::say(format_args!("      rests on entries {}", rests_on.join(", ")))?;
        if !finding.tried.is_empty() {
            let tried = finding.tried.iter().map(|tried| {
                let explanation = tried.explanation.message().english;
                format!("{explanation} ({})", tried.outcome.message().english)
            });
            let tried: Vec<String> = tried.collect();
            output::say(format_args!(
                "      innocent explanations tried: {}",
                tried.join("; ")
            ))?;
        }
        for message in &finding.settles_it {
            output::say(format_args!("      would settle it: {}", message.english))?;
        }
        for message in &finding.not_covered {
            output::say(format_args!("      not covered: {}", message.english))?;
        }
    }
    if !report.coverage.erased.is_empty() {
        let erased = output::count(report.coverage.erased.len() as u64, "statement");
        output::say(format_args!(
            "\nNot judged: {erased} whose content was erased. What it said may have mattered."
        ))?;
    }
    output::say("\nCovered by:")?;
    for source in &report.coverage.sources {
        output::say(format_args!(
            "  {} ({}), {}, {} to {}; not covered: {}",
            source.role,
            source.issuers.join(", "),
            output::count(source.statements as u64, "statement"),
            source.first,
            source.last,
            source.not_covered.english
        ))?;
    }
    for silent in &report.coverage.silent {
        output::say(format_args!("  {}", silent.english))?;
    }
    Ok(())
}
