//! Total losses, claims, flood and fire, and later records that do not know of them.

use statement::vocabulary::StatementType as T;

use super::event::{Event, Timeline};
use super::finding::{Blind, Code, Finding, Innocent, Level, Message, Outcome, Settles};

pub(super) fn findings(timeline: &Timeline<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for loss in timeline.of(T::ClaimTotalLoss) {
        findings.extend(total_loss(timeline, loss));
    }
    findings.extend(claims_then_accident_free(timeline));
    for water in floods(timeline) {
        findings.extend(flood(timeline, water));
    }
    findings.extend(fires(timeline).map(fire));
    findings
}

/// A statement that calls the car free of accidents: a condition record, or a seller's word.
pub(super) fn calls_accident_free(event: &Event) -> bool {
    match event.typ {
        T::InspectionCondition => event.flag("accident") == Some(false),
        T::SaleListed | T::SaleSold => event.flag("stated_accident_free") == Some(true),
        _ => false,
    }
}

fn total_loss(timeline: &Timeline<'_>, loss: &Event) -> Option<Finding> {
    let kind = loss.text("kind").unwrap_or("?");
    let day = loss.date_or_day("date");
    let contradicting: Vec<&Event> = timeline
        .live
        .iter()
        .copied()
        .filter(|event| event.day() >= day && calls_accident_free(event))
        .collect();
    // After theft or flood the body can truly be free of accident damage; the form has other fields for those.
    if let Some(first) = contradicting
        .first()
        .filter(|_| matches!(kind, "repair_cost" | "fire" | "?"))
    {
        let explanation = Message::new(
            "damage-total-loss-then-clean",
            "{insurer} declared a total loss ({kind}) on {day}; {issuer} calls the car accident-free on {clean_day}",
            [
                ("insurer", loss.issuer.clone()),
                ("kind", kind.to_owned()),
                ("day", day.to_string()),
                ("issuer", first.issuer.clone()),
                ("clean_day", first.day().to_string()),
            ],
        );
        let rests_on = contradicting
            .iter()
            .map(|event| event.reference)
            .chain([loss.reference]);
        return Some(
            Finding::new(Code::DamageTotalLossThenClean, Level::Stop, explanation, rests_on)
                .settled_by([
                    Settles::RepairInvoices,
                    Settles::InsuranceHistory,
                    Settles::NewConditionRecord,
                ])
                .not_covering([Blind::VisualOnly, Blind::CashRepairs]),
        );
    }
    let explanation = Message::new(
        "damage-total-loss",
        "{insurer} declared a total loss ({kind}) on {day}",
        [
            ("insurer", loss.issuer.clone()),
            ("kind", kind.to_owned()),
            ("day", day.to_string()),
        ],
    );
    Some(
        Finding::new(Code::DamageTotalLoss, Level::Warn, explanation, [loss.reference])
            .settled_by([Settles::RepairInvoices, Settles::NewConditionRecord])
            .not_covering([Blind::VisualOnly]),
    )
}

/// A claim for the car's own damage does not make an accident in the sense of the form, which asks for frame parts, so
/// this asks and does not warn.
fn claims_then_accident_free(timeline: &Timeline<'_>) -> Option<Finding> {
    let claims: Vec<&Event> = timeline
        .of(T::ClaimDamage)
        .filter(|claim| claim.text("side") == Some("own") && claim.text("status") != Some("denied"))
        .collect();
    let first = claims.first()?;
    let free: Vec<&Event> = timeline
        .live
        .iter()
        .copied()
        .filter(|event| {
            let repair_stated = event.flag("simple_repair") == Some(true);
            event.day() >= first.date_or_day("date") && calls_accident_free(event) && !repair_stated
        })
        .collect();
    let contradicting = free.first()?;
    // Whoever found the frame repaired did not see damage that spared it.
    let frame_found = timeline
        .of(T::InspectionCondition)
        .any(|event| event.day() >= first.date_or_day("date") && event.flag("accident") == Some(true));
    let spared = if frame_found {
        Outcome::DoesNotFit
    } else {
        Outcome::Possible
    };
    let explanation = Message::new(
        "damage-claim-then-accident-free",
        "{claims} claim(s) for damage to this car from {day} on; {issuer} calls it accident-free without any repair on \
         {clean_day}. Damage that spares the frame is no accident in the sense of the form",
        [
            ("claims", claims.len().to_string()),
            ("day", first.date_or_day("date").to_string()),
            ("issuer", contradicting.issuer.clone()),
            ("clean_day", contradicting.day().to_string()),
        ],
    );
    Some(
        Finding::new(
            Code::DamageClaimThenAccidentFree,
            Level::Ask,
            explanation,
            claims.iter().chain(&free).map(|event| event.reference),
        )
        .settled_by([
            Settles::RepairInvoices,
            Settles::InsuranceHistory,
            Settles::NewConditionRecord,
        ])
        .not_covering([Blind::CashRepairs, Blind::InsuranceOnly, Blind::UninsuredPeriods])
        .trying([(Innocent::FrameSpared, spared)]),
    )
}

