//! The fields of a statement's body as a list of names and values, in the words of the vocabulary. Bounded in depth and length:
//! an issuer may sign three thousand fields, and nobody reads them on a page.

use fluent_bundle::FluentValue;
use maud::{Markup, html};
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};
use statement::Locode;
use statement::vocabulary::{Field, StatementType};

use super::row;
use super::written::{country, number, place, written_day};
use crate::pages::foreign::{USUAL, code, foreign};
use crate::pages::language::Words;
use crate::pages::vocabulary;

/// The most members of an object or list that are shown.
const MEMBERS: usize = 200;

/// How deep is looked into objects in objects.
const LEVELS: usize = 6;

/// A list of plain texts no longer than this stands in one line.
const SHORT: usize = 40;

/// What labels need: the words, and the type whose body it is.
struct Body<'w> {
    words: &'w Words,
    typ: StatementType,
}

/// All fields of a body.
pub fn list(words: &Words, typ: StatementType, body: &Map<String, Value>) -> Markup {
    let of = Body { words, typ };
    html! {
        dl {
            @for (name, value) in body.iter().take(MEMBERS) {
                @let path = format!("/{name}");
                (row(of.label(&path, name), of.value(&path, value, 0)))
            }
            (of.more(body.len()))
        }
    }
}

/// Names of fields of a type, as people read them.
pub fn names(words: &Words, typ: StatementType, fields: &[&str]) -> Markup {
    let of = Body { words, typ };
    html! {
        @for (at, name) in fields.iter().enumerate() {
            @if at > 0 { ", " }
            (of.label(&format!("/{name}"), name))
        }
    }
}

/// A text that the field at `path` holds: a word of a closed list, a day or a place in the language of the page, anything else as
/// it stands.
pub fn text_value(words: &Words, typ: StatementType, path: &str, text: &str) -> Markup {
    Body { words, typ }.text(path, text)
}

impl Body<'_> {
    fn field(&self, path: &str) -> Option<&'static Field> {
        self.typ.fields().iter().find(|field| field.path == path)
    }

    fn label(&self, path: &str, name: &str) -> Markup {
        let known = self.field(path);
        match known.and_then(|field| vocabulary::field(self.words, self.typ, &field.path)) {
            None => html! { span .code dir="ltr" { (foreign(self.words, name, 80)) } },
            Some(label) => html! { (label) },
        }
    }

    fn more(&self, all: usize) -> Markup {
        let rest = all.saturating_sub(MEMBERS);
        html! {
            @if rest > 0 {
                div .cut { (self.words.tell("more-items", &[("count", FluentValue::from(rest))])) }
            }
        }
    }

    fn value(&self, path: &str, value: &Value, level: usize) -> Markup {
        if level > LEVELS {
            return html! { "…" };
        }
        match value {
            Value::Null => code(self.words, "null"),
            Value::Bool(yes) => html! { (self.words.say(if *yes { "yes" } else { "no" })) },
            Value::String(text) => self.text(path, text),
            Value::Number(number) => html! {
                span dir="ltr" { (code(self.words, &number.to_string())) @if let Some(unit) = self.unit(path) { " " (unit) } }
                @if let Some(part) = self.part(path, number) { " " bdi { (part) } }
            },
            Value::Array(items) => self.array(path, items, level),
            Value::Object(members) => self.object(path, members, level),
        }
    }

    fn text(&self, path: &str, text: &str) -> Markup {
        let words = self.words;
        if let Some(word) = self.word(path, text) {
            return html! { (word) };
        }
        if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return code(words, text);
        }
        let known = written_day(words, text).or_else(|| match name_of(path) {
            "country" | "destination" | "plant_country" => country(words, text),
            "port" | "port_of_discharge" => text.parse::<Locode>().ok().map(|port| place(words, &port)),
            _ => None,
        });
        match known {
            Some(known) => html! { bdi { (known) } },
            None => foreign(words, text, USUAL),
        }
    }

    /// A word of the closed list that the field takes its values from.
    fn word(&self, path: &str, text: &str) -> Option<String> {
        let field = self.field(path.trim_end_matches("/*"))?;
        let is_word = field.words.contains(&text);
        is_word
            .then(|| vocabulary::word(self.words, name_of(&field.path), text))
            .flatten()
    }

    /// What the form calls the part that a panel's number stands for.
    fn part(&self, path: &str, number: &Number) -> Option<String> {
        let is_part = self.typ == StatementType::InspectionCondition && path == "/panels/*/no";
        let number = is_part.then(|| number.as_u64()).flatten()?;
        vocabulary::part(self.words, number)
    }

    /// Longer units are explanations; a year is a number as it stands; and of what a share is, its name says.
    fn unit(&self, path: &str) -> Option<&'static str> {
        let unit = self.field(path)?.unit?;
        let shown = if unit.starts_with('%') { "%" } else { unit };
        (shown.chars().count() <= 12 && shown != "year" && shown != "1").then_some(shown)
    }

    fn array(&self, path: &str, items: &[Value], level: usize) -> Markup {
        if items.is_empty() {
            return html! { (self.words.say("value-none")) };
        }
        let short: Option<Vec<&str>> = items
            .iter()
            .map(|item| item.as_str().filter(|text| text.chars().count() <= SHORT))
            .collect();
        let shown = items.iter().take(MEMBERS);
        html! {
            @if let Some(texts) = short {
                @for (at, text) in texts.iter().take(MEMBERS).enumerate() {
                    @if at > 0 { ", " }
                    (self.text(path, text))
                }
            } @else {
                ul .plain { @for item in shown { li { (self.value(&format!("{path}/*"), item, level + 1)) } } }
            }
            (self.more(items.len()))
        }
    }

    fn object(&self, path: &str, members: &Map<String, Value>, level: usize) -> Markup {
        let words = self.words;
        if let (2, Some(Value::Number(minor)), Some(Value::String(currency))) =
            (members.len(), members.get("minor"), members.get("currency"))
        {
            return html! { bdi { (amount(words, minor, currency)) " " (foreign(words, currency, 8)) } };
        }
        let reading = reading_of(members);
        let is_part = |name: &str| reading.is_some() && (name == "value" || name == "unit");
        let rest: Vec<(&String, &Value)> = members.iter().filter(|(name, _)| !is_part(name)).collect();
        html! {
            @if let Some((value, unit)) = reading { bdi { (number(words, value)) " " (unit) } }
            @if !rest.is_empty() {
                ul .plain.inner {
                    @for (name, inner) in rest.iter().take(MEMBERS) {
                        @let path = format!("{path}/{name}");
                        li { (self.label(&path, name)) ": " (self.value(&path, inner, level + 1)) }
                    }
                }
            }
            (self.more(rest.len()))
        }
    }
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

/// An amount in minor units of a currency, in the currency itself.
fn amount(words: &Words, minor: &Number, currency: &str) -> String {
    // ISO 4217: how many decimals, where it is not two.
    let decimals = match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    };
    minor.as_i64().map_or(minor.to_string(), |minor| {
        words.language.number(Decimal::new(minor, decimals), decimals)
    })
}

/// A reading in an object that has one: a whole number up to ten million, and `km` or `mi`.
pub fn reading_of(odometer: &Map<String, Value>) -> Option<(u64, &'static str)> {
    let value = odometer
        .get("value")?
        .as_u64()
        .filter(|value| *value <= 10_000_000)?;
    match odometer.get("unit")?.as_str()? {
        "km" => Some((value, "km")),
        "mi" => Some((value, "mi")),
        _ => None,
    }
}
