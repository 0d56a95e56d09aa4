use battery::assessment::{Anchor, Group};
use battery::{Assessor, Channel, Chemistry, Class, Decimal, Facts, RefusalCode, Samples};

use crate::car::{Car, RATED_AH, change, dated, pick, source};

fn percent(assessment: &battery::Assessment) -> f64 {
    assessment
        .soh()
        .unwrap_or_else(|| panic!("{:?}", assessment.refusals))
        .percent
        .value()
}

#[test]
fn a_history_of_charges_gives_the_capacity_with_an_interval_around_it() {
    let car = Car::new();
    let found = car.assess(&car.history());
    assert!((percent(&found) - 90.0).abs() < 0.5, "{}", percent(&found));
    let soh = found.soh().unwrap();
    assert!(soh.lower95.value() < 90.0 && 90.0 < soh.upper95.value());
    assert!(soh.half_width50 < soh.half_width80 && soh.half_width80 < soh.half_width95);
    assert_eq!(soh.reference, "rated 150 Ah of the variant (data sheet)");
    assert_eq!((found.diagnostics.n_anchored, found.diagnostics.n_echo), (4, 0));
    assert!(
        found.diagnostics.bms_counts_coulombs,
        "a noiseless state of charge is a counter"
    );
    assert_eq!(found.sessions[0].anchors, [Anchor::Bms, Anchor::Full]);
    let budget = &found.capacity.as_ref().unwrap().budget;
    assert_eq!(
        budget.iter().map(|t| t.id.as_str()).collect::<Vec<_>>()[..2],
        ["soc_scatter", "soc_bias"]
    );
}

#[test]
fn energy_is_kept_apart_and_says_what_it_is_a_percentage_of() {
    let car = Car::new();
    let found = car.assess(&car.history());
    let energy = found.energy.unwrap();
    assert_eq!(energy.unit, "kWh");
    // 135 Ah at a mean of 3.78 V and 96 cells, with the loss of charging.
    assert!((48.0..51.0).contains(&energy.amount.value()), "{}", energy.amount);
    assert!(energy.soh.unwrap().reference.contains("not SOCE"));
}

#[test]
fn an_lfp_battery_is_anchored_at_full_too() {
    let car = Car {
        chemistry: Chemistry::Lfp,
        capacity_ah: 120.0,
        ..Car::new()
    };
    let found = car.assess(&car.history());
    assert!((percent(&found) - 80.0).abs() < 1.5, "{}", percent(&found));
    assert!(found.notices.iter().any(|n| n.code == "lfp_age_unknown"));
}

#[test]
fn one_guided_charge_after_a_rest_is_enough() {
    let car = Car {
        rest_s: 2400.0,
        ..Car::new()
    };
    let found = car.assess_with(&[car.charge(0, 0.08, 1.0)], Facts::default(), Class::Guided);
    assert_eq!(found.sessions[0].anchors, [Anchor::Ocv, Anchor::Full]);
    assert!((percent(&found) - 90.0).abs() < 1.0);
    assert!(found.soh().unwrap().half_width95.value() <= 3.5);
}

#[test]
fn one_guided_charge_without_a_rest_says_less_than_one_with() {
    let half_width = |car: Car| {
        let found = car.assess_with(&[car.charge(0, 0.08, 1.0)], Facts::default(), Class::Guided);
        assert!(holds(&found, 90.0), "{:?}", found.soh());
        found.soh().unwrap().half_width95.value()
    };
    let rested = half_width(Car {
        rest_s: 2400.0,
        ..Car::new()
    });
    let not_rested = half_width(Car::new());
    assert!(rested < not_rested && not_rested <= 3.5, "{rested} {not_rested}");
}

#[test]
fn in_the_heat_and_without_a_rest_two_guided_charges_are_needed() {
    let car = Car {
        celsius: 41.0,
        ..Car::new()
    };
    let assess = |sessions: &[Samples]| car.assess_with(sessions, Facts::default(), Class::Guided);
    let two = [car.charge(0, 0.08, 1.0), car.charge(1, 0.05, 1.0)];
    assert!((percent(&assess(&two)) - 90.0).abs() < 1.0);
    let codes = |found: battery::Assessment| found.refusals.iter().map(|r| r.code).collect::<Vec<_>>();
    assert_eq!(codes(assess(&two[..1])), [RefusalCode::TooWide]);
    assert!(codes(assess(&[car.charge(0, 0.40, 1.0)])).contains(&RefusalCode::NotGuided));
}

#[test]
fn what_the_current_sensor_shows_at_rest_may_be_its_offset() {
    let car = Car {
        offset_a: 0.7,
        ..Car::new()
    };
    let found = car.assess(&car.history());
    assert!(holds(&found, 90.0), "{:?}", found.soh());
    assert!((found.diagnostics.offset_a.unwrap().value() - 0.35).abs() < 0.02);
    assert!(found.notices.iter().any(|n| n.code == "offset"));
}

#[test]
fn what_the_current_sensor_shows_at_rest_may_be_a_load_that_charging_pays_for() {
    let car = Car::new();
    let mut sessions = car.history();
    for rows in &mut sessions {
        let currents = rows.column_mut(Channel::PackCurrent);
        currents
            .iter_mut()
            .filter(|a| a.abs() < 1.0)
            .for_each(|a| *a -= 0.7);
    }
    let found = car.assess(&sessions);
    assert!(holds(&found, 90.0), "{:?}", found.soh());
    let quiet = car.assess(&car.history()).soh().unwrap().half_width95;
    assert!(found.soh().unwrap().half_width95 > quiet);
}

