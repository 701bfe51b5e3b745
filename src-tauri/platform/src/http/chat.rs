//! The calls of the customer's chat page.

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use signoff_wire::contract::{
    chat::{ChatMessageAccepted, ChatPage, ChatSeen, ChatThread, NewChatMessage, NewVisitor, Typing, Visitor},
    problems::Problem,
    timeline::Attachment,
};
use utoipa::IntoParams;

use super::{
    Shared, answer, attachments as files,
    attachments::UploadQuery,
    body::{self, Raw},
    openapi::ServerSentEvent,
    pieces::PartParams,
    presence,
    query::{self, Asked},
    signed_in::{Address, Named, Visiting},
};
use crate::{
    attachments,
    chat::{
        seen, stream, switchboard, thread,
        visitors::{self, Known},
    },
    limits::What,
    refusal::Refusal,
};

/// What the page has to know before anybody has written.
#[utoipa::path(get, path = "/v1/chat/{channel_id}", tag = "chat", security(()), params(("channel_id" = String, Path)),
    responses((status = 200, body = ChatPage), (status = "4XX", body = Problem)))]
pub(super) async fn page(
    State(app): State<Shared>,
    Named(channel_id): Named,
    Address(address): Address,
) -> Result<Response, Refusal> {
    app.limits.take(What::Request, None, address, app.store.now())?;
    let (page, _) = app.store.read(move |sql| visitors::page(sql, &channel_id)).await?;
    answer::ok(&page)
}

/// A token for somebody new.
#[utoipa::path(post, path = "/v1/chat/{channel_id}/sessions", tag = "chat", security(()),
    params(("channel_id" = String, Path)), request_body = Option<NewVisitor>,
    responses((status = 201, body = Visitor), (status = "4XX", body = Problem)))]
pub(super) async fn begin(
    State(app): State<Shared>,
    Named(channel_id): Named,
    Address(address): Address,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    app.limits.take(What::Session, None, address, app.store.now())?;
    let new: NewVisitor = body::parse_or_empty(&bytes?)?;
    let visitor = app.store.write(move |write| visitors::begin(write, &channel_id, &new)).await?;
    answer::json(StatusCode::CREATED, &visitor)
}

/// The visitor writes. The same `client_id` again is the same message.
#[utoipa::path(post, path = "/v1/chat/{channel_id}/messages", tag = "chat", params(("channel_id" = String, Path)),
    request_body = NewChatMessage,
    responses((status = 201, body = ChatMessageAccepted), (status = "4XX", body = Problem)))]
pub(super) async fn write(
    State(app): State<Shared>,
    Visiting { visitor, .. }: Visiting,
    Address(address): Address,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    app.limits.take(What::Message, Some(&visitor.token_hash), address, app.store.now())?;
    let new: NewChatMessage = body::parse(&bytes?)?;
    let accepted = app.store.write(move |write| visitors::write(write, &visitor, new)).await?;
    answer::json(StatusCode::CREATED, &accepted)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ThreadQuery {
    /// `next` of the page before.
    before: Option<String>,
    /// How many entries; 50 if not said, 200 at most.
    limit: Option<u32>,
}

/// What was said so far: the newest page first, each page newest last.
#[utoipa::path(get, path = "/v1/chat/{channel_id}/entries", tag = "chat",
    params(("channel_id" = String, Path), ThreadQuery),
    responses((status = 200, body = ChatThread), (status = "4XX", body = Problem)))]
