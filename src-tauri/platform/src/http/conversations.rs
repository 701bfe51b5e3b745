//! Reading conversations.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use signoff_wire::contract::{
    conversations::Conversation, pages::Page, problems::Problem, sync::SyncPage, timeline::TimelineEntry,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Shared, answer,
    query::{self, Asked},
    signed_in::{AtConversation, Named, SignedIn},
};
use crate::{
    conversations::{Record, entries, list, sync as synchronisation, visibility},
    refusal::Refusal,
    search,
    sessions::Caller,
};

/// The inbox tabs.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Tab {
    Received,
    Ongoing,
    Answered,
    Archived,
    Closed,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// One inbox tab; all if not said.
    #[param(inline)]
    tab: Option<Tab>,
    /// Only what the caller has taken.
    #[param(value_type = Option<bool>)]
    mine: Option<String>,
    /// Only this channel.
    channel: Option<String>,
    /// Only this team.
    team: Option<String>,
    /// Only this customer's.
    customer: Option<String>,
    /// Words that were written in it, or in its customer's name, in any order and without regard to case and accents, the last one already
    /// by its beginning; in quotation marks as they stand. What is found comes in the order of the newest find, newest first.
    #[param(max_length = 500)]
    search: Option<String>,
    /// The cursor of the page before.
    after: Option<String>,
    /// How many rows; 50 if not said, 500 at most.
    limit: Option<u32>,
}

/// More than anybody types.
const SEARCH_LENGTH: usize = 500;

/// The inbox, oldest conversation first; with `search` what is found, newest first. A page of what is found may be short although `next`
/// goes on.
#[utoipa::path(get, path = "/v1/conversations", tag = "conversations", params(ListQuery),
    responses((status = 200, body = Page<Conversation>), (status = "4XX", body = Problem)))]
pub(super) async fn list(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Asked(asked): Asked<ListQuery>,
) -> Result<Response, Refusal> {
    let filter = list::Filter {
        tab: asked.tab.map(|tab| match tab {
            Tab::Received => "received",
            Tab::Ongoing => "ongoing",
            Tab::Answered => "answered",
            Tab::Archived => "archived",
            Tab::Closed => "closed",
        }),
        mine: query::switch(asked.mine.as_deref())?,
        channel_id: asked.channel,
        team_id: asked.team,
        customer_id: asked.customer,
    };
    let (after, limit) = (query::cursor(asked.after.as_deref())?, query::limit(asked.limit, 50, 500));
    let now = app.store.now();
    let Some(typed) = asked.search else {
        return answer::ok(&app.store.read(move |sql| list::page(sql, &caller, &filter, after, limit, now)).await?);
    };
    if typed.chars().count() > SEARCH_LENGTH {
        return Err(Refusal::InvalidQuery(format!("a search has {SEARCH_LENGTH} characters at most")));
    }
    let found = move |sql: &rusqlite::Connection| search::page(sql, &caller, &typed, &filter, after, limit, now);
    answer::ok(&app.store.read(found).await?)
}

/// One conversation; its version is the `ETag`.
#[utoipa::path(get, path = "/v1/conversations/{id}", tag = "conversations", params(("id" = String, Path)),
    responses((status = 200, body = Conversation, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn one(
    State(app): State<Shared>,
    AtConversation(caller): AtConversation,
    Named(id): Named,
) -> Result<Response, Refusal> {
    let now = app.store.now();
    let record = app.store.read(move |sql| visible(sql, &caller, &id, now)).await?;
    answer::versioned(&record.view, record.view.version)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MessagesQuery {
    /// `next` of the page before.
    before: Option<String>,
    /// How many entries; 50 if not said, 200 at most.
    limit: Option<u32>,
}

/// The timeline: the newest page first, each page newest last.
#[utoipa::path(get, path = "/v1/conversations/{id}/messages", tag = "conversations",
    params(("id" = String, Path), MessagesQuery),
    responses((status = 200, body = Page<TimelineEntry>), (status = "4XX", body = Problem)))]
pub(super) async fn messages(
    State(app): State<Shared>,
    AtConversation(caller): AtConversation,
    Named(id): Named,
    Asked(asked): Asked<MessagesQuery>,
) -> Result<Response, Refusal> {
    let (before, limit) = (query::cursor(asked.before.as_deref())?, query::limit(asked.limit, 50, 200));
    let now = app.store.now();
    let page = app
        .store
        .read(move |sql| {
            let record = visible(sql, &caller, &id, now)?;
            Ok(entries::page(sql, record.nr, before, limit)?)
        })
        .await?;
    answer::ok(&page)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SyncQuery {
    /// The cursor of the page before.
    after: Option<String>,
    /// How many conversations; 200 if not said, 500 at most.
    limit: Option<u32>,
    /// How many entries with each; 20 if not said, 200 at most.
    entries: Option<u32>,
}

/// Everything a client needs to work offline, newest conversation first, each with its newest entries. Keep `seq` of the
/// first page, and when all pages are there, go on with `/v1/changes` after it.
#[utoipa::path(get, path = "/v1/sync/conversations", tag = "conversations", params(SyncQuery),
    responses((status = 200, body = SyncPage), (status = "4XX", body = Problem)))]
pub(super) async fn sync(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Asked(asked): Asked<SyncQuery>,
) -> Result<Response, Refusal> {
    let (after, limit) = (query::cursor(asked.after.as_deref())?, query::limit(asked.limit, 200, 500));
    let (entries, now) = (query::limit(asked.entries, 20, 200), app.store.now());
    answer::ok(&app.store.read(move |sql| synchronisation::page(sql, &caller, after, limit, entries, now)).await?)
}

/// The conversation, if the caller sees it.
pub(super) fn visible(
    sql: &rusqlite::Connection,
    caller: &Caller,
    id: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Record, Refusal> {
    let record = Record::by_id(sql, id, now)?.ok_or(Refusal::ConversationUnknown)?;
    if visibility::is_visible(sql, caller, record.nr)? { Ok(record) } else { Err(Refusal::ConversationUnknown) }
}
