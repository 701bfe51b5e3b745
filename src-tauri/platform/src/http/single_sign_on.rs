//! Single sign-on: the way of an app through the system's browser, and what an admin says about the provider.

use axum::{
    Router,
    extract::{Path, State, rejection::PathRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use serde::Deserialize;
use signoff_wire::contract::{
    problems::Problem,
    sessions::Session,
    single_sign_on::{
        BeginSingleSignOn, FinishSingleSignOn, SignInWays, SingleSignOn, SingleSignOnBegun, UpdateSingleSignOn,
    },
};
use utoipa::IntoParams;

use super::{
    Shared, answer,
    body::{self, Raw},
    query::Asked,
    signed_in::{Address, Admin},
};
use crate::{
    documents::IfMatch,
    limits::What,
    refusal::Refusal,
    sessions::single_sign_on::{self, CALLBACK, Return, bindings, provider},
};

mod page;

/// The routes of this subject.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/sign-in-ways", get(ways))
        .route("/v1/sessions/single-sign-on", post(begin))
        .route("/v1/sessions/single-sign-on/finish", post(finish))
        .route(CALLBACK, get(callback))
        .route("/v1/admin/single-sign-on", get(read).put(update))
        .route("/v1/admin/users/{id}/provider-accounts/{account_id}", delete(unbind))
}

/// How one signs in to this workspace.
#[utoipa::path(get, path = "/v1/sign-in-ways", tag = "sessions", security(()),
    responses((status = 200, body = SignInWays), (status = "4XX", body = Problem)))]
pub(super) async fn ways(State(app): State<Shared>) -> Result<Response, Refusal> {
    answer::ok(&app.store.read(single_sign_on::ways).await?)
}

/// Begin a sign-in through the provider. The browser comes back to `http://127.0.0.1:PORT/?visit=…` with `code`, or with a problem's code
/// as `error`. From one address so many in a minute: 429 `rate-limited`.
#[utoipa::path(post, path = "/v1/sessions/single-sign-on", tag = "sessions", security(()),
    request_body = BeginSingleSignOn, responses((status = 201, body = SingleSignOnBegun), (status = "4XX", body = Problem)))]
pub(super) async fn begin(
    State(app): State<Shared>,
    Address(address): Address,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    app.limits.take(What::SignIn, None, address, app.store.now())?;
    let asked: BeginSingleSignOn = body::parse(&bytes?)?;
    answer::json(StatusCode::CREATED, &app.doorkeeper.begin_visit(&app.store, &app.outgoing, asked).await?)
}

/// Open the session with the code that came to the app's port. A code works once, and with the verifier alone.
#[utoipa::path(post, path = "/v1/sessions/single-sign-on/finish", tag = "sessions", security(()),
    request_body = FinishSingleSignOn, responses((status = 201, body = Session), (status = "4XX", body = Problem)))]
pub(super) async fn finish(
    State(app): State<Shared>,
    Address(address): Address,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    app.limits.take(What::SignIn, None, address, app.store.now())?;
    let asked: FinishSingleSignOn = body::parse(&bytes?)?;
    answer::json(StatusCode::CREATED, &app.doorkeeper.finish_visit(&app.store, asked).await?)
}

/// What the provider sends back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Brought {
    /// Which sign-in this is.
    state: String,
    /// What the platform shows to the provider.
    code: Option<String>,
    /// What went wrong.
    error: Option<String>,
    /// Which provider it is (RFC 9207).
    iss: Option<String>,
}

/// Where the provider sends the browser back to: on to the app's port, with what went wrong if anything did. Where no app waits any more
/// there is a page that says so, in the reader's language.
#[utoipa::path(get, path = "/v1/single-sign-on/callback", tag = "pages", security(()), params(Brought),
    responses((status = 303, headers(("Location" = String))),
        (status = "4XX", body = String, content_type = "text/html"),
        (status = 500, body = String, content_type = "text/html"),
        (status = 503, body = String, content_type = "text/html")))]
pub(super) async fn callback(
    State(app): State<Shared>,
    headers: HeaderMap,
    brought: Result<Asked<Brought>, Refusal>,
) -> Response {
    let ended = async {
        let Asked(Brought { state, code, error, iss }) = brought?;
        let back = Return { state, code, error, issuer: iss };
        app.doorkeeper.end_visit(&app.store, &app.outgoing, back).await
    };
    match ended.await {
        Ok(location) => {
            let headers = [
                (header::LOCATION, location.as_str()),
                (header::CACHE_CONTROL, "no-store"),
                (header::REFERRER_POLICY, "no-referrer"),
            ];
            (StatusCode::SEE_OTHER, headers).into_response()
        }
        Err(refusal) => page::refused(refusal, &headers),
    }
}

/// Take back an account with which a person signs in through the provider. All sessions of the person end. If the provider vouches for
/// their address at a later sign-in, whichever account it is then is bound.
#[utoipa::path(delete, path = "/v1/admin/users/{id}/provider-accounts/{account_id}", tag = "people",
    params(("id" = String, Path), ("account_id" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn unbind(
    State(app): State<Shared>,
    Admin(caller): Admin,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let Path((id, account_id)) = path.map_err(|_| Refusal::NotFound)?;
    app.store.write(move |write| bindings::unbind(write, (&caller.user).into(), &id, &account_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is said about the provider; the version is the `ETag`.
#[utoipa::path(get, path = "/v1/admin/single-sign-on", tag = "people",
    responses((status = 200, body = SingleSignOn, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn read(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let kept = app.store.read(single_sign_on::read).await?;
    answer::versioned(&kept.value, kept.version)
}

/// Change it. Before it is switched on or changed the provider is asked: 422 `provider-unfit` says what is wrong.
#[utoipa::path(put, path = "/v1/admin/single-sign-on", tag = "people", params(("If-Match" = String, Header)),
    request_body = UpdateSingleSignOn,
    responses((status = 200, body = SingleSignOn, headers(("ETag" = String))), (status = "4XX", body = Problem)))]
pub(super) async fn update(
    State(app): State<Shared>,
    Admin(caller): Admin,
    seen: IfMatch,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let asked: UpdateSingleSignOn = body::parse(&bytes?)?;
    let (outgoing, matching) = (app.outgoing.clone(), seen.clone());
    let wanted = app.store.read(move |sql| single_sign_on::wanted(sql, &matching, &asked, &outgoing)).await?;
    if wanted.enabled {
        provider::discover(&app.outgoing, &wanted.issuer).await?;
    }
    let kept = app.store.write(move |write| single_sign_on::update(write, &caller.user, &seen, &wanted)).await?;
    app.doorkeeper.forget_provider().await;
    answer::versioned(&kept.value, kept.version)
}
