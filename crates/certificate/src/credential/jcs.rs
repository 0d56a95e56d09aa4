//! JSON read strictly and written canonically ([RFC 8785], JCS).
//!
//! JCS follows ECMAScript numbers: 9007199254740993 and 9007199254740992 have one canonical form, and so one signature,
//! while a reader of 64-bit integers sees two. A text that two readers could understand differently is therefore refused:
//! repeated names, integers beyond 2⁵³ − 1, and nesting that would exhaust a stack.
//!
//! [RFC 8785]: https://www.rfc-editor.org/rfc/rfc8785.html

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The longest text that is read: 1 MiB.
pub const MAX_BYTES: usize = 1 << 20;

/// Deepest nesting of arrays and objects.
const MAX_DEPTH: u32 = 32;

/// 2⁵³ − 1: up to here every reader sees the same integer.
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// Why a text is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Too long.
    #[error("has {0} bytes, more than the {MAX_BYTES} that are read")]
    TooLong(usize),
    /// Not JSON, or JSON that readers understand differently.
    #[error("is not JSON that every reader understands alike: {0}")]
    Ambiguous(String),
    /// The value has no canonical form.
    #[error("has no canonical form: {0}")]
    NotCanonical(String),
}

/// Reads one JSON value that fills `text`.
///
/// # Errors
/// Too long, not JSON, a repeated name, a number beyond 2⁵³ − 1, or nested too deep.
pub fn read(text: &[u8]) -> Result<Value, JsonError> {
    if text.len() > MAX_BYTES {
        return Err(JsonError::TooLong(text.len()));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    Strict { depth: 0 }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|e| JsonError::Ambiguous(e.to_string()))
}

/// The canonical form.
///
/// # Errors
/// A number that is not finite, which no JSON text can hold.
pub fn canonical(value: &Value) -> Result<Vec<u8>, JsonError> {
    serde_json_canonicalizer::to_vec(value).map_err(|e| JsonError::NotCanonical(e.to_string()))
}

#[derive(Clone, Copy)]
struct Strict {
    depth: u32,
}

impl Strict {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format!("nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(Self {
            depth: self.depth + 1,
        })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
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

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        if value > MAX_INTEGER {
            return Err(E::custom(format!("the integer {value} is larger than 2^53 - 1")));
        }
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > MAX_INTEGER {
            return Err(E::custom(format!(
                "the integer {value} is smaller than -(2^53 - 1)"
            )));
        }
        Ok(Value::Number(value.into()))
    }

    /// To ECMAScript `74748.0` is the integer 74748, and the canonical form is the same; so it is read as the same.
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        if value.fract() == 0.0 && value.abs() <= MAX_INTEGER as f64 {
            return Ok(Value::Number((value as i64).into()));
        }
        // Below 10^21 ECMAScript writes it without exponent: an integer that others read otherwise.
        if value.abs() > MAX_INTEGER as f64 && value.abs() < 1e21 {
            return Err(E::custom(format!("the number {value} is larger than 2^53 - 1")));
        }
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that is not finite"))
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
                return Err(de::Error::custom(format!("the name {name:?} stands twice")));
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

    fn canonical_text(text: &str) -> String {
        String::from_utf8(canonical(&read(text.as_bytes()).unwrap()).unwrap()).unwrap()
    }

    /// RFC 8785, section 3.2.2 and 3.2.3.
    #[test]
    fn the_example_of_rfc_8785_has_its_canonical_form() {
        let text = r#"{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
            "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"#;
        assert_eq!(
            canonical_text(text),
            "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\
             \"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"
        );
        let names = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh",
            "1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
        let order: Vec<_> = canonical_text(names)
            .split("\":\"")
            .map(|part| part.chars().last().unwrap())
            .collect();
        assert_eq!(order[..7], ['r', '1', '\u{80}', 'ö', '€', '😀', '\u{fb33}']);
    }

    #[test]
    fn what_two_readers_understand_differently_is_refused() {
        for text in [
            r#"{"a":1,"a":2}"#,
            r#"{"a":{"b":1,"\u0062":2}}"#,
            "9007199254740992",
            "-9007199254740993",
            "18446744073709551616e400",
            "9007199254740993.0",
            "1e16",
            "-1e20",
            "NaN",
            "1 2",
            "",
            "\u{feff}{}",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(read("[".repeat(100_000).as_bytes()).is_err());
        assert!(read(&vec![b' '; MAX_BYTES + 1]).is_err());
    }

    #[test]
    fn numbers_are_written_as_ecmascript_writes_them() {
        for (text, expected) in [
            ("1.0", "1"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("1e21", "1e+21"),
            ("0.000001", "0.000001"),
            ("1e-7", "1e-7"),
            ("9007199254740991", "9007199254740991"),
        ] {
            assert_eq!(canonical_text(text), expected);
        }
    }
}
