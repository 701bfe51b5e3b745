//! Opening, unlocking, signing in and out: everything that changes the [`Stage`].

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use signoff_wire::contract::second_factor::Enrolment;
use signoff_wire::contract::sessions::Me;
use signoff_wire::contract::single_sign_on::SignInWays;
use signoff_wire::interface::{Code, DemoWorkspace, Failure, SignIn, SignInOutcome, Stage, WorkspaceFound};
use tokio::time::timeout;
use url::Url;

use super::failures::{self, blocking};
use super::{Engine, ProfileError};
use crate::account::{self, Admitted, Entered, Entrance, Waiting, Way};
use crate::frame;
use crate::profile::{CacheKey, Profile, SHORTEST_PASSPHRASE, Unlocked};
use crate::remote::Token;
use crate::store::{OpenError, Opened, Options, Store, Threads};
use crate::workplace::{Setting, Workplace};

/// How long a platform is given to end the session at a sign-out. The token is forgotten here either way.
const GOODBYE: Duration = Duration::from_secs(5);

impl Engine {
    /// Looks once more at a profile that could not be used.
    ///
    /// # Errors
    /// None: what is still wrong is the stage.
    pub async fn try_again(self: &Arc<Self>) -> Result<(), Failure> {
        if matches!(self.state().stage, Stage::Unusable { .. }) {
            self.frame.update(|state| state.stage = Stage::Opening);
            self.unlock().await;
        }
        Ok(())
    }

    /// Unlocks the profile with a passphrase, or takes it as the new one.
    ///
    /// # Errors
    /// [`Code::PassphraseWrong`], [`Code::PassphraseTooShort`] with the limit, or that the profile's folder cannot be written.
    pub async fn open_with_passphrase(&self, passphrase: SecretString) -> Result<(), Failure> {
        let _turn = self.turn.lock().await;
        if !matches!(self.state().stage, Stage::Passphrase { .. }) {
            return Ok(());
        }
        let profile = self.profile()?;
        let key =
            blocking(self.threads(), move || profile.unlock_with(&passphrase)).await.map_err(|failure| Failure {
                limit: (failure.code == Code::PassphraseTooShort)
                    .then_some(u32::try_from(SHORTEST_PASSPHRASE).unwrap_or(u32::MAX)),
                ..failure
            })?;
        self.settle_in(key).await;
        Ok(())
    }

    /// Looks whether a Signoff platform answers at an address as typed. Needs the network.
    ///
    /// # Errors
    /// [`Code::AddressInvalid`], [`Code::AddressUnreachable`], [`Code::AddressNotSignoff`], [`Code::CertificateInvalid`] or
    /// [`Code::PlatformUnavailable`].
    pub async fn check_workspace(&self, address: &str) -> Result<WorkspaceFound, Failure> {
        let look = async { Entrance::to(Some(address), &self.start.ports)?.look().await };
        let address = look.await.map_err(|error| error.failure(self.start.ports.clock.now()))?;
        Ok(WorkspaceFound { address })
    }

    /// Starts the embedded demo workspace, if it does not run, and says who can sign in to it.
    ///
    /// # Errors
    /// [`Code::Internal`], if it does not start.
    pub async fn start_demo(&self) -> Result<DemoWorkspace, Failure> {
        let running = self.start.ports.demo.start().await;
        let running = running.map_err(|error| Failure::new(Code::Internal).with_detail(error.to_string()))?;
        Ok(DemoWorkspace { people: running.people })
    }

    /// Signs in; after a session expired, signs in again, and the queue goes on (D25). Needs the network.
    ///
    /// # Errors
    /// Those of [`Engine::check_workspace`], [`Code::BadCredentials`], [`Code::TooManyAttempts`] with the time of the next try, and those of a
    /// cache that cannot be opened.
    pub async fn sign_in(&self, args: SignIn) -> Result<SignInOutcome, Failure> {
        let _turn = self.turn.lock().await;
        self.inside().waiting = None;
        let enter = async {
            let entrance = Entrance::to(args.address.as_deref(), &self.start.ports)?;
            entrance.enter(&args.email, &SecretString::from(args.password)).await
        };
        match enter.await.map_err(|error| error.failure(self.start.ports.clock.now()))? {
            Entered::Admitted(admitted) => self.let_in(*admitted).await,
            Entered::Waits(waiting) => {
                let enrol = waiting.enrol;
                self.inside().waiting = Some(Arc::from(waiting));
                Ok(SignInOutcome::SecondStep { enrol })
            }
        }
    }

