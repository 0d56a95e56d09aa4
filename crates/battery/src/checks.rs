//! Checks beside the capacity (docs/method/soh.md). Each says its value, its limit, who set the limit, and what to do.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use vehicle::trouble_code::of_high_voltage;

use crate::assessment::{Check, CheckResult, Exclusion, ExclusionCode, Session};
use crate::charge::{Charge, Holes, Watch};
use crate::decimal::Decimal;
use crate::pack::{BatteryEvent, BatteryEventKind, Chemistry, Facts, Pack};
use crate::sample::{Source, UNIT_CONTRADICTED};

/// No public law fixes these; the certificate says whose they are.
const OURS: &str = "Carnet method (no public law fixes it)";
const R100: &str = "UN R100 5.1.3";

/// What the checks look at.
pub(crate) struct Findings<'a> {
    pub pack: &'a Pack,
    pub facts: &'a Facts,
    pub watch: &'a Watch,
    pub charges: &'a [Charge],
    pub sessions: &'a [Session],
    pub sources: &'a [Source],
    /// Places of full sessions in `charges`.
    pub full: &'a [usize],
    pub soc_definition: &'a str,
    pub soc_definition_result: CheckResult,
    /// State of health found, percent.
    pub soh: Option<f64>,
    pub meter_ratio: Option<f64>,
    pub sign_turned: bool,
    pub holes: Holes,
}

struct Outcome {
    value: Option<String>,
    limit: String,
    result: CheckResult,
    advice: &'static str,
}

fn check(id: &str, name: &str, limit_source: &str, outcome: Outcome) -> Check {
    let advice = match outcome.result {
        CheckResult::Pass | CheckResult::Info => "",
        CheckResult::NotMeasured if outcome.advice.is_empty() => "measure it before relying on this battery",
        _ => outcome.advice,
    };
    Check {
        id: id.into(),
        name: name.into(),
        value: outcome.value,
        limit: outcome.limit,
        limit_source: limit_source.into(),
        result: outcome.result,
        advice: advice.into(),
    }
}

/// Grades a value that must stay below two limits.
fn below(value: Option<f64>, warn: f64, fail: f64) -> CheckResult {
    match value {
        None => CheckResult::NotMeasured,
        Some(value) if value > fail => CheckResult::Fail,
        Some(value) if value > warn => CheckResult::Warn,
        Some(_) => CheckResult::Pass,
    }
}

