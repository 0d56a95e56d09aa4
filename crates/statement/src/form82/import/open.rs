//! The open layout: the fields of the schema, named in English, in Korean, or by their name in the schema; values as
//! words or labels in either language.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::form82::labels::{plain, word_for};
use crate::form82::{Note, NoteKind};
use crate::vocabulary::{StatementType, body_schema, follow};

use super::Report;

/// Names people use for a field besides its own and its two labels.
const OTHER_NAMES: &[(&str, &[&str])] = &[
    ("accident", &["사고유무", "사고"]),
    ("codes", &["부호", "상태"]),
    ("flood", &["침수", "침수유무"]),
    ("fire", &["화재", "화재유무"]),
    ("fuel", &["연료"]),
    ("inspected_on", &["점검일자"]),
    ("inspector_name", &["점검자 성명"]),
    ("items", &["세부상태"]),
    ("model", &["차량명"]),
    ("no", &["부위"]),
    ("panels", &["외판·골격", "이상 부위"]),
    ("plate", &["등록번호", "차량번호"]),
    ("transmission", &["변속기"]),
    ("use_change", &["용도이력"]),
    ("value", &["값", "km"]),
    ("vin_as_written", &["차대번호"]),
    ("vin_state", &["동일성확인"]),
];

/// Keys that tell the state of the odometer from beside it, as the form prints them.
const INSTRUMENT_KEYS: &[&str] = &["instrument_state", "계기상태", "주행거리 계기상태"];

/// Keys of the list that tells flood and fire.
const SPECIAL_KEYS: &[&str] = &["special_history", "특별이력"];

/// Reads fields of the open layout into a body. What cannot be read goes to the report.
pub(super) fn read(raw: &Map<String, Value>, report: &mut Report) -> Map<String, Value> {
    let schema = body_schema(StatementType::InspectionCondition);
    let mut raw = raw.clone();
    let mut take = |names: &[&str]| {
        let key = raw
            .keys()
            .find(|key| names.iter().any(|name| plain(name) == plain(key)))?
            .clone();
        raw.remove(&key)
    };
    let instrument = take(INSTRUMENT_KEYS);
    let special = take(SPECIAL_KEYS);
    if raw.contains_key("import") {
        // A record that was exported from here keeps where it came from only through the hash of this very file.
        if let Some(earlier) = raw.remove("import") {
            report.unmapped(
                "/import",
                &earlier,
                "the provenance of an earlier import; this import writes its own",
            );
        }
    }
    let mut body = object(schema, &raw, "", report);
    if let Some(state) = instrument {
        place_instrument_state(&mut body, &state, report);
    }
    if let Some(special) = special {
        place_special_history(&mut body, &special, report);
    }
    body
}

fn object(
    schema: &'static Value,
    raw: &Map<String, Value>,
    path: &str,
    report: &mut Report,
) -> Map<String, Value> {
    let mut out = Map::new();
    // Field → where it stood first: it may be given under two names.
    let mut stood: BTreeMap<&str, String> = BTreeMap::new();
    for (key, value) in raw {
        let here = format!("{path}/{key}");
        match property(schema, key) {
            Some((name, property)) => {
                let Some(value) = read_value(name, property, value, &here, report) else {
                    continue;
                };
                match (stood.get(name), out.get(name)) {
                    (Some(first), Some(earlier)) => {
                        report.twice(name, (first, earlier), (&here, &value));
                    }
                    _ => {
                        out.insert(name.to_owned(), value);
                        stood.insert(name, here);
                    }
                }
            }
            None => report.unmapped(&here, value, "the form has no such field"),
        }
    }
    out
}

fn property(schema: &'static Value, key: &str) -> Option<(&'static str, &'static Value)> {
    let properties = schema["properties"].as_object()?;
    let wanted = plain(key);
    let exact = properties.get_key_value(key);
    let labelled = || {
        properties.iter().find(|(name, property)| {
            let label = |which: &str| {
                property[which]
                    .as_str()
                    .is_some_and(|label| plain(label) == wanted)
            };
            plain(name) == wanted || label("x-label-ko") || label("x-label-en")
        })
    };
    let by_other_name = || {
        let (name, _) = OTHER_NAMES.iter().find(|(name, others)| {
            properties.contains_key(*name) && others.iter().any(|other| plain(other) == wanted)
        })?;
        properties.get_key_value(*name)
    };
    exact
        .or_else(labelled)
        .or_else(by_other_name)
        .map(|(name, property)| (name.as_str(), property))
}

