//! The engine as the shell sees it: one method per command of the interface, announcements, and nothing to decide.
//!
//! Starting never fails. Whatever is wrong with the profile is a [`Stage`] that says what to do about it, and the window is there to show it.
//! Opening, unlocking, signing in and out change what the engine works with; they run one at a time. All other commands are
//! answered from the cache by whoever is signed in, within a frame; those that need the network say so in their documentation.

mod admin;
mod clicks;
mod failures;
mod files;
mod pictures;
mod reading;
mod saving;
mod stages;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use signoff_wire::interface::{
    Announcement, AppState, Code, Failure, InboxPage, InboxQuery, NotificationPreferences, Preferences, Preselected,
    Stage, Startup,
};
use tokio::runtime::Handle;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::account::{Visit, Waiting};
use crate::downloads::Downloads;
use crate::first_paint::FirstPaint;
use crate::frame::{self, Announcements, Frame};
use crate::pictures::Pictures;
use crate::ports::Ports;
use crate::profile::{CacheKey, Profile, ProfileError};
use crate::store::Machine;
use crate::workplace::Workplace;

/// How long a shutdown waits for a sign-in or an opening that is under way.
const TURN: Duration = Duration::from_millis(500);
/// How long a window that is ready waits for a profile that is being opened. A keyring that asks the person takes longer, and the window
/// says so.
const OPENS_WITHIN: Duration = Duration::from_millis(300);

/// What an engine is started with.
pub struct Start {
    /// The profile's folder. Made if there is none.
    pub profile: PathBuf,
    /// The machine.
    pub ports: Ports,
    /// What the command line preselected.
    pub preselected: Preselected,
    /// How long the network is left alone for the window's first paint. Zero where there is no window.
    pub first_paint: Duration,
    /// The system's language, as a BCP 47 tag.
    pub system_language: String,
    /// The program's version.
    pub version: String,
    /// Where the engine's tasks run.
    pub runtime: Handle,
    /// Where what blocks runs, and on what disk.
    pub machine: Machine,
}

/// A running engine.
pub struct Engine {
    start: Start,
    frame: Arc<Frame>,
    preferences: watch::Sender<Preferences>,
    inside: Mutex<Inside>,
    /// Opening, unlocking, signing in and out run one at a time.
    turn: tokio::sync::Mutex<()>,
    window: Mutex<Window>,
    first_paint: Arc<FirstPaint>,
    downloads: Arc<Downloads>,
    pictures: Pictures,
    telling: JoinHandle<()>,
}

/// What has been opened so far.
#[derive(Default)]
struct Inside {
    profile: Option<Arc<Profile>>,
    key: Option<CacheKey>,
    workplace: Option<Arc<Workplace>>,
    /// Somebody whose password was right, and who has to bring a code.
    waiting: Option<Arc<Waiting>>,
    /// Somebody whose browser is at the provider, until somebody waits for them.
    visit: Option<Visit>,
    /// Tells whoever waits for the browser that nobody wants to know any more.
    visit_over: Arc<Notify>,
}

/// The window, as far as it listens.
#[derive(Default)]
struct Window {
    listening: Option<JoinHandle<()>>,
    /// The compact windows beside it (R12).
    beside: Vec<JoinHandle<()>>,
    /// A conversation to open as soon as it listens (D30).
    open: Option<String>,
}

impl Engine {
    /// Starts. The profile's lock and preferences are settled when this returns; keyring, cache and network follow on their own.
    pub fn start(start: Start) -> Arc<Self> {
        let now = start.ports.clock.now();
        let frame = Frame::new(frame::blank(now));
        let telling = {
            let frame = Arc::clone(&frame);
            start.runtime.spawn(async move { frame.tell().await })
        };
        let opened = Profile::open(&start.profile, Arc::clone(&start.ports.secrets), Arc::clone(&start.ports.chance));
        let preferences = opened.as_ref().map(Profile::preferences).unwrap_or_default();
        let first_paint = FirstPaint::within(start.first_paint);
        let downloads = Downloads::new(Arc::clone(&frame), start.runtime.clone(), start.machine.threads);
        let pictures = Pictures::new(start.machine.threads);
        let engine = Arc::new(Self {
            start,
            frame,
            preferences: watch::Sender::new(preferences),
            inside: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            window: Mutex::default(),
            first_paint,
            downloads,
            pictures,
            telling,
        });
        start_healing(&engine);
        match opened {
            Ok(profile) => {
                engine.inside().profile = Some(Arc::new(profile));
                let opening = Arc::clone(&engine);
                engine.start.runtime.spawn(async move { opening.unlock().await });
            }
            Err(error) => engine.unusable(&error),
        }
        engine
    }

