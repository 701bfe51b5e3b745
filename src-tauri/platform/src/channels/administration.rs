//! What admins do to channels: make, change, archive, and give new keys to. Every change is in the audit log, no secret ever is.
//!
//! A key or secret is told once, in the answer that made it. The one before it works on for a while, so that a connector can be
//! given the new one without losing a message in between.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};
use signoff_wire::contract::{
    channel_settings::{
        AttachmentLimits, ChannelRules, ChannelSecrets, ChannelSettings, ChatSettings, NewChannel, Provider, Rotate,
    },
    channels::ChannelType,
    sessions::User,
};

use super::{kinds, settings};
use crate::{
    attachments::{LARGEST, MOST},
    audit, directory, fields,
    outgoing::Outgoing,
    refusal::Refusal,
    sessions::hash_token,
    store::{Write, ms},
};

/// The longest that a window may be: a year.
const LONGEST_WINDOW_H: u32 = 8_760;
const LONGEST_REPLY: u32 = 100_000;
/// The longest that an old key or secret works on, and how long it does unless said.
const KEPT_AT_MOST_H: u32 = 168;
const KEPT_USUALLY_H: u32 = 24;

/// Makes a channel, with its first key.
pub(crate) fn create(
    write: &mut Write<'_>,
    user: &User,
    new: NewChannel,
    outgoing: &Outgoing,
) -> Result<ChannelSecrets, Refusal> {
    if let ChannelType::Other(kind) = &new.kind {
        return Err(Refusal::InvalidBody(format!("type: there is no kind of channel called {kind:?}")));
    }
    let rules = new.rules.unwrap_or_else(|| kinds::defaults(&new.kind).rules);
    validate(&rules, &new.kind, outgoing)?;
    let id = match new.id {
        Some(id) => require_free(write, id)?,
        None => write.id("ch"),
    };
    let key = write.chance.token();
    write
        .sql
        .prepare_cached(
            "INSERT INTO channels (id, kind, name, key_hash, key_made_at, reply_limit, conversation_window_h, scenario,
                version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, '', 0)",
        )?
        .execute(params![
            id,
            new.kind.as_str(),
            rules.name,
            hash_token(&key),
            ms(write.now),
            rules.reply_limit,
            rules.conversation_window_h
        ])?;
    settings::write_rules(write, &id, &rules)?;
    let secret = match &rules.provider {
        Provider::Webhook { .. } => Some(new_secret(write, &id, 0)?),
        Provider::Polling => None,
    };
    write
        .sql
        .prepare_cached("INSERT INTO user_channels (user_id, channel_id) SELECT id, ?1 FROM users WHERE ?2 OR id = ?3")?
        .execute(params![id, new.everybody_replies, user.id])?;
    let channel = settings::one(write.sql, &id)?;
    audit::append_about(
        write,
        user,
        "channel.create",
        (&id, &channel.rules.name),
        &Value::Null,
        &json!({ "id": id, "type": channel.kind, "rules": channel.rules }),
    )?;
    directory::announce_changed(write)?;
    Ok(ChannelSecrets { channel, key: Some(key), secret })
}

/// Changes a channel's rules. Where it becomes a webhook's, its secret is told once. Nothing changed is no new version.
pub(crate) fn change(
    write: &mut Write<'_>,
    user: &User,
    channel_id: &str,
    rules: &ChannelRules,
    matches: impl FnOnce(i64) -> bool,
    outgoing: &Outgoing,
) -> Result<ChannelSecrets, Refusal> {
    let before = seen(write, channel_id, matches)?;
    validate(rules, &before.kind, outgoing)?;
    if before.rules == *rules {
        return Ok(ChannelSecrets { channel: before, key: None, secret: None });
    }
    settings::write_rules(write, channel_id, rules)?;
    let secret = match &rules.provider {
        Provider::Webhook { .. } if before.secret.is_none() => Some(new_secret(write, channel_id, 0)?),
        Provider::Webhook { .. } => None,
        Provider::Polling => {
            // Whoever polls finds it all in the outbound sequence.
            write.sql.prepare_cached("DELETE FROM deliveries WHERE channel_id = ?1")?.execute([channel_id])?;
            None
        }
    };
    let channel = settings::one(write.sql, channel_id)?;
    let (from, to) = differences(&before.rules, &channel.rules)?;
    audit::append_about(
        write,
        user,
        "channel.change",
        (channel_id, &channel.rules.name),
        &json!({ "id": channel_id, "rules": from }),
        &json!({ "id": channel_id, "rules": to }),
    )?;
    directory::announce_changed(write)?;
    Ok(ChannelSecrets { channel, key: None, secret })
}

