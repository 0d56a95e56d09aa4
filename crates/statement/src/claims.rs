//! What a statement says: the claims around the body, each as a type that only a well-formed value can enter.
//!
//! The body itself belongs to the [vocabulary](crate::vocabulary).

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde_json::{Map, Value, json};
use vehicle::VehicleId;

use crate::hex32;
use crate::sd_jwt::Digest;
use crate::vocabulary::StatementType;

/// Longest accepted `iss`, in characters.
pub const MAX_ISSUER_CHARACTERS: usize = 256;

/// Most entries accepted in `evidence`.
pub const MAX_EVIDENCE: usize = 256;

/// The last second of the year 9999, the largest accepted `iat`.
const MAX_ISSUED_AT: i64 = 253_402_300_799;

/// What one statement says about one vehicle (`spec/statement.md`, section Claims).
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// `iss`: who says it, as the issuer's URI or enrolled name. Which key speaks for the name is the log's matter.
    pub iss: String,
    /// `iat`: when it was signed, in seconds since 1970-01-01T00:00:00Z.
    pub iat: i64,
    /// `typ`: what kind of event it is.
    pub typ: StatementType,
    /// `vid`: the vehicle.
    pub vid: VehicleId,
    /// `event_time`: when the event took place, in local time with its offset.
    pub event_time: EventTime,
    /// `recorded_at`: when the issuer's own records first held the event, if that was not when it was signed.
    pub recorded_at: Option<EventTime>,
    /// `place`: where it took place.
    pub place: Option<Locode>,
    /// `body`: the fields of the vocabulary's type. In a statement that was presented, without what is withheld.
    pub body: Map<String, Value>,
    /// `evidence`: documents and photographs the statement rests on, by their hash.
    pub evidence: Vec<Evidence>,
    /// `confidence`: how close the source stood to the event.
    pub confidence: Confidence,
    /// `supersedes`: the statement this one corrects. Both stay in the log.
    pub supersedes: Option<Digest>,
}

/// A claim that is missing, unknown, or not in its form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimsError {
    /// A claim every statement must carry is absent.
    #[error("the claim `{0}` is missing")]
    Missing(&'static str),
    /// A signed claim nobody specified. It is refused because a reader who skips it might miss what it changes.
    #[error("the claim `{0}` is not part of the statement format")]
    Unknown(String),
    /// A claim whose value is not in the specified form.
    #[error("the claim `{claim}` is {value}; it must be {expected}")]
    Invalid {
        /// The claim, with a dotted path for parts of `evidence`.
        claim: String,
        /// The value as found, shortened.
        value: String,
        /// The form it must have.
        expected: String,
    },
}

impl ClaimsError {
    fn invalid(claim: &str, value: &Value, expected: impl Into<String>) -> Self {
        const SHOWN: usize = 80;
        let mut value = value.to_string();
        if value.len() > SHOWN {
            value = value.chars().take(SHOWN).chain(['…']).collect();
        }
        Self::Invalid {
            claim: claim.to_owned(),
            value,
            expected: expected.into(),
        }
    }
}

impl Claims {
    /// The claims as one JSON object: what is signed, before personal fields of the body are concealed.
    pub fn to_json(&self) -> Map<String, Value> {
        let mut payload = Map::new();
        let mut put = |name: &str, value: Value| payload.insert(name.to_owned(), value);
        put("body", Value::Object(self.body.clone()));
        put("confidence", json!(self.confidence.as_str()));
        put("event_time", json!(self.event_time.as_str()));
        if !self.evidence.is_empty() {
            put("evidence", self.evidence.iter().map(Evidence::to_value).collect());
        }
        put("iat", json!(self.iat));
        put("iss", json!(self.iss));
        if let Some(place) = &self.place {
            put("place", json!(place.as_str()));
        }
        if let Some(recorded_at) = &self.recorded_at {
            put("recorded_at", json!(recorded_at.as_str()));
        }
        if let Some(digest) = &self.supersedes {
            put("supersedes", json!(digest.to_string()));
        }
        put("typ", json!(self.typ.to_string()));
        put("vid", json!(self.vid.to_string()));
        payload
    }

