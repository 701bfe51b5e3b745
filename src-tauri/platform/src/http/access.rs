//! How people get in: invitations and links, passwords, one's own sessions.

use std::future::{Ready, ready};

use axum::{
    Router,
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{delete, get, post, put},
};
use signoff_wire::contract::{
    access::{
        AcceptLink, ChangePassword, Link, LinkAccepted, LookAtLink, NewInvitation, NewLink, OpenLink, OwnSession,
    },
    pages::Page,
    problems::Problem,
};

use super::{
    Shared, answer,
    body::{self, Raw},
    signed_in::{Address, Admin, Named, SignedIn},
};
use crate::{
    limits::What,
    people::{self, change::By, effects},
    refusal::Refusal,
    sessions::{links, own, password},
};

/// The routes of this subject.
pub(super) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v1/admin/invitations", get(open_links).post(invite))
        .route("/v1/admin/invitations/{id}", delete(revoke))
        .route("/v1/admin/users/{id}/password-link", post(password_link))
        .route("/v1/admin/users/{id}/sessions", delete(end_sessions))
        .route("/v1/invitations/look", post(look))
        .route("/v1/invitations/accept", post(accept))
        .route("/v1/me/password", put(change_password))
        .route("/v1/sessions", delete(sign_out_everywhere))
        .route("/v1/me/sessions", get(own_sessions))
        .route("/v1/me/sessions/{id}", delete(end_session))
        .route("/join", get(page))
        .route("/join/join.js", get(script))
        .route("/join/join.css", get(style))
}

/// Links that were not used yet, newest first.
#[utoipa::path(get, path = "/v1/admin/invitations", tag = "people",
    responses((status = 200, body = Page<OpenLink>), (status = "4XX", body = Problem)))]
pub(super) async fn open_links(State(app): State<Shared>, Admin(_): Admin) -> Result<Response, Refusal> {
    let now = app.store.now();
    let items = app.store.read(move |sql| Ok(links::open(sql, now)?)).await?;
    answer::ok(&Page { items, next: None })
}

/// Invite somebody: adds the person and makes the link with which they set name and password. The link is shown in this answer only.
#[utoipa::path(post, path = "/v1/admin/invitations", tag = "people", request_body = NewInvitation,
    responses((status = 201, body = NewLink), (status = "4XX", body = Problem)))]
pub(super) async fn invite(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    let asked: NewInvitation = body::parse(&bytes?)?;
    let by = (caller.user.id, caller.user.name);
    let link = app.store.write(move |write| links::invite(write, (&by.0, &by.1), &asked)).await?;
    answer::json(StatusCode::CREATED, &link)
}

/// Take a link back.
#[utoipa::path(delete, path = "/v1/admin/invitations/{id}", tag = "people", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn revoke(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
) -> Result<StatusCode, Refusal> {
    let by = (caller.user.id, caller.user.name);
    app.store.write(move |write| links::revoke(write, (&by.0, &by.1), &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a link with which a person sets a new password; the one before, if there was one, is void. The password works until the link is
/// used.
#[utoipa::path(post, path = "/v1/admin/users/{id}/password-link", tag = "people", params(("id" = String, Path)),
    responses((status = 201, body = NewLink), (status = "4XX", body = Problem)))]
pub(super) async fn password_link(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
) -> Result<Response, Refusal> {
    let by = (caller.user.id, caller.user.name);
    let link = app.store.write(move |write| links::make(write, (&by.0, &by.1), &id)).await?;
    answer::json(StatusCode::CREATED, &link)
}

/// Sign a person out everywhere.
#[utoipa::path(delete, path = "/v1/admin/users/{id}/sessions", tag = "people", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn end_sessions(
    State(app): State<Shared>,
    Admin(caller): Admin,
    Named(id): Named,
) -> Result<StatusCode, Refusal> {
    let by = By::user(&caller.user.id, &caller.user.name);
    app.store
        .write(move |write| {
            let person = people::one(write.sql, &id, write.now)?;
            effects::sign_out(write, by.who(), (&id, &person.name))
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a link is for. Changes nothing.
#[utoipa::path(post, path = "/v1/invitations/look", tag = "sessions", security(()), request_body = LookAtLink,
    responses((status = 200, body = Link), (status = "4XX", body = Problem)))]
pub(super) async fn look(
    State(app): State<Shared>,
    Address(address): Address,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    app.limits.take(What::SignIn, None, address, app.store.now())?;
    let asked: LookAtLink = body::parse(&bytes?)?;
    let now = app.store.now();
    answer::ok(&app.store.read(move |sql| links::look(sql, &asked.token, now)).await?)
}

/// Use a link: sets name and password, ends the sessions of before. A link works once.
#[utoipa::path(post, path = "/v1/invitations/accept", tag = "sessions", security(()), request_body = AcceptLink,
    responses((status = 200, body = LinkAccepted), (status = "4XX", body = Problem)))]
