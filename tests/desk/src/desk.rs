//! The desk itself: its folders, its surroundings, and the order in which its parts come up and go down.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::bus::Bus;
use crate::keyring::{Keyring, KeyringDaemon};
use crate::notifications::Notifications;
use crate::platform::{Platform, PlatformOptions};
use crate::process::Surroundings;
use crate::screen::Screen;

/// What a desk is to be like.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Names the desk in the folder of evidence: the test's or the tour's name.
    pub name: String,
    /// Where screenshots and logs go: under Cargo's target folder.
    pub evidence: PathBuf,
    /// The `signoff` program; `signoff-platform` is expected beside it.
    pub app: PathBuf,
    /// The keyring.
    pub keyring: Keyring,
    /// Width and height of the screen.
    pub size: (u32, u32),
    /// The system's language, as `LANG` names it.
    pub language: String,
}

impl Setup {
    /// A desk with an unlocked keyring and an ordinary screen.
    pub fn new(name: &str, app: impl Into<PathBuf>, evidence: impl Into<PathBuf>) -> Self {
        Self {
            name: name.to_owned(),
            evidence: evidence.into(),
            app: app.into(),
            keyring: Keyring::Unlocked,
            size: (1360, 860),
            // UTF-8 without relying on a locale that minimal systems have not generated; the system speaks English with it.
            language: "C.UTF-8".to_owned(),
        }
    }

    /// The same with another keyring.
    #[must_use]
    pub fn with_keyring(mut self, keyring: Keyring) -> Self {
        self.keyring = keyring;
        self
    }

    /// The same in another language of the system.
    #[must_use]
    pub fn speaking(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }
}

/// A display, a window manager, a session bus, a keyring and a notification daemon, and the folders of one imaginary person.
#[derive(Debug)]
pub struct Desk {
    // Fields are dropped in this order: programs before the display and the bus that they use, the folder last.
    notifications: Notifications,
    keyring: Option<KeyringDaemon>,
    bus: Bus,
    screen: Screen,
    surroundings: Surroundings,
    runtime: Arc<Runtime>,
    setup: Setup,
    logs: PathBuf,
    folder: TempDir,
}

impl Desk {
    /// Sets a desk up.
    ///
    /// # Errors
    /// If one of its programs is missing or does not come up.
    pub fn new(setup: Setup) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("desk-").tempdir()?;
        let logs = setup.evidence.join(&setup.name);
        if logs.exists() {
            std::fs::remove_dir_all(&logs).with_context(|| format!("cannot clear {}", logs.display()))?;
        }
        std::fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
        let mut surroundings = surroundings(folder.path(), &setup.language)?;
        let screen = Screen::new(&mut surroundings, folder.path(), &logs, setup.size)?;
        let bus = Bus::new(&mut surroundings, folder.path(), &logs)?;
        let keyring = KeyringDaemon::new(setup.keyring, &surroundings, &bus, &logs)?;
        let notifications = Notifications::new(&surroundings, &bus, folder.path(), &logs)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { notifications, keyring, bus, screen, surroundings, runtime: Arc::new(runtime), setup, logs, folder })
    }

    /// What the person sees.
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// What the notification daemon has shown.
    pub fn notifications(&self) -> &Notifications {
        &self.notifications
    }

    /// A folder for the app's profile, the same at every call.
    pub fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    /// The folder of everything that is gone with the desk.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the person keeps what they save.
    pub fn downloads(&self) -> PathBuf {
        self.folder.path().join(DOWNLOADS)
    }

    /// Where this desk's screenshots and logs are kept.
    pub fn evidence(&self) -> &Path {
        &self.logs
    }

    /// Starts a platform with the demo workspace, its switch off, in a folder of its own.
    ///
    /// # Errors
    /// If it does not serve.
    pub fn platform(&self, options: PlatformOptions) -> Result<Platform> {
        let program = self.setup.app.with_file_name("signoff-platform");
        let data = tempfile::Builder::new().prefix("platform-").tempdir_in(self.folder.path())?.keep();
        Platform::start(Arc::clone(&self.runtime), &program, &data, &self.logs, options)
    }

    /// Ends the keyring, as a crash or an update of the system would.
    ///
    /// # Errors
    /// If the bus goes on knowing it.
    pub fn remove_keyring(&mut self) -> Result<()> {
        self.keyring = None;
        self.bus.wait_without(crate::keyring::NAME)
    }

    /// Starts a keyring in place of the one that is there; it comes up as `keyring` says, with what was kept before.
    ///
    /// # Errors
    /// If it does not come up.
    pub fn replace_keyring(&mut self, keyring: Keyring) -> Result<()> {
        self.remove_keyring()?;
        self.keyring = KeyringDaemon::new(keyring, &self.surroundings, &self.bus, &self.logs)?;
        Ok(())
    }

    pub(crate) fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    pub(crate) fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    pub(crate) fn app_program(&self) -> &Path {
        &self.setup.app
    }

    pub(crate) fn bus(&self) -> &Bus {
        &self.bus
    }
}

/// Below the desk's folder.
const DOWNLOADS: &str = "home/Downloads";

/// Folders of an imaginary person and the variables that point there.
fn surroundings(folder: &Path, language: &str) -> Result<Surroundings> {
    let mut surroundings = Surroundings::default();
    let inherited = std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into());
    surroundings.set("PATH", inherited);
    for (variable, name) in [
        ("HOME", "home"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_RUNTIME_DIR", "run"),
        ("TMPDIR", "tmp"),
    ] {
        let path = folder.join(name);
        std::fs::create_dir(&path)?;
        if variable == "XDG_RUNTIME_DIR" {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700))?;
        }
        surroundings.set(variable, path);
    }
    let downloads = folder.join(DOWNLOADS);
    std::fs::create_dir(&downloads)?;
    let places = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", downloads.display());
    std::fs::write(folder.join("config/user-dirs.dirs"), places)?;
    surroundings.set("LANG", language);
    surroundings.set("GDK_BACKEND", "x11");
    surroundings.set("GTK_THEME", "Adwaita");
    surroundings.set("GSETTINGS_BACKEND", "memory");
    // No graphics card: WebKit's buffers through the kernel's would come out blank.
    surroundings.set("LIBGL_ALWAYS_SOFTWARE", "1");
    surroundings.set("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
    surroundings.set("RUST_BACKTRACE", "1");
    Ok(surroundings)
}
