//! Sheets of invented cars, shared by the tests and by `examples/samples.rs`.

use certificate_pdf::Language;
use certificate_pdf::sheet::{
    Battery, Check, CheckKind, Class, Curve, Evidence, Grade, Health, Issuer, Limit, Outcome, People,
    Reading, Session, Sheet, SocWindow, Standing, Step, Transport, Unit, Validity, Vehicle,
};
use jiff::civil::date;

/// A certified car with one check to watch.
pub fn sheet(language: Language) -> Sheet {
    let names = match language {
        Language::Korean => ["한국배터리시험소 주식회사", "김하늘", "박서준", "이수빈"],
        Language::Arabic => ["مختبر كارنت للبطاريات", "ليلى حداد", "سامي الخوري", "نور العلي"],
        Language::Russian => [
            "Лаборатория батарей «Карнет»",
            "Анна Щеглова",
            "Пётр Ёлкин",
            "Юлия Жукова",
        ],
        Language::English | Language::Spanish | Language::French => [
            "Carnet Battery Laboratory",
            "Ana Peña García",
            "François Lefèvre",
            "Zoë O’Connor",
        ],
    };
    let step = |name: &str, day| Step {
        name: name.to_owned(),
        on: date(2026, 11, day),
    };
    Sheet {
        language,
        standing: Standing::InForce,
        specimen: false,
        number: "CRN-2026-000417".to_owned(),
        issuer: Issuer {
            name: names[0].to_owned(),
            id: "did:web:lab.example.org".to_owned(),
        },
        issued_at: "2026-11-20T09:30:00Z".parse().expect("a timestamp"),
        validity: Validity {
            from: date(2026, 11, 20),
            until: date(2027, 2, 18),
            odometer_limit_km: 51_213,
        },
        vehicle: Vehicle {
            vin: Some("KMHKR81CPNU000417".to_owned()),
            make: "Hyundai".to_owned(),
            model: "Ioniq 5".to_owned(),
            variant: Some("Long Range RWD 72.6 kWh".to_owned()),
            first_registration: Some(date(2022, 3, 14)),
            odometer_km: 48_213,
        },
        battery: Battery {
            id: Some("KR-BID-22-0091-7733".to_owned()),
            chemistry: "NMC 811".to_owned(),
            cells_in_series: 180,
            rated_ah: 111.2,
            rated_source: "Hyundai service manual, variant 2022 LR".to_owned(),
            reported_soh_percent: Some(97.5),
        },
        health: Health {
            soh_percent: 91.4,
            lower_percent: 88.9,
            upper_percent: 93.9,
            capacity_ah: 101.6,
            class: Class::Field,
            grade: Grade::B,
            grade_floors: [90.0, 80.0, 72.0, 60.0],
            curve: Some(Curve {
                required_percent: 80.0,
                met: true,
            }),
            method: "Carnet SoH 1.0.0".to_owned(),
        },
        evidence: Evidence {
            from: date(2026, 10, 2),
            until: date(2026, 11, 14),
            sessions: sessions(101.6),
            assessment_sha256: "3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855a".to_owned(),
            data_sha256: vec!["9a3f1d70c2b84e56a1d07f9be36c58422f0b9c7715d8e4a3608b1f52c9d7e0ab".to_owned()],
        },
        checks: checks(),
        transport: Transport {
            un_number: "UN 3556".to_owned(),
            soc_percent: 42.0,
            soc_measured_at: Some(date(2026, 11, 14)),
            windows: vec![
                SocWindow {
                    carrier: "EMSA".to_owned(),
                    min_percent: 20.0,
                    max_percent: 50.0,
                },
                SocWindow {
                    carrier: "Incheon – Aqaba Ro-Ro".to_owned(),
                    min_percent: 20.0,
                    max_percent: 40.0,
                },
            ],
            ready: true,
            obstacles: Vec::new(),
        },
        people: People {
            evaluated: step(names[1], 16),
            reviewed: step(names[2], 18),
            decided: step(names[3], 20),
        },
        verify_url: "https://directory.example.org/certificates/CRN-2026-000417".to_owned(),
        credential: include_bytes!("credential.json").to_vec(),
    }
}

