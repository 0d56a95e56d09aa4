//! The odometer tiers on published readings, on hand-made cars, and on arbitrary ones.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use history::findings::odometer::{Circumstances, Reading, Replacement, Setting, Tier, weigh};
use history::findings::{Code, Event, Innocent, Outcome, judge};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::json;
use statement::vocabulary::{EvidenceClass, Role, StatementType};

const KM_PER_MILE: f64 = 1.609_344;

fn reading(day: &str, shown: u64) -> Reading {
    Reading {
        reference: day.bytes().map(u64::from).fold(0, |sum, byte| sum * 7 + byte),
        day: day.parse().unwrap(),
        shown,
        km_per_unit: 1.0,
        class: EvidenceClass::A,
        setting: Setting::Inspection,
    }
}

fn car(readings: &[(&str, u64)]) -> Vec<Reading> {
    readings.iter().map(|(day, shown)| reading(day, *shown)).collect()
}

fn tier(readings: &[(&str, u64)]) -> Tier {
    weigh(&car(readings), &[], &Circumstances::default()).tier
}

/// An `odometer.read` as it comes out of the log.
fn event(reference: u64, day: Date, value: Option<u64>, unit: &str, context: &str) -> Event {
    let mut odometer = json!({"unit": unit, "instrument_state": "working", "method": "seen"});
    match value {
        Some(value) => odometer["value"] = json!(value),
        None => odometer["instrument_state"] = json!("unreadable"),
    }
    let body = json!({"odometer": odometer, "context": context});
    Event {
        reference,
        digest: Some([u8::try_from(reference % 251).unwrap(); 32]),
        supersedes: None,
        vehicle: None,
        typ: StatementType::OdometerRead,
        issuer: "DVSA".to_owned(),
        roles: vec![Role::SafetyAuthority],
        class: if context == "advert" {
            EvidenceClass::C
        } else {
            EvidenceClass::A
        },
        instant: jiff::tz::Offset::UTC.to_timestamp(day.at(12, 0, 0, 0)).unwrap(),
        local: day.at(12, 0, 0, 0),
        place: None,
        body: body.as_object().unwrap().clone(),
        content_erased: false,
    }
}

/// The published series (UK DVSA, Open Government Licence v3; contains public sector information), read where they lie.
fn published() -> Option<BTreeMap<String, Vec<Event>>> {
    let root = std::env::var_os("CARNET_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = root.join("data/odometer/mot_readings.csv");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!(
            "SKIPPED: no {} (set CARNET_SHARED to the folder that holds data/)",
            path.display()
        );
        return None;
    };
    let mut series: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for (line, reference) in text.lines().skip(1).zip(1u64..) {
        let fields: Vec<&str> = line.splitn(9, ',').collect();
        let context = if fields[5] == "ADVERT" {
            "advert"
        } else {
            "inspection"
        };
        let read = event(
            reference,
            fields[4].parse().unwrap(),
            fields[6].parse().ok(),
            fields[7],
            context,
        );
        series.entry(fields[0].to_owned()).or_default().push(read);
    }
    Some(series)
}

#[test]
fn no_published_series_is_accused_and_the_known_mistake_is_named() {
    let Some(series) = published() else { return };
    assert_eq!(series.values().map(Vec::len).sum::<usize>(), 80);
    for (name, events) in &series {
        let report = judge(events, date(2022, 12, 31));
        let codes: Vec<String> = report
            .findings
            .iter()
            .map(|finding| format!("{:?}: {}", finding.code, finding.explanation.english))
            .collect();
        println!(
            "{name}: {}",
            if codes.is_empty() {
                "nothing".to_owned()
            } else {
                codes.join("; ")
            }
        );
        assert!(
            !report.findings.iter().any(|finding| finding.code.accuses()),
            "{name}: {codes:?}"
        );
    }
    let s01 = judge(&series["S01"], date(2022, 12, 31));
    let mistake = s01
        .findings
        .iter()
        .find(|finding| finding.code == Code::OdometerRecordingError)
        .unwrap();
    assert!(
        mistake.explanation.english.contains("205404 mi"),
        "{}",
        mistake.explanation.english
    );
    let unreadable = |name: &str| {
        judge(&series[name], date(2022, 12, 31))
            .findings
            .iter()
            .any(|f| f.code == Code::OdometerUnreadable)
    };
    for name in ["P04", "X01", "X02", "X03", "X04", "X05", "X06"] {
        assert!(unreadable(name), "{name}");
    }
}

