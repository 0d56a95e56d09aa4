//! What a stranger does with a credential, offline.
//!
//! Two questions, two answers. *Proof*: is this document what a trusted issuer signed? *Status*: is the certificate in force
//! now? A revoked certificate has a good proof, and must not read as good; so no answer here joins the two.

use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use super::context;
use super::did::DidDocument;
use super::issue::digest;
use super::jcs;
use super::proof;
use super::schema;
use super::status_list::{Published, Purpose};
use super::subject::Subject;
use crate::distance::Overrun;

/// How far an issuer's clock may be ahead of ours, in seconds.
const AHEAD: i64 = 300;

/// The steps of verification, in order. The first that fails ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// It is JSON that every reader understands alike.
    File,
    /// Its contexts are those of a certificate, and no other.
    Context,
    /// It has the published form.
    Form,
    /// Its issuer is one that the verifier trusts, and the key is the issuer's.
    Issuer,
    /// The signature verifies.
    Proof,
}

impl Step {
    /// Its number in `spec/credential.md`.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Context => "context",
            Self::Form => "form",
            Self::Issuer => "issuer",
            Self::Proof => "proof",
        }
    }
}

/// Why a credential must not be believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("step {} ({}): {reason}", step.number(), step.name())]
pub struct Refusal {
    /// The step that failed.
    pub step: Step,
    /// Why.
    pub reason: String,
}

/// A credential whose proof is good. Whether it is in force is another question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The issuer's DID.
    pub issuer: String,
    /// The URL of the key that signed.
    pub verification_method: String,
    /// That key.
    pub public: [u8; 32],
    /// When the proof was made, as the issuer says.
    pub created: Option<Timestamp>,
    /// SHA-256 of the canonical form, hex.
    pub digest: String,
    /// From when it is valid.
    pub valid_from: Timestamp,
    /// Until when it is valid.
    pub valid_until: Timestamp,
    /// What it says.
    pub subject: Subject,
}

/// Whether a certificate is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In force: the issuer's lists say so as of this time, and neither date nor distance has run out.
    InForce {
        /// When the older of the two lists was made.
        as_of: Timestamp,
        /// Whether the odometer was compared; otherwise somebody must.
        odometer_compared: bool,
    },
    /// Withdrawn for good.
    Revoked,
    /// Suspended for now.
    Suspended,
    /// Its time or its distance has run out.
    Expired(Lapse),
    /// Its time has not begun.
    NotYetValid,
    /// Nobody can say from what is at hand.
    Unknown(String),
}

/// What ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lapse {
    /// The last moment has passed.
    Time,
    /// The car has run too far.
    Distance(Overrun),
}

impl Standing {
    /// The word in JSON.
    pub fn word(&self) -> &'static str {
        match self {
            Self::InForce { .. } => "in_force",
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Expired(_) => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Unknown(_) => "unknown",
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InForce { as_of, .. } => write!(f, "in force as of {as_of}"),
            Self::Revoked => f.write_str("withdrawn"),
            Self::Suspended => f.write_str("suspended"),
            Self::Expired(Lapse::Time) => f.write_str("expired by date"),
            Self::Expired(Lapse::Distance(overrun)) => write!(f, "expired by kilometres: {overrun}"),
            Self::NotYetValid => f.write_str("not yet valid"),
            Self::Unknown(why) => write!(f, "not known: {why}"),
        }
    }
}

/// The two answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is what a trusted issuer signed.
    pub proof: Result<Proven, Refusal>,
    /// Whether it is in force.
    pub status: Standing,
}

impl Verdict {
    /// Of a file in which there is no credential to be read, and why.
    pub fn unreadable(reason: String) -> Self {
        Self::refused(refuse(Step::File)(reason))
    }

    fn refused(refusal: Refusal) -> Self {
        Self {
            status: Standing::Unknown("the document is not to be believed".to_owned()),
            proof: Err(refusal),
        }
    }

    /// The verdict of somebody who also knows that a recorded reading lies beyond the limit. What the issuer says, and a last day
    /// that is over, outweigh it; that nobody can say does not.
    pub fn with_overrun(mut self, overrun: Overrun) -> Self {
        let open = matches!(
            self.status,
            Standing::InForce { .. } | Standing::Unknown(_) | Standing::NotYetValid
        );
        if self.proof.is_ok() && open {
            self.status = Standing::Expired(Lapse::Distance(overrun));
        }
        self
    }

    /// The verdict of somebody who also knows that nobody can tell how far the car has run since. It counts against a certificate in
    /// force only: whatever else ended one stands.
    pub fn with_distance_unknown(mut self, why: &str) -> Self {
        if self.proof.is_ok() && matches!(self.status, Standing::InForce { .. }) {
            self.status = Standing::Unknown(format!("whether it is within its kilometres: {why}"));
        }
        self
    }