/// Archives a channel, or takes it back into use. Conversations stay, and what is to be delivered is.
pub(crate) fn set_archived(
    write: &mut Write<'_>,
    user: &User,
    channel_id: &str,
    archived: bool,
    matches: impl FnOnce(i64) -> bool,
) -> Result<ChannelSettings, Refusal> {
    let before = seen(write, channel_id, matches)?;
    if before.archived_at.is_some() == archived {
        return Ok(before);
    }
    write
        .sql
        .prepare_cached("UPDATE channels SET archived_at = ?2 WHERE id = ?1")?
        .execute(params![channel_id, archived.then(|| ms(write.now))])?;
    settings::next_version(write, channel_id)?;
    let what = if archived { "channel.archive" } else { "channel.restore" };
    let (from, to) =
        (json!({ "id": channel_id, "archived": !archived }), json!({ "id": channel_id, "archived": archived }));
    audit::append_about(write, user, what, (channel_id, &before.rules.name), &from, &to)?;
    directory::announce_changed(write)?;
    settings::one(write.sql, channel_id)
}

/// A new key.
pub(crate) fn rotate_key(
    write: &mut Write<'_>,
    user: &User,
    channel_id: &str,
    asked: Rotate,
) -> Result<ChannelSecrets, Refusal> {
    let before = settings::one(write.sql, channel_id)?;
    let kept_h = kept(asked)?;
    let key = write.chance.token();
    write
        .sql
        .prepare_cached(
            "UPDATE channels SET former_key_hash = iif(?3 IS NULL, NULL, key_hash), former_key_until = ?3, key_hash = ?2,
                key_made_at = ?4
             WHERE id = ?1",
        )?
        .execute(params![channel_id, hash_token(&key), until(write.now, kept_h), ms(write.now)])?;
    settings::next_version(write, channel_id)?;
    let to = json!({ "id": channel_id, "former_kept_h": kept_h });
    audit::append_about(write, user, "channel.new-key", (channel_id, &before.rules.name), &Value::Null, &to)?;
    Ok(ChannelSecrets { channel: settings::one(write.sql, channel_id)?, key: Some(key), secret: None })
}

/// A new secret for webhooks.
pub(crate) fn rotate_secret(
    write: &mut Write<'_>,
    user: &User,
    channel_id: &str,
    asked: Rotate,
) -> Result<ChannelSecrets, Refusal> {
    let before = settings::one(write.sql, channel_id)?;
    if before.rules.provider == Provider::Polling {
        return Err(Refusal::InvalidValue("the channel has no webhook".to_owned()));
    }
    let kept_h = kept(asked)?;
    let secret = new_secret(write, channel_id, kept_h)?;
    settings::next_version(write, channel_id)?;
    let to = json!({ "id": channel_id, "former_kept_h": kept_h });
    audit::append_about(write, user, "channel.new-secret", (channel_id, &before.rules.name), &Value::Null, &to)?;
    Ok(ChannelSecrets { channel: settings::one(write.sql, channel_id)?, key: None, secret: Some(secret) })
}

fn seen(write: &Write<'_>, channel_id: &str, matches: impl FnOnce(i64) -> bool) -> Result<ChannelSettings, Refusal> {
    let before = settings::one(write.sql, channel_id)?;
    if matches(before.version) { Ok(before) } else { Err(Refusal::Stale) }
}

fn new_secret(write: &mut Write<'_>, channel_id: &str, kept_h: u32) -> Result<String, Refusal> {
    let secret = format!("whsec_{}", write.chance.token());
    write
        .sql
        .prepare_cached(
            "UPDATE channels SET former_secret = iif(?3 IS NULL, NULL, secret), former_secret_until = ?3, secret = ?2,
                secret_made_at = ?4
             WHERE id = ?1",
        )?
        .execute(params![channel_id, secret, until(write.now, kept_h), ms(write.now)])?;
    Ok(secret)
}

fn kept(asked: Rotate) -> Result<u32, Refusal> {
    let hours = asked.keep_former_h.unwrap_or(KEPT_USUALLY_H);
    if hours > KEPT_AT_MOST_H {
        return Err(Refusal::InvalidBody(format!("keep_former_h: at most {KEPT_AT_MOST_H}")));
    }
    Ok(hours)
}

fn until(now: DateTime<Utc>, kept_h: u32) -> Option<i64> {
    (kept_h > 0).then(|| ms(now + TimeDelta::hours(i64::from(kept_h))))
}

fn require_free(write: &Write<'_>, id: String) -> Result<String, Refusal> {
    let fits = (3..=40).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-');
    if !fits {
        return Err(Refusal::InvalidBody("id: 3 to 40 of a-z, 0-9, _ and -".to_owned()));
    }
    let taken: Option<i64> = write
        .sql
        .prepare_cached("SELECT 1 FROM channels WHERE id = ?1")?
        .query_row([&id], |row| row.get(0))
        .optional()?;
    if taken.is_some() { Err(Refusal::ChannelExists) } else { Ok(id) }
}

