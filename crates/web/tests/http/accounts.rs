//! Getting in and out, and what others cannot do with what they get hold of.

use serde_json::json;

use crate::client::{post_json, request};
use crate::people::{LAB, PASSWORD, Person, cookie_of, data, log_in, service, with_token};
use crate::running::{Running, log_of, options};

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_a_cookie_that_scripts_and_other_sites_cannot_read() {
    let service = service().await;
    let answer = log_in(&service, "ann", PASSWORD).await;
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-carnet=cns_"), "{cookie}");
    for part in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{part}: {cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert_eq!(answer.json()["role"], "exporter");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_an_unknown_name_and_a_disabled_account_are_answered_the_same() {
    let service = service().await;
    let operator = Person::logged_in(&service, "olga").await;
    let disabled = operator
        .ask("PATCH", "/api/accounts/bob", Some(&json!({"disabled": true})))
        .await;
    assert_eq!(disabled.status, 200, "{disabled:?}");
    let wrong = log_in(&service, "ann", "not-the-password-1").await;
    let unknown = log_in(&service, "nobody", PASSWORD).await;
    let disabled = log_in(&service, "bob", PASSWORD).await;
    assert_eq!((wrong.status, wrong.problem().as_str()), (401, "wrong-login"));
    assert_eq!(wrong.json(), unknown.json());
    assert_eq!(wrong.json(), disabled.json());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_the_session_s_own_word_changes_nothing() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let bob = Person::logged_in(&service, "bob").await;
    let cookie = format!("cookie: {}", ann.cookie);
    let right = format!("x-carnet-csrf: {}", ann.csrf);
    let of_bob = format!("x-carnet-csrf: {}", bob.csrf);
    let json = "content-type: application/json";
    let path = format!("/api/yard/{}", crate::running::CAR);
    for headers in [
        vec![cookie.as_str(), json],
        vec![&cookie, json, "x-carnet-csrf: "],
        vec![&cookie, json, &of_bob],
        vec![&cookie, json, &right, "sec-fetch-site: cross-site"],
        vec![&cookie, json, &right, "sec-fetch-site: same-site"],
        vec![&cookie, json, &right, "origin: https://evil.example"],
    ] {
        let answer = request(service.address, "PUT", &path, &headers, b"{}").await;
        assert_eq!(answer.status, 403, "{headers:?}");
    }
    assert_eq!(ann.get("/api/yard").await.json()["cars"], json!([]));
    let answer = request(service.address, "PUT", &path, &[&cookie, json, &right], b"{}").await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_cannot_log_somebody_in_as_somebody_else() {
    let service = service().await;
    let body = json!({"name": "ann", "password": PASSWORD}).to_string();
    let headers = ["content-type: application/json", "sec-fetch-site: cross-site"];
    let answer = request(service.address, "POST", "/api/session", &headers, body.as_bytes()).await;
    assert_eq!(
        (answer.status, answer.header("set-cookie")),
        (403, None),
        "{answer:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_in_makes_a_new_session_and_ends_the_one_that_was_brought() {
    let service = service().await;
    let before = Person::logged_in(&service, "ann").await;
    let headers = [
        "content-type: application/json",
        &format!("cookie: {}", before.cookie),
    ];
    let body = json!({"name": "bob", "password": PASSWORD}).to_string();
    let answer = request(service.address, "POST", "/api/session", &headers, body.as_bytes()).await;
    assert_eq!(answer.status, 200);
    assert_ne!(cookie_of(&answer), before.cookie);
    assert_eq!(before.get("/api/me").await.status, 401, "the old one has ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_somebody_planted_is_not_taken() {
    let service = service().await;
    let planted = format!("cookie: __Host-carnet=cns_{}", "A".repeat(43));
    let headers = ["content-type: application/json", planted.as_str()];
    let body = json!({"name": "ann", "password": PASSWORD}).to_string();
    let answer = request(service.address, "POST", "/api/session", &headers, body.as_bytes()).await;
    assert!(!cookie_of(&answer).contains("AAAA"));
    let me = request(service.address, "GET", "/api/me", &[&planted], b"").await;
    assert_eq!(me.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_ends_the_session_wherever_its_cookie_is() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    assert_eq!(ann.get("/api/me").await.status, 200);
    let out = ann.ask("DELETE", "/api/session", None).await;
    assert_eq!(out.status, 204);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(ann.get("/api/me").await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_ends_the_other_sessions_and_the_old_password() {
    let service = service().await;
    let here = Person::logged_in(&service, "ann").await;
    let elsewhere = Person::logged_in(&service, "ann").await;
    let wrong = json!({"old": "not-the-password-1", "new": "green-otter-quay-77"});
    assert_eq!(here.post("/api/me/password", &wrong).await.status, 401);
    let weak = json!({"old": PASSWORD, "new": "123456789012"});
    assert_eq!(here.post("/api/me/password", &weak).await.status, 400);
    let right = json!({"old": PASSWORD, "new": "green-otter-quay-77"});
    let changed = here.post("/api/me/password", &right).await;
    assert_eq!(changed.status, 204, "{changed:?}");
    assert_eq!(here.get("/api/me").await.status, 200);
    assert_eq!(elsewhere.get("/api/me").await.status, 401);
    assert_eq!(log_in(&service, "ann", PASSWORD).await.status, 401);
    assert_eq!(log_in(&service, "ann", "green-otter-quay-77").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_loses_its_sessions_and_its_tokens_stop() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let made = ann
        .post("/api/tokens", &json!({"name": "stock", "scopes": ["yard:read"]}))
        .await;
    let token = made.json()["secret"].as_str().unwrap().to_owned();
    assert_eq!(
        with_token(&service, &token, "GET", "/api/yard", None)
            .await
            .status,
        200
    );
    let operator = Person::logged_in(&service, "olga").await;
    let disable = json!({"disabled": true});
    assert_eq!(
        operator
            .ask("PATCH", "/api/accounts/ann", Some(&disable))
            .await
            .status,
        200
    );
    assert_eq!(ann.get("/api/me").await.status, 401);
    assert_eq!(
        with_token(&service, &token, "GET", "/api/yard", None)
            .await
            .status,
        401
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_operator_cannot_be_disabled_or_made_less() {
    let service = service().await;
    let operator = Person::logged_in(&service, "olga").await;
    let path = "/api/accounts/max";
    assert_eq!(
        operator
            .ask("PATCH", path, Some(&json!({"role": "viewer"})))
            .await
            .status,
        200
    );
    for change in [json!({"disabled": true}), json!({"role": "exporter"})] {
        let answer = operator.ask("PATCH", "/api/accounts/olga", Some(&change)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (409, "conflict"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_operators_who_disable_each_other_at_once_one_stays() {
    let service = service().await;
    let (olga, max) = (
        Person::logged_in(&service, "olga").await,
        Person::logged_in(&service, "max").await,
    );
    let disable = json!({"disabled": true});
    tokio::join!(
        olga.ask("PATCH", "/api/accounts/max", Some(&disable)),
        max.ask("PATCH", "/api/accounts/olga", Some(&disable))
    );
    let mut left = 0;
    for name in ["olga", "max"] {
        left += usize::from(log_in(&service, name, PASSWORD).await.status == 200);
    }
    assert_eq!(left, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_when_it_is_revoked_or_has_expired() {
    let data = data();
    let expired = made_long_ago(&data).await;
    let service = Running::again(data, options()).await;
    let late = with_token(&service, &expired, "GET", "/api/me", None).await;
    assert_eq!((late.status, late.problem().as_str()), (401, "unauthenticated"));
    assert!(late.header("www-authenticate").unwrap().starts_with("Bearer"));

    let ann = Person::logged_in(&service, "ann").await;
    let made = ann
        .post("/api/tokens", &json!({"name": "stock", "scopes": [], "days": 1}))
        .await
        .json();
    let token = made["secret"].as_str().unwrap();
    assert_eq!(
        with_token(&service, token, "GET", "/api/me", None).await.status,
        200
    );
    let path = format!("/api/tokens/{}", made["token"]["id"].as_str().unwrap());
    let bob = Person::logged_in(&service, "bob").await;
    assert_eq!(
        bob.ask("DELETE", &path, None).await.status,
        404,
        "it is not bob's"
    );
    assert_eq!(ann.ask("DELETE", &path, None).await.status, 204);
    assert_eq!(
        with_token(&service, token, "GET", "/api/me", None).await.status,
        401
    );
    let list = ann.get("/api/tokens").await.json();
    assert_eq!(list["tokens"][0]["standing"], "revoked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_what_the_role_may_not_do_is_refused_when_it_is_made() {
    let service = service().await;
    let vic = Person::logged_in(&service, "vic").await;
    let beyond = json!({"name": "stock", "scopes": ["yard:read", "yard:write"]});
    let refused = vic.post("/api/tokens", &beyond).await;
    assert_eq!((refused.status, refused.problem().as_str()), (403, "forbidden"));
    let detail = refused.json()["detail"].as_str().unwrap().to_owned();
    assert!(
        detail.contains("viewer") && detail.contains("yard:write"),
        "{detail}"
    );
    let list = vic.get("/api/tokens").await.json();
    assert_eq!(list["tokens"], json!([]));

    let within = json!({"name": "stock", "scopes": ["yard:read", "certification"]});
    assert_eq!(vic.post("/api/tokens", &within).await.status, 201);
    let ivy = Person::logged_in(&service, "ivy").await;
    let own_keys = json!({"name": "keys", "scopes": ["issuers"]});
    assert_eq!(ivy.post("/api/tokens", &own_keys).await.status, 201);
}

/// A token for a day, made two days ago.
async fn made_long_ago(data: &test_servers::LogFolder) -> String {
    let desk = desk::Desk::open(log_of(data), None).await.unwrap();
    let token = desk::access::NewToken {
        name: "old".to_owned(),
        scopes: [].into(),
        days: 1,
    };
    let then = jiff::Timestamp::now().as_second() - 2 * 86_400;
    let made = desk
        .make_token(&desk::access::Actor::Machine, Some("ann"), &token, then)
        .await
        .unwrap();
    desk.close().await.unwrap();
    made.secret.reveal().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_thief_of_the_database_finds_opens_nothing() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let made = ann
        .post("/api/tokens", &json!({"name": "stock", "scopes": []}))
        .await;
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let (session, csrf) = (ann.cookie.clone(), ann.csrf.clone());
    let address = service.address;
    let data = service.stop().await;
    let mut bytes = data
        .place()
        .map_or_else(Vec::new, |place| place.rows().into_bytes());
    for name in ["carnet.sqlite", "carnet.sqlite-wal"] {
        bytes.extend(std::fs::read(data.path().join(name)).unwrap_or_default());
    }
    let holds = |text: &str| {
        [text.to_owned(), hex::encode_upper(text)]
            .iter()
            .any(|text| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    assert!(holds("ann") && holds("$argon2id$"), "this is the database");
    for text in [
        secret.as_str(),
        session.strip_prefix("__Host-carnet=").unwrap(),
        &csrf,
        PASSWORD,
    ] {
        assert!(!holds(text), "{address}: a secret is in the database");
    }
    // What is there, sent as if it were the secret.
    use sha2::Digest as _;
    let hash = hex::encode(sha2::Sha256::digest(secret.as_bytes()));
    let service = Running::again(data, options()).await;
    for guess in [hash.clone(), format!("cnt_{hash}")] {
        assert_eq!(
            with_token(&service, &guess, "GET", "/api/me", None).await.status,
            401
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn attempts_at_a_name_run_out_and_another_name_is_not_held_up() {
    let service = service().await;
    let mut statuses = Vec::new();
    for _ in 0..11 {
        statuses.push(log_in(&service, "ann", "not-the-password-1").await.status);
    }
    assert_eq!(statuses[..10], [401; 10]);
    let stopped = log_in(&service, "ann", PASSWORD).await;
    assert_eq!(
        (stopped.status, stopped.problem().as_str()),
        (429, "rate-limited"),
        "even with the right password"
    );
    assert!(
        stopped
            .header("retry-after")
            .unwrap()
            .parse::<u32>()
            .is_ok_and(|s| (1..=60).contains(&s))
    );
    assert_eq!(log_in(&service, "bob", PASSWORD).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_token_makes_one_operator_once() {
    let data = Running::new().await.stop().await;
    let desk = desk::Desk::open(log_of(&data), None).await.unwrap();
    let now = jiff::Timestamp::now().as_second();
    let machine = desk::access::Actor::Machine;
    let void = desk.make_setup_token(&machine, now).await.unwrap();
    let setup = desk.make_setup_token(&machine, now).await.unwrap();
    desk.close().await.unwrap();
    let service = Running::again(data, options()).await;
    let body = |token: &str, password: &str| {
        json!({
            "token": token, "organisation": "association", "organisation_name": "Association",
            "name": "olga", "display_name": "Olga", "password": password,
        })
    };
    for token in [void.secret.reveal(), "cnx_no", &format!("cnx_{}", "A".repeat(43))] {
        let refused = post_json(service.address, "/api/setup", &body(token, PASSWORD)).await;
        assert_eq!(
            (refused.status, refused.problem().as_str()),
            (403, "forbidden"),
            "{token}"
        );
    }
    let token = setup.secret.reveal();
    // A mistake does not use it up.
    assert_eq!(
        post_json(service.address, "/api/setup", &body(token, "short"))
            .await
            .status,
        400
    );
    let done = post_json(service.address, "/api/setup", &body(token, PASSWORD)).await;
    assert_eq!(done.status, 204, "{done:?}");
    assert_eq!(
        post_json(service.address, "/api/setup", &body(token, PASSWORD))
            .await
            .status,
        403
    );
    assert_eq!(
        log_in(&service, "olga", PASSWORD).await.json()["role"],
        "operator"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_organisation_with_the_same_issuer_is_refused() {
    let service = service().await;
    let olga = Person::logged_in(&service, "olga").await;
    let second = json!({"id": "shop", "name": "The shop", "issuer": LAB});
    let refused = olga.ask("POST", "/api/organisations", Some(&second)).await;
    assert_eq!((refused.status, refused.problem().as_str()), (409, "conflict"));
    assert!(refused.text().contains(LAB), "{}", refused.text());
}
