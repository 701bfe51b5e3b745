//! The OpenID Connect provider, asked through the platform's own way out: discovery, the address that a browser is sent to, and what the
//! provider says about whoever came back.
//!
//! The library checks signature, issuer, audience, nonce and expiry. What it leaves to its users is checked here: `azp`, `iat`, and that no
//! key but a public one is believed, whatever the provider offers (a shared secret would make everybody who knows it the provider).

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{FutureExt as _, future::BoxFuture};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, JsonWebKeySet, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, SignatureVerificationError, TokenResponse as _,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
        CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
    },
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

/// How far the clocks of platform and provider may lie apart.
const SKEW: TimeDelta = TimeDelta::minutes(5);
/// Letters of what a provider says about its own failure that are passed on.
const WORDS: usize = 300;
/// Signatures that only the provider can make.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

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
    let token_endpoint =
        metadata.token_endpoint().ok_or_else(|| unfit("it names no token endpoint".to_owned()))?.as_str();
    let info_endpoint = metadata.userinfo_endpoint().map(|endpoint| endpoint.as_str());
    let endpoints = [metadata.authorization_endpoint().as_str(), token_endpoint, metadata.jwks_uri().as_str()];
    for endpoint in endpoints.into_iter().chain(info_endpoint) {
        outgoing
            .require_allowed(endpoint)
            .map_err(|refusal| unfit(format!("it names {}: {refusal}", cut(endpoint))))?;
    }
    if metadata.jwks().keys().is_empty() {
        return Err(unfit("it has no keys".to_owned()));
    }
    if signatures(&metadata).next().is_none() {
        return Err(unfit("it signs in no way that can be trusted".to_owned()));
    }
    Ok(Arc::new(metadata))
}

/// The same provider with the keys that it has now.
pub(super) async fn with_new_keys(outgoing: &Outgoing, metadata: &Metadata) -> Option<Metadata> {
    let http = way_out(outgoing);
    let keys = JsonWebKeySet::fetch_async(metadata.jwks_uri(), &http).await;
    let keys = keys.inspect_err(|error| tracing::warn!(error = in_words(error), "the provider's keys")).ok()?;
    Some(Arc::new((**metadata).clone().set_jwks(keys)))
}

/// The ways of signing that the provider has and that are believed.
fn signatures(metadata: &CoreProviderMetadata) -> impl Iterator<Item = CoreJwsSigningAlgorithm> + use<> {
    let offered = metadata.id_token_signing_alg_values_supported().clone();
    SIGNATURES.into_iter().filter(move |signature| offered.contains(signature))
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

/// What the provider gave for a code. Nothing of it is believed yet.
///
/// # Errors
/// [`Refusal::ProviderFailed`]; the log says more.
pub(super) async fn redeem(
    outgoing: &Outgoing,
    kept: &Configuration,
    metadata: &Metadata,
    secrets: &Secrets,
    code: String,
) -> Result<CoreTokenResponse, Refusal> {
    let http = way_out(outgoing);
    client(kept, metadata)?
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|error| failed("configuration", &error))?
        .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()))
        .request_async(&http)
        .await
        .map_err(|error| failed("answer to a code", &error))
}

/// Why an ID token is not believed.
pub(super) enum Distrust {
    /// It names a key that the provider did not have when it was asked.
    KeyUnknown,
    /// Whatever else.
    Refused(Refusal),
}

/// What a believed ID token says.
///
/// # Errors
/// [`Distrust`]; the log says more.
pub(super) fn believed<'a>(
    kept: &Configuration,
    metadata: &Metadata,
    secrets: &Secrets,
    tokens: &'a CoreTokenResponse,
    (begun, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<&'a CoreIdTokenClaims, Distrust> {
    let refused = |what: &str| {
        tracing::warn!(what, "the provider was not trusted");
        Distrust::Refused(Refusal::ProviderFailed)
    };
    let client = client(kept, metadata).map_err(Distrust::Refused)?;
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(signatures(metadata))
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |at| {
            let fits = begun - SKEW <= at && at <= now + SKEW;
            if fits { Ok(()) } else { Err(format!("it was issued at {at}, and the sign-in began at {begun}")) }
        });
    let id_token = tokens.id_token().ok_or_else(|| refused("no ID token"))?;
    let claims = id_token.claims(&verifier, &Nonce::new(secrets.nonce.clone())).map_err(|error| {
        let unknown =
            matches!(error, ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey));
        if unknown { Distrust::KeyUnknown } else { Distrust::Refused(failed("ID token", &error)) }
    })?;
    match claims.authorized_party() {
        Some(party) if party.as_str() != kept.client_id => Err(refused("an ID token for another client")),
        _ => Ok(claims),
    }
}

/// Who it is. Where the ID token leaves the address out the provider is asked for it.
///
/// # Errors
/// [`Refusal::ProviderFailed`]; the log says more.
pub(super) async fn somebody(
    outgoing: &Outgoing,
    kept: &Configuration,
    metadata: &Metadata,
    tokens: &CoreTokenResponse,
    claims: &CoreIdTokenClaims,
) -> Result<Somebody, Refusal> {
    let mut somebody = Somebody {
        subject: claims.subject().to_string(),
        email: claims.email().map(|email| email.to_lowercase()),
        email_verified: claims.email_verified() == Some(true),
        name: claims.name().and_then(|name| name.get(None)).map(|name| name.to_string()),
    };
    let client = client(kept, metadata)?;
    if somebody.email.is_none()
        && let Ok(asking) = client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()))
    {
        let http = way_out(outgoing);
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
    // Where nothing is said it is the header, as it always has to be understood.
    let in_header = metadata
        .token_endpoint_auth_methods_supported()
        .is_none_or(|ways| ways.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let way = if in_header { AuthType::BasicAuth } else { AuthType::RequestBody };
    Ok(client.set_redirect_uri(redirect).set_auth_type(way))
}

/// Nobody knows the key that an ID token is said to be signed with.
pub(super) fn key_unknown() -> Refusal {
    tracing::warn!(
        what = "ID token",
        error = "it names a key that the provider does not have",
        "the provider was not trusted"
    );
    Refusal::ProviderFailed
}

fn failed(what: &str, error: &dyn std::error::Error) -> Refusal {
    tracing::warn!(error = in_words(error), what, "the provider was not trusted");
    Refusal::ProviderFailed
}

/// An error with what is behind it, as far as anybody reads.
fn in_words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        words.push_str(": ");
        words.push_str(&error.to_string());
        behind = error.source();
    }
    cut(&words)
}

fn cut(words: &str) -> String {
    words.chars().filter(|letter| !letter.is_control()).take(WORDS).collect()
}
