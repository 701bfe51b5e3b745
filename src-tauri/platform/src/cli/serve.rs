//! `serve`: the workspace of a folder, until SIGTERM or Ctrl+C.

use std::{io::Write, sync::Arc};

use anyhow::Context;
use clap::Args;
use signoff_platform::{Options, Running, Start, SystemClock};

use super::{
    config::ConfigArgs,
    logging,
    signals::{Asked, Signals},
    supervisor,
};

#[derive(Args)]
pub(super) struct Serve {
    #[command(flatten)]
    config: ConfigArgs,
    /// Fill an empty folder with the demo workspace. Loopback addresses only.
    #[arg(long)]
    demo: bool,
    /// Let simulated customers write. Needs --demo.
    #[arg(long, requires = "demo")]
    demo_traffic: bool,
}

impl Serve {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let config = self.config.load()?;
        logging::start_as(&config.log());
        let mut options = config.options()?;
        options.traffic = self.demo_traffic;
        if self.demo {
            options.start = Start::Demo;
            options.clock = Arc::new(SystemClock::with_offset_s(clock_offset_s()?));
        }
        serve(options).await
    }
}

async fn serve(options: Options) -> anyhow::Result<()> {
    // Listening for signals before saying so: whoever waits for the line may send one at once.
    let mut signals = Signals::listen()?;
    let running = signoff_platform::serve(options).await?;
    say_where(&running)?;
    supervisor::ready();
    tokio::select! {
        () = stopped(&mut signals, &running) => {}
        () = supervisor::watch(&running) => {}
    }
    supervisor::stopping();
    running.shutdown().await;
    Ok(())
}

async fn stopped(signals: &mut Signals, running: &Running) {
    while signals.next().await == Asked::Reload {
        running.reload_certificate();
    }
}

fn say_where(running: &Running) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "listening on {}", running.url())
        .and_then(|()| stdout.flush())
        .context("cannot write to standard output")
}

fn clock_offset_s() -> anyhow::Result<i64> {
    match std::env::var("SIGNOFF_CLOCK_OFFSET_S") {
        Ok(text) if !text.is_empty() => {
            text.parse().with_context(|| format!("SIGNOFF_CLOCK_OFFSET_S has to be a number of seconds, not {text:?}"))
        }
        _ => Ok(0),
    }
}
