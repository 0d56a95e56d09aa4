//! `/d?vehicle=…`: where the field for a number leads. To the vehicle's page, or back to the field with what is wrong.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use vehicle::VehicleId;

use crate::pages::foreign::foreign;
use crate::pages::visit::Visit;

/// The page of a vehicle.
pub fn address(vehicle: &VehicleId) -> String {
    // A canonical id consists of letters, digits, `-` and one `:`.
    let text = vehicle.to_string();
    format!("/d/{}", text.strip_prefix("vin:").unwrap_or(&text))
}

/// Leads on to the vehicle that was typed.
pub async fn page(visit: Visit) -> Response {
    let typed = visit.parameter("vehicle").unwrap_or_default();
    if typed.trim().is_empty() {
        return Redirect::to(&visit.href("/")).into_response();
    }
    match desk::check::parse_vehicle(&as_typed(typed)) {
        Ok(vehicle) => Redirect::to(&visit.href(&address(&vehicle))).into_response(),
        Err(error) => no_vehicle(&visit, typed, &error.to_string()).into_response(),
    }
}

/// What people put between the characters of a number when they read it out or copy it.
fn as_typed(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_uppercase()
}

/// That a number is none, why, and the field to correct it in.
pub fn no_vehicle(visit: &Visit, typed: &str, why: &str) -> crate::pages::layout::Page {
    let title = visit.say("find-wrong-title");
    let body = html! {
        h1 { (title) }
        p .problem #wrong { (visit.say("vehicle-bad")) }
        p { (visit.say("find-wrong-fix")) }
        details {
            summary { (visit.say("technical")) }
            p lang="en" dir="ltr" { (foreign(visit.words, why, 600)) }
        }
        (field(visit, typed, Some("wrong")))
    };
    visit
        .page(title, body)
        .with_status(StatusCode::UNPROCESSABLE_ENTITY)
}

/// The field for a number.
pub fn field(visit: &Visit, typed: &str, problem: Option<&str>) -> Markup {
    let described = problem.map_or("vehicle-hint".to_owned(), |problem| {
        format!("vehicle-hint {problem}")
    });
    // What was typed goes back into the field, but no more of it than a number has.
    let typed: String = typed.chars().take(60).filter(|c| !c.is_control()).collect();
    html! {
        form .find action="/d" method="get" role="search" {
            label for="vehicle" { (visit.say("home-vehicle")) }
            div .row {
                input #vehicle .code type="text" name="vehicle" dir="ltr" required autocomplete="off" autocapitalize="characters"
                    spellcheck="false" maxlength="60" aria-describedby=(described) aria-invalid=[problem.map(|_| "true")]
                    value=(typed);
                (visit.chosen_field())
                button .button.primary type="submit" { (visit.say("home-show")) }
            }
            p #vehicle-hint .hint { (visit.say("home-vehicle-hint")) }
        }
    }
}
