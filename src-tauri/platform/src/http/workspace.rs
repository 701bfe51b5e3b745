//! The workspace as a whole and its office hours, for admins.

use axum::{Router, extract::State, response::Response, routing::get};
use signoff_wire::contract::{
    problems::Problem,
    workspace::{OfficeHours, OfficeHoursView, UpdateWorkspace, WorkspaceSettings},
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::Admin,
};
use crate::{
    documents::{IfMatch, Versioned},
    office,
    refusal::Refusal,
};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/admin/workspace", get(read).put(update))
        .route("/v1/admin/office-hours", get(read_hours).put(update_hours))
}

/// Name, time zone, language, and what a reply needs; the version is the `ETag`.
#[utoipa::path(get, path = "/v1/admin/workspace", tag = "administration",
    responses((status = 200, body = WorkspaceSettings, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn read(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let settings = app.store.read(|sql| Ok(office::settings(sql)?)).await?;
    shown(&app, settings)
}

/// Change what one has seen.
#[utoipa::path(put, path = "/v1/admin/workspace", tag = "administration", params(("If-Match" = String, Header)),
    request_body = UpdateWorkspace,
    responses((status = 200, body = WorkspaceSettings, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn update(
    State(app): State<Shared>,
    Admin(caller): Admin,
    seen: IfMatch,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: UpdateWorkspace = body::parse(&bytes?)?;
    let settings = app.store.write(move |write| office::update(write, &caller.user, &seen, &new)).await?;
    shown(&app, settings)
}

/// With what the configuration says.
fn shown(app: &Shared, settings: Versioned<WorkspaceSettings>) -> Result<Response, Refusal> {
    let address = app.serving.public_url.clone();
    answer::versioned(&WorkspaceSettings { address, ..settings.value }, settings.version)
}

/// When somebody is there to answer; the version is the `ETag`.
#[utoipa::path(get, path = "/v1/admin/office-hours", tag = "administration",
    responses((status = 200, body = OfficeHoursView, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn read_hours(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let now = app.store.now();
    let hours = app.store.read(move |sql| office::hours::view(sql, now)).await?;
    answer::versioned(&hours.value, hours.version)
}

/// Change the hours that one has seen.
#[utoipa::path(put, path = "/v1/admin/office-hours", tag = "administration", params(("If-Match" = String, Header)),
    request_body = OfficeHours,
    responses((status = 200, body = OfficeHoursView, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn update_hours(
    State(app): State<Shared>,
    Admin(caller): Admin,
    seen: IfMatch,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: OfficeHours = body::parse(&bytes?)?;
    let hours = app.store.write(move |write| office::hours::update(write, &caller.user, &seen, &new)).await?;
    answer::versioned(&hours.value, hours.version)
}
