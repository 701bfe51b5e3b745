//! The side that faces the customer. Channels come with their key.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
    routing::{get, post},
};
use serde::Deserialize;
use signoff_wire::contract::{
    channels::{DeliveryReport, Empty, Inbound, InboundAccepted, OutboundPage},
    problems::Problem,
    webhooks::{FromProvider, FromProviderTaken},
};
use utoipa::IntoParams;

use super::{
    Shared, answer,
    body::{self, Raw},
    query::{self, Asked},
    signed_in::{ByChannel, Named},
};
use crate::{
    attachments::Owner,
    channels::{deliveries as delivery_reports, inbound as incoming, outbound as outgoing, provider},
    refusal::Refusal,
};

/// A customer wrote.
#[utoipa::path(post, path = "/v1/channels/{id}/inbound", tag = "channels", params(("id" = String, Path)),
    request_body = Inbound, responses((status = 202, body = InboundAccepted), (status = "4XX", body = Problem)))]
pub(super) async fn inbound(
    State(app): State<Shared>,
    ByChannel(id): ByChannel,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let inbound: Inbound = body::parse(&bytes?)?;
    let accepted = take(&app, id, inbound, None).await?;
    answer::json(StatusCode::ACCEPTED, &accepted)
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OutboundQuery {
    /// `next` of the page before; 0 is the beginning.
    after: Option<String>,
    /// How many items; 100 if not said, 500 at most.
    limit: Option<u32>,
}

/// What the channel has to deliver, oldest first.
#[utoipa::path(get, path = "/v1/channels/{id}/outbound", tag = "channels", params(("id" = String, Path), OutboundQuery),
    responses((status = 200, body = OutboundPage), (status = "4XX", body = Problem)))]
pub(super) async fn outbound(
    State(app): State<Shared>,
    ByChannel(id): ByChannel,
    Asked(asked): Asked<OutboundQuery>,
) -> Result<Response, Refusal> {
    let after = query::cursor(asked.after.as_deref())?.unwrap_or(0);
    let limit = query::limit(asked.limit, 100, 500);
    answer::ok(&app.store.read(move |sql| outgoing::page(sql, &id, after, limit)).await?)
}

/// What became of a reply (D12).
#[utoipa::path(post, path = "/v1/channels/{id}/deliveries", tag = "channels", params(("id" = String, Path)),
    request_body = DeliveryReport, responses((status = 200, body = Empty), (status = "4XX", body = Problem)))]
pub(super) async fn deliveries(
    State(app): State<Shared>,
    ByChannel(id): ByChannel,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let report: DeliveryReport = body::parse(&bytes?)?;
    app.store.write(move |write| delivery_reports::report(write, &id, &report)).await?;
    answer::ok(&Empty {})
}

/// Takes a message in with its files, and uses the signature up if it came with one.
async fn take(
    app: &Shared,
    channel_id: String,
    inbound: Inbound,
    signature: Option<String>,
) -> Result<InboundAccepted, Refusal> {
    let files = provider::incoming::files(&app.store, &channel_id, &inbound).await?;
    app.store
        .write(move |write| {
            if let Some(signature) = &signature {
                provider::signature::use_once(write, &channel_id, signature)?;
            }
            let attachments = provider::incoming::place(write, &channel_id, files)?;
            let owner = Some(Owner::Channel(channel_id.clone()));
            let with = incoming::With { attachments, owner, language: None };
            incoming::take_with(write, &channel_id, &inbound, &with)
        })
        .await
}

/// What the channel's provider says, signed (docs/channels.md): a message, what became of a reply, that a customer types.
#[utoipa::path(post, path = "/v1/channels/{id}/webhook", tag = "channels", security(()),
    params(("id" = String, Path), ("Signoff-Timestamp" = String, Header), ("Signoff-Signature" = String, Header)),
    request_body = FromProvider, responses((status = 200, body = FromProviderTaken), (status = "4XX", body = Problem)))]
pub(super) async fn webhook(
    State(app): State<Shared>,
    Named(id): Named,
    uri: Uri,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let bytes = bytes?;
    let (now, channel_id) = (app.store.now(), id.clone());
    let secrets = app.store.read(move |sql| Ok(provider::incoming::secrets(sql, &channel_id, now)?)).await?;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let said = provider::Said {
        secrets: &secrets,
        timestamp: header(provider::signature::TIMESTAMP),
        signature: header(provider::signature::SIGNATURE),
        path: uri.path(),
        body: &bytes,
    };
    let signature = said.signature.to_owned();
    let message = match app.provider.understand(&said, now)? {
        FromProvider::Message(inbound) => Some(take(&app, id, inbound, Some(signature)).await?),
        FromProvider::Delivery(report) => {
            let reported = app.store.write(move |write| {
                provider::signature::use_once(write, &id, &signature)?;
                delivery_reports::report(write, &id, &report)
            });
            reported.await?;
            None
        }
        FromProvider::Typing(typing) => {
            let (channel_id, visitor) = (id.clone(), typing.customer_external_id);
            app.store.write(move |write| provider::signature::use_once(write, &id, &signature)).await?;
            super::presence::customer_types(&app, (channel_id, visitor), typing.on).await?;
            None
        }
    };
    answer::ok(&FromProviderTaken { message })
}

/// The channel's calls.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/channels/{id}/inbound", post(inbound))
        .route("/v1/channels/{id}/outbound", get(outbound))
        .route("/v1/channels/{id}/deliveries", post(deliveries))
        .route("/v1/channels/{id}/webhook", post(webhook))
}
