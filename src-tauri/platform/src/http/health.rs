//! Health, readiness and metrics: for whoever runs the platform, not for whoever uses it.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;
use signoff_wire::contract::{
    health::{Readiness, WaitingDeliveries, WorkspaceHealth},
    problems::Problem,
};

use super::{
    Shared, answer,
    signed_in::{Admin, bearer},
};
use crate::{backups, channels::outbound, health, metrics, refusal::Refusal, sessions::hash_token, store};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/v1/admin/workspace-health", get(of_workspace))
}

/// The same at an address of its own, which only monitoring reaches: no token is asked for.
pub(crate) fn router(app: Shared) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(text))
        .fallback(|| std::future::ready(Refusal::NotFound))
        .with_state(app)
}

/// 200 once it serves.
#[utoipa::path(get, path = "/healthz", tag = "platform", security(()), responses((status = 200, body = serde_json::Value)))]
pub(super) fn healthz() -> std::future::Ready<Result<Response, Refusal>> {
    std::future::ready(answer::ok(&json!({ "status": "ok" })))
}

/// Whether requests should be sent here: the file can be written, there is space on the disk, and nobody has asked it to stop.
#[utoipa::path(get, path = "/readyz", tag = "platform", security(()),
    responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
pub(super) async fn readyz(State(app): State<Shared>) -> Result<Response, Refusal> {
    let stopping = *app.stopping.borrow();
    let readiness = app.health.readiness(&app.store, stopping, app.serving.limits.min_free_disk_bytes).await;
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    answer::json(status, &readiness)
}

/// How the workspace is, for its admins.
#[utoipa::path(get, path = "/v1/admin/workspace-health", tag = "platform",
    responses((status = 200, body = WorkspaceHealth), (status = "4XX", body = Problem)))]
pub(super) async fn of_workspace(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let readiness = app.health.readiness(&app.store, false, app.serving.limits.min_free_disk_bytes).await;
    let waiting = app.store.read(|sql| Ok(outbound::waiting_by_name(sql)?)).await?;
    let (directory, plan) = (app.store.directory().to_owned(), app.backups.clone());
    let looked_up = app.store.threads().blocking(move || {
        let file_bytes = std::fs::metadata(directory.join(store::FILE)).map_or(0, |file| file.len());
        let attachments_bytes = metrics::folder_bytes(&directory.join(backups::ATTACHMENTS));
        let last_backup_at = plan.as_ref().and_then(|plan| backups::newest(&plan.folder)).map(|(at, _)| at);
        (file_bytes, attachments_bytes, health::free_bytes(&directory), last_backup_at)
    });
    let (file_bytes, attachments_bytes, disk_free_bytes, last_backup_at) = looked_up.await.ok_or(Refusal::Internal)?;
    answer::ok(&WorkspaceHealth {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        checks: readiness.checks,
        file_bytes,
        attachments_bytes,
        disk_free_bytes,
        backups_planned: app.backups.is_some(),
        last_backup_at,
        closed_texts_months: (app.closed_texts_months > 0).then_some(app.closed_texts_months),
        waiting_deliveries: waiting
            .into_iter()
            .map(|(channel, replies)| WaitingDeliveries { channel, replies })
            .collect(),
    })
}

/// What monitoring may know, as OpenMetrics. Asks for the token of `metrics.token`; without that setting it does not exist.
#[utoipa::path(get, path = "/metrics", tag = "platform",
    responses((status = 200, body = String, content_type = "application/openmetrics-text"), (status = "4XX", body = Problem)))]
pub(super) async fn metrics(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Refusal> {
    let token = app.serving.metrics_token.as_deref().ok_or(Refusal::NotFound)?;
    // Hashes are compared, not tokens: how long it takes says nothing about the token.
    if hash_token(bearer(&headers)?) != hash_token(token) {
        return Err(Refusal::Unauthenticated);
    }
    text(State(app)).await
}

async fn text(State(app): State<Shared>) -> Result<Response, Refusal> {
    let outbox = app.store.read(|sql| Ok(outbound::waiting(sql)?)).await?;
    let store = app.store.clone();
    let text = store.threads().blocking(move || {
        let metrics = app.store.metrics();
        metrics.look_up(app.store.directory(), &outbox);
        metrics.text()
    });
    let text = text.await.ok_or(Refusal::Internal)?;
    Ok(([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response())
}