    /// Reads claims from one JSON object, as [`Claims::to_json`] writes them. The body is not checked against the vocabulary.
    pub fn from_json(mut payload: Map<String, Value>) -> Result<Self, ClaimsError> {
        let mut required = |name: &'static str| payload.remove(name).ok_or(ClaimsError::Missing(name));
        let claims = Self {
            iss: issuer(required("iss")?)?,
            iat: issued_at(&required("iat")?)?,
            typ: parsed("typ", &required("typ")?)?,
            vid: parsed("vid", &required("vid")?)?,
            event_time: parsed("event_time", &required("event_time")?)?,
            confidence: parsed("confidence", &required("confidence")?)?,
            body: match required("body")? {
                Value::Object(body) => body,
                other => return Err(ClaimsError::invalid("body", &other, "an object")),
            },
            evidence: payload
                .remove("evidence")
                .map(evidence)
                .transpose()?
                .unwrap_or_default(),
            recorded_at: optional(&mut payload, "recorded_at")?,
            place: optional(&mut payload, "place")?,
            supersedes: optional(&mut payload, "supersedes")?,
        };
        match payload.into_iter().next() {
            Some((name, _)) => Err(ClaimsError::Unknown(name)),
            None => Ok(claims),
        }
    }
}

fn parsed<T: FromStr<Err: fmt::Display>>(claim: &str, value: &Value) -> Result<T, ClaimsError> {
    let text = value
        .as_str()
        .ok_or_else(|| ClaimsError::invalid(claim, value, "a string"))?;
    text.parse()
        .map_err(|error: T::Err| ClaimsError::invalid(claim, value, format!("well-formed: {error}")))
}

fn optional<T: FromStr<Err: fmt::Display>>(
    payload: &mut Map<String, Value>,
    claim: &str,
) -> Result<Option<T>, ClaimsError> {
    payload
        .remove(claim)
        .map(|value| parsed(claim, &value))
        .transpose()
}

fn issuer(value: Value) -> Result<String, ClaimsError> {
    match value {
        Value::String(name)
            if (1..=MAX_ISSUER_CHARACTERS).contains(&name.chars().count())
                && name.trim() == name
                && !name.chars().any(char::is_control) =>
        {
            Ok(name)
        }
        other => Err(ClaimsError::invalid(
            "iss",
            &other,
            format!(
                "1 to {MAX_ISSUER_CHARACTERS} characters of text without control characters or outer spaces"
            ),
        )),
    }
}

fn issued_at(value: &Value) -> Result<i64, ClaimsError> {
    value
        .as_i64()
        .filter(|seconds| (0..=MAX_ISSUED_AT).contains(seconds))
        .ok_or_else(|| ClaimsError::invalid("iat", value, "whole seconds since 1970, up to the year 9999"))
}

fn evidence(value: Value) -> Result<Vec<Evidence>, ClaimsError> {
    match value {
        Value::Array(items) if (1..=MAX_EVIDENCE).contains(&items.len()) => items
            .into_iter()
            .enumerate()
            .map(|(i, item)| Evidence::from_value(i, item))
            .collect(),
        other => Err(ClaimsError::invalid(
            "evidence",
            &other,
            format!("an array of 1 to {MAX_EVIDENCE} objects"),
        )),
    }
}

/// A document, photograph or file the issuer looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// SHA-256 of the file's bytes.
    pub sha256: [u8; 32],
    /// What it is, as a short lower-case word: `photo`, `invoice`, `certificate`.
    pub kind: EvidenceKind,
    /// The page that matters, counted from 1.
    pub page: Option<u32>,
}

impl Evidence {
    fn to_value(&self) -> Value {
        let mut value = Map::new();
        value.insert("kind".to_owned(), json!(self.kind.as_str()));
        if let Some(page) = self.page {
            value.insert("page".to_owned(), json!(page));
        }
        value.insert("sha256".to_owned(), json!(hex::encode(self.sha256)));
        Value::Object(value)
    }

