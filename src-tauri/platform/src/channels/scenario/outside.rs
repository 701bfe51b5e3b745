//! Asking other systems, on behalf of somebody who may be mistaken or malicious.
//!
//! The way out is the platform's only one ([`crate::outgoing`]): nothing leads into its own network unless the operator allows it. Neither time
//! nor size is unbounded.

use std::{net::IpAddr, sync::OnceLock, time::Duration};

use futures_util::StreamExt;
use reqwest::{
    Client, Method,
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
};
use signoff_wire::contract::scenarios::CallMethod;
use url::{Host, Url};

use super::calls::Request;
use crate::outgoing;

/// Largest answer taken.
const LARGEST: usize = 256 * 1024;

/// The way to other systems.
pub(crate) struct Outside {
    private_too: bool,
    client: OnceLock<Option<Client>>,
}

/// What came of a call.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An answer, whatever it says.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
    },
    /// No answer, or none that can be read.
    Failed,
    /// No answer in time.
    TimedOut,
    /// The address is not one for calls.
    Forbidden,
}

impl Outside {
    /// With `private_too`, addresses of private networks and of this machine can be called.
    pub(crate) fn new(private_too: bool) -> Self {
        Self { private_too, client: OnceLock::new() }
    }

    /// Sends a call and reads the answer. Nothing of either is logged.
    pub(super) async fn ask(&self, request: &Request, secrets: &[(String, String)], key: &str) -> Outcome {
        let Ok(url) = Url::parse(&request.url) else { return Outcome::Failed };
        let literal = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::from(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::from(ip)),
            Some(Host::Domain(_)) => None,
            None => return Outcome::Failed,
        };
        if !self.private_too && literal.is_some_and(|ip| !outgoing::is_public(ip)) {
            return Outcome::Forbidden;
        }
        let Some(client) = self.client() else { return Outcome::Failed };
        let mut call = client.request(method(request.method), url).header("Idempotency-Key", format!("\"{key}\""));
        for (name, value) in request.headers.iter().chain(secrets) {
            let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) else {
                return Outcome::Failed;
            };
            call = call.header(name, value);
        }
        if let Some(body) = &request.body {
            if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
                call = call.header(CONTENT_TYPE, "application/json");
            }
            call = call.body(body.clone());
        }
        let patience = Duration::from_secs(u64::from(request.timeout_s.max(1)));
        tokio::time::timeout(patience, answer(call)).await.unwrap_or(Outcome::TimedOut)
    }

    fn client(&self) -> Option<&Client> {
        let made = self.client.get_or_init(|| {
            outgoing::cautious(self.private_too)
                .build()
                .inspect_err(|error| tracing::error!(%error, "no calls to other systems"))
                .ok()
        });
        made.as_ref()
    }
}

async fn answer(call: reqwest::RequestBuilder) -> Outcome {
    let response = match call.send().await {
        Ok(response) => response,
        Err(error) if outgoing::leads_inside(&error) => return Outcome::Forbidden,
        Err(_) => return Outcome::Failed,
    };
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let mut chunks = response.bytes_stream();
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else { return Outcome::Failed };
        if body.len() + chunk.len() > LARGEST {
            return Outcome::Failed;
        }
        body.extend_from_slice(&chunk);
    }
    Outcome::Answered { status, body: String::from_utf8_lossy(&body).into_owned() }
}

fn method(method: CallMethod) -> Method {
    match method {
        CallMethod::Get => Method::GET,
        CallMethod::Post => Method::POST,
        CallMethod::Put => Method::PUT,
        CallMethod::Patch => Method::PATCH,
        CallMethod::Delete => Method::DELETE,
    }
}
