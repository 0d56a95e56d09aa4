//! Keys enrolled and revoked over HTTP while statements wait: nothing is lost count of, and the trail says what is so.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::client::{Answer, request};
use crate::people::{LAB, Person, data, service, service_with};
use crate::running::{CAR, REGISTER, Running, key, options, registration, sql};

fn shop() -> Value {
    let key = hex::encode(key(9).public());
    json!({"issuer": "shop", "name": "Shop", "roles": ["workshop"], "public_key": key})
}

async fn is_enrolled(service: &Running) -> bool {
    service.get("/api/issuers").await.text().contains("\"shop\"")
}

/// What the trail has of enrolments, newest first.
async fn enrolments(operator: &Person) -> Vec<String> {
    let trail = operator.get("/api/trail?most=1000").await.json();
    let acts = trail["acts"].as_array().unwrap().iter();
    acts.filter(|act| act["act"] == "enrol issuer" && act["account"] == "olga")
        .map(|act| act["outcome"].as_str().unwrap().to_owned())
        .collect()
}

/// Hands in without waiting for the receipt.
async fn hand_in(service: &Running, number: u64) -> Answer {
    let body = json!({"statements": [registration(CAR, number).as_str()]}).to_string();
    let headers = ["content-type: application/json", "prefer: respond-async"];
    request(
        service.address,
        "POST",
        "/api/statements",
        &headers,
        body.as_bytes(),
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_whose_operator_goes_away_is_done_as_the_trail_says() {
    if test_servers::is_left_out("it writes into the database in the words of SQLite") {
        return;
    }
    let data = data();
    // Another process has the lease.
    sql(
        data.path(),
        "UPDATE lease SET holder = 'another', fence = fence + 1,
             expires = CAST(unixepoch('subsec') * 1000 AS INTEGER) + 9500",
    )
    .await;
    let service = Running::again(data, options()).await;
    let operator = Person::logged_in(&service, "olga").await;
    let body = shop().to_string();
    let head = format!(
        "POST /api/issuers HTTP/1.1\r\nhost: t\r\ncontent-type: application/json\r\ncookie: {}\r\nx-carnet-csrf: {}\r\n\
         content-length: {}\r\n\r\n",
        operator.cookie,
        operator.csrf,
        body.len()
    );
    let mut stream = TcpStream::connect(service.address).await.unwrap();
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .await
        .unwrap();
    while enrolments(&operator).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!is_enrolled(&service).await, "it waits for the lease");
    drop(stream);
    tokio::time::sleep(Duration::from_millis(200)).await;

    sql(service.data.path(), "UPDATE lease SET expires = 0").await;
    for _ in 0..200 {
        if is_enrolled(&service).await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    assert!(is_enrolled(&service).await);
    assert_eq!(enrolments(&operator).await, ["done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_that_a_revocation_seals_no_longer_wait() {
    let mut options = options();
    // The sealer gathers for so long that it has no part in this.
    options.window = Duration::from_secs(60);
    let service = service_with(options).await;
    let operator = Person::logged_in(&service, "olga").await;
    let before = service.metric("carnet_statements_sealed_total").await;
    for n in 1..4 {
        assert_eq!(hand_in(&service, n).await.status, 202);
    }
    assert_eq!(service.get("/healthz").await.json()["waiting"], 3);

    let path = format!("/api/issuers/{REGISTER}/revocation");
    let revoked = operator.post(&path, &json!({"reason": "key lost"})).await;

    assert_eq!(revoked.status, 204, "{revoked:?}");
    assert_eq!(service.get("/healthz").await.json()["waiting"], 0);
    let sealed = service.metric("carnet_statements_sealed_total").await - before;
    assert_eq!(sealed, 3.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_statement_that_a_revocation_seals_gets_the_receipt() {
    let mut options = options();
    options.window = Duration::from_secs(60);
    let service = service_with(options.clone()).await;
    let operator = Person::logged_in(&service, "olga").await;
    let statement = registration(CAR, 1);
    let waits = async { service.submit(&[statement.as_str()]).await };
    let revokes = async {
        service
            .until("it is handed in", |health| health["waiting"] == 1)
            .await;
        let path = format!("/api/issuers/{REGISTER}/revocation");
        operator.post(&path, &json!({"reason": "key lost"})).await
    };

    let begun = std::time::Instant::now();
    let (answer, revoked) = tokio::join!(waits, revokes);

    assert_eq!(revoked.status, 204, "{revoked:?}");
    assert_eq!(answer.json()["results"][0]["outcome"], "sealed", "{answer:?}");
    assert!(begun.elapsed() < options.window, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_sealed_without_the_quorum_is_enrolled_and_the_trail_says_so() {
    let service = Running::again_without_quorum(data(), options()).await;
    let operator = Person::logged_in(&service, "olga").await;

    let enrolled = operator.post("/api/issuers", &shop()).await;

    assert!(is_enrolled(&service).await);
    assert_eq!(enrolled.status, 201, "{enrolled:?}");
    assert_eq!(enrolments(&operator).await, ["done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_an_operator_revokes_is_in_the_trail_of_the_organisation_whose_it_was() {
    let service = service().await;
    let operator = Person::logged_in(&service, "olga").await;
    let path = format!("/api/issuers/{LAB}/revocation");
    let revoked = operator.post(&path, &json!({"reason": "closed down"})).await;
    assert_eq!(revoked.status, 204, "{revoked:?}");

    let seen = Person::logged_in(&service, "ivy")
        .await
        .get("/api/trail")
        .await
        .json();
    let seen = seen["acts"].as_array().unwrap().iter();
    let revocations: Vec<&Value> = seen.filter(|act| act["act"] == "revoke issuer").collect();
    assert_eq!(revocations.len(), 1);
    assert_eq!(
        (&revocations[0]["account"], &revocations[0]["organisation"]),
        (&json!("olga"), &json!("lab"))
    );
    let others = Person::logged_in(&service, "ann").await.get("/api/trail").await;
    assert!(!others.text().contains("revoke issuer"));
}