pub(super) async fn accept(
    State(app): State<Shared>,
    Address(address): Address,
    Raw(bytes): Raw,
) -> Result<Response, Refusal> {
    app.limits.take(What::SignIn, None, address, app.store.now())?;
    let asked: AcceptLink = body::parse(&bytes?)?;
    let (token, now) = (asked.token.clone(), app.store.now());
    let email = app.store.read(move |sql| links::address(sql, &token, now)).await?;
    people::names::name(&asked.name)?;
    password::require_good(&asked.password, &asked.name, &email)?;
    let hash = app.doorkeeper.hash(&app.store, asked.password.clone()).await?;
    answer::ok(&app.store.write(move |write| links::accept(write, &asked, &hash)).await?)
}

/// Change one's own password. All other sessions end.
#[utoipa::path(put, path = "/v1/me/password", tag = "sessions", request_body = ChangePassword,
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn change_password(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Raw(bytes): Raw,
) -> Result<StatusCode, Refusal> {
    let asked: ChangePassword = body::parse(&bytes?)?;
    app.doorkeeper.change_password(&app.store, caller, asked).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where one is signed in, newest first.
#[utoipa::path(get, path = "/v1/me/sessions", tag = "sessions",
    responses((status = 200, body = Page<OwnSession>), (status = "4XX", body = Problem)))]
pub(super) async fn own_sessions(State(app): State<Shared>, SignedIn(caller): SignedIn) -> Result<Response, Refusal> {
    let (now, doorkeeper) = (app.store.now(), app.doorkeeper.clone());
    let items = app.store.read(move |sql| Ok(own::list(sql, &caller, doorkeeper.seen(), now)?)).await?;
    answer::ok(&Page { items, next: None })
}

/// Sign out everywhere, here included.
#[utoipa::path(delete, path = "/v1/sessions", tag = "sessions",
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn sign_out_everywhere(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
) -> Result<StatusCode, Refusal> {
    app.store.write(move |write| own::end_all(write, &caller)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End one of one's own sessions.
#[utoipa::path(delete, path = "/v1/me/sessions/{id}", tag = "sessions", params(("id" = String, Path)),
    responses((status = 204), (status = "4XX", body = Problem)))]
pub(super) async fn end_session(
    State(app): State<Shared>,
    SignedIn(caller): SignedIn,
    Named(id): Named,
) -> Result<StatusCode, Refusal> {
    app.store.write(move |write| own::end(write, &caller, &id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The page behind a link. It is the same for every link: what it is about, its script asks.
#[utoipa::path(get, path = "/join", tag = "sessions", security(()),
    responses((status = 200, body = String, content_type = "text/html")))]
pub(super) fn page() -> Ready<Response> {
    file("text/html; charset=utf-8", include_str!("join/page.html"))
}

fn script() -> Ready<Response> {
    file("text/javascript; charset=utf-8", include_str!("join/join.js"))
}

fn style() -> Ready<Response> {
    file("text/css; charset=utf-8", include_str!("join/join.css"))
}

/// Nothing of the page may come from elsewhere, be framed, or tell others where it was.
fn file(kind: &'static str, text: &'static str) -> Ready<Response> {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'";
    let mut response = text.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-cache"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    ready(response)
}
