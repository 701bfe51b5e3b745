//! Our outbox as the interface reaches it: the whole engine on a synchronised profile, its platform off the network.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use signoff_engine::Engine;
use signoff_turns::{Contender, Error};
use signoff_wire::interface::InboxRow;
use tokio::runtime::Runtime;

use crate::clicks::{click, received};
use crate::filled::Workspace;
use crate::options::Programs;
use crate::without_a_desk::{Person, runtime, synchronised, until};

/// A running engine.
pub(super) struct Facade {
    runtime: Runtime,
    engine: Arc<Engine>,
    rows: Vec<InboxRow>,
}

impl Facade {
    /// Synchronises with the demo workspace, and takes that off the network.
    pub(super) fn open(programs: &Programs, folder: &Path) -> Result<Self> {
        let workspace = Workspace::demo(programs, folder)?;
        let runtime = runtime()?;
        let person = Person::default();
        let (engine, rows) = runtime.block_on(async {
            let engine = person.start(&folder.join("profile"));
            person.sign_in(&engine, &workspace.address).await?;
            until(&engine, "the first synchronisation", synchronised).await?;
            let rows = received(&engine).await?;
            Ok::<_, anyhow::Error>((engine, rows))
        })?;
        workspace.stop()?;
        if rows.is_empty() {
            bail!("no conversation to answer");
        }
        Ok(Self { runtime, engine, rows })
    }
}

impl Contender for Facade {
    fn click(&mut self, conversation: usize) -> Result<Duration, Error> {
        let row = self.rows.get(conversation % self.rows.len()).ok_or("no conversation to answer")?;
        Ok(self.runtime.block_on(click(&self.engine, row))?)
    }

    fn drain(&mut self, _conversation: usize) -> Result<(), Error> {
        Err("its platform is off the network".into())
    }
}
