//! The network cable between the app and a platform, which a test can pull.
//!
//! Customers and other advisors reach the platform past it, so that the world goes on while one advisor is offline.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::desk::Desk;
use crate::platform::Platform;
use crate::wait::until;

/// A cable to one platform. Plugged in at first.
#[derive(Debug)]
pub struct Cable {
    shared: Arc<Shared>,
    address: SocketAddr,
}

#[derive(Debug)]
struct Shared {
    platform: SocketAddr,
    /// Ends the thread that accepts.
    unplugged: AtomicBool,
    /// The platform's answers do not arrive.
    mute: AtomicBool,
    swallowed_bytes: AtomicUsize,
    open: Mutex<Vec<TcpStream>>,
}

impl Desk {
    /// A cable to this platform.
    ///
    /// # Errors
    /// If there is no port left.
    pub fn cable(&self, platform: &Platform) -> Result<Cable> {
        let platform = platform.address().trim_start_matches("http://").parse().context("the platform's address")?;
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let shared = Shared {
            platform,
            unplugged: AtomicBool::new(false),
            mute: AtomicBool::new(false),
            swallowed_bytes: AtomicUsize::new(0),
            open: Mutex::new(Vec::new()),
        };
        let cable = Cable { shared: Arc::new(shared), address: listener.local_addr()? };
        cable.serve(listener)?;
        Ok(cable)
    }
}

impl Cable {
    /// The platform's address at this end.
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Pulls the cable: what is open breaks, nothing new gets through.
    pub fn unplug(&self) {
        self.shared.unplugged.store(true, Ordering::SeqCst);
        for stream in self.shared.open.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // Closed by its other end already is closed.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Plugs it in again.
    ///
    /// # Errors
    /// If the port has gone to somebody else.
    pub fn plug_in(&self) -> Result<()> {
        let listener = until("the port of the cable", || Ok(TcpListener::bind(self.address).ok()))?;
        self.shared.mute.store(false, Ordering::SeqCst);
        self.serve(listener)
    }

    /// From now on requests arrive and answers do not.
    pub fn swallow_answers(&self) {
        self.shared.swallowed_bytes.store(0, Ordering::SeqCst);
        self.shared.mute.store(true, Ordering::SeqCst);
    }

    /// Whether an answer has been swallowed.
    pub fn has_swallowed(&self) -> bool {
        self.shared.swallowed_bytes.load(Ordering::SeqCst) > 0
    }

    fn serve(&self, listener: TcpListener) -> Result<()> {
        self.shared.unplugged.store(false, Ordering::SeqCst);
        listener.set_nonblocking(true)?;
        let shared = Arc::clone(&self.shared);
        std::thread::spawn(move || {
            while !shared.unplugged.load(Ordering::SeqCst) {
                match listener.accept() {
                    // A platform that is not there refuses: so does the cable, by closing.
                    Ok((app, _)) => drop(connect(&shared, app)),
                    Err(_) => std::thread::sleep(Duration::from_millis(2)),
                }
            }
        });
        Ok(())
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.unplug();
    }
}

fn connect(shared: &Arc<Shared>, app: TcpStream) -> Result<()> {
    app.set_nonblocking(false)?;
    let platform = TcpStream::connect(shared.platform)?;
    for stream in [&app, &platform] {
        stream.set_nodelay(true)?;
        shared.open.lock().unwrap_or_else(PoisonError::into_inner).push(stream.try_clone()?);
    }
    let (requests, answers) = ((app.try_clone()?, platform.try_clone()?), (platform, app));
    std::thread::spawn(move || copy(requests, |_| true));
    let shared = Arc::clone(shared);
    std::thread::spawn(move || {
        copy(answers, |bytes| {
            let mute = shared.mute.load(Ordering::SeqCst);
            if mute {
                shared.swallowed_bytes.fetch_add(bytes, Ordering::SeqCst);
            }
            !mute
        });
    });
    Ok(())
}

/// Passes on what `passes` lets through, until one end closes; then closes the other.
fn copy((mut from, mut to): (TcpStream, TcpStream), passes: impl Fn(usize) -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        let Some(bytes) = buffer.get(..read) else { break };
        if passes(read) && to.write_all(bytes).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