fn read_value(
    name: &str,
    property: &'static Value,
    value: &Value,
    path: &str,
    report: &mut Report,
) -> Option<Value> {
    let schema = follow(property);
    if value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty()) {
        return None;
    }
    let read = match schema["type"].as_str() {
        Some("object") => return read_object(name, schema, value, path, report),
        Some("array") => return read_list(name, schema, value, path, report),
        Some("boolean") => yes_or_no(value)
            .map(Value::from)
            .ok_or("write true or false, 있음 or 없음"),
        Some("integer") if name == "no" => {
            part_number(value).ok_or("the form has no such part; give 1 to 19 or its name")
        }
        Some("integer") => number(value)
            .filter(|n| n.is_u64())
            .ok_or("a whole number is wanted here"),
        Some("number") => number(value).ok_or("a number is wanted here"),
        _ if schema["format"] == "date" => date(value)
            .map(Value::from)
            .ok_or("a date is wanted here, as 2024-03-09"),
        _ if schema["enum"].is_array() => word(name, schema, value)
            .map(Value::from)
            .ok_or("not a word the form allows here"),
        _ => text(value).map(Value::from).ok_or("a text is wanted here"),
    };
    match read {
        Ok(value) => Some(value),
        Err(why) => {
            report.unmapped(path, value, why);
            None
        }
    }
}

fn read_object(
    name: &str,
    schema: &'static Value,
    value: &Value,
    path: &str,
    report: &mut Report,
) -> Option<Value> {
    let fields = match value {
        Value::Object(fields) => fields.clone(),
        // The form prints the reading as one number, in km.
        bare if name == "odometer" && number(bare).is_some() => {
            Map::from_iter([("value".to_owned(), bare.clone())])
        }
        other => {
            report.unmapped(path, other, "an object with fields by name is wanted here");
            return None;
        }
    };
    let mut out = object(schema, &fields, path, report);
    if name == "odometer" {
        for (field, assumed, en, ko) in [
            ("unit", "km", "the form prints kilometres", "서식의 단위는 km"),
            (
                "method",
                "seen",
                "the inspector reads the instrument",
                "점검자가 계기를 확인",
            ),
        ] {
            if !out.contains_key(field) {
                out.insert(field.to_owned(), json!(assumed));
                let en = format!("odometer {field} is not given and was taken as {assumed}: {en}");
                report.notes.push(Note::new(
                    NoteKind::Assumed,
                    en,
                    format!("{field}={assumed}: {ko}"),
                ));
            }
        }
    }
    Some(Value::Object(out))
}

