//! `/me`: one's own account: who one is, another password, and tokens for programs.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER};
use axum::response::{IntoResponse as _, Response};
use desk::DeskError;
use desk::access::{AccessError, Act, Actor, NewToken, Role, Scope, TokenView};
use fluent_bundle::FluentValue;
use maud::{Markup, html};

use crate::clock;
use crate::pages::accounts::role_name;
use crate::pages::foreign::{code, foreign};
use crate::pages::form::{Form, Line, Outcome, Refused, Wrong, again, done, led};
use crate::pages::layout::Page;
use crate::pages::places::places;
use crate::pages::posted::{CSRF, LoggedIn, Posted, csrf};
use crate::pages::trail::at;
use crate::pages::visit::Visit;
use crate::problem::Problem;
use crate::state::App;

/// The page.
const ME: &str = "/me";

/// How long a token lasts: at least, at most, and where nothing else is said, in days.
const DAYS: ((u32, u32), u32) = ((1, 366), 90);

/// The account as it is.
pub async fn page(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Response, Response> {
    let LoggedIn(actor) = LoggedIn::of(&app, &headers, &visit).await?;
    let page = me(&app, &visit, &actor, None, None).await;
    page.map(Page::into_response).map_err(Problem::into_response)
}

/// Changes the password, with the old one.
pub async fn password(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::ChangePassword)?;
    let (visit, fields) = (&posted.visit, &posted.fields);
    let (old, new) = (fields.get("old"), fields.get("new"));
    let changed = app
        .desk
        .change_password(&posted.actor, old, new, clock::now())
        .await;
    let wait = match &changed {
        Err(DeskError::Access(AccessError::TooManyAttempts(seconds))) => Some(*seconds),
        _ => None,
    };
    let told = |error: &DeskError| match error {
        DeskError::Value { what: "password", .. } => Some(Wrong::new("new", visit.say("wrong-password"))),
        DeskError::Access(AccessError::WrongLogin) => {
            Some(Wrong::new("old", visit.say("wrong-old-password")))
        }
        DeskError::Access(AccessError::TooManyAttempts(seconds)) => {
            let seconds = [("seconds", FluentValue::from(*seconds))];
            Some(Wrong::new("old", visit.words.tell("login-wait", &seconds)))
        }
        _ => None,
    };
    let wrong = match Outcome::of(changed, told)? {
        Outcome::Done(()) => return Ok(led(visit, ME, "password")),
        Outcome::Wrong(wrong) => wrong,
    };
    let mut page = refused(&app, &posted, "password", wrong).await?;
    if let Some(seconds) = wait {
        *page.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        page.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(page)
}

/// Makes a token and shows its secret, once.
pub async fn make_token(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::ManageTokens)?;
    let (visit, fields) = (&posted.visit, &posted.fields);
    let scopes: Result<BTreeSet<Scope>, _> = fields.every("scope").map(str::parse).collect();
    let (Ok(scopes), Ok(days)) = (scopes, fields.get("days").trim().parse::<u32>()) else {
        let wrong = Wrong::new("days", visit.say("wrong-days"));
        return refused(&app, &posted, "token", wrong).await;
    };
    // The interface makes such tokens, which only tell whose they are; somebody at a form has forgotten to choose.
    if scopes.is_empty() {
        let wrong = Wrong::new("scope", visit.say("wrong-choice"));
        return refused(&app, &posted, "token", wrong).await;
    }
    let new = NewToken {
        name: fields.get("name").to_owned(),
        scopes,
        days,
    };
    let made = app.desk.make_token(&posted.actor, None, &new, clock::now()).await;
    let told = |error: &DeskError| match error {
        DeskError::Value {
            what: "token name", ..
        } => Some(Wrong::new("name", visit.say("wrong-token-name"))),
        DeskError::Value { what: "days", .. } => Some(Wrong::new("days", visit.say("wrong-days"))),
        DeskError::Access(AccessError::TooMany { .. }) => {
            Some(Wrong::new("name", visit.say("wrong-too-many-tokens")))
        }
        _ => None,
    };
    match Outcome::of(made, told)? {
        Outcome::Done(made) => {
            let page = me(&app, visit, &posted.actor, None, Some(made.secret.reveal())).await?;
            Ok(page.into_response())
        }
        Outcome::Wrong(wrong) => refused(&app, &posted, "token", wrong).await,
    }
}

/// Revokes a token, at once and for good.
pub async fn revoke_token(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::ManageTokens)?;
    app.desk
        .revoke_token(&posted.actor, posted.fields.get("token"), clock::now())
        .await?;
    Ok(led(&posted.visit, ME, "revoked"))
}

async fn refused(app: &App, posted: &Posted, form: &'static str, wrong: Wrong) -> Result<Response, Problem> {
    let refused = Refused {
        form,
        wrong,
        typed: &posted.fields,
    };
    let page = me(app, &posted.visit, &posted.actor, Some(&refused), None).await?;
    Ok(again(page))
}

