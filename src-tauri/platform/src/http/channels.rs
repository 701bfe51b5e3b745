//! The side that faces the customer. Channels come with their key.

use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;
use signoff_wire::contract::{
    channels::{DeliveryReport, Empty, Inbound, InboundAccepted, OutboundPage},
    problems::Problem,
};
use utoipa::IntoParams;

use super::{
    Shared, answer,
    body::{self, Raw},
    query::{self, Asked},
    signed_in::ByChannel,
};
use crate::{
    channels::{deliveries as delivery_reports, inbound as incoming, outbound as outgoing},
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
    let accepted = app.store.write(move |write| incoming::take(write, &id, &inbound)).await?;
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
