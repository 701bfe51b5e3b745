//! Through the provider and in: an app begins, a browser goes and comes back, the app fetches its session.
//!
//! The browser comes back to the app's own port on the machine that it runs on. Whoever sends somebody else the address of a sign-in
//! that he began gets nothing of it: the code goes to that person's machine, and without the verifier it opens nothing.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use rusqlite::Connection;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use signoff_wire::contract::{
    sessions::{Role, Session},
    single_sign_on::{BeginSingleSignOn, FinishSingleSignOn, SingleSignOnBegun},
};
use url::Url;

use super::{
    Configuration, bindings,
    provider::{self, Distrust, Secrets, Somebody},
    visits::{VISIT_LIVES, Visit},
};
use crate::{
    audit::Who,
    fields,
    outgoing::Outgoing,
    people::{self, add::Newcomer, names},
    refusal::Refusal,
    sessions::{Doorkeeper, find, open_session, own, user_by_id},
    store::{Store, Write},
};

/// What the browser brought back.
pub(crate) struct Return {
    pub(crate) state: String,
    pub(crate) code: Option<String>,
    /// What the provider says went wrong.
    pub(crate) error: Option<String>,
    /// Which provider it was (RFC 9207), where it says so.
    pub(crate) issuer: Option<String>,
}

impl Doorkeeper {
    /// Sends somebody to the provider.
    pub(crate) async fn begin_visit(
        &self,
        store: &Store,
        outgoing: &Outgoing,
        asked: BeginSingleSignOn,
    ) -> Result<SingleSignOnBegun, Refusal> {
        let sized = BASE64_URL_SAFE_NO_PAD.decode(&asked.challenge).is_ok_and(|bytes| bytes.len() == 32);
        if !sized {
            return Err(fields::invalid("challenge", "has to be a SHA-256 in base64url without padding"));
        }
        if asked.port < 1024 {
            return Err(fields::invalid("port", "has to be 1024 or more"));
        }
        let kept = store.read(enabled).await?;
        let now = store.now();
        let metadata = self.provider.of(outgoing, &kept.issuer, now).await?;
        let (id, secrets) = {
            let mut chance = self.chance();
            let secrets = Secrets { state: chance.token(), nonce: chance.token(), verifier: chance.token() };
            (chance.token(), secrets)
        };
        let url = provider::authorize(&kept, &metadata, &secrets)?;
        let (begun, until) = (now, now + VISIT_LIVES);
        let device = own::device(asked.device.as_deref());
        let BeginSingleSignOn { port, challenge, .. } = asked;
        let visit = Visit { id: id.clone(), secrets, metadata, port, challenge, device, begun, until };
        self.visits.begin(visit, now)?;
        Ok(SingleSignOnBegun { url, visit: id, expires_at: until })
    }

    /// Takes somebody back. The answer is where the browser goes next: to the app, with a code or with what went wrong.
    ///
    /// # Errors
    /// [`Refusal::VisitUnknown`], if this platform sent nobody with this state, or took them back already.
    pub(crate) async fn end_visit(&self, store: &Store, outgoing: &Outgoing, back: Return) -> Result<String, Refusal> {
        let now = store.now();
        let visit = self.visits.end(&back.state, now).ok_or(Refusal::VisitUnknown)?;
        let came = self.recognise_back(store, outgoing, &visit, back, now).await;
        let mut back = Url::parse(&format!("http://127.0.0.1:{}/", visit.port)).map_err(|_| Refusal::Internal)?;
        back.query_pairs_mut().append_pair("visit", &visit.id);
        match came {
            Ok(binding) => {
                let code = self.chance().token();
                self.visits.arrive(&code, &visit, binding, now);
                back.query_pairs_mut().append_pair("code", &code);
            }
            Err(refusal) => {
                back.query_pairs_mut().append_pair("error", &refusal.kind().0.to_string());
            }
        }
        Ok(back.to_string())
    }

    /// The binding of whoever came back.
    async fn recognise_back(
        &self,
        store: &Store,
        outgoing: &Outgoing,
        visit: &Visit,
        back: Return,
        now: DateTime<Utc>,
    ) -> Result<String, Refusal> {
        let kept = store.read(enabled).await?;
        let issuer = visit.metadata.issuer().as_str();
        // Sent to one provider, come back from another (RFC 9207), or to one that is not the workspace's any more: neither this one's code
        // nor the other one's secret may reach the wrong address.
        if kept.issuer != issuer || back.issuer.is_some_and(|said| said != issuer) {
            tracing::warn!(issuer, "somebody came back from another provider");
            return Err(Refusal::ProviderFailed);
        }
        let code = match (back.error.as_deref(), back.code) {
            (None, Some(code)) => code,
            (Some("access_denied"), _) => return Err(Refusal::ProviderDeclined),
            (error, _) => {
                tracing::warn!(error, "the provider sent somebody back without a code");
                return Err(Refusal::ProviderFailed);
            }
        };
        let somebody = self.somebody(outgoing, &kept, visit, code, now).await?;
        let email = somebody.email.clone();
        let recognised = store.write(move |write| recognise(write, &kept, &somebody)).await;
        if let Err(refusal) = &recognised {
            let email = email.unwrap_or_default();
            tracing::info!(code = %refusal.kind().0, "somebody of the provider was not let in");
            let asked = email.clone();
            let known = store.read(move |sql| Ok(find(sql, &asked)?)).await?;
            self.failures.record(store, email, known.map(|known| known.user), false).await?;
        }
        recognised
    }

