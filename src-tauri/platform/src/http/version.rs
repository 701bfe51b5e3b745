//! `If-Match`: a change names the version that it is based on.

use axum::http::{HeaderMap, header};

use crate::refusal::Refusal;

/// Whether a version is one that the request names.
///
/// # Errors
/// [`Refusal::IfMatchMissing`].
pub(super) fn if_match(headers: &HeaderMap) -> Result<impl Fn(i64) -> bool + Send + Sync + use<>, Refusal> {
    let value = headers.get(header::IF_MATCH).ok_or(Refusal::IfMatchMissing)?;
    // What is no text matches no version.
    let named = value.to_str().unwrap_or_default().to_owned();
    Ok(move |version: i64| {
        let tag = format!("\"{version}\"");
        named.trim() == "*" || named.split(',').any(|wanted| wanted.trim() == tag)
    })
}
