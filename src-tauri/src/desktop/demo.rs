//! The embedded demo workspace: the real platform, on a free port of this machine, with simulated customers. It is started when somebody
//! asks for it, keeps its data in the profile, and ends with the program.

use std::path::PathBuf;

use async_trait::async_trait;
use signoff_engine::ports::{DemoHost, DemoRunning, DemoUnavailable};
use signoff_platform::demo::content::{self, Person};
use signoff_platform::{Options, Running, Start};
use signoff_wire::contract::sessions::Role;
use signoff_wire::interface::DemoPerson;
use tokio::sync::Mutex;

/// The password of everybody in the demo workspace. No secret: the workspace listens on loopback only.
const PASSWORD: &str = "signoff-demo";
/// The demo workspace of a profile.
pub(crate) struct EmbeddedDemo {
    folder: PathBuf,
    running: Mutex<Option<Running>>,
}

impl EmbeddedDemo {
    /// The demo workspace that lives in `folder`. Nothing runs yet.
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, running: Mutex::new(None) }
    }
}

#[async_trait]
impl DemoHost for EmbeddedDemo {
    async fn start(&self) -> Result<DemoRunning, DemoUnavailable> {
        let mut running = self.running.lock().await;
        let address = match running.as_ref() {
            Some(running) => running.url(),
            None => {
                let mut options = Options::new(&self.folder);
                options.start = Start::Demo;
                options.traffic = true;
                let started = signoff_platform::serve(options).await.map_err(|e| DemoUnavailable(e.to_string()))?;
                tracing::info!(address = started.url(), "the demo workspace runs");
                running.insert(started).url()
            }
        };
        Ok(DemoRunning { address, people: people() })
    }
}

/// Who can sign in.
fn people() -> Vec<DemoPerson> {
    let person = |person: Person| DemoPerson {
        name: person.name.to_owned(),
        email: person.advisor.email().to_owned(),
        password: PASSWORD.to_owned(),
        role: if person.admin { Role::Admin } else { Role::Advisor },
    };
    content::people().into_iter().map(person).collect()
}
