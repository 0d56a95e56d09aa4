//! Whether all statements can be about one car: two places too quickly, life after scrapping or export, doubtful marks,
//! observers who disagree about them, descriptions that differ.

use serde_json::Value;
use statement::vocabulary::StatementType as T;

use super::event::{Event, Timeline};
use super::finding::{Blind, Code, Finding, Innocent, Level, Message, Outcome, Settles};
use super::place;

/// Statements give a time but often mean a day; nothing is inferred from less than this much slack (hours).
const SLACK_HOURS: f64 = 4.0;
/// A time of exactly midnight is a date: the event may lie anywhere in that day (hours).
const DATE_ONLY_HOURS: f64 = 24.0;
/// How far a time may be off where its zone, its clock or its day is wrong (hours).
const DAY_HOURS: f64 = 24.0;
/// Closer places than this are not worth comparing (km).
const NEAR_KM: f64 = 150.0;

pub(super) fn findings(timeline: &Timeline<'_>) -> Vec<Finding> {
    let mut findings = two_places(timeline);
    findings.extend(after_scrapping(timeline));
    findings.extend(after_export(timeline));
    findings.extend(marks(timeline));
    findings.extend(marks_disagree(timeline));
    findings.extend(descriptions(timeline));
    findings.extend(timeline.live.iter().filter_map(|event| written_differs(event)));
    findings
}

fn two_places(timeline: &Timeline<'_>) -> Vec<Finding> {
    let seen: Vec<(&Event, &str)> = timeline
        .live
        .iter()
        .copied()
        .filter(|event| event.saw_the_car())
        .filter_map(|event| Some((event, event.place.as_deref()?)))
        .collect();
    seen.windows(2)
        .enumerate()
        .filter_map(|(at, pair)| {
            let [(first, from), (second, to)] = pair else { return None };
            let TooQuick {
                journey,
                needed,
                apart,
                missing,
            } = too_quick(pair.first()?, pair.get(1)?)?;
            // Without one of the two, does the car get from the sighting before to the one after?
            let fits = |before: Option<&(&Event, &str)>, after: Option<&(&Event, &str)>| match (before, after) {
                (Some(before), Some(after)) => too_quick(before, after).is_none(),
                _ => true,
            };
            let before = at.checked_sub(1).and_then(|at| seen.get(at));
            let one_wrong = fits(before, pair.get(1)) || fits(pair.first(), seen.get(at + 2));
            let possible = |yes: bool| if yes { Outcome::Possible } else { Outcome::DoesNotFit };
            let explanation = Message::new(
                "identity-two-places",
                "the car was seen in {from} on {day} and in {to} on {later_day}, {km} km away; getting there takes at least \
                 {needed} hours, and {apart} lie between. Two cars may carry the same number, or one time or place is wrong",
                [
                    ("from", (*from).to_owned()),
                    ("day", first.day().to_string()),
                    ("to", (*to).to_owned()),
                    ("later_day", second.day().to_string()),
                    ("km", format!("{:.0}", journey.km)),
                    ("needed", format!("{needed:.0}")),
                    ("apart", format!("{:.0}", apart.max(0.0))),
                ],
            );
            Some(
                Finding::new(
                    Code::IdentityTwoPlaces,
                    Level::Stop,
                    explanation,
                    [first.reference, second.reference],
                )
                .settled_by([Settles::BothIssuersConfirm, Settles::MarkInspection, Settles::CorrectionByIssuer])
                .not_covering([Blind::PlacesWithoutCoordinates, Blind::ClocksOfIssuers])
                .trying([
                    (Innocent::ADayOff, possible(missing <= DAY_HOURS)),
                    (Innocent::OneSightingWrong, possible(one_wrong)),
                ]),
            )
        })
        .collect()
}

/// A journey for which the time between two sightings is too short.
struct TooQuick {
    journey: place::Journey,
    /// Hours it takes at least.
    needed: f64,
    /// Hours that lie between.
    apart: f64,
    /// Hours that are missing after all slack.
    missing: f64,
}

