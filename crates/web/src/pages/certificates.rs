//! `/certificates`: the public directory of battery certificates (ISO/IEC 17065, 7.8), and the page of each. Neither shows anything
//! by which a car could be recognised.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use certificate::credential::Subject;
use certificate::distance::Overrun;
use desk::certify::expiry::Expired;
use desk::certify::publish::DirectoryEntry;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize as _;
use serde_json::Value;

use crate::clock;
use crate::extract::Path;
use crate::pages::foreign::{code, foreign};
use crate::pages::language::Words;
use crate::pages::layout::Page;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use crate::published;
use crate::state::App;

/// What may be asked for, in the order in which it is offered.
const STANDINGS: [&str; 5] = ["in_force", "suspended", "withdrawn", "expired", "not_known"];
/// The most lines on a page; whoever looks for one of more has the field, and programs have the interface.
const MOST: usize = 500;
/// The most characters of a name that are shown.
const NAME: usize = 80;

/// The directory.
pub async fn directory(State(app): State<App>, visit: Visit) -> Result<Page, Problem> {
    let entries = app.desk.directory(clock::moment()).await?;
    Ok(page_of(&visit, &entries))
}

fn page_of(visit: &Visit, entries: &[DirectoryEntry]) -> Page {
    let typed = visit.parameter("q").unwrap_or_default().trim();
    let standing = visit.parameter("standing").unwrap_or_default();
    let found: Vec<&DirectoryEntry> = entries
        .iter()
        .rev()
        .filter(|entry| matches(entry, typed, standing))
        .collect();
    let title = visit.say("cert-title");
    let counted = visit.words.tell(
        "cert-count",
        &[
            ("shown", found.len().min(MOST).into()),
            ("all", entries.len().into()),
        ],
    );
    let body = html! {
        h1 { (title) }
        p .lead { (visit.say("cert-lead")) }
        @if entries.is_empty() { p .notice { (visit.say("cert-empty")) } }
        @else {
            (filter(visit, typed, standing))
            @if found.is_empty() { p .notice { (visit.say("cert-none")) } }
            @else {
                p .hint { (counted) }
                table .directory {
                    thead { tr {
                        @for id in ["number", "car", "grade", "issued", "until", "standing"] {
                            th scope="col" { (visit.say(&format!("cert-{id}"))) }
                        }
                    } }
                    tbody { @for entry in found.into_iter().take(MOST) { (line(visit, entry)) } }
                }
            }
        }
    };
    visit.page(title, body).public()
}

/// Whether a line is asked for.
fn matches(entry: &DirectoryEntry, typed: &str, standing: &str) -> bool {
    let typed = typed.to_lowercase();
    let car = format!("{} {}", entry.make, entry.model).to_lowercase();
    (standing.is_empty() || entry.standing == standing)
        && (entry.certificate.to_lowercase().contains(&typed) || car.contains(&typed))
}

fn filter(visit: &Visit, typed: &str, standing: &str) -> Markup {
    let typed: String = typed.chars().take(60).filter(|c| !c.is_control()).collect();
    html! {
        form .filter action="/certificates" method="get" role="search" {
            div {
                label for="q" { (visit.say("cert-filter")) }
                input #q type="text" name="q" maxlength="60" autocomplete="off" spellcheck="false" dir="auto" value=(typed);
            }
            div {
                label for="standing" { (visit.say("cert-filter-standing")) }
                select #standing name="standing" {
                    option value="" { (visit.say("cert-any")) }
                    @for known in STANDINGS {
                        option value=(known) selected[known == standing] { (visit.say(&format!("cert-{known}"))) }
                    }
                }
            }
            (visit.chosen_field())
            button .button type="submit" { (visit.say("cert-show")) }
        }
    }
}

fn line(visit: &Visit, entry: &DirectoryEntry) -> Markup {
    let words = visit.words;
    let cell = |id: &str| visit.say(&format!("cert-{id}"));
    html! {
        tr {
            th scope="row" data-label=(cell("number")) {
                a href=(visit.href(&address(&entry.certificate))) { (code(words, &entry.certificate)) }
            }
            td data-label=(cell("car")) { (foreign(words, &format!("{} {}", entry.make, entry.model), NAME)) }
            td data-label=(cell("grade")) { (foreign(words, &entry.grade, NAME)) }
            td data-label=(cell("issued")) { (day(entry.issued)) }
            td data-label=(cell("until")) { (day(entry.valid_until)) }
            td data-label=(cell("standing")) { (badge(visit, entry.standing)) }
        }
    }
}

