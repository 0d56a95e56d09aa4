//! One test per poison. Each is refused for its reason, left out with its reason, or corrected in words.

use battery::assessment::ExclusionCode as Code;
use battery::{
    Assessment, Assessor, Channel, Class, Clock, Facts, RefusalCode as Refusal, Samples, SocDefinition,
    Source,
};

use crate::car::{Car, change, dated, pick, source};

fn refused(found: &Assessment, code: Refusal) {
    assert_eq!(found.soh(), None);
    assert_eq!(found.energy, None);
    let codes: Vec<_> = found.refusals.iter().map(|r| r.code).collect();
    assert!(codes.contains(&code), "{codes:?}");
}

fn excluded(found: &Assessment, session: usize, code: Code) {
    let codes: Vec<_> = found.sessions[session].excluded.iter().map(|e| e.code).collect();
    assert_eq!(codes, [code]);
    let soh = found
        .soh()
        .unwrap_or_else(|| panic!("{:?}", found.refusals))
        .percent
        .value();
    assert!((soh - 90.0).abs() < 1.0, "{soh}");
}

fn poisoned(how: impl Fn(usize, &mut Samples)) -> Assessment {
    let car = Car::new();
    let mut sessions = car.history();
    sessions
        .iter_mut()
        .enumerate()
        .for_each(|(place, rows)| how(place, rows));
    car.assess(&sessions)
}

#[test]
fn a_sign_turned_throughout_is_corrected_and_said() {
    let found = poisoned(|_, rows| change(rows, Channel::PackCurrent, |_, v| -v));
    assert!((found.soh().unwrap().percent.value() - 90.0).abs() < 0.5);
    assert!(found.notices.iter().any(|n| n.code == "sign_turned"));
}

#[test]
fn a_sign_turned_in_one_session_leaves_it_out() {
    let found = poisoned(|place, rows| {
        if place == 4 {
            change(rows, Channel::PackCurrent, |_, v| -v);
        }
    });
    excluded(&found, 4, Code::CurrentSign);
}

#[test]
fn a_session_of_another_car_is_left_out() {
    let car = Car::new();
    let other = Car {
        capacity_ah: 105.0,
        ..Car::new()
    };
    let mut sessions = car.history();
    sessions[4] = other.charge(4, 0.15, 1.0);
    excluded(&car.assess(&sessions), 4, Code::Outlier);
}

#[test]
fn two_cars_in_one_file_are_refused() {
    let car = Car::new();
    let other = Car {
        capacity_ah: 105.0,
        ..Car::new()
    };
    let mut sessions = car.history();
    sessions.extend(other.history());
    refused(&car.assess(&sessions), Refusal::SessionsDisagree);
}

#[test]
fn files_of_two_vehicles_are_refused() {
    let car = Car::new();
    let mut assessor = Assessor::new(car.pack(), Facts::default(), Class::Field);
    for vehicle in ["KMHK381GFKU000001", "KMHK381GFKU000002"] {
        assessor.source(Source {
            vehicle: Some(vehicle.into()),
            ..source()
        });
        car.history().iter().for_each(|rows| assessor.push(rows));
    }
    refused(&assessor.finish(), Refusal::SeveralVehicles);
}

#[test]
fn a_jump_of_state_of_charge_leaves_the_session_out() {
    let found = poisoned(|place, rows| {
        if place == 2 {
            let half = rows.len() / 2;
            change(rows, Channel::Soc, |row, v| {
                if row > half { (v + 0.06).min(1.0) } else { v }
            });
        }
    });
    excluded(&found, 2, Code::SocJump);
}

/// What charges are found to hold whose voltage steps by 74 mV a cell when they begin, also in mid range, with their rows changed in
/// some way that loses no information.
fn harmless(how: impl Fn(&Samples) -> Samples) {
    let car = Car::new();
    let mut sessions = car.history();
    for rows in &mut sessions {
        let plain = rows.clone();
        for (channel, cells) in [
            (Channel::PackVoltage, 96.0),
            (Channel::CellMax, 1.0),
            (Channel::CellMin, 1.0),
        ] {
            change(rows, channel, |row, v| {
                let flows = plain.column(Channel::PackCurrent)[row] > 1.0;
                let low = ((0.7 - plain.column(Channel::Soc)[row]) / 0.2).clamp(0.0, 1.0);
                if flows { v + 0.05 * cells * low } else { v }
            });
        }
    }
    let sessions: Vec<_> = sessions.iter().map(how).collect();
    let found = car.assess(&sessions);
    let jumps: Vec<_> = found.sessions.iter().flat_map(|s| &s.excluded).collect();
    assert!(jumps.iter().all(|e| e.code != Code::VoltageJump), "{jumps:?}");
    let soh = found
        .soh()
        .unwrap_or_else(|| panic!("{:?}", found.refusals))
        .percent
        .value();
    assert!((soh - 90.0).abs() < 1.0, "{soh}");
}