/// Flood under any of the names it goes by.
fn floods<'a>(timeline: &Timeline<'a>) -> impl Iterator<Item = &'a Event> {
    timeline.live.clone().into_iter().filter(|event| match event.typ {
        T::HazardFlood => true,
        T::ClaimTotalLoss => event.text("kind") == Some("flood"),
        T::InspectionCondition => event.flag("flood") == Some(true),
        T::RegistrationForeign => event.words("brands").any(|mark| mark == "flood"),
        _ => false,
    })
}

/// Fire under any of the names it goes by.
fn fires<'a>(timeline: &Timeline<'a>) -> impl Iterator<Item = &'a Event> {
    timeline.live.clone().into_iter().filter(|event| match event.typ {
        T::HazardFire => true,
        T::ClaimTotalLoss => event.text("kind") == Some("fire"),
        T::InspectionCondition => event.flag("fire") == Some(true),
        T::RegistrationForeign => event.words("brands").any(|mark| mark == "fire"),
        _ => false,
    })
}

fn fire(fire: &Event) -> Finding {
    let issuer = ("issuer", fire.issuer.clone());
    let day = ("day", fire.date_or_day("date").to_string());
    let explanation = match fire.text("extent") {
        Some(extent) => Message::new(
            "hazard-fire",
            "{issuer} states a fire ({extent}) on {day}",
            [issuer, ("extent", extent.to_owned()), day],
        ),
        None => Message::new(
            "hazard-fire-stated",
            "{issuer} states fire damage ({type}) on {day}",
            [issuer, ("type", fire.typ.as_str().to_owned()), day],
        ),
    };
    Finding::new(Code::HazardFire, Level::Warn, explanation, [fire.reference])
        .settled_by([Settles::RepairInvoices, Settles::NewConditionRecord])
        .not_covering([Blind::VisualOnly])
}

fn flood(timeline: &Timeline<'_>, water: &Event) -> Vec<Finding> {
    let day = water.date_or_day("date");
    let stated = Message::new(
        "hazard-flood",
        "{issuer} states flood damage ({type}) on {day}",
        [
            ("issuer", water.issuer.clone()),
            ("type", water.typ.as_str().to_owned()),
            ("day", day.to_string()),
        ],
    );
    let mut findings = vec![
        Finding::new(Code::HazardFlood, Level::Stop, stated, [water.reference])
            .settled_by([Settles::FloodInspection, Settles::InsuranceHistory])
            .not_covering([Blind::UninsuredPeriods, Blind::VisualOnly]),
    ];
    let silent: Vec<&Event> = timeline
        .of(T::InspectionCondition)
        .filter(|record| record.day() > day && record.flag("flood") == Some(false))
        .collect();
    if let Some(first) = silent.first() {
        let explanation = Message::new(
            "hazard-flood-not-stated",
            "{issuer} states flood damage on {day}; the condition record of {record_day} states none",
            [
                ("issuer", water.issuer.clone()),
                ("day", day.to_string()),
                ("record_day", first.day().to_string()),
            ],
        );
        let rests_on = silent
            .iter()
            .map(|record| record.reference)
            .chain([water.reference]);
        findings.push(
            Finding::new(Code::HazardFloodNotStated, Level::Stop, explanation, rests_on)
                .settled_by([Settles::FloodInspection, Settles::NewConditionRecord])
                .not_covering([Blind::VisualOnly]),
        );
    }
    findings
}
