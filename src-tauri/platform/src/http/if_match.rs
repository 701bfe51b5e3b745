//! `If-Match`: which version somebody has seen.

use axum::http::{HeaderMap, header};

use crate::refusal::Refusal;

/// Whether a version is the one that the request names. Missing: 428.
pub(super) fn seen(headers: &HeaderMap) -> Result<impl FnOnce(i64) -> bool + Send + use<>, Refusal> {
    let if_match = headers.get(header::IF_MATCH).ok_or(Refusal::IfMatchMissing)?;
    // What is no text matches no version.
    let if_match = if_match.to_str().unwrap_or_default().to_owned();
    Ok(move |version: i64| {
        let tag = format!("\"{version}\"");
        if_match.trim() == "*" || if_match.split(',').any(|wanted| wanted.trim() == tag)
    })
}
