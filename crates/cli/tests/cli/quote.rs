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
