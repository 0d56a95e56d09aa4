//! Requests taken apart, with our own words for what is wrong with them.

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
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
        unencoded(request.headers())?;
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

/// Refuses a body that is sent in a coding: none is taken, and what comes would be read as something else.
///
/// # Errors
/// It is.
pub fn unencoded(headers: &HeaderMap) -> Result<(), Problem> {
    for (name, plain) in [(CONTENT_ENCODING, "identity"), (TRANSFER_ENCODING, "chunked")] {
        // Two lines are one list (RFC 9110, 5.3): chunks of chunks are a coding that is not taken.
        for (line, coding) in headers.get_all(&name).iter().enumerate() {
            if line == 0 && coding.as_bytes().eq_ignore_ascii_case(plain.as_bytes()) {
                continue;
            }
            let coding: String = String::from_utf8_lossy(coding.as_bytes())
                .chars()
                .take(40)
                .collect();
            let detail = format!("the body comes with {name} {coding:?}; bodies are taken as they are");
            let fix = format!("send it uncompressed, and leave {name} out");
            return Err(Problem::new(Kind::UnsupportedMediaType, detail, fix));
        }
    }
    Ok(())
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
        let wrong = |what: &str| {
            let detail = format!("the body is not what is expected here: {what}");
            let fix = "see /openapi.json for the shape of the body";
            Problem::new(Kind::MalformedRequest, detail, fix)
        };
        match bytes.trim_ascii_start().first() {
            None => return Err(wrong("it is empty")),
            // Of a list serde would take the elements for the fields, in their order.
            Some(b'[') => return Err(wrong("it is a list, expected an object")),
            Some(_) => {}
        }
        let value = serde_json::from_slice(&bytes).map_err(|error| wrong(&plainly(&error)))?;
        Ok(Self { value, room })
    }
}

/// What serde says of JSON, in words of JSON instead of Rust's.
fn plainly(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if let Some(within) = text.strip_prefix("EOF while parsing ") {
        return format!("it ends within {within}");
    }
    // The last one: before it a value is quoted, which may say anything.
    let Some((found, expected)) = text.rsplit_once(", expected ") else {
        return text;
    };
    let (expected, place) = expected.split_at(expected.find(" at line ").unwrap_or(expected.len()));
    let expected = match expected {
        "a sequence" => "a list",
        "a map" => "an object",
        "a boolean" => "true or false",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0 on, and not too large",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        structure if structure.starts_with("struct ") => "an object",
        other => other,
    };
    format!("{found}, expected {expected}{place}")
}

fn is_json(headers: &HeaderMap) -> bool {
    is_of_type(headers, "application/json")
}

/// Whether a body is declared as of this media type, whatever its parameters.
pub fn is_of_type(headers: &HeaderMap, media_type: &str) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case(media_type))
}

/// What stands in the variable part of the address.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value))
            .map_err(|rejection| {
                let text = rejection.body_text();
                let detail = format!(
                    "the address is malformed: {}",
                    text.strip_prefix("Invalid URL: ").unwrap_or(&text)
                );
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
                let text = rejection.body_text();
                let sent: String = parts.uri.query().unwrap_or_default().chars().take(100).collect();
                let detail = format!(
                    "the query {sent:?} is malformed: {}",
                    text.strip_prefix("Failed to deserialize query string: ")
                        .unwrap_or(&text)
                );
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
