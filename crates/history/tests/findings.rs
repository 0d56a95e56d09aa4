//! Each finding on the smallest car that has it, and what holds for any statements whatever.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use history::findings::{Code, Event, Innocent, Level, Outcome, Report, judge};
use jiff::civil::{DateTime, date};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use statement::vocabulary::{EvidenceClass, Role, StatementType};

struct Car(Vec<Event>);

impl Car {
    fn new() -> Self {
        Car(Vec::new())
    }

    fn with(self, typ: &str, day: &str, body: Value) -> Self {
        self.at(typ, &format!("{day}T10:00:00"), "", body)
    }

    fn at(mut self, typ: &str, local: &str, place: &str, body: Value) -> Self {
        let typ: StatementType = typ.parse().unwrap();
        let role = typ.may_issue().first().copied().unwrap();
        let local: DateTime = local.parse().unwrap();
        let reference = self.0.len() as u64;
        self.0.push(Event {
            reference,
            digest: Some([reference as u8; 32]),
            supersedes: None,
            vehicle: Some("vin:KMHR381ABKU000001".parse().unwrap()),
            typ,
            issuer: format!("the {}", role.label_en()),
            roles: vec![role],
            class: role.evidence_class(),
            instant: jiff::tz::Offset::constant(9).to_timestamp(local).unwrap(),
            local,
            place: (!place.is_empty()).then(|| place.to_owned()),
            body: body.as_object().unwrap().clone(),
            content_erased: false,
        });
        self
    }

    fn by(self, issuer: &str, typ: &str, day: &str, body: Value) -> Self {
        let mut car = self.with(typ, day, body);
        car.0.last_mut().unwrap().issuer = issuer.to_owned();
        car
    }

    fn report(&self) -> Report {
        judge(&self.0, date(2026, 6, 1))
    }

    fn codes(&self) -> Vec<Code> {
        self.report()
            .findings
            .iter()
            .map(|finding| finding.code)
            .collect()
    }
}

fn condition(flood: bool, accident: bool) -> Value {
    json!({"accident": accident, "simple_repair": false, "flood": flood, "fire": false, "vin_state": "good", "tuning": "none"})
}

/// A condition record with this number written on it.
fn written(number: &str) -> Value {
    let mut body = condition(false, false);
    body["vin_as_written"] = json!(number);
    body
}

