//! What a call that broke means. The one question that matters: could the request have reached the platform?

use std::error::Error;
use std::io;

use crate::remote::RemoteError;

/// Puts a broken call into its class.
pub(super) fn classify(error: &reqwest::Error) -> RemoteError {
    if let Some(tls) = cause::<native_tls::Error>(error) {
        return handshake(tls);
    }
    let detail = chain(error);
    if error.is_connect() {
        return RemoteError::Unreachable(detail);
    }
    // What answered speaks something else.
    let garbled = cause::<hyper::Error>(error).is_some_and(hyper::Error::is_parse);
    if garbled || error.is_builder() || error.is_decode() {
        return RemoteError::Nonsense(detail);
    }
    RemoteError::Interrupted(detail)
}

/// TLS did not come about, so no request was made. Whoever speaks no TLS at all has no bad certificate: that is another address.
fn handshake(tls: &native_tls::Error) -> RemoteError {
    let detail = chain(tls);
    let no_tls_there =
        ["wrong version number", "packet length too long", "http request", "unexpected eof", "unexpected EOF"];
    if no_tls_there.iter().any(|sign| detail.contains(sign)) || cause::<io::Error>(tls).is_some() {
        return RemoteError::Unreachable(detail);
    }
    RemoteError::Certificate(detail)
}

fn cause<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The causes in one line. Addresses and texts of requests are in none of them but the first, which is left out.
fn chain(error: &dyn Error) -> String {
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause.to_string());
        next = cause.source();
    }
    if causes.is_empty() { "connection lost".to_owned() } else { causes.join(": ") }
}
