//! Signoff's shell: the window, the operating system's dialogs, notifications and keyring, and the commands of the interface. It knows Tauri
//! and decides nothing; what is decided is decided in `signoff_engine`.
//!
//! The order of a start is the order of what a person waits for. The window is made at once and loads the interface in a process of
//! its own, while the engine opens keyring and cache beside it; whatever can come later (tray, waking after sleep) comes after the first
//! paint.

pub mod cli;
mod commands;
mod desktop;
mod logging;
mod profile;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use signoff_engine::ports::Ports;
use signoff_engine::remote::http::HttpConnector;
use signoff_engine::store::Machine;
use signoff_engine::{Engine, Start};
use signoff_wire::interface::Preselected;
use tauri::{AppHandle, Manager as _, RunEvent};

use cli::Options;
use desktop::clock::{SystemChance, SystemClock};
use desktop::compact::Compact;
use desktop::confirm::Confirmation;
use desktop::demo::EmbeddedDemo;
use desktop::language::SpokenLanguage;
use desktop::notifications::Notifications;
use desktop::secrets::Keyring;
use desktop::{language, link, single_instance, window};
use profile::Profile;

/// How long the network is left alone for the window's first paint, which comes sooner in every start that was measured.
const FIRST_PAINT: Duration = Duration::from_secs(1);

/// Runs Signoff until it is quit.
pub fn run(options: &Options) -> ExitCode {
    #[cfg(target_os = "linux")]
    desktop::linux_webkit::apply();

    let profile = match Profile::choose(options.data_dir.clone()) {
        Ok(profile) => profile,
        Err(error) => return ended(&error.into(), 2),
    };
    // If it cannot be made, the engine meets the same and the window explains it.
    let _ = std::fs::create_dir_all(profile.folder());
    let _log = logging::start(profile.folder());
    tracing::info!(version = env!("CARGO_PKG_VERSION"), profile = profile.key(), "started");

    match open(&profile, options) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(error) => ended(&error, 1),
    }
}

/// Without a window there is only the terminal to say why.
fn ended(error: &anyhow::Error, code: u8) -> ExitCode {
    tracing::error!(error = format!("{error:#}"), "ended");
    eprintln!("signoff: {error:#}");
    ExitCode::from(code)
}

fn open(profile: &Profile, options: &Options) -> anyhow::Result<i32> {
    #[cfg(target_os = "linux")]
    anyhow::ensure!(
        ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty())),
        "there is no display to open a window on"
    );

    let window_state = tauri_plugin_window_state::Builder::new()
        .with_state_flags(window::remembered())
        .with_filter(|label| label == window::LABEL)
        .with_filename(profile.folder().join("window.json").to_string_lossy());
    let mut builder = tauri::Builder::default();
    if let Some(single_instance) = single_instance::plugin(profile) {
        builder = builder.plugin(single_instance);
    }
    let (setup_profile, preselected, link) = (profile.clone(), options.preselected(), options.link.clone());
    let app = builder
        .plugin(window_state.build())
        .plugin(tauri_plugin_notification::init())
        .invoke_handler(commands::dispatcher())
        .on_window_event(window::on_event)
        .setup(move |app| {
            // Tauri would panic on an error, and a panic explains nothing to a person.
            set_up(app.handle(), &setup_profile, preselected, link.as_deref()).unwrap_or_else(|error| {
                ended(&error, 1);
                std::process::exit(1);
            });
            Ok(())
        })
        .build(tauri::generate_context!())?;
    Ok(app.run_return(on_run_event))
}

/// On the main thread, before the event loop turns: as little as possible, and nothing that waits.
fn set_up(app: &AppHandle, profile: &Profile, preselected: Preselected, link: Option<&str>) -> anyhow::Result<()> {
    #[cfg(target_os = "linux")]
    desktop::linux_font::choose();
    let spoken = SpokenLanguage::default();
    let engine = Engine::start(Start {
        profile: profile.folder().to_owned(),
        ports: Ports {
            clock: Arc::new(SystemClock),
            chance: Arc::new(SystemChance),
            secrets: Arc::new(Keyring),
            notifier: Arc::new(Notifications::new(app, spoken.clone())?),
            connector: Arc::new(HttpConnector::new(Arc::new(SystemClock))),
            demo: Arc::new(EmbeddedDemo::new(profile.folder().join("demo"))),
        },
        preselected,
        first_paint: FIRST_PAINT,
        system_language: language::system(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        runtime: tauri::async_runtime::handle().inner().clone(),
        machine: Machine::default(),
    });
    let preferences = engine.preferences_now();
    spoken.follow(preferences.language);
    #[cfg(target_os = "macos")]
    desktop::menu::put_up(app, spoken.now())?;
    app.manage(engine);
    app.manage(spoken);
    app.manage(Confirmation::of_the_system(app));
    app.manage(Compact::default());
    app.manage(profile.clone());

    let window = window::create(app, profile, preferences.theme)?;
    #[cfg(target_os = "linux")]
    desktop::quit::on_shortcut(&window)?;
    if let Some(link) = link {
        link::follow(app, link);
    }
    Ok(())
}

fn on_run_event(app: &AppHandle, event: RunEvent) {
    match event {
        // The last window went without a word of the person's: only quitting ends the program, and it brings a code.
        RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
        RunEvent::Exit => {
            if let Some(engine) = app.try_state::<Arc<Engine>>() {
                tauri::async_runtime::block_on(engine.shutdown());
            }
        }
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => urls.iter().for_each(|url| link::follow(app, url.as_str())),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app),
        _ => {}
    }
}
