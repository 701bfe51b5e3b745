//! *Inbox options* and the audit log. To advisors neither exists (R1).

use axum::{extract::State, response::Response};
use serde::Deserialize;
use signoff_wire::contract::{
    audit::AuditEntry,
    pages::Page,
    problems::Problem,
    settings::{InboxOptions, UpdateInboxOptions},
};
use utoipa::IntoParams;

use super::{
    Shared, answer,
    body::{self, Raw},
    query::{self, Asked},
    signed_in::Admin,
};
use crate::{audit, documents::IfMatch, refusal::Refusal, settings};

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

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// The cursor of the page before.
    after: Option<String>,
    /// How many entries; 50 if not said, 500 at most.
    limit: Option<u32>,
}

/// Who changed what, newest first.
#[utoipa::path(get, path = "/v1/audit-log", tag = "settings", params(AuditQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = "4XX", body = Problem)))]
pub(super) async fn audit_log(
    State(app): State<Shared>,
    Admin(_): Admin,
    Asked(asked): Asked<AuditQuery>,
) -> Result<Response, Refusal> {
    let (after, limit) = (query::cursor(asked.after.as_deref())?, query::limit(asked.limit, 50, 500));
    answer::ok(&app.store.read(move |sql| audit::page(sql, after, limit)).await?)
}
