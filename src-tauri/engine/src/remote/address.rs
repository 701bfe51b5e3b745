//! A workspace's address, from what a person types to what the program uses.
//!
//! People type what they have been told: "support.example.com", a link out of an e-mail, something with a blank behind it. What is not
//! said is taken to be the safe thing, https; plain http has to be written out, except on this machine itself, where certificates do not
//! exist.

use url::{Host, Url};

use crate::ports::AddressInvalid;

/// The base address that is meant: scheme, host, port and path without a trailing slash.
///
/// # Errors
/// [`AddressInvalid`], if nothing that http or https could reach is meant.
pub fn normalise(typed: &str) -> Result<String, AddressInvalid> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(AddressInvalid);
    }
    let mut url = match typed.split_once("://") {
        Some(_) => Url::parse(typed).map_err(|_| AddressInvalid)?,
        None => without_scheme(typed)?,
    };
    let written_for_the_web = matches!(url.scheme(), "http" | "https");
    let names_a_person = !url.username().is_empty() || url.password().is_some();
    if !written_for_the_web || names_a_person || url.host().is_none() {
        return Err(AddressInvalid);
    }
    url.set_query(None);
    url.set_fragment(None);
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Whether the address is this very machine: no proxy lies between, and no certificate is expected.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn without_scheme(typed: &str) -> Result<Url, AddressInvalid> {
    let secure = Url::parse(&format!("https://{typed}")).map_err(|_| AddressInvalid)?;
    if is_loopback(&secure) {
        return Url::parse(&format!("http://{typed}")).map_err(|_| AddressInvalid);
    }
    Ok(secure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_a_base_address() {
        for (typed, meant) in [
            ("support.example.com", "https://support.example.com"),
            ("  https://support.example.com/ \n", "https://support.example.com"),
            ("https://example.com/signoff/", "https://example.com/signoff"),
            ("https://example.com/inbox?tab=received#top", "https://example.com/inbox"),
            ("support.example.com:8443", "https://support.example.com:8443"),
            ("HTTPS://Support.Example.COM", "https://support.example.com"),
            ("kundé.example", "https://xn--kund-epa.example"),
        ] {
            assert_eq!(normalise(typed).as_deref(), Ok(meant), "typed: {typed:?}");
        }
    }

    #[test]
    fn plain_http_is_kept_only_where_it_was_written_or_never_leaves_the_machine() {
        assert_eq!(normalise("http://intranet:8080").as_deref(), Ok("http://intranet:8080"));
        assert_eq!(normalise("intranet:8080").as_deref(), Ok("https://intranet:8080"));
        assert_eq!(normalise("127.0.0.1:4000").as_deref(), Ok("http://127.0.0.1:4000"));
        assert_eq!(normalise("localhost:4000").as_deref(), Ok("http://localhost:4000"));
        assert_eq!(normalise("[::1]:4000").as_deref(), Ok("http://[::1]:4000"));
    }

    /// Bad input: an address that is no URL.
    #[test]
    fn what_is_no_address_is_said_to_be_none() {
        for typed in [
            "",
            "   ",
            "hello world",
            "ftp://example.com",
            "https://",
            "mailto:a@b.test",
            "https://me:pw@example.com",
            "::",
        ] {
            assert_eq!(normalise(typed), Err(AddressInvalid), "typed: {typed:?}");
        }
    }
}