fn known(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

/// All checks, always in the same order.
pub(crate) fn all(findings: &Findings) -> Vec<Check> {
    vec![
        cell_spread(findings),
        temp_spread(findings),
        temp_highest(findings),
        isolation(findings),
        self_discharge(findings),
        cell_limits(findings),
        hv_dtcs(findings),
        recalls(findings),
        soc_definition(findings),
        reported_soh(findings),
        battery_history(findings),
        second_meter(findings),
        tampering(findings),
    ]
}

fn cell_spread(f: &Findings) -> Check {
    let step = if f.watch.cell_step.is_nan() {
        0.0
    } else {
        f.watch.cell_step
    };
    let (value, warn, fail, place) = match f.pack.chemistry {
        Chemistry::Nmc => {
            let mean = known(f.watch.spread_sum / f.watch.spread_rows as f64);
            (
                mean,
                0.030_f64.max(2.0 * step),
                0.050_f64.max(3.0 * step),
                "rested at 20 to 80 %",
            )
        }
        Chemistry::Lfp => {
            let ends = f.full.iter().filter_map(|&place| f.charges.get(place));
            let worst = ends.map(|c| c.spread_last).fold(f64::NAN, f64::max);
            (known(worst), 0.100, 0.200, "at the end of a full charge")
        }
    };
    let value = value.filter(|_| f.watch.cells_apart);
    // Below zero the columns are exchanged, or not what they are said to be: the amount is what can be said.
    let exchanged = value.is_some_and(|v| v < -0.0005);
    let value = value.map(f64::abs);
    check(
        "cell_spread",
        "Spread of cell voltages",
        OURS,
        Outcome {
            value: value.map(|v| {
                let said = if exchanged {
                    ", highest and lowest exchanged"
                } else {
                    ""
                };
                format!("{:.0} mV{said}", 1000.0 * v)
            }),
            limit: format!(
                "{:.0} mV, fails above {:.0} mV ({place}; resolution {:.0} mV)",
                1000.0 * warn,
                1000.0 * fail,
                1000.0 * step
            ),
            result: match below(value, warn, fail) {
                CheckResult::Pass if exchanged => CheckResult::Warn,
                result => result,
            },
            advice: match value {
                None => "log the highest and the lowest cell voltage, each in its own column, also at rest",
                Some(_) => "charge fully and let it balance overnight; if it stays, look for a weak cell",
            },
        },
    )
}

fn temp_spread(f: &Findings) -> Check {
    let value =
        known(f.watch.temp_spread_sum / f.watch.temp_spread_rows as f64).filter(|_| f.watch.temps_apart);
    check(
        "temperature_spread",
        "Spread of temperatures at rest",
        OURS,
        Outcome {
            value: value.map(|v| format!("{v:.1} K")),
            limit: "5 K".into(),
            result: below(value, 5.0, 10.0),
            advice: match value {
                None => "log the highest and the lowest temperature, each in its own column, also at rest",
                Some(_) => "look for a blocked coolant path or a broken sensor",
            },
        },
    )
}

fn temp_highest(f: &Findings) -> Check {
    let value = known(f.watch.temp_highest);
    check(
        "temperature_highest",
        "Highest battery temperature",
        OURS,
        Outcome {
            value: value.map(|v| format!("{v:.0} °C")),
            limit: "55 °C, fails above 60 °C".into(),
            result: below(value, 55.0, 60.0),
            advice: match value {
                Some(celsius) if celsius > 60.0 => "do not charge; have the cooling and the cells examined",
                Some(_) => "let it cool before it is charged again, and have the cooling looked at",
                None => "log the temperature of the battery",
            },
        },
    )
}

fn isolation(f: &Findings) -> Check {
    /// Two instruments that differ by more contradict each other.
    const ALIKE: f64 = 2.0;
    let (by_hand, logged) = (f.facts.isolation_kohm, known(f.watch.isolation_min));
    // Where two say it, the worse one counts.
    let kohm = by_hand.map_or(logged, |hand| {
        Some(logged.map_or(hand, |logged| logged.min(hand)))
    });
    let contradicted = by_hand
        .zip(logged)
        .filter(|(hand, logged)| hand.max(*logged) > ALIKE * hand.min(*logged));
    let volt = known(f.watch.pack_highest)
        .unwrap_or_else(|| f.pack.end_voltage() * f64::from(f.pack.n_series.max(1)));
    let per_volt = kohm.and_then(|k| known(1000.0 * k / volt));
    let fail_at = if f.facts.isolation_includes_ac {
        500.0
    } else {
        100.0
    };
    check(
        "isolation",
        "Isolation resistance",
        R100,
        Outcome {
            value: per_volt.map(|v| match contradicted {
                Some((hand, logged)) => {
                    format!("{v:.0} Ω/V; {hand} kΩ measured by hand, {logged} kΩ logged: the lower counts")
                }
                None => format!("{v:.0} Ω/V"),
            }),
            limit: format!("{fail_at:.0} Ω/V, watched below 500 Ω/V"),
            result: match per_volt {
                None => CheckResult::NotMeasured,
                Some(v) if v < fail_at => CheckResult::Fail,
                Some(v) if v < 500.0 || contradicted.is_some() => CheckResult::Warn,
                Some(_) => CheckResult::Pass,
            },
            advice: match per_volt {
                None => "measure it with an insulation tester, or read it from the vehicle",
                Some(v) if v < fail_at => "do not touch, charge or ship; find the fault, then measure again",
                Some(_) if contradicted.is_some() => {
                    "have it measured again with a checked insulation tester"
                }
                Some(_) => {
                    "above the limit and low: look for moisture and worn insulation, and measure again before it is shipped"
                }
            },
        },
    )
}

fn self_discharge(f: &Findings) -> Check {
    let value = known(f.watch.self_discharge)
        .filter(|_| f.watch.cells_apart)
        .map(|v| v.max(0.0));
    check(
        "self_discharge",
        "Self-discharge of one cell group at rest",
        OURS,
        Outcome {
            value: value.map(|v| format!("{:.1} mV/day", 1000.0 * v)),
            limit: "5 mV/day".into(),
            result: below(value, 0.005, 0.020),
            advice: match value {
                None => "log six hours or more at rest, with the highest and the lowest cell voltage",
                Some(growth) if growth > 0.020 => {
                    "a cell group drains: suspect an internal short, keep the vehicle apart and have it opened"
                }
                Some(_) => {
                    "log a longer rest; if it stays, have the cell groups measured before it is shipped"
                }
            },
        },
    )
}

fn cell_limits(f: &Findings) -> Check {
    /// An imbalanced cell passes the end voltage a little while the pack tapers.
    const BRIEFLY: f64 = 0.15;
    let (low, high) = f.pack.chemistry.cell_limits();
    let found = known(f.watch.cell_lowest).zip(known(f.watch.cell_highest));
    let beyond = found.map(|(lowest, highest)| (low - lowest).max(highest - high));
    check(
        "cell_limits",
        "Cell voltages within limits",
        OURS,
        Outcome {
            value: found.map(|(lowest, highest)| format!("{lowest:.3} to {highest:.3} V")),
            limit: format!("{low:.2} to {high:.2} V, fails beyond by 150 mV"),
            result: below(beyond, 0.0005, BRIEFLY),
            advice: match beyond {
                None => "log cell voltages",
                Some(_) => "have the cell groups measured one by one",
            },
        },
    )
}

fn hv_dtcs(f: &Findings) -> Check {
    let codes: Option<Vec<String>> = f.facts.dtcs.as_ref().map(|all| {
        all.iter()
            .map(|dtc| dtc.code.trim().to_ascii_uppercase())
            .collect()
    });
    let result = match &codes {
        None => CheckResult::NotMeasured,
        Some(codes) if codes.iter().any(|c| of_high_voltage(c)) => CheckResult::Fail,
        Some(codes) if codes.is_empty() => CheckResult::Pass,
        // What a code outside the ranges means is for its reader to say.
        Some(_) => CheckResult::Warn,
    };
    check(
        "hv_dtcs",
        "Open high-voltage trouble codes",
        "SAE J2012; maker's repair guides",
        Outcome {
            value: codes.map(|c| if c.is_empty() { "none".into() } else { c.join(", ") }),
            limit: "none".into(),
            result,
            advice: match result {
                CheckResult::NotMeasured => "read the trouble codes of all control units",
                CheckResult::Warn => {
                    "outside the high-voltage ranges: look each code up in the maker's guide"
                }
                _ => "repair, clear, drive, and read the codes again",
            },
        },
    )
}

fn recalls(f: &Findings) -> Check {
    let open = f.facts.recalls.as_ref();
    check(
        "recalls",
        "Open recalls of the battery",
        "maker, national recall register",
        Outcome {
            value: open.map(|all| {
                if all.is_empty() {
                    "none".into()
                } else {
                    all.join(", ")
                }
            }),
            limit: "none".into(),
            result: match open {
                None => CheckResult::NotMeasured,
                Some(all) if all.is_empty() => CheckResult::Pass,
                Some(_) => CheckResult::Fail,
            },
            advice: match open {
                None => "ask the maker or the register with the VIN",
                Some(_) => "have the recall done and show the record",
            },
        },
    )
}

fn soc_definition(f: &Findings) -> Check {
    check(
        "soc_definition",
        "What 100 % state of charge means",
        "Carnet method: display and BMS definitions were seen to differ by 19 % of capacity",
        Outcome {
            value: Some(f.soc_definition.into()),
            limit: "the management system's own, agreeing with cell voltage at full and near empty".into(),
            result: f.soc_definition_result,
            advice: match f.soc_definition_result {
                CheckResult::NotMeasured => {
                    "charge once to full, and once from below 12 % after half an hour of rest"
                }
                _ => "log the management system's state of charge, not the display's",
            },
        },
    )
}

fn reported_soh(f: &Findings) -> Check {
    let reported = f
        .facts
        .reported_soh
        .or(known(f.watch.reported_soh))
        .map(|v| 100.0 * v);
    let value = reported.map(|reported| match f.soh {
        Some(ours) => format!(
            "{reported:.1} % (ours {ours:.1} %, difference {:+.1} pp)",
            reported - ours
        ),
        None => format!("{reported:.1} %"),
    });
    check(
        "reported_soh",
        "State of health as the vehicle reports it",
        "for comparison; UN GTR 22 Part A allows 5 pp",
        Outcome {
            limit: "none; a difference above 5 pp is pointed out".into(),
            result: match (reported, f.soh) {
                (None, _) => CheckResult::NotMeasured,
                (Some(reported), Some(ours)) if (reported - ours).abs() > 5.0 => CheckResult::Warn,
                _ => CheckResult::Info,
            },
            advice: match &value {
                None => "read it from the vehicle if it shows one",
                Some(_) => "rely on the measured value; ask what the vehicle's is a percentage of",
            },
            value,
        },
    )
}

/// Where an event lies beside the test.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    Before,
    After,
    /// Inside the test period, or it cannot be placed outside.
    Inside,
}

