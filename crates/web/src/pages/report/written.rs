//! How numbers, days, times and places are written. Digits are Latin in every language, because they are compared with
//! documents and with the car.

use fluent_bundle::FluentValue;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use rust_decimal::Decimal;
use serde_json::Number;
use statement::Locode;

use crate::pages::language::Words;

/// A whole number with its thousands apart.
pub fn number(words: &Words, value: impl Into<Decimal>) -> String {
    words.language.number(value.into(), 0)
}

/// A number of a statement as it was signed, with its thousands apart where it is a plain one.
pub fn signed_number(words: &Words, value: &Number, decimals: u32) -> String {
    let text = value.to_string();
    let plain = text.len() <= 15 && !text.contains(['e', 'E']);
    let value = plain.then(|| text.parse::<Decimal>().ok()).flatten();
    value.map_or(text, |value| words.language.number(value, decimals))
}

/// A day.
pub fn day(words: &Words, date: Date) -> String {
    let values = [
        ("day", FluentValue::from(i64::from(date.day()))),
        ("month", FluentValue::from(i64::from(date.month()))),
        ("year", FluentValue::from(date.year().to_string())),
    ];
    // Its parts are ours, and need no isolation from each other.
    words.tell("date", &values).replace(['\u{2068}', '\u{2069}'], "")
}

/// A text that is a day, in words.
pub fn written_day(words: &Words, text: &str) -> Option<String> {
    if text.len() != 10 {
        return None;
    }
    text.parse::<Date>().ok().map(|date| day(words, date))
}

/// A moment in UTC, for whoever looks at it and for machines.
pub fn moment(words: &Words, time: Timestamp) -> Markup {
    let local = time.to_zoned_datetime(TimeZone::UTC);
    html! {
        time datetime=(time) { bdi { (day(words, local.date())) (local.strftime(", %H:%M UTC")) } }
    }
}

/// A place by the name of its country and its code, `South Korea (KRPUS)`.
pub fn place(words: &Words, place: &Locode) -> String {
    match named(words, place.country()) {
        Some(country) => format!("{country} ({})", place.as_str()),
        None => place.as_str().to_owned(),
    }
}

/// A country by its name and its ISO 3166-1 code, `Jordan (JO)`; none for a text that is no country's code.
pub fn country(words: &Words, code: &str) -> Option<String> {
    let is_code = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    let name = is_code.then(|| named(words, code)).flatten()?;
    Some(format!("{name} ({code})"))
}

fn named(words: &Words, code: &str) -> Option<String> {
    let message = format!("country-{code}");
    words.has(&message).then(|| words.say(&message))
}
