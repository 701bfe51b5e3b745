//! Tells the person what the ledger has, through the desktop's notifications.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::Duration;
use signoff_wire::interface::{Loudness, NotificationPreferences};
use tokio::sync::Mutex;

use super::ledger::{self, Kind, Occasion};
use crate::ports::{Clock, Notification, NotificationKind, Notifier};
use crate::store::{Store, StoreError};

/// How long a told event is remembered: longer than platforms keep events.
const REMEMBERED: Duration = Duration::days(400);

/// Shows what is due.
pub(crate) struct Teller {
    store: Store,
    notifier: Arc<dyn Notifier>,
    clock: Arc<dyn Clock>,
    /// Events that were shown and could not be marked yet. Locked for a round: two at once would show the same event twice.
    shown: Mutex<HashSet<String>>,
}

impl Teller {
    pub(crate) fn new(store: Store, notifier: Arc<dyn Notifier>, clock: Arc<dyn Clock>) -> Self {
        Self { store, notifier, clock, shown: Mutex::default() }
    }

    /// Shows each event that is due as itself: the person is there and the platform is connected.
    pub(crate) async fn each(&self, wanted: &NotificationPreferences) -> Result<(), StoreError> {
        self.tell(wanted, |_| true, |due| each_as_itself(due, wanted)).await
    }

    /// Shows what the queue has come to need the person for (D23), and nothing else: what the synchronisation is still catching up with is
    /// summed up once it has (D30).
    pub(crate) async fn attention(&self, wanted: &NotificationPreferences) -> Result<(), StoreError> {
        let which = |occasion: &Occasion| occasion.kind == Kind::NeedsAttention;
        self.tell(wanted, which, |due| each_as_itself(due, wanted)).await
    }

    /// Shows what came while offline, while the program did not run or while nobody wanted to be disturbed: one notification, however
    /// much it is (D30, D31).
    pub(crate) async fn in_one(&self, wanted: &NotificationPreferences) -> Result<(), StoreError> {
        let word = |due: &[Occasion]| match due {
            [] => Vec::new(),
            [only] => vec![itself(only, wanted)],
            several => vec![summary(several, wanted)],
        };
        self.tell(wanted, |_| true, word).await
    }

    /// Forgets what was told long ago.
    pub(crate) async fn forget_old(&self) -> Result<(), StoreError> {
        let before = self.clock.now() - REMEMBERED;
        self.store.write_in_background(move |transaction| Ok(ledger::forget(transaction, before)?)).await
    }

    async fn tell(
        &self,
        wanted: &NotificationPreferences,
        which: impl Fn(&Occasion) -> bool,
        word: impl FnOnce(&[Occasion]) -> Vec<Notification>,
    ) -> Result<(), StoreError> {
        let mut shown = self.shown.lock().await;
        let untold: Vec<Occasion> =
            self.store.read(|connection| Ok::<_, StoreError>(ledger::untold(connection)?)).await?;
        let (unmarked, new): (Vec<_>, Vec<_>) =
            untold.into_iter().filter(which).partition(|occasion| shown.contains(&occasion.event));
        let (unwanted, due): (Vec<_>, Vec<_>) =
            new.into_iter().partition(|occasion| occasion.kind.loudness(wanted) == Loudness::Off);
        let mut settled = unmarked;
        settled.extend(unwanted);
        // Do-not-disturb holds back; what nobody wants to hear of is not kept for later.
        if !wanted.do_not_disturb {
            word(&due).into_iter().for_each(|notification| self.notifier.notify(notification));
            // A disk that is full now must not make a later round show them again.
            shown.extend(due.iter().map(|occasion| occasion.event.clone()));
            settled.extend(due);
        }
        if settled.is_empty() {
            return Ok(());
        }
        let events: Vec<String> = settled.into_iter().map(|occasion| occasion.event).collect();
        tracing::debug!(events = events.len(), "told");
        let mark = events.clone();
        self.store.write(move |transaction| Ok::<_, StoreError>(ledger::mark_told(transaction, &mark)?)).await?;
        shown.retain(|event| !events.contains(event));
        Ok(())
    }
}

fn each_as_itself(due: &[Occasion], wanted: &NotificationPreferences) -> Vec<Notification> {
    due.iter().map(|occasion| itself(occasion, wanted)).collect()
}

fn itself(occasion: &Occasion, wanted: &NotificationPreferences) -> Notification {
    let customer_name = occasion.customer_name.clone();
    let text = occasion.text.clone().filter(|_| !wanted.hide_message_text);
    Notification {
        kind: match occasion.kind {
            Kind::ReturnedAfterClose => NotificationKind::ReturnedAfterClose { customer_name, text },
            Kind::NewConversation => NotificationKind::NewConversation { customer_name, text },
            Kind::AssignedToMe => NotificationKind::AssignedToMe { customer_name },
            Kind::MessageInMine => NotificationKind::MessageInMine { customer_name, text },
            Kind::ReplyNotDelivered => NotificationKind::ReplyNotDelivered { customer_name },
            Kind::NeedsAttention => NotificationKind::NeedsAttention { customer_name },
        },
        conversation_id: Some(occasion.conversation_id.clone()),
        loudness: occasion.kind.loudness(wanted),
    }
}

