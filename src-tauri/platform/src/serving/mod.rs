//! Serving: from the socket to the routes.
//!
//! `connections` takes connections and lets go of them, `tls` is read again while it is used, `address` says who asks,
//! `allowance` how much of it, and `requests` is what every request has in common before a route sees it. The routes
//! themselves ([`crate::http`]) know nothing of all this; a simulation calls them without it.
//!
//! A stop drops nothing: first it is announced (`/readyz` says 503, event streams end, every answer says that its
//! connection ends with it) while connections are still taken; then what has arrived is taken and nothing more; then what
//! is under way is finished.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::{Router, middleware};
use ipnet::IpNet;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{Opened, Options, ServeError, Start, http};

mod address;
mod allowance;
mod body;
mod connections;
mod requests;
mod tls;
mod work;

pub(crate) use address::Client;
pub(crate) use body::is_timeout;
use connections::Door;
use tls::Tls;
pub use tls::TlsError;

/// How to serve over HTTP.
#[derive(Clone, Debug)]
pub struct Serving {
    /// How people reach the platform, for links in what it hands out.
    pub public_url: Option<String>,
    /// Proxies whose word on who asks is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// With it the platform speaks TLS itself.
    pub tls: Option<TlsFiles>,
    /// What one client may take.
    pub limits: Limits,
    /// How long a stop is announced before connections are refused.
    pub notice: Duration,
    /// How long a stop waits for requests that are under way.
    pub grace: Duration,
    /// Whether every request is logged.
    pub log_requests: bool,
    /// Where metrics and health are served without TLS.
    pub metrics_listen: Option<SocketAddr>,
    /// Who carries this token may read the metrics at the main address, too.
    pub metrics_token: Option<String>,
}

impl Default for Serving {
    fn default() -> Self {
        Self {
            public_url: None,
            trusted_proxies: Vec::new(),
            tls: None,
            limits: Limits::default(),
            notice: Duration::ZERO,
            grace: Duration::from_secs(5),
            log_requests: false,
            metrics_listen: None,
            metrics_token: None,
        }
    }
}

/// Certificate and key in PEM.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// How often the files are looked at for a change.
    pub looked_at_every: Duration,
}

/// What one client may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once; more wait in the system's queue.
    pub max_connections: usize,
    /// Connections at once from one address; more are closed.
    pub max_connections_per_address: usize,
    /// Requests per second from one address; 0 is no limit.
    pub requests_per_address_s: u32,
    /// How long a handshake may take.
    pub handshake_timeout: Duration,
    /// How long a connection may be without a request, or take over the head of one.
    pub header_timeout: Duration,
    /// How long a body may take; more for a large one.
    pub body_timeout: Duration,
    /// How long a client may take nothing of what it is sent.
    pub write_timeout: Duration,
    /// Free space on the disk below which the platform is not ready, and takes no files.
    pub min_free_disk_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_connections: 8192,
            max_connections_per_address: 2048,
            requests_per_address_s: 0,
            handshake_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(60),
            body_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(60),
            min_free_disk_bytes: 256 * 1024 * 1024,
        }
    }
}

/// A platform that serves.
pub struct Running {
    addr: SocketAddr,
    metrics_addr: Option<SocketAddr>,
    secure: bool,
    serving: Serving,
    door: JoinHandle<()>,
    closing: watch::Sender<bool>,
    tls: Option<Arc<Tls>>,
    opened: Opened,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where metrics and health are served, if at an address of their own.
    #[must_use]
    pub fn metrics_addr(&self) -> Option<SocketAddr> {
        self.metrics_addr
    }

    /// The same as the beginning of every address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", if self.secure { "https" } else { "http" }, self.addr)
    }

    /// Reads certificate and key again. What cannot be used is logged, and what there was stays in use.
    pub fn reload_certificate(&self) {
        if let Some(tls) = &self.tls {
            tls.reload();
        }
    }

    /// Whether a write still comes through: what a watchdog asks.
    pub async fn is_alive(&self) -> bool {
        self.opened.is_alive().await
    }

    /// Stops without dropping a request: announces it, takes what has arrived, lets what is under way finish for a moment,
    /// and closes the file.
    pub async fn shutdown(mut self) {
        self.opened.stop();
        tokio::time::sleep(self.serving.notice).await;
        self.closing.send_replace(true);
        if tokio::time::timeout(self.serving.grace, &mut self.door).await.is_err() {
            tracing::warn!("some requests did not end in time");
            self.door.abort();
        }
        self.opened.close().await;
    }
}

