//! `carnet battery recompute`: the proof that an assessment follows from its files.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use battery::{Assessment, Class};
use clap::Parser;
use desk::assessing::Description;
use desk::certify::check::credential_in;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::args::{BatteryRecompute, Global, Reading};
use crate::battery_assess::{assess, description_of};
use crate::failure::Failure;
use crate::{clock, output};

/// Differences printed; the first ones show where to look.
const PRINTED: usize = 12;

/// What the first argument turned out to be.
enum Given {
    Assessment(Box<Assessment>),
    Credential(Claims),
}

/// What a credential says about the assessment behind it.
struct Claims {
    assessment_sha256: String,
    raw_sha256: Vec<String>,
    method: Option<String>,
    class: Option<String>,
}

/// The options of reading, as an assessment keeps them.
#[derive(Parser)]
#[command(no_binary_name = true)]
struct Answers {
    #[command(flatten)]
    reading: Reading,
}

pub fn run(global: &Global, options: &BatteryRecompute) -> Result<ExitCode, Failure> {
    let (differences, sha256, method) = match read(&options.certificate)? {
        Given::Assessment(before) => {
            let (differences, sha256) = again(&before, options)?;
            (differences, sha256, Some(before.method))
        }
        Given::Credential(claims) => {
            let (differences, sha256) = behind(&claims, options)?;
            (differences, sha256, claims.method)
        }
    };
    let equal = differences.is_empty();
    if global.json {
        output::json(&json!({
            "equal": equal,
            "assessment_sha256": sha256,
            "method": { "then": method, "now": battery::METHOD_VERSION },
            "differences": differences,
        }))?;
    } else if equal {
        output::say(format_args!(
            "EQUAL: {} gives the same bytes again (SHA-256 {sha256})",
            battery::METHOD_VERSION
        ))?;
    } else {
        output::say("DIFFERENT")?;
        for difference in differences.iter().take(PRINTED) {
            output::say(format_args!("  {difference}"))?;
        }
        if let Some(more) = differences.len().checked_sub(PRINTED).filter(|more| *more > 0) {
            output::say(format_args!("  … and {more} more; --json prints them all"))?;
        }
    }
    Ok(clock::code(equal))
}

fn read(path: &Path) -> Result<Given, Failure> {
    let wrong = |problem: String| Failure::Value(format!("{}: {problem}", path.display()));
    let bytes = match credential_in(path)? {
        Some(handed) => handed.credential,
        None => desk::data_dir::read(path)?,
    };
    let value: Value = serde_json::from_slice(&bytes).map_err(|e| wrong(format!("is no JSON: {e}")))?;
    if value.get("sessions").is_some() && value.get("diagnostics").is_some() {
        let assessment = serde_json::from_value(value)
            .map_err(|e| wrong(format!("is no assessment of this version: {e}")))?;
        return Ok(Given::Assessment(Box::new(assessment)));
    }
    let text = |key: &str| find(&value, key).and_then(Value::as_str).map(str::to_owned);
    let assessment_sha256 = text("assessmentSha256").ok_or_else(|| {
        wrong("is neither an assessment of `carnet battery assess --out` nor a credential that names the hash of one".into())
    })?;
    let raw = find(&value, "rawSha256").and_then(Value::as_array);
    Ok(Given::Credential(Claims {
        assessment_sha256,
        raw_sha256: raw
            .into_iter()
            .flatten()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect(),
        method: text("methodVersion"),
        class: text("class"),
    }))
}

/// The first value under a key, at any depth; objects are ordered, so it is always the same one.
fn find<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => fields
            .get(key)
            .or_else(|| fields.values().find_map(|field| find(field, key))),
        Value::Array(items) => items.iter().find_map(|item| find(item, key)),
        _ => None,
    }
}

/// Computes an assessment again from its own description.
fn again(before: &Assessment, options: &BatteryRecompute) -> Result<(Vec<String>, String), Failure> {
    let answers = Answers::try_parse_from(&before.evidence.answers).map_err(|e| {
        Failure::Value(format!(
            "the answers kept in the assessment are not understood: {e}"
        ))
    })?;
    let description = Description {
        battery: before.pack.clone(),
        facts: before.facts.clone(),
    };
    // Without dates the order of files counts: it is that of the assessment.
    let mut files = options.files.clone();
    let place = |path: &PathBuf| {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
        before
            .evidence
            .sources
            .iter()
            .position(|source| Some(&source.name) == name.as_ref())
            .unwrap_or(usize::MAX)
    };
    files.sort_by_key(place);
    let now = assess(
        &files,
        &answers.reading,
        &options.meter,
        &description,
        before.class,
    )?;
    let (old, new) = (serde_json::to_vec(before)?, serde_json::to_vec(&now)?);
    let mut differences = Vec::new();
    if old != new {
        differ(
            "",
            &serde_json::to_value(before)?,
            &serde_json::to_value(&now)?,
            &mut differences,
        );
        if differences.is_empty() {
            differences.push("the same values in another order".into());
        }
    }
    Ok((differences, digest(&new)))
}

/// Computes the assessment behind a credential from the description beside the files.
fn behind(claims: &Claims, options: &BatteryRecompute) -> Result<(Vec<String>, String), Failure> {
    let description = description_of(options.battery.as_deref(), &options.files)?;
    let class = match claims.class.as_deref() {
        Some("guided") => Class::Guided,
        _ => Class::Field,
    };
    let now = assess(
        &options.files,
        &options.reading,
        &options.meter,
        &description,
        class,
    )?;
    let sha256 = digest(&serde_json::to_vec(&now)?);
    let mut differences = Vec::new();
    if claims.assessment_sha256 != sha256 {
        differences.push(format!(
            "evidence.assessmentSha256: {} in the credential, {sha256} now",
            claims.assessment_sha256
        ));
        if let Some(then) = claims
            .method
            .as_deref()
            .filter(|then| *then != battery::METHOD_VERSION)
        {
            differences.push(format!("method: {then} then, {} now", battery::METHOD_VERSION));
        }
    }
    let have: Vec<&str> = now.evidence.sources.iter().map(|s| s.sha256.as_str()).collect();
    for hash in claims
        .raw_sha256
        .iter()
        .filter(|hash| !have.contains(&hash.as_str()))
    {
        differences.push(format!("evidence.rawSha256: no file given has {hash}"));
    }
    for source in &now.evidence.sources {
        if !source.sha256.is_empty() && !claims.raw_sha256.contains(&source.sha256) {
            differences.push(format!(
                "evidence.rawSha256: {} ({}) is not in the credential",
                source.name, source.sha256
            ));
        }
    }
    Ok((differences, sha256))
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Names every place at which two values differ.
fn differ(place: &str, before: &Value, now: &Value, found: &mut Vec<String>) {
    match (before, now) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                let inner = format!("{place}.{key}");
                differ(&inner, value, b.get(key).unwrap_or(&Value::Null), found);
            }
            for (key, value) in b.iter().filter(|(key, _)| !a.contains_key(*key)) {
                differ(&format!("{place}.{key}"), &Value::Null, value, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (x, y)) in a.iter().zip(b).enumerate() {
                differ(&format!("{place}[{index}]"), x, y, found);
            }
        }
        _ if before == now => {}
        _ => found.push(format!(
            "{}: {before} then, {now} now",
            place.trim_start_matches('.')
        )),
    }
}
