//! The network between the app and the platform: a TCP proxy that mistreats what passes.
//!
//! It reads requests, since a fault belongs to a request and not to a connection that is kept alive for many; answers it passes on as bytes.
//! What it holds in its hands when the app dies it passes on all the same: a network does not know that somebody has died.

use std::collections::BTreeMap;
use std::future::pending;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::sleep;

use super::death::{Moment, Trap};
use super::faults::{Fault, Weather};
use super::request::Request;
use super::totals::Totals;
use crate::actors::Attempts;
use crate::dice::Dice;

const MS: Duration = Duration::from_millis(1);
/// A piece of a throttled answer, and how many there are before it goes on at full speed: a stream must not take for ever.
const DRIP_BYTES: usize = 200;
const DRIPS: usize = 40;

/// A proxy. Its address stays the same whoever is behind it.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Holds the port while nobody listens on it.
    _port: TcpSocket,
}

struct Shared {
    dice: Mutex<Dice>,
    totals: Totals,
    platform: Mutex<Option<SocketAddr>>,
    weather: Mutex<Weather>,
    traps: Mutex<Vec<Trap>>,
    /// Attempts that have left the app and of which nobody knows yet whether they take effect, by key.
    flights: Mutex<BTreeMap<String, usize>>,
    token: Mutex<Option<String>>,
    listens: watch::Sender<bool>,
    /// Changes whenever everything that is open breaks.
    breaks: watch::Sender<u64>,
}

impl Proxy {
    /// A proxy on a free port, which leads nowhere yet.
    ///
    /// # Errors
    /// If there is no port.
    pub fn listen(dice: Dice, totals: Totals) -> io::Result<Self> {
        let port = socket(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let address = port.local_addr()?;
        let shared = Arc::new(Shared {
            dice: Mutex::new(dice),
            totals,
            platform: Mutex::default(),
            weather: Mutex::default(),
            traps: Mutex::default(),
            flights: Mutex::default(),
            token: Mutex::default(),
            listens: watch::Sender::new(true),
            breaks: watch::Sender::new(0),
        });
        tokio::spawn(accept(Arc::clone(&shared), address));
        Ok(Self { address, shared, _port: port })
    }

    /// Its base address.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Leads to this platform from now on.
    pub fn leads_to(&self, platform: Option<SocketAddr>) {
        *lock(&self.shared.platform) = platform;
    }

    /// Another history begins: other chances, and nothing left of the last.
    pub fn begins_anew(&self, dice: Dice) {
        *lock(&self.shared.dice) = dice;
        self.heals();
        lock(&self.shared.flights).clear();
        *lock(&self.shared.token) = None;
    }

    /// Changes the weather.
    pub fn becomes(&self, weather: Weather) {
        *lock(&self.shared.weather) = weather;
    }

    /// Cuts the app off: what is open breaks, and connections are refused by the system. Or no longer.
    pub fn cuts_off(&self, off: bool) {
        if off && *self.shared.listens.borrow() {
            self.shared.totals.count(|counts| counts.cut_off += 1);
        }
        self.shared.listens.send_replace(!off);
        if off {
            self.breaks();
        }
    }

    /// No faults, no traps, and whatever is held up breaks.
    pub fn heals(&self) {
        self.becomes(Weather::default());
        lock(&self.shared.traps).clear();
        self.cuts_off(false);
        self.breaks();
    }

    /// Sets a trap: the next attempt that comes to its moment kills somebody.
    pub fn sets(&self, trap: Trap) {
        lock(&self.shared.traps).push(trap);
    }

    /// Takes away what was not stepped into.
    pub fn clears_traps(&self) {
        lock(&self.shared.traps).clear();
    }

    /// The token that the app has used last.
    #[must_use]
    pub fn newest_token(&self) -> Option<String> {
        lock(&self.shared.token).clone()
    }

    fn breaks(&self) {
        self.shared.breaks.send_modify(|times| *times += 1);
    }
}

impl Attempts for Proxy {
    fn under_way(&self, key: &str) -> bool {
        lock(&self.shared.flights).get(key).is_some_and(|count| *count > 0)
    }