/// As loud as the loudest of what it sums up.
fn summary(occasions: &[Occasion], wanted: &NotificationPreferences) -> Notification {
    let count = |returned: bool| {
        let matching = occasions.iter().filter(|one| (one.kind == Kind::ReturnedAfterClose) == returned).count();
        u32::try_from(matching).unwrap_or(u32::MAX)
    };
    let loud = occasions.iter().any(|one| one.kind.loudness(wanted) == Loudness::Sound);
    Notification {
        kind: NotificationKind::WhileAway { returned: count(true), others: count(false) },
        conversation_id: None,
        loudness: if loud { Loudness::Sound } else { Loudness::Silent },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as StdMutex;
    use std::sync::atomic::{AtomicBool, Ordering};

    use chrono::{DateTime, Utc};
    use secrecy::SecretSlice;

    use super::*;
    use crate::store::{Disk, Options, Threads};

    struct Still;

    impl Clock for Still {
        fn now(&self) -> DateTime<Utc> {
            DateTime::UNIX_EPOCH
        }
    }

    #[derive(Default)]
    struct Shown(StdMutex<Vec<NotificationKind>>);

    impl Notifier for Shown {
        fn notify(&self, notification: Notification) {
            self.0.lock().expect("nobody panics with it in hand").push(notification.kind);
        }
    }

    #[derive(Default)]
    struct Full(AtomicBool);

    impl Disk for Full {
        fn before_commit(&self, _commit: u64) -> Result<(), StoreError> {
            if self.0.load(Ordering::Relaxed) { Err(StoreError::DiskFull) } else { Ok(()) }
        }

        fn after_commit(&self, _commit: u64) -> Result<(), StoreError> {
            Ok(())
        }
    }

    struct Desk {
        teller: Teller,
        shown: Arc<Shown>,
        disk: Arc<Full>,
        _folder: tempfile::TempDir,
    }

    /// A desk at which these things have happened.
    async fn desk_where(happened: &[(&str, Kind)]) -> Desk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let disk = Arc::new(Full::default());
        let options = Options { threads: Threads::Caller, disk: disk.clone(), ..Options::new(Arc::new(Still)) };
        let key = SecretSlice::from(vec![7; 32]);
        let store = Store::open(&folder.path().join("signoff.db"), &key, options).expect("a new file").store;
        let occasions: Vec<Occasion> = happened.iter().map(|(event, kind)| occasion(event, *kind)).collect();
        let record = store.write(move |transaction| {
            let mut each = occasions.iter();
            Ok::<_, StoreError>(each.try_for_each(|one| ledger::record(transaction, one, DateTime::UNIX_EPOCH))?)
        });
        record.await.expect("written down");
        let shown = Arc::new(Shown::default());
        let teller = Teller::new(store, shown.clone(), Arc::new(Still));
        Desk { teller, shown, disk, _folder: folder }
    }

    fn occasion(event: &str, kind: Kind) -> Occasion {
        let customer_name = "Ada".to_owned();
        Occasion { event: event.to_owned(), kind, conversation_id: "c1".to_owned(), customer_name, text: None }
    }

    fn wanted() -> NotificationPreferences {
        NotificationPreferences::default()
    }

    fn needs_attention() -> NotificationKind {
        NotificationKind::NeedsAttention { customer_name: "Ada".to_owned() }
    }

    impl Desk {
        fn shown(&self) -> Vec<NotificationKind> {
            self.shown.0.lock().expect("nobody panics with it in hand").clone()
        }
    }

    /// The queue is woken before the synchronisation has caught up: its news must not bring the others out one by one.
    #[tokio::test]
    async fn d30_what_is_being_caught_up_with_is_summed_up_although_the_queue_has_news() {
        let desk = desk_where(&[
            ("a", Kind::ReturnedAfterClose),
            ("b", Kind::ReturnedAfterClose),
            ("c", Kind::NeedsAttention),
        ])
        .await;

        desk.teller.attention(&wanted()).await.expect("told");
        assert_eq!(desk.shown(), [needs_attention()]);

        desk.teller.in_one(&wanted()).await.expect("told");
        assert_eq!(desk.shown(), [needs_attention(), NotificationKind::WhileAway { returned: 2, others: 0 }]);
    }

    #[tokio::test]
    async fn d30_a_disk_that_cannot_note_it_makes_nothing_be_told_twice() {
        let desk = desk_where(&[("a", Kind::NeedsAttention)]).await;
        desk.disk.0.store(true, Ordering::Relaxed);

        for _ in 0..3 {
            desk.teller.each(&wanted()).await.expect_err("the disk is full");
        }
        desk.disk.0.store(false, Ordering::Relaxed);
        desk.teller.each(&wanted()).await.expect("noted at last");
        desk.teller.each(&wanted()).await.expect("nothing is left");

        assert_eq!(desk.shown(), [needs_attention()]);
    }
}
