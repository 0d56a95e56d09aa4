//! Quotes of cars that the log knows: what their history says counts, and what it leaves open is asked for.

use serde_json::Value;

use crate::program::carnet;
use crate::yard;

const PRICED: [&str; 12] = [
    "--to",
    "JO,UG,SA,CL",
    "--arrive",
    "2026-03-10",
    "--price",
    "9000 USD",
    "--freight",
    "1500 USD",
    "--insurance",
    "50 USD",
    "--value",
    "guide_value=10000000 UGX",
];

#[test]
fn a_truck_and_a_van_are_not_quoted_as_passenger_cars() {
    let folder = yard::folder();
    // Porter II, 2,960 kg gross, and Grand Starex, of which nobody said whether it carries goods or people.
    for (vin, category) in [("KMFZSS7JBGU000004", Some("N1")), ("KMJWA37KBEU000008", None)] {
        let ran = carnet(
            folder.path(),
            &[&["--json", "quote", "--vin", vin][..], &PRICED].concat(),
        );
        assert_eq!(ran.code, 0, "{ran:?}");
        let answer: Value = serde_json::from_str(&ran.out).unwrap();
        for quote in answer["quotes"].as_array().unwrap() {
            let market = &quote["country"];
            assert!(
                matches!(quote["status"].as_str(), Some("unknown" | "not_admissible")),
                "{market}"
            );
            assert!(quote["total"].is_null(), "{market}: {}", quote["total"]);
            let cautions = quote["cautions"].as_array().unwrap();
            let caution = cautions
                .iter()
                .find(|caution| caution["caution"] == "passenger_cars")
                .unwrap();
            assert_eq!(caution["category"].as_str(), category, "{market}");
            let asked = quote["asks"]
                .as_array()
                .unwrap()
                .iter()
                .any(|ask| ask["name"] == "category");
            assert_eq!(asked, category.is_none(), "{market}");
        }
    }
    // What the papers say settles it.
    let ran = carnet(
        folder.path(),
        &[
            &[
                "quote",
                "--vin",
                "KMJWA37KBEU000008",
                "--fact",
                "seats=5",
                "--fact",
                "payload_kg=600",
                "--fact",
                "mass_kg=3000",
            ][..],
            &PRICED,
        ]
        .concat(),
    );
    assert!(ran.out.contains("of category N1"), "{ran:?}");
}

#[test]
fn the_history_of_a_car_prevails_over_a_default_and_the_row_is_served() {
    let folder = yard::folder();
    std::fs::write(
        folder.path().join("yard.csv"),
        "name,vin\nTucson,KMHJ381ABJU000011\nK3,unknown\n",
    )
    .unwrap();
    let ran = carnet(
        folder.path(),
        &[
            "quote",
            "--car",
            "yard.csv",
            "--fact",
            "cc=1591",
            "--fact",
            "fuel=diesel",
            "--to",
            "JO",
            "--arrive",
            "2026-03-10",
            "--csv",
        ],
    );
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.out.lines().count(), 3, "{ran:?}");
    assert!(
        ran.err.contains("yard.csv:2: cc \"1591\": this default is left out: the car's history says 1995 (registration.first, entry "),
        "{ran:?}"
    );
}

