//! The laboratory in a browser: forms only, no script.

use crate::certification::{Part, form, recent, service};
use crate::client::{Answer, request};
use crate::pages::assert_nothing_inline;
use crate::people::Person;
use crate::running::Running;

const HTML: &str = "accept: text/html,*/*;q=0.8";

async fn look(service: &Running, person: &Person, path: &str) -> Answer {
    let cookie = format!("cookie: {}", person.cookie);
    request(service.address, "GET", path, &[HTML, &cookie], b"").await
}

/// What the form of the list sends.
const APPLICATION: [(&str, &str); 10] = [
    ("vehicle", "KMHKN81ABMU000005"),
    ("make", "Hyundai"),
    ("model", "%3Cb%3EIoniq+5"),
    ("category", "M1"),
    ("registered", "2021-06-08"),
    ("chemistry", "NMC"),
    ("series", "180"),
    ("rated", "111.2"),
    ("source", "sample+data+sheet"),
    ("pack", ""),
];

/// Files from a page's own form: the session's word is a field of it.
async fn send(person: &Person, csrf: &str, files: &[Part<'_>]) -> Answer {
    let cookie = format!("cookie: {}", person.cookie);
    let typed = "content-type: multipart/form-data; boundary=carnet-test-boundary-5f70bf18";
    let headers = [cookie.as_str(), HTML, "sec-fetch-site: same-origin", typed];
    let mut parts: Vec<Part<'_>> = vec![("csrf", None, csrf.as_bytes())];
    parts.extend_from_slice(files);
    let path = "/certification/C-000001/telemetry";
    request(person.address, "POST", path, &headers, &form(&parts)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_goes_through_the_pages_and_each_sees_what_is_next_for_him() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    let kim = Person::logged_in(&service, "kim").await;
    let applied = ann.send_form("/certification", &APPLICATION).await;
    assert_eq!(
        applied.header("location"),
        Some("/certification/C-000001"),
        "{applied:?}"
    );
    let list = look(&service, &ann, "/certification").await;
    assert!(list.text().contains("&lt;b&gt;Ioniq 5") && !list.text().contains("<b>Ioniq"));
    assert!(
        !list.text().contains("Accept the application"),
        "that is not for the client"
    );
    let list = look(&service, &kim, "/certification").await;
    assert!(list.text().contains("Accept the application"));

    let page = "/certification/C-000001";
    let accept = [("step", "application_accepted"), ("text", "variant+known")];
    assert_eq!(kim.send_form(page, &accept).await.status, 303);

    let log = recent("ioniq5-2021.csv");
    // Browsers send the fields of files that were not chosen too.
    let files: [Part<'_>; 4] = [
        ("telemetry", Some("charge.csv"), &log),
        ("battery", Some(""), b""),
        ("soc", None, b""),
        ("meter", Some(""), b""),
    ];
    let foreign = send(&ann, "not-the-word", &files).await;
    assert_eq!(foreign.status, 403);
    let handed = send(&ann, &ann.csrf, &files).await;
    assert_eq!(handed.status, 303, "{handed:?}");
    let to = handed.header("location").unwrap();
    let sha256 = to.strip_prefix("/certification/C-000001#a-").unwrap().to_owned();
    let seen = look(&service, &kim, page).await;
    assert!(seen.text().contains(&format!("id=\"a-{sha256}\"")));
    assert!(seen.text().contains("<svg") && seen.text().contains("charge.csv"));
    // A shape that is not closed would swallow those after it.
    assert!(seen.text().contains("</rect>") && seen.text().contains("</circle>"));
    let (_, rest) = seen.text().split_once("name=\"assessment\" value=\"").unwrap();
    let whole = rest.split('"').next().unwrap();
    let evaluate = [
        ("step", "evaluated"),
        ("assessment", whole),
        ("odometer", "74660"),
    ];
    let evaluated = kim.send_form(page, &evaluate).await;
    assert_eq!(evaluated.status, 303, "{evaluated:?}");

    let seen = look(&service, &kim, page).await;
    assert!(
        seen.text().contains("Not you: you have another duty"),
        "{}",
        seen.text()
    );
    assert!(!seen.text().contains("Take the evaluation as it is"));
    let lee = Person::logged_in(&service, "lee").await;
    let seen = look(&service, &lee, page).await;
    assert!(seen.text().contains("Take the evaluation as it is"));
    let refused = request(
        service.address,
        "POST",
        page,
        &[
            HTML,
            &format!("cookie: {}", kim.cookie),
            "content-type: application/x-www-form-urlencoded",
        ],
        format!("csrf={}&step=reviewed&agrees=true&text=mine", kim.csrf).as_bytes(),
    )
    .await;
    assert_eq!(refused.status, 409);
    assert!(refused.text().contains("The scheme does not allow this step"));

    for language in ["en", "ko", "ru", "ar", "es", "fr"] {
        for path in ["/certification", page] {
            for person in [&ann, &kim] {
                let shown = look(&service, person, &format!("{path}?lang={language}")).await;
                assert_eq!(shown.status, 200);
                assert_nothing_inline(path, &shown);
                assert!(
                    !shown.text().contains(">lab-"),
                    "{path} in {language} lacks a word"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn telemetry_that_cannot_be_read_is_a_page_with_the_reason() {
    let service = service().await;
    let ann = Person::logged_in(&service, "ann").await;
    ann.send_form("/certification", &APPLICATION).await;
    let picture: [Part<'_>; 1] = [("telemetry", Some("car.png"), b"\x89PNG\r\n\x1a\n")];
    let answer = send(&ann, &ann.csrf, &picture).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text().contains("The charging logs cannot be read"));
    assert!(answer.text().contains("car.png"));
    assert_nothing_inline("telemetry", &answer);
    let bob = Person::logged_in(&service, "bob").await;
    assert_eq!(look(&service, &bob, "/certification/C-000001").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_logged_in_is_led_to_the_login() {
    let service = service().await;
    for path in ["/certification", "/certification/C-000001"] {
        let answer = request(service.address, "GET", path, &[HTML], b"").await;
        assert_eq!(answer.header("location"), Some("/login"));
    }
}
