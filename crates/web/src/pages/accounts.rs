//! `/accounts`: organisations and the accounts of their people, for whoever runs the log.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use desk::DeskError;
use desk::access::{
    AccessError, AccountView, Act, Actor, Changed, NewAccount, NewOrganisation, OrganisationView, Role,
};
use maud::{Markup, html};

use crate::clock;
use crate::extract::Path;
use crate::pages::find;
use crate::pages::foreign::{code, foreign};
use crate::pages::form::{Form, Line, Outcome, Refused, Wrong, again, done, led};
use crate::pages::layout::Page;
use crate::pages::places::places;
use crate::pages::posted::{LoggedIn, Posted, csrf};
use crate::pages::visit::Visit;
use crate::problem::Problem;
use crate::state::App;

/// The page.
const ALL: &str = "/accounts";

/// The most characters of a name that are shown.
const NAME: usize = 120;

/// All organisations and accounts, and the forms to add to them.
pub async fn page(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Response, Response> {
    let LoggedIn(actor) = LoggedIn::of(&app, &headers, &visit).await?;
    let page = all(&app, &visit, &actor, None).await;
    page.map(Page::into_response).map_err(Problem::into_response)
}

/// Makes an organisation.
pub async fn add_organisation(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::ManageOrganisations)?;
    let (visit, fields) = (&posted.visit, &posted.fields);
    let issuer = fields.get("issuer").trim();
    let new = NewOrganisation {
        id: fields.get("organisation").trim().to_owned(),
        name: fields.get("organisation_name").to_owned(),
        issuer: (!issuer.is_empty()).then(|| issuer.to_owned()),
    };
    let made = app
        .desk
        .make_organisation(&posted.actor, &new, clock::now())
        .await;
    match Outcome::of(made, |error| told(visit, error))? {
        Outcome::Done(_) => Ok(led(visit, ALL, "organisation")),
        Outcome::Wrong(wrong) => refused(&app, &posted, "organisation", wrong).await,
    }
}

/// Makes an account and leads to its page.
pub async fn add(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::ManageAccounts)?;
    let (visit, fields) = (&posted.visit, &posted.fields);
    let Ok(role) = fields.get("role").parse::<Role>() else {
        return refused(&app, &posted, "account", no_choice(visit, "role")).await;
    };
    let new = NewAccount {
        name: fields.get("name").to_owned(),
        display_name: fields.get("display_name").to_owned(),
        organisation: fields.get("of").to_owned(),
        role,
    };
    let made = app
        .desk
        .make_account(&posted.actor, &new, fields.get("password"), clock::now())
        .await;
    match Outcome::of(made, |error| told(visit, error))? {
        Outcome::Done(account) => Ok(led(visit, &address(&account.name), "account")),
        Outcome::Wrong(wrong) => refused(&app, &posted, "account", wrong).await,
    }
}

/// Confirms that an organisation holds a car.
pub async fn confirm(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::ConfirmYard)?;
    let (visit, fields) = (&posted.visit, &posted.fields);
    let Ok(vehicle) = desk::check::parse_vehicle(&find::as_typed(fields.get("vehicle"))) else {
        let wrong = Wrong::new("vehicle", visit.say("vehicle-bad"));
        return refused(&app, &posted, "confirm", wrong).await;
    };
    let confirmed = app
        .desk
        .confirm_in_yard(&posted.actor, fields.get("of"), &vehicle, clock::now())
        .await;
    match Outcome::of(confirmed, |error| told(visit, error))? {
        Outcome::Done(()) => Ok(led(visit, ALL, "confirmed")),
        Outcome::Wrong(wrong) => refused(&app, &posted, "confirm", wrong).await,
    }
}

/// One account and what can be done to it.
pub async fn account(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Path(name): Path<String>,
) -> Result<Response, Response> {
    let LoggedIn(actor) = LoggedIn::of(&app, &headers, &visit).await?;
    let page = one(&app, &visit, &actor, &name, None).await;
    page.map(Page::into_response).map_err(Problem::into_response)
}

/// Gives an account another role.
pub async fn role(
    State(app): State<App>,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    posted.may(Act::ManageAccounts)?;
    let Ok(role) = posted.fields.get("role").parse::<Role>() else {
        let wrong = no_choice(&posted.visit, "role");
        return refused_at(&app, &posted, &name, "role", wrong).await;
    };
    let change = Changed {
        role: Some(role),
        ..Changed::default()
    };
    changed(&app, &posted, &name, "role", &change).await
}

