//! Single sign-on with OpenID Connect: what admins say about the provider, and how an app signs somebody in through the system's browser.
//!
//! The app listens on a port of the loopback (RFC 8252) and begins with a challenge (S256, as in RFC 7636); the browser comes back to that
//! port with a code that opens a session once, for whoever holds the challenge's verifier.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

/// Answer of `GET` and `PUT /v1/admin/single-sign-on`; its version is the `ETag`. The client's secret is never shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SingleSignOn {
    /// People may sign in this way.
    pub enabled: bool,
    /// What the button says: "Continue with …".
    pub name: String,
    /// The provider's issuer, an https address.
    pub issuer: String,
    /// The platform's name at the provider.
    pub client_id: String,
    /// A secret is kept.
    pub has_secret: bool,
    /// Where browsers reach this platform, without a path at the end.
    pub address: String,
    /// What the provider has to know as redirect URI; empty without an address.
    pub redirect_uri: String,
    /// Domains of e-mail addresses that may sign in this way; none: all.
    pub domains: Vec<String>,
    /// Whoever has an address of these domains and is not there yet is added as an advisor.
    pub adds_people: bool,
    /// Advisors may sign in with a password as well; admins always may.
    pub passwords_allowed: bool,
}

/// Body of `PUT /v1/admin/single-sign-on`.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct UpdateSingleSignOn {
    /// People may sign in this way. The provider is asked before that is saved.
    pub enabled: bool,
    /// What the button says.
    #[schema(max_length = 60)]
    pub name: String,
    /// The provider's issuer.
    #[schema(max_length = 2000)]
    pub issuer: String,
    /// The platform's name at the provider.
    #[schema(max_length = 500)]
    pub client_id: String,
    /// The client's secret; missing: the one that is kept. Needed anew with another issuer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    #[schema(max_length = 2000)]
    pub client_secret: Option<String>,
    /// Where browsers reach this platform.
    #[schema(max_length = 2000)]
    pub address: String,
    /// Domains of e-mail addresses that may sign in this way; none: all.
    #[schema(max_items = 50)]
    pub domains: Vec<String>,
    /// Add whoever has an address of these domains.
    pub adds_people: bool,
    /// Advisors may sign in with a password as well.
    pub passwords_allowed: bool,
}

/// Answer of `GET /v1/sign-in-ways`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SignInWays {
    /// Everybody may sign in with a password; otherwise admins alone.
    pub passwords: bool,
    /// What the provider is called, if there is one.
    pub single_sign_on: Option<String>,
}

/// Body of `POST /v1/sessions/single-sign-on`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct BeginSingleSignOn {
    /// The port of 127.0.0.1 on which the app listens.
    #[schema(minimum = 1024, maximum = 65_535)]
    pub port: u16,
    /// SHA-256 of the verifier, in base64url without padding.
    #[schema(pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$")]
    pub challenge: String,
    /// What signs in, as it calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
}

/// Answer of `POST /v1/sessions/single-sign-on`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SingleSignOnBegun {
    /// What the browser has to open.
    pub url: String,
    /// What comes back to the app's port as `visit`; anything else is not the answer to this.
    pub visit: String,
    /// Until when the browser may come back.
    #[serde(serialize_with = "super::millis::serialize")]
    pub expires_at: DateTime<Utc>,
}

/// Body of `POST /v1/sessions/single-sign-on/finish`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct FinishSingleSignOn {
    /// What came to the app's port as `code`.
    pub code: String,
    /// Whose SHA-256 was the challenge.
    pub verifier: String,
}
