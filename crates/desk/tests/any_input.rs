//! Files of any bytes: every line is answered for, and none is lost on the way to the file of refused lines.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};

use battery::Assessment;
use certificate::application::Application;
use desk::certify::assessment::{self, evaluation};
use desk::input::{self, Line, Mapping};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

const MAPPING: &str = r#"
version = 1
[constants]
issuer = "w"
[columns]
"a,b" = { to = "vid", kind = "vehicle" }
"c" = { to = "body.x", kind = "text" }
"#;

fn lines_of(name: &str, bytes: &[u8]) -> (Vec<Line>, Result<(), desk::DeskError>) {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), name, bytes);
    let mapping = write(folder.path(), "mapping.toml", MAPPING.as_bytes());
    let mapping = name.ends_with(".csv").then(|| Mapping::read(&mapping).unwrap());
    let mut lines = Vec::new();
    let read = input::read(&file, mapping.as_ref(), |line| {
        lines.push(line);
        Ok(())
    });
    (lines, read)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_line_that_is_not_blank_is_answered_for(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let wanted: Vec<u64> = bytes
            .split(|b| *b == b'\n')
            .zip(1..)
            .filter(|(line, _)| std::str::from_utf8(line).map_or(true, |text| !text.trim().is_empty()))
            .map(|(_, number)| number)
            .collect();
        for name in ["x.jsonl", "x.sdjwt"] {
            let (lines, read) = lines_of(name, &bytes);
            prop_assert_eq!(lines.iter().map(|line| line.line).collect::<Vec<_>>(), wanted.clone());
            prop_assert_eq!(read.is_err(), wanted.is_empty());
        }
    }

    #[test]
    fn an_array_of_any_bytes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (lines, read) = lines_of("x.json", &bytes);
        prop_assert_eq!(lines.is_empty(), read.is_err());
    }

    #[test]
    fn a_row_reads_the_same_when_it_was_written_out(cells in proptest::collection::vec("[a-z\",; é]{0,6}", 2..=2)) {
        let quoted: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        let (lines, _) = lines_of("x.csv", format!("\"a,b\",c\n{}\n", quoted.join(",")).as_bytes());
        prop_assert_eq!(lines.len(), 1);
        let again = format!("{}\n{}\n", lines[0].header.as_ref().unwrap(), lines[0].text);
        let (again, _) = lines_of("x.csv", again.as_bytes());
        prop_assert_eq!(&again[0].text, &lines[0].text);
        prop_assert_eq!(again[0].item.as_ref().err(), lines[0].item.as_ref().err());
    }

    #[test]
    fn rows_of_any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let (lines, read) = lines_of("x.csv", &[b"\"a,b\",c\n", &bytes[..]].concat());
        prop_assert!(!lines.is_empty() || read.is_err());
    }

    #[test]
    fn a_delimiter_that_cannot_part_cells_is_refused(delimiter in "[\"\n\ré]") {
        let folder = tempfile::tempdir().unwrap();
        let text = format!("version = 1\n[file]\ndelimiter = {}\n[columns]\n", serde_json::Value::from(delimiter));
        let refused = Mapping::read(&write(folder.path(), "m.toml", text.as_bytes())).unwrap_err();
        prop_assert!(refused.to_string().contains("the delimiter must be"), "{refused}");
    }

    #[test]
    fn a_mapping_of_any_text_is_read_or_refused(text in "[a-z\\[\\]{}=\"., \n0-9]{0,200}") {
        let folder = tempfile::tempdir().unwrap();
        if let Err(error) = Mapping::read(&write(folder.path(), "m.toml", text.as_bytes())) {
            prop_assert!(error.to_string().contains("m.toml"));
        }
    }
}