#[test]
fn a_voltage_missing_where_a_charge_begins_is_no_jump() {
    harmless(|rows| {
        let mut rows = rows.clone();
        let begins = |v: &f64| *v > 10.0;
        let onset = rows.column(Channel::PackCurrent).iter().position(begins).unwrap();
        rows.column_mut(Channel::PackVoltage)[onset] = f64::NAN;
        rows
    });
}

#[test]
fn a_voltage_in_every_second_row_is_no_jump() {
    for kept in [0, 1] {
        harmless(|rows| {
            let mut rows = rows.clone();
            change(&mut rows, Channel::PackVoltage, |row, v| {
                if row % 2 == kept { v } else { f64::NAN }
            });
            rows
        });
    }
}

#[test]
fn signals_polled_in_turn_are_no_jump_whichever_comes_first() {
    let groups = |channel: Channel| match channel {
        Channel::PackCurrent => 0,
        Channel::PackVoltage => 1,
        _ => 2,
    };
    for order in [[0, 1, 2], [1, 2, 0], [2, 0, 1]] {
        harmless(|rows| {
            let mut polled = Samples::default();
            for row in 0..rows.len() {
                for (turn, group) in order.into_iter().enumerate() {
                    polled.time_s.push(rows.time_s[row] + 2.0 * turn as f64);
                    polled.session.push(rows.session[row]);
                    for channel in Channel::ALL {
                        if let Some(&value) = rows.column(channel).get(row) {
                            let value = if groups(channel) == group { value } else { f64::NAN };
                            polled.column_mut(channel).push(value);
                        }
                    }
                }
            }
            polled
        });
    }
}

#[test]
fn a_voltage_that_jumps_at_a_steady_current_leaves_the_session_out() {
    let found = poisoned(|place, rows| {
        if place == 2 {
            let half = rows.len() / 2;
            for channel in [Channel::PackVoltage, Channel::CellMax, Channel::CellMin] {
                let step = if channel == Channel::PackVoltage { 9.6 } else { 0.1 };
                change(rows, channel, |row, v| if row > half { v + step } else { v });
            }
        }
    });
    let codes: Vec<_> = found.sessions[2].excluded.iter().map(|e| e.code).collect();
    assert!(codes.contains(&Code::VoltageJump), "{codes:?}");
}

#[test]
fn half_of_the_samples_missing_is_refused_for_its_gaps() {
    let car = Car::new();
    let sessions: Vec<_> = car
        .history()
        .iter()
        .map(|rows| pick(rows, (0..rows.len()).filter(|row| (row * 7919) % 13 < 6)))
        .collect();
    let found = car.assess(&sessions);
    refused(&found, Refusal::SamplingTooSlow);
    assert!(
        found
            .sessions
            .iter()
            .all(|s| s.excluded.iter().any(|e| e.code == Code::Gap))
    );
}

#[test]
fn cell_voltages_in_millivolt_are_refused() {
    let found = poisoned(|_, rows| {
        change(rows, Channel::CellMax, |_, v| 1000.0 * v);
        change(rows, Channel::CellMin, |_, v| 1000.0 * v);
    });
    refused(&found, Refusal::VoltageMismatch);
}

#[test]
fn a_pack_of_another_number_of_cells_is_refused() {
    let found = poisoned(|_, rows| change(rows, Channel::PackVoltage, |_, v| v * 108.0 / 96.0));
    refused(&found, Refusal::VoltageMismatch);
}

#[test]
fn a_display_that_shows_full_early_is_refused() {
    // Noise keeps the management system from looking like a counter, as in a real car.
    let noise = [0.01, -0.012, 0.008, -0.01, 0.011, -0.009, 0.012, -0.01];
    let found = poisoned(|place, rows| {
        let half = rows.len() / 2;
        change(rows, Channel::Soc, |row, v| {
            let noise = if row < half { noise[place] } else { -noise[place] };
            ((v - 0.05) / 0.90 + noise).clamp(0.0, 1.0)
        });
    });
    refused(&found, Refusal::SocDefinition);
}

