//! Single sign-on: the system's browser goes to the workspace's provider and comes back to a port of this machine (RFC 8252).
//!
//! What opens the session never leaves this process: the platform was given only its hash, so the code that comes to the port is of no use
//! to whoever else sees it. What comes with another visit's name is not an answer to this one.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::single_sign_on::SignInWays;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use url::Url;

use super::entrance::{Admitted, Entrance, EntranceError};
use super::farewell;
use crate::ports::Chance;
use crate::remote::{Refusal, RemoteError};

/// The platform forgets it then.
const VISIT_LIVES: Duration = Duration::from_secs(10 * 60);
/// Somebody whose browser is at the provider.
pub(crate) struct Visit {
    entrance: Entrance,
    name: String,
    verifier: SecretString,
    listener: TcpListener,
}

/// What comes to the port.
#[derive(Deserialize)]
struct Brought {
    visit: String,
    code: Option<String>,
    error: Option<String>,
}

/// Who is let through.
struct Door {
    visit: String,
    brought: mpsc::Sender<Brought>,
}

impl Entrance {
    /// How one signs in there.
    pub(crate) async fn ways(&self) -> Result<SignInWays, EntranceError> {
        self.platform().await?.sign_in_ways().await.map_err(EntranceError::NotLetIn)
    }

    /// Begins; the second of both is what the browser has to open.
    pub(crate) async fn visit(self, chance: &dyn Chance) -> Result<(Visit, Url), EntranceError> {
        let listening = async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            let port = listener.local_addr()?.port();
            Ok::<_, std::io::Error>((listener, port))
        };
        let refused = |error: std::io::Error| EntranceError::NotLetIn(RemoteError::Nonsense(error.to_string()));
        let (listener, port) = listening.await.map_err(refused)?;
        let mut bytes = [0; 32];
        chance.fill(&mut bytes);
        let verifier = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
        let begun = self.platform().await?.begin_visit(port, challenge).await.map_err(EntranceError::NotLetIn)?;
        let url = Url::parse(&begun.url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let nonsense = || EntranceError::NotLetIn(RemoteError::Nonsense("it sends people to no web page".to_owned()));
        let visit = Visit { entrance: self, name: begun.visit, verifier: verifier.into(), listener };
        Ok((visit, url.ok_or_else(nonsense)?))
    }
}

impl Visit {
    /// Waits until the browser is back, and goes in.
    pub(crate) async fn enter(self) -> Result<Admitted, EntranceError> {
        let Self { entrance, name, verifier, listener } = self;
        let (sender, mut brought) = mpsc::channel(1);
        let door = Arc::new(Door { visit: name, brought: sender });
        let routes = Router::new().route("/", get(back)).with_state(door);
        let (stop, stopped) = oneshot::channel::<()>();
        // It ends with `stop`, also where nobody waits any more.
        let farewell = async { drop(stopped.await) };
        let serving = tokio::spawn(axum::serve(listener, routes).with_graceful_shutdown(farewell).into_future());
        let brought = timeout(VISIT_LIVES, brought.recv()).await;
        drop(stop);
        drop(serving);
        let brought = brought.ok().flatten().ok_or_else(|| refused(ProblemCode::VisitUnknown))?;
        let code = match (brought.code, brought.error) {
            (Some(code), None) => code,
            (_, error) => return Err(refused(error.as_deref().map_or(ProblemCode::ProviderFailed, ProblemCode::from))),
        };
        let session = entrance.platform().await?.finish_visit(code, verifier.expose_secret()).await;
        entrance.admit(session.map_err(EntranceError::NotLetIn)?).await
    }
}

async fn back(State(door): State<Arc<Door>>, headers: HeaderMap, Query(brought): Query<Brought>) -> Response {
    if brought.visit != door.visit {
        return StatusCode::NOT_FOUND.into_response();
    }
    let page = farewell::page(brought.error.as_deref().map(ProblemCode::from).as_ref(), &headers);
    // Whoever comes a second time has nothing to add.
    let _ = door.brought.try_send(brought);
    let told = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, farewell::POLICY),
    ];
    (told, Html(page)).into_response()
}

fn refused(code: ProblemCode) -> EntranceError {
    EntranceError::NotLetIn(RemoteError::Refused(Box::new(Refusal::because(code))))
}
