//! The published JSON Schema of a certificate's credential.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;

/// The schema, as it stands in `spec/credential/certificate.schema.json`.
pub const CERTIFICATE: &str = include_str!("../../../../spec/credential/certificate.schema.json");

/// The name under which credentials refer to it.
pub const URL: &str = "https://carnet.invalid/credentials/v1/certificate.schema.json";

/// Most faults that are listed.
const MOST: usize = 10;

/// Checks a credential against the schema.
///
/// # Errors
/// The faults, each with its place, at most ten.
pub fn check(credential: &Value) -> Result<(), Vec<String>> {
    static VALIDATOR: LazyLock<Option<Validator>> = LazyLock::new(|| compile(CERTIFICATE));
    run(VALIDATOR.as_ref(), credential)
}

/// A validator for a schema that is shipped; `None` where that is no schema, which a test rules out.
pub(crate) fn compile(schema: &str) -> Option<Validator> {
    let schema: Value = serde_json::from_str(schema).ok()?;
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .ok()
}

/// Runs a validator.
pub(crate) fn run(validator: Option<&Validator>, value: &Value) -> Result<(), Vec<String>> {
    let Some(validator) = validator else {
        return Err(vec!["the shipped schema cannot be read".to_owned()]);
    };
    let faults: Vec<String> = validator
        .iter_errors(value)
        .take(MOST)
        .map(|error| {
            let place = error.instance_path().to_string();
            let place = if place.is_empty() { "/" } else { &place };
            let text: String = error.to_string().chars().take(300).collect();
            format!("{place}: {text}")
        })
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}
