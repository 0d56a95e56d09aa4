use battery::assessment::{CheckResult, ExclusionCode};
use battery::pack::{BatteryEvent, BatteryEventKind, Dtc};
use battery::{Assessment, Assessor, Channel, Class, Facts, RefusalCode, Samples, Source};

use crate::car::{Car, change, dated, pick, source};

fn assess(facts: Facts) -> Assessment {
    let car = Car::new();
    car.assess_with(&car.history(), facts, Class::Field)
}

fn result(found: &Assessment, id: &str) -> CheckResult {
    found.checks.iter().find(|c| c.id == id).unwrap().result
}

#[test]
fn what_nobody_measured_is_said_to_be_not_measured() {
    let found = assess(Facts {
        soc_now: Some(0.25),
        ..Facts::default()
    });
    for id in [
        "battery_history",
        "isolation",
        "self_discharge",
        "hv_dtcs",
        "recalls",
        "reported_soh",
        "second_meter",
    ] {
        assert_eq!(result(&found, id), CheckResult::NotMeasured, "{id}");
    }
    assert!(
        found
            .checks
            .iter()
            .all(|c| !c.limit.is_empty() && !c.limit_source.is_empty())
    );
    let advised = |c: &battery::assessment::Check| {
        c.advice.is_empty() == matches!(c.result, CheckResult::Pass | CheckResult::Info)
    };
    assert!(
        found.checks.iter().all(advised),
        "what is not well says what to do"
    );
    assert_eq!(found.transport.ready, None);
}

#[test]
fn isolation_follows_un_r100() {
    // The pack reaches 403.2 V: 100 Ω/V are 40 kΩ, 500 Ω/V are 202 kΩ.
    for (kohm, ac, expected) in [
        (39.0, false, CheckResult::Fail),
        (150.0, false, CheckResult::Warn),
        (150.0, true, CheckResult::Fail),
        (5800.0, true, CheckResult::Pass),
    ] {
        let found = assess(Facts {
            isolation_kohm: Some(kohm),
            isolation_includes_ac: ac,
            ..Facts::default()
        });
        assert_eq!(result(&found, "isolation"), expected, "{kohm}");
    }
}

#[test]
fn a_high_voltage_fault_fails_and_is_not_shipped() {
    let found = assess(Facts {
        dtcs: Some(vec![Dtc {
            code: "p0aa6".into(),
            text: String::new(),
        }]),
        soc_now: Some(0.25),
        damaged: Some(false),
        ..Facts::default()
    });
    assert_eq!(result(&found, "hv_dtcs"), CheckResult::Fail);
    assert_eq!(found.transport.ready, Some(false));
    let mended = assess(Facts {
        dtcs: Some(vec![]),
        recalls: Some(vec![]),
        isolation_kohm: Some(5000.0),
        soc_now: Some(0.25),
        soc_now_time_s: Some(1_754_265_600),
        damaged: Some(false),
        ..Facts::default()
    });
    assert_eq!(result(&mended, "hv_dtcs"), CheckResult::Pass);
    assert_eq!(mended.transport.ready, Some(true));
}

#[test]
fn codes_of_the_high_voltage_ranges_fail_and_others_are_watched() {
    for (code, expected) in [
        ("P1A9F", CheckResult::Fail),
        ("P0E00", CheckResult::Fail),
        ("P1F00", CheckResult::Fail),
        ("P0C73", CheckResult::Fail),
        ("P0AA6-16", CheckResult::Fail),
        ("P0420", CheckResult::Warn),
        ("battery light", CheckResult::Warn),
    ] {
        let found = assess(Facts {
            dtcs: Some(vec![Dtc {
                code: code.into(),
                text: String::new(),
            }]),
            ..Facts::default()
        });
        assert_eq!(result(&found, "hv_dtcs"), expected, "{code}");
    }
}

