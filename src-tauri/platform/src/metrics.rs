//! What monitoring may know: counts, times and sizes, never a text, a token or an address.
//!
//! Counted where it happens; what can be looked up (sizes, queues of channels) is looked up when somebody asks.

use std::{fs, path::Path, time::Duration};

use prometheus_client::{
    encoding::{EncodeLabelSet, text},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
        info::Info,
    },
    registry::{Registry, Unit},
};

/// The text's type, for `Content-Type`.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    method: String,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfChannel {
    channel: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfFile {
    file: String,
}

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    request_duration: Family<Route, Histogram, fn() -> Histogram>,
    sign_in_failures: Counter,
    /// Connections right now.
    pub(crate) connections: Gauge,
    /// Connections closed because their address had too many.
    pub(crate) connections_refused: Counter,
    /// Event streams right now.
    pub(crate) event_streams: Gauge,
    /// Time of a transaction, with its `fsync`.
    pub(crate) commit_duration: Histogram,
    /// Writes that shared a transaction.
    pub(crate) commit_group: Histogram,
    /// Transactions that the disk refused.
    pub(crate) commit_failures: Counter,
    /// Writes that wait for the writer.
    pub(crate) waiting_writes: Gauge,
    /// Backups that were written.
    pub(crate) backups: Counter,
    /// Backups that failed.
    pub(crate) backup_failures: Counter,
    /// When the last backup was complete, in seconds since 1970; 0: none since the start.
    pub(crate) last_backup: Gauge,
    outbox: Family<OfChannel, Gauge>,
    files: Family<OfFile, Gauge>,
    disk_free: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("signoff"),
            requests: Family::default(),
            request_duration: Family::new_with_constructor(times),
            sign_in_failures: Counter::default(),
            connections: Gauge::default(),
            connections_refused: Counter::default(),
            event_streams: Gauge::default(),
            commit_duration: times(),
            commit_group: Histogram::new(exponential_buckets(1.0, 2.0, 7)),
            commit_failures: Counter::default(),
            waiting_writes: Gauge::default(),
            backups: Counter::default(),
            backup_failures: Counter::default(),
            last_backup: Gauge::default(),
            outbox: Family::default(),
            files: Family::default(),
            disk_free: Gauge::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        let it = &mut self.registry;
        it.register("build", "The program", build);
        it.register("http_requests", "Answered requests", self.requests.clone());
        it.register_with_unit(
            "http_request_duration",
            "Time to the head of the answer",
            Unit::Seconds,
            self.request_duration.clone(),
        );
        it.register("sign_in_failures", "Refused sign-ins", self.sign_in_failures.clone());
        it.register("connections", "Connections right now", self.connections.clone());
        it.register("connections_refused", "Connections over their address's limit", self.connections_refused.clone());
        it.register("event_streams", "Event streams right now", self.event_streams.clone());
        it.register_with_unit(
            "commit_duration",
            "Time of a durable commit",
            Unit::Seconds,
            self.commit_duration.clone(),
        );
        it.register("commit_group_size", "Writes that shared a commit", self.commit_group.clone());
        it.register("commit_failures", "Commits that the disk refused", self.commit_failures.clone());
        it.register("waiting_writes", "Writes that wait for the writer", self.waiting_writes.clone());
        it.register("backups", "Backups written since the start", self.backups.clone());
        it.register("backup_failures", "Backups that failed since the start", self.backup_failures.clone());
        it.register_with_unit(
            "last_backup_timestamp",
            "When the last backup since the start was complete",
            Unit::Seconds,
            self.last_backup.clone(),
        );
        it.register("outbox_waiting", "Replies whose channel has not reported yet", self.outbox.clone());
        it.register_with_unit("file_size", "Sizes on the disk", Unit::Bytes, self.files.clone());
        it.register_with_unit("disk_free", "Free space on the disk", Unit::Bytes, self.disk_free.clone());
        self
    }

    /// A request was answered. Routes are named as they are written, so that nobody's id is in them.
    pub(crate) fn answered(&self, method: &str, route: &str, status: u16, took: Duration) {
        // Of methods and routes that do not exist there are endlessly many.
        let known = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
        let method = if known.contains(&method) { method } else { "other" }.to_owned();
        let route = route.to_owned();
        self.requests.get_or_create(&Answered { method: method.clone(), route: route.clone(), status }).inc();
        self.request_duration.get_or_create(&Route { method, route }).observe(took.as_secs_f64());
    }

    /// Somebody did not get in: a wrong password or code, or an e-mail address that is locked.
    pub(crate) fn sign_in_failed(&self) {
        self.sign_in_failures.inc();
    }

    /// What is looked up when somebody asks.
    pub(crate) fn look_up(&self, directory: &Path, outbox: &[(String, i64)]) {
        self.outbox.clear();
        for (channel, waiting) in outbox {
            self.outbox.get_or_create(&OfChannel { channel: channel.clone() }).set(*waiting);
        }
        for file in ["workspace.db", "workspace.db-wal"] {
            let bytes = fs::metadata(directory.join(file)).map_or(0, |file| file.len());
            self.files.get_or_create(&OfFile { file: file.to_owned() }).set(signed(bytes));
        }
        let attachments = folder_bytes(&directory.join(crate::backups::ATTACHMENTS));
        self.files.get_or_create(&OfFile { file: "files".to_owned() }).set(signed(attachments));
        if let Some(free) = crate::health::free_bytes(directory) {
            self.disk_free.set(signed(free));
        }
    }

    /// All of it as text.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        if text::encode(&mut out, &self.registry).is_err() {
            tracing::error!("the metrics cannot be written");
        }
        out
    }
}

/// A millisecond to 16 seconds.
fn times() -> Histogram {
    Histogram::new(exponential_buckets(0.001, 2.0, 15))
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// All files below a folder; 0 if there is none.
pub(crate) fn folder_bytes(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let sizes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => folder_bytes(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