    /// What has left the app is seen here; what it still waits for is known to nobody but itself.
    fn waited_for(&self, _key: &str) -> bool {
        false
    }
}

/// A socket on a port that several may share: one holds it, one listens.
fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    #[cfg(unix)]
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}

async fn accept(shared: Arc<Shared>, address: SocketAddr) {
    let mut listens = shared.listens.subscribe();
    loop {
        if listens.wait_for(|listens| *listens).await.is_err() {
            return;
        }
        let Ok(listener) = socket(address).and_then(|socket| socket.listen(128)) else { return };
        tokio::select! {
            () = accept_on(&shared, listener) => return,
            stopped = listens.wait_for(|listens| !listens) => if stopped.is_err() { return },
        }
    }
}

async fn accept_on(shared: &Arc<Shared>, listener: TcpListener) {
    loop {
        let Ok((app, _)) = listener.accept().await else { continue };
        let shared = Arc::clone(shared);
        tokio::spawn(async move {
            let mut breaks = shared.breaks.subscribe();
            tokio::select! {
                _ = breaks.changed() => {}
                // Whatever ends a connection, both ends see it closed.
                _ = Connection::relay(&shared, app) => {}
            }
        });
    }
}

/// A connection of the app, and of the platform behind it once there is one.
struct Connection<'a> {
    shared: &'a Shared,
    to_app: OwnedWriteHalf,
    from_platform: Option<OwnedReadHalf>,
    to_platform: Option<OwnedWriteHalf>,
    /// What becomes of the answer that is awaited.
    fault: Fault,
    /// Bytes before the cut, or drips before full speed.
    left: usize,
    /// The attempt that is not answered yet.
    flight: Option<String>,
    /// Whether the platform has begun to answer.
    answered: bool,
}

/// Whether a connection goes on.
#[derive(PartialEq, Eq)]
enum Goes {
    On,
    Down,
}