#[test]
fn a_battery_is_not_ready_for_carriage_against_the_advice_of_its_own_checks() {
    let stated = |isolation_kohm| Facts {
        dtcs: Some(vec![]),
        recalls: Some(vec![]),
        isolation_kohm: Some(isolation_kohm),
        soc_now: Some(0.25),
        soc_now_time_s: Some(1_754_265_600),
        damaged: Some(false),
        ..Facts::default()
    };
    let car = Car::new();
    let ready = |spoil: &dyn Fn(&mut battery::Samples), facts: Facts| {
        let mut sessions = car.history();
        sessions.iter_mut().for_each(spoil);
        car.assess_with(&sessions, facts, Class::Field).transport.ready
    };
    assert_eq!(ready(&|_| {}, stated(5000.0)), Some(true));
    // 150 kΩ are watched, and the advice is not to ship before the fault is found.
    assert_eq!(ready(&|_| {}, stated(150.0)), None);
    let hot = |rows: &mut battery::Samples| change(rows, Channel::TempMax, |_, _| 63.0);
    assert_eq!(ready(&hot, stated(5000.0)), Some(false));
    let weak = |rows: &mut battery::Samples| change(rows, Channel::CellMin, |_, v| v - 0.12);
    assert_eq!(ready(&weak, stated(5000.0)), Some(false));
}

#[test]
fn a_weak_cell_shows_in_the_spread_and_not_in_the_capacity() {
    let car = Car::new();
    let mut sessions = car.history();
    for rows in &mut sessions {
        change(rows, Channel::CellMin, |_, v| v - 0.12);
    }
    let found = car.assess(&sessions);
    assert_eq!(result(&found, "cell_spread"), CheckResult::Fail);
    assert!((found.soh().unwrap().percent.value() - 90.0).abs() < 0.5);
}

#[test]
fn an_odometer_stated_below_the_logged_one_is_a_sign() {
    let car = Car::new();
    let mut sessions = car.history();
    for rows in &mut sessions {
        *rows.column_mut(Channel::Odometer) = vec![74_318.0; rows.len()];
    }
    let tampering = |odometer_km| {
        let facts = Facts {
            odometer_km,
            ..Facts::default()
        };
        result(&car.assess_with(&sessions, facts, Class::Field), "tampering")
    };
    assert_eq!(tampering(Some(10.0)), CheckResult::Warn);
    assert_eq!(tampering(Some(74_400.0)), CheckResult::Pass);
    assert_eq!(tampering(None), CheckResult::Pass);
}

#[test]
fn what_100_percent_means_passes_only_where_cells_were_seen_at_both_ends() {
    let car = Car {
        rest_s: 2400.0,
        ..Car::new()
    };
    // Only charges that begin where a rested cell tells nothing.
    let high: Vec<_> = (0..4).map(|n| car.charge(n, 0.3, 1.0)).collect();
    let without_full: Vec<_> = (0..4).map(|n| car.charge(n, 0.08, 0.8)).collect();
    for (sessions, expected) in [
        (car.history(), CheckResult::Pass),
        (high, CheckResult::NotMeasured),
        (without_full, CheckResult::NotMeasured),
    ] {
        let found = car.assess(&sessions);
        assert_eq!(
            result(&found, "soc_definition"),
            expected,
            "{:?}",
            found.checks[8]
        );
    }
}

#[test]
fn gaps_and_corrected_units_are_pointed_out_as_signs_of_alteration() {
    let car = Car::new();
    let mut sessions = car.history();
    sessions[1] = pick(
        &sessions[1],
        (0..sessions[1].len()).filter(|row| (row * 7919) % 13 < 6),
    );
    let cut = car.assess(&sessions);
    let value = |found: &Assessment| {
        let check = found.checks.iter().find(|c| c.id == "tampering").unwrap();
        (check.result, check.value.clone().unwrap())
    };
    assert_eq!(
        value(&cut),
        (CheckResult::Warn, "samples missing in 1 of 8".to_owned())
    );

    let mut assessor = Assessor::new(car.pack(), Facts::default(), Class::Field);
    let correction =
        "cell_max: cell_max is said to be in V by the file, but values around 3700 can only be mV";
    assessor.source(Source {
        corrections: vec![correction.to_owned()],
        ..source()
    });
    car.history().iter().for_each(|rows| assessor.push(rows));
    assert_eq!(
        value(&assessor.finish()),
        (
            CheckResult::Warn,
            "values contradict the unit they are said to have (corrected)".to_owned()
        )
    );
}

