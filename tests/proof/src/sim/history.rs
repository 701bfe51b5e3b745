//! One seed: a world is made, people work in it while it fails, then everything is healed, and the oracle judges.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use signoff_wire::interface::SignIn;
use tokio::time::{Instant, sleep_until};

use super::client::Laptop;
use super::counterpart::{Counterpart, Own, WorldKind};
use super::fuse::{Edge, Plan};
use super::network::Cables;
use super::platform::Site;
use super::trace::Trace;
use super::vendor::Vendor;
use super::weather::Weather;
use super::world::{WallClock, World};
use crate::actors::{Advisor, Customers, Others};
use crate::dice::Dice;
use crate::journal::{Answered, Journal};
use crate::oracle::{self, Broken, Evidence, Screen};
use crate::view::View;

const EMAIL: &str = "alice@demo.test";
const PASSWORD: &str = "signoff-demo";
const ADVISOR: &str = "user_alice";
/// How long the healed world is given to come to rest: the longest wait of the network's inventions, the longest of ours, and some air.
const REST: Duration = Duration::from_secs(45 * 60);
/// What platforms say they remember keys for; past that the oracle does not insist on what only a key could tell.
const KEYS_SURE: TimeDelta = TimeDelta::days(28);

/// What became of a seed.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The seed.
    pub seed: u64,
    /// The world that it made.
    pub kind: WorldKind,
    /// The hash of everything that happened, and of how many things that is.
    pub hash: (u64, u64),
    /// What does not hold. Nothing, if the promise was kept.
    pub broken: Vec<Broken>,
    /// The trace, if it was asked for.
    pub trace: Vec<String>,
    /// What happened in numbers.
    pub figures: Figures,
}

/// What happened in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// Clicks that were queued.
    pub clicks: usize,
    /// Deaths of the app.
    pub app_deaths: usize,
    /// Deaths of the platform.
    pub platform_deaths: usize,
    /// Requests that left the app.
    pub requests: usize,
    /// Simulated seconds.
    pub seconds: u64,
}

impl std::ops::AddAssign for Figures {
    fn add_assign(&mut self, other: Self) {
        self.clicks += other.clicks;
        self.app_deaths += other.app_deaths;
        self.platform_deaths += other.platform_deaths;
        self.requests += other.requests;
        self.seconds += other.seconds;
    }
}

/// Lives through a seed in a world. Has to be called on a runtime of one thread whose time stands still; `folder` is empty and for this
/// history alone.
pub async fn live(kind: WorldKind, seed: u64, folder: &Path, keep_trace: bool) -> Verdict {
    let mut history = History::begin(kind, seed, folder, keep_trace);
    history.opening().await;
    history.troubles().await;
    let broken = history.judgement().await;
    let clicks = history.journal.read().clicks;
    let figures = Figures {
        clicks: clicks.iter().filter(|click| matches!(click.answer, Answered::Queued(_))).count(),
        requests: history.platform.requests(),
        seconds: history.begun.elapsed().as_secs(),
        ..history.figures
    };
    for one in &broken {
        history.trace.note("oracle", format_args!("{one}"));
    }
    Verdict { seed, kind, hash: history.trace.hash(), broken, trace: history.trace.lines(), figures }
}

struct History {
    dice: Dice,
    world: Arc<World>,
    begun: Instant,
    trace: Trace,
    kind: WorldKind,
    platform: Box<dyn Counterpart>,
    platform_clock: Arc<WallClock>,
    laptop: Arc<Laptop>,
    laptop_clock: Arc<WallClock>,
    journal: Journal,
    advisor: Advisor,
    customers: Customers,
    others: Others,
    platform_back_at: Option<Instant>,
    laptop_back_at: Option<Instant>,
    /// The platform's clock goes wrong in one direction only: a platform that has gone forward and back again has broken its own promise
    /// about keys.
    platform_goes_forward: bool,
    platform_time_passed: TimeDelta,
    platform_is_ahead_by: TimeDelta,
    clock_went_back: bool,
    figures: Figures,
}

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Event {
    Advisor,
    Customer,
    Colleague,
    Switch,
    CutOff,
    Weather,
    PlatformDies,
    PlatformStops,
    AppDies,
    AppQuits,
    LaptopClock,
    PlatformClock,
    Sleep,
    Revoked,
}

