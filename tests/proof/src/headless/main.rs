//! `signoff-headless PROFILE KEYRING NOTIFICATIONS`: the app without its window. The engine's facade as the shell uses it, with the real
//! connector, clock, chance and files; asked on standard input and answering on standard output, one line of JSON each. The end of the input
//! is a quit. Made to be killed.

mod ports;

use std::io::{BufRead, Write, stderr, stdin, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use signoff_engine::ports::Ports;
use signoff_engine::remote::http::{HttpConnector, Patience};
use signoff_engine::store::Machine;
use signoff_engine::{Engine, Start};
use signoff_proof::desk::{self, Ask};
use signoff_wire::interface::Preselected;

/// A network that holds a request up for ever is given up sooner than in the app: rounds are short.
const PATIENCE: Patience = Patience { connect: Duration::from_secs(1), answer: Duration::from_secs(3) };

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [profile, keyring, notifications] = arguments.as_slice() else {
        let _ = writeln!(stderr(), "usage: signoff-headless PROFILE KEYRING NOTIFICATIONS");
        return ExitCode::FAILURE;
    };
    tracing_subscriber::fmt()
        .with_writer(stderr)
        .with_ansi(false)
        .with_env_filter(tracing_subscriber::EnvFilter::new("warn,signoff_engine=info"))
        .init();
    let Ok(runtime) = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() else {
        return ExitCode::FAILURE;
    };
    let clock = Arc::new(ports::SystemClock);
    let engine = Engine::start(Start {
        profile: profile.clone(),
        ports: Ports {
            clock: Arc::clone(&clock) as _,
            chance: Arc::new(ports::SystemChance),
            secrets: Arc::new(ports::Keyring::at(keyring.clone())),
            notifier: Arc::new(ports::Screen::at(notifications.clone())),
            connector: Arc::new(HttpConnector::new(clock).with_patience(PATIENCE)),
            demo: Arc::new(ports::NoDemo),
        },
        preselected: Preselected::Nothing,
        first_paint: std::time::Duration::ZERO,
        system_language: "en".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        runtime: runtime.handle().clone(),
        machine: Machine::default(),
    });
    for line in stdin().lock().lines().map_while(Result::ok) {
        let Ok(ask) = serde_json::from_str::<Ask>(&line) else {
            let _ = writeln!(stderr(), "not a question: {line}");
            return ExitCode::FAILURE;
        };
        let told = runtime.block_on(desk::answer(&engine, ask));
        let Ok(mut said) = serde_json::to_vec(&told) else { return ExitCode::FAILURE };
        said.push(b'\n');
        // Flushed at once: what stays in a buffer has not been said.
        if stdout().lock().write_all(&said).and_then(|()| stdout().lock().flush()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    runtime.block_on(engine.shutdown());
    ExitCode::SUCCESS
}
