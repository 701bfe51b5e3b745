//! What the vendor knows, and what each request does to it: as often as it is asked, and each by itself.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use serde_json::Value;
use signoff_engine::remote::{Attempt, Brought, Refusal, RemoteError, Step, Taken, What};
use signoff_wire::contract::actions::{Action, ActionOrigin, ActionStatus, ActionType};
use signoff_wire::contract::conversations::{
    ClosedBy, CloserKind, Conversation, ConversationState, ConversationStatus, Customer, LastMessage, SurveyPreview,
};
use signoff_wire::contract::events::{
    ConversationChanged, ConversationClosed, ConversationStarted, Event, EventType, MessageReceived, ReplySent,
    SettingsChanged, SurveySent,
};
use signoff_wire::contract::problems::ProblemCode;
use signoff_wire::contract::receipts::{Receipt, ReceiptClosed, ReceiptReply, ReceiptSurvey, SurveySkip, SurveyStatus};
use signoff_wire::contract::sessions::UserRef;
use signoff_wire::contract::timeline::{
    Author, AuthorKind, Delivery, DeliveryStatus, EntryKind, Happening, TimelineEntry,
};

use super::places::{self, Surveys};
use crate::sim::world::WallClock;

/// Events older than that are forgotten when the vendor starts.
const EVENTS_KEPT: TimeDelta = TimeDelta::days(7);

/// Everything that the vendor knows.
pub(super) struct Books {
    clock: Arc<WallClock>,
    pub(super) talks: BTreeMap<String, Talk>,
    /// The newest conversation of each customer.
    newest: BTreeMap<String, String>,
    /// Messages that channels have delivered already.
    delivered: BTreeSet<String>,
    pub(super) events: VecDeque<(DateTime<Utc>, Event)>,
    pub(super) seq: i64,
    pub(super) forgotten_to: i64,
    /// R1, and how often it was changed.
    pub(super) closing: (bool, i64),
    /// Whose session each token is.
    pub(super) sessions: BTreeMap<String, UserRef>,
    made: u64,
    pub(super) actions: Vec<Action>,
    pub(super) notes: Vec<Note>,
}

/// A conversation.
pub(super) struct Talk {
    number: u64,
    pub(super) conversation: Conversation,
    pub(super) entries: Vec<TimelineEntry>,
}

/// What was done under which key. The vendor's API says nothing of keys; this is for the oracle alone.
pub(super) struct Note {
    pub(super) key: String,
    pub(super) step: Step,
    pub(super) conversation_id: String,
    pub(super) taken: Taken,
}

type Refused = RemoteError;

