//! Forms of people who are logged in, and what keeps other sites from sending them.

use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::{IntoResponse as _, Redirect, Response};
use desk::access::{Act, Actor, By, Known};
use url::form_urlencoded::parse;

use crate::access::{Caller, SameSite};
use crate::extract::{Body, is_of_type};
use crate::pages::visit::Visit;
use crate::problem::{Kind, Problem};
use crate::state::App;

/// The field that every form of a session carries.
pub const CSRF: &str = "csrf";

/// How browsers send a form without files.
const FORM: &str = "application/x-www-form-urlencoded";

/// The fields of a form, from a page of this service.
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// A field, or nothing.
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// All values of a field.
    pub fn every<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let own = self.0.iter().filter(move |(n, _)| n == name);
        own.map(|(_, value)| value.as_str())
    }
}

impl FromRequest<App> for Fields {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        SameSite::from_request_parts(&mut parts, app).await?;
        if !is_of_type(&parts.headers, FORM) {
            return Err(Problem::new(
                Kind::UnsupportedMediaType,
                "the body is not declared as a form of a page",
                format!("send it with Content-Type: {FORM}; programs use the addresses below /api/"),
            ));
        }
        let body = Body::from_request(Request::from_parts(parts, body), app).await?;
        Ok(Self(parse(&body.bytes).into_owned().collect()))
    }
}

/// Somebody with a session. Who has none is led to the login.
pub struct LoggedIn(pub Actor);

impl LoggedIn {
    /// Who it is.
    pub async fn of(app: &App, headers: &axum::http::HeaderMap, visit: &Visit) -> Result<Self, Response> {
        match Caller::of_session(app, headers).await {
            Ok(Some(actor)) => Ok(Self(actor)),
            Ok(None) => Err(Redirect::to(&visit.href("/login")).into_response()),
            Err(problem) => Err(problem.into_response()),
        }
    }

    /// The account.
    ///
    /// # Errors
    /// Never for a session; the type does not say so.
    pub fn known(&self) -> Result<&Known, Problem> {
        self.0.known().ok_or_else(Problem::internal)
    }
}

/// What the forms of a session carry. A token has no forms.
pub fn csrf(known: &Known) -> &str {
    match &known.by {
        By::Session { csrf, .. } => csrf,
        By::Token { .. } => "",
    }
}

/// A form that somebody with a session sent from a page of it.
pub struct Posted {
    /// Who.
    pub actor: Actor,
    /// What.
    pub fields: Fields,
    /// In which language.
    pub visit: Visit,
    /// The name under which the browser reached the service.
    pub host: String,
}

impl Posted {
    /// Refuses those who may not, before what they sent is looked at.
    ///
    /// # Errors
    /// They may not.
    pub fn may(&self, act: Act) -> Result<(), Problem> {
        Ok(self.actor.may(act)?)
    }
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let visit = Visit::of(request.uri(), request.headers());
        let LoggedIn(actor) = LoggedIn::of(app, request.headers(), &visit).await?;
        let host = request.headers().get(axum::http::header::HOST);
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        let host = host.to_owned();
        let fields = Fields::from_request(request, app)
            .await
            .map_err(Problem::into_response)?;
        let known = actor.known();
        if !known.is_some_and(|known| known.is_csrf_token(fields.get(CSRF))) {
            let detail = "the form is not of this session, so another site may have sent it";
            let fix = "load the page again and send its form";
            return Err(Problem::new(Kind::Forbidden, detail, fix).into_response());
        }
        Ok(Self {
            actor,
            fields,
            visit,
            host,
        })
    }
}
