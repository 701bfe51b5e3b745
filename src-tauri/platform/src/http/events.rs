//! The event log over HTTP: streamed and paged.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use signoff_wire::contract::{events::Changes, problems::Problem};
use utoipa::IntoParams;

use super::{
    Shared, answer,
    openapi::ServerSentEvent,
    query::{self, Asked},
    signed_in::{AtConversation, bearer},
};
use crate::{events, refusal::Refusal};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct StreamQuery {
    /// The sequence to go on after; 0 is the beginning. `Last-Event-ID` wins; with neither, the stream starts now.
    after: Option<String>,
    /// Also tell that a customer types: `customer.typing` without an id, since it is no part of the log.
    #[param(value_type = Option<bool>)]
    typing: Option<String>,
}

/// Events as they happen, as `text/event-stream`.
#[utoipa::path(get, path = "/v1/events", tag = "events", params(StreamQuery, ("Last-Event-ID" = Option<String>, Header)),
    responses((status = 200, body = ServerSentEvent, content_type = "text/event-stream"), (status = "4XX", body = Problem)))]
pub(super) async fn stream(
    State(app): State<Shared>,
    AtConversation(_): AtConversation,
    Asked(asked): Asked<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let last_event_id = headers.get("last-event-id").map(|id| id.to_str().unwrap_or("?"));
    let place = match query::cursor(last_event_id)? {
        Some(seen) => Some(seen),
        None => query::cursor(asked.after.as_deref())?,
    };
    let place = match place {
        Some(place) => place,
        None => app.store.read(|sql| Ok(events::newest_seq(sql)?)).await?,
    };
    let token = bearer(&headers)?.to_owned();
    let typing = query::switch(asked.typing.as_deref())?.then(|| app.presence.customers_typing());
    let stream = events::stream::open(
        app.store.clone(),
        &app.fanout,
        Arc::clone(&app.doorkeeper),
        token,
        place,
        typing,
        app.stopping.clone(),
    );
    let headers = [
        (header::CONTENT_TYPE.as_str(), "text/event-stream"),
        (header::CACHE_CONTROL.as_str(), "no-store"),
        // Asks nginx not to hold the stream back.
        ("x-accel-buffering", "no"),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ChangesQuery {
    /// The sequence to go on after; 0 is the beginning.
    after: Option<String>,
    /// How many events; 200 if not said, 1000 at most.
    limit: Option<u32>,
}

/// The same events as JSON, for catching up and for polling.
#[utoipa::path(get, path = "/v1/changes", tag = "events", params(ChangesQuery),
    responses((status = 200, body = Changes), (status = "4XX", body = Problem)))]
pub(super) async fn changes(
    State(app): State<Shared>,
    AtConversation(caller): AtConversation,
    Asked(asked): Asked<ChangesQuery>,
) -> Result<Response, Refusal> {
    let after = query::cursor(asked.after.as_deref())?.unwrap_or(0);
    let limit = query::limit(asked.limit, 200, 1000);
    answer::ok(&app.store.read(move |sql| events::changes(sql, &caller, after, limit)).await?)
}