/// One car for every finding that is not about the odometer, and what must be found in it.
fn samples() -> Vec<(Car, Code)> {
    vec![
        (
            Car::new()
                .at(
                    "identity.vin_observed",
                    "2026-03-01T10:00:00",
                    "KRINC",
                    json!({"where": "body", "state": "good"}),
                )
                .at(
                    "custody.moved",
                    "2026-03-02T10:00:00",
                    "AEJEA",
                    json!({"action": "received"}),
                ),
            Code::IdentityTwoPlaces,
        ),
        (
            Car::new()
                .with(
                    "endoflife.scrapped",
                    "2025-03-01",
                    json!({"date": "2025-03-01", "depolluted": true}),
                )
                .with("service.performed", "2026-02-02", json!({"jobs": []})),
            Code::IdentityAfterScrapping,
        ),
        (
            Car::new()
                .with(
                    "export.loaded",
                    "2025-11-01",
                    json!({"method": "roro", "port": "KRPTK"}),
                )
                .with("export.arrived", "2025-12-10", json!({"port": "JOAQJ"}))
                .at(
                    "inspection.condition",
                    "2026-03-02T10:00:00",
                    "KRINC",
                    condition(false, false),
                ),
            Code::IdentityAfterExport,
        ),
        (
            Car::new().with(
                "identity.vin_observed",
                "2026-03-01",
                json!({"where": "body", "state": "altered"}),
            ),
            Code::IdentityMarkState,
        ),
        (
            Car::new().with(
                "identity.vin_restamped",
                "2026-03-01",
                json!({"authority_number": "TS-1"}),
            ),
            Code::IdentityMarkRestamped,
        ),
        (
            Car::new()
                .with(
                    "identity.manufactured",
                    "2024-03-01",
                    json!({"fuel": "diesel", "model_year": 2024}),
                )
                .with(
                    "registration.first",
                    "2024-05-01",
                    json!({"date": "2024-05-01", "use": "private", "fuel": "gasoline"}),
                ),
            Code::IdentityDescriptionDiffers,
        ),
        (
            Car::new()
                .with(
                    "inspection.condition",
                    "2026-03-01",
                    json!({"vin_state": "altered", "flood": false, "fire": false}),
                )
                .by(
                    "the yard",
                    "identity.vin_observed",
                    "2026-03-20",
                    json!({"where": "plate", "state": "good"}),
                ),
            Code::IdentityMarksDisagree,
        ),
        (
            Car::new()
                .with(
                    "registration.first",
                    "2024-05-01",
                    json!({"date": "2024-05-01", "use": "private", "colour": "파랑"}),
                )
                .with(
                    "identity.vin_observed",
                    "2026-03-01",
                    json!({"where": "plate", "state": "good", "colour": "pearl white"}),
                ),
            Code::IdentityColourDiffers,
        ),
        (
            Car::new()
                .with(
                    "registration.foreign",
                    "2024-05-01",
                    json!({"country": "US", "date": "2024-05-01", "title_state": "salvage", "brands": ["salvage"]}),
                )
                .with(
                    "sale.listed",
                    "2025-05-01",
                    json!({"channel": "online", "stated_accident_free": true}),
                ),
            Code::TitleBrandThenAccidentFree,
        ),
        (
            Car::new()
                .with("theft.reported", "2025-04-01", json!({"reported_on": "2025-04-01"}))
                .with(
                    "theft.recovered",
                    "2025-04-09",
                    json!({"recovered_on": "2025-04-09", "condition": "stripped"}),
                ),
            Code::TheftRecovered,
        ),
        (
            Car::new()
                .with(
                    "claim.total_loss",
                    "2025-03-01",
                    json!({"kind": "repair_cost", "date": "2025-02-20"}),
                )
                .with("inspection.condition", "2025-09-01", condition(false, false)),
            Code::DamageTotalLossThenClean,
        ),
        (
            Car::new()
                .with(
                    "claim.damage",
                    "2025-03-01",
                    json!({"side": "own", "date": "2025-02-20", "status": "settled"}),
                )
                .with("inspection.condition", "2025-09-01", condition(false, false)),
            Code::DamageClaimThenAccidentFree,
        ),
        (
            Car::new().with(
                "claim.total_loss",
                "2025-03-01",
                json!({"kind": "theft", "date": "2025-02-20"}),
            ),
            Code::DamageTotalLoss,
        ),
        (
            Car::new().with("hazard.flood", "2025-08-01", json!({"extent": "partial"})),
            Code::HazardFlood,
        ),
        (
            Car::new()
                .with("hazard.flood", "2025-08-01", json!({"extent": "partial"}))
                .with("inspection.condition", "2025-09-01", condition(false, false)),
            Code::HazardFloodNotStated,
        ),
        (
            Car::new().with("hazard.fire", "2025-08-01", json!({"extent": "partial"})),
            Code::HazardFire,
        ),
        (
            Car::new()
                .with(
                    "registration.foreign",
                    "2024-08-01",
                    json!({"country": "US", "brands": ["salvage"]}),
                )
                .with(
                    "registration.foreign",
                    "2025-08-01",
                    json!({"country": "GE", "title_state": "clean"}),
                ),
            Code::TitleBrandDropped,
        ),
        (
            Car::new()
                .with(
                    "registration.first",
                    "2022-08-01",
                    json!({"date": "2022-08-01", "use": "rental"}),
                )
                .with("inspection.condition", "2025-09-01", condition(false, false)),
            Code::UseChangeNotStated,
        ),
        (
            Car::new().with(
                "registration.first",
                "2025-08-01",
                json!({"date": "2025-08-01", "use": "taxi"}),
            ),
            Code::UseCommercial,
        ),
        (
            Car::new()
                .with(
                    "registration.first",
                    "2012-08-01",
                    json!({"date": "2012-08-01", "use": "private"}),
                )
                .with("inspection.periodic", "2016-07-01", json!({"result": "pass"}))
                .with("inspection.periodic", "2020-07-01", json!({"result": "pass"})),
            Code::GapSilence,
        ),
        (
            Car::new().with(
                "claim.uninsured",
                "2025-08-01",
                json!({"from": "2024-01-01", "to": "2024-08-01"}),
            ),
            Code::GapUninsured,
        ),
        (
            Car::new().with(
                "recall.opened",
                "2025-08-01",
                json!({"campaign_number": "R1", "component": "battery"}),
            ),
            Code::RecallOpen,
        ),
        (
            Car::new().with(
                "theft.reported",
                "2025-08-01",
                json!({"reported_on": "2025-08-01"}),
            ),
            Code::TheftNotRecovered,
        ),
        (
            Car::new()
                .with(
                    "lien.recorded",
                    "2025-08-01",
                    json!({"kind": "mortgage", "date": "2025-08-01"}),
                )
                .with("export.cleared", "2026-02-01", json!({"date": "2026-02-01"})),
            Code::LienNotReleased,
        ),
        (
            Car::new().with("inspection.condition", "2025-03-01", written("KMHR381ABKU00000l")),
            Code::IdentityWrittenDiffers,
        ),
    ]
}

