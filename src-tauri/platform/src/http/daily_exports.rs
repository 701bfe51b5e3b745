//! Zips of some days: which there are, when they are made, and their files.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::get,
};
use serde::Deserialize;
use serde_json::json;
use signoff_wire::contract::{
    exports::{Export, ExportSchedule, NewExport, UpdateExportSchedule},
    pages::Page,
    problems::Problem,
};
use utoipa::IntoParams;

use super::{
    Shared, answer,
    body::{self, Raw},
    exports::{file_headers, note},
    pieces::{self, PartParams, Served},
    query::{self, Asked},
    signed_in::{Admin, Named},
    version,
};
use crate::{
    exports::{archive, record, schedule},
    refusal::Refusal,
};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/admin/exports", get(list).post(ask))
        .route("/v1/admin/exports/{id}", get(one).delete(remove))
        .route("/v1/admin/exports/{id}/file", get(file))
        .route("/v1/admin/export-schedule", get(read_schedule).put(update_schedule))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// The cursor of the page before.
    after: Option<String>,
    /// How many; 50 if not said, 500 at most.
    limit: Option<u32>,
}

/// Exports, newest first.
#[utoipa::path(get, path = "/v1/admin/exports", tag = "exports", params(ListQuery),
    responses((status = 200, body = Page<Export>), (status = "4XX", body = Problem)))]
pub(super) async fn list(
    State(app): State<Shared>,
    Admin(_): Admin,
    Asked(asked): Asked<ListQuery>,
) -> Result<Response, Refusal> {
    let (after, limit) = (query::cursor(asked.after.as_deref())?, query::limit(asked.limit, 50, 500));
    answer::ok(&app.store.read(move |sql| record::page(sql, after, limit)).await?)
}

/// Ask for a zip of some days. It is made in the background; `status` says when it is ready.
#[utoipa::path(post, path = "/v1/admin/exports", tag = "exports", request_body = NewExport,
    responses((status = 201, body = Export), (status = "4XX", body = Problem)))]
pub(super) async fn ask(State(app): State<Shared>, Admin(caller): Admin, Raw(bytes): Raw) -> Result<Response, Refusal> {
    let new: NewExport = body::parse(&bytes?)?;
    let export = app.store.write(move |write| record::ask(write, &caller.user, &new)).await?;
    app.exports.wake.notify_one();
    answer::json(StatusCode::CREATED, &export)
}

/// One export.
#[utoipa::path(get, path = "/v1/admin/exports/{id}", tag = "exports", params(("id" = String, Path)),
    responses((status = 200, body = Export), (status = "4XX", body = Problem)))]
pub(super) async fn one(State(app): State<Shared>, Admin(_): Admin, Named(id): Named) -> Result<Response, Refusal> {
    answer::ok(&app.store.read(move |sql| record::by_id(sql, &id)).await?)
}

/// Delete an export and its file.
#[utoipa::path(delete, path = "/v1/admin/exports/{id}", tag = "exports", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn remove(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
) -> Result<StatusCode, Refusal> {
    let gone = id.clone();
    app.store.write(move |write| record::delete(write, &caller.user, &gone)).await?;
    let directory = app.exports.directory.clone();
    app.store.threads().blocking(move || archive::remove(&directory, &id)).await;
    Ok(StatusCode::NO_CONTENT)
}

/// The zip. Its `ETag` is its SHA-256; with `Range` (and `If-Range`) a download that broke off goes on.
#[utoipa::path(get, path = "/v1/admin/exports/{id}/file", tag = "exports",
    params(("id" = String, Path), PartParams),
    responses(
        (status = 200, body = Vec<u8>, content_type = "application/zip", headers(("ETag" = String))),
        (status = 206, body = Vec<u8>, content_type = "application/zip",
            headers(("ETag" = String), ("Content-Range" = String))),
        (status = 304, headers(("ETag" = String))),
        (status = "4XX", body = Problem),
    ))]
pub(super) async fn file(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let found = app.store.read(move |sql| record::downloadable(sql, &id)).await;
    if found == Err(Refusal::ExportNotReady) {
        // Perhaps it has to be made again; whoever wants it does not wait for the next round.
        app.exports.wake.notify_one();
    }
    let export = found?;
    let (Some(sha256), Some(length)) = (&export.sha256, export.bytes) else { return Err(Refusal::ExportNotReady) };
    let tag = format!("\"{sha256}\"");
    let wanted = pieces::wanted(&headers, &tag, length);
    let path = archive::place(&app.exports.directory, &export.id);
    let file = Served { path, length, headers: file_headers("application/zip", &export.file_name, Some(&tag)) };
    let Some(answer) = pieces::serve(app.store.threads(), file, wanted, None).await else {
        tracing::error!(id = export.id, "the file of an export is gone");
        return Err(Refusal::ExportUnknown);
    };
    if wanted.takes_bytes() && (app.bookmarks.begins(&tag, &caller.user.id) || wanted.begins()) {
        note(&app, caller, "export.download", json!({ "file": export.file_name })).await?;
    }
    Ok(answer)
}

/// When daily exports are made; the version is the `ETag`.
#[utoipa::path(get, path = "/v1/admin/export-schedule", tag = "exports",
    responses((status = 200, body = ExportSchedule, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn read_schedule(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let now = app.store.now();
    let schedule = app.store.read(move |sql| Ok(schedule::schedule(sql, now)?)).await?;
    answer::versioned(&schedule.view, schedule.version)
}

/// Change the schedule that one has seen.
#[utoipa::path(put, path = "/v1/admin/export-schedule", tag = "exports", params(("If-Match" = String, Header)),
    request_body = UpdateExportSchedule,
    responses((status = 200, body = ExportSchedule, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn update_schedule(
    State(app): State<Shared>,
    Admin(caller): Admin,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: UpdateExportSchedule = body::parse(&bytes?)?;
    let matches = version::if_match(&headers)?;
    let schedule = app.store.write(move |write| schedule::update(write, &caller.user, new, matches)).await?;
    app.exports.wake.notify_one();
    answer::versioned(&schedule.view, schedule.version)
}
