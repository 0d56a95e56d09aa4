//! One fact, and how it is read from text.

use std::fmt;

use rust_decimal::Decimal;
use serde::Serialize;

use super::{Fact, Fault, Kind, shortened};
use crate::country::is_country;
use crate::date::{DateError, FIRST_YEAR, LAST_YEAR, PartialDate, is_believed};

/// The longest text of a fact, in bytes.
const LONGEST: usize = 200;

/// A value of a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum FactValue {
    /// A number in the fact's unit.
    Number(Decimal),
    /// A word or text.
    Text(String),
    /// Words or texts; empty if it is known that there are none.
    List(Vec<String>),
    /// A day, month or year.
    Date(PartialDate),
    /// Yes or no.
    Flag(bool),
}

impl fmt::Display for FactValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FactValue::Number(number) => write!(f, "{number}"),
            FactValue::Text(text) => f.write_str(text),
            FactValue::List(list) if list.is_empty() => f.write_str("none"),
            FactValue::List(list) => f.write_str(&list.join(", ")),
            FactValue::Date(date) => write!(f, "{date}"),
            FactValue::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

pub(super) fn parse(fact: &Fact, text: &str) -> Result<FactValue, Fault> {
    let fault = |problem: String| Fault::new(fact.name, text, problem);
    if text.len() > LONGEST {
        return Err(fault(format!("longer than {LONGEST} bytes")));
    }
    if text.is_empty() {
        return Err(fault(format!(
            "empty; leave the field out if it is not known ({})",
            fact.ask
        )));
    }
    let list = || -> Vec<String> {
        if text == "none" || text == "clean" {
            return Vec::new();
        }
        text.split(',')
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect()
    };
    match fact.kind {
        Kind::Number { least, most, unit } => {
            parse_number(fact.name, text, least, most, unit).map(FactValue::Number)
        }
        Kind::Word(words) if words.contains(&text) => Ok(FactValue::Text(text.to_owned())),
        Kind::Word(words) => Err(fault(format!("not one of {}", words.join(", ")))),
        Kind::Words(words) => {
            let list = list();
            match list.iter().find(|word| !words.contains(&word.as_str())) {
                Some(word) if word == "none" => Err(fault(
                    "none says that nothing applies; leave it out, or everything else".to_owned(),
                )),
                Some(word) => Err(fault(format!(
                    "{word:?} is not one of none, {}",
                    words.join(", ")
                ))),
                None => Ok(FactValue::List(list)),
            }
        }
        Kind::Texts => Ok(FactValue::List(list())),
        Kind::Countries => {
            let list = list();
            match list.iter().find(|code| !is_country(code)) {
                Some(code) => Err(fault(no_country(code))),
                None => Ok(FactValue::List(list)),
            }
        }
        Kind::CountryOrNone if text == "none" => Ok(FactValue::Text(text.to_owned())),
        Kind::Country | Kind::CountryOrNone if is_country(text) => Ok(FactValue::Text(text.to_owned())),
        Kind::Country | Kind::CountryOrNone => Err(fault(no_country(text))),
        Kind::Text => Ok(FactValue::Text(text.to_owned())),
        Kind::Date => {
            let date: PartialDate = text
                .parse()
                .map_err(|error: DateError| fault(error.to_string()))?;
            if !is_believed(date.first()) {
                return Err(fault(format!(
                    "no car has this; the year of {} is between {FIRST_YEAR} and {LAST_YEAR}",
                    fact.name
                )));
            }
            Ok(FactValue::Date(date))
        }
        Kind::Flag => match text {
            "true" | "yes" => Ok(FactValue::Flag(true)),
            "false" | "no" => Ok(FactValue::Flag(false)),
            _ => Err(fault("neither true nor false".to_owned())),
        },
    }
}

fn no_country(text: &str) -> String {
    format!(
        "{:?} is the code of no country; write two capital letters (ISO 3166), such as KR",
        shortened(text)
    )
}

pub(super) fn parse_number(
    name: &str,
    text: &str,
    least: i64,
    most: i64,
    unit: &str,
) -> Result<Decimal, Fault> {
    let fault = |problem: String| Fault::new(name, text, problem);
    let number = Decimal::from_str_exact(text)
        .map_err(|_| fault("no number; write digits with a point, without separators or unit".to_owned()))?;
    if number < Decimal::from(least) || number > Decimal::from(most) {
        return Err(fault(format!(
            "no car has this; {name} is between {least} and {most} {unit}"
        )));
    }
    if matches!(unit, "year" | "seats" | "Euro class") && !number.is_integer() {
        return Err(fault(format!("{name} is a whole number")));
    }
    Ok(number.normalize())
}
