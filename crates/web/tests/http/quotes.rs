//! Quotes over HTTP: what is answered, what is refused, and rules that change while the service runs.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::{Answer, post_json};
use crate::running::{self, Running};

async fn ask(service: &Running, question: &Value) -> Answer {
    post_json(service.address, "/api/quotes", question).await
}

/// A question about one car to Jordan and Kazakhstan.
fn question() -> Value {
    json!({
        "cars": [{
            "name": "A1", "fuel": "petrol", "cc": 1598, "engine_kw": 90, "category": "M1", "used": true,
            "manufactured": "2022-05-10", "first_registration": "2022-06-01", "model_year": 2022,
            "steering": "left", "title": "none", "importer": "person", "personal_use": true,
            "price": "9000 USD", "freight": "1200 USD", "insurance": "60 USD",
        }],
        "to": ["JO", "KZ"],
        "arrive": "2026-03-10",
        "rates": {"date": "2026-03-09", "source": "a bank", "pairs": [
            {"from": "USD", "to": "JOD", "rate": "0.709"},
            {"from": "USD", "to": "KZT", "rate": "510"},
            {"from": "EUR", "to": "USD", "rate": "1.08"},
        ]},
    })
}

fn with(mut question: Value, at: &str, value: Value) -> Value {
    *question.pointer_mut(at).unwrap() = value;
    question
}

