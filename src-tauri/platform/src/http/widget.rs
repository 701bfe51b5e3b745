//! The CRM widget (R12): tokens for a CRM's server, what its page asks, and the page itself.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use signoff_wire::contract::{
    problems::Problem,
    widget::{NewWidgetToken, WidgetSession, WidgetToken},
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::{Named, bearer},
};
use crate::{
    refusal::Refusal,
    widget::{applications, page, tokens},
};

const NOSNIFF: (HeaderName, &str) = (header::X_CONTENT_TYPE_OPTIONS, "nosniff");

pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/widget/tokens", post(create_token))
        .route("/v1/widget/session", get(session))
        .route("/widget/{application}", get(html))
        .route("/widget/assets/{file}", get(asset))
}

/// A token for a CRM's page: one conversation, one advisor, ten minutes at most. The bearer is the application's secret.
#[utoipa::path(post, path = "/v1/widget/tokens", tag = "widget", request_body = NewWidgetToken,
    responses((status = 201, body = WidgetToken), (status = "4XX", body = Problem)))]
pub(super) async fn create_token(
    State(app): State<Shared>,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let secret = bearer(&headers).map_err(|_| Refusal::WidgetSecretWrong)?.to_owned();
    let (asked, now) = (secret.clone(), app.store.now());
    // Before the body is looked at: whoever has no secret learns nothing of what a body should be.
    app.store.read(move |sql| applications::by_secret(sql, &asked, now)).await?;
    let new: NewWidgetToken = body::parse(&bytes?)?;
    let token = app.store.write(move |write| tokens::create(write, &secret, &new)).await?;
    answer::json(StatusCode::CREATED, &token)
}

/// What the page has to know besides its conversation. For a widget's token only.
#[utoipa::path(get, path = "/v1/widget/session", tag = "widget",
    responses((status = 200, body = WidgetSession), (status = "4XX", body = Problem)))]
pub(super) async fn session(State(app): State<Shared>, headers: HeaderMap) -> Result<Response, Refusal> {
    let (token, now) = (bearer(&headers)?.to_owned(), app.store.now());
    answer::ok(&app.store.read(move |sql| tokens::session(sql, &token, now)).await?)
}

/// The page that a CRM shows in a frame. Only pages of the application's origins may hold it.
#[utoipa::path(get, path = "/widget/{application}", tag = "widget", security(()), params(("application" = String, Path)),
    responses((status = 200, body = String, content_type = "text/html"), (status = "4XX", body = Problem)))]
pub(super) async fn html(State(app): State<Shared>, Named(id): Named) -> Result<Response, Refusal> {
    let now = app.store.now();
    let application = app.store.read(move |sql| applications::one(sql, &id, now)).await?;
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors {}",
        application.origins.join(" ")
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        NOSNIFF,
    ];
    Ok((headers, page::html(&application.origins)).into_response())
}

/// A script, style or picture of the page.
#[utoipa::path(get, path = "/widget/assets/{file}", tag = "widget", security(()), params(("file" = String, Path)),
    responses((status = 200, body = String, content_type = "text/javascript"), (status = "4XX", body = Problem)))]
pub(super) async fn asset(Named(name): Named) -> Result<Response, Refusal> {
    let (kind, bytes) = page::asset(&name).ok_or(Refusal::NotFound)?;
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable"), NOSNIFF];
    Ok((headers, bytes).into_response())
}
