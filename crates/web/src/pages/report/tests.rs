//! What issuers may have signed, however hostile, comes out as text, in every language, and at a length a person reads.

use desk::lookup::{History, judge};
use desk::words::Language;
use dossier::erasure::Notice;
use dossier::{ErasedStatement, Issuer, Report, VerifiedStatement};
use index::Label;
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use statement::vocabulary::{Role, StatementType};
use statement::{Claims, Confidence, Digest, KeyId};
use tlog::{LeafIndex, TreeSize};

use crate::pages::language::words;

const MARKUP: &str = "<img src=x onerror=\"alert(1)\"><script>alert(2)</script></script><!--";
const BIDI: &str = "sold \u{202e}efas yrev\u{202c}\u{2066}\u{200b}\u{7}";

fn statement(at: u64, typ: StatementType, body: Value) -> VerifiedStatement {
    let Value::Object(body) = body else {
        panic!("a body is an object")
    };
    VerifiedStatement {
        log_index: LeafIndex(at),
        digest: Digest([at as u8; 32]),
        issuer: Issuer {
            id: format!("issuer {MARKUP}"),
            name: format!("{BIDI} {MARKUP}"),
            roles: vec![Role::Register],
            key_id: KeyId([7; 32]),
            revoked_at: Some((LeafIndex(at + 100), MARKUP.to_owned())),
        },
        claims: Claims {
            iss: format!("issuer {MARKUP}"),
            iat: 1_700_000_000,
            typ,
            vid: desk::check::parse_vehicle("KMHXX00XXXX000001").unwrap(),
            event_time: "2020-03-04T10:00:00+09:00".parse().unwrap(),
            recorded_at: None,
            place: Some("KRINC".parse().unwrap()),
            body,
            evidence: Vec::new(),
            confidence: Confidence::Authority,
            supersedes: None,
        },
        hidden: 1,
        superseded_by: Vec::new(),
        contested_by: vec![LeafIndex(at + 1)],
    }
}

fn history(statements: Vec<VerifiedStatement>) -> History {
    let report = Report {
        vehicle: desk::check::parse_vehicle("KMHXX00XXXX000001").unwrap(),
        asked: true,
        origin: format!("log {MARKUP}"),
        size: TreeSize(300),
        as_of: Timestamp::from_second(1_790_000_000).unwrap(),
        cosigners: Vec::new(),
        label: Label([1; 32]),
        statements,
        erased: Vec::new(),
    };
    let findings = judge(&report, date(2026, 11, 26));
    History { report, findings }
}

fn shown(language: Language, history: &History) -> String {
    super::sections(words(language), history, &super::Directory::new()).into_string()
}

#[test]
fn closed_words_are_said_in_the_language_of_the_page_and_free_text_as_it_was_signed() {
    let fire =
        json!({ "date": "2020-03-04", "extent": "partial", "origin": "engine", "signs": ["engine", "soot"] });
    let form = json!({
        "panels": [{ "no": 3, "side": "left", "position": "front", "rank": "outer_1", "codes": ["X", "U"] }],
        "items": { "engine_oil_leak_block_pan": "seep" },
    });
    let title = json!({ "country": "US", "date": "2019-01-02", "brands": ["salvage", "hail"] });
    let history = history(vec![
        statement(1, StatementType::RegistrationForeign, title),
        statement(2, StatementType::HazardFire, fire),
        statement(3, StatementType::InspectionCondition, form),
    ]);
    let russian = shown(Language::Ru, &history);
    for said in [
        "Размер пожара",
        "частично",
        "двигатель",
        "дверь",
        "замена (X), вмятина (U)",
        "запотевание",
        "наружная панель, разряд 1",
        "под разбор (salvage), град",
        "Соединенные Штаты (US)",
    ] {
        assert!(russian.contains(said), "{said} in {russian}");
    }
    // The finding says the closed word too, and a text that only looks like one is left.
    assert!(!russian.contains("partial"), "{russian}");
    assert!(russian.contains("<bdi>engine</bdi>"), "{russian}");
}

