//! A workspace with its people and a profile that is signed in to it, prepared once: a first synchronisation costs more than a round.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use signoff_wire::interface::SignIn;
use tokio::time::{Instant, sleep};

use super::app::App;
use super::death::Death;
use super::platform::Platform;
use super::proxy::Proxy;
use super::totals::Totals;
use crate::actors::{Advisor, Customers, Others};
use crate::api::sign_in;
use crate::dice::Dice;
use crate::journal::Journal;
use crate::oracle::{self, Screen};
use crate::view::View;

/// The advisor.
pub const EMAIL: &str = "alice@demo.test";
/// The advisor's id at the platform.
pub const ADVISOR: &str = "user_alice";
const PASSWORD: &str = "signoff-demo";
const ADMIN: &str = "admin@demo.test";
/// How long the first synchronisation may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// The programs.
#[derive(Debug, Clone)]
pub struct Programs {
    /// `signoff-headless`.
    pub app: PathBuf,
    /// `signoff-platform`.
    pub platform: PathBuf,
}

/// A prepared folder, and tokens that hold in every copy of it.
pub struct Prepared {
    folder: PathBuf,
    /// The advisor's own token, for looking at the platform as the advisor sees it.
    pub token: String,
    /// An admin's.
    pub admin: String,
}

/// How the advisor signs in.
#[must_use]
pub fn advisor(proxy: &Proxy) -> SignIn {
    SignIn { address: Some(proxy.address()), email: EMAIL.to_owned(), password: PASSWORD.to_owned() }
}

impl Prepared {
    /// Makes it in `folder`, which is removed first.
    ///
    /// # Errors
    /// If anything of it fails: nothing is mistreated yet.
    pub async fn make(programs: &Programs, folder: PathBuf, proxy: &Proxy, dice: &Dice) -> Result<Self, String> {
        anew(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let platform = Platform::new(&programs.platform, &folder, Totals::default())?;
        let app = App::new(&programs.app, &folder, Totals::default());
        let address = platform.starts(|_| {}).await?;
        proxy.leads_to(address);
        Others::new(dice.fork()).switches(&platform, true).await;
        let mut customers = Customers::new(dice.fork(), 6);
        for _ in 0..8 {
            customers.write(&platform).await;
        }
        let token = sign_in(&platform, EMAIL, PASSWORD).await.ok_or("the advisor cannot sign in")?;
        let admin = sign_in(&platform, ADMIN, PASSWORD).await.ok_or("the admin cannot sign in")?;
        app.starts()?;
        let mut advisor = Advisor::new(Journal::default(), dice.fork(), advisor(proxy));
        let until = Instant::now() + PATIENCE;
        let mut why = "it was not looked at".to_owned();
        loop {
            if Instant::now() > until {
                return Err(format!("the first synchronisation does not end: {why}"));
            }
            if let Some(said) = advisor.signs_in(&app).await
                && said != "is signed in"
            {
                why = said;
            } else if let (Some(screen), Ok(view)) =
                (Screen::take(&app).await, View::take(&platform, &token, &admin, &[]).await)
            {
                let unrest = oracle::at_rest(&view, &screen);
                match unrest.first() {
                    Some(broken) => why = broken.to_string(),
                    None => break,
                }
            }
            sleep(Duration::from_millis(50)).await;
        }
        app.quits().await?;
        if let Some(killer) = platform.killer() {
            killer.kill(Death::Platform);
        }
        platform.is_buried().await?;
        proxy.leads_to(None);
        Ok(Self { folder, token, admin })
    }

    /// A copy of it for a history.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub fn copy_to(&self, folder: &Path) -> io::Result<()> {
        anew(folder)?;
        copy(&self.folder, folder)
    }
}

/// An empty folder, whatever was there.
fn anew(folder: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    std::fs::create_dir_all(folder)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if !name.to_string_lossy().ends_with(".log") {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