/// Opens the workspace and serves it on the current runtime until [`Running::shutdown`].
///
/// # Errors
/// See [`ServeError`]; nothing listens then.
pub async fn serve(options: Options) -> Result<Running, ServeError> {
    let (listen, serving) = (options.listen, options.serving.clone());
    if matches!(options.start, Start::Demo) && !listen.ip().is_loopback() {
        return Err(ServeError::DemoInPublic(listen));
    }
    let tls = serving.tls.clone().map(Tls::read).transpose()?;
    let mut opened = crate::open(options).await?;
    match listen_for(&opened, listen, &serving).await {
        Ok(listeners) => Ok(start(&mut opened, listeners, serving, tls).into_running(opened)),
        Err(error) => {
            opened.close().await;
            Err(error)
        }
    }
}

struct Listeners {
    main: TcpListener,
    addr: SocketAddr,
    metrics: Option<(TcpListener, SocketAddr)>,
}

async fn listen_for(opened: &Opened, listen: SocketAddr, serving: &Serving) -> Result<Listeners, ServeError> {
    if opened.demo && !listen.ip().is_loopback() {
        return Err(ServeError::DemoInPublic(listen));
    }
    let (main, addr) = bind(listen).await?;
    let metrics = match serving.metrics_listen {
        Some(listen) => Some(bind(listen).await?),
        None => None,
    };
    Ok(Listeners { main, addr, metrics })
}

async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), ServeError> {
    let failed = |source| ServeError::Listen { addr: listen, source };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    Ok((listener, addr))
}

/// All of [`Running`] but the workspace.
struct Started {
    addr: SocketAddr,
    metrics_addr: Option<SocketAddr>,
    serving: Serving,
    door: JoinHandle<()>,
    closing: watch::Sender<bool>,
    tls: Option<Arc<Tls>>,
}

impl Started {
    fn into_running(self, opened: Opened) -> Running {
        let Self { addr, metrics_addr, serving, door, closing, tls } = self;
        Running { addr, metrics_addr, secure: tls.is_some(), serving, door, closing, tls, opened }
    }
}

fn start(opened: &mut Opened, listeners: Listeners, serving: Serving, tls: Option<Tls>) -> Started {
    let Listeners { main, addr, metrics } = listeners;
    let tls = tls.map(Arc::new);
    if let Some(tls) = &tls {
        tokio::spawn(Arc::clone(tls).follow_files(opened.stopping.clone()));
    }
    tokio::spawn(crate::upkeep::notice_others(opened.store.clone(), opened.stopping.clone()));
    let shared = opened.set_to_work();
    let metrics_addr = metrics.as_ref().map(|(_, addr)| *addr);
    if let Some((listener, addr)) = metrics {
        tracing::info!(%addr, "serving metrics");
        tokio::spawn(serve_metrics(listener, http::health::router(Arc::clone(&shared)), opened.stopping.clone()));
    }
    let desk = requests::Desk::new(&serving, Arc::clone(&shared.store.metrics()), opened.stopping.clone());
    let app = http::router(shared).layer(middleware::from_fn_with_state(Arc::new(desk), requests::take));
    let (closing, closed) = watch::channel(false);
    let door = Door {
        listener: main,
        tls: tls.clone(),
        app,
        limits: serving.limits,
        trusted_proxies: serving.trusted_proxies.clone(),
        metrics: opened.store.metrics(),
    };
    let door = tokio::spawn(door.keep(closed));
    tracing::info!(%addr, tls = tls.is_some(), "serving");
    Started { addr, metrics_addr, serving, door, closing, tls }
}

/// Answers monitoring until the platform has stopped: while it stops, it says so.
async fn serve_metrics(listener: TcpListener, app: Router, mut stopping: watch::Receiver<bool>) {
    let stopped = async move {
        // An error means that the sender is gone, and the platform with it.
        while stopping.changed().await.is_ok() {}
    };
    if let Err(error) = axum::serve(listener, app).with_graceful_shutdown(stopped).await {
        tracing::error!(%error, "the metrics are not served any more");
    }
}
