//! What the platform says over its public API, read as a whole: every conversation with its timeline, every action, and what became of
//! the keys that the journal knows.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use signoff_wire::contract::actions::Action;
use signoff_wire::contract::conversations::{Conversation, ConversationState};
use signoff_wire::contract::pages::Page;
use signoff_wire::contract::receipts::Receipt;
use signoff_wire::contract::timeline::TimelineEntry;
use signoff_wire::interface::Effect;

use crate::api::{Api, Call};

/// The inbox's tabs, as the API names them.
pub const TABS: [(ConversationState, &str); 5] = [
    (ConversationState::Received, "received"),
    (ConversationState::Ongoing, "ongoing"),
    (ConversationState::Answered, "answered"),
    (ConversationState::Archived, "archived"),
    (ConversationState::Closed, "closed"),
];

/// The platform's truth, as somebody with a token sees it.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// Conversations by id.
    pub conversations: BTreeMap<String, Seen>,
    /// Actions, oldest first.
    pub actions: Vec<Action>,
    /// Rows of `actions.csv`, header left out; `None` for whoever may not have it.
    pub csv_rows: Option<usize>,
    /// Receipts of the keys that were asked for.
    pub receipts: BTreeMap<String, Receipt>,
    /// What was done under each key, in its order, at a platform that takes actions in steps.
    pub steps: BTreeMap<String, Vec<Took>>,
}

/// A step that took effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Took {
    /// Which effect of the action; `None` for an action that has only one.
    pub effect: Option<Effect>,
    /// In which conversation.
    pub conversation_id: String,
    /// The conversation's version with it.
    pub version: i64,
}

/// A conversation.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its state.
    pub conversation: Conversation,
    /// What happened in it, oldest first.
    pub timeline: Vec<TimelineEntry>,
}

/// A part of the view could not be read.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the platform does not answer {0}")]
pub struct Unread(String);

impl View {
    /// Reads everything. `keys` are asked for with `token`, whose person has to have made them; actions with `admin`.
    ///
    /// # Errors
    /// [`Unread`], if a call is not answered as the contract says.
    pub async fn take(api: &dyn Api, token: &str, admin: &str, keys: &[String]) -> Result<Self, Unread> {
        let mut view = Self::default();
        for (_, tab) in TABS {
            let conversations: Vec<Conversation> =
                pages(api, token, &format!("/v1/conversations?tab={tab}&limit=200"), "after").await?;
            for conversation in conversations {
                let id = conversation.id.clone();
                let path = format!("/v1/conversations/{id}/messages?limit=200");
                let mut timeline: Vec<TimelineEntry> = pages(api, token, &path, "before").await?;
                timeline.sort_by_key(|entry| entry.position);
                view.conversations.insert(id, Seen { conversation, timeline });
            }
        }
        view.actions = pages(api, admin, "/v1/actions?limit=200", "after").await?;
        view.actions.reverse();
        view.csv_rows = Some(csv_rows(api, admin).await?);
        for key in keys {
            let path = format!("/v1/receipts/{key}");
            let answer = api.call(Call::get(&path).with_token(token)).await.ok_or_else(|| Unread(path.clone()))?;
            if answer.status == 200 {
                view.receipts.insert(key.clone(), answer.read().ok_or_else(|| Unread(path.clone()))?);
            } else if answer.status != 404 {
                return Err(Unread(path));
            }
        }
        Ok(view)
    }

    /// Replies that were sent under a key, wherever they stand.
    pub fn replies_under<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a TimelineEntry> {
        self.timelines().filter(move |entry| entry.client_key.as_deref() == Some(key))
    }

    /// The steps that were taken under a key.
    #[must_use]
    pub fn steps_under(&self, key: &str) -> &[Took] {
        self.steps.get(key).map_or(&[], Vec::as_slice)
    }

    /// All entries of all timelines.
    pub fn timelines(&self) -> impl Iterator<Item = &TimelineEntry> {
        self.conversations.values().flat_map(|seen| &seen.timeline)
    }

    /// The place of an action among all.
    #[must_use]
    pub fn place_of(&self, action_id: &str) -> Option<usize> {
        self.actions.iter().position(|action| action.id == action_id)
    }
}

async fn csv_rows(api: &dyn Api, admin: &str) -> Result<usize, Unread> {
    let path = "/v1/exports/actions.csv";
    let answer = api.call(Call::get(path).with_token(admin)).await.filter(|answer| answer.status == 200);
    let text = answer.and_then(|answer| String::from_utf8(answer.body).ok()).ok_or_else(|| Unread(path.to_owned()))?;
    Ok(text.lines().count().saturating_sub(1))
}

/// All pages of a list. `cursor` is the parameter that asks for the next.
async fn pages<T: DeserializeOwned>(api: &dyn Api, token: &str, path: &str, cursor: &str) -> Result<Vec<T>, Unread> {
    let mut items = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let path = next.as_ref().map_or_else(|| path.to_owned(), |next| format!("{path}&{cursor}={next}"));
        let answer = api.call(Call::get(&path).with_token(token)).await;
        let page: Page<T> = answer.and_then(|answer| answer.read()).ok_or_else(|| Unread(path.clone()))?;
        items.extend(page.items);
        next = page.next;
        if next.is_none() {
            return Ok(items);
        }
    }
}