/// The cars of a yard file: for each line, whether it is a car.
fn yard(name: &str, bytes: &[u8]) -> Result<Vec<(u64, bool)>, desk::DeskError> {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), name, bytes);
    let mut rows = Vec::new();
    desk::quote::read_yard(&file, &Default::default(), None, |row| {
        rows.push((row.line, row.car.is_ok()));
        Ok(())
    })?;
    Ok(rows)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn whatever_stands_on_a_line_of_a_yard_the_next_one_is_served(
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..100),
            "[a\",\n\r ]{0,60}".prop_map(String::into_bytes),
        ],
    ) {
        for (name, header, car) in [
            ("yard.csv", "name,fuel,cc\n", "\nz,petrol,1591\n"),
            ("yard.jsonl", "", "\n{\"fuel\":\"petrol\",\"cc\":1591}\n"),
        ] {
            let rows = yard(name, &[header.as_bytes(), &bytes[..], car.as_bytes()].concat()).unwrap();
            prop_assert_eq!(rows.last().map(|(_, good)| *good), Some(true));
            prop_assert!(rows.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
    }

    #[test]
    fn a_yard_of_any_bytes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for name in ["yard.csv", "yard.jsonl"] {
            if let Err(error) = yard(name, &bytes) {
                prop_assert!(error.to_string().contains(name), "{error}");
            }
        }
    }

    #[test]
    fn rates_of_any_bytes_are_read_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        begin in prop_oneof![Just(""), Just("date,from,to,rate\n2026-03-09,"), Just("Date,USD,JPY\n"), Just("<Cube time=\"2026-03-09\">")],
    ) {
        let bytes = [begin.as_bytes(), &bytes[..]].concat();
        let book = desk::quote::parse_rates(&[(Path::new("rates.csv"), bytes)]);
        match book.and_then(|book| book.on(jiff::civil::date(2026, 3, 10))) {
            Ok(rates) => prop_assert!(!rates.is_empty()),
            Err(error) => prop_assert!(error.to_string().contains("rates"), "{error}"),
        }
    }
}

/// The application of the sample certificate, and the assessment made for it, as `carnet battery assess` wrote it.
fn assessed() -> (Application, Assessment, Vec<u8>) {
    let sample = |name: &str| {
        let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../samples/certificate"));
        std::fs::read(folder.join(name)).unwrap()
    };
    let text = sample("assessment.json");
    (
        serde_json::from_slice(&sample("application.json")).unwrap(),
        assessment::read(&text).unwrap(),
        text,
    )
}

const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 24);

#[test]
fn an_assessment_becomes_an_evaluation_that_flatters_nothing() {
    let (application, found, text) = assessed();
    let evaluation = evaluation(&found, &application, None, TODAY).unwrap();
    evaluation.check().unwrap();
    assert_eq!(evaluation.obstacles(), [""; 0]);
    let soh = evaluation.soh.unwrap();
    let measured = found.soh().unwrap();
    assert!(soh.lower95_pct.to_f64() <= measured.lower95.value());
    assert!(soh.upper95_pct.to_f64() >= measured.upper95.value());
    assert!((soh.value_pct.to_f64() - measured.percent.value()).abs() <= 0.0501);
    assert_eq!(soh.reported_by_vehicle_pct.unwrap().to_string(), "97.0");
    assert_eq!(soh.n_anchored, found.diagnostics.n_anchored);
    assert_eq!(
        soh.error_budget.len(),
        found.capacity.as_ref().unwrap().budget.len()
    );
    assert_eq!(evaluation.odometer_km, 74_660);
    let used = found.sessions.iter().filter(|s| s.group.is_some()).count();
    assert_eq!(evaluation.evidence.sessions.len(), used);
    assert_eq!(
        evaluation.evidence.assessment_sha256,
        hex::encode(Sha256::digest(&text)),
        "the hash is that of the bytes that `carnet battery recompute` makes again"
    );
    let pretty = serde_json::to_vec_pretty(&found).unwrap();
    assert_eq!(assessment::read(&pretty).unwrap(), found);
}

#[test]
fn an_assessment_of_another_car_or_battery_is_refused_with_the_difference() {
    let (application, found, _) = assessed();
    let changed = |change: fn(&mut Assessment)| {
        let mut other = found.clone();
        change(&mut other);
        evaluation(&other, &application, None, TODAY)
    };
    for (says, problem) in [
        (
            "is about vin:KMHKN81ABMU000006",
            changed(|a| a.vehicle = Some("KMHKN81ABMU000006".to_owned())),
        ),
        (
            "chemistry: the assessment was made for LFP",
            changed(|a| a.pack.chemistry = battery::Chemistry::Lfp),
        ),
        ("cells in series", changed(|a| a.pack.n_series = 96)),
        ("rated capacity in Ah", changed(|a| a.pack.rated_ah = Some(120.0))),
        ("--odometer", changed(|a| a.evidence.odometer_km = None)),
    ] {
        let problem = problem.unwrap_err();
        assert!(problem.contains(says), "{problem}");
    }
    let undated = changed(|a| a.evidence.from_s = None).unwrap();
    assert!(undated.obstacles()[0].contains("NO_DATE"));
}

