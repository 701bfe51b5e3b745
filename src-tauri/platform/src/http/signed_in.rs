//! Who asks: extractors for users, admins and channels, for ids in paths, and for the version that a change was made from.

use std::future::ready;

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, header, request::Parts},
};
use signoff_wire::contract::sessions::Role;

use super::Shared;
use crate::{documents::IfMatch, refusal::Refusal, sessions::Caller};

/// The bearer token.
pub(super) fn bearer(headers: &HeaderMap) -> Result<&str, Refusal> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = value.and_then(|value| value.split_once(' ')).ok_or(Refusal::Unauthenticated)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Refusal::Unauthenticated) }
}

/// Whose token the request carries.
pub(super) async fn caller(app: &Shared, headers: &HeaderMap) -> Result<Caller, Refusal> {
    app.callers.caller(&app.store, bearer(headers)?).await
}

/// A signed-in user.
pub(super) struct SignedIn(pub(super) Caller);

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Refusal> {
        Ok(Self(caller(app, &parts.headers).await?))
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
        app.store
            .read(move |sql| {
                crate::channels::require_key(sql, &id, &key)?;
                Ok(Self(id))
            })
            .await
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
        // What is no text matches no version.
        let header = parts.headers.get(header::IF_MATCH).map(|value| value.to_str().unwrap_or_default());
        ready(header.map(Self::new).ok_or(Refusal::IfMatchMissing))
    }
}
