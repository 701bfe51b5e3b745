//! Signing in and out, and what a signed-in user may know.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
    routing::{delete, get, post},
};
use signoff_wire::contract::{
    directory::Directory,
    problems::Problem,
    sessions::{Me, NewSession, Session},
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::{Address, SignedIn},
};
use crate::{limits::What, refusal::Refusal, sessions};

/// The routes of this subject.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/sessions", post(sign_in))
        .route("/v1/sessions/current", delete(sign_out))
        .route("/v1/me", get(me))
        .route("/v1/directory", get(directory))
}

/// Sign in.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions", security(()), request_body = NewSession,
    responses((status = 201, body = Session), (status = "4XX", body = Problem)))]
pub(super) async fn sign_in(
    State(app): State<Shared>,
    Address(address): Address,
    headers: HeaderMap,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    app.limits.take(What::SignIn, None, address, app.store.now())?;
    let new: NewSession = body::parse(&bytes?)?;
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).map(str::to_owned);
    answer::json(StatusCode::CREATED, &app.doorkeeper.sign_in(&app.store, new, agent).await?)
}

/// Sign out: the token is dead.
#[utoipa::path(delete, path = "/v1/sessions/current", tag = "sessions",
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn sign_out(State(app): State<Shared>, SignedIn(caller): SignedIn) -> Result<StatusCode, Refusal> {
    sessions::sign_out(&app.store, caller).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who one is, and what is switched on.
#[utoipa::path(get, path = "/v1/me", tag = "sessions",
    responses((status = 200, body = Me), (status = "4XX", body = Problem)))]
pub(super) async fn me(State(app): State<Shared>, SignedIn(caller): SignedIn) -> Result<Response, Refusal> {
    answer::ok(&app.store.read(move |sql| Ok(crate::directory::me(sql, caller)?)).await?)
}

/// Channels, teams, people, tags and canned replies.
#[utoipa::path(get, path = "/v1/directory", tag = "sessions",
    responses((status = 200, body = Directory), (status = "4XX", body = Problem)))]
pub(super) async fn directory(State(app): State<Shared>, SignedIn(caller): SignedIn) -> Result<Response, Refusal> {
    answer::ok(&app.store.read(move |sql| Ok(crate::directory::directory(sql, &caller)?)).await?)
}