#[test]
fn a_display_that_hides_the_lowest_four_percent_never_passes_as_the_whole_battery() {
    let car = Car {
        rest_s: 2400.0,
        ..Car::new()
    };
    let mut sessions = car.history();
    let honest = car.assess(&sessions);
    for rows in &mut sessions {
        change(rows, Channel::Soc, |_, v| ((v - 0.04) / 0.96).max(0.0));
    }
    let definition = |found: &Assessment| {
        let check = found.checks.iter().find(|c| c.id == "soc_definition").unwrap();
        (check.result, check.value.clone().unwrap())
    };
    assert_eq!(definition(&honest).0, battery::assessment::CheckResult::Pass);
    let found = car.assess(&sessions);
    let (result, said) = definition(&found);
    assert_eq!(result, battery::assessment::CheckResult::Warn, "{said}");
    assert!(said.contains("near empty the rested cells say 3."), "{said}");
    let notice = found.notices.iter().find(|n| n.code == "soc_low_end").unwrap();
    assert!(notice.text.contains("too low"), "{}", notice.text);
}

#[test]
fn half_the_voltage_is_refused_or_its_session_is_left_out() {
    let half = |channels: &'static [Channel]| {
        poisoned(move |_, rows| {
            for channel in channels {
                change(rows, *channel, |_, v| v / 2.0);
            }
        })
    };
    refused(&half(&[Channel::PackVoltage]), Refusal::VoltageMismatch);
    refused(
        &half(&[Channel::CellMax, Channel::CellMin]),
        Refusal::VoltageMismatch,
    );
    // All of them fit together, and are no cell that charges.
    let all = half(&[Channel::PackVoltage, Channel::CellMax, Channel::CellMin]);
    refused(&all, Refusal::PackDescription);
    let one = poisoned(|place, rows| {
        if place == 2 {
            change(rows, Channel::PackVoltage, |_, v| v / 2.0);
        }
    });
    excluded(&one, 2, Code::VoltageMismatch);
}

#[test]
fn a_display_that_is_called_one_is_refused() {
    let car = Car::new();
    let mut assessor = Assessor::new(car.pack(), Facts::default(), Class::Field);
    assessor.source(Source {
        soc_definition: SocDefinition::Display,
        ..source()
    });
    car.history().iter().for_each(|rows| assessor.push(rows));
    refused(&assessor.finish(), Refusal::SocDefinition);
}

#[test]
fn two_sessions_are_too_few() {
    let car = Car::new();
    refused(&car.assess(&car.history()[..2]), Refusal::TooFewSessions);
}

#[test]
fn sessions_without_full_have_no_anchor() {
    let car = Car::new();
    let sessions: Vec<_> = (0..6).map(|n| car.charge(n, 0.2, 0.8)).collect();
    refused(&car.assess(&sessions), Refusal::NoAnchor);
}

#[test]
fn sixty_three_degrees_leave_the_session_out_and_fail_the_check() {
    let found = poisoned(|place, rows| {
        if place == 0 {
            change(rows, Channel::TempMax, |_, _| 63.0);
        }
    });
    excluded(&found, 0, Code::Temperature);
    let check = found
        .checks
        .iter()
        .find(|c| c.id == "temperature_highest")
        .unwrap();
    assert_eq!(check.result, battery::assessment::CheckResult::Fail);
}

#[test]
fn a_cold_history_is_refused_for_its_temperature() {
    let car = Car {
        celsius: -3.0,
        ..Car::new()
    };
    refused(&car.assess(&car.history()), Refusal::Temperature);
}

#[test]
fn rows_without_numbers_are_passed_over() {
    let found = poisoned(|_, rows| {
        change(rows, Channel::PackCurrent, |row, v| {
            if row % 9 == 4 { f64::NAN } else { v }
        });
        change(rows, Channel::CellMax, |row, v| {
            if row % 5 == 1 { f64::INFINITY } else { v }
        });
    });
    assert!((found.soh().unwrap().percent.value() - 90.0).abs() < 0.7);
}

#[test]
fn a_current_missing_for_long_is_a_gap_though_its_rows_are_there() {
    let found = poisoned(|place, rows| {
        if place == 2 {
            change(rows, Channel::PackCurrent, |row, v| {
                if (100..125).contains(&row) { f64::NAN } else { v }
            });
        }
    });
    excluded(&found, 2, Code::Gap);
}

