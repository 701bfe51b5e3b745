//! Never a hot loop, never a storm: what one app does while the platform is down for a day, and what a thousand do when it comes back.
#![expect(clippy::print_stdout, reason = "the figures are for whoever runs this with --nocapture")]

use std::sync::Arc;
use std::time::Duration;

use signoff_proof::actors::{Customers, Others};
use signoff_proof::desk::{Ask, Desk, Told};
use signoff_proof::dice::Dice;
use signoff_proof::sim::client::Laptop;
use signoff_proof::sim::network::{Cables, Network, Traffic};
use signoff_proof::sim::platform::Site;
use signoff_proof::sim::trace::Trace;
use signoff_proof::sim::world::{WallClock, World};
use signoff_wire::contract::conversations::ConversationState;
use signoff_wire::interface::{InboxQuery, QueueCounts, Scope, SendReply, SignIn};
use tempfile::TempDir;
use tokio::time::sleep;

const DAY: Duration = Duration::from_secs(86_400);
/// A thousand; without optimisation so many would take minutes.
const CLIENTS: usize = if cfg!(debug_assertions) { 100 } else { 1000 };
/// Actions that wait on each laptop.
const QUEUED: usize = 3;

/// A platform and a laptop on which somebody is signed in.
struct Office {
    cables: Cables,
    laptop: Arc<Laptop>,
    dice: Dice,
    folder: TempDir,
}

impl Office {
    async fn open(seed: u64) -> Self {
        let memory = std::path::Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.expect("a temporary folder");
        let dice = Dice::seeded(seed);
        let world = World::begin();
        let trace = Trace::of(&world, false);
        let clock = WallClock::right(&world);
        let site = Site::new(folder.path().to_owned(), Arc::clone(&clock), dice.fork(), trace.clone());
        let laptop = Laptop::new(folder.path().to_owned(), clock.clone(), dice.fork(), trace.clone());
        let cables = Cables::calm(Arc::clone(&site), dice.fork(), clock, trace);
        assert!(site.starts(None).await, "the platform starts");
        Others::new(dice.fork()).switches(&*site, true).await;
        let mut customers = Customers::new(dice.fork(), 40);
        for _ in 0..60 {
            customers.write(&*site).await;
        }
        let office = Self { cables, laptop, dice, folder };
        office.starts(&office.laptop);
        sleep(Duration::from_secs(1)).await;
        let address = Some("http://platform.test".to_owned());
        let who = SignIn { address, email: "alice@demo.test".to_owned(), password: "signoff-demo".to_owned() };
        assert!(matches!(office.laptop.ask(Ask::SignIn(who)).await, Some(Told::Done)), "signed in");
        sleep(Duration::from_secs(60)).await;
        office
    }

    fn starts(&self, laptop: &Laptop) {
        laptop.starts(None, |clock, fuse| Network::connector(&self.cables, clock, fuse));
    }

    /// The advisor answers in so many conversations, on the channel that takes replies at any time (D9).
    async fn clicks(&self, how_many: usize) {
        let tab = ConversationState::Received;
        let channel_id = Some("ch_webchat".to_owned());
        let query = InboxQuery { tab, scope: Scope::All, channel_id, search: None, after: None, limit: 100 };
        let Some(Told::Inbox(page)) = self.laptop.ask(Ask::Inbox(query)).await else { panic!("no inbox") };
        for (number, row) in page.rows.iter().take(how_many).enumerate() {
            let text = format!("Answer {number}");
            let conversation_id = row.id.clone();
            let reply = SendReply {
                conversation_id,
                text,
                file_ids: Vec::new(),
                trigger_survey: false,
                last_seen_message_id: None,
            };
            let told = self.laptop.ask(Ask::SendReply(reply)).await;
            assert!(matches!(told, Some(Told::Queued(_))), "{told:?}");
        }
    }

    fn traffic(&self) -> &Traffic {
        &self.cables.traffic
    }
}