    /// Reads the `index`-th member of `evidence`, counted from 0.
    ///
    /// # Errors
    /// Names the member that is missing, unknown or not in its form.
    pub fn from_value(index: usize, value: Value) -> Result<Self, ClaimsError> {
        let at = |member: &str| format!("evidence.{index}.{member}");
        let Value::Object(mut members) = value else {
            return Err(ClaimsError::invalid(
                &format!("evidence.{index}"),
                &value,
                "an object",
            ));
        };
        let sha256 = members
            .remove("sha256")
            .ok_or(ClaimsError::Missing("evidence.sha256"))?;
        let kind = members
            .remove("kind")
            .ok_or(ClaimsError::Missing("evidence.kind"))?;
        let page = members.remove("page");
        if let Some((name, _)) = members.into_iter().next() {
            return Err(ClaimsError::Unknown(at(&name)));
        }
        Ok(Self {
            sha256: sha256
                .as_str()
                .and_then(|text| hex32::parse(text).ok())
                .ok_or_else(|| ClaimsError::invalid(&at("sha256"), &sha256, "64 lower-case hex digits"))?,
            kind: parsed(&at("kind"), &kind)?,
            page: page
                .map(|page| {
                    page.as_u64()
                        .and_then(|number| u32::try_from(number).ok())
                        .filter(|number| *number > 0)
                        .ok_or_else(|| ClaimsError::invalid(&at("page"), &page, "a page number from 1"))
                })
                .transpose()?,
        })
    }
}

/// The kind of a piece of evidence: 1 to 32 of `a`–`z`, `0`–`9`, `-`, `_`, starting with a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvidenceKind(String);

impl EvidenceKind {
    /// The word as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Not a word for a kind of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a kind of evidence is 1 to 32 of a-z, 0-9, - and _, starting with a letter")]
pub struct NotEvidenceKind;

impl FromStr for EvidenceKind {
    type Err = NotEvidenceKind;

    fn from_str(text: &str) -> Result<Self, NotEvidenceKind> {
        let word = text.len() <= 32
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if word {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotEvidenceKind)
        }
    }
}

/// How close the source of a statement stood to the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Confidence {
    /// `A`: an authority in its own register.
    Authority,
    /// `B`: an accredited professional.
    Professional,
    /// `C`: a party to the trade.
    TradeParty,
    /// `D`: an owner, or unknown.
    Owner,
}

impl Confidence {
    /// The letter as signed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Authority => "A",
            Self::Professional => "B",
            Self::TradeParty => "C",
            Self::Owner => "D",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Not one of the letters A to D.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a confidence is A, B, C or D")]
pub struct NotConfidence;

impl FromStr for Confidence {
    type Err = NotConfidence;

    fn from_str(text: &str) -> Result<Self, NotConfidence> {
        match text {
            "A" => Ok(Self::Authority),
            "B" => Ok(Self::Professional),
            "C" => Ok(Self::TradeParty),
            "D" => Ok(Self::Owner),
            _ => Err(NotConfidence),
        }
    }
}

/// A place as a UN/LOCODE without the customary space: `KRPUS`, `AEJEA`.
///
/// Two letters of the country (ISO 3166-1) and three of `A`–`Z` or `2`–`9` (UN/ECE Recommendation 16). Only the
/// form is checked: the list of places changes twice a year and statements outlive its editions.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locode([u8; 5]);

impl Locode {
    /// The five characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The two letters of the country.
    pub fn country(&self) -> &str {
        self.as_str().get(..2).unwrap_or_default()
    }
}

impl fmt::Display for Locode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Locode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Locode({self})")
    }
}

/// Not in the form of a UN/LOCODE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a UN/LOCODE is two letters of the country and three of A-Z or 2-9, without a space, as in KRPUS")]
pub struct NotLocode;

impl FromStr for Locode {
    type Err = NotLocode;

