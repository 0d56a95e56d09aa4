//! `/issuers`: whom the log takes statements from, for everybody; and a form to revoke a key, for those who may.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use desk::DeskError;
use desk::access::{Act, Actor};
use history::map::KeyRecord;
use maud::{Markup, html};
use statement::KeyId;

use crate::access::Caller;
use crate::key_changes::Asked;
use crate::pages::foreign::{code, foreign};
use crate::pages::form::{Form, Line, Outcome, Refused, Wrong, again, done, led};
use crate::pages::layout::Page;
use crate::pages::places::places;
use crate::pages::posted::{Posted, csrf};
use crate::pages::report;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use crate::state::App;

/// The page.
const ISSUERS: &str = "/issuers";

/// The list.
pub async fn page(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Page, Problem> {
    let actor = Caller::of_session(&app, &headers).await?;
    list(&app, &visit, actor.as_ref(), None).await
}

/// Revokes a key, for good.
pub async fn revoke(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::RevokeOwnKey)?;
    let (visit, fields) = (&posted.visit, &posted.fields);
    let asked = Asked::Revoke {
        issuer: fields.get("key").to_owned(),
        reason: fields.get("reason").to_owned(),
    };
    let revoked = app.key_changes.make(posted.actor.clone(), asked).await?;
    let told = |error: &DeskError| match error {
        DeskError::Value { what: "reason", .. } => Some(Wrong::new("reason", visit.say("wrong-reason"))),
        _ => None,
    };
    let wrong = match Outcome::of(revoked, told)? {
        Outcome::Done(_) => return Ok(led(visit, ISSUERS, "issuer")),
        Outcome::Wrong(wrong) => wrong,
    };
    let refused = Refused {
        form: "revoke",
        wrong,
        typed: fields,
    };
    let page = list(&app, visit, Some(&posted.actor), Some(&refused)).await?;
    Ok(again(page))
}

/// The keys that somebody may revoke.
enum Mine {
    None,
    Of(String),
    All,
}

impl Mine {
    async fn of(app: &App, actor: Option<&Actor>) -> Result<Self, Problem> {
        let Some(actor) = actor else { return Ok(Self::None) };
        if actor.may(Act::ManageIssuers).is_ok() {
            return Ok(Self::All);
        }
        if actor.may(Act::RevokeOwnKey).is_err() {
            return Ok(Self::None);
        }
        let own = app.desk.issuer_of(actor).await?;
        Ok(own.map_or(Self::None, Self::Of))
    }

    fn has(&self, record: &KeyRecord) -> bool {
        let mine = match self {
            Self::None => false,
            Self::Of(issuer) => record.issuer == *issuer,
            Self::All => true,
        };
        mine && record.revoked_at.is_none()
    }
}

async fn list(
    app: &App,
    visit: &Visit,
    actor: Option<&Actor>,
    refused: Option<&Refused<'_>>,
) -> Result<Page, Problem> {
    let keys = app.desk.issuers().await?;
    let mine = Mine::of(app, actor).await?;
    let known = actor.and_then(Actor::known);
    let title = visit.say("issuers-title");
    let body = html! {
        h1 { (title) }
        @if let (Some(actor), Some(known)) = (actor, known) { (places(visit, actor, known, ISSUERS)) }
        p .lead { (visit.say("issuers-lead")) }
        (done(visit, &["issuer"]))
        @if keys.is_empty() { p { (visit.say("issuers-none")) } }
        @for (key, record) in &keys {
            // Several keys have this form; only the one that was sent is told what is wrong.
            @let refused = refused.filter(|refused| refused.typed.get("key") == key.to_string());
            details .issuer open[refused.is_some()] {
                summary { (foreign(visit.words, &record.name, 120)) " " (badge(visit, record)) }
                (facts(visit, key, record))
                @if let (true, Some(known)) = (mine.has(record), known) {
                    (revocation(visit, &Form::new("revoke", visit, csrf(known), refused).about(&key.to_string()), key))
                }
            }
        }
    };
    Ok(visit.page(title, body))
}

fn badge(visit: &Visit, record: &KeyRecord) -> Markup {
    html! {
        @if record.revoked_at.is_some() { span .standing.revoked { (visit.say("issuers-revoked")) } }
        @else { span .standing.in_force { (visit.say("key-valid")) } }
    }
}

fn facts(visit: &Visit, key: &KeyId, record: &KeyRecord) -> Markup {
    let words = visit.words;
    let roles = record.roles.iter().map(|role| role.as_str());
    let fact = |label: String, value: Markup| html! { div { dt { (label) } dd { (value) } } };
    html! {
        dl {
            (fact(visit.say("issuer"), code(words, &record.issuer)))
            (fact(visit.say("roles"), html! { (report::role_names(words, roles)) }))
            (fact(visit.say("key"), code(words, &key.to_string())))
            @if let Some((at, reason)) = &record.revoked_at {
                (fact(visit.say("issuers-revoked"), words.weave("issuers-because", &[
                    ("index", &words.language.number(at.0.into(), 0)), ("reason", &foreign(words, reason, 200)),
                ])))
            }
        }
    }
}

fn revocation(visit: &Visit, form: &Form<'_>, key: &KeyId) -> Markup {
    form.around(
        "/issuers/revoke",
        &html! {
            h2 { (visit.say("issuers-revoke")) }
            p .hint { (visit.say("issuers-revoke-lead")) }
            input type="hidden" name="key" value=(key.to_string());
            (form.text("reason", &visit.say("issuers-reason"), &Line { most: 200, ..Line::default() }))
            button .button type="submit" { (visit.say("issuers-revoke")) }
        },
    )
}
