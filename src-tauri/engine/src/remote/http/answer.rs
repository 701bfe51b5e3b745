//! What an answer means: the status and the contract's problem code decide, never a text.
//!
//! A refusal counts as the platform's only if it speaks the contract's language. A proxy's 403 page, a captive portal's 200 and a
//! stranger's 404 say nothing about whether the platform got the request, so they are [`RemoteError::Nonsense`] and leave doubt.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, DATE, ETAG, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::interface::Administered;

use super::failure;
use crate::remote::{Refusal, RemoteError};

/// The most that any answer of the contract takes: a page of the first synchronisation with long texts in it.
const LIMIT_BYTES: usize = 32 * 1024 * 1024;

/// The longest wait that is taken over. Whoever names a longer one is asked once a day: a slip of a proxy must not silence the queue for a
/// year, and no number may reach beyond the calendar.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// A complete answer.
pub(super) struct Answer {
    status: StatusCode,
    /// `ETag`, as given.
    pub(super) version: Option<String>,
    json: bool,
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

/// The parts of a problem that are acted on. Looser than the contract's own type: a platform that leaves the title out still refuses.
#[derive(Deserialize)]
struct Said {
    code: ProblemCode,
    #[serde(default)]
    last_customer_message_id: Option<String>,
    #[serde(default)]
    newer_conversation_id: Option<String>,
    #[serde(default)]
    limit: Option<u32>,
    #[serde(default)]
    challenge: Option<String>,
}

impl Answer {
    /// Reads the body, up to the limit.
    pub(super) async fn receive(mut response: Response) -> Result<Self, RemoteError> {
        let headers = response.headers();
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let mut answer = Self {
            status: response.status(),
            version: text(ETAG).map(str::to_owned),
            json: text(CONTENT_TYPE).is_some_and(|kind| kind.contains("json")),
            retry_after: retry_after(headers),
            body: Vec::new(),
        };
        while let Some(chunk) = response.chunk().await.map_err(|error| failure::classify(&error))? {
            if answer.body.len() + chunk.len() > LIMIT_BYTES {
                return Err(RemoteError::Nonsense("an answer that does not end".to_owned()));
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }

    /// The body as `T`, or what the answer means instead.
    pub(super) fn read<T: DeserializeOwned>(self) -> Result<T, RemoteError> {
        self.success()?;
        if !self.json {
            return Err(RemoteError::Nonsense("an answer that is no JSON".to_owned()));
        }
        // The error names fields and positions, never values.
        serde_json::from_slice(&self.body)
            .map_err(|error| RemoteError::Nonsense(format!("{:?} JSON", error.classify())))
    }

    /// The answer as it is, for whoever asked through the passage; a success without a body is one, too.
    pub(super) fn administered(self) -> Result<Administered, RemoteError> {
        let (status, version) = (self.status.as_u16(), self.version.clone());
        self.success()?;
        let body = if self.body.is_empty() { serde_json::Value::Null } else { self.read()? };
        Ok(Administered { status, body, version })
    }

    /// Whether it says yes; if not, what it means.
    pub(super) fn success(&self) -> Result<(), RemoteError> {
        if self.status.is_success() {
            return Ok(());
        }
        Err(match self.said() {
            Some(said) => self.refusal(said),
            None => self.stranger(),
        })
    }

    /// With what the second step of a sign-in goes on, and whether an authenticator has to be set up first.
    pub(super) fn challenge(&self) -> Option<(String, bool)> {
        let said = self.said()?;
        let enrol = said.code == ProblemCode::SecondFactorEnrolmentRequired;
        let waits = enrol || said.code == ProblemCode::SecondFactorRequired;
        said.challenge.filter(|_| waits).map(|challenge| (challenge, enrol))
    }

    fn said(&self) -> Option<Said> {
        self.json.then(|| serde_json::from_slice(&self.body).ok()).flatten()
    }

    /// What the platform says.
    fn refusal(&self, said: Said) -> RemoteError {
        match (self.status, said.code) {
            (StatusCode::UNAUTHORIZED, ProblemCode::Unauthenticated) => RemoteError::SignedOut,
            (StatusCode::CONFLICT, ProblemCode::IdempotencyInProgress) => RemoteError::InProgress,
            (StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::IdempotencyKeyReused) => RemoteError::KeyReused,
            (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, code) => {
                RemoteError::Unavailable { retry_after: self.retry_after, code }
            }
            (status, code) if status.is_client_error() => RemoteError::Refused(Box::new(Refusal {
                status: status.as_u16(),
                code,
                last_customer_message_id: said.last_customer_message_id,
                newer_conversation_id: said.newer_conversation_id,
                limit: said.limit,
            })),
            (status, _) => RemoteError::Fault(status.as_u16()),
        }
    }

    /// What something between here and the platform says, or something that is no platform.
    fn stranger(&self) -> RemoteError {
        match self.status {
            // Rate limiters stand before the platform.
            StatusCode::TOO_MANY_REQUESTS => {
                RemoteError::Unavailable { retry_after: self.retry_after, code: ProblemCode::Overloaded }
            }
            // A gateway that names a time has not passed the request on; one that names none may have lost the platform over it.
            StatusCode::SERVICE_UNAVAILABLE if self.retry_after.is_some() => {
                RemoteError::Unavailable { retry_after: self.retry_after, code: ProblemCode::Overloaded }
            }
            status if status.is_server_error() => RemoteError::Fault(status.as_u16()),
            status => RemoteError::Nonsense(format!("status {} without a problem", status.as_u16())),
        }
    }
}

/// The platform's clock.
pub(super) fn date(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

/// How long to wait. A date is the platform's: it is measured against the `Date` of the same answer, so that this machine's clock does
/// not matter.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        Duration::from_secs(value.parse().unwrap_or(u64::MAX))
    } else {
        http_date(value)?.signed_duration_since(date(headers)?).to_std().unwrap_or_default()
    };
    Some(wait.min(LONGEST_WAIT))
}

fn http_date(value: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc2822(value).ok().map(|at| at.to_utc())
}
