//! Requests that the platform makes: to providers' webhooks, to systems that a scenario asks, and to whatever else an admin names an address for.
//!
//! An address that somebody types into a form must not lead into the platform's own network: addresses of this machine, of
//! private networks and of the link are refused, when the address is entered and again for every address that a name
//! resolves to, at the moment of connecting (a name may change its mind in between). The operator may allow them. No
//! redirects, no proxies, no credentials in addresses; time and size are bounded.

mod addresses;

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::http::{Request, Response};
use chrono::{DateTime, Utc};
use reqwest::{
    Client, ClientBuilder,
    header::{HeaderMap, RETRY_AFTER},
    redirect::Policy,
};
use url::{Host, Url};

use self::addresses::PublicOnly;
pub(crate) use self::addresses::{is_public, leads_inside};
use crate::refusal::Refusal;

const CONNECT: Duration = Duration::from_secs(5);
const WHOLE: Duration = Duration::from_secs(15);
/// Of an answer, more is not read.
const ANSWER: usize = 64 * 1024;
const LONGEST_ADDRESS: usize = 2000;

/// The way out.
#[derive(Clone)]
pub(crate) struct Outgoing {
    private_allowed: bool,
    client: Arc<OnceLock<Option<Client>>>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    /// The HTTP status.
    pub(crate) status: u16,
    /// `Retry-After`, as a duration from now.
    pub(crate) retry_after: Option<Duration>,
    /// The beginning of the body.
    pub(crate) body: Vec<u8>,
}

impl Outgoing {
    /// `private_allowed`: the operator says that addresses in private networks are fine, and plain HTTP with them.
    pub(crate) fn new(private_allowed: bool) -> Self {
        Self { private_allowed, client: Arc::default() }
    }

    /// The address, if the platform would call it.
    ///
    /// # Errors
    /// [`Refusal::AddressRefused`] with the reason.
    pub(crate) fn require_allowed(&self, address: &str) -> Result<Url, Refusal> {
        let refused = |why: &str| Refusal::AddressRefused(why.to_owned());
        if address.len() > LONGEST_ADDRESS {
            return Err(refused("it is too long"));
        }
        let url = Url::parse(address).map_err(|_| refused("it is no address of the form https://host/path"))?;
        match url.scheme() {
            "https" => {}
            "http" if self.private_allowed => {}
            _ => return Err(refused("it has to begin with https://")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("it must not contain a password"));
        }
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
            Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
            Some(Host::Domain(name)) if !self.private_allowed && is_local_name(name) => {
                return Err(refused("it is a name of a private network"));
            }
            Some(Host::Domain(_)) => None,
            None => return Err(refused("it names no host")),
        };
        if !self.private_allowed && ip.is_some_and(|ip| !is_public(ip)) {
            return Err(refused("it lies in a private network"));
        }
        Ok(url)
    }

    /// Posts a body. An answer of whatever status is an answer; the error says in a few words why there was none.
    pub(crate) async fn post(
        &self,
        address: &str,
        headers: HeaderMap,
        body: Vec<u8>,
        now: DateTime<Utc>,
    ) -> Result<Answered, String> {
        let url = self.require_allowed(address).map_err(|refusal| refusal.to_string())?;
        let request = self.client()?.post(url).headers(headers).body(body);
        let response = request.send().await.map_err(|error| in_a_few_words(&error))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| wait(value.to_str().ok()?, now));
        Ok(Answered { status, retry_after, body: beginning(response).await })
    }

    /// Makes a request that somebody else put together, under the same rules.
    pub(crate) async fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Unanswered> {
        self.require_allowed(&request.uri().to_string()).map_err(|refusal| Unanswered(refusal.to_string()))?;
        let request = reqwest::Request::try_from(request).map_err(|error| Unanswered(error.to_string()))?;
        let client = self.client().map_err(|why| Unanswered(why.to_owned()))?;
        let response = client.execute(request).await.map_err(|error| Unanswered(in_a_few_words(&error)))?;
        let mut answer = Response::new(Vec::new());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = response.headers().clone();
        *answer.body_mut() = beginning(response).await;
        Ok(answer)
    }

    fn client(&self) -> Result<&Client, &'static str> {
        let client = self.client.get_or_init(|| build(self.private_allowed));
        client.as_ref().ok_or("this platform cannot make requests")
    }
}

/// As much of an answer as is read.
async fn beginning(mut response: reqwest::Response) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < ANSWER {
        match response.chunk().await {
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            // The status has been said; what was to follow is missed by nobody.
            Ok(None) | Err(_) => break,
        }
    }
    body.truncate(ANSWER);
    body
}

/// Why a request was not answered.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unanswered(String);

fn build(private_allowed: bool) -> Option<Client> {
    let builder = cautious(private_allowed).connect_timeout(CONNECT).timeout(WHOLE);
    builder.build().inspect_err(|error| tracing::error!(%error, "cannot make requests")).ok()
}

/// A client that follows no redirections, uses no proxies of the environment, and resolves names to the open Internet only unless the operator
/// allows more. An address without a name passes it: [`is_public`] is for whoever has one.
pub(crate) fn cautious(private_allowed: bool) -> ClientBuilder {
    let builder = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .pool_idle_timeout(Duration::from_secs(30))
        .user_agent(concat!("Signoff/", env!("CARGO_PKG_VERSION")));
    if private_allowed { builder } else { builder.dns_resolver(Arc::new(PublicOnly)) }
}

fn in_a_few_words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "no answer in time".to_owned()
    } else if error.is_connect() {
        "cannot connect".to_owned()
    } else {
        "the connection broke off".to_owned()
    }
}

/// Seconds or a date.
fn wait(value: &str, now: DateTime<Utc>) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(value.trim()).ok()?;
    Some((date.with_timezone(&Utc) - now).to_std().unwrap_or_default())
}

fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    !name.contains('.')
        || ["localhost", "local", "internal", "lan", "home", "corp", "intranet"]
            .iter()
            .any(|local| name == *local || name.ends_with(&format!(".{local}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_lead_inside_are_refused() {
        let outgoing = Outgoing::new(false);
        for address in [
            "http://example.com/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://10.1.2.3/",
            "https://172.16.0.1/",
            "https://192.168.1.1:8443/",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://[fe80::1]/",
            "https://[fd00::1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://[2002:7f00:1::]/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://db.internal/",
            "https://intranet/",
            "https://user:password@example.com/",
            "ftp://example.com/",
            "javascript:alert(1)",
            "nonsense",
            "",
        ] {
            assert!(outgoing.require_allowed(address).is_err(), "{address}");
        }
        for address in ["https://example.com/hook?x=1", "https://93.184.216.34:8443/", "https://[2606:2800:220:1::1]/"]
        {
            assert!(outgoing.require_allowed(address).is_ok(), "{address}");
        }
    }

    #[test]
    fn the_operator_may_allow_private_addresses_but_no_other_schemes() {
        let outgoing = Outgoing::new(true);
        assert!(outgoing.require_allowed("http://127.0.0.1:9000/hook").is_ok());
        assert!(outgoing.require_allowed("file:///etc/passwd").is_err());
    }

    #[test]
    fn how_long_to_wait_is_seconds_or_a_date() {
        let now = "2026-03-02T12:00:00Z".parse().expect("a time");
        assert_eq!(wait("120", now), Some(Duration::from_secs(120)));
        assert_eq!(wait("Mon, 02 Mar 2026 12:01:00 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(wait("Mon, 02 Mar 2020 12:01:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(wait("soon", now), None);
    }
}
