//! The platform of a history: its folder, its starts and its ends. The routes are called in this process; nothing listens.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::password_hash::{PasswordHasher, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use signoff_platform::workspace::{Blueprint, Password};
use signoff_platform::{Chance, Machine, Opened, Options, Start, Threads, demo_blueprint};
use tower::ServiceExt;

use super::fuse::{Edge, Fuse, Plan};
use super::trace::Trace;
use super::world::WallClock;
use crate::api::{Answer, Api, Call};
use crate::dice::Dice;

/// The most that an answer can have.
const LIMIT_BYTES: usize = 64 * 1024 * 1024;

/// Where the platform stands, whether it runs or not.
pub struct Site {
    root: PathBuf,
    clock: Arc<WallClock>,
    dice: Dice,
    trace: Trace,
    life: Mutex<Life>,
}

#[derive(Default)]
struct Life {
    folder: u32,
    running: Option<Running>,
}

struct Running {
    opened: Opened,
    router: Router,
    fuse: Arc<Fuse>,
}

/// What came of a request.
pub enum Handled {
    /// An answer, which reaches nobody once the fuse has blown.
    Answered(Response<Body>, Arc<Fuse>),
    /// Nobody was there: it was certainly not handled.
    Refused,
    /// The platform died over it.
    Died,
}

impl Site {
    /// A place for a platform in an empty folder.
    #[must_use]
    pub fn new(root: PathBuf, clock: Arc<WallClock>, dice: Dice, trace: Trace) -> Arc<Self> {
        Arc::new(Self { root, clock, dice, trace, life: Mutex::default() })
    }

    /// Starts it on what the last one has left. Says whether it got as far as serving.
    pub async fn starts(&self, plan: Plan) -> bool {
        let fuse = Fuse::with(plan);
        let mut options = Options::new(self.folder());
        options.start = Start::With(Box::new(blueprint()));
        options.clock = Arc::clone(&self.clock) as Arc<dyn signoff_platform::Clock>;
        options.chance = Chance::seeded(self.dice.number());
        options.machine =
            Machine { threads: Threads::Caller, disk: Arc::clone(&fuse) as Arc<dyn signoff_platform::Disk> };
        let opened = signoff_platform::open(options).await;
        self.trace.note("platform", format_args!("starts, to die at {plan:?}: {}", opened.is_ok()));
        match opened {
            Ok(mut opened) => {
                let router = opened.begin();
                self.life().running = Some(Running { opened, router, fuse });
                true
            }
            Err(_) => {
                self.leave_as_it_is();
                false
            }
        }
    }

    /// Whether it runs and is alive.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.life().running.as_ref().is_some_and(|running| !running.fuse.is_blown())
    }

    /// Whether it has died and has not been buried.
    #[must_use]
    pub fn is_dead(&self) -> bool {
        self.life().running.as_ref().is_some_and(|running| running.fuse.is_blown())
    }

    /// It dies, if it has not yet: what is on the disk at this moment is what the next start finds.
    pub fn dies(&self) {
        let Some(running) = self.life().running.take() else { return };
        running.fuse.blow();
        self.trace.note("platform", format_args!("is dead, {:?}", running.fuse.died_at()));
        self.leave_as_it_is();
        drop(running);
    }

    /// It stops in good order.
    pub async fn stops(&self) {
        let running = self.life().running.take();
        if let Some(running) = running {
            running.opened.close().await;
            running.fuse.blow();
            self.trace.note("platform", format_args!("has stopped"));
            // Somebody may hold the old files for a moment yet.
            self.leave_as_it_is();
        }
    }

    /// Takes a request in.
    pub async fn handles(&self, request: Request<Body>) -> Handled {
        let Some((router, fuse)) =
            self.life().running.as_ref().map(|running| (running.router.clone(), Arc::clone(&running.fuse)))
        else {
            return Handled::Refused;
        };
        if fuse.is_blown() {
            return Handled::Refused;
        }
        if fuse.pass(Edge::RequestArrived).is_err() {
            return Handled::Died;
        }
        // The error of a router is impossible, and its type says so.
        let Ok(response) = router.oneshot(request).await;
        if fuse.is_blown() || fuse.pass(Edge::AnswerArrives).is_err() {
            return Handled::Died;
        }
        Handled::Answered(response, fuse)
    }

    /// A folder with what stands on the disk now, for the next start.
    fn leave_as_it_is(&self) {
        let before = self.folder();
        self.life().folder += 1;
        if let Err(error) = copy(&before, &self.folder()) {
            self.trace.note("platform", format_args!("its folder could not be copied: {}", error.kind()));
        }
        let _ = std::fs::remove_dir_all(before);
    }

    fn folder(&self) -> PathBuf {
        self.root.join(format!("platform-{}", self.life().folder))
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Api for Site {
    async fn call(&self, call: Call) -> Option<Answer> {
        let mut request = Request::builder().method(call.method).uri(&call.path);
        if let Some(token) = &call.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let body = call.body.as_ref().map_or_else(Vec::new, |body| serde_json::to_vec(body).unwrap_or_default());
        let request = request.header("content-type", "application/json").body(Body::from(body)).ok()?;
        let Handled::Answered(response, _) = self.handles(request).await else { return None };
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), LIMIT_BYTES).await.ok()?;
        Some(Answer { status, body: body.to_vec() })
    }
}

/// Copies what is on the disk. The index of the write-ahead log is memory, and does not survive.
pub(super) fn copy(from: &Path, to: &Path) -> io::Result<()> {
    std::fs::create_dir_all(to)?;
    let mut entries = std::fs::read_dir(from)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else if !entry.file_name().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

/// The demo's people and channels, with passwords that cost nothing to check: a history signs in often.
fn blueprint() -> Blueprint {
    let mut blueprint = demo_blueprint();
    let cheap = Params::new(Params::MIN_M_COST, 1, 1, None).ok();
    let hash = cheap.and_then(|cost| {
        let salt = SaltString::from_b64("c2lnbm9mZi1wcm9vZg").ok()?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
        Some(argon.hash_password(b"signoff-demo", &salt).ok()?.to_string())
    });
    if let Some(hash) = hash {
        for user in &mut blueprint.users {
            user.password = Password::Hash(hash.clone());
        }
    }
    blueprint
}
