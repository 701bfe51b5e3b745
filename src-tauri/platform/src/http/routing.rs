//! Routing rules: one ordered document, and a dry run. For admins only.

use axum::{
    Router,
    extract::State,
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use signoff_wire::contract::{
    problems::Problem,
    routing::{DryRun, DryRunResult, RoutingRules, RuleFaults, UpdateRoutingRules, ValidateRoutingRules},
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::Admin,
    version,
};
use crate::{
    channels::routing::{document, dry_run as explained},
    refusal::Refusal,
};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/admin/routing-rules", get(read).put(update))
        .route("/v1/admin/routing-rules/validate", post(validate))
        .route("/v1/admin/routing-rules/dry-run", post(dry_run))
}

/// The rules, in the order in which they are tried.
#[utoipa::path(get, path = "/v1/admin/routing-rules", tag = "routing",
    responses((status = 200, body = RoutingRules, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn read(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let found = app.store.read(document::read).await?;
    answer::versioned(&found.rules, found.version)
}

/// Save all rules. If one names what the workspace has not, or has no longer: 422 `rules-faulty`, and the faults.
#[utoipa::path(put, path = "/v1/admin/routing-rules", tag = "routing", params(("If-Match" = String, Header)),
    request_body = UpdateRoutingRules,
    responses((status = 200, body = RoutingRules, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn update(
    State(app): State<Shared>,
    Admin(caller): Admin,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: UpdateRoutingRules = body::parse(&bytes?)?;
    let seen = version::if_match(&headers)?;
    let saved = app.store.write(move |write| document::update(write, &caller.user, new, seen)).await?;
    answer::versioned(&saved.rules, saved.version)
}

/// The faults of rules that need not be saved: what they name and the workspace has not, or has no longer.
#[utoipa::path(post, path = "/v1/admin/routing-rules/validate", tag = "routing", request_body = ValidateRoutingRules,
    responses((status = 200, body = RuleFaults), (status = "4XX", body = Problem)))]
pub(super) async fn validate(State(app): State<Shared>, Admin(_): Admin, Raw(bytes): Raw) -> Result<Response, Refusal> {
    let asked: ValidateRoutingRules = body::parse(&bytes?)?;
    let faults = app.store.read(move |sql| document::faults(sql, asked.rules)).await?;
    answer::ok(&RuleFaults { faults })
}

/// Which rule fits a message, and why; nothing comes of it.
#[utoipa::path(post, path = "/v1/admin/routing-rules/dry-run", tag = "routing", request_body = DryRun,
    responses((status = 200, body = DryRunResult), (status = "4XX", body = Problem)))]
pub(super) async fn dry_run(State(app): State<Shared>, Admin(_): Admin, Raw(bytes): Raw) -> Result<Response, Refusal> {
    let asked: DryRun = body::parse(&bytes?)?;
    let now = app.store.now();
    answer::ok(&app.store.read(move |sql| explained::run(sql, &asked, now)).await?)
}