#[test]
fn one_column_for_highest_and_lowest_measures_no_spread() {
    let car = Car::new();
    let mut sessions = car.history();
    for rows in &mut sessions {
        *rows.column_mut(Channel::CellMin) = rows.column(Channel::CellMax).to_vec();
        *rows.column_mut(Channel::TempMin) = rows.column(Channel::TempMax).to_vec();
    }
    let found = car.assess(&sessions);
    for id in ["cell_spread", "temperature_spread", "self_discharge"] {
        assert_eq!(result(&found, id), CheckResult::NotMeasured, "{id}");
    }
    assert!((found.soh().unwrap().percent.value() - 90.0).abs() < 0.5);
}

#[test]
fn the_vehicles_own_state_of_health_stands_beside_ours() {
    let found = assess(Facts {
        reported_soh: Some(0.99),
        ..Facts::default()
    });
    let check = found.checks.iter().find(|c| c.id == "reported_soh").unwrap();
    assert_eq!(check.result, CheckResult::Warn);
    assert!(
        check.value.as_ref().unwrap().starts_with("99.0 % (ours 89."),
        "{:?}",
        check.value
    );
}

#[test]
fn a_reset_or_swap_that_cannot_be_placed_before_the_test_is_refused() {
    for (kind, code) in [
        (BatteryEventKind::BmsReset, RefusalCode::BmsReset),
        (BatteryEventKind::ModuleSwap, RefusalCode::PackSwap),
    ] {
        let found = assess(Facts {
            battery_events: vec![BatteryEvent {
                kind,
                time_s: None,
                source: "workshop".into(),
            }],
            ..Facts::default()
        });
        assert!(found.refusals.iter().any(|r| r.code == code));
        assert_eq!(result(&found, "battery_history"), CheckResult::Fail);
    }
}

#[test]
fn an_event_fails_inside_the_test_period_and_is_watched_with_its_day_outside() {
    /// 2025-07-12 00:00 UTC.
    const FIRST: f64 = 1_752_278_400.0;
    let car = Car::new();
    let history = |time_s| {
        let mut assessor = Assessor::new(
            car.pack(),
            Facts {
                battery_events: vec![BatteryEvent {
                    kind: BatteryEventKind::PackSwap,
                    time_s,
                    source: "work order 7".into(),
                }],
                ..Facts::default()
            },
            Class::Field,
        );
        assessor.source(Source {
            clock: battery::Clock::Utc,
            ..source()
        });
        for (place, rows) in car.history().into_iter().enumerate() {
            assessor.push(&dated(rows, FIRST + 86_400.0 * place as f64));
        }
        let found = assessor.finish();
        let check = found.checks.iter().find(|c| c.id == "battery_history").unwrap();
        (check.result, check.value.clone().unwrap(), check.advice.clone())
    };
    let (inside, value, _) = history(Some(FIRST as i64 + 100_000));
    assert_eq!(inside, CheckResult::Fail);
    assert_eq!(
        value,
        "pack replaced on 2025-07-13, inside the test period (work order 7)"
    );
    let (before, value, advice) = history(Some(FIRST as i64 - 400_000));
    assert_eq!(before, CheckResult::Warn);
    assert_eq!(
        value,
        "pack replaced on 2025-07-07, before the test period (work order 7)"
    );
    assert_eq!(advice, "show the work order");
    let (after, _, advice) = history(Some(FIRST as i64 + 4_000_000));
    assert_eq!(after, CheckResult::Warn);
    assert!(advice.starts_with("test again"), "{advice}");
    let (unplaced, value, _) = history(None);
    assert_eq!(unplaced, CheckResult::Fail);
    assert_eq!(value, "pack replaced, on a day not stated (work order 7)");
}