/// Whether no car gets from the first sighting to the second in time; `None` also where a place is not in the table.
fn too_quick((first, from): &(&Event, &str), (second, to): &(&Event, &str)) -> Option<TooQuick> {
    let journey = place::journey(from, to)?;
    let apart = second.instant.duration_since(first.instant).as_secs_f64() / 3_600.0;
    let slack = slack_hours(first) + slack_hours(second);
    let needed = journey.km / journey.fastest;
    let missing = needed - apart.max(0.0) - slack;
    (journey.km > NEAR_KM && missing > 0.0).then_some(TooQuick {
        journey,
        needed,
        apart,
        missing,
    })
}

fn slack_hours(event: &Event) -> f64 {
    let midnight = event.local.time() == jiff::civil::Time::midnight();
    SLACK_HOURS + if midnight { DATE_ONLY_HOURS } else { 0.0 }
}

fn after_scrapping(timeline: &Timeline<'_>) -> Option<Finding> {
    let scrapped = timeline.of(T::EndoflifeScrapped).next()?;
    let day = scrapped.date_or_day("date");
    let later: Vec<&Event> = timeline
        .live
        .iter()
        .copied()
        .filter(|event| event.saw_the_car() && event.day() > day)
        .collect();
    let first = later.first()?;
    let explanation = Message::new(
        "identity-after-scrapping",
        "{issuer} scrapped the car on {day}; {later_issuer} saw it on {later_day} ({type})",
        [
            ("issuer", scrapped.issuer.clone()),
            ("day", day.to_string()),
            ("later_issuer", first.issuer.clone()),
            ("later_day", first.day().to_string()),
            ("type", first.typ.as_str().to_owned()),
        ],
    );
    let rests_on = later
        .iter()
        .map(|event| event.reference)
        .chain([scrapped.reference]);
    Some(
        Finding::new(Code::IdentityAfterScrapping, Level::Stop, explanation, rests_on)
            .settled_by([
                Settles::MarkInspection,
                Settles::BothIssuersConfirm,
                Settles::CorrectionByIssuer,
            ])
            .not_covering([Blind::ClocksOfIssuers]),
    )
}

/// Seen in the country it left after it arrived in another, with no arrival back.
fn after_export(timeline: &Timeline<'_>) -> Option<Finding> {
    let arrived = timeline.of(T::ExportArrived).next()?;
    let abroad = country(arrived.text("port").or(arrived.place.as_deref())?)?;
    let left = timeline
        .of(T::ExportLoaded)
        .chain(timeline.of(T::ExportCleared))
        .filter(|event| event.instant <= arrived.instant)
        .find_map(|event| country(event.text("port").or(event.place.as_deref())?))
        .filter(|left| *left != abroad)?;
    let later: Vec<&Event> = timeline
        .live
        .iter()
        .copied()
        .filter(|event| event.instant > arrived.instant && event.saw_the_car())
        // A second arrival ends the question: the car came back.
        .take_while(|event| event.typ != T::ExportArrived)
        .filter(|event| event.place.as_deref().and_then(country) == Some(left))
        .collect();
    let first = later.first()?;
    let explanation = Message::new(
        "identity-after-export",
        "the car left {left} and arrived in {abroad} on {day}; {issuer} saw it in {left} on {later_day} ({type})",
        [
            ("left", left.to_owned()),
            ("abroad", abroad.to_owned()),
            ("day", arrived.day().to_string()),
            ("issuer", first.issuer.clone()),
            ("later_day", first.day().to_string()),
            ("type", first.typ.as_str().to_owned()),
        ],
    );
    let rests_on = later
        .iter()
        .map(|event| event.reference)
        .chain([arrived.reference]);
    Some(
        Finding::new(Code::IdentityAfterExport, Level::Stop, explanation, rests_on)
            .settled_by([
                Settles::MarkInspection,
                Settles::BothIssuersConfirm,
                Settles::RegisterExtract,
            ])
            .not_covering([Blind::ClocksOfIssuers]),
    )
}

/// The country of a UN/LOCODE.
fn country(locode: &str) -> Option<&str> {
    locode.get(..2)
}

fn marks(timeline: &Timeline<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for event in &timeline.live {
        match event.typ {
            T::IdentityVinObserved => findings.extend(mark_state(timeline, event, "state")),
            T::InspectionCondition => findings.extend(mark_state(timeline, event, "vin_state")),
            T::IdentityVinRestamped => {
                let explanation = Message::new(
                    "identity-mark-restamped",
                    "{issuer} stamped the number anew on {day} (authority number {number})",
                    [
                        ("issuer", event.issuer.clone()),
                        ("day", event.day().to_string()),
                        ("number", event.text("authority_number").unwrap_or("?").to_owned()),
                    ],
                );
                let finding = Finding::new(
                    Code::IdentityMarkRestamped,
                    Level::Note,
                    explanation,
                    [event.reference],
                );
                findings.push(
                    finding
                        .settled_by([Settles::RegisterExtract])
                        .not_covering([Blind::WhyRestamped]),
                );
            }
            _ => {}
        }
    }
    findings
}

