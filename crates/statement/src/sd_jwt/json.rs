//! JSON read strictly: a text that two readers could understand differently is refused.
//!
//! RFC 8259 leaves open what a repeated member name means. A signed text must not leave it open, so a repeated
//! name anywhere is an error, as is nesting deeper than [`MAX_DEPTH`].

use std::cell::Cell;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Deepest nesting of arrays and objects accepted in header, payload and disclosures.
pub const MAX_DEPTH: usize = 32;

/// Why a text was not read as JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    /// Not JSON (RFC 8259) in UTF-8, or a number outside the range of a double.
    #[error("is not well-formed JSON")]
    Malformed,
    /// A member name occurs twice in one object.
    #[error("has the member `{0}` twice in one object")]
    DuplicateMember(String),
    /// Arrays and objects are nested too deep.
    #[error("is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

/// Why a text was not read as JSON, and where.
#[derive(Debug, thiserror::Error)]
#[error("line {}: {fault}", .source.line())]
pub struct JsonError {
    /// Why.
    pub fault: JsonFault,
    /// Where, and what is wrong with text that is not JSON.
    pub source: serde_json::Error,
}

/// Reads one JSON value that fills `text`, in which no member name is repeated within an object.
///
/// # Errors
/// See [`JsonFault`]. A repeated name is reported at the place of the second.
pub fn read_json(text: &[u8]) -> Result<Value, JsonError> {
    let fault = Cell::new(None);
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict {
        depth: 0,
        fault: &fault,
    }
    .deserialize(&mut deserializer)
    .and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|source| JsonError {
        fault: fault.take().unwrap_or(JsonFault::Malformed),
        source,
    })
}

/// [`read_json`], where the place does not matter.
pub(super) fn parse(text: &[u8]) -> Result<Value, JsonFault> {
    read_json(text).map_err(|error| error.fault)
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    /// serde errors carry only text; the typed reason leaves through here.
    fault: &'a Cell<Option<JsonFault>>,
}

impl Strict<'_> {
    fn fail<E: de::Error>(&self, fault: JsonFault) -> E {
        let error = E::custom(&fault);
        self.fault.set(Some(fault));
        error
    }

    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.fail(JsonFault::TooDeep));
        }
        Ok(Self {
            depth: self.depth + 1,
            ..self
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| self.fail(JsonFault::Malformed))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(self.fail(JsonFault::DuplicateMember(name)));
            }
            let value = members.next_value_seed(inner)?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_json_reads_as_serde_json_reads_it() {
        let text = r#"{"a":[1,-2,3.5,1e3,18446744073709551615,null,true],"b":{"c":"ü😀"}}"#;
        assert_eq!(
            parse(text.as_bytes()).unwrap(),
            serde_json::from_str::<Value>(text).unwrap()
        );
    }

    #[test]
    fn a_repeated_member_is_refused_at_any_depth() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"[{"b":{"a":1,"a":2}}]"#,
            r#"{"a":1,"\u0061":2}"#,
        ] {
            assert_eq!(
                parse(text.as_bytes()),
                Err(JsonFault::DuplicateMember("a".to_owned())),
                "{text}"
            );
        }
    }

    #[test]
    fn nesting_is_accepted_to_the_limit_and_no_further() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(parse(nested(MAX_DEPTH + 1).as_bytes()), Err(JsonFault::TooDeep));
        assert_eq!(parse("[".repeat(100_000).as_bytes()), Err(JsonFault::TooDeep));
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in [
            "",
            "{",
            "{}{}",
            "{\"a\":1,}",
            "1e400",
            "\"\\ud800\"",
            "NaN",
            "{'a':1}",
        ] {
            assert_eq!(parse(text.as_bytes()), Err(JsonFault::Malformed), "{text}");
        }
        assert_eq!(parse(b"\"\xff\""), Err(JsonFault::Malformed));
    }
}
