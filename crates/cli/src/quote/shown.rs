//! The answer for one car on the terminal.

use std::fmt::Write as _;

use border::{Outcome, Span, StepKind};
use desk::quote::{self, Quote as Answer};
use desk::words::{Language, Words};

use super::asked::Asked;
use super::{disclaimer, facts};
use crate::failure::Failure;
use crate::output;

fn money(words: &Words, span: Option<Span>, currency: impl std::fmt::Display) -> String {
    span.map_or_else(
        || words.say("withheld"),
        |span| format!("{} {currency}", words.span(span, 0)),
    )
}

pub(super) fn show(asked: &Asked, answers: &[Answer<'_>]) -> Result<(), Failure> {
    let words = Words::of(Language::En);
    let shown: Vec<String> = facts(&asked.car)
        .into_iter()
        .map(|(name, value)| format!("{name} {value}"))
        .collect();
    let leaving = asked
        .departure
        .map_or_else(String::new, |day| format!("leaving {day}, "));
    let shown = match shown.as_slice() {
        [] => "no facts given".to_owned(),
        shown => shown.join(", "),
    };
    output::say(format_args!("{shown}; {leaving}arriving {}", asked.arrival))?;
    if let Some(known) = &asked.known {
        let from: Vec<String> = known
            .facts
            .iter()
            .map(|fact| format!("{} from {} (entry {})", fact.name, fact.statement, fact.log_index))
            .collect();
        output::say(format_args!("From its history: {}", from.join(", ")))?;
        for left in &known.left_open {
            output::say(format_args!(
                "Left open by it: {}: {}",
                left.name,
                words.left_open(left)
            ))?;
        }
    }
    output::say("")?;
    let ranked = answers.iter().any(|answer| answer.kept.is_some());
    let mut header = vec!["market", "verdict", "charges", "landed"];
    if ranked {
        header.push("left for the car");
    }
    header.extend(["holds until", "confidence"]);
    let mut table = output::table(&header);
    for answer in answers {
        let verdict = &answer.verdict;
        let (total, landed, currency) = match (verdict.seller_currency, verdict.seller_total) {
            (Some(currency), Some(_)) => (verdict.seller_total, verdict.seller_landed, currency),
            _ => (verdict.total, verdict.landed, verdict.currency),
        };
        let mut row = vec![
            verdict.country.to_owned(),
            words.status(verdict.status),
            money(&words, total, currency),
            money(&words, landed, currency),
        ];
        if ranked {
            row.push(
                answer
                    .kept
                    .map_or_else(|| "-".to_owned(), |kept| money(&words, Some(kept), currency)),
            );
        }
        let confidence = answer
            .confidence()
            .map_or_else(|| "-".to_owned(), |confidence| words.confidence(confidence));
        row.extend([quote::holds_short(&words, answer), confidence]);
        table.add_row(row);
    }
    output::show(table)?;
    for answer in answers {
        detail(&words, answer, answers.len() <= 5)?;
    }
    output::say("")?;
    let rates = quote::rates_line(&words, answers);
    if !rates.is_empty() {
        output::say(rates)?;
    }
    output::say(disclaimer(&words, answers))
}

/// What one market's row rests on.
fn detail(words: &Words, answer: &Answer<'_>, full: bool) -> Result<(), Failure> {
    let verdict = &answer.verdict;
    let mut text = String::new();
    for finding in verdict
        .findings
        .iter()
        .filter(|finding| finding.outcome > Outcome::NoLimit)
    {
        let why: Vec<String> = finding.why.iter().map(|why| words.why(why)).collect();
        let why = if why.is_empty() {
            String::new()
        } else {
            format!(" ({})", why.join("; "))
        };
        let by = if finding.country() == verdict.country {
            String::new()
        } else {
            format!(" {}", finding.country())
        };
        let _ = writeln!(
            text,
            "  {}{by}: {}{why} [{}]",
            words.outcome(finding.outcome),
            finding.reason(),
            finding.law().id
        );
        if !finding.authority().is_empty() {
            let act = match finding.law().act.as_str() {
                "" => String::new(),
                act => format!("; {act}"),
            };
            let _ = writeln!(text, "    authority: {}{act}", finding.authority());
        }
    }
    if full {
        for line in verdict.lines.iter().filter(|line| line.kind() != StepKind::Value) {
            let amount = line
                .amount()
                .map_or_else(|| words.say("missing"), |span| words.span(span, 2));
            let why = words.line_why(line);
            let why = if why.is_empty() {
                String::new()
            } else {
                format!("; {}", why.join("; "))
            };
            let title = if line.kind() == StepKind::Upside {
                format!("{} ({})", line.title(), words.say("line-upside"))
            } else {
                line.title().to_owned()
            };
            let _ = writeln!(text, "  {title}: {amount} {}{why}", verdict.currency);
        }
        if verdict.total.is_none() {
            let _ = writeln!(
                text,
                "  {}: {} {}; missing: {}",
                words.say("line-known"),
                words.span(verdict.known, 2),
                verdict.currency,
                verdict.missing_lines.join(", ")
            );
        }
        for foreseen in quote::breaks(words, answer) {
            let checks: String = foreseen
                .checks
                .iter()
                .map(|check| format!("{} ({}) [{}]; ", check.said, check.reason, check.rule))
                .collect();
            let _ = writeln!(
                text,
                "  would change: {}: {checks}{}",
                foreseen.day, foreseen.rest
            );
        }
    }
    for why in &verdict.asks {
        let _ = writeln!(text, "  ask: {}", words.why(why));
    }
    for caution in &verdict.cautions {
        let _ = writeln!(text, "  note: {}", words.caution(caution, verdict.arrival));
    }
    if text.is_empty() {
        return Ok(());
    }
    output::say(format_args!(
        "\n{} {}\n{}",
        verdict.country,
        verdict.name,
        text.trim_end()
    ))
}
