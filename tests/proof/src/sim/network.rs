//! The network between one app and the platform. Every request gets a fate when it leaves; whatever is on its way stays on its way when the
//! app gives up or dies, and may arrive long after that: but within a day, by the platform's clock. A second copy that arrives when the platform
//! has forgotten its key is a first request to it, and nobody could prevent that.

use std::collections::BTreeMap;
use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use chrono::TimeDelta;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use signoff_engine::ports::{Clock, Connector};
use signoff_engine::remote::RemoteError;
use signoff_engine::remote::http::{Carrier, HttpConnector};
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep};

use super::fuse::{Edge, Fuse};
use super::platform::{Handled, Site};
use super::trace::Trace;
use super::weather::{Fate, Sky};
use super::world::WallClock;
use crate::actors::Attempts;
use crate::api::{Api, Call};
use crate::dice::Dice;
use crate::journal::Journal;

const MS: Duration = Duration::from_millis(1);
const LATE_AT_MOST: Duration = Duration::from_secs(600);
/// What has been on its way for longer, while everybody slept or the platform's clock leapt, does not arrive any more.
const HELD_AT_MOST: TimeDelta = TimeDelta::days(1);
const LIMIT_BYTES: usize = 64 * 1024 * 1024;

/// What all networks of a history share.
#[derive(Clone)]
pub struct Cables {
    /// Where they lead.
    pub site: Arc<Site>,
    /// The weather.
    pub sky: Sky,
    /// What becomes of requests.
    pub dice: Dice,
    /// The platform's clock, which dates its answers.
    pub clock: Arc<WallClock>,
    /// The trace.
    pub trace: Trace,
    /// Requests that are on their way.
    pub flights: Flights,
    /// The token that was last used.
    pub token: Arc<Mutex<Option<String>>>,
    /// What has left.
    pub traffic: Arc<Traffic>,
    /// Who is told that a click's request leaves.
    pub journal: Journal,
}

/// Requests and their bytes, counted as they leave.
pub struct Traffic {
    since: Instant,
    requests: AtomicUsize,
    bytes: AtomicUsize,
    per_second: Mutex<BTreeMap<u64, usize>>,
}

impl Default for Traffic {
    fn default() -> Self {
        let (requests, bytes) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { since: Instant::now(), requests, bytes, per_second: Mutex::default() }
    }
}

