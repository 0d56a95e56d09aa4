use std::fmt;
use std::sync::{LazyLock, OnceLock};

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Registry, ValidationError, Validator};
use serde_json::{Map, Value};

use super::nearest::nearest;
use super::schema::{self, Field};
use super::{Role, StatementType};

/// More mistakes than this are not listed: the first few say what is wrong with the file.
const MOST_ERRORS: usize = 50;

/// One thing wrong with one field, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct FieldError {
    /// JSON pointer into the object checked, e.g. `/odometer/unit`; empty for the object itself.
    pub path: String,
    /// The value found there as JSON, cut at 120 characters; empty where the field is missing.
    pub value: String,
    /// What is wrong.
    pub problem: String,
    /// What to do about it.
    pub fix: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        write!(f, "{path}: {}", self.problem)?;
        if !self.value.is_empty() {
            write!(f, " (found {})", self.value)?;
        }
        write!(f, "; {}", self.fix)
    }
}

/// An issuer signed, or wants to sign, a type its role may not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{} may not issue {typ}; it is for {}",
    held.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(", "),
    typ.may_issue().iter().map(|r| r.as_str()).collect::<Vec<_>>().join(", ")
)]
pub struct RoleRefused {
    /// The type in question.
    pub typ: StatementType,
    /// The roles the issuer holds.
    pub held: Vec<Role>,
}

/// Checks the body of a statement against the published schema of its type.
///
/// # Errors
/// Every field that is missing, unknown, or has a value the schema does not allow, at most 50 of them.
pub fn check(typ: StatementType, body: &Map<String, Value>) -> Result<(), Vec<FieldError>> {
    static VALIDATORS: LazyLock<Vec<OnceLock<Option<Validator>>>> =
        LazyLock::new(|| StatementType::ALL.iter().map(|_| OnceLock::new()).collect());
    let validator = VALIDATORS
        .get(typ as usize)
        .and_then(|slot| slot.get_or_init(|| compile(schema::body_schema(typ))).as_ref());
    run(validator, typ.as_str(), typ.fields(), body)
}

/// Checks the claims around a body against the published header schema. The body itself is [`check`]ed by type.
///
/// # Errors
/// As [`check`].
pub fn check_header(claims: &Map<String, Value>) -> Result<(), Vec<FieldError>> {
    static VALIDATOR: OnceLock<Option<Validator>> = OnceLock::new();
    let validator = VALIDATOR.get_or_init(|| compile(schema::header()));
    run(validator.as_ref(), "the claims", schema::header_fields(), claims)
}

/// Checks that one of the roles an issuer holds may sign the type.
///
/// # Errors
/// [`RoleRefused`] names the roles that may.
pub fn check_role(typ: StatementType, held: &[Role]) -> Result<(), RoleRefused> {
    match typ.may_issue().iter().any(|role| held.contains(role)) {
        true => Ok(()),
        false => Err(RoleRefused {
            typ,
            held: held.to_vec(),
        }),
    }
}

fn compile(schema: &'static Value) -> Option<Validator> {
    static REGISTRY: LazyLock<Option<Registry<'static>>> = LazyLock::new(|| {
        let common = schema::common();
        Registry::new()
            .add(common["$id"].as_str()?, common)
            .ok()?
            .prepare()
            .ok()
    });
    jsonschema::options()
        .with_registry(REGISTRY.as_ref()?)
        .should_validate_formats(true)
        .build(schema)
        .ok()
}

fn run(
    validator: Option<&Validator>,
    what: &str,
    fields: &[Field],
    object: &Map<String, Value>,
) -> Result<(), Vec<FieldError>> {
    let Some(validator) = validator else {
        return Err(vec![FieldError {
            path: String::new(),
            value: String::new(),
            problem: format!("the schema of {what} does not compile"),
            fix: "this build of Carnet is broken; use another".to_owned(),
        }]);
    };
    let instance = Value::Object(object.clone());
    if validator.is_valid(&instance) {
        return Ok(());
    }
    let mut errors: Vec<FieldError> = validator
        .iter_errors(&instance)
        .flat_map(|error| explain(&error, what, fields))
        .collect();
    errors.truncate(MOST_ERRORS);
    Err(errors)
}