/// Twelve sessions around a capacity, with a scatter that is the same each time.
fn sessions(capacity_ah: f64) -> Vec<Session> {
    [
        (61.0, 0.4, true),
        (34.5, -1.1, false),
        (78.0, -0.5, true),
        (22.0, 1.6, false),
        (55.5, 0.9, true),
        (41.0, -2.3, false),
        (88.5, 0.2, true),
        (18.0, -1.8, false),
        (70.0, 0.7, true),
        (29.0, 2.4, false),
        (64.0, -0.8, true),
        (47.5, 1.2, true),
    ]
    .into_iter()
    .map(|(delta_soc_percent, off, anchored)| Session {
        delta_soc_percent,
        charge_ah: capacity_ah * (delta_soc_percent + off) / 100.0,
        anchored,
    })
    .collect()
}

fn checks() -> Vec<Check> {
    let number = |value, decimals, unit| Reading::Number {
        value,
        decimals,
        unit,
    };
    let at_most = |value, decimals, unit| Limit::AtMost {
        value,
        decimals,
        unit,
    };
    let check = |kind, value, limit, source: &str, outcome| Check {
        kind,
        value,
        limit,
        source: source.to_owned(),
        outcome,
        action: None,
    };
    vec![
        check(
            CheckKind::CellSpread,
            number(36.0, 0, Unit::Millivolt),
            at_most(30.0, 0, Unit::Millivolt),
            "Carnet, NMC at rest, 20–80 % SOC",
            Outcome::Watch,
        ),
        check(
            CheckKind::TemperatureSpread,
            number(2.5, 1, Unit::Kelvin),
            at_most(5.0, 0, Unit::Kelvin),
            "Carnet, parked",
            Outcome::Pass,
        ),
        check(
            CheckKind::Isolation,
            number(2840.0, 0, Unit::OhmPerVolt),
            Limit::AtLeast {
                value: 500.0,
                decimals: 0,
                unit: Unit::OhmPerVolt,
            },
            "UN R100, 5.1.3",
            Outcome::Pass,
        ),
        check(
            CheckKind::CellLimits,
            Reading::Range {
                low: 3.214,
                high: 4.183,
                decimals: 2,
                unit: Unit::Volt,
            },
            Limit::Within {
                low: 2.5,
                high: 4.25,
                decimals: 2,
                unit: Unit::Volt,
            },
            "Carnet, NMC",
            Outcome::Pass,
        ),
        check(
            CheckKind::SelfDischarge,
            Reading::Missing,
            at_most(5.0, 0, Unit::MillivoltPerDay),
            "Carnet",
            Outcome::NotMeasured,
        ),
        check(
            CheckKind::HighVoltageFaults,
            Reading::Count(0),
            Limit::Zero,
            "Carnet",
            Outcome::Pass,
        ),
        check(
            CheckKind::Recalls,
            Reading::Count(0),
            Limit::Zero,
            "Carnet",
            Outcome::Pass,
        ),
        check(
            CheckKind::ReportedHealth,
            number(97.5, 1, Unit::Percent),
            Limit::None,
            "",
            Outcome::Stated,
        ),
        check(
            CheckKind::BatteryHistory,
            Reading::Count(0),
            Limit::Zero,
            "Carnet",
            Outcome::Pass,
        ),
        check(
            CheckKind::Tampering,
            Reading::Count(0),
            Limit::Zero,
            "Carnet SoH 1.0.0",
            Outcome::Pass,
        ),
        check(
            CheckKind::SecondMeter,
            number(0.6, 1, Unit::Percent),
            at_most(1.5, 1, Unit::Percent),
            "Carnet",
            Outcome::Pass,
        ),
        check(
            CheckKind::Computation,
            Reading::Text("yes".to_owned()),
            Limit::Text("yes".to_owned()),
            "Carnet scheme, evaluation",
            Outcome::Pass,
        ),
    ]
}