#[test]
fn a_rest_while_the_vehicle_moves_says_nothing_of_the_offset() {
    let car = Car {
        offset_a: 0.7,
        ..Car::new()
    };
    let mut sessions = car.history();
    for rows in &mut sessions {
        let parked: Vec<f64> = rows
            .column(Channel::PackCurrent)
            .iter()
            .map(|a| if a.abs() < 1.0 { 0.0 } else { 1.0 })
            .collect();
        *rows.column_mut(Channel::Parked) = parked;
    }
    let found = car.assess(&sessions);
    assert_eq!(found.diagnostics.offset_a, None);
}

/// Whether the 95 % interval has the truth in it.
fn holds(found: &battery::Assessment, truth: f64) -> bool {
    found
        .soh()
        .is_some_and(|soh| (soh.lower95.value()..=soh.upper95.value()).contains(&truth))
}

#[test]
fn half_of_the_sessions_give_a_wider_interval_than_all() {
    let car = Car::new();
    let width = |sessions: &[Samples]| car.assess(sessions).soh().unwrap().half_width95;
    let sessions = car.history();
    assert!(width(&sessions[..5]) > width(&sessions));
    assert!(width(&sessions[..3]) > width(&sessions[..5]));
}

#[test]
fn a_slow_charge_that_stops_without_a_taper_is_not_full() {
    let car = Car {
        current_a: 9.0,
        ..Car::new()
    };
    let found = car.assess(&[car.charge(0, 0.40, 0.975)]);
    assert_eq!(found.sessions[0].group, Some(Group::Echo));
}

#[test]
fn without_a_rated_capacity_there_are_ampere_hours_and_no_state_of_health() {
    let car = Car::new();
    let mut pack = car.pack();
    pack.rated_ah = None;
    let mut assessor = Assessor::new(pack, Facts::default(), Class::Field);
    assessor.source(source());
    car.history().iter().for_each(|rows| assessor.push(rows));
    let found = assessor.finish();
    let codes: Vec<_> = found.refusals.iter().map(|r| r.code).collect();
    assert_eq!(codes, [RefusalCode::RatedCapacityUnknown]);
    let capacity = found.capacity.unwrap();
    assert!((capacity.amount.value() - 135.0).abs() < 1.5);
    assert_eq!(capacity.soh, None);
}

#[test]
fn the_same_rows_give_the_same_bytes_however_they_are_handed_over() {
    let car = Car::new();
    let whole = serde_json::to_vec(&car.assess(&car.history())).unwrap();
    let pieces: Vec<_> = car
        .history()
        .iter()
        .flat_map(|rows| {
            let rows = rows.clone();
            (0..rows.len())
                .step_by(7)
                .map(move |start| pick(&rows, start..rows.len().min(start + 7)))
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(whole, serde_json::to_vec(&car.assess(&pieces)).unwrap());
    let read_back: battery::Assessment = serde_json::from_slice(&whole).unwrap();
    assert_eq!(whole, serde_json::to_vec(&read_back).unwrap());
}

#[test]
fn dates_are_given_where_the_clock_shows_them() {
    let car = Car::new();
    let mut assessor = Assessor::new(car.pack(), Facts::default(), Class::Field);
    assessor.source(battery::Source {
        clock: battery::Clock::Utc,
        ..source()
    });
    for (day, rows) in car.history().into_iter().enumerate() {
        assessor.push(&dated(rows, 1_750_000_000.0 + 86_400.0 * day as f64));
    }
    let found = assessor.finish();
    assert_eq!(found.evidence.from_s, Some(1_750_000_000));
    assert!(found.sessions[7].start_s.unwrap() > 1_750_604_800);
    assert!((percent(&found) - 90.0).abs() < 0.5);
}

#[test]
fn signals_polled_in_turn_are_put_together() {
    let car = Car {
        sampling_s: 10.0,
        ..Car::new()
    };
    let sessions: Vec<_> = car
        .history()
        .into_iter()
        .map(|mut rows| {
            change(
                &mut rows,
                Channel::Soc,
                |row, v| if row % 3 == 0 { v } else { f64::NAN },
            );
            change(&mut rows, Channel::PackCurrent, |row, v| {
                if row % 2 == 0 { v } else { f64::NAN }
            });
            change(&mut rows, Channel::TempMin, |row, v| {
                if row % 5 == 0 { v } else { f64::NAN }
            });
            rows
        })
        .collect();
    assert!((percent(&car.assess(&sessions)) - 90.0).abs() < 0.5);
}

#[test]
fn a_number_is_text_of_fixed_decimals_and_nothing_else() {
    assert_eq!(Decimal::new(91.235, 1).unwrap().to_string(), "91.2");
    assert_eq!(Decimal::new(-0.001, 2).unwrap().to_string(), "0.00");
    assert_eq!(Decimal::new(f64::NAN, 2), None);
    assert_eq!(Decimal::new(1e300, 2), None);
    for wrong in [
        "",
        "-",
        ".5",
        "5.",
        "1e3",
        "+1",
        "1,5",
        "NaN",
        "0.1234567890",
        "1234567890123456",
    ] {
        assert!(wrong.parse::<Decimal>().is_err(), "{wrong}");
    }
    assert_eq!(RATED_AH.to_string(), "150");
}
