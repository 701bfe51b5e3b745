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
//! [`actions`] and [`events`] what is kept of it, [`figures`] and [`exports`] what admins make of it, [`store`] how.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use tokio::sync::watch;

mod actions;
mod actor;
mod attachments;
mod audit;
pub mod backups;
mod canned;
mod chance;
mod channels;
mod chat;
mod clicks;
mod clock;
mod conversations;
mod customers;
pub mod demo;
mod directory;
mod documents;
pub mod erasure;
mod events;
mod exports;
mod fields;
mod figures;
mod health;
mod http;
mod idempotency;
mod json;
mod limits;
mod metrics;
mod office;
pub mod operator;
mod outgoing;
mod paging;
mod people;
#[cfg(test)]
mod plans;
mod presence;
mod refusal;
mod search;
pub mod serving;
mod sessions;
mod settings;
mod spreadsheet;
mod store;
mod surveys;
mod tags;
mod upkeep;
mod widget;
pub mod workspace;

pub use audit::verify;
pub use chance::Chance;
use channels::provider::{Provider, courier::Courier, webhook::Webhook};
pub use channels::scenario::Scenario;
use channels::scenario::{clockwork, outside::Outside};
pub use clock::{Clock, ManualClock, SystemClock};
pub use demo::{
    blueprint::demo as demo_blueprint,
    bulk::{Bulk, fill},
};
pub use refusal::Refusal;
pub use serving::{Running, serve};
use serving::{Serving, TlsError};
pub use store::{Dies, Disk, Machine, OpenError, RealDisk, Schema, Threads, schema_of};
use workspace::Blueprint;

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
    /// Threads and disk.
    pub machine: Machine,
    /// How it is served over HTTP.
    pub serving: Serving,
    /// When backups are made by themselves.
    pub backups: Option<backups::Plan>,
    /// Whether admins may name addresses in private networks for the platform to call. The demo's always may.
    pub private_addresses: bool,
    /// Months after its closing for which a conversation's texts are kept; 0 is for ever.
    pub closed_texts_months: u32,
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
            machine: Machine::default(),
            serving: Serving::default(),
            backups: None,
            private_addresses: false,
            closed_texts_months: 0,
        }
    }
}

/// Why the platform does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The demo's passwords are known to everybody.
    #[error("the demo workspace is served on loopback addresses only, not on {0}: its passwords are public")]
    DemoInPublic(SocketAddr),
    /// Certificate and key.
    #[error(transparent)]
    Tls(#[from] TlsError),
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

/// An open workspace, without a way to it yet.
///
/// [`serve`] listens for it. A simulation calls the routes itself, and by dropping this instead of closing it lets the process die.
pub struct Opened {
    store: store::Store,
    doorkeeper: Arc<sessions::Doorkeeper>,
    demo: bool,
    stop: watch::Sender<bool>,
    stopping: watch::Receiver<bool>,
    traffic: Option<Chance>,
    serving: Serving,
    backups: Option<backups::Plan>,
    outgoing: outgoing::Outgoing,
    outside: Arc<Outside>,
    closed_texts_months: u32,
}

/// Opens the workspace and fills it if it is empty. Nothing happens in it yet. [`Options::listen`] is not looked at.
///
/// # Errors
/// [`ServeError::Open`] and [`ServeError::Fill`].
pub async fn open(options: Options) -> Result<Opened, ServeError> {
    let Options {
        data_dir,
        start,
        traffic,
        clock,
        mut chance,
        machine,
        serving,
        backups,
        private_addresses,
        closed_texts_months,
        listen: _,
    } = options;
    let outside = Arc::new(Outside::new(private_addresses));
    let traffic = traffic.then(|| chance.fork());
    let doorkeeper = Arc::new(sessions::Doorkeeper::new(chance.fork()));
    let store = store::Store::open(&data_dir, clock, chance, machine, store::Lock::Alone)?
        .keeping_free(serving.limits.min_free_disk_bytes);
    match workspace::prepare(&store, start).await {
        Ok(workspace) => {
            let (stop, stopping) = watch::channel(false);
            let outgoing = outgoing::Outgoing::new(private_addresses || workspace.demo);
            Ok(Opened {
                store,
                doorkeeper,
                demo: workspace.demo,
                stop,
                stopping,
                traffic,
                serving,
                backups,
                outgoing,
                outside,
                closed_texts_months,
            })
        }
        Err(refusal) => {
            store.close().await;
            Err(refusal.into())
        }
    }
}

impl Opened {
    /// Sets to work on the current runtime what happens by itself, and answers the routes.
    pub fn begin(&mut self) -> axum::Router {
        http::router(self.set_to_work())
    }

    fn set_to_work(&mut self) -> http::Shared {
        tokio::spawn(upkeep::run(self.store.clone(), Arc::clone(&self.doorkeeper), self.stopping.clone()));
        tokio::spawn(search::index::run(self.store.clone(), self.stopping.clone()));
        let exports = http::Exports { directory: self.store.directory().join("exports"), wake: Arc::default() };
        let (directory, wake) = (exports.directory.clone(), Arc::clone(&exports.wake));
        tokio::spawn(exports::schedule::run(self.store.clone(), directory, wake, self.stopping.clone()));
        if self.closed_texts_months > 0 {
            let months = self.closed_texts_months;
            tokio::spawn(erasure::retention::run(self.store.clone(), months, self.stopping.clone()));
        }
        if let Some(plan) = self.backups.clone() {
            tokio::spawn(backups::keep_making(self.store.clone(), plan, self.stopping.clone()));
        }
        tokio::spawn(clockwork::run(self.store.clone(), Arc::clone(&self.outside), self.stopping.clone()));
        if let Some(chance) = self.traffic.take() {
            tokio::spawn(demo::traffic::run(self.store.clone(), chance, self.stopping.clone()));
        }
        let fanout = events::fanout::Fanout::new();
        tokio::spawn(fanout.clone().run(self.store.clone(), self.stopping.clone()));
        let (presence, outgoing) = (presence::Presence::new(), self.outgoing.clone());
        let provider: Arc<dyn Provider> = Arc::new(Webhook { outgoing: outgoing.clone() });
        let bell = Arc::clone(&presence.channels_changed);
        let courier = Courier::new(self.store.clone(), Arc::clone(&provider), bell);
        tokio::spawn(courier.run(self.stopping.clone()));
        Arc::new(http::App {
            store: self.store.clone(),
            doorkeeper: Arc::clone(&self.doorkeeper),
            callers: sessions::Callers::default(),
            fanout,
            running: idempotency::Running::default(),
            exports,
            bookmarks: exports::bookmarks::Bookmarks::default(),
            health: health::Health::default(),
            backups: self.backups.clone(),
            closed_texts_months: self.closed_texts_months,
            serving: self.serving.clone(),
            patience: surveys::patience::Patience::default(),
            presence,
            outgoing,
            provider,
            limits: limits::Limits::default(),
            stopping: self.stopping.clone(),
        })
    }

    async fn is_alive(&self) -> bool {
        health::can_write(&self.store).await
    }

    /// Ends event streams and what happens by itself; requests still work.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Stops and closes the file.
    pub async fn close(self) {
        self.stop();
        upkeep::keep_seen(&self.store, &self.doorkeeper).await;
        self.store.close().await;
    }
}
