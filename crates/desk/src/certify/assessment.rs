//! From the assessment of the estimator to the evaluation that the scheme judges.

use battery::Facts;
use battery::assessment::{
    Assessment, Check as Checked, CheckResult as Found, Group, Session as Charge, Transport as Carriage,
};
use battery::transport::UNDATED;
use certificate::Decimal;
use certificate::application::Application;
use certificate::decimal::Rounding;
use certificate::evaluation::{
    BudgetTerm, Check, CheckResult, Class, Evaluation, Evidence, NEEDED_FOR_TRANSPORT, Quantity, Reason,
    SOH_NAME, Session, SocWindow, Soh, TEXT, Transport, shortened,
};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

/// Factor from a standard uncertainty to the half-width at 95 %.
const TO_95: f64 = 1.96;

/// Most sessions that go on a certificate: those with the greatest weight.
const SESSIONS: usize = 40;

/// Reads an assessment as `carnet battery assess` writes it, on one line or on many.
///
/// # Errors
/// It is something else, or one of another version.
pub fn read(text: &[u8]) -> Result<Assessment, String> {
    serde_json::from_slice(text)
        .map_err(|e| format!("is no assessment as `carnet battery assess --out` writes it: {e}"))
}

/// The evaluation that an assessment makes for an application. `odometer_km` is what the evaluator read; no less than what the
/// telemetry says. The hash in it is that of the assessment's bytes as `carnet battery recompute` makes them again.
///
/// # Errors
/// The assessment is of another car or battery than was applied for, or says what no certificate can. Says which field,
/// and the fix.
pub fn evaluation(
    assessment: &Assessment,
    application: &Application,
    odometer_km: Option<u32>,
    today: Date,
) -> Result<Evaluation, String> {
    same_battery(assessment, application)?;
    agrees_with_itself(assessment)?;
    assessment.facts.check().map_err(|wrong| wrong.to_string())?;

    let mut refused: Vec<Reason> = assessment
        .refusals
        .iter()
        .map(|refusal| Reason {
            code: refusal.code.name(),
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
    let soh = soh(assessment)?;
    if soh.is_none() && refused.is_empty() {
        refused.push(Reason {
            code: "NO_SOH".to_owned(),
            text: "the assessment gives no state of health".to_owned(),
        });
    }
    let read = assessment.evidence.odometer_km.map(|km| km.value().round());
    let odometer_km = match (odometer_km, read) {
        (Some(km), Some(read)) if read - f64::from(km) > 1.0 => {
            return Err(format!(
                "odometer {km} km: less than the {read:.0} km of the telemetry and its description; read the car again"
            ));
        }
        (Some(km), _) => km,
        (None, Some(km)) if (0.0..=3e6).contains(&km) => km as u32,
        _ => return Err("says no odometer reading; give what the car shows with --odometer KM".to_owned()),
    };
    let bytes = serde_json::to_vec(assessment).map_err(|e| format!("cannot be written: {e}"))?;
    Ok(Evaluation {
        soh,
        refused,
        checks: assessment
            .checks
            .iter()
            .map(|checked| check(checked, &assessment.facts))
            .collect(),
        transport: transport(&assessment.transport, &assessment.checks)?,
        evidence: Evidence {
            from: from.unwrap_or(today),
            until: until.unwrap_or(today),
            assessment_sha256: hex::encode(Sha256::digest(&bytes)),
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
pub(crate) fn same_battery(assessment: &Assessment, application: &Application) -> Result<(), String> {
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
            pack.chemistry.name() != battery.chemistry.to_string(),
            pack.chemistry.name().to_owned(),
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

/// Refuses an assessment of which one figure contradicts another: somebody changed it. That all agree does not show that they
/// were computed; only [`crate::recomputing::recompute`] does.
fn agrees_with_itself(assessment: &Assessment) -> Result<(), String> {
    const FIX: &str = "the file was changed; assess the logs again with `carnet battery assess --out`";
    let Some(capacity) = &assessment.capacity else {
        return Ok(());
    };
    let anchored = |group| {
        let of_group = assessment.sessions.iter().filter(|s| s.group == Some(group));
        of_group.count() as u32
    };
    for (what, said, are) in [
        (
            "n_anchored",
            assessment.diagnostics.n_anchored,
            anchored(Group::Anchored),
        ),
        ("n_echo", assessment.diagnostics.n_echo, anchored(Group::Echo)),
    ] {
        if said != are {
            return Err(format!(
                "diagnostics.{what} is {said}, and {are} sessions are; {FIX}"
            ));
        }
    }
    let (Some(soh), Some(rated)) = (&capacity.soh, assessment.pack.rated_ah) else {
        return Ok(());
    };
    let half = soh.half_width95.value();
    // Everything is written to the hundredth, of a percentage point or of an ampere-hour, or finer.
    let of_rated = |amount: f64| (100.0 * amount / rated, 0.011 + 0.51 / rated);
    let (percent, near) = of_rated(capacity.amount.value());
    let (width, width_near) = of_rated(capacity.half_width95.value());
    for (what, said, is, near) in [
        ("percent", soh.percent, percent, near),
        ("half_width95", soh.half_width95, width, width_near),
        ("lower95", soh.lower95, soh.percent.value() - half, 0.016),
        ("upper95", soh.upper95, soh.percent.value() + half, 0.016),
    ] {
        // What is no number agrees with nothing.
        let apart = (said.value() - is).abs();
        if apart.is_nan() || apart > near {
            return Err(format!(
                "capacity.soh.{what} is {said}, and the other figures give {is:.2}; {FIX}"
            ));
        }
    }
    let widths = [soh.half_width50, soh.half_width80, soh.half_width95].map(|w| w.value());
    if !widths.is_sorted() || widths[0].is_nan() || widths[0] < 0.0 {
        return Err(format!(
            "capacity.soh: an interval of more certainty is narrower than one of less; {FIX}"
        ));
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
    let tenth = |percent: battery::Decimal, rounding| {
        Decimal::measured(percent.value(), 1, rounding)
            .ok_or_else(|| format!("soh: {percent} % is no percentage"))
    };
    let error_budget = capacity
        .budget
        .iter()
        .map(|term| {
            let half_width_pp = Decimal::measured(TO_95 * term.u_pp.value(), 2, Rounding::Up)
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
        // What follows in brackets compares it with ours.
        .and_then(|check| quantity(check.value.as_deref()?.split(" (").next()?).number);
    Ok(Some(Soh {
        name: SOH_NAME.to_owned(),
        value_pct: tenth(health.percent, Rounding::Nearest)?,
        lower95_pct: tenth(health.lower95, Rounding::Down)?,
        upper95_pct: tenth(health.upper95, Rounding::Up)?,
        basis: "capacity".to_owned(),
        reference: shortened(&health.reference, 120),
        capacity_ah: exact(capacity.amount)?,
        energy_kwh: assessment
            .energy
            .as_ref()
            .map(|energy| exact(energy.amount))
            .transpose()?,
        class: match assessment.class {
            battery::Class::Field => Class::Field,
            battery::Class::Guided => Class::Guided,
        },
        method_version: assessment.method.clone(),
        n_anchored: assessment.diagnostics.n_anchored,
        n_echo: assessment.diagnostics.n_echo,
        error_budget,
        reported_by_vehicle_pct: reported,
    }))
}

fn check(checked: &Checked, facts: &Facts) -> Check {
    // The log shows only what the management system forgets while it is read. Where nobody stated what the workshops know, that
    // there was nothing is no finding.
    let open = [Found::Pass, Found::NotMeasured].contains(&checked.result);
    if checked.id == "battery_history" && open && facts.battery_events.is_empty() {
        return Check {
            id: checked.id.clone(),
            result: CheckResult::Stated,
            value: Some(words("none stated")),
            limit: (!checked.limit.is_empty()).then(|| words(&checked.limit)),
            limit_source: shortened(&checked.limit_source, 200),
            action: Some(
                "ask the owner and the workshop for resets and replacements, and state them".to_owned(),
            ),
        };
    }
    let result = match checked.result {
        Found::Pass => CheckResult::Pass,
        Found::Warn => CheckResult::Watch,
        Found::Fail => CheckResult::Fail,
        Found::NotMeasured => CheckResult::NotMeasured,
        Found::Info => CheckResult::Stated,
    };
    Check {
        id: checked.id.clone(),
        result,
        value: checked.value.as_deref().map(quantity),
        limit: (!checked.limit.is_empty()).then(|| words(&checked.limit)),
        limit_source: shortened(&checked.limit_source, 200),
        action: (!checked.advice.is_empty()).then(|| shortened(&checked.advice, 500)),
    }
}

fn words(text: &str) -> Quantity {
    Quantity {
        text: Some(shortened(text, TEXT)),
        ..Quantity::default()
    }
}

/// `12 mV` and `3.214 to 4.183 V` as numbers with their unit; anything else as words.
fn quantity(text: &str) -> Quantity {
    let Some((numbers, unit)) = text.rsplit_once(' ') else {
        return words(text);
    };
    if unit.is_empty() || unit.chars().count() > 20 {
        return words(text);
    }
    let unit = Some(unit.to_owned());
    if let Ok(number) = numbers.parse() {
        return Quantity {
            number: Some(number),
            unit,
            ..Quantity::default()
        };
    }
    let ends = numbers
        .split_once(" to ")
        .map(|(low, high)| (low.parse(), high.parse()));
    match ends {
        Some((Ok(low), Ok(high))) => Quantity {
            at_least: Some(low),
            at_most: Some(high),
            unit,
            ..Quantity::default()
        },
        _ => words(text),
    }
}

/// The same number as the scheme writes it, with at most six digits after the point.
fn exact(number: battery::Decimal) -> Result<Decimal, String> {
    number
        .to_string()
        .parse()
        .ok()
        .or_else(|| Decimal::measured(number.value(), 6, Rounding::Nearest))
        .ok_or_else(|| format!("{number} is more than a certificate can say"))
}

fn transport(carriage: &Carriage, checks: &[Checked]) -> Result<Transport, String> {
    let window = |percent: f64| {
        Decimal::measured(percent, 0, Rounding::Nearest)
            .ok_or_else(|| "transport.rule: the window of the state of charge is no number".to_owned())
    };
    let open: Vec<&str> = NEEDED_FOR_TRANSPORT
        .into_iter()
        .filter(|needed| {
            let made = |check: &Checked| check.id == *needed && check.result != Found::NotMeasured;
            !checks.iter().any(made)
        })
        .collect();
    // Before `carnet-soh/6` an assessment was ready with a state of charge of an unknown time.
    let undated = carriage.soc_pct.is_some() && carriage.soc_measured_s.is_none();
    let ready = carriage.ready == Some(true) && open.is_empty() && !undated;
    let mut obstacles = Vec::new();
    // What a carrier merely prefers stands in nobody's way.
    if !ready {
        obstacles.clone_from(&carriage.reasons);
        if undated && !obstacles.iter().any(|said| said == UNDATED) {
            obstacles.push(UNDATED.to_owned());
        }
        let name = |id: &str| {
            let named = checks.iter().find(|check| check.id == id);
            named.map_or_else(|| id.to_owned(), |check| check.name.clone())
        };
        for needed in open.into_iter().map(name) {
            if !obstacles.iter().any(|said| said.contains(&needed)) {
                obstacles.push(format!("{needed}: not measured"));
            }
        }
    }
    Ok(Transport {
        un_number: carriage.un_number.clone(),
        soc_pct: carriage.soc_pct.map(exact).transpose()?,
        soc_measured_on: carriage.soc_measured_s.and_then(day),
        windows: vec![SocWindow {
            carrier: carriage.rule.name.clone(),
            min_pct: window(carriage.rule.min_soc_pct)?,
            max_pct: window(carriage.rule.max_soc_pct)?,
        }],
        ready,
        obstacles,
    })
}

/// The used sessions with the greatest weight, in their order.
fn sessions(charges: &[Charge]) -> Result<Vec<Session>, String> {
    let mut used: Vec<(usize, &Charge)> = charges
        .iter()
        .enumerate()
        .filter(|(_, charge)| charge.group.is_some())
        .collect();
    used.sort_by(|(_, a), (_, b)| b.weight_pct.value().total_cmp(&a.weight_pct.value()));
    used.truncate(SESSIONS);
    used.sort_by_key(|(place, _)| *place);
    used.into_iter()
        .map(|(place, charge)| {
            let [start, end] = [charge.soc_start_pct, charge.soc_end_pct].map(|soc| soc.map(exact));
            let delta_soc_pct = start
                .transpose()?
                .zip(end.transpose()?)
                .and_then(|(start, end)| start.less_than_by(end))
                .ok_or_else(|| format!("session {}: the states of charge are no percentages", place + 1))?;
            Ok(Session {
                delta_soc_pct,
                charge_ah: exact(charge.charge_ah)?,
                anchored: charge.group == Some(Group::Anchored),
            })
        })
        .collect()
}

fn day(seconds: i64) -> Option<Date> {
    let time = Timestamp::from_second(seconds).ok()?;
    Some(time.to_zoned_datetime(TimeZone::UTC).date())
}
