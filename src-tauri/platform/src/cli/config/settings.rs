//! Every setting there is: what `config example` prints, what `config check` knows, and what the environment's names are made of.

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    /// Its place in the file, as `section.name`; a name without a section stands at the top.
    pub(super) key: &'static str,
    /// What it may be.
    pub(super) kind: Kind,
    /// What it is if nobody says otherwise, as TOML; empty: nothing.
    pub(super) default: &'static str,
    /// Whether its value is never shown.
    pub(super) secret: bool,
    /// What it is for.
    pub(super) about: &'static str,
}

/// What a setting may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A host or an address, and a port.
    Address,
    /// A file or a folder.
    Path,
    /// The beginning of web addresses.
    Url,
    /// Any text.
    Text,
    /// A list of networks or addresses.
    Networks,
    /// A whole number within bounds.
    Number(i64, i64),
    /// True or false.
    Switch,
    /// One of some words.
    OneOf(&'static [&'static str]),
}

impl Setting {
    /// Its name in the environment.
    pub(super) fn variable(&self) -> String {
        format!("SIGNOFF_{}", self.key.replace('.', "_").to_uppercase())
    }
}

const fn setting(key: &'static str, kind: Kind, default: &'static str, about: &'static str) -> Setting {
    Setting { key, kind, default, secret: false, about }
}

/// All of them, in the order in which they are shown.
pub(super) const SETTINGS: &[Setting] = &[
    setting("data_dir", Kind::Path, "", "The folder of the workspace; created if it does not exist. Has to be said."),
    setting(
        "listen",
        Kind::Address,
        "\"127.0.0.1:8711\"",
        "Where to listen. 0.0.0.0 or [::] is every address of the machine; port 0 takes a free one.",
    ),
    setting(
        "public_url",
        Kind::Url,
        "",
        "How people reach the platform, without a path, for links in what it hands out; https://support.example.com.",
    ),
    setting(
        "trusted_proxies",
        Kind::Networks,
        "[]",
        "Proxies whose word on who asks is believed (Forwarded, X-Forwarded-For): addresses or networks, [\"10.0.0.0/8\"].",
    ),
    setting(
        "private_addresses",
        Kind::Switch,
        "false",
        "Whether admins may name webhook addresses in private networks, and such that begin with http://.",
    ),
    setting(
        "tls.certificate_file",
        Kind::Path,
        "",
        "The certificate chain in PEM. With it the platform speaks TLS itself; changed files are read again by themselves, and on SIGHUP.",
    ),
    setting("tls.key_file", Kind::Path, "", "The certificate's private key in PEM."),
    setting(
        "limits.max_connections",
        Kind::Number(1, 1_000_000),
        "8192",
        "Connections at once; more wait in the system's queue.",
    ),
    setting(
        "limits.max_connections_per_address",
        Kind::Number(1, 1_000_000),
        "2048",
        "Connections at once from one address. Trusted proxies have no such limit.",
    ),
    setting(
        "limits.requests_per_address_s",
        Kind::Number(0, 1_000_000),
        "0",
        "Requests per second from one address, with as many saved up; 0 is no limit. Behind a proxy, the address that it tells.",
    ),
    setting("limits.handshake_timeout_s", Kind::Number(1, 3600), "10", "How long a TLS handshake may take."),
    setting(
        "limits.header_timeout_s",
        Kind::Number(1, 3600),
        "60",
        "How long a connection may be silent, or take over the head of a request.",
    ),
    setting(
        "limits.body_timeout_s",
        Kind::Number(1, 3600),
        "30",
        "How long a body may take, and a second more for every 16 KiB of it.",
    ),
    setting(
        "limits.write_timeout_s",
        Kind::Number(1, 3600),
        "60",
        "How long a client may take nothing of what it is sent before its connection is closed.",
    ),
    setting(
        "limits.min_free_disk_mib",
        Kind::Number(0, 1_000_000_000),
        "256",
        "With less free space than this on the disk the platform says that it is not ready, and takes no files.",
    ),
    setting(
        "stop.notice_ms",
        Kind::Number(0, 5000),
        "250",
        "After SIGTERM: how long connections are still taken, each for one more answer, while /readyz says 503. Longer than your load balancer's interval, if you have one.",
    ),
    setting("stop.grace_s", Kind::Number(0, 60), "5", "How long a stop then waits for requests that are under way."),
    setting("log.format", Kind::OneOf(&["text", "json"]), "\"text\"", "Lines for people, or a JSON object a line."),
    setting(
        "log.filter",
        Kind::Text,
        "\"warn,signoff_platform=info\"",
        "What is logged: a level, or levels by module. RUST_LOG is believed, too.",
    ),
    setting(
        "log.requests",
        Kind::Switch,
        "false",
        "A line for each request: method, route, status, time, id; never a text, a token or an address.",
    ),
    setting(
        "metrics.listen",
        Kind::Address,
        "",
        "Where /metrics, /readyz and /healthz are served without TLS, for Prometheus; 127.0.0.1:9464.",
    ),
    Setting {
        secret: true,
        ..setting(
            "metrics.token",
            Kind::Text,
            "",
            "With it /metrics is also served at the main address, to whoever carries it as bearer token.",
        )
    },
    setting(
        "backup.folder",
        Kind::Path,
        "",
        "Where backups are written by themselves; better on another disk. Without it there are none.",
    ),
    setting("backup.every_h", Kind::Number(1, 24 * 366), "24", "Hours from one backup to the next."),
    setting("backup.keep", Kind::Number(1, 10_000), "7", "How many are kept; the oldest go first."),
    setting(
        "retention.closed_texts_months",
        Kind::Number(0, 1200),
        "0",
        "Months after its closing for which a conversation's texts are kept; 0 is for ever. Figures stay.",
    ),
];

/// Variables that begin like ours and mean something else.
pub(super) const OTHER_VARIABLES: &[&str] = &["SIGNOFF_CONFIG", "SIGNOFF_CLOCK_OFFSET_S", "SIGNOFF_LOG"];
