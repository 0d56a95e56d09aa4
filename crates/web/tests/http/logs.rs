//! Charging logs without an application: what is understood of them, and a certificate computed again from them.

use serde_json::{Value, json};

use crate::certification::{Cast, Part, apply, at, description, form, recent, service, service_with};
use crate::client::{Answer, request};
use crate::pages::assert_nothing_inline;
use crate::people::Person;
use crate::running::options;

const INSPECT: &str = "/api/certification/inspection";
const RECOMPUTE: &str = "/api/certification/recomputation";

/// A form of a page, in a browser.
async fn send(person: &Person, path: &str, csrf: &str, parts: &[Part<'_>]) -> Answer {
    let cookie = format!("cookie: {}", person.cookie);
    let typed = "content-type: multipart/form-data; boundary=carnet-test-boundary-5f70bf18";
    let headers = [
        cookie.as_str(),
        "accept: text/html",
        "sec-fetch-site: same-origin",
        typed,
    ];
    let mut all: Vec<Part<'_>> = vec![("csrf", None, csrf.as_bytes())];
    all.extend_from_slice(parts);
    request(person.address, "POST", path, &headers, &form(&all)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_understood_of_a_log_is_said_and_nothing_is_kept() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let log = recent("ioniq5-2021.csv");
    let parts: [Part<'_>; 2] = [
        ("picture", None, b"true"),
        ("telemetry", Some("charge.csv"), &log),
    ];
    let answer = ann.send_files(INSPECT, &parts).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let found = answer.json();
    assert_eq!(found["asks"], false);
    assert_eq!(found["files"][0]["path"], "charge.csv");
    assert!(!found["vehicles"][0]["sessions"].as_array().unwrap().is_empty());
    let picture = found["pictures"][0].as_str().unwrap();
    assert!(
        picture.starts_with("<svg ") && picture.contains("<polygon"),
        "{picture}"
    );
    let without = ann.send_files(INSPECT, &parts[1..]).await.json();
    assert_eq!(without["pictures"], json!([]));
    assert_eq!(
        ann.get("/api/certification/applications").await.json()["applications"],
        json!([])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_log_does_not_say_is_asked_and_read_once_it_is_answered() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let log = String::from_utf8(recent("kona-ev-2018.csv"))
        .unwrap()
        .replace("+00:00", "");
    let local: Part<'_> = ("telemetry", Some("local.csv"), log.as_bytes());
    let asked = ann.send_files(INSPECT, &[local]).await;
    assert_eq!((asked.status, &asked.json()["asks"]), (200, &json!(true)));
    assert_eq!(asked.json()["vehicles"], json!([]));
    assert!(
        asked.json()["files"][0]["questions"][0]["flag"]
            .as_str()
            .unwrap()
            .contains("--utc-offset")
    );
    let answered = ann
        .send_files(INSPECT, &[("utc_offset", None, b"+00:00"), local])
        .await;
    assert_eq!(answered.json()["asks"], false, "{answered:?}");
    assert!(answered.json()["vehicles"][0]["rows"].as_u64().unwrap() > 1000);
}

#[tokio::test(flavor = "multi_thread")]
async fn logs_that_cannot_be_looked_at_are_refused_in_words_that_help() {
    let mut options = options();
    options.limits.upload = 400_000;
    let service = service_with(options).await;
    let ann = Person::logged_in(&service, "ann").await;
    let log = recent("ioniq5-2021.csv");
    let large = vec![b'1'; 500_000];
    let good: Part<'_> = ("telemetry", Some("a.csv"), &log);
    for (parts, status, says) in [
        (
            vec![("telemetry", Some("car.png"), b"\x89PNG\r\n\x1a\n".as_slice())],
            422,
            "car.png",
        ),
        (
            vec![("mapping", None, b"/etc/passwd".as_slice()), good],
            422,
            "there is none of that name",
        ),
        // It would be read and not used.
        (vec![("dtcs", None, b"P0AA6".as_slice()), good], 400, "dtcs"),
        (
            vec![("certificate", Some("c.pdf"), b"%PDF-".as_slice()), good],
            400,
            "certificate",
        ),
        (
            vec![("battery", None, b"chemistry = 1".as_slice()), good],
            422,
            "a description is a TOML file",
        ),
        (vec![("csrf", None, b"x".as_slice())], 400, "no file"),
        (
            vec![("telemetry", Some("a.csv"), large.as_slice())],
            413,
            "400000",
        ),
    ] {
        let answer = ann.send_files(INSPECT, &parts).await;
        assert_eq!(answer.status, status, "{says}: {answer:?}");
        assert!(answer.text().contains(says), "{says}: {}", answer.text());
        let folder = format!("{}/", std::env::temp_dir().display());
        assert!(!answer.text().contains(&folder), "{}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_its_pages_and_its_assessment_are_computed_again_to_the_same_bytes() {
    let cast = Cast::new().await;
    let (case, _) = cast.certified().await;
    let ann = &cast.ann;
    let (log, described) = (recent("ioniq5-2021.csv"), description("ioniq5-2021.battery.toml"));
    let logs: [Part<'_>; 2] = [
        ("telemetry", Some("ioniq5-2021.csv"), &log),
        ("battery", Some("ioniq5-2021.battery.toml"), &described),
    ];
    let kept = ann.get(&at(&case, "")).await.json()["assessments"][0]["sha256"].clone();
    let kept = kept.as_str().unwrap().to_owned();
    let credential = ann.get(&at(&case, "/credential")).await;
    let pages = ann.get(&at(&case, "/certificate.pdf")).await;
    let assessment = ann.get(&at(&case, &format!("/assessments/{kept}"))).await;
    for (name, certificate) in [
        ("c.json", &credential),
        ("c.pdf", &pages),
        ("a.json", &assessment),
    ] {
        let certificate: Part<'_> = ("certificate", Some(name), &certificate.body);
        // An assessment says itself what battery it is about.
        let logs = if name == "a.json" { &logs[..1] } else { &logs[..] };
        let done = ann.send_files(RECOMPUTE, &[&[certificate], logs].concat()).await;
        assert_eq!(done.status, 200, "{name}: {done:?}");
        let done = done.json();
        assert_eq!(done["equal"], true, "{name}: {done}");
        assert_eq!(done["assessment_sha256"], kept.as_str(), "{name}");
        assert_eq!(done["method"]["now"], battery::METHOD_VERSION);
    }
    let altered = String::from_utf8(log.clone())
        .unwrap()
        .replacen(",35.0,", ",36.0,", 1);
    let parts: [Part<'_>; 3] = [
        ("certificate", Some("c.json"), &credential.body),
        ("telemetry", Some("ioniq5-2021.csv"), altered.as_bytes()),
        logs[1],
    ];
    let done = ann.send_files(RECOMPUTE, &parts).await.json();
    assert_eq!(done["equal"], false);
    assert!(
        done["differences"].to_string().contains("no file given has"),
        "{done}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_assessment_has_no_file_of_this_machine_read() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let log = recent("ioniq5-2021.csv");
    let case = apply(&ann, "application.json").await;
    let parts: [Part<'_>; 2] = [("dry_run", None, b"true"), ("telemetry", Some("a.csv"), &log)];
    let assessed = ann.send_files(&at(&case, "/telemetry"), &parts).await.json();
    for (kept, status, says) in [
        ("--mapping=/etc/passwd", 422, "there is none of that name"),
        ("--colour=red", 422, "to no question there is"),
        ("--soc=dashboard", 422, "bms, display"),
    ] {
        let mut assessment = assessed["assessment"].clone();
        assessment["evidence"]["answers"] = json!([kept]);
        let assessment = assessment.to_string();
        let parts: [Part<'_>; 2] = [
            ("certificate", Some("a.json"), assessment.as_bytes()),
            ("telemetry", Some("a.csv"), &log),
        ];
        let answer = ann.send_files(RECOMPUTE, &parts).await;
        assert_eq!(answer.status, status, "{kept}: {answer:?}");
        assert!(answer.text().contains(says), "{kept}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_certificate_is_refused() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let log = recent("ioniq5-2021.csv");
    let large = vec![b' '; (8 << 20) + 1];
    let good: Part<'_> = ("telemetry", Some("a.csv"), &log);
    for (certificate, status, says) in [
        (None, 400, "brings no certificate"),
        (Some(b"{}".as_slice()), 400, "c.json: is neither an assessment"),
        (Some(b"[1,".as_slice()), 400, "c.json: is no JSON"),
        (Some(b"%PDF-1.7 nothing".as_slice()), 400, "c.json"),
        (Some(large.as_slice()), 413, "8388608"),
    ] {
        let mut parts = vec![good];
        parts.extend(certificate.map(|bytes| ("certificate", Some("c.json"), bytes)));
        let answer = ann.send_files(RECOMPUTE, &parts).await;
        assert_eq!(answer.status, status, "{says}: {answer:?}");
        assert!(answer.text().contains(says), "{says}: {}", answer.text());
    }
    let twice = ("certificate", Some("c.json"), b"{}".as_slice());
    let answer = ann.send_files(RECOMPUTE, &[good, twice, twice]).await;
    assert!(answer.text().contains("more than once"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_show_what_was_understood_with_the_picture_and_whether_a_certificate_follows() {
    let cast = Cast::new().await;
    let (case, _) = cast.certified().await;
    let ann = &cast.ann;
    let list = ann.get("/certification").await;
    let (log, described) = (recent("ioniq5-2021.csv"), description("ioniq5-2021.battery.toml"));
    let logs: [Part<'_>; 3] = [
        ("telemetry", Some("<b>charge.csv"), &log),
        // Browsers send the fields that were left empty too.
        ("mapping-file", Some(""), b""),
        ("soc", None, b""),
    ];
    let credential = ann.get(&at(&case, "/credential")).await;
    let with: [Part<'_>; 3] = [
        ("certificate", Some("c.json"), &credential.body),
        ("telemetry", Some("ioniq5-2021.csv"), &log),
        ("battery", Some("b.toml"), &described),
    ];
    for (path, parts) in [
        ("/certification/inspect", &logs),
        ("/certification/recompute", &with),
    ] {
        assert!(list.text().contains(&format!("href=\"{path}\"")), "{path}");
        let foreign = send(ann, path, "not-the-word", parts).await;
        assert_eq!(foreign.status, 403, "{foreign:?}");
        for language in ["en", "ko", "ru", "ar", "es", "fr"] {
            let path = format!("{path}?lang={language}");
            let form = ann.get(&path).await;
            let done = send(ann, &path, &ann.csrf, parts).await;
            for page in [&form, &done] {
                assert_eq!(page.status, 200, "{page:?}");
                assert_nothing_inline(&path, page);
                assert!(!page.text().contains(">lab-"), "{path} lacks a word");
            }
            let said: Value = match path.contains("inspect") {
                true => json!(["<polygon", "pack_voltage", "bcharge.csv"]),
                false => json!(["verdict verified"]),
            };
            for word in said.as_array().unwrap() {
                assert!(done.text().contains(word.as_str().unwrap()), "{path}: {word}");
            }
        }
    }
    let nobody = ann.get("/certification/C-000001").await;
    assert_eq!(nobody.status, 200, "cases are found as before");
}
