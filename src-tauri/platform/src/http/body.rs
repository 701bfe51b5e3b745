//! Reading bodies.

use axum::{
    body::Body,
    extract::{FromRequest, Request},
};
use futures_util::StreamExt;
use serde::{Serialize, de::DeserializeOwned};

use super::Shared;
use crate::{json, refusal::Refusal, serving};

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

/// The body as `T`, strictly ([`json::parse`]).
pub(super) fn parse<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, Refusal> {
    json::parse(bytes)
}

/// The same, where no body at all stands for `{}`.
pub(super) fn parse_or_empty<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Result<T, Refusal> {
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
