//! Who asks: the address at the other end, or the one that a trusted proxy tells.
//!
//! Only what trusted proxies have appended is believed: the lists are read from their end, and the first address that is no
//! trusted proxy is the client's. What stands before it, the client may have written itself.
//!
//! There are two headers for this, and a proxy that writes one passes the other on as the client sent it. Which of them the proxy writes
//! nobody has told, so where they disagree neither is believed.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

/// The client of a request; an extension of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Its address.
    pub(crate) address: IpAddr,
}

/// The other end of a connection; an extension of each of its requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// Whether an address is a trusted proxy's.
pub(super) fn is_trusted(proxies: &[IpNet], address: IpAddr) -> bool {
    proxies.iter().any(|network| network.contains(&address))
}

/// The client behind `peer`.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    if !is_trusted(proxies, peer) {
        return peer;
    }
    let forwarded: Vec<_> = items(headers, "forwarded").filter_map(|item| forwarded_for(&item)).collect();
    let x_forwarded_for: Vec<_> = items(headers, "x-forwarded-for").map(|item| address(&item)).collect();
    // `Forwarded` is the standard (RFC 7239), the other what most proxies write.
    match (forwarded.is_empty(), x_forwarded_for.is_empty()) {
        (true, _) => behind(peer, &x_forwarded_for, proxies),
        (false, true) => behind(peer, &forwarded, proxies),
        (false, false) => {
            let client = behind(peer, &forwarded, proxies);
            if client == behind(peer, &x_forwarded_for, proxies) { client } else { peer }
        }
    }
}

/// The client behind `peer`, as a chain of addresses tells; the client's end is its first.
fn behind(peer: IpAddr, told: &[Option<IpAddr>], proxies: &[IpNet]) -> IpAddr {
    let mut nearest = peer;
    for told in told.iter().rev() {
        match *told {
            Some(address) if is_trusted(proxies, address) => nearest = address,
            Some(address) => return address,
            // Beyond something unreadable nothing can be believed.
            None => return nearest,
        }
    }
    nearest
}

fn items(headers: &HeaderMap, name: &'static str) -> impl Iterator<Item = String> {
    headers
        .get_all(name)
        .iter()
        // A proxy may have appended to what is no text: that must not take its word away.
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .flat_map(|value| value.split(',').map(|item| item.trim().to_owned()).collect::<Vec<_>>())
}

/// `None` if the item says nothing about a client, `Some(None)` if it hides it.
fn forwarded_for(item: &str) -> Option<Option<IpAddr>> {
    let pair = item.split(';').filter_map(|pair| pair.trim().split_once('='));
    let (_, node) = pair.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    Some(address(node.trim().trim_matches('"')))
}

/// With or without a port, IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text).parse().ok();
    text.parse::<SocketAddr>().map(|addr| addr.ip()).ok().or_else(bare)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn seen(peer: &str, lines: &[(&'static str, &'static str)], proxies: &[&str]) -> IpAddr {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        let proxies: Vec<IpNet> = proxies.iter().map(|net| net.parse().expect("a network")).collect();
        client(ip(peer), &headers, &proxies)
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(seen("203.0.113.9", &[("x-forwarded-for", "198.51.100.1")], &["10.0.0.0/8"]), ip("203.0.113.9"));
    }

    #[test]
    fn what_the_client_wrote_before_the_proxies_is_not_believed() {
        let lines = [("x-forwarded-for", "127.0.0.1, 198.51.100.1"), ("x-forwarded-for", "10.0.0.2")];
        assert_eq!(seen("10.0.0.1", &lines, &["10.0.0.0/8"]), ip("198.51.100.1"));
    }

    #[test]
    fn forwarded_is_read_with_its_quotes_ports_and_brackets() {
        let lines = [("forwarded", "for=192.0.2.1;proto=https, For=\"[2001:db8::7]:4711\"")];
        assert_eq!(seen("10.0.0.1", &lines, &["10.0.0.0/8"]), ip("2001:db8::7"));
    }

    #[test]
    fn a_client_cannot_send_the_header_that_its_proxy_does_not_write() {
        let lines = [("forwarded", "for=192.0.2.66"), ("x-forwarded-for", "198.51.100.1")];
        assert_eq!(seen("10.0.0.1", &lines, &["10.0.0.0/8"]), ip("10.0.0.1"), "neither is believed");
        let lines = [("forwarded", "for=198.51.100.1"), ("x-forwarded-for", "192.0.2.66, 198.51.100.1")];
        assert_eq!(seen("10.0.0.1", &lines, &["10.0.0.0/8"]), ip("198.51.100.1"), "both say the same");
    }

    #[test]
    fn what_is_no_text_takes_nothing_from_what_the_proxy_appended() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("192.0.2.66"));
        headers.append("x-forwarded-for", HeaderValue::from_bytes(b"\xff, 198.51.100.1").expect("a value"));
        assert_eq!(client(ip("10.0.0.1"), &headers, &["10.0.0.0/8".parse().expect("a network")]), ip("198.51.100.1"));
    }

    #[test]
    fn beyond_something_unreadable_nothing_is_believed() {
        let lines = [("forwarded", "for=192.0.2.1, for=_hidden, for=10.0.0.3")];
        assert_eq!(seen("10.0.0.1", &lines, &["10.0.0.0/8"]), ip("10.0.0.3"));
    }
}