    /// Whether both answers are good. There is no other way to ask for both.
    pub fn may_be_relied_on(&self) -> bool {
        self.proof.is_ok() && matches!(self.status, Standing::InForce { .. })
    }
}

/// What the verifier brings along.
#[derive(Clone, Copy, Debug)]
pub struct Question<'q> {
    /// The DID documents of the issuers it trusts.
    pub issuers: &'q [DidDocument],
    /// The status lists at hand, as published.
    pub status_lists: &'q [Vec<u8>],
    /// The time.
    pub now: Timestamp,
    /// What the odometer shows, in kilometres.
    pub odometer_km: Option<u32>,
}

/// Verifies a credential.
pub fn verify(text: &[u8], question: &Question<'_>) -> Verdict {
    match prove(text, question) {
        Ok((proven, credential)) => Verdict {
            status: standing(&proven, &credential, question),
            proof: Ok(proven),
        },
        Err(refusal) => Verdict::refused(refusal),
    }
}

fn refuse(step: Step) -> impl Fn(String) -> Refusal {
    move |reason| Refusal { step, reason }
}

fn prove(text: &[u8], question: &Question<'_>) -> Result<(Proven, Value), Refusal> {
    let credential = jcs::read(text).map_err(|e| refuse(Step::File)(e.to_string()))?;
    contexts(&credential, &context::OF_CERTIFICATES).map_err(refuse(Step::Context))?;

    let form = refuse(Step::Form);
    schema::check(&credential).map_err(|faults| form(faults.join("; ")))?;
    let subject = credential.get("credentialSubject").cloned().unwrap_or_default();
    let subject: Subject = serde_json::from_value(subject).map_err(|e| form(e.to_string()))?;
    if subject.redacted != subject.vehicle.vid.is_none() {
        return Err(form(
            "it has a vehicle id exactly where it is not redacted".to_owned(),
        ));
    }
    let time = |field: &str| {
        let text = credential.get(field).and_then(Value::as_str).unwrap_or_default();
        text.parse::<Timestamp>()
            .map_err(|e| form(format!("/{field}: {e}")))
    };
    let (valid_from, valid_until) = (time("validFrom")?, time("validUntil")?);

    let signed = signed_by(&credential, question.issuers, question.now)?;
    let digest = digest(&credential).map_err(|e| form(e.to_string()))?;
    Ok((
        Proven {
            issuer: signed.issuer,
            verification_method: signed.proof.verification_method,
            public: signed.public,
            created: signed.proof.created,
            digest,
            valid_from,
            valid_until,
            subject,
        },
        credential,
    ))
}

/// Whether the contexts are exactly these. The specification of the proof lets contexts be added after signing; so unknown
/// ones are refused here.
fn contexts(document: &Value, expected: &[&str]) -> Result<(), String> {
    let given = document.get("@context");
    let same = given.and_then(Value::as_array).is_some_and(|given| {
        given.len() == expected.len()
            && given
                .iter()
                .zip(expected)
                .all(|(given, expected)| given == expected)
    });
    if same {
        return Ok(());
    }
    let given: String = given
        .map(Value::to_string)
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect();
    Err(format!(
        "the contexts are {given}; only {expected:?} are known here"
    ))
}

/// Who signed a document.
struct Signed {
    issuer: String,
    public: [u8; 32],
    proof: proof::Proof,
}

/// Steps 3 and 4, which certificates and status lists share.
fn signed_by(document: &Value, issuers: &[DidDocument], now: Timestamp) -> Result<Signed, Refusal> {
    let not = refuse(Step::Issuer);
    let issuer = match document.get("issuer") {
        Some(Value::String(id)) => Some(id.as_str()),
        Some(Value::Object(issuer)) => issuer.get("id").and_then(Value::as_str),
        _ => None,
    };
    let issuer = issuer.ok_or_else(|| not("there is no issuer".to_owned()))?;
    let shown = |text: &str| text.chars().take(120).collect::<String>();
    let trusted = issuers
        .iter()
        .find(|document| document.id == issuer)
        .ok_or_else(|| not(format!("{:?} is no issuer that you trust", shown(issuer))))?;
    let wrong = refuse(Step::Proof);
    let proof = proof::read(document).map_err(|e| wrong(e.to_string()))?;
    let method = trusted.method(&proof.verification_method).ok_or_else(|| {
        not(format!(
            "{:?} is no key with which {issuer} signs",
            shown(&proof.verification_method)
        ))
    })?;
    // The date in a proof is its maker's word; whoever stole a key can write an earlier one. So a key that has ended proves
    // nothing any more.
    if method.ends.is_some_and(|ends| now >= ends) {
        return Err(not(format!("the key {} was revoked or has expired", method.id)));
    }
    let proof = proof::verify(document, &method.public).map_err(|e| wrong(e.to_string()))?;
    if proof
        .created
        .is_some_and(|created| created.as_second() > now.as_second().saturating_add(AHEAD))
    {
        return Err(wrong("the proof is dated in the future".to_owned()));
    }
    if let Some(expires) = proof.expires.filter(|expires| now >= *expires) {
        return Err(wrong(format!("the proof expired at {expires}")));
    }
    Ok(Signed {
        issuer: issuer.to_owned(),
        public: method.public,
        proof,
    })
}