/// Disables an account, or lets it be used again.
pub async fn standing(
    State(app): State<App>,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    posted.may(Act::ManageAccounts)?;
    let change = Changed {
        disabled: Some(posted.fields.get("disabled") == "true"),
        ..Changed::default()
    };
    changed(&app, &posted, &name, "standing", &change).await
}

/// Gives an account another password.
pub async fn password(
    State(app): State<App>,
    Path(name): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    posted.may(Act::ManageAccounts)?;
    let visit = &posted.visit;
    let given = app
        .desk
        .reset_password(&posted.actor, &name, posted.fields.get("password"), clock::now())
        .await;
    match Outcome::of(given, |error| told(visit, error))? {
        Outcome::Done(()) => Ok(led(visit, &address(&name), "reset")),
        Outcome::Wrong(wrong) => refused_at(&app, &posted, &name, "password", wrong).await,
    }
}

async fn changed(
    app: &App,
    posted: &Posted,
    name: &str,
    form: &'static str,
    change: &Changed,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let now = clock::now();
    let changed = app.desk.change_account(&posted.actor, name, change, now).await;
    match Outcome::of(changed, |error| told(visit, error))? {
        Outcome::Done(account) => Ok(led(visit, &address(&account.name), form)),
        Outcome::Wrong(wrong) => refused_at(app, posted, name, form, wrong).await,
    }
}

/// What is wrong with a form, beside which of its fields. What concerns no field is nobody's mistake, or no form's of ours.
fn told(visit: &Visit, error: &DeskError) -> Option<Wrong> {
    let (field, message) = match error {
        DeskError::Value { what, .. } => match *what {
            "organisation" => ("organisation", "wrong-organisation"),
            "organisation name" => ("organisation_name", "wrong-name"),
            "account name" => ("name", "wrong-account"),
            "display name" => ("display_name", "wrong-name"),
            "password" => ("password", "wrong-password"),
            _ => return None,
        },
        DeskError::NoIssuer(_) => ("issuer", "wrong-issuer"),
        DeskError::Access(AccessError::Taken { what: "account", .. }) => ("name", "wrong-taken"),
        DeskError::Access(AccessError::Taken { .. }) => ("organisation", "wrong-taken"),
        DeskError::Access(AccessError::Unknown {
            what: "organisation", ..
        }) => ("of", "wrong-choice"),
        DeskError::Access(AccessError::LastOperator(_)) => ("role", "wrong-last-operator"),
        DeskError::Access(AccessError::TooMany { .. }) => ("vehicle", "wrong-yard-full"),
        DeskError::Access(AccessError::OwnPassword) => ("password", "wrong-own-password"),
        DeskError::Access(AccessError::CertifiersPassword(_)) => ("password", "wrong-certifiers-password"),
        _ => return None,
    };
    Some(Wrong::new(field, visit.say(message)))
}

fn no_choice(visit: &Visit, field: &'static str) -> Wrong {
    Wrong::new(field, visit.say("wrong-choice"))
}

async fn refused(app: &App, posted: &Posted, form: &'static str, wrong: Wrong) -> Result<Response, Problem> {
    let refused = Refused {
        form,
        wrong,
        typed: &posted.fields,
    };
    Ok(again(
        all(app, &posted.visit, &posted.actor, Some(&refused)).await?,
    ))
}

async fn refused_at(
    app: &App,
    posted: &Posted,
    name: &str,
    form: &'static str,
    wrong: Wrong,
) -> Result<Response, Problem> {
    let refused = Refused {
        form,
        wrong,
        typed: &posted.fields,
    };
    let page = one(app, &posted.visit, &posted.actor, name, Some(&refused)).await?;
    Ok(again(page))
}

/// The address of an account's page.
fn address(name: &str) -> String {
    let escaped: String = url::form_urlencoded::byte_serialize(name.as_bytes()).collect();
    format!("{ALL}/{}", escaped.replace('+', "%20"))
}

/// What a role is called.
pub fn role_name(visit: &Visit, role: &str) -> String {
    match role.parse::<Role>() {
        Ok(Role::Viewer) => visit.say("account-role-viewer"),
        Ok(Role::Exporter) => visit.say("account-role-exporter"),
        Ok(Role::Issuer) => visit.say("account-role-issuer"),
        Ok(Role::Operator) => visit.say("account-role-operator"),
        Err(_) => role.to_owned(),
    }
}

