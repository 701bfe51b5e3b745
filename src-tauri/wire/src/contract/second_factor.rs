//! Two-step sign-in: after the password a code of six digits from an authenticator (RFC 6238), or one of ten recovery codes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use utoipa::ToSchema;

use super::millis;

/// Body of `POST /v1/sessions/second-factor`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SecondStep {
    /// From the problem `second-factor-required`, or `second-factor-enrolment-required` after an enrolment.
    pub challenge: String,
    /// Six digits, or a recovery code.
    pub code: String,
}

/// Body of `POST /v1/sessions/second-factor/enrolment`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct EnrolAtSignIn {
    /// From the problem `second-factor-enrolment-required`.
    pub challenge: String,
}

/// What an authenticator needs. Shown once; asking again makes another.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct Enrolment {
    /// The secret in base 32, to be typed where nothing can be scanned.
    pub secret: String,
    /// The same as an `otpauth://` address, to be shown as a QR code.
    pub uri: String,
}

/// Answer of `GET /v1/me/second-factor`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SecondFactor {
    /// Whether a code is asked for at sign-in.
    pub enabled: bool,
    /// Since when.
    #[serde(serialize_with = "millis::serialize_option")]
    pub enabled_at: Option<DateTime<Utc>>,
    /// Recovery codes that were not used yet.
    pub recovery_codes_left: u32,
    /// The workspace requires it of everybody: it cannot be switched off.
    pub required: bool,
}

/// Body of the calls that change one's own second factor.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ConfirmWithPassword {
    /// One's password: an open window is not enough.
    pub password: String,
    /// A code of the authenticator in use, or a recovery code: whoever learns the password cannot take the second factor away.
    /// Not asked for while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub code: Option<String>,
}

/// Body of `POST /v1/me/second-factor/confirm`.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct ConfirmWithCode {
    /// Six digits from the authenticator that was just set up.
    pub code: String,
}

/// Ten codes, each good for one sign-in without the authenticator. Shown once.
#[derive(Clone, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct RecoveryCodes {
    /// The codes.
    pub codes: Vec<String>,
}

/// Answer of `GET` and `PUT /v1/admin/sign-in-rules`; its version is the `ETag`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, TS)]
#[ts(export)]
pub struct SignInRules {
    /// Everybody who signs in with a password needs a second factor; who has none sets one up at the next sign-in.
    pub second_factor_required: bool,
}
