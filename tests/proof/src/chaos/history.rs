//! A history: rounds of work, faults and deaths on one workspace and one profile, then healing, rest and judgement.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use signoff_wire::interface::{Choice, EntryState, Stage};
use tokio::time::{Instant, sleep};

use super::app::App;
use super::death::{Death, Moment, Trap};
use super::faults::Weather;
use super::half::{self, Found};
use super::platform::Platform;
use super::process::Killer;
use super::proxy::Proxy;
use super::totals::Totals;
use super::workspace::{self, ADVISOR, Prepared, Programs};
use crate::actors::{Advisor, Customers, Others};
use crate::api::{Api, Call};
use crate::desk::{Ask, Desk, Told};
use crate::dice::Dice;
use crate::journal::{Answered, Decided, Journal};
use crate::oracle::{self, Broken, Evidence, Screen};
use crate::view::View;

/// How long anything may take once nothing stands in its way. Generous: two cores may be compiling beside it.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(20);

const STARTS: &str = "after a kill it starts";
const ENDS: &str = "nothing but SIGKILL and a quit ends a process";
const RESTS: &str = "everything comes to rest";
const HALF: &str = "a click cut short is queued, or its text is in the draft (D21)";
const TOLD_ONCE: &str = "a process shows a notification once (D30)";

/// What all histories of a run share.
pub struct Scene {
    /// The programs.
    pub programs: Programs,
    /// The workspace that each begins with.
    pub prepared: Prepared,
    /// The network.
    pub proxy: Proxy,
    /// What happened.
    pub totals: Totals,
}

/// What does not hold, and since when.
#[derive(Debug)]
pub struct Failed {
    /// The round, counted from one; the last for what showed in the judgement.
    pub round: usize,
    /// What.
    pub broken: Vec<Broken>,
}

/// Lives through the rounds of a seed in `folder`, which is removed first.
///
/// # Errors
/// [`Failed`], if the promise was not kept. The folder is as it was at that moment, and nobody works in it any more.
pub async fn live(scene: &Scene, seed: u64, rounds: usize, folder: &Path) -> Result<(), Failed> {
    let begun = History::begin(scene, seed, folder).await;
    let mut history = begun.map_err(|one| Failed { round: 0, broken: vec![one] })?;
    for round in 1..=rounds {
        history.round().await.map_err(|one| Failed { round, broken: vec![one] })?;
    }
    let broken = history.judgement().await;
    history.ends().await;
    if broken.is_empty() { Ok(()) } else { Err(Failed { round: rounds, broken }) }
}

struct History<'a> {
    scene: &'a Scene,
    folder: PathBuf,
    dice: Dice,
    app: App,
    platform: Platform,
    journal: Journal,
    advisor: Advisor,
    customers: Customers,
    others: Others,
    /// Clicks before this one have been heard, or looked for.
    looked: usize,
}

/// A death of a round, and the process that it is meant for: whoever starts after it lives.
struct Doom {
    death: Death,
    victim: Option<Killer>,
}

#[derive(Clone, Copy)]
enum Event {
    Advisor,
    Customer,
    Colleague,
    Switch,
    Revoked,
    Pause,
}

impl<'a> History<'a> {
    async fn begin(scene: &'a Scene, seed: u64, folder: &Path) -> Result<Self, Broken> {
        let dice = Dice::seeded(seed);
        scene.proxy.begins_anew(dice.fork());
        scene.prepared.copy_to(folder).map_err(|error| broken(STARTS, error))?;
        let journal = Journal::default();
        let mut advisor = Advisor::new(journal.clone(), dice.fork(), workspace::advisor(&scene.proxy));
        advisor.types_first = true;
        let mut history = Self {
            scene,
            folder: folder.to_owned(),
            app: App::new(&scene.programs.app, folder, scene.totals.clone()),
            platform: Platform::new(&scene.programs.platform, folder, scene.totals.clone())
                .map_err(|error| broken(STARTS, error))?,
            journal,
            advisor,
            customers: Customers::new(dice.fork(), 6),
            others: Others::new(dice.fork()),
            looked: 0,
            dice,
        };
        history.platform_starts(None).await?;
        history.app_starts(None).await?;
        Ok(history)
    }