    /// Gives what an authenticator needs that has to be set up before the second step.
    ///
    /// # Errors
    /// [`Code::SignInTooSlow`], if nobody is between two steps any more, and those of [`Engine::check_workspace`].
    pub async fn enrol_second_factor(&self) -> Result<Enrolment, Failure> {
        let waiting = self.waiting()?;
        waiting.enrol().await.map_err(|error| error.failure(self.start.ports.clock.now()))
    }

    /// Takes the second step with a code of the authenticator or a recovery code. After a wrong one there is another try.
    ///
    /// # Errors
    /// [`Code::SecondFactorWrong`], [`Code::SignInTooSlow`], and those of [`Engine::sign_in`].
    pub async fn second_step(&self, code: SecretString) -> Result<SignInOutcome, Failure> {
        let _turn = self.turn.lock().await;
        let waiting = self.waiting()?;
        let admitted = waiting.enter(&code).await.map_err(|error| error.failure(self.start.ports.clock.now()))?;
        self.inside().waiting = None;
        self.let_in(admitted).await
    }

    /// How one signs in to a workspace. Needs the network.
    ///
    /// # Errors
    /// Those of [`Engine::check_workspace`].
    pub async fn sign_in_ways(&self, address: Option<&str>) -> Result<SignInWays, Failure> {
        let ask = async { Entrance::to(address, &self.start.ports)?.ways().await };
        ask.await.map_err(|error| error.failure(self.start.ports.clock.now()))
    }

    /// Begins a sign-in through the system's browser; the answer is what it has to open. An earlier one is over.
    ///
    /// # Errors
    /// Those of [`Engine::check_workspace`], and [`Code::RefusedOtherwise`] with the platform's reason.
    pub async fn begin_single_sign_on(&self, address: Option<&str>) -> Result<Url, Failure> {
        self.cancel_single_sign_on();
        let begin = async {
            let entrance = Entrance::to(address, &self.start.ports)?;
            entrance.look().await?;
            entrance.visit(&*self.start.ports.chance).await
        };
        let (visit, url) = begin.await.map_err(|error| error.failure(self.start.ports.clock.now()))?;
        self.inside().visit = Some(visit);
        Ok(url)
    }

    /// Waits for the browser to come back, ten minutes at most, and lets the person in.
    ///
    /// # Errors
    /// [`Code::SignInTooSlow`], if nobody is on the way or it was cancelled, and those of [`Engine::sign_in`].
    pub async fn finish_single_sign_on(&self) -> Result<SignInOutcome, Failure> {
        let (visit, over) = {
            let mut inside = self.inside();
            (inside.visit.take(), Arc::clone(&inside.visit_over))
        };
        let too_slow = || Failure::new(Code::SignInTooSlow);
        let admitted = tokio::select! {
            admitted = visit.ok_or_else(too_slow)?.enter() => admitted,
            () = over.notified() => return Err(too_slow()),
        };
        let admitted = admitted.map_err(|error| error.failure(self.start.ports.clock.now()))?;
        let _turn = self.turn.lock().await;
        self.let_in(admitted).await
    }

    /// Nobody waits for the browser any more.
    pub fn cancel_single_sign_on(&self) {
        let mut inside = self.inside();
        inside.visit = None;
        inside.visit_over.notify_waiters();
    }

    fn waiting(&self) -> Result<Arc<Waiting>, Failure> {
        self.inside().waiting.clone().ok_or_else(|| Failure::new(Code::SignInTooSlow))
    }

    /// Lets somebody go on where they were, or move in.
    async fn let_in(&self, mut admitted: Admitted) -> Result<SignInOutcome, Failure> {
        let profile = self.profile()?;
        let key = self.inside().key.clone().ok_or_else(|| Failure::new(Code::KeyringLocked))?;
        let recovery_codes = std::mem::take(&mut admitted.recovery_codes);
        let account = account::folder_of(&admitted.me);
        let current = self.inside().workplace.clone();
        if let Some(current) = current {
            if current.account() == account && current.way() == &admitted.way {
                current.renew(&admitted.me, admitted.token).await?;
                return Ok(SignInOutcome::SignedIn { recovery_codes });
            }
            self.leave(&profile, current).await;
        }
        self.move_in(&profile, &key, &account, admitted).await?;
        Ok(SignInOutcome::SignedIn { recovery_codes })
    }

