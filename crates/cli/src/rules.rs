//! `carnet rules`: the packs behind the quotes.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use border::{Outcome, Severity, StepKind};
use clap::{Args, Subcommand};
use desk::rules::{self, Rulebook};
use desk::words::{Language, Words};
use jiff::civil::Date;
use serde_json::json;

use crate::args::Global;
use crate::failure::Failure;
use crate::quote::About;
use crate::{clock, output, quote};

#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Check packs: schema, bands, dates, sources, units, examples.
    #[command(after_help = "\
Errors refuse a pack; warnings do not. Each names file and line.

Examples:
  carnet rules check                 the packs in the program
  carnet rules check --rules rules   those of a folder")]
    Check(Folder),
    /// Show the rules of a country on a day.
    #[command(after_help = "Example:\n  carnet rules show JO --on 2026-02-01")]
    Show(Show),
    /// What differs between two days, in words.
    #[command(after_help = "Example:\n  carnet rules diff --from 2025-11-30 --to 2026-01-01 RU KZ")]
    Diff(Diff),
    /// Changes of the law since a day, as a list, JSON or an Atom feed.
    #[command(after_help = "Example:\n  carnet rules changes --since 2025-06-01 --atom > changes.xml")]
    Changes(Changes),
    /// Explain a quote: each check and line with its rule, act, source and formula.
    #[command(after_help = "\
Takes what `carnet quote` takes.

Example:
  carnet rules explain --to JO --fact fuel=hybrid --price '15000 USD' --freight '1200 USD' --insurance '80 USD' \\
      --rates my-rates.csv --arrive 2026-03-10")]
    Explain(Box<About>),
    /// Begin a pack for a country: the program's own to correct, or a skeleton.
    #[command(after_help = "\
Examples:
  carnet rules new MX --rules my-rules     a skeleton, since the program knows nothing of Mexico
  carnet rules new JO --rules my-rules     the program's pack of Jordan, to be corrected")]
    New(New),
    /// What the packs know, dispute and miss, as Markdown.
    #[command(after_help = "Example:\n  carnet rules coverage > docs/rules-coverage.md")]
    Coverage(Folder),
}