impl History {
    fn begin(kind: WorldKind, seed: u64, folder: &Path, keep_trace: bool) -> Self {
        let dice = Dice::seeded(seed);
        let world = World::begin();
        let trace = Trace::of(&world, keep_trace);
        let (platform_clock, laptop_clock) = (WallClock::right(&world), WallClock::right(&world));
        let (own_dice, journal) = (dice.fork(), Journal::default());
        let laptop = Laptop::new(folder.to_owned(), Arc::clone(&laptop_clock), dice.fork(), trace.clone());
        let way_dice = dice.fork();
        let clock = Arc::clone(&platform_clock);
        let platform: Box<dyn Counterpart> = match kind {
            WorldKind::Own => {
                let site = Site::new(folder.to_owned(), Arc::clone(&clock), own_dice, trace.clone());
                let cables = Cables { journal: journal.clone(), ..Cables::calm(site, way_dice, clock, trace.clone()) };
                Box::new(Own { cables, readers: [EMAIL, "admin@demo.test"], password: PASSWORD })
            }
            WorldKind::Steps => Box::new(Vendor::new(&own_dice, way_dice, clock, journal.clone(), trace.clone())),
        };
        let address = Some("http://platform.test".to_owned());
        let who = SignIn { address, email: EMAIL.to_owned(), password: PASSWORD.to_owned() };
        let advisor = Advisor::new(journal.clone(), dice.fork(), who);
        let how_many = 2 + dice.below(8);
        let customers = Customers::new(dice.fork(), how_many);
        let others = Others::new(dice.fork());
        let platform_goes_forward = dice.percent(50);
        Self {
            begun: Instant::now(),
            dice,
            world,
            trace,
            kind,
            platform,
            platform_clock,
            laptop,
            laptop_clock,
            journal,
            advisor,
            customers,
            others,
            platform_back_at: None,
            laptop_back_at: None,
            platform_goes_forward,
            platform_time_passed: TimeDelta::zero(),
            platform_is_ahead_by: TimeDelta::zero(),
            clock_went_back: false,
            figures: Figures::default(),
        }
    }

    /// A good morning: everything works, and somebody has written already.
    async fn opening(&mut self) {
        self.platform.starts(None).await;
        if self.dice.percent(85) {
            let said = self.others.switches(self.platform.api(), true).await;
            self.trace.note("world", format_args!("{said}"));
        }
        for _ in 0..3 + self.dice.below(8) {
            let said = self.customers.write(self.platform.api()).await;
            self.trace.note("world", format_args!("{said}"));
        }
        let plan = self.plan();
        self.start_app(plan);
        for _ in 0..5 {
            self.passes(Duration::from_millis(500)).await;
            if let Some(said) = self.advisor.signs_in(&*self.laptop).await {
                self.trace.note("advisor", format_args!("{said}"));
            }
        }
        self.passes(Duration::from_secs(5)).await;
    }

    async fn troubles(&mut self) {
        self.platform.sky().becomes(Weather::drawn(&self.dice));
        let steps = 30 + self.dice.below(120);
        for _ in 0..steps {
            let pause = self.dice.between(Duration::from_millis(2), Duration::from_secs(60));
            self.passes(pause).await;
            self.something_happens().await;
        }
    }

