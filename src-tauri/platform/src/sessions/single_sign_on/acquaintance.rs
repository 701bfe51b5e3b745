//! What the provider said about itself lately, its keys included.
//!
//! Anybody may begin a sign-in, as often as they like, so none of that is passed on: one request at a time asks the provider, an answer
//! holds for ten minutes, and a failure for ten seconds. Providers change their keys without notice: a key that is not known has them
//! fetched anew, once a minute at most, for whoever makes keys up must not keep the platform asking.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use super::provider::{self, Metadata};
use crate::{outgoing::Outgoing, refusal::Refusal};

/// For how long a provider is not asked again what it says about itself.
const HOLDS: TimeDelta = TimeDelta::minutes(10);
/// For how long one that failed is not asked again.
const FAILS: TimeDelta = TimeDelta::seconds(10);
/// From one fetching of keys to the next.
const BETWEEN_KEYS: TimeDelta = TimeDelta::minutes(1);

/// The workspace's provider, as it is known.
#[derive(Default)]
pub(in crate::sessions) struct Acquaintance {
    kept: Mutex<Option<Kept>>,
}

struct Kept {
    issuer: String,
    /// `None`: it failed.
    said: Option<Metadata>,
    until: DateTime<Utc>,
    keys_asked_at: Option<DateTime<Utc>>,
}

impl Acquaintance {
    /// What this issuer says about itself.
    ///
    /// # Errors
    /// [`Refusal::ProviderFailed`]; the log says more.
    pub(super) async fn of(&self, outgoing: &Outgoing, issuer: &str, now: DateTime<Utc>) -> Result<Metadata, Refusal> {
        let mut kept = self.kept.lock().await;
        let fresh = kept.as_ref().filter(|kept| kept.issuer == issuer && now < kept.until);
        if let Some(known) = fresh {
            return known.said.clone().ok_or(Refusal::ProviderFailed);
        }
        let said = provider::discover(outgoing, issuer).await.inspect_err(|refusal| {
            tracing::warn!(%refusal, "single sign-on does not work");
        });
        let said = said.ok();
        let until = now + if said.is_some() { HOLDS } else { FAILS };
        *kept = Some(Kept { issuer: issuer.to_owned(), said: said.clone(), until, keys_asked_at: None });
        said.ok_or(Refusal::ProviderFailed)
    }

    /// The same provider with the keys that it has now; `None` if they are no other than those of `seen`, as far as may be asked.
    pub(super) async fn with_new_keys(
        &self,
        outgoing: &Outgoing,
        seen: &Metadata,
        now: DateTime<Utc>,
    ) -> Option<Metadata> {
        let mut kept = self.kept.lock().await;
        let kept = kept.as_mut().filter(|kept| kept.issuer == seen.issuer().as_str())?;
        let known = kept.said.clone()?;
        if known.jwks() != seen.jwks() {
            return Some(known);
        }
        if kept.keys_asked_at.is_some_and(|asked_at| now < asked_at + BETWEEN_KEYS) {
            return None;
        }
        kept.keys_asked_at = Some(now);
        let renewed = provider::with_new_keys(outgoing, &known).await?;
        tracing::info!("fetched the provider's keys anew");
        kept.said = Some(renewed.clone());
        Some(renewed)
    }

    /// An admin has changed something: whatever was known is asked again.
    pub(super) async fn forget(&self) {
        *self.kept.lock().await = None;
    }
}