#[derive(Debug, Args)]
pub struct Folder {
    /// A folder of rule packs instead of those in the program.
    #[arg(long, env = "CARNET_RULES", value_name = "DIR")]
    pub rules: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Show {
    /// The country, as JO.
    #[arg(value_name = "COUNTRY")]
    pub country: String,
    /// The day; today if not given.
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    #[command(flatten)]
    pub folder: Folder,
}

#[derive(Debug, Args)]
pub struct Diff {
    /// The earlier day.
    #[arg(long, value_name = "DATE")]
    pub from: String,
    /// The later day.
    #[arg(long, value_name = "DATE")]
    pub to: String,
    /// Countries; all if none is named.
    #[arg(value_name = "COUNTRY")]
    pub countries: Vec<String>,
    #[command(flatten)]
    pub folder: Folder,
}

#[derive(Debug, Args)]
pub struct Changes {
    /// Changes after this day, those to come included.
    #[arg(long, value_name = "DATE")]
    pub since: String,
    /// Write an Atom feed.
    #[arg(long, conflicts_with = "json")]
    pub atom: bool,
    #[command(flatten)]
    pub folder: Folder,
}

#[derive(Debug, Args)]
pub struct New {
    /// The country, as MX.
    #[arg(value_name = "COUNTRY")]
    pub country: String,
    /// The folder of packs to put it in.
    #[arg(long, env = "CARNET_RULES", default_value = "rules", value_name = "DIR")]
    pub rules: PathBuf,
}

/// Opens the rules, and says on standard error what was refused.
pub fn open(folder: Option<&Path>) -> Result<Rulebook, Failure> {
    let book = rules::open(folder)?;
    for problem in book
        .problems
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
    {
        eprintln!("carnet: {problem}");
    }
    for pack in &book.refused {
        let place = folder.map_or_else(String::new, |folder| folder.join(pack).display().to_string());
        eprintln!("carnet: {place} is refused; the pack in the program stays, if there is one");
    }
    Ok(book)
}

fn day(flag: &str, text: &str) -> Result<Date, Failure> {
    text.parse()
        .map_err(|_| Failure::Value(format!("{flag} {text:?}: no day; write it as 2026-02-01")))
}

pub async fn run(global: &Global, command: &RulesCommand) -> Result<ExitCode, Failure> {
    match command {
        RulesCommand::Check(folder) => check(global, folder),
        RulesCommand::Show(options) => show(global, options),
        RulesCommand::Diff(options) => diff(global, options),
        RulesCommand::Changes(options) => changes(global, options),
        RulesCommand::Explain(about) => explain(global, about).await,
        RulesCommand::New(options) => new(global, options),
        RulesCommand::Coverage(folder) => {
            let book = open(folder.rules.as_deref())?;
            if global.json {
                output::json(&serde_json::to_value(rules::coverages(&book.set))?)?;
            } else {
                output::say(rules::coverage(&book.set).trim_end())?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(global: &Global, folder: &Folder) -> Result<ExitCode, Failure> {
    let checked = rules::check(folder.rules.as_deref(), clock::day(clock::now())?)?;
    if global.json {
        output::json(&serde_json::to_value(&checked)?)?;
    } else {
        for problem in &checked.problems {
            output::say(problem)?;
        }
        let number = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        output::say(format_args!(
            "{}, {}, {}: {}, {}",
            output::count(number(checked.packs.len()), "folder"),
            output::count(number(checked.rules), "rule"),
            output::count(number(checked.examples), "example"),
            output::count(number(checked.errors()), "error"),
            output::count(number(checked.problems.len() - checked.errors()), "warning"),
        ))?;
    }
    Ok(clock::code(checked.errors() == 0))
}

fn show(global: &Global, options: &Show) -> Result<ExitCode, Failure> {
    let book = open(options.folder.rules.as_deref())?;
    let on = match &options.on {
        Some(text) => day("--on", text)?,
        None => clock::day(clock::now())?,
    };
    let country = options.country.to_ascii_uppercase();
    let Some(pack) = book.set.pack(&country) else {
        let known: Vec<&str> = book.set.packs().map(|pack| pack.country.as_str()).collect();
        return Err(Failure::Value(format!(
            "{country}: there is no pack; there are {}",
            known.join(", ")
        )));
    };
    let shown = rules::show(pack, on);
    if global.json {
        output::json(&serde_json::to_value(&shown)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    output::say(format_args!(
        "{} {} on {on} (research of {})\n{}",
        shown.country, shown.name, shown.as_of, shown.headline
    ))?;
    output::say("\nChecks")?;
    for check in &shown.checks {
        let when = if check.when.is_empty() {
            String::new()
        } else {
            format!(" (when {})", check.when)
        };
        output::say(format_args!(
            "  {}: {}{when}{}",
            word(check.effect)?,
            check.reason,
            origin(check.law, check.perhaps)
        ))?;
        sources(&check.law.sources)?;
    }
    output::say("\nCalculation")?;
    for step in shown.steps.iter().filter(|step| step.kind != StepKind::Condition) {
        let base = step.base.map_or(String::new(), |base| format!("; base {base}"));
        output::say(format_args!(
            "  {} [{}]: {}{base}",
            step.title, step.name, step.formula
        ))?;
        for rule in &step.rules {
            let when = if rule.when.is_empty() {
                String::new()
            } else {
                format!(" (when {})", rule.when)
            };
            output::say(format_args!(
                "    {}{when}{}",
                rule.law.id,
                origin(rule.law, rule.perhaps)
            ))?;
            for row in &rule.rows {
                output::say(format_args!("      {row}"))?;
            }
            sources(&rule.law.sources)?;
        }
    }
    if !shown.gaps.is_empty() {
        output::say("\nNot known")?;
        for gap in shown.gaps {
            output::say(format_args!("  {gap}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The word of an effect, as in the packs.
fn word(effect: border::Effect) -> Result<String, Failure> {
    Ok(serde_json::to_value(effect)?
        .as_str()
        .unwrap_or_default()
        .to_owned())
}

/// Where a rule is from, after it.
fn origin(law: &border::Law, perhaps: bool) -> String {
    let mut parts = Vec::new();
    match (law.from, law.to) {
        (Some(from), Some(to)) => parts.push(format!("{from} to {to}")),
        (Some(from), None) => parts.push(format!("from {from}")),
        (None, Some(to)) => parts.push(format!("undated, to {to}")),
        (None, None) => parts.push("undated".to_owned()),
    }
    if perhaps {
        parts.push("the day was not read".to_owned());
    }
    if !law.act.is_empty() {
        parts.push(law.act.clone());
    }
    parts.push(
        match law.confidence {
            border::Confidence::High => "high confidence",
            border::Confidence::Medium => "medium confidence",
            border::Confidence::Low => "low confidence",
        }
        .to_owned(),
    );
    format!(" [{}]", parts.join("; "))
}

fn diff(global: &Global, options: &Diff) -> Result<ExitCode, Failure> {
    let book = open(options.folder.rules.as_deref())?;
    let (from, to) = (day("--from", &options.from)?, day("--to", &options.to)?);
    if from >= to {
        return Err(Failure::Value(format!(
            "--from {from} is not before --to {to}; exchange them"
        )));
    }
    let wanted: Vec<String> = options
        .countries
        .iter()
        .map(|country| country.to_ascii_uppercase())
        .collect();
    if let Some(unknown) = wanted.iter().find(|country| book.set.pack(country).is_none()) {
        return Err(Failure::Value(format!(
            "{unknown}: there is no pack for this country"
        )));
    }
    let changes: Vec<_> = book
        .set
        .changes(from, to)
        .into_iter()
        .filter(|change| wanted.is_empty() || wanted.iter().any(|country| country == change.country))
        .collect();
    list(
        global,
        &changes,
        &format!("Nothing known changes between {from} and {to}."),
    )
}

fn list(global: &Global, changes: &[border::Change<'_>], none: &str) -> Result<ExitCode, Failure> {
    if global.json {
        output::json(&serde_json::to_value(changes)?)?;
    } else if changes.is_empty() {
        output::say(none)?;
    } else {
        for change in changes {
            output::say(format_args!(
                "{}  {}  {}: {}",
                change.date,
                change.country,
                change.about,
                rules::difference(change)
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn changes(global: &Global, options: &Changes) -> Result<ExitCode, Failure> {
    let book = open(options.folder.rules.as_deref())?;
    let since = day("--since", &options.since)?;
    let changes = book.set.changes(since, Date::MAX);
    if options.atom {
        output::say(rules::atom(&changes, clock::day(clock::now())?).trim_end())?;
        return Ok(ExitCode::SUCCESS);
    }
    list(global, &changes, &format!("Nothing known changes after {since}."))
}

async fn explain(global: &Global, about: &About) -> Result<ExitCode, Failure> {
    let asked = about.read(global).await?;
    let answers = quote::explained(&asked)?;
    if global.json {
        output::json(&serde_json::to_value(&answers)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    let words = Words::of(Language::En);
    for answer in &answers {
        let verdict = &answer.verdict;
        output::say(format_args!(
            "{} {} arriving {}: {}",
            verdict.country,
            verdict.name,
            verdict.arrival,
            words.status(verdict.status)
        ))?;
        for finding in verdict
            .findings
            .iter()
            .filter(|finding| finding.outcome > Outcome::Passed)
        {
            output::say(format_args!(
                "  {}: {}{}",
                words.outcome(finding.outcome),
                finding.reason(),
                origin(finding.law(), false)
            ))?;
            sources(&finding.law().sources)?;
        }
        for line in &verdict.lines {
            let amount = line
                .amount()
                .map_or_else(|| words.say("missing"), |span| words.span(span, 4));
            output::say(format_args!("  {} = {amount}", line.title()))?;
            if let Some(working) = &line.working {
                output::say(format_args!("    {} = {working}", line.formula()))?;
            }
            for used in &line.rules {
                let working = used
                    .working
                    .as_ref()
                    .map_or(String::new(), |working| format!(" = {working}"));
                output::say(format_args!("    {}{working}", line.formula()))?;
                output::say(format_args!(
                    "    by {}: {}{}",
                    used.law().id,
                    used.row(),
                    origin(used.law(), false)
                ))?;
                if !used.law().note.is_empty() {
                    output::say(format_args!("      {}", used.law().note))?;
                }
                sources(&used.law().sources)?;
            }
            for why in &line.why {
                output::say(format_args!("    {}", words.why(why)))?;
            }
        }
        match verdict.total {
            Some(total) => output::say(format_args!(
                "  {}: {} {}",
                words.say("line-total"),
                words.span(total, 2),
                verdict.currency
            ))?,
            None => output::say(format_args!(
                "  {}: {} {}; missing: {}",
                words.say("line-known"),
                words.span(verdict.known, 2),
                verdict.currency,
                verdict.missing_lines.join(", ")
            ))?,
        }
        output::say(words.disclaimer(&verdict.as_of.to_string()))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn sources(all: &[String]) -> Result<(), Failure> {
    all.iter()
        .try_for_each(|source| output::say(format_args!("      {source}")))
}

fn new(global: &Global, options: &New) -> Result<ExitCode, Failure> {
    let written = rules::skeleton(
        &options.rules,
        &options.country.to_ascii_uppercase(),
        clock::day(clock::now())?,
    )?;
    if global.json {
        output::json(&json!({ "written": written }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for file in &written {
        output::say(format_args!("Wrote {}", file.display()))?;
    }
    output::say(format_args!(
        "Next: {}, then carnet rules check --rules {}",
        if rules::is_known(&options.country) {
            "correct it"
        } else {
            "fill it in"
        },
        desk::shell::path(&options.rules)
    ))?;
    Ok(ExitCode::SUCCESS)
}
