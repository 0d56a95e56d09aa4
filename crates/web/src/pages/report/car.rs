//! What the car is, from the statements that say so.

use dossier::{Report, VerifiedStatement};
use maud::{Markup, html};
use serde_json::Value;
use statement::vocabulary::StatementType;
use vehicle::VehicleId;

use super::fields::text_value;
use super::{issuer_name, row, titled};
use crate::pages::foreign::{code, plain};
use crate::pages::language::Words;

use StatementType::{
    IdentityManufactured as Made, InspectionCondition as Condition, RegistrationFirst as First,
};

/// The facts, with the types that may say them; the first that has the field speaks.
const FACTS: [(&str, &str, &[StatementType]); 6] = [
    ("car-make", "make", &[Made]),
    ("car-model", "model", &[Made, First, Condition]),
    ("car-year", "model_year", &[Made, First, Condition]),
    ("car-fuel", "fuel", &[Made, First, Condition]),
    ("car-colour", "colour", &[First, Made, Condition]),
    ("car-first", "date", &[First]),
];

/// The most characters of each part of a headline.
const PART: usize = 40;

/// The number as it stands on the car, without the prefix.
pub fn number(vehicle: &VehicleId) -> String {
    let text = vehicle.to_string();
    text.split_once(':')
        .map_or(text.clone(), |(_, number)| number.to_owned())
}

/// The car in a line, such as `Kia Sportage, 2017`; its number where nobody said what it is.
pub fn headline(report: &Report) -> String {
    let text = |field: &str, types: &[StatementType]| {
        let (value, _) = spoken(report, field, types)?;
        Some(plain(&value, PART))
    };
    let [make, model, year, ..] = FACTS;
    let make = text(make.1, make.2);
    let mut name = text(model.1, model.2).unwrap_or_default();
    if let Some(make) = make.filter(|make| !name.to_lowercase().contains(&make.to_lowercase())) {
        name = format!("{make} {name}");
    }
    if name.trim().is_empty() {
        return number(&report.vehicle);
    }
    match text(year.1, year.2) {
        Some(year) => format!("{}, {year}", name.trim()),
        None => name.trim().to_owned(),
    }
}

/// What a field says, as text, and who says it.
fn spoken<'r>(
    report: &'r Report,
    field: &str,
    types: &[StatementType],
) -> Option<(String, &'r VerifiedStatement)> {
    types.iter().find_map(|typ| {
        let statement = report.statements.iter().find(|statement| {
            statement.claims.typ == *typ
                && statement.superseded_by.is_empty()
                && statement.claims.body.contains_key(field)
        })?;
        match statement.claims.body.get(field)? {
            Value::String(text) => Some((text.clone(), statement)),
            Value::Number(number) => Some((number.to_string(), statement)),
            _ => None,
        }
    })
}

/// Whether anybody said that it runs on electricity.
pub fn is_electric(report: &Report) -> bool {
    let (_, field, types) = FACTS[3];
    spoken(report, field, types).is_some_and(|(fuel, _)| fuel == "electric")
}

/// The section.
pub fn section(words: &Words, report: &Report) -> Markup {
    let kind = if report.vehicle.to_string().starts_with("frame:") {
        "frame"
    } else {
        "vin"
    };
    titled(
        words,
        "car",
        "car",
        html! {
            dl {
                (row(words.say(kind), html! { strong { (code(words, &number(&report.vehicle))) } }))
                @for (message, field, types) in FACTS {
                    @if let Some((text, statement)) = spoken(report, field, types) {
                        (row(words.say(message), html! {
                            (text_value(words, statement.claims.typ, &format!("/{field}"), &text)) " "
                            span .hint { (words.weave("stated-by", &[("issuer", &issuer_name(words, &statement.issuer))])) }
                        }))
                    }
                }
            }
        },
    )
}
