//! *Inbox options*. To advisors they do not exist (R1).

use axum::{extract::State, response::Response};
use signoff_wire::contract::{
    problems::Problem,
    settings::{InboxOptions, UpdateInboxOptions},
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::Admin,
};
use crate::{documents::IfMatch, refusal::Refusal, settings};

/// The settings; their version is the `ETag`.
#[utoipa::path(get, path = "/v1/settings/inbox-options", tag = "settings",
    responses((status = 200, body = InboxOptions, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn read(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let settings = app.store.read(|sql| Ok(settings::inbox_options(sql)?)).await?;
    answer::versioned(&settings.options, settings.version)
}

/// Change the settings that one has seen.
#[utoipa::path(put, path = "/v1/settings/inbox-options", tag = "settings", params(("If-Match" = String, Header)),
    request_body = UpdateInboxOptions,
    responses((status = 200, body = InboxOptions, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn update(
    State(app): State<Shared>,
    Admin(caller): Admin,
    seen: Result<IfMatch, Refusal>,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: UpdateInboxOptions = body::parse(&bytes?)?;
    let seen = seen?;
    let settings = app.store.write(move |write| settings::update(write, &caller.user, new, &seen)).await?;
    answer::versioned(&settings.options, settings.version)
}
