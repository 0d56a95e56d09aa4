//! `/certification`: the laboratory's pages. Applications, what is next for whoever looks, and the steps as forms; everything
//! without a script. What may be done is asked of the scheme itself (`desk::certify::offers`), so no button leads to a refusal that
//! could have been told before.

mod forms;
mod list;
pub mod logs;
mod one;
mod picture;

use axum::Extension;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use certificate::application::Category;
use desk::DeskError;
use desk::access::{Act, Actor, By, Known};
use desk::certify::acting::{Dispute, Taking};
use desk::certify::applications::Wanted;
use serde_json::json;

use crate::api::certification::steps::{issued, take};
use crate::api::certification::telemetry::taken_in;
use crate::clock;
use crate::extract::Path;
use crate::pages::layout::Page;
use crate::pages::posted::{LoggedIn, Posted};
use crate::pages::visit::Visit;
use crate::problem::{Kind, Problem};
use crate::state::App;
use crate::upload::{Received, Tally};

/// The list.
pub async fn page(State(app): State<App>, visit: Visit, headers: HeaderMap) -> Result<Response, Response> {
    let LoggedIn(actor) = LoggedIn::of(&app, &headers, &visit).await?;
    let page = list::page(&app, &visit, &actor).await;
    page.map(Page::into_response).map_err(Problem::into_response)
}

/// Applies.
pub async fn apply(State(app): State<App>, posted: Posted) -> Result<Response, Problem> {
    posted.may(Act::Apply)?;
    let view = app
        .desk
        .apply(&posted.actor, wanted(&posted)?, clock::moment())
        .await?;
    Ok(to(&posted.visit, &view.case.case))
}

/// An application.
pub async fn application(
    State(app): State<App>,
    visit: Visit,
    headers: HeaderMap,
    Path(case): Path<String>,
) -> Result<Response, Response> {
    let LoggedIn(actor) = LoggedIn::of(&app, &headers, &visit).await?;
    let page = one::page(&app, &visit, &actor, &case, None).await;
    page.and_then(|page| page.held(&app.answers))
        .map_err(Problem::into_response)
}