    fn from_str(text: &str) -> Result<Self, NotLocode> {
        let code: [u8; 5] = text.as_bytes().try_into().map_err(|_| NotLocode)?;
        let [c1, c2, place @ ..] = code;
        let country = c1.is_ascii_uppercase() && c2.is_ascii_uppercase();
        let place = place
            .iter()
            .all(|b| b.is_ascii_uppercase() || (b'2'..=b'9').contains(b));
        if country && place {
            Ok(Self(code))
        } else {
            Err(NotLocode)
        }
    }
}

/// A moment in local time: RFC 3339 with the offset in force there, and optionally the IANA zone (RFC 9557), as in
/// `2026-03-04T14:30:00+09:00[Asia/Seoul]`.
///
/// It is kept exactly as written, because the text is what was signed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EventTime {
    text: String,
    instant: Timestamp,
    offset: Offset,
}

impl EventTime {
    /// The text as signed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The instant, for putting events in order.
    pub fn instant(&self) -> Timestamp {
        self.instant
    }

    /// The offset of local time from UTC. `Z` reads as an offset of zero.
    pub fn offset(&self) -> Offset {
        self.offset
    }

    /// Date and time on a clock at the place.
    pub fn local(&self) -> DateTime {
        self.offset.to_datetime(self.instant)
    }

    /// The IANA zone, if one was written. It is not checked against a time zone database.
    pub fn zone(&self) -> Option<&str> {
        self.text
            .split_once('[')
            .and_then(|(_, zone)| zone.strip_suffix(']'))
    }
}

impl fmt::Display for EventTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for EventTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EventTime({self})")
    }
}

/// Not a moment in the accepted form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotEventTime {
    /// The characters do not follow the form.
    #[error(
        "write date, time to the second, and offset as in 2026-03-04T14:30:00+09:00 or …+09:00[Asia/Seoul]"
    )]
    Form,
    /// The form is right but there is no such date, time or offset.
    #[error("there is no such date, time or offset")]
    Calendar,
}

impl FromStr for EventTime {
    type Err = NotEventTime;

    fn from_str(text: &str) -> Result<Self, NotEventTime> {
        let (moment, zone) = match text.split_once('[') {
            Some((moment, zone)) => (moment, Some(zone.strip_suffix(']').ok_or(NotEventTime::Form)?)),
            None => (text, None),
        };
        if !zone.is_none_or(is_zone_name) {
            return Err(NotEventTime::Form);
        }
        let (local, offset) = split_offset(moment).ok_or(NotEventTime::Form)?;
        if !is_local_form(local) {
            return Err(NotEventTime::Form);
        }
        let offset = Offset::from_seconds(offset.ok_or(NotEventTime::Calendar)?)
            .map_err(|_| NotEventTime::Calendar)?;
        let local: DateTime = local.parse().map_err(|_| NotEventTime::Calendar)?;
        let instant = offset.to_timestamp(local).map_err(|_| NotEventTime::Calendar)?;
        Ok(Self {
            text: text.to_owned(),
            instant,
            offset,
        })
    }
}

/// Splits `…Z` or `…±hh:mm` off the end: the rest, and the offset in seconds (`None` if out of range).
fn split_offset(moment: &str) -> Option<(&str, Option<i32>)> {
    if let Some(local) = moment.strip_suffix('Z') {
        return Some((local, Some(0)));
    }
    let (local, offset) = moment.split_at_checked(moment.len().checked_sub(6)?)?;
    let digit = |b: u8| b.is_ascii_digit().then(|| i32::from(b - b'0'));
    let &[sign, h1, h2, b':', m1, m2] = offset.as_bytes() else {
        return None;
    };
    let (hours, minutes) = (digit(h1)? * 10 + digit(h2)?, digit(m1)? * 10 + digit(m2)?);
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    Some((
        local,
        (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60)),
    ))
}