impl Traffic {
    /// Requests in each second since the beginning that had any.
    #[must_use]
    pub fn per_second(&self) -> BTreeMap<u64, usize> {
        self.per_second.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Requests that have left.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Their bytes: request line, headers and body.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// A request of so many bytes leaves.
    pub(super) fn counts(&self, bytes: usize) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let second = self.since.elapsed().as_secs();
        *self.per_second.lock().unwrap_or_else(PoisonError::into_inner).entry(second).or_default() += 1;
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Cables {
    /// Cables to a platform under a calm sky, with nothing on them.
    #[must_use]
    pub fn calm(site: Arc<Site>, dice: Dice, clock: Arc<WallClock>, trace: Trace) -> Self {
        Self {
            site,
            sky: Sky::default(),
            dice,
            clock,
            trace,
            flights: Flights::default(),
            token: Arc::default(),
            traffic: Arc::default(),
            journal: Journal::default(),
        }
    }

    /// Ends the session that was last used, at the platform. Answers the status.
    pub async fn revoke_newest_token(&self) -> Option<u16> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let mut call = Call::get("/v1/sessions/current").with_token(&token);
        call.method = "DELETE";
        Some(self.site.call(call).await?.status)
    }

    fn overhears(&self, parcel: &Parcel) {
        let said = parcel.headers.get(header::AUTHORIZATION).and_then(|said| said.to_str().ok());
        if let Some(token) = said.and_then(|said| said.strip_prefix("Bearer ")) {
            *self.token.lock().unwrap_or_else(PoisonError::into_inner) = Some(token.to_owned());
        }
    }
}

/// Requests that are on their way, by key. Clones share it.
#[derive(Clone, Default)]
pub struct Flights {
    under_way: Arc<Mutex<BTreeMap<String, usize>>>,
    waited_for: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Flights {
    /// Whether nothing is on its way.
    #[must_use]
    pub fn are_over(&self) -> bool {
        self.lock().is_empty()
    }

    pub(super) fn takes_off(&self, key: &str) -> Counted {
        Counted::up(&self.under_way, key)
    }

    pub(super) fn waits(&self, key: &str) -> Counted {
        Counted::up(&self.waited_for, key)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Attempts for Flights {
    fn under_way(&self, key: &str) -> bool {
        self.lock().contains_key(key)
    }

    fn waited_for(&self, key: &str) -> bool {
        self.waited_for.lock().unwrap_or_else(PoisonError::into_inner).contains_key(key)
    }
}

type Counts = Arc<Mutex<BTreeMap<String, usize>>>;

/// One request, counted until this is dropped: on its way until it has been handled or never will be, waited for until an answer is there or
/// nobody waits any more.
pub(super) struct Counted {
    counts: Counts,
    key: String,
}

impl Counted {
    fn up(counts: &Counts, key: &str) -> Self {
        *counts.lock().unwrap_or_else(PoisonError::into_inner).entry(key.to_owned()).or_default() += 1;
        Self { counts: Arc::clone(counts), key: key.to_owned() }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

/// A request that can be sent more than once.
#[derive(Clone)]
struct Parcel {
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
}

impl Parcel {
    async fn of(mut request: reqwest::Request) -> Option<Self> {
        let body = match request.body_mut().take() {
            Some(body) => axum::body::to_bytes(Body::new(body), usize::MAX).await.ok()?,
            None => Bytes::new(),
        };
        let url = request.url();
        let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        Some(Self {
            method: request.method().clone(),
            uri: path.parse().ok()?,
            headers: request.headers().clone(),
            body,
        })
    }

    fn key(&self) -> Option<String> {
        let key = self.headers.get("idempotency-key")?.to_str().ok()?;
        Some(key.trim_matches('"').to_owned())
    }

    fn bytes(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
        let line = self.method.as_str().len() + self.uri.to_string().len() + "  HTTP/1.1\r\n\r\n".len();
        line + headers + self.body.len()
    }

    fn is_stream(&self) -> bool {
        self.uri.path() == "/v1/events"
    }

    fn request(self) -> Request<Body> {
        let mut request = Request::new(Body::from(self.body));
        *request.method_mut() = self.method;
        *request.uri_mut() = self.uri;
        *request.headers_mut() = self.headers;
        request
    }
}

/// What comes back.
enum Back {
    Answer(Response<Body>, Arc<Fuse>),
    Refused,
    Broken,
}

/// The network of one process.
pub struct Network {
    cables: Cables,
    fuse: Arc<Fuse>,
}

impl Network {
    /// How the process with this clock and this fuse reaches the platform.
    #[must_use]
    pub fn connector(cables: &Cables, clock: Arc<dyn Clock>, fuse: Arc<Fuse>) -> Arc<dyn Connector> {
        let network = Arc::new(Self { cables: cables.clone(), fuse });
        Arc::new(HttpConnector::over(clock, network))
    }
}

#[async_trait]
impl Carrier for Network {
    async fn carry(&self, request: reqwest::Request) -> Result<reqwest::Response, RemoteError> {
        let Some(parcel) = Parcel::of(request).await else {
            return Err(RemoteError::Nonsense("no request".to_owned()));
        };
        if self.fuse.pass(Edge::RequestLeaves).is_err() {
            return pending().await;
        }
        self.cables.overhears(&parcel);
        self.cables.traffic.counts(parcel.bytes());
        let _waiting = parcel.key().map(|key| {
            self.cables.journal.leaves(&key);
            self.cables.flights.waits(&key)
        });
        let Cables { sky, dice, trace, .. } = &self.cables;
        let (stream, key) = (parcel.is_stream(), parcel.key());
        if sky.is_cut_off() {
            trace.note("network", format_args!("{} {} meets nobody", parcel.method, parcel.uri.path()));
            return self.nowhere().await;
        }
        let mut fate = sky.fate(dice, stream);
        if key.is_none() && matches!(fate, Fate::InProgress | Fate::Doubled | Fate::AtOnce) {
            fate = Fate::Works;
        }
        let named = key.as_deref().unwrap_or_default();
        trace.note("network", format_args!("{} {} {named} {fate:?}", parcel.method, parcel.uri.path()));
        match fate {
            Fate::Works | Fate::HeldBack | Fate::Cut | Fate::FaultAfter => {
                let (there, back) = (dice.between(2 * MS, 300 * MS), dice.between(2 * MS, 300 * MS));
                let back = self.sends(parcel, there, back);
                self.receives(back, fate).await
            }
            Fate::AnswerLost => {
                drop(self.sends(parcel, dice.between(2 * MS, 300 * MS), MS));
                self.silence("reset by peer").await
            }
            Fate::Late => {
                let late = dice.between(1000 * MS, LATE_AT_MOST);
                let (there, back) = if dice.percent(50) { (late, MS) } else { (MS, late) };
                let back = self.sends(parcel, there, back);
                self.receives(back, fate).await
            }
            Fate::Doubled => {
                drop(self.sends(parcel.clone(), dice.between(10 * MS, LATE_AT_MOST), MS));
                let back = self.sends(parcel, dice.between(2 * MS, 300 * MS), dice.between(2 * MS, 300 * MS));
                self.receives(back, fate).await
            }
            Fate::AtOnce => {
                let there = dice.between(2 * MS, 300 * MS);
                let (one, other) = (self.sends(parcel.clone(), there, MS), self.sends(parcel, there, 2 * MS));
                let first = if dice.percent(50) { one } else { other };
                self.receives(first, fate).await
            }
            Fate::Lost => self.silence("connection lost").await,
            Fate::Refused => {
                sleep(dice.between(MS, 200 * MS)).await;
                Err(RemoteError::Unreachable("connection refused".to_owned()))
            }
            Fate::FaultBefore => self.invents(self.fault()).await,
            Fate::Busy => self.invents(self.busy()).await,
            Fate::Portal => self.invents(self.portal()).await,
            Fate::InProgress => self.invents(problem(409, "idempotency-in-progress")).await,
        }
    }
}

impl Network {
    /// Sends a request on its way. It goes on by itself: that nobody waits for it does not stop it.
    fn sends(&self, parcel: Parcel, there: Duration, back: Duration) -> oneshot::Receiver<Back> {
        let (answer, answered) = oneshot::channel();
        let (cables, fuse) = (self.cables.clone(), Arc::clone(&self.fuse));
        let flight = parcel.key().map(|key| cables.flights.takes_off(&key));
        let left_at = cables.clock.shows();
        tokio::spawn(async move {
            sleep(there).await;
            if cables.sky.is_cut_off() || cables.clock.shows() - left_at > HELD_AT_MOST {
                return;
            }
            let (stream, named) = (parcel.is_stream(), parcel.key().unwrap_or_default());
            let path = parcel.uri.path().to_owned();
            let handled = cables.site.handles(parcel.request()).await;
            let arrived = match handled {
                Handled::Answered(response, platform) => {
                    let status = response.status();
                    let response = if stream { Some(response) } else { whole(response).await };
                    cables.trace.note("network", format_args!("{path} {named} is answered {}", status.as_u16()));
                    response.map_or(Back::Broken, |response| Back::Answer(response, platform))
                }
                Handled::Refused => Back::Refused,
                Handled::Died => Back::Broken,
            };
            drop(flight);
            if fuse.pass(Edge::RequestArrived).is_err() {
                return;
            }
            sleep(back).await;
            if !cables.sky.is_cut_off() {
                // Whoever asked may be gone.
                let _ = answer.send(arrived);
            }
        });
        answered
    }

    async fn receives(&self, back: oneshot::Receiver<Back>, fate: Fate) -> Result<reqwest::Response, RemoteError> {
        let Ok(back) = back.await else { return pending().await };
        if self.fuse.pass(Edge::AnswerArrives).is_err() {
            return pending().await;
        }
        let (mut response, platform) = match back {
            Back::Answer(response, platform) => (response, platform),
            // Whatever makes two of one request has taken it in: a door that is closed to one copy says nothing of the other.
            Back::Refused if !matches!(fate, Fate::Doubled | Fate::AtOnce) => {
                return Err(RemoteError::Unreachable("connection refused".to_owned()));
            }
            Back::Refused | Back::Broken => return Err(RemoteError::Interrupted("reset by peer".to_owned())),
        };
        if fate == Fate::FaultAfter {
            return Ok(self.fault().into());
        }
        self.date(response.headers_mut(), &self.cables.clock);
        let (parts, body) = response.into_parts();
        // A stream lives for some events before it is cut, an answer is one piece.
        let cut_after =
            (fate == Fate::Cut).then(|| if is_stream(&parts.headers) { self.cables.dice.below(6) } else { 0 });
        let chunks = body.into_data_stream().map(|chunk| chunk.map_err(io::Error::other)).boxed();
        let chunks =
            if fate == Fate::HeldBack { stream::pending().boxed() } else { self.chunks(chunks, platform, cut_after) };
        Ok(Response::from_parts(parts, reqwest::Body::wrap_stream(chunks)).into())
    }

    /// A body as it comes over the network: it falls silent when the client is cut off, breaks when the platform dies, and is cut in the
    /// middle of a chunk if that is its fate.
    fn chunks(
        &self,
        chunks: BoxStream<'static, io::Result<Bytes>>,
        platform: Arc<Fuse>,
        cut_after: Option<usize>,
    ) -> BoxStream<'static, io::Result<Bytes>> {
        let (sky, fuse) = (self.cables.sky.clone(), Arc::clone(&self.fuse));
        let broken = || io::Error::new(io::ErrorKind::ConnectionReset, "reset by peer");
        let state = Some((chunks, cut_after));
        stream::unfold(state, move |state| {
            let (sky, fuse, platform) = (sky.clone(), Arc::clone(&fuse), Arc::clone(&platform));
            async move {
                let (mut chunks, cut_after) = state?;
                let chunk = tokio::select! {
                    biased;
                    chunk = chunks.next() => chunk,
                    () = platform.dies() => Some(Err(broken())),
                };
                if sky.is_cut_off() || fuse.pass(Edge::AnswerArrives).is_err() {
                    return pending().await;
                }
                match (chunk?, cut_after) {
                    (Err(error), _) => Some((Err(error), None)),
                    (Ok(chunk), Some(0)) => {
                        let half = chunk.slice(..chunk.len() / 2);
                        let rest = stream::iter([Err(broken())]).boxed();
                        Some((Ok(half), Some((rest, None))))
                    }
                    (Ok(chunk), cut_after) => Some((Ok(chunk), Some((chunks, cut_after.map(|left| left - 1))))),
                }
            }
        })
        .boxed()
    }

    /// Cut off: refused by the own machine, given up by it, or swallowed.
    async fn nowhere(&self) -> Result<reqwest::Response, RemoteError> {
        match self.cables.dice.below(3) {
            0 => sleep(self.cables.dice.between(MS, 50 * MS)).await,
            1 => sleep(Duration::from_secs(10)).await,
            _ => return pending().await,
        }
        Err(RemoteError::Unreachable("no route".to_owned()))
    }

    /// Nothing comes back: at once, or without ever saying so.
    async fn silence(&self, said: &str) -> Result<reqwest::Response, RemoteError> {
        if self.cables.dice.percent(50) {
            return pending().await;
        }
        sleep(self.cables.dice.between(10 * MS, 5000 * MS)).await;
        Err(RemoteError::Interrupted(said.to_owned()))
    }

    async fn invents(&self, mut response: Response<reqwest::Body>) -> Result<reqwest::Response, RemoteError> {
        sleep(self.cables.dice.between(2 * MS, 300 * MS)).await;
        if self.fuse.pass(Edge::AnswerArrives).is_err() {
            return pending().await;
        }
        self.date(response.headers_mut(), &self.cables.clock);
        Ok(response.into())
    }

    fn fault(&self) -> Response<reqwest::Body> {
        if self.cables.dice.percent(50) { problem(500, "internal") } else { page(502, "<h1>Bad Gateway</h1>") }
    }

    fn portal(&self) -> Response<reqwest::Body> {
        match self.cables.dice.below(3) {
            0 => page(200, "<html>Welcome to our wireless network</html>"),
            1 => page(302, ""),
            _ => page(403, "<html>Blocked</html>"),
        }
    }

    /// 429 or 503, by the platform or by something before it, with a time to come back in every form, or none.
    fn busy(&self) -> Response<reqwest::Body> {
        let dice = &self.cables.dice;
        let status = if dice.percent(50) { 429 } else { 503 };
        let wait = dice.between(Duration::from_secs(1), Duration::from_secs(300)).as_secs();
        let mut response = problem(status, "overloaded");
        let value = match dice.below(3) {
            0 => wait.to_string(),
            1 => {
                let until = self.cables.clock.shows() + TimeDelta::seconds(i64::try_from(wait).unwrap_or(1));
                http_date(until)
            }
            _ => return response,
        };
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response
    }

    fn date(&self, headers: &mut HeaderMap, clock: &WallClock) {
        if let Ok(value) = HeaderValue::from_str(&http_date(clock.shows())) {
            headers.insert(header::DATE, value);
        }
    }
}

fn is_stream(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// The answer with its body read.
async fn whole(response: Response<Body>) -> Option<Response<Body>> {
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, LIMIT_BYTES).await.ok()?;
    Some(Response::from_parts(parts, Body::from(bytes)))
}

fn http_date(at: chrono::DateTime<chrono::Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn problem(status: u16, code: &str) -> Response<reqwest::Body> {
    let body = serde_json::json!({
        "type": "about:blank", "title": code, "status": status, "detail": code, "code": code, "retryable": true,
    });
    answer(status, "application/problem+json", body.to_string())
}

fn page(status: u16, text: &str) -> Response<reqwest::Body> {
    answer(status, "text/html", text.to_owned())
}

fn answer(status: u16, kind: &'static str, body: String) -> Response<reqwest::Body> {
    let mut response = Response::new(reqwest::Body::from(body));
    *response.status_mut() = axum::http::StatusCode::from_u16(status).unwrap_or_default();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
