//! The HTTP contract as a [`Platform`].
//!
//! Redirects are not followed: a POST that a proxy redirects becomes a GET, a token that follows one leaves the platform, and what
//! redirects an API call is a captive portal anyway. Every answer is read up to a limit and within a deadline, so that a server that
//! never ends or never begins cannot hold the engine. `failure` says what a broken call means, `answer` what a given answer means.

mod answer;
mod calls;
mod carrier;
mod failure;
mod file;
mod stream;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, redirect};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use url::Url;

use super::{Platform, RemoteError, Token, address};
use crate::ports::{AddressInvalid, Clock, Connector};
pub use carrier::Carrier;

/// How long an answer is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the connection.
    pub connect: Duration,
    /// From the request to the last byte of the answer; of a stream, to its head.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), answer: Duration::from_secs(30) }
    }
}

/// Makes clients of platforms that speak the HTTP contract.
pub struct HttpConnector {
    clock: Arc<dyn Clock>,
    patience: Patience,
    /// What carries requests instead of a client's own connections.
    carrier: Option<Arc<dyn Carrier>>,
}

impl HttpConnector {
    /// A connector that compares platforms' clocks with this one.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, patience: Patience::default(), carrier: None }
    }

    /// The same over something that only behaves like a network.
    pub fn over(clock: Arc<dyn Clock>, carrier: Arc<dyn Carrier>) -> Self {
        Self { carrier: Some(carrier), ..Self::new(clock) }
    }

    /// The same with other deadlines.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    fn client_for(&self, base: &Url) -> Result<Client, AddressInvalid> {
        let mut client = client().connect_timeout(self.patience.connect).tcp_keepalive(Duration::from_secs(30));
        if address::is_loopback(base) {
            client = client.no_proxy();
        }
        client.build().map_err(|error| {
            tracing::error!(%error, "no HTTP client");
            AddressInvalid
        })
    }
}

/// Puts requests together that a carrier carries. There is one for all: making a client reads the system's certificates, and that takes longer
/// than half of a simulated history.
static DRAFTSMAN: LazyLock<Client> = LazyLock::new(|| client().build().unwrap_or_default());

fn client() -> ClientBuilder {
    Client::builder().user_agent(concat!("Signoff/", env!("CARGO_PKG_VERSION"))).redirect(redirect::Policy::none())
}

#[async_trait]
impl Connector for HttpConnector {
    fn connect(&self, base: &str) -> Result<Arc<dyn Platform>, AddressInvalid> {
        let base = Url::parse(base).map_err(|_| AddressInvalid)?;
        let (client, carrier): (Client, Arc<dyn Carrier>) = match &self.carrier {
            Some(carrier) => (DRAFTSMAN.clone(), Arc::clone(carrier)),
            None => {
                let client = self.client_for(&base)?;
                (client.clone(), Arc::new(client))
            }
        };
        Ok(Arc::new(HttpPlatform {
            client,
            carrier,
            base,
            clock: Arc::clone(&self.clock),
            patience: self.patience,
            ahead_ms: AtomicI64::new(UNKNOWN),
        }))
    }
}

/// Stands in `ahead_ms` while the platform has not told the time.
const UNKNOWN: i64 = i64::MIN;

/// A platform behind HTTP.
struct HttpPlatform {
    client: Client,
    carrier: Arc<dyn Carrier>,
    base: Url,
    clock: Arc<dyn Clock>,
    patience: Patience,
    ahead_ms: AtomicI64,
}

impl HttpPlatform {
    /// The address of a resource. Ids are opaque: whatever stands in them stays within its segment.
    fn at(&self, segments: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// The address of a path and query that was checked before.
    fn under(&self, path_and_query: &str) -> Url {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let mut url = self.base.clone();
        let path = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url.set_query(Some(query).filter(|query| !query.is_empty()));
        url
    }

    fn get(&self, segments: &[&str]) -> RequestBuilder {
        self.get_where(segments, &[])
    }

    /// The same with the parameters that have a value.
    fn get_where(&self, segments: &[&str], query: &[(&str, Option<&str>)]) -> RequestBuilder {
        let mut url = self.at(segments);
        let given = query.iter().filter_map(|(name, value)| Some((name, (*value)?)));
        for (name, value) in given {
            url.query_pairs_mut().append_pair(name, value);
        }
        self.client.get(url)
    }

    /// Sends, waits for the whole answer, and reads it as `T`.
    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, RemoteError> {
        self.ask_with_version(request).await.map(|(body, _)| body)
    }

    /// The same with the answer's `ETag`, if it has one.
    async fn ask_with_version<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
    ) -> Result<(T, Option<String>), RemoteError> {
        let answer = self.whole_answer(request).await?;
        let version = answer.version.clone();
        Ok((answer.read()?, version))
    }

    async fn whole_answer(&self, request: RequestBuilder) -> Result<answer::Answer, RemoteError> {
        let exchange = async {
            let response = self.send(request).await?;
            answer::Answer::receive(response).await
        };
        timeout(self.patience.answer, exchange)
            .await
            .unwrap_or_else(|_| Err(RemoteError::Interrupted("no answer in time".to_owned())))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, RemoteError> {
        let request = request.build().map_err(|error| failure::classify(&error))?;
        let response = self.carrier.carry(request).await?;
        if let Some(told) = answer::date(response.headers()) {
            let ahead = told.signed_duration_since(self.clock.now());
            self.ahead_ms.store(ahead.num_milliseconds(), Ordering::Relaxed);
        }
        Ok(response)
    }

    fn clock_ahead_by(&self) -> Option<chrono::Duration> {
        match self.ahead_ms.load(Ordering::Relaxed) {
            UNKNOWN => None,
            ms => Some(chrono::Duration::milliseconds(ms)),
        }
    }
}

/// The session's token as a header. The request keeps it out of logs, as a header that is marked sensitive.
fn signed_in(request: RequestBuilder, token: &Token) -> RequestBuilder {
    use secrecy::ExposeSecret;
    request.bearer_auth(token.expose_secret())
}