/// `YYYY-MM-DDThh:mm:ss` with up to nine decimals. A leap second (`:60`) is refused: no clock of ours has one.
fn is_local_form(local: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let Some((head, tail)) = local.split_at_checked(FORM.len()) else {
        return false;
    };
    let head_fits = head.bytes().zip(FORM).all(|(b, form)| match form {
        b'0' => b.is_ascii_digit(),
        fixed => b == *fixed,
    });
    let tail_fits = tail.is_empty()
        || tail
            .strip_prefix('.')
            .is_some_and(|d| (1..=9).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()));
    head_fits && tail_fits && !head.ends_with(":60")
}

/// The shape of an IANA zone name. The critical flag `!` and suffix keys of RFC 9557 are not accepted.
fn is_zone_name(name: &str) -> bool {
    // The longest name in the database has 32 characters.
    (1..=40).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_keeps_its_text_and_gives_instant_offset_and_zone() {
        let time: EventTime = "2026-03-04T14:30:00+09:00[Asia/Seoul]".parse().unwrap();
        assert_eq!(time.to_string(), "2026-03-04T14:30:00+09:00[Asia/Seoul]");
        assert_eq!(time.instant().to_string(), "2026-03-04T05:30:00Z");
        assert_eq!(time.local().to_string(), "2026-03-04T14:30:00");
        assert_eq!(time.offset().seconds(), 9 * 3600);
        assert_eq!(time.zone(), Some("Asia/Seoul"));
    }

    #[test]
    fn times_in_rfc_3339_with_an_offset_are_accepted() {
        for text in [
            "2026-03-04T05:30:00Z",
            "2026-03-04T05:30:00.123456789-03:30",
            "2024-02-29T23:59:59+00:00",
            "2026-03-04T05:30:00+05:45[Asia/Kathmandu]",
        ] {
            assert!(text.parse::<EventTime>().is_ok(), "{text}");
        }
    }

    #[test]
    fn times_without_offset_or_out_of_form_are_refused() {
        for text in [
            "",
            "2026-03-04",
            "2026-03-04T05:30:00",
            "2026-03-04 05:30:00Z",
            "2026-03-04t05:30:00z",
            "2026-03-04T05:30Z",
            "2026-03-04T05:30:00+0900",
            "2026-03-04T05:30:00+09",
            "2026-03-04T05:30:00.Z",
            "2026-03-04T05:30:00.1234567890Z",
            "2026-03-04T05:30:60Z",
            "2026-03-04T05:30:00Z[Asia/Seoul",
            "2026-03-04T05:30:00Z[]",
            "2026-03-04T05:30:00Z[!Asia/Seoul]",
            "2026-03-04T05:30:00Z[u-ca=hebrew]",
            "2026-03-04T05:30:00Z[Asia/Seoul][u-ca=hebrew]",
            "２026-03-04T05:30:00Z",
        ] {
            assert_eq!(text.parse::<EventTime>(), Err(NotEventTime::Form), "{text}");
        }
    }

    #[test]
    fn days_and_offsets_that_do_not_exist_are_refused() {
        for text in [
            "2026-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:00:00+24:00",
        ] {
            assert_eq!(text.parse::<EventTime>(), Err(NotEventTime::Calendar), "{text}");
        }
    }

    #[test]
    fn a_locode_has_a_country_and_a_place() {
        let busan: Locode = "KRPUS".parse().unwrap();
        assert_eq!((busan.country(), busan.as_str()), ("KR", "KRPUS"));
        for text in [
            "KR PUS", "krpus", "KRPU", "KRPUSX", "K1PUS", "KRPU1", "KRPU0", "부산",
        ] {
            assert_eq!(text.parse::<Locode>(), Err(NotLocode), "{text}");
        }
    }

    #[test]
    fn a_kind_of_evidence_is_one_lower_case_word() {
        assert!("photo-ocr_2".parse::<EvidenceKind>().is_ok());
        for text in ["", "Photo", "2photo", "a b", &"x".repeat(33)] {
            assert_eq!(text.parse::<EvidenceKind>(), Err(NotEvidenceKind), "{text}");
        }
    }
}
