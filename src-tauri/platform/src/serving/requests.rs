//! What every request has in common before a route sees it, and every answer after: who asks, an id by which it is found in
//! logs, a limit, a time for its body, and what is counted of it.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Version, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use ipnet::IpNet;
use signoff_wire::contract::problems::Problem;
use tokio::sync::watch;
use tracing::Instrument;

use super::{
    Client, Serving,
    address::{self, Peer},
    allowance::Allowance,
    body,
};
use crate::{metrics::Metrics, refusal::Refusal};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids are not somebody's ids.
const LONGEST_ID: usize = 128;

/// Where requests pass.
pub(super) struct Desk {
    trusted_proxies: Vec<IpNet>,
    allowance: Option<Allowance>,
    body_timeout: Duration,
    log: bool,
    metrics: Arc<Metrics>,
    stopping: watch::Receiver<bool>,
}

impl Desk {
    pub(super) fn new(serving: &Serving, metrics: Arc<Metrics>, stopping: watch::Receiver<bool>) -> Self {
        Self {
            trusted_proxies: serving.trusted_proxies.clone(),
            allowance: Allowance::new(serving.limits.requests_per_address_s),
            body_timeout: serving.limits.body_timeout,
            log: serving.log_requests,
            metrics,
            stopping,
        }
    }
}

/// Takes a request in and its answer out.
pub(super) async fn take(State(desk): State<Arc<Desk>>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = id(request.headers());
    let peer = request.extensions().get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
    let client = Client { address: address::client(peer, request.headers(), &desk.trusted_proxies) };
    request.extensions_mut().insert(client);
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let (method, version) = (request.method().clone(), request.version());

    let allowed = desk.allowance.as_ref().is_none_or(|allowance| allowance.take(client.address, began));
    let answer = if allowed {
        let span = tracing::info_span!("request", id);
        let request = request.map(|body| body::within(body, desk.body_timeout));
        next.run(request).instrument(span).await
    } else {
        Refusal::TooManyRequests.into_response()
    };

    let mut answer = identified(answer, &id);
    if *desk.stopping.borrow() && version < Version::HTTP_2 {
        // The client asks its next question on another connection, and so of whoever is there then.
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let (status, took) = (answer.status().as_u16(), began.elapsed());
    desk.metrics.answered(method.as_str(), &route, status, took);
    if desk.log {
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(target: "signoff_platform::requests", %method, route, status, ms, id, "answered");
    }
    answer
}

/// The caller's id for the request, so that it can be followed through several programs: the trace's, or its own; ours if it
/// has none.
fn id(headers: &HeaderMap) -> String {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let trace = text("traceparent").and_then(trace_id);
    let own = text(REQUEST_ID.as_str()).filter(|id| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
        !id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(is_plain)
    });
    own.or(trace).map_or_else(|| uuid::Uuid::new_v4().simple().to_string(), str::to_owned)
}

/// The trace's id of a `traceparent` (W3C Trace Context).
fn trace_id(traceparent: &str) -> Option<&str> {
    let mut parts = traceparent.split('-');
    let (version, trace, span) = (parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_some = trace.bytes().any(|byte| byte != b'0');
    (is_hex(version, 2) && version != "ff" && is_hex(trace, 32) && is_hex(span, 16) && is_some).then_some(trace)
}

/// Puts the id on the answer, and into it if it is a problem.
fn identified(mut answer: Response, id: &str) -> Response {
    if let Some(mut problem) = answer.extensions_mut().remove::<Problem>() {
        problem.instance = Some(format!("urn:signoff:request:{id}"));
        if let Ok(body) = serde_json::to_vec(&problem) {
            answer.headers_mut().remove(header::CONTENT_LENGTH);
            *answer.body_mut() = Body::from(body);
        }
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        answer.headers_mut().insert(REQUEST_ID, value);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(lines: &[(&'static str, &'static str)]) -> String {
        let lines = lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        id(&lines.collect())
    }

    #[test]
    fn the_callers_id_is_kept_and_what_is_no_id_is_not() {
        assert_eq!(of(&[("x-request-id", "abc-1")]), "abc-1");
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert_eq!(of(&[("traceparent", trace)]), "4bf92f3577b34da6a3ce929d0e0e4736");
        for bad in ["", "a b", "<script>", "{\"a\":1}"] {
            assert_eq!(of(&[("x-request-id", bad)]).len(), 32, "{bad:?}");
        }
        for bad in ["00-0-0-0", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "4bf9"] {
            assert_ne!(of(&[("traceparent", bad)]), bad);
        }
    }
}
