//! The marketplace-code layout: `master` with overall flags, `inners` with coded items, `outers` with coded panels. It does not
//! carry every field of the form; a `supplement` in the open layout beside it gives the rest.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::form82::labels::{plain, word_for};
use crate::form82::{HighVoltageItem, Item, Note, NoteKind, Part, StateSet};

use super::mapping::{Kind, Mapping, Row};
use super::{Report, open};

/// Turns the coded record into the open layout and reads that.
pub(super) fn read(raw: &Map<String, Value>, mapping: &Mapping, report: &mut Report) -> Map<String, Value> {
    let mut reader = Reader {
        mapping,
        report,
        fields: Map::new(),
        items: Map::new(),
        high_voltage: Map::new(),
        panels: Vec::new(),
        stood: BTreeMap::new(),
    };
    for (key, value) in raw {
        match (key.as_str(), value) {
            ("supplement", Value::Object(_)) | (_, Value::Null) => {}
            ("inners", Value::Array(groups)) => {
                for (index, group) in groups.iter().enumerate() {
                    reader.node(group, &format!("/inners/{index}"));
                }
            }
            ("outers", Value::Array(panels)) => {
                for (index, panel) in panels.iter().enumerate() {
                    reader.panel(panel, &format!("/outers/{index}"));
                }
            }
            _ => reader.leaves(value, key),
        }
    }
    let Reader {
        mut fields,
        items,
        high_voltage,
        panels,
        ..
    } = reader;
    for (field, object) in [("items", items), ("high_voltage", high_voltage)] {
        if !object.is_empty() {
            fields.insert(field.to_owned(), Value::Object(object));
        }
    }
    if raw.contains_key("outers") {
        fields.insert("panels".to_owned(), Value::Array(panels));
    }
    if let Some(Value::Object(supplement)) = raw.get("supplement") {
        for (key, value) in supplement {
            if fields.contains_key(key) {
                report.unmapped(
                    &format!("/supplement/{key}"),
                    value,
                    "the coded record says this already",
                );
            } else {
                fields.insert(key.clone(), value.clone());
            }
        }
    }
    open::read(&fields, report)
}

struct Reader<'a> {
    mapping: &'a Mapping,
    report: &'a mut Report,
    fields: Map<String, Value>,
    items: Map<String, Value>,
    high_voltage: Map<String, Value>,
    panels: Vec<Value>,
    /// Field or item → where it stood first.
    stood: BTreeMap<String, String>,
}

