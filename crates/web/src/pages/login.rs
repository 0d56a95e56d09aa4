//! `/login`, `/logout`, `/setup`: getting in and out with a browser.

use axum::extract::State;
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse as _, Redirect, Response};
use desk::DeskError;
use desk::access::{AccessError, FirstAccount};
use fluent_bundle::FluentValue;
use maud::{Markup, html};

use crate::access::{Caller, From, NO_SESSION, session_cookie};
use crate::clock;
use crate::pages::foreign::foreign;
use crate::pages::layout::Page;
use crate::pages::posted::{Fields, Posted};
use crate::pages::visit::Visit;
use crate::problem::Problem;
use crate::state::App;

/// The form. Who is logged in is led on.
pub async fn login(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Response, Problem> {
    if Caller::of_session(&app, &headers).await?.is_some() {
        return Ok(Redirect::to(&visit.href("/yard")).into_response());
    }
    Ok(form(&visit, "", None).into_response())
}

/// Logs in and leads to the yard, or back to the form with what is wrong.
pub async fn log_in(
    State(app): State<App>,
    visit: Visit,
    From(client): From,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let now = clock::now();
    let name = fields.get("name");
    let session = match app.desk.log_in(name, fields.get("password"), client, now).await {
        Ok(session) => session,
        Err(DeskError::Access(AccessError::WrongLogin)) => {
            let page = form(&visit, name, Some(visit.say("login-wrong")));
            // 401 would have to name a way that browsers ask for by themselves; this one is a form.
            return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response());
        }
        Err(DeskError::Access(AccessError::TooManyAttempts(seconds))) => {
            let wait = visit
                .words
                .tell("login-wait", &[("seconds", FluentValue::from(seconds))]);
            let page = form(&visit, name, Some(wait)).with_status(StatusCode::TOO_MANY_REQUESTS);
            return Ok(([(RETRY_AFTER, HeaderValue::from(seconds))], page).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(before) = Caller::of_session(&app, &headers).await? {
        app.desk.log_out(&before, now).await?;
    }
    let cookie = session_cookie(&session.secret, session.expires - now).ok_or_else(Problem::internal)?;
    let cookie = AppendHeaders([(SET_COOKIE, cookie)]);
    Ok((cookie, Redirect::to(&visit.href("/yard"))).into_response())
}

fn form(visit: &Visit, name: &str, wrong: Option<String>) -> Page {
    let title = visit.say("login-title");
    let name: String = name.chars().take(64).filter(|c| !c.is_control()).collect();
    let described = wrong.is_some().then_some("wrong");
    let body = html! {
        h1 { (title) }
        @if let Some(wrong) = &wrong { p .problem #wrong role="alert" { (wrong) } }
        form .sheet method="post" action=(visit.href("/login")) {
            (text(&visit.say("login-name"), "name", "username", &name, described))
            (password(&visit.say("login-password"), "current-password"))
            button .button.primary type="submit" { (visit.say("login-submit")) }
        }
        p .hint { (visit.say("login-help")) }
    };
    visit.page(title, body)
}

/// A line to type into.
fn text(
    label: &str,
    name: &'static str,
    autocomplete: &'static str,
    value: &str,
    described: Option<&str>,
) -> Markup {
    html! {
        label for=(name) { (label) }
        input id=(name) type="text" name=(name) required maxlength="120" autocapitalize="none" spellcheck="false"
            autocomplete=(autocomplete) value=(value) aria-describedby=[described];
    }
}

fn password(label: &str, autocomplete: &'static str) -> Markup {
    html! {
        label for="password" { (label) }
        input #password type="password" name="password" required maxlength="512" autocomplete=(autocomplete);
    }
}

/// Logs out and leads to the first page.
pub async fn log_out(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    app.desk.log_out(&posted.actor, clock::now()).await?;
    let gone = AppendHeaders([(SET_COOKIE, NO_SESSION)]);
    Ok((gone, Redirect::to(&posted.visit.href("/"))).into_response())
}

/// The form for the first account.
pub async fn setup(visit: Visit) -> Page {
    setup_form(&visit, None)
}

/// Makes the first account and leads to the login, or back to the form with what is wrong.
pub async fn set_up(State(app): State<App>, visit: Visit, fields: Fields) -> Result<Response, Problem> {
    let first = FirstAccount {
        organisation: fields.get("organisation").trim().to_owned(),
        organisation_name: fields.get("organisation_name").to_owned(),
        name: fields.get("name").to_owned(),
        display_name: fields.get("display_name").to_owned(),
    };
    let token = fields.get("token").trim();
    let done = app
        .desk
        .set_up(token, &first, fields.get("password"), clock::now())
        .await;
    match done {
        Ok(()) => Ok(Redirect::to(&visit.href("/login")).into_response()),
        Err(error @ (DeskError::Value { .. } | DeskError::Access(_))) => {
            let page = setup_form(&visit, Some(&error.to_string()));
            Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn setup_form(visit: &Visit, wrong: Option<&str>) -> Page {
    let title = visit.say("setup-title");
    let body = html! {
        h1 { (title) }
        p .lead { (visit.say("setup-lead")) }
        @if let Some(wrong) = wrong {
            div .problem role="alert" {
                p { (visit.say("setup-refused")) }
                p lang="en" dir="ltr" { (foreign(visit.words, wrong, 600)) }
            }
        }
        form .sheet method="post" action=(visit.href("/setup")) {
            (text(&visit.say("setup-token"), "token", "off", "", None))
            (text(&visit.say("setup-organisation-name"), "organisation_name", "organization", "", None))
            (text(&visit.say("setup-organisation"), "organisation", "off", "", Some("organisation-hint")))
            p #organisation-hint .hint { (visit.say("setup-organisation-hint")) }
            (text(&visit.say("setup-display-name"), "display_name", "name", "", None))
            (text(&visit.say("login-name"), "name", "username", "", None))
            (password(&visit.say("login-password"), "new-password"))
            p .hint { (visit.say("setup-password-hint")) }
            button .button.primary type="submit" { (visit.say("setup-submit")) }
        }
    };
    visit.page(title, body)
}