fn when(event: &BatteryEvent, watch: &Watch) -> When {
    match event.time_s {
        Some(time) if (time as f64) < watch.from_s => When::Before,
        Some(time) if (time as f64) > watch.to_s => When::After,
        _ => When::Inside,
    }
}

/// An event with its day and who says so, as `pack replaced on 2025-07-12, before the test period (work order 7)`.
fn told(event: &BatteryEvent, watch: &Watch) -> String {
    let kind = match event.kind {
        BatteryEventKind::BmsReset => "reset of the management system",
        BatteryEventKind::PackSwap => "pack replaced",
        BatteryEventKind::ModuleSwap => "module replaced",
    };
    let stamp = event.time_s.and_then(|time| Timestamp::from_second(time).ok());
    let day = match stamp {
        Some(stamp) => format!(" on {}", stamp.to_zoned_datetime(TimeZone::UTC).date()),
        None => ", on a day not stated".to_owned(),
    };
    let place = match when(event, watch) {
        _ if stamp.is_none() => "",
        _ if watch.from_s.is_nan() => ", with no dates in the log to place it by",
        When::Before => ", before the test period",
        When::After => ", after the test period",
        When::Inside => ", inside the test period",
    };
    let source = if event.source.is_empty() {
        String::new()
    } else {
        format!(" ({})", event.source)
    };
    format!("{kind}{day}{place}{source}")
}

