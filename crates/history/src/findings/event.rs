//! What a finding looks at: one statement, opened, with what the log proves about its issuer.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde_json::{Map, Value};
use statement::claims::Confidence;
use statement::vocabulary::{EvidenceClass, Role, StatementType};
use statement::{Claims, Digest};
use vehicle::VehicleId;

/// One statement as the findings see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Index of the statement in the log: what a finding refers to.
    pub reference: u64,
    /// Digest of the statement, where known; corrections point at it.
    pub digest: Option<[u8; 32]>,
    /// Digest of the statement this one replaces.
    pub supersedes: Option<[u8; 32]>,
    /// The vehicle it is filed under, where known.
    pub vehicle: Option<VehicleId>,
    /// What it says.
    pub typ: StatementType,
    /// Name of the issuer as enrolled.
    pub issuer: String,
    /// The roles the log proves for the issuer at that index.
    pub roles: Vec<Role>,
    /// How much the statement weighs: the lower of what it claims and what its issuer's roles allow.
    pub class: EvidenceClass,
    /// When it happened.
    pub instant: Timestamp,
    /// The same on a clock at the place.
    pub local: DateTime,
    /// Where, as a UN/LOCODE without a space.
    pub place: Option<String>,
    /// The fields of the statement, as far as they were disclosed.
    pub body: Map<String, Value>,
    /// The content was erased: only that the statement exists is known.
    pub content_erased: bool,
}

impl Event {
    /// A statement that was opened, at index `reference` of the log, by an issuer whose `roles` the log proves there.
    pub fn from_claims(reference: u64, digest: Digest, roles: Vec<Role>, claims: &Claims) -> Self {
        let claimed = match claims.confidence {
            Confidence::Authority => EvidenceClass::A,
            Confidence::Professional => EvidenceClass::B,
            Confidence::TradeParty => EvidenceClass::C,
            Confidence::Owner => EvidenceClass::D,
        };
        // `A` sorts first, so the larger of two classes is the weaker, and no claim lifts an issuer above its roles.
        let allowed = roles
            .iter()
            .map(|role| role.evidence_class())
            .min()
            .unwrap_or(EvidenceClass::D);
        Event {
            reference,
            digest: Some(digest.0),
            supersedes: claims.supersedes.as_ref().map(|digest| digest.0),
            vehicle: Some(claims.vid.clone()),
            typ: claims.typ,
            issuer: claims.iss.clone(),
            roles,
            class: claimed.max(allowed),
            instant: claims.event_time.instant(),
            local: claims.event_time.local(),
            place: claims.place.as_ref().map(|place| place.as_str().to_owned()),
            body: claims.body.clone(),
            content_erased: false,
        }
    }

    /// The day it happened, at the place.
    pub fn day(&self) -> Date {
        self.local.date()
    }

    pub(super) fn text(&self, field: &str) -> Option<&str> {
        self.body.get(field)?.as_str()
    }

    pub(super) fn flag(&self, field: &str) -> Option<bool> {
        self.body.get(field)?.as_bool()
    }

    pub(super) fn date(&self, field: &str) -> Option<Date> {
        self.text(field)?.parse().ok()
    }

    /// Words of a list field.
    pub(super) fn words(&self, field: &str) -> impl Iterator<Item = &str> {
        self.body
            .get(field)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
    }

    /// The date a field gives, or else the day of the event.
    pub(super) fn date_or_day(&self, field: &str) -> Date {
        self.date(field).unwrap_or_else(|| self.day())
    }

    /// Whether someone stood beside the car where and when the statement says. Register entries and claims are made at a
    /// desk; an advertised or reported figure was not read at `place`.
    pub(super) fn saw_the_car(&self) -> bool {
        use StatementType as T;
        match self.typ {
            T::IdentityVinObserved
            | T::InspectionPeriodic
            | T::InspectionCondition
            | T::InspectionPreshipment
            | T::InspectionRoadworthiness
            | T::ServicePerformed
            | T::BatteryHealth
            | T::OdometerServiced
            | T::CustodyMoved
            | T::ExportLoaded
            | T::ExportArrived
            | T::EndoflifeScrapped => !self.content_erased,
            T::OdometerRead => matches!(
                self.body
                    .get("odometer")
                    .and_then(|o| o.get("method"))
                    .and_then(Value::as_str),
                Some("seen" | "photo_ocr" | "obd")
            ),
            _ => false,
        }
    }
}

/// The events that count, in time order, and what became of the corrections among them.
pub(super) struct Timeline<'a> {
    /// Not superseded, content readable, oldest first; ties by log index, so input order never matters.
    pub(super) live: Vec<&'a Event>,
    /// A correction that counts, and what it corrects.
    pub(super) corrections: Vec<(&'a Event, &'a Event)>,
    /// A correction by someone who may not correct that statement, and its target.
    pub(super) refused: Vec<(&'a Event, &'a Event)>,
    /// Statements of which only the existence is known.
    pub(super) erased: Vec<&'a Event>,
}

impl<'a> Timeline<'a> {
    pub(super) fn new(events: &'a [Event]) -> Self {
        let mut sorted: Vec<&Event> = events.iter().collect();
        sorted.sort_by(|a, b| {
            (a.instant, a.reference, a.typ, &a.issuer).cmp(&(b.instant, b.reference, b.typ, &b.issuer))
        });
        let mut corrections = Vec::new();
        let mut refused = Vec::new();
        for by in &sorted {
            let Some(wanted) = by.supersedes else { continue };
            // Only what was said before can be corrected: two statements naming each other would both vanish.
            let target = sorted
                .iter()
                .find(|e| e.digest == Some(wanted) && e.reference < by.reference);
            if let Some(target) = target {
                if may_correct(by, target) {
                    corrections.push((*by, *target));
                } else {
                    refused.push((*by, *target));
                }
            }
        }
        let gone = |event: &Event| {
            corrections
                .iter()
                .any(|(_, target)| target.reference == event.reference)
        };
        let (erased, readable): (Vec<&Event>, Vec<&Event>) =
            sorted.iter().copied().partition(|e| e.content_erased);
        let live = readable.into_iter().filter(|event| !gone(event)).collect();
        Timeline {
            live,
            corrections,
            refused,
            erased,
        }
    }

    pub(super) fn of(&self, typ: StatementType) -> impl Iterator<Item = &'a Event> + '_ {
        self.live.iter().copied().filter(move |event| event.typ == typ)
    }
}

/// Only who said it, or a dispute panel, may correct it: else a seller's statement could wipe out an inspector's.
fn may_correct(by: &Event, target: &Event) -> bool {
    by.issuer == target.issuer || by.roles.contains(&Role::DisputePanel)
}