    async fn something_happens(&mut self) {
        let event = self.dice.weighed(&[
            (100, Event::Advisor),
            (20, Event::Customer),
            (8, Event::Colleague),
            (6, Event::Switch),
            (8, Event::CutOff),
            (3, Event::Weather),
            (3, Event::PlatformDies),
            (2, Event::PlatformStops),
            (3, Event::AppDies),
            (3, Event::AppQuits),
            (2, Event::LaptopClock),
            (1, Event::PlatformClock),
            (2, Event::Sleep),
            (3, Event::Revoked),
        ]);
        let said = match event.unwrap_or(Event::Advisor) {
            Event::Advisor => self.advisor.acts(&*self.laptop, self.platform.attempts()).await,
            Event::Customer => self.customers.write(self.platform.api()).await,
            Event::Colleague => self.others.colleague(self.platform.api()).await,
            Event::Switch => {
                let on = self.dice.percent(65);
                self.others.switches(self.platform.api(), on).await
            }
            Event::CutOff => {
                let off = !self.platform.sky().is_cut_off();
                self.platform.sky().cuts_off(off);
                format!("the laptop is cut off: {off}")
            }
            Event::Weather => {
                self.platform.sky().becomes(Weather::drawn(&self.dice));
                "the weather changes".to_owned()
            }
            Event::PlatformDies => {
                self.bury_platform();
                "the platform is killed".to_owned()
            }
            Event::PlatformStops => {
                self.platform.stops().await;
                self.platform_back_at.get_or_insert(Instant::now() + self.downtime());
                "the platform is stopped".to_owned()
            }
            Event::AppDies => {
                self.bury_app();
                "the app is killed".to_owned()
            }
            Event::AppQuits => {
                self.laptop.quits().await;
                self.laptop_back_at.get_or_insert(Instant::now() + self.downtime());
                "the advisor quits the app".to_owned()
            }
            Event::LaptopClock => {
                let by = self.wrong_by();
                self.laptop_clock.is_ahead_by(by);
                format!("the laptop's clock is ahead by {} s", by.num_seconds())
            }
            Event::PlatformClock => {
                let by = self.wrong_by().abs();
                let by = if self.platform_goes_forward { by } else { -by };
                self.platform.clocks_leap();
                self.platform_clock.is_ahead_by(by);
                self.clock_went_back = true;
                // Also on its way back to the right time it may go forward.
                self.platform_time_passed += (by - self.platform_is_ahead_by).max(TimeDelta::zero());
                self.platform_is_ahead_by = by;
                format!("the platform's clock is ahead by {} s", by.num_seconds())
            }
            Event::Sleep => {
                let drawer = self.dice.percent(40);
                let (from, to) = if drawer { (30, 60) } else { (0, 20) };
                let day = Duration::from_secs(86_400);
                let by = self.dice.between(day * from + Duration::from_secs(600), day * to);
                let by = TimeDelta::from_std(by).unwrap_or_default();
                self.platform.clocks_leap();
                self.world.leaps(by);
                self.platform_time_passed += by;
                // A month in a drawer: the platform has forgotten what is old by then.
                if drawer && self.dice.percent(60) {
                    self.bury_app();
                }
                if drawer && self.platform.is_up() {
                    self.platform.stops().await;
                    self.platform_back_at.get_or_insert(Instant::now());
                }
                format!("everybody sleeps for {} s", by.num_seconds())
            }
            Event::Revoked => self.revoke().await,
        };
        self.trace.note("world", format_args!("{said}"));
    }

    /// Ends the advisor's session at the platform, without the app knowing.
    async fn revoke(&mut self) -> String {
        match self.platform.revoke().await {
            Some(status) => format!("the session is revoked: {status}"),
            None => "there is no session to revoke".to_owned(),
        }
    }

    /// Lets time pass. Whatever dies meanwhile is buried, and comes back when its time has come.
    async fn passes(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until {
            let next = [self.platform_back_at, self.laptop_back_at].into_iter().flatten().min();
            let laptop = Arc::clone(&self.laptop);
            tokio::select! {
                biased;
                () = laptop.died() => {}
                () = sleep_until(next.map_or(until, |next| next.min(until))) => {}
            }
            if self.laptop.is_dead() {
                self.bury_app();
            }
            if self.platform.is_dead() {
                self.bury_platform();
            }
            if self.platform_back_at.is_some_and(|at| at <= Instant::now()) {
                self.platform_back_at = None;
                let plan = self.plan();
                if !self.platform.starts(plan).await {
                    self.figures.platform_deaths += 1;
                    self.platform_back_at = Some(Instant::now() + self.downtime());
                }
            }
            if self.laptop_back_at.is_some_and(|at| at <= Instant::now()) {
                self.laptop_back_at = None;
                let plan = self.plan();
                self.start_app(plan);
            }
        }
    }

    fn bury_app(&mut self) {
        if self.laptop.is_up() || self.laptop.is_dead() {
            self.laptop.dies();
            self.figures.app_deaths += 1;
            self.laptop_back_at.get_or_insert(Instant::now() + self.downtime());
        }
    }