fn read_list(
    name: &str,
    schema: &'static Value,
    value: &Value,
    path: &str,
    report: &mut Report,
) -> Option<Value> {
    let elements: Vec<Value> = match value {
        Value::Array(elements) => elements.clone(),
        Value::Bool(false) => Vec::new(),
        Value::String(_)
            if yes_or_no(value) == Some(false) && word(name, &schema["items"], value).is_none() =>
        {
            Vec::new()
        }
        Value::String(text) if name == "codes" && text.chars().all(|c| "XWCAUT ,;/".contains(c)) => text
            .chars()
            .filter(char::is_ascii_uppercase)
            .map(|code| json!(code.to_string()))
            .collect(),
        Value::String(text) => text
            .split([',', ';'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(Value::from)
            .collect(),
        other => vec![other.clone()],
    };
    let mut out: Vec<Value> = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        let here = format!("{path}/{index}");
        // In a statement the same word twice is a mistake; on paper it is a box ticked twice.
        match read_value(name, &schema["items"], element, &here, report) {
            Some(read) if schema["uniqueItems"] == true && out.contains(&read) => {}
            Some(read) => out.push(read),
            None => {}
        }
    }
    Some(Value::Array(out))
}

/// The word of a closed list. The states of the detail items are one set under many fields.
fn word(name: &str, schema: &'static Value, value: &Value) -> Option<&'static str> {
    let allowed: Vec<&str> = schema["enum"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let text = text(value)?;
    word_for(name, &allowed, &text).or_else(|| word_for("state", &allowed, &text))
}

fn part_number(value: &Value) -> Option<Value> {
    const NUMBERS: [&str; 19] = [
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18",
        "19",
    ];
    let word = word_for("part", &NUMBERS, &text(value)?)?;
    word.parse::<u64>().ok().map(Value::from)
}

fn yes_or_no(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(answer) => Some(*answer),
        Value::Number(number) => match number.as_u64() {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::String(text) => match plain(text).as_str() {
            "있음" | "유" | "예" | "해당" | "이행" | "yes" | "y" | "true" | "1" => Some(true),
            "없음" | "무" | "아니오" | "아니요" | "해당없음" | "미이행" | "no" | "n" | "false" | "0"
            | "none" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A number, also as people write it: `92,110 km`, `0.1%`, `2018년`.
fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => {
            let text = text.trim().to_lowercase();
            let digits = ["km", "㎞", "mi", "%", "ppm", "년식", "년형", "년"]
                .iter()
                .find_map(|unit| text.strip_suffix(unit))
                .unwrap_or(&text)
                .trim();
            let digits: String = digits.chars().filter(|c| *c != ',').collect();
            match digits.parse::<u64>() {
                Ok(whole) => Some(json!(whole)),
                Err(_) if digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') => digits
                    .parse::<f64>()
                    .ok()
                    .filter(|n| n.is_finite())
                    .map(|n| json!(n)),
                Err(_) => None,
            }
        }
        _ => None,
    }
}

/// A date, also as people write it: `2024.03.09`, `20240309`, `2024년 3월 9일`.
fn date(value: &Value) -> Option<String> {
    let text = text(value)?;
    let mut parts: Vec<String> = text
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    if let [whole] = parts.as_slice()
        && let (8, Some(year), Some(month), Some(day)) =
            (whole.len(), whole.get(..4), whole.get(4..6), whole.get(6..8))
    {
        parts = vec![year.to_owned(), month.to_owned(), day.to_owned()];
    }
    let [year, month, day] = parts.as_slice() else {
        return None;
    };
    if year.len() != 4 {
        return None;
    }
    let date = jiff::civil::Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    Some(date.to_string())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The form prints the state of the instrument beside the reading, a statement keeps both together.
fn place_instrument_state(body: &mut Map<String, Value>, state: &Value, report: &mut Report) {
    let schema = follow(&body_schema(StatementType::InspectionCondition)["properties"]["odometer"]);
    let property = &schema["properties"]["instrument_state"];
    let Some(word) = read_value("instrument_state", property, state, "/instrument_state", report) else {
        return;
    };
    match body.get_mut("odometer").and_then(Value::as_object_mut) {
        Some(odometer) if !odometer.contains_key("instrument_state") => {
            odometer.insert("instrument_state".to_owned(), word);
        }
        _ => report.unmapped(
            "/instrument_state",
            state,
            "there is no reading it could belong to, or it is given twice",
        ),
    }
}

/// The form prints one box "special history" with flood and fire; a statement says each.
fn place_special_history(body: &mut Map<String, Value>, special: &Value, report: &mut Report) {
    let words: Vec<Value> = match special {
        Value::Array(words) => words.clone(),
        Value::String(text) => text
            .split([',', ';', '/'])
            .map(|word| json!(word.trim()))
            .collect(),
        other => vec![other.clone()],
    };
    let (mut flood, mut fire) = (false, false);
    for word in &words {
        match word.as_str().map(plain).as_deref() {
            Some("침수" | "flood") => flood = true,
            Some("화재" | "fire") => fire = true,
            _ if yes_or_no(word) == Some(false) => {}
            _ => {
                return report.unmapped(
                    "/special_history",
                    special,
                    "give 침수 (flood), 화재 (fire) or 없음 (none)",
                );
            }
        }
    }
    for (field, answer) in [("flood", flood), ("fire", fire)] {
        let answer = json!(answer);
        match body.get(field) {
            Some(earlier) => report.twice(
                field,
                (&format!("/{field}"), earlier),
                ("/special_history", &answer),
            ),
            None => {
                body.insert(field.to_owned(), answer);
            }
        }
    }
}
