//! The configuration: a TOML file, over it the environment, over it flags.
//!
//! Whatever is wrong is told at once, a sentence each, and nothing starts: a mistyped name that is silently ignored would be
//! found on the day on which the setting is needed.

use std::{
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context, bail};
use chrono::TimeDelta;
use clap::{Args, Subcommand};
use signoff_platform::{
    Options,
    backups::Plan,
    serving::{Limits, Serving, TlsFiles},
};

mod effective;
mod settings;
mod show;
mod value;

use effective::Effective;

/// How often certificate and key are looked at.
const CERTIFICATE_LOOKED_AT_EVERY: Duration = Duration::from_secs(30);

/// Where the configuration comes from.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ConfigArgs {
    /// The configuration file; `config example` prints one. Also SIGNOFF_CONFIG.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// One setting, over the file and the environment: --set limits.max_connections=100.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// The folder of the workspace; created if it does not exist.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Address and port [default: 127.0.0.1:8711]; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// text or json.
    #[arg(long, value_name = "FORMAT")]
    log_format: Option<String>,
}

/// Where the workspace is, for commands that need nothing else.
#[derive(Args, Debug)]
pub(super) struct Folder {
    /// The folder of the workspace.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The configuration file that names it. Also SIGNOFF_CONFIG.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Folder {
    /// The folder.
    ///
    /// # Errors
    /// Nobody says where it is.
    pub(super) fn path(self) -> anyhow::Result<PathBuf> {
        let arguments = ConfigArgs { config: self.config, data_dir: self.data_dir, ..ConfigArgs::default() };
        let folder = arguments.effective().text("data_dir").map(PathBuf::from);
        folder.context(
            "say where the workspace is, with --data-dir, SIGNOFF_DATA_DIR or data_dir in the file of --config",
        )
    }
}

/// Look at the configuration.
#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Print what holds and where each value comes from, and everything that is wrong; 1 if anything is.
    Check(ConfigArgs),
    /// Print a file with every setting, explained.
    Example,
}

impl ConfigCommand {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let mut out = std::io::stdout().lock();
        match self {
            Self::Example => {
                write!(out, "{}", show::example())?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Check(arguments) => {
                let effective = arguments.effective();
                write!(out, "{}", show::effective(&effective))?;
                for problem in &effective.problems {
                    writeln!(std::io::stderr(), "problem: {problem}")?;
                }
                Ok(if effective.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
            }
        }
    }
}

/// What the program runs with.
pub(super) struct Config {
    effective: Effective,
}

/// How it logs.
pub(super) struct Log<'a> {
    /// A JSON object a line.
    pub(super) json: bool,
    /// Levels by module.
    pub(super) filter: &'a str,
}

impl ConfigArgs {
    /// The configuration.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn load(&self) -> anyhow::Result<Config> {
        let effective = self.effective();
        if effective.problems.is_empty() {
            return Ok(Config { effective });
        }
        bail!("the configuration cannot be used:\n  {}", effective.problems.join("\n  "))
    }

    fn effective(&self) -> Effective {
        let mut effective = Effective::defaults();
        let from_environment = std::env::var_os("SIGNOFF_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
        if let Some(path) = self.config.clone().or(from_environment) {
            effective.file(&path);
        }
        effective.environment(std::env::vars_os());
        for setting in &self.set {
            match setting.split_once('=') {
                Some((key, text)) => effective.flag("--set", key, text),
                None => effective.problems.push(format!("flag --set: {setting:?} is not of the form name=value")),
            }
        }
        if let Some(path) = &self.data_dir {
            effective.flag("--data-dir", "data_dir", &path.to_string_lossy());
        }
        if let Some(address) = &self.listen {
            effective.flag("--listen", "listen", address);
        }
        if let Some(format) = &self.log_format {
            effective.flag("--log-format", "log.format", format);
        }
        effective.compare();
        effective
    }
}

