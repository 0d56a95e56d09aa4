//! Pages for people: every language, nothing inline, and problems that can be read.

use crate::client::{Answer, request};
use crate::running::Running;

/// The languages, with a word that only a page in this language has in its head.
const LANGUAGES: [(&str, &str); 6] = [
    ("en", "<html lang=\"en\" dir=\"ltr\">"),
    ("ko", "<html lang=\"ko\" dir=\"ltr\">"),
    ("ru", "<html lang=\"ru\" dir=\"ltr\">"),
    ("ar", "<html lang=\"ar\" dir=\"rtl\">"),
    ("es", "<html lang=\"es\" dir=\"ltr\">"),
    ("fr", "<html lang=\"fr\" dir=\"ltr\">"),
];

/// Pages that need nothing in the log.
const PLAIN: [&str; 11] = [
    "/market",
    crate::market::ASKED,
    "/",
    "/verify",
    "/login",
    "/setup",
    "/d?vehicle=KMHXX00XXXXOOOOO1",
    "/d/KMHXX00XXXX000001",
    "/certificates",
    "/certificates/CN-2026-000001",
    "/issuers",
];

/// A page as a browser asks for it.
pub async fn look(service: &Running, path: &str) -> Answer {
    request(
        service.address,
        "GET",
        path,
        &["accept: text/html,*/*;q=0.8"],
        &[],
    )
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_put_into_the_checking_page_cannot_leave_it() {
    let service = Running::new().await;
    for path in ["/verify", "/verify?lang=ar"] {
        let page = look(&service, path).await;
        assert_nothing_inline(path, &page);
        let policy = page.header("content-security-policy").unwrap();
        let allowed: Vec<&str> = policy.split("; ").collect();
        // Its own script and style, pictures of ours, the worker that keeps it for a time without a network.
        assert_eq!(
            allowed,
            [
                "default-src 'none'",
                "script-src 'self'",
                "style-src 'self'",
                "img-src 'self' data:",
                "connect-src 'none'",
                "worker-src 'self'",
                "form-action 'none'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
                "require-trusted-types-for 'script'",
                "trusted-types carnet",
            ],
            "{path}"
        );
    }
    // The worker asks for the files of the page only, and has no way to what is in the page.
    let worker = service.get("/verify-offline.js").await;
    assert_eq!(
        worker.header("content-security-policy"),
        Some("default-src 'none'; connect-src 'self'")
    );
    assert!(!worker.text().contains("message"), "it listens to no page");
}

/// Fails where a page holds anything that its policy forbids, or that would need it to be laxer.
pub fn assert_nothing_inline(path: &str, page: &Answer) {
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"),
        "{path}"
    );
    assert!(!policy.contains("unsafe"), "{path}");
    let text = page.text();
    for forbidden in [
        "<style",
        " style=",
        "javascript:",
        " onclick=",
        " onload=",
        "http-equiv",
    ] {
        assert!(!text.contains(forbidden), "{path} holds {forbidden}");
    }
    for script in text.split("<script").skip(1) {
        let (head, rest) = script.split_once('>').unwrap();
        let is_data = head.contains("type=\"application/json\"");
        assert!(
            is_data || head.contains("src=\"/assets/"),
            "{path}: <script{head}>"
        );
        assert!(
            is_data || rest.starts_with("</script>"),
            "{path}: an inline script"
        );
    }
    for address in text.split("href=\"").chain(text.split("src=\"")).skip(1) {
        let scheme = address.split('"').next().unwrap();
        assert!(!scheme.contains("//"), "{path} leads to {scheme}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_speaks_every_language_and_has_nothing_inline() {
    let service = Running::new().await;
    for path in PLAIN {
        for (tag, head) in LANGUAGES {
            let join = if path.contains('?') { '&' } else { '?' };
            let page = look(&service, &format!("{path}{join}lang={tag}")).await;
            assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
            assert_eq!(page.header("content-language"), Some(tag));
            assert!(page.text().contains(head), "{path} in {tag}");
            assert_nothing_inline(path, &page);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_s_language_is_taken_where_none_is_chosen() {
    let service = Running::new().await;
    let headers = ["accept: text/html", "accept-language: ar-JO,ar;q=0.9,en;q=0.5"];
    let page = request(service.address, "GET", "/", &headers, &[]).await;
    assert!(page.text().contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert_eq!(
        page.header("vary").map(|v| v.contains("accept-language")),
        Some(true)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn assets_have_names_of_their_content_and_may_be_kept() {
    let service = Running::new().await;
    let home = look(&service, "/").await;
    let mut found = 0;
    for part in home.text().split("\"/assets/").skip(1) {
        let name = part.split('"').next().unwrap();
        let asset = service.get(&format!("/assets/{name}")).await;
        assert_eq!(asset.status, 200, "{name}");
        assert_eq!(
            asset.header("cache-control"),
            Some("public, max-age=31536000, immutable")
        );
        found += 1;
    }
    assert_eq!(found, 2, "stylesheet and icon");
    assert_eq!(service.get("/assets/style.css").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_field_leads_to_the_vehicle_however_its_number_was_typed() {
    let service = Running::new().await;
    let answer = look(&service, "/d?vehicle=kmhxx00xxx+x000001&lang=ru").await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("location"), Some("/d/KMHXX00XXXX000001?lang=ru"));
    assert_eq!(look(&service, "/d?vehicle=+").await.header("location"), Some("/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_number_is_told_with_the_fix_and_comes_back_as_text() {
    let service = Running::new().await;
    let page = look(
        &service,
        "/d?vehicle=%22%3E%3Cscript%3Ealert(1)%3C/script%3E%E2%80%AE",
    )
    .await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("character by character"));
    assert!(page.text().contains("value=\"&quot;&gt;&lt;script&gt;alert(1)"));
    assert_nothing_inline("/d", &page);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_problem_is_a_page_for_browsers_and_json_for_programs() {
    let service = Running::new().await;
    let page = look(&service, "/nowhere?lang=fr").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (404, Some("text/html; charset=utf-8"))
    );
    assert!(page.text().contains("Il n’y a rien ici"));
    assert_nothing_inline("/nowhere", &page);
    assert_eq!(service.get("/nowhere").await.problem(), "not-found");
    let page = look(&service, "/api/vehicles/nonsense/history").await;
    assert_eq!(page.status, 422);
    assert!(page.text().contains("No vehicle has this number"));
}