#[test]
fn an_event_beside_a_log_without_dates_fails_and_says_why() {
    let found = assess(Facts {
        battery_events: vec![BatteryEvent {
            kind: BatteryEventKind::PackSwap,
            // 2019-03-02.
            time_s: Some(1_551_484_800),
            source: "work order 7".into(),
        }],
        ..Facts::default()
    });
    let check = found.checks.iter().find(|c| c.id == "battery_history").unwrap();
    assert_eq!(check.result, CheckResult::Fail);
    assert_eq!(
        check.value.as_deref(),
        Some("pack replaced on 2019-03-02, with no dates in the log to place it by (work order 7)")
    );
    let refusal = found.refusals.iter().find(|r| r.code == RefusalCode::PackSwap);
    assert_eq!(
        refusal.unwrap().text,
        "the pack was replaced on a day that a log without dates does not place outside the test period"
    );
}

#[test]
fn what_is_to_be_watched_is_not_given_the_advice_of_a_failure() {
    let advice = |found: &Assessment, id: &str| {
        let check = found.checks.iter().find(|c| c.id == id).unwrap();
        (check.result, check.advice.clone())
    };
    let isolation = |kohm| {
        let found = assess(Facts {
            isolation_kohm: Some(kohm),
            ..Facts::default()
        });
        advice(&found, "isolation")
    };
    let (failed, words) = isolation(39.0);
    assert_eq!(failed, CheckResult::Fail);
    assert!(words.starts_with("do not touch, charge or ship"), "{words}");
    let (watched, words) = isolation(150.0);
    assert_eq!(watched, CheckResult::Warn);
    assert!(!words.contains("do not touch"), "{words}");

    let heated = |celsius| {
        let car = Car::new();
        let mut sessions = car.history();
        for rows in &mut sessions {
            change(rows, Channel::TempMax, |_, _| celsius);
        }
        advice(&car.assess(&sessions), "temperature_highest")
    };
    let (failed, words) = heated(63.0);
    assert_eq!(failed, CheckResult::Fail);
    assert!(words.starts_with("do not charge"), "{words}");
    let (watched, words) = heated(57.0);
    assert_eq!(watched, CheckResult::Warn);
    assert!(!words.contains("do not charge"), "{words}");

    let drained = |volt_per_day: f64| {
        let car = Car {
            rest_s: 12.0 * 3600.0,
            ..Car::new()
        };
        let mut sessions = vec![car.charge(0, 0.4, 1.0)];
        for rows in &mut sessions {
            let times = rows.time_s.clone();
            change(rows, Channel::CellMin, |row, v| {
                v - volt_per_day * times[row] / 86_400.0
            });
        }
        advice(&car.assess(&sessions), "self_discharge")
    };
    let (failed, words) = drained(0.040);
    assert_eq!(failed, CheckResult::Fail);
    assert!(words.contains("have it opened"), "{words}");
    let (watched, words) = drained(0.012);
    assert_eq!(watched, CheckResult::Warn);
    assert!(!words.contains("have it opened"), "{words}");
}