/// Whoever changes one figure of an assessment must change all that hang together; and then it is another than the data give.
#[test]
fn an_assessment_of_which_one_figure_contradicts_another_is_refused() {
    let (application, found, _) = assessed();
    let decimal = |text: &str| text.parse::<battery::Decimal>().unwrap();
    type Change<'a> = &'a dyn Fn(&mut Assessment);
    let changes: [(&str, Change<'_>); 7] = [
        ("capacity.soh.percent is 97.26", &|a| {
            soh(a).percent = decimal("97.26")
        }),
        ("capacity.soh.lower95 is 92.67", &|a| {
            soh(a).lower95 = decimal("92.67")
        }),
        ("capacity.soh.upper95 is 94.85", &|a| {
            soh(a).upper95 = decimal("94.85")
        }),
        ("capacity.soh.half_width95 is 1.00", &|a| {
            soh(a).half_width95 = decimal("1.00");
        }),
        ("narrower than one of less", &|a| {
            soh(a).half_width80 = decimal("2.99")
        }),
        ("capacity.soh.percent is 93.38", &|a| {
            a.capacity.as_mut().unwrap().amount = decimal("108.16");
        }),
        ("diagnostics.n_anchored is 99", &|a| a.diagnostics.n_anchored = 99),
    ];
    for (says, change) in changes {
        let mut forged = found.clone();
        change(&mut forged);
        let refused = evaluation(&forged, &application, None, TODAY).unwrap_err();
        assert!(refused.contains(says), "{refused}");
        assert!(refused.contains("assess the logs again"), "{refused}");
    }
}

fn soh(assessment: &mut Assessment) -> &mut battery::assessment::Soh {
    assessment.capacity.as_mut().unwrap().soh.as_mut().unwrap()
}

#[test]
fn what_nobody_measured_or_stated_is_neither_ready_nor_in_order() {
    use battery::assessment::CheckResult as Found;
    use certificate::evaluation::CheckResult;
    let (application, mut found, _) = assessed();
    assert!(found.facts.battery_events.is_empty());
    let sound = evaluation(&found, &application, None, TODAY).unwrap();
    assert!(sound.transport.ready);
    let history = sound.checks.iter().find(|c| c.id == "battery_history").unwrap();
    assert_eq!(history.result, CheckResult::Stated);
    assert_eq!(history.value.as_ref().unwrap().to_string(), "none stated");
    let mut undated = found.clone();
    undated.transport.soc_measured_s = None;
    let undated = evaluation(&undated, &application, None, TODAY).unwrap().transport;
    assert!(!undated.ready);
    let said = "it is not known when the state of charge was measured";
    assert_eq!(undated.obstacles.iter().filter(|o| *o == said).count(), 1);
    for check in &mut found.checks {
        if ["isolation", "hv_dtcs", "recalls"].contains(&check.id.as_str()) {
            (check.result, check.value) = (Found::NotMeasured, None);
        }
    }
    found.transport.ready = Some(true);
    let open = evaluation(&found, &application, None, TODAY).unwrap();
    assert!(!open.transport.ready);
    let said = open
        .transport
        .obstacles
        .iter()
        .filter(|o| o.ends_with("not measured"));
    assert_eq!(said.count(), 3, "{:?}", open.transport.obstacles);
    open.check().unwrap();
}

proptest! {
    #[test]
    fn any_bytes_as_an_assessment_get_an_answer(at in 0_usize..50_000, byte in any::<u8>(), cut in any::<bool>()) {
        let (application, _, mut bytes) = assessed();
        let at = at % bytes.len();
        if cut { bytes.truncate(at) } else { bytes[at] = byte }
        if let Ok(found) = assessment::read(&bytes)
            && let Ok(evaluation) = evaluation(&found, &application, None, TODAY)
        {
            let _ = evaluation.check();
            let _ = evaluation.obstacles();
        }
    }
}
