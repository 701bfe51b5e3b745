//! Who is told of what (R14, D12, D31): an event and a person in, occasions out.

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use signoff_wire::contract::conversations::{ClosedBy, CloserKind, Conversation};
use signoff_wire::contract::events::{ConversationChanged, EventData, ReplyDelivery};
use signoff_wire::contract::sync::ConversationSnapshot;
use signoff_wire::contract::timeline::{AuthorKind, DeliveryStatus, Happening};
use signoff_wire::interface::QueueEntry;

use super::ledger::{self, Kind, Occasion};

/// The person at this desk, as far as the rules ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Person {
    /// The platform's id.
    pub(crate) id: String,
    /// The ids of the teams that the person belongs to.
    pub(crate) teams: Vec<String>,
}

/// What the person could be told because of an event.
pub(crate) fn occasions(event: &EventData, me: &Person) -> Option<Occasion> {
    match event {
        EventData::ConversationStarted(started) => beginning(&started.conversation, me),
        EventData::ConversationChanged(changed) => change(changed, me),
        EventData::MessageReceived(message) => {
            let conversation = &message.conversation;
            let text = Some(message.entry.text.clone());
            if conversation.message_count <= 1 {
                // The message that began the conversation: its text belongs to what was written down at the beginning.
                return beginning(conversation, me).map(|occasion| Occasion { text, ..occasion });
            }
            is_mine(conversation, me).then(|| Occasion {
                event: format!("message/{}", message.message_id),
                text,
                ..occasion(Kind::MessageInMine, conversation)
            })
        }
        EventData::ReplyDelivery(delivery) => failed_delivery(delivery, me),
        EventData::ConversationClosed(_)
        | EventData::ReplySent(_)
        | EventData::SurveySent(_)
        | EventData::SurveyAnswered(_)
        | EventData::ActionRecorded(_)
        | EventData::SettingsChanged(_)
        | EventData::DirectoryChanged(_)
        | EventData::Reset
        | EventData::ConversationErased(_)
        | EventData::Unknown => None,
    }
}

/// What a conversation tells that was found by synchronising anew, after its events had been forgotten by the platform.
pub(crate) fn of_snapshot(snapshot: &ConversationSnapshot, me: &Person) -> Option<Occasion> {
    let first = snapshot.entries.iter().find(|entry| entry.author.kind == AuthorKind::Customer);
    let text = first.map(|entry| entry.text.clone());
    beginning(&snapshot.conversation, me).map(|occasion| Occasion { text, ..occasion })
}

/// Writes down that a queued action has come to need the person (D23). Each time it does is an event of its own.
pub(crate) fn needs_attention(
    transaction: &Connection,
    entry: &QueueEntry,
    now: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let occasion = Occasion {
        event: format!("attention/{}/{}", entry.id, now.timestamp_millis()),
        kind: Kind::NeedsAttention,
        conversation_id: entry.conversation_id.clone(),
        customer_name: entry.customer_name.clone(),
        text: None,
    };
    ledger::record(transaction, &occasion, now)
}

/// R14: whoever closed the previous one, and the advisors to whose team the new one is routed. A conversation that ended by its window
/// was not closed on anybody: its successor is any other new conversation.
fn beginning(conversation: &Conversation, me: &Person) -> Option<Occasion> {
    if returns_to(conversation, me) {
        return Some(returned(conversation));
    }
    let for_everybody = conversation.team.is_none();
    (for_everybody || is_my_teams(conversation, me)).then(|| Occasion {
        event: format!("started/{}", conversation.id),
        ..occasion(Kind::NewConversation, conversation)
    })
}

fn change(changed: &ConversationChanged, me: &Person) -> Option<Occasion> {
    let conversation = &changed.conversation;
    let entry = changed.entry.as_ref()?;
    match entry.event.as_ref()? {
        // Routing rules may run after the scenario: the team is known later than the beginning (R9, R14).
        Happening::Routed { .. } if returns_to(conversation, me) => Some(returned(conversation)),
        Happening::Assigned { to, .. } if to.id == me.id && entry.author.id.as_deref() != Some(me.id.as_str()) => {
            Some(Occasion { event: format!("assigned/{}", entry.id), ..occasion(Kind::AssignedToMe, conversation) })
        }
        Happening::Routed { .. }
        | Happening::Assigned { .. }
        | Happening::Released { .. }
        | Happening::Hold { .. }
        | Happening::HelpRequest { .. }
        | Happening::Tagged { .. }
        | Happening::Unrouted { .. }
        | Happening::Archived
        | Happening::SurveySent { .. }
        | Happening::SurveySkipped { .. }
        | Happening::SurveyFailed { .. }
        | Happening::SurveyAnswered { .. }
        | Happening::Closed { .. }
        | Happening::Erased
        | Happening::Unknown => None,
    }
}

/// D12: the advisor who sent it, nobody else.
fn failed_delivery(delivery: &ReplyDelivery, me: &Person) -> Option<Occasion> {
    let failed = delivery.delivery.status == DeliveryStatus::Failed;
    (failed && delivery.author_id.as_deref() == Some(me.id.as_str())).then(|| Occasion {
        event: format!("undelivered/{}", delivery.message_id),
        ..occasion(Kind::ReplyNotDelivered, &delivery.conversation)
    })
}

fn returns_to(conversation: &Conversation, me: &Person) -> bool {
    match &conversation.previous_closed_by {
        Some(ClosedBy { kind: CloserKind::Advisor, id, .. }) if id.as_deref() == Some(me.id.as_str()) => true,
        Some(ClosedBy { kind: CloserKind::Advisor | CloserKind::Scenario, .. }) => is_my_teams(conversation, me),
        Some(ClosedBy { kind: CloserKind::Window | CloserKind::Erasure | CloserKind::Other(_), .. }) | None => false,
    }
}

fn returned(conversation: &Conversation) -> Occasion {
    Occasion { event: format!("returned/{}", conversation.id), ..occasion(Kind::ReturnedAfterClose, conversation) }
}

fn occasion(kind: Kind, conversation: &Conversation) -> Occasion {
    Occasion {
        event: String::new(),
        kind,
        conversation_id: conversation.id.clone(),
        customer_name: conversation.customer.name.clone(),
        text: None,
    }
}

fn is_mine(conversation: &Conversation, me: &Person) -> bool {
    conversation.assignee.as_ref().is_some_and(|assignee| assignee.id == me.id)
}

fn is_my_teams(conversation: &Conversation, me: &Person) -> bool {
    conversation.team.as_ref().is_some_and(|team| me.teams.contains(&team.id))
}
