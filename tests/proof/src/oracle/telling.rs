//! Notifications: nothing twice, nothing lost (R14, D30).

use std::collections::{BTreeMap, BTreeSet};

use signoff_engine::ports::{Notification, NotificationKind};
use signoff_wire::contract::conversations::CloserKind;

use super::{Broken, Evidence};

const ONCE: &str = "nothing is told twice (D30)";
const ALL: &str = "who closed a conversation hears of the customer's return (R14)";

/// A notification, and what became of the process that showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Which start of the app it was.
    pub start: u32,
    /// That start ended in death: what it had shown last it may not have noted any more.
    pub then_died: bool,
    /// What was shown.
    pub notification: Notification,
}

pub(super) fn judge(evidence: &Evidence<'_>, broken: &mut Vec<Broken>) {
    let mut told: BTreeMap<&str, &Shown> = BTreeMap::new();
    let mut in_sums = 0;
    for shown in evidence.shown {
        match (&shown.notification.kind, &shown.notification.conversation_id) {
            (NotificationKind::ReturnedAfterClose { .. }, Some(conversation_id)) => {
                if let Some(before) = told.insert(conversation_id, shown)
                    && (before.start == shown.start || !before.then_died)
                {
                    broken.push(Broken { rule: ONCE, what: format!("the return in {conversation_id} was told twice") });
                }
            }
            (NotificationKind::WhileAway { returned, .. }, _) => in_sums += *returned as usize,
            (
                NotificationKind::ReturnedAfterClose { .. }
                | NotificationKind::NewConversation { .. }
                | NotificationKind::AssignedToMe { .. }
                | NotificationKind::MessageInMine { .. }
                | NotificationKind::ReplyNotDelivered { .. }
                | NotificationKind::NeedsAttention { .. },
                _,
            ) => {}
        }
    }
    if evidence.clock_went_back {
        return;
    }
    let returned: BTreeSet<&str> = evidence
        .view
        .conversations
        .values()
        .filter(|seen| {
            let by = seen.conversation.previous_closed_by.as_ref();
            by.is_some_and(|by| by.kind == CloserKind::Advisor && by.id.as_deref() == Some(evidence.advisor_id))
        })
        .map(|seen| seen.conversation.id.as_str())
        .collect();
    let untold = returned.iter().filter(|id| !told.contains_key(*id)).count();
    if untold > in_sums {
        let what = format!("{} returned, {untold} of them not by name, and sums told of {in_sums}", returned.len());
        broken.push(Broken { rule: ALL, what });
    }
}
