//! The fields of a car from JSON, as texts.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

/// The fields of a line that holds a JSON object.
pub(super) fn of_line(text: &str) -> Result<Vec<(String, String)>, String> {
    let Once(object) = serde_json::from_str(text)
        .map_err(|error| format!("not a JSON object on one line: {}", with_column(&error)))?;
    texts(object)
}

/// What is wrong and in which column; which line of the file it is, only the reader of the file knows.
fn with_column(error: &serde_json::Error) -> String {
    let (said, column) = (error.to_string(), error.column());
    let place = format!(" at line {} column {column}", error.line());
    match said.strip_suffix(&place) {
        Some(said) if column == 0 => said.to_owned(),
        Some(said) => format!("{said} at column {column}"),
        None => said,
    }
}

/// The fields of a JSON object.
pub(super) fn texts(object: Map<String, Value>) -> Result<Vec<(String, String)>, String> {
    object
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let text = match value {
                Value::String(text) => text,
                Value::Number(number) => number.to_string(),
                Value::Bool(truth) => truth.to_string(),
                Value::Array(items) if items.is_empty() => "none".to_owned(),
                Value::Array(items) => items
                    .iter()
                    .map(|item| {
                        item.as_str()
                            .map(str::to_owned)
                            .ok_or_else(|| format!("{name}: a list holds texts only"))
                    })
                    .collect::<Result<Vec<_>, _>>()?
                    .join(", "),
                Value::Null | Value::Object(_) => {
                    return Err(format!(
                        "{name}: write a text, a number, true, false, or a list of texts"
                    ));
                }
            };
            Ok((name, text))
        })
        .collect()
}

/// A JSON object in which no field stands twice.
struct Once(Map<String, Value>);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OnceVisitor).map(Once)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of named fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = entries.next_entry::<String, Value>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom(format_args!(
                    "{name:?} stands twice; keep one of them"
                )));
            }
            object.insert(name, value);
        }
        Ok(object)
    }
}
