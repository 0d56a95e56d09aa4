//! Real VINs: NHTSA-decoded ones from the public repository davidpeckham/vin (MIT) and ten hand-picked cases. They are
//! read where they lie beside the checkout and not copied here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::PathBuf;

use jiff::civil::Date;
use vehicle::{CheckDigit, Vin};

fn shared(file: &str) -> Option<String> {
    let root = std::env::var_os("CARNET_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let path = root.join("data/vin").join(file);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!(
            "SKIPPED: no {} (set CARNET_SHARED to the folder that holds data/)",
            path.display()
        );
    }
    text
}

/// The `vin` and `model_year` of each entry: the files are flat lists of maps, so lines are enough.
fn entries(yaml: &str) -> Vec<(String, i16)> {
    let mut entries: Vec<(Option<String>, Option<i16>)> = Vec::new();
    for line in yaml.lines() {
        let starts_entry = line.trim_start().starts_with("- ");
        let field = line.trim_start().trim_start_matches("- ");
        if starts_entry {
            entries.push((None, None));
        }
        let Some(entry) = entries.last_mut() else { continue };
        match field.split_once(": ") {
            Some(("vin", vin)) => entry.0 = Some(vin.trim_matches('\'').to_owned()),
            Some(("model_year", year)) => entry.1 = Some(year.parse().unwrap()),
            _ => {}
        }
    }
    entries
        .into_iter()
        .map(|(vin, year)| (vin.unwrap(), year.unwrap()))
        .collect()
}

#[test]
fn all_north_american_vins_hold_their_check_digit() {
    for (file, count) in [("test_kia.yaml", 666), ("test_decode.yaml", 97)] {
        let Some(text) = shared(file) else { return };
        let entries = entries(&text);
        assert_eq!(entries.len(), count, "{file}");
        for (text, _) in entries {
            let vin: Vin = text.parse().unwrap();
            assert_eq!(vin.check_digit(), CheckDigit::Valid, "{vin}");
        }
    }
}

#[test]
fn all_genesis_vins_are_well_formed_and_owe_no_check_digit() {
    let Some(text) = shared("test_vin_exceptions.yaml") else {
        return;
    };
    let entries = entries(&text);
    assert_eq!(entries.len(), 299);
    for (text, _) in entries {
        let vin: Vin = text.parse().unwrap();
        assert_eq!(vin.check_digit(), CheckDigit::NotApplicable, "{vin}");
        assert_eq!(
            vin.stray_check_digit(),
            None,
            "position 9 of {vin} is a letter, so not even a warning"
        );
        assert_eq!(
            vehicle::VehicleId::parse_loose(vin.as_str()).unwrap().to_string(),
            format!("vin:{vin}")
        );
        assert_eq!(vin.maker().unwrap().name, "Genesis");
    }
}

#[test]
fn the_model_year_of_every_real_vin_follows_from_its_first_registration() {
    for file in ["test_kia.yaml", "test_decode.yaml", "test_vin_exceptions.yaml"] {
        let Some(text) = shared(file) else { return };
        for (text, year) in entries(&text) {
            let vin: Vin = text.parse().unwrap();
            assert!(vin.model_years(None).contains(&year), "{vin} {year}");
            for registered in [year - 1, year, year + 1] {
                let day = Date::new(registered, 10, 1).unwrap();
                assert_eq!(vin.model_years(Some(day)), [year], "{vin} registered {day}");
            }
        }
    }
}

#[test]
fn the_hand_picked_cases_hold_row_by_row() {
    let Some(text) = shared("vectors.csv") else { return };
    let mut rows = 0;
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.splitn(6, ',').collect();
        let [text, market, _, expected, verdict, _] = fields[..] else {
            panic!("{line}")
        };
        match verdict {
            "invalid" => assert!(text.parse::<Vin>().is_err(), "{line}"),
            "true" | "false" => {
                let vin: Vin = text.parse().unwrap();
                assert_eq!(vin.computed_check_digit().to_string(), expected, "{line}");
                let north_american = market == "North America" || text.starts_with(['1', '2', '3', '4', '5']);
                let judged = vin.check_digit();
                assert_eq!(judged == CheckDigit::Valid, verdict == "true", "{line}");
                if verdict == "false" && north_american {
                    assert!(matches!(judged, CheckDigit::Invalid { .. }), "{line}");
                } else if verdict == "false" {
                    assert_eq!(judged, CheckDigit::NotApplicable, "{line}");
                }
            }
            other => panic!("unknown verdict {other}"),
        }
        rows += 1;
    }
    assert_eq!(rows, 10);
}
