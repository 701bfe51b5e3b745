//! Who asks: extractors for users, admins and channels, for ids in paths, and for the version that a change was made from.

use std::future::ready;

use std::net::IpAddr;

use axum::{
    extract::{FromRequestParts, Path, RawPathParams},
    http::{HeaderMap, header, request::Parts},
};
use signoff_wire::contract::sessions::Role;

use super::{Shared, version};
use crate::{
    chat::visitors::{self, Known},
    documents::IfMatch,
    refusal::Refusal,
    serving::Client,
    sessions::Caller,
    widget::tokens,
};

/// The bearer token.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = value.and_then(|value| value.split_once(' ')).ok_or(Refusal::Unauthenticated)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Refusal::Unauthenticated) }
}

/// Whose token the request carries.
pub(super) async fn caller(app: &Shared, headers: &HeaderMap) -> Result<Caller, Refusal> {
    let caller = app.callers.caller(&app.store, bearer(headers)?).await?;
    app.doorkeeper.seen().note(&caller.token_hash, app.store.now());
    Ok(caller)
}

/// The same, where a CRM's widget may ask as well.
pub(super) async fn caller_or_widget(app: &Shared, headers: &HeaderMap) -> Result<Caller, Refusal> {
    match caller(app, headers).await {
        Err(Refusal::Unauthenticated) => {
            let (token, now) = (bearer(headers)?.to_owned(), app.store.now());
            app.store.read(move |sql| Ok(tokens::live(sql, &token, now)?.caller)).await
        }
        known => known,
    }
}

/// A signed-in user.
pub(super) struct SignedIn(pub(super) Caller);

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        Ok(Self(caller(app, &parts.headers).await?))
    }
}

/// A signed-in user, or a CRM's widget, whose token opens one conversation (R12). All other routes are closed to widgets.
pub(super) struct AtConversation(pub(super) Caller);

impl FromRequestParts<Shared> for AtConversation {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        Ok(Self(caller_or_widget(app, &parts.headers).await?))
    }
}

/// A signed-in admin. To everybody else the route does not exist (R1).
pub(super) struct Admin(pub(super) Caller);

impl FromRequestParts<Shared> for Admin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        let caller = caller(app, &parts.headers).await?;
        match caller.user.role {
            Role::Admin => Ok(Self(caller)),
            Role::Advisor => Err(Refusal::NotFound),
        }
    }
}

/// The channel named in the path, by its key.
pub(super) struct ByChannel(pub(super) String);

impl FromRequestParts<Shared> for ByChannel {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        let key = bearer(&parts.headers)?.to_owned();
        let Named(id) = Named::from_request_parts(parts, app).await?;
        let now = app.store.now();
        app.store
            .read(move |sql| {
                crate::channels::require_key(sql, &id, &key, now)?;
                Ok(Self(id))
            })
            .await
    }
}

/// The channel by its key, and the second name in the path.
pub(super) struct ByChannelAnd(pub(super) String, pub(super) String);

impl FromRequestParts<Shared> for ByChannelAnd {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        let key = bearer(&parts.headers)?.to_owned();
        let Path((id, name)) =
            Path::<(String, String)>::from_request_parts(parts, app).await.map_err(|_| Refusal::NotFound)?;
        let now = app.store.now();
        app.store
            .read(move |sql| {
                crate::channels::require_key(sql, &id, &key, now)?;
                Ok(Self(id, name))
            })
            .await
    }
}

/// A visitor of the chat page named in the path, with their token. The path's first name is the channel; a second one stays with
/// the handler.
pub(super) struct Visiting {
    /// Who.
    pub(super) visitor: Known,
    /// Their token.
    pub(super) token: String,
}

impl FromRequestParts<Shared> for Visiting {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        let token = bearer(&parts.headers)?.to_owned();
        let names = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Refusal::NotFound)?;
        let channel_id = names.iter().next().map(|(_, name)| name.to_owned()).ok_or(Refusal::NotFound)?;
        let asked = token.clone();
        let visitor = app.store.read(move |sql| visitors::known(sql, &channel_id, &asked)).await?;
        Ok(Self { visitor, token })
    }
}

/// Where a request comes from, as far as that is known; a simulation's come from nowhere.
pub(super) struct Address(pub(super) Option<IpAddr>);

impl FromRequestParts<Shared> for Address {
    type Rejection = std::convert::Infallible;

    fn from_request_parts(parts: &mut Parts, _: &Shared) -> impl Future<Output = Result<Self, Self::Rejection>> + Send {
        std::future::ready(Ok(Self(parts.extensions.get::<Client>().map(|client| client.address))))
    }
}

/// The one name in the path. What is no text names nothing.
pub(super) struct Named(pub(super) String);

impl FromRequestParts<Shared> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        let path = Path::<String>::from_request_parts(parts, app).await;
        path.map(|Path(name)| Self(name)).map_err(|_| Refusal::NotFound)
    }
}

impl FromRequestParts<Shared> for IfMatch {
    type Rejection = Refusal;

    fn from_request_parts(parts: &mut Parts, _: &Shared) -> impl Future<Output = Result<Self, Refusal>> + Send {
        ready(version::named(&parts.headers))
    }
}