/// Every tag of the page is one that our templates write.
fn assert_only_our_tags(page: &str) {
    const OURS: [&str; 37] = [
        "a",
        "article",
        "bdi",
        "circle",
        "dd",
        "desc",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "li",
        "line",
        "ol",
        "p",
        "polyline",
        "section",
        "span",
        "strong",
        "summary",
        "svg",
        "table",
        "tbody",
        "td",
        "text",
        "th",
        "thead",
        "time",
        "title",
        "tr",
        "ul",
        "path",
        "h1",
    ];
    for tag in page.split('<').skip(1) {
        let name = tag.trim_start_matches('/').split([' ', '>', '/']).next().unwrap();
        assert!(
            OURS.contains(&name),
            "<{}",
            tag.chars().take(80).collect::<String>()
        );
        let attributes = tag.split('>').next().unwrap();
        assert!(!attributes.contains(" on"), "<{attributes}");
    }
}

#[test]
fn markup_and_controls_of_an_issuer_are_text_in_every_language() {
    let history = history(vec![
        statement(
            1,
            StatementType::RegistrationFirst,
            json!({
                "model": MARKUP, "colour": BIDI, MARKUP: BIDI, "fuel": "electric", "date": "not a day",
                "odometer": {"value": 48_210, "unit": "km", MARKUP: [MARKUP, {"deep": [[[[[[[[MARKUP]]]]]]]]}]},
            }),
        ),
        statement(
            2,
            StatementType::HazardFire,
            json!({"extent": MARKUP, "date": BIDI}),
        ),
        statement(
            3,
            StatementType::CertificateIssued,
            json!({"certificate": MARKUP, "grade": BIDI, "soh_percent": 1e300}),
        ),
    ]);
    for language in Language::ALL {
        let page = shown(language, &history);
        assert_only_our_tags(&page);
        let foreign = page.replace(['\u{2068}', '\u{2069}'], "");
        assert!(!foreign.chars().any(|c| matches!(
            c,
            '\u{202a}'..='\u{202e}' | '\u{2066}' | '\u{2067}' | '\u{200b}' | '\u{7}'
        )));
        assert!(page.contains("U+202E"), "{}", language.tag());
        assert!(!super::headline(&history.report).contains('\u{202e}'));
    }
}

#[test]
fn a_megabyte_in_one_field_and_thousands_of_fields_stay_a_page() {
    let mut body: Map<String, Value> = (0..3000)
        .map(|n| (format!("field {n}"), json!("x".repeat(500))))
        .collect();
    body.insert("model".to_owned(), json!("W".repeat(1_000_000)));
    let history = history(vec![statement(
        1,
        StatementType::RegistrationFirst,
        Value::Object(body),
    )]);
    let page = shown(Language::En, &history);
    assert!(page.len() < 300_000, "{}", page.len());
    assert!(
        page.replace(['\u{2068}', '\u{2069}'], "")
            .contains("and 999700 more characters")
    );
    assert!(
        page.contains("and \u{2068}2801\u{2069} more"),
        "all fields but those shown are counted"
    );
    assert!(super::headline(&history.report).chars().count() < 100);
}

#[test]
fn a_finding_speaks_the_language_of_the_page_with_its_days_and_names() {
    let history = history(vec![statement(
        2,
        StatementType::HazardFire,
        json!({"extent": "engine bay", "date": "2021-05-06"}),
    )]);
    let korean = shown(Language::Ko, &history);
    assert!(korean.contains("화재 기록"), "{korean}");
    assert!(korean.contains("2021년 5월 6일"));
    assert!(korean.contains("href=\"#s2\""));
}

fn erased(at: u64) -> ErasedStatement {
    let was = statement(at, StatementType::ServicePerformed, json!({}));
    ErasedStatement {
        log_index: was.log_index,
        digest: was.digest,
        issuer: was.issuer,
        notice: Notice {
            origin: "log".to_owned(),
            label: Label([1; 32]),
            through: LeafIndex(at),
            time: Timestamp::from_second(1_780_000_000).unwrap(),
            asked_by: "the keeper".to_owned(),
            reason: "on request".to_owned(),
        },
        superseded_by: Vec::new(),
        contested_by: Vec::new(),
    }
}

