//! What an advisor's click causes: one module per click, each the body of one transaction.
//!
//! All of them begin the same way ([`Click::conversation`]) and end with a receipt. What comes before (who asks, the
//! idempotency key, the body's shape) is settled in `http::click`, so that the order of the checks stands in one place.

use rusqlite::Connection;
use serde_json::Value;
use signoff_wire::contract::{
    actions::{Action, ActionOrigin, ActionType},
    receipts::Receipt,
    requests::Origin,
};

use crate::{
    actions::record::{self, NewAction},
    actor::Actor,
    conversations::{Record, visibility},
    refusal::Refusal,
    sessions::Caller,
    store::Write,
    surveys, tags,
};

pub(crate) mod archive;
pub(crate) mod assign;
pub(crate) mod close;
pub(crate) mod flag;
pub(crate) mod note;
pub(crate) mod reply;
pub(crate) mod route;
pub(crate) mod tag;

/// Who clicked, on which conversation, under which key.
#[derive(Clone, Debug)]
pub(crate) struct Click {
    /// The advisor.
    pub(crate) caller: Caller,
    /// The conversation's id, as asked for.
    pub(crate) conversation_id: String,
    /// The idempotency key, without quotes.
    pub(crate) key: String,
}

impl Click {
    /// The conversation, if it exists and the advisor sees it.
    pub(crate) fn conversation(&self, write: &Write<'_>) -> Result<Record, Refusal> {
        let record = Record::by_id(write.sql, &self.conversation_id, write.now)?.ok_or(Refusal::ConversationUnknown)?;
        if !visibility::is_visible(write.sql, &self.caller, record.nr)? {
            return Err(Refusal::ConversationUnknown);
        }
        Ok(record)
    }

    /// The same, and still open (R8).
    pub(crate) fn open_conversation(&self, write: &Write<'_>) -> Result<Record, Refusal> {
        let record = self.conversation(write)?;
        record.require_open(write.sql)?;
        Ok(record)
    }

    /// The advisor as author.
    pub(crate) fn actor(&self) -> Actor {
        Actor::from(&self.caller.user)
    }

    /// Where the click was made: a widget's token says so itself (R12), of anybody else it is believed.
    fn origin(&self, said: Origin) -> ActionOrigin {
        match said {
            Origin::Console if self.caller.confined_to.is_none() => ActionOrigin::Console,
            Origin::Console | Origin::CrmWidget => ActionOrigin::CrmWidget,
        }
    }

    /// Records the action that a short call is named after.
    fn act(&self, write: &mut Write<'_>, record: &Record, kind: ActionType, data: Value) -> Result<Action, Refusal> {
        let actor = self.actor();
        record::insert(write, record, NewAction { data, ..NewAction::new(kind, &actor) })
    }

    /// The receipt of something without reply or closing.
    fn receipt(&self, action: &Action, record: &Record) -> Receipt {
        Receipt {
            action_id: action.id.clone(),
            idempotency_key: self.key.clone(),
            conversation_id: record.view.id.clone(),
            reply: None,
            survey: surveys::none(),
            closed: None,
            version: record.view.version,
        }
    }
}

/// D6: what the advisor had seen is still the newest.
fn require_seen(record: &Record, last_seen_message_id: Option<&str>) -> Result<(), Refusal> {
    let newest = &record.view.last_customer_message_id;
    if newest.as_deref() == last_seen_message_id {
        return Ok(());
    }
    Err(Refusal::CustomerWroteSince { last_customer_message_id: newest.clone() })
}

/// D16: what a reply needs is there.
fn require_sorted(sql: &Connection, record: &Record) -> Result<(), Refusal> {
    if is_sorted(sql, record)? { Ok(()) } else { Err(Refusal::TagsMissing) }
}

/// With mandatory tags, one of them; with a mandatory team, any.
pub(crate) fn is_sorted(sql: &Connection, record: &Record) -> rusqlite::Result<bool> {
    let team_mandatory: bool =
        sql.prepare_cached("SELECT team_mandatory FROM workspace")?.query_row([], |row| row.get(0))?;
    let mandatory = tags::mandatory(sql)?;
    let tagged = mandatory.is_empty() || mandatory.iter().any(|name| record.view.tags.contains(name));
    let routed = !team_mandatory || record.view.team.is_some();
    Ok(tagged && routed)
}
