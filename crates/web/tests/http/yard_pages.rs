//! The yard in a browser: forms only, no script.

use crate::client::{Answer, request};
use crate::pages::assert_nothing_inline;
use crate::people::{PASSWORD, Person, cookie_of, service};
use crate::running::{CAR, Running, registration};

const FORM: &str = "content-type: application/x-www-form-urlencoded";
const HTML: &str = "accept: text/html,*/*;q=0.8";

async fn login_form(service: &Running, name: &str, password: &str) -> Answer {
    let body = format!("name={name}&password={password}");
    let headers = [FORM, HTML, "sec-fetch-site: same-origin"];
    request(service.address, "POST", "/login", &headers, body.as_bytes()).await
}

async fn look(service: &Running, person: &Person, path: &str) -> Answer {
    let cookie = format!("cookie: {}", person.cookie);
    request(service.address, "GET", path, &[HTML, &cookie], b"").await
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_in_leads_to_the_yard_and_a_mistake_back_to_the_form() {
    let service = service().await;
    let mistaken = login_form(&service, "ann", "not-the-password-1").await;
    assert_eq!((mistaken.status, mistaken.header("set-cookie")), (422, None));
    assert!(
        mistaken
            .text()
            .contains("No account of this name has this password")
    );
    assert!(!mistaken.text().contains("not-the-password-1"));
    let in_ = login_form(&service, "ann", PASSWORD).await;
    assert_eq!((in_.status, in_.header("location")), (303, Some("/yard")));
    let cookie = cookie_of(&in_);
    let yard = request(
        service.address,
        "GET",
        "/yard",
        &[HTML, &format!("cookie: {cookie}")],
        b"",
    )
    .await;
    assert_eq!(yard.status, 200);
    assert!(yard.text().contains("yard-a"), "{}", yard.text());
    assert_nothing_inline("/yard", &yard);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_made_in_the_yard_shown_once_and_withdrawn() {
    let service = service().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let ann = Person::logged_in(&service, "ann").await;
    let added = ann
        .send_form("/yard", &[("vehicle", CAR), ("lot", "%3Cb%3E7"), ("note", "")])
        .await;
    assert_eq!((added.status, added.header("location")), (303, Some("/yard")));
    let yard = look(&service, &ann, "/yard").await;
    assert!(yard.text().contains(CAR));
    assert!(yard.text().contains("&lt;b&gt;7") && !yard.text().contains("<b>7"));
    assert!(
        !yard.text().contains("name=\"fields\""),
        "not confirmed: no personal fields to choose"
    );
    assert_nothing_inline("/yard", &yard);

    let made = ann
        .send_form(
            "/yard/link",
            &[("vehicle", &format!("vin:{CAR}")), ("days", "3"), ("fields", "")],
        )
        .await;
    assert_eq!(made.status, 200, "{made:?}");
    let text = made.text();
    let at = text.find("/d/share/cnd_").unwrap();
    let secret: String = text[at + "/d/share/".len()..].chars().take(47).collect();
    let path = format!("/api/shared/{secret}");
    assert_eq!(service.get(&path).await.status, 200);
    let later = look(&service, &ann, "/yard").await;
    assert!(!later.text().contains("cnd_"), "it is not shown again");

    let id = later
        .text()
        .split("name=\"link\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let withdrawn = ann.send_form("/yard/withdraw", &[("link", id)]).await;
    assert_eq!(withdrawn.status, 303);
    assert_eq!(service.get(&path).await.status, 410);
    let removed = ann
        .send_form("/yard/remove", &[("vehicle", &format!("vin:{CAR}"))])
        .await;
    assert_eq!(removed.status, 303);
    assert!(
        look(&service, &ann, "/yard")
            .await
            .text()
            .contains("No car is here yet")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_another_session_or_another_site_is_refused() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let bob = Person::logged_in(&service, "bob").await;
    let forged = Person {
        csrf: bob.csrf.clone(),
        ..ann
    };
    let refused = forged.send_form("/yard", &[("vehicle", CAR)]).await;
    assert_eq!(refused.status, 403);
    let cookie = format!("cookie: {}", bob.cookie);
    let body = format!("csrf={}&vehicle={CAR}", bob.csrf);
    for site in ["sec-fetch-site: cross-site", "origin: https://evil.example"] {
        let headers = [FORM, &cookie, site];
        let answer = request(service.address, "POST", "/yard", &headers, body.as_bytes()).await;
        assert_eq!(answer.status, 403, "{site}");
    }
    let login = request(
        service.address,
        "POST",
        "/login",
        &[FORM, "sec-fetch-site: cross-site"],
        format!("name=ann&password={PASSWORD}").as_bytes(),
    )
    .await;
    assert_eq!((login.status, login.header("set-cookie")), (403, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_looks_sees_no_form_that_would_be_refused() {
    let service = service().await;
    let vic = Person::logged_in(&service, "vic").await;
    let yard = look(&service, &vic, "/yard").await;
    assert_eq!(yard.status, 200);
    assert_eq!(yard.text().matches("<form").count(), 1, "logging out");
    let out = vic.send_form("/logout", &[]).await;
    assert_eq!((out.status, out.header("location")), (303, Some("/")));
    let after = look(&service, &vic, "/yard").await;
    assert_eq!((after.status, after.header("location")), (303, Some("/login")));
}
