//! Administration of the CRM widget: which applications there are, where they may show it, and their secrets. For admins.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
    routing::{delete, get, post},
};
use serde::Serialize;
use signoff_wire::contract::{
    problems::Problem,
    widget::{NewWidgetSecret, WidgetApplication, WidgetApplicationDetails, WidgetApplicationMade, WidgetApplications},
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::{Admin, Named},
    version::if_match,
};
use crate::{refusal::Refusal, widget::applications};

pub(super) fn routes() -> Router<Shared> {
    const ONE: &str = "/v1/admin/widget-applications/{id}";
    Router::new()
        .route("/v1/admin/widget-applications", get(list).post(create))
        .route(ONE, get(one).put(change).delete(remove))
        .route(&format!("{ONE}/secret"), post(renew_secret))
        .route(&format!("{ONE}/tokens"), delete(revoke_tokens))
}

/// All applications, by name.
#[utoipa::path(get, path = "/v1/admin/widget-applications", tag = "widget",
    responses((status = 200, body = WidgetApplications), (status = "4XX", body = Problem)))]
pub(super) async fn list(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let now = app.store.now();
    let items = app.store.read(move |sql| Ok(applications::all(sql, now)?)).await?;
    answer::ok(&WidgetApplications { items })
}

/// A new application. Its secret is told in this answer and never again.
#[utoipa::path(post, path = "/v1/admin/widget-applications", tag = "widget", request_body = WidgetApplicationDetails,
    responses((status = 201, body = WidgetApplicationMade, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn create(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let details: WidgetApplicationDetails = body::parse(&bytes?)?;
    let made = app.store.write(move |write| applications::create(write, &caller.user, &details)).await?;
    versioned(StatusCode::CREATED, &made, made.application.version)
}

/// One application; its version is the `ETag`.
#[utoipa::path(get, path = "/v1/admin/widget-applications/{id}", tag = "widget", params(("id" = String, Path)),
    responses((status = 200, body = WidgetApplication, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn one(State(app): State<Shared>, Admin(_): Admin, Named(id): Named) -> Result<Response, Refusal> {
    let now = app.store.now();
    let application = app.store.read(move |sql| applications::one(sql, &id, now)).await?;
    versioned(StatusCode::OK, &application, application.version)
}

/// Another name, other origins.
#[utoipa::path(put, path = "/v1/admin/widget-applications/{id}", tag = "widget",
    params(("id" = String, Path), ("If-Match" = String, Header)), request_body = WidgetApplicationDetails,
    responses((status = 200, body = WidgetApplication, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn change(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let details: WidgetApplicationDetails = body::parse(&bytes?)?;
    let matches = if_match(&headers)?;
    let changed =
        app.store.write(move |write| applications::change(write, &caller.user, &id, &details, matches)).await?;
    versioned(StatusCode::OK, &changed, changed.version)
}

/// Takes the application away; its secrets and its tokens are worth nothing from now on.
#[utoipa::path(delete, path = "/v1/admin/widget-applications/{id}", tag = "widget",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn remove(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let matches = if_match(&headers)?;
    app.store.write(move |write| applications::delete(write, &caller.user, &id, matches)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A new secret, told in this answer and never again. The one before is taken for as long as asked.
#[utoipa::path(post, path = "/v1/admin/widget-applications/{id}/secret", tag = "widget",
    params(("id" = String, Path), ("If-Match" = String, Header)), request_body = Option<NewWidgetSecret>,
    responses((status = 201, body = WidgetApplicationMade, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn renew_secret(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let NewWidgetSecret { former_valid_for_hours } = body::parse_or_empty(&bytes?)?;
    let matches = if_match(&headers)?;
    let made = app
        .store
        .write(move |write| applications::renew_secret(write, &caller.user, &id, former_valid_for_hours, matches))
        .await?;
    versioned(StatusCode::CREATED, &made, made.application.version)
}

/// Ends every page of the application that is open. The CRM can ask for new tokens.
#[utoipa::path(delete, path = "/v1/admin/widget-applications/{id}/tokens", tag = "widget",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn revoke_tokens(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    headers: HeaderMap,
) -> Result<StatusCode, Refusal> {
    let matches = if_match(&headers)?;
    app.store.write(move |write| applications::revoke_tokens(write, &caller.user, &id, matches)).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn versioned(status: StatusCode, value: &impl Serialize, version: i64) -> Result<Response, Refusal> {
    let mut response = answer::json(status, value)?;
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}