#[test]
fn two_visits_on_each_side_of_a_fall_are_a_suspicion_with_every_explanation_tried() {
    let car = car(&[
        ("2014-03-01", 41_000),
        ("2016-03-01", 83_000),
        ("2018-03-01", 127_000),
        ("2018-09-01", 71_000),
        ("2020-03-01", 104_000),
        ("2021-03-01", 125_000),
    ]);
    let sold = Circumstances {
        sales: vec![date(2018, 8, 25)],
        ..Circumstances::default()
    };
    let weighing = weigh(&car, &[], &sold);
    assert_eq!(weighing.tier, Tier::RollbackSuspected, "{:?}", weighing.weight);
}

#[test]
fn one_lower_reading_at_the_end_is_one_witness_not_a_suspicion() {
    let found = tier(&[
        ("2016-03-01", 83_000),
        ("2018-03-01", 127_000),
        ("2020-03-01", 169_000),
        ("2021-03-01", 94_512),
    ]);
    assert!(matches!(found, Tier::OneWitness | Tier::Review), "{found:?}");
}

#[test]
fn each_innocent_explanation_clears_the_car() {
    let clean = [
        ("2014-03-02", 41_120),
        ("2016-03-01", 83_340),
        ("2018-03-03", 125_910),
        ("2020-03-02", 167_777),
    ];
    assert_eq!(tier(&clean), Tier::Consistent);
    for (what, index, shown) in [
        ("one digit", 1, 13_340),
        ("transposition", 2, 152_910),
        ("digit too few", 2, 12_910),
        ("miles written as kilometres", 2, 78_237),
        ("tenths", 1, 833_402),
        ("filler", 1, 999_999),
        ("a dip that recovers", 2, 30_001),
    ] {
        let mut readings = clean;
        readings[index].1 = shown;
        let found = tier(&readings);
        assert!(found <= Tier::Innocent, "{what}: {found:?}");
    }
}

#[test]
fn a_failed_inspection_and_its_repeat_are_one_visit() {
    assert_eq!(
        tier(&[
            ("2018-03-01", 90_400),
            ("2018-03-20", 90_100),
            ("2020-03-20", 120_100)
        ]),
        Tier::Consistent
    );
}

#[test]
fn a_documented_replacement_explains_a_restart_and_an_ill_fitting_one_does_not() {
    let car = car(&[
        ("2014-03-01", 41_000),
        ("2016-03-01", 83_000),
        ("2018-03-01", 127_000),
        ("2019-03-01", 18_000),
        ("2020-03-01", 39_000),
    ]);
    let on_record = |old_km: f64| Replacement {
        reference: 99,
        day: date(2018, 5, 1),
        old_km,
        new_km: 0.0,
        certified: true,
    };
    let none = Circumstances::default();
    assert_eq!(weigh(&car, &[on_record(130_400.0)], &none).tier, Tier::Consistent);
    assert_ne!(weigh(&car, &[on_record(60_000.0)], &none).tier, Tier::Consistent);
}

#[test]
fn an_old_car_with_five_digits_may_pass_99999() {
    let old = Circumstances {
        first_use: Some(date(1988, 5, 1)),
        ..Circumstances::default()
    };
    let car = car(&[
        ("1994-05-01", 71_000),
        ("1995-05-01", 83_000),
        ("1996-05-01", 95_000),
        ("1997-05-01", 7_000),
        ("1998-05-01", 19_000),
    ]);
    let weighing = weigh(&car, &[], &old);
    assert!(
        weighing.tier <= Tier::Innocent,
        "{:?} {:?}",
        weighing.tier,
        weighing.weight
    );
}

#[test]
fn a_car_read_in_miles_from_some_day_on_is_asked_about_at_most() {
    let km = [40_000u64, 62_000, 84_000, 106_000, 128_000, 150_000];
    let readings: Vec<Reading> = km
        .iter()
        .zip(2014i16..)
        .map(|(km, year)| {
            let shown = if year >= 2017 {
                (*km as f64 / KM_PER_MILE) as u64
            } else {
                *km
            };
            reading(&format!("{year}-03-01"), shown)
        })
        .collect();
    let weighing = weigh(&readings, &[], &Circumstances::default());
    assert!(
        weighing.tier <= Tier::Review,
        "{:?} {:?}",
        weighing.tier,
        weighing.weight
    );
}

