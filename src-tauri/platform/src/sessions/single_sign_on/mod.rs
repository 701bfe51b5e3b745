//! Single sign-on: the workspace's OpenID Connect provider ([`provider`], and what is known of it: [`acquaintance`]), people on their way
//! through the system's browser ([`visits`]), whom the provider's word lets in ([`entry`]), and who is who there ([`bindings`]). Here is
//! what an admin says about it.
//!
//! The client's secret is kept as it is, because the provider wants to see it; it is never shown again and never in the audit log.

use rusqlite::{Connection, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    sessions::{Role, User},
    single_sign_on::{SignInWays, SingleSignOn, UpdateSingleSignOn},
};
use url::Url;

use crate::{
    audit,
    documents::{self, IfMatch, Versioned},
    fields,
    outgoing::Outgoing,
    refusal::Refusal,
    sessions::Doorkeeper,
    store::Write,
};

mod acquaintance;
pub(crate) mod bindings;
mod entry;
pub(crate) mod provider;
mod visits;

pub(super) use acquaintance::Acquaintance;
pub(crate) use entry::Return;
pub(super) use visits::Visits;

const DOCUMENT: &str = "single-sign-on";
/// Where the provider sends browsers back to, below the platform's address.
pub(crate) const CALLBACK: &str = "/v1/single-sign-on/callback";

/// What is kept, the secret included.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Configuration {
    pub(crate) enabled: bool,
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) address: String,
    pub(crate) domains: Vec<String>,
    pub(crate) adds_people: bool,
    pub(crate) passwords_allowed: bool,
}

impl Configuration {
    /// As it is kept.
    pub(crate) fn read(sql: &Connection) -> Result<Self, Refusal> {
        let (configuration, domains) = sql
            .prepare_cached(
                "SELECT enabled, name, issuer, client_id, client_secret, address, domains, adds_people, passwords_allowed
                 FROM single_sign_on",
            )?
            .query_row([], |row| {
                let configuration = Self {
                    enabled: row.get(0)?,
                    name: row.get(1)?,
                    issuer: row.get(2)?,
                    client_id: row.get(3)?,
                    client_secret: row.get(4)?,
                    address: row.get(5)?,
                    domains: Vec::new(),
                    adds_people: row.get(7)?,
                    passwords_allowed: row.get(8)?,
                };
                Ok((configuration, row.get::<_, String>(6)?))
            })?;
        Ok(Self { domains: serde_json::from_str(&domains)?, ..configuration })
    }

    /// Where the provider sends browsers back to.
    pub(crate) fn redirect_uri(&self) -> String {
        if self.address.is_empty() { String::new() } else { format!("{}{CALLBACK}", self.address) }
    }

    /// Whether an address is of one of the domains.
    fn covers(&self, email: &str) -> bool {
        let domain = email.rsplit('@').next().unwrap_or_default();
        self.domains.is_empty() || self.domains.iter().any(|known| known == domain)
    }

    /// What was asked for, checked as far as that needs nobody else.
    fn wanted(asked: &UpdateSingleSignOn, before: &Self, outgoing: &Outgoing) -> Result<Self, Refusal> {
        let least = usize::from(asked.enabled);
        fields::text("name", &asked.name, least..=60)?;
        fields::text("client_id", &asked.client_id, least..=500)?;
        fields::at_most("domains", &asked.domains, 50)?;
        let issuer = asked.issuer.trim().to_owned();
        let same_issuer = issuer == before.issuer;
        if asked.enabled || !issuer.is_empty() {
            outgoing.require_allowed(&issuer)?;
        }
        let client_secret = match &asked.client_secret {
            Some(secret) => secret.clone(),
            None if same_issuer => before.client_secret.clone(),
            None => String::new(),
        };
        fields::text("client_secret", &client_secret, least..=2000)?;
        let domains = asked.domains.iter().map(|domain| self::domain(domain)).collect::<Result<Vec<_>, _>>()?;
        if asked.adds_people && domains.is_empty() {
            return Err(fields::unfit("adds_people", "needs the domains whose people are added"));
        }
        Ok(Self {
            enabled: asked.enabled,
            name: asked.name.trim().to_owned(),
            issuer,
            client_id: asked.client_id.trim().to_owned(),
            client_secret,
            address: address(&asked.address, asked.enabled)?,
            domains,
            adds_people: asked.adds_people,
            passwords_allowed: asked.passwords_allowed,
        })
    }

