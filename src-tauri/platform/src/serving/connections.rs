//! Taking connections, within limits, and letting go of them without dropping what is under way.

use std::{
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Body, extract::Request};
use hyper::body::Incoming;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use ipnet::IpNet;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tower::{ServiceExt, service_fn};

use super::{
    Limits,
    address::{Peer, is_trusted},
    allowance::{Census, household},
    tls::Tls,
    work::{self, Work},
};
use crate::metrics::Metrics;

/// After an error of the system's, such as too many open files, there is no use in asking again at once.
const AFTER_AN_ERROR: Duration = Duration::from_millis(100);
/// How long a stop waits for the first request of a connection on which nothing was ever asked.
const NEVER_ASKED: Duration = Duration::from_millis(100);
/// How long a stop leaves an idle HTTP/1.1 connection open. Its client may be sending this very moment and could not tell a request that was
/// lost from one that was taken; whoever asks within this time is answered, and told in the answer that the connection ends. In HTTP/2
/// the goodbye says itself which requests were taken.
const IDLE: Duration = Duration::from_secs(1);

/// Where connections come in.
pub(super) struct Door {
    pub(super) listener: TcpListener,
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) app: Router,
    pub(super) limits: Limits,
    pub(super) trusted_proxies: Vec<IpNet>,
    pub(super) metrics: Arc<Metrics>,
}

impl Door {
    /// Takes connections until it is closed, then waits for those that there are.
    pub(super) async fn keep(self, mut closing: watch::Receiver<bool>) {
        let (census, places) = (Census::default(), Arc::new(Semaphore::new(self.limits.max_connections)));
        let mut connections = JoinSet::new();
        loop {
            let next = async {
                let place = Arc::clone(&places).acquire_owned().await;
                (place, self.listener.accept().await)
            };
            let accepted = tokio::select! {
                biased;
                _ = closing.wait_for(|close| *close) => break,
                accepted = next => accepted,
            };
            while connections.try_join_next().is_some() {}
            match accepted {
                // Nobody closes the semaphore.
                (Err(_), _) => return,
                (Ok(place), Ok(accepted)) => self.take(&mut connections, &census, place, accepted, &closing),
                (Ok(_), Err(error)) => {
                    tracing::warn!(%error, "cannot take a connection");
                    tokio::time::sleep(AFTER_AN_ERROR).await;
                }
            }
        }
        // Whoever has connected by now may have sent a request already; from here on nobody connects any more.
        refuse_more(&self.listener);
        while let Ok(Ok(accepted)) = tokio::time::timeout(Duration::ZERO, self.listener.accept()).await {
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { break };
            self.take(&mut connections, &census, place, accepted, &closing);
        }
        drop(self.listener);
        while connections.join_next().await.is_some() {}
    }

    fn take(
        &self,
        connections: &mut JoinSet<()>,
        census: &Census,
        place: tokio::sync::OwnedSemaphorePermit,
        (stream, peer): (TcpStream, SocketAddr),
        closing: &watch::Receiver<bool>,
    ) {
        let address = peer.ip().to_canonical();
        let most = if is_trusted(&self.trusted_proxies, address) {
            usize::MAX
        } else {
            self.limits.max_connections_per_address
        };
        let Some(counted) = census.admit(household(address), most) else {
            self.metrics.connections_refused.inc();
            tracing::warn!("an address has too many connections; one more was closed");
            return;
        };
        // Small answers leave at once.
        let _ = stream.set_nodelay(true);
        let mut stream = Box::pin(TimeoutStream::new(stream));
        stream.as_mut().set_write_timeout_pinned(Some(self.limits.write_timeout));
        let connection = Connection { address, app: self.app.clone(), limits: self.limits, closing: closing.clone() };
        let (tls, metrics) = (self.tls.clone(), Arc::clone(&self.metrics));
        connections.spawn(async move {
            let _held = (place, counted);
            metrics.connections.inc();
            match tls {
                Some(tls) => connection.secured(stream, &tls).await,
                None => connection.serve(stream, Version::One).await,
            }
            metrics.connections.dec();
        });
    }
}

/// Between the last connection that is taken and the end of the socket another one could be made, and be lost with its request.
/// A filter that drops every packet to the socket keeps it from being made; the client's next try finds nobody.
#[cfg(target_os = "linux")]
fn refuse_more(listener: &TcpListener) {
    const RETURN_NOTHING: socket2::SockFilter = socket2::SockFilter::new(0x06, 0, 0, 0);
    if let Err(error) = socket2::SockRef::from(listener).attach_filter(&[RETURN_NOTHING]) {
        tracing::debug!(%error, "the socket takes connections until it is closed");
    }
}

#[cfg(not(target_os = "linux"))]
fn refuse_more(_: &TcpListener) {}

/// Said by the handshake; in the clear nothing but HTTP/1.1 is spoken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

struct Connection {
    address: IpAddr,
    app: Router,
    limits: Limits,
    closing: watch::Receiver<bool>,
}

impl Connection {
    async fn secured<S>(self, stream: S, tls: &Tls)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let handshake = TlsAcceptor::from(tls.config()).accept(stream);
        match tokio::time::timeout(self.limits.handshake_timeout, handshake).await {
            Ok(Ok(stream)) => {
                let two = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                self.serve(stream, if two { Version::Two } else { Version::One }).await;
            }
            // Scanners and old clients: worth a line for whoever looks for it.
            Ok(Err(error)) => tracing::debug!(%error, "no handshake"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    }

    async fn serve<S>(mut self, stream: S, version: Version)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let mut builder = auto::Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(self.limits.header_timeout);
        builder.http2().timer(TokioTimer::new()).keep_alive_interval(Some(self.limits.header_timeout));
        let builder = if version == Version::Two { builder.http2_only() } else { builder.http1_only() };

        let (work, mut under_way) = Work::new();
        let (address, app) = (self.address, self.app);
        let app = service_fn(move |request: Request<Incoming>| {
            let (begun, app) = (work.begin(), app.clone());
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(address));
            async move { app.oneshot(request).await.map(|answer| answer.map(|body| begun.until_read(body))) }
        });
        // Not with upgrades, of which there are none: that would look for HTTP/2 in the first bytes, and wait for them without end.
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app)));
        let ended = tokio::select! {
            biased;
            ended = connection.as_mut() => Some(ended),
            () = async { drop(self.closing.wait_for(|close| *close).await) } => None,
            // In HTTP/1.1 the time for the head of the next request does it.
            () = work::idle(&mut under_way, self.limits.header_timeout), if version == Version::Two => {
                connection.as_mut().graceful_shutdown();
                match tokio::time::timeout(IDLE, connection.as_mut()).await {
                    Ok(ended) => Some(ended),
                    Err(_) => {
                        let busy = under_way.borrow().is_busy();
                        if !busy {
                            return tracing::debug!("an idle connection was closed");
                        }
                        // What was asked before the goodbye arrived is answered.
                        Some(connection.as_mut().await)
                    }
                }
            }
        };
        let ended = match ended {
            Some(ended) => ended,
            None => {
                let patience = if under_way.borrow().was_asked { IDLE } else { NEVER_ASKED };
                if version == Version::Two {
                    connection.as_mut().graceful_shutdown();
                }
                match tokio::time::timeout(patience, connection.as_mut()).await {
                    Ok(ended) => ended,
                    Err(_) => {
                        let asked = under_way.borrow().was_asked;
                        if !asked {
                            return;
                        }
                        connection.as_mut().graceful_shutdown();
                        connection.await
                    }
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection broke");
        }
    }
}
