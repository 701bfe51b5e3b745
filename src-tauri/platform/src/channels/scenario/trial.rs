//! Trying a draft: the interpreter of production, with nothing behind it.

use rusqlite::Connection;
use signoff_wire::contract::scenarios::{ScenarioEvent, Trial, TryScenario};

use super::{Facts, conditions, documents, interpreter::react, reading, surroundings, template};
use crate::{channels::language, refusal::Refusal};

/// What one event would set off. As in production, what the customer wrote last and the language that it told of hold until the next
/// message.
pub(crate) fn run(
    sql: &Connection,
    id: &str,
    asked: &TryScenario,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Trial, Refusal> {
    documents::stored(sql, id)?;
    documents::require_size(&asked.draft)?;
    let customer = &asked.customer;
    let channel = surroundings::channels(sql)?.into_iter().find(|channel| channel.id == customer.channel_id);
    let channel = channel.ok_or(Refusal::ChannelUnknown)?;
    let mut draft = asked.draft.clone();
    reading::bring_up_to_date(sql, &mut draft)?;
    let at = customer.at.unwrap_or(now);
    let mut state = asked.state.clone().unwrap_or_default();
    if let ScenarioEvent::Writes { text } = &asked.event {
        state.message.clone_from(text);
        state.language = state.language.or_else(|| language::of_writer(text, None));
    }
    let facts = Facts {
        channel_id: channel.id,
        channel_name: channel.name,
        reply_limit: channel.reply_limit as usize,
        may_reply: true,
        conversation_id: template::TRIED.1.to_owned(),
        customer_id: template::TRIED.0.to_owned(),
        customer_name: customer.name.clone(),
        language: customer.language.clone().filter(|language| !language.is_empty()).or_else(|| state.language.clone()),
        vip: customer.vip,
        message: state.message.clone(),
        office: conditions::office(sql, &draft, at)?,
        now: at,
    };
    let (happened, state) = react(&draft, &facts, &state, &asked.event);
    Ok(Trial { happened, state })
}
