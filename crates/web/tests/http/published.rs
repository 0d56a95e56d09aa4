//! The body's address: what a certificate names is there, for everybody, and nothing else is.

use certificate::credential::{context, did, schema};
use serde_json::Value;

use crate::certification::{BODY, Cast, at};
use crate::client::{Answer, request};
use crate::people::{self, Person};
use crate::running::{Running, options};

/// Where the body of the tests publishes.
const ADDRESS: &str = "https://certs.example";

/// Every address in a document, without fragments.
fn addresses(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("https://") => {
            found.push(text.split('#').next().unwrap_or_default().to_owned());
        }
        Value::Array(items) => items.iter().for_each(|item| addresses(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| addresses(field, found)),
        _ => {}
    }
}

/// What the service answers at an address of the body; to HEAD as to GET, but for the body.
async fn fetched(service: &Running, address: &str) -> Answer {
    let path = address.strip_prefix(ADDRESS).unwrap();
    let answer = service.get(path).await;
    let head = request(service.address, "HEAD", path, &[], b"").await;
    assert_eq!(
        (answer.status, head.status, head.body.len()),
        (200, 200, 0),
        "{address}: {}",
        answer.text()
    );
    assert_eq!(answer.header("content-type"), head.header("content-type"));
    answer
}

/// A document for programs on anybody's page, that caches may keep for so many seconds.
fn is_public(answer: &Answer, media_type: &str, seconds: u32) {
    assert_eq!(answer.header("content-type"), Some(media_type));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        answer.header("cross-origin-resource-policy"),
        Some("cross-origin")
    );
    assert_eq!(
        answer.header("cache-control"),
        Some(format!("public, max-age={seconds}").as_str())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_address_that_a_certificate_names_is_served() {
    let cast = Cast::new().await;
    let (case, number) = cast.certified().await;
    let credential = cast.ann.get(&at(&case, "/credential")).await.json();
    let mut named = Vec::new();
    addresses(&credential, &mut named);
    let issuer = credential["issuer"]["id"].as_str().unwrap();
    named.push(did::web_url(issuer).unwrap());
    named.sort();
    named.dedup();

    // Names that every verifier has the documents of; the body publishes its own two beside the rest.
    let (own, names): (Vec<String>, Vec<String>) =
        named.into_iter().partition(|one| one.starts_with(ADDRESS));
    for name in &names {
        let known = [context::CREDENTIALS.url, context::CARNET.url, schema::URL];
        assert!(known.contains(&name.as_str()), "{name}");
    }
    let document = fetched(&cast.service, &format!("{ADDRESS}/contexts/carnet-v1.jsonld")).await;
    is_public(&document, "application/ld+json", 3600);
    assert_eq!(document.body, context::CARNET.document);
    let document = fetched(&cast.service, &format!("{ADDRESS}/certificate.schema.json")).await;
    is_public(&document, "application/schema+json", 3600);
    assert_eq!(document.body, schema::CERTIFICATE.as_bytes());

    let page = format!("{ADDRESS}/certificates/{number}");
    let lists = ["revocation", "suspension"].map(|purpose| format!("{ADDRESS}/status/{purpose}-1.json"));
    let mut expected = vec![
        format!("{ADDRESS}/.well-known/did.json"),
        page.clone(),
        lists[0].clone(),
        lists[1].clone(),
    ];
    expected.sort();
    assert_eq!(own, expected);

    let did = fetched(&cast.service, &expected[0]).await;
    is_public(&did, "application/did+json", 300);
    assert_eq!(did.json()["id"], *issuer);
    let method = credential["proof"]["verificationMethod"].as_str().unwrap();
    assert!(did.text().contains(method), "{did:?}");
    // A DID with a path has its document beside the rest.
    assert_eq!(
        fetched(&cast.service, &format!("{ADDRESS}/did.json")).await.body,
        did.body
    );
    for list in &lists {
        let answer = fetched(&cast.service, list).await;
        is_public(&answer, "application/vc", 60);
        let answer = answer.json();
        assert_eq!(
            (&answer["id"], &answer["issuer"]),
            (&Value::from(list.as_str()), &Value::from(issuer))
        );
    }
    // The address in the QR code is a page; the same with its ending is the credential without the car's number.
    let shown = fetched(&cast.service, &page).await;
    assert!(shown.header("content-type").unwrap().starts_with("text/html"));
    let twin = fetched(&cast.service, &format!("{page}.json")).await;
    is_public(&twin, "application/vc", 60);
    let twin = twin.json();
    assert_eq!(
        (&twin["id"], twin.to_string().contains("KMHKN81ABMU000005")),
        (&Value::from(page), false)
    );
    let directory = fetched(&cast.service, &format!("{ADDRESS}/directory.json")).await;
    is_public(&directory, "application/json", 60);
    let directory = directory.json();
    assert_eq!(directory["issuer"], *issuer);
    assert_eq!(directory["certificates"][0]["certificate"], number.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_served_is_what_is_published_and_follows_each_step() {
    let cast = Cast::new().await;
    let (case, _) = cast.certified().await;
    let folder = cast.service.data.path().join("certificates");
    let bits = |list: &Value| list["credentialSubject"]["encodedList"].clone();
    let served = async || bits(&cast.service.get("/status/suspension-1.json").await.json());
    let published = || {
        let text = std::fs::read(folder.join("status/suspension-1.json")).unwrap();
        bits(&serde_json::from_slice(&text).unwrap())
    };
    let before = served().await;
    assert_eq!(before, published());
    let because = serde_json::json!({"reason": "complaint under review"});
    let suspended = cast.park.post(&at(&case, "/suspension"), &because).await;
    assert_eq!(suspended.status, 200, "{suspended:?}");
    assert_eq!(served().await, published());
    assert_ne!(served().await, before);
    let directory = cast.service.get("/directory.json").await.json();
    assert_eq!(directory["certificates"][0]["standing"], "suspended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_is_in_no_document_and_no_list_signed_by_it_is_served_on() {
    let cast = Cast::new().await;
    cast.certified().await;
    let signed = ["/.well-known/did.json", "/did.json", "/status/revocation-1.json"];
    for path in signed {
        assert_eq!(cast.service.get(path).await.status, 200, "{path}");
    }
    let operator = Person::logged_in(&cast.service, "olga").await;
    let because = serde_json::json!({"reason": "key lost"});
    let revoked = operator
        .post(&format!("/api/issuers/{BODY}/revocation"), &because)
        .await;
    assert_eq!(revoked.status, 204, "{revoked:?}");
    for path in signed {
        let answer = cast.service.get(path).await;
        assert_eq!(
            (answer.status, answer.problem().as_str()),
            (409, "conflict"),
            "{path}"
        );
        assert!(answer.text().contains("revoked"), "{path}: {answer:?}");
        // A program on anybody's page is to read why.
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
    }
    assert_eq!(cast.service.get("/directory.json").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_in_which_nothing_changed_is_not_sent_again() {
    let cast = Cast::new().await;
    let (case, _) = cast.certified().await;
    let mut first = cast.service.get("/directory.json").await;
    while first.json()["certificates"][0]["awaits_log"] == true {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        first = cast.service.get("/directory.json").await;
    }
    let tag = format!("if-none-match: {}", first.header("etag").unwrap());
    let again = async || request(cast.service.address, "GET", "/directory.json", &[&tag], b"").await;
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let unchanged = again().await;
    assert_eq!((unchanged.status, unchanged.body.len()), (304, 0));
    assert_eq!(unchanged.header("etag"), first.header("etag"));
    let because = serde_json::json!({"reason": "complaint under review"});
    let suspended = cast.park.post(&at(&case, "/suspension"), &because).await;
    assert_eq!(suspended.status, 200, "{suspended:?}");
    assert_eq!(again().await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_published_on_this_machine_is_tried_again_where_the_log_is_idle() {
    let mut options = options();
    options.surveil_every = std::time::Duration::from_millis(50);
    let cast = Cast::with(options).await;
    let (case, _) = cast.certified().await;
    let folder = cast.service.data.path().join("certificates");
    let standing = || {
        let text = std::fs::read(folder.join("directory.json")).unwrap();
        let directory: Value = serde_json::from_slice(&text).unwrap();
        directory["certificates"][0]["standing"].clone()
    };
    assert_eq!(standing(), "in_force");
    // A file stands where the folder of the lists belongs.
    let (lists, aside) = (folder.join("status"), folder.join("aside"));
    std::fs::rename(&lists, &aside).unwrap();
    std::fs::write(&lists, "").unwrap();
    let because = serde_json::json!({"reason": "complaint under review"});
    let suspended = cast.park.post(&at(&case, "/suspension"), &because).await;
    assert_eq!(suspended.status, 200, "{suspended:?}");
    // Passes in which nothing more is sealed.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(standing(), "in_force", "it cannot be written");
    std::fs::remove_file(&lists).unwrap();
    std::fs::rename(&aside, &lists).unwrap();
    for _ in 0..100 {
        if standing() == "suspended" {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the directory goes on to say {}", standing());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_published_has_an_address() {
    let cast = Cast::new().await;
    let (case, number) = cast.certified().await;
    for path in [
        "/status/revocation-0.json".to_owned(),
        "/status/revocation-01.json".to_owned(),
        "/status/revocation-2.json".to_owned(),
        "/status/revocation-+1.json".to_owned(),
        "/status/message-1.json".to_owned(),
        "/status/revocation-1".to_owned(),
        "/status/..%2Fdirectory.json".to_owned(),
        "/status/..%2f..%2fkeys%2flog.key".to_owned(),
        "/status/%2e%2e/directory.json".to_owned(),
        "/certificates/..%2Fdid.json".to_owned(),
        "/certificates/..%2f..%2fpolicy.txt".to_owned(),
        "/contexts/..%2fdid.json".to_owned(),
        "/contexts/other.jsonld".to_owned(),
        "/.well-known/other.json".to_owned(),
        // Neither a case nor a number that nobody has.
        format!("/certificates/{case}.json"),
        "/certificates/CN-2020-000001.json".to_owned(),
        format!("/certificates/{number}.json.json"),
        format!("/certificates/{}.json", number.to_lowercase()),
    ] {
        let answer = cast.service.get(&path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_without_a_certification_body_publishes_none() {
    let service = people::service().await;
    for path in [
        "/.well-known/did.json",
        "/did.json",
        "/directory.json",
        "/status/revocation-1.json",
        "/status/suspension-1.json",
        "/certificates/CN-2026-000001.json",
    ] {
        assert_eq!(service.get(path).await.status, 404, "{path}");
    }
}
