//! Two exporters on one log: neither sees what the other has. And who sees a car's personal fields.

use serde_json::{Value, json};

use crate::client::{Answer, get, request};
use crate::people::{LAB, Person, data, log_in, service};
use crate::running::{CAR, Running, key, log_of, options, registration, registration_by};

async fn put(person: &Person, lot: &str) -> Answer {
    let note = json!({"lot": lot, "note": "bought at auction"});
    person.ask("PUT", &format!("/api/yard/{CAR}"), Some(&note)).await
}

async fn confirm(operator: &Person, organisation: &str) {
    let path = format!("/api/organisations/{organisation}/yard/{CAR}");
    let done = operator.ask("PUT", &path, None).await;
    assert_eq!(done.status, 204, "{done:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_exporter_never_sees_another_s_yard_links_tokens_or_trail() {
    let service = service().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let ann = Person::logged_in(&service, "ann").await;
    let bob = Person::logged_in(&service, "bob").await;
    assert_eq!(put(&ann, "lot-secret-7").await.status, 200);
    let share = ann.post("/api/shares", &json!({"vehicle": CAR})).await;
    assert_eq!(share.status, 201, "{share:?}");
    let share = share.json()["share"]["id"].as_str().unwrap().to_owned();
    let token = ann
        .post("/api/tokens", &json!({"name": "token-secret-7", "scopes": []}))
        .await;
    let token = token.json()["token"]["id"].as_str().unwrap().to_owned();

    for path in ["/api/yard", "/api/shares", "/api/tokens", "/api/trail"] {
        let seen = bob.get(path).await;
        assert_eq!(seen.status, 200);
        for secret in [
            CAR,
            "lot-secret-7",
            "token-secret-7",
            &share,
            &token,
            "ann",
            "yard-a",
        ] {
            assert!(!seen.text().contains(secret), "bob sees {secret} in {path}");
        }
    }
    for (method, path) in [
        ("DELETE", format!("/api/yard/{CAR}")),
        ("DELETE", format!("/api/shares/{share}")),
        ("DELETE", format!("/api/tokens/{token}")),
    ] {
        let refused = bob.ask(method, &path, None).await;
        assert_eq!(refused.status, 404, "{method} {path}");
    }
    // Whether another has the car, the answer is the same.
    let bobs = bob.post("/api/shares", &json!({"vehicle": CAR})).await;
    let nobodys = bob
        .post("/api/shares", &json!({"vehicle": "KMHXX00XXXX000002"}))
        .await;
    assert_eq!((bobs.status, nobodys.status), (404, 404));
    let vic = Person::logged_in(&service, "vic").await;
    assert_eq!(
        vic.get("/api/yard").await.json()["cars"][0]["lot"],
        "lot-secret-7"
    );
    let trail = vic.get("/api/trail").await;
    assert!(trail.text().contains("put into yard") && trail.text().contains(CAR));
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_fields_are_shown_to_those_who_are_confirmed_as_holding_the_car() {
    let service = service().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let path = format!("/api/vehicles/{CAR}/history?show=owner");
    let ann = Person::logged_in(&service, "ann").await;
    assert_eq!(ann.get(&path).await.status, 403, "it is not in her yard");
    assert_eq!(put(&ann, "1").await.json()["confirmed"], Value::Null);
    assert_eq!(
        ann.get(&path).await.status,
        403,
        "that she put it there is her own word"
    );
    let share = json!({"vehicle": CAR, "fields": ["owner"]});
    assert_eq!(ann.post("/api/shares", &share).await.status, 403);

    let operator = Person::logged_in(&service, "olga").await;
    confirm(&operator, "yard-a").await;
    let shown = ann.get(&path).await;
    assert!(
        shown.status == 200 && shown.text().contains("owner-1"),
        "{shown:?}"
    );
    assert!(!shown.text().contains("00가"), "the plate was not asked for");
    let cars = ann.get("/api/yard").await.json();
    assert_eq!(cars["cars"][0]["lot"], "1", "confirming keeps what she wrote");
    assert!(cars["cars"][0]["confirmed"].is_string());
    let vic = Person::logged_in(&service, "vic").await;
    assert_eq!(vic.get(&path).await.status, 403, "a viewer sees none");
    let bob = Person::logged_in(&service, "bob").await;
    assert_eq!(bob.get(&path).await.status, 403);
    assert!(operator.get(&path).await.text().contains("owner-1"));

    let trail = operator.get("/api/trail?most=1000").await.json();
    let looks: Vec<(&str, &str)> = trail["acts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|act| act["act"] == "show personal fields")
        .map(|act| (act["account"].as_str().unwrap(), act["outcome"].as_str().unwrap()))
        .collect();
    assert!(looks.contains(&("ann", "refused")) && looks.contains(&("ann", "done")));
    assert!(looks.contains(&("bob", "refused")) && looks.contains(&("olga", "done")));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_signed_about_a_car_in_public_holds_it() {
    let data = data();
    let desk = desk::Desk::open(log_of(&data), None).await.unwrap();
    let account = desk::access::NewAccount {
        name: "lea".to_owned(),
        display_name: "Lea".to_owned(),
        organisation: "lab".to_owned(),
        role: desk::access::Role::Exporter,
    };
    desk.make_account(
        &desk::access::Actor::Machine,
        &account,
        crate::people::PASSWORD,
        0,
    )
    .await
    .unwrap();
    desk.close().await.unwrap();
    let service = Running::again(data, options()).await;
    let lea = Person::logged_in(&service, "lea").await;
    assert_eq!(put(&lea, "").await.json()["confirmed"], Value::Null);
    // A workshop cannot register cars: this is refused, and gives nothing.
    let refused = service
        .submit(&[registration_by(&key(8), LAB, CAR, 2).as_str()])
        .await;
    assert_eq!(refused.status, 422);
    let path = format!("/api/vehicles/{CAR}/history?show=all");
    assert_eq!(lea.get(&path).await.status, 403);
    let signed = workshop_visit(CAR);
    let taken = service.submit(&[signed.as_str()]).await;
    assert_eq!(taken.status, 200, "{taken:?}");
    assert_eq!(lea.get(&path).await.status, 200);
    assert!(put(&lea, "").await.json()["confirmed"].is_string());
}

/// The lab says that it read the odometer.
fn workshop_visit(vehicle: &str) -> statement::SdJwt {
    let claims = statement::Claims {
        iss: LAB.to_owned(),
        iat: 1_700_000_000,
        typ: statement::vocabulary::StatementType::OdometerRead,
        vid: desk::check::parse_vehicle(vehicle).unwrap(),
        event_time: "2023-03-04T10:00:00+09:00".parse().unwrap(),
        recorded_at: None,
        place: None,
        body: json!({
            "odometer": {"value": 48210, "unit": "km", "instrument_state": "working", "method": "seen"},
        })
        .as_object()
        .unwrap()
        .clone(),
        evidence: Vec::new(),
        confidence: statement::Confidence::Professional,
        supersedes: None,
    };
    use rand_chacha::rand_core::SeedableRng as _;
    let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(3);
    statement::issue(&claims, &key(8), &mut rng).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_one_dossier_with_the_chosen_fields_until_it_is_withdrawn() {
    let service = service().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let ann = Person::logged_in(&service, "ann").await;
    put(&ann, "").await;
    confirm(&Person::logged_in(&service, "olga").await, "yard-a").await;
    let wrong = json!({"vehicle": CAR, "fields": ["ownr"]});
    assert_eq!(ann.post("/api/shares", &wrong).await.status, 400);
    let made = ann
        .post(
            "/api/shares",
            &json!({"vehicle": CAR, "fields": ["owner"], "days": 2}),
        )
        .await;
    assert_eq!(made.status, 201, "{made:?}");
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("cnd_"));
    let path = format!("/api/shared/{secret}");
    let opened = get(service.address, &path).await;
    assert!(opened.status == 200 && opened.text().contains(CAR), "{opened:?}");
    assert_eq!(opened.header("referrer-policy"), Some("no-referrer"));
    let held = shown_fields(&opened);
    assert_eq!(held, 1, "the owner and not the plate");

    let id = made.json()["share"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        ann.ask("DELETE", &format!("/api/shares/{id}"), None).await.status,
        204
    );
    let gone = get(service.address, &path).await;
    assert_eq!((gone.status, gone.problem().as_str()), (410, "gone"));
    for guess in ["cnd_", &id, &format!("cnd_{}", "A".repeat(43))] {
        let answer = get(service.address, &format!("/api/shared/{guess}")).await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not-found"));
        assert!(!answer.text().contains(CAR));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_with_personal_fields_that_was_refused_is_in_the_trail() {
    let service = service().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let ann = Person::logged_in(&service, "ann").await;
    let share = json!({"vehicle": CAR, "fields": ["owner"]});
    assert_eq!(
        ann.post("/api/shares", &share).await.status,
        404,
        "not in her yard"
    );
    put(&ann, "").await;
    assert_eq!(ann.post("/api/shares", &share).await.status, 403, "not confirmed");
    let without = ann.post("/api/shares", &json!({"vehicle": CAR})).await;
    assert_eq!(without.status, 201);

    let trail = ann.get("/api/trail").await.json();
    let acts = trail["acts"].as_array().unwrap().iter();
    let links: Vec<(&str, &str)> = acts
        .filter(|act| act["act"] == "make link")
        .map(|act| (act["outcome"].as_str().unwrap(), act["subject"].as_str().unwrap()))
        .collect();
    let outcomes: Vec<&str> = links.iter().map(|(outcome, _)| *outcome).collect();
    assert_eq!(outcomes, ["done", "refused", "refused"]);
    assert_eq!(links[1].1, format!("vin:{CAR}: owner"));
}

/// Disclosures that a dossier carries.
fn shown_fields(dossier: &Answer) -> usize {
    let dossier = dossier.json();
    let statement = dossier["statements"][0]["content"]["statement"].as_str();
    statement.unwrap().matches('~').count() - 1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_has_expired_says_so_to_those_who_have_it() {
    let data = data();
    let desk = desk::Desk::open(log_of(&data), None).await.unwrap();
    let share = desk::access::NewShare {
        vehicle: desk::check::parse_vehicle(CAR).unwrap(),
        show: desk::export::Disclose::Nothing,
        days: 1,
    };
    let then = jiff::Timestamp::now().as_second() - 2 * 86_400;
    let made = desk
        .make_share(&desk::access::Actor::Machine, Some("yard-a"), share, then)
        .await
        .unwrap();
    desk.close().await.unwrap();
    let service = Running::again(data, options()).await;
    let answer = get(service.address, &format!("/api/shared/{}", made.secret.reveal())).await;
    assert_eq!((answer.status, answer.problem().as_str()), (410, "gone"));
    assert!(answer.text().contains("expired"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_revokes_its_own_keys_and_nobody_else_s() {
    let service = service().await;
    let ivy = Person::logged_in(&service, "ivy").await;
    let why = json!({"reason": "key lost"});
    let register = format!("/api/issuers/{}/revocation", crate::running::REGISTER);
    assert_eq!(ivy.post(&register, &why).await.status, 403);
    let done = ivy.post(&format!("/api/issuers/{LAB}/revocation"), &why).await;
    assert_eq!(done.status, 204, "{done:?}");
    let issuers = service.get("/api/issuers").await.json();
    let lab = issuers["issuers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|i| i["issuer"] == LAB)
        .unwrap();
    assert_eq!(lab["revoked_because"], "key lost");
    let key = hex::encode(key(9).public());
    let enrol = json!({"issuer": "shop", "name": "Shop", "roles": ["workshop"], "public_key": key});
    assert_eq!(ivy.post("/api/issuers", &enrol).await.status, 403);
    let operator = Person::logged_in(&service, "olga").await;
    let enrolled = operator.post("/api/issuers", &enrol).await;
    assert_eq!(enrolled.status, 201, "{enrolled:?}");
    let again = operator.post("/api/issuers", &enrol).await;
    assert_eq!(again.status, 400, "{again:?}");
    let trail = operator.get("/api/trail").await.json();
    let enrolments: Vec<&str> = trail["acts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|act| act["act"] == "enrol issuer" && act["account"] == "olga")
        .map(|act| act["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(
        enrolments,
        ["refused", "done", "done"],
        "begun, begun and refused"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_tells_of_refused_attempts_at_the_login_that_follows() {
    let service = service().await;
    for _ in 0..3 {
        log_in(&service, "bob", "not-the-password-1").await;
    }
    let bob = Person::logged_in(&service, "bob").await;
    let trail = bob.get("/api/trail").await.json();
    assert_eq!(trail["acts"][0]["act"], "log in");
    assert_eq!(trail["acts"][0]["subject"], "after 3 refused");
}

/// Browsers send the cookie along when somebody follows a link, wherever the link is.
#[tokio::test(flavor = "multi_thread")]
async fn a_link_on_another_site_shows_no_personal_field_and_is_nobody_s_look() {
    let service = service().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let operator = Person::logged_in(&service, "olga").await;
    let cookie = format!("cookie: {}", operator.cookie);
    for sent in ["sec-fetch-site: cross-site", "origin: https://evil.example"] {
        for what in ["history", "dossier"] {
            let path = format!("/api/vehicles/{CAR}/{what}?show=owner");
            let answer = request(service.address, "GET", &path, &[&cookie, sent], b"").await;
            assert_eq!(answer.status, 403, "{sent}: {answer:?}");
            assert!(!answer.text().contains("owner-1"));
            let open = format!("/api/vehicles/{CAR}/{what}");
            let answer = request(service.address, "GET", &open, &[&cookie, sent], b"").await;
            assert_eq!(answer.status, 200, "what everybody sees is shown");
        }
    }
    let trail = operator.get("/api/trail?most=1000").await;
    assert!(!trail.text().contains("show personal fields"), "{}", trail.text());
    let path = format!("/api/vehicles/{CAR}/history?show=owner");
    let typed = request(
        service.address,
        "GET",
        &path,
        &[&cookie, "sec-fetch-site: none"],
        b"",
    )
    .await;
    assert_eq!(typed.status, 200);
}
