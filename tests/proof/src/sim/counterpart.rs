//! The platform of a history, whichever it is, and the way that leads to it: all that a [`history`](super::history) needs to know of it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use signoff_engine::ports::{Clock, Connector};

use super::fuse::{Fuse, Plan};
use super::network::{Cables, Network};
use super::weather::Sky;
use crate::actors::Attempts;
use crate::api::{Api, sign_in};
use crate::view::View;

/// Which platform stands in a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WorldKind {
    /// Ours: keys are kept, and a closing is one transaction (D4, D5).
    Own,
    /// One of the usual kind: a call for each step, and no keys (DESIGN, outbox 10).
    Steps,
}

impl WorldKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Own, Self::Steps];
}

impl fmt::Display for WorldKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Own => "own",
            Self::Steps => "steps",
        })
    }
}

/// There is no such world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such world")]
pub struct NoSuchWorld;

impl FromStr for WorldKind {
    type Err = NoSuchWorld;

    fn from_str(word: &str) -> Result<Self, NoSuchWorld> {
        Self::ALL.into_iter().find(|kind| kind.to_string() == word).ok_or(NoSuchWorld)
    }
}

/// The platform and the way to it.
#[async_trait]
pub trait Counterpart: Send + Sync {
    /// Starts the platform on what the last one has left. Says whether it got as far as serving.
    async fn starts(&self, plan: Plan) -> bool;
    /// Whether it runs and is alive.
    fn is_up(&self) -> bool;
    /// Whether it has died and has not been buried.
    fn is_dead(&self) -> bool;
    /// It dies, if it has not yet.
    fn dies(&self);
    /// It stops in good order.
    async fn stops(&self);
    /// A clock is about to leap: whatever may not outlast that is lost on its way.
    fn clocks_leap(&self);

    /// How customers and colleagues reach it.
    fn api(&self) -> &dyn Api;
    /// How a process with this fuse and this clock reaches it.
    fn connector(&self, clock: Arc<dyn Clock>, fuse: Arc<Fuse>) -> Arc<dyn Connector>;
    /// The weather between it and the app.
    fn sky(&self) -> &Sky;
    /// What the advisor can find out about what is on its way.
    fn attempts(&self) -> &dyn Attempts;
    /// Whether nothing is on its way any more.
    fn is_quiet(&self) -> bool;
    /// Requests that have left the app.
    fn requests(&self) -> usize;
    /// Ends the session that was last used, without the app knowing. Answers the status; `None` if there is none.
    async fn revoke(&self) -> Option<u16>;
    /// What it knows in truth.
    ///
    /// # Errors
    /// In words, what could not be read.
    async fn view(&self, keys: &[String]) -> Result<View, String>;
}

/// Our own platform, at the end of its [`Cables`].
pub struct Own {
    /// The way to it.
    pub cables: Cables,
    /// Who looks: the advisor, whose keys are asked for, and an admin.
    pub readers: [&'static str; 2],
    /// Their password.
    pub password: &'static str,
}

#[async_trait]
impl Counterpart for Own {
    async fn starts(&self, plan: Plan) -> bool {
        self.cables.site.starts(plan).await
    }

    fn is_up(&self) -> bool {
        self.cables.site.is_up()
    }

    fn is_dead(&self) -> bool {
        self.cables.site.is_dead()
    }

    fn dies(&self) {
        self.cables.site.dies();
    }

    async fn stops(&self) {
        self.cables.site.stops().await;
    }

    /// With a key, what arrives a month late changes nothing that it should not.
    fn clocks_leap(&self) {}

    fn api(&self) -> &dyn Api {
        &*self.cables.site
    }

    fn connector(&self, clock: Arc<dyn Clock>, fuse: Arc<Fuse>) -> Arc<dyn Connector> {
        Network::connector(&self.cables, clock, fuse)
    }

    fn sky(&self) -> &Sky {
        &self.cables.sky
    }

    fn attempts(&self) -> &dyn Attempts {
        &self.cables.flights
    }

    fn is_quiet(&self) -> bool {
        self.cables.flights.are_over()
    }

    fn requests(&self) -> usize {
        self.cables.traffic.requests()
    }

    async fn revoke(&self) -> Option<u16> {
        self.cables.revoke_newest_token().await
    }

    async fn view(&self, keys: &[String]) -> Result<View, String> {
        let [advisor, admin] = self.readers;
        let token = sign_in(self.api(), advisor, self.password).await.ok_or("nobody can sign in")?;
        let admin = sign_in(self.api(), admin, self.password).await.ok_or("no admin can sign in")?;
        View::take(self.api(), &token, &admin, keys).await.map_err(|error| error.to_string())
    }
}