#[test]
fn a_file_without_current_is_refused() {
    let found = poisoned(|_, rows| rows.column_mut(Channel::PackCurrent).clear());
    refused(&found, Refusal::NoTelemetry);
}

#[test]
fn reversed_time_is_refused_and_repeated_time_passed_over() {
    let car = Car::new();
    let reversed: Vec<_> = car
        .history()
        .iter()
        .map(|rows| pick(rows, (0..rows.len()).rev()))
        .collect();
    refused(&car.assess(&reversed), Refusal::TimeDisordered);
    let repeated: Vec<_> = car
        .history()
        .iter()
        .map(|rows| pick(rows, (0..rows.len()).flat_map(|row| [row, row])))
        .collect();
    let found = car.assess(&repeated);
    assert!((found.soh().unwrap().percent.value() - 90.0).abs() < 0.5);
    assert!(found.evidence.rows_unused * 2 >= found.evidence.rows);
}

#[test]
fn a_file_given_twice_counts_once() {
    let car = Car::new();
    let mut sessions = car.history();
    sessions.extend(car.history());
    let found = car.assess(&sessions);
    assert_eq!(found.diagnostics.n_anchored, 4);
    assert_eq!(
        found
            .sessions
            .iter()
            .filter(|s| s.excluded.iter().any(|e| e.code == Code::Duplicate))
            .count(),
        8
    );
}

#[test]
fn a_clock_that_was_never_set_is_said() {
    let car = Car::new();
    let mut assessor = Assessor::new(car.pack(), Facts::default(), Class::Field);
    assessor.source(Source {
        clock: Clock::Utc,
        ..source()
    });
    for (day, rows) in car.history().into_iter().enumerate() {
        assessor.push(&dated(rows, 86_400.0 * day as f64));
    }
    let found = assessor.finish();
    assert!(found.notices.iter().any(|n| n.code == "clock_unset"));
    assert_eq!(found.evidence.from_s, None);
    assert!((found.soh().unwrap().percent.value() - 90.0).abs() < 0.5);
}

#[test]
fn an_offset_beyond_one_percent_is_refused_even_where_it_hides_every_rest() {
    for offset_a in [2.0, 4.0, -2.5] {
        let car = Car {
            offset_a,
            ..Car::new()
        };
        refused(&car.assess(&car.history()), Refusal::CurrentOffset);
    }
}

#[test]
fn current_in_milliampere_is_refused() {
    let found = poisoned(|_, rows| change(rows, Channel::PackCurrent, |_, v| 1000.0 * v));
    refused(&found, Refusal::Implausible);
}

#[test]
fn a_second_meter_finds_a_gain_that_nothing_else_shows() {
    let with_meter = |gain: f64| {
        poisoned(move |_, rows| {
            let honest = rows.column(Channel::PackCurrent).to_vec();
            *rows.column_mut(Channel::MeterCurrent) = honest;
            change(rows, Channel::PackCurrent, |_, v| gain * v);
        })
    };
    refused(&with_meter(1.06), Refusal::CurrentGain);
    assert!(with_meter(1.01).soh().is_some());
}

#[test]
fn driving_is_no_charge() {
    let car = Car::new();
    let mut rows = car.charge(0, 0.10, 0.90);
    change(&mut rows, Channel::Soc, |row, _| 0.9 - 0.002 * row as f64);
    change(&mut rows, Channel::PackCurrent, |row, _| {
        if row % 4 == 0 { 30.0 } else { -60.0 }
    });
    refused(&car.assess(&[rows]), Refusal::DrivingOnly);
}

#[test]
fn another_chemistry_than_described_is_refused() {
    let car = Car::new();
    let mut pack = car.pack();
    pack.chemistry = battery::Chemistry::Lfp;
    let mut assessor = Assessor::new(pack, Facts::default(), Class::Field);
    assessor.source(source());
    car.history().iter().for_each(|rows| assessor.push(rows));
    refused(&assessor.finish(), Refusal::PackDescription);
}

#[test]
fn a_wrong_variant_is_implausible() {
    let car = Car::new();
    let mut pack = car.pack();
    pack.rated_ah = Some(100.0);
    let mut assessor = Assessor::new(pack, Facts::default(), Class::Field);
    assessor.source(source());
    car.history().iter().for_each(|rows| assessor.push(rows));
    refused(&assessor.finish(), Refusal::Implausible);
}