#[test]
fn rows_taken_out_of_a_charge_are_pointed_out_however_long_the_hole() {
    /// 2025-07-12 00:00 UTC.
    const FIRST: f64 = 1_752_278_400.0;
    let car = Car::new();
    // Rows 100 to 100 + missing of the third charge are gone, every 30 s one; or its second half has another number.
    let found = |missing: usize, clock: battery::Clock, numbered_anew: bool, unnumbered: bool| {
        let mut assessor = Assessor::new(car.pack(), Facts::default(), Class::Field);
        assessor.source(Source { clock, ..source() });
        for (place, rows) in car.history().into_iter().enumerate() {
            let mut rows = dated(rows, FIRST + 86_400.0 * place as f64);
            if place == 2 {
                rows = pick(
                    &rows,
                    (0..rows.len()).filter(|row| !(100..100 + missing).contains(row)),
                );
                if numbered_anew {
                    rows.session.iter_mut().skip(100).for_each(|number| *number = 77);
                }
            }
            if unnumbered {
                rows.session.clear();
            }
            assessor.push(&rows);
        }
        assessor.finish()
    };
    let tampering = |found: &Assessment| {
        let check = found.checks.iter().find(|c| c.id == "tampering").unwrap();
        (check.result, check.value.clone().unwrap())
    };
    let utc = battery::Clock::Utc;
    assert_eq!(tampering(&found(0, utc, false, false)).0, CheckResult::Pass);
    // Another number without a hole is no more than another number.
    assert_eq!(tampering(&found(0, utc, true, false)).0, CheckResult::Pass);
    let (result, value) = tampering(&found(11, utc, false, false));
    assert_eq!(
        (result, value.as_str()),
        (CheckResult::Warn, "samples missing in 1 of 8")
    );
    for (missing, clock, anew, unnumbered) in [
        (25, utc, false, false),
        (60, utc, false, false),
        (25, battery::Clock::Relative, false, false),
        (25, battery::Clock::Relative, false, true),
        (25, utc, true, false),
        (25, utc, false, true),
        (11, utc, true, false),
    ] {
        let found = found(missing, clock, anew, unnumbered);
        let minutes = 30 * (missing + 1) / 60;
        assert_eq!(
            tampering(&found),
            (
                CheckResult::Warn,
                format!("samples missing for {minutes} min inside a charge")
            ),
            "{missing} {clock:?} {anew} {unnumbered}"
        );
        let notice = found.notices.iter().find(|n| n.code == "hole_in_charge").unwrap();
        assert!(notice.text.contains(&format!("for {minutes} min")), "{notice:?}");
        assert!(notice.text.contains("taken as two charges"), "{notice:?}");
        assert_eq!(found.sessions.len(), 9);
    }
    // The end of the third charge is missing, and some rest after it; then also rows inside the fifth.
    for (inside_too, words) in [
        (false, "the charge is taken as far as its rows go"),
        (
            true,
            "what is left of each charge is taken as far as its rows go, with its own states of charge",
        ),
    ] {
        let mut assessor = Assessor::new(car.pack(), Facts::default(), Class::Field);
        assessor.source(source());
        for (place, rows) in car.history().into_iter().enumerate() {
            let gone = match place {
                2 => 100..rows.len() - 5,
                4 if inside_too => 100..125,
                _ => 0..0,
            };
            assessor.push(&pick(&rows, (0..rows.len()).filter(|row| !gone.contains(row))));
        }
        let found = assessor.finish();
        assert_eq!(tampering(&found).0, CheckResult::Warn);
        let notice = found.notices.iter().find(|n| n.code == "hole_in_charge").unwrap();
        assert!(notice.text.ends_with(&format!("; {words}")), "{notice:?}");
    }
}

