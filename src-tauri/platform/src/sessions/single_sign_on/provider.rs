//! The OpenID Connect provider, asked through the platform's own way out: discovery, the address that a browser is sent to, and what the
//! provider says about whoever came back.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::{FutureExt as _, future::BoxFuture};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    TokenResponse as _,
    core::{CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims},
};

use super::Configuration;
use crate::{
    outgoing::{Outgoing, Unanswered},
    refusal::Refusal,
};

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// What the provider says about itself, with its keys.
pub(crate) type Metadata = Arc<CoreProviderMetadata>;

/// What binds a visit to its answer.
#[derive(Clone)]
pub(crate) struct Secrets {
    /// Comes back with the browser.
    pub(crate) state: String,
    /// Comes back in the ID token.
    pub(crate) nonce: String,
    /// Whose hash the provider was given (PKCE).
    pub(crate) verifier: String,
}

/// Whom the provider let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Somebody {
    /// The provider's own name for them, for ever the same.
    pub(crate) subject: String,
    /// In lower case.
    pub(crate) email: Option<String>,
    /// The provider vouches for the address.
    pub(crate) email_verified: bool,
    /// What they are called.
    pub(crate) name: Option<String>,
}

/// What the provider says about itself.
///
/// # Errors
/// [`Refusal::ProviderUnfit`], with what is wrong in words.
pub(crate) async fn discover(outgoing: &Outgoing, issuer: &str) -> Result<Metadata, Refusal> {
    let unfit = |why: String| Refusal::ProviderUnfit(why);
    let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|error| unfit(error.to_string()))?;
    let http = way_out(outgoing);
    let metadata =
        CoreProviderMetadata::discover_async(issuer, &http).await.map_err(|error| unfit(in_words(&error)))?;
    if metadata.token_endpoint().is_none() {
        return Err(unfit("it names no token endpoint".to_owned()));
    }
    if metadata.jwks().keys().is_empty() {
        return Err(unfit("it has no keys".to_owned()));
    }
    Ok(Arc::new(metadata))
}

/// What the browser has to open.
pub(crate) fn authorize(kept: &Configuration, metadata: &Metadata, secrets: &Secrets) -> Result<String, Refusal> {
    let (state, nonce) = (secrets.state.clone(), secrets.nonce.clone());
    let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
    let (url, _, _) = client(kept, metadata)?
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || CsrfToken::new(state), || Nonce::new(nonce))
        .add_scope(Scope::new("email".to_owned()))
        .add_scope(Scope::new("profile".to_owned()))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    Ok(url.to_string())
}

/// Who it is that came back with this code. Signature, issuer, audience, nonce and times are checked.
///
/// # Errors
/// [`Refusal::ProviderFailed`]; the log says more.
pub(crate) async fn redeem(
    outgoing: &Outgoing,
    kept: &Configuration,
    metadata: &Metadata,
    secrets: &Secrets,
    code: String,
    now: DateTime<Utc>,
) -> Result<Somebody, Refusal> {
    let failed = |what: &str, error: &dyn std::error::Error| {
        tracing::warn!(error = in_words(error), what, "the provider was not trusted");
        Refusal::ProviderFailed
    };
    let client = client(kept, metadata)?;
    let http = way_out(outgoing);
    let tokens = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|error| failed("configuration", &error))?
        .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()))
        .request_async(&http)
        .await
        .map_err(|error| failed("answer to a code", &error))?;
    let verifier = client.id_token_verifier().set_time_fn(move || now);
    let id_token = tokens.id_token().ok_or(Refusal::ProviderFailed)?;
    let claims =
        id_token.claims(&verifier, &Nonce::new(secrets.nonce.clone())).map_err(|error| failed("ID token", &error))?;
    let mut somebody = Somebody {
        subject: claims.subject().to_string(),
        email: claims.email().map(|email| email.to_lowercase()),
        email_verified: claims.email_verified() == Some(true),
        name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
    };
    if somebody.email.is_none()
        && let Ok(asking) = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
    {
        let info: CoreUserInfoClaims =
            asking.request_async(&http).await.map_err(|error| failed("answer about a person", &error))?;
        somebody.email = info.email().map(|email| email.to_lowercase());
        somebody.email_verified = info.email_verified() == Some(true);
        somebody.name = somebody.name.or(info.name().and_then(|name| name.get(None)).map(|name| name.to_string()));
    }
    Ok(somebody)
}

/// The platform's way out, as the library wants it.
fn way_out(
    outgoing: &Outgoing,
) -> impl Fn(HttpRequest) -> BoxFuture<'static, Result<HttpResponse, Unanswered>> + Send + Sync + use<> {
    let outgoing = outgoing.clone();
    move |request| {
        let outgoing = outgoing.clone();
        async move { outgoing.send(request).await }.boxed()
    }
}

fn client(kept: &Configuration, metadata: &Metadata) -> Result<Client, Refusal> {
    let redirect = RedirectUrl::new(kept.redirect_uri()).map_err(|_| Refusal::ProviderFailed)?;
    let secret = Some(ClientSecret::new(kept.client_secret.clone()));
    let client =
        CoreClient::from_provider_metadata((**metadata).clone(), ClientId::new(kept.client_id.clone()), secret);
    Ok(client.set_redirect_uri(redirect))
}

/// An error with what is behind it.
fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        words.push_str(": ");
        words.push_str(&error.to_string());
        behind = error.source();
    }
    words
}
