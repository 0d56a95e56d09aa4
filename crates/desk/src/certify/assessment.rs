//! From the assessment that `carnet battery assess --json` writes to the evaluation that the scheme judges.
//!
//! Only the fields that a certificate needs are read; the hash covers the whole file.

use certificate::Decimal;
use certificate::application::Application;
use certificate::decimal::Rounding;
use certificate::evaluation::{
    BudgetTerm, Check, CheckResult, Class, Evaluation, Evidence, Quantity, Reason, SOH_NAME, Session,
    SocWindow, Soh, Transport,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// Factor from a standard uncertainty to the half-width at 95 %.
const TO_95: f64 = 1.96;

/// Most sessions that go on a certificate: those with the greatest weight.
const SESSIONS: usize = 40;

#[derive(Deserialize)]
struct Assessment {
    method: String,
    class: Class,
    pack: Pack,
    vehicle: Option<String>,
    evidence: Read,
    capacity: Option<Estimate>,
    energy: Option<Estimate>,
    refusals: Vec<Refusal>,
    diagnostics: Diagnostics,
    sessions: Vec<Charge>,
    checks: Vec<Checked>,
    transport: Ready,
}

#[derive(Deserialize)]
struct Pack {
    chemistry: String,
    n_series: u32,
    rated_ah: Option<f64>,
}

#[derive(Deserialize)]
struct Read {
    sources: Vec<Source>,
    from_s: Option<i64>,
    to_s: Option<i64>,
    odometer_km: Option<Decimal>,
}

#[derive(Deserialize)]
struct Source {
    sha256: String,
}

#[derive(Deserialize)]
struct Estimate {
    amount: Decimal,
    soh: Option<Health>,
    budget: Vec<Term>,
}

#[derive(Deserialize)]
struct Health {
    percent: Decimal,
    lower95: Decimal,
    upper95: Decimal,
    reference: String,
}

#[derive(Deserialize)]
struct Term {
    id: String,
    u_pp: Decimal,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    text: String,
}

#[derive(Deserialize)]
struct Diagnostics {
    n_anchored: u32,
    n_echo: u32,
}

#[derive(Deserialize)]
struct Charge {
    soc_start_pct: Decimal,
    soc_end_pct: Decimal,
    charge_ah: Decimal,
    group: Option<String>,
    weight_pct: Decimal,
}

#[derive(Deserialize)]
struct Checked {
    id: String,
    value: Option<String>,
    limit: String,
    limit_source: String,
    result: String,
    advice: String,
}

#[derive(Deserialize)]
struct Ready {
    un_number: String,
    soc_pct: Option<Decimal>,
    soc_measured_s: Option<i64>,
    rule: Rule,
    ready: Option<bool>,
    reasons: Vec<String>,
}

#[derive(Deserialize)]
struct Rule {
    name: String,
    min_soc_pct: f64,
    max_soc_pct: f64,
}

/// The evaluation that an assessment's file makes for an application. `odometer_km` is what the evaluator read, where the
/// telemetry does not say.
///
/// # Errors
/// The file is no assessment, or one of another car or battery than was applied for. Says which field, and the fix.
pub fn evaluation(
    text: &[u8],
    application: &Application,
    odometer_km: Option<u32>,
    today: Date,
) -> Result<Evaluation, String> {
    let assessment: Assessment = serde_json::from_slice(text)
        .map_err(|e| format!("is no assessment as `carnet battery assess --json` writes it: {e}"))?;
    same_battery(&assessment, application)?;

    let mut refused: Vec<Reason> = assessment
        .refusals
        .iter()
        .map(|refusal| Reason {
            code: refusal.code.clone(),
            text: refusal.text.clone(),
        })
        .collect();
    let (from, until) = (
        assessment.evidence.from_s.and_then(day),
        assessment.evidence.to_s.and_then(day),
    );
    if from.is_none() || until.is_none() {
        refused.push(Reason {
            code: "NO_DATE".to_owned(),
            text: "the telemetry shows no date, so nobody can say how old it is".to_owned(),
        });
    }
    let soh = soh(&assessment)?;
    if soh.is_none() && refused.is_empty() {
        refused.push(Reason {
            code: "NO_SOH".to_owned(),
            text: "the assessment gives no state of health".to_owned(),
        });
    }
    let read = assessment.evidence.odometer_km.map(|km| km.to_f64().round());
    let odometer_km = match (odometer_km, read) {
        (Some(km), _) => km,
        (None, Some(km)) if (0.0..=3e6).contains(&km) => km as u32,
        _ => return Err("says no odometer reading; give what the car shows with --odometer KM".to_owned()),
    };
    let window = |percent: f64| Decimal::measured(percent, 0, Rounding::Nearest);
    let (Some(min_pct), Some(max_pct)) = (
        window(assessment.transport.rule.min_soc_pct),
        window(assessment.transport.rule.max_soc_pct),
    ) else {
        return Err("transport.rule: the window of the state of charge is no number".to_owned());
    };
    Ok(Evaluation {
        soh,
        refused,
        checks: assessment.checks.iter().map(check).collect::<Result<_, _>>()?,
        transport: Transport {
            un_number: assessment.transport.un_number.clone(),
            soc_pct: assessment.transport.soc_pct,
            soc_measured_on: assessment.transport.soc_measured_s.and_then(day),
            windows: vec![SocWindow {
                carrier: assessment.transport.rule.name.clone(),
                min_pct,
                max_pct,
            }],
            ready: assessment.transport.ready.unwrap_or(false),
            obstacles: assessment.transport.reasons.clone(),
        },
        evidence: Evidence {
            from: from.unwrap_or(today),
            until: until.unwrap_or(today),
            assessment_sha256: hex::encode(Sha256::digest(text)),
            raw_sha256: assessment
                .evidence
                .sources
                .iter()
                .filter(|source| !source.sha256.is_empty())
                .map(|source| source.sha256.clone())
                .collect(),
            sessions: sessions(&assessment.sessions)?,
        },
        odometer_km,
        full_cycles: None,
    })
}

/// Refuses the assessment of another car, or of a battery that was described differently.
fn same_battery(assessment: &Assessment, application: &Application) -> Result<(), String> {
    if let Some(vehicle) = &assessment.vehicle {
        let read = crate::draft::parse_vehicle(vehicle).map_err(|e| format!("vehicle {vehicle:?}: {e}"))?;
        if read != application.vehicle.vid {
            return Err(format!(
                "is about {read}, and the application about {}; give the right file",
                application.vehicle.vid
            ));
        }
    }
    let battery = &application.battery;
    let pack = &assessment.pack;
    let rated_differs = pack
        .rated_ah
        .is_some_and(|rated| (rated - battery.rated_ah.to_f64()).abs() > 0.05);
    for (what, differs, theirs, ours) in [
        (
            "chemistry",
            pack.chemistry != battery.chemistry.to_string(),
            pack.chemistry.clone(),
            battery.chemistry.to_string(),
        ),
        (
            "cells in series",
            pack.n_series != u32::from(battery.n_series),
            pack.n_series.to_string(),
            battery.n_series.to_string(),
        ),
        (
            "rated capacity in Ah",
            rated_differs,
            pack.rated_ah.unwrap_or_default().to_string(),
            battery.rated_ah.to_string(),
        ),
    ] {
        if differs {
            return Err(format!(
                "{what}: the assessment was made for {theirs}, the application says {ours}; assess again with the right pack"
            ));
        }
    }
    Ok(())
}

fn soh(assessment: &Assessment) -> Result<Option<Soh>, String> {
    let Some(capacity) = assessment.capacity.as_ref() else {
        return Ok(None);
    };
    let Some(health) = capacity.soh.as_ref() else {
        return Ok(None);
    };
    // A certificate has one decimal; each end of the interval is rounded away from the value.
    let tenth = |percent: Decimal, rounding| {
        Decimal::measured(percent.to_f64(), 1, rounding)
            .ok_or_else(|| format!("soh: {percent} % is no percentage"))
    };
    let error_budget = capacity
        .budget
        .iter()
        .map(|term| {
            let half_width_pp = Decimal::measured(TO_95 * term.u_pp.to_f64(), 2, Rounding::Up)
                .ok_or_else(|| format!("budget {}: {} is no uncertainty", term.id, term.u_pp))?;
            Ok(BudgetTerm {
                source: term.id.clone(),
                half_width_pp,
            })
        })
        .collect::<Result<_, String>>()?;
    let reported = assessment
        .checks
        .iter()
        .find(|check| check.id == "reported_soh")
        .and_then(|check| leading_number(check.value.as_deref()?));
    Ok(Some(Soh {
        name: SOH_NAME.to_owned(),
        value_pct: tenth(health.percent, Rounding::Nearest)?,
        lower95_pct: tenth(health.lower95, Rounding::Down)?,
        upper95_pct: tenth(health.upper95, Rounding::Up)?,
        basis: "capacity".to_owned(),
        reference: health.reference.chars().take(120).collect(),
        capacity_ah: capacity.amount,
        energy_kwh: assessment.energy.as_ref().map(|energy| energy.amount),
        class: assessment.class,
        method_version: assessment.method.clone(),
        n_anchored: assessment.diagnostics.n_anchored,
        n_echo: assessment.diagnostics.n_echo,
        error_budget,
        reported_by_vehicle_pct: reported.map(|(number, _)| number),
    }))
}

fn check(checked: &Checked) -> Result<Check, String> {
    let result = match checked.result.as_str() {
        "pass" => CheckResult::Pass,
        "warn" => CheckResult::Watch,
        "fail" => CheckResult::Fail,
        "not_measured" => CheckResult::NotMeasured,
        "info" => CheckResult::Stated,
        other => return Err(format!("check {}: {other:?} is no result", checked.id)),
    };
    let text = |text: &str, longest| text.chars().take(longest).collect::<String>();
    let value = checked.value.as_deref().map(|value| match leading_number(value) {
        Some((number, unit)) => Quantity {
            number: Some(number),
            unit: Some(unit.to_owned()),
            ..Quantity::default()
        },
        None => Quantity {
            text: Some(text(value, 300)),
            ..Quantity::default()
        },
    });
    Ok(Check {
        id: checked.id.clone(),
        result,
        value,
        limit: (!checked.limit.is_empty()).then(|| Quantity {
            text: Some(text(&checked.limit, 300)),
            ..Quantity::default()
        }),
        limit_source: text(&checked.limit_source, 200),
        action: (!checked.advice.is_empty()).then(|| text(&checked.advice, 500)),
    })
}

/// The number and unit of a text that is nothing else, such as `12 mV`.
fn leading_number(text: &str) -> Option<(Decimal, &str)> {
    let (number, unit) = text.split_once(' ')?;
    let one_word = !unit.is_empty() && unit.chars().count() <= 20 && !unit.contains(char::is_whitespace);
    Some((number.parse().ok()?, unit)).filter(|_| one_word)
}

/// The used sessions with the greatest weight, in their order.
fn sessions(charges: &[Charge]) -> Result<Vec<Session>, String> {
    let mut used: Vec<(usize, &Charge)> = charges
        .iter()
        .enumerate()
        .filter(|(_, charge)| charge.group.is_some())
        .collect();
    used.sort_by(|(_, a), (_, b)| b.weight_pct.to_f64().total_cmp(&a.weight_pct.to_f64()));
    used.truncate(SESSIONS);
    used.sort_by_key(|(place, _)| *place);
    used.into_iter()
        .map(|(place, charge)| {
            let delta_soc_pct = charge
                .soc_start_pct
                .less_than_by(charge.soc_end_pct)
                .ok_or_else(|| format!("session {}: the states of charge are no percentages", place + 1))?;
            Ok(Session {
                delta_soc_pct,
                charge_ah: charge.charge_ah,
                anchored: charge.group.as_deref() == Some("anchored"),
            })
        })
        .collect()
}

fn day(seconds: i64) -> Option<Date> {
    let time = Timestamp::from_second(seconds).ok()?;
    Some(time.to_zoned_datetime(TimeZone::UTC).date())
}