pub(super) async fn entries(
    State(app): State<Shared>,
    Visiting { visitor, .. }: Visiting,
    Address(address): Address,
    Asked(asked): Asked<ThreadQuery>,
) -> Result<Response, Refusal> {
    app.limits.take(What::Request, Some(&visitor.token_hash), address, app.store.now())?;
    let (before, limit) = (query::cursor(asked.before.as_deref())?, query::limit(asked.limit, 50, 200));
    let now = app.store.now();
    answer::ok(&app.store.read(move |sql| thread::page(sql, &visitor, before, limit, now)).await?)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StreamQuery {
    /// The position to go on after; 0 is the beginning. `Last-Event-ID` wins; with neither, the stream starts now.
    after: Option<String>,
}

/// What is said from now on, as `text/event-stream`: `entry` with the position as its id, `state` and `typing` without one.
#[utoipa::path(get, path = "/v1/chat/{channel_id}/events", tag = "chat",
    params(("channel_id" = String, Path), StreamQuery, ("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, body = ServerSentEvent, content_type = "text/event-stream"), (status = "4XX", body = Problem)))]
pub(super) async fn events(
    State(app): State<Shared>,
    Visiting { visitor, token }: Visiting,
    Address(address): Address,
    Asked(asked): Asked<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    app.limits.take(What::Request, Some(&visitor.token_hash), address, app.store.now())?;
    let last_event_id = headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?"));
    let place = match query::cursor(last_event_id)? {
        Some(seen) => Some(seen),
        None => query::cursor(asked.after.as_deref())?,
    };
    // Before the place is looked up: what comes in between is told, and then found to be known.
    let nudges = app.presence.of_visitor(&visitor.key());
    switchboard::begin(&app.store, &app.presence, &app.stopping);
    let place = match place {
        Some(place) => place,
        None => {
            let visitor = visitor.clone();
            app.store.read(move |sql| thread::newest(sql, &visitor)).await?
        }
    };
    let stream = stream::open(app.store.clone(), visitor, token, place, nudges, app.stopping.clone());
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/event-stream"),
        (header::CACHE_CONTROL.as_str(), "no-store"),
        // Asks nginx not to hold the stream back.
        ("x-accel-buffering", "no"),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// The visitor types.
#[utoipa::path(post, path = "/v1/chat/{channel_id}/typing", tag = "chat", params(("channel_id" = String, Path)),
    request_body = Option<Typing>, responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn typing(
    State(app): State<Shared>,
    Visiting { visitor, .. }: Visiting,
    Address(address): Address,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    app.limits.take(What::Request, Some(&visitor.token_hash), address, app.store.now())?;
    let typing: Typing = body::parse_or_empty(&bytes?)?;
    presence::customer_types(&app, visitor.key(), typing.on).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// How far the page has entries, and how far the visitor has seen them.
#[utoipa::path(post, path = "/v1/chat/{channel_id}/seen", tag = "chat", params(("channel_id" = String, Path)),
    request_body = ChatSeen, responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn seen(
    State(app): State<Shared>,
    Visiting { visitor, .. }: Visiting,
    Address(address): Address,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    app.limits.take(What::Request, Some(&visitor.token_hash), address, app.store.now())?;
    let seen: ChatSeen = body::parse(&bytes?)?;
    app.store.write(move |write| seen::by_customer(write, &visitor, seen)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Upload a file, to be named in a message.
#[utoipa::path(post, path = "/v1/chat/{channel_id}/attachments", tag = "chat",
    params(("channel_id" = String, Path), UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = "4XX", body = Problem)))]
pub(super) async fn upload(
    State(app): State<Shared>,
    Visiting { visitor, .. }: Visiting,
    Address(address): Address,
    Asked(asked): Asked<UploadQuery>,
    request: Request,
) -> Result<Response, Refusal> {
    app.limits.take(What::Upload, Some(&visitor.token_hash), address, app.store.now())?;
    let _place = app.limits.transfer(&visitor.token_hash, address)?;
    let prepared = files::bring_in(&app.store, &visitor.channel_id, asked.name(), request.into_body()).await?;
    let kib = u32::try_from(prepared.size().div_ceil(1024)).unwrap_or(u32::MAX);
    app.limits.take_many(What::Kib, kib, Some(&visitor.token_hash), address, app.store.now())?;
    let owner = visitor.owner();
    let attachment = app.store.write(move |write| prepared.place(write, &owner)).await?;
    answer::json(StatusCode::CREATED, &attachment)
}

/// A file of the visitor's own conversations. With `Range` (and the `ETag` of the first answer in `If-Range`) a download that broke
/// off goes on.
#[utoipa::path(get, path = "/v1/chat/{channel_id}/attachments/{attachment_id}", tag = "chat",
    params(("channel_id" = String, Path), ("attachment_id" = String, Path), PartParams),
    responses(
        (status = 200, body = Vec<u8>, content_type = "*/*", headers(("ETag" = String), ("Accept-Ranges" = String))),
        (status = 206, body = Vec<u8>, content_type = "*/*", headers(("ETag" = String), ("Content-Range" = String))),
        (status = 304, headers(("ETag" = String))),
        (status = "4XX", body = Problem),
    ))]
pub(super) async fn download(
    State(app): State<Shared>,
    Visiting { visitor, .. }: Visiting,
    Address(address): Address,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    app.limits.take(What::Request, Some(&visitor.token_hash), address, app.store.now())?;
    let Path((_, id)) = path.map_err(|_| Refusal::NotFound)?;
    let place = app.limits.transfer(&visitor.token_hash, address)?;
    let stored = app.store.read(move |sql| own_file(sql, &visitor, &id)).await?;
    files::serve(&app.store, stored, &headers, Some(place)).await
}

/// What a file of the visitor's own conversations is, without its bytes.
#[utoipa::path(head, path = "/v1/chat/{channel_id}/attachments/{attachment_id}", tag = "chat",
    params(("channel_id" = String, Path), ("attachment_id" = String, Path)),
    responses((status = 200, headers(("ETag" = String), ("Accept-Ranges" = String), ("Content-Length" = u64))),
        (status = "4XX")))]
pub(super) async fn describe(
    State(app): State<Shared>,
    Visiting { visitor, .. }: Visiting,
    Address(address): Address,
    path: Result<Path<(String, String)>, axum::extract::rejection::PathRejection>,
) -> Result<Response, Refusal> {
    app.limits.take(What::Request, Some(&visitor.token_hash), address, app.store.now())?;
    let Path((_, id)) = path.map_err(|_| Refusal::NotFound)?;
    Ok(files::description(&app.store.read(move |sql| own_file(sql, &visitor, &id)).await?))
}

fn own_file(sql: &rusqlite::Connection, visitor: &Known, id: &str) -> Result<attachments::Stored, Refusal> {
    let stored = attachments::find(sql, id)?.ok_or(Refusal::NotFound)?;
    let own = match stored.conversation_nr {
        Some(nr) => sql
            .prepare_cached(
                "SELECT cu.channel_id = ?2 AND cu.external_id = ?3
                 FROM conversations c JOIN customers cu ON cu.id = c.customer_id WHERE c.nr = ?1",
            )?
            .query_row((nr, &visitor.channel_id, &visitor.external_id), |row| row.get(0))?,
        None => stored.is_of(&visitor.owner()),
    };
    if own { Ok(stored) } else { Err(Refusal::NotFound) }
}

/// The calls.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/chat/{channel_id}", get(page))
        .route("/v1/chat/{channel_id}/sessions", post(begin))
        .route("/v1/chat/{channel_id}/messages", post(write))
        .route("/v1/chat/{channel_id}/entries", get(entries))
        .route("/v1/chat/{channel_id}/events", get(events))
        .route("/v1/chat/{channel_id}/typing", post(typing))
        .route("/v1/chat/{channel_id}/seen", post(seen))
        .route("/v1/chat/{channel_id}/attachments", post(upload))
        .route("/v1/chat/{channel_id}/attachments/{attachment_id}", get(download).head(describe))
        .layer(DefaultBodyLimit::disable())
}