#[tokio::test(flavor = "multi_thread")]
async fn a_car_is_answered_in_each_market_with_the_act_behind_each_line() {
    let service = Running::new().await;
    let answer = ask(&service, &question()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    let car = &answer["cars"][0];
    assert_eq!((car["row"].as_u64(), car["name"].as_str()), (Some(1), Some("A1")));
    let quotes = car["quotes"].as_array().unwrap();
    let countries: Vec<_> = quotes
        .iter()
        .map(|quote| quote["country"].as_str().unwrap())
        .collect();
    assert_eq!(countries, ["JO", "KZ"]);
    let lines = quotes[1]["lines"].as_array().unwrap();
    assert!(
        lines.iter().any(|line| line["kind"] == "charge"
            && !line["rules"][0]["act"].as_str().unwrap_or_default().is_empty())
    );
    assert_eq!(quotes[1]["rates_source"], "a bank");
    assert!(
        answer["disclaimer"].as_str().unwrap().contains("2026-"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_markets_all_are_answered_and_the_outlook_is_there_when_asked_for() {
    let service = Running::new().await;
    let mut all = question();
    all["to"] = json!([]);
    all["outlook"] = json!(true);
    let answer = ask(&service, &all).await.json();
    let quotes = answer["cars"][0]["quotes"].as_array().unwrap();
    assert!(quotes.len() > 40, "{}", quotes.len());
    assert!(quotes.iter().all(|quote| quote["outlook"]["breaks"].is_array()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_car_that_cannot_be_is_named_by_row_and_field_and_the_others_are_served() {
    let service = Running::new().await;
    let mut two = question();
    let mut wrong = two["cars"][0].clone();
    wrong["cc"] = json!(0);
    two["cars"].as_array_mut().unwrap().push(wrong);
    let answer = ask(&service, &two).await;
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    assert!(answer["cars"][0]["quotes"].is_array());
    let fault = &answer["cars"][1]["faults"][0];
    assert_eq!(
        (answer["cars"][1]["row"].as_u64(), fault["field"].as_str()),
        (Some(2), Some("cc"))
    );
    assert!(
        fault["problem"]
            .as_str()
            .unwrap()
            .contains("registration certificate")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn when_no_car_can_be_the_problem_names_each_fault() {
    let service = Running::new().await;
    for (field, value) in [
        ("engine_kw", json!(9999)),
        ("manufactured", json!("2026-04-01")),
        ("fuel", json!("gasoline")),
        ("price", json!("-1 USD")),
        ("price", json!("9000 dollars")),
        ("cc", json!({"value": 1598})),
        ("colour", json!("red")),
    ] {
        let mut one = question();
        one["cars"][0][field] = value;
        let answer = ask(&service, &one).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (422, "quotes-refused"),
            "{field}"
        );
        let said = answer.json()["errors"][0].as_str().unwrap().to_owned();
        assert!(
            said.starts_with("car 1: ") && said.contains(field),
            "{field}: {said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_departure_that_cannot_be_is_named_as_the_request_names_it() {
    let service = Running::new().await;
    let mut late = question();
    late["depart"] = json!("2026-03-11");
    let answer = ask(&service, &late).await;
    let said = answer.json()["errors"][0].as_str().unwrap().to_owned();
    assert!(said.starts_with("car 1: depart \"2026-03-11\""), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_wrong_as_a_whole_is_told_where() {
    let service = Running::new().await;
    for (question, said) in [
        (with(question(), "/to", json!(["ZZ"])), "destination \"ZZ\""),
        (with(question(), "/arrive", json!("10.3.2026")), "arrive"),
        (
            with(question(), "/arrive", json!("1850-03-10")),
            "arrive \"1850-03-10\"",
        ),
        (
            with(question(), "/rates/pairs/0/rate", json!("0,709")),
            "rates.pairs[0].rate",
        ),
        (
            with(question(), "/rates/pairs/1/to", json!("tenge")),
            "rates.pairs[1].to",
        ),
        (
            with(question(), "/rates/pairs/1/rate", json!("0")),
            "rates.pairs[1].rate",
        ),
        (with(question(), "/rates/date", json!("yesterday")), "rates.date"),
        (with(question(), "/cars", json!([])), "cars"),
        (with(question(), "/cars", json!(vec![json!({}); 101])), "cars"),
        (
            with(
                with(question(), "/to", json!([])),
                "/cars",
                json!(vec![json!({}); 20]),
            ),
            "quotes",
        ),
    ] {
        let answer = ask(&service, &question).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (400, "malformed-request"),
            "{said}"
        );
        assert!(
            answer.json()["detail"].as_str().unwrap().contains(said),
            "{said}: {}",
            answer.text()
        );
    }
    let unknown = json!({"cars": [{}], "markets": ["JO"]});
    assert_eq!(ask(&service, &unknown).await.problem(), "malformed-request");
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_come_from_the_history_of_a_car_that_the_log_knows() {
    let service = Running::new().await;
    let statement = running::registration(running::CAR, 1);
    assert_eq!(service.submit(&[statement.as_str()]).await.status, 200);
    let mut known = question();
    known["cars"] = json!([{"vehicle": running::CAR, "importer": "person", "price": "9000 USD"}]);
    let answer = ask(&service, &known).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let asks = answer.json()["cars"][0]["quotes"][0]["asks"].to_string();
    assert!(
        !asks.contains("first_registration"),
        "the history says it: {asks}"
    );
    known["cars"][0]["first_registration"] = json!("2001-01-01");
    let answer = ask(&service, &known).await;
    assert!(
        answer.json()["errors"][0]
            .as_str()
            .unwrap()
            .contains("history says"),
        "{}",
        answer.text()
    );
    known["cars"] = json!([{"vehicle": "KMHXX00XXXX000009"}]);
    let answer = ask(&service, &known).await;
    assert!(
        answer.json()["errors"][0]
            .as_str()
            .unwrap()
            .contains("knows nothing"),
        "{}",
        answer.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_history_speaks_of_and_does_not_settle_is_named_as_left_open() {
    let service = Running::new().await;
    for (number, year, km) in [
        (1, 2021, 60_000),
        (2, 2022, 80_000),
        (3, 2023, 20_000),
        (4, 2024, 40_000),
    ] {
        let reading = running::reading(running::CAR, number, year, km);
        assert_eq!(service.submit(&[reading.as_str()]).await.status, 200);
    }
    let mut asked = question();
    asked["cars"] = json!([{"vehicle": running::CAR}, {"name": "A1", "fuel": "petrol"}]);
    let answer = ask(&service, &asked).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let cars = &answer.json()["cars"];
    let left_open = cars[0]["left_open"].as_array().unwrap();
    assert_eq!(left_open.len(), 1, "{left_open:?}");
    assert_eq!(left_open[0]["name"], "odometer_km");
    assert_eq!(left_open[0]["why"], "odometer");
    assert!(left_open[0]["log_indices"].as_array().unwrap().len() > 1);
    assert!(cars[1].get("left_open").is_none(), "no history was looked up");
    let document = service.get("/openapi.json").await.json();
    let described = &document["components"]["schemas"]["QuoteAnswer"]["properties"]["left_open"];
    assert!(described.to_string().contains("QuoteLeftOpen"), "{described}");
}

/// Copies the pack of Jordan, with another headline.
fn write_pack(folder: &Path, headline: &str) {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/jo");
    let to = folder.join("jo");
    std::fs::create_dir_all(&to).unwrap();
    for file in std::fs::read_dir(own).unwrap() {
        let file = file.unwrap().path();
        let mut text = std::fs::read_to_string(&file).unwrap();
        if file.ends_with("country.toml") {
            text = text
                .lines()
                .map(|line| match line.starts_with("headline") {
                    true => format!("headline = {headline:?}"),
                    false => line.to_owned(),
                })
                .collect::<Vec<_>>()
                .join("\n");
        }
        std::fs::write(to.join(file.file_name().unwrap()), text).unwrap();
    }
}

async fn headline(service: &Running) -> String {
    let answer = service.get("/api/rules/JO?on=2026-03-10").await.json();
    answer["headline"].as_str().unwrap().to_owned()
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    for _ in 0..600 {
        if is_so().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("never came: {what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn packs_are_replaced_while_the_service_runs_and_a_bad_one_leaves_the_last_good_one_in_force() {
    let folder = tempfile::TempDir::new().unwrap();
    write_pack(folder.path(), "first");
    let mut options = running::options();
    options.rules = Some(folder.path().to_owned());
    options.rules_every = Duration::from_millis(20);
    let service = Running::with(options).await;
    assert_eq!(headline(&service).await, "first");

    write_pack(folder.path(), "the second one");
    until("the new pack", async || {
        headline(&service).await == "the second one"
    })
    .await;
    assert_eq!(service.get("/healthz").await.json()["status"], "ok");

    std::fs::write(folder.path().join("jo/checks.csv"), "id,key\nnothing\n").unwrap();
    until("the refusal", async || {
        let health = service.get("/healthz").await.json();
        health["status"] == "degraded" && health["reasons"].to_string().contains("the rules of jo")
    })
    .await;
    assert_eq!(headline(&service).await, "the second one");
}