impl Reader<'_> {
    /// Overall fields: every value that is not null is mapped or reported, by its path.
    fn leaves(&mut self, value: &Value, path: &str) {
        let pointer = || format!("/{}", path.replace('.', "/"));
        if let Some(row) = self.mapping.get(Kind::Field, path) {
            let row = row.clone();
            // A coded value says what it means in its title.
            let value = value.get("title").unwrap_or(value);
            if row.to == "-" {
                self.report
                    .unmapped(&pointer(), value, said(&row.note, "has no place on the form"));
                return;
            }
            self.doubt(&row, path);
            let flag = value.as_bool().filter(|_| row.to == "tuning");
            let value = match flag {
                Some(false) => json!("none"),
                Some(true) => {
                    self.report.unmapped(
                        &pointer(),
                        value,
                        "says that the car is tuned, not whether legally: give tuning in the supplement",
                    );
                    return;
                }
                None => value.clone(),
            };
            let first = self.stood.entry(row.to.clone()).or_insert_with(pointer);
            if let Some(earlier) = self.fields.insert(row.to.clone(), value.clone()) {
                self.report
                    .twice(&row.to, (first, &earlier), (&pointer(), &value));
            }
            return;
        }
        match value {
            Value::Null => {}
            Value::Object(fields) => {
                for (key, value) in fields {
                    self.leaves(value, &format!("{path}.{key}"));
                }
            }
            Value::Array(list) if list.is_empty() => {}
            other => self
                .report
                .unmapped(&pointer(), other, "the mapping table has no such field"),
        }
    }

    /// A group of items, or an item with its state; groups nest.
    fn node(&mut self, node: &Value, path: &str) {
        let Some(fields) = node.as_object() else {
            self.report
                .unmapped(path, node, "an item is an object with type and statusType");
            return;
        };
        for (key, value) in fields {
            let here = format!("{path}/{key}");
            match (key.as_str(), value) {
                ("type", _) | (_, Value::Null) => {}
                ("statusType", state) => {
                    self.item(&fields.get("type").cloned().unwrap_or_default(), state, path)
                }
                ("children", Value::Array(children)) => {
                    for (index, child) in children.iter().enumerate() {
                        self.node(child, &format!("{here}/{index}"));
                    }
                }
                (_, Value::Array(list)) if list.is_empty() => {}
                (_, Value::String(text)) if text.is_empty() => {}
                _ => self
                    .report
                    .unmapped(&here, value, "the mapping has no use for this field of an item"),
            }
        }
    }

    fn item(&mut self, kind: &Value, state: &Value, path: &str) {
        let (code, title) = coded(kind);
        let (state_code, state_title) = coded(state);
        let found = json!({"code": code, "title": title, "state": state_code, "state_title": state_title});
        let mapping = self.mapping;
        let by_title = mapping.get(Kind::ItemTitle, &title).or_else(|| {
            // A code nobody knows may still carry the form's own words.
            let known = || Item::ALL.iter().map(|i| (i.as_str(), i.label_ko()));
            let high = || HighVoltageItem::ALL.iter().map(|i| (i.as_str(), i.label_ko()));
            let exact = known()
                .chain(high())
                .find(|(_, label)| !title.is_empty() && plain(label) == plain(&title));
            exact.and_then(|(word, _)| mapping.rows_to(Kind::Item, word))
        });
        let Some(row) = mapping.get(Kind::Item, &code).or(by_title).cloned() else {
            self.report
                .unmapped(path, &found, format!("the mapping table has no item {code:?}"));
            return;
        };
        self.doubt(&row, if code.is_empty() { &title } else { &code });
        if !code.is_empty() && mapping.get(Kind::Item, &code).is_none() {
            self.report.notes.push(Note::new(
                NoteKind::UncertainMapping,
                format!("the mapping table has no item {code:?}; it was read by its title {title:?}"),
                format!("부호 {code}는 변환표에 없어 명칭({title})으로 변환함"),
            ));
        }
        if row.note.starts_with("mislabelled") {
            self.report.notes.push(Note::new(
                NoteKind::MislabelledIsolation,
                format!("{title:?} ({code}) was read as traction-battery isolation: the layout names it after the drive shaft, the form has no such item"),
                "'구동축 절연'은 서식의 '구동축전지 격리 상태'를 잘못 옮긴 이름으로 보고 변환함".to_owned(),
            ));
        }
        let item = Item::ALL
            .iter()
            .find(|item| item.as_str() == row.to)
            .map(|item| (item.as_str(), item.states(), false));
        let high = HighVoltageItem::ALL
            .iter()
            .find(|item| item.as_str() == row.to)
            .map(|item| (item.as_str(), item.states(), true));
        let Some((name, states, is_high)) = item.or(high) else {
            self.report.unmapped(
                path,
                &found,
                format!(
                    "the mapping table leads to {:?}, which the form does not have",
                    row.to
                ),
            );
            return;
        };
        let Some(word) = self.state(states, &state_code, &state_title) else {
            let allowed: Vec<&str> = states.states().iter().map(|state| state.as_str()).collect();
            self.report.unmapped(
                path,
                &found,
                format!(
                    "{name} may be {}, the state given is none of these",
                    allowed.join(", ")
                ),
            );
            return;
        };
        let target = if is_high {
            &mut self.high_voltage
        } else {
            &mut self.items
        };
        let first = self
            .stood
            .entry(name.to_owned())
            .or_insert_with(|| path.to_owned());
        if let Some(earlier) = target.insert(name.to_owned(), json!(word)) {
            self.report.twice(name, (first, &earlier), (path, &json!(word)));
        }
    }

    /// The state by its code, else by its title. "None" is "no" for an item that is yes or no.
    fn state(&self, states: StateSet, code: &str, title: &str) -> Option<&'static str> {
        let allowed: Vec<&str> = states.states().iter().map(|state| state.as_str()).collect();
        let by_code = self.mapping.get(Kind::State, code).and_then(|row| {
            let word = if states == StateSet::YesNo && row.to == "none" {
                "no"
            } else {
                &row.to
            };
            word_for("state", &allowed, word)
        });
        by_code.or_else(|| word_for("state", &allowed, title))
    }

    fn panel(&mut self, panel: &Value, path: &str) {
        let (code, title) = coded(&panel["type"]);
        let Some(row) = self.mapping.get(Kind::Panel, &code).cloned() else {
            self.report
                .unmapped(path, panel, format!("the mapping table has no panel {code:?}"));
            return;
        };
        let Some(part) = row.to.parse().ok().and_then(|number| Part::new(number).ok()) else {
            self.report
                .unmapped(path, panel, said(&row.note, "has no place on the form"));
            return;
        };
        self.doubt(&row, &code);
        let mut out = Map::from_iter([("no".to_owned(), json!(part))]);
        self.place(part, &row, &code, &title, &mut out);
        self.rank(part, panel, path, &code, &mut out);
        let mut codes = Vec::new();
        for (index, status) in panel["statusTypes"].as_array().into_iter().flatten().enumerate() {
            let (damage, _) = coded(status);
            match self.mapping.get(Kind::Damage, &damage) {
                Some(row) => codes.push(json!(row.to)),
                None => self.report.unmapped(
                    &format!("{path}/statusTypes/{index}"),
                    status,
                    format!("the mapping table has no condition {damage:?}"),
                ),
            }
        }
        for (key, value) in panel.as_object().into_iter().flatten() {
            if !matches!(key.as_str(), "type" | "attributes" | "statusTypes") && !value.is_null() {
                self.report.unmapped(
                    &format!("{path}/{key}"),
                    value,
                    "the mapping has no use for this field of a panel",
                );
            }
        }
        if codes.is_empty() {
            self.report
                .unmapped(path, panel, "a panel without a condition that is understood");
            return;
        }
        out.insert("codes".to_owned(), Value::Array(codes));
        self.panels.push(Value::Object(out));
    }

    /// Side, position and pillar. Where the code does not say which, the title may; where they disagree, neither is taken.
    fn place(&mut self, part: Part, row: &Row, code: &str, title: &str, out: &mut Map<String, Value>) {
        let title_plain = plain(title);
        let in_title = |words: &[&str]| words.iter().any(|word| title_plain.contains(word));
        let left = in_title(&["좌", "운전석", "왼쪽"]);
        let right = in_title(&["우", "동반석", "조수석", "오른쪽"]);
        let titled = match (left, right) {
            (true, false) => Some("left"),
            (false, true) => Some("right"),
            _ => None,
        };
        let side = match (row.side.as_deref(), titled) {
            (Some(coded), Some(titled)) if coded != titled => {
                self.report.notes.push(Note::new(
                    NoteKind::UncertainMapping,
                    format!("{code} is mapped to the {coded} side, its title {title:?} says {titled}; no side was taken"),
                    format!("{code}: 부호는 {coded}, 명칭({title})은 {titled}. 좌우를 기록하지 않음"),
                ));
                None
            }
            (coded, titled) => coded.or(titled.filter(|_| part.has_sides())),
        };
        for (field, value) in [
            ("side", side),
            ("position", row.position.as_deref()),
            ("pillar", row.pillar.as_deref()),
        ] {
            if let Some(value) = value {
                out.insert(field.to_owned(), json!(value));
            }
        }
    }

    /// The rank of the form counts; a layout that ranks a part otherwise is noted, not followed.
    fn rank(&mut self, part: Part, panel: &Value, path: &str, code: &str, out: &mut Map<String, Value>) {
        out.insert("rank".to_owned(), json!(part.rank()));
        for (index, attribute) in panel["attributes"].as_array().into_iter().flatten().enumerate() {
            let stated = attribute
                .as_str()
                .and_then(|name| self.mapping.get(Kind::Rank, name))
                .map(|row| row.to.clone());
            match stated {
                None => self.report.unmapped(
                    &format!("{path}/attributes/{index}"),
                    attribute,
                    format!("the mapping table has no rank {attribute}"),
                ),
                Some(stated) if stated != part.rank().as_str() => self.report.notes.push(Note::new(
                    NoteKind::UncertainMapping,
                    format!(
                        "{code} is ranked {stated}; the form has {} as {}",
                        part.label_en(),
                        part.rank().as_str()
                    ),
                    format!("{code}: 원본 랭크 {stated}, 서식 랭크 {}", part.rank().as_str()),
                )),
                Some(_) => {}
            }
        }
    }

    fn doubt(&mut self, row: &Row, code: &str) {
        if !row.certain {
            self.report.notes.push(Note::new(
                NoteKind::UncertainMapping,
                format!(
                    "{code} was read as {}, which its source does not state for certain: {}",
                    row.to, row.note
                ),
                format!("{code}: {}(으)로 변환하였으나 확실하지 않음", row.to),
            ));
        }
    }
}

/// Code and title of `{code, title}`; a bare text is a code.
fn coded(value: &Value) -> (String, String) {
    let text = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.trim().to_owned(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    match value {
        Value::Object(fields) => (text(fields.get("code")), text(fields.get("title"))),
        other => (text(Some(other)), String::new()),
    }
}

fn said<'a>(note: &'a str, otherwise: &'a str) -> &'a str {
    if note.is_empty() { otherwise } else { note }
}