    fn bury_platform(&mut self) {
        if self.platform.is_up() || self.platform.is_dead() {
            self.platform.dies();
            self.figures.platform_deaths += 1;
            self.platform_back_at.get_or_insert(Instant::now() + self.downtime());
        }
    }

    fn start_app(&self, plan: Plan) {
        self.laptop.starts(plan, |clock, fuse| self.platform.connector(clock, fuse));
    }

    fn downtime(&self) -> Duration {
        self.dice.between(Duration::from_millis(100), Duration::from_secs(600))
    }

    /// How the next start will end: by nothing of its own, or at some edge.
    fn plan(&self) -> Plan {
        let edge = self.dice.weighed(&[
            (35, None),
            (20, Some(Edge::BeforeCommit)),
            (20, Some(Edge::AfterCommit)),
            (8, Some(Edge::RequestLeaves)),
            (8, Some(Edge::RequestArrived)),
            (8, Some(Edge::AnswerArrives)),
            (1, Some(Edge::SecretKept)),
            (2, Some(Edge::Notified)),
        ])??;
        let most = match edge {
            Edge::SecretKept | Edge::Notified => 3,
            Edge::BeforeCommit
            | Edge::AfterCommit
            | Edge::RequestLeaves
            | Edge::RequestArrived
            | Edge::AnswerArrives => 80,
        };
        let number = 1 + self.dice.below(most);
        Some((edge, u64::try_from(number).unwrap_or(1)))
    }

    /// Seconds to a year, either way.
    fn wrong_by(&self) -> TimeDelta {
        if self.dice.percent(25) {
            return TimeDelta::zero();
        }
        let by = self.dice.between(Duration::from_secs(5), Duration::from_secs(365 * 86_400));
        let by = TimeDelta::from_std(by).unwrap_or_default();
        if self.dice.percent(50) { by } else { -by }
    }

    /// Heals everything, waits until it has come to rest, and judges.
    async fn judgement(&mut self) -> Vec<Broken> {
        self.trace.note("world", format_args!("everything is healed"));
        self.platform.sky().becomes(Weather::default());
        self.platform.sky().cuts_off(false);
        // What is left of planned deaths must not come any more.
        self.platform.dies();
        self.laptop.dies();
        (self.platform_back_at, self.laptop_back_at) = (None, None);
        self.platform.starts(None).await;
        self.start_app(None);
        let until = Instant::now() + REST;
        let mut pause = Duration::from_secs(2);
        let mut unrest = vec![Broken { rule: "everything comes to rest", what: "nobody looked".to_owned() }];
        let mut seen = None;
        while Instant::now() < until {
            self.passes(pause).await;
            pause = (pause * 2).min(Duration::from_secs(120));
            if let Some(said) = self.advisor.signs_in(&*self.laptop).await {
                self.trace.note("advisor", format_args!("{said}"));
            }
            if !self.platform.is_quiet() {
                continue;
            }
            let (view, screen) = match self.look().await {
                Ok(looked) => looked,
                Err(error) => {
                    unrest = vec![Broken { rule: "everything comes to rest", what: error }];
                    continue;
                }
            };
            unrest = oracle::at_rest(&view, &screen);
            if unrest.is_empty() {
                seen = Some((view, screen));
                break;
            }
        }
        let Some((view, screen)) = seen else { return unrest };
        let pages = self.journal.read();
        let keys_forgotten = self.kind == WorldKind::Own && self.platform_time_passed > KEYS_SURE;
        oracle::judge(&Evidence {
            pages: &pages,
            view: &view,
            screen: &screen,
            advisor_id: ADVISOR,
            in_steps: self.kind == WorldKind::Steps,
            keys_forgotten,
            shown: &self.laptop.shown(),
            clock_went_back: self.clock_went_back,
        })
    }

    async fn look(&self) -> Result<(View, Screen), String> {
        let screen = Screen::take(&*self.laptop).await.ok_or("the app does not answer")?;
        let keys: Vec<String> = self
            .journal
            .read()
            .clicks
            .iter()
            .filter_map(|click| match &click.answer {
                Answered::Queued(key) => Some(key.clone()),
                Answered::Refused(_) | Answered::Unheard => None,
            })
            .collect();
        let view = self.platform.view(&keys).await?;
        Ok((view, screen))
    }
}