/// The address of a certificate's page.
pub fn address(number: &str) -> String {
    let escaped: String = url::form_urlencoded::byte_serialize(number.as_bytes()).collect();
    format!("/certificates/{}", escaped.replace('+', "%20"))
}

/// A status in words and colour.
fn badge(visit: &Visit, standing: &str) -> Markup {
    let tone = if standing == "not_known" {
        "expired"
    } else {
        standing
    };
    html! { span class=(format!("standing {tone}")) { (visit.say(&format!("cert-{standing}"))) } }
}

/// A day, as the certificate itself writes it: the same in every language.
fn day(time: Timestamp) -> Markup {
    let day = time.strftime("%Y-%m-%d").to_string();
    html! { time .code dir="ltr" datetime=(day) { (day) } }
}

/// What stands at a certificate's address: its page, and with `.json` at the end the credential without the car's number.
pub async fn certificate(
    app: State<App>,
    visit: Visit,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match name.strip_suffix(".json") {
        Some(number) => {
            let twin = published::twin(app, Path(number.to_owned()), headers).await;
            Ok(published::readable_everywhere(twin.into_response()).await)
        }
        None => Ok(one(&app, &visit, name).await?.into_response()),
    }
}

/// One certificate.
async fn one(app: &App, visit: &Visit, number: String) -> Result<Page, Problem> {
    let entries = app.desk.directory(clock::moment()).await?;
    let Some(entry) = entries.into_iter().find(|entry| entry.certificate == number) else {
        let title = visit.say("cert-title");
        let body = html! {
            h1 { (title) }
            p .problem { (visit.say("cert-none")) }
            p { (code(visit.words, &number)) }
            p { a href=(visit.href("/certificates")) { (visit.say("cert-all")) } }
        };
        return Ok(visit.page(title, body).with_status(StatusCode::NOT_FOUND));
    };
    // The twin of an erased car is gone; its line stays, so that nobody takes the number for free.
    let twin = app.desk.kept_twin(&number).await?;
    Ok(page_of_one(visit, &entry, twin.as_ref()))
}

fn page_of_one(visit: &Visit, entry: &DirectoryEntry, twin: Option<&Value>) -> Page {
    let words = visit.words;
    let number = code(words, &entry.certificate);
    let standing = entry.standing;
    // The colours of the verifier's own verdicts.
    let tone = match standing {
        "in_force" => "verified",
        "expired" | "not_known" => "stale",
        _ => "refused",
    };
    let subject = twin.and_then(|twin| Subject::deserialize(&twin["credentialSubject"]).ok());
    let car = foreign(words, &format!("{} {}", entry.make, entry.model), NAME);
    let kilometres = entry.odometer_limit_km.to_string();
    let body = html! {
        div class=(format!("verdict {tone}")) role="status" {
            div {
                h1 { (visit.say(&format!("cert-{standing}"))) }
                p { (why(visit, entry)) }
            }
        }
        @if entry.awaits_log { p .notice role="status" { (visit.say("cert-awaits-log")) } }
        h2 { (words.weave("cert-one", &[("number", &number)])) }
        dl {
            (fact(visit, "cert-car", car))
            (fact(visit, "cert-grade", foreign(words, &entry.grade, NAME)))
            (fact(visit, "cert-issued", day(entry.issued)))
            (fact(visit, "cert-until", html! {
                (day(entry.valid_until)) " " (words.weave("cert-until-km", &[("km", &kilometres)]))
            }))
        }
        h2 { (visit.say("cert-measured")) }
        @match &subject {
            Some(subject) => { (measured(visit, subject)) }
            None => { p .notice { (visit.say("cert-gone")) } }
        }
        h2 { (visit.say("cert-check")) }
        p { (visit.say("cert-check-how")) }
        dl {
            (fact(visit, "cert-digest", code(words, &entry.credential_sha256)))
            @for list in twin.map(lists).unwrap_or_default() {
                (fact(visit, "cert-status-list", code(words, &list)))
            }
        }
        @if twin.is_some() {
            p { a href=(format!("/api{}", address(&entry.certificate))) { (visit.say("cert-credential")) } }
        }
        p { a href=(visit.href("/certificates")) { (visit.say("cert-all")) } }
    };
    let title = words.tell("cert-one", &[("number", entry.certificate.as_str().into())]);
    visit.page(title, body).public()
}