    /// The frame's state now.
    pub fn state(&self) -> AppState {
        self.frame.state()
    }

    /// The frame's state as it changes.
    pub fn states(&self) -> watch::Receiver<AppState> {
        self.frame.watch()
    }

    /// Announcements from now on.
    pub fn announcements(&self) -> Announcements {
        self.frame.listen()
    }

    /// The window listens: everything for its first paint, `inbox` being the page it begins with, and announcements from now on, until
    /// `listener` answers that it is gone. A window that was reloaded takes the place of the one before.
    ///
    /// A profile that is just being opened is waited for, a moment: the first paint is the inbox then, and not that it is being opened.
    ///
    /// # Errors
    /// None at present.
    pub async fn ui_ready(
        &self,
        inbox: InboxQuery,
        listener: impl Fn(Announcement) -> bool + Send + Sync + 'static,
    ) -> Result<Startup, Failure> {
        let forwarding = self.forward(listener).await;
        if let Some(before) = self.window().listening.replace(forwarding) {
            before.abort();
        }
        // What goes wrong here goes wrong again when the window asks for itself, and is said then.
        let inbox = self.inbox(inbox).await.ok();
        let open = self.window().open.take();
        Ok(self.startup(inbox, open))
    }

    /// A compact window listens (R12): announcements until `listener` answers that it is gone, beside those of the window. It begins, and
    /// stays, with one conversation.
    ///
    /// # Errors
    /// None at present.
    pub async fn compact_ready(
        &self,
        conversation_id: String,
        listener: impl Fn(Announcement) -> bool + Send + Sync + 'static,
    ) -> Result<Startup, Failure> {
        let forwarding = self.forward(listener).await;
        let mut window = self.window();
        window.beside.retain(|listening| !listening.is_finished());
        window.beside.push(forwarding);
        drop(window);
        Ok(self.startup(None, Some(conversation_id)))
    }

    /// Tells the person something once, above everything else, until it is dismissed.
    pub fn notify(&self, notice: Code) {
        self.frame.update(|state| {
            if !state.notices.contains(&notice) {
                state.notices.push(notice);
            }
        });
    }

    async fn forward(&self, listener: impl Fn(Announcement) -> bool + Send + Sync + 'static) -> JoinHandle<()> {
        let mut states = self.states();
        let _ = timeout(OPENS_WITHIN, states.wait_for(|state| state.stage != Stage::Opening)).await;
        let mut announcements = self.announcements();
        self.start.runtime.spawn(async move {
            while let Some(announcement) = announcements.next().await {
                if !listener(announcement) {
                    return;
                }
            }
        })
    }

    fn startup(&self, inbox: Option<InboxPage>, open_conversation: Option<String>) -> Startup {
        Startup {
            state: self.state(),
            inbox,
            preferences: self.preferences_now(),
            system_language: self.start.system_language.clone(),
            open_conversation,
            version: self.start.version.clone(),
            preselected: self.start.preselected.clone(),
        }
    }

    /// Leads the window to a conversation: now, or as soon as it listens (D30).
    pub fn open_conversation(&self, conversation_id: String) {
        let mut window = self.window();
        if window.listening.as_ref().is_some_and(|listening| !listening.is_finished()) {
            self.frame.announce(Announcement::OpenConversation { conversation_id });
        } else {
            window.open = Some(conversation_id);
        }
    }

    /// Something makes a new attempt worth while: the network is back, the window has the focus, the machine woke up.
    pub fn wake(&self) {
        if let Ok(workplace) = self.workplace() {
            workplace.wake();
        }
    }

    /// Asks the platform now (D1) and wakes the queue. Answers at once; what is new is announced.
    ///
    /// # Errors
    /// None at present.
    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub async fn refresh(&self) -> Result<(), Failure> {
        match self.workplace() {
            Ok(workplace) => workplace.refresh(),
            Err(_) => self.wake(),
        }
        Ok(())
    }