    /// Who it is that came back with this code.
    async fn somebody(
        &self,
        outgoing: &Outgoing,
        kept: &Configuration,
        visit: &Visit,
        code: String,
        now: DateTime<Utc>,
    ) -> Result<Somebody, Refusal> {
        let (secrets, times) = (&visit.secrets, (visit.begun, now));
        let tokens = provider::redeem(outgoing, kept, &visit.metadata, secrets, code).await?;
        let claims = match provider::believed(kept, &visit.metadata, secrets, &tokens, times) {
            Err(Distrust::KeyUnknown) => {
                let renewed = self.provider.with_new_keys(outgoing, &visit.metadata, now).await;
                let metadata = renewed.ok_or_else(provider::key_unknown)?;
                provider::believed(kept, &metadata, secrets, &tokens, times)
            }
            once => once,
        };
        let claims = claims.map_err(|distrust| match distrust {
            Distrust::KeyUnknown => provider::key_unknown(),
            Distrust::Refused(refusal) => refusal,
        })?;
        provider::somebody(outgoing, kept, &visit.metadata, &tokens, claims).await
    }

    /// Opens the session of whoever came back, for the app that began. Whoever was deactivated or unbound in between stays out.
    pub(crate) async fn finish_visit(&self, store: &Store, asked: FinishSingleSignOn) -> Result<Session, Refusal> {
        let arrival = self.visits.fetch(&asked.code, store.now()).ok_or(Refusal::VisitUnknown)?;
        if BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(asked.verifier.as_bytes())) != arrival.challenge {
            return Err(Refusal::VisitUnknown);
        }
        store
            .write(move |write| {
                let user_id = bindings::holder(write.sql, &arrival.binding)?.ok_or(Refusal::VisitUnknown)?;
                let user = user_by_id(write.sql, &user_id)?.ok_or(Refusal::VisitUnknown)?;
                open_session(write, user, arrival.device, &json!({ "single_sign_on": true }))
            })
            .await
    }
}

fn enabled(sql: &Connection) -> Result<Configuration, Refusal> {
    let kept = Configuration::read(sql)?;
    if kept.enabled { Ok(kept) } else { Err(Refusal::SingleSignOnOff) }
}

/// The binding of whom the provider means: bound by subject before, or known by an address that the provider vouches for. An address alone
/// could be claimed by anybody who may type one at the provider.
fn recognise(write: &mut Write<'_>, kept: &Configuration, somebody: &Somebody) -> Result<String, Refusal> {
    if let Some(binding) = bindings::find(write.sql, &kept.issuer, &somebody.subject)? {
        let user = user_by_id(write.sql, &binding.user_id)?.ok_or(Refusal::PersonInactive)?;
        return if kept.covers(&user.email) { Ok(binding.id) } else { Err(Refusal::DomainNotAllowed) };
    }
    let email = somebody.email.as_deref().filter(|_| somebody.email_verified).ok_or(Refusal::EmailUnverified)?;
    let email = names::email(email).map_err(|_| Refusal::EmailUnverified)?;
    if !kept.covers(&email) {
        return Err(Refusal::DomainNotAllowed);
    }
    let id = match find(write.sql, &email)? {
        Some(known) if known.active => known.user.id,
        Some(_) => return Err(Refusal::PersonInactive),
        None if kept.adds_people => add(write, somebody, email)?,
        None => return Err(Refusal::PersonUnknown),
    };
    let user = user_by_id(write.sql, &id)?.ok_or(Refusal::PersonInactive)?;
    bindings::bind(write, &kept.issuer, &somebody.subject, (&id, &user.name))
}

/// Somebody new: an advisor without a password, a team or a channel, until an admin says more.
fn add(write: &mut Write<'_>, somebody: &Somebody, email: String) -> Result<String, Refusal> {
    let name = somebody.name.as_deref().and_then(|name| names::name(name).ok()).unwrap_or_else(|| email.clone());
    let newcomer = Newcomer {
        name,
        email,
        role: Role::Advisor,
        teams: Vec::new(),
        channels: Vec::new(),
        password_hash: String::new(),
    };
    Ok(people::add::add(write, Who::STRANGER, &newcomer)?.id)
}