    async fn round(&mut self) -> Result<(), Broken> {
        let (proxy, dice) = (&self.scene.proxy, self.dice.clone());
        self.scene.totals.count(|counts| counts.rounds += 1);
        proxy.becomes(Weather::drawn(&dice));
        if dice.percent(12) {
            proxy.cuts_off(true);
        }
        let deaths = Death::drawn(&dice);
        let dooms: Vec<Doom> = deaths.iter().map(|death| self.dooms(*death)).collect();
        let acts = 4 + dice.below(8);
        for act in 0..3 * acts {
            if dice.percent(20) {
                self.scene.proxy.cuts_off(false);
            }
            self.something_happens().await;
            let waited_for = dooms.iter().any(|doom| self.is_waited_for(doom));
            if act >= acts && !waited_for {
                break;
            }
            // Work goes on after a death, with what it has left behind.
            if !waited_for && dice.percent(40) {
                self.app_comes_back(&[]).await?;
            }
        }
        self.ends_round(&dooms);
        let first = dice.percent(50);
        if first {
            self.app_comes_back(&deaths).await?;
        }
        // Now and then the platform stays away for another round.
        if !dice.percent(12) {
            self.platform_comes_back(&deaths).await?;
        }
        if !first {
            self.app_comes_back(&deaths).await?;
        }
        self.looks_at_halves().await
    }

    fn dooms(&self, death: Death) -> Doom {
        let (proxy, after) = (&self.scene.proxy, death.after(&self.dice));
        let victim = if death.is_apps() { self.app.killer() } else { self.platform.killer() };
        match (death, victim.clone()) {
            (Death::AppInClick, Some(_)) => self.app.dies_in_click(Some(after)),
            (Death::AppInAttempt | Death::PlatformInAttempt, Some(killer)) => {
                proxy.sets(Trap { killer, death, moment: Moment::drawn(&self.dice), after });
            }
            (Death::App | Death::Platform, Some(killer)) => killer.kill_after(after, death),
            (Death::AppStarting | Death::PlatformStarting, _) | (_, None) => {}
        }
        Doom { death, victim }
    }

    async fn something_happens(&mut self) {
        let event = self.dice.weighed(&[
            (100, Event::Advisor),
            (22, Event::Customer),
            (5, Event::Colleague),
            (4, Event::Switch),
            (3, Event::Revoked),
            (35, Event::Pause),
        ]);
        match event.unwrap_or(Event::Advisor) {
            Event::Advisor => self.advisor_acts().await,
            Event::Customer => drop(self.customers.write(&self.platform).await),
            Event::Colleague => drop(self.others.colleague(&self.platform).await),
            Event::Switch => {
                let on = self.dice.percent(75);
                self.others.switches(&self.platform, on).await;
            }
            Event::Revoked => {
                if let Some(token) = self.scene.proxy.newest_token().filter(|token| *token != self.scene.prepared.token)
                {
                    let mut call = Call::get("/v1/sessions/current").with_token(&token);
                    call.method = "DELETE";
                    self.platform.call(call).await;
                }
            }
            // Not to wait for anything: a moment of a day in which nobody does anything, and attempts go on.
            Event::Pause => sleep(self.dice.between(Duration::from_millis(1), Duration::from_millis(80))).await,
        }
    }

    /// Whoever has something to look for does nothing else before.
    async fn advisor_acts(&mut self) {
        if self.looks_at_halves().await.is_ok() && half::unheard(&self.journal, self.looked).is_empty() {
            self.advisor.acts(&self.app, &self.scene.proxy).await;
        } else {
            self.advisor.signs_in(&self.app).await;
        }
    }

    /// Whether a death that needs a click or an attempt has not come yet, and somebody is there to make one.
    fn is_waited_for(&self, doom: &Doom) -> bool {
        let needs_work = match doom.death {
            Death::AppInClick | Death::AppInAttempt | Death::PlatformInAttempt => true,
            Death::AppStarting | Death::App | Death::PlatformStarting | Death::Platform => false,
        };
        needs_work && self.app.is_up() && doom.victim.as_ref().is_some_and(|victim| !victim.has_killed())
    }

    /// Whoever was to die and has not dies now.
    fn ends_round(&self, dooms: &[Doom]) {
        self.scene.proxy.clears_traps();
        self.app.dies_in_click(None);
        for Doom { death, victim } in dooms {
            if let Some(victim) = victim {
                victim.kill(if death.is_apps() { Death::App } else { Death::Platform });
            }
        }
    }

