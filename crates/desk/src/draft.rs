//! A statement as a person or another program writes it down, before anybody signs it.

use serde::Deserialize;
use serde_json::{Map, Value};
use statement::vocabulary::{self, StatementType};
use statement::{Claims, Confidence, Digest, EventTime, Evidence, Locode};
use vehicle::{VehicleId, VehicleIdError, VinError};

/// An unsigned statement, as a line of JSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// A name for this line, so that a later line can correct it.
    #[serde(rename = "ref")]
    pub reference: Option<String>,
    /// The id of the issuer who is to sign.
    pub issuer: String,
    /// The type, as in the vocabulary.
    pub typ: String,
    /// The vehicle: `vin:…`, `frame:…`, or either without the prefix.
    pub vid: String,
    /// When it happened, with offset.
    pub event_time: String,
    /// When the issuer's own records first held it.
    pub recorded_at: Option<String>,
    /// Where, as UN/LOCODE.
    pub place: Option<String>,
    /// The fields of the type.
    pub body: Map<String, Value>,
    /// Documents it rests on.
    #[serde(default)]
    pub evidence: Vec<Value>,
    /// A to D.
    pub confidence: String,
    /// The `ref` of an earlier line, or the digest of a statement, that this one corrects.
    pub supersedes: Option<String>,
}

impl Draft {
    /// The claims to be signed at `iat`. `earlier` finds the digest of an earlier line by its `ref`.
    ///
    /// # Errors
    /// One sentence per fault, each with the field, the value and the fix.
    pub fn claims(self, iat: i64, earlier: impl Fn(&str) -> Option<Digest>) -> Result<Claims, Vec<String>> {
        let mut faults = Vec::new();
        let mut keep = |field: &str, fault: String| faults.push(format!("{field}: {fault}"));

        let typ = self
            .typ
            .parse::<StatementType>()
            .map_err(|e| keep("typ", e.to_string()))
            .ok();
        let vid = parse_vehicle(&self.vid)
            .map_err(|e| keep("vid", format!("{:?}: {e}", self.vid)))
            .ok();
        let event_time = self
            .event_time
            .parse::<EventTime>()
            .map_err(|e| keep("event_time", format!("{:?}: {e}", self.event_time)))
            .ok();
        let recorded_at = match self
            .recorded_at
            .as_deref()
            .map(str::parse::<EventTime>)
            .transpose()
        {
            Ok(time) => time,
            Err(e) => {
                keep(
                    "recorded_at",
                    format!("{:?}: {e}", self.recorded_at.as_deref().unwrap_or_default()),
                );
                None
            }
        };
        let place = match self.place.as_deref().map(str::parse::<Locode>).transpose() {
            Ok(place) => place,
            Err(e) => {
                keep(
                    "place",
                    format!("{:?}: {e}", self.place.as_deref().unwrap_or_default()),
                );
                None
            }
        };
        let confidence = self
            .confidence
            .parse::<Confidence>()
            .map_err(|e| keep("confidence", format!("{:?}: {e}", self.confidence)))
            .ok();
        let mut evidence = Vec::with_capacity(self.evidence.len());
        for (position, item) in self.evidence.into_iter().enumerate() {
            match Evidence::from_value(position, item) {
                Ok(item) => evidence.push(item),
                Err(e) => keep("evidence", e.to_string()),
            }
        }
        let supersedes = self.supersedes.as_deref().and_then(|target| {
            let digest = earlier(target).or_else(|| target.parse::<Digest>().ok());
            if digest.is_none() {
                let fix = "is neither the `ref` of an earlier line nor the digest of a statement";
                keep("supersedes", format!("{target:?} {fix}"));
            }
            digest
        });
        if let Some(typ) = typ
            && let Err(errors) = vocabulary::check(typ, &self.body)
        {
            for error in errors {
                keep("body", error.to_string());
            }
        }
        match (typ, vid, event_time, confidence) {
            (Some(typ), Some(vid), Some(event_time), Some(confidence)) if faults.is_empty() => Ok(Claims {
                iss: self.issuer,
                iat,
                typ,
                vid,
                event_time,
                recorded_at,
                place,
                body: self.body,
                evidence,
                confidence,
                supersedes,
            }),
            _ => Err(faults),
        }
    }
}

/// A vehicle as a person types it: with or without prefix.
pub(crate) fn parse_vehicle(text: &str) -> Result<VehicleId, String> {
    match text.parse::<VehicleId>() {
        Ok(id) => Ok(id),
        Err(error) if text.contains(':') => Err(error.to_string()),
        Err(_) => VehicleId::parse_loose(text).map_err(|error| {
            let said = error.to_string();
            if !matches!(error, VehicleIdError::Vin(VinError::CheckDigit { .. })) {
                return said;
            }
            let stamped = text.split_whitespace().collect::<String>().to_ascii_uppercase();
            let begin = if said.ends_with('?') { " If" } else { "; if" };
            format!("{said}{begin} the car is truly stamped so, write vin:{stamped}")
        }),
    }
}
