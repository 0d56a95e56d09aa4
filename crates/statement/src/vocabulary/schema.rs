use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::{Role, StatementType};

/// One field of a body, as its schema describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where it stands in the body: a JSON pointer with `*` for the elements of a list, e.g. `/panels/*/no`.
    pub path: String,
    /// Korean label.
    pub label_ko: &'static str,
    /// English label.
    pub label_en: &'static str,
    /// Unit of a number, in words where the unit stands in a field beside it.
    pub unit: Option<&'static str>,
    /// The words it may hold where they are a closed list, and else none. Of a list these are the words of its elements.
    pub words: Vec<&'static str>,
    /// The form, law, standard or convention the field is taken from.
    pub source: &'static str,
    /// Disclosed only when the holder chooses to.
    pub personal: bool,
    /// The object it stands in must have it.
    pub required: bool,
}

/// What the schema of one type says, read once.
pub(super) struct TypeMeta {
    pub(super) number: u8,
    pub(super) label_ko: &'static str,
    pub(super) label_en: &'static str,
    pub(super) issuers: Vec<Role>,
    pub(super) personal: Vec<&'static str>,
    pub(super) fields: Vec<Field>,
}

/// The shapes several schemas share, as published in `spec/vocabulary/`.
pub const COMMON_SCHEMA: &str = include_str!("../../../../spec/vocabulary/common.schema.json");

/// The claims around the body, as published in `spec/vocabulary/`.
pub const HEADER_SCHEMA: &str = include_str!("../../../../spec/vocabulary/header.schema.json");

/// A schema that did not parse would read as null: no role could issue the type and no body would pass. A test
/// holds that none is.
static PARSED: LazyLock<Vec<Value>> = LazyLock::new(|| {
    StatementType::ALL
        .iter()
        .map(|typ| serde_json::from_str(typ.schema()).unwrap_or_default())
        .collect()
});

static COMMON: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(COMMON_SCHEMA).unwrap_or_default());

static HEADER: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(HEADER_SCHEMA).unwrap_or_default());

static META: LazyLock<Vec<TypeMeta>> = LazyLock::new(|| PARSED.iter().map(type_meta).collect());

static HEADER_FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| fields_of(&HEADER));

static NOTHING: TypeMeta = TypeMeta {
    number: 0,
    label_ko: "",
    label_en: "",
    issuers: Vec::new(),
    personal: Vec::new(),
    fields: Vec::new(),
};

static NULL: Value = Value::Null;

pub(super) fn meta(typ: StatementType) -> &'static TypeMeta {
    META.get(typ as usize).unwrap_or(&NOTHING)
}

pub(crate) fn body_schema(typ: StatementType) -> &'static Value {
    PARSED.get(typ as usize).unwrap_or(&NULL)
}

pub(super) fn common() -> &'static Value {
    &COMMON
}

pub(super) fn header() -> &'static Value {
    &HEADER
}

/// The claims around the body, as the header schema describes them.
pub fn header_fields() -> &'static [Field] {
    &HEADER_FIELDS
}

fn type_meta(schema: &'static Value) -> TypeMeta {
    let fields = fields_of(schema);
    let named: Vec<&str> = schema["x-issuers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    TypeMeta {
        number: schema["x-number"]
            .as_u64()
            .and_then(|n| n.try_into().ok())
            .unwrap_or(0),
        label_ko: text(schema, "x-label-ko"),
        label_en: text(schema, "x-label-en"),
        issuers: match named.as_slice() {
            ["any"] => Role::ALL.to_vec(),
            names => names.iter().filter_map(|name| name.parse().ok()).collect(),
        },
        personal: properties(schema)
            .filter(|(_, property)| property["x-personal"] == true)
            .map(|(name, _)| name)
            .collect(),
        fields,
    }
}

fn fields_of(schema: &'static Value) -> Vec<Field> {
    let mut fields = Vec::new();
    walk(schema, "", &mut fields);
    fields
}

fn walk(schema: &'static Value, path: &str, fields: &mut Vec<Field>) {
    let schema = follow(schema);
    if let Some(items) = schema.get("items") {
        walk(items, &format!("{path}/*"), fields);
    }
    for (name, property) in properties(schema) {
        let path = format!("{path}/{name}");
        fields.push(Field {
            path: path.clone(),
            label_ko: text(property, "x-label-ko"),
            label_en: text(property, "x-label-en"),
            unit: property["x-unit"].as_str(),
            words: closed_words(property),
            source: text(property, "x-source"),
            personal: property["x-personal"] == true,
            required: schema["required"]
                .as_array()
                .is_some_and(|names| names.iter().any(|n| n == name)),
        });
        walk(property, &path, fields);
    }
}

fn closed_words(property: &'static Value) -> Vec<&'static str> {
    let schema = follow(property);
    let schema = schema.get("items").map_or(schema, follow);
    let words = schema["enum"].as_array();
    words.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The schema a `$ref` into the common file stands for. The common shapes refer to each other only downwards.
pub(crate) fn follow(schema: &'static Value) -> &'static Value {
    schema["$ref"]
        .as_str()
        .and_then(|target| target.rsplit_once("#"))
        .and_then(|(_, pointer)| COMMON.pointer(pointer))
        .unwrap_or(schema)
}

fn properties(schema: &'static Value) -> impl Iterator<Item = (&'static str, &'static Value)> {
    static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    schema["properties"]
        .as_object()
        .unwrap_or(&EMPTY)
        .iter()
        .map(|(name, value)| (name.as_str(), value))
}

fn text(schema: &'static Value, key: &str) -> &'static str {
    schema[key].as_str().unwrap_or("")
}