#[test]
fn a_correction_counts_and_both_statements_stay_visible() {
    let mut events = vec![
        event(1, date(2014, 3, 1), Some(41_000), "km", "inspection"),
        event(2, date(2016, 3, 1), Some(183_000), "km", "inspection"),
        event(3, date(2018, 3, 1), Some(127_000), "km", "inspection"),
        event(4, date(2020, 3, 1), Some(150_000), "km", "inspection"),
    ];
    let before = judge(&events, date(2020, 6, 1));
    assert!(
        before
            .findings
            .iter()
            .any(|finding| finding.rests_on.contains(&2))
    );
    let mut correction = event(5, date(2016, 4, 1), Some(83_000), "km", "inspection");
    correction.typ = StatementType::RecordCorrected;
    correction.supersedes = events[1].digest;
    events.push(correction);
    let after = judge(&events, date(2020, 6, 1));
    let codes: Vec<Code> = after.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [Code::CorrectionMade]);
    assert_eq!(after.findings[0].rests_on, [2, 5]);

    // A dealer may not wipe out what an inspector stated.
    events[4].issuer = "Quick Cars".to_owned();
    events[4].roles = vec![Role::Dealer];
    let refused = judge(&events, date(2020, 6, 1));
    assert!(
        refused
            .findings
            .iter()
            .any(|finding| finding.code == Code::CorrectionRefused)
    );
    // 183,000 may be 113,700 in the other unit, or a digit too many: whichever is named, the reading stays in doubt.
    let in_doubt =
        |code: Code| matches!(code, Code::OdometerRecordingError | Code::OdometerUnitMix) || code.accuses();
    assert!(
        refused
            .findings
            .iter()
            .any(|finding| in_doubt(finding.code) && finding.rests_on == [2])
    );
}

#[test]
fn a_recording_error_says_which_explanation_fits() {
    let events = vec![
        event(1, date(2015, 11, 1), Some(81_000), "km", "inspection"),
        event(2, date(2016, 3, 1), Some(38_340), "km", "inspection"),
        event(3, date(2016, 7, 1), Some(86_000), "km", "inspection"),
        event(4, date(2018, 3, 1), Some(125_777), "km", "inspection"),
    ];
    let report = judge(&events, date(2018, 6, 1));
    let finding = report.findings.first().unwrap();
    assert_eq!(finding.code, Code::OdometerRecordingError);
    let explains: Vec<Innocent> = finding
        .tried
        .iter()
        .filter(|tried| tried.outcome == Outcome::Explains)
        .map(|tried| tried.explanation)
        .collect();
    assert_eq!(explains, [Innocent::Transposition]);
    assert_eq!(finding.tried.len(), 6, "every kind of slip is named: {finding:?}");
    assert_eq!(finding.rests_on, [2]);
}

fn any_readings() -> impl Strategy<Value = Vec<Reading>> {
    let one = (0i64..9_000, 0u64..1_100_000, any::<bool>(), 0usize..4, 0usize..4);
    proptest::collection::vec(one, 0..12).prop_map(|rows| {
        rows.into_iter()
            .zip(0u64..)
            .map(|((days, shown, miles, class, setting), reference)| Reading {
                reference,
                day: Timestamp::from_second(1_000_000_000 + days * 86_400)
                    .map(|instant| jiff::tz::Offset::UTC.to_datetime(instant).date())
                    .unwrap(),
                shown,
                km_per_unit: if miles { KM_PER_MILE } else { 1.0 },
                class: [
                    EvidenceClass::A,
                    EvidenceClass::B,
                    EvidenceClass::C,
                    EvidenceClass::D,
                ][class],
                setting: [
                    Setting::Inspection,
                    Setting::Service,
                    Setting::Sale,
                    Setting::Other,
                ][setting],
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_order_of_the_readings_does_not_matter(readings in any_readings(), turn in 0usize..12) {
        let mut other = readings.clone();
        other.reverse();
        let by = if other.is_empty() { 0 } else { turn % other.len() };
        other.rotate_left(by);
        let none = Circumstances::default();
        let (one, two) = (weigh(&readings, &[], &none), weigh(&other, &[], &none));
        prop_assert_eq!(one.tier, two.tier);
        prop_assert_eq!(one.weight, two.weight);
    }

    #[test]
    fn saying_the_same_twice_makes_no_accusation(readings in any_readings(), which in 0usize..12) {
        let none = Circumstances::default();
        let before = weigh(&readings, &[], &none).tier;
        let mut twice = readings.clone();
        if let Some(again) = readings.get(which % readings.len().max(1)) {
            twice.push(Reading { reference: 1_000, ..again.clone() });
        }
        prop_assert_eq!(weigh(&twice, &[], &none).tier, before);
    }

    #[test]
    fn a_car_that_only_counts_up_is_never_questioned(
        steps in proptest::collection::vec((30i64..900, 0u64..50), 1..20),
    ) {
        let (mut day, mut km) = (0, 1_000);
        let readings: Vec<Reading> = steps
            .into_iter()
            .map(|(days, km_a_day)| {
                day += days;
                km += u64::try_from(days).unwrap() * km_a_day;
                let instant = Timestamp::from_second(1_000_000_000 + day * 86_400).unwrap();
                let day = jiff::tz::Offset::UTC.to_datetime(instant).date();
                Reading { day, reference: km, ..reading("2020-01-01", km) }
            })
            .filter(|reading| reading.shown < 900_000)
            .collect();
        prop_assert!(weigh(&readings, &[], &Circumstances::default()).tier <= Tier::Innocent);
    }
}
