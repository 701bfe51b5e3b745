//! The chat page itself: hand-written files without a build step, part of the program.
//!
//! The page runs nothing but its own scripts and talks to nobody but this platform; which sites may show it in a frame is said by
//! the channel (`frame-ancestors`). All of its files are the same for every channel: what differs it asks for.

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

use super::{
    Shared,
    signed_in::{Address, Named},
};
use crate::{chat::visitors, limits::What, refusal::Refusal};

/// Name, media type, content.
type Part = (&'static str, &'static str, &'static str);

const PAGE: &str = include_str!("../../chat/chat.html");
const EMBED: Part = ("embed.js", "text/javascript; charset=utf-8", include_str!("../../chat/embed.js"));
const PARTS: &[Part] = &[
    ("icon.svg", "image/svg+xml", include_str!("../../../../icons/signoff.svg")),
    ("chat.css", "text/css; charset=utf-8", include_str!("../../chat/chat.css")),
    ("main.js", "text/javascript; charset=utf-8", include_str!("../../chat/main.js")),
    ("api.js", "text/javascript; charset=utf-8", include_str!("../../chat/api.js")),
    ("frame.js", "text/javascript; charset=utf-8", include_str!("../../chat/frame.js")),
    ("keep.js", "text/javascript; charset=utf-8", include_str!("../../chat/keep.js")),
    ("outgoing.js", "text/javascript; charset=utf-8", include_str!("../../chat/outgoing.js")),
    ("view.js", "text/javascript; charset=utf-8", include_str!("../../chat/view.js")),
    ("files.js", "text/javascript; charset=utf-8", include_str!("../../chat/files.js")),
    ("survey.js", "text/javascript; charset=utf-8", include_str!("../../chat/survey.js")),
    ("look.js", "text/javascript; charset=utf-8", include_str!("../../chat/look.js")),
    ("words.js", "text/javascript; charset=utf-8", include_str!("../../chat/words.js")),
];

/// Of the button that opens the chat, where the company has not chosen one.
const USUAL_COLOUR: &str = "#0f766e";

/// The page of a channel.
async fn page(
    State(app): State<Shared>,
    Named(channel_id): Named,
    Address(address): Address,
) -> Result<Response, Refusal> {
    app.limits.take(What::Request, None, address, app.store.now())?;
    // A name that stands in the page as it is, and needs no escaping anywhere.
    if !channel_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)) {
        return Err(Refusal::ChannelUnknown);
    }
    let asked = channel_id.clone();
    let (_, origins) = app.store.read(move |sql| visitors::page(sql, &asked)).await?;
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src blob:; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'self' {}",
        origins.join(" ")
    );
    let mut response = PAGE.replace("__CHANNEL__", &channel_id).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // What stands in it was checked when it was entered; a policy that cannot be written would be no policy.
    let policy = HeaderValue::from_str(policy.trim()).map_err(|_| Refusal::Internal)?;
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=()"),
    );
    guard(headers);
    Ok(response)
}

/// One of its files.
async fn part(Path((_, name)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, Refusal> {
    let found = PARTS.iter().find(|(known, ..)| *known == name).ok_or(Refusal::NotFound);
    std::future::ready(found.map(|part| file(*part, &headers))).await
}

/// The script that a site includes to have the chat on its pages.
async fn embed(State(app): State<Shared>, Named(channel_id): Named, headers: HeaderMap) -> Result<Response, Refusal> {
    let (page, _) = app.store.read(move |sql| visitors::page(sql, &channel_id)).await?;
    let colour = if page.colour.is_empty() { USUAL_COLOUR } else { &page.colour };
    let (name, kind, content) = EMBED;
    let mut response = file((name, kind, &content.replace("__COLOUR__", colour)), &headers);
    // Included by other sites, which is what it is for.
    response
        .headers_mut()
        .insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
    Ok(response)
}

fn file((_, kind, content): (&str, &'static str, &str), asked: &HeaderMap) -> Response {
    let digest = Sha256::digest(content.as_bytes());
    let tag = format!(
        "\"{:02x}{:02x}{:02x}{:02x}{:02x}{:02x}\"",
        digest[0], digest[1], digest[2], digest[3], digest[4], digest[5]
    );
    let known = asked.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response =
        if known { StatusCode::NOT_MODIFIED.into_response() } else { content.to_owned().into_response() };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    guard(headers);
    response
}

fn guard(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

/// The page's addresses.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/chat/{channel_id}", get(page))
        .route("/chat/{channel_id}/embed.js", get(embed))
        .route("/chat/{channel_id}/parts/{name}", get(part))
}
