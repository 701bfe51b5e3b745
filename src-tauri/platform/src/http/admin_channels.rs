//! Channels, for admins. To everybody else none of this exists.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::{get, post},
};
use signoff_wire::contract::{
    channel_settings::{ChannelRules, ChannelSecrets, ChannelSettings, ChannelTypeDefaults, NewChannel, Rotate},
    pages::Page,
    problems::Problem,
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::{Admin, Named},
    version,
};
use crate::{
    channels::{administration, kinds, settings},
    refusal::Refusal,
};

/// All channels, those in use first.
#[utoipa::path(get, path = "/v1/admin/channels", tag = "administration",
    responses((status = 200, body = Page<ChannelSettings>), (status = "4XX", body = Problem)))]
pub(super) async fn list(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let items = app.store.read(|sql| Ok(settings::all(sql)?)).await?;
    answer::ok(&Page { items, next: None })
}

/// The kinds of channels, each with what it usually allows.
#[utoipa::path(get, path = "/v1/admin/channel-types", tag = "administration",
    responses((status = 200, body = Page<ChannelTypeDefaults>), (status = "4XX", body = Problem)))]
pub(super) async fn types(State(_): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let items: Vec<_> = kinds::ALL.iter().map(kinds::defaults).collect();
    std::future::ready(answer::ok(&Page { items, next: None })).await
}

/// A new channel. The answer has its key, and a webhook's secret: this once.
#[utoipa::path(post, path = "/v1/admin/channels", tag = "administration", request_body = NewChannel,
    responses((status = 201, body = ChannelSecrets, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn create(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: NewChannel = body::parse(&bytes?)?;
    let outgoing = app.outgoing.clone();
    let made = app.store.write(move |write| administration::create(write, &caller.user, new, &outgoing)).await?;
    app.presence.channels_changed.notify_one();
    secrets(StatusCode::CREATED, &made)
}

/// One channel; its version is the `ETag`.
#[utoipa::path(get, path = "/v1/admin/channels/{id}", tag = "administration", params(("id" = String, Path)),
    responses((status = 200, body = ChannelSettings, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn one(State(app): State<Shared>, Admin(_): Admin, Named(id): Named) -> Result<Response, Refusal> {
    let channel = app.store.read(move |sql| settings::one(sql, &id)).await?;
    answer::versioned(&channel, channel.version)
}

/// Change a channel's rules, all of them. The answer has a webhook's secret if there was none before: this once.
#[utoipa::path(put, path = "/v1/admin/channels/{id}", tag = "administration",
    params(("id" = String, Path), ("If-Match" = String, Header)), request_body = ChannelRules,
    responses((status = 200, body = ChannelSecrets, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn change(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let rules: ChannelRules = body::parse(&bytes?)?;
    let (matches, outgoing) = (version::if_match(&headers)?, app.outgoing.clone());
    let changed = app
        .store
        .write(move |write| administration::change(write, &caller.user, &id, &rules, matches, &outgoing))
        .await?;
    app.presence.channels_changed.notify_one();
    secrets(StatusCode::OK, &changed)
}

/// Archive a channel: it takes no messages any more. Its conversations stay, and are answered.
#[utoipa::path(delete, path = "/v1/admin/channels/{id}", tag = "administration",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ChannelSettings, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn archive(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    set_archived(&app, caller, id, &headers, true).await
}

/// Take an archived channel back into use.
#[utoipa::path(post, path = "/v1/admin/channels/{id}/restore", tag = "administration",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 200, body = ChannelSettings, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn restore(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    set_archived(&app, caller, id, &headers, false).await
}

async fn set_archived(
    app: &Shared,
    caller: crate::sessions::Caller,
    id: String,
    headers: &HeaderMap,
    archived: bool,
) -> Result<Response, Refusal> {
    let matches = version::if_match(headers)?;
    let channel =
        app.store.write(move |write| administration::set_archived(write, &caller.user, &id, archived, matches)).await?;
    answer::versioned(&channel, channel.version)
}

/// A new key, told this once. The old one works on for a while.
#[utoipa::path(post, path = "/v1/admin/channels/{id}/key", tag = "administration", params(("id" = String, Path)),
    request_body = Option<Rotate>,
    responses((status = 201, body = ChannelSecrets, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn new_key(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let asked: Rotate = body::parse_or_empty(&bytes?)?;
    let made = app.store.write(move |write| administration::rotate_key(write, &caller.user, &id, asked)).await?;
    secrets(StatusCode::CREATED, &made)
}

/// A new secret for the channel's webhooks, told this once. Requests signed with the old one are taken for a while.
#[utoipa::path(post, path = "/v1/admin/channels/{id}/secret", tag = "administration", params(("id" = String, Path)),
    request_body = Option<Rotate>,
    responses((status = 201, body = ChannelSecrets, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn new_secret(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let asked: Rotate = body::parse_or_empty(&bytes?)?;
    let made = app.store.write(move |write| administration::rotate_secret(write, &caller.user, &id, asked)).await?;
    app.presence.channels_changed.notify_one();
    secrets(StatusCode::CREATED, &made)
}

fn secrets(status: StatusCode, made: &ChannelSecrets) -> Result<Response, Refusal> {
    let mut response = answer::versioned(made, made.channel.version)?;
    *response.status_mut() = status;
    Ok(response)
}

/// The calls.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/admin/channels", get(list).post(create))
        .route("/v1/admin/channel-types", get(types))
        .route("/v1/admin/channels/{id}", get(one).put(change).delete(archive))
        .route("/v1/admin/channels/{id}/restore", post(restore))
        .route("/v1/admin/channels/{id}/key", post(new_key))
        .route("/v1/admin/channels/{id}/secret", post(new_secret))
}
