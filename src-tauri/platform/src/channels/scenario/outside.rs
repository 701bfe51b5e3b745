//! Asking other systems, on behalf of somebody who may be mistaken or malicious.
//!
//! An address may not lead into the platform's own network unless the operator allows it: names are resolved here, and the
//! connection goes to the very addresses that were looked at, so that a name cannot change its mind in between. Redirections are
//! not followed, proxies of the environment not used, and neither time nor size is unbounded.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::StreamExt;
use reqwest::{
    Client, Method,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, HeaderName, HeaderValue},
    redirect,
};
use signoff_wire::contract::scenarios::CallMethod;
use url::{Host, Url};

use super::calls::Request;

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
        if !self.private_too && literal.is_some_and(|ip| !is_public(ip)) {
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
            Client::builder()
                .redirect(redirect::Policy::none())
                .no_proxy()
                .pool_max_idle_per_host(2)
                .user_agent(concat!("signoff-platform/", env!("CARGO_PKG_VERSION")))
                .dns_resolver(Arc::new(Names { private_too: self.private_too }))
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
        Err(error) if is_private(&error) => return Outcome::Forbidden,
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

/// Resolves names to public addresses only.
struct Names {
    private_too: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("the name leads into a private network")]
struct Private;

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let private_too = self.private_too;
        let name = name.as_str().to_owned();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name, 0)).await?.collect();
            // One private address among public ones is an attempt, not an accident.
            if !private_too && found.iter().any(|addr| !is_public(addr.ip())) {
                return Err(Private.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn is_private(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.is::<Private>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// Whether an address belongs to the open Internet.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(inner) = ip.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    let [first, second, third, fourth, fifth, sixth, seventh, eighth] = ip.segments();
    if (first, second, third, fourth, fifth, sixth) == (0x64, 0xff9b, 0, 0, 0, 0) {
        let [a, b] = seventh.to_be_bytes();
        let [c, d] = eighth.to_be_bytes();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    // Global unicast, without tunnels into IPv4 (2001::/32, 2002::/16) and documentation.
    (first & 0xe000) == 0x2000
        && first != 0x2002
        && !(first == 0x2001 && (second == 0 || second == 0xdb8))
        && !(first == 0x3fff && second < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::is_public;

    #[test]
    fn only_the_open_internet_is_public() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "255.255.255.255",
            "224.0.0.1",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:0:7f00:1::",
        ] {
            assert!(!is_public(private.parse().expect("an address")), "{private}");
        }
        for public in ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"] {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
    }
}