#[test]
fn what_was_erased_is_not_called_free_of_contradictions() {
    let mut history = history(vec![statement(2, StatementType::ServicePerformed, json!({}))]);
    history.report.erased = vec![erased(1)];
    let page = shown(Language::En, &history);
    assert!(page.contains("statements were erased. What they said is not judged here."));

    history.report.statements.clear();
    history.findings = judge(&history.report, date(2026, 11, 26));
    let page = shown(Language::En, &history);
    assert!(page.contains("no statement about this car can be read any more"));
    assert!(!page.contains("contradicts itself"));
}

#[test]
fn every_finding_there_can_be_has_words() {
    // The keys as the source has them: a text in two lines after `Message::new(` or in a table of keys.
    let english = words(Language::En);
    let sources = [
        include_str!("../../../../history/src/findings/finding.rs"),
        include_str!("../../../../history/src/findings/coverage.rs"),
        include_str!("../../../../history/src/findings/odometer/mod.rs"),
        include_str!("../../../../history/src/findings/identity.rs"),
        include_str!("../../../../history/src/findings/damage.rs"),
        include_str!("../../../../history/src/findings/duties.rs"),
        include_str!("../../../../history/src/findings/title.rs"),
        include_str!("../../../../history/src/findings/usage.rs"),
        include_str!("../../../../history/src/findings/gaps.rs"),
        include_str!("../../../../history/src/findings/colour.rs"),
        include_str!("../../../../history/src/findings/mod.rs"),
    ];
    let mut found = 0;
    for source in sources {
        let code = source.split("#[cfg(test)]").next().unwrap();
        for text in code.split('"').skip(1).step_by(2) {
            let is_key = text.contains('-')
                && text
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if is_key {
                assert!(english.has(text), "no words for {text:?}");
                found += 1;
            }
        }
    }
    assert!(found >= 150, "{found}");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[<>&\"'/a-z ]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map("[<>&\"a-z]{0,8}|value|unit|minor|currency", inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_body_breaks_out_of_the_page(odometer in any_json(), model in any_json(), other in any_json(), seconds in -62_000_000_000i64..253_000_000_000) {
        let mut one = statement(1, StatementType::OdometerRead, json!({"odometer": odometer, "model": model, "x": other}));
        one.claims.iat = seconds;
        let year = Timestamp::from_second(seconds.max(-30_000_000_000)).unwrap();
        one.claims.event_time = year.to_string().parse().unwrap();
        let two = statement(2, StatementType::OdometerRead, json!({"odometer": {"value": 10, "unit": "mi"}}));
        let history = history(vec![one, two]);
        assert_only_our_tags(&shown(Language::Ar, &history));
    }
}

#[test]
fn what_is_drawn_beside_the_readings_lies_within_the_drawing() {
    let odometer = |km: u64| json!({"odometer": {"value": km, "unit": "km"}});
    let mut statements = vec![
        statement(1, StatementType::OdometerServiced, json!({})),
        statement(2, StatementType::OdometerRead, odometer(50_000)),
        statement(3, StatementType::OdometerServiced, json!({})),
    ];
    statements[0].claims.event_time = "2009-03-04T10:00:00+09:00".parse().unwrap();
    statements[2].claims.event_time = "2025-03-04T10:00:00+09:00".parse().unwrap();
    let page = shown(Language::En, &history(statements));
    let places: Vec<f64> = page
        .split("<line class=\"service\" x1=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next()?.parse().ok())
        .collect();
    // In the narrow drawing, in the wide one, and in the key.
    assert_eq!(places.len(), 5, "{places:?}");
    assert!(
        places[..2].iter().all(|x| (64.0..=334.0).contains(x)),
        "{places:?}"
    );
    assert!(
        places[2..4].iter().all(|x| (64.0..=784.0).contains(x)),
        "{places:?}"
    );
}