impl<'a> Connection<'a> {
    async fn relay(shared: &'a Shared, app: TcpStream) -> io::Result<()> {
        app.set_nodelay(true)?;
        let (mut from_app, to_app) = app.into_split();
        let mut this = Self {
            shared,
            to_app,
            from_platform: None,
            to_platform: None,
            fault: Fault::None,
            left: 0,
            flight: None,
            answered: true,
        };
        let mut arrived = Vec::new();
        let (mut asked, mut said) = (vec![0; 16 * 1024], vec![0; 16 * 1024]);
        loop {
            tokio::select! {
                read = from_app.read(&mut asked) => {
                    let read = read?;
                    if read == 0 {
                        return Ok(());
                    }
                    arrived.extend_from_slice(asked.get(..read).unwrap_or_default());
                    while let Some(request) = Request::take(&mut arrived) {
                        if this.passes(request).await? == Goes::Down {
                            return Ok(());
                        }
                    }
                }
                read = read_or_wait(&mut this.from_platform, &mut said) => {
                    let read = read?;
                    if read == 0 || this.answers(said.get(..read).unwrap_or_default()).await? == Goes::Down {
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn passes(&mut self, request: Request) -> io::Result<Goes> {
        let dice = self.shared.dice();
        self.fault = lock(&self.shared.weather).fault(&dice, request.is_stream);
        self.shared.totals.met(self.fault);
        if let Some(token) = &request.token {
            *lock(&self.shared.token) = Some(token.clone());
        }
        self.flight = request.key.clone().filter(|_| request.is_attempt);
        self.takes_off();
        self.answered = false;
        self.springs(&request, Moment::Left);
        match self.fault {
            Fault::None => {}
            Fault::Delayed => sleep(dice.between(5 * MS, 400 * MS)).await,
            Fault::AnswerCut => self.left = dice.below(if request.is_stream { 3000 } else { 900 }),
            Fault::Throttled => self.left = DRIPS,
            Fault::AnswerLost | Fault::FailedAfter => {}
            Fault::RequestCut => {
                let part = request.bytes.get(..dice.below(request.bytes.len())).unwrap_or_default();
                self.sends(part).await?;
                self.lands();
                return Ok(Goes::Down);
            }
            Fault::Stalled => {
                self.lands();
                return pending().await;
            }
            Fault::FailedBefore => return self.invents("500 Internal Server Error", "internal", "").await,
            Fault::Busy => {
                return self.invents("503 Service Unavailable", "overloaded", "retry-after: 1\r\n").await;
            }
            Fault::Refused => {
                self.lands();
                return Ok(Goes::Down);
            }
        }
        if self.sends(&request.bytes).await? == Goes::Down {
            self.lands();
            return Ok(Goes::Down);
        }
        self.springs(&request, Moment::Passed);
        Ok(Goes::On)
    }

    async fn answers(&mut self, said: &[u8]) -> io::Result<Goes> {
        if !self.answered {
            self.answered = true;
            self.lands();
            self.spring(Moment::Answered);
        }
        match self.fault {
            Fault::AnswerLost => Ok(Goes::Down),
            Fault::FailedAfter => self.invents("500 Internal Server Error", "internal", "").await,
            Fault::AnswerCut => {
                let part = said.get(..self.left.min(said.len())).unwrap_or_default();
                self.left -= part.len();
                self.to_app.write_all(part).await?;
                Ok(if part.len() == said.len() { Goes::On } else { Goes::Down })
            }
            Fault::Throttled => {
                for piece in said.chunks(DRIP_BYTES) {
                    if self.left > 0 {
                        self.left -= 1;
                        sleep(2 * MS).await;
                    }
                    self.to_app.write_all(piece).await?;
                }
                Ok(Goes::On)
            }
            Fault::None
            | Fault::Delayed
            | Fault::RequestCut
            | Fault::Stalled
            | Fault::FailedBefore
            | Fault::Busy
            | Fault::Refused => {
                self.to_app.write_all(said).await?;
                Ok(Goes::On)
            }
        }
    }

    /// Sends bytes to the platform, if there is one.
    async fn sends(&mut self, bytes: &[u8]) -> io::Result<Goes> {
        if self.to_platform.is_none() {
            let platform = *lock(&self.shared.platform);
            let Some(platform) = platform else { return Ok(Goes::Down) };
            let Ok(platform) = TcpStream::connect(platform).await else { return Ok(Goes::Down) };
            platform.set_nodelay(true)?;
            let (from, to) = platform.into_split();
            (self.from_platform, self.to_platform) = (Some(from), Some(to));
        }
        if let Some(to) = &mut self.to_platform {
            to.write_all(bytes).await?;
        }
        Ok(Goes::On)
    }

    /// Answers in the platform's place, and closes.
    async fn invents(&mut self, status: &str, code: &str, header: &str) -> io::Result<Goes> {
        self.lands();
        let number = status.split(' ').next().unwrap_or_default();
        let body = format!(
            r#"{{"type":"about:blank","title":"{code}","status":{number},"detail":"","code":"{code}","retryable":true}}"#
        );
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\n{header}content-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        self.to_app.write_all(head.as_bytes()).await?;
        self.to_app.write_all(body.as_bytes()).await?;
        self.to_app.shutdown().await?;
        Ok(Goes::Down)
    }

    fn springs(&self, request: &Request, moment: Moment) {
        if request.key.is_some() {
            self.spring(moment);
        }
    }

    fn spring(&self, moment: Moment) {
        let mut traps = lock(&self.shared.traps);
        traps.retain(|trap| {
            let sprung = trap.moment == moment;
            if sprung {
                trap.killer.kill_after(trap.after, trap.death);
            }
            !sprung
        });
    }

    fn takes_off(&self) {
        if let Some(key) = &self.flight {
            *lock(&self.shared.flights).entry(key.clone()).or_default() += 1;
        }
    }

    /// The attempt has been answered, or is certain never to arrive. One that broke after it had been passed on stays in the air: nobody
    /// knows.
    fn lands(&mut self) {
        if let Some(key) = self.flight.take()
            && let Some(count) = lock(&self.shared.flights).get_mut(&key)
        {
            *count = count.saturating_sub(1);
        }
    }
}

impl Shared {
    fn dice(&self) -> Dice {
        lock(&self.dice).clone()
    }
}

async fn read_or_wait(from: &mut Option<OwnedReadHalf>, into: &mut [u8]) -> io::Result<usize> {
    match from {
        Some(from) => from.read(into).await,
        None => pending().await,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
