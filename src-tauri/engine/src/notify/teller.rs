//! Tells the person what the ledger has, through the desktop's notifications.

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
    /// One round at a time: two would show the same event twice.
    turn: Mutex<()>,
}

impl Teller {
    pub(crate) fn new(store: Store, notifier: Arc<dyn Notifier>, clock: Arc<dyn Clock>) -> Self {
        Self { store, notifier, clock, turn: Mutex::new(()) }
    }

    /// Shows each event that is due as itself: the person is there and the platform is connected.
    pub(crate) async fn each(&self, wanted: &NotificationPreferences) -> Result<(), StoreError> {
        self.tell(wanted, |due| due.iter().map(|occasion| itself(occasion, wanted)).collect()).await
    }

    /// Shows what came while offline, while the program did not run or while nobody wanted to be disturbed: one notification, however
    /// much it is (D30, D31).
    pub(crate) async fn in_one(&self, wanted: &NotificationPreferences) -> Result<(), StoreError> {
        self.tell(wanted, |due| match due {
            [] => Vec::new(),
            [only] => vec![itself(only, wanted)],
            several => vec![summary(several, wanted)],
        })
        .await
    }

    /// Forgets what was told long ago.
    pub(crate) async fn forget_old(&self) -> Result<(), StoreError> {
        let before = self.clock.now() - REMEMBERED;
        self.store.write_in_background(move |transaction| Ok(ledger::forget(transaction, before)?)).await
    }

    async fn tell(
        &self,
        wanted: &NotificationPreferences,
        word: impl FnOnce(&[Occasion]) -> Vec<Notification>,
    ) -> Result<(), StoreError> {
        let _turn = self.turn.lock().await;
        let untold: Vec<Occasion> =
            self.store.read(|connection| Ok::<_, StoreError>(ledger::untold(connection)?)).await?;
        let (unwanted, due): (Vec<_>, Vec<_>) =
            untold.into_iter().partition(|occasion| occasion.kind.loudness(wanted) == Loudness::Off);
        // Do-not-disturb holds back; what nobody wants to hear of is not kept for later.
        let settled = if wanted.do_not_disturb {
            unwanted
        } else {
            word(&due).into_iter().for_each(|notification| self.notifier.notify(notification));
            due.into_iter().chain(unwanted).collect()
        };
        if settled.is_empty() {
            return Ok(());
        }
        let events: Vec<String> = settled.into_iter().map(|occasion| occasion.event).collect();
        tracing::debug!(events = events.len(), "told");
        self.store.write(move |transaction| Ok(ledger::mark_told(transaction, &events)?)).await
    }
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
