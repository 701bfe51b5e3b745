//! Who types and who has read: said by advisors' apps, passed on to where it is wanted, and forgotten.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use rusqlite::OptionalExtension;
use signoff_wire::contract::{
    chat::{MarkRead, Typing},
    events,
    problems::Problem,
    webhooks::{AdvisorRead, AdvisorTypes, ToProvider},
};

use super::{
    Shared,
    body::{self, Raw},
    conversations::visible,
    signed_in::{Named, SignedIn},
};
use crate::{
    channels::{kinds, provider::Destination},
    chat::seen,
    conversations::Record,
    presence::{CustomerTyping, Nudge, VisitorKey},
    refusal::Refusal,
};

/// The advisor types. Told to the customer where the channel can say so.
#[utoipa::path(post, path = "/v1/conversations/{id}/typing", tag = "conversations", params(("id" = String, Path)),
    request_body = Option<Typing>, responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn typing(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Named(id): Named,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let typing: Typing = body::parse_or_empty(&bytes?)?;
    let (now, name) = (app.store.now(), caller.user.name.clone());
    let record = app.store.read(move |sql| visible(sql, &caller, &id, now)).await?;
    record_types(&app, &record, &name, typing.on).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn record_types(app: &Shared, record: &Record, name: &str, on: bool) -> Result<(), Refusal> {
    let view = &record.view;
    if !kinds::defaults(&view.channel.kind).typing {
        return Ok(());
    }
    let visitor = (view.channel.id.clone(), view.customer.external_id.clone());
    app.presence.nudge(&visitor, Nudge::Typing { name: name.to_owned(), on });
    let typing = AdvisorTypes { conversation_id: view.id.clone(), customer_external_id: visitor.1.clone(), on };
    say_once(app, visitor, ToProvider::Typing(typing)).await
}

/// The advisor has opened the conversation, up to an entry or to its end. Told to the customer where the channel can say so.
#[utoipa::path(post, path = "/v1/conversations/{id}/read", tag = "conversations", params(("id" = String, Path)),
    request_body = Option<MarkRead>, responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn read(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Named(id): Named,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let mark: MarkRead = body::parse_or_empty(&bytes?)?;
    let (record, read) = app
        .store
        .write(move |write| {
            let record = visible(write.sql, &caller, &id, write.now)?;
            let read = seen::by_advisor(write, &record, mark.entry_id.as_deref())?;
            Ok((record, read))
        })
        .await?;
    app.presence.nudge(&read.visitor, Nudge::Changed);
    if let Some(message_external_id) =
        read.message_external_id.filter(|_| kinds::defaults(&record.view.channel.kind).read)
    {
        let said = AdvisorRead {
            conversation_id: record.view.id,
            customer_external_id: read.visitor.1.clone(),
            message_external_id,
        };
        say_once(&app, read.visitor, ToProvider::Read(said)).await?;
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Tells a provider what is over in a moment: once, and whatever comes of it.
async fn say_once(app: &Shared, customer: VisitorKey, what: ToProvider) -> Result<(), Refusal> {
    let to = app
        .store
        .read(move |sql| {
            Ok(sql
                .prepare_cached(
                    "SELECT id, webhook_url, secret FROM channels ch
                     WHERE id = ?1 AND webhook_url IS NOT NULL AND secret IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM visitors v WHERE v.channel_id = ch.id AND v.external_id = ?2)",
                )?
                .query_row([customer.0, customer.1], |row| {
                    Ok(Destination { channel_id: row.get(0)?, url: row.get(1)?, secret: row.get(2)? })
                })
                .optional()?)
        })
        .await?;
    if let Some(to) = to {
        let (provider, now) = (Arc::clone(&app.provider), app.store.now());
        tokio::spawn(async move { provider.deliver(&to, &what, now).await });
    }
    Ok(())
}

/// A customer types: told to the advisors who see the conversation, if there is one.
pub(super) async fn customer_types(app: &Shared, customer: VisitorKey, on: bool) -> Result<(), Refusal> {
    let typing = app
        .store
        .read(move |sql| {
            Ok(sql
                .prepare_cached(
                    "SELECT c.nr, c.id, cu.id FROM customers cu JOIN conversations c ON c.customer_id = cu.id
                     WHERE cu.channel_id = ?1 AND cu.external_id = ?2 AND c.state <> 'closed' ORDER BY c.nr DESC LIMIT 1",
                )?
                .query_row([customer.0, customer.1], |row| {
                    let said = events::CustomerTyping { conversation_id: row.get(1)?, customer_id: row.get(2)?, on };
                    Ok(CustomerTyping { conversation_nr: row.get(0)?, said })
                })
                .optional()?)
        })
        .await?;
    if let Some(typing) = typing {
        app.presence.customer_types(typing);
    }
    Ok(())
}

/// The calls.
pub(super) fn routes() -> Router<Shared> {
    Router::new().route("/v1/conversations/{id}/typing", post(typing)).route("/v1/conversations/{id}/read", post(read))
}
