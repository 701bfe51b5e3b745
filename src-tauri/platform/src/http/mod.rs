//! The HTTP face: routes, and what every answer has in common.
//!
//! Handlers read the request, hand it to the subject's module and write the answer; no rule of the product stands here.
//! What stands here is the order of the checks that every click goes through ([`click`]).

use std::{path::PathBuf, sync::Arc};

use axum::{
    Router,
    routing::{get, post},
};
use tokio::sync::{Notify, watch};

use crate::{
    channels::provider::Provider,
    events::fanout::Fanout,
    exports::bookmarks::Bookmarks,
    health::Health,
    idempotency::Running,
    limits::Limits,
    outgoing::Outgoing,
    presence::Presence,
    refusal::Refusal,
    serving::Serving,
    sessions::{Callers, Doorkeeper},
    store::Store,
    surveys::patience::Patience,
};

mod access;
mod admin_channels;
mod answer;
mod attachments;
mod audit;
mod body;
mod channels;
mod chat;
mod chat_page;
mod click;
mod conversations;
mod customers;
mod daily_exports;
mod events;
mod exports;
mod figures;
pub(crate) mod health;
mod lists;
mod openapi;
mod people;
mod pieces;
mod presence;
mod query;
mod routing;
mod scenarios;
mod second_factor;
mod sessions;
mod settings;
mod signed_in;
mod single_sign_on;
mod surveys;
mod version;
mod widget;
mod widget_applications;
mod workspace;

/// What handlers share.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) doorkeeper: Arc<Doorkeeper>,
    pub(crate) callers: Callers,
    pub(crate) fanout: Fanout,
    pub(crate) running: Running,
    pub(crate) exports: Exports,
    /// Places in exports that are being downloaded.
    pub(crate) bookmarks: Bookmarks,
    pub(crate) health: Health,
    pub(crate) backups: Option<crate::backups::Plan>,
    pub(crate) closed_texts_months: u32,
    /// How it is served.
    pub(crate) serving: Serving,
    pub(crate) patience: Patience,
    /// Who types, and which visitors have something to read.
    pub(crate) presence: Presence,
    /// The way out.
    pub(crate) outgoing: Outgoing,
    /// The way to channels with a webhook.
    pub(crate) provider: Arc<dyn Provider>,
    /// What visitors of the chat page may do.
    pub(crate) limits: Limits,
    /// True once the platform stops: streams end.
    pub(crate) stopping: watch::Receiver<bool>,
}

/// Exports that are made in the background.
pub(crate) struct Exports {
    /// Where they are.
    pub(crate) directory: PathBuf,
    /// Tells that there is one to be made.
    pub(crate) wake: Arc<Notify>,
}

pub(crate) type Shared = Arc<App>;

/// All routes.
pub(crate) fn router(app: Shared) -> Router {
    Router::new()
        .merge(health::routes())
        .merge(customers::routes())
        .route("/v1/openapi.json", get(openapi::document))
        .merge(sessions::routes())
        .route("/v1/settings/inbox-options", get(settings::read).put(settings::update))
        .route("/v1/conversations", get(conversations::list))
        .route("/v1/conversations/{id}", get(conversations::one))
        .route("/v1/conversations/{id}/messages", get(conversations::messages))
        .route("/v1/sync/conversations", get(conversations::sync))
        .route("/v1/conversations/{id}/replies", post(click::reply))
        .route("/v1/conversations/{id}/close", post(click::close))
        .route("/v1/conversations/{id}/archive", post(click::archive))
        .route("/v1/conversations/{id}/assign", post(click::assign))
        .route("/v1/conversations/{id}/release", post(click::release))
        .route("/v1/conversations/{id}/hold", post(click::hold))
        .route("/v1/conversations/{id}/help-request", post(click::help_request))
        .route("/v1/conversations/{id}/notes", post(click::note))
        .route("/v1/conversations/{id}/tags", post(click::tags))
        .route("/v1/conversations/{id}/route", post(click::route))
        .route("/v1/receipts/{idempotency_key}", get(click::receipt))
        .route("/v1/events", get(events::stream))
        .route("/v1/changes", get(events::changes))
        .merge(figures::routes())
        .merge(exports::routes())
        .merge(daily_exports::routes())
        .merge(lists::routes())
        .merge(surveys::routes())
        .merge(workspace::routes())
        .merge(admin_channels::routes())
        .merge(attachments::routes())
        .merge(channels::routes())
        .merge(chat::routes())
        .merge(chat_page::routes())
        .merge(presence::routes())
        .merge(scenarios::routes())
        .merge(routing::routes())
        .merge(widget::routes())
        .merge(widget_applications::routes())
        .merge(access::routes())
        .merge(second_factor::routes())
        .merge(single_sign_on::routes())
        .merge(audit::routes())
        .merge(people::routes())
        .fallback(|| std::future::ready(Refusal::NotFound))
        .method_not_allowed_fallback(|| std::future::ready(Refusal::MethodNotAllowed))
        .with_state(app)
}