impl Books {
    pub(super) fn empty(clock: Arc<WallClock>) -> Self {
        Self {
            clock,
            talks: BTreeMap::new(),
            newest: BTreeMap::new(),
            delivered: BTreeSet::new(),
            events: VecDeque::new(),
            seq: 0,
            forgotten_to: 0,
            closing: (false, 1),
            sessions: BTreeMap::new(),
            made: 0,
            actions: Vec::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.shows()
    }

    /// Forgets old events, so that whoever was away for long has to begin anew.
    pub(super) fn forget(&mut self) {
        let now = self.now();
        while self.events.front().is_some_and(|(at, _)| now - *at > EVENTS_KEPT) {
            self.forgotten_to = self.events.pop_front().map_or(self.forgotten_to, |(_, event)| event.seq);
        }
    }

    pub(super) fn talk(&self, id: &str) -> Result<&Talk, Refused> {
        self.talks.get(id).ok_or_else(|| refused(ProblemCode::ConversationUnknown))
    }

    /// All conversations, the newest first.
    pub(super) fn newest_first(&self) -> Vec<&Talk> {
        let mut talks: Vec<&Talk> = self.talks.values().collect();
        talks.sort_by_key(|talk| std::cmp::Reverse(talk.number));
        talks
    }

    /// The customer's conversation after this one, if there is one (D7).
    pub(super) fn newer_than(&self, talk: &Talk) -> Option<String> {
        let newest = self.newest.get(&talk.conversation.customer.external_id)?;
        (*newest != talk.conversation.id).then(|| newest.clone())
    }

    /// Signs somebody in.
    pub(super) fn signs_in(&mut self, person: UserRef) -> String {
        let token = self.id("token");
        self.sessions.insert(token.clone(), person);
        token
    }

    /// R1.
    pub(super) fn switches(&mut self, on: bool) {
        self.closing = (on, self.closing.1 + 1);
        let changed = SettingsChanged { allow_manual_close: on, version: self.closing.1 };
        self.tells(EventType::SettingsChanged, &changed);
    }

    /// A customer writes on a channel. The same message again is the same message.
    pub(super) fn customer_writes(&mut self, channel_id: &str, customer: &str, name: &str, message: &str, text: &str) {
        if !self.delivered.insert(message.to_owned()) {
            return;
        }
        let before = self.newest.get(customer).cloned();
        let open = before.clone().filter(|id| self.talks.get(id).is_some_and(|talk| !talk.is_closed()));
        let id = open.unwrap_or_else(|| self.begins(channel_id, customer, name, before));
        let author = Author { kind: AuthorKind::Customer, id: Some(customer.to_owned()), name: Some(name.to_owned()) };
        let entry = self.append(&id, EntryKind::Message, author, text, None);
        let Some(talk) = self.talks.get_mut(&id) else { return };
        let conversation = &mut talk.conversation;
        conversation.state = match conversation.state {
            ConversationState::Ongoing => ConversationState::Ongoing,
            ConversationState::Received
            | ConversationState::Answered
            | ConversationState::Archived
            | ConversationState::Closed => ConversationState::Received,
        };
        conversation.last_customer_message_id = Some(entry.id.clone());
        conversation.last_customer_message_at = Some(entry.at);
        conversation.message_count += 1;
        let conversation = conversation.clone();
        self.tells(
            EventType::MessageReceived,
            &MessageReceived {
                conversation_id: id,
                version: conversation.version,
                conversation,
                message_id: entry.id.clone(),
                entry,
            },
        );
    }

    /// Takes a step that an app asks for, and notes under which key.
    pub(super) fn takes(&mut self, attempt: &Attempt, by: &UserRef) -> Result<Taken, Refused> {
        let id = &attempt.act.conversation_id;
        let taken = match (attempt.step, &attempt.act.what) {
            (Step::Reply, What::Reply { text, .. } | What::Close { text, .. }) => self.replies(id, by, text)?,
            (Step::Survey, _) => self.surveys(id, by)?,
            (Step::Close, _) if self.talk(id)?.is_closed() => return self.closed(id),
            (Step::Close, _) => self.closes(id, by)?,
            (Step::Reply | Step::Whole, what) => {
                let version = self.acts(id, by, what)?;
                Taken::whole(receipt(&attempt.key, id, version))
            }
        };
        let note = Note {
            key: entry_key(&attempt.key).to_owned(),
            step: attempt.step,
            conversation_id: id.clone(),
            taken: taken.clone(),
        };
        self.notes.push(note);
        Ok(taken)
    }

    /// Somebody replies.
    pub(super) fn replies(&mut self, id: &str, by: &UserRef, text: &str) -> Result<Taken, Refused> {
        self.check_open(id)?;
        let entry = self.append(id, EntryKind::Reply, person(by), text, None);
        let conversation = self.becomes(id, ConversationState::Answered)?;
        let (version, at, message_id) = (conversation.version, entry.at, entry.id.clone());
        self.records(&conversation, ActionType::Answer, by);
        self.tells(
            EventType::ReplySent,
            &ReplySent {
                conversation_id: id.to_owned(),
                version,
                conversation,
                message_id: message_id.clone(),
                client_key: None,
                entry,
            },
        );
        Ok(Taken { brought: Brought::Reply(ReceiptReply { message_id, at }), version })
    }

    /// A survey goes out, as often as it is asked for, unless the channel takes none.
    pub(super) fn surveys(&mut self, id: &str, by: &UserRef) -> Result<Taken, Refused> {
        self.check_open(id)?;
        let conversation = &self.talk(id)?.conversation;
        match places::surveys(&conversation.channel.id) {
            Surveys::Sent => {}
            Surveys::Skipped => return Ok(skipped(conversation.version)),
            Surveys::Refused => return Err(refused(ProblemCode::Other("surveys-off".to_owned()))),
        }
        let survey_id = self.id("survey");
        let happening = Happening::SurveySent { survey_id: survey_id.clone() };
        let entry = self.append(id, EntryKind::Event, person(by), "A survey was sent", Some(happening));
        let (conversation, at) = (self.talk(id)?.conversation.clone(), entry.at);
        let version = conversation.version;
        self.tells(
            EventType::SurveySent,
            &SurveySent { conversation_id: id.to_owned(), version, conversation, survey_id, at, entry },
        );
        let sent = ReceiptSurvey { status: SurveyStatus::Sent, reason: None, at: Some(at) };
        Ok(Taken { brought: Brought::Survey(sent), version })
    }

    /// Somebody closes the conversation for good (R8), if that is allowed (D8).
    pub(super) fn closes(&mut self, id: &str, by: &UserRef) -> Result<Taken, Refused> {
        self.check_open(id)?;
        if !self.closing.0 {
            return Err(refused(ProblemCode::CloseDisabled));
        }
        let closed_by = ClosedBy { kind: CloserKind::Advisor, id: Some(by.id.clone()), name: Some(by.name.clone()) };
        let happening = Happening::Closed { by: closed_by.clone() };
        let entry = self.append(id, EntryKind::Event, person(by), "Closed", Some(happening));
        let closed_at = entry.at;
        if let Some(talk) = self.talks.get_mut(id) {
            talk.conversation.status = ConversationStatus::Closed;
            talk.conversation.closed_at = Some(closed_at);
            talk.conversation.closed_by = Some(closed_by.clone());
        }
        let conversation = self.becomes(id, ConversationState::Closed)?;
        let version = conversation.version;
        self.records(&conversation, ActionType::CloseConversation, by);
        self.tells(
            EventType::ConversationClosed,
            &ConversationClosed {
                conversation_id: id.to_owned(),
                version,
                conversation,
                closed_by,
                closed_at,
                entry: Some(entry),
            },
        );
        Ok(Taken { brought: Brought::Closed(ReceiptClosed { at: closed_at }), version })
    }

    /// That a conversation is closed already is as good as closing it.
    pub(super) fn closed(&self, id: &str) -> Result<Taken, Refused> {
        let conversation = &self.talk(id)?.conversation;
        let at = conversation.closed_at.unwrap_or_else(|| self.now());
        Ok(Taken { brought: Brought::Closed(ReceiptClosed { at }), version: conversation.version })
    }

    /// What has one effect and no text. Answers the version with it.
    pub(super) fn acts(&mut self, id: &str, by: &UserRef, what: &What) -> Result<i64, Refused> {
        self.check_open(id)?;
        let (state, from) = {
            let conversation = &self.talk(id)?.conversation;
            (conversation.state, conversation.assignee.clone())
        };
        let (kind, text, happening, state, assignee) = match what {
            What::Archive => (ActionType::Archive, "Archived", Happening::Archived, ConversationState::Archived, from),
            What::Assign { user_id } => {
                let to = places::person(user_id).ok_or_else(|| refused(ProblemCode::UserUnknown))?;
                let happening = Happening::Assigned { to: to.clone(), from };
                (ActionType::Assign, "Assigned", happening, ConversationState::Ongoing, Some(to))
            }
            What::Release => {
                let taken = state == ConversationState::Ongoing;
                let state = if taken { ConversationState::Received } else { state };
                (ActionType::Release, "Released", Happening::Released { from }, state, None)
            }
            What::Reply { .. } | What::Close { .. } => return Err(refused(ProblemCode::InvalidBody)),
        };
        let entry = self.append(id, EntryKind::Event, person(by), text, Some(happening));
        if let Some(talk) = self.talks.get_mut(id) {
            talk.conversation.assignee = assignee;
        }
        let conversation = self.becomes(id, state)?;
        let version = conversation.version;
        self.records(&conversation, kind, by);
        self.tells(
            EventType::ConversationChanged,
            &ConversationChanged { conversation_id: id.to_owned(), version, conversation, entry: Some(entry) },
        );
        Ok(version)
    }

    /// The sequence of the newest event.
    pub(super) fn seq(&self) -> i64 {
        self.seq
    }

    fn begins(&mut self, channel_id: &str, customer: &str, name: &str, before: Option<String>) -> String {
        let id = self.id("conv");
        let previous_closed_by = before.as_ref().and_then(|id| self.talks.get(id)?.conversation.closed_by.clone());
        let will_send = places::surveys(channel_id) == Surveys::Sent;
        let conversation = Conversation {
            id: id.clone(),
            status: ConversationStatus::Open,
            state: ConversationState::Received,
            channel: places::channel_ref(channel_id),
            customer: Customer {
                id: format!("cust_{customer}"),
                external_id: customer.to_owned(),
                name: name.to_owned(),
                language: None,
                vip: false,
            },
            team: None,
            assignee: None,
            on_hold: false,
            help_requested: false,
            tags: Vec::new(),
            opened_at: self.now(),
            closed_at: None,
            closed_by: None,
            previous_conversation_id: before.clone(),
            previous_closed_by: previous_closed_by.clone(),
            last_customer_message_id: None,
            last_customer_message_at: None,
            message_count: 0,
            last_message: None,
            conversation_window_ends_at: None,
            reply_window_ends_at: None,
            survey_preview: SurveyPreview { will_send, reason: None },
            version: 1,
        };
        self.newest.insert(customer.to_owned(), id.clone());
        let talk = Talk { number: self.made, conversation: conversation.clone(), entries: Vec::new() };
        self.talks.insert(id.clone(), talk);
        self.tells(
            EventType::ConversationStarted,
            &ConversationStarted {
                conversation_id: id.clone(),
                version: conversation.version,
                conversation,
                previous_conversation_id: before,
                previous_closed_by,
                entry: None,
            },
        );
        id
    }

    /// Appends to a timeline, and makes that a new version of the conversation.
    fn append(
        &mut self,
        id: &str,
        kind: EntryKind,
        author: Author,
        text: &str,
        event: Option<Happening>,
    ) -> TimelineEntry {
        let (entry_id, at) = (self.id("entry"), self.now());
        let replies = kind == EntryKind::Reply;
        let said = event.is_none();
        let mut entry = TimelineEntry {
            id: entry_id,
            conversation_id: id.to_owned(),
            position: 0,
            kind,
            author,
            text: text.to_owned(),
            at,
            delivery: replies.then_some(Delivery { status: DeliveryStatus::Pending, reason: None }),
            client_key: None,
            buttons: Vec::new(),
            attachments: Vec::new(),
            event,
        };
        if let Some(talk) = self.talks.get_mut(id) {
            entry.position = talk.place() + 1;
            talk.entries.push(entry.clone());
            talk.conversation.version += 1;
            if said {
                let TimelineEntry { id, author, text, at, .. } = entry.clone();
                talk.conversation.last_message = Some(LastMessage { id, author, text, at });
            }
        }
        entry
    }

    fn becomes(&mut self, id: &str, state: ConversationState) -> Result<Conversation, Refused> {
        let talk = self.talks.get_mut(id).ok_or_else(|| refused(ProblemCode::ConversationUnknown))?;
        talk.conversation.state = state;
        Ok(talk.conversation.clone())
    }

    fn check_open(&self, id: &str) -> Result<(), Refused> {
        let talk = self.talk(id)?;
        if !talk.is_closed() {
            return Ok(());
        }
        let refusal = Refusal {
            newer_conversation_id: self.newer_than(talk),
            status: 409,
            ..Refusal::because(ProblemCode::ConversationClosed)
        };
        Err(RemoteError::Refused(Box::new(refusal)))
    }

    fn records(&mut self, conversation: &Conversation, kind: ActionType, by: &UserRef) {
        let (id, at) = (self.id("action"), self.now());
        self.actions.push(Action {
            id,
            kind,
            at,
            date: at.format("%Y-%m-%d").to_string(),
            time: at.format("%H:%M:%S%.3f").to_string(),
            status: ActionStatus::Ok,
            author_id: by.id.clone(),
            author_name: by.name.clone(),
            author_is_bot: false,
            origin: ActionOrigin::Console,
            conversation_id: conversation.id.clone(),
            previous_conversation_id: conversation.previous_conversation_id.clone(),
            channel_id: conversation.channel.id.clone(),
            channel_type: conversation.channel.kind.clone(),
            customer_id: conversation.customer.id.clone(),
            team_id: None,
            answer_action_id: None,
            survey_status: None,
            data: Value::Null,
        });
    }

    fn tells(&mut self, kind: EventType, data: &impl Serialize) {
        self.seq += 1;
        let data = serde_json::to_value(data).unwrap_or_default();
        self.events.push_back((self.now(), Event { seq: self.seq, kind, data }));
    }

    fn id(&mut self, of: &str) -> String {
        self.made += 1;
        format!("{of}_{:05}", self.made)
    }
}

impl Talk {
    pub(super) fn is_closed(&self) -> bool {
        self.conversation.closed_at.is_some()
    }