    /// Signs out. What is queued or drafted stays in the profile, encrypted, until the same person signs in again (D23); nothing else does.
    ///
    /// # Errors
    /// [`Code::CacheUnwritable`] or [`Code::DiskFull`]: then the person is still signed in.
    pub async fn sign_out(&self) -> Result<(), Failure> {
        let _turn = self.turn.lock().await;
        let (profile, workplace) = (self.profile()?, self.workplace()?);
        let keep = Arc::clone(&profile);
        blocking(self.threads(), move || Ok(keep.set_account(None)?)).await?;
        self.leave(&profile, workplace).await;
        Ok(())
    }

    /// Opens the cache anew when a damaged page is met at work: what can be saved is, the rest is synchronised anew.
    pub(super) async fn heal(&self) {
        let _turn = self.turn.lock().await;
        let (key, workplace) = {
            let mut inside = self.inside();
            (inside.key.clone(), inside.workplace.take())
        };
        if let Some(workplace) = workplace {
            workplace.end().await;
        }
        // Whatever comes of it: whoever waits for damage would be called again at once.
        self.frame.update(|state| state.connection.problem = None);
        if let Some(key) = key {
            tracing::warn!("the cache is damaged and opened anew");
            self.settle_in(key).await;
        }
    }

    /// Gets the key of the caches and goes on from there.
    pub(super) async fn unlock(self: &Arc<Self>) {
        let _turn = self.turn.lock().await;
        let unlocked = match self.opened_profile().await {
            Ok(profile) => blocking_profile(self.threads(), move || profile.unlock()).await,
            Err(error) => Err(error),
        };
        match unlocked {
            Ok(Unlocked::With(key)) => self.settle_in(key).await,
            Ok(Unlocked::NeedsPassphrase { new }) => self.frame.update(|state| state.stage = Stage::Passphrase { new }),
            Err(error) => self.unusable(&error),
        }
    }

    async fn opened_profile(&self) -> Result<Arc<Profile>, ProfileError> {
        if let Some(profile) = self.inside().profile.clone() {
            return Ok(profile);
        }
        let (folder, secrets, chance) =
            (self.start.profile.clone(), Arc::clone(&self.start.ports.secrets), Arc::clone(&self.start.ports.chance));
        let profile =
            Arc::new(blocking_profile(self.threads(), move || Profile::open(&folder, secrets, chance)).await?);
        self.preferences.send_replace(profile.preferences());
        self.inside().profile = Some(Arc::clone(&profile));
        Ok(profile)
    }

    /// The caches can be read from now on: whoever was signed in is signed in.
    async fn settle_in(&self, key: CacheKey) {
        self.inside().key = Some(key.clone());
        let Ok(profile) = self.profile() else { return };
        let Some(account) = profile.account() else {
            return self.frame.update(|state| state.stage = Stage::SignedOut);
        };
        let mut returned = self.return_to(&profile, &key, &account).await;
        if returned.as_ref().is_err_and(|failure| failure.code == Code::CacheCorrupt) {
            // The damage was met while reading and is marked now: opening the file once more sets it aside.
            returned = self.return_to(&profile, &key, &account).await;
        }
        match returned {
            Ok(true) => {}
            Ok(false) => self.frame.update(|state| state.stage = Stage::SignedOut),
            Err(failure) => self.frame.update(|state| state.stage = Stage::Unusable { code: failure.code }),
        }
    }

    /// Lets the person of a cache go on; says whether there is one.
    async fn return_to(&self, profile: &Arc<Profile>, key: &CacheKey, account: &str) -> Result<bool, Failure> {
        let store = self.open_store(profile, key, account).await?;
        let Some((me, way)) = store.read(account::remembered).await? else { return Ok(false) };
        self.work(self.setting(profile, account, store), &me, way, None).await?;
        Ok(true)
    }