fn mark_state(timeline: &Timeline<'_>, event: &Event, field: &str) -> Option<Finding> {
    let state = event.text(field)?;
    // An authority's stamp explains an altered mark, from the day of the stamp on.
    let restamped = timeline
        .of(T::IdentityVinRestamped)
        .find(|stamp| stamp.instant <= event.instant);
    let level = match state {
        "different" | "altered" | "obliterated" if restamped.is_some() => Level::Ask,
        "different" | "altered" | "obliterated" => Level::Stop,
        "damaged" => Level::Ask,
        "corroded" => Level::Note,
        _ => return None,
    };
    let args = [
        ("issuer", event.issuer.clone()),
        ("day", event.day().to_string()),
        ("state", state.to_owned()),
    ];
    let explanation = if restamped.is_some() {
        Message::new(
            "identity-mark-state-after-restamp",
            "{issuer} found the identification number {state} on {day}; an authority had stamped it anew before",
            args,
        )
    } else {
        Message::new(
            "identity-mark-state",
            "{issuer} found the identification number {state} on {day}",
            args,
        )
    };
    Some(
        Finding::new(
            Code::IdentityMarkState,
            level,
            explanation,
            [Some(event), restamped]
                .into_iter()
                .flatten()
                .map(|event| event.reference),
        )
        .settled_by([Settles::MarkInspection, Settles::RegisterExtract])
        .not_covering([Blind::VisualOnly]),
    )
}

/// An observation of the number: what state it was found in, and on which mark.
fn observed(event: &Event) -> Option<(&str, &str)> {
    match event.typ {
        T::IdentityVinObserved => Some((event.text("state")?, event.text("where").unwrap_or("number"))),
        // The form asks for the number on the body.
        T::InspectionCondition => Some((event.text("vin_state")?, "body")),
        _ => None,
    }
}

/// Found altered, and afterwards, or shortly before, found good by somebody else. A mark does not mend itself, so one of
/// them is wrong, or they looked at different marks; an authority's stamp between the two explains it.
fn marks_disagree(timeline: &Timeline<'_>) -> Option<Finding> {
    const SHORTLY_DAYS: i32 = 60;
    let doubtful = |state: &str| matches!(state, "different" | "altered" | "obliterated");
    let seen: Vec<(&Event, &str, &str)> = timeline
        .live
        .iter()
        .filter_map(|event| observed(event).map(|(state, mark)| (*event, state, mark)))
        .collect();
    let doubted: Vec<_> = seen.iter().filter(|(_, state, _)| doubtful(state)).collect();
    let contradicts = |good: &Event, bad: &Event| {
        let shortly_before = bad
            .day()
            .since(good.day())
            .is_ok_and(|apart| apart.get_days() <= SHORTLY_DAYS);
        let restamped = timeline
            .of(T::IdentityVinRestamped)
            .any(|stamp| bad.instant <= stamp.instant && stamp.instant <= good.instant);
        good.issuer != bad.issuer && shortly_before && !restamped
    };
    let good: Vec<_> = seen
        .iter()
        .filter(|(good, state, _)| *state == "good" && doubted.iter().any(|(bad, ..)| contradicts(good, bad)))
        .collect();
    let (first_good, _, good_mark) = good.first()?;
    let bad: Vec<_> = doubted
        .into_iter()
        .filter(|(bad, ..)| good.iter().any(|(good, ..)| contradicts(good, bad)))
        .collect();
    let (first_bad, state, bad_mark) = bad.first()?;
    let explanation = Message::new(
        "identity-marks-disagree",
        "{issuer} found the number {state} ({bad_mark}) on {day}; {other} found it good ({good_mark}) on {other_day}",
        [
            ("issuer", first_bad.issuer.clone()),
            ("state", (*state).to_owned()),
            ("bad_mark", (*bad_mark).to_owned()),
            ("day", first_bad.day().to_string()),
            ("other", first_good.issuer.clone()),
            ("good_mark", (*good_mark).to_owned()),
            ("other_day", first_good.day().to_string()),
        ],
    );
    let marks_differ = bad
        .iter()
        .all(|(.., bad)| good.iter().all(|(.., good)| good != bad));
    let another_mark = if marks_differ {
        Outcome::Possible
    } else {
        Outcome::DoesNotFit
    };
    let rests_on = bad.iter().chain(&good).map(|(event, ..)| event.reference);
    Some(
        Finding::new(Code::IdentityMarksDisagree, Level::Ask, explanation, rests_on)
            .settled_by([Settles::MarkInspection, Settles::BothIssuersConfirm])
            .not_covering([Blind::VisualOnly])
            .trying([
                (Innocent::AnotherMark, another_mark),
                (Innocent::DocumentedRestamp, Outcome::DoesNotFit),
            ]),
    )
}

