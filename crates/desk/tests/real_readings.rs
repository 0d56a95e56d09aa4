//! Real odometer figures, with the mistakes their issuers made, on the whole road: recorded, sealed, proven, judged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use desk::data_dir::{DataDir, Places};
use desk::issuer::Issuer;
use desk::record::RecordOptions;
use desk::{Desk, InitOptions};
use history::findings::{Code, Finding, Report};
use serde_json::Value;
use test_servers::LogFolder;

const NOW: i64 = 1_795_000_000;

/// Codes that say, however carefully, that somebody turned an odometer back.
const ACCUSING: [Code; 2] = [Code::OdometerRollbackSuspected, Code::OdometerOneWitness];

async fn log_of_real_readings(log: &LogFolder, samples: &Path) -> Desk {
    let options = InitOptions {
        origin: "log.example.org/mot".to_owned(),
        passphrase: None,
    };
    let place = log.place();
    let dir = DataDir::new(log.path()).with(Places {
        database: place.as_ref().map(|place| place.database()),
        objects: place.as_ref().map(|place| place.objects()),
    });
    let desk = Desk::init(dir, options)
        .await
        .expect("an empty folder takes a log");
    let listed = std::fs::read(samples.join("issuers.json")).unwrap();
    let mut issuers = Vec::new();
    for issuer in serde_json::from_slice::<Vec<Issuer>>(&listed).unwrap() {
        desk.new_issuer_key(&issuer.id).unwrap();
        let public = desk.issuer_signing_key(&issuer.id).unwrap().public();
        issuers.push((issuer, public));
    }
    desk.enrol(&issuers, NOW)
        .await
        .expect("the samples' issuers are enrolled");
    let report = desk
        .record(samples, &RecordOptions::default(), NOW, |_| {})
        .await
        .unwrap();
    assert!(report.refused.is_empty(), "{:?}", report.refused);
    assert_eq!(report.accepted, 80, "every reading of every series");
    desk.store().seal().await.expect("the readings are sealed");
    desk
}

async fn findings(desk: &Desk, samples: &Path, series: &str) -> Vec<Finding> {
    judged(desk, samples, series).await.findings
}

/// The sources that are called silent.
async fn coverage(desk: &Desk, samples: &Path, series: &str) -> Vec<&'static str> {
    let silent = judged(desk, samples, series).await.coverage.silent;
    silent.iter().map(|message| message.key).collect()
}

async fn judged(desk: &Desk, samples: &Path, series: &str) -> Report {
    let statements = std::fs::read_to_string(samples.join(format!("{series}.jsonl"))).unwrap();
    let first: Value = serde_json::from_str(statements.lines().next().unwrap()).unwrap();
    let vehicle = first["vid"].as_str().unwrap().parse().unwrap();
    let today = jiff::Timestamp::from_second(NOW)
        .unwrap()
        .to_zoned_datetime(jiff::tz::TimeZone::UTC)
        .date();
    let history = desk.history(&vehicle, u64::MAX / 2, today).await;
    let history = history.unwrap_or_else(|e| panic!("{series}: {e}"));
    assert_eq!(
        history.report.statements.len(),
        statements.lines().count(),
        "{series}"
    );
    history.findings
}

#[tokio::test]
async fn real_readings_with_mistakes_in_them_accuse_nobody() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/odometer");
    let log = LogFolder::new();
    let desk = log_of_real_readings(&log, &samples).await;

    for series in [
        "s01", "s02", "s03", "s04", "s05", "p01", "p02", "p03", "p04", "p05",
    ] {
        for finding in findings(&desk, &samples, series).await {
            assert!(!ACCUSING.contains(&finding.code), "{series}: {finding:?}");
        }
    }
    let coverage = coverage(&desk, &samples, "s01").await;
    assert!(
        !coverage.contains(&"silent-inspection"),
        "all fifteen are periodic inspections: {coverage:?}"
    );
    let of_s01 = findings(&desk, &samples, "s01").await;
    let explained = of_s01
        .iter()
        .filter(|f| f.code == Code::OdometerRecordingError)
        .count();
    assert_eq!(
        explained, 1,
        "205,404 mi, three days before 138,108, is one recording error: {of_s01:?}"
    );
}
