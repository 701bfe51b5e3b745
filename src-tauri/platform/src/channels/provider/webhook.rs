//! Signoff's own webhook protocol; docs/channels.md describes it for those who write the other side.

use chrono::{DateTime, Utc};
use futures_util::{FutureExt, future::BoxFuture};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use signoff_wire::contract::webhooks::{FromProvider, ToProvider};

use super::{Destination, Outcome, Provider, Said, signature};
use crate::{
    json,
    outgoing::{Answered, Outgoing},
    refusal::Refusal,
};

/// What of a refusal is shown to advisors.
const LONGEST_REASON: usize = 200;

/// The protocol over the platform's way out.
pub(crate) struct Webhook {
    /// The way out.
    pub(crate) outgoing: Outgoing,
}

impl Provider for Webhook {
    fn deliver<'a>(&'a self, to: &'a Destination, item: &'a ToProvider, now: DateTime<Utc>) -> BoxFuture<'a, Outcome> {
        self.post(to, item, now).boxed()
    }

    fn understand(&self, said: &Said<'_>, now: DateTime<Utc>) -> Result<FromProvider, Refusal> {
        signature::verify(said.secrets, said.timestamp, said.signature, said.path, said.body, now)?;
        json::parse(said.body)
    }
}

impl Webhook {
    async fn post(&self, to: &Destination, item: &ToProvider, now: DateTime<Utc>) -> Outcome {
        let later = |reason: String| Outcome::Later { reason, retry_after: None };
        let Ok(body) = serde_json::to_vec(item) else { return later("cannot be written as JSON".to_owned()) };
        let url = match self.outgoing.require_allowed(&to.url) {
            Ok(url) => url,
            Err(refusal) => return later(refusal.to_string()),
        };
        let timestamp = now.timestamp().to_string();
        let signed = signature::sign(&to.secret, &timestamp, url.path(), &body);
        let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
        for (name, value) in [(signature::TIMESTAMP, timestamp), (signature::SIGNATURE, signed)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        match self.outgoing.post(&to.url, headers, body, now).await {
            Ok(answered) => judge(&answered),
            Err(reason) => later(reason),
        }
    }
}

/// What the provider says about the item is final; what it says about the address, the signature or itself may change.
fn judge(answered: &Answered) -> Outcome {
    match answered.status {
        // 409: it has the item already, from an attempt whose answer was lost.
        200..=299 | 409 => Outcome::Taken,
        400 | 410 | 413 | 415 | 422 => Outcome::Refused(reason(answered)),
        status => {
            Outcome::Later { reason: format!("the provider answered {status}"), retry_after: answered.retry_after }
        }
    }
}

/// `reason` or `detail` of a JSON answer, shortened; else the status.
fn reason(answered: &Answered) -> String {
    let said: Option<serde_json::Value> = serde_json::from_slice(&answered.body).ok();
    let said = said.and_then(|said| {
        let text = said.get("reason").or_else(|| said.get("detail"))?.as_str()?;
        let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_REASON).collect();
        Some(text).filter(|text| !text.trim().is_empty())
    });
    said.unwrap_or_else(|| format!("the provider answered {}", answered.status))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answered(status: u16, body: &str) -> Answered {
        Answered { status, retry_after: Some(Duration::from_secs(7)), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_providers_judgement_of_the_item_is_final_and_of_anything_else_is_not() {
        for status in [200, 204, 409] {
            assert_eq!(judge(&answered(status, "")), Outcome::Taken, "{status}");
        }
        assert_eq!(
            judge(&answered(422, r#"{"reason":"number unknown"}"#)),
            Outcome::Refused("number unknown".to_owned())
        );
        assert_eq!(judge(&answered(400, "<html>")), Outcome::Refused("the provider answered 400".to_owned()));
        for status in [301, 401, 403, 404, 408, 425, 429, 500, 502, 503, 504] {
            let Outcome::Later { retry_after, .. } = judge(&answered(status, "")) else {
                panic!("{status} is not final")
            };
            assert_eq!(retry_after, Some(Duration::from_secs(7)));
        }
    }
}