/// Why a certificate counts, or does not.
fn why(visit: &Visit, entry: &DirectoryEntry) -> Markup {
    match &entry.expired {
        Some(Expired::Kilometres(overrun)) => past_its_distance(visit.words, overrun),
        _ => html! { (visit.say(&format!("cert-{}-why", entry.standing))) },
    }
}

/// The reading with which a car ran past its certificate's limit, where it is for whoever looks.
pub fn past_its_distance(words: &Words, overrun: &Overrun) -> Markup {
    let limit = overrun.limit_km.to_string();
    let Some(km) = overrun.odometer_km.map(|km| km.to_string()) else {
        return words.weave("cert-expired-km-seen", &[("limit", &limit)]);
    };
    let on = overrun.read_on.map(|day| day.to_string()).unwrap_or_default();
    words.weave(
        "cert-expired-km-why",
        &[("km", &km), ("day", &on), ("limit", &limit)],
    )
}

fn fact(visit: &Visit, id: &str, value: Markup) -> Markup {
    html! { div { dt { (visit.say(id)) } dd { (value) } } }
}

fn measured(visit: &Visit, subject: &Subject) -> Markup {
    let words = visit.words;
    let soh = &subject.soh;
    let interval = words.weave(
        "cert-interval",
        &[
            ("value", &soh.value_pct.to_string()),
            ("low", &soh.lower95_pct.to_string()),
            ("high", &soh.upper95_pct.to_string()),
        ],
    );
    let capacity = words.weave(
        "cert-capacity-value",
        &[
            ("now", &soh.capacity_ah.to_string()),
            ("rated", &subject.battery.rated_ah.to_string()),
        ],
    );
    let period = format!("{} – {}", subject.evidence.from, subject.evidence.until);
    let odometer = words.weave("cert-odometer-value", &[("km", &subject.odometer_km.to_string())]);
    html! {
        dl {
            (fact(visit, "cert-soh", html! { strong { (interval) } }))
            (fact(visit, "cert-capacity", capacity))
            (fact(visit, "cert-odometer", odometer))
            (fact(visit, "cert-period", html! { bdi dir="ltr" { (period) } }))
            (fact(visit, "cert-method", foreign(words, &soh.method_version, NAME)))
        }
    }
}