#[test]
fn a_fire_is_found_under_any_name_it_goes_by() {
    let mut burnt = condition(false, false);
    burnt["fire"] = json!(true);
    for (typ, body) in [
        ("hazard.fire", json!({"extent": "partial"})),
        ("inspection.condition", burnt),
        ("claim.total_loss", json!({"kind": "fire", "date": "2025-08-01"})),
        (
            "registration.foreign",
            json!({"country": "US", "date": "2025-08-01", "brands": ["fire"]}),
        ),
    ] {
        let codes = Car::new().with(typ, "2025-08-01", body).codes();
        assert!(codes.contains(&Code::HazardFire), "{typ}: {codes:?}");
    }
    let record = Car::new().with("inspection.condition", "2025-08-01", condition(false, false));
    assert!(!record.codes().contains(&Code::HazardFire));
}

#[test]
fn every_finding_is_made_on_the_smallest_car_that_has_it() {
    for (car, code) in samples() {
        assert!(
            car.codes().contains(&code),
            "{code:?}: {:?}",
            car.report().findings
        );
    }
}

#[test]
fn every_finding_rests_on_statements_and_says_what_would_settle_it_and_what_it_does_not_cover() {
    for (car, _) in samples() {
        for finding in car.report().findings {
            assert!(!finding.rests_on.is_empty(), "{finding:?}");
            assert!(!finding.settles_it.is_empty(), "{finding:?}");
            assert!(!finding.not_covered.is_empty(), "{finding:?}");
            assert!(
                !finding.explanation.english.contains(['{', '}', '?']),
                "{}",
                finding.explanation.english
            );
        }
    }
}

#[test]
fn the_word_for_authorities_is_never_used() {
    let mut pages = vec![include_str!("../../../docs/findings.md").to_owned()];
    pages.extend(
        samples()
            .iter()
            .map(|(car, _)| serde_json::to_string(&car.report()).unwrap()),
    );
    let lower_then_higher = [
        ("2014-03-01", 41),
        ("2016-03-01", 83),
        ("2018-03-01", 127),
        ("2019-03-01", 61),
        ("2020-03-01", 81),
    ];
    let mut wound_back = Car::new();
    for (day, thousands) in lower_then_higher {
        let odometer = json!({"value": thousands * 1_000 + 7, "unit": "km", "instrument_state": "working", "method": "seen"});
        wound_back = wound_back.with(
            "inspection.periodic",
            day,
            json!({"result": "pass", "odometer": odometer}),
        );
    }
    assert!(
        wound_back
            .report()
            .findings
            .iter()
            .any(|finding| finding.code.accuses())
    );
    pages.push(serde_json::to_string(&wound_back.report()).unwrap());
    for page in pages {
        assert!(!page.to_lowercase().contains("fraud"), "{page}");
    }
}

