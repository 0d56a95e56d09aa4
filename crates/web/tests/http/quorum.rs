//! A log whose policy's quorum is missing: it takes statements, shows nothing new, and says so.

use std::time::Duration;

use crate::running::{CAR, Running, options, registration};

#[tokio::test(flavor = "multi_thread")]
async fn without_a_quorum_statements_are_taken_and_answered_with_tickets() {
    let mut options = options();
    options.answer_within = Duration::from_millis(300);
    let service = Running::without_quorum(options).await;
    let before = service.get("/log/checkpoint").await;
    let answer = service.submit(&[registration(CAR, 1).as_str()]).await;
    assert_eq!(
        (answer.status, answer.json()["results"][0]["outcome"].as_str()),
        (202, Some("waiting"))
    );
    let ticket = service.get(answer.header("location").unwrap()).await;
    assert_eq!(ticket.status, 202);
    assert_eq!(
        service.get("/log/checkpoint").await.body,
        before.body,
        "nothing is published without the quorum"
    );

    // The batch may still be on its way to the witnesses when the client has been sent off with its ticket.
    service
        .until("the quorum is missed", |health| health["status"] == "degraded")
        .await;
    let health = service.get("/healthz").await;
    assert_eq!(health.status, 200);
    assert!(health.text().contains("quorum"), "{}", health.text());
    // A command beside the service would do nothing that it does not do by itself.
    assert!(
        !health.text().contains("carnet seal") && health.text().contains("asks again by itself"),
        "{}",
        health.text()
    );
    // Who asks is answered as of what is published, also when it was sealed before anybody asked.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let dossier = service.get(&format!("/api/vehicles/{CAR}/dossier")).await;
    assert_eq!(dossier.status, 200);
    assert_eq!(dossier.json()["statements"].as_array().map(Vec::len), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sealed_without_the_quorum_no_longer_waits_for_sealing() {
    let mut options = options();
    options.answer_within = Duration::from_millis(10);
    let service = Running::without_quorum(options).await;
    // One batch: the next one would truly wait until this one is published.
    let three = [1, 2, 3].map(|n| registration(CAR, n));
    let three: Vec<&str> = three.iter().map(|statement| statement.as_str()).collect();
    assert_eq!(service.submit(&three).await.status, 202);
    while service.metric("carnet_statements_sealed_total").await < 3.0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    service
        .until("all that was sealed is counted off", |health| {
            health["waiting"] == 0
        })
        .await;
}
