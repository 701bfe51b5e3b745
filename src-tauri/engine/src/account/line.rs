//! The line to the account's platform: how to get there, and the token to speak with.

use std::sync::{Arc, OnceLock};

use chrono::Duration;
use secrecy::ExposeSecret;
use tokio::sync::{OnceCell, watch};

use crate::ports::Ports;
use crate::remote::{Platform, RemoteError, Token};

/// How to get to a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// The embedded demo workspace, which listens somewhere else in every run of the program.
    Demo,
    /// A base address.
    Address(String),
}

/// A line. It is made without a network, and connected when it is first needed.
pub(crate) struct Line {
    way: Way,
    ports: Ports,
    platform: OnceCell<(String, Arc<dyn Platform>)>,
    token: watch::Sender<Option<Token>>,
    /// What an earlier run has found out about the clocks.
    ahead_before: OnceLock<Duration>,
}

impl Line {
    pub(crate) fn new(way: Way, ports: Ports, token: Option<Token>) -> Self {
        Self { way, ports, platform: OnceCell::new(), token: watch::Sender::new(token), ahead_before: OnceLock::new() }
    }

    pub(crate) fn way(&self) -> &Way {
        &self.way
    }

    pub(crate) fn is_demo(&self) -> bool {
        self.way == Way::Demo
    }

    /// The platform's address, once it is known.
    pub(crate) fn address(&self) -> String {
        match (&self.way, self.platform.get()) {
            (_, Some((address, _))) | (Way::Address(address), None) => address.clone(),
            (Way::Demo, None) => String::new(),
        }
    }

    /// The platform; starts the demo workspace if it is that.
    pub(crate) async fn platform(&self) -> Result<Arc<dyn Platform>, RemoteError> {
        let connect = || async {
            let address = match &self.way {
                Way::Address(address) => address.clone(),
                Way::Demo => {
                    let running = self.ports.demo.start().await;
                    running.map_err(|error| RemoteError::Unreachable(error.to_string()))?.address
                }
            };
            let platform = self.ports.connector.connect(&address);
            Ok((address, platform.map_err(|error| RemoteError::Unreachable(error.to_string()))?))
        };
        self.platform.get_or_try_init(connect).await.map(|(_, platform)| Arc::clone(platform))
    }

    /// The platform's clock minus this machine's, as far as the platform has been heard, now or by an earlier run.
    pub(crate) fn clock_ahead_by(&self) -> Option<Duration> {
        let heard = self.platform.get().and_then(|(_, platform)| platform.clock_ahead_by());
        heard.or_else(|| self.ahead_before.get().copied())
    }

    /// Takes note of what an earlier run has found out about the clocks.
    pub(crate) fn clock_was_ahead_by(&self, by: Duration) {
        // The first to say so is the run before this one.
        let _ = self.ahead_before.set(by);
    }

    /// The token as it changes.
    pub(crate) fn tokens(&self) -> watch::Receiver<Option<Token>> {
        self.token.subscribe()
    }

    /// The token of the session, if it is not over.
    pub(crate) fn token(&self) -> Option<Token> {
        self.token.borrow().clone()
    }

    /// The token, waiting for a sign-in if there is none.
    pub(crate) async fn await_token(&self) -> Token {
        let mut tokens = self.token.subscribe();
        loop {
            if let Some(token) = tokens.borrow_and_update().clone() {
                return token;
            }
            // The sender lives as long as this line does.
            let _ = tokens.changed().await;
        }
    }

    /// Waits until `token` is not the session's any more: it is over, or somebody has signed in anew.
    pub(crate) async fn is_over(&self, token: &Token) {
        let another =
            |kept: &Option<Token>| kept.as_ref().is_none_or(|kept| kept.expose_secret() != token.expose_secret());
        // The sender lives as long as this line does.
        let _ = self.token.subscribe().wait_for(another).await;
    }

    /// A new session: whoever waits goes on (D25).
    pub(crate) fn renew(&self, token: Token) {
        self.token.send_replace(Some(token));
    }

    /// The platform does not know `token` any more. Says whether that is news: a sign-in may have renewed it meanwhile.
    pub(crate) fn expired(&self, token: &Token) -> bool {
        self.token.send_if_modified(|kept| {
            let is_this = kept.as_ref().is_some_and(|kept| kept.expose_secret() == token.expose_secret());
            if is_this {
                *kept = None;
            }
            is_this
        })
    }
}
