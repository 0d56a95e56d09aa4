//! `/yard`: an organisation's cars and the links to their dossiers.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Redirect, Response};
use desk::DeskError;
use desk::access::{Act, NewShare, ShareView, YardCar, YardNote};
use desk::export::Disclose;
use maud::{Markup, html};
use vehicle::VehicleId;

use crate::clock;
use crate::pages::find;
use crate::pages::foreign::{code, foreign};
use crate::pages::layout::Page;
use crate::pages::places::places;
use crate::pages::posted::{CSRF, LoggedIn, Posted, csrf};
use crate::pages::visit::Visit;
use crate::problem::Problem;
use crate::state::App;

/// The yard as it is.
pub async fn page(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Response, Response> {
    let logged_in = LoggedIn::of(&app, &headers, &visit).await?;
    let page = yard(&app, &visit, &logged_in, None).await;
    page.map(Page::into_response).map_err(Problem::into_response)
}

/// Puts a car into the yard.
pub async fn add(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::ChangeYard)?;
    let typed = posted.fields.get("vehicle");
    let vehicle = match desk::check::parse_vehicle(&find::as_typed(typed)) {
        Ok(vehicle) => vehicle,
        Err(error) => {
            return Ok(find::no_vehicle(&posted.visit, typed, &error.to_string()).into_response());
        }
    };
    let note = YardNote {
        lot: posted.fields.get("lot").to_owned(),
        note: posted.fields.get("note").to_owned(),
    };
    app.desk
        .put_in_yard(&posted.actor, None, &vehicle, &note, clock::now())
        .await?;
    Ok(back(&posted))
}

/// Takes a car out of the yard.
pub async fn remove(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::ChangeYard)?;
    let vehicle = vehicle(&posted)?;
    app.desk
        .remove_from_yard(&posted.actor, None, &vehicle, clock::now())
        .await?;
    Ok(back(&posted))
}

/// Makes a link and shows it, once.
pub async fn link(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::Share)?;
    let fields: Vec<String> = posted
        .fields
        .get("fields")
        .split([',', ' '])
        .map(str::trim)
        .filter(|field| !field.is_empty())
        .map(str::to_owned)
        .collect();
    let show = match fields.as_slice() {
        [] => Disclose::Nothing,
        [all] if all == "all" => Disclose::All,
        _ => Disclose::Only(fields),
    };
    let days = posted.fields.get("days").trim();
    let days = days.parse().map_err(|_| DeskError::Value {
        what: "days",
        value: days.chars().take(20).collect(),
        problem: "write a number from 1 to 366".to_owned(),
    })?;
    let new = NewShare {
        vehicle: vehicle(&posted)?,
        show,
        days,
    };
    let made = {
        let _turn = app.reads.enter().await?;
        app.desk
            .make_share(&posted.actor, None, new, clock::now())
            .await?
    };
    let address = address(&posted.host, made.secret.reveal());
    let Posted { actor, visit, .. } = posted;
    let page = yard(&app, &visit, &LoggedIn(actor), Some(&address)).await?;
    Ok(page.into_response())
}

/// Withdraws a link.
pub async fn withdraw(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::Share)?;
    let id = posted.fields.get("link");
    app.desk
        .withdraw_share(&posted.actor, None, id, clock::now())
        .await?;
    Ok(back(&posted))
}

fn vehicle(posted: &Posted) -> Result<VehicleId, Problem> {
    Ok(desk::check::parse_vehicle(posted.fields.get("vehicle"))?)
}

fn back(posted: &Posted) -> Response {
    Redirect::to(&posted.visit.href("/yard")).into_response()
}

/// The whole address of a link, under the name by which the browser reached us. Only on this machine is that without TLS.
fn address(host: &str, secret: &str) -> String {
    let here = ["127.0.0.1", "localhost", "[::1]"]
        .iter()
        .any(|name| host == *name || host.starts_with(&format!("{name}:")));
    let scheme = if here { "http" } else { "https" };
    format!("{scheme}://{host}/d/share/{secret}")
}

async fn yard(app: &App, visit: &Visit, who: &LoggedIn, made: Option<&str>) -> Result<Page, Problem> {
    let LoggedIn(actor) = who;
    let known = who.known()?;
    let cars = app.desk.yard(actor, None).await?;
    let links = app.desk.shares(actor, None, clock::now()).await?;
    let form = Form {
        visit,
        csrf: csrf(known),
        may_change: actor.may(Act::ChangeYard).is_ok(),
        may_share: actor.may(Act::Share).is_ok(),
    };
    let title = visit.say("yard-title");
    let body = html! {
        h1 { (title) }
        (places(visit, actor, known, "/yard"))
        p .lead {
            (visit.words.weave("yard-lead", &[
                ("organisation", &foreign(visit.words, &known.organisation, 60)),
                ("person", &foreign(visit.words, &known.display_name, 60)),
            ]))
        }
        @if let Some(address) = made {
            section .made role="status" {
                h2 { (visit.say("link-made")) }
                p { (visit.say("link-made-once")) }
                p .code dir="ltr" { (address) }
            }
        }
        @if form.may_change { (form.add()) }
        @if cars.is_empty() { p { (visit.say("yard-empty")) } }
        @for car in &cars { (form.car(car)) }
        @if !links.is_empty() {
            h2 { (visit.say("link-title")) }
            @for link in &links { (form.link(link)) }
        }
    };
    Ok(visit.page(title, body))
}

