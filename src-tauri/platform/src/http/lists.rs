//! The small lists that admins keep: tags and prepared answers.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, put},
};
use signoff_wire::contract::{
    canned::{CannedReplyList, CannedReplyView, NewCannedReply},
    problems::Problem,
    tags::{NewTag, OrderTags, TagList, TagView, UpdateTag},
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::{Admin, Named},
};
use crate::{canned, documents::IfMatch, refusal::Refusal, tags};

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/admin/tags", get(read_tags).post(create_tag).put(order_tags))
        .route("/v1/admin/tags/{id}", put(update_tag))
        .route("/v1/admin/canned-replies", get(read_canned).post(create_canned))
        .route("/v1/admin/canned-replies/{id}", put(update_canned).delete(delete_canned))
}

/// All tags, archived ones included, in the order in which they are offered.
#[utoipa::path(get, path = "/v1/admin/tags", tag = "administration",
    responses((status = 200, body = TagList, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn read_tags(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let list = app.store.read(tags::list).await?;
    answer::versioned(&list.value, list.version)
}

/// Add a tag.
#[utoipa::path(post, path = "/v1/admin/tags", tag = "administration", request_body = NewTag,
    responses((status = 201, body = TagView, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn create_tag(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: NewTag = body::parse(&bytes?)?;
    let tag = app.store.write(move |write| tags::create(write, &caller.user, &new)).await?;
    answer::created(&tag.value, tag.version)
}

/// Put the tags into another order.
#[utoipa::path(put, path = "/v1/admin/tags", tag = "administration", params(("If-Match" = String, Header)),
    request_body = OrderTags,
    responses((status = 200, body = TagList, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn order_tags(
    State(app): State<Shared>,
    Admin(caller): Admin,
    seen: IfMatch,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: OrderTags = body::parse(&bytes?)?;
    let list = app.store.write(move |write| tags::order(write, &caller.user, &seen, &new)).await?;
    answer::versioned(&list.value, list.version)
}

/// Rename a tag, make it mandatory, or archive it.
#[utoipa::path(put, path = "/v1/admin/tags/{id}", tag = "administration",
    params(("id" = String, Path), ("If-Match" = String, Header)), request_body = UpdateTag,
    responses((status = 200, body = TagView, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn update_tag(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    seen: IfMatch,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: UpdateTag = body::parse(&bytes?)?;
    let tag = app.store.write(move |write| tags::update(write, &caller.user, &id, &seen, &new)).await?;
    answer::versioned(&tag.value, tag.version)
}

/// All prepared answers.
#[utoipa::path(get, path = "/v1/admin/canned-replies", tag = "administration",
    responses((status = 200, body = CannedReplyList), (status = "4XX", body = Problem)))]
pub(super) async fn read_canned(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    answer::ok(&app.store.read(canned::list).await?)
}

/// Add a prepared answer.
#[utoipa::path(post, path = "/v1/admin/canned-replies", tag = "administration", request_body = NewCannedReply,
    responses((status = 201, body = CannedReplyView, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn create_canned(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: NewCannedReply = body::parse(&bytes?)?;
    let reply = app.store.write(move |write| canned::create(write, &caller.user, &new)).await?;
    answer::created(&reply.value, reply.version)
}

/// Change a prepared answer.
#[utoipa::path(put, path = "/v1/admin/canned-replies/{id}", tag = "administration",
    params(("id" = String, Path), ("If-Match" = String, Header)), request_body = NewCannedReply,
    responses((status = 200, body = CannedReplyView, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn update_canned(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    seen: IfMatch,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let new: NewCannedReply = body::parse(&bytes?)?;
    let reply = app.store.write(move |write| canned::update(write, &caller.user, &id, &seen, &new)).await?;
    answer::versioned(&reply.value, reply.version)
}

/// Remove a prepared answer.
#[utoipa::path(delete, path = "/v1/admin/canned-replies/{id}", tag = "administration",
    params(("id" = String, Path), ("If-Match" = String, Header)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn delete_canned(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
    seen: IfMatch,
) -> Result<Response, Refusal> {
    app.store.write(move |write| canned::delete(write, &caller.user, &id, &seen)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
