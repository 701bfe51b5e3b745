//! Answers: JSON, problems, versions.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::refusal::Refusal;

/// A body that is JSON already.
pub(super) fn json_bytes(status: StatusCode, body: Vec<u8>) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// A value as JSON.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Result<Response, Refusal> {
    Ok(json_bytes(status, serde_json::to_vec(value)?))
}

/// 200 with a value as JSON.
pub(super) fn ok(value: &impl Serialize) -> Result<Response, Refusal> {
    json(StatusCode::OK, value)
}

/// The same with the version as `ETag`.
pub(super) fn versioned(value: &impl Serialize, version: i64) -> Result<Response, Refusal> {
    Ok(tagged(ok(value)?, version))
}

/// 201 with a new document and its version.
pub(super) fn created(value: &impl Serialize, version: i64) -> Result<Response, Refusal> {
    Ok(tagged(json(StatusCode::CREATED, value)?, version))
}

fn tagged(mut response: Response, version: i64) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if status.is_server_error() {
            tracing::warn!(code = %problem.code, "refused");
        }
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        // For whoever knows the request's name.
        response.extensions_mut().insert(problem);
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_s() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