/// The same car with every text as long as it may be, every check there is with something to do about it, and everything in the way.
pub fn crowded(language: Language) -> Sheet {
    let mut sheet = sheet(language);
    let long = "Sehr Lange Bezeichnung einer Prüfgesellschaft mit beschränkter Haftung und Zweigniederlassung in Incheon, Abteilung Sieben";
    let long: String = long.chars().take(120).collect();
    sheet.specimen = true;
    sheet.issuer.name.clone_from(&long);
    sheet.vehicle.model.clone_from(&long);
    sheet.vehicle.variant = Some("X".repeat(120));
    sheet.battery.rated_source.clone_from(&long);
    sheet.people.decided.name.clone_from(&long);
    sheet.verify_url = format!("https://directory.example.org/{}", "a".repeat(170));
    sheet.transport.ready = false;
    sheet.transport.obstacles = vec![
        certificate_pdf::sheet::Obstacle::SocTooHigh,
        certificate_pdf::sheet::Obstacle::IsolationTooLow,
    ];
    sheet.checks = watched();
    sheet
}

/// Every check there is, found to be watched, in the words of an assessment with much to say.
fn watched() -> Vec<Check> {
    const OURS: &str = "Carnet method (no public law fixes it)";
    [
        (
            "cell_spread",
            "45 mV, highest and lowest exchanged",
            "30 mV, fails above 50 mV (rested at 20 to 80 %; resolution 1 mV)",
            OURS,
        ),
        ("temperature_spread", "7.4 K", "5 K", OURS),
        ("temperature_highest", "57 °C", "55 °C, fails above 60 °C", OURS),
        (
            "isolation",
            "210 Ω/V; 150 kΩ measured by hand, 1840 kΩ logged: the lower counts",
            "100 Ω/V, watched below 500 Ω/V",
            "UN R100 5.1.3",
        ),
        ("self_discharge", "12.0 mV/day", "5 mV/day", OURS),
        (
            "cell_limits",
            "2.410 to 4.310 V",
            "2.50 to 4.25 V, fails beyond by 150 mV",
            OURS,
        ),
        (
            "hv_dtcs",
            "P0AA6, P0DE6, P0A1F, P1B77, U0293, U0111",
            "none",
            "SAE J2012; maker's repair guides",
        ),
        (
            "recalls",
            "integrated charging control unit (2024-03-14); seat belt pretensioner (2024-11-02); instrument cluster (2025-02-20); + 2",
            "none",
            "maker, national recall register",
        ),
        (
            "soc_definition",
            "management system's own; agrees with cell voltage at full",
            "the management system's own, agreeing with cell voltage at full and near empty",
            "Carnet method: display and BMS definitions were seen to differ by 19 % of capacity",
        ),
        (
            "reported_soh",
            "97.0 % (ours 88.4 %, difference +8.6 pp)",
            "none; a difference above 5 pp is pointed out",
            "for comparison; UN GTR 22 Part A allows 5 pp",
        ),
        (
            "battery_history",
            "module replaced on 2025-07-07, before the test period (work order 7); reset of the management system (work order 9)",
            "none inside the test period",
            OURS,
        ),
        ("second_meter", "+1.9 %", "2.5 %", OURS),
        (
            "tampering",
            "odometer stated as 48213 km, logged as 51020 km; samples missing in 3 of 12",
            "none; one sign is often an innocent fault of the logger",
            OURS,
        ),
        (
            "computation",
            "no: taken from an assessment as it was handed in",
            "yes",
            "Carnet scheme, evaluation",
        ),
    ]
    .into_iter()
    .map(|(id, value, limit, source)| {
        let kind = CheckKind::from_id(id).expect("a check that there is");
        Check {
            kind,
            value: Reading::from_words(value),
            limit: Limit::from_words(kind, limit),
            source: source.to_owned(),
            outcome: Outcome::Watch,
            action: None,
        }
    })
    .collect()
}
