//! Which pages may hold the widget: web origins, each named in full. No wildcards: under a provider's domain live other companies, too.

use url::{Host, Url};

use crate::refusal::Refusal;

const MOST: usize = 20;
const LONGEST: usize = 300;

/// The origins in their one spelling, each once, in the order given.
///
/// # Errors
/// [`Refusal::OriginInvalid`] names the first that is none; [`Refusal::InvalidBody`] if there are none or too many.
pub(super) fn canonical(asked: &[String]) -> Result<Vec<String>, Refusal> {
    if asked.is_empty() || asked.len() > MOST {
        return Err(Refusal::InvalidBody(format!("between 1 and {MOST} origins are expected")));
    }
    let mut origins = Vec::with_capacity(asked.len());
    for text in asked {
        let origin = origin(text).ok_or_else(|| Refusal::OriginInvalid(text.chars().take(LONGEST).collect()))?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}

/// `https` anywhere, plain `http` on this machine only: what is sent to such a page must not be read on the way.
fn origin(text: &str) -> Option<String> {
    let text = text.trim();
    // The parser forgives what a policy header would not: backslashes, missing or superfluous slashes, line breaks, stars.
    let plain = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
    if !plain
        || text.contains(['\\', '*', ';', ',', '\'', '"', '<', '>'])
        || !text.contains("://")
        || text.contains(":///")
    {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let local = match url.host()? {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    match url.scheme() {
        "https" => Some(url.origin().ascii_serialization()),
        "http" if local => Some(url.origin().ascii_serialization()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_one_spelling() {
        for (written, kept) in [
            ("https://Example.lightning.force.com", "https://example.lightning.force.com"),
            ("https://crm.example:443/", "https://crm.example"),
            ("https://crm.example:8443", "https://crm.example:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            (" https://bücher.example ", ""),
            ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ] {
            assert_eq!(origin(written).unwrap_or_default(), kept, "{written}");
        }
    }

    #[test]
    fn what_is_no_origin_is_none() {
        for written in [
            "",
            "crm.example",
            "https://",
            "https:///path",
            "http://crm.example",
            "https://*.force.com",
            "https://crm.example/path",
            "https://crm.example?x",
            "https://crm.example#x",
            "https://user@crm.example",
            "https://crm.example;script-src *",
            "https://crm.example https://evil.example",
            "https://crm.example\nX: y",
            "https:\\\\crm.example",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "null",
            "*",
            "'self'",
        ] {
            assert_eq!(origin(written), None, "{written}");
        }
    }
}
