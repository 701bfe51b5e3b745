//! Reading bodies, and telling JSON that is broken from JSON that is wrong.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Shared;
use crate::{refusal::Refusal, serving};

/// Largest body taken.
const LIMIT: usize = 1024 * 1024;
/// A body that is too large is still read up to here: a client that is busy writing would otherwise see a broken
/// connection instead of the answer.
const DRAINED: usize = 32 * LIMIT;

/// The whole body.
pub(super) async fn read(body: Body) -> Result<Vec<u8>, Refusal> {
    let mut chunks = body.into_data_stream();
    let mut kept = Vec::new();
    let mut seen = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| broke_off(&error))?;
        seen += chunk.len();
        if seen <= LIMIT {
            kept.extend_from_slice(&chunk);
        } else if seen > DRAINED {
            break;
        }
    }
    if seen > LIMIT { Err(Refusal::BodyTooLarge) } else { Ok(kept) }
}

fn broke_off(error: &axum::Error) -> Refusal {
    if serving::is_timeout(error) { Refusal::RequestTimeout } else { Refusal::MalformedJson("it broke off".to_owned()) }
}

/// The body as `T`. Not JSON, or nested too deeply: `malformed-json`. JSON of another shape: `invalid-body`.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let mut value: Value = serde_json::from_slice(bytes).map_err(|error| Refusal::MalformedJson(error.to_string()))?;
    if !value.is_object() {
        return Err(Refusal::InvalidBody("an object is expected".to_owned()));
    }
    if let Some(tag) = numbered_kind(&value) {
        return Err(Refusal::InvalidBody(format!("{tag} has to be a name")));
    }
    whole_numbers(&mut value);
    serde_json::from_value(value).map_err(|error| Refusal::InvalidBody(error.to_string()))
}

/// The names under which a body says what kind of thing something is.
const KINDS: [&str; 4] = ["a", "about", "do", "type"];

/// Where a number stands for a kind: serde takes it for a variant's place among the others, and the document knows names only.
fn numbered_kind(value: &Value) -> Option<&str> {
    match value {
        Value::Array(items) => items.iter().find_map(numbered_kind),
        Value::Object(fields) => {
            let numbered = fields.iter().find(|(name, value)| KINDS.contains(&name.as_str()) && value.is_number());
            numbered.map(|(name, _)| name.as_str()).or_else(|| fields.values().find_map(numbered_kind))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

/// In JSON 9.0 is the integer 9; to serde it is none.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) => {
            // As far as a float tells whole numbers apart.
            const EXACT: f64 = 9_007_199_254_740_992.0;
            let whole = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT);
            if let Some(whole) = whole {
                *number = (whole as i64).into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// The same, where no body at all stands for `{}`.
pub(super) fn parse_or_empty<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    if bytes.iter().all(u8::is_ascii_whitespace) { parse(b"{}") } else { parse(bytes) }
}

/// A body read to its end, whatever it is. Comes last in a handler, and its fault is looked at last.
pub(super) struct Raw(pub(super) Result<Vec<u8>, Refusal>);

impl FromRequest<Shared> for Raw {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, _: &Shared) -> Result<Self, Self::Rejection> {
        Ok(Self(read(request.into_body()).await))
    }
}
