//! `signoff-platform`: serves a workspace from a folder.

use std::{
    io::{IsTerminal, Write},
    net::{SocketAddr, ToSocketAddrs},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context;
use clap::{Parser, Subcommand};
use signoff_platform::{Bulk, Options, Start, SystemClock};
use tokio::signal;

/// The server that holds a Signoff workspace.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the workspace of a folder until SIGTERM or Ctrl+C.
    Serve {
        /// Address and port; port 0 takes a free one.
        #[arg(long, default_value = "127.0.0.1:8711")]
        listen: String,
        /// The folder of the workspace; created if it does not exist.
        #[arg(long)]
        data_dir: PathBuf,
        /// Fill an empty folder with the demo workspace. Loopback addresses only.
        #[arg(long)]
        demo: bool,
        /// Let simulated customers write. Needs --demo.
        #[arg(long, requires = "demo")]
        demo_traffic: bool,
    },
    /// Fill an empty folder with the demo's people and a great many conversations, for benchmarks.
    #[command(hide = true)]
    Fill {
        #[arg(long)]
        data_dir: PathBuf,
        #[arg(long, default_value_t = 10_000)]
        conversations: u32,
        #[arg(long, default_value_t = 100_000)]
        messages: u32,
    },
}

fn main() -> ExitCode {
    // Standard output is for the one line that scripts wait for.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn,signoff_platform=info")),
        )
        .init();
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "signoff-platform: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match command {
        Command::Serve { listen, data_dir, demo, demo_traffic } => {
            let mut options = Options::new(data_dir);
            options.listen = address(&listen)?;
            options.traffic = demo_traffic;
            if demo {
                options.start = Start::Demo;
                options.clock = Arc::new(SystemClock::with_offset_s(clock_offset_s()?));
            }
            runtime.block_on(serve(options))
        }
        Command::Fill { data_dir, conversations, messages } => {
            Ok(runtime.block_on(signoff_platform::fill(&data_dir, Bulk { conversations, messages }))?)
        }
    }
}

async fn serve(options: Options) -> anyhow::Result<()> {
    // Listening for signals before saying so: whoever waits for the line may send one at once.
    let mut stop = Stop::listen()?;
    let running = signoff_platform::serve(options).await?;
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "listening on {}", running.url())
        .and_then(|()| stdout.flush())
        .context("cannot write to standard output")?;
    drop(stdout);
    stop.asked().await;
    running.shutdown().await;
    Ok(())
}

fn address(listen: &str) -> anyhow::Result<SocketAddr> {
    listen
        .to_socket_addrs()
        .with_context(|| format!("{listen:?} is no address; write it as 127.0.0.1:8711"))?
        .next()
        .with_context(|| format!("{listen:?} stands for no address"))
}

fn clock_offset_s() -> anyhow::Result<i64> {
    match std::env::var("SIGNOFF_CLOCK_OFFSET_S") {
        Ok(text) if !text.is_empty() => {
            text.parse().with_context(|| format!("SIGNOFF_CLOCK_OFFSET_S has to be a number of seconds, not {text:?}"))
        }
        _ => Ok(0),
    }
}

/// SIGTERM and Ctrl+C.
#[cfg(unix)]
struct Stop {
    terminate: signal::unix::Signal,
    interrupt: signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    fn listen() -> std::io::Result<Self> {
        use signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Ctrl+C.
#[cfg(windows)]
struct Stop {
    interrupt: signal::windows::CtrlC,
}

#[cfg(windows)]
impl Stop {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal::windows::ctrl_c()? })
    }

    async fn asked(&mut self) {
        self.interrupt.recv().await;
    }
}