fn explain(error: &ValidationError<'_>, what: &str, fields: &[Field]) -> Vec<FieldError> {
    let path = error.instance_path().as_str().to_owned();
    let value = error.instance();
    let one = |problem: String, fix: String| {
        vec![FieldError {
            path: path.clone(),
            value: shorten(value),
            problem,
            fix: label(fields, &path, fix),
        }]
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => unexpected
            .iter()
            .map(|name| FieldError {
                path: format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")),
                value: value.get(name).map(shorten).unwrap_or_default(),
                problem: format!("{what} has no such field"),
                fix: instead_of(name, &path, fields),
            })
            .collect(),
        ValidationErrorKind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            let path = format!("{path}/{name}");
            vec![FieldError {
                value: String::new(),
                problem: "the field is missing".to_owned(),
                fix: label(fields, &path, format!("add {name}")),
                path,
            }]
        }
        ValidationErrorKind::Enum { options } => {
            let options: Vec<&str> = options
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            let meant = value
                .as_str()
                .and_then(|given| nearest(given, options.iter().copied()));
            let meant = meant.map(|m| format!(" (did you mean {m}?)")).unwrap_or_default();
            one(
                "the value is not one of those allowed".to_owned(),
                format!("write one of {}{meant}", options.join(", ")),
            )
        }
        ValidationErrorKind::Type { kind } => {
            let wanted = match kind {
                TypeKind::Single(one) => one.to_string(),
                TypeKind::Multiple(several) => several
                    .iter()
                    .map(|t| t.to_string())
                    .collect::<Vec<_>>()
                    .join(" or "),
            };
            let fix = match wanted.as_str() {
                "integer" => "write a whole number without quotes or separators".to_owned(),
                "number" => "write a number without quotes".to_owned(),
                "boolean" => "write true or false without quotes".to_owned(),
                "string" => "write text in quotes".to_owned(),
                other => format!("write {other}"),
            };
            one(format!("this must be of type {wanted}"), fix)
        }
        ValidationErrorKind::Minimum { limit } => one(
            "the number is too small".to_owned(),
            format!("write {limit} or more"),
        ),
        ValidationErrorKind::Maximum { limit } => one(
            "the number is too large".to_owned(),
            format!("write {limit} or less"),
        ),
        ValidationErrorKind::Pattern { pattern } => one(
            "the text does not have the form required".to_owned(),
            describe_pattern(pattern),
        ),
        ValidationErrorKind::Format { format } if format == "date" => one(
            "this is not a date".to_owned(),
            "write it as YYYY-MM-DD, e.g. 2024-03-09".to_owned(),
        ),
        ValidationErrorKind::MinLength { limit } | ValidationErrorKind::MinItems { limit } => {
            one("this is too short".to_owned(), format!("give at least {limit}"))
        }
        ValidationErrorKind::MaxLength { limit } | ValidationErrorKind::MaxItems { limit } => {
            one("this is too long".to_owned(), format!("give at most {limit}"))
        }
        ValidationErrorKind::UniqueItems => one(
            "a value stands twice in the list".to_owned(),
            "write each value once".to_owned(),
        ),
        other => one(
            format!("the rule {:?} is broken", other.keyword()),
            format!("see the schema of {what}"),
        ),
    }
}

/// Says which field the fix is about, in both languages and with its unit.
fn label(fields: &[Field], path: &str, fix: String) -> String {
    let Some(field) = fields.iter().find(|field| same_place(&field.path, path)) else {
        return fix;
    };
    let unit = field.unit.map(|unit| format!(", in {unit}")).unwrap_or_default();
    format!("{fix} ({} / {}{unit})", field.label_ko, field.label_en)
}

/// Whether a pointer into a body names the field of a schema path, in which `*` stands for a list index.
fn same_place(field: &str, pointer: &str) -> bool {
    let mut parts = pointer.split('/');
    field.split('/').all(|wanted| {
        parts.next().is_some_and(|part| match wanted {
            "*" => part.bytes().all(|b| b.is_ascii_digit()),
            name => name == part,
        })
    }) && parts.next().is_none()
}

fn instead_of(name: &str, parent: &str, fields: &[Field]) -> String {
    let siblings: Vec<&str> = fields
        .iter()
        .filter_map(|field| field.path.rsplit_once('/'))
        .filter(|(place, _)| same_place(place, parent))
        .map(|(_, sibling)| sibling)
        .collect();
    match nearest(name, siblings.iter().copied()) {
        Some(meant) => format!("did you mean {meant}?"),
        None => format!("remove it; the fields here are {}", siblings.join(", ")),
    }
}

fn describe_pattern(pattern: &str) -> String {
    match pattern {
        "^[0-9a-f]{64}$" => "write a SHA-256 as 64 lower-case hexadecimal digits".to_owned(),
        "^[A-Z]{3}$" => "write a currency code such as KRW or USD".to_owned(),
        "^[A-Z]{2}$" => "write a two-letter country code such as KR".to_owned(),
        "^[A-Z]{2}[A-Z2-9]{3}$" => "write a UN/LOCODE without a space, such as KRINC".to_owned(),
        "^[0-9]{7}$" => "write the seven digits of the IMO number".to_owned(),
        "^[A-Z]{3}[UJZ][0-9]{7}$" => "write the container number as four letters and seven digits".to_owned(),
        "^(vin|frame):[A-Z0-9-]{4,24}$" => "write the id as vin:… or frame:…".to_owned(),
        other => format!("it must match {other}"),
    }
}

fn shorten(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