    /// For the audit log.
    fn told(&self) -> Value {
        json!({
            "single_sign_on": self.enabled, "name": self.name, "issuer": self.issuer, "client_id": self.client_id,
            "address": self.address, "domains": self.domains, "adds_people": self.adds_people,
            "passwords_allowed": self.passwords_allowed,
        })
    }

    fn shown(&self) -> SingleSignOn {
        SingleSignOn {
            enabled: self.enabled,
            name: self.name.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            has_secret: !self.client_secret.is_empty(),
            address: self.address.clone(),
            redirect_uri: self.redirect_uri(),
            domains: self.domains.clone(),
            adds_people: self.adds_people,
            passwords_allowed: self.passwords_allowed,
        }
    }
}

/// A domain as in `example.com`, in lower case.
fn domain(typed: &str) -> Result<String, Refusal> {
    let domain = typed.trim().trim_start_matches('@').to_lowercase();
    let plain = domain.chars().all(|letter| letter.is_alphanumeric() || ".-".contains(letter));
    if domain.is_empty() || domain.len() > 253 || !plain {
        return Err(fields::unfit("domains", "are written as in example.com"));
    }
    Ok(domain)
}

/// The platform's own address. Plain HTTP never leaves this machine.
fn address(typed: &str, needed: bool) -> Result<String, Refusal> {
    let typed = typed.trim().trim_end_matches('/');
    if typed.is_empty() && !needed {
        return Ok(String::new());
    }
    let url = Url::parse(typed).ok().filter(|url| url.query().is_none() && url.fragment().is_none());
    let local = |url: &Url| matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"));
    let fits = url.is_some_and(|url| match url.scheme() {
        "https" => url.has_host(),
        "http" => local(&url),
        _ => false,
    });
    let short = typed.len() <= 2000;
    if fits && short { Ok(typed.to_owned()) } else { Err(fields::unfit("address", "has to be like https://host")) }
}

/// The configuration as admins see it.
pub(crate) fn read(sql: &Connection) -> Result<Versioned<SingleSignOn>, Refusal> {
    let version = documents::standing(sql, DOCUMENT)?.version;
    Ok(Versioned { value: Configuration::read(sql)?.shown(), version })
}

/// What the sign-in page offers.
pub(crate) fn ways(sql: &Connection) -> Result<SignInWays, Refusal> {
    let kept = Configuration::read(sql)?;
    Ok(SignInWays {
        passwords: !kept.enabled || kept.passwords_allowed,
        single_sign_on: kept.enabled.then_some(kept.name),
    })
}

/// Whether this user may enter with a password. Admins always may: a provider that has stopped working locks nobody out for good.
pub(super) fn takes_password_of(sql: &Connection, role: Role) -> Result<bool, Refusal> {
    Ok(ways(sql)?.passwords || role == Role::Admin)
}

impl Doorkeeper {
    /// What was known of the provider is asked again: an admin has just changed something, there or here.
    pub(crate) async fn forget_provider(&self) {
        self.provider.forget().await;
    }
}

/// What it would be after a change, as far as that can be told without asking the provider.
pub(crate) fn wanted(
    sql: &Connection,
    seen: &IfMatch,
    asked: &UpdateSingleSignOn,
    outgoing: &Outgoing,
) -> Result<Configuration, Refusal> {
    let wanted = Configuration::wanted(asked, &Configuration::read(sql)?, outgoing)?;
    documents::require(sql, DOCUMENT, seen)?;
    Ok(wanted)
}

/// Saves it.
pub(crate) fn update(
    write: &mut Write<'_>,
    user: &User,
    seen: &IfMatch,
    new: &Configuration,
) -> Result<Versioned<SingleSignOn>, Refusal> {
    documents::require(write.sql, DOCUMENT, seen)?;
    let before = Configuration::read(write.sql)?;
    if before == *new {
        return read(write.sql);
    }
    write.sql.execute(
        "UPDATE single_sign_on SET enabled = ?1, name = ?2, issuer = ?3, client_id = ?4, client_secret = ?5, address = ?6,
            domains = ?7, adds_people = ?8, passwords_allowed = ?9",
        params![
            new.enabled,
            new.name,
            new.issuer,
            new.client_id,
            new.client_secret,
            new.address,
            serde_json::to_string(&new.domains)?,
            new.adds_people,
            new.passwords_allowed
        ],
    )?;
    documents::changed(write, DOCUMENT, user)?;
    let mut to = new.told();
    if before.client_secret != new.client_secret {
        to["secret_changed"] = json!(true);
    }
    audit::append(write, user, "single-sign-on.change", &before.told(), &to)?;
    read(write.sql)
}
