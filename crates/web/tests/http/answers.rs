use crate::client::{get, request};
use crate::running::Running;

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
