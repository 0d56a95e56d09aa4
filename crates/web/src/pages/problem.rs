//! Problems as pages, for those who look with a browser.

use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use maud::html;

use crate::pages::visit::Visit;
use crate::problem::Problem;

/// Whether whoever asks reads HTML. Programs that take anything get JSON.
pub fn reads_pages(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(ACCEPT).iter();
    accepts.filter_map(|value| value.to_str().ok()).any(|value| {
        value
            .split(',')
            .any(|range| range.trim().starts_with("text/html"))
    })
}

/// The answer as it is, or, where it is a problem, as a page about it.
pub fn humane(visit: Visit, mut response: Response) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else {
        return response;
    };
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut page = page(&visit, &problem).with_status(status).into_response();
    // What a problem says in its header, such as `Retry-After`, it says as a page too.
    for (name, value) in response.headers() {
        if name != CONTENT_TYPE && name.as_str() != "content-length" {
            page.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    }
    page
}

fn page(visit: &Visit, problem: &Problem) -> crate::pages::layout::Page {
    let name = problem.name();
    let title = visit.say(&format!("problem-{name}"));
    let body = html! {
        h1 { (title) }
        p { (visit.say(&format!("problem-{name}-fix"))) }
        details {
            summary { (visit.say("technical")) }
            // Problems speak English; what they quote must not turn the sentence around.
            p lang="en" dir="ltr" { bdi { (super::foreign::foreign(visit.words, &problem.detail, 600)) } }
            p lang="en" dir="ltr" { (problem.fix) }
            @if !problem.errors.is_empty() {
                ul lang="en" dir="ltr" {
                    @for error in &problem.errors { li { (super::foreign::foreign(visit.words, error, 600)) } }
                }
            }
        }
        p { a href=(visit.href("/")) { (visit.say("problem-home")) } }
    };
    visit.page(title, body)
}
