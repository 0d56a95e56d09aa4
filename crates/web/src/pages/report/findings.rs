//! What the statements say together, in plain words.

use desk::lookup::History;
use history::findings::{Finding, Level, Message};
use maud::{Markup, Render, html};
use statement::Locode;
use statement::vocabulary::StatementType;

use super::odometer::as_read;
use super::written::{country, number, place, written_day};
use super::{timeline, titled, type_name};
use crate::pages::foreign::foreign;
use crate::pages::language::Words;
use crate::pages::vocabulary;

/// The section.
pub fn section(words: &Words, history: &History) -> Markup {
    let findings = &history.findings.findings;
    let (erased, left) = (history.report.erased.len(), history.report.statements.len());
    titled(
        words,
        "findings",
        "findings",
        html! {
            @if erased > 0 {
                p .warning {
                    (words.weave("findings-erased", &[("erased", &number(words, erased as u64)), ("count", &number(words, (erased + left) as u64))]))
                }
            }
            @if findings.is_empty() {
                p { strong { (words.say(if left == 0 { "findings-nothing-left" } else { "findings-none" })) } }
            }
            ol .findings { @for finding in findings { li { (one(words, finding)) } } }
            p .hint { (words.say("findings-hint")) }
        },
    )
}

/// The level's name, for words and for style.
fn level(level: Level) -> &'static str {
    match level {
        Level::Note => "note",
        Level::Ask => "ask",
        Level::Warn => "warn",
        Level::Stop => "stop",
    }
}

fn one(words: &Words, finding: &Finding) -> Markup {
    let level = level(finding.level);
    html! {
        article .finding data-level=(level) {
            p .level { (words.say(&format!("level-{level}"))) }
            h3 { (told(words, &finding.title)) }
            p { (told(words, &finding.explanation)) "." }
            p .rests {
                (words.say("finding-rests")) ": "
                @for (at, index) in finding.rests_on.iter().enumerate() {
                    @if at > 0 { ", " }
                    a href={ "#" (timeline::anchor(*index)) } { "№\u{a0}" (index) }
                }
            }
            @if !(finding.settles_it.is_empty() && finding.tried.is_empty() && finding.not_covered.is_empty()) {
                details {
                    summary { (words.say("details")) }
                    (listed(words, "finding-settles", &finding.settles_it))
                    @if !finding.tried.is_empty() {
                        h4 { (words.say("finding-tried")) }
                        ul {
                            @for tried in &finding.tried {
                                li { (told(words, &tried.explanation.message())) ": " (told(words, &tried.outcome.message())) }
                            }
                        }
                    }
                    (listed(words, "finding-blind", &finding.not_covered))
                }
            }
        }
    }
}

fn listed(words: &Words, heading: &str, messages: &[Message]) -> Markup {
    html! {
        @if !messages.is_empty() {
            h4 { (words.say(heading)) }
            ul { @for message in messages { li { (told(words, message)) } } }
        }
    }
}

/// A text of the findings in the language of the page. What is in it may come from anybody.
pub fn told(words: &Words, message: &Message) -> Markup {
    if !words.has(message.key) {
        return html! { span lang="en" dir="ltr" { (foreign(words, &message.english, 600)) } };
    }
    let values: Vec<(&str, Markup)> = message
        .args
        .iter()
        .map(|(name, value)| (*name, argument(words, message, name, value)))
        .collect();
    let values: Vec<(&str, &dyn Render)> = values
        .iter()
        .map(|(name, value)| (*name, value as &dyn Render))
        .collect();
    words.weave(message.key, &values)
}

/// A day, a type, a distance, a country and a word of the vocabulary in the language of the page, anything else as it was stated.
fn argument(words: &Words, message: &Message, name: &str, value: &str) -> Markup {
    if let Some(day) = written_day(words, value) {
        return html! { (day) };
    }
    if let Some(distance) = distance(words, name, value) {
        return html! { (distance) };
    }
    if let Ok(typ) = value.parse::<StatementType>() {
        return type_name(words, typ);
    }
    match stated(words, message, name, value) {
        Some(said) => html! { (said) },
        None => foreign(words, value, 120),
    }
}

/// What a field of a statement said, where it takes its words from a closed list or names a country. Arguments are named after
/// the fields they come from, or after what those fields are about.
fn stated(words: &Words, message: &Message, name: &str, value: &str) -> Option<String> {
    let word = |field: &str, word: &str| vocabulary::word(words, field, word);
    match name {
        "condition" | "country" if value.contains("not stated") => Some(words.say("finding-not-stated")),
        "condition" | "extent" | "kind" | "state" | "use" => word(name, value),
        "bad_mark" | "good_mark" => word("where", value),
        "mark" => word("brands", value),
        "marks" => value
            .split(", ")
            .map(|mark| word("brands", mark))
            .collect::<Option<Vec<_>>>()
            .map(|marks| marks.join(", ")),
        "country" | "later_country" | "left" | "abroad" => country(words, value),
        "from" | "to" => value.parse::<Locode>().ok().map(|at| place(words, &at)),
        "field" => {
            vocabulary::field(words, StatementType::IdentityManufactured, &format!("/{value}")).map(within)
        }
        "built" | "found" => {
            let field = message.args.get("field")?;
            word(field, value)
        }
        _ => None,
    }
}

/// A name of a field within a sentence.
fn within(name: String) -> String {
    let mut letters = name.chars();
    let first = letters.next();
    first
        .into_iter()
        .flat_map(char::to_lowercase)
        .chain(letters)
        .collect()
}

/// A reading such as `167240 km`, or the figure of an argument that is named after its unit.
fn distance(words: &Words, name: &str, value: &str) -> Option<String> {
    if let Some((figure, unit @ ("km" | "mi"))) = value.split_once(' ') {
        return Some(as_read(words, figure.parse().ok()?, unit));
    }
    let is_distance = name == "km" || name.ends_with("_km");
    is_distance
        .then(|| value.parse::<u64>().ok())
        .flatten()
        .map(|figure| number(words, figure))
}