fn roles(visit: &Visit) -> Vec<(&'static str, String)> {
    let named = |role: Role| (role.as_str(), role_name(visit, role.as_str()));
    Role::ALL.map(named).into()
}

async fn all(
    app: &App,
    visit: &Visit,
    actor: &Actor,
    refused: Option<&Refused<'_>>,
) -> Result<Page, Problem> {
    let accounts = app.desk.accounts(actor).await?;
    let organisations = app.desk.organisations(actor).await?;
    let known = actor.known().ok_or_else(Problem::internal)?;
    let form = |name| Form::new(name, visit, csrf(known), refused);
    let named: Vec<(&str, String)> = organisations
        .iter()
        .map(|organisation| (organisation.id.as_str(), organisation.name.clone()))
        .collect();
    let title = visit.say("accounts-title");
    let body = html! {
        h1 { (title) }
        (places(visit, actor, known, ALL))
        p .lead { (visit.say("accounts-lead")) }
        (done(visit, &["organisation", "confirmed"]))
        (folded(&form("account"), &visit.say("accounts-add"), |form| add_form(visit, form, &named)))
        (folded(&form("organisation"), &visit.say("accounts-add-organisation"), |form| organisation_form(visit, form)))
        (folded(&form("confirm"), &visit.say("accounts-confirm"), |form| confirm_form(visit, form, &named)))
        @for organisation in &organisations {
            @let own = |account: &&AccountView| account.organisation == organisation.id;
            (listed(visit, organisation, &accounts.iter().filter(own).collect::<Vec<_>>()))
        }
    };
    Ok(visit.page(title, body))
}

fn folded(form: &Form<'_>, title: &str, shown: impl FnOnce(&Form<'_>) -> Markup) -> Markup {
    html! {
        details .folded open[form.is_refused()] {
            summary { h2 { (title) } }
            (shown(form))
        }
    }
}

fn add_form(visit: &Visit, form: &Form<'_>, organisations: &[(&str, String)]) -> Markup {
    form.around(
        ALL,
        &html! {
            (form.choice("of", &visit.say("accounts-organisation"), organisations, ""))
            (form.text("display_name", &visit.say("accounts-person"), &Line { most: 120, ..Line::default() }))
            (form.text("name", &visit.say("login-name"), &Line {
                most: 64, code: true, hint: Some(visit.say("accounts-name-hint")), ..Line::default()
            }))
            (form.choice("role", &visit.say("accounts-role"), &roles(visit), "viewer"))
            (form.password("password", &visit.say("accounts-first-password"), "new-password", Some(&visit.say("setup-password-hint"))))
            button .button.primary type="submit" { (visit.say("accounts-add-submit")) }
        },
    )
}

fn organisation_form(visit: &Visit, form: &Form<'_>) -> Markup {
    form.around(
        "/organisations",
        &html! {
            (form.text("organisation_name", &visit.say("accounts-organisation-name"), &Line { most: 120, ..Line::default() }))
            (form.text("organisation", &visit.say("accounts-organisation-id"), &Line {
                most: 40, code: true, hint: Some(visit.say("setup-organisation-hint")), ..Line::default()
            }))
            (form.text("issuer", &visit.say("accounts-issuer"), &Line {
                most: 100, code: true, optional: true, hint: Some(visit.say("accounts-issuer-hint")), ..Line::default()
            }))
            button .button.primary type="submit" { (visit.say("accounts-add-submit")) }
        },
    )
}

fn confirm_form(visit: &Visit, form: &Form<'_>, organisations: &[(&str, String)]) -> Markup {
    form.around(
        "/organisations/confirm",
        &html! {
            p { (visit.say("accounts-confirm-lead")) }
            (form.choice("of", &visit.say("accounts-organisation"), organisations, ""))
            (form.text("vehicle", &visit.say("home-vehicle"), &Line { most: 60, code: true, ..Line::default() }))
            button .button.primary type="submit" { (visit.say("accounts-confirm-submit")) }
        },
    )
}