    /// Takes a notice away that the person has read.
    ///
    /// # Errors
    /// None at present.
    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub async fn dismiss_notice(&self, code: Code) -> Result<(), Failure> {
        self.frame.update(|state| state.notices.retain(|notice| *notice != code));
        Ok(())
    }

    /// The preferences.
    pub fn preferences_now(&self) -> Preferences {
        self.preferences.borrow().clone()
    }

    /// The preferences.
    ///
    /// # Errors
    /// None at present.
    #[expect(clippy::unused_async, reason = "every command has the same shape")]
    pub async fn preferences(&self) -> Result<Preferences, Failure> {
        Ok(self.preferences_now())
    }

    /// Keeps the preferences. Do-not-disturb that is turned off is followed by what it held back, in one notification (D31).
    ///
    /// # Errors
    /// [`Code::CacheUnwritable`] or [`Code::DiskFull`]: the old ones stay.
    pub async fn set_preferences(&self, preferences: Preferences) -> Result<Preferences, Failure> {
        let profile = self.profile()?;
        let keep = preferences.clone();
        failures::blocking(self.start.machine.threads, move || {
            profile.set_preferences(&keep).map_err(ProfileError::from)
        })
        .await?;
        let before = self.preferences.send_replace(preferences.clone());
        self.frame.announce(Announcement::PreferencesChanged { preferences: preferences.clone() });
        let calm = |wanted: &NotificationPreferences| wanted.do_not_disturb;
        if calm(&before.notifications) && !calm(&preferences.notifications) {
            self.tell_what_was_held_back().await?;
        }
        Ok(preferences)
    }

    /// Ends everything; when this answers, another process can open the profile. What was clicked is on disk already; an attempt that is
    /// cut off here is settled at the next start.
    pub async fn shutdown(&self) {
        tracing::info!("the engine stops");
        // Whoever signs in just now waits for a network, or a keyring for a person: nobody who quits does.
        let _turn = timeout(TURN, self.turn.lock()).await;
        self.downloads.end();
        let Inside { workplace, profile, .. } = std::mem::take(&mut *self.inside());
        if let Some(workplace) = workplace {
            workplace.end().await;
            // The last one closes the file, which waits for the disk.
            let _ = self.start.machine.threads.blocking(move || drop((workplace, profile))).await;
        }
        self.stop();
    }

    fn stop(&self) {
        if let Some(workplace) = self.inside().workplace.take() {
            workplace.stop();
        }
        let mut window = self.window();
        for listening in window.listening.take().into_iter().chain(window.beside.drain(..)) {
            listening.abort();
        }
        drop(window);
        self.telling.abort();
    }

    async fn tell_what_was_held_back(&self) -> Result<(), Failure> {
        match self.workplace() {
            Ok(workplace) => Ok(workplace.tell_held_back().await?),
            Err(_) => Ok(()),
        }
    }

    /// Whoever is signed in, also offline and after the session expired.
    fn workplace(&self) -> Result<Arc<Workplace>, Failure> {
        self.inside()
            .workplace
            .clone()
            .ok_or_else(|| Failure::new(Code::SessionExpired).with_detail("nobody is signed in"))
    }

    fn profile(&self) -> Result<Arc<Profile>, Failure> {
        let code = match self.state().stage {
            Stage::Unusable { code } => code,
            Stage::Opening | Stage::Passphrase { .. } | Stage::SignedOut | Stage::SignedIn { .. } => Code::Internal,
        };
        self.inside().profile.clone().ok_or_else(|| Failure::new(code))
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches for damage that the synchronisation meets.
fn start_healing(engine: &Arc<Engine>) {
    let (mut states, runtime, engine) = (engine.states(), engine.start.runtime.clone(), Arc::downgrade(engine));
    runtime.spawn(async move {
        let damaged = |state: &AppState| state.connection.problem == Some(Code::CacheCorrupt);
        while states.wait_for(damaged).await.is_ok() {
            let Some(engine) = engine.upgrade() else { return };
            engine.heal().await;
        }
    });
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.stop();
    }
}