#[test]
fn what_was_put_right_is_not_held_against_the_car() {
    let car = Car::new()
        .with(
            "recall.opened",
            "2025-02-01",
            json!({"campaign_number": "R1", "component": "battery"}),
        )
        .with(
            "recall.closed",
            "2025-03-01",
            json!({"campaign_number": "R1", "fixed_at": "2025-03-01"}),
        )
        .with(
            "theft.reported",
            "2025-04-01",
            json!({"reported_on": "2025-04-01"}),
        )
        .with(
            "theft.recovered",
            "2025-04-09",
            json!({"recovered_on": "2025-04-09"}),
        )
        .with(
            "lien.recorded",
            "2025-05-01",
            json!({"kind": "mortgage", "date": "2025-05-01"}),
        )
        .with(
            "lien.released",
            "2025-06-01",
            json!({"kind": "mortgage", "date": "2025-06-01"}),
        )
        .at(
            "export.loaded",
            "2025-11-01T09:00:00",
            "KRPTK",
            json!({"method": "roro", "port": "KRPTK"}),
        )
        .at(
            "export.arrived",
            "2025-12-10T09:00:00",
            "JOAQJ",
            json!({"port": "JOAQJ"}),
        );
    let asking: Vec<Code> = car
        .report()
        .findings
        .iter()
        .filter(|f| f.level > Level::Note)
        .map(|f| f.code)
        .collect();
    assert_eq!(asking, []);
    assert_eq!(car.codes(), [Code::TheftRecovered], "good to know, and no more");
}

#[test]
fn a_repaint_on_record_explains_another_colour() {
    let blue = || {
        Car::new().with(
            "registration.first",
            "2020-05-01",
            json!({"date": "2020-05-01", "use": "private", "colour": "blue"}),
        )
    };
    let seen = |car: Car, day: &str, colour: &str| {
        car.with(
            "identity.vin_observed",
            day,
            json!({"where": "body", "state": "good", "colour": colour}),
        )
    };
    let painted = blue().with(
        "registration.changed",
        "2022-05-01",
        json!({"date": "2022-05-01", "colour": "white"}),
    );
    let differs = |car: Car| car.codes().contains(&Code::IdentityColourDiffers);
    assert!(differs(seen(blue(), "2024-05-01", "white")));
    assert!(!differs(seen(painted, "2024-05-01", "white")));
    assert!(
        !differs(seen(blue(), "2024-05-01", "navy blue")),
        "another word for it"
    );
    assert!(
        !differs(seen(blue(), "2024-05-01", "bleu")),
        "a word that is not in the table"
    );

    // Nobody paints a car white and blue again without a word: two cars may carry the number.
    let report = seen(seen(blue(), "2022-05-01", "white"), "2023-05-01", "blue").report();
    assert_eq!(
        (report.findings[0].code, report.findings[0].level),
        (Code::IdentityColourDiffers, Level::Warn)
    );
}

/// What was tried for the first finding with this code, and what came of it.
fn tried(car: &Car, code: Code) -> Vec<(Innocent, Outcome)> {
    let report = car.report();
    let finding = report.findings.iter().find(|finding| finding.code == code);
    let tried = &finding
        .unwrap_or_else(|| panic!("{code:?}: {:?}", report.findings))
        .tried;
    tried
        .iter()
        .map(|tried| (tried.explanation, tried.outcome))
        .collect()
}