/// The fields that differ, as the audit log shows them.
fn differences(before: &ChannelRules, after: &ChannelRules) -> Result<(Value, Value), Refusal> {
    let (mut from, mut to) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
    if let (Some(from), Some(to)) = (from.as_object_mut(), to.as_object_mut()) {
        let same: Vec<String> =
            from.iter().filter(|(name, value)| to.get(*name) == Some(value)).map(|(name, _)| name.clone()).collect();
        for name in same {
            from.remove(&name);
            to.remove(&name);
        }
    }
    Ok((from, to))
}

fn validate(rules: &ChannelRules, kind: &ChannelType, outgoing: &Outgoing) -> Result<(), Refusal> {
    let wrong = |field: &str, why: &str| Err(Refusal::InvalidBody(format!("{field}: {why}")));
    let unfit = |field: &str, why: &str| Err(fields::unfit(field, why));
    let name_length = rules.name.chars().count();
    if rules.name.trim().is_empty() || name_length > 80 || rules.name.chars().any(char::is_control) {
        return unfit("name", "1 to 80 characters");
    }
    if !(1..=LONGEST_REPLY).contains(&rules.reply_limit) {
        return wrong("reply_limit", "1 to 100,000");
    }
    let windows = [
        ("conversation_window_h", Some(rules.conversation_window_h)),
        ("reply_window_h", rules.reply_window_h),
        ("person_window_h", rules.person_window_h),
    ];
    for (field, hours) in windows {
        if hours.is_some_and(|hours| !(1..=LONGEST_WINDOW_H).contains(&hours)) {
            return wrong(field, "1 to 8,760 hours");
        }
    }
    if let Some(person) = rules.person_window_h
        && rules.reply_window_h.is_none_or(|any| person < any)
    {
        return unfit("person_window_h", "a person's window is longer than that of any reply");
    }
    if let Provider::Webhook { url } = &rules.provider {
        outgoing.require_allowed(url)?;
    }
    validate_attachments(&rules.attachments)?;
    match (&rules.chat, *kind == ChannelType::WebChat) {
        (Some(chat), true) => validate_chat(chat),
        (None, false) => Ok(()),
        (None, true) => unfit("chat", "a web chat has it"),
        (Some(_), false) => unfit("chat", "only a web chat has it"),
    }
}

fn validate_attachments(limits: &AttachmentLimits) -> Result<(), Refusal> {
    let wrong = |field: &str, why: &str| Err(Refusal::InvalidBody(format!("attachments.{field}: {why}")));
    if limits.max_bytes > LARGEST {
        return wrong("max_bytes", "at most 25 MiB");
    }
    if usize::try_from(limits.max_count).is_ok_and(|count| count > MOST) {
        return wrong("max_count", "at most 20");
    }
    let is_type = |text: &String| {
        text.len() <= 100
            && text.split_once('/').is_some_and(|(family, kind)| {
                let fine = |part: &str| {
                    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-+._".contains(&byte))
                };
                fine(family) && (kind == "*" || fine(kind))
            })
    };
    fields::at_most("attachments.types", &limits.types, 50)?;
    if !limits.types.iter().all(is_type) {
        return Err(fields::unfit("attachments.types", "are media types such as image/png or image/*"));
    }
    Ok(())
}

fn validate_chat(chat: &ChatSettings) -> Result<(), Refusal> {
    let wrong = |field: &str, why: &str| Err(Refusal::InvalidBody(format!("chat.{field}: {why}")));
    if chat.title.chars().count() > 80 {
        return wrong("title", "at most 80 characters");
    }
    if chat.greeting.en.chars().count() > 500 || chat.greeting.fr.chars().count() > 500 {
        return wrong("greeting", "at most 500 characters");
    }
    let is_colour = |text: &str| {
        text.is_empty()
            || (text.len() == 7 && text.starts_with('#') && text[1..].bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    if !is_colour(&chat.colour) {
        return wrong("colour", "#rrggbb, or empty");
    }
    if chat.allowed_origins.len() > 50 || !chat.allowed_origins.iter().all(|origin| is_origin(origin)) {
        return wrong("allowed_origins", "at most 50 origins such as https://www.example.com");
    }
    Ok(())
}

/// Scheme, host, and a port if it is not the usual one; nothing after them. They end up in a header, so nothing else may stand there.
fn is_origin(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    text.len() <= 253
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./:-[]".contains(&byte))
        && matches!(url.scheme(), "http" | "https")
        && url.origin().ascii_serialization() == text
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn an_origin_is_nothing_but_scheme_host_and_port() {
        for good in ["https://www.example.com", "http://shop.test:8080", "https://xn--bcher-kva.example"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "https://www.example.com/",
            "https://www.example.com/chat",
            "www.example.com",
            "*",
            "https://*",
            "https://a.test; script-src *",
            "https://a.test https://b.test",
            "https://a.test\r\nx: y",
            "javascript:alert(1)",
            "null",
            "",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