/// A condition record on which another number is written than the one it is filed under: a character misread, or the record of
/// another car.
fn written_differs(event: &Event) -> Option<Finding> {
    let written = event.text("vin_as_written")?;
    let vehicle = event.vehicle.as_ref()?;
    let differences = vehicle.differences(written);
    let (level, one_character) = match differences {
        Some(0) => return None,
        Some(1) => (Level::Ask, Outcome::Possible),
        _ => (Level::Warn, Outcome::DoesNotFit),
    };
    let explanation = Message::new(
        "identity-written-differs",
        "the record of {issuer} of {day} has {written} written on it and is filed under {vehicle}; it may be about another car",
        [
            ("issuer", event.issuer.clone()),
            ("day", event.day().to_string()),
            ("written", written.to_owned()),
            ("vehicle", vehicle.to_string()),
        ],
    );
    Some(
        Finding::new(
            Code::IdentityWrittenDiffers,
            level,
            explanation,
            [event.reference],
        )
        .settled_by([
            Settles::OriginalRecord,
            Settles::MarkInspection,
            Settles::CorrectionByIssuer,
        ])
        .not_covering([Blind::WhoIsRight, Blind::VisualOnly])
        .trying([(Innocent::OneCharacter, one_character)]),
    )
}

/// What maker and register say of the car, field by field. Colour has a finding of its own: cars are painted.
fn descriptions(timeline: &Timeline<'_>) -> Vec<Finding> {
    const FIELDS: [&str; 3] = ["fuel", "displacement_cc", "model_year"];
    let built = timeline.of(T::IdentityManufactured).next();
    let Some(built) = built else { return Vec::new() };
    let changed = timeline.of(T::Modification).next().is_some();
    let mut findings = Vec::new();
    for registered in timeline
        .of(T::RegistrationFirst)
        .chain(timeline.of(T::InspectionCondition))
    {
        for field in FIELDS {
            let (Some(maker), Some(other)) = (built.body.get(field), registered.body.get(field)) else {
                continue;
            };
            let same = match (maker, other) {
                // Registers count the model year from registration; one year apart is the same car.
                (Value::Number(a), Value::Number(b)) if field == "model_year" => a
                    .as_i64()
                    .zip(b.as_i64())
                    .is_some_and(|(a, b)| a.abs_diff(b) <= 1),
                // The condition record has fewer words for fuel.
                (Value::String(a), Value::String(b)) if field == "fuel" => {
                    a == b || b == "other" || a == "plug_in_hybrid" && b == "hybrid"
                }
                _ => maker == other,
            };
            if same || (field != "model_year" && changed) {
                continue;
            }
            let explanation = Message::new(
                "identity-description-differs",
                "the maker states {field} {built}; {issuer} states {found} on {day}",
                [
                    ("field", field.to_owned()),
                    ("built", plain(maker)),
                    ("issuer", registered.issuer.clone()),
                    ("found", plain(other)),
                    ("day", registered.day().to_string()),
                ],
            );
            findings.push(
                Finding::new(
                    Code::IdentityDescriptionDiffers,
                    Level::Warn,
                    explanation,
                    [built.reference, registered.reference],
                )
                .settled_by([
                    Settles::MarkInspection,
                    Settles::RegisterExtract,
                    Settles::CorrectionByIssuer,
                ])
                .not_covering([Blind::VisualOnly]),
            );
        }
    }
    findings
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
