//! Who asks, and what they may.
//!
//! A person is known by the cookie of a session, a program by a token in `Authorization: Bearer`. A browser sends the cookie
//! whoever made it send the request; to change something, a request with a cookie must therefore come from a page of this
//! service (`Sec-Fetch-Site`, or `Origin` where a browser does not send that) and bring the session's own word in
//! `X-Carnet-Csrf`, which other sites cannot know. What is shown to the owner alone and remembered of him is not shown where another
//! site had the browser ask, either. A token is sent on purpose and needs none of this.
//!
//! A handler says what it needs in its arguments: [`Caller`] takes everybody, [`May`] those who may do an act. `desk` asks again.

use std::marker::PhantomData;
use std::net::IpAddr;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use desk::access::{AccessError, Act, Actor, Secret};

use crate::clock;
use crate::envelope::Client;
use crate::problem::{Kind, Problem};
use crate::rate::network;
use crate::state::App;

/// The session's cookie. The prefix binds it to this host, to HTTPS (or a loopback address) and to the whole of the site: no
/// neighbour can plant one.
const SESSION: &str = "__Host-carnet";

/// What a page of a session sends along to change something.
const CSRF: HeaderName = HeaderName::from_static("x-carnet-csrf");

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whoever sent a request; anonymous where nobody in particular.
#[derive(Clone, Debug)]
pub struct Caller {
    actor: Option<Actor>,
    /// Whether it is a session's doing: a browser sends the cookie along when its owner follows a link of another site.
    own_doing: Result<(), Problem>,
}

impl Caller {
    /// The account.
    ///
    /// # Errors
    /// Nobody in particular asks.
    pub fn actor(&self) -> Result<&Actor, Problem> {
        Ok(self.actor.as_ref().ok_or(AccessError::Anonymous)?)
    }

    /// The account, for what is remembered of it or shown to it alone.
    ///
    /// # Errors
    /// Nobody in particular asks, or another site had the browser ask.
    pub fn actor_itself(&self) -> Result<&Actor, Problem> {
        let actor = self.actor()?;
        self.own_doing.clone()?;
        Ok(actor)
    }

    /// Whoever has the session of these headers, whatever sent them.
    pub async fn of_session(app: &App, headers: &HeaderMap) -> Result<Option<Actor>, Problem> {
        let Some(secret) = cookie(headers) else {
            return Ok(None);
        };
        Ok(app.desk.actor_of_session(secret, clock::now()).await?)
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if let Some(authorization) = parts.headers.get(AUTHORIZATION) {
            let actor = match bearer(authorization) {
                Some(secret) => app.desk.actor_of_token(secret, clock::now()).await?,
                None => None,
            };
            // Who sends a token means to be known; to take him for a stranger would hide that it has ended.
            let actor = actor.ok_or_else(|| {
                let detail = "this token is none of this log's, or has expired or was revoked";
                let fix =
                    "send `Authorization: Bearer cnt_…` with a valid token; make one with POST /api/tokens";
                Problem::new(Kind::Unauthenticated, detail, fix)
            })?;
            return Ok(Self {
                actor: Some(actor),
                own_doing: Ok(()),
            });
        }
        let own_doing = same_site(&parts.headers);
        let Some(actor) = Self::of_session(app, &parts.headers).await? else {
            return Ok(Self {
                actor: None,
                own_doing,
            });
        };
        if !is_safe(&parts.method) {
            own_doing.clone()?;
            let sent = parts.headers.get(CSRF).and_then(|value| value.to_str().ok());
            let known = actor.known();
            if !known.is_some_and(|known| sent.is_some_and(|sent| known.is_csrf_token(sent))) {
                return Err(Problem::new(
                    Kind::Forbidden,
                    "the request does not bring this session's own word, so another site may have sent it",
                    "send the value of `csrf` from GET /api/me in the header X-Carnet-Csrf",
                ));
            }
        }
        Ok(Self {
            actor: Some(actor),
            own_doing,
        })
    }
}

/// Whoever sent a request and may do `A`.
pub struct May<A>(pub Actor, pub PhantomData<A>);