fn battery_history(f: &Findings) -> Check {
    let mut found: Vec<String> = f
        .facts
        .battery_events
        .iter()
        .map(|event| told(event, f.watch))
        .collect();
    let rose = f.watch.reported_soh_rose > 0.03;
    if rose {
        found.push(format!(
            "reported state of health rose by {:.1} pp",
            100.0 * f.watch.reported_soh_rose
        ));
    }
    let latest = f
        .facts
        .battery_events
        .iter()
        .map(|event| when(event, f.watch))
        .max();
    let (result, advice) = match latest {
        _ if rose => (
            CheckResult::Fail,
            "test after the event only, and show the work order",
        ),
        // The log shows only what the management system forgets while it is read: that nobody stated an event is no finding.
        None => (
            CheckResult::NotMeasured,
            "ask the owner and the workshop for resets and replacements, and state them",
        ),
        Some(When::Inside) => (
            CheckResult::Fail,
            "test after the event only, and show the work order",
        ),
        Some(When::After) => (
            CheckResult::Warn,
            "test again: the battery is not what it was when it was tested",
        ),
        Some(When::Before) => (CheckResult::Warn, "show the work order"),
    };
    check(
        "battery_history",
        "Resets and replacements",
        OURS,
        Outcome {
            value: (!found.is_empty()).then(|| found.join("; ")),
            limit: "none inside the test period".into(),
            result,
            advice,
        },
    )
}