#[test]
fn a_state_of_charge_that_fell_over_a_hole_is_said_to_have_fallen() {
    let car = Car::new();
    let told = |rise: f64| {
        let rows = car.charge(1, 0.2, 1.0);
        let mut rows = pick(&rows, (0..rows.len()).filter(|row| !(100..125).contains(row)));
        let soc = rows.column(Channel::Soc);
        let off = rise - (soc[100] - soc[99]);
        let shifted = |row: usize, v: f64| if row < 100 { v } else { v + off };
        change(&mut rows, Channel::Soc, shifted);
        let found = car.assess(&[rows]);
        let notice = found.notices.iter().find(|n| n.code == "hole_in_charge");
        notice.unwrap().text.clone()
    };
    for (rise, words) in [
        (0.012, "over which the state of charge rose by 1.2 pp"),
        (0.0, "over which the state of charge did not change"),
        (-0.003, "over which the state of charge fell by 0.3 pp"),
    ] {
        let text = told(rise);
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn a_charge_goes_on_in_another_file_only_where_its_current_explains_it() {
    /// 2025-07-12 00:00 UTC.
    const FIRST: f64 = 1_752_278_400.0;
    const WEEK: f64 = 7.0 * 86_400.0;
    let car = Car::new();
    let whole = dated(car.charge(1, 0.2, 1.0), FIRST);
    let tampering = |files: [Samples; 2], unnumbered: bool| {
        let mut assessor = Assessor::new(car.pack(), Facts::default(), Class::Field);
        for (name, mut rows) in ["first.csv", "second.csv"].into_iter().zip(files) {
            if unnumbered {
                rows.session.clear();
            }
            assessor.source(Source {
                name: name.into(),
                clock: battery::Clock::Utc,
                ..source()
            });
            assessor.push(&rows);
        }
        let found = assessor.finish();
        let check = found.checks.iter().find(|c| c.id == "tampering").unwrap();
        check.value.clone().unwrap()
    };
    let first = pick(&whole, 0..100);
    let second = pick(&whole, 125..whole.len());
    let rested = dated(car.charge(1, 0.2, 0.4), FIRST);
    for unnumbered in [false, true] {
        // Each file begins its numbers at 1: they say nothing of one another.
        let later = dated(second.clone(), WEEK);
        assert_eq!(tampering([first.clone(), later.clone()], unnumbered), "none");
        assert_eq!(tampering([rested.clone(), later], unnumbered), "none");
        // A log that was cut into files in the middle of a charge.
        assert_eq!(
            tampering([first.clone(), second.clone()], unnumbered),
            "samples missing for 13 min inside a charge"
        );
    }
}

#[test]
fn a_current_that_is_missing_before_a_charge_is_no_gap_in_it() {
    let car = Car::new();
    // Ten minutes of rest behind the first and before the second, every 30 s a row.
    let rested = 20;
    let excluded = |blank_before: usize, blank_inside: usize| {
        let mut first = car.charge(1, 0.3, 0.8);
        let mut second = dated(
            car.charge(1, 0.2, 1.0),
            first.time_s.last().unwrap() + car.sampling_s,
        );
        let kept = first.len() - blank_before.min(rested);
        change(&mut first, Channel::PackCurrent, |row, v| {
            if row < kept { v } else { f64::NAN }
        });
        change(&mut second, Channel::PackCurrent, |row, v| match row {
            row if blank_before > 0 && row < rested => f64::NAN,
            row if (100..100 + blank_inside).contains(&row) => f64::NAN,
            _ => v,
        });
        let found = car.assess(&[first, second]);
        assert_eq!(found.sessions.len(), 2);
        let codes: Vec<_> = found.sessions[1].excluded.iter().map(|e| e.code).collect();
        codes
    };
    assert_eq!(excluded(0, 0), []);
    assert_eq!(excluded(8, 0), []);
    assert_eq!(excluded(0, 25), [ExclusionCode::Gap]);
}

#[test]
fn a_session_without_state_of_charge_does_not_begin_at_nothing() {
    let car = Car::new();
    let mut sessions = car.history();
    change(&mut sessions[1], Channel::Soc, |_, _| f64::NAN);
    let found = car.assess(&sessions);
    let json = serde_json::to_value(&found).unwrap();
    for end in ["soc_start_pct", "soc_end_pct"] {
        assert!(json["sessions"][1][end].is_null(), "{}", json["sessions"][1]);
        assert!(json["sessions"][0][end].is_string(), "{}", json["sessions"][0]);
    }
    let again: Assessment = serde_json::from_value(json).unwrap();
    assert_eq!(again, found);
}

#[test]
fn a_state_of_charge_of_an_unknown_time_is_not_ready_for_carriage() {
    let stated = |soc, soc_now_time_s| Facts {
        dtcs: Some(vec![]),
        recalls: Some(vec![]),
        isolation_kohm: Some(5000.0),
        soc_now: Some(soc),
        soc_now_time_s,
        damaged: Some(false),
        ..Facts::default()
    };
    let undated = assess(stated(0.25, None));
    assert_eq!(undated.transport.ready, None);
    assert_eq!(
        undated.transport.reasons,
        ["it is not known when the state of charge was measured"]
    );
    let when = Some(1_754_265_600);
    assert_eq!(assess(stated(0.25, when)).transport.ready, Some(true));
    // Too much stays too much.
    assert_eq!(assess(stated(0.80, None)).transport.ready, Some(false));
}

#[test]
fn a_reported_health_that_rises_is_a_reset() {
    let car = Car::new();
    let mut sessions = car.history();
    for (place, rows) in sessions.iter_mut().enumerate() {
        let reported = if place < 4 { 0.85 } else { 0.95 };
        *rows.column_mut(Channel::ReportedSoh) = vec![reported; rows.len()];
    }
    let found = car.assess(&sessions);
    assert!(found.refusals.iter().any(|r| r.code == RefusalCode::BmsReset));
}

#[test]
fn a_vehicle_whose_faults_and_isolation_nobody_read_is_not_shown_to_be_ready() {
    let found = assess(Facts {
        soc_now: Some(0.25),
        damaged: Some(false),
        ..Facts::default()
    });
    assert_eq!(found.transport.ready, None);
    let unseen = |r: &&String| r.ends_with("nobody has looked");
    assert_eq!(found.transport.reasons.iter().filter(unseen).count(), 3);
}

#[test]
fn of_two_isolation_values_that_contradict_each_other_the_worse_is_judged() {
    let car = Car::new();
    let mut sessions = car.history();
    for rows in &mut sessions {
        let logged = vec![15.0; rows.len()];
        *rows.column_mut(Channel::Isolation) = logged;
    }
    let facts = Facts {
        isolation_kohm: Some(2150.0),
        ..Facts::default()
    };
    let found = car.assess_with(&sessions, facts, Class::Field);
    assert_eq!(result(&found, "isolation"), CheckResult::Fail);
    let check = found.checks.iter().find(|c| c.id == "isolation").unwrap();
    let value = check.value.as_deref().unwrap();
    assert!(
        value.contains("2150 kΩ measured by hand, 15 kΩ logged"),
        "{value}"
    );
}

#[test]
fn cell_columns_that_are_exchanged_are_no_good_spread() {
    let car = Car::new();
    let mut sessions = car.history();
    for rows in &mut sessions {
        let highest = rows.column(Channel::CellMax).to_vec();
        let lowest = rows.column(Channel::CellMin).to_vec();
        *rows.column_mut(Channel::CellMax) = lowest;
        *rows.column_mut(Channel::CellMin) = highest;
    }
    let found = car.assess(&sessions);
    let codes: Vec<_> = found.refusals.iter().map(|r| r.code).collect();
    assert!(
        codes.contains(&battery::RefusalCode::VoltageMismatch),
        "{codes:?}"
    );
    let check = found.checks.iter().find(|c| c.id == "cell_spread").unwrap();
    assert!(check.value.as_deref().unwrap().contains("exchanged"), "{check:?}");
}

#[test]
fn without_a_state_of_charge_that_is_what_is_missing() {
    let car = Car::new();
    let mut sessions = car.history();
    for rows in &mut sessions {
        rows.column_mut(Channel::Soc).clear();
    }
    let found = car.assess(&sessions);
    assert!(
        found.refusals[0].text.contains("has a state of charge"),
        "{:?}",
        found.refusals
    );
}
