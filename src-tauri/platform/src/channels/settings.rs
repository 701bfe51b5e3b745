//! A channel's settings as the file has them.

use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use signoff_wire::contract::{
    channel_settings::{
        AttachmentLimits, ChannelRules, ChannelSettings, ChatSettings, DeliveryHealth, Provider, SecretState,
    },
    channels::ChannelType,
};

use super::kinds;
use crate::{
    refusal::Refusal,
    store::{Write, time},
};

const SELECT: &str = "
SELECT ch.id, ch.kind, ch.name, ch.reply_limit, ch.conversation_window_h, ch.reply_window_h, ch.person_window_h,
    ch.webhook_url, ch.attachments, ch.chat, ch.version, ch.archived_at,
    ch.key_made_at, ch.former_key_until, ch.secret IS NOT NULL, ch.secret_made_at, ch.former_secret_until,
    ch.last_success_at, ch.last_failure,
    (SELECT count(*) FROM deliveries d WHERE d.channel_id = ch.id),
    (SELECT count(*) FROM deliveries d WHERE d.channel_id = ch.id AND d.attempts > 0),
    (SELECT min(o.at) FROM deliveries d JOIN outbound o ON o.seq = d.seq WHERE d.channel_id = ch.id)
FROM channels ch";

/// All channels, those in use first.
pub(crate) fn all(sql: &Connection) -> rusqlite::Result<Vec<ChannelSettings>> {
    sql.prepare_cached(&format!("{SELECT} ORDER BY ch.archived_at IS NOT NULL, ch.name, ch.id"))?
        .query_map([], read)?
        .collect()
}

/// One channel.
pub(crate) fn one(sql: &Connection, channel_id: &str) -> Result<ChannelSettings, Refusal> {
    sql.prepare_cached(&format!("{SELECT} WHERE ch.id = ?1"))?
        .query_row([channel_id], read)
        .optional()?
        .ok_or(Refusal::ChannelUnknown)
}

/// Which files a channel takes.
pub(crate) fn attachment_limits(sql: &Connection, channel_id: &str) -> Result<AttachmentLimits, Refusal> {
    let (kind, stored): (String, Option<String>) = sql
        .prepare_cached("SELECT kind, attachments FROM channels WHERE id = ?1")?
        .query_row([channel_id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(Refusal::ChannelUnknown)?;
    Ok(stored_limits(&ChannelType::from(kind.as_str()), stored))
}

/// The same from what is stored: what a kind of channel usually takes, if nothing is.
pub(crate) fn stored_limits(kind: &ChannelType, stored: Option<String>) -> AttachmentLimits {
    stored.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_else(|| kinds::defaults(kind).rules.attachments)
}

/// Writes what can be changed of a channel that is there.
pub(crate) fn write_rules(write: &Write<'_>, channel_id: &str, rules: &ChannelRules) -> Result<(), Refusal> {
    let url = match &rules.provider {
        Provider::Polling => None,
        Provider::Webhook { url } => Some(url),
    };
    write
        .sql
        .prepare_cached(
            "UPDATE channels SET name = :name, reply_limit = :reply_limit, conversation_window_h = :conversation_window_h,
                reply_window_h = :reply_window_h, person_window_h = :person_window_h, webhook_url = :url,
                attachments = :attachments, chat = :chat, version = version + 1
             WHERE id = :id",
        )?
        .execute(named_params! {
            ":id": channel_id,
            ":name": rules.name,
            ":reply_limit": rules.reply_limit,
            ":conversation_window_h": rules.conversation_window_h,
            ":reply_window_h": rules.reply_window_h,
            ":person_window_h": rules.person_window_h,
            ":url": url,
            ":attachments": serde_json::to_string(&rules.attachments)?,
            ":chat": rules.chat.as_ref().map(serde_json::to_string).transpose()?,
        })?;
    Ok(())
}

/// Says that something else of the channel changed.
pub(crate) fn next_version(write: &Write<'_>, channel_id: &str) -> Result<(), Refusal> {
    write
        .sql
        .prepare_cached("UPDATE channels SET version = version + 1 WHERE id = ?1")?
        .execute(params![channel_id])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<ChannelSettings> {
    let kind = ChannelType::from(row.get::<_, String>(1)?.as_str());
    let usual = kinds::defaults(&kind);
    let at = |column: usize| row.get::<_, Option<i64>>(column).map(|at| at.map(time));
    let count = |column: usize| row.get::<_, i64>(column).map(|count| u64::try_from(count).unwrap_or_default());
    let (attachments, chat) = (row.get::<_, Option<String>>(8)?, row.get::<_, Option<String>>(9)?);
    Ok(ChannelSettings {
        id: row.get(0)?,
        rules: ChannelRules {
            name: row.get(2)?,
            reply_limit: row.get(3)?,
            conversation_window_h: row.get(4)?,
            reply_window_h: row.get(5)?,
            person_window_h: row.get(6)?,
            provider: row.get::<_, Option<String>>(7)?.map_or(Provider::Polling, |url| Provider::Webhook { url }),
            attachments: attachments
                .and_then(|json| serde_json::from_str(&json).ok())
                .unwrap_or(usual.rules.attachments),
            chat: (kind == ChannelType::WebChat)
                .then(|| chat.and_then(|json| serde_json::from_str::<ChatSettings>(&json).ok()).unwrap_or_default()),
        },
        kind,
        typing: usual.typing,
        read: usual.read,
        version: row.get(10)?,
        archived_at: at(11)?,
        key: SecretState { made_at: at(12)?, former_until: at(13)? },
        secret: if row.get(14)? { Some(SecretState { made_at: at(15)?, former_until: at(16)? }) } else { None },
        deliveries: DeliveryHealth {
            last_success_at: at(17)?,
            reason: row.get(18)?,
            waiting: count(19)?,
            failing: count(20)?,
            oldest_at: at(21)?,
        },
    })
}