/// Where the issuing body says what became of it.
fn lists(twin: &Value) -> Vec<String> {
    let entries = twin["credentialStatus"].as_array();
    entries
        .into_iter()
        .flatten()
        .filter_map(|entry| entry["statusListCredential"].as_str())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::ACCEPT_LANGUAGE};
    use axum::response::IntoResponse as _;

    use super::*;

    fn entry(number: &str, model: &str, standing: &'static str) -> DirectoryEntry {
        DirectoryEntry {
            certificate: number.to_owned(),
            standing,
            expired: None,
            make: "Hyundai".to_owned(),
            model: model.to_owned(),
            grade: "B".to_owned(),
            issued: "2026-11-24T09:00:00Z".parse().unwrap(),
            valid_until: "2027-11-24T09:00:00Z".parse().unwrap(),
            odometer_limit_km: 77_748,
            credential_sha256: "5f70bf18".repeat(8),
            awaits_log: false,
        }
    }

    fn visit(uri: &str) -> Visit {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en"));
        Visit::of(&uri.parse().unwrap(), &headers)
    }

    async fn text(page: Page) -> String {
        let body = page.into_response().into_body();
        let bytes = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn three() -> [DirectoryEntry; 3] {
        [
            entry("CN-2026-000001", "Ioniq 5", "in_force"),
            entry("CN-2026-000002", "Kona Electric", "suspended"),
            entry("CN-2026-000003", "Porter <b>EV</b>", "withdrawn"),
        ]
    }

    #[tokio::test]
    async fn the_directory_lists_every_certificate_with_its_status_and_a_link() {
        let page = text(page_of(&visit("/certificates?lang=ko"), &three())).await;
        for number in ["1", "2", "3"] {
            let link = format!("/certificates/CN-2026-00000{number}?lang=ko");
            assert!(page.contains(&link), "{link}");
        }
        assert!(page.contains("유효") && page.contains("정지") && page.contains("취소"));
        assert!(page.contains("Porter &lt;b&gt;EV"), "names are text");
    }

    #[tokio::test]
    async fn the_filter_keeps_what_was_asked_for_and_says_how_many_there_are() {
        let page = text(page_of(&visit("/certificates?q=kona"), &three())).await;
        assert!(page.contains("CN-2026-000002") && !page.contains("CN-2026-000001"));
        assert!(page.contains("of \u{2068}3\u{2069}"), "{page}");
        let page = text(page_of(&visit("/certificates?standing=withdrawn"), &three())).await;
        assert!(page.contains("CN-2026-000003") && !page.contains("CN-2026-000002"));
        let page = text(page_of(&visit("/certificates?q=nothing"), &three())).await;
        assert!(page.contains("no such certificate"));
    }

    #[tokio::test]
    async fn a_certificate_that_is_not_in_force_says_first_that_nobody_should_rely_on_it() {
        for (standing, word) in [
            ("suspended", "Do not rely on it"),
            ("withdrawn", "Do not rely on it"),
            ("expired", "Its last day is over"),
            ("not_known", "Nobody can tell"),
        ] {
            let page = text(page_of_one(&visit("/"), &entry("CN-1", "Kona", standing), None)).await;
            assert!(page.contains(word), "{standing}");
            assert!(!page.contains("verdict verified"), "{standing}");
            assert!(
                page.contains("erased"),
                "what was measured is gone with the car's data"
            );
        }
    }

    #[tokio::test]
    async fn a_certificate_that_a_later_reading_ended_names_the_limit() {
        let mut one = entry("CN-1", "Kona", "expired");
        one.expired = Some(Expired::Kilometres(Overrun {
            odometer_km: None,
            read_on: None,
            limit_km: 77_748,
        }));
        for language in ["ko", "en", "ru", "ar", "es", "fr"] {
            let page = text(page_of_one(&visit(&format!("/?lang={language}")), &one, None)).await;
            assert!(page.contains("77748"), "{language}");
            assert!(!page.contains("verdict verified"), "{language}");
        }
    }

    #[tokio::test]
    async fn a_certificate_whose_issue_is_not_in_the_log_yet_says_so() {
        let mut one = entry("CN-1", "Kona", "in_force");
        let page = text(page_of_one(&visit("/"), &one, None)).await;
        assert!(!page.contains("not in the log yet"), "{page}");
        one.awaits_log = true;
        let page = text(page_of_one(&visit("/"), &one, None)).await;
        assert!(page.contains("not in the log yet"), "{page}");
    }

    #[tokio::test]
    async fn the_page_of_one_says_what_was_measured_and_leads_to_the_credential() {
        let sample = include_bytes!("../../../../spec/vectors/credential/ok_in_force.json");
        let twin: Value = serde_json::from_slice(sample).unwrap();
        let one = entry("CN-2026-SAMPLE-05", "Ioniq 5", "in_force");
        let page = text(page_of_one(
            &visit("/certificates/CN-2026-SAMPLE-05"),
            &one,
            Some(&twin),
        ))
        .await;
        assert!(page.contains("verdict verified"));
        assert!(page.contains("<bdi>91.4</bdi> %, 95 % interval <bdi>89.2</bdi> to <bdi>93.6</bdi> %"));
        assert!(page.contains("href=\"/api/certificates/CN-2026-SAMPLE-05\""));
        assert!(page.contains("https://certs.example/status/suspension-1.json"));
        for (language, unit) in [
            ("en", "km"),
            ("ko", "km"),
            ("fr", "km"),
            ("es", "km"),
            ("ru", "км"),
            ("ar", "كم"),
        ] {
            let visit = visit(&format!("/?lang={language}"));
            let page = text(page_of_one(&visit, &one, Some(&twin))).await;
            assert!(page.contains(&format!("<bdi>74748</bdi> {unit}")), "{language}");
        }
    }
}
