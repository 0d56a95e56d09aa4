use serde_json::json;

use crate::client::{get, raw, request};
use crate::people::{self, Person, operator_tokens, with_token};
use crate::running::{CAR, Running};

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_carries_the_security_headers_and_an_id() {
    let service = Running::new().await;
    for path in [
        "/healthz",
        "/api/issuers",
        "/log/checkpoint",
        "/nowhere",
        "/openapi.json",
        "/metrics",
    ] {
        let answer = service.get(path).await;
        let csp = answer.header("content-security-policy").unwrap();
        assert!(
            csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"),
            "{path}: {csp}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(
            answer.header("cross-origin-opener-policy"),
            Some("same-origin"),
            "{path}"
        );
        assert!(answer.header("cross-origin-resource-policy").is_some(), "{path}");
        assert!(answer.header("x-request-id").is_some(), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_an_address_does_not_know_is_told_those_it_knows() {
    let service = Running::new().await;
    for (method, path, allow) in [
        ("DELETE", "/api/policy", "GET,HEAD"),
        ("GET", "/api/statements", "POST"),
        ("POST", "/log/checkpoint", "GET,HEAD"),
        ("PUT", "/log/tile/0/000", "GET,HEAD"),
    ] {
        let answer = request(service.address, method, path, &[], &[]).await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (405, Some(allow)),
            "{method} {path}"
        );
        assert_eq!(answer.problem(), "method-not-allowed");
        assert!(
            answer.text().contains(&format!("the method {method}")),
            "{answer:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_is_a_problem_with_a_way_out() {
    let service = Running::new().await;
    let answer = service.get("/api/nothing").await;
    assert_eq!((answer.status, answer.problem().as_str()), (404, "not-found"));
    assert!(answer.json()["fix"].as_str().unwrap().contains("/openapi.json"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_json_is_refused_before_it_is_read() {
    let service = Running::new().await;
    let answer = request(
        service.address,
        "POST",
        "/api/statements",
        &["content-type: text/plain"],
        b"{}",
    )
    .await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (415, "unsupported-media-type")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_of_the_wrong_shape_is_told_so_in_words_of_json() {
    let service = people::service().await;
    let ann = Person::logged_in(&service, "ann").await;
    for (body, says) in [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("{", "it ends within an object"),
        ("[]", "it is a list, expected an object"),
        // By place and not by name.
        (
            r#"["KMHXX00XXXX000001", [], 3]"#,
            "it is a list, expected an object",
        ),
        ("null", "null, expected an object"),
        (r#"{"vehicle": 7}"#, "integer `7`, expected a string"),
        (r#"{"vehicle": "x", "fields": "owner"}"#, "expected a list"),
        (
            r#"{"vehicle": "x", "days": -1}"#,
            "integer `-1`, expected a whole number from 0 on",
        ),
        (r#"{"vehicle": ", expected struct X"}"#, "a VIN has 17 characters"),
    ] {
        let cookie = format!("cookie: {}", ann.cookie);
        let csrf = format!("x-carnet-csrf: {}", ann.csrf);
        let headers = [cookie.as_str(), &csrf, "content-type: application/json"];
        let answer = request(service.address, "POST", "/api/shares", &headers, body.as_bytes()).await;
        assert!(matches!(answer.status, 400 | 422), "{body}: {answer:?}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(says), "{body}: {detail}");
        for word in ["struct Share", "u32", "sequence", "EOF"] {
            assert!(!detail.contains(word), "{body}: {detail}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_a_content_coding_is_refused_as_that_and_not_read() {
    let service = people::service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let cookie = format!("cookie: {}", ann.cookie);
    let csrf = format!("x-carnet-csrf: {}", ann.csrf);
    for (path, typed) in [
        ("/api/statements", "content-type: application/json"),
        ("/login", "content-type: application/x-www-form-urlencoded"),
        (
            "/api/certification/inspection",
            "content-type: multipart/form-data; boundary=b",
        ),
    ] {
        let headers = [cookie.as_str(), &csrf, typed, "content-encoding: gzip"];
        let answer = request(service.address, "POST", path, &headers, b"\x1f\x8b").await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (415, "unsupported-media-type"),
            "{path}"
        );
        assert!(answer.text().contains("gzip"), "{path}: {answer:?}");
    }
    for codings in [
        "transfer-encoding: gzip, chunked",
        "transfer-encoding: chunked, chunked",
        "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
    ] {
        let bytes = format!(
            "POST /api/statements HTTP/1.1\r\nhost: t\r\nconnection: close\r\ncontent-type: application/json\r\n\
             {codings}\r\n\r\n2\r\n{{}}\r\n0\r\n\r\n"
        );
        let answer = raw(service.address, bytes.as_bytes()).await.unwrap();
        assert_eq!(answer.status, 415, "{codings}: {answer:?}");
    }
    let plain = ["content-type: application/json", "content-encoding: identity"];
    let answer = request(service.address, "POST", "/api/statements", &plain, b"{}").await;
    assert_eq!(answer.status, 400, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_at_the_address_of_a_page_is_no_empty_form() {
    let service = Running::new().await;
    for path in ["/login", "/setup"] {
        let typed = ["content-type: application/json"];
        let answer = request(service.address, "POST", path, &typed, br#"{"name": "ann"}"#).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (415, "unsupported-media-type"),
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_an_address_is_shown_with_the_value_that_was_sent() {
    let service = Running::new().await;
    let show = format!("/api/vehicles/{CAR}/history?show=");
    for (path, says) in [
        ("/api/rules/changes", "missing field `since`"),
        ("/api/rules/changes?since=x", r#"since "x": not a day"#),
        ("/api/rules/changes?upto=2", r#"the query "upto=2" is malformed"#),
        ("/api/tickets/7", r#"ticket "7": a ticket is 64 hex digits"#),
        ("/api/vehicles/%ff/history", "Invalid UTF-8 in `vehicle`"),
        (show.as_str(), "show=plate,price"),
    ] {
        let answer = service.get(path).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "malformed-request"),
            "{path}"
        );
        let said = format!(
            "{} {}",
            answer.json()["detail"].as_str().unwrap(),
            answer.json()["fix"].as_str().unwrap()
        );
        assert!(said.contains(says), "{path}: {said}");
        assert!(
            !said.contains("deserialize") && !said.contains("Invalid URL"),
            "{path}: {said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_that_a_token_meets_says_whether_another_token_would_do() {
    let service = people::service().await;
    let (_, token) = &operator_tokens()[0];
    let yard = with_token(&service, token, "GET", "/api/yard", None).await;
    assert!(
        yard.json()["fix"].as_str().unwrap().contains("the scope for it"),
        "{yard:?}"
    );
    let more = json!({"name": "more", "scopes": []});
    let more = with_token(&service, token, "POST", "/api/tokens", Some(&more)).await;
    assert!(
        more.json()["fix"]
            .as_str()
            .unwrap()
            .contains("no token does this"),
        "{more:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_says_that_it_is_well() {
    let service = Running::new().await;
    let health = service.get("/healthz").await;
    assert_eq!(
        (health.status, health.json()["status"].as_str()),
        (200, Some("ok")),
        "{health:?}"
    );
    let version = service.get("/version").await.json();
    assert_eq!(version["origin"], crate::running::ORIGIN);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_description_names_every_route_of_the_interface() {
    let service = Running::new().await;
    let document = get(service.address, "/openapi.json").await.json();
    for path in [
        "/api/statements",
        "/api/tickets/{ticket}",
        "/api/vehicles/{vehicle}/dossier",
        "/healthz",
    ] {
        assert!(document["paths"][path].is_object(), "{path}");
    }
    assert_eq!(document, serde_json::to_value(web::description()).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_of_a_market_are_those_of_the_day() {
    let service = Running::new().await;
    let markets = service.get("/api/rules").await.json();
    assert!(markets["markets"].as_array().unwrap().len() > 40);
    let on = service.get("/api/rules/jo?on=2026-02-01").await;
    assert_eq!(
        (on.status, on.json()["on"].as_str()),
        (200, Some("2026-02-01")),
        "{on:?}"
    );
    let changes = service.get("/api/rules/changes?since=2026-01-01").await;
    assert!(
        changes
            .json()
            .as_array()
            .is_some_and(|changes| !changes.is_empty())
    );
    let feed = service.get("/api/rules/changes.atom?since=2026-01-01").await;
    assert!(
        feed.header("content-type")
            .unwrap()
            .starts_with("application/atom+xml")
    );
    assert_eq!(service.get("/api/rules/zz").await.status, 404);
    assert_eq!(service.get("/api/rules/jo?on=yesterday").await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_certificates_has_an_empty_directory() {
    let service = Running::new().await;
    let directory = service.get("/api/certificates").await;
    assert_eq!(directory.json()["certificates"], serde_json::json!([]));
    assert_eq!(service.get("/api/certificates/none").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_by_pattern_and_never_by_address() {
    let service = Running::new().await;
    service
        .get(&format!("/api/vehicles/{}/label", crate::running::CAR))
        .await;
    let metrics = service.get("/metrics").await;
    assert!(
        metrics
            .text()
            .contains(r#"route="/api/vehicles/{vehicle}/label""#),
        "{}",
        metrics.text()
    );
    assert!(!metrics.text().contains(crate::running::CAR));
    assert!(metrics.text().ends_with("# EOF\n"));
}