#[test]
fn two_places_are_held_against_a_time_that_is_a_day_off_and_one_statement_that_is_wrong() {
    let seen = |places: &[(&str, &str)]| {
        places.iter().fold(Car::new(), |car, (time, place)| {
            car.at("custody.moved", time, place, json!({"action": "received"}))
        })
    };
    let one = seen(&[("2026-03-01T10:00:00", "KRINC"), ("2026-03-01T11:00:00", "JPOSA")]);
    assert_eq!(
        tried(&one, Code::IdentityTwoPlaces),
        [
            (Innocent::ADayOff, Outcome::Possible),
            (Innocent::OneSightingWrong, Outcome::Possible)
        ]
    );
    let two_cars = seen(&[
        ("2026-03-01T10:00:00", "KRINC"),
        ("2026-03-02T10:00:00", "AEJEA"),
        ("2026-03-03T10:00:00", "KRINC"),
        ("2026-03-04T10:00:00", "AEJEA"),
    ]);
    let middle = two_cars.report();
    let middle: Vec<_> = middle
        .findings
        .iter()
        .filter(|finding| finding.code == Code::IdentityTwoPlaces)
        .map(|finding| finding.tried[1].outcome)
        .collect();
    assert_eq!(
        middle,
        [Outcome::Possible; 3],
        "each pair by itself is explained by one wrong statement"
    );
    let moved_on = seen(&[
        ("2026-03-01T10:00:00", "KRINC"),
        ("2026-03-02T10:00:00", "KRPUS"),
        ("2026-03-03T10:00:00", "AEJEA"),
        ("2026-03-04T10:00:00", "AEDXB"),
    ]);
    assert_eq!(
        tried(&moved_on, Code::IdentityTwoPlaces),
        [
            (Innocent::ADayOff, Outcome::DoesNotFit),
            (Innocent::OneSightingWrong, Outcome::DoesNotFit)
        ]
    );
}

#[test]
fn a_claim_that_spared_the_frame_is_no_explanation_once_the_frame_was_found_repaired() {
    let claimed = || {
        Car::new()
            .with(
                "claim.damage",
                "2025-03-01",
                json!({"side": "own", "date": "2025-02-20", "status": "settled"}),
            )
            .with("inspection.condition", "2025-09-01", condition(false, false))
    };
    assert_eq!(
        tried(&claimed(), Code::DamageClaimThenAccidentFree),
        [(Innocent::FrameSpared, Outcome::Possible)]
    );
    let found = claimed().with("inspection.condition", "2025-12-01", condition(false, true));
    assert_eq!(
        tried(&found, Code::DamageClaimThenAccidentFree),
        [(Innocent::FrameSpared, Outcome::DoesNotFit)]
    );
}

#[test]
fn a_stamp_of_an_authority_explains_why_a_mark_is_good_again() {
    let doubted = || {
        Car::new().with(
            "identity.vin_observed",
            "2025-03-01",
            json!({"where": "body", "state": "altered"}),
        )
    };
    let good = |car: Car, issuer: &str| {
        car.by(
            issuer,
            "identity.vin_observed",
            "2025-05-01",
            json!({"where": "body", "state": "good"}),
        )
    };
    let stamped = doubted().with(
        "identity.vin_restamped",
        "2025-04-01",
        json!({"authority_number": "TS-1"}),
    );
    let disagree = |car: Car| car.codes().contains(&Code::IdentityMarksDisagree);
    assert!(!disagree(good(stamped, "the yard")));
    assert!(disagree(good(doubted(), "the yard")));
}

#[test]
fn a_number_written_otherwise_is_the_same_a_slip_or_another_car() {
    for (number, level) in [
        ("kmhr381 ABKU-000001", None),
        ("KMHR381ABKU000007", Some(Level::Ask)),
        ("KMHR381ABKU000072", Some(Level::Warn)),
        ("KMHR381ABKU00001", Some(Level::Warn)),
    ] {
        let car = Car::new().with("inspection.condition", "2025-03-01", written(number));
        let found = car.report().findings;
        let found = found
            .iter()
            .find(|finding| finding.code == Code::IdentityWrittenDiffers);
        assert_eq!(found.map(|finding| finding.level), level, "{number}");
    }
}

#[test]
fn inspections_that_a_register_abroad_hands_on_are_no_silence() {
    let mut car = Car::new().with("inspection.periodic", "2025-03-01", json!({"result": "pass"}));
    car.0[0].roles = vec![Role::ForeignRegister];
    let report = car.report();
    let silent: Vec<&str> = report.coverage.silent.iter().map(|message| message.key).collect();
    assert_eq!(silent, ["silent-register", "silent-insurer", "silent-police"]);
}