/// Takes telemetry in.
pub async fn telemetry(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Path(case): Path<String>,
    Extension(tally): Extension<Tally>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Response> {
    let visit = Visit::of(&uri, &headers);
    let LoggedIn(actor) = LoggedIn::of(&app, &headers, &visit).await?;
    let refused = Problem::into_response;
    actor
        .may(Act::Apply)
        .map_err(|e| Problem::from(e).into_response())?;
    crate::access::from_here(&headers).map_err(refused)?;
    let (kept, _, _) = taken_in(&app, &actor, &case, &headers, (form, &tally), own(&actor))
        .await
        .map_err(refused)?;
    let place: String = kept.sha256.chars().take(12).collect();
    let address = format!("{}#a-{place}", visit.href(&address(&case)));
    Ok(Redirect::to(&address).into_response())
}

/// Whether a form with files brings the word of this one's session.
fn own(actor: &Actor) -> impl Fn(&Received) -> Result<(), Problem> {
    move |received| {
        let known = actor.known();
        if known.is_some_and(|known| known.is_csrf_token(&received.csrf)) {
            return Ok(());
        }
        let detail = "the form is not of this session, so another site may have sent it";
        Err(Problem::new(
            Kind::Forbidden,
            detail,
            "load the page again and send its form",
        ))
    }
}

/// Takes a step.
pub async fn step(
    State(app): State<App>,
    Path(case): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    posted.may(Act::Apply)?;
    let text = || posted.fields.get("text").to_owned();
    let dry_run = posted.fields.get("try") == "true";
    let (actor, now) = (&posted.actor, clock::moment());
    let seen = match posted.fields.get("seen").trim() {
        "" => None,
        _ => Some(number(&posted, "seen")?),
    };
    let taking = match posted.fields.get("step") {
        "application_accepted" => Taking::Review {
            agrees: true,
            remarks: text(),
        },
        "application_declined" => Taking::Review {
            agrees: false,
            remarks: text(),
        },
        "reviewed" => Taking::Review {
            agrees: posted.fields.get("agrees") == "true",
            remarks: text(),
        },
        "granted" => Taking::Decision {
            grant: true,
            reasons: text(),
        },
        "refused" => Taking::Decision {
            grant: false,
            reasons: text(),
        },
        "surveilled" => Taking::Surveillance { remarks: text() },
        "changed" => Taking::Change { what: text() },
        "suspended" => Taking::Suspension { reason: text() },
        "reinstated" => Taking::Reinstatement { reason: text() },
        "withdrawn" => Taking::Withdrawal { reason: text() },
        "resolved" => Taking::Resolution {
            dispute: number(&posted, "record")?,
            upheld: posted.fields.get("agrees") == "true",
            text: text(),
        },
        "evaluated" => {
            posted.may(Act::Certify)?;
            let odometer = posted.fields.get("odometer").trim();
            let odometer = match odometer {
                "" => None,
                _ => Some(number(&posted, "odometer")?),
            };
            let sha256 = posted.fields.get("assessment");
            app.desk
                .evaluate(actor, &case, sha256, odometer, seen, now)
                .await?;
            return Ok(to(&posted.visit, &case));
        }
        "issued" => {
            posted.may(Act::Certify)?;
            let done = issued(&app, actor, &case, seen, dry_run).await?;
            if dry_run {
                let page = one::page(&app, &posted.visit, actor, &case, Some(&done.certificate)).await?;
                return page.held(&app.answers);
            }
            return Ok(to(&posted.visit, &case));
        }
        "complained" => {
            let dispute = Dispute::Complaint { text: text() };
            app.desk
                .dispute(actor, &case, dispute, from(&posted), seen, now)
                .await?;
            return Ok(to(&posted.visit, &case));
        }
        "appealed" => {
            let dispute = Dispute::Appeal {
                against: number(&posted, "record")?,
                text: text(),
            };
            app.desk
                .dispute(actor, &case, dispute, from(&posted), seen, now)
                .await?;
            return Ok(to(&posted.visit, &case));
        }
        other => {
            let other: String = other.chars().take(40).collect();
            let detail = format!("step {other:?}: there is none of that name");
            return Err(Problem::new(
                Kind::MalformedRequest,
                detail,
                "load the page again and send one of its forms",
            ));
        }
    };
    posted.may(Act::Certify)?;
    take(&app, actor, &case, taking, seen, dry_run).await?;
    Ok(to(&posted.visit, &case))
}

/// In whose name the body writes a complaint down, where it does.
fn from(posted: &Posted) -> Option<&str> {
    Some(posted.fields.get("from").trim()).filter(|from| !from.is_empty())
}

fn number(posted: &Posted, field: &'static str) -> Result<u32, Problem> {
    let text = posted.fields.get(field).trim();
    let number = text.parse();
    Ok(number.map_err(|_| DeskError::Value {
        what: field,
        value: text.chars().take(20).collect(),
        problem: "write a whole number".to_owned(),
    })?)
}

/// What a form applies for; read as the interface for programs reads it, so that both say the same of a wrong value.
fn wanted(posted: &Posted) -> Result<Wanted, Problem> {
    let text = |name: &str| posted.fields.get(name).trim();
    let some = |name: &str| Some(text(name)).filter(|text| !text.is_empty());
    let vehicle = desk::check::parse_vehicle(&crate::pages::find::as_typed(text("vehicle")))?;
    let wrong = |what: &'static str| {
        move |error: serde_json::Error| {
            Problem::new(
                Kind::MalformedRequest,
                format!("{what}: {error}"),
                "correct the field",
            )
        }
    };
    let vehicle = json!({
        "vid": vehicle, "make": text("make"), "model": text("model"), "variant": some("variant"),
        "category": if text("category") == "N1" { Category::N1 } else { Category::M1 },
        "firstRegistration": text("registered"),
    });
    let battery = json!({
        "id": some("pack"), "chemistry": text("chemistry"), "nSeries": number(posted, "series")?, "ratedAh": text("rated"),
        "ratedSource": text("source"),
    });
    Ok(Wanted {
        vehicle: serde_json::from_value(vehicle).map_err(wrong("car"))?,
        battery: serde_json::from_value(battery).map_err(wrong("battery"))?,
        client: some("client").map(str::to_owned),
    })
}

/// The address of an application.
fn address(case: &str) -> String {
    let escaped: String = url::form_urlencoded::byte_serialize(case.as_bytes()).collect();
    format!("/certification/{}", escaped.replace('+', "%20"))
}

fn to(visit: &Visit, case: &str) -> Response {
    Redirect::to(&visit.href(&address(case))).into_response()
}

/// The word that forms of this session carry.
fn csrf(known: &Known) -> &str {
    match &known.by {
        By::Session { csrf, .. } => csrf,
        By::Token { .. } => "",
    }
}
