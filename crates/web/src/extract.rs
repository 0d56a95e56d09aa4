//! Requests taken apart, with our own words for what is wrong with them.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::request::Parts;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;
use vehicle::VehicleId;

use crate::problem::{Kind, Problem};
use crate::state::App;

/// A body, and the room it takes among all bodies; to be kept while it is worked on.
pub struct Body {
    /// The bytes.
    pub bytes: Bytes,
    /// The room.
    pub room: OwnedSemaphorePermit,
}

impl FromRequest<App> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let most = app.options.limits.body;
        let too_large = || {
            Problem::new(
                Kind::BodyTooLarge,
                format!("the body has more than {most} bytes"),
                "send less in one request, and the rest in further ones",
            )
        };
        let said = request.headers().get(CONTENT_LENGTH);
        let said = said
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.parse::<usize>().ok());
        if said.is_some_and(|said| said > most) {
            return Err(too_large());
        }
        // Room is taken as bytes come, not as they are announced: who announces much and sends little takes little.
        let mut room = take_room(app, 1)?;
        let mut bytes = BytesMut::new();
        let mut body = request.into_body();
        while let Some(frame) = body.frame().await {
            let ended = |_| Problem::new(Kind::MalformedRequest, "the body ended early", "send all of it");
            let Ok(data) = frame.map_err(ended)?.into_data() else {
                continue;
            };
            if bytes.len().saturating_add(data.len()) > most {
                return Err(too_large());
            }
            bytes.extend_from_slice(&data);
            let missing = bytes.len().div_ceil(1024).saturating_sub(room.num_permits());
            if missing > 0 {
                room.merge(take_room(app, missing)?);
            }
        }
        let bytes = bytes.freeze();
        Ok(Self { bytes, room })
    }
}

/// Room for so many KiB of a body.
fn take_room(app: &App, kib: usize) -> Result<OwnedSemaphorePermit, Problem> {
    app.bodies
        .clone()
        .try_acquire_many_owned(u32::try_from(kib).unwrap_or(u32::MAX))
        .map_err(|_| Problem::overloaded("as many request bodies as this service holds are being worked on"))
}

/// A JSON body.
pub struct Json<T> {
    /// What it says.
    pub value: T,
    /// The room it takes among all bodies; to be kept while it is worked on.
    pub room: OwnedSemaphorePermit,
}

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                Kind::UnsupportedMediaType,
                "the body is not declared as JSON",
                "send it with Content-Type: application/json",
            ));
        }
        let Body { bytes, room } = Body::from_request(request, app).await?;
        let value = serde_json::from_slice(&bytes).map_err(|error| {
            let detail = format!("the body is not what is expected here: {error}");
            Problem::new(
                Kind::MalformedRequest,
                detail,
                "see /openapi.json for the shape of the body",
            )
        })?;
        Ok(Self { value, room })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// What stands in the variable part of the address.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|rejection| {
                let detail = format!("the address is malformed: {}", rejection.body_text());
                Problem::new(
                    Kind::MalformedRequest,
                    detail,
                    "see /openapi.json for the addresses there are",
                )
            })
    }
}

/// The query.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|rejection| {
                let detail = format!("the query is malformed: {}", rejection.body_text());
                Problem::new(
                    Kind::MalformedRequest,
                    detail,
                    "see /openapi.json for the parameters there are",
                )
            })
    }
}

/// The vehicle an address names.
pub struct Vehicle(pub VehicleId);

impl<S: Send + Sync> FromRequestParts<S> for Vehicle {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await?;
        Ok(Self(desk::check::parse_vehicle(&text)?))
    }
}
