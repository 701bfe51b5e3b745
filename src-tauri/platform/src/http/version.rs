//! `If-Match`: a change names the version that it is based on.

use axum::http::{HeaderMap, header};

use crate::{documents::IfMatch, refusal::Refusal};

/// The versions that the request names. Several lines are one list, as everywhere in HTTP.
///
/// # Errors
/// [`Refusal::IfMatchMissing`].
pub(super) fn named(headers: &HeaderMap) -> Result<IfMatch, Refusal> {
    // What is no text matches no version.
    let lines: Vec<_> =
        headers.get_all(header::IF_MATCH).iter().map(|line| line.to_str().unwrap_or_default()).collect();
    if lines.is_empty() { Err(Refusal::IfMatchMissing) } else { Ok(IfMatch::new(&lines.join(","))) }
}

/// Whether a version is one that the request names.
///
/// # Errors
/// [`Refusal::IfMatchMissing`].
pub(super) fn if_match(headers: &HeaderMap) -> Result<impl Fn(i64) -> bool + Send + Sync + use<>, Refusal> {
    let named = named(headers)?;
    Ok(move |version: i64| named.accepts(version))
}
