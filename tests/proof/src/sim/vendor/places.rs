//! The vendor's workspace: its channels and its people. The ids are those of the demo workspace, so that the same customers and colleagues
//! find their way.

use signoff_engine::remote::Step;
use signoff_wire::contract::channels::{Channel, ChannelRef, ChannelType, SurveyKind};
use signoff_wire::contract::directory::Directory;
use signoff_wire::contract::sessions::{Features, Me, PlatformTraits, Role, User, UserRef, Workspace};
use signoff_wire::interface::Effect;

/// The password of everybody.
pub(super) const PASSWORD: &str = "signoff-demo";

const PEOPLE: [(&str, &str, &str, Role); 3] = [
    ("user_alice", "Alice", "alice@demo.test", Role::Advisor),
    ("user_bob", "Bob", "bob@demo.test", Role::Advisor),
    ("user_admin", "Admin", "admin@demo.test", Role::Admin),
];

const CHANNELS: [(&str, ChannelType, &str); 3] = [
    ("ch_webchat", ChannelType::WebChat, "Web chat"),
    ("ch_whatsapp", ChannelType::WhatsApp, "WhatsApp"),
    ("ch_messenger", ChannelType::Messenger, "Messenger"),
];

/// What a channel does about surveys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surveys {
    /// It sends one whenever it is asked to.
    Sent,
    /// It says that none is due (D10).
    Skipped,
    /// It refuses to be asked.
    Refused,
}

pub(super) fn surveys(channel_id: &str) -> Surveys {
    match channel_id {
        "ch_messenger" => Surveys::Skipped,
        "ch_whatsapp" => Surveys::Refused,
        _ => Surveys::Sent,
    }
}

/// The effect of a step; none of its own for a whole act.
pub(super) fn effect(step: Step) -> Option<Effect> {
    match step {
        Step::Reply => Some(Effect::Reply),
        Step::Survey => Some(Effect::Survey),
        Step::Close => Some(Effect::Close),
        Step::Whole => None,
    }
}

pub(super) fn person(id: &str) -> Option<UserRef> {
    let (id, name, ..) = PEOPLE.iter().find(|(own, ..)| *own == id)?;
    Some(UserRef { id: (*id).to_owned(), name: (*name).to_owned() })
}

/// Who signs in with an address.
pub(super) fn person_of(email: &str) -> Option<UserRef> {
    PEOPLE.iter().find(|(_, _, own, _)| *own == email).and_then(|(id, ..)| person(id))
}

pub(super) fn user(who: &UserRef) -> User {
    let (_, _, email, role) = PEOPLE.iter().find(|(id, ..)| *id == who.id).unwrap_or(&PEOPLE[0]);
    User { id: who.id.clone(), name: who.name.clone(), email: (*email).to_owned(), role: *role, teams: Vec::new() }
}

pub(super) fn me(who: &UserRef, close_conversation: bool) -> Me {
    Me {
        user: user(who),
        workspace: Workspace { id: "ws_vendor".to_owned(), name: "Vendor".to_owned() },
        features: Features { close_conversation },
        platform: PlatformTraits { atomic_close: false, close_is_final: true, idempotency_days: 0 },
    }
}

pub(super) fn channel_ref(id: &str) -> ChannelRef {
    let (id, kind, name) = CHANNELS.iter().find(|(own, ..)| *own == id).unwrap_or(&CHANNELS[0]);
    ChannelRef { id: (*id).to_owned(), kind: kind.clone(), name: (*name).to_owned(), reply_limit: 20_000 }
}

pub(super) fn directory() -> Directory {
    let channel = |(id, kind, name): &(&str, ChannelType, &str)| Channel {
        id: (*id).to_owned(),
        kind: kind.clone(),
        name: (*name).to_owned(),
        reply_limit: 20_000,
        conversation_window_h: 96,
        reply_window_h: None,
        attachments: None,
        survey: (surveys(id) == Surveys::Sent).then_some(SurveyKind::Csat),
    };
    Directory {
        channels: CHANNELS.iter().map(channel).collect(),
        teams: Vec::new(),
        users: PEOPLE.iter().filter_map(|(id, ..)| person(id)).collect(),
        tags: Vec::new(),
        canned_replies: Vec::new(),
        team_mandatory: false,
    }
}