impl Effective {
    /// What is wrong between settings that are fine each for itself.
    fn compare(&mut self) {
        let mut problems = Vec::new();
        if self.text("data_dir").is_none() {
            problems.push(
                "data_dir: say where the workspace is, with --data-dir, SIGNOFF_DATA_DIR or data_dir in the file"
                    .to_owned(),
            );
        }
        let (certificate, key) = (self.text("tls.certificate_file"), self.text("tls.key_file"));
        match self.tls() {
            Some(files) => problems.extend(files.check().err().map(|error| format!("tls: {error}"))),
            None if certificate.or(key).is_some() => {
                problems.push("tls: tls.certificate_file and tls.key_file belong together".to_owned());
            }
            None => {}
        }
        if let Some(folder) = self.text("backup.folder").map(Path::new)
            && folder.exists()
            && !folder.is_dir()
        {
            problems.push(format!("backup.folder: {} is no folder", folder.display()));
        }
        self.problems.extend(problems);
    }

    fn tls(&self) -> Option<TlsFiles> {
        Some(TlsFiles {
            certificate: self.text("tls.certificate_file")?.into(),
            key: self.text("tls.key_file")?.into(),
            looked_at_every: CERTIFICATE_LOOKED_AT_EVERY,
        })
    }

    fn seconds(&self, key: &str) -> Duration {
        Duration::from_secs(self.number(key))
    }

    fn count(&self, key: &str) -> usize {
        usize::try_from(self.number(key)).unwrap_or(usize::MAX)
    }

    /// Addresses were read when they were checked; names may have changed meanwhile, hence the error.
    fn address(&self, key: &str) -> anyhow::Result<Option<SocketAddr>> {
        self.text(key).map(|text| value::address(text).map_err(anyhow::Error::msg)).transpose()
    }
}

impl Config {
    /// How it logs.
    pub(super) fn log(&self) -> Log<'_> {
        let effective = &self.effective;
        Log {
            json: effective.text("log.format") == Some("json"),
            filter: effective.text("log.filter").unwrap_or_default(),
        }
    }

    /// The folder of the workspace.
    pub(super) fn data_dir(&self) -> PathBuf {
        self.effective.text("data_dir").unwrap_or_default().into()
    }

    /// How to serve.
    ///
    /// # Errors
    /// An address whose name cannot be looked up any more.
    pub(super) fn options(&self) -> anyhow::Result<Options> {
        let mut options = Options::new(self.data_dir());
        if let Some(listen) = self.effective.address("listen")? {
            options.listen = listen;
        }
        options.serving = self.serving()?;
        options.backups = self.backups();
        options.private_addresses = self.effective.switch("private_addresses");
        let months = self.effective.number("retention.closed_texts_months");
        options.closed_texts_months = u32::try_from(months).unwrap_or(u32::MAX);
        Ok(options)
    }

    fn backups(&self) -> Option<Plan> {
        let it = &self.effective;
        Some(Plan {
            folder: it.text("backup.folder")?.into(),
            every: TimeDelta::hours(i64::try_from(it.number("backup.every_h")).unwrap_or(24)),
            keep: it.count("backup.keep"),
        })
    }

    fn serving(&self) -> anyhow::Result<Serving> {
        let it = &self.effective;
        Ok(Serving {
            public_url: it.text("public_url").map(str::to_owned),
            trusted_proxies: it
                .list("trusted_proxies")
                .into_iter()
                .filter_map(|net| value::network(net).ok())
                .collect(),
            tls: it.tls(),
            limits: Limits {
                max_connections: it.count("limits.max_connections"),
                max_connections_per_address: it.count("limits.max_connections_per_address"),
                requests_per_address_s: u32::try_from(it.number("limits.requests_per_address_s")).unwrap_or(u32::MAX),
                handshake_timeout: it.seconds("limits.handshake_timeout_s"),
                header_timeout: it.seconds("limits.header_timeout_s"),
                body_timeout: it.seconds("limits.body_timeout_s"),
                write_timeout: it.seconds("limits.write_timeout_s"),
                min_free_disk_bytes: it.number("limits.min_free_disk_mib").saturating_mul(1024 * 1024),
            },
            notice: Duration::from_millis(it.number("stop.notice_ms")),
            grace: it.seconds("stop.grace_s"),
            log_requests: it.switch("log.requests"),
            metrics_listen: it.address("metrics.listen")?,
            metrics_token: it.text("metrics.token").map(str::to_owned),
        })
    }
}