async fn me(
    app: &App,
    visit: &Visit,
    actor: &Actor,
    refused: Option<&Refused<'_>>,
    made: Option<&str>,
) -> Result<Page, Problem> {
    let known = actor.known().ok_or_else(Problem::internal)?;
    let tokens = app.desk.tokens(actor, None, clock::now()).await?;
    let (valid, ended): (Vec<_>, Vec<_>) = tokens.iter().partition(|token| token.standing == "valid");
    let words = visit.words;
    let form = |name| Form::new(name, visit, csrf(known), refused);
    let title = visit.say("me-title");
    let fact = |label: String, value: Markup| html! { div { dt { (label) } dd { (value) } } };
    let body = html! {
        h1 { (title) }
        (places(visit, actor, known, ME))
        (done(visit, &["password", "revoked"]))
        @if let Some(secret) = made {
            section .made role="status" {
                h2 { (visit.say("me-token-made")) }
                p { (visit.say("me-token-once")) }
                p .code dir="ltr" { (secret) }
            }
        }
        dl {
            (fact(visit.say("accounts-person"), foreign(words, &known.display_name, 120)))
            (fact(visit.say("login-name"), code(words, &known.name)))
            (fact(visit.say("accounts-organisation"), code(words, &known.organisation)))
            (fact(visit.say("accounts-role"), html! { (role_name(visit, known.role.as_str())) }))
        }
        (password_form(visit, &form("password"), &known.name))
        h2 { (visit.say("me-tokens")) }
        p .hint { (visit.say("me-tokens-lead")) }
        @for token in &valid { (listed(visit, token, Some(csrf(known)))) }
        (token_form(visit, &form("token"), known.role))
        @if !ended.is_empty() {
            details {
                summary { (visit.say("me-tokens-ended")) }
                @for token in &ended { (listed(visit, token, None)) }
            }
        }
    };
    Ok(visit.page(title, body))
}

fn password_form(visit: &Visit, form: &Form<'_>, name: &str) -> Markup {
    form.around(
        "/me/password",
        &html! {
            h2 { (visit.say("me-password")) }
            (form.whose(name))
            (form.password("old", &visit.say("me-old"), "current-password", None))
            (form.password("new", &visit.say("me-new"), "new-password", Some(&visit.say("setup-password-hint"))))
            p .hint { (visit.say("me-password-ends")) }
            button .button.primary type="submit" { (visit.say("me-password")) }
        },
    )
}

fn scope_name(visit: &Visit, scope: Scope) -> String {
    visit.say(match scope {
        Scope::YardRead => "scope-yard-read",
        Scope::YardWrite => "scope-yard-write",
        Scope::Shares => "scope-shares",
        Scope::Disclose => "scope-disclose",
        Scope::Accounts => "scope-accounts",
        Scope::Trail => "scope-trail",
        Scope::Issuers => "scope-issuers",
        Scope::Certification => "scope-certification",
    })
}

fn token_form(visit: &Visit, form: &Form<'_>, role: Role) -> Markup {
    let scopes: Vec<(&str, String)> = Scope::ALL
        .into_iter()
        // Others would be refused.
        .filter(|scope| role.may(scope.opens()))
        .map(|scope| (scope.as_str(), scope_name(visit, scope)))
        .collect();
    let (range, usual) = DAYS;
    form.around(
        "/me/tokens",
        &html! {
            h2 { (visit.say("me-token-make")) }
            (form.text("name", &visit.say("me-token-name"), &Line {
                most: 80, hint: Some(visit.say("me-token-name-hint")), ..Line::default()
            }))
            (form.choices("scope", &visit.say("me-token-scopes"), &scopes))
            (form.number("days", &visit.say("link-days"), range, usual))
            button .button.primary type="submit" { (visit.say("me-token-make")) }
        },
    )
}

fn listed(visit: &Visit, token: &TokenView, csrf: Option<&str>) -> Markup {
    let words = visit.words;
    let standing = match token.standing {
        "revoked" => visit.say("me-token-revoked"),
        "expired" => visit.say("link-expired"),
        _ => visit.say("me-token-valid"),
    };
    html! {
        section .car {
            h3 { (foreign(words, &token.name, 80)) }
            p {
                (standing) " · " (words.weave("link-until", &[("day", &at(visit, &token.expires))]))
                " · " @match &token.last_used {
                    Some(used) => (words.weave("me-token-used", &[("time", &at(visit, used))])),
                    None => (visit.say("me-token-unused")),
                }
            }
            p .hint {
                (code(words, &token.id))
                @for scope in &token.scopes { " · " (code(words, scope)) }
            }
            @if let Some(csrf) = csrf {
                form method="post" action=(visit.href("/me/tokens/revoke")) {
                    input type="hidden" name=(CSRF) value=(csrf);
                    input type="hidden" name="token" value=(token.id);
                    button .button type="submit" { (visit.say("me-token-revoke")) }
                }
            }
        }
    }
}