/// DESIGN, outbox 7: attempts and bytes of a day without a platform are bounded, and the queue is as good as before after it.
#[tokio::test(start_paused = true)]
async fn a_day_without_the_platform_costs_little_and_loses_nothing() {
    let office = Office::open(1).await;
    office.cables.site.stops().await;
    office.clicks(30).await;
    let (requests, bytes) = (office.traffic().requests(), office.traffic().bytes());

    sleep(DAY).await;

    let (requests, bytes) = (office.traffic().requests() - requests, office.traffic().bytes() - bytes);
    let busiest = office.traffic().per_second().into_values().max().unwrap_or_default();
    println!("a day down: {requests} requests, {bytes} bytes, {busiest} in the busiest second");
    // Every 30 s the synchronisation on average, every 150 s one attempt of the queue, however much is queued.
    assert!(requests < 4200, "{requests} requests in a day");
    assert!(bytes < 1_500_000, "{bytes} bytes in a day");

    assert!(office.cables.site.starts(None).await, "the platform comes back");
    sleep(Duration::from_secs(360)).await;
    let Some(Told::State(state)) = office.laptop.ask(Ask::State).await else { panic!("the app is gone") };
    assert_eq!(state.queue, QueueCounts::default(), "everything was delivered");
}

/// A thousand apps, each with something queued, when the platform has been down for an hour and comes back.
#[tokio::test(start_paused = true)]
async fn a_thousand_clients_come_back_spread_after_an_hour() {
    let (office, laptops) = thousand(2).await;
    sleep(Duration::from_secs(3600)).await;

    assert!(office.cables.site.starts(None).await, "the platform comes back");
    let peak = peak_of_the_next_minutes(&office, 6).await;
    println!("{CLIENTS} clients after an hour: {peak} requests in the busiest second");
    // Each makes a dozen: in no second do even a tenth of them come.
    assert!(peak < CLIENTS, "{peak} requests in one second");
    assert_eq!(still_queued(&laptops).await, 0, "everything was delivered");
}

/// The same after a restart of two seconds: every stream breaks at the same moment.
#[tokio::test(start_paused = true)]
async fn a_thousand_clients_come_back_spread_after_a_restart() {
    let (office, laptops) = thousand(3).await;
    assert!(office.cables.site.starts(None).await, "the platform runs");
    sleep(Duration::from_secs(900)).await;
    assert_eq!(still_queued(&laptops).await, 0, "everybody is online");

    office.cables.site.stops().await;
    sleep(Duration::from_secs(2)).await;
    assert!(office.cables.site.starts(None).await, "the platform is back");
    let peak = peak_of_the_next_minutes(&office, 3).await;
    println!("{CLIENTS} clients after a restart: {peak} requests in the busiest second");
    // Each makes a handful, and the first wait spreads them over seconds.
    assert!(peak < CLIENTS, "{peak} requests in one second");
}

/// A thousand laptops with the same on them and the platform down.
async fn thousand(seed: u64) -> (Office, Vec<Arc<Laptop>>) {
    let office = Office::open(seed).await;
    office.cables.site.stops().await;
    office.clicks(QUEUED).await;
    office.laptop.quits().await;
    let twin = |number: usize| {
        let root = office.folder.path().join(format!("twin-{number}"));
        office.laptop.twin(root, office.dice.fork()).expect("a copy of the profile")
    };
    let laptops: Vec<_> = (0..CLIENTS).map(twin).collect();
    for laptop in &laptops {
        office.starts(laptop);
        // People come in one after the other.
        sleep(Duration::from_millis(37)).await;
    }
    (office, laptops)
}

async fn peak_of_the_next_minutes(office: &Office, minutes: u64) -> usize {
    let before = office.traffic().per_second().into_keys().next_back().unwrap_or_default();
    sleep(Duration::from_secs(60 * minutes)).await;
    office.traffic().per_second().range(before + 1..).map(|(_, requests)| *requests).max().unwrap_or_default()
}

async fn still_queued(laptops: &[Arc<Laptop>]) -> u32 {
    let mut queued = 0;
    for laptop in laptops {
        let Some(Told::State(state)) = laptop.ask(Ask::State).await else { panic!("an app is gone") };
        queued += state.queue.pending + state.queue.needs_attention;
    }
    queued
}