    async fn app_comes_back(&mut self, deaths: &[Death]) -> Result<(), Broken> {
        if self.app.is_up() {
            return Ok(());
        }
        if deaths.contains(&Death::AppStarting) {
            self.app_starts(Some(Death::AppStarting.after(&self.dice))).await?;
        }
        self.app_starts(None).await
    }

    async fn platform_comes_back(&mut self, deaths: &[Death]) -> Result<(), Broken> {
        if self.platform.is_up() {
            return Ok(());
        }
        if deaths.contains(&Death::PlatformStarting) {
            self.platform_starts(Some(Death::PlatformStarting.after(&self.dice))).await?;
        }
        self.platform_starts(None).await
    }

    /// Starts the app and waits until it is open; or until it is dead, if it is to die over it.
    async fn app_starts(&mut self, dies_after: Option<Duration>) -> Result<(), Broken> {
        self.app.is_buried().await.map_err(|error| broken(ENDS, error))?;
        self.app.starts().map_err(|error| broken(STARTS, error))?;
        if let (Some(after), Some(killer)) = (dies_after, self.app.killer()) {
            killer.kill_after(after, Death::AppStarting);
        }
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let told = self.app.ask(Ask::State).await;
            let stage = told.and_then(|told| if let Told::State(state) = told { Some(state.stage) } else { None });
            let open = match stage {
                Some(Stage::SignedIn { .. } | Stage::SignedOut) => true,
                Some(Stage::Opening) => false,
                Some(stage @ (Stage::Passphrase { .. } | Stage::Unusable { .. })) => {
                    return Err(broken(STARTS, format!("the app says {stage:?}")));
                }
                None if dies_after.is_some() => return self.app.is_buried().await.map_err(|error| broken(ENDS, error)),
                None => {
                    self.app.is_buried().await.map_err(|error| broken(ENDS, error))?;
                    return Err(broken(STARTS, "the app does not answer"));
                }
            };
            if open && dies_after.is_none() {
                return Ok(());
            }
            sleep(Duration::from_millis(2)).await;
        }
        Err(broken(STARTS, "the app does not open"))
    }

    async fn platform_starts(&mut self, dies_after: Option<Duration>) -> Result<(), Broken> {
        self.scene.proxy.leads_to(None);
        self.platform.is_buried().await.map_err(|error| broken(ENDS, error))?;
        let started = self.platform.starts(|killer| {
            if let Some(after) = dies_after {
                killer.kill_after(after, Death::PlatformStarting);
            }
        });
        let address = started.await.map_err(|error| broken(STARTS, error))?;
        self.scene.proxy.leads_to(address);
        if dies_after.is_none() {
            return if address.is_some() { Ok(()) } else { Err(broken(STARTS, "the platform was killed by nobody")) };
        }
        let until = Instant::now() + PATIENCE;
        while self.platform.is_up() && Instant::now() < until {
            sleep(Duration::from_millis(2)).await;
        }
        self.platform.is_buried().await.map_err(|error| broken(ENDS, error))
    }

    /// Looks for clicks that nobody heard the answer of.
    async fn looks_at_halves(&mut self) -> Result<(), Broken> {
        for click in half::unheard(&self.journal, self.looked) {
            let Some(found) = half::look(&self.app, &self.journal, &click).await else { return Ok(()) };
            match found {
                Found::Queued(key) => {
                    self.journal.found_queued(click.number, &key);
                    self.scene.totals.count(|counts| counts.unheard_queued += 1);
                }
                Found::Not => self.scene.totals.count(|counts| counts.unheard_not += 1),
                Found::Broken(one) => return Err(one),
            }
            self.looked = click.number + 1;
        }
        Ok(())
    }

    /// Heals everything, waits until it has come to rest, and judges.
    async fn judgement(&mut self) -> Vec<Broken> {
        self.scene.proxy.heals();
        for back in [self.platform_comes_back(&[]).await, self.app_comes_back(&[]).await] {
            if let Err(one) = back {
                return vec![one];
            }
        }
        // The network is back: the machine says so once.
        self.app.ask(Ask::Wake).await;
        let until = Instant::now() + PATIENCE;
        let mut unrest = vec![broken(RESTS, "nobody looked")];
        while Instant::now() < until {
            self.advisor.signs_in(&self.app).await;
            if let Err(one) = self.looks_at_halves().await {
                return vec![one];
            }
            match self.look().await {
                Ok((view, screen)) => {
                    unrest = oracle::at_rest(&view, &screen);
                    if unrest.is_empty() {
                        return self.judge(&view, &screen);
                    }
                }
                Err(error) => unrest = vec![broken(RESTS, error)],
            }
            sleep(LOOK_EVERY).await;
        }
        unrest
    }

    fn judge(&self, view: &View, screen: &Screen) -> Vec<Broken> {
        let pages = self.journal.read();
        let mut found = oracle::judge(&Evidence {
            pages: &pages,
            view,
            screen,
            advisor_id: ADVISOR,
            keys_forgotten: false,
            // What was told is in a file, and judged below. Whether anything is still going to be told, only simulated time can wait for.
            shown: &[],
            clock_went_back: true,
            in_steps: false,
        });
        for click in pages.clicks.iter().filter(|click| click.answer == Answered::Unheard) {
            if click.text.as_ref().is_some_and(|text| view.timelines().any(|entry| entry.text == *text)) {
                found.push(broken(HALF, format!("click {} was not queued, and was sent", click.number)));
            }
        }
        for entry in screen.queue.iter().filter(|entry| pages.click_of(&entry.id).is_none()) {
            found.push(broken(HALF, format!("{} is queued, and nobody clicked it", entry.id)));
        }
        found.extend(self.shown_twice());
        found.extend(self.app.wrong().into_iter().map(|what| broken(ENDS, what)));
        found.extend(self.panics());
        self.counts(view, screen);
        found
    }

    fn counts(&self, view: &View, screen: &Screen) {
        let pages = self.journal.read();
        let given_up = |key: &str| {
            pages.decisions_about(key).any(|decision| {
                matches!(decision.choice, Choice::Undo | Choice::Edit | Choice::Discard)
                    && !matches!(decision.answer, Decided::Refused(_))
            })
        };
        self.scene.totals.count(|counts| {
            for click in &pages.clicks {
                let Answered::Queued(key) = &click.answer else { continue };
                counts.clicks += 1;
                let open = screen
                    .entry(key)
                    .is_some_and(|entry| !matches!(entry.state, EntryState::Done | EntryState::Cancelled));
                if view.receipts.contains_key(key) {
                    counts.effects += 1;
                } else if open {
                    counts.waiting += 1;
                } else if given_up(key) {
                    counts.given_up += 1;
                }
            }
        });
    }

    /// A conversation begins once, and is told once by one process. One that was killed between showing and noting has to be forgiven: nobody
    /// can do both at once.
    fn shown_twice(&self) -> Vec<Broken> {
        let shown = std::fs::read_to_string(self.folder.join("notifications.txt")).unwrap_or_default();
        let mut seen = BTreeSet::new();
        let twice = shown.lines().filter(|line| line.contains(" begun ") && !seen.insert(*line));
        twice.map(|line| broken(TOLD_ONCE, format!("{line}, twice"))).collect()
    }

    /// A task that panics takes its process nowhere, and must not happen all the same.
    fn panics(&self) -> Vec<Broken> {
        let logs = ["app.log", "platform.log"].map(|log| std::fs::read_to_string(self.folder.join(log)));
        let panics = logs.iter().flatten().flat_map(|log| log.lines().filter(|line| line.contains("panicked at")));
        panics.map(|line| broken(ENDS, line)).collect()
    }

    async fn look(&self) -> Result<(View, Screen), String> {
        let screen = Screen::take(&self.app).await.ok_or("the app does not answer")?;
        let clicks = self.journal.read().clicks;
        let keys: Vec<String> = clicks
            .into_iter()
            .filter_map(|click| match click.answer {
                Answered::Queued(key) => Some(key),
                Answered::Refused(_) | Answered::Unheard => None,
            })
            .collect();
        let Prepared { token, admin, .. } = &self.scene.prepared;
        let view = View::take(&self.platform, token, admin, &keys).await.map_err(|error| error.to_string())?;
        Ok((view, screen))
    }

    /// Everybody leaves, in whatever order.
    async fn ends(&self) {
        self.scene.proxy.leads_to(None);
        // What dies here does not count.
        let quit = self.app.quits().await;
        drop(quit);
    }
}

fn broken(rule: &'static str, what: impl ToString) -> Broken {
    Broken { rule, what: what.to_string() }
}
