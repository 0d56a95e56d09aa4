//! The proof that an assessment follows from its files: computed again, and held against what was kept or certified.

use std::path::{Path, PathBuf};

use battery::{Assessment, Class};
use certificate::application::Battery;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use telemetry::Progress;

use crate::assessing::{self, AssessError, Description, Question, Reading, SecondMeter};
use crate::certify::check::credential_in;
use crate::data_dir;
use crate::error::DeskError;

/// What is proven.
#[derive(Debug)]
pub enum Given {
    /// An assessment, which says itself how it was made.
    Assessment(Box<Assessment>),
    /// A credential, which names the hash of one.
    Credential(Box<Claims>),
}

/// What a credential says about the assessment behind it.
#[derive(Debug)]
pub struct Claims {
    assessment_sha256: String,
    raw_sha256: Vec<String>,
    method: Option<String>,
    class: Class,
    battery: Option<Battery>,
}

/// Method and version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Methods {
    /// With which it was made, where that is said.
    pub then: Option<String>,
    /// Of this program.
    pub now: &'static str,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recomputed {
    /// Whether the same bytes came out.
    pub equal: bool,
    /// SHA-256 of the assessment as it is now, hex.
    pub assessment_sha256: String,
    /// Method and version.
    pub method: Methods,
    /// Every place at which the two differ; where only a hash is known, which files are missing or new.
    pub differences: Vec<String>,
}

impl Given {
    /// Reads an assessment, a credential, or the pages of a certificate with one inside.
    ///
    /// # Errors
    /// The file cannot be read, or is none of these.
    pub fn read(path: &Path) -> Result<Self, DeskError> {
        let wrong = |problem: String| DeskError::malformed(path, problem);
        let bytes = match credential_in(path)? {
            Some(handed) => handed.credential,
            None => data_dir::read(path)?,
        };
        let value: Value = serde_json::from_slice(&bytes).map_err(|e| wrong(format!("is no JSON: {e}")))?;
        if value.get("sessions").is_some() && value.get("diagnostics").is_some() {
            let assessment = serde_json::from_value(value)
                .map_err(|e| wrong(format!("is no assessment of this version: {e}")))?;
            return Ok(Self::Assessment(Box::new(assessment)));
        }
        let text = |key: &str| find(&value, key).and_then(Value::as_str);
        let assessment_sha256 = text("assessmentSha256").ok_or_else(|| {
            wrong(
                "is neither an assessment of `carnet battery assess --out` nor a credential that names the hash of one"
                    .to_owned(),
            )
        })?;
        let raw = find(&value, "rawSha256").and_then(Value::as_array);
        let battery = value
            .get("credentialSubject")
            .and_then(|subject| subject.get("battery"));
        Ok(Self::Credential(Box::new(Claims {
            assessment_sha256: assessment_sha256.to_owned(),
            raw_sha256: raw
                .into_iter()
                .flatten()
                .filter_map(|v| v.as_str().map(str::to_owned))
                .collect(),
            method: text("methodVersion").map(str::to_owned),
            class: text("class").and_then(assessing::class).unwrap_or(Class::Field),
            battery: battery.and_then(|battery| serde_json::from_value(battery.clone()).ok()),
        })))
    }

    /// How the files are to be read, where that was kept: an assessment does so, a credential does not.
    ///
    /// # Errors
    /// What was kept is none of the answers there are.
    pub fn kept_reading(&self) -> Result<Option<Reading>, AssessError> {
        match self {
            Self::Assessment(before) => Reading::from_answers(&before.evidence.answers).map(Some),
            Self::Credential(_) => Ok(None),
        }
    }

    /// The battery, where it is said: whole in an assessment; in a credential as it was applied for, without facts that no log shows.
    pub fn described(&self) -> Option<Description> {
        match self {
            Self::Assessment(before) => Some(Description {
                battery: before.pack.clone(),
                facts: before.facts.clone(),
            }),
            Self::Credential(claims) => claims.battery.as_ref().map(Description::of_battery),
        }
    }
}

/// What is computed again from.
#[derive(Debug, Clone)]
pub struct Data<'d> {
    /// The logs.
    pub files: &'d [PathBuf],
    /// How to read them.
    pub reading: &'d Reading,
    /// What the assessment behind a credential kept of that; [`Reading::answers`], unless a file lies elsewhere than its owner
    /// knows. An assessment says its own.
    pub answers: Vec<String>,
    /// A second meter's log.
    pub meter: Option<&'d SecondMeter>,
    /// The battery; an assessment says its own.
    pub description: &'d Description,
    /// The most rows that are read of one file.
    pub most_rows: Option<u64>,
}

/// Computes an assessment again, and says where it differs.
///
/// # Errors
/// A log cannot be read, or does not say what must be known.
pub fn recompute(
    given: &Given,
    data: Data<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Recomputed, AssessError> {
    let mut files = data.files.to_vec();
    let (answers, class, own) = match given {
        Given::Assessment(before) => {
            // Without dates the order of files counts: it is that of the assessment.
            let place = |path: &PathBuf| {
                let name = path.file_name().map(|n| n.to_string_lossy().into_owned());
                let mut sources = before.evidence.sources.iter();
                sources
                    .position(|source| Some(&source.name) == name.as_ref())
                    .unwrap_or(usize::MAX)
            };
            files.sort_by_key(place);
            (before.evidence.answers.clone(), before.class, given.described())
        }
        Given::Credential(claims) => (data.answers, claims.class, None),
    };
    let question = Question {
        files: &files,
        reading: data.reading,
        answers,
        meter: data.meter,
        description: own.as_ref().unwrap_or(data.description),
        class,
        most_rows: data.most_rows,
    };
    let now = assessing::assess(question, progress)?;
    let unwritable = |e: serde_json::Error| AssessError::Kept(format!("cannot be written: {e}"));
    let bytes = serde_json::to_vec(&now).map_err(unwritable)?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let (then, differences) = match given {
        Given::Assessment(before) => {
            let mut differences = Vec::new();
            if serde_json::to_vec(before).map_err(unwritable)? != bytes {
                let (old, new) = (serde_json::to_value(before), serde_json::to_value(&now));
                differ(
                    "",
                    &old.map_err(unwritable)?,
                    &new.map_err(unwritable)?,
                    &mut differences,
                );
                if differences.is_empty() {
                    differences.push("the same values in another order".to_owned());
                }
            }
            (Some(before.method.clone()), differences)
        }
        Given::Credential(claims) => (claims.method.clone(), held(claims, &now, &sha256)),
    };
    Ok(Recomputed {
        equal: differences.is_empty(),
        assessment_sha256: sha256,
        method: Methods {
            then,
            now: battery::METHOD_VERSION,
        },
        differences,
    })
}

/// Where an assessment differs from what a credential says of it, and where only its hash does, what that may come from.
fn held(claims: &Claims, now: &Assessment, sha256: &str) -> Vec<String> {
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
    if differences.len() == 1 && claims.assessment_sha256 != sha256 {
        differences.push(
            "the files are the same, and so is the method. An assessment also holds how its files are named, how they were read, \
             and what no log shows: give them under the names they had, with the same answers, and the description with --battery"
                .to_owned(),
        );
    }
    differences
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