/// The answer for a car of the yard to one market, as JSON.
fn answer(folder: &std::path::Path, vin: &str, more: &[&str]) -> Value {
    let asked = [
        "--json",
        "quote",
        "--vin",
        vin,
        "--to",
        "PE",
        "--arrive",
        "2027-03-10",
    ];
    let ran = carnet(folder, &[&asked[..], more].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn a_reading_that_the_findings_doubt_is_asked_for_and_may_be_given() {
    let folder = yard::folder();
    let sonata = "KNAPH81ABHK000003";
    let asked = answer(folder.path(), sonata, &[]);
    assert!(asked["car"]["odometer_km"].is_null(), "{}", asked["car"]);
    let left_open = asked["left_open"].as_array().unwrap();
    let odometer = left_open
        .iter()
        .find(|left| left["name"] == "odometer_km")
        .unwrap();
    assert_eq!(odometer["why"], "odometer");
    assert!(odometer["log_indices"].as_array().unwrap().len() > 1);
    let asks = asked["quotes"][0]["asks"].as_array().unwrap();
    assert!(asks.iter().any(|ask| ask["name"] == "odometer_km"), "{asks:?}");
    let told = answer(folder.path(), sonata, &["--fact", "odometer_km=167240"]);
    assert_eq!(told["car"]["odometer_km"], "167240");
}

#[test]
fn an_inspection_settles_only_what_it_looks_at() {
    let folder = yard::folder();
    let asked = answer(folder.path(), "KMHJ381ABJU000011", &[]);
    assert!(asked["car"]["title"].is_null(), "{}", asked["car"]);
    let left_open = asked["left_open"].as_array().unwrap();
    let title = left_open.iter().find(|left| left["name"] == "title").unwrap();
    assert_eq!(title["why"], "only_inspected");
    let told = answer(folder.path(), "KMHJ381ABJU000011", &["--fact", "title=none"]);
    assert_eq!(told["car"]["title"], "none");
}

/// What the terminal says of a car that no log knows.
fn said(arguments: &[&str]) -> String {
    let folder = yard::empty_folder();
    let ran = carnet(folder.path(), &[&["quote"][..], arguments].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    ran.out
}

#[test]
fn a_bar_that_one_source_reports_is_shown_and_the_verdict_is_not_admissible_for_sure() {
    let said = said(&[
        "--fact",
        "fuel=petrol",
        "--fact",
        "cc=1999",
        "--fact",
        "manufactured=2012-05-10",
        "--fact",
        "steering=left",
        "--fact",
        "title=none",
        "--fact",
        "documents=MoIAT used-vehicle search",
        "--to",
        "AE",
        "--arrive",
        "2026-03-10",
    ]);
    assert!(
        said.contains("doubtful: Older than 4 years is not admitted"),
        "{said}"
    );
    assert!(
        said.contains("depends: Older than 10 years needs prior approval"),
        "{said}"
    );
    let row = said.lines().find(|line| line.starts_with("AE  ")).unwrap();
    assert!(
        row.contains("unknown") && row.trim_end().ends_with("low"),
        "{row}"
    );
    assert!(!said.contains("; \n"), "{said}");
}

#[test]
fn a_warning_is_shown_and_named_as_one() {
    let said = said(&[
        "--fact",
        "fuel=petrol",
        "--fact",
        "title=salvage",
        "--to",
        "GH",
        "--arrive",
        "2026-03-10",
    ]);
    assert!(
        said.contains("to be noted: Salvaged cars are barred by the Act of 2020"),
        "{said}"
    );
}

#[test]
fn a_day_that_no_act_names_is_said_to_be_assumed() {
    let said = said(&[
        "--fact",
        "fuel=petrol",
        "--fact",
        "cc=1998",
        "--fact",
        "manufactured=2023-06-01",
        "--fact",
        "importer=person",
        "--fact",
        "personal_use=true",
        "--to",
        "BY",
        "--arrive",
        "2025-12-01",
    ]);
    assert!(
        said.contains("rule by.util.personal.2026 begins, on a day that no act names"),
        "{said}"
    );
    assert!(said.contains("rule by.util.personal ends"), "{said}");
}

#[test]
fn what_would_change_names_the_check_and_how_it_comes_out() {
    let said = said(&[
        "--fact",
        "fuel=petrol",
        "--fact",
        "manufactured=2023-07-10",
        "--fact",
        "first_registration=2023-07-20",
        "--fact",
        "importer_is=none",
        "--to",
        "DZ",
        "--arrive",
        "2026-03-10",
    ]);
    let changes: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("would change: "))
        .collect();
    let check = "(Cars of more than 3 years are barred) [dz.age]";
    assert!(
        changes[0].contains(&format!("2026-07-11: Age: depends {check}")),
        "{changes:?}"
    );
    assert!(
        changes[1].contains(&format!("2026-07-21: Age: barred {check}")),
        "{changes:?}"
    );
}

#[test]
fn coverage_is_written_as_json_too() {
    let folder = yard::empty_folder();
    let ran = carnet(folder.path(), &["--json", "rules", "coverage"]);
    let packs: Value = serde_json::from_str(&ran.out).unwrap();
    let packs = packs.as_array().unwrap();
    assert!(packs.len() > 48, "{}", packs.len());
    let jordan = packs.iter().find(|pack| pack["country"] == "JO").unwrap();
    assert!(
        jordan["checks"].as_u64().unwrap() > 0 && jordan["gaps"].is_array(),
        "{jordan}"
    );
}

#[test]
fn a_day_or_a_number_that_nobody_can_mean_is_refused_with_its_bounds() {
    let folder = yard::empty_folder();
    let refused = |more: &[&str]| {
        let ran = carnet(
            folder.path(),
            &[&["quote", "--fact", "fuel=petrol", "--to", "JO"], more].concat(),
        );
        assert_ne!(ran.code, 0, "{more:?}");
        ran.err
    };
    for (more, told) in [
        (&["--arrive", "2101-01-01"][..], "2101-01-01"),
        (&["--arrive", "1899-12-31"], "1899-12-31"),
        (
            &["--arrive", "2026-03-10", "--fact", "manufactured=1899"],
            "manufactured",
        ),
    ] {
        let err = refused(more);
        assert!(err.contains(told), "{err}");
        assert!(err.contains("between 1900 and 2100"), "{err}");
    }
    let err = refused(&["--value", "total_tax=1000000000000001"]);
    assert!(
        err.contains("total_tax")
            && err.contains("1000000000000001")
            && err.contains("1,000,000,000,000,000"),
        "{err}"
    );
}