fn second_meter(f: &Findings) -> Check {
    let apart = f.meter_ratio.map(|ratio| (ratio - 1.0).abs());
    check(
        "second_meter",
        "Current against a second meter",
        OURS,
        Outcome {
            value: f
                .meter_ratio
                .map(|ratio| format!("{:+.1} %", 100.0 * (ratio - 1.0))),
            limit: "2.5 %".into(),
            result: below(apart, 0.015, 0.025),
            advice: match apart {
                None => "give the charger's log too: a wrong gain of the current sensor shows no other way",
                Some(_) => "have the current sensor or the meter checked",
            },
        },
    )
}

fn tampering(f: &Findings) -> Check {
    let count = |code: ExclusionCode| {
        f.sessions
            .iter()
            .filter(|s| s.excluded.iter().any(|e: &Exclusion| e.code == code))
            .count()
    };
    let mut signs = Vec::new();
    for (code, words) in [
        (ExclusionCode::CurrentSign, "sign of current turned"),
        (ExclusionCode::VoltageJump, "voltage jumped"),
        (ExclusionCode::SocJump, "state of charge jumped"),
        (ExclusionCode::Time, "time wrong"),
        (ExclusionCode::Duplicate, "charge given twice"),
        (ExclusionCode::Outlier, "capacity of another battery"),
        (ExclusionCode::VoltageMismatch, "pack and cell voltage differ"),
        (ExclusionCode::CellVoltage, "cell voltage in another unit"),
    ] {
        let sessions = count(code);
        if sessions > 0 {
            signs.push(format!("{words} in {sessions} of {}", f.sessions.len()));
        }
    }
    if f.watch.odometer_fell > 1.0 {
        signs.push(format!("odometer fell by {:.0} km", f.watch.odometer_fell));
    }
    if let Some(stated) = f.facts.odometer_km.filter(|km| f.watch.odometer_last - km > 1.0) {
        signs.push(format!(
            "odometer stated as {stated:.0} km, logged as {:.0} km",
            f.watch.odometer_last
        ));
    }
    if f.sign_turned {
        signs.push("all currents have their sign turned (corrected)".into());
    }
    // Loggers do these by themselves: they are pointed out, and count as no sign beside others.
    let mut notes = Vec::new();
    let gaps = count(ExclusionCode::Gap);
    if gaps > 0 {
        notes.push(format!("samples missing in {gaps} of {}", f.sessions.len()));
    }
    let minutes = f.holes.longest_s / 60.0;
    match f.holes.count {
        0 => {}
        1 => notes.push(format!("samples missing for {minutes:.0} min inside a charge")),
        n => notes.push(format!(
            "samples missing for up to {minutes:.0} min in {n} places inside charges"
        )),
    }
    let contradicts = |correction: &String| correction.contains(UNIT_CONTRADICTED);
    let units = f.sources.iter().flat_map(|s| &s.corrections);
    if units.filter(|c| contradicts(c)).count() > 0 {
        notes.push("values contradict the unit they are said to have (corrected)".into());
    }
    let result = match (signs.len(), notes.is_empty()) {
        (0, true) => CheckResult::Pass,
        (0, false) | (1, _) => CheckResult::Warn,
        _ => CheckResult::Fail,
    };
    signs.extend(notes);
    check(
        "tampering",
        "Signs that the record was altered",
        OURS,
        Outcome {
            value: Some(if signs.is_empty() {
                "none".into()
            } else {
                signs.join("; ")
            }),
            limit: "none; one sign is often an innocent fault of the logger".into(),
            result,
            advice: "ask for the original files, or repeat the test under supervision",
        },
    )
}

/// State of charge now, as a fraction, with the time it was measured.
pub(crate) fn soc_now(facts: &Facts, watch: &Watch, dated: bool) -> (Option<f64>, Option<i64>) {
    match facts.soc_now {
        Some(soc) => (known(soc), facts.soc_now_time_s),
        None => (
            known(watch.soc_last),
            (dated && watch.soc_last_s.is_finite()).then_some(watch.soc_last_s as i64),
        ),
    }
}

/// Distance driven, km.
pub(crate) fn odometer(facts: &Facts, watch: &Watch) -> Option<Decimal> {
    Decimal::new(facts.odometer_km.unwrap_or(watch.odometer_last), 0)
}