/// Whether a proven certificate is in force. What the issuer says outweighs what the calendar says, and what nobody says is
/// not taken for good.
fn standing(proven: &Proven, credential: &Value, question: &Question<'_>) -> Standing {
    let mut suspended = false;
    let mut unknown = None;
    let mut as_of = Timestamp::MAX;
    for purpose in Purpose::ALL {
        match bit(proven, credential, purpose, question) {
            Ok((true, _)) if purpose == Purpose::Revocation => return Standing::Revoked,
            Ok((true, _)) => suspended = true,
            Ok((false, made)) => as_of = as_of.min(made),
            Err(why) => unknown = unknown.or(Some(why)),
        }
    }
    let subject = &proven.subject;
    if suspended {
        Standing::Suspended
    } else if question.now > proven.valid_until {
        Standing::Expired(Lapse::Time)
    } else if let Some(odometer_km) = question.odometer_km.filter(|km| *km > subject.odometer_limit_km) {
        Standing::Expired(Lapse::Distance(Overrun {
            odometer_km: Some(odometer_km),
            read_on: None,
            limit_km: subject.odometer_limit_km,
        }))
    } else if question.now.as_second().saturating_add(AHEAD) < proven.valid_from.as_second() {
        Standing::NotYetValid
    } else if let Some(km) = question.odometer_km.filter(|km| *km < subject.odometer_km) {
        Standing::Unknown(format!(
            "the odometer shows {km} km, less than the {} km when the car was evaluated; is this the car?",
            subject.odometer_km
        ))
    } else if let Some(why) = unknown {
        Standing::Unknown(why)
    } else {
        Standing::InForce {
            as_of,
            odometer_compared: question.odometer_km.is_some(),
        }
    }
}

/// The certificate's bit in the newest list for a purpose, and when that list was made.
fn bit(
    proven: &Proven,
    credential: &Value,
    purpose: Purpose,
    question: &Question<'_>,
) -> Result<(bool, Timestamp), String> {
    let entries = credential.get("credentialStatus").and_then(Value::as_array);
    let entry = entries
        .into_iter()
        .flatten()
        .find(|entry| entry.get("statusPurpose").and_then(Value::as_str) == Some(purpose.as_str()))
        .ok_or_else(|| format!("the certificate names no {purpose} list"))?;
    let text = |field: &str| entry.get(field).and_then(Value::as_str).unwrap_or_default();
    let url = text("statusListCredential");
    let index: u64 = text("statusListIndex")
        .parse()
        .map_err(|_| "the certificate has no place in the status list".to_owned())?;
    let mut newest: Option<Published> = None;
    let mut why = format!("there is no {purpose} list; get it from {url}");
    for list in question.status_lists {
        match published(list, url, &proven.issuer, question) {
            Ok(None) => {}
            Ok(Some(list)) if list.purpose != purpose => {
                why = format!("the list from {url} is for {}, not for {purpose}", list.purpose);
            }
            Ok(Some(list)) => {
                if newest
                    .as_ref()
                    .is_none_or(|newest| newest.valid_from < list.valid_from)
                {
                    newest = Some(list);
                }
            }
            Err(problem) => why = format!("the {purpose} list from {url} is not to be believed: {problem}"),
        }
    }
    let list = newest.ok_or(why)?;
    // A set bit counts whatever the list's age: neither withdrawal nor suspension is undone by waiting.
    let set = list.list.get(index).map_err(|e| e.to_string())?;
    if !set && question.now > list.valid_until {
        return Err(format!(
            "the {purpose} list ended on {}; get a newer one from {url}",
            list.valid_until
        ));
    }
    Ok((set, list.valid_from))
}

/// A list published at `url` by this issuer; `None` where it is another list.
fn published(
    text: &[u8],
    url: &str,
    issuer: &str,
    question: &Question<'_>,
) -> Result<Option<Published>, String> {
    // A file that is not JSON at all may be anything; it is not counted against the list that is looked for.
    let Ok(document) = jcs::read(text) else {
        return Ok(None);
    };
    if document.get("id").and_then(Value::as_str) != Some(url) {
        return Ok(None);
    }
    contexts(&document, &context::OF_STATUS_LISTS)?;
    let signed = signed_by(&document, question.issuers, question.now).map_err(|e| e.reason)?;
    if signed.issuer != issuer {
        return Err(format!("{} signed it, not {issuer}", signed.issuer));
    }
    let list = Published::read(&document).map_err(|e| e.to_string())?;
    if list.valid_from.as_second() > question.now.as_second().saturating_add(AHEAD) {
        return Err("it is dated in the future".to_owned());
    }
    Ok(Some(list))
}