    /// The place of the newest entry.
    pub(super) fn place(&self) -> i64 {
        self.entries.last().map_or(0, |entry| entry.position)
    }

    /// Where a list of conversations goes on after this one.
    pub(super) fn number(&self) -> u64 {
        self.number
    }
}

/// The key of the entry to which a step's key belongs.
pub(super) fn entry_key(step_key: &str) -> &str {
    step_key.split('/').next().unwrap_or(step_key)
}

pub(super) fn refused(code: ProblemCode) -> RemoteError {
    RemoteError::Refused(Box::new(Refusal { status: 422, ..Refusal::because(code) }))
}

/// A survey that is not due: the step is taken all the same (D10).
pub(super) fn skipped(version: i64) -> Taken {
    let skipped = ReceiptSurvey { status: SurveyStatus::Skipped, reason: Some(SurveySkip::QuietDays), at: None };
    Taken { brought: Brought::Survey(skipped), version }
}

pub(super) fn receipt(key: &str, conversation_id: &str, version: i64) -> Receipt {
    Receipt {
        action_id: format!("act_{key}"),
        idempotency_key: key.to_owned(),
        conversation_id: conversation_id.to_owned(),
        reply: None,
        survey: ReceiptSurvey { status: SurveyStatus::None, reason: None, at: None },
        closed: None,
        version,
    }
}

fn person(by: &UserRef) -> Author {
    Author { kind: AuthorKind::Advisor, id: Some(by.id.clone()), name: Some(by.name.clone()) }
}
