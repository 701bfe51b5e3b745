//! The person's own preferences on this machine. Kept beside the cache in a plain file, since the passphrase screen needs them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// All preferences. Missing fields take their default, so that an older file stays good.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct Preferences {
    /// Language of the interface, the dialogs and the notifications.
    pub language: Language,
    /// Colours.
    pub theme: Theme,
    /// Where the advisor lands after Send + Close (D14).
    pub after_close: AfterClose,
    /// What is announced, and how (D31).
    pub notifications: NotificationPreferences,
}

/// Language of the interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Language {
    /// The system's, if it is one of ours, else English.
    #[default]
    System,
    /// English.
    En,
    /// French.
    Fr,
}

/// Colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Theme {
    /// The system's.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// High contrast.
    Contrast,
}

/// Where the advisor lands after Send + Close (D14).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum AfterClose {
    /// The inbox.
    #[default]
    Inbox,
    /// The next conversation of the list.
    Next,
    /// This conversation.
    Stay,
}

/// What is announced, and how (D31).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export)]
pub struct NotificationPreferences {
    /// A closed customer starts a new conversation (R14).
    pub returned_after_close: Loudness,
    /// Any other new conversation.
    pub new_conversation: Loudness,
    /// A conversation is assigned to this person.
    pub assigned_to_me: Loudness,
    /// A customer writes in a conversation assigned to this person.
    pub message_in_mine: Loudness,
    /// A reply of this person was not delivered (D12).
    pub reply_not_delivered: Loudness,
    /// A queued action needs this person (D23).
    pub needs_attention: Loudness,
    /// Nothing is announced while this is on; what came is summed up when it is turned off.
    pub do_not_disturb: bool,
    /// Notifications name the customer, but do not quote.
    pub hide_message_text: bool,
}

impl Default for NotificationPreferences {
    fn default() -> Self {
        Self {
            returned_after_close: Loudness::Sound,
            new_conversation: Loudness::Off,
            assigned_to_me: Loudness::Silent,
            message_in_mine: Loudness::Silent,
            reply_not_delivered: Loudness::Silent,
            needs_attention: Loudness::Silent,
            do_not_disturb: false,
            hide_message_text: false,
        }
    }
}

/// How one kind of event is announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Loudness {
    /// Not at all.
    Off,
    /// A notification.
    Silent,
    /// A notification with a sound.
    Sound,
}
