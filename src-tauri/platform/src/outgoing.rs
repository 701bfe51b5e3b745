//! Requests that the platform makes: to providers' webhooks, and to whatever else an admin names an address for.
//!
//! An address that somebody types into a form must not lead into the platform's own network: addresses of this machine, of
//! private networks and of the link are refused, when the address is entered and again for every address that a name
//! resolves to, at the moment of connecting (a name may change its mind in between). The operator may allow them. No
//! redirects, no proxies, no credentials in addresses; time and size are bounded.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, OnceLock},
    time::Duration,
};

use chrono::{DateTime, Utc};
use reqwest::{
    Client,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, RETRY_AFTER},
    redirect::Policy,
};
use url::{Host, Url};

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
        if !self.private_allowed && ip.is_some_and(is_private) {
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
        let client = self.client.get_or_init(|| build(self.private_allowed));
        let client = client.as_ref().ok_or("this platform cannot make requests")?;
        let request = client.post(url).headers(headers).body(body);
        let mut response = request.send().await.map_err(|error| in_a_few_words(&error))?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| wait(value.to_str().ok()?, now));
        let mut body = Vec::new();
        while body.len() < ANSWER {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                // The status has been said; what was to follow is missed by nobody.
                Ok(None) | Err(_) => break,
            }
        }
        body.truncate(ANSWER);
        Ok(Answered { status, retry_after, body })
    }
}

fn build(private_allowed: bool) -> Option<Client> {
    let builder = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .timeout(WHOLE)
        .pool_idle_timeout(Duration::from_secs(30))
        .user_agent(concat!("Signoff/", env!("CARGO_PKG_VERSION")));
    let builder = if private_allowed { builder } else { builder.dns_resolver(Arc::new(PublicOnly)) };
    builder.build().inspect_err(|error| tracing::error!(%error, "cannot make requests")).ok()
}

/// The system's resolver, without what leads into private networks.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| !is_private(address.ip())).collect();
            if public.is_empty() {
                return Err("the name leads into a private network".into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
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

/// Whether an address is of this machine, this link, a private network, or none that a service would have.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_private_v4(ip),
        IpAddr::V6(ip) => is_private_v6(ip),
    }
}

fn is_private_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b))
}

fn is_private_v6(ip: Ipv6Addr) -> bool {
    let [a, b, c, d, _, _, g, h] = ip.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_private_v4(Ipv4Addr::new(a, b, c, d))
    };
    if let Some(mapped) = ip.to_ipv4_mapped() {
        return is_private_v4(mapped);
    }
    match (a, b) {
        // Addresses that carry one of version 4: of translators, and 6to4.
        (0x64, 0xff9b) => v4(g, h),
        (0x2002, _) => v4(b, c),
        // Documentation and Teredo, whose other end is anybody's guess.
        (0x2001, 0x0db8 | 0) => true,
        _ => {
            ip.is_unspecified()
                || ip.is_loopback()
                || ip.is_multicast()
                || (a & 0xfe00) == 0xfc00
                || (a & 0xff80) == 0xfe80
                // The rest of what begins with zeros is no address that a service would have.
                || (a == 0 && b == 0 && c == 0 && d == 0)
        }
    }
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

    #[tokio::test]
    async fn a_name_that_leads_inside_is_found_out_when_it_is_resolved() {
        let name = "localhost".parse().expect("a name");
        assert!(PublicOnly.resolve(name).await.is_err());
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
