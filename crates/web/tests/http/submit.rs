use std::time::Duration;

use serde_json::json;

use crate::client::{get, request};
use crate::running::{CAR, Running, log_of, options, registration};

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_answered_with_a_receipt_that_verifies() {
    let service = Running::new().await;
    let statement = registration(CAR, 1);
    let answer = service.submit(&[statement.as_str()]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let result = answer.json()["results"][0].clone();
    assert_eq!(result["outcome"], "sealed");

    let policy = service.get("/api/policy").await.json();
    let trust = history::receipt::verify(
        result["receipt"].as_str().unwrap().as_bytes(),
        &tlog::policy::Policy::parse(policy["policy"].as_str().unwrap()).unwrap(),
        &policy["vrf_key"]
            .as_str()
            .unwrap()
            .parse::<dossier::VrfVerifierKey>()
            .unwrap()
            .key,
        &desk::check::parse_vehicle(CAR).unwrap(),
        statement.key_id(),
        statement.digest(),
    );
    assert_eq!(trust.unwrap().at.0, result["log_index"].as_u64().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_statement_again_gets_the_same_place() {
    let service = Running::new().await;
    let statement = registration(CAR, 1);
    let first = service.submit(&[statement.as_str()]).await.json();
    let again = service.submit(&[statement.as_str(), statement.as_str()]).await;
    assert_eq!(again.status, 200);
    for result in again.json()["results"].as_array().unwrap() {
        assert_eq!(result["log_index"], first["results"][0]["log_index"]);
        assert!(result["receipt"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refused_statement_does_not_hold_up_the_others() {
    let service = Running::new().await;
    let (good, stranger) = (
        registration(CAR, 1),
        crate::running::registration_by(&crate::running::key(9), "nobody", CAR, 2),
    );
    let answer = service
        .submit(&["not a statement", good.as_str(), stranger.as_str()])
        .await;
    assert_eq!(answer.status, 200);
    let outcomes: Vec<_> = answer.json()["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["outcome"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(outcomes, ["refused", "sealed", "refused"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_may_correct_another_of_the_same_request() {
    let service = Running::new().await;
    let wrong = registration(CAR, 1);
    let correction = crate::running::correcting(&wrong, 2);
    let alone = service.submit(&[correction.as_str()]).await;
    assert_eq!(alone.status, 422, "what it corrects is not there");
    let both = service.submit(&[wrong.as_str(), correction.as_str()]).await;
    assert_eq!(both.status, 200, "{both:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_all_are_refused_the_answer_is_a_problem_with_each_fault() {
    let service = Running::new().await;
    let stranger = crate::running::registration_by(&crate::running::key(9), "nobody", CAR, 2);
    let answer = service.submit(&[stranger.as_str()]).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (422, "statements-refused")
    );
    let fault = answer.json()["errors"][0].as_str().unwrap().to_owned();
    assert!(fault.contains("is not enrolled"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_want_to_wait_gets_a_ticket_and_with_it_the_receipt() {
    let service = Running::new().await;
    let body = json!({"statements": [registration(CAR, 1).as_str()]});
    let answer = request(
        service.address,
        "POST",
        "/api/statements",
        &["content-type: application/json", "prefer: respond-async"],
        &serde_json::to_vec(&body).unwrap(),
    )
    .await;
    assert_eq!(
        (answer.status, answer.header("preference-applied")),
        (202, Some("respond-async"))
    );
    let location = answer.header("location").unwrap().to_owned();
    let sealed = loop {
        let ticket = get(service.address, &location).await;
        match ticket.status {
            202 => tokio::time::sleep(Duration::from_millis(20)).await,
            _ => break ticket,
        }
    };
    assert_eq!(
        (sealed.status, sealed.json()["outcome"].as_str()),
        (200, Some("sealed"))
    );
    assert!(
        sealed.json()["receipt"]
            .as_str()
            .unwrap()
            .starts_with("c2sp.org/tlog-proof")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_alone_fetches_no_receipt() {
    let service = Running::new().await;
    let statement = registration(CAR, 1);
    service.submit(&[statement.as_str()]).await;
    let guess = format!("/api/tickets/{}.{}", statement.digest(), "0".repeat(32));
    let answer = service.get(&guess).await;
    assert_eq!(
        (answer.status, answer.problem().as_str()),
        (404, "unknown-ticket")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_outlives_the_process_that_gave_it() {
    let service = Running::new().await;
    let body = json!({"statements": [registration(CAR, 1).as_str()]});
    let answer = request(
        service.address,
        "POST",
        "/api/statements",
        &["content-type: application/json", "prefer: respond-async"],
        &serde_json::to_vec(&body).unwrap(),
    )
    .await;
    let location = answer.header("location").unwrap().to_owned();
    let service = Running::again(service.stop().await, options()).await;
    assert_eq!(service.get(&location).await.json()["outcome"], "sealed");
}

/// Two processes over one log: whichever has the lease seals what both take in.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_second_service_takes_in_is_sealed_by_the_first_and_answered_soon() {
    let first = Running::new().await;
    assert_eq!(first.submit(&[registration(CAR, 1).as_str()]).await.status, 200);
    let second = first.beside(options()).await;

    let begun = std::time::Instant::now();
    let answer = second.submit(&[registration(CAR, 2).as_str()]).await;

    assert_eq!(answer.json()["results"][0]["outcome"], "sealed", "{answer:?}");
    assert!(
        begun.elapsed() < std::time::Duration::from_secs(8),
        "the lease lasts 10 s"
    );
    second.stop().await;
    first.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_of_many_clients_are_sealed_together() {
    let service = Running::new().await;
    let statements: Vec<_> = (0..60).map(|n| registration(CAR, n)).collect();
    let compact: Vec<[&str; 1]> = statements.iter().map(|s| [s.as_str()]).collect();
    let mut indices: Vec<u64> = Vec::new();
    for answer in futures_util::future::join_all(compact.iter().map(|one| service.submit(one))).await {
        assert_eq!(answer.status, 200, "{answer:?}");
        indices.push(answer.json()["results"][0]["log_index"].as_u64().unwrap());
    }
    indices.sort_unstable();
    indices.dedup();
    assert_eq!(indices.len(), 60);
    let metrics = service.get("/metrics").await;
    let batches: u64 = metrics
        .text()
        .lines()
        .find_map(|line| line.strip_prefix("carnet_batches_total "))
        .unwrap()
        .parse()
        .unwrap();
    assert!(batches < 60, "{batches} batches for 60 statements");
    let cosigners = metrics.text().matches("carnet_cosigner_failures{").count();
    assert_eq!(cosigners, 2, "the witness and the auditor beside the log");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_seals_what_was_accepted() {
    let service = Running::new().await;
    let statements: Vec<_> = (0..20).map(|n| registration(CAR, n)).collect();
    let compact: Vec<&str> = statements.iter().map(|s| s.as_str()).collect();
    let body = json!({"statements": compact});
    let answer = request(
        service.address,
        "POST",
        "/api/statements",
        &["content-type: application/json", "prefer: respond-async"],
        &serde_json::to_vec(&body).unwrap(),
    )
    .await;
    assert_eq!(answer.status, 202);
    let data = service.stop().await;
    let desk = desk::Desk::open(log_of(&data), None).await.unwrap();
    let status = desk.store().status().await.unwrap();
    assert_eq!((status.statements, status.waiting), (20, 0));
}