#[test]
fn silence_of_a_source_is_said_and_never_called_clean() {
    let report = Car::new()
        .with("inspection.periodic", "2026-03-01", json!({"result": "pass"}))
        .report();
    let silent: Vec<&str> = report.coverage.silent.iter().map(|message| message.key).collect();
    assert_eq!(silent, ["silent-register", "silent-insurer", "silent-police"]);
    assert_eq!(report.coverage.sources.len(), 1);
}

#[test]
fn an_erased_statement_is_listed_and_judged_by_nothing() {
    let mut car = Car::new().with("hazard.flood", "2025-08-01", json!({"extent": "total"}));
    car.0[0].content_erased = true;
    let report = car.report();
    assert!(report.findings.is_empty());
    assert_eq!(report.coverage.erased, [0]);
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[a-z_]{0,12}|20[0-9]{2}-[01][0-9]-[0-3][0-9]|export|rental|altered|flood|own|repair_cost"
            .prop_map(Value::from),
        proptest::collection::vec("salvage|flood|rental|[a-z]{0,5}", 0..3).prop_map(|words| json!(words)),
        (any::<u64>(), "km|mi|[a-z]{0,3}", "working|unreadable|[a-z]{0,3}").prop_map(
            |(value, unit, state)| json!({"value": value, "unit": unit, "instrument_state": state})
        ),
        (0u64..400_000, "km|mi").prop_map(|(value, unit)| json!({"value": value, "unit": unit})),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    let field = "odometer|date|kind|state|vin_state|use|brands|flood|accident|old_value|from|to|port|side|status|reason|model_year";
    (
        (
            0..StatementType::ALL.len(),
            any::<u64>(),
            0u8..4,
            proptest::option::of(0u8..4),
        ),
        (0i64..1_400_000_000, -18i8..18, any::<bool>()),
        proptest::option::of("KRINC|KRPUS|AEJEA|JOAQJ|[A-Z]{0,5}|한"),
        proptest::collection::btree_map(field, any_value(), 0..6),
        proptest::collection::vec(0..Role::ALL.len(), 0..3),
    )
        .prop_map(
            |((typ, reference, digest, supersedes), (second, offset, erased), place, body, roles)| {
                let instant = jiff::Timestamp::from_second(second).unwrap();
                Event {
                    reference,
                    digest: Some([digest; 32]),
                    supersedes: supersedes.map(|byte| [byte; 32]),
                    vehicle: (digest % 2 == 0).then(|| "vin:KMHR381ABKU000001".parse().unwrap()),
                    typ: StatementType::ALL[typ],
                    issuer: format!("issuer {}", digest % 2),
                    roles: roles.into_iter().map(|role| Role::ALL[role]).collect(),
                    class: EvidenceClass::C,
                    instant,
                    local: jiff::tz::Offset::constant(offset).to_datetime(instant),
                    place,
                    body: body.into_iter().collect::<Map<String, Value>>(),
                    content_erased: erased,
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn no_statements_make_it_panic_and_their_order_does_not_matter(
        mut events in proptest::collection::vec(any_event(), 0..16),
        turn in 0usize..16,
    ) {
        // References and digests are unique in a log.
        for (event, index) in events.iter_mut().zip(0u8..) {
            event.reference = u64::from(index);
            event.digest = Some([index; 32]);
        }
        let report = judge(&events, date(2026, 1, 1));
        for finding in &report.findings {
            prop_assert!(!finding.rests_on.is_empty(), "{:?} rests on nothing", finding);
            prop_assert!(!finding.settles_it.is_empty(), "{:?} cannot be settled", finding);
            prop_assert!(!finding.not_covered.is_empty(), "{:?} covers everything", finding);
        }
        if !events.is_empty() {
            events.reverse();
            let by = turn % events.len();
            events.rotate_left(by);
        }
        prop_assert_eq!(judge(&events, date(2026, 1, 1)), report);
    }

    #[test]
    fn even_clashing_references_do_not_make_it_panic(events in proptest::collection::vec(any_event(), 0..10)) {
        let _ = judge(&events, date(2026, 1, 1));
    }
}