fn listed(visit: &Visit, organisation: &OrganisationView, accounts: &[&AccountView]) -> Markup {
    let words = visit.words;
    html! {
        section {
            h2 { (foreign(words, &organisation.name, NAME)) }
            p .hint {
                (code(words, &organisation.id))
                @if let Some(issuer) = &organisation.issuer {
                    " · " (words.weave("accounts-signs-as", &[("issuer", &code(words, issuer))]))
                }
            }
            @if accounts.is_empty() { p { (visit.say("accounts-none")) } }
            @else {
                table .directory {
                    thead { tr {
                        th scope="col" { (visit.say("login-name")) }
                        th scope="col" { (visit.say("accounts-person")) }
                        th scope="col" { (visit.say("accounts-role")) }
                        th scope="col" { (visit.say("accounts-standing")) }
                    } }
                    tbody { @for account in accounts { tr {
                        th scope="row" data-label=(visit.say("login-name")) {
                            a href=(visit.href(&address(&account.name))) { (code(words, &account.name)) }
                        }
                        td data-label=(visit.say("accounts-person")) { (foreign(words, &account.display_name, NAME)) }
                        td data-label=(visit.say("accounts-role")) { span { (role_name(visit, &account.role)) } }
                        td data-label=(visit.say("accounts-standing")) { (badge(visit, account)) }
                    } } }
                }
            }
        }
    }
}

fn badge(visit: &Visit, account: &AccountView) -> Markup {
    html! {
        @if account.disabled.is_some() { span .standing.disabled { (visit.say("accounts-disabled")) } }
        @else { span .standing.in_force { (visit.say("accounts-enabled")) } }
    }
}

async fn one(
    app: &App,
    visit: &Visit,
    actor: &Actor,
    name: &str,
    refused: Option<&Refused<'_>>,
) -> Result<Page, Problem> {
    let accounts = app.desk.accounts(actor).await?;
    let organisations = app.desk.organisations(actor).await?;
    let known = actor.known().ok_or_else(Problem::internal)?;
    let unknown = || AccessError::Unknown {
        what: "account",
        name: name.chars().take(64).collect(),
    };
    let account = accounts.iter().find(|account| account.name == name);
    let account = account.ok_or_else(unknown)?;
    let organisation = organisations.iter().find(|one| one.id == account.organisation);
    let organisation = organisation.map_or(account.organisation.as_str(), |one| one.name.as_str());
    let words = visit.words;
    let fact = |label: String, value: Markup| html! { div { dt { (label) } dd { (value) } } };
    let body = html! {
        h1 { (foreign(words, &account.display_name, NAME)) }
        (places(visit, actor, known, ALL))
        (done(visit, &["account", "role", "standing", "reset"]))
        dl {
            (fact(visit.say("login-name"), code(words, &account.name)))
            (fact(visit.say("accounts-organisation"), foreign(words, organisation, NAME)))
            (fact(visit.say("accounts-role"), html! { (role_name(visit, &account.role)) }))
            (fact(visit.say("accounts-standing"), badge(visit, account)))
            (fact(visit.say("accounts-created"), crate::pages::trail::at(visit, &account.created)))
        }
        (acts(visit, account, csrf(known), refused, account.name == known.name))
        p { a href=(visit.href(ALL)) { (visit.say("accounts-all")) } }
    };
    Ok(visit.page(visit.say("accounts-one"), body))
}

/// What can be done to an account.
fn acts(
    visit: &Visit,
    account: &AccountView,
    csrf: &str,
    refused: Option<&Refused<'_>>,
    is_own: bool,
) -> Markup {
    let form = |name| Form::new(name, visit, csrf, refused);
    let (role, standing, password) = (form("role"), form("standing"), form("password"));
    let path = address(&account.name);
    let disabled = account.disabled.is_some();
    let submit = if disabled {
        "accounts-enable"
    } else {
        "accounts-disable"
    };
    html! {
        (role.around(&format!("{path}/role"), &html! {
            h2 { (visit.say("accounts-other-role")) }
            (role.choice("role", &visit.say("accounts-role"), &roles(visit), &account.role))
            button .button type="submit" { (visit.say("accounts-other-role")) }
        }))
        @if is_own { p { a href=(visit.href("/me")) { (visit.say("me-password")) } } }
        @else {
            (password.around(&format!("{path}/password"), &html! {
                h2 { (visit.say("accounts-reset")) }
                p .hint { (visit.say("accounts-reset-lead")) }
                (password.whose(&account.name))
                (password.password("password", &visit.say("me-new"), "new-password", Some(&visit.say("setup-password-hint"))))
                button .button type="submit" { (visit.say("accounts-reset")) }
            }))
        }
        (standing.around(&format!("{path}/standing"), &html! {
            h2 { (visit.say(submit)) }
            @if !disabled { p .hint { (visit.say("accounts-disable-lead")) } }
            (standing.said("role"))
            input type="hidden" name="disabled" value=(if disabled { "false" } else { "true" });
            button .button type="submit" { (visit.say(submit)) }
        }))
    }
}
