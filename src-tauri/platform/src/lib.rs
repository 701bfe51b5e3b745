//! The reference platform: the server that holds a workspace.
//!
//! It answers the contract of `signoff_wire::contract` over HTTP and keeps everything in one SQLite file. The binary
//! `signoff-platform` runs it as a process of its own; the desktop app embeds it as the demo workspace; tests and
//! simulations start it on port 0 with a clock and a chance of their own:
//!
//! ```no_run
//! # async fn example() -> Result<(), signoff_platform::ServeError> {
//! let mut options = signoff_platform::Options::new("/var/lib/signoff");
//! options.start = signoff_platform::Start::Demo;
//! let running = signoff_platform::serve(options).await?;
//! println!("listening on http://{}", running.addr());
//! running.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! A map: [`http`] knows the protocol, [`clicks`] what advisors do, [`channels`] what customers do, [`conversations`],
//! [`actions`] and [`events`] what is kept of it, [`store`] how.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

mod actions;
mod actor;
mod audit;
mod chance;
mod channels;
mod clicks;
mod clock;
mod conversations;
pub mod demo;
mod directory;
mod events;
mod http;
mod idempotency;
mod paging;
mod refusal;
mod sessions;
mod settings;
mod store;
mod surveys;
mod upkeep;
pub mod workspace;

pub use chance::Chance;
pub use channels::{
    routing::Rule as RoutingRule,
    scenario::{Scenario, Step as ScenarioStep},
};
pub use clock::{Clock, ManualClock, SystemClock};
pub use demo::{
    blueprint::demo as demo_blueprint,
    bulk::{Bulk, fill},
};
pub use refusal::Refusal;
pub use store::OpenError;
use workspace::Blueprint;

/// How long a stop waits for requests that are under way.
const GRACE: Duration = Duration::from_secs(5);

/// What an empty data directory is filled with. One that is filled already stays as it is.
#[derive(Clone, Debug)]
pub enum Start {
    /// A workspace without anybody in it.
    Empty,
    /// The demo workspace, with its conversations.
    Demo,
    /// A workspace of the caller's own, without conversations.
    With(Box<Blueprint>),
}

/// How to serve.
pub struct Options {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The folder of the workspace. Created if it does not exist.
    pub data_dir: PathBuf,
    /// What an empty folder is filled with.
    pub start: Start,
    /// Whether simulated customers write.
    pub traffic: bool,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from.
    pub chance: Chance,
}

impl Options {
    /// A free port on loopback, an empty workspace, the machine's clock and the operating system's chance.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            data_dir: data_dir.into(),
            start: Start::Empty,
            traffic: false,
            clock: Arc::new(SystemClock::default()),
            chance: Chance::from_os(),
        }
    }
}

/// Why the platform does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The demo's passwords are known to everybody.
    #[error("the demo workspace is served on loopback addresses only, not on {0}: its passwords are public")]
    DemoInPublic(SocketAddr),
    /// The data directory.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The address.
    #[error("cannot listen on {addr}: {source}")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The first filling.
    #[error("cannot fill the workspace: {0}")]
    Fill(#[from] Refusal),
}

/// A platform that serves.
pub struct Running {
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
    store: store::Store,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The same as the beginning of every address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops: ends event streams, lets requests finish for a moment, and closes the file.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(GRACE, &mut self.server).await.is_err() {
            tracing::warn!("some requests did not end in time");
            self.server.abort();
        }
        self.store.close().await;
    }
}

/// Opens the workspace and serves it on the current runtime until [`Running::shutdown`].
///
/// # Errors
/// See [`ServeError`]; nothing listens then.
pub async fn serve(options: Options) -> Result<Running, ServeError> {
    let Options { listen, data_dir, start, traffic, clock, mut chance } = options;
    if matches!(start, Start::Demo) && !listen.ip().is_loopback() {
        return Err(ServeError::DemoInPublic(listen));
    }
    let traffic_chance = chance.fork();
    let store = store::Store::open(&data_dir, clock, chance)?;
    let workspace = match workspace::prepare(&store, start).await {
        Ok(workspace) if workspace.demo && !listen.ip().is_loopback() => Err(ServeError::DemoInPublic(listen)),
        Ok(_) => TcpListener::bind(listen).await.map_err(|source| ServeError::Listen { addr: listen, source }),
        Err(refusal) => Err(refusal.into()),
    };
    let bound = workspace.and_then(|listener| {
        let addr = listener.local_addr().map_err(|source| ServeError::Listen { addr: listen, source })?;
        Ok((listener, addr))
    });
    let (listener, addr) = match bound {
        Ok(bound) => bound,
        Err(error) => {
            store.close().await;
            return Err(error);
        }
    };

    let (stop, stopping) = watch::channel(false);
    let app = http::App {
        store: store.clone(),
        doorkeeper: sessions::Doorkeeper::new(),
        running: idempotency::Running::default(),
        stopping: stopping.clone(),
    };
    let mut stopped = stopping.clone();
    let graceful = async move {
        let _ = stopped.wait_for(|stop| *stop).await;
    };
    let server = tokio::spawn(async move {
        let serving = axum::serve(listener, http::router(app)).with_graceful_shutdown(graceful);
        if let Err(error) = serving.await {
            tracing::error!(%error, "the server ended");
        }
    });
    tokio::spawn(upkeep::run(store.clone(), stopping.clone()));
    if traffic {
        tokio::spawn(demo::traffic::run(store.clone(), traffic_chance, stopping));
    }
    tracing::info!(%addr, "serving");
    Ok(Running { addr, stop, server, store })
}