/// An act as a type, so that a handler's arguments say which it needs.
pub trait Needed {
    /// The act.
    const ACT: Act;
}

impl<A: Needed> FromRequestParts<App> for May<A> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let actor = Caller::from_request_parts(parts, app).await?.actor()?.clone();
        actor.may(A::ACT)?;
        Ok(Self(actor, PhantomData))
    }
}

/// The acts that handlers need.
pub mod act {
    use desk::access::Act;

    use super::Needed;

    macro_rules! acts {
        ($($act:ident)+) => {$(
            #[doc = concat!("`Act::", stringify!($act), "`.")]
            pub struct $act;

            impl Needed for $act {
                const ACT: Act = Act::$act;
            }
        )+};
    }

    acts! {
        SeeSelf ChangePassword ManageTokens SeeYard ChangeYard ConfirmYard SeeShares Share ManageOrganisations SeeAccounts ManageAccounts
        SeeTrail ManageIssuers RevokeOwnKey SeeApplications Apply Certify SeeCertifiers
    }
}

/// A request that a browser did not send on behalf of another site; for what comes before there is a session.
pub struct SameSite;

impl<S: Send + Sync> FromRequestParts<S> for SameSite {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        same_site(&parts.headers)?;
        Ok(Self)
    }
}

/// Refuses what a browser says it sends for a page of another site; for forms that are read as they come.
///
/// # Errors
/// It is of another site.
pub fn from_here(headers: &HeaderMap) -> Result<(), Problem> {
    same_site(headers)
}

/// Where a request came from, as far as attempts are counted.
pub struct From(pub Option<IpAddr>);

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let client = parts.extensions.get::<Client>();
        Ok(Self(client.map(|Client(address)| network(*address))))
    }
}

/// The cookie of a session that was begun.
pub fn session_cookie(secret: &Secret, seconds: i64) -> Option<HeaderValue> {
    let text = format!(
        "{SESSION}={}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax",
        secret.reveal()
    );
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Takes the cookie away.
pub const NO_SESSION: HeaderValue =
    HeaderValue::from_static("__Host-carnet=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");

fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lists = headers.get_all(COOKIE).iter();
    lists
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == SESSION)
        .map(|(_, value)| value)
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Refuses what a browser says it sends for a page of another site. Who is no browser says nothing, and has no cookie
/// that somebody else could use.
fn same_site(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let ours = match (text(&FETCH_SITE), text(&ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let authority = origin.split_once("://").map(|(_, authority)| authority);
            authority.is_some() && authority == text(&HOST)
        }
        (None, None) => true,
    };
    if ours {
        return Ok(());
    }
    Err(Problem::new(
        Kind::Forbidden,
        "the browser says that a page of another site sent this",
        "send it from a page of this service; a proxy in front must pass Host on as it came",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn what_a_browser_sends_for_another_site_is_refused() {
        let host = ("host", "log.example");
        for (sent, passes) in [
            (vec![host], true),
            (vec![host, ("sec-fetch-site", "same-origin")], true),
            (vec![host, ("sec-fetch-site", "none")], true),
            (vec![host, ("sec-fetch-site", "same-site")], false),
            (vec![host, ("sec-fetch-site", "cross-site")], false),
            (vec![host, ("origin", "https://log.example")], true),
            (vec![host, ("origin", "https://evil.example")], false),
            (vec![host, ("origin", "null")], false),
            (
                vec![
                    host,
                    ("sec-fetch-site", "cross-site"),
                    ("origin", "https://log.example"),
                ],
                false,
            ),
        ] {
            assert_eq!(same_site(&headers(&sent)).is_ok(), passes, "{sent:?}");
        }
    }

    #[test]
    fn the_session_is_found_among_other_cookies_and_only_under_its_whole_name() {
        let found = headers(&[("cookie", "a=1; __Host-carnet=cns_x; b=2")]);
        assert_eq!(cookie(&found), Some("cns_x"));
        assert_eq!(
            cookie(&headers(&[("cookie", "carnet=cns_x; x__Host-carnet=cns_x")])),
            None
        );
    }
}
