//! The page of a vehicle: what it says, what it carries, and what it keeps to itself.

use desk::Desk;
use desk::access::{Actor, NewOrganisation, NewShare};
use desk::export::Disclose;
use serde_json::{Value, json};

use crate::client::{Answer, request};
use crate::pages::{assert_nothing_inline, look};
use crate::running::{CAR, REGISTER, Running, key, log_of, options, registration, registration_saying};

/// The data that a page carries under an id.
fn carried(page: &Answer, id: &str) -> Value {
    let (_, rest) = page
        .text()
        .split_once(&format!("<script id=\"{id}\" type=\"application/json\">"))
        .unwrap();
    serde_json::from_str(rest.split("</script>").next().unwrap()).unwrap()
}

/// What the dossier in a page proves to somebody who trusts the policy in it.
fn proven(page: &Answer) -> dossier::Report {
    let trust = carried(page, "trust");
    let vehicle = desk::check::parse_vehicle(trust["vehicle"].as_str().unwrap()).unwrap();
    let trust = dossier::Trust {
        policy: tlog::policy::Policy::parse(trust["policy"].as_str().unwrap()).unwrap(),
        vrf_key: trust["vrfKey"].as_str().unwrap().parse().unwrap(),
        max_age: 3600,
    };
    let now = u64::try_from(jiff::Timestamp::now().as_second()).unwrap();
    dossier::verify(
        carried(page, "dossier").to_string().as_bytes(),
        &trust,
        Some(&vehicle),
        now,
    )
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_carries_the_dossier_it_was_made_of_and_no_personal_field() {
    let service = Running::new().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let page = look(&service, &format!("/d/{CAR}")).await;
    assert_eq!(
        (page.status, page.header("cache-control")),
        (200, Some("no-store"))
    );
    let report = proven(&page);
    assert_eq!(report.statements.len(), 1);
    let digest = format!("data-digest=\"{}\"", report.statements[0].digest);
    assert!(
        page.text().contains(&digest),
        "the page lists what the dossier proves"
    );
    for personal in ["owner-1", "00가0001"] {
        assert!(!page.text().contains(personal), "{personal}");
    }
    for said in [
        "First registration",
        "Register (test)",
        "Complete as of",
        "4 March 2020",
        "Fields withheld",
    ] {
        assert!(page.text().contains(said), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_calls_nothing_checked() {
    let service = Running::new().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let page = look(&service, &format!("/d/{CAR}")).await;
    let before_templates = page.text().split("<template").next().unwrap();
    assert!(before_templates.contains("data-verdict=\"unchecked\""));
    assert!(before_templates.contains("Not yet checked by your browser"));
    assert!(before_templates.contains("<noscript>"));
    assert!(!before_templates.contains("Complete and unaltered"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_speaks_every_language() {
    let service = Running::new().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    for (tag, words) in [
        ("en", "Timeline"),
        ("ko", "최초 등록"),
        ("ru", "Хронология"),
        ("ar", "dir=\"rtl\""),
        ("es", "4 de marzo de 2020"),
        ("fr", "4 mars 2020"),
    ] {
        let page = look(&service, &format!("/d/{CAR}?lang={tag}")).await;
        assert!(page.text().contains(words), "{tag}");
        assert_nothing_inline("/d", &page);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_car_the_log_does_not_know_has_a_page_with_the_proof_of_that() {
    let service = Running::new().await;
    let page = look(&service, &format!("/d/{CAR}")).await;
    assert_eq!(page.status, 200);
    assert!(proven(&page).is_absent());
    assert!(page.text().contains("The log knows nothing of this vehicle"));
    assert_nothing_inline("/d", &page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_number_in_the_address_tells_the_fix() {
    let service = Running::new().await;
    let page = look(&service, "/d/KMHXX00XXXXOOOOO1").await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("character by character"));
    assert!(page.text().contains("value=\"KMHXX00XXXXOOOOO1\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_a_statement_is_text_on_the_page_and_in_its_data() {
    let service = Running::new().await;
    let body = json!({
        "date": "2020-03-04", "use": "private", "plate": "1", "owner": "2", "owner_kind": "person",
        "model": "</script><script>alert(1)</script><img src=x onerror=f()>", "colour": "red \u{202e}der",
    });
    let hostile = registration_saying(&key(7), REGISTER, CAR, 1, body);
    assert_eq!(service.submit(&[hostile.as_str()]).await.status, 200);
    let page = look(&service, &format!("/d/{CAR}")).await;
    assert!(page.text().contains("&lt;img src=x onerror=f()&gt;"));
    assert!(!page.text().contains("<img") && !page.text().contains('\u{202e}'));
    assert_nothing_inline("/d", &page);
    assert_eq!(proven(&page).statements.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_shows_the_fields_its_maker_chose_until_it_is_withdrawn() {
    let service = Running::new().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let data = service.stop().await;
    let desk = Desk::open(log_of(&data), None).await.unwrap();
    let now = jiff::Timestamp::now().as_second();
    let organisation = NewOrganisation {
        id: "yard".to_owned(),
        name: "Yard <b>".to_owned(),
        issuer: None,
    };
    desk.make_organisation(&Actor::Machine, &organisation, now)
        .await
        .unwrap();
    let share = NewShare {
        vehicle: desk::check::parse_vehicle(CAR).unwrap(),
        show: Disclose::Only(vec!["plate".to_owned()]),
        days: 7,
    };
    let made = desk
        .make_share(&Actor::Machine, Some("yard"), share, now)
        .await
        .unwrap();
    let path = format!("/d/share/{}", made.secret.reveal());
    desk.close().await.unwrap();

    let service = Running::again(data, options()).await;
    let page = look(&service, &path).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("00가0001") && !page.text().contains("owner-1"));
    assert!(page.text().contains("Yard &lt;b&gt;"));
    assert_nothing_inline("/d/share", &page);
    assert_eq!(proven(&page).statements[0].hidden, 1, "the owner stays withheld");
    let (_, rest) = page.text().split_once("href=\"/api/shared/").unwrap();
    let file = service
        .get(&format!("/api/shared/{}", rest.split('"').next().unwrap()))
        .await;
    assert_eq!(file.status, 200);

    let data = service.stop().await;
    let desk = Desk::open(log_of(&data), None).await.unwrap();
    desk.withdraw_share(&Actor::Machine, Some("yard"), &made.share.id, now)
        .await
        .unwrap();
    desk.close().await.unwrap();
    let service = Running::again(data, options()).await;
    let page = look(&service, &path).await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (410, Some("text/html; charset=utf-8"))
    );
    assert_eq!(look(&service, "/d/share/cnd_nonsense").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checking_page_carries_the_policy_and_so_does_the_file_to_save() {
    let service = Running::new().await;
    let policy = service.get("/api/policy").await.json();
    let page = look(&service, "/verify?lang=ko").await;
    assert_eq!(carried(&page, "trust")["policy"], policy["policy"]);
    assert!(page.text().contains("차량 기록부 확인"));
    let saved = service.get("/verify/carnet-verify.html").await;
    assert_eq!(
        saved.header("content-disposition"),
        Some("attachment; filename=\"carnet-verify.html\"")
    );
    let key = policy["vrf_key"].as_str().unwrap();
    assert!(saved.text().contains(key));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_for_no_network_is_all_there_in_the_language_that_is_read() {
    let service = Running::new().await;
    let worker = service.get("/verify-offline.js?lang=ko").await;
    assert_eq!(worker.header("cache-control"), Some("no-cache"));
    let (_, rest) = worker.text().split_once("const KEPT = ").unwrap();
    let kept: Vec<String> = serde_json::from_str(rest.split(';').next().unwrap()).unwrap();
    assert_eq!(kept.len(), 5, "{kept:?}");
    assert_eq!(kept[0], "/verify?lang=ko");
    assert!(
        kept.iter()
            .any(|address| address.starts_with("/assets/words-ko."))
    );
    let page = look(&service, &kept[0]).await;
    for address in kept {
        assert_eq!(service.get(&address).await.status, 200, "{address}");
    }
    for asset in page.text().split("\"/assets/").skip(1) {
        let name = asset.split('"').next().unwrap();
        assert!(worker.text().contains(name), "{name} is not kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_sent_compressed_to_who_takes_it() {
    let service = Running::new().await;
    service.submit(&[registration(CAR, 1).as_str()]).await;
    let headers = ["accept: text/html", "accept-encoding: gzip"];
    let path = format!("/d/{CAR}");
    let packed = request(service.address, "GET", &path, &headers, &[]).await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let plain = look(&service, &path).await;
    assert!(packed.body.len() * 2 < plain.body.len());
}
