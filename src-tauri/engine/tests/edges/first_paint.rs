//! What a window finds when it comes up, and who waits for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use signoff_engine::ports::{AddressInvalid, Clock, Connector};
use signoff_engine::remote::Platform;
use signoff_engine::remote::http::HttpConnector;
use signoff_wire::interface::{ConnectionStatus, Stage};

use crate::company::{ALICE, Company};
use crate::desk::{Desk, as_person, online, until};
use crate::synchronising::received;

/// A desk with a full cache, which has been left.
async fn signed_in(company: &Company) -> Desk {
    let desk = Desk::new();
    let engine = desk.opened().await;
    engine.sign_in(as_person(&company.address(), ALICE)).await.unwrap();
    online(&engine).await;
    engine.shutdown().await;
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_answer_to_the_window_is_the_inbox() {
    let company = Company::open().await;
    let desk = signed_in(&company).await;

    let engine = desk.opened().await;
    let startup = engine.ui_ready(received(), |_| true).await.unwrap();

    assert_eq!(startup.state.stage, Stage::SignedIn { session_expired: false });
    assert_eq!(startup.inbox.expect("a page").rows, engine.inbox(received()).await.unwrap().rows);
}

#[tokio::test]
async fn nobody_signed_in_has_no_inbox() {
    let desk = Desk::new();
    let engine = desk.opened().await;
    let startup = engine.ui_ready(received(), |_| true).await.unwrap();
    assert_eq!((startup.state.stage, startup.inbox), (Stage::SignedOut, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_begins_when_the_window_has_its_rows() {
    let company = Company::open().await;
    let mut desk = signed_in(&company).await;
    desk.first_paint = Duration::from_secs(3600);
    let watched = Arc::new(Watched::new(&desk));

    let engine = desk.start_over(Arc::clone(&watched) as Arc<dyn Connector>);
    let state = until(&engine, "signed in", |state| matches!(state.stage, Stage::SignedIn { .. })).await;
    assert_eq!(state.connection.status, ConnectionStatus::Connecting, "that it will be tried is said already");
    watched.window_asks.store(true, Ordering::SeqCst);
    engine.inbox(received()).await.unwrap();

    online(&engine).await;
    assert!(!watched.was_early.load(Ordering::SeqCst), "the network took the machine away from the first paint");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_does_not_come_is_not_waited_for() {
    let company = Company::open().await;
    let mut desk = signed_in(&company).await;
    desk.first_paint = Duration::from_millis(50);
    online(&desk.start()).await;
}

/// A way to the platform that notes whether it was taken before the window had asked for anything.
struct Watched {
    way: HttpConnector,
    window_asks: AtomicBool,
    was_early: AtomicBool,
}

impl Watched {
    fn new(desk: &Desk) -> Self {
        let way = HttpConnector::new(Arc::clone(&desk.clock) as Arc<dyn Clock>);
        Self { way, window_asks: AtomicBool::new(false), was_early: AtomicBool::new(false) }
    }
}

impl Connector for Watched {
    fn connect(&self, base: &str) -> Result<Arc<dyn Platform>, AddressInvalid> {
        self.was_early.fetch_or(!self.window_asks.load(Ordering::SeqCst), Ordering::SeqCst);
        self.way.connect(base)
    }
}