/// The forms of the page, for whoever looks.
struct Form<'v> {
    visit: &'v Visit,
    csrf: &'v str,
    may_change: bool,
    may_share: bool,
}

impl Form<'_> {
    /// What every form carries.
    fn own(&self) -> Markup {
        html! { input type="hidden" name=(CSRF) value=(self.csrf); }
    }

    fn of(&self, vehicle: &str) -> Markup {
        html! { (self.own()) input type="hidden" name="vehicle" value=(vehicle); }
    }

    fn add(&self) -> Markup {
        let visit = self.visit;
        html! {
            form .sheet method="post" action=(visit.href("/yard")) {
                h2 { (visit.say("yard-add-title")) }
                (self.own())
                label for="vehicle" { (visit.say("home-vehicle")) }
                input #vehicle .code type="text" name="vehicle" dir="ltr" required maxlength="60" autocomplete="off"
                    autocapitalize="characters" spellcheck="false";
                label for="lot" { (visit.say("yard-lot")) }
                input #lot type="text" name="lot" maxlength="64" autocomplete="off";
                label for="note" { (visit.say("yard-note")) }
                input #note type="text" name="note" maxlength="500" autocomplete="off";
                button .button.primary type="submit" { (visit.say("yard-add")) }
            }
        }
    }

    fn car(&self, car: &YardCar) -> Markup {
        let visit = self.visit;
        let number = car.vehicle.strip_prefix("vin:").unwrap_or(&car.vehicle);
        let page = format!("/d/{number}");
        html! {
            section .car {
                h2 { a href=(visit.href(&page)) { (code(visit.words, number)) } }
                @if !car.lot.is_empty() { p { (visit.say("yard-lot")) ": " (foreign(visit.words, &car.lot, 64)) } }
                @if !car.note.is_empty() { p { (foreign(visit.words, &car.note, 500)) } }
                @match car.confirmed {
                    Some(_) => { p .hint { (visit.say("yard-confirmed")) } }
                    None => { p .hint { (visit.say("yard-unconfirmed")) } }
                }
                @if self.may_share {
                    details {
                        summary { (visit.say("link-make-title")) }
                        form method="post" action=(visit.href("/yard/link")) {
                            (self.of(&car.vehicle))
                            p { (visit.say("link-lead")) }
                            @if car.confirmed.is_some() {
                                label { (visit.say("link-fields")) input type="text" name="fields" dir="ltr" maxlength="400"; }
                                p .hint { (visit.say("link-fields-hint")) }
                            }
                            label { (visit.say("link-days")) input type="number" name="days" min="1" max="366" value="30" required; }
                            button .button.primary type="submit" { (visit.say("link-make")) }
                        }
                    }
                }
                @if self.may_change {
                    form method="post" action=(visit.href("/yard/remove")) {
                        (self.of(&car.vehicle))
                        button .button type="submit" { (visit.say("yard-remove")) }
                    }
                }
            }
        }
    }

    fn link(&self, link: &ShareView) -> Markup {
        let visit = self.visit;
        let number = link.vehicle.strip_prefix("vin:").unwrap_or(&link.vehicle);
        let day = link.expires.split('T').next().unwrap_or_default();
        let standing = match link.standing {
            "withdrawn" => visit.say("link-withdrawn"),
            "expired" => visit.say("link-expired"),
            _ => visit.say("link-open"),
        };
        html! {
            section .car {
                p {
                    (code(visit.words, number)) " · " (standing) " · "
                    (visit.words.weave("link-until", &[("day", &day)])) " · "
                    @if link.fields.is_empty() { (visit.say("link-shows-none")) }
                    @else { (foreign(visit.words, &link.fields.join(", "), 300)) }
                }
                @if self.may_share && link.standing == "open" {
                    form method="post" action=(visit.href("/yard/withdraw")) {
                        (self.own())
                        input type="hidden" name="link" value=(link.id);
                        button .button type="submit" { (visit.say("link-withdraw")) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_shown_under_the_name_the_browser_used() {
        assert_eq!(
            address("log.example", "cnd_x"),
            "https://log.example/d/share/cnd_x"
        );
        assert_eq!(
            address("127.0.0.1:7878", "cnd_x"),
            "http://127.0.0.1:7878/d/share/cnd_x"
        );
        assert_eq!(
            address("localhost.evil.example", "x"),
            "https://localhost.evil.example/d/share/x"
        );
    }
}