    /// Opens the cache of somebody who was just let in.
    async fn move_in(
        &self,
        profile: &Arc<Profile>,
        key: &CacheKey,
        account: &str,
        admitted: Admitted,
    ) -> Result<(), Failure> {
        let store = self.open_store(profile, key, account).await?;
        let Admitted { me, way, token, recovery_codes: _ } = admitted;
        let (kept_me, kept_way) = (me.clone(), way.clone());
        store.write(move |transaction| account::remember(transaction, &kept_me, &kept_way)).await?;
        let (keep, name) = (Arc::clone(profile), account.to_owned());
        blocking(self.threads(), move || Ok(keep.set_account(Some(&name))?)).await?;
        self.work(self.setting(profile, account, store), &me, way, Some(token)).await
    }

    async fn work(&self, setting: Setting, me: &Me, way: Way, token: Option<Token>) -> Result<(), Failure> {
        let workplace = Workplace::open(setting, me, way, token).await;
        self.inside().workplace = Some(Arc::clone(&workplace));
        let begun = workplace.begin(me).await;
        if begun.is_err() {
            self.inside().workplace = None;
        }
        begun
    }

    /// Ends the work of whoever is signed in, and removes what nobody needs any more.
    async fn leave(&self, profile: &Arc<Profile>, workplace: Arc<Workplace>) {
        self.inside().workplace = None;
        self.downloads.end();
        let now = self.start.ports.clock.now();
        self.frame.update(|state| frame::forget_person(state, now));
        self.frame.everything_changed();
        self.frame.queue_changed();
        let line = workplace.line();
        self.start.runtime.spawn(async move {
            if let (Some(token), Ok(platform)) = (line.token(), line.platform().await) {
                let _ = timeout(GOODBYE, platform.sign_out(&token)).await;
            }
        });
        let account = workplace.account().to_owned();
        match workplace.close().await {
            Ok(true) => tracing::info!("signed out; queued actions and drafts are kept"),
            Ok(false) => {
                let profile = Arc::clone(profile);
                let deleted = self.threads().blocking(move || profile.delete_cache_of(&account)).await;
                if let Some(Err(error)) = deleted {
                    tracing::warn!(%error, "a cache could not be deleted");
                }
            }
            Err(error) => tracing::warn!(%error, "a cache could not be emptied"),
        }
    }

    async fn open_store(&self, profile: &Arc<Profile>, key: &CacheKey, account: &str) -> Result<Store, Failure> {
        let (path, key) = (profile.cache_of(account), key.clone());
        let options = Options::on(Arc::clone(&self.start.ports.clock), self.start.machine.clone());
        let opening = self.threads().blocking(move || Store::open(&path, &key, options));
        let opened: Result<Opened, OpenError> = opening.await.ok_or_else(|| Failure::new(Code::Internal))?;
        let opened = opened.map_err(|error| failures::of_opening(&error))?;
        if opened.rescue.is_some() {
            self.frame.update(|state| state.notices.push(Code::CacheCorrupt));
        }
        Ok(opened.store)
    }

    fn setting(&self, profile: &Arc<Profile>, account: &str, store: Store) -> Setting {
        Setting {
            profile: Arc::clone(profile),
            account: account.to_owned(),
            store,
            ports: self.start.ports.clone(),
            frame: Arc::clone(&self.frame),
            preferences: self.preferences.subscribe(),
            first_paint: Arc::clone(&self.first_paint),
            runtime: self.start.runtime.clone(),
            threads: self.threads(),
        }
    }

    fn threads(&self) -> Threads {
        self.start.machine.threads
    }

    pub(super) fn unusable(&self, error: &ProfileError) {
        tracing::warn!(%error, "the profile cannot be used");
        let code = error.code();
        self.frame.update(|state| state.stage = Stage::Unusable { code });
    }
}

async fn blocking_profile<T: Send + 'static>(
    threads: Threads,
    work: impl FnOnce() -> Result<T, ProfileError> + Send + 'static,
) -> Result<T, ProfileError> {
    match threads.blocking(work).await {
        Some(done) => done,
        // The keyring's library gave up on us.
        None => Err(ProfileError::Keyring(crate::ports::SecretsError::Refused)),
    }
}
