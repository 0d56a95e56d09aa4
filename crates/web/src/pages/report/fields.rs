//! The fields of a statement's body as a list of names and values, labelled by the vocabulary. Bounded in depth and length:
//! an issuer may sign three thousand fields, and nobody reads them on a page.

use desk::words::Language;
use fluent_bundle::FluentValue;
use maud::{Markup, html};
use rust_decimal::Decimal;
use serde_json::{Map, Number, Value};
use statement::vocabulary::{Field, StatementType};

use super::row;
use super::written::{number, written_day};
use crate::pages::foreign::{USUAL, code, foreign};
use crate::pages::language::Words;

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

/// A text that a field holds: a day or a kind of fuel in the language of the page, anything else as it stands.
pub fn text_value(words: &Words, field: &str, text: &str) -> Markup {
    let fuel = format!("fuel-{text}");
    if field == "fuel" && text.len() <= SHORT && words.has(&fuel) {
        return html! { (words.say(&fuel)) };
    }
    if text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return code(words, text);
    }
    match written_day(words, text) {
        Some(day) => html! { bdi { (day) } },
        None => foreign(words, text, USUAL),
    }
}

impl Body<'_> {
    fn field(&self, path: &str) -> Option<&'static Field> {
        self.typ.fields().iter().find(|field| field.path == path)
    }

    /// The vocabulary has labels in Korean and English; other languages show the English one.
    fn label(&self, path: &str, name: &str) -> Markup {
        match self.field(path) {
            None => html! { span .code dir="ltr" { (foreign(self.words, name, 80)) } },
            Some(field) if self.words.language == Language::Ko => html! { (field.label_ko) },
            Some(field) => html! { span lang="en" dir="ltr" { (field.label_en) } },
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
        let name = path.rsplit('/').next().unwrap_or_default();
        match value {
            Value::Null => code(self.words, "null"),
            Value::Bool(yes) => html! { (self.words.say(if *yes { "yes" } else { "no" })) },
            Value::String(text) => text_value(self.words, name, text),
            Value::Number(number) => html! {
                span dir="ltr" { (code(self.words, &number.to_string())) @if let Some(unit) = self.unit(path) { " " (unit) } }
            },
            Value::Array(items) => self.array(path, items, level),
            Value::Object(members) => self.object(path, members, level),
        }
    }

    /// Longer units are explanations; a year is a number as it stands.
    fn unit(&self, path: &str) -> Option<&'static str> {
        let unit = self.field(path)?.unit?;
        (unit.chars().count() <= 12 && unit != "year" && unit != "1").then_some(unit)
    }

    fn array(&self, path: &str, items: &[Value], level: usize) -> Markup {
        let short: Option<Vec<&str>> = items
            .iter()
            .map(|item| item.as_str().filter(|text| text.chars().count() <= SHORT))
            .collect();
        let shown = items.iter().take(MEMBERS);
        html! {
            @if let Some(texts) = short {
                @for (at, text) in texts.iter().take(MEMBERS).enumerate() {
                    @if at > 0 { ", " }
                    (foreign(self.words, text, SHORT))
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
